"""Control charts: limits and rules by hand, sentences against a plain recomputation, and histories of any kind."""

from __future__ import annotations

from itertools import chain, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.counts import monthly_series
from analysis.common.method import list_months, month_name, period_words
from analysis.common.refusal import Refusal
from analysis.course.control_chart import NO_SIGNAL, ControlChart, unusual_months, verdict, xmr_chart
from analysis.course.control_limits import (
    ONE_SIDE,
    OUTSIDE,
    TWO_OF_THREE,
    baseline_ends,
    baseline_of,
    rules,
    usual_end,
)
from analysis.when.seasonality import season_mask
from analysis.when.shape import seasonal_shape
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError
from tests.properties import examples

NAN = float("nan")
SEASON = np.array([0.8, 0.85, 0.95, 1.1, 1.05, 1.0, 1.1, 1.0, 1.0, 1.45, 0.95, 0.75])


def series(values: list[float], first: str = "2021-01") -> pd.Series:
    return pd.Series(values, index=pd.period_range(first, periods=len(values), freq="M"), dtype=float)


def usual_months(
    months: int, first: str = "2021-01", level: float = 140, spread: float = 0.1, seed: int = 1
) -> pd.Series:
    """Months with a season and a spread, and nothing else."""
    index = pd.period_range(first, periods=months, freq="M")
    noise = np.random.default_rng(seed).normal(1, spread, months)
    days = np.asarray(index.days_in_month) / 30.4375
    return pd.Series(np.round(level * SEASON[index.month - 1] * days * noise), index=index)


def broken(off: list[float], reach: float = 3.0) -> list[str]:
    found = rules(np.array([off]), np.full((1, len(off)), reach))
    return [", ".join(rule for rule, met in found.items() if met[0, i]) for i in range(len(off))]


# --- limits ----------------------------------------------------------------------------------------------------------
def test_limits_by_hand() -> None:
    data = usual_months(33, spread=0.3)
    found = xmr_chart(data, data.index[0], data.index[23])
    before = data.iloc[:24]
    shape = seasonal_shape(before)
    days = np.asarray(before.index.days_in_month) / 30.4375
    month = np.asarray(before.index.month) - 1
    adjusted = before.to_numpy() / days / shape.season[month]
    ranges = [abs(b - a) for a, b in pairwise(adjusted)]
    assert found.centre == pytest.approx(sum(adjusted) / 24)
    assert found.mean_moving_range == pytest.approx(sum(ranges) / 23)
    unsure = 1 / (2 + shape.prior_weight)  # every calendar month was seen twice
    reach = 1.3 * 2.66 * found.mean_moving_range * np.sqrt((1 + unsure) / (1 - unsure))
    for when, row in found.points.iterrows():
        scale = shape.season[when.month - 1] * when.days_in_month / 30.4375
        assert row["usual"] == pytest.approx(found.centre * scale)
        assert row["high"] == pytest.approx((found.centre + reach) * scale)
        assert row["low"] == pytest.approx(max(0, found.centre - reach) * scale)
    assert "limits mean ± 1.3 × 2.66 × mean moving range" in found.method.line()


def test_no_limit_is_nearer_than_chance() -> None:
    found = xmr_chart(series([100] * 30), pd.Period("2021-01"), pd.Period("2022-12"))
    least = 1.3 * 2.66 * 1.128 * np.sqrt(found.centre)
    assert ((found.points["high"] - found.points["usual"]) > 0.9 * least).all()
    assert found.details == (NO_SIGNAL,)


def test_limits_know_nothing_of_what_is_judged() -> None:
    data = usual_months(36)
    changed = data.copy()
    changed.iloc[24:] = [500, 3, 800, 20, 0, 999, 1, 2, 3, 4, 5, 600]
    plain, odd = (xmr_chart(one, data.index[0], data.index[23]) for one in (data, changed))
    for column in ("usual", "low", "high"):
        np.testing.assert_array_equal(plain.points[column], odd.points[column])
    assert not odd.points["signal"].iloc[:24].any()
    assert odd.points["signal"].iloc[24:].all()
    assert not odd.points["judged"].iloc[:24].any()


