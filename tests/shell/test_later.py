"""Charts and tables wait for the map at a session's first look, and the page is then what it is without waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.shell import later

WAITS = 0.4  # seconds: far more than a page needs to see that it was told


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[later.Painted]:
    """A server that answers."""
    runs = later.painted()
    monkeypatch.setattr(runs, "listening", True)
    monkeypatch.setattr(later, "LIMIT_S", WAITS)
    yield runs
    assert runs._waiting == {}


def waits() -> None:
    import streamlit as st

    from pages.ui.shell import later

    st.html(later.start(wait=True) + "<p>head</p>", unsafe_allow_javascript=True)
    with later.ends():
        with st.container():
            later.put(120, lambda: st.text("chart"))
        st.text("foot")
        st.session_state["kept_free"] = st.session_state["later_held"] is not None
        if st.session_state.get("breaks"):
            raise ValueError("broken")
        if st.session_state.pop("again", False):
            st.rerun()


def texts(at: AppTest) -> list[str]:
    return [one.value for one in at.text]


def test_the_page_waits_until_it_is_told_and_only_once(listening: later.Painted) -> None:
    at = AppTest.from_function(waits)
    began = time.monotonic()
    at.run()
    assert time.monotonic() - began >= WAITS
    assert texts(at) == ["chart", "foot"]  # in its place, not where it was drawn
    assert at.session_state["kept_free"]
    began = time.monotonic()
    at.run()
    assert time.monotonic() - began < WAITS
    assert texts(at) == ["chart", "foot"]
    assert not at.session_state["kept_free"]


def test_word_from_the_browser_ends_the_wait(monkeypatch: pytest.MonkeyPatch, listening: later.Painted) -> None:
    monkeypatch.setattr(later, "LIMIT_S", 60.0)

    def tell() -> None:
        while not listening._waiting:
            time.sleep(0.005)
        listening.told(next(iter(listening._waiting)))

    browser = threading.Thread(target=tell)
    browser.start()
    at = AppTest.from_function(waits, default_timeout=30).run()
    browser.join()
    assert texts(at) == ["chart", "foot"]


@pytest.mark.parametrize("state", [{"breaks": True}, {"again": True}])
def test_after_a_fault_or_a_new_beginning_nothing_waits(listening: later.Painted, state: dict[str, Any]) -> None:
    at = AppTest.from_function(waits)
    for name, value in state.items():
        at.session_state[name] = value
    began = time.monotonic()
    at.run()
    assert time.monotonic() - began < WAITS
    assert texts(at) == ["chart", "foot"]
    assert len(at.exception) == state.get("breaks", False)


def test_where_no_server_listens_nothing_waits() -> None:
    at = AppTest.from_function(waits).run()
    assert not at.session_state["kept_free"]
    assert [one.proto.body for one in at.main if one.type == "html"] == ["<p>head</p>"]
