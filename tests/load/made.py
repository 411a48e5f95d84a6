"""Stores whose every figure tells of which import it is: in edition ``k`` each month has ``k`` incidents more."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data.kinds.crime_types import ASB
from data.place.area import Area
from data.published.police_uk import import_paths
from tests.published.police_files import named, points_of, put, row, table

MONTHS = tuple(str(month) for month in pd.period_range("2023-12", "2024-12", freq="M"))


def asb(edition: int, month: str) -> int:
    """Give the ASB incidents of the wards in a month, in an edition."""
    return 12 + MONTHS.index(month) % 5 + edition


def edition_files(area: Area, folder: Path, edition: int) -> list[Path]:
    """Write the files of an edition, one a month."""
    points = points_of(area)
    found = []
    for month in MONTHS:
        many = asb(edition, month)
        rows = [
            row(
                points.inside if at % 3 else points.other, Month=month, Crime_type=ASB, Location=f"On or near Road {at}"
            )
            for at in range(many)
        ]
        found.append(put(folder / f"edition_{edition}", table(rows), named(month, area.forces[0])))
    return found


def import_edition(area: Area, folder: Path, store: Path, edition: int) -> None:
    """Import an edition: it takes the place of the one before, month by month and all at once."""
    assert import_paths(edition_files(area, folder, edition), store, area).ok
