"""Trend, season and rest of a monthly series, where it is long enough without a gap."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.common.method import Method, list_months, month_name, period_words
from analysis.common.refusal import Refusal
from analysis.when.shape import prepare

LEAST_MONTHS = 36
MONTHS = 12
SMOOTHER = 13  # months of one name that the season is smoothed over; odd. Cleveland et al.: at least 7
_STRONG, _WEAK = 0.6, 0.3


@dataclass(frozen=True, eq=False)
class Decomposition:
    """A series as the sum of three.

    Attributes
    ----------
    parts : DataFrame
        By month: ``observed``, ``trend``, ``season``, ``rest``; the last three add up to the first.
    strength : float
        Of the season, 0 to 1: 1 less the share of the variance that the season leaves of season and rest.
    sentence : str
    method : Method
    """

    parts: pd.DataFrame = field(repr=False)
    strength: float
    sentence: str
    method: Method


def stl(series: pd.Series[float], *, name: str = "The series", data_version: str = "") -> Decomposition:
    """Decompose a monthly series into trend, season and rest by robust LOESS.

    Parameters
    ----------
    series : Series of float
        Counts by month with a PeriodIndex; NaN or absent where a month is missing.
    name : str
        What the sentence speaks of.
    data_version : str
        For the caption.

    Returns
    -------
    Decomposition
        Of the months from the last gap to the end.

    Raises
    ------
    Refusal
        Fewer than 36 consecutive months up to the last one: nothing is ever filled in.
    InputError
        As :func:`analysis.when.shape.prepare`.

    Notes
    -----
    When it misleads: at the ends, where the trend rests on one side only; and with three or four years, where the
    season has learnt what was odd about each.

    References
    ----------
    Cleveland, R. B., Cleveland, W. S., McRae, J. E. and Terpenning, I. (1990). STL: a seasonal-trend decomposition
    procedure based on loess. Journal of Official Statistics 6, 3-73.
    Wang, X., Smith, K. and Hyndman, R. (2006). Characteristic-based clustering for time series data (strength).
    """
    data = prepare(series)
    known = np.flatnonzero(data.used)
    last = int(known[-1]) if len(known) else -1
    gaps = np.flatnonzero(~data.used[: last + 1])
    start = int(gaps[-1]) + 1 if len(gaps) else 0
    months, y = data.months[start : last + 1], data.count[start : last + 1]
    if len(y) < LEAST_MONTHS:
        raise _refusal(data.months, gaps, len(y), last)
    from statsmodels.tsa.seasonal import STL  # takes a second to import

    fit = STL(y, period=MONTHS, seasonal=SMOOTHER, robust=True).fit()
    parts = pd.DataFrame({"observed": y, "trend": fit.trend, "season": fit.seasonal, "rest": fit.resid}, index=months)
    around = float(np.var(parts["season"] + parts["rest"]))
    strength = max(0.0, 1 - float(np.var(parts["rest"])) / around) if around > 0 else 0.0
    how = "strong" if strength >= _STRONG else "weak" if strength < _WEAK else "moderate"
    covered = period_words(months[0], months[-1])
    return Decomposition(
        parts=parts,
        strength=strength,
        sentence=f"{name}: the season is {how} over {covered} (strength {strength:.2f} of 1); the trend went from "
        f"{parts['trend'].iloc[0]:,.0f} to {parts['trend'].iloc[-1]:,.0f} a month.",
        method=Method(
            name="seasonal-trend decomposition by LOESS (STL), robust",
            parameters={"period": f"{MONTHS} months", "season smoothed over": f"{SMOOTHER} years of a month"},
            n=round(float(y.sum())),
            data_version=data_version,
            period=covered,
            caveats=("The trend is least sure at its ends.", "Months differ in length."),
            source_refs=("Cleveland et al. 1990", "Wang, Smith and Hyndman 2006"),
        ),
    )


def _refusal(months: pd.PeriodIndex, gaps: np.ndarray, run: int, last: int) -> Refusal:
    reason = f"Trend, season and rest cannot be told apart: it takes {LEAST_MONTHS} consecutive months, and there "
    reason += f"{'is' if run == 1 else 'are'} {run}" + (f" up to {month_name(months[last])}" if run else "")
    if len(gaps) == 0:
        return Refusal(reason, "Load more months on the Data page")
    near = [months[i] for i in gaps if i >= last + 1 - LEAST_MONTHS]
    remedy = f"Load {list_months(near)} on the Data page, or choose an earlier month to look back from"
    return Refusal(reason, remedy)
