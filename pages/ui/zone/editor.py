"""Making a zone, or changing one: its outline on the map, its facts in a form, and saving it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import shapely
import streamlit as st

from analysis.findings.finding import capital
from data.plan.kept import Kept
from data.zone.covered import must_touch
from data.zone.zone import DRAWN, PLACES, STREETS, WARDS, Zone, kept_shape
from data.zone.zones import ZONES
from geo.errors import InputError
from geo.grid import Grid
from pages.ui.chart.palette import palette
from pages.ui.map import base_map, lattice, maps
from pages.ui.map import parts as map_parts
from pages.ui.map.maps import Hit, Overlay
from pages.ui.shell import access, done, frame
from pages.ui.shell.cache import Dataset, cached
from pages.ui.zone import asked, corners, form, made, offered, shown, state

MAP_HEIGHT = 470
TOWNSHIP = "zone_township"
WAY = "zone_way"
_AS_IT_IS = "as it is"
WAYS: Mapping[str, str] = {DRAWN: "Draw", PLACES: "Places", STREETS: "Streets", WARDS: "Wards"}
_PICKED: Mapping[str, str] = {PLACES: "zone_places", STREETS: "zone_streets", WARDS: "zone_wards"}
_WIDTH = "zone_width"


@dataclass(frozen=True)
class _Outline:
    """What was made so far: the shape or None, how it came about, and why it cannot be kept."""

    shape: Any
    origin: str
    wrong: str = ""


def begin() -> None:
    """Begin a zone, or a change of one: nothing of the last is left."""
    corners.forget()
    for key in (WAY, *_PICKED.values()):
        st.session_state.pop(key, None)
    st.session_state["zone_drafts"] = st.session_state.get("zone_drafts", 0) + 1  # the form begins anew
    asked.leave()


def show(data: Dataset, before: Kept[Zone] | None = None) -> None:
    """Draw map, outline and form.

    Parameters
    ----------
    data : Dataset
    before : Kept, optional
        The revision that is changed; a new zone without one.
    """
    ways = ({_AS_IT_IS: "As it is"} if before else {}) | dict(WAYS)
    way = _way(ways)
    left, right = st.columns([48, 52], gap="medium")
    with right:
        found = _outline(data, way, before)
    with left:
        _map(data, way, found, before)
        if way == DRAWN:
            corners.controls()
    with right:
        _say(data, found, before)
        key = f"zone_{before.id}_{before.revision}" if before else f"zone_new_{st.session_state.get('zone_drafts', 0)}"
        form.draw(data, form.facts_of(data, before.content) if before else form.usual(data), key)
        _buttons(data, found, before, key)


def _way(ways: Mapping[str, str]) -> str:
    if st.session_state.get(WAY) not in ways:
        st.session_state[WAY] = next(iter(ways))
    chosen = st.segmented_control(
        "How the outline is made", list(ways), format_func=ways.__getitem__, key=WAY, label_visibility="collapsed"
    )
    return str(chosen or next(iter(ways)))


# --- the outline ------------------------------------------------------------------------------------------------------
def _outline(data: Dataset, way: str, before: Kept[Zone] | None) -> _Outline:
    """Draw what chooses the outline, and give it."""
    if way == _AS_IT_IS and before is not None:
        return _Outline(before.content.shape, before.content.origin)
    shape = {PLACES: _of_places, STREETS: _of_streets, WARDS: _of_wards}.get(way, lambda _: corners.shape())(data)
    if shape is None or shape.is_empty:
        return _Outline(None, way)
    try:
        must_touch(shapely.from_wkt(kept_shape(shape)), data.area)
    except InputError as error:
        return _Outline(shape, way, capital(str(error)))
    return _Outline(shape, way)


def _of_places(data: Dataset) -> Any:
    found = {str(place.number): place for place in made.listed_places(data)}
    chosen = _many(
        "Places", PLACES, {number: f"{number}. {place.title}" for number, place in found.items()},
        "The busiest, as Hotspots ranks them; or click them on the map.",
    )  # fmt: skip
    return made.of_places(data, [found[number] for number in chosen])


def _of_streets(data: Dataset) -> Any:
    names = made.street_names(data)
    what = "Roads of the base map." if made.on_roads(data) else "Published map points of the street: no roads are here."
    left, right = st.columns([3, 1], gap="small")
    with left:
        chosen = _many("Streets", STREETS, dict(zip(names, names, strict=True)), what)
    with right:
        width = st.selectbox(
            "To either side", made.WIDTHS, index=made.WIDTHS.index(made.USUAL_WIDTH), format_func=lambda m: f"{m} m",
            key=_WIDTH,
        )  # fmt: skip
    return made.of_streets(data, chosen, float(width))


def _of_wards(data: Dataset) -> Any:
    names = data.area.ward_names
    order = {code: names[code] for code in sorted(names, key=lambda code: names[code])}
    return made.of_wards(data, _many("Wards", WARDS, order, "Or click them on the map."))


def _many(label: str, way: str, names: Mapping[str, str], hint: str) -> list[str]:
    key = _PICKED[way]
    st.session_state[key] = [one for one in st.session_state.get(key, ()) if one in names]
    return st.multiselect(
        label, list(names), format_func=names.__getitem__, key=key, help=hint, placeholder="None", select_all=False
    )


# --- map --------------------------------------------------------------------------------------------------------------
def _map(data: Dataset, way: str, found: _Outline, before: Kept[Zone] | None) -> None:
    township = map_parts.township_buttons(data.area, TOWNSHIP)
    grid, colours = cached(lattice.grid, data), palette()
    at = np.empty(0, dtype=np.intp)
    view = map_parts.look_at(data.area, grid, township, at, "zone")
    if before is not None and township in {"", map_parts.WHOLE}:
        view = around(before.content, f"zone-{before.id}-{before.revision}")
    outlines = []
    if found.shape is not None and not found.wrong:
        outlines = [shown.outline_of(found.shape, grid, colours)]
    elif found.shape is not None:
        outlines = [shown.outline_of(shapely.boundary(found.shape).buffer(1.0), grid, colours)]
    picked = set(st.session_state.get(_PICKED[way], ())) if way in _PICKED else set()
    drawn = Overlay(
        wards_on=list(picked) or data.area.wards.codes if way == WARDS else data.area.wards.codes,
        outlines=outlines,
        places=_circles(data, grid, picked) if way == PLACES else (),
        drawing=corners.drawing(grid) if way == DRAWN else None,
        expected_words="expected", past_words="in the last 12 months", view=view,
    )  # fmt: skip
    base_map.show(data, colours, drawn, grid, key="zone", height=MAP_HEIGHT, on_hit=partial(_hit, way, grid))


def around(zone: Zone, token: str) -> maps.View:
    """Say that the map should look at a zone."""
    west, south, east, north = zone.shape.bounds
    room = map_parts.PLACE_MARGIN_M
    return maps.View(token, (west - room, south - room, east + room, north + room))


def _circles(data: Dataset, grid: Grid, picked: set[str]) -> list[list[object]]:
    listed = made.listed_places(data)
    most = max((place.expected for place in listed), default=1.0) or 1.0
    return [
        [
            place.number, *maps.spot(grid, place.easting_m, place.northing_m), round(place.expected / most, 3), 0,
            place.title, round(place.expected, 2), place.count_last12, int(str(place.number) in picked),
        ]
        for place in listed
    ]  # fmt: skip


def _hit(way: str, grid: Grid, found: Hit) -> None:
    """Take a click: a corner of the drawing, or a place or ward that is chosen or left out."""
    if way == DRAWN:
        corners.on_map(found, grid)
    elif (way, found.kind) in {(PLACES, "place"), (WARDS, "ward")}:
        chosen = list(st.session_state.get(_PICKED[way], ()))
        st.session_state[_PICKED[way]] = (
            [one for one in chosen if one != found.id] if found.id in chosen else [*chosen, found.id]
        )


# --- saving -----------------------------------------------------------------------------------------------------------
def _say(data: Dataset, found: _Outline, before: Kept[Zone] | None) -> None:
    if found.wrong:
        frame.warn(found.wrong)
    elif found.shape is not None:
        frame.note(size_words(data, kept_shape(found.shape)))
    elif before is None:
        frame.note("No outline yet.")


def size_words(data: Dataset, wkt: str) -> str:
    """Say how large an outline is, and how many cells of the map it takes in."""
    shape = shapely.from_wkt(wkt)
    cells = len(offered.cells_in(data, wkt))
    size = f"{shape.area / 1e6:.2f} km²" if shape.area >= 1e5 else f"{shape.area:,.0f} m²"
    there = f"{cells} {'cell' if cells == 1 else 'cells'} of {cached(lattice.grid, data).cell_size_m:g} m"
    return f"{size}, {there}." if cells else f"{size}, in no cell of the map: nothing is counted there."


def _buttons(data: Dataset, found: _Outline, before: Kept[Zone] | None, key: str) -> None:
    state.tell(state.TOP)
    ready = found.shape is not None and not found.wrong
    texts: Callable[[], tuple[str, ...]] = lambda: form.typed(key).texts  # noqa: E731
    with st.container(horizontal=True, gap="small", key="zone_save_buttons"):
        if before is not None:
            st.button(
                "Save changes", type="primary", disabled=not ready, key="zone_revise", on_click=asked.unless_named,
                args=(data, state.TOP, texts, _revise, data, found, before, key),
            )  # fmt: skip
        st.button(
            "Save as a new zone" if before else "Save the zone", type="secondary" if before else "primary",
            disabled=not ready, key="zone_save", on_click=asked.unless_named,
            args=(data, state.TOP, texts, _save, data, found, key),
        )  # fmt: skip
        st.button("Leave it", type="tertiary", on_click=asked.go, args=("",), key="zone_leave")
    asked.show(state.TOP)


def _zone(data: Dataset, found: _Outline, key: str) -> Zone:
    return form.typed(key).zone(data, kept_shape(found.shape), found.origin)


def _save(data: Dataset, found: _Outline, key: str) -> str:
    one = ZONES.save(data.store, _zone(data, found, key), done.now(), actor=access.actor())
    corners.forget()
    state.seen(one)
    return f"Saved: {one.content.name}."


def _revise(data: Dataset, found: _Outline, before: Kept[Zone], key: str) -> str:
    old, new = before.content, _zone(data, found, key)
    new = replace(new, simulated=old.simulated)
    if new.wkt == old.wkt:
        new = replace(new, origin=old.origin, data_version=old.data_version)
    what = difference(old, new)
    one = ZONES.revise(
        data.store, before.id, before.revision, new, done.now(), actor=access.actor(), what=what or "Changed"
    )
    corners.forget()
    state.seen(one)
    return f"Saved: {one.content.name}. {what}." if one.revision > before.revision else "Nothing has changed."


def difference(old: Zone, new: Zone) -> str:
    """Say what changed between two versions of a zone: "Changed: name, end"; "" where nothing did."""
    parts = {
        "name": (old.name, new.name), "kind": (old.kind, new.kind), "role": (old.role, new.role),
        "start": (old.starts, new.starts), "end": (old.ends, new.ends), "outline": (old.wkt, new.wkt),
        "notes": (old.notes, new.notes),
    }  # fmt: skip
    found = [name for name, (one, other) in parts.items() if one != other]
    return f"Changed: {', '.join(found)}" if found else ""
