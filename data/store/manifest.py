"""What is in a store: its units, the files they were made from, and every revision since the beginning.

The manifest is one JSON file. Replacing it is the only moment at which a store changes.
"""

from __future__ import annotations

import calendar
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from data.place.area import Area
from data.store.manifest_values import Wrong, wrong_paths, wrong_together, wrong_values
from data.store.schema import BY_OUTLINE, POLICE_UK
from geo.aside import read_whole
from geo.errors import REACH, InputError

FORMAT = 1
SEVERAL = "several"
MANIFEST = "manifest.json"
# What units of older stores do not have: left empty it is no part of the digest, which stays what it was.
_EMPTY: tuple[tuple[str, object], ...] = (
    ("first", ""),
    ("last", ""),
    ("by_type", {}),
    ("unlocated", {}),
    ("joined", 0),
    ("extra", 0),
    ("counts", ""),
)
UNWRITTEN = "not written"  # in place of the file of a unit's counts, until it is written before the commit
ANEW = (
    "Restore a backup (python -m data restore FILE --store DIR --replace); without one import everything anew with "
    "--rebuild, and dated feeds again."
)
NEWER = "Use the newer program: it reads this store. Nothing was changed; a rebuild would lose what only it can read."
AGAIN = "python -m data verify names every damaged file; importing the month again restores it."
# A new release of a month loses a row or two. One that loses this many, and this share, may be a part of the month.
FEWEST_GONE, LEAST_LEFT = 20, 0.75
LARGE_REVISION = 0.05  # of the rows of a month


@dataclass(frozen=True)
class Layer:
    """The ward layer by which incidents were given their wards when they were imported, and the width of the buffer.

    ``version`` is ``SEVERAL`` where files were imported by more than one layer of the area.
    """

    area: str
    code: str
    vintage: str
    version: str
    buffer_m: float

    @classmethod
    def of(cls, area: Area) -> Layer:
        """Take the layer of an area."""
        return cls(area.name, area.code, area.ward_vintage, area.wards.version, area.buffer_m)

    def same(self, other: Layer) -> bool:
        """Whether both give every incident the same ward."""
        return (self.version, self.buffer_m) == (other.version, other.buffer_m)

    def among(self, area: Area) -> bool:
        """Whether it is one of the layers of an area, with the same buffer."""
        return self.version in area.layer_versions and self.buffer_m == area.buffer_m

    def __str__(self) -> str:
        """Name, vintage and version."""
        return f"{self.area}, wards {self.vintage} (version {self.version}), buffer {self.buffer_m:g} m"


@dataclass(frozen=True)
class Unit:
    """One source, force and month: what is replaced as a whole.

    ``rows_read`` counts the rows of its file that belong to it; ``rows`` those that are stored, ``in_area`` those of
    them that lie in a ward. Of a dated feed, whose ``force`` is its own name, ``first`` and ``last`` are the days
    (YYYY-MM-DD) of the month that its file covers; published files cover whole months and leave them empty.

    ``joined`` counts rows that are counted with another one of their incident, ``extra`` the incidents of a feed beyond
    the first of rows that stand for several.

    ``by_type`` counts the rows of a published file that belong to it by crime type, of the whole force: also those that
    are outside or have no location, but none that is joined. ``unlocated`` counts those without a location, and has
    only types that have some. Both are empty of feeds, of units imported before rows were counted so, and of months by
    outline: those hold the rows of every force that lie in area and buffer, and say nothing of one force. Their
    ``force`` is ``BY_OUTLINE``.

    ``counts`` is the file of the store that counts the whole force by small area (:mod:`data.store.force_counts`);
    empty where ``by_type`` is, and of units imported before there were such files.
    """

    source: str
    force: str
    month: str
    path: str
    file: str
    rows: int
    in_area: int
    rejected: int
    outside: int
    first: str = ""
    last: str = ""
    by_type: Mapping[str, int] = field(default_factory=dict, hash=False)
    unlocated: Mapping[str, int] = field(default_factory=dict, hash=False)
    joined: int = 0
    extra: int = 0
    counts: str = ""

    @property
    def whole(self) -> bool:
        """Whether every day of the month is covered."""
        if not self.first:
            return True
        days = calendar.monthrange(int(self.month[:4]), int(self.month[5:]))[1]
        return self.first == f"{self.month}-01" and self.last == f"{self.month}-{days}"

    @property
    def by_outline(self) -> bool:
        """Whether it holds what every force published in area and buffer, until the archive has the month."""
        return (self.source, self.force) == (POLICE_UK, BY_OUTLINE)

    @property
    def key(self) -> str:
        """Name of the unit in the manifest."""
        return f"{self.source}/{self.force}/{self.month}"

    @property
    def rows_read(self) -> int:
        """Rows of the file that belong to this unit."""
        return self.rows + self.rejected + self.outside + self.joined - self.extra


