"""Archives: judged before a byte of them is inflated, read within limits, refused with every problem told."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data.published.archive import contents, open_container
from data.store.inputs import Container, Entry, Limits
from geo.errors import InputError
from tests.published.police_files import archive, named

OCTOBER, SEPTEMBER = f"2024-10/{named()}", f"2024-09/{named('2024-09')}"
NO_ARCHIVE = "This is not an archive as published; do not use it."


def made(tmp_path: Path, *members: str, **other: bytes) -> Path:
    """An archive whose files hold their own names."""
    return archive(tmp_path / "a.zip", {name: name.encode() for name in members} | other)


def refused(path: Path, limits: Limits | None = None) -> list[str]:
    """What is said of an archive, one problem a line."""
    with pytest.raises(InputError) as refusal:
        contents(path, "a.zip", limits or Limits())
    return str(refusal.value).splitlines()


def patched(path: Path, change: Callable[[bytearray], None]) -> Path:
    """The same archive with some bytes changed."""
    raw = bytearray(path.read_bytes())
    change(raw)
    path.write_bytes(bytes(raw))
    return path


def set_field(central: int, local: int, value: bytes) -> Callable[[bytearray], None]:
    """Put a value into both headers of the first file."""

    def change(raw: bytearray) -> None:
        for signature, place in ((b"PK\1\2", central), (b"PK\3\4", local)):
            at = raw.index(signature) + place
            raw[at : at + len(value)] = value

    return change


# --- the table of contents


def test_street_level_files_are_listed_by_name_and_the_others_counted(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.mkdir("2024-10")
        for name in (OCTOBER, "README.txt", SEPTEMBER, "2024-10/2024-10-somewhere-outcomes.csv", "Caf\u00e9.txt"):
            out.writestr(name, b"")
    entries, left_alone = contents(tmp_path / "a.zip", "my.zip", Limits())
    assert entries == (Entry(f"my.zip/{SEPTEMBER}", SEPTEMBER), Entry(f"my.zip/{OCTOBER}", OCTOBER))
    assert left_alone == 3


def test_an_archive_without_street_level_files_names_the_first_it_has(tmp_path: Path) -> None:
    assert refused(made(tmp_path, "d.txt", "a.txt", "c.txt", "b.txt")) == [
        "a.zip: there is no street-level file in this archive (found 'd.txt, a.txt, c.txt'). "
        "It should hold files such as 2024-01/2024-01-FORCE-street.csv."
    ]


def test_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"Rar!....")
    assert refused(tmp_path / "a.zip") == [
        "a.zip: this is not a zip archive (found 'File is not a zip file'). "
        "Give the archive as downloaded, or the CSVs in it."
    ]
    path = made(tmp_path, OCTOBER)
    path.write_bytes(path.read_bytes()[:-30])
    assert refused(path) == [
        "a.zip: the archive is cut off or damaged (found 'File is not a zip file'). Download it again, whole."
    ]


def test_a_unit_that_is_there_twice_is_told_each_time_with_the_first(tmp_path: Path) -> None:
    first, second, third = (f"{folder}/{named()}" for folder in ("one", "three", "two"))
    upper = "zwei/2024-10-SOMEWHERE-street.csv"
    assert refused(made(tmp_path, third, first, upper, second, SEPTEMBER)) == [
        f"a.zip/{again}: the archive holds the same month of the same force twice (found '{first}'). "
        "Which of them counts cannot be known: import one of them."
        for again in (second, third, upper)
    ]


# --- limits: what is exactly at them passes


@pytest.mark.parametrize(
    ("at", "beyond", "words"),
    [
        (
            {"members": 2},
            {"members": 1},
            "the archive holds more files than it may (found '2'). At most 1: give it in parts.",
        ),
        (
            {"total_bytes": 2_000},
            {"total_bytes": 1_999},
            "the archive is larger than it may be (found '2,000 bytes inflated'). At most 1,999: give it in parts.",
        ),
        (
            {"file_bytes": 1_500},
            {"file_bytes": 1_499},
            f"a file in the archive is larger than it may be (found '{OCTOBER}: 1,500 bytes inflated'). "
            "At most 1,499 bytes.",
        ),
    ],
)
def test_limits_of_archives(tmp_path: Path, at: Mapping[str, int], beyond: Mapping[str, int], words: str) -> None:
    path = archive(tmp_path / "a.zip", {OCTOBER: b"x" * 1_500, SEPTEMBER: b"y" * 500})
    assert len(contents(path, "a.zip", Limits(**at))[0]) == 2
    assert refused(path, Limits(**beyond)) == [f"a.zip: {words}"]


def test_a_file_that_inflates_too_far_is_refused_without_being_inflated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*arguments: object, **others: object) -> None:
        raise AssertionError("inflated")

    size = (1 << 20) + 1
    path = archive(tmp_path / "a.zip", {OCTOBER: b"x", "zeros.bin": bytes(size)})
    small = archive(tmp_path / "small.zip", {OCTOBER: b"x", "zeros.bin": bytes(size - 1)})
    with zipfile.ZipFile(path) as opened:
        packed = opened.getinfo("zeros.bin").compress_size
    monkeypatch.setattr(zipfile.ZipFile, "open", never)
    words = (
        f"a.zip: a file in the archive inflates far more than a published file does (found 'zeros.bin: {packed:,} to "
    )
    assert refused(path) == [f"{words}{size:,} bytes'). At most 100 times. {NO_ARCHIVE}"]
    assert refused(path, Limits(ratio=(size - 1) / packed)) != []
    assert contents(path, "a.zip", Limits(ratio=size / packed))[1] == 1
    assert contents(small, "small.zip", Limits())[1] == 1, "one so small is no bomb"


# --- members


@pytest.mark.parametrize(
    "member",
    [
        "../2024-10-x-street.csv",
        "a/../b.txt",
        "a/..",
        "a\\..\\..\\b.txt",
        "/2024-10-x-street.csv",
        "\\b.txt",
        "C:/2024-10-x-street.csv",
        "c:b.txt",
    ],
)
def test_a_path_that_climbs_out(tmp_path: Path, member: str) -> None:
    (problem, *_) = refused(made(tmp_path, OCTOBER, member))
    assert problem == f"a.zip: a path in the archive climbs out of it (found {member!r}). {NO_ARCHIVE}"


@pytest.mark.parametrize("member", ["a..b.txt", "..a/b..", "...", "a/b:c.txt", "1:b.txt"])
def test_a_path_that_only_looks_like_it(tmp_path: Path, member: str) -> None:
    assert contents(made(tmp_path, OCTOBER, member), "a.zip", Limits())[1] == 1


def test_a_name_that_goes_on_behind_a_nul_byte(tmp_path: Path) -> None:
    def hide(raw: bytearray) -> None:
        raw[:] = raw.replace(b"b#.txt", b"b\0.txt")

    assert refused(patched(made(tmp_path, OCTOBER, "b#.txt"), hide)) == [
        f"a.zip: a path in the archive climbs out of it (found 'b\\x00.txt'). {NO_ARCHIVE}"
    ]


def test_an_encrypted_file(tmp_path: Path) -> None:
    path = patched(made(tmp_path, OCTOBER), set_field(8, 6, b"\1"))
    assert refused(path) == [
        f"a.zip: a file in the archive is encrypted (found '{OCTOBER}'). Save it without a password."
    ]


@pytest.mark.parametrize(("method", "number"), [(zipfile.ZIP_LZMA, 14), (zipfile.ZIP_BZIP2, 12)])
def test_a_method_of_packing_that_has_no_cap(tmp_path: Path, method: int, number: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as out:
        out.writestr(OCTOBER, b"x")
    assert refused(tmp_path / "a.zip") == [
        f"a.zip: a file in the archive is packed in a way that is not supported (found '{OCTOBER}: method {number}'). "
        "Pack it again as an ordinary zip (deflate)."
    ]


def test_every_problem_of_every_file_is_told(tmp_path: Path) -> None:
    problems = refused(made(tmp_path, "../a.txt", "/b.txt", "c.txt"), Limits(total_bytes=1, file_bytes=6))
    assert [problem.split(" (found")[0] for problem in problems] == [
        "a.zip: a path in the archive climbs out of it",
        "a.zip: a path in the archive climbs out of it",
        "a.zip: the archive is larger than it may be",
        "a.zip: there is no street-level file in this archive",
    ]


# --- reading


def reading(path: Path, entry: Entry, limits: Limits | None = None, *, archive: bool = True) -> bytes:
    container = Container("a.zip", path, archive=archive, entries=(entry,))
    with open_container(container, limits or Limits()) as read:
        return read(entry)


MEMBER = Entry(f"a.zip/{OCTOBER}", OCTOBER)


def test_a_file_is_read_up_to_its_limit_in_an_archive_and_by_itself(tmp_path: Path) -> None:
    raw = b"0123456789" * 200
    packed = archive(tmp_path / "a.zip", {OCTOBER: raw})
    (tmp_path / "a.csv").write_bytes(raw)
    single = Entry("a.csv", "a.csv")
    for limits in (Limits(), Limits(file_bytes=2_000)):
        assert reading(packed, MEMBER, limits) == raw
        assert reading(tmp_path / "a.csv", single, limits, archive=False) == raw
    with pytest.raises(InputError) as refusal:
        reading(tmp_path / "a.csv", single, Limits(file_bytes=1_999), archive=False)
    assert str(refusal.value) == (
        "a.csv: the file is larger than it may be (found 'over 1,999 bytes'). "
        "Split it by month and force, as published."
    )
    with pytest.raises(InputError, match=rf"^a\.zip/{OCTOBER}: the file is larger than it may be"):
        reading(packed, MEMBER, Limits(file_bytes=1_999))


def test_no_more_is_read_than_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Endless(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            asked.append(size or 0)
            return super().read(size)

    monkeypatch.setattr("data.published.archive.open_regular", lambda path: Endless(b"x" * 100))
    with pytest.raises(InputError):
        reading(tmp_path, Entry("a.csv", "a.csv"), Limits(file_bytes=10), archive=False)
    assert asked == [11]


def test_many_threads_may_read_one_archive(tmp_path: Path) -> None:
    members = {f"{k}/{named(f'2024-{k:02}')}": bytes([k]) * 50_000 for k in range(1, 13)}
    path = archive(tmp_path / "a.zip", members)
    entries = [Entry(name, name) for name in members]
    with open_container(Container("a.zip", path, archive=True), Limits()) as read, ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, entries * 5)) == list(members.values()) * 5


def test_a_file_that_has_gone_or_is_another_is_told(tmp_path: Path) -> None:
    gone = "a.zip: the archive has changed or gone. Import it again."
    path = made(tmp_path, SEPTEMBER)
    with pytest.raises(InputError) as refusal:
        reading(path, MEMBER)
    assert str(refusal.value).startswith(f"a.zip/{OCTOBER}: the archive is damaged here (found ")
    path.write_bytes(b"x")
    for _ in range(2):
        with pytest.raises(InputError) as refusal:
            reading(path, MEMBER)
        assert str(refusal.value) == gone
        path.unlink(missing_ok=True)
    with pytest.raises(InputError) as refusal:
        reading(path, Entry("b.csv", "b.csv"), archive=False)
    assert str(refusal.value) == (
        "b.csv: it cannot be read: No such file or directory. Check the path and your access to it."
    )


def test_damage_inside_is_told_with_its_place(tmp_path: Path) -> None:
    def flip(raw: bytearray) -> None:
        raw[30 + len(OCTOBER) + 3] ^= 0xFF

    path = patched(archive(tmp_path / "a.zip", {OCTOBER: bytes(range(256)) * 9}), flip)
    with pytest.raises(InputError) as refusal:
        reading(path, MEMBER)
    assert str(refusal.value).startswith(f"a.zip/{OCTOBER}: the archive is damaged here (found ")
    assert refusal.value.hint == "Download it again, whole."


@pytest.mark.parametrize("claimed", [100, 10_000_000])
def test_a_header_that_lies_about_the_size(tmp_path: Path, claimed: int) -> None:
    path = patched(
        archive(tmp_path / "a.zip", {OCTOBER: b"0123456789" * 200}), set_field(24, 22, struct.pack("<I", claimed))
    )
    with pytest.raises(InputError, match="the archive is damaged here"):
        reading(path, MEMBER)


def test_a_member_that_ends_early_is_told(tmp_path: Path) -> None:
    """Stored, and of a size that the check sum covers: nothing but its length is wrong."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr(OCTOBER, b"")
    patched(path, set_field(24, 22, struct.pack("<I", 5)))
    with pytest.raises(InputError) as refusal:
        reading(path, MEMBER)
    assert refusal.value.value == "it ends before its size is reached"


def test_a_folder_in_place_of_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it is not a regular file"):
        reading(tmp_path, Entry("a.csv", "a.csv"), archive=False)
