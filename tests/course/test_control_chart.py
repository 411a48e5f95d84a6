from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.counts import monthly_series
from analysis.common.refusal import Refusal
from analysis.course.control_chart import ControlChart, xmr_chart
from data.kinds.crime_types import ASB
from data.store.schema import Incidents
from geo.errors import InputError

NAN = float("nan")


def series(values: list[float], first: str = "2022-01") -> pd.Series:
    return pd.Series(values, index=pd.period_range(first, periods=len(values), freq="M"), dtype=float)


def chart(values: list[float], baseline: int = 12, **more: str) -> ControlChart:
    data = series(values)
    return xmr_chart(data, data.index[0], data.index[baseline - 1], **more)


def rules(found: ControlChart) -> list[str]:
    return found.points["rule"].tolist()


USUAL = [100.0, 110, 95, 105, 90, 100, 108, 96, 104, 92, 100, 100]


def test_limits_by_hand() -> None:
    found = chart(USUAL)
    ranges = [10, 15, 10, 15, 10, 8, 12, 8, 12, 8, 0]
    assert found.centre == 100
    assert found.mean_moving_range == pytest.approx(sum(ranges) / 11)
    assert found.high == pytest.approx(100 + 2.66 * sum(ranges) / 11)
    assert found.low == pytest.approx(100 - 2.66 * sum(ranges) / 11)
    assert not found.points["signal"].any()
    assert found.sentence == (
        "The series in December 2022, 100, lies within what is usual: the mean of January 2022 to December 2022, 100 a "
        "month (limits 74 to 126)."
    )


def test_limits_stay_whatever_comes_later() -> None:
    later = chart([*USUAL, 500, 3, 800, 20])
    assert (later.centre, later.low, later.high) == (chart(USUAL).centre, chart(USUAL).low, chart(USUAL).high)
    assert rules(later)[12:] == ["outside, two of three far out"] * 4
    # the range of the first month of a baseline reaches before it
    moved = series([900, *USUAL])
    found = xmr_chart(moved, moved.index[1], moved.index[12])
    assert found.mean_moving_range == chart(USUAL).mean_moving_range


def test_one_point_outside() -> None:
    high = chart(USUAL).high
    found = chart([*USUAL, np.floor(high), 100, np.ceil(high)], name="ASB")
    assert rules(found)[12:] == ["two of three far out", "", "outside, two of three far out"]
    assert found.sentence.startswith(f"ASB in March 2023, {np.ceil(high):.0f}, lies outside the limits, above the mean")


def test_eight_in_a_row_on_one_side() -> None:
    assert rules(chart([*USUAL, *[101] * 7]))[12:] == [""] * 7
    found = chart([*USUAL, *[101] * 9])
    assert rules(found)[12:] == ["eight on one side"] * 9
    assert "has run above the mean" in found.sentence
    assert rules(chart([*USUAL, *[101] * 4, 100, *[101] * 4]))[12:] == [""] * 9  # on the mean is on neither side
    assert rules(chart([*USUAL, *[101] * 4, NAN, *[101] * 4]))[12:] == [""] * 9  # a gap ends a run
    assert rules(chart([*USUAL, *[99] * 8]))[12:] == ["eight on one side"] * 8


def test_two_of_three_beyond_two_thirds() -> None:
    far = 100 + 0.7 * (chart(USUAL).high - 100)
    low = 100 - 0.7 * (chart(USUAL).high - 100)
    assert rules(chart([*USUAL, far, 100, far]))[12:] == ["two of three far out", "", "two of three far out"]
    assert rules(chart([*USUAL, far, far, low]))[12:] == ["two of three far out", "two of three far out", ""]
    assert rules(chart([*USUAL, far, 100, 100, far]))[12:] == [""] * 4
    assert rules(chart([*USUAL, far, 100, low]))[12:] == [""] * 3  # on different sides
    assert rules(chart([*USUAL, far, NAN, far]))[12:] == [""] * 3
    assert "has lately been far above" in chart([*USUAL, far, far]).sentence


def test_no_range_across_a_gap() -> None:
    values = [100.0, 110, NAN, 300, 310, 290, 300, 100]
    found = chart(values, 8)
    known = [10, 10, 20, 10, 200]
    assert found.mean_moving_range == pytest.approx(np.mean(known))
    assert np.isnan(found.points["moving_range"].iloc[[0, 2, 3]]).all()
    assert "March 2022 is missing" in " ".join(found.method.caveats)
    assert "provisional: only 7 months" in " ".join(found.method.caveats)
    absent = series(values).dropna()
    again = xmr_chart(absent, absent.index[0], absent.index[-1])
    assert (again.mean_moving_range, len(again.points)) == (found.mean_moving_range, 8)


def test_too_small_a_baseline_is_refused() -> None:
    with pytest.raises(Refusal, match="it takes 6 months, some of them in a row, and there are 5"):
        chart(USUAL, 5)
    with pytest.raises(Refusal, match="Choose another baseline"):
        chart([10, NAN, 11, NAN, 12, NAN, 13, NAN, 14, NAN, 15, NAN])
    data = series(USUAL)
    with pytest.raises(InputError, match="ends before it starts"):
        xmr_chart(data, data.index[5], data.index[0])


@given(st.lists(st.integers(0, 200).map(float), min_size=12, max_size=40), st.integers(1, 5))
def test_stretching_stretches_limits_and_keeps_signals(values: list[float], factor: int) -> None:
    found, stretched = chart(values), chart([factor * value for value in values])
    assert stretched.high == pytest.approx(factor * found.high)
    assert stretched.low == pytest.approx(factor * found.low)
    turned = chart([200 - value for value in values])
    assert turned.centre == pytest.approx(200 - found.centre)
    # a point on a limit may fall to either side in the last digit
    edge = np.abs(np.abs(found.points["value"] - found.centre) - found.mean_moving_range * 2.66) < 1e-6
    edge |= np.abs(np.abs(found.points["value"] - found.centre) - found.mean_moving_range * 2.66 * 2 / 3) < 1e-6
    if not edge.any() and (found.points["value"] - found.centre).abs().min() > 1e-6:
        assert rules(stretched) == rules(found)
        assert rules(turned) == rules(found)


def test_usual_months_signal_seldom() -> None:
    rng = np.random.default_rng(2)
    signals = [
        xmr_chart(data, data.index[0], data.index[59]).points["rule"].str.contains("outside").iloc[60:].mean()
        for data in (series(rng.poisson(140, 120).tolist()) for _ in range(40))
    ]
    assert np.mean(signals) < 0.02


def test_asb_has_left_its_old_level_for_good(real: Incidents) -> None:
    asb = monthly_series(real.of(ASB).in_area())
    found = xmr_chart(asb, pd.Period("2018-04"), pd.Period("2019-03"), name="ASB", data_version=real.version)
    assert found.points.loc["2023-05":"2024-09", "rule"].str.contains("eight on one side").all()
    assert found.points.loc["2020-04", "rule"].startswith("outside")
    assert found.method.data_version == real.version
    assert found.method.n == asb.sum()
    assert found.points.loc["2021-10":"2021-11", "value"].isna().all()
    again = xmr_chart(asb, pd.Period("2023-04"), pd.Period("2024-03"))
    assert again.points.loc["2024-10", "signal"]
