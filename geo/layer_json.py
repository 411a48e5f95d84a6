"""GeoJSON, read feature by feature, so that what is wrong with it can be said where it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import InputError
from geo.layer import Layer

DEGREES = "EPSG:4326"  # RFC 7946, section 4: longitude and latitude of WGS 84
_AGAIN = "Download it again, or save it again as GeoJSON or GeoPackage."
_TOTALS = ("numberMatched", "totalFeatures", "totalCount", "total_count", "nhits", "count")
_PAGES = ("next", "prev", "previous")
_NEXT = (*_PAGES, "nextLink", "@odata.nextLink")
_CORNERS = 4  # of the shortest ring, whose last is its first
_SHORT = 60


def read_document(raw: bytes, file: str) -> dict[str, Any]:
    """Parse the text of a JSON file.

    Parameters
    ----------
    raw : bytes
        UTF-8, UTF-16 or UTF-32.
    file : str
        For messages.

    Returns
    -------
    dict

    Raises
    ------
    InputError
        It is no JSON, it stops in the middle, or it holds what a server says when it has no layer to give.
    """
    try:
        text = raw.decode(json.detect_encoding(raw))
        document = json.loads(text)
    except UnicodeDecodeError as error:
        raise InputError(
            "the text of this layer is in no encoding that JSON may have",
            file=file,
            value=f"byte 0x{raw[error.start]:02x} at {error.start:,}",
            hint="Save it as UTF-8.",
        ) from error
    except json.JSONDecodeError as error:
        ends = not text[error.pos :].strip() or not text.rstrip().endswith(("}", "]"))
        raise InputError(
            "the layer stops in the middle: it was not downloaded or saved to its end"
            if ends
            else f"this is not JSON that can be read: {error.msg.removesuffix(' at')} at character {error.colno:,}",
            file=file,
            row=error.lineno,
            value=text[max(error.pos - _SHORT // 2, 0) : error.pos + _SHORT // 2],
            hint=_AGAIN,
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"this is not JSON that can be read: {error}", file=file, hint=_AGAIN) from error
    if not isinstance(document, dict):
        raise InputError("this is JSON, but no layer", file=file, value=text[:_SHORT], hint=_AGAIN)
    if "error" in document and "features" not in document:
        told = document["error"]
        message = told.get("message", told) if isinstance(told, dict) else told
        raise InputError("this is a server's error, not a layer", file=file, value=str(message), hint=_AGAIN)
    return document


def read_geojson(document: Mapping[str, Any], file: str) -> Layer:
    """Read a feature collection.

    Parameters
    ----------
    document : mapping
        As :func:`read_document` gives it.
    file : str
        For messages.

    Returns
    -------
    Layer
        A feature whose shape cannot be read is named in ``problems``: it may be one that nobody asks for.

    Raises
    ------
    InputError
        It is no feature collection, or a feature is none.
    """
    features = [document] if document.get("type") == "Feature" else document.get("features")
    if not isinstance(features, list):
        raise InputError(
            "this JSON holds no features", file=file, value=str(document.get("type", ", ".join(document))), hint=_AGAIN
        )
    columns: dict[str, list[Any]] = {}
    shapes: NDArray[np.object_] = np.full(len(features), None, dtype=object)
    problems: dict[int, str] = {}
    for place, feature in enumerate(features):
        properties = (feature.get("properties") or {}) if isinstance(feature, dict) else None
        if not isinstance(feature, dict) or not isinstance(properties, dict):
            raise InputError(
                f"feature {place + 1} is not a feature with properties",
                file=file,
                value=str(feature)[:_SHORT],
                hint=_AGAIN,
            )
        named = properties if "id" in properties or "id" not in feature else {**properties, "id": feature["id"]}
        for name, value in named.items():
            columns.setdefault(name, [None] * len(features))[place] = value
        shapes[place], problem = _shape(feature.get("geometry"))
        if problem:
            problems[place] = problem
    crs = _said_crs(document)
    return Layer(
        file=file,
        columns=columns,
        shapes=shapes,
        problems=problems,
        crs=crs or DEGREES,
        says_crs=crs is not None,
        cut=cut_short(document, len(features)),
        **{key: document[key] for key in ("vintage", "attribution") if isinstance(document.get(key), str)},
    )


def cut_short(document: Mapping[str, Any], held: int) -> str:
    """Find what says that a layer is a part of what its server has.

    Parameters
    ----------
    document : mapping
        The collection without regard to its features.
    held : int
        Features in the file.

    Returns
    -------
    str
        As "exceededTransferLimit"; empty where nothing says so.
    """
    properties = document.get("properties")
    for holder in (document, properties if isinstance(properties, dict) else {}):
        if str(holder.get("exceededTransferLimit", "")).lower() in {"true", "1"}:
            return "exceededTransferLimit: true"
        totals = {key: _count(holder.get(key)) for key in _TOTALS}
        returned = min(held, _count(holder.get("numberReturned")) or held)
        for key, total in totals.items():
            if total is not None and total > returned:
                return f"{key}: {total}, of which {returned:,} are in it"
        if totals["numberMatched"] is not None:
            continue  # all that match are here: what a server links to then has nothing in it
        for relation in _links(holder):
            return f"a link to the {'next' if relation not in _PAGES[1:] else 'previous'} page"
    return ""


def _links(holder: Mapping[str, Any]) -> Iterator[str]:
    yield from (key for key in _NEXT if isinstance(holder.get(key), str) and holder[key])
    links = holder.get("links")
    if isinstance(links, dict):
        yield from (key for key in _PAGES if links.get(key))
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") in _PAGES and link.get("href"):
            yield str(link["rel"])


def _count(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _said_crs(document: Mapping[str, Any]) -> str | None:
    """Give the coordinate system that a file of before RFC 7946 names."""
    said = document.get("crs")
    properties = said.get("properties") if isinstance(said, dict) else said
    name = properties.get("name", properties.get("code")) if isinstance(properties, dict) else properties
    return str(name) if name is not None else None


def _shape(geometry: Any) -> tuple[Any, str]:
    """Make a shape, or say what is wrong with it."""
    if geometry is None:
        return None, "has no geometry"
    if not isinstance(geometry, dict):
        return None, "has a geometry that is none of GeoJSON"
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "GeometryCollection":
        members = geometry.get("geometries")
        members = members if isinstance(members, list) else []
        inside = [one for one in members if isinstance(one, dict)]
        if inside and len(inside) == len(members) and all(one.get("type") == "Polygon" for one in inside):
            kind, coordinates = "MultiPolygon", [one.get("coordinates") for one in inside]
    if kind not in ("Polygon", "MultiPolygon"):  # what a file says may be a list or a table, which no set can hold
        return None, f"is a {str(kind)[:_SHORT]}, not a polygon"
    parts = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(parts, list) or not all(isinstance(part, list) for part in parts):
        return None, "has coordinates that are no lists"
    polygons = []
    for rings in parts:
        made = []
        for number, ring in enumerate(rings):
            corners, problem = _ring(ring)
            if problem:
                return None, f"{problem} (ring {number + 1})"
            made.append(corners)
        if made:
            polygons.append(shapely.Polygon(made[0], made[1:]))
    if not polygons:
        return None, "has no geometry"
    return (polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)), ""


def _ring(ring: Any) -> tuple[NDArray[np.float64] | None, str]:
    if not isinstance(ring, list) or not all(isinstance(corner, list) for corner in ring):
        return None, "has a ring that is no list of points"
    try:
        corners = np.asarray([corner[:2] for corner in ring])
    except ValueError:  # points of different lengths
        corners = np.empty(0, dtype=object)
    if len(ring) and (corners.ndim != 2 or corners.shape[1] != 2 or corners.dtype.kind not in "iuf"):
        return None, "has a point that is not two numbers"
    if not np.isfinite(corners.astype(float)).all():
        return None, "has a coordinate that is not a number"
    if len(corners) < _CORNERS:
        return None, f"has a ring of {len(corners)} points: it needs {_CORNERS}"
    if not (corners[0] == corners[-1]).all():
        return (
            None,
            f"has a ring that is not closed: it begins at {_point(corners[0])} and ends at {_point(corners[-1])}",
        )
    return corners.astype(float), ""


def _point(corner: Sequence[Any] | NDArray[Any]) -> str:
    return f"{corner[0]:.10g}, {corner[1]:.10g}"
