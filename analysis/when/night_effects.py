"""What a dated feed says of the days and hours of a window: its weekdays, its named nights, its hours."""

from __future__ import annotations

import calendar
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.refusal import Refusal
from analysis.common.tails import gamma_quantile
from analysis.when.aoristic import HOURS, LONGEST_H, RAW_FROM, SHOWN_FROM, SMOOTHING, clock_profile, hour_of_week
from analysis.when.event_window import COUNTS_ONLY_UNDER
from data.store.schema import Incidents

FEWEST_YEARS = 2  # one night alone says nothing: years are pooled
FEWEST_ORDINARY_DAYS = 7
PRIOR_HOURS = 50.0  # incidents by which the hours of named nights are drawn towards those of the weekday
_LEVEL = 0.95
_HOUR_S = 3600.0

Named = Sequence[tuple[tuple[int, int], str]]


def _keys(days: pd.DatetimeIndex) -> list[tuple[int, int]]:
    return list(zip(days.month.tolist(), days.day.tolist(), strict=True))


def marks(days: pd.DatetimeIndex, named: Named) -> list[str]:
    """Name the nights that have a name; empty for all others."""
    names = dict(named)
    return [names.get(key, "") for key in _keys(days)]


def _drawn(
    observed: NDArray[np.float64], expected: NDArray[np.float64], phi: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Ratios drawn towards 1, with their 95 % interval (gamma with that mean)."""
    tau2 = max(0.0, float(((observed - expected) ** 2 - phi * expected).sum() / (expected**2).sum()))
    if tau2 == 0:
        one = np.ones(len(observed))
        return one, np.full(len(one), np.nan), np.full(len(one), np.nan)
    shape, rate = observed / phi + 1 / tau2, expected / phi + 1 / tau2
    low, high = (np.asarray(gamma_quantile(q, shape) / rate) for q in ((1 - _LEVEL) / 2, (1 + _LEVEL) / 2))
    return shape / rate, low, high


def weekday_times(daily: pd.Series[float], named: Named) -> NDArray[np.float64]:
    """Find how weekdays stand to the mean day, the named nights left out.

    Parameters
    ----------
    daily : Series of float
        Incidents by day without gaps, NaN where a day is missing.
    named : sequence of ((month, day), name)

    Returns
    -------
    ndarray, shape (7,)
        Times the mean day, Monday first, drawn towards 1 as far as days vary more than weekdays; their mean is 1. All
        1 where a weekday is missing.
    """
    there = daily.dropna()
    index = pd.DatetimeIndex(there.index)
    ordinary = np.array([not name for name in marks(index, named)])
    y, day = there.to_numpy(dtype=float)[ordinary], np.asarray(index.day_of_week)[ordinary]
    number = np.bincount(day, minlength=7).astype(float)
    if y.sum() == 0 or (number == 0).any():
        return np.ones(7)
    observed = np.bincount(day, y, minlength=7).astype(np.float64)
    expected = number * y.mean()
    mean = (observed / number)[day]
    positive = mean > 0
    phi = max(1.0, float(((y - mean)[positive] ** 2 / mean[positive]).sum()) / max(len(y) - 7, 1))
    times, _, _ = _drawn(observed, expected, phi)
    return np.asarray(times / times.mean())


def _past_windows(daily: pd.Series[float], days: pd.DatetimeIndex) -> dict[int, pd.DatetimeIndex]:
    """Find the same days of the years before that the feed holds wholly, by year of their first day."""
    index = pd.DatetimeIndex(daily.index)
    found = {}
    for year in range(index[0].year - 1, days[0].year):
        shift = days[0].year - year
        past = pd.DatetimeIndex([_in_year(day, day.year - shift) for day in days]).unique()
        counts = daily.reindex(past)
        if past[-1] < days[0] and counts.notna().all():
            found[year] = past
    return found


def _in_year(day: pd.Timestamp, year: int) -> pd.Timestamp:
    return pd.Timestamp(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def night_times(
    daily: pd.Series[float], days: pd.DatetimeIndex, mark: list[str], weekday: NDArray[np.float64]
) -> tuple[dict[str, NDArray[np.float64]], tuple[int, ...], int]:
    """Hold named nights against the other days of past windows, pooled over the years.

    Parameters
    ----------
    daily : Series of float
    days : DatetimeIndex
        Of the window.
    mark : list of str
        Names of its nights.
    weekday : ndarray, shape (7,)
        Of :func:`weekday_times`.

    Returns
    -------
    dict of ndarray
        By day of the window: ``night_times`` (1 where not estimated), ``low``, ``high`` (95 %, NaN where not
        estimated), ``past`` (incidents on that day in past windows), ``past_usual`` (what their other days lead to
        expect).
    tuple of int
        Years whose windows the feed holds wholly.
    int
        Incidents in those windows.
    """
    n = len(days)
    out = {"night_times": np.ones(n), "low": np.full(n, np.nan), "high": np.full(n, np.nan)}
    seen, usual = np.zeros(n), np.zeros(n)
    place = {key: i for i, key in enumerate(_keys(days))}
    windows = _past_windows(daily, days)
    residuals, ordinary_days, levels, pooled = 0.0, 0, 0, 0
    for past in windows.values():
        at = np.array([place.get(key, -1) for key in _keys(past)])
        count, times = daily.reindex(past).to_numpy(dtype=float), weekday[past.day_of_week]
        plain = np.array([i < 0 or not mark[i] for i in at])
        base_count, base_times = count[plain], times[plain]
        if plain.sum() < FEWEST_ORDINARY_DAYS:
            base_count, base_times = _around(daily, past, base_count, base_times, weekday)
        pooled += int(count.sum())
        if base_times.sum() == 0 or base_count.sum() == 0:
            continue
        level = base_count.sum() / base_times.sum()
        residuals += float(((base_count - level * base_times) ** 2 / (level * base_times)).sum())
        ordinary_days, levels = ordinary_days + len(base_count), levels + 1
        inside = at >= 0
        np.add.at(seen, at[inside], count[inside])
        np.add.at(usual, at[inside], (level * times)[inside])
    stands = np.array([bool(name) for name in mark]) & (usual > 0)
    if levels >= FEWEST_YEARS and pooled >= COUNTS_ONLY_UNDER and stands.any():
        phi = max(1.0, residuals / max(ordinary_days - levels, 1))
        out["night_times"][stands], out["low"][stands], out["high"][stands] = _drawn(seen[stands], usual[stands], phi)
    return out | {"past": seen.astype(np.int64), "past_usual": usual}, tuple(windows), pooled


def _around(
    daily: pd.Series[float],
    past: pd.DatetimeIndex,
    count: NDArray[np.float64],
    times: NDArray[np.float64],
    weekday: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Days of the week before and after too, where the window itself has too few ordinary ones."""
    week = pd.Timedelta(days=7)
    span = pd.date_range(past[0] - week, past[-1] + week, freq="D")
    span = span[~span.isin(past)]
    more = daily.reindex(span).to_numpy(dtype=float)
    there = np.isfinite(more)
    return np.concatenate([count, more[there]]), np.concatenate([times, weekday[span.day_of_week][there]])


def day_clock(
    known: Incidents, days: pd.DatetimeIndex, mark: list[str], named: Named
) -> tuple[NDArray[np.float64], bool | None]:
    """Give the hours of every day of the window.

    Parameters
    ----------
    known : Incidents
        Of a dated feed, nothing later than the as-at month.
    days : DatetimeIndex
        Of the window.
    mark : list of str
    named : sequence of ((month, day), name)

    Returns
    -------
    ndarray, shape (days, 24)
        Every row sums to 1.
    bool or None
        Whether the hours are smoothed; None where the feed does not know hours and all are alike.
    """
    try:
        profile = clock_profile(known)
    except Refusal:
        return np.full((len(days), HOURS), 1 / HOURS), None
    table = profile.table.to_numpy(dtype=float)
    by_hour = table.sum(axis=0) / table.sum()
    by_day = table.sum(axis=1, keepdims=True)
    rows = np.where(by_day > 0, table / np.where(by_day > 0, by_day, 1.0), by_hour)
    clock = rows[days.day_of_week]
    special = np.array([bool(name) for name in mark])
    hours = _named_hours(known, named) if special.any() else None
    if hours is not None:
        clock[special] = (hours + PRIOR_HOURS * clock[special]) / (hours.sum() + PRIOR_HOURS)
    return clock, profile.smoothed


def _named_hours(known: Incidents, named: Named) -> NDArray[np.float64] | None:
    """Incidents of the named nights of all years by hour, smoothed below 1,000; None where there are too few."""
    start = known.frame["occurred_at"]
    wanted = {month * 100 + day for (month, day), _ in named}
    length = (known.frame["occurred_until"] - start).dt.total_seconds() / _HOUR_S
    kept = (start.dt.month * 100 + start.dt.day).isin(wanted).to_numpy() & ~(length > LONGEST_H).to_numpy()
    if kept.sum() < SHOWN_FROM or start[kept].dt.year.nunique() < FEWEST_YEARS:
        return None
    weights = hour_of_week(start[kept].to_numpy(), known.frame["occurred_until"][kept].to_numpy())
    hours = weights.reshape(-1, HOURS).sum(axis=0)
    if kept.sum() < RAW_FROM:
        before, here, after = SMOOTHING
        hours = before * np.roll(hours, 1) + here * hours + after * np.roll(hours, -1)
    return np.asarray(hours)
