"""Small GeoJSON for the map: degrees with five decimals (about a metre), nothing that is not drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import shapely

from geo.crs import geometry_to_wgs84

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
