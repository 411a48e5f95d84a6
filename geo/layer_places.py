"""In which coordinate system the numbers of a layer are: what the file says, held against the numbers themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import CRSError

from geo.crs import BNG, geometry_to_bng, geometry_to_wgs84
from geo.errors import InputError
from geo.layer_json import DEGREES

GRID, MERCATOR, IRISH, IRISH_TM = (
    "the British National Grid",
    "Web Mercator",
    "the Irish Grid",
    "Irish Transverse Mercator",
)
SWAPPED = "swapped"
_CODES = {DEGREES: DEGREES, GRID: BNG, MERCATOR: "EPSG:3857", IRISH: "EPSG:29902", IRISH_TM: "EPSG:2157"}
_UK_DEGREES = (-9.5, 49.0, 2.2, 61.5)  # west, south, east, north; the sea around it with them
_GLOBE = (-180.0, -90.0, 180.0, 90.0)
# Areas of use as the EPSG register gives them, in metres of each system, widened to round numbers. That of the Irish
# Grid lies within the British one's: only codes of Northern Ireland tell them apart.
_METRES = {
    MERCATOR: (-1_100_000.0, 6_200_000.0, 300_000.0, 8_800_000.0),
    IRISH: (170_000.0, 300_000.0, 380_000.0, 480_000.0),
    IRISH_TM: (570_000.0, 800_000.0, 790_000.0, 980_000.0),
    GRID: (-150_000.0, -50_000.0, 700_000.0, 1_300_000.0),
}
_UK_METRES = (-250_000.0, -100_000.0, 680_000.0, 1_350_000.0)
_IRISH_CODES = "N08"


@dataclass(frozen=True, eq=False)
class Placed:
    """Shapes with the coordinate system they are in.

    Attributes
    ----------
    shapes : ndarray of shapely geometries, shape (n,)
    crs : pyproj.CRS
    note : str
        What was taken, where the file does not say it by itself.
    """

    shapes: NDArray[np.object_]
    crs: Any
    note: str = ""

    def in_metres(self) -> NDArray[np.object_]:
        """Give the shapes in EPSG:27700."""
        if self.crs.to_epsg() == 27700:
            return self.shapes
        return np.asarray(geometry_to_bng(self._degrees()), dtype=object)

    def in_degrees(self) -> NDArray[np.object_]:
        """Give the shapes in EPSG:4326."""
        if self.crs.to_epsg() == 27700:
            return np.asarray(geometry_to_wgs84(self.shapes), dtype=object)
        return self._degrees()

    def _degrees(self) -> NDArray[np.object_]:
        if self.crs.to_epsg() == 4326 or self.crs == pyproj.CRS("OGC:CRS84"):
            return self.shapes
        change = pyproj.Transformer.from_crs(self.crs, DEGREES, always_xy=True)
        moved = shapely.transform(self.shapes, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1])))
        return np.asarray(moved, dtype=object)


def place(
    shapes: NDArray[np.object_],
    declared: str | None,
    says: bool,
    codes: list[str],
    file: str,
    *,
    crs: str = "",
    swap: bool = False,
) -> Placed:
    """Hold what a layer says of its coordinate system against its numbers.

    Parameters
    ----------
    shapes : ndarray of shapely geometries, shape (n,)
        None missing, none empty.
    declared : str or None
        Coordinate system of the file.
    says : bool
        Whether the file itself names it; GeoJSON that does not is in degrees.
    codes : list of str, length n
        Of the wards: those of Northern Ireland may be in metres of the Irish Grid.
    file : str
        For messages.
    crs : str, optional
        What a person says it is; before all else.
    swap : bool, optional
        Whether a person says that latitude stands before longitude.

    Returns
    -------
    Placed

    Raises
    ------
    InputError
        None is named, or the numbers are of another than is named: the message says of which, and how to say so. Also
        where they lie outside the United Kingdom.
    """
    if swap:
        shapes = np.asarray(shapely.transform(shapes, lambda xy: xy[:, ::-1]), dtype=object)
    looks = _looks(shapely.bounds(shapes), codes)
    if crs:
        system, whose = _system(f"EPSG:{crs}" if crs.isdigit() else crs, file), f"--crs says {crs}"
    elif declared is None:
        raise InputError(
            f"the ward file does not say its coordinate system; {_likely(looks)}", file=file, hint=_way(looks)
        )
    else:
        system, whose = _system(declared, file), "the file says" if says else "GeoJSON is in degrees by its standard"
    _agree(system, looks, file, whose if crs or not says else f"{whose} {_short(system)}", swap=swap)
    placed = Placed(shapes, system, f"Read as {_short(system)}, as --crs says." if crs else "")
    _inside(placed, codes, file)
    return placed


def _system(text: str, file: str) -> Any:
    try:
        system = pyproj.CRS.from_user_input(text)
    except CRSError as error:
        raise InputError(
            "this is no coordinate system",
            file=file,
            value=text,
            hint="Write it as EPSG:27700 or EPSG:4326, with --crs.",
        ) from error
    if system.is_compound:  # with heights
        system = system.sub_crs_list[0]
    if not (system.is_geographic or system.is_projected):
        raise InputError(
            "this is no coordinate system of a map", file=file, value=system.name, hint="Say it with --crs."
        )
    return system


def _short(system: Any) -> str:
    epsg = system.to_epsg()
    return f"EPSG:{epsg}" if epsg else str(system.name)


def _within(bounds: NDArray[np.float64], box: tuple[float, float, float, float]) -> bool:
    west, south = bounds[:, 0].min(), bounds[:, 1].min()
    east, north = bounds[:, 2].max(), bounds[:, 3].max()
    return bool(box[0] <= west and box[1] <= south and east <= box[2] and north <= box[3])


def _looks(bounds: NDArray[np.float64], codes: list[str]) -> str:
    """Tell what the numbers look like; empty where they look like nothing known, "degrees" for those of elsewhere."""
    if _within(bounds, _UK_DEGREES):
        return DEGREES
    if _within(bounds[:, [1, 0, 3, 2]], _UK_DEGREES):
        return SWAPPED
    if _within(bounds, _GLOBE):
        return "degrees"
    irish = bool(codes) and all(code.startswith(_IRISH_CODES) for code in codes)
    for system, box in _METRES.items():
        if (irish or system not in {IRISH, IRISH_TM}) and _within(bounds, box):
            return system
    return ""


def _likely(looks: str) -> str:
    if looks == DEGREES:
        return "its numbers are degrees"
    if looks == SWAPPED:
        return "its numbers are degrees, latitude before longitude"
    if looks == "degrees":
        return "its numbers are degrees outside the United Kingdom"
    return f"its numbers are metres, by their size of {looks}" if looks else "its numbers fit none that is usual here"


def _way(looks: str) -> str:
    if looks == SWAPPED:
        return (
            "Longitude comes first: add --swap when it is converted (python -m data wards), or save it the right way."
        )
    said = _CODES.get(looks, "EPSG:...")
    return f"Say so when it is converted: python -m data wards ... --crs {said}, or save it with its coordinate system."


def _agree(system: Any, looks: str, file: str, said: str, *, swap: bool) -> None:
    """Refuse numbers of another kind than those of the system."""
    if looks == SWAPPED and system.is_geographic:
        raise InputError(
            "latitude and longitude are swapped: the first number of each point is the latitude", file=file,
            hint="Leave --swap out." if swap else _way(looks),
        )  # fmt: skip
    degrees = looks in {DEGREES, SWAPPED, "degrees"}
    if system.is_geographic == degrees:
        return
    if degrees:
        found = f"the numbers are degrees, not metres, though {said}"
    elif looks:
        found = f"the numbers are metres (by their size of {looks}), not degrees, though {said}"
    else:
        found = f"the numbers are no degrees, though {said}; they fit no grid that is usual here"
    raise InputError(found, file=file, hint=_way(looks))


def _inside(placed: Placed, codes: list[str], file: str) -> None:
    """Refuse what lies outside the United Kingdom once it is on the National Grid."""
    bounds = shapely.bounds(placed.in_metres())
    box = np.asarray(_UK_METRES)
    with np.errstate(invalid="ignore"):
        out = ~((bounds[:, :2] >= box[:2]).all(axis=1) & (bounds[:, 2:] <= box[2:]).all(axis=1))
    if out.any():
        first = int(np.flatnonzero(out)[0])
        corner = shapely.get_coordinates(placed.shapes[first])[0]
        raise InputError(
            f"{int(out.sum()):,} of {len(codes):,} wards lie outside the United Kingdom when the numbers are read as "
            f"{_short(placed.crs)}",
            file=file,
            value=f"{codes[first]}: {corner[0]:.10g}, {corner[1]:.10g}",
            hint="Check the coordinate system (--crs), the order and the signs: west is a negative longitude.",
        )
