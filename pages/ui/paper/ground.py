"""What lies under a printed map: green, water, railways and roads with edges, told apart in black and white too.

Green has dots, water has lines, a railway is broken black and white; roads are white or pale between two edges, and
wider the greater they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.streets.base_map import BaseMap, Features
from data.streets.kinds import STREAM, WOOD
from data.streets.open_roads import ACCESS, B_ROAD, LOCAL, MOTORWAY, PATH
from pages.ui.paper.room import INK, STREETS_FROM, Room

Look = dict[str, Any]  # of matplotlib, whose shapes take any of their settings

# By class: the face of a road, its line where it is too narrow for edges, its width on the ground as it is drawn, and
# the least and most points of it.
FACES = ("#EBA884", "#F7D594", "#FBEFB8", "#FFFFFF", "#FFFFFF", "#FFFFFF")
THIN = ("#B9623B", "#B98A3E", "#9C8E4F", "#92979B", "#A9ADB0", "#B9BCBE")
_METRES = (30.0, 21.0, 17.0, 13.0, 11.0, 6.5)
_LEAST_PT = (1.9, 1.3, 0.9, 0.65, 0.45, 0.35)
_MOST_PT = (7.5, 6.5, 5.6, 5.0, 4.4, 2.6)
EDGE = "#6F7478"
_EDGED_PT = 1.25
WATER, SHORE = "#E2EEF0", "#6E979C"
GREEN, DOTS, WOODS, TREES = "#F0F4E8", "#A9BD93", "#E6EDDB", "#9DB488"
_ACCESS_FROM, _PATHS_FROM = 0.1, 0.14
_SMALL_PT2 = 14.0  # what covers less of the paper is left out


def road_pt(level: int, scale: float) -> float:
    """Width of a road in points on a map of so many points a metre."""
    return min(max(_METRES[level] * scale, _LEAST_PT[level]), _MOST_PT[level])


def draw(axes: Any, room: Room, ground: BaseMap) -> None:
    """Draw all of it, green and water below the cells and roads above them.

    Parameters
    ----------
    axes : matplotlib Axes
        In points of the map.
    room : Room
        Where it looks.
    ground : BaseMap
    """
    near = ground.within(*room.box_m().bounds)
    woods = near.green.of(WOOD)
    _faces(axes, room, near.green.of(*(set(near.green.kinds) - {WOOD})), GREEN, DOTS, "...", 1.1)
    _faces(axes, room, woods, WOODS, TREES, "....", 1.12)
    ways = near.waterways if room.scale >= STREETS_FROM else near.waterways.of(*(set(near.waterways.kinds) - {STREAM}))
    _lines(axes, _points(room, ways.shapes), SHORE, min(max(5 * room.scale, 0.6), 2.2), 1.15)
    _faces(axes, room, near.water, WATER, SHORE, "-----", 1.2)
    _railways(axes, room, near.railways)
    _roads(axes, room, near)
    _stations(axes, room, near.stations)


def _faces(axes: Any, room: Room, features: Features, face: str, edge: str, pattern: str, over: float) -> None:
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path

    box = shapely.buffer(room.box_m(), 8 / room.scale, join_style="mitre")
    paths = []
    for shape in features.shapes:
        for polygon in shapely.get_parts(shapely.intersection(shape, box)):
            if polygon.geom_type == "Polygon" and polygon.area * room.scale**2 > _SMALL_PT2:
                rings = [room.points(np.asarray(r.coords)) for r in (polygon.exterior, *polygon.interiors)]
                paths.append(Path.make_compound_path(*(Path(ring, closed=True) for ring in rings)))
    if paths:
        look: Look = {"facecolor": face, "edgecolor": edge, "linewidth": 0.35, "hatch": pattern, "zorder": over}
        drawn = PathCollection(paths, **look)
        drawn.set_hatch_linewidth(0.35)
        axes.add_collection(drawn, autolim=False)


def _points(room: Room, lines: NDArray[np.object_]) -> list[NDArray[np.float64]]:
    return [room.points(shapely.get_coordinates(line)) for line in lines]


def _lines(axes: Any, lines: list[NDArray[np.float64]], colour: str, wide: float, over: float, **more: Any) -> None:
    from matplotlib.collections import LineCollection

    if lines:
        look: Look = {"capstyle": "round", "joinstyle": "round", **more}
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=wide, zorder=over, **look), autolim=False)


def _railways(axes: Any, room: Room, railways: Features) -> None:
    lines = _points(room, railways.shapes)
    wide = min(max(7 * room.scale, 0.8), 2.0)
    _lines(axes, lines, INK, wide, 3.5, capstyle="butt")
    if room.scale >= STREETS_FROM / 2:
        dash = (0, (max(2.2, 1.6 * wide) / wide, max(2.2, 1.6 * wide) / wide))
        _lines(axes, lines, "white", 0.62 * wide, 3.55, capstyle="butt", linestyles=[dash])


def _roads(axes: Any, room: Room, ground: BaseMap) -> None:
    """Edges of all roads, then their faces, the main ones last: so that roads that meet flow into each other."""
    roads = ground.roads
    if room.scale >= _PATHS_FROM:
        paths = _points(room, roads.lines[roads.classes == PATH])
        _lines(axes, paths, EDGE, 0.5, 3.6, capstyle="butt", linestyles=[(0, (4, 2.5))])
    last = B_ROAD if room.scale < STREETS_FROM else LOCAL if room.scale < _ACCESS_FROM else ACCESS
    for level in range(last, MOTORWAY - 1, -1):
        lines, wide = _points(room, roads.lines[roads.classes == level]), road_pt(level, room.scale)
        edged = wide >= _EDGED_PT
        if edged:
            _lines(axes, lines, EDGE, wide + 0.7, 4 - 0.01 * level)
        _lines(axes, lines, FACES[level] if edged else THIN[level], wide, 4.2 - 0.01 * level)


def _stations(axes: Any, room: Room, stations: Features) -> None:
    from matplotlib.patches import Rectangle

    half = 1.4 if room.scale < STREETS_FROM else 2.2
    for point in stations.shapes:
        x, y = room.at(point.x, point.y)
        if not (half < x < room.wide - half and half < y < room.high - half):
            continue
        axes.add_patch(
            Rectangle(
                (x - half, y - half), 2 * half, 2 * half, facecolor="white", edgecolor=INK, linewidth=0.9, zorder=4.5
            )
        )
        room.taken.append((x - half, y - half, x + half, y + half))
