"""Stability of places: on the real data, and where the answer is known."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import shapely

from analysis.where.hotspots import rank_cells
from analysis.where.places import Place, find_places
from analysis.where.stability import CELL_SIZES_M, JITTERS, ORIGINS, stability
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents, empty_frame
from geo.grid import Grid, make_grid
from tests.made_incidents import made, months_of


@pytest.fixture(scope="module")
def asb(real: Incidents) -> Incidents:
    return real.of(ASB)


def test_the_first_places_stay_and_the_count_of_maps_is_as_stated(asb: Incidents, area: Area) -> None:
    grid = area.grid()
    places = find_places(rank_cells(asb, grid), asb, area)
    found = stability(asb, area, places, grid, np.random.default_rng(1))
    assert found.maps == len(ORIGINS) * len(CELL_SIZES_M) * (1 + JITTERS) == 84
    assert len(found.stays) == len(places)
    assert min(found.stays[:5]) > 0.9
    # Places at the border of the top cells hang on the drawing; if none did, the test could not fail.
    assert min(found.stays) < 0.7
    assert found.stays == stability(asb, area, places, grid, np.random.default_rng(1)).stays


def test_places_are_none_where_nothing_is_expected(asb: Incidents, area: Area) -> None:
    first = asb.frame[asb.frame["ward_code"].notna()].head(1)
    old = replace(asb, frame=first.loc[first.index.repeat(30)])
    assert find_places(rank_cells(old, area.grid()), old, area) == ()


# On one small lattice, each map made a second time.


class Square:
    """An area of nothing but its lattices, two kilometres wide."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, tuple[float, float]]] = []

    def grid(self, size: float, offset: tuple[float, float]) -> Grid:
        self.asked.append((size, offset))
        return make_grid(shapely.box(340_000, 390_000, 342_000, 392_000), size, 600, offset)


def scattered(seed: int = 3, points: int = 40) -> Incidents:
    """Incidents of a year on few points, of which some come often; one month is not published."""
    rng = np.random.default_rng(seed)
    east, north = rng.uniform(340_000, 342_000, points).round(), rng.uniform(390_000, 392_000, points).round()
    at = rng.choice(points, 300, p=rng.dirichlet(np.full(points, 0.3)))
    months = months_of(13).delete([4])
    when = [*rng.choice(np.asarray(months, dtype=object), 290), *[months[-1] + 1] * 10]
    return replace(made(east[at], north[at], when, months), version="v1")


def places_at(grid: Grid, *positions: list[int]) -> tuple[Place, ...]:
    return tuple(SimpleNamespace(cells=grid.cells[cells]) for cells in positions)  # type: ignore[misc]


