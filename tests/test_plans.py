"""Saved plans: nothing is lost, whoever saves at the same moment and whatever ends the program."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import plan_file, plans
from data.area import Area
from data.figures import figures, save_figure
from data.patrolled import patrolled_before
from data.plan import Base, Patrol, Plan, PlanCell, PlanPlace, Shift, Visit, plan_from_json
from data.plan_words import difference
from data.plans import Record, Saved
from data.store import is_empty, store_version
from geo.errors import InputError
from tests.conftest import ROOT
from tests.made_plans import made_plan, made_shift, retimed

NOW = datetime(2024, 9, 2, 10, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "a store"


def as_planned(plan: Plan) -> list[Record]:
    return [
        Record(
            shift.starts,
            ran=True,
            hours=12.0,
            cells=tuple(v.reference for patrol in shift.patrols for v in patrol.visits),
        )
        for shift in plan.shifts
    ]


def path(store: Path) -> Path:
    return store / plan_file.FILE


# --- one person -------------------------------------------------------------------------------------------------------
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
    assert [one.id for one in plans.saved(store)] == [first.id, second.id]


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


# --- revisions --------------------------------------------------------------------------------------------------------
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


# --- what was done ----------------------------------------------------------------------------------------------------
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


# --- putting away -----------------------------------------------------------------------------------------------------
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


# --- files that cannot be used ----------------------------------------------------------------------------------------
def test_a_damaged_file_is_told_and_never_written(store: Path) -> None:
    one = plans.save(store, replace(made_plan(), parameters={"long": "x" * 60_000}), NOW)
    whole = path(store).read_bytes()
    rng = np.random.default_rng(5)
    damages = {
        "not a database": b"x" * 5000,
        "cut off": whole[: len(whole) // 2],
        "scrambled": whole[:5000] + rng.bytes(len(whole) - 5000),
        "one page of an old plan": whole[: 4096 * 12] + rng.bytes(4096) + whole[4096 * 13 :],
    }
    for name, raw in damages.items():
        path(store).write_bytes(raw)
        with pytest.raises(InputError, match=r"damaged|not a file of plans") as refused:
            plans.save(store, made_plan(), LATER)
        assert "changed" in str(refused.value) or "overwritten" in str(refused.value), name
        with pytest.raises(InputError, match="damaged"):
            plans.load(store, one.id)
        assert path(store).read_bytes() == raw, name


def test_a_damaged_plan_does_not_hide_the_others(store: Path) -> None:
    one, two = (plans.save(store, made_plan(title), NOW) for title in ("One", "Two"))
    with sqlite3.connect(path(store)) as db:
        db.execute("UPDATE revisions SET content = '{\"format\": 1}' WHERE plan = ?", (one.id,))
    db.close()
    assert [each.title for each in plans.listed(store)] == ["Two", "One"]
    assert plans.load(store, two.id) == two
    with pytest.raises(InputError, match="damaged"):
        plans.load(store, one.id)


@pytest.mark.parametrize(
    "change",
    [
        {"expected": "many"}, {"expected": float("nan")}, {"as_at": "soon"}, {"share": None}, {"title": 7},
        {"parameters": "x"}, {"simulated": 1}, {"places": [{"number": 1}]}, {"shifts": [5]}, {"caveats": [1]},
    ],
    ids=str,
)  # fmt: skip
def test_a_plan_whose_values_are_of_another_kind_is_damaged(change: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="damaged"):
        plan_from_json(made_plan().to_json() | change)


@pytest.mark.parametrize(
    ("name", "value"),
    [("number", "<b>"), ("expected", "1"), ("past", 1.5), ("pinned", "yes"), ("stability", "x"), ("name", None)],
)
def test_a_place_whose_values_are_of_another_kind_is_damaged(name: str, value: object) -> None:
    raw = made_plan().to_json()
    raw["places"][0][name] = value
    with pytest.raises(InputError, match=f"damaged: {name}"):
        plan_from_json(raw)


@pytest.mark.parametrize("starts", ["2024-10-31T18:00:00+00:00", "2024-10-31T18:00:00Z"])
def test_a_shift_with_a_zone_is_damaged(starts: str) -> None:
    raw = made_plan().to_json()
    raw["shifts"][0]["starts"] = starts
    with pytest.raises(InputError, match="damaged: shifts start in local time"):
        plan_from_json(raw)


@pytest.mark.parametrize("content", ["null", "[]", "5", '"plan"'])
def test_a_plan_that_is_no_table_is_damaged(store: Path, content: str) -> None:
    one = plans.save(store, made_plan(), NOW)
    with sqlite3.connect(path(store)) as db:
        db.execute("UPDATE revisions SET content = ?", (content,))
    db.close()
    with pytest.raises(InputError, match="damaged"):
        plans.load(store, one.id)


def test_letters_that_nobody_sees_or_that_turn_a_line_are_not_kept(store: Path) -> None:
    with pytest.raises(InputError, match="no title"):
        plans.save(store, made_plan("\u200b\u2060\u3164"), NOW)
    plan = made_plan("A\u200fB\u061cC\ufeff")
    places = (replace(plan.places[0], name="Bonfire\u202e etis\u200b"), *plan.places[1:])
    one = plans.save(store, replace(plan, places=places, notes="a\u200bb\nc"), NOW)
    assert one.plan.title == "ABC"
    assert one.plan.places[0].name == "Bonfire  etis"
    assert one.plan.notes == "ab\nc"


def test_a_newer_file_is_refused_and_left_alone(store: Path) -> None:
    plans.save(store, made_plan(), NOW)
    with sqlite3.connect(path(store)) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = path(store).read_bytes()
    for use in (lambda: plans.listed(store), lambda: plans.save(store, made_plan(), NOW)):
        with pytest.raises(InputError, match="newer version of this program"):
            use()
    assert path(store).read_bytes() == before


def test_another_database_of_that_name_is_refused(store: Path) -> None:
    store.mkdir()
    with sqlite3.connect(path(store)) as db:
        db.execute("CREATE TABLE plans (x)")
    db.close()
    before = path(store).read_bytes()
    for use in (lambda: plans.listed(store), lambda: plans.save(store, made_plan(), NOW)):
        with pytest.raises(InputError, match="not a file of plans"):
            use()
    assert path(store).read_bytes() == before


def test_an_empty_file_is_as_none(store: Path) -> None:
    store.mkdir()
    path(store).touch()  # a kill in the first moment of the first save
    assert plans.listed(store) == ()
    assert path(store).stat().st_size == 0
    assert plans.save(store, made_plan(), NOW).id == 1


def test_a_store_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be read or saved"):
        plans.save(tmp_path / "file", made_plan(), NOW)
    (tmp_path / "store" / plan_file.FILE).mkdir(parents=True)
    with pytest.raises(InputError, match="cannot be read or saved"):
        plans.listed(tmp_path / "store")


def test_an_older_file_is_brought_forward_by_reading_it(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = plans.save(store, made_plan(), NOW)
    newer = (*plan_file._STEPS, ("ALTER TABLE figures ADD COLUMN unit TEXT NOT NULL DEFAULT ''",))
    monkeypatch.setattr(plan_file, "_STEPS", newer)
    assert plans.load(store, one.id) == one
    with sqlite3.connect(path(store)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        assert "unit" in {row[1] for row in db.execute("PRAGMA table_info(figures)")}
    db.close()
    assert plans.edit(store, one.id, 1, "Renamed", "", LATER).revision == 2


def test_a_step_that_fails_leaves_the_old_version(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = plans.save(store, made_plan(), NOW)
    broken = (*plan_file._STEPS, ("CREATE TABLE new (x)", "NONSENSE"))
    with monkeypatch.context() as patch:
        patch.setattr(plan_file, "_STEPS", broken)
        with pytest.raises(InputError):
            plans.listed(store)
    assert plans.load(store, one.id) == one


# --- several at once --------------------------------------------------------------------------------------------------
def together(count: int, work: Any) -> list[Any]:
    """Results or errors of so many threads that begin at the same moment."""
    begin, found = threading.Barrier(count), [None] * count

    def run(i: int) -> None:
        begin.wait()
        try:
            found[i] = work(i)
        except InputError as error:
            found[i] = error

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_many_who_save_over_one_revision_one_succeeds(store: Path) -> None:
    one = plans.save(store, made_plan(), NOW)
    found = together(8, lambda i: plans.edit(store, one.id, 1, f"Title {i}", "", LATER))
    won = [each for each in found if isinstance(each, Saved)]
    assert len(won) == 1
    assert all("another has saved" in str(each) for each in found if each is not won[0])
    assert plans.load(store, one.id) == won[0]


def test_many_who_save_first_at_once_all_succeed(store: Path) -> None:
    found = together(8, lambda i: plans.save(store, made_plan(f"Title {i}"), NOW))
    assert sorted(each.id for each in found) == list(range(1, 9))
    assert {each.plan.title for each in plans.saved(store)} == {f"Title {i}" for i in range(8)}


WORKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from data import plans
from geo.errors import InputError
store, name, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
done = 0
while done < rounds:
    one = plans.load(store, 1)
    try:
        plans.edit(store, 1, one.revision, one.plan.title, f"{name} {done}", datetime(2024, 9, 3, tzinfo=UTC))
    except InputError as error:
        assert "another" in str(error), error
    else:
        done += 1
"""


