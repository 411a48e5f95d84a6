"""The annual review on Plan targets, and as a section: its states are the analysis's, its history that of the store."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path

import pandas as pd
import pytest

from analysis.common.counts import compare_years
from analysis.common.refusal import Refusal
from analysis.course.target_progress import BELOW, Against
from analysis.findings import review as findings
from analysis.outcome.comparison import RING_M
from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan import plans
from data.plan.evidence import Entry, save_evidence
from data.plan.figures import save_figure
from data.store.schema import Incidents
from pages.ui.document.blocks import Paragraph, Table
from pages.ui.map import judged
from pages.ui.map.judged import AREA, Changes, Did
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import Filters
from pages.ui.targets import page as targets
from pages.ui.targets import review, review_panel
from pages.ui.targets.choice import BaselineChoice
from tests import tab_pages
from tests.plan.made_plans import NOW, as_planned, made_plan
from tests.tab_pages import Open

TAB = {"targets_tabs": "Annual review"}
DAY = date(2025, 1, 15)


def at_month(month: str | None) -> Filters:
    """What the page chooses when it is stepped to a month."""
    return Filters(ASB, None, None, as_at=None if month is None else pd.Period(month, "M"), stepped_back=True)


@pytest.fixture(scope="module")
def filled(real_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real store with operations, figures and texts."""
    store = Path(shutil.copytree(real_store, tmp_path_factory.mktemp("filled") / "store"))
    run = plans.save(store, replace(made_plan("Ran <i>"), simulated=False), NOW)
    plans.mark_run(store, run.id, 1, as_planned(run.plan), NOW)
    plans.save(store, replace(made_plan("Saved"), simulated=False), NOW)
    gone = plans.save(store, replace(made_plan("Put away"), simulated=False), NOW)
    plans.archive(store, gone.id, 1, NOW)
    plans.save(store, replace(made_plan("Practice"), simulated=True), NOW)
    plans.save(store, replace(made_plan("Before"), first=date(2024, 3, 31), simulated=False), NOW)
    for value, day in ((90, date(2024, 9, 30)), (95, date(2024, 9, 30)), (60, date(2023, 9, 30))):
        save_figure(store, "training", value, day, "Register", NOW)
    for text in ("First", "Bins <b>burnt</b>"):
        save_evidence(store, Entry(0, "fire", date(2024, 6, 30), text, "Fires: 41\nVisits: 9", "Return", NOW))
    return store


@pytest.fixture
def data(filled: Path, real: Incidents, area: Area) -> Dataset:
    return Dataset(area, real, DAY, f"{real.version}|review", filled)


def test_the_page_says_what_the_section_says(opened: Open, filled: Path, data: Dataset) -> None:
    at = opened(filled, TAB)
    section = review.section(data, replace(at_month("2024-12"), stepped_back=False), "2024/25")
    assert review_panel.html_of(section, 2) in " ".join(one.proto.body for one in at.get("html"))
    assert at.selectbox(key="targets_review_year").options[:2] == ["2024/25", "2023/24"]
    at.selectbox(key="targets_review_year").select("2023/24").run()
    assert not at.exception
    assert "Annual review 2023/24" in tab_pages.text(at)
    assert tab_pages.in_address(at)["review"] == "2023/24"
    aims, *_, typed = section.blocks, *section.sections
    assert [type(one) for one in aims] == [Paragraph, Table]
    assert "1 of this year was replaced" not in str(typed)
    assert "Ran <i>" not in tab_pages.html(at)
    assert escape("Ran <i>") in review_panel.html_of(section, 2)


def test_the_aims_of_a_year_are_known_at_its_end(data: Dataset, real: Incidents) -> None:
    found = review.review(data, at_month("2024-12"), "2023/24")
    course = targets.course(data, at_month("2024-03"), BaselineChoice())
    assert found.period == "April 2023 to March 2024"
    assert found.aims[0] == findings.target_aim(course, "ASB: 6 % less by 2026/27", "data.police.uk")
    assert "1,704 in 12 months" in found.aims[0].figure
    asb = compare_years(real.up_to(pd.Period("2024-03", "M")).of(ASB), name="ASB")
    assert found.aims[2].figure == asb.sentence
    assert (found.aims[2].state, found.aims[1].state) == (found.aims[0].state, findings.NOT_MEASURED)
    own = {one.aim: (one.figure, one.as_of) for one in found.aims}
    assert own["Training delivered"] == ("60 people trained", "2023-09-30")
    assert own["Public confidence"] == ("not given", "")
    assert found.operations[0].title == "Before"
    assert (len(found.operations), found.replaced) == (1, 0)


