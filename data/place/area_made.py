"""An area file made from a layer of wards: its wards, their districts, residents, and all that is national."""

from __future__ import annotations

import csv
import difflib
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from data.place.area import Area, load_area
from data.place.area_text import Known, area_text
from data.place.forces import known_slugs
from data.place.neighbours import District
from data.place.terms_file import kept_beside
from data.place.ward_names import told_apart
from geo.aside import into_place
from geo.boundaries import convert_wards
from geo.errors import ROOM, InputError
from geo.layer import listed, text_of
from geo.layer_columns import find_columns
from geo.layer_file import read_layer
from geo.layer_kinds import is_ward, kind_of, tidy

ATTRIBUTION = "Contains OS data © Crown copyright and database right; source: Office for National Statistics, OGL v3.0"
WARD_FILE = "_wards.geojson"
_DISTRICT = "local authorities"
# Their codes begin so: non-metropolitan, metropolitan, London
_KINDS = {"E07": "district", "E08": "district", "E09": "district"}
_COUNT = re.compile(r"residents|population|persons|people|obs_?value|count|total", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """What is said of an area beside its layer of wards; each may be empty.

    Attributes
    ----------
    name, code, kind, partnership : str
    forces, buffer_forces : tuple of str
    residents : mapping of ward code to int
    residents_source : str
    neighbours : tuple of District
        Beside whom the area is shown, its own districts among them.
    neighbours_source : str
    notes : tuple of str
    """

    name: str = ""
    code: str = ""
    kind: str = ""
    partnership: str = ""
    forces: tuple[str, ...] = ()
    buffer_forces: tuple[str, ...] = ()
    residents: Mapping[str, int] = field(default_factory=dict)
    residents_source: str = ""
    neighbours: tuple[District, ...] = ()
    neighbours_source: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Selected:
    """Wards of a layer: names by code, districts (code and name) by ward, and the year that the layer names."""

    wards: Mapping[str, str]
    districts: Mapping[str, tuple[str, str]]
    year: str
    attribution: str = ""


def select_wards(source: Path, districts: Sequence[str] = (), *, layer: str = "") -> Selected:
    """Find the wards of a layer, all of them or those of some districts.

    Parameters
    ----------
    source : path
        As :func:`geo.layer_file.read_layer`.
    districts : sequence of str, optional
        Codes of local authorities.
    layer : str, optional

    Returns
    -------
    Selected

    Raises
    ------
    InputError
        The layer cannot be used, says no districts though some are asked for, or lacks one of them.
    """
    read = read_layer(source, layer)
    found = find_columns(read.columns, str(source))
    columns = {name: [text_of(value) for value in values] for name, values in read.columns.items()}
    lies_in = _districts(columns, found.codes)
    there = {code for code, _ in lies_in.values()}
    if districts and not there:
        raise InputError(
            "the layer does not say in which local authority a ward lies",
            file=str(source),
            value=", ".join(columns),
            hint="Leave --lad out, or give a layer with a column of codes such as LAD24CD.",
        )
    if lacking := [code for code in map(tidy, districts) if code not in there]:
        raise InputError(
            "the layer has no ward of this local authority", file=str(source), value=", ".join(lacking),
            hint=f"It has {listed(sorted(there))}.",
        )  # fmt: skip
    wanted = {tidy(code) for code in districts} or {*there, ""}
    wards = {
        code: name
        for code, name in zip(found.codes, found.names, strict=True)
        if code and lies_in.get(code, ("", ""))[0] in wanted
    }
    if not wards:
        raise InputError("the ward file has no ward in it", file=str(source), hint="Give the layer with its polygons.")
    inside = {code: lies_in[code] for code in wards if code in lies_in}
    return Selected(wards, inside, read.vintage or found.year, read.attribution)


def _districts(columns: Mapping[str, Sequence[str]], codes: Sequence[str]) -> dict[str, tuple[str, str]]:
    for column, values in columns.items():
        if kind_of([tidy(value) for value in values]) != _DISTRICT:
            continue
        stem = re.sub(r"cd$|code$", "", column, flags=re.IGNORECASE)
        beside = {name.casefold(): name for name in columns}
        named = next((beside[(stem + end)] for end in ("nm", "name", "_name") if stem + end in beside), "")
        named = named or next((beside[key] for e in ("nm", "name") if (key := (stem + e).casefold()) in beside), "")
        names = columns[named] if named else [tidy(value) for value in values]
        return {c: (tidy(v), n) for c, v, n in zip(codes, values, names, strict=True) if c and v}
    return {}


def make_area(
    source: Path, out: Path, place: Place, districts: Sequence[str] = (), *,
    vintage: str = "", attribution: str = "", layer: str = "", over: bool = False,
) -> tuple[Area, tuple[str, ...]]:  # fmt: skip
    """Write an area file, and beside it the ward layer in the project's own form.

    Parameters
    ----------
    source : path
        Layer of wards, as published.
    out : path
        Area file to write; the layer is named after it.
    place : Place
    districts : sequence of str, optional
        As :func:`select_wards`.
    vintage, attribution : str, optional
        Where the layer does not say them.
    layer : str, optional
    over : bool, optional
        Whether a file that is there is replaced.

    Returns
    -------
    Area
        As read back.
    notes : tuple of str
        What is not known, and what was chosen.

    Raises
    ------
    InputError
        As :func:`select_wards`, :func:`geo.boundaries.convert_wards` and :func:`data.place.area.load_area`; a force
        that does not exist; the file is there already. Nothing is then written or changed.
    """
    ward_file = out.with_name(out.stem + WARD_FILE)
    check_free(out, over=over)
    if ward_file.exists() and source.exists() and ward_file.samefile(source):
        raise InputError(
            "the ward layer would be written over the file that it is made from", file=str(source),
            hint="Choose another --out.",
        )  # fmt: skip
    check_forces((*place.forces, *place.buffer_forces))
    selected = select_wards(source, districts, layer=layer)
    known = _known(place, selected, out, vintage)
    notes = list(known.notes)
    if not (attribution or selected.attribution):
        notes.append("The layer does not say whose it is: that of the Office for National Statistics is assumed.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".area-", dir=out.parent) as folder:
            wards, area = Path(folder) / ward_file.name, Path(folder) / out.name
            written = convert_wards(
                source,
                wards,
                vintage=known.ward_vintage,
                attribution=attribution or selected.attribution or ATTRIBUTION,
                keep=selected.wards,
                layer=layer,
            )
            area.write_text(area_text(replace(known, notes=tuple(notes))), encoding="utf-8", newline="\n")
            load_area(area)
            into_place(wards, ward_file)
            into_place(area, out)
    except OSError as error:
        raise InputError(
            f"the area file cannot be written: {error.strerror or error}", file=str(out), hint=ROOM
        ) from error
    left_out = [note for note in written.notes if not note.startswith("Left out")]
    if kept_beside(out).is_file():
        notes.append(f"School terms of {kept_beside(out)} hold for it.")
    return load_area(out), (*notes, *left_out)


def check_free(out: Path, *, over: bool) -> None:
    """Refuse to write over an area file or its ward layer.

    Raises
    ------
    InputError
        One of them is there, and may not be replaced.
    """
    for path in (out, out.with_name(out.stem + WARD_FILE)):
        if path.exists() and not over:
            raise InputError(
                "there is a file of this name already", file=str(path), hint="Add --replace, or choose another --out."
            )


def _known(place: Place, selected: Selected, out: Path, vintage: str) -> Known:
    codes = sorted({code for code, _ in selected.districts.values()})
    names = dict(selected.districts.values())
    one = codes[0] if len(codes) == 1 else ""
    name = place.name or names.get(one, "") or out.stem.replace("_", " ").replace("-", " ").title()
    by_district: dict[str, tuple[str, ...]] = {}
    for ward, (code, _) in sorted(selected.districts.items()):
        by_district[code] = (*by_district.get(code, ()), ward)
    called = told_apart(names, {})
    districts = {called[code]: wards for code, wards in by_district.items()} if len(codes) > 1 else {}
    told = told_apart(selected.wards, {ward: n for n, wards in districts.items() for ward in wards})
    twice = [told[code] for code, ward in selected.wards.items() if told[code] != ward]
    lacking = sorted(set(selected.wards) - set(place.residents)) if place.residents else []
    notes = [
        *place.notes,
        "" if place.forces else "No police force is known: write it into [forces], as data.police.uk names it.",
        f"No residents are known for {len(lacking)} wards, which have no rates: {listed(lacking)}." if lacking else "",
        "" if place.residents else "No residents are known, so no rates are shown: --residents FILE takes them.",
        "Parts of the area are its districts." if districts else "No towns are known: [[townships]] group wards.",
        f"Wards of one name are shown as {listed(sorted(twice), 6)}." if twice else "",
    ]
    return Known(
        name=name,
        code=place.code or one or "+".join(codes) or name.lower().replace(" ", "-"),
        wards=selected.wards,
        ward_file=out.stem + WARD_FILE,
        ward_vintage=vintage or selected.year or "not stated",
        kind=place.kind or _KINDS.get(one[:3], "area"),
        partnership=place.partnership or f"{name} Community Safety Partnership",
        forces=place.forces,
        buffer_forces=place.buffer_forces,
        residents={ward: place.residents[ward] for ward in selected.wards if ward in place.residents},
        residents_source=place.residents_source,
        districts=districts,
        neighbours=place.neighbours if set(codes) & {one.code for one in place.neighbours} else (),
        neighbours_source=place.neighbours_source,
        notes=tuple(note for note in notes if note),
    )


def check_forces(slugs: Sequence[str]) -> None:
    """Refuse a force that data.police.uk does not have.

    Raises
    ------
    InputError
        One of them is none; the nearest names are told.
    """
    known = known_slugs()
    for slug in slugs:
        if slug not in known:
            near = difflib.get_close_matches(slug, sorted(known), 3, 0.5)
            raise InputError(
                "data.police.uk has no force of this name", value=slug,
                hint=f"Is it {' or '.join(near)}?" if near else "As in the names of its files: avon-and-somerset.",
            )  # fmt: skip


def read_residents(path: Path) -> dict[str, int]:
    """Read residents by ward from a CSV file.

    Parameters
    ----------
    path : path
        A column of ward codes, and one of whole numbers: the only one, or one that is called residents, population or
        the like.

    Returns
    -------
    dict
        By ward code.

    Raises
    ------
    InputError
        It cannot be read, has no such column or several, or a ward twice.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            head, *rows = [row for row in csv.reader(handle) if any(cell.strip() for cell in row)] or [[]]
    except OSError as error:
        raise InputError(
            f"the file cannot be read: {error.strerror or error}", file=str(path), hint="May this account read it?"
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"the file is no CSV in UTF-8: {error}", file=str(path), hint="Save it as CSV in UTF-8."
        ) from error
    columns: dict[str, list[Any]] = {
        name: [row[at].strip() if at < len(row) else "" for row in rows] for at, name in enumerate(head)
    }
    codes = next((name for name, values in columns.items() if values and all(map(is_ward, map(tidy, values)))), None)
    numbers = [name for name, values in columns.items() if values and all(map(_number, values))]
    if len(numbers) > 1:
        numbers = [name for name in numbers if _COUNT.search(name)]
    if codes is None or len(numbers) != 1:
        raise InputError(
            "the file needs a column of ward codes and one of residents", file=str(path), value=", ".join(head),
            hint="Call the column of whole numbers residents.",
        )  # fmt: skip
    found: dict[str, int] = {}
    for row, (code, number) in enumerate(zip(columns[codes], columns[numbers[0]], strict=True), start=2):
        if tidy(code) in found:
            raise InputError(
                "this ward is there twice",
                file=str(path),
                row=row,
                column=codes,
                value=code,
                hint="Leave one of the two rows out.",
            )
        found[tidy(code)] = int(float(number.replace(",", "")))
    return found


def _number(text: str) -> bool:
    return re.fullmatch(r"\d{1,3}(?:,\d{3})+|\d+(?:\.0+)?", text, re.ASCII) is not None
