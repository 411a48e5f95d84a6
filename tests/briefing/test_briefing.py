"""A whole briefing on the real store: slides read back, pages and pictures looked at, numbers counted again."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from analysis.common.rates import WHO_REPORTS
from analysis.findings.finding import readable
from analysis.findings.unusual import unusual_title
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.plan import plans
from data.plan.saved import Record
from data.store.schema import Incidents
from pages.ui.briefing import make as briefing_make
from pages.ui.briefing import sheet as briefing_sheet
from pages.ui.briefing.files import Pack, readme
from pages.ui.briefing.panel import (
    EVALUATION,
    PARTNERSHIP,
    PLAN,
    TARGET,
    TOWNSHIPS,
    TREND,
    USUAL,
    WARDS,
    unbroken,
)
from pages.ui.chart import control
from pages.ui.document.drawn import line
from pages.ui.overview import figures
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import Filters
from tests.briefing.briefing_checks import CAUSAL, asked, cells, overflowing, real_data, said, slides
from tests.conftest import ROOT
from tests.document.test_html_file import Read
from tests.paper import print_checks
from tests.plan.made_plans import made_plan

SHOWN = (*(key for key in USUAL[PARTNERSHIP] if key not in {WARDS, EVALUATION}), WARDS, EVALUATION)  # in an own order
WHEN = datetime(2025, 1, 15, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(real_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real store with a plan of Halloween that was run where most incidents are."""
    copy = tmp_path_factory.mktemp("briefing") / "store"
    shutil.copytree(real_store, copy)
    return copy


@pytest.fixture(scope="module")
def data(store: Path, area: Area) -> Dataset:
    return real_data(store, area)


@pytest.fixture(scope="module")
def pack(data: Dataset) -> Pack:
    """Every panel but the township maps, as at July 2024 for Halloween 2024."""
    return briefing_make.make(data, asked(data, SHOWN), WHEN)


def test_the_zip_holds_every_kind_of_file(pack: Pack) -> None:
    with zipfile.ZipFile(io.BytesIO(pack.zip)) as whole:
        names = whole.namelist()
        assert whole.testzip() is None
    assert all(name.startswith(f"{pack.name}/") for name in names)
    n = len(pack.panels)
    assert n == len(SHOWN)
    assert sum(name.endswith(".png") for name in names) == n
    assert sum(name.endswith(".svg") for name in names) == sum(panel.draw is not None for panel in pack.panels) == n - 1
    for ending in (".pptx", ".pdf", ".xlsx", ".html", "README.txt"):
        assert sum(name.endswith(ending) for name in names) == 1
    assert "simulated" not in pack.name


def test_the_one_file_to_read_says_what_the_panels_say(pack: Pack) -> None:
    raw = pack.files[f"{pack.name}.html"]
    assert len(raw) < 5e6
    read = Read(raw)
    headings = [text for _, text in read.of("h2")]
    assert headings[1 : len(pack.panels) + 1] == [line(panel.finding) for panel in pack.panels]
    drawn = [panel for panel in pack.panels if panel.draw is not None]
    assert [about["alt"] for about, _ in read.of("img")] == [line(panel.alt) for panel in drawn]
    shown = [text for _, text in read.of("td")] + [text for _, text in read.of("th")]
    tables = [panel.table for panel in pack.panels if panel.table is not None]
    assert Counter(shown) == Counter(line(text) for table in tables for row in cells(table) for text in row)
    said = [text for _, text in read.of("li")]
    assert all(line(note) in said for panel in pack.panels for note in panel.notes)
    foot = read.of("footer")[0][1]
    assert all(line(text) in foot for panel in pack.panels for text in panel.sources)


