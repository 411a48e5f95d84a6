"""The maps of a patrol's sheet: its visits on one map or several, and where they lie in the whole area."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from data.place.area import Area
from data.plan.plan import Base, Plan, Visit
from data.plan.told import told
from data.streets.base_map import BaseMap
from pages.ui.paper import map as print_map
from pages.ui.paper.map import BASE, Drawn
from pages.ui.paper.page import MARGIN, Sheet
from pages.ui.paper.picture import SIMULATED
from pages.ui.paper.room import Spot, view
from pages.ui.plan.paper import sheet as plan_sheet
from pages.ui.plan.paper.rounds import Round
from pages.ui.plan.paper.sheet import GAP

LOCATOR_WIDE = 132.0
LEGEND_HIGH = 100.0
LEAST_HIGH, MOST_HIGH = 186.0, 430.0
BROKEN = "Broken line: straight, at least in part."
_CELL_PT = 11.0  # a cell of the map is at least this wide, else the map becomes several
_BASE_CELL_PT = 14.0  # the base is on the map where cells stay this wide
_MOST_PANELS = 4
_LEAST_LOCATOR = 60.0
_LEAST_M = 1400.0  # a map shows at least so much


def patrol_maps(
    sheet: Sheet, y: float, high: float, plan: Plan, area: Area, ground: BaseMap | None, one: Round
) -> float:
    """Draw the stops, on one map or several, with a map of the whole area and the legend beside; where they end.

    Without roads or ways no line joins the stops: across a white page it would look like a way.
    """
    patrol = one.patrol
    room = sheet.wide - 2 * MARGIN
    wide = room - LOCATOR_WIDE - GAP
    mark = SIMULATED if plan.simulated else ""
    squares, _ = plan_sheet.squares(plan, [v.reference for v in patrol.visits])
    base = Spot(BASE, patrol.base.easting_m, patrol.base.northing_m, square=True)
    spots = visit_spots(plan, one)
    route = route_of(plan, one, ground)
    frames = []
    groups = _split(patrol.visits, wide, high, plan.cell_size_m) if patrol.visits else []
    for group, (left, top, w, h) in zip(groups, _slots(len(groups), wide, high), strict=True):
        near = _bounds([patrol.visits[i] for i in group])
        if len(groups) == 1:
            near = _with_base(near, patrol.base, plan.cell_size_m * min(w, h) / _BASE_CELL_PT)
        bounds = view(near, w, h, _LEAST_M)
        frames.append(bounds)
        axes = sheet.axes(MARGIN + left, y + top, w, h)
        print_map.print_map(
            axes, area, bounds, ground=ground, squares=squares, spots=[*spots, base], route=route, mark=mark
        )
    x = MARGIN + wide + GAP
    locator_high = high - LEGEND_HIGH
    if locator_high >= _LEAST_LOCATOR:
        locator = sheet.axes(x, y, LOCATOR_WIDE, locator_high)
        outline = area.wards.outline.bounds
        print_map.print_map(locator, area, outline, spots=[base], frames=frames, names="townships", mark=mark)
    lines = ["Number: order of stops. Thick outline: a cell to visit. B: base."]
    if plan.ways is not None and patrol.visits:
        lines.append("Line: way along streets.")
    if any(leg.straight for leg in route):
        lines.append(BROKEN if plan.ways is not None else "Broken line: order, not the way to go.")
    plan_sheet.legend(sheet, x, y + max(locator_high, 0) + 14, LOCATOR_WIDE, lines, told(plan))
    return y + high + 8


def route_of(plan: Plan, one: Round, ground: BaseMap | None) -> list[Drawn]:
    """Give the lines from the base through the stops and back; none where neither streets nor roads are known."""
    if plan.ways is not None:
        return [Drawn(leg.line, bool(leg.why)) for leg in one.legs(plan)] if one.visits else []
    return [Drawn((a, b), straight=True) for a, b in pairwise(one.spots)] if ground is not None else []


def visit_spots(plan: Plan, one: Round) -> list[Spot]:
    """Make a circle for every cell, with the numbers of all its visits."""
    numbers: dict[str, list[int]] = {}
    for number, visit in enumerate(one.visits, start=1):
        numbers.setdefault(visit.reference, []).append(number)
    first = {visit.reference: visit for visit in reversed(one.visits)}
    names = {stop.reference: stop.name for stop in one.stops(plan)}
    return [
        Spot(_numbers(found), visit.easting_m, visit.northing_m, names[reference])
        for reference, found in numbers.items()
        for visit in [first[reference]]
    ]


def _numbers(found: Sequence[int]) -> str:
    return ", ".join(map(str, found)) if len(found) <= 3 else f"{found[0]}, {found[1]} … {found[-1]}"


def _split(visits: Sequence[Visit], wide: float, high: float, cell_m: float) -> list[list[int]]:
    """Positions of visits by map: one map where cells are wide enough on it, else cut at the widest gap."""
    groups = [list(range(len(visits)))]
    while len(groups) < _MOST_PANELS:
        shapes = [_bounds([visits[i] for i in group]) for group in groups]
        # two maps side by side are half as wide, four also half as high
        w, h = (wide if len(groups) == 1 else wide / 2), (high if len(groups) < 3 else high / 2)
        needs = [max((b[2] - b[0]) / w, (b[3] - b[1]) / h) * _CELL_PT / cell_m for b in shapes]
        worst = int(np.argmax(needs))
        if needs[worst] <= 1 or len(groups[worst]) < 2:
            break
        places = np.array([(visits[i].easting_m, visits[i].northing_m) for i in groups[worst]])
        axis = int(np.argmax(np.ptp(places, axis=0)))
        order = np.argsort(places[:, axis], kind="stable")
        cut = int(np.argmax(np.diff(places[order, axis]))) + 1
        parts = [sorted(groups[worst][i] for i in half) for half in (order[:cut], order[cut:])]
        groups = sorted([*groups[:worst], *groups[worst + 1 :], *parts])
    return groups


def _bounds(visits: Sequence[Visit], edge: float = 250.0) -> tuple[float, float, float, float]:
    east, north = [v.easting_m for v in visits], [v.northing_m for v in visits]
    return min(east) - edge, min(north) - edge, max(east) + edge, max(north) + edge


def _with_base(
    bounds: tuple[float, float, float, float], base: Base, most_m: float
) -> tuple[float, float, float, float]:
    """Widen bounds to hold the base, unless the map would then show more than so many metres a side."""
    x, y = base.easting_m, base.northing_m
    wider = (min(bounds[0], x - 150), min(bounds[1], y - 150), max(bounds[2], x + 150), max(bounds[3], y + 150))
    return wider if max(wider[2] - wider[0], wider[3] - wider[1]) <= most_m else bounds


def _slots(count: int, wide: float, high: float) -> list[tuple[float, float, float, float]]:
    """Left, top, width and height of some maps in a rectangle."""
    if count == 1:
        return [(0, 0, wide, high)]
    w = (wide - GAP) / 2
    if count == 2:
        return [(0, 0, w, high), (w + GAP, 0, w, high)]
    h = (high - GAP) / 2
    return [(x, y, w, h) for y in (0, h + GAP) for x in (0, w + GAP)][:count]
