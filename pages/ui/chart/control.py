"""The control chart: baseline years, signals in words, months against frozen limits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.common.method import YEAR, list_months
from analysis.course.control_chart import LEAST_BASELINE, SOUND_BASELINE, ControlChart
from pages.ui.chart import charts
from pages.ui.chart.figure import BAND, FAINT, NO_DATA, SERIES, SMALL, Drawing
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import Filters, short_month, short_period

SHOWN = 36  # months of the control chart, and more where its baseline lies further back


YEAR_STARTS = 4  # financial years, as the partnership counts its target


_RULES = (
    ("outside", "outside the limits"),
    ("eight on one side", "eight or more in a row on one side of the mean"),
    ("two of three far out", "two of three in a row far out"),
)


def baselines(data: Dataset, chosen: Filters) -> tuple[int, ...]:
    """Years (April to March, by the calendar year they start in) with enough months for limits, the latest first."""
    months = chosen.known(data.incidents).months
    years = pd.Series(1, index=(months - (YEAR_STARTS - 1)).year).groupby(level=0).sum()
    return tuple(int(year) for year in sorted(years.index[years >= LEAST_BASELINE], reverse=True))


def usual_baseline(data: Dataset, chosen: Filters) -> int | None:
    """Choose the last whole year; where there is none, the one with most months; None where none has enough."""
    months = chosen.known(data.incidents).months
    if not (years := baselines(data, chosen)):
        return None
    held = {year: int(months.isin(_year(year)).sum()) for year in years}
    whole = [year for year in years if held[year] == SOUND_BASELINE]
    return whole[0] if whole else max(years, key=lambda year: (held[year], year))


def _year(year: int) -> pd.PeriodIndex:
    return pd.period_range(pd.Period(year=year, month=YEAR_STARTS, freq="M"), periods=YEAR, freq="M")


def year_words(year: int) -> str:
    """Name a year from April to March: "2023/24"."""
    return f"{year}/{(year + 1) % 100:02d}"


def signals(points: pd.DataFrame) -> tuple[str, ...]:
    """Say in words which months broke which rule."""
    found = []
    for rule, words in _RULES:
        months = [
            month for month, said in zip(pd.PeriodIndex(points.index), points["rule"], strict=True) if rule in said
        ]
        if months:
            found.append(f"{words[:1].upper()}{words[1:]}: {list_months(months)}.")
    return tuple(found) or ("No month breaks a rule.",)


def shown_points(found: ControlChart) -> pd.DataFrame:
    """Months that are drawn: the last three years, and back to the start of the baseline."""
    points = found.points.loc[min(found.baseline[0], found.points.index[-1] - SHOWN + 1) :]
    return points.loc[points["value"].first_valid_index() :]


def control_chart(found: ControlChart, title: str) -> charts.Chart:
    """Draw months against the frozen limits; a gap is a gap, and a month that breaks a rule is a diamond."""
    points = shown_points(found)
    index, value = pd.PeriodIndex(points.index), points["value"].to_numpy()
    at = [month.ordinal for month in index]
    drawing = Drawing()
    first, last = found.baseline
    drawing.band(max(first.ordinal, at[0]), min(last.ordinal, at[-1]), BAND)
    words = f"baseline {short_period(first, last)}"
    start = max(first.ordinal, at[0]) - 0.5  # at its left edge, where a baseline of the first months is not cut off
    drawing.note(words, start, 1, ydomain=True, xanchor="left", yanchor="bottom")
    _gaps(drawing, at, value)
    for level, dash, said in (
        (found.high, "dash", "upper limit"),
        (found.centre, "solid", "mean"),
        (found.low, "dash", "lower limit"),
    ):
        drawing.trace(
            type="scatter",
            mode="lines",
            x=[at[0] - 0.5, at[-1] + 0.5],
            y=[level, level],
            line={"color": FAINT, "width": 1.2, "dash": dash},
            hoverinfo="skip",
        )
        drawing.note(f"{said} {level:,.0f}", at[-1] + 0.5, level, xanchor="left", xshift=4, size=SMALL - 1)
    signal = points["signal"].to_numpy(dtype=bool)
    drawing.trace(
        type="scatter",
        mode="lines+markers",
        x=at,
        y=[None if np.isnan(v) else float(v) for v in value],
        connectgaps=False,
        line={"color": SERIES[0], "width": 1.5},
        marker={
            "size": [10 if one else 6 for one in signal],
            "opacity": 1,
            "symbol": ["diamond" if one else "circle" for one in signal],
            "color": [SERIES[1] if one else SERIES[0] for one in signal],
        },
        customdata=[
            f"{short_month(m)}: {v:,.0f}{f' ({r})' if r else ''}"
            for m, v, r in zip(index, value, points["rule"], strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    along = _along(index, 0.2)
    top = max(float(np.nanmax(value)) if not np.isnan(value).all() else 0.0, found.high)
    figure = drawing.figure(330, 40, along, {"range": [0, top * 1.08 + 1], "nticks": 6, "showgrid": False})
    table = pd.DataFrame(
        {
            "month": [str(month) for month in index],
            "count": points["value"].astype("Int64").to_numpy(),
            "mean": round(found.centre, 2),
            "low": round(found.low, 2),
            "high": round(found.high, 2),
            "rule": points["rule"].to_numpy(),
        }
    )
    alt = f"Control chart of incidents by month against limits from {short_period(first, last)}. {title}."
    return charts.Chart(figure, title, alt, table, mark_left=True)


def _gaps(drawing: Drawing, at: list[int], value: np.ndarray) -> None:
    """Shade the months that are missing; the words stand where there is room for them."""
    absent = np.flatnonzero(np.isnan(value))
    for run in np.split(absent, np.flatnonzero(np.diff(absent) > 1) + 1) if len(absent) else ():
        drawing.band(at[run[0]], at[run[-1]], NO_DATA)
        if len(run) >= 0.09 * len(at):
            drawing.note("no data", (at[run[0]] + at[run[-1]]) / 2, 0.5, ydomain=True)


def _along(index: pd.PeriodIndex, room: float) -> dict[str, object]:
    """Axis of months, with room at its end for labels as a share of its length."""
    named = (1, 7) if len(index) <= 60 else (1,)
    ticks = [month for month in index if month.month in named]
    return {
        "tickvals": [month.ordinal for month in ticks],
        "ticktext": [f"Jan<br>{month.year}" if month.month == 1 else "Jul" for month in ticks],
        "range": [index[0].ordinal - 0.6, index[-1].ordinal + 0.6 + room * len(index)],
    }
