"""From starting the app, and from opening it once it runs, to painted Hotspots: over a blank page of Streamlit.

Run with ``python -m pytest tests/benchmarks/bench_start.py -s``. The blank page is one line that writes one word. The
two take turns in one run, so that whatever else the machine does meets both. Cold: the app is not running, the browser
is open; from the start of the process. Warm: the server has shown the page before; a new browser context, with nothing
in its cache, opens it. Aims, with all 73 months loaded: cold within twice the blank page, warm within 1.6 times.

Painted: the finding under the title can be read, and the map shows its wards, its cells and its numbered places; of the
blank page, the one word can be read. Charts and tables are not there yet: at a session's first look they wait for the
map (``pages/ui/shell/later.py``), and streets under the map may follow. Whole: everything is drawn, charts and tables
too, and the server has nothing more to do. Before charts waited, only whole pages were measured, which is told beside.
Processor seconds are those of the server's process, from its start (cold) or for the visit (warm), to the whole page.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.browser.server import PAINT_MS, ROOT, launch, settled, started

SCREEN: ViewportSize = {"width": 1366, "height": 768}
COLD_TIMES, WARM_TIMES = 2.0, 1.6
ROUNDS, VISITS = 5, 2  # starts of each; visits of each in every start
WORD = "Blank"
PLAIN = ("--browser.gatherUsageStats=false", "--server.fileWatcherType=none")
TODAY = "2025-01-15"
BLANK = f"() => document.querySelector('.stMarkdown')?.innerText.trim() === '{WORD}'"
HOTSPOTS = """() => {
  const map = document.querySelector('iframe[title*="st_folium"]')?.contentDocument;
  const parts = ['.leaflet-wards-pane path', '.leaflet-cells-pane path', '.map-place'];
  return document.querySelector('.finding')?.innerText.trim() && map && map.styleSheets.length &&
    parts.every(part => map.querySelector(part)?.getClientRects().length);
}"""


@dataclass
class Seconds:
    """What was measured of one page: wall and processor seconds, a value for every turn."""

    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    cold_whole: list[float] = field(default_factory=list)
    warm_whole: list[float] = field(default_factory=list)
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
            told = visit(browser, plain, BLANK)
            blank.cold.append(told[0] - begin)
            blank.cold_whole.append(told[1] - begin)
            blank.cold_processor.append(processor_s(plain_process))
            begin = time.perf_counter()
            with started(ROOT / "app.py", DASHBOARD_DATA=str(store), DASHBOARD_TODAY=TODAY) as (address, process):
                told = visit(browser, f"{address}/hotspots", HOTSPOTS)
                ours.cold.append(told[0] - begin)
                ours.cold_whole.append(told[1] - begin)
                ours.cold_processor.append(processor_s(process))
                for _ in range(visits):
                    _warm(browser, plain, BLANK, plain_process, blank)
                    _warm(browser, f"{address}/hotspots", HOTSPOTS, process, ours)
    return ours, blank


def _warm(browser: Browser, address: str, drawn: str, process: int, seconds: Seconds) -> None:
    before, begin = processor_s(process), time.perf_counter()
    painted, whole = visit(browser, address, drawn)
    seconds.warm.append(painted - begin)
    seconds.warm_whole.append(whole - begin)
    seconds.warm_processor.append(processor_s(process) - before)


def visit(browser: Browser, address: str, drawn: str) -> tuple[float, float]:
    """Open a page as somebody who was never there; gives when it was painted and when it was whole, by the clock.

    Parameters
    ----------
    browser : Browser
    address : str
    drawn : str
        JavaScript that is true once the page is painted; asked before every frame that the browser paints.
    """
    context = browser.new_context(viewport=SCREEN)
    page = context.new_page()
    page.goto(address, wait_until="commit")
    page.wait_for_function(drawn, timeout=PAINT_MS)
    painted = time.perf_counter()
    if drawn == HOTSPOTS:
        page.wait_for_selector(".js-plotly-plot .main-svg", timeout=PAINT_MS)
        page.wait_for_selector('[data-testid="stDataFrame"] canvas', timeout=PAINT_MS)
        settled(page)
    else:
        page.wait_for_selector('[data-testid="stStatusWidget"]', state="detached", timeout=PAINT_MS)
    whole = time.perf_counter()
    context.close()
    return painted, whole


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
    for name in ("cold", "warm", "cold_whole", "warm_whole", "cold_processor", "warm_processor"):
        a, b = sorted(getattr(ours, name)), sorted(getattr(blank, name))
        middle = statistics.median(a), statistics.median(b)
        ratio = middle[0] / middle[1] if middle[1] else float("nan")
        spread = f"{a[0]:.2f} to {a[-1]:.2f}, {b[0]:.2f} to {b[-1]:.2f}"
        lines.append(f"{name.replace('_', ', ') + ', s':28}{middle[0]:8.2f}{middle[1]:8.2f}{ratio:8.2f}   {spread}")
    return lines
