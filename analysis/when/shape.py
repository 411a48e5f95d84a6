"""The shape of the year: how much of a usual month each calendar month brings, shrunk towards no season."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.errors import InputError

DAYS_IN_A_MONTH = 30.4375
MONTHS = 12
PASSES = 3
HALF_WINDOW = 6
LEAST_WEIGHT = 6.0
C_FIRST = 1.0  # prior weight of the pass from which the prior weight itself is estimated
C_FEW = 4.0  # where too few months are left to estimate it
C_LOW, C_HIGH = 0.5, 50.0
LEAST_DF = 6


@dataclass(frozen=True, eq=False)
class Shape:
    """Seasonal shape of a series.

    Attributes
    ----------
    season : ndarray, shape (12,)
        S, January first; mean 1; per day, so that the length of a month is no season.
    prior_weight : float
        c: how many years of "no season" the estimate is shrunk by.
    level : ndarray, shape (n,)
        Incidents per 30.4375 days in a month without season; NaN where too few months are near.
    years : ndarray of int, shape (12,)
        Years in which a calendar month was seen with a level.
    months : PeriodIndex, length n
        Every month from the first to the last.
    """

    season: NDArray[np.float64]
    prior_weight: float
    level: NDArray[np.float64] = field(repr=False)
    years: NDArray[np.int64] = field(repr=False)
    months: pd.PeriodIndex = field(repr=False)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A series laid out on the calendar, n months from the first to the last.

    Attributes
    ----------
    months : PeriodIndex
    count : ndarray, shape (n,)
        y; NaN where a month is missing or left out.
    per_day : ndarray, shape (n,)
        y/d, d in months of 30.4375 days; 0 where not ``used``.
    used : ndarray of bool, shape (n,)
    member : ndarray, shape (n, 12)
        1 where a month has the calendar month's name.
    window : ndarray, shape (n, n)
        Weights of the level.
    """

    months: pd.PeriodIndex
    count: NDArray[np.float64]
    per_day: NDArray[np.float64]
    used: NDArray[np.bool_]
    member: NDArray[np.float64]
    window: NDArray[np.float64]

    @property
    def history(self) -> int:
        """Months that are used."""
        return int(self.used.sum())


