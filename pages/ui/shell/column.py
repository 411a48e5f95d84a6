"""What a column of a table is on screen, and the units and words that many of them share."""

from __future__ import annotations

from typing import NamedTuple

LOW = "In 95 of 100 cases the true one lies between this and the next column."
HIGH = "In 95 of 100 cases the true one lies between the column before and this."
PERCENT, PER_1000, TIMES, ROWS, SHARE = "per cent", "per 1,000 residents", "times", "rows", "0 to 1"


class Column(NamedTuple):
    """A column: its name in everyday words, what it means, and its unit.

    ``unit`` is None for text; numbers need one, and "" says that they have none: a year, a number in a list.
    """

    label: str
    help: str
    unit: str | None = None
