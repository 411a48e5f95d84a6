from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.common.counts import monthly_by_ward
from analysis.common.refusal import Refusal
from analysis.outcome.evaluation import (
    CANNOT_TELL,
    FELL,
    ROSE,
    Evaluation,
    evaluate,
    monthly_dispersion,
    weighted_displacement_difference,
)
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError

COUNTS = st.tuples(st.integers(0, 500), st.integers(0, 500))
CAUSAL = re.compile(
    r"\b(because|caus\w*|due to|thanks|worked|effect\w*|impact|prevent\w*|led to|result of)\b", re.IGNORECASE
)


def period(first: str, last: str) -> tuple[pd.Period, pd.Period]:
    return pd.Period(first, "M"), pd.Period(last, "M")


BEFORE, AFTER = period("2023-01", "2023-12"), period("2024-01", "2024-12")


def monthly(*years: list[float], first: str = "2023-01") -> pd.Series:
    values = [value for year in years for value in year]
    return pd.Series(values, index=pd.period_range(first, periods=len(values), freq="M"), dtype=float)


def flat(before: float, after: float) -> pd.Series:
    return monthly([before / 12] * 12, [after / 12] * 12)


def test_published_examples() -> None:
    found = weighted_displacement_difference((120, 100), (130, 150))
    assert found.difference == -40
    assert found.standard_error == pytest.approx(22.36, abs=0.005)
    assert found.interval == pytest.approx((-76.8, -3.2), abs=0.05)
    assert found.level == 0.9
    assert found.sentence == "Weighted displacement difference: −40 incidents (90 % interval −77 to −3)."
    around = weighted_displacement_difference((120, 100), (130, 150), (40, 25), (30, 25))
    assert around.difference == -50
    assert around.standard_error == pytest.approx(24.90, abs=0.005)
    assert around.method.n == 620
    wider = weighted_displacement_difference((120, 100), (130, 150), level=0.95)
    assert wider.interval[0] == pytest.approx(-40 - 1.959964 * 500**0.5, abs=1e-5)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_swapping_areas_or_periods_turns_the_difference_round(
    t: tuple[int, int], c: tuple[int, int], dt: tuple[int, int], dc: tuple[int, int]
) -> None:
    found = weighted_displacement_difference(t, c, dt, dc)
    swapped = weighted_displacement_difference(c, t, dc, dt)
    back = weighted_displacement_difference(t[::-1], c[::-1], dt[::-1], dc[::-1])
    assert swapped.difference == back.difference == -found.difference
    assert swapped.standard_error == back.standard_error == found.standard_error
    nowhere = weighted_displacement_difference(t, c, (0, 0), (0, 0))
    assert nowhere.interval == weighted_displacement_difference(t, c).interval


def test_nonsense_about_the_difference_is_an_error() -> None:
    for wrong, word in (
        ({"treated": (1, -1)}, "not negative"),
        ({"control": (1, 2, 3)}, "two counts"),
        ({"displacement_treated": (1, 2)}, "for both areas or for neither"),
        ({"level": 1.0}, "between 0 and 1"),
    ):
        with pytest.raises(InputError, match=word):
            weighted_displacement_difference(**{"treated": (1, 2), "control": (1, 2), **wrong})  # type: ignore[arg-type]


def test_the_verdict_written_out() -> None:
    found = evaluate(flat(240, 120), flat(480, 480), BEFORE, AFTER, name="ASB")
    assert (found.treated, found.control) == ((240, 120), (480, 480))
    assert (found.expected, found.difference, found.ratio) == (240, -120, 0.5)
    assert (found.phi, found.df) == (1, 22)
    error = np.sqrt(120 + 240 + 0.25 * (480 + 480))
    assert found.standard_error == pytest.approx(error)
    assert found.interval == pytest.approx([-120 + side * stats.t.ppf(0.975, 22) * error for side in (-1, 1)])
    assert found.p == pytest.approx(2 * stats.t.sf(120 / error, 22))
    assert found.smallest == pytest.approx((stats.t.ppf(0.975, 22) + stats.t.ppf(0.8, 22)) * error / 240)
    assert found.smallest == pytest.approx(2.8 * error / 240, rel=0.06)
    assert found.verdict == FELL
    assert found.sentence == (
        "ASB fell more than elsewhere: 120 recorded where 240 would have matched the comparison area (95 % interval of "
        "the difference −171 to −69)."
    )
    assert found.published is not None
    assert found.published.difference == -120
    assert found.published.level == 0.95
    assert evaluate(flat(120, 240), flat(480, 480), BEFORE, AFTER).verdict == ROSE


