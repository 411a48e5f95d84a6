"""An import that is cut off anywhere leaves the store as it was or as it should become, readable and whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from data.place.area import Area
from data.published.police_uk import import_paths, take_paths
from data.store.manifest import read_manifest
from data.store.store import importing, load, store_version
from geo.errors import InputError
from tests.published.police_files import NOW, archive, contents, crime, named, points_of, put, row, table

ROOT = Path(__file__).resolve().parents[2]
MONTHS = ("2024-07", "2024-08", "2024-09")


class Killed(BaseException):
    """Not an Exception: nothing may catch it and carry on."""


def release(
    area: Area, path: Path, rows: int, outcome: str = "Under investigation", months: Sequence[str] = MONTHS
) -> Path:
    """An archive of some months; every month also has a row to reject."""
    at = points_of(area).inside
    return archive(
        path,
        {
            named(month): table(
                [crime(at, k, outcome, Month=month) for k in range(rows)]
                + [row(at, Month=month), row(("", ""), Month=month)]
            )
            for month in months
        },
    )


@pytest.fixture
def ours(area: Area) -> Area:
    return replace(area, forces=("somewhere",))


def state(store: Path, area: Area) -> tuple[str, int]:
    """Version and number of rows, with everything that the manifest names there."""
    manifest = read_manifest(store)
    if manifest is None:
        return store_version(store), 0
    assert all((store / path).is_file() for path in manifest.paths)
    incidents = load(store, area)
    assert len(incidents.frame) == sum(unit.rows for unit in manifest.units.values())
    for file in manifest.files.values():
        assert file.rows_read == file.loaded + file.rejected + file.outside
    return incidents.version, len(incidents.frame)


def cut_off_at(monkeypatch: pytest.MonkeyPatch, call: str, number: int, *, before: bool) -> None:
    """Die at the n-th call of a function of os, before or after it did its work."""
    original: Callable[..., object] = getattr(os, call)
    calls = 0

    def dying(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == number and before:
            raise Killed
        result = original(*arguments)
        if calls == number:
            raise Killed
        return result

    monkeypatch.setattr(os, call, dying)


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("rebuild", [False, True], ids=["import", "rebuild"])
def test_cut_off_at_every_write(
    ours: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, before: bool, rebuild: bool
) -> None:
    months = MONTHS[:2]  # the first, the last and the manifest: a third would be cut off like the others
    old = release(ours, tmp_path / "old.zip", 3, months=months)
    new = release(ours, tmp_path / "new.zip", 5, "Offender charged", months)
    import_paths([old], tmp_path / "aim", ours, now=NOW)
    had = state(tmp_path / "aim", ours)
    shutil.copytree(tmp_path / "aim", tmp_path / "had")
    import_paths([new], tmp_path / "aim", ours, now=NOW, rebuild=rebuild)
    aim = state(tmp_path / "aim", ours)
    whole = contents(tmp_path / "aim")
    writes = 2 * len(months) + 2  # incidents and rejected rows of each month, counts of the force, and the manifest
    seen = set()
    for number in range(1, writes + 1):
        store = Path(shutil.copytree(tmp_path / "had", tmp_path / f"{call}{number}"))
        with monkeypatch.context() as patch:
            cut_off_at(patch, call, number, before=before)
            with pytest.raises(Killed):
                import_paths([new], store, ours, now=NOW, rebuild=rebuild)
        found = state(store, ours)
        assert found in {had, aim}
        seen.add(found)
        report = import_paths([new], store, ours, now=NOW, rebuild=rebuild)
        assert report.ok
        assert state(store, ours) == aim
        import_paths([new], store, ours, now=NOW)  # sweeps what is no longer needed
        left = {path: raw for path, raw in whole.items() if path in contents(store)}
        assert contents(store) == left
    assert had in seen
    assert (aim in seen) == (call == "replace" and not before)


@pytest.mark.parametrize("rebuild", [False, True], ids=["import", "rebuild"])
def test_a_full_disk_is_reported_and_leaves_the_store_as_it_was(
    ours: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rebuild: bool
) -> None:
    store, old = tmp_path / "store", release(ours, tmp_path / "old.zip", 3)
    import_paths([old], store, ours, now=NOW)
    before, had = contents(store), state(store, ours)
    new = release(ours, tmp_path / "new.zip", 5, months=MONTHS[:2])
    one = put(tmp_path, table([row(points_of(ours).inside)]))
    for number in range(1, 6):
        with monkeypatch.context() as patch:
            calls = 0
            original = os.fsync

            def full(handle: int, number: int = number, original: Callable[[int], None] = original) -> None:
                nonlocal calls
                calls += 1
                if calls >= number:
                    raise OSError(28, "No space left on device")
                original(handle)

            patch.setattr(os, "fsync", full)
            report = take_paths([new], store, ours, now=NOW, rebuild=rebuild)
            single = take_paths([one], store, ours, now=NOW, rebuild=rebuild) if number == 1 else None
        for files in (report.files, single.files if single else report.files):
            assert [file.status for file in files] == ["failed"]
            assert "No space left on device" in (files[0].error or "")
        assert state(store, ours) == had
        if rebuild:  # what was written for nothing is swept by the next import
            assert import_paths([old], store, ours, now=NOW).ok
        assert contents(store) == before


@pytest.mark.parametrize("after", [2, 4])
def test_a_killed_process_leaves_the_store_whole_and_unlocked(ours: Area, tmp_path: Path, after: int) -> None:
    paths = [release(ours, tmp_path / f"{k}.zip", 2 + k) for k in range(3)]
    store = tmp_path / "store"
    code = (
        "import sys; from pathlib import Path\n"
        "from data.place.area import load_area; from data.published.police_uk import import_paths\n"
        "def told(done, total, name):\n"
        "    print(done, flush=True)\n"
        f"    if done >= {after}: sys.stdin.read()\n"  # waits here until it is killed
        "import_paths(sys.argv[2:], Path(sys.argv[1]), load_area(), told)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(store), *map(str, paths)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        while int(child.stdout.readline()) < after:
            pass
        with pytest.raises(InputError, match="another import into this store is running"):
            import_paths([paths[0]], store, ours, now=NOW)
        child.kill()
    complete = after // 3  # archives are committed one by one
    assert state(store, ours)[1] == (3 * (2 + complete) if complete else 0)
    assert import_paths(paths, store, ours, now=NOW).ok
    assert state(store, ours)[1] == 3 * (4 + 1)


def test_two_imports_at_once(ours: Area, tmp_path: Path) -> None:
    store = tmp_path / "store"
    path = put(tmp_path, table([row(points_of(ours).inside)]))
    with importing(store), pytest.raises(InputError, match="another import into this store is running"):
        import_paths([path], store, ours, now=NOW)
    assert import_paths([path], store, ours, now=NOW).ok


def test_readers_meet_one_state_or_the_other(ours: Area, tmp_path: Path) -> None:
    paths = [release(ours, tmp_path / "old.zip", 3), release(ours, tmp_path / "new.zip", 5)]
    store = tmp_path / "store"
    import_paths([paths[0]], store, ours, now=NOW)
    rows: list[int] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            rows.append(len(load(store, ours).frame))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for k in range(1, 7):
            assert import_paths([paths[k % 2]], store, ours, now=NOW).files[0].status == "loaded"
    finally:
        stop.set()
        reader.join()
    assert set(rows) <= {3 * 4, 3 * 6}
    assert len(rows) > 0
