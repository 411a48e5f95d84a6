"""How exactly a place was written down: derived from the values of the whole file, in metres."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from geo.crs import to_bng

STEPS_M = (1_000, 500, 100, 50, 10)
DEGREE_M = 111_320.0  # of latitude; a degree of longitude is shorter
_STEPS_SEEN_M, _OFF = (1_000, 500, 100, 50), 0.05  # in degrees; how far off a step a place may be, in steps
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


def degrees_of_rounded_metres(longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> float:
    """Give the step in metres to which places had been rounded before they were written in degrees; NaN where not.

    Parameters
    ----------
    longitude, latitude : ndarray, shape (n,)
        Degrees; NaN where there are none.

    Notes
    -----
    Rounded eastings and northings that were turned into degrees have as many decimals as exact ones. Turned back they
    lie at the same distance from the lines of a step, up to what the decimals lose: all within a twentieth of it, which
    chance would do in one file of a million. When it misleads: in a file of few places nothing is seen.
    """
    there = np.isfinite(longitude) & np.isfinite(latitude)
    turned = to_bng(longitude[there], latitude[there])
    for step in _STEPS_SEEN_M:
        different = 0
        for values in turned:
            turns = values[np.isfinite(values)] / step
            if not len(turns):
                return float("nan")
            middle = np.angle(np.exp(2j * np.pi * turns).mean()) / (2 * np.pi)
            if (np.abs(turns - middle - np.round(turns - middle)) > _OFF).any():
                break
            different += len(np.unique(np.round(turns - middle))) - 1
        else:
            if different * math.log10(1 / (2 * _OFF)) >= _SURE:
                return float(step)
    return float("nan")
