"""Road links of an area out of a file of OS OpenData: which product it is, which columns it has, what they say."""

from __future__ import annotations

import sqlite3
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

from geo.crs import geometry_to_bng, geometry_to_wgs84
from geo.errors import InputError

MOTORWAY, A_ROAD, B_ROAD, MINOR, LOCAL, ACCESS, PATH = range(7)
CLASSES = ("motorway", "A road", "B road", "minor road", "local street", "access road", "path")
_DOWNLOAD = "Give the unpacked GeoPackage of OS Open Roads or OS Open Zoomstack (OS Data Hub, OpenData downloads)."
# Words of road_function (Open Roads) and type (Zoomstack), the first that is found; everything else is a local street.
_WORDS = (
    ("motorway", MOTORWAY),
    ("a road", A_ROAD),
    ("primary", A_ROAD),
    ("b road", B_ROAD),
    ("restricted", ACCESS),
    ("secondary access", ACCESS),
    ("minor", MINOR),
)


@dataclass(frozen=True)
class _Product:
    """A product: its layers, and the names its columns have had; the last column may be missing."""

    name: str
    layers: tuple[str, ...]
    kind: tuple[str, ...]
    street: tuple[str, ...]
    number: tuple[str, ...]


PRODUCTS = (
    _Product(
        "OS Open Roads",
        ("road_link", "RoadLink"),
        ("road_function", "roadFunction", "function"),
        ("name_1", "name1"),
        ("road_classification_number", "roadClassificationNumber", "roadNumber"),
    ),
    _Product(
        "OS Open Zoomstack",
        ("roads_national", "roads_regional", "roads_local"),
        ("type",),
        ("name",),
        ("number",),
    ),
)


@dataclass(frozen=True, eq=False)
class Links:
    """Road links as read.

    Attributes
    ----------
    frame : DataFrame
        class (position in ``CLASSES``), name, number ("" where there is none), geometry (EPSG:27700, lines).
    source : str
        Product and layers.
    year : int
        Of the last change of the layers, as the file states it, else of the file itself.
    """

    frame: pd.DataFrame
    source: str
    year: int


def read_links(path: Path, rectangle_m: tuple[float, float, float, float]) -> Links:
    """Read the road links that reach into a rectangle.

    Parameters
    ----------
    path : Path
        GeoPackage of OS Open Roads or OS Open Zoomstack.
    rectangle_m : (west, south, east, north)
        EPSG:27700. Only it is read.

    Returns
    -------
    Links

    Raises
    ------
    InputError
        No such file, not a GeoPackage, no layer of roads, a column is missing, or no coordinate system.
    """
    product, layers = _product(path)
    frame = pd.concat([_layer(path, product, layer, rectangle_m) for layer in layers], ignore_index=True)
    return Links(frame, f"{product.name} ({', '.join(layers)})", _year(path, layers))


def _product(path: Path) -> tuple[_Product, tuple[str, ...]]:
    """Product a file is of, and those of its layers that are there."""
    if not path.is_file():
        raise InputError("there is no such file", file=str(path), hint=_DOWNLOAD)
    try:
        there = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    except pyogrio.errors.DataSourceError as error:
        raise InputError("this is not a GeoPackage that can be read", file=str(path), hint=_DOWNLOAD) from error
    for product in PRODUCTS:
        layers = tuple(name for name in product.layers if name in there)
        if layers:
            return product, layers
    expected = "; ".join(f"{product.name}: {', '.join(product.layers)}" for product in PRODUCTS)
    raise InputError(
        f"it has no layer of roads. Expected: {expected}", file=str(path), value=", ".join(there), hint=_DOWNLOAD
    )


def _column(there: Sequence[str], names: tuple[str, ...]) -> str | None:
    return next((name for name in names if name in there), None)


def _layer(path: Path, product: _Product, layer: str, rectangle: tuple[float, float, float, float]) -> pd.DataFrame:
    """Columns class, name, number and geometry (EPSG:27700, two dimensions) of what reaches into a rectangle."""
    info = pyogrio.read_info(path, layer=layer)
    there = [str(name) for name in info["fields"]]
    kind, street, number = (_column(there, names) for names in (product.kind, product.street, product.number))
    if kind is None or street is None:
        missing = product.kind[0] if kind is None else product.street[0]
        raise InputError(
            f"layer {layer} lacks a column that {product.name} has",
            file=str(path),
            column=missing,
            value=", ".join(there),
            hint=_DOWNLOAD,
        )
    if not info["crs"]:
        raise InputError(f"layer {layer} does not say its coordinate system", file=str(path), hint="Save it with one.")
    system = CRS.from_user_input(info["crs"])
    columns = [name for name in (kind, street, number) if name]
    box = rectangle
    if system.to_epsg() != 27700:
        corners = geometry_to_wgs84(shapely.segmentize(shapely.box(*rectangle), 1000))
        degrees = CRS.from_epsg(4326)
        if not system.is_geographic:
            corners = _moved(corners, degrees, system)
        box = corners.bounds
    try:
        frame = pyogrio.read_dataframe(path, layer=layer, columns=columns, bbox=box)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise InputError(f"layer {layer} cannot be read: {error}", file=str(path), hint=_DOWNLOAD) from error
    lines = shapely.force_2d(np.asarray(frame.geometry.values, dtype=object))
    if system.to_epsg() != 27700:
        lines = geometry_to_bng(lines if system.is_geographic else _moved(lines, system, CRS.from_epsg(4326)))
    keep = ~(shapely.is_missing(lines) | shapely.is_empty(lines)) & (shapely.get_dimensions(lines) == 1)

    def text(name: str | None) -> list[str]:
        values = frame[name] if name else [""] * len(frame)
        return [" ".join(value.split()) if isinstance(value, str) else "" for value in values]

    found = pd.DataFrame({"class": [_class(v) for v in text(kind)], "name": text(street), "number": text(number)})
    found["geometry"] = lines
    kept: pd.DataFrame = found[keep]
    return kept


def _moved(geometry: Any, source: CRS, target: CRS) -> Any:
    there = Transformer.from_crs(source, target, always_xy=True)
    return shapely.transform(geometry, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))


def _class(text: str) -> int:
    """Class of a road by the publisher's words for its function."""
    words = text.lower()
    return next((found for part, found in _WORDS if part in words), LOCAL)


def _year(path: Path, layers: tuple[str, ...]) -> int:
    """Year of the last change of the layers as a GeoPackage states it, else of the file."""
    with suppress(sqlite3.Error, ValueError, TypeError):
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
            rows = base.execute("SELECT table_name, last_change FROM gpkg_contents").fetchall()
        return max(date.fromisoformat(str(change)[:10]).year for name, change in rows if name in layers)
    return date.fromtimestamp(path.stat().st_mtime).year
