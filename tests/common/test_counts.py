from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.common.counts import compare_years, counts, monthly_by_ward, monthly_series
from analysis.common.ratio import dispersion, ratio_interval
from analysis.common.refusal import Refusal
from analysis.common.years import compare_series
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents, conform, empty_frame
from geo.errors import InputError
from tests.properties import examples

WARDS = ("W1", "W2", "W3")
CAUSAL = ("because", "due to", "caused", "thanks to", "led to", "driven", "result of", "trend")
FEW = examples(40)


def month(text: str) -> pd.Period:
    return pd.Period(text, "M")


def incidents_of(rows: list[tuple[int, int]], published: list[int], category: str = ASB) -> Incidents:
    """Incidents from (months since January 2022, ward; 3 is the buffer) and the months that were published."""
    start = month("2022-01")
    frame = pd.DataFrame(
        {
            "month": pd.PeriodIndex([start + m for m, _ in rows], freq="M"),
            "category": category,
            "ward_code": [WARDS[w] if w < 3 else None for _, w in rows],
        }
    )
    months = pd.PeriodIndex([start + m for m in sorted(set(published))], freq="M")
    return Incidents(conform(frame) if rows else empty_frame(), months, "made")


def years_of(previous: list[int], current: list[int]) -> pd.Series[float]:
    index = pd.period_range("2023-01", periods=24, freq="M")
    return pd.Series([float(n) for n in previous + current], index=index)


ROWS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3)), max_size=60)
PUBLISHED = st.lists(st.integers(0, 20), min_size=1, max_size=21)


@FEW
@given(ROWS, PUBLISHED, st.randoms(use_true_random=False))
def test_counts_are_conserved(rows: list[tuple[int, int]], published: list[int], random: object) -> None:
    incidents = incidents_of(rows, published)
    by_month, by_both = counts(incidents), counts(incidents, ("month", "ward"), wards=WARDS)
    expected = sum(1 for m, w in rows if w < 3 and m in published)
    assert by_month["count"].sum() == by_both["count"].sum() == expected
    assert by_month["month"].tolist() == list(incidents.months)
    assert len(by_both) == len(incidents.months) * 3
    assert by_both.groupby("month")["count"].sum().tolist() == by_month["count"].tolist()
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    pd.testing.assert_frame_equal(counts(incidents_of(shuffled, published), ("month", "ward"), wards=WARDS), by_both)


@FEW
@given(ROWS, PUBLISHED)
def test_two_routes_to_a_count(rows: list[tuple[int, int]], published: list[int]) -> None:
    incidents = incidents_of(rows, published)
    table = monthly_by_ward(incidents, WARDS)
    frame = incidents.frame
    for m in table.index:
        for ward in WARDS:
            plain = int(((frame["month"] == m) & (frame["ward_code"] == ward)).sum())
            if m in incidents.months:
                assert table.loc[m, ward] == plain
            else:
                assert np.isnan(table.loc[m, ward])
    series = monthly_series(incidents, ["W1", "W3"])
    pd.testing.assert_series_equal(
        series, table[["W1", "W3"]].sum(axis=1, min_count=2), check_names=False, check_freq=False
    )


def test_a_month_is_zero_when_published_and_missing_when_not() -> None:
    incidents = incidents_of([(0, 0), (0, 3), (1, 0), (3, 1)], [0, 2, 3])
    assert counts(incidents)["count"].tolist() == [1, 0, 1]
    series = monthly_series(incidents)
    assert [str(m) for m in series.index] == ["2022-01", "2022-02", "2022-03", "2022-04"]
    assert series.iloc[[0, 2, 3]].tolist() == [1.0, 0.0, 1.0]
    assert np.isnan(series.iloc[1]), "loaded for one force of two, or not at all: missing"


def test_wards_with_no_incident_are_there_when_asked() -> None:
    incidents = incidents_of([(0, 1)], [0, 1])
    assert counts(incidents, ("month", "ward"))["ward_code"].unique().tolist() == ["W2"]
    asked = counts(incidents, ("month", "ward"), wards=WARDS)
    assert asked["count"].tolist() == [0, 1, 0, 0, 0, 0]
    assert counts(incidents, wards=["W1"])["count"].tolist() == [0, 0]


def test_nothing_loaded() -> None:
    nothing = Incidents(empty_frame(), pd.PeriodIndex([], freq="M"), "empty")
    assert (
        len(counts(nothing))
        == len(counts(nothing, ("month", "ward"), wards=WARDS))
        == len(monthly_series(nothing))
        == 0
    )
    assert monthly_by_ward(nothing, WARDS).shape == (0, 3)
    with pytest.raises(Refusal, match="nothing is loaded"):
        compare_years(nothing)


