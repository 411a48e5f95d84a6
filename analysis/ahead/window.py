"""How many in a window of days, such as an operation: its share of the months it lies in, and no more than that."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.ahead.distance import REACH, band_alpha, bands_of, far_forecasts, held, whole
from analysis.ahead.forecast import HORIZONS, QUANTILES, forecast, forecast_method, forecast_wards
from analysis.ahead.volume import UNRELIABLE
from analysis.common.counts import monthly_by_ward, monthly_series
from analysis.common.method import Method, list_months, period_words
from analysis.common.negative_binomial import LEAST_MEAN
from analysis.common.refusal import Refusal
from analysis.when.seasonality import season_mask
from data.kinds.crime_types import incidents_words
from data.place.area import Area
from data.store.schema import Incidents, months_between
from geo.errors import InputError

LABEL = "a share of the month, not an event forecast"
FURTHEST = REACH  # months after the as-at month in which a window may end
_TAIL = 1e-9


@dataclass(frozen=True, eq=False)
class WindowForecast:
    """Incidents to be expected in a window of days.

    Attributes
    ----------
    first, last : date
        Both included.
    expected : float
        Sum over the months of the month's incidents x days of the window in it / days of the month.
    low80, high80, low95, high95 : float
        Prediction intervals.
    months : DataFrame
        By ``month``: ``days`` of the window in it, ``share`` of the month, ``monthly`` (forecast, or the published
        count where ``published``), ``expected``.
    reliable : bool
        False with under 24 months of history.
    label : str
        What kind of figure it is; it has to stand beside it.
    sentence : str
    method : Method
    """

    first: date
    last: date
    expected: float
    low80: float
    high80: float
    low95: float
    high95: float
    months: pd.DataFrame = field(repr=False)
    reliable: bool
    label: str
    sentence: str
    method: Method


def window_days(first: date, last: date) -> pd.DataFrame:
    """Lay a window out on the months it lies in.

    Parameters
    ----------
    first, last : date
        Both included.

    Returns
    -------
    DataFrame
        By ``month`` (PeriodIndex): ``days`` and ``share`` of the month's days.

    Raises
    ------
    InputError
        The window ends before it begins.
    """
    if last < first:
        raise InputError("a window ends before it begins", value=f"{first} to {last}")
    months = months_between(pd.Period(first, "M"), pd.Period(last, "M")).rename("month")
    whole = np.asarray(months.days_in_month, dtype=np.int64)
    days = whole.copy()
    days[-1] = last.day
    days[0] -= first.day - 1
    return pd.DataFrame({"days": days, "share": days / whole}, index=months)


def forecast_window(
    incidents: Incidents, area: Area, first: date, last: date, category: str | None = None
) -> WindowForecast:
    """Forecast a window of days as its share of the months ahead.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, nothing later than the as-at month.
    area : Area
    first, last : date
        Both included.
    category : str, optional
        The crime type: the area file's lockdown is left out for those it names.

    Returns
    -------
    WindowForecast

    Raises
    ------
    Refusal
        The window ends more than 24 months after the as-at month, or more than six and past forecasts at that distance
        do not hold on these data (:mod:`analysis.ahead.distance`); it lies in months that are already loaded,
        begins in a month that is missing, or there are under 12 months of history.
    InputError
        It ends before it begins.

    Notes
    -----
    Days of a month are taken to be alike, so that this is no forecast of a night. A month that is loaded already gives
    its count in place of a forecast; which of its days they fell on is not known, so its share varies too (binomial).
    The months ahead share one error: a level that is wrong is wrong for all of them. (Sums of two and three months of
    2023 and 2024 lay in the 80 % interval in .83 and .87 of cases for ASB when one error was shared, and in .76 when
    each month had its own.) The window then is negative binomial with the summed mean and the months' own
    overdispersion, so that nothing has to be drawn.

    When it misleads: an event that falls into the window, such as Halloween, brings more than its days' share.

    References
    ----------
    Of this project; the months as :func:`analysis.ahead.forecast.forecast`.
    """
    series = monthly_series(incidents)
    plan = _plan(incidents, first, last)
    mask = season_mask(pd.PeriodIndex(series.index), area, category)
    ahead = plan.index[~plan["published"]]
    found = forecast(series, (ahead[-1] - series.index[-1]).n, mask, longest=FURTHEST)
    far = _far(series.to_frame(), mask, ahead, window_words(first, last))
    alpha, reliable = far or float(found["alpha"].iloc[0]), bool(found["reliable"].iloc[0])
    label = label_of((ahead[-1] - series.index[-1]).n)
    plan["monthly"] = np.where(plan["published"], series.reindex(plan.index), found["expected"].reindex(plan.index))
    plan["expected"] = plan["monthly"] * plan["share"]
    bounds = _bounds(plan, alpha)
    expected = float(plan["expected"].sum())
    days = int(plan["days"].sum())
    words = window_words(first, last)
    method = forecast_method(series, mask, incidents.version)
    caveats = (f"{label[0].upper()}{label[1:]}: days of a month are taken to be alike.", *method.caveats)
    return WindowForecast(
        first=first,
        last=last,
        expected=expected,
        **bounds,
        months=plan,
        reliable=reliable,
        label=label,
        sentence=(
            f"{'' if reliable else UNRELIABLE}About {expected:,.0f} "
            f"{incidents_words(category) if category else 'incidents'} are to be expected in {words} ({days} "
            f"{'day' if days == 1 else 'days'}; 80 % interval {bounds['low80']:,.0f} to {bounds['high80']:,.0f}): "
            f"{label}."
        ),
        method=Method(
            name="days' share of the months' forecast",
            parameters={
                "window": f"{words}, {days} days",
                **{str(month): f"{row['days']:.0f} days" for month, row in plan.iterrows()},
                **method.parameters,
            },
            n=method.n,
            data_version=incidents.version,
            period=method.period,
            caveats=caveats,
        ),
    )


def forecast_window_wards(
    incidents: Incidents, area: Area, first: date, last: date, category: str | None = None
) -> pd.DataFrame:
    """Forecast a window of days for every ward.

    Parameters and exceptions are as for :func:`forecast_window`.

    Returns
    -------
    DataFrame
        By ``ward_code``: ``expected``, ``low80``, ``high80``, ``low95``, ``high95``, ``reliable``; ``expected`` sums to
        that of the area where no month of the window is published yet.

    Notes
    -----
    When it misleads: as :func:`forecast_window` and :func:`analysis.ahead.forecast.forecast_wards`.

    References
    ----------
    As :func:`forecast_window`.
    """
    table = monthly_by_ward(incidents, area.wards.codes)
    plan = _plan(incidents, first, last)
    mask = season_mask(pd.PeriodIndex(table.index), area, category)
    ahead = plan.index[~plan["published"]]
    found = forecast_wards(table, (ahead[-1] - table.index[-1]).n, mask, longest=FURTHEST)
    alpha = _far(table, mask, ahead, window_words(first, last), ward=True) or float(found["alpha"].iloc[0])
    rows = {}
    for code in table.columns:
        forecasts = found["expected"].xs(code, level="ward_code").reindex(plan.index)
        plan["monthly"] = np.where(plan["published"], table[code].reindex(plan.index), forecasts)
        expected = float((plan["monthly"] * plan["share"]).sum())
        rows[code] = {"expected": expected, **_bounds(plan, alpha)}
    out = pd.DataFrame.from_dict(rows, orient="index").rename_axis("ward_code")
    return out.assign(reliable=bool(found["reliable"].iloc[0]))


def past_windows(incidents: Incidents, first: date, last: date) -> pd.DataFrame:
    """Show the same days of the years that are loaded, as their share of what was published.

    Parameters
    ----------
    incidents : Incidents
        Of one crime type, nothing later than the as-at month.
    first, last : date
        A window of any year, both included. 29 February is taken for the 28th where there is none.

    Returns
    -------
    DataFrame
        ``first``, ``last``, ``incidents`` (sum over the months of count x share; NaN where a month is missing: never a
        part of a window) and ``missing`` (those months, in words), oldest first; only windows of which a month is
        loaded.
    """
    series = monthly_series(incidents)
    rows = []
    for year in range(series.index[0].year - 1, series.index[-1].year + 1) if len(series) else ():
        start, end = _in_year(first, year), _in_year(last, year + last.year - first.year)
        shares = window_days(start, end)["share"]
        known = series.reindex(shares.index)
        if known.notna().any():
            absent = list_months(list(known.index[known.isna()]))
            total = float((known * shares).sum(skipna=False))
            rows.append({"first": start, "last": end, "incidents": total, "missing": absent})
    return pd.DataFrame(rows, columns=["first", "last", "incidents", "missing"])


def window_words(first: date, last: date) -> str:
    """Write a window out: "25 October to 8 November 2025"."""
    start = f"{first.day} {calendar.month_name[first.month]}"
    end = f"{last.day} {calendar.month_name[last.month]} {last.year}"
    if first == last:
        return end
    return f"{start} to {end}" if first.year == last.year else f"{start} {first.year} to {end}"


def label_of(months: int) -> str:
    """Say what kind of figure a forecast is that ends so many months ahead: the further, the rougher."""
    return LABEL if months <= HORIZONS else f"a rough range: {months} months ahead; {LABEL}"


def _far(
    table: pd.DataFrame, mask: NDArray[np.bool_], ahead: pd.Index, words: str, *, ward: bool = False
) -> float | None:
    """Overdispersion of a window that ends more than six months ahead, or the reason why it is not forecast."""
    as_at = table.index[-1]
    after = (ahead[-1] - as_at).n
    bands = bands_of((ahead[0] - as_at).n, after)
    if not bands:
        return None
    past, origin = far_forecasts(table, mask), len(table) - 1
    area = whole(past)
    for band in bands:
        if not (found := held(area, origin, band)).holds:
            raise Refusal(
                f"No forecast of {words}: it ends {after} months after {period_words(as_at, as_at)}, the last month "
                f"there is; {found.why_not}",
                f"Load {period_words(as_at + 1, ahead[-1] - HORIZONS)} first, when published",
            )
    return band_alpha(past, origin, bands[-1], bands[-1].ward if ward else bands[-1].area)


def _in_year(day: date, year: int) -> date:
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _plan(incidents: Incidents, first: date, last: date) -> pd.DataFrame:
    """Months of a window with their shares and whether they are published, or the reason why there is no forecast."""
    plan = window_days(first, last)
    as_at = incidents.as_at_month
    if as_at is None:
        raise Refusal(
            "There are no months to forecast from: nothing is loaded", "Load published files on the Data page"
        )
    words = window_words(first, last)
    end = plan.index[-1]
    if end <= as_at:
        raise Refusal(
            f"There is nothing to forecast in {words}: it ends no later than {period_words(as_at, as_at)}, the last "
            "month there is",
            "Choose a later window, or look at the past windows",
        )
    after = (end - as_at).n
    if after > FURTHEST:
        raise Refusal(
            f"No forecast of {words}: it ends {after} months after {period_words(as_at, as_at)}, the last month there "
            f"is, and a window is forecast only if it ends within {FURTHEST} months of that",
            f"Load {period_words(as_at + 1, end - FURTHEST)} first, when published",
        )
    plan["published"] = plan.index <= as_at
    missing = [month for month in plan.index[plan["published"]] if month not in incidents.months]
    if missing:
        raise Refusal(
            f"No forecast of {words}: it begins before the last month there is, and {list_months(missing)} "
            f"{'are' if len(missing) > 1 else 'is'} not in the data",
            "Load what is missing on the Data page, or choose a window that begins later",
        )
    return plan


def _bounds(plan: pd.DataFrame, alpha: float) -> dict[str, float]:
    """Quantiles of the window: the months ahead as one negative binomial, published months as binomials."""
    from scipy import stats  # takes long to import, and the first page imports this module

    share, published = plan["share"].to_numpy(dtype=float), plan["published"].to_numpy(dtype=bool)
    monthly = plan["monthly"].to_numpy(dtype=float)
    mean = float((np.maximum(monthly[~published], LEAST_MEAN) * share[~published]).sum())
    size, p = 1 / alpha, 1 / (1 + alpha * mean)
    mass: NDArray[np.float64] = stats.nbinom.pmf(np.arange(int(stats.nbinom.isf(_TAIL, size, p)) + 1), size, p)
    for count, part in zip(monthly[published], share[published], strict=True):
        mass = np.convolve(mass, stats.binom.pmf(np.arange(int(count) + 1), int(count), part))
    below = np.cumsum(mass)
    return {name: float(np.searchsorted(below, level - 2 * _TAIL)) for name, level in QUANTILES.items()}
