"""A partner's GeoJSON of points as rows: the coordinates first, then the properties."""

from __future__ import annotations

import json
from typing import Any

from data.feed.records import MOST_COLUMNS, MOST_ROWS, Records, bare
from geo.errors import InputError

_EXPORT = "Export the points as CSV with a column for each coordinate, or as GeoJSON."
_LARGE, _MOST_EAST_M, _MOST_NORTH_M = 360.0, 700_000.0, 1_300_000.0
_CUT = "exceededTransferLimit"  # what an ArcGIS service says when it gave a part only


def read_geojson(name: str, text: str) -> Records:
    """Read the points of a FeatureCollection.

    Parameters
    ----------
    name : str
        The file as the person knows it.
    text : str

    Returns
    -------
    Records
        A header, then a row a feature; ``lines`` count features, the header as 0. Coordinates are called longitude and
        latitude, or easting and northing where the file says that it is on the National Grid, or says nothing and its
        numbers are too large for degrees. They are blank for a feature that is no single point.

    Raises
    ------
    InputError
        Damaged, of another kind, without a point, cut short by the service that made it.
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"the JSON is damaged: {error}", file=name, hint="Is the file whole? " + _EXPORT) from error
    features = raw.get("features") if isinstance(raw, dict) else None
    if not isinstance(features, list) or raw.get("type") != "FeatureCollection":
        raise InputError(
            "this is JSON, but no GeoJSON of points (a FeatureCollection)", file=name, value=text[:60], hint=_EXPORT
        )
    extra = raw.get("properties")
    if raw.get(_CUT) or (isinstance(extra, dict) and extra.get(_CUT)):
        raise InputError(
            f"the file says itself that it was cut short ({_CUT})",
            file=name,
            value=f"{len(features):,} features",
            hint="The service gives a part at a time: export the whole layer, or all its pages.",
        )
    if len(features) > MOST_ROWS:
        raise InputError("the file has too many rows", file=name, hint=f"At most {MOST_ROWS:,}: split it.")
    properties: dict[str, None] = {}
    rows: list[tuple[tuple[str, str], dict[str, Any]]] = []
    others = 0
    for feature in features:
        told = feature if isinstance(feature, dict) else {}
        values = told.get("properties")
        values = values if isinstance(values, dict) else {}
        if told.get("id") is not None:
            values = {"id": told["id"], **values}
        properties.update(dict.fromkeys(values))
        point = _point(told.get("geometry"))
        others += point == ("", "") and bool(told.get("geometry"))
        rows.append((point, values))
        if len(properties) > MOST_COLUMNS:
            raise InputError(
                "the features have too many properties",
                file=name,
                value=str(len(properties)),
                hint="Give the properties that are used, or a CSV.",
            )
    if not any(x for (x, _), _ in rows):
        kind = "polygons or lines" if others else "features without a place"
        raise InputError(f"there is no point in the file: it holds {kind}", file=name, hint=_EXPORT)
    by_size = _metres_by_size([point for point, _ in rows]) and not raw.get("crs")
    header = ["easting", "northing"] if _on_the_grid(raw) or by_size else ["longitude", "latitude"]
    table = [[*header, *(bare(_readable(each)) for each in properties)]]
    table += [[*point, *(_text(values.get(each)) for each in properties)] for point, values in rows]
    notes: tuple[str, ...] = ("rows are numbered by feature",)
    if by_size:
        notes = (*notes, "places are read as metres of the National Grid by their size: the file does not say so")
    if others:
        notes = (*notes, f"{others:,} feature{'s are' if others > 1 else ' is'} no single point: without a place")
    return Records(list(range(len(table))), table, [frozenset()] * len(table), notes)


def _point(geometry: object) -> tuple[str, str]:
    """Text of the coordinates of a point; empty for anything else."""
    told: dict[str, Any] = geometry if isinstance(geometry, dict) else {}
    place: Any = told.get("coordinates")
    if told.get("type") == "MultiPoint" and isinstance(place, list) and len(place) == 1:
        place = place[0]
    elif told.get("type") != "Point":
        return "", ""
    if not isinstance(place, list) or len(place) < 2 or any(type(each) not in (int, float) for each in place[:2]):
        return "", ""
    return str(place[0]), str(place[1])


def _on_the_grid(raw: dict[str, Any]) -> bool:
    crs = raw.get("crs")
    told = crs.get("properties") if isinstance(crs, dict) else None
    return isinstance(told, dict) and "27700" in str(told.get("name"))


def _metres_by_size(points: list[tuple[str, str]]) -> bool:
    """Whether every point can be an easting and northing and none can be degrees."""
    numbers = [(float(x), float(y)) for x, y in points if x]
    return all(_LARGE < x <= _MOST_EAST_M and _LARGE < y <= _MOST_NORTH_M for x, y in numbers)


def _readable(text: str) -> str:
    """Put a question mark for half a character, which JSON may hold and no file of text can."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return _readable(json.dumps(value, ensure_ascii=False))
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return bare(_readable(str(value)))
