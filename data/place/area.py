"""The area file: everything the code knows about the place it works on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from data.kinds.crime_types import CATEGORIES
from data.place.area_file import MEANING, Table, read_toml
from data.place.folders import OWN_AREA, default_store
from data.place.national import with_national
from data.place.school import School, read_school, with_terms
from data.place.terms_file import read_kept_terms
from data.place.ward_layers import Township as Township
from data.place.ward_layers import (
    WardLayer,
    in_force,
    key_of,
    only_known,
    read_layer,
    read_layers,
    span_words,
    wards_listed,
)
from geo.boundaries import Wards
from geo.errors import REACH, InputError
from geo.grid import SMALLEST_CELL_M, Grid, make_grid

DEFAULT_AREA = Path(__file__).parents[1] / "area.toml"
AREA_VARIABLE = "DASHBOARD_AREA"
_REQUIRED = ("name", "code", "ward_file", "forces", "wards")


@dataclass(frozen=True)
class Season:
    """A season in month data: whole calendar months (1 to 12), with what month data cannot say about it."""

    key: str
    name: str
    months: tuple[int, ...]
    caveat: str = ""


@dataclass(frozen=True)
class Operation:
    """Days of the year for which an operation is planned; ``starts`` and ``ends`` are (month, day)."""

    name: str
    season: str
    starts: tuple[int, int]
    ends: tuple[int, int]
    from_terms: bool = False


@dataclass(frozen=True)
class Term:
    """End of the summer term and start of the autumn term of a calendar year, as published."""

    year: int
    summer_ends: date
    autumn_starts: date | None


@dataclass(frozen=True)
class Night:
    """A night of the year that has a name."""

    name: str
    month: int
    day: int


@dataclass(frozen=True)
class BankHolidays:
    """Whose bank holidays: country and part of it, as the ``holidays`` library names them."""

    country: str
    subdivision: str = ""


@dataclass(frozen=True, eq=False)
class Area:
    """An area with its wards: those of one layer, where the file has several.

    Attributes
    ----------
    wards, ward_vintage, residents, residents_source, townships, valid_from
        Of the layer that is looked at; :meth:`with_layer` gives the same area with those of another.
    terms : tuple of Term
        Ends and starts around the summer, of the terms in ``school``.
    nights : tuple of Night
    bank_holidays : BankHolidays or None
    residents : mapping of ward code to int
        Empty when the area file has none: rates are then not shown.
    lockdown : (Period, Period) or None
        First and last month to leave out for ``lockdown_categories``.
    raw : mapping
        The parsed file with what is national, for what only one module reads.
    file : str
        The area file, as messages name it.
    notes : tuple of str
        What the area file does not say and was taken as it usually is.
    valid_from : date or None
        Day from which the wards are in force, where the file says it.
    layers : tuple of WardLayer
        All layers of the file, by their day; empty where it has one.
    """

    name: str
    kind: str
    partnership: str
    code: str
    wards: Wards
    ward_vintage: str
    forces: tuple[str, ...]
    buffer_forces: tuple[str, ...]
    buffer_m: float
    cell_size_m: float
    residents: Mapping[str, int]
    residents_source: str
    townships: tuple[Township, ...]
    seasons: tuple[Season, ...]
    operations: tuple[Operation, ...]
    terms: tuple[Term, ...]
    school: School
    nights: tuple[Night, ...]
    bank_holidays: BankHolidays | None
    lockdown: tuple[pd.Period, pd.Period] | None
    lockdown_categories: tuple[str, ...]
    raw: Mapping[str, Any] = field(repr=False)
    file: str = ""
    notes: tuple[str, ...] = ()
    valid_from: date | None = None
    layers: tuple[WardLayer, ...] = field(default=(), repr=False)

    @property
    def layer_key(self) -> str:
        """What stands for the layer that is looked at: its first day, or ``first``."""
        return key_of(self.valid_from)

    @property
    def layer_span(self) -> str:
        """Say when these wards are in force, where there are others; empty where there are none, and no full stop."""
        return f"ward boundaries in force {span_words(self.layers, self.layer_key)}" if self.layers else ""

    @property
    def layer_words(self) -> str:
        """Say which wards these are, as :attr:`layer_span` with their vintage."""
        return f"{self.layer_span} ({self.ward_vintage})" if self.layers else ""

    @property
    def layer_versions(self) -> tuple[str, ...]:
        """Versions of the wards of every layer, those that are looked at first."""
        return (self.wards.version, *(one.wards.version for one in self.layers))

    def with_layer(self, key: str) -> Area:
        """Give the same area with the wards of another layer.

        Parameters
        ----------
        key : str
            First day of the layer (YYYY-MM-DD), or ``first``.

        Raises
        ------
        InputError
            The area file has no such layer; those it has are told.
        """
        if key == self.layer_key:
            return self
        for one in self.layers:
            if one.key == key:
                return replace(
                    self,
                    wards=one.wards,
                    ward_vintage=one.vintage,
                    residents=one.residents,
                    residents_source=one.residents_source,
                    townships=one.townships,
                    valid_from=one.valid_from,
                )
        keys = [one.key for one in self.layers] or [self.layer_key]
        raise InputError(
            "the area file has no such ward layer", file=self.file, value=key, hint=f"It has: {', '.join(keys)}."
        )

    def with_version(self, version: str) -> Area | None:
        """Give the same area with the layer of a version of its wards; None where it has none."""
        if version == self.wards.version:
            return self
        key = next((one.key for one in self.layers if one.wards.version == version), None)
        return None if key is None else self.with_layer(key)

    def on(self, day: date) -> Area:
        """Give the same area with the wards in force on a day."""
        return self.with_layer(in_force(self.layers, day).key) if self.layers else self

    @property
    def ward_names(self) -> dict[str, str]:
        """Names of wards by code."""
        return dict(zip(self.wards.codes, self.wards.names, strict=True))

    def shape_of(self, township: Township) -> shapely.geometry.base.BaseGeometry:
        """Outline of a township, EPSG:27700."""
        return shapely.union_all([self.wards.polygons[self.wards.codes.index(code)] for code in township.wards])

    def season(self, key: str) -> Season:
        """Season by its key.

        Raises
        ------
        InputError
            No such season in the area file.
        """
        for season in self.seasons:
            if season.key == key:
                return season
        raise InputError(
            "there is no such season", value=key, hint="Choose one of: " + ", ".join(s.key for s in self.seasons)
        )

    def grid(self, cell_size_m: float | None = None, offset_m: tuple[float, float] = (0.0, 0.0)) -> Grid:
        """Lattice of this area, laid once; see :func:`geo.grid.make_grid`."""
        laid: dict[tuple[float, tuple[float, float]], Grid] = self.__dict__.setdefault("_laid", {})
        asked = cell_size_m or self.cell_size_m, offset_m
        if asked not in laid:
            laid[asked] = make_grid(self.wards.outline, asked[0], self.buffer_m, offset_m)
        return laid[asked]


def chosen_area(path: Path | str | None = None, store: Path | None = None) -> Path:
    """Name the area file: the one given, that of ``DASHBOARD_AREA``, the store's own, or the project's.

    Parameters
    ----------
    path : path, optional
    store : path, optional
        By default the one that :func:`data.place.folders.default_store` names.

    Raises
    ------
    InputError
        The store's folder cannot be reached, so that nobody knows whether it has one.
    """
    own, named = (store or default_store()) / OWN_AREA, path or os.environ.get(AREA_VARIABLE)
    try:
        return Path(named or (own if own.is_file() else DEFAULT_AREA))
    except OSError as error:
        raise InputError(f"the store cannot be reached: {error.strerror}", file=str(own.parent), hint=REACH) from error


def load_area(path: Path | str | None = None) -> Area:
    """Read and check an area file.

    Parameters
    ----------
    path : path, optional
        By default as :func:`chosen_area` has it.

    Returns
    -------
    Area

    Raises
    ------
    InputError
        The file is missing, is not TOML, lacks a key, has a value of another kind than the key needs, names a ward or
        category that does not exist, or its ward layer cannot be used or is of another vintage.
    """
    path = chosen_area(path)
    file = read_toml(path)
    for key in _REQUIRED:
        if key not in file.raw:
            raise InputError("the area file lacks a key", file=str(path), column=key, hint=MEANING)
    names, name = wards_listed(file), file.text("name")
    raw, notes = with_national(file.raw, names)
    file = Table(raw, file.file)
    forces = file.table("forces")
    lockdown = file.table("lockdown") if "lockdown" in file.raw else None
    categories = lockdown.texts("categories", ()) if lockdown else ()
    only_known(set(categories) - set(CATEGORIES), "lockdown.categories", str(path))
    bank = file.table("bank_holidays")
    _demonstration(file.table("demonstration"))
    school = with_terms(read_school(file.table("school").raw, str(path)), *read_kept_terms(path))
    cell_size_m = file.number("cell_size_m", 200)
    if cell_size_m < SMALLEST_CELL_M:
        raise InputError(
            f"cells must be at least {SMALLEST_CELL_M} m wide",
            file=str(path),
            column="cell_size_m",
            value=str(cell_size_m),
            hint="Write a larger number, such as 200.",
        )
    buffer_m = file.number("buffer_m", 1000)
    first = read_layer(file, path.parent, file.date("valid_from") if "valid_from" in file.raw else None)
    return Area(
        name=name,
        kind=file.text("kind", "area"),
        partnership=file.text("partnership", name),
        code=file.text("code"),
        wards=first.wards,
        ward_vintage=first.vintage,
        forces=forces.texts("area", ()),
        buffer_forces=forces.texts("buffer", ()),
        buffer_m=buffer_m,
        cell_size_m=cell_size_m,
        residents=first.residents,
        residents_source=first.residents_source,
        townships=first.townships,
        seasons=tuple(
            Season(s.text("key"), s.text("name"), s.months("months"), s.text("caveat", ""))
            for s in file.tables("seasons")
        ),
        operations=tuple(
            Operation(o.text("name"), o.text("season"), o.day("starts"), o.day("ends"), o.flag("from_terms"))
            for o in file.tables("operations")
        ),
        terms=tuple(Term(year, *days) for year, days in sorted(school.summers().items())),
        school=school,
        nights=tuple(Night(n.text("name"), *n.day("day")) for n in file.tables("nights")),
        bank_holidays=BankHolidays(bank.text("country"), bank.text("subdivision", "")) if bank.raw else None,
        lockdown=(lockdown.month("first"), lockdown.month("last")) if lockdown else None,
        lockdown_categories=categories,
        raw=file.raw,
        file=str(path),
        notes=notes,
        valid_from=first.valid_from,
        layers=read_layers(file, path.parent, first, buffer_m),
    )


def listed_wards(path: Path | str) -> dict[str, str]:
    """Read the wards that an area file lists; its ward layer may not exist yet.

    Parameters
    ----------
    path : path

    Returns
    -------
    dict
        Names by code.

    Raises
    ------
    InputError
        The file is missing, is not TOML, or lists no wards.
    """
    return wards_listed(read_toml(Path(path)))


def _demonstration(table: Table) -> None:
    """Check what the simulated data are made for; the room that makes them reads it."""
    for key in {"first", "last"} & set(table.raw):
        table.month(key)
    if "as_at" in table.raw:
        table.date("as_at")
