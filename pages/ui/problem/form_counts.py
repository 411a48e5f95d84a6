"""What partners counted, as tables that may leave: small counts are not told, and cannot be worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.common.disclosure import LEAST, UNDER, at_least
from data.problem.problem import Tally, TallyRow
from pages.ui.document.blocks import Column, Table
from pages.ui.problem.counts import count_words


def tables(tallies: Sequence[Tally]) -> tuple[Table, ...]:
    """Lay out what partners counted, as it may leave: :func:`told`.

    Parameters
    ----------
    tallies : sequence of Tally
        All of a problem.

    Returns
    -------
    tuple of Table
    """
    found = []
    for one, texts in zip(tallies, told(tallies), strict=True):
        rows = tuple((" ".join(row.label.split()), text) for row, text in zip(one.rows, texts, strict=True))
        title = f"{one.name}, as of {one.as_of.day} {one.as_of:%B %Y}"
        columns = (Column("What"), Column("Count", right=True))
        found.append(Table(columns, rows, " ".join(title.split()), note=f"Source: {' '.join(one.source.split())}"))
    return tuple(found)


def told(tallies: Sequence[Tally]) -> tuple[tuple[str, ...], ...]:
    """Give the counts of tables as they may leave, by table and row.

    Notes
    -----
    Which rows add up to which nobody but their partner knows, and two tables can count the same twice. So where one
    count of a problem is 1 to 4, none of its tables tells more than :func:`analysis.common.disclosure.at_least`.
    """
    every = [row for one in tallies for row in one.rows]
    small = any(row.count is None or 0 < row.count < LEAST for row in every)
    return tuple(tuple(_coarse(row) if small else count_words(row) for row in one.rows) for one in tallies)


def _coarse(row: TallyRow) -> str:
    if row.or_more and row.count is not None:  # "3 or more" may be a thousand: it is no count under 5
        return count_words(row if row.count >= LEAST else replace(row, count=0))
    return UNDER if row.count is None or row.count < LEAST else at_least(row.count)
