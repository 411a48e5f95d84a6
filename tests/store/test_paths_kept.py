"""The version of a store is told without reading its manifest again, and never an old one."""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from data.place.area import Area
from data.published.police_uk import import_paths
from data.store import paths_kept
from data.store.manifest import MANIFEST, read_paths
from data.store.paths_kept import paths_now
from data.store.store import EMPTY, store_version
from geo.errors import InputError
from tests.published.police_files import NOW, crime, named, points_of, put, table

AGO_NS = 3_600 * 10**9


@pytest.fixture
def store(area: Area, tmp_path: Path) -> Path:
    at, ours = points_of(area), replace(area, forces=("somewhere",))
    for month in ("2024-07", "2024-08"):
        file = put(tmp_path, table([crime(at.inside, k, Month=month) for k in range(3)]), named(month))
        assert import_paths([file], tmp_path / month, ours, now=NOW).ok
    shutil.copytree(tmp_path / "2024-07", tmp_path / "store")
    aged(tmp_path / "store")
    return tmp_path / "store"


def aged(store: Path) -> None:
    """Make the manifest one that was written an hour ago."""
    then = time.time_ns() - AGO_NS
    os.utime(store / MANIFEST, ns=(then, then))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every reading of a manifest."""
    seen: list[Path] = []

    def counted(store: Path) -> object:
        seen.append(store)
        return read_paths(store)

    monkeypatch.setattr(paths_kept, "read_paths", counted)
    return seen


def test_an_old_manifest_is_read_once(store: Path, reads: list[Path]) -> None:
    assert {paths_now(store) for _ in range(5)} == {read_paths(store)}
    assert len(reads) == 1


def test_one_that_is_replaced_is_read_again(store: Path, tmp_path: Path, reads: list[Path]) -> None:
    before = store_version(store)
    no_manifest = shutil.ignore_patterns(MANIFEST)
    shutil.copytree(tmp_path / "2024-08", store, dirs_exist_ok=True, ignore=no_manifest)
    aside = store / "aside"
    shutil.copy(tmp_path / "2024-08" / MANIFEST, aside)
    stamp = (store / MANIFEST).stat()
    os.utime(aside, ns=(stamp.st_mtime_ns, stamp.st_mtime_ns))  # a clock that jumped: the same time
    assert aside.stat().st_size == stamp.st_size  # and the same size: it is another file all the same
    aside.replace(store / MANIFEST)
    assert store_version(store) == store_version(tmp_path / "2024-08") != before
    assert len(reads) >= 2


@pytest.mark.parametrize("ahead_ns", [0, AGO_NS])
def test_one_of_this_moment_or_of_tomorrow_is_read_every_time(store: Path, reads: list[Path], ahead_ns: int) -> None:
    now = time.time_ns() + ahead_ns
    os.utime(store / MANIFEST, ns=(now, now))
    raw = (store / MANIFEST).read_bytes()
    first = paths_now(store)[0]
    assert first is not None
    (store / MANIFEST).write_bytes(raw.replace(first.encode(), first[::-1].encode()))
    os.utime(store / MANIFEST, ns=(now, now))
    assert paths_now(store)[0] == first[::-1]
    assert len(reads) == 2


def test_one_that_is_replaced_while_it_is_read_is_not_kept(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(at: Path) -> object:
        found = read_paths(at)
        (at / MANIFEST).write_text(json.dumps({**json.loads((at / MANIFEST).read_text()), "more": 1}))
        aged(at)
        return found

    monkeypatch.setattr(paths_kept, "read_paths", slow)
    stamp = paths_kept._stamp(store)
    with pytest.raises(paths_kept._MovedError):
        paths_kept._kept(str(store), stamp)


def test_faults_and_nothing_are_told_every_time(store: Path) -> None:
    (store / MANIFEST).write_text("{")
    aged(store)
    for _ in range(2):
        with pytest.raises(InputError, match="manifest"):
            store_version(store)
    (store / MANIFEST).unlink()
    assert store_version(store) == EMPTY
