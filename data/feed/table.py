"""A partner's file as a table of text: CSV in the encodings and with the delimiters that offices use, or Excel."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from data.feed.totals import no_incidents, told
from data.store.collected_errors import unmatched_quotes
from data.store.inputs import plain
from geo.errors import InputError

MOST_BYTES = 256 << 20  # of a file, and of a spreadsheet inflated
MOST_RATIO = 400  # inflated over packed; tables of repeated words reach 40
MOST_ROWS = 2_000_000
MOST_COLUMNS = 500
_SMALL = 1 << 20
_TOP = 30  # rows among which the header is looked for: reports have titles above it
_BOM = b"\xef\xbb\xbf"
_DELIMITERS = (",", ";", "\t", "|")
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of a file under its header, all as text.

    Attributes
    ----------
    name : str
        The file as reports name it.
    columns : mapping of str to list of str
        By header, in the order of the file; blank cells are empty text. A header that is there twice is numbered, a
        blank one is called by its place.
    lines : list of int
        Line of a CSV on which the row starts, or row of the sheet; the first is 1.
    miscounted : tuple of int
        Lines with too few or too many fields: they are no rows of the table.
    dates : mapping of str to frozenset of int
        Rows in which the spreadsheet holds a date or time of its own, by column; their text is ISO.
    sheets : tuple of str
        Of a workbook.
    notes : tuple of str
        What was done to read it, for the report.
    passed : tuple of int
        Lines that are totals or the end of a report: they are no rows of the table.
    """

    name: str
    columns: dict[str, list[str]] = field(repr=False)
    lines: list[int] = field(repr=False)
    miscounted: tuple[int, ...] = ()
    dates: dict[str, frozenset[int]] = field(default_factory=dict, repr=False)
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    passed: tuple[int, ...] = ()

    def __len__(self) -> int:
        """Count every row, whatever is wrong with it."""
        return len(self.lines) + len(self.miscounted)

    def filled(self, column: str) -> list[str]:
        """Text of a column without the blanks."""
        return [text for text in self.columns[column] if text]


@dataclass(frozen=True, eq=False)
class _Records:
    lines: list[int]
    records: list[list[str]]
    dated: list[frozenset[int]]
    notes: tuple[str, ...]
    sheets: tuple[str, ...] = ()


def read_table(name: str, raw: bytes, sheet: str | None = None) -> Table:
    """Read a partner's file.

    Parameters
    ----------
    name : str
        The file as the person knows it; told in every message.
    raw : bytes
        CSV (UTF-8, UTF-16 or Windows-1252; commas, semicolons, tabs or bars) or an Excel workbook (xlsx). Titles above
        the header are passed over.
    sheet : str, optional
        Of a workbook; by default the first that is not empty.

    Returns
    -------
    Table

    Raises
    ------
    InputError
        Not a table, damaged, too large, no rows, no such sheet.
    """
    name = plain(name)
    if len(raw) > MOST_BYTES:
        raise InputError(
            "the file is too large", file=name, value=f"{len(raw):,} bytes", hint=f"At most {MOST_BYTES:,}."
        )
    if not raw.strip():
        raise InputError("the file is empty", file=name)
    if raw.startswith(_OLD_EXCEL):
        raise InputError("this is an old or protected Excel file", file=name, hint="Save it as .xlsx without password.")
    if sheet is not None and not raw.startswith(b"PK"):
        raise InputError("a file of text has no sheets", file=name, value=sheet)
    found = _workbook(name, raw, sheet) if raw.startswith(b"PK") else _text(name, raw)
    return _table(name, found)


