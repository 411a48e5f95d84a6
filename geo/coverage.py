"""How much of every square of a lattice lies inside an outline, from the outline's edges alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray


def coverage(
    outline: Any, west_m: float, south_m: float, cell_size_m: float, rows: int, columns: int
) -> NDArray[np.float64]:
    """Give the share of every square that lies inside an outline, without cutting a square out of it.

    Parameters
    ----------
    outline : shapely polygon or multipolygon
        Valid, EPSG:27700. What of it lies off the lattice counts nowhere.
    west_m, south_m : float
        South-west corner of the lattice.
    cell_size_m : float
    rows, columns : int

    Returns
    -------
    ndarray, shape (rows * columns,)
        0 to 1, row 0 in the south; right to about 1e-9.

    Notes
    -----
    Every edge is cut where it crosses the lattice. A piece adds, by its rise, what lies east of it in its own square,
    and its whole rise to all squares further east in its row: the sum along a row is the share inside (Green's theorem,
    as outlines of letters are filled). Edges of holes run the other way round.
    """
    east, north, other_east, other_north = _edges(outline)
    x0, y0 = (east - west_m) / cell_size_m, (north - south_m) / cell_size_m
    x1, y1 = (other_east - west_m) / cell_size_m, (other_north - south_m) / cell_size_m
    edge, at = _cuts(x0, y0, x1, y1)
    x, y = x0[edge] + at * (x1 - x0)[edge], y0[edge] + at * (y1 - y0)[edge]
    same = edge[1:] == edge[:-1]
    rise = np.diff(y)[same]
    middle_x, middle_y = ((x[1:] + x[:-1]) / 2)[same], ((y[1:] + y[:-1]) / 2)[same]
    row, column = np.floor(middle_y).astype(np.intp), np.floor(middle_x).astype(np.intp)
    on = (row >= 0) & (row < rows) & (column < columns)
    rise, row, column, middle_x = rise[on], row[on], column[on], middle_x[on]
    own = np.where(column >= 0, rise * (column + 1 - middle_x), rise)  # west of the lattice: the whole row lies east
    left = np.maximum(column, 0)
    next_one = np.where(column >= 0, rise - own, 0.0)
    wide = columns + 1
    added = np.bincount(row * wide + left, own, minlength=rows * wide)
    added += np.bincount(row * wide + left + 1, next_one, minlength=rows * wide)
    return -np.cumsum(added.reshape(rows, wide), axis=1)[:, :columns].reshape(-1)


def _edges(outline: Any) -> tuple[NDArray[np.float64], ...]:
    """Give the ends of the edges, x and y of both; outlines against the clock, holes with it."""
    rings = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(outline)))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    joined = np.flatnonzero(ring[1:] == ring[:-1])
    return points[joined, 0], points[joined, 1], points[joined + 1, 0], points[joined + 1, 1]


def _cuts(
    x0: NDArray[np.float64], y0: NDArray[np.float64], x1: NDArray[np.float64], y1: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Say where edges begin, cross a line of the lattice, and end: number of the edge and part of its length."""
    every = np.arange(len(x0))
    edges, parts = [every, every], [np.zeros(len(x0)), np.ones(len(x0))]
    for begins, ends in ((x0, x1), (y0, y1)):
        first = np.floor(np.minimum(begins, ends)).astype(np.intp) + 1
        last = np.ceil(np.maximum(begins, ends)).astype(np.intp) - 1
        many = np.maximum(last - first + 1, 0)
        of = np.repeat(every, many)
        line = first[of] + np.arange(len(of)) - np.repeat(np.cumsum(many) - many, many)
        edges.append(of)
        parts.append((line - begins[of]) / (ends - begins)[of])
    edge, at = np.concatenate(edges), np.concatenate(parts)
    order = np.lexsort((at, edge))
    return edge[order], at[order]
