"""From the text of place columns to grid coordinates and wards."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from data.feed.mapping import FeedMapping
from data.feed.reasons import Reject
from data.feed.table import Table
from data.place.area import Area
from data.store.checks import ABROAD, LATITUDES, LONGITUDES, NO_LOCATION, NOT_NUMERIC, ONE_COORDINATE, SWAPPED, ZERO
from data.store.locate import DECIMALS, Locator
from geo.assign import OUTSIDE, assign_wards

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+|\d{1,3}(?:,\d{3})+(?:\.\d+)?)", re.ASCII)
_EASTINGS, _NORTHINGS = (0.0, 700_000.0), (0.0, 1_300_000.0)


def read_places(
    table: Table, mapping: FeedMapping, area: Area, reject: Reject
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int16]]:
    """Give easting, northing and ward of every row, NaN and outside where there is no usable place.

    Parameters
    ----------
    table : Table
    mapping : FeedMapping
    area : Area
    reject : callable
        Told each reason with the rows it holds for.
    """
    grid = bool(mapping.columns.get("easting"))
    across, up = ("easting", "northing") if grid else ("longitude", "latitude")
    texts = [table.columns[mapping.columns[each]] for each in (across, up)]
    blank = [np.array([not text for text in column], dtype=bool) for column in texts]
    x, y = (np.array([_number(text) for text in column], dtype=float) for column in texts)
    reject(NO_LOCATION, blank[0] & blank[1], across)
    reject(ONE_COORDINATE, blank[0] | blank[1], across)
    reject(NOT_NUMERIC, ~np.isfinite(x) | ~np.isfinite(y), across)
    reject(ZERO, (y == 0) | ((x == 0) if grid else False), across)
    bounds = (_EASTINGS, _NORTHINGS) if grid else (LONGITUDES, LATITUDES)
    if not grid:
        reject(SWAPPED, _within(x, LATITUDES) & _within(y, LONGITUDES), across)
    there = _within(x, bounds[0]) & _within(y, bounds[1])
    reject(ABROAD, ~there, across)
    east, north = np.full(len(x), np.nan), np.full(len(x), np.nan)
    ward = np.full(len(x), OUTSIDE, dtype=np.int16)
    if grid:
        east[there], north[there] = np.round(x[there], DECIMALS), np.round(y[there], DECIMALS)
        ward[there] = assign_wards(east[there], north[there], area.wards, area.buffer_m)
    else:
        east[there], north[there], ward[there] = Locator(area)(x[there], y[there])
    return east, north, ward


def _number(text: str) -> float:
    return float(text.replace(",", "")) if _NUMBER.fullmatch(text) else float("nan")


def _within(values: NDArray[np.float64], bounds: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((values >= bounds[0]) & (values <= bounds[1]))
