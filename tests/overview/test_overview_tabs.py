"""Tabs of the Overview: figures equal the analysis called directly, refusals are shown word for word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.common.counts import monthly_series
from analysis.common.rates import WHO_REPORTS
from analysis.common.refusal import Refusal
from analysis.course.control_chart import unusual_months
from analysis.course.funnel import OF_THESE_MONTHS, ward_funnel
from analysis.course.trend import seasonal_mann_kendall
from analysis.findings.change import course_of_years
from analysis.when.seasonality import season_mask
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


def test_how_it_was_made_draws_no_chart_of_its_own(opened: Open, real_store: Path) -> None:
    at = opened(real_store, "How this was made")
    assert len(at.get("plotly_chart")) == 1
    assert "per 1,000 residents" in tab_pages.text(at)


def test_funnel_equals_the_analysis(opened: Open, real_store: Path, real: Incidents, area: Area) -> None:
    at = opened(real_store, FUNNEL)
    drawn = tab_pages.figures(at, "Chart of incidents per 1,000")
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
    notes = [note["text"] for note in tab_pages.figures(at, "Chart of incidents per 1,000")[0]["layout"]["annotations"]]
    assert f"<b>{area.wards.names[13]}</b>" in notes
    tables = [each.value for each in at.dataframe if "band" in each.value.columns]
    assert len(tables[0]) == len(area.wards.codes)


def test_labels_of_a_funnel_do_not_cover_each_other() -> None:
    spots = np.array([[100.0, 100.0], [112.0, 100.0], [106.0, 104.0]])
    sides = overview_funnel._sides(
        spots, ["North", "South", "East"], np.array([True, True, True]), np.zeros((1, 2)), np.zeros((1, 2))
    )
    assert len(set(sides.values())) == 3


@pytest.mark.parametrize("end", ["", "2020-03"])
def test_control_chart_equals_the_analysis_on_its_baseline(
    opened: Open, real_store: Path, real: Incidents, area: Area, end: str
) -> None:
    at = opened(real_store, CONTROL, {"overview_baseline": end} if end else None)
    assert at.selectbox(key="overview_baseline").value == end
    assert at.selectbox(key="overview_baseline").options[:2] == [
        "For the latest months", "24 known months to March 2024",
    ]  # fmt: skip
    tables = [each.value for each in at.dataframe if "judged" in each.value.columns]
    for category, name, figure, table in zip(
        (ASB, DRUGS),
        ("ASB", "Drug offences"),
        tab_pages.figures(at, "Chart of incidents by month"),
        tables,
        strict=True,
    ):
        series = monthly_series(real.of(category))
        mask = season_mask(series.index, area, category)
        found = unusual_months(series, pd.Period(end) if end else None, name=name, mask=mask)
        assert found.sentence.removesuffix(".") in tab_pages.titles(at)
        lines = {trace["mode"]: trace for trace in figure["data"]}
        assert (len(figure["data"]) == 4) == found.limited
        shown = control.shown_points(found)
        assert [month.ordinal for month in shown.index] == list(lines["lines+markers"]["x"])
        symbols = np.array(lines["lines+markers"]["marker"]["symbol"])
        assert (symbols == "diamond").tolist() == shown["signal"].tolist()
        assert list(table["judged"]) == shown["judged"].tolist()
        np.testing.assert_allclose(table["high"], shown["high"], atol=0.006)
        np.testing.assert_array_equal(table["count"].astype(float), shown["value"])
        for said in found.details:
            assert said in tab_pages.text(at)
        for said in found.method.caveats:
            assert said in tab_pages.text(at)


def test_a_gap_in_the_control_chart_is_a_gap(opened: Open, real_store: Path) -> None:
    at = opened(real_store, CONTROL)
    line = next(
        t for t in tab_pages.figures(at, "Chart of incidents by month")[0]["data"] if t["mode"] == "lines+markers"
    )
    values = dict(zip(line["x"], line["y"], strict=True))
    assert values[pd.Period("2022-05", "M").ordinal] is None
    assert line["connectgaps"] is False


def test_a_plain_line_says_why_it_has_no_limits(opened: Open, real_store: Path, area: Area) -> None:
    at = opened(real_store, CONTROL, wards=area.wards.codes[0])  # a ward has too few incidents
    for figure in tab_pages.figures(at, "Chart of incidents by month"):
        assert len(figure["data"]) == 1
        assert set(figure["data"][0]["marker"]["symbol"]) == {"circle"}
    assert tab_pages.text(at).count("Limits are left out: tried on 2,000 made-up histories") >= 2
    name = area.wards.names[0]
    said = "ASB: these months vary too much, or are too few, to say which was unusual"
    assert f"{name}: {said}" in tab_pages.titles(at)


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
    at = opened(real_store, CONTROL, as_at="2021-02")
    for figure in tab_pages.figures(at, "Chart of incidents by month"):
        assert max(figure["data"][-1]["x"]) == pd.Period("2021-02").ordinal
    table = next(each.value for each in at.dataframe if "judged" in each.value.columns)
    assert table.loc[table["judged"], "month"].iloc[0] == "2020-04"  # 2020/21 is not over, and 2020 leaves two months
    at = opened(real_store, TREND, as_at="2024-02")
    known = real.up_to(pd.Period("2024-02", "M")).of(ASB)
    assert course_of_years(monthly_series(known), "ASB")[0].sentence in tab_pages.titles(at)


@pytest.mark.parametrize("tab", [FUNNEL, CONTROL, TREND])
def test_the_demonstration_is_marked(opened: Open, tmp_path: Path, tab: str) -> None:
    at = opened(tmp_path, tab)
    drawn = [
        figure for kind in ("Chart of incidents", "Line chart by month, ") for figure in tab_pages.figures(at, kind)
    ]
    assert len(drawn) == 2
    assert all(tab_pages.marked(figure) for figure in drawn)


def test_four_months_are_refused_in_the_words_of_the_analysis(opened: Open, short: Path, area: Area) -> None:
    incidents = load(short, area)
    expected = []
    for category in (ASB, DRUGS):
        series = monthly_series(incidents.of(category))
        with pytest.raises(Refusal) as refused:
            unusual_months(series)
        expected.append(str(refused.value))
    assert tab_pages.refusals(opened(short, CONTROL))[-2:] == expected
    with pytest.raises(Refusal) as refused:
        ward_funnel(incidents.of(ASB), area)
    assert tab_pages.refusals(opened(short, FUNNEL))[-2:] == [str(refused.value)] * 2
    with pytest.raises(Refusal) as refused:
        seasonal_mann_kendall(monthly_series(incidents.of(ASB)))
    assert tab_pages.refusals(opened(short, TREND))[-2:] == [str(refused.value)] * 2
