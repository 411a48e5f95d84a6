"""Which rows of a published file can be used, and why the others cannot."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.kinds.changes import EVERY, OLDER, last_month_of, since_words
from data.kinds.crime_types import CATEGORIES
from data.store.collected_errors import collect
from data.store.months import AGAIN, PLAIN, Months, read_months
from data.store.repeats import find_repeats
from data.store.rows import Rows
from geo.errors import InputError

NO_LOCATION = "no location"  # published so by the forces themselves: counted, never complained about
ONE_COORDINATE = "one coordinate missing"
NOT_NUMERIC = "coordinate not a number"
SWAPPED = "coordinates swapped"
ZERO = "coordinates zero"
ABROAD = "outside Britain"
CRIME_TYPE = "unknown crime type"
BLANK_MONTH = "blank month"
MALFORMED_MONTH = "malformed month"
MONTH_RANGE = "month out of range"
FIELDS = "wrong number of fields"
NO_FORCE = "no force"
TOTALS = "totals row"

# Reason: the column to look at, and what to do. The first that applies to a row is the one it is rejected for.
REASONS: dict[str, tuple[str, str]] = {
    TOTALS: ("", "It sums up the rows above and is no incident; nothing need be done."),
    FIELDS: ("", "Give the row as many fields as the header has; the file may be cut off here."),
    BLANK_MONTH: ("Month", "Write the month as YYYY-MM."),
    MALFORMED_MONTH: ("Month", "Write the month as YYYY-MM, for example 2024-10."),
    MONTH_RANGE: ("Month", "Months are published from 2010-12 on, and never ahead of time."),
    NO_FORCE: ("Falls within", "Name the force, or give the file its published name YYYY-MM-FORCE-street.csv."),
    CRIME_TYPE: ("Crime type", "Use a crime type of data.police.uk as it was published for that month."),
    NO_LOCATION: ("Longitude", "The force published no location; nothing need be done."),
    ONE_COORDINATE: ("Longitude", "Give both longitude and latitude, or neither."),
    NOT_NUMERIC: ("Longitude", "Give longitude and latitude in degrees, with a decimal point."),
    ZERO: ("Longitude", "0 stands for a missing location: leave both blank."),
    SWAPPED: ("Longitude", "Longitude and latitude are in each other's column."),
    ABROAD: (
        "Longitude",
        "Give degrees (WGS84), longitude -9 to 2 and latitude 49 to 61; Excel may have lost a decimal point.",
    ),
}
_ORDER = tuple(REASONS)
_SHEET_ROWS = 1_048_576
_JOINED = -1  # counted with an earlier row
_CODE = {reason: number for number, reason in enumerate(_ORDER, start=1)}

LONGITUDES = (-9.0, 2.1)
LATITUDES = (49.0, 61.5)
_TOTAL = re.compile(r"(?:grand |sub)?totals?\b.{0,40}|sum|count|number of (?:rows|records|crimes)", re.IGNORECASE)
_OLDER = {name.lower(): name for name in OLDER}
# Forces whose files are not called by the words of their name.
_ALIASES = {"british-transport": "btp", "police-service-of-northern-ireland": "northern-ireland"}
_OFFICES = re.compile(r"-(?:police|constabulary|police-service|police-force)$")


def month_ordinal(month: str) -> int:
    """Count months (YYYY-MM) from January 1970, as pandas does."""
    return (int(month[:4]) - 1970) * 12 + int(month[5:]) - 1


FIRST_PUBLISHED = month_ordinal("2010-12")


def force_slug(name: str) -> str:
    """Name of a force in file names, from its published name ("Devon & Cornwall Police" is devon-and-cornwall)."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower().replace("&", " and ")).strip("-")
    short = _OFFICES.sub("", slug)
    return _ALIASES.get(slug, _ALIASES.get(short, short))[:60]


