"""Made-up months in which no place rises: incidents thrown over cells as stored ones lie, judged as those are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.common.refusal import Refusal
from analysis.course.control_limits import BASELINE
from analysis.course.control_rates import spread_of
from analysis.digest.risen import KINDS, NEWEST, STAYS, TOP, beyond_chance, firm, rises, top_places
from analysis.digest.worlds import gamma_about_one
from analysis.where.cells import CellMonths, cell_counts_by_month
from analysis.where.hotspots import HALF_LIFE_MONTHS
from analysis.where.stability import Points
from data.place.area import Area
from data.store.schema import Incidents, month_numbers
from geo.grid import Grid


@dataclass(frozen=True, eq=False)
class PlaceWorld:
    """What incidents of one crime type are thrown from.

    Attributes
    ----------
    kind : str
    area : Area
    grid : Grid
    months : PeriodIndex, length m
    total : ndarray, shape (m,)
        Incidents expected in a month, buffer included: as stored.
    cells : ndarray of int, shape (n,)
        Flat indices of the cells that ever had one.
    share : ndarray, shape (n,)
        Of a month's incidents, as in all stored months; sums to 1.
    common : float
        Spread of a month in the whole area, as a share.
    month, lasting : float
        Spread of a cell's month, and of its six months, beyond chance.
    east, north, weight : ndarray, shape (points,)
        Snap points and how many incidents each ever had, in the order of their cells.
    start : ndarray of int, shape (n + 1,)
        Where each cell's points begin.
    """

    kind: str
    area: Area = field(repr=False)
    grid: Grid = field(repr=False)
    months: pd.PeriodIndex = field(repr=False)
    total: NDArray[np.float64] = field(repr=False)
    cells: NDArray[np.intp] = field(repr=False)
    share: NDArray[np.float64] = field(repr=False)
    common: float
    month: float
    lasting: float
    east: NDArray[np.float64] = field(repr=False)
    north: NDArray[np.float64] = field(repr=False)
    weight: NDArray[np.float64] = field(repr=False)
    start: NDArray[np.intp] = field(repr=False)

    def draw(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Throw a history, shape (months, n): whole numbers."""
        m, n = len(self.months), len(self.cells)
        mean = self.total * gamma_about_one(rng, np.array(self.common), (m,))
        factor = gamma_about_one(rng, np.array(self.month), (m, n))
        if self.lasting > 0:
            spans = gamma_about_one(rng, np.array(self.lasting), (-(-m // NEWEST), n))
            factor = factor * np.repeat(spans, NEWEST, axis=0)[-m:]
        return np.asarray(rng.poisson(mean[:, None] * self.share * factor), dtype=np.float64)

    def counted(self, count: NDArray[np.float64], months: int | None = None) -> CellMonths:
        """Lay a history, or its first months, on the grid."""
        used = count[:months]
        row, at = np.nonzero(used)
        table = sparse.csr_array((used[row, at], (row, self.cells[at])), shape=(len(used), self.grid.size))
        return CellMonths(self.grid, self.months[: len(used)], table)

    def points(self, rng: np.random.Generator, count: NDArray[np.float64], places: list[NDArray[np.intp]]) -> Points:
        """Throw the incidents of cells onto their snap points, as the stored ones lie, each with its place."""
        when = self.months.asi8[: len(count)]
        age = when[-1] - when
        row, at = np.nonzero(count)
        many = count[row, at].astype(np.intp)
        row, at = np.repeat(row, many), np.repeat(at, many)
        reached = np.concatenate([[0.0], np.cumsum(self.weight)])
        low, high = reached[self.start[at]], reached[self.start[at + 1]]
        point = np.searchsorted(reached, rng.uniform(low, high), side="right") - 1
        point = np.clip(point, self.start[at], self.start[at + 1] - 1)
        discounted = 0.5 ** (age[row] / HALF_LIFE_MONTHS)
        weight = np.bincount(point, discounted, minlength=len(self.east)).astype(np.float64)
        owner = np.full(self.grid.size, -1, dtype=np.intp)
        for number, cells in enumerate(places):
            owner[cells] = number
        return Points(self.east, self.north, weight, owner[np.repeat(self.cells, np.diff(self.start))])


def fitted_places(incidents: Incidents, area: Area, kind: str) -> PlaceWorld:
    """Fit a world in which no place rises to the stored months of a crime type.

    Parameters
    ----------
    incidents : Incidents
        Nothing later than the month that is judged.
    area : Area
    kind : str

    Returns
    -------
    PlaceWorld

    Raises
    ------
    Refusal
        Fewer months than :func:`analysis.digest.risen.rises` takes.

    Notes
    -----
    How far cells vary beyond chance is the mean over spans of 24 stored months, by months and by six months; what
    six months vary more than months of their own would make them is taken to hold for six. When it misleads: a
    place that rose in the stored months is taken for the usual spread.

    References
    ----------
    Of this project.
    """
    grid = area.grid()
    known, _ = incidents.of(kind).placed(grid.cell_size_m)
    if len(known.months) < BASELINE + NEWEST:
        raise Refusal(
            f"Places cannot be made up: that takes {BASELINE + NEWEST} months, and there are {len(known.months)}",
            "Load more months on the Data page",
        )
    dense = cell_counts_by_month(known, grid).counts.toarray()
    own = dense[:, grid.cells].T
    ends = range(len(known.months), BASELINE - 1, -BASELINE)
    spans = [slice(end - BASELINE, end) for end in ends]
    month, span = (
        float(np.mean([beyond_chance(own[:, one], own[:, one].sum(axis=0), k) for one in spans])) for k in (1, NEWEST)
    )
    lasting = max(0.0, (NEWEST * span - month) / (NEWEST - 1))
    frame = known.frame[np.isin(month_numbers(known.frame), np.asarray(known.months.asi8))]
    east, north = frame["easting_m"].to_numpy(dtype=float), frame["northing_m"].to_numpy(dtype=float)
    cell = grid.locate(east, north)
    table = pd.DataFrame({"cell": cell, "e": east, "n": north})[cell >= 0]
    points = table.groupby(["cell", "e", "n"], sort=True).size().reset_index(name="weight")
    cells, start = np.unique(points["cell"].to_numpy(), return_index=True)
    whole = pd.Series(dense.sum(axis=1), index=known.months)
    by_cell = dense[:, cells].sum(axis=0)
    return PlaceWorld(
        kind, area, grid, known.months, dense.sum(axis=1), cells, by_cell / by_cell.sum(),
        float(spread_of(whole, np.zeros(len(whole), dtype=bool))), float(np.sqrt(max(0.0, month - lasting))),
        float(np.sqrt(lasting)), points["e"].to_numpy(), points["n"].to_numpy(),
        points["weight"].to_numpy(dtype=float), np.append(start, len(points)),
    )  # fmt: skip


def place_worlds(incidents: Incidents, area: Area) -> tuple[PlaceWorld, ...]:
    """Fit a world for each crime type whose places are judged."""
    return tuple(fitted_places(incidents, area, kind) for kind in KINDS)


def named(world: PlaceWorld, rng: np.random.Generator, count: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Judge the last month of a history as :func:`analysis.digest.risen.risen_now` does: the cells of what it names."""
    found = rises(world.counted(count))
    if not found:
        return []
    stays = firm(found, world.points(rng, count, [one.cells for one in found]), world.area)
    return [one.cells for one, stay in zip(found, stays, strict=True) if stay >= STAYS]


def quiet_places(worlds: Sequence[PlaceWorld], rng: np.random.Generator, draws: int) -> NDArray[np.bool_]:
    """Tell in which made-up quiet months a place would be named, by crime type, shape (draws, worlds)."""
    said = [[bool(named(world, rng, world.draw(rng))) for world in worlds] for _ in range(draws)]
    return np.array(said, dtype=bool).reshape(draws, len(worlds))


def planted(
    world: PlaceWorld, rng: np.random.Generator, draws: int, times: float = 3.0, months: int = 12
) -> NDArray[np.bool_]:
    """Let one place from outside the ten busiest have several times as much, and tell when it is named.

    Parameters
    ----------
    world : PlaceWorld
    rng : Generator
    draws : int
    times : float
        As much as before, in each of the newest months.
    months : int
        How many those are.

    Returns
    -------
    ndarray of bool, shape (draws, months)
        By the first such month, by the second and so on. The place is one of the ten after the ten busiest.

    Notes
    -----
    When it misleads: the place is as busy as its cells are in all stored months, so less than its rank makes it look.

    References
    ----------
    Of this project.
    """
    out = np.zeros((draws, months), dtype=bool)
    end = len(world.months) - months
    at = {int(cell): k for k, cell in enumerate(world.cells)}
    for draw in range(draws):
        count = world.draw(rng)
        every = top_places(world.counted(count, end))[1][TOP : 2 * TOP]
        if not every:
            continue
        place = set(every[rng.integers(len(every))].tolist())
        here = [at[cell] for cell in place if cell in at]
        count[end:, here] += rng.poisson((times - 1) * world.total[end:, None] * world.share[here])
        for month in range(months):
            if any(place & set(cells.tolist()) for cells in named(world, rng, count[: end + 1 + month])):
                out[draw, month:] = True
                break
    return out
