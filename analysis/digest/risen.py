"""Which places rose to the top this month by more than chance, and stay there when the points are moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common import negative_binomial, seeds
from analysis.course.control_limits import BASELINE
from analysis.where.cells import CellMonths, cell_counts_by_month
from analysis.where.hotspots import rank_counted
from analysis.where.places import LEAST_INCIDENTS, SHARE, find_places, grouped
from analysis.where.stability import Points, points_of, stays_of
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents

TOP = 10
NEWEST = 6  # months that are held against the 24 before them: a place has an incident or two a month
STAYS = 0.95  # of the maps drawn another way
KINDS = (ASB, DRUGS)
PLACE_SHARE = 0.01  # of quiet months that may have a remark on a place, for each crime type

Cells = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Rise:
    """Cells that joined the ten busiest places, by more than chance.

    Attributes
    ----------
    cells : ndarray of int
        Flat indices of the grid.
    count : int
        In the newest six months.
    usual : float
        By the 24 months before and what became of the whole area.
    p : float
        How often chance brings so many and more.
    """

    cells: Cells = field(repr=False)
    count: int
    usual: float
    p: float


@dataclass(frozen=True)
class Risen:
    """A place that rose to the top and holds.

    Attributes
    ----------
    category : str
    name : str
    count : int
        In the newest six months.
    usual : float
    p : float
    stays : float
        Share of the maps drawn another way in which it stays among the top cells.
    """

    category: str
    name: str
    count: int
    usual: float
    p: float
    stays: float


@dataclass(frozen=True)
class Rises:
    """What became of the places.

    Attributes
    ----------
    found : tuple of Risen
    judged : tuple of str
        Crime types whose places were looked at; others have too few months.
    """

    found: tuple[Risen, ...] = ()
    judged: tuple[str, ...] = ()


def beyond_chance(own: NDArray[np.float64], whole: NDArray[np.float64], months: int = 1) -> float:
    """Estimate by how much places vary beyond chance, as alpha of a variance mu + alpha mu^2.

    Parameters
    ----------
    own : ndarray, shape (places, n)
        Incidents by month.
    whole : ndarray, shape (n,)
        Of the whole area: its course is taken out, and with it the season.
    months : int
        In blocks of how many months; it divides n.

    Returns
    -------
    float
        At least 0; one for all places, by moments.

    Notes
    -----
    When it misleads: a place that varies far more than the others is judged by all of them.

    References
    ----------
    Of this project.
    """
    blocks = own.reshape(len(own), -1, months).sum(axis=2)
    part = whole.reshape(-1, months).sum(axis=1)
    part = part / max(part.sum(), 1.0)
    mean = blocks.sum(axis=1, keepdims=True) * part
    over = ((blocks - mean) ** 2 - mean * (1 - part)).sum()
    under = (mean**2).sum() * (1 - 1 / len(part))
    return max(0.0, float(over / under)) if under > 0 else 0.0


def chance_of_rise(
    own: NDArray[np.float64], whole: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hold the newest six months of places against the 24 before, beside what became of the rest of the area.

    Parameters
    ----------
    own : ndarray, shape (places, 30)
        Incidents by month.
    whole : ndarray, shape (30,)
        Of the whole area.

    Returns
    -------
    (usual, p) : ndarray, shape (places,)
        What the place would have had, and the chance of so many and more: by a negative binomial that allows for what
        chance did to the months before and for how far places vary beyond it.

    Notes
    -----
    When it misleads: a place of which more was published, such as a new snap point, rises as one where more happened.

    References
    ----------
    Of this project.
    """
    before, now = own[:, :BASELINE], own[:, BASELINE:].sum(axis=1)
    alpha = beyond_chance(before, whole[:BASELINE], NEWEST)
    held = before.sum(axis=1)
    rest_before = np.maximum(whole[:BASELINE].sum() - held, 1.0)
    ratio = np.maximum(whole[BASELINE:].sum() - now, 0.5) / rest_before
    usual = (held + 0.5) * ratio
    size = 1 / (1 / (held + 0.5) + alpha)
    return usual, negative_binomial.above(now - 1, size, size / (size + usual))


