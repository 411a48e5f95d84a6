"""Whatever changes what is kept asks for the right where it is done, whoever calls it, and is noted with who did it."""

from __future__ import annotations

import ast
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from data.access import acts
from data.access.actor import ACCEPT, ADMINISTER, IMPORT, LOOK, MACHINE, PLAN, RIGHTS, Actor, NotAllowedError
from data.access.acts import NEEDS, acting
from data.access.log import FILE, read_log
from data.feed.importing import import_feed
from data.fetch.history import fetch_history
from data.fetch.start import start
from data.measured.measurement import Measurement, keep_measured
from data.place.area import Area
from data.place.terms_file import keep_terms
from data.plan import changing, plans
from data.plan.evidence import Entry, entries, save_evidence
from data.plan.figures import figures, save_figure
from data.problem.problems import PROBLEMS
from data.published.police_uk import import_paths
from data.store.accept import accept
from data.zone.zones import ZONES
from geo.errors import InputError
from tests.conftest import ROOT
from tests.plan.made_plans import NOW, made_plan
from tests.problem.made_problem import made_problem
from tests.zone.made_zones import made_zone

DAY = date(2025, 1, 31)
NOTHING: Any = None
# Every act as a page would call it: which right it needs, and the call. Nothing may be looked at before the right is.
CALLS: dict[str, tuple[str, Callable[[Path, Area, Actor], object]]] = {
    "import": (IMPORT, lambda store, area, who: import_paths(["x.csv"], store, area, actor=who)),
    "rebuild": (IMPORT, lambda store, area, who: import_paths(["x.csv"], store, area, rebuild=True, actor=who)),
    "fetch": (IMPORT, lambda store, area, who: fetch_history(NOTHING, NOTHING, store, area, actor=who)),
    "start": (IMPORT, lambda store, area, who: start(NOTHING, NOTHING, store, ["Anywhere"], actor=who)),
    "import-feed": (
        IMPORT, lambda store, area, who: import_feed(NOTHING, b"", "feed", NOTHING, store, area, actor=who)
    ),
    "try a feed": (
        IMPORT,
        lambda store, area, who: import_feed(NOTHING, b"", "feed", NOTHING, store, area, dry_run=True, actor=who),
    ),
    "measure": (IMPORT, lambda store, area, who: keep_measured(store, made_measurement(area), who)),
    "terms": (IMPORT, lambda store, area, who: keep_terms(store / "x.csv", Path(area.file), actor=who)),
    "accept": (ACCEPT, lambda store, area, who: accept(store, area, "merseyside", "2024-10", actor=who)),
    "withdraw": (ACCEPT, lambda store, area, who: accept(store, area, "merseyside", "2024-10", whole=False, actor=who)),
    "save": (PLAN, lambda store, area, who: plans.save(store, made_plan(), NOW, actor=who)),
    "copy": (PLAN, lambda store, area, who: plans.copy(store, 1, 1, "Copy", NOW, actor=who)),
    "revise": (PLAN, lambda store, area, who: plans.revise(store, 1, 1, other_plan(), NOW, actor=who)),
    "edit": (PLAN, lambda store, area, who: plans.edit(store, 1, 1, "Other", "", NOW, actor=who)),
    "mark-run": (PLAN, lambda store, area, who: plans.mark_run(store, 1, 1, records(), NOW, actor=who)),
    "archive": (PLAN, lambda store, area, who: plans.archive(store, 1, 1, NOW, actor=who)),
    "take-back": (PLAN, lambda store, area, who: plans.take_back(store, 2, 2, NOW, actor=who)),
    "forget": (PLAN, lambda store, area, who: plans.forget(store, 2, 2, actor=who)),
    "figure": (PLAN, lambda store, area, who: save_figure(store, "training", 1.0, DAY, "Register", NOW, actor=who)),
    "evidence": (
        PLAN, lambda store, area, who: save_evidence(store, Entry(0, "fire", DAY, "x", "", "y", NOW), actor=who)
    ),
    "problem-save": (PLAN, lambda store, area, who: PROBLEMS.save(store, made_problem(), NOW, actor=who)),
    "problem-revise": (
        PLAN, lambda store, area, who: PROBLEMS.revise(store, 1, 1, made_problem(title="Another"), NOW, actor=who)
    ),
    "problem-archive": (PLAN, lambda store, area, who: PROBLEMS.archive(store, 1, 1, NOW, actor=who)),
    "problem-take-back": (PLAN, lambda store, area, who: PROBLEMS.take_back(store, 2, 2, NOW, actor=who)),
    "problem-forget": (PLAN, lambda store, area, who: PROBLEMS.forget(store, 2, 2, actor=who)),
    "zone-save": (PLAN, lambda store, area, who: ZONES.save(store, made_zone(), NOW, actor=who)),
    "zone-revise": (PLAN, lambda store, area, who: ZONES.revise(store, 3, 1, made_zone("Another"), NOW, actor=who)),
    "zone-archive": (PLAN, lambda store, area, who: ZONES.archive(store, 3, 1, NOW, actor=who)),
    "zone-take-back": (PLAN, lambda store, area, who: ZONES.take_back(store, 4, 2, NOW, actor=who)),
    "zone-forget": (PLAN, lambda store, area, who: ZONES.forget(store, 4, 2, actor=who)),
}  # fmt: skip
OF_PLANS = sorted(name for name, (right, _) in CALLS.items() if right == PLAN)
# Names under which pages call them.
FUNCTIONS = {
    "import_paths", "import_feed", "fetch_history", "start", "keep_measured", "keep_terms", "accept", "save_figure",
    "save_evidence",
    *(f"{kept}.{act.replace('-', '_')}" for kept in ("PROBLEMS", "ZONES") for act in acts.KEPT),
    *(f"plans.{name}" for name in ("save", "copy", "revise", "edit", "mark_run", "archive", "take_back", "forget")),
}  # fmt: skip
NEVER_ON_PAGES = {"take_paths", "purge", "changing", "writing", "import_basemap", "import_postcodes"}


