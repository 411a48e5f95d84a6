"""Records with revisions: many at once, kills, damage, hostile texts, older files, a folder to read only, a backup."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.access.actor import IMPORT, Actor, NotAllowedError
from data.plan import file as plan_file
from data.plan import plans
from data.plan.kept import MOST_CONTENT, Kept
from data.plan.saved import TITLE_LENGTH
from data.problem.problem import LINE_LENGTH, PARTNER, Line, Problem, Step
from data.problem.problems import PROBLEMS
from data.store.backup import backup
from data.store.restore import restore
from data.zone.zone import zone_from_json
from data.zone.zones import ZONES
from geo.errors import InputError
from tests.conftest import ROOT
from tests.plan.killed import program
from tests.plan.made_plans import LATER, NOW, made_plan, path
from tests.plan.test_plans_together import together
from tests.problem.made_problem import made_problem
from tests.zone.made_zones import made_zone

SQUARE = "POLYGON ((344000 391000, 344000 391300, 344300 391300, 344300 391000, 344000 391000))"


def test_of_many_who_save_over_one_revision_one_succeeds(store: Path) -> None:
    one = ZONES.save(store, made_zone(), NOW)
    found = together(8, lambda i: ZONES.revise(store, one.id, 1, made_zone(f"Zone {i}"), LATER))
    won = [each for each in found if isinstance(each, Kept)]
    assert len(won) == 1
    assert all("another has saved this zone" in str(each) for each in found if each is not won[0])
    assert ZONES.load(store, one.id) == won[0]
    assert len(ZONES.history(store, one.id)) == 2


def test_zones_and_problems_saved_at_once_all_succeed_and_stay_apart(store: Path) -> None:
    kinds: tuple[Callable[[int], Any], ...] = (
        lambda i: ZONES.save(store, made_zone(f"Zone {i}"), NOW),
        lambda i: PROBLEMS.save(store, made_problem(title=f"Problem {i}"), NOW),
    )
    found = together(8, lambda i: kinds[i % 2](i))
    assert sorted(each.id for each in found) == list(range(1, 9))
    assert {each.content.name for each in ZONES.listed(store)} == {f"Zone {i}" for i in range(0, 8, 2)}
    assert {each.content.title for each in PROBLEMS.listed(store)} == {f"Problem {i}" for i in range(1, 8, 2)}
    problem = next(each.id for each in found if isinstance(each.content, Problem))
    with pytest.raises(InputError, match="no such zone"):
        ZONES.load(store, problem)
    with pytest.raises(InputError, match="no such zone"):
        ZONES.revise(store, problem, 1, made_zone(), LATER)


KILLED = program(
    "from data.zone.zones import ZONES",
    "one = ZONES.load(store, 1)",
    'ZONES.revise(store, 1, 1, replace(one.content, notes="y" * 4000), datetime(2024, 9, 3, tzinfo=UTC))',
)


@pytest.mark.long
def test_a_kill_during_a_save_leaves_the_old_state_or_the_new_one(tmp_path: Path) -> None:
    start = tmp_path / "start"
    old = ZONES.save(start, made_zone(), NOW)
    at, ended = 0, 9
    while ended == 9:
        at += 1
        store = tmp_path / str(at)
        shutil.copytree(start, store)
        ended = subprocess.run([sys.executable, "-c", KILLED, str(store), str(at)], cwd=ROOT, check=False).returncode
        found = ZONES.load(store, 1)
        assert found.revision == (2 if ended == 0 else 1)
        if ended == 9:
            assert found == old
            assert ZONES.revise(store, 1, 1, made_zone("Goes on"), LATER).revision == 2
    assert ended == 0
    assert at > 5


def test_whoever_may_not_plan_is_told_that_first(store: Path) -> None:
    nobody = Actor("Importer", "a@b.example", frozenset({IMPORT}))
    ZONES.save(store, made_zone(), NOW)
    for act in (
        lambda: ZONES.save(store, made_zone(""), NOW, actor=nobody),
        lambda: ZONES.revise(store, 1, 1, made_zone(""), LATER, actor=nobody),  # what is given is not even looked at
        lambda: ZONES.archive(store, 9, 1, LATER, actor=nobody),
        lambda: ZONES.forget(store, 9, 1, actor=nobody),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_a_demonstration_never_becomes_real(store: Path) -> None:
    ZONES.save(store, replace(made_zone(), simulated=True), NOW)
    with pytest.raises(InputError, match="Save it as a new zone"):
        ZONES.revise(store, 1, 1, made_zone(), LATER)


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2}, {"name": 7}, {"name": ""}, {"kind": "fence"}, {"role": " "}, {"origin": "hearsay"},
        {"starts": "2024-10-30T17:00"}, {"starts": "2024-10-30T17:00:30+00:00"}, {"starts": "soon"},
        {"starts": "0001-01-01T00:00+14:00"}, {"starts": "1066-10-14T09:00+00:00"}, {"starts": None},
        {"ends": "2024-10-30T16:00+00:00"}, {"ends": "2999-01-01T00:00+00:00"}, {"simulated": 1}, {"notes": "x" * 4001},
        {"wkt": "POINT (1 1)"}, {"wkt": "POLYGON EMPTY"}, {"wkt": "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"},
        {"wkt": SQUARE.replace("344000 391000", "344000.04 391000")}, {"wkt": SQUARE.replace("391300", "nan")},
        {"wkt": SQUARE.replace("391300", "9e99")}, {"wkt": "x"}, {"wkt": None},
        {"wkt": f"GEOMETRYCOLLECTION ({SQUARE})"},
    ],
    ids=lambda change: str(change)[:40],
)  # fmt: skip
def test_a_damaged_zone_is_told_with_its_number(store: Path, change: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"^the zone (is damaged|was written)"):
        zone_from_json(made_zone().to_json() | change)
    ZONES.save(store, made_zone(), NOW)
    spoil(store, made_zone().to_json() | change)
    for use in (lambda: ZONES.load(store, 1), lambda: ZONES.listed(store), lambda: ZONES.archive(store, 1, 1, LATER)):
        with pytest.raises(InputError, match=r"damaged: zone 1, revision 1: .+\. Put a copy of it back"):
            use()


@pytest.mark.parametrize("content", ["null", "[]", "5", "{", '{"format": 1}', "[" * 5000], ids=lambda raw: raw[:10])
def test_what_is_no_record_is_damaged(store: Path, content: str) -> None:
    ZONES.save(store, made_zone(), NOW)
    PROBLEMS.save(store, made_problem(), NOW)
    with closing(sqlite3.connect(path(store))) as db, db:
        db.execute("UPDATE kept_revisions SET content = ?", (content,))
    for keeper, number in ((ZONES, 1), (PROBLEMS, 2)):
        with pytest.raises(InputError, match=f"{keeper.kind} {number}, revision 1"):
            keeper.load(store, number)


def test_a_problem_signed_before_there_were_calendars_is_damaged(store: Path) -> None:
    PROBLEMS.save(store, made_problem(), NOW)
    raw = made_problem().to_json()
    raw["scanning"]["signed"]["at"] = "0001-01-01T00:00:00+14:00"
    spoil(store, raw)
    with pytest.raises(InputError, match="damaged"):
        PROBLEMS.load(store, 1)


def spoil(store: Path, content: object) -> None:
    with closing(sqlite3.connect(path(store))) as db, db:
        db.execute("UPDATE kept_revisions SET content = ?", (json.dumps(content),))


def test_hostile_texts_come_back_without_what_controls(store: Path) -> None:
    hostile = "<script>\u202ex\x00\x1b[31m'); DROP TABLE kept;--\u200b =1+1 \U0001f600"
    zone = ZONES.save(store, replace(made_zone(hostile), role=hostile, notes=f"{hostile}\r\nsecond"), NOW).content
    assert zone.name == zone.role == "<script> x [31m'); DROP TABLE kept;-- =1+1 \U0001f600"
    assert zone.notes.splitlines()[1] == "second"
    lines = Step((Line("", hostile, PARTNER),))
    problem = PROBLEMS.save(store, made_problem(title=hostile, scanning=lines), NOW).content
    for text in (problem.title, problem.scanning.lines[0].text, zone.notes):
        assert not set("\u202e\x00\x1b\u200b") & set(text)
    assert ZONES.load(store, 1).content == zone
    assert PROBLEMS.load(store, 2).content == problem


def test_what_does_not_fit_is_refused_with_how_much_does(store: Path) -> None:
    with pytest.raises(InputError, match=f"at most {TITLE_LENGTH} characters"):
        ZONES.save(store, made_zone("x" * (TITLE_LENGTH + 1)), NOW)
    full = Step(tuple(Line("", "\U0001f600" * LINE_LENGTH, PARTNER) for _ in range(40)))
    with pytest.raises(InputError, match="too large to save"):
        PROBLEMS.save(store, made_problem(scanning=full, analysis=full), NOW)
    assert MOST_CONTENT < 2 * 40 * LINE_LENGTH * 12
    assert not path(store).exists()


def test_a_file_of_version_3_is_brought_forward(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(plan_file, "_STEPS", plan_file._STEPS[:3])
        one = plans.save(store, made_plan(), NOW)
    assert version(store) == 3
    old = path(store).read_bytes()
    assert (ZONES.listed(store), version(store)) == ((), 4)
    assert plans.load(store, one.id) == one
    path(store).write_bytes(old)
    connect = sqlite3.connect
    with monkeypatch.context() as patch:  # of a folder that may not be written

        def read_only(database: Any, *args: Any, **more: Any) -> sqlite3.Connection:
            if database == ":memory:":
                return connect(database, *args, **more)
            return connect(f"{Path(database).as_uri()}?mode=ro", *args, uri=True, **more)

        patch.setattr(sqlite3, "connect", read_only)
        assert ZONES.listed(store) == ()
        assert plans.load(store, one.id) == one
        with pytest.raises(InputError, match="cannot be read or saved"):
            ZONES.save(store, made_zone(), NOW)
    assert path(store).read_bytes() == old
    assert ZONES.save(store, made_zone(), NOW).id == 1
    assert plans.load(store, one.id) == one


def version(store: Path) -> int:
    with closing(sqlite3.connect(path(store))) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_what_is_forgotten_leaves_zeros_and_its_number_is_never_given_again(store: Path) -> None:
    secret, other = "Vine House closure", "Stays as it is"
    ZONES.save(store, made_zone(other), NOW)
    one = ZONES.save(store, made_zone(secret), NOW)
    two = ZONES.revise(store, one.id, 1, replace(made_zone(secret), notes="x" * 4000), LATER)
    with pytest.raises(InputError, match="not archived"):
        ZONES.forget(store, one.id, two.revision)
    three = ZONES.archive(store, one.id, two.revision, LATER)
    with pytest.raises(InputError, match="another has saved"):
        ZONES.forget(store, one.id, 2)
    assert secret.encode() in path(store).read_bytes()
    ZONES.forget(store, one.id, three.revision)
    raw = path(store).read_bytes()
    assert secret.encode() not in raw
    assert b"x" * 100 not in raw
    assert other.encode() in raw
    assert ZONES.save(store, made_zone(), NOW).id == 3
    with pytest.raises(InputError, match="may have been forgotten"):
        ZONES.history(store, one.id)


def test_a_backup_carries_them_and_a_restore_gives_them_back(store: Path, tmp_path: Path) -> None:
    zone, problem = ZONES.save(store, made_zone(), NOW), PROBLEMS.save(store, made_problem(), NOW)
    ZONES.revise(store, zone.id, 1, made_zone("Renamed"), LATER)
    backup(store, tmp_path / "backup.zip", ROOT / "data" / "area.toml", NOW)
    restore(tmp_path / "backup.zip", tmp_path / "again")
    again = tmp_path / "again"
    assert ZONES.history(again, zone.id) == ZONES.history(store, zone.id)
    assert PROBLEMS.listed(again) == (problem,)
