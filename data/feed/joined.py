"""Rows that are parts of one incident are joined, and rows that count several are so many."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.feed.mapping import COUNTS, FeedMapping
from data.feed.reasons import COUNTS_NONE, NO_COUNT, NO_SUCH_COUNT, REPEATED, TOO_MANY, Reject
from data.feed.records import MOST_ROWS
from data.feed.table import Table
from geo.errors import InputError

MOST_OF_A_ROW = 1_000  # incidents at one time and place; more are the total of something
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.0*)?", re.ASCII)
_DAY_S = 86_400
_SHOWN = 5
# What rows of one incident may disagree in, with the columns that hold it.
_DIFFER: dict[str, tuple[str, ...]] = {
    "time": ("at",),
    "place": ("easting_m", "northing_m"),
    "kind": ("category", "asb_type", "subcategory"),
}


@dataclass(frozen=True)
class Joins:
    """What was joined.

    Attributes
    ----------
    of : mapping of int to int
        Position of the row that is kept by that of the row that was joined to it.
    notes : tuple of str
    """

    of: Mapping[int, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows were joined to another."""
        return len(self.of)


def whole_number(text: str) -> int | None:
    """Read a count: ``12``, ``1,024``, ``3.0``; None where it is none."""
    found = _NUMBER.fullmatch(text)
    return int(found[1].replace(",", "")) if found else None


def read_counts(table: Table, mapping: FeedMapping, reject: Reject) -> list[int]:
    """Incidents that each row stands for; rows that do not say are rejected.

    Raises
    ------
    InputError
        There would be more incidents than a store takes.
    """
    column = mapping.columns.get("count")
    if mapping.rows_are != COUNTS or not column:
        return [1] * len(table.lines)
    texts = table.columns[column]
    numbers = [whole_number(text) for text in texts]
    for reason, wrong in (
        (NO_COUNT, [not text for text in texts]),
        (NO_SUCH_COUNT, [n is None for n in numbers]),
        (COUNTS_NONE, [n == 0 for n in numbers]),
        (TOO_MANY, [n is not None and n > MOST_OF_A_ROW for n in numbers]),
    ):
        reject(reason, np.array(wrong, dtype=bool), "count")
    counts = [n if n and n <= MOST_OF_A_ROW else 1 for n in numbers]
    if sum(counts) > MOST_ROWS:
        raise InputError(
            "the file counts too many incidents",
            file=table.name,
            column=column,
            value=f"{sum(counts):,}",
            hint="Is the column mapped one of counts? Correct the mapping, or give the file in parts.",
        )
    return counts


def several(frame: pd.DataFrame, counts: Sequence[int]) -> pd.DataFrame:
    """Repeat each row as often as it counts; only the first of its incidents keeps the reference number."""
    if all(count == 1 for count in counts):
        return frame
    made = frame.loc[frame.index.repeat(counts)].copy()
    made.loc[made.index.duplicated(), "reference"] = ""
    return made


def join_parts(
    frame: pd.DataFrame, texts: Sequence[str], why: list[str], role: list[str]
) -> tuple[Joins, dict[int, int]]:
    """Join usable rows of one reference number to the first of them in time.

    Parameters
    ----------
    frame : DataFrame
        All rows: line, reference, at, place and kinds.
    texts : sequence of str
        Reference numbers as the file has them; nothing of them is kept here.
    why, role : list of str
        Reasons so far. A row more than a day after the first of its number is rejected: a number that begins anew is
        another incident's.

    Returns
    -------
    Joins
    dict of int to int
        Position of the first row of the number by that of each row rejected here.

    Notes
    -----
    The first row is kept whole: nothing is mixed from several. Rows whose time of day is not known come after those
    with one. Of rows at one time the order of the file does not
    decide, but place and kind. Rows whose number may not be kept, such as a name, are
    joined only where time and place are the same.
    """
    at = frame["at"].to_numpy().astype("datetime64[s]").astype(np.int64)
    until = frame["until"].to_numpy().astype("datetime64[s]").astype(np.int64)
    day_only = (until - at == _DAY_S).tolist()
    kept_number = frame["reference"].tolist()
    place = list(zip(frame["easting_m"].tolist(), frame["northing_m"].tolist(), strict=True))
    groups: dict[object, list[int]] = {}
    for row, text in enumerate(texts):
        if text and not why[row]:
            number = text if kept_number[row] else (text, int(at[row]), place[row])
            groups.setdefault(number, []).append(row)
    of: dict[int, int] = {}
    apart: dict[int, int] = {}
    kinds = list(zip(*(frame[column].tolist() for column in _DIFFER["kind"]), strict=True))
    for rows in groups.values():
        first = min(rows, key=lambda row: (day_only[row], at[row], place[row], kinds[row], row))
        for row in rows:
            if row == first:
                continue
            if abs(at[row] - at[first]) > _DAY_S:
                why[row], role[row] = REPEATED, "reference"
                apart[row] = first
            else:
                of[row] = first
    return Joins(of, _notes(frame, of)), apart


def _notes(frame: pd.DataFrame, of: Mapping[int, int]) -> tuple[str, ...]:
    if not of:
        return ()
    rows, firsts = list(of), list(of.values())
    lines = frame["line"].to_numpy()
    notes = [f"{len(of):,} rows were joined to another of their incident, by its reference number"]
    for what, columns in _DIFFER.items():
        pairs = [(frame[column].to_numpy()[rows], frame[column].to_numpy()[firsts]) for column in columns]
        other = np.any([one != two for one, two in pairs], axis=0)
        if other.any():
            told = [str(line) for line in np.sort(lines[rows][other])[:_SHOWN]]
            more = " and others" if other.sum() > _SHOWN else ""
            notes.append(
                f"{int(other.sum()):,} of the joined rows have another {what} than the first row of their incident, "
                f"which counts (row{'s' if other.sum() > 1 else ''} {', '.join(told)}{more})"
            )
    return tuple(notes)
