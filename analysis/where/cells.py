"""Incidents counted by published month and cell: the one table that every ranking, test and backtest reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from data.store.schema import Incidents, month_numbers
from geo.errors import InputError
from geo.grid import Grid

SHARE_DECIMALS = 9  # 0.07 * 100 is 7.000000000000001 in floating point and must not become 8 cells


@dataclass(frozen=True, eq=False)
class CellMonths:
    """Incidents by month and cell, counted once and used by every ranking and backtest.

    Attributes
    ----------
    grid : Grid
    months : PeriodIndex, length m
        Months that were published, ascending, with or without incidents.
    counts : sparse array, shape (m, grid.size)
        Incidents by month and cell of the whole lattice, buffer included.
    version : str
        ``Incidents.version`` of what was counted.
    """

    grid: Grid
    months: pd.PeriodIndex
    counts: Any = field(repr=False)
    version: str = ""

    def of(self, rows: slice | NDArray[np.intp]) -> NDArray[np.float64]:
        """Incidents of some months by cell, in the order of ``grid.cells``, shape (n,)."""
        return np.asarray(self.counts[rows].sum(axis=0), dtype=float).reshape(-1)[self.grid.cells]

    def trained_on(self, month: pd.Period | None) -> int:
        """How many months a method sees that knows everything up to a month, that month included."""
        if month is None:
            return len(self.months)
        return int(np.searchsorted(np.asarray(self.months.asi8), month.ordinal, side="right"))


def cell_counts_by_month(incidents: Incidents, grid: Grid) -> CellMonths:
    """Count incidents by published month and cell of the lattice.

    Parameters
    ----------
    incidents : Incidents
        As a rule of one crime type. Incidents in the buffer count in the cell they fall in, ward or no ward; those off
        the lattice and those of months that are not in ``incidents.months`` are left out.
    grid : Grid

    Returns
    -------
    CellMonths

    Notes
    -----
    Misleads when months of a source are only partly there: a month that a neighbouring force has not published is
    counted as if its part of the buffer were quiet.

    References
    ----------
    A count: nothing is estimated.
    """
    frame = incidents.frame
    cell = grid.locate(frame["easting_m"].to_numpy(), frame["northing_m"].to_numpy())
    known = np.asarray(incidents.months.asi8, dtype=np.int64)
    number = month_numbers(frame)
    row = np.searchsorted(known, number)
    keep = cell >= 0
    keep &= row < len(known)
    keep[keep] = known[row[keep]] == number[keep]
    counts = sparse.coo_array(
        (np.ones(int(keep.sum())), (row[keep], cell[keep])), shape=(len(known), grid.size)
    ).tocsr()
    return CellMonths(grid, incidents.months, counts, incidents.version)


def cells_in_share(share: float, n: int) -> int:
    """Turn a share of ``n`` cells into a number of cells, rounded up: 5 % of 2,165 is 109.

    Raises
    ------
    InputError
        ``share`` is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise InputError("a share is above 0 and at most 1", column="share", value=str(share))
    return int(np.ceil(round(share * n, SHARE_DECIMALS)))
