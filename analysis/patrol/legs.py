"""The legs of tours as they are kept with a plan: which way each goes, and why one is a straight line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from analysis.patrol.crews import Crew, with_bases
from analysis.patrol.patrols import Candidates
from analysis.patrol.router import Router
from analysis.patrol.tour import Route, Tours
from data.plan.ways import NO_STREET, WHY, Leg, Ways

Solved = tuple[Candidates, Tours, Sequence[Route]]
_DECIMALS = 1


def legs_of(crews: Sequence[Crew], solved: Iterable[Solved], router: Router) -> Ways | None:
    """Put together the legs of all tours, each once.

    Parameters
    ----------
    crews : sequence of Crew
    solved : iterable of (Candidates, tours, routes)
        Of every kind of shift; tours and routes one for every crew.
    router : Router
        That the routes were made with.

    Returns
    -------
    Ways or None
        None where no streets are known.
    """
    found: dict[tuple[str, tuple[float, float], tuple[float, float]], Leg] = {}
    for cells, tours, routes in solved:
        for crew, tour, route in zip(crews, tours, routes, strict=True):
            east, north = with_bases([crew], cells.east, cells.north)
            stops = [0, *(cell + 1 for cell in tour), 0] if tour else []
            new = []
            for a, b in pairwise(stops):
                one, other = ((float(east[k]), float(north[k])) for k in (a, b))
                if (crew.travel, one, other) not in found and (crew.travel, other, one) not in found:
                    why = WHY[int(route.why[a, b])] if route.why is not None else NO_STREET
                    found[crew.travel, one, other] = Leg(crew.travel, (*one, *other), why)
                    new += [(a, b)] if why in (WHY[0], NO_STREET) else []
            for (a, b), line in zip(new, router.lines(east, north, new, crew.travel), strict=True):
                one, other = ((float(east[k]), float(north[k])) for k in (a, b))
                if line is not None:
                    inner = np.round(line[1:-1], _DECIMALS).ravel().tolist()
                    why = found[crew.travel, one, other].why
                    found[crew.travel, one, other] = Leg(crew.travel, (*one, *inner, *other), why)
    return router.ways(tuple(found.values()))
