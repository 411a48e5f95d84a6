"""What a window of months would have brought to some areas, from their own past and a comparison area's present."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.method import YEAR

HALF_LIFE_MONTHS = 12.0  # of the level: an area's share drifts, and older months tell less
SEASON_HALF_LIFE_YEARS = 2.0  # of the same months of earlier years
SEASON_PRIOR = 50.0  # incidents that the area's own season must outweigh
LEAST_MONTHS = 6  # before a window
HALF = 0.5


@dataclass(frozen=True, eq=False)
class Expectation:
    """What a window would have brought to each of g areas had it changed as its comparison area did.

    Attributes
    ----------
    expected, recorded : ndarray, shape (g,)
        Incidents in the window.
    variance : ndarray, shape (g,)
        Of log(recorded/expected), were incidents independent.
    windows : tuple of PeriodIndex
        The same months of earlier years, latest first.
    share : ndarray, shape (g,)
        Level of the area over level of its comparison area.
    season : ndarray, shape (g,)
        Factor by which the area's own season departs from that of the comparison area.
    """

    expected: NDArray[np.float64]
    recorded: NDArray[np.float64]
    variance: NDArray[np.float64]
    windows: tuple[pd.PeriodIndex, ...]
    share: NDArray[np.float64]
    season: NDArray[np.float64]

    @property
    def log_ratio(self) -> NDArray[np.float64]:
        """log((recorded + 1/2)/(expected + 1/2)), shape (g,)."""
        return np.asarray(np.log((self.recorded + HALF) / (self.expected + HALF)), dtype=float)


def past_windows(months: pd.PeriodIndex, used: NDArray[np.bool_], start: int, length: int) -> list[slice]:
    """Find the same months of earlier years, latest first, where all of them are there and used.

    Parameters
    ----------
    months : PeriodIndex, length m
        That are there, ascending.
    used : ndarray of bool, shape (m,)
        False for months to leave out, such as those of lockdown.
    start : int
        Position of the first month of the window.
    length : int
        Months, consecutive.

    Returns
    -------
    list of slice
    """
    number = np.asarray(months.asi8, dtype=np.int64)
    back = YEAR * (1 + (length - 1) // YEAR)  # a window longer than a year steps back by whole years
    found = []
    first = number[start] - back
    while first >= number[0]:
        at = int(np.searchsorted(number, first))
        part = slice(at, at + length)
        if number[at] == first and number[at + length - 1] == first + length - 1 and used[part].all():
            found.append(part)
        first -= back
    return found


def expect(
    treated: NDArray[np.float64],
    control: NDArray[np.float64],
    months: pd.PeriodIndex,
    used: NDArray[np.bool_],
    start: int,
    length: int,
) -> Expectation | None:
    """Expect a window from the months before it alone, and the comparison area's count in it.

    Parameters
    ----------
    treated, control : ndarray, shape (g, m)
        Incidents of g areas, and of the comparison area of each, by month.
    months : PeriodIndex, length m
        That are there, ascending.
    used : ndarray of bool, shape (m,)
        Months that may be learnt from; False for lockdown.
    start, length : int
        Position of the window's first month, and its months.

    Returns
    -------
    Expectation or None
        None with fewer than six months before the window.

    Notes
    -----
    expected = C1 S q: C1 the comparison area's incidents in the window; S = sum w T/sum w C over all months before,
    each halved for every 12 months of age; q = (k + sum v T_y)/(k + sum v S_y C_y) over the same months of earlier
    years, S_y the plain share over the six months on either side of that year's window, v halved every two years and
    k = 50. So a common season is carried by the comparison area, an own season by the area's own past windows as far
    as they are more than noise, and an area that was chosen for one bad window is not expected to repeat it: on groups
    of 5 to 20 cells of the real store with 40 incidents in the window a year before, the plain ratio of that window
    expected twice what came (ASB, 2018 to 2024). When it misleads: an area that is about to be rebuilt, or a season
    that is the area's alone and new.

    References
    ----------
    Of this project, in place of the difference of Wheeler and Ratcliffe (2018).
    """
    number = np.asarray(months.asi8, dtype=np.int64)
    before = np.flatnonzero(used[:start])
    if len(before) < LEAST_MONTHS:
        return None
    weight = 0.5 ** ((number[start] - number[before]) / HALF_LIFE_MONTHS)
    t, c = treated[:, before], control[:, before]
    level_t, level_c = t @ weight, c @ weight
    share = _over(level_t, level_c)
    own, common, noise = (np.zeros(len(treated)) for _ in range(3))
    windows = past_windows(months, used, start, length)
    for part in windows:
        v = 0.5 ** (((number[start] - number[part.start]) / YEAR - 1) / SEASON_HALF_LIFE_YEARS)
        middle = (number[part.start] + number[part.stop - 1]) / 2
        near = before[np.abs(number[before] - middle) <= YEAR / 2 + 0.5]
        local = _over(treated[:, near].sum(axis=1), control[:, near].sum(axis=1))
        here = treated[:, part].sum(axis=1)
        own += v * here
        noise += v**2 * here
        common += v * local * control[:, part].sum(axis=1)
    season = (SEASON_PRIOR + own) / (SEASON_PRIOR + common)
    now = slice(start, start + length)
    grown = control[:, now].sum(axis=1)
    expected = grown * share * season
    variance = (
        1 / (expected + HALF)
        + _over(t @ weight**2, level_t**2)
        + _over(c @ weight**2, level_c**2)
        + 1 / (grown + HALF)
        + noise / (SEASON_PRIOR + own) ** 2
    )
    return Expectation(
        expected,
        treated[:, now].sum(axis=1),
        variance,
        tuple(months[part] for part in windows),
        share,
        season,
    )


def _over(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.divide(a, b, out=np.zeros_like(a, dtype=float), where=b > 0), dtype=float)
