from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from analysis.common.counts import counts, monthly_by_ward
from analysis.common.refusal import Refusal
from analysis.where.change import Change, change_between
from analysis.where.period_test import change_test
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents, conform
from geo.errors import InputError
from geo.grid import Grid
from tests.made_incidents import of_table
from tests.properties import examples

FEW = examples(40)
CAUSAL = ("because", "due to", "caused", "thanks to", "led to", "driven", "result of", "worked")
TABLES = st.tuples(st.integers(3, 9), st.integers(3, 9), st.integers(1, 6)).flatmap(
    lambda s: st.tuples(
        arrays(np.float64, (s[0], s[2]), elements=st.integers(0, 12).map(float)),
        arrays(np.float64, (s[1], s[2]), elements=st.integers(0, 12).map(float)),
    )
)


def month(text: str) -> pd.Period:
    return pd.Period(text, "M")


def year(which: int) -> tuple[pd.Period, pd.Period]:
    return month(f"{which}-01"), month(f"{which}-12")


def plain(before: np.ndarray, after: np.ndarray) -> list[tuple[float, float, float, float] | None]:
    """(z, phi, p, q) by unit from the text of the recipe, number by number; None with under 10 incidents."""
    total = [float(before.sum()), float(after.sum())]
    r = total[0] / sum(total)
    months = len(before) + len(after)
    found: list[tuple[float, float, float] | None] = []
    for u in range(before.shape[1]):
        a, b = float(before[:, u].sum()), float(after[:, u].sum())
        n = a + b
        if n < 10:
            found.append(None)
            continue
        pearson = 0.0
        for table, own, whole in ((before, a, total[0]), (after, b, total[1])):
            for row in table:
                expected = own * float(row.sum()) / whole
                if expected > 0:
                    pearson += (float(row[u]) - expected) ** 2 / expected
        phi = max(1.0, pearson / (months - 2))
        z = (a - n * r) / math.sqrt(n * r * (1 - r))
        found.append((z, phi, float(2 * stats.t.sf(abs(z) / math.sqrt(phi), months - 2))))
    tested = sorted((f[2] for f in found if f is not None), reverse=True)
    m = len(tested)
    out: list[tuple[float, float, float, float] | None] = []
    for f in found:
        if f is None:
            out.append(None)
        else:
            q = min(min(1.0, p * m / (m - k)) for k, p in enumerate(tested) if p >= f[2])
            out.append((*f, q))
    return out


@FEW
@given(TABLES)
def test_two_routes(tables: tuple[np.ndarray, np.ndarray]) -> None:
    before, after = tables
    if not (before.sum() and after.sum()):
        with pytest.raises(Refusal, match="no incident at all"):
            change_test(before, after)
        return
    found = change_test(before, after)
    for u, expected in enumerate(plain(before, after)):
        assert found.tested[u] == (expected is not None)
        got = (found.z[u], found.phi[u], found.p[u], found.q[u])
        if expected is None:
            assert np.isnan(got).all()
            assert np.isnan([found.ratio[u], found.low[u], found.high[u]]).all()
        else:
            assert got == pytest.approx(expected, abs=1e-12)
            assert found.low[u] <= found.ratio[u] <= found.high[u]


def test_equal_months_leave_the_binomial() -> None:
    # Every month of a period is alike: no variation between months, and z² is the chi-square of the two totals.
    before, after = np.tile([20.0, 30.0, 50.0], (6, 1)), np.tile([30.0, 30.0, 40.0], (6, 1))
    found = change_test(before, after)
    np.testing.assert_allclose(found.phi, 1.0)
    np.testing.assert_allclose(found.ratio, [1.5, 1.0, 0.8])
    for u in range(3):
        a, b = found.before[u], found.after[u]
        expected = stats.chisquare([a, b], [(a + b) / 2, (a + b) / 2]).statistic
        assert found.z[u] ** 2 == pytest.approx(expected)


@FEW
@given(TABLES, st.randoms(use_true_random=False))
def test_order_of_months_and_names_of_wards_do_not_matter(
    tables: tuple[np.ndarray, np.ndarray], random: object
) -> None:
    before, after = tables
    if not (before.sum() and after.sum()):
        return
    rng = np.random.default_rng(random.randint(0, 10**6))  # type: ignore[attr-defined]
    order = rng.permutation(before.shape[1])
    found = change_test(before, after)
    other = change_test(before[rng.permutation(len(before))][:, order], after[rng.permutation(len(after))][:, order])
    for field in dataclasses.fields(found):
        mine, theirs = getattr(found, field.name), getattr(other, field.name)
        np.testing.assert_allclose(theirs, mine[order] if isinstance(mine, np.ndarray) else mine, atol=1e-12)


