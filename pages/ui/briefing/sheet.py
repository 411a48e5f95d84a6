"""A panel on a sheet: finding, picture, table and caption. As PNG for a screen, SVG, a page of a PDF, part of a slide.

Whatever leaves as a picture carries its finding, period, place, source, method, caveats and data version.
"""

from __future__ import annotations

from collections.abc import Sequence

from pages.ui.briefing import table as briefing_table
from pages.ui.briefing.board import NAVY
from pages.ui.briefing.panel import Panel
from pages.ui.briefing.table import Fitted
from pages.ui.document.blocks import Table
from pages.ui.paper import text as words
from pages.ui.paper.page import A4, Sheet
from pages.ui.paper.picture import SIMULATED, mark
from pages.ui.paper.room import INK, MUTED
from pages.ui.shell.downloads import SIMULATED_LINE

SCREEN = (960.0, 540.0)  # points; 1920 x 1080 pixels
PAPER = (A4[1], A4[0])
SCREEN_DPI = 144
_MARGIN = 30.0
_GAP = 16.0
COVER_SIZES = (28.0, 24.0, 20.0, 17.0, 15.0)  # of the title of the first page
_SOUND = 9.0  # letters of a table for which the picture need not become narrower
_CAPTION = (7.5, 7.0, 6.5, 6.0)


def page(panel: Panel, audience: str, size: tuple[float, float], foot: str = "") -> Sheet:
    """Put a panel on a page: title, second sentence, picture beside its table, caption.

    Parameters
    ----------
    panel : Panel
    audience : str
        Key of ``AUDIENCES``.
    size : (float, float)
        Of the page in points.
    foot : str
        What stands at the right of the lower edge, such as the number of the page.

    Returns
    -------
    Sheet
    """
    sheet = Sheet(size)
    room = sheet.wide - 2 * _MARGIN
    y = _banner(sheet, panel)
    size_ = words.largest(panel.finding, room, (22.0, 20.0, 18.0, 16.0, 14.5, 13.0), 2, "bold")
    for line in words.wrap(panel.finding, room, size_, "bold", most=4):
        y += 1.22 * size_
        sheet.text(_MARGIN, y, line, size_, "bold")
    y += 4
    if panel.more:
        for line in words.wrap(panel.more, room, 11, most=3):
            y += 15
            sheet.text(_MARGIN, y, line, 11, color=MUTED)
    y += 12
    end = _caption(sheet, panel.caption(audience), _MARGIN, room, sheet.high - 16, foot)
    _body(sheet, panel, y, end - 8)
    return sheet


def _banner(sheet: Sheet, panel: Panel) -> float:
    """Draw the line above the title, with the name of the panel, and black where it is simulated."""
    sheet.box(0, 0, sheet.wide, 6, facecolor=NAVY, linewidth=0)
    sheet.text(
        _MARGIN, 22, words.cut(f"{panel.name} · {panel.place}", sheet.wide / 2, 9, "bold"), 9, "bold", color=NAVY
    )
    if panel.simulated:
        wide = words.width(SIMULATED, 9, "bold") + 16
        sheet.box(sheet.wide - _MARGIN - wide, 11, wide, 16, facecolor=INK, linewidth=0)
        sheet.text(sheet.wide - _MARGIN - wide / 2, 22.3, SIMULATED, 9, "bold", color="white", ha="center")
    return 26.0


def _caption(sheet: Sheet, text: str, x: float, room: float, bottom: float, foot: str = "") -> float:
    """Set small print that ends at the bottom; returns where it begins. All of it is set, smaller where it is long."""
    size, lines = _caption_lines(text, room - 6, 0.12 * sheet.high)
    if foot and words.width(lines[-1], size) > room - words.width(foot, 8, "bold") - 12:
        lines.append("")
    y = bottom - 1.3 * size * (len(lines) - 1)
    top = y - size - 5
    sheet.line(x, top, x + room, top, 0.6, MUTED)
    for k, line in enumerate(lines):
        sheet.text(x, y + 1.3 * size * k, line, size, color=MUTED)
    if foot:
        sheet.text(x + room, bottom, foot, 8, "bold", ha="right")
    return top


def _caption_lines(text: str, room: float, high: float) -> tuple[float, list[str]]:
    """Wrap small print with the largest letters at which it is no higher than that, or with the smallest there are."""
    size = next((s for s in _CAPTION if 1.3 * s * len(words.wrap(text, room, s)) <= high), _CAPTION[-1])
    return size, words.wrap(text, room, size)


def _body(sheet: Sheet, panel: Panel, y: float, end: float) -> None:
    room = sheet.wide - 2 * _MARGIN
    if panel.draw is None:
        _refusal(sheet, panel, y)
        return
    if panel.table is None:
        picture(sheet, panel, _MARGIN, y, room, end - y)
        return
    at, found, shown = beside(panel, panel.table, y, room, end)
    title = words.wrap(panel.table.title, at[2], 10, "bold", most=2)
    for k, line in enumerate(title):
        sheet.text(_MARGIN + at[0], at[1] - 8 - 13 * (len(title) - 1 - k), line, 10, "bold")
    briefing_table.draw(sheet, _MARGIN + at[0], at[1], panel.table, found)
    picture(sheet, panel, _MARGIN, y, *shown)


