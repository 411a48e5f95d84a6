"""Lines of a briefing: months against their limits, and 12-month totals against a path; bars start at zero."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from analysis.common.method import MONTH_NAMES
from analysis.course.control_chart import ControlChart
from analysis.course.control_limits import OUTSIDE
from analysis.course.target import MONTHS
from analysis.course.target_progress import Against, Progress
from data.place.area import Season
from pages.ui.briefing.board import GRID, NAVY, PALE, PLUM, Board, around, ticks
from pages.ui.paper import text as words
from pages.ui.paper.room import INK, MUTED
from pages.ui.shell.choice import short_month, short_period
from pages.ui.shell.words import peak_of

SMALL, NORMAL = 8.0, 9.0
_LEFT, _TOP, _BOTTOM = 34.0, 18.0, 26.0
_NO_DATA = "#ECEDEE"


class Months:
    """A board with months along and values up.

    Parameters
    ----------
    board : Board
    index : PeriodIndex
        Months without gaps.
    least, most : float
        Of the values.
    right : float
        Points kept free at the right, for labels.
    top : float
        Points kept free above.
    """

    def __init__(
        self, board: Board, index: pd.PeriodIndex, least: float, most: float, right: float = 44.0, top: float = _TOP
    ) -> None:
        self.board, self.index = board, index
        self.left, self.top = _LEFT, top
        self.right, self.bottom = board.wide - right, board.high - _BOTTOM
        self.least, self.most = least, max(most, least + 1)
        self.step = (self.right - self.left) / max(len(index), 1)

    def x(self, month: pd.Period | int) -> float:
        """Middle of a month, or of a position among the months."""
        at = month if isinstance(month, int) else (month - self.index[0]).n
        return self.left + (at + 0.5) * self.step

    def y(self, value: float) -> float:
        """Height of a value."""
        return self.bottom - (value - self.least) / (self.most - self.least) * (self.bottom - self.top)

    def shade(self, first: int, last: int, colour: str) -> None:
        """Shade the columns from one position to another."""
        wide = (last - first + 1) * self.step
        self.board.box(self.left + first * self.step, self.top, wide, self.bottom - self.top, colour, zorder=0)

    def frame(self, marks: Sequence[float]) -> None:
        """Draw values up and months along."""
        for mark in marks:
            if self.least <= mark <= self.most:
                y = self.y(mark)
                base = mark == 0
                self.board.line([self.left, self.right], [y, y], INK if base else GRID, 0.9 if base else 0.6, zorder=1)
                self.board.text(self.left - 5, y + 3, f"{mark:,.0f}", SMALL, ha="right", color=MUTED)
        every = next(n for n in (1, 2, 3, 6, 12, 24, 48) if self.step * n >= 23 or n == 48)
        said = -1e9
        for at, month in enumerate(self.index):
            if (month.month - 1) % min(every, 12) == 0 and (every <= 12 or month.year % (every // 12) == 0):
                x = self.x(at)
                self.board.line([x, x], [self.bottom, self.bottom + 3], MUTED, 0.6)
                text = MONTH_NAMES[month.month - 1][:3]
                if x - said > words.width(text, SMALL) + 4:
                    self.board.text(x, self.bottom + 11, text, SMALL, ha="center", color=MUTED)
                    said = x
        self._years()

    def _years(self) -> None:
        years: dict[int, list[int]] = {}
        for at, month in enumerate(self.index):
            years.setdefault(month.year, []).append(at)
        for number, (year, held) in enumerate(years.items()):
            start = self.left + held[0] * self.step
            if number:
                self.board.line([start, start], [self.bottom + 3, self.bottom + 22], GRID, 0.8)
            wide = len(held) * self.step
            if wide > words.width(str(year), SMALL) + 4:
                self.board.text(start + wide / 2, self.bottom + 21, str(year), SMALL, ha="center", color=MUTED)

    def gaps(self, absent: Any, text: str = "no data") -> None:
        """Shade what is missing and say so where there is room."""
        where = np.flatnonzero(np.asarray(absent))
        for run in np.split(where, np.flatnonzero(np.diff(where) > 1) + 1) if len(where) else ():
            self.shade(int(run[0]), int(run[-1]), _NO_DATA)
            if len(run) * self.step > words.width(text, SMALL) + 4:
                middle = self.left + (run[0] + run[-1] + 1) / 2 * self.step
                spots = [(middle, self.top + share * (self.bottom - self.top), "center") for share in (0.92, 0.5, 0.1)]
                self.board.label(spots, text, SMALL, color=MUTED)


def monthly(
    board: Board, values: pd.Series, name: str, seasons: Sequence[Season], *, months: int = 36, colour: str = NAVY
) -> None:
    """Draw counts by month: one line from zero, the seasons shaded, the peak and the last month named."""
    recent = values.iloc[-months:]
    recent = recent.loc[recent.first_valid_index() :] if recent.notna().any() else recent
    y = recent.to_numpy(dtype=float)
    index = pd.PeriodIndex(recent.index)
    marks = ticks(float(np.nanmax(y)) * 1.1 if np.isfinite(y).any() else 1.0, 4)
    face = Months(board, index, 0.0, marks[-1], right=52, top=24)
    board.text(0, 10, f"{name}, incidents a month", NORMAL + 0.5, "bold", color=colour)
    _seasons(face, seasons)
    face.frame(marks)
    face.gaps(np.isnan(y))
    _line(face, y, colour)
    there = recent.dropna()
    if there.empty:
        return
    (peak, most), last = peak_of(there.iloc[-12:]), there.index[-1]
    board.label(_beside(face, last, there[last]), f"{short_month(last)[:3]}: {there[last]:,.0f}", NORMAL, "bold")
    if peak != last:
        board.label(around(face.x(peak), face.y(most), NORMAL), f"{short_month(peak)}: {most:,.0f}", NORMAL)


def _line(face: Months, y: Any, colour: str) -> None:
    xs = [face.x(at) for at in range(len(y))]
    ys = [face.y(v) if np.isfinite(v) else np.nan for v in y]
    face.board.line(xs, ys, colour, 1.8, zorder=3, solid_joinstyle="round")
    face.board.dots(xs, ys, colour, 3.4, zorder=4)
    for (x0, y0), (x1, y1) in pairwise(zip(xs, ys, strict=True)):
        if np.isfinite(y0) and np.isfinite(y1):
            face.board.keep([x0, x1], [y0, y1])
    face.board.taken += [(x - 3, v - 3, x + 3, v + 3) for x, v in zip(xs, ys, strict=True) if np.isfinite(v)]


def _beside(face: Months, month: pd.Period, value: float) -> list[tuple[float, float, str]]:
    x, y = face.x(month) + 6, face.y(value) + 3
    return [(x, y + step, "left") for step in (0, -8, 8, -16, 16, -26, 26)] + around(x, y, NORMAL)


def _seasons(face: Months, seasons: Sequence[Season]) -> None:
    """Shade the seasons' months with their first letters on top."""
    for season in seasons:
        for at, month in enumerate(face.index):
            if month.month in season.months:
                face.shade(at, at, PALE)
        held = [at for at, month in enumerate(face.index) if month.month in season.months]
        for run in np.split(held, np.flatnonzero(np.diff(held) > 1) + 1) if held else ():
            middle = face.left + (run[0] + run[-1] + 1) / 2 * face.step
            face.board.label([(middle, face.top - 3, "center")], season.name[:1], SMALL, color=MUTED)


