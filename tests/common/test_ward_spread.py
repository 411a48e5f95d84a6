from __future__ import annotations

import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.counts import monthly_by_ward
from analysis.common.rates import byar_interval, rates_spread, ward_rates, ward_rates_method, widened_interval
from analysis.common.ward_spread import (
    A_PERIOD,
    A_YEAR,
    PRIOR_VARIANCE,
    PRIOR_WEIGHT,
    SAME_MONTHS,
    WardSpread,
    pair_months,
    spread_between,
    ward_spread,
)
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError
from tests.properties import examples

FEW = examples(25)
EVERY = pd.period_range("2018-01", "2024-12", freq="M")
YEAR_2024 = EVERY[-12:]


def simulated_area(
    rng: np.random.Generator, variance: float, wards: int = 15, years: int = 3, usual: float = 85.0
) -> tuple[pd.DataFrame, np.ndarray]:
    """Months of some years, and the counts of the year after them were the area as a whole to stay as it is.

    Every ward has a level of its own, and every year draws its rate around it, so that two years differ by
    ``variance``; all wards share the ups and downs of the years.
    """
    level = usual / 12 * np.exp(rng.normal(0, 0.6, wards))
    around = variance / 2
    own = rng.gamma(1 / around, around, (years + 1, wards)) if around else np.ones((years + 1, wards))
    shared = np.exp(rng.normal(0, 0.25, years))
    shared = np.append(shared, shared[-1])
    rate = (level * own * shared[:, None]).repeat(12, axis=0)
    counted = rng.poisson(rate)
    months = pd.period_range("2020-01", periods=12 * years, freq="M")
    return pd.DataFrame(counted[:-12].astype(float), index=months), counted[-12:].sum(axis=0)


def held(areas: int, seed: int, variance: float = PRIOR_VARIANCE, **more: float) -> float:
    """Share of all wards' next years inside the interval of the year before."""
    rng = np.random.default_rng(seed)
    inside = []
    for _ in range(areas):
        table, later = simulated_area(rng, variance, **more)  # type: ignore[arg-type]
        spread = ward_spread(table, pd.PeriodIndex(table.index[-12:]))
        bounds = np.array([widened_interval(n, spread.variance) for n in table.iloc[-12:].sum()])
        inside.append(((bounds[:, 0] <= later) & (later <= bounds[:, 1])).mean())
    return float(np.mean(inside))


# --- months ----------------------------------------------------------------------------------------------------------
@FEW
@given(
    st.sets(st.integers(0, len(EVERY) - 1), max_size=20),
    st.integers(12, len(EVERY) - 1),
    st.sampled_from([1, 2, 3, 6, 12, 24]),
)
def test_pairs_are_whole_years_apart_and_share_no_year(gaps: set[int], last: int, length: int) -> None:
    known = EVERY.delete(sorted(gaps))
    months = EVERY[max(0, last - length + 1) : last + 1]
    pairs = pair_months(known, months)
    for earlier, later in pairs:
        assert earlier.isin(known).all()
        assert later.isin(known).all()
        assert later[-1] <= months[-1]
        assert earlier.month.tolist() == later.month.tolist()
        assert sorted(later.month) == sorted(months.month)
        assert (later[0] - earlier[0]).n == 12 * max(1, length // 12)
    for (earlier, _), (_, before) in pairwise(pairs):
        assert before[-1] <= earlier[-1]
    if not gaps and length == 12 and last % 12 == 11:
        assert len(pairs) == last // 12


def test_years_around_a_gap() -> None:
    known = EVERY.delete(slice(45, 57))  # October 2021 to September 2022
    ends = [(str(a[-1]), str(b[-1])) for a, b in pair_months(known, YEAR_2024)]
    assert ends == [("2023-12", "2024-12"), ("2020-09", "2021-09"), ("2019-09", "2020-09")]
    octobers = pd.PeriodIndex(["2024-10"], freq="M")
    assert [str(a[0]) for a, _ in pair_months(known, octobers)] == ["2023-10", "2022-10", "2019-10", "2018-10"]
    assert pair_months(EVERY[:23], EVERY[11:23]) == ()
    assert len(pair_months(EVERY[:48], EVERY[24:48])) == 1
    assert pair_months(EVERY[:48].delete(3), EVERY[24:48]) == ()
    assert len(pair_months(EVERY[:24], EVERY[12:24])) == 1


# --- the spread ------------------------------------------------------------------------------------------------------
@FEW
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.05, 0.3]))
def test_spread_solves_its_own_equation(seed: int, variance: float) -> None:
    table, _ = simulated_area(np.random.default_rng(seed), variance, wards=6)
    years = [table.iloc[12 * i : 12 * i + 12].sum().to_numpy() for i in range(3)]
    pairs = list(pairwise(years))
    found, weight = spread_between(pairs)

    def squares(v: float) -> float:  # written out ward by ward
        total = 0.0
        for x, y in pairs:
            r = sum(y) / sum(x)
            for a, b in zip(x, y, strict=True):
                m = (a + b) / (1 + r)
                total += (b - r * a) ** 2 / (r * m + r * r * m + v * (r * m) ** 2)
        return total

    if found == 0:
        assert squares(0) <= 10
    else:
        assert squares(found) == pytest.approx(10, rel=1e-6)
    assert 0 < weight < 10
    relabelled = spread_between([(x[::-1], y[::-1]) for x, y in pairs])
    assert relabelled == pytest.approx((found, weight), abs=1e-9)
    empty = spread_between([(np.append(x, 0), np.append(y, 0)) for x, y in pairs])
    assert empty == pytest.approx((found, weight), abs=1e-9)


