"""How long Knox's test takes: 999 permutations of 2,245 robberies, at most half a second.

``python -m tests.benchmarks --only near_repeat``, or ``python -m pytest tests/benchmarks/bench_near_repeat.py``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer

from analysis.when.near_repeat import DISTANCE_BANDS_M, TIME_BANDS_DAYS, knox
from tests.benchmarks import given
from tests.benchmarks.table import Row, timed

AIM_S = 0.5


def rows(quick: bool) -> Iterator[Row]:
    """Whole days, five bands of distance by four of time."""
    xy, days = robberies(given.real())
    taken = timed(lambda: found(xy, days), time.process_time, 3 if quick else 10)
    yield Row("Knox's test, 999 permutations", taken, "s of processor", limit=AIM_S, rows=len(days))


def robberies(shared: Path) -> tuple[NDArray[np.float64], NDArray[np.datetime64]]:
    """Give where and on which day they were."""
    frame = pd.read_csv(shared / "partner" / "memphis_robberies_2019.csv", parse_dates=["datetime"])
    project = Transformer.from_crs(4326, 32616, always_xy=True)
    xy = np.column_stack(project.transform(frame["longitude"].to_numpy(), frame["latitude"].to_numpy()))
    return xy, frame["datetime"].to_numpy().astype("datetime64[D]")


def found(xy: NDArray[np.float64], days: NDArray[np.datetime64]) -> object:
    """Test them."""
    return knox(xy, days, DISTANCE_BANDS_M, TIME_BANDS_DAYS, np.random.default_rng(1), 999)


def test_knox_of_a_year_of_robberies(benchmark: Any, shared: Path) -> None:
    """Whole days, five bands of distance by four of time."""
    benchmark(found, *robberies(shared))
    assert benchmark.stats.stats.median < AIM_S
