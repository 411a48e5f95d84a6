"""How far along: 12-month totals and the year so far against the path to a target, and what it would take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.ahead.forecast import LEAST_HISTORY
from analysis.common.method import Method, list_months, month_name, period_words
from analysis.common.percents import percent
from analysis.common.rates import byar_interval
from analysis.common.ratio import dispersion
from analysis.common.refusal import Refusal
from analysis.common.tails import normal_quantile, t_quantile
from analysis.common.years import FEWEST_PAIRS
from analysis.course.target import (
    FIRST_MONTH,
    MONTHS,
    USUAL,
    TargetOutlook,
    financial_year,
    financial_year_total,
    target_from,
    target_outlook,
    target_path,
)
from analysis.course.target_required import Required, required
from analysis.course.target_spread import TargetSpread
from analysis.when.shape import prepare, seasonal_shape
from geo.errors import InputError

LEVEL = 0.95
ABOVE, BELOW, NEAR = "above", "below", "near"


@dataclass(frozen=True)
class Baseline:
    """Where a path starts: ``total`` incidents in the financial ``year``, with where the figure is from."""

    year: str
    total: int
    source: str


@dataclass(frozen=True)
class Against:
    """A count against the path.

    Attributes
    ----------
    first, last : Period
        Months that were counted.
    count : int
    path : float
        Incidents that the path has for them.
    ratio, low, high : float
        count / path with its interval; NaN interval where too few months are there to know how much they vary.
    side : str
        ``above``, ``below``, or ``near`` where the interval holds 1 or is not known.
    """

    first: pd.Period
    last: pd.Period
    count: int
    path: float
    ratio: float
    low: float
    high: float
    side: str


@dataclass(frozen=True, eq=False)
class Progress:
    """A category on its way from a baseline to a target.

    Attributes
    ----------
    baseline : Baseline
    target : int
    target_year : str
    as_at : Period
        Last month that is known.
    path : Series of float
        12-month totals by last month, from the baseline year to the target year.
    rolling : Series of float
        12-month totals by last month; NaN wherever one of the 12 is missing.
    year, to_date : Against or Refusal
        The last 12 months, and the running financial year.
    required : tuple of Required
    outlook : TargetOutlook or Refusal
    sentence : str
        The finding.
    method : Method
    """

    baseline: Baseline
    target: int
    target_year: str
    as_at: pd.Period
    path: pd.Series[float] = field(repr=False)
    rolling: pd.Series[float] = field(repr=False)
    year: Against | Refusal
    to_date: Against | Refusal
    required: tuple[Required, ...]
    outlook: TargetOutlook | Refusal
    sentence: str
    method: Method


def rolling_year(series: pd.Series[float]) -> pd.Series[float]:
    """Add up the 12 months that end with each month.

    Parameters
    ----------
    series : Series of float
        Counts by month with a PeriodIndex; NaN or absent where a month is missing.

    Returns
    -------
    Series of float
        By every month from the first to the last; NaN where one of the 12 is missing, never a sum over fewer.

    Raises
    ------
    InputError
        As :func:`analysis.when.shape.prepare`.
    """
    data = prepare(series)
    counts = pd.Series(data.count, index=data.months, name="rolling")
    return counts.rolling(MONTHS, min_periods=MONTHS).sum().round()


def year_of(month: pd.Period) -> str:
    """Name the financial year that a month lies in: "2024/25"."""
    start = month.year if month.month >= FIRST_MONTH else month.year - 1
    return f"{start}/{(start + 1) % 100:02d}"


def whole_years(series: pd.Series[float], before: str) -> tuple[str, ...]:
    """Financial years that are wholly there and end before another begins, the latest first.

    Parameters
    ----------
    series : Series of float
        As in :func:`rolling_year`; its last entry is the as-at month.
    before : str
        The target year.
    """
    totals = rolling_year(series)
    ends = [month for month in totals.dropna().index if month.month == FIRST_MONTH - 1]
    return tuple(year_of(end) for end in reversed(ends) if end < financial_year(before)[0])


def baseline_in_data(series: pd.Series[float], year: str) -> Baseline:
    """Take a financial year of the data as the baseline.

    Raises
    ------
    Refusal
        A month of it is missing, or it had no incident.
    """
    total = financial_year_total(series, year)
    if not total:
        raise Refusal(f"{year} is no baseline: it had no incident", "Choose another baseline")
    return Baseline(year, total, "counted in the data")


def _against(
    count: float, path: float, months: tuple[pd.Period, pd.Period], spread: tuple[float, int] | None
) -> Against:
    low = high = float("nan")
    if spread is not None:
        phi, df = spread
        widen = phi * float((t_quantile((1 + LEVEL) / 2, df) / normal_quantile((1 + LEVEL) / 2)) ** 2)
        low, high = (bound * widen / path for bound in byar_interval(count / widen, LEVEL))
    side = ABOVE if low > 1 else BELOW if high < 1 else NEAR
    return Against(*months, round(count), path, count / path, low, high, side)


def _spread(series: pd.Series[float], as_at: pd.Period) -> tuple[float, int] | None:
    """How much months vary more than independent incidents: pairs of the last two years."""
    now = series.reindex(pd.period_range(as_at - MONTHS + 1, as_at, freq="M"))
    then = series.reindex(now.index - MONTHS)
    both = now.notna().to_numpy() & then.notna().to_numpy()
    return dispersion(now.to_numpy()[both], then.to_numpy()[both]) if both.sum() >= FEWEST_PAIRS else None


def _last_year(
    rolling: pd.Series[float], series: pd.Series[float], path: pd.Series[float], spread: tuple[float, int] | None
) -> Against | Refusal:
    end = rolling.index[-1]
    first = end - MONTHS + 1
    if np.isnan(rolling.iloc[-1]):
        values = series.reindex(pd.period_range(first, end, freq="M"))
        missing = list(values.index[values.isna()])
        return Refusal(
            f"There is no total of the 12 months to {month_name(end)}: {list_months(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not in the data",
            "Load the missing months on the Data page",
        )
    if end not in path.index:
        when = "starts" if end < path.index[0] else "ends"
        edge = path.index[0] if end < path.index[0] else path.index[-1]
        return Refusal(
            f"The last 12 months, {rolling.iloc[-1]:,.0f}, stand against nothing: the path {when} in {month_name(edge)}"
        )
    return _against(float(rolling.iloc[-1]), float(path.loc[end]), (first, end), spread)


def _to_date(
    series: pd.Series[float],
    as_at: pd.Period,
    path: pd.Series[float],
    mask: ArrayLike | None,
    spread: tuple[float, int] | None,
) -> Against | Refusal:
    """Hold the running financial year against its share of the path, shared out by the season."""
    months = financial_year(year_of(as_at))
    if months[-1] not in path.index[1:]:
        where = "comes after" if months[-1] > path.index[-1] else "is not after"
        other = path.index[-1] if months[-1] > path.index[-1] else path.index[0]
        return Refusal(f"{year_of(as_at)} {where} the year of the path that ends in {month_name(other)}")
    seen = months[months <= as_at]
    counted = series.reindex(seen)
    if counted.isna().any():
        missing = list(counted.index[counted.isna()])
        return Refusal(
            f"There is no total of {year_of(as_at)} so far: {list_months(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not in the data",
            "Load the missing months on the Data page",
        )
    if (n := prepare(series, mask).history) < LEAST_HISTORY:
        return Refusal(
            f"A year so far takes {LEAST_HISTORY} months of history to share out the path by season, and there "
            f"{'is' if n == 1 else 'are'} {n}",
            "Load more months on the Data page",
        )
    shape = seasonal_shape(series, mask)
    usual = pd.Series(shape.season[np.asarray(months.month) - 1] * np.asarray(months.days_in_month), index=months)
    allowed = float(path.reindex(months).iloc[-1]) * float(usual[seen].sum() / usual.sum())
    return _against(float(counted.sum()), allowed, (seen[0], as_at), spread)


def progress(
    series: pd.Series[float],
    baseline: Baseline,
    change: float,
    target_year: str,
    mask: ArrayLike | None = None,
    *,
    name: str = "Incidents",
    data_version: str = "",
    strays: TargetSpread = USUAL,
) -> Progress:
    """Hold a monthly series against the path from a baseline to a target.

    Parameters
    ----------
    series : Series of float
        Counts by month with a PeriodIndex, NaN where missing; ends with the as-at month.
    baseline : Baseline
    change : float
        Of the baseline by the end of the target year: -0.06 for 6 % less.
    target_year : str
        Financial year, such as "2026/27".
    mask : array_like of bool, optional
        Months that season and forecast leave out, in the order of ``series``.
    name : str
        What sentences speak of.
    data_version : str
        For the caption.
    strays : TargetSpread
        How far forecasts of the rest of a year go wrong.

    Returns
    -------
    Progress

    Raises
    ------
    Refusal
        Nothing is loaded, or the baseline year was not over at the as-at month.
    InputError
        The target year is not after the baseline year, or the baseline is not a positive count.

    Notes
    -----
    The path is a straight line, a way of drawing and no forecast. The running year is held against the path's total at
    its end times the share that its months have of a usual year (the season of the forecast). Intervals are Byar's,
    the count divided by phi from pairs of the same calendar month in the last two years and by (t/z)^2: a total whose
    interval holds the path is "near" it. When it misleads: a change of recording moves the count and not the path.

    References
    ----------
    As :func:`analysis.common.rates.byar_interval`; the path is of this project.
    """
    if not np.isfinite(baseline.total) or baseline.total < 1:
        raise InputError("a baseline is a positive count", column="baseline", value=str(baseline.total))
    known = series.loc[: series.last_valid_index()] if series.notna().any() else series[:0]
    if len(known) == 0:
        raise Refusal("There is nothing to hold against a target: nothing is loaded", "Load files on the Data page")
    as_at = known.index[-1]
    left_out = None if mask is None else np.asarray(mask, dtype=bool)[: len(known)]
    target = target_from(baseline.total, change)
    path = target_path(baseline.total, target, baseline.year, target_year)
    if as_at < path.index[0]:
        raise Refusal(
            f"At {month_name(as_at)} {baseline.year} was not over: it can be no baseline yet",
            "Choose an earlier baseline, or a later month to look from",
        )
    rolling = rolling_year(known)
    spread = _spread(known, as_at)
    year = _last_year(rolling, known, path, spread)
    to_date = _to_date(known, as_at, path, left_out, spread)
    try:
        outlook: TargetOutlook | Refusal = target_outlook(
            known, target, target_year, left_out, name=name, data_version=data_version, spread=strays
        )
    except Refusal as refusal:
        outlook = refusal
    return Progress(
        baseline=baseline,
        target=target,
        target_year=target_year,
        as_at=as_at,
        path=path,
        rolling=rolling,
        year=year,
        to_date=to_date,
        required=required(known, rolling, path, outlook, target, target_year),
        outlook=outlook,
        sentence=_sentence(name, year, outlook, target, target_year),
        method=Method(
            name="12-month totals against a straight path",
            parameters={
                "baseline": f"{baseline.total:,} in {baseline.year}, {baseline.source}",
                "target": f"at most {target:,} in {target_year} ({100 * change:+.1f} %, rounded down)",
                "year so far": "share of the path by the season of the forecast",
                **_spread_words(spread),
            },
            n=round(float(known.sum())),
            correction="" if spread is None else "overdispersed months",
            data_version=data_version,
            period=period_words(known.index[0], as_at),
            caveats=("A straight path is a way of drawing, no forecast.",),
            source_refs=("Breslow and Day 1987",),
        ),
    )


def _spread_words(spread: tuple[float, int] | None) -> Mapping[str, str]:
    if spread is None:
        return {"interval": "none: fewer than three calendar months are there in both of the last two years"}
    return {"interval": f"Byar, {100 * LEVEL:g} %, phi {spread[0]:.2f} from pairs of months ({spread[1]} df)"}


def _sentence(
    name: str, year: Against | Refusal, outlook: TargetOutlook | Refusal, target: int, target_year: str
) -> str:
    """Put the finding into one sentence: where it stands, then the target."""
    if isinstance(year, Refusal):
        head = f"{name}: {year.reason[:1].lower()}{year.reason[1:].removesuffix('.')}"
    else:
        head = f"{name}: {year.count:,} in the 12 months to {month_name(year.last)}, {position(year)}"
    aim = f"the target of at most {target:,} in {target_year}"
    if isinstance(outlook, Refusal):
        return f"{head}; nothing can be said about {aim}."
    if outlook.chance is None:
        return f"{head}; too early to say if {target_year} will have at most {target:,}."
    if outlook.words in {"met", "missed"}:
        return f"{head}; {aim} {'was' if outlook.words == 'met' or not outlook.months_left else 'is'} {outlook.words}."
    start = "the chance of meeting" if outlook.words == "about even" else "meeting"
    rough = f" (rough: judged by {outlook.rough})" if outlook.rough else ""
    return f"{head}; {start} {aim} is {outlook.words}{rough}."


def position(found: Against) -> str:
    """Say where a count stands against the path: no side is taken inside its noise."""
    gap = found.ratio - 1
    if round(1000 * gap) == 0:
        return f"on the path ({found.path:,.0f})"
    side = f"{percent(gap)} {ABOVE if gap > 0 else BELOW} the path ({found.path:,.0f})"
    if found.side != NEAR:
        return side
    return side + (", within its noise" if np.isfinite(found.low) else ", with too few months to know its noise")
