"""The store: one Parquet file for each source, force and month, and a manifest that says which of them count.

Files are named by what is in them and written aside, so that a new state never touches a file of the old one; the
change is the replacement of the manifest. A kill at any moment leaves the old state or the new one, and at worst some
files that nothing refers to, which the next import sweeps away. Readers need no lock.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.place.area import Area
from data.place.folders import STORE_VARIABLE as STORE_VARIABLE
from data.place.folders import default_store as default_store
from data.store.accepted import ACCEPTED, Acceptance, read_accepted, with_accepted
from data.store.counted import counted_units
from data.store.in_wards import in_wards
from data.store.manifest import MANIFEST, Manifest, Unit, read_manifest
from data.store.paths_kept import paths_now
from data.store.same_area import check_layer
from data.store.schema import POLICE_UK, Incidents, conform, empty_frame
from data.store.sums import Damage, damaged_files, settled, with_damage
from data.store.unit_table import FAULTS, DamagedFileError, damaged, read_unit_table
from geo.aside import beside, into_place
from geo.errors import InputError
from geo.held import hold

EMPTY = "empty"
INCIDENTS = "incidents"
COUNTS = "counts"  # of whole forces, by small area
MONTH = "month"
REJECTED = "rejected"
FEEDS = "feeds"  # how the columns of each feed are mapped
LOCK = "import.lock"
_OURS = re.compile(r".+\.[0-9a-f]{16}\.parquet|\..+\.tmp")
_TRIES = 5  # a reader that meets an import starts again from the new manifest


def store_version(store: Path) -> str:
    """Digest of what the store holds, from the manifest and what was accepted; ``"empty"`` where there is nothing.

    It does not depend on when something was imported or accepted, and is what every cache is keyed on. A file that is
    found damaged, or whole again, makes another version.
    """
    for attempt in range(_TRIES):
        version, paths = paths_now(store)
        if version is None:
            return EMPTY
        damaged = damaged_files(store, paths)
        if not damaged or attempt == _TRIES - 1 or paths_now(store)[0] == version:
            return with_damage(with_accepted(version, read_accepted(store)), damaged)
    raise AssertionError


def is_empty(store: Path) -> bool:
    """Whether nothing was ever loaded."""
    return store_version(store) == EMPTY


def feed_names(store: Path) -> tuple[str, ...]:
    """Names of the dated feeds in a store, in order.

    Raises
    ------
    InputError
        The manifest cannot be read.
    """
    manifest = read_manifest(store)
    units = manifest.units.values() if manifest is not None else ()
    return tuple(sorted({unit.source for unit in units} - {POLICE_UK}))


def load(store: Path, area: Area, source: str = POLICE_UK) -> Incidents:
    """Everything that is stored of a source, in the area and its buffer, with the wards of the area's layer.

    Parameters
    ----------
    store : Path
        Folder of the store.
    area : Area
        The area for which it was imported, with any of its ward layers.
    source : str
        ``police.uk``, or the name of a dated feed.

    Returns
    -------
    Incidents
        Ordered by month, force and row of the file. ``months`` are those that every force of ``area.forces`` has
        published or that are there by outline (their rows have no force and no LSOA), of a feed those of which it
        covers every day; rows of other months are left out, because such a month is not known as a whole. A month of a
        force that is in doubt (:mod:`data.store.whole`), and that nobody accepted, counts as not published; so does one
        whose file is missing or damaged (:mod:`data.store.sums`). The frame shares memory with what was read: do not
        write into it.

    Raises
    ------
    InputError
        The store belongs to another area or buffer, or files of it are missing.

    Notes
    -----
    Misleads where a force of the buffer has not been imported: hotspots at that edge then look colder than they are.
    :func:`data.store.status.store_status` names such forces. What another layer than that of the import can change at
    the rim of the buffer is told by :func:`data.store.in_wards.in_wards`.
    """
    found, layer = stored(store, area, source)
    return found if layer in {"", area.wards.version} else in_wards(found, area)


def stored(store: Path, area: Area, source: str = POLICE_UK) -> tuple[Incidents, str]:
    """Everything that is stored of a source, with the wards that it was imported with.

    Returns
    -------
    Incidents
        As :func:`load`, from which it differs where the import was by another ward layer.
    str
        Version of the wards by which they were imported; empty where nothing is stored, and never that of any layer
        where there was more than one.

    Raises
    ------
    InputError
        As :func:`load`.
    """
    for attempt in range(_TRIES):
        manifest, damage = settled(store)
        if manifest is None or not manifest.units:
            return Incidents(empty_frame(), pd.PeriodIndex([], freq="M"), EMPTY, source=source), ""
        check_layer(manifest, area, store)
        try:
            return _load(store, area, source, manifest, read_accepted(store), damage), manifest.layer.version
        except DamagedFileError:
            if attempt == _TRIES - 1:
                raise
        except FAULTS as error:
            raise damaged(store, "", error) from error
    raise AssertionError


def _load(
    store: Path, area: Area, source: str, manifest: Manifest, said: tuple[Acceptance, ...], damage: Damage
) -> Incidents:
    version = with_damage(with_accepted(manifest.version, said), damage.files)
    months, units = counted_units(manifest, area, said, source, damage.units)
    index = pd.PeriodIndex(months, freq="M")
    if not units:
        return Incidents(empty_frame(), index, version, source=source)
    # a unit is of one month, which the manifest tells; its column has had two forms
    read = [read_unit_table(store, unit).drop_columns(MONTH) for unit in units]
    # some months of a feed may tell how exact their places are, others not
    frame = (
        pa.concat_tables(read, promote_options="default")
        .unify_dictionaries()
        .combine_chunks()
        .to_pandas(split_blocks=True)
    )
    rows = [unit.rows for unit in units]
    frame[MONTH] = np.repeat([pd.Period(unit.month, "M").ordinal for unit in units], rows)
    forces = sorted({unit.force for unit in units if not unit.by_outline})
    # no force is told of a row by outline
    which = np.repeat([-1 if unit.by_outline else forces.index(unit.force) for unit in units], rows)
    frame["source"] = _words(np.zeros(len(frame), dtype=np.int8), [source])
    if source == POLICE_UK:  # a feed has no force
        frame["force"] = _words(which, forces)
    return Incidents(conform(frame), index, version, source=source)


def _words(codes: NDArray[np.integer[Any]], words: list[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, categories=pd.Index(words, dtype="str"))


def read_unit(store: Path, unit: Unit) -> pd.DataFrame:
    """Rows of one unit as stored.

    Raises
    ------
    InputError
        Its file is missing or damaged.
    """
    table = read_unit_table(store, unit)
    try:
        frame: pd.DataFrame = table.to_pandas()
        return frame
    except FAULTS as error:
        raise damaged(store, unit.path, error) from error


def month_dates(month: int, rows: int) -> pa.Array:
    """Write the month of a unit as any reader of Parquet understands it.

    Parameters
    ----------
    month : int
        Counted from January 1970.
    rows : int

    Returns
    -------
    Array of date32
        The first day of the month, once for every row. It stands for the whole month, never for that day.
    """
    return pa.array(np.full(rows, np.datetime64(month, "M").astype("datetime64[D]")), pa.date32())


def write_table(store: Path, folder: str, name: str, table: pa.Table) -> str:
    """Write a table under a name that tells its content.

    Returns
    -------
    str
        Path in the store, with forward slashes. A file of this content that is there already is left as it is.
    """
    buffer = io.BytesIO()
    # lz4 is read twice as fast as zstd; IDs are random, so that a dictionary of them would only be larger
    worded = [name for name in table.column_names if name != "incident_id"]
    pq.write_table(table, buffer, compression="lz4", use_dictionary=worded, write_statistics=False)
    raw = buffer.getvalue()
    inside = f"{folder}/{name}.{hashlib.sha256(raw).hexdigest()[:16]}.parquet"
    path = store / inside
    if not (path.is_file() and path.read_bytes() == raw):
        write_whole(path, raw)
    return inside


def commit(store: Path, manifest: Manifest) -> None:
    """Make a state the state of the store, all at once."""
    write_whole(store / MANIFEST, json.dumps(manifest.to_json(), indent=1).encode())


def write_json(store: Path, inside: str, value: object) -> None:
    """Write plain values into a file of the store that is no part of its state, all at once."""
    write_whole(store / inside, json.dumps(value, indent=1, ensure_ascii=False).encode())


def write_whole(path: Path, raw: bytes) -> None:
    """Put a file into place in one step: the old one or the new one is there, never a part.

    Raises
    ------
    InputError
        It cannot be written.
    """
    with written_first(path, raw):
        pass


@contextmanager
def written_first(path: Path, raw: bytes) -> Iterator[None]:
    """Put a file into place once all inside went well: its bytes are on the disk by then, and need no more room.

    Raises
    ------
    InputError
        It cannot be written; nothing is done inside then.
    """
    aside = beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as handle:
            handle.write(raw)
            handle.flush()
            os.fsync(handle.fileno())
        yield
        into_place(aside, path)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def _cannot_write(path: Path, error: OSError) -> InputError:
    return InputError(
        f"the store cannot be written: {error.strerror or error}",
        file=str(path),
        hint=f"Make room or get access, or name another folder with --store or {STORE_VARIABLE}.",
    )


def sweep(store: Path, keep: Collection[str]) -> int:
    """Delete files that no state refers to, which a kill left behind or a replacement set free.

    Parameters
    ----------
    store : Path
    keep : collection of str
        Paths in the store that stay, as in the manifest.

    Returns
    -------
    int
        Number of files deleted. Files that this program did not write are never touched.
    """
    swept = 0
    candidates = [path for folder in (INCIDENTS, COUNTS, REJECTED, FEEDS) for path in (store / folder).rglob("*")]
    for path in [*candidates, *store.glob(f".{MANIFEST}.*.tmp"), *store.glob(f".{ACCEPTED}.*.tmp")]:
        ours = _OURS.fullmatch(path.name) and not path.is_symlink() and path.is_file()
        if ours and path.relative_to(store).as_posix() not in keep:
            with suppress(OSError):  # a reader on Windows may have it open; the next import sweeps it
                path.unlink()
                swept += 1
    return swept


@contextmanager
def importing(store: Path) -> Iterator[None]:
    """Hold the store for one import. The operating system lets go of it when the process ends in whatever way.

    Raises
    ------
    InputError
        Another import is running, or the folder cannot be written.
    """
    try:
        store.mkdir(parents=True, exist_ok=True)
        handle = (store / LOCK).open("a+b")
    except OSError as error:
        raise _cannot_write(store, error) from error
    with handle:
        try:
            hold(handle.fileno())
        except OSError as error:
            raise InputError(
                "another import into this store is running", file=str(store), hint="Wait until it has ended."
            ) from error
        yield
