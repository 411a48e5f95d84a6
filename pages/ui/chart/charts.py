"""Charts: findings as titles, direct labels, gaps where a month is missing, the same figures as a table and a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analysis.common.method import MONTH_NAMES
from data.place.area import Season
from pages.ui.chart import sent
from pages.ui.chart.figure import BAND, NO_DATA, NORMAL, SERIES, STRONG_BAND, Drawing, Settings, as_text, marked
from pages.ui.shell import later, tables
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import short_month, short_period
from pages.ui.shell.words import peak_of

_MARGINS_PX, _HEADROOM_PX = 70, 36  # title and ticks; letters of seasons and the label of the peak
_LABEL_SHARE = 0.12  # of the width of a chart: what the words "no data" take
SHORT = tuple(name[:3] for name in MONTH_NAMES)


@dataclass(frozen=True, eq=False)
class Chart:
    """A chart with its words and its figures.

    Attributes
    ----------
    figure : dict
        Of :meth:`pages.ui.chart.figure.Drawing.figure`.
    title : str
        The finding, as a sentence without a full stop.
    alt : str
        What is drawn, for those who do not see it.
    table : DataFrame
        The same figures.
    mark_left : bool
        The upper right corner is taken: a mark goes to the left.
    of : str
        Which table it is, in the list of columns (:func:`pages.ui.shell.columns.named`).
    """

    figure: Settings
    title: str
    alt: str
    table: pd.DataFrame
    mark_left: bool = False
    of: str = ""


def show(
    chart: Chart,
    data: Dataset,
    key: str,
    name: str,
    lines: Sequence[str],
    note: str = "",
    *,
    config: tables.Columns | None = None,
    pick: Callable[[Sequence[Any]], None] | None = None,
) -> None:
    """Put a chart on the page, with its title above and its table and file below.

    Parameters
    ----------
    chart : Chart
    data : Dataset
    key : str
        Unlike any other on the page.
    name : str
        File name, of :func:`pages.ui.shell.downloads.file_name`.
    lines : sequence of str
        Of :func:`pages.ui.shell.downloads.about`.
    note : str
        How to read it, in plain text.
    config : mapping, optional
        Of the columns of the table, as :func:`pages.ui.shell.tables.beneath`.
    pick : callable, optional
        Called with the points that a person clicks, before the page runs again. The chart itself remembers no click:
        what is chosen is drawn by the caller, so that a list or the address can change it too.
    """
    st.html(f'<h2 class="chart-title">{escape(chart.title)}</h2>')
    figure = marked(chart.figure, left=chart.mark_left) if data.simulated else chart.figure
    slot, select = f"chart_{key}", None
    if pick is not None:
        turn = st.session_state.get(f"{slot}_turn", 0)  # after a click the chart is another one, without a selection
        figure = {**figure, "layout": {**figure["layout"], "clickmode": "event+select"}}
        select = partial(_clicked, f"{slot}_{turn}", f"{slot}_turn", pick)
        slot = f"{slot}_{turn}"
    drawn = sent.message(figure)
    later.put(drawn.height, partial(sent.show, drawn, key=slot, alt=chart.alt, on_select=select))
    if note:
        st.html(f'<p class="note">{escape(note)}</p>')
    tables.beneath(chart.table, chart.alt, name, lines, key, of=chart.of, config=config)


def _clicked(slot: str, turn: str, pick: Callable[[Sequence[Any]], None]) -> None:
    points = st.session_state[slot]["selection"]["points"]
    st.session_state[turn] = st.session_state.get(turn, 0) + 1
    pick(points)


# --- months in a row -------------------------------------------------------------------------------------------------
def trend(
    series: Mapping[str, pd.Series], seasons: Sequence[Season], title: str, *, height: int = 345, months: int = 36
) -> Chart:
    """Draw monthly counts one under the other, each from zero; missing months are gaps.

    Parameters
    ----------
    series : mapping of str to Series
        By name; indexed by month without gaps, NaN where a month is missing.
    seasons : sequence of Season
        Months to shade, marked with the first letter of the season.
    title : str
    height : int
        Pixels.
    months : int
        How many, up to the last.

    Returns
    -------
    Chart
    """
    cut = {name: _recent(values, months) for name, values in series.items()}
    index = pd.PeriodIndex(max(cut.values(), key=len).index)  # a crime type may be younger than another
    cut = {name: values.reindex(index) for name, values in cut.items()}
    drawing = Drawing(rows=len(cut))
    said = [_one_trend(drawing, row, name, values) for row, (name, values) in enumerate(cut.items(), start=1)]
    _shade(drawing, index, seasons, next(iter(cut.values())).isna())
    named = (1, 7) if len(index) > 12 else range(1, 13)
    ticks = [month for month in index if month.month in (named if len(index) <= 60 else (1,))]
    along = {
        "tickvals": [month.ordinal for month in ticks],
        "ticktext": [f"{SHORT[m.month - 1]}<br>{m.year}" if m.month == 1 else SHORT[m.month - 1] for m in ticks],
        "range": [index[0].ordinal - 0.6, index[-1].ordinal + 0.6],
    }
    tops = [float(np.nanmax(values)) if values.notna().any() else 1.0 for values in cut.values()]
    row_px = (height - _MARGINS_PX) * (1 - drawing.gap * (len(cut) - 1)) / len(cut)
    room = row_px / max(row_px - _HEADROOM_PX, row_px / 2)
    figure = drawing.figure(height, 24, along, *({"range": [0, top * room + 1], "nticks": 4} for top in tops))
    table = pd.DataFrame({"month": [str(month) for month in index]})
    for name, values in cut.items():
        table[name] = values.astype("Int64").to_numpy()
    return Chart(figure, title, "Line chart by month. " + " ".join(said), table, of="trend")


def _recent(values: pd.Series, months: int) -> pd.Series:
    """Last months, without those before the first that is there."""
    recent = values.iloc[-months:]
    return recent.loc[recent.first_valid_index() :] if recent.notna().any() else recent


def _one_trend(drawing: Drawing, row: int, name: str, values: pd.Series) -> str:
    """Draw one line with its labels; returns what it shows in words."""
    colour = SERIES[(row - 1) % 2]
    drawing.trace(
        row,
        type="scatter",
        x=[month.ordinal for month in values.index],
        y=values.to_numpy(),
        mode="lines+markers",
        line={"color": colour, "width": 2},
        marker={"size": 5, "color": colour},
        connectgaps=False,
        customdata=[short_month(month) for month in values.index],
        hovertemplate=f"{as_text(name)}, %{{customdata}}: %{{y:,}}<extra></extra>",
    )
    head = f"<b>{as_text(name)}</b>, incidents a month"
    at = {"xanchor": "left", "yanchor": "bottom", "yshift": 3, "xdomain": True, "ydomain": True}
    drawing.note(head, 0, 1, row=row, size=NORMAL, colour=colour, **at)
    there = values.dropna()
    if there.empty:
        return f"{name}: no data."
    (peak, most), last = peak_of(there.iloc[-12:]), there.index[-1]
    for month in dict.fromkeys((peak, last)):
        ends = month == last
        words = f"{SHORT[month.month - 1] if ends else short_month(month)}: {there[month]:,.0f}"
        if ends:
            drawing.beside(words, month.ordinal, float(there[month]), row=row, shift=5)
        else:
            drawing.note(words, month.ordinal, float(there[month]), row=row, yanchor="bottom", yshift=3)
    return (
        f"{name} from {short_period(values.index[0], values.index[-1])}: highest of the last 12 in {short_month(peak)} "
        f"with {most:,.0f}, last {short_month(last)} with {there[last]:,.0f}."
    )


def _shade(drawing: Drawing, index: pd.PeriodIndex, seasons: Sequence[Season], missing: pd.Series) -> None:
    """Shade seasons and missing months behind every row; letters and words on the first."""
    for number, season in enumerate(seasons):
        fill = (BAND, STRONG_BAND)[number % 2]  # neighbours can be told apart
        for first, last in _runs([month for month in index if month.month in season.months]):
            _every_row(drawing, first, last, fill)
            drawing.note(as_text(season.name[:1]), (first + last) / 2, 1, ydomain=True, yanchor="top")
    said = -np.inf
    for first, last in _runs(list(index[missing.to_numpy(dtype=bool)])):
        _every_row(drawing, first, last, NO_DATA)
        middle = (first + last) / 2
        if last > first and middle - said > _LABEL_SHARE * len(index):  # two gaps side by side need one label
            drawing.note("no data", middle, 0.5, ydomain=True)
            said = middle


def _every_row(drawing: Drawing, first: int, last: int, fill: str) -> None:
    for row in range(1, drawing.rows + 1):
        drawing.band(first, last, fill, row=row)


def _runs(months: Sequence[pd.Period]) -> list[tuple[int, int]]:
    """First and last of every run of consecutive months, as ordinals."""
    found: list[tuple[int, int]] = []
    for month in months:
        if found and month.ordinal == found[-1][1] + 1:
            found[-1] = (found[-1][0], month.ordinal)
        else:
            found.append((month.ordinal, month.ordinal))
    return found
