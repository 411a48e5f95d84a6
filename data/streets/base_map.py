"""What lies under the map: roads, water, green, railways, stations and names of places, as they are kept in the store.

It is one GeoParquet, cut at the area and its buffer and simplified when it is imported
(:mod:`data.streets.importing`). It is no part of the manifest: no incident depends on it, and any moment has the old
file or the new one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from data.place.area import Area
from data.streets.kept import kept_version, read_kept

BASEMAP = "basemap.parquet"
FORMAT = 2
KEY = b"basemap"
LAYERS = ("roads", "water", "waterways", "green", "railways", "stations", "places")


@dataclass(frozen=True, eq=False)
class Roads:
    """Roads of an area and its buffer.

    Attributes
    ----------
    lines : ndarray of shapely LineString, shape (n,)
        EPSG:27700, whole metres; ordered by class, name and place.
    classes : ndarray of int, shape (n,)
        0 to 6, positions in :data:`data.streets.open_roads.CLASSES`.
    names, numbers : tuple of str, length n
        Street name, and number such as "A58"; "" where there is none. Text of a file: hostile until escaped.
    attribution : str
        What has to stand under every map that shows them.
    source : str
        Product and layers.
    version : str
        Digest of everything that was kept, of the other layers too.
    """

    lines: NDArray[np.object_]
    classes: NDArray[np.int8]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    attribution: str
    source: str
    version: str

    def take(self, positions: NDArray[np.intp]) -> Roads:
        """Only some of the lines, in this order; the version stays."""
        return replace(
            self,
            lines=self.lines[positions],
            classes=self.classes[positions],
            names=tuple(self.names[i] for i in positions),
            numbers=tuple(self.numbers[i] for i in positions),
        )

    def within(self, west_m: float, south_m: float, east_m: float, north_m: float) -> Roads:
        """Lines that reach into a rectangle, whole."""
        return self.take(_reaching(self.lines, (west_m, south_m, east_m, north_m)))


@dataclass(frozen=True, eq=False)
class Features:
    """Shapes of one layer that is no road.

    Attributes
    ----------
    shapes : ndarray of shapely geometry, shape (n,)
        EPSG:27700, whole metres: Polygon (holes are islands), LineString or Point; ordered by kind, name and place.
    kinds : tuple of str, length n
        One of the layer's words in :data:`data.streets.kinds.KINDS`.
    names : tuple of str, length n
        "" where there is none. Text of a file: hostile until escaped.
    """

    shapes: NDArray[np.object_]
    kinds: tuple[str, ...]
    names: tuple[str, ...]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.shapes)

    def take(self, positions: NDArray[np.intp]) -> Features:
        """Only some of them, in this order."""
        return Features(
            self.shapes[positions],
            tuple(self.kinds[i] for i in positions),
            tuple(self.names[i] for i in positions),
        )

    def of(self, *kinds: str) -> Features:
        """Only those of some kinds."""
        return self.take(np.flatnonzero([kind in kinds for kind in self.kinds]))

    def within(self, west_m: float, south_m: float, east_m: float, north_m: float) -> Features:
        """Those that reach into a rectangle, whole."""
        return self.take(_reaching(self.shapes, (west_m, south_m, east_m, north_m)))


@dataclass(frozen=True, eq=False)
class BaseMap:
    """All that is drawn under the incidents of an area and its buffer.

    Attributes
    ----------
    roads : Roads
    water : Features
        Polygons: lakes, wide rivers, docks, the sea where the file has it.
    waterways : Features
        Lines: rivers, canals, streams.
    green : Features
        Polygons: parks, playing fields, woods, cemeteries, golf courses, allotments, nature reserves.
    railways : Features
        Lines that trains run on.
    stations : Features
        Points with names.
    places : Features
        Points with names of towns, suburbs, villages ...
    attribution : str
        What has to stand under every map, print and slide that shows any of it.
    source : str
        Products and layers.
    version : str
        Digest of everything above.
    """

    roads: Roads
    water: Features
    waterways: Features
    green: Features
    railways: Features
    stations: Features
    places: Features
    attribution: str
    source: str
    version: str

    def within(self, west_m: float, south_m: float, east_m: float, north_m: float) -> BaseMap:
        """Everything that reaches into a rectangle, whole; the version stays."""
        box = (west_m, south_m, east_m, north_m)
        return replace(self, **{name: getattr(self, name).within(*box) for name in LAYERS})


def _reaching(shapes: NDArray[np.object_], box: tuple[float, float, float, float]) -> NDArray[np.intp]:
    found: NDArray[np.intp] = np.sort(shapely.STRtree(shapes).query(shapely.box(*box)))
    return found


def base_map(store: Path, area: Area) -> BaseMap | None:
    """Give what was loaded for an area, or None where nothing was.

    Parameters
    ----------
    store : Path
        Folder of the store.
    area : Area

    Returns
    -------
    BaseMap or None

    Raises
    ------
    InputError
        It was loaded for another area or buffer or by another version of this program, or the file is damaged.
    """
    return read_kept(store / BASEMAP, KEY, FORMAT, area, "the streets under the map", _decoded)


def _decoded(table: pa.Table, head: dict[str, Any]) -> BaseMap:
    layer = table["layer"].to_numpy()
    shapes = np.asarray(shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False)), dtype=object)
    classes = table["class"].to_numpy()
    kinds, names, numbers = (table[column].to_pylist() for column in ("kind", "name", "number"))
    told = {name: str(head[name]) for name in ("attribution", "source", "version")}
    found = {}
    for number, each in enumerate(LAYERS[1:], 1):
        at = np.flatnonzero(layer == number)
        found[each] = Features(shapes[at], tuple(kinds[i] for i in at), tuple(names[i] for i in at))
    at = np.flatnonzero(layer == 0)
    roads = Roads(
        shapes[at], classes[at].astype(np.int8), tuple(names[i] for i in at), tuple(numbers[i] for i in at), **told
    )
    return BaseMap(
        roads,
        found["water"],
        found["waterways"],
        found["green"],
        found["railways"],
        found["stations"],
        found["places"],
        **told,
    )


def basemap_version(store: Path) -> str:
    """Version of what is kept, without reading it; "" where there is nothing."""
    return kept_version(store / BASEMAP, KEY)
