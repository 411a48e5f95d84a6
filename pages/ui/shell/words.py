"""Words and figures as every page writes them."""

from __future__ import annotations

import pandas as pd

from data.kinds.crime_types import ASB, DRUGS

NAMES = {ASB: "ASB", DRUGS: "Drug offences"}


def peak_of(series: pd.Series[float]) -> tuple[pd.Period, float]:
    """Month in which a monthly series is highest, the first of those that are, and its value; it has one."""
    at = int(series.argmax())
    return pd.PeriodIndex(series.index)[at], float(series.iloc[at])


def signed(percent: float) -> str:
    """Write a change in per cent with its sign, unbroken at the end of a line."""
    rounded = round(percent)
    return "no change" if rounded == 0 else f"{'+' if rounded > 0 else '−'}{abs(rounded):,}\u00a0%"
