"""A briefing on the demonstration and on odd input: always marked, never broken by text, inside its noise."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError
from pages.ui.briefing import command as briefing
from pages.ui.briefing import files as briefing_files
from pages.ui.briefing import make as briefing_make
from pages.ui.briefing import sheet as briefing_sheet
from pages.ui.briefing import slides as briefing_slides
from pages.ui.briefing import table as briefing_table
from pages.ui.briefing.files import Pack
from pages.ui.briefing.panel import (
    ANALYST,
    HEADLINES,
    HOTSPOTS,
    PANELS,
    PLAN,
    SEASON,
    TOWNSHIPS,
    TREND,
    WARDS,
)
from pages.ui.document.blocks import Column, Table
from pages.ui.paper import text as words
from pages.ui.paper.picture import SIMULATED
from pages.ui.shell.cache import Dataset
from tests.briefing.briefing_checks import CAUSAL, asked, demo_data, other_data, overflowing, said, slides
from tests.conftest import ROOT
from tests.made_incidents import made
from tests.map.made_ground import ground
from tests.paper import print_checks
from tests.properties import examples

HOSTILE = "=1+1 <b>$x_2$</b> & \"quoted\" 'Lane' \u202e\x07 " + "very long name of a place " * 6


@pytest.fixture(scope="module")
def data(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return demo_data(area, tmp_path_factory.mktemp("none") / "store")


@pytest.fixture(scope="module")
def pack(data: Dataset) -> Pack:
    """Some panels for an analyst, with a title that means harm."""
    chosen = (HEADLINES, HOTSPOTS, WARDS, SEASON, "evaluation")
    return briefing_make.make(data, asked(data, chosen, audience=ANALYST, as_at="2024-12", year=2025, title=HOSTILE))


def test_the_demonstration_is_marked_on_everything(pack: Pack) -> None:
    assert pack.name.endswith("simulated")
    assert b"SIMULATED" in pack.files["README.txt"]
    for slide in slides(pack.files[f"{pack.name}.pptx"]):
        assert any(shape.has_text_frame and SIMULATED in shape.text_frame.text for shape in slide.shapes)
    for text, _ in print_checks.pdf_pages(pack.files[f"{pack.name}.pdf"], scale=0.1):
        assert SIMULATED in text
    for name, raw in pack.files.items():
        if name.endswith(".csv"):
            assert raw.decode("utf-8-sig").startswith("# SIMULATED")
    for panel in pack.panels:
        if panel.draw is not None:
            sheet = briefing_sheet.part(panel, ANALYST, 500, 380)
            marks = [text for text, _, gid in print_checks.texts(sheet.figure) if gid == "mark"]
            assert SIMULATED in marks
            assert not panel.marked or len(marks) == 6  # every map of its own
            assert print_checks.collisions(sheet.figure) == []


def test_a_hostile_title_is_only_a_title(pack: Pack) -> None:
    raw = pack.files[f"{pack.name}.pptx"]
    assert overflowing(raw) == []
    title = slides(raw)[0].shapes.title.text_frame.text
    assert "<b>$x_2$</b>" in title
    assert "\u202e" not in title
    book = openpyxl.load_workbook(io.BytesIO(pack.files[f"{pack.name}.xlsx"]))
    assert book["About"]["A1"].data_type == "s"
    assert not str(book["About"]["A1"].value).startswith("=")


def test_wards_and_streets_of_any_name_do_no_harm(data: Dataset) -> None:
    wards = data.area.wards
    names = tuple(f"{HOSTILE} {i}" for i in range(len(wards.names)))
    towns = tuple(replace(town, name=HOSTILE) for town in data.area.townships)
    area = replace(data.area, wards=replace(wards, names=names), townships=towns, name=HOSTILE, partnership=HOSTILE)
    frame = data.incidents.frame.copy()
    frame["location"] = pd.Series(["On or near " + HOSTILE] * len(frame), index=frame.index, dtype="category")
    other = other_data(data, replace(data.incidents, frame=frame), area, "hostile")
    ask = asked(other, (WARDS, HOTSPOTS), as_at="2024-12", year=2025)
    made_pack = briefing_files.pack("x", HOSTILE, [HOSTILE], briefing_make.panels(other, ask), ANALYST, pd.Timestamp(0))
    assert overflowing(made_pack.files["x.pptx"]) == []
    for name, raw in made_pack.files.items():
        if name.endswith(".csv"):
            rows = [line for line in raw.decode("utf-8-sig").splitlines() if not line.startswith("#")]
            assert not any(re.match(r'(^|.*,)"?[=+@]', line) for line in rows)
        if name.endswith(".svg"):
            assert "<b>" not in raw.decode()
    for panel in made_pack.panels:
        sheet = briefing_sheet.page(panel, ANALYST, briefing_sheet.SCREEN)
        assert print_checks.collisions(sheet.figure) == []
        assert print_checks.outside(sheet.figure) == []


def test_twelve_panels_fit_the_first_slide(data: Dataset) -> None:
    ask = asked(data, (TREND,), as_at="2024-12", year=2025)
    (panel,) = briefing_make.panels(data, ask)
    many = [replace(panel, key=f"trend-{i}", table=None, draw=None, refusal=panel.finding) for i in range(12)]
    raw = briefing_slides.slides("Title", ["Line"], many, ANALYST, pd.Timestamp(0).to_pydatetime())
    assert overflowing(raw) == []
    sheet = briefing_sheet.cover("Title", ["Line"], many, briefing_sheet.PAPER)
    assert print_checks.collisions(sheet.figure) == []
    assert print_checks.outside(sheet.figure) == []
    assert sum(text == "12" for text, _, _ in print_checks.texts(sheet.figure)) == 1


@given(
    st.lists(st.lists(st.text("abc <$=\u00e9…", max_size=40), min_size=4, max_size=4), max_size=20),
    st.floats(120, 700),
    st.floats(60, 400),
)
@examples(40)
def test_a_table_never_leaves_its_rectangle(rows: list[list[str]], wide: float, high: float) -> None:
    columns = (Column("Place"), Column("Ward"), Column("Expected", right=True), Column("Last 12 months", right=True))
    table = Table(columns, tuple(tuple(row) for row in rows), "Title")
    found = briefing_table.fit(table, wide, high)
    assert sum(found.widths) <= wide + 0.1
    assert found.high <= high or not found.rows
    assert len(found.rows) + found.left_out == len(rows)
    if found.whole:
        shown = [[" ".join(lines) for lines in row] for row in found.rows]
        assert shown == [[words.clean(cell) for cell in row] for row in rows]


@given(seed=st.integers(0, 2**32 - 1), level=st.floats(0, 60), months=st.integers(3, 30))
@examples(6)
def test_findings_claim_no_more_than_their_intervals(area: Area, seed: int, level: float, months: int) -> None:
    """Over random counts: no causal word, "rose" and "fell" only where the interval leaves out no change."""
    rng = np.random.default_rng(seed)
    index = pd.period_range(end="2024-12", periods=months, freq="M")
    points = area.wards.outline.representative_point()
    counts = rng.poisson(level, months)
    n = int(counts.sum())
    incidents = made([points.x] * n, [points.y] * n, index.repeat(counts), index, ward_code=area.wards.codes[0])
    data = Dataset(area, incidents, pd.Timestamp("2025-01-15").date(), f"random-{seed}-{level}-{months}", Path("none"))
    ask = asked(data, (HEADLINES, TREND, WARDS), as_at="2024-12", year=2025)
    for panel in briefing_make.panels(data, ask):
        assert not any(word in said(panel).lower() for word in CAUSAL)
        assert "  " not in panel.finding
        assert "nan" not in panel.finding.lower().split()
        assert not re.search(r"\b1 (incidents|months|years)\b", panel.finding)
        for name, table in panel.numbers:
            if name == "headlines" and re.search(r"\b(rose|fell)\b", panel.finding):
                assert "a clear change" in " ".join(table["what_to_make_of_it"])


def test_a_store_without_a_month_refuses_every_panel(data: Dataset) -> None:
    none = Incidents(data.incidents.frame.iloc[:0], data.incidents.months[:0], "none", simulated=True)
    empty = other_data(data, none, data.area, "none")
    ask = asked(empty, as_at="2024-12", year=2025)
    for panel in briefing_make.panels(empty, ask):
        assert panel.refusal or panel.key.startswith(TOWNSHIPS), panel.key
        assert panel.draw is None


def test_what_is_not_there_is_said(data: Dataset, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such operation"):
        asked(data, window="easter")
    with pytest.raises(InputError, match="ends before"):
        asked(data, window="2024-11-08..2024-10-25")
    with pytest.raises(InputError, match="no such panel"):
        briefing_make.panels(data, asked(data, ("nothing",)))
    command = ["--store", str(tmp_path / "none"), "--out", str(tmp_path / "out"), "--as-at", "1999-01"]
    assert briefing.main(command) == 2
    assert "no such month" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_own_days_and_the_next_operation_can_be_asked_for(data: Dataset) -> None:
    own = asked(data, window="2025-02-14..2025-02-16", as_at="2024-12").window
    assert (own.operation, str(own.first), str(own.last)) == ("", "2025-02-14", "2025-02-16")
    named = asked(data, window="Halloween and Bonfire Night", as_at="2024-12", year=None).window
    assert named.first.year == 2025
    following = asked(data, window="", as_at="2024-12", year=None).window
    assert following.first > pd.Timestamp("2024-12-31").date()


# --- the page --------------------------------------------------------------------------------------------------------
@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path / "none"))
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
    at.run()
    at.switch_page("pages/briefing.py").run()
    assert not at.exception
    return at


def html(at: AppTest) -> str:
    return " ".join(element.proto.body for element in at.get("html"))


def test_the_page_shows_a_panel_and_the_line_of_a_schedule(page: AppTest) -> None:
    assert "9 panels on" in html(page)
    (picture,) = page.get("image")
    assert picture.proto.imgs[0].alt.startswith(("Neither", "ASB", "Drug", "Too many"))
    (line,) = page.code
    assert line.value.startswith("python -m pages.ui.briefing --window summer-holidays --year 2025 --as-at 2024-12")
    assert "--panels headlines trend target beside hotspots wards season plan evaluation" in line.value


def test_audience_and_order_survive_and_the_button_makes_the_zip(page: AppTest) -> None:
    page.selectbox(key="brief_audience_widget").set_value("analyst").run()
    assert page.multiselect[0].value == list(PANELS)
    page.multiselect[0].set_value(["season", "wards"]).run()
    page.text_input[0].set_value("Our own $title$").run()
    assert "2 panels on" in html(page)
    assert "'Our own $title$' --panels season wards" in page.code[0].value
    page.switch_page("app.py").run()
    page.switch_page("pages/briefing.py").run()
    assert page.multiselect[0].value == ["season", "wards"]
    assert not any("Download" in button.proto.label for button in page.get("download_button"))
    next(button for button in page.button if button.label == "Make the briefing").click().run()
    assert not page.exception
    (made_button,) = [b for b in page.get("download_button") if b.proto.label.startswith("Download")]
    assert "simulated.zip" in made_button.proto.label


def test_whoever_made_the_streets_is_named_under_every_map(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    under = ground(data.area, tmp_path)
    monkeypatch.setattr("pages.ui.map.base_map.base_map_of", lambda _: under)
    ask = asked(data, (HOTSPOTS, TOWNSHIPS, PLAN), as_at="2024-12", year=2025)
    panels = briefing_make.panels(data, ask)
    assert len(panels) == 2 + len(data.area.townships)
    assert all(under.attribution in panel.source for panel in panels)  # slides, notes, pages and pictures say it
