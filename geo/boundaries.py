"""Ward boundaries: read, checked against what the area expects, converted, written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.aside import set_aside
from geo.errors import ROOM, InputError
from geo.layer import WHOLE, Layer, listed
from geo.layer_columns import Columns, find_columns, strange
from geo.layer_file import read_layer
from geo.layer_places import Placed, place
from geo.layer_shapes import (
    check_codes,
    check_coverage,
    check_names,
    check_overlaps,
    check_repeats,
    check_shapes,
    repair,
    shape_errors,
)

DEGREE_DECIMALS = 6  # 0.1 m, finer than any published generalised boundary
_CLEANS = "Convert the layer with 'python -m data wards', which cleans it."
_MOST_NAMED = 20
# Servers give so many features at a time unless they are asked for more (maxRecordCount of ArcGIS, count of WFS)
_LIMITS = frozenset({50, 100, 200, 250, 500})
_LIMIT_STEP = 1000


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
    outline : shapely geometry
        All wards as one.
    notes : tuple of str
        What was chosen while the layer was read, for a person to check.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    polygons: NDArray[np.object_]
    vintage: str
    attribution: str
    version: str
    outline: Any = field(repr=False)
    notes: tuple[str, ...] = ()

    def name_of(self, code: str) -> str:
        """Name of a ward by its code."""
        return self.names[self.codes.index(code)]


def read_wards(path: Path | str, expected: Mapping[str, str] | None = None, expected_vintage: str = "") -> Wards:
    """Read a ward layer and refuse one that is not the layer the area is described by.

    Parameters
    ----------
    path : path
        A layer with codes and names of wards, in columns of any name; see :func:`geo.layer_file.read_layer`.
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
        No such file, not a boundary file, cut short, no code or name column, no coordinate system or one that does not
        fit the numbers, repeated codes, invalid or overlapping polygons, or a layer of another vintage: both vintages
        are named.
    """
    return _read(Path(path), str(path), expected, expected_vintage)


def _read(
    path: Path, file: str, expected: Mapping[str, str] | None = None, expected_vintage: str = "", hint: str = _CLEANS
) -> Wards:
    layer = read_layer(path)
    found = find_columns(layer.columns, file, wanted=expected)
    vintage = layer.vintage or found.year or "not stated"
    codes = list(found.codes)
    _plain(vintage, "vintage", file)
    _plain(layer.attribution, "attribution", file)
    _whole(layer, found, [], file)
    if not codes:
        raise InputError("the ward file has no ward in it", file=file, hint="Give the layer with its polygons.")
    rows = list(range(len(codes)))
    check_codes(codes, rows, found.code, file)
    if expected is not None and set(codes) != set(expected):
        raise InputError(
            f"the ward file is of vintage {vintage} with {len(codes)} wards ({min(codes)} to {max(codes)}), but the "
            f"area is described by vintage {expected_vintage or 'not stated'} with {len(expected)} wards "
            f"({min(expected, default='none')} to {max(expected, default='none')}); "
            f"{len(set(codes) & set(expected))} codes are in both",
            file=file,
            column=found.code,
            hint="Use the boundaries of the area file's vintage, or describe the new wards in the area file.",
        )
    names, placed = _checked(layer, found, rows, file, expected or {})
    order = np.argsort(codes)
    with shape_errors(file):
        polygons = placed.in_metres()[order]
        check_coverage(polygons, sorted(codes), file, hint)
        digest = hashlib.sha256()
        for code, polygon in zip(sorted(codes), polygons, strict=True):
            digest.update(code.encode())
            digest.update(shapely.to_wkb(shapely.set_precision(polygon, 0.01, mode="pointwise")))
        outline = shapely.union_all(polygons)
    return Wards(
        codes=tuple(sorted(codes)),
        names=tuple(names[i] for i in order),
        polygons=polygons,
        vintage=vintage,
        attribution=layer.attribution,
        version=digest.hexdigest()[:12],
        outline=outline,
        notes=(*layer.notes, *found.notes),
    )


def _checked(
    layer: Layer,
    found: Columns,
    rows: Sequence[int],
    file: str,
    names: Mapping[str, str],
    crs: str = "",
    swap: bool = False,
) -> tuple[list[str], Placed]:
    """Check the features of these rows; give their names (those of ``names`` first) and their shapes."""
    codes = [found.codes[row] for row in rows]
    named = [names.get(code) or found.names[row] for code, row in zip(codes, rows, strict=True)]
    check_names(codes, named, rows, found.name, file)
    with shape_errors(file):
        polygons = check_shapes([layer.shapes[row] for row in rows], layer.problems, codes, rows, file)
        check_repeats(polygons, codes, [found.names[row] for row in rows], rows, found.code, file)
        return named, place(polygons, layer.crs, layer.says_crs, codes, file, crs=crs, swap=swap)


def _whole(layer: Layer, found: Columns, lacking: Sequence[str], file: str) -> None:
    """Refuse a layer that is cut short, or that lacks wards of the area; ``lacking`` says which, code and name."""
    missing = f"it lacks {len(lacking):,} of the area's wards: {listed(lacking, _MOST_NAMED)}" if lacking else ""
    if missing and found.codes:
        year = f" of {found.year}" if found.year else ""
        missing += f"; it has {len(found.codes):,} wards{year} ({min(found.codes)} to {max(found.codes)})"
    if layer.cut:
        raise InputError(
            "the layer says itself that it is cut short" + (f", and {missing}" if missing else ""),
            file=file,
            value=layer.cut,
            hint=WHOLE,
        )
    if missing:
        cut = _limit(len(layer))
        raise InputError(
            missing + (f". {cut}" if cut else ""),
            file=file,
            hint=WHOLE
            if cut
            else "Give the layer of the area file's vintage, or describe the new wards in the area file.",
        )


def _plain(text: str, what: str, file: str) -> None:
    if character := strange(text):
        raise InputError(
            f"the text holds a character that controls ({character})",
            file=file,
            column=what,
            value=ascii(text),
            hint="Write it again by hand.",
        )


def _limit(count: int) -> str:
    if count and (count in _LIMITS or count % _LIMIT_STEP == 0):
        return f"The file holds exactly {count:,} features, as a server gives at a time: it may be cut short"
    return ""


def convert_wards(
    source: Path | str,
    target: Path | str,
    *,
    vintage: str,
    attribution: str,
    keep: Mapping[str, str] | None = None,
    code: str = "",
    name: str = "",
    crs: str = "",
    layer: str = "",
    swap: bool = False,
) -> Wards:
    """Write a published ward layer in the project's own form: clean coverage, sorted, EPSG:4326, with attribution.

    Parameters
    ----------
    source, target : path
        Published layer, and the GeoJSON to write (replaced as a whole, once its new text was read and checked).
    vintage, attribution : str
        Written into the file; the layer is refused without an attribution.
    keep : mapping of code to name, optional
        Wards of the area, for a layer that covers more. All of them have to be in it.
    code, name : str, optional
        Columns of codes and names, where the layer does not show which they are.
    crs : str, optional
        Coordinate system of the numbers, as EPSG:27700, where the file does not say it or says another.
    layer : str, optional
        Layer to take, of a file with several.
    swap : bool, optional
        Whether latitude stands before longitude.

    Returns
    -------
    Wards
        The layer as read back, with notes on what was chosen.

    Raises
    ------
    InputError
        As :func:`read_wards`; also for an empty attribution, for wards of ``keep`` that lack, and for wards that
        overlap by more than a twentieth. The target then stays as it was.
    """
    source, target = Path(source), Path(target)
    file = str(source)
    if not attribution.strip():
        raise InputError("a ward layer cannot be carried without its attribution", hint="Pass --attribution.")
    _plain(vintage, "--vintage", file)
    _plain(attribution, "--attribution", file)
    read = read_layer(source, layer)
    found = find_columns(read.columns, file, code=code, name=name, wanted=keep)
    there = set(found.codes)
    _whole(read, found, [f"{c} ({n})" if n else c for c, n in (keep or {}).items() if c not in there], file)
    rows = [row for row, one in enumerate(found.codes) if keep is None or one in keep]
    if not rows:
        raise InputError("the ward file has no ward in it", file=file, hint="Give the layer with its polygons.")
    check_codes([found.codes[row] for row in rows], rows, found.code, file)
    rows.sort(key=lambda row: found.codes[row])
    codes = [found.codes[row] for row in rows]
    blank = {c: (keep or {}).get(c, "") for row, c in zip(rows, codes, strict=True) if not found.names[row]}
    with shape_errors(file):
        shapes, mended = repair(read.shapes, read.problems, rows)
    names, placed = _checked(replace(read, shapes=shapes), found, rows, file, blank, crs, swap)
    with shape_errors(file):
        polygons: Any = shapely.set_precision(placed.in_degrees(), 10**-DEGREE_DECIMALS)
        if not shapely.coverage_is_valid(polygons):
            check_overlaps(polygons, codes, file)
            polygons = np.asarray(shapely.coverage_clean(polygons), dtype=object)  # type: ignore[attr-defined]
    left, limit = len(found.codes) - len(rows), "" if keep is not None else _limit(len(read))
    wards = _write(target, _document(codes, names, polygons, vintage, attribution))
    notes = (
        *read.notes,
        *found.notes,
        placed.note,
        "Sides that touch themselves are repaired: " + listed([found.codes[row] for row in mended]) if mended else "",
        f"Left out, as the area file does not list them: {left:,} of {len(read):,} features." if left else "",
        f"{limit}. With --area the wards are held against those of an area." if limit else "",
    )
    return replace(wards, notes=tuple(note for note in notes if note))


def _document(
    codes: Sequence[str], names: Sequence[str], polygons: NDArray[np.object_], vintage: str, attribution: str
) -> str:
    features = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"ward_code": code, "ward_name": name},
                "geometry": json.loads(shapely.to_geojson(polygon)),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for code, name, polygon in zip(codes, names, polygons, strict=True)
    ]
    head = json.dumps({"type": "FeatureCollection", "vintage": vintage, "attribution": attribution}, ensure_ascii=False)
    return head[:-1] + ', "features": [\n' + ",\n".join(features) + "\n]}\n"


def _write(target: Path, text: str) -> Wards:
    """Write a layer beside the target, read it as it will be read, and only then put it in the target's place."""
    final = target.resolve()  # a link stays a link
    try:
        with set_aside(final) as aside:
            aside.write_text(text, encoding="utf-8", newline="\n")
            return _read(aside, str(target), hint="Repair the layer (QGIS: Check validity, Topology checker).")
    except OSError as error:
        raise InputError(
            f"the ward layer cannot be written: {error.strerror or error}",
            file=str(target),
            hint=f"Choose another target. {ROOM}",
        ) from error
