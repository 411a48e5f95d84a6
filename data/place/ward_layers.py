"""The ward layers of an area: wards that were in force one after the other, each from a day on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from data.kinds.lists import MONTHS
from data.place.area_file import Table
from data.place.ward_names import told_apart
from geo.boundaries import Wards, read_wards
from geo.errors import InputError

FIRST = "first"  # key of a first layer that does not say from when it is valid
# How far the outline of one layer may reach beyond that of another. Published generalisations to 20 m differ by some
# 20 m; what is further apart is another area, or a coast drawn at low water.
OUTLINES_AGREE_M = 200.0
_ROUNDING_M = 0.5
_STEP_M = 50.0
_EARLIEST = 1800
_MOST = 0.5  # a ward that holds more than this of another one stands for it


@dataclass(frozen=True)
class Township:
    """A named part of the area, as a group of wards."""

    name: str
    wards: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class WardLayer:
    """Wards of an area with what is known by ward.

    Attributes
    ----------
    valid_from : date or None
        None only for a first layer that does not say it.
    wards : Wards
    vintage : str
        In words.
    residents : mapping of ward code to int
    residents_source : str
    townships : tuple of Township
    """

    valid_from: date | None
    wards: Wards
    vintage: str
    residents: Mapping[str, int]
    residents_source: str
    townships: tuple[Township, ...]

    @property
    def key(self) -> str:
        """What stands for it in an address and on a command line: its first day, or ``first``."""
        return key_of(self.valid_from)

    @property
    def names(self) -> dict[str, str]:
        """Names of wards by code."""
        return dict(zip(self.wards.codes, self.wards.names, strict=True))


def key_of(valid_from: date | None) -> str:
    """Give what stands for a layer in an address: its first day (YYYY-MM-DD), or ``first``."""
    return valid_from.isoformat() if valid_from else FIRST


def read_layer(table: Table, folder: Path, valid_from: date | None) -> WardLayer:
    """Read one layer of an area file: the top-level keys, or a table of ``ward_layers``.

    Parameters
    ----------
    table : Table
    folder : Path
        Of the area file: ward files stand beside it.
    valid_from : date or None

    Raises
    ------
    InputError
        A key lacks or has another kind of value, a ward is named that does not exist, or the ward file cannot be used
        or is of other wards.
    """
    names = wards_listed(table)
    people, at = table.table("residents"), f"{table.place}." if table.place else ""
    residents = people.by_count("by_ward")
    only_known(set(residents) - set(names), f"{at}residents.by_ward", table.file)
    townships = tuple(Township(t.text("name"), t.texts("wards")) for t in table.tables("townships"))
    only_known({code for t in townships for code in t.wards} - set(names), f"{at}townships", table.file)
    vintage = table.text("ward_vintage", "")
    wards = read_wards(folder / table.text("ward_file"), names, vintage)
    named = told_apart(
        dict(zip(wards.codes, wards.names, strict=True)), {code: t.name for t in townships for code in t.wards}
    )
    return WardLayer(
        valid_from,
        replace(wards, names=tuple(named[ward] for ward in wards.codes)),
        vintage if "ward_vintage" in table.raw else wards.vintage,
        residents,
        people.text("source", ""),
        townships,
    )


def read_layers(file: Table, folder: Path, first: WardLayer, buffer_m: float) -> tuple[WardLayer, ...]:
    """Read the further layers of an area file and hold them against the first.

    Parameters
    ----------
    file : Table
        The whole file.
    folder : Path
    first : WardLayer
        Of the top-level keys.
    buffer_m : float
        Of the area: incidents further out are not stored, so no outline may reach further.

    Returns
    -------
    tuple of WardLayer
        The first and the further ones, by the day from which they are valid; empty where there are no further ones.

    Raises
    ------
    InputError
        As :func:`read_layer`; also where days do not ascend, or where an outline is that of another area.
    """
    found = [first]
    for table in file.tables("ward_layers"):
        day, before = table.date("valid_from"), found[-1].valid_from
        column = f"{table.place}.valid_from"
        if before is not None and day <= before:
            raise InputError(
                f"each ward layer begins after the one before it, which is valid from {before}",
                file=file.file, column=column, value=str(day),
                hint="Put the layers in the order of their days.",
            )  # fmt: skip
        if day.year < _EARLIEST:  # a day before it has to be one, too
            raise InputError(
                f"no ward layer begins before {_EARLIEST}",
                file=file.file,
                column=column,
                value=str(day),
                hint="Correct the day.",
            )
        layer = read_layer(table, folder, day)
        for other in found:
            if layer.wards.version == other.wards.version:
                raise InputError(
                    f"this ward layer is the same as the one valid from {other.valid_from or 'the start'}",
                    file=file.file, column=f"{table.place}.ward_file", value=table.text("ward_file"),
                    hint="Give the layer of the other day, or leave this one out.",
                )  # fmt: skip
        check_outlines(first.wards, layer.wards, buffer_m, file.file, f"{table.place}.ward_file")
        found.append(layer)
    return tuple(found) if len(found) > 1 else ()


def tolerance_m(buffer_m: float) -> float:
    """How far apart outlines may be: ``OUTLINES_AGREE_M``, and never further than incidents are kept."""
    return max(min(OUTLINES_AGREE_M, buffer_m), _ROUNDING_M)


def check_outlines(first: Wards, other: Wards, buffer_m: float, file: str, column: str) -> None:
    """Refuse wards of another area.

    Raises
    ------
    InputError
        The outline of one reaches further beyond the other's than :func:`tolerance_m`; it is told by how much.
    """
    beyond, within = outline_gap_m(other.outline, first.outline), outline_gap_m(first.outline, other.outline)
    most = tolerance_m(buffer_m)
    if max(beyond, within) > most:
        raise InputError(
            f"this ward layer is not of the same area as the first: it reaches {beyond:,.0f} m beyond the outline of "
            f"the first, and the first {within:,.0f} m beyond it; {most:,.0f} m are allowed",
            file=file, column=column,
            hint="Give a layer of the same area, with the coast drawn at the same line.",
        )  # fmt: skip


def outline_gap_m(one: Any, other: Any) -> float:
    """How far an outline reaches beyond another, in metres; 0 where it lies within it.

    Parameters
    ----------
    one, other : shapely geometry
        EPSG:27700.
    """
    beyond = shapely.get_parts(shapely.difference(one, other))
    beyond = beyond[shapely.area(beyond) > 0]
    if not len(beyond):
        return 0.0
    shapely.prepare(other)
    corners = shapely.get_coordinates(shapely.segmentize(beyond, _STEP_M))
    far = float(shapely.distance(shapely.points(corners), other).max())
    # a hole of the other lies inside its outline on every side: how wide it is stands in its middle
    wide = [float(shapely.length(shapely.maximum_inscribed_circle(part))) for part in beyond
            if shapely.area(part) > 1]  # fmt: skip
    return max([far, *wide])


def in_force(layers: Sequence[WardLayer], day: date) -> WardLayer:
    """Give the layer in force on a day; before the first begins, the first."""
    return [layers[0], *(one for one in layers if one.valid_from is not None and one.valid_from <= day)][-1]


def span_words(layers: Sequence[WardLayer], key: str) -> str:
    """Say when the layer of a key is in force: "until 3 May 2028", "from 4 May 2028"; no full stop."""
    at = [one.key for one in layers].index(key)
    begins = layers[at].valid_from
    after = layers[at + 1].valid_from if at + 1 < len(layers) else None
    until = f"until {day_words(after - timedelta(days=1))}" if after else ""
    return " ".join(filter(None, (f"from {day_words(begins)}" if begins else "", until)))


def control_words(layers: Sequence[WardLayer], day: date) -> dict[str, str]:
    """Name layers for a person who asks on a day: "since May 2016", "from May 2028"; by key.

    A first layer without a day is "until May 2028". Where two begin in one month the day is named too.
    """
    months = [(one.valid_from.year, one.valid_from.month) for one in layers if one.valid_from]
    whole = len(set(months)) < len(months)

    def when(of: date) -> str:
        return day_words(of) if whole else f"{MONTHS[of.month - 1]} {of.year}"

    found = {}
    for one, after in zip(layers, [*layers[1:], None], strict=True):
        if one.valid_from is not None:
            found[one.key] = f"{'since' if one.valid_from <= day else 'from'} {when(one.valid_from)}"
        else:
            found[one.key] = f"until {when(after.valid_from)}" if after and after.valid_from else one.vintage
    return found


def day_words(day: date) -> str:
    """Write a day as "4 May 2028", in English whatever the machine's locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def counterparts(code: str, layers: Sequence[WardLayer], wanted: WardLayer) -> tuple[str, ...]:
    """Give the wards of a layer that stand for a ward of another one.

    Parameters
    ----------
    code : str
    layers : sequence of WardLayer
        In which the code is looked for; the first that has it counts.
    wanted : WardLayer

    Returns
    -------
    tuple of str
        Codes of ``wanted``: the ward itself where it has it; else wards of which more than half lies in the other one,
        and the one that holds more than half of it. Empty where no layer has the code, or none fits.
    """
    if code in wanted.wards.codes:
        return (code,)
    was = next((one.wards for one in layers if code in one.wards.codes), None)
    if was is None:
        return ()
    shape = was.polygons[was.codes.index(code)]
    near = np.flatnonzero(shapely.intersects(wanted.wards.polygons, shape))
    shared = shapely.area(shapely.intersection(wanted.wards.polygons[near], shape))
    own = shapely.area(wanted.wards.polygons[near])
    fits = (shared > _MOST * own) | (shared > _MOST * shapely.area(shape))
    return tuple(wanted.wards.codes[k] for k in near[fits])


def wards_listed(table: Table) -> dict[str, str]:
    """Give the wards that a layer of an area file lists: names by code.

    Raises
    ------
    InputError
        There are none.
    """
    names = table.by_text("wards")
    if not names:
        at = f"{table.place}.wards" if table.place else "wards"
        raise InputError("the area file lists no ward", file=table.file, column=at, hint='Write code = "Name".')
    return names


def only_known(unknown: set[str], column: str, file: str) -> None:
    """Refuse what an area file names and does not have.

    Raises
    ------
    InputError
        There is some of it.
    """
    if unknown:
        raise InputError(
            "the area file names something that does not exist",
            file=file,
            column=column,
            value=", ".join(sorted(unknown)),
            hint="Correct it, or add what it names to the area file.",
        )
