"""Ways along streets: a matrix of 100 places in a town's and in a county's network, and a plan against a plain one.

``python -m tests.benchmarks --only ways``, or ``python -m pytest tests/benchmarks/bench_ways.py``. Aims: 100 by 100 in
under half a second for a town and under 3 s for a county of 90,000 streets; a plan that knows its streets takes at most
twice as long as one of straight lines, in the same run.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from analysis.patrol.allocation import AreaCells, allocate
from analysis.patrol.crews import Crew
from analysis.patrol.router import STREETS
from analysis.patrol.streets import StreetRouter
from analysis.where.hotspots import Ranking, rank_cells
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan.plan import FOOT, VEHICLE, Base
from data.store.schema import Incidents
from data.store.store import load
from data.streets.network import keep_network, network
from data.streets.open_roads import LOCAL
from tests.benchmarks import given
from tests.benchmarks.table import Row, by_turns, timed
from tests.patrol.test_allocation import real_places
from tests.streets.made_town import made_town

PLACES, TOWN_S, COUNTY_S, TIMES = 100, 0.5, 3.0, 2.0
KINDS = {"town": TOWN_S, "county": COUNTY_S}


def rows(quick: bool) -> Iterator[Row]:
    """Both matrices, and a plan."""
    area, found = given.area(), load(given.real_store(), given.area())
    town, county = town_router(area, given.folder() / "ways_town"), county_router(area, given.folder() / "ways_county")
    for kind, router in (("town", town), ("county", county)):
        points = hundred(router)
        taken = timed(
            lambda router=router, points=points: router.legs(*points, FOOT),
            time.process_time,
            1 if quick else 3,  # type: ignore[misc]
        )
        streets = len(router.network.ends)
        yield Row(f"ways between {PLACES} places of a {kind}", taken, "s of processor", limit=KINDS[kind], rows=streets)
    plan = setting(rank_cells(found.of(ASB), area.grid()), found, area)
    along, straight = by_turns(
        lambda: allocate(*plan, router=town), lambda: allocate(*plan), time.process_time, 1 if quick else 3
    )
    yield Row("plan of one shift along streets", along, "s of processor", "by straight lines", straight,
              times_as_long=TIMES)  # fmt: skip


def hundred(router: StreetRouter) -> tuple[Any, Any]:
    """Places beside a hundred junctions."""
    rng = np.random.default_rng(1)
    east, north = router.network.nodes[rng.choice(len(router.network.nodes), PLACES, replace=False)].T + 40.0
    return east, north


def setting(ranked: Ranking, real: Incidents, area: Area) -> tuple[Any, ...]:
    """What is shared out: the arguments of `allocate`."""
    places = real_places(ranked, real, area, 0.05)
    east, north = ranked.grid.centres(ranked.grid.cells)
    cells = AreaCells(east, north, ranked.expected, ranked.count_last12.astype(float))
    crews = [
        Crew(f"Patrol {i}", 2, Base("base", p.easting_m, p.northing_m), how)
        for i, (p, how) in enumerate(zip(places, (FOOT, FOOT, VEHICLE), strict=False))
    ]
    shifts = [(datetime(2024, 10, 25, 18), 240.0)]
    return places, ranked.grid.cell_size_m, cells, crews, shifts, lambda *_: 0.01


def town_router(area: Area, folder: Path) -> StreetRouter:
    """The streets of the made town."""
    made = made_town(area)
    lines = [shapely.LineString(made.xy[list(way.nodes)]) for way in made.ways if "highway" in way.tags]
    return kept(folder, area, np.array(lines, dtype=object))


def county_router(area: Area, folder: Path) -> StreetRouter:
    """A crooked grid of 250 by 250 junctions, a quarter of its streets left out."""
    rng, side = np.random.default_rng(3), 250
    xy = 100.0 * np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), axis=-1)
    xy = np.round(xy + rng.uniform(-30, 30, xy.shape), 1) + np.array([330_000, 380_000])
    along, across = np.stack([xy[:-1], xy[1:]], axis=2), np.stack([xy[:, :-1], xy[:, 1:]], axis=2)
    every = np.concatenate([along.reshape(-1, 2, 2), across.reshape(-1, 2, 2)])
    return kept(folder, area, shapely.linestrings(every[rng.random(len(every)) < 0.75]))


def kept(store: Path, area: Area, lines: Any) -> StreetRouter:
    keep_network(store, area, np.full(len(lines), LOCAL, np.int8), np.ones(len(lines), bool), lines, "made", "made")
    found = network(store, area)
    assert found is not None
    return StreetRouter(found)


@pytest.fixture(scope="module")
def town(area: Area, tmp_path_factory: pytest.TempPathFactory) -> StreetRouter:
    return town_router(area, tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def county(area: Area, tmp_path_factory: pytest.TempPathFactory) -> StreetRouter:
    return county_router(area, tmp_path_factory.mktemp("county"))


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_matrix_of_a_hundred_places(benchmark: Any, town: StreetRouter, county: StreetRouter, kind: str) -> None:
    router = {"town": town, "county": county}[kind]
    found = benchmark.pedantic(router.legs, (*hundred(router), FOOT), rounds=3)
    benchmark.extra_info["streets"] = len(router.network.ends)
    assert (found.why == STREETS).mean() > 0.8
    assert benchmark.stats.stats.min <= KINDS[kind]


@pytest.mark.benchmark(timer=time.process_time)
def test_a_plan_against_one_of_straight_lines(benchmark: Any, town: StreetRouter, real: Incidents, area: Area) -> None:
    ranked: Ranking = rank_cells(real.of(ASB), area.grid())
    plan = setting(ranked, real, area)
    (plain,) = timed(lambda: allocate(*plan), time.process_time, 1)
    benchmark.pedantic(allocate, plan, {"router": town}, rounds=2)
    benchmark.extra_info["times straight lines"] = round(benchmark.stats.stats.min / plain, 2)
    assert benchmark.stats.stats.min <= TIMES * plain
