"""The months that a zone lies in, and the same ones of past years."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from analysis.common.method import YEAR


def zone_months(starts: datetime, ends: datetime | None, time_zone: str) -> pd.PeriodIndex:
    """Give the calendar months that a zone lies in, at most the first twelve.

    Parameters
    ----------
    starts, ends : datetime
        UTC; it is not in force at the minute of its end. Without an end it lies in twelve months.
    time_zone : str
        Such as "Europe/London", in which its months are.

    Returns
    -------
    PeriodIndex
        Ascending, without a gap.

    Notes
    -----
    When it misleads: a zone of two days stands for the whole of its month, since published data know no days.

    References
    ----------
    Of this project.
    """
    clock = ZoneInfo(time_zone)
    first = pd.Period(starts.astimezone(clock).strftime("%Y-%m"), "M")
    whole = first + YEAR - 1
    if ends is None:
        last = whole
    else:
        last = min(pd.Period((ends - timedelta(minutes=1)).astimezone(clock).strftime("%Y-%m"), "M"), whole)
    return pd.period_range(first, max(first, last), freq="M")


def same_months(months: pd.PeriodIndex, first: pd.Period, last: pd.Period) -> tuple[pd.PeriodIndex, ...]:
    """Give the same calendar months of every year that reaches into a span, the earliest first.

    Parameters
    ----------
    months : PeriodIndex
        A run of at most twelve months; it may lie in the span, before it or after it.
    first, last : Period
        Of the data.

    Returns
    -------
    tuple of PeriodIndex
        Each as long as ``months``; some of its months may lie outside the span.

    Notes
    -----
    When it misleads: months that run over the turn of a year belong to the year in which they begin.

    References
    ----------
    Of this project.
    """
    back = (months[-1] - first).n // YEAR  # years by which the last month can move back and still be in the span
    forward = (last - months[0]).n // YEAR
    return tuple(months + YEAR * k for k in range(-back, forward + 1))
