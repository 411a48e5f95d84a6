"""What the import of a feed did, or would do: counts, exactly, and the words for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from data.feed.preview import Preview
from data.feed.reasons import COUNTS_NONE, KIND_LEFT_OUT
from data.store.checks import Rejected
from data.store.report import CHECKED, UNCHANGED, RowCounts, counts_words

_SHOWN = 10
_NOTHING_TO_DO = (KIND_LEFT_OUT, COUNTS_NONE)  # rows are counted, and not named one by one


@dataclass(frozen=True, kw_only=True)
class FeedReport(RowCounts):
    """One file of a partner's feed; ``months`` are those of which every day is covered.

    Attributes
    ----------
    feed : str
        Name in the store.
    passed : int
        Lines of the file that are no rows: totals, and the end of a report. They are not among those read.
    rows_are : str
        What a row was said to stand for, as :class:`data.feed.mapping.FeedMapping` has it.
    in_area : int
        Of those loaded, the ones that lie in a ward.
    rejected_rows : tuple of Rejected
        Each of them, with place, value and what to do; mapped columns only. Empty when unchanged.
    first, last : str
        Days covered.
    part_months : tuple of str
        Months of which some days are not covered: they are stored, but no analysis uses them yet.
    day_first : bool or None
        Order of day and month; None where it does not matter.
    without_time : int
        Rows of which only the day is known.
    dropped : tuple of str
        Columns of which nothing was kept.
    personal : mapping of str to str
        Those of them that look personal, with why.
    unmapped : mapping of str to mapping of str to int
        Words that are mapped to nothing, with their rows.
    notes : tuple of str
    preview : Preview or None
        What would be stored, of a file that was only tried.
    """

    feed: str
    passed: int = 0
    rows_are: str = ""
    in_area: int = 0
    rejected_rows: tuple[Rejected, ...] = ()
    first: str = ""
    last: str = ""
    part_months: tuple[str, ...] = ()
    day_first: bool | None = None
    without_time: int = 0
    dropped: tuple[str, ...] = ()
    personal: Mapping[str, str] = field(default_factory=dict)
    unmapped: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    preview: Preview | None = field(default=None, repr=False, compare=False)

    @property
    def left_out(self) -> dict[str, int]:
        """Rows that the mapping leaves out, by the word that does."""
        return dict(Counter(row.value for row in self.rejected_rows if row.reason == KIND_LEFT_OUT).most_common())

    @property
    def without_incidents(self) -> tuple[str, ...]:
        """Months between the first and the last that are not covered: the file holds no incident of them."""
        if not self.first:
            return ()
        held = {*self.months, *self.part_months}
        first, last = (int(day[:4]) * 12 + int(day[5:7]) - 1 for day in (self.first, self.last))
        every = (f"{month // 12}-{month % 12 + 1:02d}" for month in range(first, last + 1))
        return tuple(month for month in every if month not in held)

    def to_json(self) -> dict[str, Any]:
        """Plain values, for ``--json``."""
        plain = asdict(replace(self, preview=None))
        plain["preview"] = self.preview.to_json() if self.preview else None
        plain["rejected_rows"] = [row._asdict() for row in self.rejected_rows]
        return {"ok": True, **plain}

    def lines(self) -> list[str]:
        """Tell a person."""
        head = f"{self.name} as {self.feed}: "
        counts = counts_words([self])
        if self.status == UNCHANGED:
            return [f"{head}unchanged: this file is in the store already, with this mapping.", f"  {counts}."]
        if self.status == CHECKED:
            head += "tried, nothing written; it would be "
        lines = [f"{head}{counts}."]
        if self.joined or self.extra:
            incidents = self.rows_read + self.extra - self.joined - self.rejected
            lines.append(f"  {self.rows_read:,} rows, {incidents:,} incidents that can be used.")
        lines.append(f"  days covered: {self.first} to {self.last}; {len(self.months)} whole months.")
        if self.part_months:
            lines.append(
                f"  stored, but not used until every day of them is covered: {', '.join(self.part_months)}. "
                "Say which days the file covers if it covers more than its incidents show (--from, --to)."
            )
        if gaps := self.without_incidents:
            more = f" and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""
            lines.append(
                f"  months between without an incident, taken for missing: {', '.join(gaps[:_SHOWN])}{more}. "
                "Say which days the file covers if nothing happened in them (--from, --to)."
            )
        if self.day_first is not None:
            lines.append(f"  dates read as {'day/month' if self.day_first else 'month/day'}.")
        if self.without_time:
            lines.append(f"  {self.without_time:,} rows without a time of day: the whole day counts as when they were.")
        lines += [f"  {note}" for note in self.notes]
        others = [column for column in self.dropped if column not in self.personal]
        if others:
            lines.append(f"  columns dropped: {', '.join(others)}.")
        lines += [f"  column {column!r} dropped: it {why}." for column, why in self.personal.items()]
        for target, words in self.unmapped.items():
            lines.append(f"  {target}, words mapped to nothing (rows): {_listed(words)}.")
        for reason, rows in sorted(self.rejected_by_reason.items(), key=lambda item: -item[1]):
            by_word = f" ({_listed(self.left_out)})" if reason == KIND_LEFT_OUT and self.left_out else ""
            lines.append(f"  rejected, {reason}: {rows:,}{by_word}")
        wrong = [row for row in self.rejected_rows if row.reason not in _NOTHING_TO_DO]
        for row in wrong[:_SHOWN]:
            value = f" (found {row.value!r})" if row.value else ""
            place = f"row {row.row}" + (f", column {row.column!r}" if row.column else "")
            lines.append(f"    {place}: {row.reason}{value}. {row.advice}")
        if len(wrong) > _SHOWN:
            lines.append(f"    and {len(wrong) - _SHOWN:,} more")
        lines += [f"  {revision.sentence}" for revision in self.revision]
        return lines + self.preview.lines() if self.preview else lines


def _listed(words: Mapping[str, int]) -> str:
    told = ", ".join(f"{word!r} {rows:,}" for word, rows in list(words.items())[:_SHOWN])
    return told + (f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else "")
