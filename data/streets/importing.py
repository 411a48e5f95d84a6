"""From files of open data into the store: cut at the area and its buffer, joined, simplified, put into one order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
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
from data.store.store import written_first
from data.streets.base_map import BASEMAP, FORMAT, KEY, LAYERS
from data.streets.found import ROADS
from data.streets.network import keep_network
from data.streets.open_roads import B_ROAD
from data.streets.reading import read_files
from geo.crs import BNG
from geo.errors import InputError

TOLERANCE_M = 3.0  # half the width of a street: nothing on a screen or a sheet shows it
LEAST_M2 = 300.0  # a smaller pond or lawn is a speck where a street is a street
TWICE_M = 300.0  # two points of one name and kind as near as this are one
_AREAS = ("water", "green")
_POINTS = ("stations", "places")
_KEPT = ["layer", "class", "kind", "name", "number"]


@dataclass(frozen=True)
class BasemapReport:
    """What one import did.

    Attributes
    ----------
    file : str
        Names of the files.
    source, attribution : str
    read : int
        Road links in the area and its buffer, as read.
    lines, points, size : int
        Lines of roads and points of all shapes that are kept; bytes.
    layers : dict of str to int
        Shapes kept, by layer.
    version : str
    """

    file: str
    source: str
    attribution: str
    read: int
    lines: int
    points: int
    size: int
    layers: Mapping[str, int]
    version: str

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"ok": True, **asdict(self)}

    def text(self) -> list[str]:
        """Lines for a person."""
        others = {layer: count for layer, count in self.layers.items() if layer != ROADS}
        there = ", ".join(f"{layer} {count:,}" for layer, count in others.items() if count)
        missing = ", ".join(layer for layer, count in others.items() if not count)
        return [
            f"{self.file}: {self.read:,} road links of {self.source} in the area and its buffer; "
            f"{self.lines:,} lines of roads and {self.points:,} points in all kept ({self.size / 1000:,.0f} kB, "
            f"version {self.version})",
            *([f"Beside roads: {there}."] if there else []),
            *([f"None of it there: {missing}."] if missing else []),
            self.attribution,
        ]


def import_basemap(paths: Path | Sequence[Path], store: Path, area: Area, year: int | None = None) -> BasemapReport:
    """Read what lies under the map of an area from files of open data, and keep it in the store.

    Parameters
    ----------
    paths : Path or sequence of Path
        GeoPackages, shapefiles or zips of OS OpenData, extracts of OpenStreetMap; together they cover the area. Only
        the area's rectangle is read from them.
    store : Path
        Folder of the store; made when it is not there.
    area : Area
        Everything is cut at its outline and buffer.
    year : int, optional
        Year of Ordnance Survey's copyright statement; by default that of the files' last change, as they state it.

    Returns
    -------
    BasemapReport

    Raises
    ------
    InputError
        A file is missing, of another form, damaged or too large; layers or columns are missing (found and expected are
        named); no road in the area; or the store cannot be written.

    Notes
    -----
    Links of one class, name and number are joined and simplified by :data:`TOLERANCE_M`: a side street may then end
    that far from the line it meets. It is a picture; beside it the same links, and those that are not drawn but may be
    walked along, are kept as a network to find ways on (:mod:`data.streets.network`). Areas below :data:`LEAST_M2` are
    left out.
    """
    files = [paths] if isinstance(paths, Path) else list(paths)
    west, south, east, north = area.wards.outline.bounds
    buffer = area.buffer_m
    found = read_files(files, (west - buffer, south - buffer, east + buffer, north + buffer))
    inside = _cut(found.frame, shapely.buffer(area.wards.outline, buffer))
    roads = inside[inside["layer"] == ROADS]
    names = ", ".join(path.name for path in files)
    if roads.empty:
        raise InputError(
            f"no road of it lies in {area.name} or its buffer",
            file=str(files[0]) if len(files) == 1 else names,
            hint="Give a file that covers the area.",
        )
    attribution = found.attribution(year)
    ways = roads[roads["foot"] | (roads["class"] <= B_ROAD)]  # smaller ones where nobody may walk are private
    level, foot = ways["class"].to_numpy(np.int8), ways["foot"].to_numpy(bool)
    kept = _in_order([_lines(inside), _areas(inside), _points(inside)])
    raw, version = _encode(kept, attribution, found.source, asdict(Layer.of(area)))
    with written_first(store / BASEMAP, raw):  # both are kept, or neither
        keep_network(store, area, level, foot, ways["geometry"].to_numpy(), attribution, found.source)
    counts = kept["layer"].value_counts()
    layers = {layer: int(counts.get(layer, 0)) for layer in LAYERS}
    points = int(shapely.get_num_coordinates(kept["geometry"].to_numpy()).sum())
    return BasemapReport(names, found.source, attribution, len(roads), layers[ROADS], points, len(raw), layers, version)


def _cut(frame: pd.DataFrame, shape: Any) -> pd.DataFrame:
    """Cut everything at a shape."""
    shapely.prepare(shape)
    geometry = frame["geometry"].to_numpy(dtype=object).copy()
    broken = ~shapely.is_valid(geometry) & (shapely.get_dimensions(geometry) == 2)
    geometry[broken] = shapely.make_valid(geometry[broken])
    inside = shapely.contains_properly(shape, geometry)
    over = ~inside & shapely.intersects(shape, geometry)
    geometry[over] = shapely.intersection(geometry[over], shape)
    found: pd.DataFrame = frame.assign(geometry=geometry)[inside | over]
    dimension = found["layer"].map(lambda layer: 2 if layer in _AREAS else 0 if layer in _POINTS else 1)
    right = shapely.get_dimensions(found["geometry"].to_numpy(dtype=object)) == dimension.to_numpy()
    kept: pd.DataFrame = found[right]
    return kept


# --- one shape for what belongs together -----------------------------------------------------------------------------
Key = tuple[Any, ...]


def _groups(frame: pd.DataFrame, dimension: int) -> Iterator[tuple[Key, NDArray[np.object_]]]:
    """Shapes that say the same, in an order that does not depend on that of the file."""
    group = frame.groupby(_KEPT, sort=True).ngroup().to_numpy()
    keys = frame[_KEPT].assign(group=group).drop_duplicates("group").sort_values("group")
    shapes, of = shapely.get_parts(frame["geometry"].to_numpy(dtype=object), return_index=True)
    right = shapely.get_dimensions(shapes) == dimension
    shapes, group = shapes[right], group[of[right]]
    order = pd.DataFrame({"group": group, "wkb": shapely.to_wkb(shapes)}).sort_values(["group", "wkb"]).index
    shapes, group = shapes[order], group[order]
    ends = np.searchsorted(group, np.arange(len(keys) + 1))
    for key, start, end in zip(keys[_KEPT].itertuples(index=False, name=None), ends[:-1], ends[1:], strict=True):
        if end > start:
            yield key, shapes[start:end]


def _lines(frame: pd.DataFrame) -> list[Key]:
    """Join lines of one class, name and number, and simplify them."""
    lines = frame[frame["drawn"] & ~frame["layer"].isin([*_AREAS, *_POINTS])]
    keys, found = [], []
    for key, every in _groups(lines, 1):
        alone = len(every) == 1
        joined = every if alone else shapely.get_parts(shapely.line_merge(shapely.multilinestrings(every)))
        keys += [key] * len(joined)
        found.append(joined)
    if not found:
        return []
    # one direction and one start, whatever the order of the file was
    plain = shapely.simplify(shapely.normalize(np.concatenate(found)), TOLERANCE_M)
    plain = shapely.remove_repeated_points(shapely.transform(plain, np.rint))
    return [(*key, line) for key, line, kept in zip(keys, plain, shapely.length(plain) > 0, strict=True) if kept]


def _areas(frame: pd.DataFrame) -> list[Key]:
    """Unite areas of one kind and name that touch, simplify them, and leave out what is too small to see."""
    kept = []
    for key, every in _groups(frame[frame["layer"].isin(_AREAS)], 2):
        united = shapely.normalize(shapely.get_parts(shapely.disjoint_subset_union_all(every)))
        plain = shapely.simplify(shapely.normalize(united), TOLERANCE_M)
        whole = shapely.get_parts(shapely.set_precision(plain, 1.0))
        for part in whole[(shapely.get_dimensions(whole) == 2) & (shapely.area(whole) >= LEAST_M2)]:
            holes = [ring for ring in part.interiors if shapely.Polygon(ring).area >= LEAST_M2]
            kept.append((*key, shapely.normalize(shapely.Polygon(part.exterior, holes))))
    return kept


def _points(frame: pd.DataFrame) -> list[Key]:
    """Keep one of several points that stand for one thing."""
    kept = []
    for key, every in _groups(frame[frame["layer"].isin(_POINTS)], 0):
        there: list[Any] = []
        for point in shapely.transform(every, np.rint):
            if all(shapely.distance(point, other) > TWICE_M for other in there):
                there.append(point)
        kept += [(*key, point) for point in there]
    return kept


# --- keeping ---------------------------------------------------------------------------------------------------------
def _in_order(found: Sequence[list[Key]]) -> pd.DataFrame:
    kept = pd.DataFrame([row for each in found for row in each], columns=[*_KEPT, "geometry"])
    kept["wkb"] = shapely.to_wkb(kept["geometry"].to_numpy(dtype=object))
    kept["at"] = [LAYERS.index(layer) for layer in kept["layer"]]
    return kept.sort_values(["at", *_KEPT[1:], "wkb"], kind="stable", ignore_index=True)


def _encode(kept: pd.DataFrame, attribution: str, source: str, layer: Mapping[str, object]) -> tuple[bytes, str]:
    table = pa.table(
        {
            "layer": pa.array(kept["at"], pa.int8()),
            "class": pa.array(kept["class"], pa.int8()),
            "kind": pa.array(list(kept["kind"]), pa.string()),
            "name": pa.array(list(kept["name"]), pa.string()),
            "number": pa.array(list(kept["number"]), pa.string()),
            "geometry": pa.array(list(kept["wkb"]), pa.binary()),
        }
    )
    head = {"format": FORMAT, "attribution": attribution, "source": source, "layer": dict(layer)}
    digest = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
    for *words, shape in zip(*(kept[c] for c in ("at", *_KEPT[1:], "wkb")), strict=True):
        digest.update(repr([str(word) for word in words]).encode())
        digest.update(bytes(shape))
    head["version"] = digest.hexdigest()[:12]
    kinds = ["LineString", "Point", "Polygon"]
    columns = {"geometry": {"encoding": "WKB", "geometry_types": kinds, "crs": CRS(BNG).to_json_dict()}}
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": columns}
    table = table.replace_schema_metadata({KEY: json.dumps(head), b"geo": json.dumps(geo)})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", use_dictionary=["kind", "name", "number"], write_statistics=False)
    return sink.getvalue().to_pybytes(), str(head["version"])
