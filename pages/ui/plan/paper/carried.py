"""What crews carry in a phone: routes as GPX and entries of a calendar, with place, time and why; no method."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import shapely

from analysis.findings.finding import capital
from data.place.area import Area
from data.plan import stops as plan_stops
from data.plan import wards as plan_wards
from data.plan.plan import FOOT, Plan, Shift, Stop, Visit
from data.plan.ways import Leg, ways_words
from geo.crs import to_wgs84
from pages.ui.plan.paper.exports import PROGRAM, about, arrive, line_of, mark, minute, text_of
from pages.ui.plan.paper.exports import patrols as patrols_of
from pages.ui.plan.paper.rounds import Round, rounds

LOCAL = ZoneInfo("Europe/London")
STRAIGHT = "Straight lines from stop to stop, not the way along streets."
GPX = "http://www.topografix.com/GPX/1/1"
_BEND_M = 2.0  # no phone shows less
_DECIMALS = 6  # of a degree: a decimetre
_NAMESPACE = UUID("5b0c2f4e-6a0d-5c55-9a55-0d8e3c1f7a11")  # of the calendar entries of this program


def plan_gpx(area: Area, plan: Plan, day: date | None = None) -> bytes:
    """Write the plan as GPX 1.1 for phones: a waypoint a stop, a route for each crew and kind of shift.

    Parameters
    ----------
    area : Area
    plan : Plan
    day : date, optional
        On which it was saved, for the age of its data.

    Returns
    -------
    bytes

    Notes
    -----
    A route goes from stop to stop, base to base: along the streets, with a point at every bend, where the plan knows
    them, else straight; an app that follows streets finds its own way. A plan without shifts has its places as
    waypoints, without those left out.
    """
    root = ET.Element("gpx", {"version": "1.1", "creator": PROGRAM, "xmlns": GPX})
    metadata = ET.SubElement(root, "metadata")
    _add(metadata, name=line_of(mark(plan) + plan.title), desc="\n".join(about(area, plan, day, method=False)))
    stops = plan_stops.stops_of(plan)
    for visit in {visit.reference: visit for _, patrol in patrols_of(plan) for visit in patrol.visits}.values():
        stop = stops[visit.reference]
        point = _point(root, "wpt", visit.easting_m, visit.northing_m)
        _add(point, name=plan_stops.title(stop), desc=mark(plan) + _why(area, plan, stop), type="stop")
    for place in () if plan.shifts else plan.places:
        if not place.left_out:
            point = _point(root, "wpt", place.easting_m, place.northing_m)
            said = [plan_wards.ward_of(plan, place, area), place.grid_reference]
            if (part := plan_stops.part_of(plan, place.expected)) is not None:
                said.append(f"{plan_stops.part_words(part)} of the {plan_stops.days_words(plan.category, area.kind)}")
            _add(point, name=f"{place.number} {place.title}", desc=mark(plan) + ", ".join(said), type="place")
    for number, one in enumerate(rounds(plan), start=1):
        patrol, base = one.patrol, one.spots[0]
        route = ET.SubElement(root, "rte")
        _add(route, name=f"{mark(plan)}{patrol.crew}, {one.days}, {one.hours}", desc=_ways(plan, one))
        _add(route, number=str(number), type=patrol.travel)
        _add(_point(route, "rtept", *base), name=f"{one.first.starts:%H:%M} {patrol.base.name}", type="base")
        legs = one.legs(plan)
        for k, visit in enumerate(patrol.visits):
            stop = stops[visit.reference]
            _bends(route, legs[k : k + 1])
            point = _point(route, "rtept", visit.easting_m, visit.northing_m)
            _add(point, name=_stop(one.first, visit, stop), desc=_why(area, plan, stop), type="visit")
        if patrol.visits:
            _bends(route, legs[-1:])
            _add(_point(route, "rtept", *base), name=f"Back at {patrol.base.name}", type="base")
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _ways(plan: Plan, one: Round) -> str:
    """Say what the line of a route is."""
    if plan.ways is None:
        return STRAIGHT
    said = ways_words(plan.ways.source, (leg.why for leg in one.legs(plan)))
    return f"{capital(said)}. {plan.ways.attribution}".strip()


def _bends(route: ET.Element, legs: Sequence[Leg]) -> None:
    """Add the points between the ends of some legs."""
    for leg in legs:
        line = shapely.get_coordinates(shapely.simplify(shapely.LineString(leg.line), _BEND_M))
        for east, north in line[1:-1].tolist():
            _point(route, "rtept", east, north)


def _why(area: Area, plan: Plan, stop: Stop) -> str:
    return ". ".join(text for text in (plan_stops.why_words(plan, stop, area.kind), stop.reference) if text)


def _point(parent: ET.Element, tag: str, easting_m: float, northing_m: float) -> ET.Element:
    lon, lat = (float(value[0]) for value in to_wgs84([easting_m], [northing_m]))
    return ET.SubElement(parent, tag, {"lat": f"{lat:.{_DECIMALS}f}", "lon": f"{lon:.{_DECIMALS}f}"})


def _add(parent: ET.Element, **children: str) -> None:
    """Add elements of text; GPX prescribes their order."""
    for tag, text in children.items():
        ET.SubElement(parent, tag).text = text_of(text) if tag == "desc" else line_of(text)


# --- calendar ---------------------------------------------------------------------------------------------------------
def plan_ics(area: Area, plan: Plan, stamp: datetime, key: str = "", revision: int = 1) -> bytes:
    """Write an entry a patrol and shift as iCalendar (RFC 5545), times in UTC.

    Parameters
    ----------
    area : Area
    plan : Plan
    stamp : datetime
        With its zone: when the plan was saved.
    key : str
        What tells the plan from all others. Entries of another revision with the same key replace the earlier ones.
    revision : int

    Returns
    -------
    bytes

    Notes
    -----
    A shift begins and ends at what the clock on the wall shows, also in the night in which the clocks change.
    """
    from icalendar import Calendar, Event, vText

    calendar = Calendar()
    calendar.add("prodid", f"-//{PROGRAM}//Plans//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(line_of(mark(plan) + plan.title)))
    stops, head = plan_stops.stops_of(plan), about(area, plan, stamp.astimezone(LOCAL).date(), method=False)
    for i, shift in enumerate(plan.shifts):
        for j, patrol in enumerate(shift.patrols):
            starts, ends = _utc(shift.starts), _utc(shift.ends)
            entry = Event()
            entry.add("uid", f"{uuid5(_NAMESPACE, f'{key or plan.title}|{plan.simulated}|{i}|{j}')}")
            entry.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
            entry.add("sequence", revision - 1)
            entry.add("dtstart", starts)
            entry.add("dtend", ends if ends > starts else starts + timedelta(minutes=shift.minutes))
            entry.add("summary", line_of(f"{mark(plan)}{patrol.crew}: {plan.title}"))
            entry.add("location", line_of(patrol.base.name))
            lines = [
                line_of(
                    f"{_stop(shift, visit, stop)}, {visit.reference}. {plan_stops.why_words(plan, stop, area.kind)}"
                )
                for visit in patrol.visits
                for stop in (stops[visit.reference],)
            ]
            crew = f"{patrol.officers} {'on foot' if patrol.travel == FOOT else 'by vehicle'} from {patrol.base.name}"
            entry.add("description", "\n".join([line_of(crew), *lines, "", *head]))
            entry.add("class", "CONFIDENTIAL")
            calendar.add_component(entry)
    content: bytes = calendar.to_ical()
    return content


def _utc(local: datetime) -> datetime:
    return local.replace(tzinfo=LOCAL).astimezone(UTC)


def _stop(shift: Shift, visit: Visit, stop: Stop) -> str:
    until = arrive(shift, visit) + timedelta(minutes=visit.stay_minutes)
    return f"{minute(arrive(shift, visit))[-5:]} to {minute(until)[-5:]} {plan_stops.title(stop)}"
