"""Is it real: Getis-Ord Gi*, and a permutation test that holds on sparse counts. It marks; it never ranks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from analysis.hotspots import CellMonths, cell_counts_by_month
from analysis.method import Method, period_words
from analysis.refusal import Refusal
from analysis.significance import benjamini_hochberg
from data.schema import Incidents
from geo.errors import InputError
from geo.grid import Grid

LEVEL = 0.05
PERMUTATIONS = 999
SHORTEST_PERIOD = 12  # months; shorter periods test the season, not the place
BLOCK_VALUES = 1 << 18  # shuffled values held at a time: 2 MB, which stays in the cache
TOLERANCE = 1e-9  # sums of fractions may differ in the last digit by the order of adding; whole counts are exact
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
    x, w = _checked(counts, weights)
    n = len(x)
    if n == 0:
        return np.empty(0)
    rows = np.repeat(np.arange(n), np.diff(w.indptr))
    total = np.bincount(rows, weights=w.data, minlength=n)
    squares = np.bincount(rows, weights=w.data * w.data, minlength=n)
    mean = x.mean()
    spread = np.sqrt(max(float(x @ x) / n - mean * mean, 0.0))
    if x.min() == x.max() or n == 1:
        return np.full(n, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (w @ x - mean * total) / (spread * np.sqrt(np.maximum(n * squares - total * total, 0.0) / (n - 1)))
    z[~np.isfinite(z)] = np.nan
    return np.asarray(z, dtype=float)


@dataclass(frozen=True, eq=False)
class PooledPermutation:
    """What the pooled permutation found. Arrays have shape (n,).

    Attributes
    ----------
    p : ndarray
        One-sided p-values: 1 in inactive cells.
    q : ndarray
        Adjusted over the active cells (Benjamini-Hochberg): 1 in inactive cells.
    permutations : int
    reference : ndarray of int
        How many shuffled sums each cell was compared with; 0 in inactive cells.
    active : ndarray of bool
    monte_carlo_error : ndarray
        Standard error of p from the number of draws; 0 in inactive cells. Shuffled sums of one map are weakly
        dependent, so it is a little larger in truth.
    """

    p: NDArray[np.float64] = field(repr=False)
    q: NDArray[np.float64] = field(repr=False)
    permutations: int
    reference: NDArray[np.int64] = field(repr=False)
    active: NDArray[np.bool_] = field(repr=False)
    monte_carlo_error: NDArray[np.float64] = field(repr=False)

    def significant(self, level: float = LEVEL) -> NDArray[np.bool_]:
        """Which cells are more than chance at a false discovery rate, shape (n,)."""
        return np.asarray(self.q <= level)


def pooled_permutation(
    counts: ArrayLike,
    weights: Any,
    rng: np.random.Generator,
    permutations: int = PERMUTATIONS,
    active: ArrayLike | None = None,
) -> PooledPermutation:
    """Test every neighbourhood sum against shuffled maps, pooling cells with as many active neighbours.

    Parameters
    ----------
    counts : array_like, shape (n,)
        Incidents of the period by cell, not negative.
    weights : scipy sparse array or matrix, shape (n, n)
        Ones for neighbours, the cell itself included, in the order of ``counts``.
    rng : numpy.random.Generator
    permutations : int
        Shuffled maps.
    active : array_like of bool, shape (n,), optional
        Cells that can have an incident at all: as a rule those that had one in any stored month. All by default.

    Returns
    -------
    PooledPermutation

    Raises
    ------
    InputError
        Shapes that do not fit, counts that are negative or not finite, a count in an inactive cell, weights that are
        not 0 or 1, no permutations.

    Notes
    -----
    Counts are shuffled among the active cells only. The reference of a cell is every shuffled sum of every cell with
    the same number of active cells in its neighbourhood (itself included), so N is hundreds of times the number of
    shuffles and p can be small enough to pass a correction over a thousand cells; ``p = (1 + #>=) / (1 + N)``
    (Phipson and Smyth 2010).

    Why not the usual conditional permutation: 999 draws per cell cannot reach the threshold of a correction over a
    thousand cells, and a folded p-value calls empty neighbourhoods significant.

    Misleads when the mask of active cells is taken from the period itself (fields and reservoirs then make every
    street a hotspot), for periods under a year, and when one cell holds most incidents: it makes its eight neighbours
    significant with it.

    References
    ----------
    Ord and Getis (1995); Benjamini and Hochberg (1995); Phipson, B. and Smyth, G. K. (2010). Stat. Appl. Genet. Mol.
    Biol. 9, 39.
    """
    x, w = _checked(counts, weights)
    n = len(x)
    mask = np.ones(n, dtype=bool) if active is None else np.asarray(active, dtype=bool)
    _check_permutation(x, w, mask, permutations)
    own = np.flatnonzero(mask)
    p, q = np.ones(n), np.ones(n)
    reference, error = np.zeros(n, dtype=np.int64), np.zeros(n)
    if len(own):
        inner = w[own][:, own]
        values = x[own]
        pool_of = np.rint(inner.sum(axis=1)).astype(np.intp).reshape(-1)
        observed = inner @ values
        at_least = np.zeros(len(own), dtype=np.int64)
        pools = [np.flatnonzero(pool_of == size) for size in np.unique(pool_of)]
        # cells in the order of their pools, so that each pool is one run of rows
        order = np.concatenate(pools)
        ends = np.cumsum([len(pool) for pool in pools])
        arranged = inner[order]
        floor = observed - TOLERANCE * max(float(values.max()), 1.0)
        done = 0
        while done < permutations:
            many = min(permutations - done, max(BLOCK_VALUES // len(own), 1))
            shuffled = rng.permuted(np.broadcast_to(values, (many, len(own))), axis=1)
            sums = arranged @ shuffled.T
            for pool, end in zip(pools, ends, strict=True):
                run = np.sort(sums[end - len(pool) : end], axis=None)
                at_least[pool] += run.size - np.searchsorted(run, floor[pool], side="left")
            done += many
        sizes = np.bincount(pool_of)[pool_of] * permutations
        p[own] = (1 + at_least) / (1 + sizes)
        q[own] = benjamini_hochberg(p[own])
        reference[own] = sizes
        error[own] = np.sqrt(p[own] * (1 - p[own]) / sizes)
    return PooledPermutation(p, q, permutations, reference, mask, error)


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
        period=period_words(months[0], months[-1]),
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


def _checked(counts: ArrayLike, given: Any) -> tuple[NDArray[np.float64], Any]:
    weights: Any = given if sparse.issparse(given) else None
    x = np.asarray(counts, dtype=float)
    if x.ndim != 1:
        raise InputError("counts come as one list", column="counts", value=f"shape {x.shape}")
    if weights is None or weights.shape != (len(x), len(x)):
        raise InputError(
            f"weights are a scipy sparse array of {len(x)} by {len(x)}, in the order of counts",
            column="weights",
            value=f"{type(given).__name__} of shape {getattr(given, 'shape', '?')}",
        )
    if not np.isfinite(x).all():
        raise InputError("a count is not a number", column="counts", value=str(x[~np.isfinite(x)][0]))
    return x, weights if weights.format == "csr" else weights.tocsr()


def _check_permutation(x: NDArray[np.float64], w: Any, mask: NDArray[np.bool_], permutations: int) -> None:
    if mask.shape != x.shape:
        raise InputError("active has one value a cell", column="active", value=f"shape {mask.shape} for {x.shape}")
    if (x < 0).any():
        raise InputError("a count is negative", column="counts", value=str(x.min()))
    if (x[~mask] > 0).any():
        raise InputError(
            f"{int((x[~mask] > 0).sum())} cells have incidents and are not active",
            column="active",
            hint="A cell that had an incident in any stored month is active.",
        )
    if not np.isin(w.data, (0, 1)).all():
        raise InputError("the pooled permutation takes weights of 0 and 1", column="weights", value=str(w.data.max()))
    if permutations < 1:
        raise InputError("there must be at least one permutation", column="permutations", value=str(permutations))
