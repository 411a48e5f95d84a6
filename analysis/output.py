"""Tables that leave the command line: CSV, GeoJSON, GeoPackage or Parquet by extension, with how they were made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.method import Method
from geo.boundaries import Wards
from geo.crs import BNG
from geo.errors import InputError
from geo.grid import Grid
from geo.web import feature_collection

FORMATS = (".csv", ".geojson", ".gpkg", ".parquet")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def metadata(what: str, method: Method | None = None, **more: str) -> dict[str, Any]:
    """Say what a table holds and how it was made, as it stands in or beside the file.

    Parameters
    ----------
    what : str
    method : Method, optional
    **more : str
        Such as the attribution.

    Returns
    -------
    dict
        Plain values.
    """
    made: dict[str, Any] = {"title": what}
    if method is not None:
        made |= {
            "method": method.name,
            "parameters": dict(method.parameters),
            "n": method.n,
            "correction": method.correction,
            "data_version": method.data_version,
            "period": method.period,
            "caveats": list(method.caveats),
            "sources": list(method.source_refs),
        }
    return made | more


def write(table: pd.DataFrame, target: Path, made: Mapping[str, Any], geometry: Any = None) -> None:
    """Write a table in the format of the file's extension.

    Parameters
    ----------
    table : DataFrame
        Months as text; plain columns.
    target : path
        ``.csv`` (metadata in ``NAME.csv.json`` beside it), ``.geojson`` (degrees, metadata as a member), ``.gpkg``
        (EPSG:27700, metadata in the layer's description) or ``.parquet`` (metadata in its schema).
    made : mapping
        Of :func:`metadata`.
    geometry : array of shapely geometries, optional
        One a row, EPSG:27700; needed for GeoJSON and GeoPackage.

    Raises
    ------
    InputError
        Another extension, a table without places for a map format, or a folder that is not there.
    """
    kind = target.suffix.lower()
    if kind not in FORMATS:
        raise InputError("this file format is not written", file=str(target), hint="Use one of: " + ", ".join(FORMATS))
    if kind in {".geojson", ".gpkg"} and geometry is None:
        raise InputError(
            "this table has no places to draw", file=str(target), hint="Write it as .csv or .parquet instead."
        )
    if not target.parent.is_dir():
        raise InputError("there is no such folder", file=str(target.parent))
    aside = target.with_name(f".{target.stem}.part{target.suffix}")
    try:
        if kind == ".csv":
            with aside.open("w", encoding="utf-8", newline="") as file:
                write_csv(table, file)
            beside = target.with_name(target.name + ".json")
            beside.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        elif kind == ".parquet":
            arrow = pa.Table.from_pandas(table, preserve_index=False)
            extra = {**(arrow.schema.metadata or {}), b"made": json.dumps(made, ensure_ascii=False).encode()}
            pq.write_table(arrow.replace_schema_metadata(extra), aside)
        elif kind == ".geojson":
            rows = json.loads(table.to_json(orient="records", double_precision=9))
            document = {**feature_collection(geometry, rows), "metadata": dict(made)}
            aside.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        else:
            frame = gpd.GeoDataFrame(table, geometry=geometry, crs=BNG)
            frame.to_file(
                aside, driver="GPKG", layer=target.stem, layer_metadata={"DESCRIPTION": json.dumps(dict(made))}
            )
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def write_csv(table: pd.DataFrame, file: TextIO) -> None:
    """Write a table as CSV; text that a spreadsheet would take for a formula gets an apostrophe before it."""
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name].dtype):
            text = safe[name].astype("object")
            safe[name] = text.map(lambda v: "'" + v if isinstance(v, str) and v.startswith(_FORMULA) else v)
    safe.to_csv(file, index=False, lineterminator="\n")


def cell_squares(table: pd.DataFrame, grid: Grid) -> Any:
    """Squares of cells by their south-west corners (``easting_m``, ``northing_m``), EPSG:27700."""
    half = grid.cell_size_m / 2
    return grid.polygons(grid.locate(table["easting_m"] + half, table["northing_m"] + half))


def ward_polygons(table: pd.DataFrame, wards: Wards) -> Any:
    """Polygons of wards by ``ward_code``, EPSG:27700."""
    place = {code: i for i, code in enumerate(wards.codes)}
    return wards.polygons[np.array([place[code] for code in table["ward_code"]], dtype=np.intp)]
