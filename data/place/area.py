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
from data.place.ward_names import told_apart
from geo.boundaries import Wards, read_wards
from geo.errors import InputError
from geo.grid import SMALLEST_CELL_M, Grid, make_grid

DEFAULT_AREA = Path(__file__).parents[1] / "area.toml"
AREA_VARIABLE = "DASHBOARD_AREA"
_REQUIRED = ("name", "code", "ward_file", "forces", "wards")


@dataclass(frozen=True)
class Township:
    """A named part of the area, as a group of wards."""

    name: str
    wards: tuple[str, ...]


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
    """An area with its wards.

    Attributes
    ----------
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
        """Lattice of this area; see :func:`geo.grid.make_grid`."""
        return make_grid(self.wards.outline, cell_size_m or self.cell_size_m, self.buffer_m, offset_m)


def chosen_area(path: Path | str | None = None, store: Path | None = None) -> Path:
    """Name the area file: the one given, that of ``DASHBOARD_AREA``, the store's own, or the project's.

    Parameters
    ----------
    path : path, optional
    store : path, optional
        By default the one that :func:`data.place.folders.default_store` names.
    """
    own = (store or default_store()) / OWN_AREA
    return Path(path or os.environ.get(AREA_VARIABLE) or (own if own.is_file() else DEFAULT_AREA))


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
    names, name = _listed(file), file.text("name")
    raw, notes = with_national(file.raw, names)
    file = Table(raw, file.file)
    forces, residents_of = file.table("forces"), file.table("residents")
    residents = residents_of.by_count("by_ward")
    _only_known(set(residents) - set(names), "residents.by_ward", path)
    townships = tuple(Township(t.text("name"), t.texts("wards")) for t in file.tables("townships"))
    _only_known({code for t in townships for code in t.wards} - set(names), "townships", path)
    lockdown = file.table("lockdown") if "lockdown" in file.raw else None
    categories = lockdown.texts("categories", ()) if lockdown else ()
    _only_known(set(categories) - set(CATEGORIES), "lockdown.categories", path)
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
        )
    vintage = file.text("ward_vintage", "")
    wards = read_wards(path.parent / file.text("ward_file"), names, vintage)
    named = told_apart(
        dict(zip(wards.codes, wards.names, strict=True)), {code: t.name for t in townships for code in t.wards}
    )
    return Area(
        name=name,
        kind=file.text("kind", "area"),
        partnership=file.text("partnership", name),
        code=file.text("code"),
        wards=replace(wards, names=tuple(named[ward] for ward in wards.codes)),
        ward_vintage=vintage if "ward_vintage" in file.raw else wards.vintage,
        forces=forces.texts("area", ()),
        buffer_forces=forces.texts("buffer", ()),
        buffer_m=file.number("buffer_m", 1000),
        cell_size_m=cell_size_m,
        residents=residents,
        residents_source=residents_of.text("source", ""),
        townships=townships,
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
    return _listed(read_toml(Path(path)))


def _listed(file: Table) -> dict[str, str]:
    names = file.by_text("wards")
    if not names:
        raise InputError("the area file lists no ward", file=file.file, column="wards", hint='Write code = "Name".')
    return names


def _demonstration(table: Table) -> None:
    """Check what the simulated data are made for; the room that makes them reads it."""
    for key in {"first", "last"} & set(table.raw):
        table.month(key)
    if "as_at" in table.raw:
        table.date("as_at")


def _only_known(unknown: set[str], column: str, path: Path) -> None:
    if unknown:
        raise InputError(
            "the area file names something that does not exist",
            file=str(path),
            column=column,
            value=", ".join(sorted(unknown)),
        )
