"""Step 3 of a plan on the page: crews, bases, shifts; what is shared out, and what is said of it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.common.method import Method
from analysis.patrol.allocation import Allocation
from data.demo.dataset import Demo, make_demo
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan.plan import Base, Patrol, Shift
from geo.errors import InputError
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.who import form as plan_who_form
from pages.ui.plan.who import result as plan_who_result
from pages.ui.plan.who.form import CrewRow, ShiftRow
from pages.ui.shell.cache import Dataset
from tests import tab_pages

WHO = "3 Who"
NIGHT = date(2024, 10, 31)


@pytest.fixture(scope="module")
def demo(area: Area) -> Dataset:
    made: Demo = make_demo(area)
    return Dataset(area, made.incidents, made.as_at, "test of who", Path("nowhere"), made)


def opened(patch: pytest.MonkeyPatch, store: Path, **state: Any) -> AppTest:
    return tab_pages.open_tab(patch, store, "pages/plan_operation.py", "plan_step", WHO, state)


def row(**changes: Any) -> CrewRow:
    return CrewRow(**({"name": "Kilo 1", "who": "wardens", "number": 2, "travel": "foot", "base": "SJ 4190"} | changes))


# --- what was typed --------------------------------------------------------------------------------------------------
def test_a_base_is_a_street_a_ward_or_a_reference(demo: Dataset) -> None:
    known = plan_who_form.bases(demo)
    street = next(name for name in known if not name.startswith(plan_who_form.WARD))
    ward = next(name for name in known if name.startswith(plan_who_form.WARD))
    assert plan_who_form.base_of(demo, f"  {street.upper()} ").name == street
    for typed in (ward, ward.removeprefix(plan_who_form.WARD).lower()):
        found = plan_who_form.base_of(demo, typed)
        assert (found.easting_m, found.northing_m) == known[ward] or found.name in known
    found = plan_who_form.base_of(demo, "sj414906")
    assert (found.name, found.easting_m, found.northing_m) == ("SJ414906", 341_450, 390_650)


@pytest.mark.parametrize("typed", ["", "   ", "Nowhere Street 99", "SJ41490", "<b>x</b>", "SJ" + "1" * 80])
def test_a_base_that_is_none_of_them_says_what_to_write(demo: Dataset, typed: str) -> None:
    with pytest.raises(InputError, match=r"grid reference"):
        plan_who_form.base_of(demo, typed)


def test_a_crew_has_a_short_call_sign(demo: Dataset) -> None:
    (crew,) = plan_who_form.crews_of(demo, (row(),))
    assert (crew.name, crew.officers, crew.base.name) == ("Kilo 1 (wardens)", 2, "SJ 4190")
    for name in ("", " ", "x" * 25, "a\x07b"):
        with pytest.raises(InputError, match="a call sign or a role"):
            plan_who_form.crews_of(demo, (row(name=name),))


def test_shifts_in_order_and_never_over_one_another() -> None:
    early, late = ShiftRow((NIGHT,), 14, 0, 4.0), ShiftRow((NIGHT, date(2024, 10, 30)), 18, 30, 8.0)
    found = plan_who_form.shifts_of((late, early))
    assert [f"{starts:%d %H:%M}" for starts, _ in found] == ["30 18:30", "31 14:00", "31 18:30"]
    assert [minutes for _, minutes in found] == [480, 240, 480]
    with pytest.raises(InputError, match="two shifts overlap"):
        plan_who_form.shifts_of((early, ShiftRow((NIGHT,), 17, 0, 2.0)))
    with pytest.raises(InputError, match="no night is chosen"):
        plan_who_form.shifts_of((ShiftRow((), 17, 0, 2.0),))


def test_hours_after_the_window_are_said_to_count_nothing() -> None:
    window = PlanWindow("", ASB, date(2024, 10, 25), NIGHT, pd.Period("2024-07", "M"), "")

    def said(hour: int) -> str:
        crew = Patrol("A", 2, Base("Base", 0.0, 0.0), "foot", (), 0.0, 0.0)
        shift = Shift(datetime(2024, 10, 31, hour), 240.0, (crew,), 1.0, 0.5, 0.1, 0.4, 0.02)
        made = Allocation((shift,), alike=False, candidates=40, left_over=0, method=Method("made"))
        return " ".join(plan_who_result.sentences(window, made))

    assert "after midnight of Thu 31 Oct" in said(22)
    assert "after midnight" not in said(20)


# --- on the page -----------------------------------------------------------------------------------------------------
def test_hours_are_shared_out_on_the_button_and_survive_another_page(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at = opened(monkeypatch, tmp_path / "empty")
    assert "Fill in crews and shifts" in tab_pages.text(at)
    at.button(key="plan_share_out").click().run()
    assert not at.exception
    said = tab_pages.text(at)
    assert "No other routes of these crews among these" in said
    assert any(title.startswith("The cells visited hold") for title in tab_pages.titles(at))
    assert "at the true addresses it would be about" in tab_pages.text(at)
    assert plan_who_result.AT_POINTS in tab_pages.text(at)
    (figure,) = tab_pages.figures(at, "Bar chart of")
    assert tab_pages.marked(figure)
    table = next(one.value for one in at.dataframe if "stop" in one.value)
    assert isinstance(table, pd.DataFrame)
    assert table["minutes"].eq(15).all()
    at.switch_page("pages/data.py").run()
    at.switch_page("pages/plan_operation.py").run()
    assert "No other routes of these crews among these" in tab_pages.text(at)
    at.button(key="plan_add_crew").click().run()
    assert "have changed since these hours were shared out" in tab_pages.text(at)


def test_crews_shifts_and_what_was_shared_out_are_in_the_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def visits(at: AppTest) -> pd.DataFrame:
        return next(one.value for one in at.dataframe if "stop" in one.value).drop(columns="crew", errors="ignore")

    asked = {"step": "3-who", "crews": "2-wardens-foot-SJ4190", "shifts": "2030-2h", "stay": "12", "shared": "yes"}
    crews = (row(name="Typed"),)
    at = opened(monkeypatch, tmp_path / "empty", plan_crews=crews, plan_stay=12)
    at.session_state["plan_shifts"] = (ShiftRow(at.session_state["plan_who_widget_shift_0_nights"], 20, 30, 2.0),)
    at.button(key="plan_share_out").click().run()
    assert tab_pages.in_address(at) == asked | {"shifts": "2030-2h"}
    again = tab_pages.open_page(monkeypatch, tmp_path / "empty", "pages/plan_operation.py", **asked)
    assert (tab_pages.in_address(again), list(again.info)) == (asked, [])
    pd.testing.assert_frame_equal(visits(again), visits(at))
    assert again.session_state["plan_crews"] == (row(name="Patrol 1", base="SJ4190"),)
    at.query_params["stay"] = "13"  # as the back button leaves it: the call sign stays
    at.run()
    assert (at.session_state["plan_crews"], at.session_state["plan_stay"]) == (crews, 13)
    evil = dict.fromkeys(asked, "<img src=x onerror=alert(1)>") | {"step": "3-who", "shift": "9"}
    wrong = tab_pages.open_page(monkeypatch, tmp_path / "empty", "pages/plan_operation.py", **evil)
    assert len(wrong.info) == 5
    assert "<img" not in tab_pages.html(wrong) + " ".join(one.value for one in wrong.info).replace("\\<img", "")
    assert tab_pages.in_address(wrong) == {"step": "3-who"}


def test_what_was_typed_wrong_is_said_on_the_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    at = opened(monkeypatch, tmp_path / "empty", plan_crews=(row(base="<b>Nowhere</b>"),))
    at.button(key="plan_share_out").click().run()
    assert not at.exception
    assert "neither a street nor a ward of the area" in tab_pages.text(at)
    assert "<b>Nowhere</b>" not in " ".join(element.proto.body for element in at.get("html"))
    assert at.selectbox(key="plan_who_widget_crew_0_base").value == "<b>Nowhere</b>"
