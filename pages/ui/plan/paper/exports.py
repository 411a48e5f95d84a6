"""Plans as files: tables, a map layer, routes for phones and calendar entries; the same plan gives the same bytes."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.findings.age import age_words, stepped_words
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan.plan import FOOT, Patrol, Plan, PlanPlace, Shift, Visit
from data.plan.told import told
from data.store.schema import POLICE_UK
from geo.crs import to_wgs84
from geo.web import feature_collection
from pages.ui.shell.downloads import SIMULATED, SIMULATED_LINE, csv_bytes, slug
from pages.ui.shell.frame import ASB_NOTE, POLICE_ATTRIBUTION, source_words

LOCAL = ZoneInfo("Europe/London")
STRAIGHT = "Straight lines from stop to stop, not the way along streets."
FEWEST = 5  # smaller counts from a partner's own data do not leave the dashboard
GPX = "http://www.topografix.com/GPX/1/1"
PROGRAM = "Community safety dashboard"
_DECIMALS = 6  # of a degree: a decimetre
_FIGURES = 4  # decimals of expected incidents: a cell in a shift has few
_NAME_LENGTH = 60
_NAMESPACE = UUID("5b0c2f4e-6a0d-5c55-9a55-0d8e3c1f7a11")  # of the calendar entries of this program
_NOT_TEXT = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # not allowed in XML


def file_name(area: Area, plan: Plan, part: str, ending: str) -> str:
    """Name a file of a plan, such as ``area-halloween-2024-visits.csv``; with ``simulated`` in it where the plan is."""
    title = slug(plan.title)[:_NAME_LENGTH].strip("-") or f"plan-{plan.first}"
    names = [slug(area.name), title, slug(part), SIMULATED if plan.simulated else ""]
    return "-".join(name for name in names if name) + f".{ending}"


def about(area: Area, plan: Plan, day: date | None = None) -> tuple[str, ...]:
    """Say, for the head of a file, what the plan rests on and what it does not say; one line each.

    ``day`` is the one on which it was saved, for the age of its data.
    """
    lines = [
        SIMULATED_LINE if plan.simulated else "",
        f"{area.name}: {plan.title}",
        f"{plan.category}; {plan.first} to {plan.last}; as at {plan.as_at}",
        f"Source: {source_words(plan.source)}; data version {plan.data_version}",
        age_line(plan, day),
        f"Hours weighed by: {plan.feed}" if plan.feed else "",
        _expected(plan),
        "Method: " + "; ".join(f"{name}: {value}" for name, value in plan.parameters.items()),
        *plan.caveats,
        f"Notes: {plan.notes}" if plan.notes else "",
        f"Counts under {FEWEST} from a partner's data are left out." if _partner(plan) else "",
        ASB_NOTE if plan.category == ASB and plan.source == POLICE_UK else "",
        POLICE_ATTRIBUTION if plan.source == POLICE_UK and not plan.simulated else "",
        area.wards.attribution,
    ]
    return tuple(_line(line) for line in lines if line)


def age_line(plan: Plan, day: date | None) -> str:
    """Say how old the data of a plan were on a day; empty on the demonstration and without a day. No full stop."""
    if plan.simulated or day is None:
        return ""
    month = pd.Period(plan.as_at, "M")
    # planned after its days: the person had stepped back
    return stepped_words(month) if plan.last < day else age_words(month, day, published=plan.source == POLICE_UK)


def _expected(plan: Plan) -> str:
    if plan.expected is None:
        return told(plan).why
    interval = "" if plan.low80 is None or plan.high80 is None else f" (80 %: {plan.low80:.0f} to {plan.high80:.0f})"
    return f"Expected incidents in the whole area: {plan.expected:.0f}{interval}"


def _partner(plan: Plan) -> bool:
    return plan.source != POLICE_UK and not plan.simulated


def told_past(plan: Plan, place: PlanPlace) -> int | None:
    """Incidents of the last 12 months as they may leave the dashboard; None for a small count of a partner's data."""
    return None if _partner(plan) and place.past < FEWEST else place.past


def _rounded(figure: float) -> float:
    return round(float(figure), _FIGURES)


def _text(text: str) -> str:
    return _NOT_TEXT.sub(" ", text)


def _line(text: str) -> str:
    return " ".join(_text(text).split())


