"""WCAG 2.2 AA in a real browser: the keyboard alone, announcements, spaced text, screenshot view."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, expect

from pages.ui.shell.frame import PAGES
from tests.browser.axe import RULES, violations
from tests.browser.server import SLOW_MS, Watch, map_frame, settled

MOST_STOPS = 90
GUIDELINES = [rule for rule in RULES if rule.startswith("wcag")]
# Text spacing of WCAG 2.2, success criterion 1.4.12.
SPACED = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page in the light theme."""
    found = context.new_page()
    yield found
    found.close()


# --- axe-core ---------------------------------------------------------------------------------------------------------
def test_what_opens_has_no_violation(page: Page, real_app: str) -> None:
    page.goto(f"{real_app}/seasonal_peaks")
    settled(page)
    page.get_by_role("button", name="Table").first.click()
    expect(page.locator('[data-testid="stPopoverBody"]')).to_be_visible()
    assert violations(page)[0] == []
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="What").click()
    expect(page.get_by_role("option").first).to_be_visible()
    assert violations(page, GUIDELINES)[0] == []  # Streamlit opens lists beside the landmarks: no more than unusual


# --- keyboard --------------------------------------------------------------------------------------------------------
_FOCUS = """() => {
    const e = document.activeElement, role = e.getAttribute('role') || e.type || '';
    const label = e.getAttribute('aria-label') || (e.labels && e.labels[0] && e.labels[0].innerText) || e.innerText;
    return [e.tagName, role, (label || '').trim()];
}"""


def focused(where: Page | Frame) -> tuple[str, str, str]:
    """Element, role and name of what has the focus."""
    return tuple(where.evaluate(_FOCUS))


def tab_to(page: Page, tag: str, name: str, *, back: bool = False) -> None:
    """Press Tab until something is reached; each stop on the way can be seen."""
    passed = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        found = focused(page)
        passed.append(found)
        if found[0] == tag and name in found[2]:
            return
    pytest.fail(f"{tag} {name!r} is not reached: {passed}")


def test_everything_by_keyboard(page: Page, demo_app: str) -> None:
    page.goto(f"{demo_app}/hotspots")
    settled(page)
    inside = map_frame(page)
    # The first stop leads past the links.
    page.keyboard.press("Tab")
    assert focused(page)[2] == "Skip to main content"
    page.keyboard.press("Enter")
    # A filter.
    tab_to(page, "INPUT", "What")
    page.keyboard.type("Drugs")
    page.keyboard.press("Enter")
    expect(page.locator(".finding")).to_contain_text("drug offences", timeout=SLOW_MS)
    settled(page)
    # A circle on the map.
    tab_to(page, "IFRAME", "Map of")
    for _ in range(3):
        page.keyboard.press("Tab")
    assert focused(inside)[1:] == ("button", inside.locator("[aria-label^=Place]").nth(2).get_attribute("aria-label"))
    assert inside.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.keyboard.press("Enter")
    expect(page.locator(".chart-title").filter(has_text="3. ").first).to_be_visible(timeout=SLOW_MS)
    assert inside.locator(".map-place.chosen").inner_text() == "3"
    settled(page)
    # The list: the map goes there.
    page.keyboard.press("Escape")
    tab_to(page, "CANVAS", "")
    # A table that was drawn with a row chosen answers to arrows once that choice is dropped: the statement says so.
    page.keyboard.press("Escape")
    expect(page.locator(".chart-title").filter(has_text="3. ")).to_have_count(0, timeout=SLOW_MS)
    settled(page)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.wait_for_function("document.activeElement.tagName === 'TD'")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.activeElement.textContent.trim() === '2'")
    number = "2"
    page.keyboard.press("Shift+Space")
    expect(page.locator(".chart-title").filter(has_text=f"{number}. ").first).to_be_visible(timeout=SLOW_MS)
    inside.wait_for_function(
        "number => (document.querySelector('.map-place.chosen') || {}).textContent === number",
        arg=number,
        timeout=SLOW_MS,
    )
    # Another page.
    tab_to(page, "A", "Plan an operation", back=True)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Plan an operation", timeout=SLOW_MS)
    settled(page)
    # Hours are shared out, and the plan is saved.
    step(page, "1 When", 2)
    expect(page.get_by_role("button", name="Share out the hours")).to_be_visible(timeout=SLOW_MS)
    settled(page)
    tab_to(page, "BUTTON", "Share out the hours")
    page.keyboard.press("Enter")
    expect(page.locator(".finding")).to_contain_text("stops together: about 1 in", timeout=SLOW_MS)
    settled(page)
    assert violations(page)[0] == []
    step(page, "3 Who", 1, back=True)
    expect(page.get_by_role("button", name="Save as a new plan")).to_be_visible(timeout=SLOW_MS)
    settled(page)
    tab_to(page, "BUTTON", "Save as a new plan")
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_contain_text("Saved", timeout=SLOW_MS)


def step(page: Page, now: str, right: int, *, back: bool = False) -> None:
    """Go some steps to the right of the one that is chosen."""
    tab_to(page, "BUTTON", now, back=back)
    for _ in range(right):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")


