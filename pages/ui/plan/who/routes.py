"""The map of step 3 of a plan: the stops of one shift in their order, a line for each patrol from its base and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from string import ascii_uppercase

import streamlit as st

from data.plan import stops as plan_stops
from data.plan.plan import Patrol, PlanPlace, Shift, Stop
from data.plan.told import Told
from data.plan.ways import Ways
from geo.grid import Grid
from pages.ui.chart.palette import Palette, palette
from pages.ui.map import base_map, lattice, maps
from pages.ui.map import parts as map_parts
from pages.ui.map.maps import Hit, Overlay, View
from pages.ui.map.parts import Legend
from pages.ui.shell.cache import Dataset, cached

MARGIN_M = 250
CLOSE_M = 600
NOTE = "Circles: stops, in order. Lines join them straight and are not the streets."
ALONG = "Circles: stops, in order. Lines are the ways along the streets."
BROKEN = "Broken lines: no way along streets is known, at least in part."
_SELECTED, _MOVED = "plan_stop_selected", "plan_stop_moved"


def letter(n: int) -> str:
    """Letter of a patrol on the map: A, B ... Z, AA, AB."""
    first, last = divmod(n, len(ascii_uppercase))
    return (ascii_uppercase[first - 1] if first else "") + ascii_uppercase[last]


def overlay(
    shift: Shift,
    named: Mapping[str, Stop],
    places: tuple[PlanPlace, ...],
    grid: Grid,
    colours: Palette,
    selected: str,
    token: str,
    told: Told,
    ways: Ways | None = None,
) -> tuple[Overlay, Legend]:
    """Make what the map draws: routes, stops, and where it looks.

    Parameters
    ----------
    named : mapping of str to Stop
        By the reference of their cell.
    selected : str
        Stop that was clicked, such as "B3"; anything else for none.
    token : str
        Of the shift and the click: the map moves when it changes.
    told : Told
        A stop says what is expected there where hours are known, else its part of what the days bring; without a
        forecast neither.
    ways : Ways, optional
        Along streets; without them lines go straight from stop to stop.
    """
    pins = {place.number for place in places if place.pinned}
    out = [(n, patrol) for n, patrol in enumerate(shift.patrols) if patrol.visits]
    stops, routes, chosen = [], [], None
    for n, patrol in out:
        points = _points(patrol)
        route = [patrol.base.name, _colour(colours, n), [maps.spot(grid, *point) for point in points]]
        if ways is not None:
            legs = ways.along(patrol.travel, points)
            route.append([[int(bool(leg.why)), [maps.spot(grid, *point) for point in leg.line]] for leg in legs])
        routes.append(route)
        for stop, visit in enumerate(patrol.visits, start=1):
            name, here = f"{letter(n)}{stop}", named[visit.reference]
            at = shift.starts + timedelta(minutes=visit.arrive_minute)
            words = f"{at:%H:%M} {patrol.crew}, {plan_stops.title(here)}"
            if told.forecast and not told.hours:
                words += f": {plan_stops.part_words(plan_stops.known_part(here))} of these days"
            if name == selected:
                chosen = visit
            at_spot, pinned = maps.spot(grid, visit.easting_m, visit.northing_m), int(visit.place in pins)
            expected = told.of_visit(visit.expected, 3)
            stops.append([name, *at_spot, 0, pinned, words, expected, None, int(name == selected)])
    ends = [point for _, patrol in out for point in _points(patrol)]
    if chosen is not None:
        ends = [(chosen.easting_m, chosen.northing_m)]
    east, north = zip(*ends, strict=True)
    margin = CLOSE_M if chosen is not None else MARGIN_M + (max(north) - min(north)) / 12  # clear of the buttons
    bounds = (min(east) - margin, min(north) - margin, max(east) + margin, max(north) + margin)
    legend = Legend("Routes", tuple((_colour(colours, n), f"{letter(n)} {patrol.crew}") for n, patrol in out))
    return Overlay(
        wards_on=(),
        places=stops,
        routes=routes,
        expected_words="expected in the shift",
        chance_words="must be visited",
        view=View(token, bounds),
    ), legend


def show(
    data: Dataset,
    shift: Shift,
    named: Mapping[str, Stop],
    places: tuple[PlanPlace, ...],
    height: int,
    told: Told,
    ways: Ways | None = None,
) -> None:
    """Draw the routes of a shift on a map so many pixels high; nothing where no patrol goes anywhere."""
    if not any(patrol.visits for patrol in shift.patrols):
        return
    colours = palette()
    grid = cached(lattice.grid, data)
    selected = st.session_state.get(_SELECTED, "")
    token = f"{shift}-{selected}-{st.session_state.get(_MOVED, 0)}"
    drawn, legend = overlay(shift, named, places, grid, colours, selected, token, told, ways)
    base_map.show(data, colours, drawn, grid, key="routes", height=height, on_hit=_hit)
    st.html(map_parts.legend_html(legend, colours, note(shift, ways)))


def note(shift: Shift, ways: Ways | None) -> str:
    """Say what the lines on the map are."""
    if ways is None:
        return NOTE
    legs = [leg for patrol in shift.patrols if patrol.visits for leg in ways.along(patrol.travel, _points(patrol))]
    return f"{ALONG} {BROKEN}" if any(leg.why for leg in legs) else ALONG


def _hit(found: Hit) -> None:
    """Look at a stop closely; after a click elsewhere, or on it again, at the whole shift."""
    again = found.kind != "place" or found.id == st.session_state.get(_SELECTED)
    st.session_state[_SELECTED] = "" if again else found.id
    st.session_state[_MOVED] = st.session_state.get(_MOVED, 0) + 1


def _points(patrol: Patrol) -> list[tuple[float, float]]:
    """List base, stops, and the base again."""
    base = (patrol.base.easting_m, patrol.base.northing_m)
    return [base, *((visit.easting_m, visit.northing_m) for visit in patrol.visits), base]


def _colour(colours: Palette, n: int) -> str:
    return colours.series[n % len(colours.series)]
