"""Roads as the map on the screen reads them: whole metres, step by step along each line, within a budget."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import numpy as np
import shapely

from data.streets.base_map import Roads
from data.streets.open_roads import ACCESS, B_ROAD, CLASSES, LOCAL

BUDGET_BYTES = 400_000
_COARSER_M = (0.0, 5.0, 8.0, 12.0, 20.0, 35.0)
_NUMBER_ZOOM, _NAME_ZOOM = 12.5, 15.25
_REPEAT_M = 2500  # a number stands on the map again this far along


def coded(
    roads: Roads, west_m: float, south_m: float, named: Collection[str] = (), budget: int = BUDGET_BYTES
) -> dict[str, Any]:
    """Put roads into the form that base.js draws.

    Parameters
    ----------
    roads : Roads
    west_m, south_m : float
        Origin of what is sent.
    named : collection of str
        Streets that are on the map with their names already.
    budget : int
        Bytes of JSON. Lines are made coarser until they fit; then access roads are left out, then names of streets,
        then local streets.

    Returns
    -------
    dict
        ``lines``: by class, a list of ``[x, y, dx, dy, dx, dy, ...]``; ``labels``: rows of kind, text, x, y, side,
        from and to zoom as the map's other labels.
    """
    labels = _labels(roads, west_m, south_m, {name.casefold() for name in named})
    for tolerance in _COARSER_M:
        lines = _lines(roads, west_m, south_m, tolerance)
        if _size(lines, labels) <= budget:
            return {"lines": lines, "labels": labels}
    lines[ACCESS] = []
    if _size(lines, labels) > budget:
        labels = [label for label in labels if label[0] == "number"]
    if _size(lines, labels) > budget:
        lines[LOCAL] = []
    return {"lines": lines, "labels": labels}


def _size(lines: list[list[list[int]]], labels: list[list[Any]]) -> int:
    return len(json.dumps([lines, labels], separators=(",", ":")))


def _lines(roads: Roads, west: float, south: float, tolerance: float) -> list[list[list[int]]]:
    shapes = shapely.simplify(roads.lines, tolerance) if tolerance else roads.lines
    found: list[list[list[int]]] = [[] for _ in CLASSES]
    for level, shape in zip(roads.classes, shapes, strict=True):
        points = np.rint(shapely.get_coordinates(shape) - (west, south)).astype(int)
        steps = np.vstack([points[:1], np.diff(points, axis=0)])
        found[level].append(steps.ravel().tolist())
    return found


def _labels(roads: Roads, west: float, south: float, named: set[str]) -> list[list[Any]]:
    """Numbers along the main roads, and every street's name once, at the middle of its longest line."""
    length = shapely.length(roads.lines)
    middle = shapely.get_coordinates(shapely.line_interpolate_point(roads.lines, 0.5, normalized=True))
    found: list[list[Any]] = []
    taken: dict[str, list[tuple[float, float]]] = {}
    for i in np.lexsort((-length, roads.classes)):
        x, y = middle[i]
        number, name = roads.numbers[i], roads.names[i]
        spot = (round(x - west), round(y - south))
        if number and roads.classes[i] <= B_ROAD:
            others = taken.setdefault(number, [])
            if all((x - a) ** 2 + (y - b) ** 2 > _REPEAT_M**2 for a, b in others):
                others.append((x, y))
                found.append(["number", number, *spot, 0, _NUMBER_ZOOM, 22])
        if name and name.casefold() not in named:
            named.add(name.casefold())
            found.append(["street", name, *spot, 0, _NAME_ZOOM, 22])
    return found
