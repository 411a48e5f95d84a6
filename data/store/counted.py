"""Which units of a store count: months that are there for the whole area, none of them twice."""

from __future__ import annotations

from collections.abc import Collection

from data.place.area import Area
from data.store.accepted import Acceptance
from data.store.doubts import doubts_of
from data.store.manifest import Manifest, Unit
from data.store.schema import POLICE_UK


def counted_units(
    manifest: Manifest,
    area: Area,
    said: tuple[Acceptance, ...],
    source: str = POLICE_UK,
    damaged: Collection[str] = (),
) -> tuple[tuple[str, ...], tuple[Unit, ...]]:
    """Choose what counts of a source.

    Parameters
    ----------
    manifest : Manifest
    area : Area
    said : tuple of Acceptance
        Of :func:`data.store.accepted.read_accepted`.
    source : str
        ``police.uk``, or the name of a dated feed.
    damaged : collection of str
        Keys of the units whose files are missing or damaged: they count as not published.

    Returns
    -------
    months : tuple of str
        YYYY-MM, ascending: those that every force of ``area.forces`` has published or that are there by outline, of a
        feed those of which it covers every day.
    units : tuple of Unit
        Their units, by month and force.

    Notes
    -----
    A month by outline holds the rows of every force. So it stands alone: where the forces of the area have all
    published, it is left out, and where they have not, what some of them published is.
    """
    units = [
        unit for key, unit in manifest.units.items() if unit.source == source and unit.whole and key not in damaged
    ]
    if source == POLICE_UK:
        doubted = {(doubt.force, doubt.month) for doubt in doubts_of(manifest, area, said)}
        units = [unit for unit in units if (unit.force, unit.month) not in doubted]
    by_force = [unit for unit in units if not unit.by_outline]
    months = {unit.month for unit in by_force}
    for force in area.forces if source == POLICE_UK else ():
        months &= {unit.month for unit in by_force if unit.force == force}
    chosen = [unit for unit in by_force if unit.month in months]
    chosen += [unit for unit in units if unit.by_outline and unit.month not in months]
    chosen.sort(key=lambda unit: (unit.month, unit.force))
    return tuple(sorted({unit.month for unit in chosen})), tuple(chosen)
