"""Local times written in every form that people and machines use come back as those times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import dateutil.parser
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.feed.dates import (
    BY_DAY_OF_YEAR,
    BY_WEEK,
    END_OF_DAY,
    SHORTENED,
    DateTexts,
    are_counted,
    date_text,
    time_text,
    why_no_date,
)
from data.feed.mapping import AS_LABELLED, LOCAL, FeedMapping
from data.feed.moments import SKIPPED, UNREADABLE_DATE, UNREADABLE_TIME
from data.feed.table import Table, read_table
from data.feed.times import Times, read_times
from geo.errors import InputError
from tests.feed.feed_files import workbook
from tests.properties import examples

LONDON = ZoneInfo("Europe/London")
ZONES = ("Europe/London", "Europe/Madrid", "America/New_York", "Australia/Adelaide", "Asia/Kolkata")


def read(texts: list[str], zone: ZoneInfo = LONDON, clocks: list[str] | None = None, **options: object) -> Times:
    found = {"When": texts} | ({"Time": clocks} if clocks else {})
    columns = {"start": "When"} | ({"start_time": "Time"} if clocks else {})
    table = Table("f.csv", found, list(range(2, 2 + len(texts))))
    return read_times(table, FeedMapping(columns=columns, day_first=True, **options), zone)  # type: ignore[arg-type]


def offset(moment: datetime, colon: str = ":", short: bool = False) -> str:
    """Offset of a moment with a zone, such as +01:00, +0100 or +01."""
    minutes = round(moment.utcoffset().total_seconds() / 60)  # type: ignore[union-attr]
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    return f"{sign}{hours:02d}" + ("" if short and not rest else f"{colon}{rest:02d}")


# --- forms: how a moment of a zone is written ------------------------------------------------------------------------
PLAIN: dict[str, Callable[[datetime], str]] = {
    "british": lambda at: at.strftime("%d/%m/%Y %H:%M:%S"),
    "two digits": lambda at: at.strftime("%d-%m-%y %H:%M:%S"),
    "half days": lambda at: at.strftime("%d.%m.%Y %I:%M:%S %p"),
    "iso": lambda at: at.strftime("%Y-%m-%dT%H:%M:%S"),
    "fractions": lambda at: at.strftime("%Y-%m-%d %H:%M:%S.500"),
    "named": lambda at: at.strftime("%a %d %b %Y %H.%M.%S"),
    "oracle": lambda at: at.strftime("%d-%b-%y %I.%M.%S.000000000 %p"),
    "compact": lambda at: at.strftime("%Y%m%dT%H%M%S"),
    "clock first": lambda at: at.strftime("%H:%M:%S %d/%m/%Y"),
    "clock first, in words": lambda at: at.strftime("%a %I:%M:%S %p on %d %B %Y"),
    "asctime": lambda at: at.strftime("%a %b %d %H:%M:%S %Y"),
}
LABELLED: dict[str, Callable[[datetime], str]] = {
    "slashes, two digits": lambda at: at.strftime("%Y/%m/%d %H:%M:%S") + offset(at, short=True),
    "slashes, blank": lambda at: at.strftime("%d/%m/%Y %H:%M:%S ") + offset(at),
    "four digits": lambda at: at.strftime("%d %B %Y %H:%M:%S") + offset(at, ""),
    "half days": lambda at: at.strftime("%d/%m/%Y %I:%M:%S %p ") + offset(at, ""),
    "iso": lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.123") + offset(at),
    "java": lambda at: at.strftime("%Y-%m-%dT%H:%M:%S") + offset(at) + "[Europe/London]",
    "javascript": lambda at: at.strftime("%a %b %d %Y %H:%M:%S GMT") + offset(at, "") + " (Some Standard Time)",
    "mail": lambda at: at.strftime("%a, %d %b %Y %H:%M:%S ") + offset(at, ""),
}
IN_UTC: dict[str, Callable[[datetime], str]] = {
    "z": lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "utc": lambda at: at.strftime("%d/%m/%Y %H:%M:%S UTC"),
    "in brackets": lambda at: at.strftime("%d %B %Y at %H:%M:%S (UTC)"),
    "java": lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ[UTC]"),
    "gmt": lambda at: at.strftime("%a %b %d %H:%M:%S GMT %Y"),
    "compact": lambda at: at.strftime("%Y%m%dT%H%M%SZ"),
    "seconds": lambda at: f"{at.timestamp():.0f}",
    "milliseconds": lambda at: f"{at.timestamp():.0f}000",
    "of pandas": lambda at: f"{at.timestamp():.0f}000.0",
    "of .NET": lambda at: f"/Date({at.timestamp():.0f}000+0100)/",
}
instants = st.lists(
    st.datetimes(datetime(2002, 1, 2), datetime(2037, 12, 30)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC)),
    min_size=1,
    max_size=12,
)


@examples(40)
@given(instants, st.sampled_from(ZONES), st.sampled_from(sorted(LABELLED)))
def test_labelled_times_come_back_as_the_local_times_they_were(moments: list[datetime], zone: str, form: str) -> None:
    here = [at.astimezone(ZoneInfo(zone)) for at in moments]
    found = read([LABELLED[form](at) for at in here], ZoneInfo(zone), labelled_times=AS_LABELLED)
    assert found.why == [""] * len(here)
    assert found.start.tolist() == [at.replace(tzinfo=None) for at in here]


@examples(40)
@given(instants, st.sampled_from(ZONES), st.sampled_from(sorted(IN_UTC)))
def test_times_in_utc_come_back_as_pandas_has_them(moments: list[datetime], zone: str, form: str) -> None:
    found = read([IN_UTC[form](at) for at in moments], ZoneInfo(zone), labelled_times=AS_LABELLED)
    right = pd.DatetimeIndex(moments).tz_convert(zone).tz_localize(None)
    np.testing.assert_array_equal(found.start, right.to_numpy().astype("datetime64[s]"))
    as_written = read([IN_UTC[form](at) for at in moments], ZoneInfo(zone), labelled_times=LOCAL)
    lost = np.array([why == SKIPPED for why in as_written.why])
    wall = np.array([at.replace(tzinfo=None) for at in moments], dtype="datetime64[s]")
    np.testing.assert_array_equal(as_written.start[~lost], wall[~lost])


@examples(40)
@given(instants, st.sampled_from(sorted(PLAIN)))
def test_plain_times_are_read_or_refused_because_they_never_were(moments: list[datetime], form: str) -> None:
    wall = [at.replace(tzinfo=None) for at in moments]
    found = read([PLAIN[form](at) for at in wall])
    for at, start, why in zip(wall, found.start.tolist(), found.why, strict=True):
        # a time that clocks passed over does not come back from UTC
        there = at.replace(tzinfo=LONDON).astimezone(UTC).astimezone(LONDON).replace(tzinfo=None)
        assert why == ("" if there == at else SKIPPED)
        assert start == at


@given(instants, st.sampled_from(sorted({*LABELLED} - {"java", "javascript"})))
def test_another_reader_of_dates_agrees(moments: list[datetime], form: str) -> None:
    texts = [LABELLED[form](at.astimezone(LONDON)) for at in moments]
    found = read(texts, labelled_times=AS_LABELLED)
    for text, start in zip(texts, found.start.tolist(), strict=True):
        iso = text[:4].isdigit()
        theirs = dateutil.parser.parse(text, dayfirst=not iso, yearfirst=iso).astimezone(LONDON)
        assert start == theirs.replace(tzinfo=None, microsecond=0)


@examples(40)
@given(instants, st.sampled_from(ZONES), st.booleans(), st.sampled_from([":", ""]))
def test_a_time_in_its_own_column_has_its_own_label(
    moments: list[datetime], zone: str, half_days: bool, colon: str
) -> None:
    here = [at.astimezone(ZoneInfo(zone)) for at in moments]
    clocks = [at.strftime("%I:%M:%S %p " if half_days else "%H:%M:%S") + offset(at, colon) for at in here]
    found = read([f"{at:%d/%m/%Y}" for at in here], ZoneInfo(zone), clocks, labelled_times=AS_LABELLED)
    assert found.start.tolist() == [at.replace(tzinfo=None) for at in here]


@given(instants, st.sampled_from(ZONES))
def test_a_midnight_in_utc_beside_a_local_time_is_the_local_day(moments: list[datetime], zone: str) -> None:
    here = [at.astimezone(ZoneInfo(zone)) for at in moments]
    midnights = [datetime(at.year, at.month, at.day, tzinfo=ZoneInfo(zone)).astimezone(UTC) for at in here]
    found = read(
        [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in midnights],
        ZoneInfo(zone),
        [f"{at:%H:%M:%S}" for at in here],
        labelled_times=AS_LABELLED,
    )
    assert found.start.tolist() == [at.replace(tzinfo=None) for at in here]


@given(
    st.dates(date(2000, 1, 1), date(2037, 12, 30)), st.sampled_from([" 24:00", " 2400", "T24:00:00", " 24:00:00.000"])
)
def test_the_end_of_a_day_is_the_start_of_the_next(day: date, clock: str) -> None:
    found = read([f"{day:%d/%m/%Y}{clock}"])
    assert found.why == [""]
    assert found.start.tolist() == [datetime.combine(day + timedelta(days=1), datetime.min.time())]
    apart = read([f"{day:%d/%m/%Y}"], clocks=["24:00"])
    assert apart.start.tolist() == found.start.tolist()


# --- edges -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("30/03/2024 24:00", datetime(2024, 3, 31)),  # an hour before clocks go forward
        ("31/03/2024 24:00", datetime(2024, 4, 1)),
        ("27/10/2024 24:00", datetime(2024, 10, 28)),
        ("31/12/2024 24:00", datetime(2025, 1, 1)),
        ("28/02/2024 24:00", datetime(2024, 2, 29)),
        ("29/02/2024 24:00", datetime(2024, 3, 1)),
    ],
)
def test_ends_of_months_years_and_days_of_clock_changes(text: str, right: datetime) -> None:
    assert read([text]).start.tolist() == [right]


def test_the_end_of_a_day_in_a_workbook() -> None:
    """Typed into a cell, 24:00 is a length of one day."""
    day = datetime(2024, 10, 31)
    sheet = [["Ref", "When", "Time"], ["A1", day, timedelta(days=1)], ["A2", day, "24:00"]]
    table = read_table("f.xlsx", workbook({"Data": sheet}))
    found = read_times(table, FeedMapping(columns={"start": "When", "start_time": "Time"}), LONDON)
    assert found.start.tolist() == [datetime(2024, 11, 1), datetime(2024, 11, 1)]


def test_a_day_whose_end_clocks_pass_over_ends_all_the_same() -> None:
    """In Beirut clocks went from 24:00 to 01:00 on the night to 31 March 2024."""
    found = read(["30/03/2024 24:00", "31/03/2024 00:30"], ZoneInfo("Asia/Beirut"))
    assert found.why == ["", SKIPPED]
    assert found.start.tolist()[0] == datetime(2024, 3, 31, 1)


@pytest.mark.parametrize("clock", ["24:01", "24:00:01", "24:00:00.5", "24:00 pm", "25:00"])
def test_no_other_time_is_past_the_end_of_a_day(clock: str) -> None:
    assert read([f"31/10/2024 {clock}"]).why == [UNREADABLE_DATE]
    assert read(["31/10/2024"], clocks=[clock]).why == [UNREADABLE_TIME]


def test_the_hour_that_comes_twice_is_told_apart_by_its_label() -> None:
    texts = ["2024-10-27 00:30:00+00", "2024-10-27 01:30:00+00", "2024-10-27T01:30:00+01", "2024-03-31 01:00:00+00"]
    found = read([text.replace("T", " ") for text in texts], labelled_times=AS_LABELLED)
    assert [f"{at:%d %H:%M}" for at in found.start.tolist()] == ["27 01:30", "27 01:30", "27 01:30", "31 02:00"]


def test_a_label_on_a_date_alone_says_nothing() -> None:
    found = read(["2024-10-31Z", "2024-11-01+00:00"])
    assert found.without_time == 2
    assert date_text("01-02-24-15") is None  # a reference number


def test_only_a_zone_stands_in_brackets_behind_a_time() -> None:
    assert date_text("31/10/2024 19:05 +01:00 (British Summer Time)") is not None
    assert date_text("31/10/2024 19:05 +01:00 (John Smith)") is None


@pytest.mark.parametrize("text", ["31/10/2024 19:00-21:00", "31/10/2024 19:00-20", "31/10/2024 10:00+15"])
def test_no_zone_is_so_far_away(text: str) -> None:
    assert date_text(text) is None


def test_from_one_time_to_another_is_no_label() -> None:
    texts = [f"31/10/2024 {hour:02d}:00-{hour + 1:02d}:00" for hour in range(6, 11)]
    with pytest.raises(InputError, match="5 different labels, more than any zone has"):
        read(texts, labelled_times=LOCAL)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2024-W44-4", BY_WEEK),
        ("2024W444", BY_WEEK),
        ("2024-W44", BY_WEEK),
        ("2024-305", BY_DAY_OF_YEAR),
        ("2024305", BY_DAY_OF_YEAR),
        ("2024-305T19:05:00", BY_DAY_OF_YEAR),
        ("1.70432E+12", SHORTENED),
        ("########", SHORTENED),
        ("46:57.0", SHORTENED),
        ("soon", UNREADABLE_DATE),
        ("2024-10", UNREADABLE_DATE),
        ("343210", UNREADABLE_DATE),
        ("0151 496 0000", UNREADABLE_DATE),
        ("9999999999", UNREADABLE_DATE),
        ("99999999999999", UNREADABLE_DATE),
    ],
)
def test_what_is_refused_is_refused_for_what_it_is(text: str, reason: str) -> None:
    assert (why_no_date(text) or UNREADABLE_DATE) == reason
    assert read([text]).why == [reason]


@pytest.mark.parametrize(
    ("says_date", "values", "right"),
    [
        (True, ["1704321997", "1704408397"], True),
        (True, ["1704321997000"], True),
        (True, ["1704321997", "1704408397000"], False),  # two ways of counting
        (True, ["1704321997", "344000"], False),
        (True, ["0151496000"], False),
        (False, [str(1_704_321_960 + 60 * n) for n in range(10)], True),
        (False, [str(1_704_321_961 + 60 * n) for n in range(10)], False),
        (False, [str(1_704_321_960 + 60 * n) for n in range(9)], False),
        (False, ["1704321960"] * 20, False),
        (False, [f"{1_704_321_997 + n}000" for n in range(10)], True),
        (False, [f"2024010300{n:03d}" for n in range(40)], False),  # a day and a number of that day
        (True, [], False),
    ],
)
def test_numbers_count_from_1970_only_where_it_is_certain(says_date: bool, values: list[str], right: bool) -> None:
    assert are_counted(values, says_date) is right


def test_a_number_counts_only_where_a_column_is_a_date() -> None:
    assert date_text("1704321997") is None
    assert time_text("24:00") == (END_OF_DAY, None)
    with pytest.raises(InputError, match="times count from 1970 in UTC, and nobody has said"):
        read(["1704321997"])


@examples(60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2024-10-31", "31/10/2024", "31.10.24", "2024-02-30", "45596.5", "31/10/24", "1/2/3", ""]),
            st.sampled_from([" ", "T", "  ", ""]),
            st.sampled_from(["19:05", "7:05", "24:00", "19:05:30", "25:00", "19:05:00Z", "19:05Z", "7:05 pm", "", "Z"]),
            st.booleans(),
        ),
        max_size=20,
    )
)
def test_dates_put_together_from_halves_are_those_of_the_whole_text(parts: list[tuple[str, str, str, bool]]) -> None:
    reader = DateTexts(counted=True)
    for day, gap, clock, own in parts:
        text = f"{day}{gap}{clock}"
        assert reader.read(text, own) == date_text(text, own, counted=True)


@pytest.mark.parametrize(
    "text", ["19:05", "19:05 19:06 19:07", "19:05 20:05 31/10/2024", "12:30 flat", "19:05-21:00 4"]
)
def test_two_clocks_or_none_are_no_date(text: str) -> None:
    assert date_text(text) is None
