"""A partner's workbook as rows of each of its sheets: Excel, old Excel, LibreOffice."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import Any

from data.feed.records import MOST_BYTES, MOST_COLUMNS, MOST_RATIO, MOST_ROWS, Records, bare
from geo.errors import InputError

OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # also of a workbook with a password
PACKED = b"PK"
_SMALL = 1 << 20
_EXCEL, _OPEN_DOCUMENT = "xl/workbook.xml", "content.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_ATTRIBUTE = re.compile(r'(?:\w+:)?(\w+)="([^"]*)"')
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*\bhidden=\"(?:1|true)\"")
_FILTER = re.compile(rb"<(?:\w+:)?filterColumn\b")
_TABLE = re.compile(rb"<table:table table:name=\"([^\"]*)\"")
_MERGED_ROWS = re.compile(rb"table:number-rows-spanned=\"(?:[2-9]|[1-9]\d{1,6})\"")
_HIDDEN_ROWS = re.compile(rb"<table:table-row\b([^>]*\btable:visibility=\"(filter|collapse)\"[^>]*)>")
_REPEATED = re.compile(rb"table:number-rows-repeated=\"(\d+)\"")
_WIDE = re.compile(rb"<table:table-cell\b(?=[^>]*office:value-type)[^>]*number-columns-repeated=\"(\d+)\"")
_TALL = re.compile(rb"number-rows-repeated=\"(\d{5,})\"[^>]*>(?:(?!</table:table-row>).)*?office:value-type", re.DOTALL)
_CELL = tuple[str, bool]


def is_workbook(raw: bytes) -> bool:
    """Whether bytes are those of a workbook, or of another packed file."""
    return raw.startswith((PACKED, OLD_EXCEL))


def read_workbook(name: str, raw: bytes, sheet: str | None = None) -> tuple[list[Records], tuple[str, ...]]:
    """Read the sheets of a workbook that hold something.

    Parameters
    ----------
    name : str
        The file as the person knows it.
    raw : bytes
        ``.xlsx``, ``.xls`` or ``.ods``.
    sheet : str, optional
        The only one to read.

    Returns
    -------
    list of Records
        One a sheet, in the order of the workbook.
    tuple of str
        Titles of all sheets.

    Raises
    ------
    InputError
        Damaged, protected, too large, no such sheet, nothing in it.

    Notes
    -----
    When it misleads: of an ``.xls`` file nobody is told of hidden rows. In ``.xls`` and ``.ods`` a date at midnight has
    a time of day if any other of its column has one.
    """
    kind = _packed_kind(name, raw) if raw.startswith(PACKED) else ""
    try:
        if kind == _EXCEL:
            found, titles = _excel(name, raw, sheet)
        else:
            found, titles = _others(name, raw, sheet, open_document=bool(kind))
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"the workbook cannot be read: {error}", file=name, hint="Open it, save it as .xlsx and try again."
        ) from error
    found = [records for records in found if records.records]
    if not found:
        raise InputError(
            "there are no rows in the workbook",
            file=name,
            value=sheet,
            hint="Give the sheet with the rows, or save it as CSV.",
        )
    return found, titles


def _chosen(name: str, titles: Sequence[str], sheet: str | None) -> Sequence[str]:
    if sheet is not None and sheet not in titles:
        raise InputError("there is no such sheet", file=name, value=sheet, hint=f"Choose one of: {', '.join(titles)}")
    return titles if sheet is None else [sheet]


def _records(name: str, title: str, rows: Iterator[Sequence[_CELL]], start: int = 1) -> Records:
    """Keep the rows of a sheet that hold something, all as wide as the widest."""
    found = Records([], [], [], title=title)
    width = 0
    for line, cells in enumerate(rows, start=start):
        if line > MOST_ROWS:
            raise InputError("the sheet has too many rows", file=name, value=title, hint="Give it in parts, or as CSV.")
        if any(text for text, _ in cells):
            found.lines.append(line)
            found.records.append([text for text, _ in cells])
            found.dated.append(frozenset(place for place, (_, own) in enumerate(cells) if own))
            width = max(width, len(cells))
    for record in found.records:  # a sheet leaves empty cells at the end of a row away
        record.extend([""] * (width - len(record)))
    return found


# --- Excel -----------------------------------------------------------------------------------------------------------
def _excel(name: str, raw: bytes, sheet: str | None) -> tuple[list[Records], tuple[str, ...]]:
    import openpyxl  # type: ignore[import-untyped]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, which are not read
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        titles = tuple(each.title for each in book.worksheets)
        parts = _excel_parts(raw)
        found = []
        for title in _chosen(name, titles, sheet):
            page = book[title]
            page.reset_dimensions()
            rows = ([_excel_cell(cell) for cell in row] for row in page.iter_rows())
            records = _records(name, title, rows)
            notes = _excel_hidden(raw, parts[title], title) if title in parts else ()
            if title in parts and (filled := _fill_merged(raw, parts[title], records)):
                notes = (*notes, f"{filled:,} cells that are merged with the one above have its value")
            found.append(replace(records, notes=notes, hidden=page.sheet_state != "visible"))
    return found, titles


def _excel_parts(raw: bytes) -> dict[str, str]:
    """Give the member of the archive that holds each sheet, by its title."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = set(archive.namelist())
        if _RELATIONS not in names:
            return {}
        relations = [_attributes(tag) for tag in _RELATION.findall(archive.read(_RELATIONS))]
        sheets = [_attributes(tag) for tag in _SHEET.findall(archive.read(_EXCEL))]
    targets = {each.get("Id", ""): f"xl/{each.get('Target', '').removeprefix('/xl/')}" for each in relations}
    found = {each.get("name", ""): targets.get(each.get("id", ""), "") for each in sheets}
    return {title: part for title, part in found.items() if part in names}


