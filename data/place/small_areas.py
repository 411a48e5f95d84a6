"""Neighbourhoods of some 1,500 residents (LSOA) of an area: the file that is kept beside the area file, and reading it.

They belong to the area and not to a store: every store of the area has the same, and an area file that is handed on
takes its neighbourhoods with it, as it does its wards and school terms.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.place.area import Area
from geo.crs import geometry_to_bng
from geo.errors import InputError
from geo.layer import listed
from geo.layer_columns import strange

KEPT = "_small_areas.geojson"
FORM = 1
LEAST_INSIDE = 0.5  # of a neighbourhood that lies in the area, to be one of its own
MOST_APART = 0.02  # of the area's ground that neighbourhoods and wards may differ by: both are generalised
MOST_PEOPLE = 10**7  # in any of them
RANKS, DECILES = 50_000, 10  # more than any country has; deciles are tenths
_REPAIR = "Repair the layer (QGIS: Check validity, Topology checker)."
ANEW = "Make it anew: python -m data small-areas --boundaries FILE."
_CODE = re.compile(r"[EW]01\d{6}", re.ASCII)
_MOST_BYTES = 200_000_000


@dataclass(frozen=True)
class Deprivation:
    """Where a neighbourhood stands in an index of deprivation: ``rank`` 1 and ``decile`` 1 are the most deprived."""

    rank: int
    decile: int
    score: float | None = None


@dataclass(frozen=True, eq=False)
class SmallAreas:
    """The neighbourhoods of an area, ordered by code.

    Attributes
    ----------
    codes, names : tuple of str, length n
    polygons : ndarray of shapely geometries, shape (n,)
        EPSG:27700.
    residents : mapping of code to int
        Codes without a figure are left out.
    residents_source : str
    other : mapping of code to tuple of codes
        Codes of the census before or after, and which of these they became; a code may name neighbourhoods of another
        area too. Codes that stayed as they are do not stand in it.
    lookup : str
        Where ``other`` is from; empty without a lookup: then a code that is not among ``codes`` may be any.
    deprivation : mapping of code to Deprivation
    deprivation_source, vintage, attribution : str
    version : str
        Digest of the file.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    polygons: NDArray[np.object_]
    residents: Mapping[str, int]
    residents_source: str
    other: Mapping[str, tuple[str, ...]]
    lookup: str
    deprivation: Mapping[str, Deprivation]
    deprivation_source: str
    vintage: str
    attribution: str
    version: str = ""

    def name_of(self, code: str) -> str:
        """Name of a neighbourhood by its code."""
        return self.names[self.codes.index(code)]


def kept_beside(area_file: Path) -> Path:
    """Name the file in which the neighbourhoods of an area are kept."""
    return area_file.with_name(area_file.stem + KEPT)


def is_small_area(code: str) -> bool:
    """Whether it has the form of the code of an LSOA of England or Wales."""
    return _CODE.fullmatch(code) is not None


def read_small_areas(area: Area, path: Path | None = None) -> SmallAreas | None:
    """Read the neighbourhoods that are kept for an area.

    Parameters
    ----------
    area : Area
    path : path, optional
        By default the file beside the area file.

    Returns
    -------
    SmallAreas or None
        None where none are kept.

    Raises
    ------
    InputError
        The file is of another form or another area, is damaged, or does not cover the area.
    """
    path = path or kept_beside(Path(area.file))
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _damaged(path, "it is too large to be one of ours")
        raw = path.read_bytes()
        told = json.loads(raw)
    except OSError as error:
        raise InputError(
            f"the file cannot be read: {error.strerror or error}", file=str(path), hint="May this account read it?"
        ) from error
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "it is no JSON") from error
    if not isinstance(told, dict) or told.get("form") != FORM:
        form = told.get("form") if isinstance(told, dict) else None
        raise InputError(
            f"this is not a file of neighbourhoods in form {FORM}", file=str(path), value=str(form), hint=ANEW
        )
    if told.get("area") != area.code:
        raise InputError(
            f"these neighbourhoods are of another area than {area.name} ({area.code})",
            file=str(path), column="area", value=str(told.get("area")), hint=ANEW,
        )  # fmt: skip
    found = _of_document(told, path, hashlib.sha256(raw).hexdigest()[:12])
    check_fit(found.codes, found.polygons, area, str(path))
    return found


def check_fit(codes: Sequence[str], polygons: NDArray[np.object_], area: Area, file: str) -> None:
    """Refuse neighbourhoods that are not those of an area.

    Parameters
    ----------
    codes : sequence of str, length n
    polygons : ndarray of shapely geometries, shape (n,)
        EPSG:27700.
    area : Area
    file : str
        For messages.

    Raises
    ------
    InputError
        Some lie outside, with their codes; or together they cover another ground than the wards, with the wards that
        they miss.
    """
    outline = area.wards.outline
    shapely.prepare(outline)
    strangers = np.asarray(codes)[inside_share(polygons, outline) < LEAST_INSIDE].tolist()
    if strangers:
        raise InputError(
            f"{len(strangers):,} of {len(codes):,} neighbourhoods lie outside {area.name}: {listed(strangers)}",
            file=file, value=strangers[0], hint="Give the boundaries of this area.",
        )  # fmt: skip
    try:
        whole = shapely.union_all(polygons)
    except shapely.errors.ShapelyError as error:
        raise InputError(f"the shapes cannot be worked with: {error}", file=file, hint=_REPAIR) from error
    apart = float(shapely.area(shapely.symmetric_difference(whole, outline)) / outline.area)
    if apart <= MOST_APART:
        return
    left = [1 - float(shapely.area(shapely.intersection(ward, whole)) / ward.area) for ward in area.wards.polygons]
    bare = [
        f"{area.wards.names[i]} ({left[i]:.0%})" for i in sorted(range(len(left)), key=lambda i: -left[i])
        if left[i] > MOST_APART
    ]  # fmt: skip
    missed = f"; not covered are {listed(bare, 6)}" if bare else ""
    raise InputError(
        f"the neighbourhoods and the wards of {area.name} differ by {apart:.1%} of its ground{missed}",
        file=file, value=f"{codes[0]} to {codes[-1]}",
        hint="Give the whole layer of boundaries: generalised ones, clipped to the coast as the wards are.",
    )  # fmt: skip


