"""The whole way in a real browser: import a feed, plan Halloween, save, print, mark as run, evaluate."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from analysis.outcome.evaluation import CANNOT_TELL, FELL, ROSE
from data.demo.dataset import make_demo
from data.place.area import Area
from data.plan.plans import listed, load
from data.store.store import feed_names
from data.store.store import load as feed_store
from tests.browser.conftest import SCREEN
from tests.browser.server import SLOW_MS, Watch, map_frame, serve, settled
from tests.feed.feed_files import SECRET, partner_csv

FEED = "council-asb"
GREY_DARK, GREY_LIGHT = 60, 250


@pytest.fixture
def writable(real_store: Path, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A copy of the real store, which may be written to, and the app on it."""
    store = tmp_path / "store"
    shutil.copytree(real_store, store)
    with serve(store, DASHBOARD_TODAY="2025-01-15") as address:
        yield store, address


def test_from_a_partners_file_to_a_verdict(
    context: BrowserContext, writable: tuple[Path, str], tmp_path: Path, area: Area
) -> None:
    store, address = writable
    watch = Watch(context)
    page = context.new_page()
    import_feed(page, address, tmp_path, area)
    assert feed_names(store) == (FEED,)
    kept = feed_store(store, area, FEED).frame.to_csv() + (store / "feeds" / f"{FEED}.json").read_text(encoding="utf-8")
    assert len(kept) > 100_000
    assert not [word for word in SECRET if word in kept]

    plan_halloween(page, address)
    (saved,) = listed(store)
    plan = load(store, saved.id).plan
    assert (str(plan.first), str(plan.last), plan.as_at, plan.feed) == ("2024-10-25", "2024-11-08", "2024-07", FEED)
    assert plan.visited
    assert all(shift.covered > shift.even_spread for shift in plan.shifts)

    look_at_print(page, tmp_path / "plan.pdf")
    page.get_by_role("button", name="Mark as run").click()
    expect(page.get_by_role("button", name="Save what was done")).to_be_visible(timeout=SLOW_MS)
    settled(page)
    page.get_by_role("button", name="Save what was done").click()
    expect(page.locator(".finding")).to_contain_text("it is marked as run", timeout=SLOW_MS)
    assert load(store, saved.id).visited == plan.visited

    page.goto(f"{address}/did_it_work")
    settled(page)
    finding = page.locator(".finding")
    expect(finding).to_contain_text("recorded where", timeout=SLOW_MS)
    said = finding.inner_text()
    assert any(verdict in said for verdict in (FELL, ROSE, CANNOT_TELL, "less than elsewhere"))
    expect(page.get_by_role("combobox", name="Operation")).to_have_value(saved.title)
    watch.assert_quiet()


def import_feed(page: Page, address: str, folder: Path, area: Area) -> None:
    """Drop a partner's file on the Data page; what looks personal is pointed out."""
    file = folder / "council.csv"
    file.write_bytes(partner_csv(make_demo(area).feed))
    page.goto(f"{address}/data")
    settled(page)
    page.get_by_role("tab", name="A partner's dated feed").click()
    page.get_by_label("Name of the feed").fill("Council ASB")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Name of the feed")).to_have_value("Council ASB")
    settled(page)
    page.locator('input[type="file"]').nth(1).set_input_files(file)
    expect(page.locator(".stMain")).to_contain_text("look personal and can never be mapped", timeout=SLOW_MS)
    page.get_by_role("button", name=f"Import as {FEED}").click()
    expect(page.locator(".stMain")).to_contain_text("Import finished", timeout=SLOW_MS)


def in_the_screenshot_view(page: Page, stops: int) -> None:
    """Routes, visits and source fit on one screen, and the way back leads to the same hours."""
    page.get_by_role("button", name="Screenshot view").click()
    footer = page.locator("footer.slide")
    expect(footer).to_contain_text("How this was made", timeout=SLOW_MS)
    expect(page.locator(".finding")).to_contain_text("The cells visited hold")
    expect(map_frame(page).locator(".map-place")).to_have_count(stops)
    page.wait_for_function("!document.querySelector('[data-stale=true], [data-testid=stStatusWidget]')")
    fits = "high => document.querySelector('footer.slide').getBoundingClientRect().bottom <= high"
    page.wait_for_function(fits, arg=SCREEN["height"])  # the rows that a slide leaves out go one by one
    page.get_by_role("button", name="Back to the whole page").click()
    expect(page.get_by_role("button", name="Share out the hours")).to_be_visible(timeout=SLOW_MS)
    settled(page)


def plan_halloween(page: Page, address: str) -> None:
    """Plan as in the summer of 2024: when, where, who; then save."""
    page.goto(f"{address}/plan_operation?as-at=2024-07")
    settled(page)
    finding = page.locator(".finding")
    expect(finding).to_contain_text("Halloween and Bonfire Night 2024: about", timeout=SLOW_MS)
    expect(page.locator(".stMain")).to_contain_text("an ordinary night of the window", timeout=SLOW_MS)
    page.get_by_role("radio", name="2 Where").click()
    expect(finding).to_contain_text("leads with", timeout=SLOW_MS)
    page.get_by_role("radio", name="3 Who").click()
    expect(page.get_by_role("button", name="Share out the hours")).to_be_visible(timeout=SLOW_MS)
    settled(page)
    page.get_by_role("button", name="Add a crew").click()
    expect(page.get_by_role("textbox", name="Call sign or role")).to_have_count(2, timeout=SLOW_MS)
    settled(page)
    page.get_by_role("button", name="Share out the hours").click()
    expect(finding).to_contain_text("The cells visited hold", timeout=SLOW_MS)
    settled(page)
    stops = map_frame(page).locator(".map-place")
    expect(page.get_by_text(re.compile(r"\d+ visits?, \d+ minutes on the way"))).to_have_count(2)
    visits = [int(text.split(": ")[1].split()[0]) for text in page.get_by_text("minutes on the way").all_inner_texts()]
    expect(stops).to_have_count(sum(visits))
    expect(stops.first).to_have_text("A1")
    in_the_screenshot_view(page, sum(visits))
    page.get_by_role("radio", name="Saved plans").click()
    expect(page.get_by_role("button", name="Save as a new plan")).to_be_visible(timeout=SLOW_MS)
    settled(page)
    page.get_by_role("button", name="Save as a new plan").click()
    expect(page.locator(".done")).to_contain_text("Saved", timeout=SLOW_MS)
    expect(page.locator(".stMain")).to_contain_text("The steps have changed nothing of it", timeout=SLOW_MS)


def look_at_print(page: Page, path: Path) -> None:
    """Take the sheets to print: every page has its number, a map in dark lines, and white paper."""
    page.get_by_role("button", name="Download", exact=True).click()
    with page.expect_download(timeout=SLOW_MS) as download:
        page.get_by_role("button", name="To print (PDF)").click()
    download.value.save_as(path)
    document = pypdfium2.PdfDocument(path)
    texts = [sheet.get_textpage().get_text_range() for sheet in document]
    assert any("not where harm will happen" in text for text in texts)
    assert all(f"Page {n} of {len(texts)}" in text for n, text in enumerate(texts, start=1))
    assert any("Patrol 1" in text for text in texts)  # nights that are alike share a sheet
    for sheet in document:
        levels = sheet.render(scale=0.5).to_pil().convert("L").histogram()
        assert sum(levels[:GREY_DARK]) > 500
        assert sum(levels[GREY_LIGHT:]) > 0.4 * sum(levels)
    document.close()
    page.keyboard.press("Escape")
