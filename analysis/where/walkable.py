"""Joining neighbouring cells into groups small enough to be walked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_QUEEN = np.ones((3, 3), dtype=int)
_LEAST_PART = 4  # a cut leaves at least a quarter of the length on each side: no crumbs

Cells = NDArray[np.intp]


def walkable_groups(row: Cells, column: Cells, weight: NDArray[np.float64], widest: int) -> list[Cells]:
    """Group cells that share an edge or a corner; split groups that are too wide into compact parts.

    Parameters
    ----------
    row, column : ndarray of int, shape (n,)
        Where each cell lies on its lattice; no cell twice.
    weight : ndarray, shape (n,)
        What a cell is worth; a cut goes where it parts the least.
    widest : int
        Rows or columns a group may extend over, at least 1.

    Returns
    -------
    list of ndarray of int
        Indices into the arguments, each cell in one group, each group connected, in no particular order of groups.

    Notes
    -----
    Deterministic, and the same groups whatever the order of the cells. A wide group is cut across its longer side into
    as few parts as its length allows, along the line that parts the least weight of neighbouring pairs; parts that
    still fit together are joined again.
    """
    order = np.lexsort((column, row))
    row, column, weight = row[order], column[order], weight[order]
    done: list[Cells] = []
    for whole in _connected(np.arange(len(row)), row, column):
        parts = _split(whole, row, column, weight, widest)
        done.extend(_rejoined(parts, row, column, weight, widest) if len(parts) > 1 else parts)
    return [np.sort(order[part]) for part in done]


def _connected(group: Cells, row: Cells, column: Cells) -> list[Cells]:
    r, c = row[group] - row[group].min(), column[group] - column[group].min()
    image = np.zeros((int(r.max()) + 1, int(c.max()) + 1), dtype=bool)
    image[r, c] = True
    labels, n = ndimage.label(image, structure=_QUEEN)
    own = labels[r, c]
    return [group[own == label] for label in range(1, n + 1)]


def _extent(values: Cells) -> int:
    return int(values.max() - values.min()) + 1


def _fits(group: Cells, row: Cells, column: Cells, widest: int) -> bool:
    return _extent(row[group]) <= widest and _extent(column[group]) <= widest


def _split(group: Cells, row: Cells, column: Cells, weight: NDArray[np.float64], widest: int) -> list[Cells]:
    if _fits(group, row, column, widest):
        return [group]
    along = row if _extent(row[group]) >= _extent(column[group]) else column
    low, length = int(along[group].min()), _extent(along[group])
    least = max(length // _LEAST_PART, 1)
    parts = -(-length // widest)
    a, b = _pairs(group, row, column)
    parted = np.minimum(weight[a], weight[b])

    def cost(line: int) -> tuple[int, float, float, int]:
        below = line - low
        pieces = -(-below // widest) - (-(length - below) // widest)
        crossing = (np.minimum(along[a], along[b]) < line) & (np.maximum(along[a], along[b]) >= line)
        uneven = min(abs(below - part * length / parts) for part in range(1, parts))
        return pieces, round(float(parted[crossing].sum()), 9), round(uneven, 9), line

    line = min(range(low + least, low + length - least + 1), key=cost)
    sides = (group[along[group] < line], group[along[group] >= line])
    return [
        part
        for side in sides
        for piece in _connected(side, row, column)
        for part in _split(piece, row, column, weight, widest)
    ]


def _pairs(group: Cells, row: Cells, column: Cells) -> tuple[Cells, Cells]:
    """Give neighbouring pairs within a group, each once."""
    near = (abs(row[group][:, None] - row[group]) <= 1) & (abs(column[group][:, None] - column[group]) <= 1)
    first, second = np.nonzero(np.triu(near, k=1))
    return group[first], group[second]


def _rejoined(parts: list[Cells], row: Cells, column: Cells, weight: NDArray[np.float64], widest: int) -> list[Cells]:
    """Join parts that meet and fit, the lightest first, each to the lightest it fits to."""
    parts = sorted(parts, key=lambda part: (round(float(weight[part].sum()), 9), int(part[0])))
    for i, small in enumerate(parts):
        for j, other in enumerate(parts):
            if i == j:
                continue
            both = np.sort(np.concatenate([small, other]))
            if _fits(both, row, column, widest) and len(_connected(both, row, column)) == 1:
                rest = [part for k, part in enumerate(parts) if k not in (i, j)]
                return _rejoined([*rest, both], row, column, weight, widest)
    return parts
