"""Rows of the table of false alarms: how many of some trials a test rejected where nothing happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

LEVEL = 0.05
COLUMNS = ("test", "unit", "level", "rejected", "trials")


class Row(NamedTuple):
    """One test on one kind of unit."""

    test: str
    unit: str
    level: float
    rejected: int
    trials: int


def as_table(rows: Sequence[Row]) -> pd.DataFrame:
    """Lay rows out as a table with ``COLUMNS``."""
    return pd.DataFrame(rows, columns=list(COLUMNS))
