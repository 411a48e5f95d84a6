"""The area file: everything the code knows about the place it works on."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from data.kinds.crime_types import CATEGORIES
from data.place.school import School, read_school
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
        The parsed file, for what only one module reads.
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


def load_area(path: Path | str | None = None) -> Area:
    """Read and check an area file.

    Parameters
    ----------
    path : path, optional
        By default the file that ``DASHBOARD_AREA`` names, or the project's own ``data/area.toml``.

    Returns
    -------
    Area

    Raises
    ------
    InputError
        The file is missing, is not TOML, lacks a key, names a ward or category that does not exist, or its ward layer
        is of another vintage.
    """
    path = Path(path or os.environ.get(AREA_VARIABLE) or DEFAULT_AREA)
    if not path.is_file():
        raise InputError("there is no such area file", file=str(path))
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"the area file is not valid TOML: {error}", file=str(path)) from error
    for key in _REQUIRED:
        if key not in raw:
            raise InputError("the area file lacks a key", file=str(path), column=key, hint=f"See {DEFAULT_AREA.name}.")
    names = {str(code): str(name) for code, name in raw["wards"].items()}
    wards = read_wards(path.parent / raw["ward_file"], names, raw.get("ward_vintage", ""))
    cell_size_m = float(raw.get("cell_size_m", 200))
    if cell_size_m < SMALLEST_CELL_M:
        raise InputError(
            f"cells must be at least {SMALLEST_CELL_M} m wide",
            file=str(path),
            column="cell_size_m",
            value=str(cell_size_m),
        )
    residents = {str(code): int(n) for code, n in raw.get("residents", {}).get("by_ward", {}).items()}
    _only_known(set(residents) - set(names), "residents.by_ward", path)
    townships = tuple(Township(t["name"], tuple(t["wards"])) for t in raw.get("townships", []))
    _only_known({code for t in townships for code in t.wards} - set(names), "townships", path)
    seasons = tuple(
        Season(s["key"], s["name"], tuple(s["months"]), s.get("caveat", "")) for s in raw.get("seasons", [])
    )
    school, bank = read_school(raw.get("school", {}), str(path)), raw.get("bank_holidays")
    lockdown = raw.get("lockdown")
    _only_known(set((lockdown or {}).get("categories", [])) - set(CATEGORIES), "lockdown.categories", path)
    return Area(
        name=raw["name"],
        kind=raw.get("kind", "area"),
        partnership=raw.get("partnership", raw["name"]),
        code=raw["code"],
        wards=wards,
        ward_vintage=raw.get("ward_vintage", wards.vintage),
        forces=tuple(raw["forces"].get("area", ())),
        buffer_forces=tuple(raw["forces"].get("buffer", ())),
        buffer_m=float(raw.get("buffer_m", 1000)),
        cell_size_m=cell_size_m,
        residents=residents,
        residents_source=raw.get("residents", {}).get("source", ""),
        townships=townships,
        seasons=seasons,
        operations=tuple(
            Operation(
                o["name"], o["season"], _day(o["starts"], path), _day(o["ends"], path), o.get("from_terms", False)
            )
            for o in raw.get("operations", [])
        ),
        terms=tuple(Term(year, *days) for year, days in sorted(school.summers().items())),
        school=school,
        nights=tuple(Night(n["name"], *_day(n["day"], path)) for n in raw.get("nights", [])),
        bank_holidays=BankHolidays(bank["country"], bank.get("subdivision", "")) if bank else None,
        lockdown=(pd.Period(lockdown["first"], "M"), pd.Period(lockdown["last"], "M")) if lockdown else None,
        lockdown_categories=tuple((lockdown or {}).get("categories", ())),
        raw=raw,
    )


def _only_known(unknown: set[str], column: str, path: Path) -> None:
    if unknown:
        raise InputError(
            "the area file names something that does not exist",
            file=str(path),
            column=column,
            value=", ".join(sorted(unknown)),
        )


def _day(text: str, path: Path) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2001-{text}")
    except ValueError as error:
        raise InputError("a day of the year is written MM-DD", file=str(path), value=text) from error
    return day.month, day.day
