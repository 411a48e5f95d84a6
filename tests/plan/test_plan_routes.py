"""The map of step 3: every stop in its order, from the base and back, and nothing outside what it looks at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan.plan import FOOT, PlanPlace, Shift, Stop
from data.plan.stops import part_words, title
from data.plan.told import Told
from geo.grid import Grid
from pages.ui.chart.palette import DARK, LIGHT
from pages.ui.plan.who import routes as plan_routes
from tests.plan import made_plans

TOLD = Told(ASB, forecast=True, hours=True)
PARTS = Told(ASB, forecast=True)

STOPS = {
    reference: Stop(reference, f"<b>Street {n}</b>", "near a park" if n == 0 else "", 0.01 * (n + 1), {})
    for n, reference in enumerate(made_plans.made_plan().visited)
}


@pytest.fixture(scope="module")
def grid(area: Area) -> Grid:
    return area.grid()


@pytest.fixture(scope="module")
def places() -> tuple[PlanPlace, ...]:
    return tuple(replace(place, name=f"<b>{place.name}</b>") for place in made_plans.made_places())


@pytest.fixture(scope="module")
def shift() -> Shift:
    """Two crews from two bases, and one between them that stays at home."""
    made = made_plans.made_shift(made_plans.HALLOWEEN)
    idle = replace(made.patrols[0], crew="Idle", travel=FOOT, visits=(), travel_minutes=0.0)
    return replace(made, patrols=(made.patrols[0], idle, made.patrols[1]))


def test_letters_go_on_after_z() -> None:
    assert [plan_routes.letter(n) for n in (0, 25, 26, 27, 51, 52)] == ["A", "Z", "AA", "AB", "AZ", "BA"]


def test_every_stop_is_there_in_order_and_routes_come_home(
    shift: Shift, places: tuple[PlanPlace, ...], grid: Grid
) -> None:
    drawn, legend = plan_routes.overlay(shift, STOPS, places, grid, LIGHT, "", "token", TOLD)
    # The crew at home keeps its letter.
    assert [row[0] for row in drawn.places] == ["A1", "A2", "A3", "C1", "C2", "C3", "C4", "C5"]
    assert [words for _, words in legend.rows] == [f"A {made_plans.WALKERS}", f"C {made_plans.DRIVERS}"]
    assert [row[0] for row in drawn.routes] == [made_plans.NORTH.name, made_plans.SOUTH.name]
    assert {row[0] for row in drawn.places if row[4]} == {"C5"}  # must be visited
    for row, visit in zip(drawn.places, (*shift.patrols[0].visits, *shift.patrols[2].visits), strict=True):
        assert row[5].endswith(f", {title(STOPS[visit.reference])}")
    times = [row[5][:5] for row in drawn.places if row[0].startswith("C")]
    assert times == sorted(times)
    assert min(times) >= "17:00"
    for route, letter, patrol in zip(drawn.routes, "AC", (shift.patrols[0], shift.patrols[2]), strict=True):
        points = route[2]
        assert points[0] == points[-1]
        stops = [[round(v.easting_m - grid.west_m), round(v.northing_m - grid.south_m)] for v in patrol.visits]
        assert points[1:-1] == stops
        assert stops == [row[1:3] for row in drawn.places if row[0].startswith(letter)]


def test_a_stop_tells_incidents_of_the_shift_only_where_hours_are_known(
    shift: Shift, places: tuple[PlanPlace, ...], grid: Grid
) -> None:
    def stops(told: Told) -> list[list[Any]]:
        return plan_routes.overlay(shift, STOPS, places, grid, LIGHT, "", "token", told)[0].places

    for row, visit in zip(stops(TOLD), shift.patrols[0].visits, strict=False):
        assert row[6] == round(visit.expected, 3)
        assert "about" not in row[5]
    for row, visit in zip(stops(PARTS), shift.patrols[0].visits, strict=False):
        assert row[6] is None
        assert row[5].endswith(f": {part_words(STOPS[visit.reference].part)} of these days")
    for row in stops(Told(ASB, forecast=False, refused="Because", hours=True)):
        assert row[6] is None
        assert "about" not in row[5]


def test_it_looks_at_the_whole_shift_or_at_the_stop_that_was_clicked(
    shift: Shift, places: tuple[PlanPlace, ...], grid: Grid
) -> None:
    whole, _ = plan_routes.overlay(shift, STOPS, places, grid, DARK, "", "a", TOLD)
    close, _ = plan_routes.overlay(shift, STOPS, places, grid, DARK, "C2", "b", TOLD)
    gone, _ = plan_routes.overlay(shift, STOPS, places, grid, DARK, "Z9", "a", TOLD)
    assert gone.view == whole.view
    assert [row[0] for row in close.places if row[-1]] == ["C2"]
    assert whole.view is not None
    assert close.view is not None
    west, south, east, north = whole.view.bounds_m
    for patrol in shift.patrols:
        for spot in (*patrol.visits, *([patrol.base] if patrol.visits else [])):
            assert west < spot.easting_m < east
            assert south < spot.northing_m < north
    clicked = shift.patrols[2].visits[1]
    assert close.view.bounds_m[0] < clicked.easting_m < close.view.bounds_m[2]
    assert close.view.bounds_m[2] - close.view.bounds_m[0] == 2 * plan_routes.CLOSE_M
