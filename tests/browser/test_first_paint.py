"""The first paint of every map: the installed component, given what Python sends, watched from its first look."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from data.place.area import Area
from geo.grid import Grid
from pages.ui.map import maps
from pages.ui.map.maps import Overlay, View
from tests.browser.component import SEND, open_component, sent
from tests.browser.server import PAINT_MS, SLOW_MS, Watch, map_frame, settled

FAR, NEAR, CLOSEST = 9_000, 1_500, 400  # metres from the middle: far off, past the close-up zoom, and at its end
STOPS, CIRCLES = 8, 10
# Circles as they are painted: pairs that hide each other's number, in pixels of the screen.
HIDDEN = """() => {
  const boxes = [...document.querySelectorAll('.map-place')].map(e => e.getBoundingClientRect());
  const hidden = [];
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, k) => {
    const far = Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2);
    if (far < (a.width + b.width) / 2) hidden.push([i, i + 1 + k, far]);
  }));
  return hidden;
}"""


# When each part was seen first, and how tall the page was once map and foot of the page stood there.
ORDER = """
window.came = {}; window.tall = [];
const look = () => {
  const map = document.querySelector('iframe[title*="st_folium"]')?.contentDocument;
  const there = {
    finding: document.querySelector('.finding'), map: map && map.querySelector('.map-place')?.getClientRects().length,
    table: document.querySelector('[data-testid="stDataFrame"] canvas'),
    chart: document.querySelector('.js-plotly-plot .main-svg')
  };
  for (const part in there) if (there[part] && !(part in window.came)) window.came[part] = performance.now();
  const block = document.querySelector('[data-testid="stMainBlockContainer"]');
  const foot = document.querySelector('.footer');
  if (there.map && block && foot) window.tall.push(Math.round(block.getBoundingClientRect().height));
  setTimeout(look, 10);
};
look();
"""


@pytest.fixture
def component(context: BrowserContext) -> tuple[Page, Watch]:
    """The map's component by itself, waiting for what to draw."""
    return open_component(context)


def routes(area: Area, grid: Grid, reach_m: float) -> Overlay:
    """Stops of a patrol about the middle of the area, two of them at one point, seen from some metres away."""
    centre = area.wards.outline.centroid
    x, y = maps.spot(grid, centre.x, centre.y)
    turns = np.linspace(0, 2 * np.pi, STOPS - 1, endpoint=False)
    spots = [[x + round(700 * np.cos(t)), y + round(700 * np.sin(t))] for t in turns]
    spots.append(spots[-1])
    stops = [[f"A{n}", *spot, 0, 0, f"stop {n}", 0.1, None, 0] for n, spot in enumerate(spots, start=1)]
    return Overlay(
        places=stops, routes=[["Base", "#12436D", [[x, y], *spots, [x, y]]]], view=looking(area, "routes", reach_m)
    )


def places(area: Area, grid: Grid, reach_m: float) -> Overlay:
    """Circles and cells that are more than chance, as Hotspots and step 2 of a plan draw them."""
    centre = area.wards.outline.centroid
    x, y = maps.spot(grid, centre.x, centre.y)
    circles = [[n, x + 90 * n, y + 60 * n, 1 / n, n % 2, f"place {n}", 2.0, 9, 0] for n in range(1, CIRCLES + 1)]
    column, row = x // int(grid.cell_size_m), y // int(grid.cell_size_m)
    cells = [[column + k, row, k % 4, 1.0, 3, 1, f"SJ{k}"] for k in range(5)]
    return Overlay(places=circles, cells=cells, view=looking(area, "places", reach_m))


def looking(area: Area, token: str, reach_m: float) -> View:
    """A look at the middle of the area from some metres away."""
    centre = area.wards.outline.centroid
    return View(f"{token}-{reach_m}", (centre.x - reach_m, centre.y - reach_m, centre.x + reach_m, centre.y + reach_m))


def painted(page: Page, args: dict[str, Any], circles: int) -> None:
    """Send, and wait until the circles are there."""
    page.evaluate(SEND, args)
    page.wait_for_function(
        "n => window.safety && document.querySelectorAll('.map-place').length === n", arg=circles, timeout=PAINT_MS / 12
    )


@pytest.mark.parametrize("reach_m", [FAR, NEAR, CLOSEST])
def test_stops_and_lines_are_there_at_the_first_look(
    component: tuple[Page, Watch], monkeypatch: pytest.MonkeyPatch, area: Area, reach_m: int
) -> None:
    page, watch = component
    grid = area.grid()
    painted(page, sent(monkeypatch, area, grid, routes(area, grid, reach_m)), STOPS)
    assert (page.evaluate("window.safety.map.getZoom()") >= 13.5) == (reach_m != FAR)
    assert page.locator("path.map-route").count() == 1
    assert page.locator(".leaflet-wards-pane path.leaflet-interactive").count() == len(area.wards.codes)
    # Lines are as thick as they were asked for: a zoom that broke off left them stretched.
    stretched = "e => new DOMMatrix(getComputedStyle(e).transform).a"
    assert page.locator(".leaflet-wards-pane svg").evaluate(stretched) == 1
    assert page.evaluate(HIDDEN) == []
    labels = [one.get_attribute("aria-label") for one in page.locator(".leaflet-places-pane [role=button]").all()]
    assert labels == [f"Stop A{n}: stop {n}" for n in range(1, STOPS + 1)]
    watch.assert_quiet()


