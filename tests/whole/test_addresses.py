"""A view is in its address: what a person chose, copied and opened by somebody else, shows the same on every page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.kinds.crime_types import DRUGS, GROUPS
from data.plan import plans
from pages.ui.plan.saved import state as saved_state
from pages.ui.plan.where.ranking import BY_HAND, OwnPlace
from pages.ui.plan.who.form import CrewRow, ShiftRow
from pages.ui.shell.choice import Choice
from tests.conftest import ROOT
from tests.plan.made_plans import LATER, NOW, made_plan
from tests.tab_pages import PAGES, TIMEOUT, html, in_address
from tests.whole.test_docs import first_names, section

PLAN = "Plan an operation"
SCRIPTS = PAGES | {PLAN: "pages/plan_operation.py", "Problems": "pages/problems.py"}
EVIL = "<img src=x onerror=alert(1)>**[x](javascript:alert(1))"
# Asked elsewhere: the first means nothing yet, the second needs two feeds, the third has a button, the fourth needs an
# area with two ward layers, the fifth a store that counts whole forces; those of zones are asked in tests/zone.
ELSEWHERE = {"source", "feed", "view", "boundaries", "beside", "zone", "zones", "old-zones", "did-zones"}
WARD, CELL, OTHER = "E05010941", "SJ414906", "SJ442904"
DAYS, NIGHTS = (date(2025, 2, 1), date(2025, 2, 12)), (date(2025, 2, 7), date(2025, 2, 8))
CREWS = (CrewRow("Patrol 1", "officers", 3, "foot", CELL), CrewRow("Patrol 2", "wardens", 1, "vehicle", "SJ4190"))
SHIFTS = (ShiftRow(NIGHTS, 20, 30, 2.5), ShiftRow((), 2, 0, 1.0))


@dataclass(frozen=True)
class View:
    """A page, what a person chose there (keys of the session), and the address that says so."""

    page: str
    state: dict[str, Any]
    address: dict[str, str]


VIEWS = {
    "month by month": View(
        "Overview",
        {"overview_tabs": "Month by month", "overview_baseline": "2023-12"},
        {"tab": "month-by-month", "baseline-to": "2023-12"},
    ),
    "files": View(
        "Data", {"data_load": "A partner's dated feed", "data_details": "Revisions"},
        {"load": "feed", "tab": "revisions"},
    ),
    "wards in a season": View(
        "Seasonal peaks",
        {"peaks_tabs": "By ward", "peaks_ward_season": "november", "peaks_years": "Years overlaid"},
        {"years": "overlaid", "tab": "by-ward", "ward-season": "november"},
    ),
    "days of a feed": View(
        "Seasonal peaks", {"peaks_tabs": "Dated feed", "peaks_feed_year": 2023}, {"tab": "dated-feed", "year": "2023"}
    ),
    "change by cell": View(
        "Hotspots",
        {
            "choice": Choice(category=DRUGS, period="2023", season="halloween", wards=(WARD,), as_at="2024-11"),
            "hot_tabs": "Change", "hot_change_unit": "Cells", "hot_change_against": "The months just before",
            "hot_show": "cells", "hot_share": 0.02, "hot_township": "Kirkby", "hot_at": f"ward-{WARD}",
        },
        {
            "category": "drugs", "period": "2023", "season": "halloween", "wards": WARD, "as-at": "2024-11",
            "tab": "change", "by": "cells", "against": "just-before",
            "layer": "cells", "share": "2", "go": "kirkby", "at": f"ward-{WARD}",
        },
    ),
    "one month of a sum": View(
        "Hotspots",
        {"choice": Choice(category="Burglary + Robbery"), "hot_month": "2024-10", "hot_show": "cells"},
        {"category": "burglary,robbery", "month": "2024-10", "layer": "cells"},
    ),
    "wards of a sum": View(
        "Overview",
        {"choice": Choice(category=GROUPS[0].category, wards=(WARD,))},
        {"category": "all-recorded-crime", "wards": WARD},
    ),
    "operation": View(
        PLAN,
        {"plan_operation": "Halloween and Bonfire Night"},
        {"operation": "halloween-and-bonfire-night-2025"},
    ),
    "crews": View(
        PLAN,
        {
            "plan_step": "3 Who", "plan_operation": "", "plan_days": DAYS, "plan_feed": "", "plan_share": 0.02,
            "plan_own": (OwnPlace(f"Own place {OTHER}", OTHER),), "plan_pinned": (f"Own place {OTHER} ({BY_HAND})",),
            "plan_crews": CREWS, "plan_shifts": SHIFTS, "plan_stay": 12, "plan_share_again": True,
            "plan_shift_shown": 1,
        },
        {
            "days": "2025-02-01..2025-02-12", "hours": "alike", "step": "3-who", "share": "2", "own": OTHER,
            "must": "own1", "crews": "3-officers-foot-SJ414906_1-wardens-vehicle-SJ4190",
            "shifts": "2030-2.5h-0207to0208_0200-1h-none", "stay": "12", "shared": "yes", "shift": "2",
        },
    ),
    "saved plan": View(
        PLAN,
        {"plan_step": "Saved plans", saved_state.CHOSEN: (1, 1), "plan_saved_archived": True},
        {"step": "saved-plans", "plan": "1-1", "archived": "too"},
    ),
    "past months": View(
        "Did it work",
        {
            "did_subject": "past", "did_township": None, "did_first": "2024-05", "did_last": "2024-06",
            "did_places": ["1", "2"], "did_wards": [WARD], "did_cells": [CELL], "did_width": 200, "did_squares": [],
            "did_added": ["SJ440900", "SJ442900"], "did_removed": ["SJ444900"],
        },
        {
            "did": "past", "go": "places", "did-from": "2024-05", "did-to": "2024-06", "did-places": "1,2",
            "did-wards": WARD, "did-cells": CELL, "did-around": "200", "did-squares": "none",
            "did-added": "SJ440900,SJ442900", "did-removed": "SJ444900",
        },
    ),
    "example of a problem": View(
        "Problems",
        {"problem_chosen": (-1, 1), "problem_step": "analysis"},
        {"problem": "-1", "problem-step": "analysis"},
    ),
    "zones": View("Problems", {"problem_part": "zones"}, {"show": "zones"}),
    "baseline": View("Plan targets", {"targets_baseline": "2023/24"}, {"baseline": "2023/24"}),
    "review of a year": View(
        "Plan targets", {"targets_tabs": "Annual review", "targets_review_year": "2022/23"},
        {"tab": "annual-review", "review": "2022/23"},
    ),
    "needs assessment": View(
        "Briefing", {"document_kind": "Needs assessment", "document_year": "2022/23"},
        {"document": "needs-assessment", "year": "2022/23"},
    ),
    "panels": View(
        "Briefing",
        {
            "brief_audience": "team", "brief_panels": ["trend", "season", "plan"], "brief_tabs": "Seasonal effect",
            "plan_operation": "Halloween and Bonfire Night",
        },
        {
            "operation": "halloween-and-bonfire-night-2025", "for": "team", "panels": "trend_season_plan",
            "tab": "seasonal-effect",
        },
    ),
}  # fmt: skip
QUICK = ("files",)  # in every run; tests of a page ask the same of its own parameters


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with the demonstration and a plan of two revisions."""
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))
    monkeypatch.setenv("DASHBOARD_TODAY", "2025-01-15")
    plan = replace(made_plan(), simulated=True)
    saved = plans.save(tmp_path, plan, NOW)
    plans.revise(tmp_path, saved.id, saved.revision, replace(plan, title="Changed"), LATER)
    return tmp_path


