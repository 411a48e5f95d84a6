"""A small state of a store, made for tests: one unit of published files, and one of a dated feed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from data.place.area import Area
from data.store.checks import month_ordinal
from data.store.manifest import Layer, Manifest, Revision, SourceFile, Unit
from data.store.store import commit, write_table

LAYER = Layer("Somewhere", "E0", "in force since 2020", "abc", 1000.0)
UNIT = Unit("police.uk", "somewhere", "2024-10", "incidents/a.parquet", "f1", 40, 30, 3, 7)
DAYS = replace(UNIT, source="fire", force="fire", first="2024-10-01", last="2024-10-31")
FILE = SourceFile(
    name="2024-10.zip/a.csv",
    sha256="0" * 64,
    release="2024-10",
    imported_at="2025-01-15T12:00:00+00:00",
    rows_read=50,
    loaded=40,
    rejected=3,
    outside=7,
    rejected_by_reason={"no location": 3},
    units=("police.uk/somewhere/2024-10",),
    rejected_path="rejected/a.parquet",
)
REVISION = Revision(
    source="police.uk",
    force="somewhere",
    month="2024-10",
    imported_at="2025-01-15T12:00:00+00:00",
    old_name="old.csv",
    new_name="new.csv",
    before=1_040,
    after=1_041,
    added=1_003,
    gone=1_002,
    outcome_changed=1_004,
    added_without_id=5,
    gone_without_id=6,
)
STATE = Manifest(LAYER, {UNIT.key: UNIT}, {"f1": FILE}, (REVISION,))


def stored(*months: str, points: int = 1, **words: str) -> pa.Table:
    """Rows of a unit as they lie on the disk, with what every source has."""
    n = len(months) * points
    return pa.table(
        {
            "incident_id": [f"{month}:{k}" for month in months for k in range(points)],
            "month": pa.array([month_ordinal(month) for month in months for _ in range(points)], pa.int32()),
            "easting_m": [343_000.0] * n,
            "northing_m": [391_000.0] * n,
        }
        | {name: pa.array([word] * n).dictionary_encode() for name, word in words.items()}
    )


def put_units(store: Path, area: Area, units: Iterable[tuple[Unit, pa.Table]]) -> Manifest:
    """A store of these units, in the order given, all made from one file."""
    there = {}
    for unit, table in units:
        path = write_table(store, f"incidents/{unit.source}/{unit.force}", unit.month, table)
        there[unit.key] = replace(unit, path=path, rows=table.num_rows, in_area=min(unit.in_area, table.num_rows))
    rows = sum(unit.rows for unit in there.values())
    file = replace(FILE, units=tuple(there), rejected_path=None, loaded=rows, rows_read=rows + 10)
    state = Manifest(Layer.of(area), there, {"f1": file})
    commit(store, state)
    return state