def test_a_baseline_has_no_signal_whatever_is_in_it() -> None:
    data = usual_months(30)
    data.iloc[10] = 2000
    assert not xmr_chart(data, data.index[0], data.index[23]).points["signal"].iloc[:24].any()


def test_the_season_is_no_signal() -> None:
    data = usual_months(48, spread=0)
    found = unusual_months(data, name="ASB", draws=200)
    assert found.limited
    assert found.sentence == "ASB: no month from April 2024 to December 2024 was unusual for its month."
    october = data.copy()
    october.loc["2024-10"] = round(2 * october["2024-10"])
    told = unusual_months(october, name="ASB", draws=200)
    assert told.sentence == "ASB: October 2024 was unusually high for its month."
    assert told.points.index[told.points["signal"]].tolist() == [pd.Period("2024-10")]


def test_no_range_across_a_gap() -> None:
    data = usual_months(36, spread=0.05)
    data.iloc[5:8] = NAN
    found = xmr_chart(data, data.index[0], data.index[26])
    days = np.asarray(data.index[:27].days_in_month) / 30.4375
    adjusted = data.to_numpy()[:27] / days / found.season[np.asarray(data.index[:27].month) - 1]
    ranges = [abs(b - a) for a, b in pairwise(adjusted) if not np.isnan(a + b)]
    assert len(ranges) == 22
    assert found.mean_moving_range == pytest.approx(sum(ranges) / 22)
    assert (
        "Between the months of the baseline, June 2021 to August 2021 are missing or left out." in found.method.caveats
    )
    absent = data.dropna()
    again = xmr_chart(absent, data.index[0], data.index[26])
    pd.testing.assert_frame_equal(again.points, found.points)


def test_months_left_out_are_no_baseline_and_teach_no_season() -> None:
    data = usual_months(60, first="2020-01", spread=0.02)
    data.loc["2020-04":"2020-09"] *= 3
    mask = np.asarray((data.index >= pd.Period("2020-04")) & (data.index <= pd.Period("2020-09")))
    base = pd.Period("2022-01"), pd.Period("2023-12")
    assert xmr_chart(data, *base, mask=mask).season[5] == pytest.approx(SEASON[5], abs=0.05)
    assert xmr_chart(data, *base).season[5] > SEASON[5] + 0.1
    ends = [str(end) for end in baseline_ends(data, mask)]
    assert ends == ["2024-03", "2023-12", "2023-03", "2022-12"]  # 21 usable months up to March 2022
    assert {str(end) for end in baseline_ends(data)} - set(ends) == {"2022-03", "2021-12"}


# --- which months ----------------------------------------------------------------------------------------------------
def test_a_baseline_ends_with_a_whole_year_before_what_is_judged() -> None:
    data = usual_months(40, first="2021-10")  # to January 2025
    assert [str(end) for end in baseline_ends(data)] == ["2024-12", "2024-03", "2023-12"]
    assert str(usual_end(data)) == "2024-03"  # December leaves one month to judge
    assert str(usual_end(data[:"2024-06"])) == "2024-03"
    assert str(usual_end(data[:"2024-05"])) == "2023-12"
    assert str(usual_end(usual_months(26, first="2022-12")[:"2025-01"])) == "2024-12"  # nothing better is there
    found = unusual_months(data, draws=100)
    assert found.baseline == (pd.Period("2022-04"), pd.Period("2024-03"))
    assert found.points.index[found.points["judged"]].tolist() == list(pd.period_range("2024-04", "2025-01", freq="M"))


