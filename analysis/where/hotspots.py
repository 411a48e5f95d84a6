"""Where: places ranked by the incidents to be expected there.

The ranking is a discounted count with a little smoothing. It was chosen by a backtest against Gi* z, kernel densities,
same-season months and gradient boosting, and does at least as well as each of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import ndimage

from analysis.common.method import YEAR, Method, covered
from analysis.where.cells import CellMonths, cell_counts_by_month, cells_in_share
from data.store.schema import Incidents
from geo.errors import InputError
from geo.grid import Grid, grid_reference

__all__ = [
    "CellMonths",
    "Ranking",
    "cell_counts_by_month",
    "cells_in_share",
    "discounted_score",
    "quartic_kernel",
    "rank_cells",
    "rank_counted",
]

HALF_LIFE_MONTHS = 12.0
SMOOTHING = 0.1
KERNEL_M = 300.0
CAVEATS = (
    "Published points are moved to anonymous snap points: a cell is right to about 100 m, not to an address.",
    "Recorded incidents show where the police were told or looked, not all that happened.",
)


@dataclass(frozen=True, eq=False)
class Ranking:
    """Cells ranked by expected incidents. Arrays are in the order of ``grid.cells``, shape (n,).

    Attributes
    ----------
    grid : Grid
    score : ndarray
        Discounted and smoothed count; compare only within one ranking.
    expected : ndarray
        Incidents to be expected in the month (or whatever ``expected_total`` is for); sums to it.
    order : ndarray of int
        Positions by score, highest first; equal scores in the order of the cells, south-west first.
    count_last12 : ndarray of int
        Incidents of the last 12 published months up to ``month``.
    month : Period or None
        Last month that was used; None without any.
    months_last12 : PeriodIndex
        The months that ``count_last12`` counts.
    months_used : PeriodIndex
        All months that were used.
    half_life_months : float
    method : Method
    """

    grid: Grid
    score: NDArray[np.float64] = field(repr=False)
    expected: NDArray[np.float64] = field(repr=False)
    order: NDArray[np.intp] = field(repr=False)
    count_last12: NDArray[np.int64] = field(repr=False)
    month: pd.Period | None
    months_last12: pd.PeriodIndex = field(repr=False)
    months_used: pd.PeriodIndex = field(repr=False)
    half_life_months: float
    method: Method

    @property
    def rank(self) -> NDArray[np.intp]:
        """Rank of every cell, 1 for the highest, shape (n,)."""
        rank = np.empty(len(self.order), dtype=np.intp)
        rank[self.order] = np.arange(1, len(self.order) + 1)
        return rank

    def top(self, share: float) -> NDArray[np.intp]:
        """Positions of the top cells, highest first.

        Parameters
        ----------
        share : float
            Of all cells, above 0 and at most 1; the number is rounded up.

        Returns
        -------
        ndarray of int
            At most ``ceil(share n)`` positions in ``grid.cells``: cells where nothing is expected are never among
            them, so there can be fewer.
        """
        top = self.order[: cells_in_share(share, len(self.order))]
        return top[self.score[top] > 0]

    def table(self, positions: NDArray[np.intp] | None = None) -> pd.DataFrame:
        """Cells as a table, best first by default: reference and corner of the south-west, counts, expected, rank.

        Parameters
        ----------
        positions : ndarray of int, optional
            Which cells, as positions in ``grid.cells``; all in their order of rank by default.

        Returns
        -------
        DataFrame
            cell (six-figure National Grid reference of the south-west corner), easting_m, northing_m, count (last 12
            months), expected, rank.
        """
        chosen = self.order if positions is None else np.asarray(positions, dtype=np.intp)
        east, north = self.grid.corners(self.grid.cells[chosen])
        return pd.DataFrame(
            {
                "cell": grid_reference(east, north),
                "easting_m": east,
                "northing_m": north,
                "count": self.count_last12[chosen],
                "expected": self.expected[chosen],
                "rank": self.rank[chosen],
            }
        )


def quartic_kernel(cell_size_m: float, kernel_m: float) -> NDArray[np.float64]:
    """Quartic kernel at the distances between cell centres, with unit sum.

    Parameters
    ----------
    cell_size_m : float
    kernel_m : float
        Distance at which it reaches zero, metres.

    Returns
    -------
    ndarray, shape (2k + 1, 2k + 1)
        A single 1 where ``kernel_m`` does not reach the next cell.
    """
    reach = int(np.ceil(kernel_m / cell_size_m)) - 1
    step = np.arange(-reach, reach + 1) * cell_size_m
    squared = (step[:, None] ** 2 + step[None, :] ** 2) / kernel_m**2
    kernel = np.where(squared < 1, (1 - squared) ** 2, 0.0)
    return np.asarray(kernel / kernel.sum(), dtype=float)


def smoothed(
    counts: NDArray[np.float64], cell_size_m: float, smoothing: float = SMOOTHING, kernel_m: float = KERNEL_M
) -> NDArray[np.float64]:
    """Spread a share of the counts of a lattice to the cells around, ``(1 - smoothing) D + smoothing (D * kernel)``.

    Parameters
    ----------
    counts : ndarray, shape (rows, columns)
        Of the whole lattice. Beyond its edge there is nothing.
    cell_size_m, kernel_m : float
        Metres.
    smoothing : float
        0 to 1.

    Returns
    -------
    ndarray, shape (rows, columns)
    """
    spread = ndimage.convolve(counts, quartic_kernel(cell_size_m, kernel_m), mode="constant")
    return np.asarray((1 - smoothing) * counts + smoothing * spread, dtype=float)


def discounted_score(
    counted: CellMonths,
    trained: int,
    half_life_months: float = HALF_LIFE_MONTHS,
    smoothing: float = SMOOTHING,
    kernel_m: float = KERNEL_M,
) -> NDArray[np.float64]:
    """Score of every cell from the first ``trained`` months alone, in the order of ``grid.cells``, shape (n,).

    :func:`smoothed` of the sum of counts, each halved for every ``half_life_months`` calendar months before the last of
    them, over the whole lattice. A month that is missing adds
    nothing and is not filled in; those before it are as old as the calendar says.
    """
    grid = counted.grid
    if trained == 0:
        return np.zeros(len(grid.cells))
    number = np.asarray(counted.months.asi8[:trained], dtype=float)
    weight = 0.5 ** ((number[-1] - number) / half_life_months)
    discounted = np.asarray(weight @ counted.counts[:trained], dtype=float).reshape(grid.rows, grid.columns)
    score = smoothed(discounted, grid.cell_size_m, smoothing, kernel_m)
    return np.asarray(score.reshape(-1)[grid.cells], dtype=float)


def rank_cells(
    incidents: Incidents,
    grid: Grid,
    as_at_month: pd.Period | None = None,
    half_life_months: float = HALF_LIFE_MONTHS,
    smoothing: float = SMOOTHING,
    kernel_m: float = KERNEL_M,
    expected_total: float | None = None,
) -> Ranking:
    """Rank cells by the incidents to be expected in the month after the as-at month.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, buffer included.
    grid : Grid
    as_at_month : Period, optional
        Nothing later is looked at; the last month there is by default.
    half_life_months : float
        Calendar months after which an incident counts half. Lockdown is not left out.
    smoothing : float
        Share of the score that is spread to the neighbours, 0 to 1.
    kernel_m : float
        Reach of the quartic kernel that spreads it, metres.
    expected_total : float, optional
        Incidents to be expected in all cells together, from a forecast. By default the mean month of the last 12
        published months, and the result says so.

    Returns
    -------
    Ranking
        With no incidents every score and expectation is 0 and ``top`` is empty.

    Raises
    ------
    InputError
        A parameter outside its range.

    Notes
    -----
    Misleads when it is read as a test: the highest cell of pure noise is still the highest (see
    :func:`analysis.where.gistar.more_than_chance`). Capture depends on the size of the cells, so compare on one grid
    only. Published points lie some 100 m from where incidents happened. Moving them by 75 to 120 m once more takes 9
    to 11 points off the capture of the top 5 % of 200 m cells when the past alone is moved, 14 to 16 when everything
    is, and 17 when later incidents alone are, which is a patrol's case (ASB and drug offences of 2024;
    :func:`analysis.where.moved.moved_points` measures it on other data): a cell is a pointer to a neighbourhood, not to
    a corner.

    References
    ----------
    Discounted counts: Mohler, G. et al. (2018), in the form of an exponential window. Quartic kernel: Silverman, B. W.
    (1986).
    """
    _check(half_life_months, smoothing, kernel_m, expected_total)
    counted = cell_counts_by_month(incidents, grid)
    return rank_counted(counted, as_at_month, half_life_months, smoothing, kernel_m, expected_total)


def rank_counted(
    counted: CellMonths,
    as_at_month: pd.Period | None = None,
    half_life_months: float = HALF_LIFE_MONTHS,
    smoothing: float = SMOOTHING,
    kernel_m: float = KERNEL_M,
    expected_total: float | None = None,
) -> Ranking:
    """Rank cells as :func:`rank_cells` does, from counts made before.

    Notes
    -----
    When it misleads: as :func:`rank_cells`.

    References
    ----------
    As :func:`rank_cells`.
    """
    _check(half_life_months, smoothing, kernel_m, expected_total)
    trained = counted.trained_on(as_at_month)
    used = counted.months[:trained]
    last12 = used[-YEAR:]
    score = discounted_score(counted, trained, half_life_months, smoothing, kernel_m)
    count_last12 = counted.of(slice(max(trained - YEAR, 0), trained))
    if expected_total is None:
        total = float(count_last12.sum()) / max(len(last12), 1)
        scaled = f"to the mean of the last {len(last12)} published months"
    else:
        total = float(expected_total)
        scaled = f"to {total:,.1f} expected in all"
    whole = float(score.sum())
    expected = score * (total / whole) if whole > 0 else np.zeros_like(score)
    method = Method(
        name="Expected incidents by cell: discounted counts, lightly smoothed",
        parameters={
            "cells": f"{counted.grid.cell_size_m:g} m ({len(score):,} at least half inside the area)",
            "half-life": f"{half_life_months:g} months",
            "smoothing": f"{smoothing:g} (quartic kernel, {kernel_m:g} m)",
            "scale": scaled,
        },
        n=int(counted.counts[:trained].sum()),
        data_version=counted.version,
        period=covered(used),
        caveats=CAVEATS,
    )
    return Ranking(
        grid=counted.grid,
        score=score,
        expected=expected,
        order=np.argsort(-score, kind="stable"),
        count_last12=count_last12.astype(np.int64),
        month=used[-1] if trained else None,
        months_last12=last12,
        months_used=used,
        half_life_months=half_life_months,
        method=method,
    )


def _check(half_life_months: float, smoothing: float, kernel_m: float, expected_total: float | None) -> None:
    for name, value, good in (
        ("half_life_months", half_life_months, half_life_months > 0),
        ("smoothing", smoothing, 0 <= smoothing <= 1),
        ("kernel_m", kernel_m, kernel_m > 0),
        ("expected_total", expected_total, expected_total is None or 0 <= expected_total < np.inf),
    ):
        if not good:
            raise InputError("this parameter is outside its range", column=name, value=str(value))
