"""What the columns and words of a partner's file probably mean, for a person to confirm or correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from data.feed.collector import without_collecting
from data.feed.fit import PLACES
from data.feed.mapping import COUNTS, PARTS, FeedMapping
from data.feed.months import month_question
from data.feed.personal import personal_columns
from data.feed.propose_rows import RowsShown, take_rows
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
    rows : RowsShown
        What the rows show of what they stand for. Where it has a question, nothing is imported before a person has
        said it.
    reference : str
        Column whose numbers tell rows apart; empty where there is none.
    months : str
        That the rows are totals of months, which no feed can hold; empty where they are not.
    """

    mapping: FeedMapping
    personal: Mapping[str, str]
    samples: Mapping[str, tuple[str, ...]] = field(repr=False)
    questions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    rows: RowsShown = field(default_factory=RowsShown)
    reference: str = ""
    months: str = ""

    def said(self, rows_are: str) -> FeedMapping:
        """Give the mapping with what a person said that a row stands for, its columns with it.

        A number that repeats is a reference of parts only, and a count one of counts.
        """
        columns = {target: column for target, column in self.mapping.columns.items() if target != "reference"}
        if self.reference:
            columns["reference"] = self.reference
        return _saying(replace(self.mapping, columns=columns), self.rows, rows_are)

    def beside(self, asked: Sequence[str]) -> tuple[str, ...]:
        """Give the notes that no question which is asked repeats."""
        return tuple(note for note in self.notes if not any(note in question for question in asked))

    def answered(self, mapping: FeedMapping, *, rows: bool) -> Proposal:
        """Give the proposal with a mapping of which a person said parts, and what is still asked then.

        Parameters
        ----------
        mapping : FeedMapping
        rows : bool
            What a row stands for was said.
        """
        return replace(
            self, mapping=mapping, questions=_asked("" if rows else self.rows.question, self.months, mapping)
        )


@without_collecting()
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
    shown = take_rows(taken)
    told = Taken(table, [column for column in taken.left if column != shown.column], notes=taken.notes)
    told.take("reference", _REFERENCE, are_unique)
    reference = told.columns.pop("reference", "")
    if reference:
        taken.columns["reference"] = reference
    words = take_kinds(taken)
    category, subcategory = same_for_all(taken, words, feed)
    mapping = FeedMapping(columns=taken.columns, words=words, category=category, subcategory=subcategory)
    mapping = _saying(mapping, shown, shown.rows_are)
    samples = {column: _samples(table, column) for column in table.columns if column not in personal}
    months = "" if "start" in mapping.columns else month_question(table, taken.left)
    notes = (*taken.notes, months) if months else tuple(taken.notes)
    asked = _asked(shown.question, months, mapping)
    return Proposal(mapping, personal, samples, asked, notes, shown, reference, months)


def _saying(mapping: FeedMapping, shown: RowsShown, rows_are: str) -> FeedMapping:
    columns = {target: column for target, column in mapping.columns.items() if target != "count"}
    target = {PARTS: "reference", COUNTS: "count"}.get(rows_are)
    if target and shown.may_be == rows_are:
        columns[target] = shown.column
    return replace(mapping, columns=columns, rows_are=rows_are)


def _samples(table: Table, column: str) -> tuple[str, ...]:
    different = list(dict.fromkeys(table.filled(column)[:SAMPLE]))
    step = max(1, len(different) // _SAMPLES)
    return tuple(text[:60] for text in different[::step][:_SAMPLES])


def _asked(rows: str, months: str, mapping: FeedMapping) -> tuple[str, ...]:
    return tuple(question for question in (rows, months, *_questions(mapping)) if question)


def _questions(mapping: FeedMapping) -> tuple[str, ...]:
    asked = []
    if not mapping.columns.get("start"):
        asked.append("Which column is the date?")
    if not any(mapping.columns.get(place[0]) for place in PLACES):
        asked.append("Which columns are the place: easting and northing, longitude and latitude, or points in one?")
    if not mapping.category and "category" not in mapping.columns:
        asked.append(f"What kind of incident are the rows? One of: {', '.join(CATEGORIES)}.")
    return tuple(asked)
