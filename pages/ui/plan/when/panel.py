"""What step 1 of a plan shows: calendar, what is expected beside past years, wards, and by a feed nights and hours."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from analysis.ahead.window import WindowForecast
from analysis.common.refusal import Refusal
from analysis.when.nights import ALIKE, NightHours
from data.kinds.crime_types import ASB, incidents_words
from data.place.area_calendar import BANK_HOLIDAY, NIGHT, WEEKEND, days
from data.place.calendar_words import calendar_sentence
from pages.ui.chart import charts
from pages.ui.plan.when import charts as plan_when_charts
from pages.ui.plan.when import figures, usual
from pages.ui.plan.when.operation import PlanWindow, feed_of, forecast_of, hours_of
from pages.ui.shell import downloads, frame, screenshot, tables
from pages.ui.shell.cache import Dataset, cached, feeds
from pages.ui.shell.choice import day_at
from pages.ui.shell.columns import Columns

KEPT_APART = "The feed is a record of its own and is never added to the counts."
_WIDE = [56, 44]


def show(data: Dataset, window: PlanWindow) -> None:
    """Draw step 1.

    Parameters
    ----------
    data : Dataset
    window : PlanWindow
    """
    found = cached(forecast_of, data, window)
    ahead = None if isinstance(found, Refusal) else found
    usual.show(data, window)
    frame.note(cached(calendar_line, data, window))
    if isinstance(found, Refusal):
        frame.refused(found)
    came = cached(figures.came_of, data, window)
    if came is not None:
        st.html(f'<p class="note"><strong>{escape(came.sentence)}</strong></p>')
    left, right = st.columns(_WIDE, gap="medium")
    with left:
        _show_past(data, window, ahead, came)
    with right:
        _show_wards(data, window, came)
    screenshot.picture_ends()
    _show_hours(data, window, ahead)
    with st.expander("Calendar of the window"):
        _show_calendar(data, window)
    if ahead is not None:
        frame.how(ahead.method)
    if window.category == ASB:
        frame.asb_note()


def calendar_line(data: Dataset, window: PlanWindow) -> str:
    """Say on which weekdays the nights of the window fall, and how it was a year before."""
    return calendar_sentence(data.area, window.first, window.last)


def _lines(data: Dataset, window: PlanWindow, what: str, found: WindowForecast | None = None) -> tuple[str, ...]:
    method = found.method if found else None
    return downloads.about(data, f"{window.category}, {what}", window.words, method, of=window.category)


def _name(data: Dataset, window: PlanWindow, what: str) -> str:
    return downloads.file_name(data, window.category, what, str(window.first), "as-at", str(window.as_at))


def _show_past(data: Dataset, window: PlanWindow, found: WindowForecast | None, came: figures.Came | None) -> None:
    past = cached(figures.past_of, data, window)
    if past.empty and found is None:
        frame.refused(Refusal("There is no past window to show: no month of one is loaded", "Load published files"))
        return
    chart = plan_when_charts.window_chart(
        past,
        window.first.year,
        found,
        came.total if came else None,
        past_title(past, window, found, over=window.last < day_at(data, window.as_at)),
    )
    note = "Every figure is the days' share of whole months: month data do not know days."
    if found is not None:
        note += f" Diamond: expected, {found.label}; thick line 80 %, thin line 95 % interval."
    charts.show(
        chart,
        data,
        "plan_past",
        _name(data, window, "window"),
        _lines(data, window, "window and past years", found),
        note,
    )


def past_title(past: pd.DataFrame, window: PlanWindow, found: WindowForecast | None, *, over: bool = False) -> str:
    """Put what is expected beside what the latest past window brought; ``over``: its days have passed."""
    whole = past[past["incidents"].notna()]
    what = incidents_words(window.category)
    waited = "were to be expected" if over else "expected"
    head = (
        ""
        if found is None
        else f"{'' if found.reliable else 'Unreliable: '}about {found.expected:,.0f} {what} {waited}"
    )
    if whole.empty:
        return _upper(f"{head}; no past window is wholly there")
    year, n = whole.iloc[-1]["first"].year, whole.iloc[-1]["incidents"]
    if found is None:
        low, high = whole["incidents"].min(), whole["incidents"].max()
        span = "" if len(whole) == 1 else f", between {low:,.0f} and {high:,.0f} in {len(whole)} years"
        return _upper(f"the same days brought {n:,.0f} {what} in {year}{span}")
    return _upper(f"{head}, against {n:,.0f} in the same days of {year}")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- wards -----------------------------------------------------------------------------------------------------------
def ward_table(data: Dataset, window: PlanWindow) -> pd.DataFrame | None:
    """Wards with what is expected, the latest past window and, in a replay, what came; None without any of them."""
    wards, past = cached(figures.wards_of, data, window), cached(figures.past_wards_of, data, window)
    if isinstance(wards, Refusal) and past is None:
        return None
    names = data.area.ward_names
    table = pd.DataFrame({"ward": [names[code] for code in data.area.wards.codes]}, index=list(data.area.wards.codes))
    if not isinstance(wards, Refusal):
        wards = wards.reindex(table.index)
        table["expected"] = wards["expected"].round(1)
        for level in ("80", "95"):
            table[f"interval_{level}"] = [
                f"{low:,.0f} to {high:,.0f}"
                for low, high in zip(wards[f"low{level}"], wards[f"high{level}"], strict=True)
            ]
    if past is not None:
        table[f"in_{past[0]}"] = past[1].reindex(table.index).round(1)
    came = cached(figures.came_of, data, window)
    if came is not None and not isinstance(wards, Refusal):
        table["came"] = came.wards.round(1)
        inside = (came.wards >= wards["low80"]) & (came.wards <= wards["high80"])
        table["within_80"] = np.where(inside, "yes", "no")
    by = "expected" if "expected" in table else table.columns[-1]
    return table.sort_values([by, "ward"], ascending=[False, True]).reset_index(drop=True)


def _show_wards(data: Dataset, window: PlanWindow, came: figures.Came | None) -> None:
    table = ward_table(data, window)
    if table is None:
        return
    found = cached(forecast_of, data, window)
    replay = " and what came" if came is not None else ""
    st.html(
        '<h2 class="chart-title">' + escape(f"Wards: {'expected' if 'expected' in table else 'past'}{replay}") + "</h2>"
    )
    frame.wards_note()
    labels = {"expected": "Expected", "came": "Came"}  # the column is too narrow for a unit
    names = [str(name) for name in table]
    number = set(names) & {"expected", "came"} | {name for name in names if name.startswith("in_")}
    config: Columns = {}
    for name in names:
        if name in number:
            config[name] = st.column_config.NumberColumn(
                labels.get(name, name.removeprefix("in_")), format="%.1f", width=62 if name == "expected" else 56
            )
        else:
            config[name] = st.column_config.Column(width=126 if name == "ward" else 58)
    alt = "Wards with what is expected in the window, its intervals and the same days of a past year."
    tables.show(table, alt, of="plan_wards", config=config, key="plan_wards", most=426)
    if isinstance(found, Refusal):
        frame.note("The days' share of whole months, as they were published.")
    else:
        frame.note(f"{_upper(found.label)}. Few incidents a ward: wards whose intervals overlap are not told apart.")
    method = None if isinstance(found, Refusal) else found
    downloads.csv_button(
        table, _name(data, window, "wards"), _lines(data, window, "window by ward", method), key="plan_wards_csv"
    )


# --- nights and hours ------------------------------------------------------------------------------------------------
def _show_hours(data: Dataset, window: PlanWindow, found: WindowForecast | None) -> None:
    hours: NightHours = cached(hours_of, data, window)
    if not window.feed:
        none = "No dated feed is chosen" if feeds(data) else "No dated feed is loaded (see the Data page)"
        frame.note(f"By night and hour: {none}: {ALIKE}.")
        return
    st.html('<h2 class="chart-title">' + escape(hours.sentence) + "</h2>")
    feed = feed_of(data, window)
    own = data if feed is None else replace(data, incidents=feed, version=f"{data.version}|{window.feed}")
    lines = (*downloads.about(own, "share of the window by night and hour", window.words, hours.method), KEPT_APART)
    if not hours.flat:
        left, right = st.columns(_WIDE[::-1], gap="medium")
        expected = found.expected if found is not None else None
        with left:
            what = "Share of the window by night" if expected is None else "Expected by night, if it follows the feed"
            chart = plan_when_charts.nights_chart(hours, expected, what)
            charts.show(chart, own, "plan_nights", _name(own, window, "nights"), lines, "Nights run from midnight.")
        with right:
            chart = plan_when_charts.hours_chart(hours, "Thousandths of the window by hour")
            charts.show(chart, own, "plan_hours", _name(own, window, "hours"), lines, "Hours start at the time given.")
    events = cached(figures.feed_events, data, window)
    if isinstance(events, Refusal):
        frame.refused(events)
    else:
        frame.note(f"{events.sentence} {KEPT_APART}")
    frame.how(hours.method)


# --- the calendar ----------------------------------------------------------------------------------------------------
def calendar_table(data: Dataset, window: PlanWindow) -> pd.DataFrame:
    """Days of the window with what falls on them; the same day a year before with its weekday."""
    rows = []
    for day in days(data.area, window.first, window.last):
        school = ""
        if day.no_school is not None:
            school = day.no_school.name + (" (assumed)" if day.no_school.assumed else "")
        rows.append(
            {
                "date": str(day.day),
                "weekday": day.weekday,
                "night": ", ".join(e.name for e in day.events if e.kind == NIGHT),
                "no_school": school,
                "bank_holiday": ", ".join(e.name for e in day.events if e.kind == BANK_HOLIDAY),
                "nearest_weekend": ", ".join(
                    e.name.removeprefix("weekend nearest to ") for e in day.events if e.kind == WEEKEND
                ),
            }
        )
    return pd.DataFrame(rows)


def _show_calendar(data: Dataset, window: PlanWindow) -> None:
    table = cached(calendar_table, data, window)
    tables.show(table, "Calendar of the window.", of="plan_calendar", key="plan_calendar", most=460)
    lines = (f"{data.area.name}: calendar of {window.words}", data.area.school.source)
    name = downloads.file_name(data, "calendar", str(window.first))
    downloads.csv_button(table, name, [line for line in lines if line], key="plan_calendar_csv")
