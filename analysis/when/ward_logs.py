"""Log ratios of wards against the rest, whether they differ at all, and their shrinkage: the numbers alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.common.regression import binomial
from analysis.common.tails import chi2_above, f_above
from geo.errors import InputError

LEAST_INCIDENTS = 50  # with fewer, a season may hold none, and leaving such wards out would flatter the rest


@dataclass(frozen=True, eq=False)
class WardLogs:
    """Log odds ratios of w wards in s seasons.

    Attributes
    ----------
    log_ratio, error : ndarray, shape (w, s)
        Of the ward's share in the season; ``error`` as if months varied no more than binomial. NaN where a ward has
        under 50 incidents, or none in or none outside a season.
    phi : ndarray, shape (w,)
        max(1, Pearson/df) of the ward's regression; NaN where it has none.
    df : int
        The smallest of the wards' regressions.
    """

    log_ratio: NDArray[np.float64]
    error: NDArray[np.float64]
    phi: NDArray[np.float64]
    df: int


@dataclass(frozen=True)
class Heterogeneity:
    """Whether log ratios differ by more than their errors.

    Attributes
    ----------
    q : float
        Cochran's Q.
    p : float
        Q/k against F(k - 1, df).
    p_chi_square : float
        Q against chi-square with k - 1.
    tau2 : float
        Variance of the true log ratios (DerSimonian and Laird).
    mean : float
        Their mean, with weights 1/(variance + tau2).
    """

    q: float
    p: float
    p_chi_square: float
    tau2: float
    mean: float


def ward_logs(y: NDArray[np.float64], x: NDArray[np.float64], seasons: int) -> WardLogs:
    """Fit (ward, rest) on the columns of a design, ward by ward.

    Parameters
    ----------
    y : ndarray, shape (n, w)
        Counts by month and ward.
    x : ndarray, shape (n, k)
        Indicators of years, then of seasons.
    seasons : int
        How many of the last columns are seasons.

    Returns
    -------
    WardLogs

    Notes
    -----
    Years in which a ward has no incident (or has all) say nothing of its season and leave its regression. Misleads
    where a ward has few incidents: its log ratio is skewed, and its error only roughly known.

    References
    ----------
    McCullagh, P. and Nelder, J. A. (1989). Generalized Linear Models, 2nd ed.
    """
    total = y.sum(axis=1)
    wards = y.shape[1]
    log_ratio, error = np.full((wards, seasons), np.nan), np.full((wards, seasons), np.nan)
    phi, df = np.full(wards, np.nan), len(y) - x.shape[1]
    years = x[:, : x.shape[1] - seasons]
    for w in range(wards):
        own = y[:, w]
        if own.sum() < LEAST_INCIDENTS:
            continue
        counts = own @ years
        says = (counts > 0) & (counts < total @ years)
        rows = (years[:, says].sum(axis=1) > 0) & (total > 0)
        columns = np.append(says, np.ones(seasons, dtype=bool))
        part = x[rows][:, columns]
        if part.shape[0] <= part.shape[1] or np.linalg.matrix_rank(part) < part.shape[1]:
            continue
        try:
            fit = binomial(own[rows], total[rows], part)
        except InputError:  # the season has none of the ward's incidents, or all: no finite effect
            continue
        log_ratio[w], error[w] = fit.coefficients[-seasons:], fit.errors[-seasons:]
        phi[w] = fit.phi
        df = min(df, fit.df)
    return WardLogs(log_ratio, error, phi, df)


def heterogeneity(b: NDArray[np.float64], error: NDArray[np.float64], df: int) -> Heterogeneity:
    """Test whether log ratios differ at all, and by how much.

    Parameters
    ----------
    b, error : ndarray, shape (k,)
        Log ratios and their standard errors, overdispersion included.
    df : int
        Degrees of freedom behind the errors.

    Returns
    -------
    Heterogeneity
        p is 1 and tau2 0 for fewer than two.

    Notes
    -----
    When it misleads: on few wards or loosely known errors Q says little; and errors that are too small make every set
    of wards look different.

    References
    ----------
    Cochran, W. G. (1954). Biometrics 10, 101-129.
    """
    k = len(b)
    if k < 2:
        return Heterogeneity(0.0, 1.0, 1.0, 0.0, float(b[0]) if k else np.nan)
    weight = 1 / error**2
    fixed = float((weight * b).sum() / weight.sum())
    q = float((weight * (b - fixed) ** 2).sum())
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau2 = max(0.0, (q - (k - 1)) / scale)
    inner = 1 / (error**2 + tau2)
    mean = float((inner * b).sum() / inner.sum())
    return Heterogeneity(q, float(f_above(q / k, k - 1, df)), float(chi2_above(q, k - 1)), tau2, mean)


def shrink(
    b: NDArray[np.float64], error: NDArray[np.float64], spread: Heterogeneity
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pull log ratios towards their mean, by as much as they are uncertain.

    Parameters
    ----------
    b, error : ndarray, shape (k,)
    spread : Heterogeneity
        Of these.

    Returns
    -------
    shrunk, error : ndarray, shape (k,)
        With B = tau2/(tau2 + error^2): B b + (1 - B) mean, and its standard error, that of the mean included.

    Notes
    -----
    When it misleads: a ward that truly stands out is drawn in with the others.

    References
    ----------
    DerSimonian, R. and Laird, N. (1986). Controlled Clinical Trials 7, 177-188.
    """
    kept = spread.tau2 / (spread.tau2 + error**2)
    mean_variance = 1 / (1 / (error**2 + spread.tau2)).sum() if len(b) else 0.0
    return kept * b + (1 - kept) * spread.mean, np.sqrt(kept * error**2 + (1 - kept) ** 2 * mean_variance)
