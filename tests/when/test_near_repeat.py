from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyproj import Transformer

import analysis.when.near_repeat
from analysis.common.refusal import Refusal
from analysis.when.near_repeat import knox, near_repeats
from geo.errors import InputError
from tests.made_incidents import made, months_of
from tests.properties import examples

DISTANCES = (0, 0.1, 200, 400, 600, 800)
TIMES = (0, 7, 14, 21, 28)
OBSERVED = [
    [31, 25, 20, 20],
    [102, 82, 76, 72],
    [180, 181, 162, 193],
    [209, 200, 199, 190],
    [244, 243, 256, 289],
]


@pytest.fixture(scope="module")
def robberies(shared: Path) -> tuple[np.ndarray, np.ndarray]:
    frame = pd.read_csv(shared / "partner" / "memphis_robberies_2019.csv", parse_dates=["datetime"])
    project = Transformer.from_crs(4326, 32616, always_xy=True)
    xy = np.column_stack(project.transform(frame["longitude"].to_numpy(), frame["latitude"].to_numpy()))
    return xy, frame["datetime"].to_numpy().astype("datetime64[D]")


def by_hand(xy: np.ndarray, days: np.ndarray, near: list[float], soon: list[float], metric: str) -> np.ndarray:
    out = np.zeros((len(near) - 1, len(soon) - 1), dtype=int)
    for i in range(len(xy)):
        for j in range(i):
            step = np.abs(xy[i] - xy[j])
            far = np.hypot(*step) if metric == "euclidean" else step.sum()
            long = abs(days[i] - days[j])
            for a in range(len(near) - 1):
                for b in range(len(soon) - 1):
                    out[a, b] += near[a] <= far < near[a + 1] and soon[b] <= long < soon[b + 1]
    return out


def test_the_robberies(robberies: tuple[np.ndarray, np.ndarray]) -> None:
    found = knox(*robberies, DISTANCES, TIMES, np.random.default_rng(1))
    assert found.observed.tolist() == OBSERVED
    np.testing.assert_allclose(found.ratio[0], [1.59, 1.24, 1.03, 1.03], atol=0.02)
    np.testing.assert_array_equal(found.ratio, found.observed / found.expected)
    assert found.p[0, 0] < 0.02
    assert found.method.n == 2245
    assert "999" in found.method.line()
    table = found.table()
    assert len(table) == 20
    assert table["observed"].tolist() == np.ravel(OBSERVED).tolist()
    assert table.loc[5, ["distance_from_m", "distance_to_m", "days_from", "days_to"]].tolist() == [0.1, 200, 7, 14]


def test_mean_of_permutations_is_the_one_known_exactly(robberies: tuple[np.ndarray, np.ndarray]) -> None:
    # a pair in place meets every pair of days with the same chance
    xy, dates = robberies
    found = knox(xy, dates, DISTANCES, TIMES, np.random.default_rng(2))
    days = dates.astype(int)
    apart = np.abs(np.subtract.outer(days, days))[np.triu_indices(len(days), 1)]
    in_time = np.histogram(apart, [0, 7, 14, 21, 27.5])[0] / len(apart)
    wide = knox(xy, dates, DISTANCES, (0, np.inf), np.random.default_rng(2), permutations=1)
    np.testing.assert_allclose(found.expected, wide.observed * in_time, rtol=0.03)


@examples(25)
@given(
    arrays(np.float64, (12, 2), elements=st.integers(0, 6).map(float)),
    arrays(np.float64, 12, elements=st.integers(0, 9).map(float)),
    st.sampled_from(["euclidean", "manhattan"]),
    st.sampled_from([1.0, 0.25]),
)
def test_observed_equals_the_loop(xy: np.ndarray, days: np.ndarray, metric: str, scale: float) -> None:
    near, soon = [0.0, 1.0, 2.0, 5.0], [0.0, 1.0, 2.5, 4.0]
    found = knox(xy, days * scale, near, soon, np.random.default_rng(0), 3, metric)  # type: ignore[arg-type]
    np.testing.assert_array_equal(found.observed, by_hand(xy, days * scale, near, soon, metric))


