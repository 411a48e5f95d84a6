"""``python -m data import-feed``: with the mapping that is remembered or given, else a proposal."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from data.feed.importing import import_feed, read_file
from data.feed.mapping import (
    AS_LABELLED,
    COUNTS,
    INCIDENTS,
    LOCAL,
    PARTS,
    VALUED,
    FeedMapping,
    feed_slug,
    mapping_from_json,
    read_mapping,
)
from data.feed.propose import Proposal, propose
from data.feed.remembered import remembered_mapping
from data.feed.table import Table, read_table
from data.feed.workbook import is_workbook
from data.place.area import Area
from data.store.options import area_of
from data.store.store import default_store
from geo.errors import InputError

_WORDS_SHOWN = 60
_CANNOT = "It cannot be imported like this"


@dataclass(frozen=True)
class Outcome:
    """What to print: lines for a person, or plain values for ``--json``."""

    ok: bool
    lines: Sequence[str]
    values: dict[str, Any]


def add_import_feed(commands: Any) -> argparse.ArgumentParser:
    """Add the command to those of ``python -m data``."""
    feed: argparse.ArgumentParser = commands.add_parser(
        "import-feed",
        help="import a partner's own incidents with date and time",
        description="Import a partner's own incidents with date and time (CSV, workbook or GeoJSON, any column names). "
        "Without a mapping for this feed, one is proposed and nothing is imported. Columns that are not mapped are "
        "dropped before anything is written; columns that look personal can never be mapped.",
    )
    feed.add_argument("file", type=Path, metavar="FILE", help="CSV, workbook (.xlsx, .xls, .ods) or GeoJSON of points")
    feed.add_argument("--name", required=True, metavar="NAME", help="of the feed, such as 'Fire service'")
    feed.add_argument("--mapping", type=Path, metavar="FILE", help="JSON or TOML; default: the one of the last import")
    feed.add_argument("--yes", action="store_true", help="accept the proposed mapping")
    feed.add_argument("--sheet", metavar="NAME", help="of a workbook; default: those that read alike")
    feed.add_argument("--category", metavar="NAME", help="crime type of every row, over what the mapping says")
    feed.add_argument(
        "--rows-are",
        choices=[INCIDENTS, PARTS, COUNTS],
        help="what a row stands for: one incident; one of several rows of an incident, which its reference number "
        "tells; or as many incidents as its count says",
    )
    order = feed.add_mutually_exclusive_group()
    order.add_argument("--day-first", action="store_true", default=None, dest="day_first", help="dates are 31/10/2024")
    order.add_argument("--month-first", action="store_false", default=None, dest="day_first", help="10/31/2024")
    feed.add_argument(
        "--labelled-times",
        choices=[LOCAL, AS_LABELLED],
        help="times with a label such as +00:00 are local all the same, or as the label says",
    )
    feed.add_argument(
        "--unknown-time",
        action="append",
        dest="unknown_times",
        metavar="HH:MM",
        help="time of day that stands for one that is not known, such as 12:00 (may be given again)",
    )
    feed.add_argument("--from", type=_day, dest="first", metavar="YYYY-MM-DD", help="first day that the file covers")
    feed.add_argument("--to", type=_day, dest="last", metavar="YYYY-MM-DD", help="last day that the file covers")
    feed.add_argument("--replace", action="store_true", help="replace a month even if stored days of it are lost")
    feed.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    return feed


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"a day is written YYYY-MM-DD, not {text!r}") from error


def run_import_feed(options: argparse.Namespace) -> Outcome:
    """Import, or propose a mapping.

    Raises
    ------
    InputError
        As :func:`data.feed.importing.import_feed`; one end of the period without the other.
    """
    store, area = options.store or default_store(), area_of(options)
    slug = feed_slug(options.name)
    if (options.first is None) != (options.last is None):
        raise InputError("the days that the file covers have two ends", hint="Give both --from and --to.")
    mapping = read_mapping(options.mapping) if options.mapping else remembered_mapping(store, slug)
    raw = read_file(options.file)
    remembered = mapping.sheet if mapping and is_workbook(raw) else ""
    table = read_table(str(options.file.name), raw, options.sheet or remembered or None)
    if mapping is None:
        proposal = propose(table, area, options.name)
        mapping = _told(proposal.said(options.rows_are) if options.rows_are else proposal.mapping, options)
        if not options.yes:
            said = proposal.answered(mapping, rows=bool(options.rows_are))
            tried = [] if said.questions else _tried(table, raw, slug, mapping, store, area, options.replace)
            return _proposed(table, slug, said, tried)
        if proposal.months:
            raise InputError("the rows have no day, and nothing was imported", file=table.name, hint=proposal.months)
        if proposal.rows.question and not options.rows_are:
            raise InputError(
                "what a row stands for is not said, and nothing was imported",
                file=table.name,
                hint=proposal.rows.question,
            )
    report = import_feed(
        table,
        raw,
        slug,
        _told(mapping, options),
        store,
        area,
        period=(options.first, options.last) if options.first else None,
        replace_days=options.replace,
        dry_run=options.dry_run,
    )
    lines = report.lines()
    if report.rejected_rows and not options.dry_run:
        lines.append(f"Each rejected row with its place, value and what to do: {store / 'rejected'}")
    return Outcome(ok=True, lines=lines, values=report.to_json())


def _tried(
    table: Table, raw: bytes, slug: str, mapping: FeedMapping, store: Path, area: Area, replace_days: bool
) -> list[str]:
    """Show what the proposed mapping would store; why it cannot, where it cannot."""
    try:
        report = import_feed(table, raw, slug, mapping, store, area, replace_days=replace_days, dry_run=True)
    except InputError as error:
        return [f"  {_CANNOT}: {line}" for line in str(error).splitlines()[:1]]
    look = report.preview
    if look is None:
        return []
    aside = [
        f"  {rows:,} {'row' if rows == 1 else 'rows'} would be put aside: {reason}"
        for reason, rows in report.rejected_by_reason.items()
    ]
    return [*look.lines(), *(f"  places: {note}" for note in look.place_notes), *aside]


def _told(mapping: FeedMapping, options: argparse.Namespace) -> FeedMapping:
    """Put what the command line says over what the mapping says."""
    said = {
        "category": options.category,
        "day_first": options.day_first,
        "labelled_times": options.labelled_times,
        "unknown_times": options.unknown_times,
        "sheet": options.sheet,
        "rows_are": options.rows_are,
    }
    given = {key: value for key, value in said.items() if value is not None}
    return mapping_from_json(mapping.to_json() | given, "command line") if given else mapping


def _proposed(table: Table, slug: str, proposal: Proposal, tried: Sequence[str]) -> Outcome:
    mapping = proposal.mapping
    lines = [f"{table.name}: {len(table):,} rows. There is no mapping for {slug} yet; this one is proposed:"]
    lines += [f"  {note}" for note in table.notes]
    for target, column in mapping.columns.items():
        samples = proposal.samples.get(column)  # of a column of postcodes nothing is shown
        lines.append(f"  {target:<12} {column!r}{', such as ' + ', '.join(samples) if samples else ''}")
    lines += [
        f"  {target:<12} the same for every row: {ours}" for target in VALUED if (ours := getattr(mapping, target))
    ]
    own = f": {proposal.reference!r} has another number in each" if proposal.reference else ""
    lines.append(f"  rows_are     {mapping.rows_are}{own if mapping.rows_are == INCIDENTS else ''}")
    for target, words in mapping.words.items():
        every = table.counted(mapping.columns[target])
        told = [f"{word!r} is {ours} ({every[word]:,} rows)" for word, ours in words.items()]
        told += [f"{word!r} is nothing ({rows:,} rows)" for word, rows in every.most_common() if word not in words]
        lines += [f"  {target}: {one}" for one in told[:_WORDS_SHOWN]]
    dropped = [name for name in table.columns if name not in mapping.mapped and name not in proposal.personal]
    if dropped:
        lines.append(f"  dropped: {', '.join(dropped)}")
    lines += [
        f"  dropped, can never be mapped: {name!r} {why}"
        for name, why in proposal.personal.items()
        if name not in mapping.mapped
    ]
    lines += tried
    lines += [f"Note: {note}" for note in proposal.beside(proposal.questions)]
    lines += [f"Open: {question}" for question in proposal.questions]
    open_still = bool(proposal.questions) or any(_CANNOT in line for line in tried)
    first = "Answer what is open, and" if open_still else "If this is right,"
    lines.append(f"Nothing was imported. {first} run the command again with --yes. To change it, put the lines below")
    lines.append("into a file, correct them, and give it with --mapping FILE; it is remembered for the next file.")
    lines += json.dumps(mapping.to_json(), indent=2, ensure_ascii=False).splitlines()
    values = {
        "ok": False,
        "error": "there is no mapping for this feed yet: confirm the proposed one with --yes, or give --mapping",
        "proposal": mapping.to_json(),
        "personal": dict(proposal.personal),
        "notes": list(proposal.notes),
        "questions": list(proposal.questions),
    }
    return Outcome(ok=False, lines=lines, values=values)
