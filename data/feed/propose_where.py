"""Which columns of a partner's file are probably the place of an incident."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.feed.personal import header_words
from data.feed.places import point_columns, read_pair
from data.feed.postcode_text import are_postcodes, why_no_postcodes
from data.feed.taken import MOST, Taken, between, share
from data.place.area import Area
from data.store.schema import coarsest_m
from geo.crs import to_bng
from geo.points import FORMS, IN_METRES, read_degrees, read_point

_NEAR_M = 5_000.0
_AROUND_M = 50_000.0  # texts that look like points but lie further away are some other number
_AS_GOOD = 0.99  # of the rows: so nearly complete, the more exact pair is taken
# Words of a header.
_HEADERS = {
    "easting": (r"\beastings?\b|\bx ?(coord\w*)?$|^x\b|\bgrid e\b|\bos ?x\b",),
    "northing": (r"\bnorthings?\b|\by ?(coord\w*)?$|^y\b|\bgrid n\b|\bos ?y\b",),
    "longitude": (r"\b(longitude|long|lon|lng)\b|^x\b|\bx ?(coord\w*)?$",),
    "latitude": (r"\b(latitude|lat)\b|^y\b|\by ?(coord\w*)?$",),
}
_POINT = re.compile(
    r"\bgeom(etry)?\b|\bgeo ?json\b|\bwkt\b|\bpoint\b|\bcoord\w*\b|\blat ?l(on|ng)\w*|\bgrid ?(ref\w*)?\b|\bngr\b|"
    r"\bosgr\b|\blocation\b|\bposition\b|\bthe geom\b|\bshape\b|\blatitude longitude\b"
)
_NO_VALUE = frozenset({"null", "none", "n/a", "na", "nan", "-", "unknown", "not known"})


@dataclass(frozen=True, eq=False)
class _Candidate:
    """Columns that may be the place: in how many rows they tell one, and how coarse it is (0: exact)."""

    columns: dict[str, str]
    rows: int
    step_m: float

    @property
    def named(self) -> str:
        return " and ".join(f"“{column}”" for column in self.columns.values())


def take_place(taken: Taken, area: Area) -> None:
    """Take columns as the place: coordinates by their headers, a column of points, numbers in the area, postcodes.

    Where several tell it, the one that tells it in more rows is taken, and of two that are as good the more exact one.
    """
    found = [
        *_pairs(taken, ("easting", "northing"), ((1_000, 700_000), (1_000, 1_300_000))),
        *_pairs(taken, ("longitude", "latitude"), ((-180, 180), (-90, 90))),
        *_points(taken, area, named=True),
    ]
    if not found and not _numbers_in(taken, area):
        found = _points(taken, area, named=False)
        if not found:
            _take_postcode(taken)
    if found:
        most = max(each.rows for each in found)
        best = min((each for each in found if each.rows >= _AS_GOOD * most), key=lambda each: each.step_m)
        taken.columns.update(best.columns)
        _tell(taken, best, found, area)


def _tell(taken: Taken, best: _Candidate, found: list[_Candidate], area: Area) -> None:
    """Say how coarse the place is that is taken, and which more exact one the file holds for some rows."""
    too_coarse = best.step_m > coarsest_m(area.cell_size_m)
    if too_coarse:
        taken.notes.append(
            f"{best.named}: places are rounded to {best.step_m:,.0f} m (their values show it), so they count in wards "
            f"and not in cells of {area.cell_size_m:g} m"
        )
    exact = [each for each in found if each.step_m < best.step_m and each.rows]
    if too_coarse and exact:
        other = max(exact, key=lambda each: each.rows)
        taken.notes.append(
            f"{other.named} are more exact, but tell a place in {other.rows:,} rows only; the proposed ones do in "
            f"{best.rows:,} of {len(taken.table.lines):,}"
        )


def _pairs(
    taken: Taken, pair: tuple[str, str], bounds: tuple[tuple[float, float], tuple[float, float]]
) -> list[_Candidate]:
    """Pairs of columns by the words of their headers, in the order of the file."""
    across, up = (
        [c for c in _by_header(taken, target) if _fits(taken, c, target, low, high)]
        for target, (low, high) in zip(pair, bounds, strict=True)
    )
    found = []
    for one in across:
        others = [column for column in up if column != one]
        if not others:
            continue
        like = header_words(one).replace("easting", "northing").replace("longitude", "latitude")
        other = max(others, key=lambda c: difflib.SequenceMatcher(None, like, header_words(c)).ratio())
        up = [column for column in up if column != other]
        x, y, precision = read_pair(taken.table, one, other, metres=pair[0] == "easting")
        there = _between(x, bounds[0]) & _between(y, bounds[1]) & (x != 0) & (y != 0)
        found.append(_Candidate({pair[0]: one, pair[1]: other}, int(there.sum()), _usual(precision[there])))
    return found


def _between(values: NDArray[np.float64], bounds: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((values >= bounds[0]) & (values <= bounds[1]))


def _usual(precision: NDArray[np.float64]) -> float:
    """Step of most rows, 0 where most are exact."""
    return float(np.median(np.nan_to_num(precision))) if len(precision) else 0.0


def _by_header(taken: Taken, target: str) -> list[str]:
    found: list[str] = []
    for pattern in _HEADERS[target]:
        found += [c for c in taken.left if c not in found and re.search(pattern, header_words(c))]
    return found


def _fits(taken: Taken, column: str, target: str, low: float, high: float) -> bool:
    values = [text for text in taken.values(column) if text.lower() not in _NO_VALUE]
    if between(low, high)(values):
        return True
    if target in ("easting", "northing"):
        return False
    axis = "x" if target == "longitude" else "y"
    return share(values, lambda text: (read := read_degrees(text)) and read[2] in ("", axis)) >= MOST


def _points(taken: Taken, area: Area, *, named: bool) -> list[_Candidate]:
    """Columns of which most values are points: by header, or because they lie here."""
    found = []
    for column in taken.left:
        if bool(_POINT.search(header_words(column))) != named:
            continue
        values = [text for text in taken.values(column) if text.lower() not in _NO_VALUE]
        near = _near(area)
        test: Callable[[str], object] = read_point if named else near
        if share(values, test) >= MOST and share(values[:200], near) > 0:
            x, y, precision, form = point_columns(taken.table.columns[column])
            there = np.isfinite(x) & np.isfinite(y)
            if form in FORMS:
                found.append(_Candidate({"point": column}, int(there.sum()), _usual(precision[there])))
    return found


def _near(area: Area) -> Callable[[str], bool]:
    west, south, east, north = area.wards.outline.bounds

    def near(text: str) -> bool:
        point = read_point(text)
        if point is None or not point.form:
            return False
        x, y = point.x, point.y
        if point.form not in IN_METRES:
            x, y = (float(value) for value in to_bng(x, y))
        return bool(west - _AROUND_M <= x <= east + _AROUND_M and south - _AROUND_M <= y <= north + _AROUND_M)

    return near


def _numbers_in(taken: Taken, area: Area) -> bool:
    """Take two columns of numbers that lie in the area; whether there are such."""
    west, south, east, north = area.wards.outline.bounds
    found: dict[str, str] = {}
    for target, low, high in (("easting", west, east), ("northing", south, north)):
        fits = between(low - _NEAR_M, high + _NEAR_M)
        for column in taken.left:
            if column not in found.values() and fits(taken.values(column)):
                found[target] = column
                break
    if len(found) < 2:
        return False
    taken.columns.update(found)
    return True


def _take_postcode(taken: Taken) -> None:
    """Take a column of whole postcodes where nothing else tells the place; its values are personal and never shown."""
    used = set(taken.columns.values())
    for column in taken.table.columns:
        values = taken.table.filled(column)
        if column in used or not are_postcodes(values):
            continue
        if why := why_no_postcodes(values):
            if "post" in header_words(column):  # "L36" may be any number of a form
                taken.notes.append(f"“{column}”: {why}")
            continue
        taken.columns["postcode"] = column
        taken.notes.append(
            f"“{column}” is the only place: incidents are put at the centre of their postcode unit, which needs a "
            "postcode file (python -m data postcodes FILE); the postcodes themselves are not kept"
        )
        return
