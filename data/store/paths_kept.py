"""What version a store has, without reading its manifest again until that changes: pages ask at every click."""

from __future__ import annotations

import os
import time
from functools import lru_cache
from pathlib import Path

from data.store.manifest import MANIFEST, read_paths

# A file that was written a moment ago may be written again within one tick of its clock; FAT's ticks are two seconds.
_SETTLED_NS = 2_000_000_000


class _MovedError(Exception):
    """The manifest was replaced while it was read."""


def paths_now(store: Path) -> tuple[str | None, tuple[str, ...]]:
    """Version of a store and paths of its units' files, as :func:`data.store.manifest.read_paths` has them.

    Raises
    ------
    InputError
        As :func:`data.store.manifest.read_manifest`.

    Notes
    -----
    The manifest is read again when its size, time or place on the disk is another one, and always while it is new.
    Misleads where a hand changes it, keeps its size, and sets back its time.
    """
    try:
        at = _stamp(store)
    except OSError:
        return read_paths(store)  # which says what is wrong
    if time.time_ns() - at[1] < _SETTLED_NS:
        return read_paths(store)
    try:
        return _kept(str(store), at)
    except _MovedError:
        return read_paths(store)


def _stamp(store: Path) -> tuple[int, int, int]:
    at = os.stat(store / MANIFEST)  # noqa: PTH116  called at every run of a page
    return at.st_size, at.st_mtime_ns, at.st_ino


@lru_cache(maxsize=16)
def _kept(store: str, stamp: tuple[int, int, int]) -> tuple[str | None, tuple[str, ...]]:
    found = read_paths(Path(store))
    try:
        now = _stamp(Path(store))
    except OSError as error:
        raise _MovedError from error
    if now != stamp:
        raise _MovedError
    return found
