"""Patrols: tours over given cells with their gap, and the same as visits with times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.common import seeds
from analysis.patrol.crews import Crew, routes_of
from analysis.patrol.tour import Route, Tours, collected, do_not_fit, search
from analysis.patrol.tour_bound import Kind, upper_bound
from analysis.patrol.tour_exact import best_tours, few_enough
from data.plan.plan import Patrol, Visit

ROUNDS = 700  # of search
WORK = 3e8  # of bounding: elements, the same on every machine
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Candidates:
    """Cells to choose from, the most expected first; arrays of shape (n,).

    Attributes
    ----------
    place : ndarray of int
        Number of the place.
    reference : tuple of str
    east, north : ndarray
        Middle, EPSG:27700.
    expected : ndarray
        In the window.
    pinned : tuple of int
        Positions that some crew must visit.
    left_over : int
        Cells that were left out on the way to these.
    """

    place: NDArray[np.intp]
    reference: tuple[str, ...]
    east: Floats
    north: Floats
    expected: Floats
    pinned: tuple[int, ...]
    left_over: int = 0

    def of(self, chosen: NDArray[np.intp]) -> Candidates:
        """Choose some of them, by position; all that is pinned must be among them."""
        at = {int(old): new for new, old in enumerate(chosen)}
        return Candidates(
            self.place[chosen],
            tuple(self.reference[i] for i in chosen),
            self.east[chosen],
            self.north[chosen],
            self.expected[chosen],
            tuple(at[i] for i in self.pinned),
            len(self.place) - len(chosen),
        )


def solve(
    crews: Sequence[Crew],
    east_m: Floats,
    north_m: Floats,
    prize: Floats,
    pinned: Sequence[int],
    minutes: float,
    stay_minutes: float,
    rounds: int = ROUNDS,
    work: float = WORK,
    routes: Sequence[Route] | None = None,
) -> tuple[Tours, float]:
    """Find tours over given cells and how far from the best they may be.

    Parameters
    ----------
    crews : sequence of Crew
    east_m, north_m : ndarray, shape (n,)
        Middles of cells.
    prize : ndarray, shape (n,)
        At least 0.
    pinned : sequence of int
    minutes, stay_minutes : float
    rounds : int
    work : float
        0 gives no bound, and a gap of infinity.
    routes : sequence of Route, optional
        Of the crews among these cells; by default with ways of 1.3 times the straight line.

    Returns
    -------
    tours : list of list of int
        Cells in order, for every crew.
    gap : float
        No tours collect more than ``1 + gap`` times as much; 0 where at most
        :data:`analysis.patrol.tour_exact.MOST_CELLS` cells can be reached, since every plan was tried then.

    Raises
    ------
    Refusal
        No tours were found that visit all that is pinned.
    """
    # Alike crews side by side, whatever order they came in: the same crews give the same plan.
    order = sorted(range(len(crews)), key=lambda i: (*_kind(crews[i]), crews[i].name))
    routes = routes or routes_of(crews, east_m, north_m, minutes, stay_minutes)
    routes = [routes[i] for i in order]
    kinds = [_kind(crews[i]) for i in order]
    alike = [kinds.index(kind) for kind in kinds]
    prize = np.asarray(prize, dtype=float)
    exact = few_enough(routes)
    tours = _exact(routes, prize, pinned) if exact else search(routes, prize, pinned, seeds.ROUTES, rounds)
    value = collected(tours, prize)
    if exact:
        gap = 0.0
    elif work <= 0:
        gap = np.inf
    else:
        groups = [Kind(routes[i].shortest, alike.count(i)) for i in dict.fromkeys(alike)]
        bound = upper_bound(groups, prize, pinned, value, work).value
        gap = bound / value - 1 if value > 0 else (0.0 if bound <= 0 else np.inf)
    back: Tours = [[] for _ in crews]
    for crew, tour in zip(order, tours, strict=True):
        back[crew] = _turned(tour, prize)
    return back, float(gap)


def _exact(routes: Sequence[Route], prize: Floats, pinned: Sequence[int]) -> Tours:
    tours = best_tours(routes, prize, pinned)
    if tours is None:
        raise do_not_fit()
    return tours


def _kind(crew: Crew) -> tuple[float, float, str]:
    return crew.base.easting_m, crew.base.northing_m, crew.travel


def _turned(tour: list[int], prize: Floats) -> list[int]:
    """Begin at the end where more is expected: what is cut short then loses the least."""
    half = len(tour) // 2
    return tour[::-1] if prize[tour[:half]].sum() < prize[tour[len(tour) - half :]].sum() else list(tour)


def patrol(
    crew: Crew, tour: Sequence[int], cells: Candidates, route: Route, stay_minutes: float, weight: float
) -> Patrol:
    """Write a tour as visits with times; ``weight`` is the share of the window that falls into the shift."""
    visits, now, travelled, at = [], 0.0, 0.0, 0
    for cell in tour:
        way = float(route.seconds[at, cell + 1]) / 60
        travelled, now, at = travelled + way, now + way, cell + 1
        visits.append(
            Visit(
                place=int(cells.place[cell]),
                reference=cells.reference[cell],
                easting_m=float(cells.east[cell]),
                northing_m=float(cells.north[cell]),
                arrive_minute=now,
                stay_minutes=float(stay_minutes),
                expected=float(cells.expected[cell]) * weight,
            )
        )
        now += stay_minutes
    if tour:
        travelled += float(route.seconds[at, 0]) / 60
    expected = float(cells.expected[list(tour)].sum()) * weight
    return Patrol(crew.name, crew.officers, crew.base, crew.travel, tuple(visits), travelled, expected)
