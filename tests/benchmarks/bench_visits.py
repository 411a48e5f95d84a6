"""Rows of what ``bench_start`` and ``bench_county`` measure: starting and visiting, and a county's second visits.

``python -m tests.benchmarks --only visits``.
"""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterator

from tests.benchmarks import given
from tests.benchmarks.table import Row


def rows_start(quick: bool) -> Iterator[Row]:
    """From starting the app, and from opening it once it runs, to painted Hotspots, over a blank page."""
    from playwright.sync_api import sync_playwright

    from tests.browser.server import launch

    bench = importlib.import_module("tests.benchmarks.bench_start")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise given.NotHereError("needs Chromium")
    with sync_playwright() as playwright:
        browser = launch(playwright, path)
        ours, blank = bench.measure(browser, given.real_store(), given.folder(), 1 if quick else bench.ROUNDS, 2)
        browser.close()
    for work, mine, theirs, most in (
        ("cold start to painted Hotspots", ours.cold, blank.cold, bench.COLD_TIMES),
        ("warm visit to painted Hotspots", ours.warm, blank.warm, bench.WARM_TIMES),
    ):
        yield Row(work, tuple(mine), "s", "blank Streamlit page", tuple(theirs), times_as_long=most)
    for work, mine, theirs in (
        ("cold start to the whole page, charts and tables", ours.cold_whole, blank.cold_whole),
        ("warm visit to the whole page, charts and tables", ours.warm_whole, blank.warm_whole),
    ):
        yield Row(work, tuple(mine), "s", "blank Streamlit page", tuple(theirs))
    for work, mine, theirs in (
        ("cold start, the server's share", ours.cold_processor, blank.cold_processor),
        ("warm visit, the server's share", ours.warm_processor, blank.warm_processor),
    ):
        yield Row(work, tuple(mine), "s of processor", "blank Streamlit page", tuple(theirs))


def rows_county(quick: bool) -> Iterator[Row]:
    """Every page and tab of a county, visited once before: all of them, and the slowest."""
    from tests.county import make_county

    bench = importlib.import_module("tests.benchmarks.bench_county")
    folder = given.folder() / "county"
    folder.mkdir(parents=True, exist_ok=True)
    county = make_county(given.real(), folder)
    _, found = bench.run(county.area.file, county.store, ("hotspots {}",) if quick else ())
    seconds = {row.name: row.second.seconds for row in found}
    slowest = max(seconds, key=lambda name: seconds[name])
    yield Row("second visit of a county's pages and tabs, each", tuple(seconds.values()), "s of processor",
              limit=bench.LIMIT_S, rows=len(seconds))  # fmt: skip
    yield Row(f"slowest of them: {slowest}", (seconds[slowest],), "s of processor", limit=bench.LIMIT_S)