# --- limits ----------------------------------------------------------------------------------------------------------
def limits(found: ControlChart, points: pd.DataFrame) -> Callable[[Any, float, float, float, float], None]:
    """Draw months against what is usual for them; a month that breaks a rule is a diamond."""

    def draw(sheet: Any, x: float, y: float, wide: float, high: float) -> None:
        board = Board(sheet, x, y, wide, high)
        value = points["value"].to_numpy(dtype=float)
        marks = ticks(float(np.nanmax(points[["value", "high"]].to_numpy(dtype=float))) * 1.05, 5)
        face = Months(board, pd.PeriodIndex(points.index), 0.0, marks[-1], right=98, top=22)
        if found.limited:
            first, last = (max((month - face.index[0]).n, 0) for month in found.baseline)
            face.shade(first, last, PALE)
            board.text(face.left + first * face.step, face.top - 5,
                       f"baseline {short_period(*found.baseline)}", SMALL, color=MUTED)  # fmt: skip
        face.frame(marks)
        if found.limited:
            _usual(face, points)
        face.gaps(np.isnan(value))
        _line(face, value, NAVY)
        signal = points["signal"].to_numpy(dtype=bool) & np.isfinite(value)
        board.dots([face.x(int(i)) for i in np.flatnonzero(signal)], [face.y(v) for v in value[signal]], PLUM, 8,
                   marker="D", zorder=5)  # fmt: skip
        told = [int(i) for i in np.flatnonzero(points["rule"].str.contains(OUTSIDE))][-4:]
        end = int(np.flatnonzero(np.isfinite(value))[-1]) if np.isfinite(value).any() else -1
        for i in dict.fromkeys([end, *told]):
            if i >= 0:
                text = f"{short_month(face.index[i])}: {value[i]:,.0f}"
                board.label(around(face.x(i), face.y(value[i]), NORMAL + 2), text, NORMAL, "bold")
        board.text(0, 9, "Incidents a month. Diamonds break a rule." if signal.any() else "Incidents a month.",
                   SMALL, color=MUTED)  # fmt: skip

    return draw


