"""Made-up months in which nothing happens: counts by crime type and ward, like stored ones or of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.counts import monthly_by_ward
from analysis.common.refusal import Refusal
from analysis.course.control_limits import BASELINE, length_of, month_of
from analysis.course.control_rates import spread_of
from analysis.when.seasonality import season_mask
from analysis.when.shape import seasonal_shape
from data.kinds.crime_types import CATEGORIES
from data.place.area import Area
from data.store.schema import Incidents

MONTHS = 73  # of a made-up history
PLAIN_WARDS = 15


@dataclass(frozen=True, eq=False)
class World:
    """What counts are drawn from.

    Attributes
    ----------
    name : str
    kinds : tuple of str
        Crime types, in order.
    level : ndarray, shape (types, wards)
        Incidents per 30.4375 days.
    season : ndarray, shape (types, 12)
        January first; mean 1.
    common : float
        Spread of the factor that moves all crime types of a month alike, as a share of the level.
    own, ward : ndarray, shape (types,)
        Spread of a crime type's month in the whole area beyond that, and of its month in one ward beyond both.
    months : int
        Length of a history, the judged month included.
    last : Period
        Month that is judged.
    """

    name: str
    kinds: tuple[str, ...]
    level: NDArray[np.float64] = field(repr=False)
    season: NDArray[np.float64] = field(repr=False)
    common: float
    own: NDArray[np.float64] = field(repr=False)
    ward: NDArray[np.float64] = field(repr=False)
    months: int = MONTHS
    last: pd.Period = field(default_factory=lambda: pd.Period("2024-12", "M"))

    @property
    def period(self) -> pd.PeriodIndex:
        """Every month of a history."""
        return pd.period_range(end=self.last, periods=self.months, freq="M")

    def draw(self, rng: np.random.Generator, draws: int, doubled: str = "") -> NDArray[np.float64]:
        """Draw histories.

        Parameters
        ----------
        rng : Generator
        draws : int
        doubled : str
            Crime type that twice as much is expected of in the judged month, in every ward; empty for a quiet one.

        Returns
        -------
        ndarray, shape (draws, types, wards, months)
        """
        month = self.period
        types, wards = self.level.shape
        mean = self.level[:, :, None] * self.season[:, None, month_of(month)] * length_of(month)
        factor = gamma_about_one(rng, np.array(self.common), (draws, 1, 1, self.months))
        factor = factor * gamma_about_one(rng, self.own[:, None, None], (draws, types, 1, self.months))
        factor = factor * gamma_about_one(rng, self.ward[:, None, None], (draws, types, wards, self.months))
        expected = mean * factor
        if doubled:
            expected[:, self.kinds.index(doubled), :, -1] *= 2
        return np.asarray(rng.poisson(expected), dtype=np.float64)


def gamma_about_one(rng: np.random.Generator, spread: NDArray[np.float64], shape: Sequence[int]) -> NDArray[np.float64]:
    """Draw gamma variables with mean 1 and a standard deviation; all 1 where it is 0."""
    at = np.maximum(np.broadcast_to(spread, shape), 1e-6)
    return np.asarray(np.where(at > 1e-5, rng.gamma(at**-2, at**2), 1.0), dtype=np.float64)


def fitted(incidents: Incidents, area: Area, months: int | None = None) -> World:
    """Fit a quiet world to stored months: level, season, spread and how far crime types move together.

    Parameters
    ----------
    incidents : Incidents
        Every crime type; nothing later than the month that is judged.
    area : Area
    months : int, optional
        Length of a history; as many as are stored by default.

    Returns
    -------
    World

    Raises
    ------
    Refusal
        Under 24 months.

    Notes
    -----
    Levels are the means of the last 24 known months. The common factor's variance is the mean covariance, between crime
    types, of how far months lie from level and season. When it misleads: what happened in the stored months is taken
    for their usual spread.

    References
    ----------
    Of this project.
    """
    if len(incidents.months) < BASELINE:
        raise Refusal(
            f"A quiet month cannot be made up: that takes {BASELINE} known months, and there are "
            f"{len(incidents.months)}",
            "Load more months on the Data page",
        )
    codes = tuple(str(code) for code in area.wards.codes)
    kinds, level, season, spreads, ward_spreads, off = [], [], [], [], [], []
    for kind in sorted(str(kind) for kind in incidents.frame["category"].dropna().unique()):
        table = monthly_by_ward(incidents.of(kind), codes)
        index = pd.PeriodIndex(table.index)
        known = table.dropna()
        if len(known) < BASELINE or known.to_numpy().sum() == 0:
            continue
        whole = table.sum(axis=1, skipna=False)
        mask = season_mask(index, area, kind)
        shape = seasonal_shape(whole, mask)
        spread = spread_of(whole, mask)
        last = known.iloc[-BASELINE:]
        kinds.append(kind)
        level.append(last.to_numpy().mean(axis=0) / length_of(pd.PeriodIndex(last.index)).mean())
        season.append(shape.season)
        spreads.append(spread)
        means = level[-1]
        own = [spread_of(table[c], mask) ** 2 for c, mean in zip(codes, means, strict=True) if mean >= 1]
        ward_spreads.append(np.sqrt(max(0.0, float(np.mean(own)) - spread**2)) if own else 0.0)
        usual = np.where(shape.level > 0, shape.level, np.nan) * shape.season[month_of(index)] * length_of(index)
        off.append(pd.Series(np.where(mask, np.nan, whole / usual - 1), index=index))
    table = pd.concat(off, axis=1)
    together = table.cov(min_periods=12).to_numpy()
    apart = together[~np.eye(len(kinds), dtype=bool)]
    common = np.sqrt(max(0.0, float(np.nanmean(apart)))) if len(kinds) > 1 else 0.0
    rest = np.sqrt(np.maximum(0.0, np.square(spreads) - common**2))
    return World(
        "like the stored months", tuple(kinds), np.array(level), np.array(season), float(common), rest,
        np.array(ward_spreads), months or len(pd.period_range(incidents.months[0], incidents.months[-1], freq="M")),
        incidents.months[-1],
    )  # fmt: skip


def plain(name: str, level: float, spread: float, months: int = MONTHS, swing: float = 0.2) -> World:
    """Make a world of its own: 14 crime types of falling size in 15 wards, with a season.

    Parameters
    ----------
    name : str
    level : float
        Incidents of the largest crime type per 30.4375 days in the whole area.
    spread : float
        Of the common factor, of a crime type's month, and of a ward's month.
    months : int
    swing : float
        How far the season's highest month lies above 1.
    """
    size = level * 0.75 ** np.arange(len(CATEGORIES))
    part = np.linspace(2.0, 0.5, PLAIN_WARDS)
    season = 1 + swing * np.sin(2 * np.pi * np.arange(12) / 12)
    every = np.full(len(CATEGORIES), spread)
    return World(
        name, CATEGORIES, size[:, None] * (part / part.sum()),
        np.tile(season, (len(CATEGORIES), 1)), spread, every, every, months,
    )  # fmt: skip


def made_worlds() -> tuple[World, ...]:
    """Worlds that differ in what is hard: chance alone, more than chance, few incidents, few months."""
    spread = plain("more than chance", 400, 0.10)
    return (
        plain("chance alone", 400, 0.0),
        spread,
        plain("few incidents", 30, 0.10),
        *(replace(spread, name=f"{months} months", months=months) for months in (12, 24, 36)),
    )
