"""A crew's sheet: its map, its stops in order with what was recorded there, a box to tick and room for a note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.place.area import Area
from data.plan import stops as plan_stops
from data.plan.plan import Plan
from data.streets.base_map import BaseMap
from geo.grid import grid_reference
from pages.ui.paper import text as words
from pages.ui.paper.page import MARGIN, Sheet
from pages.ui.paper.room import INK, MUTED
from pages.ui.plan.paper import sheet as plan_sheet
from pages.ui.plan.paper.maps import LEAST_HIGH, MOST_HIGH, patrol_maps
from pages.ui.plan.paper.rounds import Round, numbered
from pages.ui.plan.paper.sheet import FOOT_PT

ROUTE = "Ways are straight from stop to stop, and times a guide: find your own way along streets."
ALONG = "Times are a guide. Ways are the shortest along the streets that are known; one-way streets and gates are not."
STAR = "* straight, at least in part: no way along streets is known."
_RULE = "#B8BDC1"
_ROW, _TWO_LINES, _LEAST_ROW = 29.0, 21.0, 10.5  # height of a stop: whole, with one line less, with one line
_DENSE_ROW = 9.4  # of the most stops that a crew can be sent to
_LOW_MAP = 112.0  # of a round with very many stops
_MANY = 26  # stops
_SMALL, _SMALL_LINE, _FEW_LINES = 7.0, 9.2, 8  # print of how a plan was made: its size, a line, as many as it may be
# Heights of a stop and of the map where that print stands on the same sheet, the first at which all of it has room; and
# from which on a few lines of it have to do.
_SHARED = ((_ROW, LEAST_HIGH), (_TWO_LINES, LEAST_HIGH), (_TWO_LINES, _LOW_MAP), (_LEAST_ROW, _LOW_MAP),
           (_DENSE_ROW, _LOW_MAP), (_DENSE_ROW, 0.0))  # fmt: skip
_FEW_FROM = 2
_CUT = "The rest stands at the head of the files of places and visits."
_END = 64.0  # what follows the last stop
_TICK, _NUMBER, _TIME, _STOP, _WAY, _NOTE = 0.0, 18.0, 36.0, 70.0, 362.0, 420.0  # where columns begin
_STOP_ROOM, _WAY_ROOM = 286.0, 54.0


@dataclass(frozen=True)
class Row:
    """A stop as it is set."""

    number: str
    time: str
    until: str
    name: str
    about: str
    recorded: str
    way: str
    cell: str


def rows(plan: Plan, one: Round) -> list[Row]:
    """Put the stops of a round into words, the way back to the base last."""
    stops, ways = one.stops(plan), one.ways(plan)
    names = numbered([stop.name for stop in stops])
    found = []
    for number, (visit, stop, name, way) in enumerate(zip(one.visits, stops, names, ways, strict=False), start=1):
        part = plan_stops.known_part(stop)
        about = [*([] if part is None else [plan_stops.part_words(part)]), *([stop.near] if stop.near else [])]
        about += ["must be visited"] if plan.place(visit.place).pinned else []
        found.append(
            Row(
                number=str(number),
                time=f"{one.arrive(visit):%H:%M}",
                until=f"to {one.leave(visit):%H:%M}",
                name=name,
                about=" · ".join(about),
                recorded=plan_stops.recorded_words(plan, stop),
                way=way,
                cell=visit.reference,
            )
        )
    if found:
        found.append(Row("", f"{one.back:%H:%M}", "", f"Back at {one.patrol.base.name}", "", "", ways[-1], ""))
    return found


def patrol_sheets(
    plan: Plan, area: Area, ground: BaseMap | None, one: Round, method: Sequence[str] = ()
) -> list[Sheet]:
    """Make the sheet of a round; another only where it has more stops than a sheet holds.

    Parameters
    ----------
    method : sequence of str
        Lines of small print on how the plan was made, to stand at the foot, as many as there is room for.
    """
    sheet, y = plan_sheet.head(plan)
    y = _facts(sheet, y, plan, area, one)
    set_rows = rows(plan, one)
    room = sheet.high - MARGIN - FOOT_PT - y - plan_sheet.TABLE_HEAD - _END - 8
    if method:
        row, high, most = _shared(room, len(set_rows), len(method))
        method = method if len(method) <= most else [*method[: max(most - 1, 0)], _CUT]
    else:
        row, high = _alone(room, len(set_rows))
    end = _END + _SMALL_LINE * len(method)
    if high:
        y = patrol_maps(sheet, y, high, plan, area, ground, one)
    sheets = [sheet]
    while True:
        fit = int((sheet.high - MARGIN - FOOT_PT - end - y - plan_sheet.TABLE_HEAD + 0.5) // row)
        y = _table(sheet, y, set_rows[:fit], row, parts=bool(plan.expected))
        set_rows = set_rows[fit:]
        if not set_rows:
            break
        sheet.text(MARGIN, y + 10, "More on the next page", 7, color=MUTED)
        sheet, y = plan_sheet.head(plan)
        y = _facts(sheet, y, plan, area, one)
        sheets.append(sheet)
    y = _end(sheet, y + 8, plan, area, one)
    for line in method:
        sheet.text(MARGIN, y + 4, line, _SMALL, color=MUTED)
        y += _SMALL_LINE
    return sheets


def _alone(room: float, stops: int) -> tuple[float, float]:
    """Choose the height of a stop and of the map where a round has its sheet for itself."""
    high = min(max(room - _ROW * stops, LEAST_HIGH if stops <= _MANY else _LOW_MAP), MOST_HIGH)
    row = (room - high) / max(stops, 1)
    return min(max(row, _LEAST_ROW if row >= _LEAST_ROW else _DENSE_ROW), _ROW), high


def _shared(room: float, stops: int, lines: int) -> tuple[float, float, int]:
    """Choose the height of a stop and of the map, and how many lines of print find room below."""
    for level, (row, high) in enumerate(_SHARED):
        most = int((room - high - row * stops) // _SMALL_LINE)
        if most >= (lines if level < _FEW_FROM else min(lines, _FEW_LINES)):
            break
    spare = room - high - row * stops - _SMALL_LINE * min(most, lines)
    return row, min(high + max(spare, 0.0), MOST_HIGH) if high else high, max(most, 0)


def _facts(sheet: Sheet, y: float, plan: Plan, area: Area, one: Round) -> float:
    room = sheet.wide - 2 * MARGIN
    when = f"{one.days}, {one.hours}"
    size = words.largest(when, room, (11.0, 9.0, 7.5), 1, "bold")
    y += 16
    for line in words.wrap(when, room, size, "bold", most=2):
        sheet.text(MARGIN, y, line, size, "bold")
        y += 1.3 * size
    base = one.patrol.base
    n = len({visit.reference for visit in one.visits})
    part = plan_stops.together(one.stops(plan))
    together = "" if part is None else f", {plan_stops.part_words(part)}"
    what = "" if part is None else f"of the {plan_stops.days_words(plan.category, area.kind)}"
    count = f"{n} {'stop' if n == 1 else 'stops'}" if n else "No visits."
    y = plan_sheet.facts(
        sheet,
        y - 12,
        (
            ("Crew", one.patrol.crew, one.who),
            ("Base: start and end here", base.name, grid_reference(base.easting_m, base.northing_m)[0]),
            ("Stops", f"{count}{together}", what),
        ),
    )
    return plan_sheet.past_range(sheet, y, plan) if n else y


def _table(sheet: Sheet, y: float, listed: list[Row], high: float, *, parts: bool) -> float:
    """Set the stops; gives where they end."""
    part = "its part of these days' total; " if parts else ""
    what = f"Stop; {part}recorded in the last 12 months"
    heads = ((_NUMBER, "No."), (_TIME, "Arrive"), (_STOP, what), (_WAY, "Way there"), (_NOTE, "Note"))
    for x, text in heads if listed else ():
        sheet.text(MARGIN + x, y + 9, text, 7, color=MUTED)
    y += plan_sheet.TABLE_HEAD
    right = sheet.wide - MARGIN
    sheet.line(MARGIN, y, right, y, 0.8)
    side = min(12.0, high - 3)
    for row in listed:
        if row.number:
            sheet.box(MARGIN + _TICK, y + (high - side) / 2, side, side, facecolor="white", edgecolor=INK, linewidth=1)
            if high >= _TWO_LINES:
                sheet.line(MARGIN + _NOTE, y + high - 6, right, y + high - 6, 0.5, _RULE)
        _row(sheet, y, row, high)
        y += high
        sheet.line(MARGIN, y, right, y, 0.4, _RULE)
    return y


def _row(sheet: Sheet, y: float, row: Row, high: float) -> None:
    """Set the words of a stop, in three lines, two or one."""
    first = y + (9.8 if high >= _TWO_LINES else high - 3.5)
    size, style = (9.0 if high >= _TWO_LINES else 8.0), ("bold" if row.number else "normal")
    lines = [line for line in (row.about, row.recorded) if line]
    if high < _ROW - 1:
        lines = [" · ".join(lines)]
    name = row.name
    if high < _TWO_LINES:
        lines, name = [], f"{row.name}, {row.about}" if row.about else row.name
    fit = words.largest(name, _STOP_ROOM, (size, 7.5, 6.5), 1, style)
    sheet.text(MARGIN + _NUMBER, first, row.number, size, "bold")
    sheet.text(MARGIN + _TIME, first, row.time, size, style)
    sheet.text(MARGIN + _STOP, first, words.cut(name, _STOP_ROOM, fit, style), fit, style)
    sheet.text(MARGIN + _WAY, first, words.cut(row.way, _WAY_ROOM, 8), 8)
    for k, line in enumerate(lines, start=1):
        sheet.text(MARGIN + _STOP, first + 8.2 * k, words.cut(line, _STOP_ROOM, 6.8), 6.8)
    if high >= _TWO_LINES:
        sheet.text(MARGIN + _TIME, first + 8.2, row.until, 6.5)
        sheet.text(MARGIN + _WAY, first + 8.2, row.cell, 6.5)


def _end(sheet: Sheet, y: float, plan: Plan, area: Area, one: Round) -> float:
    """Set the stops by what they bring, what the hours bring where that is known, and what all this does not say."""
    room = sheet.wide - 2 * MARGIN
    for text in (by_part(plan, one), hours_words(plan, one, area)):
        if text:
            y = sheet.paragraph(MARGIN, y + 2, room, text, 7.2, most=2)
    said = " ".join((*plan_stops.limits(plan), plan_stops.NOT_HARM, route_words(plan, one)))
    return sheet.paragraph(MARGIN, y + 2, room, said, 6.8, most=3, color=MUTED)


def route_words(plan: Plan, one: Round) -> str:
    """Say what the ways and times of a round are."""
    if plan.ways is None:
        return ROUTE
    return f"{ALONG} {STAR}" if any(leg.why for leg in one.legs(plan)) else ALONG


def by_part(plan: Plan, one: Round) -> str:
    """List the stops by their part of what the days bring, the largest first; empty where that is not known."""
    ordered = plan_stops.by_part(one.stops(plan))
    if not ordered:
        return ""
    said = [f"{number} ({plan_stops.part_words(stop.part).removeprefix('about ')})" for number, stop in ordered]
    return "Stops by what they bring, the most first: " + ", ".join(said) + "."


def hours_words(plan: Plan, one: Round, area: Area) -> str:
    """Say what the hours of a round bring, where a dated feed tells hours and there is a forecast; else empty."""
    if not plan.hours_known or plan.expected is None:
        return ""
    whole = sum(shift.expected for shift in one.shifts) / len(one.shifts)
    if whole <= 0:
        return ""
    shift = "this shift" if len(one.shifts) == 1 else "a shift"
    number = f"about {whole:.1f}" if whole >= 0.1 else "under 0.1"
    return f"In {shift} {number} incidents are expected in the whole {area.kind} (hours by the dated feed {plan.feed})."
