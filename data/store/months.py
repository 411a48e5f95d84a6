"""Months of a published file as another program wrote them when it saved the file again, read where they are certain.

A published month is YYYY-MM. A spreadsheet takes it for the first day of the month and writes that day in a form of its
own. So a date in the Month column is certain only if every one of them is the first of a month.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from data.kinds.lists import MONTHS
from geo.errors import InputError

AGAIN = "Download the file again and import it as it is, without opening it in Excel."
PLAIN = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)

_MIDNIGHT = r"(?:[ T]0?0:00(?::00)?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})(?:[-/.]0?1{_MIDNIGHT})?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{4})", re.ASCII)
_DAY = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d\d){_MIDNIGHT}", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:[.,]0+)?", re.ASCII)
_WORD = re.compile(r"([A-Za-z]{3,9})[-/. ](\d{4}|\d\d)", re.ASCII)
_SERIAL_ZERO = date(1899, 12, 30)  # of the calendar that begins in 1900, from March 1900 on
_FEWEST_IN_A_RUN = 3
_FIRST = "2010-12"


@dataclass(frozen=True)
class Months:
    """What the texts of a Month column mean.

    Attributes
    ----------
    read : mapping of str to str
        Text to YYYY-MM, of texts in another form; a text that is not in it stands as it is.
    forms : tuple of str
        An example of each other form with what it was read as: "Jan-25 as 2025-01".
    """

    read: Mapping[str, str] = field(default_factory=dict)
    forms: tuple[str, ...] = ()

    def of(self, text: str) -> str:
        """Give the month a text means; the text itself where it is in no other form."""
        return self.read.get(text, text)


def read_months(texts: Iterable[str], named: str | None, last: str) -> Months:
    """Read the texts of a Month column.

    Parameters
    ----------
    texts : iterable of str
        Each once, in any order.
    named : str or None
        Month (YYYY-MM) that the name of the file tells.
    last : str
        The latest month that can have been published.

    Returns
    -------
    Months

    Raises
    ------
    InputError
        A form that may mean two things, in ``column`` and ``value``. "Jan-25" is how a spreadsheet writes January 2025,
        and how others write 25 January. It is read as the month where the name of the file says so, or where the column
        does: its months then follow each other without a gap across a new year, which no days of one number do.
        Dates of days are read only if all of them are the first of a month, in one order of day and month.
    """
    stripped = {text: text.strip() for text in texts}
    others = {text: bare for text, bare in stripped.items() if bare and not PLAIN.fullmatch(text)}
    found: dict[str, str] = {}
    days: dict[str, tuple[int, int, int]] = {}
    short: dict[str, str] = {}
    for text, bare in others.items():
        if PLAIN.fullmatch(bare):
            found[text] = bare
        elif match := _DAY.fullmatch(bare):
            days[text] = int(match[1]), int(match[3]), _year(match[4])
        elif (match := _WORD.fullmatch(bare)) and (number := _named(match[1])):
            (short if len(match[2]) == 2 else found)[text] = _month(_year(match[2]), number)
        elif month := _certain(bare):
            found[text] = month
    found |= _of_days(days)
    if short and named is None and not _run(sorted(set(short.values())), last):
        text = min(short)
        raise InputError(
            f"a month such as this may be a month of {short[text][:4]} or a day",
            column="Month",
            value=text,
            hint=f"Give the file the name it was published under, such as {short[text]}-FORCE-street.csv. Or: {AGAIN}",
        )
    found |= short
    forms: dict[str, str] = {}
    for text, month in sorted(found.items()):
        if stripped[text] != month:
            form = re.sub(r"[A-Za-z]+", "a", re.sub(r"\d", "0", stripped[text]))
            forms.setdefault(form, f"{stripped[text]} as {month}")
    return Months(found, tuple(forms.values()))


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _month(year: int, month: int) -> str:
    return f"{year}-{month:02d}" if 1 <= month <= 12 else ""


def _named(word: str) -> int:
    """Give the number of a month by its English name or the first letters of it; 0 of any other word."""
    lower = word.lower()
    names = [name.lower() for name in MONTHS]
    return next((n for n, name in enumerate(names, 1) if lower in {name, name[:3]} or lower == "sept" == name[:4]), 0)


def _certain(text: str) -> str:
    if match := _YEAR_FIRST.fullmatch(text):
        return _month(int(match[1]), int(match[2]))
    if match := _YEAR_LAST.fullmatch(text):
        return _month(int(match[2]), int(match[1]))
    if _SERIAL.fullmatch(text):
        day = _SERIAL_ZERO + timedelta(days=int(text[:5]))
        return _month(day.year, day.month) if day.day == 1 else ""
    return ""


def _of_days(days: Mapping[str, tuple[int, int, int]]) -> dict[str, str]:
    """Read dates of days as the months they begin, in the one order in which each of them begins a month."""
    orders: tuple[Callable[[int, int], tuple[int, int]], ...] = (lambda a, b: (a, b), lambda a, b: (b, a))
    for order in orders:
        read = {text: (*order(a, b), year) for text, (a, b, year) in days.items()}
        if all(day == 1 and 1 <= month <= 12 for day, month, _ in read.values()):
            return {text: _month(year, month) for text, (_, month, year) in read.items()}
    begins = [(a == 1 and 1 <= b <= 12) or (b == 1 and 1 <= a <= 12) for a, b, _ in days.values()]
    if not any(begins):
        return {}  # whatever they are, months they are not
    text = next(text for text, (a, b, _) in sorted(days.items()) if a != 1 or b > 12)
    raise InputError(
        "there are days in the column, and a published file has months only; not all of them begin a month in one "
        "order of day and month",
        column="Month",
        value=text.strip(),
        hint=AGAIN,
    )


def _run(months: list[str], last: str) -> bool:
    """Whether months follow each other without a gap, across a new year, and can have been published."""
    numbers = [int(month[:4]) * 12 + int(month[5:]) for month in months]
    unbroken = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    years = {month[:4] for month in months}
    possible = months[0] >= _FIRST and months[-1] <= last
    return unbroken and possible and len(months) >= _FEWEST_IN_A_RUN and len(years) > 1
