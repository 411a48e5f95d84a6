"""What is asked before a saved plan changes, who may change it, and that a right that was taken away is gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.access.actor import LOOK, PLAN, Actor
from data.access.log import read_log
from data.plan import plans
from data.plan.names import ASK
from pages.ui.shell import access, frame
from tests.plan.made_plans import NOW, made_plan
from tests.tab_pages import text

PAGE = """
from dataclasses import replace
import streamlit as st
from pages.ui.plan.saved import step as plan_saved
from pages.ui.shell import frame
from tests.plan.made_plans import made_plan
with frame.page("Saved plans") as view:
    shifts = made_plan().shifts
    crew = st.session_state.get("crew")
    if crew:
        first = replace(shifts[0], patrols=tuple(replace(one, crew=f"{crew} (officers)") for one in shifts[0].patrols))
        shifts = (first, *shifts[1:])
    plan_saved.show(view.data, replace(made_plan(), shifts=shifts))
"""
READER = Actor("reader", "any@council.example", frozenset({LOOK}))
PLANNER = Actor("planner", "sergeant@council.example", frozenset({LOOK, PLAN}))
CHANGES = {"Archive", "Copy", "Mark as run", "Save as a new plan"}


class Who:
    """Whoever is at the page; they can lose their rights."""

    actor = PLANNER


@pytest.fixture
def who(monkeypatch: pytest.MonkeyPatch) -> Who:
    found = Who()
    monkeypatch.setattr(access, "actor", lambda: found.actor)
    return found


@pytest.fixture
def kept(store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DASHBOARD_DATA", str(store))
    monkeypatch.setattr(frame, "PAGES", ())
    plans.save(store, made_plan(), NOW)
    return store


@pytest.fixture
def page(kept: Path, who: Who) -> AppTest:
    return AppTest.from_string(PAGE, default_timeout=60).run()


def labels(at: AppTest) -> set[str]:
    return {button.label for button in at.button}


def press(at: AppTest, label: str) -> None:
    (button,) = (one for one in at.button if one.label == label)
    button.click().run()
    assert not at.exception


def title(at: AppTest, words: str) -> None:
    at.text_input(key="plan_saved_title_widget").input(words).run()


# --- rights ----------------------------------------------------------------------------------------------------------
def test_who_may_only_look_sees_plans_and_changes_none(kept: Path, who: Who) -> None:
    who.actor = READER
    at = AppTest.from_string(PAGE, default_timeout=60).run()
    assert not at.exception
    assert "Open" in labels(at)
    assert not CHANGES & labels(at)
    assert "As reader you cannot save plans" in text(at)
    assert at.get("download_button")


def test_a_right_that_was_taken_away_is_gone_at_the_next_press(page: AppTest, kept: Path, who: Who) -> None:
    assert labels(page) >= CHANGES
    who.actor = READER
    press(page, "Copy")
    assert "as reader you may not save or change plans" in text(page)
    assert len(plans.listed(kept)) == 1


# --- archiving -------------------------------------------------------------------------------------------------------
def test_archiving_asks_first_and_says_which_role(page: AppTest, kept: Path) -> None:
    press(page, "Archive")
    assert "Archive Halloween and Bonfire Night 2024 for everybody?" in text(page)
    assert plans.load(kept, 1).status == plans.DRAFT
    press(page, "Leave it")
    assert "for everybody?" not in text(page)
    press(page, "Archive")
    press(page, "Yes, archive it")
    assert plans.load(kept, 1).status == plans.ARCHIVED
    assert [(one.what, one.role) for one in plans.history(kept, 1)] == [
        ("Archived", "planner"), ("Saved", "command line"),
    ]  # fmt: skip
    assert "by planner" not in text(page)  # the plan is no longer looked at
    entry = read_log(kept).entries[0]
    assert (entry.act, entry.what, entry.account) == ("archive", "plan 1, revision 2", PLANNER.account)


def test_the_history_on_the_page_names_the_role(page: AppTest, kept: Path) -> None:
    plans.edit(kept, 1, 1, "Other", "", NOW, actor=replace(PLANNER, role="<b>planner</b>"))
    page.run()
    press(page, "Show the newest")
    assert ", by <b>planner</b>" in text(page)
    assert ", by command line" in text(page)
    assert PLANNER.account not in "".join(one.proto.body for one in page.get("html") if "History" in one.proto.body)


def test_a_question_about_one_plan_does_not_stay_for_another(page: AppTest, kept: Path) -> None:
    plans.save(kept, replace(made_plan(), title="Second"), NOW)
    press(page, "Archive")
    page.selectbox(key="plan_saved_pick").select(2).run()
    assert "for everybody?" not in text(page)
    page.selectbox(key="plan_saved_pick").select(1).run()
    assert "for everybody?" not in text(page)


# --- names -----------------------------------------------------------------------------------------------------------
def test_a_name_in_a_title_is_asked_about_and_kept_anyway(page: AppTest, kept: Path) -> None:
    title(page, "Halloween with Jane Smith")
    press(page, "Save as a new plan")
    assert f"{ASK}: Jane Smith." in text(page)
    assert len(plans.listed(kept)) == 1
    press(page, "Keep it anyway")
    assert plans.listed(kept)[0].title == "Halloween with Jane Smith"
    assert ASK not in text(page)


def test_a_name_is_changed(page: AppTest, kept: Path) -> None:
    title(page, "Halloween with Jane Smith")
    press(page, "Save as a new plan")
    press(page, "Change it")
    assert ASK not in text(page)
    title(page, "Halloween with Kilo 1")
    press(page, "Save as a new plan")
    assert ASK not in text(page)
    assert plans.listed(kept)[0].title == "Halloween with Kilo 1"


def test_another_name_in_the_meantime_is_asked_about_again(page: AppTest, kept: Path) -> None:
    title(page, "Halloween with Jane Smith")
    press(page, "Save as a new plan")
    title(page, "Halloween with Sarah Taylor")
    press(page, "Keep it anyway")
    assert f"{ASK}: Sarah Taylor." in text(page)
    assert len(plans.listed(kept)) == 1


def test_a_call_sign_is_asked_about(kept: Path, who: Who) -> None:
    at = AppTest.from_string(PAGE, default_timeout=60)
    at.session_state["crew"] = "Dave Roberts"
    at.run()
    press(at, "Save as a new plan")
    assert f"{ASK}: Dave Roberts." in text(at)
    at.session_state["crew"] = "Kilo 1"
    at.run()
    press(at, "Save as a new plan")
    assert len(plans.listed(kept)) == 2


def test_notes_and_remarks_are_asked_about(page: AppTest, kept: Path) -> None:
    (notes,) = (one for one in page.text_area if (one.key or "").startswith("plan_saved_words"))
    notes.input("Ask Sarah about the gate")
    press(page, "Save title and notes")
    assert f"{ASK}: Sarah." in text(page)
    press(page, "Keep it anyway")
    assert plans.load(kept, 1).plan.notes == "Ask Sarah about the gate"
    press(page, "Mark as run")
    remark = next(one for one in page.text_input if (one.key or "").endswith("_remark"))
    remark.input("PC Hughes was ill")
    press(page, "Save what was done")
    assert f"{ASK}: PC Hughes." in text(page)
    assert plans.load(kept, 1).status == plans.DRAFT
    press(page, "Keep it anyway")
    assert plans.load(kept, 1).status == plans.RUN


def test_a_hostile_name_is_text(page: AppTest) -> None:
    title(page, "<img src=x onerror=alert(1)> Jane Smith<b>")
    press(page, "Save as a new plan")
    assert all("<img" not in one.proto.body and "Smith<b>" not in one.proto.body for one in page.get("html"))
