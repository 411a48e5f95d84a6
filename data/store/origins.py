"""Where the months of a store come from, as far as it matters for what they say: older archives, and by outline."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data.kinds.lists import join_words
from data.place.area import Area
from data.store.accepted import read_accepted
from data.store.checks import month_ordinal
from data.store.counted import counted_units
from data.store.fetched import read_fetching
from data.store.sums import settled

WINDOW = 36  # months that the publisher keeps up to date: those of its newest archive
_ARCHIVE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Origins:
    """Months that are not of the newest archive.

    Attributes
    ----------
    older : mapping of str to str
        By month (YYYY-MM) the archive that it came from, of months that the publisher no longer keeps up to date.
    by_outline : tuple of str
        Months (YYYY-MM) that no archive has yet.
    """

    older: Mapping[str, str] = field(default_factory=dict)
    by_outline: tuple[str, ...] = ()

    def within(self, first: str, last: str) -> Origins:
        """Only months from the first to the last, both included."""
        return Origins(
            {month: archive for month, archive in self.older.items() if first <= month <= last},
            tuple(month for month in self.by_outline if first <= month <= last),
        )

    @property
    def sentence(self) -> str:
        """What a reader has to know of these months; empty where there are none."""
        parts = []
        if self.older:
            parts.append(
                f"Of the published months, {_span(self.older)} {_come(self.older)} from older archives "
                f"({join_words(sorted(set(self.older.values())))}), which the publisher calls out of date."
            )
        if self.by_outline:
            parts.append(
                f"Of the published months, {_span(self.by_outline)} {_come(self.by_outline)} by outline from the "
                "monthly service, until the archive has it."
            )
        return " ".join(parts)


def _span(months: Collection[str]) -> str:
    return min(months) if len(months) == 1 else f"{min(months)} to {max(months)}"


def _come(months: Collection[str]) -> str:
    return "comes" if len(months) == 1 else "come"


def store_origins(store: Path, area: Area) -> Origins:
    """Tell where the months that count come from.

    Parameters
    ----------
    store : Path
    area : Area

    Returns
    -------
    Origins

    Raises
    ------
    InputError
        The manifest, the accepted months or the list of what was fetched cannot be read.

    Notes
    -----
    Misleads where files were only ever imported by hand: which archive is the newest is then not known, and no month is
    called older.
    """
    manifest, damage = settled(store)
    if manifest is None:
        return Origins()
    newest = read_fetching(store).newest
    older, by_outline = {}, []
    for unit in counted_units(manifest, area, read_accepted(store), damaged=damage.units)[1]:
        release = manifest.files[unit.file].release
        if unit.by_outline:
            by_outline.append(unit.month)
        elif (
            newest
            and unit.force in area.forces
            and _ARCHIVE.fullmatch(release)
            and month_ordinal(unit.month) <= month_ordinal(newest) - WINDOW
        ):
            older[unit.month] = release
    return Origins(older, tuple(by_outline))
