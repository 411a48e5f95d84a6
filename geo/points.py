"""A point that is written in one text: a pair of numbers, degrees and minutes, WKT, GeoJSON, a grid reference."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, replace

from geo.errors import InputError
from geo.reference import square_of

LATLON, LONLAT, METRES = "latitude, longitude", "longitude, latitude", "easting, northing"
WKT_DEGREES, WKT_METRES = "WKT in degrees", "WKT in metres"
GEOJSON, GEOJSON_METRES = "GeoJSON", "GeoJSON in metres"
REFERENCE = "National Grid reference"
FORMS = (METRES, LATLON, LONLAT, WKT_METRES, WKT_DEGREES, GEOJSON, GEOJSON_METRES, REFERENCE)
IN_METRES = (METRES, WKT_METRES, GEOJSON_METRES, REFERENCE)
LONGITUDES, LATITUDES = (-9.0, 2.1), (49.0, 61.5)  # of the United Kingdom
_LONGEST = 500
_NUMBER = r"[+-]?(?:\d{1,9}(?:\.\d{0,20})?|\.\d{1,20})"
_WKT = re.compile(
    rf"(?:SRID\s*=\s*(\d{{1,6}})\s*;\s*)?POINT\s*(?:ZM|Z|M)?\s*\(\s*({_NUMBER})\s+({_NUMBER})(?:\s+{_NUMBER}){{0,2}}\s*\)",
    re.ASCII | re.IGNORECASE,
)
_SRIDS = {"27700": True, "7405": True, "4326": False, "4258": False, "4979": False}  # whether it is in metres
_TOKEN = re.compile(rf"\s*({_NUMBER}|[NSEW](?![A-Z])|[°'\"]|[,;/|:])", re.ASCII | re.IGNORECASE)
_ALIKE = str.maketrans("−–º˚′’‘″”“\N{NO-BREAK SPACE}", "--°°'''\"\"\" ")
_PARTS = ("°", "'", '"')
_BRACKETS = {"(": ")", "[": "]"}


@dataclass(frozen=True)
class Written:
    """A point as it was written.

    Attributes
    ----------
    form : str
        One of :data:`FORMS`; empty where two numbers do not tell which of them is the latitude.
    x, y : float
        Longitude and latitude in degrees, or easting and northing in metres (of a grid reference the middle of its
        square); without a form the numbers in the order in which they stand.
    step_x, step_y : float
        The smallest difference that could have been written, in the same unit: 0.01 of ``53.40``, 1/3600 of whole
        seconds, the side of the square of a grid reference.
    """

    form: str
    x: float
    y: float
    step_x: float
    step_y: float

    def told(self, form: str) -> Written:
        """Give the point of a column of this form; the same where it tells its form itself."""
        if self.form:
            return self
        turned = form == LATLON
        x, y, step_x, step_y = (
            (self.y, self.x, self.step_y, self.step_x) if turned else (self.x, self.y, self.step_x, self.step_y)
        )
        return Written(form, x, y, step_x, step_y)


def read_point(text: str) -> Written | None:
    """Read a point, whatever form it has; None where the text is none, or is anything besides.

    Parameters
    ----------
    text : str
        ``53.40, -2.83``, ``(-2.83 53.40)``, ``N53.40 W2.83``, ``53°24'0"N 2°49'48"W``, ``341474 394250``,
        ``SRID=27700;POINT (341474 394250)``, ``{"type": "Point", "coordinates": [-2.83, 53.4]}``, ``SJ 414 906``.

    Notes
    -----
    Two numbers are degrees if neither is above 180, and the one that can be a British latitude is the latitude. WKT
    and GeoJSON have x first, as their standards say. When it misleads: easting and northing in the other order look
    like another place of Britain.
    """
    text = text.strip().translate(_ALIKE).replace("''", '"')
    if not text or len(text) > _LONGEST:
        return None
    if text.startswith("{"):
        return _geojson(text)
    if found := _WKT.fullmatch(text):
        metres = _SRIDS.get(found[1]) if found[1] else _large(float(found[2]), float(found[3]))
        if metres is None:
            return None
        return _numbers(WKT_METRES if metres else WKT_DEGREES, found[2], found[3])
    try:
        east, north, side = square_of(text)
    except InputError:
        return _pair(text)
    return Written(REFERENCE, east, north, side, side)


def _numbers(form: str, x: str, y: str) -> Written:
    return Written(form, float(x), float(y), _step(x), _step(y))


def _step(number: str) -> float:
    """Give the smallest difference between two numbers that are written like this one."""
    return 10.0 ** -len(number.partition(".")[2])


def _large(x: float, y: float) -> bool:
    return abs(x) > 180 or abs(y) > 180


def _geojson(text: str) -> Written | None:
    try:
        raw = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return None
    if not isinstance(raw, dict) or raw.get("type") != "Point" or not isinstance(raw.get("coordinates"), list):
        return None
    parts = raw["coordinates"]
    if not 2 <= len(parts) <= 4 or not all(isinstance(p, str) and re.fullmatch(_NUMBER, p, re.ASCII) for p in parts):
        return None
    form = GEOJSON_METRES if _large(float(parts[0]), float(parts[1])) else GEOJSON
    return _numbers(form, parts[0], parts[1])


# --- two numbers -----------------------------------------------------------------------------------------------------
def _pair(text: str) -> Written | None:
    close = _BRACKETS.get(text[0])
    if close is not None:
        if not text.endswith(close):
            return None
        text = text[1:-1].strip()
    halves = _halves(_tokens(text))
    if halves is None:
        return None
    read = [_angle(half) for half in halves]
    if read[0] is None or read[1] is None:
        return None
    (a, step_a, axis_a), (b, step_b, axis_b) = read[0], read[1]
    if axis_a and axis_a == axis_b:
        return None
    first = axis_a or {"x": "y", "y": "x", "": ""}[axis_b]
    if not first:
        first = _first_axis(a, b)
    found = Written("", a, b, step_a, step_b)
    if first == "y":
        found = Written(LATLON, b, a, step_b, step_a)
    elif first == "x":
        found = Written(LONLAT, a, b, step_a, step_b)
    if _large(a, b):
        return replace(found, form=METRES) if found.form != LATLON or axis_a else None
    return found


def _first_axis(a: float, b: float) -> str:
    """Which axis the first of two bare numbers is on; empty where they do not tell."""
    if _large(a, b):
        return "x"
    if _inside(a, LATITUDES) and _inside(b, LONGITUDES):
        return "y"
    return "x" if _inside(a, LONGITUDES) and _inside(b, LATITUDES) else ""


def _inside(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or len(found) > 20:
            return []
        if found and _is_number(found[-1]) and _is_number(match[1]) and match.start(1) == match.start():
            return []  # "1.2.3" and "53-2" are no two numbers
        found.append(match[1].upper())
        place = match.end()
    return found


def _is_number(token: str) -> bool:
    return token[-1].isdigit() or token[-1] == "."


def _halves(tokens: list[str]) -> tuple[list[str], list[str]] | None:
    """Part tokens into those of the first number and those of the second."""
    marks = [n for n, part in enumerate(tokens) if part in ",;/|"]
    letters = [n for n, part in enumerate(tokens) if part in "NSEW"]
    degrees = [n for n, part in enumerate(tokens) if part == "°"]
    if len(marks) == 1:
        return tokens[: marks[0]], tokens[marks[0] + 1 :]
    if marks or len(letters) > 2:
        return None
    if len(letters) == 2 and letters[0] == 0:
        cut = letters[1]
    elif len(letters) == 2 and letters[1] == len(tokens) - 1:
        cut = letters[0] + 1
    elif letters:
        return None
    elif len(degrees) == 2:
        cut = degrees[1] - 1
    elif len(tokens) == 2:
        cut = 1
    else:
        return None
    return tokens[:cut], tokens[cut:]


def _angle(tokens: list[str]) -> tuple[float, float, str] | None:
    """Value, smallest step and axis (x, y or not told) of one number, in degrees and minutes or not."""
    letter = ""
    if tokens and tokens[0] in "NSEW":
        letter, tokens = tokens[0], tokens[1:]
    elif tokens and tokens[-1] in "NSEW":
        letter, tokens = tokens[-1], tokens[:-1]
    numbers: list[str] = []
    marked = False
    for part in tokens:
        if _is_number(part):
            if len(numbers) == len(_PARTS):
                return None
            numbers.append(part)
        elif part == ":" or (numbers and part == _PARTS[len(numbers) - 1]):
            marked = True
        else:
            return None
    if not numbers or any("." in number for number in numbers[:-1]) or any(n[0] in "+-" for n in numbers[1:]):
        return None
    if (len(numbers) > 1 and not (marked or letter)) or (letter and numbers[0][0] in "+-"):
        return None
    values = [abs(float(number)) for number in numbers]
    if any(value >= 60 for value in values[1:]):
        return None
    unit = 60.0 ** (1 - len(numbers))
    value = math.fsum(each / 60.0**n for n, each in enumerate(values))
    negative = numbers[0].startswith("-") or letter in ("S", "W")
    return (-value if negative else value), _step(numbers[-1]) * unit, {"": "", "N": "y", "S": "y"}.get(letter, "x")


def read_degrees(text: str) -> tuple[float, float, str] | None:
    """Read one longitude or latitude in degrees, with minutes and seconds or a letter or without.

    Parameters
    ----------
    text : str
        ``-2.83``, ``2.83 W``, ``2°49'48"W``.

    Returns
    -------
    degrees : float
        West and south are negative.
    step : float
        The smallest difference that could have been written, in degrees.
    axis : str
        ``x`` or ``y`` where a letter tells it, else empty.
    """
    tokens = _tokens(text.strip().translate(_ALIKE).replace("''", '"'))
    return _angle(tokens) if tokens and not any(part in ",;/|" for part in tokens) else None
