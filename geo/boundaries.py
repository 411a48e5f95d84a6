"""Ward boundaries: read, checked against what the area expects, converted, written."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import BNG, geometry_to_bng, geometry_to_wgs84
from geo.errors import InputError

CODE_FIELD = re.compile(r"^(?:ward_code|WD(?P<year>\d\d)CD)$", re.IGNORECASE)
NAME_FIELD = re.compile(r"^(?:ward_name|WD\d\dNM)$", re.IGNORECASE)
DEGREE_DECIMALS = 6  # 0.1 m, finer than any published generalised boundary


@dataclass(frozen=True, eq=False)
class Wards:
    """A ward layer in EPSG:27700, ordered by code.

    Attributes
    ----------
    codes, names : tuple of str, length n
    polygons : ndarray of shapely geometries, shape (n,)
    vintage : str
        When these wards were in force, as the layer says it.
    attribution : str
        What has to stand under every map.
    version : str
        Digest of codes and geometry: two layers with the same version give every incident the same ward.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    polygons: NDArray[np.object_]
    vintage: str
    attribution: str
    version: str
    outline: Any = field(repr=False)

    def name_of(self, code: str) -> str:
        """Name of a ward by its code."""
        return self.names[self.codes.index(code)]


def _read_layer(path: Path) -> tuple[Any, dict[str, Any]]:
    if not path.is_file():
        raise InputError("there is no such ward file", file=str(path), hint="Check ward_file in the area file.")
    try:
        frame = gpd.read_file(path)
    except (RuntimeError, ValueError, OSError) as error:  # the reader's own are RuntimeErrors
        raise InputError(
            f"this is not a boundary file that can be read: {error}",
            file=str(path),
            hint="Give a GeoJSON or GeoPackage of ward polygons.",
        ) from error
    extra: dict[str, Any] = {}
    if path.suffix.lower() in {".geojson", ".json"}:
        document = json.loads(path.read_text(encoding="utf-8"))
        extra = {key: document[key] for key in ("vintage", "attribution") if isinstance(document.get(key), str)}
    return frame, extra


def read_wards(path: Path | str, expected: Mapping[str, str] | None = None, expected_vintage: str = "") -> Wards:
    """Read a ward layer and refuse one that is not the layer the area is described by.

    Parameters
    ----------
    path : path
        GeoJSON or GeoPackage with a code (``ward_code`` or ``WDyyCD``) and a name (``ward_name`` or ``WDyyNM``).
    expected : mapping of code to name, optional
        The wards the area file lists. The codes must be the same set.
    expected_vintage : str, optional
        The area file's words for its vintage, used in the message.

    Returns
    -------
    Wards

    Raises
    ------
    InputError
        No such file, not a boundary file, no code or name column, no CRS, repeated codes, invalid or overlapping
        polygons, or a layer of another vintage: both vintages are named.
    """
    path = Path(path)
    frame, extra = _read_layer(path)
    code_field = next((c for c in frame.columns if CODE_FIELD.match(str(c))), None)
    name_field = next((c for c in frame.columns if NAME_FIELD.match(str(c))), None)
    if code_field is None or name_field is None:
        raise InputError(
            "the ward file has no column of ward codes and names",
            file=str(path),
            value=", ".join(map(str, frame.columns)),
            hint="It needs ward_code and ward_name, or the ONS names such as WD24CD and WD24NM.",
        )
    match = CODE_FIELD.match(str(code_field))
    year = match.group("year") if match else None
    vintage = extra.get("vintage") or (f"20{year}" if year else "not stated")
    codes = [str(code) for code in frame[code_field]]
    if not codes:
        raise InputError("the ward file has no ward in it", file=str(path), hint="Give the layer with its polygons.")
    if expected is not None and set(codes) != set(expected):
        raise InputError(
            f"the ward file is of vintage {vintage} with {len(codes)} wards ({min(codes)} to {max(codes)}), but the "
            f"area is described by vintage {expected_vintage or 'not stated'} with {len(expected)} wards "
            f"({min(expected)} to {max(expected)}); {len(set(codes) & set(expected))} codes are in both",
            file=str(path),
            column=str(code_field),
            hint="Use the boundaries of the area file's vintage, or describe the new wards in the area file.",
        )
    if frame.crs is None:
        raise InputError("the ward file does not say its coordinate system", file=str(path), hint="Save it with a CRS.")
    if len(set(codes)) != len(codes):
        raise InputError("a ward code is there twice", file=str(path), column=str(code_field), hint="Merge its parts.")
    polygons = np.asarray(frame.geometry.values, dtype=object)
    epsg = frame.crs.to_epsg()
    if epsg == 27700:
        pass
    elif epsg == 4326 or frame.crs.is_geographic:
        polygons = geometry_to_bng(polygons)
    else:
        polygons = np.asarray(frame.to_crs(BNG).geometry.values, dtype=object)
    order = np.argsort(codes)
    polygons = polygons[order]
    names = {str(c): str(n) for c, n in zip(frame[code_field], frame[name_field], strict=True)}
    if expected:
        names = {code: expected[code] or names[code] for code in names}
    _check_coverage(polygons, sorted(codes), path)
    digest = hashlib.sha256()
    for code, polygon in zip(sorted(codes), polygons, strict=True):
        digest.update(code.encode())
        digest.update(shapely.to_wkb(shapely.set_precision(polygon, 0.01, mode="pointwise")))
    return Wards(
        codes=tuple(sorted(codes)),
        names=tuple(names[code] for code in sorted(codes)),
        polygons=polygons,
        vintage=vintage,
        attribution=extra.get("attribution", ""),
        version=digest.hexdigest()[:12],
        outline=shapely.union_all(polygons),
    )


