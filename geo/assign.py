"""Which ward a point lies in, and whether it lies in the buffer round the area."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.boundaries import Wards

OUTSIDE = -2
BUFFER = -1
_MANY = 20_000  # points from which an outline drawn wider pays for itself
_DOUBT = 0.05  # of the distance: a drawn buffer is a polygon, and so not exact


def assign_wards(easting_m: ArrayLike, northing_m: ArrayLike, wards: Wards, buffer_m: float) -> NDArray[np.int16]:
    """Point in polygon for every point.

    Parameters
    ----------
    easting_m, northing_m : array_like, shape (n,)
        Metres, EPSG:27700.
    wards : Wards
    buffer_m : float
        Width of the band round the area whose incidents are kept without a ward.

    Returns
    -------
    ndarray of int16, shape (n,)
        Position in ``wards.codes``; ``BUFFER`` (-1) within ``buffer_m`` outside the area; ``OUTSIDE`` (-2) beyond.

    Notes
    -----
    A point on the line between two wards belongs to the one whose code comes first. Points are looked up once each:
    published points repeat some forty times.
    """
    x, y = np.asarray(easting_m, dtype=float), np.asarray(northing_m, dtype=float)
    if len(x) == 0:
        return np.empty(0, dtype=np.int16)
    back, distinct = pd.factorize(x + 1j * y, use_na_sentinel=False)
    x, y = np.ascontiguousarray(distinct.real), np.ascontiguousarray(distinct.imag)
    found = np.full(len(distinct), OUTSIDE, dtype=np.int16)
    near = _in_box(x, y, wards.outline, buffer_m)
    # written from the last ward to the first, so that the first code wins on a shared line
    for number in range(len(wards.codes) - 1, -1, -1):
        polygon = wards.polygons[number]
        shapely.prepare(polygon)
        close = near[_in_box(x[near], y[near], polygon, 0.0)]
        found[close[shapely.intersects_xy(polygon, x[close], y[close])]] = number
    rest = near[found[near] == OUTSIDE]
    if len(rest) and buffer_m > 0:
        found[rest[_within(wards.outline, x[rest], y[rest], buffer_m)]] = BUFFER
    return found[back]


def _in_box(x: NDArray[np.float64], y: NDArray[np.float64], shape: Any, beyond_m: float) -> NDArray[np.intp]:
    """Positions of the points in the box of a shape, made wider on each side."""
    west, south, east, north = shape.bounds
    inside = (x >= west - beyond_m) & (x <= east + beyond_m) & (y >= south - beyond_m) & (y <= north + beyond_m)
    return np.flatnonzero(inside)


def _within(outline: Any, x: NDArray[np.float64], y: NDArray[np.float64], buffer_m: float) -> NDArray[np.bool_]:
    """Whether points lie within a distance of an outline; the distance itself is measured only where it is needed."""
    close, unsure = np.zeros(len(x), dtype=bool), np.arange(len(x))
    shapely.prepare(outline)  # a prepared first argument is a hundred times as fast for a county's outline
    if len(x) > _MANY:
        sure, possible = (shapely.buffer(outline, buffer_m * (1 + side)) for side in (-_DOUBT, _DOUBT))
        shapely.prepare([sure, possible])
        close = shapely.intersects_xy(sure, x, y)
        unsure = np.flatnonzero(~close & shapely.intersects_xy(possible, x, y))
    close[unsure] = shapely.dwithin(outline, shapely.points(x[unsure], y[unsure]), buffer_m)
    return close
