"""How long a person waits: from starting the app to a painted map, and from a changed filter to the map repainted.

Run with ``python -m pytest tests/benchmarks/bench_app.py``. Aims, with all 73 months loaded: a filter change under
0.5 s at the median and under 150 kB.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, WebSocket, sync_playwright

from tests.browser.server import PAINT_MS, launch, map_frame, serve, settled

SCREEN = {"width": 1366, "height": 768}
CHANGES = ("Drugs", "Anti-social behaviour")
ROUNDS = 12


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium."""
    with sync_playwright() as playwright:
        found = launch(playwright, chromium)
        yield found
        found.close()


def test_start_to_painted_map(benchmark: Any, browser: Browser, real_store: Path) -> None:
    """App not running, browser open: start it, open Hotspots, wait for the wards to be drawn."""

    def start() -> None:
        with serve(real_store) as address:
            page = browser.new_context(viewport=SCREEN).new_page()
            page.goto(f"{address}/hotspots")
            map_frame(page).wait_for_selector(".map-place", timeout=PAINT_MS)
            page.context.close()

    benchmark.pedantic(start, rounds=3, iterations=1)


def test_filter_change_to_repainted_map(benchmark: Any, browser: Browser, real_store: Path) -> None:
    """Choose another crime type: until the map has drawn its cells. Also says how many bytes came for it."""
    with serve(real_store) as address:
        page = browser.new_context(viewport=SCREEN).new_page()
        received: list[int] = []
        page.on("websocket", lambda socket: _count(socket, received))
        page.goto(f"{address}/hotspots")
        settled(page)
        frame = map_frame(page)
        turn = itertools.cycle(CHANGES)
        sizes: list[int] = []

        def ready() -> tuple[tuple[Page, Any, str, int], dict[str, Any]]:
            page.wait_for_timeout(800)
            if received:
                sizes.append(sum(received))
            received.clear()
            page.locator('[data-testid="stSelectbox"]').first.click()
            page.get_by_role("option", name=CHANGES[0]).wait_for()
            return (page, frame, next(turn), frame.evaluate("window.feature_group.length")), {}

        benchmark.pedantic(_change, setup=ready, rounds=ROUNDS, iterations=1, warmup_rounds=2)
        benchmark.extra_info["kilobytes"] = [round(size / 1000) for size in sizes[1:]]
        print(f"\nmedian {benchmark.stats.stats.median:.2f} s, kB received: {benchmark.extra_info['kilobytes']}")
        page.context.close()


def _change(page: Page, frame: Any, name: str, layers: int) -> None:
    page.get_by_role("option", name=name).click()
    frame.wait_for_function(f"window.feature_group.length > {layers}", polling=20, timeout=PAINT_MS)


def _count(socket: WebSocket, received: list[int]) -> None:
    socket.on("framereceived", lambda payload: received.append(len(payload)))


def test_rerun_of_the_page(benchmark: Any, real_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's share of a filter change, without a browser."""
    from streamlit.testing.v1 import AppTest

    from tests.conftest import ROOT

    monkeypatch.setenv("DASHBOARD_DATA", str(real_store))
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.run().switch_page("pages/hotspots.py").run()
    turn = itertools.cycle(CHANGES)

    def change() -> None:
        at.selectbox[0].set_value(next(turn)).run()

    started = time.perf_counter()
    change()
    change()
    benchmark.extra_info["first_two_seconds"] = round(time.perf_counter() - started, 2)
    benchmark.pedantic(change, rounds=10, iterations=1)
