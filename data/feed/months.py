"""Rows of a month without a day: totals, which a dated feed cannot hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.feed.mapping import COUNTS, FeedMapping
from data.feed.table import Table
from data.feed.taken import MOST, SAMPLE, share
from geo.errors import InputError

_NAME = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_PERIOD = re.compile(
    rf"{_NAME}[\s/'’-]*(?:\d{{4}}|\d{{2}})?|(?:\d{{4}}|\d{{2}})[\s/'’-]*{_NAME}|"
    r"(?:19|20)\d{2}[-/. ]?(?:0?[1-9]|1[0-2])|"
    r"(?:0?[1-9]|1[0-2])[-/.](?:19|20)\d{2}|(?:19|20)\d{2} ?m ?\d{1,2}|q[1-4][\s/'’-]*(?:19|20)\d{2}(?:[/-]\d{2,4})?|"
    r"(?:19|20)\d{2}(?:[/-]\d{2,4})?[\s/'’-]*q[1-4]",
    re.IGNORECASE,
)
_FEWEST, _FEWEST_ROWS = 3, 12  # months, and rows, from which dates that are all the first of one are no chance
HINT = (
    "A dated feed needs the day of each incident: ask for a file with a row for each incident, or for each day. Totals "
    "of months are in the published files already."
)


def are_months(values: Sequence[str]) -> bool:
    """Whether most values are months or quarters without a day."""
    return share(values[:SAMPLE], _PERIOD.fullmatch) >= MOST


def month_question(table: Table, free: Sequence[str]) -> str:
    """Say which column holds months, where no column is a date; empty where none does."""
    for column in free:
        values = table.filled(column)
        if are_months(values):
            return f"“{column}” holds months without a day, such as {values[0]}: these rows are totals. {HINT}"
    return ""


def check_months(table: Table, mapping: FeedMapping) -> None:
    """Refuse a column of months as the date.

    Raises
    ------
    InputError
        Its values have no day.
    """
    column = mapping.columns["start"]
    values = table.filled(column)
    if are_months(values):
        raise InputError(
            "the dates are months without a day: the rows are totals of months",
            file=table.name,
            column=column,
            value=values[0],
            hint=HINT,
        )


def first_days(table: Table, mapping: FeedMapping, start: NDArray[np.datetime64]) -> str:
    """Say that all dates are the first or the last of a month; of rows that count, refuse it.

    Raises
    ------
    InputError
        Rows count incidents, and they are those of a month.
    """
    days = start[~np.isnat(start)].astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    if len(days) < _FEWEST_ROWS or len(np.unique(months)) < _FEWEST or (start[~np.isnat(start)] != days).any():
        return ""
    first = (days == months.astype("datetime64[D]")).all()
    last = ((days + np.timedelta64(1, "D")).astype("datetime64[M]") != months).all()
    if not first and not last:
        return ""
    what = f"every date is the {'first' if first else 'last'} of a month"
    if mapping.rows_are == COUNTS:
        raise InputError(
            f"{what}, and rows count incidents: they are totals of months, which have no day",
            file=table.name,
            column=mapping.columns["start"],
            value=table.filled(mapping.columns["start"])[0],
            hint=HINT,
        )
    return f"{what}: if the file knows only the month, its days say nothing"
