"""Figures of step 1 of a plan: wards, past windows, what came when a past year is replayed, what the feed says.

Every function takes the data and plain values, so that :func:`pages.ui.shell.cache.cached` can keep its result.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from analysis.ahead.window import WindowForecast, forecast_window_wards, past_windows, window_days, window_words
from analysis.common.counts import monthly_by_ward
from analysis.common.method import YEAR, period_words
from analysis.common.refusal import Refusal
from analysis.when.event_window import COUNTS_ONLY, LONGEST, SHORTEST, EventWindow, daily_counts, event_window
from data.kinds.crime_types import incidents_words
from data.store.schema import Incidents
from pages.ui.plan.when.operation import PlanWindow, feed_of, forecast_of, known
from pages.ui.shell.cache import Dataset, cached


def past_of(data: Dataset, window: PlanWindow) -> pd.DataFrame:
    """Give the same days of the years before (:func:`analysis.ahead.window.past_windows`)."""
    past = past_windows(known(data, window), window.first, window.last)
    before = np.array([last < window.first for last in past["last"]], dtype=bool)
    return past.loc[before].reset_index(drop=True)


def wards_of(data: Dataset, window: PlanWindow) -> pd.DataFrame | Refusal:
    """Forecast the window for every ward, or say why there is no forecast."""
    try:
        return forecast_window_wards(known(data, window), data.area, window.first, window.last, window.category)
    except Refusal as refusal:
        return refusal


def _ward_shares(data: Dataset, incidents: Incidents, first: date, last: date) -> pd.Series[float] | None:
    """Share of the window in what was published, by ward; None where a month of it is missing."""
    share = window_days(first, last)["share"]
    if not share.index.isin(incidents.months).all():
        return None
    table = monthly_by_ward(incidents, data.area.wards.codes).reindex(share.index)
    return table.mul(share, axis=0).sum()


def past_wards_of(data: Dataset, window: PlanWindow) -> tuple[int, pd.Series[float]] | None:
    """Give the wards in the latest past window that is wholly there, and its year."""
    past = cached(past_of, data, window)
    whole = past[past["incidents"].notna()]
    if whole.empty:
        return None
    first, last = whole.iloc[-1][["first", "last"]]
    shares = _ward_shares(data, known(data, window), first, last)
    return None if shares is None else (first.year, shares)


@dataclass(frozen=True, eq=False)
class Came:
    """What really came in a window that is replayed.

    Attributes
    ----------
    total : float
        The window's share of what was published, as a forecast is.
    wards : Series of float
        By ward code.
    wards_within : int
        Wards that lay in their 80 % interval.
    sentence : str
    """

    total: float
    wards: pd.Series[float] = field(repr=False)
    wards_within: int
    sentence: str


def came_of(data: Dataset, window: PlanWindow) -> Came | None:
    """Hold what came against what was expected; None where it lies ahead of all that is loaded, or across a change."""
    found, wards = cached(forecast_of, data, window), cached(wards_of, data, window)
    last = pd.Period(window.last, "M")
    every = data.incidents.up_to(last).of(window.category)
    if isinstance(found, Refusal) or isinstance(wards, Refusal) or last <= window.as_at:
        return None
    if window.as_at not in every.months:  # the crime type was counted otherwise by then
        return None
    shares = _ward_shares(data, every, window.first, window.last)
    if shares is None:
        return None
    wards = wards.reindex(shares.index)
    within = int(((shares >= wards["low80"]) & (shares <= wards["high80"])).sum())
    total = float(shares.sum())
    return Came(total, shares, within, _came_sentence(found, window, total, within, len(shares)))


def _came_sentence(found: WindowForecast, window: PlanWindow, total: float, within: int, n: int) -> str:
    if found.low80 <= total <= found.high80:
        where = "inside the 80 % interval"
    elif found.low95 <= total <= found.high95:
        where = "outside the 80 % and inside the 95 % interval"
    else:
        where = f"{'above' if total > found.high95 else 'below'} the 95 % interval"
    return (
        f"Replay: {total:,.0f} {incidents_words(window.category)} came (the window's share of what was published "
        f"since), {where}; {found.expected:,.0f} were expected. {within} of {n} wards lay in their 80 % interval."
    )


# --- the feed alone --------------------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class FeedEvents:
    """What the window ran at in the feed, in past years, and what that means for the feed's own counts.

    Attributes
    ----------
    windows : dict of int to EventWindow
        By year of the first day.
    latest : EventWindow or None
        The latest that gives a ratio.
    usual : float
        Incidents that the feed records in as many ordinary days, at the level of the last 12 months.
    came : int or None
        Incidents that the feed really recorded in the window, when a past year is replayed.
    sentence : str
    """

    windows: dict[int, EventWindow] = field(repr=False)
    latest: EventWindow | None
    usual: float
    came: int | None
    sentence: str


def feed_events(data: Dataset, window: PlanWindow) -> FeedEvents | Refusal:
    """Hold past windows of the feed against the weeks around them, or say why that cannot be."""
    whole = feed_of(data, window)
    if whole is None:
        return Refusal("There is no dated feed: nights and hours of the window cannot be told apart", _REMEDY)
    length = (window.last - window.first).days + 1
    if not SHORTEST <= length <= LONGEST:
        return Refusal(
            f"A window of {length} {'day' if length == 1 else 'days'} is not held against the weeks around it: only "
            f"windows of {SHORTEST} to {LONGEST} days are",
            "Choose own dates for a part of it",
        )
    feed = whole.up_to(window.as_at)
    try:
        daily = daily_counts(feed)
    except Refusal as refusal:
        return refusal
    found: dict[int, EventWindow] = {}
    refusals: list[Refusal] = []
    for first, last in _years_before(window, daily):
        try:
            found[first.year] = event_window(feed, first, last, name=f"The {feed.source}")
        except Refusal as refusal:
            refusals.append(refusal)
    if not found:
        return refusals[-1] if refusals else Refusal("The feed holds no past window", "Load more months of it")
    told = [each for each in found.values() if each.standing != COUNTS_ONLY and np.isfinite(each.ratio)]
    latest = told[-1] if told else None
    usual = _usual(daily, found) * length
    came = _feed_came(whole, window)
    return FeedEvents(found, latest, usual, came, _feed_sentence(feed, latest, usual, came))


_REMEDY = "Load a feed that gives the day of each incident, such as a partner's own records, on the Data page"


def _years_before(window: PlanWindow, daily: pd.Series[float]) -> list[tuple[date, date]]:
    """Find the same days of the years that the feed touches, before the window."""
    index = pd.DatetimeIndex(daily.index)
    found = []
    for year in range(index[0].year, window.first.year):
        first, last = (pd.Timestamp(day) for day in (window.first, window.last))
        shift = pd.DateOffset(years=window.first.year - year)
        first, last = first - shift, last - shift
        if first >= index[0] and last <= index[-1] and last.date() < window.first:
            found.append((first.date(), last.date()))
    return found


def _usual(daily: pd.Series[float], windows: dict[int, EventWindow]) -> float:
    """Incidents a day in the last 12 months, past windows left out."""
    recent = daily.iloc[-365:]
    index = pd.DatetimeIndex(recent.index)
    inside = np.zeros(len(index), dtype=bool)
    for each in windows.values():
        inside |= np.asarray((index >= pd.Timestamp(each.first)) & (index <= pd.Timestamp(each.last)))
    return float(recent[~inside].mean())


def _feed_came(feed: Incidents, window: PlanWindow) -> int | None:
    months = window_days(window.first, window.last).index
    if not months.isin(feed.months).all() or months[-1] <= window.as_at:
        return None
    days = feed.frame["occurred_at"].dt.normalize()
    return int(((days >= pd.Timestamp(window.first)) & (days <= pd.Timestamp(window.last))).sum())


def _feed_sentence(feed: Incidents, latest: EventWindow | None, usual: float, came: int | None) -> str:
    since = period_words(max(feed.months[0], feed.months[-1] - YEAR + 1), feed.months[-1])
    head = f"The feed's own counts: {usual:,.0f} in as many ordinary days, at the level of {since}"
    if latest is None:
        text = f"{head}. No past window has enough incidents for a ratio."
    else:
        text = (
            f"{head}; at the ratio of {window_words(latest.first, latest.last)} ({latest.ratio:.2f} "
            f"[{latest.low:.2f} to {latest.high:.2f}]{', indicative' if latest.standing != 'estimate' else ''}) that "
            f"would be {usual * latest.ratio:,.0f} [{usual * latest.low:,.0f} to {usual * latest.high:,.0f}] of the "
            "feed. The bracket holds the ratio's error alone."
        )
    return text if came is None else f"{text} Replay: the feed recorded {came:,}."
