"""Plans as files: read back whole, valid to their standards, harmless, and the same bytes for the same plan."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from icalendar import Calendar

from data.place.area import Area
from data.plan.plan import Plan, Stop
from geo.crs import to_bng
from pages.ui.plan.paper import exports as plan_exports
from pages.ui.plan.paper.carried import GPX, plan_gpx, plan_ics
from pages.ui.plan.paper.exports import plan_csv, plan_geojson
from pages.ui.plan.paper.phone import phone_page
from tests.plan.made_plans import made_plan, retimed

STAMP = datetime(2024, 9, 2, 10, 30, tzinfo=UTC)
HOSTILE = "=cmd|' /C calc'!A1 <b>&\"quoted\"]]>\x00\x1b, two\r\nBEGIN:VEVENT\\;"
N = f"{{{GPX}}}"


def hostile(plan: Plan) -> Plan:
    places = tuple(replace(place, name=HOSTILE, label=HOSTILE) for place in plan.places)
    shifts = tuple(
        replace(
            shift,
            patrols=tuple(
                replace(patrol, crew=HOSTILE, base=replace(patrol.base, name=HOSTILE)) for patrol in shift.patrols
            ),
        )
        for shift in plan.shifts
    )
    return replace(plan, title=HOSTILE, notes=HOSTILE, places=places, shifts=shifts, caveats=(HOSTILE,))


def every(area: Area, plan: Plan) -> dict[str, bytes]:
    return {
        "visits": plan_csv(area, plan),
        "places": plan_csv(area, plan, "places"),
        "geojson": plan_geojson(area, plan),
        "gpx": plan_gpx(area, plan),
        "ics": plan_ics(area, plan, STAMP, "7"),
    }


def table(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), comment="#", encoding="utf-8-sig")


def head(content: bytes) -> list[str]:
    return [line for line in content.decode("utf-8-sig").split("\r\n") if line.startswith("#")]


def entries(content: bytes) -> list[Any]:
    return [part for part in Calendar.from_ical(content).walk() if part.name == "VEVENT"]


# --- all of them ------------------------------------------------------------------------------------------------------
def test_the_same_plan_gives_the_same_bytes(area: Area) -> None:
    plan = made_plan()
    assert every(area, plan) == every(area, plan)


def test_simulated_plans_say_so_and_real_ones_do_not(area: Area) -> None:
    for name, content in every(area, made_plan()).items():
        assert b"SIMULATED" in content, name
    for name, content in every(area, made_plan(simulated=False)).items():
        assert b"SIMULATED" not in content, name
        assert b"data.police.uk" in content, name


def test_file_names(area: Area) -> None:
    name = plan_exports.file_name
    short = area.name.lower()
    assert name(area, made_plan("Halloween 2024"), "visits", "csv") == f"{short}-halloween-2024-visits-simulated.csv"
    assert name(area, made_plan("Halloween 2024", simulated=False), "", "ics") == f"{short}-halloween-2024.ics"
    assert name(area, made_plan("../../Ω"), "", "gpx") == f"{short}-plan-2024-10-25-simulated.gpx"
    assert len(name(area, made_plan("x" * 120), "visits", "csv")) < 120


def test_a_plan_without_shifts_or_places_is_still_written(area: Area) -> None:
    for bare in (replace(made_plan(), shifts=()), replace(made_plan(), shifts=(), places=(), expected=None)):
        files = every(area, bare)
        assert table(files["visits"]).empty
        assert len(table(files["places"])) == len(bare.places)
        assert entries(files["ics"]) == []
        assert all(f["properties"]["kind"] != "patrol" for f in json.loads(files["geojson"])["features"])
    assert "No forecast could be given" in " ".join(head(files["visits"]))


def test_how_old_the_data_are_is_said_once_and_not_before_a_visit(area: Area) -> None:
    plan = replace(made_plan(simulated=False), as_at="2023-11")
    day = datetime(2024, 10, 2, tzinfo=UTC)
    age = "Data to November 2023, 11 months old; published usually two months behind"
    root = ET.fromstring(plan_gpx(area, plan, day.date()))
    assert (root.findtext(f"{N}metadata/{N}desc") or "").split("\n").count(age) == 1
    assert not any(age in (element.text or "") for point in root.iter(f"{N}rtept") for element in point)
    for entry in entries(plan_ics(area, plan, day, "7")):
        said = str(entry["description"]).split("\n")
        last = max(n for n, line in enumerate(said) if re.match(r"\d\d:\d\d to ", line))
        assert said.index(age) > last
    page = phone_page(plan, area, None, "Crew 1", day.date()).decode()
    assert page.count(age) == 1
    assert page.index(age) > page.index("Back at")
    for content in (plan_gpx(area, made_plan(), day.date()), plan_ics(area, made_plan(), day, "7")):
        assert b"months old" not in content  # nothing is of any age on the demonstration


# --- tables -----------------------------------------------------------------------------------------------------------
def test_visits_are_read_back(area: Area) -> None:
    plan = made_plan()
    found = table(plan_csv(area, plan))
    visits = [visit for shift in plan.shifts for patrol in shift.patrols for visit in patrol.visits]
    assert len(found) == len(visits) == 16
    np.testing.assert_array_equal(found["expected"], [visit.expected for visit in visits])
    assert list(found["cell"]) == [visit.reference for visit in visits]
    assert list(found["visit"][:8]) == [1, 2, 3, 1, 2, 3, 4, 5]
    last = found.iloc[-1]
    assert (last["shift_starts"], last["shift_ends"]) == ("2024-11-05 18:30", "2024-11-06 01:10")
    assert pd.Timestamp(last["leave"]) - pd.Timestamp(last["arrive"]) == timedelta(minutes=last["stay_minutes"])


def test_places_are_read_back(area: Area) -> None:
    plan = made_plan()
    found = table(plan_csv(area, plan, "places"))
    np.testing.assert_array_equal(found["expected"], [place.expected for place in plan.places])
    assert list(found["last_12_months"]) == [place.past for place in plan.places]
    assert found["stability"].isna().sum() == 1  # not computed, not 0
    assert list(found["left_out"]) == ["no"] * 5 + ["yes"]
    assert list(found["ward"]) == [area.ward_names[place.ward_code] for place in plan.places]
    assert sum(len(cells.split()) for cells in found["cells"]) == sum(len(place.cells) for place in plan.places)


def test_the_head_of_a_table_says_what_the_plan_rests_on(area: Area) -> None:
    said = "\n".join(head(plan_csv(area, made_plan(notes="Ask the\nfire service"))))
    for part in (
        "SIMULATED", area.name, "as at 2024-07", "data version 72c0b09bdf3f", "71 (80 %: 55 to 89)",
        "Minutes a visit: 20", "not where harm will happen", "Notes: Ask the fire service", area.wards.attribution[:20],
    ):  # fmt: skip
        assert part in said


def test_nothing_in_a_table_starts_a_formula(area: Area) -> None:
    for name in ("visits", "places"):
        content = plan_csv(area, hostile(made_plan()), name).decode("utf-8-sig")
        rows = [line for line in content.split("\r\n") if not line.startswith("#")]
        cells = [cell for row in csv.reader(io.StringIO("\r\n".join(rows), newline="")) for cell in row]
        assert any("cmd" in cell for cell in cells)
        assert not [cell for cell in cells if cell[:1] in "=+-@\t\r\n" and cell]


def test_small_counts_of_a_partners_data_stay_inside(area: Area) -> None:
    places = tuple(replace(place, past=past) for place, past in zip(made_plan().places, range(6), strict=True))
    plan = replace(made_plan(simulated=False), places=places)
    for source, shown in (("police.uk", 6), ("Fire service", 1)):
        own = replace(plan, source=source)
        assert table(plan_csv(area, own, "places"))["last_12_months"].notna().sum() == shown
        features = json.loads(plan_geojson(area, own))["features"]
        counts = [f["properties"]["last_12_months"] for f in features if f["properties"]["kind"] == "place"]
        assert sum(count is not None for count in counts) == shown


# --- maps -------------------------------------------------------------------------------------------------------------
def test_geojson_is_read_back_in_its_place(area: Area, tmp_path: Path) -> None:
    plan = made_plan()
    file = tmp_path / "plan.geojson"
    file.write_bytes(plan_geojson(area, plan))
    layer = gpd.read_file(file)
    assert layer.crs == "EPSG:4326"
    kinds = layer["kind"].value_counts()
    assert dict(kinds) == {"place": 6, "cell": sum(len(place.cells) for place in plan.places), "patrol": 4}
    places = layer[layer["kind"] == "place"]
    east, north = to_bng(places.geometry.x, places.geometry.y)
    np.testing.assert_allclose(east, [place.easting_m for place in plan.places], atol=1)
    np.testing.assert_allclose(north, [place.northing_m for place in plan.places], atol=1)
    cells = layer[layer["kind"] == "cell"]
    assert all(shapely.is_ccw(shape.exterior) for shape in cells.geometry)  # RFC 7946, 3.1.6
    sides = gpd.GeoSeries(shapely.transform(np.asarray(cells.geometry), lambda xy: np.column_stack(to_bng(*xy.T)))).area
    np.testing.assert_allclose(sides, plan.cell_size_m**2, rtol=0.02)
    document = json.loads(file.read_bytes())
    assert document["metadata"]["simulated"] is True
    assert "crs" not in document


@pytest.fixture
def gpx(area: Area) -> ET.Element:
    return ET.fromstring(plan_gpx(area, made_plan()))


# Order of elements in the GPX 1.1 schema, of those that are written.
ORDER = {
    "gpx": ("metadata", "wpt", "rte"),
    "metadata": ("name", "desc"),
    "wpt": ("name", "desc", "type"),
    "rtept": ("name", "desc", "type"),
    "rte": ("name", "desc", "number", "type", "rtept"),
}


def test_gpx_keeps_to_the_order_of_its_schema(gpx: ET.Element, area: Area) -> None:
    assert gpx.tag == f"{N}gpx"
    assert (gpx.get("version"), bool(gpx.get("creator"))) == ("1.1", True)
    for element in (*gpx.iter(), *ET.fromstring(plan_gpx(area, hostile(made_plan()))).iter()):
        tags = [child.tag.removeprefix(N) for child in element]
        order = ORDER.get(element.tag.removeprefix(N), ())
        assert tags == sorted(tags, key=order.index)
        if element.tag in (f"{N}wpt", f"{N}rtept"):
            assert 53 < float(element.attrib["lat"]) < 54
            assert -4 < float(element.attrib["lon"]) < -2
        if element.tag == f"{N}number":
            assert int(element.text or "") > 0


def test_gpx_has_a_route_a_patrol_and_a_waypoint_a_stop(gpx: ET.Element, area: Area) -> None:
    plan = made_plan()
    patrols = [patrol for shift in plan.shifts for patrol in shift.patrols]
    routes = gpx.findall(f"{N}rte")
    assert [len(route.findall(f"{N}rtept")) for route in routes] == sorted(
        len(patrol.visits) + 2 for patrol in patrols
    )  # crews in their order, the walkers first
    assert routes[3].findtext(f"{N}name") == "SIMULATED: Crew 2, Tuesday 5 November 2024, 18:30 to 01:10 the next day"
    names = [point.findtext(f"{N}name") for point in gpx.findall(f"{N}wpt")]
    assert len(names) == len(set(names)) == len(plan.visited)
    why = gpx.findtext(f"{N}wpt/{N}desc") or ""
    assert "About 1 in 40 of the borough's ASB on these days" in why
    bare = ET.fromstring(plan_gpx(area, replace(plan, shifts=())))
    found = [point.findtext(f"{N}name") for point in bare.findall(f"{N}wpt")]
    assert found == [f"{place.number} {place.title}" for place in plan.places if not place.left_out]


def test_what_crews_carry_holds_no_method_and_no_small_count_of_a_partner(area: Area) -> None:
    plan = replace(made_plan(simulated=False), source="Fire service")
    stop = Stop("SJ420988", "Turnstone Crescent", "", 0.02, {plan.category: 4, "Drugs": 12}, 2)
    plan = replace(plan, stops=(stop,), feed="Wardens")
    gpx = plan_gpx(area, plan).decode()
    calendar = "".join(str(entry["description"]) for entry in entries(plan_ics(area, plan, STAMP, "7")))
    for content in (gpx, calendar):
        assert "Solver" not in content
        assert "Method" not in content
        assert "ASB under 5, drug offences 12; Wardens on these days before: under 5" in content
        assert "Places are ranked, never people." in content


def test_without_a_feed_no_file_says_what_a_shift_brings(area: Area) -> None:
    plan = made_plan(simulated=False)
    assert not plan.hours_known
    assert table(plan_csv(area, plan))["expected"].isna().all()
    assert table(plan_csv(area, plan))["part_of_days"].gt(0).all()
    features = json.loads(plan_geojson(area, plan))["features"]
    assert [f["properties"]["expected"] for f in features if f["properties"]["kind"] == "patrol"] == [None] * 4


def test_gpx_is_read_back_by_another_program(area: Area, tmp_path: Path) -> None:
    plan = made_plan()
    file = tmp_path / "plan.gpx"
    file.write_bytes(plan_gpx(area, plan))
    points = gpd.read_file(file, layer="waypoints")
    east, north = to_bng(points.geometry.x, points.geometry.y)
    visits = [visit for shift in plan.shifts for patrol in shift.patrols for visit in patrol.visits]
    spots = {(round(visit.easting_m), round(visit.northing_m)) for visit in visits}
    assert {(round(x), round(y)) for x, y in zip(east, north, strict=True)} == spots
    routes = gpd.read_file(file, layer="routes")
    patrol = plan.shifts[0].patrols[1]  # crews in their order: its first round is the third route
    stops = [(patrol.base.easting_m, patrol.base.northing_m), *((v.easting_m, v.northing_m) for v in patrol.visits)]
    found = np.column_stack(to_bng(*np.asarray(routes.geometry[2].coords).T))
    np.testing.assert_allclose(found, [*stops, stops[0]], atol=0.2)


def test_hostile_text_stays_text_in_xml_and_json(area: Area) -> None:
    root = ET.fromstring(plan_gpx(area, hostile(made_plan())))
    assert not root.findall(f".//{N}b")
    assert "<b>&" in (root.findtext(f"{N}wpt/{N}name") or "")
    feature = json.loads(plan_geojson(area, hostile(made_plan())))["features"][0]
    assert "<b>&" in feature["properties"]["name"]


# --- calendar ---------------------------------------------------------------------------------------------------------
def test_calendar_has_an_entry_a_patrol_and_shift(area: Area) -> None:
    plan = made_plan()
    content = plan_ics(area, plan, STAMP, "7", revision=3)
    found = entries(content)
    assert len(found) == 4
    first, last = found[0], found[3]
    assert (first["dtstart"].dt, first["dtend"].dt) == (
        datetime(2024, 10, 31, 17, tzinfo=UTC), datetime(2024, 10, 31, 23, tzinfo=UTC),
    )  # fmt: skip
    assert last["dtend"].dt == datetime(2024, 11, 6, 1, 10, tzinfo=UTC)
    assert all(entry["dtstamp"].dt == STAMP for entry in found)
    assert all(entry["sequence"] == 2 for entry in found)
    assert first["summary"] == f"SIMULATED: Crew 1: {plan.title}"
    assert "17:13 to 17:53 Turnstone Crescent, SJ420988" in first["description"]
    assert first["location"] == "Kirkby police station"
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))  # RFC 5545, 3.1
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_another_revision_replaces_the_entries_and_another_plan_does_not(area: Area) -> None:
    def ids(key: str, revision: int = 1, change: Callable[[Plan], Plan] = lambda plan: plan) -> list[str]:
        return [str(e["uid"]) for e in entries(plan_ics(area, change(made_plan()), STAMP, key, revision))]

    assert len(set(ids("7"))) == 4
    assert ids("7") == ids("7", 2, lambda plan: replace(retimed(plan, datetime(2024, 10, 31, 18)), title="New"))
    assert not set(ids("7")) & set(ids("8"))
    assert not set(ids("7")) & set(ids("7", 1, lambda plan: replace(plan, simulated=False)))


@pytest.mark.parametrize(
    ("starts", "minutes", "begins", "ends"),
    [
        (datetime(2024, 7, 20, 20), 240, "2024-07-20 19:00", "2024-07-20 23:00"),
        (datetime(2024, 10, 26, 20), 420, "2024-10-26 19:00", "2024-10-27 03:00"),  # clocks go back at 2
        (datetime(2025, 3, 29, 22), 300, "2025-03-29 22:00", "2025-03-30 02:00"),  # clocks go forward at 1
        (datetime(2025, 3, 30, 1, 30), 45, "2025-03-30 01:30", "2025-03-30 02:15"),  # 1.30 does not exist
    ],
)
def test_shifts_keep_to_the_clock_on_the_wall(
    area: Area, starts: datetime, minutes: float, begins: str, ends: str
) -> None:
    shift = replace(made_plan().shifts[0], starts=starts, minutes=minutes)
    entry = entries(plan_ics(area, replace(made_plan(), shifts=(shift,)), STAMP))[0]
    assert f"{entry['dtstart'].dt:%Y-%m-%d %H:%M}" == begins
    assert f"{entry['dtend'].dt:%Y-%m-%d %H:%M}" == ends


def test_hostile_text_makes_no_entry_of_its_own(area: Area) -> None:
    content = plan_ics(area, hostile(made_plan()), STAMP)
    found = entries(content)
    assert len(found) == 4
    assert "<b>&" in found[0]["summary"]
    assert not [line for line in content.split(b"\r\n") if b"\x00" in line or b"\x1b" in line]
