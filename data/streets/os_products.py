"""Roads, water, green, railways and places out of OS OpenData: which product a file is of, and what its columns say.

Read are OS Open Roads, OS Open Zoomstack, OS OpenMap Local and OS Open Greenspace, as GeoPackage, as shapefile, or as
the zip in which either is downloaded. Layers and columns are named as the products' technical specifications name
them; a shapefile's are cut at ten letters, and its layers begin with their square (``SJ_Road``).
"""

from __future__ import annotations

import re
import sqlite3
import zipfile
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from data.streets import kinds
from data.streets.found import OGL, ROADS, Found, rows, text
from data.streets.open_roads import road_class
from geo.crs import geometry_to_bng, geometry_to_wgs84
from geo.errors import InputError

MOST_BYTES = 16 << 30  # of a GeoPackage, of which only a rectangle is read, and of all that a zip unpacks to
_DOWNLOAD = (
    "Give the unpacked GeoPackage of OS Open Roads or OS Open Zoomstack, or squares of OS OpenMap Local and OS Open "
    "Greenspace (OS Data Hub, OpenData downloads); or a county's .osm.pbf."
)
_SHEETS = (".shp", ".gpkg")

# Words of a column, the first of them that is part of what stands there; "" stands for all others.
_GREEN = (
    ("allotment", kinds.ALLOTMENTS), ("cemetery", kinds.CEMETERY), ("religious", kinds.CEMETERY),
    ("golf", kinds.GOLF), ("park or garden", kinds.PARK), ("", kinds.PITCH),
)  # fmt: skip
_RAIL = (("tunnel", ""), ("", kinds.RAIL))
_STATION = (("light rapid", kinds.TRAM_STOP), ("", kinds.STATION))
_LINES = (("mhw", ""), ("mlw", ""), ("high water", ""), ("low water", ""), ("", kinds.STREAM))
_NAMES = (
    ("city", kinds.CITY), ("capital", kinds.CITY), ("town", kinds.TOWN), ("suburban", kinds.SUBURB),
    ("village", kinds.VILLAGE), ("hamlet", kinds.HAMLET), ("small settlement", kinds.NEIGHBOURHOOD), ("", ""),
)  # fmt: skip
_POPULATED = (("populated", kinds.SUBURB), ("", ""))  # OpenMap Local tells no towns from suburbs


@dataclass(frozen=True)
class _Table:
    """A layer of a product: what becomes of it, and the names its columns have had."""

    layer: str
    to: str
    kind: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    number: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    named: bool = False  # a row without a name says nothing

    @property
    def key(self) -> str:
        return _key(self.layer)


@dataclass(frozen=True)
class Product:
    """A product; its first layers are those it is known by."""

    name: str
    known_by: tuple[str, ...]
    tables: tuple[_Table, ...]


def _zoomstack_road(layer: str) -> _Table:
    return _Table(layer, ROADS, ("type",), ("name",), ("number",))


PRODUCTS = (
    Product(
        "OS Open Roads",
        ("road_link",),
        (
            _Table(
                "road_link",
                ROADS,
                ("road_function", "roadFunction", "function"),
                ("name_1", "name1"),
                ("road_classification_number", "roadClassificationNumber", "roadNumber"),
            ),
        ),
    ),
    Product(
        "OS Open Zoomstack",
        ("roads_national", "roads_regional", "roads_local"),
        (
            _zoomstack_road("roads_national"),
            _zoomstack_road("roads_regional"),
            _zoomstack_road("roads_local"),
            _Table("surfacewater", "water", words=(("", kinds.WATER),)),
            _Table("waterlines", "waterways", ("type",), words=_LINES),
            _Table("greenspace", "green", ("type", "function"), words=_GREEN),
            _Table("woodland", "green", words=(("", kinds.WOOD),)),
            _Table("rail", "railways", ("type",), words=_RAIL),
            _Table("railway_stations", "stations", ("type",), ("name",), words=_STATION, named=True),
            _Table("names", "places", ("type",), ("name1", "name"), words=_NAMES, named=True),
        ),
    ),
    Product(
        "OS OpenMap Local",
        ("road", "surface_water_area", "named_place"),
        (
            _Table("road", ROADS, ("classification",), ("distinctive_name", "distname"), ("road_number", "roadnumber")),
            _Table("surface_water_area", "water", words=(("", kinds.WATER),)),
            _Table("tidal_water", "water", words=(("", kinds.TIDAL),)),
            _Table("surface_water_line", "waterways", words=(("", kinds.STREAM),)),
            _Table("woodland", "green", words=(("", kinds.WOOD),)),
            _Table("railway_track", "railways", words=(("", kinds.RAIL),)),
            _Table("railway_station", "stations", ("classification",), ("distinctive_name", "distname"), words=_STATION,
                   named=True),
            _Table("named_place", "places", ("classification",), ("distinctive_name", "distname"), words=_POPULATED,
                   named=True),
        ),
    ),
    Product(
        "OS Open Greenspace",
        ("greenspace_site",),
        (
            _Table("greenspace_site", "green", ("function",), ("distinctive_name_1", "distname1"), words=_GREEN),
        ),
    ),
)  # fmt: skip


