"""A disk that is full, or a folder that may not be written, at any act: it is told, and the store is as it was.

The acts meet it in small at every file that they write; marked long, on a real disk of a few hundred kilobytes.
"""

from __future__ import annotations

import errno
import io
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from data.place.area import Area
from data.plan import file as plan_file
from data.plan import plans
from geo.errors import InputError
from tests.conftest import ROOT
from tests.store.acts_on_a_store import ACTS, Made, held, made

SLOW = pytest.param("restore", marks=pytest.mark.long)  # which writes every file of the store
FULL = r"No space left on device|database or disk is full|the disk has \d+ MB"
MOST_WRITES = 20
STEP_BYTES, MOST_BYTES = 4096, 2_000_000
LARGE_STEPS = {"table": 10, "backup": 4, "restore": 4}  # of what writes much


@pytest.fixture(scope="module")
def first(area: Area, tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Path]:
    return made(tmp_path_factory.mktemp("acts"), area)


@pytest.fixture
def ready(first: tuple[Made, Path], tmp_path: Path) -> tuple[Made, Path]:
    """Files to import, and a copy of the store."""
    return first[0], Path(shutil.copytree(first[1], tmp_path / "store"))


def tried(act: Callable[[Made, Path], Any], told: Made, store: Path) -> str | None:
    """What an act says that cannot be done; None where it was. Any other error is a fault."""
    try:
        act(told, store)
    except InputError as error:
        return str(error)
    return None


def left(store: Path) -> list[str]:
    """What was on its way: nothing of it may stay."""
    return [path.name for path in store.parent.rglob("*") if path.name.endswith((".tmp", ".part", ".restoring"))]


def no_room_from(monkeypatch: pytest.MonkeyPatch, number: int, code: int = errno.ENOSPC) -> Callable[[], int]:
    """From the n-th file on, none reaches the disk; a database does not grow."""
    calls = 0

    def sync(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls >= number:
            raise OSError(code, os.strerror(code))

    def connect(path: Path) -> sqlite3.Connection:
        db = sqlite3.connect(path, timeout=1, isolation_level=None)
        if number == 1:
            db.execute("PRAGMA max_page_count = 1")  # less than there are: as many as there are
        return db

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(plan_file, "_connect", connect)
    return lambda: calls


@pytest.mark.parametrize("name", [*sorted(set(ACTS) - {"table", "restore"}), SLOW])
def test_no_room_at_any_file_is_told_and_changes_nothing(
    ready: tuple[Made, Path], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, store = ready
    before = held(store, told.area)
    for number in range(1, MOST_WRITES):
        with monkeypatch.context() as patch:
            calls = no_room_from(patch, number)
            said = tried(ACTS[name], told, store)
            if said is None:
                assert calls() < number
                break
        assert re.search(FULL, said)
        assert "Make room" in said
        assert held(store, told.area) == before
        assert left(store) == []
    assert number > 1, "it wrote nothing"


class MayNotBeWritten:
    """A folder of a disk that is mounted for reading alone, as the calls meet it through which files are written."""

    def __init__(self, patch: pytest.MonkeyPatch, folder: Path) -> None:
        self.folder = str(folder)
        true_open, true_mkdir, true_connect = io.open, os.mkdir, sqlite3.connect

        def opened(file: Any, mode: str = "r", *more: Any, **other: Any) -> Any:
            if set(mode) & set("wax+"):
                self.refuse(file)
            return true_open(file, mode, *more, **other)

        def mkdir(path: Any, *more: Any, **other: Any) -> None:
            if not Path(path).exists():
                self.refuse(path)
            true_mkdir(path, *more, **other)

        def connect(path: Any, **other: Any) -> sqlite3.Connection:
            if str(path).startswith(self.folder):
                return true_connect(f"file:{path}?mode=ro", uri=True, **other)
            return true_connect(path, **other)

        patch.setattr(io, "open", opened)
        patch.setattr(os, "mkdir", mkdir)
        patch.setattr(sqlite3, "connect", connect)

    def refuse(self, path: Any) -> None:
        if str(path).startswith(self.folder):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))


@pytest.mark.parametrize("name", sorted(set(ACTS) - {"table", "restore"}))
def test_a_folder_that_may_not_be_written_is_read_and_told(
    ready: tuple[Made, Path], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, store = ready
    before = held(store, told.area)
    with monkeypatch.context() as patch:
        MayNotBeWritten(patch, store.parent)
        assert held(store, told.area) == before
        with pytest.raises(InputError, match=r"Read-only file system|readonly database"):
            ACTS[name](told, store)
    assert held(store, told.area) == before


def test_older_plans_are_read_where_they_cannot_be_brought_forward(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Path(shutil.copytree(ROOT / "tests" / "fixtures" / "made_by_0_1" / "store", tmp_path / "store"))
    before = (store / plan_file.FILE).read_bytes()
    with monkeypatch.context() as patch:
        MayNotBeWritten(patch, store)
        found = plans.saved(store)
        assert [one.title for one in plans.listed(store)][:2] == [
            "By the page on loaded incidents", "Run and put away"
        ]  # fmt: skip
    assert (store / plan_file.FILE).read_bytes() == before
    assert plans.saved(store) == found
    assert (store / plan_file.FILE).read_bytes() != before


# --- on a disk -------------------------------------------------------------------------------------------------------
@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if (
        os.name == "nt"
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={MOST_BYTES * 4}", "none", folder], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("needs leave to mount a disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.long
@pytest.mark.parametrize("name", ACTS)
def test_a_disk_that_is_full_is_told_and_changes_nothing(first: tuple[Made, Path], disk: Path, name: str) -> None:
    told, store = first[0], Path(shutil.copytree(first[1], disk / "store"))
    before, failed = held(store, told.area), 0
    for free in range(0, MOST_BYTES, STEP_BYTES * LARGE_STEPS.get(name, 1)):
        ballast = disk / "ballast"
        room = shutil.disk_usage(disk).free - free
        with ballast.open("wb") as file:
            file.write(b"0" * max(0, room))
        said = tried(ACTS[name], told, store)
        ballast.unlink()
        if said is None:
            break
        failed += 1
        assert re.search(FULL, said) or (name == "table" and "cannot be written" in said)  # GDAL gives no reason
        assert "Make room" in said
        assert held(store, told.area) == before
        assert left(store) == []
    assert failed or name == "log", "it was never full"  # one line more fits where another is
    assert name in {"backup", "table", "log"} or held(store, told.area) != before or name == "restore"


@pytest.mark.long
@pytest.mark.parametrize("name", ACTS)
def test_a_disk_that_may_not_be_written_is_read(first: tuple[Made, Path], disk: Path, name: str) -> None:
    told, store = first[0], Path(shutil.copytree(first[1], disk / "store"))
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    before = held(store, told.area)
    with pytest.raises(InputError, match=r"Read-only file system|readonly database"):
        ACTS[name](told, store)
    assert held(store, told.area) == before