# --- tables -----------------------------------------------------------------------------------------------------------
def visits_table(area: Area, plan: Plan) -> pd.DataFrame:
    """Every visit in a row, in order; times are local, coordinates the middle of the cell in EPSG:27700."""
    rows = [
        {
            "shift_starts": _minute(shift.starts),
            "shift_ends": _minute(shift.ends),
            "crew": patrol.crew,
            "officers": patrol.officers,
            "travel": patrol.travel,
            "base": patrol.base.name,
            "visit": number,
            "arrive": _minute(_arrive(shift, visit)),
            "leave": _minute(_arrive(shift, visit) + timedelta(minutes=visit.stay_minutes)),
            "stay_minutes": round(visit.stay_minutes, 1),
            "place": visit.place,
            "name": plan.place(visit.place).title,
            "ward": area.ward_names.get(plan.place(visit.place).ward_code, ""),
            "cell": visit.reference,
            "easting_m": round(visit.easting_m, 1),
            "northing_m": round(visit.northing_m, 1),
            "expected": told(plan).of_visit(visit.expected, _FIGURES),
        }
        for shift, patrol in _patrols(plan)
        for number, visit in enumerate(patrol.visits, start=1)
    ]
    columns = (
        "shift_starts", "shift_ends", "crew", "officers", "travel", "base", "visit", "arrive", "leave", "stay_minutes",
        "place", "name", "ward", "cell", "easting_m", "northing_m", "expected",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns if told(plan).forecast else columns[:-1]))


def places_table(area: Area, plan: Plan) -> pd.DataFrame:
    """Every place in a row, those left out too; coordinates of its middle in EPSG:27700."""
    rows = [
        {
            "place": place.number,
            "name": place.title,
            "ward": area.ward_names.get(place.ward_code, ""),
            "grid_reference": place.grid_reference,
            "easting_m": round(place.easting_m, 1),
            "northing_m": round(place.northing_m, 1),
            told(plan).column: told(plan).value(place.expected, _FIGURES),
            "last_12_months": told_past(plan, place),
            "stability": None if place.stability is None else _rounded(place.stability),
            "pinned": "yes" if place.pinned else "no",
            "left_out": "yes" if place.left_out else "no",
            "cells": " ".join(cell.reference for cell in place.cells),
        }
        for place in plan.places
    ]
    columns = (
        "place", "name", "ward", "grid_reference", "easting_m", "northing_m", told(plan).column, "last_12_months",
        "stability", "pinned", "left_out", "cells",
    )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(columns))
    return table.astype({"last_12_months": "Int64", "stability": "Float64"})


def plan_csv(area: Area, plan: Plan, table: str = "visits", day: date | None = None) -> bytes:
    """Write the visits or the places as CSV, with what the plan rests on at its head.

    Parameters
    ----------
    area : Area
    plan : Plan
    table : str
        "visits" or "places".
    day : date, optional
        On which it was saved.
    """
    return csv_bytes({"visits": visits_table, "places": places_table}[table](area, plan), about(area, plan, day))


# --- maps -------------------------------------------------------------------------------------------------------------
def plan_geojson(area: Area, plan: Plan, day: date | None = None) -> bytes:
    """Write places, their cells and the patrols as GeoJSON (RFC 7946: degrees, WGS84); ``day``: when it was saved.

    Returns
    -------
    bytes
        Each feature says in ``kind`` what it is: a place (point), a cell (polygon) or a patrol (line from stop to stop,
        base to base). What the plan rests on is in the member ``metadata``.
    """
    side = plan.cell_size_m
    shapes: list[BaseGeometry] = []
    values: list[dict[str, object]] = []
    for place in plan.places:
        shared = {"place": place.number, "name": place.title, "pinned": place.pinned, "left_out": place.left_out}
        shapes.append(shapely.Point(place.easting_m, place.northing_m))
        values.append(
            {
                "kind": "place",
                **shared,
                "ward": area.ward_names.get(place.ward_code, ""),
                "grid_reference": place.grid_reference,
                told(plan).column: told(plan).value(place.expected, _FIGURES),
                "last_12_months": told_past(plan, place),
                "stability": None if place.stability is None else _rounded(place.stability),
            }
        )
        for cell in place.cells:
            east, north = cell.easting_m, cell.northing_m
            shapes.append(shapely.box(east, north, east + side, north + side))
            part = {told(plan).column: told(plan).value(cell.expected, _FIGURES)}
            values.append({"kind": "cell", **shared, "cell": cell.reference, **part})
    for shift, patrol in _patrols(plan):
        if not patrol.visits:
            continue
        stops = [(visit.easting_m, visit.northing_m) for visit in patrol.visits]
        base = (patrol.base.easting_m, patrol.base.northing_m)
        shapes.append(shapely.LineString([base, *stops, base]))
        values.append(
            {
                "kind": "patrol",
                "crew": patrol.crew,
                "officers": patrol.officers,
                "travel": patrol.travel,
                "base": patrol.base.name,
                "starts": _minute(shift.starts),
                "ends": _minute(shift.ends),
                "cells": [visit.reference for visit in patrol.visits],
                **({"expected": _rounded(patrol.expected)} if told(plan).forecast else {}),
                "simulated": plan.simulated,
            }
        )
    metadata = {"title": plan.title, "simulated": plan.simulated, "about": list(about(area, plan, day))}
    document = feature_collection(shapes, values) | {"metadata": metadata}
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def plan_gpx(area: Area, plan: Plan) -> bytes:
    """Write the plan as GPX 1.1 for phones: a waypoint a place, a route a patrol and shift.

    Notes
    -----
    A route goes straight from stop to stop, base to base; an app that follows streets finds its own way. Places left
    out are not in it.
    """
    root = ET.Element("gpx", {"version": "1.1", "creator": PROGRAM, "xmlns": GPX})
    metadata = ET.SubElement(root, "metadata")
    _add(metadata, name=_line(_mark(plan) + plan.title), desc="\n".join(about(area, plan)))
    for place in plan.places:
        if not place.left_out:
            point = _point(root, "wpt", place.easting_m, place.northing_m)
            ward = area.ward_names.get(place.ward_code, "")
            part = (
                f"{place.expected:.1f} incidents expected" if told(plan).forecast else told(plan).text(place.expected)
            )
            said = f"{ward}, {place.grid_reference}, {part}"
            _add(point, name=f"{place.number} {place.title}", desc=_mark(plan) + said, type="place")
    for number, (shift, patrol) in enumerate(_patrols(plan), start=1):
        route = ET.SubElement(root, "rte")
        _add(route, name=f"{_mark(plan)}{patrol.crew}, {shift_words(shift)}", desc=STRAIGHT)
        _add(route, number=str(number), type=patrol.travel)
        base = patrol.base.easting_m, patrol.base.northing_m
        _add(_point(route, "rtept", *base), name=f"{shift.starts:%H:%M} {patrol.base.name}", type="base")
        for visit in patrol.visits:
            stop = _point(route, "rtept", visit.easting_m, visit.northing_m)
            _add(stop, name=_stop(plan, shift, visit), desc=f"Cell {visit.reference}", type="visit")
        if patrol.visits:
            _add(_point(route, "rtept", *base), name=f"Back at {patrol.base.name}", type="base")
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _point(parent: ET.Element, tag: str, easting_m: float, northing_m: float) -> ET.Element:
    lon, lat = (float(value[0]) for value in to_wgs84([easting_m], [northing_m]))
    return ET.SubElement(parent, tag, {"lat": f"{lat:.{_DECIMALS}f}", "lon": f"{lon:.{_DECIMALS}f}"})


