"""Writing a file beside the one whose place it takes: the old one or the new one is there, never a part."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# No file or folder of Windows may be called so, whatever its ending.
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
TRIES, PAUSE_S = 5, 0.1  # on Windows nothing takes the place of a file that somebody reads: for some milliseconds


def beside(target: Path) -> Path:
    """Name of a file beside the target that no other process and no other thread writes."""
    return target.with_name(f".{target.name}.{os.getpid()}-{threading.get_ident()}.tmp")


def is_device(name: str) -> bool:
    """Whether Windows takes a name for a device, such as ``CON`` or ``nul.csv``, and not for a file."""
    return name.split(".")[0].strip().lower() in DEVICES


def read_whole(path: Path) -> bytes:
    """Read a file that another process may be replacing; on Windows it can be out of reach for a moment.

    Raises
    ------
    OSError
    """
    for _ in range(TRIES - 1):
        try:
            return path.read_bytes()
        except PermissionError:
            if sys.platform != "win32":
                raise
            time.sleep(PAUSE_S)
    return path.read_bytes()


def into_place(made: Path, target: Path) -> None:
    """Put a file or folder into the place of another in one step; on Windows after a pause where it is in use.

    Raises
    ------
    OSError
        It cannot be done; on Windows somebody has the target open for longer than a moment.
    """
    for attempt in range(TRIES):
        try:
            os.replace(made, target)  # noqa: PTH105  the one call that tests interrupt
            return
        except PermissionError:
            if sys.platform != "win32" or attempt == TRIES - 1:
                raise
            time.sleep(PAUSE_S)


@contextmanager
def set_aside(target: Path) -> Iterator[Path]:
    """Give a file beside the target to write and to check; it takes the target's place where all inside went well.

    Parameters
    ----------
    target : Path
        A link to a file has to be resolved before, if it is to stay a link.

    Yields
    ------
    Path
        To be written inside, and gone afterwards in any case.

    Raises
    ------
    OSError
        It cannot be written or put into place; the target is as it was.
    """
    aside = beside(target)
    try:
        yield aside
        with aside.open("rb+") as handle:
            os.fsync(handle.fileno())
        into_place(aside, target)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
