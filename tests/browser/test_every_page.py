"""Every page in a real browser: quiet, asking nobody else, nothing hidden or cut off, nothing against WCAG."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from data.place.area import Area
from pages.ui.plan.build import STEPS
from pages.ui.shell.frame import PAGES, STATEMENT
from pages.ui.shell.problem_link import PROBLEMS
from tests.browser.axe import EXEMPT, violations
from tests.browser.conftest import SCREEN
from tests.browser.server import PAINT_MS, SLOW_MS, Watch, map_frame, serve, settled
from tests.published.police_files import points_of, row, table

TABS = '[data-testid="stTabs"] [role="tab"]'
WITH_MAP = ("Hotspots", "Did it work")
CONTRAST = ["color-contrast"]
NARROWED = ("Overview", "Hotspots", "Plan an operation")  # in every run; all of them in a long one
NARROW: ViewportSize = {"width": 320, "height": 640}


def go(page: Page, name: str) -> None:
    """Follow the link to a page as a person does, which needs no loading anew."""
    label = "Accessibility statement, and the keys to use" if name == STATEMENT[0] else name
    page.get_by_role("link", name=label, exact=True).click()
    expect(page.locator("h1")).to_have_text(name, timeout=SLOW_MS)
    settled(page)
    if name == "Did it work":  # says what it needs, until a plan was run
        page.get_by_role("button", name="Try it on past months").click()
        expect(page.locator(".finding")).to_contain_text("Tried on past months", timeout=SLOW_MS)
        settled(page)
    if name in WITH_MAP:
        map_frame(page)


def themed(page: Page, theme: str) -> None:
    """Change what the device prefers, and wait for it."""
    before = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.wait_for_function(
        "before => getComputedStyle(document.querySelector('.stApp')).backgroundColor !== before", arg=before
    )
    settled(page)


def says_what_it_is(page: Page, name: str) -> None:
    """A page has its name, a finding that is announced, headings in order, and nothing cut off or covered."""
    assert page.title().startswith(f"{name} - ")
    headings = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(h => Number(h.tagName[1]))")
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(headings))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if name == STATEMENT[0]:
        return
    finding = page.locator(".st-key-finding")
    assert len(finding.inner_text()) > 20
    assert finding.get_attribute("aria-live") == "polite"
    title, words = page.locator("h1").bounding_box(), page.locator(".finding").bounding_box()
    assert title is not None
    assert words is not None
    assert title["y"] + title["height"] <= words["y"] + 2


def fits_a_narrow_screen(page: Page) -> None:
    """On 320 pixels, or a laptop at 400 %, nothing is cut off and nothing has to be moved sideways."""
    page.set_viewport_size(NARROW)
    page.wait_for_function("document.querySelector('.stMain').getBoundingClientRect().width <= 320")
    settled(page)
    wide = page.evaluate(
        """[...document.querySelectorAll('h1, h2, .finding, .note, .how, .footer, .banner, .stMain .stButton button')]
            .filter(e => e.getBoundingClientRect().right > 321 && e.checkVisibility()).map(e => e.innerText)"""
    )
    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.set_viewport_size(SCREEN)
    settled(page)


@pytest.mark.parametrize("store", ["real_app", pytest.param("demo_app", marks=pytest.mark.long)])
def test_every_page_is_quiet_and_has_no_violation(
    context: BrowserContext, store: str, request: pytest.FixtureRequest
) -> None:
    address = request.getfixturevalue(store)
    watch = Watch(context)
    page = context.new_page()
    page.goto(address)
    settled(page)
    ours: list[str] = []
    needed = set()
    hidden = [PROBLEMS] if store == "demo_app" else []  # listed only where it is used
    for name, _ in (*PAGES, *hidden, STATEMENT):
        go(page, name)
        says_what_it_is(page, name)
        assert page.locator(".banner").count() == (store == "demo_app"), name
        if name == "Data":  # what takes files is drawn last
            expect(page.locator('[data-testid="stFileUploaderDropzone"]').first).to_be_visible(timeout=SLOW_MS)
        found, used = violations(page)
        if store == "real_app":  # the dark theme is built alike on every store
            themed(page, "dark")
            found += violations(page, CONTRAST)[0]
            themed(page, "light")
        else:
            expect(page.locator(".banner")).to_contain_text("simulated")
            assert page.locator(".banner button").count() == 0
        if store == "demo_app" or name in NARROWED:
            fits_a_narrow_screen(page)
        ours += [f"{name}: {line}" for line in found]
        needed |= used
    assert ours == []
    if store == "real_app":
        assert needed == set(EXEMPT)  # none is stale
    watch.assert_quiet()


@pytest.mark.long
def test_what_is_behind_tabs_and_steps_has_no_violation(context: BrowserContext, real_app: str) -> None:
    page = context.new_page()
    page.goto(real_app)
    settled(page)
    ours: list[str] = []
    seen = 0
    for name, _ in (*PAGES, STATEMENT):
        go(page, name)
        for tab in page.locator(TABS).all()[1:]:
            tab.click()
            settled(page)
            ours += [f"{name}: {line}" for line in violations(page, scope=".stTabs")[0]]
            seen += 1
        for step in STEPS[1:] if name == "Plan an operation" else ():
            page.get_by_role("radio", name=step).click()
            expect(page.get_by_role("radio", name=step)).to_be_checked()
            settled(page)
            ours += [f"{name}, {step}: {line}" for line in violations(page)[0]]
            seen += 1
    assert ours == []
    assert seen > 15


@pytest.mark.long  # tests/shell asks the same without a browser
def test_a_choice_survives_a_change_of_page_and_lives_in_the_address(context: BrowserContext, real_app: str) -> None:
    page = context.new_page()
    page.goto(f"{real_app}/hotspots?category=drugs")
    settled(page)
    expect(page.locator(".finding")).to_contain_text("drug offences")
    page.get_by_role("link", name="Seasonal peaks").click()
    page.wait_for_url("**/seasonal_peaks*")
    settled(page)
    expect(page.get_by_role("combobox", name="What")).to_have_value("Drugs", timeout=PAINT_MS)
    assert "category=drugs" in page.url
    again = context.new_page()
    again.goto(page.url)
    settled(again)
    expect(again.get_by_role("combobox", name="What")).to_have_value("Drugs", timeout=PAINT_MS)


def test_a_file_dropped_on_the_data_page_is_imported_and_reported(
    context: BrowserContext, tmp_path: Path, area: Area
) -> None:
    at = points_of(area).inside
    month = tmp_path / f"2024-10-{area.forces[0]}-street.csv"
    month.write_bytes(table([row(at), row(at), row(("0", "0"))]))
    wrong = tmp_path / "page.csv"
    wrong.write_text("<!DOCTYPE html><html><body>Not found</body></html>", encoding="utf-8")
    with serve(tmp_path / "store") as address:
        watch = Watch(context)
        page = context.new_page()
        page.goto(f"{address}/data")
        settled(page)
        page.locator('input[type="file"]').first.set_input_files([month, wrong])
        page.get_by_role("button", name="Import", exact=True).click()
        body = page.locator(".stMain")
        expect(body).to_contain_text("web page saved as a CSV", timeout=PAINT_MS)
        expect(body).to_contain_text("coordinates zero", timeout=PAINT_MS)
        page.goto(address)
        settled(page)
        assert page.locator(".banner").count() == 0
        watch.assert_quiet()
