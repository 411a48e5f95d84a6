"""Opening the page of plan targets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests import tab_pages
from tests.tab_pages import Open


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens it on a store, with a state and parameters in the address."""

    def start(store: Path, state: dict[str, Any] | None = None, **query: str) -> AppTest:
        return tab_pages.open_page(monkeypatch, store, "pages/plan_targets.py", state or {}, **query)

    return start
