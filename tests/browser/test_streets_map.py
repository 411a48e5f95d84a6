"""What lies under the map, pixel by pixel: roads, water and cells have their colours at every scale, in both themes."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import BrowserContext, Page

from data.place.area import Area
from pages.ui.chart.palette import DARK, LIGHT, Palette
from pages.ui.map import ground as map_ground
from pages.ui.map.maps import Overlay
from tests.browser.component import MOVE, MOVES, SEND, Work, open_component, sent
from tests.browser.server import PAINT_MS
from tests.map.made_ground import CREDIT, ON, ground
from tests.streets.made_roads import HOSTILE, cross

LOOK = "([x, y, zoom]) => window.safety.map.setView(window.safety.at(x, y), zoom, { animate: false })"
SPOT = "([x, y]) => { const p = window.safety.map.latLngToContainerPoint(window.safety.at(x, y)); return [p.x, p.y]; }"
WRITTEN = "Object.values(window.safety.written).map(list => list.map(one => one[0]))"
ZOOMS = (12.6, 14.9, 16.2)  # the town, just before names stand along the roads, and the street
FAR, NEAR = 60.0, 12.0  # of 442: how far a painted colour may lie from the one asked for; far off a line is thin


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=float)


class Looked:
    """A picture of the map, asked for the colour at a point of the land."""

    def __init__(self, page: Page, middle: tuple[float, float]) -> None:
        self.page, self.middle = page, middle
        raw = page.screenshot(animations="disabled")
        self.pixels = 255 * imread(io.BytesIO(raw), format="png")[:, :, :3].astype(float)

    def near(self, spot: tuple[float, float], colour: str) -> float:
        """Least distance to a colour within a pixel of a spot: a line need not lie on the middle of one."""
        x, y = self.page.evaluate(SPOT, [self.middle[0] + spot[0], self.middle[1] + spot[1]])
        around = itertools.product((-1, 0, 1), repeat=2)
        return min(float(np.linalg.norm(self.pixels[int(y) + a, int(x) + b] - rgb(colour))) for a, b in around)

    def at(self, spot: tuple[float, float]) -> np.ndarray:
        x, y = self.page.evaluate(SPOT, [self.middle[0] + spot[0], self.middle[1] + spot[1]])
        found: np.ndarray = self.pixels[int(y), int(x)]
        return found


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_is_where_it_belongs(
    contexts: dict[str, BrowserContext],
    monkeypatch: pytest.MonkeyPatch,
    area: Area,
    tmp_path: Path,
    colours: Palette,
) -> None:
    page, watch = open_component(contexts["dark" if colours.dark else "light"])
    grid, tint = area.grid(), map_ground.DARK if colours.dark else map_ground.LIGHT
    made = ground(area, tmp_path)
    x, y = cross(area)
    middle = (x - grid.west_m, y - grid.south_m)
    column, row = (int(m // grid.cell_size_m) for m in middle)
    # four cells of the four classes along the A road, each with more of them on land alone
    cells = [[column + level, row, level, 1.0, 3, 0, f"SJ{level}"] for level in range(4)]
    overlay = Overlay(cells=cells, wards_on=area.wards.codes)
    page.evaluate(SEND, sent(monkeypatch, area, grid, overlay, colours=colours, ground=made))
    page.wait_for_function("window.safety && window.safety.ground && window.safety.ground.ready", timeout=PAINT_MS)
    page.add_style_tag(content=".leaflet-names-pane { visibility: hidden }")  # letters lie on roads: they come below
    names: dict[float, list[str]] = {}
    for zoom in ZOOMS:
        near = zoom > 14
        wanted = {
            "A road": tint.fills[1], "water": tint.water, "park": tint.green, "land": tint.land,
            "street": tint.fills[4] if near else tint.land,
        }  # fmt: skip
        page.evaluate(LOOK, [*middle, zoom])
        looked = Looked(page, middle)
        for part, spot in ON.items():
            assert looked.near(spot, wanted[part]) < (NEAR if near else FAR), (part, zoom)
        for level in range(4):
            east = (column + 0.5 + level) * grid.cell_size_m - middle[0]
            north = (row + 0.9) * grid.cell_size_m - middle[1]
            for spot in ((east, 0.0), (east, north)):  # on the road and beside it
                away = [float(np.linalg.norm(looked.at(spot) - rgb(shade))) for shade in colours.ramp]
                assert int(np.argmin(away)) == level, (level, zoom, spot)
        names[zoom], numbers = page.evaluate(WRITTEN)
        assert "A58" in numbers
    assert names[ZOOMS[0]] == names[ZOOMS[1]] == []
    assert {"Liverpool Road", "Mill Lane", HOSTILE} & set(names[ZOOMS[2]])
    page.evaluate(LOOK, [middle[0], middle[1] - 150, 15.2])
    page.wait_for_function(f"{WRITTEN}[0].length > 1", timeout=PAINT_MS)
    turns = page.evaluate("window.safety.written.names.map(one => one[3])")
    assert all(np.cos(turn) > -0.05 for turn in turns)  # never upside down
    assert {"Liverpool Road", "Mill Lane", "Curved Crescent"} <= set(page.evaluate(WRITTEN)[0])
    ink = """() => {
        const canvas = document.querySelector('.leaflet-names-pane canvas');
        return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(v => v > 0);
    }"""
    assert page.evaluate(ink)
    assert CREDIT in page.locator(".leaflet-control-attribution").inner_text()
    assert page.locator(".map-label b, .map-label i").count() == 0  # the name of a place is text
    page.evaluate(LOOK, [middle[0] + 80, middle[1] + 1300, 14.0])
    assert "<i>Crossham</i>" in page.locator(".map-label").all_inner_texts()
    page.evaluate(LOOK, [*middle, ZOOMS[0]])
    size = page.viewport_size
    assert size
    assert page.locator(".map-label:not(.township)").count()
    page.set_viewport_size({"width": 240, "height": 330})  # as small as that of the Overview: no plates, few names
    page.wait_for_function("window.safety.map.getSize().x === 240 && window.safety.small", timeout=PAINT_MS)
    page.evaluate(LOOK, [*middle, ZOOMS[0]])
    assert page.evaluate(WRITTEN) == [[], []]
    assert page.locator(".map-label:not(.township)").count() == 0
    page.set_viewport_size(size)
    page.wait_for_function("!window.safety.small", timeout=PAINT_MS)
    work = Work(page)
    page.evaluate(LOOK, [*middle, 15.5])
    begun = work.done()
    page.evaluate(MOVE, MOVES)
    assert (work.done() - begun) / len(MOVES) < 100
    page.close()
    watch.assert_quiet()
