"""How files come into a store, are replaced whole, and go."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.store import store as module
from data.store.store import importing, sweep, write_json, write_table, write_whole
from geo import aside
from geo.errors import InputError
from tests.published.police_files import contents

TABLE = pa.table(
    {
        "incident_id": ["a", "b"],
        "location": pa.array(["High Street", None]).dictionary_encode(),
        "easting_m": [1.0, 2.0],
    }
)
ORPHAN = "2024-10.0123456789abcdef.parquet"
LINKS = pytest.mark.skipif(os.name == "nt", reason="Windows lets few people make links")


# --- tables


def test_a_table_is_named_by_its_content(tmp_path: Path) -> None:
    inside = write_table(tmp_path, "incidents/police.uk/somewhere", "2024-10", TABLE)
    assert re.fullmatch(r"incidents/police\.uk/somewhere/2024-10\.[0-9a-f]{16}\.parquet", inside)
    assert pq.ParquetFile(tmp_path / inside).read().equals(TABLE)
    assert list(contents(tmp_path)) == [inside]
    assert write_table(tmp_path, "incidents/police.uk/somewhere", "2024-10", TABLE.slice(1)) != inside
    assert len(contents(tmp_path)) == 2


def test_a_table_is_packed_for_reading(tmp_path: Path) -> None:
    found = pq.ParquetFile(tmp_path / write_table(tmp_path, "a", "b", TABLE)).metadata.row_group(0)
    columns = {found.column(k).path_in_schema: found.column(k) for k in range(found.num_columns)}
    assert {column.compression for column in columns.values()} == {"LZ4"}
    assert {name: column.has_dictionary_page for name, column in columns.items()} == {
        "incident_id": False,  # no two are alike
        "location": True,
        "easting_m": True,
    }
    assert not any(column.is_stats_set for column in columns.values())


def test_a_file_of_this_content_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = write_table(tmp_path, "a", "b", TABLE)

    def never(*arguments: object) -> None:
        raise AssertionError("written again")

    monkeypatch.setattr(module, "write_whole", never)
    assert write_table(tmp_path, "a", "b", TABLE) == inside


@pytest.mark.parametrize("damage", [b"", b"PAR1", None], ids=["empty", "cut off", "one byte"])
def test_a_damaged_file_of_the_right_name_is_written_anew(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / write_table(tmp_path, "a", "b", TABLE)
    whole = path.read_bytes()
    path.write_bytes(whole[:20] + bytes([whole[20] ^ 1]) + whole[21:] if damage is None else damage)
    assert tmp_path / write_table(tmp_path, "a", "b", TABLE) == path
    assert path.read_bytes() == whole


# --- one file in one step


def test_a_file_is_written_beside_its_place_and_then_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "folder" / "a.json"
    steps: list[tuple[str, dict[str, bytes]]] = []
    for name in ("fsync", "replace"):
        original: Callable[..., object] = getattr(os, name)

        def told(*arguments: object, name: str = name, original: Callable[..., object] = original) -> object:
            steps.append((name, contents(path.parent)))
            return original(*arguments)

        monkeypatch.setattr(os, name, told)
    name_aside = aside.beside(path).name
    write_whole(path, b"one")
    assert steps == [("fsync", {name_aside: b"one"}), ("replace", {name_aside: b"one"})]
    write_whole(path, b"two")
    assert steps[2:] == [(name, {name_aside: b"two", "a.json": b"one"}) for name in ("fsync", "replace")]
    assert contents(tmp_path) == {"new/folder/a.json": b"two"}


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_what_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(InputError) as refusal:
            write_whole(path, b"new")
    assert str(refusal.value) == (
        f"{path}: the store cannot be written: No space left on device. "
        "Make room or get access, or name another folder with --store or DASHBOARD_DATA."
    )
    assert contents(tmp_path) == {"a.json": b"old"}


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(InputError, match="the store cannot be written: "):
        write_whole(tmp_path / "a" / "b.json", b"")
    with pytest.raises(InputError, match="the store cannot be written: "), importing(tmp_path / "a"):
        pass


def test_an_error_without_words_of_the_system_is_told_in_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd(handle: int) -> None:
        raise OSError("something odd")

    monkeypatch.setattr(os, "fsync", odd)
    with pytest.raises(InputError, match="the store cannot be written: something odd"):
        write_whole(tmp_path / "a", b"")


@pytest.mark.parametrize(("system", "held", "tries"), [("win32", 4, 5), ("win32", 5, 5), ("linux", 1, 1)])
def test_windows_may_hold_a_file_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, held: int, tries: int
) -> None:
    original, pauses, calls = os.replace, list[float](), 0

    def busy(*arguments: Path) -> None:
        nonlocal calls
        calls += 1
        if calls <= held:
            raise PermissionError(13, "Access is denied")
        original(*arguments)

    monkeypatch.setattr(os, "replace", busy)
    monkeypatch.setattr(aside, "sys", SimpleNamespace(platform=system))
    monkeypatch.setattr(aside, "time", SimpleNamespace(sleep=pauses.append))
    if held < tries:
        write_whole(tmp_path / "a", b"x")
    else:
        with pytest.raises(InputError, match="Access is denied"):
            write_whole(tmp_path / "a", b"x")
    assert calls == tries
    assert pauses == [0.1] * (tries - 1)
    assert contents(tmp_path) == ({"a": b"x"} if held < tries else {})


def test_plain_values_are_written_for_people_to_read(tmp_path: Path) -> None:
    write_json(tmp_path, "feeds/fire.json", {"street": "Caf\u00e9", "n": [1]})
    raw = (tmp_path / "feeds" / "fire.json").read_text(encoding="utf-8")
    assert raw == '{\n "street": "Caf\u00e9",\n "n": [\n  1\n ]\n}'
    assert json.loads(raw) == {"street": "Caf\u00e9", "n": [1]}


# --- what nothing refers to


def test_orphans_are_swept_from_every_folder_and_nothing_else(tmp_path: Path) -> None:
    orphans = [
        f"incidents/police.uk/somewhere/{ORPHAN}",
        f"incidents/.{ORPHAN}.7.tmp",
        f"rejected/{ORPHAN}",
        "feeds/.fire.json.7.tmp",
        ".manifest.json.7.tmp",
    ]
    strangers = [
        f"{ORPHAN}",
        f"other/{ORPHAN}",
        "manifest.json",
        ".other.json.7.tmp",
        "incidents/notes.txt",
        "incidents/mine.parquet",
        "incidents/2024-10.0123456789ABCDEF.parquet",
        "incidents/2024-10.0123456789abcde.parquet",
        f"incidents/{ORPHAN}.bak",
        "incidents/x.tmp",
        "rejected/kept.0123456789abcdef.parquet",
        "feeds/fire.json",
    ]
    for inside in orphans + strangers:
        write_whole(tmp_path / inside, b"x")
    (tmp_path / "incidents" / f"folder.{ORPHAN}").mkdir()
    assert sweep(tmp_path, {"rejected/kept.0123456789abcdef.parquet"}) == len(orphans)
    assert list(contents(tmp_path)) == sorted(strangers, key=Path)
    assert sweep(tmp_path, {"rejected/kept.0123456789abcdef.parquet"}) == 0
    assert sweep(tmp_path / "nothing", ()) == 0


@LINKS
def test_sweeping_follows_no_link(tmp_path: Path) -> None:
    store, elsewhere = tmp_path / "store", tmp_path / "elsewhere"
    (store / "incidents").mkdir(parents=True)
    elsewhere.mkdir()
    for name in (ORPHAN, f"linked.{ORPHAN}"):
        (elsewhere / name).write_bytes(b"x")
    (store / "incidents" / f"file.{ORPHAN}").symlink_to(elsewhere / f"linked.{ORPHAN}")
    (store / "incidents" / f"gone.{ORPHAN}").symlink_to(tmp_path / "nothing")
    (store / "incidents" / "folder").symlink_to(elsewhere, target_is_directory=True)
    (store / ".manifest.json.7.tmp").symlink_to(elsewhere / ORPHAN)
    assert sweep(store, ()) == 0
    assert sorted(contents(elsewhere)) == [ORPHAN, f"linked.{ORPHAN}"]
    assert (store / "incidents" / f"file.{ORPHAN}").is_symlink(), "a link is nothing that an import writes"
    assert (store / ".manifest.json.7.tmp").is_symlink()


def test_a_file_that_is_held_is_left_for_the_next_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for k in range(3):
        write_whole(tmp_path / "incidents" / f"{k}.{ORPHAN}", b"x")
    original = Path.unlink

    def held(self: Path) -> None:
        if self.name.startswith("1."):
            raise PermissionError(13, "Access is denied")
        original(self)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", held)
        assert sweep(tmp_path, ()) == 2
    assert list(contents(tmp_path)) == [f"incidents/1.{ORPHAN}"]
    assert sweep(tmp_path, ()) == 1


# --- one import at a time


def test_one_import_holds_the_store(tmp_path: Path) -> None:
    store = tmp_path / "new" / "store"
    with importing(store):
        assert [path.name for path in store.iterdir()] == ["import.lock"]
        with pytest.raises(InputError) as refusal, importing(store):
            pass
        assert str(refusal.value) == f"{store}: another import into this store is running. Wait until it has ended."
        with importing(tmp_path / "another"):
            pass
    with importing(store):
        pass


def test_an_import_that_fails_lets_go_of_the_store(tmp_path: Path) -> None:
    with pytest.raises(KeyError), importing(tmp_path):
        raise KeyError("x")
    with importing(tmp_path):
        pass


def test_what_the_lock_holds_is_left(tmp_path: Path) -> None:
    (tmp_path / "import.lock").write_bytes(b"x")
    with importing(tmp_path):
        pass
    assert (tmp_path / "import.lock").read_bytes() == b"x"