def _attributes(tag: bytes) -> dict[str, str]:
    """Attributes of a tag, without the prefixes of their names."""
    pairs = _ATTRIBUTE.findall(tag.decode("utf-8", "replace"))
    return {name: unescape(value) for name, value in pairs}


def _excel_hidden(raw: bytes, part: str, title: str) -> tuple[str, ...]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        content = archive.read(part)
    return _hidden_words(title, len(_HIDDEN_ROW.findall(content)), bool(_FILTER.search(content)))


def _fill_merged(raw: bytes, part: str, records: Records) -> int:
    """Give every row of a cell that is merged downwards its value, which the sheet keeps in the first; how many."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        merged = _MERGED.findall(archive.read(part))
    at = {line: place for place, line in enumerate(records.lines)}
    filled = 0
    for letters, first, same, last in merged:
        column, top = _column(letters), at.get(int(first))
        if letters != same or top is None or column >= len(records.records[top]):
            continue
        value = records.records[top][column]
        for line in range(int(first) + 1, min(int(last), records.lines[-1]) + 1):
            row = at.get(line)
            if row is not None and value and not records.records[row][column]:
                records.records[row][column] = value
                if column in records.dated[top]:
                    records.dated[row] |= {column}
                filled += 1
    return filled


def _column(letters: bytes) -> int:
    """Position of a column by its letters: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _hidden_words(title: str, rows: int, filtered: bool) -> tuple[str, ...]:
    if not rows:
        return ()
    why = "a filter hides" if filtered else "somebody has hidden"
    return (f"{why} {rows:,} row{'s' if rows > 1 else ''} of sheet {title!r}: read like the others",)


def _excel_cell(cell: Any) -> _CELL:
    """Text of a cell, and whether it is a date or time of the spreadsheet's own."""
    value = cell.value
    if isinstance(value, datetime):
        shows_time = "h" in str(cell.number_format or "").lower()
        return _moment(value, timed=shows_time), True
    return _cell(value)


def _cell(value: Any) -> _CELL:
    if value is None:
        return "", False
    if isinstance(value, date):
        return value.isoformat(), True
    if isinstance(value, time):
        return value.replace(microsecond=0).isoformat(), True
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        seconds = seconds if seconds == 86_400 else seconds % 86_400  # 24:00 is the end of a day
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}", True
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value)), False
    return bare(str(value)), False


def _moment(value: datetime, *, timed: bool) -> str:
    """Write a date and time to the second: a spreadsheet counts in days and misses by microseconds."""
    if value.time() == time() and not timed:
        return value.date().isoformat()
    return (value + timedelta(microseconds=500_000)).replace(microsecond=0).isoformat()


