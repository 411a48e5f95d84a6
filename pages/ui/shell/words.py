"""Words and figures as every page writes them."""

from __future__ import annotations

import pandas as pd

from analysis.common.percents import signed
from analysis.findings.finding import capital
from data.kinds.crime_types import ASB, DRUGS, category_words, group_of, is_sum

NAMES = {ASB: "ASB", DRUGS: "Drug offences"}


def name_of(category: str) -> str:
    """Name a choice of crime types as a title begins with it."""
    if category in NAMES or not is_sum(category):
        return NAMES.get(category, category)
    group = group_of(category)
    return group.name if group is not None else capital(category_words(category))


def peak_of(series: pd.Series[float]) -> tuple[pd.Period, float]:
    """Month in which a monthly series is highest, the first of those that are, and its value; it has one."""
    at = int(series.argmax())
    return pd.PeriodIndex(series.index)[at], float(series.iloc[at])


def changed(ratio: float) -> str:
    """Write a ratio of two counts as a change with its sign, unbroken at the end of a line."""
    return "no change" if ratio == 1 else signed(ratio - 1)
