"""A made town over the wards of an area: streets that meet, water, green, railways and names, all of them invented.

``made_town(area)`` makes it; ``tests.streets.town_files`` writes it as an .osm.pbf and as OS Open Zoomstack.

Some 8,000 segments of street for Knowsley. It looks like an English town: estates of crescents and closes between
lanes, main roads from town to town, a motorway over them with one way for each direction, a river, parks with ponds.
Streets share a node where they meet; the motorway meets them at its slip roads only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString, Polygon

from data.place.area import Area
from geo.crs import to_wgs84
from tests.streets.town_plan import Layout, Xy

AROUND_M = 900.0
_STEP_M, _STRAIGHT_M, _STUB_M = 20.0, 0.8, 5.0
_ROUNDABOUT_M = 17.0
_BRIDGE_M, _POINT_M = 0.5, 0.25  # aside, so that what lies over a street shares no node with it
PATHS = ("footway", "cycleway", "steps", "track", "path")


@dataclass(frozen=True)
class Way:
    """Nodes in order (the first again at the end where it is closed) and what is said of it."""

    nodes: tuple[int, ...]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Relation:
    """A multipolygon: its outer and inner ways, by number."""

    outer: tuple[int, ...]
    inner: tuple[int, ...]
    tags: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Town:
    """A made town.

    Attributes
    ----------
    xy : ndarray, shape (n, 2)
        Nodes: EPSG:27700, metres and quarters.
    ways : tuple of Way
    relations : tuple of Relation
    points : tuple of (int, tags)
        Nodes that stand for something: places and stations.
    """

    xy: Xy
    ways: tuple[Way, ...]
    relations: tuple[Relation, ...]
    points: tuple[tuple[int, Mapping[str, str]], ...]

    @property
    def degrees(self) -> Xy:
        """Longitude and latitude of every node, as an extract has them: seven places."""
        return np.round(np.column_stack(to_wgs84(self.xy[:, 0], self.xy[:, 1])), 7)

    @property
    def segments(self) -> int:
        """How many links the ways of streets make between junctions and ends."""
        ways = [way.nodes for way in self.ways if "highway" in way.tags]
        meets = np.bincount(np.concatenate([np.array(nodes) for nodes in ways]), minlength=len(self.xy)) > 1
        return sum(1 + int(meets[list(nodes[1:-1])].sum()) for nodes in ways)

    def line(self, way: Way) -> Any:
        """Geometry of a way, EPSG:27700."""
        return shapely.linestrings(self.xy[list(way.nodes)])


def made_town(area: Area, seed: int = 1, around_m: float = AROUND_M) -> Town:
    """Make a town; the same for the same area and seed."""
    wards = tuple(shapely.to_wkb(np.array(area.wards.polygons, dtype=object)).tolist())
    return _made(shapely.to_wkb(area.wards.outline), wards, seed, around_m)


@cache
def _made(outline: bytes, wards: tuple[bytes, ...], seed: int, around_m: float) -> Town:
    rng = np.random.default_rng(seed)
    layout = Layout(shapely.from_wkb(outline), shapely.from_wkb(np.array(wards, dtype=object)), around_m, rng)
    plan = layout.lay()
    bent = layout.bend
    town = _Assembly()
    straight = shapely.segmentize([LineString(xy) for *_, xy in plan.streets], _STEP_M)
    streets = [
        (k, n, r, line) for (k, n, r, _), line in zip(plan.streets, shapely.transform(straight, bent), strict=True)
    ]
    rings = [bent(xy[None])[0] for xy in plan.junctions]
    noded = _noded(_with_roundabouts(streets, rings))
    _motorway(town, noded, _dense(plan.motorway), bent)
    for tags, line in noded:
        town.way(np.array(line.coords), tags)
    for tags, xy in plan.lines:
        line = LineString(bent(_dense(xy)))
        if "railway" in tags:
            for aside in (-2.0, 2.0):
                town.way(np.array(line.offset_curve(aside).coords), tags)
        else:
            town.way(np.array(line.coords), tags)
        if tags.get("waterway") == "river":
            name = {"natural": "water", "water": "river", "name": tags["name"]}
            for part in shapely.get_parts(line.buffer(13, quad_segs=2)):
                town.area(part, name)
    for number, (tags, shape) in enumerate(plan.areas):
        part = shapely.make_valid(Polygon(bent(_dense(np.array(shape.exterior.coords), 40.0))))
        if part.geom_type != "Polygon":
            continue
        if tags == {"natural": "water"} and number % 2:
            part = part.difference(part.centroid.buffer(np.sqrt(part.area) * 0.12, quad_segs=3))
        town.area(part, tags)
    taken = {}
    for number, (kind, xy) in enumerate(plan.places):
        taken[number] = layout.names.word() + (" Green", "", " End", "")[number % 4] * (kind == "neighbourhood")
        kind = ("town", "suburb", "village", "suburb", "suburb")[number % 5] if kind == "suburb" else kind
        town.point(bent(xy[None])[0], {"place": kind, "name": taken[number]})
    for xy in plan.stations:
        near = int(np.argmin([np.linalg.norm(xy - place) for _, place in plan.places]))
        town.point(bent(xy[None])[0], {"railway": "station", "name": taken[near]})
    return town.whole()


class _Assembly:
    """Collects ways that share nodes where they share a place."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[float, float], int] = {}
        self._ways: list[Way] = []
        self._relations: list[Relation] = []
        self._points: list[tuple[int, Mapping[str, str]]] = []

    def _node(self, x: float, y: float, aside_m: float = 0.0) -> int:
        return self._nodes.setdefault((x + aside_m, y), len(self._nodes))

    def way(self, xy: Xy, tags: Mapping[str, str]) -> int:
        aside = 0.0 if "highway" in tags and not tags["highway"].startswith("motorway") else _BRIDGE_M
        nodes = [self._node(x, y, aside) for x, y in np.rint(xy).tolist()]
        nodes = [n for n, before in zip(nodes, [-1, *nodes[:-1]], strict=True) if n != before]
        self._ways.append(Way(tuple(nodes), tags))
        return len(self._ways) - 1

    def slip(self, xy: Xy, tags: Mapping[str, str]) -> None:
        """Lead from a street (its first point) to a motorway (its last)."""
        points = np.rint(xy).tolist()
        nodes = [self._node(*points[0]), *(self._node(x, y, _BRIDGE_M) for x, y in points[1:])]
        self._ways.append(Way(tuple(nodes), tags))

    def area(self, shape: Polygon, tags: Mapping[str, str]) -> None:
        inner = list(shape.interiors)
        outer = self.way(np.array(shape.exterior.coords), {} if inner else tags)
        if inner:
            holes = tuple(self.way(np.array(ring.coords), {}) for ring in inner)
            self._relations.append(Relation((outer,), holes, {"type": "multipolygon", **tags}))

    def point(self, xy: Xy, tags: Mapping[str, str]) -> None:
        self._points.append((self._node(*np.rint(xy).tolist(), _POINT_M), tags))

    def whole(self) -> Town:
        return Town(np.array(list(self._nodes)), tuple(self._ways), tuple(self._relations), tuple(self._points))


