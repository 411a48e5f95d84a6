"""A season's ratio with its interval: from a coefficient of a regression, or from the ratios of years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.common.regression import Fit
from analysis.common.tails import t_above, t_quantile

_LEAST_YEARS = 2


@dataclass(frozen=True)
class Ratio:
    """A ratio with its interval and p; 1 = a month of no season. NaN where it cannot be had."""

    ratio: float
    low: float
    high: float
    p: float

    @property
    def width(self) -> float:
        """Width of the interval on the log scale."""
        return float(np.log(self.high / self.low))


def from_fit(fit: Fit, column: int, level: float) -> Ratio:
    """Turn a coefficient into a ratio: its error times sqrt(phi), t with the regression's df."""
    b, error = float(fit.coefficients[column]), float(fit.errors[column] * np.sqrt(fit.phi))
    half = float(t_quantile((1 + level) / 2, fit.df)) * error
    return Ratio(
        float(np.exp(b)),
        float(np.exp(b - half)),
        float(np.exp(b + half)),
        float(2 * t_above(abs(b) / error, fit.df)),
    )


def from_years(logs: NDArray[np.float64], level: float) -> tuple[Ratio, float, float]:
    """Ratio over the years, and the range of one new year; NaN with fewer than two years."""
    n = len(logs)
    if n < _LEAST_YEARS:
        return Ratio(float(np.exp(logs.mean())) if n else np.nan, np.nan, np.nan, np.nan), np.nan, np.nan
    mean, spread, t = float(logs.mean()), float(logs.std(ddof=1)), float(t_quantile((1 + level) / 2, n - 1))
    error = spread / np.sqrt(n)
    p = float(2 * t_above(abs(mean) / error, n - 1)) if error > 0 else float(mean == 0)
    low, high, new_low, new_high = (
        float(np.exp(mean + sign * t * s)) for s in (error, spread * np.sqrt(1 + 1 / n)) for sign in (-1, 1)
    )
    return Ratio(float(np.exp(mean)), low, high, p), new_low, new_high


def digits_of(low: float, high: float, least: int = 2) -> int:
    """Digits after the point at which an interval that leaves out 1 does so as written too."""
    ends = [end for end in (low, high) if end != 1 and np.isfinite(end)]
    return next((n for n in range(least, 4) if all(round(end, n) != 1 for end in ends)), 4)
