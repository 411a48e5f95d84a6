"""A comparison area for an area where something was done: squares elsewhere with a similar past level and trend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from analysis.common.method import YEAR
from analysis.common.refusal import Refusal
from analysis.where.cells import CellMonths
from geo.errors import InputError
from geo.grid import Grid, grid_reference

RING_M = 400.0
TILE_M = 1000.0
ENOUGH = 0.5  # of the incidents outside treated area and ring: a larger comparison area varies less
LEAST_TIMES = 3.0  # as many incidents as the area itself, where there are so many
PRIOR_INCIDENTS = 5.0  # added to both years of a trend, which says little where incidents are few


@dataclass(frozen=True, eq=False)
class Proposal:
    """A proposed comparison area.

    Attributes
    ----------
    cells : ndarray of int
        Positions in ``grid.cells``, ascending.
    squares : DataFrame
        Every square of 1 km that could be chosen, the most similar first: square (grid reference of its south-west
        corner), cells, level (incidents per cell and month), trend (last 12 months over the 12 before), distance
        (from the treated area, in standard deviations of both), chosen, number.
    level, trend : float
        Of the treated area.
    sentence : str
    """

    cells: NDArray[np.intp]
    squares: pd.DataFrame
    level: float
    trend: float
    sentence: str


def memberships(groups: list[NDArray[np.intp]], n: int) -> Any:
    """Lay groups of cells out as a sparse array of ones, shape (groups, n)."""
    rows = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    columns = np.concatenate([np.asarray(group, dtype=np.intp) for group in groups]) if groups else np.empty(0, np.intp)
    return sparse.csr_array((np.ones(len(columns)), (rows, columns)), shape=(len(groups), n))


def within_reach(grid: Grid, width_m: float) -> Any:
    """Which cells lie within a width of which: sparse array of true, shape (n, n), a cell within reach of itself."""
    steps = int(width_m // grid.cell_size_m)
    row, column = np.divmod(grid.cells, grid.columns)
    position = np.full((grid.rows + 2 * steps, grid.columns + 2 * steps), -1, dtype=np.int32)
    position[row + steps, column + steps] = np.arange(len(grid.cells))
    pairs = []
    for down in range(2 * steps + 1):
        for right in range(2 * steps + 1):
            other = position[row + down, column + right]
            here = np.flatnonzero(other >= 0).astype(np.int32)
            pairs.append((here, other[here]))
    a, b = (np.concatenate(side) for side in zip(*pairs, strict=True))
    # 5 bytes a pair instead of 16: a county has two million of them, and they are kept
    return sparse.csr_array((np.ones(len(a), dtype=np.bool_), (a, b)), shape=(len(grid.cells), len(grid.cells)))


def ring(grid: Grid, cells: NDArray[np.intp], width_m: float = RING_M) -> NDArray[np.intp]:
    """Cells around an area, to which incidents may have moved.

    Parameters
    ----------
    grid : Grid
    cells : ndarray of int
        Positions in ``grid.cells``.
    width_m : float
        Cells of whole steps to every side, corners too: 400 m are two steps of 200 m.

    Returns
    -------
    ndarray of int
        Positions in ``grid.cells``, ascending, without the cells themselves.

    Raises
    ------
    InputError
        A width that is negative or no number.

    Notes
    -----
    When it misleads: incidents move along streets and to places alike, not to all sides.

    References
    ----------
    Of this project, for the displacement zone of Wheeler and Ratcliffe (2018).
    """
    if not 0 <= width_m < np.inf:
        raise InputError("a ring is not negative and ends somewhere", column="width_m", value=str(width_m))
    near = memberships([np.asarray(cells, dtype=np.intp)], len(grid.cells)) @ within_reach(grid, width_m)
    return np.setdiff1d(near.tocoo().coords[1], cells).astype(np.intp)


def squares_of(grid: Grid) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Square of 1 km of every cell, shape (n,), numbered from 0, with the squares' south-west corners in metres."""
    east, north = grid.centres(grid.cells)
    corner = np.column_stack([np.floor(east / TILE_M), np.floor(north / TILE_M)])
    every, of_cell = np.unique(corner, axis=0, return_inverse=True)
    return of_cell.reshape(-1).astype(np.intp), every[:, 0] * TILE_M, every[:, 1] * TILE_M