def run(page: str, query: dict[str, str] | None = None, state: dict[str, Any] | None = None) -> AppTest:
    """A page in a session of its own, opened by an address or with what a person chose."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT)
    for name, value in (query or {}).items():
        at.query_params[name] = value
    for name, value in (state or {}).items():
        at.session_state[name] = value
    if SCRIPTS[page]:
        at.switch_page(SCRIPTS[page])
    at.run()
    assert not at.exception
    return at


def shown(at: AppTest) -> list[bytes]:
    """All that a page drew, as it goes to the browser; files are made anew for each session."""
    found = []
    for element in at.main:
        sent = element.proto
        if hasattr(sent, "SerializeToString") and element.type != "download_button":
            if "set_value" in sent.DESCRIPTOR.fields_by_name:  # whether the value was set says nothing of it
                sent.ClearField("set_value")
            found.append(sent.SerializeToString(deterministic=True))
    return found


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.long) for name in VIEWS]
)
def test_an_address_that_was_copied_shows_the_same(store: Path, name: str) -> None:
    assert store.is_dir()
    view = VIEWS[name]
    chosen = run(view.page, state=view.state)
    assert in_address(chosen) == view.address
    assert not chosen.info
    copied = run(view.page, in_address(chosen))
    assert in_address(copied) == view.address
    assert shown(copied) == shown(chosen)


def test_every_parameter_there_is_was_copied() -> None:
    said = first_names(section("formats.md", "Addresses of pages"))
    assert {name for view in VIEWS.values() for name in view.address} | ELSEWHERE | {"without"} == said


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.long) for name in VIEWS]
)
def test_what_is_hostile_is_told_as_text_and_left_out(store: Path, name: str) -> None:
    assert store.is_dir()
    view = VIEWS[name]
    where = {key: value for key, value in view.address.items() if key in {"step", "tab", "did", "document"}}
    wrong = dict.fromkeys(view.address, EVIL)
    at = run(view.page, wrong | where)
    assert EVIL not in html(at)
    assert not any(EVIL in one.value or "](" in one.value for one in at.info)
    asked = set(view.address) - set(where)
    assert len(at.info) >= len({one.split("-")[0] for one in asked}) or name in {"panels", "past months"}, at.info
    assert EVIL not in in_address(at).values()
    left = where | ({"plan": "1"} if name == "saved plan" else {})  # which is always said
    assert in_address(at) == left
