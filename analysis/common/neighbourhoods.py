"""Which neighbourhood of some 1,500 residents (LSOA) an incident is of, and counts by month and neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.place.small_areas import SmallAreas
from data.store.schema import Incidents, month_numbers

NONE = -1
_POINT = -2  # the code does not tell: the map point does


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """The neighbourhood of every incident, and how it was told.

    Attributes
    ----------
    position : ndarray of int, shape (n,)
        In ``SmallAreas.codes``; -1 where it is of none of them.
    by_code, by_other_census, by_point : int
        How many were told by their published code, by a code of another census, or by their map point for want of one.
    next_door : int
        Incidents whose point lies in a ward of the area and whose published code is that of a neighbourhood outside.
    beyond : int
        Incidents of a neighbourhood of the area whose point lies just outside its wards.
    """

    position: NDArray[np.int64] = field(repr=False)
    by_code: int
    by_other_census: int
    by_point: int
    next_door: int
    beyond: int

    @property
    def sentence(self) -> str:
        """What differs from counts by ward, in everyday words; empty where nothing does."""
        parts = []
        if self.next_door:
            parts.append(f"{self.next_door:,} in a ward of the area are published under a neighbourhood next to it")
        if self.beyond:
            parts.append(f"{self.beyond:,} of its neighbourhoods lie just outside its wards")
        return f"Of the incidents counted, {' and '.join(parts)}." if parts else ""


def neighbourhood_of(incidents: Incidents, small: SmallAreas) -> Neighbourhoods:
    """Tell which neighbourhood every incident is of.

    Parameters
    ----------
    incidents : Incidents
    small : SmallAreas

    Returns
    -------
    Neighbourhoods

    Notes
    -----
    The published code decides, not the point: the publisher found it with the full boundaries, by which residents are
    counted too. In one district, 2018 to 2024, the point lies in another generalised boundary for 3.5 % of incidents,
    and then never further than 17 m from that of its code: the generalisation (20 m) is what differs
    (``tests/common/test_neighbourhoods.py``). So counts agree with counts by code of the whole force.

    A code of another census becomes what the official lookup says. One that was split goes to the part that its point
    lies in, or is nearest to; of one that also became neighbourhoods outside the area, the point must lie in one of
    these. Without a code, the point decides; so it does where no lookup is there and the code is not known.

    When it misleads: published points are moved to one of some fixed points, so an incident can be given to the
    neighbourhood across the street.

    References
    ----------
    Of this project. Office for National Statistics, LSOA (2011) to LSOA (2021) exact fit lookup.
    """
    frame = incidents.frame
    column = frame["lsoa_code"]
    codes = column.cat.codes.to_numpy().astype(np.int64)
    words = [str(word) for word in column.cat.categories]
    place = {code: i for i, code in enumerate(small.codes)}
    means = np.array([place.get(word, _means(word, small, place)) for word in words] + [_POINT], dtype=np.int64)
    position = means[codes]  # -1, no code, takes the last
    own = np.array([word in place for word in words] + [False])[codes]
    ask = np.flatnonzero(position == _POINT)
    coded = codes[ask] >= 0
    if len(ask):
        position[ask] = _by_point(frame.iloc[ask], codes[ask], words, small, place)
    there = position >= 0
    in_ward = frame["ward_code"].notna().to_numpy()
    other = np.array([word in small.other for word in words] + [False])[codes]
    pointed = int((position[ask[~(coded & other[ask])]] >= 0).sum()) if len(ask) else 0
    return Neighbourhoods(
        position,
        by_code=int((own & there).sum()),
        by_other_census=int((other & ~own & there).sum()),
        by_point=pointed,
        next_door=int((~there & in_ward).sum()),
        beyond=int((there & ~in_ward).sum()),
    )


def _means(word: str, small: SmallAreas, place: dict[str, int]) -> int:
    """Position that a code means which is none of these: asked of the point, or none."""
    after = small.other.get(word)
    if after is None:
        return NONE if small.lookup else _POINT
    return place[after[0]] if len(after) == 1 else _POINT


def _by_point(
    rows: pd.DataFrame, codes: NDArray[np.int64], words: list[str], small: SmallAreas, place: dict[str, int]
) -> NDArray[np.int64]:
    """Position by the map point: among the parts of a code that was split, else among all."""
    at = np.column_stack([rows["easting_m"].to_numpy(), rows["northing_m"].to_numpy(), codes])
    unique, back = np.unique(at, axis=0, return_inverse=True)
    points: NDArray[np.object_] = np.asarray(shapely.points(unique[:, :2]), dtype=object)
    found = np.full(len(unique), NONE, dtype=np.int64)
    for code in np.unique(unique[:, 2]).astype(int).tolist():
        of = np.flatnonzero(unique[:, 2] == code)
        after = small.other.get(words[code], ()) if code >= 0 else ()
        among = np.array([place[one] for one in after if one in place] or range(len(small.codes)), dtype=np.int64)
        tree = shapely.STRtree(small.polygons[among])
        if after and all(one in place for one in after):
            found[of] = among[tree.nearest(points[of])]
            continue
        row, polygon = tree.query(points[of], predicate="intersects")
        order = np.argsort(-polygon, kind="stable")  # the first code wins on a shared line
        found[of[row[order]]] = among[polygon[order]]
    told: NDArray[np.int64] = found[back.reshape(-1)]
    # a point in a ward, and in the gap between two generalised lines, is of the nearest
    bare = np.flatnonzero((told == NONE) & (codes < 0) & rows["ward_code"].notna().to_numpy())
    if len(bare):
        tree = shapely.STRtree(small.polygons)
        told[bare] = tree.nearest(shapely.points(at[bare, :2]))
    return told


def monthly_by_neighbourhood(incidents: Incidents, small: SmallAreas) -> pd.DataFrame:
    """Lay counts out as a table of months by neighbourhoods.

    Parameters
    ----------
    incidents : Incidents
    small : SmallAreas

    Returns
    -------
    DataFrame of float
        Index: every month from the first to the last published, NaN where it is missing; columns: codes.
    """
    position = neighbourhood_of(incidents, small).position
    published, n = incidents.months.asi8, len(small.codes)
    month = pd.Index(published).get_indexer(pd.Index(month_numbers(incidents.frame)))
    keep = (position >= 0) & (month >= 0)
    flat = np.bincount(month[keep] * n + position[keep], minlength=len(published) * n)
    frame = pd.DataFrame(flat.reshape(len(published), n).astype(float), index=incidents.months, columns=small.codes)
    if len(published):
        frame = frame.reindex(pd.period_range(incidents.months[0], incidents.months[-1], freq="M"))
    return frame.rename_axis(index="month", columns="lsoa_code")


def main_wards(small: SmallAreas, codes: tuple[str, ...], polygons: NDArray[np.object_]) -> tuple[str, ...]:
    """Give the ward that most of each neighbourhood lies in.

    Parameters
    ----------
    small : SmallAreas
    codes : tuple of str
        Of the wards, in the order of ``polygons`` (EPSG:27700).
    polygons : ndarray of shapely geometries

    Returns
    -------
    tuple of str
        A ward's code for each neighbourhood; empty where none touches it.
    """
    share = np.zeros((len(small.codes), len(codes)))
    ours, ward = shapely.STRtree(polygons).query(small.polygons, predicate="intersects")
    share[ours, ward] = shapely.area(shapely.intersection(small.polygons[ours], polygons[ward]))
    return tuple(codes[int(row.argmax())] if row.any() else "" for row in share)
