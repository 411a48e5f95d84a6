"""A plan on paper: a sheet for what each crew does in shifts that are alike, then one on the plan as a whole."""

from __future__ import annotations

from datetime import datetime

from data.place.area import Area
from data.plan import stops as plan_stops
from data.plan import wards as plan_wards
from data.plan.plan import Plan, PlanPlace
from data.plan.stops import NOT_HARM
from data.plan.told import BESIDE, told
from data.streets.base_map import BaseMap
from pages.ui.paper import map as print_map
from pages.ui.paper import text as words
from pages.ui.paper.page import A4, MARGIN, Sheet, bind
from pages.ui.paper.picture import SIMULATED
from pages.ui.paper.room import MUTED, Spot
from pages.ui.plan.paper import sheet as plan_sheet
from pages.ui.plan.paper.exports import told_past
from pages.ui.plan.paper.maps import LOCATOR_WIDE
from pages.ui.plan.paper.patrol import patrol_sheets
from pages.ui.plan.paper.rounds import Round, rounds
from pages.ui.plan.paper.sheet import FOOT_PT, GAP, ROW, TABLE_HEAD, Column

NOT_PREVENTED = "That a place is visited does not say that anything is prevented there."
CIRCLES = 12  # numbers on the map of the whole plan
_LEAST_MAP, _MOST_MAP = 230.0, 400.0
_FEWEST_ROWS = 6
_TWO = 2  # kinds of shift


def plan_pdf(plan: Plan, area: Area, ground: BaseMap | None, *, when: datetime) -> bytes:
    """Put a plan on A4 paper.

    Parameters
    ----------
    plan : Plan
        Its texts may be anything: they are cleaned, and cut where they do not fit.
    area : Area
    ground : BaseMap or None
        Drawn under the maps.
    when : datetime
        When it was made, as it is printed. The same arguments give the same bytes.

    Returns
    -------
    bytes
        A PDF with a sheet for each crew and each kind of shift, with the dates of the shifts that are alike; the last
        page is of the whole plan: its places and how it was made. Two kinds of shift of one crew take two pages: how
        it was made then stands at the foot of the second.

    Notes
    -----
    Misleads where it is taken for a forecast of harm; every sheet says so itself.
    """
    return bind(plan_sheets(plan, area, ground, when=when), plan.title, when)


def plan_sheets(plan: Plan, area: Area, ground: BaseMap | None, *, when: datetime) -> list[Sheet]:
    """Draw the sheets of :func:`plan_pdf`, not yet bound."""
    area, alike = plan_wards.area_of(plan, area), rounds(plan)
    if len(alike) == _TWO and len({one.patrol.crew for one in alike}) == 1:
        methods: tuple[list[str], ...] = ([], _in_short(plan, area))
        sheets = [s for k, one in enumerate(alike) for s in patrol_sheets(plan, area, ground, one, methods[k])]
    else:
        sheets = [sheet for one in alike for sheet in patrol_sheets(plan, area, ground, one)]
        sheets.append(_whole(plan, area, ground, alike))
    for number, sheet in enumerate(sheets, start=1):
        plan_sheet.foot(sheet, plan, area, ground, when, f"Page {number} of {len(sheets)}")
    return sheets


