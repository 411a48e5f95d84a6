"""What only a browser shows: a click on a month or a ward filters the page, the next gives it back, step by step."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents
from tests.browser.server import PAINT_MS, Watch, map_frame, settled

MONTHS = '[class*="st-key-chart_hot_trend_"] .barlayer path'
# A spot of a ward that nothing lies on.
SPOT = """code => {
    const path = window.safety.wards[code].getElement(), box = path.getBoundingClientRect();
    for (let i = 1; i < 40; i++) for (let j = 1; j < 40; j++) {
        const x = box.left + box.width * i / 40, y = box.top + box.height * j / 40;
        if (document.elementFromPoint(x, y) === path) return [x, y];
    }
    return null;
}"""


def click_month(page: Page, back: int) -> None:
    """Click the column of a month of the chart, so many from its end."""
    page.wait_for_function("css => document.querySelectorAll(css).length > 20", arg=MONTHS, timeout=PAINT_MS)
    column = page.locator(MONTHS).nth(-back)
    column.scroll_into_view_if_needed()
    box = column.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.6)


def leads_to(page: Page, ending: str) -> None:
    """Wait until the address ends so, and the page has drawn it."""
    page.wait_for_url(re.compile(f"{re.escape(ending)}$"), timeout=PAINT_MS)
    settled(page)


@pytest.mark.long
def test_a_month_is_clicked_and_given_back(context: BrowserContext, real_app: str, real: Incidents) -> None:
    watch = Watch(context)
    page = context.new_page()
    page.goto(f"{real_app}/hotspots")
    settled(page)
    frame = real.frame[(real.frame["category"] == ASB) & real.frame["ward_code"].notna()]
    n = int((frame["month"] == "2024-10").sum())
    click_month(page, 3)
    leads_to(page, "/hotspots?month=2024-10")
    page.get_by_text(re.compile(f"^{n} .*were recorded in Knowsley in October 2024: a look back")).wait_for()
    click_month(page, 3)
    leads_to(page, "/hotspots")
    click_month(page, 5)
    leads_to(page, "?month=2024-08")
    page.get_by_role("button", name="Back to all months").click()
    leads_to(page, "/hotspots")
    click_month(page, 5)  # the chart remembers no click of before
    leads_to(page, "?month=2024-08")
    for step in ("/hotspots", "?month=2024-08", "/hotspots"):
        page.go_back()
        leads_to(page, step)
    watch.assert_quiet()


@pytest.mark.long
def test_a_ward_is_clicked_and_given_back(context: BrowserContext, real_app: str, area: Area) -> None:
    watch = Watch(context)
    page = context.new_page()
    page.goto(real_app)
    settled(page)
    code = "E05010940" if "E05010940" in area.wards.codes else area.wards.codes[0]
    map_frame(page).evaluate("window.mine = 1")

    def click() -> None:
        spot: Any = map_frame(page).evaluate(SPOT, code)
        box = page.locator(".st-key-map_330_overview iframe").bounding_box()
        assert spot is not None
        assert box is not None
        page.mouse.click(box["x"] + spot[0], box["y"] + spot[1])

    click()
    leads_to(page, f"/?wards={code}")
    page.get_by_text(re.compile(f"in {area.ward_names[code]} in the 12 months to December 2024")).first.wait_for()
    assert map_frame(page).evaluate("window.mine") == 1, "the map stays mounted"
    click()
    page.wait_for_function("location.search === ''", timeout=PAINT_MS)
    settled(page)
    click()
    leads_to(page, f"/?wards={code}")
    page.get_by_role("link", name=f"Hotspots of {area.ward_names[code]}").click()
    leads_to(page, f"/hotspots?wards={code}")
    watch.assert_quiet()
