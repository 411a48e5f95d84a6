"""The form of a problem on paper: always two sheets of A4; what does not fit is counted, and stands in the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from data.place.area import Area
from data.streets.base_map import BaseMap
from pages.ui.document.blocks import Table
from pages.ui.paper import text as words
from pages.ui.paper.page import MARGIN, Sheet, bind
from pages.ui.paper.picture import mark
from pages.ui.paper.room import INK, MUTED
from pages.ui.problem import timeline_paper
from pages.ui.problem.form import HEAD, Figures, Form, Part, form_of
from pages.ui.problem.form_cleared import Cleared
from pages.ui.shell.downloads import SIMULATED_LINE

SIZES = (10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
_LEAD = 1.3
_HEADING, _GAP, _BETWEEN = 15.0, 2.0, 8.0
_MARKS = 62.0  # points that whose a line is takes
_MAP = (190.0, 140.0)
_FACT = 70.0
_FOOT_SIZE = 6.5
_CELLS = 9.0  # largest letters in tables
_NARROW = 2  # columns of a table that does not take the whole width
_SHARES = {  # of a table's columns, by how many they are
    6: (0.31, 0.07, 0.26, 0.12, 0.14, 0.10),
    2: (0.74, 0.26),
}


def problem_pdf(one: Cleared, figures: Figures, area: Area, ground: BaseMap | None, *, when: datetime) -> bytes:
    """Put the form of a problem on two sheets of A4.

    Parameters
    ----------
    one : Cleared
        Its texts may be anything: they are cleaned, and cut where they do not fit.
    figures : Figures
    area : Area
    ground : BaseMap or None
        Drawn under the map.
    when : datetime
        As it is printed. The same arguments give the same bytes.

    Returns
    -------
    bytes
        A PDF of two pages.
    """
    form = form_of(one, figures, area, ground, when=when)
    return bind(form_sheets(form, figures), form.title, when)


def form_sheets(form: Form, figures: Figures) -> tuple[Sheet, Sheet]:
    """Draw the two sheets, not yet bound."""
    foot = _foot_lines(form)
    first, second = Sheet(), Sheet()
    end = first.high - MARGIN - _LEAD * _FOOT_SIZE * len(foot) - 24
    y = _facts(first, form, _head(first, form, large=True))
    _parts(first, form.first, y, end)
    y = _months(second, form, figures, _head(second, form, large=False))
    _parts(second, form.second, y, end)
    for number, sheet in enumerate((first, second), start=1):
        _foot(sheet, form, foot, number)
    return first, second


# --- head and foot ---------------------------------------------------------------------------------------------------
def _head(sheet: Sheet, form: Form, *, large: bool) -> float:
    room, y = sheet.wide - 2 * MARGIN, MARGIN
    if form.simulated:
        sheet.box(MARGIN, y - 6, room, 14, facecolor=INK)
        sheet.text(MARGIN + 6, y + 4, SIMULATED_LINE, 8, "bold", color="white")
        y += 12
    sheet.text(MARGIN, y + 8, words.cut(HEAD, room, 7.5), 7.5, color=MUTED)
    y += 10
    size = 15.0 if large else 11.0
    for line in words.wrap(form.title, room, size, "bold", most=2 if large else 1):
        y += 1.18 * size
        sheet.text(MARGIN, y, line, size, "bold")
    y += 6
    sheet.line(MARGIN, y, sheet.wide - MARGIN, y, 1.2)
    return y + 6


def _facts(sheet: Sheet, form: Form, y: float) -> float:
    """Set the facts beside the map; gives where they end."""
    wide, high = _MAP
    room = sheet.wide - 2 * MARGIN
    if form.place is not None:
        form.place.draw(sheet, sheet.wide - MARGIN - wide, y, wide, high)
        room -= wide + 12
    at = y
    for what, text in form.facts:
        lines = words.wrap(text, room - _FACT, 8.5, most=4 if what == "Places" else 2)
        sheet.text(MARGIN, at + 9, what, 7.5, color=MUTED)
        for line in lines:
            at += 11.2
            sheet.text(MARGIN + _FACT, at - 2, line, 8.5, "bold" if what == "Owner" else "normal")
        at += 3.5
    return max(at, y + high if form.place is not None else 0.0) + 6


def _foot_lines(form: Form) -> list[str]:
    room = Sheet().wide - 2 * MARGIN
    return words.wrap(" ".join(form.sources), room, _FOOT_SIZE, most=4)


def _foot(sheet: Sheet, form: Form, lines: Sequence[str], number: int) -> None:
    y = sheet.high - MARGIN - _LEAD * _FOOT_SIZE * len(lines)
    sheet.line(MARGIN, y - 10, sheet.wide - MARGIN, y - 10, 0.6)
    sheet.text(
        MARGIN, y, words.cut(f"{form.record}. Data version {form.version}", sheet.wide - 2 * MARGIN - 70, 7.5), 7.5
    )
    sheet.text(sheet.wide - MARGIN, y, f"page {number} of 2", 8, "bold", ha="right")
    for k, line in enumerate(lines):
        sheet.text(MARGIN, y + 10 + _LEAD * _FOOT_SIZE * k, line, _FOOT_SIZE, color=MUTED)


def _months(sheet: Sheet, form: Form, figures: Figures, y: float) -> float:
    room = sheet.wide - 2 * MARGIN
    high = timeline_paper.height(figures.line, 250.0)
    form.months.draw(sheet, MARGIN, y, room, high)
    if form.simulated:
        mark(sheet, MARGIN, y, room, high)
    return sheet.paragraph(MARGIN, y + high + 8, room, form.months.caption, 6.5, most=3, color=MUTED) + 4


# --- parts -----------------------------------------------------------------------------------------------------------
def _parts(sheet: Sheet, parts: Sequence[Part], y: float, end: float) -> None:
    """Set parts below each other in the largest letters at which all fit, else each gets its share and is cut."""
    room, gaps = end - y, _BETWEEN * (len(parts) - 1)
    for size in SIZES:
        needs = [_Set(part, size, sheet.wide - 2 * MARGIN).high for part in parts]
        if sum(needs) + gaps <= room:
            break
    for part, high in zip(parts, _shared(needs, room - gaps), strict=True):
        _Set(part, size, sheet.wide - 2 * MARGIN).put(sheet, y, high)
        y += high + _BETWEEN


def _shared(needs: Sequence[float], room: float) -> list[float]:
    """Share room out: who needs less than an even part gets what it needs, and leaves the rest to the others."""
    given = dict.fromkeys(range(len(needs)), 0.0)
    waiting = sorted(given, key=lambda k: needs[k])
    while waiting:
        even = room / len(waiting)
        k = waiting.pop(0)
        given[k] = min(needs[k], even)
        room -= given[k]
    return [given[k] for k in range(len(needs))]


class _Set:
    """A part with its lines broken at a size of letters.

    Its rows are of lines of text and of rows of tables: each has its height, and which line of the record it belongs to
    is known, so that what is left out can be counted.
    """

    def __init__(self, part: Part, size: float, room: float) -> None:
        self.part, self.size, self.room = part, size, room
        self.lead = _LEAD * size
        self.notes = words.wrap(part.note, room, 7, most=2) if part.note else []
        self.marked = any(one.mark for one in part.lines)
        left = _MARKS if self.marked else 0.0
        self.lines = [words.wrap(one.text, room - left, size) for one in part.lines]
        self.head = _HEADING + 9.2 * len(self.notes)

    @property
    def high(self) -> float:
        """Points that all of it takes."""
        text = sum(self.lead * len(lines) + _GAP for lines in self.lines)
        return self.head + text + sum(self._table_high(table) for table in self.part.tables)

    def _table_high(self, table: Table) -> float:
        rows = sum(self.lead * most + _GAP for _, most in self._rows(table))
        return rows + self.lead + 8 + (self.lead if self._titled(table) else 0.0) + 9.2 * len(self._notes(table))

    def _notes(self, table: Table) -> list[str]:
        return words.wrap(table.note, self.room, 7, most=2) if table.note else []

    @property
    def cells(self) -> float:
        """Size of the letters in tables."""
        return min(self.size, _CELLS)

    def _rows(self, table: Table) -> list[tuple[list[list[str]], int]]:
        """Break the cells of every row into at most two lines; gives each row with how many it takes."""
        found = []
        for row in table.rows:
            pairs = zip(row, self._columns(table), strict=True)
            cells = [words.wrap(text, wide - 5, self.cells, most=2) for text, (_, wide) in pairs]
            found.append((cells, max(map(len, cells))))
        return found

    def _columns(self, table: Table) -> list[tuple[float, float]]:
        """Give where each column begins, and how wide it is."""
        n = len(table.columns)
        shares = _SHARES.get(n, tuple([1 / n] * n))
        wide = self._wide(table)
        return [(MARGIN + wide * sum(shares[:k]), wide * shares[k]) for k in range(n)]

    def _wide(self, table: Table) -> float:
        return self.room if len(table.columns) > _NARROW else 0.6 * self.room

    def _titled(self, table: Table) -> bool:
        return len(self.part.tables) > 1 or table.title != "Responses"

    def put(self, sheet: Sheet, y: float, high: float) -> None:
        """Set it from a height on; no lower than so many points below."""
        end = y + high + 0.01
        sheet.box(MARGIN, y, self.room, 11.5, facecolor="#E4E6E7", linewidth=0)
        sheet.text(MARGIN + 3, y + 8.8, self.part.heading, 8.5, "bold")
        at = y + _HEADING
        for note in self.notes:
            sheet.text(MARGIN, at + 6, note, 7, color=MUTED)
            at += 9.2
        whole = self.high <= high + 0.01
        last = end if whole else end - self.lead  # room for what says how much is left out
        left = 0
        order = [*self.part.tables] if self.part.key == "response" else []
        for table in order:
            at, gone = self._table(sheet, table, at, last)
            left += gone
        at, gone = self._text(sheet, at, last)
        left += gone
        for table in self.part.tables if not order else ():
            at, gone = self._table(sheet, table, at, last)
            left += gone
        if left:
            said = f"More in the record: {left} {'line is' if left == 1 else 'lines are'} left out or cut."
            sheet.text(MARGIN, min(at + self.size, end - 1), said, self.size, "bold")

    def _text(self, sheet: Sheet, y: float, end: float) -> tuple[float, int]:
        """Set the lines; gives where they end, and how many are cut or left out."""
        x = MARGIN + (_MARKS if self.marked else 0.0)
        for k, (one, lines) in enumerate(zip(self.part.lines, self.lines, strict=True)):
            fit = int((end - y + 0.01) // self.lead)
            if fit < 1:
                return y, len(self.lines) - k
            cut = len(lines) > fit
            if cut:
                lines = words.wrap(one.text, self.room - (x - MARGIN), self.size, most=fit)
            if one.mark:
                sheet.text(MARGIN, y + self.size, words.cut(one.mark, _MARKS - 4, 7, "bold"), 7, "bold")
            for line in lines:
                sheet.text(x, y + self.size, line, self.size)
                y += self.lead
            if cut:
                return y, len(self.lines) - k
            y += _GAP
        return y, 0

    def _table(self, sheet: Sheet, table: Table, y: float, end: float) -> tuple[float, int]:
        """Set a table; gives where it ends, and how many rows are left out."""
        rows, notes, columns = self._rows(table), self._notes(table), self._columns(table)
        end -= 9.2 * len(notes) + 7
        least = self.lead * (2 if self._titled(table) else 1) + (self.lead * rows[0][1] if rows else 0.0)
        if end - y < least:
            return y, len(rows)
        if self._titled(table):
            sheet.text(MARGIN, y + self.size, words.cut(table.title, self.room, self.size, "bold"), self.size, "bold")
            y += self.lead
        for (x, wide), column in zip(columns, table.columns, strict=True):
            self._cell(sheet, x, wide, y, words.cut(column.name, wide - 5, 7), 7.0, MUTED, right=column.right)
        y += self.lead
        sheet.line(MARGIN, y, MARGIN + self._wide(table), y, 0.7)
        y += 1
        gone = 0
        for k, (cells, most) in enumerate(rows):
            if y + self.lead * most > end:
                gone = len(rows) - k
                break
            for (x, wide), column, lines in zip(columns, table.columns, cells, strict=True):
                for n, line in enumerate(lines):
                    self._cell(sheet, x, wide, y + n * self.lead, line, self.cells, INK, right=column.right)
            y += self.lead * most + _GAP
        sheet.line(MARGIN, y, MARGIN + self._wide(table), y, 0.5)
        y += 2
        for note in notes:
            sheet.text(MARGIN, y + 6.5, note, 7, color=MUTED)
            y += 9.2
        return y + 4, gone

    def _cell(
        self, sheet: Sheet, x: float, wide: float, y: float, text: str, size: float, colour: str, *, right: bool
    ) -> None:
        at = x + wide - 5 if right else x
        sheet.text(at, y + self.size, text, size, color=colour, ha="right" if right else "left")
