"""Streets and snap points of the demonstration: invented names on points that lie as published ones do.

Published points are snap points, some 70 m apart along streets, each standing for at least eight addresses. Nothing
here is taken from the published list: where the points lie, and what the streets are called, is drawn at random.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.place.area import Area
from geo.assign import BUFFER, assign_wards

RESIDENTS_PER_POINT = 39.5  # about 3,900 points for 154,500 residents
RESIDENTS_PER_WARD = 8000.0  # assumed where the area file has none
MOST_POINTS = 12_000  # a county is simulated with fewer points to the resident, so that it takes no longer
BUFFER_SHARE = 0.15  # points in the buffer to every point inside

_SPACING_M = 78.0
_CLOSEST_M = 57.0
_LONGEST_STREET = 9
_ESTATE_POINTS = 85
_ESTATE_SPREAD_M = 330.0
_RING_TOLERANCE_M = 100.0
_LANE_SHARE = 0.12  # streets away from the estates

# What the published files call points that are no street; the empty one is published as "On or near ".
GENERIC_LABELS = (
    "Parking Area",
    "Supermarket",
    "Shopping Area",
    "Petrol Station",
    "Sports/Recreation Area",
    "Park/Open Space",
    "",
)
_GENERIC_SHARE = (0.022, 0.007, 0.008, 0.006, 0.010, 0.009, 0.020)

_WORDS = (
    "Acorn", "Alder", "Amber", "Anvil", "Appledore", "Ashbourne", "Aspen", "Badger", "Barley", "Barnfield",
    "Beacon", "Beech", "Bellfield", "Birch", "Blackthorn", "Bluebell", "Bramble", "Brindle", "Brook", "Broom",
    "Buttercup", "Calder", "Campion", "Cedar", "Chestnut", "Clover", "Colliers", "Copperfield", "Cornflower",
    "Cuckoo", "Curlew", "Cypress", "Dale", "Damson", "Deerbolt", "Dovecote", "Dunlin", "Elder", "Elmfield",
    "Fairway", "Fallow", "Farrier", "Fennel", "Fernhill", "Finch", "Foxglove", "Furrow", "Garnet", "Glade",
    "Goldcrest", "Gorse", "Greenfinch", "Harebell", "Harrow", "Hawthorn", "Hazel", "Heather", "Heron",
    "Hollybank", "Honeysuckle", "Hornbeam", "Ivy", "Jasmine", "Juniper", "Kestrel", "Kingfisher", "Laburnum",
    "Lapwing", "Larch", "Larkfield", "Laurel", "Lavender", "Linden", "Linnet", "Mallard", "Maple", "Marigold",
    "Meadow", "Merlin", "Millstone", "Mistletoe", "Moss", "Mulberry", "Nightingale", "Nutwood", "Oakfield",
    "Orchard", "Osprey", "Otter", "Partridge", "Peartree", "Plover", "Poppy", "Primrose", "Quarry", "Quince",
    "Redwing", "Rosemary", "Rowan", "Ryefield", "Saffron", "Sandpiper", "Sedge", "Shepherds", "Silverdale",
    "Skylark", "Sorrel", "Spindle", "Spruce", "Starling", "Stonecrop", "Swallow", "Sycamore", "Tanners", "Teal",
    "Thistle", "Thornfield", "Turnstone", "Verbena", "Walnut", "Warbler", "Weavers", "Wheatfield", "Whinfield",
    "Willow", "Woodbine", "Wren", "Yarrow", "Yewtree",
)  # fmt: skip
_KINDS = (
    "Road", "Avenue", "Close", "Drive", "Lane", "Way", "Grove", "Crescent", "Street", "Court", "Walk",
    "Gardens", "Green", "Hey", "Croft", "View",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Points:
    """Snap points.

    Attributes
    ----------
    easting_m, northing_m : ndarray, shape (n,)
        EPSG:27700, whole metres.
    ward : ndarray of int, shape (n,)
        Position in ``area.wards.codes``; ``geo.assign.BUFFER`` in the buffer.
    street : ndarray of int, shape (n,)
        Points with the same number share a street.
    names : tuple of str, length n
        Name of the street, or a generic label.
    generic : ndarray of int, shape (n,)
        Position in ``GENERIC_LABELS``, -1 on a street.
    """

    easting_m: NDArray[np.float64] = field(repr=False)
    northing_m: NDArray[np.float64] = field(repr=False)
    ward: NDArray[np.int64] = field(repr=False)
    street: NDArray[np.int64] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    generic: NDArray[np.int64] = field(repr=False)

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Whether a point lies in a ward."""
        return self.ward >= 0

    @property
    def locations(self) -> list[str]:
        """Texts as they are published: "On or near ..."."""
        return [f"On or near {name}" for name in self.names]


