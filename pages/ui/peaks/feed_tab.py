"""The dated feed of Seasonal peaks: what days and hours say, and in place of it why month data cannot say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from analysis.common.method import MONTH_NAMES
from analysis.common.refusal import Refusal
from analysis.when.aoristic import LONGEST_H, ClockProfile, clock_profile
from analysis.when.event_window import EventWindow, daily_counts, default_window, event_window
from data.kinds.crime_types import category_words, kinds_of
from data.store.schema import Incidents
from pages.ui.chart import charts
from pages.ui.peaks import feed_charts
from pages.ui.shell import address, cache, downloads, frame
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters, short_period, where

YEAR_KEY, FEED_KEY = "peaks_feed_year", "peaks_feed"
CALENDAR = "A calendar of days"
KEPT_APART = "It is a record of its own and is never added to the counts of data.police.uk."


def feed(data: Dataset, chosen: Filters, name: str = "") -> Incidents:
    """Give a dated feed up to the as-at month in the chosen wards, or the month data, which refuse for themselves.

    Parameters
    ----------
    data : Dataset
    chosen : Filters
    name : str
        One of :func:`pages.ui.shell.cache.feeds`; by default the first.

    Raises
    ------
    Refusal
        The feed holds nothing of the crime type, or covers no whole month.
    """
    names = cache.feeds(data)
    source = cache.feed(data, name if name in names else names[0]) if names else data.incidents
    known = chosen.known(source).in_area()
    if names and not len(source.months):
        raise Refusal(
            f"The feed {source.source} covers no whole month",
            "Load a file that does, or say on the Data page which days it covers",
        )
    if not known.frame["occurred_at"].notna().any():
        return known
    if not known.frame["category"].isin(kinds_of(chosen.category)).any():
        kinds = sorted(category_words(name) for name in known.frame["category"].unique())
        raise Refusal(
            f"There are no days and hours of {category_words(chosen.category)}: the {source.source} holds "
            f"{', '.join(kinds)}",
            "Choose what it holds, or load a feed that gives the day of each incident",
        )
    return known.of(chosen.category, chosen.wards or None)


def choose(data: Dataset) -> str:
    """Let the person choose where there are several feeds; name of the feed, empty where there is none."""
    names = cache.feeds(data)
    words = address.feed_words(names) or {"": ""}
    controls = [Control("feed", FEED_KEY, words, "the feed", dict.fromkeys(words, "the first" if names else "none"))]
    fresh = address.read(controls)
    if len(names) < 2:
        address.write(controls)
        return names[0] if names else ""
    kept = st.session_state.get(FEED_KEY)
    if fresh or st.session_state.get(f"{FEED_KEY}_widget") not in names:
        st.session_state[f"{FEED_KEY}_widget"] = kept if kept in names else names[0]
    st.session_state[FEED_KEY] = st.selectbox("Dated feed", names, key=f"{FEED_KEY}_widget", width=320)
    address.write(controls)
    return str(st.session_state[FEED_KEY])


def years(incidents: Incidents) -> tuple[int, ...]:
    """Years whose event window lies in the months of the feed, the latest first; at least the last year."""
    if not len(incidents.months):
        return ()
    first, last = incidents.months[0].start_time.date(), incidents.months[-1].end_time.date()
    every = range(last.year, first.year - 1, -1)
    held = tuple(y for y in every if first <= default_window(y)[0] and default_window(y)[1] <= last)
    return held or (last.year,)


def window(data: Dataset, chosen: Filters, year: int, name: str = "") -> EventWindow:
    """Hold the event window of a year against the weeks around it."""
    incidents = cached(feed, data, chosen, name)
    return event_window(incidents, *default_window(year), name="Incidents of the feed")


def calendar(data: Dataset, chosen: Filters, name: str = "") -> pd.DataFrame:
    """Count the days of the event window across the years: years by (month, day), NaN where a day is missing."""
    incidents = cached(feed, data, chosen, name)
    days = daily_counts(incidents, CALENDAR)
    rows = {}
    for year in sorted(years(incidents)):
        span = pd.date_range(*default_window(year), freq="D")
        rows[year] = days.reindex(span).to_numpy()
        columns = pd.Index([(int(d.month), int(d.day)) for d in span], tupleize_cols=False)
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def clock(data: Dataset, chosen: Filters, name: str = "") -> ClockProfile:
    """Lay the feed out by hour and weekday."""
    return clock_profile(cached(feed, data, chosen, name), name="Incidents of the feed")


def show(data: Dataset, chosen: Filters) -> None:
    """Draw the feed, or say in place of each chart why there is none."""
    name = choose(data)
    try:
        incidents = cached(feed, data, chosen, name)
    except Refusal as refusal:
        frame.refused(refusal)
        return
    if incidents.frame["occurred_at"].notna().any():
        period = short_period(incidents.months[0], incidents.months[-1])
        held = f"{incidents.source}: {len(incidents.frame):,} incidents, {period}, {where(data, chosen)}"
        frame.note(f"{held[:1].upper()}{held[1:]}. {KEPT_APART}")
    # files and captions name the feed, not the store; what is kept of the store is none of its own
    own = replace(data, incidents=incidents, version=f"{data.version}|{name}")
    _show_window(data, own, chosen, incidents, name)
    _show_calendar(data, own, chosen, name)
    _show_clock(data, own, chosen, name)


def _lines(own: Dataset, what: str, found: EventWindow | ClockProfile | None = None) -> tuple[str, ...]:
    method = found.method if found is not None else None
    return (*downloads.about(own, what, "", method), KEPT_APART)


def _show_window(data: Dataset, own: Dataset, chosen: Filters, incidents: Incidents, which: str) -> None:
    found: dict[int, EventWindow] = {}
    refused: dict[int, Refusal] = {}
    for year in years(incidents):
        try:
            found[year] = cached(window, data, chosen, year, which)
        except Refusal as refusal:
            refused[year] = refusal
    if not found:
        frame.refused(next(iter(refused.values())))
        return
    left, right = st.columns([55, 45], gap="medium")
    latest = max(found)
    with left:
        years_there = {str(year): year for year in sorted(found, reverse=True)}
        address.hold([Control("year", YEAR_KEY, years_there, "the year", {})])
        if st.session_state.get(YEAR_KEY) not in found:
            st.session_state[YEAR_KEY] = latest
        year = st.segmented_control("Year of the window", list(found), key=YEAR_KEY) or latest
        one = found[year]
        name = downloads.file_name(own, "feed", "event-window", str(year))
        chart = feed_charts.days_chart(one, one.sentence.removesuffix("."))
        note = f"Shaded: the window, {len(one.days[one.days['in_window']])} days; around it four weeks on both sides."
        if np.isfinite(one.usual):
            note += f" Dotted: what those lead to expect, {one.usual / int(one.days['in_window'].sum()):.1f} a day."
        lines = _lines(own, f"event window of {year} by day", one)
        charts.show(chart, own, "feed_days", name, lines, note)
    with right:
        title = years_title(found)
        name = downloads.file_name(own, "feed", "event-windows")
        note = "Line: 95 % interval, the wider of two. Full point: it leaves out the weeks around."
        chart = feed_charts.windows_chart(found, title)
        charts.show(chart, own, "feed_windows", name, _lines(own, "event windows by year", one), note)
        for why in refused.values():
            frame.refused(why)
    frame.how(one.method)


def years_title(found: Mapping[int, EventWindow]) -> str:
    """Say in how many years the window ran above the weeks around it."""
    known = [each for each in found.values() if np.isfinite(each.ratio)]
    clear, n = sum(each.differs and each.ratio > 1 for each in known), len(known)
    if not known:
        return "Too few incidents in the window for a ratio in any year"
    of = "the one year" if n == 1 else f"{n} years"
    if clear == 0:
        return f"The window did not clearly run above the weeks around it in {'' if n == 1 else 'any of '}{of}"
    return f"The window clearly ran above the weeks around it in {of if n == 1 else f'{clear} of {of}'}"


def _show_calendar(data: Dataset, own: Dataset, chosen: Filters, which: str) -> None:
    try:
        days = cached(calendar, data, chosen, which)
    except Refusal as refusal:
        frame.refused(refusal)
        return
    mean = days.mean(axis=0, skipna=True)
    if mean.notna().any() and mean.max() > 0:
        month, day = feed_charts.dates_of(days)[int(mean.argmax())]
        n = len(days)
        over = f"on average over {n} years" if n > 1 else f"in {days.index[0]}"
        title = (
            f"{day} {MONTH_NAMES[month - 1]} is the busiest day of the window: {mean.max():.0f} incidents {over}, "
            f"against {np.nanmean(days.to_numpy()):.0f} on a day of the window"
        )
    else:
        title = "No incident in the window in any year"
    note = "Framed: nights that have a name. One scale of colour for all years; – no data."
    name = downloads.file_name(own, "feed", "calendar")
    charts.show(feed_charts.calendar_chart(days, title), own, "feed_calendar", name, _lines(own, "days by year"), note)


def _show_clock(data: Dataset, own: Dataset, chosen: Filters, which: str) -> None:
    try:
        found = cached(clock, data, chosen, which)
    except Refusal as refusal:
        frame.refused(refusal)
        return
    title = found.sentence.removesuffix(".")
    shape = (
        "Few incidents: weekday times hour, so that every weekday has the same course of the day."
        if found.smoothed
        else "As counted."
    )
    name = downloads.file_name(own, "feed", "hour-by-weekday")
    lines = _lines(own, "incidents by hour and weekday", found)
    charts.show(
        feed_charts.clock_chart(found, title), own, "feed_clock", name, lines, f"Hours start at the time given. {shape}"
    )
    top = int(found.by_hour.argmax())
    share = found.by_hour.max() / found.by_hour.sum()
    title = (
        f"{top:02d}:00 to {(top + 1) % 24:02d}:00 is the busiest hour of the day, with {100 * share:.0f} % of incidents"
    )
    note = (
        f"An incident known as an interval is spread evenly over it. Left out: {found.left_out:,} of "
        f"{found.n + found.left_out:,} ({100 * found.left_out_share:.1f} %), without a time or known as more than "
        f"{LONGEST_H:g} hours."
    )
    name = downloads.file_name(own, "feed", "hours")
    charts.show(feed_charts.hours_chart(found, title), own, "feed_hours", name, lines, note)
    frame.how(found.method)