def test_where_levels_differ_the_scaled_form_decides() -> None:
    # a common rise of 45 %: the published form calls it a fall, the verdict does not
    found = evaluate(flat(120, 174), flat(1200, 1740), BEFORE, AFTER)
    assert found.published is not None
    assert found.published.interval[1] < 0
    assert found.difference == 0
    assert found.verdict == CANNOT_TELL
    assert "A change under about " in found.sentence


def test_words_stay_true_when_both_move_the_same_way() -> None:
    assert "rose less than elsewhere: 260 recorded" in evaluate(flat(240, 260), flat(480, 960), BEFORE, AFTER).sentence
    assert "fell less than elsewhere: 200 recorded" in evaluate(flat(240, 200), flat(960, 400), BEFORE, AFTER).sentence
    assert "stayed the same, unlike elsewhere" in evaluate(flat(240, 240), flat(480, 960), BEFORE, AFTER).sentence


def test_false_alarms_under_a_common_rise() -> None:
    rng = np.random.default_rng(8)
    wrong: list[tuple[bool, bool]] = []
    for _ in range(400):
        counts = [rng.poisson(mean / 12, 12) for mean in (100, 145, 200, 290)]
        found = evaluate(monthly(*counts[:2]), monthly(*counts[2:]), BEFORE, AFTER)
        assert found.published is not None
        wrong.append(
            (found.verdict != CANNOT_TELL, not found.published.interval[0] <= 0 <= found.published.interval[1])
        )
    scaled, published = np.mean(wrong, axis=0)
    assert scaled <= 0.07
    assert published > 0.3


def test_seen_in_four_of_five_cases() -> None:
    rng = np.random.default_rng(9)
    share = evaluate(flat(240, 240), flat(960, 960), BEFORE, AFTER).smallest
    seen = []
    for _ in range(200):
        counts = [rng.poisson(mean / 12, 12) for mean in (240, 240 * (1 + share), 960, 960)]
        seen.append(evaluate(monthly(*counts[:2]), monthly(*counts[2:]), BEFORE, AFTER).verdict == ROSE)
    assert 0.65 < np.mean(seen) < 0.9


def test_months_of_real_wards_split_at_random(real: Incidents, area: Area) -> None:
    rng = np.random.default_rng(10)
    table = monthly_by_ward(real.of(ASB).in_area(), area.wards.codes).loc["2023-01":"2024-12"].to_numpy()
    wrong, simple = [], []  # of 6,000 such splits 5.8 % were called a change, without phi 19 %
    for _ in range(800):
        order, wards = rng.permutation(24), rng.permutation(table.shape[1])
        few = int(rng.integers(1, 4))
        pair = table[order][:, wards[:few]].sum(axis=1), table[order][:, wards[few : few + 6]].sum(axis=1)
        found = evaluate(monthly(pair[0].tolist()), monthly(pair[1].tolist()), BEFORE, AFTER)
        wrong.append(found.verdict != CANNOT_TELL)
        simple.append(abs(found.difference) * np.sqrt(found.phi) / found.standard_error > 1.96)
    assert np.mean(wrong) <= 0.08
    assert np.mean(simple) > 0.1


def test_dispersion_is_that_of_a_contingency_table() -> None:
    rng = np.random.default_rng(11)
    tables = [rng.negative_binomial(3, 0.1, (12, 2)).astype(float) for _ in range(2)]
    phi, df = monthly_dispersion(*tables)
    pearson = sum(stats.chi2_contingency(table, correction=False).statistic for table in tables)
    assert phi == pytest.approx(pearson / 22)
    assert df == 22
    assert monthly_dispersion(np.full((6, 2), 5.0)) == (1.0, 5)
    assert monthly_dispersion(np.zeros((1, 2))) == (1.0, 1)


