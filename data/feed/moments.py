"""Moments of one column of a partner's file, or of a date and a time that stand apart: from texts to local times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.feed.dates import (
    END_OF_DAY,
    EPOCH,
    EPOCH_MS,
    NUMBERS,
    OWN,
    UNKNOWN,
    DateTexts,
    date_text,
    time_text,
    why_no_date,
)
from data.feed.labels import Labelled, verdict
from data.feed.mapping import AS_LABELLED, LOCAL, FeedMapping
from data.feed.odd_times import Seconds, moved_midnights, piled_up, second_of_day, to_local
from data.feed.table import Table
from geo.errors import InputError

NO_DATE = "no date"
UNREADABLE_DATE = "date not readable"
OTHER_FORM = "date written otherwise than its column"
NO_SUCH_DATE = "no such date"
UNREADABLE_TIME = "time of day not readable"
SKIPPED = "time that does not exist"
_FEW_ENDS, _MANY_ENDS = 5, 0.05  # so many times of 24:00, and such a share, may mean that the time is not known
_MOST_LABELS = 4  # different ones in a column: a zone has two, and changes them seldom
_NAT = np.datetime64("NaT", "s")
_OF_A_DAY = 4  # fields of a date that tell its day: form, year and the two numbers


class Moments:
    """One end of the intervals of a file: a column of dates, and one of times where they stand apart."""

    def __init__(self, table: Table, mapping: FeedMapping, date_role: str, time_role: str, zone: ZoneInfo) -> None:
        self.table, self.zone, self.date_role, self.time_role = table, zone, date_role, time_role
        self.column = mapping.columns[date_role]
        texts = table.columns[self.column]
        n = len(texts)
        own = table.dates.get(self.column, frozenset())
        reader = DateTexts(counted=True)
        self.parts = [reader.read(text, row in own) for row, text in enumerate(texts)]
        self.texts = texts
        self.why = [
            ("" if part else ((why_no_date(text) or UNREADABLE_DATE) if text else NO_DATE))
            for part, text in zip(self.parts, texts, strict=True)
        ]
        self.role = [date_role] * n
        self.blank = np.array([not text for text in texts], dtype=bool)
        self.seconds = np.array([part.seconds if part else UNKNOWN for part in self.parts], dtype=np.int64)
        zones = [np.nan if part is None or part.zone is None else part.zone for part in self.parts]
        self.offset = np.array(zones, dtype=np.float64)
        self.date_seconds, self.date_offset = self.seconds.copy(), self.offset.copy()
        self.apart = np.zeros(n, dtype=bool)  # the time has a column of its own, and no label
        self.readings: list[Labelled] = []
        self._keep_one_form()
        if time_column := mapping.columns.get(time_role):
            self._take_times(table.columns[time_column])
        self._check_labels()
        self.unknown = mapping.unknown_seconds
        self.ends_day = self.seconds == END_OF_DAY
        self.local: Seconds = np.full(n, _NAT)
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

    def _check_labels(self) -> None:
        """Refuse what looks like labels, and is not: "19:00-07:00" is the span of a night."""
        labels = np.unique(self.offset[~np.isnan(self.offset)])
        if len(labels) > _MOST_LABELS:
            row = int(np.flatnonzero(self.offset == labels[0])[0])
            raise InputError(
                f"times carry {len(labels)} different labels, more than any zone has",
                file=self.table.file_of(row),
                row=self.table.lines[row],
                column=self.column,
                value=self.texts[row],
                hint="Are they from one time to another? Put the two into columns of their own: start and end.",
            )

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
                self.apart[row] = found[1] is None
                self.offset[row] = np.nan if found[1] is None else found[1]

    def settle(self, day_first: bool | None, mapping: FeedMapping) -> None:
        """Turn what was read into local times."""
        days: Seconds = np.full(len(self.parts), _NAT)
        cache: dict[tuple[object, ...], np.datetime64 | None] = {}
        for row, part in enumerate(self.parts):
            if part is None or self.why[row]:
                continue
            key = part[:_OF_A_DAY]
            if key not in cache:
                day: date | None = part.day(day_first=day_first is not False)
                cache[key] = None if day is None else np.datetime64(day, "s")
            found = cache[key]
            if found is None:
                self.why[row] = NO_SUCH_DATE
            else:
                days[row] = found
        days = self._local_days(days, mapping)
        timed = ~np.isnat(days) & (self.seconds != UNKNOWN)
        written = days + np.where(self.seconds == UNKNOWN, 0, self.seconds).astype("timedelta64[s]")
        labelled = Labelled(self.zone, timed & ~np.isnan(self.offset), self.offset, written)
        asked = labelled.rows & ~np.isin(second_of_day(written), list(self.unknown - {END_OF_DAY}))
        wall: Seconds = self._choose(labelled, asked, mapping).copy()
        not_known = timed & np.isin(second_of_day(wall), list(self.unknown)) & ~self.ends_day
        if END_OF_DAY in self.unknown:
            not_known |= timed & self.ends_day
            wall = np.where(timed & self.ends_day, days, wall)  # the day that is written
        wall = np.where(not_known, wall.astype("datetime64[D]").astype("datetime64[s]"), wall)
        timed &= ~not_known
        self.day_only = ~np.isnat(days) & ~timed
        gone = np.flatnonzero(timed)[_skipped(wall[timed], self.zone)]
        for row in gone.tolist():
            if self.ends_day[row]:  # the day did end, whatever the clock shows next
                later = pd.Timestamp(wall[row]).tz_localize(self.zone, nonexistent="shift_forward")
                wall[row] = later.tz_localize(None).to_datetime64()
            else:
                self.why[row], self.role[row] = SKIPPED, self.date_role
        self.local = wall

    def _local_days(self, days: Seconds, mapping: FeedMapping) -> Seconds:
        """Days of dates that are moments with a label, such as a midnight in UTC, where the time stands apart."""
        rows = self.apart & ~np.isnan(self.date_offset) & (self.date_seconds >= 0) & ~np.isnat(days)
        if not rows.any():
            return days
        wall = days + np.where(rows, self.date_seconds, 0).astype("timedelta64[s]")
        labelled = Labelled(self.zone, rows, self.date_offset, wall)
        asked = rows & (labelled.there.astype("datetime64[D]") != days.astype("datetime64[D]"))
        return self._choose(labelled, asked, mapping).astype("datetime64[D]").astype("datetime64[s]")

    def _choose(self, labelled: Labelled, asked: NDArray[np.bool_], mapping: FeedMapping) -> Seconds:
        """Take the reading of labels that the mapping says, or for which it makes no difference."""
        if labelled.rows.any():
            self.readings.append(labelled)
            if mapping.labelled_times:
                labelled.converted = mapping.labelled_times == AS_LABELLED
            elif asked.any() and not labelled.follow_the_clocks(asked):
                raise self._not_said(labelled, asked)
        return labelled.stored

    def _not_said(self, labelled: Labelled, asked: NDArray[np.bool_]) -> InputError:
        row = int(np.flatnonzero(asked)[0])
        part = self.parts[row]
        counted = part is not None and part.form in (EPOCH, EPOCH_MS)
        told = ""
        for reading, converted in (("As local time", False), ("As labelled", True)):
            if evidence := verdict(labelled.moved(asked, converted=converted), converted=converted):
                told += f" {reading}, {evidence}"
        return InputError(
            "times count from 1970 in UTC, and nobody has said whether that is right"
            if counted
            else "times are labelled with a zone, and nobody has said whether the label is right",
            file=self.table.file_of(row),
            row=self.table.lines[row],
            column=self.column,
            value=self.texts[row],
            hint=f"Say whether they are local time ({self.zone.key}) all the same, or as labelled, and then converted "
            f'(--labelled-times {LOCAL} or "{AS_LABELLED}"). In summer the two are an hour apart: ask who made the '
            f"file.{told}",
        )

    def notes(self, counted: NDArray[np.bool_]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Point out times that probably stand for something else, of the rows that count; what speaks of labels again.

        Parameters
        ----------
        counted : ndarray of bool, shape (n,)
        """
        timed = counted & ~self.day_only
        labels = []
        where: set[int] = set()
        for each in self.readings:
            moved = each.moved(counted, converted=each.converted)
            labels.append(verdict(moved, converted=each.converted))
            where |= moved.seconds
        told = [label for label in labels if label]
        bare = timed & np.isnan(self.offset)
        in_utc = moved_midnights(self.local[bare], to_local(self.local[bare], self.zone), self.local[bare], self.zone)
        if in_utc.sure:
            told.append(f"{in_utc.words}: these are midnights in UTC, so the times are not local. Ask for local time.")
            where |= in_utc.seconds
        piles = piled_up(self.local[timed & ~self.ends_day], frozenset(where))
        ends = self.ends_note(counted)
        return (*piles, *told, *([ends] if ends else [])), tuple(label for label in labels if label)

    def ends_note(self, counted: NDArray[np.bool_]) -> str:
        """Say how many times are 24:00, of the rows that count; empty where none is."""
        timed = counted & ~self.day_only
        ends = int((timed & self.ends_day).sum())
        if not ends:
            return ""
        are = "1 time is" if ends == 1 else f"{ends:,} times are"
        note = f"{are} 24:00, the end of a day, and read as 00:00 of the next"
        if ends > max(_FEW_ENDS, _MANY_ENDS * timed.sum()):
            note += ". If that stands for a time that is not known, say so (--unknown-time 24:00)"
        return f"{note}."


def _skipped(wall: Seconds, zone: ZoneInfo) -> NDArray[np.bool_]:
    """Whether a local time does not exist, because clocks went forward over it."""
    if not len(wall):
        return np.zeros(0, dtype=bool)
    first_reading = np.ones(len(wall), dtype=bool)  # an hour that comes twice is there
    local = pd.DatetimeIndex(wall).tz_localize(zone, ambiguous=first_reading, nonexistent="NaT")
    return np.asarray(local.isna())
