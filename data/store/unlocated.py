"""Rows that were published without a location: no map shows them, and no count of an area has them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from data.kinds.crime_types import kinds_of
from data.place.area import Area
from data.store.manifest import read_manifest
from data.store.schema import POLICE_UK

TOLD_FROM = 0.02  # of a type's rows: less is not worth a sentence


def unlocated_share(store: Path, area: Area, category: str, months: Iterable[str]) -> float | None:
    """Share of a crime type's rows that have no location, in the files of the forces of an area.

    Parameters
    ----------
    store : Path
    area : Area
    category : str
        Crime type, or a sum of several.
    months : iterable of str
        YYYY-MM.

    Returns
    -------
    float or None
        None where no file of these months has rows of the type, or none was counted by type when it was imported.

    Raises
    ------
    InputError
        The manifest cannot be read.

    Notes
    -----
    Misleads where a force is much larger than the area: nobody knows how many of these rows belong to the area.
    """
    manifest = read_manifest(store)
    wanted = set(months)
    rows = lost = 0
    for unit in manifest.units.values() if manifest is not None else ():
        if unit.source == POLICE_UK and unit.force in area.forces and unit.month in wanted:
            rows += sum(unit.by_type.get(kind, 0) for kind in kinds_of(category))
            lost += sum(unit.unlocated.get(kind, 0) for kind in kinds_of(category))
    return lost / rows if rows else None
