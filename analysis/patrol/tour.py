"""Routes of patrols: which cells each crew visits, and in what order, found by PyVRP.

The search gives a good plan, never a proof: how much better another could be is the business of
:mod:`analysis.patrol.tour_bound`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.common.refusal import Refusal

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Tours = list[list[int]]
_FAR = 1 << 30
# A mean prize is worth so many stays on the way. Little: short tours leave time for other cells, though a near cell may
# win against a better one. Much: prizes alone decide. Now the one finds more and now the other, so both are tried.
_STAYS_A_PRIZE = (15, 2000)


@dataclass(frozen=True, eq=False)
class Route:
    """What one crew may do in a shift.

    Attributes
    ----------
    seconds : ndarray of int, shape (n + 1, n + 1)
        Travel between the base (0) and the cells (1 to n), symmetric.
    allowed : ndarray of bool, shape (n,)
        Cells it can reach, stay in and come back from, by way of others if need be.
    limit : int
        Length of the shift, seconds.
    stay : int
        In every cell, seconds.
    why : ndarray of int, shape (n + 1, n + 1), optional
        Which ways are straight lines, and why: see :class:`analysis.patrol.router.Legs`.
    least : ndarray of int, shape (n + 1, n + 1), optional
        Travel where a third place on the way may shorten it; by default none does. Straight lines among ways along
        streets can: a bound on what tours collect then rests on this.
    """

    seconds: Ints = field(repr=False)
    allowed: NDArray[np.bool_] = field(repr=False)
    limit: int
    stay: int
    why: NDArray[np.int8] | None = field(default=None, repr=False)
    least: Ints | None = field(default=None, repr=False)

    @property
    def shortest(self) -> Route:
        """The same with the least travel there can be: no way round is shorter."""
        return self if self.least is None else replace(self, seconds=self.least)

    def travel(self, tour: Sequence[int]) -> int:
        """Seconds on the way for a tour of cells, from the base and back to it."""
        stops = np.array([0, *(cell + 1 for cell in tour), 0], dtype=np.intp)
        return int(self.seconds[stops[:-1], stops[1:]].sum())

    def left(self, tour: Sequence[int]) -> int:
        """Seconds left after a tour."""
        return self.limit - self.travel(tour) - self.stay * len(tour)


def search(routes: Sequence[Route], prize: Floats, pinned: Sequence[int], seed: int, rounds: int) -> Tours:
    """Find tours that collect much, each cell counted once.

    Parameters
    ----------
    routes : sequence of Route
        One for every crew.
    prize : ndarray, shape (n,)
        At least 0.
    pinned : sequence of int
        Cells that some crew must visit.
    seed : int
    rounds : int
        Iterations of the search, in all; 0 gives the plan built by the best prize for time, nothing taken back.

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
    The team orienteering problem as prize-collecting vehicle routing, by the iterated local search of PyVRP (Wouda, Lan
    and Kool 2024). Rounds and not seconds end it, so that the same input gives the same tours on every machine.
    """
    start, fits = _greedy(routes, prize, pinned)
    plans = [start] if fits else []
    if rounds > 0 and len(prize):
        for worth in _STAYS_A_PRIZE:
            tours = _routed(routes, prize, pinned, seed, -(-rounds // len(_STAYS_A_PRIZE)), worth)
            if tours is not None:
                _fill(routes, prize, tours)
                plans.append(tours)
    if not plans:
        raise do_not_fit()
    return max(plans, key=lambda tours: collected(tours, prize))


def do_not_fit() -> Refusal:
    """Say that the pinned cells cannot all be visited."""
    return Refusal(
        "No way was found to visit all pinned places in the shift.",
        "Pin fewer places, lengthen the shift, add a crew or go by vehicle.",
    )


def collected(tours: Sequence[Sequence[int]], prize: Floats) -> float:
    """Prize of the distinct cells of some tours."""
    return float(prize[sorted({cell for tour in tours for cell in tour})].sum())


def _routed(
    routes: Sequence[Route], prize: Floats, pinned: Sequence[int], seed: int, rounds: int, worth: int
) -> Tours | None:
    """Tours by PyVRP, within the time and with all that is pinned; None where it found none."""
    from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve
    from pyvrp.stop import MaxIterations

    crews, n = len(routes), len(prize)
    stay = routes[0].stay
    scale = worth * stay / max(float(prize.mean()), 1e-12)
    durations: list[Any] = [_durations(route, crew, crews) for crew, route in enumerate(routes)]
    distances: list[Any] = [np.zeros((crews + n, crews + n), dtype=np.int64)] * crews
    data = ProblemData(
        locations=[Location(0, 0) for _ in range(crews + n)],
        # what a stay takes is given back, so that only the way counts against a cell
        clients=[
            Client(
                location=crews + cell,
                service_duration=stay,
                prize=round(float(prize[cell]) * scale) + stay,
                required=cell in pinned,
            )
            for cell in range(n)
        ],
        depots=[Depot(location=crew) for crew in range(crews)],
        vehicle_types=[
            VehicleType(
                start_depot=crew,
                end_depot=crew,
                shift_duration=route.limit,
                unit_distance_cost=0,
                unit_duration_cost=1,
                profile=crew,
                name=str(crew),
            )
            for crew, route in enumerate(routes)
        ],
        distance_matrices=distances,
        duration_matrices=durations,
    )
    best: Any = solve(data, stop=MaxIterations(rounds), seed=seed, collect_stats=False, display=False).best
    if not best.is_feasible():
        return None
    tours: Tours = [[] for _ in routes]
    for tour in best.routes():
        tours[int(tour.vehicle_type())] = [stop.idx for stop in tour if stop.is_client()]
    return tours


def _durations(route: Route, crew: int, crews: int) -> NDArray[np.int64]:
    """Seconds between the bases of all crews and the cells; what this crew may not use lies far away."""
    n = len(route.allowed)
    found = np.full((crews + n, crews + n), _FAR, dtype=np.int64)
    found[crews:, crews:] = route.seconds[1:, 1:]
    found[crew, crews:] = found[crews:, crew] = route.seconds[0, 1:]
    outside = crews + np.flatnonzero(~route.allowed)
    found[outside, :] = found[:, outside] = _FAR
    np.fill_diagonal(found, 0)
    return found


def _greedy(routes: Sequence[Route], prize: Floats, pinned: Sequence[int]) -> tuple[Tours, bool]:
    """Insert the pinned cells where they cost least, then the best prize for time; tells whether the pinned fit."""
    tours: Tours = [[] for _ in routes]
    for cell in pinned:
        free = np.array([cell], dtype=np.intp)
        offers = [_insertion(route, tour, free) for route, tour in zip(routes, tours, strict=True)]
        left = [route.left(tour) - int(cost[0]) for route, tour, (cost, _) in zip(routes, tours, offers, strict=True)]
        crew = int(np.argmax(left))
        if left[crew] < 0:
            return tours, False
        tours[crew].insert(int(offers[crew][1][0]), cell)
    _fill(routes, prize, tours)
    return tours, True


def _fill(routes: Sequence[Route], prize: Floats, tours: Tours) -> None:
    """Insert free cells, the best prize for time first, until nothing fits; tours are changed in place."""
    while True:
        free = np.setdiff1d(np.arange(len(prize)), [cell for tour in tours for cell in tour])
        best: tuple[float, int, int, int] = (0.0, -1, -1, -1)
        for crew, (route, tour) in enumerate(zip(routes, tours, strict=True)):
            cost, at = _insertion(route, tour, free)
            score = np.where(cost <= route.left(tour), prize[free] / np.maximum(cost, 1), 0.0)
            if len(score) and score.max() > best[0]:
                i = int(score.argmax())
                best = (float(score[i]), crew, int(free[i]), int(at[i]))
        _, crew, cell, at_stop = best
        if crew < 0:
            return
        tours[crew].insert(at_stop, cell)


def _insertion(route: Route, tour: Sequence[int], free: Ints) -> tuple[Ints, Ints]:
    """Least seconds, stay included, that each free cell adds to a tour, and where it goes."""
    stops = np.array([0, *(cell + 1 for cell in tour), 0], dtype=np.intp)
    to = route.seconds[stops][:, free + 1]
    added = to[:-1] + to[1:] - route.seconds[stops[:-1], stops[1:]][:, None]
    at = added.argmin(axis=0)
    cost = added[at, np.arange(len(free))] + route.stay
    return np.where(route.allowed[free], cost, _FAR), at