def read_os(path: Path, rectangle_m: tuple[float, float, float, float]) -> Found:
    """Read what lies in a rectangle.

    Parameters
    ----------
    path : Path
        GeoPackage, shapefile, or a zip of either.
    rectangle_m : (west, south, east, north)
        EPSG:27700. Only it is read.

    Returns
    -------
    Found
        Water, green and the like are empty where the product has none.

    Raises
    ------
    InputError
        No such file, too large, of another form, no layer that is known, a column is missing, or no coordinate system.
    """
    if not path.is_file():
        raise InputError("there is no such file", file=str(path), hint=_DOWNLOAD)
    sheets = _sheets(path)
    there = {_key(layer): (place, layer) for place in sheets for layer in _layers(path, place)}
    product = next((each for each in PRODUCTS if any(_key(layer) in there for layer in each.known_by)), None)
    if product is None:
        expected = "; ".join(f"{product.name}: {', '.join(product.known_by)}" for product in PRODUCTS)
        found = ", ".join(layer for _, layer in there.values())
        raise InputError(
            f"it has no layer of roads, water or green. Expected: {expected}",
            file=str(path),
            value=found,
            hint=_DOWNLOAD,
        )
    tables = [(table, *there[table.key]) for table in product.tables if table.key in there]
    frames = [_rows(path, place, layer, product, table, rectangle_m) for table, place, layer in tables]
    year = _year(path, [layer for _, _, layer in tables])
    return Found(pd.concat(frames, ignore_index=True), (product.name,), (OGL,), year)


def _key(layer: str) -> str:
    """Name of a layer without its square, marks and capitals."""
    return re.sub(r"^(?:[A-Z]{2}|GB)_(?=[A-Z])|[^a-zA-Z]", "", layer).lower()


def _sheets(path: Path) -> list[str]:
    """Where GDAL finds the layers: the file itself, or the members of a zip."""
    size = path.stat().st_size
    if not zipfile.is_zipfile(path):
        _check_size(path, size)
        return [str(path)]
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if not m.is_dir()]
        _check_size(path, sum(m.file_size for m in members))
        names = [m.filename for m in members if m.filename.lower().endswith(_SHEETS)]
    if not names or any(".." in name.split("/") or name.startswith("/") for name in names):
        raise InputError(
            "this zip has no shapefile and no GeoPackage", file=str(path), value=", ".join(names), hint=_DOWNLOAD
        )
    wanted = {table.key for product in PRODUCTS for table in product.tables}
    shapes = [n for n in names if n.lower().endswith(".gpkg") or _key(Path(n).stem) in wanted]
    return [f"/vsizip/{{{path.resolve()}}}/{name}" for name in sorted(shapes or names)]


def _check_size(path: Path, size: int) -> None:
    if size > MOST_BYTES:
        raise InputError(
            "this file is too large to be read",
            file=str(path),
            value=f"{size / 1e9:,.1f} GB; at most {MOST_BYTES / 1e9:,.1f} GB",
            hint=_DOWNLOAD,
        )


def _layers(path: Path, place: str) -> list[str]:
    try:
        return [str(name) for name in pyogrio.list_layers(place)[:, 0]]
    except pyogrio.errors.DataSourceError as error:
        raise InputError(
            "this is not a GeoPackage or shapefile that can be read", file=str(path), hint=_DOWNLOAD
        ) from error