def somebody(*rights: str) -> Actor:
    return Actor("somebody", "who@council.example", frozenset(rights))


def made_measurement(area: Area) -> Measurement:
    return Measurement(area.code, area.name, "Drugs", "2024-01", "2024-12", 12)


def other_plan() -> Any:
    return replace(made_plan(), title="Another")


def records() -> list[plans.Record]:
    return [plans.Record(shift.starts, ran=True, hours=1.0, cells=()) for shift in made_plan().shifts]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("made") / "store"
    for _ in range(2):
        plans.save(store, made_plan(), NOW)
    plans.archive(store, 2, 1, NOW)
    for keeper, content, put_away in ((PROBLEMS, made_problem(), 2), (ZONES, made_zone(), 4)):
        for _ in range(2):
            keeper.save(store, content, NOW)
        keeper.archive(store, put_away, 1, NOW)
    (store / FILE).unlink()
    return store


@pytest.fixture
def kept(made: Path, store: Path) -> Path:
    """A store with a plan, and one that was put away."""
    return Path(shutil.copytree(made, store))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "acts.lock"}


def everything(store: Path) -> tuple[Any, ...]:
    """All that is planned, typed and kept, with its history."""
    histories = [plans.history(store, number) for number in (1, 2)]
    histories += [PROBLEMS.history(store, number) for number in (1, 2)]
    histories += [ZONES.history(store, number) for number in (3, 4)]
    lists = (plans.listed(store), PROBLEMS.listed(store), ZONES.listed(store))
    return histories, lists, figures(store), entries(store)


@pytest.mark.parametrize("name", CALLS)
def test_without_its_right_nothing_is_done(kept: Path, area: Area, name: str) -> None:
    right, call = CALLS[name]
    before = contents(kept)
    with pytest.raises(NotAllowedError, match="as somebody you may not"):
        call(kept, area, somebody(*(set(RIGHTS) - {right})))
    assert contents(kept) == before


@pytest.mark.parametrize("name", OF_PLANS)
def test_with_its_right_it_is_done_and_noted(kept: Path, area: Area, name: str) -> None:
    CALLS[name][1](kept, area, somebody(LOOK, PLAN))
    (entry,) = read_log(kept).entries
    assert (entry.act, entry.role, entry.account, entry.done) == (name, "somebody", "who@council.example", True)
    assert entry.what.startswith(("plan ", "figure ", "evidence ", "problem ", "zone "))
    assert not re.search("Halloween|Retail park|nuisance", (kept / FILE).read_text()), "no title"


def test_the_history_says_which_role_did_what_and_no_account(kept: Path) -> None:
    plans.edit(kept, 1, 1, "Other", "", NOW, actor=somebody(PLAN))
    assert [one.role for one in plans.history(kept, 1)] == ["somebody", MACHINE.role]
    assert plans.load(kept, 1).role == "somebody"
    assert plans.load(kept, 1, 1).role == MACHINE.role
    with closing(sqlite3.connect(kept / "plans.sqlite3")) as db:
        assert not any("who@council.example" in str(row) for row in db.execute("SELECT * FROM revisions"))


