"""A small state of a store, made for tests: one unit of published files, and one of a dated feed."""

from __future__ import annotations

from dataclasses import replace

from data.store.manifest import Layer, Manifest, Revision, SourceFile, Unit

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
