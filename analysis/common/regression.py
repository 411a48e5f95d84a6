"""Regressions of counts on few columns: Poisson, negative binomial with a known alpha, binomial. Nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.errors import InputError

_STEPS = 50
_CLOSE = 1e-10
_FAR = 30.0  # a coefficient beyond this has no finite estimate: the data never show the other case


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted regression of n observations on k columns.

    Attributes
    ----------
    coefficients : ndarray, shape (k,)
        On the log scale, or of log odds.
    errors : ndarray, shape (k,)
        Standard errors as if the counts varied no more than the family says.
    mean : ndarray, shape (n,)
        Expected counts.
    pearson : float
        Sum of (observed - expected)^2 / variance.
    df : int
        n - k.
    """

    coefficients: NDArray[np.float64]
    errors: NDArray[np.float64]
    mean: NDArray[np.float64] = field(repr=False)
    pearson: float
    df: int

    @property
    def phi(self) -> float:
        """How much more the counts vary than the family says: max(1, Pearson/df)."""
        return max(1.0, self.pearson / self.df) if self.df > 0 else float("nan")


def poisson(
    y: NDArray[np.float64], x: NDArray[np.float64], exposure: NDArray[np.float64] | None = None, alpha: float = 0.0
) -> Fit:
    """Fit counts with a log link; alpha above 0 makes them negative binomial.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Counts.
    x : ndarray, shape (n, k)
        Columns, a constant among them or spanned by them.
    exposure : ndarray, shape (n,), optional
        Such as days; its logarithm is the offset.
    alpha : float
        Variance mu + alpha mu^2.

    Returns
    -------
    Fit

    Raises
    ------
    InputError
        Columns that depend on each other, or an effect without a finite estimate.

    Notes
    -----
    Iteratively reweighted least squares, the expected information; equals ``statsmodels`` GLM (a test compares them)
    and is used in its place because placebo runs fit tens of thousands. Misleads as any regression does: standard
    errors are too small where observations vary more than the family says or depend on each other.

    References
    ----------
    McCullagh, P. and Nelder, J. A. (1989). Generalized Linear Models, 2nd ed.
    """
    offset = np.zeros(len(y)) if exposure is None else np.log(exposure)
    mu = y + 0.1 * (float(y.mean()) + 0.1)
    eta = np.log(mu)
    last = np.full(x.shape[1], np.inf)
    for _ in range(_STEPS):
        weight = mu / (1 + alpha * mu)
        beta = _solve(x, weight, eta - offset + (y - mu) / mu)
        eta = x @ beta + offset
        mu = np.exp(np.clip(eta, -_FAR, _FAR))
        if _settled(beta, last, eta - offset):
            break
        last = beta
    weight = mu / (1 + alpha * mu)
    return Fit(
        beta,
        _errors(x, weight),
        mu,
        float(((y - mu) ** 2 / (mu * (1 + alpha * mu))).sum()),
        len(y) - x.shape[1],
    )


def binomial(y: NDArray[np.float64], trials: NDArray[np.float64], x: NDArray[np.float64]) -> Fit:
    """Fit counts out of trials with a logit link.

    Parameters
    ----------
    y, trials : ndarray, shape (n,)
        Counts, and what they are counts out of; above 0.
    x : ndarray, shape (n, k)

    Returns
    -------
    Fit
        ``coefficients`` are log odds ratios.

    Raises
    ------
    InputError
        As :func:`poisson`.

    Notes
    -----
    As :func:`poisson`.
    """
    p = (y + 0.5) / (trials + 1)
    eta = np.log(p / (1 - p))
    last = np.full(x.shape[1], np.inf)
    for _ in range(_STEPS):
        weight = trials * p * (1 - p)
        beta = _solve(x, weight, eta + (y - trials * p) / weight)
        eta = np.clip(x @ beta, -_FAR, _FAR)
        p = 1 / (1 + np.exp(-eta))
        if _settled(beta, last, eta):
            break
        last = beta
    weight = trials * p * (1 - p)
    return Fit(beta, _errors(x, weight), trials * p, float(((y - trials * p) ** 2 / weight).sum()), len(y) - x.shape[1])


def estimable(x: NDArray[np.float64], column: int) -> bool:
    """Whether a column's effect can be told from the others: it is not a combination of them."""
    others = np.delete(x, column, axis=1)
    return bool(np.linalg.matrix_rank(x) > np.linalg.matrix_rank(others)) if others.size else bool(x.any())


def _solve(x: NDArray[np.float64], weight: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled = x.T * weight
    try:
        beta = np.linalg.solve(scaled @ x, scaled @ z)
    except np.linalg.LinAlgError as error:
        raise InputError("the columns of a regression depend on each other", column="x") from error
    if not np.isfinite(beta).all():
        raise InputError("a regression has no finite answer", column="x")
    return np.asarray(beta, dtype=np.float64)


def _settled(beta: NDArray[np.float64], last: NDArray[np.float64], eta: NDArray[np.float64]) -> bool:
    if np.abs(eta).max() >= _FAR:
        raise InputError("an effect has no finite estimate: one case never has an incident", column="x")
    return bool(np.abs(beta - last).max() < _CLOSE)


def _errors(x: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    inverse: NDArray[np.float64] = np.asarray(np.linalg.inv((x.T * weight) @ x), dtype=np.float64)
    return np.asarray(np.sqrt(np.diag(inverse)), dtype=np.float64)
