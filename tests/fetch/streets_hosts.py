"""Geofabrik and Ordnance Survey as they are played: an index or list, files with their MD5, signed addresses."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from data.place.area import Area
from geo.crs import geometry_to_wgs84
from tests.fetch.standin import Asked, Reply, as_json
from tests.streets.made_roads import cross
from tests.streets.town_files import pbf_bytes

GEOFABRIK = "https://download.geofabrik.de"
ORDNANCE = "https://api.os.uk"
FOLDER = "/europe/united-kingdom/england"


def small_pbf(area: Area, name: str = "Mill Lane") -> bytes:
    """Give an extract of one street, a pond and a park, well inside the area."""
    x, y = cross(area)
    steps = [(0, 0), (200, 0), (300, 40), (0, 100), (60, 100), (60, 160), (0, 160), (100, 100), (200, 100), (200, 200)]
    degrees = shapely.get_coordinates(geometry_to_wgs84(shapely.points(np.array(steps) + np.array([x, y]))))
    ways = [
        (11, (0, 1, 2), {"highway": "residential", "name": name}),
        (12, (3, 4, 5, 6, 3), {"natural": "water", "name": "Mill Pond"}),
        (13, (7, 8, 9, 7), {"leisure": "park", "name": "Mill Park"}),
    ]
    return pbf_bytes(degrees, ways)


def boxed(name: str, west: float, south: float, east: float, north: float, parent: str = "england") -> dict[str, Any]:
    """Give an entry of the index: a rectangle of degrees."""
    urls = {"pbf": f"{GEOFABRIK}{FOLDER}/{name}-latest.osm.pbf"}
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"id": name, "parent": parent, "name": name.title(), "urls": urls},
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]},
    }


@dataclass
class Geofabrik:
    """Plays ``download.geofabrik.de`` under ``/geofabrik``.

    Attributes
    ----------
    index : list of dict
    files : mapping of str to bytes
        Extracts by name.
    md5 : bool
        Whether one is offered beside every file.
    """

    index: list[dict[str, Any]]
    files: Mapping[str, bytes]
    md5: bool = True

    @classmethod
    def of(cls, area: Area) -> Geofabrik:
        """Play one county that holds the area."""
        west, south, east, north = shapely.bounds(geometry_to_wgs84(shapely.buffer(area.wards.outline, 5000))).tolist()
        return cls([boxed("county", west, south, east, north)], {"county": small_pbf(area)})

    def __call__(self, asked: Asked) -> Reply | None:
        """Answer."""
        path = asked.path.removeprefix("/geofabrik")
        if path == "/index-v1.json":
            return as_json({"type": "FeatureCollection", "features": self.index})
        name = path.rsplit("/", 1)[-1].partition("-latest.osm.pbf")[0]
        if not path.startswith(FOLDER) or name not in self.files:
            return None
        raw = self.files[name]
        if path.endswith(".md5"):
            text = f"{hashlib.md5(raw).hexdigest()}  {name}-latest.osm.pbf\n"
            return Reply(text.encode()) if self.md5 else None
        return Reply(raw, headers={"ETag": f'"{len(raw)}"'}, parts=True)


@dataclass
class Ordnance:
    """Plays the OS Downloads API under ``/os``, and the machine that it leads to under ``/blob``; as the samples say.

    Attributes
    ----------
    files : mapping of (product, square) to bytes
    signed : int
        How many addresses were signed; one that is older than the last is refused.
    """

    files: Mapping[tuple[str, str], bytes]
    signed: int = 0
    known: bool = True  # whether the list says an MD5
    opened: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Reply | None:
        """Answer."""
        if asked.path.startswith("/blob/"):
            _, _, product, square, stamp = asked.path.split("/")
            if int(stamp) != self.signed:
                return Reply(b"expired", 403)
            self.opened.append(square)
            return Reply(self.files[product, square], parts=True)
        product, _, rest = asked.path.removeprefix("/os/downloads/v1/products/").partition("/")
        own = sorted(square for name, square in self.files if name == product)
        if not own:
            return None
        if not rest:
            return as_json({"id": product, "version": "2026-04", "areas": ["GB", *own]})
        square = asked.query.get("area", "")
        if "redirect" in asked.raw:
            self.signed += 1
            return Reply(b"", 307, {"Location": f"/blob/{product}/{square}/{self.signed}"})
        raw = self.files[product, square]
        url = f"{ORDNANCE}/downloads/v1/products/{product}/downloads?area={square}&format=ESRI%C2%AE+Shapefile&redirect"
        md5 = hashlib.md5(raw).hexdigest() if self.known else "0" * 32
        entry = {"md5": md5, "size": 0, "url": url, "format": "ESRI® Shapefile", "area": square, "fileName": "x.zip"}
        return as_json([{**entry, "format": "GML", "subformat": "3"}, entry])


def zipped(folder: Path, square: str, layers: Mapping[str, gpd.GeoDataFrame]) -> bytes:
    """Give a square as it is downloaded: a zip of shapefiles whose names begin with it."""
    made = folder / square
    made.mkdir(parents=True)
    for layer, frame in layers.items():
        frame.to_file(made / f"{square}_{layer}.shp")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(made.iterdir()):
            archive.write(path, f"OS OpenMap Local (ESRI Shape File) {square}/data/{path.name}")
    return packed.getvalue()
