"""Which cells maps draw to be clicked and lists offer to be chosen: a browser does not hold a county's 76,762."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pages.ui.map.lattice import known_cells, references
from pages.ui.shell.cache import Dataset, cached

MANY_CELLS = 10_000  # more are neither drawn to be clicked nor listed to be chosen


def cells(data: Dataset, category: str, as_at: pd.Period) -> NDArray[np.intp]:
    """Positions of the cells that map and lists offer: all, or of very many those that ever had an incident."""
    counted = cached(known_cells, data, category, as_at)
    n = len(counted.grid.cells)
    return np.arange(n) if n <= MANY_CELLS else np.flatnonzero(counted.of(slice(None)) > 0)


def names(data: Dataset, category: str, as_at: pd.Period) -> tuple[str, ...]:
    """Give the references of the cells that are offered."""
    every = tuple(cached(references, data))
    return tuple(every[at] for at in cached(cells, data, category, as_at))


def words(data: Dataset, category: str, as_at: pd.Period) -> str:
    """Say that not every cell is offered; empty where all are."""
    there, every = len(cached(cells, data, category, as_at)), len(cached(references, data))
    if there == every:
        return ""
    return f" Of {every:,} cells the {there:,} that ever had an incident are drawn and listed."
