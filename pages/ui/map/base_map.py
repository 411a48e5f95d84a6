"""The base of every map of the app: wards, labels and, where they were loaded, streets; one key for all of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from data.streets.base_map import BaseMap, base_map
from geo.errors import InputError
from geo.grid import Grid
from pages.ui.chart.palette import DARK, LIGHT, Palette
from pages.ui.map import lattice, maps, sent
from pages.ui.map import streets as map_streets
from pages.ui.shell import frame
from pages.ui.shell.cache import Dataset, cached


def base_map_of(data: Dataset) -> BaseMap | None:
    """Give what was loaded to lie under the map; None where nothing was or :func:`problem` says why."""
    found = cached(_base_map, data)
    return found if isinstance(found, BaseMap) else None


def problem(data: Dataset) -> str:
    """Say why the streets that lie in the store are not drawn, and what to do; "" where nothing is wrong."""
    found = cached(_base_map, data)
    return found if isinstance(found, str) else ""


def _base_map(data: Dataset) -> BaseMap | str | None:
    try:
        return base_map(data.store, data.area)
    except InputError as error:  # a map without streets is whole all the same; what is wrong is said under it
        return f"No streets are drawn: {error.message}. {error.hint or ''}".rstrip()


def base(data: Dataset, dark: bool, key: str, *, streets: bool = True) -> sent.Base:
    """Render the part of a map that does not change with the filters; for ``cached``.

    Parameters
    ----------
    data : Dataset
    dark : bool
    key : str
        Tells the maps of the app apart.
    streets : bool, optional
        Whether those that were loaded are drawn.
    """
    there = streets and cached(streets_text, data)
    lines = maps.streets_payload(cached(streets_name, data), dark=dark) if there else ""
    return sent.base(cached(payload, data, dark), lines, f"{key}|{data.version}|{dark}|{streets}")


def show(
    data: Dataset,
    colours: Palette,
    overlay: maps.Overlay,
    grid: Grid,
    *,
    key: str,
    height: int,
    on_hit: Callable[[maps.Hit], None],
) -> None:
    """Put a map on the page, and under it why it has no roads where some were loaded and cannot be drawn.

    Parameters
    ----------
    data : Dataset
        Its version tells the roads too, so that a map is drawn anew when others are loaded.
    colours : Palette
    overlay : Overlay
        What changes with the filters.
    grid : Grid
    key : str
        Tells the maps of the app apart.
    height : int
        Pixels on a screen of the usual height; style.css gives the map what a taller one has to spare.
    on_hit : callable
        Called with what was clicked, before the page runs again.
    """
    streets = True
    try:
        if text := cached(streets_text, data):
            map_streets.put(text, name=cached(streets_name, data))
    except InputError as error:  # a folder that may not be written, or a full disk: all else of the map is whole
        streets = False
        frame.note(f"No streets are drawn: {error.message}. {error.hint}")
    script = sent.overlay(maps.overlay_payload(overlay, grid), maps.drawing_payload(overlay))
    with st.container(key=f"map_{height}_{key}"):
        sent.show(cached(base, data, colours.dark, key, streets=streets), script, height=height, on_hit=on_hit)
    if said := problem(data):
        frame.warn(said)


def payload(data: Dataset, dark: bool) -> str:
    """Put together what the base script reads; see :func:`pages.ui.map.maps.base_payload`."""
    return maps.base_payload(
        data.area,
        cached(lattice.grid, data),
        DARK if dark else LIGHT,
        cached(lattice.streets, data),
        mark="SIMULATED" if data.simulated else "",
        ground=base_map_of(data),
    )


def streets_text(data: Dataset) -> str:
    """Code what lies under the map for the browser; see :func:`pages.ui.map.streets.coded`. "" where nothing does."""
    ground = base_map_of(data)
    if ground is None:
        return ""
    grid = cached(lattice.grid, data)
    return map_streets.coded(ground, grid.west_m, grid.south_m, map_streets.budget(data.area))


def streets_name(data: Dataset) -> str:
    """Name of the file of :func:`streets_text`; for ``cached``."""
    return map_streets.name_of(cached(streets_text, data))
