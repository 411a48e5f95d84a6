"""How far ahead a forecast holds: its errors by how many months ahead it was made, and where it may be given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.ahead.forecast import ALPHA_AREA, ALPHA_WARD, ERROR_MONTHS, LEAST_ALPHA, Past, intervals, past_forecasts
from analysis.ahead.forecast_backtest import seasonal_naive
from analysis.common.negative_binomial import LEAST_MEAN, crps, moment_alpha

REACH = 24  # months after the as-at month; nothing further is forecast
LEAST_TARGETS = 12  # distinct months that were forecast at a distance and have come since
LEAST_COVER = 0.85  # of them, in their 95 % interval
PRIOR_PAIRS = 24.0  # twice that of forecasts up to six months: errors far ahead overlap more
COLUMNS = ("distance", "origin", "target", "ahead", "actual", "expected", "low80", "high80", "low95", "high95", "alpha",
           "seasonal_naive", "naive_alpha")  # fmt: skip


@dataclass(frozen=True)
class Band:
    """Months ahead whose errors are pooled, and the overdispersion that is taken before there are errors.

    Attributes
    ----------
    first, last : int
        Months after the as-at month, both included.
    area, ward : float
        Prior overdispersion of the whole area and of a ward.
    """

    first: int
    last: int
    area: float
    ward: float

    @property
    def words(self) -> str:
        """Such as "7 to 12 months ahead"."""
        return f"{self.first} to {self.last} months ahead"


FAR = (Band(7, 12, ALPHA_AREA, ALPHA_WARD), Band(13, REACH, 0.08, 0.15))


def bands_of(first: int, last: int) -> tuple[Band, ...]:
    """Give the bands beyond six months that a span of months ahead touches, nearest first."""
    return tuple(band for band in FAR if band.first <= last and first <= band.last)


def far_forecasts(table: pd.DataFrame, mask: NDArray[np.bool_]) -> Past:
    """Forecast up to 24 months ahead from every month of the past (:func:`analysis.ahead.forecast.past_forecasts`)."""
    return past_forecasts(table, mask, horizons=REACH)


def whole(past: Past) -> Past:
    """Add the wards of past forecasts up to the area."""
    return Past(past.months, past.actual.sum(axis=1, keepdims=True), past.expected.sum(axis=2, keepdims=True))


def _pairs(past: Past, origin: int, band: Band, months: int | None) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Origin and months ahead of what was forecast in a band and has come by an origin, of late or ever."""
    made, ahead = np.meshgrid(np.arange(origin), np.arange(band.first, band.last + 1), indexing="ij")
    target = made + ahead
    use = target <= origin
    if months is not None:
        use &= target > origin - months
    made, ahead, target = made[use], ahead[use], target[use]
    known = ~np.isnan(past.expected[made, ahead - 1]).any(axis=1) & ~np.isnan(past.actual[target]).any(axis=1)
    return made[known], ahead[known]


def band_alpha(past: Past, origin: int, band: Band, prior: float) -> float:
    """Overdispersion of the errors in a band known at an origin, drawn towards a prior that weighs 24 pairs."""
    made, ahead = _pairs(past, origin, band, ERROR_MONTHS)
    expected = np.maximum(past.expected[made, ahead - 1], LEAST_MEAN).ravel()
    n = len(made) / (band.last - band.first + 1)
    alpha = moment_alpha(past.actual[made + ahead].ravel(), expected)
    return max(LEAST_ALPHA, (n * alpha + PRIOR_PAIRS * prior) / (n + PRIOR_PAIRS))


@dataclass(frozen=True)
class Held:
    """How forecasts of the area at a distance did on its own past.

    Attributes
    ----------
    band : Band
    targets : int
        Distinct months.
    cover95 : float
        Share of forecasts whose 95 % interval held what came; NaN without any.
    """

    band: Band
    targets: int
    cover95: float

    @property
    def holds(self) -> bool:
        """Whether a forecast at this distance may be given."""
        return self.targets >= LEAST_TARGETS and self.cover95 >= LEAST_COVER

    @property
    def why_not(self) -> str:
        """Say what is missing, as part of a sentence."""
        if self.targets < LEAST_TARGETS:
            return (
                f"{self.targets} past {'month' if self.targets == 1 else 'months'} can be held against forecasts made "
                f"{self.band.words}, and {LEAST_TARGETS} are needed"
            )
        return (
            f"of past forecasts made {self.band.words}, {100 * self.cover95:.0f} % held what came in their 95 % "
            f"interval, over {self.targets} months, and {100 * LEAST_COVER:.0f} % are needed"
        )


def held(past: Past, origin: int, band: Band) -> Held:
    """Hold what would have been forecast of the area in a band against what came, by an origin.

    Parameters
    ----------
    past : Past
        Of the whole area (:func:`whole`).
    origin : int
        Position of the as-at month.
    band : Band

    Returns
    -------
    Held
    """
    made, ahead = _pairs(past, origin, band, None)
    if len(made) == 0:
        return Held(band, 0, float("nan"))
    alpha = {one: band_alpha(past, one, band, band.area) for one in np.unique(made).tolist()}
    bounds = intervals(past.expected[made, ahead - 1, 0], np.array([alpha[one] for one in made.tolist()]))
    actual = past.actual[made + ahead, 0]
    inside = (actual >= bounds["low95"]) & (actual <= bounds["high95"])
    return Held(band, len(np.unique(made + ahead)), float(inside.mean()))