def _column(there: Sequence[str], names: tuple[str, ...]) -> str | None:
    """Give the column that has one of the names; a shapefile cuts them at ten letters."""
    for name in names:
        for column in there:
            if column.lower() in (name.lower(), name.lower()[:10]):
                return column
    return None


def _rows(
    path: Path, place: str, layer: str, product: Product, table: _Table, rectangle: tuple[float, float, float, float]
) -> pd.DataFrame:
    """Rows of what a layer has in a rectangle: EPSG:27700, two dimensions."""
    info = pyogrio.read_info(place, layer=layer)
    there = [str(name) for name in info["fields"]]
    kind, name, number = (_column(there, names) for names in (table.kind, table.name, table.number))
    needed = ((kind, table.kind), (name, table.name))
    for column, names in needed:
        if names and column is None:
            raise InputError(
                f"layer {layer} lacks a column that {product.name} has",
                file=str(path),
                column=names[0],
                value=", ".join(there),
                hint=_DOWNLOAD,
            )
    ids = _column(there, ("id", "identifier", "gml_id"))
    shapes, frame = _shapes(path, place, layer, info["crs"], [c for c in (kind, name, number, ids) if c], rectangle)

    def words(column: str | None) -> list[str]:
        return text(frame[column]) if column else [""] * len(frame)

    told, names_found = words(kind), words(name)
    if table.to == ROADS:
        return rows(
            ROADS,
            shapes,
            classes=[road_class(word) for word in told],
            names=names_found,
            numbers=words(number),
            ids=words(ids),
        )
    found = [next(to for part, to in table.words if part in word.lower()) for word in told]
    kept = [i for i, to in enumerate(found) if to and (names_found[i] or not table.named)]
    every = words(ids)
    return rows(
        table.to,
        shapes[kept],
        kinds=[found[i] for i in kept],
        names=[names_found[i] for i in kept],
        ids=[every[i] for i in kept],
    )


def _shapes(
    path: Path,
    place: str,
    layer: str,
    crs: str | None,
    columns: list[str],
    rectangle: tuple[float, float, float, float],
) -> tuple[Any, pd.DataFrame]:
    if not crs:
        raise InputError(f"layer {layer} does not say its coordinate system", file=str(path), hint="Save it with one.")
    system = CRS.from_user_input(crs)
    metres = system.to_epsg(min_confidence=60) == 27700
    box: Any = rectangle
    if not metres:
        corners = geometry_to_wgs84(shapely.segmentize(shapely.box(*rectangle), 1000))
        if not system.is_geographic:
            try:
                corners = _moved(corners, CRS.from_epsg(4326), system)
            except ProjError as error:
                raise InputError(
                    f"layer {layer} is of a coordinate system that nothing can be moved to",
                    file=str(path),
                    value=system.name,
                    hint="Save it in British National Grid (EPSG:27700).",
                ) from error
        box = corners.bounds
    try:
        frame = pyogrio.read_dataframe(place, layer=layer, columns=columns, bbox=box)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        ValueError,
    ) as error:
        raise InputError(f"layer {layer} cannot be read: {error}", file=str(path), hint=_DOWNLOAD) from error
    shapes = shapely.force_2d(np.asarray(frame.geometry.values, dtype=object))
    if not metres:
        degrees = shapes if system.is_geographic else _moved(shapes, system, CRS.from_epsg(4326))
        shapes = geometry_to_bng(degrees)
    whole = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    return shapes[whole], frame[whole]


def _moved(geometry: Any, source: CRS, target: CRS) -> Any:
    there = Transformer.from_crs(source, target, always_xy=True)
    return shapely.transform(geometry, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))


def _year(path: Path, layers: Sequence[str]) -> int:
    """Year of the last change of the layers as a GeoPackage states it, else of what a zip holds, else of the file."""
    with suppress(sqlite3.Error, ValueError, TypeError):
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
            found = base.execute("SELECT table_name, last_change FROM gpkg_contents").fetchall()
        return max(date.fromisoformat(str(change)[:10]).year for name, change in found if name in layers)
    with suppress(zipfile.BadZipFile, ValueError), zipfile.ZipFile(path) as archive:
        return max(member.date_time[0] for member in archive.infolist())
    return date.fromtimestamp(path.stat().st_mtime).year