def _dense(xy: Xy, step: float = _STEP_M) -> Xy:
    return shapely.get_coordinates(shapely.segmentize(LineString(xy), step))


def _with_roundabouts(streets: list[tuple[str, str, str, Any]], rings: list[Xy]) -> list[tuple[dict[str, str], Any]]:
    """Put rings in the place of junctions of main roads."""
    lines = np.array([line for *_, line in streets], dtype=object)
    discs = [shapely.Point(xy).buffer(_ROUNDABOUT_M, quad_segs=4) for xy in rings]
    near: dict[int, list[Any]] = {}
    at, disc = shapely.STRtree(lines).query(np.array(discs, dtype=object), predicate="intersects")[::-1]
    for street, ring in zip(at.tolist(), disc.tolist(), strict=True):
        near.setdefault(street, []).append(discs[ring])
    found: list[tuple[dict[str, str], Any]] = []
    for i, (kind, name, number, line) in enumerate(streets):
        tags = {"highway": kind} | ({"name": name} if name else {}) | ({"ref": number} if number else {})
        rest = shapely.difference(line, shapely.union_all(near[i])) if i in near else line
        found += [(tags, part) for part in shapely.get_parts(rest)]
    round_about = {"highway": "primary", "junction": "roundabout", "oneway": "yes"}
    return found + [(round_about, disc.exterior) for disc in discs]