@pytest.mark.parametrize("variance", [0.02, 0.06, 0.2])
def test_spread_is_found_again(variance: float) -> None:
    rng = np.random.default_rng(7)
    found = []
    for _ in range(150):
        table, _ = simulated_area(rng, variance)
        years = [table.iloc[12 * i : 12 * i + 12].sum().to_numpy() for i in range(3)]
        found.append(spread_between(list(pairwise(years)))[0])
    assert np.mean(found) == pytest.approx(variance, rel=0.15)


def test_what_all_wards_share_is_no_spread() -> None:
    x = np.array([40.0, 80, 120, 200])
    assert spread_between([(x, 3 * x)])[0] == 0
    assert spread_between([(x, x[::-1])])[0] > 0.3


@FEW
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.06, 0.4]), st.integers(2, 5))
def test_shrunk_lies_between_the_measured_and_the_prior(seed: int, variance: float, years: int) -> None:
    table, _ = simulated_area(np.random.default_rng(seed), variance, years=years)
    spread = ward_spread(table, pd.PeriodIndex(table.index[-12:]))
    low, high = sorted((spread.measured, PRIOR_VARIANCE))
    assert low <= spread.variance <= high
    assert len(spread.pairs) == years - 1
    assert not spread.chance_alone
    by_weight = (spread.weight * spread.measured + PRIOR_WEIGHT * PRIOR_VARIANCE) / (spread.weight + PRIOR_WEIGHT)
    assert spread.variance == pytest.approx(by_weight)


def test_few_incidents_leave_the_prior() -> None:
    table, _ = simulated_area(np.random.default_rng(1), 0.06, usual=2)
    assert ward_spread(table, pd.PeriodIndex(table.index[-12:])).weight < 1


def test_too_little_to_tell_is_chance_alone() -> None:
    table, _ = simulated_area(np.random.default_rng(2), 0.06)
    last = pd.PeriodIndex(table.index[-12:])
    assert ward_spread(table.iloc[-23:], last).chance_alone
    assert not ward_spread(table.iloc[-24:], last).chance_alone
    assert ward_spread(table[[0]], last).chance_alone
    assert ward_spread(table[[]], last).chance_alone
    assert ward_spread(table * 0, last).chance_alone
    none_before = table.copy()
    none_before.iloc[:-12] = 0
    assert ward_spread(none_before, last).chance_alone
    hole = table.copy()
    hole.iloc[[5, 14]] = np.nan
    assert ward_spread(hole, last).chance_alone


