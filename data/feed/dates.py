"""What a date or time of day may look like in a partner's file, one text at a time."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

NUMBERS, ISO, NAMED, SERIAL, OWN = "numbers", "iso", "named", "serial", "own"
UNKNOWN = -1  # seconds of a day whose time is not told
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = (
    r"(?:(?P<h>\d{1,2})[:.](?P<mi>\d{2})(?:[:.](?P<s>\d{2})(?:[.,]\d+)?)?|(?P<h2>\d{2})(?P<mi2>\d{2})|(?P<h3>\d{1,2})"
    r"(?=\s*[ap]\.?m))\s*(?P<ap>[ap]\.?m\.?)?(?:\s*(?:hrs?|hours|h))?\s*(?P<z>z|utc|gmt|bst|[+-]\d{2}:?\d{2})?"
)
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_DAY = r"(?P<a>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<w>[a-z]{3,9})\.?"
_YEAR = r"(?P<y>\d{4}|\d{2})"
_THEN = rf"(?:(?:\s*t|\s*,|\s+at)?\s*(?<=[\st,]){_CLOCK})?"
_FLAGS = re.IGNORECASE | re.ASCII
_DATES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (ISO, re.compile(rf"(?P<y>\d{{4}})(?P<sep>[-/.])(?P<b>\d{{1,2}})(?P=sep)(?P<a>\d{{1,2}}){_THEN}", _FLAGS)),
    (NUMBERS, re.compile(rf"(?P<a>\d{{1,2}})(?P<sep>[-/.])(?P<b>\d{{1,2}})(?P=sep){_YEAR}{_THEN}", _FLAGS)),
    (
        NAMED,
        re.compile(rf"(?P<a>\d{{1,2}})(?:st|nd|rd|th)?[\s/-]+(?P<w>[a-z]{{3,9}})\.?[\s/,-]+{_YEAR}{_THEN}", _FLAGS),
    ),
    (NAMED, re.compile(rf"(?P<w>[a-z]{{3,9}})\.?\s+(?P<a>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}{_THEN}", _FLAGS)),
    (ISO, re.compile(rf"(?P<y>20\d{{2}})(?P<b>[01]\d)(?P<a>[0-3]\d){_THEN}", _FLAGS)),
)
_PREFIX = re.compile(_WEEKDAY, _FLAGS)
_SERIAL = re.compile(r"(\d{5})(\.\d+)?", re.ASCII)
_SERIALS = (36_526, 73_050)  # the years 2000 to 2099, counted as spreadsheets do
_TIME = re.compile(_CLOCK, _FLAGS)
_FRACTION = re.compile(r"0?\.\d{2,}", re.ASCII)
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "bst": 60}


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


def date_text(text: str, own: bool = False) -> DateText | None:
    """Take a text apart as a date, with a time of day or without.

    Parameters
    ----------
    text : str
        ``31/10/2024 19:05``, ``2024-10-31T19:05:00+00:00``, ``Thu 31 Oct 2024 7.05 pm``, ``20241031``, ``45596.795``.
    own : bool
        The cell is a date of the spreadsheet's own.

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
        seconds = _seconds(parts)
        if seconds is None:
            return None
        year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
        month = _MONTHS.index(parts["w"][:3].lower()) + 1 if "w" in parts else int(parts["b"])
        return DateText(OWN if own else form, year, int(parts["a"]), month, seconds, _zone(parts["z"]))
    number = _SERIAL.fullmatch(text)
    if number and _SERIALS[0] <= int(number[1]) < _SERIALS[1]:
        day = date(1899, 12, 30) + timedelta(days=int(number[1]))
        seconds = round(float(number[2]) * 86_400) if number[2] else UNKNOWN
        return DateText(SERIAL, day.year, day.day, day.month, min(seconds, 86_399), None)
    return None


def time_text(text: str) -> tuple[int, int | None] | None:
    """Seconds since midnight and label of a time of day; None where it is none.

    Parameters
    ----------
    text : str
        ``19:05``, ``19.05``, ``1905``, ``7:05 pm``, ``7pm``, ``19:05:00Z``, ``0.795`` (part of a day).
    """
    if _FRACTION.fullmatch(text):
        return min(round(float(text) * 86_400), 86_399), None
    if len(text) == 3 and text.isdigit() and text.isascii():
        text = f"0{text}"  # a spreadsheet made 0705 a number
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    seconds = _seconds(found.groupdict())
    return None if seconds is None or seconds == UNKNOWN else (seconds, _zone(found["z"]))


def _seconds(parts: dict[str, str | None]) -> int | None:
    """Seconds since midnight, ``UNKNOWN`` without a time, None where there is no such time of day."""
    hour_text = parts["h"] or parts["h2"] or parts["h3"]
    if hour_text is None:
        return UNKNOWN
    hour, minute, second = int(hour_text), int(parts["mi"] or parts["mi2"] or 0), int(parts["s"] or 0)
    if half := (parts["ap"] or "").lower()[:1]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return hour * 3600 + minute * 60 + second


def _zone(label: str | None) -> int | None:
    if not label:
        return None
    if label.lower() in _ZONES:
        return _ZONES[label.lower()]
    digits = label[1:].replace(":", "")
    return (1 if label[0] == "+" else -1) * (int(digits[:2]) * 60 + int(digits[2:]))
