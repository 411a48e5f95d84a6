"""From the text of date and time columns to local times: the order of day and month, labels, clocks going forward."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.feed.dates import NUMBERS, OWN, UNKNOWN, DateText, date_text, time_text
from data.feed.mapping import AS_LABELLED, LOCAL, FeedMapping
from data.feed.table import Table
from data.place.area import Area
from geo.errors import InputError

NO_DATE = "no date"
UNREADABLE_DATE = "date not readable"
OTHER_FORM = "date written otherwise than its column"
NO_SUCH_DATE = "no such date"
UNREADABLE_TIME = "time of day not readable"
SKIPPED = "time that does not exist"
END_FIRST = "end before start"
DEFAULT_ZONE = "Europe/London"
ODD_ONES = 20  # of so many rows that show the order of day and month at most one may contradict
_MIDNIGHTS = 0.05  # share of times at 00:00:00 from which they are pointed out
_DAY = np.timedelta64(86_400, "s")
_NAT = np.datetime64("NaT", "s")

Seconds = NDArray[np.datetime64]


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
    """

    start: Seconds = field(repr=False)
    until: Seconds = field(repr=False)
    why: list[str] = field(repr=False)
    role: list[str] = field(repr=False)
    day_first: bool | None
    without_time: int
    notes: tuple[str, ...]


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
    start = _Moments(table, mapping, "start", "start_time", zone)
    end = _Moments(table, mapping, "end", "end_time", zone) if mapping.columns.get("end") else None
    both = [start] if end is None else [start, end]
    day_first = _order(table, both, mapping)
    for moments in both:
        moments.settle(day_first, mapping)
    at = start.local
    until = np.full(len(at), _NAT)
    n = len(at)
    day_only = start.day_only.copy()
    until[day_only] = at[day_only] + _DAY
    why, role = list(start.why), list(start.role)
    if end is not None:
        given = ~end.blank
        stop = np.where(end.day_only, end.local + _DAY, end.local)
        for row in np.flatnonzero(given).tolist():
            if not why[row] and end.why[row]:
                why[row], role[row] = end.why[row], end.role[row]
        good = given & np.array([not each for each in why], dtype=bool)
        for row in np.flatnonzero(good & (stop < at)).tolist():
            why[row], role[row] = END_FIRST, "end"
        until = np.where(good & (stop > at), stop, np.where(good, _NAT, until))
    counted = np.array([not each for each in why], dtype=bool) if n else np.zeros(0, dtype=bool)
    notes = _midnight_note(start, counted, mapping)
    return Times(at, until, why, role, day_first, int((day_only & counted).sum()), notes)


