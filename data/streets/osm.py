"""Roads, water, green, railways and places out of an extract of OpenStreetMap (``.osm.pbf``).

Words of OpenStreetMap are those of its wiki (wiki.openstreetmap.org: Key:highway, Key:waterway, Key:landuse ...), used
in Great Britain as its page "United Kingdom Tagging Guidelines" says: a trunk or primary road is an A road, a
secondary one a B road.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyogrio
import shapely

from data.streets import kinds
from data.streets.found import ODBL, ROADS, Found, rows, text
from data.streets.open_roads import A_ROAD, ACCESS, B_ROAD, LOCAL, MINOR, MOTORWAY, PATH
from geo.crs import geometry_to_bng, geometry_to_wgs84
from geo.errors import InputError

SUFFIX = ".pbf"
MOST_BYTES = 256 << 20  # of an extract; a county's is some 10 to 110 MB, England's 1.5 GB
# Megabytes for the places of nodes: GDAL takes them at once, and beyond them would write into the working folder. Eight
# bytes a node, some seven bytes of the file, in pages that are not full.
_MEMORY_MB, _MEMORY_TIMES, _MOST_MEMORY_MB = 64, 6, 1024
_OPTIONS = Path(__file__).with_name("osm.ini")
_DOWNLOAD = "Give a county's extract as Geofabrik has them (its name ends in .osm.pbf), or use --fetch."
_MOST_HEAD, _MOST_BLOCK = 64 << 10, 32 << 20  # the limits of the format (wiki: PBF Format)

HIGHWAY = {
    "motorway": MOTORWAY, "motorway_link": MOTORWAY,
    "trunk": A_ROAD, "trunk_link": A_ROAD, "primary": A_ROAD, "primary_link": A_ROAD,
    "secondary": B_ROAD, "secondary_link": B_ROAD,
    "tertiary": MINOR, "tertiary_link": MINOR, "unclassified": MINOR,
    "residential": LOCAL, "living_street": LOCAL, "pedestrian": LOCAL, "road": LOCAL,
    "service": ACCESS, "busway": ACCESS,
    "footway": PATH, "path": PATH, "cycleway": PATH, "bridleway": PATH, "steps": PATH, "track": PATH,
}  # fmt: skip
# Parts of a street or a car park, which would only thicken the picture; one may walk along them all the same.
_NOT_DRAWN = {
    "footway": ("sidewalk", "crossing", "traffic_island", "access_aisle"),
    "service": ("driveway", "parking_aisle", "drive-through", "emergency_access"),
}
WATERWAY = {"river": kinds.RIVER, "canal": kinds.CANAL, "stream": kinds.STREAM}
RAILWAY = {
    "rail": kinds.RAIL, "light_rail": kinds.RAIL, "subway": kinds.RAIL, "narrow_gauge": kinds.RAIL,
    "monorail": kinds.RAIL, "tram": kinds.TRAM,
}  # fmt: skip
STATION = {"station": kinds.STATION, "halt": kinds.STATION, "tram_stop": kinds.TRAM_STOP}
PLACE = {
    "city": kinds.CITY, "town": kinds.TOWN, "suburb": kinds.SUBURB, "quarter": kinds.SUBURB,
    "village": kinds.VILLAGE, "hamlet": kinds.HAMLET, "neighbourhood": kinds.NEIGHBOURHOOD,
    "locality": kinds.LOCALITY,
}  # fmt: skip
# Areas by key and value; of several, the first of this order.
AREA = {
    "natural": {"water": ("water", kinds.WATER), "wood": ("green", kinds.WOOD)},
    "waterway": {"riverbank": ("water", kinds.WATER), "dock": ("water", kinds.WATER)},
    "leisure": {
        "park": ("green", kinds.PARK), "garden": ("green", kinds.PARK), "common": ("green", kinds.PARK),
        "pitch": ("green", kinds.PITCH), "recreation_ground": ("green", kinds.PITCH),
        "playground": ("green", kinds.PITCH), "golf_course": ("green", kinds.GOLF),
        "nature_reserve": ("green", kinds.RESERVE),
    },
    "landuse": {
        "reservoir": ("water", kinds.WATER), "basin": ("water", kinds.WATER), "forest": ("green", kinds.WOOD),
        "cemetery": ("green", kinds.CEMETERY), "allotments": ("green", kinds.ALLOTMENTS),
        "recreation_ground": ("green", kinds.PITCH), "village_green": ("green", kinds.PARK),
        "grass": ("green", kinds.GRASS),
    },
    "amenity": {"grave_yard": ("green", kinds.CEMETERY)},
}  # fmt: skip

_LINES = "SELECT * FROM lines WHERE highway IS NOT NULL OR waterway IS NOT NULL OR railway IS NOT NULL"
_AREAS = (
    "SELECT * FROM multipolygons WHERE natural IS NOT NULL OR waterway IS NOT NULL OR leisure IS NOT NULL "
    "OR landuse IS NOT NULL OR amenity IS NOT NULL"
)
_POINTS = "SELECT * FROM points WHERE place IS NOT NULL OR railway IS NOT NULL"


def read_pbf(path: Path, rectangle_m: tuple[float, float, float, float]) -> Found:
    """Read what lies in a rectangle.

    Parameters
    ----------
    path : Path
        Its name has to end in ``.pbf``: GDAL goes by it.
    rectangle_m : (west, south, east, north)
        EPSG:27700.

    Returns
    -------
    Found

    Raises
    ------
    InputError
        No such file, another name, too large, cut off or damaged.

    Notes
    -----
    When it misleads: the sea is no area in OpenStreetMap, but what lies to one side of a coast line; it is not read.
    """
    check_pbf(path)
    box = shapely.bounds(geometry_to_wgs84(shapely.segmentize(shapely.box(*rectangle_m), 1000)))
    found = [
        *_of_lines(_read(path, _LINES, box)),
        *_of_areas(_read(path, _AREAS, box)),
        *_of_points(_read(path, _POINTS, box)),
    ]
    frame = pd.concat(found, ignore_index=True)
    frame["geometry"] = geometry_to_bng(frame["geometry"].to_numpy(dtype=object))
    return Found(frame, ("OpenStreetMap",), (ODBL,), 0)


def _read(path: Path, sql: str, box: np.ndarray) -> pd.DataFrame:
    """Read one layer: by SQL, because the driver then keeps nothing of the others in memory."""
    memory = min(_MOST_MEMORY_MB, max(_MEMORY_MB, _MEMORY_TIMES * (path.stat().st_size >> 20)))
    settings = {"CONFIG_FILE": str(_OPTIONS), "MAX_TMPFILE_SIZE": str(memory)}
    try:
        found: pd.DataFrame = pyogrio.read_dataframe(path, sql=sql, bbox=tuple(float(v) for v in box), **settings)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.GeometryError,
        ValueError,
    ) as error:
        raise InputError(f"it cannot be read: {error}", file=str(path), hint=_DOWNLOAD) from error
    return found


# --- classes ---------------------------------------------------------------------------------------------------------
def _of_lines(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    lines = frame.geometry.to_numpy(dtype=object)
    tags = {key: np.array(text(frame[key]), dtype=object) for key in frame.columns if key != "geometry"}
    level = np.array([HIGHWAY.get(value, -1) for value in tags["highway"]], dtype=np.int64)
    roads = np.flatnonzero((level >= 0) & (tags["area"] != "yes") & (tags["indoor"] != "yes"))
    private = np.isin(tags["access"], ("private", "no"))
    walked = np.isin(tags["foot"], ("yes", "designated", "permissive"))
    foot = walked | ~(np.isin(tags["foot"], ("no", "private")) | private | (level == MOTORWAY))
    drawn = ~(private & (level >= ACCESS))
    for key, values in _NOT_DRAWN.items():
        drawn &= ~np.isin(tags[key], values)
    numbers = [ref.split(";")[0].strip() if c <= B_ROAD else "" for ref, c in zip(tags["ref"], level, strict=True)]
    yield rows(
        ROADS,
        lines[roads],
        classes=level[roads],
        names=list(tags["name"][roads]),
        numbers=[numbers[i] for i in roads],
        ids=list(tags["osm_id"][roads]),
        drawn=drawn[roads],
        foot=foot[roads],
    )
    under = tags["tunnel"] != ""
    yield _of_kinds("waterways", tags, "waterway", WATERWAY, lines, ~under)
    sidings = np.isin(tags["service"], ("yard", "siding", "spur", "crossover"))
    yield _of_kinds("railways", tags, "railway", RAILWAY, lines, ~(under | sidings))


def _of_kinds(
    layer: str,
    tags: Mapping[str, np.ndarray],
    key: str,
    words: Mapping[str, str],
    shapes: np.ndarray,
    drawn: np.ndarray,
) -> pd.DataFrame:
    kind = [words.get(value, "") for value in tags[key]]
    at = np.flatnonzero(drawn & (np.array(kind, dtype=object) != ""))
    named = ["" if layer == "railways" else name for name in tags["name"][at]]
    return rows(layer, shapes[at], kinds=[kind[i] for i in at], names=named, ids=list(tags["osm_id"][at]))


def _of_areas(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    shapes = frame.geometry.to_numpy(dtype=object)
    columns = {key: text(frame[key]) for key in AREA}
    found: list[tuple[str, str]] = []
    for values in zip(*columns.values(), strict=True):
        known = (AREA[key][value] for key, value in zip(columns, values, strict=True) if value in AREA[key])
        found.append(next(known, ("", "")))
    names, tidal = text(frame["name"]), text(frame["tidal"])
    ids = [f"r{r}" if r else f"w{w}" for r, w in zip(text(frame["osm_id"]), text(frame["osm_way_id"]), strict=True)]
    for layer in ("water", "green"):
        at = [i for i, (to, _) in enumerate(found) if to == layer]
        kind = [kinds.TIDAL if layer == "water" and tidal[i] == "yes" else found[i][1] for i in at]
        yield rows(layer, shapes[at], kinds=kind, names=[names[i] for i in at], ids=[ids[i] for i in at])


def _of_points(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    shapes = frame.geometry.to_numpy(dtype=object)
    tags = {key: np.array(text(frame[key]), dtype=object) for key in frame.columns if key != "geometry"}
    named = tags["name"] != ""
    yield _of_kinds("stations", tags, "railway", STATION, shapes, named)
    yield _of_kinds("places", tags, "place", PLACE, shapes, named)


# --- the form of the file --------------------------------------------------------------------------------------------
def is_pbf(path: Path) -> bool:
    """Whether a file is an extract of OpenStreetMap by its name, or by how it begins."""
    if path.name.lower().endswith(SUFFIX) or not path.is_file():
        return path.name.lower().endswith(SUFFIX)
    with path.open("rb") as file:
        return b"OSMHeader" in file.read(32)


def check_pbf(path: Path) -> None:
    """See that a file is a whole extract, before anything is read of it: GDAL takes one that was cut off for whole.

    Raises
    ------
    InputError
        No such file, another name, too large, cut off, or of another form.
    """
    if not path.is_file():
        raise InputError("there is no such file", file=str(path), hint=_DOWNLOAD)
    if not path.name.lower().endswith(SUFFIX):
        raise InputError("the name of an extract of OpenStreetMap ends in .osm.pbf", file=str(path), hint=_DOWNLOAD)
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise InputError(
            "this extract is too large to be read",
            file=str(path),
            value=f"{size / 1e6:,.0f} MB; at most {MOST_BYTES / 1e6:,.0f} MB",
            hint=_DOWNLOAD,
        )
    try:
        with path.open("rb") as file:
            kinds_found = list(_blocks(file, size))
    except (ValueError, IndexError, struct.error) as error:
        raise InputError(
            f"this is no whole extract of OpenStreetMap: {error}", file=str(path), hint=_DOWNLOAD
        ) from error
    if kinds_found[:1] != ["OSMHeader"] or "OSMData" not in kinds_found:
        raise InputError("this is no extract of OpenStreetMap", file=str(path), hint=_DOWNLOAD)


def _blocks(file: BinaryIO, size: int) -> Iterator[str]:
    """Give the kind of every block, without its content."""
    at = 0
    while at < size:
        (length,) = struct.unpack(">I", file.read(4))
        if not 0 < length <= _MOST_HEAD:
            raise ValueError("a block has no head")
        head = file.read(length)
        kind, body = _head(head)
        if not 0 < body <= _MOST_BLOCK:
            raise ValueError("a block is larger than the format allows")
        at += 4 + length + body
        if len(head) < length or at > size:
            raise ValueError("it ends within a block")
        file.seek(at)
        yield kind


def _head(raw: bytes) -> tuple[str, int]:
    """Kind and length of a block: fields 1 and 3 of its head."""
    kind, body, at = "", 0, 0
    while at < len(raw):
        tag, at = _number(raw, at)
        value, at = _number(raw, at)
        if tag & 7 == 2:
            if tag >> 3 == 1:
                kind = raw[at : at + value].decode("ascii", "replace")
            at += value
        elif tag & 7 != 0:
            raise ValueError("a block has no head")
        elif tag >> 3 == 3:
            body = value
    return kind, body


def _number(raw: bytes, at: int) -> tuple[int, int]:
    found = shift = 0
    while True:
        found |= (raw[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if raw[at - 1] < 128:
            return found, at
