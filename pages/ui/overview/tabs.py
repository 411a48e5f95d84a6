"""Behind the Overview: wards against the area, month by month against the two years before, and the trend."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analysis.common.method import Method
from analysis.common.refusal import Refusal
from analysis.course.trend import Trend
from analysis.findings.change import course_of_years
from analysis.findings.finding import Finding
from analysis.when.seasonality import limited
from pages.ui.chart import beside_panel, charts, control
from pages.ui.chart.control import _along, _gaps
from pages.ui.chart.figure import SERIES, Drawing
from pages.ui.overview import figures
from pages.ui.overview import funnel as overview_funnel
from pages.ui.overview import page as overview
from pages.ui.shell import address, downloads, frame
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters, short_month, short_period, where
from pages.ui.shell.words import NAMES

# --- month by month --------------------------------------------------------------------------------------------------


def show_control(data: Dataset, chosen: Filters) -> None:
    """Draw the control charts of ASB and of drug offences, on a baseline that the person can change."""
    ends = cached(control.ends, data, chosen)
    baseline = [Control("baseline-to", "overview_baseline", {end: end for end in ends}, "the baseline", _USUAL)]
    address.read(baseline)
    if st.session_state.get("overview_baseline") not in ends:
        st.session_state["overview_baseline"] = ends[0]
    end = ends[0]
    if len(ends) > 1:
        left, right = st.columns([1, 3], gap="medium", vertical_alignment="bottom")
        end = left.selectbox("Baseline", ends, format_func=control.end_words, key="overview_baseline")
        with right:
            frame.note(
                "The baseline says what is usual, season included. It ends with a whole year, and up to 12 months "
                "after it are judged: none of them moves the limits."
            )
    address.write(baseline)
    for (category, name), column in zip(NAMES.items(), st.columns(2, gap="medium"), strict=True):
        with column:
            try:
                found = cached(control.unusual, data, chosen, category, end)
            except Refusal as refusal:
                frame.refused(refusal)
                continue
            chart = control.control_chart(found, _told(data, chosen, found.sentence))
            lines = downloads.about(
                data, f"{name} by month against limits, {where(data, chosen)}", "", found.method, of=category
            )
            file = downloads.file_name(data, "control-chart", category, end, str(chosen.as_at))
            charts.show(chart, data, f"control_{downloads.slug(category)}", file, lines, control.note(found))
            frame.how(found.method)


def _told(data: Dataset, chosen: Filters, sentence: str) -> str:
    """Put the wards before a sentence where some were chosen; no full stop."""
    return (f"{where(data, chosen)}: {sentence}" if chosen.wards else sentence).removesuffix(".")


# --- the trend -------------------------------------------------------------------------------------------------------
def trend_of(data: Dataset, chosen: Filters, category: str) -> tuple[Finding, Trend]:
    """Say what the last three years did and what all months did, each calendar month against itself."""
    return course_of_years(cached(figures.monthly, data, chosen, category), NAMES[category], data.incidents.version)


def trend_chart(series: pd.Series, name: str, title: str) -> charts.Chart:
    """Draw all months; missing ones are gaps."""
    index, value = pd.PeriodIndex(series.index), series.to_numpy(dtype=float)
    at = [month.ordinal for month in index]
    drawing = Drawing()
    _gaps(drawing, at, value)
    drawing.trace(
        type="scatter",
        mode="lines+markers",
        x=at,
        y=[None if np.isnan(v) else float(v) for v in value],
        connectgaps=False,
        line={"color": SERIES[0], "width": 1.5},
        marker={"size": 5, "color": SERIES[0]},
        customdata=[short_month(month) for month in index],
        hovertemplate="%{customdata}: %{y:,}<extra></extra>",
    )
    last = series.dropna()
    words = f"{short_month(last.index[-1])}: {last.iloc[-1]:,.0f}"
    drawing.beside(words, last.index[-1].ordinal, float(last.iloc[-1]))
    up = {"range": [0, float(last.max()) * 1.06 + 1], "nticks": 6}
    figure = drawing.figure(280, 30, _along(index), up)
    table = pd.DataFrame({"month": [str(month) for month in index], name: series.astype("Int64").to_numpy()})
    alt = f"Line chart by month, {short_period(index[0], index[-1])}. {title}."
    return charts.Chart(figure, title, alt, table, mark_left=True, of="trend")


def show_trend(data: Dataset, chosen: Filters) -> None:
    """Draw all months of both crime types under the sentence of their trend."""
    for (category, name), column in zip(NAMES.items(), st.columns(2, gap="medium"), strict=True):
        with column:
            try:
                said, found = cached(trend_of, data, chosen, category)
            except Refusal as refusal:
                frame.refused(refusal)
                continue
            series = cached(figures.monthly, data, chosen, category)
            chart = trend_chart(series, name, _told(data, chosen, said.sentence))
            lines = downloads.about(
                data, f"{name} by month, {where(data, chosen)}", found.method.period, found.method, of=category
            )
            file = downloads.file_name(data, "trend", category, str(chosen.as_at))
            note = f"{said.detail} A month is held against the same month of other years, so that season plays no part."
            if limited(data.area, category) and data.area.lockdown:
                note += f" {short_period(*data.area.lockdown)}, when breaches of restrictions were logged, is in it."
            charts.show(chart, data, f"trend_{downloads.slug(category)}", file, lines, note)
            frame.how(found.method)


TABS = {
    "Trend": show_trend,
    "Month by month": show_control,
    "Wards against the area": overview_funnel.show,
    "Beside its neighbours": beside_panel.show,
    "How this was made": None,
}

_KEY = "overview_tabs"
_USUAL = {"": "the usual one"}


def show(data: Dataset, chosen: Filters, rates: Method | None) -> None:
    """Draw the tabs; only the open one is computed."""
    address.hold([address.tabs(_KEY, TABS)])
    tabs = st.tabs(list(TABS), key=_KEY, on_change="rerun")
    for tab, draw in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                if draw is None:
                    overview.show_method(data, chosen, rates)
                else:
                    draw(data, chosen)
