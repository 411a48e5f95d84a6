"""How often limits cry wolf and what they would see: simulated with a series' own spread, replayed on its months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.common.seeds import CONTROL
from analysis.course.control_limits import BASELINE, as_mask, baseline_of, estimate, length_of, month_of, rules
from analysis.when.shape import LEAST_DF, prepare, seasonal_shape

DRAWS = 2000
AHEAD = 9  # months that are judged in every history
STEP = 0.3
MOST_FALSE, LEAST_SEEN = 0.10, 0.60


@dataclass(frozen=True)
class Rates:
    """Shares of simulated histories with a signal in the nine months after the baseline.

    Attributes
    ----------
    nothing : float
        Where nothing happens.
    rise, fall : float
        Where the level is 30 % higher, or lower, from the first of the nine months on.
    spread : float
        Standard deviation of a month about its season, beyond chance, as a share of the level.
    level : float
        Incidents per 30.4375 days.
    draws : int
    """

    nothing: float
    rise: float
    fall: float
    spread: float
    level: float
    draws: int

    @property
    def hold(self) -> bool:
        """Whether limits may be drawn: few false signals, and most lasting steps are seen."""
        return self.nothing <= MOST_FALSE and min(self.rise, self.fall) >= LEAST_SEEN

    @property
    def sentence(self) -> str:
        """Say the rates."""
        return (
            f"In {self.draws:,} made-up histories {self._like} some month of the nine after the baseline is marked "
            f"in {_percent(self.nothing)} where nothing happens, in {_percent(self.rise)} where the level rises by "
            f"{_percent(STEP)} for good, and in {_percent(self.fall)} where it falls by {_percent(STEP)}."
        )

    @property
    def _like(self) -> str:
        spread = f"{_percent(self.spread)} and chance" if round(100 * self.spread) else "chance alone"
        return f"like this one ({self.level:,.0f} a month, give or take {spread})"

    @property
    def reason(self) -> str:
        """Say why limits are left out; empty where they hold."""
        why = []
        if self.nothing > MOST_FALSE:
            why.append(
                f"some month would be marked in {_percent(self.nothing)} of them though nothing happens "
                f"({_percent(MOST_FALSE)} is allowed)"
            )
        if (seen := min(self.rise, self.fall)) < LEAST_SEEN:
            way = "rise" if self.rise < self.fall else "fall"
            why.append(
                f"a lasting {way} of {_percent(STEP)} would be noticed within nine months in {_percent(seen)} only "
                f"({_percent(LEAST_SEEN)} is asked for)"
            )
        if not why:
            return ""
        return f"Limits are left out: tried on {self.draws:,} made-up histories {self._like}, {' and '.join(why)}."


@dataclass(frozen=True)
class Replays:
    """Stored months taken as a baseline with the nine after it: those with a signal, of those that are possible.

    Attributes
    ----------
    signals, possible : int
        With any baseline.
    whole_signals, whole : int
        With a baseline of 24 months in a row.
    """

    signals: int
    possible: int
    whole_signals: int
    whole: int

    @property
    def sentence(self) -> str:
        """Say the counts."""
        if not self.possible:
            return "The stored months hold no other 24 with nine known months after them to try this on."
        gaps = ""
        if self.whole < self.possible:
            gaps = f" ({self.whole_signals} of the {self.whole} without a gap in the 24)"
        return (
            f"Tried on the stored months, each time 24 of them and the nine that followed: some month was marked in "
            f"{self.signals} of {self.possible}{gaps}. These overlap, and levels did move in them: it is no rate of "
            "false signals."
        )


def spread_of(series: pd.Series[float], mask: ArrayLike | None = None) -> float:
    """Estimate how much a month varies about level and season, beyond chance.

    Parameters
    ----------
    series : Series of float
        Counts by month, NaN where a month is missing.
    mask : array_like of bool, optional
        Months to leave out, in the order of ``series``.

    Returns
    -------
    float
        Standard deviation as a share of the level: within calendar months where these leave six degrees of freedom,
        about the estimated season otherwise; 0 where there is no more than chance.
    """
    data = prepare(series, mask)
    shape = seasonal_shape(series, mask)
    season = shape.season[month_of(data.months)]
    there = data.used & (np.nan_to_num(shape.level) > 0)
    if there.sum() < 2:
        return 0.0
    level, season = shape.level[there], season[there]
    ratio = data.per_day[there] / level
    member = data.member[there]
    years = member.sum(axis=0)
    df = float(there.sum() - (years > 0).sum())
    if df >= LEAST_DF:
        middle = (member.T @ ratio / np.maximum(years, 1)) @ member.T
    else:
        middle, df = season, float(there.sum() - 1)
    chance = float(np.mean(season / (level * length_of(data.months[there]))))
    return float(np.sqrt(max(0.0, ((ratio - middle) ** 2).sum() / df - chance)))


def simulate(
    months: pd.PeriodIndex,
    learn: NDArray[np.bool_],
    inside: NDArray[np.bool_],
    season: NDArray[np.float64],
    level: float,
    spread: float,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> Rates:
    """Simulate histories that are known in the same months, and judge the nine months after them.

    Parameters
    ----------
    months : PeriodIndex, length n
        Without gaps, up to the end of the baseline.
    learn, inside : ndarray of bool, shape (n,)
        Months that the season is learnt from, and months of the baseline, as in
        :func:`analysis.course.control_limits.estimate`; all others are missing.
    season : ndarray, shape (12,)
        That the histories truly have.
    level : float
        Incidents per 30.4375 days.
    spread : float
        As of :func:`spread_of`.
    rng : Generator
    draws : int

    Returns
    -------
    Rates

    Notes
    -----
    A month is Poisson about level x season x days x a gamma variable with mean 1 and that spread. Season and limits are
    estimated anew in every history, by the function that the chart uses. When it misleads: months vary about one level,
    and real levels drift.

    References
    ----------
    Of this project.
    """

    def drawn(which: pd.PeriodIndex, times: float) -> NDArray[np.float64]:
        mean = times * level * season[month_of(which)] * length_of(which)
        size = (draws, len(which))
        noise = rng.gamma(spread**-2, spread**2, size) if spread > 0 else np.ones(size)
        return rng.poisson(mean * noise).astype(np.float64)

    known = learn | inside
    found = estimate(months, np.where(known, drawn(months, 1.0), np.nan), learn, inside)
    ahead = pd.period_range(months[-1] + 1, periods=AHEAD, freq="M")
    usual, limit = found.usual(ahead), found.limit(ahead)
    shares = []
    for times in (1.0, 1 + STEP, 1 - STEP):
        marked = rules(drawn(ahead, times) - usual, limit)
        shares.append(float(np.any(list(marked.values()), axis=(0, 2)).mean()))
    return Rates(shares[0], shares[1], shares[2], spread, level, draws)


def rates_of(
    series: pd.Series[float], base: pd.PeriodIndex, mask: ArrayLike | None = None, draws: int = DRAWS
) -> Rates:
    """Simulate histories like a series: its known months, its season, its level and its spread.

    Parameters
    ----------
    series : Series of float
        Up to the end of the baseline, without gaps in its index; NaN where a month is missing.
    base : PeriodIndex
        Months of the baseline.
    mask : array_like of bool, optional
        Months that the season is not learnt from, in the order of ``series``.
    draws : int

    Returns
    -------
    Rates

    Notes
    -----
    When it misleads: as :func:`simulate`.

    References
    ----------
    Of this project.
    """
    months = pd.PeriodIndex(series.index)
    count, left_out = np.asarray(series, dtype=np.float64), as_mask(mask, len(series))
    learn, inside = ~np.isnan(count) & ~left_out, np.asarray(months.isin(base))
    found = estimate(months, count[None], learn, inside)
    spread = spread_of(series, left_out)
    rng = np.random.default_rng(CONTROL)
    return simulate(months, learn, inside, found.season[0], float(found.centre[0]), spread, rng, draws)


def replays_of(series: pd.Series[float], mask: ArrayLike | None = None) -> Replays:
    """Judge every nine known months in a row by the 24 known before them, as the chart would have.

    Parameters
    ----------
    series : Series of float
        Without gaps in its index; NaN where a month is missing.
    mask : array_like of bool, optional
        Months that no baseline holds and that the season is not learnt from, in the order of ``series``.

    Returns
    -------
    Replays

    Notes
    -----
    A baseline may end with any month here, not only with a year, since few years are stored. When it misleads: splits
    overlap, so that one odd month counts in many of them.

    References
    ----------
    Of this project.
    """
    months = pd.PeriodIndex(series.index)
    count, left_out = np.asarray(series, dtype=np.float64), as_mask(mask, len(series))
    there = ~np.isnan(count)
    found: dict[bool, list[bool]] = {True: [], False: []}
    for at in range(BASELINE, len(months) - AHEAD + 1):
        ahead = slice(at, at + AHEAD)
        if not (there[at - 1] and there[ahead].all()):
            continue
        base = baseline_of(months[:at][(there & ~left_out)[:at]], months[at - 1])
        if base is None:
            continue
        limits = estimate(months[:at], count[None, :at], (there & ~left_out)[:at], np.asarray(months[:at].isin(base)))
        if np.isnan(limits.mean_range[0]):
            continue
        marked = rules(count[None, ahead] - limits.usual(months[ahead]), limits.limit(months[ahead]))
        found[(base[-1] - base[0]).n == BASELINE - 1].append(bool(np.any(list(marked.values()))))
    every = [*found[True], *found[False]]
    return Replays(sum(every), len(every), sum(found[True]), len(found[True]))


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