def located(points: Points, place: NDArray[np.int64], area: Area) -> pd.DataFrame:
    """Fill the columns of incidents that follow from the point at which they are published: place, street text, ward.

    Parameters
    ----------
    points : Points
    place : ndarray of int, shape (n,)
        Position of the point of every incident.
    area : Area

    Returns
    -------
    DataFrame
        ``easting_m``, ``northing_m``, ``location``, ``ward_code`` (null in the buffer), n rows.
    """
    texts, text = np.unique(np.array(points.locations, dtype=object), return_inverse=True)
    ward = np.where(points.inside, points.ward, -1)
    return pd.DataFrame(
        {
            "easting_m": points.easting_m[place],
            "northing_m": points.northing_m[place],
            "location": pd.Categorical.from_codes(text[place], categories=pd.Index([str(t) for t in texts])),
            "ward_code": pd.Categorical.from_codes(ward[place], categories=pd.Index(area.wards.codes)),
        }
    )


def same_for_all(value: str, number: int) -> pd.Categorical[str]:
    """Repeat one value as a category."""
    return pd.Categorical.from_codes(np.zeros(number, dtype=np.int8), categories=pd.Index([value]))


def digest(area: Area, points: Points, *columns: NDArray[np.int64]) -> str:
    """Make a digest of simulated incidents: their points, their wards and the columns given."""
    found = hashlib.sha256(area.wards.version.encode())
    for column in (points.easting_m, points.northing_m, points.ward, *columns):
        found.update(np.ascontiguousarray(column, dtype=np.int64).tobytes())
    found.update("\n".join(points.names).encode())
    return found.hexdigest()[:12]


def residents_by_ward(area: Area) -> NDArray[np.float64]:
    """Residents of every ward, in the order of its codes; an assumed figure where the area file has none."""
    known = [float(n) for n in area.residents.values() if n > 0]
    assumed = float(np.mean(known)) if known else RESIDENTS_PER_WARD
    return np.array([float(area.residents.get(code) or assumed) for code in area.wards.codes])


def make_points(area: Area, rng: np.random.Generator) -> Points:
    """Lay streets over the wards and the buffer, and snap points along them.

    Parameters
    ----------
    area : Area
    rng : Generator

    Returns
    -------
    Points
        At most ``MOST_POINTS`` inside the wards, shared out by residents; in the order of streets.
    """
    residents = residents_by_ward(area)
    wanted = residents / RESIDENTS_PER_POINT
    wanted = np.maximum(4, np.round(wanted * min(1.0, MOST_POINTS / wanted.sum()))).astype(np.int64)
    xy, estate_of = _street_centres(area, wanted, rng)
    x, y, street = _along_streets(xy, estate_of, rng)
    ward = assign_wards(x, y, area.wards, area.buffer_m).astype(np.int64)
    keep = _thin(x, y)
    order = np.arange(len(x))
    chosen = []
    for position, number in enumerate(wanted):
        chosen.append(order[keep & (ward == position)][:number])
    if area.buffer_m > 0:
        chosen.append(order[keep & (ward == BUFFER)][: int(BUFFER_SHARE * wanted.sum())])
    pick = np.sort(np.concatenate(chosen))
    x, y, ward, street = x[pick], y[pick], ward[pick], street[pick]
    _, street = np.unique(street, return_inverse=True)
    generic = rng.choice(np.arange(-1, len(GENERIC_LABELS)), size=len(x), p=[1 - sum(_GENERIC_SHARE), *_GENERIC_SHARE])
    streets = _street_names(int(street.max()) + 1 if len(street) else 0, rng)
    names = tuple(
        streets[s] if g < 0 else GENERIC_LABELS[g] for s, g in zip(street.tolist(), generic.tolist(), strict=True)
    )
    return Points(x, y, ward, street.astype(np.int64), names, generic.astype(np.int64))


