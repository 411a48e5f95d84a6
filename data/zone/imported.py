"""Zones of a file, GeoJSON or GeoPackage: every feature becomes a proposal, or is refused with its place and reason."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from data.place.area import Area
from data.plan.saved import TITLE_LENGTH, clean_line
from data.zone.covered import must_touch
from data.zone.times import minute_words, moment_of
from data.zone.zone import (
    ALCOHOL,
    CLOSURE,
    DISPERSAL,
    FIRST_YEAR,
    KINDS,
    LAST_YEAR,
    OTHER,
    PUBLIC_SPACES,
    ROLE_LENGTH,
    kept_shape,
)
from geo.errors import InputError
from geo.layer import Layer, text_of
from geo.layer_file import read_layer
from geo.layer_places import place

MOST_FEATURES = 500
MOST_BYTES = 20_000_000
ENDINGS = ("geojson", "json", "gpkg")
# Columns by what they are often called; the first that is there is taken.
_CALLED: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "title", "zone", "zone_name", "label", "location"),
    "kind": ("kind", "legal_kind", "type", "category", "power", "order_type"),
    "role": ("role", "authorising_role", "authorised_by", "authority", "rank"),
    "starts": ("starts", "start", "start_time", "from", "valid_from", "begins"),
    "ends": ("ends", "end", "end_time", "to", "until", "valid_to", "expires"),
    "simulated": ("simulated",),
}
_KINDS: Mapping[str, tuple[str, ...]] = {
    CLOSURE: ("closure", "closed premises"),
    ALCOHOL: ("alcohol", "drinking", "dppo"),
    PUBLIC_SPACES: ("public space", "pspo"),
    DISPERSAL: ("dispersal", "section 34", "s34", "s 34"),
    OTHER: ("other",),
}
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:,?[ T]+(\d{1,2}):(\d\d)(?::\d\d)?)?", re.ASCII)
_DAY_ALONE = re.compile(r"\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d\d-\d\d|\d{8}", re.ASCII)
_GEOPACKAGE, _JSON = b"SQLite format 3\x00", b"{"  # how they begin; JSON has nulls where its letters are wide
_NOT = {"", "0", "false", "no"}
_MENDED_SHARE = 0.001  # of a zone: a side that touches itself, not one that crosses the zone
_WAY_OUT = "Save it as GeoJSON in degrees (WGS 84), or as a GeoPackage that names its coordinate system."


@dataclass(frozen=True)
class Proposal:
    """A feature that can become a zone; what the file does not say is empty and asked of a person.

    Attributes
    ----------
    row : int
        Of the feature in the file, from 1.
    name, kind, role : str
        ``kind`` is a key of :data:`data.zone.zone.KINDS`.
    starts, ends : datetime or None
        UTC, to the minute.
    wkt : str
        As :func:`data.zone.zone.kept_shape` gives it.
    told : tuple of str
        What of the feature was not understood or was changed, for the person who checks it.
    """

    row: int
    name: str
    kind: str
    role: str
    starts: datetime | None
    ends: datetime | None
    wkt: str
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What became of a file.

    Attributes
    ----------
    file : str
    read : int
        Features in it: as many as proposals and refused together.
    proposals : tuple of Proposal
    refused : tuple of InputError
        One for each feature that cannot become a zone, with its row.
    notes : tuple of str
        What was taken of the whole file.
    """

    file: str
    read: int
    proposals: tuple[Proposal, ...]
    refused: tuple[InputError, ...]
    notes: tuple[str, ...] = ()


