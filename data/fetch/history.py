"""Every month of the publisher's archives that an area needs, fetched by parts and imported like any other file."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from data.access.actor import MACHINE, Actor
from data.access.acts import acting
from data.fetch.archives import (
    WINDOW,
    Directory,
    Member,
    is_there,
    latest,
    needed_archives,
    read_directory,
    read_member,
)
from data.fetch.hosts import Hosts
from data.fetch.incoming import incoming
from data.fetch.monthly import Monthly, MonthlyReport, fetch_monthly
from data.fetch.record import Agreed, Fetched, Record, read_record
from data.fetch.report import FetchReport, Step
from data.fetch.web import FetchError, Web
from data.place.area import Area
from data.published.police_uk import take_paths
from data.store.manifest import Manifest, read_manifest
from data.store.report import ImportReport
from data.store.schema import POLICE_UK
from data.store.store import importing
from geo.errors import InputError

FETCHING = "fetching"  # folder of the store for files on their way in
# What the publisher's page of archives says of all but the newest.
SENTENCE = (
    "With the exception of the latest month's archive, the data on this page is out of date and should not be used."
)
BATCH = 12  # files that are committed together


def fetch_history(
    web: Web,
    hosts: Hosts,
    store: Path,
    area: Area,
    *,
    first: str = "",
    forces: Collection[str] = (),
    agree: Callable[[str], bool] = lambda _: False,
    progress: Callable[[Step], None] | None = None,
    now: datetime | None = None,
    actor: Actor = MACHINE,
) -> FetchReport:
    """Fetch what is new, and import it.

    Parameters
    ----------
    web : Web
    hosts : Hosts
    store : Path
        Made where it does not exist.
    area : Area
    first : str
        YYYY-MM; by default the first of the newest archive's 36 months.
    forces : collection of str
        By default those that cover the area or its buffer.
    agree : callable
        Asked with the publisher's own sentence before months of older archives are taken.
    progress : callable, optional
        Told each :class:`Step`.
    now : datetime, optional
    actor : Actor
        Who does it.

    Returns
    -------
    FetchReport

    Raises
    ------
    NotAllowedError
        The actor may not import.
    InputError
        Nobody agreed to older archives; a service failed (months that came before it are stored, and the next run goes
        on); the store cannot be used.

    Notes
    -----
    Nothing that is stored is deleted because the publisher stopped offering it. A month of a later archive replaces
    the stored one, and the import keeps the revision. When it misleads: the publisher keeps 36 months up to date; what
    older archives hold was not corrected since.
    """
    at = (now or datetime.now(UTC)).replace(microsecond=0)
    slugs = tuple(forces) or (*area.forces, *area.buffer_forces)
    with acting(store, actor, "fetch", ", ".join(slugs)), importing(store / FETCHING):
        try:
            record, archives, start = _look(web, hosts, store, first, agree, at)
        except FetchError as error:
            if error.status != 200 or forces:  # 200: the whole came where a part was asked for
                raise
            report = FetchReport((), first, "", 0, 0, 0, (), ImportReport(()), refused=str(error))
            monthly = _by_outline(web, hosts, store, area, report, progress, at)
            if monthly.problem and not monthly.months:
                raise
            return replace(report, monthly=monthly)
        report = _from_archives(web, store, area, record, archives, start, slugs, progress, at)
        monthly = MonthlyReport() if forces else _by_outline(web, hosts, store, area, report, progress, at)
        return replace(report, monthly=monthly)


def _by_outline(
    web: Web,
    hosts: Hosts,
    store: Path,
    area: Area,
    report: FetchReport,
    progress: Callable[[Step], None] | None,
    at: datetime,
) -> MonthlyReport:
    """Fetch what no archive has yet, and keep what the newest month is."""
    record = read_record(store)
    newest = record.directories.get(report.last)
    told = {member.force for member in newest.members if member.month == report.last} if newest else {*area.forces}

    def step(done: int, total: int, month: str) -> None:
        if progress:
            progress(Step(done, total, report.bytes, report.bytes, month))

    found = fetch_monthly(
        Monthly(web, hosts),
        store,
        store / FETCHING / "in",
        area,
        after=report.last,
        first=report.first,
        silent={*area.forces} - told,
        progress=step,
        now=at,
    )
    if found.newest:
        replace(read_record(store), newest_month=found.newest, months_checked_at=at.isoformat()).save(store)
    return found


def _look(
    web: Web, hosts: Hosts, store: Path, first: str, agree: Callable[[str], bool], at: datetime
) -> tuple[Record, tuple[str, ...], str]:
    """Look which archives there are, and give those that are needed from which month on."""
    record = read_record(store)
    newest = latest(web, hosts)
    start = first or _month(newest, 1 - WINDOW)
    archives = needed_archives(newest, start, lambda archive: is_there(web, hosts, archive))
    if len(archives) > 1 and record.agreed is None:
        record = replace(record, agreed=_agreed(agree, newest, start, at))
    record = replace(_with_directories(web, hosts, record, archives), newest=newest, checked_at=at.isoformat())
    record.save(store)
    return record, archives, start


def _from_archives(
    web: Web,
    store: Path,
    area: Area,
    record: Record,
    archives: Sequence[str],
    start: str,
    slugs: Collection[str],
    progress: Callable[[Step], None] | None,
    at: datetime,
) -> FetchReport:
    directories = [record.directories[archive] for archive in archives]
    wanted = wanted_members(directories, slugs, start)
    missing = not_published(directories, slugs, start)
    manifest = read_manifest(store)
    todo = [(directory, member) for directory, member in wanted if not _here(record, manifest, member)]
    reports = list(_run(web, store, area, record, todo, progress, at))
    record = read_record(store)
    gone = {*record.not_published, *missing} - record.months.keys()
    replace(record, not_published=tuple(sorted(gone))).save(store)
    files = tuple(file for report in reports for file in report.files)
    return FetchReport(
        archives=tuple(archives),
        first=start,
        last=record.newest,
        fetched=len(todo),
        bytes=sum(member.packed for _, member in todo),
        unchanged=len(wanted) - len(todo),
        not_published=missing,
        imported=ImportReport(files, reports[-1].in_doubt if reports else ()),
    )


def wanted_members(
    directories: Sequence[Directory], forces: Collection[str], first: str
) -> list[tuple[Directory, Member]]:
    """Choose the files of some forces from a month on, each from the newest archive that has it.

    Parameters
    ----------
    directories : sequence of Directory
        The newest first.
    forces : collection of str
    first : str
        YYYY-MM.

    Returns
    -------
    list of (Directory, Member)
        By archive, the oldest first, then by month and force: a later month never waits in vain for an earlier one.
    """
    found: dict[tuple[str, str], tuple[Directory, Member]] = {}
    for directory in directories:
        for member in directory.members:
            if member.force in forces and member.month >= first:
                found.setdefault((member.force, member.month), (directory, member))
    return sorted(found.values(), key=lambda pair: (pair[0].archive, pair[1].month, pair[1].force))


def not_published(directories: Sequence[Directory], forces: Collection[str], first: str) -> tuple[str, ...]:
    """Name the months (``force/YYYY-MM``) that archives have of other forces and not of these.

    Parameters
    ----------
    directories : sequence of Directory
    forces : collection of str
    first : str
        YYYY-MM.
    """
    every = {member.month for directory in directories for member in directory.members if member.month >= first}
    there = {f"{member.force}/{member.month}" for directory in directories for member in directory.members}
    return tuple(
        name for force in sorted(forces) for month in sorted(every) if (name := f"{force}/{month}") not in there
    )


def _month(month: str, by: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{number // 12}-{number % 12 + 1:02d}"


def _agreed(agree: Callable[[str], bool], newest: str, start: str, at: datetime) -> Agreed:
    if agree(SENTENCE):
        return Agreed(SENTENCE, at.isoformat())
    raise InputError(
        f"months before {_month(newest, 1 - WINDOW)} stand in older archives only, of which the publisher says: "
        f'"{SENTENCE}"',
        value=start,
        hint="If you want them all the same, say so (--older).",
    )


def _with_directories(web: Web, hosts: Hosts, record: Record, archives: Sequence[str]) -> Record:
    """Read the tables of contents that are not known; that of the newest archive again, since it may be replaced."""
    found = {
        archive: record.directories[archive]
        if archive in record.directories and archive != archives[0]
        else read_directory(web, hosts, archive)
        for archive in archives
    }
    return replace(record, directories=found)


def _here(record: Record, manifest: Manifest | None, member: Member) -> bool:
    """Whether the store has the month as this archive has it."""
    known = record.months.get(f"{member.force}/{member.month}")
    unit = manifest.units.get(f"{POLICE_UK}/{member.force}/{member.month}") if manifest else None
    if known is None or unit is None or manifest is None or known.crc != member.crc:
        return False
    return manifest.files[unit.file].sha256 == known.sha256


def _run(
    web: Web,
    store: Path,
    area: Area,
    record: Record,
    todo: Sequence[tuple[Directory, Member]],
    progress: Callable[[Step], None] | None,
    now: datetime,
) -> Iterator[ImportReport]:
    """Fetch and import a few files at a time: what is stored stays, whatever happens to the rest."""
    total = sum(member.packed for _, member in todo)
    done = received = 0
    for archive, part in groupby(todo, key=lambda pair: pair[0].archive):
        for batch in _batches(list(part)):
            files: dict[Member, bytes] = {}
            for directory, member in batch:
                if progress:
                    progress(Step(done, len(todo), received, total, f"{member.force} {member.month}"))
                files[member] = read_member(web, directory, member)
                done, received = done + 1, received + member.packed
            for together in (files, *([{one: raw} for one, raw in files.items()] if len(files) > 1 else [])):
                report = _import(store, area, archive, together, now)
                if report.ok:
                    found = {
                        f"{member.force}/{member.month}": Fetched(archive, member.crc, hashlib.sha256(raw).hexdigest())
                        for member, raw in together.items()
                    }
                    record = record.with_months(found)
                    record.save(store)
                if report.ok or len(together) == 1:
                    yield report
                if report.ok and together is files:
                    break  # else one by one: a file that cannot be used stops no other
    if progress:
        progress(Step(done, len(todo), received, total, ""))


def _import(store: Path, area: Area, archive: str, files: Mapping[Member, bytes], now: datetime) -> ImportReport:
    """Import files as the archive that they came from, which they name as their release."""
    with incoming(store / FETCHING / "in") as room:
        path = room / f"{archive}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as packed:
            for member, raw in files.items():
                packed.writestr(zipfile.ZipInfo(member.name), raw)
        return take_paths([path], store, area, now=now)


def _batches(pairs: Sequence[tuple[Directory, Member]]) -> Iterator[Sequence[tuple[Directory, Member]]]:
    for start in range(0, len(pairs), BATCH):
        yield pairs[start : start + BATCH]
