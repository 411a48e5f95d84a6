"""Reading the Parquet file of a month, whose columns and rows have to be those that the manifest speaks of."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data.store.manifest import AGAIN, Unit
from data.store.schema import COLUMNS, METRES, TIMES
from geo.errors import InputError

_MONTH = "month"  # has had two forms; the manifest tells it
_NEEDED = ("incident_id", _MONTH, "easting_m", "northing_m")
# What pyarrow and pandas raise over a table whose text is no text or whose columns do not go together
FAULTS = (OSError, pa.ArrowException, UnicodeDecodeError)


class DamagedFileError(InputError):
    """A file of the store that is missing or damaged; a reader that met an import may try again."""


def read_unit_table(store: Path, unit: Unit) -> pa.Table:
    """Read the rows of a unit.

    Parameters
    ----------
    store : Path
    unit : Unit

    Returns
    -------
    pyarrow.Table
        With as many rows as the manifest says, and columns of the types that incidents have.

    Raises
    ------
    DamagedFileError
        The file is missing, cannot be read, or is not what an import writes.
    """
    try:
        table = pq.ParquetFile(store / unit.path).read(use_threads=False)
    except FAULTS as error:
        raise damaged(store, unit.path, error) from error
    if why := _wrong(table, unit):
        raise damaged(store, unit.path, why)
    return table


def damaged(store: Path, path: str, why: object) -> DamagedFileError:
    """Make the error for a file of the store that is missing or damaged."""
    return DamagedFileError(
        f"a file of the store is missing or damaged: {why}", file=str(store / path) if path else str(store), hint=AGAIN
    )


def lacking(table: pa.Table, needed: tuple[str, ...]) -> str:
    """Say which columns a table lacks, or has twice; empty where it has each once."""
    names = list(table.column_names)
    if missing := [name for name in needed if name not in names]:
        return f"it has no column {missing[0]!r}"
    twice = sorted({name for name in names if names.count(name) > 1})
    return f"it has the column {twice[0]!r} twice" if twice else ""


def _wrong(table: pa.Table, unit: Unit) -> str:
    if why := lacking(table, _NEEDED):
        return why
    if table.num_rows != unit.rows:
        return f"it has {table.num_rows:,} rows, the manifest says {unit.rows:,}"
    for field in table.schema:
        if field.name in COLUMNS and field.name != _MONTH and not _right(field):
            return f"its column {field.name!r} is of another type ({field.type})"
    return ""


def _right(field: pa.Field) -> bool:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if pa.types.is_null(kind):
        return True
    if field.name in METRES:
        return bool(pa.types.is_floating(kind))
    if field.name in TIMES:
        return bool(pa.types.is_timestamp(kind))
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