def _noded(streets: list[tuple[dict[str, str], Any]]) -> list[tuple[dict[str, str], Any]]:
    """Cut streets where they meet, at whole metres; leave out stubs and what hangs together with nothing."""
    lines = np.array([line for _, line in streets], dtype=object)
    pieces = shapely.get_parts(shapely.union_all(lines, grid_size=1.0))
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    of = shapely.STRtree(lines).nearest(middle)
    pieces = shapely.simplify(pieces, _STRAIGHT_M)
    for _ in range(2):
        start, stop = _ends(pieces)
        degree = np.bincount(np.concatenate([start, stop]))
        kept = ~((shapely.length(pieces) < _STUB_M) & ((degree[start] == 1) | (degree[stop] == 1)))
        pieces, of = pieces[kept], of[kept]
    start, stop = _ends(pieces)
    count = int(max(start.max(), stop.max())) + 1
    part = connected_components(csr_array((np.ones(len(start)), (start, stop)), shape=(count, count)))[1]
    kept = part[start] == np.bincount(part).argmax()
    pieces, of = pieces[kept], of[kept]
    order = np.argsort(of, kind="stable")
    pieces, of = pieces[order], of[order]
    found = []
    for group in np.split(np.arange(len(of)), np.flatnonzero(np.diff(of)) + 1):
        merged = shapely.line_merge(shapely.multilinestrings(pieces[group]))
        found += [(streets[of[group[0]]][0], line) for line in shapely.get_parts(merged)]
    return found


def _ends(pieces: NDArray[np.object_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    first, last = (shapely.get_coordinates(shapely.get_point(pieces, k)) for k in (0, -1))
    ends = np.unique(np.concatenate([first, last]), axis=0, return_inverse=True)[1].ravel()
    return ends[: len(pieces)], ends[len(pieces) :]


def _motorway(town: _Assembly, noded: list[tuple[dict[str, str], Any]], line: Xy, bent: Any) -> None:
    """Lay the motorway over the streets, with slip roads where it crosses a main road."""
    middle = LineString(bent(line))
    sides = [np.rint(np.array(middle.offset_curve(aside).coords)) for aside in (11.0, -11.0)]
    sides[1] = sides[1][::-1]
    tags = {"highway": "motorway", "ref": "M590", "oneway": "yes"}
    met: list[float] = []
    for said, road in noded:
        if said["highway"] != "primary" or "junction" in said or not road.intersects(middle):
            continue
        cross = shapely.get_parts(shapely.intersection(road, middle))[0]
        here = middle.project(cross)
        if any(abs(here - other) < 1800 for other in met) or not 500 < here < middle.length - 500:
            continue
        met.append(here)
        nodes = np.array(road.coords)
        away = np.linalg.norm(nodes - np.array(cross.coords[0]), axis=1)
        for side in sides:
            own = nodes[np.lexsort((np.linalg.norm(nodes - _near(side, nodes), axis=1), np.abs(away - 70) > 60))[0]]
            at = int(np.argmin(np.linalg.norm(side - np.array(cross.coords[0]), axis=1)))
            for step in (-14, 14):
                if 0 <= at + step < len(side):
                    goal = side[at + step]
                    bow = (own + goal) / 2 + 0.16 * (own - side[at])
                    town.slip(np.array([own, bow, goal]), {"highway": "motorway_link", "oneway": "yes"})
    for side in sides:
        town.way(side, tags)


def _near(side: Xy, nodes: Xy) -> Xy:
    away = np.linalg.norm(nodes[:, None] - side[None], axis=2).min(axis=1)
    found: Xy = nodes[int(np.argmin(np.where(away > 20, away, np.inf)))]
    return found
