"""A problem on the page: two people at it, who may only look, what was typed and not saved, what nobody touched."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan import plans
from data.problem.problem import (
    ANALYSIS,
    ASSESSMENT,
    CLOSED,
    DATA,
    OBJECTIVE,
    OPEN,
    PARTNER,
    RESPONSE,
    SCANNING,
    Line,
    Measure,
    Step,
)
from data.problem.problems import PROBLEMS
from data.store.schema import Incidents
from data.zone.zones import ZONES
from geo.grid import grid_reference
from pages.ui.shell import access
from tests.plan.made_plans import made_plan
from tests.problem.made_problem import SECRET, closure, made_problem
from tests.problem.page_parts import (
    NOW,
    PLANNER,
    READER,
    Open,
    column,
    go,
    labels,
    newest,
    press,
    ran,
    simple,
    type_in,
    widget,
)
from tests.tab_pages import finding, text

DID = "pages/did_it_work.py"


def test_a_save_over_anothers_is_refused_and_what_was_typed_stays(open_at: Open, store: Path) -> None:
    problem = replace(simple(), scanning=Step((Line("count", "Ten.", DATA), Line("", "Mine.", PARTNER))))
    PROBLEMS.save(store, problem, NOW)
    at = open_at(store, problem="1", step=OBJECTIVE)
    type_in(at, "What is to be reached", "Typed for a long time")
    PROBLEMS.revise(store, 1, 1, replace(problem, objective="Theirs", owner="Others"), NOW, what="Objective saved")
    press(at, "Save the objective")
    assert "another has saved this problem since you opened it (objective saved)" in text(at)
    assert "Another has saved this problem since you opened it: Objective saved" in text(at)
    assert widget(at.text_area, "What is to be reached").value == "Typed for a long time"  # type: ignore[attr-defined]
    press(at, "Show the newest")
    assert "Others" in text(at)
    assert widget(at.text_area, "What is to be reached").value == "Typed for a long time"  # type: ignore[attr-defined]
    press(at, "Save the objective")
    assert newest(store).objective == "Typed for a long time"
    assert newest(store).owner == "Others"
    # where nothing was typed, the newest is shown
    PROBLEMS.revise(store, 1, 3, replace(newest(store), objective="Theirs again"), NOW)
    press(ran(at), "Show the newest")
    assert widget(at.text_area, "What is to be reached").value == "Theirs again"  # type: ignore[attr-defined]


def test_no_text_lands_on_a_line_that_another_put_there(open_at: Open, store: Path) -> None:
    problem = replace(simple(), scanning=Step((Line("", "First.", PARTNER), Line("", "Second.", PARTNER))))
    PROBLEMS.save(store, problem, NOW)
    at = open_at(store, problem="1", step=SCANNING)
    widget(at.selectbox, "Change").set_value(1)  # type: ignore[attr-defined]
    ran(at)
    type_in(at, "What it says", "Second, better.")
    lines = (Line("", "Zeroth.", PARTNER), *problem.scanning.lines)
    PROBLEMS.revise(store, 1, 1, replace(problem, scanning=Step(lines)), NOW)
    press(ran(at), "Show the newest")
    assert widget(at.text_area, "What it says").value == "First."  # type: ignore[attr-defined]
    widget(at.selectbox, "Change").set_value(2)  # type: ignore[attr-defined]
    ran(at)
    assert widget(at.text_area, "What it says").value == "Second, better."  # type: ignore[attr-defined]


def test_who_may_only_look_sees_all_steps_and_no_restricted_zone(
    open_at: Open, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ZONES.save(store, closure(), NOW).id
    where = replace(simple().where, zone=number, names=(SECRET,))
    one = PROBLEMS.save(store, replace(made_problem(), where=where, title=f"Noise at {SECRET}"), NOW)
    who = SimpleNamespace(actor=PLANNER)
    monkeypatch.setattr(access, "actor", lambda: who.actor)
    at = open_at(store, problem=str(one.id))
    assert SECRET in text(at)
    assert {"Make a copy", "Archive", "Name, owner and places"} <= labels(at)
    who.actor = READER
    ran(at)
    for step in (OBJECTIVE, SCANNING, ANALYSIS, RESPONSE, ASSESSMENT):
        go(at, step)
        assert SECRET not in text(at)
        assert labels(at) - {"Log out"} == {"All problems", "Screenshot view"}
        assert "SJ469939" not in text(at)
    press(at, "All problems")
    assert SECRET not in "".join(column(at, "Name"))
    assert "As reader you cannot start problems" in text(at)


def test_ninety_days_untouched_are_told(open_at: Open, store: Path) -> None:
    for day, title in ((17, "Long ago"), (18, "Of late")):
        PROBLEMS.save(store, simple(title=title), datetime(2024, 10, day, 12, tzinfo=UTC))
    closed = simple(title="Ended", state=CLOSED, closed_on=date(2024, 9, 1))
    PROBLEMS.save(store, closed, datetime(2024, 9, 1, 12, tzinfo=UTC))
    at = open_at(store)
    notes = dict(zip(column(at, "Name"), column(at, "Note"), strict=True))
    assert notes == {"Long ago": "nobody touched it for 90 days", "Of late": "", "Ended": ""}
    assert finding(at) == "2 problems are open, 1 closed; nobody touched 1 for 90 days."
    assert "Nobody touched it for 90 days." in text(open_at(store, problem="1"))
    at = open_at(store, problem="3", step="nowhere")
    assert "“nowhere”" in at.info[0].value
    assert finding(at) == "Ended: closed. Cannot tell."
    assert "“77”" in open_at(store, problem="77").info[0].value


# --- what was typed and not saved -------------------------------------------------------------------------------------
def two_lines(store: Path) -> None:
    lines = (Line("count", "Ten.", DATA), Line("", "Residents say so.", PARTNER))
    PROBLEMS.save(store, simple(scanning=Step(lines)), NOW)


def choose(at: AppTest, label: str, value: object) -> None:
    widget(at.selectbox, label).set_value(value)  # type: ignore[attr-defined]
    ran(at)


def test_a_line_that_is_saved_takes_no_text_with_it_and_no_step_is_signed_over_one(open_at: Open, store: Path) -> None:
    two_lines(store)
    at = open_at(store, problem="1", step=SCANNING)
    type_in(at, "What it says", "The gate is broken.")
    press(at, "Sign off")
    assert "a line is typed and not saved" in text(at)
    assert newest(store).scanning.signed is None
    choose(at, "Change", 1)
    type_in(at, "What it says", "Wardens say so.")
    press(at, "Save the line")
    assert newest(store).scanning.lines[1].text == "Wardens say so."
    assert widget(at.text_area, "What it says").value == "The gate is broken."  # type: ignore[attr-defined]
    press(at, "Sign off")
    assert newest(store).scanning.signed is None
    press(at, "Save the line")
    press(at, "Sign off")
    assert newest(store).scanning.signed is not None
    assert [line.text for line in newest(store).scanning.lines[1:]] == ["Wardens say so.", "The gate is broken."]


def test_an_entry_and_a_table_that_are_saved_take_no_text_of_another_with_them(open_at: Open, store: Path) -> None:
    PROBLEMS.save(store, replace(simple(), responses=made_problem().responses[2:], tallies=made_problem().tallies), NOW)
    at = open_at(store, problem="1", step=RESPONSE)
    type_in(at, "What is done", "A new gate")
    choose(at, "Change", 0)
    type_in(at, "What is done", "Barrier at both entrances")
    press(at, "Save the entry")
    assert newest(store).responses[0].what == "Barrier at both entrances"
    assert widget(at.text_input, "What is done").value == "A new gate"  # type: ignore[attr-defined]
    go(at, ASSESSMENT)
    type_in(at, "What is counted", "Noise")
    next(one for one in at.selectbox if one.label == "Change" and "tallies" in str(one.key)).set_value(0)
    ran(at)
    type_in(at, "From whom", "The contact centre")
    press(at, "Save the counts")
    assert newest(store).tallies[0].source == "The contact centre"
    assert widget(at.text_input, "What is counted").value == "Noise"  # type: ignore[attr-defined]


def test_a_plan_that_was_forgotten_meanwhile_is_told(open_at: Open, store: Path) -> None:
    plan = plans.save(store, replace(made_plan(), simulated=False), NOW)
    PROBLEMS.save(store, simple(), NOW)
    at = open_at(store, problem="1", step=RESPONSE)
    away = plans.archive(store, plan.id, plan.revision, NOW)
    plans.forget(store, away.id, away.revision)
    choose(at, "Plan or zone", f"plan-{plan.id}")
    assert "there is no such plan" in text(at)
    press(at, "Save the entry")
    assert newest(store).responses == ()


# --- places that are not those of today -------------------------------------------------------------------------------
def busiest(real: Incidents, area: Area) -> tuple[str, ...]:
    """The six cells with most ASB."""
    grid, frame = area.grid(), real.of(ASB).frame
    at = grid.locate(frame["easting_m"].to_numpy(), frame["northing_m"].to_numpy())
    top = pd.Series(at[np.isin(at, grid.cells)]).value_counts().index[:6]
    return tuple(sorted(grid_reference(*grid.corners(top.to_numpy()))))


def two_cells(area: Area) -> tuple[str, ...]:
    grid = area.grid()
    return tuple(sorted(grid_reference(*grid.corners(grid.cells[100:102]))))


def test_cells_of_another_size_are_refused_and_not_counted_on_todays(open_at: Open, store: Path, area: Area) -> None:
    PROBLEMS.save(store, simple(where=replace(simple().where, cells=two_cells(area), cell_size_m=250.0)), NOW)
    at = open_at(store, problem="1")
    for step in (OBJECTIVE, SCANNING, ANALYSIS, RESPONSE, ASSESSMENT):
        go(at, step)
        assert "on cells of 250 m, and cells are 200 m now: nothing is counted there" in text(at)
        assert "Fill in again from the data" not in labels(at)
    press(at, "Name, owner and places")
    assert "No place is chosen yet." in text(at)


def test_the_cells_of_a_restricted_zone_stay_its_own_when_it_is_archived(
    open_at: Open, store: Path, area: Area
) -> None:
    """Else they would leave with the problem as anybody's."""
    zone = ZONES.save(store, closure(), NOW)
    one = PROBLEMS.save(store, simple(where=replace(simple().where, cells=two_cells(area), zone=zone.id)), NOW)
    ZONES.archive(store, zone.id, 1, NOW)
    at = press(open_at(store, problem=str(one.id)), "Name, owner and places")
    type_in(at, "Name", "Another name")
    press(at, "Save the changes")
    assert (newest(store, one.id).title, newest(store, one.id).where.zone) == ("Another name", zone.id)
    assert "It is not exported: its places are a zone that is not exported." in text(at)


