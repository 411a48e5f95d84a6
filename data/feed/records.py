"""Rows of cells as a file has them, before anybody knows which is the header; and how large a file may be."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_BYTES = 256 << 20  # of a file, and of a spreadsheet inflated
MOST_RATIO = 400  # inflated over packed; tables of repeated words reach 40
MOST_ROWS = 2_000_000
MOST_COLUMNS = 500
MOST_NAME = 1_000  # characters of the name of a column: a longer one is a row that has run into others
TOP = 30  # rows among which the header is looked for: reports have titles above it
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, eq=False)
class Records:
    """Rows that hold something.

    Attributes
    ----------
    lines : list of int
        Line of the text, row of the sheet or number of the feature; the first is 1.
    records : list of list of str
        Cells of each row.
    dated : list of frozenset of int
        Places of the cells of each row that are dates or times of the spreadsheet's own.
    notes : tuple of str
        What was done to read them.
    title : str
        Of the sheet; empty elsewhere.
    hidden : bool
        The sheet is hidden.
    """

    lines: list[int]
    records: list[list[str]]
    dated: list[frozenset[int]]
    notes: tuple[str, ...] = ()
    title: str = ""
    hidden: bool = False


def bare(text: str) -> str:
    """Text without blanks around it, and without letters that nobody sees: they would hide what a text is."""
    return text.strip() if text.isascii() else _UNSEEN.sub("", text).strip()
