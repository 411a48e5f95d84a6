"""What partners counted, as tables that may leave: small counts are not told, and cannot be worked out."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.common.disclosure import LEAST, UNDER, Sum, protected
from data.problem.problem import Tally, TallyRow
from pages.ui.document.blocks import Column, Table

_FEWEST_PARTS = 2


def tables(tallies: Sequence[Tally]) -> tuple[Table, ...]:
    """Lay out what partners counted, small counts as "under 5".

    Parameters
    ----------
    tallies : sequence of Tally

    Returns
    -------
    tuple of Table
        Where a row adds up others, one more is not shown where a small count could be worked out from it.
    """
    found = []
    for one in tallies:
        told = told_of(one.rows)
        rows = tuple((" ".join(row.label.split()), text) for row, text in zip(one.rows, told, strict=True))
        title = f"{one.name}, as of {one.as_of.day} {one.as_of:%B %Y}"
        columns = (Column("What"), Column("Count", right=True))
        found.append(Table(columns, rows, " ".join(title.split()), note=f"Source: {' '.join(one.source.split())}"))
    return tuple(found)


def told_of(rows: Sequence[TallyRow]) -> tuple[str, ...]:
    """Give the counts of rows as they may leave, in their order.

    Notes
    -----
    A row is taken for a sum where it is that of all others, of those above it, of those below it, or of those since the
    last such row: whether it is called one is not asked. A count that came as "under 5" may be any from 1 to 4 then.
    """
    counts = [row.count for row in rows]
    filled = _filled(counts)
    keys = [f"{k}" for k in range(len(rows))]
    sums = [Sum(tuple(keys[j] for j in parts), keys[k]) for k, parts in _sums(filled)]
    told = protected(dict(zip(keys, filled, strict=True)), sums)
    return tuple(UNDER if count is None else told[key] for key, count in zip(keys, counts, strict=True))


def _filled(counts: Sequence[int | None]) -> list[int]:
    """Put a count from 1 to 4 where none is known, such that a row that can be a sum is one."""
    gone = [k for k, count in enumerate(counts) if count is None]
    for k, total in enumerate(counts):
        known = sum(count or 0 for j, count in enumerate(counts) if j != k)
        left = (total or 0) - known
        if gone and total is not None and len(gone) <= left <= (LEAST - 1) * len(gone):
            filled = {j: left // len(gone) + (at < left % len(gone)) for at, j in enumerate(gone)}
            return [filled.get(j, count or 0) for j, count in enumerate(counts)]
    return [1 if count is None else count for count in counts]


def _sums(counts: Sequence[int]) -> list[tuple[int, tuple[int, ...]]]:
    """Find rows that are the sum of others: which, and of which."""
    found: list[tuple[int, tuple[int, ...]]] = []
    n = len(counts)
    every, start = range(n), 0
    for k in every:
        parts = (
            tuple(j for j in every if j != k), tuple(range(k)), tuple(range(start, k)), tuple(range(k + 1, n)),
        )  # fmt: skip
        for some in dict.fromkeys(parts):
            if len(some) >= _FEWEST_PARTS and counts[k] > 0 and sum(counts[j] for j in some) == counts[k]:
                found.append((k, some))
                start = k + 1
    return found
