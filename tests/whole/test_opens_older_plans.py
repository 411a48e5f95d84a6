"""Plans and typed figures that version 0.1.0 saved open as they were written, and are saved again."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from data.kinds.crime_types import ASB, DRUGS
from data.plan import plans
from data.plan.figures import figures, save_figure
from data.plan.plans import ARCHIVED, DRAFT, RUN, Record
from tests import tab_pages
from tests.conftest import ROOT

OLDER = ROOT / "tests" / "fixtures" / "made_by_0_1" / "store"
NOW = datetime(2025, 2, 10, 9, 0, tzinfo=UTC)
VERSION = "2746ce0019a4c71d"  # of the incidents beside them

# --- what version 0.1.0 saved ----------------------------------------------------------------------------------------
AUTUMN, HALLOWEEN = "Halloween and Bonfire Night", datetime(2024, 10, 31, 17)
# The last saved first: number, revision, title, operation, crime type, status, marked as run, simulated.
LISTED = [
    (8, 1, "By the page on loaded incidents", "Summer holidays", ASB, DRAFT, False, False),
    (7, 3, "Run and put away", AUTUMN, ASB, ARCHIVED, True, False),
    (5, 2, "Copy that was put away", "", DRUGS, ARCHIVED, False, False),
    (4, 1, "Half term, places only", "", DRUGS, DRAFT, False, False),
    (3, 3, "Halloween and Bonfire Night 2024", AUTUMN, ASB, RUN, True, False),
    (2, 3, "Autumn nights, shorter", AUTUMN, ASB, DRAFT, False, False),
    (1, 2, "Practice on the demonstration", AUTUMN, ASB, DRAFT, False, True),
]
# Every revision: number of the plan, revision, what changed, status, when (UTC), places, shifts.
HISTORY = [
    (1, 1, "Saved", DRAFT, "2024-09-02 10:30", 18, 2),
    (1, 2, "Places: 1 newly pinned, 1 newly left out; shifts: other times or routes", DRAFT, "2024-09-02 11:00", 18, 2),
    (2, 1, "Saved", DRAFT, "2025-01-11 08:10", 6, 2),
    (2, 2, "Title: was Autumn nights; shifts: 2 to 1", DRAFT, "2025-01-11 08:20", 6, 1),
    (2, 3, "Notes", DRAFT, "2025-01-11 08:30", 6, 1),
    (3, 1, "Saved", DRAFT, "2025-01-11 08:40", 6, 2),
    (3, 2, "Marked as run: 2 of 2 shifts ran, 24 patrol-hours", RUN, "2025-01-11 08:50", 6, 2),
    (3, 3, "What was done corrected: 1 of 2 shifts ran, 12 patrol-hours", RUN, "2025-01-11 09:00", 6, 2),
    (4, 1, "Saved", DRAFT, "2025-01-11 09:10", 6, 0),
    (5, 1, "Copy of revision 1 of Half term, places only", DRAFT, "2025-01-11 09:20", 6, 0),
    (5, 2, "Archived", ARCHIVED, "2025-01-11 09:30", 6, 0),
    (7, 1, "Copy of revision 3 of Autumn nights, shorter", DRAFT, "2025-01-11 10:00", 6, 1),
    (7, 2, "Marked as run: 1 of 1 shifts ran, 8.5 patrol-hours", RUN, "2025-01-11 10:10", 6, 1),
    (7, 3, "Archived", ARCHIVED, "2025-01-11 10:20", 6, 1),
    (8, 1, "Saved", DRAFT, "2025-01-11 11:40", 13, 2),
]
EVERYWHERE = ("SJ420986", "SJ420988", "SJ434900", "SJ444922", "SJ470920", "SJ472922", "SJ482924")
DONE = {
    3: (
        Record(HALLOWEEN, ran=True, hours=12.0, cells=EVERYWHERE),
        Record(datetime(2024, 11, 5, 18, 30), ran=False, hours=0.0, cells=(), remark="Stood down: storm"),
    ),
    7: (Record(HALLOWEEN, ran=True, hours=8.5, cells=("SJ420988", "SJ472922")),),
}
# Name, day, figure, source; all that was saved.
FIGURES = [
    ("confidence", date(2024, 6, 30), 61.5, "Résidents’ survey 2024, 812 asked"),
    ("demonstration: training", date(2024, 12, 31), 7.0, "Practice"),
    ("legal_powers", date(2024, 12, 31), 3.0, "Legal team return"),
    ("legal_powers", date(2024, 12, 31), None, "withdrawn"),
    ("training", date(2024, 9, 30), 40.0, "Training register, October 2024"),
    ("training", date(2024, 9, 30), 46.0, "Training register, corrected"),
    ("training", date(2024, 12, 31), 95.5, "Training register, January 2025"),
]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OLDER, tmp_path / "store"))


def plain(value: Any) -> Any:
    """What a dataclass holds, in the words of JSON."""
    return json.loads(json.dumps(asdict(value), default=lambda one: one.isoformat()))


def kept(known: Any, found: Any) -> Any:
    """What was found, without what a later version may hold beside it."""
    if isinstance(known, dict):
        return {name: kept(part, found[name]) for name, part in known.items()}
    if isinstance(known, list):
        assert len(known) == len(found)
        return [kept(*both) for both in zip(known, found, strict=True)]
    return found


# --- what is there ---------------------------------------------------------------------------------------------------
def test_the_list_of_plans(store: Path) -> None:
    assert [
        (one.id, one.revision, one.title, one.operation, one.category, one.status, one.run, one.simulated)
        for one in plans.listed(store)
    ] == LISTED
    assert [one.id for one in plans.saved(store)] == [1, 2, 3, 4, 5, 7, 8]


def test_every_revision_of_every_plan(store: Path) -> None:
    found = []
    for number in (1, 2, 3, 4, 5, 7, 8):
        for entry in reversed(plans.history(store, number)):
            plan = plans.load(store, number, entry.revision).plan
            when = f"{entry.saved_at:%Y-%m-%d %H:%M}"
            size = len(plan.places), len(plan.shifts)
            found.append((number, entry.revision, entry.what, entry.status, when, *size))
        assert plans.load(store, number).records == DONE.get(number, ())
    assert found == HISTORY


def test_every_value_that_was_written_is_read(store: Path) -> None:
    with closing(sqlite3.connect(f"{OLDER.as_uri()}/plans.sqlite3?mode=ro&immutable=1", uri=True)) as db:
        rows = db.execute("SELECT plan, revision, saved_at, content, records FROM revisions").fetchall()
    assert len(rows) == len(HISTORY)
    for number, revision, when, content, records in rows:
        one = plans.load(store, number, revision)
        plan, done = json.loads(content), json.loads(records or "[]")
        del plan["format"]
        assert kept(plan, plain(one.plan)) == plan
        assert kept(done, [plain(record) for record in one.records]) == done
        assert one.saved_at == datetime.fromisoformat(when)


def test_what_a_plan_holds(store: Path) -> None:
    page, draft, alone = (plans.load(store, number).plan for number in (1, 2, 4))
    assert {place.title for place in page.places if place.pinned} == {"Broom Road"}
    assert {place.title for place in page.places if place.left_out} == {"Teal Grove (parking area)"}
    assert page.places[-1].title == "Skate park (added by hand)"
    assert [patrol.crew for patrol in page.shifts[1].patrols] == ["Kilo 1 (wardens)", "Kilo 2 (officers)"]
    assert page.shifts[1].ends == datetime(2024, 11, 6, 1, 30)
    assert all(patrol.visits for shift in page.shifts for patrol in shift.patrols)
    assert draft.notes == "First line\nÉcole – second line\nOne night fewer"
    assert [len(patrol.visits) for patrol in draft.shifts[0].patrols] == [3, 5]
    assert (alone.expected, alone.operation, alone.shifts) == (None, "", ())
    assert plans.load(store, 8).plan.data_version == VERSION


def test_typed_figures(store: Path) -> None:
    every = figures(store, with_history=True)
    assert [(one.name, one.as_of, one.value, one.source) for one in every] == FIGURES
    assert every[0].saved_at == datetime(2025, 1, 11, 11, 20, tzinfo=UTC)
    assert figures(store) == (every[0], every[1], every[5], every[6])


# --- going on with it ------------------------------------------------------------------------------------------------
def test_a_plan_is_saved_again(store: Path) -> None:
    one = plans.load(store, 2)
    new = plans.revise(store, 2, 3, replace(one.plan, title="Autumn nights, again", share=0.03), NOW)
    assert (new.revision, new.plan.places, new.plan.shifts) == (4, one.plan.places, one.plan.shifts)
    assert plans.load(store, 2) == new
    assert plans.load(store, 2, 3) == one
    assert [entry.revision for entry in plans.history(store, 2)] == [4, 3, 2, 1]
    assert plans.edit(store, 3, 3, one.plan.title, "Stood down on 5 November", NOW).records == DONE[3]
    assert plans.take_back(store, 7, 3, NOW).status == RUN
    assert plans.save(store, one.plan, NOW).id == 9
    figure = save_figure(store, "training", 120, date(2025, 1, 31), "Training register, February 2025", NOW)
    assert figure in figures(store)
    assert len(figures(store, with_history=True)) == 8


def test_saved_plans_open(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = tab_pages.open_tab(monkeypatch, store, "pages/plan_operation.py", "plan_step", "Saved plans")
    assert "5 plans are saved, 1 of them marked as run." in tab_pages.text(at)
    table = next(one.value for one in at.dataframe if "Revisions" in one.value)
    assert list(table["Title"]) == [row[2] for row in LISTED if row[5] != ARCHIVED]
    assert list(table["Simulated"]) == ["no", "no", "no", "no", "yes"]
    at.selectbox(key="plan_saved_pick").select(3).run()
    assert not at.exception
    done = next(one.value for one in at.dataframe if "Patrol-hours" in one.value)
    assert list(done["Ran"]) == ["yes", "no"]
    assert list(done["Remark"]) == ["", "Stood down: storm"]
