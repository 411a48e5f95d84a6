from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.rates import byar_interval
from analysis.common.refusal import Refusal
from analysis.course.funnel import BANDS, funnel, funnel_bands, funnel_limits, ward_funnel
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents
from geo.errors import InputError


def test_published_examples() -> None:
    found = funnel([151, 159, 100], [106.44, 232.93, 101.0], units="wards")
    assert found.table["band"].tolist() == ["high at 99.8 %", "low at 99.8 %", "as expected"]
    assert found.sentence == "Of 3 wards, 1 lies above and 1 below the 99.8 % limits around what would be expected."
    # the interval of the count, as published, leaves out what is expected
    assert byar_interval(151, 0.998)[0] > 106.44
    assert byar_interval(159, 0.998)[1] < 232.93


def test_between_the_two_limits() -> None:
    assert funnel_bands([125, 78], [100.0, 100.0]).tolist() == ["high at 95 %", "low at 95 %"]
    assert funnel_bands([0, 0, 0], [3.0, 5.0, 8.0]).tolist() == ["as expected", "low at 95 %", "low at 99.8 %"]


@given(st.lists(st.floats(0.5, 2000), min_size=1, max_size=8), st.sampled_from([0.95, 0.998]))
def test_limits_are_where_the_interval_meets_what_is_expected(expected: list[float], level: float) -> None:
    low, high = funnel_limits(expected, level)
    mean = np.array(expected)
    assert (low < mean).all()
    assert (high > mean).all()
    for value, limit in zip(expected, high, strict=True):
        if limit > 11:
            assert byar_interval(limit, level)[0] == pytest.approx(value, rel=1e-9)
    for value, limit in zip(expected, low, strict=True):
        if limit > 11:
            assert byar_interval(limit, level)[1] == pytest.approx(value, rel=1e-9)


@given(st.integers(0, 400), st.floats(0.5, 400))
def test_bands_agree_with_limits(count: int, expected: float) -> None:
    band = str(funnel_bands([count], [expected])[0])
    low95, high95 = (float(end[0]) for end in funnel_limits([expected], 0.95))
    low998, high998 = (float(end[0]) for end in funnel_limits([expected], 0.998))
    assert 0 <= low998 <= low95 < expected < high95 < high998
    near_switch = 9 <= count <= 11 or min(abs(count - end) for end in (low998, low95, high95, high998)) < 0.1
    if not near_switch:
        place = BANDS.index(band)
        assert (count > high95) == (place >= 3)
        assert (count > high998) == (place == 4)
        assert (count < low95) == (place <= 1)
        assert (count < low998) == (place == 0)


def test_chance_leaves_the_limits_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    expected = np.repeat([5.0, 40.0, 120.0], 3000)
    band = funnel_bands(rng.poisson(expected), expected)
    for kind in np.split(band, 3):
        assert (kind != "as expected").mean() <= 0.06
        assert np.isin(kind, [BANDS[0], BANDS[-1]]).mean() <= 0.005
    assert funnel(rng.poisson(expected)[::20], expected[::20]).dispersion == pytest.approx(1, abs=0.25)


def test_wards_against_their_residents(real: Incidents, area: Area) -> None:
    asb = real.of(ASB)
    found = ward_funnel(asb, area)
    assert found.table["ward_code"].tolist() == list(area.wards.codes)
    assert found.table["expected"].sum() == pytest.approx(found.table["observed"].sum())
    assert found.method.n == found.table["observed"].sum()
    assert found.method.period == "January 2024 to December 2024"
    assert found.dispersion > 2
    assert "Wards differ" in found.method.caveats[0]
    assert found.table["band"].tolist() == funnel_bands(found.table["observed"], found.table["expected"]).tolist()
    with pytest.raises(Refusal, match="no incidents"):
        ward_funnel(asb.of("Drugs"), area)


def test_nothing_outside_is_said() -> None:
    assert funnel([10, 12], [11, 11]).sentence.startswith("None of 2 units lies outside")
    assert np.isnan(funnel([10], [11]).dispersion)


def test_nonsense_is_an_error() -> None:
    for observed, expected, word in (
        ([1, 2], [1], "two lists"),
        ([-1], [1], "not negative"),
        ([np.nan], [1], "not negative"),
        ([1], [0], "something must be expected"),
        ([], [], "nothing to compare"),
    ):
        with pytest.raises(InputError, match=word):
            funnel(observed, expected)
    with pytest.raises(InputError, match="between 0 and 1"):
        funnel_limits([1.0], 1.5)
