"""Zones on the maps of other pages and as an area there: by one switch, in force alone, restricted ones never told."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from data.place.area import Area
from data.zone.covered import covered
from data.zone.zone import CLOSURE, PUBLIC_SPACES, Zone
from data.zone.zones import ZONES
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.where import ranking as plan_where
from pages.ui.shell import access, frame
from pages.ui.shell.cache import Dataset
from tests.made_incidents import made, months_of
from tests.stored import in_place_of_the_store
from tests.tab_pages import in_address, open_page, text
from tests.zone.made_zones import EAST, NORTH, made_zone
from tests.zone.zone_part import PLANNER, READER, utc

NOW = utc("2025-01-10T12:00:00+00:00")
HOTSPOTS, DID = "pages/hotspots.py", "pages/did_it_work.py"
HOSTILE = "</script><img src=x onerror=alert(1)> {{ 7 * 7 }}"
WHERE = """
from datetime import date
import pandas as pd
import streamlit as st
from data.kinds.crime_types import ASB
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.where import ranking, zone
from pages.ui.shell import frame
from tests.plan.made_plans import made_plan
from dataclasses import replace
with frame.page("Plan an operation") as view:
    if "opens" in st.session_state:
        zone.restore(replace(made_plan(), parameters={"zone": st.session_state.pop("opens")}))
    window = PlanWindow("", ASB, date(2025, 3, 1), date(2025, 3, 20), pd.Period("2024-12", "M"), "")
    found = zone.cut(view.data, ranking.where(view.data, window, 0.05, (ranking.OwnPlace("Field", "SJ414906"),)))
    zone.draw(view.data)
    st.session_state["found"] = found
"""


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of a test stands alone: it has no links to others."""
    monkeypatch.setattr(frame, "PAGES", ())