def read_zones(raw: bytes, name: str, area: Area, clock: ZoneInfo) -> Found:
    """Read the zones of a file.

    Parameters
    ----------
    raw : bytes
    name : str
        Of the file, as the person knows it.
    area : Area
        A zone must touch it.
    clock : ZoneInfo
        In which times without an offset are.

    Returns
    -------
    Found

    Raises
    ------
    InputError
        The file as a whole cannot be used: it is of another kind, damaged, too large, holds no shapes, or its numbers
        fit no coordinate system.
    """
    file = clean_line(PurePath(name).name)[:TITLE_LENGTH] or "file"
    ending = file.rpartition(".")[2].lower()
    if ending not in ENDINGS:
        raise InputError("zones are read from GeoJSON and GeoPackage", file=file, hint=f"Save it as .{ENDINGS[0]}.")
    if len(raw) > MOST_BYTES:
        raise InputError(
            "the file is too large for a list of zones", file=file, value=f"{len(raw):,} bytes",
            hint=f"At most {MOST_BYTES:,} bytes are read: keep the zones alone.",
        )  # fmt: skip
    head = raw[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not (raw.startswith(_GEOPACKAGE) or head.startswith(_JSON)):
        raise InputError(
            "this is no GeoJSON and no GeoPackage, whatever its name", file=file,
            value=repr(raw[:40])[2:-1], hint="Save the zones as GeoJSON or GeoPackage.",
        )  # fmt: skip
    layer = _layer(raw, file, ending)
    if len(layer) == 0:
        raise InputError("there is no zone in the file", file=file, hint="Give a file with polygons.")
    if len(layer) > MOST_FEATURES:
        raise InputError(
            "the file has more features than zones are read", file=file, value=f"{len(layer):,} features",
            hint=f"At most {MOST_FEATURES:,} are read: keep the zones of the area.",
        )  # fmt: skip
    if layer.cut:
        raise InputError(f"the file is cut short: {layer.cut}", file=file, hint="Get the whole layer.")
    shapes, problems = _in_metres(layer, file)
    columns = _columns(layer)
    proposals, refused = [], []
    for at in range(len(layer)):
        said = {key: _text(layer, column, at) for key, column in columns.items()}
        try:
            if at in problems:
                raise InputError(problems[at], hint="Correct it, or leave it out of the file.")
            proposals.append(_proposal(at, shapes[at], said, area, clock))
        except InputError as error:
            column = columns.get(error.column or "", error.column)
            place_of = {"column": column, "value": error.value, "hint": error.hint}
            refused.append(InputError(error.message, file=file, row=at + 1, **place_of))
    return Found(file, len(layer), tuple(proposals), tuple(refused), layer.notes)


def _layer(raw: bytes, file: str, ending: str) -> Layer:
    """Read the one layer of a file, with words for a file of zones."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"zones.{ending}"
        path.write_bytes(raw)
        try:
            return read_layer(path)
        except InputError as error:
            raise _of_zones(error, file) from error


def _in_metres(layer: Layer, file: str) -> tuple[list[Any], dict[int, str]]:
    """Shapes in EPSG:27700, None where a feature has none; what is wrong with a feature, by its place from 0."""
    problems = {at: f"the feature {said}" for at, said in layer.problems.items()}
    there = [at for at, shape in enumerate(layer.shapes) if shape is not None and not shape.is_empty]
    for at in sorted(set(range(len(layer))) - set(there)):
        problems.setdefault(at, "the feature has no geometry")
    shapes: list[Any] = [None] * len(layer)
    if there:
        try:
            for at, shape in zip(there, _placed(layer, there, file), strict=True):
                shapes[at] = shape
        except InputError as error:  # one feature of elsewhere is no fault of the others
            for at in there:
                try:
                    (shapes[at],) = _placed(layer, [at], file)
                except InputError as own:
                    problems[at] = own.message.replace("1 of 1 zones lie", "the zone lies")
            if not any(shape is not None for shape in shapes):
                raise error from None
    return shapes, problems


def _placed(layer: Layer, there: list[int], file: str) -> Any:
    chosen = np.empty(len(there), dtype=object)
    chosen[:] = [layer.shapes[at] for at in there]
    try:
        return place(chosen, layer.crs, layer.says_crs, [f"feature {at + 1}" for at in there], file).in_metres()
    except InputError as error:
        raise _of_zones(error, file) from error
    except shapely.errors.ShapelyError as error:
        raise InputError(f"the shapes cannot be read: {error}", file=file, hint=_WAY_OUT) from error


def _mended(shape: Any, told: list[str]) -> Any:
    """Mend an outline that touches itself, as one does that was drawn in degrees; one that crosses stays as it is."""
    if shape.is_valid or not np.isfinite(shapely.get_coordinates(shape)).all():
        return shape
    found = shapely.make_valid(shape)
    made = shapely.union_all([one for one in shapely.get_parts(found) if one.geom_type in {"Polygon", "MultiPolygon"}])
    signed = sum(_signed(one) for one in shapely.get_parts(shape))
    if made.is_empty or abs(made.area - signed) > _MENDED_SHARE * made.area:
        return shape
    told.append("Its outline touched itself, and was mended.")
    return made


def _signed(polygon: Any) -> float:
    """Area by its corners, holes taken off: what a side that crosses makes smaller than what it encloses."""
    ring, *holes = (abs(_turned(shapely.get_coordinates(one))) for one in (polygon.exterior, *polygon.interiors))
    return float(ring - sum(holes))


def _turned(xy: Any) -> float:
    x, y = (xy - xy[0]).T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def _of_zones(error: InputError, file: str) -> InputError:
    """Give the same error for a file of zones: what reads it was made for wards, and names options of a command."""
    hint = _WAY_OUT
    message = re.sub(r"\bward file\b", "file", re.sub(r"\bwards\b", "zones", error.message))
    if message.startswith("the file has several layers"):
        message, hint = "the file has several layers", "Save the zones as a file of one layer."
    return InputError(message, file=file, row=error.row, column=error.column, value=error.value, hint=hint)


def _columns(layer: Layer) -> dict[str, str]:
    """Name the column of each thing that the file says."""
    plain = {re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_"): name for name in reversed(list(layer.columns))}
    return {key: plain[called] for key, names in _CALLED.items() for called in names[::-1] if called in plain}


def _text(layer: Layer, column: str, at: int) -> str:
    return clean_line(text_of(layer.columns[column][at]))


def _proposal(at: int, shape: Any, said: Mapping[str, str], area: Area, clock: ZoneInfo) -> Proposal:
    told: list[str] = []
    wkt = kept_shape(_mended(shape, told))
    must_touch(shapely.from_wkt(wkt), area)
    if said.get("simulated", "").lower() not in _NOT:
        told.append("The file says that it is simulated.")
    texts = {}
    for key, most in (("name", TITLE_LENGTH), ("role", ROLE_LENGTH)):
        text = said.get(key, "")
        if len(text) > most:
            told.append(f"Its {key} is cut to {most} characters.")
        texts[key] = text[:most].strip()
    kind = _kind(said.get("kind", ""))
    if said.get("kind") and not kind:
        told.append(f"The file calls its kind {said['kind'][:40]!r}, which is none that is known.")
    starts, ends = (_moment(said.get(key, ""), key, clock, told) for key in ("starts", "ends"))
    if starts is not None and ends is not None and ends <= starts:
        raise InputError(
            "the zone ends before it starts", column="ends", value=said["ends"][:60], hint="Correct its times."
        )
    return Proposal(at + 1, texts["name"], kind, texts["role"], starts, ends, wkt, tuple(told))


def _kind(text: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", " ", text.lower())
    if text.strip().lower() in KINDS:
        return text.strip().lower()
    return next((kind for kind, words in _KINDS.items() if any(word in plain for word in words)), "")


def _moment(text: str, column: str, clock: ZoneInfo, told: list[str]) -> datetime | None:
    """Read a time: ISO 8601, or a day first as 30/10/2024 17:00; without an offset it is the clock of the area."""
    if not text:
        return None
    found = None
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year, hour, minute = (int(part or 0) for part in match.groups())
        try:
            found = datetime(year, month, day, hour, minute)
        except ValueError:
            found = None
    else:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            found = None
    if found is None or not FIRST_YEAR < found.year < LAST_YEAR:
        raise InputError(
            "this is no time that is understood", column=column, value=text[:60],
            hint="Write it as 2024-10-30T17:00, with an offset where it is not local time.",
        )  # fmt: skip
    if found.tzinfo is not None:
        moment = found.astimezone(UTC)
        if found.utcoffset() != moment.astimezone(clock).utcoffset():
            told.append(f"The time {text[:40]} is {minute_words(moment, clock, named=True)} here.")
    else:
        moment, twice = moment_of(found.date(), found.time(), clock)
        if twice:
            told.append(f"The clock shows {found:%H:%M} twice that night; the file does not say which it means.")
    if _DAY_ALONE.fullmatch(text):
        told.append(f"For its {column.removesuffix('s')} the file says {text[:40]} and no time: 00:00 is taken.")
    if found.second or found.microsecond:
        told.append(f"The time {text[:40]} is taken to the minute.")
    return moment.replace(second=0, microsecond=0)
