"""Where fetched files lie until they are imported: a folder that is empty before and after, also after a kill."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import ROOM, InputError


@contextmanager
def incoming(room: Path) -> Iterator[Path]:
    """Give an empty folder for files on their way into the store.

    Parameters
    ----------
    room : Path
        Made for the time.

    Yields
    ------
    Path

    Raises
    ------
    InputError
        What is to lie in it cannot be written.
    """
    shutil.rmtree(room, ignore_errors=True)  # also what a killed run left
    try:
        room.mkdir(parents=True)
        yield room
    except OSError as error:
        raise InputError(
            f"the files cannot be written: {error.strerror or error}", file=str(room), hint=ROOM
        ) from error
    finally:
        shutil.rmtree(room, ignore_errors=True)


@contextmanager
def scratch() -> Iterator[Path]:
    """Give an empty folder of the machine's own for what is only put together there.

    Yields
    ------
    Path

    Raises
    ------
    InputError
        What is to lie in it cannot be written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="area-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)
    except OSError as error:
        raise InputError(
            f"the files cannot be written: {error.strerror or error}",
            file=tempfile.gettempdir(),
            hint=ROOM,
        ) from error
