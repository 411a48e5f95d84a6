"""Neighbourhoods made for a test: every ward of an area cut into strips, with residents, codes before and a rank."""

from __future__ import annotations

import csv
import itertools
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import shapely

from data.place.area import Area, load_area
from data.place.small_areas import SmallAreas
from data.place.small_areas_made import Known, keep_small_areas, read_boundaries
from geo.crs import geometry_to_wgs84
from tests.conftest import ROOT

STRIPS = 3
CREDIT = "Contains OS data"


def code_of(number: int, census: str = "21") -> str:
    """Code of a made neighbourhood; those of another census differ."""
    return f"E019{census}{number:03d}"


def own_area(folder: Path) -> Area:
    """The project's own area in a folder of its own, so that nothing is written beside the real one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("area.toml", "wards.geojson"):
        shutil.copy(ROOT / "data" / name, folder / name)
    return load_area(folder / "area.toml")


def strips(area: Area, each: int = STRIPS) -> list[shapely.Geometry]:
    """Every ward in so many strips from west to east, ward after ward."""
    found = []
    for ward in area.wards.polygons:
        west, south, east, north = ward.bounds
        edges = np.linspace(west, east, each + 1)
        found += [ward.intersection(shapely.box(a, south, b, north)) for a, b in itertools.pairwise(edges)]
    return found


def write_layer(
    path: Path, shapes: Sequence[shapely.Geometry], names: Mapping[int, str] | None = None, column: str = "LSOA21CD"
) -> Path:
    """GeoJSON of made neighbourhoods as the statistics office lays it out."""
    features = [
        {
            "type": "Feature",
            "properties": {column: code_of(n), column[:-2] + "NM": (names or {}).get(n, f"Made {n:03d}A"), "FID": n},
            "geometry": json.loads(shapely.to_geojson(geometry_to_wgs84(shape))),
        }
        for n, shape in enumerate(shapes)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def write_table(path: Path, head: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """CSV with a head."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(head)
        writer.writerows(rows)
    return path


def kept(
    area: Area, known: Known | None = None, each: int = STRIPS, names: Mapping[int, str] | None = None
) -> SmallAreas:
    """Keep made neighbourhoods beside an area file of :func:`own_area`; 1,000 residents and ten each more."""
    shapes = strips(area, each)
    layer = write_layer(Path(area.file).with_name("layer.json"), shapes, names)
    known = known or Known({code_of(n): 1000 + 10 * n for n in range(len(shapes))}, "made", attribution=CREDIT)
    return keep_small_areas(read_boundaries(layer, area), known, area)[0]
