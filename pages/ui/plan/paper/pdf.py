"""A plan on paper: a sheet for every patrol of every shift, with its map and its visits, legible in black and white."""

from __future__ import annotations

from datetime import datetime, timedelta

from data.place.area import Area
from data.plan.plan import FOOT, Patrol, Plan, Shift
from data.plan.told import BESIDE, led, told
from data.streets.base_map import Roads
from geo.grid import grid_reference
from pages.ui.paper import map as print_map
from pages.ui.paper import text as words
from pages.ui.paper.page import MARGIN, Sheet, bind
from pages.ui.paper.room import INK, MUTED, Spot
from pages.ui.plan.paper import sheet as plan_sheet
from pages.ui.plan.paper.exports import FEWEST, told_past
from pages.ui.plan.paper.maps import LEAST_HIGH, LOCATOR_WIDE, MOST_HIGH, patrol_maps
from pages.ui.plan.paper.sheet import FOOT_PT, GAP, ROW, SIMULATED, TABLE_HEAD, Column

NOT_HARM = "Places are where incidents were reported, not where harm will happen: that depends on who reports what."
NOT_PREVENTED = "Covered means expected in the cells that are visited during the shift. It does not mean prevented."
ROUTE = "Lines show the order of visits, not the way to go. Times are a guide."
_END = 154.0  # what follows the last visit
_GREY = "#8C9196"


def plan_pdf(plan: Plan, area: Area, roads: Roads | None, *, when: datetime) -> bytes:
    """Put a plan on A4 paper.

    Parameters
    ----------
    plan : Plan
        Its texts may be anything: they are cleaned, and cut where they do not fit.
    area : Area
    roads : Roads or None
        Drawn under the maps.
    when : datetime
        When it was made, as it is printed. The same arguments give the same bytes.

    Returns
    -------
    bytes
        A PDF with the places of the plan first, then a sheet for every patrol by shift; a patrol of many visits goes
        on to another sheet.

    Notes
    -----
    Misleads where it is taken for a forecast of harm; the sheet says so itself.
    """
    return bind(plan_sheets(plan, area, roads, when=when), plan.title, when)


def plan_sheets(plan: Plan, area: Area, roads: Roads | None, *, when: datetime) -> list[Sheet]:
    """Draw the sheets of :func:`plan_pdf`, not yet bound."""
    sheets = _places(plan, area, roads)
    for shift in plan.shifts:
        for patrol in shift.patrols:
            sheets += _patrol(plan, area, roads, shift, patrol)
    for number, sheet in enumerate(sheets, start=1):
        plan_sheet.foot(sheet, plan, area, roads, when, f"Page {number} of {len(sheets)}")
    return sheets


# --- the places ------------------------------------------------------------------------------------------------------
def _places(plan: Plan, area: Area, roads: Roads | None) -> list[Sheet]:
    """Make the first sheet: what is expected, where the places are, and the shifts."""
    sheet, y = plan_sheet.head(plan)
    y = _expected(sheet, y, plan, area)
    room = sheet.wide - 2 * MARGIN
    squares, classes = plan_sheet.squares(plan, plan.visited)
    about = _about(plan, room)
    rest = TABLE_HEAD + ROW * len(plan.places) + 12 + 9.2 * len(about)
    high = min(max(sheet.high - MARGIN - FOOT_PT - y - 8 - rest, 330.0), 470.0)
    wide = room - LOCATOR_WIDE - GAP
    print_map.print_map(
        sheet.axes(MARGIN, y, wide, high),
        area,
        area.wards.outline.bounds,
        roads=roads,
        squares=squares,
        spots=[Spot(str(p.number), p.easting_m, p.northing_m) for p in plan.places if not p.left_out],
        names="townships",
        mark=SIMULATED if plan.simulated else "",
    )
    lines = ["A number is a place of the list.", "Thick outline: a cell that a patrol visits."]
    x = MARGIN + wide + GAP
    plan_sheet.legend(sheet, x, y + 8, LOCATOR_WIDE, classes, lines if plan.shifts else lines[:1], told(plan))
    _shifts(sheet, plan, x, y + 118, y + high)
    return _listed(plan, area, sheet, y + high + 8, about)


def _expected(sheet: Sheet, y: float, plan: Plan, area: Area) -> float:
    """Set what is expected, and how much is planned; gives the height below."""
    spread = ""
    if plan.low80 is not None and plan.high80 is not None:
        spread = f"80 %: {plan.low80:,.0f} to {plan.high80:,.0f}"
        if plan.low95 is not None and plan.high95 is not None:
            spread += f"; 95 %: {plan.low95:,.0f} to {plan.high95:,.0f}"
    expected = "no forecast" if plan.expected is None else f"about {plan.expected:,.0f} incidents"
    crews = sum(len(shift.patrols) for shift in plan.shifts)
    kept = [p for p in plan.places if not p.left_out]
    return plan_sheet.facts(
        sheet,
        y,
        (
            (f"Expected in the {area.kind}", expected, spread),
            ("Places", f"{len(kept)} places", f"from {100 * plan.share:g} % of the {area.kind}'s cells"),
            ("Patrols", f"{crews} in {len(plan.shifts)} shifts" if crews else "none yet", ""),
        ),
    )


