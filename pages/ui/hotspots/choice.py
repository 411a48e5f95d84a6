"""What is chosen on the Hotspots page beside the filters: layer, share, what the map looks at, place, tab."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely
import streamlit as st

from data.place.area import Area
from pages.ui.hotspots import map as hotspot_map
from pages.ui.hotspots import small_areas as hot_areas
from pages.ui.hotspots.picture import DEFAULT_SHARE, SHARES, Picture
from pages.ui.map import lattice, parts
from pages.ui.map.maps import Hit, View
from pages.ui.shell import address, small_areas
from pages.ui.shell.address import Control
from pages.ui.shell.filters import Filters

SHOWN = {
    "places": "Places",
    "cells": "Cells",
    "wards": "Wards",
    hot_areas.LAYER: small_areas.LABEL,
    "density": "Density",
    "points": "Map points",
}
# Keys of the session: of widgets, then of what is chosen and what the map went to, each a word of the address.
SHOW, SHARE, TOWNSHIP, TABS, MONTH = "hot_show", "hot_share", "hot_township", "hot_tabs", "hot_month"
_AT, _GOES, _FRESH = "hot_at", "hot_goes", "hot_at_asked"
_SELECTED, _MOVED, _WARDS = "hot_selected", "hot_moved", "hot_wards"
_ALL = "all"  # the whole area, in the address


def _controls(area: Area, tabs: Mapping[str, object]) -> tuple[Control, ...]:
    """List the controls of the page. A share comes first at its default, as the address leaves it out."""
    shares = sorted(SHARES, key=lambda share: share != DEFAULT_SHARE)
    towns = {"": None, _ALL: parts.WHOLE} | {address.slug(one.name): one.name for one in area.townships}
    return (
        Control("layer", SHOW, {key: key for key in layers(area)}, "the layer", SHOWN),
        Control(
            "share",
            SHARE,
            {f"{100 * share:g}": share for share in shares},
            "the share of cells",
            {f"{100 * share:g}": f"the top {100 * share:g} %" for share in shares},
        ),
        Control("go", TOWNSHIP, towns, "the township", {"": f"the whole {area.kind}"}),
        address.tabs(TABS, tabs),
        Control("at", _AT, {}, "the place", {}),
        Control("month", MONTH, {}, "the month", {}),
    )


def read(area: Area, tabs: Mapping[str, object]) -> None:
    """Take from the address what is chosen, before anything is drawn that depends on it."""
    read_now = address.read(_controls(area, tabs))
    st.session_state[_FRESH] = read_now
    if read_now:
        st.session_state[_GOES] = st.session_state[_AT]


def settle(area: Area, chosen: Filters, picture: Picture, tabs: Mapping[str, object]) -> None:
    """Find what is chosen among what there is now, say what the map looks at, and write the address.

    A place is known by the reference of its busiest cell: another crime type numbers places anew.
    """
    word = st.session_state.get(_AT) or ""
    found = _hit_of(area, picture, word)
    if word and found is None:
        if st.session_state.get(_FRESH):
            address.tell(address.not_there("the place", word, "none is chosen"))
        st.session_state[_AT] = st.session_state[_GOES] = ""
    st.session_state[_SELECTED] = found
    wards = st.session_state.get(_WARDS)
    if wards is not None and wards != chosen.wards:  # the filter takes the map to the wards
        st.session_state[TOWNSHIP], st.session_state[_GOES] = None, ""
    st.session_state[_WARDS] = chosen.wards
    plain = not chosen.wards and not st.session_state.get(_AT)
    if not st.session_state.get(TOWNSHIP) and not chosen.wards and not st.session_state.get(_GOES):
        st.session_state[TOWNSHIP] = parts.WHOLE
    whole = st.session_state.get(TOWNSHIP) == parts.WHOLE
    address.write(_controls(area, tabs), ("go",) if whole and plain else ())


def share() -> float:
    """Share of the cells that is drawn."""
    return float(st.session_state.get(SHARE, DEFAULT_SHARE))


def layers(area: Area) -> tuple[str, ...]:
    """List the keys of ``SHOWN`` that the area has: neighbourhoods only where their file is there."""
    there = small_areas.found(area) is not None
    return tuple(key for key in SHOWN if there or key != hot_areas.LAYER)


def shown() -> str:
    """Key of ``SHOWN``: what map and list show."""
    return str(st.session_state.get(SHOW) or "places")


def selected() -> Hit | None:
    """Place (by its number), cell or ward that is chosen, on the map or in the list."""
    found: Hit | None = st.session_state.get(_SELECTED)
    return found


def moved() -> int:
    """Count clicks on the map: after each the lists are drawn anew."""
    return int(st.session_state.get(_MOVED, 0))


def on_map(picture: Picture, found: Hit) -> None:
    """Take a click on the map. It goes to a place or a ward; a click on a cell leaves the map where it is."""
    st.session_state[_MOVED] = moved() + 1
    st.session_state[_AT] = _word_of(picture, found)
    if found.kind in {"place", "ward"}:
        st.session_state[_GOES], st.session_state[TOWNSHIP] = st.session_state[_AT], None


def in_list(picture: Picture, found: Hit | None) -> None:
    """Take a choice in a list: the map goes there, and back when there is none."""
    st.session_state[_AT] = st.session_state[_GOES] = _word_of(picture, found) if found else ""
    st.session_state[TOWNSHIP] = None


def view(area: Area, chosen: Filters, picture: Picture, township: str) -> View:
    """Say where the map should look: at a township, else at what was gone to, else at the chosen wards, else at all.

    Parameters
    ----------
    township : str
        Name, or ``WHOLE``; empty when what is chosen decides.
    """
    goes = st.session_state.get(_GOES) or ""
    there = _hit_of(area, picture, goes)
    codes = (there.id,) if there and there.kind == "ward" else chosen.wards if not there else ()
    token = f"{goes}-{moved()}" if there else f"wards-{'-'.join(codes)}"
    if not township and there and there.kind == hot_areas.KIND and (at_one := hot_areas.view(area, there.id, token)):
        return at_one
    if not township and codes:
        shapes = [area.wards.polygons[area.wards.codes.index(code)] for code in codes]
        return View(token, tuple(shapely.total_bounds(shapes).tolist()))
    at = hotspot_map.selected_positions(picture, there) if there else np.empty(0, dtype=np.intp)
    return parts.look_at(area, picture.grid, township, at, token)


def _word_of(picture: Picture, found: Hit) -> str:
    if found.kind != "place":
        return f"{found.kind}-{found.id}"
    return next((f"place-{p.grid_reference}" for p in picture.places if str(p.number) == found.id), "")


def _hit_of(area: Area, picture: Picture, word: str) -> Hit | None:
    """Find the place, cell or ward that a word of the address means; None where there is none."""
    kind, _, name = word.partition("-")
    if kind == "place":
        return next((Hit(kind, str(p.number)) for p in picture.places if p.grid_reference == name), None)
    if kind == hot_areas.KIND:
        return Hit(kind, name) if hot_areas.knows(area, name) else None
    known = area.ward_names if kind == "ward" else lattice.cell_references(picture.grid) if kind == "cell" else {}
    return Hit(kind, name) if name in known else None
