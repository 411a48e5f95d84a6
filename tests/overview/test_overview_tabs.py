"""Tabs of the Overview: figures equal the analysis called directly, refusals are shown word for word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.common.counts import monthly_series
from analysis.common.rates import WHO_REPORTS
from analysis.common.refusal import Refusal
from analysis.course.control_chart import xmr_chart
from analysis.course.funnel import OF_THESE_MONTHS, ward_funnel
from analysis.course.trend import seasonal_mann_kendall
from analysis.findings.change import course_of_years
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from data.store.store import load
from pages.ui.chart import control
from pages.ui.overview import funnel as overview_funnel
from tests import tab_pages
from tests.tab_pages import Open

FUNNEL, CONTROL, TREND = "Wards against the area", "Month by month", "Trend"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Open:
    return tab_pages.opener(monkeypatch, "", "overview_tabs")


def test_the_first_tab_is_how_it_was_made_and_nothing_else_is_drawn(opened: Open, real_store: Path) -> None:
    at = opened(real_store, "How this was made")
    assert len(at.get("plotly_chart")) == 1
    assert "per 1,000 residents" in tab_pages.text(at)


def test_funnel_equals_the_analysis(opened: Open, real_store: Path, real: Incidents, area: Area) -> None:
    at = opened(real_store, FUNNEL)
    drawn = tab_pages.figures(at, "Funnel plot")
    assert len(drawn) == 2
    tables = [each.value for each in at.dataframe if "band" in each.value.columns]
    for category, name, table in ((ASB, "ASB", tables[0]), (DRUGS, "Drug offences", tables[1])):
        found = ward_funnel(real.of(category), area)
        assert list(table["observed"]) == list(found.table["observed"])
        assert list(table["band"]) == list(found.table["band"])
        rate = 1000 * found.table["observed"] / found.table["residents"]
        np.testing.assert_allclose(table["rate_per_1000"], rate, atol=0.006)
        said = f"{name}: {found.sentence[0].lower()}{found.sentence[1:-1]}"
        assert said in tab_pages.titles(at)
    assert tab_pages.text(at).count(WHO_REPORTS) == 1
    assert OF_THESE_MONTHS in tab_pages.text(at)
    notes = [note["text"] for note in drawn[0]["layout"]["annotations"]]
    for _, row in ward_funnel(real.of(ASB), area).table.iterrows():
        assert (row["ward_name"] in notes) == (row["band"] != "as expected")


def test_a_chosen_ward_is_named_and_all_others_stay(opened: Open, real_store: Path, area: Area) -> None:
    at = opened(real_store, FUNNEL, wards=area.wards.codes[13])
    notes = [note["text"] for note in tab_pages.figures(at, "Funnel plot")[0]["layout"]["annotations"]]
    assert f"<b>{area.wards.names[13]}</b>" in notes
    tables = [each.value for each in at.dataframe if "band" in each.value.columns]
    assert len(tables[0]) == len(area.wards.codes)


def test_labels_of_a_funnel_do_not_cover_each_other() -> None:
    spots = np.array([[100.0, 100.0], [112.0, 100.0], [106.0, 104.0]])
    sides = overview_funnel._sides(
        spots, ["North", "South", "East"], np.array([True, True, True]), np.zeros((1, 2)), np.zeros((1, 2))
    )
    assert len(set(sides.values())) == 3


@pytest.mark.parametrize("year", [None, 2018])
def test_control_chart_equals_the_analysis_on_its_baseline(
    opened: Open, real_store: Path, real: Incidents, year: int | None
) -> None:
    at = opened(real_store, CONTROL, {"overview_baseline": year} if year else None)
    start = year or 2023
    assert at.selectbox(key="overview_baseline").value == start
    base = pd.period_range(f"{start}-04", periods=12, freq="M")
    for category, name, figure in zip(
        (ASB, DRUGS), ("ASB", "Drug offences"), tab_pages.figures(at, "Control chart"), strict=True
    ):
        found = xmr_chart(monthly_series(real.of(category)), base[0], base[-1], name=name)
        assert found.sentence.removesuffix(".") in tab_pages.titles(at)
        notes = [note["text"] for note in figure["layout"]["annotations"]]
        assert f"mean {found.centre:,.0f}" in notes
        assert f"upper limit {found.high:,.0f}" in notes
        line = next(trace for trace in figure["data"] if trace["mode"] == "lines+markers")
        shown = control.shown_points(found)
        assert [month.ordinal for month in shown.index] == list(line["x"])
        assert (np.array(line["marker"]["symbol"]) == "diamond").tolist() == shown["signal"].tolist()
        for said in control.signals(shown):
            assert said in tab_pages.text(at)


def test_a_gap_in_the_control_chart_is_a_gap(opened: Open, real_store: Path) -> None:
    at = opened(real_store, CONTROL, {"overview_baseline": 2018})
    line = next(t for t in tab_pages.figures(at, "Control chart")[0]["data"] if t["mode"] == "lines+markers")
    values = dict(zip(line["x"], line["y"], strict=True))
    assert values[pd.Period("2022-05", "M").ordinal] is None
    assert line["connectgaps"] is False


def test_months_that_break_a_rule_are_said() -> None:
    months = pd.period_range("2024-01", periods=4, freq="M")
    points = pd.DataFrame({"rule": ["", "outside", "outside, two of three far out", ""]}, index=months)
    assert control.signals(points) == (
        "Outside the limits: February 2024 to March 2024.",
        "Two of three in a row far out: March 2024.",
    )
    assert control.signals(points.assign(rule="")) == ("No month breaks a rule.",)


def test_trend_is_the_seasonal_test(opened: Open, real_store: Path, real: Incidents) -> None:
    at = opened(real_store, TREND)
    for category, name in ((ASB, "ASB"), (DRUGS, "Drug offences")):
        series = monthly_series(real.of(category))
        assert course_of_years(series, name)[0].sentence in tab_pages.titles(at)
        recent = seasonal_mann_kendall(series.iloc[-36:])
        show = "shows" if name == "ASB" else "show"
        verb = f"{show} no clear direction" if recent.p > 0.05 else "rose" if recent.s > 0 else "fell"
        assert f"{name} {verb} in the last three years" in " ".join(tab_pages.titles(at))
        whole = seasonal_mann_kendall(series)
        assert f"{abs(whole.slope):,.1f} {'more' if whole.slope > 0 else 'fewer'} than the same" in tab_pages.text(at)


def test_stepping_back_hides_what_came_later(opened: Open, real_store: Path, real: Incidents) -> None:
    at = opened(real_store, CONTROL, as_at="2024-02")
    assert at.selectbox(key="overview_baseline").value == 2020  # 2023/24 is not over
    at = opened(real_store, TREND, as_at="2024-02")
    known = real.up_to(pd.Period("2024-02", "M")).of(ASB)
    assert course_of_years(monthly_series(known), "ASB")[0].sentence in tab_pages.titles(at)


@pytest.mark.parametrize("tab", [FUNNEL, CONTROL, TREND])
def test_the_demonstration_is_marked(opened: Open, tmp_path: Path, tab: str) -> None:
    at = opened(tmp_path, tab)
    drawn = [
        figure for kind in ("Funnel", "Control", "Line chart by month, ") for figure in tab_pages.figures(at, kind)
    ]
    assert len(drawn) == 2
    assert all(tab_pages.marked(figure) for figure in drawn)


def test_four_months_are_refused_in_the_words_of_the_analysis(opened: Open, short: Path, area: Area) -> None:
    incidents = load(short, area)
    expected = []
    for category in (ASB, DRUGS):
        series = monthly_series(incidents.of(category))
        with pytest.raises(Refusal) as refused:
            xmr_chart(series, series.index[-1] - 11, series.index[-1])
        expected.append(str(refused.value))
    assert tab_pages.refusals(opened(short, CONTROL))[-2:] == expected
    with pytest.raises(Refusal) as refused:
        ward_funnel(incidents.of(ASB), area)
    assert tab_pages.refusals(opened(short, FUNNEL))[-2:] == [str(refused.value)] * 2
    with pytest.raises(Refusal) as refused:
        seasonal_mann_kendall(monthly_series(incidents.of(ASB)))
    assert tab_pages.refusals(opened(short, TREND))[-2:] == [str(refused.value)] * 2
