"""One problem's life in a real browser: from a place on Hotspots to the printed form, with two people at it."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import pypdfium2
from playwright.sync_api import Browser, Page, expect

from data.problem.problem import DATA, PARTNER
from data.problem.problems import PROBLEMS
from tests.browser.axe import violations
from tests.browser.server import SLOW_MS, Watch, map_frame, serve, settled
from tests.conftest import ROOT

NAME = "Evening nuisance by the shops"
STEPS = ("Objective", "Scanning", "Analysis", "Response", "Assessment")


def step(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name, exact=True)).first.click()
    settled(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    settled(page)


def typed(page: Page, label: str, text: str) -> None:
    box = page.get_by_role("textbox", name=label).first
    box.fill(text)
    box.press("Tab")
    settled(page)


def taken(page: Page, name: str) -> bytes:
    with page.expect_download(timeout=SLOW_MS) as found:
        page.get_by_role("button", name=name).click()
    return Path(found.value.path()).read_bytes()


def test_from_a_place_on_hotspots_to_the_printed_form(browser: Browser, real_store: Path, tmp_path: Path) -> None:
    store, area = tmp_path / "store", tmp_path / "area.toml"
    shutil.copytree(real_store, store)
    shutil.copy(ROOT / "data/wards.geojson", tmp_path)
    area.write_text("problems = true\n" + (ROOT / "data/area.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with serve(store, DASHBOARD_AREA=str(area), DASHBOARD_TODAY="2025-01-15") as address:
        context = browser.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True)
        watch, page = Watch(context), context.new_page()
        # a place on Hotspots, one press
        page.goto(f"{address}/hotspots")
        settled(page)
        map_frame(page).locator(".map-place").first.click()
        expect(page.get_by_role("button", name="Start a problem here")).to_be_visible(timeout=SLOW_MS)
        settled(page)
        press(page, "Start a problem here")
        expect(page.locator(".finding")).to_contain_text("A new problem", timeout=SLOW_MS)
        settled(page)
        typed(page, "Name", NAME)
        typed(page, "Owner", "Ask Jane Smith")
        press(page, "Save the problem")
        expect(page.get_by_role("alert").filter(has_text="looks like a person's name")).to_be_visible(timeout=SLOW_MS)
        press(page, "Change it")
        typed(page, "Owner", "Neighbourhood team")
        press(page, "Save the problem")
        expect(page.locator(".finding")).to_contain_text("step 1 of 5", timeout=SLOW_MS)
        # what change could be seen is said before the objective is saved
        settled(page)
        expect(page.get_by_text("would go unseen")).to_be_visible()
        assert PROBLEMS.load(store, 1).content.measure is None
        typed(page, "What is to be reached", "Families can use the car park")
        press(page, "Save the objective")
        measure = PROBLEMS.load(store, 1).content.measure
        assert measure is not None
        assert "would go unseen" in measure.said
        # two people: the second is refused, and keeps what was typed
        second = context.new_page()
        for one in (page, second):
            one.goto(f"{address}/problems?problem=1&problem-step=scanning")
            settled(one)
        for one, text in ((page, "Most come from outside."), (second, "They come by car.")):
            typed(one, "What it says", text)
            press(one, "Save the line")
        expect(second.get_by_role("alert")).to_contain_text("saved this problem since you opened it", timeout=SLOW_MS)
        expect(second.get_by_role("textbox", name="What it says")).to_have_value("They come by car.")
        second.close()
        lines = PROBLEMS.load(store, 1).content.scanning.lines
        assert [one.text for one in lines if one.by == PARTNER] == ["Most come from outside."]
        assert len([one for one in lines if one.by == DATA]) == 8
        page.get_by_role("combobox", name="Change").click()
        page.get_by_role("option", name="Line 1").click()
        # for a moment the field of before stands beside it
        said = page.get_by_role("textbox", name="What it says").last
        expect(said).to_have_value(lines[0].text, timeout=SLOW_MS)
        settled(page)
        typed(page, "What it says", "More than last year, residents say.")
        press(page, "Save the line")
        expect(page.get_by_text("partner; the data said:")).to_be_visible(timeout=SLOW_MS)
        for _ in ("Scanning", "Analysis"):
            press(page, "Sign off")
            expect(page.get_by_role("button", name="Reopen this step")).to_be_visible(timeout=SLOW_MS)
            settled(page)
            step(page, "Analysis")
        for key in ("scanning", "analysis"):
            signed = PROBLEMS.load(store, 1).content.step(key).signed
            assert signed is not None
            assert signed.as_at == "2024-12"
        # a response, its time line, the assessment
        step(page, "Response")
        typed(page, "What is done", "Youth work on Fridays")
        press(page, "Save the entry")
        (response,) = PROBLEMS.load(store, 1).content.responses
        assert response.what == "Youth work on Fridays"
        for name in STEPS:
            step(page, name)
            assert violations(page)[0] == [], name
        press(page, "Close the problem")
        expect(page.locator(".finding")).to_contain_text(f"{NAME}: closed", timeout=SLOW_MS)
        settled(page)
        # the address shows the same to somebody else, who prints it
        other = context.new_page()
        other.goto(page.url)
        settled(other)
        expect(other.locator(".finding")).to_contain_text(f"{NAME}: closed")
        other.get_by_role("button", name="Download").click()
        paper = pypdfium2.PdfDocument(taken(other, "PDF"))
        assert len(paper) == 2
        text = " ".join(sheet.get_textpage().get_text_range() for sheet in paper)
        for said in (NAME, "Neighbourhood team", "Most come from outside.", "Youth work on Fridays"):
            assert said in " ".join(text.split())
        with zipfile.ZipFile(io.BytesIO(taken(other, "Word"))) as word:
            assert "Most come from outside." in word.read("word/document.xml").decode()
        assert json.loads(taken(other, "To take to another computer"))["problem"]["title"] == NAME
        watch.assert_quiet()
        context.close()
        # on a phone, in the dark: the list, the form of a new one, and the zones
        phone = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme="dark")
        watch, page = Watch(phone), phone.new_page()
        for query, button in (("", ""), ("", "New problem"), ("?show=zones", "")):
            page.goto(f"{address}/problems{query}")
            settled(page)
            if button:
                press(page, button)
            assert violations(page)[0] == [], (query, button)
            wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
            assert wide <= 390
        watch.assert_quiet()
        phone.close()
