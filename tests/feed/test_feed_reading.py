"""A partner's file read: encodings, delimiters, workbooks, dates and times in every form that offices write them."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.feed import times as feed_times
from data.feed.dates import UNKNOWN, date_text, time_text
from data.feed.mapping import AS_LABELLED, LOCAL, FeedMapping
from data.feed.table import Table, read_table
from data.feed.times import Times, read_times
from geo.errors import InputError
from tests.feed.feed_files import workbook

LONDON = ZoneInfo("Europe/London")


# --- the table -------------------------------------------------------------------------------------------------------
ROWS = "Ref,When,Where\nA1,31/10/2024 19:05,Caf\u00e9 \u00a3\nA2,05/11/2024 20:00,B\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_encoding_and_delimiter_gives_the_same_table(encoding: str, delimiter: str) -> None:
    table = read_table("f.csv", ROWS.replace(",", delimiter).encode(encoding))
    assert table.columns == {
        "Ref": ["A1", "A2"],
        "When": ["31/10/2024 19:05", "05/11/2024 20:00"],
        "Where": ["Caf\u00e9 \u00a3", "B"],
    }
    assert table.lines == [2, 3]


def test_titles_blank_lines_and_quoted_line_ends() -> None:
    text = 'Monthly report\n\nRef,When,Text\nA1,31/10/2024,"two\nlines"\n\n,,\nA2,05/11/2024,x\nA3,06/11/2024\n'
    table = read_table("f.csv", text.encode())
    assert table.columns["Text"] == ["two\nlines", "x"]
    assert table.lines == [4, 8]
    assert table.miscounted == (("f.csv", 9),)
    assert len(table) == 3
    assert table.notes == ("1 line above the header passed over",)


def test_headers_that_are_blank_or_there_twice() -> None:
    table = read_table("f.csv", b"Date,,Date\n1,2,3\n")
    assert list(table.columns) == ["Date", "column 2", "Date (2)"]


def test_a_workbook_gives_what_its_cells_say() -> None:
    rows = [
        ["Report of October"],
        ["Ref", "When", "Day", "Time", "East"],
        ["A1", datetime(2024, 10, 31, 19, 5), date(2024, 10, 31), time(19, 5), 343210.0],
        [],
        ["A2", datetime(2024, 11, 5, 0, 0), date(2024, 11, 5), None, 343211.5],
    ]
    table = read_table("f.xlsx", workbook({"Empty": [], "Data": rows}))
    assert table.columns["When"] == ["2024-10-31T19:05:00", "2024-11-05T00:00:00"]
    assert table.columns["Day"] == ["2024-10-31", "2024-11-05"]
    assert table.columns["Time"] == ["19:05:00", ""]
    assert table.columns["East"] == ["343210", "343211.5"]
    assert table.lines == [3, 5]
    assert table.dates["When"] == {0, 1}
    assert table.sheets == ("Empty", "Data")


def test_a_sheet_by_name() -> None:
    raw = workbook({"One": [["a", "b"], [1, 2]], "Two": [["c", "d"], [3, 4]]})
    assert read_table("f.xlsx", raw, "Two").columns == {"c": ["3"], "d": ["4"]}
    with pytest.raises(InputError, match=r"there is no such sheet.*One, Two"):
        read_table("f.xlsx", raw, "Three")


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is empty"),
        (b"  \n \n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\xff\xfe\n\x00", "is empty"),
        (b"<!DOCTYPE html><html>login</html>", "not a table"),
        (b"one\ntwo\n", "rows have one column"),
        (b"a,b\n", "no rows under the header"),
        (b'a,b\n1,"2\n3,4\n', "quotation marks do not match"),
        (b"a,b\n1,\x002\n", "NUL byte"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "old or protected Excel"),
        (b"PK\x03\x04 not really", "workbook is damaged"),
        (_zip(readme_xml=b"x"), "not a workbook"),
        (_zip(xl__workbook_xml=b"<nonsense/>"), "cannot be read"),
        (_zip(xl__workbook_xml=b"0" * (8 << 20)), "inflates beyond all reason"),
    ],
)
def test_what_is_no_table_is_refused(raw: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_table("f", raw)


# --- one date, one time ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "31/10/2024 19:05",
        "31-10-2024 19:05:00",
        "31.10.24 7.05pm",
        "31/10/2024 at 19:05",
        "31/10/2024 1905",
        "31/10/2024, 7:05 PM",
        "Thu 31 Oct 2024 19:05",
        "31-Oct-24 19:05",
        "31st October 2024 19:05hrs",
        "October 31, 2024 7:05 p.m.",
        "2024-10-31T19:05:00",
        "2024-10-31 19:05:00.000",
        "2024/10/31 19:05",
        "20241031 19:05",
    ],
)
def test_the_forms_in_which_a_moment_is_written(text: str) -> None:
    part = date_text(text)
    assert part is not None
    assert (part.day(day_first=True), part.seconds, part.zone) == (date(2024, 10, 31), 19 * 3600 + 300, None)


@pytest.mark.parametrize(
    ("text", "zone"), [("Z", 0), ("+00:00", 0), ("+01:00", 60), ("-0530", -330), (" GMT", 0), (" BST", 60)]
)
def test_labels_of_zones(text: str, zone: int) -> None:
    part = date_text(f"2024-07-01T12:00:00{text}")
    assert part is not None
    assert part.zone == zone


@pytest.mark.parametrize(
    "text",
    ["", "soon", "31/10/2024 25:00", "31/10/2024 19:60", "31/10", "1 2 3", "2024", "19:05", "31/10/2024 13:00pm"],
)
def test_what_is_no_date(text: str) -> None:
    assert date_text(text) is None


def test_a_day_number_of_a_spreadsheet() -> None:
    part = date_text("45596.795")
    assert part is not None
    assert (part.day(day_first=True), part.seconds) == (date(2024, 10, 31), 68_688)
    assert date_text("343210") is None
    assert date_text("12345") is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("19:05", 68_700), ("19.05", 68_700), ("1905", 68_700), ("705", 25_500), ("7pm", 68_400), ("12:00 AM", 0)],
)
def test_times_of_day(text: str, seconds: int) -> None:
    assert time_text(text) == (seconds, None)


@pytest.mark.parametrize("text", ["24:01", "24:00:01", "25:00", "7", "noon", "19:5", "13pm", ""])
def test_what_is_no_time_of_day(text: str) -> None:
    assert time_text(text) is None


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)))
def test_a_moment_survives_every_form(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    for form in ("%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d %b %Y %I:%M:%S %p", "%A %d %B %Y %H.%M.%S"):
        part = date_text(moment.strftime(form))
        assert part is not None
        assert part.day(day_first=True) == moment.date()
        assert part.seconds == moment.hour * 3600 + moment.minute * 60 + moment.second


# --- columns ---------------------------------------------------------------------------------------------------------
def columns(**texts: list[str]) -> Table:
    return Table("f.csv", dict(texts), list(range(2, 2 + len(next(iter(texts.values()))))))


def times(mapping: FeedMapping | None = None, **texts: list[str]) -> Times:
    table = columns(**texts)
    found = mapping or FeedMapping()
    return read_times(table, FeedMapping(**{**vars(found), "columns": {name: name for name in texts}}), LONDON)


def test_the_column_decides_the_order_of_day_and_month() -> None:
    british = times(start=["05/11/2024 19:00", "31/10/2024 20:00"])
    american = times(start=["11/05/2024 19:00", "10/31/2024 20:00"])
    assert british.day_first is True
    assert american.day_first is False
    np.testing.assert_array_equal(british.start, american.start)
    assert british.start[0] == np.datetime64("2024-11-05T19:00:00")


def test_a_column_that_can_be_read_both_ways_is_asked_about() -> None:
    with pytest.raises(InputError, match=r"every date can be read both ways.*day_first") as caught:
        times(start=["05/05/2024", "05/11/2024"])
    assert (caught.value.row, caught.value.column, caught.value.value) == (3, "start", "05/11/2024")
    said = times(FeedMapping(day_first=True), start=["05/05/2024", "05/11/2024"])
    assert said.start[1] == np.datetime64("2024-11-05")
    assert times(start=["05/05/2024", "06/06/2024"]).start[0] == np.datetime64("2024-05-05")  # the same either way


def test_the_end_tells_the_order_where_the_start_does_not() -> None:
    found = times(start=["05/11/2024"], end=["13/11/2024"])
    assert found.start[0] == np.datetime64("2024-11-05")


def test_both_orders_in_one_column_make_no_date_safe() -> None:
    with pytest.raises(InputError, match="both ways round"):
        times(start=["31/10/2024", "10/31/2024", "05/11/2024"])
    found = times(start=["31/10/2024"] * 30 + ["10/31/2024"])  # one slip of the pen is one row
    assert found.why[-1] == feed_times.NO_SUCH_DATE
    assert not any(found.why[:-1])


def test_what_was_said_and_what_is_there_must_agree() -> None:
    with pytest.raises(InputError, match="the mapping says month/day, the dates say otherwise"):
        times(FeedMapping(day_first=False), start=["31/10/2024"])


def test_a_date_in_another_form_than_its_column_is_put_aside() -> None:
    found = times(start=["31/10/2024", "30/10/2024", "2024-10-29", "29 Oct 2024"])
    assert found.why == ["", "", feed_times.OTHER_FORM, feed_times.OTHER_FORM]


def test_a_sheet_that_mixes_its_own_dates_with_text_is_refused() -> None:
    rows = [["Ref", "When"], ["A1", datetime(2024, 5, 11, 19, 0)], ["A2", "31/10/2024 20:00"]]
    table = read_table("f.xlsx", workbook({"Data": rows}))
    with pytest.raises(InputError, match=r"some as dates of its own.*turned day and month round"):
        read_times(table, FeedMapping(columns={"start": "When"}), LONDON)


def test_dates_of_a_sheet_need_no_order() -> None:
    rows = [["Ref", "When"], ["A1", datetime(2024, 11, 5, 19, 0)], ["A2", datetime(2024, 12, 5, 20, 0)]]
    found = read_times(read_table("f.xlsx", workbook({"D": rows})), FeedMapping(columns={"start": "When"}), LONDON)
    assert found.day_first is None
    assert found.start[0] == np.datetime64("2024-11-05T19:00:00")


def test_date_and_time_in_two_columns() -> None:
    found = times(start=["31/10/2024", "31/10/2024", "31/10/2024"], start_time=["19:05", "", "late"])
    assert found.start[0] == np.datetime64("2024-10-31T19:05:00")
    assert np.isnat(found.until[0])
    assert (found.start[1], found.until[1]) == (np.datetime64("2024-10-31"), np.datetime64("2024-11-01"))
    assert found.why == ["", "", feed_times.UNREADABLE_TIME]
    assert found.role[2] == "start_time"
    assert found.without_time == 1


def test_intervals() -> None:
    found = times(
        start=["31/10/2024 19:00", "31/10/2024 19:00", "31/10/2024 19:00", "31/10/2024 19:00", "31/10/2024"],
        end=["31/10/2024 21:00", "", "31/10/2024 19:00", "31/10/2024 18:00", "02/11/2024"],
    )
    assert found.until[0] == np.datetime64("2024-10-31T21:00:00")
    assert np.isnat(found.until[1:3]).all()
    assert found.why == ["", "", "", feed_times.END_FIRST, ""]
    assert found.until[4] == np.datetime64("2024-11-03")  # to the end of its last day


def test_dates_that_are_missing_or_no_days() -> None:
    found = times(start=["31/10/2024", "", "unknown", "31/02/2024", "31/09/2024 10:00"])
    assert found.why == [
        "",
        feed_times.NO_DATE,
        feed_times.UNREADABLE_DATE,
        feed_times.NO_SUCH_DATE,
        feed_times.NO_SUCH_DATE,
    ]


def test_the_hour_that_does_not_exist_and_the_one_that_comes_twice() -> None:
    found = times(
        start=["31/03/2024 00:59", "31/03/2024 01:00", "31/03/2024 01:59", "31/03/2024 02:00", "27/10/2024 01:30"]
    )
    assert found.why == ["", feed_times.SKIPPED, feed_times.SKIPPED, "", ""]
    assert times(start=["31/03/2024"]).why == [""]


@given(st.integers(2000, 2037))
def test_the_hour_is_skipped_on_the_last_sunday_of_march(year: int) -> None:
    days = pd.date_range(f"{year}-03-01", f"{year}-03-31", freq="D")
    last = days[days.day_of_week == 6][-1]
    found = times(start=[f"{day:%d/%m/%Y} 01:30" for day in days])
    assert [day for day, why in zip(days, found.why, strict=True) if why == feed_times.SKIPPED] == [last]


def test_a_label_needs_a_word_about_it() -> None:
    texts = ["2024-07-01T23:30:00+00:00", "2024-12-01T12:00:00+00:00"]
    with pytest.raises(InputError, match=r"nobody has said whether the label is right.*--labelled-times"):
        times(start=texts)
    local = times(FeedMapping(labelled_times=LOCAL), start=texts)
    told = times(FeedMapping(labelled_times=AS_LABELLED), start=texts)
    assert local.start[0] == np.datetime64("2024-07-01T23:30:00")
    assert told.start[0] == np.datetime64("2024-07-02T00:30:00")  # summer time: the next day
    assert local.start[1] == told.start[1]


def test_labels_that_follow_the_clocks_need_none() -> None:
    found = times(start=["2024-07-01T12:00:00+01:00", "2024-12-01T12:00:00+00:00"])
    assert found.start.tolist() == [datetime(2024, 7, 1, 12), datetime(2024, 12, 1, 12)]


def test_a_labelled_time_is_never_in_the_skipped_hour() -> None:
    told = times(FeedMapping(labelled_times=AS_LABELLED), start=["2024-03-31T01:30:00+00:00"])
    assert told.why == [""]
    assert told.start[0] == np.datetime64("2024-03-31T02:30:00")
    assert times(FeedMapping(labelled_times=LOCAL), start=["2024-03-31T01:30:00+00:00"]).why == [feed_times.SKIPPED]


def test_midnight_is_pointed_out_and_can_be_said_to_be_unknown() -> None:
    texts = ["31/10/2024 00:00"] * 6 + ["31/10/2024 19:05"] * 20
    assert any("exactly 00:00" in note for note in times(start=texts).notes)
    said = times(FeedMapping(midnight_unknown=True), start=texts)
    assert said.notes == ()
    assert said.without_time == 6
    assert said.until[0] == np.datetime64("2024-11-01")


def test_unknown_is_not_midnight() -> None:
    part = date_text("31/10/2024")
    assert part is not None
    assert part.seconds == UNKNOWN
    assert not np.isnat(times(start=["31/10/2024"]).until[0])


def test_the_search_for_cycles_goes_on_after_a_file_whatever_became_of_it() -> None:
    import gc

    assert gc.isenabled()
    with pytest.raises(InputError):
        read_table("f.csv", b"")
    assert gc.isenabled()
    gc.disable()
    try:
        read_table("f.csv", b"A,B\n1,2\n")
        assert not gc.isenabled()
    finally:
        gc.enable()
