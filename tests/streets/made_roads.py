"""Small files of the form in which OS OpenData publishes roads, made from the wards of an area."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.place.area import Area

OPEN_ROADS_COLUMNS = (
    "id", "fictitious", "road_classification", "road_function", "form_of_way", "road_classification_number", "name_1",
    "name_1_lang", "name_2", "name_2_lang", "road_structure", "length", "primary_route", "trunk_road",
)  # fmt: skip
HOSTILE = "<b>Fire</b> $x_2$ </script> Lane"


def cross(area: Area) -> tuple[float, float]:
    """A point well inside the area, EPSG:27700."""
    ward = area.wards.polygons[0]
    x, y = shapely.get_coordinates(shapely.point_on_surface(ward))[0]
    return float(round(x)), float(round(y))


def links(area: Area) -> pd.DataFrame:
    """Road links round a point of the area: function, number, name and line; some lie far away."""
    x, y = cross(area)

    def line(*steps: tuple[float, float]) -> Any:
        return shapely.LineString([(x + a, y + b) for a, b in steps])

    rows: list[tuple[str, str | None, str | None, Any]] = [
        ("Motorway", "M57", None, line((-60_000, 900), (60_000, 900))),
        ("A Road", "A58", "Liverpool Road", line((-400, 0), (-200, 1), (0, 0))),
        ("A Road", "A58", "Liverpool Road", line((0, 0), (200, 0), (400, 0))),  # goes on from the one before
        ("B Road", "B5192", None, line((0, -400), (0, 400))),
        ("Minor Road", None, "Mill Lane", line((-300, -300), (300, -300))),
        ("Local Road", None, HOSTILE, line((-300, 150), (300, 150))),
        ("Local Road", None, "Oak Close", line((100, 200), (140, 260), (180, 200), (100, 200))),  # a ring
        ("Restricted Local Access Road", None, None, line((-100, -100), (-100, -180))),
        ("Secondary Access Road", None, None, line((-150, -100), (-150, -180))),
        ("Local Road", None, "Far Away Street", line((300_000, 0), (300_100, 0))),
    ]
    return pd.DataFrame(rows, columns=["function", "number", "name", "geometry"])


def open_roads(path: Path, area: Area, epsg: int = 27700, **columns: Any) -> Path:
    """Write them as OS Open Roads does; ``columns`` replaces some, None takes one away."""
    made = links(area)
    frame = pd.DataFrame({name: [None] * len(made) for name in OPEN_ROADS_COLUMNS}, dtype=object)
    frame["road_function"], frame["name_1"] = made["function"], made["name"]
    frame["road_classification_number"] = made["number"]
    for name, value in columns.items():
        frame = frame.drop(columns=name) if value is None else frame.assign(**{name: value})
    geometry = shapely.force_3d(made["geometry"].to_numpy(), 7.0)  # heights are dropped
    gpd.GeoDataFrame(frame, geometry=geometry, crs=27700).to_crs(epsg).to_file(path, layer="road_link", driver="GPKG")
    nodes = gpd.GeoDataFrame({"id": ["n"]}, geometry=[shapely.Point(*cross(area))], crs=27700).to_crs(epsg)
    nodes.to_file(path, layer="road_node", driver="GPKG")
    return path


def zoomstack(path: Path, area: Area) -> Path:
    """Write them as OS Open Zoomstack does: three layers of roads among others."""
    made = links(area)
    kinds = {
        "roads_national": {"Motorway": "Motorway", "A Road": "A Road"},
        "roads_regional": {"B Road": "B Road"},
        "roads_local": {
            "Minor Road": "Minor", "Local Road": "Local", "Restricted Local Access Road": "Restricted",
            "Secondary Access Road": "Restricted",
        },
    }  # fmt: skip
    for layer, types in kinds.items():
        part = made[made["function"].isin(list(types))]
        frame = pd.DataFrame(
            {"type": part["function"].map(types), "name": part["name"], "number": part["number"], "level": 0}
        )
        if layer == "roads_local":
            frame = frame.drop(columns="number")
        gpd.GeoDataFrame(frame, geometry=part["geometry"].to_numpy(), crs=27700).to_file(path, layer=layer)
    water = gpd.GeoDataFrame({"type": ["Local"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=27700)
    water.to_file(path, layer="surfacewater")
    return path


def dense(area: Area, count: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Make so many links of short, bent, named streets, as close as in a town, in the columns of Open Roads."""
    west, south, east, north = area.wards.outline.bounds
    streets = count // 3
    starts = np.column_stack([rng.uniform(west, east, streets), rng.uniform(south, north, streets)])
    turn = rng.uniform(0, 2 * np.pi, streets)
    bend = rng.normal(0, 0.05, streets)
    functions = rng.choice(["Local Road", "Minor Road", "Restricted Local Access Road"], streets, p=[0.6, 0.2, 0.2])
    rows = []
    for k in range(streets):
        angle = turn[k] + bend[k] * np.arange(24)
        points = starts[k] + np.cumsum(9 * np.column_stack([np.cos(angle), np.sin(angle)]), axis=0)
        rows += [(functions[k], f"Street of the saints {k}", shapely.LineString(points[a : a + 9])) for a in (0, 8, 15)]
    frame = pd.DataFrame(rows, columns=["road_function", "name_1", "geometry"]).assign(road_classification_number=None)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=27700)
