"""Ratios with their intervals, one row each, on a log axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pages.ui.chart.charts import Chart
from pages.ui.chart.figure import FAINT, SERIES, TEXT, Drawing, Settings, as_text

_EDGE = 8.0  # ratios drawn at most, and one over it at least
_TICKS = (0.125, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 8.0)
_COARSE_TICKS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
End = tuple[float | None, float | None]
_FINE_TICKS = (0.6, 0.8, 1.0, 1.2, 1.5)


@dataclass(frozen=True)
class Row:
    """One ratio.

    Attributes
    ----------
    label : str
        By :func:`pages.ui.chart.figure.as_text` where it comes from a file; ``<br>`` starts a second line.
    ratio, low, high : float
        NaN where it cannot be had: the row stays, with ``words`` in it.
    full : bool
        The point is full: the interval leaves out 1.
    words : str
        At the right end of the row; by default the figures.
    outer : (float, float)
        A wider range, drawn as a thin line; NaN for none.
    """

    label: str
    ratio: float
    low: float
    high: float
    full: bool
    words: str = ""
    outer: tuple[float, float] = (np.nan, np.nan)


def ratios(
    rows: Sequence[Row],
    title: str,
    alt: str,
    table: pd.DataFrame,
    one: str,
    *,
    row_px: int = 26,
    of: str = "",
) -> Chart:
    """Draw ratios as points with their intervals.

    Parameters
    ----------
    rows : sequence of Row
        From top to bottom.
    title, alt : str
    table : DataFrame
        The same figures.
    one : str
        What a ratio of 1 stands for, such as "a usual month".
    row_px : int
        Height of a row.
    """
    drawing = Drawing()
    y = [len(rows) - 1 - i for i in range(len(rows))]
    low, high = _ends(rows)
    drawing.trace(
        type="scatter",
        mode="lines",
        x=[1, 1],
        y=[-0.6, len(rows) - 0.4],
        line={"width": 1.5, "color": TEXT, "dash": "dot"},
        hoverinfo="skip",
    )
    _intervals(drawing, [_within(*row.outer, low, high) for row in rows], y, 1.0, FAINT)
    _intervals(drawing, [_within(row.low, row.high, low, high) for row in rows], y, 3.0, SERIES[0])
    _points(drawing, rows, y)
    drawing.note(as_text(one), 0.0, 1, ydomain=True, yanchor="bottom")
    up = {
        "tickvals": y,
        "ticktext": [f"{row.label} " for row in rows],
        "range": [-0.6, len(rows) - 0.4],
        "showgrid": False,
    }
    figure = drawing.figure(66 + row_px * len(rows), 34, _along(low, high), up)
    return Chart(figure, title, alt, table, of=of)


def _intervals(drawing: Drawing, ends: Sequence[End], y: Sequence[int], width: float, colour: str) -> None:
    """Draw a line from end to end in every row."""
    drawing.trace(
        type="scatter",
        mode="lines",
        x=[x for pair in ends for x in (*pair, None)],
        y=[place for at in y for place in (at, at, None)],
        line={"width": width, "color": colour},
        hoverinfo="skip",
    )


def _points(drawing: Drawing, rows: Sequence[Row], y: Sequence[int]) -> None:
    """Draw a point in every row, and the figures at its right end."""
    drawing.trace(
        type="scatter",
        mode="markers",
        x=[None if np.isnan(row.ratio) else row.ratio for row in rows],
        y=list(y),
        marker={
            "size": 11,
            "opacity": 1,
            "color": SERIES[0],
            "symbol": ["circle" if row.full else "circle-open" for row in rows],
            "line": {"width": 2, "color": SERIES[0]},
        },
        text=[f"{row.label.split('<br>')[0]}: {_figures(row)}" for row in rows],
        hovertemplate="%{text}<extra></extra>",
    )
    for row, at in zip(rows, y, strict=True):
        drawing.beside(row.words or _figures(row), 1, at, xdomain=True)


def _along(low: float, high: float) -> Settings:
    """Lay out the log axis of the ratios, finer where they lie close together."""
    span, octaves = np.log10(high / low), np.log2(high / low)
    ticks = _FINE_TICKS if octaves < 1.4 else _TICKS if octaves <= 3 else _COARSE_TICKS
    shown = [tick for tick in ticks if low * 0.97 <= tick <= high * 1.03]
    return {
        "type": "log",
        "range": [float(np.log10(low) - 0.04 * span), float(np.log10(high) + 0.04 * span)],
        "tickvals": shown,
        "ticktext": [f"{tick:g}" for tick in shown],
        "showgrid": True,
    }


def _ends(rows: Sequence[Row]) -> tuple[float, float]:
    """Lowest and highest ratio that is drawn."""
    values = np.array([v for row in rows for v in (row.ratio, row.low, row.high, *row.outer)], dtype=float)
    values = values[np.isfinite(values) & (values > 0)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (1.0, 1.0)
    return max(1 / _EDGE, min(low, 0.8)), min(_EDGE, max(high, 1.25))


def _within(a: float, b: float, low: float, high: float) -> End:
    if np.isnan(a) or np.isnan(b):
        return None, None
    return float(np.clip(a, low, high)), float(np.clip(b, low, high))


def _figures(row: Row) -> str:
    if np.isnan(row.ratio):
        return "too few incidents"
    if np.isnan(row.low):
        return f"{row.ratio:.2f}"
    return f"<b>{row.ratio:.2f}</b> [{row.low:.2f} to {_high(row.high)}]"


def _high(value: float) -> str:
    return f"{value:.2f}" if value < 100 else "over 100"