def test_no_more_than_a_year_is_judged() -> None:
    data = usual_months(60)
    found = unusual_months(data, pd.Period("2022-12"), draws=100)
    assert found.points.index[-1] == pd.Period("2023-12")
    assert found.points["judged"].sum() == 12


def test_known_months_of_a_baseline_lie_within_three_years() -> None:
    months = pd.period_range("2020-01", "2024-12", freq="M")
    end = pd.Period("2024-03")
    base = baseline_of(months, end)
    assert base is not None
    assert (base[0], base[-1], len(base)) == (pd.Period("2022-04"), end, 24)
    gap = months[(months < pd.Period("2021-05")) | (months > pd.Period("2022-04"))]
    assert baseline_of(gap, end) is not None  # 23 months and one of 2021, 35 months before
    assert baseline_of(gap[gap != pd.Period("2021-04")], end) is None


@pytest.mark.parametrize("months", [0, 1, 6, 12, 13, 23, 24])
def test_short_histories_are_refused(months: int) -> None:
    with pytest.raises(Refusal, match=f"they take 24 known months within 36.*{months} can be used"):
        unusual_months(usual_months(months, first="2022-01"))


def test_too_small_a_baseline_is_refused() -> None:
    data = usual_months(36)
    with pytest.raises(Refusal, match="it takes 24 known months, and there are 23"):
        xmr_chart(data, data.index[0], data.index[22])
    with pytest.raises(Refusal, match="No month after December 2023 is known"):
        xmr_chart(data, data.index[0], data.index[-1])
    with pytest.raises(InputError, match="ends before it starts"):
        xmr_chart(data, data.index[5], data.index[0])
    with pytest.raises(Refusal, match="it has no incident"):
        xmr_chart(0 * data, data.index[0], data.index[23])
    every_other = usual_months(60).iloc[::2]
    with pytest.raises(Refusal, match="no two of its known months follow one another"):
        xmr_chart(every_other, every_other.index[0], every_other.index[25])


def test_a_series_that_limits_would_mislead_on_is_a_plain_line() -> None:
    rare = series(np.random.default_rng(3).poisson(6, 60).tolist())
    found = unusual_months(rare, name="Robbery", draws=500)
    assert not found.limited
    assert found.sentence == "Robbery: these months vary too much, or are too few, to say which was unusual."
    assert found.points[["usual", "low", "high"]].isna().all(axis=None)
    assert not found.points["signal"].any()
    assert "of 30 % would be noticed within nine months in" in found.details[0]


# --- rules -----------------------------------------------------------------------------------------------------------
def test_rules_by_hand() -> None:
    assert broken([0.5, 3.1, -0.5]) == ["", OUTSIDE, ""]
    assert broken([3.0, 0, 0, -3.01]) == ["", "", "", OUTSIDE]
    assert broken([0.1] * 7) == [""] * 7
    assert broken([0.1] * 9) == [ONE_SIDE] * 9
    assert broken([-0.1] * 8 + [0.1]) == [ONE_SIDE] * 8 + [""]
    assert broken([0.1] * 4 + [0] + [0.1] * 4) == [""] * 9  # on what is usual is on neither side
    assert broken([0.1] * 4 + [NAN] + [0.1] * 4) == [""] * 9  # a gap ends a run
    assert broken([2.1, 0, 2.1]) == [TWO_OF_THREE, "", TWO_OF_THREE]
    assert broken([2.1, 2.1, -2.1]) == [TWO_OF_THREE, TWO_OF_THREE, ""]
    assert broken([2.1, 0, 0, 2.1]) == [""] * 4
    assert broken([2.1, 0, -2.1]) == [""] * 3
    assert broken([2.1, NAN, 2.1]) == [""] * 3
    assert broken([3.5, 2.5]) == [OUTSIDE, ""]  # three months are needed