def _inside(polygon: shapely.Geometry, number: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw points uniformly in a polygon, shape (number, 2)."""
    west, south, east, north = shapely.bounds(polygon)
    shapely.prepare(polygon)
    found = np.empty((0, 2))
    while len(found) < number:
        draw = rng.uniform((west, south), (east, north), size=(4 * number + 8, 2))
        found = np.concatenate([found, draw[shapely.contains_xy(polygon, draw[:, 0], draw[:, 1])]])
    return found[:number]


def _street_centres(
    area: Area, wanted: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Middle of every candidate street, and the estate it belongs to: streets of an estate run square to each other."""
    centres, estates, estate = [], [], 0
    for polygon, number in zip(area.wards.polygons, wanted.tolist(), strict=True):
        here = max(1, round(number / _ESTATE_POINTS))
        streets = int(np.ceil(0.95 * number)) + 6
        of = rng.integers(here, size=streets)
        middle = _inside(polygon, here, rng)[of] + rng.normal(0, _ESTATE_SPREAD_M, size=(streets, 2))
        lane = rng.random(streets) < _LANE_SHARE
        middle[lane] = _inside(polygon, int(lane.sum()), rng)
        centres.append(middle)
        estates.append(estate + of)
        estate += here
    if area.buffer_m > 0:
        outline = shapely.simplify(
            area.wards.outline, _RING_TOLERANCE_M
        )  # only to draw from: points are assigned after
        ring = shapely.difference(shapely.buffer(outline, area.buffer_m, quad_segs=2), outline)
        streets = int(0.5 * BUFFER_SHARE * wanted.sum()) + 4
        centres.append(_inside(ring, streets, rng))
        estates.append(estate + np.arange(streets))
    return np.concatenate(centres), np.concatenate(estates).astype(np.int64)


def _along_streets(
    xy: NDArray[np.float64], estate: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    heading = rng.uniform(0, np.pi / 2, size=int(estate.max()) + 1)[estate]
    heading = heading + rng.integers(2, size=len(xy)) * np.pi / 2 + rng.normal(0, 0.1, size=len(xy))
    number = rng.integers(2, _LONGEST_STREET + 1, size=len(xy))
    place = np.arange(_LONGEST_STREET)
    step = (place - (number[:, None] - 1) / 2) * _SPACING_M + rng.uniform(-8, 8, size=(len(xy), _LONGEST_STREET))
    side = rng.uniform(-6, 6, size=step.shape)
    cos, sin = np.cos(heading)[:, None], np.sin(heading)[:, None]
    on = place < number[:, None]
    x = np.round(xy[:, :1] + step * cos - side * sin)[on]
    y = np.round(xy[:, 1:] + step * sin + side * cos)[on]
    return x, y, np.repeat(np.arange(len(xy)), number)


def _thin(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Drop every point that lies too close to one before it that stays."""
    from scipy.spatial import cKDTree  # takes long to import, and every page imports this module

    keep = np.ones(len(x), dtype=bool)
    pairs = cKDTree(np.column_stack([x, y])).query_pairs(_CLOSEST_M, output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    flags = keep.tolist()
    for first, second in pairs.tolist():
        if flags[first]:
            flags[second] = False
    return np.array(flags, dtype=bool)


def _street_names(number: int, rng: np.random.Generator) -> list[str]:
    """Invent names, each used once while they last, then with a side of the compass, then with a number."""
    plain = [f"{word} {kind}" for word in _WORDS for kind in _KINDS]
    names = [plain[i] for i in rng.permutation(len(plain))]
    for side in ("North", "South", "East", "West"):
        if len(names) < number:
            names += [f"{side} {plain[i]}" for i in rng.permutation(len(plain))]
    return (names + [f"{plain[i % len(plain)]} {i}" for i in range(max(0, number - len(names)))])[:number]
