"""Names of stops: found on the street, and never twice; what was recorded there, and on the same days before."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.where.stops import CellNames, landmark_words, on_these_days, recorded, stop_names
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents, conform
from tests.made_incidents import in_cells, months_of, square_grid
from tests.properties import examples

GRID = square_grid(4)
A, B, EMPTY = (int(GRID.cells[n]) for n in (0, 5, 9))
KINDS = (ASB, DRUGS, "Burglary")


def of_kinds(rows: list[tuple[int, str, str]], months: pd.PeriodIndex) -> Incidents:
    """Incidents by cell, month and crime type."""
    found = in_cells(GRID, [cell for cell, _, _ in rows], [month for _, month, _ in rows], months)
    return replace(found, frame=found.frame.assign(category=pd.Categorical([kind for _, _, kind in rows])))


def dated(rows: list[tuple[int, str | None]]) -> Incidents:
    """A feed's incidents by cell and moment."""
    moments = pd.DatetimeIndex([pd.NaT if moment is None else pd.Timestamp(moment) for _, moment in rows])
    month = [pd.Period("2023-01", "M") if pd.isna(moment) else moment.to_period("M") for moment in moments]
    found = in_cells(GRID, [cell for cell, _ in rows], month, pd.period_range("2018-01", "2025-12", freq="M"))
    return replace(found, frame=found.frame.assign(occurred_at=moments))


def test_no_two_stops_share_a_name(area: Area) -> None:
    grid = area.grid()
    cells = [int(cell) for cell in grid.cells[np.arange(6)]]
    hall = "Hall Drive"
    names = [
        CellNames((hall, "Mill Lane"), "", "Elm Road"),
        CellNames((hall,), "parking area", "Elm Road"),
        CellNames((hall,), "", "Elm Road"),
        CellNames(("Mill Lane", hall), "", "Elm Road"),
        CellNames((), "parking area", "Elm Road"),
        CellNames((), "", ""),
    ]
    said = stop_names(names, grid, cells)
    assert said[0] == "Hall Drive and Mill Lane"
    assert said[1] == "Hall Drive, towards Elm Road"
    assert said[2].startswith("Hall Drive, ")
    assert said[3] == "Mill Lane"
    assert said[4] == "Parking area near Elm Road"
    assert len({name.casefold() for name in said}) == len(said)
    assert stop_names(names, grid, cells, {cells[1]: "Bonfire site"})[1] == "Bonfire site"


def test_a_place_too_coarse_for_a_cell_is_not_counted_in_it(area: Area) -> None:
    grid = area.grid()
    x, y = grid.corners(grid.cells[:1])
    days = ["2022-10-31 20:00", "2023-10-31 20:00", "2023-11-01 20:00", "2023-12-01 20:00"]
    frame = conform(
        pd.DataFrame(
            {
                "incident_id": list("abcd"),
                "month": pd.PeriodIndex([day[:7] for day in days], freq="M"),
                "occurred_at": days,
                "easting_m": float(x[0]) + 50,
                "northing_m": float(y[0]) + 50,
                "precision_m": [np.nan, 10.0, 100.0, np.nan],
            }
        )
    )
    feed = Incidents(frame, pd.period_range("2022-10", "2023-12", freq="M"), "v", source="feed")
    window = date(2024, 10, 30), date(2024, 11, 2)
    assert on_these_days(feed, *window, grid, grid.cells[:2].tolist()) == (2, 0)
    all_coarse = replace(feed, frame=frame[frame["precision_m"] == 100])
    assert (feed.all_coarse(200), all_coarse.all_coarse(200), all_coarse.all_coarse(400)) == (False, True, False)


def test_what_a_stop_is_near_reads_as_words() -> None:
    assert landmark_words("park/open space") == "near a park or open space"
    assert landmark_words("airport/airfield") == "near an airport or airfield"
    assert landmark_words("") == ""


