"""Interval for the ratio of two counts whose months vary more than independent incidents would."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.common.tails import beta_quantile, normal_quantile, t_quantile
from geo.errors import InputError


def dispersion(current: Any, previous: Any) -> tuple[float, int]:
    """Overdispersion of months, from pairs of the same calendar month in two years.

    Parameters
    ----------
    current, previous : array_like of float, shape (months,)
        Counts of the same calendar months.

    Returns
    -------
    phi : float
        max(1, Pearson/df): Pearson compares the split of every pair with the split of the two totals.
    df : int
        Pairs with an incident, less one; at least 1.
    """
    a, b = np.asarray(current, dtype=float), np.asarray(previous, dtype=float)
    n = a + b
    p = a.sum() / n.sum() if n.sum() else 0.0
    seen = n > 0
    df = max(1, int(seen.sum()) - 1)
    if not 0 < p < 1:
        return 1.0, df
    pearson = float((((a - n * p) ** 2)[seen] / (n * p * (1 - p))[seen]).sum())
    return max(1.0, pearson / df), df


def ratio_interval(
    current: float, previous: float, level: float = 0.95, phi: float = 1.0, df: int | None = None
) -> tuple[float, float]:
    """Interval for the ratio of two counts, conditional on their total.

    Parameters
    ----------
    current, previous : float
        Counts, not negative.
    level : float
    phi : float
        Overdispersion, at least 1; 1 gives the exact interval for two Poisson counts.
    df : int, optional
        Degrees of freedom from which phi was estimated; None when it is known.

    Returns
    -------
    (low, high) : float
        Both NaN when there is no incident at all.

    Raises
    ------
    InputError
        A negative count, phi below 1, or a level outside 0 to 1.
    """
    if current < 0 or previous < 0 or phi < 1 or not 0 < level < 1:
        raise InputError(
            "counts are not negative, phi is at least 1 and a level lies between 0 and 1",
            value=f"{current}, {previous}, {phi}, {level}",
        )
    if current + previous == 0:
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    widen = phi
    if df is not None:
        widen *= float((t_quantile(1 - tail, df) / normal_quantile(1 - tail)) ** 2)
    a, b = current / widen, previous / widen
    low = float(beta_quantile(tail, a, b + 1)) if a > 0 else 0.0
    high = float(beta_quantile(1 - tail, a + 1, b)) if b > 0 else 1.0
    return low / (1 - low), high / (1 - high) if high < 1 else float("inf")