def _table(name: str, found: _Records) -> Table:
    records, top = found.records, _header_place(found.records)
    header = _headers(records[top])
    if len(header) < 2:
        raise InputError(
            "there is no table in the file: its rows have one column",
            file=name,
            value=header[0] if header else "",
            hint="Save it as CSV with a header line, or as Excel.",
        )
    if len(header) > MOST_COLUMNS:
        raise InputError("the table has too many columns", file=name, value=str(len(header)))
    columns: dict[str, list[str]] = {column: [] for column in header}
    lists = list(columns.values())
    dates: dict[str, set[int]] = {}
    lines: list[int] = []
    miscounted: list[int] = []
    under, rest = found.lines[top + 1 :], records[top + 1 :]
    passed = no_incidents(rest, len(header))
    for row, (line, record, dated) in enumerate(zip(under, rest, found.dated[top + 1 :], strict=True)):
        if row in passed:
            continue
        if (len(record) > len(header) and any(record[len(header) :])) or len(record) < len(header):
            miscounted.append(line)
            continue
        for place in dated:
            if place < len(header):
                dates.setdefault(header[place], set()).add(len(lines))
        lines.append(line)
        for values, text in zip(lists, record, strict=False):
            values.append(text)
    if not lines and not miscounted:
        raise InputError("there are no rows under the header", file=name)
    notes = found.notes
    if top:
        notes = (*notes, f"{top} line{'s' if top > 1 else ''} above the header passed over")
    notes = (*notes, *told(passed, under))
    frozen = {column: frozenset(rows) for column, rows in dates.items()}
    ends = tuple(under[row] for row in passed)
    return Table(name, columns, lines, tuple(miscounted), frozen, found.sheets, notes, ends)


def _header_place(records: Sequence[Sequence[str]]) -> int:
    """Find the first row that is about as wide as the widest: titles above a table fill one or two cells."""
    filled = [sum(bool(text) for text in record) for record in records[:_TOP]]
    return next(place for place, n in enumerate(filled) if n >= 0.6 * max(filled))


def _headers(record: Sequence[str]) -> list[str]:
    last = max((place for place, text in enumerate(record, start=1) if text), default=0)
    headers: list[str] = []
    for place, text in enumerate(record[:last], start=1):
        base = " ".join(text.split()) or f"column {place}"
        name, number = base, 2
        while name in headers:
            name, number = f"{base} ({number})", number + 1
        headers.append(name)
    return headers


def _bare(text: str) -> str:
    """Text without blanks around it, and without letters that nobody sees: they would hide what a text is."""
    return text.strip() if text.isascii() else _UNSEEN.sub("", text).strip()


# --- CSV -------------------------------------------------------------------------------------------------------------
def _text(name: str, raw: bytes) -> _Records:
    text, notes = _decoded(name, raw)
    if not text.strip("\ufeff \t\r\n"):  # nothing but the mark of its encoding
        raise InputError("the file is empty", file=name)
    start = text[:300].lstrip().lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<head", "{", "%pdf")):
        raise InputError("this is not a table", file=name, value=text[:60], hint="Give a CSV or an Excel workbook.")
    delimiter = _delimiter(text)
    if delimiter != ",":
        notes = (*notes, f"columns are parted by {'tabs' if delimiter == chr(9) else delimiter!r}")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[int] = []
    records: list[list[str]] = []
    end = empty = 0
    try:
        for record in reader:
            start_line, end = end + 1, reader.line_num
            cells = [_bare(cell) for cell in record]
            if any(cells):
                lines.append(start_line)
                records.append(cells)
                empty = 0
            elif records and len(cells) > 1:
                empty += 1
            if len(records) > MOST_ROWS:
                raise InputError("the file has too many rows", file=name, hint=f"At most {MOST_ROWS:,}: split it.")
    except csv.Error as error:
        raise unmatched_quotes(name, end + 1, error, "save it as CSV") from error
    if not records:
        raise InputError("the file is empty", file=name)
    if empty:
        notes = (*notes, f"{empty:,} empty row{'s' if empty > 1 else ''} at the end passed over")
    return _Records(lines, records, [frozenset()] * len(records), notes)


def _decoded(name: str, raw: bytes) -> tuple[str, tuple[str, ...]]:
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        try:
            return raw.decode("utf-16"), ("read as UTF-16",)
        except UnicodeDecodeError as error:
            raise InputError("the text is damaged UTF-16", file=name, hint="Save it as CSV in UTF-8.") from error
    if b"\0" in raw:
        raise InputError("there is a NUL byte in the text", file=name, hint="The file is damaged or not a CSV.")
    raw = raw.removeprefix(_BOM)
    try:
        return raw.decode("utf-8"), ()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), ("the text is not UTF-8: read as Windows-1252",)


