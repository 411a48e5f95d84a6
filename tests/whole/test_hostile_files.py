"""Hostile text in files that leave: it is read back as the text that it was, in every format, and starts nothing."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from icalendar import Calendar
from pptx import Presentation

from analysis.__main__ import main as analysis
from data.__main__ import main as data
from data.place.area import Area
from pages.ui.briefing.command import main as briefing
from pages.ui.plan.paper.carried import plan_gpx, plan_ics
from pages.ui.plan.paper.exports import plan_csv, plan_geojson
from pages.ui.plan.paper.pdf import plan_pdf
from pages.ui.plan.paper.phone import crews, phone_page
from tests.cli.test_terminal import OBEYED
from tests.hostile import CANARY, RAN, TEXTS, WORKED_OUT, World, everywhere, hostile_area, hostile_plan
from tests.whole.sent import wrong_html

WHEN = datetime(2025, 1, 15, 9, 0, tzinfo=UTC)
STARTS_A_FORMULA = ("=", "+", "-", "@")
_HEAD = ["meta", "meta", "meta", "title", "/title", "style", "/style", "/head"]
_FIGURE = re.compile(r"-?[\d.]+(e-?\d+)?")


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    """An area with hostile names."""
    return hostile_area(tmp_path_factory.mktemp("area"), layers=False)


def no_formula(rows: list[list[str]]) -> None:
    """No cell of text would be worked out."""
    cells = [cell for row in rows for cell in row]
    assert not [c for c in cells if c.lstrip().startswith(STARTS_A_FORMULA) and not _FIGURE.fullmatch(c)]


# --- a plan ----------------------------------------------------------------------------------------------------------
def test_tables_of_a_plan_hold_no_formula(area: Area) -> None:
    plan = hostile_plan(area, 20)
    for part in ("visits", "places"):
        rows = list(csv.reader(io.StringIO(plan_csv(area, plan, part).decode("utf-8-sig"))))
        no_formula(rows)
        assert any(RAN in cell or CANARY in cell for row in rows for cell in row)


def test_gpx_geojson_and_calendar_hold_the_text_as_text(area: Area) -> None:
    plan = hostile_plan(area)
    root = ET.fromstring(plan_gpx(area, plan))
    tags = {one.tag.rsplit("}", 1)[1] for one in root.iter()}
    assert tags <= {"gpx", "metadata", "name", "desc", "wpt", "type", "rte", "number", "rtept"}
    assert TEXTS["markup"] in " ".join(root.itertext())
    names = [one["properties"].get("name") for one in json.loads(plan_geojson(area, plan))["features"]]
    assert any(TEXTS["markup"] in str(name) for name in names)
    calendar = Calendar.from_ical(plan_ics(area, plan, WHEN))
    assert {one.name for one in calendar.walk()} <= {"VCALENDAR", "VEVENT"}
    assert len(list(calendar.walk("VEVENT"))) == sum(len(shift.patrols) for shift in plan.shifts)
    assert not [one for event in calendar.walk("VEVENT") for one in event if one in ("X", "URL", "ATTACH")]


def test_the_page_for_a_phone_holds_no_element_of_theirs(area: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.plan.paper.phone._map", lambda *_: "")  # what it costs is the drawing
    for turn in (0, 2, 5):
        plan = hostile_plan(area, turn)
        for crew in crews(plan)[:1]:
            page = phone_page(plan, area, None, crew).decode()
            head, body = page.split("<body>")
            assert wrong_html(body) == []
            assert re.findall(r"<(/?\w+)", head.split("<head>")[1]) == _HEAD


@pytest.mark.long
def test_sheets_to_print_hold_no_link_and_no_script(area: Area) -> None:
    for turn in (0, 9):
        raw = plan_pdf(hostile_plan(area, turn), area, None, when=WHEN)
        assert not re.search(rb"/(JavaScript|JS|URI|Launch|OpenAction|AA|EmbeddedFile)\b", raw)
        document = pypdfium2.PdfDocument(raw)
        text = " ".join(sheet.get_textpage().get_text_range() for sheet in document)
        assert WORKED_OUT not in text.split()
        assert RAN in text


# --- everything else -------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Hostile text everywhere, and the settings that lead to it."""
    made = everywhere(tmp_path_factory.mktemp("hostile"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in made.environment.items():
            patch.setenv(name, value)
        yield made


@pytest.mark.long
def test_a_briefing_holds_the_text_as_text(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert briefing(["--out", str(tmp_path), "--title", TEXTS["formula"] + TEXTS["image"]]) == 0
    assert not OBEYED & set("".join(capsys.readouterr()))
    (made,) = tmp_path.glob("*.zip")
    with zipfile.ZipFile(made) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert {Path(name).suffix for name in files} >= {".pptx", ".pdf", ".xlsx", ".png", ".svg", ".csv", ".txt"}
    carried = 0
    for name, raw in files.items():
        if name.endswith(".svg"):
            tags = {one.tag.rsplit("}", 1)[1] for one in ET.fromstring(raw).iter()}
            assert not tags & {"script", "image", "foreignObject", "a", "iframe"}, name
        elif name.endswith(".csv"):
            no_formula([row for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"))) if row and row[0][:1] != "#"])
            carried += RAN in raw.decode("utf-8-sig")
        elif name.endswith(".xlsx"):
            book = openpyxl.load_workbook(io.BytesIO(raw))
            cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
            assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink is not None]
            carried += any(RAN in str(cell.value) for cell in cells)
        elif name.endswith(".pptx"):
            shapes = [shape for slide in Presentation(io.BytesIO(raw)).slides for shape in slide.shapes]
            runs = [run for s in shapes if s.has_text_frame for p in s.text_frame.paragraphs for run in p.runs]
            assert not [run.text for run in runs if run.hyperlink.address]
            assert WORKED_OUT not in " ".join(run.text for run in runs).split()
            with zipfile.ZipFile(io.BytesIO(raw)) as slides:
                links = [slides.read(one).decode() for one in slides.namelist() if one.endswith(".rels")]
            assert not [one for one in links if "TargetMode" in one]
        elif name.endswith(".pdf"):
            assert not re.search(rb"/(JavaScript|JS|URI|Launch|OpenAction|AA|EmbeddedFile)\b", raw)
    assert carried > 1


@pytest.mark.long
@pytest.mark.parametrize("command", ["hotspots", "counts", "season", "change"])
def test_tables_of_the_command_line(
    command: str, world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--by", "month,ward"] if command == "counts" else []
    assert analysis([command, *more, "--out", str(tmp_path / "t.csv")]) == 0
    assert not OBEYED & set("".join(capsys.readouterr()))
    no_formula(list(csv.reader(io.StringIO((tmp_path / "t.csv").read_text(encoding="utf-8-sig")))))


@pytest.mark.long
def test_what_the_commands_of_the_store_say(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    store = str(world.store)
    for arguments in (["status"], ["verify"], ["log"], ["status", "--json"], ["import", store + "/<b>\x1b[2J.csv"]):
        data([*arguments, "--store", store])
        told = capsys.readouterr()
        assert not OBEYED & set(told.out + told.err), arguments
    log = (world.store / "acts.jsonl").read_text(encoding="utf-8")
    assert not OBEYED & set(log)
    for line in log.splitlines():
        assert isinstance(json.loads(line), dict)
