"""Small GeoJSON for the map: degrees with five decimals (about a metre), nothing that is not drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.crs import geometry_to_wgs84, to_wgs84

WEB_DECIMALS = 5


def feature_collection(
    geometry: Sequence[Any] | Any, properties: Sequence[Mapping[str, Any]], simplify_m: float = 0.0
) -> dict[str, Any]:
    """GeoJSON in degrees from geometry in metres.

    Parameters
    ----------
    geometry : sequence of shapely geometries, length n
        EPSG:27700.
    properties : sequence of mappings, length n
        Plain values only; text is escaped where it is drawn, not here.
    simplify_m : float
        Tolerance in metres. Polygons are simplified as a coverage, so that neighbours keep meeting.

    Returns
    -------
    dict
        A FeatureCollection.
    """
    shapes = list(geometry)
    if simplify_m > 0 and shapes:
        shapes = list(shapely.coverage_simplify(shapes, simplify_m))
    features = []
    for shape, values in zip(shapes, properties, strict=True):
        degrees = json.loads(shapely.to_geojson(geometry_to_wgs84(shape)))
        degrees["coordinates"] = _rounded(degrees["coordinates"])
        features.append({"type": "Feature", "properties": dict(values), "geometry": degrees})
    return {"type": "FeatureCollection", "features": features}


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, (int, float)):
        return round(coordinates, WEB_DECIMALS)
    return [_rounded(part) for part in coordinates]


@dataclass(frozen=True)
class LocalDegrees:
    """A cubic polynomial that turns local metres into degrees, so that a map can be sent metres instead of degrees.

    Attributes
    ----------
    west_m, south_m : float
        Origin of the local metres, EPSG:27700.
    scale_m : float
        The local metres are divided by it before the powers are taken.
    powers : tuple of (int, int)
        Powers of easting and northing of each term.
    longitude, latitude : tuple of float
        Coefficients, one a term.
    """

    west_m: float
    south_m: float
    scale_m: float
    powers: tuple[tuple[int, int], ...]
    longitude: tuple[float, ...]
    latitude: tuple[float, ...]

    def degrees(self, easting_m: Any, northing_m: Any) -> tuple[Any, Any]:
        """Longitude and latitude, each of shape (n,), as the map computes them."""
        x = (np.asarray(easting_m, dtype=float) - self.west_m) / self.scale_m
        y = (np.asarray(northing_m, dtype=float) - self.south_m) / self.scale_m
        terms = np.stack([x**i * y**j for i, j in self.powers], axis=-1)
        return terms @ np.asarray(self.longitude), terms @ np.asarray(self.latitude)


def local_degrees(west_m: float, south_m: float, east_m: float, north_m: float) -> LocalDegrees:
    """Fit the polynomial over a rectangle in EPSG:27700.

    Parameters
    ----------
    west_m, south_m, east_m, north_m : float
        Metres. Over 30 km the error is far below a metre, over 150 km below ten; outside the rectangle it grows fast.

    Returns
    -------
    LocalDegrees
    """
    scale = max(east_m - west_m, north_m - south_m)
    grid_e, grid_n = np.meshgrid(np.linspace(west_m, east_m, 12), np.linspace(south_m, north_m, 12))
    powers = tuple((i, j) for i in range(4) for j in range(4 - i))
    x, y = (grid_e.ravel() - west_m) / scale, (grid_n.ravel() - south_m) / scale
    terms = np.stack([x**i * y**j for i, j in powers], axis=-1)
    lon, lat = to_wgs84(grid_e.ravel(), grid_n.ravel())
    fit_lon, fit_lat = (np.linalg.lstsq(terms, value, rcond=None)[0] for value in (lon, lat))
    return LocalDegrees(
        west_m, south_m, scale, powers, tuple(round(c, 9) for c in fit_lon), tuple(round(c, 9) for c in fit_lat)
    )
