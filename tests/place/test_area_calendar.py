"""School holidays, bank holidays and named nights: as published, as assumed, and as a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from dateutil.easter import easter
from hypothesis import given
from hypothesis import strategies as st

from data.place.area import DEFAULT_AREA, Area, BankHolidays, load_area
from data.place.area_calendar import (
    BANK_HOLIDAY,
    HALF_TERM,
    KINDS,
    NIGHT,
    OPERATION,
    SCHOOL_HOLIDAY,
    CalendarEvent,
    days,
    events,
    nearest_saturday,
    pattern_record,
    school_holiday,
)
from data.place.calendar_words import calendar_sentence
from data.place.school import School, SchoolHoliday, easter_sunday, read_school
from geo.errors import InputError

AUTUMN = (date(2024, 10, 25), date(2024, 11, 8))
PLACE = load_area(DEFAULT_AREA)


def in_year(year: int) -> tuple[date, date]:
    return date(year, 10, 25), date(year, 11, 8)


def holiday(area: Area, name: str) -> SchoolHoliday:
    return next(one for one in area.school.holidays if one.name == name)


# --- published -------------------------------------------------------------------------------------------------------
def test_every_published_term_and_half_term_is_there(area: Area, shared: Path) -> None:
    table = pd.read_csv(shared / "lookups" / "knowsley_term_dates.csv")
    published = [
        (row.term, row.start, row.end, row.halfterm_start, row.halfterm_end) for row in table.itertuples(index=False)
    ]
    held = [(t.name, str(t.first), str(t.last), *(str(day) for day in t.half_term or ())) for t in area.school.terms]
    assert held == published
    halves = {h.half_term_of: h for h in area.school.holidays if h.half_term}
    for row in table.itertuples(index=False):
        first, last = (date.fromisoformat(day) for day in (row.halfterm_start, row.halfterm_end))
        found = school_holiday(area, halves[row.term], first.year)
        assert (found.first, found.last, found.assumed, found.kind) == (first, last, False, HALF_TERM)


def test_holidays_between_published_terms(area: Area) -> None:
    summer = school_holiday(area, holiday(area, "Summer holidays"), 2024)
    assert (summer.first, summer.last, summer.assumed) == (date(2024, 7, 20), date(2024, 9, 1), False)
    half_known = school_holiday(area, holiday(area, "Summer holidays"), 2025)
    assert (half_known.first, half_known.last, half_known.assumed) == (date(2025, 7, 23), date(2025, 8, 31), True)
    christmas = school_holiday(area, holiday(area, "Christmas holidays"), 2023)
    assert (christmas.first, christmas.last, christmas.assumed) == (date(2023, 12, 22), date(2024, 1, 2), False)


# --- assumed ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("year", "monday"), [(2020, 26), (2021, 25), (2022, 24), (2025, 27), (2026, 26), (2028, 23)])
def test_october_half_term_is_assumed_to_be_the_last_full_week(area: Area, year: int, monday: int) -> None:
    found = school_holiday(area, holiday(area, "October half term"), year)
    assert found == CalendarEvent(
        "October half term", HALF_TERM, date(year, 10, monday), date(year, 10, monday + 4), assumed=True
    )


def test_how_often_the_pattern_was_right_is_counted_and_said(area: Area) -> None:
    assert pattern_record(area, holiday(area, "October half term")) == (1, 4)
    assert pattern_record(area, holiday(area, "May half term")) == (4, 4)
    assert "it gives 1 of the 4 published weeks of October half term" in calendar_sentence(area, *in_year(2026))


@given(st.integers(1900, 2199))
def test_easter(year: int) -> None:
    assert easter_sunday(year) == easter(year)


@given(st.integers(2000, 2060), st.sampled_from([h for h in PLACE.school.holidays if h.week]))
def test_a_week_of_a_month_is_monday_to_friday_in_it(year: int, half: SchoolHoliday) -> None:
    first, last = half.guess(year)
    assert (first.weekday(), last.weekday(), (last - first).days) == (0, 4, 4)
    assert first.month == half.month
    if half.week == "last full":
        assert last.month == half.month
        assert (last + timedelta(days=7)).month != half.month
    if half.week == "last":
        assert (first + timedelta(days=7)).month != half.month


# --- days and events -------------------------------------------------------------------------------------------------
def test_the_autumn_window_day_by_day(area: Area) -> None:
    found = {d.day: d for d in days(area, *AUTUMN)}
    assert len(found) == 15
    school = [day.day for day in found if (held := found[day].no_school) and held.name == "October half term"]
    assert school == [26, 27, 28, 29, 30, 31, 1, 2, 3]  # with the weekends that touch it
    marks = {d.day: [e.name for e in d.events if e.kind == NIGHT] for d in found.values()}
    assert {day: names for day, names in marks.items() if names} == {
        date(2024, 10, 30): ["Mischief Night"],
        date(2024, 10, 31): ["Halloween"],
        date(2024, 11, 5): ["Bonfire Night"],
    }
    assert all(any(e.kind == OPERATION for e in d.events) for d in found.values())
    nearest = [d.day.day for d in found.values() if any(e.name == "weekend nearest to Halloween" for e in d.events)]
    assert nearest == [1, 2, 3]
    assert found[date(2024, 10, 31)].weekday == "Thursday"
    assert [d.day.day for d in found.values() if d.weekend] == [26, 27, 2, 3]


def test_bank_holidays_of_the_area(area: Area) -> None:
    found = [e.first for e in events(area, date(2024, 1, 1), date(2024, 12, 31)) if e.kind == BANK_HOLIDAY]
    assert found == [
        date(2024, *day) for day in [(1, 1), (3, 29), (4, 1), (5, 6), (5, 27), (8, 26), (12, 25), (12, 26)]
    ]


@given(st.dates(date(2018, 1, 1), date(2032, 1, 1)), st.integers(0, 16))
def test_events_touch_their_window_and_every_day_has_its_own(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = events(PLACE, first, last)
    assert all(e.first <= last and e.last >= first and e.kind in KINDS for e in found)
    assert [e.first for e in found] == sorted(e.first for e in found)
    laid = days(PLACE, first, last)
    assert [d.day for d in laid] == [first + timedelta(days=i) for i in range(length + 1)]
    for d in laid:
        alone = events(PLACE, d.day, d.day)
        assert set(d.events) == {e for e in alone if e.kind not in {HALF_TERM, SCHOOL_HOLIDAY}}
        school = [e for e in alone if e.kind in {HALF_TERM, SCHOOL_HOLIDAY}]
        assert not school or d.no_school in school
        if d.no_school is not None and d.no_school not in school:  # only weekends are added to a holiday
            assert d.weekend


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_the_nearest_saturday(day: date) -> None:
    found = nearest_saturday(day)
    assert found.weekday() == 5
    assert abs((found - day).days) <= 3


def test_an_area_that_names_nothing_has_no_events(area: Area) -> None:
    from dataclasses import replace

    bare = replace(area, operations=(), terms=(), school=School(), nights=(), bank_holidays=None)
    assert events(bare, *AUTUMN) == ()
    assert calendar_sentence(bare, *AUTUMN) == "No school holiday, bank holiday or named night falls in it."
    assert all(d.events == () and d.no_school is None for d in days(bare, *AUTUMN))


# --- sentences -------------------------------------------------------------------------------------------------------
def test_the_sentence_of_a_published_year(area: Area) -> None:
    assert calendar_sentence(area, *AUTUMN) == (
        "Mischief Night is a Wednesday and Halloween a Thursday, in October half term (28 October to 1 November); "
        "Bonfire Night is a Tuesday, outside the school holidays. A year before: Mischief Night was a Monday, "
        "Halloween a Tuesday and Bonfire Night a Sunday, in October half term (30 October to 3 November)."
    )


def test_the_sentence_of_an_assumed_year_says_so(area: Area) -> None:
    said = calendar_sentence(area, *in_year(2026))
    assert "Halloween a Saturday, in October half term (26 to 30 October, assumed)" in said
    assert "Halloween a Friday, in October half term (27 to 31 October, assumed)" in said
    assert "the Greater Merseyside pattern, not published dates" in said
    said = calendar_sentence(area, *in_year(2028))
    assert "Bonfire Night a Sunday, outside October half term (23 to 27 October, assumed)" in said


def test_a_window_without_nights_names_its_holidays(area: Area) -> None:
    assert calendar_sentence(area, date(2024, 7, 20), date(2024, 9, 1)).startswith(
        "Summer holidays (20 July to 1 September) and bank holiday on Monday 26 August. A year before: "
    )
    assert calendar_sentence(area, date(2024, 2, 29), date(2024, 3, 1)) == (
        "No school holiday, bank holiday or named night falls in it."
    )


def test_names_from_the_area_file_are_taken_as_they_are(area: Area) -> None:
    from dataclasses import replace

    odd = replace(area, nights=(replace(area.nights[0], name="{0} <b>%s"), *area.nights[1:]))
    assert "{0} <b>%s is a Wednesday and Halloween a Thursday" in calendar_sentence(odd, *AUTUMN)


# --- a school table that is wrong ------------------------------------------------------------------------------------
TERM = {"name": "Autumn", "first": "2024-09-02", "last": "2024-12-20", "half_term": ["2024-10-28", "2024-11-01"]}


@pytest.mark.parametrize(
    "raw",
    [
        {"terms": [{"name": "Autumn", "first": "2024-09-02"}]},
        {"terms": [TERM | {"first": "2024-13-02"}]},
        {"terms": [TERM | {"first": 5}]},
        {"terms": [TERM | {"last": "2024-10-20"}]},
        {"terms": [TERM | {"half_term": ["2024-10-28"]}]},
        {"terms": [TERM, TERM | {"name": "Spring"}]},
        {"holidays": [{"name": "x", "half_term_of": "Autumn", "month": 13, "week": "last"}]},
        {"holidays": [{"name": "x", "half_term_of": "Autumn", "month": 10, "week": "some"}]},
        {"holidays": [{"name": "x", "half_term_of": "Autumn", "after": "Autumn", "month": 10, "week": "last"}]},
        {"holidays": [{"name": "x", "month": 10, "week": "last"}]},
        {"holidays": [{"name": "x", "after": "Autumn", "days": ["12-21"]}]},
        {"holidays": [{"name": "x", "after": "Autumn"}]},
        {"holidays": [{"name": "x", "after": "Autumn", "easter": [1]}]},
    ],
)
def test_a_school_table_that_is_wrong_is_named(raw: dict[str, object]) -> None:
    with pytest.raises(InputError, match="school"):
        read_school(raw, "area.toml")
    assert read_school({"terms": [TERM]}, "area.toml").terms[0].half_term == (date(2024, 10, 28), date(2024, 11, 1))


@pytest.mark.parametrize(("country", "part"), [("XX", ""), ("GB", "ZZZ")])
def test_bank_holidays_that_are_not_known_are_told(area: Area, country: str, part: str) -> None:
    wrong = replace(area, bank_holidays=BankHolidays(country, part))
    with pytest.raises(InputError, match="bank holidays that are not known"):
        events(wrong, date(2024, 10, 1), date(2024, 12, 31))
