"""From a file of open data into the store: cut at the area and its buffer, joined, simplified, put into one order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS

from data.place.area import Area
from data.store.manifest import Layer
from data.store.store import write_whole
from data.streets.base_map import BASEMAP, FORMAT, KEY
from data.streets.network import keep_network
from data.streets.open_roads import read_links
from geo.crs import BNG
from geo.errors import InputError

TOLERANCE_M = 3.0  # half the width of a street: nothing on a screen or a sheet shows it
ATTRIBUTION = "Contains OS data © Crown copyright and database right {year}"


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
    that far from the line it meets. It is a picture; beside it the same links are kept as a network to find ways on
    (:mod:`data.streets.network`).
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
    keep_network(store, area, found["class"].to_numpy(), found["geometry"].to_numpy(), attribution, links.source)
    raw, version = _encode(kept, attribution, links.source, asdict(Layer.of(area)))
    write_whole(store / BASEMAP, raw)
    points = int(shapely.get_num_coordinates(kept["geometry"].to_numpy()).sum())
    return BasemapReport(path.name, links.source, attribution, len(found), len(kept), points, len(raw), version)


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
            "layer": pa.array(np.zeros(len(kept)), pa.int8()),
            "class": pa.array(kept["class"], pa.int8()),
            "kind": pa.array([""] * len(kept), pa.string()),
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
    table = table.replace_schema_metadata({KEY: json.dumps(head), b"geo": json.dumps(geo)})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", use_dictionary=["name", "number"], write_statistics=False)
    return sink.getvalue().to_pybytes(), str(head["version"])
