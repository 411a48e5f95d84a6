from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pymannkendall
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from analysis.common.counts import monthly_series
from analysis.common.refusal import Refusal
from analysis.course.target import (
    chance_of_meeting,
    chance_words,
    financial_year,
    financial_year_total,
    target_from,
    target_outlook,
    target_path,
)
from analysis.course.trend import mann_kendall, seasonal_mann_kendall
from analysis.when.seasonality import season_mask
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError

ARCHIVES = ("merseyside_2018-01_to_2021-12.zip", "merseyside_2022-10_to_2024-12.zip")
FEW_VALUES = st.lists(st.integers(-20, 20).map(float), min_size=4, max_size=40)


@pytest.fixture(scope="module")
def asb(shared: Path, area: Area) -> pd.Series:
    """ASB of the area by the name of the LSOA, as published: 84 months, NaN where no file is there."""
    found: Counter[str] = Counter()
    months: set[str] = set()
    for archive in ARCHIVES:
        with zipfile.ZipFile(shared / "police_uk" / archive) as files:
            for name in files.namelist():
                if not name.endswith("-street.csv"):
                    continue
                months.add(Path(name).name[:7])
                lines = io.TextIOWrapper(files.open(name), encoding="utf-8", newline="")
                kept = [next(lines), *(line for line in lines if ASB in line and area.name in line)]
                for row in csv.DictReader(kept):
                    if row["LSOA name"].startswith(area.name) and row["Crime type"] == ASB:
                        found[row["Month"]] += 1
    series = pd.Series({pd.Period(month, "M"): float(found[month]) for month in months}).sort_index()
    return series.reindex(pd.period_range("2018-01", "2024-12", freq="M"))


def test_the_trend_of_asb(asb: pd.Series) -> None:
    assert (len(asb), int(asb.isna().sum())) == (84, 11)
    found = mann_kendall(asb.to_numpy(), name="ASB", step="month")
    assert found.s == -1117
    assert found.variance == pytest.approx(44085, abs=1e-6)
    assert found.z == pytest.approx(-5.315189735, abs=5e-10)
    assert found.slope == pytest.approx(-2.1972222, abs=5e-8)
    assert found.n == 73
    assert found.sentence == "ASB fell, by about 2.2 from one month to the next (p < 0.001)."
    seasonal = seasonal_mann_kendall(asb.to_numpy())
    assert seasonal.s == -98
    assert seasonal.variance == pytest.approx(356, abs=1e-9)
    assert seasonal.z == pytest.approx(-5.140989718, abs=5e-10)
    assert seasonal.slope == pytest.approx(-26.266667, abs=5e-7)


def test_missing_months_that_are_not_in_the_index_keep_their_place(asb: pd.Series) -> None:
    assert mann_kendall(asb.dropna()).slope == mann_kendall(asb.to_numpy()).slope
    assert mann_kendall(asb.dropna()).method.period == "January 2018 to December 2024"
    whole, packed = seasonal_mann_kendall(asb.dropna()), seasonal_mann_kendall(asb.to_numpy())
    assert (whole.s, whole.variance, whole.slope) == (packed.s, packed.variance, packed.slope)
    # without its place a value meets other months
    assert mann_kendall(asb.dropna().to_numpy()).slope != mann_kendall(asb).slope
    assert mann_kendall(asb.dropna().to_numpy()).s == -1117


@given(FEW_VALUES)
def test_equals_pymannkendall(values: list[float]) -> None:
    theirs = pymannkendall.original_test(values)
    ours = mann_kendall(values)
    assert (ours.s, ours.variance) == pytest.approx((theirs.s, theirs.var_s), abs=1e-9)
    assert (ours.z, ours.p, ours.slope) == pytest.approx((theirs.z, theirs.p, theirs.slope), abs=1e-9)


@given(arrays(np.float64, 36, elements=st.integers(0, 30).map(float)), st.sampled_from([3, 6, 12]))
def test_seasonal_equals_pymannkendall(values: np.ndarray, period: int) -> None:
    theirs = pymannkendall.seasonal_test(values, period=period)
    ours = seasonal_mann_kendall(values, period)
    assert (ours.s, ours.variance) == pytest.approx((theirs.s, theirs.var_s), abs=1e-9)
    assert (ours.z, ours.p, ours.slope) == pytest.approx((theirs.z, theirs.p, theirs.slope), abs=1e-9)


def test_seasonal_equals_pymannkendall_on_the_real_series(asb: pd.Series) -> None:
    theirs = pymannkendall.seasonal_test(asb.to_numpy(), period=12)
    ours = seasonal_mann_kendall(asb)
    assert (ours.s, ours.variance, ours.z, ours.slope) == pytest.approx(
        (theirs.s, theirs.var_s, theirs.z, theirs.slope), abs=1e-9
    )


@given(FEW_VALUES)
def test_equals_scipy(values: list[float]) -> None:
    steps = np.arange(len(values))
    assert mann_kendall(values).slope == pytest.approx(stats.theilslopes(values, steps)[0], abs=1e-9)


