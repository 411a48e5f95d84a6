"""Saved plans: nothing is lost, whoever saves at the same moment and whatever ends the program."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.plan import file as plan_file
from data.plan import plans
from data.plan.plans import Saved
from geo.errors import InputError
from tests.conftest import ROOT
from tests.plan.killed import program
from tests.plan.made_plans import LATER, NOW, made_plan, path


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
from data.plan import plans
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


KILLED = program(
    "from data.plan import plans",
    "one = plans.load(store, 1)",
    'large = replace(one.plan, parameters={"large": "y" * 400_000})\n'
    "plans.revise(store, 1, one.revision, large, datetime(2024, 9, 3, tzinfo=UTC))",
)


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
