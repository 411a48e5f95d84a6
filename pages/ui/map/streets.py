"""What lies under the map as the browser reads it: short strings of steps along each line, within a budget.

It is a file of its own beside the map library, which a browser asks for once: a map is sent again with every filter.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.place.area import Area
from data.streets.base_map import BaseMap, Features
from data.streets.kinds import STREAM, TRAM, WOOD
from data.streets.open_roads import ACCESS, CLASSES, LOCAL, PATH
from geo.aside import into_place
from geo.errors import InputError
from pages.ui.shell import vendor

FOLDER = vendor.ROOT / "static" / "streets"
KEPT = 12  # files of areas and versions that are no longer shown
LEAST_BYTES, MOST_BYTES, BYTES_A_KM2 = 430_000, 1_900_000, 700
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # five bits of a step each, and "goes on"
_ALPHABET = np.frombuffer(LETTERS.encode(), dtype=np.uint8)
_SMALL_M2 = 20_000.0


@dataclass(frozen=True)
class Degree:
    """How much is left of a base map: coarser lines by metres, and what is left out."""

    tolerance_m: float = 0.0
    without: tuple[int, ...] = ()
    names: bool = True
    small: bool = True


# The order in which a map gives way until it fits: footpaths first, main roads never.
DEGREES = (
    Degree(),
    Degree(4),
    Degree(4, (PATH,)),
    Degree(7, (PATH,)),
    Degree(7, (PATH,), small=False),
    Degree(7, (PATH, ACCESS), small=False),
    Degree(12, (PATH, ACCESS), small=False),
    Degree(20, (PATH, ACCESS), small=False),
    Degree(20, (PATH, ACCESS), names=False, small=False),
    Degree(20, (PATH, ACCESS, LOCAL), names=False, small=False),
    Degree(35, (PATH, ACCESS, LOCAL), names=False, small=False),
)


def budget(area: Area) -> int:
    """Bytes that may go to the browser: by the size of the area, within what a town and a county may take."""
    return int(np.clip(BYTES_A_KM2 * area.wards.outline.area / 1e6, LEAST_BYTES, MOST_BYTES))


def coded(ground: BaseMap, west_m: float, south_m: float, most: int = LEAST_BYTES) -> str:
    """Put a base map into the form that streets.js draws.

    Parameters
    ----------
    ground : BaseMap
    west_m, south_m : float
        Origin of what is sent.
    most : int
        Bytes. The first of :data:`DEGREES` that fits is taken, the last one where none does.

    Returns
    -------
    str
        JSON: ``roads`` by class, rows of name, number and lines; ``water``, ``waterways``, ``green`` and ``railways``,
        rows of a number for the kind and lines (rings of a polygon); ``stations``, rows of name, x and y. A line is a
        string: differences from point to point in whole metres, the first from the origin, each doubled with its sign
        in the last bit, in letters of five bits, the lowest first.
    """
    text = ""
    for degree in DEGREES:
        text = json.dumps(_coded(ground, west_m, south_m, degree), separators=(",", ":"))
        if len(text) <= most:
            break
    return text


def _coded(ground: BaseMap, west: float, south: float, degree: Degree) -> dict[str, Any]:
    at = (west, south)
    water, green, lines = ground.water, ground.green, ground.waterways
    if not degree.small:
        water, green = _large(water), _large(green)
        lines = lines.of(*{kind for kind in lines.kinds if kind != STREAM})
    stations = [
        [name, round(p.x - west), round(p.y - south)]
        for name, p in zip(ground.stations.names, ground.stations.shapes, strict=True)
    ]
    return {
        "roads": _roads(ground, at, degree),
        "water": _shapes(water, at, degree, ()),
        "waterways": _shapes(lines, at, degree, (STREAM,)),
        "green": _shapes(green, at, degree, (WOOD,)),
        "railways": _shapes(ground.railways, at, degree, (TRAM,)),
        "stations": stations,
    }


def _large(features: Features) -> Features:
    return features.take(np.flatnonzero(shapely.area(features.shapes) > _SMALL_M2))


def _roads(ground: BaseMap, at: tuple[float, float], degree: Degree) -> list[list[list[str]]]:
    """By class, a row for every name and number: both, then its lines."""
    roads = ground.roads
    keep = np.flatnonzero(~np.isin(roads.classes, degree.without))
    shapes = shapely.simplify(roads.lines[keep], degree.tolerance_m) if degree.tolerance_m else roads.lines[keep]
    found: list[dict[tuple[str, str], list[str]]] = [{} for _ in CLASSES]
    for i, line in zip(keep, steps(shapes, at), strict=True):
        level = int(roads.classes[i])
        name = roads.names[i] if degree.names or level < LOCAL else ""
        found[level].setdefault((name, roads.numbers[i]), []).append(line)
    return [[[*both, *lines] for both, lines in rows.items()] for rows in found]


def _shapes(features: Features, at: tuple[float, float], degree: Degree, second: tuple[str, ...]) -> list[list[Any]]:
    """Rows of 1 for the second kinds and 0 for others, then the lines of a shape."""
    if not len(features):
        return []
    shapes = shapely.simplify(features.shapes, degree.tolerance_m) if degree.tolerance_m else features.shapes
    rings, owner = shapely.get_rings(shapes, return_index=True)
    if not len(rings):
        rings, owner = shapely.get_parts(shapes, return_index=True)
    rows: list[list[Any]] = [[int(kind in second)] for kind in features.kinds]
    for i, line in zip(owner, steps(rings, at), strict=True):
        rows[i].append(line)
    return [row for row in rows if len(row) > 1]


def steps(lines: NDArray[np.object_], at: tuple[float, float]) -> Iterator[str]:
    """Write lines as strings of steps; see :func:`coded`."""
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    points = np.rint(coordinates - at).astype(np.int64)
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    moves = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    moves[first] = points[first]
    values = np.abs(moves.ravel()) * 2 + (moves.ravel() < 0)
    groups = values[:, None] >> np.arange(0, 30, 5)
    on = groups > 0
    on[:, 0] = True
    last = np.diff(on, axis=1, append=False)  # the group after which nothing follows
    raw = _ALPHABET[((groups & 31) + 32 * ~last)[on]].tobytes().decode()
    ends = np.append(np.cumsum(on.sum(axis=1))[1::2], 0)  # letters up to and with each point
    stops = ends[np.append(first[1:], len(points)) - 1]
    start = 0
    for stop in stops if len(first) else ():
        yield raw[start:stop]
        start = stop


# --- beside the map library -------------------------------------------------------------------------------------------
def url(name: str) -> str:
    """Give the address of what was put as the frame of a map component sees it."""
    return f"../../app/static/streets/{name}"


def name_of(text: str) -> str:
    """Name of the file of what was coded, from its content."""
    return f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"


def put(text: str, folder: Path = FOLDER, *, name: str = "") -> str:
    """Put what was coded where a browser can ask for it, in one step, and clear away what is long out of use.

    Parameters
    ----------
    text : str
    folder : Path
    name : str
        Of :func:`name_of`, where it is known.

    Returns
    -------
    str
        Name of the file, from its content.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    path = folder / (name or name_of(text))
    try:
        if path.is_file():
            return path.name
        folder.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(made).chmod(0o644)
        into_place(Path(made), path)
        _clear(folder, path)
    except OSError as error:
        raise InputError(
            f"the streets of the map cannot be put into place: {error.strerror or error}",
            file=str(folder),
            hint="Give the app's folder write permission.",
        ) from error
    return path.name


