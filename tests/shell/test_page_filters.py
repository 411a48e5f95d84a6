"""Filters of the pages through AppTest: kept from page to page, and in the address."""

from __future__ import annotations

from pathlib import Path

from data.kinds.crime_types import DRUGS
from data.place.area import Area
from tests.tab_pages import Open, finding, html


def test_filters_survive_a_change_of_page_and_stand_in_the_address(opened: Open, real_store: Path, area: Area) -> None:
    at = opened(real_store, "Seasonal peaks")
    at.selectbox(key="filter_category").set_value(DRUGS).run()
    at.multiselect(key="filter_wards").set_value([area.wards.codes[0]]).run()
    at.selectbox(key="filter_as_at").set_value("2024-08").run()
    wanted = {"category": "drugs", "wards": area.wards.codes[0], "as-at": "2024-08"}
    assert dict(at.query_params) == wanted
    at.switch_page("app.py").run()
    assert dict(at.query_params) == wanted
    assert at.multiselect(key="filter_wards").value == [area.wards.codes[0]]
    at.switch_page("pages/seasonal_peaks.py").run()
    assert at.selectbox(key="filter_category").value == DRUGS
    assert finding(at).startswith(f"{DRUGS}, {area.ward_names[area.wards.codes[0]]}: ")
    at.multiselect(key="filter_wards").set_value([]).run()
    assert dict(at.query_params) == {"category": "drugs", "as-at": "2024-08"}


def test_months_of_ones_own_and_a_step_back_past_them(opened: Open, real_store: Path) -> None:
    at = opened(real_store)
    at.switch_page("pages/hotspots.py").run()
    at.selectbox(key="filter_period").set_value("own").run()
    assert dict(at.query_params) == {"period": "2024-01..2024-12"}
    at.selectbox(key="filter_from").set_value("2023-06").run()
    at.selectbox(key="filter_to").set_value("2023-03").run()  # before the first: it moves along
    assert dict(at.query_params) == {"period": "2023-03..2023-03"}
    assert not at.info
    at.selectbox(key="filter_as_at").set_value("2023-02").run()
    assert dict(at.query_params) == {"as-at": "2023-02"}
    assert len(at.info) == 1
    assert not at.exception


def test_a_colleague_sees_the_same_view(opened: Open, real_store: Path, area: Area) -> None:
    at = opened(real_store, "Seasonal peaks", category="drugs", wards=area.wards.codes[1], as_at="2024-08")
    assert at.selectbox(key="filter_category").value == DRUGS
    assert at.multiselect(key="filter_wards").value == [area.wards.codes[1]]
    assert at.selectbox(key="filter_as_at").value == "2024-08"


def test_going_back_takes_the_choice_from_the_address(opened: Open, real_store: Path) -> None:
    at = opened(real_store, "Seasonal peaks", category="drugs")
    at.selectbox(key="filter_category").set_value("Burglary").run()
    at.query_params["category"] = "drugs"
    at.run()
    assert at.selectbox(key="filter_category").value == DRUGS
    at.query_params["mine"] = "kept"
    at.selectbox(key="filter_category").set_value("Robbery").run()
    assert dict(at.query_params) == {"category": "robbery", "mine": "kept"}


def test_a_bad_address_is_told_and_harmless(opened: Open, real_store: Path) -> None:
    at = opened(real_store, category="<script>alert(1)</script>", as_at="**2031**", wards="x")
    assert len(at.info) == 3
    assert all(r"\*\*" in note.value or r"\<" in note.value or "x" in note.value for note in at.info)
    assert "<script>alert" not in html(at)
    at.run()
    assert not at.info  # told once
