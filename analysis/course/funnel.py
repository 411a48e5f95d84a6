"""Which wards differ by more than chance from the whole: funnel limits around what would be expected."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analysis.common.method import Method
from analysis.common.rates import ward_rates, ward_rates_method
from analysis.common.refusal import Refusal
from analysis.common.tails import normal_quantile
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError

INNER, OUTER = 0.95, 0.998
EXACT_UNDER = 10  # counts under which the exact interval is used in place of Byar's, as UKHSA does
BANDS = ("low at 99.8 %", "low at 95 %", "as expected", "high at 95 %", "high at 99.8 %")
OF_THESE_MONTHS = (
    "Limits are of chance alone: a ward outside them differs from the whole in these months, and may lie inside them "
    "in another year."
)
_STEPS = 60


@dataclass(frozen=True, eq=False)
class Funnel:
    """Counts against what would be expected.

    Attributes
    ----------
    table : DataFrame
        In the order given: ``observed``, ``expected``, ``ratio`` (NaN where nothing is expected), ``low95``,
        ``high95``, ``low998``, ``high998`` (limits of the ratio, which narrow as more is expected) and ``band``, one of
        :data:`BANDS`. With wards ``ward_code``, ``ward_name`` and ``residents`` before them.
    dispersion : float
        Pearson/(n - 1): how much more the units differ than chance would have it; 1 is chance. NaN for one unit.
    sentence : str
    method : Method
    """

    table: pd.DataFrame = field(repr=False)
    dispersion: float
    sentence: str
    method: Method


def funnel_bands(observed: ArrayLike, expected: ArrayLike) -> NDArray[np.str_]:
    """Place counts within, or outside of, the 95 % and 99.8 % limits around what is expected.

    Parameters
    ----------
    observed, expected : array_like, shape (n,)
        Incidents.

    Returns
    -------
    ndarray of str, shape (n,)
        Of :data:`BANDS`: "high at 99.8 %" also passes at 95 %.

    Raises
    ------
    InputError
        Shapes that differ, a negative count, or nothing expected.

    Notes
    -----
    High where the lower end of the count's interval lies above what is expected, low where the upper end lies below it;
    exact interval under a count of 10, Byar's from 10 up.
    When it misleads: as :func:`funnel`.

    References
    ----------
    UKHSA, PHEindicatormethods. Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance.
    Statistics in Medicine 24, 1185-1202.
    """
    x, mean = _pair(observed, expected)
    place = np.full(len(x), 2)
    for step, level in ((1, INNER), (2, OUTER)):
        low, high = _interval(x, level)
        place = np.where(low > mean, 2 + step, np.where(high < mean, 2 - step, place))
    out: NDArray[np.str_] = np.array(BANDS)[place]
    return out


def funnel_limits(expected: ArrayLike, level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find the counts at which a unit leaves the funnel.

    Parameters
    ----------
    expected : array_like, shape (n,)
        Incidents, above 0.
    level : float
        0.95 or 0.998 as a rule.

    Returns
    -------
    low, high : ndarray, shape (n,)
        Incidents, as fractions, for drawing: under ``low`` the interval of a count lies below what is expected, over
        ``high`` above it.

    Raises
    ------
    InputError
        Nothing expected, or a level outside 0 to 1.
    """
    if not 0 < level < 1:
        raise InputError("a level lies between 0 and 1", column="level", value=str(level))
    _, mean = _pair(np.zeros_like(np.asarray(expected, dtype=float)), expected)
    ends = []
    for which in (1, 0):  # the low limit is where the upper end of a count's interval meets what is expected
        below, above = np.zeros_like(mean), 4 * mean + 40
        for _ in range(_STEPS):
            middle = (below + above) / 2
            short = _interval(middle, level)[which] < mean
            below, above = np.where(short, middle, below), np.where(short, above, middle)
        ends.append((below + above) / 2)
    return np.where(_interval(np.zeros_like(mean), level)[1] >= mean, 0.0, ends[0]), ends[1]


