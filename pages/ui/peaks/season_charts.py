"""Charts of the year: months by years, years over each other, the seasonal index."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.common.method import MONTH_NAMES
from analysis.when.seasonality import SeasonalIndex
from data.place.area import Season
from pages.ui.chart.charts import SHORT, Chart
from pages.ui.chart.figure import (
    BAND,
    FAINT,
    SERIES,
    SMALL,
    STEPS,
    STRONG_BAND,
    TEXT,
    Drawing,
    as_text,
)

# A year with fewer months has no mean that its months could be compared with.
FEWEST_OF_A_YEAR = 6
_SHADES = (0.5, 1.75)  # share of the year's mean month at the two ends of the colours
ROW_PX = 60  # at most, of a year
_MONTHS = {"tickvals": list(range(1, 13)), "ticktext": list(SHORT)}
_APART = 0.055  # least distance between two labels, as a share of the axis


def years_table(years: pd.DataFrame) -> pd.DataFrame:
    """Months by years as a table for people: a row a year, missing months empty."""
    table = years.astype("Int64").reset_index()
    table.columns = ["year", *SHORT]
    return table


def month_by_year(years: pd.DataFrame, seasons: Sequence[Season], title: str, *, height: int = 355) -> Chart:
    """Draw months by years: counts in the cells, colour by the mean month of the year.

    Parameters
    ----------
    years : DataFrame of float
        Years by months 1 to 12, NaN where a month is missing (:func:`analysis.when.seasonality.month_by_year`).
    seasons : sequence of Season
    title : str
    height : int
        Pixels.
    """
    share = years.div(years.mean(axis=1), axis=0)
    share[years.notna().sum(axis=1) < FEWEST_OF_A_YEAR] = np.nan
    step = ((share - _SHADES[0]) / (_SHADES[1] - _SHADES[0]) * STEPS).clip(0, STEPS - 1).apply(np.floor)
    names = [str(year) for year in years.index]
    drawing = Drawing()
    values = years.to_numpy(dtype=float)
    drawing.shaded(
        step.to_numpy(dtype=float),
        list(range(1, 13)),
        names,
        lambda j, i: "–" if np.isnan(values[j, i]) else f"{values[j, i]:,.0f}",
        lambda j, i: f"{MONTH_NAMES[i]} {names[j]}: {'no data' if np.isnan(values[j, i]) else f'{values[j, i]:,.0f}'}",
    )
    for season in seasons:
        drawing.band(min(season.months), max(season.months), "rgba(0,0,0,0)", edge=True)
    _names(drawing, seasons)
    height = min(height, 70 + ROW_PX * len(names))
    rows = {"type": "category", "autorange": "reversed", "showgrid": False}
    figure = drawing.figure(height, 30, _MONTHS | {"range": [0.45, 12.55]}, rows)
    alt = (
        f"Table of counts, {names[0]} to {names[-1]} by month, coloured by the mean month of each year."
        if names
        else ""
    )
    return Chart(figure, title, alt, years_table(years), mark_left=True, of="years")


def _names(drawing: Drawing, seasons: Sequence[Season]) -> None:
    """Write the names of seasons above their months, a word a line; neighbours lean away from each other."""
    spans = [(min(season.months), max(season.months)) for season in seasons]
    for season, (first, last) in zip(seasons, spans, strict=True):
        before = any(end == first - 1 for _, end in spans)
        after = any(start == last + 1 for start, _ in spans)
        x, anchor = (first + last) / 2, "center"
        if before != after:
            x, anchor = (first - 0.5, "left") if before else (last + 0.5, "right")
        apart = {"left": 2, "center": 0, "right": -2}[anchor]
        words = as_text(season.name).replace(" ", "<br>", 1)
        drawing.note(
            words, x, 1, size=SMALL - 1, ydomain=True, xanchor=anchor, xshift=apart, yanchor="bottom", align=anchor
        )


def _shade(drawing: Drawing, seasons: Sequence[Season]) -> None:
    for number, season in enumerate(seasons):
        drawing.band(min(season.months), max(season.months), (BAND, STRONG_BAND)[number % 2])
    _names(drawing, seasons)


def overlaid(years: pd.DataFrame, seasons: Sequence[Season], title: str, *, height: int = 355) -> Chart:
    """Draw the years over each other: the last three in colour, older ones in grey, each named at its end.

    Parameters
    ----------
    years : DataFrame of float
        As for :func:`month_by_year`.
    seasons : sequence of Season
    title : str
    height : int
        Pixels.
    """
    drawing = Drawing()
    _shade(drawing, seasons)
    there = [year for year in years.index if years.loc[year].notna().any()]
    colours = dict(zip(reversed(there), SERIES[:3], strict=False))
    ends = {}
    for year in there:
        values = years.loc[year]
        recent = year in colours
        drawing.trace(
            type="scatter",
            x=list(range(1, 13)),
            y=values,
            mode="lines+markers",
            connectgaps=False,
            line={"color": colours.get(year, FAINT), "width": 2.5 if year == there[-1] else 1.5},
            marker={"size": 5 if recent else 4, "color": colours.get(year, FAINT)},
            hovertemplate=f"%{{customdata}} {year}: %{{y:,}}<extra></extra>",
            customdata=list(MONTH_NAMES),
        )
        last = values.last_valid_index()
        ends[year] = (int(last), float(values[last]))
    top = float(np.nanmax(years.to_numpy())) if there else 1.0
    for year, height_of in _spread({y: v for y, (m, v) in ends.items()}, top * _APART).items():
        month = ends[year][0]
        words = f"<b>{year}</b>" if year == there[-1] else str(year)
        drawing.note(words, month, height_of, colour=colours.get(year, TEXT), xanchor="left", xshift=6)
    figure = drawing.figure(height, 36, _MONTHS | {"range": [0.5, 13.1]}, {"range": [0, top * 1.06 + 1], "nticks": 6})
    alt = f"Line chart of counts by calendar month, one line a year from {there[0]} to {there[-1]}." if there else ""
    return Chart(figure, title, alt, years_table(years), mark_left=True, of="years")


def _spread(heights: dict[int, float], apart: float) -> dict[int, float]:
    """Move labels up until each is at least so far above the one below."""
    moved: dict[int, float] = {}
    below = -np.inf
    for year, value in sorted(heights.items(), key=lambda item: item[1]):
        below = max(value, below + apart)
        moved[year] = below
    return moved


def seasonal_index(found: SeasonalIndex, seasons: Sequence[Season], title: str, *, height: int = 355) -> Chart:
    """Draw the index of the calendar months with its interval; full where it leaves out an average month.

    Parameters
    ----------
    found : SeasonalIndex
    seasons : sequence of Season
    title : str
    height : int
        Pixels.
    """
    table = found.index
    months, index = table.index.to_numpy(), table["index"].to_numpy()
    low, high = table["low"].to_numpy(), table["high"].to_numpy()
    clear = (low > 100) | (high < 100)
    drawing = Drawing()
    _shade(drawing, seasons)
    drawing.level(100)
    drawing.trace(
        type="scatter",
        x=months,
        y=index,
        mode="markers",
        marker={
            "size": 9,
            "color": SERIES[0],
            "symbol": ["circle" if one else "circle-open" for one in clear],
            "line": {"width": 2, "color": SERIES[0]},
        },
        error_y={
            "type": "data",
            "array": np.nan_to_num(high - index),
            "arrayminus": np.nan_to_num(index - low),
            "color": SERIES[0],
            "thickness": 1.5,
            "width": 4,
        },
        customdata=[
            f"{MONTH_NAMES[m - 1]}: {i:.0f}" + ("" if np.isnan(a) else f" ({a:.0f} to {b:.0f})") + f", {n} years"
            for m, i, a, b, n in zip(months, index, low, high, table["years"], strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    for month, value, above in zip(months, index, high, strict=True):
        drawing.note(f"{value:.0f}", int(month), float(value if np.isnan(above) else above), yanchor="bottom", yshift=2)
    top = float(np.nanmax(np.where(np.isnan(high), index, np.minimum(high, 2.5 * index))))
    ticks = list(range(0, int(top) + 1, 50 if top <= 400 else 100))
    labels = ["usual<br>100" if tick == 100 else str(tick) for tick in ticks]
    up = {"range": [0, top * 1.1], "tickvals": ticks, "ticktext": labels}
    figure = drawing.figure(height, 36, _MONTHS | {"range": [0.5, 12.9]}, up)
    rows = table.reset_index().assign(month=[MONTH_NAMES[m - 1] for m in months]).round(1)
    rows = rows.rename(columns={"low": f"low_{100 * found.level:g}", "high": f"high_{100 * found.level:g}"})
    alt = "Incidents by calendar month with intervals, where 100 is an average month. " + found.sentence
    return Chart(figure, title, alt, rows, mark_left=True, of="index")
