"""Counts that vary more than Poisson: negative binomial with variance mu + alpha mu^2."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

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
    return _first(lambda k: below(k, size, p) >= level, size, p)


def below(k: ArrayLike, size: ArrayLike, p: ArrayLike) -> NDArray[np.float64]:
    """Tell how likely a count is at most k, the same as ``scipy.stats.nbinom.cdf``.

    Parameters
    ----------
    k : array_like
        Whole numbers.
    size, p : array_like
        Positive; p at most 1.
    """
    whole = np.asarray(k, dtype=np.float64)
    reached = special.betainc(
        np.asarray(size, dtype=np.float64), np.maximum(whole, 0) + 1, np.asarray(p, dtype=np.float64)
    )
    return np.where(whole >= 0, reached, 0.0)


def above(k: ArrayLike, size: ArrayLike, p: ArrayLike) -> NDArray[np.float64]:
    """Tell how likely a count is above k, the same as ``scipy.stats.nbinom.sf``.

    Parameters
    ----------
    k : array_like
        Whole numbers.
    size, p : array_like
        Positive; p at most 1.
    """
    whole = np.asarray(k, dtype=np.float64)
    left = special.betaincc(
        np.asarray(size, dtype=np.float64), np.maximum(whole, 0) + 1, np.asarray(p, dtype=np.float64)
    )
    return np.where(whole >= 0, left, 1.0)


def _first(
    reached: Callable[[NDArray[np.float64]], NDArray[np.bool_]], size: NDArray[np.float64], p: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Find the smallest count that is far enough, by halving what it lies between."""
    low = np.full(size.shape, -1.0)  # not far enough
    high = np.ceil(size * (1 - p) / p) + 1
    while not (far := reached(high)).all():
        low, high = np.where(far, low, high), np.where(far, high, 2 * high + 1)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        far = reached(middle)
        low, high = np.where(far, low, middle), np.where(far, middle, high)
    return high


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
    ends = _first(lambda k: above(k, size, p) <= _TAIL, size, p)
    out = np.empty(len(y))
    for i in range(len(y)):
        k = np.arange(int(max(ends[i], y[i])) + 1)
        out[i] = ((below(k, size[i], p[i]) - (k >= y[i])) ** 2).sum()
    return out


def moment_alpha(actual: ArrayLike, mean: ArrayLike) -> float:
    """Estimate alpha by moments: sum((y - mu)^2 - mu) / sum mu^2, at least 0; 0 without observations."""
    y, mu = np.asarray(actual, dtype=float), np.asarray(mean, dtype=float)
    below = float((mu**2).sum())
    return max(0.0, float(((y - mu) ** 2 - mu).sum()) / below) if below > 0 else 0.0
