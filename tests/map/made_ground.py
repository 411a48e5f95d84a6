"""A little of everything that may lie under a map, round a point well inside an area."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from data.place.area import Area
from data.store.manifest import Layer
from data.streets import importing
from data.streets.base_map import BASEMAP, BaseMap, base_map
from data.streets.kinds import CANAL, PARK, RAIL, RIVER, STATION, STREAM, TOWN, WATER, WOOD
from data.streets.open_roads import A_ROAD, ACCESS, B_ROAD, LOCAL, MINOR, MOTORWAY, PATH
from tests.streets.made_roads import HOSTILE, cross

CREDIT = "© OpenStreetMap contributors; Contains OS data © Crown copyright and database right 2024"
# Points in metres from the middle: on an A road, on water, in a park, on a street, on land alone.
ON = {"A road": (-350, 0), "water": (-340, 230), "park": (440, 240), "street": (-130, 150), "land": (-620, -150)}


def ground(area: Area, folder: Path) -> BaseMap:
    """Make it, and keep it in a store as an import would."""
    x, y = cross(area)

    def line(*points: tuple[float, float]) -> Any:
        return shapely.LineString([(round(x + a), round(y + b)) for a, b in points])

    def box(west: float, south: float, east: float, north: float) -> Any:
        return shapely.box(x + west, y + south, x + east, y + north)

    arc = [(400 + 160 * np.cos(t), -250 + 160 * np.sin(t)) for t in np.linspace(0, np.pi, 24)]
    rows: list[tuple[str, int, str, str, str, Any]] = [
        ("roads", MOTORWAY, "", "", "M57", line((-1500, 700), (1500, 700))),
        ("roads", A_ROAD, "", "Liverpool Road", "A58", line((-700, 0), (700, 0))),
        ("roads", B_ROAD, "", "", "B5192", line((0, -600), (0, 600))),
        ("roads", MINOR, "", "Mill Lane", "", line((300, -300), (-300, -300))),  # drawn from right to left
        ("roads", LOCAL, "", HOSTILE, "", line((-300, 150), (300, 150))),
        ("roads", LOCAL, "", "Curved Crescent", "", line(*arc)),
        ("roads", ACCESS, "", "", "", line((-100, -100), (-100, -180))),
        ("roads", PATH, "", "", "", line((-250, -250), (-150, -180))),
        ("water", -1, WATER, "Mill Pool", "", box(-500, 200, -300, 400)),
        ("waterways", -1, RIVER, "Alt", "", line((-900, 600), (900, 550))),
        ("waterways", -1, CANAL, "", "", line((-900, 500), (900, 520))),
        ("waterways", -1, STREAM, "", "", line((600, -600), (700, -400))),
        ("green", -1, PARK, "Oak Park", "", box(200, 200, 500, 500)),
        ("green", -1, WOOD, "", "", box(-500, -500, -350, -350)),
        ("railways", -1, RAIL, "", "", line((-900, -420), (900, -420))),
        ("stations", -1, STATION, "Cross", "", shapely.Point(x - 60, y - 420)),
        ("places", -1, TOWN, "<i>Crossham</i>", "", shapely.Point(x + 80, y + 1300)),
    ]
    kept = importing._in_order([[(layer, c, k, n, m, shape) for layer, c, k, n, m, shape in rows]])
    raw, _ = importing._encode(kept, CREDIT, "made", asdict(Layer.of(area)))
    (folder / BASEMAP).write_bytes(raw)
    found = base_map(folder, area)
    assert found is not None
    return found
