"""New wards for a million incidents, against a spatial join with geopandas in the same run.

``python -m tests.benchmarks --only wards``, or ``python -m pytest tests/benchmarks/bench_wards.py -s``
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from data.place.area import Area
from data.store.in_wards import in_wards
from data.store.schema import Incidents, conform
from tests.benchmarks import given
from tests.benchmarks.table import Row, by_turns
from tests.two_layers import DAY, two_layers

ROWS, POINTS = 1_000_000, 6_000  # published points repeat: some 6,000 of them hold all incidents of an area
MOST_SECONDS, TIMES_AS_FAST = 2.0, 3.0
TURNS = 3


@dataclass(frozen=True)
class Million:
    """Incidents, the wards they are to lie in, and how both geometries are joined by geopandas."""

    incidents: Incidents
    area: Area
    wards: gpd.GeoDataFrame

    def ours(self) -> Incidents:
        """Give every incident its ward."""
        return in_wards(self.incidents, self.area)

    def theirs(self) -> gpd.GeoDataFrame:
        """Join them, without the buffer."""
        frame = self.incidents.frame
        geometry = gpd.points_from_xy(frame["easting_m"], frame["northing_m"])
        return gpd.sjoin(gpd.GeoDataFrame(geometry=geometry, crs=27700), self.wards, predicate="within")


def million(area: Area, folder: Path, points: int) -> Million:
    """Make them, at so many points."""
    second = two_layers(folder).with_layer(DAY)
    rng = np.random.default_rng(5)
    west, south, east, north = area.wards.outline.buffer(area.buffer_m).bounds
    at = np.column_stack([rng.uniform(west, east, points), rng.uniform(south, north, points)])
    which = rng.integers(points, size=ROWS) if points < ROWS else np.arange(ROWS)
    frame = pd.DataFrame({"easting_m": at[which, 0], "northing_m": at[which, 1]})
    frame["month"] = np.repeat(np.arange(600, 650), ROWS // 50)
    frame["incident_id"] = np.arange(ROWS).astype(str)
    months = pd.period_range(pd.Period(ordinal=600, freq="M"), periods=50, freq="M")
    wards = gpd.GeoDataFrame({"ward": second.wards.codes}, geometry=second.wards.polygons, crs=27700)
    return Million(Incidents(conform(frame), months, "benchmark"), second, wards)


def rows(quick: bool) -> Iterator[Row]:
    """Of published points, and with every incident at a point of its own."""
    for points, times in ((POINTS, TIMES_AS_FAST), (ROWS, 1.0)):
        made = million(given.area(), given.folder() / f"wards_{points}", points)
        mine, theirs = by_turns(made.ours, made.theirs, time.process_time, 1 if quick else TURNS)
        yield Row(
            f"other wards for a million incidents at {points:,} points", mine, "s of processor", "geopandas.sjoin",
            theirs, limit=MOST_SECONDS, times_as_fast=times, rows=ROWS,
        )  # fmt: skip


@pytest.mark.parametrize("points", [POINTS, ROWS])
def test_a_million_incidents_get_other_wards(area: Area, tmp_path: Path, points: int) -> None:
    """Of published points, and with every incident at a point of its own, as a dated feed may have them."""
    made = million(area, tmp_path, points)
    ours, theirs = by_turns(made.ours, made.theirs, time.perf_counter, TURNS)
    print(f"\n{points:,} points: {min(ours):.2f} s, geopandas.sjoin without the buffer {min(theirs):.2f} s")
    assert len(made.ours().in_area().frame) == len(made.theirs())
    assert min(ours) < MOST_SECONDS
    assert min(theirs) > (TIMES_AS_FAST if points < ROWS else 1.0) * min(ours)
