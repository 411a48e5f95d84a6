"""Every page, file, slide and sheet says how old its data are; the demonstration says nothing of the kind."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from pptx import Presentation
from streamlit.testing.v1 import AppTest

from data.demo.dataset import Demo
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.plan.plan import Plan
from data.store.schema import POLICE_UK, Incidents
from pages.ui.briefing import make as briefing_make
from pages.ui.briefing.panel import HEADLINES, HOTSPOTS, PARTNERSHIP, SEASON, TREND, WARDS, Ask
from pages.ui.plan.paper.exports import plan_csv, plan_geojson
from pages.ui.plan.paper.pdf import plan_pdf
from pages.ui.shell import choice, downloads
from pages.ui.shell.cache import Dataset
from pages.ui.shell.frame import PAGES, STATEMENT
from tests.conftest import ROOT
from tests.paper.print_checks import pdf_pages
from tests.plan.made_plans import made_plan
from tests.tab_pages import TIMEOUT, finding, html
from tests.whole.page_walk import MORE, PARTS

LAST = pd.Period("2024-10", "M")  # of the short store
TWO, ELEVEN = "2024-12-15", "2025-09-15"  # days so many months later
OLD = "Data to October 2024, 11 months old; published usually two months behind"
NEW = "Data to October 2024"
EVERY = (*PAGES, STATEMENT)
_AGE = re.compile(r"Data to \w+ \d{4}|As at \w+ \d{4}: nothing later")
Start = Callable[..., AppTest]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Start:
    """Open a page on a day, on a store or the demonstration."""

    def opened(day: str, path: str, store: Path | None, state: dict[str, str] | None = None, **query: str) -> AppTest:
        monkeypatch.setenv("DASHBOARD_DATA", str(store or tmp_path / "none"))
        monkeypatch.setenv("DASHBOARD_TODAY", day)
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT)
        for name, value in query.items():
            at.query_params[name.replace("_", "-")] = value
        for name, value in (state or {}).items():
            at.session_state[name] = value
        if path != "app.py":
            at.switch_page(path)
        at.run()
        assert not at.exception
        return at

    return opened


@pytest.fixture
def heads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Heads of all CSV files that the pages offer."""
    found: list[tuple[str, ...]] = []
    write = downloads.csv_bytes

    def kept(table: pd.DataFrame, lines: tuple[str, ...] = ()) -> bytes:
        found.append(tuple(lines))
        return write(table, lines)

    monkeypatch.setattr(downloads, "csv_bytes", kept)
    return found


def lines(at: AppTest) -> list[str]:
    """What the quiet line of the page says."""
    return re.findall(r'<p class="age">([^<]*)</p>', html(at))


