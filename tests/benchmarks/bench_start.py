"""From starting the app, and from opening it once it runs, to painted Hotspots: over a blank page of Streamlit.

Run with ``python -m pytest tests/benchmarks/bench_start.py -s``. The blank page is one line that writes one word. The
two take turns in one run, so that whatever else the machine does meets both. Cold: the app is not running, the browser
is open; from the start of the process to a page that is drawn and settled. Warm: the server has shown the page before;
a new browser context opens it. Aims, with all 73 months loaded: cold within twice the blank page, warm within 1.6
times. Processor seconds are those of the server's process, from its start (cold) or for the visit (warm).
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.server import PAINT_MS, ROOT, launch, map_frame, settled, started

SCREEN: ViewportSize = {"width": 1366, "height": 768}
COLD_TIMES, WARM_TIMES = 2.0, 1.6
ROUNDS, VISITS = 5, 2  # starts of each; visits of each in every start
WORD = "Blank"
PLAIN = ("--browser.gatherUsageStats=false", "--server.fileWatcherType=none")
TODAY = "2025-01-15"


@dataclass
class Seconds:
    """What was measured of one page: wall and processor seconds, a value for every turn."""

    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    cold_processor: list[float] = field(default_factory=list)
    warm_processor: list[float] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium."""
    with sync_playwright() as playwright:
        found = launch(playwright, chromium)
        yield found
        found.close()


def test_start_and_visit_over_a_blank_page(browser: Browser, real_store: Path, tmp_path: Path) -> None:
    """Medians of both, in turns."""
    ours, blank = measure(browser, real_store, tmp_path, ROUNDS, VISITS)
    print("\n" + "\n".join(table(ours, blank)))
    assert statistics.median(ours.cold) <= COLD_TIMES * statistics.median(blank.cold)
    assert statistics.median(ours.warm) <= WARM_TIMES * statistics.median(blank.warm)


def measure(browser: Browser, store: Path, folder: Path, rounds: int, visits: int) -> tuple[Seconds, Seconds]:
    """Start and visit both pages in turns.

    Parameters
    ----------
    browser : Browser
    store : Path
    folder : Path
        The blank page is put there.
    rounds, visits : int
        Starts of each; warm visits of each in every start.

    Returns
    -------
    ours, blank : Seconds
    """
    script = folder / "blank.py"
    script.write_text(f"import streamlit as st\n\nst.write({WORD!r})\n", encoding="utf-8")
    ours, blank = Seconds(), Seconds()
    for _ in range(rounds):
        begin = time.perf_counter()
        with started(script, *PLAIN) as (plain, plain_process):
            visit(browser, plain, blank_drawn)
            blank.cold.append(time.perf_counter() - begin)
            blank.cold_processor.append(processor_s(plain_process))
            begin = time.perf_counter()
            with started(ROOT / "app.py", DASHBOARD_DATA=str(store), DASHBOARD_TODAY=TODAY) as (address, process):
                visit(browser, f"{address}/hotspots", hotspots_drawn)
                ours.cold.append(time.perf_counter() - begin)
                ours.cold_processor.append(processor_s(process))
                for _ in range(visits):
                    _warm(browser, plain, blank_drawn, plain_process, blank)
                    _warm(browser, f"{address}/hotspots", hotspots_drawn, process, ours)
    return ours, blank


def _warm(browser: Browser, address: str, drawn: Callable[[Page], None], process: int, seconds: Seconds) -> None:
    before, begin = processor_s(process), time.perf_counter()
    visit(browser, address, drawn)
    seconds.warm.append(time.perf_counter() - begin)
    seconds.warm_processor.append(processor_s(process) - before)


def visit(browser: Browser, address: str, drawn: Callable[[Page], None]) -> None:
    """Open a page as somebody who was never there, until it is drawn."""
    context = browser.new_context(viewport=SCREEN)
    page = context.new_page()
    page.goto(address, wait_until="commit")
    drawn(page)
    context.close()


def blank_drawn(page: Page) -> None:
    """Wait for the one word."""
    page.get_by_text(WORD, exact=True).wait_for(timeout=PAINT_MS)
    page.wait_for_selector('[data-testid="stStatusWidget"]', state="detached", timeout=PAINT_MS)


def hotspots_drawn(page: Page) -> None:
    """Wait for the map's wards and numbered places, and for everything else."""
    map_frame(page).wait_for_selector(".map-place", timeout=PAINT_MS)
    settled(page)


def processor_s(process: int) -> float:
    """Processor seconds of a process so far, its threads and what ended below it included; 0 where none are told."""
    try:
        parts = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(part) for part in parts[11:15]) / os.sysconf("SC_CLK_TCK")


def table(ours: Seconds, blank: Seconds) -> list[str]:
    """Lines of what was measured: medians, their ratio, and from the fastest to the slowest."""
    lines = [f"{'':28}{'ours':>8}{'blank':>8}{'ratio':>8}   ours from to, blank from to"]
    for name in ("cold", "warm", "cold_processor", "warm_processor"):
        a, b = sorted(getattr(ours, name)), sorted(getattr(blank, name))
        middle = statistics.median(a), statistics.median(b)
        ratio = middle[0] / middle[1] if middle[1] else float("nan")
        spread = f"{a[0]:.2f} to {a[-1]:.2f}, {b[0]:.2f} to {b[-1]:.2f}"
        lines.append(f"{name.replace('_', ', ') + ', s':28}{middle[0]:8.2f}{middle[1]:8.2f}{ratio:8.2f}   {spread}")
    return lines
