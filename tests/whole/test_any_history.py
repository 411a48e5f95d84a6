"""No page and no command ends in an error, and none says "nan", for histories and areas that nobody tried."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analysis import __main__ as commands
from data.place.area import Area
from data.store.schema import Incidents
from tests.any_history import CATEGORIES, LENGTHS, SHAPES, SHOP, WARDS, area_file, history, make_area, pairs
from tests.conftest import ROOT
from tests.stored import in_place_of_the_store
from tests.tab_pages import html

PAGES = {
    "Overview": ("", "overview_tabs", ("Wards against the area", "Month by month", "Trend")),
    "Hotspots": ("pages/hotspots.py", "hotspot_tabs", ()),
    "Seasonal peaks": ("pages/seasonal_peaks.py", "peaks_tabs", ("How much more", "By ward")),
    "Plan an operation": ("pages/plan_operation.py", "", ()),
    "Did it work": ("pages/did_it_work.py", "did_subject", ("past",)),
    "Plan targets": ("pages/plan_targets.py", "", ()),
    "Briefing": ("pages/briefing.py", "", ()),
}
SLUGS = {CATEGORIES[0]: "", CATEGORIES[1]: "drugs", SHOP: "shoplifting"}
COMMANDS = (
    ("counts", "--by", "month,ward"), ("hotspots",), ("season",), ("season", "--of", "effects"), ("forecast",),
    ("change",), ("concentration",), ("trend",), ("backtest", "hotspots"), ("backtest", "forecast"),
)  # fmt: skip
NOT_WORDS = re.compile(r".{0,30}\b(?:nan|inf|NaT|None)\b.{0,30}")
Look = Callable[[Area, Incidents], None]


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Look:
    """Put an area and its incidents in place of what is stored, for pages and commands."""
    folder = tmp_path_factory.mktemp("any")

    def start(area: Area, incidents: Incidents) -> None:
        file = area_file(folder, len(area.wards.codes))
        for name, value in {"DATA": folder / "store", "TODAY": "2025-01-15", "AREA": file}.items():
            monkeypatch.setenv(f"DASHBOARD_{name}", str(value))
        in_place_of_the_store(monkeypatch, incidents)
        monkeypatch.setattr(commands, "load", lambda store, area, source="police.uk": incidents)
        monkeypatch.setattr(commands, "is_empty", lambda store: False)
        monkeypatch.setattr(commands, "_incidents", lambda store, area, source: incidents)

    return start


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("areas")


def open_and_read(page: str, category: str) -> None:
    """Open a page and each of its tabs, and read what it wrote."""
    script, key, tabs = PAGES[page]
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
    if SLUGS[category]:
        at.query_params["category"] = SLUGS[category]
    if script:
        at.switch_page(script)
    for tab in (None, *tabs):
        if tab is not None:
            at.session_state[key] = tab
        at.run()
        assert not at.exception, (page, tab, [error.stack_trace for error in at.exception])
        read = re.sub(r"<style.*?</style>", "", html(at), flags=re.DOTALL)
        assert NOT_WORDS.findall(read) == [], (page, tab)
        assert "Only 0 " not in read


def ask_commands(capsys: pytest.CaptureFixture[str], incidents: Incidents, category: str) -> None:
    """Run commands; each writes a table or says why it cannot."""
    for name, *more in COMMANDS:
        code = commands.main([name, *more, "--category", category])
        out, err = capsys.readouterr()
        assert code in {commands.DONE, commands.REFUSED}, (name, err)
        assert (len(out) > 0) == (code == commands.DONE)
        assert NOT_WORDS.findall(err) == [], (name, err)
        assert len(incidents.months) or code == commands.REFUSED or name == "counts"


COMBINED = pairs(tuple(SHAPES), LENGTHS, WARDS, tuple(PAGES), CATEGORIES)
# of the many a few that have shown something: the shortest, the edges of a year and of two, an area of one ward
SOME = (
    ("season", 0, 15, "Overview"), ("season", 1, 2, "Hotspots"), ("county", 12, 1, "Plan targets"),
    ("season", 13, 15, "Plan targets"), ("few", 24, 1, "Overview"), ("gaps", 25, 15, "Seasonal peaks"),
    ("nothing", 36, 2, "Plan an operation"), ("one spike", 48, 1, "Seasonal peaks"), ("clipped", 73, 15, "Overview"),
    ("nothing", 30, 2, "Plan targets"), ("constant", 14, 2, "Did it work"),
)  # fmt: skip


@pytest.mark.parametrize(("shape", "months", "wards", "page"), SOME)
def test_some_histories_end_in_no_error(
    look: Look, folder: Path, shape: str, months: int, wards: int, page: str
) -> None:
    area = make_area(folder, wards)
    look(area, history(area, shape, months))
    open_and_read(page, CATEGORIES[0])


@pytest.mark.parametrize(("shape", "months"), [("season", 0), ("nothing", 13), ("gaps", 36)])
def test_some_histories_end_no_command_in_an_error(
    look: Look, folder: Path, capsys: pytest.CaptureFixture[str], shape: str, months: int
) -> None:
    area = make_area(folder, 2)
    incidents = history(area, shape, months)
    look(area, incidents)
    ask_commands(capsys, incidents, CATEGORIES[0])


@pytest.mark.long
def test_no_pair_of_length_shape_area_page_and_crime_type_ends_in_an_error(
    look: Look, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = []
    for number, (shape, months, wards, page, category) in enumerate(COMBINED):
        months = int(months)  # type: ignore[call-overload]
        if int(wards) > 15 and months > 120:  # type: ignore[call-overload]
            months = 120
        area = make_area(folder, int(wards))  # type: ignore[call-overload]
        incidents = history(area, str(shape), months)
        look(area, incidents)
        try:
            open_and_read(str(page), str(category))
            if number % 6 == 0:
                ask_commands(capsys, incidents, str(category))
        except AssertionError as error:
            wrong.append((shape, months, wards, page, category, str(error)[:400]))
    print(f"{len(COMBINED)} combinations, {len(wrong)} wrong")
    assert wrong == []


def test_every_pair_is_met() -> None:
    axes = (tuple(SHAPES), LENGTHS, WARDS)
    found = pairs(*axes)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        assert {(row[i], row[j]) for row in found} == {(a, b) for a in axes[i] for b in axes[j]}


def test_histories_are_what_their_names_say(folder: Path) -> None:
    area = make_area(folder, 15)
    for shape in SHAPES:
        for months in (0, 1, 13, 40):
            found = history(area, shape, months)
            assert len(found.months) <= months
            if months:
                assert str(found.months[-1]) == "2024-12"
            assert found.frame["month"].isin(found.months).all()
            assert (shape == "nothing") <= (len(found.frame) == 0)
    assert history(area, "gaps", 40).frame.equals(history(area, "gaps", 40).frame)
    assert len(history(area, "gaps", 40).months) < 40 > len(history(area, "clipped", 40).months)
