"""A map on paper: cells by class, numbered circles, streets under them, names that do not collide, scale, north.

Drawn with matplotlib's objects (no pyplot, no display). Everything is placed in points of the sheet, so that what was
measured is what is printed. Grey shades tell the classes when it is printed in black and white.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.place.area import Area
from data.streets.base_map import BaseMap
from pages.ui.paper import ground as print_ground
from pages.ui.paper import names as print_names
from pages.ui.paper import text as words
from pages.ui.paper.room import CIRCLE_PT, INK, MUTED, Room, Spot, steps_aside, view

Look = dict[str, Any]  # of matplotlib, whose shapes take any of their settings

POINTS_PER_INCH = 72
SHADES = ("#E3EEF8", "#AFCFEC", "#6FA6D8", "#2F6FAE")  # 236, 200, 156 and 103 of 255 in grey
WARD_LINE, OUTSIDE = "#A7ADB2", "#F0F0EE"
BASE = "B"


@dataclass(frozen=True)
class Squares:
    """Cells to shade: south-west corners (EPSG:27700), class 0 to 3 of each, and whether it has a thick outline."""

    easting_m: Sequence[float]
    northing_m: Sequence[float]
    level: Sequence[int]
    outlined: Sequence[bool]
    size_m: float


@dataclass(frozen=True)
class Drawn:
    """A line of a route from stop to stop, EPSG:27700: the way to go, or ``straight`` where that is not known."""

    line: Sequence[tuple[float, float]]
    straight: bool


def print_map(
    axes: Any,
    area: Area,
    bounds_m: Sequence[float],
    *,
    ground: BaseMap | None = None,
    squares: Squares | None = None,
    spots: Sequence[Spot] = (),
    route: Sequence[Drawn] = (),
    frames: Sequence[Sequence[float]] = (),
    names: str = "wards",
    mark: str = "",
    whole_names: bool = False,
) -> None:
    """Draw a map into axes that have their place on the sheet.

    Parameters
    ----------
    axes : matplotlib Axes
        Of a figure whose size is final: everything is measured against it.
    area : Area
    bounds_m : (west, south, east, north)
        What to show at least, EPSG:27700; it is widened to the shape of the axes. See :func:`view`.
    ground : BaseMap, optional
        What lies under it. Whoever shows the map says its ``attribution``.
    squares : Squares, optional
        Cells by class.
    spots : sequence of Spot
        A circle that would lie on another is moved aside, with a line to its point.
    route : sequence of Drawn
        Lines with arrows, in order.
    frames : sequence of bounds
        Rectangles that other maps show, for a locator.
    names : str
        "wards", "townships" or "".
    mark : str
        Written across the map, such as SIMULATED.
    whole_names : bool
        A name that would have to be shortened is left out.

    Notes
    -----
    The same input draws the same map. A name for which there is no room is left out, the more important first served;
    numbers of circles are never left out.
    """
    figure = axes.figure
    inches = figure.get_size_inches()
    place = axes.get_position()
    wide, high = place.width * inches[0] * POINTS_PER_INCH, place.height * inches[1] * POINTS_PER_INCH
    west, south, east, _ = view(bounds_m, wide, high)
    room = Room(wide, high, west, south, wide / (east - west), whole_names=whole_names)
    axes.set_xlim(0, wide)
    axes.set_ylim(0, high)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(OUTSIDE)
    for spine in axes.spines.values():
        spine.set(linewidth=0.8, edgecolor=INK)
    _land(axes, room, area, dashed=ground is not None)
    if squares is not None:
        _squares(axes, room, squares)
    if ground is not None:
        print_ground.draw(axes, room, ground)
    _outline(axes, room, area)
    for frame in frames:
        _frame(axes, room, frame)
    _furniture(axes, room)
    _route(axes, room, route)
    side = squares.size_m * room.scale if squares is not None else 0.0
    placed = _spots(axes, room, spots, side)
    print_names.spot_names(axes, room, spots, placed)
    room.taken += _drawn(room, squares, route)
    if names == "townships":
        print_names.townships(axes, room, area)
    if names == "wards":
        print_names.wards(axes, room, area)
    if ground is not None:
        print_names.ground_names(axes, room, ground, area, spots)
    if mark:
        size = min(46.0, 46 * 0.8 * wide / max(words.width(mark, 46, "bold"), 1))
        words.put(
            axes, wide / 2, high / 2, mark, size, "bold", color=INK, alpha=0.13, rotation=30,
            ha="center", va="center", zorder=20, gid="mark",
        )  # fmt: skip


# --- ground ----------------------------------------------------------------------------------------------------------
def _rings(room: Room, geometry: Any) -> list[NDArray[np.float64]]:
    """Rings of polygons in points, cut a little outside the map so that a dash pattern never shows the cut."""
    cut = shapely.intersection(geometry, shapely.buffer(room.box_m(), 8 / room.scale, join_style="mitre"))
    return [
        room.points(np.asarray(ring.coords))
        for polygon in shapely.get_parts(cut)
        if polygon.geom_type == "Polygon"
        for ring in (polygon.exterior, *polygon.interiors)
    ]


def _land(axes: Any, room: Room, area: Area, *, dashed: bool) -> None:
    """Draw the wards; among streets their lines are broken, or they would look like footpaths."""
    from matplotlib.collections import LineCollection, PolyCollection

    look: Look = {"edgecolor": "none" if dashed else WARD_LINE, "linewidth": 0.6, "zorder": 1}
    rings = [ring for polygon in area.wards.polygons for ring in _rings(room, polygon)]
    axes.add_collection(PolyCollection(rings, facecolor="white", **look), autolim=False)
    if dashed:
        cut = shapely.buffer(room.box_m(), 8 / room.scale, join_style="mitre")
        every = shapely.line_merge(shapely.union_all(shapely.boundary(area.wards.polygons)))  # a shared line once
        lines = [
            room.points(shapely.get_coordinates(part)) for part in shapely.get_parts(shapely.intersection(every, cut))
        ]
        style: Look = {"colors": MUTED, "linewidths": 0.6, "linestyles": [(0, (7, 2, 1.5, 2))], "zorder": 4.55}
        axes.add_collection(LineCollection(lines, **style), autolim=False)


def _outline(axes: Any, room: Room, area: Area) -> None:
    from matplotlib.collections import PolyCollection

    rings = _rings(room, area.wards.outline)
    look: Look = {"facecolor": "none", "edgecolor": MUTED, "linewidth": 1.6, "zorder": 5}
    axes.add_collection(PolyCollection(rings, **look), autolim=False)


def _squares(axes: Any, room: Room, squares: Squares) -> None:
    from matplotlib.collections import PolyCollection

    side = squares.size_m * room.scale
    if not len(squares.easting_m):
        return
    corners = room.points(np.column_stack([squares.easting_m, squares.northing_m]).astype(float))
    seen = (corners > -side).all(axis=1) & (corners < (room.wide, room.high)).all(axis=1)
    level, thick = np.asarray(squares.level, dtype=np.intp), np.asarray(squares.outlined, dtype=bool)
    box = np.array([(0, 0), (side, 0), (side, side), (0, side)])
    for outlined, edge, width, over in ((False, MUTED, 0.5, 2), (True, INK, 1.6, 3)):
        which = np.flatnonzero(seen & (thick == outlined))
        if len(which):
            shades = [SHADES[level[i]] for i in which]
            look: Look = {
                "facecolor": shades,
                "edgecolor": edge,
                "linewidth": width,
                "joinstyle": "miter",
                "zorder": over,
            }
            shapes = [corners[i] + box for i in which]
            axes.add_collection(PolyCollection(shapes, **look), autolim=False)
            if outlined:  # roads cross the face of a cell and not its outline
                axes.add_collection(
                    PolyCollection(shapes, **look | {"facecolor": "none", "zorder": 4.6}), autolim=False
                )


def _frame(axes: Any, room: Room, bounds: Sequence[float]) -> None:
    from matplotlib.patches import Rectangle

    x, y = room.at(bounds[0], bounds[1])
    size = (bounds[2] - bounds[0]) * room.scale, (bounds[3] - bounds[1]) * room.scale
    axes.add_patch(Rectangle((x, y), *size, fill=False, edgecolor=INK, linewidth=1.4, zorder=8))


def _drawn(room: Room, squares: Squares | None, route: Sequence[Drawn]) -> list[tuple[float, float, float, float]]:
    """List boxes of outlined cells and along the route, on which no name of a ward or street should stand."""
    boxes = []
    if squares is not None:
        side = squares.size_m * room.scale
        for east, north, thick in zip(squares.easting_m, squares.northing_m, squares.outlined, strict=True):
            x, y = room.at(east, north)
            boxes += [(x, y, x + side, y + side)] if thick else []
    for leg in route:
        if not leg.straight:
            continue  # a street keeps its name
        line = shapely.LineString([room.at(*point) for point in leg.line])
        steps = shapely.get_coordinates(shapely.segmentize(line, 6))
        on = (steps >= 0).all(axis=1) & (steps <= (room.wide, room.high)).all(axis=1)
        boxes += [(x - 1, y - 1, x + 1, y + 1) for x, y in np.unique(np.round(steps[on]), axis=0).tolist()]
    return boxes


def _furniture(axes: Any, room: Room) -> None:
    """Scale bar below on the left, north arrow above on the right; both keep their ground free."""
    from matplotlib.patches import Polygon, Rectangle

    longest = 0.28 * room.wide / room.scale
    base = 10 ** math.floor(math.log10(longest))
    metres = max(f * base for f in (1, 2, 5) if f * base <= longest)
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    length = metres * room.scale
    size = 6.5
    ground = (0.0, 0.0, length + 12 + words.width(text, size), 14.0)
    axes.add_patch(Rectangle((0, 0), ground[2], ground[3], facecolor="white", alpha=0.85, zorder=9))
    axes.plot([6, 6, 6 + length, 6 + length], [8, 5, 5, 8], color=INK, linewidth=1, zorder=10, solid_joinstyle="miter")
    words.put(axes, 8 + length, 5, text, size, color=INK, va="center", zorder=10)
    x, y = room.wide - 11, room.high - 12
    axes.add_patch(Rectangle((x - 9, y - 13), 20, 25, facecolor="white", alpha=0.85, zorder=9))
    axes.add_patch(Polygon([(x - 4, y), (x, y + 10), (x + 4, y), (x, y + 2.5)], facecolor=INK, zorder=10))
    words.put(axes, x, y - 6.5, "N", 7, "bold", color=INK, ha="center", va="center", zorder=10)
    room.taken += [ground, (x - 9, y - 13, room.wide, room.high)]


# --- route and circles -----------------------------------------------------------------------------------------------
def _route(axes: Any, room: Room, route: Sequence[Drawn]) -> None:
    from matplotlib.patches import FancyArrowPatch

    lines = [(room.points(np.asarray(leg.line, dtype=float)), leg.straight) for leg in route]
    runs = [(np.vstack([line for line, _ in run]), kind) for kind, run in groupby(lines, key=lambda leg: leg[1])]
    for run, _ in runs:
        axes.plot(*run.T, color="white", linewidth=3.2, zorder=6, solid_capstyle="round")
    for run, straight in runs:
        look: Look = {"linewidth": 1.2, "linestyle": (0, (5, 2))} if straight else {"linewidth": 1.6}
        axes.plot(*run.T, color=INK, zorder=6, solid_capstyle="round", **look)
    for line, _ in lines:
        way = shapely.LineString(line)
        if way.length > 4 * CIRCLE_PT:
            tail, tip = (shapely.get_coordinates(way.interpolate(part * way.length))[0] for part in (0.54, 0.56))
            axes.add_patch(
                FancyArrowPatch(tail, tip, arrowstyle="-|>", mutation_scale=9, color=INK, linewidth=1, zorder=6)
            )


def _spots(axes: Any, room: Room, spots: Sequence[Spot], side: float) -> dict[int, tuple[float, float]]:
    """Draw the circles, none on another, beside small cells; middle of each that lies on this map, by its position."""
    from matplotlib.patches import Circle, Rectangle

    # a circle that would hide its cell stands at a corner of it
    corner = side / 2 + 0.6 * CIRCLE_PT if 4 < side < 3.2 * CIRCLE_PT else 0.0
    corners = [(corner, corner), (-corner, corner), (corner, -corner), (-corner, -corner)] if corner else []
    near = 1.1 * math.hypot(corner, corner)
    on = {i: room.at(s.easting_m, s.northing_m) for i, s in enumerate(spots)}
    on = {i: p for i, p in on.items() if 0 <= p[0] <= room.wide and 0 <= p[1] <= room.high}
    placed: dict[int, tuple[float, float]] = {}
    for i, (x, y) in on.items():
        text = words.clean(spots[i].text, "bold")
        size = (8.0, 7.0)[len(text) - 1] if len(text) in {1, 2} else 6.5
        half = max(CIRCLE_PT, words.width(text, size, "bold") / 2 + 2.3)
        spot = next(
            (
                (x + dx, y + dy)
                for dx, dy in ([] if spots[i].square else corners) + steps_aside()
                if room.free((x + dx - half, y + dy - CIRCLE_PT, x + dx + half, y + dy + CIRCLE_PT))
            ),
            (x, y),
        )
        placed[i] = spot
        room.taken.append((spot[0] - half, spot[1] - CIRCLE_PT, spot[0] + half, spot[1] + CIRCLE_PT))
        if math.hypot(spot[0] - x, spot[1] - y) > near:
            axes.plot([x, spot[0]], [y, spot[1]], color=INK, linewidth=0.8, zorder=11)
            axes.plot([x], [y], marker="o", markersize=3, color=INK, zorder=11)
        look: Look = {
            "facecolor": INK if spots[i].square else "white",
            "edgecolor": INK,
            "linewidth": 1.3,
            "zorder": 12,
        }
        if half == CIRCLE_PT and not spots[i].square:
            axes.add_patch(Circle(spot, half, gid="spot", **look))
        else:
            at = (spot[0] - half, spot[1] - CIRCLE_PT)
            axes.add_patch(Rectangle(at, 2 * half, 2 * CIRCLE_PT, gid="spot", **look))
        colour = "white" if spots[i].square else INK
        words.put(axes, *spot, text, size, "bold", color=colour, ha="center", va="center_baseline", zorder=13)
    return placed
