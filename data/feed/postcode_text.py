"""Postcodes as people write them: whole ones, and those that name a district only."""

from __future__ import annotations

import re
from collections.abc import Sequence

_OUTWARD = r"[A-Z]{1,2}\d[A-Z\d]?"
_WHOLE = re.compile(rf"({_OUTWARD})(\d[ABD-HJLNP-UW-Z]{{2}})", re.ASCII)
_PART = re.compile(rf"{_OUTWARD}\d?(?:\*{{1,3}}|X{{2,3}})?", re.ASCII)
_MOST = 0.8
POSTCODE_HINT = "Map easting and northing, longitude and latitude or a column of points, or ask for whole postcodes."


def postcode_of(text: str) -> str:
    """Give a whole postcode in capitals with one space, ``L36 9YL``; empty where the text is none.

    Parameters
    ----------
    text : str
        In any case, with and without spaces. Anything besides the postcode makes it none.
    """
    found = _WHOLE.fullmatch(_compact(text))
    return f"{found[1]} {found[2]}" if found else ""


def is_part(text: str) -> bool:
    """Whether a text names the first part of a postcode only (a district or sector of thousands of homes)."""
    return not postcode_of(text) and bool(_PART.fullmatch(_compact(text)))


def _compact(text: str) -> str:
    return "".join(text.split()).upper() if len(text) <= 20 else ""


def are_postcodes(values: Sequence[str]) -> bool:
    """Whether most values are postcodes, whole or in part."""
    return bool(values) and sum(bool(postcode_of(t)) or is_part(t) for t in values) >= _MOST * len(values)


def why_no_postcodes(values: Sequence[str]) -> str:
    """Say why a column cannot be a place by its postcodes; empty where it can. No value of it is told.

    Parameters
    ----------
    values : sequence of str
        The column without blanks.
    """
    if not are_postcodes(values):
        return "the column does not hold postcodes alone, so it cannot be a place by postcode"
    if sum(is_part(text) for text in values) > (1 - _MOST) * len(values):
        return (
            "the postcodes of the column are only first parts, such as L36 of L36 9YL: a district is too coarse to be "
            "a place"
        )
    return ""
