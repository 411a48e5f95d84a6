"""What of a mapped column may be written down: a reference number, a word for a kind, a value that was put aside.

A column that is personal as a whole is never mapped (:mod:`data.feed.personal`). Here are the single values that
strayed into another column, such as a name among reference numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from data.feed.mapping import TARGETS, VALUED, FeedMapping
from data.feed.personal import SHARE, private_text
from data.feed.table import Table
from geo.points import read_point

NOT_KEPT = "(text not kept)"
_LONGEST_REFERENCE, _LONGEST_WORD = 60, 80
_LETTERS = re.compile(r"[^\W\d_]+")
_LONG_NUMBER = re.compile(r"(?<!\d)(?:\+44|0044|0[1237])[\d\s-]{8,}")
# A short number, perhaps behind letters: too short for a phone, without the letters that end a postcode or another.
_PLAIN_NUMBER = re.compile(r"(?:[A-Z]{1,6}[-/]?)?\d{1,9}", re.ASCII | re.IGNORECASE)
# Words that stand in columns of dates, times and coordinates without telling of anybody.
_HARMLESS = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}|[ap]m|[a-z]|st|nd|rd|"
    r"th|hrs?|hours?|utc|gmt|bst|at|of|on|in|to|the|and|or|not|no|none|null|nil|na|nan|nat|inf|infinity|tbc|tba|known|"
    r"unknown|missing|blank|empty|invalid|error|value|date|time|day|last|next|this|first|night|morning|afternoon|evening|"
    r"noon|midday|midnight|today|yesterday|tomorrow|week|month|year|approx|about|circa|between|before|after|from|until|"
    r"during|early|late|various|several|ongoing|somewhere|nowhere|everywhere|see|log|ref|deg|degrees|north|south|east|"
    r"west|sj|sd|div",
    re.IGNORECASE,
)


def kept_references(texts: Sequence[str]) -> tuple[list[str], int]:
    """Keep reference numbers, without those that are no numbers or read like something personal.

    Parameters
    ----------
    texts : sequence of str
        Of the column.

    Returns
    -------
    list of str
        Empty text in place of what is not kept.
    int
        How many were not kept.

    Notes
    -----
    Where many look like a phone number they are numbers of that length, and kept.
    """
    found = {text: text if _is_reference(text) else "" for text in set(texts)}
    long = [text for text, ours in found.items() if ours and _LONG_NUMBER.search(ours)]
    if len(long) < SHARE * len(found):
        found |= dict.fromkeys(long, "")
    kept = [found[text] for text in texts]
    return kept, sum(bool(text) and not ours for text, ours in zip(texts, kept, strict=True))


def _is_reference(text: str) -> bool:
    if _PLAIN_NUMBER.fullmatch(text):
        return True
    bare = _LONG_NUMBER.sub("0", text)
    return len(text) <= _LONGEST_REFERENCE and any(c.isdigit() for c in text) and not private_text(bare)


def kept_value(target: str, text: str) -> str:
    """Text of a value that was put aside, or :data:`NOT_KEPT` where it may tell of somebody.

    Parameters
    ----------
    target : str
        What its column is mapped to: one of :data:`data.feed.mapping.TARGETS`, but for "reference", of which
        :func:`kept_references` says what is kept.
    text : str
    """
    if target in ("location", "postcode"):
        return NOT_KEPT if text else ""
    if target == "point" and read_point(text):
        return text
    if target in VALUED:
        return NOT_KEPT if len(text) > _LONGEST_WORD or private_text(text) else text
    harmless = all(_HARMLESS.fullmatch(word) for word in _LETTERS.findall(text))
    return text if harmless and not _LONG_NUMBER.search(text) else NOT_KEPT


def kept_words(mapping: FeedMapping) -> FeedMapping:
    """Give the mapping as it may be remembered: without words of a file that may tell of somebody."""
    words = {
        target: {theirs: ours for theirs, ours in table.items() if kept_value(target, theirs) == theirs}
        for target, table in mapping.words.items()
    }
    return replace(mapping, words={target: table for target, table in words.items() if table})


def kept_text(table: Table, mapping: FeedMapping, row: int, references: Sequence[str]) -> str:
    """Text of a row as it may be kept: mapped columns only, no names of streets, no value that may tell of somebody.

    Parameters
    ----------
    table : Table
    mapping : FeedMapping
    row : int
        Position in the table.
    references : sequence of str
        Of :func:`kept_references`, or all empty.
    """
    parts = []
    for target in TARGETS:
        column = mapping.columns.get(target)
        if target in ("location", "postcode") or not column:
            continue
        text = table.columns[column][row]
        kept = (references[row] or (NOT_KEPT if text else "")) if target == "reference" else kept_value(target, text)
        parts.append(f"{column}: {kept}")
    return "; ".join(parts)