def top_places(counted: CellMonths, month: pd.Period | None = None) -> tuple[list[Cells], list[Cells]]:
    """Rank and join cells: those of the ten busiest places, and those of all, as flat indices of the grid."""
    ranking = rank_counted(counted, month)
    every = grouped(ranking)
    ranked = [one for one in every if ranking.count_last12[one].sum() >= LEAST_INCIDENTS]
    cells = counted.grid.cells
    return [cells[one] for one in ranked[:TOP]], [cells[one] for one in every]


def rises(counted: CellMonths) -> list[Rise] | None:
    """Find cells that joined the ten busiest places this month by more than chance; None with too few months.

    Parameters
    ----------
    counted : CellMonths
        Of one crime type, to the judged month.

    Returns
    -------
    list of Rise
        The least likely first. Not yet moved about: see :func:`risen_now`.

    Notes
    -----
    Any place of the ranking could be named: chances are multiplied by how many there are (Bonferroni). That the cells
    were joined because they are busy is not in that; :mod:`analysis.digest.place_worlds` shows that it holds all the
    same. When it misleads: as :func:`chance_of_rise`.

    References
    ----------
    Of this project.
    """
    n = BASELINE + NEWEST
    if len(counted.months) < n:
        return None
    now, every = top_places(counted)
    if not now:
        return []
    dense = counted.counts[len(counted.months) - n :].toarray()
    own = np.array([dense[:, cells].sum(axis=1) for cells in every])
    usual, p = chance_of_rise(own, dense[:, counted.grid.cells].sum(axis=1))
    number = {int(cells[0]): at for at, cells in enumerate(every)}
    at = np.array([number[int(cells[0])] for cells in now])
    passed = [k for k in np.argsort(p[at], kind="stable") if p[at[k]] * len(every) <= PLACE_SHARE]
    if not passed:
        return []
    then, _ = top_places(counted, counted.months[-2])
    held = {cell for cells in then for cell in cells.tolist()}
    return [
        Rise(now[k], int(own[at[k], BASELINE:].sum()), float(usual[at[k]]), float(p[at[k]]))
        for k in passed
        if not held & set(now[k].tolist())
    ]


def firm(found: Sequence[Rise], points: Points, area: Area) -> NDArray[np.float64]:
    """Tell in what share of maps drawn another way each stays, shape (found,); points numbered by their order."""
    return stays_of(points, len(found), area, np.random.default_rng(seeds.JITTER), SHARE)


def risen_now(incidents: Incidents, area: Area) -> Rises:
    """Name the places of ASB and of drug offences that rose to the top this month, by more than chance, and hold.

    Parameters
    ----------
    incidents : Incidents
        Every crime type, buffer included; nothing later than the month that is judged.
    area : Area

    Returns
    -------
    Rises

    Notes
    -----
    A place is named where it is among the ten busiest and shares no cell with the ten of the month before; where chance
    brings its rise in so few cases that any place of its crime type is named in at most 1 % of quiet months; and where
    it stays in 95 % of the maps of :func:`analysis.where.stability.stability`. Looked at in the order of what it costs.
    When it misleads: a rise that began before the place was among the ten is not named if it came in little by little.

    References
    ----------
    Of this project.
    """
    grid = area.grid()
    told: list[Risen] = []
    judged = []
    for kind in KINDS:
        known = incidents.of(kind)
        if not len(known.months) or not len(known.frame) or known.as_at_month != incidents.as_at_month:
            continue
        known, _ = known.placed(grid.cell_size_m)
        counted = cell_counts_by_month(known, grid)
        found = rises(counted)
        if found is None:
            continue
        judged.append(kind)
        if not found:
            continue
        stays = firm(found, points_of(known, [one.cells for one in found], grid), area)
        names = {int(place.cells[0]): place.title for place in find_places(rank_counted(counted), known, area)}
        told += [
            Risen(kind, names[int(one.cells[0])], one.count, one.usual, one.p, float(stay))
            for one, stay in zip(found, stays, strict=True)
            if stay >= STAYS
        ]
    return Rises(tuple(told), tuple(judged))
