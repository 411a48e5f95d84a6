"""The map's component by itself: the installed files, and what Python would send, with no server behind them."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any

import pytest
import streamlit_folium
from playwright.sync_api import BrowserContext, Page, Route

from data.place.area import Area
from data.streets.base_map import BaseMap
from geo.grid import Grid
from pages.ui.chart.palette import LIGHT, Palette
from pages.ui.map import maps, streets
from pages.ui.map import sent as sending
from pages.ui.map.maps import Overlay
from pages.ui.shell import vendor
from tests.browser.server import Watch
from tests.conftest import ROOT

COMPONENT = Path(streamlit_folium.__file__).parent / "frontend" / "build"
ORIGIN = "http://localhost:1"  # nobody listens: every request is answered below
# Some moves of the map, each read back pixel by pixel, so that it is drawn to the end before the next.
MOVE = """moves => moves.forEach(by => {
    window.safety.map.panBy(by, { animate: false });
    document.querySelectorAll('canvas').forEach(c => c.getContext('2d').getImageData(0, 0, 1, 1));
})"""
MOVES = [[90, 40], [180, -40], [-70, 40], [-160, -40], [50, 40]]
SEND = "args => window.postMessage({ type: 'streamlit:render', args: args, disabled: false, theme: null }, '*')"


def open_component(context: BrowserContext) -> tuple[Page, Watch]:
    """Open the map's component by itself, waiting for what to draw."""
    vendor.ensure_vendor()
    watch, page = Watch(context), context.new_page()

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        folder = ROOT / "static" if path.startswith("/app/static/") else COMPONENT
        file = folder / path.removeprefix("/app/static/").removeprefix("/component/map/")
        if file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0])
        else:
            route.fulfill(body="")

    page.route(f"{ORIGIN}/**", answer)
    page.goto(f"{ORIGIN}/component/map/index.html")
    return page, watch


class Work:
    """Milliseconds that the page itself worked, by Chromium's own count: what else the machine does is not in it."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def done(self) -> float:
        """Since the page began."""
        found = self._session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(one["value"] for one in found if one["name"] == "TaskDuration"))


def sent(
    monkeypatch: pytest.MonkeyPatch,
    area: Area,
    grid: Grid,
    overlay: Overlay,
    *,
    colours: Palette = LIGHT,
    ground: BaseMap | None = None,
    most: int = streets.LEAST_BYTES,
) -> dict[str, Any]:
    """What the component is given for an overlay."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(streamlit_folium, "_component_func", lambda **args: found.update(args))
    under = ""
    if ground is not None:
        name = streets.put(streets.coded(ground, grid.west_m, grid.south_m, most))
        under = maps.streets_payload(name, dark=colours.dark)
    drawn = sending.base(maps.base_payload(area, grid, colours, [], ground=ground), under, "first")
    sending.show(drawn, sending.overlay(maps.overlay_payload(overlay, grid)), height=500, on_hit=lambda _: None)
    del found["on_change"]
    return found
