"""Which free column of a partner's file is taken for what: by the words of its header, if its values look like it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from data.feed.dates import UNKNOWN, date_text, time_text
from data.feed.personal import header_words
from data.feed.table import Table

SAMPLE = 2_000
MOST = 0.8  # share of the values that have to look like it
SOME = 0.4  # share of the rows whose value has to say something
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)

# A comma before other than three digits parts no thousands: it is the decimal mark of another language's spreadsheet.
DECIMAL_COMMA = re.compile(r"[+-]?\d+,(?:\d{1,2}|\d{4,})|[+-]?\d{4,},\d+", re.ASCII)

Fits = Callable[[Sequence[str]], bool]


@dataclass(eq=False)
class Taken:
    """What columns were taken for so far.

    Attributes
    ----------
    table : Table
    free : sequence of str
        Columns with something in them that are not personal.
    columns : dict of str to str
        Column by what it was taken for.
    notes : list of str
        What the file shows that a person should know before saying yes: a sentence each, with its evidence.
    """

    table: Table
    free: Sequence[str]
    columns: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def left(self) -> list[str]:
        """Columns that were not taken yet, in the order of the file."""
        taken = set(self.columns.values())
        return [column for column in self.free if column not in taken]

    def values(self, column: str) -> list[str]:
        """Give the first values of a column, without blanks."""
        return self.table.filled(column)[:SAMPLE]

    def take(self, target: str, headers: Sequence[str], fits: Fits, but: str = "") -> None:
        """Take the first column whose values fit, by the patterns of headers, the best first."""
        for pattern in headers:
            for column in self.left:
                words = header_words(column)
                if not re.search(pattern, words) or (but and re.search(but, words)):
                    continue
                if fits(self.values(column)):
                    self.columns[target] = column
                    return


def share(values: Sequence[str], test: Callable[[str], object]) -> float:
    """Part of the values that pass; 0 without values."""
    return sum(bool(test(text)) for text in values) / len(values) if values else 0.0


def are_dates(values: Sequence[str]) -> bool:
    """Whether most values are dates, with a time of day or without."""
    return share(values, date_text) >= MOST


def have_times(values: Sequence[str]) -> bool:
    """Whether many dates have a time of day other than midnight."""
    parts = [date_text(text) for text in values]
    return sum(part is not None and part.seconds > 0 for part in parts) >= SOME * len(parts)


def are_times(values: Sequence[str]) -> bool:
    """Whether most values are times of day."""

    def is_time(text: str) -> bool:
        part = date_text(text)
        return time_text(text) is not None or (part is not None and part.seconds != UNKNOWN)

    return share(values, is_time) >= MOST


def are_unique(values: Sequence[str]) -> bool:
    """Whether values tell rows apart: hardly one comes twice, and they are no dates and no decimals."""
    return len(set(values)) >= 0.95 * len(values) and not are_dates(values) and share(values, _is_decimal) < SOME


def _is_decimal(text: str) -> bool:
    return bool(NUMBER.fullmatch(text)) and "." in text


def between(low: float, high: float) -> Fits:
    """Give the test whether most values are numbers within bounds."""

    def fits(values: Sequence[str]) -> bool:
        def inside(text: str) -> bool:
            bare = text.replace(",", "." if DECIMAL_COMMA.fullmatch(text) else "")
            return bool(NUMBER.fullmatch(bare)) and low <= float(bare) <= high

        return share(values, inside) >= MOST

    return fits
