"""Processor time of fetching, beside the downloads: from nothing to an area, and one month more.

``python -m tests.benchmarks --only fetch``, or ``python -m pytest tests/benchmarks/bench_fetch.py -s``
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from data.fetch.history import fetch_history
from data.fetch.hosts import Hosts
from data.fetch.start import start
from data.fetch.web import Web
from data.place.area import load_area
from data.place.folders import OWN_AREA
from tests.benchmarks import given
from tests.benchmarks.table import Row
from tests.conftest import need
from tests.fetch import open_geography as played
from tests.fetch.archive_host import ArchiveHost
from tests.fetch.standin import stand_in

MOST_START_S, MOST_MONTH_S = 60.0, 5.0  # of processor time, the services' own included


def packed(shared: Path) -> dict[str, bytes]:
    """Pack real months of one force as two archives, the second with a month more."""
    with zipfile.ZipFile(shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip") as whole:
        files = {name: whole.read(name) for name in whole.namelist() if name.endswith("-street.csv")}
    last = max(files)
    return {"2024-11": _packed({k: v for k, v in files.items() if k != last}), "2024-12": _packed(files)}


def _packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, raw in files.items():
            packed.writestr(name, raw)
    return out.getvalue()


def measure(archives: dict[str, bytes], folder: Path) -> tuple[float, int, float]:
    """Start, and fetch a month more, from services that are played: seconds, files and seconds."""
    host = ArchiveHost({"2024-11": archives["2024-11"]})
    with stand_in(ons=played.recorded(), nomis=played.Nomis()) as standin:
        host.play(standin)
        address = standin.address
        hosts = Hosts(police=address, ons=address + played.ROOT, nomis=address + "/nomis")
        began = time.process_time()
        started = start(Web(), hosts, folder / "s", ["Knowsley"])
        first = time.process_time() - began
        host.archives["2024-12"] = archives["2024-12"]
        area = load_area(folder / "s" / OWN_AREA)
        began = time.process_time()
        more = fetch_history(Web(), hosts, folder / "s", area)
        month = time.process_time() - began
    assert more.fetched == 1
    return first, started.report.fetched, month


def rows(quick: bool) -> Iterator[Row]:
    """From nothing to an area, and one month more."""
    if not played.SAMPLES.is_dir():
        raise given.NotHereError("needs recorded answers in ../shared/live/samples")
    folder = given.folder() / "fetch"
    folder.mkdir()
    first, files, month = measure(packed(given.real()), folder)
    yield Row("start of an area from its name", (first,), "s of processor", limit=MOST_START_S, rows=files)
    yield Row("fetch of a month more", (month,), "s of processor", limit=MOST_MONTH_S, rows=1)


def test_start_and_a_month_more(shared: Path, tmp_path: Path) -> None:
    """Both within their aims."""
    need(played.SAMPLES.is_dir(), "recorded answers in ../shared/live/samples")
    first, files, month = measure(packed(shared), tmp_path)
    print(
        f"\nstart: {first:.1f} s of {MOST_START_S:.0f} s, {files} files; "
        f"a month more: {month:.2f} s of {MOST_MONTH_S:.0f} s"
    )
    assert first < MOST_START_S
    assert month < MOST_MONTH_S
