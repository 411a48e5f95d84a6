"""The time line on paper: bars of responses above columns of counts; black and white lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from analysis.common.disclosure import LEAST
from data.problem.problem import DONE, PLANNED, RUNNING, STOPPED
from pages.ui.paper import text as words
from pages.ui.paper.room import INK, MUTED
from pages.ui.problem.timeline_months import Bar, TimeLine
from pages.ui.shell.choice import short_month

Draw = Callable[[Any, float, float, float, float], None]
SIZE, SMALL = 7.5, 7.0
_LOOK: dict[str, dict[str, Any]] = {
    PLANNED: {"facecolor": "white", "linestyle": (0, (3, 2))},
    RUNNING: {"facecolor": "white", "hatch": "////"},
    DONE: {"facecolor": "#9AA1A6"},
    STOPPED: {"facecolor": "white", "hatch": "...."},
}
COLUMN, GONE, BAND = "#5A6268", "#E4E6E7", "#F1F1EF"
_LEFT, _RIGHT, _AXIS, _HEAD, _ROW, _THICK = 24.0, 8.0, 20.0, 12.0, 19.0, 6.5
_LEAST_COUNTS = 58.0
_UNTOLD = 14.0  # height of a month whose count is not shown
_NAMED_PT = 21.0  # that the name of a month takes


def height(found: TimeLine, most: float) -> float:
    """Give the points that a time line takes, at most so many: rows that do not fit are counted in words."""
    return min(_HEAD + _ROW * max(len(found.bars), 1) + _HEAD + _LEAST_COUNTS + 22 + _AXIS, most)


def drawn(found: TimeLine) -> Draw:
    """Give what draws a time line into a rectangle of a sheet."""

    def draw(sheet: Any, x: float, y: float, wide: float, high: float) -> None:
        board = _Board(sheet, found, x, y, wide, high)
        board.bars()
        board.counts()

    return draw


class _Board:
    """A rectangle in points, x to the right and y downwards, with months along."""

    def __init__(self, sheet: Any, found: TimeLine, x: float, y: float, wide: float, high: float) -> None:
        self.found, self.wide, self.high = found, wide, high
        self.axes = sheet.axes(x, y, wide, high)
        self.axes.set_xlim(0, wide)
        self.axes.set_ylim(high, 0)
        self.axes.set_axis_off()
        self.step = (wide - _LEFT - _RIGHT) / len(found.months)
        self.first = found.months[0].ordinal
        room = high - _HEAD - _AXIS - _HEAD - _LEAST_COUNTS
        self.rows = max(min(len(found.bars), int(room // _ROW)), 1)
        self.top = _HEAD + _ROW * self.rows + (8 if len(found.bars) > self.rows or found.unseen else 0)
        self.base = high - _AXIS
        self.peak = self.top + _HEAD + 10

    def x(self, ordinal: int) -> float:
        """Left edge of a month."""
        return _LEFT + (ordinal - self.first) * self.step

    def text(self, x: float, y: float, text: str, size: float = SIZE, style: str = "normal", **more: Any) -> None:
        """Set a text within the board."""
        text = words.cut(text, self.wide, size, style)
        room = words.width(text, size, style)
        x -= {"left": 0.0, "center": 0.5, "right": 1.0}[more.pop("ha", "left")] * room
        x = min(max(x, 0.0), max(self.wide - room, 0.0))
        if text:
            words.put(self.axes, x, y, text, size, style, **{"color": INK, **more})

    def box(self, x: float, y: float, wide: float, high: float, **look: Any) -> None:
        """Draw a rectangle from its top left corner."""
        from matplotlib.patches import Rectangle

        self.axes.add_patch(Rectangle((x, y), wide, high, **{"edgecolor": INK, "linewidth": 0.8, **look}))

    def line(self, x0: float, y0: float, x1: float, y1: float, **look: Any) -> None:
        """Draw a straight line."""
        from matplotlib.lines import Line2D

        self.axes.add_line(Line2D([x0, x1], [y0, y1], **{"color": INK, "linewidth": 0.7, **look}))

    # --- responses ---------------------------------------------------------------------------------------------------
    def bars(self) -> None:
        found = self.found
        self.text(0, 8, "Responses", SIZE, "bold")
        for row, bar in enumerate(found.bars[: self.rows]):
            self._bar(bar, _HEAD + row * _ROW)
        if not found.bars:
            self.text(_LEFT, _HEAD + 11, "No response yet", SIZE, color=MUTED)
        left = len(found.bars) - min(self.rows, len(found.bars))
        said = [f"{left} more in the record" if left else "", f"{found.unseen} ended before" if found.unseen else ""]
        if any(said):
            self.text(_LEFT, self.top - 1, "; ".join(one for one in said if one), SMALL, "bold")

    def _bar(self, bar: Bar, y: float) -> None:
        left, right = self.x(bar.first), self.x(bar.last + 1)
        at = y + 9.5
        self.box(left, at, right - left, _THICK, **_LOOK[bar.state])
        middle = at + _THICK / 2
        if bar.endless or bar.later:
            self._arrow(right, middle, 1.0)
        if bar.earlier:
            self._arrow(left, middle, -1.0)
        room = self.wide - _LEFT - _RIGHT
        rest = words.width(words.clean(f", {bar.state}"), SIZE)
        text = words.cut(", ".join(p for p in (bar.what, bar.partner) if p), room - rest, SIZE) + f", {bar.state}"
        wide = words.width(words.clean(text), SIZE)
        self.text(left if left + wide <= self.wide - _RIGHT else max(right - wide, _LEFT), y + 7.2, text)

    def _arrow(self, x: float, y: float, way: float) -> None:
        from matplotlib.patches import Polygon

        points = [(x + way * 6, y), (x, y - _THICK * 0.75), (x, y + _THICK * 0.75)]
        self.axes.add_patch(Polygon(points, closed=True, facecolor=INK, edgecolor=INK, linewidth=0.5))

    # --- counts ------------------------------------------------------------------------------------------------------
    def counts(self) -> None:
        found = self.found
        shown = np.where(found.small, LEAST - 1.0, found.counts)
        most = max(float(np.nanmax(shown)) if np.isfinite(shown).any() else 1.0, 1.0)
        self.text(0, self.top + 9, f"{found.what[:1].upper()}{found.what[1:]} a month", SIZE, "bold")
        if found.measured is not None:
            left, right = self.x(found.measured[0]), self.x(found.measured[1] + 1)
            self.box(
                left, self.peak - 9, right - left, self.base - self.peak + 9, facecolor=BAND, linewidth=0, zorder=0
            )
            for x in (left, right):
                self.line(x, self.peak - 9, x, self.base, linestyle=(0, (2, 2)), color=MUTED)
            self.text((left + right) / 2, self.top + 9, "measured", SMALL, ha="center", color=MUTED)
        last = found.last_known
        top = int(np.nanargmax(shown)) if np.isfinite(shown).any() else None
        said: list[tuple[float, float]] = []
        for at, month in enumerate(found.months):
            x = self.x(month.ordinal)
            if found.hidden[at]:
                self.box(x, self.base - _UNTOLD, self.step, _UNTOLD, facecolor="white", hatch="..", linewidth=0.3)
            elif np.isnan(shown[at]) and found.known is not None and month <= found.known:
                self.box(x, self.peak, self.step, self.base - self.peak, facecolor=GONE, linewidth=0)
            if np.isnan(shown[at]):
                continue
            high = (self.base - self.peak) * shown[at] / most
            look = {"facecolor": "white", "hatch": "////"} if found.small[at] else {"facecolor": COLUMN}
            self.box(x + 0.09 * self.step, self.base - high, 0.82 * self.step, high, linewidth=0.4, **look)
            if at in {last, top}:
                text = found.count_words(at)
                half = words.width(text, SMALL) / 2
                middle = x + self.step / 2
                if not any(abs(middle - m) < half + h + 3 for m, h in said):
                    self.text(middle, self.base - high - 2, text, SMALL, ha="center")
                    said.append((middle, half))
        self.line(_LEFT, self.base, self.wide - _RIGHT, self.base)
        self.text(_LEFT - 4, self.base + 2.5, "0", SMALL, ha="right", color=MUTED)
        self._gaps()
        self._months()

    def _gaps(self) -> None:
        """Say of missing months, and of those that have not come, what they are."""
        found = self.found
        told = np.isfinite(found.counts) | found.small | found.hidden
        gone = [m for m, is_told in zip(found.months, told, strict=True) if not is_told and found.known is not None
                and m <= found.known]  # fmt: skip
        if len(gone) * self.step > words.width("no data", SMALL) + 4:
            self.text(self.x(gone[len(gone) // 2].ordinal), self.peak + 8, "no data", SMALL, ha="center", color=MUTED)
        if found.known is not None and found.known < found.months[-1]:
            x = self.x(found.known.ordinal + 1)
            self.line(x, self.peak - 9, x, self.base, linestyle=(0, (1, 2)))
            text = f"known to {short_month(found.known)}"
            if x + 4 + words.width(text, SMALL) < self.wide:
                self.text(x + 2, self.base - 4, text, SMALL, color=MUTED)

    def _months(self) -> None:
        every = next((n for n in (1, 2, 3, 6, 12) if self.step * n >= _NAMED_PT), 12)
        for month in self.found.months:
            x = self.x(month.ordinal)
            if (month.month - 1) % every == 0:
                self.line(x, self.base, x, self.base + 2.5)
                self.text(x + self.step / 2, self.base + 9, short_month(month)[:3], SMALL, ha="center", color=MUTED)
            if month.month == 1 and month.ordinal > self.first:
                self.line(x, self.base, x, self.base + 18, color=MUTED)
        for year in sorted({month.year for month in self.found.months}):
            held = [m.ordinal for m in self.found.months if m.year == year]
            if len(held) * self.step > words.width(str(year), SMALL) + 4:
                middle = (self.x(held[0]) + self.x(held[-1] + 1)) / 2
                self.text(middle, self.base + 18, str(year), SMALL, ha="center", color=MUTED)