def _usual(face: Months, points: pd.DataFrame) -> None:
    """Draw what is usual for every month and its limits, named at their ends."""
    xs = [face.x(at) for at in range(len(points))]
    for column, dash, said in (
        ("high", (0, (5, 3)), "upper limit"), ("usual", "solid", "usual"), ("low", (0, (5, 3)), "lower limit"),
    ):  # fmt: skip
        level = points[column].tolist()
        ys = [face.y(one) for one in level]
        face.board.line(xs, ys, MUTED, 1.0, linestyle=dash, zorder=2)
        face.board.keep(xs, ys)
        spots = [(face.right + 4, ys[-1] + 3 + step, "left") for step in (0, -10, 10, -20, 20)]
        face.board.label(spots, f"{said} {level[-1]:,.0f}", SMALL, color=MUTED)


# --- path ------------------------------------------------------------------------------------------------------------
def path(found: Progress, table: pd.DataFrame) -> Callable[[Any, float, float, float, float], None]:
    """Draw 12-month totals against the path to the target."""

    def draw(sheet: Any, x: float, y: float, wide: float, high: float) -> None:
        board = Board(sheet, x, y, wide, high)
        index = pd.PeriodIndex(table["month"], freq="M")
        total = table["total_12_months"].astype(float).to_numpy()
        way = table["path"].to_numpy(dtype=float)
        seen = [*way[np.isfinite(way)], *total[np.isfinite(total)]]
        year = found.year if isinstance(found.year, Against) else None
        if year is not None and np.isfinite(year.low):
            seen += [year.low * year.path, year.high * year.path]
        pad = 0.3 * (max(seen) - min(seen)) + 1
        step = ticks(max(seen) + pad - max(0.0, min(seen) - pad), 6)[1]
        low, top = np.floor(max(0.0, min(seen) - pad) / step), np.ceil((max(seen) + pad) / step)
        marks = [float(step * k) for k in range(int(low), int(top) + 1)]
        face = Months(board, index, marks[0], marks[-1], right=78, top=22)
        face.frame(marks)
        past = np.asarray(index <= found.as_at)
        face.gaps(past & np.isnan(total), "a month is missing")
        xs = [face.x(at) for at in range(len(index))]
        line = [face.y(v) if np.isfinite(v) else np.nan for v in way]
        board.line(xs, line, INK, 1.6, linestyle=(0, (5, 3)), zorder=2)
        board.keep(xs, line)
        _line(face, total, NAVY)
        if year is not None:
            at = (year.last - index[0]).n
            if np.isfinite(year.low):
                ends = [face.y(year.low * year.path), face.y(year.high * year.path)]
                board.line([face.x(at)] * 2, ends, NAVY, 1.4, zorder=3)
                board.keep([face.x(at)] * 2, ends)
            board.label(_beside(face, year.last, year.count), f"{short_month(year.last)}: {year.count:,}", NORMAL + 1,
                        "bold", color=NAVY)  # fmt: skip
        start, end = found.path.index[0], found.path.index[-1]
        board.label(around(face.x(start), line[(start - index[0]).n], NORMAL),
                    f"baseline {found.baseline.total:,}", NORMAL, color=INK)  # fmt: skip
        spot = [(face.x(end) + 6, face.y(found.target) + step, "left") for step in (3, 16, -10, 28)]
        board.label(spot, f"target {found.target:,}", NORMAL, "bold")
        ahead = [month for month in found.path.index if month > found.as_at]
        if len(ahead) > 4:
            middle = ahead[len(ahead) // 2]
            at = (middle - index[0]).n
            board.label(around(face.x(middle), line[at], NORMAL + 3), "the path: a straight line, no forecast", SMALL,
                        color=MUTED)  # fmt: skip
        board.text(0, 9, f"Each point adds up {MONTHS} months; the upright line is the 95 % interval. "
                   f"{'The axis does not start at zero.' if marks[0] else ''}", SMALL,
                   color=MUTED)  # fmt: skip

    return draw
