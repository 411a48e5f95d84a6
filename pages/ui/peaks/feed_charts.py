"""Charts of a dated feed: an event window day by day and year by year, its calendar, and the hours of the week."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.common.method import MONTH_NAMES
from analysis.when.aoristic import WEEKDAYS, ClockProfile
from analysis.when.event_window import ESTIMATE, MARKS, EventWindow
from pages.ui.chart.charts import SHORT, Chart
from pages.ui.chart.figure import BAND, FAINT, SERIES, SMALL, STEPS, TEXT, Drawing, as_text
from pages.ui.chart.ratio_charts import Row, ratios

_SLOTS = 24


def days_chart(found: EventWindow, title: str) -> Chart:
    """Draw the days of an event window and the weeks around it; the nights that have a name are named."""
    days = found.days
    index, count = pd.DatetimeIndex(days.index), days["count"].to_numpy(dtype=float)
    at = list(range(len(days)))
    inside = np.flatnonzero(days["in_window"].to_numpy())
    marks = days["mark"].to_numpy()
    drawing = Drawing()
    drawing.band(inside[0], inside[-1], BAND)
    if np.isfinite(found.usual):
        usual = found.usual / len(inside)
        drawing.trace(
            type="scatter",
            mode="lines",
            x=[inside[0] - 0.5, inside[-1] + 0.5],
            y=[usual, usual],
            line={"color": TEXT, "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
        )
    drawing.trace(
        type="scatter",
        mode="lines+markers",
        x=at,
        y=count,
        line={"color": SERIES[0], "width": 1.5},
        marker={
            "opacity": 1,
            "size": [10 if mark else 5 for mark in marks],
            "symbol": ["diamond" if mark else "circle" for mark in marks],
            "color": [SERIES[1] if mark else SERIES[0] for mark in marks],
        },
        customdata=[
            f"{_date(day)}: {n:.0f}{f', {as_text(str(m))}' if m else ''}"
            for day, n, m in zip(index, count, marks, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    top = float(count.max()) or 1.0
    for number, place in enumerate(np.flatnonzero(marks != "")):
        at_left = number == 0  # names stand on either side, and the third a line higher
        drawing.note(
            as_text(str(marks[place])),
            int(place),
            1,
            ydomain=True,
            yanchor="bottom",
            xanchor="right" if at_left else "left",
            yshift=14 if number == 2 else 0,
            size=SMALL - 1,
        )
        drawing.shapes.append(_upright(int(place), float(count[place]), top * 1.12 + 1))
    ticks = [i for i, day in enumerate(index) if day.day in (1, 15)]
    along = {
        "tickvals": ticks,
        "ticktext": [f"{index[i].day} {SHORT[index[i].month - 1]}" for i in ticks],
        "range": [-0.6, len(days) - 0.4],
    }
    figure = drawing.figure(320, 52, along, {"range": [0, top * 1.12 + 1], "nticks": 5})
    table = pd.DataFrame(
        {
            "day": [str(day.date()) for day in index],
            "count": days["count"].to_numpy(),
            "in_window": days["in_window"].to_numpy(),
            "mark": marks,
        }
    )
    return Chart(figure, title, f"Line chart of incidents by day. {title}.", table, mark_left=True, of="feed_days")


def _upright(x: int, low: float, high: float) -> dict[str, object]:
    line = {"width": 1, "color": FAINT, "dash": "dot"}
    return {"type": "line", "xref": "x", "yref": "y", "x0": x, "x1": x, "y0": low, "y1": high, "line": line}


def _date(day: pd.Timestamp) -> str:
    return f"{WEEKDAYS[day.day_of_week]} {day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def windows_chart(found: Mapping[int, EventWindow], title: str) -> Chart:
    """Draw the ratio of the event window of every year, the latest first."""
    rows, table = [], []
    for year, window in sorted(found.items(), reverse=True):
        words = "" if window.standing == ESTIMATE else f"{window.count:,}: {window.standing}"
        label = f"<b>{year}</b>, {window.count:,} incidents"
        rows.append(
            Row(label, window.ratio, window.low, window.high, window.differs, words if np.isnan(window.ratio) else "")
        )
        table.append(
            {
                "year": year,
                "first": str(window.first),
                "last": str(window.last),
                "count": window.count,
                "usual": window.usual,
                "ratio": window.ratio,
                "low": window.low,
                "high": window.high,
                "p": window.p,
                "interval_from": window.route,
                "standing": window.standing,
            }
        )
    alt = "Ratio of the event window to the weeks around it by year, with intervals. " + " ".join(
        window.sentence for window in found.values()
    )
    out = pd.DataFrame(table).round(3)
    return ratios(rows, title, alt, out, "the weeks around it", row_px=48, of="feed_windows")


def dates_of(days: pd.DataFrame) -> list[tuple[int, int]]:
    """Month and day of every column of a calendar of days by year."""
    pairs: list[tuple[int, int]] = days.columns.to_list()  # type: ignore[assignment]  # labels that are pairs
    return [(int(month), int(day)) for month, day in pairs]


def calendar_chart(days: pd.DataFrame, title: str) -> Chart:
    """Draw the days of the window across the years: counts in the cells, one scale of colour for all.

    Parameters
    ----------
    days : DataFrame of float
        Years by ``(month, day)``, NaN where a day is not in the data.
    title : str
    """
    names = [str(year) for year in days.index]
    values = days.to_numpy(dtype=float)
    most = float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
    step = np.floor(values / (most or 1.0) * STEPS).clip(0, STEPS - 1)
    drawing = Drawing()
    across = list(range(len(days.columns)))
    columns = dates_of(days)

    def date(row: int, column: int) -> pd.Timestamp:
        return pd.Timestamp(int(names[row]), *columns[column])

    drawing.shaded(
        step,
        across,
        names,
        lambda j, i: _with_weekday(values[j, i], date(j, i)),
        lambda j, i: f"{_date(date(j, i))}: {'no data' if np.isnan(values[j, i]) else f'{values[j, i]:.0f}'}",
    )
    places = {column: x for x, column in enumerate(columns)}
    for when, name in MARKS:
        if when in places:
            drawing.band(places[when], places[when], "rgba(0,0,0,0)", edge=True)
            words = "<br>".join(as_text(name).split(" ", 1))
            drawing.note(words, places[when], 1, size=SMALL - 1, ydomain=True, yanchor="bottom")
    along = {
        "tickvals": across,
        "ticktext": [f"{day} {SHORT[month - 1]}" for month, day in columns],
        "range": [-0.55, len(across) - 0.45],
    }
    figure = drawing.figure(
        86 + 44 * len(names), 46, along, {"type": "category", "autorange": "reversed", "showgrid": False}
    )
    table = days.astype("Int64").reset_index(names="year")
    table.columns = ["year", *(f"{day} {SHORT[month - 1]}" for month, day in columns)]
    return Chart(
        figure, title, f"Calendar of incidents by day and year. {title}.", table, mark_left=True, of="calendar"
    )


def _with_weekday(value: float, day: pd.Timestamp) -> str:
    said = "–" if np.isnan(value) else f"{value:.0f}"
    return f"{said}<br><span style='font-size:10px'>{WEEKDAYS[day.day_of_week][:3]}</span>"


def clock_chart(found: ClockProfile, title: str) -> Chart:
    """Draw incidents by hour and weekday."""
    values = found.table.to_numpy(dtype=float)
    most = float(values.max()) or 1.0
    step = np.floor(values / most * STEPS).clip(0, STEPS - 1)
    drawing = Drawing()
    across, names = list(range(_SLOTS)), list(WEEKDAYS)
    drawing.shaded(
        step,
        across,
        names,
        lambda j, i: f"{values[j, i]:.0f}",
        lambda j, i: f"{names[j]} {i:02d}:00 to {(i + 1) % _SLOTS:02d}:00: {values[j, i]:.1f}",
        size=SMALL - 1,
    )
    along = {"tickvals": across, "ticktext": [f"{hour:02d}" for hour in across], "range": [-0.55, _SLOTS - 0.45]}
    figure = drawing.figure(290, 24, along, {"type": "category", "autorange": "reversed", "showgrid": False})
    table = found.table.round(2).reset_index()
    table.columns = ["weekday", *(f"{hour:02d}" for hour in across)]
    return Chart(
        figure, title, f"Table of incidents by hour and weekday, coloured by their number. {title}.", table, of="clock"
    )


def hours_chart(found: ClockProfile, title: str) -> Chart:
    """Draw incidents by hour of the day as they were spread over their intervals, without smoothing."""
    share = (100 * found.by_hour / found.by_hour.sum()).to_numpy()
    drawing = Drawing()
    drawing.trace(
        type="bar",
        x=list(range(_SLOTS)),
        y=share,
        marker={"color": SERIES[0]},
        customdata=[f"{h:02d}:00 to {(h + 1) % _SLOTS:02d}:00: {n:,.1f}" for h, n in enumerate(found.by_hour)],
        hovertemplate="%{customdata}<extra></extra>",
    )
    even = 100 / _SLOTS
    drawing.level(even)
    drawing.note("all hours alike", 0, even, yanchor="bottom", xanchor="left", xshift=-6)
    along = {"tickvals": list(range(0, _SLOTS, 3)), "ticktext": [f"{h:02d}:00" for h in range(0, _SLOTS, 3)]}
    up = {"range": [0, float(share.max()) * 1.1], "ticksuffix": " %", "nticks": 5}
    figure = drawing.figure(260, 24, along | {"range": [-0.6, _SLOTS - 0.4]}, up)
    table = pd.DataFrame(
        {"hour": range(_SLOTS), "incidents": found.by_hour.to_numpy().round(2), "share": share.round(2)}
    )
    return Chart(figure, title, f"Bar chart of the share of incidents by hour of the day. {title}.", table, of="hours")