# --- sentences -------------------------------------------------------------------------------------------------------
def drawn(off: list[float], first: str) -> pd.DataFrame:
    """Months about a usual month of 100 with limits 60 and 140, all of them judged but the first three."""
    index = pd.period_range(first, periods=len(off), freq="M")
    judged = np.arange(len(off)) >= 3
    said = [""] * 3 + broken(list(off[3:]), 40)
    return pd.DataFrame(
        {"value": 100 + np.array(off), "usual": 100.0, "low": 60.0, "high": 140.0, "judged": judged, "rule": said,
         "signal": [rule != "" for rule in said]},
        index=index,
    )  # fmt: skip


def plainly(points: pd.DataFrame) -> set[str]:
    """Parts of the sentence, found month by month."""
    judged = [(m, r) for m, r in zip(points.index, points.to_dict("records"), strict=True) if r["judged"]]
    parts, known = set(), [(m, r["value"] - r["usual"]) for m, r in judged if not np.isnan(r["value"])]
    far = {m for m, r in judged if OUTSIDE in r["rule"] or TWO_OF_THREE in r["rule"]}
    side = {m: np.sign(off) for m, off in known}
    for sign, extreme, way in ((1, "high", "above"), (-1, "low", "below")):
        rest = {m for m in far if side[m] == sign}
        same = sorted(m for m in side if side[m] == sign)
        for start in (m for m in same if m - 1 not in same):
            run = [m for m in pd.period_range(start, periods=len(side), freq="M") if m in same]
            run = run[: next((i for i, m in enumerate(run) if m != start + i), len(run))]
            if len(run) >= 8:
                inside = rest & set(run)
                rest -= inside
                text = f"{len(run)} months in a row, {period_words(run[0], run[-1])}, were {way} what is usual"
                parts.add(text + (f", {len(inside)} of them unusually {extreme}" if inside else ""))
        if len(rest) == 1:
            parts.add(f"{month_name(*rest)} was unusually {extreme} for its month")
        elif rest:
            parts.add(f"{list_months(sorted(rest))} were unusually {extreme} for their months")
    return parts


OFFS = st.one_of(st.just(NAN), st.sampled_from([-50.0, -30.0, -1.0, 0.0, 1.0, 30.0, 50.0]))
RUNS = st.tuples(st.sampled_from([-1.0, 1.0, 30.0]), st.integers(1, 12)).map(lambda run: [run[0]] * run[1])


@examples(40)
@given(
    st.lists(st.one_of(OFFS.map(lambda off: [off]), RUNS), min_size=1, max_size=6).map(
        lambda runs: [*chain(*runs)][:12]
    ),
    st.sampled_from(["2019-11", "2024-01"]),
)
def test_a_sentence_names_what_is_marked_and_nothing_else(off: list[float], first: str) -> None:
    points = drawn([0, 0, 0, *off], first)
    known = points[points["judged"] & points["value"].notna()].index
    if not len(known):
        return
    said = verdict("ASB", points)
    assert "clear" not in said
    if points["signal"].any():
        assert set(said.removeprefix("ASB: ").removesuffix(".").split("; ")) == plainly(points)
    elif len(known) == 1:
        assert said == f"ASB: {month_name(known[0])} was not unusual for its month."
    else:
        all_there = len(pd.period_range(known[0], known[-1], freq="M")) == len(known)
        span = period_words(known[0], known[-1])
        assert said == f"ASB: no {'' if all_there else 'known '}month from {span} was unusual for its month."
        assert plainly(points) == set()


def test_a_run_is_as_long_as_it_is_and_numbers_agree_with_their_limits() -> None:
    data = usual_months(48, spread=0.02)
    data.iloc[36:] = np.round(0.92 * usual_months(48, spread=0).iloc[36:])
    found = unusual_months(data, pd.Period("2023-12"), name="ASB", draws=200)
    assert found.sentence == "ASB: 12 months in a row, January 2024 to December 2024, were below what is usual."
    assert "12 in a row below what is usual: January 2024 to December 2024." in found.details
    data.iloc[40] = np.floor(found.points["high"].iloc[40]) + 1
    odd = unusual_months(data, pd.Period("2023-12"), draws=200)
    high = np.floor(odd.points["high"].iloc[40])
    assert f"May 2024 ({high + 1:,.0f}; " in odd.details[0]
    assert odd.details[0].endswith(f" to {high:,.0f}).")


