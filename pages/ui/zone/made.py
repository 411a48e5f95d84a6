"""A zone that is made of places, streets or wards: what there is to choose, and the union of what is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from analysis.where.places import Place, is_generic, street_name
from geo.grid import Grid
from pages.ui.map import base_map, lattice
from pages.ui.map.ranked import places as ranked_places
from pages.ui.shell import filters
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import resolve

MOST_PLACES, SHARE = 30, 0.05
WIDTHS, USUAL_WIDTH = (10, 15, 25, 50, 100), 25  # metres to either side of a street
_TOLERANCE_M = 1.0  # of the outline of streets: their round ends have very many corners


def listed_places(data: Dataset) -> tuple[Place, ...]:
    """Busiest places of what is chosen on the page, as Hotspots ranks them; none where nothing is loaded."""
    chosen = resolve(filters.choice(), data.incidents.months)
    if chosen.as_at is None:
        return ()
    return cached(ranked_places, data, chosen.category, chosen.as_at, chosen.season, SHARE)[:MOST_PLACES]


def of_places(data: Dataset, found: Sequence[Place]) -> Any:
    """Join the cells of places; None of none."""
    grid: Grid = cached(lattice.grid, data)
    return _union([grid.polygons(place.cells) for place in found])


def street_names(data: Dataset) -> tuple[str, ...]:
    """Names of the streets that can be chosen, in their order: of the roads that were loaded, else of snap points."""
    return tuple(cached(_streets, data))


def on_roads(data: Dataset) -> bool:
    """Whether streets are those of a base map, and not points of published incidents."""
    return base_map.base_map_of(data) is not None


def of_streets(data: Dataset, names: Sequence[str], width_m: float) -> Any:
    """Join streets, each as wide as is chosen to either side of it; None of none."""
    every = cached(_streets, data)
    lines = [every[name] for name in names if name in every]
    if not lines:
        return None
    wide = shapely.buffer(shapely.union_all(lines), width_m, quad_segs=4)
    return shapely.simplify(wide, _TOLERANCE_M)


def of_wards(data: Dataset, codes: Sequence[str]) -> Any:
    """Join wards; None of none."""
    wards = data.area.wards
    return _union([polygon for code, polygon in zip(wards.codes, wards.polygons, strict=True) if code in set(codes)])


def _union(shapes: Sequence[Any]) -> Any:
    return shapely.union_all(np.concatenate([np.atleast_1d(one) for one in shapes])) if shapes else None


def _streets(data: Dataset) -> Mapping[str, Any]:
    """Lines of every named road in the area, or the snap points of every street, by name."""
    ground = base_map.base_map_of(data)
    if ground is not None:
        roads, outline = ground.roads, data.area.wards.outline
        shapely.prepare(outline)
        named = np.array([bool(name) for name in roads.names], dtype=bool)
        at = np.flatnonzero(named & shapely.intersects(outline, roads.lines))
        return _joined([roads.names[i] for i in at], roads.lines[at])
    points = data.incidents.in_area().frame[["location", "easting_m", "northing_m"]].drop_duplicates()
    names = {text: street_name(text) for text in points["location"].unique()}
    streets = points["location"].astype("object").map(names).to_numpy(dtype=object)
    on = np.array([bool(name) and not is_generic(name) for name in streets], dtype=bool)
    spots = shapely.points(points["easting_m"].to_numpy(float)[on], points["northing_m"].to_numpy(float)[on])
    return _joined(list(streets[on]), np.atleast_1d(spots))


def _joined(names: Sequence[str], shapes: Any) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for name, one in zip(names, shapes, strict=True):
        found.setdefault(str(name), []).append(one)
    return {name: shapely.union_all(found[name]) for name in sorted(found)}
