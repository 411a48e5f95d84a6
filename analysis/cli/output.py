"""Tables that leave the command line: CSV, GeoJSON, GeoPackage or Parquet by extension, with how they were made."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.common.method import Method
from data.kinds.printable import printable
from geo.aside import into_place
from geo.boundaries import Wards
from geo.crs import BNG
from geo.errors import ROOM, InputError
from geo.grid import Grid
from geo.web import feature_collection

MADE = b"made"  # key of the metadata in the schema of a Parquet file
# What Excel and LibreOffice take for the start of a formula, with the full-width forms some of them fold.
_FORMULA = tuple("=+-@＝＋－＠")
_LINE_STARTS = ("\t", "\r", "\n")


def metadata(what: str, method: Method | None = None, **more: Any) -> dict[str, Any]:
    """Say what a table holds and how it was made, as it stands in or beside the file.

    Parameters
    ----------
    what : str
    method : Method, optional
    **more : plain values
        Such as the attribution.

    Returns
    -------
    dict
        Plain values; what is not a number is None.
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
    plain: dict[str, Any] = _plain(made | more)
    return plain


def write(table: pd.DataFrame, target: Path, made: Mapping[str, Any], geometry: Any = None) -> None:
    """Write a table in the format of the file's extension; a file that is there is replaced once the new one is whole.

    Parameters
    ----------
    table : DataFrame
        Plain columns; months and days are written as text.
    target : path
        ``.csv`` (metadata in ``NAME.csv.json`` beside it), ``.geojson`` (degrees, metadata as a member), ``.gpkg``
        (EPSG:27700, metadata in the layer's description) or ``.parquet`` (metadata in its schema under ``made``; with
        geometry, GeoParquet in EPSG:27700).
    made : mapping
        Of :func:`metadata`.
    geometry : array of shapely geometries, optional
        One a row, EPSG:27700; needed for GeoJSON and GeoPackage.

    Raises
    ------
    InputError
        Another extension, a table without places for a map format, or a file that cannot be written.
    """
    kind = target.suffix.lower()
    if kind not in _WRITERS:
        raise InputError("this file format is not written", file=str(target), hint="Use one of: " + ", ".join(FORMATS))
    if kind in MAP_FORMATS and geometry is None:
        raise InputError(
            "this table has no places to draw", file=str(target), hint="Write it as .csv or .parquet instead."
        )
    if not target.parent.is_dir():
        raise InputError("there is no such folder", file=str(target.parent))
    if target.is_dir():
        raise InputError("this is a folder, not a file", file=str(target))
    aside = target.with_name(f".{target.stem}.part{target.suffix}")
    try:
        _WRITERS[kind](as_text(table), aside, _plain(made), geometry)
        if kind == ".csv":
            beside = aside.with_name(aside.name + ".json")
            beside.write_text(_json(_plain(made), indent=1) + "\n", encoding="utf-8", newline="\n")
            into_place(beside, target.with_name(target.name + ".json"))
        into_place(aside, target)
    except (OSError, RuntimeError) as error:  # what GDAL raises is a RuntimeError, and ends with the reason
        why = getattr(error, "strerror", None) or str(error)[-_MOST_WORDS:]
        raise InputError(f"the file cannot be written: {why}", file=str(target), hint=ROOM) from error
    finally:
        for left in (aside, aside.with_name(aside.name + ".json")):
            with suppress(OSError):  # a folder that may not be written says so also where there is none
                left.unlink(missing_ok=True)


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Write months and days of a table as text (``2024-10``, ``2024-10-31``); other columns stay as they are."""
    out = table.copy()
    for name in out.columns:
        values = out[name]
        if isinstance(values.dtype, pd.PeriodDtype):
            out[name] = values.astype("str")
        elif values.dtype == "object" and any(isinstance(value, date | pd.Period) for value in values):
            out[name] = values.map(lambda v: str(v) if isinstance(v, date | pd.Period) else v)
        elif isinstance(values.dtype, pd.CategoricalDtype):
            out[name] = values.astype("str")
    return out


def write_csv(table: pd.DataFrame, file: TextIO, *, terminal: bool = False) -> None:
    """Write a table as CSV for programs and spreadsheets.

    Parameters
    ----------
    table : DataFrame
    file : text file
        Text that a spreadsheet would take for a formula gets an apostrophe before it; missing values are empty.
    terminal : bool
        A person reads it there: characters that a terminal would obey stand as question marks.
    """
    safe = as_text(table)
    said = (lambda text: printable(neutral(text))) if terminal else neutral
    for name in safe.columns:
        if not (pd.api.types.is_numeric_dtype(safe[name].dtype) or pd.api.types.is_bool_dtype(safe[name].dtype)):
            safe[name] = safe[name].astype("object").map(lambda v: said(v) if isinstance(v, str) else v)
    safe.columns = pd.Index([said(str(name)) for name in safe.columns])
    safe.to_csv(file, index=False, lineterminator="\n")


def neutral(text: str) -> str:
    """Write text so that no spreadsheet takes it for a formula.

    Parameters
    ----------
    text : str
        From a file.

    Returns
    -------
    str
        The same, or with an apostrophe before it where its first visible character starts a formula, or where it
        begins with a tab or a line end.
    """
    return "'" + text if text.startswith(_LINE_STARTS) or text.lstrip().startswith(_FORMULA) else text


def cell_squares(table: pd.DataFrame, grid: Grid) -> Any:
    """Squares of cells by their south-west corners (``easting_m``, ``northing_m``), EPSG:27700."""
    half = grid.cell_size_m / 2
    return grid.polygons(grid.locate(table["easting_m"] + half, table["northing_m"] + half))


def ward_polygons(table: pd.DataFrame, wards: Wards) -> Any:
    """Polygons of wards by ``ward_code``, EPSG:27700."""
    place = {code: i for i, code in enumerate(wards.codes)}
    return wards.polygons[np.array([place[code] for code in table["ward_code"]], dtype=np.intp)]


def _csv(table: pd.DataFrame, target: Path, made: Mapping[str, Any], geometry: Any) -> None:  # noqa: ARG001
    # Excel takes a CSV for UTF-8 only where it begins with a byte order mark; where all is ASCII none is needed.
    plain = all(str(value).isascii() for name in table.columns for value in (name, *_texts(table[name])))
    with target.open("w", encoding="utf-8" if plain else "utf-8-sig", newline="") as file:
        write_csv(table, file)


def _texts(column: pd.Series[Any]) -> list[str]:
    return [] if pd.api.types.is_numeric_dtype(column.dtype) else [v for v in column.unique() if isinstance(v, str)]


def _parquet(table: pd.DataFrame, target: Path, made: Mapping[str, Any], geometry: Any) -> None:
    if geometry is not None:
        _frame(table, geometry).to_parquet(target, index=False)
        arrow = pq.read_table(target)
    else:
        arrow = pa.Table.from_pandas(table, preserve_index=False)
    pq.write_table(arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), MADE: _json(made).encode()}), target)


def _geojson(table: pd.DataFrame, target: Path, made: Mapping[str, Any], geometry: Any) -> None:
    rows = [{str(key): _plain(value) for key, value in row.items()} for row in table.to_dict(orient="records")]
    document = {**feature_collection(geometry, rows), "metadata": made}
    target.write_text(_json(document), encoding="utf-8", newline="\n")


def _geopackage(table: pd.DataFrame, target: Path, made: Mapping[str, Any], geometry: Any) -> None:
    layer = target.name.removeprefix(".").removesuffix(".part" + target.suffix)
    description = {"DESCRIPTION": _json(made)}
    _frame(table, geometry).to_file(target, driver="GPKG", layer=layer, layer_metadata=description)


def _frame(table: pd.DataFrame, geometry: Any) -> Any:
    import geopandas  # its import takes long, and every page imports this module

    return geopandas.GeoDataFrame(table, geometry=geometry, crs=BNG)


_WRITERS: dict[str, Callable[[pd.DataFrame, Path, Mapping[str, Any], Any], None]] = {
    ".csv": _csv,
    ".geojson": _geojson,
    ".gpkg": _geopackage,
    ".parquet": _parquet,
}
FORMATS = tuple(_WRITERS)
_MOST_WORDS = 100
MAP_FORMATS = (".geojson", ".gpkg")


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)


def _plain(value: Any) -> Any:
    """Make values plain for JSON: no numpy, and None for what is not a number."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, str | int | float) else str(value)
