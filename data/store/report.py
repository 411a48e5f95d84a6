"""What an import did: counts for every file, exactly, and the words for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from data.store.doubts import doubt_lines
from data.store.manifest import Revision
from data.store.whole import Doubt

LOADED = "loaded"
UNCHANGED = "unchanged"
FAILED = "failed"
CHECKED = "checked"


@dataclass(frozen=True)
class RowCounts:
    """Where the rows of one file went.

    Attributes
    ----------
    name : str
        The file as the person gave it; a member of an archive is ``archive.zip/2024-01/2024-01-FORCE-street.csv``.
    status : str
        ``loaded``, ``unchanged`` (these bytes are in the store already; the counts are those of then), ``failed``, or
        ``checked`` (only tried: nothing was written).
    rows_read, loaded, rejected, outside : int
        ``rows_read + extra == loaded + rejected + outside + joined`` always; incidents in the buffer are loaded; all 0
        when it failed.
    joined, extra : int
        Rows that are counted with another row of the same incident, and incidents beyond the first of rows that stand
        for several: of a feed only.
    replaced : int
        Rows of the store that gave way.
    rejected_by_reason : mapping of str to int
    months : tuple of str
    revision : tuple of Revision
        One for each unit that was replaced.
    """

    name: str
    status: str
    rows_read: int = 0
    loaded: int = 0
    rejected: int = 0
    outside: int = 0
    joined: int = 0
    extra: int = 0
    replaced: int = 0
    rejected_by_reason: Mapping[str, int] = field(default_factory=dict)
    months: tuple[str, ...] = ()
    revision: tuple[Revision, ...] = ()


@dataclass(frozen=True)
class FileReport(RowCounts):
    """One published CSV, or one archive that could not be used.

    Attributes
    ----------
    left_alone : int
        Files beside it that are something else, counted once, with the first file of their archive or folder.
    error : str or None
        What is wrong and what to do, one problem a line.
    notes : tuple of str
        What another program had done to the file and was undone, and what a person should know of its rows.
    forces : tuple of str
    archive : str or None
        The archive it is a member of.
    """

    left_alone: int = 0
    error: str | None = None
    forces: tuple[str, ...] = ()
    archive: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportReport:
    """All files of an import, in the order they were read, and the months of the store that are in doubt after it."""

    files: tuple[FileReport, ...]
    in_doubt: tuple[Doubt, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every file was loaded or was there already."""
        return all(file.status != FAILED for file in self.files)

    def total(self, what: str) -> int:
        """Sum of a count over the files; ``what`` is the name of a count of :class:`FileReport`."""
        return sum(int(getattr(file, what)) for file in self.files)

    def to_json(self) -> dict[str, Any]:
        """Plain values, for ``--json``."""
        return {
            "ok": self.ok,
            "files": [asdict(file) for file in self.files],
            "in_doubt": [asdict(doubt) for doubt in self.in_doubt],
            "total": {
                what: self.total(what)
                for what in ("rows_read", "loaded", "rejected", "outside", "joined", "replaced", "left_alone")
            },
        }

    def lines(self) -> list[str]:
        """Tell a person: each source, what was put aside and why, every revision, every error, every month in doubt."""
        lines: list[str] = []
        for name, files in self._by_source().items():
            lines += _source_lines(name, files)
        if len(self.files) > 1:
            lines.append(f"Total: {counts_words(self.files)}.")
        if not self.files:
            lines.append("There was nothing to import.")
        return lines + doubt_lines(self.in_doubt)

    def _by_source(self) -> dict[str, list[FileReport]]:
        sources: dict[str, list[FileReport]] = {}
        for file in self.files:
            sources.setdefault(file.archive or file.name, []).append(file)
        return sources


def counts_words(files: Sequence[RowCounts]) -> str:
    """Write out the rows of some files: where each of them went."""

    def total(what: str) -> int:
        return sum(int(getattr(file, what)) for file in files)

    more = f" + {total('extra'):,} more incidents that they count" if total("extra") else ""
    text = (
        f"{total('rows_read'):,} rows read{more} = {total('loaded'):,} loaded + {total('rejected'):,} rejected + "
        f"{total('outside'):,} outside the area and its buffer"
    )
    text += f" + {total('joined'):,} joined to another row of the same incident" if total("joined") else ""
    return text + (f"; {total('replaced'):,} rows gave way" if total("replaced") else "")


def _note_lines(files: Sequence[FileReport]) -> list[str]:
    """Tell what was undone or stands out; of several files once, with their number."""
    found = Counter(note for file in files for note in file.notes)
    return [f"  note: {note}{f' (in {n} files)' if len(files) > 1 else ''}." for note, n in found.items()]


def _source_lines(name: str, files: list[FileReport]) -> list[str]:
    failed = [file for file in files if file.status == FAILED]
    if failed:
        return [f"{name}: FAILED, the store is as it was."] + [
            f"  {line}" for file in failed for line in (file.error or "").splitlines()
        ]
    unchanged = sum(file.status == UNCHANGED for file in files)
    months = sorted({month for file in files for month in file.months})
    period = f"{months[0]} to {months[-1]}" if len(months) > 1 else "".join(months)
    forces = ", ".join(sorted({force for file in files for force in file.forces}))
    number = f"{len(files)} files, " if len(files) > 1 else ""
    if unchanged == len(files):
        lines = [f"{name}: {number}unchanged ({forces}, {period}): these bytes are in the store already."]
    else:
        lines = [f"{name}: {number}{forces}, {period}: {counts_words(files)}."]
        if unchanged:
            lines.append(f"  {unchanged} of them unchanged.")
    left_alone = sum(file.left_alone for file in files)
    if left_alone:
        lines.append(f"  {left_alone:,} other files were left alone.")
    reasons: dict[str, int] = {}
    for file in files:
        for reason, rows in file.rejected_by_reason.items():
            reasons[reason] = reasons.get(reason, 0) + rows
    lines += [f"  rejected, {reason}: {rows:,}" for reason, rows in sorted(reasons.items())]
    lines += _note_lines(files)
    return lines + [f"  {revision.sentence}" for file in files for revision in file.revision]
