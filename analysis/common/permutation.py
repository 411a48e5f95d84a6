"""A permutation test for neighbourhood sums that holds on sparse counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from analysis.common.significance import benjamini_hochberg
from geo.errors import InputError

LEVEL = 0.05
PERMUTATIONS = 999
BLOCK_VALUES = 1 << 18  # shuffled values held at a time: 2 MB, which stays in the cache
TOLERANCE = 1e-9  # sums of fractions may differ in the last digit by the order of adding; whole counts are exact


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
    x, w = checked_weights(counts, weights)
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


def checked_weights(counts: ArrayLike, given: Any) -> tuple[NDArray[np.float64], Any]:
    """Give counts and weights as they are computed with, weights by rows; anything that does not fit is an error."""
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
