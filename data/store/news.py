"""What the last import brought, beside what was there before it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from data.place.area import Area
from data.store.manifest import Manifest, read_manifest
from data.store.schema import BY_OUTLINE, POLICE_UK


@dataclass(frozen=True)
class LastImport:
    """What the last import of published files brought.

    Attributes
    ----------
    day : str
        YYYY-MM-DD, in UTC.
    added : tuple of str
        Months (YYYY-MM) that every force of the area has now and had not before, in order.
    revised : tuple of (str, int, int)
        Months whose number of rows changed by 5 % and more: month, rows before, rows after, in area and buffer.
    before : str
        Last month that was there before; empty where nothing was.
    """

    day: str
    added: tuple[str, ...]
    revised: tuple[tuple[str, int, int], ...]
    before: str


def last_import(store: Path, area: Area) -> LastImport | None:
    """Tell what the last import brought; None where nothing was ever imported.

    Parameters
    ----------
    store : Path
    area : Area
        Its forces say which months count.

    Raises
    ------
    InputError
        The manifest cannot be read.

    Notes
    -----
    Misleads where a month was imported again without a change: it is then neither added nor revised. Files of one run
    carry one time; a second run on the same day is another import.
    """
    manifest = read_manifest(store)
    files = [] if manifest is None else [one for one in manifest.files.values() if _published(manifest, one.units)]
    if manifest is None or not files:
        return None
    when = max(one.imported_at for one in files)
    brought = {key for one in files if one.imported_at == when for key in one.units}
    replaced = {(r.source, r.force, r.month) for r in manifest.revisions if r.imported_at == when}
    fresh = {key for key in brought if (u := manifest.units[key]) and (u.source, u.force, u.month) not in replaced}
    now = _months(manifest, area, frozenset())
    was = _months(manifest, area, frozenset(fresh))
    revised = sorted((r.month, r.before, r.after) for r in manifest.revisions if r.imported_at == when and r.large)
    return LastImport(when[:10], tuple(sorted(now - was)), tuple(revised), max(was, default=""))


def _published(manifest: Manifest, units: tuple[str, ...]) -> bool:
    return any(manifest.units[key].source == POLICE_UK for key in units if key in manifest.units)


def _months(manifest: Manifest, area: Area, without: frozenset[str]) -> set[str]:
    """Months that every force of the area has or that are there by outline, some units left out."""
    held: dict[str, set[str]] = {}
    for key, unit in manifest.units.items():
        if unit.source == POLICE_UK and key not in without:
            held.setdefault(unit.force, set()).add(unit.month)
    whole = set.intersection(*(held.get(force, set()) for force in area.forces)) if area.forces else set()
    return whole | held.get(BY_OUTLINE, set())
