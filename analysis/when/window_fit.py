"""One window of days against the weeks around it, and against windows of the same kind: the numbers alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.regression import poisson
from analysis.common.season_ratio import Ratio
from analysis.common.tails import t_above, t_quantile
from geo.errors import InputError

BUFFER_DAYS = 28
EVERY = 3  # placebo windows start at every third day
LEAST_HISTORY_DAYS = 365
LEAST_EFFECTIVE = 12
LEFT_OUT = (((10, 15), (11, 10)), ((12, 15), (1, 4)))  # (month, day) of seasons in which no placebo window lies
_WEEK = 7
_WEEK_TERMS = 3  # weeks that level, trend and event use up


@dataclass(frozen=True)
class WindowFit:
    """Log ratio of a window.

    Attributes
    ----------
    log_ratio : float
    error : float
        As if days varied no more than Poisson.
    phi : float
        max(1, Pearson/df, week sums): how much more they vary.
    df : int
        Weeks less three.
    usual : float
        Incidents that the weeks around lead to expect in the window.
    """

    log_ratio: float
    error: float
    phi: float
    df: int
    usual: float

    @property
    def p(self) -> float:
        """Two-sided, t with ``df``."""
        return float(2 * t_above(abs(self.log_ratio) / (self.error * np.sqrt(self.phi)), self.df))

    def ratio(self, level: float) -> Ratio:
        """Ratio with its interval."""
        half = float(t_quantile((1 + level) / 2, self.df)) * self.error * np.sqrt(self.phi)
        low, ratio, high = (float(np.exp(self.log_ratio + d)) for d in (-half, 0.0, half))
        return Ratio(ratio, low, high, self.p)


def fit_window(y: NDArray[np.float64], weekday: NDArray[np.int64], buffer: int = BUFFER_DAYS) -> WindowFit:
    """Fit days of a window and its buffers: Poisson on weekday, a linear trend and the event.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Incidents by day: ``buffer`` days, the window, ``buffer`` days.
    weekday : ndarray of int, shape (n,)
    buffer : int

    Returns
    -------
    WindowFit

    Raises
    ------
    InputError
        No finite estimate: a weekday, the window or its buffers without any incident.

    Notes
    -----
    phi = max(1, Pearson/df, [sum over weeks of (sum of residuals)^2 / sum of mu]/(W - 3)), weeks counted from the first
    day, the last part-week joining the one before; t with W - 3 df. Naive Poisson errors reject on 11 to 58 % of
    placebo windows. Misleads where the level steps inside the buffers, or an unlisted event falls in them.

    References
    ----------
    As :func:`analysis.when.event_window.days_event_window`.
    """
    n = len(y)
    day = np.arange(n)
    event = (day >= buffer) & (day < n - buffer)
    x = np.column_stack([weekday[:, None] == np.unique(weekday), (day - day.mean()) / n, event]).astype(float)
    fit = poisson(y, x)
    weeks = n // _WEEK
    week = np.minimum(day // _WEEK, weeks - 1)
    residual, expected = np.bincount(week, y - fit.mean), np.bincount(week, fit.mean)
    by_week = float((residual**2 / expected).sum()) / (weeks - _WEEK_TERMS)
    b = float(fit.coefficients[-1])
    usual = float(fit.mean[event].sum() / np.exp(b))
    return WindowFit(b, float(fit.errors[-1]), max(fit.phi, by_week), weeks - _WEEK_TERMS, usual)


def placebo_starts(
    days: pd.Series[float], length: int, event: tuple[date, date] | None = None, buffer: int = BUFFER_DAYS
) -> list[int]:
    """Find windows in which nothing is known to happen.

    Parameters
    ----------
    days : Series of float
        Incidents by day (DatetimeIndex without gaps), NaN where a day is missing.
    length : int
        Days of a window.
    event : (date, date), optional
        First and last day of the window itself: no placebo window overlaps it.
    buffer : int

    Returns
    -------
    list of int
        Positions of their first days: every third day whose window and buffers have no day missing, outside 15 October
        to 10 November and 15 December to 4 January.
    """
    index = pd.DatetimeIndex(days.index)
    key = np.asarray(index.month) * 100 + np.asarray(index.day)
    barred = np.zeros(len(key), dtype=bool)
    for first, last in ((a[0] * 100 + a[1], b[0] * 100 + b[1]) for a, b in LEFT_OUT):
        barred |= (key >= first) & (key <= last) if first <= last else (key >= first) | (key <= last)
    if event is not None:
        barred |= np.asarray((index >= pd.Timestamp(event[0])) & (index <= pd.Timestamp(event[1])))
    missing = days.isna().to_numpy()
    lost, shut = (np.concatenate([[0], np.cumsum(flag)]) for flag in (missing, barred))
    return [
        start
        for start in range(buffer, len(key) - length - buffer + 1, EVERY)
        if lost[start + length + buffer] == lost[start - buffer] and shut[start + length] == shut[start]
    ]


def fit_starts(
    days: pd.Series[float], starts: list[int], length: int, buffer: int = BUFFER_DAYS
) -> tuple[list[int], list[WindowFit]]:
    """Fit windows; those without a finite estimate are left out.

    Parameters
    ----------
    days : Series of float
    starts : list of int
        Positions of first days, buffers inside the series.
    length, buffer : int

    Returns
    -------
    list of int
        The starts that are left.
    list of WindowFit
    """
    y = np.asarray(days, dtype=np.float64)
    weekday = np.asarray(pd.DatetimeIndex(days.index).day_of_week, dtype=np.int64)
    kept, found = [], []
    for start in starts:
        part = slice(start - buffer, start + length + buffer)
        try:
            found.append(fit_window(y[part], weekday[part], buffer))
        except InputError:  # a weekday or a window without an incident
            continue
        kept.append(start)
    return kept, found


def effective(starts: list[int], length: int) -> int:
    """Count the non-overlapping windows that fit in some starts."""
    count, free = 0, -1
    for start in sorted(starts):
        if start >= free:
            count, free = count + 1, start + length
    return count


def against_placebo(log_ratio: float, others: NDArray[np.float64], n_effective: int, level: float) -> Ratio | None:
    """Read a window's log ratio against those of placebo windows.

    Parameters
    ----------
    log_ratio : float
    others : ndarray, shape (k,)
        Log ratios of placebo windows.
    n_effective : int
        How many of them do not overlap.
    level : float

    Returns
    -------
    Ratio or None
        (b - mean) with an error of sd sqrt(1 + 1/n_effective), t with n_effective - 1; None with fewer than 12.
    """
    if n_effective < LEAST_EFFECTIVE:
        return None
    b = log_ratio - float(others.mean())
    error = float(others.std(ddof=1)) * np.sqrt(1 + 1 / n_effective)
    half = float(t_quantile((1 + level) / 2, n_effective - 1)) * error
    low, ratio, high = (float(np.exp(b + d)) for d in (-half, 0.0, half))
    return Ratio(ratio, low, high, float(2 * t_above(abs(b) / error, n_effective - 1)))


def wider(one: Ratio, other: Ratio | None) -> Ratio:
    """Choose the ratio with the wider interval."""
    return one if other is None or one.width >= other.width else other
