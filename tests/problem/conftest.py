"""The page of problems, opened on a short store of real files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT
from tests.problem.page_parts import PAGE, Open, ran
from tests.tab_pages import TIMEOUT


@pytest.fixture
def open_at(monkeypatch: pytest.MonkeyPatch) -> Open:
    """What opens a page on a store; each further word stands in the address."""

    def start(store: Path, page: str = PAGE, **query: str) -> AppTest:
        monkeypatch.setenv("DASHBOARD_DATA", str(store))
        monkeypatch.setenv("DASHBOARD_TODAY", "2025-01-15")
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT)
        for name, value in query.items():
            at.query_params["problem-step" if name == "step" else name] = value
        at.switch_page(page)
        return ran(at)

    return start


@pytest.fixture
def store(short: Path, tmp_path: Path) -> Path:
    """A copy of a store with four months of real files, to write to."""
    return Path(shutil.copytree(short, tmp_path / "own"))
