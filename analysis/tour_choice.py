"""The best set of routes out of many that a search has met, one for every crew: chosen by an integer program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.tour import Tours

_NODES = 500  # of the solver's tree at most: a count, not a time, so that every machine gives the same plan


def chosen_tours(
    alike: Sequence[int],
    prize: NDArray[np.float64],
    pinned: Sequence[int],
    pool: Mapping[tuple[int, frozenset[int]], Sequence[int]],
) -> Tours | None:
    """Choose a tour for every crew so that the distinct cells of all collect the most.

    Parameters
    ----------
    alike : sequence of int
        For every crew the first crew like it, with the same base and way of travel: their tours may be exchanged.
    prize : ndarray, shape (n,)
    pinned : sequence of int
        Cells that one of the tours must visit.
    pool : mapping
        Tours by crew and cells.

    Returns
    -------
    list of list of int or None
        Each cell in one tour. None where the solver found nothing within its limit.

    Notes
    -----
    Set covering by HiGHS (Huangfu and Hall 2018). A cell that two chosen tours share stays in the first.
    """
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    kinds = list(dict.fromkeys(alike))
    tours = {(kinds.index(alike[crew]), cells): tuple(tour) for (crew, cells), tour in pool.items() if tour}
    if not tours:
        return None
    kind = np.array([k for k, _ in tours])
    listed = list(tours.values())
    n, m = len(prize), len(listed)
    cell = np.array([c for tour in listed for c in tour], dtype=np.intp)
    column = np.repeat(np.arange(m), [len(tour) for tour in listed])
    covers = sparse.csr_array((-np.ones(len(cell)), (cell, column)), shape=(n, m))
    rows = sparse.hstack([covers, sparse.eye_array(n)])
    crews = sparse.csr_array((np.ones(m), (kind, np.arange(m))), shape=(len(kinds), m + n))
    must = np.zeros(n)
    must[list(pinned)] = 1
    found = milp(
        np.concatenate([np.zeros(m), -prize]),
        constraints=[
            LinearConstraint(rows, -np.inf, 0),
            LinearConstraint(crews, -np.inf, [alike.count(k) for k in kinds]),
        ],
        bounds=Bounds(np.concatenate([np.zeros(m), must]), 1),
        integrality=np.concatenate([np.ones(m), np.zeros(n)]),
        options={"node_limit": _NODES},
    )
    if found.x is None:
        return None
    waiting = {k: [crew for crew, first in enumerate(alike) if first == first_of] for k, first_of in enumerate(kinds)}
    done: Tours = [[] for _ in alike]
    seen: set[int] = set()
    for r in np.flatnonzero(found.x[:m] > 0.5):
        crew = waiting[int(kind[r])].pop(0)
        done[crew] = [c for c in listed[r] if c not in seen]
        seen |= set(listed[r])
    return done
