"""Are the stored files still what was written: each carries 16 hex digits of its check sum in its name.

A disk that fails, a copy that broke off or a hand that moved a file leaves a month that reads well and is wrong. So
every file is held against its name when it is first met in a process; it is not read again until it changes.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from data.store.manifest import UNWRITTEN, Manifest, read_manifest, read_version

MISSING, CHANGED = "is missing", "is not what was written: it was cut or changed"
_NAMED = re.compile(r"\.([0-9a-f]{16})\.parquet$")
_MOST = 32_768  # sums that are kept: those of every force and month there could be
_TRIES = 5  # a reader that meets an import starts again from the new manifest


@dataclass(frozen=True)
class Damage:
    """What of a state cannot be used.

    Attributes
    ----------
    files : mapping of str to str
        Path in the store, and what is wrong with it.
    units, counts : frozenset of str
        Keys of the units whose incidents, and whose counts of the whole force, cannot be used.
    """

    files: Mapping[str, str] = field(default_factory=dict, hash=False)
    units: frozenset[str] = frozenset()
    counts: frozenset[str] = frozenset()


def damaged_files(store: Path, paths: Iterable[str]) -> dict[str, str]:
    """Find the files that are not what was written.

    Parameters
    ----------
    store : Path
    paths : iterable of str
        Paths in the store, as the manifest has them.

    Returns
    -------
    dict of str to str
        Path, and what is wrong with it. A file whose name carries no check sum only has to be there.

    Notes
    -----
    Misleads where a file changes under way and keeps its size and time: that is found by the next process.
    """
    found = {}
    folder = str(store)
    for path in dict.fromkeys(paths):
        whole, named = f"{folder}/{path}", _NAMED.search(path)
        try:
            at = os.stat(whole)  # noqa: PTH116  called for every file of a store, at every run of a page
            if named and _sum(whole, at.st_size, at.st_mtime_ns, at.st_ino) != named[1]:
                found[path] = CHANGED
        except FileNotFoundError:
            found[path] = MISSING
        except OSError as error:
            found[path] = f"cannot be read: {error.strerror or error}"
    return found


def named_sum(name: str) -> str:
    """Give the check sum that a file's name carries; empty where there is none."""
    found = _NAMED.search(name)
    return found[1] if found else ""


def sum_now(path: Path) -> str:
    """Make the check sum of a file anew, as its name carries it.

    Raises
    ------
    OSError
    """
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()[:16]


@lru_cache(maxsize=_MOST)
def _sum(path: str, size: int, changed_ns: int, inode: int) -> str:  # noqa: ARG001  part of the key
    return sum_now(Path(path))


def store_damage(store: Path, manifest: Manifest) -> Damage:
    """Find what of a state cannot be used."""
    units = manifest.units.values()
    files = damaged_files(store, [path for unit in units for path in (unit.path, unit.counts) if path not in _NONE])
    if not files:
        return Damage()
    return Damage(
        files,
        frozenset(unit.key for unit in units if unit.path in files),
        frozenset(unit.key for unit in units if unit.counts in files),
    )


_NONE = ("", UNWRITTEN)


def still_there(store: Path, manifest: Manifest, file_id: str) -> bool:
    """Whether every unit of a file is still made from it, and nothing that is stored of it is missing or damaged."""
    file = manifest.files[file_id]
    units = [manifest.units[key] for key in file.units if key in manifest.units]
    if len(units) < len(file.units) or any(unit.file != file_id for unit in units):
        return False
    paths = [path for unit in units for path in (unit.path, unit.counts) if path not in _NONE]
    return not damaged_files(store, [*paths, file.rejected_path] if file.rejected_path else paths)


def settled(store: Path) -> tuple[Manifest | None, Damage]:
    """Read the state of a store, and what of it cannot be used.

    Returns
    -------
    Manifest or None
        None where nothing was ever imported.
    Damage
        A file that an import has just taken away is none: the new state is read then.

    Raises
    ------
    InputError
        As :func:`data.store.manifest.read_manifest`.
    """
    for attempt in range(_TRIES):
        manifest = read_manifest(store)
        if manifest is None:
            return None, Damage()
        damage = store_damage(store, manifest)
        if not damage.files or attempt == _TRIES - 1 or read_version(store) == manifest.version:
            return manifest, damage
    raise AssertionError


def with_damage(version: str, files: Iterable[str]) -> str:
    """Version of a store together with which of its files are damaged; the same where none is.

    Parameters
    ----------
    version : str
        Of the manifest and of what was accepted.
    files : iterable of str
        Paths in the store.
    """
    paths = sorted(files)
    return hashlib.sha256("\n".join([version, *paths]).encode()).hexdigest()[:16] if paths else version