class _Moments:
    """One end of the intervals of a file: a column of dates, and one of times where they stand apart."""

    def __init__(self, table: Table, mapping: FeedMapping, date_role: str, time_role: str, zone: ZoneInfo) -> None:
        self.table, self.zone, self.date_role, self.time_role = table, zone, date_role, time_role
        self.column = mapping.columns[date_role]
        texts = table.columns[self.column]
        n = len(texts)
        own = table.dates.get(self.column, frozenset())
        cache: dict[tuple[str, bool], DateText | None] = {}
        self.parts: list[DateText | None] = []
        for row, text in enumerate(texts):
            key = (text, row in own)
            if key not in cache:
                cache[key] = date_text(*key)
            self.parts.append(cache[key])
        self.texts = texts
        self.why = [
            ("" if part else (UNREADABLE_DATE if text else NO_DATE))
            for part, text in zip(self.parts, texts, strict=True)
        ]
        self.role = [date_role] * n
        self.blank = np.array([not text for text in texts], dtype=bool)
        self.seconds = np.array([part.seconds if part else UNKNOWN for part in self.parts], dtype=np.int64)
        self.offset = np.array([np.nan if part is None or part.zone is None else part.zone for part in self.parts])
        self._keep_one_form()
        if time_column := mapping.columns.get(time_role):
            self._take_times(table.columns[time_column])
        if mapping.midnight_unknown:
            self.seconds[self.seconds == 0] = UNKNOWN
        self.local = np.full(n, _NAT)
        self.day_only = np.zeros(n, dtype=bool)

    def _keep_one_form(self) -> None:
        """Put aside what is written otherwise than most of its column: it came from somewhere else."""
        forms = Counter((part.form, part.zone is not None) for part in self.parts if part)
        if len(forms) < 2:
            return
        if any(form == OWN for form, _ in forms) and any(form == NUMBERS for form, _ in forms):
            text = next(row for row, part in enumerate(self.parts) if part and part.form == NUMBERS)
            other = next(row for row, part in enumerate(self.parts) if part and part.form == OWN)
            raise InputError(
                "the sheet holds some dates as text and some as dates of its own",
                file=self.table.file_of(text),
                row=self.table.lines[text],
                column=self.column,
                value=self.texts[text],
                hint=f"Row {self.table.lines[other]} is {self.texts[other]}: the spreadsheet has probably turned day "
                "and month round wherever it could. Export the file again as CSV, without opening it.",
            )
        usual = max(forms, key=lambda form: (forms[form], form))
        for row, part in enumerate(self.parts):
            if part and (part.form, part.zone is not None) != usual:
                self.why[row] = OTHER_FORM

    def _take_times(self, texts: Sequence[str]) -> None:
        cache: dict[str, tuple[int, int | None] | None] = {}
        for row, text in enumerate(texts):
            if not text:
                continue
            if text not in cache:
                # a spreadsheet writes a date into a cell of which only the time is shown
                part = date_text(text)
                cache[text] = time_text(text) or ((part.seconds, part.zone) if part and part.seconds >= 0 else None)
            found = cache[text]
            if found is None:
                if not self.why[row]:
                    self.why[row], self.role[row] = UNREADABLE_TIME, self.time_role
            else:
                self.seconds[row] = found[0]
                self.offset[row] = np.nan if found[1] is None else found[1]

    def settle(self, day_first: bool | None, mapping: FeedMapping) -> None:
        """Turn what was read into local times."""
        days = np.full(len(self.parts), _NAT)
        cache: dict[DateText, np.datetime64 | None] = {}
        for row, part in enumerate(self.parts):
            if part is None or self.why[row]:
                continue
            if part not in cache:
                day: date | None = part.day(day_first=day_first is not False)
                cache[part] = None if day is None else np.datetime64(day, "s")
            found = cache[part]
            if found is None:
                self.why[row] = NO_SUCH_DATE
            else:
                days[row] = found
        timed = ~np.isnat(days) & (self.seconds != UNKNOWN)
        self.day_only = ~np.isnat(days) & ~timed
        wall = days + np.where(self.seconds == UNKNOWN, 0, self.seconds).astype("timedelta64[s]")
        labelled = timed & ~np.isnan(self.offset)
        if labelled.any() and self._as_labelled(wall, labelled, mapping):
            utc = wall[labelled] - (self.offset[labelled] * 60).astype("timedelta64[s]")
            there = pd.DatetimeIndex(utc).tz_localize("UTC").tz_convert(self.zone).tz_localize(None)
            wall[labelled] = there.to_numpy().astype("datetime64[s]")
        gone = np.flatnonzero(timed)[_skipped(wall[timed], self.zone)]
        for row in gone.tolist():
            self.why[row], self.role[row] = SKIPPED, self.date_role
        self.local = wall

    def _as_labelled(self, wall: Seconds, labelled: NDArray[np.bool_], mapping: FeedMapping) -> bool:
        if mapping.labelled_times:
            return mapping.labelled_times == AS_LABELLED
        offset = self.offset[labelled] * 60
        local = pd.DatetimeIndex(wall[labelled]).tz_localize(self.zone, ambiguous="NaT", nonexistent="NaT")
        here = np.asarray((local.tz_localize(None) - local.tz_convert("UTC").tz_localize(None)).total_seconds())
        if (offset != 0).any() and bool(np.all((here == offset) | np.isnan(here))):
            return False  # labels change with the clocks of the zone: both readings are the same
        row = int(np.flatnonzero(labelled)[0])
        raise InputError(
            "times are labelled with a zone, and nobody has said whether the label is right",
            file=self.table.file_of(row),
            row=self.table.lines[row],
            column=self.column,
            value=self.texts[row],
            hint=f'Say labelled_times = "{LOCAL}" (they are local time, {self.zone.key}, whatever the label says) or '
            f'"{AS_LABELLED}" (they are converted). In summer the two are an hour apart: ask who made the file.',
        )


def _skipped(wall: Seconds, zone: ZoneInfo) -> NDArray[np.bool_]:
    """Whether a local time does not exist, because clocks went forward over it."""
    if not len(wall):
        return np.zeros(0, dtype=bool)
    first_reading = np.ones(len(wall), dtype=bool)  # an hour that comes twice is there
    local = pd.DatetimeIndex(wall).tz_localize(zone, ambiguous=first_reading, nonexistent="NaT")
    return np.asarray(local.isna())


def _order(table: Table, both: Sequence[_Moments], mapping: FeedMapping) -> bool | None:
    """Decide the order of day and month for the file, or raise."""
    told: dict[bool, int] = {True: 0, False: 0}
    first: dict[bool, tuple[_Moments, int]] = {}
    unclear: tuple[_Moments, int] | None = None
    numbers = False
    for moments in both:
        for row, part in enumerate(moments.parts):
            if part is None or part.form != NUMBERS or moments.why[row]:
                continue
            numbers = True
            one, other = part.day(day_first=True), part.day(day_first=False)
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


def _unsafe(message: str, table: Table, moments: _Moments, row: int, hint: str) -> InputError:
    return InputError(
        message,
        file=table.file_of(row),
        row=table.lines[row],
        column=moments.column,
        value=moments.texts[row],
        hint=hint,
    )


def _midnight_note(start: _Moments, counted: NDArray[np.bool_], mapping: FeedMapping) -> tuple[str, ...]:
    timed = counted & (start.seconds != UNKNOWN)
    midnight = int((timed & (start.seconds == 0)).sum())
    if mapping.midnight_unknown or midnight <= max(5, _MIDNIGHTS * timed.sum()):
        return ()
    return (
        f"{midnight:,} of {int(timed.sum()):,} times are exactly 00:00. If that stands for a time that is not known, "
        "say midnight_unknown = true: the hours of the night would otherwise look busier than they were.",
    )
