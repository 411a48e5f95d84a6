"""Every page and tab of a county: 271 wards, 76,762 cells, twelve months; processor time, bytes sent, memory.

``python -m pytest tests/benchmarks/bench_county.py -s`` prints one table, and fails where a page that was visited
before takes a second session more than ``LIMIT_S`` of the processor. ``python -m tests.benchmarks.bench_county FOLDER``
does the same with the county kept in FOLDER; words of a page's name or address after it measure those alone.

First visit: the caches hold the incidents and nothing else. Second visit: another session asks for the same. Other
choice: a third session asks for the same up to another month, which nobody asked for before. Blank: a page that writes
one line, in the same run, by the same way.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from pages.ui.shell.cache import dataset
from tests.benchmarks import given
from tests.benchmarks.run import peak_mb
from tests.benchmarks.table import Row
from tests.conftest import ROOT, SHARED
from tests.county import make_county

LIMIT_S = 2.0
TIMEOUT_S = 300
AGAIN = 3  # sessions after the first; the second visit is the median of them
TODAY, STEPPED_BACK = "2023-02-15", "2022-11"
BLANK = "import streamlit as st\nst.write('Nothing')\n"
HOTSPOTS, PLAN, DID, DATA = "hotspots", "plan_operation", "did_it_work", "data"
VIEWS: tuple[tuple[str, dict[str, str]], ...] = (
    ("", {}),
    *(("", {"tab": tab}) for tab in ("month-by-month", "wards-against-the-area", "beside-its-neighbours")),
    ("", {"tab": "how-this-was-made"}),
    (HOTSPOTS, {}),
    *((HOTSPOTS, {"tab": tab}) for tab in ("change", "how-good-is-it", "how-this-was-made")),
    (HOTSPOTS, {"tab": "change", "by": "cells"}),
    *((HOTSPOTS, {"layer": layer}) for layer in ("cells", "wards", "density", "points")),
    ("seasonal_peaks", {}),
    ("seasonal_peaks", {"years": "lines"}),
    *(("seasonal_peaks", {"tab": tab}) for tab in ("by-ward", "dated-feed")),
    *((PLAN, {"step": step}) for step in ("1-when", "2-where", "3-who", "saved-plans")),
    (DID, {}),
    (DID, {"did": "past"}),
    ("plan_targets", {}),
    ("briefing", {}),
    ("briefing", {"for": "patrol"}),
    (DATA, {}),
    (DATA, {"tab": "rejected-rows"}),
    (DATA, {"tab": "wards-and-licence"}),
    ("accessibility", {}),
)
_STEPS_BACK = ("", HOTSPOTS, "seasonal_peaks", "plan_targets")  # pages whose address has a month to step back to


@dataclass(frozen=True)
class Visit:
    """One run of a page in a session of its own: processor seconds, and bytes and largest message sent."""

    seconds: float
    sent: int
    largest: int


@dataclass(frozen=True)
class View:
    """One page or tab."""

    name: str
    first: Visit
    again: tuple[Visit, ...]
    other: Visit | None

    @property
    def second(self) -> Visit:
        """What is sent, and the median of the sessions after the first."""
        return replace(self.again[-1], seconds=statistics.median(one.seconds for one in self.again))

    @property
    def spread(self) -> float:
        """Seconds from the quickest to the slowest of them."""
        seconds = [one.seconds for one in self.again]
        return max(seconds) - min(seconds)


@contextmanager
def _plainly() -> Iterator[list[int]]:
    """Let AppTest cost what the page costs: it scans packages anew in every run. Gives the messages' sizes."""
    sizes: list[int] = []
    plain = LocalScriptRunner.forward_msgs

    def counted(self: LocalScriptRunner) -> list[object]:
        found = plain(self)
        sizes[:] = [one.ByteSize() for one in found]
        return list(found)

    scanned = cache(manifest_scanner.scan_component_manifests)
    with (
        patch.object(manifest_scanner, "scan_component_manifests", scanned),
        patch.object(LocalScriptRunner, "forward_msgs", counted),
    ):
        yield sizes


def visit(page: str, query: dict[str, str]) -> Visit:
    """Open a page in a session of its own."""
    if page == "blank":
        at = AppTest.from_string(BLANK, default_timeout=TIMEOUT_S)
    else:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT_S)
        for name, value in query.items():
            at.query_params[name] = value
        if page:
            at.switch_page(f"pages/{page}.py")
    with _plainly() as sizes:
        start = time.process_time()
        at.run()
        seconds = time.process_time() - start
    assert not at.exception, at.exception
    return Visit(seconds, sum(sizes), max(sizes))


