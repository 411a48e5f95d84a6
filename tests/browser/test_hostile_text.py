"""Hostile text in a real browser: nothing of it runs, nothing renders, and the address in it is never asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Frame, Page, expect

from pages.ui.plan.build import STEPS
from pages.ui.shell.frame import PAGES, STATEMENT
from tests.browser.conftest import SCREEN
from tests.browser.server import SLOW_MS, Watch, map_frame, serve, settled
from tests.browser.test_every_page import TABS, WITH_MAP
from tests.hostile import CLASS, HOST, PORT, RAN, TEXTS, WORKED_OUT, World, everywhere

# Elements that hostile text asks for and no page has; what Streamlit makes of directives and mathematics.
_RENDERED = (
    f".{CLASS}", f"[src*='{HOST}']", f"[href*='{HOST}']", "[src='x']", "a[href^='javascript']", "[onerror]", "[onload]",
    "[onmouseover]", ".stMarkdownColoredText", "[aria-label='skull icon']", ".katex", "a[href*='example.invalid']",
    ".js-plotly-plot svg a", ".js-plotly-plot .xtick a",
)  # fmt: skip
_WATCHED = f"window.{RAN} = function () {{ window.ran = true; console.error('hostile text ran'); }};"
_SEEN = """asked => [
  [...document.querySelectorAll(asked)].map(one => one.outerHTML.slice(0, 200)),
  window.ran === true,
  document.body.innerText,
]"""
_STEPS = 24  # over the hostile streets, which lie round the middle of the first ward
_NORTH = """() => {
  const safety = window.safety, map = safety.map, first = Object.values(safety.wards)[0].getBounds();
  if (map.getZoom() !== 17) {
    map.setView(first.getCenter(), 17, { animate: false });
    map.panBy([0, 3000], { animate: false });
  }
  map.panBy([0, -300], { animate: false });
  return safety.written ? safety.written.names.map(one => one[0]) : [];
}"""
_OPEN_TOOLTIPS = """() => {
  const map = window.safety.map;
  let opened = 0;
  map.eachLayer(layer => { if (layer.getTooltip && layer.getTooltip()) { layer.openTooltip(); opened += 1; } });
  return opened;
}"""


class _Canary(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012  one for all, emptied by who starts it

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def canary() -> Iterator[list[str]]:
    """Listen at the address that hostile text names; gives what was asked there."""
    _Canary.asked.clear()
    with ThreadingHTTPServer((HOST, PORT), _Canary) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield _Canary.asked
        server.shutdown()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Hostile text in every place that a small store has."""
    return everywhere(tmp_path_factory.mktemp("hostile"), share=40, beside=False)


@pytest.fixture
def watched(browser: Browser) -> Iterator[BrowserContext]:
    """A browser in which hostile text that runs is seen."""
    context = browser.new_context(viewport=SCREEN, reduced_motion="reduce")
    context.add_init_script(_WATCHED)
    yield context
    context.close()


def is_text(page: Page, where: str) -> int:
    """Fail where hostile text is more than text, in any frame; gives how much of it a person reads."""
    read = 0
    for frame in page.frames:
        found, ran, words = frame.evaluate(_SEEN, ", ".join(_RENDERED))
        assert found == [], where
        assert not ran, where
        assert WORKED_OUT not in words.replace(",", "").split(), where
        read += words.count(RAN) + words.count(HOST)
    return read


def on_the_map(frame: Frame, page: Page, where: str) -> None:
    """Every tooltip of the map, and names of streets close by."""
    assert frame.evaluate(_OPEN_TOOLTIPS) > 5, where
    is_text(page, f"{where}, tooltips")
    frame.evaluate("window.safety.map.setZoom(16, { animate: false })")
    frame.wait_for_timeout(200)
    is_text(page, f"{where}, close by")


def along_the_streets(frame: Frame) -> None:
    """Names along streets, also such as every object of a script has."""
    written: set[str] = set()
    for _ in range(_STEPS):
        written |= set(frame.evaluate(_NORTH))
    assert {"__proto__", "constructor"} <= written


