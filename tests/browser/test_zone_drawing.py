"""A zone is drawn on the map by four clicks or taps and closed by a fifth on the first corner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from data.zone.zones import ZONES
from tests.browser.server import PAINT_MS, Watch, map_frame, serve, settled

SQUARE = ((-50, -50), (50, -50), (50, 50), (-50, 50), (-50, -50))  # pixels from the middle of the map


@pytest.fixture(scope="module")
def zones_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address of the app on a store of its own, with nothing loaded, and the store."""
    store = tmp_path_factory.mktemp("zones")
    with serve(store) as address:
        yield address, store


@pytest.mark.long
@pytest.mark.parametrize(("width", "height", "finger"), [(1366, 768, False), (390, 844, True)])
def test_a_square_is_drawn_closed_named_and_saved(
    browser: Browser, zones_app: tuple[str, Path], width: int, height: int, finger: bool
) -> None:
    address, store = zones_app
    before = len(ZONES.listed(store))
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=finger, is_mobile=finger, reduced_motion="reduce"
    )
    watch = Watch(context)
    page = context.new_page()
    page.goto(f"{address}/problems?zone=new")
    settled(page)
    frame = map_frame(page)
    element = page.wait_for_selector('iframe[title*="st_folium"]')
    assert element is not None
    element.scroll_into_view_if_needed()
    frame.wait_for_selector("path.map-drawing", state="attached", timeout=PAINT_MS)
    view = frame.evaluate("window.safety.map.getCenter().toString() + window.safety.map.getZoom()")
    for count, (dx, dy) in enumerate(SQUARE):
        box = element.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2 + dx, box["y"] + box["height"] / 2 + dy
        if finger:
            page.touchscreen.tap(x, y)
        else:
            page.mouse.click(x, y)
        drawn = (count + 1) % len(SQUARE)
        frame.wait_for_function(f"document.querySelectorAll('.map-corner').length === {drawn}", timeout=PAINT_MS)
        settled(page)
    assert frame.evaluate("window.safety.map.getCenter().toString() + window.safety.map.getZoom()") == view
    page.get_by_label("Name", exact=True).fill("Square")
    page.get_by_label("Authorised by (a role)").fill("Duty inspector")
    page.keyboard.press("Tab")
    settled(page)
    page.get_by_role("button", name="Save the zone").click()
    expect(page.locator(".done")).to_contain_text("Saved: Square.", timeout=PAINT_MS)
    saved = ZONES.listed(store)
    assert len(saved) == before + 1
    shape = saved[0].content.shape
    west, south, east, north = shape.bounds
    assert len(shape.exterior.coords) == 5
    assert shape.area == pytest.approx((east - west) * (north - south), rel=0.03)  # the map's grid leans a little
    assert (east - west) == pytest.approx(north - south, rel=0.03)
    watch.assert_quiet()
    context.close()
