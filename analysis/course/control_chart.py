"""Has a month left what is usual: the XmR chart of single values, its limits frozen on a baseline."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.method import Method, list_months, month_name, period_words
from analysis.common.refusal import Refusal
from analysis.when.shape import prepare
from geo.errors import InputError

FACTOR = 2.66  # 3 / 1.128: three standard deviations, one being the mean moving range of pairs / d2 (Wheeler 1993)
RUN = 8
LEAST_BASELINE = 6  # months; limits from fewer are of no use
SOUND_BASELINE = 12
OUTSIDE, ONE_SIDE, TWO_OF_THREE = "outside", "eight on one side", "two of three far out"


@dataclass(frozen=True, eq=False)
class ControlChart:
    """A series against the limits of a baseline.

    Attributes
    ----------
    points : DataFrame
        By every month from the first to the last: ``value`` (NaN where missing), ``moving_range`` (from the month
        before; NaN where either is missing), ``signal`` (bool) and ``rule`` (the rules that the month is part of, in
        words; empty where none).
    centre, low, high : float
        Mean of the baseline and its limits; ``low`` is not under 0.
    mean_moving_range : float
        Of the baseline.
    baseline : (Period, Period)
    sentence : str
        About the last month.
    method : Method
    """

    points: pd.DataFrame = field(repr=False)
    centre: float
    low: float
    high: float
    mean_moving_range: float
    baseline: tuple[pd.Period, pd.Period]
    sentence: str
    method: Method


def xmr_chart(
    series: pd.Series[float],
    first: pd.Period,
    last: pd.Period,
    *,
    name: str = "The series",
    data_version: str = "",
) -> ControlChart:
    """Hold every month against the mean and the month-to-month variation of a baseline.

    Parameters
    ----------
    series : Series of float
        Counts by month with a PeriodIndex; NaN or absent where a month is missing.
    first, last : Period
        Of the baseline, as a rule a year. Its months do not move the limits again, whatever comes later.
    name : str
        What the sentence speaks of.
    data_version : str
        For the caption.

    Returns
    -------
    ControlChart

    Raises
    ------
    Refusal
        Fewer than six months of the baseline are there, or no two that follow one another.
    InputError
        The baseline ends before it starts; or as :func:`analysis.when.shape.prepare`.

    Notes
    -----
    Limits: mean +- 2.66 x mean moving range; a range is taken between neighbouring months only, never across a gap, and
    a gap ends every run. Signals: one month outside the limits; eight in a row on one side of the mean; two of three in
    a row beyond two thirds of the way to the same limit. When it misleads: a series with a season signals every year in
    its season (hold the series divided by its season against the limits); a level that has moved for good signals
    for ever, until a new baseline is chosen; and of 100 usual months one or two signal as well.

    References
    ----------
    Wheeler, D. J. and Chambers, D. S. (1992). Understanding statistical process control. SPC Press.
    Western Electric (1956). Statistical quality control handbook (run rules).
    """
    if last < first:
        raise InputError("the baseline ends before it starts", column="last", value=f"{first} to {last}")
    data = prepare(series)
    value = data.count
    apart = np.abs(np.diff(value, prepend=np.nan))
    inside = np.asarray((data.months >= first) & (data.months <= last))
    base = value[inside]
    known = int((~np.isnan(base)).sum())
    # the range of the first month of the baseline reaches outside it
    ranges = apart[inside & np.asarray(data.months > first)]
    ranges = ranges[~np.isnan(ranges)]
    covered = period_words(first, last)
    if known < LEAST_BASELINE or len(ranges) == 0:
        raise Refusal(
            f"There are no limits from {covered}: it takes {LEAST_BASELINE} months, some of them in a row, and there "
            f"{'is' if known == 1 else 'are'} {known}",
            "Choose another baseline, or load its missing months on the Data page",
        )
    centre, mean_range = float(np.nanmean(base)), float(ranges.mean())
    reach = FACTOR * mean_range
    rules = _rules(value - centre, reach)
    words = [", ".join(rule for rule, met in rules.items() if met[i]) for i in range(len(value))]
    points = pd.DataFrame(
        {"value": value, "moving_range": apart, "signal": [word != "" for word in words], "rule": words},
        index=data.months.rename("month"),
    )
    expected = pd.period_range(first, last, freq="M")
    missing = [month for month in expected if month not in data.months[data.used]]
    caveats = ["A month of the season signals every year; a level that has moved signals until the baseline is new."]
    if known < SOUND_BASELINE:
        caveats.append(f"Limits are provisional: only {known} months of the baseline.")
    if missing:
        caveats.append(f"Of the baseline, {list_months(missing)} {'is' if len(missing) == 1 else 'are'} missing.")
    return ControlChart(
        points=points,
        centre=centre,
        low=max(0.0, centre - reach),
        high=centre + reach,
        mean_moving_range=mean_range,
        baseline=(first, last),
        sentence=_sentence(name, points, centre, (max(0.0, centre - reach), centre + reach), covered),
        method=Method(
            name="XmR control chart",
            parameters={
                "baseline": f"{covered}, {known} months",
                "limits": f"mean ± {FACTOR} × mean moving range ({len(ranges)} pairs, none across a gap)",
                "signals": f"{OUTSIDE}; {RUN} in a row on one side; two of three beyond two thirds",
            },
            n=round(float(np.nansum(value))),
            correction="none: each month on its own",
            data_version=data_version,
            period=period_words(data.months[0], data.months[-1]),
            caveats=tuple(caveats),
            source_refs=("Wheeler and Chambers 1992", "Western Electric 1956"),
        ),
    )


def _rules(off: NDArray[np.float64], reach: float) -> dict[str, NDArray[np.bool_]]:
    """Which months are part of a signal, by rule; ``off`` is the distance from the mean, NaN where missing."""
    one_side = np.zeros(len(off), dtype=bool)
    far_out = np.zeros(len(off), dtype=bool)
    for side in (off, -off):
        one_side |= _part_of(side > 0, RUN, RUN)
        beyond = side > 2 / 3 * reach
        far_out |= beyond & _part_of(beyond, 3, 2, ~np.isnan(off))
    return {OUTSIDE: np.abs(off) > reach, ONE_SIDE: one_side, TWO_OF_THREE: far_out}


def _part_of(
    met: NDArray[np.bool_], length: int, least: int, there: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Members of every run of ``length`` months, all of them there, of which at least ``least`` meet a condition."""
    out = np.zeros(len(met), dtype=bool)
    for start in range(len(met) - length + 1):
        run = slice(start, start + length)
        if met[run].sum() >= least and (there is None or there[run].all()):
            out[run] = True
    return out


def _sentence(name: str, points: pd.DataFrame, centre: float, limits: tuple[float, float], covered: str) -> str:
    known = points.dropna(subset=["value"])
    month, value, rule = known.index[-1], float(known["value"].iloc[-1]), str(known["rule"].iloc[-1])
    usual = f"the mean of {covered}, {centre:,.0f} a month (limits {limits[0]:,.0f} to {limits[1]:,.0f})"
    side = "above" if value > centre else "below"
    if OUTSIDE in rule:
        return f"{name} in {month_name(month)}, {value:,.0f}, lies outside the limits, {side} {usual}."
    if ONE_SIDE in rule:
        return f"{name} has run {side} {usual} for {RUN} months and more, with {value:,.0f} in {month_name(month)}."
    if rule:
        return f"{name} has lately been far {side} {usual}, with {value:,.0f} in {month_name(month)}."
    return f"{name} in {month_name(month)}, {value:,.0f}, lies within what is usual: {usual}."
