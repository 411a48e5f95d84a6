"""Rows of what ``bench_start`` measures: starting the app, and opening it once it runs.

``python -m tests.benchmarks --only visits``.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from tests.benchmarks import given
from tests.benchmarks.table import Row


def rows(quick: bool) -> Iterator[Row]:
    """From starting the app, and from opening it once it runs, to painted Hotspots, over a blank page."""
    from playwright.sync_api import sync_playwright

    from tests.browser.server import launch

    bench = importlib.import_module("tests.benchmarks.bench_start")
    with sync_playwright() as playwright:
        browser = launch(playwright, given.chromium())
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