def test_the_look_may_cross_the_close_up_with_every_filter_change(
    component: tuple[Page, Watch], monkeypatch: pytest.MonkeyPatch, area: Area
) -> None:
    page, watch = component
    grid = area.grid()
    page.emulate_media(reduced_motion="no-preference")
    for reach_m in (NEAR, FAR, CLOSEST):
        overlay = places(area, grid, reach_m)
        painted(page, sent(monkeypatch, area, grid, overlay), CIRCLES)
        close = "n => (window.safety.map.getZoom() >= 13.5) === (n < 9000) && !window.safety.map._animatingZoom"
        page.wait_for_function(close, arg=reach_m, timeout=PAINT_MS / 12)
        assert page.evaluate(HIDDEN) == []
        outlines = "[...document.querySelectorAll('.leaflet-cells-pane path')].map(e => e.getAttribute('stroke-width'))"
        assert page.evaluate(outlines) == 5 * ["3" if reach_m < FAR else "1.5"]
    # Circles that stepped aside are tied to where they belong; none of them is far from it.
    away = "Math.max(...window.safety.circles.map(c => Math.hypot(c.dx, c.dy)))"
    assert page.evaluate(away) < 120
    painted(page, sent(monkeypatch, area, grid, replace(overlay, places=[])), 0)
    assert page.locator(".map-leader").count() == 0
    watch.assert_quiet()


@pytest.mark.long
def test_the_pages_maps_are_whole_at_once_on_the_demonstration(context: BrowserContext, demo_app: str) -> None:
    watch, page = Watch(context), context.new_page()
    page.goto(f"{demo_app}/hotspots")
    settled(page)
    expect(map_frame(page).locator(".map-place")).to_have_count(CIRCLES)
    map_frame(page).locator(".leaflet-places-pane [role=button]").first.press("Enter")
    expect(page.locator(".finding")).to_contain_text("1. ", timeout=PAINT_MS)
    page.wait_for_url("**/hotspots?at=place-*")

    again = context.new_page()  # the same address in another window begins close by
    again.goto(page.url)
    settled(again)
    frame = map_frame(again)
    expect(frame.locator(".map-place.chosen")).to_have_count(1, timeout=PAINT_MS)
    assert frame.evaluate("window.safety.map.getZoom()") >= 13.5
    assert again.locator(".finding").inner_text() == page.locator(".finding").inner_text()

    page.goto(f"{demo_app}/plan_operation")
    settled(page)
    page.get_by_role("radio", name="2 Where").click()
    expect(page.locator(".finding")).to_contain_text("leads with", timeout=SLOW_MS)
    settled(page)
    assert map_frame(page).locator(".map-place").count() >= CIRCLES
    page.get_by_role("radio", name="3 Who").click()
    expect(page.get_by_role("button", name="Share out the hours")).to_be_visible(timeout=SLOW_MS)
    settled(page)
    page.get_by_role("button", name="Share out the hours").click()
    visits = page.get_by_text(re.compile(r"\d+ visits?, \d+ minutes on the way"))
    expect(visits).to_have_count(1, timeout=SLOW_MS)
    settled(page)
    count = int(visits.inner_text().split(": ")[1].split()[0])
    expect(map_frame(page).locator(".map-place")).to_have_count(count)
    expect(map_frame(page).locator("path.map-route")).to_have_count(1)
    watch.assert_quiet()


@pytest.mark.long
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 800)])
def test_charts_come_after_the_map_into_places_kept_free(
    browser: Browser, demo_app: str, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height})
    watch, page = Watch(context), context.new_page()
    page.add_init_script(ORDER)
    page.goto(f"{demo_app}/hotspots")
    settled(page)
    page.wait_for_function("['map', 'table', 'chart'].every(part => part in window.came)", timeout=SLOW_MS)
    came = page.evaluate("window.came")
    assert came["finding"] <= came["map"] < min(came["table"], came["chart"])
    assert len(set(page.evaluate("window.tall"))) == 1  # nothing moved for them
    assert page.locator(".later").count() == 0
    page.reload()  # another session: the map comes first again, and a person who acts need not wait for it
    page.wait_for_selector(".later", state="attached", timeout=PAINT_MS)
    page.keyboard.press("Tab")
    settled(page)
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_attached(timeout=SLOW_MS)
    watch.assert_quiet()
    context.close()
