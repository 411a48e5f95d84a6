"""A backup holds the whole store, a restore checks all of it first, and a hostile or broken file changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from data.__main__ import main
from data.place.area import Area
from data.published.police_uk import import_paths
from data.store import restore as module
from data.store.backup import SUMS, backup
from data.store.restore import restore
from data.store.store import importing, load
from data.store.verify import verify
from geo import aside
from geo.errors import InputError
from tests.published.police_files import NOW, contents, crime, named, points_of, put, table

AREA_FILE = Path(__file__).resolve().parents[2] / "data" / "area.toml"


@pytest.fixture
def ours(area: Area) -> Area:
    return replace(area, forces=("somewhere",))


@pytest.fixture
def store(ours: Area, tmp_path: Path) -> Path:
    at = points_of(ours).inside
    files = [put(tmp_path, table([crime(at, k, Month=month) for k in range(4)]), named(month)) for month in MONTHS]
    import_paths(files, tmp_path / "store", ours, now=NOW)
    with closing(sqlite3.connect(tmp_path / "store" / "plans.sqlite3")) as db, db:
        db.execute("CREATE TABLE plans (id INTEGER)")
        db.execute("INSERT INTO plans VALUES (7)")
    (tmp_path / "store" / "incidents" / ".half.parquet.1.tmp").write_bytes(b"half")
    return tmp_path / "store"


MONTHS = ("2024-07", "2024-08")


@pytest.fixture
def kept(store: Path, tmp_path: Path) -> Path:
    backup(store, tmp_path / "kept.zip", AREA_FILE, NOW)
    return tmp_path / "kept.zip"


def rewritten(kept: Path, change: Callable[[dict[str, bytes], dict[str, Any]], object]) -> Path:
    """The same backup with other members, or with other things said of them."""
    with zipfile.ZipFile(kept) as old:
        members = {name: old.read(name) for name in old.namelist() if name != SUMS}
        told = json.loads(old.read(SUMS))
    change(members, told)
    with zipfile.ZipFile(kept.with_name("other.zip"), "w", zipfile.ZIP_DEFLATED) as new:
        for name, raw in members.items():
            new.writestr(name, raw)
        new.writestr(SUMS, json.dumps(told))
    return kept.with_name("other.zip")


def test_what_is_restored_is_the_store_with_its_area(ours: Area, store: Path, kept: Path, tmp_path: Path) -> None:
    done = restore(kept, tmp_path / "new" / "store")
    assert (done.before, done.area) == (None, done.store / "area.toml")
    assert done.made_at == "2025-01-15T12:00:00+00:00"
    there = contents(done.store)
    whole = {path: raw for path, raw in contents(store).items() if not path.endswith(("tmp", "lock"))}
    assert {path: there[path] for path in whole if path != "plans.sqlite3"} == {
        path: raw for path, raw in whole.items() if path != "plans.sqlite3"
    }
    assert not [path for path in there if path.endswith("tmp")]
    with closing(sqlite3.connect(done.store / "plans.sqlite3")) as db:
        assert db.execute("SELECT id FROM plans").fetchall() == [(7,)]
    assert load(done.store, ours).frame.equals(load(store, ours).frame)
    assert there["area.toml"] == AREA_FILE.read_bytes()
    assert verify(done.store).ok


def test_a_folder_that_is_not_empty_is_kept_beside(store: Path, kept: Path) -> None:
    (store / "manifest.json").write_text("{")
    with pytest.raises(InputError, match="not empty"):
        restore(kept, store)
    done = restore(kept, store, replace=True, now=datetime(2025, 2, 1, 8, 30, tzinfo=UTC))
    assert done.before == store.with_name("store.before-20250201-083000")
    assert (done.before / "manifest.json").read_text() == "{"
    assert verify(store).ok
    assert sorted(path.name for path in store.parent.iterdir() if path.name.startswith(".")) == []


def test_nothing_is_restored_or_kept_while_an_import_runs(store: Path, kept: Path, tmp_path: Path) -> None:
    with importing(store):
        with pytest.raises(InputError, match="another import"):
            backup(store, tmp_path / "more.zip", AREA_FILE)
        with pytest.raises(InputError, match="another import"):
            restore(kept, store, replace=True)
    assert not (tmp_path / "more.zip").exists()
    assert verify(store).ok


def test_a_damaged_store_is_not_kept_and_the_earlier_backup_stays(store: Path, kept: Path) -> None:
    was = kept.read_bytes()
    next((store / "incidents").rglob("2024-07*.parquet")).unlink()
    with pytest.raises(InputError, match="is missing"):
        backup(store, kept, AREA_FILE)
    assert kept.read_bytes() == was
    assert sorted(path.name for path in kept.parent.iterdir() if path.name.endswith(".tmp")) == []


def test_a_backup_is_not_put_into_the_store(store: Path) -> None:
    with pytest.raises(InputError, match="in the store itself"):
        backup(store, store / "kept.zip", AREA_FILE)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.999])
def test_a_backup_that_broke_off_changes_nothing(store: Path, kept: Path, share: float) -> None:
    before, raw = contents(store), kept.read_bytes()
    kept.write_bytes(raw[: int(len(raw) * share)])
    with pytest.raises(InputError):
        restore(kept, store, replace=True)
    assert contents(store) == before
    assert sorted(path.name for path in store.parent.glob("*before*")) == []


def test_a_turned_bit_anywhere_is_found_or_harmless(store: Path, kept: Path, tmp_path: Path) -> None:
    whole, raw = contents(store), kept.read_bytes()
    for k in range(0, len(raw), len(raw) // 40):
        kept.write_bytes(raw[:k] + bytes([raw[k] ^ 4]) + raw[k + 1 :])
        new = tmp_path / f"new{k}"
        try:
            restore(kept, new)
        except InputError:
            assert not new.exists()
        else:
            assert {path: there for path, there in contents(new).items() if path in whole and "plans" not in path} == {
                path: there for path, there in whole.items() if path in contents(new) and "plans" not in path
            }


def say(name: str, raw: bytes = b"x", size: int | None = None) -> Callable[[dict[str, bytes], dict[str, Any]], object]:
    """One member more, and what is said of it."""

    def change(members: dict[str, bytes], told: dict[str, Any]) -> None:
        members[name] = raw
        told["files"][name] = {"sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw) if size is None else size}

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (say("../evil"), "outside the store"),
        (say("store/../../evil"), "outside the store"),
        (say("/etc/evil"), "outside the store"),
        (say("store/C:evil"), "outside the store"),
        (say("store\\..\\evil"), "outside the store"),
        (say("elsewhere/evil"), "outside the store"),
        (say("store/a\nb"), "outside the store"),
        (say("store/nul.txt"), "outside the store"),
        (say("store/CON/a"), "outside the store"),
        (say("store/a. "), "outside the store"),
        (say("store/b./a"), "outside the store"),
        (say("store/large", b"x", 5), "another size"),
        (say("store/MANIFEST.json"), "one twice"),
        (say("area/manifest.json"), "the name of one of its store"),
        (lambda members, told: members.pop("store/manifest.json"), "other files"),
        (lambda members, told: members.update({"store/more": b""}), "other files"),
        (lambda members, told: told.update(format=2), "newer version"),
        (lambda members, told: told.update(format="1"), "other files"),
        (lambda members, told: told.update(files=[]), "cannot be read"),
        (lambda members, told: told["files"]["store/manifest.json"].update(sha256="0" * 64), "damaged"),
        (lambda members, told: told["files"]["store/manifest.json"].update(bytes=1), "another size"),
    ],
)
def test_a_hostile_backup_changes_nothing(
    store: Path, kept: Path, change: Callable[[dict[str, bytes], dict[str, Any]], object], why: str
) -> None:
    before, beside = contents(store), {path.name for path in store.parent.iterdir()}
    with pytest.raises(InputError, match=why):
        restore(rewritten(kept, change), store, replace=True)
    assert contents(store) == before
    assert {path.name for path in store.parent.iterdir()} == beside | {"other.zip"}


def test_a_backup_that_is_too_large_is_refused_before_it_is_unpacked(
    store: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = rewritten(kept, say("store/zeros", bytes(5_000_000)))
    monkeypatch.setattr(module, "MOST_BYTES", 4_000_000)
    monkeypatch.setattr(module, "_extract", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(InputError, match="it would take"):
        restore(bomb, store, replace=True)
    monkeypatch.setattr(module, "MOST_BYTES", 10**12)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1_000_000}))
    with pytest.raises(InputError, match="the disk has"):
        restore(bomb, store, replace=True)
    monkeypatch.setattr(module, "MOST_FILES", 2)
    with pytest.raises(InputError, match="too many files"):
        restore(bomb, store, replace=True)


def test_on_windows_a_dashboard_that_holds_the_folder_is_named(
    store: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: object) -> None:
        raise PermissionError(13, "Access is denied")

    before = contents(store)
    with monkeypatch.context() as patch:
        patch.setattr(aside, "sys", SimpleNamespace(platform="win32"))
        patch.setattr(aside, "time", SimpleNamespace(sleep=lambda _: None))
        patch.setattr(os, "replace", held)
        with pytest.raises(InputError, match=r"Access is denied.*close the dashboard"):
            restore(kept, store, replace=True)
    assert contents(store) == before
    assert [path.name for path in store.parent.iterdir() if "restoring" in path.name] == []


def test_the_commands(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept, new = tmp_path / "kept.zip", tmp_path / "new"
    assert main(["backup", str(kept), "--store", str(store), "--area", str(AREA_FILE)]) == 0
    assert main(["restore", str(kept), "--store", str(new)]) == 0
    assert "every one checked" in capsys.readouterr().out
    assert main(["restore", str(kept), "--store", str(new)]) == 1
    assert "the folder is not empty" in capsys.readouterr().err
    assert main(["verify", "--store", str(new), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    (new / "plans.sqlite3").write_bytes(b"no database at all" * 99)
    (new / "accepted.json").write_text("[")
    assert main(["verify", "--store", str(new)]) == 1
    told = capsys.readouterr().out
    assert "DAMAGED: plans.sqlite3 (saved plans)" in told
    assert "DAMAGED: accepted.json" in told
    assert main(["verify", "--store", str(tmp_path / "nowhere")]) == 1
