"""Counts of whole forces: against pandas on the raw files, and what becomes of them when months are replaced."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from data.place.area import Area
from data.published.police_uk import import_paths
from data.store import force_counts as counting
from data.store.force_counts import district_of, force_counts, uncounted_lines, uncounted_months
from data.store.manifest import Manifest, Unit, read_manifest
from data.store.status import store_status
from data.store.store import commit
from data.store.whole import IN_ALL, Doubt, Shortfall
from tests.published.police_files import NOW, Points, crime, points_of, row, table

FORCE = "somewhere"


@pytest.fixture
def at(area: Area) -> Points:
    return points_of(area)


def put(folder: Path, rows: list[dict[str, str]], month: str = "2024-10", drop: str = "") -> Path:
    """A published file; without one of its columns where asked."""
    path = folder / f"{month}-{FORCE}-street.csv"
    raw = table([one | {"Month": month} for one in rows])
    if drop:
        frame = pd.read_csv(io.BytesIO(raw), keep_default_na=False, dtype=str).drop(columns=drop)
        raw = frame.to_csv(index=False).encode()
    path.write_bytes(raw)
    return path


def known(store: Path) -> Manifest:
    found = read_manifest(store)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "district"),
    [
        ("St. Helens 001A", "St. Helens"),
        ("Kingston upon Hull, City of 029B", "Kingston upon Hull, City of"),
        (" Knowsley 006AB ", "Knowsley"),
        ("Knowsley", "Knowsley"),
        ("", ""),
        ("=cmd|' /C calc'!A0 001A", "=cmd|' /C calc'!A0"),
        ("Ynys Môn - Isle of Anglesey 001A", "Ynys Môn - Isle of Anglesey"),
        ("Route 66 1A", "Route 66 1A"),
    ],
)
def test_the_district_is_what_stands_before_the_number(name: str, district: str) -> None:
    assert district_of(name) == district


def test_every_district_month_and_type_as_pandas_counts_the_raw_files(
    shared: Path, real_store: Path, area: Area
) -> None:
    parts = []
    for archive in ("merseyside_2018-01_to_2021-12.zip", "merseyside_2022-10_to_2024-12.zip"):
        with zipfile.ZipFile(shared / "police_uk" / archive) as opened:
            for name in opened.namelist():
                if name.endswith("-street.csv"):
                    with opened.open(name) as file:
                        parts.append(
                            pd.read_csv(file, usecols=["Month", "LSOA name", "Crime type"], keep_default_na=False)
                        )
    raw = pd.concat(parts)
    raw["district"] = raw["LSOA name"].str.rsplit(" ", n=1).str[0]
    expected = raw.groupby(["Month", "district", "Crime type"]).size()
    found = force_counts(real_store, area, ["merseyside", "cheshire"])
    assert len(found.months["merseyside"]) == 73
    assert found.months["cheshire"] == ()
    assert set(found.frame["force"]) == {"merseyside"}
    ours = found.frame.set_index(["month", "district", "category"])["n"].sort_index()
    assert ours.index.is_unique
    pd.testing.assert_series_equal(ours, expected.sort_index(), check_names=False, check_index_type=False)
    assert len(set(expected.index.get_level_values("Crime type"))) == 14


def test_the_sum_is_what_is_used_and_what_has_no_location(area: Area, at: Points, store: Path, tmp_path: Path) -> None:
    rows = [
        row(at.inside),
        row(at.outside, LSOA_code="E02", LSOA_name="Elsewhere 002B"),
        row(("", ""), LSOA_code="", LSOA_name=""),
        row(at.inside, LSOA_code="", LSOA_name="Elsewhere 002B"),
        crime(at.inside, 1),
        crime(at.inside, 1),  # joined
        row(("0", "0")),  # rejected
        row(at.inside, Crime_type="Sorcery"),  # rejected
    ]
    assert import_paths([put(tmp_path, rows)], store, area, now=NOW).ok
    unit = known(store).units[f"police.uk/{FORCE}/2024-10"]
    found = force_counts(store, area, [FORCE]).frame
    assert int(found["n"].sum()) == 5 == unit.rows + unit.outside + sum(unit.unlocated.values())
    assert unit.rows_read - unit.joined - (unit.rejected - 1) == 5, "all but joined and rejected for something else"
    assert {(one.district, one.category): one.n for one in found.itertuples()} == {
        ("Somewhere", "Anti-social behaviour"): 1,
        ("Somewhere", "Drugs"): 1,
        ("Elsewhere", "Anti-social behaviour"): 1,
        ("", "Anti-social behaviour"): 2,
    }, "without a code a row is in no district, whatever its name says"


def test_a_file_without_names_of_small_areas_is_counted_in_no_district(
    area: Area, at: Points, store: Path, tmp_path: Path
) -> None:
    assert import_paths([put(tmp_path, [row(at.inside)] * 3, drop="LSOA name")], store, area, now=NOW).ok
    found = force_counts(store, area, [FORCE]).frame
    assert found[["district", "n"]].to_numpy().tolist() == [["", 3]]


def test_a_replaced_month_takes_its_counts_with_it_and_the_others_stay(
    area: Area, at: Points, store: Path, tmp_path: Path
) -> None:
    first = [put(tmp_path, [row(at.inside)] * 2, month) for month in ("2024-09", "2024-10")]
    import_paths(first, store, area, now=NOW)
    before = {unit.counts for unit in known(store).units.values()}
    assert len(before) == 1, "one file for what was loaded together"
    import_paths([put(tmp_path, [row(at.inside, LSOA_name="Elsewhere 001A")] * 7, "2024-10")], store, area, now=NOW)
    found = force_counts(store, area, [FORCE]).frame
    assert {(one.month, one.district): one.n for one in found.itertuples()} == {
        ("2024-09", "Somewhere"): 2,
        ("2024-10", "Elsewhere"): 7,
    }
    last = [put(tmp_path, [row(at.inside)] * 3, month) for month in ("2024-09", "2024-10")]
    import_paths(last, store, area, now=NOW, rebuild=True)
    import_paths(last, store, area, now=NOW)  # sweeps
    left = {path.relative_to(store).as_posix() for path in (store / "counts").rglob("*.parquet")}
    assert left == {unit.counts for unit in known(store).units.values()}
    assert not left & before


def test_the_same_bytes_give_an_older_store_its_counts_and_no_revision(
    area: Area, at: Points, store: Path, tmp_path: Path
) -> None:
    path = put(tmp_path, [row(at.inside)] * 2)
    import_paths([path], store, area, now=NOW)
    whole = known(store)
    commit(store, replace(whole, units={key: replace(unit, counts="") for key, unit in whole.units.items()}))
    old = force_counts(store, area, [FORCE])
    assert (old.months[FORCE], old.uncounted[FORCE], len(old.frame)) == ((), ("2024-10",), 0)
    assert uncounted_lines(uncounted_months(known(store))) == [
        f"Counts of other districts: import these months of {FORCE} again: 2024-10"
    ]
    report = import_paths([path], store, area, now=NOW)
    assert [file.status for file in report.files] == ["loaded"]
    assert known(store).revisions == ()
    assert known(store).version == whole.version
    assert uncounted_months(known(store)) == ()
    assert [file.status for file in import_paths([path], store, area, now=NOW).files] == ["unchanged"]


def test_a_file_that_fails_leaves_no_counts(area: Area, at: Points, store: Path, tmp_path: Path) -> None:
    import_paths([put(tmp_path, [row(at.inside)])], store, area, now=NOW)
    before = known(store)
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr(f"2024-09/2024-09-{FORCE}-street.csv", table([row(at.inside, Month="2024-09")]))
        archive.writestr(f"2024-11/2024-11-{FORCE}-street.csv", b"no table")
    assert not import_paths([tmp_path / "two.zip"], store, area, now=NOW).ok
    assert known(store) == before
    assert "2024-09" not in force_counts(store, area, [FORCE]).months[FORCE]


def test_a_month_in_doubt_is_left_out(
    area: Area, at: Points, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_paths([put(tmp_path, [row(at.inside)], month) for month in ("2024-09", "2024-10")], store, area, now=NOW)
    doubt = Doubt(FORCE, "2024-10", 1, 100, (Shortfall(IN_ALL, "", 1, 100, 90),))
    monkeypatch.setattr(counting, "all_doubts", lambda judged: (doubt,))
    found = force_counts(store, area, [FORCE])
    assert (found.months[FORCE], found.in_doubt[FORCE]) == (("2024-09",), ("2024-10",))
    assert set(found.frame["month"]) == {"2024-09"}


def test_a_month_by_outline_has_no_whole_force(area: Area, at: Points, store: Path, tmp_path: Path) -> None:
    path = tmp_path / "2024-10-by-outline-street.csv"
    path.write_bytes(table([row(at.inside)]))
    assert import_paths([path], store, area, now=NOW).ok
    unit: Unit = known(store).units["police.uk/by-outline/2024-10"]
    assert unit.counts == ""
    assert force_counts(store, area, ["merseyside"]).months == {"merseyside": ()}
    assert uncounted_months(known(store)) == ()


def test_a_missing_file_is_told(area: Area, at: Points, store: Path, tmp_path: Path) -> None:
    import_paths([put(tmp_path, [row(at.inside)])], store, area, now=NOW)
    (store / known(store).units[f"police.uk/{FORCE}/2024-10"].counts).unlink()
    found = force_counts(store, area, [FORCE])
    assert (found.months, found.uncounted) == ({FORCE: ()}, {FORCE: ("2024-10",)})
    assert store_status(store, area).uncounted == ((FORCE, "2024-10"),)
    assert import_paths([tmp_path], store, area, now=NOW).files[0].status == "loaded"
    assert force_counts(store, area, [FORCE]).months == {FORCE: ("2024-10",)}
    assert force_counts(tmp_path / "empty", area, [FORCE]).months == {FORCE: ()}
