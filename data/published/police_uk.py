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

import pyarrow as pa

from data.access.actor import MACHINE, Actor
from data.access.acts import acting
from data.place.area import Area
from data.published.archive import Reader, open_container
from data.published.find import find_containers
from data.store.accepted import read_accepted
from data.store.checks import Checked, check_rows, month_ordinal
from data.store.doubts import doubts_of
from data.store.force_counts import with_counts
from data.store.inputs import Container, Entry, Limits
from data.store.locate import Locator
from data.store.manifest import Manifest, read_manifest, refuse_newer
from data.store.report import FAILED, FileReport, ImportReport
from data.store.rows import read_rows
from data.store.same_area import begun
from data.store.staging import known_file, stage, unchanged
from data.store.store import commit, importing, sweep
from data.store.sums import store_damage
from geo.errors import InputError

__all__ = ["FileReport", "ImportReport", "Limits", "import_paths", "take_paths"]

Progress = Callable[[int, int, str], None]
THREADS = 2
AHEAD = 4  # files read ahead of the one being stored: bounds the memory
TOGETHER = 50  # single CSVs that are committed at once
MOST_COUNTS = 200  # units whose counts of the whole force wait to be written into one file


def import_paths(
    paths: Sequence[Path | str],
    store: Path,
    area: Area,
    progress: Progress | None = None,
    *,
    rebuild: bool = False,
    now: datetime | None = None,
    limits: Limits | None = None,
    actor: Actor = MACHINE,
) -> ImportReport:
    """Import published files into a store, as somebody; the log keeps who.

    Parameters
    ----------
    paths : sequence of paths
        Archives, folders and single CSVs. A CSV that is named ``YYYY-MM-FORCE-street.csv`` is that month of that force
        and must hold nothing else; one of any other name may hold several months and forces, each as a whole.
    store : Path
        Folder of the store; made where it does not exist.
    area : Area
    progress : callable, optional
        Called with (CSVs done, CSVs in all, name of the next, empty at the end).
    rebuild : bool
        Start from nothing: what the store held is given up in the same step that makes the new state, and only if
        every file could be used.
    now : datetime, optional
        Time of the import; by default the clock's. Months after it are rejected.
    limits : Limits, optional
        What archives and files may hold.
    actor : Actor
        Who does it.

    Returns
    -------
    ImportReport
        Files that cannot be used are in it: they never raise.

    Raises
    ------
    NotAllowedError
        The actor may not import.
    InputError
        The store itself: another import is running, it belongs to another ward layer, it cannot be written.
    """
    files = "1 file or folder" if len(paths) == 1 else f"{len(paths)} files or folders"
    with acting(store, actor, "rebuild" if rebuild else "import", files):
        return take_paths(paths, store, area, progress, rebuild=rebuild, now=now, limits=limits)


def take_paths(
    paths: Sequence[Path | str],
    store: Path,
    area: Area,
    progress: Progress | None = None,
    *,
    rebuild: bool = False,
    now: datetime | None = None,
    limits: Limits | None = None,
) -> ImportReport:
    """Import as a part of something that was allowed and noted already. Arguments as :func:`import_paths`."""
    limits = limits or Limits()
    now = (now or datetime.now(UTC)).replace(microsecond=0)
    with importing(store):
        said = read_accepted(store)  # before anything is written: a list that cannot be read stops the import
        refuse_newer(store)
        old = None if rebuild else read_manifest(store)
        state, area = begun(old, area, store)
        if old is not None:
            sweep(store, old.paths)
        job = _Import(store, area, state, now, limits, progress, together=rebuild)
        files = tuple(job.run(find_containers(paths, limits)))
        return ImportReport(files, doubts_of(job.committed, area, said, store_damage(store, job.committed).units))


@dataclass(frozen=True)
class _Read:
    """A file that was read; ``raw`` is kept and ``checked`` is None where its bytes were known already."""

    raw: bytes
    sha256: str
    checked: Checked | None


