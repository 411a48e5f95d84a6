"""What the Overview shows: four figures, one chart, the ward table."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from html import escape

import pandas as pd
import streamlit as st

from analysis.common.method import YEAR, Method
from analysis.common.refusal import Refusal
from analysis.common.ward_spread import WardSpread
from analysis.findings.leaders import most_of
from analysis.findings.peaks import last_year_peak
from data.kinds.crime_types import ASB, DRUGS
from pages.ui.chart import charts
from pages.ui.overview import small_areas
from pages.ui.overview.figures import (
    Headline,
    comparison,
    headlines,
    monthly,
    ward_method,
    ward_spread,
    ward_table,
)
from pages.ui.shell import downloads, filters, frame, screenshot, tables, unlocated
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters
from pages.ui.shell.words import NAMES

_TICKED, _ANEW = "overview_ticked", "overview_list"
_CHANCE_WIDTH, _NARROW = 118, 50  # of a column whose head says "chance alone", and of the one that makes room


# --- on the page -----------------------------------------------------------------------------------------------------
def show_headlines(data: Dataset, chosen: Filters) -> None:
    """Draw the four figures in one row."""
    for number, (headline, column) in enumerate(zip(headlines(data, chosen), st.columns(4, gap="small"), strict=True)):
        with column:
            _card(headline, number)
    if (end := chosen.as_at) is not None:
        before = (end - 2 * YEAR + 1, end - YEAR)
        unlocated.show(data, tuple(NAMES), end - YEAR + 1, end, before)


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
    chart = charts.trend(series, data.area.seasons, last_year_peak(asb, NAMES[ASB]).title)
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
    """Draw the ward table, or that by neighbourhood; returns how its rates were made."""
    head = st.container()  # level with the titles of chart and map
    if small_areas.choose(data):
        return small_areas.show(data, chosen, head.html)
    try:
        table = cached(ward_table, data, chosen)
        every = cached(ward_table, data, replace(chosen, wards=()))
        method = cached(ward_method, data, chosen, ASB)
        spreads = {category: cached(ward_spread, data, chosen, category) for category in (ASB, DRUGS)}
    except Refusal as refusal:
        frame.refused(refusal)
        return None
    title = most_of(list(table["ward"]), list(table["asb"]), NAMES[ASB], "in 12 months").sentence
    head.html(f'<h2 class="chart-title">{escape(title)}</h2>')
    frame.wards_note()
    alt = "ASB and drug offences of the last 12 months by ward, with rates per 1,000 residents. " + title + "."
    _list(every, chosen, alt, _config(every, spreads))
    text = table.drop(columns=["code", "months"])
    what = "ASB and drug offences by ward, rates per 1,000 residents"
    lines = downloads.about(data, what, method.period, method, asb=True)
    drugs = f"{NAMES[DRUGS]}: {spreads[DRUGS].sentence}"
    downloads.csv_button(text, downloads.file_name(data, "wards", str(chosen.as_at)), (*lines, drugs), key="csv_wards")
    return method


def _list(table: pd.DataFrame, chosen: Filters, alt: str, config: Mapping[str, object]) -> None:
    """Draw every ward; rows that are ticked are the wards of the page, whoever chose them."""
    codes = list(table["code"])
    if set(st.session_state.get(_TICKED, ())) != set(chosen.wards):  # chosen elsewhere: the list is drawn anew
        st.session_state[_TICKED] = chosen.wards
        st.session_state[_ANEW] = st.session_state.get(_ANEW, 0) + 1
    key = f"wards_{st.session_state.get(_ANEW, 0)}"

    def pick() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        st.session_state[_TICKED] = tuple(codes[row] for row in sorted(rows))
        filters.choose(wards=st.session_state[_TICKED])

    rows = [row for row, code in enumerate(codes) if code in chosen.wards]
    tables.show(_shown(table), alt, of="wards", config=config, key=key, most=430, pick=pick, picked=rows)
    if not screenshot.on():
        frame.note("Tick wards to choose them for the page; none ticked is all.")


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


def _config(table: pd.DataFrame, spreads: dict[str, WardSpread]) -> dict[str, object]:
    column = st.column_config
    top = max((max(values) for values in table["months"] if values), default=1)
    return {
        "ward": column.TextColumn(width=126),
        "asb": column.NumberColumn("ASB", width=45),
        "asb_rate": column.NumberColumn("per 1,000", width=62, format="%.1f"),
        "asb_spread": _interval(spreads[ASB], 78),
        "months": column.LineChartColumn(
            "Trend",
            width=_NARROW,
            y_min=0,
            y_max=top,
        ),
        "drugs": column.NumberColumn("Drugs", width=48),
        "drugs_rate": column.NumberColumn("per 1,000", width=62, format="%.1f"),
        "drugs_spread": _interval(spreads[DRUGS], 70),
    }


def _interval(spread: WardSpread, width: int) -> object:
    wide = _CHANCE_WIDTH if spread.chance_alone else width
    return st.column_config.TextColumn(spread.label, width=wide, help=spread.sentence)


def show_method(data: Dataset, chosen: Filters, rates: Method | None) -> None:
    """Say how the comparison and the rates were made."""
    with suppress(Refusal):  # it stands in place of the figures
        frame.how(cached(comparison, data, chosen, ASB).method)
    if rates:
        frame.how(rates)
