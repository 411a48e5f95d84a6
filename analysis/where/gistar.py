"""Is it real: Getis-Ord Gi*, and which cells of a period are more than chance. It marks; it never ranks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from analysis.common.method import Method, covered
from analysis.common.permutation import LEVEL, PERMUTATIONS, PooledPermutation, checked_weights, pooled_permutation
from analysis.common.refusal import Refusal
from analysis.where.cells import CellMonths, cell_counts_by_month
from data.store.schema import Incidents
from geo.grid import Grid

__all__ = [
    "ChanceTest",
    "PooledPermutation",
    "gi_star",
    "more_than_chance",
    "pooled_permutation",
    "queen_weights",
]

SHORTEST_PERIOD = 12  # months; shorter periods test the season, not the place
CAVEATS = (
    "More than chance means: more than if the same incidents fell on the cells that ever had one in random order.",
    "It says nothing of why, and a cell without a mark may still be the busiest: the ranking goes by expected counts.",
    "At most 5 % of the marked cells are expected to be false.",
)


def queen_weights(grid: Grid) -> Any:
    """Neighbours of every cell: those that share an edge or a corner, and the cell itself.

    Parameters
    ----------
    grid : Grid

    Returns
    -------
    scipy.sparse.csr_array of float, shape (n, n)
        Ones, rows and columns in the order of ``grid.cells``. Cells outside the area are nobody's neighbours.
    """
    n = len(grid.cells)
    position = np.full(grid.size, -1, dtype=np.intp)
    position[grid.cells] = np.arange(n)
    row, column = np.divmod(grid.cells, grid.columns)
    pairs = []
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            r, c = row + down, column + across
            on = (r >= 0) & (r < grid.rows) & (c >= 0) & (c < grid.columns)
            other = np.full(n, -1, dtype=np.intp)
            other[on] = position[r[on] * grid.columns + c[on]]
            own = np.flatnonzero(other >= 0)
            pairs.append((own, other[own]))
    own = np.concatenate([a for a, _ in pairs])
    other = np.concatenate([b for _, b in pairs])
    return sparse.coo_array((np.ones(len(own)), (own, other)), shape=(n, n)).tocsr()


def gi_star(counts: ArrayLike, weights: Any) -> NDArray[np.float64]:
    """Getis-Ord Gi* as a z-value: how far a neighbourhood's sum is from what the mean of the map would give.

    Parameters
    ----------
    counts : array_like, shape (n,)
        Incidents (or another quantity) by unit.
    weights : scipy sparse array or matrix, shape (n, n)
        Ones for neighbours, the unit itself included, in the order of ``counts``. Other weights are allowed.

    Returns
    -------
    ndarray, shape (n,)
        NaN everywhere when all counts are equal, and where a unit is the neighbour of all others.

    Raises
    ------
    InputError
        Shapes that do not fit, or a count that is not finite.

    Notes
    -----
    ``z_i = (sum_j w_ij x_j - xbar W_i) / (S sqrt((n sum_j w_ij^2 - W_i^2) / (n - 1)))`` with
    ``S^2 = sum x^2 / n - xbar^2``. Equals ``esda.G_Local(..., star=True, transform="B", permutations=0).Zs``.

    Misleads when it is read against the normal distribution: where most cells are empty, z above 1.96 or even a false
    discovery rate of 5 % finds hotspots on every shuffled map. Use :func:`pooled_permutation`. It also predicts worse
    than plain counts, so it never ranks.

    References
    ----------
    Ord, J. K. and Getis, A. (1995). Local spatial autocorrelation statistics. Geographical Analysis 27, 286-306.
    """
    x, w = checked_weights(counts, weights)
    n = len(x)
    if n == 0:
        return np.empty(0)
    if n == 1 or x.min() == x.max():
        return np.full(n, np.nan)
    ones = np.ones(n)
    total = w @ ones
    squared = w.data * w.data
    squares = total  # of ones, which is the usual case
    if not np.array_equal(squared, w.data):
        squares = sparse.csr_array((squared, w.indices, w.indptr), shape=w.shape) @ ones
    mean = x.mean()
    spread = np.sqrt(max(float(x @ x) / n - mean * mean, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (w @ x - mean * total) / (spread * np.sqrt(np.maximum(n * squares - total * total, 0.0) / (n - 1)))
    z[~np.isfinite(z)] = np.nan
    return np.asarray(z, dtype=float)


@dataclass(frozen=True, eq=False)
class ChanceTest:
    """Which cells are more than chance in a period. Arrays are in the order of ``grid.cells``, shape (n,).

    Attributes
    ----------
    grid : Grid
    counts : ndarray of int
        Incidents of the period.
    z : ndarray
        Gi*, for description.
    p, q : ndarray
        Pooled permutation, and adjusted over the active cells.
    significant : ndarray of bool
        ``q`` at most ``level``.
    level : float
        False discovery rate.
    months : PeriodIndex
        Published months of the period.
    method : Method
    """

    grid: Grid
    counts: NDArray[np.int64] = field(repr=False)
    z: NDArray[np.float64] = field(repr=False)
    p: NDArray[np.float64] = field(repr=False)
    q: NDArray[np.float64] = field(repr=False)
    significant: NDArray[np.bool_] = field(repr=False)
    level: float
    months: pd.PeriodIndex
    method: Method


def more_than_chance(
    incidents: Incidents | CellMonths,
    grid: Grid,
    rng: np.random.Generator,
    first: pd.Period | None = None,
    last: pd.Period | None = None,
    permutations: int = PERMUTATIONS,
    level: float = LEVEL,
) -> ChanceTest:
    """Mark the cells that are more than chance in a period: Gi* with the pooled permutation.

    Parameters
    ----------
    incidents : Incidents or CellMonths
        Of one crime type, all stored months up to the as-at month: those decide which cells are active.
    grid : Grid
    rng : numpy.random.Generator
    first, last : Period, optional
        The period, both included; by default the last 12 published months.
    permutations : int
    level : float
        False discovery rate.

    Returns
    -------
    ChanceTest

    Raises
    ------
    Refusal
        Fewer than 12 published months in the period.

    Notes
    -----
    Misleads when it is taken for a ranking: it answers "is this cluster more than luck", not "where will it be".

    References
    ----------
    As :func:`gi_star` and :func:`analysis.common.permutation.pooled_permutation`.
    """
    counted = incidents if isinstance(incidents, CellMonths) else cell_counts_by_month(incidents, grid)
    known = counted.months
    end = counted.trained_on(last)
    start = max(end - SHORTEST_PERIOD, 0) if first is None else counted.trained_on(first - 1)
    months = known[start:end]
    if len(months) < SHORTEST_PERIOD:
        raise Refusal(
            f"Whether a cell is more than chance needs at least {SHORTEST_PERIOD} published months, and this period "
            f"has {len(months)}",
            "Choose a longer period or load more months.",
        )
    counts = counted.of(slice(start, end))
    active = counted.of(slice(0, len(known))) > 0
    weights = queen_weights(grid)
    found = pooled_permutation(counts, weights, rng, permutations, active)
    method = Method(
        name="Gi* with a pooled permutation",
        parameters={
            "cells": f"{grid.cell_size_m:g} m ({int(active.sum()):,} of {len(counts):,} ever had an incident)",
            "neighbourhood": "3 by 3 cells",
            "shuffles": f"{permutations:,}",
        },
        n=int(counts.sum()),
        correction=f"Benjamini-Hochberg at {level * 100:g} %",
        data_version=counted.version,
        period=covered(months),
        caveats=CAVEATS,
        source_refs=("Ord and Getis 1995", "Benjamini and Hochberg 1995"),
    )
    return ChanceTest(
        grid=grid,
        counts=counts.astype(np.int64),
        z=gi_star(counts, weights),
        p=found.p,
        q=found.q,
        significant=found.significant(level),
        level=level,
        months=months,
        method=method,
    )
