"""Zones that whoever is at the page may choose as an area, and the cells of one."""

from __future__ import annotations

import hashlib
import re
from datetime import date

import shapely

from data.access.actor import PLAN
from data.feed.times import zone_of
from data.kinds.lists import told_apart
from data.plan.kept import Kept
from data.zone.covered import covered
from data.zone.zone import Zone
from data.zone.zones import ZONES
from geo.errors import InputError
from pages.ui.map import lattice
from pages.ui.shell import access, screenshot
from pages.ui.shell.cache import Dataset, cached, once
from pages.ui.zone.example import NUMBER, WORD, example_zone

ID_LETTERS = 8
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def every(data: Dataset) -> tuple[Kept[Zone], ...]:
    """Give the newest revision of every zone that may be shown here, archived ones too, the last saved first.

    Parameters
    ----------
    data : Dataset

    Returns
    -------
    tuple of Kept
        Those that lie in the area, of the demonstration only on it and the other way round; restricted ones only for
        whom may plan, and never in the screenshot view. On the demonstration its example is the last.

    Raises
    ------
    InputError
        The file of plans cannot be used.
    """
    found = [one for one in once("zones", data.store, ZONES.listed) if one.content.simulated == data.simulated]
    made_up = example_zone(data)
    found += [] if made_up is None else [made_up]
    if not found:
        return ()
    outline = data.area.wards.outline
    return tuple(one for one in found if may_see(one.content) and shapely.intersects(one.content.shape, outline))


def may_see(zone: Zone) -> bool:
    """Whether a zone may be shown to whoever is at the page: a restricted one to whom may plan, and on no picture."""
    return not zone.restricted or (access.actor().may(PLAN) and not screenshot.on())


def zones_for(data: Dataset) -> dict[int, Kept[Zone]]:
    """Give the zones that may be shown and are not archived, by number, the last saved first.

    Notes
    -----
    A file of plans that cannot be used gives none: the pages of plans and zones tell what is wrong with it.
    """
    try:
        return {one.id: one for one in every(data) if not one.archived}
    except InputError:
        return {}


def areas_for(data: Dataset) -> dict[int, Kept[Zone]]:
    """Give the zones that a page may take as an area: no restricted one, whose cells would stand in address and files.

    A problem may be of one all the same: what leaves of a problem is cleared of it.
    """
    return {number: one for number, one in zones_for(data).items() if not one.content.restricted}


def names_of(found: dict[int, Kept[Zone]]) -> dict[int, str]:
    """Name zones for a choice: those that share a name with their number too. Plain text of people: escape it."""
    return told_apart({number: one.content.name for number, one in found.items()}, "zone")


def word_of(number: int) -> str:
    """Write the number of a zone as a word of an address."""
    return WORD if number == NUMBER else str(number)


def number_of(word: str) -> int:
    """Read a word of an address; 0 where it is none."""
    return NUMBER if word.lower() == WORD else int(word) if _NUMBER.fullmatch(word) else 0


def cells_of(data: Dataset, number: int) -> tuple[str, ...]:
    """Give the six-figure references of a zone's cells, sorted; none where it may not be shown, or is gone.

    Parameters
    ----------
    data : Dataset
    number : int
        Of the zone.
    """
    one = zones_for(data).get(number)
    return () if one is None else cells_in(data, one.content.wkt)


def cells_in(data: Dataset, wkt: str) -> tuple[str, ...]:
    """Give the six-figure references of the cells of an outline, sorted."""
    return cached(_cells, data, wkt)


def _cells(data: Dataset, wkt: str) -> tuple[str, ...]:
    return covered(shapely.from_wkt(wkt), cached(lattice.grid, data))


def in_force(data: Dataset, day: date) -> tuple[Kept[Zone], ...]:
    """Give the zones that are in force at any minute of a day, the oldest first."""
    zone = str(zone_of(data.area))
    return tuple(one for one in reversed(zones_for(data).values()) if one.content.in_force(day, zone))


def outline_id(zone: Zone) -> str:
    """Tell an outline from every other, in a few letters."""
    return hashlib.sha256(zone.wkt.encode()).hexdigest()[:ID_LETTERS]
