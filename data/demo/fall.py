"""A fall that was planted: what an assessment of a problem's response has to find.

Nothing else changes with it: the incidents that are missing at the place lie elsewhere in the same month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.places import PlantedPlace, Weights
from data.demo.streets import Points
from data.demo.totals import YEAR
from data.kinds.crime_types import ASB

MONTHS = 6  # the last ones
STAYS = 0.3  # share of the place's incidents that stay
LEAST_BEFORE = 25.0  # incidents of the place to be expected in so many months: with fewer nobody would see a fall
_YEARS_BEFORE = 2  # whole years before it, with which it is compared


@dataclass(frozen=True)
class PlantedFall:
    """A fall that was planted at a persistent place.

    Attributes
    ----------
    easting_m, northing_m, radius_m : float
        Of the place, as :class:`data.demo.places.PlantedPlace`.
    category : str
    first, last : Period
        Months of the fall, both included.
    stays : float
        Share of the place's incidents that stay, to the nearest whole one; the others lie elsewhere inside the area.
    """

    easting_m: float
    northing_m: float
    radius_m: float
    category: str
    first: pd.Period
    last: pd.Period
    stays: float

    def members(self, points: Points) -> NDArray[np.bool_]:
        """Which snap points belong to the place, shape (points,)."""
        apart = np.hypot(points.easting_m - self.easting_m, points.northing_m - self.northing_m)
        return np.asarray((apart <= self.radius_m) & points.inside)

    def moved(
        self,
        points: Points,
        weights: Weights,
        place: NDArray[np.int64],
        month: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> NDArray[np.int64]:
        """Move what does not stay to other points, by their chances.

        Parameters
        ----------
        points, weights : Points, Weights
        place : ndarray of int, shape (n,)
            Position of the point of every incident inside the area, of this category.
        month : ndarray of int, shape (n,)
            Ordinals of months.
        rng : Generator

        Returns
        -------
        ndarray of int, shape (n,)
        """
        here = self.members(points)
        at = np.flatnonzero(here[place] & (month >= self.first.ordinal) & (month <= self.last.ordinal))
        at = rng.permutation(at)[round(self.stays * len(at)) :]
        out = place.copy()
        for each in np.unique(month[at]).tolist():
            go = at[month[at] == each]
            chance = np.where(here, 0.0, weights.in_month(self.category, pd.Period(ordinal=each, freq="M").month))
            out[go] = rng.choice(len(chance), size=len(go), p=chance / chance.sum())
        return out


def plant_fall(places: Sequence[PlantedPlace], totals: pd.DataFrame) -> PlantedFall | None:
    """Choose where and when incidents fall: the busiest of the persistent places of ASB, in the last months.

    Parameters
    ----------
    places : sequence of PlantedPlace
    totals : DataFrame of int
        Incidents inside the area by month and crime type.

    Returns
    -------
    PlantedFall or None
        None where there is no such place, two whole years do not come before it, or it is so small that a fall would
        go unseen.
    """
    persistent = [place for place in places if place.category == ASB and not place.months]
    months = pd.PeriodIndex(totals.index)
    if not persistent or len(months) < _YEARS_BEFORE * YEAR + MONTHS:
        return None
    place = max(persistent, key=lambda one: one.share)
    if place.share * float(totals[ASB].iloc[-MONTHS:].sum()) < LEAST_BEFORE:
        return None
    return PlantedFall(place.easting_m, place.northing_m, place.radius_m, ASB, months[-MONTHS], months[-1], STAYS)
