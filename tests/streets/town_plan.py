"""Where the streets of a made town run: lanes and main roads round irregular blocks, estates inside, all of it bent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Voronoi, cKDTree
from shapely import LineString, Polygon
from shapely.ops import split

Xy = NDArray[np.float64]
_BLOCK_M, _FIELD_M = 400.0, 800.0  # across a block of a town, and one of fields
_CORE = 0.86  # of a ward's radius is built up
_FULL_M = 900.0  # no ward is built up further than this from its middle
_WAVES = ((4100.0, 150.0), (1700.0, 60.0), (700.0, 18.0), (260.0, 4.0))  # length and height of what bends the town
_OVER_M = 1.5  # a side street reaches this far over the middle of the street that it leaves


@dataclass
class Plan:
    """What was laid out, before it is bent; distances in metres."""

    streets: list[tuple[str, str, str, Xy]] = field(default_factory=list)  # highway, name, ref, points
    areas: list[tuple[dict[str, str], Polygon]] = field(default_factory=list)
    lines: list[tuple[dict[str, str], Xy]] = field(default_factory=list)  # rivers and railways
    motorway: Xy = field(default_factory=lambda: np.empty((0, 2)))
    stations: list[Xy] = field(default_factory=list)
    places: list[tuple[str, Xy]] = field(default_factory=list)
    junctions: list[Xy] = field(default_factory=list)  # of main roads: roundabouts


class Names:
    """Names that nobody gave a street, each once while they last."""

    _FIRST = (
        "Ash", "Barn", "Beck", "Birk", "Black", "Bram", "Brin", "Brook", "Cald", "Clay", "Cole", "Cran", "Dal",
        "Dun", "Elm", "Fair", "Farn", "Fen", "Gar", "Glen", "Gold", "Hart", "Haw", "Hazel", "Hether", "Hol", "Ing",
        "Kel", "Lark", "Lin", "Long", "Mar", "Mill", "Moss", "New", "Oak", "Orm", "Pen", "Quern", "Raven", "Red",
        "Rush", "Ryl", "Sand", "Sil", "Stan", "Swan", "Thorn", "Up", "Wal", "Wen", "Wether", "Whin", "Wil", "Wind",
    )  # fmt: skip
    _LAST = ("bank", "bourne", "by", "combe", "dale", "den", "field", "ford", "garth", "ham", "hurst", "ley", "mere",
             "more", "ridge", "shaw", "stead", "ton", "ville", "wick", "wood", "worth")  # fmt: skip

    def __init__(self, rng: np.random.Generator) -> None:
        words = [a + b for a in self._FIRST for b in self._LAST]
        self._rng, self._words = rng, [words[i] for i in rng.permutation(len(words))]
        self._next = 0

    def word(self) -> str:
        self._next += 1
        return self._words[self._next % len(self._words)]

    def street(self, *kinds: str) -> str:
        return f"{self.word()} {kinds[int(self._rng.integers(len(kinds)))]}"


class Layout:
    """Lays a town over wards.

    Parameters
    ----------
    outline : Polygon or MultiPolygon
        All wards together, EPSG:27700.
    wards : array of polygons
    around_m : float
        How far it goes on beyond the outline.
    rng : Generator
    """

    def __init__(self, outline: Any, wards: Any, around_m: float, rng: np.random.Generator) -> None:
        self.rng, self.names, self.plan = rng, Names(rng), Plan()
        self.middles = shapely.get_coordinates(shapely.point_on_surface(wards))
        self.reach = np.minimum(np.sqrt(shapely.area(wards) / np.pi) * _CORE, _FULL_M)
        self.domain = shapely.buffer(shapely.simplify(outline, 60), around_m, quad_segs=3)
        shapely.prepare(self.domain)
        self.kept = np.array(shapely.bounds(self.domain))
        waves = rng.uniform(0, 2 * np.pi, (len(_WAVES), 2, 2))
        self._waves = [(2 * np.pi / length, height, w) for (length, height), w in zip(_WAVES, waves, strict=True)]

    def lay(self) -> Plan:
        """Lay everything out."""
        self.plan.places += [("suburb", middle) for middle in self.middles]
        self._barriers()
        corners, edges, town, cells = self._blocks()
        main = self._main_roads(corners, edges)
        self._lanes(corners, edges, town, main)
        for cell in cells:
            shape = Polygon(corners[cell])
            if shape.is_valid and shapely.contains_xy(self.domain, *shape.centroid.coords[0]):
                self._fill(shape)
        return self.plan

    def bend(self, xy: Xy) -> Xy:
        """Bend the plane gently, so that nothing runs straight for long and everything still meets."""
        found = xy.copy()
        for wave, height, turns in self._waves:
            for axis in (0, 1):
                angle, start = turns[axis]
                found[:, axis] += height * np.sin(wave * (xy[:, 0] * np.cos(angle) + xy[:, 1] * np.sin(angle)) + start)
        return found

    def built_up(self, xy: Xy) -> NDArray[np.bool_]:
        """Whether points lie in a built-up part."""
        found = np.zeros(len(xy), dtype=bool)
        for middle, reach in zip(self.middles, self.reach, strict=True):
            found |= ((xy - middle) ** 2).sum(axis=1) < reach**2
        return found

    # --- what cuts a town in two ------------------------------------------------------------------------------------
    def _crossing(self, *, upright: bool, through_towns: bool, tries: int = 24) -> Xy:
        """Draw a smooth line from edge to edge, the best of some."""
        west, south, east, north = self.kept
        best, found = np.inf, np.empty((0, 2))
        for _ in range(tries):
            along = np.linspace(0, 1, 60)
            sway = np.interp(along, np.linspace(0, 1, 5), np.cumsum(self.rng.normal(0, 0.1, 5)))
            aside = self.rng.uniform(0.15, 0.85) + np.convolve(np.pad(sway, 6, mode="edge"), np.ones(13) / 13, "valid")
            x, y = (aside, 1 - along) if upright else (along, aside)
            xy = np.column_stack([west + x * (east - west), south + y * (north - south)])
            inside = shapely.contains_xy(self.domain, xy[:, 0], xy[:, 1])
            towns = self.built_up(xy) & inside
            score = -towns.sum() if through_towns else towns.sum() - 0.7 * inside.sum()
            if score < best:
                best, found = score, xy
        return found

    def _barriers(self) -> None:
        river = self._crossing(upright=False, through_towns=False)
        brook = self._crossing(upright=True, through_towns=False)
        canal = self._crossing(upright=False, through_towns=False)
        self.plan.motorway = self._crossing(upright=True, through_towns=False, tries=60)
        rails = [self._crossing(upright=False, through_towns=True) for _ in range(2)]
        self.plan.lines += [
            ({"waterway": "river", "name": f"River {self.names.word()}"}, river),
            ({"waterway": "stream", "name": f"{self.names.word()} Brook"}, brook),
            ({"waterway": "canal", "name": f"{self.names.word()} Canal"}, canal),
            *(({"railway": "rail"}, rail) for rail in rails),
        ]
        for rail in rails:
            line = LineString(rail)
            near = [m for m, r in zip(self.middles, self.reach, strict=True) if line.distance(shapely.Point(m)) < r]
            for middle in near:
                at = np.array(line.interpolate(line.project(shapely.Point(middle))).coords[0])
                if all(np.linalg.norm(at - other) > 1100 for other in self.plan.stations):
                    self.plan.stations.append(at)
        wide = [(river, 28.0), (brook, 10.0), (canal, 16.0), (self.plan.motorway, 38.0), *((r, 14.0) for r in rails)]
        self.barrier = shapely.union_all([LineString(xy).buffer(m, quad_segs=2) for xy, m in wide])
        shapely.prepare(self.barrier)

    # --- lanes and main roads ---------------------------------------------------------------------------------------
    def _blocks(self) -> tuple[Xy, NDArray[np.int64], NDArray[np.bool_], list[list[int]]]:
        """Corners, edges between them, whether a town lies beside, and the corners round every block."""
        west, south, east, north = self.kept + np.array([-1500, -1500, 1500, 1500])
        count = int((east - west) * (north - south) / 25_000)
        draws = self.rng.uniform((west, south), (east, north), (count, 2))
        apart = np.where(self.built_up(draws), _BLOCK_M, _FIELD_M)
        kept = _apart(draws, apart)
        found = Voronoi(kept)
        edges = np.array(found.ridge_vertices)
        whole = (edges >= 0).all(axis=1)
        town = self.built_up(kept)[found.ridge_points].any(axis=1)
        cells = [found.regions[region] for region in found.point_region]
        return found.vertices, edges[whole], town[whole], [cell for cell in cells if cell and -1 not in cell]

    def _main_roads(self, corners: Xy, edges: NDArray[np.int64]) -> dict[tuple[int, int], tuple[str, str]]:
        """Give edges that main roads take a class and number, and straighten these roads (``corners`` are moved)."""
        length = np.linalg.norm(corners[edges[:, 0]] - corners[edges[:, 1]], axis=1)
        weight = csr_array((length, (edges[:, 0], edges[:, 1])), shape=(len(corners), len(corners)))
        west, south, east, north = self.kept
        order = self.middles[np.argsort(self.middles[:, 1])]
        k = len(order)
        ends = [
            [(west + 0.6 * (east - west), south), *order[:: max(1, k // 4)], (west + 0.5 * (east - west), north)],
            *([(west, y), m, (east, y)] for m in order[:: max(1, k // 3)] for y in [m[1]]),
        ]
        pairs = self.rng.permutation(k)[: 2 * min(6, k // 2)].reshape(-1, 2)
        routes = [("primary", f"A{590 + i}", route) for i, route in enumerate(ends)]
        routes += [("secondary", f"B{5990 + i}", [order[a], order[b]]) for i, (a, b) in enumerate(pairs)]
        tree = cKDTree(corners)
        found: dict[tuple[int, int], tuple[str, str]] = {}
        for kind, number, route in routes:
            stops = tree.query(np.array(route))[1]
            for start, stop in pairwise(stops):
                before = dijkstra(weight, directed=False, indices=start, return_predecessors=True)[1]
                while stop != start and before[stop] >= 0:
                    last = int(before[stop])
                    found.setdefault((min(stop, last), max(stop, last)), (kind, number))
                    stop = last
        beside: dict[int, list[int]] = {}
        for a, b in found:
            beside.setdefault(a, []).append(b)
            beside.setdefault(b, []).append(a)
        for _ in range(5):
            for corner, others in beside.items():
                if len(others) == 2:
                    corners[corner] = 0.5 * corners[corner] + 0.5 * corners[others].mean(axis=0)
        self.plan.junctions = [corners[c].copy() for c, others in sorted(beside.items()) if len(others) > 2][::2]
        return found

    def _lanes(
        self,
        corners: Xy,
        edges: NDArray[np.int64],
        town: NDArray[np.bool_],
        main: dict[tuple[int, int], tuple[str, str]],
    ) -> None:
        number_names: dict[tuple[str, int], str] = {}
        middle = (corners[edges[:, 0]] + corners[edges[:, 1]]) / 2
        inside = shapely.contains_xy(self.domain, middle[:, 0], middle[:, 1])
        spare = self.rng.random(len(edges))
        crosses = shapely.intersects(shapely.linestrings(corners[edges]), self.barrier)
        for i in np.flatnonzero(inside):
            a, b = int(edges[i, 0]), int(edges[i, 1])
            kind, number = main.get((min(a, b), max(a, b)), ("", ""))
            if kind:
                stretch = (number, round(middle[i, 1] / 2500) if kind == "primary" else 0)
                name = number_names.setdefault(stretch, self.names.street("Road", "Road", "Lane", "Street"))
            elif (not town[i] and spare[i] < 0.35) or (crosses[i] and spare[i] < 0.4):
                continue
            else:
                kind = "tertiary" if town[i] and spare[i] > 0.6 else "unclassified"
                name = self.names.street("Lane", "Road", "Avenue", "Lane" if not town[i] else "Drive")
            self.plan.streets.append((kind, name, number, corners[[a, b]]))

    # --- estates ----------------------------------------------------------------------------------------------------
    def _fill(self, cell: Polygon) -> None:
        town = bool(self.built_up(np.array(cell.centroid.coords))[0])
        luck = self.rng.random()
        parts = [p for p in shapely.get_parts(shapely.difference(cell, self.barrier)) if p.area > 6000]
        if town and luck < 0.9:
            leaf = (20_000.0, 42_000.0, 66_000.0)[int(self.rng.choice(3, p=[0.2, 0.45, 0.35]))]
            works = luck > 0.84
            if 0.2 < luck < 0.3:
                self.plan.places.append(("neighbourhood", np.array(cell.centroid.coords[0])))
            for part in parts:
                self._estate(part, 60_000.0 if works else leaf, works=works)
        elif town:
            self._park(parts)
        elif luck < 0.26:
            kind = ({"landuse": "forest"}, {"natural": "wood"}, {"leisure": "golf_course"})[int(self.rng.integers(3))]
            for part in parts:
                self._green(kind | {"name": self.names.street("Wood" if "leisure" not in kind else "Golf Club")}, part)
                self._paths(part, 1, "track")
        elif luck < 0.42:
            for part in parts:
                self._paths(part, 1, "footway")

    def _estate(self, shape: Polygon, leaf: float, *, works: bool) -> None:
        for piece, street in self._halves(shape, leaf):
            if street is not None:
                kinds = ("Way", "Road") if works else ("Road", "Avenue", "Drive", "Street", "Grove", "Way")
                self.plan.streets.append(("residential", self.names.street(*kinds), "", street))
            elif works:
                for _ in range(2):
                    self._close(piece, "service", "")
            else:
                self._leaf(piece)

    def _halves(self, shape: Polygon, leaf: float) -> Iterator[tuple[Polygon, Xy | None]]:
        """Cut across the long side again and again: streets, then what is left between them."""
        stack = [shape]
        while stack:
            piece = stack.pop()
            if piece.area < leaf * self.rng.uniform(0.8, 1.5):
                yield piece, None
                continue
            box = np.array(shapely.oriented_envelope(piece).exterior.coords)
            sides = box[1:3] - box[0:2]
            long = int(np.linalg.norm(sides[1]) > np.linalg.norm(sides[0]))
            ahead, across = sides[long], sides[1 - long]
            centre = box[:4].mean(axis=0) + ahead * self.rng.uniform(-0.09, 0.09)
            slant, bow = ahead * self.rng.normal(0, 0.1), ahead * self.rng.normal(0, 0.2)
            cut = LineString(_curve(centre - 0.7 * (across + slant), centre + bow, centre + 0.7 * (across + slant)))
            chords = [c for c in shapely.get_parts(shapely.intersection(cut, piece)) if c.length > 30]
            parts = [p for p in split(piece, cut).geoms if p.area > 2500]
            if not chords or len(parts) < 2:
                yield piece, None
                continue
            for chord in chords:
                yield piece, self._fitted(np.array(chord.coords))
            stack += parts

    def _fitted(self, xy: Xy) -> Xy:
        """Let a street end short of a barrier, and reach over the street that it meets."""
        for end, inner in ((0, 1), (-1, -2)):
            way = xy[end] - xy[inner]
            size = max(float(np.linalg.norm(way)), 1.0)
            barred = shapely.dwithin(self.barrier, shapely.Point(xy[end]), 3.0)
            xy[end] += way / size * (-min(14.0, 0.4 * size) if barred else _OVER_M)
        return xy

    def _leaf(self, piece: Polygon) -> None:
        luck = self.rng.random()
        if luck < 0.06 and piece.area > 7000:
            kind = (
                {"leisure": "pitch"}, {"landuse": "allotments"}, {"landuse": "cemetery"}, {"leisure": "playground"},
                {"landuse": "recreation_ground"}, {"landuse": "grass"},
            )[int(self.rng.integers(6))]  # fmt: skip
            self._green(kind, piece)
        elif luck < 0.4 and piece.area > 12_000:
            self._crescent(piece)
        elif piece.area > 9000:
            for _ in range(1 + int(piece.area > 16_000) + int(piece.area > 26_000)):
                self._close(piece, "residential", self.names.street("Close", "Court", "Walk", "Croft", "Mews", "Hey"))

    def _start(self, piece: Polygon) -> Xy | None:
        for _ in range(4):
            at = piece.exterior.interpolate(self.rng.random(), normalized=True)
            if not shapely.dwithin(self.barrier, at, 20.0):
                return np.array(at.coords[0])
        return None

    def _close(self, piece: Polygon, kind: str, name: str) -> None:
        start = self._start(piece)
        if start is None:
            return
        way = np.array(piece.centroid.coords[0]) - start
        aside = np.array([-way[1], way[0]]) * self.rng.uniform(-0.25, 0.25)
        end = start + way * self.rng.uniform(0.7, 1.1) + aside
        xy = np.array([start - way / np.linalg.norm(way) * _OVER_M, start, start + 0.5 * way, end])
        if not piece.covers(LineString(xy[2:])):
            return
        self.plan.streets.append((kind, name, "", xy))
        if kind == "residential" and self.rng.random() < 0.35:  # a ginnel goes on
            far = end + way * 3
            over = shapely.intersection(LineString([end, far]), piece.exterior)
            if not over.is_empty:
                out = np.array(shapely.get_coordinates(over)[0])
                if not shapely.dwithin(self.barrier, shapely.Point(out), 20.0):
                    steps = "steps" if self.rng.random() < 0.1 else "footway"
                    self.plan.streets.append((steps, "", "", np.array([end, out + way / np.linalg.norm(way) * 1.5])))

    def _crescent(self, piece: Polygon) -> None:
        ring, at = piece.exterior, self.rng.random()
        a, b = (np.array(ring.interpolate(t % 1, normalized=True).coords[0]) for t in (at, at + 0.27))
        if shapely.dwithin(self.barrier, shapely.MultiPoint([a, b]), 20.0):
            return
        top = (a + b) / 2 + 1.5 * (np.array(piece.centroid.coords[0]) - (a + b) / 2)
        xy = _curve(a, top, b)
        if piece.buffer(1).covers(LineString(xy)):
            name = self.names.street("Crescent", "Gardens", "Green")
            self.plan.streets.append(("residential", name, "", self._fitted(xy)))

    # --- green and water --------------------------------------------------------------------------------------------
    def _green(self, tags: dict[str, str], shape: Polygon) -> None:
        inner = shapely.buffer(shape, -9, quad_segs=2)
        for part in shapely.get_parts(inner):
            if part.area > 1500:
                self.plan.areas.append((tags, part))

    def _park(self, parts: list[Polygon]) -> None:
        for part in parts:
            self._green({"leisure": "park", "name": f"{self.names.word()} Park"}, part)
            self._paths(part, 3, "footway")
            middle = np.array(part.centroid.coords[0])
            if self.rng.random() < 0.6:
                self.plan.areas.append(({"natural": "water"}, self._blob(middle, np.sqrt(part.area) * 0.17)))

    def _blob(self, middle: Xy, radius: float) -> Polygon:
        turn = np.linspace(0, 2 * np.pi, 25)[:-1]
        a, b = self.rng.uniform(0, 6, 2)
        away = radius * (1 + 0.22 * np.sin(2 * turn + a) + 0.12 * np.sin(3 * turn + b))
        return Polygon(middle + away[:, None] * np.column_stack([np.cos(turn) * 1.3, np.sin(turn) * 0.8]))

    def _paths(self, part: Polygon, count: int, kind: str) -> None:
        for _ in range(count):
            a, b = self._start(part), self._start(part)
            if a is not None and b is not None and np.linalg.norm(a - b) > 120:
                xy = _curve(a, np.array(part.centroid.coords[0]) + self.rng.normal(0, 40, 2), b)
                self.plan.streets.append((kind, "", "", self._fitted(xy)))


def _apart(draws: Xy, apart: NDArray[np.float64]) -> Xy:
    """Take points in turn that lie as far as they should from all that were taken."""
    kept: list[tuple[float, float]] = []
    near: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for (x, y), least in zip(draws.tolist(), apart.tolist(), strict=True):
        i, j = int(x // _FIELD_M), int(y // _FIELD_M)
        around = (point for a in (-1, 0, 1) for b in (-1, 0, 1) for point in near.get((i + a, j + b), ()))
        if all((x - a) ** 2 + (y - b) ** 2 > least**2 for a, b in around):
            near.setdefault((i, j), []).append((x, y))
            kept.append((x, y))
    return np.array(kept)


def _curve(a: Xy, over: Xy, b: Xy) -> Xy:
    t = np.linspace(0, 1, 10)[:, None]
    found: Xy = (1 - t) ** 2 * a + 2 * t * (1 - t) * over + t**2 * b
    return found
