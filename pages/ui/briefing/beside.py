"""The panel of the area beside its neighbours: rates with intervals, the area's place, and what the plan claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from analysis.common.percents import signed
from analysis.common.refusal import Refusal
from analysis.course.beside import ONE_CENSUS, RESIDENTS_ELSEWHERE, Beside
from analysis.findings.beside import beside_title, left_out_words, trend_words
from pages.ui.briefing.board import GRID, NAVY, PLUM, Board, ticks
from pages.ui.briefing.lines import NORMAL, SMALL
from pages.ui.briefing.panel import ANALYST, BESIDE, Ask, Panel, panel
from pages.ui.chart import beside, beside_panel
from pages.ui.document.blocks import Column, Table
from pages.ui.paper import text as words
from pages.ui.paper.room import INK, MUTED
from pages.ui.shell.cache import Dataset, cached

_MOST_ROW, _LINE = 44.0, 12.5


def neighbours(data: Dataset, ask: Ask) -> Panel:
    """Show the area among the districts of its city region."""
    chosen = ask.filters(data)
    counted = beside.counted_of(ask.category)
    name = counted.name
    found = cached(beside.compared, data, chosen, name, counted.categories)
    if isinstance(found, Refusal):
        raise found
    told = beside_title(found, name)
    chart = beside.rate_chart(found, told.title)
    claims = [beside_panel.claim_words(data, chosen, claim) for claim in beside.claims(data)]
    said = [f"The plan: {text}. {verdict}. {why}" for text, verdict, why in claims]
    left_out = left_out_words(found)
    return panel(
        data, ask, BESIDE, told.title, found.method, category=ask.category, alt=chart.alt,
        more=told.detail, draw=rates(found, said),
        table=_table(found, f"{name} by district, 12 months", full=ask.audience == ANALYST),
        numbers=(("beside", chart.table), ("beside-course", beside.index_table(found))),
        notes=(*said, trend_words(found), left_out), share=0.5,
        caveats=tuple(filter(None, (RESIDENTS_ELSEWHERE, left_out, ONE_CENSUS))),
    )  # fmt: skip


def _table(found: Beside, title: str, *, full: bool) -> Table:
    columns = [Column("District"), Column("Recorded", right=True), Column("per 1,000", right=True),
               Column("95 %", right=True), Column("Against the area"), Column("Change", right=True)]  # fmt: skip
    columns += [Column("First year = 100", right=True)] if full else []
    rows = []
    for row in found.table.to_dict("records"):
        against = "the area" if row["own"] else str(row["against"]) or "not known"
        change = signed(row["change"] - 1) if np.isfinite(row["change"]) else "–"
        cells = [str(row["district"]), f"{row['count']:,}", f"{row['rate']:.1f}",
                 f"{row['low']:.1f} to {row['high']:.1f}", against, change]  # fmt: skip
        cells += [f"{row['index']:.0f}" if np.isfinite(row["index"]) else "–"] if full else []
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows), title, tuple(np.flatnonzero(found.table["own"]).tolist()))


def rates(found: Beside, said: Sequence[str] = ()) -> Callable[[Any, float, float, float, float], None]:
    """Draw a point with its interval for every district, the lowest rate first, and below what is said of claims."""
    rows = found.table.to_dict("records")

    def draw(sheet: Any, x: float, y: float, wide: float, high: float) -> None:
        board = Board(sheet, x, y, wide, high)
        board.text(0, 10, "Incidents for every 1,000 residents, lowest first", NORMAL, color=MUTED)
        told = [line for text in said for line in words.wrap(text, wide - 4, NORMAL)]
        below = 62 + _LINE * len(told)
        step = min(_MOST_ROW, max(14.0, (high - below) / max(len(rows), 1)))
        size = min(NORMAL + 1, 0.6 * step)
        names = [words.cut(str(row["district"]), 0.36 * wide, size, "bold") for row in rows]
        left = max(words.width(name, size, "bold") for name in names) + 10
        marks = ticks(max(float(row["high"]) for row in rows), 5)
        end = wide - 40

        def at(value: float) -> float:
            return left + value / marks[-1] * (end - left)

        bottom = 22 + step * len(rows)
        for mark in marks:
            board.line([at(mark)] * 2, [20, bottom], INK if mark == 0 else GRID, 0.9 if mark == 0 else 0.6)
            board.text(at(mark), bottom + 11, f"{mark:,.0f}", SMALL, ha="center", color=MUTED)
        for number, (row, name) in enumerate(zip(rows, names, strict=True)):
            middle = 22 + (number + 0.5) * step
            own = bool(row["own"])
            colour, style = (PLUM, "bold") if own else (NAVY, "normal")
            board.text(left - 6, middle + 0.35 * size, name, size, style, ha="right", color=colour if own else INK)
            board.line([at(row["low"]), at(row["high"])], [middle, middle], colour, 4.0 if own else 2.0, zorder=3)
            board.dots([at(row["rate"])], [middle], colour, 11 if own else 8, marker="D" if own else "o", zorder=4)
            board.text(wide - 2, middle + 0.35 * size, f"{row['rate']:.1f}", size, style, ha="right")
        note = "Line: where another year's rate lies in 95 of 100 cases, but for what all districts do together."
        if not found.spread.known:
            note = "Line: chance alone; two years are needed to tell how much years vary."
        y = bottom + 26
        for line in words.wrap(note, wide - 4, SMALL, most=2):
            board.text(0, y, line, SMALL, color=MUTED)
            y += 10
        if y + 6 + _LINE * len(told) <= high:  # else they stand in the notes
            for number, line in enumerate(told, start=1):
                board.text(0, y + 2 + _LINE * number, line, NORMAL)

    return draw
