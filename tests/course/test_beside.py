"""An area beside districts: intervals and orders that hold in simulated years, and what is left out and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.common.refusal import Refusal
from analysis.common.years import compare_series
from analysis.course.beside import HIGHER, LOWER, NEAR, Beside, _against, beside, year_spread
from analysis.course.districts import Districts, district_series
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.place.neighbours import CRIME, District, Neighbours
from data.store.force_counts import ForceCounts

END = pd.Period("2024-12", "M")
NAMES = ("Here", "North", "South", "East", "West")
PEOPLE = pd.Series(dict(zip(NAMES, (154_000, 480_000, 183_000, 279_000, 320_000), strict=True)))
MONTHS = pd.period_range("2018-01", END, freq="M")
GAPS = pd.PeriodIndex(["2021-10", "2021-11", *(f"2022-{month:02d}" for month in range(1, 10))], freq="M")


def drawn(
    rng: np.random.Generator,
    a_year: float,
    move: float,
    months: pd.PeriodIndex = MONTHS,
    level: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Counts of districts whose levels walk by ``move`` a year each, with shared years and a season."""
    years = np.asarray(months.year) - months[0].year
    walk = np.cumsum(rng.normal(0, move, (years.max() + 1, len(NAMES))), axis=0)
    shared = rng.normal(0, 0.2, years.max() + 1)[years][:, None]
    season = 1 + 0.3 * np.sin(np.asarray(months.month) / 2)[:, None]
    start = np.array([(level or {}).get(name, 1.0) for name in NAMES]) * PEOPLE.to_numpy() / 1000 * a_year / 12
    return pd.DataFrame(
        rng.poisson(start * np.exp(walk[years] + shared) * season).astype(float), index=months, columns=list(NAMES)
    )


def made(series: pd.DataFrame, end: pd.Period = END) -> Districts:
    last = pd.period_range(end - 11, end, freq="M")
    months = pd.PeriodIndex([month for month in last if not series.loc[month].isna().any()], freq="M")
    return Districts(series, PEOPLE, "Here", end, months, (), 0.0)


def with_gaps(series: pd.DataFrame) -> pd.DataFrame:
    series.loc[GAPS] = np.nan
    return series


# --- in simulated years


def test_what_years_vary_by_is_found_beyond_chance_whatever_all_do_together() -> None:
    rng = np.random.default_rng(1)
    found = [year_spread(with_gaps(drawn(rng, 10, 0.06)), END) for _ in range(60)]
    assert {(one.pairs, one.df) for one in found} == {(4, 16)}, "2022 against its neighbours has too few months"
    assert np.sqrt(np.mean([one.sigma**2 for one in found])) == pytest.approx(0.06, rel=0.12)
    none = [year_spread(drawn(rng, 10, 0.0), END).sigma for _ in range(30)]
    assert np.sqrt(np.mean(np.square(none))) < 0.015


@pytest.mark.parametrize(("a_year", "move"), [(10, 0.06), (90, 0.03), (0.4, 0.1)])
def test_orders_that_are_called_clear_hold_in_the_next_year(a_year: float, move: float) -> None:
    """In few histories a district that is called clearly lower or higher is the other way in the year after."""
    rng = np.random.default_rng(2)
    months = pd.period_range("2018-01", "2025-12", freq="M")
    wrong = inside = rates = 0
    histories = 60
    for _ in range(histories):
        series = with_gaps(drawn(rng, a_year, move, months))
        past, later = series.loc[:END], series.loc[END + 1 :].sum().to_numpy()
        n = np.maximum(past.iloc[-12:].sum().to_numpy(), 0.5)
        spread = year_spread(past, END)
        now, then = np.log(n / PEOPLE.to_numpy()), np.log(np.maximum(later, 0.5) / PEOPLE.to_numpy())
        clear = np.flatnonzero(_against(now, n, 0, spread) < 0.05)
        wrong += any((now[0] - now[i]) * (then[0] - then[i]) < 0 for i in clear)
        wide = 2.12 * np.sqrt(spread.sigma**2 + 2 / n)
        moved = then - now
        inside += int((np.abs(moved - moved.mean()) <= wide).sum())
        rates += len(n)
    assert wrong <= 0.05 * histories + 2
    assert inside / rates >= 0.92


def test_a_district_far_away_is_called_so_and_one_alike_seldom() -> None:
    rng = np.random.default_rng(3)
    far = alike = 0
    for _ in range(40):
        found = beside(made(drawn(rng, 10, 0.02, level={"North": 2.0})), "ASB")
        side = found.table.set_index("district")["against"]
        far += side["North"] == HIGHER
        alike += (side[["South", "East", "West"]] != NEAR).any()
    assert far >= 38
    assert alike <= 12, "levels walk apart in six years, and then differ"


