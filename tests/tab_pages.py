"""Opening a page of the dashboard, or one of its tabs, and reading what it wrote."""

from __future__ import annotations

import base64
import json
import re
import zipfile
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from data.place.area import Area
from data.published.police_uk import import_paths
from tests.conftest import ROOT

TIMEOUT = 60
SHORT = ("2024-07", "2024-08", "2024-09", "2024-10")
PAGES = {
    "Overview": "",
    "Hotspots": "pages/hotspots.py",
    "Seasonal peaks": "pages/seasonal_peaks.py",
    "Did it work": "pages/did_it_work.py",
    "Plan targets": "pages/plan_targets.py",
    "Briefing": "pages/briefing.py",
    "Data": "pages/data.py",
}
ASKED = {"Did it work": {"did": "past"}}  # in the address, where a page without a plan shows no figures
Open = Callable[..., AppTest]


def open_page(
    patch: pytest.MonkeyPatch, store: Path, page: str, state: dict[str, Any] | None = None, **query: str
) -> AppTest:
    """Open a page (its script; empty for the Overview) on a store with parameters in the address, then a state."""
    patch.setenv("DASHBOARD_DATA", str(store))
    patch.setenv("DASHBOARD_TODAY", "2025-01-15")
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT)
    for name, value in query.items():
        at.query_params[name.replace("_", "-")] = value
    if page:
        at.switch_page(page)
    at.run()
    assert not at.exception
    if state is not None:
        for name, value in state.items():
            at.session_state[name] = value
        at.run()
        assert not at.exception
    return at


def open_tab(
    patch: pytest.MonkeyPatch,
    store: Path,
    page: str,
    key: str,
    tab: str,
    state: dict[str, Any] | None = None,
    **query: str,
) -> AppTest:
    """Open a page on a store, with a tab chosen."""
    return open_page(patch, store, page, {key: tab} | (state or {}), **query)


def opener(patch: pytest.MonkeyPatch, page: str, key: str) -> Open:
    """What opens a page on one of its tabs, chosen by a key of the session: a store, the tab, a state, parameters."""

    def start(store: Path, tab: str, state: dict[str, Any] | None = None, **query: str) -> AppTest:
        return open_tab(patch, store, page, key, tab, state, **query)

    return start


def short_store(shared: Path, area: Area, folder: Path) -> Path:
    """A store with four months of real files."""
    store = folder / "store"
    files = []
    with zipfile.ZipFile(shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip") as archive:
        for month in SHORT:
            name = next(one for one in archive.namelist() if one.endswith(f"{month}-merseyside-street.csv"))
            files.append(Path(archive.extract(name, folder)))
    assert import_paths(files, store, area).ok
    return store


def in_address(at: AppTest) -> dict[str, str]:
    """The address, as a person would copy it."""
    return {key: value[0] if isinstance(value, list) else value for key, value in at.query_params.items()}


def html(at: AppTest) -> str:
    """Everything the page wrote as HTML."""
    return " ".join(element.proto.body for element in at.get("html"))


def text(at: AppTest) -> str:
    """Everything the page wrote as HTML, as a person reads it."""
    return unescape(html(at))


def finding(at: AppTest) -> str:
    """First line under the title."""
    found: str = re.search(r'class="finding">(.*?)</p>', html(at)).group(1)  # type: ignore[union-attr]
    return re.sub(r"[Aa]nti-social behaviour \(ASB\)", "ASB", found)


def refusals(at: AppTest) -> list[str]:
    """Sentences that stand in place of charts, exactly."""
    start, end = '<div class="refused" role="note">', "</div>"
    bodies = [element.proto.body for element in at.get("html")]
    return [unescape(b.removeprefix(start).removesuffix(end)) for b in bodies if b.startswith(start)]


def figures(at: AppTest, begins: str) -> list[dict[str, Any]]:
    """Figures whose alternative text begins so."""
    return [json.loads(one.proto.spec) for one in at.get("plotly_chart") if one.proto.alt.startswith(begins)]


def charts(at: AppTest) -> dict[str, dict[str, Any]]:
    """Figures of the page by their alternative text."""
    return {one.proto.alt: json.loads(one.proto.spec) for one in at.get("plotly_chart")}


def numbers(values: Any) -> list[float]:
    """Values of a trace, whichever way plotly wrote them."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"]).tolist()
    return [np.nan if value is None else value for value in values]


def titles(at: AppTest) -> list[str]:
    """Titles of charts."""
    start, end = '<h2 class="chart-title">', "</h2>"
    bodies = [element.proto.body for element in at.get("html")]
    return [unescape(b.removeprefix(start).removesuffix(end)) for b in bodies if b.startswith(start)]


def marked(figure: dict[str, Any]) -> bool:
    """Whether a figure says that it is simulated."""
    return any("SIMULATED" in note["text"] for note in figure["layout"]["annotations"])
