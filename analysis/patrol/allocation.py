"""Who: hours shared out so that the cells visited in a shift hold as many expected incidents as possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analysis.common.method import Method
from analysis.common.refusal import Refusal
from analysis.patrol.crews import KMH, STAY_MINUTES, Crew, check, reached, routes_of
from analysis.patrol.legs import legs_of
from analysis.patrol.patrols import ROUNDS, WORK, Candidates, patrol, solve
from analysis.patrol.router import DETOUR, STRAIGHT, Router
from analysis.patrol.tour import Route, Tours, collected
from analysis.patrol.tour_exact import MOST_CELLS
from data.plan.plan import FOOT, VEHICLE, PlanPlace, Shift
from data.plan.ways import Ways, ways_words

CANDIDATES = 40  # cells for each patrol
FEWEST_ROUNDS = 300  # of search, however many shifts there are
STRAIGHT_WAYS = "Way is 1.3 times the straight line: rivers, railways and motorways without a crossing are not known."
STREET_WAYS = "Ways are as long as the streets of the file: one-way streets, gates and private ground are not known."
CAVEATS = (
    "Covered is what is expected in the cells visited during the shift; it is not what a patrol prevents.",
    "A cell is right to about 100 m, not to an address: a stay is for the square, not for its middle.",
    "The plan and what it is compared with are scored by the same expected incidents, which favours the plan.",
)
BOUND = "Lagrangian with ng-routes"
_TRIED = {"solver": "every way of dealing the cells out", "bound": "none needed"}
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AreaCells:
    """All cells of the area, what the comparisons need of them; arrays of shape (n,).

    Attributes
    ----------
    easting_m, northing_m : ndarray
        Middle, EPSG:27700.
    expected : ndarray
        Incidents expected in the window.
    past : ndarray
        Incidents of the last 12 months there are.
    """

    easting_m: Floats = field(repr=False)
    northing_m: Floats = field(repr=False)
    expected: Floats = field(repr=False)
    past: Floats = field(repr=False)


@dataclass(frozen=True, eq=False)
class Allocation:
    """Hours shared out.

    Attributes
    ----------
    shifts : tuple of Shift
    alike : bool
        Every shift goes to the same cells, because crews and lengths are the same.
    candidates : int
        Cells that were to choose from.
    left_over : int
        Cells of the places in the plan that were not to choose from: too far from every base, or beyond the limit.
    method : Method
    ways : Ways or None
        The legs of all patrols; None where no streets are known.
    """

    shifts: tuple[Shift, ...]
    alike: bool
    candidates: int
    left_over: int
    method: Method = field(repr=False)
    ways: Ways | None = field(default=None, repr=False)

    @property
    def gap(self) -> float:
        """Largest of the shifts: no plan of these crews among these cells covers more than this share more."""
        return max(shift.gap for shift in self.shifts)


def allocate(
    places: Sequence[PlanPlace],
    cell_size_m: float,
    area: AreaCells,
    crews: Sequence[Crew],
    shifts: Sequence[tuple[datetime, float]],
    share: Callable[[datetime, float], float],
    stay_minutes: float = STAY_MINUTES,
    *,
    rounds: int = ROUNDS,
    work: float = WORK,
    router: Router = STRAIGHT,
) -> Allocation:
    """Share the hours of some crews out over the cells of some places.

    Maximises the expected incidents of the distinct cells visited in each shift, stays and travel within the shift,
    from the base and back to it (a team orienteering problem).

    Parameters
    ----------
    places : sequence of PlanPlace
        With their cells; of a pinned one the cell with most expected incidents is visited by some patrol in every
        shift, those left out by none, nor any of their cells under another name.
    cell_size_m : float
    area : AreaCells
        What the comparisons are made with.
    crews : sequence of Crew
        At most 8; every crew works every shift.
    shifts : sequence of (datetime, float)
        Start, local time without a zone, and length in minutes, 30 to 720.
    share : callable
        Share of what is expected in the window that falls into a shift, by start and minutes, such as
        :meth:`analysis.when.nights.NightHours.share`; the same in all cells.
    stay_minutes : float
        In every cell visited, 10 to 20.
    rounds : int
        Of search, shared by shifts of different lengths; more find better plans.
    work : float
        Elements to work on for the bound, shared likewise; more make it closer.
    router : Router
        Finds ways, such as :class:`analysis.patrol.streets.StreetRouter`; by default all are straight lines times 1.3.

    Returns
    -------
    Allocation
        The same for the same input, in whatever order places are given.

    Raises
    ------
    InputError
        A number outside its range, a name that is missing, too long or given twice.
    Refusal
        No cell can be reached, or a pinned place does not fit; the sentence names it and says what to do.

    Notes
    -----
    Travel takes the way of the router at 4.5 km/h on foot or 25 km/h by vehicle, rounded up to the second. There are at
    most 40 candidate cells for each patrol, those with the most expected incidents that any crew can reach and
    all that are pinned; crews choose from the same ones. Of at most ten cells the best tours are found
    (:func:`analysis.patrol.tour_exact.best_tours`); of more they come from :func:`analysis.patrol.tour.search` (PyVRP),
    and ``gap`` is how far :func:`analysis.patrol.tour_bound.upper_bound` lies above the plan. Hours weigh all cells
    alike, so that shifts of the same length go to the same cells and are solved once.

    Even spread: as many visits, each to another cell of the area drawn at random, in expectation. Last year's busiest
    places: the same crews and hours sent to the cells with most incidents in the last 12 months, by the same search.

    When it misleads: a small gap is about routes, not about the forecast, which is wrong by far more.

    References
    ----------
    Chao, Golden and Wasil (1996); Koper (1995).
    """
    check(crews, shifts, stay_minutes)
    cells = _cells(places, cell_size_m)
    solved: dict[float, _Solved] = {}
    hidden = {ref for place in places if place.left_out for ref in _middles(place, cell_size_m)}
    total = float(area.expected.sum())
    lengths = len({minutes for _, minutes in shifts})  # all together take as long as one
    rounds, work = max(rounds // lengths, min(rounds, FEWEST_ROUNDS)), work / lengths
    made = []
    for starts, minutes in shifts:
        if minutes not in solved:
            solved[minutes] = _solve(cells, places, area, hidden, crews, minutes, stay_minutes, rounds, work, router)
        one = solved[minutes]
        chosen, tours = one.chosen, one.tours
        weight = share(starts, minutes)
        visits = sum(map(len, tours))
        patrols = tuple(
            patrol(crew, tour, chosen, route, stay_minutes, weight)
            for crew, tour, route in zip(crews, tours, one.routes, strict=True)
        )
        made.append(
            Shift(
                starts=starts,
                minutes=float(minutes),
                patrols=patrols,
                expected=total * weight,
                covered=collected(tours, chosen.expected) * weight,
                even_spread=total * weight * min(visits / max(len(area.expected), 1), 1.0),
                busiest=collected(one.rival, one.rival_expected) * weight,
                gap=one.gap,
            )
        )
    most = max((one.chosen for one in solved.values()), key=lambda c: len(c.place))
    ways = legs_of(crews, ((one.chosen, one.tours, one.routes) for one in solved.values()), router)
    straight = f"{DETOUR:g} times the straight line"
    return Allocation(
        shifts=tuple(made),
        alike=len(solved) == 1 and len(shifts) > 1,
        candidates=len(most.place),
        left_over=most.left_over,
        method=Method(
            name="Hours shared out so that the distinct cells visited hold the most expected incidents",
            parameters={
                "minutes per visit": f"{stay_minutes:g}",
                "way": ways_words(ways.source, (leg.why for leg in ways.legs)) if ways else straight,
                "speed": f"{KMH[FOOT]:g} km/h on foot, {KMH[VEHICLE]:g} km/h by vehicle",
                "candidate cells": f"{len(most.place)} (at most {CANDIDATES} for each patrol)",
                **(_TRIED if len(most.place) <= MOST_CELLS else {"solver": f"PyVRP, {rounds} rounds", "bound": BOUND}),
                "gap": f"at most {np.ceil(1000 * max(one.gap for one in solved.values())) / 10:.1f} %",
            },
            caveats=(CAVEATS[0], STREET_WAYS if ways else STRAIGHT_WAYS, *CAVEATS[1:]),
            source_refs=("Chao, Golden and Wasil 1996", "Wouda, Lan and Kool 2024", "Koper 1995"),
        ),
        ways=ways,
    )


@dataclass(frozen=True, eq=False)
class _Solved:
    """What was found for shifts of one length: tours over the chosen cells, and over last year's busiest ones."""

    chosen: Candidates
    routes: tuple[Route, ...]
    tours: Tours
    gap: float
    rival: Tours
    rival_expected: Floats


