"""Did it work through AppTest: own areas, saved plans, refusals, changed comparison areas; real and simulated."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.outcome.operation import Verdict
from data.kinds.crime_types import ASB
from data.measured.measurement import FILE
from data.place.area import Area
from data.plan import plans
from data.plan.plan import Base, Patrol, Plan, PlanCell, PlanPlace, Shift, Visit
from data.plan.saved import Record
from data.store.schema import Incidents
from geo.grid import grid_reference
from pages.ui.outcome import figures as outcome_figures
from pages.ui.outcome.choice import Did
from pages.ui.outcome.figures import AREA, RING, Changes
from pages.ui.outcome.panel import rates_words
from pages.ui.shell.cache import Dataset
from tests.tab_pages import open_page, open_tab, refusals, text, titles

PAGE = "pages/did_it_work.py"


def opened(patch: pytest.MonkeyPatch, store: Path, **state: object) -> AppTest:
    return open_page(patch, store, PAGE, state)


def first_line(at: AppTest) -> str:
    return text(at).split('class="finding">')[1].split("</p>")[0]


def test_own_area_on_real_incidents(
    monkeypatch: pytest.MonkeyPatch, real_store: Path, real: Incidents, area: Area
) -> None:
    ward = area.wards.codes[area.wards.names.index("Northwood")]
    at = opened(monkeypatch, real_store, did_first="2024-10", did_last="2024-11", did_places=[], did_wards=[ward])
    assert "ASB incidents" in first_line(at)
    assert "recorded where about" in first_line(at)
    table = next(one.value for one in at.dataframe if "comparison" in one.value.columns)
    assert list(table["months"][:2]) == ["October 2024 to November 2024", "October 2023 to November 2023"]
    # the counts by another route: cells of the ward from the frame alone
    from data.place.area import load_area
    from pages.ui.map.lattice import cell_wards

    grid = area.grid()
    data = Dataset(load_area(), real, date(2025, 1, 15), real.version, real_store)
    mine = grid.cells[cell_wards(data) == ward]
    frame = real.of(ASB).frame
    frame = frame[np.isin(grid.locate(frame["easting_m"], frame["northing_m"]), mine)]
    october = frame["month"].isin([pd.Period("2024-10", "M"), pd.Period("2024-11", "M")])
    assert table["treated"].iloc[0] == int(october.sum())
    said = text(at)
    assert "October 2021 to November 2021 missing" in said
    assert rates_words(data, ASB) in said
    assert "tried on 500 operations that never were" in said
    assert f"of {area.name}, January 2018 to December 2024." in said
    assert "made from" not in said  # the same months
    assert "It says what changed, not why." in said
    assert "Weighted displacement difference" in said
    assert any("Month by month" in title for title in titles(at))
    assert "council, housing and the fire service" in said
    # a comparison area of one's own
    before = table["comparison"].iloc[0]
    at.session_state["did_removed"] = list(at.session_state["did_widget_did_added"]) or _some_of(at)
    at.run()
    assert not at.exception
    changed = next(one.value for one in at.dataframe if "comparison" in one.value.columns)
    assert changed["comparison"].iloc[0] <= before
    assert changed["treated"].iloc[0] == table["treated"].iloc[0]


def test_rates_of_another_area_are_not_said(real: Incidents, area: Area, tmp_path: Path) -> None:
    other = replace(area, code="Z1", name="Elsewhere")
    data = Dataset(other, real, date(2025, 1, 15), real.version, tmp_path)
    assert rates_words(data, ASB) == (
        "How often this cries wolf: Not measured on Elsewhere yet. The Data page can measure it."
    )
    assert "tried on 500 operations" in rates_words(replace(data, area=area), ASB)
    (tmp_path / FILE).write_text("[]", encoding="utf-8")
    assert "no file of what was measured" in rates_words(data, ASB)


def _some_of(at: AppTest) -> list[str]:
    return at.multiselect(key="did_widget_did_removed").options[:600]


def test_months_that_are_not_loaded_are_named(monkeypatch: pytest.MonkeyPatch, real_store: Path) -> None:
    at = opened(monkeypatch, real_store, did_first="2025-01", did_last="2025-02")
    assert refusals(at) == [
        "The operation cannot be judged yet: January 2025 to February 2025 are not in the data. data.police.uk usually "
        "publishes a month within about two months of its end: look for February 2025 from April 2025 on, and load it "
        "on the Data page."
    ]
    at = opened(monkeypatch, real_store, did_first="2020-10", did_last="2020-10")
    assert "lockdown is in it" in refusals(at)[0]
    at = opened(monkeypatch, real_store, did_places=[])
    assert refusals(at) == ["No cell is chosen in which something was done. Choose places, wards or cells."]


def test_nothing_after_the_as_at_month_is_known(monkeypatch: pytest.MonkeyPatch, real_store: Path) -> None:
    at = open_tab(monkeypatch, real_store, PAGE, "did_first", "2024-10", {"did_last": "2024-10"}, as_at="2024-09")
    assert "October 2024 is not in the data" in refusals(at)[0]


def test_a_verdict_does_not_change_with_months_that_come_later(real: Incidents, area: Area, real_store: Path) -> None:
    grid, last = area.grid(), pd.Period("2023-11", "M")
    treated = tuple(grid_reference(*grid.corners(grid.cells[1000:1040])))
    late = real.up_to(last)
    found = [
        outcome_figures.verdict(
            Dataset(area, incidents, date(2025, 1, 15), f"{incidents.version}-{len(incidents.months)}", real_store),
            Did("", ASB, treated, last - 1, last, "", incidents.months[-1], 400.0),
            Changes(),
            of,
        )
        for incidents in (real, late)
        for of in (AREA, RING)
    ]
    assert all(isinstance(one, Verdict) for one in found)
    for now, then in zip(found[:2], found[2:], strict=True):
        assert now.sentence == then.sentence
        assert now.spread == then.spread
        assert now.expected == then.expected


def test_the_demonstration_cannot_tell_where_nothing_was_planted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at = opened(monkeypatch, tmp_path / "none", did_first="2024-02", did_last="2024-04")
    assert "cannot tell" in first_line(at)
    assert "Demonstration: simulated incidents." in text(at)


@pytest.fixture
def plan(area: Area) -> Plan:
    grid = area.grid()
    middle = grid.cells[900:904]
    east, north = grid.corners(middle)
    names = grid_reference(east, north)
    cells = tuple(PlanCell(n, float(e), float(m), 1.0) for n, e, m in zip(names, east, north, strict=True))
    place = PlanPlace(1, "Hall <b>Lane</b>", "", "", names[0], float(east[0]), float(north[0]), 4.0, 9, None,
                      pinned=False, left_out=False, cells=cells)  # fmt: skip
    visit = Visit(1, names[0], float(east[0]) + 100, float(north[0]) + 100, 5, 15, 1.0)
    crew = Patrol("A", 2, Base("Base", float(east[0]), float(north[0])), "foot", (visit,), 10, 1.0)
    shift = Shift(datetime(2024, 10, 31, 18), 240, (crew,), 4.0, 1.0, 0.5, 0.6, 0.0)
    return Plan("Halloween <b>2024</b>", "Halloween", ASB, "police.uk", date(2024, 10, 25), date(2024, 11, 8),
                "2024-08", None, None, None, None, None, 0.05, 200, (place,), (shift,))  # fmt: skip


def test_a_plan_that_was_run(
    monkeypatch: pytest.MonkeyPatch, real_store: Path, tmp_path: Path, plan: Plan, area: Area
) -> None:
    store = tmp_path / "store"
    shutil.copytree(real_store, store)
    now = datetime(2024, 12, 1, tzinfo=UTC)
    saved = plans.save(store, plan, now)
    at = opened(monkeypatch, store)
    assert at.selectbox(key="did_widget_did_subject").options == ["Own area and months"]  # a draft is no operation
    grid = area.grid()
    done = tuple(grid_reference(*grid.corners(grid.cells[1000:1020])))
    plans.mark_run(
        store, saved.id, saved.revision, [Record(plan.shifts[0].starts, ran=True, hours=8.0, cells=done)], now
    )
    at = opened(monkeypatch, store, did_subject=saved.id)
    assert at.selectbox(key="did_widget_did_subject").options[1] == "Halloween <b>2024</b>"
    assert "25 October to 8 November 2024" in text(at)
    assert "the whole months it lies in are judged" in text(at)
    assert "Operation (20 cells)" in text(at)  # those really visited, not those planned
    assert "<b>2024</b>" not in " ".join(one.proto.body for one in at.get("html"))
