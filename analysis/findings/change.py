"""What changed: one year against the one before, a run of years, and what the last import brought."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.common.method import YEAR, month_name, period_words
from analysis.common.percents import interval, percent, signed
from analysis.common.refusal import Refusal
from analysis.common.years import Comparison
from analysis.course.trend import LEVEL, Trend, seasonal_mann_kendall
from analysis.findings.finding import Finding, capital, lower
from data.kinds.crime_types import plural

RECENT_YEARS = 3
NOT_CLEARLY = "did not clearly change"


def year_changes(found: Mapping[str, Comparison | Refusal], where: str = "") -> Finding:
    """Say how crime types changed from one year to the next.

    Parameters
    ----------
    found : mapping of str to Comparison or Refusal
        By the name of the crime type ("ASB", "Drug offences"), all of one area, up to one month.
    where : str
        The wards it speaks of, such as "in 3 wards"; empty for the whole area.

    Returns
    -------
    Finding
        A rise or fall is claimed only where the interval leaves out no change. The detail has counts, months and
        interval of every comparison, and says of how many months it is where some are missing.
    """
    compared = {name: one for name, one in found.items() if isinstance(one, Comparison)}
    if not compared:
        names = " and ".join(lower(name) for name in found)
        reasons = list(dict.fromkeys(str(one) for one in found.values() if isinstance(one, Refusal)))
        return Finding(f"Too few months to compare {names} with the year before", detail=" ".join(reasons))
    verbs = {name: _verb(one) for name, one in compared.items()}
    if len(compared) > 1 and set(verbs.values()) == {NOT_CLEARLY}:
        title = f"Neither {' nor '.join(lower(name) for name in compared)} clearly changed"
    else:
        title = " and ".join(f"{lower(name)} {verb}" for name, verb in verbs.items())
    one = next(iter(compared.values()))
    whole = not one.missing_months
    when = f"in the 12 months to {month_name(one.current_last)}" if whole else "in the months that both years have"
    left = [f"{name}: {one}" for name, one in found.items() if isinstance(one, Refusal)]
    said = [*map(_counts, compared, compared.values()), *left]
    return Finding(capital(f"{title}{f' {where}' if where else ''}"), when, " ".join(said))


def _verb(found: Comparison) -> str:
    if not found.differs:
        return NOT_CLEARLY
    verb = "rose" if found.change_ratio > 1 else "fell"
    return f"{verb} by {percent(found.change_ratio - 1)}" if found.previous and found.current else verb


def _counts(name: str, found: Comparison) -> str:
    spell = f"in {period_words(found.current_first, found.current_last)}"
    before = f"in {period_words(found.previous_first, found.previous_last)}"
    if found.missing_months:
        spell = f"in the {found.months} months up to {month_name(found.current_last)} that both years have"
        before = "in the same months a year before"
    if not found.previous or not found.current:
        return f"{name}: {found.current:,} {spell}, {found.previous:,} {before}."
    per_day = " per day" if found.missing_months else ""
    return (
        f"{name}: {found.current:,} {spell}, {found.previous:,} {before} ({signed(found.change_ratio - 1)}{per_day}, "
        f"{100 * found.level:g} % interval {interval(found.low, found.high)})."
    )


def course_of_years(series: pd.Series[float], name: str, data_version: str = "") -> tuple[Finding, Trend]:
    """Say what the last three years did, and then what the whole span did.

    Parameters
    ----------
    series : Series of float
        Counts by month with a PeriodIndex, NaN where a month is missing; ends with the as-at month.
    name : str
        "ASB".
    data_version : str
        For the caption.

    Returns
    -------
    Finding
        The title is about the last 36 months, or about the whole span where it is no longer; the detail about the
        span, and how much from one year to the next.
    Trend
        Of the whole span: its method is the caption.

    Raises
    ------
    Refusal, InputError
        As :func:`analysis.course.trend.seasonal_mann_kendall` for the whole span.

    Notes
    -----
    A rise or fall is said where the test's p is at most .05. When it misleads: as the test; a change that ended before
    the last three years is in the span alone, which is why both are said.

    References
    ----------
    As :func:`analysis.course.trend.seasonal_mann_kendall`.
    """
    whole = seasonal_mann_kendall(series, name=name, data_version=data_version)
    known = series.dropna()
    span = period_words(known.index[0], known.index[-1])
    it = "they" if plural(name) else "it"
    recent = series.loc[series.index[-1] - RECENT_YEARS * YEAR + 1 :]
    if len(series) <= RECENT_YEARS * YEAR:
        return Finding(f"{name} {_direction(whole, name)}", f"over {span}", _slope(whole)), whole
    try:
        lately = seasonal_mann_kendall(recent, name=name)
    except Refusal:
        head = f"{name}: too few months of the last three years to tell a direction"
        return Finding(head, detail=f"Over {span} {it} {_direction(whole, name)}. {_slope(whole)}".strip()), whole
    said = recent.dropna()
    when = f"in the last three years ({period_words(said.index[0], said.index[-1])})"
    detail = f"{_slope(lately)} Over the whole span, {span}, {it} {_direction(whole, name)}. {_slope(whole)}"
    return Finding(f"{name} {_direction(lately, name)}", when, " ".join(detail.split())), whole


def _direction(found: Trend, name: str = "") -> str:
    if found.p > LEVEL:
        return f"{'show' if plural(name) else 'shows'} no clear direction"
    return "rose" if found.s > 0 else "fell"


def _slope(found: Trend) -> str:
    """Say by how much, where a direction is claimed and the middle of the changes has it too."""
    if found.p > LEVEL or found.slope * found.s <= 0:
        return ""
    way = "more" if found.slope > 0 else "fewer"
    return f"A month had about {abs(found.slope):,.1f} {way} than the same month a year before."
