"""Did it work through AppTest: nothing run, plans that were run, past months, refusals; real and simulated."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.outcome.operation import Verdict
from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB
from data.measured.measurement import FILE
from data.place.area import Area
from data.plan import plans
from data.plan.plan import Base, Patrol, Plan, PlanCell, PlanPlace, Shift, Visit
from data.plan.saved import Record
from data.store.schema import Incidents
from geo.grid import grid_reference
from pages.ui.map import judged
from pages.ui.map.judged import AREA, RING, Changes, Did
from pages.ui.outcome.panel import rates_words
from pages.ui.shell.cache import Dataset
from pages.ui.shell.frame import plain as frame_plain
from tests.stored import in_place_of_the_store
from tests.tab_pages import html, open_page, refusals, text, titles

PAGE = "pages/did_it_work.py"
NOW = datetime(2024, 12, 1, tzinfo=UTC)


def opened(patch: pytest.MonkeyPatch, store: Path, **state: object) -> AppTest:
    """The page on a store, with a state of the session."""
    return open_page(patch, store, PAGE, state)


def tried(patch: pytest.MonkeyPatch, store: Path, **state: object) -> AppTest:
    """The page tried on past months."""
    return opened(patch, store, did_subject="past", **state)


def first_line(at: AppTest) -> str:
    return text(at).split('class="finding">')[1].split("</p>")[0]


def test_own_area_on_real_incidents(
    monkeypatch: pytest.MonkeyPatch, real_store: Path, real: Incidents, area: Area
) -> None:
    ward = area.wards.codes[area.wards.names.index("Northwood")]
    at = tried(monkeypatch, real_store, did_first="2024-10", did_last="2024-11", did_places=[], did_wards=[ward])
    assert first_line(at).startswith(
        "Tried on past months, with no operation. Anti-social behaviour (ASB) incidents in the places chosen"
    )
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


def test_past_months_that_cannot_be_judged_are_refused(monkeypatch: pytest.MonkeyPatch, real_store: Path) -> None:
    at = tried(monkeypatch, real_store, did_first="2020-10", did_last="2020-10")
    assert "lockdown is in it" in refusals(at)[0]
    at = tried(monkeypatch, real_store, did_places=[])
    assert refusals(at) == ["No cell is chosen in which something was done. Choose places, wards or cells."]


def test_nothing_after_the_as_at_month_is_offered(monkeypatch: pytest.MonkeyPatch, real_store: Path) -> None:
    at = open_page(monkeypatch, real_store, PAGE, did="past", as_at="2024-09", did_from="2024-10", did_to="2024-08",
                   did_places="none")  # fmt: skip
    assert at.selectbox(key="did_widget_did_last").options[0] == "Sep 2024"
    assert at.selectbox(key="did_widget_did_first").value == "2024-06"
    assert frame_plain("First month: 2024-10 is not among the months known at this date") in at.info[0].value


def test_a_verdict_does_not_change_with_months_that_come_later(real: Incidents, area: Area, real_store: Path) -> None:
    grid, last = area.grid(), pd.Period("2023-11", "M")
    treated = tuple(grid_reference(*grid.corners(grid.cells[1000:1040])))
    late = real.up_to(last)
    found = [
        judged.verdict(
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
    at = tried(monkeypatch, tmp_path / "none", did_first="2024-02", did_last="2024-04")
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


def asked(at: AppTest) -> dict[str, str]:
    """What is in the address."""
    return {key: value if isinstance(value, str) else value[0] for key, value in at.query_params.items()}


def needs(at: AppTest) -> list[str]:
    """Sentences in which the page says what it needs."""
    (found,) = [one.proto.body for one in at.get("html") if 'class="needs"' in one.proto.body]
    return re.split(r"(?<=\.) ", re.sub("<.*?>", "", found))


def nothing_judged(at: AppTest) -> None:
    """There is no verdict, no map, no chart and no figure of an operation nobody ran."""
    assert len(needs(at)) == 2
    assert "recorded where" not in text(at)
    assert not [*at.get("component_instance"), *at.get("plotly_chart"), *at.dataframe, *at.get("download_button")]
    assert not at.selectbox


def run(store: Path, plan: Plan, cells: tuple[str, ...], now: datetime) -> plans.Saved:
    """Save a plan and mark it as run."""
    saved = plans.save(store, plan, now)
    done = [Record(plan.shifts[0].starts, ran=True, hours=8.0, cells=cells)]
    return plans.mark_run(store, saved.id, saved.revision, done, now)


@pytest.fixture
def store(real_store: Path, tmp_path: Path) -> Path:
    """A copy of the real store, for plans."""
    return Path(shutil.copytree(real_store, tmp_path / "store"))


def test_nothing_is_judged_before_a_plan_was_run(
    monkeypatch: pytest.MonkeyPatch, store: Path, plan: Plan, tmp_path: Path
) -> None:
    at = opened(monkeypatch, store)
    assert first_line(at) == "No operation to judge yet: no plan is saved."
    nothing_judged(at)
    plans.save(store, replace(plan, simulated=True), NOW)  # of the demonstration
    assert first_line(opened(monkeypatch, store)) == "No operation to judge yet: no plan is saved."
    plans.save(store, plan, NOW)
    at = opened(monkeypatch, store)
    assert first_line(at) == "No operation to judge yet: Halloween <b>2024</b> is saved, but not marked as run."
    assert "<b>2024</b>" not in html(at)
    nothing_judged(at)
    plans.save(store, plan, NOW)
    at = opened(monkeypatch, store)
    assert first_line(at) == "No operation to judge yet: 2 plans are saved, and none of them is marked as run."
    assert asked(at) == {}
    at = opened(monkeypatch, tmp_path / "none")  # the demonstration
    assert "Demonstration: simulated incidents." in text(at)
    assert first_line(at) == "No operation to judge yet: no plan is saved."
    nothing_judged(at)
    at = open_page(monkeypatch, tmp_path / "none", PAGE, view="slide", category="drugs")
    nothing_judged(at)
    assert 'class="slide simulated"' in html(at)
    assert asked(at)["category"] == "drugs"


def test_past_months_are_the_second_step_and_have_an_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    at = opened(monkeypatch, tmp_path / "none")
    at.button(key="did_try").click().run()
    assert first_line(at).startswith("Tried on past months, with no operation. ")
    assert asked(at)["did"] == "past"
    at.selectbox(key="did_widget_did_first").set_value("2024-02").run()
    at.selectbox(key="did_widget_did_last").set_value("2024-04").run()
    at.multiselect(key="did_widget_did_places").set_value(["2"]).run()
    at.selectbox(key="did_widget_did_width").set_value(200).run()
    wanted = {"did": "past", "did-from": "2024-02", "did-to": "2024-04", "did-places": "2", "did-around": "200"}
    assert asked(at) == wanted
    said = first_line(at)
    link = {key.replace("-", "_"): value for key, value in wanted.items()}
    again = open_page(monkeypatch, tmp_path / "none", PAGE, **link)
    assert first_line(again) == said
    assert again.multiselect(key="did_widget_did_places").value == ["2"]
    assert again.selectbox(key="did_widget_did_width").value == 200
    slide = open_page(monkeypatch, tmp_path / "none", PAGE, view="slide", **link)
    assert first_line(slide) == said
    assert 'class="slide simulated"' in html(slide)
    again.button(key="did_back").click().run()
    nothing_judged(again)
    assert asked(again) == {}


def test_a_changed_comparison_is_in_the_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, area: Area) -> None:
    at = tried(monkeypatch, tmp_path / "none")
    grid = area.grid()
    listed = set(cells_shown(at).loc[lambda t: t["area"] == "Places like it", "cell"])
    other = next(name for name in grid_reference(*grid.corners(grid.cells)) if name not in set(cells_shown(at)["cell"]))
    at.multiselect(key="did_widget_did_added").set_value([other]).run()
    assert asked(at)["did-added"] == other
    again = open_page(monkeypatch, tmp_path / "none", PAGE, did="past", did_added=other)
    for one in (at, again):
        assert set(cells_shown(one).loc[lambda t: t["area"] == "Places like it", "cell"]) == listed | {other}
    again.multiselect(key="did_widget_did_places").set_value(["3"]).run()  # another question, another proposal
    assert "did-added" not in again.query_params


def cells_shown(at: AppTest) -> pd.DataFrame:
    """The table of the map."""
    return next(one.value for one in at.dataframe if one.proto.alt.startswith("Map as a table"))


def test_what_an_address_asks_for_and_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    at = open_page(monkeypatch, tmp_path / "none", PAGE, did="99")
    assert "did\\=99" in at.info[0].value or "did=99" in at.info[0].value
    nothing_judged(at)
    at = open_page(
        monkeypatch, tmp_path / "none", PAGE, did="past", did_from="2024-13", did_to="<b>", did_around="7",
        did_wards="E09999999", did_cells="QQ1", did_added="QQ1", did_squares="none", did_places="x",
    )  # fmt: skip
    told = " ".join(one.value for one in at.info)
    for one in ("2024", "<b>", "around", "E09999999", "QQ1", "places"):
        assert frame_plain(one) in told, one
    assert "<b>" not in html(at)
    assert refusals(at) == ["No places like it are left. Add squares or cells to them, or take the proposed ones."]


def test_a_store_without_months_offers_no_try(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, area: Area) -> None:
    nothing = Incidents(make_demo(area).incidents.frame.iloc[:0], pd.PeriodIndex([], freq="M"), "police.uk", "none")
    in_place_of_the_store(monkeypatch, nothing)
    at = opened(monkeypatch, tmp_path)
    nothing_judged(at)
    assert refusals(at) == ["There are no past months to try it on. Import published files on the Data page."]
    at = tried(monkeypatch, tmp_path)
    assert refusals(at) == ["There are no months to look at. Import published files on the Data page."]


def test_a_plan_that_was_run(monkeypatch: pytest.MonkeyPatch, store: Path, plan: Plan, area: Area) -> None:
    grid = area.grid()
    done = tuple(grid_reference(*grid.corners(grid.cells[1000:1020])))
    saved = run(store, plan, done, NOW)
    at = opened(monkeypatch, store)
    assert at.selectbox(key="did_widget_did_subject").options == ["Halloween <b>2024</b>", "Past months: try it"]
    assert first_line(at).startswith("Halloween <b>2024</b>. Anti-social behaviour (ASB) incidents where you went")
    assert asked(at) == {"did": str(saved.id)}
    assert "25 October to 8 November 2024" in text(at)
    assert "the whole months it lies in are judged" in text(at)
    assert "Where you went (20 cells)" in text(at)  # those really visited, not those planned
    assert "<b>2024</b>" not in " ".join(one.proto.body for one in at.get("html"))
    on_the_page = re.sub(r'<div class="how">.*?</details>.*?</div>', "", text(at), flags=re.DOTALL)
    assert "Weighted displacement difference" in text(at)
    for word in ("displacement", "treated", "Comparison", "comparison area", " ring"):
        assert word not in on_the_page, word
    assert (
        len(re.findall(r"anti-social behaviour \(ASB\)", text(at), flags=re.IGNORECASE)) == 2
    )  # in the finding and in the note
    for table in at.dataframe:
        columns = json.loads(table.proto.columns)
        for name in table.value.columns:
            assert columns[name]["label"] != name, name
            assert columns[name]["help"], name
    slide = open_page(monkeypatch, store, PAGE, view="slide")
    assert first_line(slide) == first_line(at)
    assert 'class="slide"' in html(slide)
    assert "Month by month" not in html(slide)


def test_months_of_an_operation_that_are_not_known_are_named(
    monkeypatch: pytest.MonkeyPatch, store: Path, plan: Plan, area: Area
) -> None:
    cells = tuple(grid_reference(*area.grid().corners(area.grid().cells[1000:1020])))
    shift = replace(plan.shifts[0], starts=datetime(2025, 1, 10, 18))
    run(store, replace(plan, first=date(2025, 1, 3), last=date(2025, 2, 8), shifts=(shift,)), cells, NOW)
    assert refusals(opened(monkeypatch, store)) == [
        "The operation cannot be judged yet: January 2025 to February 2025 are not in the data. data.police.uk usually "
        "publishes a month within about two months of its end: look for February 2025 from April 2025 on, and load it "
        "on the Data page."
    ]


def test_it_opens_on_the_last_operation_that_was_run(
    monkeypatch: pytest.MonkeyPatch, store: Path, plan: Plan, area: Area
) -> None:
    cells = tuple(grid_reference(*area.grid().corners(area.grid().cells[1000:1020])))

    def of(title: str, last: date, visited: tuple[str, ...] = cells, saved: int = 0) -> int:
        shift = replace(plan.shifts[0], starts=datetime(last.year, last.month, last.day, 18))
        made = replace(plan, title=title, first=last - timedelta(days=9), last=last, shifts=(shift,))
        return run(store, made, visited, NOW + timedelta(days=saved)).id

    latest = of("Easter", date(2025, 4, 20))  # months that are not known yet: quick to refuse
    earlier = of("Winter", date(2025, 1, 30), saved=9)
    of("Nobody went", date(2025, 6, 1), ())
    at = opened(monkeypatch, store)
    assert first_line(at) == "Easter: no verdict."
    assert "April 2025 is not in the data" in refusals(at)[0]
    assert at.selectbox(key="did_widget_did_subject").options[:2] == ["Easter", "Winter"]
    at = open_page(monkeypatch, store, PAGE, did=str(earlier))  # what the address asks for stands
    assert first_line(at) == "Winter: no verdict."
    at.session_state["did_places"] = []
    at.selectbox(key="did_widget_did_subject").set_value("past").run()
    assert first_line(at) == "Tried on past months, with no operation: no verdict."
    at.query_params.clear()
    at.run()  # another page and back: the choice stands
    assert asked(at)["did"] == "past"
    newest = of("Summer", date(2025, 8, 20))
    at.query_params.clear()
    at.run()  # until another operation was run
    assert first_line(at) == "Summer: no verdict."
    assert asked(at) == {"did": str(newest)}
    assert first_line(open_page(monkeypatch, store, PAGE, did=str(latest))) == "Easter: no verdict."
