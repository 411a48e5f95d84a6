"""The control chart: which baseline, months against what is usual for them, and the words beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.counts import monthly_series
from analysis.common.method import month_name
from analysis.common.refusal import Refusal
from analysis.course.control_chart import ControlChart, unusual_months
from analysis.course.control_limits import BASELINE, baseline_ends
from analysis.when.seasonality import season_mask
from pages.ui.chart import charts
from pages.ui.chart.figure import BAND, FAINT, NO_DATA, SERIES, SMALL, Drawing
from pages.ui.shell import words
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import Filters, short_month, short_period

SHOWN = 36  # months of the control chart, and more where its baseline lies further back
_NOT_A_CHANGE = "Unusual for its month does not mean changed from one year to the next."


def _series(data: Dataset, chosen: Filters, category: str) -> tuple[pd.Series[float], NDArray[np.bool_]]:
    """Give the counts by month, and which months the area file leaves out."""
    series = monthly_series(chosen.known(data.incidents).of(category), chosen.wards or None)
    return series, season_mask(pd.PeriodIndex(series.index), data.area, category)


def ends(data: Dataset, chosen: Filters) -> tuple[str, ...]:
    """Months (``YYYY-MM``) that a baseline may end with, the latest first; before them "", the usual one."""
    found = {str(end) for category in words.NAMES for end in baseline_ends(*_series(data, chosen, category))}
    return ("", *sorted(found, reverse=True))


def end_words(end: str) -> str:
    """Name a baseline by its end: "24 known months to March 2024"."""
    return f"{BASELINE} known months to {month_name(pd.Period(end, 'M'))}" if end else "For the latest months"


def unusual(data: Dataset, chosen: Filters, category: str, end: str = "") -> ControlChart:
    """Hold the months after a baseline against it: the same chart and verdict on every page and slide.

    Parameters
    ----------
    data : Dataset
    chosen : Filters
        Its as-at month and wards count, not its period.
    category : str
    end : str
        ``YYYY-MM`` that the baseline ends with; "" for the usual one.

    Raises
    ------
    Refusal
        As :func:`analysis.course.control_chart.unusual_months`; or nothing is loaded.
    """
    series, mask = _series(data, chosen, category)
    if not len(series):
        raise Refusal("There are no months to hold against limits", "Load published files on the Data page")
    return unusual_months(
        series,
        pd.Period(end, "M") if end else None,
        name=words.name_of(category),
        data_version=data.incidents.version,
        mask=mask,
    )


def note(found: ControlChart) -> str:
    """Say under a chart which months broke which rule, or why there are no limits."""
    marked = "Diamonds break a rule. " if found.points["signal"].any() else ""
    said = f"{marked}{' '.join(found.details)}"
    return f"{said} {_NOT_A_CHANGE}" if found.limited else said


def shown_points(found: ControlChart) -> pd.DataFrame:
    """Months that are drawn: the last three years, and back to the start of the baseline."""
    points = found.points.loc[min(found.baseline[0], found.points.index[-1] - SHOWN + 1) :]
    return points.loc[points["value"].first_valid_index() :]


def control_chart(found: ControlChart, title: str) -> charts.Chart:
    """Draw months against what is usual for them; a gap is a gap, and a month that breaks a rule is a diamond."""
    points = shown_points(found)
    index, value = pd.PeriodIndex(points.index), points["value"].to_numpy()
    at = [month.ordinal for month in index]
    drawing = Drawing()
    if found.limited:
        _limits(drawing, found, points, at)
    _gaps(drawing, at, value)
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
        customdata=_pointed(points),
        hovertemplate="%{customdata}<extra></extra>",
    )
    along = _along(index)
    top = float(np.nanmax(points[["value", "high"]].to_numpy(dtype=float)))
    figure = drawing.figure(330, 40, along, {"range": [0, top * 1.08 + 1], "nticks": 6, "showgrid": False})
    table = pd.DataFrame(
        {
            "month": [str(month) for month in index],
            "count": points["value"].astype("Int64").to_numpy(),
            "usual": points["usual"].round(2).to_numpy(),
            "low": points["low"].round(2).to_numpy(),
            "high": points["high"].round(2).to_numpy(),
            "judged": points["judged"].to_numpy(),
            "rule": points["rule"].to_numpy(),
        }
    )
    against = f" against limits from {short_period(*found.baseline)}" if found.limited else ", without limits"
    alt = f"Chart of incidents by month{against}. {title}."
    return charts.Chart(figure, title, alt, table, mark_left=True, of="control")


def _limits(drawing: Drawing, found: ControlChart, points: pd.DataFrame, at: list[int]) -> None:
    """Draw what is usual for every month, its limits, and where the baseline lies."""
    first, last = found.baseline
    start = max(first.ordinal, at[0])
    drawing.band(start, min(last.ordinal, at[-1]), BAND)
    said = f"baseline {short_period(first, last)}"
    drawing.note(said, start - 0.5, 1, ydomain=True, xanchor="left", yanchor="bottom")
    for column, dash, name in (
        ("high", "dash", "upper limit"),
        ("usual", "solid", "usual"),
        ("low", "dash", "lower limit"),
    ):
        level = points[column].tolist()
        drawing.trace(
            type="scatter", mode="lines", x=at, y=level, line={"color": FAINT, "width": 1.2, "dash": dash},
            hoverinfo="skip",
        )  # fmt: skip
        drawing.beside(f"{name} {level[-1]:,.0f}", at[-1], level[-1], size=SMALL - 1, shift=10)


def _pointed(points: pd.DataFrame) -> list[str]:
    """Say what is read where a month is pointed at."""
    figures = points[["value", "usual", "low", "high"]].to_numpy(dtype=float)
    said = []
    for month, (value, usual, low, high), rule in zip(points.index, figures, points["rule"], strict=True):
        lines = [f"{short_month(month)}: {value:,.0f}"]
        if not np.isnan(usual):
            lines.append(f"usual {usual:,.0f}, limits {low:,.0f} to {high:,.0f}")
        said.append("<br>".join([*lines, rule] if rule else lines))
    return said


def _gaps(drawing: Drawing, at: list[int], value: np.ndarray) -> None:
    """Shade the months that are missing; the words stand where there is room for them."""
    absent = np.flatnonzero(np.isnan(value))
    for run in np.split(absent, np.flatnonzero(np.diff(absent) > 1) + 1) if len(absent) else ():
        drawing.band(at[run[0]], at[run[-1]], NO_DATA)
        if len(run) >= 0.09 * len(at):
            drawing.note("no data", (at[run[0]] + at[run[-1]]) / 2, 0.5, ydomain=True)


def _along(index: pd.PeriodIndex) -> dict[str, object]:
    """Axis of months."""
    named = (1, 7) if len(index) <= 60 else (1,)
    ticks = [month for month in index if month.month in named]
    return {
        "tickvals": [month.ordinal for month in ticks],
        "ticktext": [f"Jan<br>{month.year}" if month.month == 1 else "Jul" for month in ticks],
        "range": [index[0].ordinal - 0.6, index[-1].ordinal + 0.6],
    }
