"""What a date or time of day may look like in a partner's file, one text at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

NUMBERS, ISO, NAMED, SERIAL, OWN = "numbers", "iso", "named", "serial", "own"
EPOCH, EPOCH_MS = "seconds since 1970", "milliseconds since 1970"
UNKNOWN = -1  # seconds of a day whose time is not told
END_OF_DAY = 86_400  # seconds of 24:00
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# What says to which zone a time belongs. JavaScript puts the zone's name behind it, Java its key.
_OFFSET = r"(?:utc|gmt)?[+-]\d{2}(?::?\d{2})?|(?:utc|gmt)[+-]\d|utc|gmt|bst|z"
_LABEL = (
    rf"(?P<z>{_OFFSET}|\((?:utc|gmt|bst)\))"
    r"(?:\s?\((?:gmt|utc|bst|[a-z ]{3,40} time)\)|\[(?:[a-z_]+/[a-z_]+|utc|gmt|z)\])?"
)
_CLOCK = (
    r"(?:(?P<h>\d{1,2})[:.](?P<mi>\d{2})(?:[:.](?P<s>\d{2})(?:[.,](?P<f>\d+))?)?|"
    r"(?P<h2>\d{2})(?P<mi2>\d{2})(?:(?<=t\d{4})(?P<s2>\d{2})(?:[.,](?P<f2>\d+))?)?|(?P<h3>\d{1,2})"
    rf"(?=\s*[ap]\.?m))\s*(?P<ap>[ap]\.?m\.?)?(?:\s*(?:hrs?|hours|h))?\s*(?:{_LABEL})?"
)
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_DAY = r"(?P<a>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<w>[a-z]{3,9})\.?"
_YEAR = r"(?P<y>\d{4}|\d{2})"
# A date alone may carry a label too (as XML has it), which says nothing of a whole day.
_THEN = rf"(?:(?:\s*t|\s*,|\s+at)?\s*(?<=[\st,]){_CLOCK}|z|[+-]\d{{2}}:\d{{2}})?"
_FLAGS = re.IGNORECASE | re.ASCII
_DATES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (ISO, re.compile(rf"(?P<y>\d{{4}})(?P<sep>[-/.])(?P<b>\d{{1,2}})(?P=sep)(?P<a>\d{{1,2}}){_THEN}", _FLAGS)),
    (NUMBERS, re.compile(rf"(?P<a>\d{{1,2}})(?P<sep>[-/.])(?P<b>\d{{1,2}})(?P=sep){_YEAR}{_THEN}", _FLAGS)),
    (
        NAMED,
        re.compile(rf"(?P<a>\d{{1,2}})(?:st|nd|rd|th)?[\s/-]+(?P<w>[a-z]{{3,9}})\.?[\s/,-]+{_YEAR}{_THEN}", _FLAGS),
    ),
    (NAMED, re.compile(rf"(?P<w>[a-z]{{3,9}})\.?\s+(?P<a>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}{_THEN}", _FLAGS)),
    (NAMED, re.compile(rf"(?P<w>[a-z]{{3}})\s+(?P<a>\d{{1,2}})\s+{_CLOCK}\s+(?P<y>\d{{4}})", _FLAGS)),
    (ISO, re.compile(rf"(?P<y>20\d{{2}})(?P<b>[01]\d)(?P<a>[0-3]\d){_THEN}", _FLAGS)),
)
_PREFIX = re.compile(_WEEKDAY, _FLAGS)
_CLOCK_FIRST = re.compile(
    r"(\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?(?:\s*(?:hrs?|hours|h))?),?(?:\s+on)?\s+([^:]*\d[^:]*)", _FLAGS
)
_SERIAL = re.compile(r"(\d{5})(\.\d+)?", re.ASCII)
_SERIALS = (36_526, 73_050)  # the years 2000 to 2099, counted as spreadsheets do
_TIME = re.compile(_CLOCK, _FLAGS)
_FRACTION = re.compile(r"0?\.\d{2,}", re.ASCII)
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "bst": 60}
_FARTHEST = (-12 * 60, 14 * 60)  # no zone is farther from UTC; "19:00-21:00" is no offset
_COUNTED = re.compile(r"(?:/Date\()?(\d{10}|\d{13})(?:\.\d+)?(?:[+-]\d{4}\)/|\)/)?", re.ASCII)
_FEWEST_COUNTED = 10
_HALVES = re.compile(r"(\d{1,4}([-/.])\d{1,2}\2\d{1,4})([ T]\d{1,2}:\d{2}(?::\d{2})?Z?)", re.ASCII)
_ANY_DAY = "2000-01-01"
_COUNTED_YEARS = (946_684_800, 4_102_444_800)  # the years 2000 to 2099, in seconds since 1970
_REFUSED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("date by week of the year", re.compile(r"\d{4}-?w\d{2}(?:-?[1-7])?(?:[t\s].*)?", _FLAGS)),
    ("date by day of the year", re.compile(r"(?:19|20)\d{2}-?[0-3]\d{2}(?:[t\s].*)?", _FLAGS)),
    ("date shortened by a spreadsheet", re.compile(r"\d(?:[.,]\d+)?e\+?\d{1,2}|#{2,}|\d{1,2}:\d{2}\.\d", _FLAGS)),
)
BY_WEEK, BY_DAY_OF_YEAR, SHORTENED = (reason for reason, _ in _REFUSED)


class DateText(NamedTuple):
    """A date as it is written: day and month of a form of numbers may stand either way round.

    ``seconds`` since midnight is ``UNKNOWN`` where no time of day stands beside it; ``zone`` is the minutes that a
    label adds to UTC, None without one.
    """

    form: str
    year: int
    a: int
    b: int
    seconds: int
    zone: int | None

    def day(self, *, day_first: bool) -> date | None:
        """Give the date; ``a`` is the day unless numbers stand month first. None where there is no such date."""
        a, b = (self.a, self.b) if day_first or self.form != NUMBERS else (self.b, self.a)
        try:
            return date(self.year, b, a)
        except ValueError:
            return None


def date_text(text: str, own: bool = False, counted: bool = False) -> DateText | None:
    """Take a text apart as a date, with a time of day or without.

    Parameters
    ----------
    text : str
        ``31/10/2024 19:05``, ``2024-10-31T19:05:00+00:00``, ``Thu 31 Oct 2024 7.05 pm``, ``20241031``, ``45596.795``,
        ``2024/10/31 19:05:00+00``, ``Thu Oct 31 19:05:00 GMT 2024``, ``19:05 31/10/2024``.
    own : bool
        The cell is a date of the spreadsheet's own.
    counted : bool
        A number of 10 or 13 digits may count seconds or milliseconds since 1970: somebody has said, or its column
        shows (:func:`are_counted`), that it is a date and no reference number. Its label is UTC.

    Returns
    -------
    DateText or None
        None where it is no date.
    """
    bare = text[_PREFIX.match(text).end() :]  # type: ignore[union-attr]  # an empty match is one
    for form, pattern in _DATES:
        found = pattern.fullmatch(bare)
        if found is None:
            continue
        parts = found.groupdict()
        if "w" in parts and parts["w"][:3].lower() not in _MONTHS:
            continue
        seconds, zone = _seconds(parts), _zone(parts["z"])
        if seconds is None or (zone is not None and not _FARTHEST[0] <= zone <= _FARTHEST[1]):
            return None
        year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
        month = _MONTHS.index(parts["w"][:3].lower()) + 1 if "w" in parts else int(parts["b"])
        return DateText(OWN if own else form, year, int(parts["a"]), month, seconds, zone)
    if turned := _CLOCK_FIRST.fullmatch(bare):
        return date_text(f"{turned[2]} {turned[1]}", own)
    if counted and (at := _counted(text)) is not None:
        form, moment = at
        day, seconds = date(1970, 1, 1) + timedelta(days=moment // END_OF_DAY), moment % END_OF_DAY
        return DateText(form, day.year, day.day, day.month, seconds, 0)
    number = _SERIAL.fullmatch(text)
    if number and _SERIALS[0] <= int(number[1]) < _SERIALS[1]:
        day = date(1899, 12, 30) + timedelta(days=int(number[1]))
        seconds = round(float(number[2]) * 86_400) if number[2] else UNKNOWN
        return DateText(SERIAL, day.year, day.day, day.month, min(seconds, 86_399), None)
    return None


class DateTexts:
    """Dates of a column, each text and each of its halves taken apart once: a year has few days, a day few times."""

    def __init__(self, *, counted: bool = False) -> None:
        self._counted = counted
        self._found: dict[tuple[str, bool], DateText | None] = {}
        self._days: dict[tuple[str, bool], DateText | None] = {}
        self._clocks: dict[str, tuple[int, int | None] | None] = {}

    def read(self, text: str, own: bool = False) -> DateText | None:
        """Take a text apart as :func:`date_text` does."""
        key = (text, own)
        if key not in self._found:
            halves = _HALVES.fullmatch(text)
            found = self._put_together(halves[1], halves[3], own) if halves else None
            self._found[key] = found or date_text(text, own, self._counted)
        return self._found[key]

    def _put_together(self, day: str, clock: str, own: bool) -> DateText | None:
        if (day, own) not in self._days:
            self._days[day, own] = date_text(day, own)
        if clock not in self._clocks:
            probe = date_text(_ANY_DAY + clock)
            self._clocks[clock] = (probe.seconds, probe.zone) if probe else None
        date_part, time_part = self._days[day, own], self._clocks[clock]
        if date_part is None or time_part is None:
            return None
        return DateText(*date_part[:4], *time_part)


def _counted(text: str) -> tuple[str, int] | None:
    """Form and seconds since 1970 of a number that counts them; None where it is none."""
    found = _COUNTED.fullmatch(text)
    if found is None:
        return None
    form = EPOCH if len(found[1]) == 10 else EPOCH_MS
    moment = int(found[1]) // (1 if form == EPOCH else 1_000)
    return (form, moment) if _COUNTED_YEARS[0] <= moment < _COUNTED_YEARS[1] else None


def are_counted(values: Sequence[str], says_date: bool) -> bool:
    """Whether the values of a column count seconds or milliseconds since 1970, and can be nothing else.

    Parameters
    ----------
    values : sequence of str
        Without blanks.
    says_date : bool
        The header speaks of a date or time. Where it does not, every value has to be a whole minute (of seconds) or
        second (of milliseconds): among ten or more reference numbers or phone numbers some are not.
    """
    found = [_counted(text) for text in values]
    if not found or len({each[0] if each else "" for each in found}) > 1 or found[0] is None:
        return False
    if says_date:
        return True
    whole = 60 if found[0][0] == EPOCH else 1_000
    numbers = [int(match[1]) for text in values if (match := _COUNTED.fullmatch(text))]
    return len(set(numbers)) >= _FEWEST_COUNTED and all(number % whole == 0 for number in numbers)


def why_no_date(text: str) -> str:
    """Reason for which a text that is no date is none; empty where it is like no date at all.

    Parameters
    ----------
    text : str
        ``2024-W44-4``, ``2024-305``, ``1.70432E+12``, ``05:57.0``.
    """
    return next((reason for reason, pattern in _REFUSED if pattern.fullmatch(text)), "")


def time_text(text: str) -> tuple[int, int | None] | None:
    """Seconds since midnight and label of a time of day; None where it is none.

    Parameters
    ----------
    text : str
        ``19:05``, ``19.05``, ``1905``, ``7:05 pm``, ``7pm``, ``19:05:00Z``, ``19:05+00``, ``0.795`` (part of a
        day); ``24:00`` is :data:`END_OF_DAY`.
    """
    if _FRACTION.fullmatch(text):
        return min(round(float(text) * 86_400), 86_399), None
    if len(text) == 3 and text.isdigit() and text.isascii():
        text = f"0{text}"  # a spreadsheet made 0705 a number
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    seconds = _seconds(found.groupdict())
    zone = _zone(found["z"])
    if seconds is None or seconds == UNKNOWN or (zone is not None and not _FARTHEST[0] <= zone <= _FARTHEST[1]):
        return None
    return seconds, zone


def _seconds(parts: dict[str, str | None]) -> int | None:
    """Seconds since midnight, ``UNKNOWN`` without a time, None where there is no such time of day."""
    hour_text = parts["h"] or parts["h2"] or parts["h3"]
    if hour_text is None:
        return UNKNOWN
    hour, minute, second = int(hour_text), int(parts["mi"] or parts["mi2"] or 0), int(parts["s"] or parts["s2"] or 0)
    if half := (parts["ap"] or "").lower()[:1]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    ends = hour == 24 and minute == second == int(parts["f"] or parts["f2"] or 0) == 0
    if not ends and (hour > 23 or minute > 59 or second > 59):
        return None
    return hour * 3600 + minute * 60 + second


def _zone(label: str | None) -> int | None:
    """Minutes that a label adds to UTC; None without one."""
    if not label:
        return None
    if (name := label.strip("()").lower()) in _ZONES:
        return _ZONES[name]
    at = max(label.rfind("+"), label.rfind("-"))
    digits = label[at + 1 :].replace(":", "")
    return (1 if label[at] == "+" else -1) * (int(digits[:2]) * 60 + int(digits[2:] or 0))
