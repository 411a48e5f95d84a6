"""What Seasonal peaks shows: the year as a table, as lines and as an index, and what each season has run at."""

from __future__ import annotations

from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from analysis.common import seeds
from analysis.common.counts import monthly_series
from analysis.common.method import month_name
from analysis.common.refusal import Refusal
from analysis.findings.peaks import yearly_peaks
from analysis.findings.seasons import index_title
from analysis.when.season_effect import SeasonEffects, area_season_effects
from analysis.when.seasonality import SeasonalIndex, month_by_year, season_mask, season_reading, seasonal_index
from data.kinds.crime_types import ASB, category_title
from data.place.area import Season
from pages.ui.chart import charts
from pages.ui.peaks import season_charts
from pages.ui.shell import address, downloads, frame
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters, where

_YEARS_KEY, _YEARS = "peaks_years", {"by-month": "Months by years", "overlaid": "Years overlaid"}


def series(data: Dataset, chosen: Filters) -> pd.Series:
    """Count the chosen crime type and wards by month, up to the as-at month."""
    return monthly_series(chosen.known(data.incidents).of(chosen.category), chosen.wards or None)


def index(data: Dataset, chosen: Filters) -> SeasonalIndex | Refusal:
    """Estimate the seasonal index, or say why there is none."""
    counts = cached(series, data, chosen)
    mask = season_mask(pd.PeriodIndex(counts.index), data.area, chosen.category)
    try:
        return seasonal_index(
            counts,
            mask if mask.any() else None,
            np.random.default_rng(seeds.BOOTSTRAP),
            data_version=data.incidents.version,
        )
    except Refusal as refusal:
        return refusal


def finding(data: Dataset, chosen: Filters) -> str:
    """Say when it peaks."""
    found = cached(index, data, chosen)
    what = "ASB" if chosen.category == ASB else category_title(chosen.category)
    head = f"{what}: " if not chosen.wards else f"{what}, {where(data, chosen)}: "
    return head + (str(found) if isinstance(found, Refusal) else found.sentence).removesuffix(".")


def show_years(data: Dataset, chosen: Filters) -> None:
    """Draw the counts as months by years and as overlaid years."""
    counts = cached(series, data, chosen)
    if counts.dropna().empty:
        frame.refused(
            Refusal("There are no months to show: nothing is loaded", "Load published files on the Data page")
        )
        return
    years = month_by_year(counts).astype("float64").round()
    period = f"{counts.index[0]} to {counts.index[-1]}"
    lines = downloads.about(data, f"{chosen.category} by month, {where(data, chosen)}", period, of=chosen.category)
    parts = (chosen.category, where(data, chosen) if chosen.wards else "", "months", str(chosen.as_at))
    name = downloads.file_name(data, *parts)
    address.hold([Control("years", _YEARS_KEY, _YEARS, "the view of years", _YEARS)])
    table, lines_tab = st.tabs(list(_YEARS.values()), key=_YEARS_KEY, on_change="rerun")
    with table:
        told = yearly_peaks(years)
        chart = season_charts.month_by_year(years, data.area.seasons, told.title)
        note = f"{told.detail} " if told.detail else ""
        note += (
            "Colour runs from half the mean month of that year to 1.75 times it. – no data; short years have no colour."
        )
        charts.show(chart, data, "years_table", name, lines, note)
    with lines_tab:
        last = int(years.index[-1])
        against = f"{last} against the years before" if len(years) > 1 else str(last)
        chart = season_charts.overlaid(years, data.area.seasons, f"{against}, incidents a month")
        charts.show(chart, data, "years_lines", name, lines, "Gaps are months that are not in the data.")


def show_index(data: Dataset, chosen: Filters) -> None:
    """Draw the seasonal index."""
    found = cached(index, data, chosen)
    if isinstance(found, Refusal):
        frame.refused(found)
        return
    chart = season_charts.seasonal_index(found, data.area.seasons, index_title(found).title)
    about = downloads.about(
        data,
        f"seasonal index of {chosen.category}, {where(data, chosen)}",
        method=found.method,
        of=chosen.category,
    )
    name = downloads.file_name(data, chosen.category, "seasonal-index", str(chosen.as_at))
    note = "100 is the average month of the year, its seasons included. "
    note += f"Full points: the {100 * found.level:g} % interval leaves it out."
    (tab,) = st.tabs(["Against an average month"])
    with tab:
        charts.show(chart, data, "index", name, about, note)


def effects(data: Dataset, chosen: Filters) -> SeasonEffects:
    """Estimate what each season runs at in the chosen wards, up to the as-at month."""
    return area_season_effects(chosen.history(data.incidents), data.area, chosen.category)


def effects_or_why(data: Dataset, chosen: Filters) -> SeasonEffects | Refusal:
    """Give :func:`effects`, or why there are none."""
    try:
        return cached(effects, data, chosen)
    except Refusal as refusal:
        return refusal


def _effect_words(found: SeasonEffects | Refusal, season: Season) -> str:
    """Say what a season of the area runs at, in the words of every page and slide; empty where it is no such season."""
    if isinstance(found, Refusal):
        return ""
    return next((e.sentence for e in found.effects if e.season.months == season.months), "")


def show_seasons(data: Dataset, chosen: Filters) -> None:
    """Say what each season has run at, and what month data cannot say about it."""
    found, run = cached(index, data, chosen), cached(effects_or_why, data, chosen)
    rows = []
    for season in data.area.seasons:
        said = _effect_words(run, season)
        if not said and not isinstance(found, Refusal):
            said = season_reading(found, season).sentence
        if said or season.caveat:
            rows.append(f"<li><strong>{escape(season.name)}.</strong> {escape(said)} {escape(season.caveat)}</li>")
    if rows:
        st.html('<ul class="seasons">' + "".join(rows) + "</ul>")
    counts = cached(series, data, chosen)
    if data.area.lockdown and season_mask(pd.PeriodIndex(counts.index), data.area, chosen.category).any():
        first, last = (month_name(month) for month in data.area.lockdown)
        frame.note(
            f"{first} to {last} is shown and left out of what is usual: breaches of restrictions were often logged "
            "as ASB."
        )
    if not isinstance(found, Refusal):
        frame.how(found.method)