class Rejected(NamedTuple):
    """A row that cannot be used: where it is, why, what to do, and its text."""

    file: str
    row: int
    column: str
    value: str
    reason: str
    advice: str
    original: str


@dataclass(frozen=True, eq=False)
class Checked:
    """The rows of a file that can be used, and the others with reasons.

    Attributes
    ----------
    rows_read : int
    usable : ndarray of int64
        Positions in ``table`` of the rows that can be used.
    published : ndarray of int64
        Those, and the rows that were published without a location.
    month, force : ndarray of int, shape (rows of the table,)
        Month as a number that counts from January 1970; position in ``forces``, -1 where none is named.
    category : ndarray of int, shape (rows of the table,)
        Crime type as a position in ``EVERY``, -1 of any other text.
    forces : tuple of str
    table : pyarrow.Table
    rejected : tuple of Rejected
        Ordered by row.
    rejected_units : dict of (force, month number) to int
        Rejected rows whose unit is known.
    joined_units : dict of (force, month number) to int
        Rows that equal an earlier one of the same Crime ID and are counted with it; of the units that are known.
    joined : int
        All of them.
    notes : tuple of str
        What was undone of what another program did to the file, and what a person should know.
    """

    rows_read: int
    usable: NDArray[np.int64]
    published: NDArray[np.int64]
    month: NDArray[np.int64]
    force: NDArray[np.int64]
    category: NDArray[np.int64]
    forces: tuple[str, ...]
    table: pa.Table = field(repr=False)
    rejected: tuple[Rejected, ...] = field(repr=False)
    rejected_units: dict[tuple[str, int], int] = field(repr=False)
    joined_units: dict[tuple[str, int], int] = field(default_factory=dict, repr=False)
    joined: int = 0
    notes: tuple[str, ...] = ()

    @property
    def by_reason(self) -> dict[str, int]:
        """Rejected rows by reason."""
        return dict(Counter(row.reason for row in self.rejected))


def _per_value(table: pa.Table, column: str, what: Callable[[str], int]) -> NDArray[np.int64]:
    """Apply a function once to each distinct text of a column."""
    array = table[column].combine_chunks()
    values = np.array([what(text) for text in array.dictionary.to_pylist()], dtype=np.int64)
    return np.asarray(values[array.indices.to_numpy()])


