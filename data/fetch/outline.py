"""An area's outline for a service that takes a polygon, and how it is cut where the answer would be too long."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import numpy as np
import shapely

from data.place.area import Area
from geo.crs import to_wgs84
from geo.errors import InputError

MOST_POINTS = 150  # of an outline: some 3,000 characters
SLACKS_M = (25.0, 50.0, 100.0, 200.0, 400.0)  # by which an outline may lie outside of what is wanted, tried in turn
OVERLAP = 0.0002  # degrees by which neighbouring pieces are asked for beyond their common edge
SMALLEST = 0.004  # degrees: a piece of this size is cut no further
_STEP_M = 100.0  # between the points that an outline is checked at
_SPARE = 0.003  # of the buffer: chords lie inside the arcs that they stand for


class Placed(Protocol):
    """Something at a point, in degrees."""

    @property
    def longitude(self) -> float: ...  # noqa: D102

    @property
    def latitude(self) -> float: ...  # noqa: D102


P = TypeVar("P", bound=Placed)


def outline_of(area: Area) -> Any:
    """Draw a simple line round an area and its buffer.

    Parameters
    ----------
    area : Area

    Returns
    -------
    Polygon or MultiPolygon
        Longitude and latitude in degrees, without holes. Everything in the buffer lies inside of it; it has about
        ``MOST_POINTS`` points at most, as long as that takes no more than the last of ``SLACKS_M`` twice.
    """
    wards = area.wards.outline
    needed = _degrees(
        shapely.segmentize(_filled(wards.buffer(area.buffer_m * (1 + _SPARE) + 1.0, quad_segs=16)), _STEP_M)
    )
    found = needed
    for slack in SLACKS_M:
        drawn = _filled(_filled(wards.buffer(area.buffer_m + 2 * slack)).simplify(slack))
        found = _degrees(drawn)
        if shapely.get_num_coordinates(found) <= MOST_POINTS and found.covers(needed):
            return found
    return found if found.covers(needed) else shapely.union(found, needed).convex_hull


def _filled(shape: Any) -> Any:
    """Fill holes: a polygon that a service takes has none."""
    return shapely.union_all([shapely.Polygon(part.exterior) for part in _parts(shape)])


def _parts(shape: Any) -> list[Any]:
    """Polygons of a shape; lines and points that a cut leaves over are none."""
    return [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 0]


def _degrees(shape: Any) -> Any:
    return shapely.transform(shape, lambda at: np.column_stack(to_wgs84(at[:, 0], at[:, 1])))


def poly_text(polygon: Any) -> str:
    """Write a polygon as the police's service takes it: ``lat,lng:lat,lng``, the last point not repeated."""
    ring = shapely.get_coordinates(polygon.exterior)[:-1].tolist()
    return ":".join(f"{latitude:.6f},{longitude:.6f}" for longitude, latitude in ring)


@dataclass(frozen=True)
class Cell:
    """A box in degrees that holds its western and southern edge and not the other two, so that cells never share."""

    west: float = -math.inf
    south: float = -math.inf
    east: float = math.inf
    north: float = math.inf

    def holds(self, one: Placed) -> bool:
        """Whether something lies in it."""
        return self.west <= one.longitude < self.east and self.south <= one.latitude < self.north

    def cut(self, bounds: Sequence[float]) -> tuple[Cell, Cell] | None:
        """Halve what it has of some bounds (west, south, east, north) across the longer side; None if too small."""
        west, south = max(self.west, bounds[0]), max(self.south, bounds[1])
        east, north = min(self.east, bounds[2]), min(self.north, bounds[3])
        wide, high = (east - west) * math.cos(math.radians((south + north) / 2)), north - south
        if max(wide, high) < SMALLEST:
            return None
        if wide > high:
            middle = (west + east) / 2
            return replace(self, east=middle), replace(self, west=middle)
        middle = (south + north) / 2
        return replace(self, north=middle), replace(self, south=middle)

    def of(self, outline: Any) -> list[Any]:
        """Polygons of an outline in this cell and a little beyond its edges."""
        west, south, east, north = outline.bounds
        box = shapely.box(
            max(self.west, west) - OVERLAP,
            max(self.south, south) - OVERLAP,
            min(self.east, east) + OVERLAP,
            min(self.north, north) + OVERLAP,
        )
        return _parts(shapely.intersection(outline, box))


def gather(outline: Any, ask: Callable[[Any], Sequence[P] | None]) -> list[P]:
    """Ask for everything in an outline, in as many pieces as it takes.

    Parameters
    ----------
    outline : Polygon or MultiPolygon
        Degrees.
    ask : callable
        Given a polygon, everything in it; None where that is too much for one answer. Whether it gives what lies
        exactly on an edge does not matter but on the outline's own.

    Returns
    -------
    list
        Everything in the outline, each once. Two that are alike in one answer are two.

    Raises
    ------
    InputError
        The answer for a piece of some 400 m is still too long: the service fails for another reason.

    Notes
    -----
    Neighbouring pieces are asked for with an overlap, and of each answer only what lies in the piece's own cell is
    taken. A cell holds two of its four edges, so that every point of the map is in exactly one: what lies on a cut is
    neither lost nor taken twice, and no two rows need ever be compared, which rows without an ID could not be.
    """
    found: list[P] = []
    todo = [Cell()]
    while todo:
        cell = todo.pop()
        answered = _answers(cell.of(outline), ask)
        if answered is not None:
            found += [one for one in answered if cell.holds(one)]
            continue
        halves = cell.cut(outline.bounds)
        if halves is None:
            raise InputError(
                "the service refuses even the smallest piece of the area", hint="It may be busy: try again later."
            )
        todo += reversed(halves)
    return found


def _answers(pieces: Sequence[Any], ask: Callable[[Any], Sequence[P] | None]) -> list[P] | None:
    found: list[P] = []
    for number, piece in enumerate(pieces):
        answer = ask(piece)
        if answer is None:
            return None
        before = pieces[:number]  # pieces of one cell can touch in a point
        found += [
            one
            for one in answer
            if not any(shapely.intersects_xy(other, one.longitude, one.latitude) for other in before)
        ]
    return found
