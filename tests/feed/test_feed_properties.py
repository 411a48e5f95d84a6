"""What holds for every file of a feed: nothing is lost, nothing depends on order, nothing unmapped is kept."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from data.feed.importing import import_feed
from data.feed.mapping import FeedMapping
from data.feed.rows import CheckedFeed, check_feed
from data.feed.table import Table, read_table
from data.feed.units import covered, feed_units
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.status import rejected_rows, store_status
from data.store.store import load
from geo.assign import OUTSIDE
from geo.errors import InputError
from tests.feed.feed_files import csv_bytes, everything_in, points_in
from tests.properties import examples

TODAY = date(2025, 1, 15)
HEADER = ("Ref", "When", "Ends", "X", "Y", "Kind", "Caller Name", "Colour")
MAPPING = FeedMapping(
    columns={
        "reference": "Ref",
        "start": "When",
        "end": "Ends",
        "easting": "X",
        "northing": "Y",
        "subcategory": "Kind",
    },
    category=ASB,
    words={"subcategory": {"F": "misuse of fireworks"}},
    day_first=True,
)
SECRET = "Qzxsecret"
FEW = examples(15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

whens = st.one_of(
    st.datetimes(datetime(2024, 8, 1), datetime(2024, 12, 31)).map(lambda moment: moment.strftime("%d/%m/%Y %H:%M")),
    st.sampled_from(["", "31/03/2024 01:30", "unknown", "31/09/2024", "01/02/2030", "2024-10-31", "15/10/2024"]),
)
ends = st.sampled_from(["", "", "", "31/12/2024 23:59", "01/08/2024 00:00", "later"])
kinds = st.sampled_from(["F", "other", ""])


@st.composite
def files(draw: st.DrawFn, area: Area) -> list[dict[str, str]]:
    """Rows inside, in the buffer, far away, and without a place; times good and bad; numbers that repeat."""
    inside = points_in(area, 20)
    west, south, _, _ = area.wards.outline.bounds
    far = (f"{west - 5e4:.0f}", f"{south:.0f}")
    places = [*((str(x), str(y)) for x, y in inside), ("", ""), ("0", "0"), ("x", "1"), far]
    row = st.fixed_dictionaries(
        {
            "Ref": st.sampled_from(["", *(f"R{n}" for n in range(12))]),
            "When": whens,
            "Ends": ends,
            "place": st.sampled_from(places),
            "Kind": kinds,
        }
    )
    rows: list[dict[str, Any]] = draw(st.lists(row, min_size=1, max_size=25))
    return [
        {key: value for key, value in one.items() if key != "place"}
        | {"X": one["place"][0], "Y": one["place"][1], "Caller Name": f"Mrs {SECRET}", "Colour": SECRET}
        for one in rows
    ]


def checked(area: Area, rows: list[dict[str, str]], header: tuple[str, ...] = HEADER) -> CheckedFeed:
    return check_feed(table(rows, header), MAPPING, area, TODAY)


def table(rows: list[dict[str, str]], header: tuple[str, ...] = HEADER) -> Table:
    return read_table("f.csv", csv_bytes(header, rows))


@FEW
@given(data=st.data())
def test_rows_read_are_loaded_rejected_or_outside(area: Area, data: st.DataObject) -> None:
    rows = data.draw(files(area))
    found = checked(area, rows)
    outside = int((found.usable["ward"] == OUTSIDE).sum())
    units = feed_units(found, covered(found, None), area, "f")
    assert found.rows_read == len(rows) == len(found.usable) + len(found.rejected)
    assert sum(unit.table.num_rows for unit in units) + outside == len(found.usable)
    assert sum(unit.outside for unit in units) == outside
    assert sum(found.by_reason.values()) == len(found.rejected)
    with tempfile.TemporaryDirectory() as folder:
        raw = csv_bytes(HEADER, rows)
        try:
            report = import_feed(read_table("f.csv", raw), raw, "f", MAPPING, Path(folder), area, today=TODAY)
        except InputError as error:
            assert "not one of its" in str(error)  # noqa: PT017  raised for some files only
            assert SECRET.encode() not in everything_in(Path(folder))
            return
        assert report.rows_read == report.loaded + report.rejected + report.outside == len(rows)
        state = store_status(Path(folder), area).feeds
        assert state["loaded"].sum() == report.loaded
        assert state["outside"].sum() == report.outside
        assert (state["in_area"] + state["buffer"] == state["loaded"]).all()
        assert len(rejected_rows(Path(folder))) == report.rejected
        whole = state[state["whole"]]
        assert len(load(Path(folder), area, "f").frame) == whole["loaded"].sum()
        assert SECRET.encode() not in everything_in(Path(folder))


def facts(found: CheckedFeed) -> Counter[tuple[object, ...]]:
    columns = ["reference", "at", "until", "easting_m", "northing_m", "ward", "subcategory"]
    return Counter(tuple(str(value) for value in row) for row in found.usable[columns].itertuples(index=False))


@FEW
@given(data=st.data())
def test_the_order_of_columns_changes_nothing(area: Area, data: st.DataObject) -> None:
    rows = data.draw(files(area))
    header = tuple(data.draw(st.permutations(HEADER)))
    one, other = checked(area, rows), checked(area, rows, header)
    assert facts(one) == facts(other)
    assert [(row.row, row.reason) for row in one.rejected] == [(row.row, row.reason) for row in other.rejected]


@FEW
@given(data=st.data())
def test_the_order_of_rows_changes_only_which_repeat_is_kept(area: Area, data: st.DataObject) -> None:
    rows = data.draw(files(area))
    shuffled = data.draw(st.permutations(rows))
    one, other = checked(area, rows), checked(area, shuffled)
    assert one.by_reason == other.by_reason
    numbers = [sorted(found.usable["reference"]) for found in (one, other)]
    assert numbers[0] == numbers[1]
    plain = [facts(without_numbers(found)) for found in (one, other)]
    assert plain[0] == plain[1]


def with_parts(data: st.DataObject, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Let rows be parts of the incident before them: its number and time, and its place or another."""
    for before, row in pairwise(rows):
        same = data.draw(st.sampled_from([(), (), ("Ref", "When"), ("Ref", "When", "X", "Y", "Kind")]))
        row |= {name: before[name] for name in same}
    return rows


