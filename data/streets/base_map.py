"""Roads under the map: read once from a file of OS OpenData, kept clipped and simplified beside the incidents.

OS Open Roads (one layer ``road_link``) and OS Open Zoomstack (``roads_national``, ``roads_regional``, ``roads_local``)
cover Great Britain in some gigabytes; what is kept is a GeoParquet of some hundred kilobytes. It is no part of the
manifest: no incident depends on it, and any moment has the old file or the new one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from data.place.area import Area
from data.store.manifest import Layer
from data.store.store import write_whole
from data.streets.open_roads import read_links
from geo.crs import BNG
from geo.errors import InputError

BASEMAP = "basemap.parquet"
FORMAT = 1
TOLERANCE_M = 3.0  # half the width of a street: nothing on a screen or a sheet shows it
ATTRIBUTION = "Contains OS data © Crown copyright and database right {year}"
_KEY = b"basemap"
_AGAIN = "Load it again: python -m data basemap FILE."


@dataclass(frozen=True, eq=False)
class Roads:
    """Roads of an area and its buffer.

    Attributes
    ----------
    lines : ndarray of shapely LineString, shape (n,)
        EPSG:27700, whole metres; ordered by class, name and place.
    classes : ndarray of int, shape (n,)
        0 to 5, positions in :data:`data.streets.open_roads.CLASSES`.
    names, numbers : tuple of str, length n
        Street name, and number such as "A58"; "" where there is none. Text of a file: hostile until escaped.
    attribution : str
        What has to stand under every map that shows them.
    source : str
        Product and layers.
    version : str
        Digest of everything above.
    """

    lines: NDArray[np.object_]
    classes: NDArray[np.int8]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    attribution: str
    source: str
    version: str

    def take(self, positions: NDArray[np.intp]) -> Roads:
        """Only some of the lines, in this order; the version stays."""
        return replace(
            self,
            lines=self.lines[positions],
            classes=self.classes[positions],
            names=tuple(self.names[i] for i in positions),
            numbers=tuple(self.numbers[i] for i in positions),
        )

    def within(self, west_m: float, south_m: float, east_m: float, north_m: float) -> Roads:
        """Lines that reach into a rectangle, whole."""
        return self.take(np.sort(shapely.STRtree(self.lines).query(shapely.box(west_m, south_m, east_m, north_m))))


@dataclass(frozen=True)
class BasemapReport:
    """What one import of roads did: counts of lines as read and as kept, points and bytes kept."""

    file: str
    source: str
    attribution: str
    read: int
    lines: int
    points: int
    size: int
    version: str

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"ok": True, **asdict(self)}

    def text(self) -> list[str]:
        """Lines for a person."""
        return [
            f"{self.file}: {self.read:,} road links of {self.source} in the area and its buffer; "
            f"{self.lines:,} lines of {self.points:,} points kept ({self.size / 1000:,.0f} kB, version {self.version})",
            self.attribution,
        ]


def import_basemap(path: Path, store: Path, area: Area, year: int | None = None) -> BasemapReport:
    """Read the roads of an area from a file of OS OpenData and keep them in the store.

    Parameters
    ----------
    path : Path
        GeoPackage of OS Open Roads or OS Open Zoomstack. Only the area's rectangle is read from it.
    store : Path
        Folder of the store; made when it is not there.
    area : Area
        Roads are cut at its outline and buffer.
    year : int, optional
        Year of the copyright statement; by default that of the file's last change, as the file states it.

    Returns
    -------
    BasemapReport

    Raises
    ------
    InputError
        No such file, not a GeoPackage, layers or columns are missing (found and expected are named), no coordinate
        system, no road in the area, or the store cannot be written.

    Notes
    -----
    Links of one class, name and number are joined and simplified by :data:`TOLERANCE_M`: a side street may then end
    that far from the line it meets. It is a picture, and no network to compute routes on.
    """
    west, south, east, north = area.wards.outline.bounds
    buffer = area.buffer_m
    links = read_links(path, (west - buffer, south - buffer, east + buffer, north + buffer))
    found = links.frame
    lines = found["geometry"].to_numpy(dtype=object).copy()
    shape = shapely.buffer(area.wards.outline, buffer)
    shapely.prepare(shape)
    inside = shapely.contains_properly(shape, lines)
    over = ~inside & shapely.intersects(shape, lines)
    lines[over] = shapely.intersection(lines[over], shape)
    found["geometry"] = lines
    found = found[inside | over]
    if found.empty:
        raise InputError(
            f"no road of it lies in {area.name} or its buffer", file=str(path), hint="Give a file that covers the area."
        )
    kept = _joined(found)
    attribution = ATTRIBUTION.format(year=year or links.year)
    raw, version = _encode(kept, attribution, links.source, asdict(Layer.of(area)))
    write_whole(store / BASEMAP, raw)
    points = int(shapely.get_num_coordinates(kept["geometry"].to_numpy()).sum())
    return BasemapReport(path.name, links.source, attribution, len(found), len(kept), points, len(raw), version)


def roads(store: Path, area: Area) -> Roads | None:
    """Roads that were loaded for an area, or None where there are none.

    Raises
    ------
    InputError
        They were loaded for another ward layer or buffer, or the file is damaged.
    """
    path = store / BASEMAP
    try:
        if not path.is_file():
            return None
        table = pq.ParquetFile(path).read(use_threads=False)
        head = json.loads((table.schema.metadata or {})[_KEY])
        if head["format"] != FORMAT:
            raise InputError("the roads were kept by another version of this program", file=str(path), hint=_AGAIN)
        layer = Layer(**head["layer"])
        lines = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
        kept = Roads(
            lines=np.asarray(lines, dtype=object),
            classes=table["class"].to_numpy().astype(np.int8),
            names=tuple(table["name"].to_pylist()),
            numbers=tuple(table["number"].to_pylist()),
            attribution=str(head["attribution"]),
            source=str(head["source"]),
            version=str(head["version"]),
        )
    except (OSError, pa.ArrowInvalid, shapely.GEOSException, KeyError, TypeError, json.JSONDecodeError) as error:
        raise InputError(f"the roads under the map cannot be read: {error}", file=str(path), hint=_AGAIN) from error
    if not layer.among(area):
        raise InputError(
            f"the roads under the map were cut for another area: {layer}; the area file describes {Layer.of(area)}",
            file=str(path),
            hint=_AGAIN,
        )
    return kept


def basemap_version(store: Path) -> str:
    """Version of the roads that are kept, without reading them; "" where there are none that can be read."""
    path = store / BASEMAP
    try:
        return str(json.loads(pq.read_schema(path).metadata[_KEY])["version"]) if path.is_file() else ""
    except (OSError, pa.ArrowInvalid, KeyError, TypeError, json.JSONDecodeError):
        return f"damaged-{path.stat().st_mtime_ns}" if path.is_file() else ""


# --- keeping ---------------------------------------------------------------------------------------------------------
def _joined(found: pd.DataFrame) -> pd.DataFrame:
    """Join links of one class, name and number, simplify them, and put them into one order."""
    rows = []
    for (level, name, number), group in found.groupby(["class", "name", "number"], sort=True):
        every = shapely.get_parts(group["geometry"].to_numpy(dtype=object))
        every = every[shapely.get_type_id(every) == 1]
        # one direction and one start, whatever the order of the file was
        merged = shapely.normalize(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(every))))
        merged = shapely.simplify(merged, TOLERANCE_M)
        merged = shapely.remove_repeated_points(shapely.transform(merged, np.rint))
        rows += [(level, name, number, line) for line in merged if line.length > 0]
    joined = pd.DataFrame(rows, columns=["class", "name", "number", "geometry"])
    joined["wkb"] = shapely.to_wkb(joined["geometry"].to_numpy(dtype=object))
    return joined.sort_values(["class", "name", "number", "wkb"], kind="stable", ignore_index=True)


def _encode(kept: pd.DataFrame, attribution: str, source: str, layer: Mapping[str, object]) -> tuple[bytes, str]:
    table = pa.table(
        {
            "class": pa.array(kept["class"], pa.int8()),
            "name": pa.array(list(kept["name"]), pa.string()),
            "number": pa.array(list(kept["number"]), pa.string()),
            "geometry": pa.array(list(kept["wkb"]), pa.binary()),
        }
    )
    head = {"format": FORMAT, "attribution": attribution, "source": source, "layer": dict(layer)}
    digest = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
    for level, name, number, line in zip(*(kept[c] for c in ("class", "name", "number", "wkb")), strict=True):
        digest.update(repr((int(level), str(name), str(number))).encode())
        digest.update(bytes(line))
    head["version"] = digest.hexdigest()[:12]
    columns = {"geometry": {"encoding": "WKB", "geometry_types": ["LineString"], "crs": CRS(BNG).to_json_dict()}}
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": columns}
    table = table.replace_schema_metadata({_KEY: json.dumps(head), b"geo": json.dumps(geo)})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", use_dictionary=["name", "number"], write_statistics=False)
    return sink.getvalue().to_pybytes(), str(head["version"])