def _delimiter(text: str) -> str:
    lines = [line for line in text[:20_000].splitlines()[:_TOP] if line.strip()]
    return max(_DELIMITERS, key=lambda mark: (sorted(line.count(mark) for line in lines)[len(lines) // 2], mark == ","))


# --- Excel -----------------------------------------------------------------------------------------------------------
def _workbook(name: str, raw: bytes, sheet: str | None) -> _Records:
    _check_packed(name, raw)
    import openpyxl  # type: ignore[import-untyped]

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which are not read
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
            sheets = tuple(each.title for each in book.worksheets)
            if sheet is not None and sheet not in sheets:
                raise InputError(
                    "there is no such sheet", file=name, value=sheet, hint=f"Choose one of: {', '.join(sheets)}"
                )
            found = _Records([], [], [], (), sheets)
            for title in [sheet] if sheet is not None else sheets:
                found = _sheet(name, book[title], title, sheets)
                if found.records:
                    break
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"the workbook cannot be read: {error}", file=name, hint="Open it, save it as .xlsx and try again."
        ) from error
    if not found.records:
        raise InputError("there are no rows in the workbook", file=name, value=sheet)
    return found


def _sheet(name: str, page: Any, title: str, sheets: tuple[str, ...]) -> _Records:
    page.reset_dimensions()
    lines: list[int] = []
    records: list[list[str]] = []
    dated: list[frozenset[int]] = []
    width = 0
    for line, row in enumerate(page.iter_rows(), start=1):
        if line > MOST_ROWS:
            raise InputError("the sheet has too many rows", file=name, value=title)
        cells = [_cell(cell) for cell in row]
        if any(text for text, _ in cells):
            lines.append(line)
            records.append([text for text, _ in cells])
            dated.append(frozenset(place for place, (_, own) in enumerate(cells) if own))
            width = max(width, len(cells))
    for record in records:  # a sheet leaves empty cells at the end of a row away
        record.extend([""] * (width - len(record)))
    notes = (f"sheet {title!r} of {len(sheets)}",) if len(sheets) > 1 else ()
    return _Records(lines, records, dated, notes, sheets)


def _cell(cell: Any) -> tuple[str, bool]:
    """Text of a cell, and whether it is a date or time of the spreadsheet's own."""
    value = cell.value
    if value is None:
        return "", False
    if isinstance(value, datetime):
        shows_time = "h" in str(cell.number_format or "").lower()
        midnight = value.time() == time()
        return (value.date().isoformat() if midnight and not shows_time else _rounded(value).isoformat()), True
    if isinstance(value, date):
        return value.isoformat(), True
    if isinstance(value, time):
        return value.replace(microsecond=0).isoformat(), True
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds()) % 86_400
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}", True
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value)), False
    return _bare(str(value)), False


def _rounded(value: datetime) -> datetime:
    """To the second: a spreadsheet counts in days and misses by microseconds."""
    return (value + timedelta(microseconds=500_000)).replace(microsecond=0)


def _check_packed(name: str, raw: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise InputError(f"the workbook is damaged: {error}", file=name) from error
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise InputError("this archive is not an Excel workbook", file=name, hint="Give one CSV or one .xlsx.")
    if any(member.flag_bits & 1 for member in members):
        raise InputError("the workbook is encrypted", file=name, hint="Save it without a password.")
    inflated = sum(member.file_size for member in members)
    bomb = any(m.file_size > _SMALL and m.file_size > MOST_RATIO * max(m.compress_size, 1) for m in members)
    if inflated > MOST_BYTES or bomb:
        raise InputError("the workbook inflates beyond all reason", file=name, value=f"{inflated:,} bytes")