def _middles(place: PlanPlace, size: float) -> list[tuple[float, float]]:
    return [(cell.easting_m + size / 2, cell.northing_m + size / 2) for cell in place.cells]


def _cells(places: Sequence[PlanPlace], size: float) -> Candidates:
    """Distinct cells of places that are not left out, and which of them must be visited."""
    hidden = {middle for place in places if place.left_out for middle in _middles(place, size)}
    open_places = sorted((p for p in places if not p.left_out), key=lambda p: p.number)
    rows: dict[tuple[float, float], tuple[float, int, str]] = {}
    must: list[tuple[float, float]] = []
    for place in open_places:
        own = [
            (-cell.expected, *middle, cell.reference)
            for cell, middle in zip(place.cells, _middles(place, size), strict=True)
            if middle not in hidden
        ]
        for minus, east, north, reference in own:
            rows.setdefault((east, north), (-minus, place.number, reference))
        if place.pinned:
            if not own:
                raise Refusal(
                    f"Place {place.number} ({place.title}) is pinned, but all its cells belong to a place that is "
                    "left out.",
                    "Unpin it, or take the other place back in.",
                )
            must.append(min(own)[1:3])
    order = sorted(rows, key=lambda middle: (-rows[middle][0], middle))
    order = [middle for middle in order if rows[middle][0] > 0 or middle in must]
    at = {middle: i for i, middle in enumerate(order)}
    return Candidates(
        place=np.array([rows[m][1] for m in order], dtype=np.intp),
        reference=tuple(rows[m][2] for m in order),
        east=np.array([m[0] for m in order], dtype=float),
        north=np.array([m[1] for m in order], dtype=float),
        expected=np.array([rows[m][0] for m in order], dtype=float),
        pinned=tuple(sorted({at[m] for m in must})),
    )