# --- figures


@pytest.fixture(scope="module")
def found() -> Beside:
    return beside(made(with_gaps(drawn(np.random.default_rng(4), 10, 0.05, level={"West": 0.5, "North": 1.6}))), "ASB")


def test_rates_are_counts_by_residents_and_stand_in_order(found: Beside) -> None:
    series = with_gaps(drawn(np.random.default_rng(4), 10, 0.05, level={"West": 0.5, "North": 1.6}))
    table = found.table.set_index("district")
    counted = series.iloc[-12:].sum()
    np.testing.assert_allclose(table["rate"], (1000 * counted / PEOPLE)[table.index])
    assert list(table["rate"]) == sorted(table["rate"])
    assert (table["low"] < table["rate"]).all()
    assert (table["high"] > table["rate"]).all()
    assert found.rank == 1 + list(table.index).index("Here")
    assert found.named(LOWER)[:1] == ["West"]
    assert found.named(HIGHER)[-1:] == ["North"]
    assert found.lowest == 1 + len(found.named(LOWER))
    assert found.highest == 5 - len(found.named(HIGHER))
    one = compare_series(series["East"], END, "East")
    assert table.loc["East", ["change", "change_low", "change_high"]].tolist() == [one.change_ratio, one.low, one.high]


def test_the_course_honours_gaps_and_starts_at_100(found: Beside) -> None:
    index = found.index
    assert index.loc["2018-12"].tolist() == [100.0] * 5
    assert index.loc[:"2018-11"].isna().all().all()
    assert index.loc["2021-10":"2023-08"].isna().all().all(), "one of the 12 months is missing"
    assert index.loc["2023-09":].notna().all().all()


def test_with_one_year_nothing_is_called_a_difference() -> None:
    series = drawn(np.random.default_rng(5), 20, 0.0, MONTHS[-12:], {"North": 3.0})
    said = beside(made(series), "ASB")
    assert not said.spread.known
    assert set(said.table["against"]) == {""}
    assert (said.lowest, said.highest) == (1, 5)
    assert said.table["p"].isna().all()


def test_nothing_recorded_anywhere_is_refused() -> None:
    with pytest.raises(Refusal, match="none was recorded"):
        beside(made(drawn(np.random.default_rng(6), 0.0, 0.0)), "ASB")


# --- which districts


def counts_of(months: Mapping[str, list[str]], **other: Mapping[str, tuple[str, ...]]) -> ForceCounts:
    """Two forces; every month has 10 of ASB and 20 of drugs in each district, and one row without a small area."""
    where = {"merseyside": ("Knowsley", "St. Helens", "Sefton", ""), "cheshire": ("Halton", "Knowsley")}
    rows = [
        (force, month, district, kind, 1 if not district else n)
        for force, found in months.items()
        for month in found
        for district in where[force]
        for kind, n in ((ASB, 10), ("Drugs", 20))
    ]
    frame = pd.DataFrame(rows, columns=["force", "month", "district", "category", "n"])
    every = {force: tuple(months.get(force, ())) for force in where}
    none: dict[str, tuple[str, ...]] = dict.fromkeys(where, ())
    return ForceCounts(
        frame, every, **{"in_doubt": none, "uncounted": none, **{k: none | dict(v) for k, v in other.items()}}
    )


OWN = District("Knowsley", "E08000011", "merseyside", 150_000, ("Knowsley",))
HELENS = District("St Helens", "E08000013", "merseyside", 180_000, ("St Helens",))
HALTON = District("Halton", "E06000006", "cheshire", 128_000, ("Halton",))
TWO_YEARS = [str(month) for month in pd.period_range("2023-01", END, freq="M")]
Ask = Callable[..., Districts]


@pytest.fixture
def ask(area: Area) -> Ask:
    def asked(counts: ForceCounts, *districts: District, categories: tuple[str, ...] = (ASB,)) -> Districts:
        whom = Neighbours("the region", "the census", (OWN, *districts), ("E08000011",))
        months = pd.PeriodIndex(counts.months["merseyside"] + counts.uncounted["merseyside"], freq="M").sort_values()
        return district_series(counts, whom, area, months, categories, END)

    return asked


