"""Import and load against the obvious way, in the same run.

``python -m pytest tests/benchmarks/bench_import.py -s``
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.store import load
from tests.benchmarks import given
from tests.benchmarks.table import Row, by_clocks, timed

ROOT = Path(__file__).resolve().parents[2]
ROWS = 1_018_891
MOST_SECONDS, MOST_BYTES, LOAD_SECONDS, TIMES_AS_FAST = 30.0, 1e9, 0.3, 2.0
KEPT_TIMES = 4.4  # by the clock on the wall, when nothing else runs


def rows(quick: bool) -> Iterator[Row]:
    """All 73 months against the obvious way, turn about."""
    files, store = given.archives()[-1 if quick else 0 :], given.folder() / "imported"
    read = []

    def ours() -> None:
        shutil.rmtree(store, ignore_errors=True)
        read.append(import_paths(files, store, given.area()).total("rows_read"))

    found = by_clocks(
        (ours, lambda: obvious_way(files, given.area())), (time.perf_counter, time.process_time), 1 if quick else 3
    )
    work, peer = f"import of {27 if quick else 73} months", "read_csv + sjoin, nothing checked"
    for unit, least, mine, theirs in zip(("s", "s of processor"), (KEPT_TIMES, None), *found, strict=True):
        yield Row(work, mine, unit, peer, theirs, times_as_fast=None if quick else least, rows=read[-1])


def rows_memory(quick: bool) -> Iterator[Row]:
    """Only the import, in this process."""
    read = []
    taken = timed(
        lambda: read.append(import_paths(given.archives(), given.folder() / "once", given.area())), time.process_time, 1
    )
    yield Row(
        "import of 73 months, alone", taken, "s of processor", limit=MOST_SECONDS, rows=read[0].total("rows_read")
    )


def rows_load(quick: bool) -> Iterator[Row]:
    """Everything that is stored, as a page's first visit loads it."""
    store = given.real_store()
    found = load(store, given.area())
    taken = timed(lambda: load(store, given.area()), time.process_time, 5)
    yield Row("load of 73 months", taken, "s of processor", limit=LOAD_SECONDS, rows=len(found.frame))


@pytest.fixture(scope="module")
def archives(shared: Path) -> list[Path]:
    folder = shared / "police_uk"
    return [folder / "merseyside_2018-01_to_2021-12.zip", folder / "merseyside_2022-10_to_2024-12.zip"]


def obvious_way(archives: list[Path], area: Area) -> int:
    """Read every CSV with pandas and join all points to the wards with geopandas; nothing is checked or stored."""
    parts = []
    for archive in archives:
        with zipfile.ZipFile(archive) as opened:
            parts += [pd.read_csv(io.BytesIO(opened.read(name))) for name in opened.namelist()]
    rows = pd.concat(parts, ignore_index=True)
    points = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["Longitude"], rows["Latitude"]), crs=4326).to_crs(
        27700
    )
    wards = gpd.GeoDataFrame({"ward": area.wards.codes}, geometry=area.wards.polygons, crs=27700)
    return len(gpd.sjoin(points, wards, predicate="within"))


def test_import(benchmark: Any, archives: list[Path], area: Area, tmp_path: Path) -> None:
    """All 73 months, and how many times as fast as the obvious way (best of three each, turn about)."""
    ours, theirs = [], []
    for turn in range(3):
        shutil.rmtree(tmp_path / "store", ignore_errors=True)
        start = time.perf_counter()
        report = import_paths(archives, tmp_path / "store", area)
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        joined = obvious_way(archives, area)
        theirs.append(time.perf_counter() - start)
        assert report.total("rows_read") == ROWS
        assert joined > 0, turn

    def fresh() -> None:
        shutil.rmtree(tmp_path / "store", ignore_errors=True)

    benchmark.pedantic(import_paths, args=(archives, tmp_path / "store", area), setup=fresh, rounds=3)
    ratio = min(theirs) / min(ours)
    benchmark.extra_info |= {"seconds": min(ours), "obvious way": min(theirs), "times as fast": ratio}
    print(f"\nimport {min(ours):.2f} s, obvious way {min(theirs):.2f} s, {ratio:.1f} times as fast")
    assert min(ours) < MOST_SECONDS
    assert ratio >= TIMES_AS_FAST


def test_again(benchmark: Any, archives: list[Path], area: Area, real_store: Path, tmp_path: Path) -> None:
    """The same bytes again."""
    shutil.copytree(real_store, tmp_path / "store")
    report = benchmark.pedantic(import_paths, args=(archives, tmp_path / "store", area), rounds=3)
    assert {file.status for file in report.files} == {"unchanged"}


def test_load(benchmark: Any, real_store: Path, area: Area) -> None:
    """Everything that is stored."""
    incidents = benchmark(load, real_store, area)
    assert len(incidents.months) == 73
    assert benchmark.stats.stats.min < LOAD_SECONDS


def test_peak_memory(benchmark: Any, archives: list[Path], tmp_path: Path) -> None:
    """Resident memory of a process that does nothing but the import, at its highest."""
    pytest.importorskip("resource", reason="needs getrusage, which Windows has not")
    code = (
        "import json, re, resource, sys; from pathlib import Path\n"
        "from data.place.area import load_area; from data.published.police_uk import import_paths\n"
        "report = import_paths(sys.argv[2:], Path(sys.argv[1]), load_area())\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == 'darwin' else 1024)\n"
        # Linux hands a process the peak of its parent; what it says of the memory itself begins with the program
        "own = Path('/proc/self/status')\n"
        "peak = int(re.search(r'VmHWM:\\s+(\\d+)', own.read_text())[1]) * 1024 if own.exists() else peak\n"
        "print(json.dumps([report.total('rows_read'), peak]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "store"), *map(str, archives)]
    done = benchmark.pedantic(
        subprocess.run, args=(command,), kwargs={"cwd": ROOT, "capture_output": True, "check": True}, rounds=1
    )
    rows, peak = json.loads(done.stdout)
    print(f"\npeak memory of the import: {peak / 1e6:.0f} MB")
    benchmark.extra_info["peak MB"] = peak / 1e6
    assert rows == ROWS
    assert peak < MOST_BYTES
