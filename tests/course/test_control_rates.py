"""How often limits cry wolf and what they see: the simulation against charts made one by one, and on stored months.

Figures of ``docs/decisions/control_chart.md``: ``python -m pytest tests/course/test_control_rates.py -m long -s``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.common.counts import monthly_series
from analysis.common.refusal import Refusal
from analysis.course import control_limits
from analysis.course.control_chart import unusual_months, xmr_chart
from analysis.course.control_limits import baseline_ends, baseline_of
from analysis.course.control_rates import Rates, Replays, rates_of, replays_of, simulate, spread_of
from analysis.when.seasonality import season_mask
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents

SEASON = np.array([0.83, 0.90, 1.0, 1.18, 1.07, 1.05, 1.03, 0.96, 0.95, 1.42, 0.91, 0.70])
END = pd.Period("2024-03", "M")
HOLDING = Rates(0.05, 0.7, 0.65, 0.19, 140.0, 2000)


def simulated(months: int, spread: float, draws: int = 2000, level: float = 140) -> Rates:
    index = pd.period_range(end=END, periods=months, freq="M")
    every = np.ones(months, dtype=bool)
    inside = np.asarray(index > END - 24)
    return simulate(index, every, inside, SEASON, level, spread, np.random.default_rng(7), draws)


def one_by_one(months: int, spread: float, draws: int, level: float = 140) -> list[float]:
    """The same three shares from charts, each made from a series of its own."""
    rng = np.random.default_rng(8)
    index = pd.period_range(end=END + 9, periods=months + 9, freq="M")
    mean = level * SEASON[index.month - 1] * np.asarray(index.days_in_month) / 30.4375
    shares = []
    for step in (1.0, 1.3, 0.7):
        level_of = np.where(index > END, step, 1.0)
        marked = 0
        for _ in range(draws):
            values = rng.poisson(mean * level_of * rng.gamma(spread**-2, spread**2, len(index))).astype(float)
            marked += xmr_chart(pd.Series(values, index=index), END - 23, END).points["signal"].any()
        shares.append(marked / draws)
    return shares


def test_the_simulation_is_that_of_charts_made_one_by_one() -> None:
    rates = simulated(60, 0.18)
    found = one_by_one(60, 0.18, 50)
    for share, other in zip((rates.nothing, rates.rise, rates.fall), found, strict=True):
        assert abs(share - other) < 4 * np.sqrt(max(share * (1 - share), 0.04) / 50)


def test_limits_hold_where_months_vary_little_enough() -> None:
    assert simulated(36, 0.15, 700).hold
    assert not simulated(24, 0.3, 700).hold
    assert not simulated(36, 0.1, 700, level=8).hold
    assert simulated(36, 0.3, 700).fall < 0.5


def test_without_widening_they_cry_wolf(monkeypatch: pytest.MonkeyPatch) -> None:
    assert simulated(36, 0.2, 1000).nothing < 0.10
    monkeypatch.setattr(control_limits, "WIDENING", 1.0)
    assert simulated(36, 0.2, 1000).nothing > 0.12


def test_rates_are_said() -> None:
    assert HOLDING.hold
    assert HOLDING.reason == ""
    assert HOLDING.sentence == (
        "In 2,000 made-up histories like this one (140 a month, give or take 19 % and chance) some month of the nine "
        "after the baseline is marked in 5 % where nothing happens, in 70 % where the level rises by 30 % for good, "
        "and in 65 % where it falls by 30 %."
    )
    noisy = replace(HOLDING, nothing=0.12, fall=0.4, spread=0.001)
    assert not noisy.hold
    assert not replace(HOLDING, rise=0.59).hold
    assert not replace(HOLDING, nothing=0.101).hold
    assert noisy.reason == (
        "Limits are left out: tried on 2,000 made-up histories like this one (140 a month, give or take chance "
        "alone), some month would be marked in 12 % of them though nothing happens (10 % is allowed) and a lasting "
        "fall of 30 % would be noticed within nine months in 40 % only (60 % is asked for)."
    )


def test_the_spread_is_that_beyond_chance_and_season() -> None:
    index = pd.period_range("2000-01", periods=240, freq="M")
    mean = 200 * SEASON[index.month - 1] * np.asarray(index.days_in_month) / 30.4375
    rng = np.random.default_rng(4)
    for true in (0.0, 0.1, 0.25):
        noise = rng.gamma(true**-2, true**2, 240) if true else 1.0
        assert spread_of(pd.Series(rng.poisson(mean * noise).astype(float), index=index)) == pytest.approx(
            true, abs=0.03
        )
    assert spread_of(pd.Series([5.0], index=index[:1])) == 0
    assert spread_of(pd.Series(np.zeros(40), index=index[:40])) == 0


def test_replays_are_charts_of_earlier_months() -> None:
    index = pd.period_range("2019-01", periods=60, freq="M")
    rng = np.random.default_rng(11)
    data = pd.Series(rng.poisson(140 * SEASON[index.month - 1] * rng.gamma(16, 1 / 16, 60)).astype(float), index=index)
    data.iloc[20] = np.nan
    signals = []
    for end in index[23:]:
        known, after = data[:end].dropna().index, data[end + 1 : end + 9]
        base = baseline_of(known, end)
        if end in known and base is not None and after.notna().sum() == 9:
            whole = base[0] == end - 23
            signals.append((whole, xmr_chart(data[: end + 9], base[0], end).points["signal"].any()))
    found = replays_of(data)
    assert found == Replays(
        sum(one for _, one in signals), len(signals), sum(one for whole, one in signals if whole),
        sum(whole for whole, _ in signals),
    )  # fmt: skip
    assert found.possible > found.whole > 0
    assert f"in {found.signals} of {found.possible} (" in found.sentence
    assert "without a gap" not in replays_of(data.iloc[21:]).sentence
    assert replays_of(data.iloc[:30]).possible == 0
    assert "hold no other 24" in replays_of(data.iloc[:30]).sentence


@pytest.mark.long
def test_the_simulation_is_that_of_many_charts() -> None:
    rates, found = simulated(36, 0.2), one_by_one(36, 0.2, 500)
    print(f"36 months, spread .20: simulated {rates.nothing:.3f} {rates.rise:.3f} {rates.fall:.3f}, "
          f"one by one {' '.join(f'{share:.3f}' for share in found)}")  # fmt: skip
    np.testing.assert_allclose((rates.nothing, rates.rise, rates.fall), found, atol=0.06)


@pytest.mark.long
def test_what_was_shown_cries_wolf_seldom() -> None:
    """The whole way: limits or a plain line are chosen from each history's own spread."""
    rng = np.random.default_rng(9)
    for months in (24, 36, 63):
        index = pd.period_range(end=END + 9, periods=months + 9, freq="M")
        mean = 140 * SEASON[index.month - 1] * np.asarray(index.days_in_month) / 30.4375
        marked = limited = 0
        for _ in range(300):
            values = rng.poisson(mean * rng.gamma(25, 1 / 25, len(index))).astype(float)
            found = unusual_months(pd.Series(values, index=index), END, draws=300)
            limited += found.limited
            marked += found.points["signal"].any()
        print(f"{months} months, spread .20: limits in {limited} of 300, some month marked in {marked}")
        assert marked / 300 < 0.10


@pytest.mark.long
def test_figures_of_the_decision(real: Incidents, area: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    print()
    for widening in (1.0, 1.1, 1.2, 1.3):
        monkeypatch.setattr(control_limits, "WIDENING", widening)
        for months in (24, 36, 60):
            told = [simulated(months, spread) for spread in (0.15, 0.20, 0.25)]
            each = "; ".join(f"{r.nothing:.3f} {r.rise:.3f} {r.fall:.3f}" for r in told)
            print(f"widening {widening}, {months} months, spread .15, .20, .25: {each}")
    monkeypatch.undo()
    for category in (ASB, DRUGS):
        data = monthly_series(real.of(category).in_area())
        mask = season_mask(data.index, area, category)
        base = baseline_of(data.dropna().index, END)
        assert base is not None
        rates = rates_of(data[:END], base, mask[: len(data[:END])])
        print(f"{category}, baseline to {END}: {rates}")
        assert rates.hold
        print(f"{category}: {replays_of(data, mask)}")
        for end in baseline_ends(data):
            try:
                print(f"  {end}: {unusual_months(data, end, name=category, mask=mask).sentence}")
            except Refusal as refusal:
                print(f"  {end}: {refusal}")
