"""The calendar of a window as sentences: weekdays of its nights, inside or outside half term, and the year before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from data.kinds.lists import MONTHS, join_words
from data.place.area import Area
from data.place.area_calendar import (
    BANK_HOLIDAY,
    HALF_TERM,
    NIGHT,
    SCHOOL_HOLIDAY,
    WEEKDAYS,
    CalendarEvent,
    events,
    operation_window,
    pattern_record,
)

_FEBRUARY_29 = (2, 29)


def calendar_sentence(area: Area, first: date, last: date) -> str:
    """Say on which weekdays the nights of a window fall, whether inside a school holiday, and how it was a year before.

    Parameters
    ----------
    area : Area
    first, last : date
        Both included.

    Returns
    -------
    str
        Plain sentences; without a named night in the window its school and bank holidays.

    Notes
    -----
    A weekend that touches a school holiday counts as inside it. When it misleads: a holiday that is assumed may be a
    week out, and then nights said to be inside it lie outside.
    """
    before_first, before_last = (_year_before(day) for day in (first, last))
    now, before = events(area, first, last), events(area, before_first, before_last)
    nights = any(event.kind == NIGHT for event in now)
    said, then = (
        (_nights(now, first, last, "is"), _nights(before, before_first, before_last, "was"))
        if nights
        else (_holidays(now, first, last), _holidays(before, before_first, before_last))
    )
    told = [
        _upper(said) if said else "No school holiday, bank holiday or named night falls in it",
        f"A year before: {then or 'none fell in it'}" if said or then else "",
        _assumed(area, (*now, *before)),
    ]
    return " ".join(f"{text}." for text in told if text)


def day_words(day: date, *, weekday: bool = True) -> str:
    """Write a day as "Thursday 31 October"."""
    words = f"{day.day} {MONTHS[day.month - 1]}"
    return f"{WEEKDAYS[day.weekday()]} {words}" if weekday else words


def known_words(area: Area) -> str:
    """Say up to which day the published school terms of an area reach."""
    known = area.school.known_to
    return f"term dates are known to {day_words(known, weekday=False)} {known.year}" if known else "none are known"


def assumed_words(area: Area, name: str, first: date, last: date) -> str:
    """Say that the days of an operation are assumed; empty where they are published, typed, or its own."""
    for operation in area.operations:
        if operation.name == name:
            window = operation_window(area, operation, first.year)
            if window.assumed and (window.first, window.last) == (first, last):
                return f"Its days are assumed: {known_words(area)}"
    return ""


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == _FEBRUARY_29 else day.day)


def _school(known: Sequence[CalendarEvent]) -> list[CalendarEvent]:
    return [event for event in known if event.kind in {HALF_TERM, SCHOOL_HOLIDAY}]


def _nights(known: Sequence[CalendarEvent], first: date, last: date, verb: str) -> str:
    """Nights in groups of those that lie in the same holiday: "Halloween a Thursday, in October half term (...)"."""
    school = _school(known)
    placed = [
        (night, next((event for event in school if event.off(night.first)), None))
        for night in known
        if night.kind == NIGHT and first <= night.first <= last
    ]
    told: list[str] = []
    named: set[CalendarEvent] = set()
    for holiday, group in groupby(placed, key=lambda pair: pair[1]):
        days = [(night.name, WEEKDAYS[night.first.weekday()]) for night, _ in group]
        words = join_words([f"{name} {'' if i else verb + ' '}a {weekday}" for i, (name, weekday) in enumerate(days)])
        if holiday is None:
            rest = [event for event in school if event not in named and event.kind == HALF_TERM]
            words += f", outside {join_words([_span(event) for event in rest]) or 'the school holidays'}"
            named |= set(rest)
        else:
            words += f", in {_span(holiday)}" if holiday not in named else f", in {holiday.name}"
            named.add(holiday)
        told.append(words)
    return "; ".join(told)


def _holidays(known: Sequence[CalendarEvent], first: date, last: date) -> str:
    told = [_span(event) for event in _school(known)]
    banks = [e for e in known if e.kind == BANK_HOLIDAY and first <= e.first <= last]
    told += [f"bank holiday on {day_words(event.first)}" for event in banks]
    return join_words(told)


def _span(event: CalendarEvent) -> str:
    first, last = (day_words(day, weekday=False) for day in (event.first, event.last))
    start = first if event.first.month != event.last.month else str(event.first.day)
    return f"{event.name} ({start} to {last}{', assumed' if event.assumed else ''})"


def _assumed(area: Area, known: Sequence[CalendarEvent]) -> str:
    guessed = {event.name for event in _school(known) if event.assumed}
    if not guessed:
        return ""
    text = f"What is assumed follows {area.school.pattern or 'a pattern'}, not published dates: {known_words(area)}"
    for holiday in area.school.holidays:
        right, years = pattern_record(area, holiday) if holiday.half_term and holiday.name in guessed else (0, 0)
        if years:
            text += f"; it gives {right} of the {years} published weeks of {holiday.name}"
    return text


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
