"""The base of every map of the app: wards, labels and, where a base map was loaded, roads; one key for all of it."""

from __future__ import annotations

from data.streets.base_map import Roads, roads
from geo.errors import InputError
from pages.ui.chart.palette import DARK, LIGHT, Palette
from pages.ui.map import lattice, maps
from pages.ui.shell.cache import Dataset, cached


def roads_of(data: Dataset) -> Roads | None:
    """Give the roads that were loaded for the area; None where there are none, or where they are another area's."""
    return cached(_roads, data)


def _roads(data: Dataset) -> Roads | None:
    try:
        return roads(data.store, data.area)
    except InputError:  # roads_problem says why; a map without roads is whole all the same
        return None


def roads_problem(data: Dataset) -> str:
    """Say why the roads that lie in the store are not drawn, and what to do; "" where nothing is wrong."""
    return cached(_problem, data)


def _problem(data: Dataset) -> str:
    try:
        roads(data.store, data.area)
    except InputError as error:
        return str(error)
    return ""


def base(data: Dataset, colours: Palette) -> tuple[maps.OfflineMap, str]:
    """Draw the part of a map that does not change with the filters.

    Parameters
    ----------
    data : Dataset
        Its version tells the roads too, so that a map is drawn anew when others are loaded.
    colours : Palette

    Returns
    -------
    OfflineMap
        Made anew for every run, as :func:`pages.ui.map.maps.base_map` says.
    str
        Says everything the base depends on: the key for :func:`pages.ui.map.maps.show`.
    """
    return maps.base_map(cached(payload, data, colours.dark)), f"{data.version}|{colours.dark}"


def payload(data: Dataset, dark: bool) -> str:
    """Put together what the base script reads; see :func:`pages.ui.map.maps.base_payload`."""
    return maps.base_payload(
        data.area,
        cached(lattice.grid, data),
        DARK if dark else LIGHT,
        cached(lattice.streets, data),
        mark="SIMULATED" if data.simulated else "",
        roads=roads_of(data),
    )
