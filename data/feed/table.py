"""A partner's file as a table of text: CSV, a workbook or GeoJSON, in the forms that offices use."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from data.feed.alike import Sheet, alike
from data.feed.collector import without_collecting
from data.feed.records import MOST_BYTES, MOST_COLUMNS, MOST_NAME, TOP, Records
from data.feed.text import read_text
from data.feed.totals import no_incidents, told
from data.feed.workbook import is_workbook, read_workbook
from data.store.inputs import plain
from geo.errors import InputError


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
    miscounted : tuple of (str, int)
        File as :meth:`file_of` has it, and line, of what has too few or too many fields: no rows of the table.
    dates : mapping of str to frozenset of int
        Rows in which the spreadsheet holds a date or time of its own, by column; their text is ISO.
    sheets : tuple of str
        Of a workbook.
    parts : tuple of (int, str)
        First row of every sheet that was read, with its title; empty for a file of text.
    notes : tuple of str
        What was done to read it, for the report.
    passed : tuple of int
        Lines that are totals or the end of a report: they are no rows of the table.
    """

    name: str
    columns: dict[str, list[str]] = field(repr=False)
    lines: list[int] = field(repr=False)
    miscounted: tuple[tuple[str, int], ...] = ()
    dates: dict[str, frozenset[int]] = field(default_factory=dict, repr=False)
    sheets: tuple[str, ...] = ()
    parts: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()
    passed: tuple[int, ...] = ()
    _filled: dict[str, list[str]] = field(default_factory=dict, repr=False, init=False)
    _counted: dict[str, Counter[str]] = field(default_factory=dict, repr=False, init=False)

    def __len__(self) -> int:
        """Count every row, whatever is wrong with it."""
        return len(self.lines) + len(self.miscounted)

    def file_of(self, row: int) -> str:
        """Name of the file of a row, with its sheet where several were read together."""
        if len(self.parts) < 2:
            return self.name
        return in_sheet(self.name, self.parts[bisect_right(self.parts, row, key=lambda part: part[0]) - 1][1])

    def filled(self, column: str) -> list[str]:
        """Text of a column without the blanks; to be read only."""
        if column not in self._filled:
            self._filled[column] = [text for text in self.columns[column] if text]
        return self._filled[column]

    def counted(self, column: str) -> Counter[str]:
        """How often each text of a column is there, without the blanks; to be read only."""
        if column not in self._counted:
            self._counted[column] = Counter(self.filled(column))
        return self._counted[column]


def in_sheet(name: str, title: str) -> str:
    """Name a sheet of a file."""
    return f"{name}, sheet {title!r}"