# --- old Excel and LibreOffice ---------------------------------------------------------------------------------------
def _others(name: str, raw: bytes, sheet: str | None, *, open_document: bool) -> tuple[list[Records], tuple[str, ...]]:
    import python_calamine

    try:
        book = python_calamine.load_workbook(io.BytesIO(raw))
    except python_calamine.PasswordError as error:
        raise InputError("the workbook has a password", file=name, hint="Save it without one.") from error
    except python_calamine.CalamineError as error:
        raise InputError(
            f"this is an old or protected Excel file that cannot be read: {error}",
            file=name,
            hint="Save it as .xlsx without password.",
        ) from error
    titles = tuple(book.sheet_names)
    visible = {each.name for each in book.sheets_metadata if each.visible == python_calamine.SheetVisibleEnum.Visible}
    hidden = _open_document_hidden(raw) if open_document else {}
    found = []
    for title in _chosen(name, titles, sheet):
        page = book.get_sheet_by_name(title)
        rows = page.to_python(skip_empty_area=False)
        timed = {
            place
            for row in rows
            for place, value in enumerate(row)
            if isinstance(value, datetime) and value.time() != time()
        }
        cells = ([_dated(value, place in timed) for place, value in enumerate(row)] for row in rows)
        records = _records(name, title, cells)
        found.append(replace(records, notes=hidden.get(title, ()), hidden=title not in visible))
    return found, titles


def _dated(value: Any, timed: bool) -> _CELL:
    """Text of a cell in a column of dates with times, or of another one."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return (_moment(value, timed=timed), True) if isinstance(value, datetime) else _cell(value)


def _open_document_hidden(raw: bytes) -> dict[str, tuple[str, ...]]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        content = archive.read(_OPEN_DOCUMENT)
    found = {}
    starts = list(_TABLE.finditer(content))
    for start, after in zip(starts, [*(each.start() for each in starts[1:]), len(content)], strict=True):
        rows = _HIDDEN_ROWS.findall(content, start.end(), after)
        count = sum(int(repeated[1]) if (repeated := _REPEATED.search(told)) else 1 for told, _ in rows)
        filtered = any(how == b"filter" for _, how in rows)
        title = unescape(start[1].decode("utf-8", "replace"))
        merged = len(_MERGED_ROWS.findall(content, start.end(), after))
        said = (
            f"{merged:,} cells of sheet {title!r} are merged over several rows: only the first of these rows has their "
            "value. Undo the merging and fill it down",
        )
        found[title] = (*_hidden_words(title, count, filtered), *(said if merged else ()))
    return found


# --- what is no workbook ---------------------------------------------------------------------------------------------
def _packed_kind(name: str, raw: bytes) -> str:
    """Give the member by which a packed file is known as a workbook; refuse what is none or inflates too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
            mime = archive.read("mimetype") if "mimetype" in archive.namelist() else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        raise InputError(
            f"the workbook is damaged: {error}", file=name, hint="Open it, save it as .xlsx and try again."
        ) from error
    names = {member.filename for member in members}
    kind = _EXCEL if _EXCEL in names else ""
    if b"opendocument.spreadsheet" in mime[:100] and _OPEN_DOCUMENT in names:
        kind = _OPEN_DOCUMENT
    if not kind:
        raise InputError(
            "this archive is not a workbook", file=name, hint="Give one CSV, one .xlsx, .xls or .ods, or one GeoJSON."
        )
    if any(member.flag_bits & 1 for member in members):
        raise InputError("the workbook is encrypted", file=name, hint="Save it without a password.")
    inflated = sum(member.file_size for member in members)
    bomb = any(m.file_size > _SMALL and m.file_size > MOST_RATIO * max(m.compress_size, 1) for m in members)
    if inflated > MOST_BYTES or bomb:
        raise InputError(
            "the workbook inflates beyond all reason",
            file=name,
            value=f"{inflated:,} bytes",
            hint="Save the rows that are used as CSV.",
        )
    if kind == _OPEN_DOCUMENT:
        _check_repeats(name, raw)
    return kind


def _check_repeats(name: str, raw: bytes) -> None:
    """Refuse cells that an OpenDocument file repeats without end: a few bytes that fill the memory."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        content = archive.read(_OPEN_DOCUMENT)
    wide = max((int(n) for n in _WIDE.findall(content)), default=0)
    tall = max((int(n) for n in _TALL.findall(content)), default=0)
    if wide > MOST_COLUMNS or tall > 100_000:
        raise InputError(
            "the workbook repeats cells beyond all reason", file=name, hint="Save the rows that are used as CSV."
        )