@pytest.mark.parametrize("name", OF_PLANS)
def test_what_cannot_be_noted_is_not_done(kept: Path, area: Area, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise InputError("the log of who did what cannot be read or written: No space left on device")

    was = everything(kept)
    monkeypatch.setattr(changing, "note", full)
    with pytest.raises(InputError, match="No space left"):
        CALLS[name][1](kept, area, somebody(PLAN))
    assert everything(kept) == was


def test_what_fails_after_it_was_noted_is_said(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(sqlite3.Connection):
        def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
            if sql == "COMMIT":
                raise sqlite3.OperationalError("database or disk is full")
            return super().execute(sql, *more)

    connect = sqlite3.connect
    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", lambda *args, **more: connect(*args, **more, factory=Full))
        with pytest.raises(InputError):
            plans.archive(kept, 1, 1, NOW, actor=somebody(PLAN))
    assert plans.load(kept, 1).status == plans.DRAFT
    assert [(one.act, one.done) for one in read_log(kept).entries] == [("archive", False), ("archive", True)]


def test_a_change_of_nothing_is_not_noted(kept: Path) -> None:
    plans.revise(kept, 1, 1, plans.load(kept, 1).plan, NOW, actor=somebody(PLAN))
    with pytest.raises(InputError, match="another has saved"):
        plans.edit(kept, 1, 7, "Other", "", NOW, actor=somebody(PLAN))
    assert not (kept / FILE).exists()


def test_an_act_that_fails_says_so(store: Path) -> None:
    with pytest.raises(KeyboardInterrupt), acting(store, somebody(IMPORT), "fetch", "x"):
        raise KeyboardInterrupt
    assert [(one.what, one.done) for one in read_log(store).entries] == [("x", False), ("x", True)]


def test_what_is_noted_comes_before_what_is_done(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise InputError("no room")

    monkeypatch.setattr(acts, "note", full)
    done = []
    with pytest.raises(InputError, match="no room"), acting(store, somebody(IMPORT), "import"):
        done.append(1)
    assert done == []


def test_an_import_is_noted_without_the_names_of_files(store: Path, area: Area, tmp_path: Path) -> None:
    name = tmp_path / "calls logged by Jane Smith.csv"
    name.write_text("no")
    import_paths([name], store, area, now=datetime(2025, 1, 1, tzinfo=UTC), actor=somebody(IMPORT))
    (entry,) = read_log(store).entries
    assert (entry.act, entry.what) == ("import", "1 file or folder")
    assert "Smith" not in (store / FILE).read_text()


def test_every_act_needs_a_right_that_there_is() -> None:
    assert set(NEEDS.values()) == {IMPORT, PLAN, ACCEPT, ADMINISTER}
    assert set(NEEDS) - set(CALLS) == {"basemap", "postcodes", "purge", "restore"}  # of the command line alone
    assert {NEEDS[name] == right for name, (right, _) in CALLS.items() if name in NEEDS} == {True}


def called(path: Path) -> list[tuple[str, ast.Call]]:
    text = path.read_text(encoding="utf-8")
    if not re.search("|".join(FUNCTIONS | NEVER_ON_PAGES), text):
        return []
    nodes = list(ast.walk(ast.parse(text)))
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pages."):
            own |= {one.asname or one.name for one in node.names}  # a page's own of the same name
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute))]
    return [(ast.unparse(call.func), call) for call in calls if ast.unparse(call.func) not in own]


def test_pages_say_who_does_it_whenever_they_do_something() -> None:
    seen, wrong = set(), []
    for path in (ROOT / "pages").rglob("*.py"):
        for name, call in called(path):
            if name.rpartition(".")[2] in NEVER_ON_PAGES:
                wrong.append(f"{path.name}:{call.lineno} {name}")
            if name not in FUNCTIONS | {"partial"}:
                continue
            inner = ast.unparse(call.args[0]) if name == "partial" and call.args else name
            if inner not in FUNCTIONS:
                continue
            seen.add(inner)
            given = [ast.unparse(word.value) for word in call.keywords if word.arg == "actor"]
            given += [ast.unparse(call.args[2])] if inner == "keep_measured" and len(call.args) == 3 else []
            if given not in (["access.actor()"], ["actor"]):
                wrong.append(f"{path.name}:{call.lineno} {inner}")
    assert wrong == []
    assert seen == FUNCTIONS - {"fetch_history", "keep_terms"}