@without_collecting()
def read_table(name: str, raw: bytes, sheet: str | None = None) -> Table:
    """Read a partner's file.

    Parameters
    ----------
    name : str
        The file as the person knows it; told in every message.
    raw : bytes
        CSV (UTF-8, UTF-16 or Windows-1252; commas, semicolons, tabs or bars), a workbook (``.xlsx``, ``.xls``,
        ``.ods``) or a GeoJSON of points. Titles above the header are passed over.
    sheet : str, optional
        Of a workbook; by default all that read alike, as :func:`data.feed.alike.alike` has it.

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
        raise InputError("the file is empty", file=name, hint="Save or send it again.")
    if is_workbook(raw):
        found, sheets = read_workbook(name, raw, sheet)
        return _book(name, found, sheets, sheet)
    if sheet is not None:
        raise InputError(
            "a file that is no workbook has no sheets", file=name, value=sheet, hint="Leave the sheet out."
        )
    return _table(name, read_text(name, raw))


def _book(name: str, found: Sequence[Records], sheets: tuple[str, ...], only: str | None) -> Table:
    """Make one table of the sheets that read alike."""
    tables: list[Table | None] = []
    wrong: list[InputError] = []
    for records in found:
        try:
            tables.append(_table(name if len(found) == 1 else in_sheet(name, records.title), records))
        except InputError as error:
            tables.append(None)
            wrong.append(error)
    if not any(tables):
        raise wrong[0]
    held = {records.title: table for records, table in zip(found, tables, strict=True) if table}
    hidden = {records.title for records in found if records.hidden}
    titles = sheets if only is None else (only,)
    choice = alike([Sheet(title, held[title].columns if title in held else {}, title in hidden) for title in titles])
    read = [titles[place] for place in choice.places]
    notes = choice.notes if only is None else ((f"sheet {only!r} of {len(sheets)}",) if len(sheets) > 1 else ())
    alone = len(read) < 2
    each = [(title, note) for title in read for note in held[title].notes]
    said = [note if alone or repr(title) in note else f"sheet {title!r}: {note}" for title, note in each]
    return replace(_joined(name, read, [held[title] for title in read]), sheets=sheets, notes=(*notes, *said))


def _joined(name: str, titles: Sequence[str], tables: Sequence[Table]) -> Table:
    """Put the rows of sheets under each other, by the names of their columns."""
    columns: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    lines: list[int] = []
    dates: dict[str, set[int]] = {}
    parts: list[tuple[int, str]] = []
    for title, table in zip(titles, tables, strict=True):
        parts.append((len(lines), title))
        mine = {spelled.setdefault(column.casefold(), column): column for column in table.columns}
        for column in mine:
            columns.setdefault(column, [""] * len(lines))
        for column, values in columns.items():
            values += table.columns[mine[column]] if column in mine else [""] * len(table.lines)
        for column, own in mine.items():
            dates.setdefault(column, set()).update(len(lines) + row for row in table.dates.get(own, ()))
        lines += table.lines
    frozen = {column: frozenset(rows) for column, rows in dates.items() if rows}
    miscounted = tuple(each for table in tables for each in table.miscounted)
    passed = tuple(line for table in tables for line in table.passed)
    return Table(name, columns, lines, miscounted, frozen, parts=tuple(parts), passed=passed)


def _table(name: str, found: Records) -> Table:
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
        raise InputError(
            "the table has too many columns", file=name, value=str(len(header)), hint="Give the columns that are used."
        )
    if longest := next((column for column in header if len(column) > MOST_NAME), ""):
        raise InputError(
            f"the name of a column has more than {MOST_NAME:,} characters",
            file=name,
            value=longest,
            hint="Is a quotation mark missing? Give the file with its header in the first line.",
        )
    columns: dict[str, list[str]] = {column: [] for column in header}
    lists = list(columns.values())
    dates: dict[str, set[int]] = {}
    lines: list[int] = []
    miscounted: list[tuple[str, int]] = []
    under, rest = found.lines[top + 1 :], records[top + 1 :]
    passed = no_incidents(rest, len(header))
    for row, (line, record, dated) in enumerate(zip(under, rest, found.dated[top + 1 :], strict=True)):
        if row in passed:
            continue
        if (len(record) > len(header) and any(record[len(header) :])) or len(record) < len(header):
            miscounted.append((name, line))
            continue
        for place in dated:
            if place < len(header):
                dates.setdefault(header[place], set()).add(len(lines))
        lines.append(line)
        for values, text in zip(lists, record, strict=False):
            values.append(text)
    if not lines and not miscounted:
        raise InputError("there are no rows under the header", file=name, hint="Give the file with its rows.")
    notes = found.notes
    if top:
        notes = (*notes, f"{top} line{'s' if top > 1 else ''} above the header passed over")
    notes = (*notes, *told(passed, under))
    frozen = {column: frozenset(rows) for column, rows in dates.items()}
    return Table(
        name, columns, lines, tuple(miscounted), frozen, notes=notes, passed=tuple(under[row] for row in passed)
    )


def _header_place(records: Sequence[Sequence[str]]) -> int:
    """Find the first row that is about as wide as the widest: titles above a table fill one or two cells.

    Names of groups of columns may stand above their names: a row of more words, all different and without a digit, is
    the header then.
    """
    filled = [sum(bool(text) for text in record) for record in records[:TOP]]
    place = next(place for place, n in enumerate(filled) if n >= 0.6 * max(filled))
    below = place + 1
    if below + 1 < len(filled) and filled[below] > filled[place]:
        words = [text.casefold() for text in records[below] if text]
        if len(set(words)) == len(words) and not any(letter.isdigit() for text in words for letter in text):
            return below
    return place


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
