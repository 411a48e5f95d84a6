"""Where: ranking, Gi* against esda, shuffles, density, places and the whole backtest, on the real files.

``python -m tests.benchmarks --only where``; more with ``python -m pytest tests/benchmarks/bench_where.py``. Aims: Gi* z
at least 20 times as fast as ``esda.G_Local`` without permutations; 999 pooled shuffles in at most 0.05 s; a month's
ranking from loaded incidents in at most 0.05 s; the backtest of every month and season in at most 20 s; what anonymous
points cost, on a page, in at most 1 s.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
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
from data.store.store import load
from geo.grid import Grid
from tests.benchmarks import given
from tests.benchmarks.table import Row, by_turns, timed

TIMES_AS_FAST, SHUFFLES_S, RANKING_S, BACKTEST_S, MOVED_S = 20.0, 0.05, 0.05, 20.0, 1.0
W_TIMES_AS_FAST = 100.0  # what was once told, without the form of esda's weights: W comes nearest
_GI_TIMES = 50  # in one turn: one alone is shorter than a clock's step


def rows(quick: bool) -> Iterator[Row]:
    """Gi* against esda, in the forms its weights have, on the last twelve months of ASB; then ranking and backtest."""
    found, lattice = load(given.real_store(), given.area()).of(ASB), given.area().grid()
    months = cell_counts_by_month(found, lattice)
    weights, x = queen_weights(lattice), months.of(slice(-12, None))

    def ours() -> None:
        for _ in range(_GI_TIMES):
            gi_star(x, weights)

    graph, lists = libpysal.graph.Graph.from_sparse(weights), libpysal.weights.WSP(weights).to_W()
    for form, given_to, least in (
        ("libpysal's Graph", lambda: graph, TIMES_AS_FAST),
        ("libpysal's W", lambda: lists, W_TIMES_AS_FAST),
        ("W, made of the matrix each time", lambda: libpysal.weights.WSP(weights).to_W(), None),
    ):

        def theirs(weights_of: Callable[[], Any] = given_to) -> None:
            esda.G_Local(x, weights_of(), transform="B", permutations=0, star=True)

        ours()
        theirs()
        mine, other = by_turns(ours, theirs, time.process_time, 3 if quick else 15)
        yield Row(
            "Gi* of every cell", tuple(one / _GI_TIMES for one in mine), "s of processor",
            f"esda.G_Local, no permutations, {form}", other, times_as_fast=least, rows=len(x),
        )  # fmt: skip
    rng, active = np.random.default_rng(1), months.of(slice(None)) > 0
    shuffles = timed(lambda: pooled_permutation(x, weights, rng, 999, active), time.process_time, 3 if quick else 20)
    yield Row("999 pooled shuffles", shuffles, "s of processor", limit=SHUFFLES_S, rows=len(x))
    taken = timed(lambda: rank_cells(found, lattice), time.process_time, 3 if quick else 20)
    yield Row("ranking of cells from loaded incidents", taken, "s of processor", limit=RANKING_S, rows=len(found.frame))

    def everything() -> None:
        counted = cell_counts_by_month(found, lattice)
        for kind in ("next_month", *SEASONS):
            backtest(counted, lattice, kind)

    moved = timed(
        lambda: moved_points(found, lattice, np.random.default_rng(seeds.JITTER)), time.process_time, 1 if quick else 5
    )
    yield Row("what anonymous points cost", moved, "s of processor", limit=MOVED_S, rows=len(found.frame))
    taken = timed(everything, time.process_time, 1 if quick else 3)
    yield Row("backtest of every month and season", taken, "s of processor", limit=BACKTEST_S, rows=len(found.frame))


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
