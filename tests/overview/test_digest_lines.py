"""The digest on Overview: a few lines after an import, none before one, and no page ends for a plan that is damaged."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from data.place.area import Area
from data.plan.file import file_of
from data.store.news import LastImport
from pages.ui.overview import news
from pages.ui.shell.cache import Dataset
from tests.briefing.briefing_checks import demo_data, real_data


@pytest.fixture
def data(short: Path, area: Area, tmp_path: Path) -> Dataset:
    """Four months, the last of which was imported after the others."""
    store = tmp_path / "store"
    shutil.copytree(short, store)
    found = real_data(store, area)
    return replace(found, version=f"{found.version}|{tmp_path}")


@pytest.fixture
def imported(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> LastImport:
    months = [str(month) for month in data.incidents.months]
    last = LastImport("2025-01-14", (months[-1],), ((months[0], 1000, 1080),), months[-2])
    monkeypatch.setattr(news, "last_import", lambda *_: last)
    return last


def test_after_an_import_it_says_a_few_lines(data: Dataset, imported: LastImport) -> None:
    lines = news.digest(data)
    assert 2 <= len(lines) <= news.LINES
    said = " ".join(f"{one.sentence}. {one.detail}" for one in lines)
    assert "do not say what is usual" in lines[0].title, "four months"
    assert imported.day in said
    assert "8 % more rows" in said
    assert "Next: " in said


def test_nothing_is_said_on_the_first_import_and_on_the_demonstration(
    data: Dataset, area: Area, tmp_path: Path
) -> None:
    assert news.digest(data) == ()
    assert news.digest(demo_data(area, tmp_path / "none")) == ()


def test_a_damaged_plan_takes_its_line_away_and_no_other(data: Dataset, imported: LastImport) -> None:
    whole = news.digest(data)
    file_of(data.store).write_bytes(b"this is no database, and it is longer than a head would be" * 10)
    left = news.digest(data)
    assert left == whole[: len(left)]
    assert len(left) == len(whole) - 1
    assert imported.day in " ".join(one.sentence for one in left)
