"""Rates per 1,000 residents by neighbourhood (LSOA), leaning on the area's where counts are small."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.common.method import Method, period_words
from analysis.common.negative_binomial import above, below, moment_alpha, quantile
from analysis.common.neighbourhoods import monthly_by_neighbourhood, neighbourhood_of
from analysis.common.rates import PER, rate_months
from analysis.common.refusal import Refusal
from analysis.common.significance import benjamini_hochberg
from analysis.common.ward_spread import WardSpread, ward_spread
from data.place.small_areas import SmallAreas
from data.store.schema import Incidents, month_numbers

LEVEL = 0.05
_NEXT_TO_NOTHING = 1e-9  # a variance in place of none: the negative binomial is then Poisson
LEAST_EACH = 3  # incidents of a neighbourhood on average, as a place needs them to be ranked
HIGHER, LOWER, ALIKE = "higher", "lower", ""
NOT_RANKED = (
    "It is no league table: neighbourhoods without a mark cannot be told apart from the area as a whole, whatever "
    "order their rates are in."
)


@dataclass(frozen=True, eq=False)
class NeighbourhoodRates:
    """Rates of an area's neighbourhoods.

    Attributes
    ----------
    table : DataFrame
        A row for every neighbourhood, in the order of its codes: ``lsoa_code``, ``lsoa_name``, ``residents`` (NaN where
        there is no figure), ``count``, ``expected`` (at the area's rate), ``rate_per_1000`` (leaning on the area's),
        ``own_rate`` (count over residents), ``low``, ``high`` (of another year, per 1,000), ``p``, ``q`` and
        ``against_area``: :data:`HIGHER`, :data:`LOWER`, or :data:`ALIKE` where it cannot be told apart.
    area_rate : float
        Per 1,000 residents.
    spread : WardSpread
    sentence : str
    method : Method
    """

    table: pd.DataFrame = field(repr=False)
    area_rate: float
    spread: WardSpread
    sentence: str
    method: Method


def leaning_ratio(observed: ArrayLike, expected: ArrayLike) -> NDArray[np.float64]:
    """Draw the ratio of each count to what is expected towards 1, the more the less is expected.

    Parameters
    ----------
    observed, expected : array_like, shape (n,)
        Incidents; expected above 0.

    Returns
    -------
    ndarray, shape (n,)
        (observed + k)/(expected + k), 1/k the variance of the true ratios by moments; 1 where that is 0.

    Notes
    -----
    The mean of a gamma-Poisson model. When it misleads: one very busy place makes the variance large, and the others
    then lean less than they should.

    References
    ----------
    Clayton, D. and Kaldor, J. (1987). Empirical Bayes estimates of age-standardized relative risks for use in disease
    mapping. Biometrics 43, 671-681.
    """
    x, mean = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    alpha = moment_alpha(x, mean)
    return np.ones_like(x) if alpha == 0 else (alpha * x + 1) / (alpha * mean + 1)


def next_counts(
    observed: ArrayLike, expected: ArrayLike, variance: float, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Say between which counts another year lies, given those of one year and what the area's rate would give.

    Parameters
    ----------
    observed, expected : array_like, shape (n,)
        Incidents; expected above 0.
    variance : float
        Of the ratio between the true rates of two years (:class:`analysis.common.ward_spread.WardSpread`).
    level : float
        Between 0 and 1.

    Returns
    -------
    low, high : ndarray, shape (n,)
        Whole incidents, both included, if the area as a whole stays as it is.

    Notes
    -----
    A negative binomial round the leaning count m of :func:`leaning_ratio`, with variance m + m^2 (1/(observed + k) +
    variance): chance is in both years, and the place itself moves. For large counts it is
    :func:`analysis.common.rates.widened_interval`; for small ones it allows for the luck of a high or a low year. On
    eight crime types of one district, 14 pairs of years each, it held the next year in 92 to 98 % of neighbourhoods
    (``python -m pytest -m long tests/common/test_neighbourhood_rates.py``).
    When it misleads: a site that opens or closes moves a neighbourhood by more than any year before showed.

    References
    ----------
    As :func:`leaning_ratio`.
    """
    x, mean = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    alpha = max(moment_alpha(x, mean), _NEXT_TO_NOTHING)
    leaning = np.maximum(mean * leaning_ratio(x, mean), _NEXT_TO_NOTHING)
    more = 1 / (x + 1 / alpha) + variance
    tail = (1 - level) / 2
    return quantile(tail, leaning, more), quantile(1 - tail, leaning, more)


def unlike_area(observed: ArrayLike, expected: ArrayLike, variance: float) -> NDArray[np.float64]:
    """Say how often a neighbourhood at the area's rate would have a count so far from what is expected.

    Parameters
    ----------
    observed, expected : array_like, shape (n,)
        Incidents; expected above 0.
    variance : float
        Of the ratio between the true rates of two years: half of it is in one. 0 is chance alone.

    Returns
    -------
    ndarray, shape (n,)
        Two-sided p-values, at most 1: twice the smaller tail of the negative binomial with that variance.

    Notes
    -----
    A bad year of a place that is as the area over many years is so no finding. When it misleads: residents are not the
    people who are there, so a neighbourhood with a town centre stands out wherever the people come from.

    References
    ----------
    Of this project.
    """
    x, mean = np.asarray(observed, dtype=float), np.asarray(expected, dtype=float)
    size = 2 / max(variance, _NEXT_TO_NOTHING)
    p = size / (size + mean)
    found: NDArray[np.float64] = np.minimum(1.0, 2 * np.minimum(below(x, size, p), above(x - 1, size, p)))
    return found


