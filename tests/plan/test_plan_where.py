"""Step 2 of a plan: places of a window add up, answer to what is known at the time, and take what a person adds."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from analysis.ahead.window import forecast_window
from analysis.ahead.window_volume import window_volume
from analysis.common.refusal import Refusal
from analysis.where.validation import backtest
from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan import file as plan_file
from data.plan import plans
from data.store.schema import POLICE_UK, Incidents
from geo.errors import InputError
from geo.reference import from_reference
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.where import places as plan_places
from pages.ui.plan.where import ranking as plan_where
from pages.ui.plan.where.ranking import BY_HAND, OwnPlace
from pages.ui.shell.cache import Dataset
from tests.plan.made_plans import made_plan
from tests.tab_pages import open_page, open_tab, text

HALLOWEEN = (date(2024, 10, 25), date(2024, 11, 8))
SHARE = plan_where.DEFAULT_SHARE


@pytest.fixture(scope="module")
def data(real: Incidents, area: Area, real_store: Path) -> Dataset:
    return Dataset(area, real, date(2025, 1, 15), f"{real.version}|{POLICE_UK}|test", real_store)


def window(as_at: str = "2024-07", category: str = ASB) -> PlanWindow:
    return PlanWindow("Halloween and Bonfire Night", category, *HALLOWEEN, pd.Period(as_at, "M"), "")


def test_what_a_window_is_scaled_to_is_its_forecast(real: Incidents, area: Area) -> None:
    known = real.up_to(pd.Period("2024-07", "M")).of(ASB)
    found = window_volume(known, area, *HALLOWEEN, ASB)
    assert found.forecast is not None
    assert found.total == forecast_window(known, area, *HALLOWEEN, ASB).expected
    assert "not an event forecast" in found.label
    assert found.why_not is None


def test_without_a_forecast_there_is_no_number_and_it_says_so(real: Incidents, area: Area) -> None:
    known = real.up_to(pd.Period("2024-12", "M")).of(ASB)
    later = tuple(day.replace(year=2035) for day in HALLOWEEN)
    found = window_volume(known, area, *later, ASB)
    assert found.forecast is None
    assert found.total == 100
    assert "no forecast, so no number" in found.label
    assert found.why_not is not None
    assert "months after December 2024" in found.sentence
    with pytest.raises(Refusal):
        window_volume(known.up_to(pd.Period("2010-01", "M")), area, *HALLOWEEN, ASB)


def test_expected_incidents_add_up_from_cells_to_places_to_the_window(data: Dataset) -> None:
    found = plan_where.where(data, window(), SHARE)
    assert found.ranking.expected.sum() == pytest.approx(found.volume.total)
    cells = [c.reference for p in found.places for c in p.cells]
    assert len(cells) == len(set(cells)) <= int(np.ceil(SHARE * len(found.grid.cells)))
    for place, at in zip(found.places, found.positions, strict=True):
        assert place.expected == pytest.approx(sum(c.expected for c in place.cells))
        assert place.expected == pytest.approx(found.ranking.expected[at].sum())
        assert place.past == found.ranking.count_last12[at].sum()
        assert [c.expected for c in place.cells] == sorted((c.expected for c in place.cells), reverse=True)
    values = [p.expected for p in found.places]
    assert values == sorted(values, reverse=True)
    assert [p.number for p in found.places] == list(range(1, len(values) + 1))
    assert all(0 <= (p.stability or 0) <= 1 for p in found.places)


def test_nothing_after_the_as_at_month_is_known(data: Dataset) -> None:
    early = plan_where.where(data, window("2023-07"), SHARE)
    forgotten = Dataset(
        data.area, data.incidents.up_to(pd.Period("2023-07", "M")), data.as_at, data.version + "-cut", data.store
    )
    same = plan_where.where(forgotten, window("2023-07"), SHARE)
    assert early.places == same.places
    assert early.volume.total == same.volume.total


def test_a_place_added_by_hand_is_the_cell_of_its_reference(data: Dataset) -> None:
    found = plan_where.where(data, window(), SHARE, (OwnPlace("Old <b>field</b>", "SJ 414 906"),))
    one = found.places[-1]
    assert (one.number, one.name, one.label) == (len(found.places), "Old <b>field</b>", BY_HAND)
    assert [c.reference for c in one.cells] == ["SJ414906"]
    polygon = data.area.wards.polygons[data.area.wards.codes.index(one.ward_code)]
    assert polygon.distance(shapely.Point(*from_reference("SJ414906"))) < data.area.cell_size_m
    with pytest.raises(InputError, match="does not lie in the area"):
        plan_where.where(data, window(), SHARE, (OwnPlace("London", "TQ300800"),))


def test_a_place_added_by_hand_is_not_among_what_the_top_cells_hold(data: Dataset) -> None:
    plain = plan_where.where(data, window(), SHARE)
    again = OwnPlace("The busiest again", plain.places[0].cells[0].reference)
    found = plan_where.where(data, window(), SHARE, (again,))
    assert found.places[-1].expected == plain.places[0].cells[0].expected
    assert found.expected == pytest.approx(plain.expected)
    assert plan_places.finding(window(), found, SHARE) == plan_places.finding(window(), plain, SHARE)


def test_with_little_history_every_step_says_unreliable(data: Dataset) -> None:
    short = Dataset(
        data.area, data.incidents.within(pd.Period("2023-05", "M"), pd.Period("2024-07", "M")), data.as_at,
        data.version + "-short", data.store,
    )  # fmt: skip
    found = plan_where.where(short, window(), SHARE)
    assert plan_places.finding(window(), found, SHARE).startswith("Unreliable, for want of history: the places in ")
    assert found.volume.sentence.startswith("Unreliable, for want of history: expected in 25 October to 8 November")
    assert not plan_where.where(data, window(), SHARE).volume.sentence.startswith("Unreliable")


def test_leaving_out_goes_before_pinning(data: Dataset) -> None:
    places = plan_where.where(data, window(), SHARE).places
    marked = plan_where.marked(places, (1, 2), (2, 3))
    assert [(p.pinned, p.left_out) for p in marked[:4]] == [(True, False), (False, True), (False, True), (False, False)]


def test_past_windows_are_told_as_the_backtest_has_them(data: Dataset) -> None:
    table = plan_where.past_captures(data, window(), SHARE)
    known = data.incidents.up_to(pd.Period("2024-07", "M")).of(ASB)
    other = backtest(known, data.area.grid(), "own", None, (SHARE,), season_months=(10, 11))
    assert list(table["hit_rate"]) == pytest.approx(list(other["hit_rate"]))
    said = plan_where.capture_sentence(table, SHARE)
    assert f"caught {100 * other['hit_rate'].mean():.0f} % of incidents" in said
    assert all(str(year) in said for year in (2019, 2020, 2023))
    assert "2024" not in said
    assert "cannot be said" in plan_where.capture_sentence(table.iloc[:0], SHARE)


# --- on the page -----------------------------------------------------------------------------------------------------
PAGE, STEP = "pages/plan_operation.py", "plan_step"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, real_store: Path) -> AppTest:
    return open_tab(monkeypatch, real_store, PAGE, STEP, "2 Where", as_at="2024-07")


def finding(at: AppTest) -> str:
    return next(one for one in (e.proto.body for e in at.get("html")) if 'class="finding"' in one)


def test_the_page_says_where_and_how_well_that_predicts(page: AppTest, data: Dataset) -> None:
    found = plan_where.where(data, window(), plan_where.DEFAULT_SHARE)
    assert found.places[0].title in finding(page)
    assert f"{100 * found.expected / found.volume.total:.0f} %" in finding(page)
    said = text(page)
    assert "ranked from what was known three months before" in said
    assert "not where harm will happen" in said
    assert plan_where.true_addresses(data, window(), plan_where.DEFAULT_SHARE) in said
    assert "a share of the month, not an event forecast" in said
    assert "No earlier plan is saved" in said
    shown = next(frame.value for frame in page.dataframe if "grid_reference" in frame.value)
    assert len(shown) == len(found.places)


def test_step_and_place_are_in_the_address_and_the_map_goes_there(
    monkeypatch: pytest.MonkeyPatch, real_store: Path, data: Dataset
) -> None:
    third = plan_where.where(data, window(), plan_where.DEFAULT_SHARE).places[2]
    there = {"step": "2-where", "at": f"place-{third.grid_reference}"}
    at = open_page(monkeypatch, real_store, PAGE, as_at="2024-07", **there)
    assert address_of(at) == {"as-at": "2024-07", **there}
    west, south, east, north = sent(at)["view"]["bounds"]
    assert [p[8] for p in sent(at)["places"][:4]] == [0, 0, 1, 0]
    assert west < third.easting_m - data.area.grid().west_m < east
    assert south < third.northing_m - data.area.grid().south_m < north
    assert east - west < 2_000
    at.session_state["plan_township"] = data.area.townships[0].name
    at.run()
    assert address_of(at)["go"] == data.area.townships[0].name.lower()
    evil = "place-<b>"
    at = open_page(monkeypatch, real_store, PAGE, as_at="2024-07", step="nowhere", at=evil)
    assert "1 When is shown" in at.info[0].value.replace("\\", "")
    at = open_page(monkeypatch, real_store, PAGE, as_at="2024-07", step="2-where", at=evil)
    assert "“place\\-\\<b\\>”, which is not there" in at.info[0].value
    assert address_of(at) == {"as-at": "2024-07", "step": "2-where"}


def sent(at: AppTest) -> dict[str, Any]:
    """What the map's overlay was given."""
    args = json.loads(at.get("component_instance")[0].proto.json_args)
    found: dict[str, Any] = json.loads(re.search(r"var data = (\{.*?\});\n", args["feature_group"]).group(1))  # type: ignore[union-attr]
    return found


