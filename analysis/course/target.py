"""Are we on course: the chance that a financial year ends at or below its target, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.ahead.forecast import LEVEL_HALF_LIFE, forecast
from analysis.common.method import Method, list_months, month_name, period_words
from analysis.common.refusal import Refusal
from analysis.common.tails import t_below
from analysis.course.target_spread import MONTHS_LEFT, TargetSpread
from geo.errors import InputError

MONTHS = 12
FIRST_MONTH = 4  # the financial year starts in April
DF = 4
# Standard deviation of ln(actual / forecast) with MONTHS_LEFT, linear in between. Where it was measured stands in
# data/target_spread.csv; another area measures its own (analysis.course.target_spread).
SIGMA = (0.22, 0.17, 0.134, 0.12, 0.108)
USUAL = TargetSpread(SIGMA, measured_on="past years")
# up to which chance a word is used
WORDS = ((0.10, "very unlikely"), (0.35, "unlikely"), (0.65, "about even"), (0.90, "likely"), (1.0, "very likely"))


@dataclass(frozen=True)
class TargetOutlook:
    """Where a financial year stands against its target.

    Attributes
    ----------
    year : str
        Such as "2026/27".
    target : int
        Incidents the year may have at most.
    observed : int
        Of the year so far.
    months_seen, months_left : int
    expected_rest : float
        Forecast of the months left; NaN when it is too early to say.
    chance : float or None
        Of meeting it; None when no month of the year is in the data.
    words : str
        The chance in words: what a page shows, with the number in the detail.
    last_12 : int or None
        The 12 months up to the last one; None when one of them is missing.
    change_required : float or None
        Of the last 12 months to the target, -0.06 for 6 % less; None when those are not known.
    sentence : str
    method : Method
    rough : str
        Whose spread the chance rests on, where it is that of other data; else empty.
    """

    year: str
    target: int
    observed: int
    months_seen: int
    months_left: int
    expected_rest: float
    chance: float | None
    words: str
    last_12: int | None
    change_required: float | None
    sentence: str
    method: Method
    rough: str = ""


def financial_year(year: str) -> pd.PeriodIndex:
    """Give the months of a financial year, April to March.

    Parameters
    ----------
    year : str
        Such as "2026/27".

    Returns
    -------
    PeriodIndex, length 12

    Raises
    ------
    InputError
        Not two years that follow one another.
    """
    first, _, second = year.partition("/")
    if not (first.isdecimal() and second.isdecimal() and len(first) == 4 and (int(first) + 1) % 100 == int(second)):
        raise InputError("a financial year is written 2026/27", column="year", value=year)
    return pd.period_range(f"{first}-{FIRST_MONTH:02d}", periods=MONTHS, freq="M")


def financial_year_total(series: pd.Series[float], year: str) -> int:
    """Add up a financial year, for a baseline.

    Parameters
    ----------
    series : Series of float
        Counts by month with a PeriodIndex; NaN or absent where a month is missing.
    year : str

    Returns
    -------
    int

    Raises
    ------
    Refusal
        A month is missing: eleven months are not a year.
    """
    values = series.reindex(financial_year(year))
    missing = [month for month, absent in zip(values.index, values.isna(), strict=True) if absent]
    if missing:
        raise Refusal(
            f"There is no total for {year}: {list_months(missing)} {_is(len(missing))} not in the data",
            "Load the missing months on the Data page, or choose another year as the baseline",
        )
    return round(float(values.sum()))


def target_from(baseline: float, change: float) -> int:
    """Set the target: the baseline changed by a share, rounded down, so that 6 % less of 1,592 is 1,496."""
    return int(np.floor(round(baseline * (1 + change), 6)))


def target_path(baseline: float, target: float, baseline_year: str, target_year: str) -> pd.Series[float]:
    """Draw the path of 12-month totals from the end of the baseline year to that of the target year.

    Parameters
    ----------
    baseline, target : float
        Incidents in 12 months.
    baseline_year, target_year : str
        Financial years, such as "2022/23".

    Returns
    -------
    Series of float
        By last month of the 12; a straight line, which is a way of drawing and no forecast.

    Raises
    ------
    InputError
        The target year is not after the baseline year.
    """
    first, last = financial_year(baseline_year)[-1], financial_year(target_year)[-1]
    if last <= first:
        raise InputError("the target year comes after the baseline year", column="target_year", value=target_year)
    months = pd.period_range(first, last, freq="M")
    return pd.Series(np.linspace(baseline, target, len(months)), index=months, name="path")


def chance_of_meeting(
    target: float, observed: float, expected_rest: float, months_left: int, sigma: Sequence[float] = SIGMA
) -> float:
    """Chance that a year ends at or below its target.

    Parameters
    ----------
    target : float
        Incidents the whole year may have.
    observed : float
        Of the months that are over.
    expected_rest : float
        Forecast of the months left together.
    months_left : int
        0 to 12.
    sigma : sequence of float
        How far the rest of a year strays from its forecast, with 1, 3, 6, 9 and 12 months left.

    Returns
    -------
    float
        With no month left 0 or 1; 0 when the target is spent.

    Raises
    ------
    InputError
        A negative count, or months left outside 0 to 12.

    Notes
    -----
    F_t4(ln((target + 0.5 - observed)/forecast)/sigma), sigma by default from 0.22 with one month left to 0.108 with
    twelve, measured where ``data/target_spread.csv`` says. When it misleads: three or four independent years lie behind
    sigma, none of them had a change of recording half-way, and another area strays by its own.

    References
    ----------
    Of this project: sigma is what forecasts of the rest of past financial years were wrong by.
    """
    if not (np.isfinite([target, observed, expected_rest]).all() and min(target, observed, expected_rest) >= 0):
        raise InputError(
            "target, observed and expected are counts that are not negative",
            value=f"{target}, {observed}, {expected_rest}",
        )
    if not 0 <= months_left <= MONTHS:
        raise InputError("there are 0 to 12 months left of a year", column="months_left", value=str(months_left))
    if observed > target:
        return 0.0
    if months_left == 0 or expected_rest == 0:
        return 1.0
    width = float(np.interp(months_left, MONTHS_LEFT, sigma))
    return float(t_below(np.log((target + 0.5 - observed) / expected_rest) / width, DF))


def chance_words(chance: float) -> str:
    """Put a chance into words: very unlikely up to 0.10, unlikely to 0.35, about even to 0.65, likely to 0.90."""
    if not 0 <= chance <= 1:
        raise InputError("a chance lies between 0 and 1", column="chance", value=str(chance))
    return next(word for most, word in WORDS if chance <= most)


def target_outlook(
    series: pd.Series[float],
    target: int,
    year: str,
    mask: ArrayLike | None = None,
    *,
    name: str = "Incidents",
    data_version: str = "",
    spread: TargetSpread = USUAL,
) -> TargetOutlook:
    """Say where a financial year stands against its target, as of the last month of a series.

    Parameters
    ----------
    series : Series of float
        Counts by month with a PeriodIndex, NaN where missing; ends with the as-at month.
    target : int
        Incidents the year may have at most (:func:`target_from`).
    year : str
        Such as "2026/27".
    mask : array_like of bool, optional
        Months that the forecast leaves out, in the order of ``series``.
    name : str
        What the sentence speaks of.
    data_version : str
        For the caption.
    spread : TargetSpread
        How far forecasts of the rest of a year go wrong.

    Returns
    -------
    TargetOutlook
        Too early to say while no month of the year is in the data.

    Raises
    ------
    Refusal
        A month of the year up to the last one is missing, or fewer than 12 months of history.
    InputError
        As :func:`analysis.when.shape.prepare`; an empty series.

    Notes
    -----
    When it misleads: a target counts what is recorded and published. With month data of police, ASB that is reported
    to council, housing or fire service is in neither side of it.

    References
    ----------
    As :func:`chance_of_meeting`.
    """
    known = series.dropna().sort_index()
    if len(known) == 0:
        raise Refusal("There is nothing to hold against a target: nothing is loaded", "Load files on the Data page")
    as_at = known.index[-1]
    months = financial_year(year)
    seen = months[months <= as_at]
    left = months[months > as_at]
    counted = series.reindex(seen)
    missing = [month for month, absent in zip(seen, counted.isna(), strict=True) if absent]
    if missing:
        raise Refusal(
            f"There is no total of {year} so far: {list_months(missing)} {_is(len(missing))} not in the data",
            "Load the missing months on the Data page",
        )
    year_before = series.reindex(pd.period_range(as_at - MONTHS + 1, as_at, freq="M"))
    last_12 = None if year_before.isna().any() else round(float(year_before.sum()))
    required = target / last_12 - 1 if last_12 else None
    observed = round(float(counted.sum()))
    chance, words, rest = None, "too early to say", float("nan")
    if len(seen):
        rest = _forecast(series, as_at, len(left), mask)
        chance = chance_of_meeting(target, observed, rest, len(left), spread.sigma)
        words = "met" if not len(left) and chance else "missed" if chance == 0 else chance_words(chance)
    rough = spread.measured_on if spread.rough and chance and len(left) else ""
    return TargetOutlook(
        year=year,
        target=target,
        observed=observed,
        months_seen=len(seen),
        months_left=len(left),
        expected_rest=rest,
        chance=chance,
        words=words,
        last_12=last_12,
        change_required=required,
        sentence=_sentence(name, year, target, observed, rest, left, words, as_at, last_12, required)
        + (f" That is rough: it is judged by how far forecasts went wrong in {rough}." if rough else ""),
        method=Method(
            name="chance of a year's total, from a forecast of the months left",
            parameters={
                "target": f"at most {target:,} in {year}",
                "so far": f"{observed:,} in {len(seen)} of its months",
                **({"chance": f"{chance:.2f}"} if chance is not None and not rough else {}),
                "forecast": f"level with a half-life of {LEVEL_HALF_LIFE:g} months times the shrunken season",
                "spread": f"t with {DF} df on the log scale, {spread.words}",
            },
            n=round(float(known.sum())),
            data_version=data_version,
            period=period_words(known.index[0], as_at),
            caveats=(
                spread.caveat,
                "Only what police recorded and published is counted.",
            ),
        ),
        rough=rough,
    )


def _forecast(series: pd.Series[float], as_at: pd.Period, months_left: int, mask: ArrayLike | None) -> float:
    """Expect so many in the months that are left, from what is known up to the as-at month."""
    if not months_left:
        return 0.0
    known = np.asarray(series.index <= as_at)
    left_out = None if mask is None else np.asarray(mask, dtype=bool)[known]
    return float(forecast(series[known], months_left, left_out)["expected"].sum())


def _is(n: int) -> str:
    return "is" if n == 1 else "are"


def _sentence(
    name: str,
    year: str,
    target: int,
    observed: int,
    rest: float,
    left: pd.PeriodIndex,
    words: str,
    as_at: pd.Period,
    last_12: int | None,
    required: float | None,
) -> str:
    aim = f"at most {target:,}"
    if words == "too early to say":
        text = f"{name}: too early to say whether {year} will have {aim}"
        text += f", since none of its months is in the data (up to {month_name(as_at)})"
        if required is None or last_12 is None:
            return text + "."
        if required >= 0:
            return f"{text}; the last 12 months, with {last_12:,}, were within it."
        return f"{text}; it takes {abs(100 * required):.0f} % less than the {last_12:,} of the last 12 months."
    if words in {"met", "missed"} and len(left) == 0:
        return f"{name}: {observed:,} in {year}, and so the target of {aim} was {words}."
    if words == "missed":
        return f"{name}: {observed:,} in {year} by {month_name(as_at)}, already above the target of {target:,}."
    ahead = "month left runs" if len(left) == 1 else f"{len(left)} months left run"
    chance = f"the chance of {aim}" if words == "about even" else aim
    return (
        f"{name}: {chance} in {year} is {words}; {observed:,} so far, and about {observed + rest:,.0f} by the end if "
        f"the {ahead} as forecast."
    )
