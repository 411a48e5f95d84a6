"""From the text of place columns to grid coordinates and wards, and how exactly each place is known."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from data.feed.mapping import FeedMapping
from data.feed.place_notes import POSTCODES, place_notes, swapped_notes
from data.feed.postcodes import PRECISION_M, Postcodes, needed, read_postcode_places
from data.feed.precision import DEGREE_M, degrees_of_rounded_metres, degrees_rounded, metres_rounded
from data.feed.reasons import NOT_A_POINT, OTHER_PLACE_FORM, TOO_COARSE, Reject
from data.feed.table import Table
from data.feed.taken import DECIMAL_COMMA
from data.place.area import Area
from data.store.checks import ABROAD, LATITUDES, LONGITUDES, NO_LOCATION, NOT_NUMERIC, ONE_COORDINATE, SWAPPED, ZERO
from data.store.locate import DECIMALS, Locator
from geo.assign import OUTSIDE, assign_wards
from geo.points import IN_METRES, REFERENCE, Written, read_degrees, read_point

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+|\d{1,3}(?:,\d{3})+(?:\.\d+)?)", re.ASCII)
_EASTINGS, _NORTHINGS = (0.0, 700_000.0), (0.0, 1_300_000.0)
_EMPTY = re.compile(r"POINT\s*(?:ZM|Z|M)?\s*EMPTY", re.ASCII | re.IGNORECASE)
_LATITUDE = 50.0  # of the south: nowhere in Britain is a degree of longitude much longer
_TOLD_FROM_M = 10.0  # a finer place counts as exact
WHOLE_WARD_FROM_M = 500.0  # a square so wide is counted in a ward only where it lies in that ward as a whole

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Places:
    """Where the rows of a file lie.

    Attributes
    ----------
    easting_m, northing_m : ndarray, shape (n,)
        EPSG:27700; NaN where there is no usable place. Of a square (a grid reference) its middle.
    ward : ndarray of int16, shape (n,)
        As :func:`geo.assign.assign_wards`.
    precision_m : ndarray, shape (n,)
        Side of the square in which the place is known to lie, in metres; NaN where it is exact.
    form : str
        Of a column of points, which of :data:`geo.points.FORMS` it has.
    notes : tuple of str
        What the places show that a person should know.
    """

    easting_m: Floats = field(repr=False)
    northing_m: Floats = field(repr=False)
    ward: NDArray[np.int16] = field(repr=False)
    precision_m: Floats = field(repr=False)
    form: str = ""
    notes: tuple[str, ...] = ()


def read_places(
    table: Table,
    mapping: FeedMapping,
    area: Area,
    reject: Reject,
    months: NDArray[np.int64] | None = None,
    postcodes: Postcodes | None = None,
) -> Places:
    """Give easting, northing, ward and precision of every row.

    Parameters
    ----------
    table : Table
    mapping : FeedMapping
    area : Area
    reject : callable
        Told each reason with the rows it holds for.
    months : ndarray of int, shape (n,), optional
        Of the incidents, counted from January 1970: a postcode that came to an end later was one then.
    postcodes : Postcodes, optional
        Needed where a column of postcodes is mapped.

    Raises
    ------
    InputError
        Postcodes are mapped, and none are loaded.
    """
    if mapping.columns.get("postcode"):
        column = mapping.columns["postcode"]
        known = needed(postcodes, table.name, column)
        east, north = read_postcode_places(table.columns[column], reject, months, known)
        here = np.isfinite(east)
        ward = np.full(len(east), OUTSIDE, dtype=np.int16)
        ward[here] = assign_wards(east[here], north[here], area.wards, area.buffer_m)
        precision = np.where(here, PRECISION_M, np.nan)
        return Places(east, north, ward, precision, notes=place_notes(east, north, precision, area, POSTCODES))
    if mapping.columns.get("point"):
        x, y, precision, form = _points(table.columns[mapping.columns["point"]], reject)
        metres, told = form in IN_METRES, "point"
    else:
        metres, form = bool(mapping.columns.get("easting")), ""
        x, y, precision, told = _pair(table, mapping, reject, metres=metres)
    reject(ZERO, (y == 0) | ((x == 0) if metres else False), told)
    if not metres:
        reject(SWAPPED, _within(x, LATITUDES) & _within(y, LONGITUDES), told)
    bounds = (_EASTINGS, _NORTHINGS) if metres else (LONGITUDES, LATITUDES)
    there = _within(x, bounds[0]) & _within(y, bounds[1])
    reject(ABROAD, ~there, told)
    east, north = np.full(len(x), np.nan), np.full(len(x), np.nan)
    ward = np.full(len(x), OUTSIDE, dtype=np.int16)
    if metres:
        east[there], north[there] = np.round(x[there], DECIMALS), np.round(y[there], DECIMALS)
        ward[there] = assign_wards(east[there], north[there], area.wards, area.buffer_m)
    else:
        east[there], north[there], ward[there] = Locator(area)(x[there], y[there])
    wide = there & np.isfinite(east) & (precision >= WHOLE_WARD_FROM_M)
    reject(TOO_COARSE, _over_a_boundary(east, north, precision, wide, area), told)
    notes = place_notes(east, north, precision, area, form)
    if metres:
        notes += swapped_notes(east, north, ward, area)
    return Places(east, north, ward, precision, form, notes)


def _pair(table: Table, mapping: FeedMapping, reject: Reject, *, metres: bool) -> tuple[Floats, Floats, Floats, str]:
    """Read two columns: coordinates, precision, and which of them is named where a row is put aside."""
    across, up = ("easting", "northing") if metres else ("longitude", "latitude")
    columns = [mapping.columns[each] for each in (across, up)]
    blank = [np.array([not text for text in table.columns[column]], dtype=bool) for column in columns]
    x, y, precision = read_pair(table, columns[0], columns[1], metres=metres)
    reject(NO_LOCATION, blank[0] & blank[1], across)
    reject(ONE_COORDINATE, blank[0] | blank[1], across)
    reject(NOT_NUMERIC, ~np.isfinite(x) | ~np.isfinite(y), across)
    return x, y, precision, across


def read_pair(table: Table, across: str, up: str, *, metres: bool) -> tuple[Floats, Floats, Floats]:
    """Give the numbers of two columns (NaN where there are none), and how wide the square of each place is, in metres.

    Parameters
    ----------
    table : Table
    across, up : str
        Columns: easting and northing, or longitude and latitude.
    metres : bool
        Which of the two they are.
    """
    texts = [table.columns[column] for column in (across, up)]
    if metres:
        x, y = (np.array([_number(text) for text in column], dtype=float) for column in texts)
        return x, y, metres_rounded(x, y)
    (x, step_x), (y, step_y) = (_degrees(column, axis) for column, axis in zip(texts, "xy", strict=True))
    return x, y, np.full(len(x), _degrees_m(x, step_x, y, step_y))


def _degrees(texts: list[str], axis: str) -> tuple[Floats, Floats]:
    values, steps = np.full(len(texts), np.nan), np.full(len(texts), np.nan)
    for row, text in enumerate(texts):
        plain = text.replace(",", ".") if text.count(",") == 1 else text  # no degrees are thousands
        values[row] = _number(plain)
        if np.isfinite(values[row]):
            steps[row] = 10.0 ** -len(plain.partition(".")[2])
        elif (read := read_degrees(text)) and read[2] in ("", axis):
            values[row], steps[row] = read[:2]
    return values, steps


def _degrees_m(x: Floats, step_x: Floats, y: Floats, step_y: Floats) -> float:
    """Side of the square to which longitudes and latitudes were rounded; NaN where they are exact."""
    across, up = degrees_rounded(x, step_x) * np.cos(np.radians(_LATITUDE)), degrees_rounded(y, step_y)
    side = float(np.fmax(np.fmax(across, up) * DEGREE_M, degrees_of_rounded_metres(x, y)))
    return side if side >= _TOLD_FROM_M else float("nan")


# --- points in one column ---------------------------------------------------------------------------------------------
def form_of(read: list[Written | None]) -> str:
    """Form that most points of a column have; empty where none tells it."""
    forms = Counter(each.form for each in read if each is not None and each.form)
    return forms.most_common(1)[0][0] if forms else ""


def _points(texts: list[str], reject: Reject) -> tuple[Floats, Floats, Floats, str]:
    read = {text: read_point(text) for text in set(texts)}
    blank = np.array([not text or bool(_EMPTY.fullmatch(text)) for text in texts], dtype=bool)
    none = np.array([read[text] is None for text in texts], dtype=bool)
    x, y, precision, form = point_columns(texts)
    zero = np.array([(p := read[text]) is not None and p.x == p.y == 0 for text in texts], dtype=bool)
    reject(NO_LOCATION, blank, "point")
    reject(NOT_A_POINT, none, "point")
    reject(ZERO, zero, "point")
    reject(OTHER_PLACE_FORM, ~np.isfinite(x), "point")
    return x, y, precision, form


def point_columns(texts: list[str]) -> tuple[Floats, Floats, Floats, str]:
    """Read a column of points in the form that most of it has.

    Parameters
    ----------
    texts : list of str, length n

    Returns
    -------
    x, y : ndarray, shape (n,)
        Longitude and latitude or easting and northing, as the form has it; NaN for texts that are no point or have
        another form.
    precision_m : ndarray, shape (n,)
        Side of the square of each place; NaN where it is exact.
    form : str
        One of :data:`geo.points.FORMS`; empty where no text tells one.
    """
    read = {text: read_point(text) for text in set(texts)}
    form = form_of([read[text] for text in texts])
    told = {text: point.told(form) for text, point in read.items() if point is not None}
    none = Written("", *(float("nan"),) * 4)
    kept = [point if (point := told.get(text, none)).form == form else none for text in texts]
    x, y, step_x, step_y = (
        np.array([getattr(each, name) for each in kept], dtype=float) for name in ("x", "y", "step_x", "step_y")
    )
    if form == REFERENCE:
        return x, y, np.where(step_x >= _TOLD_FROM_M, step_x, np.nan), form
    if form in IN_METRES:
        return x, y, metres_rounded(x, y), form
    return x, y, np.full(len(x), _degrees_m(x, step_x, y, step_y)), form


def _over_a_boundary(
    east: Floats, north: Floats, side: Floats, wide: NDArray[np.bool_], area: Area
) -> NDArray[np.bool_]:
    """Which wide squares lie neither in one ward nor outside all of them."""
    over = np.zeros(len(east), dtype=bool)
    if not wide.any():
        return over
    rows = np.flatnonzero(wide)
    squares, place = np.unique(np.column_stack([east[rows], north[rows], side[rows]]), axis=0, return_inverse=True)
    half = squares[:, 2] / 2
    x, y = squares[:, 0], squares[:, 1]
    boxes = shapely.box(x - half, y - half, x + half, y + half)
    polygons = np.asarray(area.wards.polygons)
    inside = np.array([shapely.covers(polygons, box).any() for box in boxes], dtype=bool)
    apart = np.array([not shapely.intersects(polygons, box).any() for box in boxes], dtype=bool)
    over[rows] = (~inside & ~apart)[place.ravel()]
    return over


def _number(text: str) -> float:
    if DECIMAL_COMMA.fullmatch(text):
        return float(text.replace(",", "."))
    return float(text.replace(",", "")) if _NUMBER.fullmatch(text) else float("nan")


def _within(values: Floats, bounds: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((values >= bounds[0]) & (values <= bounds[1]))
