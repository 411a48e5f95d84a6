"""A sergeant's way through a plan: what, where, who, and what is taken along, whatever the clock and the screen."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from data.place.area import Area
from data.published.police_uk import import_paths
from tests.browser.server import SLOW_MS, Watch, map_frame, serve, settled

VISITS = re.compile(r"\d+ visits?, \d+ minutes on the way")
NUMBER = re.compile(r"about (?!1 in )[\d,.]+ [^.;]{0,40}(?:incidents|offences)|[\d.]+ of [\d.,]+ expected")
THICK = 6.0
OUTLINE = "p => Math.max(...p.map(e => parseFloat(getComputedStyle(e).strokeWidth)))"


@dataclass(frozen=True)
class Walk:
    """What a walk is made with; the store is the demonstration, or real months up to one."""

    name: str
    today: str
    last: str
    crews: int
    width: int


WALKS = (
    Walk("demonstration, one crew, phone", "", "", 1, 390),
    Walk("March, two months old, one crew", "2024-12-05", "2024-10", 1, 1366),
    Walk("September, eleven months old, two crews", "2025-09-20", "2024-10", 2, 1366),
    Walk("November, two months old, two crews, phone", "2024-12-20", "2024-10", 2, 390),
    Walk("November, eleven months old, one crew, phone", "2025-11-20", "2024-12", 1, 390),
    Walk("demonstration, two crews", "", "", 2, 1366),
)


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path, shared: Path, area: Area) -> Path:
    """A folder for the demonstration's plans, or a store of the real months up to one."""
    walk: Walk = request.param
    folder = tmp_path / "store"
    if walk.last:
        with zipfile.ZipFile(shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip") as archive:
            inside = [one for one in archive.namelist() if one.endswith("street.csv")]
            wanted = [one for one in inside if Path(one).name[:7] <= walk.last]
            files = [Path(archive.extract(one, tmp_path)) for one in wanted]
        assert import_paths(files, folder, area).ok
    return folder


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser, store: Path) -> Iterator[tuple[Walk, Watch, Page, str]]:
    """The app on that store with the walk's clock, in a window of the walk's width."""
    walk: Walk = request.param
    clock = {"DASHBOARD_TODAY": walk.today} if walk.today else {}
    with serve(store, **clock) as address:
        height = 844 if walk.width < 700 else 768
        context = browser.new_context(viewport={"width": walk.width, "height": height}, has_touch=walk.width < 700)
        yield walk, Watch(context), context.new_page(), address
        context.close()


def each(walks: tuple[Walk, ...]) -> list[object]:
    """One walk in the suite, the others on demand."""
    return [
        pytest.param(walk, walk, id=walk.name, marks=[] if number == 0 else pytest.mark.long)
        for number, walk in enumerate(walks)
    ]


@pytest.mark.parametrize(("store", "open_page"), each(WALKS), indirect=True)
def test_the_way_of_a_sergeant(open_page: tuple[Walk, Watch, Page, str], tmp_path: Path) -> None:
    walk, watch, page, address = open_page
    page.goto(f"{address}/plan_operation")
    settled(page)
    finding = page.locator(".finding")
    expect(finding).not_to_be_empty(timeout=SLOW_MS)
    refused = "no forecast" in finding.inner_text()

    step(page, "2 Where")
    expect(finding).to_contain_text("leads with", timeout=SLOW_MS)
    settled(page)
    assert map_frame(page).locator(".map-place").count() >= 1
    assert not (refused and NUMBER.search(finding.inner_text())), finding.inner_text()

    step(page, "3 Who")
    expect(page.get_by_role("button", name="Share out the hours")).to_be_visible(timeout=SLOW_MS)
    settled(page)
    for number in range(1, walk.crews):
        page.get_by_role("button", name="Add a crew").click()
        expect(page.get_by_role("textbox", name="Call sign or role")).to_have_count(number + 1, timeout=SLOW_MS)
        settled(page)
    page.wait_for_url("**step=3-who*", timeout=SLOW_MS)  # it is written when all is drawn
    steps_back = page.evaluate("history.length")
    page.get_by_role("button", name="Share out the hours").click()
    expect(page.get_by_text(VISITS)).to_have_count(walk.crews, timeout=SLOW_MS)
    settled(page)
    visits = [int(text.split(": ")[1].split()[0]) for text in page.get_by_text(VISITS).all_inner_texts()]
    frame = map_frame(page)
    expect(frame.locator(".map-place")).to_have_count(sum(visits))
    expect(frame.locator("path.map-route")).to_have_count(walk.crews)
    assert frame.locator(".leaflet-wards-pane path").evaluate_all(OUTLINE) < THICK
    assert page.evaluate("document.documentElement.scrollWidth") <= walk.width
    assert not (refused and NUMBER.search(finding.inner_text())), finding.inner_text()

    opens_the_same(page, walk, steps_back)
    step(page, "Saved plans")
    expect(page.get_by_role("button", name="Save as a new plan")).to_be_visible(timeout=SLOW_MS)
    settled(page)
    page.get_by_role("button", name="Save as a new plan").click()
    expect(page.locator(".done")).to_contain_text("Saved", timeout=SLOW_MS)
    settled(page)
    what_is_taken_along(page, tmp_path, walk, refused=refused)
    watch.assert_quiet()


def step(page: Page, name: str) -> None:
    """Go to a step of the plan."""
    page.get_by_role("radio", name=name).click()


def opens_the_same(page: Page, walk: Walk, steps_back: int) -> None:
    """The link in the address bar shows the same visits to somebody else; it took one step back at most."""
    page.wait_for_url("**shared=yes*", timeout=SLOW_MS)  # it is written when all is drawn
    assert page.evaluate("history.length") <= steps_back + 1
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_text(VISITS)).to_have_count(walk.crews, timeout=SLOW_MS)
    assert other.get_by_text(VISITS).all_inner_texts() == page.get_by_text(VISITS).all_inner_texts()
    assert other.locator(".finding").inner_text() == page.locator(".finding").inner_text()
    assert other.url == page.url
    other.close()


def what_is_taken_along(page: Page, folder: Path, walk: Walk, *, refused: bool) -> None:
    """Take every file and read it back: no number of incidents that step 1 refused, none of nothing, no method."""
    page.get_by_role("button", name="Download", exact=True).click()
    labels = page.get_by_test_id("stPopoverBody").get_by_role("button").all_inner_texts()
    read = {}
    for label in (text.split("\n")[-1].strip() for text in labels):
        with page.expect_download(timeout=SLOW_MS) as download:
            page.get_by_role("button", name=label).click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        if path.suffix == ".pdf":
            document = pypdfium2.PdfDocument(path)
            sheets = [sheet.get_textpage().get_text_range() for sheet in document]
            document.close()
            read[path.suffix] = "\n".join(sheets)
            assert len(sheets) <= 2 * walk.crews + 2, len(sheets)
        else:
            read[path.suffix] = path.read_text(encoding="utf-8")
    assert {".pdf", ".gpx", ".ics", ".csv", ".geojson"} <= set(read)
    for ending, text in read.items():
        assert not re.search(r"[Ee]xpected:? 0\.0", text), ending
        if refused:
            assert not NUMBER.search(text), (ending, NUMBER.search(text))
    for ending in (".gpx", ".ics"):
        assert not re.search(r"Lagrangian|PyVRP|rounds", read[ending]), ending
