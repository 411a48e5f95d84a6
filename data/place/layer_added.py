"""A further ward layer, written into an area file that is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import shapely

from data.place.area import Area, load_area
from data.place.area_made import ATTRIBUTION, Selected, select_wards
from data.place.area_text import layer_text
from geo.aside import set_aside
from geo.boundaries import Wards, convert_wards
from geo.errors import ROOM, InputError
from geo.layer import listed

_MOST = 0.5  # a ward is of the part of the area that holds more than this of it


@dataclass(frozen=True)
class Added:
    """What is said of a layer beside its file; each may be empty.

    Attributes
    ----------
    valid_from : str
        YYYY-MM-DD.
    vintage, attribution : str
    residents : mapping of ward code to int
    residents_source : str
    layer : str
        Of a file with several layers, the one to take.
    districts : tuple of str
        Local authorities whose wards are taken; by default those of the area's code, where the layer has them.
    """

    valid_from: str
    vintage: str = ""
    attribution: str = ""
    residents: Mapping[str, int] | None = None
    residents_source: str = ""
    layer: str = ""
    districts: tuple[str, ...] = ()


def add_layer(source: Path, file: Path, added: Added) -> tuple[Area, tuple[str, ...]]:
    """Convert a layer of wards, hold it against the area, and add it to the area file as its last layer.

    Parameters
    ----------
    source : Path
        As published. Where it says in which local authority a ward lies, only wards of the area's are taken.
    file : Path
        The area file. What stands in it stays as it is, comments too; the layer is written at its end.
    added : Added

    Returns
    -------
    area : Area
        With the layer that was added.
    notes : tuple of str
        What a person should check.

    Raises
    ------
    InputError
        The day is none, or is not after that of every other layer; the layer cannot be used, or is that of another
        area. The area file then stays as it was.
    """
    try:
        day = date.fromisoformat(added.valid_from)
    except ValueError as error:
        raise InputError(
            "a ward layer needs the day from which it is valid, written YYYY-MM-DD",
            column="--valid-from", value=added.valid_from, hint="Such as 2028-05-04.",
        ) from error  # fmt: skip
    before = load_area(file)
    selected = _selected(source, before, added)
    ward_file = file.with_name(f"{file.stem}_wards_{day.isoformat()}.geojson")
    if ward_file.exists():
        raise InputError("there is a file of this name already", file=str(ward_file), hint="Remove it, if it is old.")
    residents = {ward: n for ward, n in (added.residents or {}).items() if ward in selected.wards}
    vintage = added.vintage or selected.year or f"in force from {day.isoformat()}"
    try:
        with set_aside(file) as aside:
            written = convert_wards(
                source,
                ward_file,
                vintage=vintage,
                attribution=added.attribution or selected.attribution or ATTRIBUTION,
                keep=selected.wards,
                layer=added.layer,
            )
            towns = _towns(written, before)
            text = file.read_text(encoding="utf-8-sig").rstrip() + "\n"
            text += layer_text(
                str(day), ward_file.name, vintage, selected.wards, residents, added.residents_source, towns
            )
            aside.write_text(text, encoding="utf-8", newline="\n")
            load_area(aside)
    except InputError as error:
        ward_file.unlink(missing_ok=True)
        named = str(file) if error.file == str(aside) else error.file
        raise InputError(
            error.message, file=named, row=error.row, column=error.column, value=error.value, hint=error.hint
        ) from error
    except OSError as error:
        ward_file.unlink(missing_ok=True)
        raise InputError(
            f"the area file cannot be written: {error.strerror or error}", file=str(file), hint=ROOM
        ) from error
    area = load_area(file).with_layer(day.isoformat())
    lacking = sorted(set(area.wards.codes) - set(residents)) if residents else []
    notes = (
        "" if residents else "No residents are known of this layer, so no rates are shown by it: --residents FILE.",
        f"No residents are known for {len(lacking)} wards, which have no rates: {listed(lacking)}." if lacking else "",
        f"Parts of the area are those in which most of a ward lies: {listed(sorted(towns))}." if towns else "",
        *(note for note in written.notes if not note.startswith("Left out")),
    )
    return area, tuple(note for note in notes if note)


def _towns(wards: Wards, area: Area) -> dict[str, list[str]]:
    """Give the parts of the area as wards of another layer: a ward is of the part that holds most of it."""
    found: dict[str, list[str]] = {}
    for town in area.townships:
        shared = shapely.area(shapely.intersection(wards.polygons, area.shape_of(town)))
        codes = [wards.codes[k] for k in np.flatnonzero(shared > _MOST * shapely.area(wards.polygons))]
        if codes:
            found[town.name] = codes
    return found


def _selected(source: Path, area: Area, added: Added) -> Selected:
    """Find the wards of the area in a layer that may cover more: by local authorities, where the layer says them."""
    every = select_wards(source, layer=added.layer)
    there = {code for code, _ in every.districts.values()}
    ours = added.districts or tuple(code for code in area.code.split("+") if code in there)
    return select_wards(source, ours, layer=added.layer) if ours else every
