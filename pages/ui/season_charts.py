"""Charts of the year: months by years, years over each other, the seasonal index."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from streamlit.elements.lib.streamlit_plotly_theme import (
    BG_COLOR,
    CATEGORY_0,
    CATEGORY_1,
    CATEGORY_2,
    FADED_TEXT_05,
    GRAY_90,
)

from analysis.method import MONTH_NAMES
from analysis.seasonality import SeasonalIndex
from data.area import Season
from pages.ui.charts import BAND, SHORT, SMALL, STRONG_BAND, Chart, plain_axes

# A year with fewer months has no mean that its months could be compared with.
FEWEST_OF_A_YEAR = 6
_SHADES = (0.5, 1.75)  # share of the year's mean month at the two ends of the colours
STEPS, LIGHT_TEXT_FROM = 10, 6  # of the theme's sequential colours
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
        Years by months 1 to 12, NaN where a month is missing (:func:`analysis.seasonality.month_by_year`).
    seasons : sequence of Season
    title : str
    height : int
        Pixels.
    """
    share = years.div(years.mean(axis=1), axis=0)
    share[years.notna().sum(axis=1) < FEWEST_OF_A_YEAR] = np.nan
    step = ((share - _SHADES[0]) / (_SHADES[1] - _SHADES[0]) * STEPS).clip(0, STEPS - 1).apply(np.floor)
    names = [str(year) for year in years.index]
    figure = go.Figure()
    figure.add_heatmap(
        z=step.to_numpy(),
        x=list(range(1, 13)),
        y=names,
        zmin=0,
        zmax=STEPS - 1,
        xgap=2,
        ygap=2,
        showscale=False,
        hoverinfo="skip",
    )
    cells = [(m, str(y), v, step.loc[y, m]) for y, row in years.iterrows() for m, v in row.items()]
    figure.add_scatter(
        x=[m for m, _, _, _ in cells],
        y=[y for _, y, _, _ in cells],
        mode="text",
        text=["–" if np.isnan(v) else f"{v:,.0f}" for _, _, v, _ in cells],
        textfont={"size": SMALL, "color": [BG_COLOR if s >= LIGHT_TEXT_FROM else GRAY_90 for _, _, _, s in cells]},
        hovertext=[f"{MONTH_NAMES[m - 1]} {y}: {'no data' if np.isnan(v) else f'{v:,.0f}'}" for m, y, v, _ in cells],
        hoverinfo="text",
    )
    for season in seasons:
        _outline(figure, season)
    figure.update_xaxes(tickvals=list(range(1, 13)), ticktext=list(SHORT), side="bottom", range=[0.45, 12.55])
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    alt = (
        f"Table of counts, {names[0]} to {names[-1]} by month, coloured by the mean month of each year."
        if names
        else ""
    )
    return Chart(plain_axes(figure, height, top=30), title, alt, years_table(years), mark_left=True)


def _outline(figure: go.Figure, season: Season) -> None:
    """Frame the months of a season and name it above them."""
    first, last = min(season.months), max(season.months)
    figure.add_shape(
        type="rect",
        x0=first - 0.5,
        x1=last + 0.5,
        y0=0,
        y1=1,
        yref="y domain",
        line={"color": GRAY_90, "width": 1.5},
        fillcolor="rgba(0,0,0,0)",
    )
    season_name(figure, season)


def season_name(figure: go.Figure, season: Season) -> None:
    """Write the name of a season above its months, on two lines where it has two words."""
    months = season.months
    figure.add_annotation(
        text="<br>".join(season.name.split(" ", 1)) if len(months) == 1 else season.name,
        x=sum(months) / len(months),
        y=1,
        yref="y domain",
        yanchor="bottom",
        showarrow=False,
        font={"size": SMALL - 1, "color": GRAY_90},
    )