def prepare(series: pd.Series[float], mask: ArrayLike | None = None) -> Prepared:
    """Lay a monthly series out on the calendar.

    Parameters
    ----------
    series : Series of float, length n
        With a PeriodIndex of months, each once; NaN where a month is missing. Months between the first and the last
        that are not in the index are missing too.
    mask : array_like of bool, shape (n,), optional
        Months to leave out, in the order of ``series``.

    Returns
    -------
    Prepared

    Raises
    ------
    InputError
        No PeriodIndex of months, a month twice, a negative or infinite count, or a mask of another length.
    """
    index = series.index
    if not isinstance(index, pd.PeriodIndex) or index.freqstr != "M":
        raise InputError(
            "a monthly series needs an index of months", column="index", value=type(index).__name__,
            hint='Make one with pd.period_range(first, last, freq="M").',
        )  # fmt: skip
    if index.has_duplicates:
        raise InputError("a month is there twice", column="index", value=str(index[index.duplicated()][0]))
    values = series.to_numpy(dtype=float)
    if (np.isinf(values) | (values < 0)).any():
        raise InputError("counts are whole numbers that are not negative, or NaN for a missing month", column="series")
    left_out = np.zeros(len(values), dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    if left_out.shape != values.shape:
        raise InputError(
            "the mask has another length than the series", column="mask", value=f"{left_out.shape}, {values.shape}"
        )
    kept = pd.Series(np.where(left_out, np.nan, values), index=index).sort_index()
    months = pd.period_range(kept.index[0], kept.index[-1], freq="M") if len(kept) else index
    y = np.asarray(kept.reindex(months), dtype=np.float64)
    used = ~np.isnan(y)
    days = np.asarray(months.days_in_month, dtype=float) / DAYS_IN_A_MONTH
    apart = np.abs(np.arange(len(y))[:, None] - np.arange(len(y)))
    return Prepared(
        months=months,
        count=y,
        per_day=np.where(used, y, 0.0) / days,
        used=used,
        member=(np.asarray(months.month)[:, None] == np.arange(1, MONTHS + 1)).astype(float),
        window=np.where(apart < HALF_WINDOW, 1.0, np.where(apart == HALF_WINDOW, 0.5, 0.0)),
    )


def levels(data: Prepared, season: NDArray[np.float64]) -> NDArray[np.float64]:
    """Level of every month with a season taken out.

    Parameters
    ----------
    data : Prepared
        Of n months.
    season : ndarray, shape (draws, 12)

    Returns
    -------
    ndarray, shape (draws, n)
        Weighted mean of y/(d S) over the 13 months around, the two ends at half weight, months that are missing or left
        out without weight; NaN where the weights sum to less than 6.
    """
    used = data.used.astype(float)
    weight = used @ data.window
    total = (data.per_day / (season @ data.member.T) * used) @ data.window
    return np.where(weight >= LEAST_WEIGHT, total / np.maximum(weight, LEAST_WEIGHT), np.nan)


def passes(
    data: Prepared, c: float | NDArray[np.float64], multiplicity: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Estimate the season in three passes, starting from none.

    Parameters
    ----------
    data : Prepared
        Of n months.
    c : float or ndarray, shape (draws,)
        Prior weight.
    multiplicity : ndarray, shape (draws, n), optional
        How often each month counts in a draw of the bootstrap; by default one draw in which each counts once.

    Returns
    -------
    season : ndarray, shape (draws, 12)
        Mean 1 over the calendar months. A calendar month that was never seen stands at the prior, 1, before that.
    level : ndarray, shape (draws, n)
        From which the last pass was made.
    """
    often = np.ones((1, len(data.months))) if multiplicity is None else multiplicity
    prior = np.broadcast_to(np.asarray(c, dtype=float).reshape(-1, 1), (len(often), 1))
    season = np.ones((len(often), MONTHS))
    level = levels(data, season)
    for _ in range(PASSES):
        level = levels(data, season)
        seen = data.used & ~np.isnan(level)
        weight = np.where(seen, often, 0.0)
        n = weight @ data.member
        above = (weight * data.per_day) @ data.member
        below = (weight * np.where(seen, level, 0.0)) @ data.member
        raw = np.divide(above, below, out=np.ones_like(above), where=below > 0)
        season = (n * raw + prior) / (n + prior)
        season /= season.mean(axis=1, keepdims=True)
    return season, level


def prior_weights(data: Prepared, multiplicity: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Weight c of "no season": variance within calendar months against variance between them.

    Parameters
    ----------
    data : Prepared
        Of n months.
    multiplicity : ndarray, shape (draws, n), optional
        As in :func:`passes`.

    Returns
    -------
    ndarray, shape (draws,)
        sigma^2/tau^2 between 0.5 and 50; 50 where calendar months differ no more than chance; 4 where fewer than six
        degrees of freedom are left.
    """
    often = np.ones((1, len(data.months))) if multiplicity is None else multiplicity
    _, level = passes(data, C_FIRST, often)
    known = data.used & (np.nan_to_num(level) > 0)
    ratio = np.where(known, data.per_day / np.where(known, level, 1.0), 0.0)
    weight = np.where(known, often, 0.0)
    n = weight @ data.member
    seen = n > 0
    months = seen.sum(axis=1)
    df = n.sum(axis=1) - months
    mean = np.divide((weight * ratio) @ data.member, n, out=np.zeros_like(n), where=seen)
    within = ((weight * ratio**2).sum(axis=1) - (n * mean**2).sum(axis=1)) / np.maximum(df, 1)
    centre = mean.sum(axis=1) / np.maximum(months, 1)
    spread = np.where(seen, (mean - centre[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(months - 1, 1)
    inverse = np.divide(1.0, n, out=np.zeros_like(n), where=seen).sum(axis=1) / np.maximum(months, 1)
    between = np.maximum(0.0, spread - within * inverse)
    c = np.divide(within, between, out=np.full(len(n), C_HIGH), where=between > 0)
    return np.where(df < LEAST_DF, C_FEW, np.clip(c, C_LOW, C_HIGH))


def prior_weight(data: Prepared) -> float:
    """Weight c of one series; see :func:`prior_weights`."""
    return float(prior_weights(data)[0])


def seasonal_shape(series: pd.Series[float], mask: ArrayLike | None = None, c: float | None = None) -> Shape:
    """Estimate the shape of the year from a monthly series.

    Parameters
    ----------
    series : Series of float
        With a PeriodIndex, NaN where a month is missing.
    mask : array_like of bool, optional
        Months to leave out, in the order of ``series``.
    c : float, optional
        Prior weight; by default estimated.

    Returns
    -------
    Shape

    Raises
    ------
    InputError
        As :func:`prepare`.

    Notes
    -----
    When it misleads: a change of level within a year (a new way of recording) is taken for season where it happens at
    the same time in the few years there are.

    References
    ----------
    Of this project: a ratio to a centred mean, shrunk as an empirical Bayes estimate by moments.
    """
    data = prepare(series, mask)
    weight = prior_weight(data) if c is None else c
    season, level = passes(data, weight)
    seen = data.used & ~np.isnan(level[0])
    return Shape(season[0], weight, level[0], (seen @ data.member).astype(np.int64), data.months)
