"""What the streets of a town and of a county weigh on their way to the browser, and how long a move of the map takes.

``python -m tests.benchmarks --only streets``. ``python -m pytest tests/benchmarks/bench_streets.py -s`` also prints
links, and milliseconds of work of the page for one move at each scale. Aims: under 500 kB and 2 MB, under 100 ms.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from playwright.sync_api import sync_playwright

from data.place.area import Area
from data.streets.base_map import BaseMap, base_map
from data.streets.importing import import_basemap
from geo.boundaries import read_wards
from pages.ui.map import streets
from pages.ui.map.maps import Overlay
from tests.benchmarks import given
from tests.benchmarks.table import Row
from tests.browser.component import MOVE, MOVES, SEND, Work, open_component, sent
from tests.browser.server import PAINT_MS, launch
from tests.streets.made_town import made_town
from tests.streets.town_files import write_pbf

MOST_BYTES, MOST_MS = {"town": 500_000, "county": 2_000_000}, 100.0
LINKS = 100_000  # of the county
ZOOMS = (10.0, 11.5, 13.0, 13.5, 14.5, 15.5, 17.0)
LOOK = "([x, y, zoom]) => window.safety.map.setView(window.safety.at(x, y), zoom, { animate: false })"


def town(area: Area, folder: Path) -> BaseMap:
    """The made town, read from an extract."""
    made = made_town(area)
    print(f"\ntown: {made.segments:,} segments")
    import_basemap(write_pbf(made, folder / "town.osm.pbf"), folder, area)
    found = base_map(folder, area)
    assert found is not None
    return found


def county(area: Area, near: BaseMap) -> BaseMap:
    """Repeat a town over the outline of a county, where its wards are small, until there are so many lines."""
    lines, classes, names, numbers = [], [], [], []
    order = np.argsort(shapely.area(area.wards.polygons))
    home = shapely.get_coordinates(shapely.centroid(shapely.multilinestrings(near.roads.lines)))[0]
    for k in order:
        to = shapely.get_coordinates(shapely.point_on_surface(area.wards.polygons[k]))[0]
        moved = shapely.transform(near.roads.lines, lambda p, to=to: np.rint(p - home + to))
        shapely.prepare(area.wards.polygons[k])
        inside = np.flatnonzero(shapely.intersects(area.wards.polygons[k], moved))
        lines += list(moved[inside])
        classes += list(near.roads.classes[inside])
        names += [f"{near.roads.names[i]}" for i in inside]
        numbers += [near.roads.numbers[i] for i in inside]
        if len(lines) > LINKS:
            break
    at = np.lexsort((names, classes))
    roads = replace(
        near.roads,
        lines=np.array(lines, dtype=object)[at],
        classes=np.array(classes, dtype=np.int8)[at],
        names=tuple(names[i] for i in at),
        numbers=tuple(numbers[i] for i in at),
    )
    return replace(near, roads=roads)


@dataclass(frozen=True)
class Found:
    """What streets weigh, and milliseconds of the page's work for one move at each scale.

    Attributes
    ----------
    lines : int
    sent : int
        Bytes.
    moves : dict of float to float
        By zoom.
    """

    lines: int
    sent: int
    moves: dict[float, float]


def measure(what: str, path: str, area: Area, shared: Path, folder: Path, patch: pytest.MonkeyPatch) -> Found:
    """Send the streets of a town or of a county to a map in a browser, and move it."""
    ground = town(area, folder)
    where = area
    if what == "county":
        wards = read_wards(shared / "boundaries" / "lancashire_wards.gpkg")
        where = replace(area, wards=wards, residents={}, raw={}, forces=("lancashire",), townships=())
        ground = county(where, ground)
    grid = where.grid()
    text = streets.coded(ground, grid.west_m, grid.south_m, streets.budget(where))
    left = [sum(len(row) - 2 for row in rows) for rows in json.loads(text)["roads"]]
    print(f"{what}: {len(ground.roads.lines):,} lines of roads, {len(text):,} bytes; lines left by class {left}")
    moves: dict[float, float] = {}
    with sync_playwright() as playwright:
        browser = launch(playwright, path)
        context = browser.new_context(viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
        page, _ = open_component(context)
        overlay = Overlay(wards_on=where.wards.codes)
        args = sent(patch, where, grid, overlay, ground=ground, most=streets.budget(where))
        page.evaluate(SEND, args)
        page.wait_for_function("window.safety && window.safety.ground && window.safety.ground.ready", timeout=PAINT_MS)
        centre = shapely.get_coordinates(shapely.centroid(ground.roads.lines[len(ground.roads.lines) // 2]))[0]
        work = Work(page)
        for zoom in ZOOMS:
            page.evaluate(LOOK, [centre[0] - grid.west_m, centre[1] - grid.south_m, zoom])
            page.evaluate(MOVE, MOVES[:1])  # what comes into view for the first time is put on the flat of the map
            begun = work.done()
            page.evaluate(MOVE, MOVES)
            moves[zoom] = (work.done() - begun) / len(MOVES)
            written = page.evaluate("[window.safety.written.names.length, window.safety.written.numbers.length]")
            print(f"{what}, zoom {zoom}: {moves[zoom]:.0f} ms a move; names and numbers written {written}")
        browser.close()
    return Found(len(ground.roads.lines), len(text), moves)


def rows(quick: bool) -> Iterator[Row]:
    """Both, at every scale."""
    for what, most in MOST_BYTES.items():
        folder = given.folder() / f"streets_{what}"
        folder.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            found = measure(what, given.chromium(), given.area(), given.real(), folder, patch)
        yield Row(f"streets of a {what}, sent to the browser", (found.sent / 1000,), "kB", limit=most / 1000,
                  rows=found.lines)  # fmt: skip
        yield Row(f"move of a map with the streets of a {what}, worst scale", (max(found.moves.values()),),
                  "ms of processor", limit=MOST_MS, rows=found.lines)  # fmt: skip


@pytest.mark.parametrize("what", list(MOST_BYTES))
def test_weight_and_moves(
    what: str, chromium: str, area: Area, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Print both; fail over the aims."""
    found = measure(what, chromium, area, shared, tmp_path, monkeypatch)
    assert found.sent < MOST_BYTES[what]
    assert [zoom for zoom, each in found.moves.items() if each >= MOST_MS] == []
