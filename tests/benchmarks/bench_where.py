"""Where: ranking, Gi* against esda, shuffles, density, places and the whole backtest, on the real files.

``python -m pytest tests/benchmarks/bench_where.py``. Aims: Gi* z at least 20 times as fast as ``esda.G_Local`` without
permutations; 999 pooled shuffles in at most 0.05 s; a month's ranking from loaded incidents in at most 0.05 s; the
backtest of every month and season in at most 20 s; what anonymous points cost, on a page, in at most 1 s.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import esda
import libpysal
import numpy as np
import pytest

from analysis.common import seeds
from analysis.where.gistar import gi_star, pooled_permutation, queen_weights
from analysis.where.hotspots import CellMonths, cell_counts_by_month, rank_cells
from analysis.where.kde import quartic_kde
from analysis.where.moved import moved_points
from analysis.where.places import find_places
from analysis.where.unseen import unseen_year
from analysis.where.validation import SEASONS, backtest
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents
from geo.grid import Grid

TIMES_AS_FAST, SHUFFLES_S, RANKING_S, BACKTEST_S, MOVED_S = 20.0, 0.05, 0.05, 20.0, 1.0


@pytest.fixture(scope="module")
def grid(area: Area) -> Grid:
    return area.grid()


@pytest.fixture(scope="module")
def asb(real: Incidents) -> Incidents:
    return real.of(ASB)


@pytest.fixture(scope="module")
def counted(asb: Incidents, grid: Grid) -> CellMonths:
    return cell_counts_by_month(asb, grid)


def best(call: Callable[[], object], rounds: int) -> float:
    """Shortest of several runs: what the code costs when the machine does nothing else."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def test_gi_star_against_esda(benchmark: Any, counted: CellMonths, grid: Grid) -> None:
    weights = queen_weights(grid)
    x = counted.of(slice(-12, None))
    benchmark.pedantic(gi_star, (x, weights), rounds=50, iterations=10, warmup_rounds=2)
    ours = best(lambda: gi_star(x, weights), 200)
    # esda is given its weights ready made too, in both forms it takes
    for name, theirs in (
        ("W", libpysal.weights.WSP(weights).to_W()),
        ("Graph", libpysal.graph.Graph.from_sparse(weights)),
    ):
        seconds = best(lambda w=theirs: esda.G_Local(x, w, transform="B", permutations=0, star=True), 15)
        benchmark.extra_info[f"times as fast as esda with {name}"] = round(seconds / ours, 1)
        assert seconds / ours >= TIMES_AS_FAST


def test_pooled_shuffles(benchmark: Any, counted: CellMonths, grid: Grid) -> None:
    weights = queen_weights(grid)
    x, active = counted.of(slice(-12, None)), counted.of(slice(None)) > 0
    rng = np.random.default_rng(1)
    benchmark.pedantic(pooled_permutation, (x, weights, rng, 999, active), rounds=20, warmup_rounds=1)
    assert benchmark.stats.stats.min <= SHUFFLES_S


def test_ranking_from_loaded_incidents(benchmark: Any, asb: Incidents, grid: Grid) -> None:
    benchmark.pedantic(rank_cells, (asb, grid), rounds=20, warmup_rounds=1)
    assert benchmark.stats.stats.min <= RANKING_S


def test_places(benchmark: Any, asb: Incidents, grid: Grid, area: Area) -> None:
    ranking = rank_cells(asb, grid)
    assert benchmark.pedantic(find_places, (ranking, asb, area), rounds=10, warmup_rounds=1)


def test_density(benchmark: Any, asb: Incidents, grid: Grid) -> None:
    points = asb.frame[["easting_m", "northing_m"]].to_numpy()
    centres = np.column_stack(grid.centres(grid.cells))
    benchmark.pedantic(quartic_kde, (points, centres, 300.0), rounds=10, warmup_rounds=1)


def test_unseen_year(benchmark: Any, counted: CellMonths, grid: Grid) -> None:
    benchmark.pedantic(unseen_year, (counted, grid), rounds=10, warmup_rounds=1)


def test_moved_points(benchmark: Any, asb: Incidents, grid: Grid) -> None:
    made = benchmark.pedantic(
        lambda: moved_points(asb, grid, np.random.default_rng(seeds.JITTER)), rounds=5, warmup_rounds=1
    )
    benchmark.extra_info["points lost by later incidents alone"] = round(100 * made.later.loss, 1)
    assert benchmark.stats.stats.min <= MOVED_S


def test_whole_backtest(benchmark: Any, asb: Incidents, grid: Grid) -> None:
    def everything() -> None:
        counted = cell_counts_by_month(asb, grid)
        for kind in ("next_month", *SEASONS):
            assert len(backtest(counted, grid, kind))

    benchmark.pedantic(everything, rounds=5, warmup_rounds=1)
    assert benchmark.stats.stats.min <= BACKTEST_S
