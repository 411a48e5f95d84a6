"""Crews: who goes, from where and how fast; and whether what was typed can be planned with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analysis.patrol.tour import Route
from data.plan.plan import FOOT, VEHICLE, Base
from geo.errors import InputError

KMH = {FOOT: 4.5, VEHICLE: 25.0}
DETOUR = 1.3  # way along streets for a straight line
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


def way_seconds(
    from_east: Floats, from_north: Floats, to_east: Floats, to_north: Floats, travel: str
) -> NDArray[np.intp]:
    """Seconds from some points to others, rounded up, shape (from, to): 1.3 times the straight line."""
    metres = np.hypot(from_east[:, None] - to_east[None, :], from_north[:, None] - to_north[None, :])
    return np.ceil(np.round(metres * DETOUR * 3.6 / KMH[travel], 6)).astype(np.intp)


def routes_of(
    crews: Sequence[Crew], east_m: Floats, north_m: Floats, minutes: float, stay_minutes: float
) -> tuple[Route, ...]:
    """Put together what every crew may do in a shift among some cells, given by their middles."""
    routes = []
    for crew in crews:
        east, north = np.append(crew.base.easting_m, east_m), np.append(crew.base.northing_m, north_m)
        seconds = way_seconds(east, north, east, north, crew.travel)
        stay, limit = int(np.ceil(stay_minutes * 60)), int(minutes * 60)
        routes.append(Route(seconds, 2 * seconds[0, 1:] + stay <= limit, limit, stay))
    return tuple(routes)


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
