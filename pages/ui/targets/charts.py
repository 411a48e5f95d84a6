"""Charts of Plan targets: 12-month totals against the path, and every month against limits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.common.method import month_name
from analysis.common.refusal import Refusal
from analysis.course.target import MONTHS
from analysis.course.target_progress import Against, Progress, position
from analysis.when.seasonality import limited
from pages.ui.chart import charts, control
from pages.ui.chart.figure import FAINT, NO_DATA, SERIES, Drawing, Settings
from pages.ui.shell import downloads, frame
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters, short_month, short_period
from pages.ui.targets import page as targets
from pages.ui.targets.choice import target_in

BACK = 24  # months before the as-at month that are drawn at the least
_PAD = 0.12
_NEAR = 0.04  # a total so near the path that its label would stand on the line
_FREE = 0.3  # of the length: months ahead of the last total that make room for a label


def path_table(found: Progress) -> pd.DataFrame:
    """12-month totals and the path by last month of the 12, from the path's start or two years back.

    Returns
    -------
    DataFrame
        ``month`` (text), ``total_12_months`` (Int64, missing where one of the 12 is), ``path``; from the earlier of the
        two starts to the end of the path.
    """
    path, rolling = found.path, found.rolling
    months = pd.period_range(min(path.index[0], found.as_at - BACK + 1), max(path.index[-1], found.as_at), freq="M")
    return pd.DataFrame(
        {
            "month": [str(month) for month in months],
            "total_12_months": rolling.reindex(months).astype("Int64").to_numpy(),
            "path": path.reindex(months).round(1).to_numpy(),
        }
    )


def path_chart(found: Progress, name: str) -> charts.Chart:
    """Draw 12-month totals against the path; where one of the 12 months is missing nothing is drawn."""
    table = path_table(found)
    months = pd.PeriodIndex(table["month"], freq="M")
    at = [month.ordinal for month in months]
    total = table["total_12_months"].astype(float).to_numpy()
    past = np.asarray(months <= found.as_at)
    drawing = Drawing()
    path = found.path
    drawing.trace(
        type="scatter", mode="lines", x=[month.ordinal for month in path.index], y=path.tolist(),
        line={"color": FAINT, "width": 2, "dash": "dash"},
        customdata=[short_month(month) for month in path.index],
        hovertemplate="the path, %{customdata}: %{y:,.0f}<extra></extra>",
    )  # fmt: skip
    drawing.trace(
        type="scatter", mode="lines+markers", x=at, y=[None if np.isnan(v) else float(v) for v in total],
        connectgaps=False, line={"color": SERIES[0], "width": 2}, marker={"size": 5, "color": SERIES[0]},
        customdata=[short_period(month - MONTHS + 1, month) for month in months],
        hovertemplate="%{customdata}: %{y:,}<extra></extra>",
    )  # fmt: skip
    seen = [*path.tolist(), *total[~np.isnan(total)].tolist()]
    seen += _year(drawing, found)
    start, end = path.index[0], path.index[-1]
    aside: Settings = {"yanchor": "bottom", "yshift": 6} if _below(found) else {"yanchor": "top", "yshift": -6}
    drawing.note(f"baseline<br>{found.baseline.total:,}", start.ordinal, float(path.iloc[0]), xanchor="left", **aside)
    drawing.beside(f"target {found.target:,}<br>{short_month(end)}", end.ordinal, float(found.target))
    ahead = path.index[path.index > found.as_at]
    if len(ahead) >= _FREE * len(at):  # elsewhere it would stand on the totals
        middle = ahead[len(ahead) // 2]
        drawing.note("the path", middle.ordinal, float(path[middle]), yanchor="bottom", yshift=4)
    pad = _PAD * (max(seen) - min(seen)) + 1
    least, most = max(0.0, min(seen) - pad), max(seen) + pad
    runs = path.reindex(months, method="nearest").to_numpy(dtype=float) > (least + most) / 2
    _gaps(drawing, at, past & np.isnan(total), np.where(runs, 0.14, 0.8))  # where the path does not run
    ticks = (
        [month for month in months if month.month == 3]
        if len(months) > 30
        else [m for m in months if m.month in {3, 9}]
    )
    along = {
        "tickvals": [month.ordinal for month in ticks],
        "ticktext": [f"{charts.SHORT[month.month - 1]}<br>{month.year}" for month in ticks],
        "range": [at[0] - 0.6, at[-1] + 0.6],
    }
    figure = drawing.figure(320, 26, along, {"range": [least, most], "nticks": 6, "tickformat": ","})
    title = _title(found, name)
    first = short_period(months[0], months[-1])
    alt = f"Line chart of 12-month totals by last month against the path to the target, {first}. {title}."
    return charts.Chart(figure, title, alt, table, of="path")


def _year(drawing: Drawing, found: Progress) -> list[float]:
    """Draw the interval of the last 12 months and its words; gives the heights it reaches."""
    year, path = found.year, found.path
    ends: list[float] = []
    if not isinstance(year, Against):
        return ends
    if np.isfinite(year.low):
        low, high = year.low * year.path, year.high * year.path
        ends = [low, high]
        drawing.trace(
            type="scatter", mode="lines", x=[year.last.ordinal] * 2, y=[low, high],
            line={"color": SERIES[0], "width": 1}, hoverinfo="skip",
        )  # fmt: skip
    beside: Settings = {} if abs(year.ratio - 1) > _NEAR else {"yshift": 14 if path.iloc[-1] <= path.iloc[0] else -14}
    words = f"<b>{short_month(year.last)}: {year.count:,}</b>"
    drawing.note(words, year.last.ordinal, year.count, xanchor="left", xshift=8, **beside)
    return ends


def _title(found: Progress, name: str) -> str:
    if isinstance(found.year, Refusal):
        return f"{name}: the last 12 months cannot be held against the path"
    return f"12 months to {month_name(found.year.last)}: {found.year.count:,}, {position(found.year)}"


def _below(found: Progress) -> bool:
    """Whether the totals run below the path where it starts, so that its label stands above."""
    first = found.rolling.reindex(found.path.index[:MONTHS]).dropna()
    if first.empty:  # there is the path alone, which goes down from it
        return float(found.path.iloc[-1]) < float(found.path.iloc[0])
    return float((first - found.path.reindex(first.index)).mean()) < 0


def _gaps(drawing: Drawing, at: list[int], absent: np.ndarray, height: np.ndarray) -> None:
    """Shade where no total of 12 months can be drawn; by month the height of the words, in shares of the chart."""
    where = np.flatnonzero(absent)
    for run in np.split(where, np.flatnonzero(np.diff(where) > 1) + 1) if len(where) else ():
        drawing.band(at[run[0]], at[run[-1]], NO_DATA)
        if len(run) >= 0.12 * len(at):
            middle = float(height[run[len(run) // 2]])
            drawing.note("a month of<br>the 12 is<br>missing", (at[run[0]] + at[run[-1]]) / 2, middle, ydomain=True)


def show_path(data: Dataset, chosen: Filters, found: Progress | Refusal) -> None:
    """Draw 12-month totals against the path, with the same figures as table and file."""
    target = target_in(data)
    if isinstance(found, Refusal) or isinstance(target, Refusal):
        return
    name = targets.name_of(target.category)
    chart = path_chart(found, name)
    what = f"{name}, 12-month totals against the path to the target"
    lines = downloads.about(data, what, found.method.period, found.method, of=target.category)
    file = downloads.file_name(data, "target-path", target.category, str(chosen.as_at))
    note = (
        "Each point adds up 12 whole months and stands at the last. Dashed: the path, a straight line and no forecast. "
    )
    note += "The upright line is the 95 % interval. The axis does not start at zero."
    charts.show(chart, data, "target_path", file, lines, note + _limited(data, target.category, chart.table))


def _limited(data: Dataset, category: str, table: pd.DataFrame) -> str:
    """Say so where a total that is drawn holds months that the area file leaves out for this crime type."""
    if data.area.lockdown is None or not limited(data.area, category):
        return ""
    first, last = data.area.lockdown
    drawn = pd.PeriodIndex(table.loc[table["total_12_months"].notna(), "month"], freq="M")
    if not ((drawn >= first) & (drawn <= last + MONTHS - 1)).any():
        return ""
    return f" {short_period(first, last)}, when breaches of restrictions were logged, is in some of them."


# --- every month against limits --------------------------------------------------------------------------------------
def show_control(data: Dataset, chosen: Filters) -> None:
    """Draw the control chart of the target's crime type; its baseline is not the target's."""
    target = target_in(data)
    if isinstance(target, Refusal):
        return
    try:
        drawn = cached(control.unusual, data, chosen, target.category)
    except Refusal as refusal:
        frame.refused(refusal)
        return
    chart = control.control_chart(drawn, drawn.sentence.removesuffix("."))
    name = targets.name_of(target.category)
    lines = downloads.about(
        data,
        f"{name} by month against limits",
        drawn.method.period,
        drawn.method,
        of=target.category,
    )
    file = downloads.file_name(data, "target-control-chart", target.category, str(chosen.as_at))
    charts.show(chart, data, "target_control", file, lines, control.note(drawn))
    frame.how(drawn.method)