def measured(page: str, query: dict[str, str]) -> View:
    """Visit a page first, again, and with another choice."""
    st.cache_resource.clear()
    st.cache_data.clear()
    if page != "blank":
        dataset()
    first = visit(page, query)
    again = tuple(visit(page, query) for _ in range(AGAIN))
    other = visit(page, query | {"as-at": STEPPED_BACK}) if page in _STEPS_BACK else None
    name = " ".join([page or "overview", *(f"{key}={value}" for key, value in query.items())])
    found = View(name, first, again, other)
    print(f"{name}: first {first.seconds:.2f} s, second {found.second.seconds:.2f} s", file=sys.stderr, flush=True)
    return found


def table(rows: Sequence[View], blank: View) -> pd.DataFrame:
    """Lay the rows out: seconds of the processor, thousands of bytes."""
    return pd.DataFrame(
        {
            "page": [row.name for row in rows],
            "first s": [round(row.first.seconds, 2) for row in rows],
            "second s": [round(row.second.seconds, 2) for row in rows],
            "spread s": [round(row.spread, 2) for row in rows],
            "of limit": [round(row.second.seconds / LIMIT_S, 2) for row in rows],
            "of blank": [round(row.second.seconds / blank.second.seconds) for row in rows],
            "other choice s": ["" if row.other is None else f"{row.other.seconds:.2f}" for row in rows],
            "sent kB": [round(row.second.sent / 1000) for row in rows],
            "largest kB": [round(row.second.largest / 1000) for row in rows],
        }
    )


def run(area_file: str, store: Path, words: Sequence[str] = ()) -> tuple[pd.DataFrame, list[View]]:
    """Measure the pages whose name holds one of the words, or all; also gives a blank page and each of them."""
    with patch.dict(os.environ, {"DASHBOARD_AREA": area_file, "DASHBOARD_DATA": str(store), "DASHBOARD_TODAY": TODAY}):
        visit("blank", {})
        visit("accessibility", {})  # imports are no page's own
        visit("briefing", {})
        views = [one for one in VIEWS if not words or any(word in f"{one[0] or 'overview'} {one[1]}" for word in words)]
        found = [measured(page, query) for page, query in views]
        blank = measured("blank", {})  # last: what a first page starts beside itself has ended
    return table([blank, *found], blank), [blank, *found]


def rows(quick: bool) -> Iterator[Row]:
    """Every page visited once before, by the slowest of its tabs, against a blank page."""
    folder = given.folder() / "county"
    folder.mkdir(parents=True, exist_ok=True)
    county = make_county(given.real(), folder)
    _, (blank, *views) = run(county.area.file, county.store, ("accessibility", "plan_targets") if quick else ())
    by_page: dict[str, list[View]] = {}
    for view in views:
        by_page.setdefault(view.name.split()[0], []).append(view)
    for page, tabs in by_page.items():
        slowest = max(tabs, key=lambda view: view.second.seconds)
        which = f", slowest of {len(tabs)}: {slowest.name.removeprefix(page).strip() or 'as it opens'}"
        yield Row(
            f"county, second visit of {page.replace('_', ' ')}{which if len(tabs) > 1 else ''}",
            tuple(one.seconds for one in slowest.again), "s of processor", "blank page",
            tuple(one.seconds for one in blank.again), limit=LIMIT_S, rows=len(county.rows),
        )  # fmt: skip


def told(found: pd.DataFrame) -> str:
    """Write the table with the memory under it."""
    return f"{found.to_string(index=False)}\npeak memory {peak_mb() or float('nan'):.0f} MB"


def test_no_page_of_a_county_makes_a_second_visitor_wait(tmp_path: Path) -> None:
    """Every page and tab, first and second visit."""
    if not SHARED.is_dir():
        pytest.skip("needs the real data in ../shared/data")
    county = make_county(SHARED, tmp_path)
    found, views = run(county.area.file, county.store)
    print(f"\n{told(found)}")
    assert {row.name: row.second.seconds for row in views if row.second.seconds > LIMIT_S} == {}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    if not (folder / "store").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        make_county(SHARED, folder)
    print(told(run(str(folder / "lancashire.toml"), folder / "store", sys.argv[2:])[0]))
