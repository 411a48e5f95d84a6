"""A feed in the store: what is kept and put aside, months and days, revisions, feeds beside published files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import feed_reasons, feed_times
from data.area import Area
from data.checks import ABROAD, FIELDS, NO_LOCATION, NOT_NUMERIC, ONE_COORDINATE, SWAPPED, ZERO
from data.demo import Demo, make_demo
from data.feed_mapping import FeedMapping
from data.feed_propose import propose
from data.feed_report import FeedReport
from data.feed_table import read_table
from data.partner import import_feed, remembered_mapping
from data.police_uk import import_paths
from data.schema import ASB, POLICE_UK
from data.status import rejected_rows, store_status
from data.store import feed_names, is_empty, load, read_manifest, store_version
from geo.crs import to_wgs84
from geo.errors import InputError
from tests import police_files
from tests.feed_files import SECRET, csv_bytes, everything_in, partner_csv, points_in, workbook

TODAY = date(2025, 1, 15)
COLUMNS = {"start": "When", "easting": "X", "northing": "Y", "reference": "Ref"}
MAPPING = FeedMapping(columns=COLUMNS, category=ASB, day_first=True)


def rows(area: Area, whens: Sequence[str], **more: Sequence[str]) -> list[dict[str, str]]:
    """One incident inside the area for each time, with a reference number and a secret."""
    points = points_in(area, len(whens))
    return [
        {
            "Ref": f"R{n}",
            "When": when,
            "X": str(points[n][0]),
            "Y": str(points[n][1]),
            "Caller": f"Mrs Example {n}",
        }
        | {name: values[n] for name, values in more.items()}
        for n, when in enumerate(whens)
    ]


def import_rows(
    store: Path, area: Area, made: Sequence[dict[str, str]], mapping: FeedMapping = MAPPING, **more: object
) -> FeedReport:
    raw = csv_bytes(list(made[0]), made)
    options = {"feed": "Fire service", "today": TODAY} | more
    name = str(options.pop("name", "f.csv"))
    return import_feed(read_table(name, raw), raw, mapping=mapping, store=store, area=area, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def demo(area: Area) -> Demo:
    return make_demo(area)


# --- the whole way ---------------------------------------------------------------------------------------------------
def test_the_demonstrations_feed_comes_back_as_it_was(area: Area, demo: Demo, tmp_path: Path) -> None:
    raw = partner_csv(demo.feed)
    table = read_table("council.csv", raw)
    report = import_feed(table, raw, "Council ASB", propose(table, area).mapping, tmp_path, area, today=demo.as_at)
    assert report.rows_read == report.loaded == report.in_area == len(demo.feed.frame)
    found = load(tmp_path, area, "council-asb")
    assert found.source == "council-asb"
    assert not found.simulated
    assert found.months.equals(demo.feed.months)
    ours, theirs = found.frame, demo.feed.frame
    assert list(ours.columns) == list(theirs.columns)
    np.testing.assert_array_equal(ours["occurred_at"], theirs["occurred_at"])
    for name in ("ward_code", "asb_type", "category"):
        assert ours[name].astype(str).tolist() == theirs[name].astype(str).tolist(), name
    assert ours["occurred_until"].isna().all()
    assert ours["force"].isna().all()
    assert ours["location"].isna().all()
    np.testing.assert_allclose(ours["easting_m"], theirs["easting_m"], atol=0.5)
    assert (ours["subcategory"].dropna() == "misuse of fireworks").sum() == (theirs["subcategory"] == "fireworks").sum()
    assert report.unmapped == {
        "subcategory": {
            "Threats": int((theirs["subcategory"] == "threats or abuse").sum()),
            "Other": int((theirs["subcategory"] == "graffiti").sum()),
        }
    }
    assert not [word for word in SECRET if word.encode() in everything_in(tmp_path)]


def test_an_excel_file_gives_what_its_csv_gives(area: Area, tmp_path: Path) -> None:
    made = rows(area, ["2024-10-31T19:05:00", "2024-11-01T00:00:00", "2024-10-30T08:00:00"])
    cells = [[pd.Timestamp(v).to_pydatetime() if k == "When" else v for k, v in row.items()] for row in made]
    raw = workbook({"Data": [list(made[0]), *cells]})
    import_feed(read_table("f.xlsx", raw), raw, "a", MAPPING, tmp_path / "a", area, today=TODAY)
    import_rows(tmp_path / "b", area, made, feed="a")
    ours, theirs = (load(tmp_path / store, area, "a").frame for store in "ab")
    pd.testing.assert_frame_equal(ours, theirs)


def test_degrees_and_metres_give_the_same_place(area: Area, tmp_path: Path) -> None:
    made = rows(area, [f"{day:02d}/10/2024 19:05" for day in range(1, 32)])
    lon, lat = to_wgs84([float(row["X"]) for row in made], [float(row["Y"]) for row in made])
    degrees = [row | {"X": f"{x:.8f}", "Y": f"{y:.8f}"} for row, x, y in zip(made, lon, lat, strict=True)]
    by_degrees = replace(MAPPING, columns={"start": "When", "longitude": "X", "latitude": "Y", "reference": "Ref"})
    import_rows(tmp_path / "a", area, made)
    import_rows(tmp_path / "b", area, degrees, by_degrees)
    metres, found = (load(tmp_path / store, area, "fire-service").frame for store in "ab")
    assert metres["ward_code"].tolist() == found["ward_code"].tolist()
    np.testing.assert_allclose(metres["easting_m"], found["easting_m"], atol=0.05)


# --- rows that cannot be used ----------------------------------------------------------------------------------------
WRONG = [
    ({"When": ""}, feed_times.NO_DATE),
    ({"When": "last night"}, feed_times.UNREADABLE_DATE),
    ({"When": "2024-10-31 19:05"}, feed_times.OTHER_FORM),
    ({"When": "31/09/2024 19:05"}, feed_times.NO_SUCH_DATE),
    ({"When": "31/03/2024 01:30"}, feed_times.SKIPPED),
    ({"When": "01/01/1900"}, feed_reasons.OLD),
    ({"When": "16/01/2025 00:00"}, feed_reasons.FUTURE),
    ({"X": "", "Y": ""}, NO_LOCATION),
    ({"X": ""}, ONE_COORDINATE),
    ({"X": "somewhere"}, NOT_NUMERIC),
    ({"X": "0", "Y": "0"}, ZERO),
    ({"X": "343210", "Y": "9999999"}, ABROAD),
    ({"Ref": "R0"}, feed_reasons.REPEATED),
]


@pytest.mark.parametrize(("change", "reason"), WRONG, ids=[reason for _, reason in WRONG])
def test_a_row_is_put_aside_with_its_place_value_and_advice(
    area: Area, tmp_path: Path, change: dict[str, str], reason: str
) -> None:
    made = rows(area, [f"{day:02d}/10/2024 19:05" for day in range(1, 32)])
    made[7] |= change
    report = import_rows(tmp_path, area, made)
    assert report.rejected_by_reason == {reason: 1}
    assert (report.rows_read, report.loaded, report.outside) == (31, 30, 0)
    stored = rejected_rows(tmp_path)
    assert len(stored) == 1
    row = stored.iloc[0]
    assert (row["file"], row["row"], row["reason"]) == ("f.csv", 9, reason)
    assert row["column"] in COLUMNS.values()
    assert next(iter(change.values())) in row["value"]
    assert len(row["advice"]) > 10
    assert "Example" not in row["original"]
    assert f"row 9, column '{row['column']}': {reason}" in "\n".join(report.lines())


def test_a_row_with_too_few_fields_keeps_none_of_its_text(area: Area, tmp_path: Path) -> None:
    raw = csv_bytes(list(rows(area, ["x"])[0]), rows(area, ["31/10/2024 19:05"])) + b"Mrs Example 9,07700\r\n"
    report = import_feed(read_table("f.csv", raw), raw, "a", MAPPING, tmp_path, area, today=TODAY)
    assert report.rejected_by_reason == {FIELDS: 1}
    assert b"07700" not in everything_in(tmp_path)


def test_swapped_degrees(area: Area, tmp_path: Path) -> None:
    mapping = replace(MAPPING, columns={"start": "When", "longitude": "X", "latitude": "Y"})
    made = rows(area, ["31/10/2024 19:05"] * 3)
    lon, lat = to_wgs84([float(row["X"]) for row in made], [float(row["Y"]) for row in made])
    for row, x, y in zip(made, lon, lat, strict=True):
        row |= {"X": f"{x:.6f}", "Y": f"{y:.6f}"}
    made[1] |= {"X": made[1]["Y"], "Y": made[1]["X"]}
    assert import_rows(tmp_path, area, made, mapping).rejected_by_reason == {SWAPPED: 1}


def test_intervals_are_kept_and_wrong_ones_put_aside(area: Area, tmp_path: Path) -> None:
    ends = ["31/10/2024 21:00", "", "31/10/2024 18:00", "16/01/2025 12:00"]
    made = rows(area, ["31/10/2024 19:00"] * 4, End=ends)
    mapping = replace(MAPPING, columns=COLUMNS | {"end": "End"})
    report = import_rows(tmp_path, area, made, mapping, period=(date(2024, 10, 1), date(2024, 10, 31)))
    assert report.rejected_by_reason == {feed_times.END_FIRST: 1, feed_reasons.FUTURE: 1}
    until = load(tmp_path, area, "fire-service").frame["occurred_until"]
    assert until.tolist() == [pd.Timestamp("2024-10-31 21:00"), pd.NaT]


def test_kinds_of_incident_by_column(area: Area, tmp_path: Path) -> None:
    made = rows(area, ["31/10/2024 19:00"] * 5, Kind=["Bin fire", "Car crime", "Test call", "Dragons", ""])
    mapping = replace(
        MAPPING,
        columns=COLUMNS | {"category": "Kind"},
        category="",
        words={
            "category": {
                "bin FIRE": "Criminal damage and arson",
                "Car crime": "Vehicle crime",
                "Test call": "leave out",
            }
        },
    )
    report = import_rows(tmp_path, area, made, mapping)
    assert report.rejected_by_reason == {
        feed_reasons.KIND_LEFT_OUT: 1,
        feed_reasons.KIND_UNMAPPED: 1,
        feed_reasons.NO_KIND: 1,
    }
    assert report.unmapped == {"category": {"Dragons": 1}}
    with_rest = import_rows(tmp_path / "b", area, made, replace(mapping, category=ASB))
    assert with_rest.rejected_by_reason == {feed_reasons.KIND_LEFT_OUT: 1, feed_reasons.KIND_UNMAPPED: 1}


def test_repeated_numbers_say_where_the_first_is(area: Area, tmp_path: Path) -> None:
    made = rows(area, ["31/10/2024 19:00", "31/10/2024 20:00", "31/10/2024 19:00"])
    made[1]["Ref"] = "R0"
    made[2] = dict(made[0])
    report = import_rows(tmp_path, area, made)
    assert report.rejected_by_reason == {feed_reasons.REPEATED: 2}
    other, same = report.rejected_rows
    assert "Row 2 has it too, with another date, place or kind" in other.advice
    assert "Row 2 has it too, with the same in every mapped column" in same.advice


def test_only_names_of_streets_are_kept_as_location(area: Area, tmp_path: Path) -> None:
    whens = [f"{day:02d}/10/2024 19:00" for day in range(1, 31)]
    streets = ["Mill Street"] * 28 + ["12 Mill Street", "Mrs Example's"]
    made = rows(area, whens, Street=streets)
    mapping = replace(MAPPING, columns=COLUMNS | {"location": "Street"})
    report = import_rows(tmp_path, area, made, mapping, period=(date(2024, 10, 1), date(2024, 10, 31)))
    assert load(tmp_path, area, "fire-service").frame["location"].value_counts().to_dict() == {"Mill Street": 28}
    assert any("2 texts of the street column" in note for note in report.notes)
    assert b"12 Mill" not in everything_in(tmp_path)
    made = rows(area, whens, Street=["12 Mill Street"] * 30)
    with pytest.raises(InputError, match=r"an address.*can never be mapped"):
        import_rows(tmp_path, area, made, mapping)


# --- files of which nothing can be used ------------------------------------------------------------------------------
def test_a_file_of_another_place_is_refused_and_nothing_is_written(area: Area, tmp_path: Path) -> None:
    made = [row | {"X": "530000", "Y": "180000"} for row in rows(area, ["31/10/2024 19:00"] * 3)]
    with pytest.raises(InputError, match=r"not one of its 3 rows lies in .* or within 1000 m.*Nothing was stored"):
        import_rows(tmp_path, area, made)
    assert is_empty(tmp_path)


def test_easting_and_northing_the_wrong_way_round(area: Area, tmp_path: Path) -> None:
    mapping = replace(MAPPING, columns=COLUMNS | {"easting": "Y", "northing": "X"})
    with pytest.raises(InputError, match="in each other's column: swap them"):
        import_rows(tmp_path, area, rows(area, ["31/10/2024 19:00"] * 3), mapping)


def test_a_file_without_one_good_row(area: Area, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"not one of its 3 rows can be used \(date not readable 3\).*'x'"):
        import_rows(tmp_path, area, rows(area, ["x", "y", "z"]))


@pytest.mark.parametrize("name", ["police.uk", "demonstration"])
def test_reserved_names(area: Area, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="name of something else"):
        import_rows(tmp_path, area, rows(area, ["31/10/2024 19:00"]), feed=name)


def test_a_period_that_ends_before_it_starts(area: Area, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ends before it starts"):
        import_rows(tmp_path, area, rows(area, ["31/10/2024"]), period=(date(2024, 2, 1), date(2024, 1, 1)))


# --- months and days -------------------------------------------------------------------------------------------------
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


def test_a_trial_writes_nothing(area: Area, tmp_path: Path) -> None:
    made = rows(area, [f"{day:02d}/10/2024 19:00" for day in range(1, 32)])
    tried = import_rows(tmp_path / "s", area, made, dry_run=True)
    assert not (tmp_path / "s").exists()
    done = import_rows(tmp_path / "s", area, made)
    assert replace(tried, status="loaded") == done


def test_the_mapping_is_remembered_with_the_order_that_was_found(area: Area, tmp_path: Path) -> None:
    assert remembered_mapping(tmp_path, "Fire service") is None
    import_rows(tmp_path, area, rows(area, ["31/10/2024 19:00"]), replace(MAPPING, day_first=None))
    assert remembered_mapping(tmp_path, "fire SERVICE") == MAPPING
    both_ways = import_rows(tmp_path, area, rows(area, ["05/10/2024 19:00"]), MAPPING, replace_days=True)
    assert both_ways.first == "2024-10-05"
    (tmp_path / "feeds" / "fire-service.json").write_text("{")
    with pytest.raises(InputError, match="mapping of the feed cannot be read"):
        remembered_mapping(tmp_path, "fire-service")


def test_the_time_zone_is_the_areas(area: Area, tmp_path: Path) -> None:
    made = rows(area, ["31/03/2024 01:30", "31/03/2024 02:30"])
    assert (
        import_rows(tmp_path / "a", area, made).rejected == 1
    )  # the first hour is skipped in London, the second is not
    there = replace(area, raw=dict(area.raw) | {"time_zone": "Europe/Berlin"})
    report = import_rows(tmp_path / "b", there, made)
    assert [row.value for row in report.rejected_rows] == ["31/03/2024 02:30"]
    with pytest.raises(InputError, match="no such time zone"):
        import_rows(tmp_path / "c", replace(area, raw={"time_zone": "Mars/Olympus"}), made)


# --- beside police files ---------------------------------------------------------------------------------------------
def test_feeds_and_published_files_do_not_touch_each_other(area: Area, tmp_path: Path) -> None:
    ours = replace(area, forces=("somewhere",), buffer_forces=())
    at = police_files.points_of(ours)
    path = police_files.put(tmp_path, police_files.table([police_files.row(at.inside)] * 3))
    import_paths([path], tmp_path / "s", ours, now=police_files.NOW)
    alone = load(tmp_path / "s", ours)
    import_rows(
        tmp_path / "s", ours, rows(area, [f"{day:02d}/09/2024 19:00" for day in range(1, 31)]), feed="somewhere"
    )
    beside = load(tmp_path / "s", ours)
    pd.testing.assert_frame_equal(alone.frame, beside.frame)
    assert beside.months.equals(alone.months)
    assert beside.source == POLICE_UK
    assert len(load(tmp_path / "s", ours, "somewhere").frame) == 30
    assert feed_names(tmp_path / "s") == ("somewhere",)
    status = store_status(tmp_path / "s", ours)
    assert status.coverage["source"].unique().tolist() == [POLICE_UK]
    assert status.gaps == ()
    assert status.missing_forces["area"] == ()
    assert status.feeds["feed"].unique().tolist() == ["somewhere"]
    assert "Dated feed somewhere: 2024-09-01 to 2024-09-30, 1 whole months" in "\n".join(status.lines())
    json.dumps(status.to_json(), default=int)
    report = import_paths([path], tmp_path / "s", ours, now=police_files.NOW)
    assert [file.status for file in report.files] == ["unchanged"]
    assert len(load(tmp_path / "s", ours, "somewhere").frame) == 30


def test_a_feed_of_a_forces_name_is_no_force(area: Area, tmp_path: Path) -> None:
    ours = replace(area, forces=("somewhere",))
    import_rows(tmp_path, ours, rows(area, ["31/10/2024 19:00"]), feed="somewhere")
    assert store_status(tmp_path, ours).missing_forces["area"] == ("somewhere",)
    police = load(tmp_path, ours)
    assert len(police.months) == len(police.frame) == 0
    assert not is_empty(tmp_path)


def test_a_store_of_another_layer_is_refused(area: Area, tmp_path: Path) -> None:
    import_rows(tmp_path, area, rows(area, ["31/10/2024 19:00"]))
    with pytest.raises(InputError, match="another area or ward layer"):
        import_rows(tmp_path, replace(area, buffer_m=500.0), rows(area, ["31/10/2024 19:00"]))


def test_a_store_from_before_feeds_keeps_its_version(real_store: Path) -> None:
    manifest = read_manifest(real_store)
    assert manifest is not None
    units = [unit for unit in manifest.units.values() if unit.first or unit.last]
    assert units == []
    assert all(unit.whole for unit in manifest.units.values())
    assert manifest.version == store_version(real_store)


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
