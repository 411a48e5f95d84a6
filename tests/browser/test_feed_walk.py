"""Partners' files walked on the Data page by a person: what is asked, what the preview paints, what is stored."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from data.feed.preview import WEEKDAYS
from data.place.area import Area
from data.store.store import load
from tests.browser.server import PAINT_MS, Watch, serve, settled
from tests.conftest import need

TRIES = 4
DAMAGE = "Criminal damage and arson"
CRIME_TYPE, LABELS = "Crime type of every row", "Times labelled +00:00, or counted"
EVERY = "{n} rows read = {n} loaded + 0 rejected + 0 outside the area and its buffer"


@pytest.fixture
def walk(shared: Path, tmp_path: Path, context: BrowserContext) -> Iterator[Walk]:
    """The feed's tab of the Data page on an empty store; the console stays quiet."""
    need((shared / "cases").is_dir(), "the cases in ../shared/data/cases")
    watch = Watch(context)
    with serve(tmp_path / "store", DASHBOARD_TODAY="2025-01-15") as address:
        page = context.new_page()
        page.goto(f"{address}/data")
        settled(page)
        page.get_by_role("tab", name="A partner's dated feed").click()
        settled(page)
        yield Walk(page, shared / "cases", tmp_path / "store")
    watch.assert_quiet()


class Walk:
    """A person with a partner's file."""

    def __init__(self, page: Page, cases: Path, store: Path) -> None:
        self.page, self.cases, self.store = page, cases, store
        self.main = page.locator(".stMain")
        self.button = page.get_by_role("button", name="Import as")

    def drop(self, case: str, name: str) -> Path:
        """Name the feed, and give the file."""
        field = self.page.get_by_label("Name of the feed")
        field.fill(name)
        self.page.keyboard.press("Tab")
        expect(field).to_have_value(name)
        settled(self.page)
        head = self.page.get_by_text(f"What the columns of {Path(case).name} mean")
        for _ in range(TRIES):  # a file that is given while the page still takes the name in is lost
            self.page.locator('input[type="file"]').nth(1).set_input_files(self.cases / case)
            with suppress(PlaywrightTimeout):
                head.wait_for(timeout=PAINT_MS / TRIES)
                break
        expect(head).to_be_visible()
        expect(self.button).to_be_visible(timeout=PAINT_MS)
        settled(self.page)
        return self.cases / case

    def choose(self, label: str, option: str) -> None:
        """Choose in a list of the form."""
        box = self.page.get_by_role("combobox", name=label, exact=True)
        box.scroll_into_view_if_needed()
        settled(self.page)
        box.click()
        self.page.get_by_role("option", name=option, exact=True).click()
        expect(box).to_have_value(option, timeout=PAINT_MS)
        settled(self.page)

    def refused(self, words: str) -> None:
        """The import waits, says for what in words of the page, and its button can be read."""
        failed = self.page.locator(".failed")
        expect(failed).to_contain_text(words, timeout=PAINT_MS)
        assert not re.search(r"--\w|\w = ", failed.inner_text())
        expect(self.button).to_be_disabled()
        colour, ground = self.button.evaluate(
            "e => [getComputedStyle(e.querySelector('p')).color, getComputedStyle(e).backgroundColor]"
        )
        assert colour != "rgb(255, 255, 255)" or ground not in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")

    def previewed(self, moments: Sequence[datetime]) -> None:
        """The preview tells and paints these moments: points on the map, a bar for each day of the week and hour."""
        days = Counter(moment.weekday() for moment in moments)
        said = "When. " + ", ".join(f"{name} {days[place]}" for place, name in enumerate(WEEKDAYS))
        expect(self.main).to_contain_text(said, timeout=PAINT_MS)
        expect(self.main).to_contain_text(f"Where. {len(moments)} incidents in 12 wards")
        charts = self.page.locator(".stPlotlyChart")
        expect(charts).to_have_count(3, timeout=PAINT_MS)
        expect(charts.nth(0).locator(".scatterlayer .point")).to_have_count(len(moments), timeout=PAINT_MS)
        hours = Counter(moment.hour for moment in moments)
        for chart, counts in ((charts.nth(1), days), (charts.nth(2), hours)):
            expect(chart.locator(".barlayer .point path").first).to_be_attached(timeout=PAINT_MS)
            heights = chart.locator(".barlayer .point path").evaluate_all("all => all.map(e => e.getBBox().height)")
            assert sum(height > 1 for height in heights) == len(counts)
        assert not re.search(r"--[a-z]", self.main.inner_text().split("What the data mean")[0].split("Name of")[1])

    def imports(self, slug: str, counts: str, area: Area, moments: Sequence[datetime]) -> pd.DataFrame:
        """What is announced is done, and what is used of it then is the preview without its part months."""
        expect(self.main).to_contain_text(f"If you import it now: {counts}.", timeout=PAINT_MS)
        self.page.get_by_role("button", name=f"Import as {slug}").click()
        expect(self.main).to_contain_text("Import finished", timeout=PAINT_MS)
        expect(self.main).to_contain_text(counts)
        settled(self.page)
        kept = load(self.store, area, slug).frame
        assert sorted(kept["occurred_at"].tolist()) == sorted(pd.Timestamp(each) for each in whole_months(moments))
        return kept


