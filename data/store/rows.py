"""A published CSV as a table: two readers that give the same rows, one fast and one that knows every line.

A file as published, without quotation marks and with as many fields in every row, goes through Arrow. Anything else
goes through the standard library's reader, which says on which line each record starts.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from data.kinds.changes import EVERY
from data.store.collected_errors import unmatched_quotes
from data.store.layout import NEEDED, SMALL_AREA, Layout, decoded, layout_of
from geo.errors import InputError

__all__ = ["MOST_TEXT", "NEEDED", "Rows", "read_rows", "read_rows_exactly"]

_NUMBERS = ("Longitude", "Latitude")
_CHECKED = ("Month", "Reported by", "Falls within", "Crime type")  # few words each, looked at once a word
_READ = (*NEEDED, SMALL_AREA)
_TYPES = {
    name: pa.float64()
    if name in _NUMBERS
    else pa.dictionary(pa.int32(), pa.string())
    if name in _CHECKED
    else pa.string()
    for name in _READ
}
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*", re.IGNORECASE | re.ASCII)
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+\s*", re.ASCII)
_ID_LENGTHS = {0, 64}  # characters of a published Crime ID
MOST_TEXT = 4_000  # characters kept of a row that is put aside


@dataclass(frozen=True, eq=False)
class Rows:
    """The records of a CSV.

    Attributes
    ----------
    name : str
    header : tuple of str
        All columns of the file, in its order.
    table : pyarrow.Table
        The columns in ``NEEDED``, and the name of the small area (LSOA), empty in a file without that column. Text is
        never null; a blank coordinate is null, one that is no number is not finite.
    miscounted : tuple of (int, str)
        Line and text of the records that have too few or too many fields.
    notes : tuple of str
        What another program had done to the file, and was undone.
    blank : int
        Records without any text, which are no rows.
    """

    name: str
    header: tuple[str, ...]
    table: pa.Table = field(repr=False)
    miscounted: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()
    blank: int = 0
    _layout: Layout | None = field(default=None, repr=False)
    _raw: bytes = field(default=b"", repr=False)
    _originals: tuple[tuple[int, str], ...] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        """Count every record with text in it, whatever is wrong with it."""
        return int(self.table.num_rows) + len(self.miscounted)

    def originals(self, places: Sequence[int]) -> list[tuple[int, str]]:
        """Line (the header's is 1 in a file that starts with it) and text of rows of the table."""
        if self._originals is not None:
            return [self._originals[place] for place in places]
        if not places:
            return []
        lines = self._raw.splitlines()
        numbers = range(len(lines)) if all(lines) else [number for number, line in enumerate(lines) if line]
        found = (numbers[place + 1] for place in places)  # the first is the header
        return [(number + 1, lines[number].decode("utf-8")[:MOST_TEXT]) for number in found]

    def fields(self, original: str) -> list[str]:
        """Texts of the fields of a row as :meth:`originals` gives it."""
        return next(_records(iter([original]), self._layout or Layout(self.header)), [])

    def value(self, original: str, column: str) -> str:
        """Text of one field of a row as :meth:`originals` gives it."""
        fields = self.fields(original)
        place = self.header.index(column)
        return fields[place] if place < len(fields) else ""


def read_rows(name: str, raw: bytes) -> Rows:
    """Read a published street-level CSV, also one that a spreadsheet saved again.

    Parameters
    ----------
    name : str
        The file as reports name it.
    raw : bytes
        All of it. UTF-8 or UTF-16, a byte order mark or none, any line ends, commas, semicolons, tabs or bars.

    Returns
    -------
    Rows

    Raises
    ------
    InputError
        Empty, in another coding, not a CSV, another file of data.police.uk, a column missing or there twice, quotation
        marks that do not match, no rows.
    """
    raw, notes = decoded(name, raw)
    layout = layout_of(name, raw)
    rows = None
    if layout.as_published and b'"' not in raw:
        try:
            rows = _without_blanks(Rows(name, layout.header, _arrow(raw, layout), _raw=raw))
        except pa.ArrowInvalid:
            rows = None
    if rows is None or any(not text.strip() for text in _words(rows.table, "Month")):  # rows without any text, maybe
        rows = read_rows_exactly(name, raw, layout)
    if len(rows) == 0:
        raise InputError(
            "there are no rows under the header", file=name, hint="Download the file again: a month is never empty."
        )
    return replace(rows, notes=notes + layout.notes + rows.notes)


def _arrow(raw: bytes, layout: Layout) -> pa.Table:
    columns = [name for name in _READ if name in layout.header]
    table = pacsv.read_csv(
        pa.BufferReader(raw),
        read_options=pacsv.ReadOptions(use_threads=False, block_size=len(raw) + 1),
        parse_options=pacsv.ParseOptions(quote_char=False),
        convert_options=pacsv.ConvertOptions(
            include_columns=columns,
            column_types=_TYPES,
            null_values=[""],
            strings_can_be_null=False,
            check_utf8=False,
        ),
    )
    if SMALL_AREA in columns:
        return table
    return table.append_column(SMALL_AREA, pa.array([""] * table.num_rows, pa.string()))


def _words(table: pa.Table, column: str) -> list[str]:
    """Every text of one of the columns of few words, once."""
    found: list[str] = table[column].combine_chunks().dictionary.to_pylist()
    return found


def _without_blanks(rows: Rows) -> Rows:
    """Take blanks around texts away where there are any: a name with a blank after it is the same name."""
    table = rows.table
    lengths = set(pc.unique(pc.binary_length(table["Crime ID"])).to_pylist())  # in bytes, which is as good and faster
    if lengths <= _ID_LENGTHS and all(text == text.strip() for name in _CHECKED for text in _words(table, name)):
        return rows
    texts = {name: table[name].cast(pa.string()) for name in _READ if name not in _NUMBERS}
    bare = {name: pc.utf8_trim_whitespace(text) for name, text in texts.items()}
    if all(bare[name].equals(text) for name, text in texts.items()):
        return rows
    for name, text in bare.items():
        column = text.dictionary_encode() if name in _CHECKED else text
        table = table.set_column(table.column_names.index(name), name, column)
    return replace(rows, table=table, notes=(*rows.notes, "blanks around texts"))


def read_rows_exactly(name: str, raw: bytes, layout: Layout) -> Rows:
    """Read record by record; what :func:`read_rows` falls back on and is tested against."""
    text = raw.decode("utf-8")
    lines = io.StringIO(text, newline="").readlines()
    before = 1 if layout.skipped else 0  # the line that names the delimiter
    records: list[list[str]] = []
    originals: list[tuple[int, str]] = []
    miscounted: list[tuple[int, str]] = []
    short = blank = 0
    end, seen_header, ends_short = before, False, False
    reader = _Counted(lines[before:], layout)
    try:
        for record in reader:
            start, end = end, before + reader.line
            if not record:
                continue
            if not seen_header:
                seen_header = True
                continue
            ends_short = False
            if not any(map(str.strip, record)):
                blank += 1
                continue
            original = (start + 1, "".join(lines[start:end]).rstrip("\r\n")[:MOST_TEXT])
            fitted = _fitted(record, layout)
            if fitted is None:
                miscounted.append(original)
            else:
                records.append(fitted)
                originals.append(original)
                ends_short = len(record) < len(layout.header)
                short += ends_short
    except csv.Error as error:
        raise unmatched_quotes(name, end + 1, error, "download the file") from error
    if ends_short and not text.endswith(("\n", "\r")):  # the file may be cut off here
        records.pop()
        miscounted.append(originals.pop())
        short -= 1
    columns: dict[str, Any] = {}
    notes = ["empty fields left away at the end of rows"] if short else []
    degrees = [record[layout.header.index(column)] for column in _NUMBERS for record in records]
    commas = any("," in value for value in degrees) and not any("." in value for value in degrees)
    notes += ["coordinates with decimal commas"] if commas else []
    for column in _READ:
        place = layout.header.index(column) if column in layout.header else -1
        values = [record[place] if place >= 0 else "" for record in records]
        if column in _NUMBERS:
            if commas:
                values = [value.replace(",", ".") if _DECIMAL_COMMA.fullmatch(value) else value for value in values]
            columns[column] = pa.array([_number(value) for value in values], type=pa.float64())
        else:
            found = pa.array(values, type=pa.string())
            columns[column] = found.dictionary_encode() if column in _CHECKED else found
    table, undone, kept = pa.table(columns), tuple(notes), tuple(originals)
    return _without_blanks(Rows(name, layout.header, table, tuple(miscounted), undone, blank, layout, raw, kept))


class _Counted:
    """Records of lines, and how many lines they took."""

    def __init__(self, lines: list[str], layout: Layout) -> None:
        self._reader = csv.reader(iter(lines), strict=True, delimiter="," if layout.wrapped else layout.delimiter)
        self._layout = layout

    @property
    def line(self) -> int:
        return self._reader.line_num

    def __iter__(self) -> Iterator[list[str]]:
        for record in self._reader:
            yield _unwrapped(record, self._layout)


def _records(lines: Iterator[str], layout: Layout) -> Iterator[list[str]]:
    for record in csv.reader(lines, delimiter="," if layout.wrapped else layout.delimiter):
        yield _unwrapped(record, layout)


def _unwrapped(record: list[str], layout: Layout) -> list[str]:
    if layout.wrapped and len(record) == 1:
        return next(csv.reader(record, delimiter=layout.delimiter), [])
    return record


def _fitted(record: list[str], layout: Layout) -> list[str] | None:
    """Give a record as many fields as the header has, where only empty ones at its end are too many or missing.

    A spreadsheet leaves empty fields at the end of a row away. It is certain which they are where the row reaches a
    crime type at its place.
    """
    wanted = len(layout.header)
    if len(record) == wanted:
        return record
    if len(record) > wanted:
        return None if any(map(str.strip, record[wanted:])) else record[:wanted]
    kind = layout.header.index("Crime type")
    needed = max(layout.header.index(column) for column in NEEDED if column != "Last outcome category")
    if needed < len(record) and record[kind].strip() in EVERY:
        return record + [""] * (wanted - len(record))
    return None


def _number(text: str) -> float | None:
    if not text.strip():
        return None
    return float(text) if _NUMBER.fullmatch(text) else float("nan")
