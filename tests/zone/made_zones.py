"""Zones for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import shapely

from data.zone.zone import DISPERSAL, Zone, kept_shape

EAST, NORTH = 344_000.0, 391_000.0


def made_zone(name: str = "Retail park", kind: str = DISPERSAL, size_m: float = 300.0) -> Zone:
    """Make a square zone of 48 hours in the middle of the project's own area."""
    starts = datetime(2024, 10, 30, 17, tzinfo=UTC)
    shape = shapely.box(EAST, NORTH, EAST + size_m, NORTH + size_m)
    return Zone(name, kind, "Inspector, neighbourhood team", starts, starts + timedelta(hours=48), kept_shape(shape))
