"""Import of published files that are as they should be."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest

from data.kinds.changes import EVERY
from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.checks import force_slug
from data.store.manifest import read_manifest
from data.store.schema import COLUMNS
from data.store.store import load, store_version
from tests.published.police_files import NOW, archive, contents, crime, named, points_of, put, row, table


def mixed(area: Area, month: str = "2024-10") -> bytes:
    at = points_of(area)
    return table(
        [
            crime(at.inside, 1, Month=month),
            row(at.inside, Month=month),
            row(at.inside, Month=month),  # equal in every column: a separate incident
            row(at.buffer, Month=month),
            row(at.outside, Month=month),
            row(("", ""), Month=month, Location="No location", LSOA_code=""),
        ]
    )


def test_counts_and_what_is_stored(area: Area, tmp_path: Path) -> None:
    report = import_paths([put(tmp_path, mixed(area))], tmp_path / "store", area, now=NOW)
    (file,) = report.files
    assert report.ok
    assert (file.rows_read, file.loaded, file.rejected, file.outside, file.replaced) == (6, 4, 1, 1, 0)
    assert file.rejected_by_reason == {"no location": 1}
    assert (file.months, file.forces) == (("2024-10",), ("somewhere",))
    stored = load(tmp_path / "store", area_of(area, "somewhere"))
    assert list(stored.frame.columns) == list(COLUMNS)
    assert list(stored.months.astype(str)) == ["2024-10"]
    assert list(stored.frame["incident_id"]) == [f"{1:064x}"] + [f"police.uk:somewhere:2024-10:{n}" for n in (1, 2, 3)]
    assert list(stored.frame["ward_code"].isna()) == [False, False, False, True]
    assert list(stored.frame["ward_code"][:3]) == [area.wards.codes[0]] * 3
    assert list(stored.frame["outcome"].astype(object).where(stored.frame["outcome"].notna(), None)) == [
        "Under investigation",
        None,
        None,
        None,
    ]
    assert set(stored.frame["force"]) == {"somewhere"}
    assert len(stored.in_area().frame) == 3
    assert stored.frame["month"].dtype == pd.PeriodDtype("M")
    assert list(stored.frame["category"].cat.categories) == list(EVERY)


def area_of(area: Area, *forces: str) -> Area:
    from dataclasses import replace

    return replace(area, forces=forces)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
def test_line_ends_and_byte_order_mark_make_no_difference(area: Area, tmp_path: Path, end: str, mark: bytes) -> None:
    raw = mark + mixed(area).replace(b"\n", end.encode())
    import_paths([put(tmp_path, raw)], tmp_path / "store", area, now=NOW)
    import_paths([put(tmp_path / "b", mixed(area))], tmp_path / "other", area, now=NOW)
    mine, other = (read_manifest(tmp_path / name) for name in ("store", "other"))
    assert mine is not None
    assert other is not None
    assert [unit.path for unit in mine.units.values()] == [unit.path for unit in other.units.values()]


def test_columns_may_stand_in_any_order_and_more_may_be_there(area: Area, tmp_path: Path) -> None:
    at = points_of(area)
    header = ["Context", "Extra", *reversed([name for name in row(at.inside) if name != "Context"])]
    raw = table([row(at.inside) | {"Extra": "x"}], header=header)
    (file,) = import_paths([put(tmp_path, raw)], tmp_path / "store", area, now=NOW).files
    assert (file.status, file.loaded) == ("loaded", 1)


def test_quoted_fields_with_commas_quotes_and_line_breaks(area: Area, tmp_path: Path) -> None:
    at = points_of(area)
    text = 'On or near "The Park",\r\nNorth, <b>&'
    raw = table([row(at.inside, Location=text), row(at.inside)], end="\r\n")
    import_paths([put(tmp_path, raw)], tmp_path / "store", area, now=NOW)
    stored = load(tmp_path / "store", area_of(area, "somewhere"))
    assert list(stored.frame["location"].astype(object)) == [text, "On or near High Street"]


def test_same_bytes_again_change_nothing_and_it_says_so(area: Area, tmp_path: Path) -> None:
    path, store = put(tmp_path, mixed(area)), tmp_path / "store"
    first = import_paths([path], store, area, now=NOW)
    before = contents(store)
    again = import_paths([path], store, area)
    assert again.files[0].status == "unchanged"
    assert again.ok
    for what in ("rows_read", "loaded", "rejected", "outside", "rejected_by_reason"):
        assert getattr(again.files[0], what) == getattr(first.files[0], what)
    assert again.files[0].replaced == 0
    assert contents(store) == before
    assert "unchanged" in again.lines()[0]
    copy = put(tmp_path, path.read_bytes(), "copy of it.csv")
    assert import_paths([copy], store, area).files[0].status == "unchanged"


def test_the_version_does_not_depend_on_the_clock_or_on_the_order(area: Area, tmp_path: Path) -> None:
    october = put(tmp_path, mixed(area))
    september = put(tmp_path, mixed(area, "2024-09"), named("2024-09"))
    import_paths([october, september], tmp_path / "a", area, now=NOW)
    import_paths([september, october], tmp_path / "b", area)
    assert store_version(tmp_path / "a") == store_version(tmp_path / "b") != "empty"


def test_a_month_again_replaces_the_unit_and_reports_the_revision(area: Area, tmp_path: Path) -> None:
    at, store = points_of(area), tmp_path / "store"
    asb = row(at.inside)
    old = [crime(at.inside, 1), crime(at.inside, 2), crime(at.inside, 3), asb, asb, row(at.other)]
    new = [crime(at.inside, 1, "Offender charged"), crime(at.inside, 2), crime(at.other, 4), asb, row(at.buffer)]
    import_paths([put(tmp_path / "old", table(old))], store, area, now=NOW)
    other = put(tmp_path / "old", table([asb | {"Month": "2024-09"}]), named("2024-09"))
    import_paths([other], store, area, now=NOW)
    (file,) = import_paths([put(tmp_path / "new", table(new))], store, area, now=NOW).files
    (revision,) = file.revision
    assert file.replaced == 6
    assert (revision.before, revision.after) == (6, 5)
    assert (revision.added, revision.gone, revision.outcome_changed) == (1, 1, 1)
    # one of the two equal rows is gone, the one in another ward is gone, one in the buffer is new
    assert (revision.added_without_id, revision.gone_without_id) == (1, 2)
    assert len(load(store, area_of(area, "somewhere")).frame) == 6
    manifest = read_manifest(store)
    assert manifest is not None
    assert manifest.revisions == (revision,)
    assert len(manifest.files) == 2


@pytest.mark.parametrize(("left", "warned"), [(74, True), (75, False), (99, False), (120, False)])
def test_a_month_that_lost_a_good_part_of_its_rows_is_pointed_out(
    area: Area, tmp_path: Path, left: int, warned: bool
) -> None:
    at, store = points_of(area), tmp_path / "store"
    whole = put(tmp_path, table([row(at.inside)] * 100))
    assert import_paths([whole], store, area, now=NOW).ok
    report = import_paths([put(tmp_path / "part", table([row(at.inside)] * left))], store, area, now=NOW)
    assert ("TAKE CARE: 26% fewer rows" in "".join(report.lines())) is warned
    # What it advises brings the month back.
    assert import_paths([whole], store, area, now=NOW).files[0].loaded == 100
    assert len(load(store, area_of(area, "somewhere")).frame) == 100


def test_another_force_never_displaces_ours(area: Area, tmp_path: Path) -> None:
    store = tmp_path / "store"
    import_paths([put(tmp_path, mixed(area))], store, area, now=NOW)
    raw = mixed(area).replace(b"Somewhere Police", b"Elsewhere Constabulary")
    (file,) = import_paths([put(tmp_path, raw, named(force="elsewhere"))], store, area, now=NOW).files
    assert (file.replaced, file.revision) == (0, ())
    both = load(store, area_of(area, "somewhere"))
    assert len(both.frame) == 8
    assert both.frame["incident_id"].duplicated().sum() == 1  # only the Crime ID that both published


def test_a_file_of_another_name_may_hold_several_months_and_forces(area: Area, tmp_path: Path) -> None:
    at = points_of(area)
    rows = [
        row(at.inside, Month=month, Falls_within=force, Reported_by=force)
        for month in ("2024-10", "2024-09")
        for force in ("Somewhere Police", "Devon & Cornwall Police")
        for _ in range(2)
    ]
    rows.append(row(at.inside, Falls_within="", Reported_by="British Transport Police"))
    rows.append(row(at.inside, Falls_within="", Reported_by=""))
    (file,) = import_paths([put(tmp_path, table(rows), "mine.csv")], tmp_path / "store", area, now=NOW).files
    assert file.forces == ("btp", "devon-and-cornwall", "somewhere")
    assert file.months == ("2024-09", "2024-10")
    assert (file.rows_read, file.loaded, file.rejected_by_reason) == (10, 9, {"no force": 1})
    stored = load(tmp_path / "store", area_of(area, "somewhere", "devon-and-cornwall"))
    assert stored.frame.groupby(["month", "force"], observed=True).size().to_dict() == {
        (pd.Period("2024-09", "M"), "devon-and-cornwall"): 2,
        (pd.Period("2024-09", "M"), "somewhere"): 2,
        (pd.Period("2024-10", "M"), "btp"): 1,
        (pd.Period("2024-10", "M"), "devon-and-cornwall"): 2,
        (pd.Period("2024-10", "M"), "somewhere"): 2,
    }
    # a month counts only when every force of the area is there
    assert list(load(tmp_path / "store", area_of(area, "btp")).months.astype(str)) == ["2024-10"]


def test_an_archive_leaves_other_files_alone_and_counts_them(area: Area, tmp_path: Path) -> None:
    path = archive(
        tmp_path / "2024-10.zip",
        {
            f"2024-10/{named()}": mixed(area),
            f"2024-09/{named('2024-09')}": mixed(area, "2024-09"),
            "2024-10/2024-10-somewhere-outcomes.csv": b"whatever",
            "2024-10/2024-10-somewhere-stop-and-search.csv": b"whatever",
            "__MACOSX/._2024-10-somewhere-street.csv": b"\0\1",
            "README.txt": b"",
        },
    )
    report = import_paths([path], tmp_path / "store", area, now=NOW)
    assert [file.name for file in report.files] == [
        "2024-10.zip/2024-09/2024-09-somewhere-street.csv",
        "2024-10.zip/2024-10/2024-10-somewhere-street.csv",
    ]
    assert report.total("left_alone") == 4
    assert report.total("rows_read") == 12
    assert any("4 other files" in line for line in report.lines())


def test_a_folder_is_searched_and_each_csv_stands_for_itself(area: Area, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    put(folder / "2024-10", mixed(area))
    put(folder / "2024-09", b"<html>", named("2024-09"))
    put(folder / "2024-10", b"whatever", "2024-10-somewhere-outcomes.csv")
    put(folder, b"", "notes.txt")
    archive(folder / "more.zip", {f"2024-08/{named('2024-08')}": mixed(area, "2024-08")})
    with suppress(OSError):  # Windows may not let us
        (folder / "loop").symlink_to(folder)
    report = import_paths([folder], tmp_path / "store", area, now=NOW)
    assert {file.name: file.status for file in report.files} == {
        "folder/2024-09/2024-09-somewhere-street.csv": "failed",
        "folder/2024-10/2024-10-somewhere-street.csv": "loaded",
        "folder/more.zip/2024-08/2024-08-somewhere-street.csv": "loaded",
    }
    assert report.total("left_alone") == 2 + (folder / "loop").is_symlink()
    assert not report.ok


def test_a_month_in_which_no_row_has_a_location_is_there(area: Area, tmp_path: Path) -> None:
    raw = table([row(("", ""), Location="No location")] * 3)
    (file,) = import_paths([put(tmp_path, raw)], tmp_path / "store", area, now=NOW).files
    assert (file.status, file.rejected_by_reason) == ("loaded", {"no location": 3})
    stored = load(tmp_path / "store", area_of(area, "somewhere"))
    assert len(stored.frame) == 0
    assert list(stored.months.astype(str)) == ["2024-10"]


def test_a_unit_without_any_location_in_a_file_of_another_name(area: Area, tmp_path: Path) -> None:
    at = points_of(area)
    path = put(tmp_path, table([row(at.inside), row(("", ""), Month="2024-09")]), "mine.csv")
    assert import_paths([path], tmp_path / "store", area, now=NOW).files[0].months == ("2024-09", "2024-10")
    assert import_paths([path], tmp_path / "store", area, now=NOW).files[0].status == "unchanged"
    assert len(load(tmp_path / "store", area_of(area, "somewhere")).months) == 2


def test_rebuild_gives_the_old_state_up_only_if_every_file_can_be_used(area: Area, tmp_path: Path) -> None:
    store = tmp_path / "store"
    good, bad = put(tmp_path, mixed(area)), put(tmp_path, b"<html>", named("2024-09"))
    import_paths([put(tmp_path, mixed(area, "2024-08"), named("2024-08"))], store, area, now=NOW)
    before = store_version(store)
    report = import_paths([good, bad], store, area, rebuild=True, now=NOW)
    assert [file.status for file in report.files] == ["failed", "failed"]
    assert store_version(store) == before
    assert import_paths([good], store, area, rebuild=True, now=NOW).ok
    assert list(load(store, area_of(area, "somewhere")).months.astype(str)) == ["2024-10"]


def test_progress_is_told_for_every_file(area: Area, tmp_path: Path) -> None:
    paths = [put(tmp_path, mixed(area, month), named(month)) for month in ("2024-08", "2024-09", "2024-10")]
    told: list[tuple[int, int, str]] = []
    import_paths(paths, tmp_path / "store", area, lambda *step: told.append(step), now=NOW)
    assert told == [(k, 3, path.name) for k, path in enumerate(paths)] + [(3, 3, "")]


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Merseyside Police", "merseyside"),
        ("Avon and Somerset Constabulary", "avon-and-somerset"),
        ("Devon & Cornwall Police", "devon-and-cornwall"),
        ("Metropolitan Police Service", "metropolitan"),
        ("Police Service of Northern Ireland", "northern-ireland"),
        ("British Transport Police", "btp"),
        ("City of London Police", "city-of-london"),
        ("Dyfed-Powys Police", "dyfed-powys"),
        ("../../etc/passwd", "etc-passwd"),
        (" ", ""),
    ],
)
def test_names_of_forces_as_in_file_names(name: str, slug: str) -> None:
    assert force_slug(name) == slug
