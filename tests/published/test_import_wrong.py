"""Wrong input: a rejected row or a refused file, each with place, value and what to do; the store stays as it was."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path

import pytest

from data.place.area import Area
from data.published.police_uk import FileReport, Limits, import_paths
from tests.published.police_files import NOW, archive, contents, crime, named, points_of, put, row, table


@pytest.fixture
def store(area: Area, tmp_path: Path) -> Path:
    """A store with something in it."""
    store = tmp_path / "store"
    raw = table([row(points_of(area).inside, Month="2024-01")])
    assert import_paths([put(tmp_path / "first", raw, named("2024-01"))], store, area, now=NOW).ok
    return store


def refused(path: Path, store: Path, area: Area, limits: Limits | None = None) -> str:
    """Import what cannot be used: one failed entry with zeros, an error that names the file, the store as it was."""
    before = contents(store)
    report = import_paths([path], store, area, now=NOW, limits=limits)
    (file,) = report.files
    assert file.status == "failed"
    assert (file.rows_read, file.loaded, file.rejected, file.outside, file.replaced) == (0, 0, 0, 0, 0)
    assert contents(store) == before
    assert not report.ok
    assert file.error is not None
    assert path.name in file.error
    assert any("FAILED" in line for line in report.lines())
    return file.error


def good(area: Area, month: str = "2024-10", rows: int = 3) -> bytes:
    return table([row(points_of(area).inside, Month=month)] * rows)


def test_a_month_that_contradicts_the_name(area: Area, tmp_path: Path, store: Path) -> None:
    at = points_of(area).inside
    error = refused(put(tmp_path, table([row(at), row(at, Month="2024-11"), row(at, Month="2024-12")])), store, area)
    assert "row 3, column 'Month': the file is named for 2024-10 and holds another month (found '2024-11')" in error


def test_every_row_useless_is_a_failed_file(area: Area, tmp_path: Path, store: Path) -> None:
    at = points_of(area).inside
    swapped = row((at[1], at[0]))
    raw = table([swapped] * 4 + [row(("", ""))])
    error = refused(put(tmp_path, raw), store, area)
    assert "not one of its 5 rows can be used; the first fails for: coordinates swapped" in error
    assert "row 2, column 'Longitude'" in error
    assert f"{at[1]}, {at[0]}" in error


@pytest.mark.parametrize("name", ["2024-13-somewhere-street.csv", "0000-01-somewhere-street.csv"])
def test_a_name_with_a_month_that_cannot_be(area: Area, tmp_path: Path, store: Path, name: str) -> None:
    at = points_of(area).inside
    error = refused(put(tmp_path, table([row(at, Month=name[:7])] * 2), name), store, area)
    assert f"found '{name[:7]}'" in error


def test_an_unreadable_file(area: Area, tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, good(area))
    original = Path.open

    def open_(self: Path, *arguments: object, **others: object) -> object:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return original(self, *arguments, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", open_)
    assert "cannot be read: Permission denied" in refused(path, store, area)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_paths_that_are_no_files(area: Area, tmp_path: Path, store: Path) -> None:
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    assert "cannot be read" in refused(loop, store, area)
    assert "No such file" in refused(tmp_path / "nothing.csv", store, area)
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    assert "not a regular file" in refused(pipe, store, area)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "no street-level CSV and no archive in this folder" in refused(empty, store, area)


def test_a_file_that_is_too_large(area: Area, tmp_path: Path, store: Path) -> None:
    raw = good(area, rows=100)
    assert "larger than it may be" in refused(put(tmp_path, raw), store, area, Limits(file_bytes=len(raw) - 1))


def test_too_many_units_in_a_file(area: Area, tmp_path: Path, store: Path) -> None:
    at = points_of(area).inside
    raw = table([row(at, Month=f"2024-0{m}") for m in (1, 2, 3)])
    assert "more than 2 months of forces" in refused(put(tmp_path, raw, "many.csv"), store, area, Limits(units=2))


# --- archives


def packed(area: Area, path: Path) -> Path:
    return archive(path, {f"2024-{m:02}/{named(f'2024-{m:02}')}": good(area, f"2024-{m:02}", 300) for m in (9, 10)})


def test_an_archive_damaged_inside_is_refused_as_a_whole(area: Area, tmp_path: Path, store: Path) -> None:
    path = packed(area, tmp_path / "a.zip")
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as opened:
        second = opened.infolist()[1].header_offset
    raw[second + 80] ^= 0xFF
    path.write_bytes(bytes(raw))
    assert "2024-10-somewhere-street.csv: the archive is damaged here" in refused(path, store, area)


@pytest.mark.parametrize("claimed", [100, 10_000_000])
def test_a_header_that_lies_about_the_size(area: Area, tmp_path: Path, store: Path, claimed: int) -> None:
    path = archive(tmp_path / "a.zip", {named(): good(area, rows=5000)})
    raw = bytearray(path.read_bytes())
    for signature, place in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        struct.pack_into("<I", raw, raw.index(signature) + place, claimed)
    path.write_bytes(bytes(raw))
    error = refused(path, store, area, Limits(ratio=1e9))
    assert "damaged here" in error


def test_one_bad_csv_refuses_its_archive_and_every_problem_is_told(area: Area, tmp_path: Path, store: Path) -> None:
    path = archive(
        tmp_path / "a.zip",
        {
            named("2024-08"): good(area, "2024-08"),
            named("2024-09"): b"<html>",
            named("2024-10"): good(area).replace(b"Latitude", b"Lat"),
        },
    )
    error = refused(path, store, area)
    assert "a.zip/2024-09-somewhere-street.csv: this is a web page" in error
    assert "a.zip/2024-10-somewhere-street.csv, row 1, column 'Latitude'" in error


def test_a_bad_file_does_not_keep_the_others_out(area: Area, tmp_path: Path, store: Path) -> None:
    paths = [put(tmp_path, b"<html>", "bad.csv"), put(tmp_path, good(area)), packed(area, tmp_path / "a.zip")]
    files: tuple[FileReport, ...] = import_paths(paths, store, area, now=NOW).files
    assert [file.status for file in files] == ["failed", "loaded", "loaded", "loaded"]


def test_crimes_with_the_same_id_that_differ_are_all_kept(area: Area, tmp_path: Path, store: Path) -> None:
    at = points_of(area)
    first = put(tmp_path, table([crime(at.inside, 1), crime(at.inside, 1, "Offender charged")]))
    (report,) = import_paths([first], store, area, now=NOW).files
    assert (report.loaded, report.joined) == (2, 0)
    assert report.notes == ("2 rows share a Crime ID and differ in something else: each is kept as an incident",)
    second = put(tmp_path / "2", table([crime(at.inside, 1), crime(at.inside, 1, "Unable to prosecute suspect")]))
    (revision,) = import_paths([second], store, area, now=NOW).files[0].revision
    assert (revision.added, revision.gone, revision.outcome_changed) == (0, 0, 1)
