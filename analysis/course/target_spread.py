"""How far forecasts of the rest of a year go wrong: measured on pretend years of the months that are there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.ahead.forecast import SOUND_HISTORY, past_forecasts
from analysis.common.refusal import Refusal

MONTHS_LEFT = (1, 3, 6, 9, 12)
LONGEST = MONTHS_LEFT[-1]
LEAST_APART = 2  # pretend years of twelve months that do not overlap


@dataclass(frozen=True)
class TargetSpread:
    """How far the rest of a year strayed from its forecast.

    Attributes
    ----------
    sigma : tuple of float
        Root mean square of ln(actual / forecast) with 1, 3, 6, 9 and 12 months left.
    windows, apart : tuple of int
        Pretend years behind each, and how many of them do not overlap; empty where that was not kept.
    measured_on : str
        Area and months, in words; empty where the data at hand are meant.
    rough : bool
        It is that of other data.
    """

    sigma: tuple[float, ...]
    windows: tuple[int, ...] = ()
    apart: tuple[int, ...] = ()
    measured_on: str = ""
    rough: bool = False

    @property
    def words(self) -> str:
        """Where it was measured."""
        if self.measured_on:
            return f"measured on {self.measured_on}"
        return f"measured on these months: {self.windows[-1]} pretend years, {self.apart[-1]} of them apart"

    @property
    def caveat(self) -> str:
        """How much lies behind it."""
        years = f"{self.apart[-1]} pretend years that do not overlap lie" if self.apart else "Few independent years lie"
        other = f" They are those of {self.measured_on}, not of this area: rough." if self.rough else ""
        return f"{years} behind the chance: read the word, not the decimals.{other}"


def measured_spread(series: pd.Series[float], mask: ArrayLike | None = None) -> TargetSpread:
    """Forecast the rest of every pretend year of a series from the months before it, and compare.

    Parameters
    ----------
    series : Series of float
        Counts by month with a PeriodIndex without gaps, NaN where a month is missing.
    mask : array_like of bool, optional
        Months to leave out, in the order of ``series``.

    Returns
    -------
    TargetSpread

    Raises
    ------
    Refusal
        Fewer than two pretend years of twelve months that do not overlap, with 24 months of history before each; or a
        stretch without any incident.

    Notes
    -----
    A pretend year with k months left is any k months that follow one another, are there and are not left out; its
    forecast is made at the month before them. Years overlap: few of them are independent, and the count of those that
    are not overlapping is given. When it misleads: where the level steps once, that step is in many pretend years.

    References
    ----------
    Of this project: what :func:`analysis.course.target.chance_of_meeting` calls sigma.
    """
    past = past_forecasts(series.to_frame("count"), mask, whole=True, horizons=LONGEST)
    actual, expected = past.actual[:, 0], past.expected[:, :, 0]
    history = np.cumsum(~np.isnan(actual))
    sigma, windows, apart = [], [], []
    for k in MONTHS_LEFT:
        starts, logs = [], []
        for origin in np.flatnonzero(~np.isnan(expected[:, 0]) & (history >= SOUND_HISTORY)).tolist():
            came, awaited = actual[origin + 1 : origin + k + 1], float(expected[origin, :k].sum())
            if len(came) < k or np.isnan(came).any() or not came.sum() or not awaited:
                continue
            starts.append(origin)
            logs.append(np.log(came.sum() / awaited))
        windows.append(len(starts))
        apart.append(_apart(starts, k))
        sigma.append(float(np.sqrt(np.mean(np.square(logs)))) if logs else np.nan)
    if apart[-1] < LEAST_APART:
        raise Refusal(
            "How far forecasts of the rest of a year go wrong cannot be measured: it takes "
            f"{LEAST_APART} stretches of {LONGEST} months with {SOUND_HISTORY} months before each, and there "
            f"{'is' if apart[-1] == 1 else 'are'} {apart[-1]}",
            "Load more months on the Data page",
        )
    return TargetSpread(tuple(sigma), tuple(windows), tuple(apart))


def _apart(starts: list[int], length: int) -> int:
    count, free = 0, -1
    for start in starts:
        if start >= free:
            count, free = count + 1, start + length
    return count
