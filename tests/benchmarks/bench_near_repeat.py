"""How long Knox's test takes: 999 permutations of 2,245 robberies, at most half a second.

Run with ``python -m pytest tests/benchmarks/bench_near_repeat.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyproj import Transformer

from analysis.when.near_repeat import DISTANCE_BANDS_M, TIME_BANDS_DAYS, knox

AIM_S = 0.5


def test_knox_of_a_year_of_robberies(benchmark: Any, shared: Path) -> None:
    """Whole days, five bands of distance by four of time."""
    frame = pd.read_csv(shared / "partner" / "memphis_robberies_2019.csv", parse_dates=["datetime"])
    project = Transformer.from_crs(4326, 32616, always_xy=True)
    xy = np.column_stack(project.transform(frame["longitude"].to_numpy(), frame["latitude"].to_numpy()))
    days = frame["datetime"].to_numpy().astype("datetime64[D]")
    benchmark(lambda: knox(xy, days, DISTANCE_BANDS_M, TIME_BANDS_DAYS, np.random.default_rng(1), 999))
    assert benchmark.stats.stats.median < AIM_S
