"""What the Overview shows: four figures, one chart, the ward table."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from analysis.counts import compare_available, compare_years, monthly_by_ward, monthly_series
from analysis.method import Method, month_name
from analysis.rates import ward_rates, ward_rates_method
from analysis.refusal import Refusal
from analysis.years import Comparison
from data.calendar import next_operation
from data.schema import ASB, DRUGS
from pages.ui import charts, downloads, frame, tables
from pages.ui.cache import Dataset, cached
from pages.ui.choice import Filters, short_month, short_period

NAMES = {ASB: "ASB", DRUGS: "Drug offences"}
YEAR = 12


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
    try:
        return compare_years(incidents, chosen.as_at, wards=chosen.wards or None, name=NAMES[category])
    except Refusal:
        return compare_available(incidents, chosen.as_at, wards=chosen.wards or None, name=NAMES[category])


def signed(percent: float) -> str:
    """Write a change in per cent with its sign, unbroken at the end of a line."""
    rounded = round(percent)
    return "no change" if rounded == 0 else f"{'+' if rounded > 0 else '−'}{abs(rounded):,}\u00a0%"


def _spread(found: Comparison) -> str:
    low, high = 100 * (found.low - 1), 100 * (found.high - 1)
    top = "any rise" if high == float("inf") else signed(high)
    return f"{signed(low)} to {top}"


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
        change = f"{signed(found.change_percent)} per day" if found.previous else none
        return Headline(label, value, None, clear=False, words=f"{words}: {change}")
    before = f"{found.previous:,} the year before"
    if not found.current and not found.previous:
        return Headline(label, "0", None, clear=False, words="none the year before either")
    change = signed(found.change_percent) if found.previous else None
    verdict = "a clear change" if found.differs else "no clear change"
    words = f"{before}: {verdict}\n(95 % interval {_spread(found)})"
    return Headline(label, f"{found.current:,}", change, found.differs, words)


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


def as_at_date(data: Dataset, chosen: Filters) -> date:
    """Give the day on which the person asks: the last of the as-at month when they have stepped back."""
    return chosen.as_at.end_time.date() if chosen.stepped_back and chosen.as_at is not None else data.as_at


def operation_headline(data: Dataset, chosen: Filters) -> Headline:
    """Give the next operation and the days until it starts."""
    day = as_at_date(data, chosen)
    window = next_operation(data.area, day)
    if window is None:
        return Headline("Next operation", "–", None, clear=False, words="The area file names no operations.")
    words = f"{_day(window.first)} to {_day(window.last)} {window.last.year}" + (" (assumed)" if window.assumed else "")
    days = window.days_from(day)
    if days <= 0:
        return Headline(f"{window.operation.name}: running", f"Day {1 - days}", None, clear=False, words=words)
    label = f"To {window.operation.name.lower() if days == 1 else window.operation.name}"
    return Headline(label, f"{days:,} day{'' if days == 1 else 's'}", None, clear=False, words=words)


def _day(day: date) -> str:
    return f"{day.day} {month_name(pd.Period(day, 'M')).split()[0]}"


def finding(data: Dataset, chosen: Filters) -> str:
    """Say in one sentence how ASB and drug offences changed."""
    said, period = [], ""
    for category, name in NAMES.items():
        subject = name if name.isupper() else name.lower()
        try:
            found = cached(comparison, data, chosen, category)
        except Refusal:
            said.append(f"{subject} cannot be compared with the year before")
            continue
        whole = not found.missing_months
        period = f"in the 12 months to {month_name(found.current_last)}" if whole else "in the months there are"
        if not found.differs:
            said.append(f"{subject} did not clearly change")
        else:
            verb = "rose" if found.change_ratio > 1 else "fell"
            size = f" by {abs(found.change_percent):.0f} %" if found.previous and found.current else ""
            said.append(f"{subject} {verb}{size}")
    for same, both in (
        ("not clearly", "neither ASB nor drug offences clearly changed"),
        ("cannot be", "too many months are missing to compare ASB and drug offences with the year before"),
    ):
        said = [both] if all(same in part for part in said) else said
    where = "" if not chosen.wards else f" in the {len(chosen.wards)} wards chosen"
    if len(chosen.wards) == 1:
        where = f" in {data.area.ward_names[chosen.wards[0]]}"
    text = " and ".join(said) + where + (f" {period}" if period else "")
    return text[:1].upper() + text[1:]


def ward_table(data: Dataset, chosen: Filters) -> pd.DataFrame:
    """Count ASB and drug offences of the last 12 months by ward, with rates per 1,000 residents.

    Returns
    -------
    DataFrame
        ``ward``, ``asb``, ``asb_rate``, ``asb_low``, ``asb_high``, ``months`` (the 12 counts, oldest first), ``drugs``,
        ``drugs_rate``, ``drugs_low``, ``drugs_high``; most ASB first.

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


# --- on the page -----------------------------------------------------------------------------------------------------
def show_headlines(data: Dataset, chosen: Filters) -> None:
    """Draw the four figures in one row."""
    makers = (
        lambda: year_headline(data, chosen, ASB),
        lambda: year_headline(data, chosen, DRUGS),
        lambda: month_headline(data, chosen),
        lambda: operation_headline(data, chosen),
    )
    for number, (maker, column) in enumerate(zip(makers, st.columns(4, gap="small"), strict=True)):
        with column:
            try:
                _card(maker(), number)
            except Refusal as refusal:
                _card(
                    Headline("No comparison with the year before", "–", None, clear=False, words=str(refusal)), number
                )