def _pair(observed: ArrayLike, expected: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, mean = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    if x.ndim != 1 or x.shape != mean.shape:
        raise InputError(
            "observed and expected are two lists over the same units",
            column="expected",
            value=f"shapes {x.shape} and {mean.shape}",
        )
    if not (np.isfinite(x).all() and (x >= 0).all()):
        raise InputError("a count is a number that is not negative", column="observed", value=str(x[~(x >= 0)][:1]))
    if not (np.isfinite(mean).all() and (mean > 0).all()):
        raise InputError(
            "something must be expected of every unit", column="expected", value=str(mean[~(mean > 0)][:1])
        )
    return x, mean


def _interval(count: NDArray[np.float64], level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Interval for the mean of a count: exact under 10, Byar's above (:func:`analysis.common.rates.byar_interval`)."""
    tail = (1 - level) / 2
    z = float(normal_quantile(1 - tail))
    some = np.maximum(count, 1.0)
    low = np.where(
        count < EXACT_UNDER,
        np.where(count > 0, special.gammaincinv(np.maximum(count, 1e-12), tail), 0.0),
        count * (1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3,
    )
    above = count + 1
    high = np.where(
        count < EXACT_UNDER,
        special.gammaincinv(above, 1 - tail),
        above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3,
    )
    return low, high


def funnel(
    observed: ArrayLike, expected: ArrayLike, *, data_version: str = "", period: str = "", units: str = "units"
) -> Funnel:
    """Compare counts with what would be expected of each.

    Parameters
    ----------
    observed, expected : array_like, shape (n,)
        Incidents; expected as a rule from the rate of the whole.
    data_version, period : str
        For the caption.
    units : str
        What the sentence speaks of, such as "wards".

    Returns
    -------
    Funnel

    Raises
    ------
    InputError
        As :func:`funnel_bands`, or no unit at all.

    Notes
    -----
    When it misleads: limits are those of independent incidents. Real places differ for many reasons, and where
    ``dispersion`` is far above 1 most of them lie outside, which says that wards are different and not that each of
    them is remarkable (Spiegelhalter 2005). It is no league table.

    References
    ----------
    As :func:`funnel_bands`.
    """
    x, mean = _pair(observed, expected)
    if len(x) == 0:
        raise InputError("there is nothing to compare", column="observed")
    low95, high95 = funnel_limits(mean, INNER)
    low998, high998 = funnel_limits(mean, OUTER)
    band = funnel_bands(x, mean)
    table = pd.DataFrame(
        {
            "observed": x,
            "expected": mean,
            "ratio": x / mean,
            "low95": low95 / mean,
            "high95": high95 / mean,
            "low998": low998 / mean,
            "high998": high998 / mean,
            "band": band,
        }
    )
    dispersion = float(((x - mean) ** 2 / mean).sum() / (len(x) - 1)) if len(x) > 1 else float("nan")
    caveats = ["Residents are not the people who are there.", "It is no league table."]
    if dispersion > 2:
        caveats.insert(0, f"{units.capitalize()} differ {dispersion:.0f} times as much as chance alone would have it.")
    return Funnel(
        table=table,
        dispersion=dispersion,
        sentence=_sentence(band, units),
        method=Method(
            name="funnel limits around the expected count",
            parameters={
                "limits": "95 % and 99.8 %, Byar's, exact under 10",
                "dispersion": f"{dispersion:.1f}" if np.isfinite(dispersion) else "cannot be told of one",
            },
            n=round(float(x.sum())),
            correction="none: 99.8 % limits are strict enough for a few tens of units",
            data_version=data_version,
            period=period,
            caveats=tuple(caveats),
            source_refs=("Spiegelhalter 2005", "UKHSA PHEindicatormethods", "Breslow and Day 1987"),
        ),
    )


def ward_funnel(incidents: Incidents, area: Area, months: pd.PeriodIndex | None = None) -> Funnel:
    """Compare the wards with the whole area, per resident.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, or of all.
    area : Area
    months : PeriodIndex, optional
        Months to count, all of them published; by default the 12 months up to the last one.

    Returns
    -------
    Funnel
        A row for every ward of the area with a residents figure, in the order of its codes.

    Raises
    ------
    Refusal
        As :func:`analysis.common.rates.ward_rates`; no residents in the area file, or no incident.

    Notes
    -----
    Limits are not widened by what wards move between years, as the intervals of
    :func:`analysis.common.rates.ward_rates` are: they ask whether a ward differs from the whole in these months by more
    than chance, not where it will lie in another year.

    When it misleads: as :func:`funnel`; and residents are not the people who are there, as
    :func:`analysis.common.rates.ward_rates` says.

    References
    ----------
    As :func:`funnel_bands`.
    """
    rates = ward_rates(incidents, area, months)
    rates = rates[rates["residents"].notna()].reset_index(drop=True)
    total = float(rates["count"].sum())
    if len(rates) == 0 or total == 0:
        raise Refusal(
            "Wards cannot be compared: " + ("there are no residents figures" if len(rates) == 0 else "no incidents"),
            "Write residents by ward into the area file" if len(rates) == 0 else "Choose a wider selection",
        )
    made = ward_rates_method(incidents, area, months)
    residents = rates["residents"].to_numpy(dtype=float)
    found = funnel(
        rates["count"].to_numpy(),
        total * residents / residents.sum(),
        data_version=made.data_version,
        period=made.period,
        units="wards",
    )
    table = pd.concat([rates[["ward_code", "ward_name", "residents"]], found.table], axis=1)
    method = replace(found.method, caveats=(*found.method.caveats, OF_THESE_MONTHS))
    return Funnel(table, found.dispersion, found.sentence, method)


def _sentence(band: NDArray[np.str_], units: str) -> str:
    high, low = int((band == BANDS[-1]).sum()), int((band == BANDS[0]).sum())
    n = len(band)
    if high == low == 0:
        return f"None of {n} {units} lies outside the 99.8 % limits around what would be expected."
    return (
        f"Of {n} {units}, {high or 'none'} {'lies' if high == 1 else 'lie'} above and {low or 'none'} "
        "below the 99.8 % limits around what would be expected."
    )
