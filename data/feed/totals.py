"""Rows under or between the incidents of a file that are none: totals, subtotals, and lines of a report's end."""

from __future__ import annotations

import re
from collections.abc import Sequence

TOTALS, ENDING = "totals row", "line of text under the table"
_SAMPLE = 2_000
_USUAL = 0.8  # share of the rows that fill a column from which a row without it is told apart
_SHOWN = 5
_TOTAL = re.compile(
    r"(?:(?:sub|grand|overall|running|page|monthly|yearly|weekly|daily|report) ?-? ?)?(?:totals?|sums?)\b.{0,60}|"
    r"[\w ]{1,40}\b(?:sub ?-?)?totals?:?|(?:no|nr|number|count)\.? of (?:rows|records|incidents|cases|reports|calls|"
    r"fires|crimes|offences|entries|events)\b.{0,20}|(?:row|record|incident|case) count\b.{0,20}|"
    r"(?:count|average|mean|median)(?: of [\w ]{1,30})?:?|\d[\d,]* (?:rows|records|incidents|cases|reports|calls)"
    r"(?: in total| found| returned| selected)?\.?",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"\W*(?:end of (?:report|file|data|list|extract|table)|(?:report |data )?(?:printed|generated|produced|extracted|"
    r"created|exported|run)(?: (?:on|by|at|from)\b|:| \d).*|page \d+(?: of \d+)?|source:.*|notes?:.*|©.*|\(c\) .*|"
    r"copyright\b.*|filters? applied.*|applied filters.*|official\b.{0,60})\W*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[£$€]?\s*[-+]?[\d,]+(?:\.\d+)?\s*%?", re.ASCII)


def no_incidents(records: Sequence[Sequence[str]], width: int) -> dict[int, str]:
    """Rows that are no incidents, with what they are.

    Parameters
    ----------
    records : sequence of sequence of str
        The rows under the header, blank ones left away; some may have too few fields.
    width : int
        Columns of the table.

    Returns
    -------
    dict of int to str
        :data:`TOTALS` or :data:`ENDING` by position.

    Notes
    -----
    A totals row says so in a cell, holds otherwise numbers only, and lacks what usual rows have. When it misleads: one
    that fills every usual column, or names no total, is taken for an incident and told as one that cannot be used.
    """
    sparse = [row for row, record in enumerate(records) if len(record) - record.count("") <= width / 2 + 1]
    if not sparse:
        return {}
    thin = set(sparse)
    whole = [record for row, record in enumerate(records) if len(record) >= width and row not in thin]
    whole = whole or [record for record in records if len(record) >= width]
    whole = whole[:: 1 + len(whole) // _SAMPLE]  # from all over the file
    usual = {place for place in range(width) if sum(bool(r[place]) for r in whole) >= _USUAL * len(whole) > 0}
    found: dict[int, str] = {}
    for row in sparse:
        record = records[row]
        filled = [place for place, text in enumerate(record[:width]) if text]
        lacks = usual - set(filled)
        if not any(record[width:]) and _is_total([record[place] for place in filled], len(lacks), len(usual)):
            found[row] = TOTALS
    last = max((row for row in range(len(records)) if row not in found and not _is_ending(records[row])), default=-1)
    found |= {row: ENDING for row in range(last + 1, len(records)) if row not in found}
    return found


def _is_total(texts: Sequence[str], lacking: int, usual: int) -> bool:
    if not lacking:
        return False
    labels = [text for text in texts if not _NUMBER.fullmatch(text)]
    if len(labels) != 1 or not _TOTAL.fullmatch(labels[0]):
        return False
    return labels[0] == texts[0] or 2 * lacking >= usual


def _is_ending(record: Sequence[str]) -> bool:
    filled = [text for text in record if text]
    return len(filled) == 1 and bool(_ENDING.fullmatch(filled[0]))


def told(found: dict[int, str], lines: Sequence[int]) -> tuple[str, ...]:
    """Say for the report which rows were passed over, and as what."""
    notes = []
    for what in dict.fromkeys(found.values()):
        at = [lines[row] for row, each in found.items() if each == what]
        shown = ", ".join(str(line) for line in at[:_SHOWN]) + (" and others" if len(at) > _SHOWN else "")
        many = {TOTALS: "totals rows", ENDING: "lines of text under the table"}[what] if len(at) > 1 else what
        notes.append(f"{len(at):,} {many} passed over (row{'s' if len(at) > 1 else ''} {shown})")
    return tuple(notes)
