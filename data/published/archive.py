"""Archives, read within limits.

Nothing is ever unpacked onto the disk. An archive is judged by its table of contents before a byte of it is inflated,
and while a file is inflated nothing is believed that the table said about its size.
"""

from __future__ import annotations

import re
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from data.store.collected_errors import collect
from data.store.inputs import STREET, Container, Entry, Limits, cannot_read, open_regular, plain
from data.store.months import AGAIN
from geo.errors import InputError

Reader = Callable[[Entry], bytes]

_ENCRYPTED = 0x1
_SMALL = 1 << 20  # a file below this is no bomb, however well it packs
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others inflate a whole block at once, beyond any cap
_WORKBOOK = "[Content_Types].xml"  # a member that every workbook has
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, KeyError, NotImplementedError)


def contents(path: Path, name: str, limits: Limits) -> tuple[tuple[Entry, ...], int]:
    """List the street-level files of an archive.

    Parameters
    ----------
    path : Path
    name : str
        The archive as reports name it.
    limits : Limits

    Returns
    -------
    entries : tuple of Entry
        Ordered by name.
    left_alone : int
        Number of other files in it.

    Raises
    ------
    InputError
        Not a zip, cut off, encrypted, too large, a path that climbs out, a month of a force twice, or no street-level
        file in it: every problem of every file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except _BROKEN as error:
        with open_regular(path) as handle:
            started = handle.read(2) == b"PK"
        raise InputError(
            "the archive is cut off or damaged" if started else "this is not a zip archive",
            file=name,
            value=str(error),
            hint="Download it again, whole." if started else "Give the archive as downloaded, or the CSVs in it.",
        ) from error
    if any(member.filename == _WORKBOOK for member in members):
        raise InputError(
            "this is an Excel workbook, not an archive: what it did to months and Crime IDs cannot be told",
            file=name,
            hint=AGAIN,
        )
    if len(members) > limits.members:
        raise InputError(
            "the archive holds more files than it may",
            file=name,
            value=f"{len(members):,}",
            hint=f"At most {limits.members:,}: give it in parts.",
        )
    files = [member for member in members if not member.is_dir()]
    street = sorted(member.filename for member in files if STREET.search(member.filename))
    with collect() as problems:
        for member in members:
            problems.check(partial(_check_member, member, name, limits))
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
        problems.check(partial(_check_once, street, name))
        if not street:
            problems.add(
                InputError(
                    "there is no street-level file in this archive",
                    file=name,
                    value=", ".join(plain(member.filename) for member in files[:3]),
                    hint="It should hold files such as 2024-01/2024-01-FORCE-street.csv.",
                )
            )
    return tuple(Entry(plain(f"{name}/{member}"), member) for member in street), len(files) - len(street)


def _check_once(street: list[str], name: str) -> None:
    seen: dict[tuple[str, str] | None, str] = {}
    with collect() as problems:
        for member in street:
            unit = Entry("", member).named
            if unit in seen:
                problems.add(
                    InputError(
                        "the archive holds the same month of the same force twice",
                        file=plain(f"{name}/{member}"),
                        value=plain(seen[unit]),
                        hint="Which of them counts cannot be known: import one of them.",
                    )
                )
            seen.setdefault(unit, member)


def _check_member(member: zipfile.ZipInfo, name: str, limits: Limits) -> None:
    path = member.orig_filename
    inside = plain(path)
    if ".." in re.split(r"[/\\]", path) or path[:1] in {"/", "\\"} or re.match(r"[A-Za-z]:", path) or "\0" in path:
        raise InputError(
            "a path in the archive climbs out of it",
            file=name,
            value=inside,
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
    """Give a reader of the entries of a container, which may be called from several threads.

    Parameters
    ----------
    container : Container
        As :func:`data.published.find.find_containers` made it.
    limits : Limits
        Reading stops one byte beyond them, whatever the headers said.

    Raises
    ------
    InputError
        From the reader too: the file has gone, cannot be read, is damaged or too large.
    """
    if not container.archive:
        yield partial(_read_file, container.path, limits)
        return
    try:
        archive = zipfile.ZipFile(container.path)
    except _BROKEN as error:
        raise InputError("the archive has changed or gone", file=container.name, hint="Import it again.") from error
    with archive:
        yield partial(_read_member, archive, threading.Lock(), limits)


def _read_member(archive: zipfile.ZipFile, lock: threading.Lock, limits: Limits, entry: Entry) -> bytes:
    try:
        with lock:  # zipfile counts its open members without one
            handle = archive.open(entry.place)
        try:
            raw = handle.read(limits.file_bytes + 1)
        finally:
            with lock:
                handle.close()
        if len(raw) < archive.getinfo(entry.place).file_size:
            raise EOFError("it ends before its size is reached")
    except _BROKEN as error:
        raise InputError(
            "the archive is damaged here", file=entry.name, value=str(error), hint="Download it again, whole."
        ) from error
    return _within(raw, limits, entry)


def _read_file(path: Path, limits: Limits, entry: Entry) -> bytes:
    try:
        with open_regular(path) as handle:
            raw = handle.read(limits.file_bytes + 1)
    except OSError as error:
        raise cannot_read(entry.name, error) from error
    return _within(raw, limits, entry)


def _within(raw: bytes, limits: Limits, entry: Entry) -> bytes:
    if len(raw) > limits.file_bytes:
        raise InputError(
            "the file is larger than it may be",
            file=entry.name,
            value=f"over {limits.file_bytes:,} bytes",
            hint="Split it by month and force, as published.",
        )
    return raw
