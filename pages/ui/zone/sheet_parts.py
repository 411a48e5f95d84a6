"""Parts of the evidence sheet: tables, headings, and the map with the zone's outline; for black and white too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from data.place.area import Area
from data.streets.base_map import BaseMap
from pages.ui.paper import text as words
from pages.ui.paper.map import print_map
from pages.ui.paper.page import MARGIN, Sheet
from pages.ui.paper.picture import SIMULATED
from pages.ui.paper.room import INK, MUTED, view

ROW = 13.0
HEAD, LINE = 12.5, 8.5  # of a table whose titles take one line, and of each line more
_STRIPE = "#F1F1EF"
_LEAST_AROUND_M = 120.0  # what the map shows around the zone at least
_CROSS_PT, _MOST_CROSSES = 3.6, 600


@dataclass(frozen=True)
class Column:
    """A column of a table: its title, where it begins and how wide it is, in points from the table's left."""

    title: str
    x: float
    room: float
    right: bool = False


def heading(sheet: Sheet, y: float, text: str, x: float = MARGIN, room: float | None = None) -> float:
    """Set a heading; gives where it goes on below."""
    sheet.text(x, y + 11, words.cut(text, room or sheet.wide - 2 * MARGIN, 10, "bold"), 10, "bold")
    return y + 16


def lines(sheet: Sheet, y: float, texts: Sequence[str], most: int, *, size: float = 7.5, **more: Any) -> float:
    """Set sentences, each on lines of its own, at most so many in all; gives where they end."""
    room = sheet.wide - 2 * MARGIN
    left = most
    for text in texts:
        if left <= 0:
            break
        set_ = words.wrap(text, room, size, most=left)
        left -= len(set_)
        for line in set_:
            sheet.text(MARGIN, y + size + 1, line, size, **more)
            y += 1.35 * size
    return y + 3


def table(
    sheet: Sheet,
    y: float,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    *,
    x: float = MARGIN,
    room: float | None = None,
    row: float = ROW,
    bold: Sequence[int] = (),
) -> float:
    """Set a table; each text is cut to its column. Rows of ``bold`` stand out. Gives where it ends."""
    wide = room or sheet.wide - 2 * MARGIN
    titles = [words.wrap(column.title, column.room, 7, most=3) for column in columns]
    deep = max(map(len, titles))
    for column, title in zip(columns, titles, strict=True):
        for k, line in enumerate(title, start=deep - len(title)):
            _cell(sheet, column, x, y + 9 + LINE * k, line, 7, "normal", MUTED)
    y += HEAD + LINE * (deep - 1)
    sheet.line(x, y, x + wide, y, 0.8)
    for k, texts in enumerate(rows):
        if k % 2:
            sheet.box(x, y, wide, row, facecolor=_STRIPE)
        for n, (column, text) in enumerate(zip(columns, texts, strict=True)):
            style = "bold" if n == 0 or k in bold else "normal"
            _cell(sheet, column, x, y + row / 2 + 2.9, text, 8, style, INK)
        y += row
    sheet.line(x, y, x + wide, y, 0.8)
    return y + 2


def _cell(sheet: Sheet, column: Column, x: float, y: float, text: str, size: float, style: str, colour: str) -> None:
    at = x + column.x + (column.room if column.right else 0)
    fits = next((s for s in (size, size - 0.7) if words.width(words.clean(text, style), s, style) <= column.room), 7.0)
    text = words.cut(text, column.room, min(fits, size), style)
    sheet.text(at, y, text, min(fits, size), style, color=colour, ha="right" if column.right else "left")


def zone_map(
    sheet: Sheet,
    y: float,
    high: float,
    area: Area,
    ground: BaseMap | None,
    shape: Any,
    points: Sequence[tuple[float, float]],
    *,
    simulated: bool,
) -> None:
    """Draw the zone with its outline, the streets where there are any, and a cross at each published point."""
    from matplotlib.collections import PolyCollection

    wide = sheet.wide - 2 * MARGIN
    west, south, east, north = shape.bounds
    edge = max(0.2 * max(east - west, north - south), _LEAST_AROUND_M)
    bounds = (west - edge, south - edge, east + edge, north + edge)
    axes = sheet.axes(MARGIN, y, wide, high)
    mark = SIMULATED if simulated else ""
    print_map(axes, area, bounds, ground=ground, names="wards", mark=mark, whole_names=True)
    left, low, right, _ = view(bounds, wide, high)
    scale = wide / (right - left)

    def on(coordinates: Any) -> Any:
        return (np.asarray(coordinates, dtype=float) - (left, low)) * scale

    rings = [on(ring.coords) for polygon in shapely.get_parts(shape) for ring in (polygon.exterior, *polygon.interiors)]
    for colour, width, over in (("white", 4.6, 8.0), (INK, 2.4, 8.1)):
        look: dict[str, Any] = {"facecolor": "none", "edgecolor": colour, "linewidth": width, "zorder": over}
        axes.add_collection(PolyCollection(rings, **look), autolim=False)
    if points:
        at = on(points[:_MOST_CROSSES])
        look = {"linestyle": "none", "marker": "+", "zorder": 8.2}
        axes.plot(*at.T, color="white", markersize=_CROSS_PT + 1.6, markeredgewidth=2.4, **look)
        axes.plot(*at.T, color=INK, markersize=_CROSS_PT, markeredgewidth=0.9, **look)
    axes.set_xlim(0, wide)
    axes.set_ylim(0, high)
