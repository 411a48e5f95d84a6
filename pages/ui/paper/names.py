"""Names on a printed map, the more important first, each only where nothing else is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from data.place.area import Area
from data.streets.base_map import BaseMap, Roads
from data.streets.open_roads import A_ROAD, B_ROAD, LOCAL
from pages.ui.paper import text as words
from pages.ui.paper.ground import EDGE, FACES, road_pt
from pages.ui.paper.room import CIRCLE_PT, INK, MUTED, STREETS_FROM, Room, Spot, steps_aside

_STREET_NAMES = 60


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


# Size and style of names of places by kind, the larger first; and the least points a metre at which they are set.
_PLACES: dict[str, tuple[float, str, float]] = {
    "city": (9, "bold", 0.0), "town": (8.5, "bold", 0.0), "suburb": (7, "bold", 0.03), "village": (7, "bold", 0.02),
    "hamlet": (6.5, "bold", 0.045), "neighbourhood": (6.5, "bold", 0.06), "locality": (6, "bold", 0.1),
}  # fmt: skip


def ground_names(axes: Any, room: Room, ground: BaseMap, area: Area, spots: Sequence[Spot]) -> None:
    """Set names of places and stations, numbers of main roads, then names along the streets.

    Parameters
    ----------
    axes : matplotlib Axes
    room : Room
    ground : BaseMap
    area : Area
        Its wards and townships have their names already.
    spots : sequence of Spot
        Streets by them are named first.
    """
    near = ground.within(*room.box_m().bounds)
    known = {name.casefold() for name in (*area.wards.names, *(t.name for t in area.townships))}
    for kind, (size, style, least) in _PLACES.items():
        places = near.places.of(kind)
        for text, point in zip(places.names, places.shapes, strict=True):
            if room.scale >= least and text and text.casefold() not in known:
                _name(axes, room, room.at(point.x, point.y), words.clean(text, style), size, style, INK)
    if room.scale >= STREETS_FROM:
        for text, point in zip(near.stations.names, near.stations.shapes, strict=True):
            _beside(axes, room, room.at(point.x, point.y), words.clean(text, "bold"))
    _road_names(axes, room, near.roads, spots)
    if room.scale >= STREETS_FROM:
        _face_names(axes, room, near)


def _beside(axes: Any, room: Room, at: tuple[float, float], text: str) -> None:
    """Set the name of a station beside its sign."""
    half = words.width(text, 6, "bold") / 2 + 6
    if text:
        any(_name(axes, room, (at[0] + dx, at[1] + dy), text, 6, "bold", INK) for dx, dy in ((half, 0), (-half, 0)))


def _face_names(axes: Any, room: Room, ground: BaseMap) -> None:
    """Set names of parks and lakes that are wide enough for them."""
    for features in (ground.water, ground.green):
        for text, shape in zip(features.names, features.shapes, strict=True):
            text = words.clean(text, "italic")
            if text and (shape.bounds[2] - shape.bounds[0]) * room.scale > words.width(text, 6, "italic"):
                spots = _inside(room, shape)[:1]
                any(_name(axes, room, at, text, 6, "italic", MUTED) for at in spots)


def _road_names(axes: Any, room: Room, near: Roads, spots: Sequence[Spot]) -> None:
    """Numbers of main roads, then names of streets, those by the circles first; each once."""
    lines = shapely.intersection(near.lines, room.box_m())
    length = shapely.length(lines) * room.scale
    marks = shapely.multipoints([(s.easting_m, s.northing_m) for s in spots]) if spots else None
    away = shapely.distance(lines, marks) if marks is not None else np.zeros(len(lines))
    done: set[str] = {words.clean(s.name).casefold() for s in spots}
    for i in np.argsort(-length, kind="stable"):
        number = words.clean(near.numbers[i], "bold")
        if number and near.classes[i] <= B_ROAD and number not in done and length[i] > 30:
            done |= {number} if _plate(axes, room, lines[i], number, int(near.classes[i])) else set()
    if room.scale < STREETS_FROM:
        return
    set_ = 0
    for i in np.lexsort((-length, np.round(away / 100), near.classes > A_ROAD)):
        name = words.clean(near.names[i], "normal")
        size = float(np.clip(road_pt(min(int(near.classes[i]), LOCAL), room.scale) + 1.4, 5, 6.2))
        if not name or name.casefold() in done or length[i] < words.width(name, size):
            continue
        if any(_along(axes, room, part, name, size) for part in _longest_first(lines[i])):
            done.add(name.casefold())
            set_ += 1
            if set_ == _STREET_NAMES:
                return


def _longest_first(line: Any) -> list[Any]:
    return sorted(shapely.get_parts(line), key=lambda part: -part.length)


def _plate(axes: Any, room: Room, line: Any, text: str, level: int) -> bool:
    """Set a number on a plate in the colour of its road, at the first of some spots that is free."""
    size, part = 5.5, _longest_first(line)[0]
    half = words.width(text, size, "bold") / 2 + 2
    for share in (0.5, 0.3, 0.7, 0.15, 0.85):
        at = room.points(shapely.get_coordinates(shapely.line_interpolate_point(part, share, normalized=True)))[0]
        x, y = float(at[0]), float(at[1])
        box = (x - half, y - 5, x + half, y + 5)
        if room.free(box):
            room.taken.append(box)
            plate = {"boxstyle": "round,pad=0.2", "facecolor": FACES[level], "edgecolor": EDGE, "linewidth": 0.5}
            words.put(
                axes, x, y, text, size, "bold", color=INK, ha="center", va="center_baseline", zorder=13.5, bbox=plate,
            )  # fmt: skip
            return True
    return False


def _along(axes: Any, room: Room, line: Any, text: str, size: float) -> bool:
    """Set a name along a line, where it is straight enough and nothing else stands; never upside down."""
    from matplotlib.patheffects import withStroke

    points = room.points(shapely.get_coordinates(line))
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    wide = words.width(text, size)
    spare = way[-1] - wide - 2
    if spare < 0:
        return False
    for share in (0.5, 0.3, 0.7, 0.15, 0.85, 0.0, 1.0):
        start = 1 + share * spare
        on = np.linspace(start, start + wide, max(3, int(wide / (0.8 * size)) + 1))
        x, y = np.interp(on, way, points[:, 0]), np.interp(on, way, points[:, 1])
        turn = np.arctan2(y[-1] - y[0], x[-1] - x[0])
        aside = (y - y[0]) * np.cos(turn) - (x - x[0]) * np.sin(turn)
        if np.ptp(aside) > 0.34 * size:
            continue
        middle = (np.max(aside) + np.min(aside)) / 2
        px = (x[0] + x[-1]) / 2 - middle * np.sin(turn)
        py = (y[0] + y[-1]) / 2 + middle * np.cos(turn)
        half = 0.56 * size
        boxes = [
            (float(a - half), float(b - half), float(a + half), float(b + half)) for a, b in zip(x, y, strict=True)
        ]
        if not all(room.free(box) for box in boxes):
            continue
        room.taken += boxes
        degrees = (np.degrees(turn) + 90) % 180 - 90
        words.put(
            axes, float(px), float(py), text, size, color=INK, ha="center", va="center", zorder=13.4,
            rotation=float(degrees), rotation_mode="anchor",
            path_effects=[withStroke(linewidth=1.6, foreground="white")],
        )  # fmt: skip
        return True
    return False
