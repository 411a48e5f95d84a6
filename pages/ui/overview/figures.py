"""What the Overview says: its four figures, its finding, and the ward table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.common.counts import compare_years, monthly_by_ward, monthly_series
from analysis.common.method import YEAR, Method, month_name
from analysis.common.percents import interval
from analysis.common.rates import rates_spread, ward_rates, ward_rates_method
from analysis.common.refusal import Refusal
from analysis.common.ward_spread import WardSpread
from analysis.common.years import Comparison
from analysis.findings.change import year_changes
from analysis.findings.finding import Finding
from data.kinds.crime_types import ASB, DRUGS
from data.place.area_calendar import next_operation
from data.place.calendar_words import known_words
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters, as_at_date, short_month, short_period
from pages.ui.shell.words import NAMES, changed

NO_COMPARISON = "No comparison with the year before"


@dataclass(frozen=True)
class Headline:
    """One figure: what it is, the figure, the change and what to make of it."""

    label: str
    value: str
    delta: str | None
    clear: bool  # the change is more than noise
    words: str


def monthly(data: Dataset, chosen: Filters, category: str) -> pd.Series:
    """Monthly counts of a crime type in the chosen wards, up to the as-at month."""
    return monthly_series(chosen.known(data.incidents).of(category), chosen.wards or None)


def comparison(data: Dataset, chosen: Filters, category: str) -> Comparison:
    """Compare the last 12 months with the 12 before, or the months that are there in both."""
    incidents = chosen.known(data.incidents).of(category)
    return compare_years(incidents, chosen.as_at, wards=chosen.wards or None, name=NAMES[category])


def year_headline(data: Dataset, chosen: Filters, category: str) -> Headline:
    """Give the last 12 months of a crime type against the 12 before.

    Raises
    ------
    Refusal
        Too few months are there in both years.
    """
    found = cached(comparison, data, chosen, category)
    end = chosen.as_at or found.current_last
    label = f"{NAMES[category]}, {short_period(end - YEAR + 1, end)}"
    if found.missing_months:
        year = cached(monthly, data, chosen, category).iloc[-YEAR:]
        value = "–" if year.isna().any() else f"{year.sum():,.0f}"
        words = (
            f"{len(found.missing_months)} of the 24 months are missing. The {found.months} that are there in both years"
        )
        # with none in the earlier months there is no ratio
        none = f"{found.current:,}, none the year before"
        change = f"{changed(found.change_ratio)} per day" if found.previous else none
        return Headline(label, value, None, clear=False, words=f"{words}: {change}")
    before = f"{found.previous:,} the year before"
    if not found.current and not found.previous:
        return Headline(label, "0", None, clear=False, words="none the year before either")
    rose = changed(found.change_ratio) if found.previous else None
    verdict = "a clear change" if found.differs else "no clear change"
    words = f"{before}: {verdict}\n(95 % interval {interval(found.low, found.high)})"
    return Headline(label, f"{found.current:,}", rose, found.differs, words)


def month_headline(data: Dataset, chosen: Filters, category: str = ASB) -> Headline:
    """Give the last month against the same month a year before."""
    series = cached(monthly, data, chosen, category)
    if series.empty:
        return Headline(f"{NAMES[category]}, latest month", "–", None, clear=False, words="No months are loaded.")
    month = series.index[-1]
    value, before = series.iloc[-1], series.get(month - YEAR)
    label = f"{NAMES[category]} in {month_name(month)}"
    if before is None or pd.isna(before):
        return Headline(label, f"{value:,.0f}", None, clear=False, words=f"{short_month(month - YEAR)} is not there")
    gap = round(value - before)
    delta = "no change" if gap == 0 else f"{'+' if gap > 0 else '−'}{abs(gap):,}"
    words = f"{before:,.0f} in {short_month(month - YEAR)}; one month alone says little"
    return Headline(label, f"{value:,.0f}", delta, clear=False, words=words)


def operation_headline(data: Dataset, chosen: Filters) -> Headline:
    """Give the next operation and the days until it starts."""
    day = as_at_date(data, chosen)
    window = next_operation(data.area, day)
    if window is None:
        return Headline("Next operation", "–", None, clear=False, words="The area file names no operations.")
    words = f"{_day(window.first)} to {_day(window.last)} {window.last.year}"
    words += f" (assumed: {known_words(data.area)})" if window.assumed else ""
    days = window.days_from(day)
    if days <= 0:
        return Headline(f"{window.operation.name}: running", f"Day {1 - days}", None, clear=False, words=words)
    label = f"To {window.operation.name.lower() if days == 1 else window.operation.name}"
    return Headline(label, f"{days:,} day{'' if days == 1 else 's'}", None, clear=False, words=words)


def _day(day: date) -> str:
    return f"{day.day} {month_name(pd.Period(day, 'M')).split()[0]}"


def headlines(data: Dataset, chosen: Filters) -> list[Headline]:
    """Give the four figures: both crime types against the year before, the last month, the next operation."""
    found = []
    for category in (ASB, DRUGS):
        try:
            found.append(year_headline(data, chosen, category))
        except Refusal as refusal:
            found.append(Headline(NO_COMPARISON, "–", None, clear=False, words=str(refusal)))
    return [*found, month_headline(data, chosen), operation_headline(data, chosen)]


def change(data: Dataset, chosen: Filters) -> Finding:
    """Say how ASB and drug offences changed from one year to the next."""
    found: dict[str, Comparison | Refusal] = {}
    for category, name in NAMES.items():
        try:
            found[name] = cached(comparison, data, chosen, category)
        except Refusal as refusal:
            found[name] = refusal
    where = f"in the {len(chosen.wards)} wards chosen" if len(chosen.wards) > 1 else ""
    if len(chosen.wards) == 1:
        where = f"in {data.area.ward_names[chosen.wards[0]]}"
    return year_changes(found, where)


def finding(data: Dataset, chosen: Filters) -> str:
    """Say in one sentence how ASB and drug offences changed."""
    return change(data, chosen).sentence


def ward_table(data: Dataset, chosen: Filters) -> pd.DataFrame:
    """Count ASB and drug offences of the last 12 months by ward, with rates per 1,000 residents.

    Returns
    -------
    DataFrame
        ``ward``, ``asb``, ``asb_rate``, ``asb_low``, ``asb_high``, ``months`` (the 12 counts, oldest first), ``drugs``,
        ``drugs_rate``, ``drugs_low``, ``drugs_high``; most ASB first. What the intervals hold: :func:`ward_spread`.

    Raises
    ------
    Refusal
        One of the 12 months is missing.
    """
    known = chosen.known(data.incidents)
    asb = ward_rates(known.of(ASB), data.area)
    drugs = ward_rates(known.of(DRUGS), data.area)
    lines = monthly_by_ward(known.of(ASB), data.area.wards.codes).iloc[-YEAR:]
    table = pd.DataFrame(
        {
            "code": asb["ward_code"],
            "ward": asb["ward_name"],
            "asb": asb["count"],
            "asb_rate": asb["rate_per_1000"],
            "asb_low": asb["low"],
            "asb_high": asb["high"],
            "months": [lines[code].tolist() for code in asb["ward_code"]],
            "drugs": drugs["count"],
            "drugs_rate": drugs["rate_per_1000"],
            "drugs_low": drugs["low"],
            "drugs_high": drugs["high"],
        }
    )
    if chosen.wards:
        table = table[table["code"].isin(chosen.wards)]
    return table.sort_values(["asb", "ward"], ascending=[False, True], ignore_index=True)


def ward_spread(data: Dataset, chosen: Filters, category: str) -> WardSpread:
    """Give what the intervals of :func:`ward_table` are widened by; same refusals."""
    return rates_spread(chosen.known(data.incidents).of(category), data.area)


def ward_method(data: Dataset, chosen: Filters, category: str) -> Method:
    """Say how the rates of :func:`ward_table` are made; same refusals."""
    return ward_rates_method(chosen.known(data.incidents).of(category), data.area)
