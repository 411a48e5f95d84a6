"""What is kept between visits is shown to nobody once what it was made of has changed."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analysis.common.method import Method
from data.place.area import Area
from data.store.origins import Origins
from data.store.store import store_version
from data.streets.base_map import BASEMAP
from data.streets.importing import import_basemap
from pages.ui.map import base_map
from pages.ui.shell import cache, origins, small_areas
from pages.ui.shell.one_state import Changed, still
from pages.ui.shell.origins import origin_words
from tests.conftest import ROOT
from tests.load.made import import_edition
from tests.made_small_areas import kept, own_area
from tests.streets.made_roads import open_roads
from tests.tab_pages import ASKED, PAGES, TIMEOUT, Open, html, text


def _later(path: Path) -> None:
    """Tell an edit by its time also where the clock of the disk is coarse."""
    at = path.stat().st_mtime_ns + 10_000_000
    os.utime(path, ns=(at, at))


def test_an_edited_area_file_is_seen_on_the_demonstration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_area(tmp_path)
    file = tmp_path / "area.toml"
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path / "store"))
    monkeypatch.setenv("DASHBOARD_AREA", str(file))
    before = cache.dataset()
    name = before.area.name
    assert before.simulated
    assert f"Map of {name}." in cache.cached(base_map.payload, before, dark=False)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f'name = "{name}"', 'name = "Elsewhere"', 1), encoding="utf-8")
    _later(file)
    after = cache.dataset()
    assert after.area.name == "Elsewhere"
    assert json.loads(cache.cached(base_map.payload, after, dark=False))["alt"].startswith("Map of Elsewhere.")


def test_streets_that_were_damaged_are_drawn_once_they_are_imported_again(
    area: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    monkeypatch.setenv("DASHBOARD_DATA", str(store))
    extract = open_roads(tmp_path / "a.gpkg", area)
    import_basemap(extract, store, area)
    kept = store / BASEMAP
    whole = kept.read_bytes()
    end = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")  # where its head begins, which names the version
    kept.write_bytes(whole[:4] + bytes(end - 4) + whole[end:])
    assert "cannot be read" in base_map.problem(cache.dataset())
    import_basemap(extract, store, area)
    again = cache.dataset()
    assert base_map.problem(again) == ""
    assert base_map.base_map_of(again) is not None


@pytest.fixture(scope="module")
def imported(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of made-up months."""
    folder = tmp_path_factory.mktemp("imported")
    import_edition(area, folder, folder / "store", 0)
    return folder / "store"


@pytest.fixture
def store(imported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, to be spoilt."""
    store = Path(shutil.copytree(imported, tmp_path / "store"))
    monkeypatch.setenv("DASHBOARD_DATA", str(store))
    st.cache_resource.clear()
    return store


def _spoil(store: Path) -> tuple[Path, bytes]:
    """Flip a bit in a month's file, and give what it was."""
    month = sorted(store.glob("incidents/**/*.parquet"))[-1]
    whole = month.read_bytes()
    month.write_bytes(whole[:99] + bytes([whole[99] ^ 1]) + whole[100:])
    _later(month)
    return month, whole


def test_a_store_is_no_longer_the_same_once_a_month_is_damaged(store: Path) -> None:
    state = store_version(store)
    still(store, state)
    month, whole = _spoil(store)
    with pytest.raises(Changed):
        still(store, state)
    damaged = store_version(store)
    still(store, damaged)
    month.write_bytes(whole)
    _later(month)
    still(store, state)
    with pytest.raises(Changed):
        still(store, damaged)


def test_a_month_damaged_between_look_and_read_is_not_left_out_once_it_is_whole(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt: list[tuple[Path, bytes]] = []
    load = cache.load

    def spoil_then_load(*given: Any) -> Any:
        if not spoilt:
            spoilt.append(_spoil(store))
        return load(*given)

    still(store, store_version(store))  # as at the end of every page that was drawn before
    monkeypatch.setattr(cache, "load", spoil_then_load)
    with cache.one_look():
        while_damaged = cache.dataset()
        assert while_damaged.state == store_version(store)
    ((month, whole),) = spoilt
    month.write_bytes(whole)
    _later(month)
    after = cache.dataset()
    assert len(after.incidents.months) == len(while_damaged.incidents.months) + 1
    assert len(after.incidents.frame) == len(load(store, after.area).frame)


def test_where_months_come_from_is_asked_anew_of_an_edited_area_file(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = own_area(tmp_path)
    file = tmp_path / "area.toml"
    monkeypatch.setenv("DASHBOARD_AREA", str(file))
    method = Method("count", data_version=store_version(store))
    asked = []
    monkeypatch.setattr(
        origins, "store_origins", lambda store, area: asked.append(area.name) or Origins(by_outline=("2024-01",))
    )
    for _ in range(2):
        assert "2024-01 comes by outline" in origin_words(method)
    assert asked == [place.name]
    file.write_text(file.read_text(encoding="utf-8").replace(f'"{place.name}"', '"Elsewhere"', 1), encoding="utf-8")
    _later(file)
    origin_words(method)
    assert asked == [place.name, "Elsewhere"]


def test_neighbourhoods_are_not_those_of_an_area_file_that_now_names_another_area(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = own_area(tmp_path)
    small = kept(place)
    monkeypatch.setattr(small_areas, "nothing_loaded", lambda: False)
    assert small_areas.found(place).codes == small.codes  # type: ignore[union-attr]
    other = replace(place, code="E08000012")
    assert small_areas.found(other) is None
    assert "of another area" in small_areas.problem(other)


def _told(at: AppTest) -> tuple[str, ...]:
    """Everything that a page says but for the number of its run, and every chart."""
    said = (re.sub(r"/\* \d+ \*/", "", part) for part in (html(at), text(at)))
    return *said, *(one.proto.spec for one in at.get("plotly_chart"))


@pytest.mark.long
@pytest.mark.parametrize("day", ["2025-01-16", "2025-06-01"])
@pytest.mark.parametrize("page", PAGES)
def test_an_open_page_is_that_of_the_new_day_once_midnight_has_passed(
    opened: Open, real_store: Path, monkeypatch: pytest.MonkeyPatch, page: str, day: str
) -> None:
    at = opened(real_store, page)
    before = _told(at)
    monkeypatch.setenv(cache.TODAY_VARIABLE, day)
    after = _told(at.run())
    st.cache_resource.clear()
    fresh = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT)
    for name, value in ASKED.get(page, {}).items():
        fresh.query_params[name] = value
    if PAGES[page]:
        fresh.switch_page(PAGES[page])
    assert _told(fresh.run()) == after
    assert day == "2025-01-16" or after != before
