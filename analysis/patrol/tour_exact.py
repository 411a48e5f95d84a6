"""The best routes there are, where so few cells are to choose from that every way of dealing them out can be tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.patrol.tour import Floats, Route, Tours

MOST_CELLS = 10  # 59,049 ways for two sets of cells that share none: some milliseconds a crew
_ALIKE = 1e-12  # relative: sums of the same prizes in another order


def few_enough(routes: Sequence[Route]) -> bool:
    """Whether the cells that any crew can reach are so few that :func:`best_tours` is quick."""
    return len(_reached(routes)) <= MOST_CELLS


def best_tours(routes: Sequence[Route], prize: Floats, pinned: Sequence[int]) -> Tours | None:
    """Find the tours that collect most, each cell counted once; of those the ones that take the least time.

    Parameters
    ----------
    routes : sequence of Route
        One for every crew.
    prize : ndarray, shape (n,)
        At least 0. No more than :data:`MOST_CELLS` of the cells can be reached by any crew.
    pinned : sequence of int
        Cells that some crew must visit.

    Returns
    -------
    list of list of int, or None
        Cells in order, for every crew; None where no tours visit all that is pinned.

    Notes
    -----
    The shortest tour of every set of cells (Held and Karp 1962), then the least time in which the first k crews visit
    a set, for every set and k. Nothing is left to chance. Ties go to the first set in the order of the cells.
    When it misleads: it is exact for the expected incidents and ways that it is given, which are estimates.

    References
    ----------
    Held, M. and Karp, R. M. (1962). A dynamic programming approach to sequencing problems. Journal of the Society for
    Industrial and Applied Mathematics 10, 196-210.
    """
    cells = _reached(routes)
    if not set(pinned) <= set(cells.tolist()):
        return None
    rest, sub = _disjoint(len(cells))
    order = np.argsort(rest | sub, kind="stable")
    rest, sub = rest[order], sub[order]
    firsts = np.searchsorted(rest | sub, np.arange(1 << len(cells)))
    known: dict[tuple[bytes, bytes, int, int], _Walks] = {}  # alike crews have the same walks
    walks = []
    for route in routes:
        alike = (route.seconds.tobytes(), route.allowed.tobytes(), route.limit, route.stay)
        known[alike] = known.get(alike) or _walks(route, cells)
        walks.append(known[alike])
    least = [np.where(np.arange(1 << len(cells)) == 0, 0.0, np.inf)]
    for one in walks:
        least.append(np.minimum.reduceat(least[-1][rest] + one.seconds[sub], firsts))
    visited = _best(least[-1], prize[cells], _bits(cells, pinned))
    if visited is None:
        return None
    tours: Tours = []
    for one, before in zip(reversed(walks), reversed(least[:-1]), strict=True):
        ways = slice(firsts[visited], firsts[visited + 1] if visited + 1 < len(firsts) else None)
        way = int((before[rest[ways]] + one.seconds[sub[ways]]).argmin())
        tours.insert(0, [int(cells[at]) for at in one.order(int(sub[ways][way]))])
        visited = int(rest[ways][way])
    return tours


@dataclass(frozen=True, eq=False)
class _Walks:
    """Shortest tours of one crew through every set of cells; a set is a number whose bits are cells.

    ``seconds[s]`` is the time of set s with its stays, infinite where it does not fit; ``ends[s, j]`` the way from the
    base through s to its cell j.
    """

    seconds: Floats
    ends: Floats
    between: Floats
    home: Floats

    def order(self, visited: int) -> list[int]:
        """Positions of the cells of a set in the order of its shortest tour."""
        tour: list[int] = []
        last = self.ends[visited] + self.home
        while visited:
            at = int(last.argmin())
            tour.insert(0, at)
            visited ^= 1 << at
            last = self.ends[visited] + self.between[:, at]
        return tour


def _walks(route: Route, cells: NDArray[np.intp]) -> _Walks:
    n = len(cells)
    between = route.seconds[np.ix_(cells + 1, cells + 1)].astype(float)
    home = np.where(route.allowed[cells], route.seconds[0, cells + 1], np.inf)
    ends = np.full((1 << n, n), np.inf)
    for visited in range(1, 1 << n):
        for at in range(n):
            before = visited ^ 1 << at
            if visited >> at & 1:
                ends[visited, at] = (ends[before] + between[:, at]).min() if before else home[at]
    stays = np.array([route.stay * bin(visited).count("1") for visited in range(1 << n)], dtype=float)
    seconds = np.append(0.0, (ends[1:] + home).min(axis=1, initial=np.inf)) + stays
    return _Walks(np.where(seconds <= route.limit, seconds, np.inf), ends, between, home)


def _reached(routes: Sequence[Route]) -> NDArray[np.intp]:
    return np.flatnonzero(np.any([route.allowed for route in routes], axis=0))


def _bits(cells: NDArray[np.intp], chosen: Sequence[int]) -> int:
    return sum(1 << int(at) for at in np.flatnonzero(np.isin(cells, chosen)))


def _disjoint(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every pair of sets of n cells that share none, shapes (3^n,)."""
    digits = np.arange(3**n)[:, None] // 3 ** np.arange(n) % 3
    weight = 1 << np.arange(n)
    return (digits == 1) @ weight, (digits == 2) @ weight


def _best(seconds: Floats, prize: Floats, must: int) -> int | None:
    """Choose the set that is worth most among those that fit and hold what must be visited."""
    sets = np.arange(len(seconds))
    fits = np.isfinite(seconds) & (sets & must == must)
    if not fits.any():
        return None
    worth = np.where(fits, (sets[:, None] >> np.arange(len(prize)) & 1) @ prize, -np.inf)
    top = fits & (worth >= worth.max() * (1 - _ALIKE))
    return int(sets[top][seconds[top].argmin()])
