"""Quantiles and tails of the usual distributions, from ``scipy.special`` alone.

``scipy.stats`` gives the same numbers to the last digit: it calls these functions. Importing it takes most of a second,
which everybody would wait for who opens the first page.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special


def _array(value: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(value, dtype=np.float64)


def t_quantile(level: ArrayLike, df: ArrayLike) -> NDArray[np.float64]:
    """Find where Student's t with some degrees of freedom reaches a level.

    Parameters
    ----------
    level : array_like
        Between 0 and 1.
    df : array_like
        Positive.
    """
    return _array(special.stdtrit(_array(df), _array(level)))


def t_above(x: ArrayLike, df: ArrayLike) -> NDArray[np.float64]:
    """Tell how likely Student's t is above a value.

    Parameters
    ----------
    x : array_like
    df : array_like
        Positive.
    """
    return _array(special.stdtr(_array(df), -_array(x)))


def t_below(x: ArrayLike, df: ArrayLike) -> NDArray[np.float64]:
    """Tell how likely Student's t is at most a value.

    Parameters
    ----------
    x : array_like
    df : array_like
        Positive.
    """
    return _array(special.stdtr(_array(df), _array(x)))


def normal_quantile(level: ArrayLike) -> NDArray[np.float64]:
    """Find where the standard normal distribution reaches a level.

    Parameters
    ----------
    level : array_like
        Between 0 and 1.
    """
    return _array(special.ndtri(_array(level)))


def normal_above(x: ArrayLike) -> NDArray[np.float64]:
    """Tell how likely the standard normal distribution is above a value.

    Parameters
    ----------
    x : array_like
    """
    return _array(special.ndtr(-_array(x)))


def beta_quantile(level: ArrayLike, a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    """Find where a beta distribution reaches a level.

    Parameters
    ----------
    level : array_like
        Between 0 and 1.
    a, b : array_like
        Positive.
    """
    return _array(special.betaincinv(_array(a), _array(b), _array(level)))


def gamma_quantile(level: ArrayLike, shape: ArrayLike) -> NDArray[np.float64]:
    """Find where a gamma distribution of scale 1 reaches a level.

    Parameters
    ----------
    level : array_like
        Between 0 and 1.
    shape : array_like
        Positive.
    """
    return _array(special.gammaincinv(_array(shape), _array(level)))


def chi2_above(x: ArrayLike, df: ArrayLike) -> NDArray[np.float64]:
    """Tell how likely chi-squared is above a value.

    Parameters
    ----------
    x : array_like
        Not negative.
    df : array_like
        Positive.
    """
    return _array(special.chdtrc(_array(df), _array(x)))


def f_above(x: ArrayLike, df: ArrayLike, df_below: ArrayLike) -> NDArray[np.float64]:
    """Tell how likely an F ratio is above a value.

    Parameters
    ----------
    x : array_like
        Not negative.
    df, df_below : array_like
        Degrees of freedom of what is above the line and below it; positive.
    """
    return _array(special.fdtrc(_array(df), _array(df_below), _array(x)))