def address_of(at: AppTest) -> dict[str, str]:
    """The address, as a person would copy it."""
    return {key: value[0] if isinstance(value, list) else value for key, value in at.query_params.items()}


def test_a_place_is_pinned_left_out_and_added(page: AppTest) -> None:
    names = page.multiselect(key="plan_left_out_widget").options
    page.multiselect(key="plan_left_out_widget").set_value([names[0]]).run()
    page.text_input(key="plan_own_name").set_value("Bonfire <i>site</i>")
    page.text_input(key="plan_own_reference").set_value("sj414906").run()
    next(b for b in page.button if b.label == "Add").click().run()
    assert not page.exception
    shown = next(frame.value for frame in page.dataframe if "mark" in frame.value)
    assert shown["mark"].iloc[0] == "left out"
    assert shown.iloc[-1][["place", "mark"]].tolist() == [f"Bonfire <i>site</i> ({BY_HAND})", "must be visited"]
    page.text_input(key="plan_own_reference").set_value("nowhere").run()
    next(b for b in page.button if b.label == "Add").click().run()
    assert "not a National Grid reference" in page.error[0].value
    page.text_input(key="plan_own_reference").set_value("TQ300800").run()
    next(b for b in page.button if b.label == "Add").click().run()
    assert "does not lie in the area" in text(page)
    next(b for b in page.button if b.label.startswith("Remove the places")).click().run()
    assert "does not lie in the area" not in text(page)


