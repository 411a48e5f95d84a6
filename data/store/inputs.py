"""What an import reads: entries in containers, the limits on them, and the names of published files."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from geo.errors import InputError

STREET = re.compile(
    r"(?:^|[/\\])(?P<month>\d{4}-(?:0[1-9]|1[0-2]))-(?P<force>[a-z0-9]+(?:-[a-z0-9]+)*)-street\.csv$",
    re.IGNORECASE | re.ASCII,
)
NOT_STREET = re.compile(r"(?:^|[/\\])\d{4}-\d{2}-.+-(?:outcomes|stop-and-search)\.csv$", re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """What an archive or file may hold. The national archive of 36 months has some 5,000 files and 10 GB.

    Attributes
    ----------
    members : int
        Files in one archive.
    file_bytes : int
        Size of one file, inflated. The largest force publishes about 30 MB a month.
    total_bytes : int
        Size of one archive, inflated.
    ratio : float
        Inflated over packed size of one file. Published files are at 5.
    units : int
        Months of forces in one CSV.
    """

    members: int = 20_000
    file_bytes: int = 256 << 20
    total_bytes: int = 16 << 30
    ratio: float = 100.0
    units: int = 5_000


@dataclass(frozen=True)
class Entry:
    """One CSV: its name in reports, and the member of the archive or the file name it is read by."""

    name: str
    place: str

    @property
    def named(self) -> tuple[str, str] | None:
        """Force and month, where the file carries the published name."""
        match = STREET.search(self.place)
        return (match["force"].lower(), match["month"]) if match else None


@dataclass(frozen=True)
class Container:
    """An archive with its street-level files, or a single CSV.

    Attributes
    ----------
    name : str
        As it stands in reports.
    path : Path
    archive : bool
    entries : tuple of Entry
    left_alone : int
        Files that are something else.
    error : str or None
        Why nothing of it can be read.
    """

    name: str
    path: Path
    archive: bool = False
    entries: tuple[Entry, ...] = ()
    left_alone: int = 0
    error: str | None = None


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading; a pipe, which would wait for ever, is refused.

    Raises
    ------
    OSError
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("it is not a regular file")
    return path.open("rb")


def cannot_read(name: str, error: OSError | ValueError) -> InputError:
    """Say that a file cannot be read."""
    why = getattr(error, "strerror", None) or str(error)
    return InputError(f"it cannot be read: {why}", file=plain(name), hint="Check the path and your access to it.")


def plain(name: str) -> str:
    """Make a name of a file printable, whatever bytes it is made of."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