def test_who_may_not_see_the_places_is_told_so_and_not_given_a_nought(
    open_at: Open, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = ZONES.save(store, closure(), NOW)
    one = PROBLEMS.save(store, simple(where=replace(simple().where, zone=zone.id)), NOW)
    monkeypatch.setattr(access, "actor", lambda: READER)
    at = open_at(store, problem=str(one.id))
    for step in (OBJECTIVE, SCANNING, ANALYSIS, RESPONSE, ASSESSMENT):
        go(at, step)
        assert "Its places are those of a zone that is not shown here, and nothing is counted" in text(at)
        assert not at.get("plotly_chart")
        assert not at.get("download_button")


# --- the end ----------------------------------------------------------------------------------------------------------
def test_what_the_page_showed_is_kept_as_it_is_closed_and_did_it_work_says_the_same(
    open_at: Open, real_store: Path, real: Incidents, tmp_path: Path, area: Area
) -> None:
    """Nobody pressed "Fill in": it does not read as if nobody had looked."""
    own = Path(shutil.copytree(real_store, tmp_path / "own"))
    problem = simple(where=replace(simple().where, cells=busiest(real, area)), scanning=Step(), analysis=Step())
    measure = Measure("2024-05", "2024-08", "the same months of 2018", 0.5, "A fall under about 50 % goes unseen.")
    PROBLEMS.save(own, replace(problem, assessment=Step(), measure=measure), NOW)
    at = open_at(own, problem="1", step=ASSESSMENT)
    assert "What the data say is not kept yet" in text(at)
    (link,) = (one.proto for one in at.get("page_link") if one.proto.label.startswith("The same in Did it work"))
    asked = {key: values[0] for key, values in parse_qs(link.query_string).items()}
    press(at, "Close the problem")
    verdict = newest(own).assessment.lines[0]
    assert verdict.key == "verdict"
    assert verdict.text.endswith(" Months: May to August 2024.")
    said = verdict.text.removesuffix(" Months: May to August 2024.").removeprefix("ASB incidents")
    assert said in finding(open_at(own, DID, **asked))
    assert not finding(at).endswith("It was not judged.")
    assert {"Open it again", "Make a copy"} <= labels(at)
    assert not {"Close the problem", "Name, owner and places", "Save the line"} & labels(at)


def test_one_whose_places_lie_outside_the_area_is_closed_all_the_same(open_at: Open, store: Path) -> None:
    PROBLEMS.save(store, replace(simple(), assessment=Step(), measure=made_problem().measure), NOW)
    press(open_at(store, problem="1", step=ASSESSMENT), "Close the problem")
    assert newest(store).state == CLOSED
    assert newest(store).assessment.lines[0].refused


def test_other_months_of_the_objective_ask_for_another_verdict(
    open_at: Open, real_store: Path, tmp_path: Path, area: Area
) -> None:
    own = Path(shutil.copytree(real_store, tmp_path / "own"))
    old = Line("verdict", "It fell. Months: July to December 2024.", DATA)
    signed = made_problem().scanning.signed
    for number, sign in enumerate((None, signed), 1):
        where = replace(made_problem().where, cells=two_cells(area))
        PROBLEMS.save(own, replace(made_problem(), where=where, responses=(), assessment=Step((old,), sign)), NOW)
        at = open_at(own, problem=str(number), step=OBJECTIVE)
        choose(at, "From", "2024-10")
        press(at, "Save the objective")
        (line,) = (one for one in newest(own, number).assessment.lines if one.key == "verdict")
        assert line.text.endswith("July to December 2024." if sign else "October to December 2024.")
    assert "Assessment stands as signed for the months before" in PROBLEMS.history(own, 2)[0].what


def test_a_line_that_is_typed_is_saved_before_it_is_closed(open_at: Open, store: Path) -> None:
    PROBLEMS.save(store, simple(), NOW)
    at = open_at(store, problem="1", step=ASSESSMENT)
    type_in(at, "What it says", "Traders say that it is much quieter.")
    press(at, "Close the problem")
    assert "a line is typed and not saved" in text(at)
    assert newest(store).state == OPEN
    press(at, "Save the line")
    press(at, "Close the problem")
    assert newest(store).state == CLOSED
    assert newest(store).assessment.lines[-1].text == "Traders say that it is much quieter."


def test_one_that_another_closed_is_not_changed_by_a_form_that_was_open(open_at: Open, store: Path, area: Area) -> None:
    problem = simple(where=replace(simple().where, cells=two_cells(area)))
    PROBLEMS.save(store, problem, NOW)
    at = press(open_at(store, problem="1"), "Name, owner and places")
    type_in(at, "Name", "Another name")
    ended = replace(problem, state=CLOSED, closed_on=date(2025, 1, 9))
    PROBLEMS.revise(store, 1, 1, ended, NOW, what="Closed")
    press(ran(at), "Go on from the newest, with what you changed")
    press(at, "Save the changes")
    assert "this problem is closed" in text(at)
    assert newest(store) == ended
    assert widget(at.text_input, "Name").value == "Another name"  # type: ignore[attr-defined]
    PROBLEMS.revise(store, 1, 2, problem, NOW, what="Opened again")
    press(ran(at), "Go on from the newest, with what you changed")
    press(at, "Save the changes")
    assert newest(store).title == "Another name"
