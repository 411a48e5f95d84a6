"""Counts that vary more than Poisson: negative binomial with variance mu + alpha mu^2."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

LEAST_MEAN = 0.3
_TAIL = 1e-12


def _parameters(mean: ArrayLike, alpha: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mu, a = np.broadcast_arrays(np.asarray(mean, dtype=float), np.asarray(alpha, dtype=float))
    size = 1 / a
    return size, size / (size + mu)


def quantile(level: float, mean: ArrayLike, alpha: ArrayLike) -> NDArray[np.float64]:
    """Find the smallest count whose distribution function reaches a level.

    Parameters
    ----------
    level : float
        Between 0 and 1.
    mean, alpha : array_like, shape (n,)
        Both positive.

    Returns
    -------
    ndarray of float, shape (n,)
        Whole numbers.
    """
    size, p = _parameters(mean, alpha)
    return np.asarray(stats.nbinom.ppf(level, size, p), dtype=float)


def crps(actual: ArrayLike, mean: ArrayLike, alpha: ArrayLike) -> NDArray[np.float64]:
    """Score a forecast by the continuous ranked probability score, in incidents: lower is better.

    Parameters
    ----------
    actual, mean, alpha : array_like, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
        Sum over k of (F(k) - [actual <= k])^2, exact but for a tail of 1e-12 (Gneiting and Raftery 2007).
    """
    y = np.atleast_1d(np.asarray(actual, dtype=float))
    size, p = (np.broadcast_to(part, y.shape) for part in _parameters(mean, alpha))
    out = np.empty(len(y))
    for i in range(len(y)):
        top = max(float(stats.nbinom.isf(_TAIL, size[i], p[i])), y[i])
        k = np.arange(int(top) + 1)
        out[i] = ((stats.nbinom.cdf(k, size[i], p[i]) - (k >= y[i])) ** 2).sum()
    return out


def moment_alpha(actual: ArrayLike, mean: ArrayLike) -> float:
    """Estimate alpha by moments: sum((y - mu)^2 - mu) / sum mu^2, at least 0; 0 without observations."""
    y, mu = np.asarray(actual, dtype=float), np.asarray(mean, dtype=float)
    below = float((mu**2).sum())
    return max(0.0, float(((y - mu) ** 2 - mu).sum()) / below) if below > 0 else 0.0
