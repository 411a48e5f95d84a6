"""Cells of a new plan that earlier plans visited: those that were run, those that were only planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from data.plan import plans
from data.plan.patrolled import patrolled_before
from data.plan.plans import Saved
from tests.plan.made_plans import LATER, NOW, as_planned, made_plan


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
