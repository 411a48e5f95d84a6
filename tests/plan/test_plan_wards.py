from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.place.area import AREA_VARIABLE, Area
from data.plan import plans, wards
from data.plan.plan import Plan, plan_from_json
from pages.ui.plan.paper.exports import about, places_table
from pages.ui.plan.saved import state
from pages.ui.shell import frame
from tests.plan.made_plans import LATER, NOW, as_planned, made_plan
from tests.tab_pages import html, in_address, open_page
from tests.two_layers import DAY, FIRST, JOINED, MERGED, two_layers

STEPS = """
import streamlit as st
from pages.ui.plan.saved import restore
from pages.ui.shell import frame
with frame.page("Plan an operation") as view:
    restore.restore(view.data)
    st.text(view.data.area.layer_key)
"""
HOSTILE = "<script>x</script> [a](b)"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return two_layers(tmp_path_factory.mktemp("both"), vintage=HOSTILE)


def made_in(area: Area, code: str) -> Plan:
    """A plan of a layer, whose first place lies in one of its wards."""
    plan = made_plan()
    places = (replace(plan.places[0], ward_code=code), *plan.places[1:])
    return replace(plan, places=places, **wards.fields_of(area, places))


def test_a_plan_keeps_the_layer_that_it_was_made_with(both: Area, tmp_path: Path) -> None:
    second = both.with_layer(DAY)
    plan = made_in(second, JOINED)
    assert (plan.ward_layer, plan.ward_version) == (DAY, second.wards.version)
    assert plan.ward_names[JOINED] == "Roby and Swanside"
    kept = plans.load(tmp_path, plans.save(tmp_path, plan, NOW).id).plan
    assert kept == plan == plan_from_json(json.loads(json.dumps(plan.to_json())))
    for looked_at in (both, second):  # whatever is looked at
        assert wards.area_of(kept, looked_at).layer_key == DAY
        assert places_table(looked_at, kept)["ward"][0] == "Roby and Swanside"
        assert any(line.startswith("Ward boundaries in force from 4 May 2028") for line in about(looked_at, kept))


def test_a_plan_of_before_was_made_with_the_first_layer(both: Area, area: Area) -> None:
    raw = made_plan().to_json()
    old = plan_from_json({key: value for key, value in raw.items() if not key.startswith("ward_")})
    old = replace(old, places=(replace(old.places[0], ward_code=MERGED[0]), *old.places[1:]))
    assert old.ward_version == ""
    second = both.with_layer(DAY)
    assert wards.area_of(old, second).layer_key == FIRST
    assert wards.ward_of(old, old.places[0], second) == "Roby"
    assert "in force from 5 May 2016 until 3 May 2028" in wards.wards_words(old, second)
    assert wards.wards_words(old, area) == ""
    assert not [line for line in about(area, old) if "oundaries in force" in line]


def test_a_layer_that_is_gone_is_told_and_the_plan_has_its_names(both: Area, area: Area, tmp_path: Path) -> None:
    plan = made_in(both.with_layer(DAY), JOINED)
    assert wards.layer_of(plan, area) is None
    assert wards.area_of(plan, area) is area
    assert "no longer in the area file" in wards.wards_words(plan, area)
    assert any("no longer in the area file" in line for line in about(area, plan))
    assert places_table(area, plan)["ward"][0] == "Roby and Swanside"


@pytest.mark.long
def test_it_is_printed_all_the_same(both: Area, area: Area) -> None:
    plan = made_in(both.with_layer(DAY), JOINED)
    from pages.ui.plan.paper.pdf import plan_pdf

    assert plan_pdf(plan, area, None, when=NOW).startswith(b"%PDF")


def test_the_same_wards_drawn_a_little_otherwise_are_the_plans(both: Area) -> None:
    plan = replace(made_in(both.with_layer(DAY), JOINED), ward_version="drawn otherwise")
    assert wards.area_of(plan, both).layer_key == DAY
    strange = replace(plan, ward_names={"E05999999": "Elsewhere"})
    assert wards.layer_of(strange, both) is None


def test_a_plan_that_was_run_can_still_be_renamed_where_it_kept_no_layer(both: Area, tmp_path: Path) -> None:
    old = replace(made_plan(), ward_layer="", ward_vintage="", ward_version="", ward_names={})
    saved = plans.save(tmp_path, old, NOW)
    plans.mark_run(tmp_path, saved.id, 1, as_planned(old), LATER)
    now = replace(old, title="Renamed", **wards.fields_of(both, old.places))
    assert plans.revise(tmp_path, saved.id, 2, now, LATER).plan.title == "Renamed"


def test_a_change_of_boundaries_is_in_the_history(both: Area, tmp_path: Path) -> None:
    saved = plans.save(tmp_path, made_in(both, MERGED[0]), NOW)
    changed = plans.revise(tmp_path, saved.id, 1, made_in(both.with_layer(DAY), JOINED), LATER)
    assert "ard boundaries: was in force since May 2016" in changed.what


def test_an_opened_plan_sets_the_boundaries_once(both: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(AREA_VARIABLE, both.file)
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))
    monkeypatch.setattr(frame, "PAGES", ())  # the page of this test stands alone
    saved = plans.save(tmp_path, made_in(both.with_layer(DAY), JOINED), NOW)
    at = AppTest.from_string(STEPS, default_timeout=60)
    at.session_state[state.OPEN] = (saved.id, 1)
    assert not at.run().exception
    assert [one.value for one in at.text] == [DAY]
    at.sidebar.selectbox[0].set_value(FIRST).run()  # and may be looked at by another
    assert [one.value for one in at.text] == [FIRST]


@pytest.mark.long
def test_a_plan_opens_with_its_own_layer(both: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(AREA_VARIABLE, both.file)
    saved = plans.save(tmp_path, made_in(both.with_layer(DAY), JOINED), NOW)
    at = open_page(monkeypatch, tmp_path, "pages/plan_operation.py", {state.OPEN: (saved.id, 1)})
    (box,) = [one for one in at.sidebar.selectbox if one.label == "Ward boundaries"]
    assert box.value == DAY
    assert in_address(at)["boundaries"] == DAY
    assert "<script>x" not in html(at)
    box.set_value(FIRST).run()  # and may be looked at by another
    assert not at.exception
    (box,) = [one for one in at.sidebar.selectbox if one.label == "Ward boundaries"]
    assert box.value == FIRST
