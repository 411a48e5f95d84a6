"""Which columns of a partner's file are probably its dates and times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from data.feed.dates import are_counted, date_text, why_no_date
from data.feed.delays import delay_words
from data.feed.mapping import AS_LABELLED, LOCAL, FeedMapping
from data.feed.personal import header_words
from data.feed.taken import MOST, SOME, Taken, are_dates, are_times, share
from data.feed.times import Times, read_times, zone_of
from data.place.area import Area
from geo.errors import InputError

# Words of a header, the best first.
_HAPPENED = (
    r"\b(occurred|occurrence|happened|committed|start|started|from|earliest)\b.*",
    r"\b(incident|event|offence|offense|fire)\b.*\b(date|time)\b|\bdate\b.*\b(incident|event|offence|fire)\b",
    r"\bdate ?time\b|\bdate\b|\bwhen\b|\btimestamp\b",
)
_START = (*_HAPPENED, r"\b(received|reported|call|logged|created|recorded|mobilised)\b", r".*")
_END = (r"\b(end|ended|until|to|latest|finish|finished)\b",)
_START_TIME = (r"\b(occurred|start|from|incident|event|call)\b.*\b(time|hour)\b|\btime\b", r"\bhour\b|\bhrs\b")
_END_TIME = (r"\b(end|until|to|latest|finish)\b.*\btime\b|\btime\b.*\b(end|until|to|latest|finish)\b",)
_LATE = (
    r"\b(end|ended|until|to|latest|finish\w*|closed|close|fixed|complet\w*|resolved|updated|modified|cleared|stop)\b"
)
_REPORTED = r"\b(report|reported|reporting|received|logged|created|recorded|entered|registered|notified|added)\b"
_OTHER_DAYS = (
    r"\b(snapshot|loaded|imported|uploaded|sent|run|print\w*|export\w*|extract\w*|due|review\w*|target|next|previous|"
    r"birth|dob|arriv\w*|attend\w*)\b"
)
_SAYS_DATE = re.compile(
    r"date|time|epoch|unix|\b(ts|when|occurred|happened|created|reported|received|logged|started)\b"
)
_SAYS_NUMBER = re.compile(r"\b(ref|reference|urn|uid|id|no|num|number|code|phone|tel|mobile|easting|northing)\b")
_MIDNIGHTS, _HALF_HOUR_S = 2, 1_800  # moved by a label: one time of day in summer, one in winter
_WHEN = ("start", "start_time", "end", "end_time")


def take_times(taken: Taken, area: Area) -> None:
    """Take columns for start and end, and for their times of day where these stand apart; note what they show."""
    for wanted, but, least in (
        (_HAPPENED, f"{_LATE}|{_REPORTED}|{_OTHER_DAYS}", SOME),
        (_START, _LATE, SOME),
        (_START, _LATE, 0.0),
        (_START, "", 0.0),
    ):
        if "start" not in taken.columns:
            _take(taken, "start", wanted, but, least)
    _take(taken, "end", _END, _REPORTED)
    start = taken.columns.get("start")
    reported = _reported(taken)
    late = f"{_LATE}|{_REPORTED}" if start and not re.search(_REPORTED, header_words(start)) else _LATE
    for date, time, headers, buts in (
        ("start", "start_time", _START_TIME, (late,) if reported else (late, _LATE)),
        ("end", "end_time", _END_TIME, ("",)),
    ):
        if date in taken.columns and not _tell_times(taken.values(taken.columns[date])):
            for but in buts:
                if time not in taken.columns:
                    taken.take(time, headers, are_times, but)
    if start:
        _note_times(taken, area, reported)
    else:
        _note_no_date(taken)


def not_when(column: str) -> str:
    """Say what dates tell by the name of their column, where that is not when incidents happened; empty otherwise.

    Parameters
    ----------
    column : str
        That a person chose for the start.
    """
    words = header_words(column)
    if re.search(_HAPPENED[0], words):
        return ""
    if re.search(_LATE, words):
        return f"“{column}” tells by its name when something ended or was dealt with, not when it happened."
    if re.search(_REPORTED, words):
        return f"“{column}” tells by its name when incidents were reported, not when they happened."
    return ""


def _take(taken: Taken, target: str, headers: Sequence[str], but: str, least: float = 0.0) -> None:
    """Take the first column that holds dates in so large a part of its rows, by patterns of headers, the best first."""
    fits: dict[str, bool] = {}
    for pattern in headers:
        for column in taken.left:
            words = header_words(column)
            if not re.search(pattern, words) or (but and re.search(but, words)):
                continue
            if column not in fits:
                filled = len(taken.table.filled(column)) >= least * len(taken.table.lines)
                fits[column] = filled and _holds_dates(taken, column)
            if fits[column]:
                taken.columns[target] = column
                return


def _holds_dates(taken: Taken, column: str) -> bool:
    values = taken.values(column)
    if are_dates(values):
        return True
    words = header_words(column)
    if _SAYS_NUMBER.search(words):
        return False
    return are_counted(values, says_date=bool(_SAYS_DATE.search(words)))


def _tell_times(values: Sequence[str]) -> bool:
    """Whether dates have times of day that are more than the midnights of another zone."""
    parts = [part for text in values if (part := date_text(text, counted=True))]
    if sum(part.seconds > 0 for part in parts) < SOME * len(values):
        return False
    different = {part.seconds for part in parts}
    moved = all(part.zone is not None and part.seconds % _HALF_HOUR_S == 0 for part in parts)
    return not moved or len(different) > _MIDNIGHTS or len(parts) <= _MIDNIGHTS


def _reported(taken: Taken) -> str:
    """Give the column of dates that tells when the incident was reported; empty for none."""
    return next(
        (column for column in taken.left if re.search(_REPORTED, header_words(column)) and _holds_dates(taken, column)),
        "",
    )


def _note_times(taken: Taken, area: Area, reported: str) -> None:
    """Note what the times of the proposed columns show, and how long after them incidents were reported."""
    columns, zone = taken.columns, zone_of(area)
    mapping = FeedMapping(columns={target: columns[target] for target in _WHEN if target in columns})
    found = _read(taken, mapping, zone)
    if found is not None:
        taken.notes += found.notes
    else:  # perhaps nobody has said yet what labels mean: what speaks for either reading can be said
        both = [_read(taken, replace(mapping, labelled_times=said), zone) for said in (LOCAL, AS_LABELLED)]
        if both[0] is not None:
            taken.notes.append(
                f"Times of “{columns['start']}” carry a label such as +00:00, or count from 1970 in UTC: say whether "
                f"they are local time all the same or as labelled (--labelled-times {LOCAL} or “{AS_LABELLED}”)."
            )
        for how, times in zip(("as local time", "as labelled"), both, strict=True):
            taken.notes += [f"Read {how}, {note}" for note in (times.label_notes if times else ())]
        right = bool(both[0] and both[0].label_notes)  # the delay is told by the reading that is the likelier
        mapping = replace(mapping, labelled_times=AS_LABELLED if right else LOCAL)
        found = both[right]
    start = columns["start"]
    if not reported:
        if re.search(_REPORTED, header_words(start)) and not re.search(_HAPPENED[0], header_words(start)):
            taken.notes.append(f"“{start}” tells when incidents were reported; no column tells when they happened.")
        return
    note = f"2 columns hold dates: “{start}” is taken for when it happened, “{reported}” for when it was reported"
    times_of_reports = [
        column
        for column in taken.left
        if re.search(r"\btime\b", header_words(column))
        and re.search(_REPORTED, header_words(column))
        and are_times(taken.values(column))
    ]
    there = {"start": reported} | ({"start_time": times_of_reports[0]} if times_of_reports else {})
    if found is not None:
        told = _read(taken, replace(mapping, columns=there, day_first=found.day_first), zone)
        words = delay_words(found, told) if told is not None else ""
        note += f": {words}" if words else ""
    taken.notes.append(f"{note}.")


def _read(taken: Taken, mapping: FeedMapping, zone: ZoneInfo) -> Times | None:
    """Read times by a mapping; None where a person has to say more first, for which the import will ask."""
    try:
        return read_times(taken.table, mapping, zone)
    except InputError:
        return None


def _note_no_date(taken: Taken) -> None:
    """Name columns that hold dates in a form that is not read."""
    for column in taken.left:
        values = taken.values(column)
        if share(values, why_no_date) >= MOST:
            reason = next(why for text in values if (why := why_no_date(text)))
            taken.notes.append(f"“{column}” holds values like {next(filter(why_no_date, values))}: {reason}.")
