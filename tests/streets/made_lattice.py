"""Streets in straight lines over an area: small, quick to join, and every way on them is known beforehand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from data.place.area import Area
from data.streets.network import Network, keep_network
from data.streets.open_roads import LOCAL

STEP_M = 300.0
SOURCE, ATTRIBUTION = "made <b>lattice</b>", "© nobody & sons"


def keep_lattice(store: Path, area: Area, until_m: float = np.inf) -> Network:
    """Keep streets every 300 m, those to the west of a line only; a way is as long as its steps east and north."""
    west, south, east, north = area.wards.outline.bounds
    xs, ys = np.arange(west, min(east, until_m) + STEP_M, STEP_M), np.arange(south, north + STEP_M, STEP_M)
    lines = [shapely.LineString([(x, y) for y in ys]) for x in xs] + [
        shapely.LineString([(x, y) for x in xs]) for y in ys
    ]
    level, foot = np.full(len(lines), LOCAL, np.int8), np.ones(len(lines), bool)
    return keep_network(store, area, level, foot, np.array(lines, dtype=object), ATTRIBUTION, SOURCE)
