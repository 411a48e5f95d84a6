"""Saved plans: what one person saves is read back, every revision kept, and what was done beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.place.area import Area
from data.plan import plans
from data.plan.figures import figures
from data.plan.words import difference
from data.store.store import is_empty, store_version
from geo.errors import InputError
from tests.plan.made_plans import LATER, NOW, as_planned, made_plan, made_shift, path, retimed


# --- one person ------------------------------------------------------------------------------------------------------
def test_reading_a_store_without_plans_makes_nothing(store: Path) -> None:
    assert plans.listed(store) == plans.saved(store) == figures(store) == ()
    for read in (plans.load, plans.history):
        with pytest.raises(InputError, match="no such plan"):
            read(store, 1)
    with pytest.raises(InputError, match="no such plan"):
        plans.edit(store, 1, 1, "Title", "", NOW)
    with pytest.raises(InputError, match="no such plan"):
        plans.forget(store, 1, 1)
    assert not store.exists()


def test_a_plan_saved_on_the_demonstration_leaves_the_demonstration_there(store: Path) -> None:
    before = store_version(store)
    one = plans.save(store, made_plan(), NOW)
    assert is_empty(store)
    assert store_version(store) == before
    assert plans.listed(store)[0].simulated
    assert one.plan.simulated


def test_what_was_saved_is_read_back(store: Path) -> None:
    plan = made_plan(notes="Two lines\nof notes")
    one = plans.save(store, plan, NOW)
    assert plans.load(store, one.id) == one == plans.saved(store)[0]
    assert one.plan == plan
    listed = plans.listed(store)[0]
    assert (listed.title, listed.operation, listed.first, listed.last) == (
        plan.title, plan.operation, plan.first, plan.last,
    )  # fmt: skip
    assert (listed.status, listed.revision, listed.saved_at) == (plans.DRAFT, 1, NOW)


def test_plans_are_listed_last_saved_first(store: Path) -> None:
    first, second = (plans.save(store, made_plan(title), NOW) for title in ("One", "Two"))
    plans.edit(store, first.id, 1, "One again", "", LATER)
    assert [one.title for one in plans.listed(store)] == ["One again", "Two"]
    third = plans.save(store, made_plan("Three"), NOW - timedelta(days=4000))  # a clock that was set back
    assert [one.title for one in plans.listed(store)] == ["Three", "One again", "Two"]
    assert [one.id for one in plans.saved(store)] == [first.id, second.id, third.id]


def test_figures_of_arrays_are_saved_as_plain_numbers(store: Path) -> None:
    values: dict[str, Any] = {"past": np.int64(7), "expected": np.float64(1.5), "pinned": np.bool_(1)}
    place = replace(made_plan().places[0], **values)
    one = plans.save(store, replace(made_plan(), places=(place,)), NOW)
    assert plans.load(store, one.id).plan.places[0] == replace(place, past=7, expected=1.5, pinned=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": " \t\x00 "}, "no title"),
        ({"title": "x" * 121}, "at most 120 characters"),
        ({"notes": "x" * 4001}, "at most 4,000 characters"),
        ({"expected": float("nan")}, "figure that cannot be saved"),
        ({"parameters": {"a": object()}}, "figure that cannot be saved"),
    ],
)
def test_what_cannot_be_saved_is_refused_and_makes_no_file(store: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        plans.save(store, replace(made_plan(), **change), NOW)
    assert not store.exists()


def test_the_time_of_a_save_needs_its_zone(store: Path) -> None:
    with pytest.raises(InputError, match="zone"):
        plans.save(store, made_plan(), NOW.replace(tzinfo=None))
    one = plans.save(store, made_plan(), NOW.astimezone(tz=None))
    assert one.saved_at == NOW


def test_titles_hold_no_control_characters(store: Path) -> None:
    one = plans.save(store, made_plan(" a\x1b[31m\nb\u202e\ud800 ", notes="c\r\nd\x00"), NOW)
    assert (one.plan.title, one.plan.notes) == ("a [31m b", "c\nd")


def test_letters_that_nobody_sees_or_that_turn_a_line_are_not_kept(store: Path) -> None:
    with pytest.raises(InputError, match="no title"):
        plans.save(store, made_plan("\u200b\u2060\u3164"), NOW)
    plan = made_plan("A\u200fB\u061cC\ufeff")
    places = (replace(plan.places[0], name="Bonfire\u202e etis\u200b"), *plan.places[1:])
    one = plans.save(store, replace(plan, places=places, notes="a\u200bb\nc"), NOW)
    assert one.plan.title == "ABC"
    assert one.plan.places[0].name == "Bonfire  etis"
    assert one.plan.notes == "ab\nc"


def test_plans_name_wards_of_the_area(area: Area) -> None:
    assert {place.ward_code for place in made_plan().places} <= set(area.ward_names)


# --- revisions -------------------------------------------------------------------------------------------------------
def test_every_revision_is_kept_with_what_changed(store: Path) -> None:
    first = plans.save(store, made_plan(), NOW)
    fewer = replace(first.plan, shifts=first.plan.shifts[:1])
    second = plans.revise(store, first.id, 1, fewer, LATER)
    third = plans.edit(store, first.id, 2, "Renamed", "Ask the fire service", LATER)
    assert [plans.load(store, first.id, n).plan for n in (1, 2, 3)] == [first.plan, fewer, third.plan]
    assert [(r.revision, r.what, r.saved_at) for r in plans.history(store, first.id)] == [
        (3, f"Title: was {first.plan.title}; notes", LATER),
        (2, "Shifts: 2 to 1", LATER),
        (1, "Saved", NOW),
    ]
    assert second.plan == fewer
    assert plans.listed(store)[0].revision == 3
    with pytest.raises(InputError, match="no such revision"):
        plans.load(store, first.id, 4)


def test_nothing_changed_is_no_revision(store: Path) -> None:
    one = plans.save(store, made_plan(), NOW)
    assert plans.revise(store, one.id, 1, made_plan(), LATER) == one
    assert plans.edit(store, one.id, 1, made_plan().title + " ", "", LATER) == one
    assert len(plans.history(store, one.id)) == 1


def test_saving_over_anothers_edit_is_refused_and_nothing_is_lost(store: Path) -> None:
    one = plans.save(store, made_plan(), NOW)
    theirs = plans.edit(store, one.id, 1, "Theirs", "", LATER)
    with pytest.raises(InputError, match="another has saved this plan") as refused:
        plans.edit(store, one.id, 1, "Mine", "", LATER)
    assert "save yours as a new plan" in str(refused.value)
    for change in (
        lambda: plans.revise(store, one.id, 1, made_plan("Mine"), LATER),
        lambda: plans.mark_run(store, one.id, 1, as_planned(one.plan), LATER),
        lambda: plans.archive(store, one.id, 1, LATER),
        lambda: plans.forget(store, one.id, 1),
    ):
        with pytest.raises(InputError, match="another has saved this plan"):
            change()
    assert plans.load(store, one.id) == theirs
    mine = plans.save(store, made_plan("Mine"), LATER)
    assert {each.title for each in plans.listed(store)} == {"Theirs", "Mine"}
    assert mine.id != one.id


def test_a_copy_is_a_plan_of_its_own(store: Path) -> None:
    one = plans.save(store, made_plan(), NOW)
    run = plans.mark_run(store, one.id, 1, as_planned(one.plan), LATER)
    copied = plans.copy(store, one.id, run.revision, "Next year", LATER)
    assert copied.status == plans.DRAFT
    assert copied.records == ()
    assert replace(copied.plan, title=one.plan.title) == one.plan
    assert plans.history(store, copied.id)[0].what == f"Copy of revision 2 of {one.plan.title}"
    assert plans.load(store, one.id) == run


def test_a_plan_of_the_demonstration_does_not_become_a_real_one(store: Path) -> None:
    one = plans.save(store, made_plan(), NOW)
    with pytest.raises(InputError, match="demonstration"):
        plans.revise(store, one.id, 1, made_plan(simulated=False), LATER)


def test_changes_in_words() -> None:
    old = made_plan()
    marked = replace(old.places[0], pinned=True), replace(old.places[1], left_out=True), *old.places[2:4]
    new = replace(old, places=marked, shifts=(old.shifts[0], made_shift(old.shifts[1].starts, 500)))
    said = "Places: 2 gone, 1 newly pinned, 1 newly left out; patrol-hours: 25.3 to 28.7"
    assert difference(old, new) == said
    assert difference(old, old) == ""
    assert difference(old, retimed(old, datetime(2024, 10, 31, 18))) == "Shifts: other times or routes"
    assert difference(old, replace(old, first=date(2024, 10, 28))) == "Days: were 2024-10-25 to 2024-11-08"
    assert difference(old, replace(old, data_version="other")) == "How it was made"
    assert difference(old, replace(old, as_at="2024-08", expected=70.0)) == "As at: was 2024-07; expected incidents"


# --- what was done ---------------------------------------------------------------------------------------------------
def test_what_was_done_is_kept_and_can_be_corrected(store: Path) -> None:
    one = plans.save(store, made_plan(), NOW)
    done = as_planned(one.plan)
    run = plans.mark_run(store, one.id, 1, done, LATER)
    assert run.status == plans.RUN
    assert run.visited == one.plan.visited
    assert run.what == "Marked as run: 2 of 2 shifts ran, 24 patrol-hours"
    assert plans.mark_run(store, one.id, 2, done, LATER) == run
    rained = replace(done[1], ran=False, hours=0.0, cells=(), remark=" Rained\x00 off ")
    corrected = plans.mark_run(store, one.id, 2, [done[0], rained], LATER)
    assert corrected.what == "What was done corrected: 1 of 2 shifts ran, 12 patrol-hours"
    assert corrected.records[1] == replace(rained, remark="Rained off")
    assert plans.load(store, one.id) == corrected
    assert plans.load(store, one.id, 2) == run


def test_what_was_planned_cannot_change_once_it_was_run(store: Path) -> None:
    one = plans.save(store, made_plan(), NOW)
    plans.mark_run(store, one.id, 1, as_planned(one.plan), LATER)
    with pytest.raises(InputError, match="marked as run"):
        plans.revise(store, one.id, 2, replace(one.plan, shifts=one.plan.shifts[:1]), LATER)
    renamed = plans.edit(store, one.id, 2, "Renamed", "It went well", LATER)
    assert renamed.records
    assert renamed.plan.shifts == one.plan.shifts


def test_all_that_is_wrong_with_records_is_told_at_once(store: Path) -> None:
    one = plans.save(store, made_plan(), NOW)
    first, second = as_planned(one.plan)
    with pytest.raises(InputError) as refused:
        plans.mark_run(
            store, one.id, 1, [replace(first, hours=float("inf")), replace(second, ran=False, cells=("here",))], LATER
        )
    for said in ("31 October, 17:00: patrol-hours", "05 November, 18:30: it did not run", "six figures: here"):
        assert said in str(refused.value)
    for wrong in ([first], [second, first], []):
        with pytest.raises(InputError, match="each shift"):
            plans.mark_run(store, one.id, 1, wrong, LATER)
    empty = plans.save(store, replace(made_plan(), shifts=()), NOW)
    with pytest.raises(InputError, match="no shifts"):
        plans.mark_run(store, empty.id, 1, [], LATER)
    assert plans.load(store, one.id) == one


# --- putting away ----------------------------------------------------------------------------------------------------
def test_an_archived_plan_is_read_and_taken_back_but_not_changed(store: Path) -> None:
    one = plans.save(store, made_plan(), NOW)
    run = plans.mark_run(store, one.id, 1, as_planned(one.plan), LATER)
    away = plans.archive(store, one.id, 2, LATER)
    assert away.status == plans.ARCHIVED == plans.listed(store)[0].status
    assert away.records == run.records
    with pytest.raises(InputError, match="archived"):
        plans.edit(store, one.id, 3, "New", "", LATER)
    assert plans.take_back(store, one.id, 3, LATER).status == plans.RUN
    with pytest.raises(InputError, match="not archived"):
        plans.forget(store, one.id, 4)


def test_a_forgotten_plan_leaves_nothing_in_the_file_and_its_number_to_nobody(store: Path) -> None:
    kept = plans.save(store, made_plan("Kept"), NOW)
    one = plans.save(store, made_plan("Secretname", notes="Secretnote"), NOW)
    plans.edit(store, one.id, 1, "Harmless", "", NOW)
    plans.archive(store, one.id, 2, NOW)
    assert b"Secretn" in path(store).read_bytes()
    plans.forget(store, one.id, 3)
    assert b"Secretn" not in path(store).read_bytes()
    assert [each.id for each in plans.listed(store)] == [kept.id]
    assert plans.save(store, made_plan("New"), NOW).id == one.id + 1