@FEW
@given(TABLES)
def test_swapping_periods_inverts_and_doubling_leaves_the_ratio(tables: tuple[np.ndarray, np.ndarray]) -> None:
    before, after = tables
    if not (before.sum() and after.sum()):
        return
    found, back, twice = change_test(before, after), change_test(after, before), change_test(2 * before, 2 * after)
    np.testing.assert_allclose(back.p, found.p, atol=1e-12)
    some = found.tested & (found.before > 0) & (found.after > 0)
    np.testing.assert_allclose(back.ratio[some], 1 / found.ratio[some])
    np.testing.assert_allclose(twice.ratio[found.tested], found.ratio[found.tested])


def test_a_rise_everywhere_is_no_change_of_any_ward() -> None:
    rng = np.random.default_rng(4)
    size = np.array([4.0, 8, 12, 20])
    found = change_test(rng.poisson(size, (12, 4)), rng.poisson(3 * size, (12, 4)))
    assert (found.p > 0.05).all()
    grown = change_test(rng.poisson(size, (12, 4)), rng.poisson(size * [3, 1, 1, 1], (12, 4)))
    assert grown.q[0] < 0.01
    assert grown.low[0] > 1


@pytest.mark.parametrize(("many", "refused"), [((2, 3), True), ((3, 3), False)])
def test_fewer_than_six_months_are_refused(many: tuple[int, int], refused: bool) -> None:
    tables = [np.full((n, 2), 9.0) for n in many]
    if refused:
        with pytest.raises(Refusal, match="from 5 months in all") as caught:
            change_test(*tables)
        assert caught.value.remedy == "Choose longer periods."
    else:
        assert change_test(*tables).df == 4


@pytest.mark.parametrize(
    "bad", [np.zeros(3), np.full((3, 2), -1.0), np.full((3, 2), np.nan)], ids=["one list", "negative", "not a number"]
)
def test_bad_tables(bad: np.ndarray) -> None:
    with pytest.raises(InputError, match="table of months by units"):
        change_test(np.ones((3, 2)), bad)


def test_units_must_be_the_same() -> None:
    with pytest.raises(InputError, match="same units"):
        change_test(np.ones((3, 2)), np.ones((3, 3)))


@pytest.fixture(scope="module")
def flat(area: Area) -> np.ndarray:
    return np.random.default_rng(8).poisson(6, (24, len(area.wards.codes)))


def test_real_wards_are_counted_as_everywhere(real: Incidents, area: Area) -> None:
    found = change_between(real.of(ASB), area, year(2023), year(2024))
    for which, column in ((2023, "before"), (2024, "after")):
        table = counts(real.of(ASB).within(*year(which)), ("month", "ward"), wards=area.wards.codes)
        expected = table.groupby("ward_code")["count"].sum().reindex(area.wards.codes)
        assert found.units[column].tolist() == expected.tolist()
    assert found.total_before == found.units["before"].sum()
    assert found.total_ratio == pytest.approx(found.total_after / found.total_before * 365 / 366)
    # What a typical ward of one year against one must reach: about +65 % or -40 %.
    assert found.visible == pytest.approx((0.60, 1.65), abs=0.04)
    assert found.units["significant"].sum() == (found.units["q"] <= 0.05).sum()
    assert "Relative to the borough" in found.sentence


@pytest.mark.parametrize("category", [ASB, DRUGS])
def test_sentences_claim_no_cause_and_methods_are_whole(real: Incidents, area: Area, category: str) -> None:
    found = change_between(real.of(category), area, year(2018), year(2024))
    assert not [word for word in CAUSAL if word in found.sentence.lower()]
    line = found.method.line()
    assert "Benjamini-Hochberg at 5 %" in line
    assert real.version in line or found.method.data_version
    assert found.method.n == found.total_before + found.total_after
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.sentence = ""  # type: ignore[misc]


def test_cells_add_up_and_quiet_ones_are_refused(real: Incidents, area: Area) -> None:
    grid: Grid = area.grid()
    found = change_between(real.of(ASB), area, year(2023), year(2024), grid=grid)
    assert len(found.units) == len(grid.cells)
    inside = real.of(ASB).within(month("2023-01"), month("2024-12")).frame
    at = np.isin(grid.locate(inside["easting_m"].to_numpy(), inside["northing_m"].to_numpy()), grid.cells)
    assert found.units[["before", "after"]].to_numpy().sum() == at.sum()
    quiet = int(np.flatnonzero(found.units["before"] + found.units["after"] < 10)[0])
    assert not found.units["significant"][quiet]
    with pytest.raises(Refusal, match="no change can be told from chance"):
        found.of(quiet)
    assert found.units["name"].str.fullmatch(r"[A-Z]{2}\d{6}").all()


