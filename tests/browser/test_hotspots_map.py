"""What only a browser shows: that the map paints with no internet, and that map and list choose for each other."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Frame, Page

from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents
from tests.browser.server import PAINT_MS, Watch, map_frame, settled

TREND = ".chart-title"
ROW_PX, HEAD_PX = 28, 36
# Buttons of the page that the toolbar of a table lies on, and how many toolbars are to be seen.
UNDER_TOOLBARS = """() => {
  const bars = [...document.querySelectorAll('[data-testid=stElementToolbar]')];
  const box = e => e.getBoundingClientRect();
  const ours = [...document.querySelectorAll('.stMain button')].filter(b => !bars.some(bar => bar.contains(b)));
  const on = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return [bars.length, ours.filter(b => bars.some(bar => on(box(bar), box(b)))).map(b => b.innerText)];
}"""


def opened(context: BrowserContext, address: str, query: str = "") -> tuple[Page, Frame]:
    """Open Hotspots and wait for its map."""
    page = context.new_page()
    page.goto(f"{address}/hotspots{query}")
    settled(page)
    return page, map_frame(page)


def title(page: Page, start: str) -> str:
    """Title of the trend once it begins with some words."""
    page.wait_for_function(
        "([css, start]) => [...document.querySelectorAll(css)].some(e => e.textContent.startsWith(start))",
        arg=[TREND, start],
        timeout=PAINT_MS,
    )
    return next(text for text in page.locator(TREND).all_inner_texts() if text.startswith(start))


def test_the_map_paints_every_ward_from_this_machine_alone(context: BrowserContext, real_app: str, area: Area) -> None:
    watch = Watch(context)
    page, frame = opened(context, real_app)
    assert frame.locator(".leaflet-wards-pane path.leaflet-interactive").count() == len(area.wards.codes)
    assert frame.locator(".map-place").count() == 10
    assert (
        frame.locator(".leaflet-cells-pane path").count() >= 100
    )  # 5 % of the cells, less those of places with too few incidents
    shapes = frame.evaluate(
        "[...document.querySelectorAll('.leaflet-wards-pane path')].every(p => p.getBoundingClientRect().width > 5)"
    )
    assert shapes
    high = "document.querySelector('.leaflet-container').getBoundingClientRect().height"
    assert 490 <= frame.evaluate(high) <= 510
    page.set_viewport_size({"width": 1366, "height": 1024})  # what a screen is taller goes to the map, and it fills it
    frame.wait_for_function(f"{high} > 700 && {high} === innerHeight", timeout=PAINT_MS)
    frame.wait_for_function("window.safety.map.getZoom() > 11.3", timeout=PAINT_MS)
    watch.assert_quiet()


def test_a_click_on_a_ward_shows_its_trend(context: BrowserContext, real_app: str, area: Area, real: Incidents) -> None:
    watch = Watch(context)
    page, frame = opened(context, real_app)
    code = area.wards.codes[0]
    # A spot of the ward that nothing lies on: label and circles are asked by the browser itself.
    spot = frame.evaluate(
        """code => {
            const ward = window.safety.wards[code], path = ward.getElement(), box = path.getBoundingClientRect();
            for (let i = 1; i < 40; i++) for (let j = 1; j < 40; j++) {
                const x = box.left + box.width * i / 40, y = box.top + box.height * j / 40;
                if (document.elementFromPoint(x, y) === path) return [x, y];
            }
            return null;
        }""",
        code,
    )
    assert spot is not None
    corner = page.locator('iframe[title*="st_folium"]').bounding_box()
    assert corner is not None
    page.mouse.click(corner["x"] + spot[0], corner["y"] + spot[1])
    found = title(page, area.ward_names[code])
    frame_ = real.frame
    last12 = real.months[-12:]
    count = ((frame_["category"] == ASB) & (frame_["ward_code"] == code) & frame_["month"].isin(last12)).sum()
    assert re.search(r": ([\d,]+) in", found).group(1) == f"{count:,}"  # type: ignore[union-attr]
    watch.assert_quiet()


def test_list_and_map_choose_for_each_other(context: BrowserContext, real_app: str) -> None:
    watch = Watch(context)
    page, frame = opened(context, real_app)
    before = frame.evaluate("window.safety.map.getZoom()")
    table = page.locator('[data-testid="stDataFrame"]').first.bounding_box()
    assert table is not None
    page.mouse.click(table["x"] + 16, table["y"] + HEAD_PX + 2.5 * ROW_PX)
    assert title(page, "3. ")
    frame.wait_for_selector(".map-place.chosen", timeout=PAINT_MS)
    assert frame.locator(".map-place.chosen").inner_text() == "3"
    frame.wait_for_function(f"window.safety.map.getZoom() > {before} + 1", timeout=PAINT_MS)
    page.wait_for_url("**/hotspots?at=place-*")
    assert page.locator(".finding").inner_text().startswith("3. ")
    assert page.evaluate(UNDER_TOOLBARS) == [1, []]  # the mouse is on the list
    page.get_by_text("Borough", exact=True).first.click()
    frame.wait_for_function(f"Math.abs(window.safety.map.getZoom() - {before}) < 0.2", timeout=PAINT_MS)
    frame.wait_for_function("document.querySelectorAll('.map-place').length === 10", timeout=PAINT_MS)
    frame.locator(".leaflet-places-pane .leaflet-marker-icon").first.press("Enter")
    assert title(page, "1. ")
    frame.wait_for_function("window.safety.map.getZoom() >= 13.5", timeout=PAINT_MS)
    watch.assert_quiet()


def test_a_filter_change_keeps_the_map_mounted(context: BrowserContext, real_app: str) -> None:
    page, frame = opened(context, real_app)
    frame.evaluate("window.same = true")
    places = frame.locator(".map-place").count()
    first = frame.evaluate("window.feature_group.length")
    page.locator('[data-testid="stSelectbox"]').first.click()
    page.get_by_role("option", name="Drugs").click()
    frame.wait_for_function(f"window.feature_group.length > {first}", timeout=PAINT_MS)
    assert frame.evaluate("window.same") is True
    assert frame.locator(".map-place").count() == places
    page.wait_for_url("**category=drugs*", timeout=PAINT_MS)  # it is written when all is drawn


def test_the_demonstration_says_so_on_the_map(context: BrowserContext, demo_app: str) -> None:
    watch = Watch(context)
    page, frame = opened(context, demo_app)
    assert frame.locator(".map-mark").inner_text() == "SIMULATED"
    assert "simulated" in page.locator(".banner").inner_text()
    watch.assert_quiet()