def of_incidents(heads: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Heads of the files that hold incidents: a calendar and what somebody typed come from no data version."""
    return [head for head in heads if any("data version" in line for line in head)]


def told(head: tuple[str, ...], words: str) -> int:
    """How many lines of a file say just that."""
    return sum(line.removesuffix(".") == words for line in head)


def operation(at: AppTest) -> tuple[list[str], str]:
    """Operations that are offered, and the one that is chosen."""
    box = next(one for one in at.selectbox if one.label == "Operation")
    return box.options, str(box.value)


# --- pages and their files --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "path"), EVERY)
def test_every_page_and_its_files_say_it(
    start: Start, short: Path, heads: list[tuple[str, ...]], name: str, path: str
) -> None:
    at = start(ELEVEN, path, short)
    assert lines(at) == [OLD], name
    assert [head for head in of_incidents(heads) if told(head, OLD) != 1] == []
    assert of_incidents(heads) or name in {"Plan targets", "Briefing", "Did it work", STATEMENT[0]}


@pytest.mark.long
@pytest.mark.parametrize(("name", "path"), EVERY)
def test_every_part_of_every_page_and_its_files_say_it(
    start: Start, real_store: Path, heads: list[tuple[str, ...]], name: str, path: str
) -> None:
    offered = [one for one in (PARTS.get(name), MORE.get(name)) if one] or [("", ("",))]
    for key, parts in offered:
        for part in parts:
            at = start("2025-11-15", path, real_store, {key: part} if key else None)
            assert lines(at) == ["Data to December 2024, 11 months old; published usually two months behind"], part
    assert all(sum(bool(_AGE.match(line)) for line in head) == 1 for head in of_incidents(heads))


@pytest.mark.parametrize(("name", "path"), [PAGES[0], PAGES[1], PAGES[3]])
def test_the_demonstration_says_nothing_of_the_kind(
    start: Start, heads: list[tuple[str, ...]], name: str, path: str
) -> None:
    at = start("2026-11-28", path, None)
    assert lines(at) == [], name
    assert not _AGE.search(html(at))
    assert heads
    assert not any(_AGE.match(line) for head in heads for line in head)
    assert "not yet loaded" not in html(at)
    assert "Load " not in " ".join(re.findall(r'<p class="note">(.*?)</p>', html(at)))


def test_fresh_data_are_told_briefly(start: Start, short: Path, heads: list[tuple[str, ...]]) -> None:
    at = start(TWO, "pages/plan_operation.py", short)
    assert lines(at) == [NEW]
    assert of_incidents(heads)
    assert all(told(head, NEW) == 1 for head in of_incidents(heads))
    assert "first, on the Data page" not in html(at)


def test_stepped_back_it_speaks_of_that_month(start: Start, short: Path, heads: list[tuple[str, ...]]) -> None:
    at = start(ELEVEN, "pages/hotspots.py", short, as_at="2024-09")
    assert lines(at)[-1] == "As at September 2024: nothing later is used"
    assert heads
    assert all(told(head, "As at September 2024: nothing later is used") == 1 for head in of_incidents(heads))
    assert "not yet loaded" not in html(at)
    at.switch_page("pages/data.py").run()  # which does not step back
    assert lines(at) == [OLD]


def test_the_footer_of_a_screenshot_says_it_once(start: Start, short: Path) -> None:
    at = start(ELEVEN, "pages/hotspots.py", short, view="slide")
    assert lines(at) == []
    (footer,) = re.findall(r'<footer class="slide.*?</footer>', html(at), re.DOTALL)
    assert footer.count(OLD) == 1
    said = re.sub("<[^>]+>", "", footer)
    assert OLD in said[said.index("Source:") : said.index("Licence:")]
    assert "Data to" not in said[: said.index("Source:")]


# --- a forecast whose month has passed --------------------------------------------------------------------------------
def test_hotspots_does_not_expect_what_has_passed(start: Start, real_store: Path) -> None:
    at = start("2025-11-15", "pages/hotspots.py", real_store)
    new, old = finding(start("2025-01-15", "pages/hotspots.py", real_store)), finding(at)
    assert re.match(r"About \d+ ASB incidents are expected in January 2025 in the borough \(80 %", new)
    assert re.match(
        r"About \d+ ASB incidents in the borough were to be expected in January 2025, not yet loaded \(80 %", old
    )
    assert "incidents to be expected in January 2025, not yet loaded, by cell" in html(at)
    assert "incidents expected in January 2025" not in html(at)


def test_a_plan_of_days_that_are_over_does_not_expect_them(start: Start, real_store: Path) -> None:
    state = {"plan_operation": "", "plan_days": (date(2025, 2, 10), date(2025, 2, 16))}
    for day, words in (("2025-02-16", "expected ("), ("2025-02-17", "were to be expected, not yet loaded (")):
        at = start(day, "pages/plan_operation.py", real_store, state)
        assert words in finding(at)
        assert ("to be expected" in finding(at)) == ("to be expected" in words)
    at = start("2025-11-15", "pages/plan_operation.py", real_store, state | {"plan_step": "2 Where"})
    assert "incidents to be expected in 10 February to 16 February 2025, not yet loaded; " in finding(at)


# --- which operation, and what is known -------------------------------------------------------------------------------
def test_halloween_is_offered_in_september_whatever_the_age(start: Start, short: Path) -> None:
    for page in ("pages/plan_operation.py", "pages/briefing.py"):
        at = start(ELEVEN, page, short)
        options, chosen = operation(at)
        assert chosen == "Halloween and Bonfire Night"
        assert options == [
            "Halloween and Bonfire Night 2025",
            "Summer holidays 2026",
            "Summer holidays 2025, over",
            "Halloween and Bonfire Night 2024, over",
            "Own dates",
        ]
        assert "Load November 2024 to July 2025 first, on the Data page" in html(at)
    at = start(ELEVEN, "pages/plan_operation.py", short)
    at.selectbox(key="plan_widget_operation").select("Halloween and Bonfire Night 2024").run()
    assert operation(at)[1] == "Halloween and Bonfire Night 2024"
    assert finding(at).startswith("Halloween and Bonfire Night 2024: ")


def test_a_rehearsal_knows_what_was_published_by_its_day(start: Start, real_store: Path) -> None:
    at = start("2024-09-15", "pages/plan_operation.py", real_store)
    assert operation(at)[1] == "Halloween and Bonfire Night"
    assert re.match(r"Halloween and Bonfire Night 2024: about \d+ ASB incidents expected", finding(at))
    assert lines(at)[-1] == "Data to July 2024"
    assert "On 15 September 2024 the months to July 2024 are taken as known" in html(at)


def test_the_days_to_an_operation_are_counted_from_today(start: Start, short: Path) -> None:
    for day, label, value in (
        (ELEVEN, "To Halloween and Bonfire Night", "40 days"),
        ("2025-11-15", "To Summer holidays", "248 days"),
        ("2025-10-31", "Halloween and Bonfire Night: running", "Day 7"),
    ):
        shown = {m.label.replace("\\", ""): m.value for m in start(day, "app.py", short).metric}
        assert shown.get(label) == value, (day, shown)


def dataset(area: Area, last: str, day: date, *, source: str = POLICE_UK, demo: Demo | None = None) -> Dataset:
    months = pd.period_range("2022-01", last, freq="M")
    none = pd.DataFrame({"month": pd.PeriodIndex([], freq="M")})
    incidents = replace(Incidents(none, months, "v"), source=source) if source == POLICE_UK else None
    assert incidents is not None
    return Dataset(area, incidents, day, "v", Path("none"), demo)


@pytest.mark.parametrize(
    ("last", "day", "known"),
    [
        ("2025-07", date(2025, 9, 15), "2025-07"),
        ("2025-08", date(2025, 9, 15), "2025-08"),  # published early: it is there, so it was known
        ("2025-09", date(2025, 9, 15), "2025-07"),  # a month that is not over
        ("2025-12", date(2025, 9, 15), "2025-07"),
        ("2024-12", date(2025, 9, 15), "2024-12"),
        ("2025-12", date(2021, 9, 15), "2025-12"),  # before the first month: nothing was known
    ],
)
def test_the_latest_month_that_was_known(area: Area, last: str, day: date, known: str) -> None:
    data = dataset(area, last, day)
    assert choice.known_month(data) == pd.Period(known, "M")
    assert choice.day_at(data, pd.Period(known, "M")) == day
    assert choice.day_at(data, None) == day
    assert choice.day_at(data, pd.Period("2023-03", "M")) == date(2023, 3, 31)
    assert choice.age_line(data, pd.Period("2023-03", "M")) == "As at March 2023: nothing later is used"
    assert choice.age_line(data, pd.Period(known, "M")).startswith("Data to ")


# --- slides, paper, pictures, tables ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("as_at", "panels"),
    [
        ("2024-10", (SEASON, WARDS)),  # both refused
        ("2024-10", (TREND,)),
        pytest.param("2024-09", (HEADLINES, TREND, HOTSPOTS), marks=pytest.mark.long),
    ],
)
def test_every_file_of_a_briefing_says_it(short: Path, area: Area, as_at: str, panels: tuple[str, ...]) -> None:
    from data.store.store import load

    incidents = load(short, area)
    data = Dataset(area, incidents, date(2025, 9, 15), f"{incidents.version}|age", short)
    month = pd.Period(as_at, "M")
    window = briefing_make.window_of(data, ASB, month, choice.day_at(data, month))
    assert window.title == f"Halloween and Bonfire Night {2025 if as_at == '2024-10' else 2024}"
    ask = Ask(panels, PARTNERSHIP, "", window)
    pack = briefing_make.make(data, ask, datetime(2025, 9, 15, 9))
    said = OLD if as_at == "2024-10" else "As at September 2024: nothing later is used"
    files = dict(pack.files)
    deck = Presentation(io.BytesIO(next(raw for path, raw in files.items() if path.endswith(".pptx"))))
    for slide in deck.slides:
        assert said in slide.notes_slide.notes_text_frame.text
    assert said in " ".join(s.text_frame.text for s in deck.slides[0].shapes if s.has_text_frame)
    for text, _ in pdf_pages(next(raw for path, raw in files.items() if path.endswith(".pdf"))):
        assert said in " ".join(text.split())
    book = openpyxl.load_workbook(io.BytesIO(next(raw for path, raw in files.items() if path.endswith(".xlsx"))))
    about = [str(cell.value) for row in book["About"].iter_rows() for cell in row if cell.value]
    assert sum(said in text for text in about) == 1 + len(pack.panels)
    assert files["README.txt"].decode().count(said) == 1 + len(pack.panels)
    shown = any(panel.draw for panel in pack.panels)
    tables = [raw.decode("utf-8-sig") for path, raw in files.items() if path.endswith(".csv")]
    assert bool(tables) == shown
    assert all(said.replace(",", ";") in text.split('\r\n"')[0] for text in tables)
    assert all(said in panel.caption(PARTNERSHIP) for panel in pack.panels)
    pictures = [raw.decode() for path, raw in files.items() if path.endswith(".svg")]
    assert bool(pictures) == shown
    assert all(said in " ".join(text.split()) for text in pictures)
    with zipfile.ZipFile(io.BytesIO(pack.zip)) as whole:
        assert whole.testzip() is None


def plan(*, simulated: bool = False) -> Plan:
    """One patrol of one shift, from data to November 2023."""
    whole = made_plan(simulated=simulated)
    shift = replace(whole.shifts[0], patrols=whole.shifts[0].patrols[:1])
    return replace(whole, as_at="2023-11", source=POLICE_UK, shifts=(shift,))


def test_the_files_of_a_plan_say_how_old_their_data_were(area: Area) -> None:
    said = "Data to November 2023, 10 months old; published usually two months behind"
    saved = datetime(2024, 9, 2, 10, tzinfo=UTC)
    assert said.replace(",", ";") in plan_csv(area, plan(), "visits", saved.date()).decode("utf-8-sig")
    assert said.replace(",", ";") in plan_csv(area, plan(), "places", saved.date()).decode("utf-8-sig")
    assert said in plan_geojson(area, plan(), saved.date()).decode()
    for text, _ in pdf_pages(plan_pdf(plan(), area, None, when=saved)):
        assert f"{said}." in " ".join(text.split())
    # planned after its days: the person had stepped back
    assert "As at November 2023: nothing later is used" in plan_csv(area, plan(), "visits", date(2024, 12, 1)).decode()
    made_up = plan(simulated=True)
    assert not _AGE.search(plan_csv(area, made_up, "visits", saved.date()).decode())
    assert not _AGE.search(" ".join(text for text, _ in pdf_pages(plan_pdf(made_up, area, None, when=saved))))