def neighbourhood_rates(
    incidents: Incidents, small: SmallAreas, months: pd.PeriodIndex | None = None, *, level: float = 0.95
) -> NeighbourhoodRates:
    """Incidents per 1,000 residents by neighbourhood, with which of them differ from the area by more than chance.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, or of all; those around the area too, which may be of its neighbourhoods.
    small : SmallAreas
    months : PeriodIndex, optional
        Months to count, all of them published; by default the 12 months up to the last one.
    level : float
        Of the intervals.

    Returns
    -------
    NeighbourhoodRates

    Raises
    ------
    Refusal
        Nothing is loaded, a month is missing, no residents are known, or fewer than three incidents come to a
        neighbourhood on average.
    InputError
        No month is chosen.

    Notes
    -----
    The interval is that of :func:`next_counts`, with the spread that these neighbourhoods show. Marks are
    those of :func:`unlike_area`, with at most 5 % of them false by Benjamini and Hochberg.

    Deprivation does not enter. When it misleads: as :func:`analysis.common.rates.ward_rates`, and more so: a
    neighbourhood of 1,500 residents with a shopping centre has many times the incidents of its residents.

    References
    ----------
    As :func:`leaning_ratio`, and
    :func:`analysis.common.significance.benjamini_hochberg`.
    """
    months = rate_months(incidents, months)
    monthly = monthly_by_neighbourhood(incidents, small)
    told = neighbourhood_of(_of_months(incidents, months), small)
    count = monthly.reindex(months).sum().to_numpy(dtype=float)
    residents = np.array([small.residents.get(code) or np.nan for code in small.codes], dtype=float)
    peopled = np.isfinite(residents)
    if not peopled.any():
        raise Refusal(
            "Neighbourhoods have no rates: their residents are not known",
            "Give them: python -m data small-areas --boundaries FILE --residents FILE",
        )
    total = float(count[peopled].sum())
    if total < LEAST_EACH * peopled.sum():
        raise Refusal(
            f"Too few for rates by neighbourhood: {total:,.0f} incidents in {int(peopled.sum()):,} neighbourhoods, "
            "fewer than three each",
            "Choose a longer period, or look at wards",
        )
    spread = ward_spread(monthly, months, level, "neighbourhood")
    whole = total / float(residents[peopled].sum())
    expected = whole * residents
    ratio, p, q = (np.full(len(count), np.nan) for _ in range(3))
    ratio[peopled] = leaning_ratio(count[peopled], expected[peopled])
    p[peopled] = unlike_area(count[peopled], expected[peopled], spread.variance)
    q[peopled] = benjamini_hochberg(p[peopled])
    low, high = np.full(len(count), np.nan), np.full(len(count), np.nan)
    low[peopled], high[peopled] = next_counts(count[peopled], expected[peopled], spread.variance, level)
    marked = np.where(count > np.where(peopled, expected, np.inf), HIGHER, LOWER)
    table = pd.DataFrame(
        {
            "lsoa_code": list(small.codes),
            "lsoa_name": list(small.names),
            "residents": residents,
            "count": count.astype(np.int64),
            "expected": expected,
            "rate_per_1000": PER * whole * ratio,
            "own_rate": PER * count / residents,
            "low": PER * low / residents,
            "high": PER * high / residents,
            "p": p,
            "q": q,
            "against_area": np.where(np.nan_to_num(q, nan=1.0) <= LEVEL, marked, ALIKE),
        }
    )
    lacking = int((~peopled).sum())
    return NeighbourhoodRates(
        table,
        PER * whole,
        spread,
        _sentence(table),
        Method(
            name="incidents per 1,000 residents by neighbourhood (LSOA, Lower layer Super Output Area)",
            parameters={
                "interval": f"negative binomial, {100 * level:g} %, {_of(spread)}",
                "rate": "leaning on the area's as far as its own count is small (gamma-Poisson)",
                "boundaries": small.vintage,
                "residents": small.residents_source or "not stated",
                "codes": f"{told.by_code:,} as published, {told.by_other_census:,} by {small.lookup or 'no lookup'}, "
                f"{told.by_point:,} by map point",
            },
            n=int(count.sum()),
            correction=f"Benjamini-Hochberg over {int(peopled.sum()):,} neighbourhoods at {LEVEL:g}",
            data_version=incidents.version,
            period=period_words(months[0], months[-1]),
            caveats=(
                NOT_RANKED,
                spread.sentence,
                "Residents are not the people who are there: a shopping street has few residents and many visitors.",
                *((told.sentence,) if told.sentence else ()),
                *((f"{lacking} neighbourhoods have no residents figure, and so no rate.",) if lacking else ()),
            ),
            source_refs=("Clayton and Kaldor 1987", "Benjamini and Hochberg 1995"),
        ),
    )


def _of_months(incidents: Incidents, months: pd.PeriodIndex) -> Incidents:
    return replace(incidents, frame=incidents.frame[np.isin(month_numbers(incidents.frame), months.asi8)])


def _of(spread: WardSpread) -> str:
    return "chance alone" if spread.chance_alone else f"moves of {spread.percent:.0f} % from one year to the next"


def _sentence(table: pd.DataFrame) -> str:
    high, low = (int((table["against_area"] == one).sum()) for one in (HIGHER, LOWER))
    n = len(table)
    if high == low == 0:
        return f"None of {n:,} neighbourhoods differs from the area by more than chance and year-to-year change."
    (m, side), *rest = [(many, where) for many, where in ((high, "above"), (low, "below")) if many]
    said = f"{m:,} {'is' if m == 1 else 'are'} {side}" + "".join(f" and {many:,} {where}" for many, where in rest)
    return f"Of {n:,} neighbourhoods, {said} the area's rate by more than chance and year-to-year change."
