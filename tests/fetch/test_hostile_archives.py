"""Archives that lie about themselves: sizes, counts, names, places, months."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from data.fetch.archives import Directory, Member, latest, read_directory, read_member
from data.fetch.history import fetch_history
from data.fetch.hosts import Hosts
from data.fetch.web import FetchError, Web
from data.place.area import Area
from data.store.inputs import Limits
from data.store.store import load
from tests.fetch.archive_host import ArchiveHost
from tests.fetch.standin import Asked, Reply, Standin
from tests.published.police_files import NOW, archive, crime, named, points_of, table

NAME = named("2024-10")


TEXT = b"Crime ID,Month\n" * 50


def made(content: bytes = TEXT, name: str = NAME) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return out.getvalue()


def directory_of(web: Web, standin: Standin, host: ArchiveHost, raw: bytes) -> Directory:
    host.archives = {"2024-10": raw}
    return read_directory(web, Hosts(police=standin.address), "2024-10")


def with_end(raw: bytes, **values: int) -> bytes:
    """Change what the end of an archive says of its table of contents."""
    at = raw.rindex(b"PK\x05\x06")
    end = list(struct.unpack("<4s4H2LH", raw[at : at + 22]))
    for key, place in (("count", 4), ("size", 5), ("offset", 6), ("comment", 7)):
        end[place] = values.get(key, end[place])
    return raw[:at] + struct.pack("<4s4H2LH", *end) + raw[at + 22 :]


def zip64(raw: bytes, size: int, offset: int) -> bytes:
    """Let the end say in zip64 how large the table of contents is."""
    at = raw.rindex(b"PK\x05\x06")
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, size, offset)
    where = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    return with_end(raw[:at] + end + where + raw[at:], count=0xFFFF, size=0xFFFFFFFF, offset=0xFFFFFFFF)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"x", b"PK\x05\x06", made()[:-1], made()[:-22], made()[10:], b"x" * 100_000,
        with_end(made(), size=0xFFFFFFFE), with_end(made(), offset=0xFFFFFFFE), with_end(made(), size=5),
        with_end(made(), count=0xFFFE, size=0x7FFFFFFF), with_end(made(), comment=0xFFFF),
        zip64(made(), 2**63, 0), zip64(made(), 2**64 - 1, 2**64 - 1), zip64(made(), 10**12, 10**12),
        zip64(made(), 0, 2**63 - 1),
    ],
)  # fmt: skip
def test_a_table_of_contents_that_lies_is_an_error_in_words_or_none_of_ours(
    web: Web, host: ArchiveHost, standin: Standin, raw: bytes
) -> None:
    tracemalloc.start()
    try:
        with suppress(FetchError):
            directory = directory_of(web, standin, host, raw)
            assert [read_member(web, directory, member) for member in directory.members] in ([], [TEXT])
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()


def test_a_zip64_table_that_is_true_is_read(web: Web, host: ArchiveHost, standin: Standin) -> None:
    raw = made()
    at = raw.rindex(b"PK\x05\x06")
    size, offset = struct.unpack("<2L", raw[at + 12 : at + 20])
    directory = directory_of(web, standin, host, zip64(raw, size, offset))
    assert [member.name for member in directory.members] == [NAME]


def test_a_table_of_contents_has_a_limit(web: Web, standin: Standin) -> None:
    """A server that claims a petabyte, most of it contents, is not asked for it."""
    total = 10**15
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, total - 98, 0)
    tail = end + struct.pack("<4sLQL", b"PK\x06\x07", 0, total - 98, 1)
    tail += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)

    def play(asked: Asked) -> Reply:
        first, last = (int(one) for one in asked.range.removeprefix("bytes=").split("-"))
        assert last - first < 20 << 20
        known = max(first, total - len(tail))
        body = b"\0" * (min(known, last + 1) - first) + tail[known - total + len(tail) : last + 1 - total + len(tail)]
        return Reply(body[: last - first + 1], 206, {"Content-Range": f"bytes {first}-{last}/{total}"})

    standin.plays = {"/data/": play}
    with pytest.raises(FetchError, match="larger than it may be"):
        read_directory(web, Hosts(police=standin.address), "2024-10")


def test_a_failure_in_the_middle_of_the_contents_keeps_its_status(
    web: Web, host: ArchiveHost, standin: Standin
) -> None:
    standin.misbehave("/archive/2024", "403", after=1)
    with pytest.raises(FetchError, match="no part of the file") as caught:
        directory_of(web, standin, host, made())
    assert caught.value.status == 403


def test_more_files_than_may_be_are_refused(web: Web, host: ArchiveHost, standin: Standin) -> None:
    host.archives = {"2024-10": made()}
    with pytest.raises(FetchError, match="more files"):
        read_directory(web, Hosts(police=standin.address), "2024-10", Limits(members=0))


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        ({"size": 10}, "damaged"),
        ({"size": 751}, "damaged"),
        ({"size": 400 << 20}, "larger than it may be"),
        ({"packed": 3 << 30}, "larger than it may be"),
        ({"packed": 1}, "larger than it may be|damaged"),
        ({"offset": 7}, "no file begins"),
        ({"offset": 1 << 40}, "part of the file"),
        ({"crc": 1}, "checksum"),
        ({"deflated": False}, "damaged"),
    ],
)
def test_a_file_that_is_not_what_the_contents_say_is_refused(
    web: Web, host: ArchiveHost, standin: Standin, lie: dict[str, int], words: str
) -> None:
    directory = directory_of(web, standin, host, made())
    member: Member = replace(directory.members[0], **lie)  # type: ignore[arg-type]
    with pytest.raises(FetchError, match=words):
        read_member(web, directory, member)


def test_a_file_that_inflates_beyond_its_size_is_left_at_it(web: Web, host: ArchiveHost, standin: Standin) -> None:
    directory = directory_of(web, standin, host, made(b"0" * 50_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(FetchError, match="damaged"):
            read_member(web, directory, replace(directory.members[0], size=1_000_000))
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["../../../" + NAME, "/tmp/" + NAME, "..\\..\\" + NAME, "\x1b[2J/\n/" + NAME])
def test_names_that_lead_elsewhere_lead_nowhere(
    web: Web, host: ArchiveHost, standin: Standin, area: Area, tmp_path: Path, name: str
) -> None:
    ours = replace(area, forces=("somewhere",), buffer_forces=())
    bad = crime(points_of(area).inside, 2, Month="nonsense")
    host.archives = {"2024-10": made(table([crime(points_of(area).inside, 1), bad]), name)}
    store = tmp_path / "here" / "deep" / "store"
    report = fetch_history(web, Hosts(police=standin.address), store, ours, now=NOW)
    outside = [path for path in tmp_path.rglob("*") if path.is_file() and store not in path.parents]
    assert outside == []
    assert len(load(store, ours).frame) == (".." not in name and not name.startswith("/"))  # else refused by the import
    assert report.ok == bool(len(load(store, ours).frame))


@pytest.mark.parametrize("month", ["9999-12", "2030-01"])
def test_a_month_after_the_archive_is_not_taken(
    web: Web, host: ArchiveHost, standin: Standin, area: Area, tmp_path: Path, month: str
) -> None:
    ours = replace(area, forces=("somewhere",), buffer_forces=())
    at = points_of(area).inside
    members = {NAME: table([crime(at, 1)]), named(month): table([crime(at, 2, Month=month)])}
    host.archives = {"2024-10": archive(tmp_path / "a.zip", members).read_bytes()}
    fetch_history(web, Hosts(police=standin.address), tmp_path / "store", ours, now=NOW)
    assert [str(month) for month in load(tmp_path / "store", ours).months] == ["2024-10"]


@pytest.mark.parametrize("name", ["0000-01", "0001-01", "9999-12", "2009-12"])
def test_a_newest_archive_of_no_time_is_an_error_in_words(
    web: Web, host: ArchiveHost, standin: Standin, name: str
) -> None:
    host.archives = {name: made()}
    with pytest.raises(FetchError, match="another kind of name"):
        latest(web, Hosts(police=standin.address))
