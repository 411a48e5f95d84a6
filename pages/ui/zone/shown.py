"""Zones in force on the maps of other pages, switched on by one control that stands only where a zone is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import escape
from typing import Any

import shapely
import streamlit as st

from data.kinds.lists import join_words
from data.zone.zone import CLOSURE, DISPERSAL, KINDS, PUBLIC_SPACES, Zone
from geo.grid import Grid
from pages.ui.chart.palette import Palette
from pages.ui.map import maps
from pages.ui.map.maps import Overlay
from pages.ui.shell import address, screenshot
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset
from pages.ui.shell.kept_widget import held
from pages.ui.zone import offered

ON = "zones_on"  # key of the session: one for every page
_WIDGET = f"{ON}_widget"
_CONTROL = Control("zones", ON, {"off": False, "on": True}, "zones", {"off": "no zone"})
_MOST = 30  # drawn at once
_SPOTS = 3  # where the name of a zone may stand: in its largest parts
_NAME = 28  # letters of a name on the map
# Dashes tell the kinds apart where colours do not: in print, and to whom sees few of them.
_DASHES = {DISPERSAL: "12 4 2 4", PUBLIC_SPACES: "2 5", CLOSURE: "6 3"}
_OTHER_DASHES = "12 4 2 4 2 4"
_PATTERNS = {DISPERSAL: "dash and dot", PUBLIC_SPACES: "dotted", CLOSURE: "short dashes"}
_OTHER_PATTERN = "dash and two dots"


def below(data: Dataset, day: date) -> None:
    """Draw under a map, where a zone is saved, the control of zones, and which zones the map shows by which lines.

    Parameters
    ----------
    data : Dataset
    day : date
        The as-at date of the page.
    """
    if not offered.zones_for(data):
        return
    if not screenshot.on():
        st.toggle("Zones on the map", key=held(_WIDGET, st.session_state[ON]), on_change=_take)
    if st.session_state[ON]:
        st.html(f'<p class="note">{escape(_words(data, day))}</p>')


def _take() -> None:
    st.session_state[ON] = st.session_state[_WIDGET]


def onto(data: Dataset, drawn: Overlay, grid: Grid, day: date, colours: Palette) -> Overlay:
    """Add to a map the outlines of the zones in force on a day, where a person asked for them.

    Parameters
    ----------
    data : Dataset
    drawn : Overlay
    grid : Grid
        Of the map.
    day : date
        The as-at date of the page.
    colours : Palette
    """
    if not offered.zones_for(data):
        return drawn
    address.read([_CONTROL], everywhere=True)
    address.write([_CONTROL], everywhere=True)
    if not st.session_state[ON]:
        return drawn
    more = [outline(one.content, grid, colours) for one in offered.in_force(data, day)[:_MOST]]
    return replace(drawn, outlines=[*drawn.outlines, *more])


def outline(zone: Zone, grid: Grid, colours: Palette, *, named: bool = True) -> Sequence[Any]:
    """Give a zone as a row of ``Overlay.outlines``, with its name or without."""
    name = zone.name if len(zone.name) <= _NAME else f"{zone.name[: _NAME - 3]}..."
    return outline_of(zone.shape, grid, colours, name if named else "", _DASHES.get(zone.kind, _OTHER_DASHES))


def outline_of(shape: Any, grid: Grid, colours: Palette, name: str = "", dashes: str = "") -> Sequence[Any]:
    """Give a polygon as a row of ``Overlay.outlines``."""
    parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)[:_SPOTS]
    spots = [maps.spot(grid, *part.representative_point().coords[0]) for part in parts]
    listed = True  # beneath the map: where its name has no room there, it hides nothing
    return [name, colours.text, dashes, maps.outline_rings(shape, grid), spots, listed]


def _words(data: Dataset, day: date) -> str:
    every, when = offered.in_force(data, day), f"{day.day} {day:%B %Y}"
    if not every:
        return f"No zone is in force on {when}."
    drawn = [one.content for one in every[:_MOST]]
    lines = "; ".join(
        f"{KINDS[kind].lower()} {_PATTERNS.get(kind, _OTHER_PATTERN)} "
        f"({join_words(zone.name for zone in drawn if zone.kind == kind)})"
        for kind in dict.fromkeys(zone.kind for zone in drawn)
    )
    rest = f" {len(every) - _MOST} more are not drawn." if len(every) > _MOST else ""
    return f"In force on {when}: {lines}.{rest}"
