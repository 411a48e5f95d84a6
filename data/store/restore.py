"""Put a backup into place: everything is checked beside the store before anything takes its place."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from data.place.folders import OWN_AREA
from data.store.backup import AREA, FORMAT, STORE, SUMS
from data.store.manifest import read_manifest
from data.store.store import LOCK, importing
from data.store.verify import verify
from geo.aside import into_place, is_device
from geo.errors import InputError

MOST_FILES, MOST_BYTES, MOST_SUMS = 200_000, 50 * 10**9, 100 * 10**6
_BLOCK = 1 << 20
_ODD = re.compile(r"[\x00-\x1f\\:*?\"<>|]")
_WHOLE = "Take another backup. Nothing was changed."


@dataclass(frozen=True)
class Restored:
    """What was restored: where, how many files, from when, and where the earlier store lies now."""

    store: Path
    files: int
    made_at: str
    before: Path | None
    area: Path | None

    def lines(self) -> list[str]:
        """Tell a person."""
        lines = [f"{self.store}: {self.files:,} files of the backup of {self.made_at}, every one checked."]
        lines += [f"What was there before lies in {self.before}; delete it when all is well."] if self.before else []
        return lines + ([f"Its area file: {self.area}"] if self.area else [])


def restore(file: Path, store: Path, *, replace: bool = False, now: datetime | None = None) -> Restored:
    """Restore a store from a backup.

    Parameters
    ----------
    file : Path
        Of :func:`data.store.backup.backup`.
    store : Path
        Folder to make. An area file of the backup becomes the store's own; where the store has one already, it goes
        into the folder ``area`` of it.
    replace : bool
        Take the place of what is there; that is kept beside it, under its name with ``before`` and the time.
    now : datetime, optional
        By default the clock's.

    Raises
    ------
    InputError
        The folder is not empty, the file is no whole backup or holds what none does, or an import is running. Nothing
        was changed then.
    """
    store = store.resolve()
    there = store.is_dir() and any(one.name != LOCK for one in store.iterdir())
    if there and not replace:
        raise InputError(
            "the folder is not empty", file=str(store), hint="Name a new one, or say --replace: the old one is kept."
        )
    if store.exists() and not store.is_dir():
        raise InputError("it is no folder", file=str(store), hint="Name a folder.")
    aside = store.with_name(f".{store.name}.{os.getpid()}.restoring")
    at = (now or datetime.now(UTC)).strftime("%Y%m%d-%H%M%S")
    try:
        with _opened(file) as zipped:
            told = _told(zipped, file)
            _room(store, sum(one["bytes"] for one in told["files"].values()), file)
            _extract(zipped, told["files"], aside, file)
        area = _check(aside, file)
        before = _swap(aside, store, at)
    except OSError as error:
        raise InputError(
            f"the backup cannot be restored: {error.strerror or error}",
            file=str(error.filename or file),
            hint="Make room or get access, and close the dashboard, which may hold the folder. Nothing was changed.",
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"the backup cannot be restored: {error}", file=str(file), hint=_WHOLE) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return Restored(store, len(told["files"]), str(told["made_at"]), before, store / area if area else None)


def _opened(file: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(file)


def _told(zipped: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    """Read what the backup says of itself, and refuse one whose members are others than it says."""
    names = [info.filename for info in zipped.infolist()]
    if len(names) > MOST_FILES or len({name.casefold() for name in names}) != len(names):
        raise _refused(file, "it has too many files, or one twice")
    if SUMS not in names:
        raise _refused(file, f"it has no {SUMS}")
    if zipped.getinfo(SUMS).file_size > MOST_SUMS:
        raise _refused(file, f"its {SUMS} is too large")
    try:
        told: dict[str, Any] = json.loads(zipped.read(SUMS))
        number, files = told["format"], told["files"]
        if type(number) is int and number > FORMAT:
            raise InputError(
                "the backup was made by a newer version of this program",
                file=str(file), value=str(number), hint="Use the newer program.",
            )  # fmt: skip
        sizes = {name: (str(one["sha256"]), one["bytes"]) for name, one in files.items()}
        known = number == FORMAT and isinstance(told["made_at"], str)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise _refused(file, f"its {SUMS} cannot be read: {error}") from error
    if not known or set(files) != set(names) - {SUMS}:
        raise _refused(file, f"it holds other files than its {SUMS} says")
    for name, (_, size) in sizes.items():
        path = PurePosixPath(name)
        odd = _ODD.search(name) or path.is_absolute() or ".." in path.parts or path.as_posix() != name
        odd = odd or any(is_device(part) or part[-1] in ". " for part in path.parts)  # what Windows writes elsewhere
        if odd or len(path.parts) < 2 or path.parts[0] not in (STORE, AREA):
            raise _refused(file, "a file of it would lie outside the store", name)
        if type(size) is not int or size != zipped.getinfo(name).file_size:
            raise _refused(file, "a file of it has another size than it says", name)
    return told


def _room(store: Path, size: int, file: Path) -> None:
    if size > MOST_BYTES:
        raise _refused(file, f"it would take {size / 1e9:,.0f} GB")
    store.absolute().parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(store.absolute().parent).free
    if size > free:
        raise InputError(
            f"the disk has {free / 1e6:,.0f} MB, the backup needs {size / 1e6:,.0f} MB",
            file=str(store),
            hint="Make room. Nothing was changed.",
        )


def _extract(zipped: zipfile.ZipFile, files: dict[str, Any], aside: Path, file: Path) -> None:
    shutil.rmtree(aside, ignore_errors=True)
    for name, said in files.items():
        target = aside.joinpath(*PurePosixPath(name).parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with zipped.open(name) as source, target.open("wb") as out:
            while block := source.read(_BLOCK):
                size += len(block)
                if size > said["bytes"]:
                    raise _refused(file, "a file of it is larger than it says", name)
                digest.update(block)
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
        if size != said["bytes"] or digest.hexdigest() != said["sha256"]:
            raise _refused(file, "a file of it is damaged", name)


def _check(aside: Path, file: Path) -> Path | None:
    """Refuse a store that is not whole; put the area into it, and say where its file lies in it."""
    inner = aside / STORE
    inner.mkdir(parents=True, exist_ok=True)
    read_manifest(inner)
    checked = verify(inner)
    if not checked.ok:
        raise _refused(file, checked.problems[0].what, checked.problems[0].path)
    if not (aside / AREA).is_dir():
        return None
    if (inner / OWN_AREA).exists():
        into_place(aside / AREA, inner / AREA)
        return Path(AREA) / OWN_AREA
    for path in (aside / AREA).iterdir():
        if (inner / path.name).exists():
            raise _refused(file, "a file of its area has the name of one of its store", path.name)
        into_place(path, inner / path.name)
    return Path(OWN_AREA)


def _swap(aside: Path, store: Path, at: str) -> Path | None:
    """Put the checked folder into place; give where what was there lies now."""
    before = None
    if store.is_dir():
        with importing(store):
            pass  # nobody is in the middle of one
        if any(one.name != LOCK for one in store.iterdir()):
            before = store.with_name(f"{store.name}.before-{at}")
            if before.exists():
                raise InputError("there is such a folder already", file=str(before), hint="Move it, and try again.")
            into_place(store, before)
        else:
            shutil.rmtree(store)
    try:
        into_place(aside / STORE, store)
    except OSError:
        if before is not None:
            with suppress(OSError):
                into_place(before, store)
        raise
    return before


def _refused(file: Path, why: str, value: str | None = None) -> InputError:
    return InputError(f"this is no whole backup: {why}", file=str(file), value=value, hint=_WHOLE)
