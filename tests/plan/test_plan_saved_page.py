"""Saved plans on a page: saved, opened, changed, marked as run, put away; conflicts as plain sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.plan import plans
from data.plan.plan import Plan
from data.plan.plans import Record
from pages.ui.plan.saved import step as plan_saved
from pages.ui.shell import frame
from tests import tab_pages
from tests.plan.made_plans import made_plan

NOW = datetime(2024, 9, 2, 10, 30, tzinfo=UTC)
PAGE = """
from dataclasses import replace
import streamlit as st
from pages.ui.plan.saved import step as plan_saved
from pages.ui.shell import frame
from tests.plan.made_plans import made_plan
with frame.page("Saved plans") as view:
    view.finding(plan_saved.finding(view.data))
    changes = st.session_state.get("changes", {})
    if "elsewhere" not in st.session_state:
        plan_saved.show(view.data, None if changes is None else replace(made_plan(), **changes))
    found = plan_saved.opened(view.data)
    st.text(found.title if found else "none open")
"""
HOSTILE = "<script>alert(1)</script> **bold** [a](b)"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path / "store"))
    monkeypatch.setattr(frame, "PAGES", ())  # the page of this test stands alone
    return tmp_path / "store"


@pytest.fixture
def page(store: Path) -> AppTest:
    return AppTest.from_string(PAGE, default_timeout=60)


def press(at: AppTest, label: str) -> AppTest:
    found = [button for button in at.button if button.label == label]
    assert len(found) == 1, [button.label for button in at.button]
    found[0].click().run()
    assert not at.exception
    return at


def by_key(widgets: object, part: str) -> object:
    found = [widget for widget in widgets if part in (widget.key or "")]  # type: ignore[attr-defined]
    assert len(found) == 1
    return found[0]


def labels(at: AppTest) -> set[str]:
    return {button.label for button in at.button} - {"Screenshot view"}  # of every page


def told(at: AppTest) -> str:
    bodies = [element.proto.body for element in at.get("html")]
    return " ".join(body for body in bodies if 'class="done"' in body or 'class="failed"' in body)


def run_of(plan: Plan) -> list[Record]:
    return [Record(shift.starts, ran=True, hours=10.0, cells=("SJ472922",)) for shift in plan.shifts]


def test_a_plan_is_saved_on_the_demonstration(page: AppTest, store: Path) -> None:
    page.run()
    assert "No plan is saved yet." in tab_pages.text(page)
    assert not store.exists()
    assert labels(page) == {"Save as a new plan"}
    press(page, "Save as a new plan")
    one = plans.load(store, 1)
    assert one.plan == made_plan()
    said = tab_pages.text(page)
    assert "1 plan is saved; it is not yet marked as run." in said
    assert "Demonstration: simulated incidents." in said
    assert "draft (simulated), 25 October to 8 November 2024, revision 1" in said
    assert page.session_state["plan_open"] == (1, 1)
    assert page.text[0].value == made_plan().title
    files = [button.label for button in page.get("download_button")]
    assert files == [
        "To print (PDF)", "Visits (CSV)", "Page for the phone of Crew 1 (HTML)", "Page for the phone of Crew 2 (HTML)",
        "Places (CSV)", "Map layer (GeoJSON)", "Places and routes for phones (GPX)",
        "Calendar (iCalendar)",
    ]  # fmt: skip
    rows = page.dataframe[0].value
    assert list(rows["Visits"]) == [3, 5, 3, 5]
    assert list(rows["Crew"]) == ["Crew 1", "Crew 2"] * 2


def test_the_plan_that_is_looked_at_is_in_the_address(page: AppTest, store: Path) -> None:
    for title in ("First", "Second"):
        plans.save(store, replace(made_plan(), title=title), NOW)
    plans.revise(store, 1, 1, replace(made_plan(), title="Renamed"), NOW)
    plans.archive(store, 1, 2, NOW)
    page.query_params["plan"] = "1-1"
    page.run()
    assert page.session_state["plan_saved_chosen"] == (1, 1)
    assert tab_pages.in_address(page) == {"plan": "1-1", "archived": "too"}
    for wrong in ("1-9", "<b>x</b>", "9" * 99):
        again = AppTest.from_string(PAGE, default_timeout=60)
        again.query_params["plan"] = again.query_params["archived"] = wrong
        again.run()
        assert not again.exception
        assert len(again.info) == 2
        assert "<b>" not in tab_pages.html(again)
        assert tab_pages.in_address(again) == {"plan": "2"}


def test_what_the_steps_changed_is_said_and_saved_as_the_next_revision(page: AppTest, store: Path) -> None:
    plans.save(store, made_plan(), NOW)
    page.session_state["changes"] = {"shifts": made_plan().shifts[:1]}
    page.run()
    press(page, "Open")
    assert "The steps now differ from it. Shifts: 2 to 1." in tab_pages.text(page)
    page.text_input(key="plan_saved_title_widget").input("Shorter").run()
    press(page, "Save changes to Halloween and Bonfire Night 2024")
    one = plans.load(store, 1)
    assert (one.revision, one.plan.title, len(one.plan.shifts)) == (2, "Shorter", 1)
    assert "revision 2. Title: was Halloween and Bonfire Night 2024; shifts: 2 to 1." in told(page)
    assert page.session_state["plan_open"] == (1, 2)
    press(page, "Save changes to Shorter")
    assert "Nothing has changed since it was saved." in told(page)
    press(page, "Close")
    assert page.text[0].value == "none open"
    assert page.text_input(key="plan_saved_title_widget").value == made_plan().title


def test_anothers_edit_is_not_overwritten(page: AppTest, store: Path) -> None:
    page.run()
    press(page, "Save as a new plan")
    theirs = plans.edit(store, 1, 1, "Theirs", "", NOW)
    page.session_state["changes"] = {"shifts": ()}
    page.run()
    assert "Another has saved this plan since you opened it: revision 2" in tab_pages.text(page)
    press(page, "Save changes to Halloween and Bonfire Night 2024")
    assert "another has saved this plan since you opened it" in told(page)
    assert "save yours as a new plan" in told(page)
    assert plans.load(store, 1) == theirs
    press(page, "Save as a new plan")
    assert plans.load(store, 2).plan.shifts == ()
    page.selectbox(key="plan_saved_pick").select(1).run()
    assert "Theirs" in tab_pages.text(page)
    press(page, "Open")
    assert page.session_state["plan_open"] == (1, 2)


def test_a_person_sees_their_revision_until_they_ask_for_the_newest(page: AppTest, store: Path) -> None:
    plans.save(store, made_plan(), NOW)
    page.run()
    plans.edit(store, 1, 1, "Theirs", "", NOW)
    page.run()
    press(page, "Archive")
    press(page, "Yes, archive it")
    assert "Not done." in told(page)
    assert plans.load(store, 1).status == plans.DRAFT
    press(page, "Show the newest")
    assert page.session_state["plan_saved_chosen"] == (1, 2)
    assert "<strong>Theirs</strong>" in " ".join(element.proto.body for element in page.get("html"))
    press(page, "Archive")
    press(page, "Yes, archive it")
    assert plans.load(store, 1).status == plans.ARCHIVED


def test_title_and_notes_are_changed_and_gone_back_on(page: AppTest, store: Path) -> None:
    plans.save(store, made_plan(), NOW)
    page.run()
    page.text_input(key="plan_saved_words_1_1_title").input("Renamed")
    page.text_area(key="plan_saved_words_1_1_notes").input("Bring torches")
    press(page, "Save title and notes")
    assert (plans.load(store, 1).plan.title, plans.load(store, 1).plan.notes) == ("Renamed", "Bring torches")
    said = tab_pages.text(page)
    assert "Title: was Halloween and Bonfire Night 2024; notes" in said
    assert "Bring torches" in said
    press(page, "Go back to it")
    assert plans.load(store, 1).plan == made_plan()
    assert plans.load(store, 1).revision == 3
    press(page, "Copy it to a new plan")
    assert plans.load(store, 2).plan.title == "Copy of Renamed"
    press(page, "Copy")
    assert plans.load(store, 3).plan.title == "Copy of Copy of Renamed"
    assert page.dataframe[0].value["Title"].iloc[0] == "Copy of Copy of Renamed"


def test_what_was_done_is_filled_in_as_planned_and_corrected(page: AppTest, store: Path) -> None:
    plans.save(store, made_plan(), NOW)
    page.run()
    press(page, "Mark as run")
    assert "No names" in tab_pages.text(page)
    cells = by_key(page.multiselect, "_0_cells")
    planned = sorted({v.reference for p in made_plan().shifts[0].patrols for v in p.visits})
    assert cells.value == planned  # type: ignore[attr-defined]
    assert by_key(page.number_input, "_0_hours").value == 12.0  # type: ignore[attr-defined]
    cells.set_value(planned[:2])  # type: ignore[attr-defined]
    by_key(page.number_input, "_0_hours").set_value(9.5)  # type: ignore[attr-defined]
    by_key(page.text_input, "_0_remark").input(HOSTILE)  # type: ignore[attr-defined]
    by_key(page.checkbox, "_1_ran").uncheck()  # type: ignore[attr-defined]
    press(page, "Save what was done")
    one = plans.load(store, 1)
    assert one.records == (
        Record(made_plan().shifts[0].starts, ran=True, hours=9.5, cells=tuple(planned[:2]), remark=HOSTILE),
        Record(made_plan().shifts[1].starts, ran=False, hours=0.0, cells=()),
    )
    assert "Marked as run: 1 of 2 shifts ran, 9.5 patrol-hours." in told(page)
    assert "1 plan is saved; it is marked as run." in tab_pages.text(page)
    assert list(page.dataframe[0].value["Remark"]) == [HOSTILE, ""]
    assert "Save what was done" not in labels(page)
    press(page, "Correct what was done")
    assert by_key(page.multiselect, "_0_cells").value == planned[:2]  # type: ignore[attr-defined]
    by_key(page.checkbox, "_1_ran").check()  # type: ignore[attr-defined]
    press(page, "Save what was done")
    assert "What was done corrected: 2 of 2 shifts ran" in told(page)


def test_cells_that_were_typed_are_put_to_the_cell_they_lie_in(page: AppTest, store: Path) -> None:
    plans.save(store, made_plan(), NOW)
    page.run()
    press(page, "Mark as run")
    key = by_key(page.multiselect, "_0_cells").key  # type: ignore[attr-defined]
    page.session_state[key] = ["sj 4733 9233", "SJ 431 909"]
    press(page, "Save what was done")
    assert plans.load(store, 1).records[0].cells == ("SJ430908", "SJ472922")
    for typed, said in (("somewhere", "not a National Grid reference"), ("TQ300800", "outside the area")):
        press(page, "Correct what was done")
        key = by_key(page.multiselect, "_0_cells").key  # type: ignore[attr-defined]
        page.session_state[key] = [typed]
        press(page, "Save what was done")
        assert said in told(page)
        assert plans.load(store, 1).revision == 2
        press(page, "Correct what was done")


def test_a_plan_that_was_run_is_not_planned_anew(page: AppTest, store: Path) -> None:
    one = plans.save(store, made_plan(), NOW)
    plans.mark_run(store, 1, 1, run_of(one.plan), NOW)
    page.session_state["changes"] = {"shifts": ()}
    page.run()
    assert "Go back to it" not in labels(page)
    press(page, "Open")
    press(page, "Save changes to Halloween and Bonfire Night 2024")
    assert "marked as run: what was planned can no longer change" in told(page)
    assert plans.load(store, 1).plan == one.plan


def test_putting_away_taking_back_and_forgetting(page: AppTest, store: Path) -> None:
    plans.save(store, made_plan(), NOW)
    page.session_state["changes"] = None
    page.run()
    assert "Save as a new plan" not in labels(page)
    press(page, "Archive")
    press(page, "Yes, archive it")
    assert "No plan is saved yet." in tab_pages.text(page)
    assert not page.selectbox
    page.checkbox(key="plan_saved_archived_widget").check().run()
    assert labels(page) == {"Take out of the archive", "Forget", "Copy"}
    press(page, "Take out of the archive")
    assert plans.load(store, 1).status == plans.DRAFT
    press(page, "Archive")
    press(page, "Yes, archive it")
    forget = next(button for button in page.button if button.label == "Forget")
    assert forget.disabled
    by_key(page.checkbox, "plan_saved_sure").check().run()  # type: ignore[attr-defined]
    press(page, "Forget")
    assert plans.listed(store) == ()
    assert "Forgotten: Halloween and Bonfire Night 2024." in told(page)


def test_an_opened_plan_that_is_gone_is_closed(page: AppTest, store: Path) -> None:
    plans.save(store, made_plan(), NOW)
    page.run()
    press(page, "Open")
    (store / "plans.sqlite3").unlink()
    page.run()
    assert page.text[0].value == "none open"
    assert "plan_open" not in page.session_state
    assert labels(page) == {"Save as a new plan"}


def test_text_of_a_plan_is_text(page: AppTest, store: Path) -> None:
    plans.save(store, replace(made_plan(HOSTILE), notes=HOSTILE), NOW)
    plans.edit(store, 1, 1, HOSTILE + "!", HOSTILE, NOW)
    page.run()
    press(page, "Open")
    bodies = " ".join(element.proto.body for element in page.get("html"))
    assert "<script>alert" not in bodies
    assert "&lt;script&gt;alert(1)" in bodies
    assert not [label for label in labels(page) if "**" in label.replace("\\*", "")]


def test_a_damaged_file_is_a_plain_sentence(page: AppTest, store: Path) -> None:
    store.mkdir()
    (store / "plans.sqlite3").write_bytes(b"x" * 5000)
    page.run()
    assert not page.exception
    assert "the file of plans is damaged" in tab_pages.text(page)
    assert (store / "plans.sqlite3").read_bytes() == b"x" * 5000


def test_what_is_typed_outlives_another_page(page: AppTest, store: Path) -> None:
    page.run()
    page.text_input(key="plan_saved_title_widget").input("Typed").run()
    page.session_state["elsewhere"] = True
    page.run()
    assert "plan_saved_title_widget" not in page.session_state
    del page.session_state["elsewhere"]
    page.run()
    assert page.text_input(key="plan_saved_title_widget").value == "Typed"
    press(page, "Save as a new plan")
    assert plans.listed(store)[0].title == "Typed"


def test_the_files_of_a_saved_plan_are_made(page: AppTest, store: Path) -> None:
    from pages.ui.plan.saved.files import _calendar
    from pages.ui.shell.cache import dataset

    plans.save(store, made_plan(), NOW)
    plans.edit(store, 1, 1, "Renamed", "", NOW.replace(hour=12))
    page.run()
    first, second = (_calendar(dataset(), plans.load(store, 1, revision)) for revision in (1, 2))
    assert b"SEQUENCE:0" in first
    assert b"SEQUENCE:1" in second
    assert [line for line in first.split() if b"UID" in line] == [line for line in second.split() if b"UID" in line]
    assert plan_saved.finding(dataset()) == "1 plan is saved; it is not yet marked as run."


def test_how_it_went_is_said_where_it_was_done(page: AppTest, store: Path) -> None:
    plans.save(store, made_plan(), NOW)
    page.run()

    def above(label: str) -> bool:
        """Whether the sentence stands above the plan that is looked at."""
        press(page, label)
        bodies = [element.proto.body for element in page.get("html")]
        said, plan = (
            next(i for i, body in enumerate(bodies) if part in body) for part in ('class="done"', "</strong>, draft")
        )
        return said < plan

    assert not above("Open")
    assert above("Save as a new plan")
    page.run()
    assert not told(page)


def test_a_plan_without_hours_is_saved_with_its_places(page: AppTest, store: Path) -> None:
    page.session_state["changes"] = {"shifts": ()}
    page.run()
    press(page, "Save as a new plan")
    assert "No hours are shared out yet" in tab_pages.text(page)
    assert not [label for label in labels(page) if "run" in label]
    assert list(page.dataframe[0].value["Place"]) == [1, 2, 3, 4, 5, 6]
    assert list(page.dataframe[0].value["Marked"]) == ["", "", "", "", "pinned", "left out"]
    files = [button.label for button in page.get("download_button")]
    assert files == ["Places (CSV)", "Map layer (GeoJSON)", "Places and routes for phones (GPX)"]


def test_an_older_copy_of_the_file_put_back_is_shown_as_it_is(page: AppTest, store: Path) -> None:
    plans.save(store, made_plan(), NOW)
    older = (store / "plans.sqlite3").read_bytes()
    plans.edit(store, 1, 1, "Renamed", "", NOW)
    page.run()
    press(page, "Open")
    (store / "plans.sqlite3").write_bytes(older)
    page.run()
    assert page.text[0].value == "none open"
    assert "revision 1, saved 2 Sep 2024, 11:30" in tab_pages.text(page)
