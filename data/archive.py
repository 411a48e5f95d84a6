"""Which published files a person means, and their bytes: folders, single CSVs and archives, read within limits.

Nothing is ever unpacked onto the disk. An archive is judged by its table of contents before a byte of it is inflated.
"""

from __future__ import annotations

import os
import re
import stat
import threading
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from data.problems import collect
from geo.errors import InputError

STREET = re.compile(r"(?:^|[/\\])(?P<month>\d{4}-\d{2})-(?P<force>[a-z0-9]+(?:-[a-z0-9]+)*)-street\.csv$", re.IGNORECASE)
NOT_STREET = re.compile(r"(?:^|[/\\])\d{4}-\d{2}-.+-(?:outcomes|stop-and-search)\.csv$", re.IGNORECASE)

_ENCRYPTED = 0x1
_SMALL = 1 << 20  # a file below this is no bomb, however well it packs
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others inflate a whole block at once, beyond any cap


@dataclass(frozen=True)
class Limits:
    """What an archive or file may hold. The national archive of 36 months has 4,900 files and about 10 GB.

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
    """

    members: int = 20_000
    file_bytes: int = 256 << 20
    total_bytes: int = 16 << 30
    ratio: float = 100.0


@dataclass(frozen=True)
class Entry:
    """One CSV: its name in reports, and the member of the archive or the path it is read from."""

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
    archive: bool
    entries: tuple[Entry, ...]
    left_alone: int = 0
    error: str | None = None


class Reader(Protocol):
    """Gives the bytes of an entry; may be called from several threads."""

    def __call__(self, entry: Entry, /) -> bytes:
        """Bytes of the entry."""


def find_containers(paths: Sequence[Path | str], limits: Limits) -> list[Container]:
    """List what is to be read, without reading it.

    Parameters
    ----------
    paths : sequence of paths
        Archives, folders and CSVs. Folders are searched in order of name; links to folders are not followed.
    limits : Limits

    Returns
    -------
    list of Container
        One that cannot be read carries its error; nothing is raised.
    """
    found: list[Container] = []
    for path in map(Path, paths):
        if path.is_dir():
            found += _in_folder(path, limits)
        else:
            found.append(_container(path, path.name, limits))
    return found


def _in_folder(folder: Path, limits: Limits) -> list[Container]:
    found: list[Container] = []
    left_alone = 0
    broken: list[Container] = []

    def unreadable(error: OSError) -> None:
        name = str(error.filename or folder)
        broken.append(Container(name, Path(name), False, (), error=str(_unreadable(name, error))))

    top = folder.resolve()
    for base, folders, files in os.walk(top, onerror=unreadable):
        folders.sort()
        for file in sorted(files):
            path = Path(base) / file
            name = f"{top.name}/{path.relative_to(top).as_posix()}"
            wanted = path.suffix.lower() in {".csv", ".zip"} and not file.startswith(".")
            if wanted and not NOT_STREET.search(file):
                found.append(_container(path, name, limits))
            else:
                left_alone += 1
    found += broken
    if not found:
        error = InputError(
            "there is no CSV and no zip in this folder", file=str(folder), hint="Name the folder that holds them."
        )
        return [Container(str(folder), folder, False, (), left_alone, str(error))]
    first = found[0]
    counted = first.left_alone + left_alone
    found[0] = Container(first.name, first.path, first.archive, first.entries, counted, first.error)
    return found


def _unreadable(name: str, error: OSError) -> InputError:
    return InputError(f"it cannot be read: {error.strerror or error}", file=name, hint="Check the path and your access.")


def _container(path: Path, name: str, limits: Limits) -> Container:
    try:
        with _open_regular(path) as handle:
            packed = handle.read(4)[:2] == b"PK"
    except OSError as error:
        return Container(name, path, False, (), error=str(_unreadable(name, error)))
    if not packed and path.suffix.lower() != ".zip":
        return Container(name, path, False, (Entry(name, path.name),))
    try:
        entries, left_alone = _contents(path, name, limits, packed)
    except InputError as error:
        return Container(name, path, True, (), error=str(error))
    return Container(name, path, True, entries, left_alone)


def _open_regular(path: Path) -> BinaryIO:
    if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
        raise OSError(0, "it is not a regular file")
    return path.open("rb")


