"""Which ward a point lies in, and whether it lies in the buffer round the area."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.boundaries import Wards

OUTSIDE = -2
BUFFER = -1


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
    points = np.column_stack([np.asarray(easting_m, dtype=float), np.asarray(northing_m, dtype=float)])
    if len(points) == 0:
        return np.empty(0, dtype=np.int16)
    unique, back = np.unique(points, axis=0, return_inverse=True)
    found = np.full(len(unique), OUTSIDE, dtype=np.int16)
    west, south, east, north = wards.outline.bounds
    near = np.flatnonzero(
        (unique[:, 0] >= west - buffer_m)
        & (unique[:, 0] <= east + buffer_m)
        & (unique[:, 1] >= south - buffer_m)
        & (unique[:, 1] <= north + buffer_m)
    )
    geometry: Any = shapely.points(unique[near])
    point_index, ward_index = shapely.STRtree(wards.polygons).query(geometry, predicate="intersects")
    # written from the last ward to the first, so that the first code wins on a shared line
    order = np.argsort(-ward_index, kind="stable")
    found[near[point_index[order]]] = ward_index[order]
    rest = near[found[near] == OUTSIDE]
    if len(rest) and buffer_m > 0:
        shapely.prepare(wards.outline)  # a prepared first argument is a hundred times as fast for a county's outline
        close = shapely.dwithin(wards.outline, shapely.points(unique[rest]), buffer_m)
        found[rest[close]] = BUFFER
    return found[back.reshape(-1)]
