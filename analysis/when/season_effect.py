"""How large a season is in the whole area: a regression on months, and the same season year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.common.counts import monthly_series
from analysis.common.method import MONTH_NAMES, Method, period_words
from analysis.common.refusal import Refusal
from analysis.common.season_ratio import Ratio, digits_of, from_fit, from_years
from analysis.when.season_design import (
    MORE_MONTHS,
    SEASONS,
    YEAR_STARTS,
    check_history,
    check_seasons,
    fit_overdispersed,
    lay_out,
    of_season,
    short_name,
    usable_months,
    year_label,
    yearly_ratios,
)
from analysis.when.seasonality import LEAST_HISTORY, SOUND_HISTORY, season_mask
from analysis.when.shape import prepare
from data.kinds.crime_types import plural
from data.place.area import Area, Season
from data.store.schema import Incidents
from geo.errors import InputError

LEVEL = 0.95
SOUND_YEARS = 3
_COARSE = 1.5  # from here on one digit after the point is enough


@dataclass(frozen=True)
class SeasonEffect:
    """What a season runs at, per day, against the months of no season ("an ordinary month").

    Attributes
    ----------
    season : Season
    ratio, low, high, p : float
        Published: of the two routes the one with the wider interval.
    route : str
        "years" or "regression".
    regression, years : Ratio
        Both routes; ``years`` is NaN with fewer than two years.
    yearly : tuple of (str, float)
        Ratio of every year with the whole season and at least three reference months.
    new_low, new_high : float
        Where the season of one new year is expected; NaN with fewer than two years.
    differs : bool
        The published interval leaves out 1.
    sentence : str
    """

    season: Season
    ratio: float
    low: float
    high: float
    p: float
    route: str
    regression: Ratio
    years: Ratio
    yearly: tuple[tuple[str, float], ...]
    new_low: float
    new_high: float
    differs: bool
    sentence: str

    @property
    def years_above(self) -> int:
        """Years in which the season ran above an ordinary month."""
        return sum(ratio > 1 for _, ratio in self.yearly)

    @property
    def sound(self) -> bool:
        """Whether enough years stand behind it to be spoken of without a warning."""
        return len(self.yearly) >= SOUND_YEARS

    @property
    def written(self) -> str:
        """The ratio as every sentence writes it: "1.6"."""
        return f"{self.ratio:.{_digits(self.ratio, self.low, self.high)}f}"


@dataclass(frozen=True, eq=False)
class SeasonEffects:
    """Effects of all seasons from one regression.

    Attributes
    ----------
    effects : tuple of SeasonEffect
        Those that can be had, in the order asked for.
    refused : tuple of (Season, str)
        Those that cannot, and why.
    alpha : float
        Of the negative binomial; 0 = Poisson.
    phi : float
        max(1, Pearson/df) of the negative binomial.
    df : int
    reliable : bool
        At least 24 months, and three years behind every effect.
    warnings : tuple of str
    level : float
    method : Method
    """

    effects: tuple[SeasonEffect, ...]
    refused: tuple[tuple[Season, str], ...]
    alpha: float
    phi: float
    df: int
    reliable: bool
    warnings: tuple[str, ...]
    level: float
    method: Method = field(repr=False)

    def effect(self, key: str) -> SeasonEffect:
        """Effect of one season.

        Raises
        ------
        Refusal
            It cannot be had.
        InputError
            It was not asked for.
        """
        return of_season(key, self.effects, self.refused)

    def table(self) -> pd.DataFrame:
        """One row a season, with both routes: what the page shows and the file holds."""
        return pd.DataFrame(
            [
                {
                    "season": e.season.name,
                    "ratio": e.ratio,
                    "low": e.low,
                    "high": e.high,
                    "p": e.p,
                    "route": e.route,
                    "regression": e.regression.ratio,
                    "regression_low": e.regression.low,
                    "regression_high": e.regression.high,
                    "years": e.years.ratio,
                    "years_low": e.years.low,
                    "years_high": e.years.high,
                    "years_seen": len(e.yearly),
                    "years_above": e.years_above,
                    "new_low": e.new_low,
                    "new_high": e.new_high,
                }
                for e in self.effects
            ]
        )


def season_effects(
    series: pd.Series[float],
    mask: ArrayLike | None = None,
    seasons: Sequence[Season] = SEASONS,
    *,
    name: str = "Recorded incidents",
    level: float = LEVEL,
    year_starts: int = YEAR_STARTS,
    data_version: str = "",
) -> SeasonEffects:
    """Estimate what every season runs at, per day, against the months of no season.

    Parameters
    ----------
    series : Series of float
        Counts by month with a PeriodIndex, NaN where a month is missing; nothing later than the as-at month.
    mask : array_like of bool, optional
        Months to leave out (:func:`analysis.when.seasonality.season_mask`).
    seasons : sequence of Season
        Calendar months each, none in two; all others are the reference.
    name : str
        What the sentences speak of.
    level : float
        Of the intervals.
    year_starts : int
        Month in which a year starts, 4 for April to March.
    data_version : str

    Returns
    -------
    SeasonEffects

    Raises
    ------
    Refusal
        Under 12 months of history, no season that can be told from the reference, or too few incidents.
    InputError
        Seasons that overlap or leave fewer than three reference months; as :func:`analysis.when.shape.prepare`.

    Notes
    -----
    Regression: Poisson on year and seasons with log(days) as offset, then negative binomial with alpha by moments;
    standard errors times sqrt(max(1, Pearson/df)), t with df. Years: t over the yearly log ratios of the season per day
    to the year's reference months per day, in years with the whole season and at least three reference months. The
    wider interval is published. Years run from April: an October then has reference months on both sides, the
    lockdown takes out one year in place of spoiling two, and a gap in summer costs no October.

    It misleads where seasons of past years do not return: a handful of years stand behind it, and a single new year
    lies in the much wider range that is given beside it. Month data cannot tell a night from its month.

    References
    ----------
    Cameron, A. C. and Trivedi, P. K. (2013). Regression Analysis of Count Data, 2nd ed., ch. 3 (alpha by moments).
    """
    check_seasons(seasons)
    data = prepare(series, mask)
    check_history(data, LEAST_HISTORY, "seasonal effect with an interval")
    usable = usable_months(data, seasons, year_starts, "seasonal effect")
    kept, refused = usable.kept, usable.refused
    months, y = data.months[usable.rows], data.count[usable.rows]
    design = lay_out(months, [s.months for s in kept], year_starts)
    days = np.asarray(months.days_in_month, dtype=float)
    if len(y) <= design.x.shape[1]:
        raise Refusal(
            f"There is no seasonal effect: {len(y)} months are too few for years and seasons",
            MORE_MONTHS,
        )
    try:
        fit, alpha = fit_overdispersed(y, design.x, days)
    except InputError as error:
        raise Refusal(
            "There is no seasonal effect: the months of no season, or those of a season, have no incident to compare",
            "Choose a wider selection",
        ) from error
    reference = ~np.isin(np.asarray(months.month), [m for s in seasons for m in s.months])
    first = design.x.shape[1] - len(kept)
    found = []
    for i, season in enumerate(kept):
        own = np.isin(np.asarray(months.month), season.months)
        blocks = yearly_ratios(y, days, design.year, own, reference, len(season.months))
        labels = [year_label(u, year_starts) for u in blocks[0]]
        found.append(_effect(season, from_fit(fit, first + i, level), labels, blocks[1], level, name))
    warnings = _warnings(data.history, found)
    reliable = not warnings
    if not reliable:
        found = [_unreliable(effect) for effect in found]
    left_out = int(np.asarray(mask, dtype=bool).sum()) if mask is not None else 0
    return SeasonEffects(
        effects=tuple(found),
        refused=tuple(refused),
        alpha=alpha,
        phi=fit.phi,
        df=fit.df,
        reliable=reliable,
        warnings=warnings,
        level=level,
        method=Method(
            name="negative binomial regression on year and season, beside the yearly ratios; the wider is given",
            parameters={
                "reference": ", ".join(MONTH_NAMES[m - 1] for m in sorted(set(months.month[reference]))),
                "years from": MONTH_NAMES[year_starts - 1],
                "alpha": f"{alpha:.3g} by moments",
                "standard errors": f"times {np.sqrt(fit.phi):.2f}, t with {fit.df} df",
                "months": f"{len(y)}" + (f", {left_out} left out" if left_out else ""),
                "interval": f"{100 * level:g} %",
            },
            n=round(float(y.sum())),
            correction="overdispersed months; none for several seasons, each on its own",
            data_version=data_version,
            period=period_words(months[0], months[-1]),
            caveats=(
                *warnings,
                "A season is whole months: no single night can be seen in it.",
                "It says how much more, not why.",
            ),
            source_refs=("Cameron and Trivedi 2013",),
        ),
    )


def area_season_effects(
    incidents: Incidents,
    area: Area,
    category: str | None = None,
    seasons: Sequence[Season] = SEASONS,
    *,
    level: float = LEVEL,
) -> SeasonEffects:
    """Estimate season effects of the whole area, its lockdown left out for the crime types it names.

    Parameters
    ----------
    incidents : Incidents
        Of the crime type, nothing later than the as-at month.
    area : Area
    category : str, optional
        The crime type; None for all.
    seasons, level
        As :func:`season_effects`.

    Returns
    -------
    SeasonEffects

    Raises
    ------
    Refusal, InputError
        As :func:`season_effects`.

    Notes
    -----
    When it misleads: as :func:`season_effects`.

    References
    ----------
    As :func:`season_effects`.
    """
    series = monthly_series(incidents)
    mask = season_mask(pd.PeriodIndex(series.index), area, category)
    return season_effects(series, mask, seasons, name=short_name(category), level=level, data_version=incidents.version)


def _effect(
    season: Season, regression: Ratio, labels: list[str], logs: NDArray[np.float64], level: float, name: str
) -> SeasonEffect:
    years, new_low, new_high = from_years(logs, level)
    by_years = bool(years.width > regression.width)  # NaN is not wider
    published = years if by_years else regression
    differs = published.low > 1 or published.high < 1
    new = (min(new_low, published.low), max(new_high, published.high))
    yearly = tuple((label, float(np.exp(value))) for label, value in zip(labels, logs, strict=True))
    return SeasonEffect(
        season=season,
        ratio=published.ratio,
        low=published.low,
        high=published.high,
        p=published.p,
        route="years" if by_years else "regression",
        regression=regression,
        years=years,
        yearly=yearly,
        new_low=new[0],
        new_high=new[1],
        differs=differs,
        sentence=_sentence(name, season, published, [r for _, r in yearly], new, differs=differs),
    )


def _digits(ratio: float, low: float, high: float) -> int:
    return digits_of(low, high, 1 if ratio >= _COARSE and min(abs(low - 1), abs(high - 1)) >= 0.1 else 2)


def _sentence(
    name: str, season: Season, found: Ratio, yearly: list[float], new: tuple[float, float], *, differs: bool
) -> str:
    digits = _digits(found.ratio, found.low, found.high)
    ratio, low, high = (f"{value:.{digits}f}" for value in (found.ratio, found.low, found.high))
    verb = "run" if plural(name) else "runs"
    months = " and ".join(MONTH_NAMES[m - 1] for m in season.months)
    above = sum(r > 1 for r in yearly)
    seen = f"above it in {above} of {len(yearly)} years" if len(yearly) > 1 else ""
    if len(yearly) == 1:
        seen = f"{'above' if above else 'not above'} it in the one year there is"
    if differs:
        text = f"{name} in {months} {verb} about {ratio} times an ordinary month [{low} to {high}]"
        seen = f"{seen}; a single year may lie anywhere from {new[0]:.2g} to {new[1]:.2g}" if len(yearly) > 1 else seen
    else:
        text = f"{name} in {months} cannot be told from an ordinary month: {ratio} times [{low} to {high}]"
    return f"{text}, {seen}." if seen else f"{text}."


def _warnings(history: int, found: Sequence[SeasonEffect]) -> tuple[str, ...]:
    out = []
    if history < SOUND_HISTORY:
        out.append(f"Unreliable: {history} months of history; at least {SOUND_HISTORY} are needed.")
    few = [e.season.name for e in found if len(e.yearly) < SOUND_YEARS]
    if few:
        out.append(f"Unreliable: fewer than {SOUND_YEARS} whole years behind {', '.join(few)}.")
    return tuple(out)


def _unreliable(effect: SeasonEffect) -> SeasonEffect:
    if effect.sound:
        return effect
    return replace(effect, sentence=f"Unreliable, for want of years: {effect.sentence}")