# --- announcements ---------------------------------------------------------------------------------------------------
def test_a_new_finding_is_announced_politely(page: Page, real_app: str) -> None:
    page.goto(f"{real_app}/seasonal_peaks")
    settled(page)
    assert page.get_by_role("status").filter(has=page.locator(".finding")).count() == 1
    # What a screen reader goes by: changes inside an element that was, and stays, a polite live region.
    page.evaluate(
        """() => {
            const region = window.region = document.querySelector('[role=status][aria-live=polite][aria-atomic=true]');
            window.told = [];
            new MutationObserver(() => window.told.push(region.innerText))
                .observe(region, {childList: true, characterData: true, subtree: true});
        }"""
    )
    page.get_by_role("combobox", name="What").click()
    page.get_by_role("option", name="Drugs").click()
    page.wait_for_function("window.told.some(text => text.startsWith('Drugs'))", timeout=SLOW_MS)
    settled(page)
    assert page.evaluate("window.region.isConnected && window.region.getAttribute('role')") == "status"
    assert page.evaluate("window.told.at(-1)") == page.locator(".finding").inner_text()


# --- spaced text -----------------------------------------------------------------------------------------------------
def test_spaced_text_is_not_cut(page: Page, real_app: str) -> None:
    page.goto(real_app)
    settled(page)
    page.add_style_tag(content=SPACED)
    cut = page.evaluate(
        """[...document.querySelectorAll('h1, h2, .finding, .note, .how, .footer, button, label, .stMetric *')]
            .filter(e => e.checkVisibility() && getComputedStyle(e).overflow !== 'visible'
                && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)).map(e => e.innerText)"""
    )
    assert cut == []


# --- screenshot view -------------------------------------------------------------------------------------------------
PICTURE = ".stPlotlyChart, .stDataFrame, iframe, img"
SIZES = ((1366, 768), (1920, 1080))
WIDE = ("app.py", "pages/hotspots.py")  # looked at in both sizes: cards and a chart, a map and a list
_VISIBLE = """() => {
    const shown = css => [...document.querySelectorAll(css)].filter(e => e.checkVisibility({visibilityProperty: true})
        && e.getBoundingClientRect().width > 1 && e.getBoundingClientRect().height > 1);
    const box = e => { const b = e.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; };
    const parts = shown('h1, .finding, .chart-title, .stPlotlyChart, .stDataFrame, iframe, img, .stMetric, '
        + '.slide, .note');
    return {
        controls: shown('header, [data-testid=stSidebar], .stSelectbox, .stMultiSelect, .stButtonGroup, .stPopover, '
            + '.stDownloadButton, .stFileUploader, .stExpander, .stTextInput, .stNumberInput, .stDateInput')
            .map(e => e.className),
        boxes: parts.map(e => [e.className.toString().slice(0, 40) || e.tagName, box(e)]),
        inside: parts.map(e => parts.map(other => e !== other && e.contains(other))),
        footer: box(document.querySelector('.slide')),
        pictures: shown('.stPlotlyChart, .stDataFrame, iframe, img').length,
    };
}"""


def overlaps(one: list[float], other: list[float], slack: float = 2) -> bool:
    """Whether two boxes (left, top, right, bottom) cover each other by more than some pixels."""
    return all(min(one[2 + i], other[2 + i]) - max(one[i], other[i]) > slack for i in (0, 1))


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_screenshot_view(contexts: dict[str, BrowserContext], real_app: str, demo_app: str, theme: str) -> None:
    watch = Watch(contexts[theme])
    page = contexts[theme].new_page()
    store = real_app if theme == "light" else demo_app
    for name, path in PAGES if store == real_app else PAGES[:2]:  # every page wears the mark alike
        page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
        tried = "&did=past" if name == "Did it work" else ""  # no operation was run, so there is no picture
        page.goto(f"{store}/{'' if path == 'app.py' else path.split('/')[-1].removesuffix('.py')}?view=slide{tried}")
        page.wait_for_selector("footer.slide", timeout=SLOW_MS)
        page.wait_for_function(
            "css => [...document.querySelectorAll(css)].some(e => e.getBoundingClientRect().height > 1)",
            arg=PICTURE,
            timeout=SLOW_MS,
        )
        page.wait_for_function("!document.querySelector('[data-stale=true], [data-testid=stStatusWidget]')")
        for width, height in SIZES if path in WIDE else SIZES[:1]:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function("width => document.querySelector('.slide').getBoundingClientRect().right <= width",
                                   arg=width)  # fmt: skip
            page.wait_for_timeout(300)  # charts draw themselves anew after a change of size
            seen = page.evaluate(_VISIBLE)
            where = (name, theme, width)
            assert seen["controls"] == [], where
            assert seen["pictures"] > 0, where
            assert seen["footer"][1] > 0, where
            assert seen["footer"][3] <= height, where
            for i, (one, box) in enumerate(seen["boxes"]):
                assert box[2] <= width + 1, (where, one)
                for j, (other, another) in enumerate(seen["boxes"][:i]):
                    if not seen["inside"][i][j] and not seen["inside"][j][i]:
                        assert not overlaps(box, another), (where, one, other)
        said = page.locator("footer.slide").inner_text()
        for head in ("Place:", "Source:", "Licence:"):
            assert head in said, (name, head)
        assert "data version" in said, name
        if name != "Data":  # nothing is counted there
            assert "Period:" in said, name
            assert "Take care:" in said, name
        assert ("SIMULATED" in said) is (store == demo_app)
        assert path not in WIDE or violations(page, GUIDELINES)[0] == []
    page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
    page.get_by_role("button", name="Back to the whole page").click()
    expect(page.get_by_role("button", name="Screenshot view")).to_be_visible(timeout=SLOW_MS)
    assert "view=" not in page.url
    page.get_by_role("button", name="Screenshot view").click()
    page.wait_for_selector("footer.slide", timeout=SLOW_MS)
    assert "view=slide" in page.url
    watch.assert_quiet()
    page.close()