def _whole(plan: Plan, area: Area, ground: BaseMap | None, alike: list[Round]) -> Sheet:
    """Make the last sheet: what is expected, where the places are, the shifts, and how it was made."""
    sheet, y = plan_sheet.head(plan)
    y = _expected(sheet, y, plan, area)
    room = sheet.wide - 2 * MARGIN
    about = _about(plan, area, room)
    end = sheet.high - MARGIN - FOOT_PT - 10
    below = TABLE_HEAD + 22 + 9.2 * len(about)
    high = min(max(end - y - 8 - below - ROW * len(plan.places), _LEAST_MAP), _MOST_MAP)
    high = max(min(high, end - y - 8 - below - ROW * min(_FEWEST_ROWS, len(plan.places))), 120.0)
    squares, _ = plan_sheet.squares(plan, plan.visited)
    wide = room - LOCATOR_WIDE - GAP
    print_map.print_map(
        sheet.axes(MARGIN, y, wide, high),
        area,
        area.wards.outline.bounds,
        ground=ground,
        squares=squares,
        spots=[Spot(str(p.number), p.easting_m, p.northing_m) for p in _drawn(plan)],
        names="townships",
        mark=SIMULATED if plan.simulated else "",
    )
    x = MARGIN + wide + GAP
    lines = ["A number is a place of the list."]
    lines += ["Thick outline: a cell that a crew visits."] if plan.shifts else []
    plan_sheet.legend(sheet, x, y + 8, LOCATOR_WIDE, lines, told(plan))
    _shifts(sheet, alike, x, y + 96, y + high)
    y = _listed(plan, area, sheet, y + high + 8, int((end - y - high - 8 - below) // ROW))
    for line in about:
        y += 9.2
        sheet.text(MARGIN, y, line, 7, color=MUTED)
    return sheet


def _in_short(plan: Plan, area: Area) -> list[str]:
    """Say on the sheet of a crew what the last sheet says of the whole plan: what is expected, and how it was made."""
    room = A4[0] - 2 * MARGIN
    together = plan_stops.together_words(plan.category, plan_stops.stops_of(plan).values(), area.kind)
    number, spread = _number(plan)
    said = [f"Expected in the {area.kind} on these days: {number}" + (f" ({spread})" if spread else ""), together]
    return [*words.wrap(". ".join(text for text in said if text) + ".", room, 7, most=2), *_about(plan, area, room)]


def _drawn(plan: Plan) -> list[PlanPlace]:
    """Choose the places that get a number on the map: those visited and pinned first, at most twelve."""
    visited = {visit.place for shift in plan.shifts for patrol in shift.patrols for visit in patrol.visits}
    kept = [place for place in plan.places if not place.left_out]
    first = sorted(kept, key=lambda p: (not p.pinned, p.number not in visited, p.number))[:CIRCLES]
    return sorted(first, key=lambda place: place.number)


def _expected(sheet: Sheet, y: float, plan: Plan, area: Area) -> float:
    """Set what is expected, and how much is planned; gives the height below."""
    expected, spread = _number(plan)
    patrols = sum(len(shift.patrols) for shift in plan.shifts)
    kept = [p for p in plan.places if not p.left_out]
    stops = plan_stops.stops_of(plan)
    part = plan_stops.together(stops.values())
    visited = "" if part is None else f", {plan_stops.part_words(part)}"
    y = plan_sheet.facts(
        sheet,
        y,
        (
            (f"Expected in the {area.kind} on these days", expected, spread),
            ("Places", f"{len(kept)} places", f"from {100 * plan.share:g} % of the {area.kind}'s cells"),
            (
                "Patrols",
                f"{patrols} in {len(plan.shifts)} {'shift' if len(plan.shifts) == 1 else 'shifts'}"
                if patrols
                else "none yet",
                f"{len(stops)} {'stop' if len(stops) == 1 else 'stops'}{visited}" if stops else "",
            ),
        ),
    )
    return plan_sheet.past_range(sheet, y, plan)


def _number(plan: Plan) -> tuple[str, str]:
    """Say how many incidents are expected, and between what; the second may be empty."""
    spread = ""
    if plan.low80 is not None and plan.high80 is not None:
        spread = f"80 %: {plan.low80:,.0f} to {plan.high80:,.0f}"
        if plan.low95 is not None and plan.high95 is not None:
            spread += f"; 95 %: {plan.low95:,.0f} to {plan.high95:,.0f}"
    return "no forecast" if plan.expected is None else f"about {plan.expected:,.0f} incidents", spread


def _listed(plan: Plan, area: Area, sheet: Sheet, y: float, most: int) -> float:
    """List the places, as many as there is room for; gives where they end."""
    columns = (
        Column("No.", 0, 20), Column("Place", 24, 186), Column("Ward", 214, 92), Column("Middle", 310, 54),
        Column("Part of these days", 368, 88), Column("Last 12 months", 458, 69, right=True),
    )  # fmt: skip
    rows = [
        [
            str(p.number),
            p.title + (" (left out)" if p.left_out else " (pinned)" if p.pinned else ""),
            plan_wards.ward_of(plan, p, area),
            p.grid_reference,
            "–" if (part := plan_stops.part_of(plan, p.expected)) is None else plan_stops.part_words(part),
            plan_stops.UNDER if (past := told_past(plan, p)) is None else f"{past:,}",
        ]
        for p in plan.places
    ]
    y = plan_sheet.table(sheet, y, columns, rows[: max(most, 0)])
    y += 10
    if len(rows) > max(most, 0):
        sheet.text(MARGIN, y, f"and {len(rows) - max(most, 0)} more: all are in the file of places", 7)
    return y + 3


def _about(plan: Plan, area: Area, room: float) -> list[str]:
    """Put notes, how the plan was made and its caveats into lines of small print."""
    made = "; ".join(f"{name}: {value}" for name, value in plan.parameters.items())
    beside = plan.parameters.get(BESIDE, "")
    no_better = (f"{beside[:1].upper()}{beside[1:]}.",) if beside else ()
    first = (*plan_stops.limits(plan), *no_better, NOT_HARM, NOT_PREVENTED)
    wards = plan_wards.wards_words(plan, area)
    texts = (
        (f"Notes: {plan.notes}" if plan.notes else "", 8),
        (f"{wards}." if wards else "", 3),
        (" ".join(dict.fromkeys((*first, *plan.caveats))), 8),
        (told(plan).why, 3),
        (f"How this was made: {made}" if made else "", 8),
    )
    return [line for text, most in texts if text for line in words.wrap(text, room, 7, most=most)]


def _shifts(sheet: Sheet, alike: list[Round], x: float, y: float, end: float) -> None:
    """List the sheets of the crews beside the map, as many as there is room for."""
    if not alike:
        return
    sheet.text(x, y, "Shifts", 7, "bold")
    y += 11
    for k, one in enumerate(alike):
        if y + 20 > end:
            sheet.text(x, y, f"and {len(alike) - k} more", 7)
            return
        sheet.text(x, y, words.cut(f"{one.patrol.crew}, {one.hours}", LOCATOR_WIDE, 7), 7)
        sheet.text(x, y + 9, words.cut(one.days, LOCATOR_WIDE, 7), 7, color=MUTED)
        y += 22