def test_every_map_is_a_ranking_of_moved_points_on_another_lattice() -> None:
    incidents, area = scattered(), Square()
    grid = Square().grid(200, (0.0, 0.0))
    used = replace(incidents, frame=incidents.frame[incidents.frame["month"].isin(incidents.months)])
    frame = used.frame
    busiest = grid.count(frame["easting_m"], frame["northing_m"])[grid.cells].argsort()[::-1].tolist()
    places = places_at(grid, busiest[:2], busiest[2:5], busiest[5:9], busiest[9:12], busiest[12:20])
    found = stability(incidents, area, places, grid, np.random.default_rng(9), 0.1)  # type: ignore[arg-type]

    where = frame["easting_m"].to_numpy() + 1j * frame["northing_m"].to_numpy()
    points, of = np.unique(where, return_inverse=True)
    rng = np.random.default_rng(9)
    moves = [np.zeros(len(points), dtype=complex)]
    for _ in range(3):
        distance = rng.uniform(75, 120, len(points))
        moves.append(distance * np.exp(1j * rng.uniform(0, 2 * np.pi, len(points))))
    age = np.array([(incidents.months[-1] - month).n for month in frame["month"]])
    weight = 0.5 ** (age / 12)
    home = grid.locate(where.real, where.imag)
    stayed = np.zeros(5)
    origins = ((0, 0), (0.5, 0), (0, 0.5), (0.5, 0.5), (0.25, 0.25), (0.75, 0.25), (0.25, 0.75))
    maps = [(size, origin) for size in (150, 200, 300) for origin in origins]
    assert area.asked == [(size, (across * size, up * size)) for size, (across, up) in maps]
    for size, (across, up) in maps:
        lattice = Square().grid(size, (across * size, up * size))
        for move in moves:
            moved = (points + move)[of]
            ranking = rank_cells(made(moved.real, moved.imag, list(frame["month"]), incidents.months), lattice)
            top = lattice.cells[ranking.top(0.1)]
            now = np.isin(lattice.locate(moved.real, moved.imag), top)
            for i, place in enumerate(places):
                own = np.isin(home, place.cells)
                stayed[i] += weight[own & now].sum() >= 0.5 * weight[own].sum()
    assert found.stays == pytest.approx(tuple(stayed / 84))
    assert len(set(found.stays)) >= 3
    assert found.share == 0.1
    firm = sum(stay >= 0.9 for stay in found.stays)
    assert found.sentence.startswith(f"{firm} of 5 places stay among the top 10 % of cells")
    assert dict(found.method.parameters) == {
        "maps": "84 (7 origins, 3 cell sizes of 150 to 300 m, 4 jitters)",
        "jitter": "75 to 120 m, each snap point as a whole",
        "stays": "at least 50 % of its incidents, discounted, in the top 10 %",
    }
    assert (found.method.n, found.method.data_version) == (300, "v1")
    assert found.method.period == "January 2023 to January 2024 (1 month missing)"
    assert len(found.method.caveats) == 1


def test_half_of_its_incidents_are_enough() -> None:
    # Two points of one place, as busy and far apart, and one top cell: it holds one of them on every map.
    grid = Square().grid(200, (0.0, 0.0))
    months = months_of(1)
    east, north = [340_500.0] * 4 + [341_500.0] * 4, [390_500.0] * 4 + [391_500.0] * 4
    incidents = made(east, north, [months[0]] * 8, months)
    place = SimpleNamespace(cells=grid.locate(np.array([340_500.0, 341_500.0]), np.array([390_500.0, 391_500.0])))
    found = stability(incidents, Square(), (place,), grid, np.random.default_rng(0), 0.005)  # type: ignore[arg-type]
    assert found.stays == (1.0,)


def test_an_empty_map_has_no_places() -> None:
    grid = Square().grid(200, (0.0, 0.0))
    nothing = Incidents(empty_frame(), months_of(0), "none")
    found = stability(nothing, Square(), (), grid, np.random.default_rng(0))  # type: ignore[arg-type]
    assert (found.stays, found.sentence) == ((), "There is no place to test.")
    assert found.share == 0.05


def test_row_order_never_matters() -> None:
    incidents = scattered()
    shuffled = replace(incidents, frame=incidents.frame.sample(frac=1, random_state=3))
    grid = Square().grid(200, (0.0, 0.0))
    places = places_at(grid, [40, 41], [7], list(range(60, 70)))
    one, other = (
        stability(rows, Square(), places, grid, np.random.default_rng(1))  # type: ignore[arg-type]
        for rows in (incidents, shuffled)
    )
    assert one.stays == pytest.approx(other.stays)


def test_one_single_point_always_stays() -> None:
    months = months_of(1)
    incidents = made([340_730.0] * 30, [390_910.0] * 30, [months[0]] * 30, months)
    grid = Square().grid(200, (0.0, 0.0))
    place = SimpleNamespace(cells=grid.locate(np.array([340_730.0]), np.array([390_910.0])))
    found = stability(incidents, Square(), (place,), grid, np.random.default_rng(0), 0.001)  # type: ignore[arg-type]
    assert found.stays == (1.0,)
    assert found.sentence.startswith("1 of 1 places stay")
