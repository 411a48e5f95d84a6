"""New wards for a million incidents, against a spatial join with geopandas in the same run.

``python -m pytest tests/benchmarks/bench_wards.py -s``
"""

from __future__ import annotations

import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from data.place.area import Area
from data.store.in_wards import in_wards
from data.store.schema import Incidents, conform
from tests.two_layers import DAY, two_layers

ROWS, POINTS = 1_000_000, 6_000  # published points repeat: some 6,000 of them hold all incidents of an area
MOST_SECONDS, TIMES_AS_FAST = 2.0, 3.0
TURNS = 3


@pytest.mark.parametrize("points", [POINTS, ROWS])
def test_a_million_incidents_get_other_wards(area: Area, tmp_path: Path, points: int) -> None:
    """Of published points, and with every incident at a point of its own, as a dated feed may have them."""
    second = two_layers(tmp_path).with_layer(DAY)
    rng = np.random.default_rng(5)
    west, south, east, north = area.wards.outline.buffer(area.buffer_m).bounds
    at = np.column_stack([rng.uniform(west, east, points), rng.uniform(south, north, points)])
    which = rng.integers(points, size=ROWS) if points < ROWS else np.arange(ROWS)
    frame = pd.DataFrame({"easting_m": at[which, 0], "northing_m": at[which, 1]})
    frame["month"] = np.repeat(np.arange(600, 650), ROWS // 50)
    frame["incident_id"] = np.arange(ROWS).astype(str)
    months = pd.period_range(pd.Period(ordinal=600, freq="M"), periods=50, freq="M")
    incidents = Incidents(conform(frame), months, "benchmark")
    wards = gpd.GeoDataFrame({"ward": second.wards.codes}, geometry=second.wards.polygons, crs=27700)
    ours, theirs = [], []
    for _ in range(TURNS):
        start = time.perf_counter()
        found = in_wards(incidents, second)
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        geometry = gpd.points_from_xy(frame["easting_m"], frame["northing_m"])
        joined = gpd.sjoin(gpd.GeoDataFrame(geometry=geometry, crs=27700), wards, predicate="within")
        theirs.append(time.perf_counter() - start)
    print(f"\n{points:,} points: {min(ours):.2f} s, geopandas.sjoin without the buffer {min(theirs):.2f} s")
    assert len(found.in_area().frame) == len(joined)
    assert min(ours) < MOST_SECONDS
    assert min(theirs) > (TIMES_AS_FAST if points < ROWS else 1.0) * min(ours)
