"""False alarms of the tests of seasons: a month in which nothing is known to happen, called a season."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.refusal import Refusal
from analysis.common.season_ratio import from_fit, from_years
from analysis.common.significance import benjamini_hochberg
from analysis.common.tails import t_above
from analysis.placebo.rows import LEVEL, Row, as_table
from analysis.when.season_design import (
    LEAST_REFERENCE,
    SEASONS,
    YEAR_STARTS,
    busy_years,
    fit_overdispersed,
    lay_out,
    told_apart,
)
from analysis.when.seasonality import LEAST_HISTORY
from analysis.when.ward_logs import heterogeneity, ward_logs
from analysis.when.ward_season import WARD_SEASONS
from geo.errors import InputError

PLACEBOS = 400
LEAST_YEARS = 3
SEASON = "season, a placebo month a year"
WARD_SEASON = "season by ward, a placebo month a year"


def placebo_seasons(
    table: pd.DataFrame,
    mask: NDArray[np.bool_] | None,
    rng: np.random.Generator,
    trials: int = PLACEBOS,
    level: float = LEVEL,
    whole: str = "area",
    first: pd.Period | None = None,
) -> pd.DataFrame:
    """Call one reference month of each year, drawn at random, a season, and test it: the area and every ward.

    Parameters
    ----------
    table : DataFrame of float
        Counts by month (PeriodIndex) and ward, NaN where a month is missing.
    mask : ndarray of bool, optional
        Months to leave out, in the order of the table.
    rng : Generator
    trials : int
        Draws.
    level : float
    whole : str
        What the area is called.
    first : Period, optional
        Start of the window: placebo months lie in it. The regression sees older months too.

    Returns
    -------
    DataFrame
        The area by the published (wider) interval and by the regression alone; wards before correction, any ward after
        it, and "do wards differ at all".

    Raises
    ------
    Refusal
        Fewer than three years with two reference months in the window, or too few months for a regression.

    Notes
    -----
    Real seasons stay in the regression, so that what is tested is a month in which nothing is known to happen. Misleads
    in part: a month drawn from a year takes its own chance with it, and draws of one data set are not independent.

    References
    ----------
    Of this project: the tests of :mod:`analysis.when.season_effect` and :mod:`analysis.when.ward_season`, run where
    nothing is known to be.
    """
    keep = table.notna().all(axis=1).to_numpy() & (True if mask is None else ~np.asarray(mask, dtype=bool))
    months, y = pd.PeriodIndex(table.index[keep]), table.to_numpy(dtype=float)[keep]
    if len(y) < LEAST_HISTORY:
        raise _too_short()
    busy = busy_years(months, y.sum(axis=1), YEAR_STARTS)
    months, y = months[busy], y[busy]
    if len(y) < LEAST_HISTORY:
        raise _too_short()
    kept, refused = told_apart(months, y.sum(axis=1), SEASONS, YEAR_STARTS)
    named = [m for s in SEASONS for m in s.months]
    there = ~np.isin(np.asarray(months.month), [m for s, _ in refused for m in s.months])
    months, y = months[there], y[there]
    total, days = y.sum(axis=1), np.asarray(months.days_in_month, dtype=float)
    base = lay_out(months, [s.months for s in kept], YEAR_STARTS)
    wards_x = lay_out(months, [s.months for s in kept if s in WARD_SEASONS], YEAR_STARTS).x
    reference = ~np.isin(np.asarray(months.month), named)
    if first is not None:
        reference &= np.asarray(months >= first)
    years = [np.flatnonzero((base.year == u) & reference) for u in np.unique(base.year)]
    years = [positions for positions in years if len(positions) > 1]
    if len(years) < LEAST_YEARS:  # in two years a handful of draws would be tried over and over
        raise Refusal(
            f"Placebo months need {LEAST_YEARS} years with two months outside the seasons, and there "
            f"{'is' if len(years) == 1 else 'are'} {len(years)}",
            "Load more months on the Data page",
        )
    if len(y) <= base.x.shape[1] + 1:
        raise _too_short()
    rows = {name: [0, 0] for name in ("published", "regression", "ward", "any ward", "differ")}

    def count(name: str, rejected: int, of: int = 1) -> None:
        rows[name][0] += rejected
        rows[name][1] += of

    for _ in range(trials):
        placebo = np.zeros(len(y))
        placebo[[rng.choice(positions) for positions in years]] = 1.0
        try:
            fit, _alpha = fit_overdispersed(total, np.column_stack([base.x, placebo]), days)
        except InputError:  # no incident in any of the months drawn: no trial
            continue
        regression = from_fit(fit, base.x.shape[1], 1 - level)
        by_years, _low, _high = from_years(_yearly(total, days, years, placebo), 1 - level)
        published = by_years if by_years.width > regression.width else regression
        count("published", published.p <= level)
        count("regression", regression.p <= level)
        if y.shape[1] < 2:  # a ward that is the whole area never differs from it
            continue
        logs = ward_logs(y, np.column_stack([wards_x, placebo]), 1)
        known = ~np.isnan(logs.phi)
        b, error = logs.log_ratio[known, 0], logs.error[known, 0] * np.sqrt(logs.phi[known])
        p = _two_sided(b / error, logs.df)
        count("ward", int((p <= level).sum()), len(p))
        if len(p):
            count("any ward", int((benjamini_hochberg(p) <= level).any()))
        if len(p) > 1:  # one ward cannot differ
            count("differ", heterogeneity(b, error, logs.df).p <= level)
    return as_table(
        [
            Row(SEASON, whole, level, *rows["published"]),
            Row(SEASON, f"{whole}, regression alone", level, *rows["regression"]),
            Row(WARD_SEASON, "ward", level, *rows["ward"]),
            Row(WARD_SEASON, "any ward", level, *rows["any ward"]),
            Row(WARD_SEASON, "do wards differ", level, *rows["differ"]),
        ]
    )


def _too_short() -> Refusal:
    return Refusal("Placebo months need more months than there are", "Load more months on the Data page")


def _yearly(
    total: NDArray[np.float64],
    days: NDArray[np.float64],
    years: Sequence[NDArray[np.intp]],
    placebo: NDArray[np.float64],
) -> NDArray[np.float64]:
    out = []
    for positions in years:
        own, usual = positions[placebo[positions] > 0], positions[placebo[positions] == 0]
        if len(usual) >= LEAST_REFERENCE and total[own].sum() and total[usual].sum():
            per_day = [total[part].sum() / days[part].sum() for part in (own, usual)]
            out.append(np.log(per_day[0] / per_day[1]))
    return np.array(out)


def _two_sided(t: NDArray[np.float64], df: int) -> NDArray[np.float64]:
    return np.asarray(2 * t_above(np.abs(t), df), dtype=float)
