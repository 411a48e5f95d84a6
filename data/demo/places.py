"""Where the demonstration's incidents fall: a concentration like the real one, and places that are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.demo.streets import GENERIC_LABELS, Points
from data.kinds.crime_types import ASB, CATEGORIES, DRUGS

PLACE_RADIUS_M = 130.0
PLACES_APART_M = 700.0
OCTOBER = (10,)
SUMMER = (7, 8)

# How unevenly points differ: small shapes of the gamma distribution leave most points with next to nothing.
_STREET_SHAPE = 0.8
_POINT_SHAPE = 1.0

# (crime type, share of its incidents in an ordinary month, multiplier, months) of every place that is planted.
_PERSISTENT_ASB = (0.045, 0.035, 0.03, 0.025, 0.02, 0.018, 0.015, 0.012)
_PERSISTENT_DRUGS = (0.04, 0.03, 0.025, 0.02, 0.015, 0.012)
_PLAN: tuple[tuple[str, float, float, tuple[int, ...]], ...] = (
    *((ASB, share, 1.0, ()) for share in _PERSISTENT_ASB),
    *((DRUGS, share, 1.0, ()) for share in _PERSISTENT_DRUGS),
    *((ASB, 0.012, 3.0, OCTOBER) for _ in range(4)),
    *((ASB, 0.012, 2.5, SUMMER) for _ in range(3)),
)

# Crime types that gather at shops and car parks, by label of the point.
_DRAW: Mapping[str, Mapping[str, float]] = {
    "Shoplifting": {"Supermarket": 60.0, "Shopping Area": 40.0, "Petrol Station": 15.0},
    "Vehicle crime": {"Parking Area": 5.0},
    "Other theft": {"Supermarket": 8.0, "Shopping Area": 8.0, "Petrol Station": 12.0},
    ASB: {"Parking Area": 2.5, "Supermarket": 3.0, "Shopping Area": 3.0, "Park/Open Space": 2.0},
    DRUGS: {"Parking Area": 2.5, "Petrol Station": 3.0},
}


@dataclass(frozen=True)
class PlantedPlace:
    """A place that was planted.

    Attributes
    ----------
    easting_m, northing_m : float
        Centre, EPSG:27700: a snap point.
    radius_m : float
        Snap points within it belong to the place.
    category : str
    share : float
        Of the crime type's incidents inside the area, in a month in which no place rises.
    multiplier : float
        In ``months`` the place has this many times its share relative to places that do not rise; 1 for a place that
        does not change through the year.
    months : tuple of int
        Calendar months in which it rises, empty for a persistent place.
    """

    easting_m: float
    northing_m: float
    radius_m: float
    category: str
    share: float
    multiplier: float
    months: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Weights:
    """Chance of every point, by crime type and calendar month.

    Attributes
    ----------
    base : mapping of crime type to ndarray, shape (points,)
        Sums to 1; 0 outside the area.
    rising : mapping of crime type to ndarray, shape (12, points)
        Factors by calendar month, January first; a crime type without places that rise is absent.
    """

    base: Mapping[str, NDArray[np.float64]] = field(repr=False)
    rising: Mapping[str, NDArray[np.float64]] = field(repr=False)

    def in_month(self, category: str, month: int) -> NDArray[np.float64]:
        """Chance of every point in a calendar month (1 to 12), shape (points,), summing to 1."""
        weight = self.base[category]
        if category in self.rising:
            weight = weight * self.rising[category][month - 1]
        return np.asarray(weight / weight.sum())

    def draw(self, category: str, month: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw a point for every incident from its calendar month, shape (n,)."""
        chance = rng.random(len(month))
        place = np.empty(len(month), dtype=np.int64)
        for calendar_month in np.unique(month).tolist():
            here = month == calendar_month
            cumulative = np.cumsum(self.in_month(category, calendar_month))
            place[here] = np.searchsorted(cumulative / cumulative[-1], chance[here], side="right")
        return place


def make_weights(points: Points, rng: np.random.Generator) -> tuple[Weights, tuple[PlantedPlace, ...]]:
    """Give every point its weights and plant the places.

    Parameters
    ----------
    points : Points
    rng : Generator

    Returns
    -------
    Weights
    tuple of PlantedPlace
        As many of the plan as fit without coming closer than 700 m to each other.
    """
    inside = points.inside
    streets = int(points.street.max()) + 1
    activity = rng.gamma(_STREET_SHAPE, size=streets)[points.street] * rng.gamma(_POINT_SHAPE, size=len(inside))
    activity *= np.exp(rng.normal(0, 0.25, size=int(points.ward.max()) + 1))[points.ward]
    base: dict[str, NDArray[np.float64]] = {}
    for category in CATEGORIES:
        own = rng.gamma(1.2, size=len(inside))
        for label, factor in _DRAW.get(category, {}).items():
            own = np.where(points.generic == GENERIC_LABELS.index(label), own * factor, own)
        weight = np.where(inside, activity * own + 1e-9, 0.0)
        base[category] = weight / weight.sum()
    return _plant(points, base, rng)


def _plant(
    points: Points, base: dict[str, NDArray[np.float64]], rng: np.random.Generator
) -> tuple[Weights, tuple[PlantedPlace, ...]]:
    from scipy.spatial import cKDTree  # takes long to import, and every page imports this module

    xy = np.column_stack([points.easting_m, points.northing_m])
    tree = cKDTree(xy)
    found: Any = tree.query_ball_point(xy, PLACE_RADIUS_M)
    near = [sorted(neighbours) for neighbours in found]
    crowded = np.array([len(neighbours) >= 4 for neighbours in near]) & points.inside
    taken = np.zeros(len(xy), dtype=bool)
    candidates = iter(rng.permutation(np.flatnonzero(crowded)).tolist())
    places: list[PlantedPlace] = []
    members: list[NDArray[np.int64]] = []
    for category, share, multiplier, months in _PLAN:
        centre = next((i for i in candidates if not taken[i]), None)
        if centre is None:
            break
        taken[tree.query_ball_point(xy[centre], PLACES_APART_M)] = True
        here = np.array(near[centre], dtype=np.int64)
        members.append(here[points.inside[here]])
        places.append(
            PlantedPlace(
                float(xy[centre, 0]), float(xy[centre, 1]), PLACE_RADIUS_M, category, share, multiplier, months
            )
        )
    rising: dict[str, NDArray[np.float64]] = {}
    for category in dict.fromkeys(place.category for place in places):  # a set has another order in every process
        weight = base[category].copy()
        own = [(p, m) for p, m in zip(places, members, strict=True) if p.category == category]
        for _, member in own:
            weight[member] = 0.0
        weight *= (1 - sum(p.share for p, _ in own)) / weight.sum()
        factors = np.ones((12, len(weight)))
        for place, member in own:
            part = rng.gamma(2.0, size=len(member))
            weight[member] = place.share * part / part.sum()
            for month in place.months:
                factors[month - 1, member] = place.multiplier
        base[category] = weight
        if (factors != 1).any():
            rising[category] = factors
    return Weights(base, rising), tuple(places)
