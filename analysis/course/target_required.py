"""What it would take: how far the months ahead would have to lie below those that are over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.common.method import month_name, period_words
from analysis.common.percents import percent
from analysis.common.refusal import Refusal
from analysis.course.target import MONTHS, TargetOutlook, financial_year


@dataclass(frozen=True)
class Required:
    """What it would take: ``allowed`` incidents in some months, against ``before`` in months that are over.

    Attributes
    ----------
    goal : str
        ``path`` (12 months from now on the path), ``target`` (the target year) or ``rest`` (what is left of it).
    first, last : Period
    allowed : int
        Rounded down; negative where the target is spent already.
    before_first, before_last : Period
    before : int or None
        None where one of those months is missing.
    change : float or None
        allowed / before - 1.
    sentence : str
    """

    goal: str
    first: pd.Period
    last: pd.Period
    allowed: int
    before_first: pd.Period
    before_last: pd.Period
    before: int | None
    change: float | None
    sentence: str


def required(
    series: pd.Series[float],
    rolling: pd.Series[float],
    path: pd.Series[float],
    outlook: TargetOutlook | Refusal,
    target: int,
    target_year: str,
) -> tuple[Required, ...]:
    """Say what the months ahead would have to bring.

    Parameters
    ----------
    series : Series of float
        Counts by month with a PeriodIndex; NaN or absent where a month is missing.
    rolling, path : Series of float
        12-month totals by last month: those that were (the last is the as-at month) and those of the path.
    outlook : TargetOutlook or Refusal
        Of the target year.
    target : int
    target_year : str

    Returns
    -------
    tuple of Required
        Before the target year that year and, where it is another span, the next 12 months on the path; within it what
        is left of it; nothing once it is over, or where its months so far have a gap.
    """
    as_at = rolling.index[-1]
    year = financial_year(target_year)
    last = None if np.isnan(rolling.iloc[-1]) else round(float(rolling.iloc[-1]))
    back = (as_at - MONTHS + 1, as_at)
    found = []
    if as_at < year[0]:
        found.append(_need("target", (year[0], year[-1]), target, back, last, target_year))
        ahead = as_at + MONTHS
        if ahead in path.index and ahead != year[-1]:
            found.append(
                _need("path", (as_at + 1, ahead), int(np.floor(float(path.loc[ahead]) + 1e-9)), back, last, target_year)
            )
    elif as_at < year[-1] and isinstance(outlook, TargetOutlook):
        left = year[year > as_at]
        before = series.reindex(left - MONTHS)
        known = None if before.isna().any() else round(float(before.sum()))
        span = (before.index[0], before.index[-1])
        found.append(_need("rest", (left[0], left[-1]), target - outlook.observed, span, known, target_year))
    return tuple(found)


def _need(
    goal: str,
    months: tuple[pd.Period, pd.Period],
    allowed: int,
    back: tuple[pd.Period, pd.Period],
    before: int | None,
    year: str,
) -> Required:
    change = allowed / before - 1 if before and allowed >= 0 else None
    return Required(
        goal, *months, allowed, *back, before, change, _need_words(goal, months, allowed, back, before, change, year)
    )


def _need_words(
    goal: str,
    months: tuple[pd.Period, pd.Period],
    allowed: int,
    back: tuple[pd.Period, pd.Period],
    before: int | None,
    change: float | None,
    year: str,
) -> str:
    n = (months[1] - months[0]).n + 1
    if goal == "rest":
        if allowed < 0:
            return f"The target for {year} can no longer be met: it is passed by {-allowed:,}."
        who = f"{month_name(months[0])}, the month" if n == 1 else f"{period_words(*months)}, the {n} months"
        start, than = f"To meet the target, {who} left of {year},", "a year before"
    elif goal == "path":
        start, than = f"To be on the path in {month_name(months[1])}, the next twelve months", "the last twelve"
    elif months[0] == back[1] + 1:
        start, than = f"To meet the target, the next twelve months, {year},", "the last twelve"
    else:
        start, than = f"To meet the target, {year}", "the last twelve months"
    if change is None or before is None:
        lacking = "some months to compare it with are missing" if before is None else "there were none to compare with"
        return f"{start} would have to bring at most {allowed:,}; {lacking}."
    if change < 0:
        return f"{start} would have to be {percent(change)} below {than} ({allowed:,} against {before:,})."
    if change == 0:
        return f"{start} would have to bring no more than {than} ({before:,})."
    return f"{start} could be up to {percent(change)} above {than} ({allowed:,} against {before:,})."
