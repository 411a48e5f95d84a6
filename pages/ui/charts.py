"""Charts: findings as titles, direct labels, gaps where a month is missing, the same figures as a table and a file.

Colours are left to the theme: Streamlit replaces the placeholders below in the browser, so that a chart is right in the
light and in the dark theme from the first moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots
from streamlit.elements.lib.streamlit_plotly_theme import CATEGORY_0, CATEGORY_1, CATEGORY_3, GRAY_90

from analysis.method import MONTH_NAMES
from data.area import Season
from pages.ui import tables
from pages.ui.cache import Dataset
from pages.ui.choice import short_month, short_period

SHORT = tuple(name[:3] for name in MONTH_NAMES)
BAND, STRONG_BAND, NO_DATA = "rgba(74,144,208,0.13)", "rgba(74,144,208,0.28)", "rgba(138,148,156,0.22)"
SMALL, NORMAL = 12, 13


@dataclass(frozen=True, eq=False)
class Chart:
    """A chart with its words and its figures.

    Attributes
    ----------
    figure : plotly Figure
    title : str
        The finding, as a sentence without a full stop.
    alt : str
        What is drawn, for those who do not see it.
    table : DataFrame
        The same figures.
    mark_left : bool
        The upper right corner is taken: a mark goes to the left.
    """

    figure: go.Figure
    title: str
    alt: str
    table: pd.DataFrame
    mark_left: bool = False


def show(chart: Chart, data: Dataset, key: str, name: str, lines: Sequence[str], note: str = "") -> None:
    """Put a chart on the page, with its title above and its table and file below.

    Parameters
    ----------
    chart : Chart
    data : Dataset
    key : str
        Unlike any other on the page.
    name : str
        File name, of :func:`pages.ui.downloads.file_name`.
    lines : sequence of str
        Of :func:`pages.ui.downloads.about`.
    note : str
        How to read it, in plain text.
    """
    st.html(f'<h2 class="chart-title">{escape(chart.title)}</h2>')
    if data.simulated:
        mark_simulated(chart.figure, left=chart.mark_left)
    st.plotly_chart(
        chart.figure, theme="streamlit", key=f"chart_{key}", alt=chart.alt, config={"displayModeBar": False}
    )
    if note:
        st.html(f'<p class="note">{escape(note)}</p>')
    tables.beneath(chart.table, chart.alt, name, lines, key)


def mark_simulated(figure: go.Figure, *, left: bool = False) -> None:
    """Write on a picture that its figures are simulated."""
    figure.add_annotation(
        text="<b>SIMULATED</b>",
        xref="paper",
        yref="paper",
        x=0 if left else 1,
        y=1,
        xanchor="left" if left else "right",
        yanchor="bottom",
        yshift=(figure.layout.margin.t or 24) - 20,  # at the upper edge of the picture, above what stands on the plot
        showarrow=False,
        font={"size": SMALL, "color": CATEGORY_3},
    )


def plain_axes(figure: go.Figure, height: int, top: int = 24) -> go.Figure:
    """Give a figure the house style: horizontal text, no legend, nothing that moves; returns it."""
    figure.update_layout(
        height=height,
        margin={"l": 4, "r": 8, "t": top, "b": 4},
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        font={"size": NORMAL},
    )
    ticks = {"size": SMALL, "color": GRAY_90}
    figure.update_xaxes(fixedrange=True, showgrid=False, zeroline=False, tickangle=0, tickfont=ticks)
    figure.update_yaxes(fixedrange=True, zeroline=False, automargin=True, tickfont=ticks)
    return figure


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
    figure = make_subplots(rows=len(cut), cols=1, shared_xaxes=True, vertical_spacing=0.13)
    said = []
    for row, (name, values) in enumerate(cut.items(), start=1):
        said.append(_one_trend(figure, row, name, values))
        top = float(np.nanmax(values)) if values.notna().any() else 1.0
        figure.update_yaxes(range=[0, top * 1.32 + 1], nticks=4, row=row, col=1)
    index = next(iter(cut.values())).index
    _shade(figure, index, seasons, next(iter(cut.values())).isna(), len(cut))
    ticks = [month for month in index if month.month in ((1, 7) if len(index) <= 60 else (1,))]
    figure.update_xaxes(
        tickvals=[month.ordinal for month in ticks],
        ticktext=[f"{SHORT[m.month - 1]}<br>{m.year}" if m.month == 1 else SHORT[m.month - 1] for m in ticks],
        range=[index[0].ordinal - 0.6, index[-1].ordinal + 0.6 + 0.09 * len(index)],
    )
    table = pd.DataFrame({"month": [str(month) for month in index]})
    for name, values in cut.items():
        table[name] = values.astype("Int64").to_numpy()
    return Chart(plain_axes(figure, height), title, "Line chart by month. " + " ".join(said), table)


def _recent(values: pd.Series, months: int) -> pd.Series:
    """Last months, without those before the first that is there."""
    recent = values.iloc[-months:]
    return recent.loc[recent.first_valid_index() :] if recent.notna().any() else recent


def _one_trend(figure: go.Figure, row: int, name: str, values: pd.Series) -> str:
    """Draw one line with its labels; returns what it shows in words."""
    ordinals = [month.ordinal for month in values.index]
    words = [short_month(month) for month in values.index]
    colour = (CATEGORY_0, CATEGORY_1)[(row - 1) % 2]
    figure.add_scatter(
        x=ordinals,
        y=values,
        mode="lines+markers",
        line={"color": colour, "width": 2},
        marker={"size": 5, "color": colour},
        connectgaps=False,
        customdata=words,
        hovertemplate=f"{escape(name)}, %{{customdata}}: %{{y:,}}<extra></extra>",
        row=row,
        col=1,
    )
    figure.add_annotation(
        text=f"<b>{escape(name)}</b>, incidents a month",
        xref="x domain",
        yref="y domain",
        x=0,
        y=1,
        xanchor="left",
        yanchor="bottom",
        yshift=3,
        showarrow=False,
        font={"size": NORMAL, "color": colour},
        row=row,
        col=1,
    )
    there = values.dropna()
    if there.empty:
        return f"{name}: no data."
    peak, last = there.iloc[-12:].idxmax(), there.index[-1]
    for month in dict.fromkeys((peak, last)):
        ends = month == last
        figure.add_annotation(
            text=f"{SHORT[month.month - 1] if ends else short_month(month)}: {there[month]:,.0f}",
            x=month.ordinal,
            y=float(there[month]),
            xanchor="left" if ends else "right",
            xshift=5 if ends else -5,
            showarrow=False,
            font={"size": SMALL, "color": GRAY_90},
            row=row,
            col=1,
        )
    return (
        f"{name} from {short_period(values.index[0], values.index[-1])}: highest of the last 12 in {short_month(peak)} "
        f"with {there[peak]:,.0f}, last {short_month(last)} with {there[last]:,.0f}."
    )


def _shade(figure: go.Figure, index: pd.PeriodIndex, seasons: Sequence[Season], missing: pd.Series, rows: int) -> None:
    """Shade seasons and missing months behind every row; letters and words above the first."""
    for number, season in enumerate(seasons):
        fill = (BAND, STRONG_BAND)[number % 2]  # neighbours can be told apart
        for first, last in _runs([month for month in index if month.month in season.months]):
            _rectangle(figure, first, last, fill, rows)
            _above(figure, first, last, season.name[:1])
    for first, last in _runs([month for month in index if missing[month]]):
        _rectangle(figure, first, last, NO_DATA, rows)
        if last - first >= 1:
            figure.add_annotation(
                text="no data",
                x=(first + last) / 2,
                y=0.5,
                yref="y domain",
                showarrow=False,
                font={"size": SMALL, "color": GRAY_90},
                row=1,
                col=1,
            )


def _rectangle(figure: go.Figure, first: int, last: int, fill: str, rows: int) -> None:
    for row in range(1, rows + 1):
        figure.add_vrect(x0=first - 0.5, x1=last + 0.5, fillcolor=fill, line_width=0, layer="below", row=row, col=1)


def _above(figure: go.Figure, first: int, last: int, text: str) -> None:
    figure.add_annotation(
        text=text,
        x=(first + last) / 2,
        y=1,
        yref="y domain",
        yanchor="top",
        showarrow=False,
        font={"size": SMALL, "color": GRAY_90},
        row=1,
        col=1,
    )


def _runs(months: Sequence[pd.Period]) -> list[tuple[int, int]]:
    """First and last of every run of consecutive months, as ordinals."""
    found: list[tuple[int, int]] = []
    for month in months:
        if found and month.ordinal == found[-1][1] + 1:
            found[-1] = (found[-1][0], month.ordinal)
        else:
            found.append((month.ordinal, month.ordinal))
    return found
