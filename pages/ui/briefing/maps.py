"""Maps of a briefing: where everything lies, and one map per township at a scale where cells can be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from data.place.area import Area, Township
from data.streets.base_map import BaseMap
from pages.ui.paper import map as print_map
from pages.ui.paper import text as words
from pages.ui.paper.map import SHADES, Squares
from pages.ui.paper.page import Sheet
from pages.ui.paper.room import INK, MUTED, Spot, view

Draw = Callable[[Any, float, float, float, float], None]
_GAP, _HEAD, _LEGEND = 7.0, 12.0, 15.0
_MOST = 9  # maps on one picture; further townships are on the map of the whole
_SIZE = 7.5
_LEAST_M = 1800.0  # a map shows at least so much


@dataclass(frozen=True, eq=False)
class Mapped:
    """What the maps draw: cells by class with the words of the classes, numbered places, and what the outline means."""

    squares: Squares
    classes: tuple[str, ...]
    spots: tuple[Spot, ...]
    title: str
    outline: str
    mark: str = ""


def bounds_of(area: Area, township: Township) -> tuple[float, float, float, float]:
    """Give the bounds of the wards of a township, EPSG:27700."""
    shape = area.shape_of(township)
    west, south, east, north = shape.bounds
    return west - 60, south - 60, east + 60, north + 60


def busy_bounds(area: Area, township: Township, squares: Squares) -> tuple[float, float, float, float]:
    """Give the bounds of the cells that are drawn in a township; of its wards where there are none."""
    shape = area.shape_of(township)
    half = squares.size_m / 2
    east, north = np.asarray(squares.easting_m, dtype=float), np.asarray(squares.northing_m, dtype=float)
    inside = shapely.contains_xy(shape, east + half, north + half) if len(east) else np.zeros(0, dtype=bool)
    if not inside.any():
        return bounds_of(area, township)
    e, n = east[inside], north[inside]
    edge = 2 * squares.size_m
    return e.min() - edge, n.min() - edge, e.max() + squares.size_m + edge, n.max() + squares.size_m + edge


def _slots(shapes: Sequence[tuple[float, ...]], wide: float, high: float) -> list[tuple[float, float, float, float]]:
    """Share a rectangle out over maps in rows, the least scale as large as can be: left, top, width, height."""

    def laid(rows: tuple[int, ...]) -> list[tuple[float, float, float, float]]:
        tall = (high - _GAP * (len(rows) - 1)) / len(rows)
        found, at = [], 0
        for row, n in enumerate(rows):
            # in a row each is as wide as its shape asks for
            needs = [(s[2] - s[0]) / (s[3] - s[1]) for s in shapes[at : at + n]]
            needs = [min(max(need, 0.8 * sum(needs) / n), 1.4 * sum(needs) / n) for need in needs]
            left, room = 0.0, wide - _GAP * (n - 1)
            for need in needs:
                w = room * need / sum(needs)
                found.append((left, row * (tall + _GAP), w, tall))
                left += w + _GAP
            at += n
        return found

    def least(rows: tuple[int, ...]) -> float:
        return min(
            min(w / (s[2] - s[0]), (h - _HEAD) / (s[3] - s[1])) if min(w, h - _HEAD) > 40 else 0.0
            for s, (_, _, w, h) in zip(shapes, laid(rows), strict=True)
        )

    if not shapes:
        return []
    n = len(shapes)
    every = [tuple(n // rows + (1 if row < n % rows else 0) for row in range(rows)) for rows in range(1, min(n, 4) + 1)]
    every += [tuple(reversed(rows)) for rows in every]
    return laid(max(every, key=least))


def townships(area: Area, ground: BaseMap | None, mapped: Mapped) -> Draw:
    """Draw a map of the whole area beside one map per township, each with its name, and the legend under all."""

    def draw(sheet: Sheet, x: float, y: float, wide: float, high: float) -> None:
        shown = area.townships[: _MOST - 1]
        whole = area.wards.outline.bounds
        tall = high - _legend_high(mapped, wide)
        ratio = (whole[2] - whole[0]) / (whole[3] - whole[1])
        first = min(0.24 * wide, (tall - _HEAD) * ratio * 1.08) if shown else wide
        frames: list[tuple[float, ...]] = []
        shapes = [busy_bounds(area, township, mapped.squares) for township in shown]
        for township, shape, (left, top, w, h) in zip(
            shown, shapes, _slots(shapes, wide - first - _GAP, tall), strict=True
        ):
            bounds = view(shape, w, h - _HEAD, _LEAST_M)
            frames.append(bounds)
            at = x + first + _GAP + left
            _head(sheet, at, y + top, w, township.name)
            _map(sheet, area, (at, y + top + _HEAD, w, h - _HEAD), bounds, ground, mapped, "wards")
        _head(sheet, x, y, first, area.name)
        spots = Mapped(mapped.squares, mapped.classes, () if shown else mapped.spots, "", "", mapped.mark)
        _map(sheet, area, (x, y + _HEAD, first, tall - _HEAD), whole, None, spots, "townships", frames)
        _legend(sheet, x, y + tall + 4, wide, mapped)

    return draw


def one(area: Area, ground: BaseMap | None, mapped: Mapped, township: Township) -> Draw:
    """Draw one township large, with a small map of where it lies."""

    def draw(sheet: Sheet, x: float, y: float, wide: float, high: float) -> None:
        tall = high - _legend_high(mapped, wide)
        whole = area.wards.outline.bounds
        ratio = (whole[2] - whole[0]) / (whole[3] - whole[1])
        small = min(0.2 * wide, 0.5 * tall * ratio * 1.08)
        bounds = view(bounds_of(area, township), wide - small - _GAP, tall)
        _map(sheet, area, (x + small + _GAP, y, wide - small - _GAP, tall), bounds, ground, mapped, "wards")
        spots = Mapped(mapped.squares, mapped.classes, (), "", "", mapped.mark)
        _map(sheet, area, (x, y, small, min(tall, small / ratio / 1.02)), whole, None, spots, "", [bounds])
        _legend(sheet, x, y + tall + 4, wide, mapped)

    return draw


def _map(
    sheet: Sheet,
    area: Area,
    at: tuple[float, float, float, float],
    bounds: Sequence[float],
    ground: BaseMap | None,
    mapped: Mapped,
    names: str,
    frames: Sequence[Sequence[float]] = (),
) -> None:
    print_map.print_map(
        sheet.axes(*at), area, bounds, ground=ground, squares=mapped.squares, spots=mapped.spots, frames=frames,
        names=names, mark=mapped.mark, whole_names=True,
    )  # fmt: skip


def _head(sheet: Sheet, x: float, y: float, room: float, text: str) -> None:
    sheet.text(x, y + 8.5, words.cut(text, room, 8.5, "bold"), 8.5, "bold")


def _entries(mapped: Mapped) -> list[tuple[str, str]]:
    found = list(zip(SHADES, mapped.classes, strict=False))
    return found + ([("", mapped.outline)] if mapped.outline else []) + (
        [("o", "place of the list")] if mapped.spots else []
    )  # fmt: skip


def _flow(mapped: Mapped, wide: float) -> Iterator[tuple[int, float, str, str]]:
    """Line, left edge, shade and text of every entry of the legend, behind its title."""
    line, at = 0, words.width(words.cut(mapped.title, wide, _SIZE, "bold"), _SIZE, "bold") + 12
    for shade, text in _entries(mapped):
        need = 26 + words.width(words.clean(text), _SIZE)
        if at + need > wide:
            line, at = line + 1, 0.0
        yield line, at, shade, text
        at += need


def _legend_high(mapped: Mapped, wide: float) -> float:
    return 4 + (1 + max((line for line, *_ in _flow(mapped, wide)), default=0)) * _LEGEND


def _legend(sheet: Sheet, x: float, y: float, wide: float, mapped: Mapped) -> None:
    """Say in a line or two what shades, outline and numbers mean."""
    sheet.text(x, y + 9, words.cut(mapped.title, wide, _SIZE, "bold"), _SIZE, "bold")
    top = y
    for line, at, shade, text in _flow(mapped, wide):
        y = top + line * _LEGEND
        if shade == "o":
            from matplotlib.patches import Circle

            sheet.figure.add_artist(
                Circle(
                    (x + at + 6, y + 6.5), 5, transform=sheet.points, facecolor="white", edgecolor=INK, linewidth=1.2
                )
            )
            sheet.text(x + at + 6, y + 9, "1", 6, "bold", ha="center")
        else:
            look = {"edgecolor": MUTED, "linewidth": 0.5} if shade else {"edgecolor": INK, "linewidth": 1.8}
            sheet.box(x + at, y + 1.5, 13, 10, facecolor=shade or "white", **look)
        sheet.text(x + at + 17, y + 9, words.cut(text, wide - at - 17, _SIZE), _SIZE)