@dataclass(frozen=True)
class SourceFile:
    """A CSV that was imported and from which at least one unit is still made."""

    name: str
    sha256: str
    release: str
    imported_at: str
    rows_read: int
    loaded: int
    rejected: int
    outside: int
    rejected_by_reason: Mapping[str, int]
    units: tuple[str, ...]
    rejected_path: str | None
    joined: int = 0
    extra: int = 0


@dataclass(frozen=True)
class Revision:
    """How a unit changed when it was imported again, among the rows that are stored (area and buffer).

    Attributes
    ----------
    before, after : int
        Rows stored.
    added, gone, outcome_changed : int
        By Crime ID. A crime whose published point moved into or out of area and buffer counts as added or gone.
    added_without_id, gone_without_id : int
        Rows without a Crime ID (all ASB), compared as a multiset of point, location and LSOA. Misleads where LSOA
        codes change vintage between two releases: the rows are then gone and added.

    Of a dated feed the number with another outcome is that of the incidents whose time, place or kind changed.
    """

    source: str
    force: str
    month: str
    imported_at: str
    old_name: str
    new_name: str
    before: int
    after: int
    added: int
    gone: int
    outcome_changed: int
    added_without_id: int
    gone_without_id: int

    @property
    def shrunk(self) -> bool:
        """Whether so many rows are gone that the new file may hold a part of the month only."""
        return self.before - self.after >= FEWEST_GONE and self.after < LEAST_LEFT * self.before

    @property
    def large(self) -> bool:
        """Whether the number of rows of a published month changed by 5 % or more; the months of a feed fill up."""
        return (
            self.source == POLICE_UK
            and self.before != self.after
            and abs(self.after - self.before) >= LARGE_REVISION * self.before
        )

    @property
    def sentence(self) -> str:
        """The revision in words, with a warning when a good part of the rows is gone."""
        return self._counts() + (
            f". TAKE CARE: {1 - self.after / self.before:.0%} fewer rows than before. If {self.new_name} is only a "
            f"part of the month, import {self.old_name} again"
            if self.shrunk
            else ""
        )

    def _counts(self) -> str:
        head = f"revision of {self.force} {self.month}: {self.before:,} rows gave way to {self.after:,}; "
        if self.source != POLICE_UK:
            return head + (
                f"by reference number {self.added:,} added, {self.gone:,} gone, {self.outcome_changed:,} changed; "
                f"without one {self.added_without_id:,} added, {self.gone_without_id:,} gone"
            )
        return head + (
            f"crimes {self.added:,} added, {self.gone:,} gone, {self.outcome_changed:,} with another outcome; "
            f"incidents without an ID {self.added_without_id:,} added, {self.gone_without_id:,} gone"
        )


@dataclass(frozen=True)
class Manifest:
    """State of a store. Values are never changed; an import makes a new one."""

    layer: Layer
    units: Mapping[str, Unit] = field(default_factory=dict)
    files: Mapping[str, SourceFile] = field(default_factory=dict)
    revisions: tuple[Revision, ...] = ()

    @property
    def version(self) -> str:
        """Digest of everything but the clock."""
        return _digest(asdict(self))

    @property
    def paths(self) -> frozenset[str]:
        """Files of the store that belong to this state."""
        rejected = {file.rejected_path for file in self.files.values() if file.rejected_path}
        counts = {unit.counts for unit in self.units.values()} - {"", UNWRITTEN}
        return frozenset({unit.path for unit in self.units.values()} | counts | rejected)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"format": FORMAT, "version": self.version, **asdict(self)}

    def with_file(
        self, file_id: str, file: SourceFile, units: Mapping[str, Unit], revisions: tuple[Revision, ...]
    ) -> Manifest:
        """Let the units of a file take the place of what was there; files that lost every unit are forgotten."""
        merged = replace(self, files={**self.files, file_id: file}, revisions=self.revisions + revisions)
        return merged._of({**self.units, **units})

    def without_outlines(self, forces: Collection[str]) -> Manifest:
        """Let months by outline go that these forces have files of: theirs take their place, whole."""
        kept = {key: unit for key, unit in self.units.items() if not (unit.by_outline and self.has(unit.month, forces))}
        return self if len(kept) == len(self.units) else self._of(kept)

    def has(self, month: str, forces: Collection[str]) -> bool:
        """Whether there is a published file of a month of each of these forces."""
        return bool(forces) and all(f"{POLICE_UK}/{force}/{month}" in self.units for force in forces)

    def _of(self, units: Mapping[str, Unit]) -> Manifest:
        used = {unit.file for unit in units.values()}
        return replace(self, units=units, files={key: file for key, file in self.files.items() if key in used})


