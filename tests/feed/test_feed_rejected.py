"""A feed in the store: rows that are put aside with their reason, and files of which nothing can be used."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from data.feed import reasons as feed_reasons
from data.feed import times as feed_times
from data.feed.importing import import_feed
from data.feed.table import read_table
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.checks import ABROAD, FIELDS, NO_LOCATION, NOT_NUMERIC, ONE_COORDINATE, SWAPPED, ZERO
from data.store.status import rejected_rows
from data.store.store import is_empty, load
from geo.crs import to_wgs84
from geo.errors import InputError
from tests.feed.feed_files import csv_bytes, everything_in
from tests.feed.feed_rows import COLUMNS, MAPPING, TODAY, import_rows, rows

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
