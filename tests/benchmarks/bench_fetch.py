"""Processor time of fetching, beside the downloads: from nothing to an area, and one month more.

``python -m pytest tests/benchmarks/bench_fetch.py -s``
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.fetch.history import fetch_history
from data.fetch.hosts import Hosts
from data.fetch.start import start
from data.fetch.web import Web
from data.place.area import load_area
from data.place.folders import OWN_AREA
from tests.conftest import need
from tests.fetch import open_geography as played
from tests.fetch.archive_host import ArchiveHost
from tests.fetch.standin import stand_in

MOST_START_S, MOST_MONTH_S = 60.0, 5.0  # of processor time, the services' own included


@pytest.fixture(scope="module")
def archives(shared: Path) -> dict[str, bytes]:
    """Real months of one force as two archives, the second with a month more."""
    need(played.SAMPLES.is_dir(), "recorded answers in ../shared/live/samples")
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


@pytest.fixture
def host(archives: dict[str, bytes]) -> Iterator[tuple[ArchiveHost, Hosts]]:
    host = ArchiveHost({"2024-11": archives["2024-11"]})
    with stand_in(ons=played.recorded(), nomis=played.Nomis()) as standin:
        host.play(standin)
        address = standin.address
        yield host, Hosts(police=address, ons=address + played.ROOT, nomis=address + "/nomis")


def test_start_and_a_month_more(host: tuple[ArchiveHost, Hosts], archives: dict[str, bytes], tmp_path: Path) -> None:
    played_host, hosts = host
    began = time.process_time()
    started = start(Web(), hosts, tmp_path / "s", ["Knowsley"])
    first = time.process_time() - began
    played_host.archives["2024-12"] = archives["2024-12"]
    area = load_area(tmp_path / "s" / OWN_AREA)
    began = time.process_time()
    more = fetch_history(Web(), hosts, tmp_path / "s", area)
    month = time.process_time() - began
    print(
        f"\nstart: {first:.1f} s of {MOST_START_S:.0f} s, {started.report.fetched} files; "
        f"a month more: {month:.2f} s of {MOST_MONTH_S:.0f} s, {more.fetched} file"
    )
    assert more.fetched == 1
    assert first < MOST_START_S
    assert month < MOST_MONTH_S