def test_processes_that_save_at_once_lose_nothing(store: Path) -> None:
    plans.save(store, made_plan(), NOW)
    rounds, names = 6, ("a", "b", "c")
    running = [
        subprocess.Popen([sys.executable, "-c", WORKER, str(store), name, str(rounds)], cwd=ROOT) for name in names
    ]
    assert [each.wait(timeout=120) for each in running] == [0, 0, 0]
    newest = plans.load(store, 1).revision
    assert newest == 1 + rounds * len(names)
    notes = [plans.load(store, 1, n).plan.notes for n in range(2, newest + 1)]
    for name in names:
        assert [each for each in notes if each.startswith(name)] == [f"{name} {i}" for i in range(rounds)]


def test_waiting_too_long_for_another_is_told(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = plans.save(store, made_plan(), NOW)
    monkeypatch.setattr(plan_file, "BUSY_S", 0.05)
    with plan_file.writing(store):
        assert plans.load(store, one.id) == one  # readers need not wait
        with pytest.raises(InputError, match="another is saving"):
            plans.save(store, made_plan(), NOW)
    assert plans.save(store, made_plan(), NOW).id == 2


KILLED = """
import os, sqlite3, sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from data import plans
store, at, seen, real = Path(sys.argv[1]), int(sys.argv[2]), [0], sqlite3.connect
def connect(*args, **kwargs):
    db = real(*args, **kwargs)
    db.execute("PRAGMA cache_size = 1")  # pages reach the file before the commit
    def step(statement):
        seen[0] += 1
        if seen[0] == at:
            os._exit(9)
    db.set_trace_callback(step)
    return db
one = plans.load(store, 1)
sqlite3.connect = connect
large = replace(one.plan, parameters={"large": "y" * 400_000})
plans.revise(store, 1, one.revision, large, datetime(2024, 9, 3, tzinfo=UTC))
"""


def test_a_kill_during_a_save_leaves_the_old_state_or_the_new_one(tmp_path: Path) -> None:
    start = tmp_path / "start"
    old = plans.save(start, replace(made_plan(), parameters={"large": "x" * 400_000}), NOW)
    at, half_written = 0, 0
    while True:
        at += 1
        store = tmp_path / str(at)
        shutil.copytree(start, store)
        ended = subprocess.run([sys.executable, "-c", KILLED, str(store), str(at)], cwd=ROOT, check=False)
        half_written += path(store).read_bytes() != path(start).read_bytes() and ended.returncode == 9
        found = plans.load(store, 1)
        if ended.returncode == 0:
            assert found.revision == 2
            assert found.plan.parameters == {"large": "y" * 400_000}
            break
        assert ended.returncode == 9
        assert found == old
        assert plans.edit(store, 1, 1, "Goes on", "", LATER).revision == 2
    assert at > 5
    assert half_written  # it was killed with half of the new state in the file, too


# --- patrolled before -------------------------------------------------------------------------------------------------
def asked(found: tuple[Saved, ...], cells: list[str], **changes: Any) -> Any:
    wanted = {"cell_size_m": 200.0, "before": date(2025, 1, 1), "simulated": True} | changes
    return patrolled_before(found, cells, **wanted)


def test_cells_visited_in_plans_that_were_run(store: Path) -> None:
    one = plans.save(store, made_plan(), NOW)
    cells = ["SJ472922", "SJ420988", "SJ000000", "SJ000002", "SJ472922"]
    draft = asked(plans.saved(store), cells)
    assert (draft.share, draft.share_planned) == (None, 0.5)
    assert "not known" in draft.sentence
    first, second = as_planned(one.plan)
    done = [replace(first, cells=("SJ420988",)), replace(second, ran=False, hours=0.0, cells=())]
    run = plans.mark_run(store, one.id, 1, done, LATER)
    found = asked(plans.saved(store), cells)
    assert (found.share, found.share_planned, found.cells) == (0.25, None, 4)
    assert found.sentence.startswith("1 of these 4 cells (25%) were visited in 1 earlier plan marked as run.")
    other = plans.save(store, made_plan("Draft"), NOW)
    both = asked(plans.saved(store), cells)
    assert (both.share, both.planned) == (0.25, frozenset({"SJ472922"}))
    assert "A further 1 (25%)" in both.sentence
    assert asked(plans.saved(store), cells, without=run.id).share is None
    plans.archive(store, one.id, 2, LATER)
    plans.archive(store, other.id, 1, LATER)
    away = asked(plans.saved(store), cells)
    assert (away.share, away.plans) == (0.25, 0)  # what was run happened; what was only planned did not


def test_plans_that_do_not_speak_of_these_cells_do_not_count(store: Path) -> None:
    one = plans.save(store, made_plan(), NOW)
    plans.mark_run(store, one.id, 1, as_planned(one.plan), LATER)
    found = plans.saved(store)
    cells = list(one.plan.visited)
    assert asked(found, cells).share == 1
    assert asked(found, cells, before=date(2024, 10, 31)).share is None  # a replay knows nothing later
    assert asked(found, cells, before=date(2024, 11, 5)).runs == 1
    assert asked(found, cells, simulated=False).share is None
    assert asked(found, cells, cell_size_m=400.0).share is None
    assert asked(found, []).share is None
    assert "No earlier plan" in asked((), cells).sentence


# --- words ------------------------------------------------------------------------------------------------------------
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


# --- typed figures ----------------------------------------------------------------------------------------------------
def test_figures_with_their_history(store: Path) -> None:
    day = date(2024, 3, 31)
    first = save_figure(store, "Victims supported", 120, day, "Council, letter of 3 May", NOW)
    second = save_figure(store, "Victims  supported", 125, day, "Council, corrected", LATER)
    other = save_figure(store, "Victims supported", 90, date(2023, 3, 31), "Council", LATER)
    assert figures(store) == (other, second)
    assert figures(store, with_history=True) == (other, first, second)
    save_figure(store, "Victims supported", None, day, "Withdrawn: wrong table", LATER)
    assert figures(store) == (other,)
    assert len(figures(store, with_history=True)) == 4
    assert plans.listed(store) == ()


@pytest.mark.parametrize(
    ("name", "value", "source", "said"),
    [("", 1, "x", "needs a name"), ("x", 1, " ", "needs a source"), ("x", float("nan"), "x", "not a number")],
)
def test_figures_that_are_refused(store: Path, name: str, value: float, source: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        save_figure(store, name, value, date(2024, 3, 31), source, NOW)
    assert not store.exists()


# --- any plan ---------------------------------------------------------------------------------------------------------
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
SEEN = st.characters(
    categories=("L", "N", "P", "S", "Zs"), exclude_characters="\u115f\u1160\u3164\uffa0"
)  # nothing that is cleaned away
TEXT = st.text(SEEN, max_size=20)
VALUES: dict[Any, Any] = {
    str: TEXT, int: st.integers(), float: NUMBERS, bool: st.booleans(), date: st.dates(), datetime: st.datetimes(),
    float | None: st.none() | NUMBERS,
}  # fmt: skip


def any_of(kind: type, **given: Any) -> Any:
    """Any value of a dataclass, its fields drawn by their types."""
    hints = get_type_hints(kind)
    return st.builds(kind, **({f.name: VALUES[hints[f.name]] for f in fields(kind) if f.name not in given} | given))


def several(kind: Any) -> Any:
    return st.lists(kind, max_size=3).map(tuple)


PATROLS = any_of(Patrol, base=any_of(Base), visits=several(any_of(Visit)))
ANY_PLAN = any_of(
    Plan,
    places=several(any_of(PlanPlace, cells=several(any_of(PlanCell)))),
    shifts=several(any_of(Shift, patrols=several(PATROLS))),
    parameters=st.dictionaries(TEXT, TEXT, max_size=3),
    caveats=several(TEXT),
    as_at=st.dates().map(lambda day: f"{day:%Y-%m}".zfill(7)),
)


@given(ANY_PLAN)
@settings(max_examples=40)
def test_any_plan_is_read_back_from_json(plan: Plan) -> None:
    assert plan_from_json(json.loads(json.dumps(plan.to_json(), allow_nan=False))) == plan


@given(ANY_PLAN, ANY_PLAN)
@settings(max_examples=25)
def test_any_plan_is_read_back_from_the_file(tmp_path_factory: pytest.TempPathFactory, one: Plan, two: Plan) -> None:
    store = tmp_path_factory.mktemp("any")
    one = replace(one, title="One", notes="")
    saved = plans.save(store, one, NOW)
    assert plans.load(store, 1).plan == one == saved.plan
    two = replace(two, title="Two", notes="", simulated=one.simulated)
    assert plans.revise(store, 1, 1, two, LATER).plan == two
    assert plans.load(store, 1, 1).plan == one
    assert plans.history(store, 1)[0].what


def test_plans_name_wards_of_the_area(area: Area) -> None:
    assert {place.ward_code for place in made_plan().places} <= set(area.ward_names)
