"""Was a month unusual for its month of the year: counts against limits from the two years before, and one verdict."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis.common.method import Method, list_months, month_name, period_words, runs_of
from analysis.common.refusal import Refusal
from analysis.course.control_limits import (
    BASELINE,
    FACTOR,
    JUDGED,
    ONE_SIDE,
    OUTSIDE,
    RUN,
    TWO_OF_THREE,
    WIDENING,
    Limits,
    as_mask,
    baseline_of,
    estimate,
    known_months,
    rules,
    too_short,
    usual_end,
)
from analysis.course.control_rates import DRAWS, Rates, Replays, rates_of, replays_of
from analysis.when.shape import prepare
from geo.errors import InputError

NO_SIGNAL = "No month breaks a rule."


@dataclass(frozen=True, eq=False)
class ControlChart:
    """A series against what is usual for its months.

    Attributes
    ----------
    points : DataFrame
        By every month from the first to the last that is judged: ``value`` (NaN where missing), ``usual``, ``low`` and
        ``high`` (incidents in a usual month of that name and length, and its limits, ``low`` not under 0; NaN where
        there are no limits), ``judged`` (bool), ``signal`` (bool), ``rule`` (the rules that the month is part of, in
        words; empty where none). Only judged months have signals.
    baseline : (Period, Period)
        First and last of its known months, 24 as a rule.
    centre, mean_moving_range : float
        Of the baseline, per 30.4375 days with the season taken out.
    season : ndarray, shape (12,)
        January first; mean 1.
    sentence : str
        The verdict, the same wherever it is said.
    details : tuple of str
        Which months broke which rule, or why there are no limits.
    limited : bool
        Whether there are limits; otherwise the series is a plain line.
    method : Method
    """

    points: pd.DataFrame = field(repr=False)
    baseline: tuple[pd.Period, pd.Period]
    centre: float
    mean_moving_range: float
    season: NDArray[np.float64] = field(repr=False)
    sentence: str
    details: tuple[str, ...]
    limited: bool
    method: Method


def xmr_chart(
    series: pd.Series[float],
    first: pd.Period,
    last: pd.Period,
    *,
    name: str = "The series",
    data_version: str = "",
    mask: ArrayLike | None = None,
) -> ControlChart:
    """Hold the months after a baseline against its mean and its month-to-month variation, the season taken out.

    Parameters
    ----------
    series : Series of float
        Counts by month with a PeriodIndex; NaN or absent where a month is missing.
    first, last : Period
        Of the baseline. At most the 12 months after it are judged; what is later is left out.
    name : str
        What the sentence speaks of.
    data_version : str
        For the caption.
    mask : array_like of bool, optional
        Months that baseline and season are not made from (lockdown), in the order of ``series``.

    Returns
    -------
    ControlChart

    Raises
    ------
    Refusal
        The baseline holds fewer than 24 known months, no two that follow one another, or no incident; or no month after
        it is known.
    InputError
        The baseline ends before it starts; or as :func:`analysis.when.shape.prepare`.

    Notes
    -----
    The season (:mod:`analysis.when.shape`) is learnt from all months up to the end of the baseline, so that nothing
    judged moves it. Counts are held against it per day. Limits: mean +- 2.66 x mean moving range x 1.3, wider where few
    years tell of a calendar month (:func:`analysis.course.control_limits.estimate`); a range is taken between
    neighbouring months only, never across a gap, and a gap ends every run. Signals: one month outside the limits; eight
    in a row on one side of what is usual; two of three in a row beyond two thirds of the way to the same limit; all
    among the judged months. When it misleads: it compares with the two years before and not with last year; where the
    level moved inside the baseline, what is usual lies between the two; a signal names no cause.

    References
    ----------
    Wheeler, D. J. and Chambers, D. S. (1992). Understanding statistical process control. SPC Press.
    Western Electric (1956). Statistical quality control handbook (run rules).
    """
    if last < first:
        raise InputError("the baseline ends before it starts", column="last", value=f"{first} to {last}")
    laid, left_out = _laid(series, mask)
    known = known_months(laid, left_out)
    base = known[(known >= first) & (known <= last)]
    if len(base) < BASELINE:
        raise Refusal(
            f"There are no limits from {period_words(first, last)}: it takes {BASELINE} known months, and there "
            f"{'is' if len(base) == 1 else 'are'} {len(base)}",
            "Load more months on the Data page, or choose another baseline",
        )
    return _against(laid, left_out, base, last, name, data_version)


def unusual_months(
    series: pd.Series[float],
    end: pd.Period | None = None,
    *,
    name: str = "The series",
    data_version: str = "",
    mask: ArrayLike | None = None,
    draws: int = DRAWS,
) -> ControlChart:
    """Say which months were unusual for their month of the year, where limits on such a series can be relied on.

    Parameters
    ----------
    series : Series of float
        Counts by month with a PeriodIndex; NaN or absent where a month is missing.
    end : Period, optional
        That the baseline ends with, one of :func:`baseline_ends`; by default :func:`usual_end`.
    name : str
        What the sentence speaks of.
    data_version : str
        For the caption.
    mask : array_like of bool, optional
        Months that baseline and season are not made from (lockdown), in the order of ``series``.
    draws : int
        Histories to simulate.

    Returns
    -------
    ControlChart
        A plain line where histories simulated with this spread are marked in more than 10 % though nothing happens, or
        where a lasting step of 30 % is noticed within nine months in less than 60 %.

    Raises
    ------
    Refusal
        There are not 24 known months, up to a March or a December, and one to judge after them.
    InputError
        As :func:`analysis.when.shape.prepare`.

    Notes
    -----
    When it misleads: as :func:`xmr_chart`; and simulated months vary about one level, while real levels drift, so that
    real months are marked more often. How often is counted on the stored months.

    References
    ----------
    As :func:`xmr_chart`. The rates are of this project.
    """
    laid, left_out = _laid(series, mask)
    if end is None:
        end = usual_end(laid, left_out)
    usable = known_months(laid, left_out)
    base = baseline_of(usable, end)
    if base is None:
        raise too_short(usable)
    learnt = laid[:end]
    found = xmr_chart(series, base[0], end, name=name, data_version=data_version, mask=mask)
    rates = rates_of(learnt, base, left_out[: len(learnt)], draws)
    return _tried(found, name, rates, replays_of(laid, left_out))


def verdict(name: str, points: pd.DataFrame) -> str:
    """Say in one sentence which judged months were unusual for their month of the year.

    Parameters
    ----------
    name : str
        What it speaks of, such as "ASB".
    points : DataFrame
        As of :class:`ControlChart`, with limits.

    Returns
    -------
    str
        Every month that is marked is one that it names or is among those of a run, and no other month is. A run is as
        long as it is in all judged months.
    """
    judged = _judged(points)
    runs_said, far_said = [], []
    for above in (True, False):
        far = [one.month for one in judged if one.above == above and one.breaks(OUTSIDE, TWO_OF_THREE)]
        way, extreme = ("above", "high") if above else ("below", "low")
        for run in runs_of([one.month for one in judged if one.above == above and one.breaks(ONE_SIDE)]):
            inside = len(set(far) & set(run))
            far = [month for month in far if month not in run]
            what = f"{len(run)} months in a row, {period_words(run[0], run[-1])}, were {way} what is usual"
            runs_said.append(what + (f", {inside} of them unusually {extreme}" if inside else ""))
        if far:
            was, its = ("was", "its month") if len(far) == 1 else ("were", "their months")
            far_said.append(f"{list_months(far)} {was} unusually {extreme} for {its}")
    if parts := runs_said + far_said:
        return f"{name}: {'; '.join(parts)}."
    first, last = judged[0].month, judged[-1].month
    if len(judged) == 1:
        return f"{name}: {month_name(first)} was not unusual for its month."
    gap = "" if (last - first).n == len(judged) - 1 else "known "
    return f"{name}: no {gap}month from {period_words(first, last)} was unusual for its month."


def _details(points: pd.DataFrame) -> tuple[str, ...]:
    """Say which months broke which rule; a count outside its limits is outside them as they are written."""
    judged = _judged(points)
    said = []
    if outside := [one for one in judged if one.breaks(OUTSIDE)]:
        each = [
            f"{month_name(one.month)} ({one.value:,.0f}; {np.ceil(one.low):,.0f} to {np.floor(one.high):,.0f})"
            for one in outside
        ]
        said.append(f"Outside the limits for its month: {', '.join(each)}.")
    for above in (True, False):
        way = "above" if above else "below"
        for run in runs_of([one.month for one in judged if one.above == above and one.breaks(ONE_SIDE)]):
            said.append(f"{len(run)} in a row {way} what is usual: {period_words(run[0], run[-1])}.")  # noqa: PERF401
        if far := [one.month for one in judged if one.above == above and one.breaks(TWO_OF_THREE)]:
            said.append(f"Two of three in a row far {way} what is usual: {list_months(far)}.")
    return tuple(said) or (NO_SIGNAL,)


class _Judged(NamedTuple):
    """A known month that is judged."""

    month: pd.Period
    value: float
    usual: float
    low: float
    high: float
    rule: str

    @property
    def above(self) -> bool:
        return self.value > self.usual

    def breaks(self, *names: str) -> bool:
        return any(name in self.rule for name in names)


def _judged(points: pd.DataFrame) -> list[_Judged]:
    columns = [points[name].tolist() for name in ("value", "usual", "low", "high", "rule")]
    rows = zip(pd.PeriodIndex(points.index), *columns, strict=True)
    return [_Judged(*row) for row, judged in zip(rows, points["judged"], strict=True) if judged and row[1] == row[1]]


def _laid(series: pd.Series[float], mask: ArrayLike | None) -> tuple[pd.Series[float], NDArray[np.bool_]]:
    """Lay a series and its mask out without gaps, up to the last known month."""
    data = prepare(series)
    laid = pd.Series(data.count, index=data.months.rename("month"))
    left_out = pd.Series(as_mask(mask, len(series)), index=series.index).reindex(data.months, fill_value=False)
    last = laid.last_valid_index()
    kept = laid[:last] if last is not None else laid[:0]
    return kept, left_out.to_numpy(dtype=bool)[: len(kept)]


def _against(
    laid: pd.Series[float],
    left_out: NDArray[np.bool_],
    base: pd.PeriodIndex,
    end: pd.Period,
    name: str,
    data_version: str,
) -> ControlChart:
    """Hold the months after a baseline against it."""
    before, shown = laid[:end], laid[: end + JUDGED]
    months, ahead = pd.PeriodIndex(before.index), pd.PeriodIndex(shown.index)
    judged = np.asarray(ahead > end)
    value = shown.to_numpy(dtype=float)
    covered = period_words(base[0], base[-1])
    if not (judged & ~np.isnan(value)).any():
        raise Refusal(f"No month after {month_name(end)} is known that could be judged", "Choose an earlier baseline")
    inside, there = np.asarray(months.isin(base)), before.notna().to_numpy()
    if not (inside[1:] & inside[:-1]).any():
        raise Refusal(f"There are no limits from {covered}: no two of its known months follow one another")
    found = estimate(months, np.asarray(before, dtype=np.float64)[None], there & ~left_out[: len(before)], inside)
    if found.centre[0] == 0:
        raise Refusal(f"There are no limits from {covered}: it has no incident")
    usual, limit = found.usual(ahead)[0], found.limit(ahead)[0]
    broken = rules((value - usual)[None, judged], limit[None, judged])
    at = np.flatnonzero(judged)
    words = [""] * len(value)
    for place, i in enumerate(at):
        words[i] = ", ".join(rule for rule, met in broken.items() if met[0, place])
    points = pd.DataFrame(
        {
            "value": value, "usual": usual, "low": np.maximum(0.0, usual - limit), "high": usual + limit,
            "judged": judged, "signal": [word != "" for word in words], "rule": words,
        },
        index=ahead.rename("month"),
    )  # fmt: skip
    return ControlChart(
        points=points,
        baseline=(base[0], base[-1]),
        centre=float(found.centre[0]),
        mean_moving_range=float(found.mean_range[0]),
        season=found.season[0],
        sentence=verdict(name, points),
        details=_details(points),
        limited=True,
        method=_method(found, points, base, int((there & ~left_out[: len(before)]).sum()), data_version),
    )


def _method(found: Limits, points: pd.DataFrame, base: pd.PeriodIndex, learnt: int, data_version: str) -> Method:
    expected = pd.period_range(base[0], base[-1], freq="M")
    missing = list(expected.difference(base))
    judged = [one.month for one in _judged(points)]
    caveats = ["Unusual for its month is not a change from one year to the next; a signal names no cause."]
    if missing:
        caveats.append(f"Between the months of the baseline, {list_months(missing)} "
                       f"{'is' if len(missing) == 1 else 'are'} missing or left out.")  # fmt: skip
    return Method(
        name="XmR control chart of counts with the season taken out",
        parameters={
            "baseline": f"{period_words(base[0], base[-1])}, {len(base)} known months",
            "judged": f"{period_words(judged[0], judged[-1])}, {len(judged)} known months",
            "season": f"per day, from {learnt} months up to the end of the baseline, prior weight {found.prior[0]:.1f}",
            "limits": f"mean ± {WIDENING} × {FACTOR} × mean moving range, wider by what the season may be off",
            "signals": f"{OUTSIDE}; {RUN} in a row on one side; two of three beyond two thirds; judged months only",
        },
        n=round(float(np.nansum(points["value"]))),
        correction="limits widened so that quiet years seldom have a signal",
        data_version=data_version,
        period=period_words(points.index[0], points.index[-1]),
        caveats=tuple(caveats),
        source_refs=("Wheeler and Chambers 1992", "Western Electric 1956"),
    )


def _tried(found: ControlChart, name: str, rates: Rates, replays: Replays) -> ControlChart:
    """Keep limits that can be relied on, with what they were tried on; without them, a plain line says why."""
    if rates.hold:
        method = replace(found.method, caveats=(*found.method.caveats, rates.sentence, replays.sentence))
        return replace(found, method=method)
    plain = found.points[["value"]].assign(
        usual=np.nan, low=np.nan, high=np.nan, judged=False, signal=False, rule=""
    )  # fmt: skip
    return replace(
        found,
        points=plain,
        sentence=f"{name}: these months vary too much, or are too few, to say which was unusual.",
        details=(rates.reason,),
        limited=False,
        method=replace(found.method, name="counts by month, without limits", caveats=(rates.reason,)),
    )
