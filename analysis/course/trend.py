"""Is there a trend: Mann-Kendall with ties and gaps, by month as well, and Sen's slope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.common.method import Method, period_words
from analysis.common.refusal import Refusal
from analysis.common.tails import normal_above
from geo.errors import InputError

LEVEL = 0.05
LEAST = 4  # with three values not even the strictest order is rarer than one in twenty
FEW = 10  # under which the normal approximation is coarse
MONTHS = 12


@dataclass(frozen=True)
class Trend:
    """Outcome of a Mann-Kendall test.

    Attributes
    ----------
    s : float
        Pairs that rose less pairs that fell.
    variance : float
        Of s when the order in time says nothing, ties allowed for.
    z : float
        Corrected for continuity.
    p : float
        Two-sided.
    slope : float
        Sen's: the median of the slopes of all pairs, per step, or per cycle where seasonal.
    n : int
        Values that are there.
    sentence : str
    method : Method
    """

    s: float
    variance: float
    z: float
    p: float
    slope: float
    n: int
    sentence: str
    method: Method


def mann_kendall(
    values: ArrayLike | pd.Series[float], *, name: str = "The series", step: str = "step", data_version: str = ""
) -> Trend:
    """Test for a trend in one direction, and estimate its slope.

    Parameters
    ----------
    values : array_like, shape (n,)
        In the order of time at equal steps; NaN keeps its place. A Series with a PeriodIndex is first laid out on
        every period from its first to its last.
    name, step : str
        What the sentence speaks of: "Anti-social behaviour" by "month".
    data_version : str
        For the caption.

    Returns
    -------
    Trend
        Its slope is per step.

    Raises
    ------
    Refusal
        Fewer than four values.
    InputError
        Not one list, or a value that is infinite.

    Notes
    -----
    When it misleads: months that follow one another are alike, and the test takes each for independent, so that a
    level that drifted once passes for a trend; a season makes it less certain than it could be
    (:func:`seasonal_mann_kendall`); and a fall in recording is a fall.

    References
    ----------
    Mann, H. B. (1945). Nonparametric tests against trend. Econometrica 13, 245-259.
    Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau. JASA 63, 1379-1389.
    """
    x, period = _laid_out(values)
    _enough(x)
    s, variance, slopes = _pairs(x)
    return _trend(s, variance, slopes, x, period, data_version, name, step, "Mann-Kendall test with Sen's slope")


def seasonal_mann_kendall(
    values: ArrayLike | pd.Series[float],
    period: int = MONTHS,
    *,
    name: str = "The series",
    step: str = "year",
    data_version: str = "",
) -> Trend:
    """Test for a trend within each calendar month, all months together.

    Parameters
    ----------
    values : array_like, shape (n,)
        As in :func:`mann_kendall`.
    period : int
        Steps in a cycle: 12 for months of years.
    name, step, data_version : str
        As in :func:`mann_kendall`; ``step`` is the cycle.

    Returns
    -------
    Trend
        Its slope is per cycle: for months, change of a month's count from one year to the next.

    Raises
    ------
    Refusal
        Fewer than four values, or no month that was seen in two cycles.
    InputError
        As :func:`mann_kendall`, or a period under 2.

    Notes
    -----
    Each month is compared with the same month only, so that neither season nor the length of months counts. When it
    misleads: months of one year go up and down together, and are taken for independent (Hirsch and Slack 1984).

    References
    ----------
    Hirsch, R. M., Slack, J. R. and Smith, R. A. (1982). Techniques of trend analysis for monthly water quality data.
    Water Resources Research 18, 107-121.
    """
    if period < 2:
        raise InputError("a cycle has at least two steps", column="period", value=str(period))
    x, covered = _laid_out(values)
    _enough(x)
    parts = [_pairs(x[i::period]) for i in range(period)]
    slopes = np.concatenate([part[2] for part in parts])
    if len(slopes) == 0:
        raise Refusal(
            "There is no seasonal trend: no calendar month was seen in two years", "Load more months on the Data page"
        )
    s, variance = sum(part[0] for part in parts), sum(part[1] for part in parts)
    how = "seasonal Mann-Kendall test with Sen's slope"
    return _trend(s, variance, slopes, x, covered, data_version, name, step, how, cycle=period)


def _laid_out(values: Any) -> tuple[NDArray[np.float64], str]:
    covered = ""
    if isinstance(values, pd.Series) and isinstance(values.index, pd.PeriodIndex) and len(values):
        every = pd.period_range(values.index.min(), values.index.max(), freq=values.index.freq)
        if values.index.has_duplicates:
            raise InputError("a period is there twice", column="values")
        values = values.reindex(every)
        covered = period_words(every[0], every[-1]) if every.freqstr == "M" else f"{every[0]} to {every[-1]}"
    x = np.asarray(values, dtype=float)
    if x.ndim != 1 or np.isinf(x).any():
        raise InputError("values are one list of numbers, NaN where missing", column="values", value=f"shape {x.shape}")
    return x, covered


def _enough(x: NDArray[np.float64]) -> None:
    n = int((~np.isnan(x)).sum())
    if n < LEAST:
        raise Refusal(
            f"No trend can be told from {n} {'value' if n == 1 else 'values'}: it takes at least {LEAST}",
            "Load more months on the Data page",
        )


def _pairs(x: NDArray[np.float64]) -> tuple[float, float, NDArray[np.float64]]:
    """Compute S, its variance, and the slope of every pair."""
    place = np.flatnonzero(~np.isnan(x))
    y = x[place]
    early, late = np.triu_indices(len(y), 1)
    rise = y[late] - y[early]
    n = len(y)
    _, ties = np.unique(y, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    return float(np.sign(rise).sum()), variance, rise / (place[late] - place[early])


def _trend(
    s: float,
    variance: float,
    slopes: NDArray[np.float64],
    x: NDArray[np.float64],
    covered: str,
    data_version: str,
    name: str,
    step: str,
    how: str,
    cycle: int = 0,
) -> Trend:
    z = float((s - np.sign(s)) / np.sqrt(variance)) if variance > 0 else 0.0
    p = float(2 * normal_above(abs(z)))
    slope = float(np.median(slopes))
    n = int((~np.isnan(x)).sum())
    absent = len(x) - n
    caveats = ["Neighbouring months are alike, which makes p smaller than it should be."]
    if n < FEW:
        caveats.append(f"Only {n} values: p is coarse.")
    return Trend(
        s=s,
        variance=variance,
        z=z,
        p=p,
        slope=slope,
        n=n,
        sentence=_sentence(name, s, p, slope, step, covered),
        method=Method(
            name=how,
            parameters={
                "values": f"{n}, {absent} missing in between and left out",
                **({"cycle": f"{cycle} steps"} if cycle else {}),
                "p": "two-sided, normal, corrected for continuity",
            },
            correction="ties",
            data_version=data_version,
            period=covered,
            caveats=tuple(caveats),
            source_refs=("Mann 1945", "Sen 1968", *(("Hirsch, Slack and Smith 1982",) if cycle else ())),
        ),
    )


def _sentence(name: str, s: float, p: float, slope: float, step: str, covered: str) -> str:
    over = f" over {covered}" if covered else ""
    chance = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
    if p > LEVEL:
        return f"{name}: no trend{over} that can be told from chance ({chance})."
    if slope * s <= 0:
        return f"{name} {'rose' if s > 0 else 'fell'} more often than not{over}, by little ({chance})."
    verb = "rose" if slope > 0 else "fell"
    pairs = ", each month against the same month a year before" if step == "year" else ""
    return f"{name} {verb}{over}, by about {abs(slope):,.1f} from one {step} to the next{pairs} ({chance})."