def without_spikes(polygons: NDArray[np.object_]) -> NDArray[np.object_]:
    """Clear polygons of points so thin that turning degrees into metres made their sides cross."""
    bad = ~shapely.is_valid(polygons)
    if not bad.any():
        return polygons
    clear = polygons.copy()
    clear[bad] = shapely.buffer(polygons[bad], 0)
    return clear


def inside_share(polygons: NDArray[np.object_], outline: Any) -> NDArray[np.float64]:
    """Tell what share of each polygon lies in an outline, shape (n,)."""
    share = np.zeros(len(polygons))
    within = shapely.covers(outline, polygons)
    share[within] = 1.0
    rest = np.flatnonzero(~within & shapely.intersects(outline, polygons))
    share[rest] = shapely.area(shapely.intersection(polygons[rest], outline)) / shapely.area(polygons[rest])
    return share


def _damaged(path: Path, why: str, value: str | None = None) -> InputError:
    return InputError(f"the file of neighbourhoods is damaged: {why}", file=str(path), value=value, hint=ANEW)


def _of_document(told: Mapping[str, Any], path: Path, version: str) -> SmallAreas:
    features = told.get("features")
    if not isinstance(features, list) or not features:
        raise _damaged(path, "it has no neighbourhood")
    codes, names, shapes = list[str](), list[str](), list[Any]()
    residents, deprivation = dict[str, int](), dict[str, Deprivation]()
    for feature in features:
        own = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(own, dict):
            raise _damaged(path, "a neighbourhood has no properties")
        code, name = own.get("lsoa_code"), own.get("lsoa_name")
        if not isinstance(code, str) or not is_small_area(code) or code in codes:
            raise _damaged(path, "a code is none, or is there twice", str(code))
        if not isinstance(name, str) or not name or strange(name):
            raise _damaged(path, f"the name of {code} is none", ascii(name))
        codes.append(code)
        names.append(name)
        shapes.append(_shape(feature.get("geometry"), code, path))
        if (people := own.get("residents")) is not None:
            residents[code] = _whole(people, 0, MOST_PEOPLE, f"residents of {code}", path)
        if (rank := own.get("imd_rank")) is not None:
            deprivation[code] = Deprivation(
                _whole(rank, 1, RANKS, f"rank of {code}", path),
                _whole(own.get("imd_decile"), 1, DECILES, f"decile of {code}", path),
                _number(own.get("imd_score"), f"score of {code}", path),
            )
    if codes != sorted(codes):
        raise _damaged(path, "codes are not in order")
    polygons = without_spikes(np.asarray(geometry_to_bng(np.asarray(shapes, dtype=object)), dtype=object))
    text = {key: _text(told, key, path) for key in _TEXTS}
    return SmallAreas(
        tuple(codes), tuple(names), polygons, residents, text["residents_source"], _other(told, codes, path),
        text["lookup"], deprivation, text["deprivation_source"], text["vintage"], text["attribution"], version,
    )  # fmt: skip


_TEXTS = ("residents_source", "lookup", "deprivation_source", "vintage", "attribution")


def _text(told: Mapping[str, Any], key: str, path: Path) -> str:
    value = told.get(key, "")
    if not isinstance(value, str) or strange(value):
        raise _damaged(path, f"{key} is no text", ascii(value))
    return value


def _shape(geometry: Any, code: str, path: Path) -> Any:
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except shapely.errors.ShapelyError as error:
        raise _damaged(path, f"the shape of {code} cannot be read") from error
    polygon = shape is not None and shape.geom_type in {"Polygon", "MultiPolygon"} and not shape.is_empty
    if not polygon or not np.isfinite(shapely.get_coordinates(shape)).all() or not shape.is_valid:
        raise _damaged(path, f"the shape of {code} is no whole polygon")
    return shape


def _whole(value: Any, least: int, most: int, what: str, path: Path) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _damaged(path, f"the {what} is no number from {least:,} to {most:,}", str(value))
    return value


def _number(value: Any, what: str, path: Path) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise _damaged(path, f"the {what} is no number", str(value))
    return float(value)


def _other(told: Mapping[str, Any], codes: Sequence[str], path: Path) -> dict[str, tuple[str, ...]]:
    other = told.get("other", {})
    if not isinstance(other, dict):
        raise _damaged(path, "codes of another census are not listed by code")
    for before, after in other.items():
        if (
            not is_small_area(before)
            or not isinstance(after, list)
            or not all(isinstance(one, str) and is_small_area(one) for one in after)
            or not set(after) & set(codes)
        ):
            raise _damaged(path, "a code of another census leads to none of these", str(before))
    return {before: tuple(after) for before, after in other.items()}