def backtest_distance(
    table: pd.DataFrame, mask: NDArray[np.bool_], targets: tuple[pd.Period, pd.Period]
) -> pd.DataFrame:
    """Forecast the area 7 to 24 months ahead for every target that is there, each time knowing nothing later.

    Parameters
    ----------
    table : DataFrame of float, shape (n, wards)
        Incidents by month (PeriodIndex without gaps) and ward; NaN where a month is missing.
    mask : ndarray of bool, shape (n,)
        Months to leave out (lockdown).
    targets : (Period, Period)
        First and last target.

    Returns
    -------
    DataFrame
        ``COLUMNS``; a row by distance, origin and target, months that are left out being no targets.
        The seasonal naive has an interval by the same rule.

    Notes
    -----
    When it misleads: prior and weight were chosen with targets of 2023 and 2024 in sight, so it is no test on unseen
    years for those; and a few dozen targets are forecast many times, so that errors are not independent: look at how
    many distinct months there are.

    References
    ----------
    Of this project: a rolling origin, nothing after which is known to the forecast.
    """
    past = whole(far_forecasts(table, mask))
    values = table.sum(axis=1, min_count=table.shape[1]).to_numpy(dtype=float)
    naive = np.full_like(past.expected, np.nan)
    for origin in np.flatnonzero(~np.isnan(past.expected).any(axis=(1, 2))).tolist():
        for ahead in range(FAR[0].first, REACH + 1):
            naive[origin, ahead - 1] = seasonal_naive(values[:, None], mask, origin, origin + ahead)
    rival = Past(past.months, past.actual, naive)
    rows = []
    for band in FAR:
        for origin in np.flatnonzero(~np.isnan(past.expected).any(axis=(1, 2))).tolist():
            alpha, other = (band_alpha(one, origin, band, band.area) for one in (past, rival))
            for ahead in range(band.first, band.last + 1):
                target = origin + ahead
                if target < len(values) and targets[0] <= past.months[target] <= targets[1]:
                    here = (band.words, past.months[origin], past.months[target], ahead, past.actual[target, 0])
                    rows.append((*here, past.expected[origin, ahead - 1, 0], alpha, naive[origin, ahead - 1, 0], other))
    names = [name for name in COLUMNS if name[:3] not in {"low", "hig"}]
    found = pd.DataFrame(rows, columns=names).dropna(subset=["actual"]).reset_index(drop=True)
    bounds = intervals(found["expected"].to_numpy(dtype=float), found["alpha"].to_numpy(dtype=float))
    return found.assign(**bounds)[list(COLUMNS)]


def distance_scores(backtest: pd.DataFrame, *, by_year: bool = True) -> pd.DataFrame:
    """Sum up a backtest by distance, and by year of the target.

    Parameters
    ----------
    backtest : DataFrame
        Of :func:`backtest_distance`.
    by_year : bool
        Otherwise all years pooled.

    Returns
    -------
    DataFrame
        By distance (and ``year``): ``n``, ``targets`` (distinct months), ``cover80``, ``cover95``, ``width80`` (mean,
        incidents), ``crps`` and ``naive_crps`` (of the seasonal naive, on the rows where there is one).

    Notes
    -----
    When it misleads: as :func:`backtest_distance`.

    References
    ----------
    Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules. J. Am. Statist. Assoc. 102, 359-378 (CRPS).
    """
    rows = backtest.assign(year=[target.year for target in backtest["target"]])
    rows["crps"] = _crps(rows, "expected", "alpha")
    rows["naive_crps"] = _crps(rows, "seasonal_naive", "naive_alpha")
    for level in ("80", "95"):
        rows[f"cover{level}"] = rows["actual"].between(rows[f"low{level}"], rows[f"high{level}"])
    rows["width80"] = rows["high80"] - rows["low80"]
    grouped = rows.groupby(["distance", "year"] if by_year else ["distance"], sort=False)
    return grouped.agg(
        n=("actual", "size"),
        targets=("target", "nunique"),
        cover80=("cover80", "mean"),
        cover95=("cover95", "mean"),
        width80=("width80", "mean"),
        crps=("crps", "mean"),
        naive_crps=("naive_crps", "mean"),
    ).reset_index()


def _crps(rows: pd.DataFrame, expected: str, alpha: str) -> NDArray[np.float64]:
    out = np.full(len(rows), np.nan)
    there = rows[expected].notna().to_numpy()
    mean = np.maximum(rows[expected].to_numpy(dtype=float)[there], LEAST_MEAN)
    actual = rows["actual"].to_numpy(dtype=float)[there]
    out[there] = crps(actual, mean, rows[alpha].to_numpy(dtype=float)[there])
    return out