# --- recorded --------------------------------------------------------------------------------------------------------
def test_what_was_recorded_is_counted_by_hand() -> None:
    months = months_of(14)  # January 2023 to February 2024: the last twelve begin with March 2023
    rows = [
        (A, "2023-02", ASB), (A, "2023-03", ASB), (A, "2024-02", ASB), (A, "2023-12", DRUGS),
        (A, "2023-12", "Burglary"), (B, "2023-01", ASB), (B, "2023-02", DRUGS), (B, "2024-01", DRUGS),
    ]  # fmt: skip
    found = recorded(of_kinds(rows, months), GRID, [B, A, EMPTY])
    assert found == ({DRUGS: 1}, {ASB: 2, "Burglary": 1, DRUGS: 1}, {})
    assert [list(one) for one in found] == [[DRUGS], [ASB, "Burglary", DRUGS], []]  # the most frequent first


def test_the_last_twelve_are_published_months_with_gaps_or_without() -> None:
    months = months_of(14).delete(10)  # without November 2023 the twelve begin with February
    rows = [(A, "2023-01", ASB), (A, "2023-02", ASB), (A, "2024-02", ASB)]
    assert recorded(of_kinds(rows, months), GRID, [A]) == ({ASB: 2},)


@given(
    st.lists(st.tuples(st.sampled_from([A, B]), st.integers(0, 13), st.sampled_from(KINDS)), min_size=1, max_size=30)
)
@examples(15)
def test_what_was_recorded_is_every_recent_incident_once(drawn: list[tuple[int, int, str]]) -> None:
    months = months_of(14)
    found = recorded(of_kinds([(c, str(months[m]), kind) for c, m, kind in drawn], months), GRID, [A, B, EMPTY])
    for cell, counts in zip((A, B, EMPTY), found, strict=True):
        assert counts == Counter(kind for c, m, kind in drawn if c == cell and m >= 2)
        assert list(counts.values()) == sorted(counts.values(), reverse=True)


# --- on these days ---------------------------------------------------------------------------------------------------
def test_the_same_days_of_earlier_years_are_counted_by_hand() -> None:
    rows = [
        (A, "2023-10-25 00:00"), (A, "2022-11-08 23:59"), (A, "2021-10-31 18:00"), (B, "2023-11-01"),
        (A, "2023-10-24 23:59"), (A, "2022-11-09 00:00"), (A, "2024-10-31"), (A, None), (EMPTY, "2023-06-01"),
    ]  # fmt: skip
    window = date(2024, 10, 25), date(2024, 11, 8)
    assert on_these_days(dated(rows), *window, GRID, [A, B, EMPTY]) == (3, 1, 0)
    assert on_these_days(dated([(A, None)]), *window, GRID, [A]) == (0,)


def test_days_over_new_year_and_a_leap_day_are_found() -> None:
    rows = [(A, "2023-12-31"), (A, "2023-01-02"), (A, "2021-12-30"), (B, "2024-12-31"), (A, "2023-02-28")]
    over = date(2024, 12, 30), date(2025, 1, 2)
    assert on_these_days(dated(rows), *over, GRID, [A, B]) == (3, 0)
    leap = date(2024, 2, 29), date(2024, 2, 29)
    assert on_these_days(dated(rows), *leap, GRID, [A]) == (1,)


@given(
    st.lists(st.tuples(st.sampled_from([A, B]), st.dates(date(2019, 1, 1), date(2025, 12, 31))), max_size=30),
    st.dates(date(2024, 1, 1), date(2025, 6, 1)),
    st.integers(0, 400),
)
@examples(20)
def test_each_incident_of_those_days_counts_once(rows: list[tuple[int, date]], first: date, days: int) -> None:
    last = first + timedelta(days=days)

    def inside(day: date) -> bool:
        return any(_before(first, n) <= day <= _before(last, n) for n in range(1, 9))

    found = on_these_days(dated([(cell, str(day)) for cell, day in rows]), first, last, GRID, [A, B])
    assert found == tuple(sum(cell == c and inside(day) for c, day in rows) for cell in (A, B))


def _before(day: date, years: int) -> date:
    leap = day.month == 2 and day.day == 29
    return date(day.year - years, day.month, 28 if leap and (day.year - years) % 4 else day.day)
