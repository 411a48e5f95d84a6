"""What the columns and words of a partner's file probably mean, for a person to confirm or correct."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.feed.fit import PLACES
from data.feed.mapping import FeedMapping
from data.feed.personal import personal_columns
from data.feed.propose_what import same_for_all, take_kinds
from data.feed.propose_when import take_times
from data.feed.propose_where import take_place
from data.feed.table import Table
from data.feed.taken import SAMPLE, Taken, are_unique
from data.kinds.crime_types import CATEGORIES
from data.place.area import Area

_SAMPLES = 3
_REFERENCE = (
    r"\b(ref|reference|urn|uid)\b",
    r"\b(id|log|case|incident|crime|job|call|event)\b.*\b(id|no|num|number|code)\b|\b(id|log)\b",
    r"\b(number|no)\b",
)


@dataclass(frozen=True, eq=False)
class Proposal:
    """A mapping that was guessed, and what a person needs to judge it.

    Attributes
    ----------
    mapping : FeedMapping
    personal : mapping of str to str
        Columns that look personal, with why.
    samples : mapping of str to tuple of str
        Some values of every other column.
    questions : tuple of str
        What the file does not tell and a person has to say.
    notes : tuple of str
        What the file shows and a person should know: a sentence each, with its evidence.
    """

    mapping: FeedMapping
    personal: Mapping[str, str]
    samples: Mapping[str, tuple[str, ...]] = field(repr=False)
    questions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def propose(table: Table, area: Area, feed: str = "") -> Proposal:
    """Guess a mapping from names of columns and from values.

    Parameters
    ----------
    table : Table
    area : Area
        Its place tells eastings from northings where headers do not.
    feed : str
        Name of the feed: one of a fire service is told apart by it.

    Returns
    -------
    Proposal
        The street name is never proposed: whether a column holds names of streets only is for a person to say.
    """
    personal = personal_columns(table)
    taken = Taken(table, [column for column in table.columns if column not in personal and table.filled(column)])
    take_times(taken, area)
    take_place(taken, area)
    taken.take("reference", _REFERENCE, are_unique)
    words = take_kinds(taken)
    category, subcategory = same_for_all(taken, words, feed)
    mapping = FeedMapping(columns=taken.columns, words=words, category=category, subcategory=subcategory)
    samples = {column: _samples(table, column) for column in table.columns if column not in personal}
    return Proposal(mapping, personal, samples, _questions(mapping), tuple(taken.notes))


def _samples(table: Table, column: str) -> tuple[str, ...]:
    different = list(dict.fromkeys(table.filled(column)[:SAMPLE]))
    step = max(1, len(different) // _SAMPLES)
    return tuple(text[:60] for text in different[::step][:_SAMPLES])


def _questions(mapping: FeedMapping) -> tuple[str, ...]:
    asked = []
    if not mapping.columns.get("start"):
        asked.append("Which column is the date?")
    if not any(mapping.columns.get(place[0]) for place in PLACES):
        asked.append("Which columns are the place: easting and northing, longitude and latitude, or points in one?")
    if not mapping.category and "category" not in mapping.columns:
        asked.append(f"What kind of incident are the rows? One of: {', '.join(CATEGORIES)}.")
    return tuple(asked)
