"""Which rows of a partner's file can be used, and why the others cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.feed.fit import check_mapping
from data.feed.joined import Joins, join_parts, read_counts, several
from data.feed.kinds import read_kinds
from data.feed.mapping import PARTS, VALUED, FeedMapping
from data.feed.months import check_months, first_days
from data.feed.places import read_places
from data.feed.postcodes import Postcodes
from data.feed.private import kept_references, kept_text, kept_value
from data.feed.reasons import (
    ADVICE,
    ELSEWHERE,
    FUTURE,
    NOT_IN_PERIOD,
    OLD,
    REPEATED,
)
from data.feed.table import Table
from data.feed.times import Times, read_times, zone_of
from data.kinds.people import street_name
from data.place.area import Area
from data.store.checks import (
    FIELDS,
    Rejected,
    month_ordinal,
)

_FIRST_YEAR = np.datetime64("2000-01-01", "s")
_MOST_TEXT = 400


@dataclass(frozen=True, eq=False)
class CheckedFeed:
    """The rows of a partner's file that can be used, and the others with reasons.

    Attributes
    ----------
    rows_read : int
    usable : DataFrame
        One row an incident, area or not, in the order of the file, as often as its row counts: line, reference, at,
        until, month (counted from January 1970), easting_m, northing_m, ward (as :func:`geo.assign.assign_wards`),
        precision_m, category, asb_type, subcategory, location.
    rejected : tuple of Rejected
        Ordered by row. Their text is that of mapped columns only.
    rejected_months : mapping of int to int
        Rejected rows by month, of those whose date is known.
    unmapped : mapping of str to mapping of str to int
        Words that were mapped to nothing, with their rows, by target.
    times : Times
    streets_dropped : int
        Texts of the location column that are no names of streets, and were not kept.
    references_dropped : int
        Texts of the reference column that read like something personal, and were not kept.
    joins : Joins
        Rows that were joined to another of their incident.
    joined_months, extra_months : mapping of int to int
        By month, rows that were joined, and incidents beyond the first of rows that count several.
    place_notes : tuple of str
        What the places show that a person should know.

    Notes
    -----
    ``rows_read + extra == len(usable) + len(rejected) + joined``.
    """

    rows_read: int
    usable: pd.DataFrame = field(repr=False)
    rejected: tuple[Rejected, ...] = field(repr=False)
    rejected_months: Mapping[int, int]
    unmapped: Mapping[str, Mapping[str, int]]
    times: Times = field(repr=False)
    streets_dropped: int = 0
    references_dropped: int = 0
    joins: Joins = field(default_factory=Joins)
    joined_months: Mapping[int, int] = field(default_factory=dict)
    extra_months: Mapping[int, int] = field(default_factory=dict)
    place_notes: tuple[str, ...] = ()

    @property
    def joined(self) -> int:
        """Rows that were joined to another of their incident."""
        return self.joins.rows

    @property
    def extra(self) -> int:
        """Incidents beyond the first of rows that count several."""
        return sum(self.extra_months.values())

    @property
    def by_reason(self) -> dict[str, int]:
        """Rejected rows by reason."""
        return dict(Counter(row.reason for row in self.rejected))


def check_feed(
    table: Table,
    mapping: FeedMapping,
    area: Area,
    today: date,
    period: tuple[date, date] | None = None,
    stored: Mapping[str, int] | None = None,
    personal: Mapping[str, str] | None = None,
    postcodes: Postcodes | None = None,
) -> CheckedFeed:
    """Decide row by row.

    Parameters
    ----------
    table : Table
    mapping : FeedMapping
        That fits (:func:`check_mapping`).
    area : Area
    today : date
        Nothing can have happened later.
    period : (date, date), optional
        First and last day that the file covers, as the person says.
    stored : mapping of str to int, optional
        Month of each reference number that is in the store. A row with one of another month is rejected, unless the
        file covers that month too.
    personal : mapping, optional
        Of :func:`data.feed.personal.personal_columns`, where it is known already.
    postcodes : Postcodes, optional
        Of :func:`data.feed.postcodes.read_postcodes`, where a postcode is the place.

    Returns
    -------
    CheckedFeed

    Raises
    ------
    InputError
        As :func:`check_mapping` and :func:`data.feed.times.read_times`; the rows are totals of months.
    """
    check_mapping(table, mapping, personal)
    n = len(table.lines)
    check_months(table, mapping)
    times = read_times(table, mapping, zone_of(area))
    of_months = first_days(table, mapping, times.start)
    why, role = list(times.why), list(times.role)

    def reject(reason: str, where: NDArray[np.bool_], target: str) -> None:
        for row in np.flatnonzero(where).tolist():
            if not why[row]:
                why[row], role[row] = reason, target

    dated = ~np.isnat(times.start)
    reject(OLD, dated & (times.start < _FIRST_YEAR), "start")
    tomorrow = np.datetime64(today, "s") + np.timedelta64(86_400, "s")
    reject(FUTURE, dated & (times.start >= tomorrow), "start")
    reject(FUTURE, ~np.isnat(times.until) & (times.until > tomorrow), "end" if mapping.columns.get("end") else "start")
    if period is not None:
        day = times.start.astype("datetime64[D]")
        reject(NOT_IN_PERIOD, dated & ((day < np.datetime64(period[0])) | (day > np.datetime64(period[1]))), "start")
    frame = pd.DataFrame({"line": table.lines, "at": times.start, "until": times.until})
    frame["month"] = times.start.astype("datetime64[M]").astype(np.int64)
    places = read_places(table, mapping, area, reject, frame["month"].to_numpy(), postcodes)
    frame["easting_m"], frame["northing_m"], frame["ward"] = places.easting_m, places.northing_m, places.ward
    frame["precision_m"] = places.precision_m
    unmapped: dict[str, dict[str, int]] = {}
    for target in VALUED:
        frame[target] = read_kinds(table, mapping, target, reject, unmapped)
    frame["location"], dropped = _streets(table, mapping)
    reference = mapping.columns.get("reference")
    numbers, unkept = kept_references(table.columns[reference]) if reference else ([""] * n, 0)
    frame["reference"] = numbers
    counts = read_counts(table, mapping, reject)
    parts = mapping.rows_are == PARTS and bool(reference)
    first_rows = {} if parts else _repeats(numbers, why, role)
    if stored:
        months_of = frame["month"].tolist()
        covers = {month for month, reason in zip(months_of, why, strict=True) if not reason}
        if period is not None:
            covers |= set(range(month_ordinal(str(period[0])[:7]), month_ordinal(str(period[1])[:7]) + 1))
        kept = [stored.get(text, month) for text, month in zip(numbers, months_of, strict=True)]
        other = [there != month and there not in covers for there, month in zip(kept, months_of, strict=True)]
        reject(ELSEWHERE, np.array(other, dtype=bool), "reference")
    joins = Joins()
    if parts:
        joins, first_rows = join_parts(frame, table.columns[mapping.columns["reference"]], why, role)
    if of_months:
        joins = replace(joins, notes=(*joins.notes, of_months))
    rejected = _rejected(table, mapping, why, role, first_rows, numbers)
    good = np.array([not each for each in why], dtype=bool)
    every = frame["month"].to_numpy()
    months = Counter(int(m) for m in every[~good & dated])
    good[list(joins.of)] = False
    usable = several(frame[good], [count for count, kept in zip(counts, good, strict=True) if kept])
    return CheckedFeed(
        len(table),
        usable,
        rejected,
        months,
        unmapped,
        times,
        dropped,
        unkept,
        joins,
        Counter(int(every[first]) for first in joins.of.values()),
        Counter(usable["month"].astype(int)[usable.index.duplicated()].tolist()),
        places.notes,
    )


def _streets(table: Table, mapping: FeedMapping) -> tuple[list[str], int]:
    column = mapping.columns.get("location")
    if not column:
        return [""] * len(table.lines), 0
    found = {text: text if street_name(text) else "" for text in set(table.columns[column])}
    kept = [found[text] for text in table.columns[column]]
    return kept, sum(bool(text) and not ours for text, ours in zip(table.columns[column], kept, strict=True))


def _repeats(references: list[str], why: list[str], role: list[str]) -> dict[int, int]:
    """Reject every usable row whose number an earlier usable one has; position of that one by position."""
    seen: dict[str, int] = {}
    repeats: dict[int, int] = {}
    for row, text in enumerate(references):
        if not text or why[row]:
            continue
        if text in seen:
            why[row], role[row] = REPEATED, "reference"
            repeats[row] = seen[text]
        else:
            seen[text] = row
    return repeats


def _rejected(
    table: Table,
    mapping: FeedMapping,
    why: list[str],
    role: list[str],
    first_rows: Mapping[int, int],
    references: list[str],
) -> tuple[Rejected, ...]:
    order = {table.file_of(start): place for place, (start, _) in enumerate(table.parts)}
    found = [Rejected(file, line, "", "", FIELDS, ADVICE[FIELDS], "") for file, line in table.miscounted]

    def kept(target: str, row: int) -> str:
        return (
            references[row]
            if target == "reference"
            else kept_value(target, table.columns[mapping.columns[target]][row])
        )

    for row, reason in enumerate(why):
        if not reason:
            continue
        target = role[row]
        value = kept(target, row)
        if target in ("easting", "longitude"):
            other = kept("northing" if target == "easting" else "latitude", row)
            value = f"{value}, {other}" if value or other else ""
        advice, original = ADVICE[reason], kept_text(table, mapping, row, references)
        if row in first_rows:
            same = _same(table, mapping, row, first_rows[row])
            other = "the same in every mapped column" if same else "another date, place or kind: correct one of them"
            advice = f"Row {table.lines[first_rows[row]]} has it too, with {other}. {advice}"
        found.append(
            Rejected(
                table.file_of(row),
                table.lines[row],
                mapping.columns[target],
                value[:_MOST_TEXT],
                reason,
                advice,
                original[:_MOST_TEXT],
            )
        )
    return tuple(sorted(found, key=lambda each: (order.get(each.file, 0), each.row)))


def _same(table: Table, mapping: FeedMapping, one: int, other: int) -> bool:
    names = [name for target, name in mapping.columns.items() if name and target != "location"]
    return all(table.columns[name][one] == table.columns[name][other] for name in names)