class _Import:
    """One run: ``committed`` is the state it started from or last committed, ``state`` the one being built.

    ``together`` commits everything in one step, or nothing: what the store held until then is in neither of the two.
    """

    def __init__(
        self,
        store: Path,
        area: Area,
        state: Manifest,
        now: datetime,
        limits: Limits,
        progress: Progress | None,
        *,
        together: bool,
    ) -> None:
        self.store = store
        self.area = area
        self.committed = self.state = state
        self.now = now
        self.last_month = month_ordinal(now.strftime("%Y-%m"))
        self.limits = limits
        self.progress = progress
        self.together = together
        self.locate = Locator(area)
        self.counts: dict[str, pa.Table] = {}
        self.done = self.total = 0

    def run(self, containers: list[Container]) -> list[FileReport]:
        """Import."""
        self.total = sum(len(container.entries) for container in containers)
        reports: list[FileReport] = []
        waiting: list[tuple[Container, list[FileReport]]] = []
        with ThreadPoolExecutor(THREADS) as pool:
            for container in containers:
                waiting.append((container, self._container(container, pool)))
                if not self.together and (container.archive or len(waiting) >= TOGETHER):
                    reports += self._commit(waiting)
                    waiting = []
        failed = any(report.status == FAILED for _, files in waiting for report in files)
        if self.together and failed:
            self.state = self.committed
            self._tidy()
            why = InputError("not kept, because another file of this import failed", hint="Nothing was changed.")
            reports += [report for one in waiting for report in _failed(*one, str(why))]
        else:
            reports += self._commit(waiting)
        if self.progress:
            self.progress(self.total, self.total, "")
        return reports

    def _commit(self, waiting: list[tuple[Container, list[FileReport]]]) -> list[FileReport]:
        try:
            if self.state is not self.committed:
                self._write_counts()
                commit(self.store, self.state)
                self.committed = self.state
        except InputError as error:
            self.state = self.committed
            self._tidy()
            return [report for one in waiting for report in _failed(*one, str(error))]
        return [report for _, files in waiting for report in files]

    def _write_counts(self) -> None:
        self.state, self.counts = with_counts(self.state, self.store, self.counts), {}

    def _tidy(self) -> None:
        """Delete what was written for a state that will not be; after a rebuild that failed the next import does."""
        if not self.together:
            sweep(self.store, self.state.paths | self.committed.paths)

    def _container(self, container: Container, pool: ThreadPoolExecutor) -> list[FileReport]:
        if container.error is not None:
            return _failed(container, [], container.error)
        inside = container.name if container.archive else None
        before, counts = self.state, dict(self.counts)
        reports, problems, tried = list[FileReport](), list[str](), False
        try:
            with open_container(container, self.limits) as read:
                for entry, reading in self._ahead(container, read, pool):
                    try:
                        found = reading.result()
                        if not problems:
                            tried = True
                            reports.append(replace(self._store(container, entry, found), archive=inside))
                    except InputError as error:
                        problems.append(str(error))
        except InputError as error:
            problems.append(str(error))
        if problems:
            self.state, self.counts = before, counts
            if tried:
                self._tidy()
            return _failed(container, [], "\n".join(problems))
        return [replace(reports[0], left_alone=container.left_alone), *reports[1:]]

    def _ahead(
        self, container: Container, read: Reader, pool: ThreadPoolExecutor
    ) -> Iterator[tuple[Entry, Future[_Read]]]:
        """Read and check a few files ahead of the one that is being stored."""
        running: deque[tuple[Entry, Future[_Read]]] = deque()
        for entry in container.entries:
            running.append((entry, pool.submit(self._read, entry, read, self.state)))
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
        known = known_file(state, self.store, sha256, entry.named)
        if known:
            return _Read(raw, sha256, None)
        return _Read(b"", sha256, self._check(entry, raw))

    def _check(self, entry: Entry, raw: bytes) -> Checked:
        return check_rows(read_rows(entry.name, raw), entry.named, self.last_month, self.limits.units)

    def _store(self, container: Container, entry: Entry, read: _Read) -> FileReport:
        known = known_file(self.state, self.store, read.sha256, entry.named)
        if known is not None:
            return unchanged(entry.name, self.state.files[known])
        # known when it was read, but a file stored since has taken its place
        checked = read.checked or self._check(entry, read.raw)
        self.state, report, counts = stage(
            self.state,
            self.store,
            self.area,
            self.locate,
            container,
            entry,
            read.sha256,
            checked,
            self.now.isoformat(),
        )
        self.counts |= counts
        if len(self.counts) >= MOST_COUNTS:
            self._write_counts()
        return report


def _failed(container: Container, files: list[FileReport], why: str) -> list[FileReport]:
    """One report for a container that changed nothing; what was wrong with it already is kept."""
    error = next((file.error for file in files if file.error), why)
    return [FileReport(name=container.name, status=FAILED, left_alone=container.left_alone, error=error)]
