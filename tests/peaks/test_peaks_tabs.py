"""Tabs of Seasonal peaks: figures equal the analysis called directly, refusals are shown word for word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.common.rates import WHO_REPORTS
from analysis.common.refusal import Refusal
from analysis.when.aoristic import clock_profile
from analysis.when.event_window import daily_counts, default_window, event_window
from analysis.when.season_effect import area_season_effects
from analysis.when.season_places import season_places
from analysis.when.ward_season import area_ward_seasons
from analysis.where.cells import cell_counts_by_month
from data.demo.dataset import Demo, make_demo
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from data.store.store import load
from pages.ui.peaks import feed_tab
from pages.ui.peaks import tabs as peaks_tabs
from tests import tab_pages
from tests.tab_pages import Open, in_address

EFFECTS, WARDS, FEED = "How much more", "By ward", "Dated feed"
RATIOS, BY_WARD = "Ratios of seasons", "Season ratio of each ward"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Open:
    return tab_pages.opener(monkeypatch, "pages/seasonal_peaks.py", "peaks_tabs")


@pytest.fixture(scope="module")
def demo(area: Area) -> Demo:
    """The demonstration."""
    return make_demo(area)


def points(figure: dict[str, Any]) -> dict[str, Any]:
    """The points of a chart of ratios."""
    return next(trace for trace in figure["data"] if trace["mode"] == "markers")


# --- effect sizes ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("category", "slug"), [(ASB, ""), (DRUGS, "drugs")])
def test_effect_sizes_equal_the_analysis(
    opened: Open, real_store: Path, real: Incidents, area: Area, category: str, slug: str
) -> None:
    at = opened(real_store, EFFECTS, **({"category": slug} if slug else {}))
    found = area_season_effects(real.of(category), area, category)
    (figure,) = tab_pages.figures(at, RATIOS)
    drawn = points(figure)
    np.testing.assert_allclose(drawn["x"], [e.ratio for e in found.effects])
    assert drawn["marker"]["symbol"] == ["circle" if e.differs else "circle-open" for e in found.effects]
    assert peaks_tabs.leading(found).sentence.removesuffix(".") in tab_pages.titles(at)
    for effect in found.effects:
        assert effect.sentence in tab_pages.text(at)
    table = next(each.value for each in at.dataframe if "new_low" in each.value.columns)
    pd.testing.assert_frame_equal(table, found.table().round(3), check_dtype=False)


def test_effects_of_a_ward_are_its_own_and_say_so(opened: Open, real_store: Path, real: Incidents, area: Area) -> None:
    ward = area.wards.codes[3]
    at = opened(real_store, EFFECTS, wards=ward)
    found = area_season_effects(real.of(ASB, [ward]), area, ASB)
    np.testing.assert_allclose(points(tab_pages.figures(at, RATIOS)[0])["x"], [e.ratio for e in found.effects])
    assert any(title.startswith(f"{area.wards.names[3]}: ASB in ") for title in tab_pages.titles(at))


def test_only_the_open_tab_is_drawn(opened: Open, real_store: Path) -> None:
    at = opened(real_store, WARDS)
    assert not tab_pages.figures(at, RATIOS)
    assert len(tab_pages.figures(at, BY_WARD)) == 1


# --- by ward ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("key", ["october", "july-august", "november"])
def test_wards_stand_in_the_order_of_their_names(
    opened: Open, real_store: Path, real: Incidents, area: Area, key: str
) -> None:
    at = opened(real_store, WARDS, {"peaks_ward_season": key})
    found = area_ward_seasons(real.of(ASB), area, ASB)
    one = found.season(key)
    table = one.wards.sort_values("name")
    (figure,) = tab_pages.figures(at, BY_WARD)
    np.testing.assert_allclose(points(figure)["x"], table["shrunk"])
    axis = figure["layout"]["yaxis"]
    names = [name for _, name in sorted(zip(axis["tickvals"], axis["ticktext"], strict=True), reverse=True)]
    assert [name.strip() for name in names] == sorted(area.wards.names)
    places = season_places(cell_counts_by_month(real.of(ASB), area.grid()), one.season, one)
    assert "lead in" in places.sentence
    assert places.sentence in tab_pages.text(at)
    assert tab_pages.text(at).count(WHO_REPORTS) == 1
    assert f"Cochran's Q is {one.heterogeneity:.1f} over {len(table)} wards, p {one.p:.2g}" in tab_pages.text(at)


def test_choosing_a_ward_leaves_the_others_in(opened: Open, real_store: Path, area: Area) -> None:
    at = opened(real_store, WARDS, wards=area.wards.codes[2])
    (figure,) = tab_pages.figures(at, BY_WARD)
    assert len(points(figure)["x"]) == len(area.wards.codes)
    assert f"<b>{area.wards.names[2]}</b> " in figure["layout"]["yaxis"]["ticktext"]


# --- refusals --------------------------------------------------------------------------------------------------------
def test_four_months_are_refused_in_the_words_of_the_analysis(opened: Open, short: Path, area: Area) -> None:
    incidents = load(short, area).of(ASB)
    for tab, ask in ((EFFECTS, area_season_effects), (WARDS, area_ward_seasons)):
        with pytest.raises(Refusal) as refused:
            ask(incidents, area, ASB)
        assert tab_pages.refusals(opened(short, tab))[-1] == str(refused.value)


@pytest.mark.parametrize("months", ["four", "all"])
def test_month_data_refuse_each_picture_of_a_feed(
    opened: Open, short: Path, real_store: Path, area: Area, months: str
) -> None:
    store = short if months == "four" else real_store
    incidents = load(store, area)
    said = []
    for ask in (
        lambda: event_window(incidents, *default_window(2024)),
        lambda: daily_counts(incidents, feed_tab.CALENDAR),
        lambda: clock_profile(incidents),
    ):
        with pytest.raises(Refusal) as refused:
            ask()
        said.append(str(refused.value))
    assert tab_pages.refusals(opened(store, FEED))[-3:] == said


@pytest.mark.parametrize("tab", [EFFECTS, WARDS, FEED])
def test_an_empty_selection_still_opens(opened: Open, real_store: Path, area: Area, tab: str) -> None:
    opened(real_store, tab, category="bicycle-theft", wards=area.wards.codes[0], as_at="2018-03")


# --- the dated feed --------------------------------------------------------------------------------------------------
def test_the_feed_equals_the_analysis(opened: Open, tmp_path: Path, demo: Demo) -> None:
    at = opened(tmp_path, FEED)
    windows = {y: event_window(demo.feed, *default_window(y), name="Incidents of the feed") for y in (2022, 2023, 2024)}
    assert windows[2024].sentence.removesuffix(".") in tab_pages.titles(at)
    (figure,) = tab_pages.figures(at, "Ratio of the event window")
    np.testing.assert_allclose(points(figure)["x"], [windows[y].ratio for y in (2024, 2023, 2022)])
    profile = clock_profile(demo.feed, name="Incidents of the feed")
    assert profile.sentence.removesuffix(".") in tab_pages.titles(at)
    assert f"Left out: 0 of {len(demo.feed.frame):,}" in tab_pages.text(at)
    times = demo.feed.frame["occurred_at"]
    held = times[(times >= "2023-10-25") & (times < "2023-11-09")].dt.strftime("%m-%d").value_counts()
    calendar = next(each.value for each in at.dataframe if "25 Oct" in each.value.columns)
    row = calendar.set_index("year").loc[2023]
    assert row["31 Oct"] == held["10-31"]
    assert row.sum() == held.sum() == windows[2023].count


def test_the_feed_is_named_marked_and_kept_apart(opened: Open, tmp_path: Path, demo: Demo) -> None:
    at = opened(tmp_path, FEED)
    assert f"Demonstration feed: {len(demo.feed.frame):,} incidents" in tab_pages.text(at)
    assert feed_tab.KEPT_APART in tab_pages.text(at)
    kinds = (
        "Line chart of incidents by day",
        "Ratio of the event",
        "Calendar",
        "Table of incidents by hour",
        "Bar chart",
    )
    for kind in kinds:
        (figure,) = tab_pages.figures(at, kind)
        assert tab_pages.marked(figure)


def test_another_year_of_the_window(opened: Open, tmp_path: Path, demo: Demo) -> None:
    at = opened(tmp_path, FEED, {"peaks_feed_year": 2022})
    found = event_window(demo.feed, *default_window(2022), name="Incidents of the feed")
    assert found.sentence.removesuffix(".") in tab_pages.titles(at)


def test_stepping_back_hides_the_window_that_is_not_over(opened: Open, tmp_path: Path, demo: Demo) -> None:
    at = opened(tmp_path, FEED, {"peaks_feed_year": 2024}, as_at="2024-10")
    known = demo.feed.up_to(pd.Period("2024-10", "M"))
    found = event_window(known, *default_window(2023), name="Incidents of the feed")
    assert found.sentence.removesuffix(".") in tab_pages.titles(at)
    assert "25 October 2024" not in tab_pages.text(at)


def test_a_crime_type_the_feed_does_not_hold_is_refused(opened: Open, tmp_path: Path) -> None:
    said = tab_pages.refusals(opened(tmp_path, FEED, category="drugs"))[-1]
    assert said.startswith("There are no days and hours of drug offences: the demonstration feed holds")


@pytest.mark.parametrize("tab", [EFFECTS, WARDS])
def test_the_demonstration_is_marked(opened: Open, tmp_path: Path, tab: str) -> None:
    (figure,) = tab_pages.figures(opened(tmp_path, tab), RATIOS if tab == EFFECTS else BY_WARD)
    assert tab_pages.marked(figure)


def chosen_feed() -> None:
    import streamlit as st

    from pages.ui.peaks import feed_tab

    st.text(feed_tab.choose(None))  # type: ignore[arg-type]


def test_a_feed_is_in_the_address_without_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pages.ui.shell.cache.feeds", lambda _: ("Fires", "Housing <b>"))
    at = AppTest.from_function(chosen_feed).run()
    assert (at.text[0].value, dict(at.query_params)) == ("Fires", {})
    at.selectbox[0].set_value("Housing <b>").run()
    asked = in_address(at)["feed"]
    assert re.fullmatch("feed-[0-9a-f]{6}", asked)
    for word, feed, notes in ((asked, "Housing <b>", 0), ("feed-<b>", "Fires", 1)):
        again = AppTest.from_function(chosen_feed)
        again.query_params["feed"] = word
        again.run()
        assert (again.text[0].value, len(again.info)) == (feed, notes)
        assert in_address(again) == ({"feed": asked} if feed != "Fires" else {})
