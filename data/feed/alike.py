"""Which sheets of a workbook are one table: one a month, with covers, pivots and copies beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data.feed.dates import date_text
from data.kinds.lists import join_words

_ALIKE = 0.7  # share of the columns of two sheets that both have
_SAMPLE = 200
_DATES = 0.5  # share of a column's values that are dates, for a sheet that reads
_AGAIN, _FEWEST = 0.9, 5  # share and number of its rows that others hold too, from which a sheet is a copy
_TITLES = 12


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet: its columns of text by header, all empty where it holds no table."""

    title: str
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    hidden: bool = False

    @property
    def headers(self) -> frozenset[str]:
        """What its columns are called, whatever the case."""
        return frozenset(column.casefold() for column in self.columns)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """Its rows with cells in the order of the headers' names."""
        return list(zip(*(self.columns[column] for column in sorted(self.columns, key=str.casefold)), strict=True))

    @property
    def reads(self) -> bool:
        """Whether a column holds dates: without one its rows are no incidents."""
        for values in self.columns.values():
            texts = [text for text in values if text][:_SAMPLE]
            if texts and sum(date_text(text) is not None for text in texts) >= _DATES * len(texts):
                return True
        return False


@dataclass(frozen=True)
class Choice:
    """The sheets that are proposed, by position, and what to say of all of them."""

    places: tuple[int, ...]
    notes: tuple[str, ...]


def alike(sheets: Sequence[Sheet]) -> Choice:
    """Choose the sheets of a workbook that are one table.

    Parameters
    ----------
    sheets : sequence of Sheet
        At least one with columns.

    Returns
    -------
    Choice
        Those with the most cells among the ones that have dates and nearly the same columns. A hidden sheet is chosen
        only where no visible one reads; one whose rows the others hold too is passed over, so that nothing counts
        twice.

    Notes
    -----
    When it misleads: a sheet for a year beside sheets for its months is known as a copy by its equal rows; a total
    that was edited afterwards is not.
    """
    tables = [place for place, sheet in enumerate(sheets) if sheet.columns]
    reading = [place for place in tables if sheets[place].reads]
    shown = [place for place in reading if not sheets[place].hidden]
    best = _largest(sheets, shown or reading or tables)
    kept = _without_copies(sheets, best)
    why: dict[int, str] = {}
    for place, sheet in enumerate(sheets):
        if place in kept:
            continue
        if place in best:
            why[place] = "its rows stand in the others too"
        elif not sheet.columns:
            why[place] = "no table"
        elif sheet.hidden:
            why[place] = "hidden"
        else:
            why[place] = "other columns" if sheet.reads else "no dates"
    return Choice(tuple(kept), _words(sheets, kept, why))


def _largest(sheets: Sequence[Sheet], places: Sequence[int]) -> list[int]:
    """Group sheets with nearly the same columns, and give the group with the most cells."""
    groups: list[list[int]] = []
    for place in places:
        mine = sheets[place].headers
        for group in groups:
            theirs = sheets[group[0]].headers
            if len(mine & theirs) >= _ALIKE * len(mine | theirs):
                group.append(place)
                break
        else:
            groups.append([place])
    return max(groups, key=lambda group: sum(sum(map(len, sheets[place].columns.values())) for place in group))


def _without_copies(sheets: Sequence[Sheet], group: Sequence[int]) -> list[int]:
    """Leave out a sheet whose rows the others hold too: a year beside its months, or an extract beside the whole."""
    rows = {place: Counter(sheets[place].rows) for place in group if len(group) > 1}
    kept = list(group)
    for place in sorted(group, key=lambda each: -len(sheets[each].rows)):
        others: Counter[tuple[str, ...]] = Counter()
        for other in kept:
            if other != place:
                others += rows[other]
        total = rows[place].total() if rows else 0
        if total >= _FEWEST and (rows[place] & others).total() >= _AGAIN * total:
            kept.remove(place)
    return kept


def _titles(sheets: Sequence[Sheet], places: Sequence[int]) -> str:
    more = len(places) - _TITLES
    titles = [repr(sheets[place].title) for place in places[:_TITLES]]
    return join_words([*titles, f"{more} more"] if more > 0 else titles)


def _words(sheets: Sequence[Sheet], kept: Sequence[int], why: Mapping[int, str]) -> tuple[str, ...]:
    if len(sheets) < 2:
        return ()
    if len(kept) > 1:
        head = f"{len(kept)} of {len(sheets)} sheets read alike and are one table: {_titles(sheets, kept)}"
    else:
        head = f"sheet {sheets[kept[0]].title!r} of {len(sheets)}"
    passed = [
        f"{_titles(sheets, [place for place in why if why[place] == reason])} ({reason})"
        for reason in dict.fromkeys(why.values())
    ]
    return (head, f"sheets passed over: {join_words(passed)}") if passed else (head,)
