"""Monthly totals of the demonstration: published where they are known, plausible elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.streets import residents_by_ward
from data.kinds.crime_types import ASB, CATEGORIES, DRUGS
from data.place.area import Area

TOTAL_CATEGORIES = CATEGORIES
MOST_INCIDENTS = 60_000  # recorded incidents inside the area, so that any area opens in the same time
DAYS_IN_A_MONTH = 30.4375
_UNKNOWN_PART = "unknown_april_to_september_2022"
_PART = pd.period_range("2022-04", "2022-09", freq="M")

# Incidents a month per 1,000 residents: round figures of the size that English districts publish, not one's own.
MONTHLY_RATE: Mapping[str, float] = {
    ASB: 0.92,
    "Bicycle theft": 0.03,
    "Burglary": 0.22,
    "Criminal damage and arson": 0.85,
    DRUGS: 0.69,
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
    """Planted shape of the year, shape (12,), January first, mean 1; published totals overrule it where known."""
    shape = np.array(_YEAR.get(category, _FLAT_YEAR))
    return np.asarray(shape / shape.mean())


def monthly_totals(area: Area, months: pd.PeriodIndex, rng: np.random.Generator) -> pd.DataFrame:
    """Incidents inside the area by month and crime type.

    Parameters
    ----------
    area : Area
        ``raw["demonstration"]`` may give ``monthly_totals`` by crime type (0 where not known) and, for the part of 2022
        that was never published in one piece, its total.
    months : PeriodIndex
    rng : Generator

    Returns
    -------
    DataFrame of int
        Index ``months``, a column for every crime type. Known months are exact, and the unknown months of April to
        September 2022 add up to the total given.
    """
    raw: Mapping[str, Any] = area.raw.get("demonstration", {})
    residents = float(residents_by_ward(area).sum())
    usual = residents / 1000 * sum(MONTHLY_RATE.values()) * len(months)
    residents *= min(1.0, MOST_INCIDENTS / usual) if usual else 1.0
    out: dict[str, NDArray[np.int64]] = {}
    for category in TOTAL_CATEGORIES:
        days = np.asarray(months.days_in_month) / DAYS_IN_A_MONTH
        shape = days * year_shape(category)[np.asarray(months.month) - 1]
        noise = rng.gamma(200.0, 1 / 200.0, size=len(months))
        known = np.asarray(raw.get("monthly_totals", {}).get(category, []), dtype=np.int64)
        known = np.pad(known[: len(months)], (0, max(0, len(months) - len(known))))
        part = np.asarray(months.isin(_PART)) & (known == 0)
        part_total = int(raw.get(_UNKNOWN_PART, {}).get(category, 0)) if part.any() else 0
        level = MONTHLY_RATE[category] * residents / 1000
        if part_total:
            level = part_total / float(shape[part].sum())
        elif known.any():
            level = float(known.sum() / shape[known > 0].sum())
        total = np.where(known > 0, known, rng.poisson(level * shape * noise))
        if part_total:
            total[part] = _share_out(part_total, (shape * noise)[part])
        out[category] = total.astype(np.int64)
    return pd.DataFrame(out, index=months)


def _share_out(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Share a whole number out by weights: whole parts that add up, the largest remainders rounded up."""
    exact = total * weights / weights.sum()
    parts = np.floor(exact).astype(np.int64)
    parts[np.argsort(parts - exact, kind="stable")[: total - int(parts.sum())]] += 1
    return np.asarray(parts)