@given(FEW_VALUES, st.integers(-5, 5), st.integers(1, 9))
def test_turned_round_moved_and_stretched(values: list[float], shift: int, factor: int) -> None:
    found, back = mann_kendall(values), mann_kendall(values[::-1])
    assert (back.s, back.z, back.slope) == pytest.approx((-found.s, -found.z, -found.slope))
    moved = mann_kendall([factor * value + shift for value in values])
    assert (moved.s, moved.variance, moved.z) == (found.s, found.variance, found.z)
    assert moved.slope == pytest.approx(factor * found.slope)
    gaps = np.full(2 * len(values), np.nan)
    gaps[::2] = values
    spread = mann_kendall(gaps)
    assert (spread.s, spread.p, spread.slope) == pytest.approx((found.s, found.p, found.slope / 2))


def test_level_series_has_no_trend() -> None:
    found = mann_kendall([3.0] * 8)
    assert (found.s, found.variance, found.z, found.p, found.slope) == (0, 0, 0, 1, 0)
    assert found.sentence == "The series: no trend that can be told from chance (p = 1.000)."
    rising = mann_kendall(pd.Series(range(12), index=pd.period_range("2023-01", periods=12, freq="M")), name="Theft")
    assert (
        rising.sentence
        == "Theft rose over January 2023 to December 2023, by about 1.0 from one step to the next (p < 0.001)."
    )


def test_too_little_is_refused_and_nonsense_is_an_error() -> None:
    with pytest.raises(Refusal, match="from 3 values: it takes at least 4"):
        mann_kendall([1, 2, np.nan, 3])
    with pytest.raises(Refusal, match="no calendar month was seen in two years"):
        seasonal_mann_kendall(np.arange(12.0))
    with pytest.raises(InputError, match="at least two steps"):
        seasonal_mann_kendall(np.arange(12.0), 1)
    with pytest.raises(InputError, match="one list of numbers"):
        mann_kendall(np.ones((4, 4)))
    with pytest.raises(InputError, match="one list of numbers"):
        mann_kendall([1, 2, 3, np.inf])
    with pytest.raises(InputError, match="twice"):
        mann_kendall(pd.Series([1.0, 2, 3, 4], index=pd.PeriodIndex(["2023-01"] * 4, freq="M")))


def test_totals_of_financial_years(asb: pd.Series, real: Incidents) -> None:
    by_polygon = monthly_series(real.of(ASB).in_area())
    for year, by_name, inside in (("2018/19", 3379, 3374), ("2019/20", 3024, 3010), ("2023/24", 1706, 1704)):
        assert financial_year_total(asb, year) == by_name
        assert financial_year_total(by_polygon, year) == inside
    assert asb["2022-10":"2023-03"].sum() == 715
    with pytest.raises(Refusal, match="no total for 2022/23: April 2022 to September 2022 are not in the data"):
        financial_year_total(asb, "2022/23")


def test_the_target_of_the_area(area: Area) -> None:
    plan = area.raw["target"]
    assert target_from(plan["baseline"], plan["change"]) == 1496
    assert target_from(100, -0.06) == 94
    path = target_path(1592, 1496, plan["baseline_year"], plan["by"])
    assert (path.index[0], path.index[-1], len(path)) == (pd.Period("2023-03"), pd.Period("2027-03"), 49)
    assert (path.iloc[0], path.iloc[-1], path.iloc[24]) == (1592, 1496, 1544)
    with pytest.raises(InputError, match="comes after"):
        target_path(10, 9, "2024/25", "2024/25")
    assert list(financial_year("1999/00").astype(str)[[0, 11]]) == ["1999-04", "2000-03"]
    for wrong in ("2026", "2026/28", "26/27", "2026-27"):
        with pytest.raises(InputError, match="2026/27"):
            financial_year(wrong)


def test_chance_against_the_formula() -> None:
    for k, sigma in ((1, 0.22), (3, 0.17), (6, 0.134), (9, 0.12), (12, 0.108), (2, 0.195), (4, 0.158)):
        expected = stats.t.cdf(np.log((1496 + 0.5 - 1000) / 520) / sigma, 4)
        assert chance_of_meeting(1496, 1000, 520, k) == pytest.approx(expected, abs=1e-12)
    assert chance_of_meeting(1496, 1496.5 - 500, 500, 5) == pytest.approx(0.5)
    assert chance_of_meeting(1496, 1497, 10, 3) == 0
    assert chance_of_meeting(1496, 1496, 0, 0) == 1
    assert chance_of_meeting(1496, 1497, 0, 0) == 0
    assert chance_of_meeting(1496, 100, 0, 4) == 1


@given(st.integers(0, 2000), st.integers(0, 2000), st.floats(0, 2000), st.integers(0, 12))
def test_chance_goes_the_right_way(target: int, observed: int, rest: float, left: int) -> None:
    chance = chance_of_meeting(target, observed, rest, left)
    assert 0 <= chance <= 1
    assert chance_of_meeting(target + 1, observed, rest, left) >= chance
    assert chance_of_meeting(target, observed + 1, rest, left) <= chance
    assert chance_of_meeting(target, observed, rest + 1, left) <= chance
    assert chance_words(chance)


