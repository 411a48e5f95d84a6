"""Where a count stands against the path to a target, and what it would take: each by two routes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.counts import compare_years, monthly_series
from analysis.common.refusal import Refusal
from analysis.course.target import TargetOutlook, financial_year, target_outlook
from analysis.course.target_progress import (
    Against,
    Baseline,
    Progress,
    baseline_in_data,
    position,
    progress,
    rolling_year,
    whole_years,
    year_of,
)
from analysis.course.target_required import percent
from analysis.when.seasonality import season_mask
from analysis.when.shape import seasonal_shape
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError
from pages.ui.targets import page as targets
from tests.properties import examples

PUBLISHED = Baseline("2022/23", 1592, "published")
COUNTS = st.lists(st.one_of(st.integers(0, 400).map(float), st.just(float("nan"))), min_size=1, max_size=60)


@pytest.fixture(scope="module")
def asb(real: Incidents) -> pd.Series:
    """ASB by month, straight from the frame; NaN where a month is not there."""
    frame = real.frame
    frame = frame[(frame["category"] == ASB) & frame["ward_code"].notna()]
    counted = frame.groupby("month").size().astype(float)
    return counted.reindex(pd.period_range("2018-01", "2024-12", freq="M"))


def by_month(values: list[float], first: str = "2019-01") -> pd.Series:
    return pd.Series(values, index=pd.period_range(first, periods=len(values), freq="M"), dtype=float)


def told(series: pd.Series, area: Area, **more: object) -> Progress:
    mask = season_mask(pd.PeriodIndex(series.index), area, ASB)
    settings = {"baseline": PUBLISHED, "change": -0.06, "target_year": "2026/27", "name": "ASB"} | more
    return progress(series, settings["baseline"], settings["change"], settings["target_year"], mask, name="ASB")  # type: ignore[arg-type]


# --- 12-month totals -------------------------------------------------------------------------------------------------
@given(COUNTS)
def test_a_total_is_drawn_only_where_all_12_months_are_there(values: list[float]) -> None:
    series = by_month(values)
    found = rolling_year(series)
    assert len(found) == len(series)
    for end, total in found.items():
        window = [series.get(end - back) for back in range(12)]
        if any(value is None or np.isnan(value) for value in window):
            assert np.isnan(total)
        else:
            assert total == sum(window)
    # a month that is not in the index is as missing as one that is NaN
    pd.testing.assert_series_equal(rolling_year(series.dropna()).dropna(), found.dropna(), check_freq=False)


def test_totals_of_the_real_months(asb: pd.Series, real: Incidents) -> None:
    found = rolling_year(monthly_series(real.of(ASB)))
    assert found[pd.Period("2024-12")] == asb["2024-01":"2024-12"].sum() == 1742
    assert found[pd.Period("2019-03")] == 3374
    known = found.dropna().index
    # October 2021 to September 2022 are missing, and so a year from then on
    assert not any(pd.Period("2021-10") <= month <= pd.Period("2023-08") for month in known)
    assert known[known > pd.Period("2022-01")][0] == pd.Period("2023-09")


def test_years_that_can_be_a_baseline(asb: pd.Series) -> None:
    assert whole_years(asb, "2026/27") == ("2023/24", "2020/21", "2019/20", "2018/19")
    assert whole_years(asb, "2020/21") == ("2019/20", "2018/19")
    assert whole_years(asb[:"2024-02"], "2026/27")[0] == "2020/21"
    assert baseline_in_data(asb, "2023/24").total == 1704
    with pytest.raises(Refusal, match="April 2022 to September 2022 are not in the data"):
        baseline_in_data(asb, "2022/23")
    with pytest.raises(Refusal, match="had no incident"):
        baseline_in_data(by_month([0.0] * 30), "2019/20")


@given(st.integers(1950, 2150), st.integers(1, 12))
def test_the_year_of_a_month_holds_it(year: int, month: int) -> None:
    at = pd.Period(year=year, month=month, freq="M")
    assert at in financial_year(year_of(at))


# --- against the path ------------------------------------------------------------------------------------------------
def test_the_last_12_months_against_the_path(asb: pd.Series, area: Area) -> None:
    found = told(asb, area)
    assert (found.target, found.as_at) == (1496, pd.Period("2024-12"))
    # 21 of the 48 months from March 2023 to March 2027 are gone
    assert found.path[pd.Period("2024-12")] == pytest.approx(1592 - 21 * 96 / 48)
    assert isinstance(found.year, Against)
    assert (found.year.count, found.year.path) == (1742, pytest.approx(1550))
    assert found.year.ratio == pytest.approx(1742 / 1550)
    assert found.year.low < 1 < found.year.high
    assert found.year.side == "near"
    assert found.sentence == (
        "ASB: 1,742 in the 12 months to December 2024, 12 % above the path (1,550), within its noise; "
        "too early to say if 2026/27 will have at most 1,496."
    )
    assert found.method.n == asb.sum()


def test_the_interval_is_about_that_of_a_year_against_a_known_year(real: Incidents, asb: pd.Series, area: Area) -> None:
    # two years vary more than one against a fixed figure: by a factor of about the square root of two
    found = told(asb, area).year
    assert isinstance(found, Against)
    two = compare_years(real.of(ASB))
    one = np.log(found.high / found.low)
    assert one == pytest.approx(np.log(two.high / two.low) / 2**0.5, rel=0.1)


def test_the_year_so_far_against_its_share_of_the_path(asb: pd.Series, area: Area) -> None:
    found = told(asb, area).to_date
    assert isinstance(found, Against)
    assert (found.first, found.last) == (pd.Period("2024-04"), pd.Period("2024-12"))
    assert found.count == asb["2024-04":"2024-12"].sum() == 1408
    months = financial_year("2024/25")
    season = seasonal_shape(asb, season_mask(pd.PeriodIndex(asb.index), area, ASB)).season
    weight = [season[month.month - 1] * month.days_in_month for month in months]
    assert found.path == pytest.approx(1544 * sum(weight[:9]) / sum(weight))
    assert 9 / 12 < found.path / 1544 < 0.85  # summer and October lie in it
    # at the end of a year both ways of looking are one
    march = told(asb[:"2024-03"], area)
    assert isinstance(march.year, Against)
    assert isinstance(march.to_date, Against)
    assert (march.year.count, march.year.path) == (march.to_date.count, pytest.approx(march.to_date.path))


@examples(30)
@given(st.integers(1, 40), st.integers(12, 60), st.floats(0.3, 3))
def test_a_level_series_is_near_a_level_path(level: int, months: int, factor: float) -> None:
    series = by_month([float(10 * level)] * (months + 12), "2019-04")
    flat = progress(series, Baseline("2019/20", 120 * level, "counted"), 0.0, "2040/41")
    assert isinstance(flat.year, Against)
    assert (flat.year.ratio, flat.year.side) == (1, "near")
    assert position(flat.year).startswith("on the path")
    moved = progress(series, Baseline("2019/20", max(1, round(120 * level * factor)), "typed"), 0.0, "2040/41").year
    assert isinstance(moved, Against)
    assert moved.low < moved.ratio < moved.high
    assert (moved.side == "above") == (moved.low > 1)
    assert (moved.side == "below") == (moved.high < 1)
    if moved.side == "near" and round(1000 * (moved.ratio - 1)):
        assert position(moved).endswith("within its noise")
    else:
        assert "noise" not in position(moved)


def test_too_few_pairs_of_months_give_no_interval(asb: pd.Series, area: Area) -> None:
    # up to September 2023 no calendar month is there in both of the last two years
    found = told(asb[:"2023-09"], area).year
    assert isinstance(found, Against)
    assert np.isnan([found.low, found.high]).all()
    assert found.side == "near"
    assert position(found).endswith("with too few months to know its noise")


def test_a_gap_is_refused_and_told(asb: pd.Series, area: Area) -> None:
    found = told(asb[:"2023-06"], area)
    assert isinstance(found.year, Refusal)
    assert found.year.reason == (
        "There is no total of the 12 months to June 2023: July 2022 to September 2022 are not in the data."
    )
    assert isinstance(found.to_date, Against)
    assert found.sentence.startswith("ASB: there is no total of the 12 months to June 2023")
    assert [need.before for need in found.required] == [None, None]
    assert "some months to compare it with are missing" in found.required[0].sentence
    with_gap = told(asb.drop(pd.Period("2024-06")), area)
    assert isinstance(with_gap.to_date, Refusal)
    assert str(with_gap.to_date).startswith("There is no total of 2024/25 so far: June 2024 is not in the data.")


def test_what_cannot_be_held_against_a_path(asb: pd.Series, area: Area) -> None:
    with pytest.raises(Refusal, match="nothing is loaded"):
        told(asb[:0], area)
    with pytest.raises(Refusal, match="nothing is loaded"):
        told(asb * np.nan, area)
    with pytest.raises(Refusal, match="At September 2021 2022/23 was not over"):
        told(asb[:"2021-09"], area)
    with pytest.raises(InputError, match="positive count"):
        told(asb, area, baseline=Baseline("2022/23", 0, "typed"))
    with pytest.raises(InputError, match="comes after the baseline year"):
        told(asb, area, target_year="2022/23")
    after = told(asb, area, baseline=Baseline("2018/19", 3374, "counted"), target_year="2019/20")
    assert isinstance(after.year, Refusal)
    assert after.year.reason.endswith("the path ends in March 2020.")
    assert isinstance(after.to_date, Refusal)
    assert after.required == ()
    few = progress(by_month([9.0] * 9, "2019-01"), Baseline("2017/18", 100, "typed"), -0.1, "2022/23")
    assert isinstance(few.to_date, Refusal)
    assert "takes 12 months of history" in few.to_date.reason


# --- what it would take ----------------------------------------------------------------------------------------------
def test_what_it_would_take(asb: pd.Series, area: Area) -> None:
    target, path = told(asb, area).required
    assert (target.allowed, target.before) == (1496, 1742)
    assert target.change == pytest.approx(1496 / 1742 - 1)
    # the outlook comes to the same change by its own route
    assert target.change == target_outlook(asb, 1496, "2026/27").change_required
    assert target.sentence == (
        "To meet the target, 2026/27 would have to be 14 % below the last twelve months (1,496 against 1,742)."
    )
    assert path.sentence == (
        "To be on the path in December 2025, the next twelve months would have to be 12 % below the last twelve "
        "(1,526 against 1,742)."
    )
    # one month before the target year both are one
    march = told(asb[:"2024-03"], area, baseline=Baseline("2018/19", 3374, "counted"), target_year="2024/25")
    (only,) = march.required
    assert only.sentence.startswith("To meet the target, the next twelve months, 2024/25, could be up to ")


@examples(25)
@given(
    st.lists(st.integers(1, 300).map(float), min_size=30, max_size=75),
    st.integers(1, 5000),
    st.sampled_from([-0.5, -0.06, 0.0, 0.1]),
)
def test_months_ahead_that_bring_what_is_allowed_meet_the_target(
    values: list[float], total: int, change: float
) -> None:
    series = by_month(values, "2019-04")
    found = progress(series, Baseline("2019/20", total, "typed"), change, "2024/25")
    year = financial_year("2024/25")
    for need in found.required:
        if need.allowed < 0:
            assert series.reindex(year).sum() > found.target
            continue
        months = pd.period_range(need.first, need.last, freq="M")
        ahead = pd.Series(0.0, index=months)
        ahead.iloc[0] = need.allowed
        whole = pd.concat(
            [series, ahead.reindex(pd.period_range(series.index[-1] + 1, need.last, freq="M"), fill_value=0)]
        )
        if need.goal == "path":
            assert found.path[need.last] - 1 < rolling_year(whole)[need.last] <= found.path[need.last] + 1e-6
        else:
            assert whole.reindex(year).sum() == found.target
        if need.change is not None:
            assert need.before is not None
            assert need.before * (1 + need.change) == pytest.approx(need.allowed)
            assert ("below" in need.sentence) == (need.allowed < need.before)
            assert percent(need.change) in need.sentence or need.allowed == need.before


def test_a_pretended_target_year_month_by_month(asb: pd.Series, area: Area) -> None:
    """2023/24 brought 1,704: what the page would have said of a target of 1,687, half of 2018/19."""

    def said(last: str) -> Progress:
        base = Baseline("2018/19", 3374, "counted")
        return told(asb[:last], area, baseline=base, change=-0.5, target_year="2023/24")

    before = said("2023-03")
    assert isinstance(before.outlook, type(said("2023-09").outlook))
    assert before.outlook.chance is None  # type: ignore[union-attr]
    assert before.sentence.endswith("too early to say if 2023/24 will have at most 1,687.")
    autumn = said("2023-09")
    (rest,) = autumn.required
    assert rest.allowed == 1687 - asb["2023-04":"2023-09"].sum() == 694
    assert rest.before == asb["2022-10":"2023-03"].sum() == 714
    assert rest.sentence == (
        "To meet the target, October 2023 to March 2024, the 6 months left of 2023/24, would have to be 3 % below "
        "a year before (694 against 714)."
    )
    assert said("2024-02").required[0].sentence.startswith("To meet the target, March 2024, the month left of 2023/24,")
    assert isinstance(autumn.outlook, TargetOutlook)
    start = "ASB: the chance of at most" if autumn.outlook.words == "about even" else "ASB: at most"
    assert autumn.outlook.sentence.startswith(f"{start} 1,687 in 2023/24 is {autumn.outlook.words}; ")
    outlook = said("2024-02").outlook
    assert isinstance(outlook, TargetOutlook)
    assert "by the end if the month left runs as forecast." in outlook.sentence
    assert targets.chance_card(said("2024-02")).words.endswith("by the end if the month left runs as forecast")
    assert said("2024-03").sentence.endswith("the target of at most 1,687 in 2023/24 was missed.")
    assert said("2024-03").required == ()
    met = told(asb[:"2024-03"], area, baseline=Baseline("2018/19", 3374, ""), change=-0.47, target_year="2023/24")
    assert met.sentence.endswith("the target of at most 1,788 in 2023/24 was met.")
    spent = told(asb[:"2024-01"], area, baseline=Baseline("2018/19", 3374, ""), change=-0.7, target_year="2023/24")
    assert spent.required[0].sentence == "The target for 2023/24 can no longer be met: it is passed by 470."
    assert spent.sentence.endswith("the target of at most 1,012 in 2023/24 is missed.")


def test_nothing_later_is_known(asb: pd.Series, area: Area) -> None:
    known = told(asb[:"2024-08"], area)
    longer = told(asb[:"2024-08"].reindex(asb.index), area)  # a series that goes on without values
    assert (known.sentence, known.year, known.to_date, known.required) == (
        longer.sentence, longer.year, longer.to_date, longer.required,
    )  # fmt: skip


def test_sentences_use_no_causal_word(asb: pd.Series, area: Area) -> None:
    for last in ("2023-06", "2023-09", "2024-03", "2024-12"):
        found = told(asb[:last], area)
        text = " ".join([found.sentence, *(need.sentence for need in found.required)])
        assert not {"because", "caused", "due", "led", "thanks", "effect", "trend"} & set(text.lower().split())


@pytest.mark.parametrize(("change", "words"), [(-0.141, "14 %"), (0.004, "0.4 %"), (12.5, "1,250 %"), (0, "0 %")])
def test_percent(change: float, words: str) -> None:
    assert percent(change) == words
