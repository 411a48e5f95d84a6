"""A few rows of a partner's file and their import: a time, a place, a number, and a name that must never be kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from data.feed.importing import import_feed
from data.feed.mapping import FeedMapping
from data.feed.report import FeedReport
from data.feed.table import read_table
from data.kinds.crime_types import ASB
from data.place.area import Area
from tests.feed.feed_files import csv_bytes, points_in

TODAY = date(2025, 1, 15)
COLUMNS = {"start": "When", "easting": "X", "northing": "Y", "reference": "Ref"}
MAPPING = FeedMapping(columns=COLUMNS, category=ASB, day_first=True)


def rows(area: Area, whens: Sequence[str], **more: Sequence[str]) -> list[dict[str, str]]:
    """One incident inside the area for each time, with a reference number and a secret."""
    points = points_in(area, len(whens))
    return [
        {
            "Ref": f"R{n}",
            "When": when,
            "X": str(points[n][0]),
            "Y": str(points[n][1]),
            "Caller": f"Mrs Example {n}",
        }
        | {name: values[n] for name, values in more.items()}
        for n, when in enumerate(whens)
    ]


def import_rows(
    store: Path, area: Area, made: Sequence[dict[str, str]], mapping: FeedMapping = MAPPING, **more: object
) -> FeedReport:
    raw = csv_bytes(list(made[0]), made)
    options = {"feed": "Fire service", "today": TODAY} | more
    name = str(options.pop("name", "f.csv"))
    return import_feed(read_table(name, raw), raw, mapping=mapping, store=store, area=area, **options)  # type: ignore[arg-type]
