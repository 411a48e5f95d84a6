"""The Data page's look at a partner's file before it is imported: ten rows, a small map, a small calendar."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import shapely
import streamlit as st
from numpy.typing import NDArray

from data.feed.preview import WEEKDAYS, Preview
from data.place.area import Area
from geo.assign import OUTSIDE
from pages.ui.chart.figure import FAINT, SERIES, Drawing, Settings
from pages.ui.loading.feed_words import sentence
from pages.ui.shell import tables
from pages.ui.shell.cache import Dataset

_REACH = 0.25  # of the area's size: what of its surroundings the small map shows
_SIMPLER_M = 40.0
_EDGE = 0.04


def show(data: Dataset, preview: Preview, key: str) -> None:
    """Show what would be stored, where and when.

    Parameters
    ----------
    data : Dataset
    preview : Preview
    key : str
        Unlike any other on the page.
    """
    st.html('<h2 class="chart-title">Before you import: are these the days, hours and places you know?</h2>')
    told = preview.rows.loc[:, (preview.rows != "").any()]
    tables.show(told, "Some incidents as they would be stored", of="preview", key=f"preview_{key}", most=300)
    where, when = st.columns(2, gap="medium")
    with where:
        _show("Where.", preview.places_words, small_map(data.area, preview), f"map_{key}")
    with when:
        _show("When.", preview.days_words, bars(WEEKDAYS, preview.weekdays, every=1), f"days_{key}")
        hours = [str(hour) for hour in range(24)]
        _show("At what hour.", preview.hours_words, bars(hours, preview.hours, every=3), f"hours_{key}")


def _show(title: str, words: str, figure: Settings, key: str) -> None:
    st.html(f'<p class="note"><strong>{escape(title)}</strong> {escape(sentence(words))}</p>')
    st.plotly_chart(
        figure, theme="streamlit", key=f"chart_{key}", alt=f"{title} {words}", config={"displayModeBar": False}
    )


def small_map(area: Area, preview: Preview) -> Settings:
    """Draw the wards and some of the points: those outside as crosses, at the edge where they lie beyond it."""
    west, south, east, north = area.wards.outline.bounds
    reach = _REACH * max(east - west, north - south)
    low, high = np.array([west - reach, south - reach]), np.array([east + reach, north + reach])
    drawing = Drawing()
    lines = shapely.simplify(shapely.boundary(np.array(area.wards.polygons)), _SIMPLER_M)
    x, y = _along(lines)
    drawing.trace(type="scatter", mode="lines", x=x, y=y, line={"color": FAINT, "width": 1}, hoverinfo="skip")
    shown = np.clip(preview.points, low, high)
    outside = preview.ward == OUTSIDE
    for there, colour, symbol, size in ((~outside, SERIES[0], "circle", 5), (outside, SERIES[1], "x", 7)):
        drawing.trace(
            type="scatter",
            mode="markers",
            x=shown[there, 0].tolist(),
            y=shown[there, 1].tolist(),
            marker={"size": size, "symbol": symbol, "color": colour, "opacity": 0.7},
            hovertext=[f"{x:.0f}, {y:.0f}" for x, y in preview.points[there]],
            hoverinfo="text",
        )
    along = {"visible": False, "range": _wider(low[0], high[0]), "constrain": "domain"}
    up = {"visible": False, "range": _wider(low[1], high[1]), "scaleanchor": "x"}
    return drawing.figure(320, 4, along, up)


def _wider(low: float, high: float) -> list[float]:
    """Leave room for marks at the edge."""
    return [low - _EDGE * (high - low), high + _EDGE * (high - low)]


def _along(lines: NDArray[np.object_]) -> tuple[list[float | None], list[float | None]]:
    """Give the coordinates of lines one after the other, parted by gaps."""
    x: list[float | None] = []
    y: list[float | None] = []
    for part in shapely.get_parts(lines):
        for axis, values in zip((x, y), shapely.get_coordinates(part).T, strict=True):
            axis += [*values.tolist(), None]
    return x, y


def bars(names: Sequence[str], counts: Sequence[int], every: int) -> Settings:
    """Draw counts as bars; every so many has its name."""
    drawing = Drawing()
    drawing.trace(
        type="bar",
        x=list(range(len(names))),
        y=list(counts),
        marker={"color": SERIES[0]},
        hovertext=[f"{name}: {n:,}" for name, n in zip(names, counts, strict=True)],
        hoverinfo="text",
    )
    ticks = list(range(0, len(names), every))
    x = {"tickvals": ticks, "ticktext": [names[place] for place in ticks]}
    return drawing.figure(140, 6, x, {"nticks": 3, "rangemode": "tozero"})
