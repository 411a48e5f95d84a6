"""A published CSV as a table: two readers that give the same rows, one fast and one that knows every line.

A file without quotation marks whose rows all have the same number of fields goes through Arrow. Anything else goes
through the standard library's reader, which says on which line each record starts.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

from data.store.collected_errors import collect, unmatched_quotes
from geo.errors import InputError

NEEDED: tuple[str, ...] = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "Crime type",
    "Last outcome category",
)
_NUMBERS = ("Longitude", "Latitude")
_CHECKED = ("Month", "Reported by", "Falls within", "Crime type")  # few words each, looked at once a word
_TYPES = {
    name: pa.float64()
    if name in _NUMBERS
    else pa.dictionary(pa.int32(), pa.string())
    if name in _CHECKED
    else pa.string()
    for name in NEEDED
}
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*", re.IGNORECASE | re.ASCII)
_FIRST_LINE = re.compile(rb"[^\r\n]+")
_BOM = b"\xef\xbb\xbf"
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
        The columns in ``NEEDED``. Text is never null; a blank coordinate is null, one that is no number is not finite.
    miscounted : tuple of (int, str)
        Line and text of the records that have too few or too many fields.
    """

    name: str
    header: tuple[str, ...]
    table: pa.Table = field(repr=False)
    miscounted: tuple[tuple[int, str], ...] = ()
    _raw: bytes = field(default=b"", repr=False)
    _originals: tuple[tuple[int, str], ...] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        """Count every record, whatever is wrong with it."""
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

    def value(self, original: str, column: str) -> str:
        """Text of one field of a row as :meth:`originals` gives it."""
        fields = next(csv.reader(io.StringIO(original, newline="")), [])
        place = self.header.index(column)
        return fields[place] if place < len(fields) else ""


def read_rows(name: str, raw: bytes) -> Rows:
    """Read a published street-level CSV.

    Parameters
    ----------
    name : str
        The file as reports name it.
    raw : bytes
        All of it. A byte order mark and any line ends are fine.

    Returns
    -------
    Rows

    Raises
    ------
    InputError
        Empty, not UTF-8, not a CSV, another delimiter, a column missing or there twice, quotation marks that do not
        match, no rows.
    """
    if raw.startswith(_BOM):
        raw = raw[len(_BOM) :]
    _check_bytes(name, raw)
    header = _header(name, raw)
    if b'"' not in raw:
        try:
            rows = Rows(name, header, _arrow(raw), _raw=raw)
        except pa.ArrowInvalid:
            rows = read_rows_exactly(name, raw, header)
    else:
        rows = read_rows_exactly(name, raw, header)
    if len(rows) == 0:
        raise InputError(
            "there are no rows under the header", file=name, hint="Download the file again: a month is never empty."
        )
    return rows


def _arrow(raw: bytes) -> pa.Table:
    return pacsv.read_csv(
        pa.BufferReader(raw),
        read_options=pacsv.ReadOptions(use_threads=False, block_size=len(raw) + 1),
        parse_options=pacsv.ParseOptions(quote_char=False),
        convert_options=pacsv.ConvertOptions(
            include_columns=list(NEEDED),
            column_types=_TYPES,
            null_values=[""],
            strings_can_be_null=False,
            check_utf8=False,
        ),
    )


def read_rows_exactly(name: str, raw: bytes, header: tuple[str, ...]) -> Rows:
    """Read record by record; what :func:`read_rows` falls back on and is tested against."""
    lines = io.StringIO(raw.decode("utf-8"), newline="").readlines()
    reader = csv.reader(iter(lines), strict=True)
    records: list[list[str]] = []
    originals: list[tuple[int, str]] = []
    miscounted: list[tuple[int, str]] = []
    seen_header = False
    end = 0
    try:
        for record in reader:
            start, end = end, reader.line_num
            if not record:
                continue
            if not seen_header:
                seen_header = True
                continue
            original = (start + 1, "".join(lines[start:end]).rstrip("\r\n")[:MOST_TEXT])
            if len(record) == len(header):
                records.append(record)
                originals.append(original)
            else:
                miscounted.append(original)
    except csv.Error as error:
        raise unmatched_quotes(name, end + 1, error, "download the file") from error
    columns: dict[str, Any] = {}
    for column in NEEDED:
        place = header.index(column)
        values = [record[place] for record in records]
        if column in _NUMBERS:
            columns[column] = pa.array([_number(value) for value in values], type=pa.float64())
        else:
            text = pa.array(values, type=pa.string())
            columns[column] = text.dictionary_encode() if column in _CHECKED else text
    return Rows(name, header, pa.table(columns), tuple(miscounted), _originals=tuple(originals))


def _number(text: str) -> float | None:
    if text == "":
        return None
    return float(text) if _NUMBER.fullmatch(text) else float("nan")


def _check_bytes(name: str, raw: bytes) -> None:
    if not raw or raw.isspace():
        raise InputError("the file is empty", file=name, hint="Download it again.")
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise InputError("the file is UTF-16", file=name, hint="Save it as CSV in UTF-8, or import it as downloaded.")
    start = raw[:512].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<!--")):
        raise InputError(
            "this is a web page saved as a CSV",
            file=name,
            value=raw[:60].decode("utf-8", "replace"),
            hint="Download the data itself: the page may be a login or an error message.",
        )
    if b"\0" in raw:
        place = raw.index(b"\0")
        raise InputError(
            "there is a NUL byte in the text",
            file=name,
            row=_line_of(raw, place),
            value=f"byte {place:,}",
            hint="The file is damaged or not a CSV: download it again.",
        )
    if raw.isascii():
        return
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            "the text is not UTF-8",
            file=name,
            row=_line_of(raw, error.start),
            value=f"byte 0x{raw[error.start]:02x} at {error.start:,}",
            hint="It was probably saved in Latin-1 (Windows) by another program: import it as downloaded, "
            "or save it as CSV UTF-8.",
        ) from error


def _line_of(raw: bytes, place: int) -> int:
    return len(raw[: place + 1].splitlines())


def _header(name: str, raw: bytes) -> tuple[str, ...]:
    found = _FIRST_LINE.search(raw)
    first = found[0].decode("utf-8") if found else ""
    try:
        header = tuple(next(csv.reader([first], strict=True)))
    except csv.Error as error:
        raise InputError("the header is not a line of CSV", file=name, row=1, value=str(error)) from error
    missing = [column for column in NEEDED if column not in header]
    if missing and len(header) == 1:
        for delimiter, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if delimiter in first:
                raise InputError(
                    f"columns are parted by {word}, not by commas",
                    file=name,
                    row=1,
                    value=first,
                    hint="Import the file as downloaded, or save it with commas.",
                )
    with collect() as problems:
        for column in missing:
            near = _nearest(column, [other for other in header if other not in NEEDED])
            problems.add(
                InputError(
                    "a column is missing",
                    file=name,
                    row=1,
                    column=column,
                    value=near,
                    hint=f"Is {near!r} meant? Name it {column!r}." if near else "Import the file as published.",
                )
            )
        for column in NEEDED:
            if header.count(column) > 1:
                problems.add(InputError("a column is there twice", file=name, row=1, column=column))
    return header


def _nearest(column: str, others: list[str]) -> str | None:
    by_folded = {re.sub(r"[^a-z]", "", other.lower()): other for other in others}
    near = difflib.get_close_matches(re.sub(r"[^a-z]", "", column.lower()), list(by_folded), n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None
