"""Ways along streets in every step and file of a plan: drawn as they go, and said where a leg is straight."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.patrol.streets import StreetRouter
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan.plan import Patrol, Plan, Stop, plan_from_json
from data.plan.told import Told
from data.plan.ways import NO_WAY, Leg, Ways, metres
from data.streets.network import NETWORK, Network
from geo.crs import to_bng
from geo.errors import InputError
from pages.ui.chart.palette import LIGHT
from pages.ui.paper.page import Sheet
from pages.ui.plan.paper import carried, exports, phone
from pages.ui.plan.paper import patrol as crew_sheet
from pages.ui.plan.paper.maps import BROKEN
from pages.ui.plan.paper.patrol import ALONG, ROUTE, STAR, route_words, rows
from pages.ui.plan.paper.pdf import plan_sheets
from pages.ui.plan.paper.rounds import rounds
from pages.ui.plan.saved import one as plan_saved_one
from pages.ui.plan.who import routes as plan_routes
from pages.ui.plan.who import ways as plan_who_ways
from pages.ui.shell.cache import Dataset
from tests import tab_pages
from tests.paper.print_checks import texts
from tests.plan import made_plans
from tests.plan.plan_steps import WHEN
from tests.streets.made_lattice import ATTRIBUTION, SOURCE, keep_lattice

STOP = Stop("", "Street", "", 0.1, {})
GPX = f"{{{carried.GPX}}}"


@pytest.fixture(scope="module")
def lattice(area: Area, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Network]:
    store = tmp_path_factory.mktemp("lattice")
    return store, keep_lattice(store, area)


def through(patrol: Patrol) -> list[tuple[float, float]]:
    base = (patrol.base.easting_m, patrol.base.northing_m)
    return [base, *((v.easting_m, v.northing_m) for v in patrol.visits), base]


@pytest.fixture(scope="module")
def plan(lattice: tuple[Path, Network]) -> Plan:
    """A plan of two shifts whose last leg, of the drivers, has no way along streets."""
    made, router = made_plans.made_plan(), StreetRouter(lattice[1])
    legs = []
    for patrol in made.shifts[0].patrols:
        points = through(patrol)
        east, north = np.array(points).T
        pairs = [(k, k + 1) for k in range(len(points) - 1)]
        for (a, b), line in zip(pairs, router.lines(east, north, pairs, patrol.travel), strict=True):
            assert line is not None
            legs.append(Leg(patrol.travel, tuple(line.ravel().tolist())))
            assert (legs[-1].line[0], legs[-1].line[-1]) == (points[a], points[b])
    legs[-1] = Leg(legs[-1].travel, (*legs[-1].points[:2], *legs[-1].points[-2:]), NO_WAY)
    return replace(made, ways=Ways(SOURCE, ATTRIBUTION, lattice[1].version, tuple(legs)))


# --- kept with the plan ----------------------------------------------------------------------------------------------
def test_ways_are_read_back_with_the_plan_and_damaged_ones_are_refused(plan: Plan) -> None:
    raw = json.loads(json.dumps(plan.to_json()))
    assert plan_from_json(raw) == plan
    assert plan_from_json({key: value for key, value in raw.items() if key != "ways"}).ways is None
    lines = ([1.0, 2.0, 3.0], [1.0, 2.0], "abcd", [1.0, 2.0, 3.0, float("inf")])
    for change in (*({"points": line} for line in lines), {"why": "<b>"}, {"more": 1}):
        broken = raw | {"ways": raw["ways"] | {"legs": [raw["ways"]["legs"][0] | change]}}
        with pytest.raises(InputError, match="the plan is damaged"):
            plan_from_json(broken)


def test_a_saved_plan_says_whether_its_streets_are_those_that_are_loaded(
    plan: Plan, area: Area, lattice: tuple[Path, Network], tmp_path: Path
) -> None:
    def said(store: Path, version: str, of: Plan = plan) -> str:
        data = Dataset(area, None, WHEN.date(), f"ways {version}", store)  # type: ignore[arg-type]
        return plan_saved_one._ways(data, of)

    here = said(lattice[0], "own")
    legs = len(plan.ways.legs) if plan.ways else 0
    assert here == (
        f"Ways are along the streets ({SOURCE}); 1 of {legs} is straight, at least in part, and counted 1.3 times as "
        "long: no way along known streets joins the ends."
    )
    assert said(tmp_path, "none").startswith(here + " Those streets are not loaded here: files of the plan keep its")
    keep_lattice(tmp_path / "other", area, until_m=345_000)
    assert "Other streets are loaded here now" in said(tmp_path / "other", "other")
    straight = replace(plan, ways=None)
    assert said(tmp_path, "none", straight) == ""
    assert "it was made without streets" in said(lattice[0], "own", straight)


# --- on the screen ---------------------------------------------------------------------------------------------------
def test_the_map_draws_every_leg_and_breaks_the_straight_ones(plan: Plan, area: Area) -> None:
    shift, told = plan.shifts[0], Told(ASB, forecast=True, hours=True)
    stops = {v.reference: replace(STOP, reference=v.reference) for p in shift.patrols for v in p.visits}
    drawn, _ = plan_routes.overlay(shift, stops, plan.places, area.grid(), LIGHT, "", "t", told, plan.ways)
    grid = area.grid()
    assert [[broken for broken, _ in route[3]] for route in drawn.routes] == [[0] * 4, [0] * 5 + [1]]
    for route, patrol in zip(drawn.routes, shift.patrols, strict=True):
        ends = [[round(x - grid.west_m), round(y - grid.south_m)] for x, y in through(patrol)]
        assert [leg[0] for _, leg in route[3]] == ends[:-1]
        assert [leg[-1] for _, leg in route[3]] == ends[1:]
        assert sum(len(leg) for _, leg in route[3]) > 2 * len(route[3])
    assert plan_routes.note(shift, plan.ways) == f"{plan_routes.ALONG} {plan_routes.BROKEN}"
    assert plan_routes.note(replace(shift, patrols=shift.patrols[:1]), plan.ways) == plan_routes.ALONG
    assert plan_routes.note(shift, None) == plan_routes.NOTE


def test_the_page_shares_out_hours_along_streets_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, area: Area
) -> None:
    keep_lattice(tmp_path, area)
    at = tab_pages.open_tab(monkeypatch, tmp_path, "pages/plan_operation.py", "plan_step", "3 Who", {}, as_at="2024-07")
    at.button(key="plan_share_out").click().run()
    assert not at.exception
    said = tab_pages.text(at)
    assert f"Ways are along the streets ({SOURCE})." in said
    assert plan_routes.ALONG in said
    assert plan_routes.NOTE not in said
    assert "one-way streets, gates and private ground are not known" in tab_pages.html(at)
    assert "<b>lattice" not in tab_pages.html(at)


def test_streets_that_cannot_be_read_are_told_and_ways_are_straight(area: Area, tmp_path: Path) -> None:
    (tmp_path / NETWORK).write_bytes(b"PAR1 and no more")
    data = Dataset(area, None, WHEN.date(), "damaged streets", tmp_path)  # type: ignore[arg-type]
    assert plan_who_ways.problem(data).startswith("Ways do not follow the streets: the streets for ways cannot be read")
    assert "python -m data basemap" in plan_who_ways.problem(data)
    assert plan_who_ways.version(data) == ""
    assert not plan_who_ways.router_of(data).mixed


def along(plan: Plan) -> str:
    """The way between two cells one above the other: to a street, along it, and from it."""
    found = metres(rounds(plan)[0].legs(plan)[1].line)
    assert 205 < found < 600
    return f"{10 * round(found / 10)} m S"


# --- on paper and as files -------------------------------------------------------------------------------------------
def printed(sheet: Sheet) -> str:
    return " ".join(text for text, _, _ in texts(sheet.figure))


def test_the_sheet_follows_the_streets_and_stars_what_does_not(plan: Plan, area: Area) -> None:
    walkers, drivers = rounds(plan)[0], rounds(plan)[-1]
    assert walkers.patrol.crew == made_plans.WALKERS
    ways = [row.way for row in rows(plan, walkers)]
    straight = [row.way for row in rows(replace(plan, ways=None), walkers)]
    assert straight[1] == "200 m S"
    assert ways[1] == along(plan)
    assert [way.split()[-1] for way in ways] == [way.split()[-1] for way in straight]
    assert [row.way.endswith("*") for row in rows(plan, drivers)] == [False] * 5 + [True]
    pages = [printed(sheet) for sheet in plan_sheets(replace(plan, shifts=plan.shifts[:1]), area, None, when=WHEN)]
    first = next(page for page in pages if made_plans.WALKERS in page)
    second = next(page for page in pages if made_plans.DRIVERS in page)
    assert ALONG.split(". ")[0] in first
    assert "Line: way along streets." in first
    assert BROKEN not in first
    assert "* straight" not in first
    assert BROKEN in second
    assert STAR.split(":")[0] in second.replace("\n", " ")
    assert all(ATTRIBUTION in page.replace("\n", " ") for page in pages)
    assert route_words(replace(plan, ways=None), drivers) == ROUTE


def test_gpx_has_a_point_at_every_bend(plan: Plan, area: Area) -> None:
    root = ET.fromstring(carried.plan_gpx(area, plan))
    routes = root.findall(f"{GPX}rte")
    for route, one in zip(routes, rounds(plan), strict=True):
        points = route.findall(f"{GPX}rtept")
        lon, lat = ([float(p.get(name, "")) for p in points] for name in ("lon", "lat"))
        found = np.column_stack(to_bng(lon, lat))
        named = [k for k, p in enumerate(points) if p.find(f"{GPX}name") is not None]
        np.testing.assert_allclose(found[named], one.spots, atol=0.5)
        length = float(np.hypot(*np.diff(found, axis=0).T).sum())
        assert length == pytest.approx(sum(metres(leg.line) for leg in one.legs(plan)), rel=0.01)
        assert len(points) > len(named)
        said = route.findtext(f"{GPX}desc") or ""
        assert said.startswith(f"Along the streets ({SOURCE})")
        assert said.endswith(ATTRIBUTION)
        assert ("1 of 6 is straight" in said) == (one.patrol.crew == made_plans.DRIVERS)


def test_the_map_layer_and_the_phone_follow_the_streets(plan: Plan, area: Area) -> None:
    layer = json.loads(exports.plan_geojson(area, plan))
    assert ATTRIBUTION in layer["metadata"]["about"]
    drawn = [f for f in layer["features"] if f["properties"]["kind"] == "patrol"]
    assert [f["properties"]["straight_legs"] for f in drawn] == [0, 1, 0, 1]
    assert min(len(f["geometry"]["coordinates"]) for f in drawn) > 8
    before = json.loads(exports.plan_geojson(area, replace(plan, ways=None)))
    assert "straight_legs" not in json.dumps(before)
    page = phone.phone_page(plan, area, None, made_plans.WALKERS).decode()
    assert along(plan) in page
    assert "&amp; sons" in page
    assert (crew_sheet.STAR in page) == ("*" in page)  # an asterisk is said what it means
    straight = phone.phone_page(plan, area, None, made_plans.DRIVERS).decode()
    assert crew_sheet.STAR in straight
