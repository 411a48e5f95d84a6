"""Zones of a file: every feature is accounted for, what it does not say is asked for, and each is saved by itself."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from html import escape

import shapely
import streamlit as st

from data.feed.times import zone_of
from data.kinds.lists import join_words
from data.zone.imported import ENDINGS, Found, Proposal, read_zones
from data.zone.zone import FILE
from data.zone.zones import ZONES
from geo.errors import InputError
from pages.ui.chart.palette import palette
from pages.ui.map import base_map, lattice, maps
from pages.ui.map import parts as map_parts
from pages.ui.map.maps import Hit, Overlay
from pages.ui.shell import access, done, frame
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.folders import by_name
from pages.ui.zone import asked, form, shown, state

MAP_HEIGHT = 400
_PICK, _SAVED = "zone_feature", "zone_features_saved"


def show(data: Dataset) -> None:
    """Draw what takes a file, and of a file its features, one at a time in a form."""
    st.button("Back to the zones", type="tertiary", on_click=asked.go, args=("",), key="zone_import_back")
    given = st.file_uploader("GeoJSON or GeoPackage", type=list(ENDINGS), key="zone_file")
    state.tell(state.TOP)
    if given is None:
        frame.note("Each polygon becomes a zone. Nothing is saved before you have looked at it.")
        return
    raw = given.getvalue()
    try:
        found = read_zones(raw, given.name, data.area, zone_of(data.area))
    except InputError as error:
        frame.failed(error)
        return
    basis = hashlib.sha256(raw).hexdigest()[:8]
    saved: frozenset[tuple[str, int]] = st.session_state.get(_SAVED, frozenset())
    _account(found, sum((basis, one.row) in saved for one in found.proposals))
    left = {one.row: one for one in found.proposals if (basis, one.row) not in saved}
    if left:
        _feature(data, basis, left)


def _account(found: Found, saved: int) -> None:
    """Say what became of every feature."""
    parts = [f"{len(found.proposals) - saved} to look at", f"{saved} saved", f"{len(found.refused)} refused"]
    words = f"{found.file}: {found.read} {'feature' if found.read == 1 else 'features'}: {', '.join(parts)}."
    rows = "".join(f"<li>{escape(by_name(str(error)))}</li>" for error in found.refused)
    notes = "".join(f"<li>{escape(by_name(note))}</li>" for note in found.notes)
    st.html(f'<div class="note">{escape(words)}<ul class="note">{notes}{rows}</ul></div>')


def _feature(data: Dataset, basis: str, left: dict[int, Proposal]) -> None:
    if st.session_state.get(_PICK) not in left:
        st.session_state[_PICK] = next(iter(left))
    names = {row: f"{row}. {one.name or 'without a name'}" for row, one in left.items()}
    picked = st.selectbox("Feature", list(left), format_func=names.__getitem__, key=_PICK)
    one, key = left[picked], f"zone_file_{basis}_{picked}"
    columns = st.columns([48, 52], gap="medium")
    with columns[0]:
        _map(data, one, basis)
    with columns[1]:
        for words in filter(None, (*one.told, _unsaid(one))):
            frame.warn(words)
        form.draw(data, _start(data, one), key)
        st.button(
            "Save this zone", type="primary", key="zone_save", on_click=asked.unless_named,
            args=(data, state.TOP, lambda: form.typed(key).texts, _save, data, one, basis, key),
        )  # fmt: skip
        asked.show(state.TOP)


def _start(data: Dataset, one: Proposal) -> form.Facts:
    """Give what the form begins with: what the file says, and the usual where it says nothing."""
    start, local = form.usual(data), zone_of(data.area)
    start = replace(start, name=one.name, kind=one.kind or start.kind, role=one.role)
    if one.starts is not None:
        begins = one.starts.astimezone(local)
        start = replace(start, starts=(begins.date(), begins.time()), ends=None)
    if one.ends is not None:
        ends = one.ends.astimezone(local)
        start = replace(start, ends=(ends.date(), ends.time()))
    return start


def _map(data: Dataset, one: Proposal, basis: str) -> None:
    grid, colours, shape = cached(lattice.grid, data), palette(), shapely.from_wkt(one.wkt)
    west, south, east, north = shape.bounds
    room = map_parts.PLACE_MARGIN_M
    view = maps.View(f"zone-{basis}-{one.row}", (west - room, south - room, east + room, north + room))
    drawn = Overlay(wards_on=data.area.wards.codes, outlines=[shown.outline_of(shape, grid, colours)], view=view)
    base_map.show(data, colours, drawn, grid, key="zone_file", height=MAP_HEIGHT, on_hit=_no_hit)


def _no_hit(_: Hit) -> None:
    """Take a click: here it chooses nothing."""


def _save(data: Dataset, one: Proposal, basis: str, key: str) -> str:
    zone = form.typed(key).zone(data, one.wkt, FILE)
    saved = ZONES.save(data.store, zone, done.now(), actor=access.actor())
    st.session_state[_SAVED] = st.session_state.get(_SAVED, frozenset()) | {(basis, one.row)}
    st.session_state[state.CHOSEN] = (saved.id, saved.revision)
    return f"Saved: {saved.content.name}."


def _unsaid(one: Proposal) -> str:
    """Name what the file does not say of a zone, so that what the form begins with is not taken for the file's."""
    said = {"name": one.name, "legal kind": one.kind, "role": one.role, "start": one.starts, "end": one.ends}
    lacking = [what for what, value in said.items() if not value]
    return f"Not in the file: {join_words(lacking)}. Check what stands below." if lacking else ""
