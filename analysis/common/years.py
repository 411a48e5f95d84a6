"""One year against the year before, from a monthly series: a change is claimed only outside its noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.common.method import YEAR, Method, days_in, list_months, month_name
from analysis.common.percents import interval, signed
from analysis.common.ratio import dispersion, ratio_interval
from analysis.common.refusal import Refusal

FEWEST_PAIRS = 3
_HOW_MANY = ("No calendar month is", "Only one calendar month is", "Only two calendar months are")


@dataclass(frozen=True)
class Comparison:
    """Two periods of the same calendar months, one year apart.

    Attributes
    ----------
    current, previous : int
        Incidents in the two periods.
    current_first, current_last, previous_first, previous_last : Period
        First and last month of each.
    months : int
        Months compared in each period.
    change_ratio : float
        Current / previous, per day where months are left out; NaN when both are zero, infinite when the
        previous alone is.
    low, high : float
        Interval for the ratio, at ``level``; NaN when both counts are zero.
    dispersion : float
        phi, at least 1: how much more the months vary than independent incidents would.
    missing_months : tuple of Period
        Months of the 24 that are not in the data; empty for whole years.
    differs : bool
        The interval leaves out 1.
    sentence : str
        What the page shows: no cause, and no change claimed inside its noise.
    method : Method
    """

    current: int
    previous: int
    current_first: pd.Period
    current_last: pd.Period
    previous_first: pd.Period
    previous_last: pd.Period
    months: int
    change_ratio: float
    low: float
    high: float
    level: float
    dispersion: float
    missing_months: tuple[pd.Period, ...]
    differs: bool
    sentence: str
    method: Method

    @property
    def change_percent(self) -> float:
        """Change in per cent of the previous period; NaN or infinite as the ratio is."""
        return 100 * (self.change_ratio - 1)


def compare_series(
    series: pd.Series[float], end: pd.Period, name: str, level: float = 0.95, data_version: str = ""
) -> Comparison:
    """Compare the 12 months up to a month with the 12 before; where some are missing, per day those there in both.

    Parameters
    ----------
    series : Series of float
        Counts by month (PeriodIndex); NaN or absent where a month is missing.
    end : Period
        Last month of the current year; nothing later is looked at.
    name : str
        What the sentence speaks of.
    level : float
        Of the interval.
    data_version : str
        For the caption.

    Returns
    -------
    Comparison
        ``missing_months`` are those of the 24 that are not in the data, and the sentence says how many months it rests
        on: a sum over fewer months is not a year, and a month is never filled in.

    Raises
    ------
    Refusal
        Fewer than three calendar months are there in both years.

    Notes
    -----
    Conditional on the total a + b, the current count a is binomial; its Clopper-Pearson interval p gives the ratio
    p/(1 - p). Months are not independent incidents, so both counts are first divided by phi = max(1, Pearson/df), taken
    from the pairs of the same calendar month in both years (a season that both years share is no noise), and by
    (t/z)^2 with the same df. When it misleads: a level that drifts for several months in a row varies more between
    years than pairs of months show; one year against one says nothing about a trend; and months that are left out may
    have moved differently.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits. Biometrika 26, 404-413.
    McCullagh, P. and Nelder, J. A. (1989). Generalized Linear Models, 2nd ed. (dispersion).
    """
    values = series.reindex(pd.period_range(end - 2 * YEAR + 1, end, freq="M"))
    missing = tuple(month for month, absent in zip(values.index, values.isna(), strict=True) if absent)
    there = pd.period_range(end - YEAR + 1, end, freq="M")
    both = pd.PeriodIndex([m for m in there if m not in missing and m - YEAR not in missing], freq="M")
    if len(both) < FEWEST_PAIRS:
        raise Refusal(
            f"{_HOW_MANY[len(both)]} there in both of the two years to {month_name(end)}, too few to compare",
            "Load the missing months on the Data page",
        )
    return _compare(values.reindex(both), values.reindex(both - YEAR), missing, name, level, data_version)


def _compare(
    current: pd.Series[float],
    previous: pd.Series[float],
    missing: Sequence[pd.Period],
    name: str,
    level: float,
    data_version: str,
) -> Comparison:
    months = pd.PeriodIndex(current.index)
    before = months - YEAR
    a, b = int(current.sum()), int(previous.sum())
    phi, df = dispersion(current.to_numpy(dtype=float), previous.to_numpy(dtype=float))
    bounds = ratio_interval(a, b, level, phi, df)
    per_day = days_in(months) / days_in(before) if missing else 1.0
    ratio = (a / b if b else (np.inf if a else np.nan)) / per_day
    low, high = bounds[0] / per_day, bounds[1] / per_day
    differs = bool(low > 1 or high < 1)
    caveats = ["One year against the one before is not a trend."]
    if missing:
        caveats.append("Months that are missing in either year are left out: this is not a whole year.")
    return Comparison(
        current=a,
        previous=b,
        current_first=months[0],
        current_last=months[-1],
        previous_first=before[0],
        previous_last=before[-1],
        months=len(months),
        change_ratio=float(ratio),
        low=float(low),
        high=float(high),
        level=level,
        dispersion=phi,
        missing_months=tuple(missing),
        differs=differs,
        sentence=_sentence(name, a, b, months, (float(ratio), low, high), level, differs=differs, part=bool(missing)),
        method=Method(
            name="ratio of two counts, conditional on their total",
            parameters={
                "interval": f"Clopper-Pearson, {100 * level:g} %, counts divided by phi and by (t/z)²",
                "phi": f"{phi:.2f} from pairs of the same calendar month ({df} df)",
                "months in each period": f"{len(months)}" + (" of 12, per day" if missing else ""),
            },
            n=a + b,
            correction="overdispersed months",
            data_version=data_version,
            period=f"{list_months(list(months))} against {list_months(list(before))}",
            caveats=tuple(caveats),
            source_refs=("Clopper and Pearson 1934", "McCullagh and Nelder 1989 (dispersion)"),
        ),
    )


def _sentence(
    name: str,
    a: int,
    b: int,
    months: pd.PeriodIndex,
    ratios: tuple[float, float, float],
    level: float,
    *,
    differs: bool,
    part: bool,
) -> str:
    ratio, low, high = ratios
    when, before = f"in the 12 months to {month_name(months[-1])}", "in the 12 months before"
    if part:
        when = f"in the {len(months)} months up to {month_name(months[-1])} that are there in both years"
        before = "in the same months a year before"
    if a == b == 0:
        return f"{name}: none {when} and none {before}."
    if a == 0 or b == 0:
        return f"{name}: {a:,} {when}, {b:,} {before}{'' if differs else '; too few to call it a change'}."
    change = signed(ratio - 1) + (" per day" if part else "")
    spread = f"{100 * level:g} % interval {interval(low, high)}"
    if differs:
        verb = "rose" if ratio > 1 else "fell"
        return f"{name} {verb} from {b:,} {before} to {a:,} {when} ({change}; {spread})."
    return (
        f"{name}: {a:,} {when}, about the same as {b:,} {before} "
        f"({change}, within the variation from month to month; {spread})."
    )