def similar_squares(
    by_square: NDArray[np.float64],
    cells: NDArray[np.float64],
    treated: NDArray[np.float64],
    treated_cells: NDArray[np.float64],
    touched: NDArray[np.bool_],
    used: NDArray[np.intp],
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Choose the squares most similar to each of g areas, until they hold half of the incidents elsewhere.

    Where that is less than three times the incidents of the area, more are chosen, up to all.

    Parameters
    ----------
    by_square : ndarray, shape (m, s)
        Incidents by month and square.
    cells : ndarray, shape (s,)
        Cells of each square.
    treated : ndarray, shape (g, m)
    treated_cells : ndarray, shape (g,)
    touched : ndarray of bool, shape (g, s)
        Squares that hold a cell of the area or of its ring.
    used : ndarray of int
        Positions of the months before the window that may be learnt from, ascending; the last 24 are used.

    Returns
    -------
    chosen : ndarray of bool, shape (g, s)
    distance : ndarray, shape (g, s)
        In level and trend, each in standard deviations over the squares; infinite where touched.
    """
    late, early = used[-YEAR:], used[-2 * YEAR : -YEAR]
    level, trend = _level_and_trend(
        by_square[late].sum(axis=0), by_square[early].sum(axis=0), cells, len(late), len(early)
    )
    own_level, own_trend = _level_and_trend(
        treated[:, late].sum(axis=1), treated[:, early].sum(axis=1), treated_cells, len(late), len(early)
    )
    spread = [max(float(np.std(np.log(part))), 1e-9) for part in (level, trend)]
    distance = np.hypot(
        (np.log(own_level)[:, None] - np.log(level)) / spread[0],
        (np.log(own_trend)[:, None] - np.log(trend)) / spread[1],
    )
    distance[touched] = np.inf
    held = by_square[late].sum(axis=0) + by_square[early].sum(axis=0)
    order = np.argsort(distance, axis=1, kind="stable")
    free = np.where(np.take_along_axis(touched, order, axis=1), 0.0, held[order])
    before = np.cumsum(free, axis=1) - free
    own = treated[:, np.concatenate([early, late])].sum(axis=1, keepdims=True)
    enough = np.maximum(ENOUGH * free.sum(axis=1, keepdims=True), LEAST_TIMES * own)
    take = (before < enough) & ~np.take_along_axis(touched, order, axis=1)
    chosen = np.zeros_like(touched)
    np.put_along_axis(chosen, order, take, axis=1)
    return chosen, distance


def propose(
    counted: CellMonths,
    treated: NDArray[np.intp],
    around: NDArray[np.intp],
    before: pd.Period,
    used: NDArray[np.bool_] | None = None,
) -> Proposal:
    """Propose a comparison area: squares of 1 km elsewhere whose past is most like the treated area's.

    Parameters
    ----------
    counted : CellMonths
        Of one crime type.
    treated, around : ndarray of int
        Positions in ``grid.cells`` of the area and of its ring.
    before : Period
        First month of the operation: nothing from then on is looked at.
    used : ndarray of bool, shape (months,), optional
        Months that may be learnt from; all by default.

    Returns
    -------
    Proposal

    Raises
    ------
    Refusal
        Fewer than six months before the operation, or nothing is left outside area and ring.

    Notes
    -----
    Level is incidents per cell and month of the last 24 months, trend the last 12 over the 12 before. The most similar
    squares are taken until they hold half of the incidents outside: a small comparison area adds its own noise to the
    verdict. When it misleads: alike in the past is not alike in what happened since; add or remove what you know.

    References
    ----------
    Of this project.
    """
    if len(treated) == 0:
        raise Refusal("There is no area to compare", "Choose at least one cell.")
    counts = dense(counted)
    n = counted.trained_on(before - 1)
    may = np.arange(n) if used is None else np.flatnonzero(used[:n])
    if len(may) < YEAR // 2:
        raise Refusal(
            f"No comparison area can be proposed: {len(may)} {'month' if len(may) == 1 else 'months'} before the "
            f"operation are in the data, and it takes {YEAR // 2}",
            "Load earlier months on the Data page",
        )
    of_cell, east, north = squares_of(counted.grid)
    total = len(east)
    by_square = sum_by(counts, of_cell, total)
    size = np.bincount(of_cell, minlength=total).astype(float)
    touched = np.zeros((1, total), dtype=bool)
    touched[0, of_cell[np.concatenate([treated, around])]] = True
    own = counts[:, treated].sum(axis=1)[None, :]
    chosen, distance = similar_squares(by_square, size, own, np.array([float(len(treated))]), touched, may)
    if not chosen.any():
        raise Refusal(
            "There is nothing to compare with: no place like it lies outside the area and what is around it",
            "Choose a smaller area",
        )
    recent, earlier = may[-YEAR:], may[-2 * YEAR : -YEAR]
    level, trend = _level_and_trend(
        by_square[recent].sum(axis=0), by_square[earlier].sum(axis=0), size, len(recent), len(earlier)
    )
    own_level, own_trend = _level_and_trend(
        own[:, recent].sum(axis=1), own[:, earlier].sum(axis=1), np.array([len(treated)]), len(recent), len(earlier)
    )
    table = pd.DataFrame(
        {
            "square": [reference[:4] + reference[5:7] for reference in grid_reference(east, north)],
            "cells": size.astype(int),
            "level": level,
            "trend": trend,
            "distance": distance[0],
            "chosen": chosen[0],
            "number": np.arange(total),
        }
    )
    table = table[~touched[0]].sort_values("distance", kind="stable", ignore_index=True)
    return Proposal(
        cells=np.flatnonzero(chosen[0][of_cell]),
        squares=table,
        level=float(own_level[0]),
        trend=float(own_trend[0]),
        sentence=(
            f"Proposed as places like it: the {int(chosen.sum())} of {len(table)} squares of 1 km that were most like "
            "it before, in incidents per cell and in their trend. They hold at least half of the incidents elsewhere, "
            "more where that is under three times its own."
        ),
    )


def dense(counted: CellMonths) -> NDArray[np.float64]:
    """Incidents by month and cell, shape (m, n), in the order of ``grid.cells``."""
    return np.asarray(counted.counts.tocsc()[:, counted.grid.cells].toarray(), dtype=float)


def sum_by(counts: NDArray[np.float64], of_cell: NDArray[np.intp], total: int) -> NDArray[np.float64]:
    """Sum the columns of counts by group, shape (m, total)."""
    n = len(of_cell)
    members = sparse.csr_array((np.ones(n), (np.arange(n), of_cell)), shape=(n, total))
    return np.asarray((members.T @ counts.T).T, dtype=float)


def _level_and_trend(
    late: NDArray[np.float64],
    early: NDArray[np.float64],
    cells: NDArray[np.float64],
    late_months: int,
    early_months: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Incidents per cell and month, and the last year's rate over that of the year before; both above zero."""
    months = late_months + early_months
    level = (late + early + 0.5) / (cells * months)
    if early_months == 0:
        return level, np.ones_like(level)
    return level, ((late + PRIOR_INCIDENTS) / late_months) / ((early + PRIOR_INCIDENTS) / early_months)
