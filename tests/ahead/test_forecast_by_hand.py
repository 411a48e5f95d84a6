"""The forecast's parts written out number by number: errors of the past, their spread, shares, intervals, captions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.ahead.forecast import (
    Past,
    forecast,
    forecast_method,
    forecast_wards,
    intervals,
    past_forecasts,
    ward_shares,
)
from analysis.ahead.forecast_backtest import COLUMNS, backtest_forecast, scores, seasonal_naive
from analysis.common.negative_binomial import crps
from analysis.common.refusal import Refusal
from analysis.when.shape import seasonal_shape
from geo.errors import InputError
from tests.made_incidents import months_of

LEVELS = {"low80": 0.1, "high80": 0.9, "low95": 0.025, "high95": 0.975}


def table_of(months: int, wards: int = 2, seed: int = 1, first: str = "2018-03") -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    counts = rng.negative_binomial(6, 6 / (6 + np.linspace(8, 30, wards)), (months, wards)).astype(float)
    return pd.DataFrame(counts, index=months_of(months, first), columns=[f"W{i}" for i in range(wards)])


TABLE = table_of(70)
TABLE.iloc[[20, 45]] = np.nan
LEFT_OUT = np.isin(np.arange(70), [30, 31, 52])


def alpha_by_hand(past: Past, origin: int, prior: float) -> float:
    """The overdispersion known at an origin: every (origin, horizon) pair whose target is one of the last 36 months."""
    squares = means = 0.0
    pairs = 0
    for target in range(origin - 35, origin + 1):
        for horizon in range(1, 7):
            mu, actual = np.maximum(past.expected[target - horizon, horizon - 1], 0.3), past.actual[target]
            if not np.isnan([*mu, *actual]).any():
                squares += ((actual - mu) ** 2 - mu).sum()
                means += (mu**2).sum()
                pairs += 1
    n = pairs / 6
    return max(0.01, (n * max(0.0, squares / means) + 12 * prior) / (n + 12))


@pytest.mark.parametrize(("whole", "prior"), [(True, 0.05), (False, 0.12)])
def test_the_spread_comes_from_the_errors_of_the_last_36_months(whole: bool, prior: float) -> None:
    past = past_forecasts(TABLE, LEFT_OUT, whole=whole)
    expected = alpha_by_hand(past, 69, prior)
    assert past.alpha(69, prior) == pytest.approx(expected)
    # the forecast goes back as far as that takes
    total = TABLE.sum(axis=1, min_count=2)
    found = forecast(total, 4, LEFT_OUT) if whole else forecast_wards(TABLE, 4, LEFT_OUT)
    assert found["alpha"].tolist() == pytest.approx([expected] * len(found))


def test_errors_older_than_36_months_are_forgotten_and_younger_ones_are_not() -> None:
    calm = table_of(80, 1)["W0"]
    past = past_forecasts(calm.to_frame())
    for age, seen in ((37, False), (36, False), (35, True), (12, True), (0, True)):
        wild = calm.copy()
        wild.iloc[79 - age] = 4000.0
        other = Past(past.months, wild.to_numpy()[:, None], past.expected)
        # by the errors alone: what was forecast is held fast
        assert (other.alpha(79, 0.05) != past.alpha(79, 0.05)) is seen


def test_errors_pair_what_was_forecast_with_what_came() -> None:
    months = months_of(40)
    actual = np.arange(80.0).reshape(40, 2)
    actual[33] = np.nan
    expected = np.full((40, 6, 2), np.nan)
    for origin in (1, 30, 31, 36, 38, 39):
        expected[origin] = 100 * origin + np.arange(1, 7)[:, None] + [0, 0.5]
    expected[30, 5] = 0.1  # no forecast counts as less than 0.3
    found = Past(months, actual, expected).errors(37)
    pairs = [(30, h) for h in (1, 2, 4, 5, 6)] + [(31, h) for h in (1, 3, 4, 5, 6)] + [(36, 1)]
    pairs = [(1, h) for h in (1, 2, 3, 4, 5, 6)] + pairs
    pairs = [(o, h) for o, h in pairs if 2 <= o + h <= 37]  # targets 2 to 37 are the last 36 months
    assert found[0].tolist() == [v for o, h in pairs for v in actual[o + h]]
    assert found[1].tolist() == [v for o, h in pairs for v in np.maximum(expected[o, h - 1], 0.3)]
    assert found[2] == pytest.approx(len(pairs) / 6)
    none = Past(months, actual, expected).errors(0)
    assert none[2] == 0
    assert len(none[0]) == len(none[1]) == 0


def test_alpha_is_drawn_to_its_prior_and_never_under_a_hundredth() -> None:
    months = months_of(10)
    expected = np.full((10, 6, 1), 10.0)
    actual = np.full((10, 1), 16.0)
    # origins 0 to 8, targets to 9: 6 + 6 + 6 + 6 + 5 + 4 + 3 + 2 + 1 pairs, each with (36 - 10)/100
    n = 39 / 6
    assert Past(months, actual, expected).alpha(9, 0.05) == pytest.approx((n * 0.26 + 12 * 0.05) / (n + 12))
    exact = Past(months, np.full((10, 1), 10.0), expected)
    assert exact.alpha(9, 0.05) == pytest.approx(12 * 0.05 / (n + 12))
    assert exact.alpha(9, 0.001) == 0.01


def test_every_past_forecast_is_the_forecast_of_its_day() -> None:
    table, mask = TABLE.iloc[:40], LEFT_OUT[:40]
    past = past_forecasts(table, mask)
    whole = past_forecasts(table, mask, whole=True)
    late = past_forecasts(table, mask, table.index[35])
    assert past.months.equals(table.index)
    assert past.expected.shape == (40, 6, 2)
    assert whole.expected.shape == (40, 6, 1)
    origins = [t for t in range(11, 40) if t not in {20, 30, 31}]
    for one in (past, whole):
        assert np.flatnonzero(~np.isnan(one.expected).any(axis=(1, 2))).tolist() == origins
    assert np.flatnonzero(~np.isnan(late.expected).any(axis=(1, 2))).tolist() == [t for t in origins if t >= 35]
    for origin in (11, 33, 39):
        wards = forecast_wards(table.iloc[: origin + 1], 6, mask[: origin + 1])["expected"].to_numpy().reshape(6, 2)
        np.testing.assert_allclose(past.expected[origin], wards)
        np.testing.assert_allclose(whole.expected[origin, :, 0], wards.sum(axis=1))
    gone = np.isin(np.arange(40), [20, 30, 31])
    assert np.isnan(past.actual[gone]).all()
    np.testing.assert_array_equal(past.actual[~gone], table.to_numpy()[~gone])
    np.testing.assert_array_equal(whole.actual[~gone, 0], table.sum(axis=1)[~gone])
    plain = past_forecasts(table)
    np.testing.assert_allclose(plain.expected[33], past_forecasts(table, np.zeros(40, dtype=bool)).expected[33])
    assert not np.isnan(plain.actual[30]).any()


def test_a_month_that_one_ward_lacks_is_missing() -> None:
    holed = TABLE.copy()
    holed.iloc[60, 0] = np.nan
    gone = TABLE.copy()
    gone.iloc[60] = np.nan
    pd.testing.assert_frame_equal(forecast_wards(holed, 3, LEFT_OUT), forecast_wards(gone, 3, LEFT_OUT))


def test_shares_of_wards_by_hand() -> None:
    table = pd.DataFrame([[6.0, 2.0], [np.nan, 9.0], [1.0, 3.0]], index=months_of(3), columns=["A", "B"])
    old, now = 0.5 ** (2 / 12), 1.0
    total = 8 * old + 4 * now
    assert ward_shares(table).to_dict() == pytest.approx({"A": (6 * old + 1) / total, "B": (2 * old + 3) / total})
    assert ward_shares(table, [False, False, True]).to_dict() == pytest.approx({"A": 0.75, "B": 0.25})
    assert ward_shares(table, [True, False, True]).to_dict() == {"A": 0.5, "B": 0.5}
    assert ward_shares(pd.DataFrame(0.0, index=months_of(2), columns=list("ABCD"))).tolist() == [0.25] * 4


def test_bounds_are_quantiles_of_a_count_of_at_least_a_third() -> None:
    found = intervals(np.array([0.0, 0.3, 40.0]), 0.2)
    for name, level in LEVELS.items():
        expected = [stats.nbinom.ppf(level, 5, 5 / (5 + mean)) for mean in (0.3, 0.3, 40.0)]
        assert found[name].tolist() == expected
    frame = forecast(TABLE["W1"], 5, LEFT_OUT)
    for name, level in LEVELS.items():
        size = 1 / frame["alpha"]
        assert frame[name].tolist() == stats.nbinom.ppf(level, size, size / (size + frame["expected"])).tolist()
    wards = forecast_wards(TABLE, 5, LEFT_OUT)
    for name, level in LEVELS.items():
        size = 1 / wards["alpha"]
        assert wards[name].tolist() == stats.nbinom.ppf(level, size, size / (size + wards["expected"])).tolist()


def test_frames_have_their_columns_and_months() -> None:
    one, wards = forecast(TABLE["W0"], 12), forecast_wards(TABLE, 2)
    columns = ["expected", "low80", "high80", "low95", "high95", "alpha", "reliable"]
    assert one.columns.tolist() == wards.columns.tolist() == columns
    assert one.index.name == "month"
    assert one.index.tolist() == pd.period_range("2024-01", periods=12, freq="M").tolist()
    months = pd.period_range("2024-01", periods=2, freq="M")
    assert wards.index.tolist() == [(month, ward) for month in months for ward in ("W0", "W1")]
    assert wards["reliable"].tolist() == [True] * 4
    assert forecast_wards(table_of(23), 2)["reliable"].tolist() == [False] * 4
    assert forecast_wards(table_of(24), 2)["reliable"].tolist() == [True] * 4


def test_wards_with_a_mask_and_rows_in_another_order() -> None:
    order = np.random.default_rng(0).permutation(40)
    table, mask = TABLE.iloc[:40], LEFT_OUT[:40]
    expected = forecast_wards(table, 3, mask)
    pd.testing.assert_frame_equal(forecast_wards(table.iloc[order], 3, mask[order]), expected)
    pd.testing.assert_frame_equal(forecast_wards(table.drop(table.index[20]), 3, np.delete(mask, 20)), expected)
    assert not np.allclose(forecast_wards(table, 3)["expected"], expected["expected"])
    area = forecast(table.sum(axis=1, min_count=2), 3, mask)["expected"]
    shares = ward_shares(table, mask)
    for (month, ward), value in expected["expected"].items():  # type: ignore[misc]
        assert value == pytest.approx(area[month] * shares[ward])


def test_what_is_refused_says_why() -> None:
    with pytest.raises(Refusal) as caught:
        forecast(table_of(1, 1)["W0"], 1)
    assert caught.value.reason == "There is no forecast: it needs at least 12 months of history, and there is 1."
    assert caught.value.remedy
    with pytest.raises(Refusal, match=r"and there are 11\.") as caught:
        forecast_wards(table_of(13), 1, np.arange(13) < 2)
    assert len(forecast(table_of(12, 1)["W0"], 1)) == 1
    for horizon in (0, 13, -1):
        with pytest.raises(InputError, match="1 to 12 months ahead") as wrong:
            forecast(TABLE["W0"], horizon)
        assert (wrong.value.column, wrong.value.value) == ("horizon", str(horizon))
    with pytest.raises(InputError, match="needs a Series") as wrong:
        forecast([1.0, 2.0], 1)  # type: ignore[arg-type]
    assert (wrong.value.column, wrong.value.value) == ("counts", "list")


def test_how_a_forecast_is_made() -> None:
    series = TABLE.sum(axis=1, min_count=2)
    method = forecast_method(series, LEFT_OUT, "v5")
    assert dict(method.parameters) == {
        "level half-life": "6 months",
        "ward share half-life": "12 months",
        "prior weight c": f"{seasonal_shape(series, LEFT_OUT).prior_weight:.2g}",
        "interval": "negative binomial, from the errors of the last 36 months",
    }
    assert seasonal_shape(series).prior_weight != seasonal_shape(series, LEFT_OUT).prior_weight
    assert method.n == series[~LEFT_OUT].sum()
    assert method.data_version == "v5"
    assert method.period == "March 2018 to December 2023"
    assert len(method.caveats) == 1
    short = forecast_method(series.iloc[:20])
    assert short.caveats == ("Unreliable: 20 months of history; under 24 intervals are too narrow.", *method.caveats)
    assert short.data_version == ""


# The backtest.


def test_the_backtest_is_a_row_for_every_forecast_that_came_due() -> None:
    table, mask = TABLE.iloc[10:40], LEFT_OUT[10:40]  # the 10th, 20th and 21st are no origins
    months = table.index
    targets = (months[24], months[27])
    found = backtest_forecast(table, mask, targets, months[22])
    assert tuple(found.columns) == COLUMNS
    assert found.index.tolist() == list(range(len(found)))
    due = [(o, h) for o in range(22, 27) for h in range(1, 7) if 24 <= o + h <= 27]
    total = table.sum(axis=1, min_count=2).to_frame("")
    expected: list[tuple[object, ...]] = []
    for level, prior, counts in (("area", 0.05, total), ("ward", 0.12, table)):
        past = past_forecasts(table, mask, whole=level == "area")
        for o, h in due:
            alpha, means = past.alpha(o, prior), past.expected[o, h - 1]
            bounds = intervals(means, alpha)
            naive = seasonal_naive(counts.to_numpy(), mask, o, o + h)
            for i, ward in enumerate(counts.columns):
                whose = (level, months[o], months[o + h], h, ward)
                figures = (counts.iloc[o + h, i], means[i], naive[i], *(bounds[name][i] for name in LEVELS), alpha)
                expected.append((*whose, *figures))
    rows = list(found.itertuples(index=False, name=None))
    assert len(rows) == len(expected) == 3 * len(due)
    for row, other in zip(rows, expected, strict=True):
        assert row[:5] == other[:5]
        assert row[5:] == pytest.approx(other[5:], nan_ok=True)


def test_the_backtest_takes_what_there_is() -> None:
    table, mask = TABLE.iloc[:26], LEFT_OUT[:26]
    assert backtest_forecast(table, mask, (table.index[0], table.index[5])).empty
    everything = backtest_forecast(table, None, (table.index[0], table.index[-1]))
    assert everything["origin"].min() == table.index[11]
    assert everything["target"].max() == table.index[-1]
    # the month that is missing is no target and no origin
    assert table.index[20] not in {*everything["origin"], *everything["target"]}
    assert table.index[15] in {*everything["origin"]} & {*everything["target"]}


def test_a_seasonal_naive_by_hand() -> None:
    values = np.arange(60.0).reshape(30, 2)
    masked = np.zeros(30, dtype=bool)
    assert seasonal_naive(values, masked, 20, 24).tolist() == [24, 25]
    assert seasonal_naive(values, masked, 11, 24).tolist() == [0, 1]  # the month a year before is not there yet
    assert seasonal_naive(values, masked, 12, 24).tolist() == [24, 25]
    assert seasonal_naive(values, masked, 20, 23).tolist() == [22, 23]
    assert np.isnan(seasonal_naive(values, masked, 5, 11)).tolist() == [True, True]
    values[12, 1] = np.nan
    assert seasonal_naive(values, masked, 20, 24).tolist() == [0, 1]
    masked[0] = True
    assert seasonal_naive(values, masked, 20, 24).tolist() == [0, 1]


def test_scores_by_hand() -> None:
    rows = pd.DataFrame(
        {
            "level": ["ward", "ward", "ward", "area"],
            "actual": [4.0, 10.0, 0.0, 20.0],
            "expected": [6.0, 9.0, 0.1, 15.0],
            "seasonal_naive": [8.0, 12.0, np.nan, 10.0],
            "low80": [4.0, 5.0, 1.0, 10.0],
            "high80": [7.0, 9.0, 2.0, 19.0],
            "low95": [3.0, 4.0, 0.0, 8.0],
            "high95": [9.0, 10.0, 2.0, 30.0],
            "alpha": [0.1, 0.2, 0.3, 0.05],
        }
    )
    found = scores(rows)
    assert found.index.tolist() == ["ward", "area"]
    ward = found.loc["ward"].to_dict()
    score = crps([4.0, 10.0, 0.0], [6.0, 9.0, 0.3], [0.1, 0.2, 0.3]).mean()
    assert ward == pytest.approx(
        {"n": 3, "mae": 3.1 / 3, "relative": 3 / 6, "cover80": 1 / 3, "cover95": 1, "crps": score}
    )
    assert found.loc["area", ["n", "mae", "relative", "cover80", "cover95"]].tolist() == [1, 5, 0.5, 0, 1]