def check_rows(rows: Rows, named: tuple[str, str] | None, last_month: int, most_units: int = 5_000) -> Checked:
    """Decide row by row.

    Parameters
    ----------
    rows : Rows
    named : (force, month) or None
        What the published file name says; None for a file of any other name. The force is taken from it without asking
        the rows: forces change the name they publish under, the names of their files stay.
    last_month : int
        Number of the month of the import: nothing later can have been published.
    most_units : int
        Months of forces that one file may hold.

    Returns
    -------
    Checked

    Raises
    ------
    InputError
        Rows contradict the name of the file, nothing in it can be used, months that may mean two things, Crime IDs
        that were damaged, a file that holds its rows more than once, one that fills a sheet of Excel.
    """
    if len(rows) + rows.blank + 1 == _SHEET_ROWS:
        raise InputError(
            "it has as many rows as fit into a sheet of Excel, so it was cut off", file=rows.name, hint=AGAIN
        )
    table = rows.table
    months = _months(rows, named, last_month)
    month = _per_value(table, "Month", lambda text: _month_number(months.of(text), last_month))
    forces, force = _forces(table, named)
    with collect() as problems:
        if named is not None:
            problems.check(lambda: _agree_month(rows, months, named[1]))
    repeats = find_repeats(rows)
    category = _per_value(table, "Crime type", lambda text: EVERY.index(text) if text in EVERY else -1)
    for name in OLDER:  # such a name in a later month is a mistake, or another source
        last = month_ordinal(last_month_of(name))
        category[(category == EVERY.index(name)) & (month > last)] = -1
    category[repeats.joined] = -1
    why = np.where(repeats.joined, _JOINED, 0).astype(np.int8)
    totals = _totals_line(rows, month)

    def reject(reason: str, where: NDArray[np.bool_]) -> None:
        why[(why == 0) & where] = _CODE[reason]

    if totals and totals not in {line for line, _ in rows.miscounted[-1:]}:
        reject(TOTALS, np.arange(table.num_rows) == table.num_rows - 1)
    reject(BLANK_MONTH, month == -1)
    reject(MALFORMED_MONTH, month == -2)
    reject(MONTH_RANGE, month == -3)
    reject(NO_FORCE, force < 0)
    reject(CRIME_TYPE, category < 0)
    _check_coordinates(table, reject)

    usable = np.flatnonzero(why == 0)
    published = np.flatnonzero((why == 0) | (why == _CODE[NO_LOCATION]))
    rejected = _rejected(rows, why, totals)
    known = (month >= 0) & (force >= 0)
    units, joined_units = (_by_unit(forces, force, month, known & one) for one in (why > 0, why == _JOINED))
    if named is not None:  # every row of the file belongs to the one unit that its name tells
        units = {(named[0], month_ordinal(named[1])): len(rejected)} if len(rejected) else {}
    wrong = next((row for row in rejected if row.reason not in (NO_LOCATION, TOTALS)), None)
    if len(usable) == 0 and wrong:
        raise InputError(
            f"not one of its {len(rows):,} rows can be used; the first fails for: {wrong.reason}",
            file=wrong.file,
            row=wrong.row,
            column=wrong.column or None,
            value=wrong.value,
            hint=wrong.advice,
        )
    if len(np.unique(force[published] * 10_000 + month[published])) > most_units:
        raise InputError(f"the file holds more than {most_units:,} months of forces", file=rows.name, hint="Split it.")
    joined = int(repeats.joined.sum())
    notes = (*rows.notes, *(f"months such as {form}" for form in months.forms), *repeats.notes)
    blank = (f"{rows.blank:,} row{'' if rows.blank == 1 else 's'} without any text passed over",) if rows.blank else ()
    return Checked(
        len(rows), usable, published, month, force, category, forces, table, rejected, units, joined_units, joined,
        notes + blank,
    )  # fmt: skip


def _by_unit(
    forces: tuple[str, ...], force: NDArray[np.int64], month: NDArray[np.int64], which: NDArray[np.bool_]
) -> dict[tuple[str, int], int]:
    units: dict[tuple[str, int], int] = {}
    for f, m in zip(force[which].tolist(), month[which].tolist(), strict=True):
        units[forces[f], m] = units.get((forces[f], m), 0) + 1
    return units


def _months(rows: Rows, named: tuple[str, str] | None, last_month: int) -> Months:
    texts = rows.table["Month"].combine_chunks().dictionary.to_pylist()
    last = f"{1970 + last_month // 12}-{last_month % 12 + 1:02d}"
    try:
        return read_months(texts, named[1] if named else None, last)
    except InputError as error:
        value = error.value
        found = _first_with(rows, "Month", lambda text: text.strip() == value)
        row = found[0] if found else None
        raise InputError(
            error.message, file=rows.name, row=row, column="Month", value=value, hint=error.hint
        ) from error


def _totals_line(rows: Rows, month: NDArray[np.int64]) -> int:
    """Line of the last row where it sums up the others; 0 where it does not."""
    ends = list(rows.miscounted[-1:])
    if len(month) and (ends or month[-1] < 0):
        ends += rows.originals([len(month) - 1])
    line, text = max(ends, default=(0, ""))
    named = any(_TOTAL.fullmatch(one.strip()) for one in rows.fields(text))
    return line if named and not (len(month) and month[-1] >= 0 and ends[-1] == (line, text)) else 0


