"""Import of a partner's own incidents with date and time: a dated feed, kept apart from published files.

Nothing of a column that is not mapped is ever written, whatever becomes of its row.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pyarrow as pa

from data.access.actor import MACHINE, Actor
from data.access.acts import acting, allow
from data.feed.collector import without_collecting
from data.feed.mapping import FeedMapping, feed_slug
from data.feed.notes import import_notes
from data.feed.personal import personal_columns
from data.feed.places import read_pair
from data.feed.postcodes import read_postcodes
from data.feed.preview import preview
from data.feed.private import kept_words
from data.feed.remembered import remember_mapping
from data.feed.report import FeedReport
from data.feed.rows import CheckedFeed, check_feed
from data.feed.table import Table
from data.feed.units import FeedUnit, compare_feed, covered, feed_units, references
from data.place.area import Area
from data.store.checks import ABROAD, Rejected
from data.store.collected_errors import collect
from data.store.inputs import cannot_read, open_regular
from data.store.manifest import Manifest, Revision, SourceFile, Unit, read_manifest
from data.store.report import CHECKED, LOADED, UNCHANGED
from data.store.same_area import begun
from data.store.store import INCIDENTS, REJECTED, commit, importing, read_unit, sweep, write_table
from data.store.sums import damaged_files, still_there
from geo.assign import OUTSIDE, assign_wards
from geo.crs import to_bng
from geo.errors import InputError

__all__ = ["FeedReport", "import_feed", "read_file"]

_FEWEST_TO_LOSE, _LEAST_SHARE = 10, 0.5  # a corrected month keeps most of its incidents
_REJECTED = pa.schema(
    [(name, pa.int64() if kind is int else pa.string()) for name, kind in get_type_hints(Rejected).items()]
)


def read_file(path: Path) -> bytes:
    """Bytes of a file that a person named.

    Raises
    ------
    InputError
        It cannot be read.
    """
    try:
        with open_regular(path) as handle:
            return handle.read()
    except OSError as error:
        raise cannot_read(str(path), error) from error


@without_collecting()
def import_feed(
    table: Table,
    raw: bytes,
    feed: str,
    mapping: FeedMapping,
    store: Path,
    area: Area,
    *,
    period: tuple[date, date] | None = None,
    today: date | None = None,
    now: datetime | None = None,
    replace_days: bool = False,
    dry_run: bool = False,
    actor: Actor = MACHINE,
) -> FeedReport:
    """Import one file of a feed with a mapping that a person has confirmed.

    Parameters
    ----------
    table : Table
        Of :func:`data.feed.table.read_table`.
    raw : bytes
        The file; only its digest is kept.
    feed : str
        Name of the feed; the store knows it by :func:`data.feed.mapping.feed_slug` of it.
    mapping : FeedMapping
        Remembered for the next file when the import has succeeded, with the order of day and month that was found.
    store : Path
        Made where it does not exist.
    area : Area
    period : (date, date), optional
        First and last day that the file covers. Without it, from the first incident to the last, as
        :func:`data.feed.units.covered` has it.
    today : date, optional
        As-at day: later dates are rejected. By default the clock's.
    now : datetime, optional
        Time of the import.
    replace_days : bool
        Replace a month even where the store has days of it that this file does not cover.
    dry_run : bool
        Say what would happen, and write nothing.
    actor : Actor
        Who does it.

    Returns
    -------
    FeedReport

    Raises
    ------
    NotAllowedError
        The actor may not import.
    InputError
        The mapping does not fit or would keep what is personal; dates cannot be read safely; no row can be used, or
        none lies in the area or its buffer; days, or most of a month, would be lost; the store cannot be used. The
        store is then as it was.
    """
    allow(actor, "import-feed")
    slug = feed_slug(feed)
    now = (now or datetime.now(UTC)).replace(microsecond=0)
    if period is not None and period[0] > period[1]:
        raise InputError("the period ends before it starts", value=f"{period[0]} to {period[1]}")
    if dry_run:
        return _staged(table, raw, slug, mapping, store, area, period, today or now.date(), now, replace_days)[1]
    with acting(store, actor, "import-feed", slug), importing(store):
        state, report, told = _staged(
            table, raw, slug, mapping, store, area, period, today or now.date(), now, replace_days, write=True
        )
        if state is not None:
            commit(store, state)
            sweep(store, state.paths)
        remember_mapping(store, slug, kept_words(told))
    return report


def _staged(
    table: Table,
    raw: bytes,
    slug: str,
    mapping: FeedMapping,
    store: Path,
    area: Area,
    period: tuple[date, date] | None,
    today: date,
    now: datetime,
    replace_days: bool,
    *,
    write: bool = False,
) -> tuple[Manifest | None, FeedReport, FeedMapping]:
    """Describe the state with this file in it, None where nothing changes; its tables are written if asked to."""
    state, area = begun(read_manifest(store), area, store)
    sha256 = hashlib.sha256(raw).hexdigest()
    stored = _stored_references(state, store, slug) if mapping.columns.get("reference") else {}
    personal = personal_columns(table)
    postcodes = read_postcodes(store, area) if mapping.columns.get("postcode") else None
    checked = check_feed(table, mapping, area, today, period, stored, personal, postcodes)
    _check_used(table, mapping, checked, area)
    told = mapping if checked.times.day_first is None else replace(mapping, day_first=checked.times.day_first)
    said = json.dumps(
        [
            told.to_json(),
            [str(day) for day in period or ()],
            checked.by_reason,
            *([postcodes.source] if postcodes else []),  # the same file lies elsewhere with other postcodes
            *([coarse] if (coarse := int(checked.usable["precision_m"].notna().sum())) else []),
        ],
        sort_keys=True,
    )
    file_id = f"{sha256}:{slug}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"
    known = state.files.get(file_id)
    if known and still_there(store, state, file_id):
        return None, _known(slug, table.name, known, state), told
    spans = covered(checked, period)
    parts = feed_units(checked, spans, area, slug)
    if not replace_days:
        _check_days(state, slug, parts)
        if period is None:
            _check_rows(state, slug, parts)
    units: dict[str, Unit] = {}
    revisions: list[Revision] = []
    file = SourceFile(
        name=table.name,
        sha256=sha256,
        release="",
        imported_at=now.isoformat(),
        rows_read=checked.rows_read,
        loaded=sum(part.table.num_rows for part in parts),
        rejected=len(checked.rejected),
        outside=sum(part.outside for part in parts),
        rejected_by_reason=checked.by_reason,
        units=tuple(f"{slug}/{slug}/{part.month}" for part in parts),
        rejected_path=_write_rejected(store, sha256, checked) if write else None,
        joined=checked.joined,
        extra=checked.extra,
    )
    for part in parts:
        unit = Unit(
            source=slug,
            force=slug,
            month=part.month,
            path=write_table(store, f"{INCIDENTS}/{slug}/{slug}", part.month, part.table) if write else "",
            file=file_id,
            rows=part.table.num_rows,
            in_area=part.in_area,
            rejected=part.rejected,
            outside=part.outside,
            first=part.first,
            last=part.last,
            joined=part.joined,
            extra=part.extra,
        )
        units[unit.key] = unit
        before = state.units.get(unit.key)
        if before is not None and before.file != file_id and not damaged_files(store, [before.path]):
            had, has = read_unit(store, before), part.table.to_pandas()
            revisions.append(compare_feed(had, has, unit, state.files[before.file], file))
    replaced = sum(state.units[key].rows for key in units if key in state.units)
    report = _report(slug, table, told, checked, file, list(units.values()), tuple(revisions), replaced, personal)
    look = None if write else preview(checked, area)
    report = replace(report, status=LOADED if write else CHECKED, preview=look)
    return state.with_file(file_id, file, units, tuple(revisions)), report, told


def _write_rejected(store: Path, sha256: str, checked: CheckedFeed) -> str | None:
    if not checked.rejected:
        return None
    rows = pa.Table.from_pylist([row._asdict() for row in checked.rejected], schema=_REJECTED)
    return write_table(store, REJECTED, sha256[:16], rows)


def _stored_references(state: Manifest, store: Path, slug: str) -> dict[str, int]:
    """Month of every reference number of the feed that is in the store, in files that are not damaged."""
    found: dict[str, int] = {}
    for unit in state.units.values():
        if unit.source == slug and not damaged_files(store, [unit.path]):
            month = (int(unit.month[:4]) - 1970) * 12 + int(unit.month[5:]) - 1
            found |= dict.fromkeys(references(read_unit(store, unit), slug), month)
    return found


def _check_used(table: Table, mapping: FeedMapping, checked: CheckedFeed, area: Area) -> None:
    """Refuse a file of which nothing can be used, or nothing lies here."""
    if (checked.usable["ward"] != OUTSIDE).any():
        return
    usual = max(checked.by_reason, key=checked.by_reason.__getitem__, default=ABROAD)
    if checked.usable.empty and usual != ABROAD:
        first = next(row for row in checked.rejected if row.reason == usual)
        reasons = ", ".join(f"{reason} {rows:,}" for reason, rows in checked.by_reason.items())
        raise InputError(
            f"not one of its {checked.rows_read:,} rows can be used ({reasons})",
            file=table.name,
            row=first.row,
            column=first.column or None,
            value=first.value or None,
            hint=first.advice,
        )
    hint = "Is it the file of another area, or are the coordinates of another kind?"
    x, y = (checked.usable[name].to_numpy() for name in ("easting_m", "northing_m"))
    x, y = x[np.isfinite(x)], y[np.isfinite(x)]
    degrees = bool(mapping.columns.get("longitude"))
    if degrees and _without_minus(table, mapping, area):
        hint = "The longitudes have lost their minus sign: east of Greenwich is another place. Correct the file."
    if not degrees and (assign_wards(y, x, area.wards, area.buffer_m) != OUTSIDE).any():
        hint = "Easting and northing are in each other's column: swap them in the mapping."
    first_abroad = next((row for row in checked.rejected if row.reason == ABROAD), None)
    raise InputError(
        f"not one of its {checked.rows_read:,} rows lies in {area.name} or within {area.buffer_m:g} m of it",
        file=table.name,
        row=first_abroad.row if first_abroad else int(checked.usable["line"].iloc[0]),
        value=first_abroad.value if first_abroad else None,
        hint=f"{hint} Nothing was stored.",
    )


def _without_minus(table: Table, mapping: FeedMapping, area: Area) -> bool:
    """Whether rows lie in the area when their longitudes are turned to the west."""
    x, y, _ = read_pair(table, mapping.columns["longitude"], mapping.columns["latitude"], metres=False)
    east = (x > 0) & (y > 0)
    return bool((assign_wards(*to_bng(-x[east], y[east]), area.wards, area.buffer_m) != OUTSIDE).any())


def _check_days(state: Manifest, slug: str, parts: list[FeedUnit]) -> None:
    """Refuse to lose days that are in the store and not in the file."""
    with collect() as problems:
        for part in parts:
            before = state.units.get(f"{slug}/{slug}/{part.month}")
            if before is not None and (before.first < part.first or before.last > part.last):
                problems.add(
                    InputError(
                        f"the store has {before.first} to {before.last} of {part.month}, the file covers only "
                        f"{part.first} to {part.last}: the other days would be lost",
                        file=slug,
                        hint="Give a file with the whole month, or say which days this one covers (--from, --to). To "
                        "give the stored days up, say so (--replace).",
                    )
                )


def _check_rows(state: Manifest, slug: str, parts: list[FeedUnit]) -> None:
    """Refuse to take a few rows of a month for the whole of it, where nobody said that the file covers it."""
    with collect() as problems:
        for part in parts:
            before, rows = state.units.get(f"{slug}/{slug}/{part.month}"), part.table.num_rows
            if before is not None and before.rows >= _FEWEST_TO_LOSE and rows < before.rows * _LEAST_SHARE:
                problems.add(
                    InputError(
                        f"the store has {before.rows:,} incidents of {part.month}, the file only {rows:,}: the others "
                        "would be lost",
                        file=slug,
                        hint="Are a few dates wrong? If the month really has so few now, say which days the file "
                        "covers (--from, --to), or that the stored ones are given up (--replace).",
                    )
                )


def _known(slug: str, name: str, file: SourceFile, state: Manifest) -> FeedReport:
    units = [state.units[key] for key in file.units]
    return FeedReport(
        feed=slug,
        name=name,
        status=UNCHANGED,
        rows_read=file.rows_read,
        loaded=file.loaded,
        rejected=file.rejected,
        outside=file.outside,
        joined=file.joined,
        extra=file.extra,
        in_area=sum(unit.in_area for unit in units),
        rejected_by_reason=dict(file.rejected_by_reason),
        **_days(units),
    )


def _days(units: list[Unit]) -> dict[str, Any]:
    return {
        "first": min(unit.first for unit in units),
        "last": max(unit.last for unit in units),
        "months": tuple(unit.month for unit in units if unit.whole),
        "part_months": tuple(unit.month for unit in units if not unit.whole),
    }


def _report(
    slug: str,
    table: Table,
    mapping: FeedMapping,
    checked: CheckedFeed,
    file: SourceFile,
    units: list[Unit],
    revisions: tuple[Revision, ...],
    replaced: int,
    personal: dict[str, str],
) -> FeedReport:
    return FeedReport(
        feed=slug,
        name=table.name,
        status=LOADED,
        rows_read=checked.rows_read,
        loaded=file.loaded,
        rejected=file.rejected,
        outside=file.outside,
        joined=file.joined,
        extra=file.extra,
        passed=len(table.passed),
        rows_are=mapping.rows_are,
        in_area=sum(unit.in_area for unit in units),
        replaced=replaced,
        rejected_by_reason=dict(file.rejected_by_reason),
        rejected_rows=checked.rejected,
        day_first=checked.times.day_first,
        without_time=checked.times.without_time,
        dropped=tuple(column for column in table.columns if column not in mapping.mapped),
        personal={column: why for column, why in personal.items() if column not in mapping.mapped},
        unmapped=checked.unmapped,
        revision=revisions,
        notes=import_notes(table, mapping, checked, personal),
        **_days(units),
    )
