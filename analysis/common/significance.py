"""Correction for having looked at many places at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import InputError


def benjamini_hochberg(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values so that they hold the false discovery rate (Benjamini and Hochberg 1995, step-up).

    Parameters
    ----------
    p : array_like, shape (n,)
        P-values of the tests that were made, in any order. Leave out what could not have been found (such as cells
        that never had an incident): every test that is put in makes the others harder to pass.

    Returns
    -------
    ndarray, shape (n,)
        Adjusted p-values, at most 1, in the same order. Where they are at most 0.05, at most 5 % of what is called
        significant is expected to be false. Empty in, empty out.

    Raises
    ------
    InputError
        Not one-dimensional, or a value that is not a probability (NaN included).

    Notes
    -----
    Equals ``statsmodels.stats.multitest.multipletests(p, method="fdr_bh")``. Holds for independent and for positively
    dependent tests, as overlapping neighbourhoods are.

    It misleads when the p-values going in are wrong: analytic Gi* p-values of sparse counts are too small by orders of
    magnitude, and no correction repairs them. It also says nothing of a single place: with 20 places marked, one false
    is expected.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995). Controlling the false discovery rate. J. R. Statist. Soc. B 57, 289-300.
    """
    values = np.asarray(p, dtype=float)
    if values.ndim != 1:
        raise InputError("p-values come as one list", column="p", value=f"shape {values.shape}")
    bad = ~((values >= 0) & (values <= 1))
    if bad.any():
        raise InputError(
            f"{int(bad.sum())} of {len(values)} p-values are not between 0 and 1",
            column="p",
            value=str(values[bad][0]),
            hint="Leave out tests that gave no answer before correcting.",
        )
    n = len(values)
    order = np.argsort(values, kind="stable")
    stepped = values[order] * (n / np.arange(1, n + 1))  # a factor of at least 1: never below p, not even by a digit
    adjusted = np.empty(n)
    adjusted[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return adjusted
