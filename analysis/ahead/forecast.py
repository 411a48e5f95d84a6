"""How many: the months ahead, from a level that forgets and a season that is shrunk.

Top-down: the whole area is forecast, and a ward gets its share of late. Wards have no season of their own: it does not
repeat from year to year.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.common.method import Method, period_words
from analysis.common.negative_binomial import LEAST_MEAN, moment_alpha, quantile
from analysis.common.refusal import Refusal
from analysis.when.shape import DAYS_IN_A_MONTH, prepare, seasonal_shape
from geo.errors import InputError

HORIZONS = 6  # months ahead whose past errors make the interval
LONGEST = 12
LEVEL_HALF_LIFE = 6.0
SHARE_HALF_LIFE = 12.0
LEAST_HISTORY = 12
SOUND_HISTORY = 24
ERROR_MONTHS = 36
PRIOR_PAIRS = 12.0
LEAST_ALPHA = 0.01
ALPHA_AREA, ALPHA_WARD = 0.05, 0.12
QUANTILES = {"low80": 0.1, "high80": 0.9, "low95": 0.025, "high95": 0.975}


@dataclass(frozen=True, eq=False)
class Past:
    """What would have been forecast at every month of the past, nothing later being known.

    Attributes
    ----------
    months : PeriodIndex, length n
        Every month from the first to the last.
    actual : ndarray, shape (n, k)
        Counts of k series; NaN where a month is missing or left out.
    expected : ndarray, shape (n, horizons, k)
        By origin and months ahead less one; NaN where there was too little history, or the origin is missing.
    """

    months: pd.PeriodIndex
    actual: NDArray[np.float64] = field(repr=False)
    expected: NDArray[np.float64] = field(repr=False)

    def errors(self, origin: int) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
        """Pair what was forecast with what came, as known at an origin.

        Parameters
        ----------
        origin : int
            Position of the origin. Targets are at or before it, and less than 36 months before it.

        Returns
        -------
        actual, expected : ndarray, shape (pairs * k,)
        pairs : float
            Number of (origin, horizon) pairs / 6.
        """
        made, ahead = np.meshgrid(np.arange(origin), np.arange(1, HORIZONS + 1), indexing="ij")
        target = made + ahead
        use = (target <= origin) & (target > origin - ERROR_MONTHS)
        made, ahead, target = made[use], ahead[use], target[use]
        expected, actual = self.expected[made, ahead - 1], self.actual[target]
        known = ~np.isnan(expected).any(axis=1) & ~np.isnan(actual).any(axis=1)
        return actual[known].ravel(), np.maximum(expected[known], LEAST_MEAN).ravel(), float(known.sum()) / HORIZONS

    def alpha(self, origin: int, prior: float) -> float:
        """Overdispersion of the errors known at an origin, drawn towards a prior that weighs twelve pairs."""
        actual, expected, n = self.errors(origin)
        return max(LEAST_ALPHA, (n * moment_alpha(actual, expected) + PRIOR_PAIRS * prior) / (n + PRIOR_PAIRS))


def _ahead(months: pd.PeriodIndex, horizon: int) -> pd.PeriodIndex:
    return pd.period_range(months[-1] + 1, periods=horizon, freq="M")


def _point(series: pd.Series[float], mask: NDArray[np.bool_], horizon: int) -> NDArray[np.float64]:
    """Expect so many incidents in each month after the last entry, shape (horizon,)."""
    data = prepare(series, mask)
    shape = seasonal_shape(series, mask)
    season = shape.season[np.asarray(data.months.month) - 1]
    days = np.asarray(data.months.days_in_month) / DAYS_IN_A_MONTH
    weight = np.where(data.used, 0.5 ** (np.arange(len(days))[::-1] / LEVEL_HALF_LIFE), 0.0)
    level = float((weight * data.per_day * days).sum() / (weight * days * season).sum())
    ahead = _ahead(data.months, horizon)
    days_ahead = np.asarray(ahead.days_in_month) / DAYS_IN_A_MONTH
    return np.asarray(level * days_ahead * shape.season[np.asarray(ahead.month) - 1])


def ward_shares(table: pd.DataFrame, mask: ArrayLike | None = None) -> pd.Series[float]:
    """Share of each ward in the area's incidents, older months counting half as much every 12 months.

    Parameters
    ----------
    table : DataFrame of float, shape (n, wards)
        Counts by month (PeriodIndex without gaps) and ward; NaN where a month is missing.
    mask : array_like of bool, shape (n,), optional
        Months to leave out.

    Returns
    -------
    Series
        By ward, summing to 1; equal shares where there is no incident.
    """
    used = ~table.isna().any(axis=1).to_numpy()
    if mask is not None:
        used &= ~np.asarray(mask, dtype=bool)
    weight = np.where(used, 0.5 ** (np.arange(len(table))[::-1] / SHARE_HALF_LIFE), 0.0)
    share = pd.Series(weight @ np.nan_to_num(table.to_numpy(dtype=float)), index=table.columns)
    return share / share.sum() if share.sum() > 0 else share + 1 / len(share)


def past_forecasts(
    table: pd.DataFrame,
    mask: ArrayLike | None = None,
    first: pd.Period | None = None,
    *,
    whole: bool = False,
    horizons: int = HORIZONS,
) -> Past:
    """Forecast from every month of the past, each time knowing nothing later.

    Parameters
    ----------
    table : DataFrame of float, shape (n, k)
        Counts by month (PeriodIndex without gaps) and ward.
    mask : array_like of bool, shape (n,), optional
        Months to leave out.
    first : Period, optional
        First origin.
    whole : bool
        Forecast the sum of the columns, k = 1, in place of each.
    horizons : int
        Months ahead, at least 6; intervals up to there are made from six.

    Returns
    -------
    Past
        Origins are months that are there and not left out, with at least 12 months of history.
    """
    months = pd.PeriodIndex(table.index)
    left_out = np.zeros(len(table), dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    total = table.sum(axis=1, min_count=table.shape[1])
    used = ~total.isna().to_numpy() & ~left_out
    columns = 1 if whole else table.shape[1]
    expected = np.full((len(table), horizons, columns), np.nan)
    for origin in np.flatnonzero(used & (np.cumsum(used) >= LEAST_HISTORY)).tolist():
        if first is not None and months[origin] < first:
            continue
        known = slice(0, origin + 1)
        point = _point(total.iloc[known], left_out[known], horizons)[:, None]
        if not whole:
            point = point * ward_shares(table.iloc[known], left_out[known]).to_numpy()
        expected[origin] = point
    actual = (total.to_frame() if whole else table).to_numpy(dtype=float, copy=True)
    actual[~used] = np.nan
    return Past(months, actual, expected)


def intervals(expected: NDArray[np.float64], alpha: ArrayLike) -> dict[str, NDArray[np.float64]]:
    """Bounds of the 80 % and the 95 % prediction interval for each expected count, by name of the column."""
    mean = np.maximum(expected, LEAST_MEAN)
    return {name: quantile(level, mean, alpha) for name, level in QUANTILES.items()}


def _check(
    table: pd.DataFrame, horizon: int, mask: ArrayLike | None, longest: int
) -> tuple[pd.DataFrame, NDArray[np.bool_], int]:
    if not 1 <= horizon <= longest:
        raise InputError(f"a forecast reaches 1 to {longest} months ahead", column="horizon", value=str(horizon))
    data = prepare(table.sum(axis=1, min_count=table.shape[1]), mask)
    if data.history < LEAST_HISTORY:
        raise Refusal(
            f"There is no forecast: it needs at least {LEAST_HISTORY} months of history, and there "
            f"{'is' if data.history == 1 else 'are'} {data.history}",
            "Load more months on the Data page",
        )
    left_out = pd.Series(False if mask is None else np.asarray(mask, dtype=bool), index=table.index)
    return table.reindex(data.months), left_out.reindex(data.months, fill_value=False).to_numpy(), data.history


def forecast(
    counts: pd.Series[float], horizon: int, mask: ArrayLike | None = None, *, longest: int = LONGEST
) -> pd.DataFrame:
    """Forecast the months after the last entry of a series.

    Parameters
    ----------
    counts : Series of float, length n
        Incidents by month with a PeriodIndex; NaN where a month is missing.
    horizon : int
        Months ahead, 1 to 12; the interval is made from errors up to six months ahead.
    mask : array_like of bool, shape (n,), optional
        Months to leave out of level, season and errors; nothing is left out by itself.
    longest : int
        Most months ahead that may be asked for. Who asks for more than six makes the interval anew
        (:mod:`analysis.ahead.distance`).

    Returns
    -------
    DataFrame
        By month after the last entry: ``expected``, ``low80``, ``high80``, ``low95``, ``high95``, ``alpha`` (variance
        is mu + alpha mu^2) and ``reliable``: False with under 24 months of history: intervals were then too narrow.

    Raises
    ------
    Refusal
        Fewer than 12 months of history.
    InputError
        A horizon outside 1 to 12, or as :func:`analysis.when.shape.prepare`.

    Notes
    -----
    Level: mean with a half-life of six months; season: :mod:`analysis.when.shape`. Interval: negative binomial whose
    overdispersion comes from the forecasts that would have been made in the last 36 months. When it misleads: a change
    in how incidents are recorded moves the level at once, and the forecast follows with a delay of months.

    References
    ----------
    Of this project; how it does beside simpler ones is :func:`analysis.ahead.forecast_backtest.scores`. Overdispersion
    by moments: Cameron and Trivedi (2013), ch. 3.
    """
    if not isinstance(counts, pd.Series):
        raise InputError(
            "a forecast needs a Series with a PeriodIndex of months", column="counts", value=type(counts).__name__
        )
    table, left_out, history = _check(counts.to_frame("count"), horizon, mask, longest)
    frame = pd.DataFrame(
        {"expected": _point(table["count"], left_out, horizon)}, index=_ahead(pd.PeriodIndex(table.index), horizon)
    )
    first = table.index[-1] - ERROR_MONTHS - HORIZONS
    alpha = past_forecasts(table, left_out, first).alpha(len(table) - 1, ALPHA_AREA)
    return frame.assign(
        **intervals(frame["expected"].to_numpy(dtype=float), alpha), alpha=alpha, reliable=history >= SOUND_HISTORY
    ).rename_axis("month")


def forecast_wards(
    table: pd.DataFrame, horizon: int, mask: ArrayLike | None = None, *, longest: int = LONGEST
) -> pd.DataFrame:
    """Forecast every ward: the area's forecast times the ward's share of late.

    Parameters
    ----------
    table : DataFrame of float, shape (n, wards)
        Incidents by month (PeriodIndex) and ward; NaN where a month is missing.
    horizon, mask, longest
        As in :func:`forecast`.

    Returns
    -------
    DataFrame
        By ``month`` and ``ward_code``, columns as :func:`forecast`; ``expected`` sums over wards to the area's.

    Raises
    ------
    Refusal, InputError
        As :func:`forecast`.

    Notes
    -----
    The errors of all wards are pooled for the interval. When it misleads: a ward whose share moves is followed with a
    half-life of a year.

    References
    ----------
    As :func:`forecast`; the share of late is of this project.
    """
    table, left_out, history = _check(table, horizon, mask, longest)
    total = table.sum(axis=1, min_count=table.shape[1])
    ahead = _ahead(pd.PeriodIndex(table.index), horizon)
    expected = np.outer(_point(total, left_out, horizon), ward_shares(table, left_out).to_numpy())
    first = table.index[-1] - ERROR_MONTHS - HORIZONS
    alpha = past_forecasts(table, left_out, first).alpha(len(table) - 1, ALPHA_WARD)
    index = pd.MultiIndex.from_product([ahead, table.columns], names=["month", "ward_code"])
    return pd.DataFrame(
        {
            "expected": expected.ravel(),
            **intervals(expected.ravel(), alpha),
            "alpha": alpha,
            "reliable": history >= SOUND_HISTORY,
        },
        index=index,
    )


def forecast_method(counts: pd.Series[float], mask: ArrayLike | None = None, data_version: str = "") -> Method:
    """How :func:`forecast` is made from a series, for its caption."""
    data = prepare(counts, mask)
    warnings: tuple[str, ...] = ()
    if data.history < SOUND_HISTORY:
        warnings = (f"Unreliable: {data.history} months of history; under {SOUND_HISTORY} intervals are too narrow.",)
    return Method(
        name="exponentially weighted level times a shrunken season",
        parameters={
            "level half-life": f"{LEVEL_HALF_LIFE:g} months",
            "ward share half-life": f"{SHARE_HALF_LIFE:g} months",
            "prior weight c": f"{seasonal_shape(counts, mask).prior_weight:.2g}",
            "interval": f"negative binomial, from the errors of the last {ERROR_MONTHS} months",
        },
        n=round(float(np.nansum(data.count))),
        data_version=data_version,
        period=period_words(data.months[0], data.months[-1]),
        caveats=(*warnings, "It expects the months ahead to be recorded as the last ones were."),
    )
