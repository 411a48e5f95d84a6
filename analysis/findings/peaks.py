"""When it peaks: the highest month of the last year, and how often a month was the highest of its year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.common.method import MONTH_NAMES, YEAR, month_name
from analysis.findings.finding import Finding


def last_year_peak(series: pd.Series[float], name: str) -> Finding:
    """Say in which of the last 12 months there were most.

    Parameters
    ----------
    series : Series of float
        Counts by month with a PeriodIndex, NaN where a month is missing; ends with the as-at month.
    name : str
        "ASB".

    Returns
    -------
    Finding
        It says of how many months that are there; months that share the highest count are counted, not named.
    """
    year = series.iloc[-YEAR:]
    known = year.dropna()
    if known.empty or known.max() <= 0:
        return Finding(f"{name} by month")
    top = known.index[np.asarray(known == known.max())]
    gone = len(year) - len(known)
    spell = f"of the last {len(known)} months{' there are' if gone else ''}"
    left = f" {gone} of the last {len(year)} {'is' if gone == 1 else 'are'} missing." if gone else ""
    if len(top) > 1:
        each = f"Each had {known.max():,.0f}.{left}"
        return Finding(f"{name}: {len(top)} {spell} share the highest count", detail=each)
    named = month_name(top[0])
    return Finding(f"Most {name} {spell}: {named}", detail=f"{named}: {known.max():,.0f}.{left}")


def yearly_peaks(years: pd.DataFrame) -> Finding:
    """Say how often one calendar month was the highest of its year, of the years that can say so.

    Parameters
    ----------
    years : DataFrame of float
        Years by months 1 to 12, NaN where a month is missing (:func:`analysis.when.seasonality.month_by_year`).

    Returns
    -------
    Finding
        Only years with all 12 months and any incident count: what was highest in a part of a year may not have been
        highest in all of it. In a year in which months share the highest count, each of them was the highest.
    """
    whole = years[years.notna().all(axis=1)]
    short = len(years) - len(whole)
    left = "" if not short else f"{short} {'year is' if short == 1 else 'years are'} left out for want of months."
    whole = whole[whole.sum(axis=1) > 0]
    if whole.empty:
        return Finding("No whole year is there to tell its highest month", detail=left)
    table = whole.to_numpy(dtype=float)
    times = (table == table.max(axis=1, keepdims=True)).sum(axis=0)
    top, of = int(np.argmax(times)), len(whole)
    n = int(times[top])
    if of > 1 and (n == 1 or (times == n).sum() > 1):
        return Finding(f"No one month was the highest most often in the {of} whole years", detail=left)
    return Finding(
        f"{MONTH_NAMES[top]} was the highest month in {f'{n} of {of} whole years' if of > 1 else 'the one whole year'}",
        detail=left,
    )
