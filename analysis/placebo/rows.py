"""Rows of the table of false alarms: how many of some trials a test rejected where nothing happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, eq=False)
class Placebos:
    """What was tried where nothing happened, and what could not be.

    Attributes
    ----------
    table : DataFrame
        ``COLUMNS``; every row has trials.
    left_out : tuple of str
        Each test, or unit of a test, that could not be run, with what is missing.
    """

    table: pd.DataFrame
    left_out: tuple[str, ...] = ()


def as_table(rows: Sequence[Row]) -> pd.DataFrame:
    """Lay rows out as a table with ``COLUMNS``."""
    return pd.DataFrame(rows, columns=list(COLUMNS))
