"""Who: three crews' hours shared out over the real cells, against greedy in the same run.

``python -m tests.benchmarks --only allocation``; more with ``python -m pytest tests/benchmarks/bench_allocation.py``.
Aims: a whole plan of three crews and seven shifts, with its bound and its comparisons, in at most 5 s of one processor
(it uses one); at least what greedy covers.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from analysis.patrol.allocation import CANDIDATES, AreaCells, allocate
from analysis.patrol.crews import Crew, routes_of
from analysis.patrol.tour import collected, search
from analysis.where.hotspots import Ranking, rank_cells
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan.plan import FOOT, VEHICLE, Base
from data.store.schema import Incidents
from data.store.store import load
from tests.benchmarks import given
from tests.benchmarks.table import Row, timed
from tests.patrol.test_allocation import real_places

PLAN_S, SHARE, SHIFTS, STAY = 5.0, 0.05, 7, 15.0


def rows(quick: bool) -> Iterator[Row]:
    """Shifts of four hours and of eight, two crews on foot and one in a vehicle."""
    found, area = load(given.real_store(), given.area()), given.area()
    ranking = rank_cells(found.of(ASB), area.grid())
    for hours in (4, 8):
        arguments = setting(ranking, found, area, (FOOT, FOOT, VEHICLE), hours)
        taken = timed(lambda arguments=arguments: allocate(*arguments), time.process_time, 1 if quick else 3)  # type: ignore[misc]
        yield Row(
            f"plan of {SHIFTS} shifts of {hours} hours for three crews", taken, "s of processor", limit=PLAN_S,
            rows=len(ranking.expected),
        )  # fmt: skip


def setting(ranked: Ranking, real: Incidents, area: Area, travel: tuple[str, ...], hours: int) -> tuple[Any, ...]:
    """What is shared out: the arguments of `allocate`."""
    places = real_places(ranked, real, area, SHARE)
    east, north = ranked.grid.centres(ranked.grid.cells)
    cells = AreaCells(east, north, ranked.expected, ranked.count_last12.astype(float))
    crews = [
        Crew(f"Patrol {i}", 2, Base("base", p.easting_m, p.northing_m), how)
        for i, (p, how) in enumerate(zip(places, travel, strict=False))
    ]
    shifts = [(datetime(2024, 10, 25, 18) + timedelta(days=day), 60.0 * hours) for day in range(SHIFTS)]
    return places, ranked.grid.cell_size_m, cells, crews, shifts, lambda *_: 0.01, STAY


@pytest.fixture(scope="module")
def ranked(real: Incidents, area: Area) -> Ranking:
    return rank_cells(real.of(ASB), area.grid())


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.parametrize("hours", [4, 8])
@pytest.mark.parametrize("travel", [(FOOT, FOOT, VEHICLE), (FOOT, FOOT, FOOT), (VEHICLE, VEHICLE, VEHICLE)])
def test_three_crews(
    benchmark: Any, ranked: Ranking, real: Incidents, area: Area, travel: tuple[str, ...], hours: int
) -> None:
    arguments = setting(ranked, real, area, travel, hours)
    places, crews = arguments[0], arguments[3]
    east, north = ranked.grid.centres(ranked.grid.cells)
    found = benchmark.pedantic(allocate, arguments, rounds=3)
    at = np.argsort(-ranked.expected, kind="stable")
    listed = {(c.easting_m, c.northing_m) for p in places for c in p.cells}
    corner_e, corner_n = ranked.grid.corners(ranked.grid.cells)
    own = np.array([i for i in at if (corner_e[i], corner_n[i]) in listed][: CANDIDATES * len(crews)])
    routes = routes_of(crews, east[own], north[own], 60 * hours, STAY)
    plain = collected(search(routes, ranked.expected[own], (), 1, rounds=0), ranked.expected[own]) * 0.01
    benchmark.extra_info["times greedy"] = round(found.shifts[0].covered / plain, 3)
    benchmark.extra_info["gap"] = round(found.gap, 3)
    assert found.shifts[0].covered >= plain * (1 - 1e-9)
    assert benchmark.stats.stats.min <= PLAN_S
