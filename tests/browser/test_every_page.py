"""Every page in a real browser: nothing in the console, nothing from elsewhere, nothing that hides something else."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from data.area import Area
from tests.browser.server import PAINT_MS, Watch, map_frame, serve, settled
from tests.police_files import points_of, row, table

PAGES = {
    "Overview": "/",
    "Hotspots": "/hotspots",
    "Seasonal peaks": "/seasonal_peaks",
    "Did it work": "/did_it_work",
    "Plan targets": "/plan_targets",
    "Briefing": "/briefing",
    "Data": "/data",
}


def visit(context: BrowserContext, address: str, name: str, query: str = "") -> Page:
    """Open a page and wait until it is drawn."""
    page = context.new_page()
    page.goto(address + PAGES[name] + query)
    settled(page)
    if name == "Hotspots":
        map_frame(page)
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_is_quiet_and_says_what_it_is(
    contexts: dict[str, BrowserContext], real_app: str, name: str, theme: str
) -> None:
    context = contexts[theme]
    watch = Watch(context)
    page = visit(context, real_app, name)
    assert page.locator("h1").all_inner_texts() == [name]
    assert page.title().startswith(f"{name} - ")
    finding = page.locator(".st-key-finding")
    assert len(finding.inner_text()) > 20
    assert finding.get_attribute("aria-live") == "polite"
    # Nothing is cut off to the right.
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    title, words = page.locator("h1").bounding_box(), page.locator(".finding").bounding_box()
    assert title is not None
    assert words is not None
    assert title["y"] + title["height"] <= words["y"] + 2
    watch.assert_quiet()
    page.close()


@pytest.mark.parametrize("name", list(PAGES))
def test_the_demonstration_cannot_be_taken_for_real(context: BrowserContext, demo_app: str, name: str) -> None:
    watch = Watch(context)
    page = visit(context, demo_app, name)
    expect(page.locator(".banner")).to_contain_text("simulated")
    assert page.locator(".banner button").count() == 0
    watch.assert_quiet()


def test_a_choice_survives_a_change_of_page_and_lives_in_the_address(context: BrowserContext, real_app: str) -> None:
    page = visit(context, real_app, "Hotspots", "?category=drugs")
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
        page = visit(context, address, "Data")
        page.locator('input[type="file"]').first.set_input_files([month, wrong])
        page.get_by_role("button", name="Import", exact=True).click()
        body = page.locator(".stMain")
        expect(body).to_contain_text("web page saved as a CSV", timeout=PAINT_MS)
        expect(body).to_contain_text("coordinates zero", timeout=PAINT_MS)
        page.goto(address + PAGES["Overview"])
        settled(page)
        assert page.locator(".banner").count() == 0
        watch.assert_quiet()
