"""A made town in the files in which open data come: an .osm.pbf as Geofabrik writes them, and OS Open Zoomstack."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from tests.streets.made_town import PATHS, Town, Way

Box = tuple[float, float, float, float]
_BLOCK = 8000  # nodes, ways or relations in a block, as the format advises
_DENSE, _NODE, _WAY, _RELATION = 2, 1, 3, 4


# --- the wire format -------------------------------------------------------------------------------------------------
def _number(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


def _signed(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _bytes(field: int, raw: bytes) -> bytes:
    return _number(field << 3 | 2) + _number(len(raw)) + raw


def _value(field: int, value: int) -> bytes:
    return _number(field << 3) + _number(value)


def _packed(field: int, values: Iterable[int]) -> bytes:
    return _bytes(field, b"".join(map(_number, values)))


def _steps(values: Iterable[int]) -> list[int]:
    return [_signed(b - a) for a, b in pairwise([0, *values])]


class _Strings:
    def __init__(self) -> None:
        self._at: dict[str, int] = {"": 0}

    def __call__(self, text: str) -> int:
        return self._at.setdefault(text, len(self._at))

    def raw(self) -> bytes:
        return _bytes(1, b"".join(_bytes(1, text.encode()) for text in self._at))


def blob(kind: str, raw: bytes) -> bytes:
    """Wrap a block: its length, its head, and its content packed by zlib."""
    body = _value(2, len(raw)) + _bytes(3, zlib.compress(raw, 6))
    head = _bytes(1, kind.encode()) + _value(3, len(body))
    return struct.pack(">I", len(head)) + head + body


def _block(group: Callable[[_Strings], bytes]) -> bytes:
    strings = _Strings()
    inner = group(strings)
    return blob("OSMData", strings.raw() + _bytes(2, inner))


def _tags(strings: _Strings, tags: Mapping[str, str]) -> bytes:
    return _packed(2, map(strings, tags)) + _packed(3, map(strings, tags.values())) if tags else b""


def pbf_bytes(
    degrees: Any,
    ways: Sequence[tuple[int, Sequence[int], Mapping[str, str]]],
    relations: Sequence[tuple[int, Sequence[tuple[int, str]], Mapping[str, str]]] = (),
    points: Sequence[tuple[int, Mapping[str, str]]] = (),
    nodes: Sequence[int] | None = None,
) -> bytes:
    """Give an .osm.pbf: dense nodes in blocks, plain nodes for what has tags, ways, relations.

    Parameters
    ----------
    degrees : array, shape (n, 2)
        Longitude and latitude; the node's number is its position, and 1 more in the file.
    ways : sequence of (number, nodes, tags)
    relations : sequence of (number, (way, role) ..., tags)
    points : sequence of (node, tags)
    nodes : sequence of int, optional
        Only these.
    """
    units = np.rint(np.asarray(degrees) * 1e7).astype(np.int64).tolist()
    told = dict(points)
    plain = [n for n in (range(len(units)) if nodes is None else sorted(nodes)) if n not in told]
    lon, lat = zip(*units, strict=True)
    bounds = (min(lon), max(lon), max(lat), min(lat))
    box = b"".join(_value(k, _signed(v * 100)) for k, v in enumerate(bounds, 1))
    head = _bytes(1, box) + _bytes(4, b"OsmSchema-V0.6") + _bytes(4, b"DenseNodes") + _bytes(16, b"made")
    found = [blob("OSMHeader", head)]

    def dense(part: Sequence[int]) -> Callable[[_Strings], bytes]:
        def group(_: _Strings) -> bytes:
            columns = ([n + 1 for n in part], [units[n][1] for n in part], [units[n][0] for n in part])
            fields = zip((1, 8, 9), columns, strict=True)
            return _bytes(_DENSE, b"".join(_packed(field, _steps(column)) for field, column in fields))

        return group

    def single(strings: _Strings) -> bytes:
        rows = []
        for n, tags in sorted(points, key=lambda point: point[0]):
            place = _value(8, _signed(units[n][1])) + _value(9, _signed(units[n][0]))
            rows.append(_bytes(_NODE, _value(1, _signed(n + 1)) + _tags(strings, tags) + place))
        return b"".join(rows)

    def lines(part: Sequence[Any]) -> Callable[[_Strings], bytes]:
        def group(strings: _Strings) -> bytes:
            return b"".join(
                _bytes(_WAY, _value(1, number) + _tags(strings, tags) + _packed(8, _steps(n + 1 for n in along)))
                for number, along, tags in part
            )

        return group

    def sets(strings: _Strings) -> bytes:
        rows = []
        for number, members, tags in relations:
            roles = _packed(8, [strings(role) for _, role in members])
            ids = _packed(9, _steps(way for way, _ in members)) + _packed(10, [1] * len(members))
            rows.append(_bytes(_RELATION, _value(1, number) + _tags(strings, tags) + roles + ids))
        return b"".join(rows)

    found += [_block(dense(plain[k : k + _BLOCK])) for k in range(0, len(plain), _BLOCK)]
    found += [_block(single)] if points else []
    found += [_block(lines(ways[k : k + _BLOCK // 4])) for k in range(0, len(ways), _BLOCK // 4)]
    found += [_block(sets)] if relations else []
    return b"".join(found)


# --- extracts --------------------------------------------------------------------------------------------------------
def write_pbf(town: Town, path: Path, box: Box | None = None) -> Path:
    """Write a town as an extract of OpenStreetMap.

    Parameters
    ----------
    town : Town
    path : Path
        Its name ends in ``.osm.pbf``.
    box : (west, south, east, north), optional
        EPSG:27700: ways that reach into it, whole, as an extract has them.
    """
    west, south, east, north = box or (-np.inf, -np.inf, np.inf, np.inf)
    inside = ((town.xy >= (west, south)) & (town.xy < (east, north))).all(axis=1)
    relations = [r for r in town.relations if any(inside[n] for w in (*r.outer, *r.inner) for n in town.ways[w].nodes)]
    needed = {w for r in relations for w in (*r.outer, *r.inner)}
    ways = [(w + 1, way.nodes, way.tags) for w, way in enumerate(town.ways)
            if w in needed or inside[list(way.nodes)].any()]  # fmt: skip
    members = [
        (r + 1, [*((w + 1, "outer") for w in each.outer), *((w + 1, "inner") for w in each.inner)], each.tags)
        for r, each in enumerate(relations)
    ]
    points = [(n, tags) for n, tags in town.points if inside[n]]
    nodes = {n for _, along, _ in ways for n in along}
    path.write_bytes(pbf_bytes(town.degrees, ways, members, points, sorted(nodes)))
    return path


_ROADS = {
    "motorway": ("roads_national", "Motorway"), "motorway_link": ("roads_national", "Motorway"),
    "primary": ("roads_national", "A Road"), "secondary": ("roads_regional", "B Road"),
    "tertiary": ("roads_local", "Minor"), "unclassified": ("roads_local", "Minor"),
    "residential": ("roads_local", "Local"), "service": ("roads_local", "Restricted"),
}  # fmt: skip
_GREEN = {
    ("leisure", "park"): "Public Park Or Garden", ("leisure", "golf_course"): "Golf Course",
    ("leisure", "pitch"): "Playing Field", ("leisure", "playground"): "Play Space",
    ("landuse", "allotments"): "Allotments Or Community Growing Spaces", ("landuse", "cemetery"): "Cemetery",
    ("landuse", "recreation_ground"): "Playing Field",
}  # fmt: skip
_PLACES = {"town": "Town", "suburb": "Suburban Area", "village": "Village", "neighbourhood": "Small Settlements"}


def write_zoomstack(town: Town, path: Path) -> Path:
    """Write a town as OS Open Zoomstack has it; paths are left out, as there."""
    rows: dict[str, list[dict[str, Any]]] = {}

    def add(layer: str, geometry: Any, **columns: Any) -> None:
        rows.setdefault(layer, []).append({**columns, "geometry": geometry})

    for way in town.ways:
        _add_way(add, town, way)
    for each in town.relations:
        holes = [town.xy[list(town.ways[w].nodes)] for w in each.inner]
        add("surfacewater", shapely.Polygon(town.xy[list(town.ways[each.outer[0]].nodes)], holes), type="Local")
    for node, tags in town.points:
        spot = shapely.Point(town.xy[node])
        if "place" in tags:
            add("names", spot, name1=tags["name"], type=_PLACES[tags["place"]])
        else:
            add("railway_stations", spot, name=tags["name"], type="Railway Station")
    for layer in sorted(rows):
        gpd.GeoDataFrame(rows[layer], geometry="geometry", crs=27700).to_file(path, layer=layer, driver="GPKG")
    return path


def _add_way(add: Callable[..., None], town: Town, way: Way) -> None:
    tags = way.tags
    if kind := tags.get("highway"):
        if kind not in PATHS:
            layer, word = _ROADS[kind]
            number = {} if layer == "roads_local" else {"number": tags.get("ref")}
            add(layer, town.line(way), type=word, name=tags.get("name"), level=0, **number)
    elif "railway" in tags:
        add("rail", town.line(way), type="Multi Track")
    elif "waterway" in tags:
        add("waterlines", town.line(way), type="Local")
    elif tags:
        shape = shapely.Polygon(town.xy[list(way.nodes)])
        if tags.get("natural") == "water":
            add("surfacewater", shape, type="Local")
        elif tags.get("natural") == "wood" or tags.get("landuse") == "forest":
            add("woodland", shape, type="Local")
        else:
            for pair in tags.items():
                if pair in _GREEN:
                    add("greenspace", shape, type=_GREEN[pair])
