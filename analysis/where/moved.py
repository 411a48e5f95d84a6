"""What anonymous points cost: how much less the top cells catch once points are moved by 75 to 120 m."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.common.method import Method, period_words
from analysis.common.refusal import Refusal
from analysis.where.accuracy import caught
from analysis.where.cells import CellMonths, cells_in_share
from analysis.where.hotspots import discounted_score
from analysis.where.stability import JITTER_M, moves
from analysis.where.unseen import FEW_INCIDENTS, spell_words, unseen_months
from data.store.schema import Incidents, month_numbers
from geo.grid import Grid

DRAWS = 20


@dataclass(frozen=True)
class Moved:
    """What the top cells catch once points are moved, as shares of the incidents, 0 to 1.

    Attributes
    ----------
    capture : float
        Mean over the draws.
    low, high : float
        Lowest and highest of the draws.
    loss : float
        How much less than at the published points.
    """

    capture: float
    low: float
    high: float
    loss: float


@dataclass(frozen=True)
class MovedPoints:
    """What moving points by 75 to 120 m takes off the capture of the months not seen, three ways.

    Attributes
    ----------
    share : float
        Of the cells.
    cells : int
    months : tuple of str
        Those that were tested, "YYYY-MM".
    incidents : int
        At the published points of these months.
    base : float
        Capture at the published points: ``hit_rate`` of :func:`analysis.where.unseen.unseen_year`.
    history : Moved
        Only the incidents that the ranking is made from are moved: a blurred past, later incidents as published.
    everything : Moved
        Past and later incidents are moved: how a rougher publication would do when it is judged by itself.
    later : Moved
        Only later incidents are moved: the published map, used at true places. This is a patrol's case.
    draws : int
    together : bool
        Whether all incidents of a map point were moved as one.
    sentence : str
        The patrol's case in everyday words.
    details : tuple of str
        One sentence for each of the three.
    method : Method
    """

    share: float
    cells: int
    months: tuple[str, ...]
    incidents: int
    base: float
    history: Moved
    everything: Moved
    later: Moved
    draws: int
    together: bool
    sentence: str
    details: tuple[str, ...]
    method: Method


@dataclass(frozen=True, eq=False)
class _Rows:
    """Incidents on or near the lattice, sorted: row of the month, coordinates, and which map point each lies on."""

    month: NDArray[np.intp] = field(repr=False)
    east: NDArray[np.float64] = field(repr=False)
    north: NDArray[np.float64] = field(repr=False)
    point: NDArray[np.intp] = field(repr=False)

    def counted(
        self, grid: Grid, months: pd.PeriodIndex, dx: NDArray[np.float64], dy: NDArray[np.float64]
    ) -> CellMonths:
        cell = grid.locate(self.east + dx, self.north + dy)
        on = cell >= 0
        counts = sparse.coo_array((np.ones(int(on.sum())), (self.month[on], cell[on])), shape=(len(months), grid.size))
        return CellMonths(grid, months, counts.tocsr())


def moved_points(
    incidents: Incidents,
    grid: Grid,
    rng: np.random.Generator,
    share: float = 0.05,
    as_at_month: pd.Period | None = None,
    draws: int = DRAWS,
    *,
    together: bool = False,
) -> MovedPoints:
    """Measure what the top cells catch of months not seen when points are moved once more, as publication moved them.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, buffer included.
    grid : Grid
    rng : numpy.random.Generator
        Of the moves: 75 to 120 m, uniform, in any direction.
    share : float
        Of the cells.
    as_at_month : Period, optional
        Nothing later is looked at; the last month there is by default.
    draws : int
        How often everything is moved anew.
    together : bool
        Whether all incidents of a map point move as one, as if they had happened at one address. By default each moves
        by itself, as addresses round a map point lie on all sides of it.

    Returns
    -------
    MovedPoints

    Raises
    ------
    Refusal
        Under 30 incidents in the months that can be tested.
    InputError
        A share outside 0 to 1.

    Notes
    -----
    The months are those of :func:`analysis.where.unseen.unseen_year`: each of the last 12 published ones, ranked from
    the months before it, and all their incidents in the cells taken together.

    Misleads when it is read as known: true addresses are not published, so the published points stand for them and are
    moved a second time. The truth lies between ``together`` and not. For later incidents alone the two agree; a past
    of which whole map points move loses more, and where everything moves whole map points move with what comes later
    and next to nothing is lost. The range is over draws, not over months.

    References
    ----------
    Tompson, L. et al. (2015). UK open source crime data: accuracy and possibilities for research. Cartography and
    Geographic Information Science 42, 97-111, on how far publication moves a point. The measure is of this project.
    """
    n = cells_in_share(share, len(grid.cells))
    known = incidents if as_at_month is None else incidents.up_to(as_at_month)
    months = known.months
    tested = unseen_months(months)
    rows = _rows(known, grid)
    still = np.zeros(len(rows.east))
    published = rows.counted(grid, months, still, still)
    ranked = [discounted_score(published, at) for at in tested]
    there = sum(float(published.of(slice(at, at + 1)).sum()) for at in tested)
    if there < FEW_INCIDENTS:
        raise Refusal(
            f"What the moving of points costs cannot be said: it takes {FEW_INCIDENTS} incidents in the months that "
            f"can be tested, and they have {there:.0f}",
            "Load more months.",
        )
    base = _caught(ranked, published, tested, n)
    found = np.empty((draws, 3))
    for draw in range(draws):
        again = rows.counted(grid, months, *_moves(rows, rng, together=together))
        blurred = [discounted_score(again, at) for at in tested]
        found[draw] = (
            _caught(blurred, published, tested, n),
            _caught(blurred, again, tested, n),
            _caught(ranked, again, tested, n),
        )
    history, everything, later = (
        Moved(float(way.mean()), float(way.min()), float(way.max()), base - float(way.mean())) for way in found.T
    )
    spell = spell_words(months, tested)
    top = f"{100 * share:g} %"
    return MovedPoints(
        share=share,
        cells=n,
        months=tuple(str(months[at]) for at in tested),
        incidents=int(there),
        base=base,
        history=history,
        everything=everything,
        later=later,
        draws=draws,
        together=together,
        sentence=(
            f"Published points lie some 100 m from where incidents happened. Of the incidents of {spell}, the top "
            f"{top} of cells caught {100 * base:.0f} % at the published points; at the true addresses it would be "
            f"about {100 * later.capture:.0f} % ({100 * later.low:.0f} to {100 * later.high:.0f} % in {draws} tries)."
        ),
        details=(
            _detail("Points of the past alone moved once more (a rougher map, later incidents as published)", history),
            _detail("All points moved once more (a rougher map, judged by itself)", everything),
            _detail("Later incidents alone moved (this map, used at true addresses: a patrol's case)", later),
        ),
        method=Method(
            name="Cost of anonymous points",
            parameters={
                "moves": f"{JITTER_M[0]:g} to {JITTER_M[1]:g} m in any direction, "
                + ("each map point as a whole" if together else "each incident by itself"),
                "draws": f"{draws}",
                "top": f"{top} of cells ({n:,} of {len(grid.cells):,})",
                "each month": "ranked from the months before it alone",
            },
            n=int(there),
            data_version=incidents.version,
            period=period_words(months[tested[0]], months[tested[-1]]),
            caveats=("True addresses are not published: the published points stand for them.",),
            source_refs=("Tompson et al. 2015",),
        ),
    )


def _detail(what: str, found: Moved) -> str:
    return f"{what}: {100 * found.capture:.0f} % caught ({100 * found.low:.0f} to {100 * found.high:.0f} %)."


def _rows(incidents: Incidents, grid: Grid) -> _Rows:
    """Incidents that are or may come on the lattice, in an order that the order of the file does not change."""
    frame = incidents.frame
    known = np.asarray(incidents.months.asi8, dtype=np.int64)
    number = month_numbers(frame)
    row = np.searchsorted(known, number)
    east, north = frame["easting_m"].to_numpy(dtype=float), frame["northing_m"].to_numpy(dtype=float)
    far = max(JITTER_M)
    keep = (east >= grid.west_m - far) & (east < grid.west_m + grid.columns * grid.cell_size_m + far)
    keep &= (north >= grid.south_m - far) & (north < grid.south_m + grid.rows * grid.cell_size_m + far)
    keep &= row < len(known)
    keep[keep] = known[row[keep]] == number[keep]
    east, north, row = east[keep], north[keep], row[keep]
    order = np.lexsort((row, north, east))
    east, north, row = east[order], north[order], row[order]
    first = np.ones(len(east), dtype=bool)
    first[1:] = (east[1:] != east[:-1]) | (north[1:] != north[:-1])
    return _Rows(row, east, north, np.cumsum(first) - 1)


def _moves(rows: _Rows, rng: np.random.Generator, *, together: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres east and north by which every incident moves."""
    n = int(rows.point[-1]) + 1 if together else len(rows.east)
    dx, dy = moves(rng, n)
    return (dx[rows.point], dy[rows.point]) if together else (dx, dy)


def _caught(ranked: Sequence[NDArray[np.float64]], counted: CellMonths, tested: Sequence[int], n: int) -> float:
    """Share of the incidents of the tested months, in the cells, that the top ``n`` cells caught."""
    held = total = 0.0
    for score, at in zip(ranked, tested, strict=True):
        later = counted.of(slice(at, at + 1))
        held += caught(score, later, n)
        total += float(later.sum())
    return held / total if total > 0 else 0.0