def test_other_groupings_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="ward, month"):
        counts(incidents_of([], [0]), ("ward", "month"))


@FEW
@given(st.integers(0, 400), st.integers(0, 400))
def test_without_overdispersion_the_interval_is_exact(a: int, b: int) -> None:
    if a + b == 0:
        assert np.isnan(ratio_interval(a, b)).all()
        return
    exact = stats.binomtest(a, a + b).proportion_ci(0.95, method="exact")
    low, high = ratio_interval(a, b)
    assert low == pytest.approx(exact.low / (1 - exact.low), rel=1e-6)
    assert high == (pytest.approx(exact.high / (1 - exact.high), rel=1e-6) if b else np.inf)
    backwards = ratio_interval(b, a)
    assert low == pytest.approx(1 / backwards[1] if np.isfinite(backwards[1]) else 0.0, rel=1e-6)


@FEW
@given(st.integers(1, 5000), st.integers(1, 5000), st.floats(1, 20), st.integers(3, 40))
def test_overdispersion_and_few_months_widen_it(a: int, b: int, phi: float, df: int) -> None:
    plain, wide, wider = ratio_interval(a, b), ratio_interval(a, b, 0.95, phi), ratio_interval(a, b, 0.95, phi, df)
    assert wider[0] <= wide[0] <= plain[0] <= a / b <= plain[1] <= wide[1] <= wider[1]


def test_dispersion_by_hand() -> None:
    # totals 30 and 30, so half of every pair is expected: (15 - 10)^2/5 + (5 - 10)^2/5 + 0 = 10 with 2 df
    assert dispersion([15, 5, 10], [5, 15, 10]) == (pytest.approx(5.0), 2)
    assert dispersion([10, 20, 30], [10, 20, 30]) == (1.0, 2)
    assert dispersion([0, 0], [3, 4]) == (1.0, 1)


def test_interval_covers_the_truth_where_months_vary_more_than_poisson() -> None:
    rng = np.random.default_rng(20)
    index = pd.period_range("2023-01", periods=24, freq="M")
    held, naive = 0, 0
    for _ in range(400):
        mean = 120 * rng.gamma(20, 1 / 20, size=24) * np.repeat([1.0, 0.9], 12)
        result = compare_series(pd.Series(rng.poisson(mean).astype(float), index=index), index[-1], "ASB")
        held += result.low <= 0.9 <= result.high
        low, high = ratio_interval(result.current, result.previous)
        naive += low <= 0.9 <= high
    assert 0.93 <= held / 400 <= 0.985
    assert naive / 400 < 0.75, "the Poisson interval, for comparison, is far too narrow"


def test_a_shared_season_is_no_noise() -> None:
    shape = [5, 6, 10, 11, 10, 10, 12, 11, 10, 30, 9, 6]
    result = compare_series(years_of([10 * n for n in shape], [8 * n for n in shape]), month("2024-12"), "ASB")
    assert result.dispersion == 1.0
    assert (result.previous, result.current) == (1300, 1040)
    assert result.change_ratio == pytest.approx(0.8)
    assert result.change_percent == pytest.approx(-20)
    assert result.differs
    assert result.sentence == (
        "ASB fell from 1,300 in the 12 months before to 1,040 in the 12 months to December 2024 "
        "(−20\u00a0%; 95 % interval −27\u00a0% to −12\u00a0%)."
    )


def test_no_change_is_claimed_inside_its_noise() -> None:
    quiet = compare_series(years_of([100] * 12, [104, 101] * 6), month("2024-12"), "ASB")
    assert not quiet.differs
    assert "about the same as 1,200" in quiet.sentence
    assert not {"rose", "fell"} & set(quiet.sentence.split())


@pytest.mark.parametrize(
    ("previous", "current", "words"),
    [
        ([0] * 12, [0] * 12, "none in the 12 months to December 2024 and none"),
        ([0] * 12, [1] + [0] * 11, "too few to call it a change"),
        ([0] * 12, [4] * 12, "48 in the 12 months to December 2024, 0 in the 12 months before."),
    ],
)
def test_zeros(previous: list[int], current: list[int], words: str) -> None:
    result = compare_series(years_of(previous, current), month("2024-12"), "Robbery")
    assert words in result.sentence
    assert np.isnan(result.change_ratio) if not any(current) else np.isinf(result.change_ratio)


