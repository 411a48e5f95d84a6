"""Crews: who goes, from where and how fast; and whether what was typed can be planned with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analysis.patrol.router import STRAIGHT, Router
from analysis.patrol.tour import Route
from data.plan.plan import FOOT, VEHICLE, Base
from geo.errors import InputError

KMH = {FOOT: 4.5, VEHICLE: 25.0}
STAY_MINUTES, LEAST_STAY, MOST_STAY = 15.0, 10.0, 20.0  # Koper 1995: about 10 are needed, 11 to 15 do best
MOST_CREWS, MOST_OFFICERS = 8, 20
LEAST_SHIFT, MOST_SHIFT = 30.0, 720.0
NAME_LENGTH = 40
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Crew:
    """People who patrol together.

    Attributes
    ----------
    name : str
        Call sign or role, never a person's name.
    officers : int
        Officers or wardens who go together.
    base : Base
    travel : str
        "foot" or "vehicle".
    """

    name: str
    officers: int
    base: Base
    travel: str


def way_seconds(metres: Floats, travel: str) -> NDArray[np.intp]:
    """Seconds that some ways take, rounded up."""
    return np.ceil(np.round(metres * 3.6 / KMH[travel], 6)).astype(np.intp)


def routes_of(
    crews: Sequence[Crew],
    east_m: Floats,
    north_m: Floats,
    minutes: float,
    stay_minutes: float,
    router: Router = STRAIGHT,
) -> tuple[Route, ...]:
    """Put together what every crew may do in a shift among some cells, given by their middles."""
    stay, limit = int(np.ceil(stay_minutes * 60)), int(minutes * 60)
    routes: list[Route | None] = [None] * len(crews)
    for travel in dict.fromkeys(crew.travel for crew in crews):
        own = [i for i, crew in enumerate(crews) if crew.travel == travel]
        east, north = with_bases([crews[i] for i in own], east_m, north_m)
        legs = router.legs(east, north, travel)
        seconds = way_seconds(legs.metres, travel)
        for k, i in enumerate(own):
            at = np.r_[k, len(own) : len(east)]
            mine, why = seconds[np.ix_(at, at)], legs.why[np.ix_(at, at)]
            least = closed(mine) if router.mixed and why.any() else None
            home = (mine if least is None else least)[0, 1:]
            routes[i] = Route(mine, 2 * home + stay <= limit, limit, stay, why, least)
    return tuple(route for route in routes if route is not None)


def closed(seconds: NDArray[np.intp]) -> NDArray[np.intp]:
    """Shorten what takes longer than the way round by a third place (Floyd 1962), shape (n, n)."""
    found = seconds.copy()
    for k in range(len(found)):
        np.minimum(found, found[:, k, None] + found[None, k, :], out=found)
    return found


def with_bases(crews: Sequence[Crew], east_m: Floats, north_m: Floats) -> tuple[Floats, Floats]:
    """Put the bases of some crews before some cells."""
    east, north = [crew.base.easting_m for crew in crews], [crew.base.northing_m for crew in crews]
    return np.concatenate([east, east_m]).astype(float), np.concatenate([north, north_m]).astype(float)


def reached(
    crews: Sequence[Crew],
    east_m: Floats,
    north_m: Floats,
    minutes: float,
    stay_minutes: float,
    router: Router = STRAIGHT,
) -> NDArray[np.bool_]:
    """Whether any crew can go to each of some cells, stay, and be back within a shift."""
    found = np.zeros(len(east_m), dtype=bool)
    for crew in crews:
        east, north = with_bases([crew], east_m, north_m)
        seconds = way_seconds(router.reach(0, east, north, crew.travel)[1:], crew.travel)
        found |= 2 * seconds + int(np.ceil(stay_minutes * 60)) <= int(minutes * 60)
    return found


def check(crews: Sequence[Crew], shifts: Sequence[tuple[datetime, float]], stay_minutes: float) -> None:
    """Raise InputError for the first thing that cannot be planned with."""
    if not LEAST_STAY <= stay_minutes <= MOST_STAY:
        raise InputError(
            f"a visit lasts {LEAST_STAY:g} to {MOST_STAY:g} minutes",
            column="minutes per visit",
            value=f"{stay_minutes:g}",
            hint="About 10 minutes are needed for an effect that lasts, and 11 to 15 did best (Koper 1995).",
        )
    if not shifts:
        raise InputError("there is no shift", hint="Choose at least one night.")
    for starts, minutes in shifts:
        if starts.tzinfo is not None:
            raise InputError("a shift starts at local time, without a zone", column="starts", value=str(starts))
        if not LEAST_SHIFT <= minutes <= MOST_SHIFT:
            raise InputError(
                f"a shift lasts {LEAST_SHIFT / 60:g} to {MOST_SHIFT / 60:g} hours",
                column="hours",
                value=f"{minutes / 60:g}",
            )
    if not crews:
        raise InputError("there is no crew", hint="Add at least one crew with a base.")
    if len(crews) > MOST_CREWS:
        raise InputError(f"at most {MOST_CREWS} crews are planned together", column="crew", value=str(len(crews)))
    seen: set[str] = set()
    for crew in crews:
        _check_crew(crew, seen)
        seen.add(crew.name.casefold())


def _check_crew(crew: Crew, seen: set[str]) -> None:
    if not crew.name.strip() or len(crew.name) > NAME_LENGTH or not crew.name.isprintable():
        raise InputError(
            f"a crew has a call sign or a role of 1 to {NAME_LENGTH} characters", column="crew", value=crew.name
        )
    if crew.name.casefold() in seen:
        raise InputError("two crews have the same call sign", column="crew", value=crew.name)
    if not 1 <= crew.officers <= MOST_OFFICERS:
        raise InputError(
            f"a crew has 1 to {MOST_OFFICERS} officers or wardens", column="officers", value=str(crew.officers)
        )
    if crew.travel not in KMH:
        raise InputError("a crew goes on foot or by vehicle", column="travel", value=crew.travel, hint="foot, vehicle")
    if not (np.isfinite(crew.base.easting_m) and np.isfinite(crew.base.northing_m)):
        raise InputError("the base has no position", column="base", value=crew.base.name)
