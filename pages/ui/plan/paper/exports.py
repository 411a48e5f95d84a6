"""Plans as files: tables, a map layer, routes for phones and calendar entries; the same plan gives the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.findings.age import age_words, stepped_words
from data.kinds.crime_types import ASB, category_title, sum_words
from data.place.area import Area
from data.plan import stops as plan_stops
from data.plan import wards as plan_wards
from data.plan.plan import Patrol, Plan, PlanPlace, Shift, Stop, Visit
from data.plan.stops import FEWEST, NOT_HARM
from data.plan.told import told
from data.store.schema import POLICE_UK
from geo.web import feature_collection
from pages.ui.shell.downloads import SIMULATED, SIMULATED_LINE, csv_bytes, slug
from pages.ui.shell.frame import ASB_NOTE, POLICE_ATTRIBUTION, source_words

PROGRAM = "Community safety dashboard"
_PART_FIGURES = 5  # decimals of a part of the whole
NO_HOURS = "No dated feed tells hours: nothing is said of what one shift or hour brings."
_FIGURES = 4  # decimals of expected incidents: a cell in a shift has few
_NAME_LENGTH = 60
_NOT_TEXT = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # not allowed in XML


def file_name(area: Area, plan: Plan, part: str, ending: str) -> str:
    """Name a file of a plan, such as ``area-halloween-2024-visits.csv``; with ``simulated`` in it where the plan is."""
    title = slug(plan.title)[:_NAME_LENGTH].strip("-") or f"plan-{plan.first}"
    names = [slug(area.name), title, slug(part), SIMULATED if plan.simulated else ""]
    return "-".join(name for name in names if name) + f".{ending}"


def about(area: Area, plan: Plan, day: date | None = None, *, method: bool = True) -> tuple[str, ...]:
    """Say, for the head of a file, what the plan rests on and what it does not say; one line each.

    Parameters
    ----------
    area : Area
    plan : Plan
    day : date, optional
        The one on which it was saved, for the age of its data.
    method : bool
        How it was made, too: not in what a crew reads on its way.
    """
    made = ("Method: " + "; ".join(f"{name}: {value}" for name, value in plan.parameters.items()), *plan.caveats)
    lines = [
        SIMULATED_LINE if plan.simulated else "",
        f"{area.name}: {plan.title}",
        f"{category_title(plan.category)}; {plan.first} to {plan.last}; as at {plan.as_at}",
        sum_words(plan.category),
        f"Source: {source_words(plan.source)}; data version {plan.data_version}",
        NO_HOURS if plan.shifts and not plan.hours_known else "",
        age_line(plan, day),
        f"Hours weighed by: {plan.feed}" if plan.feed and plan.hours_known else "",
        _expected(plan),
        plan.past_range if method else "",
        *(made if method else (NOT_HARM,)),
        *plan_stops.limits(plan),
        plan_wards.wards_words(plan, area),
        f"Notes: {plan.notes}" if plan.notes else "",
        f"Counts under {FEWEST} from a partner's data are left out." if plan_stops.partner(plan) else "",
        ASB_NOTE if plan.category == ASB and plan.source == POLICE_UK else "",
        POLICE_ATTRIBUTION if plan.source == POLICE_UK and not plan.simulated else "",
        plan_wards.area_of(plan, area).wards.attribution,
        plan.ways.attribution if plan.ways is not None else "",
    ]
    return tuple(line_of(line) for line in lines if line)


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


def _in_hours(plan: Plan, expected: float) -> float | None:
    """Round what is expected in a shift; None where nothing tells hours, or there is no forecast."""
    return _rounded(expected) if plan.hours_known and plan.expected is not None else None


def _part(plan: Plan, expected: float) -> float | None:
    part = plan_stops.part_of(plan, expected)
    return None if part is None else round(part, _PART_FIGURES)


def _part_of_cell(stop: Stop) -> float | None:
    part = plan_stops.known_part(stop)
    return None if part is None else round(part, _PART_FIGURES)


def told_past(plan: Plan, place: PlanPlace) -> int | None:
    """Incidents of the last 12 months as they may leave the dashboard; None for a small count of a partner's data."""
    return None if plan_stops.partner(plan) and place.past < FEWEST else place.past


def _rounded(figure: float) -> float:
    return round(float(figure), _FIGURES)


def text_of(text: str) -> str:
    """Leave out what XML does not allow."""
    return _NOT_TEXT.sub(" ", text)


def line_of(text: str) -> str:
    """Put a text on one line."""
    return " ".join(text_of(text).split())


