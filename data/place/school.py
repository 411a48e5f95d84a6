"""School terms as an area's file gives them: those that were published, and the pattern for the other years.

Nothing here knows a place: names, dates and pattern stand in the area file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from geo.errors import InputError

_FRIDAY = timedelta(days=4)
_WEEK = timedelta(days=7)
WEEKS = ("first", "second", "third", "fourth", "last", "last full")
_LONGEST_BREAK_DAYS = 75  # between two terms that follow each other
_YEAR = 12
_SUMMER = (6, 7, 8)  # months in which a school year ends


@dataclass(frozen=True)
class SchoolTerm:
    """A term as published: first and last day of school, and Monday and Friday of its half term."""

    name: str
    first: date
    last: date
    half_term: tuple[date, date] | None


@dataclass(frozen=True)
class SchoolHoliday:
    """A holiday of every year, with the pattern by which it is guessed where it is not published.

    Attributes
    ----------
    name : str
    half_term_of, after : str
        Name of the term that it divides, or that it follows; one of them is empty.
    month, week : int, str
        Pattern by weeks, Monday to Friday: one of ``WEEKS`` of that month, named after its Monday; "last full" lies in
        the month wholly. 0 and "" where the pattern is another.
    days : ((month, day), (month, day))
        Pattern by days of the year, first and last; taken where there is no other.
    easter : (int, int) or None
        Pattern by days from Easter Sunday.
    """

    name: str
    half_term_of: str = ""
    after: str = ""
    month: int = 0
    week: str = ""
    days: tuple[tuple[int, int], tuple[int, int]] = ((1, 1), (1, 1))
    easter: tuple[int, int] | None = None

    @property
    def half_term(self) -> bool:
        """Whether it divides a term."""
        return bool(self.half_term_of)

    def guess(self, year: int) -> tuple[date, date]:
        """Give the first and last day of the holiday that begins in a year, by the pattern."""
        if self.week:
            monday = _monday(year, self.month, self.week)
            return monday, monday + _FRIDAY
        if self.easter is not None:
            sunday = easter_sunday(year)
            return sunday + timedelta(days=self.easter[0]), sunday + timedelta(days=self.easter[1])
        starts, ends = self.days
        return date(year, *starts), date(year + (ends < starts), *ends)


@dataclass(frozen=True)
class School:
    """Terms and holidays of an area; empty where its file has none.

    Attributes
    ----------
    terms : tuple of SchoolTerm
        Published, in order of time.
    holidays : tuple of SchoolHoliday
    source : str
        Who published the terms.
    pattern : str
        What the pattern is called.
    """

    terms: tuple[SchoolTerm, ...] = ()
    holidays: tuple[SchoolHoliday, ...] = ()
    source: str = ""
    pattern: str = ""

    @property
    def known_to(self) -> date | None:
        """Last day of the last published term; None where none is published. Later days are assumed."""
        return max((term.last for term in self.terms), default=None)

    def following(self, term: SchoolTerm) -> SchoolTerm | None:
        """Find the published term that follows another; None where it is not published."""
        later = (t for t in self.terms if t.first > term.last)
        found = min(later, key=lambda t: t.first, default=None)
        if found is None or (found.first - term.last).days > _LONGEST_BREAK_DAYS:
            return None
        return found

    def summers(self) -> dict[int, tuple[date, date | None]]:
        """Last day of the school year and first of the next (None: not published), by calendar year."""
        ends = [term for term in self.terms if term.last.month in _SUMMER]
        return {t.last.year: (t.last, n.first if (n := self.following(t)) else None) for t in ends}

    def published(self, holiday: SchoolHoliday) -> dict[int, tuple[date, date | None]]:
        """First and last day of a holiday where they are published, by the year in which it begins.

        Parameters
        ----------
        holiday : SchoolHoliday

        Returns
        -------
        dict
            The last day is None where only the first is known.
        """
        found: dict[int, tuple[date, date | None]] = {}
        for term in self.terms:
            if holiday.half_term and term.name == holiday.half_term_of and term.half_term:
                found[term.half_term[0].year] = term.half_term
            elif not holiday.half_term and term.name == holiday.after:
                first, follows = term.last + timedelta(days=1), self.following(term)
                found[first.year] = (first, follows.first - timedelta(days=1) if follows else None)
        return found


def with_terms(school: School, terms: Sequence[SchoolTerm], source: str) -> School:
    """Give a school calendar with further published terms; they take the place of those that they overlap.

    Parameters
    ----------
    school : School
    terms : sequence of SchoolTerm
        None of them overlap each other.
    source : str
        Who published them.
    """
    if not terms:
        return school
    kept = [t for t in school.terms if not any(t.first <= new.last and new.first <= t.last for new in terms)]
    both = "; ".join(dict.fromkeys(one for one in (school.source if kept else "", source) if one))
    return replace(school, terms=tuple(sorted((*kept, *terms), key=lambda term: term.first)), source=both)


def easter_sunday(year: int) -> date:
    """Find Easter Sunday of a year of the Gregorian calendar.

    References
    ----------
    Meeus, J. (1991). Astronomical Algorithms, chapter 8 (after Butcher's Ecclesiastical Calendar, 1876).
    """
    century, part = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (part // 4) - moon - part % 4) % 7
    late = (year % 19 + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _monday(year: int, month: int, week: str) -> date:
    first = date(year, month, 1)
    monday = first + timedelta(days=(7 - first.weekday()) % 7)
    mondays = [monday + i * _WEEK for i in range(5) if (monday + i * _WEEK).month == month]
    if week == "last full":
        return max(day for day in mondays if (day + _FRIDAY).month == month)
    return mondays[-1] if week == "last" else mondays[WEEKS.index(week)]


def read_school(raw: Mapping[str, Any], file: str) -> School:
    """Read and check the school table of an area file.

    Parameters
    ----------
    raw : mapping
        The table; empty where the file has none.
    file : str
        For messages.

    Returns
    -------
    School

    Raises
    ------
    InputError
        A key is missing or is not what it should be, terms overlap, or a half term lies outside its term.
    """
    try:
        terms = tuple(
            SchoolTerm(str(t["name"]), _date(t["first"]), _date(t["last"]), _half(t.get("half_term")))
            for t in raw.get("terms", ())
        )
        holidays = tuple(_holiday(h) for h in raw.get("holidays", ()))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise InputError(
            f"the school table is not as it should be: {error}",
            file=file,
            column="school",
            hint="docs/formats.md shows the table.",
        ) from error
    terms = tuple(sorted(terms, key=lambda term: term.first))
    for before, term in zip((None, *terms), terms, strict=False):
        half = term.half_term or (term.first, term.last)
        if not term.first <= half[0] <= half[1] <= term.last or (before is not None and before.last >= term.first):
            raise InputError(
                "school terms run from first to last day, hold their half term and do not overlap",
                file=file,
                column="school.terms",
                value=f"{term.name} {term.first}",
                hint="Correct the days.",
            )
    return School(terms, holidays, str(raw.get("source", "")), str(raw.get("pattern", "")))


def _date(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else date(value.year, value.month, value.day)


def _half(value: Any) -> tuple[date, date] | None:
    if value is None:
        return None
    first, last = value
    return _date(first), _date(last)


def _holiday(raw: Mapping[str, Any]) -> SchoolHoliday:
    name, half_term_of, after = str(raw["name"]), str(raw.get("half_term_of", "")), str(raw.get("after", ""))
    if bool(half_term_of) == bool(after):
        raise ValueError(f"{name} either divides a term (half_term_of) or follows one (after)")
    plain = SchoolHoliday(name, half_term_of, after)
    if "week" in raw:
        month, week = int(raw["month"]), str(raw["week"])
        if week not in WEEKS or not 1 <= month <= _YEAR:
            raise ValueError(f"{name}: week is one of {', '.join(WEEKS)}, of a month")
        return replace(plain, month=month, week=week)
    if "easter" in raw:
        before, behind = (int(n) for n in raw["easter"])
        return replace(plain, easter=(before, behind))
    starts, ends = (date.fromisoformat(f"2001-{day}") for day in raw["days"])
    return replace(plain, days=((starts.month, starts.day), (ends.month, ends.day)))