def pointed_at(page: Page, where: str, most: int = 6) -> None:
    """What charts say where they are pointed at."""
    for chart in page.locator(".js-plotly-plot").all()[:most]:
        for point in chart.locator(".points path, .bars path").all()[:4]:
            box = point.bounding_box()
            if box is not None:
                page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
                page.wait_for_timeout(60)
                is_text(page, f"{where}, pointed at")


@pytest.mark.long  # what it sees is held by tests/map/test_names_are_text.py and tests/whole/test_sinks.py
def test_a_map_and_its_page(world: World, watched: BrowserContext) -> None:
    with canary() as asked, serve(world.store, **world.environment) as address:
        watch = Watch(watched)
        page = watched.new_page()
        page.goto(f"{address}/hotspots")
        settled(page)
        on_the_map(map_frame(page), page, "Hotspots")
        assert is_text(page, "Hotspots") > 2
        watch.assert_quiet()
        assert asked == []


def uploaded(page: Page, address: str) -> None:
    """Files whose names are hostile, and a partner's file whose heads and words are."""
    page.goto(f"{address}/data")
    settled(page)
    named = [TEXTS[one].replace("/", "") + ".csv" for one in ("image", "directive", "template", "link of Markdown")]
    head = ",".join('"' + one.replace('"', '""').replace("\n", " ") + '"' for one in TEXTS.values())
    raw = f"{head}\r\n{head}\r\n".encode()
    files: list[FilePayload] = [{"name": one, "mimeType": "text/csv", "buffer": raw} for one in named]
    page.locator('input[type="file"]').first.set_input_files(files)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator(".stMain")).to_contain_text("could not be used", timeout=SLOW_MS)
    is_text(page, "Data, files that are refused")
    page.get_by_role("tab", name="A partner's dated feed").click()
    page.get_by_label("Name of the feed").fill("other")
    page.keyboard.press("Tab")
    settled(page)
    page.locator('input[type="file"]').nth(1).set_input_files(files[:1])
    expect(page.locator(".stMain")).to_contain_text("What the columns of", timeout=SLOW_MS)
    settled(page)
    is_text(page, "Data, columns of a feed")


@pytest.mark.long
def test_every_page_tab_tooltip_and_list(tmp_path: Path, watched: BrowserContext) -> None:
    made = everywhere(tmp_path)
    with canary() as asked, serve(made.store, **made.environment) as address:
        watch = Watch(watched)
        page = watched.new_page()
        page.goto(address)
        settled(page)
        for name, _ in (*PAGES, STATEMENT):
            label = "Accessibility statement, and the keys to use" if name == STATEMENT[0] else name
            page.get_by_role("link", name=label, exact=True).click()
            expect(page.locator("h1")).to_have_text(name, timeout=SLOW_MS)
            settled(page)
            is_text(page, name)
            if name in WITH_MAP:
                on_the_map(map_frame(page), page, name)
            if name == "Hotspots":
                along_the_streets(map_frame(page))
            pointed_at(page, name)
            for tab in page.locator(TABS).all()[1:]:
                tab.click()
                settled(page)
                is_text(page, f"{name}, {tab.inner_text()}")
                pointed_at(page, f"{name}, {tab.inner_text()}")
            for step in STEPS[1:] if name == "Plan an operation" else ():
                page.get_by_role("radio", name=step).click()
                settled(page)
                is_text(page, f"{name}, {step}")
            for box in page.get_by_role("combobox").all():
                if box.is_visible() and box.is_enabled():
                    box.click()
                    page.wait_for_timeout(150)
                    is_text(page, f"{name}, a list")
                    page.keyboard.press("Escape")
            for button in page.locator('[data-testid="stPopover"] button').all():
                if button.is_visible() and button.is_enabled():
                    button.click()
                    page.wait_for_timeout(250)
                    is_text(page, f"{name}, {button.inner_text()}")
                    page.keyboard.press("Escape")
            for closed in page.locator("summary").all():
                if closed.is_visible():
                    closed.click()
            is_text(page, f"{name}, opened")
        uploaded(page, address)
        page.goto(f"{address}/hotspots?view=slide")
        page.wait_for_selector("footer.slide", timeout=SLOW_MS)
        is_text(page, "Hotspots, to photograph")
        watch.assert_quiet()
        assert asked == []
