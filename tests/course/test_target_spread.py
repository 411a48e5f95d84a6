"""How far the rest of a year strays from its forecast: by hand, refused where too little is there, and said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.ahead.forecast import forecast
from analysis.common.refusal import Refusal
from analysis.course.target import SIGMA, target_outlook
from analysis.course.target_progress import Baseline, progress
from analysis.course.target_spread import MONTHS_LEFT, TargetSpread, measured_spread
from pages.ui.targets import page as targets


def series(months: int, first: str = "2018-04") -> pd.Series[float]:
    index = pd.period_range(first, periods=months, freq="M")
    return pd.Series(np.random.default_rng(months).poisson(150, months).astype(float), index=index)


def test_the_spread_is_that_of_forecasts_made_at_the_time() -> None:
    values = series(48)
    found = measured_spread(values)
    origins = range(23, 48)  # 24 months of history first
    whole_years = origins[:-12]
    ahead = [forecast(values[: origin + 1], 12)["expected"].to_numpy() for origin in whole_years]
    came = [values.iloc[origin + 1 : origin + 13].to_numpy() for origin in whole_years]
    logs = np.log(np.sum(came, axis=1) / np.sum(ahead, axis=1))
    assert found.sigma[-1] == pytest.approx(np.sqrt(np.mean(logs**2)))
    for k, windows, apart in zip(MONTHS_LEFT, found.windows, found.apart, strict=True):
        assert windows == len(origins) - k
        assert apart == -(-windows // k)


def test_missing_and_left_out_months_are_in_no_pretend_year() -> None:
    values, mask = series(80), np.zeros(80, dtype=bool)
    values.iloc[30] = np.nan
    mask[60] = True
    wild = values.copy()
    wild.iloc[60] *= 50
    found = measured_spread(values, mask)
    assert found == measured_spread(wild, mask)
    assert found.windows[0] == (80 - 1 - 23) - 2 * 2  # neither is a target, and neither is looked from
    assert measured_spread(wild).sigma[0] > found.sigma[0]


def test_too_few_years_are_refused() -> None:
    with pytest.raises(Refusal, match="takes 2 stretches of 12 months with 24 months before each, and there is 1"):
        measured_spread(series(47))
    assert measured_spread(series(48)).apart[-1] == 2
    for months in (0, 1, 12, 36):
        with pytest.raises(Refusal, match=r"there (is|are) [01]"):
            measured_spread(series(months))
    with pytest.raises(Refusal, match="there are 0"):
        measured_spread(series(60) * 0)


def test_the_chance_rests_on_the_spread_it_is_given() -> None:
    values = series(21)  # to December 2019
    given = TargetSpread((0.4, 0.3, 0.2, 0.2, 0.2), (9,) * 5, (2,) * 5)
    usual, own = (target_outlook(values, 1900, "2019/20", **more) for more in ({}, {"spread": given}))
    k, ratio = own.months_left, np.log((1900.5 - own.observed) / own.expected_rest)
    assert k == 3
    assert usual.chance == pytest.approx(stats.t.cdf(ratio / SIGMA[1], 4))
    assert own.chance == pytest.approx(stats.t.cdf(ratio / 0.3, 4))
    assert own.rough == usual.rough == ""
    assert "measured on these months: 9 pretend years, 2 of them apart" in own.method.parameters["spread"]
    assert own.method.caveats[0].startswith("2 pretend years that do not overlap lie behind the chance")


def test_a_spread_of_another_area_is_said_to_be_rough() -> None:
    values = series(21)
    spread = TargetSpread(SIGMA, measured_on="Exampleton, 2010 to 2014", rough=True)
    found = target_outlook(values, 1900, "2019/20", spread=spread)
    assert found.rough == "Exampleton, 2010 to 2014"
    assert found.sentence.endswith(
        "That is rough: it is judged by how far forecasts went wrong in Exampleton, 2010 to 2014."
    )
    assert "chance" not in found.method.parameters  # no decimals
    assert "not of this area: rough" in found.method.caveats[0]
    for target, year in ((1000, "2019/20"), (1900, "2018/19")):  # spent, and over: nothing is judged
        assert target_outlook(values, target, year, spread=spread).rough == ""
    whole = progress(values, Baseline("2018/19", 1800, ""), 0.05, "2019/20", strays=spread)
    assert "(rough: judged by Exampleton, 2010 to 2014)" in whole.sentence
    assert "rough: judged by how far forecasts went wrong in Exampleton" in targets.chance_card(whole).words
    (said,) = [what for what in targets.figures(whole)["what"] if what.startswith("chance")]
    assert "rough, judged by Exampleton, 2010 to 2014" in said
    assert "0." not in said