def test_slides_say_what_the_panels_say(pack: Pack) -> None:
    deck = slides(pack.files[f"{pack.name}.pptx"])
    assert len(deck) == len(pack.panels) + 1
    for slide, panel in zip(deck[1:], pack.panels, strict=True):
        assert slide.shapes.title.text_frame.text == panel.finding
        notes = slide.notes_slide.notes_text_frame.text
        assert panel.finding in notes
        assert all(caveat in notes for caveat in panel.caveats)
        assert panel.source in notes
        pictures = [shape for shape in slide.shapes if shape.shape_type == 13]
        tables = [shape for shape in slide.shapes if shape.has_table]
        assert len(pictures) == (panel.draw is not None)
        assert len(tables) == (panel.table is not None)
        for picture in pictures:
            alt = picture._element.xpath(".//p:cNvPr")[0].get("descr")
            assert panel.alt in alt
            assert panel.source in alt
        for shape in tables:
            assert panel.table is not None
            read = [[cell.text_frame.text for cell in row.cells] for row in shape.table.rows]
            assert read == cells(panel.table)
            assert shape._element.xpath(".//p:cNvPr")[0].get("descr")
        if panel.refusal:
            assert panel.refusal in [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def test_the_ward_panel_says_who_reports_to_everybody(pack: Pack) -> None:
    panel = next(panel for panel in pack.panels if panel.key == WARDS)
    for audience in ("partnership", "analyst"):
        assert panel.caption(audience).count(WHO_REPORTS) == 1
    assert "where another year lies" in " ".join(panel.notes)


def test_nothing_leaves_its_slide_or_its_box(pack: Pack) -> None:
    assert overflowing(pack.files[f"{pack.name}.pptx"]) == []


def test_no_text_of_a_page_or_picture_collides_or_is_cut_off(pack: Pack) -> None:
    for panel in pack.panels:
        sheet = briefing_sheet.page(panel, "partnership", briefing_sheet.PAPER, "12 of 14")
        assert print_checks.collisions(sheet.figure) == [], panel.key
        assert print_checks.outside(sheet.figure) == [], panel.key
        assert print_checks.spots_apart(sheet.figure), panel.key
        assert not any("…" in text for text, _, _ in print_checks.texts(sheet.figure)), panel.key


def test_every_picture_says_where_it_comes_from(pack: Pack) -> None:
    for panel in pack.panels:
        sheet = briefing_sheet.part(panel, "partnership", 560, 400)
        assert print_checks.collisions(sheet.figure) == [], panel.key
        assert print_checks.outside(sheet.figure) == [], panel.key
        text = " ".join(" ".join(text for text, _, _ in print_checks.texts(sheet.figure)).split())
        for part in (panel.finding, panel.place, panel.period, panel.method.removesuffix("."), panel.caveats[0],
                     panel.source, panel.version):  # fmt: skip
            assert " ".join(part.split()) in text, (panel.key, part)


def test_pages_of_the_pdf_are_a4_landscape_with_their_findings(pack: Pack) -> None:
    pages = list(print_checks.pdf_pages(pack.files[f"{pack.name}.pdf"], scale=0.5, grey=True))
    assert len(pages) == len(pack.panels) + 1
    for (text, picture), panel in zip(pages[1:], pack.panels, strict=True):
        assert picture.shape == (298, 421)
        assert picture.min() < 60  # black enough without colours
        said = " ".join(text.split())
        assert " ".join(panel.finding.split(";")[0].split()) in said
        assert f"Data version {panel.version}" in said


def test_pictures_are_1920_by_1080(pack: Pack) -> None:
    for name, raw in pack.files.items():
        if name.endswith(".png"):
            assert (int.from_bytes(raw[16:20]), int.from_bytes(raw[20:24])) == (1920, 1080)
        if name.endswith(".svg"):
            text = raw.decode()
            assert "<title>" in text
            assert "<script" not in text


def csv(pack: Pack, key: str, part: str = "") -> pd.DataFrame:
    """A table of the pack."""
    number = next(i for i, panel in enumerate(pack.panels, start=1) if panel.key == key)
    raw = pack.files[f"csv/{number:02d}-{key}{f'-{part}' if part else ''}.csv"]
    return pd.read_csv(io.BytesIO(raw), comment="#", encoding="utf-8-sig")


def test_numbers_are_those_counted_from_the_frame_alone(pack: Pack, real: Incidents, data: Dataset) -> None:
    frame = real.frame[real.frame["ward_code"].notna()]
    year = frame[(frame["month"] >= pd.Period("2023-08", "M")) & (frame["month"] <= pd.Period("2024-07", "M"))]
    wards = csv(pack, WARDS).set_index("code")
    for column, category in (("asb", ASB), ("drugs", DRUGS)):
        counted = year[year["category"] == category]["ward_code"].astype(str).value_counts()
        assert wards[column].to_dict() == counted.reindex(wards.index, fill_value=0).to_dict()
    table = next(panel for panel in pack.panels if panel.key == WARDS).table
    assert table is not None
    assert [row[1] for row in table.rows] == [f"{n:,}" for n in wards["asb"]]
    panel = next(panel for panel in pack.panels if panel.key == WARDS)
    assert f"{wards['asb'].max():,}" in panel.finding
    months = csv(pack, TREND).set_index("month")["count"].dropna()
    counted = frame[frame["category"] == ASB]["month"].astype(str).value_counts()
    assert months.to_dict() == counted.reindex(months.index).to_dict()
    found = control.unusual(data, Filters(ASB, None, None, as_at=pd.Period("2024-07", "M")), ASB)
    panel = next(p for p in pack.panels if p.key == TREND)
    assert panel.finding == unusual_title(found, "ASB").title
    assert panel.more.startswith(unbroken(f"{found.sentence} {found.details[0]}"))
    target = csv(pack, TARGET)
    assert target["incidents"].iloc[0] == int((year["category"] == ASB).sum())
    assert f"{target['incidents'].iloc[0]:,}" in next(p for p in pack.panels if p.key == TARGET).more
    assert csv(pack, "headlines")["value"].iloc[0] == f"{target['incidents'].iloc[0]:,}"


def test_nothing_later_than_the_as_at_month_is_in_it(pack: Pack, data: Dataset) -> None:
    cut = data.incidents.up_to(pd.Period("2024-07", "M"))
    early = Dataset(data.area, cut, data.as_at, "cut", data.store)
    for panel, other in zip(pack.panels, briefing_make.panels(early, asked(early, SHOWN)), strict=True):
        if panel.key != "headlines":  # its next operation is counted from the day on which is asked
            assert panel.finding == other.finding


def test_the_workbook_has_the_same_tables_and_no_formula(pack: Pack) -> None:
    book = openpyxl.load_workbook(io.BytesIO(pack.files[f"{pack.name}.xlsx"]))
    tables = [table for panel in pack.panels for _, table in panel.numbers]
    assert len(book.sheetnames) == len(tables) + 1
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    for sheet, table in zip(book.worksheets[1:], tables, strict=True):
        assert sheet.max_row == len(table) + 1
        for i, name in enumerate(table.columns):
            values = [row[i] for row in sheet.iter_rows(min_row=2, values_only=True)]
            column = table.iloc[:, i]
            if pd.api.types.is_float_dtype(column.dtype):
                assert np.allclose([np.nan if v is None else v for v in values], column, equal_nan=True), name


def test_findings_have_no_causal_word_and_no_full_stop(pack: Pack) -> None:
    for panel in pack.panels:
        assert panel.finding == panel.finding.strip().removesuffix(".")
        assert not any(word in said(panel).lower() for word in CAUSAL), panel.finding


def test_a_refusal_is_a_slide_with_the_page_s_sentence(pack: Pack) -> None:
    last = pack.panels[-1]
    assert last.draw is None
    assert last.refusal.startswith("No operation can be judged")
    assert last.refusal.startswith(last.finding)


def test_of_the_usual_panels_those_that_are_refused_are_left_out_and_named(data: Dataset) -> None:
    every = briefing_make.panels(data, asked(data, USUAL[PARTNERSHIP]))
    shown = briefing_make.told(every)
    assert {panel.key for panel in every} - {panel.key for panel in shown} == {EVALUATION}
    assert briefing_make.told(every[-1:]) == every[-1:]
    assert briefing_make.told((replace(every[0], silent=True), every[1])) == (every[1],)
    made = readme("Title", (), shown, [panel for panel in every if panel.refusal])
    assert f"Left out, since the data do not carry it: Did it work. {every[-1].refusal}" in made


def test_every_title_can_be_read_aloud(pack: Pack, data: Dataset) -> None:
    for panel in (*pack.panels, *briefing_make.panels(data, asked(data, (TOWNSHIPS,)))):
        assert panel.refusal or readable(panel.finding), panel.finding


def test_a_township_has_a_map_of_its_own_with_its_places(pack: Pack, data: Dataset) -> None:
    found = briefing_make.panels(data, asked(data, (TOWNSHIPS,), audience="team"))
    assert [panel.name.split(": ")[1] for panel in found] == [township.name for township in data.area.townships]
    every = csv(pack, "hotspots", "places")
    names = data.area.ward_names
    for panel, township in zip(found, data.area.townships, strict=True):
        mine = every[every["ward"].isin([names[code] for code in township.wards])]
        assert panel.numbers[0][1]["number"].tolist() == mine["number"].tolist()
        assert f"{len(mine)} of the {len(every)} busiest places" in panel.finding or not len(mine)
        assert f"About {mine['expected'].sum():,.1f} of" in panel.more or not len(mine)
        sheet = briefing_sheet.page(panel, "team", briefing_sheet.PAPER)
        assert print_checks.collisions(sheet.figure) == []
        assert print_checks.outside(sheet.figure) == []
        assert print_checks.spots_apart(sheet.figure)


def test_a_plan_that_was_saved_and_run_is_shown_and_judged(pack: Pack, data: Dataset, store: Path, area: Area) -> None:
    saved = plans.save(store, made_plan(simulated=False), WHEN)
    busy = csv(pack, "hotspots", "cells").sort_values("expected", ascending=False)["cell"].tolist()[:40]
    done = [Record(shift.starts, ran=True, hours=8.0, cells=tuple(busy)) for shift in saved.plan.shifts]
    plans.mark_run(store, saved.id, saved.revision, done, WHEN)
    later = Dataset(area, data.incidents, data.as_at, f"{data.version}|saved", store)
    plan, judged = briefing_make.panels(later, asked(later, (PLAN, "evaluation"), as_at="2024-12"))
    assert "2 shifts of patrols. All 7 stops together: about 1 in 8 of the borough's ASB on these days" in plan.more
    assert "tops hold about 1 in 8 of these days' incidents" in plan.finding
    assert not {"expected", "covered"} & set(dict(plan.numbers)["plan-shifts"])
    assert plan.table is not None
    assert len(plan.table.rows) == 5  # the sixth place is left out
    assert "Saved plan, revision 2, which knew the months to July 2024" in plan.more
    assert judged.refusal == ""
    table = judged.numbers[0][1].set_index("area")
    assert f"{table.loc['Where you went', 'recorded']:,} recorded" in judged.more
    assert all(readable(panel.finding) for panel in (plan, judged))
    for panel in (plan, judged):
        sheet = briefing_sheet.page(panel, "analyst", briefing_sheet.SCREEN)
        assert print_checks.collisions(sheet.figure) == []
        assert print_checks.outside(sheet.figure) == []
    early = briefing_make.panels(later, asked(later, (PLAN, "evaluation"), as_at="2024-06"))
    assert "Halloween and Bonfire Night 2024: 2" not in early[0].more  # that plan knew July
    assert early[1].refusal


def test_the_same_input_gives_the_same_bytes_in_another_process(data: Dataset, store: Path, tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "pages.ui.briefing", "--window", "halloween", "--year", "2024", "--as-at", "2024-07",
        "--panels", "hotspots", "--store", str(store), "--out", str(tmp_path / "out"),
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    (path,) = (tmp_path / "out").iterdir()
    assert done.stdout.strip() == str(path)
    here = briefing_make.make(data, asked(data, ("hotspots",)))
    assert path.name == f"{here.name}.zip"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == hashlib.sha256(here.zip).hexdigest()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed (libreoffice-impress)")
def test_libreoffice_opens_the_slides(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "slides.pptx"
    path.write_bytes(pack.files[f"{pack.name}.pptx"])
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/office", "--convert-to", "pdf", "--outdir",
         str(tmp_path), str(path)], check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    pages = list(print_checks.pdf_pages((tmp_path / "slides.pdf").read_bytes(), scale=0.4))
    assert len(pages) == len(pack.panels) + 1
    for (text, picture), panel in zip(pages[1:], pack.panels, strict=True):
        assert panel.finding.split(" ")[0] in text
        assert picture.std() > 5


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler is not installed (poppler-utils)")
def test_poppler_opens_the_pages(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "pages.pdf"
    path.write_bytes(pack.files[f"{pack.name}.pdf"])
    done = subprocess.run(
        ["pdftoppm", "-r", "20", "-png", str(path), str(tmp_path / "p")], check=True, capture_output=True
    )
    assert done.stderr == b""
    assert len(list(tmp_path.glob("p-*.png"))) == len(pack.panels) + 1


def test_the_finding_of_the_headlines_is_the_page_s(pack: Pack, data: Dataset) -> None:
    told = figures.change(data, asked(data).filters(data))
    assert (pack.panels[0].finding, pack.panels[0].more) == (told.title, unbroken(told.detail))