# --- any history -----------------------------------------------------------------------------------------------------
@st.composite
def histories(draw: st.DrawFn) -> pd.Series:
    """Months of any kind: none to 200, with gaps, constant, zero, a spike, a new level, rare or very many."""
    months = draw(st.one_of(st.integers(0, 40), st.integers(24, 200)))
    first = pd.Period("2008-01") + draw(st.integers(0, 23))
    level = draw(st.sampled_from([0, 0.05, 1, 20, 150, 20_000]))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    values = rng.poisson(level, months).astype(float) if draw(st.booleans()) else np.full(months, float(int(level)))
    if months and draw(st.booleans()):
        values[draw(st.integers(0, months - 1)) :] *= draw(st.sampled_from([0, 3]))
    if months and draw(st.booleans()):
        values[draw(st.integers(0, months - 1))] = 5000
    gaps = draw(st.sampled_from([0, 0.1, 0.5, 1]))
    values[rng.random(months) < gaps] = NAN
    data = pd.Series(values, index=pd.period_range(first, periods=months, freq="M"))
    return data.dropna() if draw(st.booleans()) else data


@examples(25)
@given(histories(), st.booleans())
def test_any_history_has_a_chart_or_a_reason(data: pd.Series, masked: bool) -> None:
    mask = np.arange(len(data)) % 7 == 3 if masked else None
    known = data.dropna().index
    try:
        found = unusual_months(data, mask=mask, draws=20)
    except Refusal:
        return
    assert len(known) > 24
    usable = known if mask is None else data[~mask].dropna().index
    first, last = found.baseline
    assert ((usable >= first) & (usable <= last)).sum() == 24
    assert (last - first).n < 36
    points = found.points
    assert points["value"].iloc[-1] == data[known[-1]]
    assert not points["signal"][points["value"].isna()].any()
    assert found.limited == bool(points["usual"].notna().all())
    judged = points["judged"]
    assert not points["signal"][~judged].any()
    if found.limited:
        start = judged.index[judged][0]
        assert (start - 1).month in {3, 12}
        assert last < start
        assert judged[start:].all()
        marked = points[points["signal"]].index
        assert ("unusual for its month" in found.sentence) == (len(marked) == 0)
        outside = (points["value"] > points["high"] + 1e-9) | (points["value"] < points["low"] - 1e-9)
        assert points["rule"][outside & judged].str.contains(OUTSIDE).all()
    assert str(found.method.line())


# --- real months -----------------------------------------------------------------------------------------------------
def test_the_latest_months_of_the_stored_area(real: Incidents, area: Area) -> None:
    def told(category: str, end: str = "") -> ControlChart:
        data = monthly_series(real.of(category).in_area())
        mask = season_mask(data.index, area, category)
        return unusual_months(data, pd.Period(end) if end else None, mask=mask, name=category, draws=500)

    asb = told(ASB)
    assert asb.baseline == (pd.Period("2021-05"), pd.Period("2024-03"))
    assert asb.limited
    assert not asb.points.loc["2024-10", "signal"]  # the October of every year
    assert told(DRUGS).sentence.endswith("no month from April 2024 to December 2024 was unusual for its month.")
    assert told(ASB, "2020-03").points.loc["2020-04", "rule"].startswith(OUTSIDE)
    moved = told(DRUGS, "2020-12")  # drug offences had doubled inside the baseline
    assert not moved.limited
    assert any(one.startswith("Tried on the stored months") for one in asb.method.caveats)
    with pytest.raises(Refusal, match="can be used"):  # without lockdown too few are left
        told(ASB, "2023-03")