def _month_number(text: str, last_month: int) -> int:
    if not text.strip():
        return -1
    if not PLAIN.fullmatch(text):
        return -2
    number = month_ordinal(text)
    return number if FIRST_PUBLISHED <= number <= last_month else -3


def _forces(table: pa.Table, named: tuple[str, str] | None) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    if named is not None:
        return (named[0],), np.zeros(table.num_rows, dtype=np.int64)
    known: dict[str, int] = {}

    def number(text: str) -> int:
        slug = force_slug(text)
        return known.setdefault(slug, len(known)) if slug else -1

    force = _per_value(table, "Falls within", number)
    fallback = _per_value(table, "Reported by", number)
    return tuple(known), np.where(force >= 0, force, fallback)


def _first_with(rows: Rows, column: str, wrong: Callable[[str], bool]) -> tuple[int, str] | None:
    where = np.flatnonzero(_per_value(rows.table, column, lambda text: int(wrong(text))) > 0)
    if len(where) == 0:
        return None
    return rows.originals(where[:1].tolist())[0][0], rows.table[column][int(where[0])].as_py()


def _agree_month(rows: Rows, months: Months, month: str) -> None:
    found = _first_with(rows, "Month", lambda text: bool(PLAIN.fullmatch(months.of(text))) and months.of(text) != month)
    if found:
        raise InputError(
            f"the file is named for {month} and holds another month",
            file=rows.name,
            row=found[0],
            column="Month",
            value=found[1],
            hint="Give it the name it was published under, or a name of another form if it holds several months.",
        )


def _check_coordinates(table: pa.Table, reject: Callable[[str, NDArray[np.bool_]], None]) -> None:
    lon_null, lat_null = (pc.is_null(table[c]).to_numpy().astype(bool) for c in ("Longitude", "Latitude"))
    lon, lat = (table[c].to_numpy().astype(float) for c in ("Longitude", "Latitude"))
    reject(NO_LOCATION, lon_null & lat_null)
    reject(ONE_COORDINATE, lon_null | lat_null)
    reject(NOT_NUMERIC, ~np.isfinite(lon) | ~np.isfinite(lat))
    reject(ZERO, lat == 0)  # longitude 0 alone is Greenwich

    def within(values: NDArray[np.float64], bounds: tuple[float, float]) -> NDArray[np.bool_]:
        return (values >= bounds[0]) & (values <= bounds[1])

    reject(SWAPPED, within(lon, LATITUDES) & within(lat, LONGITUDES))
    reject(ABROAD, ~within(lon, LONGITUDES) | ~within(lat, LATITUDES))


def _rejected(rows: Rows, why: NDArray[np.int8], totals: int) -> tuple[Rejected, ...]:
    where = np.flatnonzero(why > 0).tolist()
    found = [Rejected(rows.name, line, "", "", FIELDS, REASONS[FIELDS][1], text) for line, text in rows.miscounted]
    if found and found[-1].row == totals:
        found[-1] = found[-1]._replace(reason=TOTALS, advice=REASONS[TOTALS][1])
    for place, (line, text) in zip(where, rows.originals(where), strict=True):
        reason = _ORDER[int(why[place]) - 1]
        column = REASONS[reason][0]
        value = ""
        if column == "Longitude" and reason != NO_LOCATION:
            value = f"{rows.value(text, column)}, {rows.value(text, 'Latitude')}"
        elif column and reason != NO_LOCATION:
            value = rows.value(text, column)
        found.append(Rejected(rows.name, line, column, value, reason, _advice(reason, value), text))
    return tuple(sorted(found, key=lambda row: row.row))


def _advice(reason: str, value: str) -> str:
    advice = REASONS[reason][1]
    if reason == CRIME_TYPE:
        near = difflib.get_close_matches(value, CATEGORIES, n=1, cutoff=0.8)
        older = _OLDER.get(value.strip().lower())
        advice = since_words(older) if older else f"Is {near[0]!r} meant?" if near else advice
    return advice
