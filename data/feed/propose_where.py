"""Which columns of a partner's file are probably the place of an incident."""

from __future__ import annotations

from data.feed.taken import Taken, between
from data.place.area import Area

_NEAR_M = 5_000.0
# Words of a header.
_HEADERS = {
    "easting": (r"\beastings?\b|\bx ?(coord\w*)?$|^x\b|\bgrid e\b|\bos ?x\b",),
    "northing": (r"\bnorthings?\b|\by ?(coord\w*)?$|^y\b|\bgrid n\b|\bos ?y\b",),
    "longitude": (r"\b(longitude|long|lon|lng)\b|^x\b|\bx ?(coord\w*)?$",),
    "latitude": (r"\b(latitude|lat)\b|^y\b|\by ?(coord\w*)?$",),
}


def take_place(taken: Taken, area: Area) -> None:
    """Take a pair of columns as the place: grid coordinates, degrees, or numbers that lie in the area."""
    columns = taken.columns
    west, south, east, north = area.wards.outline.bounds
    for pair, bounds in (
        (("easting", "northing"), ((1_000, 700_000), (1_000, 1_300_000))),
        (("longitude", "latitude"), ((-180, 180), (-90, 90))),
    ):
        for target, (low, high) in zip(pair, bounds, strict=True):
            taken.take(target, _HEADERS[target], between(low, high))
        if all(target in columns for target in pair):
            return
        for target in pair:
            columns.pop(target, None)
    found: dict[str, str] = {}
    for target, low, high in (("easting", west, east), ("northing", south, north)):
        fits = between(low - _NEAR_M, high + _NEAR_M)
        for column in taken.left:
            if column not in found.values() and fits(taken.values(column)):
                found[target] = column
                break
    if len(found) == 2:
        columns.update(found)
