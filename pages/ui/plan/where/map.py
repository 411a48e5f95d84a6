"""The map of step 2 of a plan: cells of the places by what is expected there, and the places as numbered circles."""

from __future__ import annotations

from datetime import date

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from data.plan.plan import PlanPlace
from geo.grid import grid_reference
from pages.ui.chart.palette import Palette, palette
from pages.ui.map import base_map, lattice, maps
from pages.ui.map import parts as map_parts
from pages.ui.map.maps import Hit, Overlay, View
from pages.ui.map.parts import Legend
from pages.ui.plan.where.ranking import Where
from pages.ui.shell import address
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset
from pages.ui.zone import shown as zone_shown

MAP_HEIGHT = 470
CIRCLES = 12
SELECTED, MOVED, TOWNSHIP, _AT = "plan_selected", "plan_moved", "plan_township", "plan_at"


def _hit(found: Hit) -> None:
    """Take a click; the map goes to a place that was clicked."""
    if found.kind == "place":
        st.session_state[TOWNSHIP] = None
    st.session_state[SELECTED] = found
    st.session_state[MOVED] = st.session_state.get(MOVED, 0) + 1


def positions(found: Where, selected: Hit | None) -> NDArray[np.intp]:
    """Positions in ``grid.cells`` of what is chosen, on the map or in the list."""
    if selected and selected.kind == "place":
        for place, at in zip(found.places, found.positions, strict=True):
            if str(place.number) == selected.id:
                return at
    if selected and selected.kind == "cell":
        cell = lattice.cell_references(found.grid).get(selected.id)
        if cell is not None:
            return np.array([cell], dtype=np.intp)
    return np.empty(0, dtype=np.intp)


def overlay(
    found: Where, listed: tuple[PlanPlace, ...], selected: Hit | None, view: View, colours: Palette
) -> tuple[Overlay, Legend]:
    """Make what the map draws: the cells of the places by what is expected there, and numbered circles.

    Parameters
    ----------
    listed : tuple of PlanPlace
        As marked: a place that is left out is not drawn.
    """
    kept = [(p, at) for p, at in zip(listed, found.positions, strict=True) if not p.left_out]
    drawn = np.concatenate([at for _, at in kept]) if kept else np.empty(0, dtype=np.intp)
    expected = found.ranking.expected[drawn]
    limits = map_parts.breaks(expected)
    squares = map_parts.columns_rows(found.grid, drawn)
    references = grid_reference(*found.grid.corners(found.grid.cells[drawn])) if len(drawn) else []
    past = found.ranking.count_last12[drawn]
    largest = max((p.expected for p, _ in kept), default=1.0) or 1.0
    circles = [p for p, _ in kept[:CIRCLES]] + [p for p, _ in kept[CIRCLES:] if p.pinned]
    return Overlay(
        wards_on=(),
        cells=[
            [*square, int(level), round(float(value), 3), int(count), 0, reference]
            for square, level, value, count, reference in zip(
                squares, map_parts.classes(expected, limits), expected, past, references, strict=True
            )
        ],
        places=[
            [
                p.number,
                *maps.spot(found.grid, p.easting_m, p.northing_m),
                round(p.expected / largest, 3),
                int(p.pinned),
                p.title,
                round(p.expected, 2),
                p.past,
                int(selected == Hit("place", str(p.number))),
            ]
            for p in circles
        ],
        chosen_cells=map_parts.columns_rows(found.grid, positions(found, selected)),
        expected_words=found.expected_words,
        past_words=found.past_words,
        chance_words="must be visited",
        view=view,
    ), Legend(
        f"{found.grid.cell_size_m:g} m cells: {found.expected_words}",
        map_parts.class_rows(limits, colours.ramp),
        "must be visited" if any(p.pinned for p, _ in kept) else "",
    )


def _in_address(data: Dataset, found: Where) -> None:
    """Keep township and choice in the address; a place is known by its reference, as its number changes."""
    controls = [map_parts.township_control(data.area, TOWNSHIP), Control("at", _AT, {}, "the place", {})]
    fresh = address.read(controls)
    if fresh and (word := st.session_state[_AT]):
        kind, _, name = word.partition("-")
        numbers = {p.grid_reference: p.number for p in found.places} if kind == "place" else {}
        hit = Hit(kind, str(numbers.get(name, name)))
        if len(positions(found, hit)):
            st.session_state[SELECTED] = hit
            if st.session_state[TOWNSHIP] == map_parts.WHOLE:
                st.session_state[TOWNSHIP] = None
        else:
            st.session_state[SELECTED] = None
            address.tell(address.not_there("the place", word, "none is chosen"))
    selected: Hit | None = st.session_state.get(SELECTED)
    st.session_state[_AT] = ""
    if selected and len(positions(found, selected)):
        references = {str(p.number): p.grid_reference for p in found.places} if selected.kind == "place" else {}
        st.session_state[_AT] = f"{selected.kind}-{references.get(selected.id, selected.id)}"
    address.write(controls)


def show(data: Dataset, found: Where, listed: tuple[PlanPlace, ...], day: date) -> None:
    """Draw township buttons, map and legend; ``day`` is the as-at date."""
    _in_address(data, found)
    township = map_parts.township_buttons(data.area, TOWNSHIP)
    colours = palette()
    selected: Hit | None = st.session_state.get(SELECTED)
    token = f"{selected}-{st.session_state.get(MOVED, 0)}"
    view = map_parts.look_at(data.area, found.grid, township, positions(found, selected), token)
    drawn, legend = overlay(found, listed, selected, view, colours)
    drawn = zone_shown.onto(data, drawn, found.grid, day, colours)
    base_map.show(data, colours, drawn, found.grid, key="plan", height=MAP_HEIGHT, on_hit=_hit)
    note = "Circles: the busiest places; places left out are not drawn."
    st.html(map_parts.legend_html(legend, colours, note))
    zone_shown.below(data, day)
