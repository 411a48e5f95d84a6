"""Writing a file beside the one whose place it takes: the old one or the new one is there, never a part."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


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
    aside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        yield aside
        with aside.open("rb+") as handle:
            os.fsync(handle.fileno())
        aside.replace(target)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
