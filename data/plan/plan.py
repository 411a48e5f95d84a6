"""A plan of an operation as it is saved, printed and exported: when, where, who; plain values, nothing personal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from data.plan.plain import plain, read_back
from data.plan.ways import Ways, ways_from_json
from data.store.plain_types import check_types
from geo.errors import InputError

FORMAT = 1
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_WARDS = ("ward_layer", "ward_vintage", "ward_version", "ward_names")
# not in the first plans of this format
_LATER = frozenset({"refused", "stops", "hours_known", "past_range", "ways", *_WARDS})
FOOT, VEHICLE = "foot", "vehicle"


@dataclass(frozen=True)
class PlanCell:
    """A cell of a place.

    Attributes
    ----------
    reference : str
        Six-figure National Grid reference of the south-west corner.
    easting_m, northing_m : float
        South-west corner, EPSG:27700.
    expected : float
        Incidents expected in the window.
    """

    reference: str
    easting_m: float
    northing_m: float
    expected: float


@dataclass(frozen=True)
class PlanPlace:
    """A place of the plan.

    Attributes
    ----------
    number : int
        Rank by expected incidents, from 1; what the map and every list call it.
    name, label : str
        Busiest real street, and the generic text in brackets or "".
    ward_code : str
    grid_reference : str
        Of the middle.
    easting_m, northing_m : float
        Middle, EPSG:27700.
    expected : float
        Incidents expected in the window.
    past : int
        Incidents of the last 12 months there are.
    stability : float or None
        Share of perturbations in which it stays among the top places; None where it was not computed.
    pinned, left_out : bool
        A patrol must go there; no patrol may.
    cells : tuple of PlanCell
        Most expected incidents first.
    """

    number: int
    name: str
    label: str
    ward_code: str
    grid_reference: str
    easting_m: float
    northing_m: float
    expected: float
    past: int
    stability: float | None
    pinned: bool
    left_out: bool
    cells: tuple[PlanCell, ...]

    @property
    def title(self) -> str:
        """Name with its label in brackets."""
        return f"{self.name} ({self.label})" if self.label else self.name


@dataclass(frozen=True)
class Visit:
    """A stay in a cell.

    Attributes
    ----------
    place : int
        Number of the place.
    reference : str
        Of the cell.
    easting_m, northing_m : float
        Middle of the cell.
    arrive_minute : float
        Minutes after the shift starts.
    stay_minutes : float
    expected : float
        Incidents expected in the cell during the shift.
    """

    place: int
    reference: str
    easting_m: float
    northing_m: float
    arrive_minute: float
    stay_minutes: float
    expected: float


@dataclass(frozen=True)
class Base:
    """Where a patrol starts and ends, EPSG:27700."""

    name: str
    easting_m: float
    northing_m: float


@dataclass(frozen=True)
class Patrol:
    """What one crew does in one shift; ``crew`` is a call sign or a role, never a person's name.

    Attributes
    ----------
    crew : str
    officers : int
        Officers or wardens who go together.
    base : Base
    travel : str
        "foot" or "vehicle".
    visits : tuple of Visit
        In order.
    travel_minutes : float
        In all, from the base and back to it.
    expected : float
        Incidents expected during the shift in the cells that this patrol is the first to visit.
    """

    crew: str
    officers: int
    base: Base
    travel: str
    visits: tuple[Visit, ...]
    travel_minutes: float
    expected: float


@dataclass(frozen=True)
class Stop:
    """What a crew is told of a cell that it visits.

    Attributes
    ----------
    reference : str
        Of the cell.
    name : str
        Such as "Hall Drive and Mill Lane"; no two stops of a plan share one.
    near : str
        Kind of place that most incidents were put to, such as "near a parking area"; "" where it is a street.
    part : float
        Of what the window brings in the whole area, 0 to 1; -1 where that is not known, as without a forecast.
    recorded : mapping of str to int
        Incidents in the cell in the last 12 months there are, by crime type.
    past_days : int or None
        Incidents of the dated feed in the cell on the same days of earlier years; None without a feed.
    """

    reference: str
    name: str
    near: str
    part: float
    recorded: Mapping[str, int]
    past_days: int | None = None


@dataclass(frozen=True)
class Shift:
    """One shift with its patrols.

    Attributes
    ----------
    starts : datetime
        Local time, no zone.
    minutes : float
        Length.
    patrols : tuple of Patrol
    expected : float
        Expected during the shift in the whole area.
    covered : float
        Of that, in the distinct cells visited.
    even_spread, busiest : float
        What the same hours would have covered spread evenly over the area, and at last year's busiest places.
    gap : float
        At most this share more could be covered by any plan: the solver's own bound.
    """

    starts: datetime
    minutes: float
    patrols: tuple[Patrol, ...]
    expected: float
    covered: float
    even_spread: float
    busiest: float
    gap: float

    @property
    def ends(self) -> datetime:
        """End of the shift; may be the next day."""
        return self.starts + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Plan:
    """A plan of an operation.

    Attributes
    ----------
    title : str
    operation : str
        Name of the operation of the area file, or "" for own dates.
    category : str
    source : str
        Of the incidents that the places come from.
    first, last : date
        The window, both included.
    as_at : str
        ``YYYY-MM``: the last month that the plan knew of.
    expected, low80, high80, low95, high95 : float or None
        Incidents in the window in the whole area; None where no forecast could be given.
    share : float
        Share of the area from which places were taken.
    cell_size_m : float
    places : tuple of PlanPlace
        All that were listed, the left out ones too.
    shifts : tuple of Shift
    feed : str
        Name of the dated feed from which hours were weighed; "" where all hours count alike.
    parameters : mapping of str to str
        How it was made: minutes per visit, speeds, solver ...
    caveats : tuple of str
    data_version : str
    simulated : bool
        Made on the demonstration.
    notes : str
        Typed; no personal data.
    stops : tuple of Stop
        One for every cell that is visited; empty in plans of earlier versions, see :mod:`data.plan.stops`.
    hours_known : bool
        The feed weighs the hours of a day; without it nothing is known of a shift or an hour.
    refused : str
        Why there is no forecast of the window; :mod:`data.plan.told` says what figures then are. Empty where there is
        one, and in plans of earlier versions.
    past_range : str
        What came of such figures on past months, as a sentence; empty without a forecast, and in plans of earlier
        versions.
    ward_layer, ward_vintage, ward_version : str
        Key, words and version of the ward layer that it was made with; empty in plans of earlier versions, which were
        made with the first. See :mod:`data.plan.wards`.
    ward_names : mapping of str to str
        Names, by code, of the wards of its places.
    ways : Ways or None
        Along which streets its patrols go; None where no streets were known, and in plans of earlier versions.
    """

    title: str
    operation: str
    category: str
    source: str
    first: date
    last: date
    as_at: str
    expected: float | None
    low80: float | None
    high80: float | None
    low95: float | None
    high95: float | None
    share: float
    cell_size_m: float
    places: tuple[PlanPlace, ...]
    shifts: tuple[Shift, ...] = ()
    feed: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()
    data_version: str = ""
    simulated: bool = False
    notes: str = ""
    stops: tuple[Stop, ...] = ()
    hours_known: bool = False
    refused: str = ""
    past_range: str = ""
    ward_layer: str = ""
    ward_vintage: str = ""
    ward_version: str = ""
    ward_names: Mapping[str, str] = field(default_factory=dict)
    ways: Ways | None = None

    def place(self, number: int) -> PlanPlace:
        """Place by its number.

        Raises
        ------
        InputError
            The plan has no such place.
        """
        for found in self.places:
            if found.number == number:
                return found
        raise InputError("the plan has no such place", column="place", value=str(number))

    @property
    def visited(self) -> tuple[str, ...]:
        """References of the distinct cells that any patrol visits, sorted."""
        return tuple(sorted({v.reference for s in self.shifts for p in s.patrols for v in p.visits}))

    def to_json(self) -> dict[str, Any]:
        """Plain values; :func:`plan_from_json` reads them back."""
        return {"format": FORMAT, **plain(asdict(self))}


def plan_from_json(raw: Mapping[str, Any]) -> Plan:
    """Read a plan back.

    Parameters
    ----------
    raw : mapping
        As :meth:`Plan.to_json` gives it.

    Returns
    -------
    Plan

    Raises
    ------
    InputError
        It was written by another version of this program, or is damaged.
    """
    return read_back(raw, "plan", FORMAT, _made)


def _made(raw: Mapping[str, Any]) -> Plan:
    places = tuple(
        PlanPlace(**{**place, "cells": tuple(PlanCell(**cell) for cell in place["cells"])}) for place in raw["places"]
    )
    shifts = tuple(
        Shift(
            **{
                **shift,
                "starts": datetime.fromisoformat(shift["starts"]),
                "patrols": tuple(_patrol(patrol) for patrol in shift["patrols"]),
            }
        )
        for shift in raw["shifts"]
    )
    known = {f.name: raw[f.name] for f in fields(Plan) if f.name in raw or f.name not in _LATER}
    plan = Plan(
        **{
            **known,
            "first": date.fromisoformat(raw["first"]),
            "last": date.fromisoformat(raw["last"]),
            "places": places,
            "shifts": shifts,
            "stops": tuple(Stop(**stop) for stop in raw.get("stops", ())),
            "caveats": tuple(raw["caveats"]),
            "ways": ways_from_json(raw.get("ways")),
        }
    )
    check_types(plan)
    if not _MONTH.fullmatch(plan.as_at):
        raise ValueError(f"as_at is no month: {plan.as_at!r}")
    if any(shift.starts.tzinfo for shift in shifts):
        raise ValueError("shifts start in local time, without a zone")
    return plan


def _patrol(raw: Mapping[str, Any]) -> Patrol:
    return Patrol(**{**raw, "base": Base(**raw["base"]), "visits": tuple(Visit(**visit) for visit in raw["visits"])})
