"""What a row of a partner's file stands for: one incident, one of several rows of an incident, or a number of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.feed.dates import date_text
from data.feed.joined import MOST_OF_A_ROW, whole_number
from data.feed.mapping import COUNTS, INCIDENTS, NOT_SAID, PARTS, VALUED, FeedMapping
from data.feed.personal import header_words
from data.feed.table import Table
from data.feed.taken import MOST, SAMPLE, Taken, have_times, share

_REPEATED = 0.05  # share of rows that repeat a number from which it is no number of rows
_NUMBERS = 0.02  # of the rows: at least so many different numbers
_AGREE, _SOME_AGREE = 0.9, 0.3  # share of the repeats with the place and day of the first
_ALIKE = 0.2  # share of rows with time and place of another from which it is said
_PLACE = ("easting", "northing", "longitude", "latitude", "point", "postcode")
_KEY = ("start", "start_time", *_PLACE)
# What tells of a column that it is a count: of incidents, or of something.
_OF = r"(?:incident|crime|offence|report|record|case|fire|event|occurrence|complaint|asb)s?"
_COUNT = re.compile(
    rf"^(?:total )?(?:number|no|nr|num|count|sum|total|qty|quantity|frequency) (?:of )?(?:\w+ )?{_OF}$|"
    rf"^{_OF} (?:count|total|qty)s?$|^(?:recorded|reported) {_OF}$|^{_OF} (?:recorded|reported)$|"
    r"^(?:count|counts|total|totals|qty|quantity|frequency|freq|incidents|crimes|offences|reports|fires|how many)$|"
    r"^(?:row|record) ?count$"
)
# Small numbers that a publisher does not tell.
_HELD_BACK = re.compile(
    r"[<≤] ?\d{1,2}|\d{1,2} ?(?:-|–|to) ?\d{1,2}|\*|\[?c\]?|(?:less|fewer) than \d{1,2}", re.IGNORECASE
)
_MAYBE = re.compile(r"^(?:number|no|n|num|value)$|\b(?:number|no|num|count|total)\b.*\b(?:calls|jobs|visits|logs)\b")
_NUMBERED = re.compile(
    r"^(?:number|no|num) .*(?:incident|crime|offence|report|record|case|event)$|(?:number|no|id|ref)$"
)
_LOOKS_LIKE_ID = re.compile(
    r"\b(?:ref|reference|urn|uid|id|cad)\b|\b(?:log|case|incident|crime|job|call|event|occurrence)\b.*\b(?:no|num|number|"
    r"code)\b|^(?:incident|case|log|occurrence|number|no)$"
)
SAID = "say which (--rows-are incidents, parts or counts)"


@dataclass(frozen=True)
class RowsShown:
    """What a file shows of its rows: what they may be, by which column, and with what evidence.

    ``rows_are`` is what is proposed, which is ``may_be`` where the evidence is clear. ``question`` is what a person
    must say before anything is imported; empty where nothing says otherwise than that each row is an incident.
    """

    rows_are: str = INCIDENTS
    may_be: str = INCIDENTS
    column: str = ""
    note: str = ""
    question: str = ""


def take_rows(taken: Taken) -> RowsShown:
    """Look at what the rows of a file show, and note it.

    Parameters
    ----------
    taken : Taken
        With times and place taken.
    """
    shown = look(taken.table, taken.columns, taken.left)
    if shown.note:
        taken.notes.append(shown.note)
    return shown


def look(table: Table, columns: Mapping[str, str], free: Sequence[str]) -> RowsShown:
    """Look at what the rows of a file show.

    Parameters
    ----------
    table : Table
    columns : mapping of str to str
        Columns of times and place by target.
    free : sequence of str
        The others that are not personal.
    """
    return counts_shown(table, free) or _parts(table, columns, free) or _alike(table, columns)


def free_columns(table: Table, mapping: FeedMapping, personal: Mapping[str, str]) -> list[str]:
    """Columns that are neither personal nor mapped, and hold something."""
    return [
        column
        for column in table.columns
        if column not in personal and column not in mapping.mapped and table.filled(column)
    ]


def counts_shown(table: Table, free: Sequence[str]) -> RowsShown | None:
    """Say what a column of numbers shows of how many incidents each row is; None where there is no such column."""
    for sure in (True, False):
        for column in free:
            words = header_words(column)
            if not (_COUNT if sure else _MAYBE).search(words) or (sure and _NUMBERED.search(words)):
                continue
            values = table.filled(column)
            numbers = [n for text in values if (n := whole_number(text)) is not None]
            held_back = [text for text in values if _HELD_BACK.fullmatch(text)] if sure else []
            if not numbers or len(numbers) + len(held_back) < 0.9 * len(values) or len(values) < 0.5 * len(table.lines):
                continue
            small = sum(n <= MOST_OF_A_ROW for n in numbers) >= 0.9 * len(numbers)
            if max(numbers) < 2 or not small or (not sure and len(set(numbers)) > 0.5 * len(numbers)):
                continue
            evidence = (
                f"“{column}” holds whole numbers from {min(numbers):,} to {max(numbers):,}, {sum(numbers):,} in all"
            )
            if held_back:
                evidence += f", and {len(held_back):,} rows hold theirs back, such as {held_back[0]}"
            return RowsShown(
                COUNTS if sure else NOT_SAID,
                COUNTS,
                column,
                f"{evidence}: {len(table.lines):,} rows would be {sum(numbers):,} incidents",
                f"Does a row stand for one incident, or for as many as “{column}” says? {evidence}; {SAID}.",
            )
    return None


def _parts(table: Table, columns: Mapping[str, str], free: Sequence[str]) -> RowsShown | None:
    key = [columns[target] for target in _KEY if columns.get(target)]
    others = {"start", "start_time", "end", "end_time", "reference", "location", *VALUED}
    places = [column for target, column in columns.items() if target not in others]
    if not columns.get("start"):
        return None
    dates = table.columns[columns["start"]]
    exact = list(zip(*(table.columns[column] for column in {*key, *places}), strict=True))
    place = list(zip(*(table.columns[column] for column in places), strict=True)) or [()] * len(dates)
    day: dict[str, object] = {}
    start = list(zip(*(table.columns[columns[one]] for one in _KEY[:2] if columns.get(one)), strict=True))
    timed = _timed(table, columns)
    best: tuple[float, RowsShown] | None = None
    for column in sorted(free, key=lambda each: not _LOOKS_LIKE_ID.search(header_words(each))):
        texts = table.columns[column]
        if not _NUMBERS * len(texts) <= len(set(texts)) <= (1 - _REPEATED) * len(texts) + 1:
            continue
        first: dict[str, int] = {}
        again: list[tuple[int, int]] = []
        for row, text in enumerate(texts):
            if text and first.setdefault(text, row) != row:
                again.append((row, first[text]))
        few = len(again) < max(2, _REPEATED * len(texts)) or len(first) < max(2, _NUMBERS * len(texts))
        if few or share(list(first), _has_digit) < MOST:
            continue
        if len({exact[row] for row in first.values()}) < 0.5 * len(first):
            continue  # its numbers stand for something that has many incidents at one time and place, or none
        for row in {row for pair in again for row in pair}:
            if dates[row] not in day:
                day[dates[row]] = _day(dates[row])
        agree = sum(
            (place[row] == place[one] and day[dates[row]] == day[dates[one]]) or (timed and start[row] == start[one])
            for row, one in again
        ) / len(again)
        same = sum(exact[row] == exact[one] for row, one in again)
        by_name = bool(_LOOKS_LIKE_ID.search(header_words(column)))
        if agree < _SOME_AGREE or (agree < _AGREE and not by_name):
            continue
        several = len(first) + texts.count("")
        near = round(agree * len(again)) - same
        evidence = (
            f"{len(again):,} of {len(texts):,} rows repeat a number of “{column}”, {same:,} of them with the same time "
            "and place" + (f" and {near:,} with the same day and place, or the same time" if near > 0 else "")
        )
        found = RowsShown(
            PARTS if agree >= _AGREE else NOT_SAID,
            PARTS,
            column,
            f"{evidence}: about {several:,} incidents in {len(texts):,} rows",
            f"Does a row stand for one incident, or for one of several rows of an incident, such as an engine, an "
            f"officer or an offence? {evidence}: about {several:,} incidents in {len(texts):,} rows; {SAID}.",
        )
        weight = agree + by_name
        if best is None or weight > best[0]:
            best = weight, found
    return best[1] if best else None


def _alike(table: Table, columns: Mapping[str, str]) -> RowsShown:
    """Say that many rows have time and place of another, where nothing tells whether they are one incident."""
    key = [columns[target] for target in _KEY if columns.get(target)]
    placed = any(columns.get(target) for target in _PLACE)
    if not placed or not columns.get("start") or not _timed(table, columns):
        return RowsShown()  # days only: several incidents of a day at one place are nothing odd
    rows = list(zip(*(table.columns[column] for column in key), strict=True))
    alike = len(rows) - len(set(rows))
    if alike < max(3, _ALIKE * len(rows)):
        return RowsShown()
    return RowsShown(
        note=f"{alike:,} of {len(rows):,} rows have time and place of another, and no column of numbers tells whether "
        "these are one incident: each is taken for one"
    )


def _timed(table: Table, columns: Mapping[str, str]) -> bool:
    """Whether many rows have a time of day."""
    return bool(columns.get("start_time")) or have_times(table.filled(columns["start"])[:SAMPLE])


def _day(text: str) -> object:
    part = date_text(text)
    return text if part is None else (part.form, part.year, part.a, part.b)


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)
