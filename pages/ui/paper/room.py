"""The face of a printed map in points, and what is taken on it: nothing is set where something is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

INK, MUTED = "#0B0C0C", "#5A6268"
CIRCLE_PT = 7.5
STREETS_FROM = 0.045  # points a metre: a street of 200 m is then 9 points long
_GAP_PT = 1.5


@dataclass(frozen=True)
class Spot:
    """A numbered circle at a point (EPSG:27700); ``name`` is set beside it where there is room; a base is a square."""

    text: str
    easting_m: float
    northing_m: float
    name: str = ""
    square: bool = False


@dataclass
class Room:
    """The face of a map in points: where it looks, and what is taken on it."""

    wide: float
    high: float
    west: float
    south: float
    scale: float  # points a metre
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)
    whole_names: bool = False

    def at(self, easting: float, northing: float) -> tuple[float, float]:
        """Give a point in points of the map."""
        return (easting - self.west) * self.scale, (northing - self.south) * self.scale

    def points(self, coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give coordinates of shape (n, 2) in points of the map."""
        return (coordinates - (self.west, self.south)) * self.scale

    def box_m(self) -> Any:
        """Give what the map shows as a rectangle in EPSG:27700."""
        return shapely.box(
            self.west, self.south, self.west + self.wide / self.scale, self.south + self.high / self.scale
        )

    def free(self, box: tuple[float, float, float, float], edge: float = 2.0) -> bool:
        """Whether a box (left, bottom, right, top) lies on the map and on nothing that is taken."""
        left, bottom, right, top = box
        if left < edge or bottom < edge or right > self.wide - edge or top > self.high - edge:
            return False
        g = _GAP_PT
        return not any(
            left < t[2] + g and t[0] < right + g and bottom < t[3] + g and t[1] < top + g for t in self.taken
        )


def view(bounds_m: Sequence[float], wide_pt: float, high_pt: float, least_m: float = 0.0) -> tuple[float, ...]:
    """Widen a rectangle (west, south, east, north) to the shape of the map, and to at least so many metres a side."""
    west, south, east, north = bounds_m
    metres_a_point = max((east - west) / wide_pt, (north - south) / high_pt, least_m / min(wide_pt, high_pt))
    x, y = (west + east) / 2, (south + north) / 2
    dx, dy = metres_a_point * wide_pt / 2, metres_a_point * high_pt / 2
    return x - dx, y - dy, x + dx, y + dy


def steps_aside() -> list[tuple[float, float]]:
    """List steps aside from a point, the nearest first."""
    found = [(0.0, 0.0)]
    for distance in range(10, 151, 7):
        count = 8 if distance < 20 else 16
        turns = (2 * math.pi * k / count + math.pi / 4 for k in range(count))
        found += [(distance * math.cos(turn), distance * math.sin(turn)) for turn in turns]
    return found