def _shade_seasons(figure: go.Figure, seasons: Sequence[Season]) -> None:
    for number, season in enumerate(seasons):
        figure.add_vrect(
            x0=min(season.months) - 0.5,
            x1=max(season.months) + 0.5,
            fillcolor=(BAND, STRONG_BAND)[number % 2],
            line_width=0,
            layer="below",
        )
        season_name(figure, season)


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
    figure = go.Figure()
    _shade_seasons(figure, seasons)
    there = [year for year in years.index if years.loc[year].notna().any()]
    colours = dict(zip(reversed(there), (CATEGORY_0, CATEGORY_1, CATEGORY_2), strict=False))
    ends = {}
    for year in there:
        values = years.loc[year]
        recent = year in colours
        figure.add_scatter(
            x=list(range(1, 13)),
            y=values,
            mode="lines+markers",
            connectgaps=False,
            line={"color": colours.get(year, FADED_TEXT_05), "width": 2.5 if year == there[-1] else 1.5},
            marker={"size": 5 if recent else 4, "color": colours.get(year, FADED_TEXT_05)},
            hovertemplate=f"%{{customdata}} {year}: %{{y:,}}<extra></extra>",
            customdata=list(MONTH_NAMES),
        )
        last = values.last_valid_index()
        ends[year] = (int(last), float(values[last]))
    top = float(np.nanmax(years.to_numpy())) if there else 1.0
    for year, height_of in _spread({y: v for y, (m, v) in ends.items()}, top * _APART).items():
        month = ends[year][0]
        figure.add_annotation(
            text=f"<b>{year}</b>" if year == there[-1] else str(year),
            x=month,
            y=height_of,
            xanchor="left",
            xshift=6,
            showarrow=False,
            font={"size": SMALL, "color": colours.get(year, GRAY_90)},
        )
    figure.update_xaxes(tickvals=list(range(1, 13)), ticktext=list(SHORT), range=[0.5, 13.1])
    figure.update_yaxes(range=[0, top * 1.06 + 1], nticks=6)
    alt = f"Line chart of counts by calendar month, one line a year from {there[0]} to {there[-1]}." if there else ""
    return Chart(plain_axes(figure, height, top=36), title, alt, years_table(years), mark_left=True)


def _spread(heights: dict[int, float], apart: float) -> dict[int, float]:
    """Move labels up until each is at least so far above the one below."""
    moved: dict[int, float] = {}
    below = -np.inf
    for year, value in sorted(heights.items(), key=lambda item: item[1]):
        below = max(value, below + apart)
        moved[year] = below
    return moved


def seasonal_index(found: SeasonalIndex, seasons: Sequence[Season], title: str, *, height: int = 355) -> Chart:
    """Draw the index of the calendar months with its interval; full where it leaves out a usual month.

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
    figure = go.Figure()
    _shade_seasons(figure, seasons)
    figure.add_hline(y=100, line={"color": GRAY_90, "width": 1, "dash": "dot"})
    figure.add_scatter(
        x=months,
        y=index,
        mode="markers",
        marker={
            "size": 9,
            "color": CATEGORY_0,
            "symbol": ["circle" if one else "circle-open" for one in clear],
            "line": {"width": 2, "color": CATEGORY_0},
        },
        error_y={
            "type": "data",
            "array": np.nan_to_num(high - index),
            "arrayminus": np.nan_to_num(index - low),
            "color": CATEGORY_0,
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
        figure.add_annotation(
            text=f"{value:.0f}",
            x=int(month),
            y=float(value if np.isnan(above) else above),
            yanchor="bottom",
            yshift=2,
            showarrow=False,
            font={"size": SMALL, "color": GRAY_90},
        )
    top = float(np.nanmax(np.where(np.isnan(high), index, np.minimum(high, 2.5 * index))))
    figure.update_xaxes(tickvals=list(range(1, 13)), ticktext=list(SHORT), range=[0.5, 12.9])
    ticks = list(range(0, int(top) + 1, 50 if top <= 400 else 100))
    figure.update_yaxes(
        range=[0, top * 1.1], tickvals=ticks, ticktext=["usual<br>100" if tick == 100 else str(tick) for tick in ticks]
    )
    rows = table.reset_index().assign(month=[MONTH_NAMES[m - 1] for m in months]).round(1)
    rows = rows.rename(columns={"low": f"low_{100 * found.level:g}", "high": f"high_{100 * found.level:g}"})
    alt = "Seasonal index by calendar month with intervals, 100 is a usual month. " + found.sentence
    return Chart(plain_axes(figure, height, top=36), title, alt, rows, mark_left=True)