def _digest(state: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(_without_clock(state), sort_keys=True).encode()).hexdigest()[:16]


def _without_clock(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {key: part for key, part in value.items() if key != "imported_at" and (key, part) not in _EMPTY}
        return {key: _without_clock(part) for key, part in kept.items()}
    if isinstance(value, list | tuple):
        return [_without_clock(part) for part in value]
    return value


def read_manifest(store: Path) -> Manifest | None:
    """State of a store, None where nothing was ever imported.

    Raises
    ------
    InputError
        The manifest cannot be read, has a value that no import can have written, or is of a newer program.
    """
    raw = _read(store)
    if raw is None:
        return None
    try:
        _check(store, wrong_values(raw))
        found = Manifest(
            layer=Layer(**raw["layer"]),
            units={key: Unit(**unit) for key, unit in raw["units"].items()},
            files={key: SourceFile(**{**file, "units": tuple(file["units"])}) for key, file in raw["files"].items()},
            revisions=tuple(Revision(**revision) for revision in raw["revisions"]),
        )
        _check(store, wrong_together(raw))
        written = _digest({part: raw[part] for part in ("layer", "units", "files", "revisions")})
        if raw["version"] != written:
            _check(store, [("version", raw["version"], f"what stands in the manifest makes {written}")])
    except (KeyError, TypeError, AttributeError) as error:
        raise _damaged(store, error) from error
    return found


def read_version(store: Path) -> str | None:
    """Version of a store as it was written down, None where nothing was ever imported.

    Raises
    ------
    InputError
        As :func:`read_manifest`.
    """
    return read_paths(store)[0]


def read_paths(store: Path) -> tuple[str | None, tuple[str, ...]]:
    """Version of a store as :func:`read_version` has it, and the paths of its units' files; nothing else is checked.

    Raises
    ------
    InputError
        As :func:`read_manifest`.
    """
    raw = _read(store)
    if raw is None:
        return None, ()
    try:
        _check(store, wrong_paths(raw))
        paths = [path for unit in raw["units"].values() for path in (unit["path"], unit.get("counts", ""))]
        return str(raw["version"]), tuple(path for path in dict.fromkeys(paths) if path not in ("", UNWRITTEN))
    except (KeyError, TypeError, AttributeError) as error:
        raise _damaged(store, error) from error


def refuse_newer(store: Path) -> None:
    """Refuse a store of a newer program, which is never written over: not even when everything is imported anew.

    Raises
    ------
    InputError
    """
    try:
        raw = json.loads(read_whole(store / MANIFEST).decode())
    except (OSError, ValueError, RecursionError):
        return  # there is none, or one that importing anew replaces
    _check_format(store, raw)


def _read(store: Path) -> dict[str, Any] | None:
    path = store / MANIFEST
    try:
        raw = json.loads(read_whole(path).decode())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        hint = REACH if isinstance(error, OSError) else ANEW
        raise InputError(f"the manifest of the store cannot be read: {error}", file=str(path), hint=hint) from error
    if not isinstance(raw, dict) or "format" not in raw:
        raise _damaged(store, "it is something else")
    _check_format(store, raw)
    if type(raw["format"]) is not int or raw["format"] != FORMAT:
        _check(store, [("format", raw["format"], "there never was such a format")])
    return raw


def _check_format(store: Path, raw: object) -> None:
    number = raw.get("format") if isinstance(raw, dict) else None
    if type(number) is int and number > FORMAT:
        raise InputError(
            f"the store was written by a newer version of this program; this one reads format {FORMAT}",
            file=str(store / MANIFEST),
            column="format",
            value=str(number),
            hint=NEWER,
        )


def _check(store: Path, wrong: Iterable[Wrong]) -> None:
    """Raise the first of what is wrong."""
    for key, value, why in wrong:
        raise InputError(
            f"the manifest of the store is damaged: {why}",
            file=str(store / MANIFEST),
            column=key,
            value=str(value),
            hint=ANEW,
        )


def _damaged(store: Path, why: object) -> InputError:
    return InputError(f"the manifest of the store is damaged: {why}", file=str(store / MANIFEST), hint=ANEW)