@examples(8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_the_sum_holds_whatever_rows_stand_for(area: Area, data: st.DataObject) -> None:
    rows = with_parts(data, data.draw(files(area)))
    counts = st.sampled_from(["1", "2", "40", "0", "", "<5", "2,000", "x"])
    for row in rows:
        row["Colour"] = data.draw(counts)
    raw = csv_bytes(HEADER, rows)
    read = read_table("f.csv", raw)
    counted = replace(MAPPING, columns=dict(MAPPING.columns) | {"count": "Colour"}, rows_are="counts")
    for mapping in (replace(MAPPING, rows_are="parts"), counted):
        found = check_feed(read, mapping, area, TODAY)
        assert found.rows_read + found.extra == len(found.usable) + len(found.rejected) + found.joined
        units = feed_units(found, covered(found, None), area, "f")
        assert sum(unit.joined for unit in units) == found.joined
        assert sum(unit.extra for unit in units) == found.extra
        with tempfile.TemporaryDirectory() as folder:
            try:
                report = import_feed(read, raw, "f", mapping, Path(folder), area, today=TODAY)
            except InputError as error:
                assert "not one of its" in str(error)  # noqa: PT017  raised for some files only
                continue
            assert report.rows_read == len(rows)
            assert report.rows_read + report.extra == (report.loaded + report.rejected + report.outside + report.joined)
            state = store_status(Path(folder), area).feeds
            assert state["loaded"].sum() == report.loaded
            assert len(rejected_rows(Path(folder))) == report.rejected


@FEW
@given(data=st.data())
def test_the_order_of_rows_changes_nothing_of_joined_incidents(area: Area, data: st.DataObject) -> None:
    mapping = replace(
        MAPPING, columns={key: name for key, name in MAPPING.columns.items() if key != "end"}, rows_are="parts"
    )
    rows = with_parts(data, data.draw(files(area)))
    shuffled = data.draw(st.permutations(rows))
    one, other = (check_feed(table(each), mapping, area, TODAY) for each in (rows, shuffled))
    assert facts(one) == facts(other)
    assert (one.joined, one.by_reason) == (other.joined, other.by_reason)


def without_numbers(found: CheckedFeed) -> CheckedFeed:
    """Only rows without a number: of those with one, another row may be the first."""
    return replace(found, usable=found.usable[found.usable["reference"] == ""])
