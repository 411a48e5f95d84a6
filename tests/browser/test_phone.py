"""On a phone: the menu covers nothing unasked, one thumb reaches everything, the map lets the page go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pages.ui.plan.build import STEPS
from pages.ui.shell.frame import PAGES, STATEMENT
from tests.browser.server import PAINT_MS, SLOW_MS, Watch, map_frame, settled

WIDTH, HEIGHT, LEAST_PX = 390, 844, 44
# What a thumb taps, as high as the box it lies in: the input of a list and the buttons of a number are lower than their
# frame. Tables draw themselves, and a list of what is chosen scrolls within its own box.
_LOW = """least => [...document.querySelectorAll('.stMain :is(button, a, summary, [role=tab], [role=group])')]
    .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.stDataFrame, .stElementToolbar, iframe'))
    .filter(e => !e.closest('[role=group]') || e.matches('.react-aria-ComboBox > [role=group]'))
    .filter(e => !(e.getAttribute('aria-label') || '').startsWith('Help for') && !e.closest('details dl'))
    .filter(e => !e.closest('[data-testid=stNumberInputContainer]'))
    .map(e => [e.tagName, (e.getAttribute('aria-label') || e.innerText).slice(0, 40), e.getBoundingClientRect().height])
    .filter(([, name, height]) => height < least)"""
_WIDE = """() => [...document.querySelectorAll('.stMain *')]
    .filter(e => e.checkVisibility() && !e.closest('.stDataFrame, .stMultiSelect, svg'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.className.toString())"""
# Words of charts that reach beyond the picture: they are cut off there.
_CUT = """() => [...document.querySelectorAll('.stPlotlyChart text')]
    .filter(e => e.textContent && e.getBoundingClientRect().width > 0)
    .filter(e => { const words = e.getBoundingClientRect(), all = e.closest('.stPlotlyChart').getBoundingClientRect();
                   return words.right > all.right + 1 || words.left < all.left - 1; })
    .map(e => e.textContent)"""
_UNCOVERED = """() => {
    const box = document.querySelector('h1').getBoundingClientRect();
    return document.elementFromPoint(box.left + 5, box.top + box.height / 2).closest('h1') !== null;
}"""


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone with a touch screen, held upright."""
    found = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    yield found
    found.close()


def go(page: Page, name: str) -> None:
    """Open the menu and choose a page in it; the menu is gone and the page is seen."""
    page.get_by_test_id("stExpandSidebarButton").tap()
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "false")
    page.get_by_role("link", name=name, exact=True).tap()
    expect(page.locator("h1")).to_have_text(name, timeout=SLOW_MS)
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    page.wait_for_function(_UNCOVERED)
    settled(page)


def fits(page: Page) -> None:
    """Everything that is tapped is high enough for a thumb, and nothing lies outside the screen or its chart."""
    assert page.evaluate(_LOW, LEAST_PX) == []
    assert page.evaluate(_WIDE) == []
    assert page.evaluate(_CUT) == []


# How many circles of the map lie under a button, the scale or the line of licences.
_COVERED = """() => {
  const box = (element) => element.getBoundingClientRect();
  const controls = [...document.querySelectorAll('.leaflet-control')].map(box);
  const circles = [...document.querySelectorAll('.map-place')].map(box);
  if (circles.length < 5) throw new Error('no circles');
  return circles.filter((c) => controls.some(
    (k) => c.left < k.right && k.left < c.right && c.top < k.bottom && k.top < c.bottom)).length;
}"""


# One finger is the page's, two are the map's.
_ONE_FINGER = "getComputedStyle(document.querySelector('.leaflet-container')).touchAction === 'pan-x pan-y'"


def test_menu_and_map_on_a_phone(phone: BrowserContext, demo_app: str) -> None:
    watch = Watch(phone)
    page = phone.new_page()
    page.goto(demo_app)
    settled(page)
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    assert page.evaluate(_UNCOVERED)
    go(page, "Hotspots")
    fits(page)
    inside = map_frame(page)
    inside.wait_for_function(_ONE_FINGER, timeout=PAINT_MS)
    inside.wait_for_function("document.querySelectorAll('.map-place').length >= 5", timeout=PAINT_MS)
    assert inside.evaluate(_COVERED) == 0
    expect(page.get_by_text("Two fingers move the map")).to_be_visible()
    watch.assert_quiet()


@pytest.mark.long
def test_every_page_with_one_thumb(phone: BrowserContext, demo_app: str) -> None:
    watch = Watch(phone)
    page = phone.new_page()
    page.goto(demo_app)
    settled(page)
    for name, _ in (*PAGES, STATEMENT):
        if name == STATEMENT[0]:
            page.goto(f"{demo_app}/accessibility")
            settled(page)
        else:
            go(page, name)
        fits(page)
        for step in STEPS[1:] if name == "Plan an operation" else ():
            page.get_by_role("radio", name=step).tap()
            settled(page)
            fits(page)
    watch.assert_quiet()
