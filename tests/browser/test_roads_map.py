"""Roads on the map in a browser: painted under the cells, more of them closer by, and never in the way of a click."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from data.place.area import Area
from data.streets.importing import import_basemap
from tests.browser.axe import violations
from tests.browser.server import Watch, map_frame, serve, settled
from tests.streets.made_roads import HOSTILE, cross, open_roads

# Pixels of the roads' canvas that are painted.
PAINTED = """() => {
    const canvas = document.querySelector('.leaflet-roads-pane canvas');
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let n = 0;
    for (let i = 3; i < data.length; i += 4) n += data[i] > 0;
    return n;
}"""
LOOK = "([x, y, zoom]) => window.safety.map.setView(window.safety.at(x, y), zoom, { animate: false })"


@pytest.fixture(scope="module")
def roads_app(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app with roads and no incidents of its own."""
    store = tmp_path_factory.mktemp("roads")
    import_basemap(open_roads(store / "a.gpkg", area), store, area, 2024)
    with serve(store) as address:
        yield address


@pytest.mark.long
def test_roads_lie_under_the_cells(contexts: dict[str, BrowserContext], roads_app: str, area: Area) -> None:
    context = contexts["dark"]  # other tests of the map are in the light theme
    watch = Watch(context)
    page = context.new_page()
    page.goto(f"{roads_app}/hotspots")
    settled(page)
    frame = map_frame(page)
    frame.wait_for_function("window.safety.ground && window.safety.ground.ready")
    assert frame.evaluate(PAINTED) > 50  # the motorway
    grid = area.grid()
    x, y = cross(area)
    frame.evaluate(LOOK, [x - grid.west_m, y - grid.south_m, 15.5])
    frame.wait_for_function(f"({PAINTED})() > 1000")
    names, numbers = frame.evaluate("Object.values(window.safety.written).map(list => list.map(one => one[0]))")
    assert "A58" in numbers
    assert {HOSTILE, "Mill Lane", "Liverpool Road"} & set(names)
    assert frame.locator(".map-label b").count() == 0  # a street's name is text
    assert violations(page)[0] == []
    order = (
        "['ground', 'wards', 'roads', 'cells', 'over', 'names'].map(p => +window.safety.map.getPane(p).style.zIndex)"
    )
    assert frame.evaluate(order) == sorted(frame.evaluate(order))
    assert frame.evaluate("getComputedStyle(document.querySelector('.leaflet-roads-pane canvas')).pointerEvents") == (
        "none"
    )
    assert "database right 2024" in frame.locator(".leaflet-control-attribution").inner_text()
    page.close()
    watch.assert_quiet()
