"""Files beside the incidents that are cut for an area: a Parquet table whose head says of which area it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from data.place.area import Area
from data.store.manifest import Layer
from geo.errors import InputError

_AGAIN = "Load the base map again: python -m data basemap FILE, or --fetch."
_FAULTS = (
    OSError, pa.ArrowException, shapely.GEOSException, LookupError, TypeError, ValueError, AttributeError,
    RecursionError, OverflowError,
)  # fmt: skip
Kept = TypeVar("Kept")


def read_kept(
    path: Path, key: bytes, form: int, area: Area, what: str, decode: Callable[[pa.Table, dict[str, Any]], Kept]
) -> Kept | None:
    """Read what was kept for an area, or None where nothing was.

    Parameters
    ----------
    path : Path
    key : bytes
        Under which the head stands in the table's metadata.
    form : int
        That the head has to name.
    area : Area
    what : str
        What it is, in the plural, as messages name it.
    decode : callable
        Makes it of table and head; KeyError, TypeError, ValueError and IndexError say that the file is damaged.

    Raises
    ------
    InputError
        It was kept for another area or buffer or by another version of this program, or the file is damaged.
    """
    try:
        if not path.is_file():
            return None
        table = pq.ParquetFile(path).read(use_threads=False)
        head = json.loads((table.schema.metadata or {})[key])
        if head["format"] != form:
            raise InputError(f"{what} were kept by another version of this program", file=str(path), hint=_AGAIN)
        layer, found = Layer(**head["layer"]), decode(table, head)
    except InputError:
        raise
    except _FAULTS as error:
        raise InputError(f"{what} cannot be read: {error}", file=str(path), hint=_AGAIN) from error
    if not layer.among(area):
        raise InputError(
            f"{what} were cut for another area: {layer}; the area file describes {Layer.of(area)}",
            file=str(path),
            hint=_AGAIN,
        )
    return found


def kept_version(path: Path, key: bytes) -> str:
    """Version of what is kept, without reading it; "" where there is nothing."""
    try:
        return str(json.loads(pq.read_schema(path).metadata[key])["version"]) if path.is_file() else ""
    except _FAULTS:
        return f"damaged-{path.stat().st_mtime_ns}" if path.is_file() else ""
