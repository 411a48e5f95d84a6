"""Interval of a season: whole calendar years drawn with replacement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.common.tails import normal_quantile, t_quantile
from analysis.when.shape import Prepared, passes, prior_weights

INTERVAL_YEARS = 3  # the bootstrap of two years has three outcomes: no interval
_BATCHES = 10
_TINY = 1e-6


def draw_seasons(data: Prepared, seen: NDArray[np.bool_], rng: np.random.Generator, draws: int) -> NDArray[np.float64]:
    """Draw whole calendar years with replacement and estimate S from each draw.

    Parameters
    ----------
    data : Prepared
        Of n months.
    seen : ndarray of bool, shape (n,)
        Months with a level.
    rng : Generator
    draws : int

    Returns
    -------
    ndarray, shape (draws, 12)
        NaN for a calendar month that no drawn year has. The prior weight is estimated anew in each draw: with that of
        the whole series, a season shrunk to nothing would look certain to be nothing.
    """
    year = np.asarray(data.months.year)
    there = np.unique(year[data.used])
    often = rng.multinomial(len(there), np.full(len(there), 1 / len(there)), size=draws)
    position = np.clip(np.searchsorted(there, year), 0, len(there) - 1)
    multiplicity = np.where(there[position] == year, often[:, position], 0).astype(float)
    season, _ = passes(data, prior_weights(data, multiplicity), multiplicity)
    return np.asarray(np.where((multiplicity * seen) @ data.member > 0, season, np.nan))


def spread_interval(
    estimate: NDArray[np.float64], drawn: NDArray[np.float64], years: NDArray[np.int64], level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lay the percentiles of the draws around the estimate, on the log scale, widened for few years.

    Parameters
    ----------
    estimate : ndarray, shape (k,)
    drawn : ndarray, shape (draws, k)
    years : ndarray of int, shape (k,)
        Years behind each estimate.
    level : float

    Returns
    -------
    low, high : ndarray, shape (k,)
        NaN where fewer than three years were seen. Draws are taken around their own median: each draw shrinks less
        than the whole series does, and would otherwise lie to one side of the estimate.
    """
    low, high = np.full(len(estimate), np.nan), np.full(len(estimate), np.nan)
    tails = [(1 - level) / 2, (1 + level) / 2]
    if len(drawn) == 0:
        return low, high
    enough = np.flatnonzero((years >= INTERVAL_YEARS) & (estimate > 0) & ~np.isnan(drawn).all(axis=0))
    if len(enough):
        n = years[enough].astype(float)
        wider = np.sqrt(n / (n - 1)) * t_quantile(tails[1], n - 1) / normal_quantile(tails[1])
        below, middle, above = np.nanquantile(drawn[:, enough], [tails[0], 0.5, tails[1]], axis=0)
        middle = np.maximum(middle, _TINY)
        low[enough] = estimate[enough] * (np.maximum(below, _TINY) / middle) ** wider
        high[enough] = estimate[enough] * (np.maximum(above, _TINY) / middle) ** wider
    return low, high


def monte_carlo_error(
    estimate: NDArray[np.float64], drawn: NDArray[np.float64], years: NDArray[np.int64], level: float
) -> float:
    """Take the largest standard error of an interval's end, in points of the index, from ten parts of the draws."""
    if len(drawn) == 0:
        return float("nan")
    ends = np.array(
        [np.concatenate(spread_interval(estimate, part, years, level)) for part in np.array_split(drawn, _BATCHES)]
    )
    known = ends[:, ~np.isnan(ends).any(axis=0)]
    return float(100 * (known.std(axis=0, ddof=1) / np.sqrt(_BATCHES)).max()) if known.size else float("nan")
