"""Routes of patrols: which cells each crew visits, and in what order, found by search with repeated repair.

The search gives a good plan, never a proof: how much better another could be is the business of
:mod:`analysis.tour_bound`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analysis.refusal import Refusal

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Tours = list[list[int]]
_FAR = 1 << 40
_ROUNDS = 8  # of improving a plan before it counts as done
_BACK = 50  # rounds of search without a better plan, after which it goes back to the best one
_POWERS = (0.7, 1.0, 1.5)
_PIN_TRIES = 200


@dataclass(frozen=True, eq=False)
class Route:
    """What one crew may do in a shift.

    Attributes
    ----------
    seconds : ndarray of int, shape (n + 1, n + 1)
        Travel between the base (0) and the cells (1 to n), symmetric.
    allowed : ndarray of bool, shape (n,)
        Cells it can reach, stay in and come back from.
    limit : int
        Length of the shift, seconds.
    stay : int
        In every cell, seconds.
    """

    seconds: Ints = field(repr=False)
    allowed: NDArray[np.bool_] = field(repr=False)
    limit: int
    stay: int

    def travel(self, tour: Sequence[int]) -> int:
        """Seconds on the way for a tour of cells, from the base and back to it."""
        stops = np.array([0, *(cell + 1 for cell in tour), 0], dtype=np.intp)
        return int(self.seconds[stops[:-1], stops[1:]].sum())

    def left(self, tour: Sequence[int]) -> int:
        """Seconds left after a tour."""
        return self.limit - self.travel(tour) - self.stay * len(tour)


def search(
    routes: Sequence[Route],
    prize: Floats,
    pinned: Sequence[int],
    rng: np.random.Generator,
    rounds: int,
    pool: dict[tuple[int, frozenset[int]], tuple[int, ...]] | None = None,
) -> Tours:
    """Find tours that collect much, each cell counted once.

    Parameters
    ----------
    routes : sequence of Route
        One for every crew.
    prize : ndarray, shape (n,)
        Above 0.
    pinned : sequence of int
        Cells that some crew must visit.
    rng : Generator
    rounds : int
        Of taking a plan apart and putting it together again.
    pool : dict, optional
        Every tour met is put here, by crew and cells.

    Returns
    -------
    list of list of int
        Cells in order, for every crew.

    Raises
    ------
    Refusal
        No tours were found that visit all that is pinned.

    Notes
    -----
    Iterated local search for the team orienteering problem (Vansteenwegen et al. 2009): insertion by prize for time,
    reversal of stretches, exchange of a visited cell for a better one, and repair after a part was taken out.
    """
    plan = _Plan(routes, prize, pinned)
    current = plan.start(rng)
    best, best_value = _copy(current), plan.value(current)
    value, since = best_value, 0
    for _ in range(rounds):
        trial = plan.taken_apart(current, rng)
        if not plan.pin(trial, rng):
            continue
        noise = np.exp(rng.normal(0.0, 0.3, len(prize)))
        plan.fill(trial, float(_POWERS[int(rng.integers(len(_POWERS)))]), noise)
        plan.improve(trial)
        found = plan.value(trial)
        if pool is not None:
            for crew, tour in enumerate(trial):
                pool[(crew, frozenset(tour))] = tuple(tour)
        if found >= value - 0.01 * best_value * rng.random():
            current, value = trial, found
        since += 1
        if found > best_value + 1e-9:
            best, best_value, since = _copy(trial), found, 0
        elif since >= _BACK:
            current, value, since = _copy(best), best_value, 0
    return best


def finish(routes: Sequence[Route], prize: Floats, pinned: Sequence[int], tours: Tours) -> Tours:
    """Improve given tours until nothing small helps; they must be within the time and visit all that is pinned."""
    plan = _Plan(routes, prize, pinned)
    done = _copy(tours)
    plan.improve(done)
    return done


def collected(tours: Sequence[Sequence[int]], prize: Floats) -> float:
    """Prize of the distinct cells of some tours."""
    return float(prize[sorted({cell for tour in tours for cell in tour})].sum())


def greedy(routes: Sequence[Route], prize: Floats, pinned: Sequence[int] = ()) -> Tours:
    """Build tours by the best prize for time, nothing taken back: what any better method must beat.

    Raises
    ------
    Refusal
        Not all that is pinned fits in.
    """
    plan = _Plan(routes, prize, pinned)
    tours: Tours = [[] for _ in routes]
    if not plan.pin(tours, np.random.default_rng(0)):
        raise _does_not_fit()
    plan.fill(tours, 1.0, np.ones(len(prize)))
    return tours


def _does_not_fit() -> Refusal:
    return Refusal(
        "No way was found to visit all pinned places in the shift.",
        "Pin fewer places, lengthen the shift, add a crew or go by vehicle.",
    )


def _copy(tours: Tours) -> Tours:
    return [list(tour) for tour in tours]


class _Plan:
    """The moves of the search, on tours of one set of crews; tours are changed in place."""

    def __init__(self, routes: Sequence[Route], prize: Floats, pinned: Sequence[int]) -> None:
        self.routes, self.prize = tuple(routes), prize
        self.pinned = tuple(pinned)
        self.fixed = np.zeros(len(prize), dtype=bool)
        self.fixed[list(pinned)] = True
        east = self.routes[0].seconds[1:, 1:] if self.routes else np.zeros((0, 0), dtype=np.intp)
        self.near = np.argsort(east, axis=1, kind="stable") if len(prize) else east

    def value(self, tours: Tours) -> float:
        return float(sum(self.prize[cell] for tour in tours for cell in tour))

    def start(self, rng: np.random.Generator) -> Tours:
        for _ in range(_PIN_TRIES if self.pinned else 1):
            tours: Tours = [[] for _ in self.routes]
            if self.pin(tours, rng):
                self.fill(tours, 1.0, np.ones(len(self.prize)))
                self.improve(tours)
                return tours
        raise _does_not_fit()

    def pin(self, tours: Tours, rng: np.random.Generator) -> bool:
        """Put in what is pinned and missing; tells whether all of it fits."""
        there = {cell for tour in tours for cell in tour}
        missing = [cell for cell in self.pinned if cell not in there]
        for cell in [missing[i] for i in rng.permutation(len(missing))] if missing else ():
            free = np.array([cell], dtype=np.intp)
            offers = [self._insertion(crew, tours[crew], free) for crew in range(len(tours))]
            fits = [c for c, (cost, _) in enumerate(offers) if cost[0] <= self.routes[c].left(tours[c])]
            if not fits:
                return False
            crew = min(fits, key=lambda c: (int(offers[c][0][0]), c))
            tours[crew].insert(int(offers[crew][1][0]), cell)
            self._untangle(crew, tours)
        return True

    def improve(self, tours: Tours) -> None:
        value = self.value(tours)
        for _ in range(_ROUNDS):
            for crew in range(len(tours)):
                self._untangle(crew, tours)
            self.fill(tours, 1.0, np.ones(len(self.prize)))
            self._exchange(tours)
            found = self.value(tours)
            if found <= value + 1e-9:
                return
            value = found

    def fill(self, tours: Tours, power: float, noise: Floats) -> None:
        """Insert free cells, best prize (to a power) for time first, until nothing fits."""
        free = self._free(tours)
        left = [route.left(tour) for route, tour in zip(self.routes, tours, strict=True)]
        offers = [self._insertion(crew, tour, free) for crew, tour in enumerate(tours)]
        worth = (self.prize[free] * noise[free]) ** power
        keep = np.ones(len(free), dtype=bool)
        while True:
            best, crew, which = 0.0, -1, -1
            for k, (cost, _) in enumerate(offers):
                score = np.where(keep & (cost <= left[k]), worth / np.maximum(cost, 1), 0.0)
                i = int(score.argmax()) if len(score) else -1
                if i >= 0 and score[i] > best:
                    best, crew, which = float(score[i]), k, i
            if crew < 0:
                return
            cost, at = offers[crew]
            tours[crew].insert(int(at[which]), int(free[which]))
            left[crew] -= int(cost[which])
            keep[which] = False
            offers[crew] = self._insertion(crew, tours[crew], free)

    def taken_apart(self, tours: Tours, rng: np.random.Generator) -> Tours:
        """Copy tours without a stretch of each, without all cells around a point, or without some at random."""
        kind = int(rng.integers(3))
        if kind == 0:
            rest: Tours = []
            for tour in tours:
                n = len(tour)
                first, many = (int(rng.integers(n)), int(rng.integers(1, max(2, n // 2 + 1)))) if n else (0, 0)
                gone = {(first + i) % n for i in range(many)} if n else set()
                rest.append([cell for i, cell in enumerate(tour) if i not in gone])
            return rest
        if kind == 1 and len(self.prize):
            middle = int(rng.integers(len(self.prize)))
            around = set(self.near[middle, : int(rng.integers(2, max(3, len(self.prize) // 2)))].tolist())
            return [[cell for cell in tour if cell not in around] for tour in tours]
        share = rng.uniform(0.1, 0.5)
        return [[cell for cell in tour if rng.random() > share] for tour in tours]

    def _free(self, tours: Tours) -> Ints:
        free = np.ones(len(self.prize), dtype=bool)
        for tour in tours:
            free[tour] = False
        return np.flatnonzero(free)

    def _insertion(self, crew: int, tour: Sequence[int], free: Ints) -> tuple[Ints, Ints]:
        """Least seconds, stay included, that each free cell adds to a tour, and where it goes."""
        route = self.routes[crew]
        stops = np.array([0, *(cell + 1 for cell in tour), 0], dtype=np.intp)
        to = route.seconds[stops][:, free + 1]
        added = to[:-1] + to[1:] - route.seconds[stops[:-1], stops[1:]][:, None]
        at = added.argmin(axis=0)
        cost = added[at, np.arange(len(free))] + route.stay
        return np.where(route.allowed[free], cost, _FAR), at

    def _untangle(self, crew: int, tours: Tours) -> None:
        """Reverse stretches while that shortens the way (2-opt)."""
        seconds = self.routes[crew].seconds
        stops = np.array([0, *(cell + 1 for cell in tours[crew]), 0], dtype=np.intp)
        n = len(stops) - 1
        if n < 4:
            return
        while True:
            between = seconds[stops][:, stops]
            along = between.diagonal(1)
            gain = np.triu(along[:, None] + along[None, :] - between[:-1, :-1] - between[1:, 1:], 1)
            best = int(gain.argmax())
            if gain.flat[best] <= 0:
                break
            i, j = divmod(best, n)
            stops[i + 1 : j + 1] = stops[i + 1 : j + 1][::-1]
        tours[crew][:] = [int(stop) - 1 for stop in stops[1:-1]]

    def _exchange(self, tours: Tours) -> None:
        """Put a better free cell in the place of a visited one while that fits into the time."""
        while True:
            free = self._free(tours)
            best: tuple[float, int, int, int] = (1e-9, -1, -1, -1)
            for crew, tour in enumerate(tours):
                if tour and len(free):
                    best = max(best, self._best_exchange(crew, tour, free), key=lambda found: found[0])
            _, crew, i, which = best
            if crew < 0:
                return
            tour = tours[crew]
            tour.pop(i)
            cell = free[which : which + 1]
            tour.insert(int(self._insertion(crew, tour, cell)[1][0]), int(cell[0]))

    def _best_exchange(self, crew: int, tour: Sequence[int], free: Ints) -> tuple[float, int, int, int]:
        route = self.routes[crew]
        stops = np.array([0, *(cell + 1 for cell in tour), 0], dtype=np.intp)
        before, here, after = stops[:-2], stops[1:-1], stops[2:]
        between = route.seconds[before, after]
        saved = route.seconds[before, here] + route.seconds[here, after] - between
        to = route.seconds[stops][:, free + 1]
        added = to[:-1] + to[1:] - route.seconds[stops[:-1], stops[1:]][:, None]  # in each gap of the whole tour
        order = np.argsort(added, axis=0, kind="stable")[:3]  # of three gaps one at least does not touch the cell
        here_at = np.arange(len(here))[:, None]
        cost = to[:-2] + to[2:] - between[:, None]
        for gap in order:
            touches = (gap[None, :] == here_at) | (gap[None, :] == here_at + 1)
            cost = np.minimum(cost, np.where(touches, _FAR, added[gap, np.arange(len(free))][None, :]))
        gain = self.prize[free][None, :] - self.prize[here - 1][:, None]
        fits = (cost - saved[:, None] <= route.left(tour)) & route.allowed[free][None, :]
        gain = np.where(fits & ~self.fixed[here - 1][:, None], gain, 0.0)
        found = int(gain.argmax())
        i, which = divmod(found, len(free))
        return float(gain.flat[found]), crew, i, which
