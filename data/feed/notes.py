"""What a person should know of an import besides its counts: what was passed over, joined, dropped, or looks odd."""

from __future__ import annotations

from collections.abc import Mapping

from data.feed.mapping import INCIDENTS, FeedMapping
from data.feed.propose_rows import counts_shown, free_columns, look
from data.feed.rows import CheckedFeed
from data.feed.table import Table


def import_notes(
    table: Table, mapping: FeedMapping, checked: CheckedFeed, personal: Mapping[str, str]
) -> tuple[str, ...]:
    """Give the notes of a report, a sentence each.

    Where nobody said what a row stands for, as in mappings from before it was asked, what the file shows of it is told;
    where a mapping says one incident each, that a column counts more.
    """
    notes = [*table.notes, *checked.times.notes, *checked.place_notes, *checked.joins.notes]
    if not mapping.rows_are:
        shown = look(table, mapping.columns, free_columns(table, mapping, personal))
        notes += [shown.note] if shown.question else []
    elif mapping.rows_are == INCIDENTS and (counts := counts_shown(table, free_columns(table, mapping, personal))):
        notes.append(f"each row is one incident, as the mapping says; {counts.note}")
    if checked.streets_dropped:
        notes.append(f"{checked.streets_dropped:,} texts of the street column name no street and were not kept")
    if checked.references_dropped:
        notes.append(
            f"{checked.references_dropped:,} reference numbers were not kept: they have no digit, or read like "
            "something personal"
        )
    return tuple(notes)