def test_districts_are_known_by_their_code_whatever_the_spelling_and_only_by_their_own_force(ask: Ask) -> None:
    both = {"merseyside": TWO_YEARS, "cheshire": TWO_YEARS}
    found = ask(counts_of(both), HELENS, HALTON)
    assert list(found.series) == ["Knowsley", "St Helens", "Halton"]
    assert (found.series == 10.0).all().all(), "what Cheshire recorded in Knowsley is not in it"
    assert found.left_out == ()
    assert found.nowhere == pytest.approx(1 / 31)
    merged = replace(HELENS, name="New Town", called=("New Town", "St Helens", "Sefton"))
    assert (ask(counts_of(both), merged).series["New Town"] == 20.0).all()
    assert (ask(counts_of(both), HELENS, categories=CRIME).series == 20.0).all().all()


@pytest.mark.parametrize(
    ("months", "other", "reason"),
    [
        ([], {}, "the files of Cheshire police are not loaded"),
        (TWO_YEARS[:-2], {}, "November 2024 to December 2024 of Cheshire police are missing"),
        (TWO_YEARS[:-1], {"in_doubt": {"cheshire": ("2024-12",)}}, "December 2024 of Cheshire police is in doubt"),
        (
            TWO_YEARS[:-1],
            {"uncounted": {"cheshire": ("2024-12",)}},
            "December 2024 of Cheshire police has to be imported again",
        ),
    ],
)
def test_a_district_whose_force_published_less_is_left_out_and_named(
    ask: Ask, months: list[str], other: Mapping[str, Mapping[str, tuple[str, ...]]], reason: str
) -> None:
    counts = counts_of({"merseyside": TWO_YEARS, "cheshire": months}, **other)
    found = ask(counts, HELENS, HALTON)
    assert found.left_out == (("Halton", reason),)
    assert list(found.series) == ["Knowsley", "St Helens"]


def test_a_district_that_cannot_be_compared_for_itself_is_named(ask: Ask) -> None:
    counts = counts_of({"merseyside": TWO_YEARS})
    nobody = replace(HELENS, residents=0)
    unknown = replace(HELENS, name="Nowhere", code="E07", called=("Nowhere",))
    with pytest.raises(Refusal, match=r"St Helens: its residents are not known; Nowhere: no row of Merseyside police"):
        ask(counts, nobody, unknown)


def test_residents_of_only_a_part_of_the_area_make_no_rate(area: Area) -> None:
    counts = counts_of({"merseyside": TWO_YEARS, "cheshire": TWO_YEARS})
    months = pd.PeriodIndex(TWO_YEARS, freq="M")
    whom = Neighbours("", "", (OWN, replace(HELENS, residents=0), HALTON), (OWN.code, HELENS.code))
    found = district_series(counts, whom, area, months, (ASB,), END)
    assert found.residents[area.name] == sum(area.residents.values()), "the wards are those of both"
    for known in ({}, dict(list(area.residents.items())[1:])):
        with pytest.raises(Refusal, match="are not known for all of it"):
            district_series(counts, whom, replace(area, residents=known), months, (ASB,), END)


def test_months_without_counts_ask_for_another_import(ask: Ask) -> None:
    counts = counts_of({"merseyside": TWO_YEARS[:-10]}, uncounted={"merseyside": tuple(TWO_YEARS[-10:])})
    with pytest.raises(Refusal, match="March 2024 to December 2024, loaded before they were") as refusal:
        ask(counts, HELENS)
    assert "Import these months again" in str(refusal.value)


def test_too_few_months_are_refused_and_fewer_than_twelve_are_said(ask: Ask) -> None:
    with pytest.raises(Refusal, match="Only 5 of the 12 months to 2024-12"):
        ask(counts_of({"merseyside": TWO_YEARS[:12] + TWO_YEARS[-5:]}), HELENS)
    found = ask(counts_of({"merseyside": TWO_YEARS[:-3] + TWO_YEARS[-1:]}), HELENS)
    assert len(found.months) == 10
    said = beside(found, "ASB")
    assert said.table["count"].tolist() == [100, 100]
    assert "2 of the 12 months are missing" in " ".join(said.method.caveats)


def test_an_older_crime_type_keeps_to_the_months_that_mean_the_same(ask: Ask) -> None:
    old = [str(month) for month in pd.period_range("2012-01", END, freq="M")]
    counts = counts_of({"merseyside": old})
    frame = counts.frame.replace({"Drugs": "Other theft"})
    found = ask(replace(counts, frame=frame), HELENS, categories=("Other theft",))
    assert str(found.series.first_valid_index()) == "2013-05"
    assert str(ask(counts, HELENS, categories=CRIME).series.first_valid_index()) == "2012-01", "a sum has no change"
    with pytest.raises(Refusal, match="Violence and sexual offences"):
        ask(counts, HELENS, categories=("Violent crime",))
