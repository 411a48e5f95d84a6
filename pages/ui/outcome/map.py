"""The map of "Did it work": where you went, around it and places like it, each with its outline, dashes and name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
import streamlit as st
from numpy.typing import NDArray

from geo.grid import grid_reference
from pages.ui.chart.palette import Palette, palette
from pages.ui.map import base_map, judged, maps
from pages.ui.map import offered as map_offered
from pages.ui.map import parts as map_parts
from pages.ui.map.judged import AREA, COMPARISON, RING, Areas, Did, lattice
from pages.ui.map.maps import Hit, Overlay
from pages.ui.map.parts import Legend
from pages.ui.outcome import choice as outcome_choice
from pages.ui.outcome.address import ADDED, CELLS, REMOVED
from pages.ui.shell import address, downloads, tables
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import day_at, short_period
from pages.ui.zone import shown as zone_shown

MAP_HEIGHT = 470
CLICK, TOWNSHIP = "did_click", "did_township"
TO_COMPARISON, TO_AREA = "places like it", "places chosen"
_DASHES = {AREA: "", RING: "3 5", COMPARISON: "9 4"}
_NAME_SPOTS = 8  # where the name of an area may stand: in its largest parts
_COLOURS = {AREA: 1, RING: 3, COMPARISON: 0}


def overlay(data: Dataset, did: Did, laid: Areas, colours: Palette, township: str) -> Overlay:
    """Make what the map draws: cells that can be clicked, and three outlines with their names."""
    cells = cached(lattice, data, did.category, did.as_at, did.ring_m).grid
    kind, recorded = _of_cells(data, did, laid)
    names = {"": "in none of the three"} | {name: judged.named(did, name) for name in laid.named}
    shown = np.union1d(cached(map_offered.cells, data, did.category, did.as_at), np.flatnonzero(kind != ""))
    references = grid_reference(*cells.corners(cells.cells[shown]))
    patches = [
        [*square, colours.series[_COLOURS[name]] if name else None,
         f"{names[name].lower()}; {n:,.0f} in {_months(did)}", reference]
        for square, name, n, reference in zip(
            map_parts.columns_rows(cells, shown), kind[shown], recorded[shown], references, strict=True
        )
    ]  # fmt: skip
    outlines = []
    for name, at in laid.named.items():
        if len(at) == 0:
            continue
        shape = shapely.union_all(cells.polygons(cells.cells[at]))
        parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)[:_NAME_SPOTS]
        spots = [part.representative_point().coords[0] for part in parts]
        if name == RING:  # at its upper edge, or it would lie on the name inside
            spots = [(x, part.bounds[3]) for (x, _), part in zip(spots, parts, strict=True)]
        outlines.append(
            [names[name], colours.series[_COLOURS[name]], _DASHES[name], maps.outline_rings(shape, cells),
             [maps.spot(cells, x, y) for x, y in spots]]
        )  # fmt: skip
    view = map_parts.look_at(data.area, cells, township, laid.treated, f"did-{did.treated}")
    return Overlay(patches=patches, outlines=outlines, view=view)


def _of_cells(data: Dataset, did: Did, laid: Areas) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Area ("" for none) of every cell, and its incidents in the months of the operation."""
    found = cached(lattice, data, did.category, did.as_at, did.ring_m)
    start = int(np.searchsorted(found.months.asi8, did.first.ordinal))
    recorded: NDArray[np.float64] = found.counts[start : start + (did.last - did.first).n + 1].sum(axis=0)
    kind = np.full(len(found.grid.cells), "", dtype=object)
    for name, at in laid.named.items():
        kind[at] = name
    return kind, recorded


def cells_table(data: Dataset, did: Did, laid: Areas) -> pd.DataFrame:
    """Cells of the three areas, as the map draws them: where you went first, then what is around it."""
    kind, recorded = _of_cells(data, did, laid)
    cells, at = cached(lattice, data, did.category, did.as_at, did.ring_m).grid, np.flatnonzero(kind != "")
    table = pd.DataFrame(
        {
            "cell": grid_reference(*cells.corners(cells.cells[at])),
            "area": kind[at],
            "recorded": recorded[at].astype(int),
        }
    )
    order = table["area"].map({name: n for n, name in enumerate(_COLOURS)})
    table = table.iloc[np.lexsort((table["cell"], -table["recorded"], order))].reset_index(drop=True)
    return table.assign(area=[judged.named(did, name) for name in table["area"]])


def show(data: Dataset, did: Did, laid: Areas) -> None:
    """Draw township buttons, map and legend; a click on a cell changes an area."""
    address.hold([_township(data)])
    township = map_parts.township_buttons(data.area, TOWNSHIP)
    colours, day = palette(), day_at(data, did.as_at)
    comparison = set(grid_reference(*_corners(data, did, laid)))
    choices = (TO_COMPARISON,) if did.days else (TO_COMPARISON, TO_AREA)
    change = st.session_state.get(CLICK, TO_COMPARISON) if len(choices) > 1 else TO_COMPARISON

    def hit(found: Hit) -> None:
        if found.kind != "cell":
            return
        if change == TO_AREA:
            outcome_choice.toggle(CELLS, found.id)
        elif found.id in comparison:
            _leave(ADDED, found.id)
            outcome_choice.toggle(REMOVED, found.id)
        else:
            _leave(REMOVED, found.id)
            outcome_choice.toggle(ADDED, found.id)

    drawn = overlay(data, did, laid, colours, township)
    grid = cached(lattice, data, did.category, did.as_at, did.ring_m).grid
    drawn = zone_shown.onto(data, drawn, grid, day, colours)
    base_map.show(data, colours, drawn, grid, key="did", height=MAP_HEIGHT, on_hit=hit)
    rows = tuple(
        (
            colours.series[_COLOURS[of]],
            f"{judged.named(did, of)} ({len(at):,} {'cell' if len(at) == 1 else 'cells'})",
        )
        for of, at in laid.named.items()
    )
    own, around, like = (judged.named(did, of) for of in laid.named)
    note = f"{own}: solid line. {around}: dotted. {like}: dashed. Click a cell to put it in or take it out."
    note += map_offered.words(data, did.category, did.as_at)
    st.html(map_parts.legend_html(Legend("On the map", rows), colours, note))
    zone_shown.below(data, day)
    what = f"cells {judged.in_words(did, AREA)}, around it and in places like it"
    lines = downloads.about(data, what, short_period(did.first, did.last), of=did.category)
    name = downloads.file_name(data, "did-it-work", "cells", did.category, str(did.first))
    tables.beneath(cells_table(data, did, laid), f"Map as a table: {what}.", name, lines, "did_cells", of="did_cells")
    if len(choices) > 1:
        st.segmented_control("A click changes the", choices, key=CLICK, default=TO_COMPARISON)


def _township(data: Dataset) -> Control:
    """Keep in the address where the map looks: at a township, or without one at the places."""
    return map_parts.township_control(data.area, TOWNSHIP, {"places": None})


def _months(did: Did) -> str:
    return "the months of the operation" if did.days else "the months chosen"


def _corners(data: Dataset, did: Did, laid: Areas) -> tuple[np.ndarray, np.ndarray]:
    cells = cached(lattice, data, did.category, did.as_at, did.ring_m).grid
    return cells.corners(cells.cells[laid.comparison])


def _leave(key: str, name: str) -> None:
    st.session_state[key] = [one for one in st.session_state.get(key, ()) if one != name]
