"""An area file with two ward layers: the project's wards, and an invented set with a merged and a split ward."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import shapely

from data.place.area import Area, load_area
from data.place.layer_added import Added, add_layer
from geo.boundaries import read_wards
from tests.conftest import ROOT

FIRST, DAY = "2016-05-05", "2028-05-04"
MERGED = ("E05010942", "E05010947")  # Roby and Swanside
SPLIT = "E05010948"  # Whiston and Cronton
JOINED, EAST, WEST = "E05020001", "E05020002", "E05020003"


def recut(wards: Path, target: Path) -> Path:
    """Write wards of 2028: two of a layer merged, one split down its middle, the others as they are with new codes."""
    read = read_wards(wards)
    shapes = dict(zip(read.codes, read.polygons, strict=True))
    names = dict(zip(read.codes, read.names, strict=True))
    west, south, east, north = shapes[SPLIT].bounds
    half = shapely.box(west - 1, south - 1, (west + east) / 2, north + 1)
    found = {
        JOINED: ("Roby and Swanside", shapely.union_all([shapes[code] for code in MERGED])),
        EAST: ("Cronton", shapely.difference(shapes[SPLIT], half)),
        WEST: ("Whiston", shapely.intersection(shapes[SPLIT], half)),
    }
    rest = [code for code in shapes if code not in {*MERGED, SPLIT}]
    found |= {f"E050201{n:02d}": (names[code], shapes[code]) for n, code in enumerate(rest)}
    gpd.GeoDataFrame(
        {"WD28CD": list(found), "WD28NM": [name for name, _ in found.values()]},
        geometry=[shape for _, shape in found.values()],
        crs=27700,
    ).to_file(target, driver="GeoJSON")
    return target


def two_layers(folder: Path, wards: Path | None = None, vintage: str = "in force from May 2028") -> Area:
    """Write the project's area file into a folder with a second layer, made of a ward file; gives it with the first."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("area.toml", "wards.geojson"):
        shutil.copy(ROOT / "data" / name, folder / name)
    source = recut(wards or ROOT / "data" / "wards.geojson", folder / "source.json")
    add_layer(source, folder / "area.toml", Added(DAY, vintage=vintage))
    return load_area(folder / "area.toml")