def test_marks_and_places_by_hand_are_in_the_address_without_their_names(
    page: AppTest, monkeypatch: pytest.MonkeyPatch, real_store: Path
) -> None:
    first, second, *_ = page.multiselect(key="plan_left_out_widget").options
    page.session_state["plan_own"] = (OwnPlace("Typed name", "sj 41459 90651"),)
    page.session_state["plan_left_out"] = (second,)
    page.session_state["plan_pinned"] = (first, f"Typed name ({BY_HAND})")
    page.run()
    asked = address_of(page)
    assert (asked["own"], asked["must"].split("_")[1]) == ("SJ414906", "own1")
    assert "Typed" not in str(asked)
    again = open_page(monkeypatch, real_store, PAGE, **asked)
    assert address_of(again) == asked
    assert not again.info
    marks = [next(one.value for one in at.dataframe if "mark" in one.value)["mark"] for at in (page, again)]
    assert marks[0].tolist() == marks[1].tolist()
    assert marks[1].iloc[[0, 1, -1]].tolist() == ["must be visited", "left out", "must be visited"]
    evil = open_page(monkeypatch, real_store, PAGE, **(asked | {"own": "TQ300800_<b>", "must": "own1_<b>"}))
    assert len(evil.info) == 2  # the first that is wrong of each
    assert "<b>" not in text(evil)
    assert address_of(evil) == {name: asked[name] for name in ("as-at", "step", "without")}


def test_two_places_added_under_one_name_are_both_visited(page: AppTest) -> None:
    for reference in ("SJ414906", "SJ420988"):
        page.text_input(key="plan_own_name").set_value("Bonfire\u202e\u200b site")
        page.text_input(key="plan_own_reference").set_value(reference).run()
        next(b for b in page.button if b.label == "Add").click().run()
    shown = next(frame.value for frame in page.dataframe if "mark" in frame.value)
    assert shown["mark"].iloc[-2:].tolist() == ["must be visited"] * 2
    assert shown["place"].iloc[-2:].tolist() == [f"Bonfire site ({BY_HAND})", f"Bonfire site SJ420988 ({BY_HAND})"]


def test_plans_that_cannot_be_read_do_not_take_the_places_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plans.save(tmp_path, made_plan(), datetime(2024, 9, 2, tzinfo=UTC))
    with sqlite3.connect(plan_file.file_of(tmp_path)) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    at = open_tab(monkeypatch, tmp_path, PAGE, STEP, "2 Where")
    assert "patrolled before cannot be said" in text(at)
    assert "newer version" in text(at)
    assert not [e for e in at.get("html") if 'class="failed"' in e.proto.body]


def test_the_demonstration_finds_a_planted_place_and_says_that_it_is_simulated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, area: Area
) -> None:
    at = open_tab(monkeypatch, tmp_path, PAGE, STEP, "2 Where")
    demo = make_demo(area)
    shown = next(frame.value for frame in at.dataframe if "grid_reference" in frame.value)
    planted = [(p.easting_m, p.northing_m) for p in demo.planted.places if not p.months]
    grid = area.grid()
    middles = [from_reference(r) for r in shown["grid_reference"].head(10)]
    near = [any(np.hypot(e - pe, n - pn) <= 3 * grid.cell_size_m for pe, pn in planted) for e, n in middles]
    assert sum(near) >= min(len(planted), 5)
    assert "simulated" in text(at)