@FEW
@given(st.lists(st.integers(0, 60), min_size=24, max_size=24))
def test_sentences_name_no_cause(values: list[int]) -> None:
    result = compare_series(years_of(values[:12], values[12:]), month("2024-12"), "Drugs")
    assert not any(word in result.sentence.lower() for word in CAUSAL)
    assert (" rose " in result.sentence or " fell " in result.sentence) <= result.differs
    assert f"{result.current:,}" in result.sentence or "none" in result.sentence
    assert not result.low > result.change_ratio
    assert not result.high < result.change_ratio


def test_months_that_are_missing_in_one_year_are_left_out_of_both() -> None:
    incidents = incidents_of([(m, 0) for m in range(30)], [m for m in range(30) if m not in {8, 9, 14}])
    part = compare_years(incidents)
    assert (part.months, part.current, part.previous) == (9, 9, 9)
    assert part.missing_months == tuple(pd.PeriodIndex(["2022-09", "2022-10", "2023-03"], freq="M"))
    assert "9 months" in part.sentence
    assert "per day" in part.sentence


def test_parts_of_years_are_compared_per_day() -> None:
    index = pd.period_range("2023-01", periods=24, freq="M")
    days = index.days_in_month.to_numpy().astype(float)
    values = pd.Series(days * 10, index=index)
    values[month("2023-07")] = np.nan
    part = compare_series(values, month("2024-12"), "ASB")
    assert part.change_ratio == pytest.approx(1.0), "29 days against 28 in February are no rise"
    assert part.months == 11
    assert part.current == 366 * 10 - 310


def test_too_few_months_in_both_years() -> None:
    incidents = incidents_of([], [0, 1, 12, 13, 20])
    with pytest.raises(Refusal, match="Only two calendar months are there in both"):
        compare_years(incidents, month("2023-12"))


def test_nothing_later_than_the_as_at_month_is_looked_at() -> None:
    rows = [(m, m % 3) for m in range(30) for _ in range(m + 1)]
    whole = compare_years(incidents_of(rows, list(range(30))), month("2024-01"))
    cut = compare_years(incidents_of([r for r in rows if r[0] <= 24], list(range(25))))
    assert whole == cut
    ward = compare_years(incidents_of(rows, list(range(30))), month("2024-01"), wards=["W1"])
    assert ward.current < whole.current


# Real files.


@pytest.fixture(scope="module")
def october(shared: Path) -> pd.DataFrame:
    """October 2024 as published, read by pandas alone."""
    with zipfile.ZipFile(shared / "police_uk" / "merseyside_2022-10_to_2024-12.zip") as archive:
        return pd.read_csv(archive.open("2024-10/2024-10-merseyside-street.csv"))


def test_counts_equal_a_spatial_join_of_the_published_file(
    real: Incidents, area: Area, shared: Path, october: pd.DataFrame
) -> None:
    points = gpd.GeoDataFrame(
        october[["Crime type"]], geometry=gpd.points_from_xy(october["Longitude"], october["Latitude"]), crs=4326
    )
    wards = gpd.read_file(shared / "boundaries" / "knowsley_wards.geojson")[["WD19CD", "geometry"]]
    joined = gpd.sjoin(points, wards, predicate="within")  # in degrees: another route than the import's
    expected = joined.groupby(["Crime type", "WD19CD"]).size()
    at = real.within(month("2024-10"), month("2024-10"))
    for category in (ASB, DRUGS):
        table = counts(at.of(category), ("month", "ward"), wards=area.wards.codes).set_index("ward_code")["count"]
        assert table.to_dict() == expected[category].reindex(area.wards.codes, fill_value=0).to_dict()
    by_name = october[october["LSOA name"].fillna("").str.startswith(area.name)]["Crime type"].value_counts()
    assert (by_name[ASB], by_name[DRUGS]) == (271, 160)
    assert counts(at.of(ASB))["count"].tolist() == [270]
    assert counts(at.of(DRUGS))["count"].tolist() == [161]


def test_gaps_of_the_real_files_stay_gaps(real: Incidents) -> None:
    series = monthly_series(real.of(ASB))
    assert len(series) == 84
    missing = [str(m) for m in series.index[series.isna()]]
    assert missing == ["2021-10", "2021-11", *(f"2022-{m:02d}" for m in range(1, 10))]
    result = compare_years(real.of(ASB))
    assert (result.current, result.previous) == (1742, 1674)
    assert not result.differs
    assert result == compare_series(series, month("2024-12"), ASB, 0.95, real.version)
    gappy = compare_years(real.of(ASB), month("2024-06"))
    assert (gappy.months, [str(m) for m in gappy.missing_months]) == (9, ["2022-07", "2022-08", "2022-09"])
