"""Fitting a table into a rectangle: letters as large as they can be, then columns narrower, then lines wrapped."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pages.ui.document.blocks import Table
from pages.ui.paper import text as words
from pages.ui.paper.page import Sheet
from pages.ui.paper.room import INK, MUTED

_SIZES = (12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
_PAD = 5.0
_LINE = 1.25
_ROW = 0.62  # of the size, above and below the lines of a row together
_LINES = 3
_LEAST_COLUMN = 40.0
MORE = "and {} more in the files"


@dataclass(frozen=True)
class Fitted:
    """A table that fits: size of letters, width of columns, the lines of head and rows with their heights, in points.

    ``left_out`` rows found no room; ``whole`` where nothing was cut or left out.
    """

    size: float
    widths: tuple[float, ...]
    head: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]
    heights: tuple[float, ...]
    head_height: float
    left_out: int = 0
    whole: bool = True

    @property
    def high(self) -> float:
        """Height in all."""
        return self.head_height + sum(self.heights)


def fit(table: Table, wide: float, high: float, largest: float = _SIZES[0]) -> Fitted:
    """Find the largest letters with which a table fits into a rectangle.

    Parameters
    ----------
    table : Table
    wide, high : float
        Points.
    largest : float
        Size of letters in points.

    Returns
    -------
    Fitted
        At the smallest size lines may be cut with an ellipsis and rows be left out; how many is told.
    """
    for size in (size for size in _SIZES if size <= largest):
        found = _laid(table, wide, size)
        if found.high <= high and not _is_cut(found, table):
            return found
    found = replace(_laid(table, wide, _SIZES[-1]), whole=False)
    held, used = 0, found.head_height + _LINE * found.size + _ROW * found.size
    if found.high <= high:
        return found
    for height in found.heights:
        if used + height > high:
            break
        held, used = held + 1, used + height
    return replace(found, rows=found.rows[:held], heights=found.heights[:held], left_out=len(found.rows) - held)


def _style(table: Table, row: int) -> str:
    return "bold" if row in table.bold else "normal"


def _words(table: Table, size: float) -> list[float]:
    """Give the width that each column needs so that no word of it is cut."""
    found = []
    for i, column in enumerate(table.columns):
        every = [(part, "bold") for part in words.clean(column.name, "bold").split()]
        for number, row in enumerate(table.rows):
            text = words.clean(row[i], _style(table, number))
            every += [(part, _style(table, number)) for part in ([text] if column.right else text.split())]
        found.append(max((words.width(text, size, style) for text, style in every), default=0.0) + 2 * _PAD + 0.5)
    return found


def _natural(table: Table, size: float) -> list[float]:
    widths = []
    for i, column in enumerate(table.columns):
        cells = [
            words.width(words.clean(row[i], _style(table, number)), size, _style(table, number))
            for number, row in enumerate(table.rows)
        ]
        heads = [words.width(part, size, "bold") for part in words.clean(column.name, "bold").split()]
        whole = words.width(words.clean(column.name, "bold"), size, "bold")
        widths.append(max([*cells, *heads, min(whole, 1.6 * max([*cells, *heads, 1.0]))]) + 2 * _PAD)
    return widths


def _laid(table: Table, wide: float, size: float) -> Fitted:
    widths = _natural(table, size)
    least = _words(table, size)
    over = sum(widths) - wide
    # the widest column of text gives way first, as far as its longest word, then as far as need be
    for floors, figures in ((least, False), ([_LEAST_COLUMN] * len(widths), False), ([0.0] * len(widths), True)):
        while over > 0.01:
            free = [i for i, c in enumerate(table.columns) if widths[i] > floors[i] + 0.01 and (figures or not c.right)]
            if not free:
                break
            i = max(free, key=lambda i: widths[i])
            taken = min(over, 2.0, widths[i] - floors[i])
            widths[i] -= taken
            over -= taken
    if sum(widths) < wide:  # what is left goes to the columns of text
        text = [i for i, c in enumerate(table.columns) if not c.right] or list(range(len(widths)))
        spare = min(wide - sum(widths), 0.35 * wide)
        for i in text:
            widths[i] += spare / len(text)
    head = tuple(
        tuple(words.wrap(column.name, widths[i] - 2 * _PAD + 0.4, size, "bold", most=_LINES))
        for i, column in enumerate(table.columns)
    )
    rows = tuple(
        tuple(
            tuple(words.wrap(cell, widths[i] - 2 * _PAD + 0.4, size, _style(table, number), most=_LINES)) or ("",)
            for i, cell in enumerate(row)
        )
        for number, row in enumerate(table.rows)
    )

    def height(cells: tuple[tuple[str, ...], ...]) -> float:
        return (_LINE * max((len(lines) for lines in cells), default=1) + _ROW) * size

    return Fitted(size, tuple(widths), head, rows, tuple(height(row) for row in rows), height(head))


def _is_cut(found: Fitted, table: Table) -> bool:
    """Whether any text lost letters, or a figure was broken over lines."""
    for number, (row, cells) in enumerate(zip(table.rows, found.rows, strict=True)):
        for column, text, lines in zip(table.columns, row, cells, strict=True):
            if " ".join(lines) != words.clean(text, _style(table, number)) or (column.right and len(lines) > 1):
                return True
    return any(
        " ".join(lines) != words.clean(column.name, "bold")
        for column, lines in zip(table.columns, found.head, strict=True)
    )


def draw(sheet: Sheet, x: float, y: float, table: Table, found: Fitted) -> float:
    """Set a fitted table on a sheet; returns where it ends."""
    wide = sum(found.widths)
    y += _set(sheet, x, y, table, found, found.head, found.head_height, "bold", MUTED)
    sheet.line(x, y, x + wide, y, 0.9)
    for number, (row, height) in enumerate(zip(found.rows, found.heights, strict=True)):
        if number % 2:
            sheet.box(x, y, wide, height, facecolor="#F3F4F5", linewidth=0, zorder=0)
        y += _set(sheet, x, y, table, found, row, height, "bold" if number in table.bold else "normal", INK)
    sheet.line(x, y, x + wide, y, 0.9)
    if found.left_out:
        y += 1.5 * found.size
        sheet.text(x + _PAD, y, MORE.format(found.left_out), found.size, color=MUTED)
    return y


def _set(
    sheet: Sheet, x: float, y: float, table: Table, found: Fitted, cells: tuple[tuple[str, ...], ...], height: float,
    style: str, colour: str,
) -> float:  # fmt: skip
    for column, lines, room in zip(table.columns, cells, found.widths, strict=True):
        base = y + 0.5 * _ROW * found.size + 0.95 * found.size
        for line in lines:
            at = x + room - _PAD if column.right else x + _PAD
            sheet.text(at, base, line, found.size, style, color=colour, ha="right" if column.right else "left")
            base += _LINE * found.size
        x += room
    return height