def test_operations_with_the_verdict_of_did_it_work(data: Dataset) -> None:
    found = review.review(data, at_month("2024-12"), "2024/25")
    assert [one.title for one in found.operations] == ["Ran <i>", "Saved"]
    ran, saved = found.operations
    assert (saved.known, saved.done) == (findings.NOT_LOOKED_AT, "saved, not marked as run")
    plan = plans.load(data.store, 1)
    first, last, known = (pd.Period(f"2024-{n}", "M") for n in (10, 11, 12))
    did = Did("", ASB, plan.visited, first, last, "x", known, RING_M)
    told = judged.verdict(data, did, Changes(), AREA)
    assert ran.known in findings.KNOWN
    assert ran.figures == findings.operation_known(
        told, run=True, visited=True, last=plan.plan.last, day=DAY, loaded=True
    )[1]  # fmt: skip
    early = review.review(data, at_month("2024-10"), "2024/25").operations[0]
    assert early.known == findings.NOT_LOOKED_AT
    assert early.figures.startswith("The operation cannot be judged yet: November 2024 is not in the data")


def test_what_was_typed_in_with_its_history(data: Dataset) -> None:
    found = review.review(data, at_month("2024-12"), "2024/25")
    assert [(one.what, one.said, one.source) for one in found.typed] == [
        ("Training delivered", "95 people trained", "Register"),
        ("Fires and fire safety", "Bins <b>burnt</b> Fires: 41; Visits: 9", "Return"),
    ]
    assert "Health, alcohol and drugs" in found.lacking
    assert found.replaced == 2
    assert [len(table) for table in review.frames(found).values()] == [9, 2, 2]
    before = review.review(data, at_month("2024-05"), "2024/25")
    assert (before.typed, before.replaced) == ((), 0)


def test_it_works_where_little_is_there(opened: Open, short: Path, tmp_path: Path, area: Area) -> None:
    at = opened(tmp_path, TAB)
    assert "simulated incidents" in tab_pages.text(at)
    assert "1,592" not in tab_pages.text(at).split('<section class="review">')[1]
    at = opened(short, TAB)
    assert "there is no total of the 12 months" in tab_pages.text(at).lower()
    demo = make_demo(area)
    data = Dataset(area, demo.incidents, demo.as_at, f"{demo.incidents.version}|none", tmp_path, demo)
    nothing = review.review(data, at_month("2022-01"), "2015/16")
    assert nothing.aims[0].state == findings.CANNOT_TELL
    assert nothing.period == "no month of the year is in the data"
    never = Dataset(replace(area, raw={"evidence": "none"}), demo.incidents, demo.as_at, "never", tmp_path, demo)
    assert review.section(never, at_month("2024-12"), "2024/25").blocks == (
        Paragraph("The area file names no aims to review."),
    )


def test_below_the_path_beyond_noise_is_on_it(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    course = targets.course(data, at_month("2024-12"), BaselineChoice())
    assert not isinstance(course, Refusal)
    assert isinstance(course.year, Against)
    below = replace(course, year=replace(course.year, side=BELOW))
    monkeypatch.setattr(targets, "course_of", lambda *_: below)
    assert review.review(data, at_month("2024-12"), "2024/25").aims[0].state == findings.ON_PATH


def test_what_is_saved_after_the_day_of_a_document_is_not_in_it(real: Incidents, area: Area, tmp_path: Path) -> None:
    """A document made again a year later with the day of then says what was known then."""
    data = Dataset(area, real, DAY, f"{real.version}|later", tmp_path / "store")
    then, later = datetime(2024, 5, 2, 9, tzinfo=UTC), datetime(2024, 6, 2, 9, tzinfo=UTC)
    old = replace(made_plan("Known then"), first=date(2024, 2, 5), last=date(2024, 2, 9), simulated=False)
    first = plans.save(data.store, old, then)
    save_figure(data.store, "training", 90, date(2024, 3, 30), "Register", then)
    save_evidence(data.store, Entry(0, "fire", date(2024, 3, 30), "Said then", "", "Return", then))

    def made() -> review.Review:
        return review.review(data, at_month("2024-03"), "2023/24", date(2024, 5, 3))

    before = made()
    assert [one.title for one in before.operations] == ["Known then"]
    assert {one.said for one in before.typed} >= {"Said then"}, "typed after the year's end, before the document"
    assert any("90" in one.said for one in before.typed)
    plans.edit(data.store, first.id, 1, "Renamed", "", later)
    plans.save(data.store, replace(old, title="Saved later"), later)
    save_figure(data.store, "training", 95, date(2024, 3, 30), "Register", later)
    save_evidence(data.store, Entry(0, "fire", date(2024, 3, 30), "Said later", "", "Return", later))
    assert made() == before
    assert "Saved later" in str(review.review(data, at_month("2024-03"), "2023/24").operations)