def _listed(plan: Plan, area: Area, sheet: Sheet, y: float, about: list[str]) -> list[Sheet]:
    """List the places from a height on, then the small print, over as many sheets as it takes."""
    columns = (
        Column("No.", 0, 20), Column("Place", 24, 206), Column("Ward", 236, 110), Column("Middle", 352, 54),
        Column(told(plan).head, 408, 48, right=True), Column("Last 12 months", 458, 69, right=True),
    )  # fmt: skip
    rows = [
        [
            str(p.number),
            p.title + (" (left out)" if p.left_out else " (pinned)" if p.pinned else ""),
            area.ward_names.get(p.ward_code, ""),
            p.grid_reference,
            told(plan).text(p.expected),
            f"under {FEWEST}" if (past := told_past(plan, p)) is None else f"{past:,}",
        ]
        for p in plan.places
    ]
    sheets = [sheet]
    end = sheet.high - MARGIN - FOOT_PT - 10
    while rows:
        fit = max(0, int((end - y - TABLE_HEAD) // ROW))
        if fit >= min(3, len(rows)):
            y = plan_sheet.table(sheet, y, columns, rows[:fit])
            rows = rows[fit:]
        if rows:
            sheet, y = plan_sheet.head(plan)
            sheets.append(sheet)
            y += 6
    y += 12
    for line in about:
        if y + 8 > end + 10:
            sheet, y = plan_sheet.head(plan)
            sheets.append(sheet)
            y += 14
        sheet.text(MARGIN, y, line, 7, color=MUTED)
        y += 9.2
    return sheets


def _about(plan: Plan, room: float) -> list[str]:
    """Put notes, how the plan was made and its caveats into lines of small print."""
    made = "; ".join(f"{name}: {value}" for name, value in plan.parameters.items())
    texts = (
        (f"Notes: {plan.notes}" if plan.notes else "", 8),
        (told(plan).why, 3),
        (f"How this was made: {made}" if made else "", 6),
        (" ".join(dict.fromkeys((NOT_HARM, NOT_PREVENTED, *plan.caveats))), 8),
    )
    return [line for text, most in texts if text for line in words.wrap(text, room, 7, most=most)]


def _shifts(sheet: Sheet, plan: Plan, x: float, y: float, end: float) -> None:
    """List the shifts beside the map, as many as there is room for."""
    if not plan.shifts:
        return
    sheet.text(x, y, "Shifts", 7, "bold")
    y += 11
    for k, shift in enumerate(plan.shifts):
        if y + 20 > end:
            sheet.text(x, y, f"and {len(plan.shifts) - k} more", 7)
            return
        sheet.text(x, y, words.cut(_shift_times(shift, short=True), LOCATOR_WIDE, 7), 7)
        covered = told(plan).covered([shift])
        sheet.text(x, y + 9, words.cut(covered, LOCATOR_WIDE, 7), 7, color=MUTED)
        y += 22


# --- a patrol --------------------------------------------------------------------------------------------------------
def _shift_times(shift: Shift, *, short: bool = False) -> str:
    starts, ends = shift.starts, shift.ends
    if short:
        return f"{starts:%a} {starts.day} {starts:%b}, {starts:%H:%M} to {ends:%H:%M}"
    return f"{starts:%H:%M} to {ends:%H:%M}" + ("" if starts.date() == ends.date() else f" on {ends:%A}")


def _patrol(plan: Plan, area: Area, roads: Roads | None, shift: Shift, patrol: Patrol) -> list[Sheet]:
    """Make the sheet of a patrol, and another where its visits need it."""
    sheet, y = plan_sheet.head(plan)
    base = patrol.base
    at = grid_reference(base.easting_m, base.northing_m)[0]
    how = "on foot" if patrol.travel == FOOT else "by vehicle"
    people = f"{patrol.officers} {'person' if patrol.officers == 1 else 'people'}, {how}"
    y = plan_sheet.facts(
        sheet,
        y,
        (
            (plan_sheet.day(shift.starts), _shift_times(shift), f"{shift.minutes / 60:g} hours"),
            ("Crew", patrol.crew, people),
            ("Base: start and end here", base.name, at),
        ),
    )
    end = sheet.high - MARGIN - FOOT_PT
    left = end - y - 8 - TABLE_HEAD - ROW * len(patrol.visits) - _END
    y = patrol_maps(sheet, y, min(max(left, LEAST_HIGH), MOST_HIGH), plan, area, roads, patrol)
    columns = (
        Column("No.", 0, 20), Column("Arrive", 24, 32), Column("Leave", 60, 32), Column("Place", 96, 178),
        Column("Ward", 280, 96), Column("Cell", 382, 54), Column("Minutes", 436, 38, right=True),
        Column("Expected", 478, 49, right=True),
    )[: None if told(plan).forecast else -1]  # fmt: skip
    rows, seen = [], set()
    for number, visit in enumerate(patrol.visits, start=1):
        place = plan.place(visit.place)
        arrive = shift.starts + timedelta(minutes=visit.arrive_minute)
        rows.append(
            [
                str(number),
                f"{arrive:%H:%M}",
                f"{arrive + timedelta(minutes=visit.stay_minutes):%H:%M}",
                place.title + (" (pinned)" if place.pinned else ""),
                area.ward_names.get(place.ward_code, ""),
                visit.reference,
                f"{visit.stay_minutes:.0f}",
                "as above" if visit.reference in seen else f"{visit.expected:.2f}",
            ][: len(columns) if told(plan).forecast else -1]
        )
        seen.add(visit.reference)
    sheets = [sheet]
    end = sheet.high - MARGIN - FOOT_PT
    while rows:
        whole = y + 13 + ROW * len(rows) + _END <= end
        fit = len(rows) if whole else max(1, min(len(rows) - 1, int((end - 10 - y - TABLE_HEAD) // ROW)))
        y = plan_sheet.table(sheet, y, columns, rows[:fit])
        rows = rows[fit:]
        if rows:
            sheet.text(MARGIN, y + 10, "More on the next page", 7, color=MUTED)
            sheet, y = plan_sheet.head(plan)
            sheets.append(sheet)
            room = sheet.wide - 2 * MARGIN
            text = (
                f"{words.cut(patrol.crew, room / 2, 9, 'bold')}, {plan_sheet.day(shift.starts)}, {_shift_times(shift)}"
            )
            sheet.text(MARGIN, y + 14, words.cut(text, room, 9, "bold"), 9, "bold")
            y += 22
    _covered(sheet, _travel(sheet, y, shift, patrol) + 8, plan, shift, patrol)
    return sheets


def _travel(sheet: Sheet, y: float, shift: Shift, patrol: Patrol) -> float:
    """Say under the table how long the crew travels and when it is back; where that ends."""
    back = shift.starts + timedelta(minutes=patrol.travel_minutes + sum(v.stay_minutes for v in patrol.visits))
    text = f"About {patrol.travel_minutes:.0f} minutes of travel in all; back at the base at about {back:%H:%M}."
    sheet.text(MARGIN, y + 10, text if patrol.visits else "No visits.", 7.5, color=MUTED)
    return y + 10


def _covered(sheet: Sheet, y: float, plan: Plan, shift: Shift, patrol: Patrol) -> None:
    """Set what the shift covers beside two other ways to spend the hours, and what all this does not say."""
    room = sheet.wide - 2 * MARGIN
    half = (room - 16) / 2
    figures, whole = told(plan), shift.expected or 1.0
    title = "Expected incidents covered" if figures.forecast else "Part of the area's incidents, by the past,"
    sheet.text(MARGIN, y + 9, f"{title} in this shift, all crews", 8.5, "bold")
    rows = [("This plan", shift.covered, INK), ("Hours spread evenly", shift.even_spread, "white")]
    if led(plan):
        rows.insert(1, ("Last year's busiest places", shift.busiest, _GREY))
    most = max([value for _, value, _ in rows] + [1e-9])
    top = y + 16
    for name, value, shade in rows:
        said = f"{value:.2f}" if figures.forecast else f"{100 * value / whole:.0f} %"
        sheet.text(MARGIN, top + 9, name, 8)
        sheet.box(MARGIN + 122, top + 1, (half - 160) * value / most, 10, facecolor=shade, edgecolor=INK, linewidth=0.8)
        sheet.text(MARGIN + 126 + (half - 160) * value / most, top + 9, said, 8, "bold")
        top += 15
    if not led(plan):
        sheet.text(MARGIN, top + 9, f"{plan.parameters[BESIDE][:1].upper()}{plan.parameters[BESIDE][1:]}.", 8)
        top += 15
    share = f" ({100 * shift.covered / shift.expected:.0f} %)" if shift.expected > 0 else ""
    more = f"over {100 * shift.gap:.0f} % more" if shift.gap >= 0.005 else "more"
    said = (
        f"{shift.covered:.2f} of {shift.expected:.2f} expected in the whole area{share}. "
        f"This crew's cells: {patrol.expected:.2f}. "
        if figures.forecast
        else f"{figures.why} "
    ) + f"No plan for these hours could cover {more}."
    sheet.paragraph(MARGIN, top + 9, half, said, 8)
    hours = (
        f"Hours are weighed by the dated feed {plan.feed}."
        if plan.feed
        else "All hours count alike: there was no dated feed to weigh them."
    )
    x = MARGIN + half + 16
    sheet.text(x, y + 9, "What this says, and what it does not", 8.5, "bold")
    top = y + 22
    for line in (NOT_HARM, NOT_PREVENTED, hours, ROUTE):
        sheet.text(x, top, "–", 8)
        top = sheet.paragraph(x + 9, top, half - 9, line, 8, most=3) + 2.5
