"""A file takes another's place in one step, also on Windows, where a reader is in the way for a moment."""

from __future__ import annotations

import importlib.util
import io
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from geo import aside, held, terminal
from geo.aside import beside, into_place, is_device, read_whole, set_aside


class InUse:
    """Windows while somebody has a file open: the first calls of a function fail, then it works."""

    def __init__(self, patch: pytest.MonkeyPatch, owner: object, name: str, times: int, system: str = "win32") -> None:
        self.calls, self.pauses, self.times = 0, list[float](), times
        self.true: Callable[..., object] = getattr(owner, name)

        def stand_in(*words: object) -> object:  # a function of its own: a method is given its object
            return self.call(*words)

        patch.setattr(owner, name, stand_in)
        patch.setattr(aside, "sys", SimpleNamespace(platform=system))
        patch.setattr(aside, "time", SimpleNamespace(sleep=self.pauses.append))

    def call(self, *words: object) -> object:
        self.calls += 1
        if self.calls <= self.times:
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        return self.true(*words)


@pytest.mark.parametrize(("system", "times", "works"), [("win32", 4, True), ("win32", 5, False), ("linux", 1, False)])
def test_what_somebody_reads_is_replaced_a_moment_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, times: int, works: bool
) -> None:
    target = tmp_path / "area.toml"
    target.write_bytes(b"old")
    windows = InUse(monkeypatch, os, "replace", times, system)
    if works:
        with set_aside(target) as made:
            made.write_bytes(b"new")
    else:
        with pytest.raises(PermissionError), set_aside(target) as made:
            made.write_bytes(b"new")
    assert target.read_bytes() == (b"new" if works else b"old")
    assert [path.name for path in tmp_path.iterdir()] == ["area.toml"]
    assert len(windows.pauses) == min(times, aside.TRIES - 1) * (system == "win32")


def test_a_folder_moves_once_nobody_has_a_file_of_it_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "store").mkdir()
    InUse(monkeypatch, os, "replace", 2)
    into_place(tmp_path / "store", tmp_path / "store.before")
    assert [path.name for path in tmp_path.iterdir()] == ["store.before"]


@pytest.mark.parametrize(("system", "times", "works"), [("win32", 4, True), ("win32", 5, False), ("linux", 1, False)])
def test_what_somebody_replaces_is_read_a_moment_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, times: int, works: bool
) -> None:
    (tmp_path / "manifest.json").write_bytes(b"{}")
    InUse(monkeypatch, Path, "read_bytes", times, system)
    if works:
        assert read_whole(tmp_path / "manifest.json") == b"{}"
    else:
        with pytest.raises(PermissionError):
            read_whole(tmp_path / "manifest.json")


def test_two_threads_write_beside_one_file_under_two_names(tmp_path: Path) -> None:
    found = [beside(tmp_path / "a")]
    other = threading.Thread(target=lambda: found.append(beside(tmp_path / "a")))
    other.start()
    other.join()
    assert len(set(found)) == 2


@pytest.mark.parametrize("name", ["CON", "nul.csv", "Com1", "lpt9.tar.gz", "AUX .txt", "prn"])
def test_names_of_devices_are_known(name: str) -> None:
    assert is_device(name)
    assert not is_device(f"{name.split('.')[0]}x.csv")
    assert not is_device(f"a.{name}")


def as_on_windows(locking: Callable[[int, int, int], None], monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """The module that holds files, read anew as Windows reads it."""
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK=2))
    monkeypatch.setattr(sys, "platform", "win32")
    spec = importlib.util.spec_from_file_location("held_on_windows", str(held.__file__))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.hold


def test_on_windows_all_hold_the_same_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: dict[int, int] = {}

    def locking(handle: int, mode: int, length: int) -> None:
        at = os.lseek(handle, 0, os.SEEK_CUR)
        assert (mode, length) == (2, 1)
        if at in taken:
            raise PermissionError(13, "Permission denied")
        taken[at] = handle

    with monkeypatch.context() as patch:
        hold = as_on_windows(locking, patch)
    lock = tmp_path / "import.lock"
    lock.write_bytes(b"left by an earlier program")
    with lock.open("a+b") as one, lock.open("a+b") as two:
        hold(one.fileno())
        with pytest.raises(OSError, match="Permission denied"):
            hold(two.fileno())
    assert list(taken) == [0]


def test_a_terminal_of_few_letters_takes_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1252"))
    terminal.any_letters()
    print("T\u0177 Croes, \u00a3 5, \u2265 3", flush=True)
    assert written.getvalue() == b"T\\u0177 Croes, \xa3 5, \\u2265 3\n"