def _card(headline: Headline, number: int) -> None:
    falls = (headline.delta or "").startswith("−")  # a minus sign, which Streamlit does not take for one
    with st.container(border=True, gap=None, height="stretch", key=f"card_{number}"):
        st.metric(
            frame.plain(headline.label),
            headline.value,
            headline.delta,
            delta_color=("green" if falls else "red") if headline.clear else "gray",
            delta_arrow="off" if headline.delta in {None, "no change"} else "down" if falls else "up",
        )
        frame.note(headline.words)


def show_trend(data: Dataset, chosen: Filters) -> None:
    """Draw the monthly trend of both crime types."""
    series = {name: cached(monthly, data, chosen, category) for category, name in NAMES.items()}
    asb = series[NAMES[ASB]]
    if asb.dropna().empty:
        frame.refused(Refusal("There is no trend: nothing is loaded", "Load published files on the Data page"))
        return
    peak = asb.iloc[-YEAR:].dropna()
    title = f"ASB peaked in {month_name(peak.idxmax())}" if len(peak) and peak.max() > 0 else "Monthly counts"
    chart = charts.trend(series, data.area.seasons, title)
    letters = ", ".join(f"{season.name[:1]} {season.name}" for season in data.area.seasons)
    charts.show(
        chart,
        data,
        "trend",
        downloads.file_name(data, "monthly", str(chosen.as_at)),
        downloads.about(data, "ASB and drug offences by month", _span(chart.table), asb=True),
        note=f"Shaded: {letters}. Whole calendar months." if letters else "",
    )


def _span(table: pd.DataFrame) -> str:
    return f"{table['month'].iloc[0]} to {table['month'].iloc[-1]}" if len(table) else ""


def show_wards(data: Dataset, chosen: Filters) -> Method | None:
    """Draw the ward table; returns how its rates were made."""
    try:
        table = cached(ward_table, data, chosen)
        method = ward_rates_method(chosen.known(data.incidents).of(ASB), data.area)
    except Refusal as refusal:
        frame.refused(refusal)
        return None
    first = table.iloc[0] if len(table) else None
    if first is None or not first["asb"]:
        title = "No ASB in the last 12 months in these wards"
    elif len(table) == 1:
        title = f"{first['ward']}: {first['asb']:,} ASB incidents in 12 months"
    else:
        title = f"{first['ward']} has the most ASB: {first['asb']:,} in 12 months"
    st.html(f'<h2 class="chart-title">{frame.escape(title)}</h2>')
    alt = "ASB and drug offences of the last 12 months by ward, with rates per 1,000 residents. " + title + "."
    tables.show(_shown(table), alt, config=_config(table), key="wards", most=430)
    text = table.drop(columns=["code", "months"])
    downloads.csv_button(
        text,
        downloads.file_name(data, "wards", str(chosen.as_at)),
        downloads.about(
            data, "ASB and drug offences by ward, rates per 1,000 residents", method.period, method, asb=True
        ),
        key="csv_wards",
    )
    return method


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Intervals as text, so that a rate is never read without its spread."""
    return pd.DataFrame(
        {
            "ward": table["ward"],
            "asb": table["asb"],
            "asb_rate": table["asb_rate"],
            "asb_spread": [_between(*pair) for pair in zip(table["asb_low"], table["asb_high"], strict=True)],
            "months": table["months"],
            "drugs": table["drugs"],
            "drugs_rate": table["drugs_rate"],
            "drugs_spread": [_between(*pair) for pair in zip(table["drugs_low"], table["drugs_high"], strict=True)],
        }
    )


def _between(low: float, high: float) -> str:
    return "" if pd.isna(low) else f"{low:.1f}–{high:.1f}"


def _config(table: pd.DataFrame) -> dict[str, object]:
    column = st.column_config
    top = max((max(values) for values in table["months"] if values), default=1)
    rate = "Incidents in 12 months per 1,000 residents"
    spread = "95 % interval of the rate"
    return {
        "ward": column.TextColumn("Ward", width=125),
        "asb": column.NumberColumn("ASB", width=45),
        "asb_rate": column.NumberColumn("per 1,000", width=62, format="%.1f", help=rate),
        "asb_spread": column.TextColumn("95 %", width=78, help=spread),
        "months": column.LineChartColumn(
            "12 months", width=90, y_min=0, y_max=top, help="ASB by month, one scale for all wards"
        ),
        "drugs": column.NumberColumn("Drugs", width=48),
        "drugs_rate": column.NumberColumn("per 1,000", width=62, format="%.1f", help=rate),
        "drugs_spread": column.TextColumn("95 %", width=70, help=spread),
    }


def show_method(data: Dataset, chosen: Filters, rates: Method | None) -> None:
    """Say how the comparison and the rates were made."""
    with suppress(Refusal):  # it stands in place of the figures
        frame.how(cached(comparison, data, chosen, ASB).method)
    if rates:
        frame.how(rates)