def _check_coverage(polygons: NDArray[np.object_], codes: list[str], path: Path) -> None:
    for code, polygon in zip(codes, polygons, strict=True):
        if polygon is None or shapely.is_empty(polygon) or not shapely.is_valid(polygon):
            reason = "no geometry" if polygon is None else shapely.is_valid_reason(polygon)
            raise InputError(
                "a ward polygon is not valid", file=str(path), value=f"{code}: {reason}", hint="Repair the layer."
            )
    if not shapely.coverage_is_valid(polygons):
        edges = shapely.coverage_invalid_edges(polygons)
        bad = [code for code, edge in zip(codes, edges, strict=True) if not shapely.is_empty(edge)]
        raise InputError(
            "ward polygons overlap or do not meet",
            file=str(path),
            value=", ".join(bad),
            hint="Convert the layer with 'python -m data wards', which cleans it.",
        )


def convert_wards(
    source: Path | str,
    target: Path | str,
    *,
    vintage: str,
    attribution: str,
    keep: Mapping[str, str] | None = None,
) -> Wards:
    """Write a published ward layer in the project's own form: clean coverage, sorted, EPSG:4326, with attribution.

    Parameters
    ----------
    source, target : path
        Published layer, and the GeoJSON to write (replaced as a whole).
    vintage, attribution : str
        Written into the file; the layer is refused without an attribution.
    keep : mapping of code to name, optional
        Wards to keep, for a layer that covers more than the area.

    Returns
    -------
    Wards
        The layer as read back from ``target``.

    Raises
    ------
    InputError
        As :func:`read_wards`; also for an empty attribution.
    """
    source, target = Path(source), Path(target)
    if not attribution.strip():
        raise InputError("a ward layer cannot be carried without its attribution", hint="Pass --attribution.")
    frame, _ = _read_layer(source)
    code_field = next((c for c in frame.columns if CODE_FIELD.match(str(c))), None)
    name_field = next((c for c in frame.columns if NAME_FIELD.match(str(c))), None)
    if code_field is None or name_field is None or frame.crs is None:
        raise InputError(
            "the layer needs ward codes, ward names and a coordinate system",
            file=str(source),
            value=", ".join(map(str, frame.columns)),
        )
    if keep is not None:
        frame = frame[frame[code_field].isin(list(keep))]
    frame = frame.sort_values(code_field)
    polygons = np.asarray(frame.to_crs(4326).geometry.values, dtype=object)
    if frame.crs.to_epsg() == 27700:
        polygons = geometry_to_wgs84(np.asarray(frame.geometry.values, dtype=object))
    polygons = shapely.set_precision(polygons, 10**-DEGREE_DECIMALS)
    if not shapely.coverage_is_valid(polygons):
        polygons = np.asarray(shapely.coverage_clean(polygons), dtype=object)  # type: ignore[attr-defined]
    features = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"ward_code": str(code), "ward_name": str(name)},
                "geometry": json.loads(shapely.to_geojson(polygon)),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for code, name, polygon in zip(frame[code_field], frame[name_field], polygons, strict=True)
    ]
    head = json.dumps({"type": "FeatureCollection", "vintage": vintage, "attribution": attribution}, ensure_ascii=False)
    aside = target.with_suffix(".tmp")
    aside.write_text(head[:-1] + ', "features": [\n' + ",\n".join(features) + "\n]}\n", encoding="utf-8")
    aside.replace(target)
    return read_wards(target)
