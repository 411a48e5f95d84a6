"""Files of plans that cannot be used: damaged, of another kind, newer, older, empty or not to be written."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.plan import file as plan_file
from data.plan import plans
from data.plan.plan import plan_from_json
from geo.errors import InputError
from tests.plan.made_plans import LATER, NOW, made_plan, path


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


def refused_and_left_alone(store: Path, change: str, words: str) -> None:
    """After a change of the file, listing and saving are refused, and not a byte of it changes."""
    with sqlite3.connect(path(store)) as db:
        db.execute(change)
    db.close()
    before = path(store).read_bytes()
    for use in (lambda: plans.listed(store), lambda: plans.save(store, made_plan(), NOW)):
        with pytest.raises(InputError, match=words):
            use()
    assert path(store).read_bytes() == before


def test_a_newer_file_is_refused_and_left_alone(store: Path) -> None:
    plans.save(store, made_plan(), NOW)
    refused_and_left_alone(store, "PRAGMA user_version = 99", "newer version of this program")


def test_another_database_of_that_name_is_refused(store: Path) -> None:
    store.mkdir()
    refused_and_left_alone(store, "CREATE TABLE plans (x)", "not a file of plans")


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
        assert db.execute("PRAGMA user_version").fetchone() == (len(newer),)
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
