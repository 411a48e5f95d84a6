"""The guard on real counts: no month of the shared data is in doubt, and months that are cut are.

``python -m pytest -s -m "long or not long" tests/store/test_whole_real.py`` prints the figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.kinds.crime_types import ASB, CATEGORIES
from data.place.area import Area
from data.store.doubts import doubts_of
from data.store.manifest import read_manifest
from data.store.schema import Incidents
from data.store.whole import COMMON, FEWEST, IN_ALL, TYPE_GONE, Judgement, judge

FIXED_ON = "2021-12"  # thresholds were fixed on the months up to here, and tried on those after it
WINDOW = 28  # months that may reach the judgement of one: two years before, and what follows
ALL_ROWS, HALF = "all rows", "all rows (half)"
Counts = dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def counts(real_store: Path) -> Counts:
    manifest = read_manifest(real_store)
    assert manifest is not None
    return {unit.month: dict(unit.by_type) for unit in sorted(manifest.units.values(), key=lambda unit: unit.month)}


@pytest.fixture(scope="module")
def other_area(shared: Path) -> Counts:
    """One crime type of another force, by month."""
    months = pd.read_csv(shared / "police_uk" / "lancashire_asb_2022.csv", usecols=["month"])["month"].str[:7]
    return {month: {ASB: n} for month, n in months.value_counts().sort_index().items()}


def judged(table: Counts) -> Judgement:
    return judge("somewhere", {month: sum(types.values()) for month, types in table.items()}, table)


def caught(table: Counts, month: str, share: float, types: Iterable[str] = CATEGORIES, *, newest: bool) -> bool | None:
    """Whether a month that is cut is in doubt; None where it cannot be judged."""
    part = {m: c for m, c in table.items() if not newest or m <= month}
    part[month] = {name: int(n * share) if name in types else n for name, n in table[month].items()}
    found = judged(part)
    return None if month in found.unjudged else month in {doubt.month for doubt in found.doubts}


def test_counts_by_type_are_those_of_the_whole_file(counts: Counts, real: Incidents, raw_file: pd.Series) -> None:
    assert counts["2024-10"] == raw_file.to_dict()
    assert sum(map(sum, (types.values() for types in counts.values()))) == 1_018_891 > len(real.frame)


@pytest.fixture(scope="module")
def raw_file(shared: Path) -> pd.Series:
    import io
    import zipfile

    with zipfile.ZipFile(shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip") as packed:
        inside = next(one for one in packed.namelist() if one.endswith("2024-10-merseyside-street.csv"))
        return pd.read_csv(io.BytesIO(packed.read(inside)), usecols=["Crime type"])["Crime type"].value_counts()


def test_no_false_alarm(counts: Counts, other_area: Counts, real_store: Path, area: Area) -> None:
    manifest = read_manifest(real_store)
    assert manifest is not None
    assert doubts_of(manifest, area, ()) == ()
    assert judged(other_area).doubts == ()
    assert judged(counts).unjudged == judged(other_area).unjudged == ()


@pytest.mark.parametrize("month", ["2018-01", "2020-04", "2021-07", "2021-12", "2022-10", "2023-10", "2024-12"])
@pytest.mark.parametrize("newest", [False, True])
def test_a_month_cut_to_30_percent_is_caught(counts: Counts, month: str, newest: bool) -> None:
    near = {m: c for m, c in counts.items() if abs((pd.Period(m) - pd.Period(month)).n) <= WINDOW}
    expected = None if newest and month == "2018-01" else True
    assert caught(near, month, 0.3, newest=newest) is expected


def test_a_type_that_is_gone_is_caught(counts: Counts) -> None:
    near = {m: c for m, c in counts.items() if "2023-06" <= m <= "2024-12"}
    for name in CATEGORIES:
        table = near | {"2024-10": {**near["2024-10"], name: 0}}
        (doubt,) = judged(table).doubts
        assert [(short.rule, short.category) for short in doubt.shortfalls] == [(TYPE_GONE, name)]


@pytest.mark.long
def test_no_false_alarm_in_any_store_of_consecutive_months(counts: Counts, other_area: Counts) -> None:
    """Every stretch of months that somebody may have loaded, so that every month is the newest and the first too."""
    for name, table in (("Merseyside", counts), ("Lancashire ASB", other_area)):
        months, stores, false = list(table), 0, 0
        for first in range(len(months)):
            for last in range(first, min(len(months), first + WINDOW)):
                stores += 1
                false += len(judged({month: table[month] for month in months[first : last + 1]}).doubts)
        print(f"\n{name}: {false} false alarms in {stores} stores of {len(months)} months")
        assert false == 0


@pytest.mark.long
def test_how_many_cuts_are_caught(counts: Counts, other_area: Counts) -> None:
    print()
    shares: dict[tuple[str, str, bool], list[bool]] = {}
    for newest in (False, True):
        for month in counts:
            years = "2018 to 2021" if month <= FIXED_ON else "2022 to 2024"
            for what, types in ((ALL_ROWS, CATEGORIES), ("ASB", (ASB,))):
                found = caught(counts, month, 0.3, types, newest=newest)
                if found is not None:
                    shares.setdefault((what, years, newest), []).append(found)
            if (half := caught(counts, month, 0.5, newest=newest)) is not None:
                shares.setdefault((HALF, years, newest), []).append(half)
        shares["other area", "2022", newest] = [
            found for m in other_area if (found := caught(other_area, m, 0.3, newest=newest)) is not None
        ]
    for (what, years, newest), found in shares.items():
        when, share = "newest" if newest else "all months", 50 if what == HALF else 30
        print(f"{what} cut to {share} %, {years}, {when}: {sum(found)} of {len(found)}")
    assert all(all(found) for (what, _, _), found in shares.items() if what != "ASB")
    for newest in (False, True):
        asb = [one for (what, _, new), found in shares.items() if (what, new) == ("ASB", newest) for one in found]
        assert sum(asb) >= 0.8 * len(asb)


@pytest.mark.long
def test_every_type_gone_from_every_month_is_caught(counts: Counts) -> None:
    tried = missed = 0
    for month in counts:
        for name in CATEGORIES:
            found = judged(counts | {month: {**counts[month], name: 0}}).doubts
            short = [(s.rule, s.category) for doubt in found if doubt.month == month for s in doubt.shortfalls]
            tried += 1
            missed += (TYPE_GONE, name) not in short
    print(f"\ntype gone: {tried - missed} of {tried} caught, all of them with {COMMON} rows or more in a usual month")
    assert missed == 0


@pytest.mark.long
def test_how_near_true_months_come(counts: Counts) -> None:
    """The least share that any month had of the least and of the median of the months around it."""
    print()
    months = list(counts)
    for name in ("", *CATEGORIES):
        n = [sum(counts[m].values()) if not name else counts[m].get(name, 0) for m in months]
        lowest: dict[tuple[str, str], tuple[float, str]] = {}
        for i, month in enumerate(months):
            for last in (i, min(i + 3, len(months) - 1)):  # as the newest month, and with those after it
                around = n[max(0, i - 12) : i] + n[i + 1 : last + 1]
                if len(around) < FEWEST:
                    continue
                years = "2018 to 2021" if month <= FIXED_ON else "2022 to 2024"
                for of, value in (("least", min(around)), ("median", float(np.median(around)))):
                    lowest[years, of] = min(lowest.get((years, of), (9.0, "")), (n[i] / value, month))
        told = [f"{years}, of the {of} {share:.3f} ({month})" for (years, of), (share, month) in lowest.items()]
        print(f"{name or IN_ALL}: {'; '.join(told)}")
