"""A feed in the store: months and days it covers, and what a later file of the same months changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from data.feed import reasons as feed_reasons
from data.place.area import Area
from data.store.status import store_status
from data.store.store import load, store_version
from geo.errors import InputError
from tests.feed.feed_rows import COLUMNS, MAPPING, import_rows, rows
from tests.published import police_files


def test_without_a_stated_period_the_ends_are_the_incidents(area: Area, tmp_path: Path) -> None:
    report = import_rows(tmp_path, area, rows(area, ["10/08/2024 1:00", "02/09/2024 1:00", "20/10/2024 1:00"]))
    assert report.months == ("2024-09",)
    assert report.part_months == ("2024-08", "2024-10")
    assert (report.first, report.last) == ("2024-08-10", "2024-10-20")
    found = load(tmp_path, area, "fire-service")
    assert [str(month) for month in found.months] == ["2024-09"]
    assert len(found.frame) == 1
    assert store_status(tmp_path, area).feeds["whole"].tolist() == [False, True, False]


def test_a_stated_period_covers_days_without_incidents(area: Area, tmp_path: Path) -> None:
    made = rows(area, ["10/08/2024 1:00", "20/10/2024 1:00", "30/07/2024 1:00"])
    report = import_rows(tmp_path, area, made, period=(date(2024, 8, 1), date(2024, 10, 31)))
    assert report.rejected_by_reason == {feed_reasons.NOT_IN_PERIOD: 1}
    found = load(tmp_path, area, "fire-service")
    assert [str(month) for month in found.months] == ["2024-08", "2024-09", "2024-10"]
    assert len(found.frame) == 2


def test_one_wrong_year_makes_no_years_of_nothing(area: Area, tmp_path: Path) -> None:
    made = rows(area, ["05/03/2014 1:00", *(f"{day:02d}/10/2024 1:00" for day in range(1, 32))])
    report = import_rows(tmp_path, area, made)
    assert (report.months, report.part_months) == (("2024-10",), ("2014-03",))
    assert len(report.without_incidents) == 10 * 12 + 6
    assert report.without_incidents[0] == "2014-04"
    assert "taken for missing: 2014-04" in "\n".join(report.lines())


def test_a_month_again_replaces_it_and_reports_the_revision(area: Area, tmp_path: Path) -> None:
    october = (date(2024, 10, 1), date(2024, 10, 31))
    made = rows(area, [f"{day:02d}/10/2024 19:00" for day in range(1, 11)])
    import_rows(tmp_path, area, made, period=october)
    version = store_version(tmp_path)
    changed = [dict(row) for row in made[1:]]
    changed[0]["When"] = "02/10/2024 20:00"
    changed.append(made[0] | {"Ref": "R99"})
    report = import_rows(tmp_path, area, changed, period=october, name="g.csv")
    (revision,) = report.revision
    assert (revision.added, revision.gone, revision.outcome_changed) == (1, 1, 1)
    assert report.replaced == 10
    assert "by reference number 1 added, 1 gone, 1 changed" in revision.sentence
    assert store_version(tmp_path) != version
    assert len(load(tmp_path, area, "fire-service").frame) == 10
    assert len(store_status(tmp_path, area).revisions) == 1


def test_rows_without_a_number_are_compared_as_a_multiset(area: Area, tmp_path: Path) -> None:
    october = (date(2024, 10, 1), date(2024, 10, 31))
    mapping = replace(MAPPING, columns={k: v for k, v in COLUMNS.items() if k != "reference"})
    made = rows(area, ["01/10/2024 19:00"] * 3 + ["02/10/2024 19:00"])
    for row in made[:3]:
        row |= {"X": made[0]["X"], "Y": made[0]["Y"]}
    import_rows(tmp_path, area, made, mapping, period=october)
    assert len(load(tmp_path, area, "fire-service").frame) == 4  # alike is not the same incident
    (revision,) = import_rows(tmp_path, area, made[1:], mapping, period=october).revision
    assert (revision.added_without_id, revision.gone_without_id, revision.added) == (0, 1, 0)


def test_days_that_are_stored_are_not_lost_unasked(area: Area, tmp_path: Path) -> None:
    import_rows(tmp_path, area, rows(area, ["01/11/2024 1:00", "20/11/2024 1:00"]))
    later = [row | {"Ref": f"S{n}"} for n, row in enumerate(rows(area, ["21/11/2024 1:00", "30/11/2024 1:00"]))]
    before = store_version(tmp_path)
    with pytest.raises(InputError, match=r"the store has 2024-11-01 to 2024-11-20.*would be lost"):
        import_rows(tmp_path, area, later)
    assert store_version(tmp_path) == before
    assert import_rows(tmp_path, area, later, replace_days=True).replaced == 2


def test_a_number_that_moved_to_another_month_is_not_counted_twice(area: Area, tmp_path: Path) -> None:
    import_rows(tmp_path, area, rows(area, ["31/10/2024 23:00", "15/10/2024 1:00"]))
    moved = rows(area, ["01/11/2024 00:30", "02/11/2024 1:00"])
    moved[1]["Ref"] = "S2"
    report = import_rows(tmp_path, area, moved, name="g.csv")
    assert report.rejected_by_reason == {feed_reasons.ELSEWHERE: 1}
    assert "old month" in report.rejected_rows[0].advice
    both = [*moved, rows(area, ["15/10/2024 1:00", "15/10/2024 1:00"])[1]]
    whole = (date(2024, 10, 1), date(2024, 11, 30))
    report = import_rows(tmp_path, area, both, name="h.csv", period=whole)
    assert report.rejected == 0
    ids = load(tmp_path, area, "fire-service").frame["incident_id"]
    assert ids.is_unique
    assert len(ids) == 3


def test_the_same_file_again_changes_nothing(area: Area, tmp_path: Path) -> None:
    made = rows(area, ["31/10/2024 19:00", "05/11/2024 19:00"])
    import_rows(tmp_path, area, made)
    files = police_files.contents(tmp_path)
    report = import_rows(tmp_path, area, made)
    assert report.status == "unchanged"
    assert (report.rows_read, report.loaded) == (2, 2)
    assert police_files.contents(tmp_path) == files
    again = import_rows(tmp_path, area, made, replace(MAPPING, category="Criminal damage and arson"))
    assert again.status == "loaded"
    assert load(tmp_path, area, "fire-service").frame["category"].unique().tolist() in (
        [],
        ["Criminal damage and arson"],
    )


def test_a_stray_date_does_not_take_a_stored_month_away(area: Area, tmp_path: Path) -> None:
    october = rows(area, [f"{day:02d}/10/2024 19:05" for day in range(1, 32)])
    november = rows(area, [f"{day:02d}/11/2024 19:05" for day in range(1, 31)])
    for n, row in enumerate(november):
        row["Ref"] = f"N{n}"
    import_rows(tmp_path, area, october)
    stray = [*november, october[0] | {"Ref": "N99"}]
    version = store_version(tmp_path)
    with pytest.raises(InputError, match=r"the store has 31 incidents of 2024-10, the file only 1") as refused:
        import_rows(tmp_path, area, stray)
    assert "--replace" in str(refused.value)
    assert store_version(tmp_path) == version
    assert import_rows(tmp_path, area, stray, replace_days=True).replaced == 31


@pytest.mark.parametrize("what", ["incidents", "rejected"])
def test_a_damaged_month_of_a_feed_is_left_out_until_its_file_is_imported_again(
    area: Area, tmp_path: Path, what: str
) -> None:
    october = (date(2024, 10, 1), date(2024, 10, 31))
    made = rows(area, ["01/10/2024 19:00", "02/10/2024 19:00", "31/02/2024 19:00"])
    import_rows(tmp_path, area, made, period=october)
    (path,) = (tmp_path / what).rglob("*.parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    status = store_status(tmp_path, area)
    left_out = what == "incidents"
    assert [(one.force, one.month, one.damaged) for one in status.in_doubt] == (
        [("fire-service", "2024-10", True)] if left_out else []
    )
    assert len(load(tmp_path, area, "fire-service").frame) == (0 if left_out else 2)
    again = import_rows(tmp_path, area, made, period=october)
    assert (again.status, again.revision) == ("loaded", ())
    assert path.read_bytes() == whole
    assert len(load(tmp_path, area, "fire-service").frame) == 2
    assert store_status(tmp_path, area).in_doubt == ()
    assert import_rows(tmp_path, area, made, period=october).status == "unchanged"
