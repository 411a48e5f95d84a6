"""Neighbourhoods (LSOA) of an area, from published boundaries, residents, lookup and index into one file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data.place.area import Area
from data.place.area_made import ATTRIBUTION
from data.place.small_areas import (
    FORM,
    LEAST_INSIDE,
    Deprivation,
    SmallAreas,
    check_fit,
    inside_share,
    is_small_area,
    kept_beside,
    read_small_areas,
    without_spikes,
)
from geo.aside import set_aside
from geo.boundaries import DEGREE_DECIMALS
from geo.errors import ROOM, InputError
from geo.layer import WHOLE, listed, text_of
from geo.layer_columns import strange
from geo.layer_file import read_layer
from geo.layer_kinds import is_ward, kind_of, tidy
from geo.layer_places import place
from geo.layer_shapes import check_overlaps, check_shapes, repair, shape_errors

_NAMES = ("NM", "_NAME", "NAME", "_NM")
_MOST_NAMED = 5


@dataclass(frozen=True, eq=False)
class Boundaries:
    """Boundaries of an area's neighbourhoods, checked and ordered by code; ``polygons`` in degrees (EPSG:4326)."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    polygons: NDArray[np.object_]
    vintage: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """What is known of neighbourhoods beside their boundaries; each may be empty.

    Attributes
    ----------
    residents : mapping of code to int
    residents_source : str
    other : mapping of code to tuple of codes
        Codes of another census, and what became of them.
    lookup : str
        Where ``other`` is from; empty without one.
    deprivation : mapping of code to Deprivation
    deprivation_source : str
    attribution : str
        What has to stand under every map; by default that of the Office for National Statistics.
    """

    residents: Mapping[str, int] = field(default_factory=dict)
    residents_source: str = ""
    other: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lookup: str = ""
    deprivation: Mapping[str, Deprivation] = field(default_factory=dict)
    deprivation_source: str = ""
    attribution: str = ATTRIBUTION


def read_boundaries(source: Path, area: Area, *, layer: str = "", file: str = "") -> Boundaries:
    """Read the boundaries of neighbourhoods, and keep those of an area.

    Parameters
    ----------
    source : path
        As :func:`geo.layer_file.read_layer`; it may cover more than the area.
    area : Area
    layer : str, optional
    file : str, optional
        As messages name it.

    Returns
    -------
    Boundaries

    Raises
    ------
    InputError
        No column of codes; another kind of place, which is named; cut short; shapes that cannot be used; or not the
        neighbourhoods of this area, with their codes (:func:`data.place.small_areas.check_fit`).
    """
    file = file or str(source)
    read = read_layer(source, layer)
    if read.cut:
        raise InputError("the layer says itself that it is cut short", file=file, value=read.cut, hint=WHOLE)
    columns = {name: [text_of(value) for value in values] for name, values in read.columns.items()}
    column = _code_column(columns, file)
    codes = [tidy(value) for value in columns[column]]
    if twice := [code for code, n in Counter(codes).items() if n > 1]:
        raise InputError(
            "codes are there twice",
            file=file,
            column=column,
            value=min(twice),
            hint="Get the layer again: each neighbourhood stands in it once.",
        )
    with shape_errors(file):
        every = list(range(len(codes)))
        shapes, mended = repair(read.shapes, read.problems, every)
        polygons = check_shapes(list(shapes), read.problems, codes, every, file)
        placed = place(polygons, read.crs, read.says_crs, codes, file)
        metres = without_spikes(placed.in_metres())
        share = inside_share(metres, _prepared(area))
        rows = sorted(np.flatnonzero(share >= LEAST_INSIDE).tolist(), key=lambda row: codes[row])
        if not rows:
            raise InputError(
                f"none of these neighbourhoods lies in {area.name}: {listed(sorted(codes), _MOST_NAMED)}",
                file=file, column=column, value=min(codes), hint="Give the boundaries of this area.",
            )  # fmt: skip
        own = tuple(codes[row] for row in rows)
        check_fit(own, metres[rows], area, file)
        degrees: NDArray[np.object_] = shapely.set_precision(placed.in_degrees()[rows], 10**-DEGREE_DECIMALS)
        if not shapely.coverage_is_valid(degrees):
            check_overlaps(degrees, own, file)
            cleaned: Any = shapely.coverage_clean(degrees)  # type: ignore[attr-defined]
            degrees = np.asarray(cleaned, dtype=object)
    names = _names(columns, column, rows, own, file)
    left = len(codes) - len(rows)
    notes = (
        *read.notes,
        placed.note,
        "Sides that touch themselves are repaired: " + listed([codes[row] for row in mended]) if mended else "",
        f"Left out, as they lie outside {area.name}: {left:,} of {len(codes):,} neighbourhoods." if left else "",
    )
    vintage = read.vintage or next((f"20{year}" for year in ("21", "11") if year in column), "")
    return Boundaries(own, names, degrees, vintage or "not stated", tuple(note for note in notes if note))


