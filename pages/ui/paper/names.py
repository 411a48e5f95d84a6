"""Names on a printed map, the more important first, each only where nothing else is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from data.place.area import Area
from data.streets.base_map import Roads
from data.streets.open_roads import A_ROAD, B_ROAD
from pages.ui.paper import text as words
from pages.ui.paper.room import CIRCLE_PT, INK, MUTED, STREETS_FROM, Room, Spot, steps_aside

_STREET_NAMES = 24


def _name(axes: Any, room: Room, at: tuple[float, float], text: str, size: float, style: str, colour: str) -> bool:
    """Set a name around a point if nothing is there; True where it was set."""
    from matplotlib.patheffects import withStroke

    half = words.width(text, size, style) / 2 + 1
    box = (at[0] - half, at[1] - 0.62 * size, at[0] + half, at[1] + 0.62 * size)
    if not room.free(box):
        return False
    room.taken.append(box)
    words.put(
        axes, *at, text, size, style, color=colour, ha="center", va="center", zorder=14,
        path_effects=[withStroke(linewidth=2, foreground="white")],
    )  # fmt: skip
    return True


def _short(room: Room, text: str, share: float, size: float, style: str) -> str:
    """Shorten a name to a share of the map's width; "" where names must stay whole and this one does not."""
    if not room.whole_names:
        return words.cut(text, share * room.wide, size, style)
    text = words.clean(text, style)
    return text if words.width(text, size, style) <= 0.8 * room.wide else ""


def spot_names(axes: Any, room: Room, spots: Sequence[Spot], placed: Mapping[int, tuple[float, float]]) -> None:
    """Set the name of a place beside its first circle; ``placed`` are the middles of the circles by their position."""
    done: set[str] = set()
    for i, (x, y) in placed.items():
        text = _short(room, spots[i].name, 0.4, 6.5, "bold")
        if not text or text in done:
            continue
        half = words.width(text, 6.5, "bold") / 2 + 1
        aside = CIRCLE_PT + 3
        for dx, dy in (
            (aside + half, 0), (-aside - half, 0), (0, aside + 3), (0, -aside - 3),
            (half, aside + 3), (-half, aside + 3), (half, -aside - 3), (-half, -aside - 3),
        ):  # fmt: skip
            if _name(axes, room, (x + dx, y + dy), text, 6.5, "bold", INK):
                done.add(text)
                break


def _inside(room: Room, shape: Any) -> list[tuple[float, float]]:
    """Points of the map inside a shape, the roomiest first."""
    part = shapely.intersection(shape, room.box_m())
    if shapely.is_empty(part) or shapely.area(part) * room.scale**2 < 400:
        return []
    best = shapely.get_coordinates(shapely.maximum_inscribed_circle(part, 5 / room.scale))[0]
    x, y = room.at(*best)
    shapely.prepare(part)
    spots = np.array(steps_aside()) + np.array([x, y])
    on = shapely.contains_xy(part, room.west + spots[:, 0] / room.scale, room.south + spots[:, 1] / room.scale)
    return [(float(a), float(b)) for a, b in spots[on]]


def wards(axes: Any, room: Room, area: Area) -> None:
    """Set the names of wards, those with most of the map first."""
    order = np.argsort(-shapely.area(shapely.intersection(area.wards.polygons, room.box_m())), kind="stable")
    for i in order:
        _inside_name(
            axes, room, area.wards.polygons[i], _short(room, area.wards.names[i], 0.5, 7, "italic"), 7, "italic"
        )


def townships(axes: Any, room: Room, area: Area) -> None:
    """Set the names of townships."""
    for township in area.townships:
        _inside_name(axes, room, area.shape_of(township), _short(room, township.name, 0.6, 6.5, "bold"), 6.5, "bold")


def _inside_name(axes: Any, room: Room, shape: Any, text: str, size: float, style: str) -> None:
    """Set a name at the first free spot inside a shape, the roomiest first; nowhere where there is none."""
    if text:
        any(_name(axes, room, at, text, size, style, _colour(style)) for at in _inside(room, shape))


def _colour(style: str) -> str:
    return INK if style == "bold" else MUTED


def road_names(axes: Any, room: Room, roads: Roads, spots: Sequence[Spot]) -> None:
    """Numbers of main roads, then names of streets, those by the circles first; each once."""
    near = roads.within(*room.box_m().bounds)
    lines = shapely.intersection(near.lines, room.box_m())
    length = shapely.length(lines) * room.scale
    marks = shapely.multipoints([(s.easting_m, s.northing_m) for s in spots]) if spots else None
    away = shapely.distance(lines, marks) if marks is not None else np.zeros(len(lines))
    done: set[str] = {words.clean(s.name).casefold() for s in spots}
    for i in np.argsort(-length, kind="stable"):
        number = words.clean(near.numbers[i], "bold")
        if number and near.classes[i] <= B_ROAD and number not in done and length[i] > 30:
            done |= {number} if _along(axes, room, lines[i], number, 6, "bold") else set()
    if room.scale < STREETS_FROM:
        return
    set_ = 0
    for i in np.lexsort((-length, np.round(away / 100), near.classes > A_ROAD)):
        name = words.clean(near.names[i], "italic")
        if not name or name.casefold() in done or length[i] < 0.7 * words.width(name, 5.5, "italic"):
            continue
        if _along(axes, room, lines[i], name, 5.5, "italic"):
            done.add(name.casefold())
            set_ += 1
            if set_ == _STREET_NAMES:
                return


def _along(axes: Any, room: Room, line: Any, text: str, size: float, style: str) -> bool:
    """Set a name on a line, at the first of some spots that is free."""
    for share in (0.5, 0.3, 0.7, 0.15, 0.85):
        part = max(shapely.get_parts(line), key=lambda p: p.length)
        at = room.points(shapely.get_coordinates(shapely.line_interpolate_point(part, share, normalized=True)))[0]
        if _name(axes, room, (float(at[0]), float(at[1])), text, size, style, _colour(style)):
            return True
    return False