@examples(15)
@given(st.integers(0, 2**31), st.integers(2, 40))
def test_whole_days_and_the_same_as_fractions_agree(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    xy, days = rng.uniform(0, 500, (n, 2)), rng.integers(0, 60, n).astype(float)
    bands = ([0, 50, 100, 300], [0, 3, 7, 30])
    whole = knox(xy, days, *bands, np.random.default_rng(4), permutations=20)
    # shifted by half a day and stretched: the other arithmetic, the same pairs
    other = knox(xy, days * 1.5 + 0.5, bands[0], [0, 4.5, 10.5, 45], np.random.default_rng(4), permutations=20)
    np.testing.assert_array_equal(whole.observed, other.observed)
    np.testing.assert_array_equal(whole.p, other.p)
    moved = knox(xy + 1e5, days + 400, *bands, np.random.default_rng(4), permutations=20)
    np.testing.assert_allclose(whole.observed.sum(), moved.observed.sum(), atol=1)
    shuffle = rng.permutation(n)
    np.testing.assert_array_equal(
        whole.observed, knox(xy[shuffle], days[shuffle], *bands, np.random.default_rng(4), 1).observed
    )


def test_permuted_counts_equal_the_loop() -> None:
    rng = np.random.default_rng(3)
    xy, days = rng.integers(0, 5, (15, 2)).astype(float), rng.integers(0, 12, 15).astype(float)
    near, soon = [0.0, 2.0, 4.0], [0.0, 2.0, 6.0]
    found = knox(xy, days, near, soon, np.random.default_rng(9), permutations=30)
    orders = np.random.default_rng(9).permuted(np.broadcast_to(days, (30, 15)), axis=1)
    shuffled = np.array([by_hand(xy, order, near, soon, "euclidean") for order in orders])
    np.testing.assert_allclose(found.expected, shuffled.mean(axis=0))
    np.testing.assert_allclose(found.p, (1 + (shuffled >= found.observed).sum(axis=0)) / 31)


def test_does_not_depend_on_how_many_are_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(6)
    xy, days = rng.uniform(0, 300, (60, 2)), rng.integers(0, 30, 60)
    at_once = knox(xy, days, (0, 50, 100), (0, 5, 10), np.random.default_rng(7), permutations=25)
    monkeypatch.setattr(analysis.when.near_repeat, "_BLOCK_VALUES", 1)
    monkeypatch.setattr(analysis.when.near_repeat, "_ROWS", 3)
    one_by_one = knox(xy, days, (0, 50, 100), (0, 5, 10), np.random.default_rng(7), permutations=25)
    np.testing.assert_array_equal(at_once.p, one_by_one.p)
    np.testing.assert_array_equal(at_once.expected, one_by_one.expected)


def test_rejects_no_more_often_than_it_says_when_time_and_place_are_unrelated() -> None:
    rng = np.random.default_rng(11)
    small = [
        knox(rng.uniform(0, 2000, (80, 2)), rng.integers(0, 120, 80), (0, 300), (0, 14), rng, permutations=99).p[0, 0]
        for _ in range(200)
    ]
    assert np.mean(np.array(small) <= 0.05) <= 0.09
    assert 0.4 < np.mean(small) < 0.62


def test_finds_what_was_planted() -> None:
    rng = np.random.default_rng(12)
    xy, days = rng.uniform(0, 5000, (150, 2)), rng.integers(0, 365, 150)
    xy, days = np.concatenate([xy, xy[:40]]), np.concatenate([days, days[:40] + 2])
    found = knox(xy, days, DISTANCES, TIMES, rng)
    assert found.observed[0, 0] == 40
    assert found.p[0, 0] == 0.001
    assert found.sentence.startswith("Incidents come as near repeats: 40 pairs at the same place and less than 7 days")
    assert (found.q >= found.p).all()


def test_nothing_near_is_said() -> None:
    xy, days = np.array([[0.0, 0], [5000, 0], [0, 9000]]), np.array([0, 40, 80])
    found = knox(xy, days, DISTANCES, TIMES, np.random.default_rng(1), permutations=9)
    assert np.isnan(found.ratio).all()
    assert (found.p == 1).all()
    assert found.sentence.endswith("too few incidents to tell.")
    some = knox([[0, 0], [100, 0], [0, 0]], [0, 30, 60], (0, 200), (0, 40), np.random.default_rng(1))
    assert some.sentence.startswith("No near repeats can be told from chance: 2 pairs within 200 m")


@pytest.mark.parametrize(
    "days",
    [
        pd.period_range("2023-01", periods=4, freq="M"),
        pd.Series(pd.period_range("2023-01", periods=4, freq="M")),
        np.array(["2023-01", "2023-02", "2023-02", "2023-03"], dtype="datetime64[M]"),
        np.full(4, np.nan),
        np.full(4, np.datetime64("NaT"), dtype="datetime64[s]"),
    ],
)
def test_months_are_refused(days: object) -> None:
    with pytest.raises(Refusal, match="cannot be found in month data") as refused:
        knox(np.zeros((4, 2)), days, DISTANCES, TIMES, np.random.default_rng(1))
    assert refused.value.remedy.startswith("Load a feed")


def test_months_written_as_their_first_day_are_refused() -> None:
    rng = np.random.default_rng(1)
    first = np.array([f"2023-{m:02d}-01" for m in range(1, 13)], dtype="datetime64[D]")
    with pytest.raises(Refusal, match="month data"):
        knox(rng.uniform(0, 99, (60, 2)), first[rng.integers(0, 12, 60)], DISTANCES, TIMES, rng)


def test_incidents_of_month_data_are_refused_and_dated_ones_are_not() -> None:
    months = months_of(1)
    published = made([0, 0, 0], [0, 0, 0], [months[0]] * 3, months)
    with pytest.raises(Refusal, match="only the month of an incident is published"):
        near_repeats(published, np.random.default_rng(1))
    frame = published.frame.copy()
    frame.loc[[0, 1], "occurred_at"] = pd.to_datetime(["2023-01-02 23:50", "2023-01-03 00:10"])
    dated = type(published)(frame, months, "dated")
    found = near_repeats(dated, np.random.default_rng(1), permutations=9)
    assert found.observed[0].tolist() == [1, 0, 0, 0]
    assert found.method.n == 2
    assert found.method.period == "2023-01-02 to 2023-01-03"
    frame.loc[1, "occurred_at"] = pd.NaT
    with pytest.raises(Refusal, match="is one with a date"):
        near_repeats(type(published)(frame, months, "dated"), np.random.default_rng(1))
    with pytest.raises(Refusal, match="1 of 3 incidents have no date"):
        knox(np.zeros((3, 2)), [0, np.nan, 3], DISTANCES, TIMES, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"xy_m": [[0, 0]]}, "one pair of coordinates"),
        ({"xy_m": [[0, 0], [np.nan, 1]]}, "not a number"),
        ({"xy_m": [[0, 0]], "days": [1]}, "pairs of incidents"),
        ({"days": ["a", "b"]}, "numbers or datetime64"),
        ({"days": [[1, 2]]}, "one list"),
        ({"distance_bands_m": [0]}, "at least two"),
        ({"distance_bands_m": [0, 5, 5]}, "ascending"),
        ({"distance_bands_m": [0, np.inf]}, "has no end"),
        ({"time_bands_days": [-1, 7]}, "from 0 or more"),
        ({"permutations": 0}, "at least one permutation"),
        ({"metric": "chebyshev"}, "euclidean or manhattan"),
    ],
)
def test_what_does_not_fit_is_an_error(change: dict[str, object], word: str) -> None:
    fits: dict[str, object] = {
        "xy_m": [[0, 0], [1, 1]],
        "days": [0, 1],
        "distance_bands_m": [0, 9],
        "time_bands_days": [0, 9],
    }
    with pytest.raises(InputError, match=word):
        knox(**{**fits, **change}, rng=np.random.default_rng(1))  # type: ignore[arg-type]
