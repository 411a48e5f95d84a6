"""The publisher's archives, read by parts: a table of contents once, then only the files that are wanted.

An archive holds every force and is some 1.7 GB; a month of one force is half a megabyte of it.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from data.fetch.hosts import Hosts
from data.fetch.web import FetchError, Web
from data.store.inputs import STREET, Limits
from geo.errors import InputError

FIRST = pd.Period("2010-12", "M")  # the first month that was ever published
_OLDEST = "2013-12"  # archive: none was made before
LAST_WHOLE = pd.Period("2017-04", "M")  # archives up to this one go back to the first month
WINDOW = 36  # months that a later archive holds
_LATEST = "latest"
_NAMED = re.compile(r"/(20\d\d-(?:0[1-9]|1[0-2]))\.zip$", re.ASCII)
_TOTAL = re.compile(r"bytes \d+-\d+/(\d+)")
_BUFFER = 1 << 16
_MOST_CONTENTS = 16 << 20  # bytes of a table of contents; the largest has less than one million
_LOCAL = struct.Struct("<4s22xHH")  # of a local header: its mark, the lengths of name and extra field
_SPARE = 1_024  # for the extra field of a local header, whose length the directory does not tell
_MOST_AHEAD = 12  # months to look for an archive that should be there


@dataclass(frozen=True)
class Member:
    """A month of a force in an archive.

    Attributes
    ----------
    name : str
        Path inside the archive.
    force, month : str
    crc : int
        CRC32 of its text.
    size, packed : int
        Bytes, plain and as they lie there.
    offset : int
        Where its local header begins.
    deflated : bool
    """

    name: str
    force: str
    month: str
    crc: int
    size: int
    packed: int
    offset: int
    deflated: bool


@dataclass(frozen=True)
class Directory:
    """Table of contents of an archive: its street-level files.

    Attributes
    ----------
    archive : str
        YYYY-MM, its last month.
    url : str
        Where it lies, after redirects.
    total : int
        Bytes of the whole.
    mark : str
        By which the server tells versions of it apart; empty where it does not.
    members : tuple of Member
    """

    archive: str
    url: str
    total: int
    mark: str
    members: tuple[Member, ...] = field(repr=False)


class _Parts(io.RawIOBase):
    """A file on a server, of which parts are asked for as they are read."""

    def __init__(self, web: Web, url: str) -> None:
        answer = web.part(url, 0, 0)
        total = _TOTAL.fullmatch(answer.headers.get("Content-Range", ""))
        if total is None:
            raise FetchError("the service does not say how large the file is", url, status=206)
        self.web, self.url, self.total, self.mark = web, answer.url, int(total[1]), _mark(answer.headers)
        self.place = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.total}[whence]
        self.place = start + offset
        return self.place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what io asks for
        n = min(len(buffer), self.total - self.place)
        if n <= 0:
            return 0
        buffer[:n] = part(self.web, self.url, self.place, self.place + n - 1, self.total, self.mark)
        self.place += n
        return n


class _Reader(io.BufferedReader):
    """Read parts through a buffer, and never more at a time than a table of contents may have."""

    def __init__(self, parts: _Parts) -> None:
        super().__init__(parts, _BUFFER)
        self.parts = parts

    def read(self, size: int | None = -1, /) -> bytes:
        left = max(0, self.parts.total - self.tell())
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted > _MOST_CONTENTS:
            raise FetchError(
                "the table of contents is larger than it may be", self.parts.url, value=f"{wanted:,} bytes"
            )
        return super().read(wanted)


def _mark(headers: object) -> str:
    return str(headers.get("ETag", ""))  # type: ignore[attr-defined]


def part(web: Web, url: str, first: int, last: int, total: int, mark: str) -> bytes:
    """Ask for bytes of an archive that was looked into before.

    Raises
    ------
    FetchError
        As :meth:`data.fetch.web.Web.part`; the archive is another one by now.
    """
    answer = web.part(url, first, last)
    now = answer.headers.get("Content-Range", "").rpartition("/")[2]
    if now != str(total) or _mark(answer.headers) != mark:
        raise FetchError(
            "the archive was replaced while it was read", url, status=206, hint="Run the command again: it goes on."
        )
    return answer.body


def latest(web: Web, hosts: Hosts) -> str:
    """Name the newest archive (YYYY-MM).

    Raises
    ------
    FetchError
        As :meth:`data.fetch.web.Web.part`; its address is of another form.
    """
    url = _url(hosts, _LATEST)
    found = _NAMED.search(web.part(url, 0, 0).url)
    if found is None or found[1] < _OLDEST:
        raise FetchError("the newest archive has another kind of name than YYYY-MM.zip", url)
    return found[1]


def _url(hosts: Hosts, archive: str) -> str:
    return f"{hosts.police}/data/archive/{archive}.zip"


def read_directory(web: Web, hosts: Hosts, archive: str, limits: Limits | None = None) -> Directory:
    """Read the table of contents of an archive.

    Parameters
    ----------
    web : Web
    hosts : Hosts
    archive : str
        YYYY-MM.
    limits : Limits, optional

    Returns
    -------
    Directory

    Raises
    ------
    FetchError
        As :meth:`data.fetch.web.Web.part`; it is no archive, or holds more than it may.
    """
    limits = limits or Limits()
    url = _url(hosts, archive)
    parts = _Parts(web, url)
    try:
        with zipfile.ZipFile(_Reader(parts)) as contents:
            members = contents.infolist()
    except FetchError:
        raise
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError, OSError, OverflowError) as error:
        raise FetchError(f"the archive cannot be read: {error}", url) from error
    if len(members) > limits.members:
        raise FetchError("the archive holds more files than it may", url, value=f"{len(members):,}")
    return Directory(archive, parts.url, parts.total, parts.mark, tuple(_members(members, url)))


def _members(members: Sequence[zipfile.ZipInfo], url: str) -> list[Member]:
    found: dict[tuple[str, str], Member] = {}
    for each in members:
        named = STREET.search(each.filename)
        if named is None:
            continue
        force, month = named["force"].lower(), named["month"]
        if (force, month) in found:
            raise FetchError("the archive holds the same month of the same force twice", url, value=each.filename)
        if each.flag_bits & 1 or each.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FetchError("a file of the archive is packed in a way that is not read", url, value=each.filename)
        found[force, month] = Member(
            each.filename,
            force,
            month,
            each.CRC,
            each.file_size,
            each.compress_size,
            each.header_offset,
            each.compress_type == zipfile.ZIP_DEFLATED,
        )
    return list(found.values())


def read_member(web: Web, directory: Directory, member: Member, limits: Limits | None = None) -> bytes:
    """Read one file of an archive: one question.

    Parameters
    ----------
    web : Web
    directory : Directory
    member : Member
    limits : Limits, optional

    Returns
    -------
    bytes
        Plain, of the size and checksum that the table of contents tells.

    Raises
    ------
    FetchError
        As :func:`part`; the bytes are damaged, or more than a file may have.
    """
    limits = limits or Limits()
    url = f"{directory.url}#{member.name}"
    packed_too_large = member.packed > member.size + member.size // 100 + _SPARE
    if packed_too_large or member.size > limits.file_bytes or member.size > limits.ratio * max(member.packed, 1):
        raise FetchError("the file is larger than it may be", url, value=f"{member.size:,} bytes")
    head = _LOCAL.size + len(member.name.encode())
    last = min(member.offset + head + _SPARE + member.packed, directory.total) - 1
    raw = part(web, directory.url, member.offset, last, directory.total, directory.mark)
    mark, name, extra = _LOCAL.unpack_from(raw) if len(raw) >= _LOCAL.size else (b"", 0, 0)
    start = _LOCAL.size + name + extra
    if mark != b"PK\x03\x04":
        raise FetchError("the archive is damaged: no file begins where it should", url)
    if len(raw) < start + member.packed:
        first = member.offset + start
        packed = part(web, directory.url, first, first + member.packed - 1, directory.total, directory.mark)
    else:
        packed = raw[start : start + member.packed]
    try:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        plain = unpacker.decompress(packed, member.size + 1) if member.deflated else packed
    except zlib.error as error:
        raise FetchError(f"the file arrived damaged: {error}", url, hint="Run the command again.") from error
    if len(plain) != member.size or zlib.crc32(plain) != member.crc:
        raise FetchError("the file arrived damaged: its checksum is another", url, hint="Run the command again.")
    return plain


def needed_archives(newest: str, first: str, there: Callable[[str], bool]) -> tuple[str, ...]:
    """Name the fewest archives that hold every month from the first one on, the newest first.

    Parameters
    ----------
    newest : str
        YYYY-MM, of :func:`latest`.
    first : str
        YYYY-MM, the first month that is wanted.
    there : callable
        Whether the publisher has an archive (YYYY-MM), as :func:`is_there`.

    Returns
    -------
    tuple of str

    Raises
    ------
    InputError
        No archive is there for some of the months.

    Notes
    -----
    Since May 2017 an archive holds 36 months; the one of April 2017 goes back to December 2010. An archive that is not
    there is stood in for by the nearest one that holds what is wanted of it.
    """
    wanted = max(pd.Period(first, "M"), FIRST)
    names = [newest]
    reach = _reach(pd.Period(newest, "M"))
    while wanted < reach:
        need = reach - 1
        if need <= LAST_WHOLE:
            candidates = pd.period_range(need, LAST_WHOLE, freq="M")[::-1]
        else:
            candidates = pd.period_range(need, min(need + _MOST_AHEAD, pd.Period(names[-1], "M") - 1), freq="M")
        found = next((month for month in candidates if there(str(month))), None)
        if found is None:
            raise InputError("the publisher has no archive for this month any more", value=str(need))
        names.append(str(found))
        reach = _reach(found)
    return tuple(names)


def _reach(archive: pd.Period) -> pd.Period:
    """First month of an archive."""
    return FIRST if archive <= LAST_WHOLE else archive - (WINDOW - 1)


def is_there(web: Web, hosts: Hosts, archive: str) -> bool:
    """Whether the publisher has an archive.

    Raises
    ------
    FetchError
        As :meth:`data.fetch.web.Web.part`, but for an answer that says that it is not there.
    """
    try:
        web.part(_url(hosts, archive), 0, 0)
    except FetchError as error:
        if error.status in (403, 404):
            return False
        raise
    return True
