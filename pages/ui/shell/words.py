"""Words and figures as every page writes them."""

from __future__ import annotations

import pandas as pd

from analysis.common.percents import signed
from data.kinds.crime_types import ASB, DRUGS

NAMES = {ASB: "ASB", DRUGS: "Drug offences"}


def peak_of(series: pd.Series[float]) -> tuple[pd.Period, float]:
    """Month in which a monthly series is highest, the first of those that are, and its value; it has one."""
    at = int(series.argmax())
    return pd.PeriodIndex(series.index)[at], float(series.iloc[at])


def changed(ratio: float) -> str:
    """Write a ratio of two counts as a change with its sign, unbroken at the end of a line."""
    return "no change" if ratio == 1 else signed(ratio - 1)