def test_a_missing_month_is_refused_unless_per_day_and_labelled(area: Area, flat: np.ndarray) -> None:
    incidents = of_table(area, flat, "2023-01", missing=(4, 17))
    with pytest.raises(Refusal, match="May 2023 and June 2024 are not in the data") as caught:
        change_between(incidents, area, year(2023), year(2024))
    assert "per day" in caught.value.remedy
    found = change_between(incidents, area, year(2023), year(2024), available_months=True)
    assert found.missing_months == (month("2023-05"), month("2024-06"))
    assert found.sentence.startswith("Per day, over the months that are there")
    assert any("May 2023 and June 2024 left out" in caveat for caveat in found.method.caveats)
    days = (365 - 31, 366 - 30)
    assert found.total_ratio == pytest.approx(found.total_after / days[1] / (found.total_before / days[0]))
    kept = np.delete(flat, [4, 17], axis=0)
    np.testing.assert_allclose(found.units["p"], change_test(kept[:11], kept[11:]).p)


def test_the_future_is_missing_not_zero(area: Area, flat: np.ndarray) -> None:
    incidents = of_table(area, flat, "2023-01").up_to(month("2024-10"))
    with pytest.raises(Refusal, match="November 2024 to December 2024"):
        change_between(incidents, area, year(2023), year(2024))


def test_later_months_change_nothing(area: Area, flat: np.ndarray) -> None:
    poisoned = flat.copy()
    poisoned[12:] = 500
    half = ((month("2023-01"), month("2023-06")), (month("2023-07"), month("2023-12")))
    one, other = (change_between(of_table(area, t, "2023-01"), area, *half) for t in (flat, poisoned))
    pd.testing.assert_frame_equal(one.units, other.units)


def test_wards_of_another_layer_are_refused(area: Area, flat: np.ndarray) -> None:
    incidents = of_table(area, flat, "2023-01")
    frame = incidents.frame.copy()
    frame["ward_code"] = frame["ward_code"].astype(object)
    frame.iloc[0, frame.columns.get_loc("ward_code")] = "E05000000"
    other = dataclasses.replace(incidents, frame=conform(frame))
    with pytest.raises(Refusal, match="across a change of the ward layer: 1 ward code is not in the layer in use"):
        change_between(other, area, year(2023), year(2024))


def test_too_few_incidents_in_every_ward_are_refused(area: Area) -> None:
    table = np.zeros((24, len(area.wards.codes)))
    table[::6] = 1
    with pytest.raises(Refusal, match="No ward has 10 incidents"):
        change_between(of_table(area, table, "2023-01"), area, year(2023), year(2024))


@pytest.mark.parametrize("periods", [(year(2024), year(2023)), (year(2023), (month("2023-12"), month("2024-12")))])
def test_periods_follow_each_other(area: Area, flat: np.ndarray, periods: tuple[object, object]) -> None:
    with pytest.raises(InputError, match="before the second begins"):
        change_between(of_table(area, flat, "2023-01"), area, *periods)  # type: ignore[arg-type]


def test_one_unit_by_its_name(area: Area, flat: np.ndarray) -> None:
    found: Change = change_between(of_table(area, flat, "2023-01"), area, year(2023), year(2024))
    assert found.of(area.wards.codes[0])["name"] == area.wards.names[0]
    with pytest.raises(InputError, match="no such unit"):
        found.of("nowhere")


@pytest.mark.parametrize("category", [ASB, DRUGS])
def test_months_split_at_random_raise_no_false_alarm(real: Incidents, area: Area, category: str) -> None:
    # With 4,000 splits: wards .056 and .044, any ward .047 and .031. Here 1,000, so two standard errors are allowed.
    months = monthly_by_ward(real.of(category), area.wards.codes).to_numpy()[-24:]
    rng = np.random.default_rng(6)
    raw, flagged = [], []
    for _ in range(1000):
        order = rng.permutation(24)
        found = change_test(months[order[:12]], months[order[12:]], intervals=False)
        raw.append((found.p[found.tested] <= 0.05).mean())
        flagged.append((found.q[found.tested] <= 0.05).any())
    assert np.mean(raw) <= 0.065
    assert np.mean(flagged) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 1000)