def not_tested(data: Dataset, window: PlanWindow, share: float) -> tuple[float, ...]:
    """In place of 84 maps drawn another way, which say nothing here."""
    return ()


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of two years: incidents in the zone, and as many 1 km to the west."""
    months = months_of(24)
    east = np.tile([EAST + 50.0, EAST + 250.0, EAST - 1_150.0, EAST - 1_150.0], 24)
    north = np.full(len(east), NORTH + 50.0)
    in_place_of_the_store(monkeypatch, made(east, north, list(np.repeat(months, 4)), months, ward_code="E05001500"))
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path / "store"))
    monkeypatch.setattr(plan_where, "firm", not_tested)
    return tmp_path / "store"


def in_force(name: str = "Retail park", **changes: Any) -> Zone:
    """A zone that is in force on the day of the tests."""
    starts, ends = utc("2025-01-14T18:00+00:00"), utc("2025-01-16T18:00+00:00")
    return replace(made_zone(name, size_m=400.0), **{"starts": starts, "ends": ends, **changes})


def sent(at: AppTest) -> str:
    return str(json.loads(at.get("component_instance")[0].proto.json_args)["feature_group"])


def outlines(at: AppTest) -> list[list[Any]]:
    data = json.loads(re.search(r"var data = (\{.*?\});\n", sent(at)).group(1))  # type: ignore[union-attr]
    return list(data["outlines"])


def switches(at: AppTest) -> list[str]:
    return [one.label for one in at.toggle]


def test_the_map_of_hotspots_has_zones_where_one_is_saved_and_asked_for(
    store: Path, monkeypatch: pytest.MonkeyPatch, area: Area
) -> None:
    before = open_page(monkeypatch, store, HOTSPOTS, zones="on")
    assert switches(before) == []
    ZONES.save(store, in_force(HOSTILE), NOW)
    ZONES.save(store, in_force("Closed shop", kind=CLOSURE), NOW)
    ZONES.save(store, in_force("Later", starts=utc("2025-01-16T00:00+00:00"), ends=None), NOW)
    at = open_page(monkeypatch, store, HOTSPOTS)
    assert switches(at) == ["Zones on the map"]
    assert sent(at) == sent(before)  # nothing more is sent to whom did not ask
    at.toggle[0].set_value(True).run()
    assert in_address(at)["zones"] == "on"
    assert [one[0] for one in outlines(at)] == [f"{HOSTILE[:25]}...", "Closed shop"]
    assert len({one[2] for one in outlines(at)}) == 2  # dashes tell the kinds apart
    assert "<img" not in sent(at)
    assert "{{" not in sent(at).split("var data = ")[1].split(";\n")[0]
    grid = area.grid()
    assert outlines(at)[0][3][0][0][0] == [round(EAST - grid.west_m), round(NORTH - grid.south_m)]
    assert "In force on 15 January 2025: dispersal authorisation dash and dot (" in text(at)
    assert "; closure of premises short dashes (Closed shop)." in text(at)
    for actor, query in ((READER, {}), (PLANNER, {"view": "slide"})):
        monkeypatch.setattr(access, "actor", lambda actor=actor: actor)
        shown = open_page(monkeypatch, store, HOTSPOTS, zones="on", **query)
        assert [one[0] for one in outlines(shown)] == [f"{HOSTILE[:25]}..."]
    back = open_page(monkeypatch, store, HOTSPOTS, zones="on", as_at="2024-11")
    assert outlines(back) == []
    assert "No zone is in force on 30 November 2024." in text(back)


def test_did_it_work_takes_the_cells_of_a_zone(store: Path, monkeypatch: pytest.MonkeyPatch, area: Area) -> None:
    plain = open_page(monkeypatch, store, DID, did="past", did_places="none")
    assert "Zones" not in [one.label for one in plain.multiselect]
    ZONES.save(store, in_force(), NOW)
    asked = {"did": "past", "did_places": "none", "did_zones": "1", "did_from": "2024-10", "did_to": "2024-12"}
    at = open_page(monkeypatch, store, DID, **asked)
    assert at.multiselect(key="did_widget_did_zones").value == ["1"]
    assert in_address(at)["did-zones"] == "1"
    cells = covered(in_force().shape, area.grid())
    assert len(cells) == 4
    assert "(4 cells)" in text(at)
    ZONES.archive(store, 1, 1, NOW)
    at = open_page(monkeypatch, store, DID, **asked)
    assert any("what is not there is left out \\(1\\)" in one.value for one in at.info)
    assert "No cell is chosen" in text(at)


def test_a_plan_is_cut_to_a_zone_and_says_so_and_has_it_back_when_it_is_opened(store: Path, alone: None) -> None:
    def opened(opens: str | None = None, **query: str) -> AppTest:
        at = AppTest.from_string(WHERE, default_timeout=60)
        for name, value in query.items():
            at.query_params[name] = value
        if opens is not None:
            at.session_state["opens"] = opens
        at.run()
        assert not at.exception
        return at

    whole = opened().session_state["found"]
    assert whole.zone_kept == ""
    assert [len(place.cells) for place in whole.places][-1] == 1
    ZONES.save(store, in_force("Retail park"), NOW)
    at = opened(zone="1")
    found = at.session_state["found"]
    inside = set(covered(in_force().shape, at.session_state["found"].grid))
    kept = [place for place in whole.places if {cell.reference for cell in place.cells} & inside]
    assert kept
    assert len(kept) < len(whole.places) - 1
    assert found.places == (*kept, whole.places[-1])  # the place added by hand stays
    assert len(found.positions) == len(found.places)
    assert found.zone == "Retail park"
    assert re.fullmatch(r"zone 1, outline [0-9a-f]{8}: Retail park", found.zone_kept)
    assert in_address(at)["zone"] == "1"
    again = opened(found.zone_kept)
    assert again.session_state["found"].places == found.places
    other = opened(found.zone_kept.replace("outline ", "outline 00"))
    assert other.session_state["found"].places == whole.places
    assert "not here as it was" in text(other)
    assert opened("zone 7; <b>").session_state["found"].places == whole.places
    assert opened(zone="x<b>").info[0].value.startswith("The address asks for the zone")
    at.selectbox(key="plan_zone_widget").set_value(0).run()
    assert at.session_state["found"].places == whole.places
    at.selectbox(key="plan_zone_widget").set_value(1).run()
    ZONES.archive(store, 1, 1, NOW)
    at.run()
    assert at.session_state["found"].places == whole.places
    assert "not here as it was" in text(at)


def test_a_plan_is_cut_to_no_restricted_zone(store: Path, alone: None) -> None:
    """Its places and its number would stand in the plan's files."""
    at = AppTest.from_string(WHERE, default_timeout=60).run()
    whole = at.session_state["found"].places
    ZONES.save(store, in_force("Number 7", kind=CLOSURE), NOW)
    ZONES.save(store, in_force("Retail park"), NOW)
    at = AppTest.from_string(WHERE, default_timeout=60)
    at.query_params["zone"] = "1"
    at.run()
    assert not at.exception
    found = at.session_state["found"]
    assert (found.places, found.zone, found.zone_kept) == (whole, "", "")
    assert at.info[0].value.startswith("The address asks for the zone")
    assert not [one for one in at.selectbox(key="plan_zone_widget").options if "Number 7" in one]


def test_did_it_work_offers_no_restricted_zone(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its cells stand in the address and in files."""
    ZONES.save(store, in_force("Number 7", kind=CLOSURE), NOW)
    at = open_page(monkeypatch, store, DID, did="past", did_places="none", did_zones="1")
    assert "(4 cells)" not in text(at)
    assert not [one for one in at.multiselect if one.label == "Zones" and one.value]


def test_a_zone_of_another_area_or_of_the_demonstration_is_not_offered(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = "POLYGON ((100000 100000, 100000 100500, 100500 100500, 100000 100000))"
    ZONES.save(store, in_force("Far", wkt=far), NOW)
    ZONES.save(store, in_force("Made up", simulated=True), NOW)
    assert switches(open_page(monkeypatch, store, HOTSPOTS)) == []
    ZONES.save(store, in_force("Here", kind=PUBLIC_SPACES), NOW)
    assert [one[0] for one in outlines(open_page(monkeypatch, store, HOTSPOTS, zones="on"))] == ["Here"]