def test_one_month_against_one_takes_its_variation_from_before(real: Incidents, area: Area) -> None:
    table = monthly_by_ward(real.of(ASB).in_area(), area.wards.codes)
    treated, control = (table.iloc[:, cut].sum(axis=1, min_count=1) for cut in (slice(0, 3), slice(3, None)))
    october = period("2023-10", "2023-10"), period("2024-10", "2024-10")
    found = evaluate(treated, control, *october)
    assert found.df == 23
    assert "from 24 months before the second period" in found.method.parameters["phi"]
    # nothing later is looked at
    poisoned = treated.copy()
    poisoned["2024-11":] = 10_000
    assert evaluate(poisoned, control, *october) == found
    with pytest.raises(Refusal, match="how much months vary cannot be told from 2 months, and only 1 before"):
        evaluate(treated["2024-09":], control, period("2024-09", "2024-09"), period("2024-10", "2024-10"))


def test_refusals() -> None:
    gap = flat(240, 240)
    gap.iloc[[3, 15]] = np.nan
    with pytest.raises(Refusal, match="April 2023 and April 2024 are not in the data"):
        evaluate(gap, flat(240, 240), BEFORE, AFTER)
    with pytest.raises(Refusal, match="December 2024 is not in the data"):
        evaluate(flat(240, 240), flat(240, 240).iloc[:-1], BEFORE, AFTER)
    with pytest.raises(Refusal, match="the comparison area has 9 incidents"):
        evaluate(flat(240, 240), monthly([0.0] * 11 + [4], [0.0] * 11 + [5]), BEFORE, AFTER)
    with pytest.raises(Refusal, match="the area had no incident before"):
        evaluate(flat(0, 240), flat(240, 240), BEFORE, AFTER)
    with pytest.raises(Refusal, match="no incident in one period"):
        evaluate(flat(240, 240), flat(240, 0), BEFORE, AFTER)
    with pytest.raises(InputError, match="starts after the first ends"):
        evaluate(flat(240, 240), flat(240, 240), BEFORE, period("2023-12", "2024-12"))
    with pytest.raises(InputError, match="ends before it starts"):
        evaluate(flat(240, 240), flat(240, 240), BEFORE[::-1], AFTER)
    with pytest.raises(InputError, match="between 0 and 1"):
        evaluate(flat(240, 240), flat(240, 240), BEFORE, AFTER, 95)
    with pytest.raises(InputError, match="index of months"):
        evaluate(pd.Series([1.0, 2.0]), flat(240, 240), BEFORE, AFTER)


def text_of(found: Evaluation) -> str:
    published = found.published.sentence if found.published else ""
    return " ".join([found.sentence, found.method.line(), *found.method.caveats, published])


@settings(max_examples=40)
@given(
    st.lists(st.integers(1, 40), min_size=24, max_size=24),
    st.lists(st.integers(1, 40), min_size=24, max_size=24),
    st.integers(2, 4),
)
def test_the_verdict_agrees_with_the_interval_and_claims_no_cause(t: list[int], c: list[int], factor: int) -> None:
    treated, control = monthly([float(x) for x in t]), monthly([float(x) for x in c])
    found = evaluate(treated, control, BEFORE, AFTER)
    low, high = found.interval
    assert low <= found.difference <= high
    assert found.verdict == (FELL if high < 0 else ROSE if low > 0 else CANNOT_TELL)
    assert (found.p < 0.05) == (found.verdict != CANNOT_TELL)
    assert found.phi >= 1
    assert not CAUSAL.search(text_of(found))
    # the size of the comparison area scales out of what is expected
    larger = evaluate(treated, factor * control, BEFORE, AFTER)
    assert larger.expected == pytest.approx(found.expected)
    reordered = evaluate(treated.iloc[::-1], control.iloc[::-1], BEFORE, AFTER)
    assert (reordered.difference, reordered.standard_error) == (found.difference, found.standard_error)


def test_periods_of_other_months_and_lengths_are_said() -> None:
    long = monthly([20.0] * 12, [20.0] * 12, [20.0] * 12)
    found = evaluate(long, 2 * long, BEFORE, period("2024-01", "2024-06"))
    assert found.published is None
    assert found.difference == 0
    assert "not the same calendar months" in found.method.caveats[-1]
    shifted = evaluate(long, 2 * long, BEFORE, period("2024-03", "2025-02"))
    assert shifted.published is not None
    assert "not the same calendar months" in shifted.method.caveats[-1]
