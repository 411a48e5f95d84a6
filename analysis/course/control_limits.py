"""Limits of what is usual for a month, of one history or of many at once, and the rules that mark a month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.common.refusal import Refusal
from analysis.when.shape import DAYS_IN_A_MONTH, passes, prepare, prior_weights

BASELINE = 24  # known months that the limits are made from
SPAN = 36  # calendar months that these may lie in, where some between them are missing
JUDGED = 12  # months after the baseline; later ones ask for a later baseline
LEAST_JUDGED = 3  # a baseline that leaves fewer to judge is taken only where no earlier one will do
YEAR_ENDS = (3, 12)  # a baseline ends with a financial or a calendar year, so never inside a year
D2 = 1.128  # mean moving range of pairs over the standard deviation, of normal values
FACTOR = 2.66  # 3 / 1.128: three standard deviations (Wheeler 1993)
WIDENING = 1.3  # by simulation: docs/decisions/control_chart.md
RUN = 8
OUTSIDE, ONE_SIDE, TWO_OF_THREE = "outside", "eight on one side", "two of three far out"


@dataclass(frozen=True, eq=False)
class Limits:
    """What is usual, per 30.4375 days with the season taken out, in every one of some histories.

    Attributes
    ----------
    season : ndarray, shape (draws, 12)
        January first; mean 1.
    prior : ndarray, shape (draws,)
        Years of "no season" that the season is shrunk by.
    centre : ndarray, shape (draws,)
        Mean of the baseline.
    mean_range : ndarray, shape (draws,)
        Mean moving range of the baseline; NaN where no two of its months follow one another.
    reach : ndarray, shape (draws, 12)
        From the centre to a limit, by calendar month.
    """

    season: NDArray[np.float64]
    prior: NDArray[np.float64]
    centre: NDArray[np.float64]
    mean_range: NDArray[np.float64]
    reach: NDArray[np.float64]

    def usual(self, months: pd.PeriodIndex) -> NDArray[np.float64]:
        """Incidents in a usual month of that name and length, shape (draws, months)."""
        return self.centre[:, None] * self._scale(months)

    def limit(self, months: pd.PeriodIndex) -> NDArray[np.float64]:
        """Incidents from a usual month to its limit, shape (draws, months)."""
        return self.reach[:, month_of(months)] * self._scale(months)

    def _scale(self, months: pd.PeriodIndex) -> NDArray[np.float64]:
        return np.asarray(self.season[:, month_of(months)] * length_of(months))


def month_of(months: pd.PeriodIndex) -> NDArray[np.int64]:
    """Give the calendar month of every month, 0 for January."""
    return np.asarray(months.month, dtype=np.int64) - 1


def length_of(months: pd.PeriodIndex) -> NDArray[np.float64]:
    """Give the length of every month in months of 30.4375 days."""
    return np.asarray(months.days_in_month, dtype=np.float64) / DAYS_IN_A_MONTH


def baseline_of(known: pd.PeriodIndex, end: pd.Period) -> pd.PeriodIndex | None:
    """Choose the 24 known months up to an end; None where there are fewer within 36 calendar months.

    Parameters
    ----------
    known : PeriodIndex
        Months that it may hold, in order.
    end : Period
        Last month that the baseline may hold.
    """
    base = known[(known <= end) & (known > end - SPAN)][-BASELINE:]
    return base if len(base) == BASELINE else None


def known_months(series: pd.Series[float], mask: ArrayLike | None = None) -> pd.PeriodIndex:
    """Give the months of a series that are there and not left out, in order."""
    there = series[~as_mask(mask, len(series))]
    return pd.PeriodIndex(there.dropna().sort_index().index)


def as_mask(mask: ArrayLike | None, length: int) -> NDArray[np.bool_]:
    """Give a mask as an array; no mask leaves nothing out."""
    return np.zeros(length, dtype=bool) if mask is None else np.asarray(mask, dtype=bool)


def baseline_ends(series: pd.Series[float], mask: ArrayLike | None = None) -> tuple[pd.Period, ...]:
    """List the months that a baseline may end with, the latest first.

    Parameters
    ----------
    series : Series of float
        With a PeriodIndex of months, NaN where a month is missing.
    mask : array_like of bool, optional
        Months that no baseline holds (lockdown), in the order of ``series``.

    Returns
    -------
    tuple of Period
        Each a known March or December up to which 24 months are known within 36, with a known month in the 12 after.
    """
    known = known_months(series)
    usable = known_months(series, mask)
    found = []
    for end, after in pairwise(known):
        if end.month in YEAR_ENDS and after <= end + JUDGED and baseline_of(usable, end) is not None:
            found.append(end)
    return tuple(reversed(found))


def usual_end(series: pd.Series[float], mask: ArrayLike | None = None) -> pd.Period:
    """Choose where the baseline ends: with the latest whole year that leaves three months to judge, or at least one.

    Parameters
    ----------
    series : Series of float
    mask : array_like of bool, optional
        As for :func:`baseline_ends`.

    Raises
    ------
    Refusal
        No baseline leaves the latest month to be judged.
    """
    known = known_months(series)
    ends = [end for end in baseline_ends(series, mask) if known[-1] <= end + JUDGED]
    if not ends:
        raise too_short(known_months(series, mask))
    last = known[-1]
    return next((end for end in ends if last >= end + LEAST_JUDGED), ends[0])


def too_short(usable: pd.PeriodIndex) -> Refusal:
    """Say that some months hold no baseline with a month to judge after it."""
    return Refusal(
        f"There are no limits for these months: they take {BASELINE} known months within {SPAN}, up to a March or a "
        f"December, and a month after them that is judged; {len(usable)} can be used",
        "Load more months on the Data page",
    )


def estimate(
    months: pd.PeriodIndex, count: NDArray[np.float64], learn: NDArray[np.bool_], inside: NDArray[np.bool_]
) -> Limits:
    """Estimate season and limits of histories that are known in the same months.

    Parameters
    ----------
    months : PeriodIndex, length n
        Without gaps, up to the end of the baseline: nothing later is looked at.
    count : ndarray, shape (draws, n)
        Incidents; NaN where a month is missing.
    learn : ndarray of bool, shape (n,)
        Months that the season may be learnt from.
    inside : ndarray of bool, shape (n,)
        Months of the baseline.

    Returns
    -------
    Limits

    Notes
    -----
    A season is off by h times the variance of a month, h = 1 / (years of the calendar month + prior weight of no
    season), and the months that it was learnt from lie nearer to it by as much. So the mean moving range is divided by
    sqrt(1 - mean h), and a limit is multiplied by sqrt(1 + h), and by 1.3 so that quiet years seldom have a signal. No
    limit is nearer than three times what chance alone brings.
    """
    known = ~np.isnan(count[0])
    days, month = length_of(months), month_of(months)
    data = prepare(pd.Series(np.where(known & learn, 1.0, np.nan), index=months))
    data = replace(data, per_day=np.where(data.used, count, 0.0) / days)
    often = np.ones(count.shape)
    prior = prior_weights(data, often)
    season, level = passes(data, prior, often)
    learnt = data.used & ~np.isnan(level)
    unsure = 1 / (learnt.astype(float) @ data.member + prior[:, None])
    part = inside & known
    adjusted = np.where(part, count / days / season[:, month], np.nan)
    centre = adjusted[:, part].mean(axis=1)
    apart = np.abs(np.diff(adjusted, axis=1))[:, part[1:] & part[:-1]]
    mean_range = apart.mean(axis=1) if apart.shape[1] else np.full(len(count), np.nan)
    nearer = (unsure[:, month] * np.where(learnt, -1, 1))[:, part].mean(axis=1)
    fair = mean_range / np.sqrt(1 + nearer)
    reach = WIDENING * FACTOR * np.maximum(fair, D2 * np.sqrt(centre))[:, None] * np.sqrt(1 + unsure)
    return Limits(season, prior, centre, mean_range, reach)


def rules(off: NDArray[np.float64], reach: NDArray[np.float64]) -> dict[str, NDArray[np.bool_]]:
    """Find months that are part of a signal, by rule.

    Parameters
    ----------
    off : ndarray, shape (draws, m)
        Distance of neighbouring months from what is usual; NaN where missing.
    reach : ndarray, shape (draws, m)
        Distance to the limits.

    Returns
    -------
    dict of str to ndarray of bool, shape (draws, m)
        One month outside the limits; eight in a row on one side; two of three in a row beyond two thirds of the way to
        the same limit. A missing month is part of nothing and ends every run.
    """
    one_side = np.zeros(off.shape, dtype=bool)
    far_out = np.zeros(off.shape, dtype=bool)
    for side in (off, -off):
        one_side |= _part_of(side > 0, RUN, RUN)
        beyond = side > 2 / 3 * reach
        far_out |= beyond & _part_of(beyond, 3, 2, ~np.isnan(off))
    return {OUTSIDE: np.abs(off) > reach, ONE_SIDE: one_side, TWO_OF_THREE: far_out}


def _part_of(
    met: NDArray[np.bool_], length: int, least: int, there: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Members of every run of ``length`` months, all of them there, of which at least ``least`` meet a condition."""
    out = np.zeros(met.shape, dtype=bool)
    for start in range(met.shape[1] - length + 1):
        run = slice(start, start + length)
        found = met[:, run].sum(axis=1) >= least
        if there is not None:
            found &= there[:, run].all(axis=1)
        out[:, run] |= found[:, None]
    return out
