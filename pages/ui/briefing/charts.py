"""Charts of a briefing without months: cards, bars from zero, ratios with their intervals, recorded and expected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.outcome.operation import Verdict
from analysis.when.season_effect import SeasonEffect
from data.place.area import Season
from pages.ui.briefing import lines as briefing_lines
from pages.ui.briefing.board import GRID, NAVY, PALE, PLUM, Board, around, ticks
from pages.ui.briefing.lines import NORMAL, SMALL, Months
from pages.ui.overview.figures import Headline
from pages.ui.paper import text as words
from pages.ui.paper.room import INK, MUTED

Draw = Callable[[Any, float, float, float, float], None]
_GREY = "#8C9196"
_GROUND = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}


# --- headlines -------------------------------------------------------------------------------------------------------
def headlines(cards: Sequence[Headline], series: Sequence[tuple[str, pd.Series]], seasons: Sequence[Season]) -> Draw:
    """Draw the figures in a row over the months of the crime types side by side."""

    def draw(sheet: Any, x: float, y: float, wide: float, high: float) -> None:
        gap = 12.0
        each = (wide - gap * (len(cards) - 1)) / max(len(cards), 1)
        tall = min(max(_tall(card, each) for card in cards), 0.44 * high)
        for number, card in enumerate(cards):
            _card(Board(sheet, x + number * (each + gap), y, each, tall), card)
        shown = [(name, values) for name, values in series if values.notna().any()]
        half = (wide - gap * (len(shown) - 1)) / max(len(shown), 1)
        legend = ", ".join(f"{season.name[:1]} {season.name}" for season in seasons)
        below = y + tall + gap
        for number, (name, values) in enumerate(shown):
            board = Board(sheet, x + number * (half + gap), below, half, high - tall - gap - 14)
            briefing_lines.monthly(board, values, name, seasons, colour=(NAVY, PLUM)[number % 2])
        if shown and legend:
            note = Board(sheet, x, y + high - 13, wide, 13)
            note.text(0, 9, words.cut(f"Shaded: {legend}. Whole calendar months.", wide - 4, SMALL), SMALL, color=MUTED)

    return draw


def _tall(card: Headline, wide: float) -> float:
    """Give the height that a card takes at the most."""
    lines = [line for part in card.words.split("\n") for line in words.wrap(part, wide - 18, SMALL + 0.5)]
    return 82.0 + 11.3 * len(lines)


def _card(board: Board, card: Headline) -> None:
    room = board.wide - 18
    board.box(0, 0, board.wide, board.high, "#F4F6F8")
    board.box(0, 0, 3.5, board.high, NAVY)
    y = 14.0
    for line in words.wrap(card.label, room, NORMAL, "bold", most=2):
        board.text(11, y, line, NORMAL, "bold", color=MUTED)
        y += 12
    size = next(
        (s for s in (30.0, 26.0, 22.0, 18.0, 14.0) if words.width(words.clean(card.value, "bold"), s, "bold") <= room),
        12.0,
    )
    y += size - 4
    value = words.cut(card.value, room, size, "bold")
    board.text(11, y, value, size, "bold", color=NAVY)
    if card.delta:
        beside = 11 + words.width(value, size, "bold") + 9
        delta = words.clean(card.delta, "bold")
        if beside + words.width(delta, 12, "bold") <= board.wide - 6:
            board.text(beside, y, delta, 12, "bold", color=PLUM if card.clear else MUTED)
        else:
            y += 16
            board.text(11, y, words.cut(delta, room, 12, "bold"), 12, "bold", color=PLUM if card.clear else MUTED)
    y += 16
    left = max(1, int((board.high - y + 2) // 11.2))
    lines = [line for part in card.words.split("\n") for line in words.wrap(part, room, SMALL + 0.5)]
    size = SMALL + 0.5
    if len(lines) > left:
        size = SMALL - 1
        lines = words.wrap(card.words.replace("\n", " "), room, size, most=max(1, int((board.high - y + 2) // 9.4)))
    for line in lines:
        board.text(11, y, line, size)
        y += 1.32 * size


# --- bars ------------------------------------------------------------------------------------------------------------
def bars(rows: Sequence[tuple[str, float]], what: str, strong: Sequence[int] = ()) -> Draw:
    """Draw bars from zero with their names and values; ``strong`` ones are those that the finding speaks of."""

    def draw(sheet: Any, x: float, y: float, wide: float, high: float) -> None:
        board = Board(sheet, x, y, wide, high)
        board.text(0, 10, what, NORMAL, color=MUTED)
        step = min(26.0, (high - 20) / max(len(rows), 1))
        size = min(10.0, max(6.5, 0.62 * step))
        names = [words.cut(name, 0.42 * wide, size) for name, _ in rows]
        left = max((words.width(name, size) for name in names), default=0) + 8
        most = max((value for _, value in rows), default=0) or 1.0
        room = wide - left - 46
        board.line([left, left], [17, 19 + step * len(rows)], INK, 0.9)
        for number, ((_, value), name) in enumerate(zip(rows, names, strict=True)):
            top = 19 + number * step
            board.text(left - 5, top + step / 2 + 0.35 * size, name, size, ha="right")
            board.box(
                left, top + 0.14 * step, room * value / most, 0.72 * step, NAVY if number in strong else "#7F9BB8"
            )
            board.text(left + room * value / most + 4, top + step / 2 + 0.35 * size, f"{value:,.0f}", size, "bold")

    return draw


# --- seasons ---------------------------------------------------------------------------------------------------------
def seasons(effects: Sequence[SeasonEffect], lead: str) -> Draw:
    """Draw what seasons run at, on a log scale: the interval thick, one new year thin, every past year as a mark."""

    def draw(sheet: Any, x: float, y: float, wide: float, high: float) -> None:
        board = Board(sheet, x, y, wide, high)
        values = [v for e in effects for v in (e.low, e.high, *(r for _, r in e.yearly)) if np.isfinite(v) and v > 0]
        least, most = min([0.6, *values]) / 1.12, max([1.6, *values]) * 1.12
        names = [words.wrap(e.season.name, 0.24 * wide, NORMAL + 1, "bold", most=2) for e in effects]
        left = max((words.width(line, NORMAL + 1, "bold") for name in names for line in name), default=0) + 14
        end = wide - 8
        bottom, top = high - 30, 24.0

        def at(value: float) -> float:
            share = np.log(np.clip(value, least, most) / least) / np.log(most / least)
            return left + float(share) * (end - left)

        marks = [v for v in (0.125, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 32) if least <= v <= most]
        said = -1e9
        for mark in marks:
            usual = mark == 1
            board.line([at(mark)] * 2, [top, bottom], INK if usual else GRID, 1.1 if usual else 0.6, zorder=1)
            text = "an ordinary month" if usual else f"{mark:g} times"
            half = words.width(text, SMALL) / 2
            if usual or (at(mark) - half > said + 4 and abs(at(mark) - at(1)) > half + 34):
                board.text(at(mark), bottom + 12, text, SMALL, ha="center", color=MUTED)
                said = at(mark) + half
        step = min(88.0, (bottom - top) / max(len(effects), 1))
        for number, (effect, name) in enumerate(zip(effects, names, strict=True)):
            y0 = top + (number + 0.56) * step
            colour = PLUM if effect.season.key == lead else NAVY
            start = y0 + 3 - 6 * (len(name) - 1)
            for line in name:
                board.text(2, start, line, NORMAL + 1, "bold", color=colour)
                start += 12
            if np.isfinite(effect.new_low):
                board.line([at(effect.new_low), at(effect.new_high)], [y0, y0], colour, 1.0, zorder=2)
            board.line([at(effect.low), at(effect.high)], [y0, y0], colour, 5.0, zorder=3)
            for _, ratio in effect.yearly:
                board.line([at(ratio)] * 2, [y0 + 8, y0 + 15], _GREY, 1.4, zorder=3)
            board.dots([at(effect.ratio)], [y0], colour, 10, hollow=not effect.differs, zorder=5)
            text = f"{effect.ratio:.2f} times ({effect.low:.2f} to {effect.high:.2f})"
            board.text(at(effect.ratio), y0 - 10, text, NORMAL, "bold", ha="center", color=colour, bbox=_GROUND)
        board.text(0, high - 3, "Thick: 95 % interval. Thin: one new year. Upright marks: each year. "
                   "Full point: differs.",
                   SMALL - 0.5, color=MUTED)  # fmt: skip
        board.text(0, 10, "Incidents a day against an ordinary month", NORMAL, color=MUTED)

    return draw


# --- did it work -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Judged:
    """An area with its verdict, for the picture."""

    name: str
    found: Verdict


def verdicts(judged: Sequence[Judged], months: pd.DataFrame) -> Draw:
    """Draw what was recorded against what was expected with nothing planned, over the months."""

    def draw(sheet: Any, x: float, y: float, wide: float, high: float) -> None:
        step = 40.0
        board = Board(sheet, x, y, wide, 34 + step * len(judged))
        board.text(
            0, 10, "Recorded (point) and what was to be expected with nothing planned (bar)", NORMAL, color=MUTED
        )
        most = max(max(float(j.found.usual[1]), float(j.found.recorded)) for j in judged) * 1.1 or 1.0
        left = max(words.width(words.clean(j.name, "bold"), NORMAL + 1, "bold") for j in judged) + 12
        marks = ticks(most, 5)

        def at(value: float) -> float:
            return left + value / marks[-1] * (wide - left - 30)

        bottom = 20 + step * len(judged)
        for mark in marks:
            board.line([at(mark)] * 2, [18, bottom], INK if mark == 0 else GRID, 0.9 if mark == 0 else 0.6)
            board.text(at(mark), bottom + 10, f"{mark:,.0f}", SMALL, ha="center", color=MUTED)
        for number, one in enumerate(judged):
            y0 = 20 + (number + 0.62) * step
            found = one.found
            board.text(2, y0 + 3, one.name, NORMAL + 1, "bold")
            low, high80 = found.usual
            board.box(at(low), y0 - 6, at(high80) - at(low), 12, PALE, linewidth=0.8, edgecolor=MUTED)
            board.line([at(found.expected)] * 2, [y0 - 6, y0 + 6], INK, 1.6)
            board.dots([at(found.recorded)], [y0], PLUM, 9, zorder=5)
            board.keep([at(found.expected)] * 2, [y0 - 6, y0 + 6])
            text = f"{found.recorded:,} recorded, {found.expected:,.1f} expected"
            board.label(
                [(at(found.recorded), y0 - 10, "center"), *around(at(found.recorded), y0, 13)], text, NORMAL, "bold"
            )
        rest = high - board.high - 8
        if rest > 90:
            _compared(Board(sheet, x, y + board.high + 8, wide, rest), months)

    return draw


def _compared(board: Board, months: pd.DataFrame) -> None:
    recent = months.iloc[-36:]
    values = recent[["treated", "scaled"]].to_numpy(dtype=float)
    marks = ticks(float(np.nanmax(values)) * 1.1 if np.isfinite(values).any() else 1.0, 4)
    face = Months(board, pd.PeriodIndex(recent.index), 0.0, marks[-1], right=8, top=24)
    face.frame(marks)
    face.gaps(np.isnan(values).any(axis=1))
    xs = [face.x(at) for at in range(len(recent))]
    for column, colour, dash in ((1, _GREY, (0, (4, 2))), (0, NAVY, "solid")):
        ys = [face.y(v) if np.isfinite(v) else np.nan for v in values[:, column]]
        board.line(xs, ys, colour, 1.8, linestyle=dash, zorder=3)
    board.text(0, 10, "Where you went (line), places like it at the same level (dashes), incidents a month",
               SMALL, color=MUTED)  # fmt: skip
