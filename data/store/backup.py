"""One file that holds a whole store with its area: made while nothing changes it, with the check sum of every part."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from data.place.folders import OWN_AREA
from data.store.manifest import read_manifest
from data.store.store import COUNTS, INCIDENTS, REJECTED, importing
from data.store.verify import verify
from geo.aside import set_aside
from geo.errors import InputError

FORMAT = 1
SUMS = "sums.json"
STORE, AREA = "store", "area"  # folders of the file
_LEFT = (".tmp", ".lock", "-journal", "-wal", "-shm")
_FETCHING = "fetching"  # on their way in
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Kept:
    """What a backup holds: its file, how many parts, and their bytes before packing."""

    file: Path
    files: int
    size: int

    def lines(self) -> list[str]:
        """Tell a person."""
        return [f"{self.file}: {self.files:,} files, {self.size / 1e6:,.1f} MB; every check sum is in it."]


def backup(store: Path, file: Path, area_file: Path, now: datetime | None = None) -> Kept:
    """Write a whole store with its area into one zip.

    Parameters
    ----------
    store : Path
    file : Path
        To write; one that is there is replaced once the new one is whole.
    area_file : Path
        Of the store. Where it lies elsewhere, its ward files, school terms and neighbourhoods go in with it.
    now : datetime, optional
        By default the clock's.

    Returns
    -------
    Kept

    Raises
    ------
    InputError
        The store is damaged, an import is running, or the file cannot be written or lies in the store.

    Notes
    -----
    No import can begin meanwhile. Saved plans are copied as they were at one moment, by SQLite itself; people go on.
    """
    if file.resolve().is_relative_to(store.resolve()):
        raise InputError(
            "a backup cannot lie in the store itself", file=str(file), hint="Name a file elsewhere, on another disk."
        )
    checked = verify(store)
    if not checked.ok:
        raise InputError(
            f"the store is damaged: {checked.problems[0].path}: {checked.problems[0].what}",
            file=str(store),
            hint="python -m data verify names all of it. A backup is made of a whole store only.",
        )
    try:
        with set_aside(file) as aside, importing(store):
            sums = _write(store, aside, file, area_file, now or datetime.now(UTC))
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(
            f"the backup cannot be written: {why}",
            file=str(file),
            hint="Make room or get access, or name another file.",
        ) from error
    return Kept(file, len(sums), sum(size for _, size in sums.values()))


def _write(store: Path, aside: Path, file: Path, area_file: Path, now: datetime) -> dict[str, tuple[str, int]]:
    sums: dict[str, tuple[str, int]] = {}
    with TemporaryDirectory(prefix="backup", ignore_cleanup_errors=True) as folder, aside.open("wb") as raw:
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
            for name, path in _members(store, {aside, file}, area_file):
                source = path
                if path.suffix == ".sqlite3":
                    source = Path(folder) / path.name
                    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(source)) as copy:
                        db.backup(copy)
                with source.open("rb") as handle, out.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                    sums[name] = _copy(handle, member)
            told = {
                "format": FORMAT,
                "made_at": now.replace(microsecond=0).isoformat(),
                "files": {name: {"sha256": digest, "bytes": size} for name, (digest, size) in sums.items()},
            }
            out.writestr(SUMS, json.dumps(told, indent=1))
        raw.flush()
        os.fsync(raw.fileno())
    return sums


def _copy(source: IO[bytes], target: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while block := source.read(_BLOCK):
        digest.update(block)
        size += len(block)
        target.write(block)
    return digest.hexdigest(), size


def _members(store: Path, never: set[Path], area_file: Path) -> Iterator[tuple[str, Path]]:
    manifest = read_manifest(store)
    paths = manifest.paths if manifest is not None else frozenset()
    left = {one.resolve() for one in never}
    for path in sorted(store.rglob("*")):
        inside = path.relative_to(store)
        if path.is_symlink() or not path.is_file() or path.name.endswith(_LEFT) or inside.parts[0] == _FETCHING:
            continue
        if inside.parts[0] in (INCIDENTS, COUNTS, REJECTED) and inside.as_posix() not in paths:
            continue  # what no state refers to
        if path.resolve() not in left:
            yield f"{STORE}/{inside.as_posix()}", path
    if area_file.resolve().parent != store.resolve():
        yield from _area_members(area_file)


def _area_members(area_file: Path) -> Iterator[tuple[str, Path]]:
    """Give the area file under the name that a store's own has, and what is looked for beside it."""
    try:
        raw = tomllib.loads(area_file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(
            f"the area file cannot be read: {error}",
            file=str(area_file),
            hint="Correct it first, or name another with --area.",
        ) from error
    yield f"{AREA}/{OWN_AREA}", area_file
    layers = [raw, *(one for one in raw.get("ward_layers", ()) if isinstance(one, dict))]
    named = dict.fromkeys(str(one["ward_file"]) for one in layers if "ward_file" in one)
    for name in named:
        there = PurePosixPath(name)
        if there.is_absolute() or ".." in there.parts or "\\" in name:
            raise InputError(
                "a ward file lies outside the folder of its area file", file=str(area_file), column="ward_file",
                value=name, hint="Put it beside the area file: only so both can be restored together.",
            )  # fmt: skip
        yield f"{AREA}/{name}", area_file.parent / name
    for path in sorted(area_file.parent.glob(f"{area_file.stem}_*")):
        if path.is_file() and path.name not in named:  # terms and neighbourhoods are found by the area file's name
            yield f"{AREA}/{Path(OWN_AREA).stem}{path.name[len(area_file.stem) :]}", path
