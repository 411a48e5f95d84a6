"""How exactly a place was written down: derived from the values of the whole file, in metres."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

STEPS_M = (1_000, 500, 100, 50, 10)
DEGREE_M = 111_320.0  # of latitude; a degree of longitude is shorter
_SURE = 6.0  # powers of ten against it: one file in a million looks rounded by chance
_FEWEST = 3  # different points below which nothing is said of metres
_SOME, _TIMES = 5, 100  # rounded points among exact ones: so many, and so many times more than chance gives
_EXACT_STEP = 1e-5  # degrees, about a metre: what machines write, and more


def metres_rounded(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the step in metres to which each place was rounded, NaN where it was not.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Easting and northing as written; NaN where there are none.

    Returns
    -------
    ndarray, shape (n,)
        One of :data:`STEPS_M`, or NaN: no rounding can be seen, and the place counts as exact.

    Notes
    -----
    A whole file is rounded to the largest step that divides all differences of its eastings, and of its northings,
    when chance would do that in one file of a million. Places that are multiples of a step (or of it and a half, which
    is the middle of such a square) among others that are not, are rounded when there are at least five of them and a
    hundred times more than chance gives. When it misleads: in a file of one or two places nothing is seen.
    """
    found = np.full(len(x), np.nan)
    there = np.isfinite(x) & np.isfinite(y)
    if not there.any():
        return found
    points = np.unique(np.column_stack([x[there], y[there]]), axis=0)
    many = sum(len(np.unique(points[:, axis])) for axis in (0, 1))
    for step in STEPS_M:
        rest = points % step
        if len(points) >= _FEWEST and (rest == rest[0]).all() and math.log10(step) * (many - 2) >= _SURE:
            found[there] = step
            return found
    for step in reversed(STEPS_M):  # the largest step that fits has the last word
        for middle in (0.0, step / 2):
            on = ((points % step) == middle).all(axis=1)
            if on.sum() >= max(_SOME, _TIMES * len(points) / step**2):
                found[there & (x % step == middle) & (y % step == middle)] = step
    return found


def degrees_rounded(values: NDArray[np.float64], steps: NDArray[np.float64]) -> float:
    """Give the step in degrees to which a column of longitudes or latitudes was rounded; NaN where it was not.

    Parameters
    ----------
    values, steps : ndarray, shape (n,)
        Degrees, and the smallest difference that the text of each could tell; NaN where there are none.

    Notes
    -----
    Zeros at the end may be lost, so that the finest value speaks for its column, and few values say nothing: the step
    counts when chance would write so many different values so short in one file of a million, had they had five
    decimals.
    """
    there = np.isfinite(values) & np.isfinite(steps)
    if not there.any():
        return float("nan")
    step = float(steps[there].min())
    short = math.log10(step / _EXACT_STEP)
    different = len(np.unique(values[there]))
    return step if short > 0 and short * different >= _SURE else float("nan")
