"""A published CSV as a table, and what is said of a file that is none."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.kinds.crime_types import CATEGORIES
from data.store.collected_errors import CollectedError
from data.store.layout import SMALL_AREA, Layout
from data.store.rows import MOST_TEXT, NEEDED, Rows, read_rows, read_rows_exactly
from geo.errors import InputError
from tests.properties import examples
from tests.published.police_files import HEADER, row, table

HERE = ("-2.85", "53.42")
FINE = row(HERE)
GOOD = table([FINE] * 3)


def refused(raw: bytes) -> str:
    """What is said of a file that cannot be used."""
    with pytest.raises(InputError) as refusal:
        read_rows("a.csv", raw)
    return str(refusal.value)


def both(raw: bytes) -> list[Rows]:
    """The same file through the reader that is taken, and through the exact one."""
    return [read_rows("a.csv", raw), read_rows_exactly("a.csv", raw, Layout(HEADER))]


def test_columns_have_their_types_whichever_reader_is_taken() -> None:
    number, words, text = pa.float64(), pa.dictionary(pa.int32(), pa.string()), pa.string()
    types = [text, words, words, words, number, number, text, text, words, text, text]
    blank = row(("", ""), Location="", LSOA_code="", Last_outcome_category="")
    for one in (FINE, row(("", ""))):
        for rows in both(table([one | {"Crime type": "Drugs"}, blank])):
            assert rows.table.schema.names == [*NEEDED, SMALL_AREA]
            assert rows.table.schema.types == types
            assert rows.table["Longitude"].to_pylist() == [float(one["Longitude"]) if one["Longitude"] else None, None]
            assert rows.table["Location"].to_pylist() == ["On or near High Street", ""], "text is never null"
            assert rows.table["Crime type"].to_pylist() == ["Drugs", blank["Crime type"]]
            assert (rows.name, rows.header, rows.miscounted, len(rows)) == ("a.csv", HEADER, (), 2)


def test_the_bytes_of_a_file_are_not_shown_with_it() -> None:
    shown = repr(read_rows("a.csv", table([row(HERE, Location="Elm Street")])))
    assert "a.csv" in shown
    assert "Elm" not in shown
    assert "Elm" not in repr(read_rows("a.csv", table([row(HERE, Location='"Elm"')])))


# --- the header


def test_every_missing_column_is_told_with_its_near_match() -> None:
    header = [
        {"Latitude": "LATIT.", "Crime type": "CRIME_TYPES", "Falls within": "x"}.get(name, name) for name in HEADER
    ]
    raw = ",".join(header).encode() + b"\n"
    with pytest.raises(CollectedError):
        read_rows("a.csv", raw)
    assert refused(raw).splitlines() == [
        "a.csv, row 1, column 'Falls within': a column is missing. Import the file as published.",
        "a.csv, row 1, column 'Latitude': a column is missing (found 'LATIT.'). Is 'LATIT.' meant? Name it 'Latitude'.",
        "a.csv, row 1, column 'Crime type': a column is missing (found 'CRIME_TYPES'). "
        "Is 'CRIME_TYPES' meant? Name it 'Crime type'.",
    ]


def test_a_column_that_is_needed_itself_is_meant_by_no_other() -> None:
    raw = GOOD.replace(b"Longitude", b"Context", 1)  # of the columns, Latitude is the nearest by far
    assert "'Latitude'" not in refused(raw)


def test_a_column_that_is_there_twice() -> None:
    assert (
        refused(GOOD.replace(b"Context", b"Month"))
        == "a.csv, row 1, column 'Month': a column is there twice. Leave one of the two columns out."
    )
    twice = GOOD.replace(b"Context", b"LSOA name")
    assert len(read_rows("a.csv", twice)) == 3, "one that is not needed may be there twice"


@pytest.mark.parametrize(("delimiter", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_another_delimiter(delimiter: str, word: str) -> None:
    rows = read_rows("a.csv", GOOD.replace(b",", delimiter.encode()))
    assert rows.table.equals(read_rows_exactly("a.csv", GOOD, Layout(HEADER)).table)
    assert rows.notes == (f"columns parted by {word}, not by commas",)
    assert rows.originals([1]) == [(3, delimiter.join(FINE.values()))]
    both_delimiters = GOOD.replace(b"Crime ID", f"Crime{delimiter}ID".encode())
    assert "column 'Crime ID': a column is missing" in refused(both_delimiters)


def test_one_column_of_something_else_misses_them_all() -> None:
    problems = refused(b"hello\nworld\n").splitlines()
    assert problems == [
        f"a.csv, row 1, column {name!r}: a column is missing. Import the file as published." for name in NEEDED
    ]


def test_a_header_that_is_no_line_of_csv() -> None:
    assert refused(b'"Crime ID,Month\n1,2\n') == (
        "a.csv, row 1: the header is not a line of CSV (found 'unexpected end of data'). "
        "Put the header into the first line."
    )


def test_columns_in_any_order_and_more_of_them() -> None:
    header = ["Extra", *reversed(HEADER)]
    one = row(HERE, Location="Elm Street") | {"Extra": "x"}
    for raw in (table([one], header=header), table([one | {"Extra": '"x"'}], header=header)):
        rows = read_rows("a.csv", raw)
        assert rows.header == tuple(header)
        assert [rows.table[name].to_pylist() for name in ("Location", "Latitude")] == [["Elm Street"], [53.42]]
        ((line, text),) = rows.originals([0])
        assert (line, rows.value(text, "Location"), rows.value(text, "Latitude")) == (2, "Elm Street", "53.42")
        assert rows.value("only,two", "Latitude") == ""
        assert rows.value("", "Latitude") == ""


# --- the bytes


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n", b"\n" * 5000])
def test_an_empty_file(raw: bytes) -> None:
    assert refused(raw) == "a.csv: the file is empty. Download it again."


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n\r\n"])
def test_a_header_without_rows(end: bytes) -> None:
    assert refused(",".join(HEADER).encode() + end) == (
        "a.csv: there are no rows under the header. Download the file again: a month is never empty."
    )


def test_blank_lines_before_the_header_are_skipped_and_counted() -> None:
    rows = read_rows("a.csv", b"\n" * 5000 + GOOD)
    assert [line for line, _ in rows.originals([0, 2])] == [5002, 5004]


@pytest.mark.parametrize("start", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_utf_16(start: str, mark: str) -> None:
    raw = f"{mark}{GOOD.decode()}".encode(start)
    rows = read_rows("a.csv", raw)
    assert rows.table.equals(read_rows("a.csv", GOOD).table)
    assert rows.notes == ("text in UTF-16, not in UTF-8",)
    assert "looks like UTF-16 and is cut off" in refused(raw[:-1])


@pytest.mark.parametrize(
    "start",
    ["<!DOCTYPE html><html>", "\n  <html lang=en>", "\ufeff<html>", "<?xml version='1.0'?>", "<HEAD>", "<!-- x"],
)
def test_a_web_page_saved_as_csv(start: str) -> None:
    page = start + "<body>Sign in \u00e9</body>" + "x" * 100
    shown = page.removeprefix("\ufeff").encode()[:60].decode()
    assert refused(page.encode()) == (
        f"a.csv: this is a web page saved as a CSV (found {shown!r}). "
        "Download the data itself: the page may be a login or an error message."
    )


def test_a_web_page_in_another_coding_is_told_as_a_web_page() -> None:
    assert "this is a web page saved as a CSV (found '<html>\ufffd')" in refused(b"<html>\xe9")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_nul_byte_and_a_byte_that_is_not_utf_8_have_row_and_place(end: str) -> None:
    raw = table([FINE, {**FINE, "Location": "bad"}, FINE], end=end)
    place = raw.index(b"bad")
    assert refused(raw.replace(b"bad", b"\0")) == (
        f"a.csv, row 3: there is a NUL byte in the text (found 'byte {place:,}'). "
        "The file is damaged or not a CSV: download it again."
    )
    assert refused(raw.replace(b"bad", b"Caf\xe9")) == (
        f"a.csv, row 3: the text is not UTF-8 (found 'byte 0xe9 at {place + 3:,}'). It was probably saved in Latin-1 "
        "(Windows) by another program. Download the file again and import it as it is, without opening it in Excel."
    )
    assert "row 1: there is a NUL byte" in refused(b"\0" + raw)
    assert "row 1: the text is not UTF-8 (found 'byte 0xe9 at 0')" in refused(b"\xe9" + raw)


def test_quotation_marks_that_do_not_match() -> None:
    raw = table([FINE, {**FINE, "Location": "bad"}, FINE]).replace(b"bad", b'"On or near')
    assert refused(raw) == (
        "a.csv, row 3: quotation marks do not match from here on (found 'unexpected end of data'). "
        "Put the field in quotation marks, doubling those inside it, or download the file again."
    )


# --- the rows


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_byte_order_mark_make_no_difference(end: str, mark: bytes) -> None:
    rows = read_rows("a.csv", mark + table([FINE] * 3, end=end))
    assert rows.table == read_rows("a.csv", GOOD).table
    assert rows.originals([2]) == [(4, GOOD.decode().splitlines()[3])]
    assert rows.originals([]) == []


def test_quoted_fields_with_commas_quotes_and_line_breaks() -> None:
    text = 'On or near "The Park",\r\nNorth, <b>&'
    rows = read_rows("a.csv", table([FINE | {"Location": text}, FINE], end="\r\n"))
    assert rows.table["Location"].to_pylist() == [text, "On or near High Street"]
    (_, original), (line, _) = rows.originals([0, 1])
    assert rows.value(original, "Location") == text
    assert line == 4


@pytest.mark.parametrize("quoted", [False, True])
def test_rows_with_a_wrong_number_of_fields_are_put_aside(quoted: bool) -> None:
    first, last = row(HERE, Location='"a" & b' if quoted else "a"), row(HERE, Location="c")
    head, one = table([first]).splitlines(keepends=True)
    raw = head + b"\n" + b"x,y,z\n" + one + b",".join([b"x"] * 13) + b"\r\n\n" + table([last]).splitlines()[1]
    rows = read_rows("a.csv", raw)
    assert rows.miscounted == ((3, "x,y,z"), (5, ",".join(["x"] * 13)))
    assert len(rows) == 4
    assert rows.table["Location"].to_pylist() == [first["Location"], "c"]
    assert rows.originals([0, 1]) == [(4, one.decode().rstrip("\n")), (7, raw.decode().splitlines()[-1])]


@pytest.mark.parametrize("quote", ["", '"'])
def test_of_a_long_row_the_beginning_is_kept(quote: str) -> None:
    raw = table([FINE | {"Location": quote + "x" * (2 * MOST_TEXT)}, FINE])
    (_, kept), _ = read_rows("a.csv", raw).originals([0, 1])
    assert kept == raw.decode().splitlines()[1][:MOST_TEXT]
    assert MOST_TEXT == 4_000


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e400", "0x1p3", "1_0", "٥٣", "--1", "53.4N", ".", "1e"])
def test_what_only_looks_like_a_number(text: str) -> None:
    for rows in both(table([row((text, "53.4")), row((text, ""), Location='"')])):
        assert not any(map(math.isfinite, rows.table["Longitude"].to_pylist()))
        assert rows.table["Latitude"].to_pylist() == [53.4, None]


PLAIN_TEXT = st.text(st.characters(exclude_characters='\0",\n\r', exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.sampled_from(
    ["-2.8", "53.4", " 53.4", "53.4 ", "", "0", "-0", "1e1", "1E-1", "+1", ".5", "5.", "nan", "inf", "x", "1e999"]
)


@examples(100)
@given(
    st.lists(
        st.tuples(PLAIN_TEXT, NUMBERS, NUMBERS, st.sampled_from(["", "\n", "\r", "\r\n"])), min_size=1, max_size=8
    ),
    st.sampled_from(["\n", "\r", "\r\n"]),
)
def test_both_readers_give_the_same_rows(lines: list[tuple[str, str, str, str]], end: str) -> None:
    records = [
        ",".join([text, "2024-10", "", "", lon, lat, text, "", "", CATEGORIES[0], "", ""]) + end + blank
        for text, lon, lat, blank in lines
    ]
    raw = (",".join(HEADER) + end + "".join(records)).encode()
    fast, exact = both(raw)

    def columns_of(rows: Rows) -> list[tuple[str, pa.ChunkedArray]]:
        return [(name, rows.table[name]) for name in rows.table.column_names]

    def plain(value: object) -> object:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    def comparable(rows: Rows) -> object:
        blank = {name: column.null_count for name, column in columns_of(rows)}
        columns = {name: [repr(plain(value)) for value in column.to_pylist()] for name, column in columns_of(rows)}
        return blank, columns, rows.miscounted, rows.originals(range(rows.table.num_rows))

    assert len(fast) == len(exact) == len(lines)
    assert comparable(fast) == comparable(exact)