def test_nothing_later_is_looked_at() -> None:
    table, _ = simulated_area(np.random.default_rng(3), 0.06, years=5)
    months = pd.PeriodIndex(table.index[24:36])
    assert ward_spread(table, months) == ward_spread(table.iloc[:36], months)


def test_the_words() -> None:
    table, _ = simulated_area(np.random.default_rng(4), 0.06, years=4)
    months = pd.PeriodIndex(table.index)
    year = ward_spread(table, months[-12:])
    assert year.again == A_YEAR
    assert f"wards move by some {year.percent:.0f} % from one year to the next (measured on 3 pairs of years)" in (
        year.sentence
    )
    assert year.label == "95 %"
    assert ward_spread(table, months[-3:]).again == SAME_MONTHS
    assert ward_spread(table, months[-24:]).again == A_PERIOD
    assert "from one such period to the next (measured on 1 pair of such periods)" in (
        ward_spread(table, months[-24:]).sentence
    )
    alone = ward_spread(table.iloc[-12:], months[-12:])
    assert alone.label == "95 %, chance alone"
    assert "chance alone" in alone.sentence
    assert alone.parameters() == {"interval": "Byar, 95 %, chance alone"}
    assert "widened" in year.parameters()["interval"]


# --- the interval ----------------------------------------------------------------------------------------------------
@FEW
@given(st.integers(0, 5000), st.floats(0, 1), st.floats(0.5, 0.99))
def test_widened_interval_holds_the_count_and_grows_with_the_spread(count: int, variance: float, level: float) -> None:
    low, high = widened_interval(count, variance, level)
    assert 0 <= low <= count < high
    plain = byar_interval(count, level)
    assert low <= plain[0]
    assert high > plain[1]
    wider = widened_interval(count, variance + 0.1, level)
    assert wider[0] <= low
    assert wider[1] >= high


def test_widened_interval_by_hand() -> None:
    # 100 incidents, spread .08: phi = 2 + 8, as if 10 had been counted; Byar's interval of 10 is 4.79 to 18.39.
    assert widened_interval(100, 0.08) == pytest.approx((47.9, 183.9), abs=0.1)
    assert widened_interval(0, 0.08) == pytest.approx((0, 2 * 3.668012), abs=1e-5)
    with pytest.raises(InputError):
        widened_interval(10, -0.1)
    with pytest.raises(InputError):
        widened_interval(-1, 0.1)


def test_intervals_hold_in_simulated_areas() -> None:
    assert 0.92 <= held(100, 1) <= 0.98


@pytest.mark.long
@pytest.mark.parametrize(
    "case",
    [
        {},
        {"years": 2},
        {"wards": 3},
        {"usual": 25.0},
        {"variance": 0.03},
        {"variance": 0.12},
    ],
    ids=str,
)
def test_intervals_hold_in_2000_simulated_areas(case: dict[str, float]) -> None:
    share = held(2000, 11, **case)
    print(f"\n{case or 'as in use'}: {100 * share:.1f} % of next years held")
    assert 0.92 <= share <= 0.98


# --- real months -----------------------------------------------------------------------------------------------------
def test_the_next_year_of_real_wards(real: Incidents, area: Area) -> None:
    """What was known at the end of 2023, tried on 2024, with nothing of 2024 in it."""
    inside = byar = 0
    for category in (ASB, DRUGS):
        then = ward_rates(real.of(category).up_to(pd.Period("2023-12", "M")), area)
        now = ward_rates(real.of(category), area)
        assert not rates_spread(real.of(category).up_to(pd.Period("2023-12", "M")), area).chance_alone
        rate = now["rate_per_1000"]
        inside += int(rate.between(then["low"], then["high"]).sum())
        byar += sum(
            low <= n <= high
            for (low, high), n in zip((byar_interval(float(n)) for n in then["count"]), now["count"], strict=True)
        )
    print(f"\n2023 to 2024: {inside} of 30 ward-years inside, by chance alone {byar}")
    assert inside >= 26
    assert byar < inside


