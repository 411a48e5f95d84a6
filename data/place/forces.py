"""Police forces: what data.police.uk calls them in its files' names, by the code of the area that they police."""

from __future__ import annotations

import csv
from pathlib import Path

_TABLE = Path(__file__).with_name("forces.csv")


def slugs_by_area() -> dict[str, str]:
    """Give the name in files (``avon-and-somerset``) by the code of the police force area (``E23000036``).

    Returns
    -------
    dict
        The 43 areas of England and Wales. Two forces have none: the transport police, and Northern Ireland's.

    References
    ----------
    Home Office, list of forces of data.police.uk; Office for National Statistics, police force areas.
    """
    with _TABLE.open(encoding="utf-8", newline="") as handle:
        return {row["pfa"]: row["slug"] for row in csv.DictReader(handle) if row["pfa"]}


def known_slugs() -> frozenset[str]:
    """Give the names in files of all forces that publish."""
    with _TABLE.open(encoding="utf-8", newline="") as handle:
        return frozenset(row["slug"] for row in csv.DictReader(handle))
