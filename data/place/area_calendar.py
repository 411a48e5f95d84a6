"""When the planned operations fall, and what else falls on those days: school holidays, bank holidays, named nights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from data.place.area import Area, Operation
from data.place.school import SchoolHoliday
from geo.errors import InputError

HALF_TERM, SCHOOL_HOLIDAY, BANK_HOLIDAY = "half term", "school holiday", "bank holiday"
NIGHT, WEEKEND, OPERATION = "named night", "nearest weekend", "operation"
KINDS = (OPERATION, HALF_TERM, SCHOOL_HOLIDAY, BANK_HOLIDAY, NIGHT, WEEKEND)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = timedelta(days=1)
_SATURDAY = 5
_FRIDAY_TO_SUNDAY = (-1, 1)


@dataclass(frozen=True)
class OperationWindow:
    """An operation in a year: first and last day, and whether its days are as published or assumed."""

    operation: Operation
    first: date
    last: date
    assumed: bool

    def days_from(self, day: date) -> int:
        """Days until it starts; 0 on its first day, negative while it runs."""
        return (self.first - day).days


@dataclass(frozen=True)
class CalendarEvent:
    """Something that falls on days.

    Attributes
    ----------
    name : str
    kind : str
        One of ``KINDS``.
    first, last : date
        Both included. School holidays are weekdays as published: the weekends that touch them are not in it.
    assumed : bool
        Guessed by the pattern of the area file, not published.
    """

    name: str
    kind: str
    first: date
    last: date
    assumed: bool = False

    def on(self, day: date) -> bool:
        """Whether it falls on a day."""
        return self.first <= day <= self.last

    def off(self, day: date) -> bool:
        """Whether a day lies in it or in a weekend that touches it: for a school holiday, the days without school."""
        first, last = self.first, self.last
        while first.weekday() == 0 or (first - _DAY).weekday() >= _SATURDAY:
            first -= _DAY
        while (last + _DAY).weekday() >= _SATURDAY:
            last += _DAY
        return first <= day <= last


@dataclass(frozen=True)
class CalendarDay:
    """A day with what falls on it.

    Attributes
    ----------
    day : date
    weekday : str
    weekend : bool
        Saturday or Sunday.
    no_school : CalendarEvent or None
        The school holiday that it lies in, or whose weekend it is.
    events : tuple of CalendarEvent
        All others, in the order of ``KINDS``.
    """

    day: date
    weekday: str
    weekend: bool
    no_school: CalendarEvent | None
    events: tuple[CalendarEvent, ...]


def operation_window(area: Area, operation: Operation, year: int) -> OperationWindow:
    """Days of an operation in a year.

    Parameters
    ----------
    area : Area
    operation : Operation
    year : int
        Calendar year in which the operation starts.

    Returns
    -------
    OperationWindow
        ``assumed`` where the days should follow the school terms and those are not published in the area file.
    """
    first = date(year, *operation.starts)
    last = date(year + (operation.ends < operation.starts), *operation.ends)
    if not operation.from_terms:
        return OperationWindow(operation, first, last, assumed=False)
    term = next((t for t in area.terms if t.year == year), None)
    if term is None:
        return OperationWindow(operation, first, last, assumed=True)
    return OperationWindow(
        operation,
        term.summer_ends + timedelta(days=1),
        term.autumn_starts - timedelta(days=1) if term.autumn_starts else last,
        assumed=term.autumn_starts is None,
    )


def next_operation(area: Area, day: date) -> OperationWindow | None:
    """Find the operation that runs on a day or is the next to start; None when the area file has none."""
    windows = [
        operation_window(area, operation, year)
        for operation in area.operations
        for year in (day.year - 1, day.year, day.year + 1)
    ]
    return min((w for w in windows if w.last >= day), key=lambda w: w.first, default=None)


def operations_offered(area: Area, day: date) -> tuple[OperationWindow, ...]:
    """List the operations that can be looked at on a day, the one to begin with first.

    Parameters
    ----------
    area : Area
    day : date
        On which is asked.

    Returns
    -------
    tuple of OperationWindow
        The next of every operation that is still to start, soonest first; then those that run; then the last of every
        one that is over, latest first. Empty when the area file has none.
    """
    windows = [
        [operation_window(area, operation, year) for year in range(day.year - 2, day.year + 3)]
        for operation in area.operations
    ]
    ahead = [next(w for w in every if w.first > day) for every in windows]
    running = [w for every in windows for w in every if w.first <= day <= w.last]
    over = [next(w for w in reversed(every) if w.last < day) for every in windows]
    return (
        *sorted(ahead, key=lambda w: w.first),
        *sorted(running, key=lambda w: w.first),
        *sorted(over, key=lambda w: w.last, reverse=True),
    )


def school_holiday(area: Area, holiday: SchoolHoliday, year: int) -> CalendarEvent:
    """Give a school holiday of a year, as published or by the pattern.

    Parameters
    ----------
    area : Area
    holiday : SchoolHoliday
        One of ``area.school.holidays``.
    year : int
        Calendar year in which it begins.

    Returns
    -------
    CalendarEvent
        ``assumed`` where its first or its last day is not published.
    """
    kind = HALF_TERM if holiday.half_term else SCHOOL_HOLIDAY
    first, last = holiday.guess(year)
    known = area.school.published(holiday).get(year)
    if known is None:
        return CalendarEvent(holiday.name, kind, first, last, assumed=True)
    begins, ends = known
    return CalendarEvent(holiday.name, kind, begins, ends or max(begins, last), assumed=ends is None)


def pattern_record(area: Area, holiday: SchoolHoliday) -> tuple[int, int]:
    """Count in how many of the published years the pattern gives a holiday as published, and how many those are."""
    known = {year: days for year, days in area.school.published(holiday).items() if days[1] is not None}
    return sum(holiday.guess(year) == days for year, days in known.items()), len(known)


def events(area: Area, first: date, last: date) -> tuple[CalendarEvent, ...]:
    """List what falls on the days of a window.

    Parameters
    ----------
    area : Area
    first, last : date
        Both included.

    Returns
    -------
    tuple of CalendarEvent
        Whatever touches the window, whole and in order of time: operations, school holidays, bank holidays, named
        nights, and Friday to Sunday of the weekend nearest to each of those, whether or not the night itself lies in
        the window. Empty for what the area file does not name.

    Raises
    ------
    InputError
        The area file names bank holidays of a country or part of it that is not known.

    Notes
    -----
    When it misleads: a school holiday that is ``assumed`` may be a week out, and schools that run themselves may
    differ from published ones.
    """
    years = range(first.year - 1, last.year + 2)
    found = [event for year in years for event in _of_year(area, year)]
    found += list(_bank_holidays(area, first, last))
    found = [event for event in found if event.first <= last and event.last >= first]
    return tuple(sorted(found, key=lambda e: (e.first, KINDS.index(e.kind), e.last, e.name)))


def _of_year(area: Area, year: int) -> Iterator[CalendarEvent]:
    for operation in area.operations:
        window = operation_window(area, operation, year)
        yield CalendarEvent(operation.name, OPERATION, window.first, window.last, window.assumed)
    for holiday in area.school.holidays:
        yield school_holiday(area, holiday, year)
    for night in area.nights:
        day = date(year, night.month, night.day)
        yield CalendarEvent(night.name, NIGHT, day, day)
        start, end = (nearest_saturday(day) + n * _DAY for n in _FRIDAY_TO_SUNDAY)
        yield CalendarEvent(f"weekend nearest to {night.name}", WEEKEND, start, end)


def nearest_saturday(day: date) -> date:
    """Find the Saturday nearest to a day; at most three days off, so that there is only one."""
    away = (_SATURDAY - day.weekday()) % 7
    return day + timedelta(days=away if away <= 3 else away - 7)


def _bank_holidays(area: Area, first: date, last: date) -> Iterator[CalendarEvent]:
    if area.bank_holidays is None:
        return
    import holidays  # only where somebody asks: its import takes a while

    whose = area.bank_holidays
    try:
        found = holidays.country_holidays(
            whose.country, subdiv=whose.subdivision or None, years=range(first.year, last.year + 1)
        )
    except NotImplementedError as error:
        raise InputError(
            "the area file names bank holidays that are not known",
            file=area.file or None,
            column="bank_holidays",
            value=" ".join((whose.country, whose.subdivision)).strip(),
            hint='Such as country = "GB", subdivision = "ENG".',
        ) from error
    for day, name in found.items():
        yield CalendarEvent(name, BANK_HOLIDAY, day, day)


def days(area: Area, first: date, last: date) -> tuple[CalendarDay, ...]:
    """Lay a window out day by day; see :func:`events`."""
    known = events(area, first - 3 * _DAY, last + 3 * _DAY)
    school = [e for e in known if e.kind in {HALF_TERM, SCHOOL_HOLIDAY}]
    others = sorted((e for e in known if e not in school), key=lambda e: KINDS.index(e.kind))
    return tuple(
        CalendarDay(
            day,
            WEEKDAYS[day.weekday()],
            day.weekday() >= _SATURDAY,
            next((e for e in school if e.off(day)), None),
            tuple(e for e in others if e.on(day)),
        )
        for day in (first + i * _DAY for i in range((last - first).days + 1))
    )
