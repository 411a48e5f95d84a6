"""Sharing out hours: against brute force on small cases, against greedy on the real cells, and what must hold."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.refusal import Refusal
from analysis.patrol.allocation import Allocation, AreaCells, allocate
from analysis.patrol.crews import Crew, routes_of, way_seconds
from analysis.patrol.patrols import solve
from analysis.patrol.router import STRAIGHT
from analysis.patrol.tour import Route, collected, search
from analysis.patrol.tour_bound import Kind, upper_bound
from analysis.patrol.tour_exact import best_tours
from analysis.when.nights import night_hours
from analysis.where.hotspots import Ranking, rank_cells
from analysis.where.places import find_places
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan.plan import FOOT, VEHICLE, Base, PlanCell, PlanPlace
from data.store.schema import Incidents
from geo.errors import InputError
from geo.grid import grid_reference
from tests.properties import examples

NIGHT = datetime(2024, 10, 31, 18)
SIZE = 200.0


def crew(name: str = "Alpha", east: float = 342_000, north: float = 391_000, travel: str = FOOT) -> Crew:
    return Crew(name, 2, Base("Station", east, north), travel)


def place(number: int, *cells: tuple[int, int, float], pinned: bool = False, left_out: bool = False) -> PlanPlace:
    """A place of cells given by column and row from a corner near the bases, with what is expected."""
    made = [PlanCell(f"C{c}-{r}", 341_000 + SIZE * c, 390_000 + SIZE * r, e) for c, r, e in cells]
    made.sort(key=lambda cell: -cell.expected)
    east, north = made[0].easting_m, made[0].northing_m
    total = sum(cell.expected for cell in made)
    return PlanPlace(
        number, f"Street {number}", "", "E05", "SJ410900", east, north, total, 3, None, pinned, left_out, tuple(made)
    )


def area_of(places: list[PlanPlace], more: int = 0) -> AreaCells:
    cells = [cell for p in places for cell in p.cells]
    east = np.array([c.easting_m + SIZE / 2 for c in cells] + [300_000.0] * more)
    north = np.array([c.northing_m + SIZE / 2 for c in cells] + [300_000.0] * more)
    expected = np.array([c.expected for c in cells] + [0.0] * more)
    return AreaCells(east, north, expected, np.ceil(expected))


def half(starts: datetime, minutes: float) -> float:
    return 0.5


def quick(places: list[PlanPlace], crews: list[Crew], minutes: float = 120, stay: float = 15) -> Allocation:
    return allocate(places, SIZE, area_of(places), crews, [(NIGHT, minutes)], half, stay, rounds=200, work=3e6)


# --- against brute force ---------------------------------------------------------------------------------------------
def least_travel(route: Route, cells: tuple[int, ...]) -> int:
    return min(route.travel(order) for order in itertools.permutations(cells))


def brute_force(routes: tuple[Route, ...], prize: np.ndarray, pinned: tuple[int, ...]) -> float | None:
    """Most that any tours collect, every way of dealing the cells out tried; None where the pinned do not fit."""

    @cache
    def fits(k: int, cells: tuple[int, ...]) -> bool:
        route = routes[k]
        return least_travel(route, cells) + route.stay * len(cells) <= route.limit

    best = None
    for dealt in itertools.product(range(len(routes) + 1), repeat=len(prize)):
        if any(dealt[cell] == len(routes) for cell in pinned):
            continue
        if all(fits(k, tuple(i for i, d in enumerate(dealt) if d == k)) for k in range(len(routes))):
            value = sum(float(prize[i]) for i, d in enumerate(dealt) if d < len(routes))
            best = value if best is None else max(best, value)
    return best


corners = st.tuples(st.integers(0, 14), st.integers(0, 14))
small = st.lists(st.tuples(corners, st.floats(0.05, 5)), min_size=1, max_size=5, unique_by=lambda row: row[0])
teams = st.lists(st.tuples(corners, st.sampled_from([FOOT, VEHICLE])), min_size=1, max_size=2)


Team = list[tuple[tuple[int, int], str]]
Cells = list[tuple[tuple[int, int], float]]


def laid_out(cells: Cells, team: Team) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[Crew]]:
    """Middles and prizes of cells, and crews, of columns and rows from a corner."""
    east = np.array([341_000 + SIZE * c for (c, _), _ in cells])
    north = np.array([390_000 + SIZE * r for (_, r), _ in cells])
    crews = [crew(f"C{i}", 341_000 + SIZE * c, 390_000 + SIZE * r, t) for i, ((c, r), t) in enumerate(team)]
    return east, north, np.array([e for _, e in cells]), crews


def check_tours(tours: list[list[int]], routes: tuple[Route, ...], pinned: tuple[int, ...]) -> None:
    visited = [cell for tour in tours for cell in tour]
    assert len(visited) == len(set(visited))
    assert set(pinned) <= set(visited)
    for route, tour in zip(routes, tours, strict=True):
        assert route.left(tour) >= 0
        assert route.allowed[tour].all()


@examples(60)
@given(small, teams, st.integers(30, 150), st.sampled_from([10.0, 15.0, 20.0]), st.integers(0, 2))
def test_few_cells_have_the_best_plan_there_is(cells: Cells, team: Team, minutes: int, stay: float, pins: int) -> None:
    east, north, prize, crews = laid_out(cells, team)
    routes = routes_of(crews, east, north, minutes, stay)
    pinned = tuple(range(min(pins, len(cells))))
    best = brute_force(routes, prize, pinned)
    try:
        tours, gap = solve(crews, east, north, prize, pinned, minutes, stay)
    except Refusal:
        assert best is None
        return
    assert best is not None
    check_tours(tours, routes, pinned)
    assert collected(tours, prize) == pytest.approx(best, rel=1e-9)
    assert gap == 0
    # among the plans that are worth as much, each crew goes the shortest way through its cells
    for route, tour in zip(routes, tours, strict=True):
        assert not tour or route.travel(tour) == least_travel(route, tuple(tour))


@examples(60)
@given(small, teams, st.integers(30, 150), st.sampled_from([10.0, 15.0, 20.0]), st.integers(0, 2))
def test_the_search_is_never_better_than_brute_force_and_its_bound_holds(
    cells: Cells, team: Team, minutes: int, stay: float, pins: int
) -> None:
    """What larger cases rest on, tried where the truth can be had."""
    east, north, prize, crews = laid_out(cells, team)
    routes = routes_of(crews, east, north, minutes, stay)
    pinned = tuple(range(min(pins, len(cells))))
    best = brute_force(routes, prize, pinned)
    if best is None or not all(np.any([route.allowed[cell] for route in routes]) for cell in pinned):
        return
    try:
        tours = search(routes, prize, pinned, 1, rounds=300)
    except Refusal:
        return  # a search may fail to fit what would fit: the plan is refused then, not wrong
    check_tours(tours, routes, pinned)
    value = collected(tours, prize)
    bound = upper_bound([Kind(route, 1) for route in routes], prize, pinned, value, 3e6).value
    assert value <= best + 1e-9
    assert best <= bound + 1e-9


def test_a_crew_leaves_the_better_cell_to_another_that_can_reach_no_other() -> None:
    """The search stays at 3.0: the vehicle would have to give up the best cell before the foot crew may take it."""
    cells = [((0, 0), 1.0), ((0, 1), 1.0), ((0, 2), 2.0)]
    east, north, prize, crews = laid_out(cells, [((0, 0), VEHICLE), ((0, 4), FOOT)])
    tours, gap = solve(crews, east, north, prize, (), 30, 10)
    assert collected(tours, prize) == 4.0
    assert [set(tour) for tour in tours] == [{0, 1}, {2}]
    assert gap == 0


def test_the_search_is_nearly_as_good_as_the_best_plan() -> None:
    rng = np.random.default_rng(12)
    found, best = 0.0, 0.0
    for _ in range(25):
        east, north = 341_000 + SIZE * rng.integers(0, 14, 9), 390_000 + SIZE * rng.integers(0, 14, 9)
        crews = [crew("A", *(341_000 + SIZE * rng.integers(0, 14, 1)), 391_000), crew("B", 342_600, travel=VEHICLE)]
        prize = rng.uniform(0.1, 4, 9)
        routes = routes_of(crews, east, north, 90, 15)
        exact = best_tours(routes, prize, ())
        assert exact is not None
        one, most = collected(search(routes, prize, (), 1, rounds=300), prize), collected(exact, prize)
        assert one >= 0.8 * most
        found, best = found + one, best + most
    assert found >= 0.98 * best


def test_ten_cells_are_dealt_out_exactly_and_eleven_are_searched() -> None:
    rng = np.random.default_rng(4)
    crews = [crew("A"), crew("B", 342_600)]
    east, north = 341_000 + SIZE * rng.integers(0, 12, 11), 390_000 + SIZE * rng.integers(0, 12, 11)
    prize = rng.uniform(0.1, 4, 11)
    routes = routes_of(crews, east[:10], north[:10], 120, 15)
    tours, gap = solve(crews, east[:10], north[:10], prize[:10], (), 120, 15)
    assert gap == 0
    assert collected(tours, prize) >= collected(search(routes, prize[:10], (), 1, 300), prize)
    more, gap = solve(crews, east, north, prize, (), 120, 15, rounds=20, work=1e5)
    assert gap > 0
    check_tours(more, routes_of(crews, east, north, 120, 15), ())


def test_the_bound_holds_whatever_plan_it_starts_from() -> None:
    """A poor plan, and no time to find a better one, still gets a bound above the best there is."""
    rng = np.random.default_rng(5)
    for _ in range(12):
        n = 6
        east, north = 341_000 + SIZE * rng.integers(0, 12, n), 390_000 + SIZE * rng.integers(0, 12, n)
        prize, crews = rng.uniform(0.1, 4, n), [crew("A"), crew("B", 342_600)]
        routes = routes_of(crews, east, north, 75, 15)
        best = brute_force(routes, prize, ())
        assert best is not None
        poor = collected(search(routes, prize, (), 1, rounds=0), prize)
        for work in (1e3, 1e6):
            assert best <= upper_bound([Kind(route, 1) for route in routes], prize, (), poor, work).value + 1e-9


# --- what must hold of a plan ----------------------------------------------------------------------------------------
def visits(found: Allocation, shift: int = 0) -> list[str]:
    return [visit.reference for patrol in found.shifts[shift].patrols for visit in patrol.visits]


STREETS = [
    place(1, (2, 2, 3.0), (3, 2, 2.0)),
    place(2, (9, 2, 2.5), (9, 3, 0.5)),
    place(3, (4, 9, 1.5)),
    place(4, (13, 13, 0.2)),
]


def test_times_add_up_and_stay_within_the_shift() -> None:
    found = quick(STREETS, [crew("Alpha"), crew("Bravo", 343_000, 390_500, VEHICLE)], 75)
    (shift,) = found.shifts
    total = sum(p.expected for p in STREETS)
    assert shift.expected == pytest.approx(total / 2)
    assert shift.covered == pytest.approx(sum(p.expected for p in shift.patrols))
    assert 0 < shift.covered <= shift.expected + 1e-12
    for patrol in shift.patrols:
        now, at = 0.0, (patrol.base.easting_m, patrol.base.northing_m)
        for visit in patrol.visits:
            way = np.hypot(visit.easting_m - at[0], visit.northing_m - at[1]) * 1.3
            least = way / (4.5 if patrol.travel == FOOT else 25) / 1000 * 60
            assert least <= visit.arrive_minute - now <= least + 1 / 60 + 1e-9
            now, at = visit.arrive_minute + visit.stay_minutes, (visit.easting_m, visit.northing_m)
        assert patrol.travel_minutes + 15 * len(patrol.visits) <= 75
    assert len(visits(found)) == len(set(visits(found)))


def test_pinned_is_visited_and_left_out_never() -> None:
    far = replace(STREETS[3], pinned=True)
    out = replace(STREETS[0], left_out=True)
    found = quick([out, STREETS[1], STREETS[2], far], [crew(travel=VEHICLE)], 60)
    assert "C13-13" in visits(found)
    assert not {"C2-2", "C3-2"} & set(visits(found))


def test_a_cell_of_a_left_out_place_is_not_visited_under_another_name() -> None:
    own = replace(place(5, (2, 2, 3.0)), pinned=True)
    with pytest.raises(Refusal, match=r"Place 5 \(Street 5\) is pinned, but all its cells belong to a place"):
        quick([replace(STREETS[0], left_out=True), own], [crew()])


def test_a_pin_that_cannot_be_reached_is_named() -> None:
    with pytest.raises(Refusal, match=r"^Place 4 \(Street 4\) is pinned.*Unpin it") as said:
        quick([*STREETS[:3], replace(STREETS[3], pinned=True)], [crew()], 45)
    assert "0.75 hours" in str(said.value)


def test_pins_that_do_not_fit_together_are_refused() -> None:
    pinned = [replace(p, pinned=True) for p in STREETS[:3]]
    with pytest.raises(Refusal, match="No way was found to visit all pinned places"):
        quick(pinned, [crew()], 60)


def test_nothing_in_reach_is_refused() -> None:
    with pytest.raises(Refusal, match="No cell of the listed places can be reached"):
        quick(STREETS, [crew(east=400_000)])


def test_the_order_of_places_and_crews_changes_nothing() -> None:
    crews = [crew("Alpha"), crew("Bravo", 343_000, 390_500, VEHICLE)]
    one, other = quick(STREETS, crews, 75), quick(STREETS[::-1], crews[::-1], 75)
    assert one.shifts[0].covered == other.shifts[0].covered
    assert {p.crew: p for p in one.shifts[0].patrols} == {p.crew: p for p in other.shifts[0].patrols}
    assert one.shifts == quick(STREETS, crews, 75).shifts


def test_even_spread_is_the_mean_cell_times_the_visits() -> None:
    found = allocate(
        STREETS, SIZE, area_of(STREETS, 94), [crew()], [(NIGHT, 60)], half, rounds=50, work=1e5
    )  # fmt: skip
    (shift,) = found.shifts
    assert shift.even_spread == pytest.approx(shift.expected * len(visits(found)) / 100)


def test_shifts_of_one_length_are_alike_and_hours_weigh_them() -> None:
    hours = night_hours(NIGHT.date(), NIGHT.date(), None, None)
    late = NIGHT.replace(hour=22)  # two of its three hours lie outside the window
    found = allocate(
        STREETS, SIZE, area_of(STREETS), [crew()], [(NIGHT, 120), (late, 180), (NIGHT.replace(hour=8), 120)],
        hours.share, rounds=100, work=1e5,
    )  # fmt: skip
    assert not found.alike
    assert visits(found, 0) == visits(found, 2)
    assert found.shifts[0].covered == pytest.approx(found.shifts[2].covered)
    assert found.shifts[1].expected == pytest.approx(found.shifts[0].expected)  # two hours of each lie in the window


@pytest.mark.parametrize(
    ("crews", "minutes", "stay", "says"),
    [
        ([], 120, 15, "there is no crew"),
        ([crew()], 20, 15, "a shift lasts"),
        ([crew()], 120, 9, "a visit lasts 10 to 20 minutes"),
        ([crew()], 120, float("nan"), "a visit lasts 10 to 20 minutes"),
        ([crew(), crew("alpha")], 120, 15, "same call sign"),
        ([crew("x" * 41)], 120, 15, "a call sign or a role"),
        ([crew("a\nb")], 120, 15, "a call sign or a role"),
        ([crew(travel="horse")], 120, 15, "on foot or by vehicle"),
        ([replace(crew(), officers=0)], 120, 15, "1 to 20 officers"),
        ([crew(f"C{i}") for i in range(9)], 120, 15, "at most 8 crews"),
    ],
)
def test_what_cannot_be_planned_with_is_said(crews: list[Crew], minutes: float, stay: float, says: str) -> None:
    with pytest.raises(InputError, match=says):
        quick(STREETS, crews, minutes, stay)


def test_way_is_longer_than_the_straight_line_and_rounded_up() -> None:
    metres = STRAIGHT.reach(0, np.array([0.0, 1000.0]), np.zeros(2), FOOT)
    assert way_seconds(metres, FOOT).tolist() == [0, 1040]  # 1.3 km at 4.5 km/h
    assert way_seconds(metres, VEHICLE).tolist() == [0, 188]  # 187.2


# --- on the real cells -----------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def ranked(real: Incidents, area: Area) -> Ranking:
    return rank_cells(real.of(ASB), area.grid())


def real_places(ranked: Ranking, real: Incidents, area: Area, share: float) -> list[PlanPlace]:
    found = []
    for one in find_places(ranked, real.of(ASB), area, share):
        at = np.searchsorted(ranked.grid.cells, one.cells)
        east, north = ranked.grid.corners(one.cells)
        rows = zip(grid_reference(east, north), east, north, ranked.expected[at], strict=True)
        cells = tuple(
            sorted((PlanCell(r, float(e), float(n), float(x)) for r, e, n, x in rows), key=lambda c: -c.expected)
        )
        found.append(
            PlanPlace(
                number=one.number,
                name=one.name,
                label=one.label,
                ward_code=one.ward_code,
                grid_reference=one.grid_reference,
                easting_m=one.easting_m,
                northing_m=one.northing_m,
                expected=one.expected,
                past=one.count_last12,
                stability=None,
                pinned=False,
                left_out=False,
                cells=tuple(cells),
            )
        )
    return found


def test_three_crews_on_the_real_cells(ranked: Ranking, real: Incidents, area: Area) -> None:
    places = real_places(ranked, real, area, 0.05)
    east, north = ranked.grid.centres(ranked.grid.cells)
    cells = AreaCells(east, north, ranked.expected, ranked.count_last12.astype(float))
    first, second = places[0], places[1]
    crews = [
        Crew("One", 2, Base("a", first.easting_m, first.northing_m), FOOT),
        Crew("Two", 2, Base("b", second.easting_m, second.northing_m), FOOT),
        Crew("Three", 2, Base("a", first.easting_m, first.northing_m), VEHICLE),
    ]
    found = allocate(places, 200, cells, crews, [(NIGHT, 240)], half)
    (shift,) = found.shifts
    every = [c for p in places for c in p.cells]
    mid = np.array([(c.easting_m + 100, c.northing_m + 100) for c in every])
    prize = np.array([c.expected for c in every])
    plain = collected(search(routes_of(crews, mid[:, 0], mid[:, 1], 240, 15), prize, (), 1, rounds=0), prize) / 2
    assert shift.covered >= plain
    assert shift.covered >= shift.busiest
    assert shift.covered > 10 * shift.even_spread
    assert 0 <= shift.gap < 0.15
    assert shift.covered * (1 + shift.gap) <= shift.expected