def _clear(folder: Path, kept: Path) -> None:
    """Keep the newest, and the one just put there whatever the clock says; two servers may clear at once."""
    files = {}
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            files[path] = path.stat().st_mtime_ns
    for path in sorted(files, key=lambda one: (one == kept, files[one]), reverse=True)[KEPT:]:
        with suppress(PermissionError):  # Windows: a browser is sent it just now; the next one clears it away
            path.unlink(missing_ok=True)


# --- names that stand upright -----------------------------------------------------------------------------------------
# First and last zoom by kind of place, the largest first.
_PLACES = {
    "city": (8.0, 14.0), "town": (9.5, 14.6), "suburb": (12.2, 16.0), "village": (11.2, 15.6), "hamlet": (12.8, 16.5),
    "neighbourhood": (13.4, 17.0), "locality": (14.2, 17.5),
}  # fmt: skip
_STATION_ZOOM = 12.6


def labels(ground: BaseMap, west_m: float, south_m: float, known: Collection[str]) -> list[list[Any]]:
    """Names of places, stations, parks and lakes as the base script takes them, the more important first.

    Parameters
    ----------
    ground : BaseMap
    west_m, south_m : float
        Origin of what is sent.
    known : collection of str
        Names of townships and wards, which are on the map already: a place of that name waits until one comes close.

    Returns
    -------
    list
        Rows of kind, text, x, y, side, first and last zoom.
    """
    known = {name.casefold() for name in known}
    found: list[list[Any]] = []
    for kind, (first, last) in _PLACES.items():
        places = ground.places.of(kind)
        for name, point in zip(places.names, places.shapes, strict=True):
            if name:
                start = max(first, 13.1) if name.casefold() in known else first
                spot = (round(point.x - west_m), round(point.y - south_m))
                found.append([f"place {kind}", name, *spot, 0, start, last])
    for name, point in zip(ground.stations.names, ground.stations.shapes, strict=True):
        if name:
            # beside its sign
            found.append(["station", name, round(point.x - west_m), round(point.y - south_m), 1, _STATION_ZOOM, 22])
    return found + _inside(ground.water, "lake", west_m, south_m) + _inside(ground.green, "park", west_m, south_m)


def _inside(features: Features, kind: str, west: float, south: float) -> list[list[Any]]:
    """Names inside shapes, from the zoom at which a shape is wide enough for its name."""
    rows = []
    for name, shape in zip(features.names, features.shapes, strict=True):
        if not name:
            continue
        point = shapely.get_coordinates(shapely.maximum_inscribed_circle(shape, 5))[0]
        wide = shape.bounds[2] - shape.bounds[0]
        # pixels of a name against metres a pixel at 53 degrees north
        start = float(np.log2(93_000 * 5.2 * len(name) / max(wide, 1.0)))
        if start < 17.5:
            spot = (round(point[0] - west), round(point[1] - south))
            rows.append([kind, name, *spot, 0, round(max(start, 13.0), 1), 22])
    return sorted(rows, key=lambda row: (row[5], row[1]))


def quiet(ground: BaseMap, named: Collection[str]) -> set[str]:
    """Names of incidents' places that are names of roads too: those stand along their roads."""
    roads = {name.casefold() for name in ground.roads.names}
    return {name for name in named if name.casefold() in roads}
