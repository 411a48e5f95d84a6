"""Choosing the places of a problem: from the ranking, whole wards, single cells, or by clicks on one map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
import streamlit as st
from numpy.typing import NDArray

from geo.grid import Grid, grid_reference
from pages.ui.chart.palette import palette
from pages.ui.map import base_map, lattice, maps
from pages.ui.map import offered as map_offered
from pages.ui.map import parts as map_parts
from pages.ui.map.maps import Hit, Overlay, View
from pages.ui.map.ranked import places as ranked_places
from pages.ui.problem import typed
from pages.ui.shell import frame
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import day_at
from pages.ui.zone import offered
from pages.ui.zone import shown as zone_shown

MAP_HEIGHT = 400
SHARE, MOST_PLACES = 0.05, 30
RANKED, WARDS, CELLS, ZONE = "form_ranked", "form_wards", "form_cells", "form_zone"
BEGAN = "form_names"  # cells that the form began with, and what they are called while they stand
_NAMED_CELLS, _NAME_SPOTS = 3, 8


@dataclass(frozen=True)
class Chosen:
    """Cells by reference, sorted; what was chosen by name; wards that were chosen whole; number of a zone, or 0."""

    cells: tuple[str, ...]
    names: tuple[str, ...]
    wards: tuple[str, ...]
    zone: int = 0


def choose(data: Dataset, category: str, as_at: pd.Period | None) -> Chosen:
    """Draw the lists and give what is chosen."""
    grid, at = cached(lattice.grid, data), cached(lattice.references, data)
    listed = () if as_at is None else cached(ranked_places, data, category, as_at, "", SHARE)[:MOST_PLACES]
    titles = {p.grid_reference: f"{p.number}. {p.title}" for p in listed}
    names = data.area.ward_names
    ranked = _many("Places of the ranking", RANKED, titles)
    wards = _many("Wards", WARDS, {code: names[code] for code in sorted(names, key=names.__getitem__)})
    zones = offered.names_of(offered.zones_for(data))
    zone = _zone(zones)
    there = () if as_at is None else cached(map_offered.names, data, category, as_at)
    kept = [cell for cell in typed.value(CELLS, ()) if cell in at]
    every = dict.fromkeys([*there, *kept])
    single = _many("Cells", CELLS, {cell: cell for cell in every}, "Grid references, or click on the map")
    by_place = {p.grid_reference: p for p in listed}
    found: set[str] = set(single)
    for one in ranked:
        found |= set(_names(data, np.searchsorted(grid.cells, by_place[one].cells)))
    if wards:
        found |= set(_names(data, np.flatnonzero(np.isin(cached(lattice.cell_wards, data), wards))))
    found |= set(offered.cells_of(data, zone))
    said = [zones[zone]] if zone else []
    said += [by_place[one].title for one in ranked] + [names[code] for code in wards] + _cell_names(single)
    return Chosen(tuple(sorted(found)), tuple(said), tuple(wards), zone)


def touched(cells: tuple[str, ...], zone: int) -> bool:
    """Whether the lists hold other places than the form began with."""
    began = {CELLS: cells, ZONE: zone, RANKED: (), WARDS: ()}
    return any(typed.changed(name, start) for name, start in began.items())


def _zone(zones: dict[int, str]) -> int:
    if typed.value(ZONE, 0) not in zones:
        typed.put(ZONE, 0)
    if zones:
        names = {0: "None", **{number: frame.plain(name) for number, name in zones.items()}}
        st.selectbox(
            "Zone", list(names), format_func=names.__getitem__, key=typed.key(ZONE, 0), on_change=typed.take,
            args=(ZONE,),
        )  # fmt: skip
    return int(typed.value(ZONE, 0))


def _cell_names(single: list[str]) -> list[str]:
    if len(single) > _NAMED_CELLS:
        return [f"{len(single):,} cells chosen on the map"]
    return [f"cell {cell}" for cell in single]


def _names(data: Dataset, positions: NDArray[np.intp]) -> list[str]:
    grid = cached(lattice.grid, data)
    return list(grid_reference(*grid.corners(grid.cells[positions]))) if len(positions) else []


def _many(label: str, name: str, options: dict[str, str], words: str = "") -> list[str]:
    asked = typed.value(name, ())
    kept = tuple(one for one in asked if one in options)
    if kept != asked:
        typed.put(name, kept)
    st.multiselect(
        label, list(options), format_func=options.__getitem__, key=typed.key(name, ()), on_change=typed.take,
        args=(name,), help=words or None, placeholder="None",
    )  # fmt: skip
    return list(kept)


def show_map(data: Dataset, category: str, as_at: pd.Period | None, chosen: Chosen) -> None:
    """Draw the one map: what is chosen has an outline, and a click on a cell puts it in or takes it out."""
    grid, at, colours = cached(lattice.grid, data), cached(lattice.references, data), palette()
    mine = np.array(sorted(at[name] for name in chosen.cells if name in at), dtype=np.intp)
    offered = np.empty(0, dtype=np.intp) if as_at is None else cached(map_offered.cells, data, category, as_at)
    shown = np.union1d(offered, mine)
    inside = set(mine.tolist())
    references = _names(data, shown)
    patches = [
        [*square, colours.series[1] if position in inside else None,
         "chosen" if position in inside else "not chosen", reference]
        for square, position, reference in zip(
            map_parts.columns_rows(grid, shown), shown.tolist(), references, strict=True
        )
    ]  # fmt: skip
    outlines = []
    if len(mine):
        shape = shapely.union_all(grid.polygons(grid.cells[mine]))
        parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)[:_NAME_SPOTS]
        spots = [maps.spot(grid, *part.representative_point().coords[0]) for part in parts]
        outlines = [["chosen", colours.series[1], "", maps.outline_rings(shape, grid), spots]]
    view = looked_at(data, grid, mine, (typed.value(RANKED, ()), typed.value(WARDS, ()), chosen.zone))
    drawn, day = Overlay(patches=patches, outlines=outlines, view=view), day_at(data, as_at)
    drawn = zone_shown.onto(data, drawn, grid, day, colours)
    base_map.show(data, colours, drawn, grid, key="problem", height=MAP_HEIGHT, on_hit=_hit)
    zone_shown.below(data, day)


def looked_at(data: Dataset, grid: Grid, mine: NDArray[np.intp], lists: tuple[object, ...]) -> View:
    """Say where the map looks: at what the lists hold, else at what the form began with; a click does not move it."""
    at, (began, _) = cached(lattice.references, data), typed.value(BEGAN, ((), ()))
    first = np.array(sorted(at[name] for name in began if name in at), dtype=np.intp)
    return map_parts.look_at(data.area, grid, "", mine if any(lists) else first, f"problem-{lists!r}-{began!r}")


def _hit(found: Hit) -> None:
    if found.kind != "cell":
        return
    now = typed.value(CELLS, ())
    typed.put(CELLS, tuple(one for one in now if one != found.id) if found.id in now else (*now, found.id))
