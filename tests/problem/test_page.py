"""The page of problems: hidden until it is used, a problem's whole life, started elsewhere, other areas and stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from data.plan import plans
from data.plan.saved import RUN
from data.problem.problem import (
    ANALYSIS,
    ASSESSMENT,
    CLOSED,
    DATA,
    OBJECTIVE,
    PARTNER,
    RESPONSE,
    SCANNING,
    TallyRow,
)
from data.problem.problems import PROBLEMS
from data.zone.zones import ZONES
from pages.ui.plan.saved.start import start
from pages.ui.shell import access, problem_link
from tests.conftest import ROOT
from tests.county import make_county
from tests.plan.made_plans import made_plan
from tests.problem.made_problem import closure
from tests.problem.page_parts import (
    NOW,
    PAGE,
    READER,
    Open,
    column,
    go,
    labels,
    links,
    newest,
    press,
    ran,
    simple,
    type_in,
    widget,
)
from tests.tab_pages import finding, html, in_address, refusals, text

HOSTILE = "<script>alert(1)</script> **bold** [a](b)"


# --- hidden -----------------------------------------------------------------------------------------------------------
def test_it_is_listed_only_where_it_is_used(open_at: Open, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_at(store)
    assert "Problems" not in links(at)
    assert "write problems = true at the top of the area file" in text(at)
    assert finding(at).startswith("No problem is saved yet")
    asked: list[Path] = []
    monkeypatch.setattr(problem_link, "anything_kept", lambda path: bool(asked.append(path)) or True)
    assert "Problems" not in links(open_at(store, "pages/plan_targets.py"))
    assert asked == []  # no file of plans: nothing is asked
    monkeypatch.undo()
    PROBLEMS.save(store, simple(title=HOSTILE), NOW)
    at = open_at(store)
    assert links(at).index("Problems") == links(at).index("Did it work") + 1
    assert "write problems = true" not in text(at)
    assert "<script>alert" not in html(at)
    assert column(at, "Name") == [HOSTILE]


def test_a_zone_lists_it_and_the_question_is_asked_once_for_a_state_of_the_file(
    open_at: Open, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ZONES.save(store, closure(), NOW)
    asked: list[Path] = []
    kept = problem_link.anything_kept
    monkeypatch.setattr(problem_link, "anything_kept", lambda path: asked.append(path) or kept(path))
    for _ in range(3):
        assert "Problems" in links(open_at(store, "pages/plan_targets.py"))
    assert asked == [store]


def test_the_area_file_switches_it_on(
    open_at: Open, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "area"
    folder.mkdir()
    words = (ROOT / "data" / "area.toml").read_text(encoding="utf-8")
    (folder / "area.toml").write_text(f"problems = true\n{words}", encoding="utf-8", newline="\n")
    for one in (ROOT / "data").glob("*.geojson"):
        (folder / one.name).write_bytes(one.read_bytes())
    monkeypatch.setenv("DASHBOARD_AREA", str(folder / "area.toml"))
    assert "Problems" in links(open_at(store, "pages/plan_targets.py"))


# --- a problem's life -------------------------------------------------------------------------------------------------
def test_a_problem_is_made_worked_on_closed_and_opened_again(open_at: Open, store: Path) -> None:
    at = press(open_at(store), "New problem")
    assert press(at, "Save the problem").session_state["problem_form"] is not None
    assert "it has no name; it has no owner: a role or team; no place is chosen" in text(at)
    type_in(at, "Name", "Noise around the park")
    type_in(at, "Owner: a role or team", "John Smith")
    ranked = widget(at.multiselect, "Places of the ranking")
    ranked.select(ranked.options[0])  # type: ignore[attr-defined]
    press(ran(at), "Save the problem")
    assert "This looks like a person's name" in text(at)
    press(at, "Change it")
    type_in(at, "Owner: a role or team", "Neighbourhood team")
    press(at, "Save the problem")
    one = newest(store)
    assert one.where.cells
    assert one.where.names == (ranked.options[0].partition(". ")[2],)  # type: ignore[attr-defined]
    assert {line.by for line in one.scanning.lines} == {DATA}
    assert one.scanning.lines[0].key == "count"
    assert any(line.refused for line in one.analysis.lines)
    assert in_address(at) == {"problem": "1", "problem-step": OBJECTIVE}
    assert "1 of 5" in finding(at)
    # what could be seen is said before it can be saved
    words = text(at)
    assert "What fall could be seen cannot be told." in words
    type_in(at, "What is to be reached", "Quiet evenings in the park")
    widget(at.number_input, "Wanted fall in % (0: no figure)").set_value(30)  # type: ignore[attr-defined]
    press(ran(at), "Save the objective")
    one = newest(store)
    assert one.objective == "Quiet evenings in the park"
    assert one.measure is not None
    assert (one.measure.first, one.measure.last, one.measure.wanted) == ("2024-11", "2025-04", 0.3)
    assert one.measure.said in words
    lines_of_scanning(at, store)
    for_response(at, store)
    the_end(at, store)


def lines_of_scanning(at: AppTest, store: Path) -> None:
    go(at, SCANNING)
    assert "(data)" in text(at)
    before = newest(store).scanning.lines
    widget(at.selectbox, "Change").set_value(0)  # type: ignore[attr-defined]
    ran(at)
    type_in(at, "What it says", "More than last year, say the wardens.")
    press(at, "Save the line")
    line = newest(store).scanning.lines[0]
    assert (line.by, line.data_text) == (PARTNER, before[0].text)
    assert "partner; the data said: " in text(at)
    widget(at.selectbox, "Change").set_value(-1)  # type: ignore[attr-defined]
    ran(at)
    type_in(at, "What it says", "The gate is broken.")
    press(at, "Save the line")
    widget(at.selectbox, "Change").set_value(1)  # type: ignore[attr-defined]
    press(ran(at), "Remove it")
    assert [one.text for one in newest(store).scanning.lines[1:]] == [
        *(b.text for b in before[2:]),
        "The gate is broken.",
    ]
    press(at, "Fill in again from the data")
    lines = newest(store).scanning.lines
    assert [one.key for one in lines] == [*(b.key for b in before), ""]
    assert lines[0].text == "More than last year, say the wardens."
    press(at, "Sign off")
    signed = newest(store).scanning.signed
    assert signed is not None
    assert (signed.as_at, signed.role) == ("2024-10", "this computer")
    assert "as known at October 2024" in text(at)
    assert {"Save the line", "Sign off"} & labels(at) == set()
    press(at, "Reopen this step")
    press(at, "Sign off")
    press(go(at, ANALYSIS), "Sign off")
    assert "4 of 5" in finding(at)


def for_response(at: AppTest, store: Path) -> None:
    plans.save(store, replace(made_plan(), simulated=False), NOW)
    go(at, RESPONSE)
    type_in(at, "What is done", "A gate that closes")
    type_in(at, "Partner: a team or body", "Council parks")
    press(at, "Save the entry")
    (entry,) = newest(store).responses
    assert (entry.kind, entry.what, entry.partner, entry.first) == (
        "own",
        "A gate that closes",
        "Council parks",
        date(2025, 1, 15),
    )
    widget(at.selectbox, "Plan or zone").set_value("plan-1")  # type: ignore[attr-defined]
    press(ran(at), "Save the entry")
    plan = next(one for one in newest(store).responses if one.kind == "plan")
    assert (plan.ref, plan.what, plan.first) == (1, made_plan().title, made_plan().first)
    assert column(at, "What") == [f"{made_plan().title} (saved plan)", "A gate that closes"]
    assert column(at, "When")[1] == "from 15 Jan 2025"
    widget(at.selectbox, "Change").set_value(0)  # type: ignore[attr-defined]
    press(ran(at), "Remove")
    assert [one.kind for one in newest(store).responses] == ["own"]


def the_end(at: AppTest, store: Path) -> None:
    go(at, ASSESSMENT)
    assert "says nothing against what was done" in text(at)  # no verdict is a normal ending
    assert "is not kept yet" in text(at)
    press(at, "Fill in from the data")
    assert newest(store).assessment.lines[0].refused
    assert "is not kept yet" not in text(at)
    type_in(at, "What is counted", "Calls about noise")
    type_in(at, "From whom", "Council")
    type_in(at, "Rows, at most 40: a label, a colon, a count", "Park: 12\nElsewhere 3")
    press(at, "Save the counts")
    assert "row 2 (Elsewhere 3)" in text(at)
    type_in(at, "Rows, at most 40: a label, a colon, a count", "Park: 12\nElsewhere: under 5")
    press(at, "Save the counts")
    assert newest(store).tallies[0].rows == (TallyRow("Park", 12), TallyRow("Elsewhere", None))
    press(at, "Close the problem")
    assert newest(store).state == CLOSED
    assert newest(store).closed_on == date(2025, 1, 15)
    assert finding(at).endswith(": closed. It was not judged.")
    assert "Reopen" not in " ".join(labels(at))
    press(at, "Open it again")
    assert newest(store).closed_on is None
    what = [one.what for one in PROBLEMS.history(store, 1)]
    assert what[0] == "Opened again"
    assert "Scanning: reopened" in what
    press(at, "Make a copy")
    assert newest(store, 2).title == "Copy of Noise around the park"
    press(at, "Archive")
    press(at, "Yes, archive it")
    assert PROBLEMS.load(store, 2).archived
    assert "Save the counts" not in labels(at)
    press(at, "Take out of the archive")
    press(at, "All problems")
    assert finding(at) == "2 problems are open."


# --- started from elsewhere -------------------------------------------------------------------------------------------
def test_it_is_started_with_one_press_from_other_pages(
    open_at: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_at(tmp_path, "pages/did_it_work.py", **{"did": "past", "did-from": "2024-06", "did-to": "2024-08"})
    press(at, "Start a problem here")
    assert [one.value for one in at.title] == ["Problems"]
    at.switch_page(PAGE)  # which this tester does not follow by itself
    type_in(at, "Name", "From the page")
    type_in(at, "Owner: a role or team", "A team")
    press(at, "Save the problem")
    assert newest(tmp_path).where.cells
    assert widget(at.selectbox, "From").value == "2024-06"  # type: ignore[attr-defined]
    assert widget(at.selectbox, "To").value == "2024-08"  # type: ignore[attr-defined]
    place = open_at(tmp_path, "pages/hotspots.py").dataframe[0].value["grid_reference"].iloc[0]
    at = press(open_at(tmp_path, "pages/hotspots.py", at=f"place-{place}"), "Start a problem here")
    assert " cells chosen." in text(at)
    assert widget(at.text_input, "Name").value  # type: ignore[attr-defined]
    monkeypatch.setattr(access, "actor", lambda: READER)
    assert "Start a problem here" not in labels(open_at(tmp_path, "pages/hotspots.py", at=f"place-{place}"))


def test_what_a_saved_plan_starts() -> None:
    saved = SimpleNamespace(plan=made_plan(), status=RUN, visited=("SJ472922",), id=4)
    begun = start(saved)  # type: ignore[arg-type]
    assert (begun.cells, begun.first, begun.last) == (("SJ472922",), "2024-10", "2024-11")
    (entry,) = begun.responses
    assert (entry.kind, entry.ref, entry.state) == ("plan", 4, "done")


# --- other stores and areas -------------------------------------------------------------------------------------------
def test_on_the_demonstration_there_are_examples_and_what_is_saved_is_simulated(open_at: Open, tmp_path: Path) -> None:
    at = open_at(tmp_path)
    assert "Problems" in links(at)
    assert column(at, "Note") == ["example", "example"]
    at = open_at(tmp_path, problem="-1")
    for step in (OBJECTIVE, SCANNING, ANALYSIS, RESPONSE, ASSESSMENT):
        go(at, step)
        assert "an example of the demonstration, to be read" in text(at)
        assert labels(at) == {"All problems", "Make a copy", "Screenshot view"}
    press(at, "Make a copy")
    assert newest(tmp_path).simulated
    assert "Save the entry" in labels(go(at, RESPONSE))
    at = press(open_at(tmp_path), "New problem")
    type_in(at, "Name", "Trying it out")
    type_in(at, "Owner: a role or team", "A team")
    ranked = widget(at.multiselect, "Places of the ranking")
    ranked.select(ranked.options[0])  # type: ignore[attr-defined]
    press(ran(at), "Save the problem")
    assert newest(tmp_path, 2).simulated
    assert "would go unseen" in text(at)
    for step in (SCANNING, ANALYSIS, RESPONSE, ASSESSMENT):
        go(at, step)
        assert refusals(at) == []


def test_a_county_has_problems_too(
    open_at: Open, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = make_county(shared, tmp_path)
    monkeypatch.setenv("DASHBOARD_AREA", str(tmp_path / "lancashire.toml"))
    at = press(open_at(county.store), "New problem")
    type_in(at, "Name", "Noise by the pier")
    type_in(at, "Owner: a role or team", "County team")
    ranked = widget(at.multiselect, "Places of the ranking")
    ranked.select(ranked.options[0])  # type: ignore[attr-defined]
    press(ran(at), "Save the problem")
    assert "borough" not in text(at)
    assert newest(county.store).scanning.lines[0].key == "count"
