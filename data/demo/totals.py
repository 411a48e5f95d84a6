"""Monthly totals of the demonstration: simulated from round figures, so that nobody takes them for published ones."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.streets import residents_by_ward
from data.kinds.crime_types import ASB, CATEGORIES, DRUGS
from data.place.area import Area

TOTAL_CATEGORIES = CATEGORIES
MOST_INCIDENTS = 60_000  # recorded incidents inside the area, so that any area opens in the same time
DAYS_IN_A_MONTH = 30.4375
YEAR = 12  # months
_SPREAD = 200.0  # months differ a little more than chance: the shape of a gamma distribution of mean 1

# Incidents a month per 1,000 residents: round figures of the size that English districts publish, none of them counted.
# ASB is higher and drugs are lower than the project's own area publishes, so that a year of the demonstration cannot be
# taken for a published one: tests/demo holds the two apart.
MONTHLY_RATE: Mapping[str, float] = {
    ASB: 1.1,
    "Bicycle theft": 0.03,
    "Burglary": 0.22,
    "Criminal damage and arson": 0.85,
    DRUGS: 0.55,
    "Other crime": 0.20,
    "Other theft": 0.50,
    "Possession of weapons": 0.07,
    "Public order": 1.00,
    "Robbery": 0.04,
    "Shoplifting": 0.45,
    "Theft from the person": 0.03,
    "Vehicle crime": 0.30,
    "Violence and sexual offences": 3.40,
}

# Level of the last 12 months against those before them, where it changes: there is something to be found, and the first
# line of the Overview is another one than that of an area where nothing clearly changed.
LAST_YEAR: Mapping[str, float] = {DRUGS: 0.75}

# Shape of the year, January to December, per day; normalised to mean 1 where it is used.
_ASB_YEAR = (0.80, 0.85, 0.95, 1.05, 1.00, 1.00, 1.12, 1.10, 1.00, 1.60, 0.88, 0.65)
_MILD_YEAR = (0.94, 0.94, 0.98, 1.00, 1.04, 1.05, 1.06, 1.05, 1.00, 1.01, 0.98, 0.95)
_FLAT_YEAR = (1.0,) * 12
_YEAR: Mapping[str, tuple[float, ...]] = {
    ASB: _ASB_YEAR,
    "Bicycle theft": (0.6, 0.6, 0.8, 1.0, 1.2, 1.3, 1.3, 1.3, 1.2, 1.1, 0.9, 0.7),
    "Burglary": (1.1, 1.0, 1.0, 0.9, 0.9, 0.9, 0.95, 0.95, 1.0, 1.05, 1.15, 1.1),
    DRUGS: _FLAT_YEAR,
    "Violence and sexual offences": _MILD_YEAR,
    "Public order": _MILD_YEAR,
    "Criminal damage and arson": _MILD_YEAR,
}


def year_shape(category: str) -> NDArray[np.float64]:
    """Planted shape of the year, shape (12,), January first, mean 1."""
    shape = np.array(_YEAR.get(category, _FLAT_YEAR))
    return np.asarray(shape / shape.mean())


def monthly_totals(area: Area, months: pd.PeriodIndex, rng: np.random.Generator) -> pd.DataFrame:
    """Incidents inside the area by month and crime type, all of them drawn at random.

    Parameters
    ----------
    area : Area
        Only its residents are used, by ward.
    months : PeriodIndex
    rng : Generator

    Returns
    -------
    DataFrame of int
        Index ``months``, a column for every crime type: level by residents, the planted shape of the year, the lengths
        of months, and noise. Nothing changes over the years but what ``LAST_YEAR`` names.
    """
    residents = float(residents_by_ward(area).sum())
    usual = residents / 1000 * sum(MONTHLY_RATE.values()) * len(months)
    residents *= min(1.0, MOST_INCIDENTS / usual) if usual else 1.0
    days = np.asarray(months.days_in_month) / DAYS_IN_A_MONTH
    last_year = np.arange(len(months)) >= len(months) - YEAR
    out: dict[str, NDArray[np.int64]] = {}
    for category in TOTAL_CATEGORIES:
        shape = days * year_shape(category)[np.asarray(months.month) - 1]
        shape = np.where(last_year, LAST_YEAR.get(category, 1.0), 1.0) * shape
        noise = rng.gamma(_SPREAD, 1 / _SPREAD, size=len(months))
        out[category] = rng.poisson(MONTHLY_RATE[category] * residents / 1000 * shape * noise)
    return pd.DataFrame(out, index=months)
