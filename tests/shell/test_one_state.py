"""An import that ends while a page is being drawn: the page is of the state before or of the state after."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from data.place.area import Area
from data.store.store import store_version
from pages.ui.shell import cache, frame, later, one_state, turns, unlocated
from tests.load.made import import_edition
from tests.tab_pages import Open, html


def page(at: Any) -> str:
    """Everything of a page but for the number of its run."""
    return re.sub(r"/\* \d+ \*/", "", html(at))


@pytest.fixture(scope="module")
def editions(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a store of each of two editions."""
    folder = tmp_path_factory.mktemp("editions")
    for edition in (0, 1):
        import_edition(area, folder, folder / str(edition), edition)
    return folder


@pytest.fixture
def store(editions: Path, tmp_path: Path) -> Path:
    """A store of the first of them, of which nothing is kept."""
    st.cache_resource.clear()
    return Path(shutil.copytree(editions / "0", tmp_path / "store"))


def becomes(store: Path, other: Path) -> None:
    """Make a store another one, as an import does: its files first, then its manifest, then what is left over."""
    shutil.copytree(other / "incidents", store / "incidents", dirs_exist_ok=True)
    shutil.copytree(other / "counts", store / "counts", dirs_exist_ok=True)
    shutil.copy(other / "manifest.json", store / "aside.tmp")
    (store / "aside.tmp").replace(store / "manifest.json")
    for old in store.rglob("*.parquet"):
        if not (other / old.relative_to(store)).exists():
            old.unlink()


def once(act: Callable[[], None], original: Callable[..., Any]) -> Callable[..., Any]:
    """Do something before the first call of a function."""
    left = [act]

    def call(*args: Any, **more: Any) -> Any:
        while left:
            left.pop()()
        return original(*args, **more)

    return call


@pytest.mark.parametrize(
    ("room", "name"),
    [
        pytest.param(cache, "load", marks=pytest.mark.long),
        pytest.param(cache, "doubts_of", marks=pytest.mark.long),
        (unlocated, "unlocated_share"),
        pytest.param(frame, "_footer", marks=pytest.mark.long),
        pytest.param(frame, "whole", marks=pytest.mark.long),
    ],
)
def test_a_page_is_of_one_state_whenever_an_import_ends(
    opened: Open, editions: Path, store: Path, monkeypatch: pytest.MonkeyPatch, room: Any, name: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(room, name, once(lambda: becomes(store, editions / "1"), getattr(room, name)))
        at = opened(store, "Hotspots")
    drawn, after = page(at), page(at.run())
    becomes(store, editions / "0")  # what was kept of it is of it alone
    before = page(at.run())
    assert store_version(store) == store_version(editions / "0")
    assert drawn == (before if name == "_footer" else after) != (after if name == "_footer" else before)
    st.cache_resource.clear()
    assert page(at.run()) == before
    becomes(store, editions / "1")
    assert page(at.run()) == after


@pytest.mark.long
@pytest.mark.parametrize("name", ["turn", "map"])
def test_a_page_that_waits_is_of_one_state(
    opened: Open, editions: Path, store: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """It has seen nothing when it waits for its turn, and all that it shows when it waits for its map."""
    told = later.Painted()
    told.listening = name == "map"
    room, waits = (later.Painted, "wait") if name == "map" else (turns.Turns, "one")
    with monkeypatch.context() as patch:
        patch.setattr(later, "painted", lambda: told)
        patch.setattr(later, "LIMIT_S", 0.01)
        patch.setattr(later, "_SCRIPT", "%.0s%.0s")  # which only a first look has
        acted = []

        def act() -> None:
            acted.append(name)
            becomes(store, editions / "1")

        patch.setattr(room, waits, once(act, getattr(room, waits)))
        at = opened(store, "Hotspots")
    assert acted == [name]
    drawn, after = page(at), page(at.run())
    becomes(store, editions / "0")
    before = page(at.run())
    assert drawn == (before if name == "map" else after) != (after if name == "map" else before)


def test_a_store_that_changes_at_every_look_is_drawn_in_the_end(
    opened: Open, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    def changed(store: Path, state: str) -> None:
        looks.append(state)
        raise one_state.Changed

    at = opened(store, "Hotspots")
    before = page(at)
    monkeypatch.setattr(one_state, "still", changed)
    at.run()
    assert not at.exception
    assert page(at) == before
    assert len(looks) == one_state.TRIES + 1
