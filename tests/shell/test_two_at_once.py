"""Two people at once, with other ward boundaries and other filters: each is shown what is shown to one alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from data.place.area import AREA_VARIABLE
from tests.conftest import ROOT
from tests.tab_pages import PAGES, TIMEOUT, text
from tests.two_layers import DAY, two_layers

QUERIES = (
    {"boundaries": DAY, "what": "burglary", "layer": "wards", "did": "past", "theme": "dark"},
    {"what": "anti-social-behaviour", "layer": "cells", "did": "past", "as-at": "2024-09"},
)


def shown(page: str, query: dict[str, str]) -> list[bytes]:
    """All that a page draws in a session of its own, as it goes to the browser, and its words."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT)
    for name, value in query.items():
        at.query_params[name] = value
    if PAGES[page]:
        at.switch_page(PAGES[page])
    found = [text(at.run()).encode()]
    assert not at.exception
    for element in [*at.main, *at.sidebar]:
        sent = element.proto
        if hasattr(sent, "SerializeToString") and element.type != "download_button":
            found.append(sent.SerializeToString(deterministic=True))
    return found


@pytest.mark.long
@pytest.mark.parametrize("page", ["Overview", "Hotspots", "Seasonal peaks", "Did it work", "Plan targets"])
def test_each_is_shown_what_one_alone_is_shown(
    short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv(AREA_VARIABLE, two_layers(tmp_path / "area").file)
    monkeypatch.setenv("DASHBOARD_DATA", str(short))
    monkeypatch.setenv("DASHBOARD_TODAY", "2025-01-15")
    alone = []
    for query in QUERIES:
        st.cache_resource.clear()
        st.cache_data.clear()
        alone.append(shown(page, query))
    assert alone[0] != alone[1]
    st.cache_resource.clear()
    st.cache_data.clear()
    run = LocalScriptRunner.run
    for _ in range(2):  # nothing is kept yet, then all of it
        gate = Barrier(len(QUERIES), timeout=TIMEOUT)

        def at_once(self: LocalScriptRunner, *args: Any, gate: Barrier = gate, **kwargs: Any) -> Any:
            gate.wait()  # AppTest puts one runtime in place of the server's before a run and takes it away after
            try:
                return run(self, *args, **kwargs)
            finally:
                gate.wait()

        with monkeypatch.context() as patch, ThreadPoolExecutor(len(QUERIES)) as pool:
            patch.setattr(config, "get_option", config.get_option)  # which each run puts back as it found it
            patch.setattr(LocalScriptRunner, "run", at_once)
            together = list(pool.map(lambda query: shown(page, query), QUERIES))
        for mine, ours in zip(alone, together, strict=True):
            assert mine == ours
