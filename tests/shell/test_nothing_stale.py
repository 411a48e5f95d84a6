"""What is kept between visits is shown to nobody once what it was made of has changed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from data.place.area import Area
from data.streets.base_map import BASEMAP
from data.streets.importing import import_basemap
from pages.ui.map import base_map
from pages.ui.shell import cache
from tests.made_small_areas import own_area
from tests.streets.made_roads import open_roads


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
