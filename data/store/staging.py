"""One file into a new state of the store: its tables are written, but nothing refers to them before the commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import get_type_hints

import pyarrow as pa

from data.place.area import Area
from data.store.checks import Checked, Rejected, month_ordinal
from data.store.inputs import Container, Entry
from data.store.locate import Locator
from data.store.manifest import UNWRITTEN, Manifest, Revision, SourceFile, Unit
from data.store.report import LOADED, UNCHANGED, FileReport
from data.store.revision import compare
from data.store.schema import BY_OUTLINE, POLICE_UK
from data.store.store import INCIDENTS, REJECTED, read_unit, write_table
from data.store.sums import damaged_files, still_there
from data.store.units import unit_tables
from geo.errors import InputError

RELEASE_BY_OUTLINE = "monthly, by outline"
RESTORED = "what was stored of {} was missing or damaged, and is whole again; what changed cannot be told"
_REJECTED = pa.schema(
    [(name, pa.int64() if kind is int else pa.string()) for name, kind in get_type_hints(Rejected).items()]
)


def known_file(state: Manifest, store: Path, sha256: str, named: tuple[str, str] | None) -> str | None:
    """Find the file with these bytes from which all of its units are still made, counts of the whole force among them.

    One of which a stored file is missing or damaged is not known: importing it again restores it.

    Parameters
    ----------
    state : Manifest
    store : Path
    sha256 : str
        Digest of the CSV.
    named : (force, month) or None
        A file of the published name must have been that one unit.

    Returns
    -------
    str or None
        Key of the file in the manifest.
    """
    unit = f"{POLICE_UK}/{'/'.join(named)}" if named else None
    for file_id, file in state.files.items():
        if file.sha256 != sha256 or (unit is not None and file.units != (unit,)):
            continue
        if not all(key.startswith(f"{POLICE_UK}/") for key in file.units):
            continue  # the file of a dated feed
        counted = all(
            state.units[key].counts or state.units[key].by_outline for key in file.units if key in state.units
        )
        if counted and still_there(store, state, file_id):
            return file_id
    return None


def unchanged(name: str, file: SourceFile) -> FileReport:
    """Report of a file whose bytes are in the store already, with the counts of then."""
    return _report(name, UNCHANGED, file)


def stage(
    state: Manifest,
    store: Path,
    area: Area,
    locate: Locator,
    container: Container,
    entry: Entry,
    sha256: str,
    checked: Checked,
    imported_at: str,
) -> tuple[Manifest, FileReport, dict[str, pa.Table]]:
    """Write the units of a file aside and describe the state in which they count.

    Parameters
    ----------
    state : Manifest
        What the file is added to; a unit that is there is replaced.
    store : Path
    area : Area
    locate : Locator
    container, entry : Container, Entry
        Where the file came from.
    sha256 : str
        Digest of its bytes.
    checked : Checked
    imported_at : str
        ISO time.

    Returns
    -------
    state : Manifest
    report : FileReport
    counts : dict of str to Table
        Of whole forces, by unit: for :func:`data.store.force_counts.with_counts`, before the state is committed.

    Raises
    ------
    InputError
        The store cannot be written, or a file of it that is to be compared is damaged; a month by outline would take
        the place of the forces' own files.
    """
    file_id = f"{sha256}:{'/'.join(entry.named or ())}"
    units: dict[str, Unit] = {}
    tables: dict[str, pa.Table] = {}
    counts: dict[str, pa.Table] = {}
    parts = list(unit_tables(checked, locate, area))
    keys = [f"{POLICE_UK}/{part.force}/{part.month}" for part in parts]
    was = damaged_files(store, [state.units[key].path for key in keys if key in state.units])  # before they are written
    for part in parts:
        outline = part.force == BY_OUTLINE
        if outline and state.has(part.month, area.forces):
            raise InputError(
                "the month is here from the forces' own files", file=entry.name, hint="Nothing need be done."
            )
        rejected = checked.rejected_units.get((part.force, month_ordinal(part.month)), 0)
        unit = Unit(
            source=POLICE_UK,
            force=part.force,
            month=part.month,
            path=write_table(store, f"{INCIDENTS}/{POLICE_UK}/{part.force}", part.month, part.table),
            file=file_id,
            rows=part.table.num_rows,
            in_area=part.in_area,
            rejected=rejected,
            outside=part.outside,
            by_type={} if outline else part.by_type,
            unlocated={} if outline else part.unlocated,
            joined=checked.joined_units.get((part.force, month_ordinal(part.month)), 0),
            counts="" if outline else UNWRITTEN,
        )
        units[unit.key], tables[unit.key] = unit, part.table
        if not outline:
            counts[unit.key] = part.counts
    rejected_path = None
    if len(checked.rejected):
        rows = pa.Table.from_pylist([row._asdict() for row in checked.rejected], schema=_REJECTED)
        rejected_path = write_table(store, REJECTED, sha256[:16], rows)
    file = SourceFile(
        name=entry.name,
        sha256=sha256,
        release=_release(container, units),
        imported_at=imported_at,
        rows_read=checked.rows_read,
        loaded=sum(unit.rows for unit in units.values()),
        rejected=len(checked.rejected),
        outside=sum(unit.outside for unit in units.values()),
        rejected_by_reason=checked.by_reason,
        units=tuple(units),
        rejected_path=rejected_path,
        joined=checked.joined,
    )
    restored = tuple(RESTORED.format(key) for key in units if key in state.units and state.units[key].path in was)
    revisions = _revisions(state, store, units, tables, file, was)
    replaced = sum(state.units[key].rows for key in units if key in state.units)
    report = replace(
        _report(entry.name, LOADED, file), replaced=replaced, revision=revisions, notes=(*checked.notes, *restored)
    )
    return state.with_file(file_id, file, units, revisions).without_outlines(area.forces), report, counts


def _release(container: Container, units: Mapping[str, Unit]) -> str:
    if units and all(unit.by_outline for unit in units.values()):
        return RELEASE_BY_OUTLINE
    return container.path.stem if container.archive else ""


def _revisions(
    state: Manifest,
    store: Path,
    units: Mapping[str, Unit],
    tables: Mapping[str, pa.Table],
    file: SourceFile,
    damaged: Mapping[str, str],
) -> tuple[Revision, ...]:
    found = []
    for key, unit in units.items():
        old = state.units.get(key)
        if old is not None and not unit.by_outline and old.file != unit.file and old.path not in damaged:
            before = state.files[old.file]
            found.append(compare(read_unit(store, old), tables[key].to_pandas(), unit, before, file))
    return tuple(found)


def _report(name: str, status: str, file: SourceFile) -> FileReport:
    parts = [key.split("/") for key in file.units]
    return FileReport(
        name=name,
        status=status,
        rows_read=file.rows_read,
        loaded=file.loaded,
        rejected=file.rejected,
        outside=file.outside,
        joined=file.joined,
        rejected_by_reason=dict(file.rejected_by_reason),
        months=tuple(sorted({part[2] for part in parts})),
        forces=tuple(sorted({part[1] for part in parts})),
    )
