"""A zone: a polygon with a legal kind, in force from one minute to another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from data.plan.plain import plain, read_back
from data.store.plain_types import check_types
from geo.errors import InputError

FORMAT = 1
DISPERSAL, PUBLIC_SPACES, ALCOHOL, CLOSURE, OTHER = "dispersal", "public spaces", "alcohol", "closure", "other"
KINDS: Mapping[str, str] = {
    DISPERSAL: "Dispersal authorisation",
    PUBLIC_SPACES: "Public spaces protection order",
    ALCOHOL: "Alcohol zone",
    CLOSURE: "Closure of premises",
    OTHER: "Other zone",
}
SMALL_M = 50.0  # a zone under this across tells of one house or shop
DRAWN, PLACES, STREETS, WARDS, FILE = "drawn", "places", "streets", "wards", "file"
ORIGINS: Mapping[str, str] = {
    DRAWN: "drawn on the map",
    PLACES: "made from places",
    STREETS: "made from streets",
    WARDS: "made from wards",
    FILE: "read from a file",
}
ROLE_LENGTH, NOTES_LENGTH, MOST_POINTS = 120, 4000, 5000
FIRST_YEAR, LAST_YEAR = 1900, 2199  # of a start or end: others are slips
_GRID_M = 0.1  # corners are kept to 10 cm
_DECIMALS = 1
_READ_POINTS = 20 * MOST_POINTS  # before they are brought to the 10 cm
_TRIES = 5
_AT = re.compile(r"\[(-?[0-9.e+]+) (-?[0-9.e+]+)")  # as a point stands in why a shape is not valid
_BRITAIN_M = (-250_000.0, -100_000.0, 700_000.0, 1_350_000.0)  # west, south, east, north of the National Grid


@dataclass(frozen=True)
class Zone:
    """A zone.

    Attributes
    ----------
    name : str
    kind : str
        Key of ``KINDS``.
    role : str
        Who authorised it: a role, never a person.
    starts : datetime
        UTC, to the minute.
    ends : datetime or None
        UTC; the zone is in force until this minute and not in it. None where no end is set.
    wkt : str
        Its polygon or polygons, EPSG:27700, in metres to 0.1.
    origin : str
        Key of ``ORIGINS``.
    notes : str
    data_version : str
        Of the data that were looked at when it was made; "" where none were.
    simulated : bool
        Made on the demonstration.
    """

    name: str
    kind: str
    role: str
    starts: datetime
    ends: datetime | None
    wkt: str
    origin: str = DRAWN
    notes: str = ""
    data_version: str = ""
    simulated: bool = False

    @property
    def shape(self) -> Any:
        """The polygon or polygons, EPSG:27700."""
        return shapely.from_wkt(self.wkt)

    @property
    def across_m(self) -> float:
        """Metres from one side of the smallest circle around it to the other."""
        return 2.0 * float(shapely.minimum_bounding_radius(self.shape))

    @property
    def restricted(self) -> bool:
        """Whether it is never exported, never on a slide, and shown only to whom may plan.

        A zone of several parts is, where any of them is under ``SMALL_M`` across: two houses far apart are two houses.
        Wards are published, and so are islets that belong to one.
        """
        if self.kind == CLOSURE or self.across_m < SMALL_M:
            return True
        across = 2.0 * shapely.minimum_bounding_radius(shapely.get_parts(self.shape))
        return self.origin != WARDS and bool((across < SMALL_M).any())

    def in_force(self, day: date, time_zone: str) -> bool:
        """Whether it is in force at any minute of a day.

        Parameters
        ----------
        day : date
        time_zone : str
            In which the day lies, such as "Europe/London".
        """
        zone = ZoneInfo(time_zone)
        first = datetime.combine(day, time(), zone).astimezone(UTC)
        after = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        return self.starts < after and (self.ends is None or self.ends > first)

    def to_json(self) -> dict[str, Any]:
        """Plain values; :func:`zone_from_json` reads them back."""
        return {"format": FORMAT, **plain(asdict(self))}


def kept_shape(shape: Any) -> str:
    """Write a polygon as it is kept; what is kept is written the same again.

    Parameters
    ----------
    shape : Geometry
        Polygon or polygons, EPSG:27700.

    Raises
    ------
    InputError
        It is none, is empty, crosses itself, lies outside Great Britain, or has too many corners.
    """
    if shape is None or shape.geom_type not in {"Polygon", "MultiPolygon"} or shape.is_empty:
        raise InputError("a zone is a polygon", hint="Draw at least three corners, or choose another shape.")
    corners = shapely.get_coordinates(shape)
    if not np.isfinite(corners).all():
        raise InputError("a corner of the zone is no number", hint="Draw it anew.")
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    if west < _BRITAIN_M[0] or south < _BRITAIN_M[1] or east > _BRITAIN_M[2] or north > _BRITAIN_M[3]:
        raise InputError(
            "the zone lies outside Great Britain", value=f"easting {west:.6g}, northing {south:.6g}",
            hint="Draw it anew, or check the coordinate system of its file.",
        )  # fmt: skip
    if len(corners) > _READ_POINTS:
        raise _too_many(len(corners))
    if not shape.is_valid:
        raise InputError("the outline of the zone crosses itself", value=_where(shape), hint="Correct its corners.")
    found = _to_grid(shapely.force_2d(shape))
    if found.is_empty or found.geom_type not in {"Polygon", "MultiPolygon"}:
        raise InputError("the zone has no area", hint="Draw it larger.")
    if (points := int(shapely.get_num_coordinates(found))) > MOST_POINTS:
        raise _too_many(points)
    parts = shapely.get_parts(found)
    found = parts[0] if len(parts) == 1 else found  # one polygon has one way to be written
    return str(shapely.to_wkt(shapely.normalize(found), rounding_precision=_DECIMALS, trim=True))


def _where(shape: Any) -> str | None:
    """Say where an outline crosses itself, in whole metres; None where that is not told."""
    told = _AT.search(shapely.is_valid_reason(shape))
    return None if told is None else f"near easting {float(told[1]):.0f}, northing {float(told[2]):.0f}"


def _to_grid(shape: Any) -> Any:
    """Bring corners to 10 cm; what is there already stays as it is, for rounding twice can move a corner twice."""
    for _ in range(_TRIES):
        corners = shapely.get_coordinates(shape)
        if shape.is_valid and (corners == corners.round(_DECIMALS)).all():
            return shape
        shape = shapely.transform(shapely.set_precision(shape, _GRID_M), lambda xy: xy.round(_DECIMALS))
    raise InputError("the outline of the zone is too fine to be kept", hint="Draw it anew with fewer corners.")


def _too_many(points: int) -> InputError:
    return InputError(
        "the outline of the zone has too many corners", value=f"{points:,}",
        hint=f"At most {MOST_POINTS:,} are kept: simplify it.",
    )  # fmt: skip


def zone_from_json(raw: Mapping[str, Any]) -> Zone:
    """Read a zone back.

    Raises
    ------
    InputError
        It was written by another version of this program, or is damaged.
    """
    return read_back(raw, "zone", FORMAT, _made)


def _made(raw: Mapping[str, Any]) -> Zone:
    ends = raw["ends"]
    zone = Zone(
        **{
            **{each.name: raw[each.name] for each in fields(Zone)},
            "starts": _moment(raw["starts"]),
            "ends": None if ends is None else _moment(ends),
        }
    )
    check_types(zone)
    try:
        return checked(zone)
    except shapely.errors.ShapelyError as error:
        raise ValueError(str(error)) from error


def checked(zone: Zone) -> Zone:
    """Give a zone where it can be kept; all that is wrong with it is told at once.

    Raises
    ------
    InputError
    """
    wrong = []
    if not zone.name.strip():
        wrong.append("it has no name")
    if zone.kind not in KINDS:
        wrong.append(f"its kind is one of {', '.join(KINDS)}, not {zone.kind!r}")
    if zone.origin not in ORIGINS:
        wrong.append(f"its origin is one of {', '.join(ORIGINS)}, not {zone.origin!r}")
    if not zone.role.strip():
        wrong.append("it says no authorising role")
    for name, text, most in (("the role", zone.role, ROLE_LENGTH), ("the notes", zone.notes, NOTES_LENGTH)):
        if len(text) > most:
            wrong.append(f"{name}: at most {most:,} characters fit")
    for name, moment in (("start", zone.starts), ("end", zone.ends)):
        if moment is not None and (moment.tzinfo is None or moment.second or moment.microsecond):
            wrong.append(f"its {name} is a minute with its zone")
        elif moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            wrong.append(f"its {name} lies in the year {moment.year}: {FIRST_YEAR} to {LAST_YEAR} fit")
    if not wrong and zone.ends is not None and zone.ends <= zone.starts:
        wrong.append("it has to end after it starts")
    try:
        with np.errstate(invalid="ignore"):  # a corner that is no number is told below
            shape = zone.shape
        if kept_shape(shape) != zone.wkt:
            wrong.append("its outline is not written as it is kept")
    except shapely.errors.ShapelyError as error:
        wrong.append(f"its outline cannot be read: {error}")
    except InputError as error:
        wrong.append(error.message)
    if wrong:
        raise InputError(f"the zone cannot be kept: {'; '.join(wrong)}")
    return zone


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"a time without its zone: {text}")
    return found.astimezone(UTC)