@pytest.mark.parametrize(
    ("chance", "word"),
    [(0, "very unlikely"), (0.2, "unlikely"), (0.5, "about even"), (0.8, "likely"), (0.97, "very likely")],
)
def test_words_for_chances(chance: float, word: str) -> None:
    assert chance_words(chance) == word


def test_nonsense_about_targets_is_an_error() -> None:
    with pytest.raises(InputError, match="not negative"):
        chance_of_meeting(-1, 0, 0, 3)
    with pytest.raises(InputError, match="not negative"):
        chance_of_meeting(10, 0, np.nan, 3)
    with pytest.raises(InputError, match="0 to 12 months"):
        chance_of_meeting(10, 0, 5, 13)
    with pytest.raises(InputError, match="between 0 and 1"):
        chance_words(1.2)


def test_an_earlier_target_year_month_by_month(asb: pd.Series, area: Area) -> None:
    # 2023/24 brought 1,706: what would have been said of a target that was missed and of one that was met
    def said(last: str, target: int) -> tuple[str, float | None]:
        known = asb[: pd.Period(last)]
        mask = season_mask(known.index, area, ASB)
        found = target_outlook(known, target, "2023/24", mask, name="ASB")
        return found.words, found.chance

    assert said("2023-03", 1500) == ("too early to say", None)
    assert said("2024-03", 1706) == ("met", 1.0)
    assert said("2024-03", 1705) == ("missed", 0.0)
    assert said("2024-02", 1500) == ("missed", 0.0)
    assert said("2024-01", 1650)[0] in {"unlikely", "very unlikely"}
    assert said("2024-01", 1800)[0] in {"likely", "very likely"}
    halfway = [said("2023-09", target)[1] for target in range(1200, 2400, 100)]
    assert halfway == sorted(halfway)  # type: ignore[type-var]
    assert halfway[0] < 0.05
    assert halfway[-1] > 0.95


def test_the_outlook_knows_nothing_later(asb: pd.Series, area: Area) -> None:
    known = asb[: pd.Period("2024-08")]
    found = target_outlook(known, 1603, "2024/25", season_mask(known.index, area, ASB))
    # a series that goes on without values ends where its values end
    longer = known.reindex(asb.index)
    again = target_outlook(longer, 1603, "2024/25", season_mask(longer.index, area, ASB))
    assert (found.chance, found.expected_rest, found.sentence) == (again.chance, again.expected_rest, again.sentence)
    assert (found.observed, found.months_seen, found.months_left) == (701, 5, 7)
    assert found.method.n == known.sum()  # all that the forecast stands on
    assert found.method.parameters["so far"] == "701 in 5 of its months"
    assert found.last_12 == asb["2023-09":"2024-08"].sum()
    assert found.change_required == pytest.approx(1603 / found.last_12 - 1)


def test_sentences_of_the_outlook(asb: pd.Series) -> None:
    early = target_outlook(asb, 1496, "2026/27", name="ASB")
    assert early.chance is None
    assert np.isnan(early.expected_rest)
    assert early.sentence == (
        "ASB: too early to say whether 2026/27 will have at most 1,496, since none of its months is in the data (up to "
        "December 2024); it takes 14 % less than the 1,744 of the last 12 months."
    )
    assert "were within it" in target_outlook(asb, 1800, "2026/27").sentence
    assert target_outlook(asb[:"2022-12"], 1496, "2026/27").change_required is None
    on_the_way = target_outlook(asb, 1603, "2024/25", name="ASB")
    assert on_the_way.sentence.startswith("ASB: at most 1,603 in 2024/25 is very unlikely; 1,408 so far, and about 1,8")
    assert target_outlook(asb, 1400, "2024/25", name="ASB").sentence == (
        "ASB: 1,408 in 2024/25 by December 2024, already above the target of 1,400."
    )
    assert target_outlook(asb[:"2024-03"], 1800, "2023/24", name="ASB").sentence == (
        "ASB: 1,706 in 2023/24, and so the target of at most 1,800 was met."
    )


def test_the_outlook_refuses_a_year_with_a_gap(asb: pd.Series) -> None:
    with pytest.raises(Refusal, match="no total of 2022/23 so far: April 2022 to September 2022 are not in the data"):
        target_outlook(asb[: pd.Period("2022-12")], 1496, "2022/23")
    with pytest.raises(Refusal, match="nothing is loaded"):
        target_outlook(asb[:0], 1496, "2022/23")
    with pytest.raises(Refusal, match="months of history"):
        target_outlook(asb["2023-12":"2024-06"], 1496, "2024/25")


def test_published_series_of_both_kinds(real: Incidents, area: Area) -> None:
    drugs = monthly_series(real.of(DRUGS).in_area())
    assert seasonal_mann_kendall(drugs, name="Drug offences", step="year").slope > 0
    assert mann_kendall(drugs).method.parameters["values"].startswith("73, 11 missing")