def test_every_stored_pair_of_years(real: Incidents, area: Area) -> None:
    """With the area's own change taken out, as the interval says."""
    total = inside = 0
    for category in (ASB, DRUGS):
        table = monthly_by_ward(real.of(category), area.wards.codes)
        spread = ward_spread(table, YEAR_2024)
        print(f"\n{category}: measured {spread.measured:.3f}, weight {spread.weight:.0f}, shrunk {spread.variance:.3f}")
        known = pd.PeriodIndex(table.index[table.notna().all(axis=1)])
        for earlier, later in pair_months(known, YEAR_2024):
            x, y = (table.reindex(part).sum() for part in (earlier, later))
            kept = [widened_interval(n, spread.variance) for n in x]
            scaled = y * x.sum() / y.sum()
            held_here = sum(low <= n <= high for (low, high), n in zip(kept, scaled, strict=True))
            print(f"\n{category} {later[-1]}: {held_here} of {len(x)}")
            total, inside = total + len(x), inside + held_here
    assert total == 90
    assert inside >= 0.9 * total


def test_the_interval_is_of_the_rate_in_the_table(real: Incidents, area: Area) -> None:
    for category in (ASB, DRUGS):
        known = real.of(category)
        spread = rates_spread(known, area)
        assert isinstance(spread, WardSpread)
        rates = ward_rates(known, area)
        for row in rates.itertuples():
            low, high = widened_interval(row.count, spread.variance)
            assert (row.low, row.high) == pytest.approx((1000 * low / row.residents, 1000 * high / row.residents))
        assert spread.sentence in ward_rates_method(known, area).caveats
    short = real.of(ASB).within(pd.Period("2024-01", "M"), pd.Period("2024-12", "M"))
    assert rates_spread(short, area).chance_alone
    alone = ward_rates(short, area)
    by_chance = [byar_interval(float(n)) for n in alone["count"]]
    np.testing.assert_allclose(alone["low"] * alone["residents"] / 1000, [low for low, _ in by_chance])
    assert "chance alone" in ward_rates_method(short, area).line()


@pytest.mark.long
def test_the_prior_is_what_neighbourhoods_of_four_other_districts_show(shared: Path) -> None:
    """Neighbourhoods are the middle-layer areas that the names of published small areas begin with."""
    parts = []
    for name in ("merseyside_2018-01_to_2021-12", "merseyside_2022-10_to_2024-12"):
        with zipfile.ZipFile(shared / "police_uk" / f"{name}.zip") as archive:
            for one in archive.namelist():
                if one.endswith("-street.csv"):
                    with archive.open(one) as file:
                        rows = pd.read_csv(file, usecols=["Month", "LSOA name", "Crime type"])
                    rows["place"] = rows["LSOA name"].str[:-1]
                    parts.append(rows.groupby(["Month", "place", "Crime type"]).size())
    counted = pd.concat(parts).groupby(level=[0, 1, 2]).sum()
    months = pd.PeriodIndex(sorted(counted.index.get_level_values(0).unique()), freq="M")
    found: dict[tuple[str, str], float] = {}
    for district in ("Liverpool", "Sefton", "St. Helens", "Wirral"):
        for kind in ("Anti-social behaviour", "Drugs", "Violence and sexual offences", "Shoplifting"):
            rows = counted.xs(kind, level=2).rename("n").reset_index()
            table = rows.pivot_table(index="Month", columns="place", values="n", fill_value=0)
            table = table[[place for place in table.columns if place[:-4] == district]]
            table.index = pd.PeriodIndex(table.index, freq="M")
            table = table.reindex(months, fill_value=0).reindex(pd.period_range(months[0], months[-1], freq="M"))
            found[district, kind] = ward_spread(table.astype(float), YEAR_2024).measured
    for key, variance in found.items():
        print(f"\n{key[0]}, {key[1]}: {variance:.3f}")
    usual = [v for (_, kind), v in found.items() if kind in {"Anti-social behaviour", "Drugs"}]
    assert np.median(usual) == pytest.approx(PRIOR_VARIANCE, abs=0.01)
    assert min(usual) > 0.02
    assert max(usual) < 0.1
