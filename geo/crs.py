"""Longitude and latitude to the British National Grid and back.

Everything is computed in EPSG:27700 (metres). EPSG:4326 exists only where a published file is read and where a map is
drawn. The seven-parameter Helmert transformation (EPSG:1314) is written out, so that a machine which happens to carry
the OSTN15 grid gives the same easting as one which does not; it is within 5 m of OSTN15 (Ordnance Survey), far below
the 75 to 120 m to which published points are moved.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

BNG = "EPSG:27700"

_WGS84_TO_BNG = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 +step +proj=cart +ellps=WGS84 "
    "+step +inv +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 "
    "+convention=position_vector +step +inv +proj=cart +ellps=airy +step +proj=pop +v_3 "
    "+step +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy"
)


@cache
def _transformer() -> Transformer:
    return Transformer.from_pipeline(_WGS84_TO_BNG)


def to_bng(longitude: ArrayLike, latitude: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Degrees (WGS84) to easting and northing.

    Parameters
    ----------
    longitude, latitude : array_like, shape (n,)
        Degrees.

    Returns
    -------
    easting_m, northing_m : ndarray, shape (n,)
        Metres, EPSG:27700. Not finite where the input is not.
    """
    east, north = _transformer().transform(
        np.asarray(longitude, dtype=float), np.asarray(latitude, dtype=float), errcheck=False
    )
    return np.asarray(east, dtype=float), np.asarray(north, dtype=float)


def to_wgs84(easting_m: ArrayLike, northing_m: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Easting and northing to degrees, for drawing only.

    Parameters
    ----------
    easting_m, northing_m : array_like, shape (n,)
        Metres, EPSG:27700.

    Returns
    -------
    longitude, latitude : ndarray, shape (n,)
        Degrees, EPSG:4326.
    """
    lon, lat = _transformer().transform(
        np.asarray(easting_m, dtype=float), np.asarray(northing_m, dtype=float), direction="INVERSE"
    )
    return np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)


def geometry_to_bng(geometry: Any) -> Any:
    """Project geometries from degrees to metres; ``geometry`` is a shapely geometry or an array of them."""
    return shapely.transform(geometry, lambda xy: np.column_stack(to_bng(xy[:, 0], xy[:, 1])))


def geometry_to_wgs84(geometry: Any) -> Any:
    """Project geometries from metres to degrees; ``geometry`` is a shapely geometry or an array of them."""
    return shapely.transform(geometry, lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1])))
