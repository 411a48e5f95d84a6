"""What the sheets of a plan have in common: head, facts, tables, legend, foot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from data.kinds.crime_types import ASB, category_title
from data.place.area import Area
from data.plan.plan import Plan
from data.plan.told import Told, told
from data.store.schema import POLICE_UK
from data.streets.base_map import BaseMap
from pages.ui.map import parts as map_parts
from pages.ui.paper import text as words
from pages.ui.paper.map import SHADES, Squares
from pages.ui.paper.page import MARGIN, Sheet
from pages.ui.paper.room import INK, MUTED
from pages.ui.plan.paper.exports import age_line
from pages.ui.shell.downloads import SIMULATED_LINE
from pages.ui.shell.frame import ASB_NOTE, POLICE_ATTRIBUTION, source_words

GAP = 10.0
ROW = 15.0
TABLE_HEAD = 13.0
FOOT_PT = 44.0  # what the foot of a sheet takes
_SMALL = 6.5
_PAST = 8.0  # no small print: it belongs to what is covered


@dataclass(frozen=True)
class Column:
    """A column of a table: where it begins and how wide it is, in points from the margin."""

    title: str
    x: float
    room: float
    right: bool = False


def days(plan: Plan) -> str:
    """Say the window: "25 October to 8 November 2024"."""
    first, last = plan.first, plan.last
    if first == last:
        return f"{last.day} {last:%B %Y}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%B}{year} to {last.day} {last:%B %Y}"


def _month(text: str) -> str:
    """Write a month out, "July 2024" for "2024-07"; as it is where it is none."""
    try:
        return f"{date.fromisoformat(f'{text}-01'):%B %Y}"
    except ValueError:
        return text


def head(plan: Plan) -> tuple[Sheet, float]:
    """Begin a sheet: title, operation and window; the sheet and where it goes on."""
    sheet = Sheet()
    room = sheet.wide - 2 * MARGIN
    y = MARGIN + 14
    sheet.text(MARGIN, y, words.cut(plan.title, room, 16, "bold"), 16, "bold")
    y += 15
    facts = [plan.operation, days(plan), category_title(plan.category)]
    sheet.text(MARGIN, y, words.cut(" · ".join(f for f in facts if f), room, 9), 9, color=MUTED)
    y += 6
    if plan.simulated:
        y += 4
        sheet.box(MARGIN, y, room, 15, facecolor=INK)
        sheet.text(MARGIN + 6, y + 10.5, SIMULATED_LINE, 8.5, "bold", color="white")
        y += 15
    sheet.line(MARGIN, y + 4, sheet.wide - MARGIN, y + 4, 1.2)
    return sheet, y + 4


def facts(sheet: Sheet, y: float, facts: Sequence[tuple[str, str, str]]) -> float:
    """Set some facts side by side: what, the fact, more about it."""
    wide = (sheet.wide - 2 * MARGIN + GAP) / len(facts)
    for k, (what, fact, more) in enumerate(facts):
        x = MARGIN + k * wide
        sheet.text(x, y + 12, what, 7, color=MUTED)
        size = 10 if words.width(words.clean(fact, "bold"), 10, "bold") <= wide - GAP else 8.5
        sheet.text(x, y + 24, words.cut(fact, wide - GAP, size, "bold"), size, "bold")
        sheet.text(x, y + 35, words.cut(more, wide - GAP, 8), 8)
    return y + 42


def past_range(sheet: Sheet, y: float, plan: Plan) -> float:
    """Set below the facts what came of such figures on past months; gives where it ends."""
    if not plan.past_range:
        return y
    room = sheet.wide - 2 * MARGIN
    return sheet.paragraph(MARGIN, y + 7, room, plan.past_range, _PAST, most=2) - 4


def foot(sheet: Sheet, plan: Plan, area: Area, ground: BaseMap | None, when: datetime, page: str) -> None:
    """Set when it was made and from what, licences, and the number of the page."""
    room = sheet.wide - 2 * MARGIN
    source = f"Source: {source_words(plan.source)}, known to {_month(plan.as_at)}."
    licence = [f"{POLICE_ATTRIBUTION}."] if plan.source == POLICE_UK else []
    streets = [*([ground.attribution] if ground is not None else []), *([plan.ways.attribution] if plan.ways else [])]
    credits_ = [area.wards.attribution, *dict.fromkeys(streets)]
    more = [ASB_NOTE] if plan.category == ASB else []
    age = [f"{line}."] if (line := age_line(plan, when.date())) else []
    text = " ".join([source, *age, *licence, *(f"{c}." for c in credits_ if c), *more])
    lines = words.wrap(text, room, _SMALL, most=4)
    y = sheet.high - MARGIN - 1.32 * _SMALL * len(lines)
    sheet.line(MARGIN, y - 9, sheet.wide - MARGIN, y - 9, 0.6)
    sheet.text(sheet.wide - MARGIN, y, page, 8, "bold", ha="right")
    made = f"Made {when.day} {when:%B %Y} at {when:%H:%M}, data version {plan.data_version or 'not known'}"
    sheet.text(MARGIN, y, words.cut(made, room - 80, 8), 8)
    for k, line in enumerate(lines):
        sheet.text(MARGIN, y + 10.5 + 1.32 * _SMALL * k, line, _SMALL, color=MUTED)


def table(
    sheet: Sheet, y: float, columns: Sequence[Column], rows: Sequence[Sequence[str]], bold: Sequence[bool] = ()
) -> float:
    """Set a table; each text is cut to its column. Returns where it ends."""
    for column in columns:
        _cell(sheet, column, y + 9, column.title, 7, "normal", MUTED)
    y += TABLE_HEAD
    sheet.line(MARGIN, y, sheet.wide - MARGIN, y, 0.8)
    for k, row in enumerate(rows):
        if k % 2:
            sheet.box(MARGIN, y, sheet.wide - 2 * MARGIN, ROW, facecolor="#F1F1EF")
        style = "bold" if k < len(bold) and bold[k] else "normal"
        for column, text in zip(columns, row, strict=True):
            _cell(sheet, column, y + 10.5, text, 8.5, "bold" if column is columns[0] else style, INK)
        y += ROW
    sheet.line(MARGIN, y, sheet.wide - MARGIN, y, 0.8)
    return y


def _cell(sheet: Sheet, column: Column, y: float, text: str, size: float, style: str, colour: str) -> None:
    x = MARGIN + column.x + (column.room if column.right else 0)
    text = words.cut(text, column.room, size, style)
    sheet.text(x, y, text, size, style, color=colour, ha="right" if column.right else "left")


def squares(plan: Plan, visited: Sequence[str]) -> tuple[Squares, list[str]]:
    """Cells of the places that are not left out, by class, and the words of the classes."""
    cells = {c.reference: c for p in plan.places if not p.left_out for c in p.cells}
    values = [cell.expected for cell in cells.values()]
    limits = map_parts.breaks(values)
    squares = Squares(
        [c.easting_m for c in cells.values()],
        [c.northing_m for c in cells.values()],
        map_parts.classes(values, limits).tolist(),
        [reference in visited for reference in cells],
        plan.cell_size_m,
    )
    figures, texts = told(plan), [text for _, text in map_parts.class_rows(limits, SHADES)]
    if figures.forecast:
        return squares, texts
    return squares, [text if text == "more" else f"{text} %" for text in texts] if figures.parts else []


def legend_title(figures: Told) -> tuple[str, str]:
    """Say in two lines what the shades of the cells mean."""
    if figures.forecast:
        return "Expected in a cell,", "whole operation"
    return "Part of the area's", "incidents in a cell"


def legend(sheet: Sheet, x: float, y: float, room: float, lines: Sequence[str], figures: Told) -> None:
    """Say what the shades of the cells mean, and what else is on the maps."""
    sheet.text(x, y, words.cut("Cells of the places", room, 7, "bold"), 7, "bold")
    y += 4
    for k, shade in enumerate(SHADES):
        sheet.box(x + 16 * k, y, 16, 9, facecolor=shade, edgecolor=MUTED, linewidth=0.5)
    y = sheet.paragraph(x, y + 19, room, f"{' '.join(legend_title(figures))}: the darker, the more.", 7)
    y += 4
    for line in lines:
        y = sheet.paragraph(x, y, room, line, 7)