def whole_months(moments: Sequence[datetime]) -> list[datetime]:
    """Leave out the months of the first and the last, of which some days are not covered."""
    first, last = ((end(moments).year, end(moments).month) for end in (min, max))
    return [moment for moment in moments if first < (moment.year, moment.month) < last]


def moments_of(texts: Sequence[str], form: str) -> list[datetime]:
    """Moments as a person reads them from the file."""
    return [datetime.strptime(text, form) for text in texts]


def test_three_files_are_walked(walk: Walk, area: Area) -> None:
    file = pd.read_csv(walk.drop("row_per_engine/row_per_engine.csv", "Fire engines"))
    question = walk.page.locator(".warning")
    expect(question).to_contain_text("Does a row stand for one incident, or for one of several rows")
    expect(question).to_contain_text("about 120 incidents in 297 rows; say which.")
    assert walk.main.inner_text().count("about 120 incidents") == 1
    walk.refused("what kind of incident the rows are is not said")
    walk.choose(CRIME_TYPE, DAMAGE)
    once = moments_of(file.drop_duplicates("Incident number")["Date and time"].tolist(), "%d/%m/%Y %H:%M")
    assert (len(file), len(once)) == (297, 120)
    walk.previewed(once)
    joined = "297 rows read = 120 loaded + 0 rejected + 0 outside the area and its buffer + 177 joined to another row"
    walk.imports("fire-engines", f"{joined} of the same incident", area, once)

    file = pd.read_csv(walk.drop("fire_all_calls/fire_all_calls.csv", "Fire calls"))
    expect(walk.main).to_contain_text("places are rounded to 100 m")
    expect(walk.main).to_contain_text("63 rows have a word for what is no incident")
    walk.choose(CRIME_TYPE, DAMAGE)
    fires = file[file["StopCodeDescription"].str.endswith(" Fire")]
    when = moments_of((fires["DateOfCall"] + " " + fires["TimeOfCall"]).tolist(), "%d %b %Y %H:%M:%S")
    assert (len(file), len(when)) == (120, 57)
    walk.previewed(when)
    counts = "120 rows read = 57 loaded + 63 rejected + 0 outside the area and its buffer"
    kept = walk.imports("fire-calls", counts, area, when)
    kinds = [word.replace("Fire", "fires").lower() for word in fires["StopCodeDescription"]]
    used = set(whole_months(when))
    assert Counter(kept["subcategory"]) == Counter(kind for kind, at in zip(kinds, when, strict=True) if at in used)

    features = json.loads(walk.drop("geojson_points/geojson_points.geojson", "Streets").read_bytes())["features"]
    when = moments_of([each["properties"]["date"] for each in features], "%Y-%m-%dT%H:%M:%S")
    walk.previewed(when)
    walk.imports("streets", EVERY.format(n=60), area, when)


@pytest.mark.long
def test_labelled_times_are_asked_about(walk: Walk, area: Area) -> None:
    file = pd.read_csv(walk.drop("midnight_in_utc/midnight_in_utc.csv", "Midnight"))
    walk.refused("Say whether they are local time (Europe/London) all the same, or as labelled")
    expect(walk.main).to_contain_text("76 of 120 stand at 23:00 in summer only")
    walk.choose(LABELS, "They are as labelled")
    utc = [datetime.fromisoformat(text).astimezone(ZoneInfo("Europe/London")) for text in file["Date"]]
    when = [moment.replace(tzinfo=None) for moment in utc]
    walk.previewed(when)
    expect(walk.main).to_contain_text("120 of 120 times are exactly 00:00")
    walk.imports("midnight", EVERY.format(n=120), area, when)


@pytest.mark.long
def test_a_wrong_column_shows(walk: Walk, area: Area) -> None:
    file = pd.read_csv(walk.drop("report_it_export/report_it_export.csv", "Report it"))
    expect(walk.main).to_contain_text("“Title”, “User Name” look personal and can never be mapped")
    walk.choose("Date and time (or date)", "Fixed")
    expect(walk.main).to_contain_text("“Fixed” tells by its name when something ended or was dealt with")
    walk.choose("Date and time (or date)", "Created")
    expect(walk.main).not_to_contain_text("“Fixed” tells by its name")
    walk.choose("Easting", "Northing")
    walk.refused("the column is mapped more than once")
    walk.choose("Northing", "Easting")
    walk.refused("Easting and northing are in each other's column")
    walk.choose("Easting", "Easting")
    walk.choose("Northing", "Northing")
    when = moments_of(file["Created"].tolist(), "%Y-%m-%dT%H:%M:%S")
    walk.previewed(when)
    walk.imports("report-it", EVERY.format(n=85), area, when)


@pytest.mark.long
@pytest.mark.parametrize(("case", "said"), [("gridref.csv", "Date reported"), ("twosheets.xlsx", "Sheet")])
def test_files_of_other_forms_are_walked(walk: Walk, case: str, said: str) -> None:
    walk.drop(f"feed_forms/{case}", "Forms")
    expect(walk.main).to_contain_text(said)
    expect(walk.main).to_contain_text("Where. 40 incidents in 2 wards (Roby 24, St Michaels 16).", timeout=PAINT_MS)
    expect(walk.main).to_contain_text("If you import it now: 40 rows read = 40 loaded")
    walk.button.click()
    expect(walk.main).to_contain_text("Import finished: ", timeout=PAINT_MS)
