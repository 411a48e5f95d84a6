"""Places: neighbouring top cells joined into something that can be walked, and named after a street."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from analysis.common.method import Method
from analysis.where.hotspots import Ranking
from analysis.where.walkable import walkable_groups
from data.place.area import Area
from data.store.schema import Incidents, month_numbers
from geo.assign import assign_wards
from geo.errors import InputError
from geo.grid import grid_reference

SHARE = 0.05
MAX_WIDTH_M = 1000.0
STREETS = 5
LEAST_INCIDENTS, LEAST_WORD = 3, "three"  # of a place that is ranked, in the months that are looked at

# Types of snap point that are published in place of a street: the table of the master list under "Location
# anonymisation" on data.police.uk/about (2013). Case is not regarded: the API writes "Sports/recreation Area".
GENERIC_LOCATIONS: frozenset[str] = frozenset(
    {
        "sports/recreation area",
        "parking area",
        "park/open space",
        "supermarket",
        "petrol station",
        "pedestrian subway",
        "shopping area",
        "further/higher educational building",
        "police station",
        "hospital",
        "nightclub",
        "bus/coach station",
        "theatre/concert hall",
        "conference/exhibition centre",
        "airport/airfield",
        "added by police force",
        "ferry terminal",
        "theme/adventure park",
        "prison",
        "race track",
        "motorway service area",
    }
)
_PREFIX = re.compile(r"^\s*on or near\b\s*", re.IGNORECASE)
_NOWHERE = frozenset({"", "no location"})
_TITLE_CASED_S = re.compile(r"(?<=[^\W\d_])'S\b")  # published as "Baron'S Hey"


@dataclass(frozen=True, eq=False)
class Place:
    """Neighbouring top cells with what is expected there.

    Attributes
    ----------
    number : int
        1 for the place with the most expected incidents.
    cells : ndarray of int
        Flat indices of the grid, ascending.
    expected : float
        Incidents to be expected in its cells: the sum of the ranking's ``expected``.
    count_last12 : int
        Incidents in its cells in the ranking's last 12 published months.
    name : str
        Text as it was published, to be escaped where it is drawn. Two places never have the same name.
    label : str
        Kind of snap point where the busiest one has no street, such as "shopping area"; empty otherwise.
    ward_code : str
        Ward of most of its incidents; of its centre where none lies in a ward.
    easting_m, northing_m : float
        Centre of its cells, weighted by expected incidents.
    grid_reference : str
        Six figures, of the centre of its busiest cell.
    streets : tuple of str
        Its busiest streets, at most five, busiest first.
    method : Method
    """

    number: int
    cells: NDArray[np.intp]
    expected: float
    count_last12: int
    name: str
    label: str
    ward_code: str
    easting_m: float
    northing_m: float
    grid_reference: str
    streets: tuple[str, ...]
    method: Method

    @property
    def title(self) -> str:
        """Name with the label in brackets: "Mill Street (shopping area)"."""
        return f"{self.name} ({self.label})" if self.label else self.name


def enough(places: Sequence[Place], counts: Sequence[int] | None = None) -> tuple[Place, ...]:
    """Keep the places that have incidents enough to be ranked: three in the months that are looked at.

    Parameters
    ----------
    places : sequence of Place
    counts : sequence of int, optional
        Incidents of each in the months that are looked at; by default of the last 12 published months, in which case
        those that are kept are numbered anew.

    Returns
    -------
    tuple of Place
        In their order.

    Notes
    -----
    Misleads when what is left out is taken for safe: it is too little to say where the next incident will be. Three is
    a convention: one or two incidents in a year say next to nothing of the next.

    References
    ----------
    Of this project.
    """
    if counts is None:
        kept = [place for place in places if place.count_last12 >= LEAST_INCIDENTS]
        return tuple(replace(place, number=number) for number, place in enumerate(kept, start=1))
    return tuple(place for place, count in zip(places, counts, strict=True) if count >= LEAST_INCIDENTS)


def too_few_words(left_out: int, period: str) -> str:
    """Say how many places are left out: "12 more places have fewer than three incidents in 2024: too few to rank".

    Parameters
    ----------
    left_out : int
    period : str
        The months that are looked at, in words, with their preposition.

    Returns
    -------
    str
        A sentence; empty where none is left out.
    """
    if left_out == 0:
        return ""
    have = "1 more place has" if left_out == 1 else f"{left_out:,} more places have"
    return f"{have} fewer than {LEAST_WORD} incidents {period}: too few to rank, so not shown."


def street_name(location: str) -> str:
    """Take the street out of a published location: "On or near Mill Street" is "Mill Street"; empty for none."""
    text = " ".join(_PREFIX.sub("", str(location)).split())
    if text.casefold() in _NOWHERE:
        return ""
    return _TITLE_CASED_S.sub("'s", text)


def is_generic(name: str) -> bool:
    """Whether a published location is a type of snap point ("Parking Area") rather than a street."""
    return name.casefold() in GENERIC_LOCATIONS


def find_places(
    ranking: Ranking,
    incidents: Incidents,
    area: Area,
    share: float = SHARE,
    max_width_m: float = MAX_WIDTH_M,
) -> tuple[Place, ...]:
    """Join neighbouring top cells into places, named after their busiest street.

    Parameters
    ----------
    ranking : Ranking
    incidents : Incidents
        Of the same crime type, buffer included; months after the ranking's are not looked at.
    area : Area
        Whose wards name the place's ward.
    share : float
        Of the cells that count as top.
    max_width_m : float
        Widest extent of a place, east to west or south to north; at least one cell.

    Returns
    -------
    tuple of Place
        Most expected incidents first, then south-west first; their cells are the top cells, each in one place. Empty
        where nothing is expected.

    Raises
    ------
    InputError
        A share outside 0 to 1, or a width below the size of a cell.

    Notes
    -----
    Streets are weighed like the score: an incident counts half for every half-life before the ranking's month; equal
    weights go by the alphabet. Where there is no street the place is "near" the nearest named snap point.

    Misleads when the name is taken for an address: it is the street nearest to the snap point to which incidents were
    moved, and of a place of many streets only the busiest. Where a place ends depends on ``share``.

    References
    ----------
    Of this project.
    """
    grid = ranking.grid
    groups = grouped(ranking, share, max_width_m)
    if not groups:
        return ()
    method = Method(
        name="Places: neighbouring top cells joined",
        parameters={
            "top": f"{share * 100:g} % of {len(grid.cells):,} cells",
            "at most": f"{max_width_m:g} m wide",
            **ranking.method.parameters,
        },
        n=ranking.method.n,
        data_version=ranking.method.data_version,
        period=ranking.method.period,
        caveats=ranking.method.caveats,
    )
    frame = _used(ranking, incidents)
    rows = _rows(ranking, frame, [grid.cells[group] for group in groups])
    named = cache(lambda: _named_points(frame))  # most areas never ask
    streets = _ranked(rows, "name")
    wards = _ranked(rows, "ward_code")
    used: set[str] = set()
    places = []
    for number, positions in enumerate(groups, start=1):
        cells = grid.cells[positions]
        weight = ranking.expected[positions]
        east, north = grid.centres(cells)
        x, y = float(np.average(east, weights=weight)), float(np.average(north, weights=weight))
        busiest = int(np.argmax(weight))
        reference = grid_reference(east[busiest], north[busiest])[0]
        names = streets.get(number, [])
        real = [name for name in names if not is_generic(name)]
        name = _name(real, used) or _nearest(named(), x, y) or reference
        if name in used:
            name = f"{name}, {reference}"
        used.add(name)
        places.append(
            Place(
                number=number,
                cells=cells,
                expected=_whole(ranking, positions),
                count_last12=int(ranking.count_last12[positions].sum()),
                name=name,
                label=names[0].casefold() if names and is_generic(names[0]) else "",
                ward_code=wards[number][0] if number in wards else _ward_at(x, y, area),
                easting_m=x,
                northing_m=y,
                grid_reference=reference,
                streets=tuple(real[:STREETS]),
                method=method,
            )
        )
    return tuple(places)


def grouped(ranking: Ranking, share: float = SHARE, max_width_m: float = MAX_WIDTH_M) -> list[NDArray[np.intp]]:
    """Join neighbouring top cells: positions in ``grid.cells``, each place's ascending, in the order of the places.

    Raises
    ------
    InputError
        As :func:`find_places`.
    """
    grid = ranking.grid
    if max_width_m < grid.cell_size_m:
        raise InputError(
            f"a place is at least one cell of {grid.cell_size_m:g} m wide", column="max_width_m", value=str(max_width_m)
        )
    top = ranking.top(share)
    if _whole(ranking, top) == 0:  # no cell, or none with anything to expect: no incident in the last 12 months
        return []
    row, column = np.divmod(grid.cells[top], grid.columns)
    groups = walkable_groups(row, column, ranking.expected[top], int(max_width_m // grid.cell_size_m))
    groups = [np.sort(top[group]) for group in groups]
    return sorted(groups, key=lambda positions: (-_whole(ranking, positions), int(positions[0])))


def _whole(ranking: Ranking, positions: NDArray[np.intp]) -> float:
    return float(ranking.expected[positions].sum())


def _used(ranking: Ranking, incidents: Incidents) -> pd.DataFrame:
    """Incidents of the months that were ranked."""
    used = np.asarray(ranking.months_used.asi8)
    return incidents.frame[np.isin(month_numbers(incidents.frame), used)]


def _names(locations: pd.Series) -> NDArray[np.object_]:
    """Street names, made once a published text that is there and not once an incident; empty for a null."""
    column = locations.astype("category")
    texts = column.cat.categories.tolist()
    codes, text_of = np.unique(column.cat.codes.to_numpy(), return_inverse=True)
    return np.array([street_name(texts[code]) if code >= 0 else "" for code in codes], dtype=object)[text_of]


def _rows(ranking: Ranking, frame: pd.DataFrame, groups: list[NDArray[np.intp]]) -> pd.DataFrame:
    """Incidents in places: number of the place, street, ward, and the weight they have in the score."""
    place_of = np.zeros(ranking.grid.size + 1, dtype=np.intp)  # one more: off the lattice is index -1
    for number, cells in enumerate(groups, start=1):
        place_of[cells] = number
    place = place_of[ranking.grid.locate(frame["easting_m"].to_numpy(), frame["northing_m"].to_numpy())]
    inside = frame[place > 0]
    age = ranking.months_used.asi8[-1] - month_numbers(inside)
    return pd.DataFrame(
        {
            "place": place[place > 0],
            "name": _names(inside["location"]),
            "ward_code": inside["ward_code"].astype("object").to_numpy(),
            "weight": 0.5 ** (age / ranking.half_life_months),
        }
    )


def _ranked(rows: pd.DataFrame, column: str) -> dict[int, list[str]]:
    """Values of a column by place, heaviest first, equal ones by the alphabet."""
    there = rows[rows[column].notna() & (rows[column] != "")]
    total = there.groupby(["place", column])["weight"].sum().reset_index()
    # the same weights added in another order differ in the last digit, which must not decide between equals
    total["weight"] = -total["weight"].round(9)
    total = total.sort_values(["place", "weight", column])
    ranked: dict[int, list[str]] = {}
    for place, value in zip(total["place"].tolist(), total[column].tolist(), strict=True):
        ranked.setdefault(place, []).append(value)
    return ranked


def _name(streets: list[str], used: set[str]) -> str:
    """Busiest street; a second place on the same street adds its next street, so that two rows can be told apart."""
    if not streets:
        return ""
    choices = [streets[0], *(f"{streets[0]} and {other}" for other in streets[1:])]
    return next((choice for choice in choices if choice not in used), streets[0])


def _named_points(frame: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.object_]]:
    """Snap points that have a street: easting, northing, name."""
    points = frame.drop_duplicates(["easting_m", "northing_m", "location"])
    names = _names(points["location"])
    real = np.array([bool(name) and not is_generic(name) for name in names], dtype=bool)
    return points["easting_m"].to_numpy()[real], points["northing_m"].to_numpy()[real], names[real]


def _nearest(
    named: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.object_]], easting_m: float, northing_m: float
) -> str:
    """Name the snap point with a street that is nearest to a point; equally near ones by the alphabet."""
    east, north, names = named
    if not len(names):
        return ""
    away = np.hypot(east - easting_m, north - northing_m).round(3)
    return f"near {min(names[away == away.min()])}"


def _ward_at(easting_m: float, northing_m: float, area: Area) -> str:
    """Ward of a point, or the nearest one: the centre of a cell that is half inside can lie just outside."""
    found = int(assign_wards([easting_m], [northing_m], area.wards, 0.0)[0])
    if found < 0:
        found = int(np.argmin(shapely.distance(area.wards.polygons, shapely.Point(easting_m, northing_m))))
    return area.wards.codes[found]