def _add(parent: ET.Element, **children: str) -> None:
    """Add elements of text; GPX prescribes their order."""
    for tag, text in children.items():
        ET.SubElement(parent, tag).text = _text(text) if tag == "desc" else _line(text)


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
    calendar.add("x-wr-calname", vText(_line(_mark(plan) + plan.title)))
    for i, shift in enumerate(plan.shifts):
        for j, patrol in enumerate(shift.patrols):
            starts, ends = _utc(shift.starts), _utc(shift.ends)
            entry = Event()
            entry.add("uid", f"{uuid5(_NAMESPACE, f'{key or plan.title}|{plan.simulated}|{i}|{j}')}")
            entry.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
            entry.add("sequence", revision - 1)
            entry.add("dtstart", starts)
            entry.add("dtend", ends if ends > starts else starts + timedelta(minutes=shift.minutes))
            entry.add("summary", _line(f"{_mark(plan)}{patrol.crew}: {plan.title}"))
            entry.add("location", _line(patrol.base.name))
            stops = [_line(f"{_stop(plan, shift, visit)}, cell {visit.reference}") for visit in patrol.visits]
            crew = f"{patrol.officers} {'on foot' if patrol.travel == FOOT else 'by vehicle'} from {patrol.base.name}"
            entry.add("description", "\n".join([_line(crew), *stops, "", *about(area, plan)]))
            entry.add("class", "CONFIDENTIAL")
            calendar.add_component(entry)
    content: bytes = calendar.to_ical()
    return content


def _utc(local: datetime) -> datetime:
    return local.replace(tzinfo=LOCAL).astimezone(UTC)


# --- words ------------------------------------------------------------------------------------------------------------
def shift_words(shift: Shift) -> str:
    """Name a shift: "Thu 31 Oct 17:00 to 23:00"."""
    return f"{shift.starts:%a} {shift.starts.day} {shift.starts:%b %H:%M} to {shift.ends:%H:%M}"


def _patrols(plan: Plan) -> Iterator[tuple[Shift, Patrol]]:
    return ((shift, patrol) for shift in plan.shifts for patrol in shift.patrols)


def _arrive(shift: Shift, visit: Visit) -> datetime:
    return shift.starts + timedelta(minutes=visit.arrive_minute)


def _minute(when: datetime) -> str:
    return (when + timedelta(seconds=30)).strftime("%Y-%m-%d %H:%M")


def _stop(plan: Plan, shift: Shift, visit: Visit) -> str:
    until = _arrive(shift, visit) + timedelta(minutes=visit.stay_minutes)
    return (
        f"{_minute(_arrive(shift, visit))[-5:]} to {_minute(until)[-5:]} {visit.place} {plan.place(visit.place).title}"
    )


def _mark(plan: Plan) -> str:
    return "SIMULATED: " if plan.simulated else ""
