"""National Grid references as people write them, back to metres."""

from __future__ import annotations

import re

from geo.errors import InputError

_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
_FORM = re.compile(r"([A-HJ-Z])([A-HJ-Z])([0-9]+)")
_PARTED = re.compile(r"([A-HJ-Z]{2})[-/,]?([0-9]{2,5})[-/,]([0-9]{2,5})")
_KM100 = 100_000
HINT = "Write two letters and four, six, eight or ten figures, such as SJ414906."


def from_reference(text: str) -> tuple[float, float]:
    """Give the middle of the square that a National Grid reference names.

    Parameters
    ----------
    text : str
        As :func:`square_of` reads it.

    Returns
    -------
    easting_m, northing_m : float
        EPSG:27700; of a six-figure reference the middle of its 100 m square.

    Raises
    ------
    InputError
        It is no such reference, or lies off the National Grid.
    """
    return square_of(text)[:2]


def square_of(text: str) -> tuple[float, float, int]:
    """Give the middle and the side of the square that a National Grid reference names.

    Parameters
    ----------
    text : str
        Two letters and four to ten figures, spaces and case as one likes: ``SJ 414 906``. Its equal halves may be
        parted by a hyphen, stroke or comma.

    Returns
    -------
    easting_m, northing_m : float
        EPSG:27700; the middle of the square.
    side_m : int
        1,000 of four figures, 100 of six, 10 of eight, 1 of ten.

    Raises
    ------
    InputError
        It is no such reference, or lies off the National Grid.
    """
    compact = re.sub(r"\s+", "", text).upper()
    parted = _PARTED.fullmatch(compact)
    match = _FORM.fullmatch("".join(parted.groups()) if parted and len(parted[2]) == len(parted[3]) else compact)
    if match is None or len(match[3]) % 2 or not 4 <= len(match[3]) <= 10:
        raise InputError("this is not a National Grid reference", column="grid reference", value=text[:40], hint=HINT)
    first, second = (_LETTERS.index(letter) for letter in match.group(1, 2))
    half = len(match[3]) // 2
    side = 10 ** (5 - half)
    east = ((first - 2) % 5 * 5 + second % 5) * _KM100 + int(match[3][:half]) * side + side / 2
    north = (19 - first // 5 * 5 - second // 5) * _KM100 + int(match[3][half:]) * side + side / 2
    if not (0 <= east < 7 * _KM100 and 0 <= north < 13 * _KM100):
        raise InputError("this point is not on the National Grid", column="grid reference", value=text[:40], hint=HINT)
    return east, north, side