# --- tables -----------------------------------------------------------------------------------------------------------
def visits_table(area: Area, plan: Plan) -> pd.DataFrame:
    """Every visit in a row, in order; times are local, coordinates the middle of the cell in EPSG:27700.

    ``expected`` is of the shift, and empty where no feed tells hours; ``part_of_days`` is of the whole window.
    """
    stops = plan_stops.stops_of(plan)
    rows = [
        {
            "shift_starts": minute(shift.starts),
            "shift_ends": minute(shift.ends),
            "crew": patrol.crew,
            "officers": patrol.officers,
            "travel": patrol.travel,
            "base": patrol.base.name,
            "visit": number,
            "arrive": minute(arrive(shift, visit)),
            "leave": minute(arrive(shift, visit) + timedelta(minutes=visit.stay_minutes)),
            "stay_minutes": round(visit.stay_minutes, 1),
            "place": visit.place,
            "name": plan.place(visit.place).title,
            "stop": plan_stops.title(stops[visit.reference]),
            "ward": plan_wards.ward_of(plan, plan.place(visit.place), area),
            "cell": visit.reference,
            "easting_m": round(visit.easting_m, 1),
            "northing_m": round(visit.northing_m, 1),
            "expected": _in_hours(plan, visit.expected),
            "part_of_days": _part_of_cell(stops[visit.reference]),
        }
        for shift, patrol in patrols(plan)
        for number, visit in enumerate(patrol.visits, start=1)
    ]
    columns = (
        "shift_starts", "shift_ends", "crew", "officers", "travel", "base", "visit", "arrive", "leave", "stay_minutes",
        "place", "name", "stop", "ward", "cell", "easting_m", "northing_m", "expected", "part_of_days",
    )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(columns))
    table = table.astype({"expected": "Float64", "part_of_days": "Float64"})
    return table if told(plan).forecast else table.drop(columns="expected")


def places_table(area: Area, plan: Plan) -> pd.DataFrame:
    """Every place in a row, those left out too; coordinates of its middle in EPSG:27700."""
    rows = [
        {
            "place": place.number,
            "name": place.title,
            "ward": plan_wards.ward_of(plan, place, area),
            "grid_reference": place.grid_reference,
            "easting_m": round(place.easting_m, 1),
            "northing_m": round(place.northing_m, 1),
            told(plan).column: told(plan).value(place.expected, _FIGURES),
            "part_of_days": _part(plan, place.expected),
            "last_12_months": told_past(plan, place),
            "stability": None if place.stability is None else _rounded(place.stability),
            "pinned": "yes" if place.pinned else "no",
            "left_out": "yes" if place.left_out else "no",
            "cells": " ".join(cell.reference for cell in place.cells),
        }
        for place in plan.places
    ]
    columns = (
        "place", "name", "ward", "grid_reference", "easting_m", "northing_m", told(plan).column, "part_of_days",
        "last_12_months", "stability", "pinned", "left_out", "cells",
    )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(columns))
    return table.astype(
        {"last_12_months": "Int64", "stability": "Float64", told(plan).column: "Float64", "part_of_days": "Float64"}
    )


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
        base to base, along the streets where the plan knows them). What the plan rests on is in the member
        ``metadata``.
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
                "ward": plan_wards.ward_of(plan, place, area),
                "grid_reference": place.grid_reference,
                told(plan).column: told(plan).value(place.expected, _FIGURES),
                "part_of_days": _part(plan, place.expected),
                "last_12_months": told_past(plan, place),
                "stability": None if place.stability is None else _rounded(place.stability),
            }
        )
        for cell in place.cells:
            east, north = cell.easting_m, cell.northing_m
            shapes.append(shapely.box(east, north, east + side, north + side))
            part = {told(plan).column: told(plan).value(cell.expected, _FIGURES)}
            values.append({"kind": "cell", **shared, "cell": cell.reference, **part})
    for shift, patrol in patrols(plan):
        if not patrol.visits:
            continue
        stops = [(visit.easting_m, visit.northing_m) for visit in patrol.visits]
        base = (patrol.base.easting_m, patrol.base.northing_m)
        through = [base, *stops, base]
        legs = plan.ways.along(patrol.travel, through) if plan.ways is not None else []
        shapes.append(shapely.LineString([through[0], *(p for leg in legs for p in leg.line[1:])] if legs else through))
        values.append(
            {
                "kind": "patrol",
                "crew": patrol.crew,
                "officers": patrol.officers,
                "travel": patrol.travel,
                "base": patrol.base.name,
                "starts": minute(shift.starts),
                "ends": minute(shift.ends),
                "cells": [visit.reference for visit in patrol.visits],
                **({"straight_legs": sum(bool(leg.why) for leg in legs)} if legs else {}),
                **({"expected": _in_hours(plan, patrol.expected)} if told(plan).forecast else {}),
                "simulated": plan.simulated,
            }
        )
    metadata = {"title": plan.title, "simulated": plan.simulated, "about": list(about(area, plan, day))}
    document = feature_collection(shapes, values) | {"metadata": metadata}
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


# --- words ------------------------------------------------------------------------------------------------------------
def shift_words(shift: Shift) -> str:
    """Name a shift: "Thu 31 Oct 17:00 to 23:00"."""
    return f"{shift.starts:%a} {shift.starts.day} {shift.starts:%b %H:%M} to {shift.ends:%H:%M}"


def patrols(plan: Plan) -> Iterator[tuple[Shift, Patrol]]:
    """Give every patrol with its shift."""
    return ((shift, patrol) for shift in plan.shifts for patrol in shift.patrols)


def arrive(shift: Shift, visit: Visit) -> datetime:
    """When a crew comes to a stop."""
    return shift.starts + timedelta(minutes=visit.arrive_minute)


def minute(when: datetime) -> str:
    """Write a time to its minute, as the sheet and step 3 do."""
    return when.strftime("%Y-%m-%d %H:%M")


def mark(plan: Plan) -> str:
    """Mark what is simulated, in front of a text."""
    return "SIMULATED: " if plan.simulated else ""
