"""Import of the street-level files that data.police.uk publishes.

Every CSV stands for itself: a bad one is reported and the others go on. An archive is all or nothing.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa

from data.archive import Container, Entry, Limits, Reader, find_containers, open_container
from data.area import Area
from data.checks import Checked, check_rows
from data.locate import Locator
from data.manifest import Layer, Manifest, Revision, SourceFile, Unit, read_manifest
from data.report import FAILED, LOADED, UNCHANGED, FileReport, ImportReport
from data.revision import compare
from data.rows import read_rows
from data.schema import POLICE_UK
from data.store import INCIDENTS, REJECTED, check_layer, commit, importing, read_unit, sweep, write_table
from data.units import unit_tables
from geo.errors import InputError

__all__ = ["FileReport", "ImportReport", "import_paths"]

Progress = Callable[[int, int, str], None]
THREADS = 2
AHEAD = 4  # files read ahead of the one being stored: bounds the memory
TOGETHER = 50  # single CSVs that are committed at once


@dataclass(frozen=True)
class _Read:
    """A file that was read, with its digest; ``checked`` is None where its bytes were known already."""

    raw: bytes
    sha256: str
    checked: Checked | None


def import_paths(
    paths: Sequence[Path | str],
    store: Path,
    area: Area,
    progress: Progress | None = None,
    *,
    rebuild: bool = False,
    now: datetime | None = None,
    limits: Limits | None = None,
) -> ImportReport:
    """Import published files into a store.

    Parameters
    ----------
    paths : sequence of paths
        Archives, folders and single CSVs.
    store : Path
        Folder of the store; made where it does not exist.
    area : Area
    progress : callable, optional
        Called with (CSVs done, CSVs in all, name of the next).
    rebuild : bool
        Start from nothing: what the store held is given up in the same step that makes the new state, and only if
        every file could be used.
    now : datetime, optional
        Time of the import; by default the clock's.
    limits : Limits, optional
        What archives and files may hold.

    Returns
    -------
    ImportReport
        Also for files that cannot be used, which never raise.

    Raises
    ------
    InputError
        The store itself: another import is running, it belongs to another ward layer, it cannot be written.
    """
    limits = limits or Limits()
    now = (now or datetime.now(UTC)).replace(microsecond=0)
    with importing(store):
        old = None if rebuild else read_manifest(store)
        if old is not None:
            check_layer(old, area, store)
            sweep(store, old.paths)
        job = _Import(store, area, old or Manifest(Layer.of(area)), now, limits, progress, hold=rebuild)
        return job.run(find_containers(paths, limits))


class _Import:
    """One run: ``committed`` is the state on the disk, ``state`` the one being built."""

    def __init__(
        self,
        store: Path,
        area: Area,
        state: Manifest,
        now: datetime,
        limits: Limits,
        progress: Progress | None,
        *,
        hold: bool,
    ) -> None:
        self.store = store
        self.area = area
        self.committed = self.state = state
        self.now = now
        self.limits = limits
        self.progress = progress
        self.hold = hold
        self.locate = Locator(area)
        self.done = self.total = 0
        self.last_month = pd.Period(now.strftime("%Y-%m"), "M").ordinal

    def run(self, containers: list[Container]) -> ImportReport:
        self.total = sum(len(container.entries) for container in containers)
        reports: list[FileReport] = []
        waiting = 0
        with ThreadPoolExecutor(THREADS) as pool:
            for container in containers:
                reports += self._container(container, pool)
                waiting += 1
                if not self.hold and (container.archive or waiting >= TOGETHER):
                    reports, waiting = self._commit(reports, waiting), 0
            if all(report.status != FAILED for report in reports) or not self.hold:
                reports = self._commit(reports, waiting)
        return ImportReport(tuple(reports))

    def _commit(self, reports: list[FileReport], waiting: int) -> list[FileReport]:
        if self.state is not self.committed:
            commit(self.store, self.state)
            self.committed = self.state
        return reports

    def _container(self, container: Container, pool: ThreadPoolExecutor) -> list[FileReport]:
        if container.error is not None:
            return [FileReport(container.name, FAILED, left_alone=container.left_alone, error=container.error)]
        before = self.state
        reports: list[FileReport] = []
        problems: list[str] = []
        try:
            with open_container(container, self.limits) as read:
                for entry, reading in self._ahead(container, read, pool):
                    try:
                        report = self._store(container, entry, reading.result())
                        reports.append(report)
                    except InputError as error:
                        problems.append(str(error))
        except InputError as error:
            problems.append(str(error))
        if problems:
            self.state = before
            return [FileReport(container.name, FAILED, left_alone=container.left_alone, error="\n".join(problems))]
        return [replace(reports[0], left_alone=container.left_alone), *reports[1:]]

    def _ahead(
        self, container: Container, read: Reader, pool: ThreadPoolExecutor
    ) -> Iterator[tuple[Entry, Future[_Read]]]:
        """Read and check a few files ahead of the one that is being stored."""
        running: deque[tuple[Entry, Future[_Read]]] = deque()
        state = self.state
        for entry in container.entries:
            running.append((entry, pool.submit(self._read, entry, read, state)))
            if len(running) > AHEAD:
                yield self._next(running)
        while running:
            yield self._next(running)

    def _next(self, running: deque[tuple[Entry, Future[_Read]]]) -> tuple[Entry, Future[_Read]]:
        entry, reading = running.popleft()
        if self.progress:
            self.progress(self.done, self.total, entry.name)
        self.done += 1
        return entry, reading

    def _read(self, entry: Entry, read: Reader, state: Manifest) -> _Read:
        raw = read(entry)
        sha256 = hashlib.sha256(raw).hexdigest()
        if _known(state, sha256, entry.named):
            return _Read(raw, sha256, None)
        return _Read(raw, sha256, self._check(entry, raw))

    def _check(self, entry: Entry, raw: bytes) -> Checked:
        return check_rows(read_rows(entry.name, raw), entry.named, self.last_month)

    def _store(self, container: Container, entry: Entry, read: _Read) -> FileReport:
        known = _known(self.state, read.sha256, entry.named)
        if known is not None:
            return _report(entry.name, UNCHANGED, self.state.files[known])
        checked = read.checked or self._check(entry, read.raw)
        file_id = f"{read.sha256}:{'/'.join(entry.named or ())}"
        units: dict[str, Unit] = {}
        tables: dict[str, pa.Table] = {}
        for part in unit_tables(checked, self.locate, self.area):
            path = write_table(self.store, f"{INCIDENTS}/{POLICE_UK}/{part.force}", part.month, part.table)
            rejected = checked.rejected_units.get((part.force, pd.Period(part.month, "M").ordinal), 0)
            unit = Unit(
                POLICE_UK, part.force, part.month, path, file_id, part.table.num_rows, part.in_area, rejected, part.outside
            )
            units[unit.key], tables[unit.key] = unit, part.table
        rejected_path = None
        if len(checked.rejected):
            table = pa.Table.from_pandas(checked.rejected, preserve_index=False)
            rejected_path = write_table(self.store, REJECTED, read.sha256[:16], table)
        file = SourceFile(
            name=entry.name,
            sha256=read.sha256,
            release=container.path.stem if container.archive else "",
            imported_at=self.now.isoformat(),
            rows_read=checked.rows_read,
            loaded=sum(unit.rows for unit in units.values()),
            rejected=len(checked.rejected),
            outside=sum(unit.outside for unit in units.values()),
            rejected_by_reason=checked.by_reason,
            units=tuple(units),
            rejected_path=rejected_path,
        )
        revisions = tuple(
            compare(
                read_unit(self.store, self.state.units[key]),
                tables[key].to_pandas(),
                unit,
                self.state.files[self.state.units[key].file],
                file,
            )
            for key, unit in units.items()
            if key in self.state.units
        )
        replaced = sum(self.state.units[key].rows for key in units if key in self.state.units)
        self.state = self.state.with_file(file_id, file, units, revisions)
        return replace(_report(entry.name, LOADED, file, revisions), replaced=replaced)


def _known(state: Manifest, sha256: str, named: tuple[str, str] | None) -> str | None:
    """Id of the file with these bytes from which all of its units are still made."""
    unit = f"{POLICE_UK}/{'/'.join(named)}" if named else None
    for file_id, file in state.files.items():
        if file.sha256 != sha256 or (unit is not None and file.units != (unit,)):
            continue
        if all(state.units[key].file == file_id for key in file.units):
            return file_id
    return None


def _report(name: str, status: str, file: SourceFile, revisions: tuple[Revision, ...] = ()) -> FileReport:
    parts = [key.split("/") for key in file.units]
    return FileReport(
        name=name,
        status=status,
        rows_read=file.rows_read,
        loaded=file.loaded,
        rejected=file.rejected,
        outside=file.outside,
        rejected_by_reason=dict(file.rejected_by_reason),
        revision=revisions,
        months=tuple(sorted({part[2] for part in parts})),
        forces=tuple(sorted({part[1] for part in parts})),
    )
