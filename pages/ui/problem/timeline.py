"""The time line on screen: responses as bars above the monthly counts, with its table and file."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.common.disclosure import LEAST
from data.plan.kept import Kept
from data.problem.problem import DONE, PLANNED, RUNNING, STOPPED, Problem
from pages.ui.chart import charts
from pages.ui.chart.charts import Chart
from pages.ui.chart.figure import BAND, FAINT, NO_DATA, SERIES, TEXT, Drawing, as_text
from pages.ui.problem import form_cleared
from pages.ui.problem.timeline_months import NOT_TOLD, NOTE, Bar, TimeLine, bar_words, of
from pages.ui.shell import downloads, frame
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import short_month, short_period

_NONE = "rgba(0,0,0,0)"
FACES = {PLANNED: (_NONE, ""), RUNNING: (_NONE, "/"), DONE: (FAINT, ""), STOPPED: (_NONE, ".")}  # fill and pattern
_MOST_BARS, _BAR_PX, _COUNTS_PX, _HEAD_PX = 24, 36, 170, 26
_ROOM = 0.25  # share of the months that words beside the last known one take
_LONGEST, _ARROW_PX = 40, 17  # letters of what a response is; the size of what says that it goes on


def show(data: Dataset, one: Kept[Problem], as_at: pd.Period | None = None) -> None:
    """Draw the time line of a problem with its table and file.

    Parameters
    ----------
    data : Dataset
    one : Kept of Problem
    as_at : Period, optional
        Nothing later is counted; by default the last month that is known.

    Raises
    ------
    InputError
        The file of plans cannot be used.
    """
    cleared = form_cleared.cleared(one, form_cleared.zones_in(data))
    problem = cleared.problem
    if cleared.hidden:
        frame.note("Its months are in no chart: a chart can be saved, and its counts would tell which zone it is.")
    found = of(data, problem, as_at)
    name = downloads.file_name(data, "problem", problem.title[:40], "months")
    lines = downloads.about(
        data, f"{problem.title}: {found.what} and responses by month", short_period(found.months[0], found.months[-1]),
        of=problem.category,
    )  # fmt: skip
    note = f"{NOTE} {NOT_TOLD}" if found.partner else NOTE
    charts.show(chart(found), data, f"problem_months_{one.id}", name, [*lines, note], note)


def chart(found: TimeLine) -> Chart:
    """Draw bars above counts; the states of bars are told by pattern and in words."""
    drawing = Drawing(rows=2)
    shown = found.bars[:_MOST_BARS]
    first, last = found.months[0].ordinal, found.months[-1].ordinal
    for row, bar in enumerate(shown):
        _draw_bar(drawing, bar, row, first, last)
    if len(found.bars) > len(shown):
        text = f"and {len(found.bars) - len(shown)} more in the table"
        drawing.note(text, 0, len(shown), xdomain=True, xanchor="left")
    elif not shown:
        drawing.note("No response yet", 0.5, 0, xdomain=True)
    if found.measured is not None:
        for row in (1, 2):
            drawing.band(*found.measured, BAND, row=row)
        middle = sum(found.measured) / 2
        drawing.note("measured", middle, 1, row=2, ydomain=True, yanchor="bottom")
    _draw_counts(drawing, found)
    rows = max(len(shown) + (len(found.bars) > len(shown)), 1)
    above = _BAR_PX * rows
    height = _HEAD_PX + above + _COUNTS_PX
    named = [m for m in found.months if m.month in ((1, 4, 7, 10) if len(found.months) <= 26 else (1, 7))]
    along = {
        "tickvals": [month.ordinal for month in named],
        "ticktext": [f"{short_month(m)[:3]}<br>{m.year}" if m.month == 1 else short_month(m)[:3] for m in named],
        "range": [first - 0.6, last + 0.6],
    }
    top = float(np.nanmax(found.counts)) if np.isfinite(found.counts).any() else 1.0
    figure = drawing.figure(
        height, 18, along,
        {"range": [rows - 0.45, -0.55], "showticklabels": False, "showgrid": False},
        {"range": [0, 1.25 * max(top, LEAST if found.small.any() else 1.0)], "nticks": 4},
    )  # fmt: skip
    share = above / (above + _COUNTS_PX - 60)
    figure["layout"]["yaxis"]["domain"] = [1 - share, 1]
    figure["layout"]["yaxis2"]["domain"] = [0, max(1 - share - 0.09, 0.1)]
    return Chart(figure, found.title, found.alt, found.table(), of="problem_months")


def _draw_bar(drawing: Drawing, bar: Bar, row: int, first: int, last: int) -> None:
    fill, shape = FACES[bar.state]
    pattern = {"shape": shape, "fgcolor": TEXT, "bgcolor": _NONE, "size": 6, "solidity": 0.3}
    drawing.trace(
        1, type="bar", orientation="h", base=[bar.first - 0.5], x=[bar.last - bar.first + 1], y=[row], width=0.36,
        marker={"color": fill, "line": {"color": TEXT, "width": 1.4}, "pattern": pattern if shape else {"shape": ""}},
        hovertemplate=f"{as_text(bar.words)}, {as_text(bar_words(bar))}<extra></extra>",
    )  # fmt: skip
    what = bar.what if len(bar.what) <= _LONGEST else bar.what[:_LONGEST].rsplit(" ", 1)[0] + " …"
    # from the left edge: at a bar near the other edge the words would leave a small screen
    drawing.note(
        as_text(f"{what}, {bar.state}"), 0, row - 0.18, xdomain=True, xanchor="left", yanchor="bottom", yshift=-1
    )
    if bar.endless or bar.later:
        drawing.note("►", last + 0.5, row, xanchor="left", xshift=-1, size=_ARROW_PX)
        drawing.right = max(drawing.right, _ARROW_PX + 2)
    if bar.earlier:
        drawing.note("◄", first - 0.5, row, xanchor="right", xshift=1, size=_ARROW_PX)


def _draw_counts(drawing: Drawing, found: TimeLine) -> None:
    shown = np.where(found.small, LEAST - 1, found.counts)
    texts = [found.count_words(at) for at in range(len(found.months))]
    drawing.trace(
        2, type="bar", x=[m.ordinal for m in found.months], y=shown, width=0.82,
        marker={
            "color": [SERIES[0]] * len(shown),
            "pattern": {"shape": ["/" if small else "" for small in found.small]},
        },
        customdata=[f"{short_month(m)}: {text}" for m, text in zip(found.months, texts, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    for gone in np.flatnonzero(np.isnan(found.counts)):
        month = found.months[int(gone)]
        if found.known is not None and month <= found.known and not found.small[gone]:
            drawing.band(month.ordinal, month.ordinal, NO_DATA, row=2)
            if found.hidden[gone]:
                drawing.note("?", month.ordinal, 0, row=2, yanchor="bottom")
    head = f"<b>{as_text(found.what)}</b> a month"
    drawing.note(head, 0, 1, row=2, xdomain=True, ydomain=True, xanchor="left", yanchor="bottom", yshift=1)
    at = found.last_known
    if at is not None:
        drawing.note(texts[at], found.months[at].ordinal, float(shown[at]), row=2, yanchor="bottom")
    if found.known is not None and found.known < found.months[-1]:
        x = found.known.ordinal + 0.5
        drawing.shapes.append({"type": "line", "xref": "x2", "yref": "y2 domain", "x0": x, "x1": x, "y0": 0, "y1": 1,
                               "line": {"width": 1, "color": FAINT, "dash": "dot"}})  # fmt: skip
        if (found.months[-1] - found.known).n >= _ROOM * len(found.months):
            drawing.note("no data yet", x, 0.98, row=2, ydomain=True, xanchor="left", yanchor="top")
