"""What sessions share is made of nothing that its key does not tell: no session, no day, no file beside the store."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some
from streamlit.runtime.state import SafeSessionState

from data.place.area import Area
from pages.ui.chart import sent as sent_chart
from pages.ui.chart.figure import Settings
from pages.ui.map import base_map
from pages.ui.shell import cache, kept
from tests.load.made import import_edition
from tests.properties import examples
from tests.tab_pages import PAGES, Open

_PROGRAM = re.compile(r"\.pyc?$|site-packages|[\\/](?:usr|proc|sys|etc|dev)[\\/]|[\\/]lib[\\/]python")
_SHIPPED = re.compile(r"\.js$|[\\/](?:forces|false_alarms|target_spread|verdict_rates)\.csv$")  # part of the program
_HOOKS: list[Callable[[str], None]] = []  # an audit hook is never taken away again: it asks here
_HOOKED: list[bool] = []


def _heard(event: str, given: tuple[Any, ...]) -> None:
    if _HOOKS and event in {"open", "sqlite3.connect"} and given and isinstance(given[0], str):
        _HOOKS[-1](given[0])


class Watch:
    """Notes what is read while something to be kept is made."""

    def __init__(self) -> None:
        self.making: list[str] = []
        self.read = set[str]()
        self.made = 0

    def note(self, what: str) -> None:
        """Take down what was read, and for which key."""
        if self.making:
            self.read.add(f"{what} in {self.making[-1]}")


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """A watch over every shelf, the session's state, the day and files outside the store."""
    found = Watch()
    get, state_get, state_has = kept.Shelf.get, SafeSessionState.__getitem__, SafeSessionState.__contains__
    read, today = cache.Dataset.__getattribute__, cache.today

    def watched(shelf: kept.Shelf, key: Any, make: Callable[[], Any], weigh: Callable[[Any], int]) -> Any:
        def made() -> Any:
            found.making.append(repr(key))
            found.made += 1
            try:
                return make()
            finally:
                found.making.pop()

        return get(shelf, key, made, weigh)

    def of_data(data: cache.Dataset, name: str) -> Any:
        value = read(data, name)
        if (
            name == "as_at"
            and found.making
            and not any(str(value) in key or repr(value) in key for key in found.making)
        ):
            found.note("the day")
        return value

    def of_state(state: SafeSessionState, key: Any) -> Any:
        found.note(f"the session's {key}")
        return state_get(state, key)

    def in_state(state: SafeSessionState, key: Any) -> bool:
        found.note(f"the session's {key}")
        return state_has(state, key)

    def clock() -> date:
        found.note("the clock")
        return today()

    def opened(path: str) -> None:
        if not _PROGRAM.search(path) and not _SHIPPED.search(path) and not path.startswith(str(cache.default_store())):
            found.note(f"the file {path}")

    monkeypatch.setattr(kept.Shelf, "get", watched)
    monkeypatch.setattr(cache.Dataset, "__getattribute__", of_data)
    monkeypatch.setattr(SafeSessionState, "__getitem__", of_state)
    monkeypatch.setattr(SafeSessionState, "__contains__", in_state)
    monkeypatch.setattr(cache, "today", clock)
    if not _HOOKED:
        sys.addaudithook(_heard)
        _HOOKED.append(True)
    _HOOKS.append(opened)
    yield found
    _HOOKS.pop()


@pytest.fixture
def made(area: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> cache.Dataset:
    """A store of made-up months."""
    import_edition(area, tmp_path, tmp_path / "store", 0)
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path / "store"))
    return cache.dataset()


def _asks_too_much(data: cache.Dataset, besides: str) -> str:
    if besides == "day":
        return str(data.as_at)
    if besides == "file":
        return Path(data.area.file).read_text(encoding="utf-8")
    return str(st.session_state.get("anything"))


@pytest.mark.parametrize("besides", ["day", "file", "session"])
def test_the_watch_sees_what_a_key_does_not_tell(watch: Watch, made: cache.Dataset, besides: str) -> None:
    cache.cached(_asks_too_much, made, besides)
    assert any(besides in one for one in watch.read)


@pytest.mark.long
@pytest.mark.parametrize("page", PAGES)
def test_a_page_keeps_nothing_of_its_session_or_its_day(
    opened: Open, real_store: Path, watch: Watch, page: str
) -> None:
    st.cache_resource.clear()
    opened(real_store, page)
    opened(real_store, page, as_at="2024-06")
    assert watch.made
    assert watch.read == set()


def test_another_choice_of_a_map_is_another_key_and_the_same_choice_is_the_same_bytes(made: cache.Dataset) -> None:
    usual = {"dark": False, "key": "hotspots", "streets": True}
    choices = [usual, usual | {"dark": True}, usual | {"key": "overview"}, usual | {"streets": False}]
    drawn = [cache.cached(base_map.base, made, **choice) for choice in choices]
    assert len({one.slot for one in drawn}) == len({one.mounted for one in drawn}) == len(choices)
    cache.results.clear()  # type: ignore[attr-defined]  # of Streamlit's cache
    again = cache.cached(base_map.base, made, **usual)
    assert (again.mounted, again.html, again.slot) == (drawn[0].mounted, drawn[0].html, drawn[0].slot)


_ALIKE = some.sampled_from([0, 1, True, 1.0, -0.0, 0.1 + 0.2, 0.3, "1", "1.0", "", None, date(2024, 1, 1), "2024-01"])


@given(some.lists(some.lists(_ALIKE, min_size=2, max_size=2), min_size=2, max_size=2))
@examples(8)
def test_a_chart_is_sent_as_it_is_whatever_alike_was_sent_before(pair: list[list[Any]]) -> None:
    def figure(values: list[Any]) -> Settings:
        return {"data": [{"type": "bar", "x": ["a", "b"], "y": values}], "layout": {"height": 100}}

    for values in (pair[0], pair[1], pair[0]):
        assert sent_chart.message(figure(values)).spec == sent_chart._message(figure(values)).spec
