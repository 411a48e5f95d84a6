"""Does a hotspot hang on where the squares happen to lie: the same ranking on shifted, finer and jittered maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.method import Method, covered
from analysis.where.hotspots import HALF_LIFE_MONTHS, cells_in_share, smoothed
from analysis.where.places import Place
from data.place.area import Area
from data.store.schema import Incidents, month_numbers
from geo.grid import Grid

CELL_SIZES_M = (150.0, 200.0, 300.0)
# Origins of the lattice as parts of a cell, spread over it.
ORIGINS = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5), (0.25, 0.25), (0.75, 0.25), (0.25, 0.75))
JITTER_M = (75.0, 120.0)  # how far publication moves an incident, about
JITTERS = 3
STAYS = 0.5


@dataclass(frozen=True)
class Stability:
    """How often each place stays among the top cells when the map is laid differently.

    Attributes
    ----------
    stays : tuple of float
        Of each place in its order: share of the ``maps`` in which at least half of its discounted incidents lie in the
        top cells.
    maps : int
    share : float
        Of the cells that are called top.
    sentence : str
    method : Method
    """

    stays: tuple[float, ...]
    maps: int
    share: float
    sentence: str
    method: Method


@dataclass(frozen=True, eq=False)
class Points:
    """Snap points once each, with their discounted incidents and the place they belong to (-1 for none).

    Attributes
    ----------
    east, north : ndarray, shape (n,)
        Metres.
    weight : ndarray, shape (n,)
        Discounted incidents.
    place : ndarray of int, shape (n,)
    """

    east: NDArray[np.float64] = field(repr=False)
    north: NDArray[np.float64] = field(repr=False)
    weight: NDArray[np.float64] = field(repr=False)
    place: NDArray[np.intp] = field(repr=False)


def moves(rng: np.random.Generator, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw n moves such as publication makes: metres east and north, 75 to 120 m in any direction."""
    distance, angle = rng.uniform(*JITTER_M, n), rng.uniform(0, 2 * np.pi, n)
    return distance * np.cos(angle), distance * np.sin(angle)


def stability(
    incidents: Incidents,
    area: Area,
    places: Sequence[Place],
    grid: Grid,
    rng: np.random.Generator,
    share: float = 0.05,
) -> Stability:
    """Rank again on 84 other maps and see which places stay.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, buffer included, nothing later than the as-at month.
    area : Area
    places : sequence of Place
        On ``grid``.
    grid : Grid
    rng : numpy.random.Generator
        Of the jitter: each snap point is moved as a whole, 75 to 120 m in any direction, three times.
    share : float
        Of the cells.

    Returns
    -------
    Stability

    Notes
    -----
    7 origins of the lattice x 3 cell sizes (150, 200, 300 m) x 4 jitters (none, and three draws). Misleads when it is
    taken for a forecast: it says that a place does not hang on the drawing of the map, not that it will last.

    References
    ----------
    Of this project.
    """
    points = points_of(incidents, [place.cells for place in places], grid)
    n = len(CELL_SIZES_M) * len(ORIGINS) * (1 + JITTERS)
    months = incidents.months
    share_stays = tuple(stays_of(points, len(places), area, rng, share))
    firm = sum(s >= 0.9 for s in share_stays)
    return Stability(
        stays=share_stays,
        maps=n,
        share=share,
        sentence=(
            f"{firm} of {len(places)} places stay among the top {100 * share:g} % of cells in nine of ten maps drawn "
            "another way."
            if places
            else "There is no place to test."
        ),
        method=Method(
            name="Stability of hotspots",
            parameters={
                "maps": f"{n} ({len(ORIGINS)} origins, {len(CELL_SIZES_M)} cell sizes of {min(CELL_SIZES_M):g} to "
                f"{max(CELL_SIZES_M):g} m, {1 + JITTERS} jitters)",
                "jitter": f"{JITTER_M[0]:g} to {JITTER_M[1]:g} m, each snap point as a whole",
                "stays": f"at least {100 * STAYS:g} % of its incidents, discounted, in the top {100 * share:g} %",
            },
            n=len(incidents.frame),
            data_version=incidents.version,
            period=covered(months),
            caveats=(
                "A place that stays does not hang on the drawing of the map; that it will last is another question.",
            ),
        ),
    )


def stays_of(
    points: Points, places: int, area: Area, rng: np.random.Generator, share: float = 0.05
) -> NDArray[np.float64]:
    """Tell in what share of the 84 maps each place stays among the top cells, shape (places,).

    Parameters
    ----------
    points : Points
    places : int
        How many there are.
    area : Area
    rng : Generator
    share : float
        Of the cells.

    Notes
    -----
    When it misleads: as :func:`stability`.

    References
    ----------
    Of this project.
    """
    maps = [(points.east, points.north)]
    for _ in range(JITTERS):
        east, north = moves(rng, len(points.east))
        maps.append((points.east + east, points.north + north))
    stayed = np.zeros(places)
    whole = np.bincount(points.place[points.place >= 0], points.weight[points.place >= 0], minlength=places)
    for size, (dx, dy) in product(CELL_SIZES_M, ORIGINS):
        lattice = area.grid(size, (dx * size, dy * size))
        for east, north in maps:
            held = _held(points, lattice, east, north, share, places)
            stayed += held >= STAYS * whole
    return np.asarray(stayed / (len(CELL_SIZES_M) * len(ORIGINS) * len(maps)), dtype=np.float64)


def points_of(incidents: Incidents, places: Sequence[NDArray[np.intp]], grid: Grid) -> Points:
    """Gather the snap points of incidents, each with the place of whose cells it is."""
    frame = incidents.frame[incidents.frame["month"].isin(incidents.months)]
    last = incidents.months[-1].ordinal if len(incidents.months) else 0
    weight = 0.5 ** ((last - month_numbers(frame)) / HALF_LIFE_MONTHS)
    table = pd.DataFrame({"e": frame["easting_m"].to_numpy(), "n": frame["northing_m"].to_numpy(), "w": weight})
    unique = table.groupby(["e", "n"], sort=True)["w"].sum().reset_index()
    east, north = unique["e"].to_numpy(), unique["n"].to_numpy()
    owner = np.full(grid.size + 1, -1, dtype=np.intp)  # the last one stands for "off the lattice"
    for number, cells in enumerate(places):
        owner[cells] = number
    return Points(east, north, unique["w"].to_numpy(), owner[grid.locate(east, north)])


def _held(
    points: Points,
    lattice: Grid,
    east: NDArray[np.float64],
    north: NDArray[np.float64],
    share: float,
    places: int,
) -> NDArray[np.float64]:
    """Discounted incidents of every place that lie in the top cells of a lattice, shape (places,)."""
    counts = lattice.count(east, north, points.weight).reshape(lattice.rows, lattice.columns)
    score = smoothed(counts, lattice.cell_size_m).reshape(-1)[lattice.cells]
    order = np.argsort(-score, kind="stable")[: cells_in_share(share, len(score))]
    top = np.zeros(lattice.size + 1, dtype=bool)
    top[lattice.cells[order[score[order] > 0]]] = True
    inside = top[lattice.locate(east, north)] & (points.place >= 0)
    return np.bincount(points.place[inside], points.weight[inside], minlength=places).astype(float)
