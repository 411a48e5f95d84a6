"""Wrong input: a rejected row or a refused file, each with place, value and what to do; the store stays as it was."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path

import pytest

from data.place.area import Area
from data.published.police_uk import FileReport, Limits, import_paths
from data.store.status import rejected_rows
from tests.published.police_files import HEADER, NOW, archive, contents, crime, named, points_of, put, row, table


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


def test_a_missing_column(area: Area, tmp_path: Path, store: Path) -> None:
    header = [name for name in HEADER if name not in {"Latitude", "Falls within"}]
    error = refused(put(tmp_path, table([row(points_of(area).inside)], header=header)), store, area)
    assert len(error.splitlines()) == 2  # every problem, not only the first
    assert "row 1, column 'Latitude': a column is missing" in error
    assert "column 'Falls within'" in error


def test_a_renamed_column_names_the_near_match(area: Area, tmp_path: Path, store: Path) -> None:
    error = refused(put(tmp_path, good(area).replace(b"Crime type", b"crime_types")), store, area)
    assert "Is 'crime_types' meant? Name it 'Crime type'." in error


def test_a_column_that_is_there_twice(area: Area, tmp_path: Path, store: Path) -> None:
    assert "there twice" in refused(put(tmp_path, good(area).replace(b"Context", b"Month")), store, area)


@pytest.mark.parametrize(("delimiter", "word"), [(b";", "semicolons"), (b"\t", "tabs"), (b"|", "bars")])
def test_a_wrong_delimiter(area: Area, tmp_path: Path, store: Path, delimiter: bytes, word: str) -> None:
    error = refused(put(tmp_path, good(area).replace(b",", delimiter)), store, area)
    assert f"columns are parted by {word}" in error
    assert "row 1" in error


@pytest.mark.parametrize("start", [b"<!DOCTYPE html><html>", b"\n  <html lang=en>", b"\xef\xbb\xbf<html>"])
def test_a_web_page_saved_as_csv(area: Area, tmp_path: Path, store: Path, start: bytes) -> None:
    assert "web page" in refused(put(tmp_path, start + b"<body>Sign in</body></html>"), store, area)


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n"])
def test_an_empty_file(area: Area, tmp_path: Path, store: Path, raw: bytes) -> None:
    assert "empty" in refused(put(tmp_path, raw), store, area)


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n\r\n"])
def test_a_header_without_rows(area: Area, tmp_path: Path, store: Path, end: bytes) -> None:
    error = refused(put(tmp_path, ",".join(HEADER).encode() + end), store, area)
    assert "no rows under the header" in error


def test_latin_1_names_row_and_byte(area: Area, tmp_path: Path, store: Path) -> None:
    at = points_of(area).inside
    raw = table([row(at), row(at), row(at, Location="Caf\xe9")]).replace("\xe9".encode(), b"\xe9")
    error = refused(put(tmp_path, raw), store, area)
    assert "row 4: the text is not UTF-8 (found 'byte 0xe9 at " in error
    assert f"{raw.index(0xE9):,}" in error


def test_utf_16(area: Area, tmp_path: Path, store: Path) -> None:
    assert "UTF-16" in refused(put(tmp_path, good(area).decode().encode("utf-16")), store, area)


def test_a_nul_byte_names_the_row(area: Area, tmp_path: Path, store: Path) -> None:
    at = points_of(area).inside
    error = refused(put(tmp_path, table([row(at), row(at, Location="a\0b")])), store, area)
    assert "row 3: there is a NUL byte" in error


def test_quotation_marks_that_do_not_match(area: Area, tmp_path: Path, store: Path) -> None:
    raw = good(area).replace(b"On or near High Street", b'"On or near', 1)
    error = refused(put(tmp_path, raw), store, area)
    assert "row 2: quotation marks do not match" in error


def test_a_month_that_contradicts_the_name(area: Area, tmp_path: Path, store: Path) -> None:
    at = points_of(area).inside
    error = refused(put(tmp_path, table([row(at), row(at, Month="2024-11"), row(at, Month="2024-12")])), store, area)
    assert "row 3, column 'Month': the file is named for 2024-10 and holds another month (found '2024-11')" in error


def test_the_force_is_the_one_in_the_name_whatever_it_calls_itself(area: Area, tmp_path: Path, store: Path) -> None:
    at = points_of(area).inside
    renamed = table([row(at), row(at, Falls_within="Somewhere and Isle Constabulary")])
    (file,) = import_paths([put(tmp_path, renamed)], store, area, now=NOW).files
    assert (file.status, file.forces, file.loaded) == ("loaded", ("somewhere",), 2)


def test_every_row_useless_is_a_failed_file(area: Area, tmp_path: Path, store: Path) -> None:
    at = points_of(area).inside
    swapped = row((at[1], at[0]))
    raw = table([swapped] * 4 + [row(("", ""))])
    error = refused(put(tmp_path, raw), store, area)
    assert "not one of its 5 rows can be used; the first fails for: coordinates swapped" in error
    assert "row 2, column 'Longitude'" in error
    assert f"{at[1]}, {at[0]}" in error


REJECTED = {
    "no location": (row(("", ""), Location="No location"), "Longitude", ""),
    "one coordinate missing": (row(("-2.8", "")), "Longitude", "-2.8, "),
    "coordinate not a number": (row(("-2.8", "53,4")), "Longitude", "-2.8, 53,4"),
    "coordinates swapped": (row(("53.4", "-2.8")), "Longitude", "53.4, -2.8"),
    "coordinates zero": (row(("0", "0.0")), "Longitude", "0, 0.0"),
    "outside Britain": (row(("12.5", "41.9")), "Longitude", "12.5, 41.9"),
    "unknown crime type": (row(("-2.8", "53.4"), Crime_type="Violent crime"), "Crime type", "Violent crime"),
    "blank month": (row(("-2.8", "53.4"), Month=""), "Month", ""),
    "malformed month": (row(("-2.8", "53.4"), Month="10/2024"), "Month", "10/2024"),
    "month out of range": (row(("-2.8", "53.4"), Month="2042-10"), "Month", "2042-10"),
    "no force": (row(("-2.8", "53.4"), Falls_within="", Reported_by=""), "Falls within", ""),
}


@pytest.mark.parametrize("reason", list(REJECTED))
@pytest.mark.parametrize("quoted", [False, True])
def test_a_rejected_row_is_kept_with_reason_and_text(
    area: Area, tmp_path: Path, store: Path, reason: str, quoted: bool
) -> None:
    bad, column, value = REJECTED[reason]
    fine = row(points_of(area).inside, Location='On, "or" near' if quoted else "On or near")
    raw = table([fine, bad, fine])
    (file,) = import_paths([put(tmp_path, raw, "any.csv")], store, area, now=NOW).files
    assert (file.rows_read, file.loaded, file.rejected, file.outside) == (3, 2, 1, 0)
    assert file.rejected_by_reason == {reason: 1}
    (kept,) = rejected_rows(store).to_dict("records")
    assert (kept["file"], kept["row"], kept["reason"]) == ("any.csv", 3, reason)
    assert (kept["column"], kept["value"]) == (column, value)
    assert kept["original"] == raw.decode().splitlines()[2]
    assert kept["advice"]


@pytest.mark.parametrize("cells", [3, 13])
def test_a_row_with_a_wrong_number_of_fields(area: Area, tmp_path: Path, store: Path, cells: int) -> None:
    at = points_of(area).inside
    raw = table([row(at)]) + b",".join([b"x"] * cells) + b"\n" + table([row(at)]).splitlines(keepends=True)[1]
    (file,) = import_paths([put(tmp_path, raw)], store, area, now=NOW).files
    assert (file.rows_read, file.loaded, file.rejected_by_reason) == (3, 2, {"wrong number of fields": 1})
    (kept,) = rejected_rows(store).to_dict("records")
    assert (kept["row"], kept["original"]) == (3, ",".join(["x"] * cells))


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e400", "0x1p3", "1_0", "٥٣", "--1", "53.4N"])
def test_what_only_looks_like_a_number(area: Area, tmp_path: Path, store: Path, text: str) -> None:
    raw = table([row(points_of(area).inside), row(("-2.8", text))])
    (file,) = import_paths([put(tmp_path, raw)], store, area, now=NOW).files
    assert file.rejected_by_reason == {"coordinate not a number": 1}


@pytest.mark.parametrize("name", ["2024-13-somewhere-street.csv", "0000-01-somewhere-street.csv"])
def test_a_name_with_a_month_that_cannot_be(area: Area, tmp_path: Path, store: Path, name: str) -> None:
    at = points_of(area).inside
    error = refused(put(tmp_path, table([row(at, Month=name[:7])] * 2), name), store, area)
    assert f"found '{name[:7]}'" in error


def test_greenwich_is_not_a_missing_longitude(area: Area, tmp_path: Path, store: Path) -> None:
    raw = table([row(("0.000000", "51.478000"))])
    assert import_paths([put(tmp_path, raw)], store, area, now=NOW).files[0].outside == 1


@pytest.mark.parametrize(
    ("crime_type", "advice"),
    [
        ("Anti-social behavior", "Is 'Anti-social behaviour' meant?"),
        ("Violent crime", "Violence and sexual offences"),
        ("Public disorder and weapons", "'Public order' and 'Possession of weapons'"),
        ("Sorcery", "one of the 14 crime types"),
        ("", "one of the 14 crime types"),
    ],
)
def test_advice_on_crime_types(area: Area, tmp_path: Path, store: Path, crime_type: str, advice: str) -> None:
    at = points_of(area).inside
    import_paths([put(tmp_path, table([row(at), row(at, Crime_type=crime_type)]))], store, area, now=NOW)
    assert advice in rejected_rows(store)["advice"].item()


def test_line_numbers_count_quoted_line_breaks_and_blank_lines(area: Area, tmp_path: Path, store: Path) -> None:
    at = points_of(area).inside
    fine, broken, bad = (
        table([one]).split(b"\n", 1)[1]
        for one in (row(at), row(at, Location="two\nlines"), row(at, Crime_type="x", Location='"also\ntwo"'))
    )
    raw = table([]) + fine + b"\n\n" + broken + bad + fine
    import_paths([put(tmp_path, raw)], store, area, now=NOW)
    kept = rejected_rows(store)
    assert kept["row"].item() == 7
    assert kept["original"].item() == bad.decode().rstrip("\n")


def test_hostile_text_is_kept_as_text(area: Area, tmp_path: Path, store: Path) -> None:
    at = points_of(area).inside
    text = "<script>alert(1)</script> =cmd() \x1b[2J \u202e"
    import_paths([put(tmp_path, table([row(at), row(at, Crime_type=text)]))], store, area, now=NOW)
    assert rejected_rows(store)["value"].item() == text


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


def test_a_truncated_archive(area: Area, tmp_path: Path, store: Path) -> None:
    path = packed(area, tmp_path / "a.zip")
    path.write_bytes(path.read_bytes()[:-100])
    assert "cut off or damaged" in refused(path, store, area)


def test_an_archive_damaged_inside_is_refused_as_a_whole(area: Area, tmp_path: Path, store: Path) -> None:
    path = packed(area, tmp_path / "a.zip")
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as opened:
        second = opened.infolist()[1].header_offset
    raw[second + 80] ^= 0xFF
    path.write_bytes(bytes(raw))
    assert "2024-10-somewhere-street.csv: the archive is damaged here" in refused(path, store, area)


def test_what_is_no_archive(area: Area, tmp_path: Path, store: Path) -> None:
    assert "not a zip archive" in refused(put(tmp_path, b"Rar!....", "a.zip"), store, area)
    assert "no street-level file" in refused(archive(tmp_path / "b.zip", {"x.txt": b"x"}), store, area)
    assert "no street-level file" in refused(archive(tmp_path / "c.csv", {"x.txt": b"x"}), store, area)


def test_an_encrypted_archive(area: Area, tmp_path: Path, store: Path) -> None:
    path = packed(area, tmp_path / "a.zip")
    raw = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\1\2", 8), (b"PK\3\4", 6)):  # set the flag in both headers of the first file
        raw[raw.index(signature) + flags] |= 1
    path.write_bytes(bytes(raw))
    assert "encrypted (found '2024-09/2024-09-somewhere-street.csv')" in refused(path, store, area)


def test_a_bomb_is_refused_without_being_inflated(
    area: Area, tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = archive(tmp_path / "a.zip", {named(): good(area), "zeros.bin": bytes(50 << 20)})

    def never(*arguments: object, **others: object) -> None:
        raise AssertionError("inflated")

    monkeypatch.setattr(zipfile.ZipFile, "open", never)
    error = refused(bomb, store, area)
    assert "inflates far more than a published file does" in error
    assert "52,428,800 bytes" in error


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(members=1), "more files than it may"),
        (Limits(file_bytes=1000), "a file in the archive is larger"),
        (Limits(total_bytes=1000), "the archive is larger"),
    ],
)
def test_limits_of_archives(area: Area, tmp_path: Path, store: Path, limits: Limits, words: str) -> None:
    assert words in refused(packed(area, tmp_path / "a.zip"), store, area, limits)


@pytest.mark.parametrize("claimed", [100, 10_000_000])
def test_a_header_that_lies_about_the_size(area: Area, tmp_path: Path, store: Path, claimed: int) -> None:
    path = archive(tmp_path / "a.zip", {named(): good(area, rows=5000)})
    raw = bytearray(path.read_bytes())
    for signature, place in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        struct.pack_into("<I", raw, raw.index(signature) + place, claimed)
    path.write_bytes(bytes(raw))
    error = refused(path, store, area, Limits(ratio=1e9))
    assert "damaged here" in error


@pytest.mark.parametrize(
    "member", ["../2024-10-x-street.csv", "/2024-10-x-street.csv", "C:/2024-10-x-street.csv", "a\\..\\..\\b.txt"]
)
def test_a_path_that_climbs_out(area: Area, tmp_path: Path, store: Path, member: str) -> None:
    path = archive(tmp_path / "a.zip", {named(): good(area), member: good(area)})
    error = refused(path, store, area)
    assert "climbs out of it" in error
    assert not (tmp_path / "2024-10-x-street.csv").exists()


def test_a_method_of_packing_that_has_no_cap(area: Area, tmp_path: Path, store: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as out:
        out.writestr(named(), good(area))
    assert "packed in a way that is not supported" in refused(path, store, area)


def test_the_same_unit_twice_in_an_archive(area: Area, tmp_path: Path, store: Path) -> None:
    path = archive(tmp_path / "a.zip", {f"one/{named()}": good(area), f"two/{named()}": good(area)})
    error = refused(path, store, area)
    assert "the same month of the same force twice" in error


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


def test_crimes_with_the_same_id_are_all_kept(area: Area, tmp_path: Path, store: Path) -> None:
    at = points_of(area)
    first = put(tmp_path, table([crime(at.inside, 1), crime(at.inside, 1, "Offender charged")]))
    assert import_paths([first], store, area, now=NOW).files[0].loaded == 2
    second = put(tmp_path / "2", table([crime(at.inside, 1), crime(at.inside, 1)]))
    (revision,) = import_paths([second], store, area, now=NOW).files[0].revision
    assert (revision.added, revision.gone, revision.outcome_changed) == (0, 0, 1)
