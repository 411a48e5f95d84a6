"""Turns of runs: never more at once than there are, given back however a run ends, and nobody waits for ever."""

from __future__ import annotations

import time
from threading import Barrier, Event, Lock, Thread

import pytest

from pages.ui.shell.turns import Turns


def test_no_more_run_at_once_than_there_are_turns() -> None:
    turns, lock, now, most = Turns(2), Lock(), 0, 0

    def run() -> None:
        nonlocal now, most
        with turns.one(5):
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.01)
            with lock:
                now -= 1

    threads = [Thread(target=run) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


@pytest.mark.parametrize("fault", [RuntimeError, KeyboardInterrupt, GeneratorExit])
def test_a_turn_comes_back_after_a_fault(fault: type[BaseException]) -> None:
    turns, held = Turns(1), []

    def run() -> None:
        with turns.one(0.01) as got:
            held.append(got)
            raise fault

    for _ in range(3):
        with pytest.raises(fault):
            run()
    assert held == [True] * 3


def test_who_waits_too_long_runs_all_the_same_and_gives_back_nothing() -> None:
    turns, inside, go, found = Turns(1), Barrier(2), Event(), []

    def holds() -> None:
        with turns.one():
            inside.wait()
            go.wait()

    thread = Thread(target=holds)
    thread.start()
    inside.wait()
    with turns.one(0.01) as held:
        found.append(held)
    with turns.one(0.01) as held:
        found.append(held)
    go.set()
    thread.join()
    with turns.one(0.01) as held:
        found.append(held)
    assert found == [False, False, True]
