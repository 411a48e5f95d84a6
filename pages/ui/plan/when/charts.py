"""Charts of step 1 of a plan: the window beside those of past years, its nights, its hours."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.ahead.window import WindowForecast
from analysis.when.nights import NightHours
from pages.ui.chart.charts import SHORT, Chart
from pages.ui.chart.figure import BACKGROUND, FAINT, SERIES, SMALL, STEPS, TEXT, Drawing, Settings, as_text

MOST_ROWS = 21  # days that the hours are drawn for one by one; longer windows by weekday
_BAR, _THIN, _THICK = 0.62, 2, 7
_HOURS = 24
_LINE_PX, _LETTER_PX, _PLOT_PX = 14, 6, 400  # names of nights that would meet stand one above the other


def window_chart(
    past: pd.DataFrame, year: int, found: WindowForecast | None, came: float | None, title: str, *, height: int = 300
) -> Chart:
    """Draw what is expected with its intervals beside what the same days brought in past years.

    Parameters
    ----------
    past : DataFrame
        ``first``, ``last``, ``incidents`` (NaN where a month is missing), ``missing``.
    year : int
        Of the window.
    found : WindowForecast or None
        None where there is no forecast.
    came : float or None
        What really came, in a replay.
    title : str
    height : int
        Pixels.
    """
    brought = {first.year: float(n) for first, n in zip(past["first"], past["incidents"], strict=True)}
    begin = min(brought, default=year)
    ahead = found is not None or came is not None
    years = list(range(begin, year + 1 if ahead or not brought else max(brought) + 1))
    drawing = Drawing()
    there = {y: n for y, n in brought.items() if np.isfinite(n)}
    _bars(drawing, there, SERIES[0], "")
    if came is not None:
        _bars(drawing, {year: came}, SERIES[1], "came ")
    for y in years:
        if y not in there and y != year:
            drawing.note("no data", y, 0, yanchor="bottom")
    tops = [*there.values(), came or 0.0, found.high95 if found else 0.0]
    if found is not None:
        _expected(drawing, year, found, aside=came is not None)
    top = max(tops, default=0.0) * 1.12 + 1
    along = {
        "tickvals": years,
        "ticktext": [str(y) for y in years],
        "range": [years[0] - 0.6, years[-1] + 0.6],
    }
    figure = drawing.figure(height, 24, along, {"range": [0, top], "nticks": 5})
    said = ", ".join(f"{y}: {n:,.0f}" for y, n in there.items())
    alt = f"Bars of the same days in past years ({said or 'none there'}) and what is expected. {title}."
    return Chart(figure, title, alt, _window_table(past, found, came), mark_left=True, of="window")


def _window_table(past: pd.DataFrame, found: WindowForecast | None, came: float | None) -> pd.DataFrame:
    """Lay the same figures out as rows."""
    rows: list[dict[str, object]] = [
        {
            "first": str(row.first),
            "last": str(row.last),
            "what": "share of what was published",
            "incidents": row.incidents,
        }
        | {"missing": row.missing}
        for row in past.itertuples()
    ]
    days = {"first": str(found.first), "last": str(found.last)} if found else {}
    if found is not None:
        bounds = {name: getattr(found, name) for name in ("low80", "high80", "low95", "high95")}
        rows.append(days | {"what": f"expected: {found.label}", "incidents": found.expected} | bounds)
    if came is not None:
        rows.append(days | {"what": "what came: share of what was published since", "incidents": came})
    table = pd.DataFrame(
        rows, columns=["first", "last", "what", "incidents", "low80", "high80", "low95", "high95", "missing"]
    )
    table["incidents"] = table["incidents"].astype(float).round(1)
    table["missing"] = table["missing"].fillna("")
    return table


def _bars(drawing: Drawing, bars: dict[int, float], colour: str, word: str) -> None:
    drawing.trace(
        type="bar",
        x=list(bars),
        y=list(bars.values()),
        width=_BAR,
        marker={"color": colour},
        hovertemplate=f"%{{x}}: {word}%{{y:,.0f}}<extra></extra>",
    )
    for year, n in bars.items():
        drawing.note(f"{word}{n:,.0f}", year, n, yanchor="bottom", yshift=1)


def _expected(drawing: Drawing, year: int, found: WindowForecast, *, aside: bool) -> None:
    """Draw the mean with a thick 80 % and a thin 95 % line; beside the bar where there is one."""
    x = year + (0.42 if aside else 0.0)
    for low, high, width in ((found.low95, found.high95, _THIN), (found.low80, found.high80, _THICK)):
        drawing.trace(
            type="scatter",
            mode="lines",
            x=[x, x],
            y=[low, high],
            line={"color": TEXT, "width": width},
            hoverinfo="skip",
        )
    drawing.trace(
        type="scatter",
        mode="markers",
        x=[x],
        y=[found.expected],
        marker={
            "symbol": "diamond",
            "size": 13,
            "opacity": 1,
            "color": BACKGROUND,
            "line": {"width": 2.5, "color": TEXT},
        },
        hovertemplate=(
            f"expected {found.expected:,.0f}; 80 % {found.low80:,.0f} to {found.high80:,.0f}; "
            f"95 % {found.low95:,.0f} to {found.high95:,.0f}<extra></extra>"
        ),
    )
    side: Settings = {"shift": 10, "align": "left"}
    drawing.beside(f"<b>{found.expected:,.0f}</b> expected", x, found.expected, **side)
    drawing.beside(f"80 %: to {found.high80:,.0f}", x, found.high80, **side)
    drawing.beside(f"from {found.low80:,.0f}", x, found.low80, **side)


def nights_chart(found: NightHours, expected: float | None, title: str, *, height: int = 260) -> Chart:
    """Draw the window night by night: what is expected, or where nothing is, its share.

    Parameters
    ----------
    found : NightHours
    expected : float or None
        Incidents in the window.
    title : str
    height : int
        Pixels.
    """
    table, days = found.nights, pd.DatetimeIndex(found.nights.index)
    value = table["share"].to_numpy(dtype=float) * (100 if expected is None else expected)
    unit = " %" if expected is None else ""
    digits = 1 if value.max() < 20 else 0
    drawing = Drawing()
    named = (table["mark"] != "").to_numpy()
    at = np.arange(len(days))
    words = [f"{d.day_name()[:3]} {d.day} {SHORT[d.month - 1]}" for d in days]
    drawing.trace(
        type="bar",
        x=at,
        y=value,
        marker={"color": [SERIES[1] if mark else SERIES[0] for mark in named]},
        customdata=[
            f"{w}{f', {as_text(m)}' if m else ''}: {v:.{digits}f}{unit}"
            for w, m, v in zip(words, table["mark"], value, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    short = len(days) <= MOST_ROWS
    top = float(value.max()) * 1.2
    rows: list[float] = []  # right end of the last name in each row, in days
    for place in np.flatnonzero(named):
        name = str(table["mark"].iloc[place])
        half = len(name) * _LETTER_PX / 2 * len(days) / _PLOT_PX
        row = next((i for i, end in enumerate(rows) if place - half > end), len(rows))
        rows[row : row + 1] = [place + half]
        up: Settings = {"ydomain": True, "yanchor": "bottom", "yshift": _LINE_PX * row}
        drawing.note(as_text(name), int(place), 1, size=SMALL - 1, **up)
        drawing.shapes.append(_upright(int(place), float(value[place]) + 0.1 * top, top))
    for i in range(len(days)) if short else np.flatnonzero(named).tolist():
        drawing.note(f"{value[i]:.{digits}f}", i, float(value[i]), yanchor="bottom", size=SMALL - 1)
    ticks = [i for i, d in enumerate(days) if short or d.day_of_week == 0]
    along = {
        "tickvals": ticks,
        "ticktext": [
            f"{days[i].day_name()[:3]}<br>{days[i].day}" if short else f"{days[i].day} {SHORT[days[i].month - 1]}"
            for i in ticks
        ],
        "range": [-0.6, len(days) - 0.4],
    }
    figure = drawing.figure(
        height, 24 + _LINE_PX * len(rows), along, {"range": [0, top], "nticks": 4, "ticksuffix": unit}
    )
    out = table.reset_index()
    out["date"] = out["date"].dt.strftime("%Y-%m-%d")
    if expected is not None:
        out.insert(4, "expected", (value).round(2))
    rounded = {"share": 5, "weekday_times": 3, "night_times": 3, "low": 3, "high": 3, "past_usual": 1}
    alt = f"Bars by day of the window. {title}."
    return Chart(figure, title, alt, out.round(rounded), mark_left=True, of="nights")


def _upright(x: int, low: float, high: float) -> dict[str, object]:
    line = {"width": 1, "color": FAINT, "dash": "dot"}
    return {"type": "line", "xref": "x", "yref": "y", "x0": x, "x1": x, "y0": min(low, high), "y1": high, "line": line}


def hours_chart(found: NightHours, title: str) -> Chart:
    """Draw the hours of the window's days, in thousandths of what is expected; long windows by weekday."""
    shares = found.shares
    days = pd.DatetimeIndex(shares.index)
    if len(days) <= MOST_ROWS:
        names = [f"{d.day_name()[:3]} {d.day} {SHORT[d.month - 1]}" for d in days]
        values = shares.to_numpy(dtype=float) * 1000
    else:
        sums = shares.groupby(np.asarray(days.day_of_week)).sum()
        names = [("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[d] for d in sums.index]
        values = sums.to_numpy(dtype=float) * 1000
    step = np.floor(values / values.max() * STEPS).clip(0, STEPS - 1)
    drawing = Drawing()
    across = list(range(_HOURS))
    drawing.shaded(
        step,
        across,
        names,
        lambda j, i: f"{values[j, i]:.0f}",
        lambda j, i: f"{names[j]} {i:02d}:00 to {(i + 1) % _HOURS:02d}:00: {values[j, i] / 10:.2f} % of the window",
        size=SMALL - 2,
        gap=1,
    )
    along = {"tickvals": across, "ticktext": [f"{hour:02d}" for hour in across], "range": [-0.55, _HOURS - 0.45]}
    figure = drawing.figure(
        60 + 18 * len(names), 24, along, {"type": "category", "autorange": "reversed", "showgrid": False}
    )
    table = shares.round(6).reset_index()
    table["date"] = table["date"].dt.strftime("%Y-%m-%d")
    table.columns = ["date", *(f"{hour:02d}" for hour in across)]
    return Chart(figure, title, f"Table of the share of the window by day and hour. {title}.", table, of="plan_hours")
