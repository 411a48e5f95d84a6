"""Ward layers made for tests: squares that meet, with the columns and in the form of any publisher."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from geo.boundaries import Wards, convert_wards
from geo.crs import geometry_to_wgs84
from geo.errors import InputError

BEFORE = "the layer of before"
WEST, SOUTH, SIDE_M = 340_000.0, 390_000.0, 1500.0
PREFIXES = ("E05", "W05", "S13", "N08")
NAMES = ("Aller Vale", "Brook & Mill", "Castell Coch", "Drumin", "East End", "St Ffraid's", "Garw", "Ynys-las")


def wards(count: int, prefix: str = "E05") -> tuple[list[str], list[str], Any]:
    """Codes, names and squares (EPSG:27700) of so many wards, three in a row."""
    codes = [f"{prefix}{900 + number:06d}" for number in range(count)]
    boxes = [
        shapely.box(WEST + SIDE_M * (n % 3), SOUTH + SIDE_M * (n // 3), WEST + SIDE_M * (n % 3 + 1),
                    SOUTH + SIDE_M * (n // 3 + 1))
        for n in range(count)
    ]  # fmt: skip
    return (
        codes,
        [NAMES[n % len(NAMES)] + " " * (n >= len(NAMES)) + "I" * (n // len(NAMES)) for n in range(count)],
        boxes,
    )


def collection(columns: Mapping[str, Sequence[Any]], shapes: Sequence[Any], **head: Any) -> dict[str, Any]:
    """A feature collection; shapes are shapely's in the numbers that are to be written, or GeoJSON's own."""
    return {
        "type": "FeatureCollection",
        **head,
        "features": [
            {
                "type": "Feature",
                "properties": {name: values[place] for name, values in columns.items()},
                "geometry": shape
                if shape is None or isinstance(shape, dict)
                else json.loads(shapely.to_geojson(shape)),
            }
            for place, shape in enumerate(shapes)
        ],
    }


def simple(count: int = 4, code: str = "WD24CD", name: str = "WD24NM", **head: Any) -> dict[str, Any]:
    """A good layer in degrees."""
    codes, names, shapes = wards(count)
    return collection({code: codes, name: names}, list(geometry_to_wgs84(np.asarray(shapes))), **head)


def written(path: Path, document: Any) -> Path:
    """Write JSON as it is, also what no reader takes."""
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def file_of(
    folder: Path, form: str, columns: Mapping[str, Sequence[Any]], shapes: Sequence[Any], crs: str | None = "EPSG:27700"
) -> Path:
    """Write a layer as ``geojson``, ``gpkg``, ``shp`` or ``zip`` (a zipped shapefile)."""
    if form == "geojson":
        said = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
        return written(folder / "layer.geojson", collection(columns, shapes, **said))
    path = folder / ("layer.gpkg" if form == "gpkg" else "layer.shp")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that no coordinate system is given
        pyogrio.raw.write(
            path,
            np.asarray(shapely.to_wkb(shapes), dtype=object),
            [np.asarray(values, dtype=None if isinstance(values[0], int) else object) for values in columns.values()],
            list(columns),
            crs=crs,
            geometry_type="Polygon",
            driver="GPKG" if form == "gpkg" else "ESRI Shapefile",
            encoding="UTF-8",
        )
    return zipped(folder / "layer.zip", parts(path)) if form == "zip" else path


def parts(path: Path) -> dict[str, bytes]:
    """The files of a shapefile by name."""
    return {
        p.name: p.read_bytes()
        for p in sorted(path.parent.glob(f"{path.stem}.*"))
        if p.suffix in {".shp", ".shx", ".dbf", ".prj", ".cpg"}
    }


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write a zip archive."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def layer(path: Path, **columns: list[Any]) -> Path:
    shapes = wards(len(next(iter(columns.values()))))[2]
    return file_of(path, "geojson", columns, shapes)


def convert(source: Path, target: Path, **more: Any) -> Wards:
    """Convert a layer, with words for what has to be said of it."""
    return convert_wards(source, target, vintage="v", attribution="a", **more)


def refused(source: Path, target: Path, **more: Any) -> str:
    """What the refusal says; the target is as it was, and nothing lies beside it."""
    there = {p.name for p in target.parent.iterdir()}
    with pytest.raises(InputError) as error:
        convert(source, target, **more)
    assert target.read_text(encoding="utf-8") == BEFORE
    assert {p.name for p in target.parent.iterdir()} == there
    return str(error.value)
