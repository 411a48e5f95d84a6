"""Monthly counts of the districts beside which an area is shown: those that can be compared, and why others cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.common.method import YEAR, list_months
from analysis.common.refusal import Refusal
from data.kinds.changes import absent_words, same_meaning
from data.kinds.lists import join_words
from data.place.area import Area
from data.place.neighbours import CRIME, District, Neighbours, plain_name
from data.store.force_counts import ForceCounts

FEWEST = 6  # months of the last 12


@dataclass(frozen=True, eq=False)
class Districts:
    """What can be compared at a month.

    Attributes
    ----------
    series : DataFrame of float, shape (months, districts)
        Incidents by month (PeriodIndex without gaps, up to the end) and name of the district; NaN where a month is
        missing. The area is one column, under its own name, whatever districts it is made of.
    residents : Series of int
        By the same names.
    own : str
        Name of the area.
    end : Period
    months : PeriodIndex
        Those of the last 12 that are compared: of every district.
    left_out : tuple of (str, str)
        Districts that cannot be compared, with the reason as half a sentence.
    nowhere : float
        Share of the rows of the area's forces in these months that were published without a small area.
    source : str
        Whose residents they are.
    """

    series: pd.DataFrame = field(repr=False)
    residents: pd.Series = field(repr=False)
    own: str
    end: pd.Period
    months: pd.PeriodIndex
    left_out: tuple[tuple[str, str], ...]
    nowhere: float
    source: str = ""


def district_series(
    counts: ForceCounts,
    neighbours: Neighbours,
    area: Area,
    months: pd.PeriodIndex,
    categories: Sequence[str],
    end: pd.Period,
) -> Districts:
    """Sum the counts of whole files to districts.

    Parameters
    ----------
    counts : ForceCounts
    neighbours : Neighbours
    area : Area
    months : PeriodIndex
        That count for the area; nothing after ``end`` is looked at.
    categories : sequence of str
        Crime types, added up. Only months are taken in which their names meant the same as at the end.
    end : Period
        The as-at month.

    Returns
    -------
    Districts

    Raises
    ------
    Refusal
        The area's own months were not counted, are too few of the last 12, its residents are not known, or no other
        district is left.

    Notes
    -----
    A district's incidents are those that its own force published with a small area (LSOA) in it. When it misleads: the
    area itself is counted so too, by small areas and not by its wards, which differs by some rows a month.

    References
    ----------
    Of this project.
    """
    own = [one for one in neighbours.districts if one.code in neighbours.own]
    own_people = _own_residents(own, area)
    others = [one for one in neighbours.districts if one.code not in neighbours.own]
    frame = counts.frame[counts.frame["category"].isin(categories)]
    known = {str(month) for month in months if _comparable_from(categories, str(end)) <= str(month) <= str(end)}
    there = {force: known & set(counts.months[force]) for force in neighbours.forces}
    own_months = set.intersection(*(there[one.force] for one in own))
    last = [month for month in pd.period_range(end - YEAR + 1, end, freq="M") if str(month) in own_months]
    if len(last) < FEWEST:
        raise _too_few(counts, own, known, end, len(last))
    left_out: list[tuple[str, str]] = []
    kept: list[District] = []
    for one in others:
        why = _why_not(one, counts, there[one.force], last)
        if why:
            left_out.append((one.name, why))
        else:
            kept.append(one)
    if not kept:
        said = "; ".join(f"{name}: {why}" for name, why in left_out)
        raise Refusal(
            f"No other district can be compared{f' ({said})' if said else ''}",
            "Load the files of their forces on the Data page, or name districts in [comparison] of the area file",
        )
    first = min(pd.Period(min(own_months), "M"), last[0])
    index = pd.period_range(first, end, freq="M")
    columns = {area.name: sum((_series(frame, one, own_months, index) for one in own), start=pd.Series(0.0, index))}
    columns |= {one.name: _series(frame, one, there[one.force], index) for one in kept}
    people = {area.name: own_people} | {one.name: one.residents for one in kept}
    rows = frame[frame["force"].isin([one.force for one in own]) & frame["month"].isin([str(month) for month in last])]
    total = float(rows["n"].sum())
    nowhere = float(rows.loc[rows["district"] == "", "n"].sum()) / total if total else 0.0
    return Districts(
        pd.DataFrame(columns, index=index), pd.Series(people), area.name, end, pd.PeriodIndex(last, freq="M"),
        tuple(left_out), nowhere, neighbours.source,
    )  # fmt: skip


def _own_residents(own: Sequence[District], area: Area) -> int:
    """Give the residents of the whole area: of its districts, or of its wards where one of these has no figure."""
    found = [one.residents for one in own]
    if not all(found):
        found = [area.residents.get(ward, 0) for ward in area.wards.codes]
    if not all(found):
        raise Refusal(
            f"The residents of {area.name} are not known for all of it, so it has no rate beside others",
            "Write them into the area file, of its districts in [comparison] or of every ward in [residents.by_ward]",
        )
    return sum(found)


def force_words(slug: str) -> str:
    """Name a force after what its files are called by: "Devon and Cornwall police" of ``devon-and-cornwall``."""
    return " ".join(word if word in {"and", "of"} else word.capitalize() for word in slug.split("-")) + " police"


def _comparable_from(categories: Sequence[str], end: str) -> str:
    """First month (YYYY-MM) from which the sum of some crime types means what it means at the end."""
    if set(CRIME) <= set(categories):  # whatever the types were called, their sum is the same
        return ""
    alike = [same_meaning(category, end) for category in categories]
    if absent := [category for category, found in zip(categories, alike, strict=True) if found is None]:
        raise Refusal(absent_words(absent[0], end))
    return max(found[0] for found in alike if found is not None)


def _too_few(counts: ForceCounts, own: Sequence[District], known: set[str], end: pd.Period, n: int) -> Refusal:
    recent = {str(month) for month in pd.period_range(end - YEAR + 1, end, freq="M")}
    forces = sorted({one.force for one in own})
    uncounted = sorted({month for force in forces for month in counts.uncounted[force]} & recent & known)
    if uncounted:
        return Refusal(
            f"Counts of other districts are not kept for {_month_words(uncounted)}, loaded before they were",
            "Import these months again on the Data page, or with python -m data import",
        )
    whose = join_words(map(force_words, forces))
    return Refusal(
        f"Only {n} of the 12 months to {end} are there as whole files of {whose}, too few to compare with others",
        "Load more months on the Data page; months by outline hold no other district",
    )


def _why_not(one: District, counts: ForceCounts, there: set[str], last: Sequence[pd.Period]) -> str:
    """Say why a district cannot be compared; empty where it can."""
    if not counts.months[one.force] and not counts.uncounted[one.force]:
        return f"the files of {force_words(one.force)} are not loaded"
    if missing := [month for month in last if str(month) not in there]:
        doubted = [month for month in missing if str(month) in counts.in_doubt[one.force]]
        old = [month for month in missing if str(month) in counts.uncounted[one.force]]
        why = "is in doubt" if len(doubted) == len(missing) else "has to be imported again" if old else "is missing"
        why = why if len(missing) == 1 else why.replace("is ", "are ").replace("has ", "have ")
        return f"{list_months(missing)} of {force_words(one.force)} {why}"
    if not one.residents:
        return "its residents are not known"
    called = {plain_name(text) for text in one.called}
    rows = counts.frame[counts.frame["force"] == one.force]
    if not any(plain_name(name) in called for name in rows["district"].unique()):
        return f"no row of {force_words(one.force)} has it in the name of a small area"
    return ""


def _series(frame: pd.DataFrame, one: District, there: set[str], index: pd.PeriodIndex) -> pd.Series[float]:
    called = {plain_name(text) for text in one.called}
    names = [name for name in frame["district"].unique() if plain_name(name) in called]
    rows = frame[(frame["force"] == one.force) & frame["district"].isin(names)]
    found = rows.groupby("month")["n"].sum()
    values = [float(found.get(str(month), 0.0)) if str(month) in there else np.nan for month in index]
    return pd.Series(values, index)


def _month_words(months: Sequence[str]) -> str:
    return list_months([pd.Period(month, "M") for month in months])