def _solve(
    cells: Candidates,
    places: Sequence[PlanPlace],
    area: AreaCells,
    hidden: set[tuple[float, float]],
    crews: Sequence[Crew],
    minutes: float,
    stay: float,
    rounds: int,
    work: float,
    router: Router,
) -> _Solved:
    """Tours of a shift over the candidate cells, their gap, and the tours to last year's busiest cells."""
    near = reached(crews, cells.east, cells.north, minutes, stay, router)
    _refuse_unreachable(cells, places, near, minutes)
    must = np.zeros(len(near), dtype=bool)
    must[list(cells.pinned)] = True
    first = np.flatnonzero(near & ~must)[: max(CANDIDATES * len(crews) - int(must.sum()), 0)]
    chosen = cells.of(np.sort(np.concatenate([np.flatnonzero(must), first])))
    routes = routes_of(crews, chosen.east, chosen.north, minutes, stay, router)
    tours, gap = solve(
        crews, chosen.east, chosen.north, chosen.expected, chosen.pinned, minutes, stay, rounds, work, routes
    )
    busy = np.array([(e, n) not in hidden for e, n in zip(area.easting_m, area.northing_m, strict=True)], dtype=bool)
    busy &= area.past > 0
    on = np.flatnonzero(busy)
    on = on[np.lexsort((area.northing_m[on], area.easting_m[on], -area.past[on]))]
    on = on[reached(crews, area.easting_m[on], area.northing_m[on], minutes, stay, router)][: CANDIDATES * len(crews)]
    east, north = area.easting_m[on], area.northing_m[on]
    theirs = routes_of(crews, east, north, minutes, stay, router)
    rival, _ = solve(crews, east, north, area.past[on].astype(float), (), minutes, stay, rounds // 2, 0.0, theirs)
    return _Solved(chosen, routes, tours, gap, rival, area.expected[on])


def _refuse_unreachable(
    cells: Candidates, places: Sequence[PlanPlace], reached: NDArray[np.bool_], minutes: float
) -> None:
    names = {place.number: place.title for place in places}
    for i in cells.pinned:
        if not reached[i]:
            number = int(cells.place[i])
            raise Refusal(
                f"Place {number} ({names[number]}) is pinned, but no crew can reach it, stay and be back within "
                f"{minutes / 60:g} hours",
                "Unpin it, move a base nearer, lengthen the shift or go by vehicle.",
            )
    if not reached.any():
        raise Refusal(
            f"No cell of the listed places can be reached from any base within {minutes / 60:g} hours",
            "Move a base nearer, lengthen the shift, go by vehicle or list more places.",
        )
