"""How good the forecast would have been: every month of the past forecast without knowing what came."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.ahead.forecast import ALPHA_AREA, ALPHA_WARD, HORIZONS, Past, intervals, past_forecasts
from analysis.common.negative_binomial import LEAST_MEAN, crps

AREA_LEVEL, WARD_LEVEL = "area", "ward"
COLUMNS = (
    "level", "origin", "target", "horizon", "ward_code", "actual", "expected", "seasonal_naive",
    "low80", "high80", "low95", "high95", "alpha",
)  # fmt: skip


def seasonal_naive(
    values: NDArray[np.float64], masked: NDArray[np.bool_], origin: int, target: int
) -> NDArray[np.float64]:
    """Take the same calendar month of the latest earlier year that has data.

    Parameters
    ----------
    values : ndarray, shape (n, k)
        Counts by month, NaN where missing.
    masked : ndarray of bool, shape (n,)
        Months that are taken only where nothing else exists.
    origin, target : int
        Positions; only months at or before the origin are looked at.

    Returns
    -------
    ndarray, shape (k,)
        NaN where there is none.
    """
    earlier = [t for t in range(target - 12, -1, -12) if t <= origin and not np.isnan(values[t]).any()]
    chosen = [t for t in earlier if not masked[t]] or earlier
    return values[chosen[0]] if chosen else np.full(values.shape[1], np.nan)


def backtest_forecast(
    table: pd.DataFrame,
    mask: ArrayLike | None,
    targets: tuple[pd.Period, pd.Period],
    first_origin: pd.Period | None = None,
    area_level: str = AREA_LEVEL,
) -> pd.DataFrame:
    """Forecast the area and its wards one to six months ahead for every target that is there.

    Parameters
    ----------
    table : DataFrame of float, shape (n, wards)
        Incidents by month (PeriodIndex without gaps) and ward; NaN where a month is missing.
    mask : array_like of bool, shape (n,), optional
        Months to leave out (lockdown).
    targets : (Period, Period)
        First and last target.
    first_origin : Period, optional
    area_level : str
        What ``level`` calls the whole area, such as its kind.

    Returns
    -------
    DataFrame
        ``COLUMNS``; a row for the area (``ward_code`` empty) and for each ward, by origin and horizon.

    Notes
    -----
    When it misleads: half-lives and prior overdispersion were chosen on years up to 2024, so that it is no test on
    unseen years for those; and horizons overlap, so that errors of neighbouring origins are not independent.

    References
    ----------
    Of this project: a rolling origin, nothing after which is known to the forecast.
    """
    left_out = np.zeros(len(table), dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    frames = []
    for whole, level, prior in ((True, area_level, ALPHA_AREA), (False, WARD_LEVEL, ALPHA_WARD)):
        past = past_forecasts(table, left_out, whole=whole)
        raw = table.sum(axis=1, min_count=table.shape[1]).to_frame("") if whole else table
        frames.append(_level(level, past, raw, left_out, prior, targets, first_origin))
    return pd.concat(frames, ignore_index=True)


def _level(
    level: str,
    past: Past,
    table: pd.DataFrame,
    left_out: NDArray[np.bool_],
    prior: float,
    targets: tuple[pd.Period, pd.Period],
    first_origin: pd.Period | None,
) -> pd.DataFrame:
    values = table.to_numpy(dtype=float)
    parts: dict[str, list[NDArray[Any]]] = {}
    for origin in np.flatnonzero(~np.isnan(past.expected).any(axis=(1, 2))).tolist():
        if first_origin is not None and past.months[origin] < first_origin:
            continue
        alpha = past.alpha(origin, prior)
        for horizon in range(1, HORIZONS + 1):
            target = origin + horizon
            if target >= len(values) or not targets[0] <= past.months[target] <= targets[1]:
                continue
            if np.isnan(values[target]).any():
                continue
            row = {
                "origin": origin,
                "target": target,
                "horizon": horizon,
                "ward_code": table.columns.to_numpy(),
                "actual": values[target],
                "expected": past.expected[origin, horizon - 1],
                "seasonal_naive": seasonal_naive(values, left_out, origin, target),
                "alpha": alpha,
            }
            for name, value in row.items():
                parts.setdefault(name, []).append(np.broadcast_to(np.asarray(value), table.shape[1]))
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    found = pd.DataFrame({name: np.concatenate(columns) for name, columns in parts.items()})
    for name in ("origin", "target"):
        found[name] = past.months[found[name]]
    bounds = intervals(found["expected"].to_numpy(dtype=float), found["alpha"].to_numpy(dtype=float))
    return found.assign(level=level, **bounds)[list(COLUMNS)]


def scores(backtest: pd.DataFrame) -> pd.DataFrame:
    """Sum up a backtest.

    Parameters
    ----------
    backtest : DataFrame
        Of :func:`backtest_forecast`.

    Returns
    -------
    DataFrame
        By level: ``n``, ``mae``, ``relative`` (MAE against that of the seasonal naive on the same rows), ``cover80``,
        ``cover95`` and ``crps``; every row weighs the same.

    Notes
    -----
    When it misleads: as :func:`backtest_forecast`; and a mean over wards hides the one that the forecast never meets.

    References
    ----------
    Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules. J. Am. Statist. Assoc. 102, 359-378 (CRPS).
    """
    out = {}
    for level, rows in backtest.groupby("level", sort=False):
        error = (rows["actual"] - rows["expected"]).abs()
        naive = (rows["actual"] - rows["seasonal_naive"]).abs()
        both = naive.notna()
        mean = np.maximum(rows["expected"].to_numpy(dtype=float), LEAST_MEAN)
        out[level] = {
            "n": len(rows),
            "mae": error.mean(),
            "relative": error[both].mean() / naive[both].mean() if naive[both].any() else np.nan,
            "cover80": rows["actual"].between(rows["low80"], rows["high80"]).mean(),
            "cover95": rows["actual"].between(rows["low95"], rows["high95"]).mean(),
            "crps": crps(rows["actual"].to_numpy(dtype=float), mean, rows["alpha"].to_numpy(dtype=float)).mean(),
        }
    return pd.DataFrame.from_dict(out, orient="index")