def beside(
    panel: Panel, table: Table, y: float, room: float, end: float
) -> tuple[tuple[float, float, float], Fitted, tuple[float, float]]:
    """Share the body of a page out between picture and table, which stands beside it, or under it where it is short.

    Returns
    -------
    (float, float, float)
        Left (from the margin), top and width of the table; its title stands in the points above.
    Fitted
    (float, float)
        Width and height of the picture.
    """
    if panel.under:
        found = briefing_table.fit(table, room, 0.34 * (end - y), 11.0)
        top = end - found.high - (12 if found.left_out else 0)
        return (0.0, top, room), found, (room, top - y - 30)
    tried = []
    for share in (panel.share, panel.share - 0.06, panel.share - 0.12, panel.share - 0.18):
        wide = share * room
        left = wide + _GAP
        high = 13 * len(words.wrap(table.title, room - left, 10, "bold", most=2)) + 8
        found = briefing_table.fit(table, room - left, end - y - high)
        tried.append(((left, y + high, room - left), found, (wide, end - y)))
        if found.whole and found.size >= _SOUND:
            break
    return max(tried, key=lambda one: (one[1].whole, min(one[1].size, _SOUND), one[2][0]))


def picture(sheet: Sheet, panel: Panel, x: float, y: float, wide: float, high: float) -> None:
    """Draw the picture of a panel, with SIMULATED across it where it is and does not say so itself."""
    if panel.draw is None:
        return
    panel.draw(sheet, x, y, wide, high)
    if panel.simulated and not panel.marked:
        mark(sheet, x, y, wide, high)


def _refusal(sheet: Sheet, panel: Panel, y: float) -> None:
    room = sheet.wide - 2 * _MARGIN
    lines = words.wrap(panel.refusal, room - 40, 15, most=8)
    high = 20.5 * len(lines) + 50
    sheet.box(_MARGIN, y + 8, room, high, facecolor="#F4F6F8", linewidth=0)
    sheet.box(_MARGIN, y + 8, 5, high, facecolor=NAVY, linewidth=0)
    sheet.text(_MARGIN + 22, y + 32, f"{panel.name}: the data do not carry this", 11, "bold", color=MUTED)
    for k, line in enumerate(lines):
        sheet.text(_MARGIN + 22, y + 56 + 20.5 * k, line, 15)


def part(panel: Panel, audience: str, wide: float, high: float) -> Sheet:
    """Put the picture of a panel on a sheet of its own, finding and caption under it: for a slide, to be copied."""
    sheet = Sheet((wide, high))
    room = wide - 8
    text = panel.caption(audience)
    size, lines = _caption_lines(text, room, 0.17 * high)
    title = words.wrap(panel.finding, room, size + 0.5, "bold")
    y = high - 3 - 1.3 * size * (len(lines) - 1)
    for k, line in enumerate(lines):
        sheet.text(1, y + 1.3 * size * k, line, size, color=MUTED)
    y -= 1.35 * size * len(title) + 1
    for k, line in enumerate(title):
        sheet.text(1, y + 1.35 * size * k, line, size + 0.5, "bold")
    top = y - size - 4
    sheet.line(1, top, wide - 1, top, 0.6, MUTED)
    picture(sheet, panel, 0, 0, wide, top - 5)
    return sheet


def cover(
    title: str, lines: Sequence[str], panels: Sequence[Panel], size: tuple[float, float], foot: str = ""
) -> Sheet:
    """Make the first page: title, for whom, and what the panels find."""
    sheet = Sheet(size)
    left = 0.36 * sheet.wide
    sheet.box(0, 0, left, sheet.high, facecolor=NAVY, linewidth=0)
    y = 0.22 * sheet.high
    room = left - 2 * _MARGIN
    shown = words.largest(title, room, COVER_SIZES, 5, "bold")
    for line in words.wrap(title, room, shown, "bold", most=8):
        sheet.text(_MARGIN, y, line, shown, "bold", color="white")
        y += 1.25 * shown
    y += 12
    for text in lines:
        for line in words.wrap(text, room, 11, most=3):
            sheet.text(_MARGIN, y, line, 11, color="white")
            y += 15
        y += 5
    x, room = left + _MARGIN, sheet.wide - left - 2 * _MARGIN
    if any(panel.simulated for panel in panels):
        sheet.box(x, 22, room, 20, facecolor=INK, linewidth=0)
        text = words.cut(SIMULATED_LINE, room - 16, 9.5, "bold")
        sheet.text(x + 8, 36, text, 9.5, "bold", color="white")
    sheet.text(x, 66, "What it says", 15, "bold", color=NAVY)
    for number, size_, wrapped, y in findings(panels, room, sheet.high - 110):
        sheet.text(x, y + 84, number, size_, "bold", color=NAVY)
        for k, line in enumerate(wrapped):
            sheet.text(x + 24, y + 84 + 1.28 * size_ * k, line, size_)
    if foot:
        sheet.text(sheet.wide - _MARGIN, sheet.high - 16, foot, 8, "bold", ha="right")
    return sheet


def findings(panels: Sequence[Panel], room: float, high: float) -> list[tuple[str, float, list[str], float]]:
    """Lay the findings out as a list that fits: number, size of letters, lines, base line of the first."""
    for size in (13.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0):
        most = None if size > 6 else 2
        rows = [words.wrap(panel.finding, room - 26, size, most=most) for panel in panels]
        tall = sum(1.28 * size * len(row) + 0.55 * size for row in rows)
        if tall <= high:
            break
    found, y = [], size
    for number, row in enumerate(rows, start=1):
        if y > high:
            break
        found.append((f"{number}", size, row, y))
        y += 1.28 * size * len(row) + 0.55 * size
    return found