def _contents(path: Path, name: str, limits: Limits, packed: bool) -> tuple[tuple[Entry, ...], int]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, UnicodeDecodeError) as error:
        raise InputError(
            "the archive is cut off or damaged" if packed else "this is not a zip archive",
            file=name,
            value=str(error),
            hint="Download it again, whole." if packed else "Give the archive as downloaded, or the CSVs in it.",
        ) from error
    if len(members) > limits.members:
        raise InputError(
            "the archive holds more files than it may",
            file=name,
            value=f"{len(members):,}",
            hint=f"At most {limits.members:,}: give it in parts.",
        )
    files = [member for member in members if not member.is_dir()]
    with collect() as problems:
        for member in members:
            problems.check(lambda member=member: _check_member(member, name, limits))  # type: ignore[misc]
        total = sum(member.file_size for member in files)
        if total > limits.total_bytes:
            problems.add(
                InputError(
                    "the archive is larger than it may be",
                    file=name,
                    value=f"{total:,} bytes inflated",
                    hint=f"At most {limits.total_bytes:,}: give it in parts.",
                )
            )
    street = [member.filename for member in files if STREET.search(member.filename)]
    if not street:
        raise InputError(
            "there is no street-level file in this archive",
            file=name,
            value=", ".join(member.filename for member in files[:3]),
            hint="It should hold files such as 2024-01/2024-01-FORCE-street.csv.",
        )
    names = sorted(street)
    return tuple(Entry(f"{name}/{member}", member) for member in names), len(files) - len(street)


def _check_member(member: zipfile.ZipInfo, name: str, limits: Limits) -> None:
    inside = member.orig_filename
    parts = re.split(r"[/\\]", inside)
    if ".." in parts or inside[:1] in {"/", "\\"} or re.match(r"[A-Za-z]:", inside) or "\0" in inside:
        raise InputError(
            "a path in the archive climbs out of it",
            file=name,
            value=inside.replace("\0", "?"),
            hint="This is not an archive as published; do not use it.",
        )
    if member.flag_bits & _ENCRYPTED:
        raise InputError(
            "a file in the archive is encrypted", file=name, value=inside, hint="Save it without a password."
        )
    if member.compress_type not in _PLAIN:
        raise InputError(
            "a file in the archive is packed in a way that is not supported",
            file=name,
            value=f"{inside}: method {member.compress_type}",
            hint="Pack it again as an ordinary zip (deflate).",
        )
    if member.file_size > limits.file_bytes:
        raise InputError(
            "a file in the archive is larger than it may be",
            file=name,
            value=f"{inside}: {member.file_size:,} bytes inflated",
            hint=f"At most {limits.file_bytes:,} bytes.",
        )
    if member.file_size > max(_SMALL, limits.ratio * member.compress_size):
        raise InputError(
            "a file in the archive inflates far more than a published file does",
            file=name,
            value=f"{inside}: {member.compress_size:,} to {member.file_size:,} bytes",
            hint=f"At most {limits.ratio:g} times. This is not an archive as published; do not use it.",
        )


@contextmanager
def open_container(container: Container, limits: Limits) -> Iterator[Reader]:
    """Give a reader of the entries of a container.

    Parameters
    ----------
    container : Container
        As :func:`find_containers` made it.
    limits : Limits
        Reading stops one byte beyond them, whatever the headers said.

    Raises
    ------
    InputError
        From the reader: the file has gone, cannot be read, is damaged or too large.
    """
    if not container.archive:
        yield lambda entry: _read_file(container.path, entry, limits)
        return
    lock = threading.Lock()  # zipfile counts its open members without one
    try:
        archive = zipfile.ZipFile(container.path)
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError("the archive has changed or gone", file=container.name, hint="Import it again.") from error

    def read(entry: Entry) -> bytes:
        try:
            with lock:
                handle = archive.open(entry.place)
            try:
                raw = handle.read(limits.file_bytes + 1)
            finally:
                with lock:
                    handle.close()
        except (zipfile.BadZipFile, OSError, EOFError, zipfile.zlib.error, RuntimeError, KeyError) as error:  # type: ignore[attr-defined]
            raise InputError(
                "the archive is damaged here", file=entry.name, value=str(error), hint="Download it again, whole."
            ) from error
        return _within(raw, entry, limits)

    with archive:
        yield read


def _read_file(path: Path, entry: Entry, limits: Limits) -> bytes:
    try:
        with _open_regular(path) as handle:
            raw = handle.read(limits.file_bytes + 1)
    except OSError as error:
        raise _unreadable(entry.name, error) from error
    return _within(raw, entry, limits)


def _within(raw: bytes, entry: Entry, limits: Limits) -> bytes:
    if len(raw) > limits.file_bytes:
        raise InputError(
            "the file is larger than it may be",
            file=entry.name,
            hint=f"At most {limits.file_bytes:,} bytes: split it by month and force, as published.",
        )
    return raw
