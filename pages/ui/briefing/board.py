"""The face of a chart in points: shapes and measured text, what is taken on it, and labels that keep apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pages.ui.chart.palette import LIGHT
from pages.ui.paper import text as words
from pages.ui.paper.page import Sheet
from pages.ui.paper.room import INK

NAVY, PLUM = LIGHT.series[:2]
PALE, GRID = "#DCE3EC", "#D5D9DC"
_GAP = 1.5


class Board:
    """A rectangle of a sheet; x to the right and y downwards from its top left corner, in points."""

    def __init__(self, sheet: Sheet, x: float, y: float, wide: float, high: float) -> None:
        self.wide, self.high = wide, high
        self.axes = sheet.axes(x, y, wide, high)
        self.axes.set_xlim(0, wide)
        self.axes.set_ylim(high, 0)
        self.axes.set_axis_off()
        self.taken: list[tuple[float, float, float, float]] = []

    def text(
        self, x: float, y: float, text: str, size: float, style: str = "normal", *, ha: str = "left", **more: Any
    ) -> None:
        """Set a text with its base line at y and keep its ground; it stays within the board."""
        text = words.clean(text, style)
        if not text:
            return
        left = self._left(x, text, size, style, ha)
        self.taken.append((left, y - 0.8 * size, left + words.width(text, size, style), y + 0.25 * size))
        words.put(self.axes, left, y, text, size, style, **{"color": INK, **more})

    def _left(self, x: float, text: str, size: float, style: str, ha: str) -> float:
        room = words.width(text, size, style)
        left = x - {"left": 0.0, "center": 0.5, "right": 1.0}[ha] * room
        return min(max(left, 1.0), max(self.wide - room - 1.0, 1.0))

    def label(
        self, spots: Sequence[tuple[float, float, str]], text: str, size: float, style: str = "normal", **more: Any
    ) -> bool:
        """Set a text at the first of some spots (x, base line, alignment) where nothing is; True where it was set."""
        text = words.clean(text, style)
        for x, y, ha in spots:
            left = self._left(x, text, size, style, ha)
            box = (left, y - 0.8 * size, left + words.width(text, size, style), y + 0.25 * size)
            if self.free(box):
                self.text(left, y, text, size, style, **more)
                return True
        return False

    def free(self, box: tuple[float, float, float, float]) -> bool:
        """Whether a box (left, top, right, bottom) lies on the board and on nothing that is taken."""
        left, top, right, bottom = box
        if left < 0 or top < 0 or right > self.wide or bottom > self.high:
            return False
        g = _GAP
        return not any(
            left < t[2] + g and t[0] < right + g and top < t[3] + g and t[1] < bottom + g for t in self.taken
        )

    def line(
        self, xs: Sequence[float], ys: Sequence[float], colour: str = INK, width: float = 1.0, **more: Any
    ) -> None:
        """Draw a line through points; where a y is NaN there is a gap."""
        from matplotlib.lines import Line2D

        look = {"solid_capstyle": "butt", "dash_capstyle": "butt", **more}
        self.axes.add_line(Line2D(list(xs), list(ys), color=colour, linewidth=width, **look))

    def dots(self, xs: Sequence[float], ys: Sequence[float], colour: str, size: float, **more: Any) -> None:
        """Draw marks of a size in points; ``hollow`` ones are white inside."""
        from matplotlib.lines import Line2D

        face = "white" if more.pop("hollow", False) else colour
        look = {"marker": "o", "markeredgecolor": colour, "markerfacecolor": face, "markeredgewidth": 1.2, **more}
        self.axes.add_line(Line2D(list(xs), list(ys), linestyle="none", markersize=size, **look))

    def box(self, x: float, y: float, wide: float, high: float, colour: str, **more: Any) -> None:
        """Draw a filled rectangle from its top left corner."""
        from matplotlib.patches import Rectangle

        self.axes.add_patch(Rectangle((x, y), wide, high, **{"facecolor": colour, "linewidth": 0, **more}))

    def keep(self, xs: Sequence[float], ys: Sequence[float], reach: float = 1.5) -> None:
        """Keep the ground along a line: no label will stand on it."""
        points = [(x, y) for x, y in zip(xs, ys, strict=True) if np.isfinite(y)]
        for (x0, y0), (x1, y1) in zip(points, points[1:] or points, strict=False):
            n = max(2, int(max(abs(x1 - x0), abs(y1 - y0)) / 3))
            for share in np.linspace(0, 1, n):
                x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
                self.taken.append((x - reach, y - reach, x + reach, y + reach))


def around(x: float, y: float, size: float) -> list[tuple[float, float, str]]:
    """List spots for a label around a point, above first."""
    near, far = 0.6 * size, 1.5 * size
    return [
        (x, y - near, "center"), (x + near, y + 0.3 * size, "left"), (x - near, y + 0.3 * size, "right"),
        (x, y + near + size, "center"), (x, y - far, "center"), (x + near, y - far, "left"),
        (x - near, y - far, "right"), (x, y + far + size, "center"), (x, y - 2 * far, "center"),
        (x, y + 2 * far + size, "center"),
    ]  # fmt: skip


def ticks(top: float, most: int = 5) -> list[float]:
    """Round values from 0 to about ``top``."""
    if not np.isfinite(top) or top <= 0:
        return [0.0, 1.0]
    base = 10 ** np.floor(np.log10(top / most))
    step = next(f * base for f in (1, 2, 5, 10, 20) if top / (f * base) <= most)
    step = max(float(step), 1.0)
    return [float(step * k) for k in range(int(np.ceil(top / step - 1e-9)) + 1)]
