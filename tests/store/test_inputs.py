"""Names of published files, limits, and how files are opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from data.store.inputs import NOT_STREET, Container, Entry, Limits, cannot_read, open_regular, plain


@pytest.mark.parametrize(
    ("place", "named"),
    [
        ("2024-10-merseyside-street.csv", ("merseyside", "2024-10")),
        ("2024-10/2024-10-devon-and-cornwall-street.csv", ("devon-and-cornwall", "2024-10")),
        ("a\\2024-01-BTP-Street.CSV", ("btp", "2024-01")),
        ("2024-12-force9-street.csv", ("force9", "2024-12")),
        ("2024-13-merseyside-street.csv", None),
        ("2024-00-merseyside-street.csv", None),
        ("x2024-10-merseyside-street.csv", None),
        ("2024-10--street.csv", None),
        ("2024-10-a--b-street.csv", None),
        ("2024-10-merseyside-street.csv.bak", None),
        ("2024-10-merseyside-streetxcsv", None),
        ("2024-10-merseyside-outcomes.csv", None),
        ("٢٠٢٤-10-merseyside-street.csv", None),
        ("mine.csv", None),
    ],
)
def test_the_published_name_tells_force_and_month(place: str, named: tuple[str, str] | None) -> None:
    assert Entry("whatever", place).named == named


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("2024-10-merseyside-outcomes.csv", True),
        ("2024-10/2024-10-btp-STOP-and-search.csv", True),
        ("2024-10-merseyside-street.csv", False),
        ("my-2024-10-merseyside-outcomes.csv", False),
        ("2024-10-merseyside-outcomes.csv.bak", False),
        ("2024-10-outcomes.csv", False),
    ],
)
def test_published_files_of_another_kind_are_known_by_name(name: str, other: bool) -> None:
    assert bool(NOT_STREET.search(name)) is other


def test_the_limits_hold_the_national_archive_of_three_years() -> None:
    limits = Limits()
    assert (limits.members, limits.units, limits.ratio) == (20_000, 5_000, 100.0)
    assert limits.file_bytes == 256 * 1024**2
    assert limits.total_bytes == 16 * 1024**3
    assert limits.members > 36 * 3 * 44
    assert limits.units > 36 * 44


def test_a_container_is_a_csv_unless_told_otherwise() -> None:
    plain_csv = Container("a.csv", Path("a.csv"))
    assert (plain_csv.archive, plain_csv.entries, plain_csv.left_alone, plain_csv.error) == (False, (), 0, None)


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a\r\n")
    with open_regular(path) as handle:
        assert handle.read() == b"a\r\n"
    with pytest.raises(OSError, match=r"^it is not a regular file$"):
        open_regular(tmp_path)
    with pytest.raises(FileNotFoundError):
        open_regular(tmp_path / "nothing.csv")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_pipe_which_would_wait_for_ever_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        open_regular(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (PermissionError(13, "Permission denied"), "Permission denied"),
        (OSError("it is not a regular file"), "it is not a regular file"),
        (ValueError("embedded null byte"), "embedded null byte"),
    ],
)
def test_why_a_file_cannot_be_read(error: OSError | ValueError, why: str) -> None:
    assert str(cannot_read("a\udcff.csv", error)) == (
        f"a\\udcff.csv: it cannot be read: {why}. Check the path and your access to it."
    )


def test_a_name_of_any_bytes_can_be_printed() -> None:
    assert plain("Caf\xe9 \u202e.csv") == "Caf\xe9 \u202e.csv"
    assert plain("a\udce9\ud800.csv") == "a\\udce9\\ud800.csv"