def keep_small_areas(
    found: Boundaries, known: Known, area: Area, target: Path | None = None
) -> tuple[SmallAreas, tuple[str, ...]]:
    """Write the neighbourhoods of an area into one file beside its area file.

    Parameters
    ----------
    found : Boundaries
    known : Known
    area : Area
    target : path, optional
        By default beside the area file.

    Returns
    -------
    SmallAreas
        As read back.
    notes : tuple of str
        What is not known, and what was chosen.

    Raises
    ------
    InputError
        As :func:`data.place.small_areas.read_small_areas`; it cannot be written. What was there then stays.
    """
    for text in (known.residents_source, known.lookup, known.deprivation_source, known.attribution, found.vintage):
        if character := strange(text):
            raise InputError(
                f"the text holds a character that controls ({character})",
                value=ascii(text),
                hint="Write it again by hand.",
            )
    target = (target or kept_beside(Path(area.file))).resolve()  # a link stays a link
    try:
        with set_aside(target) as aside:
            aside.write_text(_document(found, known, area), encoding="utf-8", newline="\n")
            kept = read_small_areas(area, aside)
    except OSError as error:
        raise InputError(
            f"the neighbourhoods cannot be kept: {error.strerror or error}", file=str(target), hint=ROOM
        ) from error
    if kept is None:
        raise InputError("the file of neighbourhoods was taken away", file=str(target), hint="Try again.")
    return kept, (*found.notes, *_lacking(kept))


def _prepared(area: Area) -> Any:
    shapely.prepare(area.wards.outline)
    return area.wards.outline


def _code_column(columns: Mapping[str, list[str]], file: str) -> str:
    """Find the column in which every value is the code of a neighbourhood; of several, that of the later census."""
    fits = [name for name, values in columns.items() if values and all(is_small_area(tidy(one)) for one in values)]
    if fits:
        return min(fits, key=lambda name: ("21" not in name, "cd" not in name.lower()))
    kinds = {name: kind_of([tidy(one) for one in values]) for name, values in columns.items()}
    column, kind = next(((name, kind) for name, kind in kinds.items() if kind), ("", ""))
    wards = next((name for name, values in columns.items() if values and all(is_ward(tidy(v)) for v in values)), "")
    if kind.startswith("lower layer"):
        bad = next(one for one in columns[column] if not is_small_area(tidy(one)))
        raise InputError(
            "not every feature has the code of a neighbourhood (LSOA)", file=file, column=column, value=bad,
            hint="Correct the codes, or leave those features out.",
        )  # fmt: skip
    what = "wards" if wards else kind
    raise InputError(
        f"this is a layer of {what}, not of neighbourhoods (LSOA)" if what
        else "the layer has no column of codes of neighbourhoods (LSOA)",
        file=file, column=wards or column or None, value=", ".join(columns),
        hint="Codes of neighbourhoods begin with E01 or W01, in every feature.",
    )  # fmt: skip


def _names(
    columns: Mapping[str, list[str]], code: str, rows: list[int], codes: tuple[str, ...], file: str
) -> tuple[str, ...]:
    """Names from the column that goes with that of the codes; the code where there is none."""
    stem = code[:-2] if code.lower().endswith("cd") else code.lower().removesuffix("code")
    ends = {(stem + end).casefold() for end in _NAMES}
    column = next((name for name in columns if name.casefold() in ends), "")
    names = tuple((columns[column][row] if column else "") or own for row, own in zip(rows, codes, strict=True))
    for name in names:
        if character := strange(name):
            raise InputError(
                f"a name holds a character that controls ({character})",
                file=file,
                column=column,
                value=ascii(name),
                hint="Write it again by hand.",
            )
    return names


def _document(found: Boundaries, known: Known, area: Area) -> str:
    features = []
    for code, name, polygon in zip(found.codes, found.names, found.polygons, strict=True):
        own: dict[str, object] = {"lsoa_code": code, "lsoa_name": name, "residents": known.residents.get(code)}
        if one := known.deprivation.get(code):
            own |= {"imd_rank": one.rank, "imd_decile": one.decile, "imd_score": one.score}
        shape = json.loads(shapely.to_geojson(polygon))
        features.append(_text({"type": "Feature", "properties": own, "geometry": shape}))
    own_codes = set(found.codes)
    other = {code: list(after) for code, after in known.other.items() if own_codes & set(after)}
    head = _text(
        {
            "type": "FeatureCollection", "form": FORM, "area": area.code, "vintage": found.vintage,
            "attribution": known.attribution, "residents_source": known.residents_source,
            "lookup": known.lookup, "deprivation_source": known.deprivation_source, "other": other,
        }
    )  # fmt: skip
    return head[:-1] + ',"features":[\n' + ",\n".join(features) + "\n]}\n"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _lacking(kept: SmallAreas) -> list[str]:
    notes = []
    bare = [code for code in kept.codes if code not in kept.residents]
    if bare:
        whose = "any neighbourhood, so none has a rate" if len(bare) == len(kept.codes) else f"{len(bare):,} of them"
        notes.append(f"No residents are known for {whose}: {listed(bare, _MOST_NAMED)}.")
    if not kept.lookup:
        notes.append("Without --lookup, incidents under a code of another census are given a place by their map point.")
    none = [code for code in kept.codes if code not in kept.deprivation]
    if kept.deprivation and none:
        notes.append(f"No deprivation is known for {len(none):,}: {listed(none, _MOST_NAMED)}.")
    return notes
