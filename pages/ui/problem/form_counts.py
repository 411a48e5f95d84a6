"""What partners counted, as tables that may leave: small counts are not told, and cannot be worked out."""

from __future__ import annotations

from collections.abc import Sequence

from data.problem.problem import Tally
from pages.ui.document.blocks import Column, Table


def tables(tallies: Sequence[Tally]) -> tuple[Table, ...]:
    """Lay out tallies as tables."""
    found = []
    for one in tallies:
        rows = tuple((" ".join(row.label.split()), f"{row.count:,}") for row in one.rows)
        title = f"{one.name}, as of {one.as_of.day} {one.as_of:%B %Y}"
        columns = (Column("What"), Column("Count", right=True))
        found.append(Table(columns, rows, title, note=f"Source: {one.source}"))
    return tuple(found)
