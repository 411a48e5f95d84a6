"""Of very many cells only those that ever had an incident are drawn and listed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from analysis.where.cells import CellMonths
from data.kinds.crime_types import ASB
from pages.ui.map import offered
from tests.made_incidents import square_grid


def test_many_cells_are_offered_where_something_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = square_grid(4, 1)
    month = pd.Period("2024-01", "M")
    counts = np.zeros((1, grid.size))
    counts[0, grid.cells[[2, 5]]] = 1, 3
    counted = CellMonths(grid, pd.period_range(month, month, freq="M"), sparse.csr_array(counts))
    data: Any = SimpleNamespace()
    monkeypatch.setattr(offered, "cached", lambda function, data, *more: function(data, *more))
    monkeypatch.setattr(offered, "known_cells", lambda *_: counted)
    monkeypatch.setattr(offered, "references", lambda _: {f"cell {n}": n for n in range(16)})
    assert offered.cells(data, ASB, month).tolist() == list(range(16))
    assert offered.words(data, ASB, month) == ""
    monkeypatch.setattr(offered, "MANY_CELLS", 15)
    assert offered.names(data, ASB, month) == ("cell 2", "cell 5")
    assert offered.words(data, ASB, month) == " Of 16 cells the 2 that ever had an incident are drawn and listed."
