"""Read everything that a store keeps, and name what is damaged and what restores it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data.access.log import FILE as LOG
from data.access.log import read_log
from data.store.accepted import read_accepted
from data.store.fetched import read_fetching
from data.store.manifest import Manifest, read_manifest
from data.store.schema import POLICE_UK
from data.store.sums import MISSING, named_sum, sum_now
from geo.errors import InputError

_BACKUP = "restore a backup: python -m data restore FILE --store DIR --replace"
_BUSY_S = 10.0
_AGAIN = "import the same again, which restores it, or restore a backup"
_NEWLY = "make or fetch it again, or restore a backup"


@dataclass(frozen=True)
class Problem:
    """A file of a store that is damaged: which, what is wrong, what it takes with it, what restores it."""

    path: str
    what: str
    holds: str
    remedy: str

    def line(self) -> str:
        """Tell a person."""
        holds = f" ({self.holds})" if self.holds else ""
        return f"DAMAGED: {self.path}{holds}: {self.what}. What to do: {self.remedy}."


@dataclass(frozen=True)
class Verified:
    """What came of reading everything."""

    checked: int
    problems: tuple[Problem, ...] = field(default_factory=tuple)

    @property
    def ok(self) -> bool:
        """Whether nothing is damaged."""
        return not self.problems

    def lines(self) -> list[str]:
        """Tell a person."""
        n = f"{self.checked:,} file{'' if self.checked == 1 else 's'} read"
        last = f"{n}: none is damaged." if self.ok else f"{n}: {len(self.problems)} damaged."
        return [*(one.line() for one in self.problems), last]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"ok": self.ok, "checked": self.checked, "problems": [asdict(one) for one in self.problems]}


def verify(store: Path) -> Verified:
    """Read every file of a store, whatever was read of it before.

    Parameters
    ----------
    store : Path

    Returns
    -------
    Verified
        Files that no state refers to, which the next import sweeps, are not read.

    Raises
    ------
    InputError
        There is no such folder, or the store was written by a newer program.
    """
    if not store.is_dir():
        raise InputError("there is no such folder", file=str(store), hint="Name the store with --store.")
    problems: list[Problem] = []
    checked = 0
    try:
        manifest = read_manifest(store)
    except InputError as error:
        if error.column == "format" and "newer" in error.message:
            raise
        problems.append(Problem(_inside(store, error), error.message, _key(error), _BACKUP))
        manifest = None
    checked += manifest is not None
    for found in (_units(store, manifest) if manifest is not None else (), _others(store)):
        for problem in found:
            checked += 1
            problems += [problem] if problem else []
    return Verified(checked, tuple(problems))


def _inside(store: Path, error: InputError) -> str:
    return Path(error.file).name if error.file else str(store)


def _key(error: InputError) -> str:
    return f"{error.column} is {error.value!r}" if error.column else ""


def _units(store: Path, manifest: Manifest) -> Iterator[Problem | None]:
    rows: dict[str, int] = {}
    holds: dict[str, list[str]] = {}
    for unit in manifest.units.values():
        rows[unit.path] = unit.rows
        name = f"{unit.force} {unit.month}" if unit.source == POLICE_UK else f"feed {unit.source} {unit.month}"
        holds.setdefault(unit.path, []).append(name)
        if unit.counts:
            holds.setdefault(unit.counts, []).append(f"counts of {name}")
    for file in manifest.files.values():
        if file.rejected_path:
            holds.setdefault(file.rejected_path, []).append(f"rejected rows of {file.name}")
    for path in sorted(manifest.paths):
        what = _wrong(store / path, rows.get(path))
        told = holds[path]
        words = "; ".join(told) if len(told) <= 3 else f"{told[0]} and {len(told) - 1} more"
        yield Problem(path, what, words, _AGAIN) if what else None


def _wrong(path: Path, rows: int | None) -> str:
    """Say what is wrong with a Parquet file; empty where nothing is."""
    try:
        whole = named_sum(path.name)
        if whole and sum_now(path) != whole:
            return "it is not what was written: its check sum is another"
        found = pq.ParquetFile(path).read().num_rows
    except FileNotFoundError:
        return f"it {MISSING}"
    except (OSError, pa.ArrowException) as error:
        return f"it cannot be read: {error}"
    return f"it has {found} rows, the manifest says {rows}" if rows is not None and found != rows else ""


def _others(store: Path) -> Iterator[Problem | None]:
    """Whatever else is kept beside the incidents."""
    yield from _told(store, "accepted months", lambda: read_accepted(store), "delete it and accept them again")
    yield from _told(store, "what was fetched", lambda: read_fetching(store), "delete it and fetch again")
    for path in sorted(store.glob("*.parquet")):
        what = _wrong(path, None)
        yield Problem(path.name, what, "", _NEWLY) if what else None
    for path in sorted(store.glob("*.sqlite3")):
        what = _database(path)
        yield Problem(path.name, what, "saved plans", _BACKUP) if what else None
    if (store / LOG).is_file():
        lines = read_log(store).damaged
        remedy = "nothing: they are passed over; a backup has them if it was made before"
        yield Problem(LOG, f"lines that cannot be read: {lines}", "who did what", remedy) if lines else None


def _told(store: Path, holds: str, read: Callable[[], object], remedy: str) -> Iterator[Problem]:
    try:
        read()
    except InputError as error:
        yield Problem(_inside(store, error), error.message, holds, remedy)


def _database(path: Path) -> str:
    try:  # not only to read: what a kill cut off is rolled back by the next who opens it
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=_BUSY_S)) as db:
            found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(3)")]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return f"it cannot be read: {error}"
    return "" if found == ["ok"] else "; ".join(found)
