"""From the text of date and time columns to local times: the order of day and month, labels, clocks going forward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from data.feed.dates import NUMBERS
from data.feed.mapping import FeedMapping
from data.feed.moments import (
    NO_DATE,
    NO_SUCH_DATE,
    OTHER_FORM,
    SKIPPED,
    UNREADABLE_DATE,
    UNREADABLE_TIME,
    Moments,
)
from data.feed.odd_times import DAY, Seconds
from data.feed.table import Table
from data.place.area import Area
from geo.errors import InputError

__all__ = [
    "END_FIRST", "NO_DATE", "NO_SUCH_DATE", "OTHER_FORM", "SKIPPED", "UNREADABLE_DATE", "UNREADABLE_TIME", "Times",
    "read_times", "zone_of",
]  # fmt: skip

END_FIRST = "end before start"
DEFAULT_ZONE = "Europe/London"
ODD_ONES = 20  # of so many rows that show the order of day and month at most one may contradict
_NAT = np.datetime64("NaT", "s")


@dataclass(frozen=True, eq=False)
class Times:
    """When the incidents of a file were, in local time.

    Attributes
    ----------
    start, until : ndarray of datetime64[s], shape (n,)
        Start; end of the interval, NaT for a moment. A date without a time of day is the interval of its whole day.
    why : list of str
        Reason for which a row's times cannot be used; empty for those that can.
    role : list of str
        Which of the mapped columns is at fault ("start", "start_time", "end", "end_time").
    day_first : bool or None
        Order that was decided; None where no date needs one.
    without_time : int
        Rows of which only the day is known.
    notes : tuple of str
    label_notes : tuple of str
        Those of them that speak for or against the labels of times.
    """

    start: Seconds = field(repr=False)
    until: Seconds = field(repr=False)
    why: list[str] = field(repr=False)
    role: list[str] = field(repr=False)
    day_first: bool | None
    without_time: int
    notes: tuple[str, ...]
    label_notes: tuple[str, ...] = ()


def zone_of(area: Area) -> ZoneInfo:
    """Time zone of an area: ``time_zone`` of its file, Europe/London by default.

    Raises
    ------
    InputError
        There is no such zone.
    """
    name = str(area.raw.get("time_zone", DEFAULT_ZONE))
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(
            "there is no such time zone", column="time_zone", value=name, hint=f"Such as {DEFAULT_ZONE}."
        ) from error


def read_times(table: Table, mapping: FeedMapping, zone: ZoneInfo) -> Times:
    """Read the times of a file.

    Parameters
    ----------
    table : Table
    mapping : FeedMapping
        With a column for "start".
    zone : ZoneInfo
        Of the feed.

    Returns
    -------
    Times

    Raises
    ------
    InputError
        A whole column cannot be read safely: the order of day and month shows nowhere and was not said, or shows both
        ways; a sheet mixes its own dates with text; times are labelled with a zone and nobody said what that means.
    """
    start = Moments(table, mapping, "start", "start_time", zone)
    end = Moments(table, mapping, "end", "end_time", zone) if mapping.columns.get("end") else None
    both = [start] if end is None else [start, end]
    day_first = _order(table, both, mapping)
    for moments in both:
        moments.settle(day_first, mapping)
    at = start.local
    until = np.full(len(at), _NAT)
    n = len(at)
    day_only = start.day_only.copy()
    until[day_only] = at[day_only] + DAY
    why, role = list(start.why), list(start.role)
    if end is not None:
        given = ~end.blank
        stop = np.where(end.day_only, end.local + DAY, end.local)
        for row in np.flatnonzero(given).tolist():
            if not why[row] and end.why[row]:
                why[row], role[row] = end.why[row], end.role[row]
        good = given & np.array([not each for each in why], dtype=bool)
        for row in np.flatnonzero(good & (stop < at)).tolist():
            why[row], role[row] = END_FIRST, "end"
        until = np.where(good & (stop > at), stop, np.where(good, _NAT, until))
    counted = np.array([not each for each in why], dtype=bool) if n else np.zeros(0, dtype=bool)
    notes, label_notes = start.notes(counted)
    if end is not None and (more := end.ends_note(counted)):
        notes = (*notes, f"Ends: {more}")
    return Times(at, until, why, role, day_first, int((day_only & counted).sum()), notes, label_notes)


def _order(table: Table, both: Sequence[Moments], mapping: FeedMapping) -> bool | None:
    """Decide the order of day and month for the file, or raise."""
    told: dict[bool, int] = {True: 0, False: 0}
    first: dict[bool, tuple[Moments, int]] = {}
    unclear: tuple[Moments, int] | None = None
    numbers = False
    days: dict[tuple[int, int, int], tuple[date | None, date | None]] = {}
    for moments in both:
        for row, part in enumerate(moments.parts):
            if part is None or part.form != NUMBERS or moments.why[row]:
                continue
            numbers = True
            key = (part.year, part.a, part.b)
            if key not in days:
                days[key] = part.day(day_first=True), part.day(day_first=False)
            one, other = days[key]
            if one is not None and other is not None:
                if one != other and unclear is None:
                    unclear = (moments, row)
            elif one is not None or other is not None:
                told[one is not None] += 1
                first.setdefault(one is not None, (moments, row))
    if not numbers:
        return None
    more = told[True] >= told[False]
    most, least = told[more], told[not more]
    if least and least * ODD_ONES >= most:
        raise _unsafe(
            "day and month stand both ways round in it",
            table,
            *first[not more],
            f"{most:,} dates can only be {_words(more)} and {least:,} only {_words(not more)}: no date of this file is "
            "safe. Export it again with one form of date.",
        )
    if mapping.day_first is not None:
        if most and mapping.day_first != more:
            raise _unsafe(
                f"the mapping says {_words(mapping.day_first)}, the dates say otherwise",
                table,
                *first[more],
                f"{most:,} dates can only be {_words(more)}: change day_first, or look at what became of the file.",
            )
        return mapping.day_first
    if not most and unclear is not None:
        raise _unsafe(
            "every date can be read both ways",
            table,
            *unclear,
            "Say day_first = true (day/month, as British files have it) or false (month/day).",
        )
    return more if most else True


def _words(day_first: bool) -> str:
    return "day/month" if day_first else "month/day"


def _unsafe(message: str, table: Table, moments: Moments, row: int, hint: str) -> InputError:
    return InputError(
        message,
        file=table.file_of(row),
        row=table.lines[row],
        column=moments.column,
        value=moments.texts[row],
        hint=hint,
    )
