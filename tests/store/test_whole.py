"""Whether a month is whole, by the counts of the months around it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.kinds.crime_types import ASB, DRUGS
from data.store.whole import BY_TYPE, IN_ALL, TYPE_GONE, Doubt, Judgement, Shortfall, judge
from tests.properties import examples

VIOLENCE = "Violence and sexual offences"
TYPES = {ASB: 1_000, DRUGS: 400, "Burglary": 800, "Robbery": 60, "Bicycle theft": 20, VIOLENCE: 2_000}
USUAL = sum(TYPES.values())
Counts = dict[str, dict[str, int]]


def months(n: int, first: str = "2022-01") -> list[str]:
    return [str(month) for month in pd.period_range(first, periods=n, freq="M")]


def even(n: int, first: str = "2022-01") -> Counts:
    """Months that are all alike."""
    return {month: dict(TYPES) for month in months(n, first)}


def judged(table: Counts, accepted: tuple[str, ...] = ()) -> Judgement:
    return judge("somewhere", {month: sum(counts.values()) for month, counts in table.items()}, table, accepted)


def doubted(table: Counts, accepted: tuple[str, ...] = ()) -> list[str]:
    return [doubt.month for doubt in judged(table, accepted).doubts]


def cut(table: Counts, month: str, share: float, *types: str) -> Counts:
    """The same with a share of the rows of one month, of some types or of all."""
    return table | {
        month: {name: int(n * share) if name in types or not types else n for name, n in table[month].items()}
    }


def test_a_month_with_a_part_of_its_rows_is_in_doubt_and_says_why() -> None:
    found = judged(cut(even(12), "2022-05", 0.3))
    (doubt,) = found.doubts
    rows = 300 + 120 + 240 + 18 + 6 + 600
    assert (doubt.force, doubt.month, doubt.rows, doubt.usual) == ("somewhere", "2022-05", rows, USUAL)
    assert doubt.shortfalls[0] == Shortfall(IN_ALL, "", rows, USUAL, USUAL)
    assert {short.category for short in doubt.shortfalls[1:]} == {ASB, DRUGS, "Burglary", VIOLENCE}


def test_the_newest_month_is_judged_by_those_before_it_and_the_first_by_those_after() -> None:
    assert doubted(cut(even(12), "2022-12", 0.3)) == ["2022-12"]
    assert doubted(cut(even(7), "2022-01", 0.3)) == ["2022-01"]


@pytest.mark.parametrize(
    ("types", "share", "rule"),
    [((ASB,), 0.55, BY_TYPE), ((DRUGS,), 0.45, BY_TYPE), ((ASB,), 0.0, TYPE_GONE), (("Robbery",), 0.0, TYPE_GONE)],
)
def test_one_type_alone(types: tuple[str, ...], share: float, rule: str) -> None:
    (doubt,) = judged(cut(even(14), "2022-08", share, *types)).doubts
    assert [(short.rule, short.category) for short in doubt.shortfalls] == [(rule, types[0])]


@pytest.mark.parametrize(("types", "share"), [((), 0.75), ((ASB,), 0.65), ((DRUGS,), 0.55), (("Robbery",), 0.35)])
def test_a_fall_that_happens_is_in_no_doubt(types: tuple[str, ...], share: float) -> None:
    assert doubted(cut(even(14), "2022-08", share, *types)) == []


def test_rare_types_are_not_judged_and_said_so() -> None:
    found = judged(cut(even(14), "2022-08", 0.0, "Bicycle theft"))
    assert found.doubts == ()
    assert found.rare == {"Bicycle theft": 14}


def test_with_fewer_than_six_other_months_none_is_judged() -> None:
    found = judged(cut(even(6), "2022-03", 0.1))
    assert (found.doubts, found.unjudged) == ((), tuple(months(6)))
    assert judged(cut(even(7), "2022-03", 0.1)).unjudged == ()


def test_a_gap_is_no_doubt_and_the_months_that_are_there_are_judged_across_it() -> None:
    table = {month: counts for month, counts in even(20).items() if not "2022-06" <= month <= "2022-09"}
    assert judged(table).doubts == ()
    assert doubted(cut(table, "2022-10", 0.3)) == ["2022-10"]
    far = even(6) | even(3, "2026-01")  # nothing within two years
    assert judged(far).unjudged == (*months(6), *months(3, "2026-01"))


def test_several_months_of_one_broken_download_do_not_hide_each_other() -> None:
    table = even(24)
    for month in ("2022-12", "2023-01", "2023-02"):
        table = cut(table, month, 0.3)
    assert doubted(table) == ["2022-12", "2023-01", "2023-02"]
    gone = cut(cut(even(24), "2023-01", 0.0, ASB), "2023-03", 0.4, ASB)  # without the first the second would hide
    assert doubted(gone) == ["2023-01", "2023-03"]


def test_a_lasting_fall_clears_itself_with_its_second_month() -> None:
    fallen = {month: dict(counts) for month, counts in even(13).items()}
    fallen["2023-01"][ASB] = 400
    assert doubted(fallen) == ["2023-01"]
    assert doubted(fallen | {"2023-02": dict(fallen["2023-01"])}) == []


def test_an_accepted_month_is_in_no_doubt_and_hides_no_other() -> None:
    table = cut(cut(even(24), "2023-01", 0.0, ASB), "2023-03", 0.4, ASB)
    assert doubted(table, ("2023-01",)) == ["2023-03"]


def test_a_file_of_one_type_is_judged_as_that_type() -> None:
    counts = [1_000, 950, 900, 1_000, 980, 1_020, 1_000, 620]  # under .7 of the least of all rows, over .6 of ASB
    table = {month: {ASB: n} for month, n in zip(months(8), counts, strict=True)}
    assert doubted(table) == []
    (doubt,) = judged(cut(table, "2022-08", 0.5)).doubts
    assert [(short.rule, short.category) for short in doubt.shortfalls] == [(BY_TYPE, ASB)]


def test_months_that_were_not_counted_by_type_are_judged_by_all_rows() -> None:
    rows = dict.fromkeys(months(9), USUAL) | {"2022-04": 700}
    found = judge("somewhere", rows, {})
    assert found.doubts == (Doubt("somewhere", "2022-04", 700, USUAL, (Shortfall(IN_ALL, "", 700, USUAL, USUAL),)),)
    assert found.total_only == tuple(months(9))
    assert judged(even(9)).total_only == ()
    mixed = cut(even(9), "2022-09", 0.0, ASB)
    found = judge("somewhere", {m: sum(c.values()) for m, c in mixed.items()}, {"2022-09": mixed["2022-09"]})
    assert (found.doubts, found.total_only) == ((), tuple(months(9)))  # nothing to hold the types against
    few = {month: mixed[month] for month in months(9)[4:]}
    assert judge("somewhere", {m: sum(c.values()) for m, c in mixed.items()}, few).doubts == ()
    assert judge("somewhere", dict.fromkeys(months(3), USUAL), {}).total_only == ()  # they cannot be judged at all


SIX = {ASB: 1_000, "Burglary": 800, "Robbery": 60, "Vehicle crime": 500, "Violent crime": 900, "Other crime": 3_000}
ELEVEN = {**SIX, "Other crime": 100, DRUGS: 400, "Other theft": 1_100, "Shoplifting": 500} | {
    "Criminal damage and arson": 600,
    "Public disorder and weapons": 300,
}
FOURTEEN = {name: n for name, n in ELEVEN.items() if name not in ("Violent crime", "Public disorder and weapons")} | {
    "Other theft": 700,
    "Bicycle theft": 250,
    "Theft from the person": 150,
    "Public order": 240,
    "Possession of weapons": 60,
    VIOLENCE: 900,
}


def through_both_changes() -> Counts:
    """Files from December 2010 on: six crime types, eleven, fourteen, and as many rows all along."""
    every = months(40, "2010-12")
    return {m: dict(SIX if m < "2011-09" else ELEVEN if m < "2013-05" else FOURTEEN) for m in every}


def test_the_changes_of_the_list_of_types_are_no_doubt() -> None:
    every = through_both_changes()
    assert judged(every) == Judgement()
    for last in ("2011-09", "2011-10", "2013-05", "2013-06"):  # as the newest month as well
        assert doubted({m: counts for m, counts in every.items() if m <= last}) == []


@pytest.mark.parametrize("month", ["2011-03", "2011-08", "2011-09", "2012-06", "2013-04", "2013-05"])
def test_what_is_lost_beside_a_change_is_still_found(month: str) -> None:
    every = through_both_changes()
    assert doubted(cut(every, month, 0.0, ASB)) == [month]
    assert doubted(cut(every, month, 0.2)) == [month]
    for older in {"Violent crime", "Other crime"} & set(every[month]):
        whole = every[month][older]
        assert doubted(cut(every, month, 0.0, older)) == ([month] if whole >= 50 else [])


def test_twelve_months_before_and_three_after_are_looked_at() -> None:
    low = cut(even(24), "2022-01", 0.65, ASB)  # a month that clears another as low as itself
    assert doubted(cut(low, "2023-01", 0.5, ASB)) == []
    assert doubted(cut(low, "2023-02", 0.5, ASB)) == ["2023-02"]
    low = cut(even(24), "2023-06", 0.65, ASB)
    assert doubted(cut(low, "2023-03", 0.5, ASB)) == []
    assert doubted(cut(low, "2023-02", 0.5, ASB)) == ["2023-02"]


def test_small_forces_are_judged_with_more_room() -> None:
    table = {month: {ASB: 40, DRUGS: 20, "Burglary": 30} for month in months(14)}
    assert judged(table).unjudged == ()
    assert doubted(cut(table, "2022-08", 0.6)) == []
    assert doubted(cut(table, "2022-08", 0.3)) == ["2022-08"]
    few = {month: {ASB: 20, DRUGS: 20} for month in months(14)}
    assert judged(cut(few, "2022-08", 0.1)).unjudged == tuple(months(14))


@examples(30)
@given(
    size=st.sampled_from([120, 900, 6_000, 20_000]),
    n=st.integers(7, 30),
    which=st.integers(0, 29),
    seed=st.integers(0, 2**16),
)
def test_chance_alone_is_no_doubt_and_a_month_cut_to_a_fifth_always_is(
    size: int, n: int, which: int, seed: int
) -> None:
    drawn = np.random.default_rng(seed).poisson([[size * k / 10 for k in (4, 3, 2, 1)]] * n)
    table = {
        month: dict(zip((ASB, DRUGS, "Burglary", "Robbery"), row.tolist(), strict=True))
        for month, row in zip(months(n), drawn, strict=True)
    }
    assert doubted(table) == []
    month = months(n)[which % n]
    assert doubted(cut(table, month, 0.2)) == [month]
    assert judged(dict(reversed(table.items()))) == judged(table)
