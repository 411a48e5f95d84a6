"""Step 1 of a plan: figures equal the analysis called directly, a replay says what came, refusals stand as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analysis.ahead.window import forecast_window, forecast_window_wards, past_windows
from analysis.common.counts import monthly_by_ward, monthly_series
from analysis.common.refusal import Refusal
from analysis.when.event_window import event_window
from analysis.when.nights import night_hours
from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents
from data.store.store import load
from pages.ui.plan.when import figures, operation
from pages.ui.plan.when import panel as plan_when_panel
from pages.ui.plan.when.address import LONGEST_DAYS
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.when.window import windows_offered
from pages.ui.shell import frame
from pages.ui.shell.cache import Dataset
from tests import tab_pages

SCRIPT = """
from pages.ui.plan.when import panel
from pages.ui.plan.when import window as plan_when
from pages.ui.shell import frame

with frame.page("Plan an operation") as view:
    window = plan_when.choose(view.data)
    view.finding(plan_when.finding(view.data, window))
    panel.show(view.data, window)
"""
AUTUMN = (date(2024, 10, 25), date(2024, 11, 8))
JULY = pd.Period("2024-07", "M")
HALLOWEEN = "Halloween and Bonfire Night"
SHARES = {"2024-10": 7 / 31, "2024-11": 8 / 30}
Open = Callable[..., AppTest]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    """Open a page that holds step 1 alone."""
    script = tmp_path / "when.py"
    script.write_text(SCRIPT, encoding="utf-8")
    monkeypatch.setattr(frame, "PAGES", ())  # it stands outside the project: there is nothing to link to

    def start(store: Path | None = None, **query: str) -> AppTest:
        monkeypatch.setenv("DASHBOARD_DATA", str(store or tmp_path / "none"))
        monkeypatch.setenv("DASHBOARD_TODAY", "2025-01-15")
        at = AppTest.from_file(str(script), default_timeout=tab_pages.TIMEOUT)
        for name, value in query.items():
            at.query_params[name.replace("_", "-")] = value
        at.run()
        assert not at.exception
        return at

    return start


def dataset(real: Incidents, area: Area) -> Dataset:
    return Dataset(area, real, date(2025, 1, 15), real.version, Path("none"))


def in_july(category: str = ASB) -> PlanWindow:
    return PlanWindow("Halloween and Bonfire Night", category, *AUTUMN, JULY, "")


def finding(at: AppTest) -> str:
    start = '<p class="finding">'
    body = next(e.proto.body for e in at.get("html") if e.proto.body.startswith(start))
    return body.removeprefix(start)[:-4].replace("anti-social behaviour (ASB)", "ASB")


def table(at: AppTest, *columns: str) -> pd.DataFrame:
    return next(one.value for one in at.dataframe if set(columns) <= set(one.value.columns))


# --- which window ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "offered"),
    [
        (date(2024, 7, 31), ["Halloween and Bonfire Night 2024", "Summer holidays 2025", "Summer holidays 2024"]),
        (date(2024, 10, 25), ["Summer holidays 2025", "Halloween and Bonfire Night 2025", f"{HALLOWEEN} 2024"]),
        (date(2025, 9, 15), [f"{HALLOWEEN} 2025", "Summer holidays 2026", "Summer holidays 2025", f"{HALLOWEEN} 2024"]),
    ],
)
def test_the_next_operation_is_offered_first_then_what_runs_or_is_over(
    area: Area, day: date, offered: list[str]
) -> None:
    windows = windows_offered(area, day)
    titles = [f"{window.operation.name} {window.first.year}" for window in windows.values()]
    assert titles[: len(offered)] == offered
    assert len(set(titles)) == len(titles)
    assert set(windows) >= {operation.name for operation in area.operations}
    # what is still to start, then what runs, then what is over, latest first
    states = [(w.first <= day) + (w.last < day) for w in windows.values()]
    assert states == sorted(states)
    ends = [w.last for w in windows.values() if w.last < day]
    assert ends == sorted(ends, reverse=True)
    assert len(ends) == len(area.operations)
    assert windows_offered(replace(area, operations=()), day) == {}


def test_a_window_is_a_key_of_the_cache() -> None:
    assert in_july() == in_july()
    assert in_july() != replace(in_july(), feed="a feed")
    assert in_july().title == "Halloween and Bonfire Night 2024"
    assert replace(in_july(), operation="").title == "25 October to 8 November 2024"


# --- the replay of 2024 ----------------------------------------------------------------------------------------------
def test_the_replay_of_2024_on_the_page(opened: Open, real_store: Path, real: Incidents, area: Area) -> None:
    at = opened(real_store, as_at="2024-07")
    known = real.up_to(JULY).of(ASB)
    found = forecast_window(known, area, *AUTUMN, ASB)
    assert finding(at) == (
        f"Halloween and Bonfire Night 2024: about {found.expected:.0f} ASB incidents expected (80 % interval "
        f"{found.low80:.0f} to {found.high80:.0f}), a share of the month, not an event forecast"
    )
    series = monthly_series(real.of(ASB))
    came = sum(series[pd.Period(month, "M")] * share for month, share in SHARES.items())
    wards = forecast_window_wards(known, area, *AUTUMN, ASB)
    by_ward = monthly_by_ward(real.of(ASB), area.wards.codes)
    came_wards = sum(by_ward.loc[pd.Period(month, "M")] * share for month, share in SHARES.items())
    inside = (came_wards >= wards["low80"]) & (came_wards <= wards["high80"])
    said = tab_pages.text(at)
    assert f"Replay: {came:,.0f} ASB incidents came" in said
    assert f"{inside.sum()} of 15 wards lay in their 80 % interval" in said
    shown = table(at, "expected", "came").set_index("ward")
    assert len(shown) == 15
    for code, name in area.ward_names.items():
        assert shown.loc[name, "expected"] == pytest.approx(wards.loc[code, "expected"], abs=0.051)
        assert shown.loc[name, "came"] == pytest.approx(came_wards[code], abs=0.051)
        assert shown.loc[name, "interval_80"] == f"{wards.loc[code, 'low80']:.0f} to {wards.loc[code, 'high80']:.0f}"
        assert shown.loc[name, "within_80"] == ("yes" if inside[code] else "no")
    past = table(at, "what", "incidents")
    kept = past[past["what"].str.startswith("share")].set_index("first")["incidents"]
    for row in past_windows(known, *AUTUMN).itertuples():
        assert kept[str(row.first)] == pytest.approx(row.incidents, abs=0.051)
    assert past[past["what"].str.startswith("what came")]["incidents"].item() == pytest.approx(came, abs=0.051)
    assert "Mischief Night is a Wednesday" in said
    assert "all hours count alike" in said
    (picture,) = tab_pages.figures(at, "Bars of the same days")
    assert not tab_pages.marked(picture)
    notes = [note["text"] for note in picture["layout"]["annotations"]]
    assert f"came {came:,.0f}" in notes
    assert "no data" in notes  # autumn 2021 is not in the files


def test_where_it_lay_is_said_in_words(real: Incidents, area: Area) -> None:
    data = dataset(real, area)
    found = operation.forecast_of(data, in_july())
    assert not isinstance(found, Refusal)
    said = [figures._came_sentence(found, in_july(), x, 9, 15) for x in (found.expected, found.high95, 0.0, 999.0)]
    words = ("inside the 80 %", "outside the 80 % and inside the 95 %", "below the 95 %", "above the 95 %")
    assert all(word in one for word, one in zip(words, said, strict=True))


def test_nothing_later_than_the_as_at_month_changes_what_is_expected(real: Incidents, area: Area) -> None:
    one, other = dataset(real, area), dataset(real.up_to(JULY), area)
    a, b = operation.forecast_of(one, in_july()), operation.forecast_of(other, in_july())
    assert not isinstance(a, Refusal)
    assert not isinstance(b, Refusal)
    assert (a.expected, a.low95, a.high95) == (b.expected, b.low95, b.high95)
    pd.testing.assert_frame_equal(figures.past_of(one, in_july()), figures.past_of(other, in_july()))


def test_without_later_months_there_is_no_replay(real: Incidents, area: Area) -> None:
    for last in ("2024-07", "2024-10"):
        data = replace(dataset(real.up_to(pd.Period(last, "M")), area), version=f"to {last}")
        assert figures.came_of(data, in_july()) is None
    latest = replace(in_july(), as_at=pd.Period("2024-11", "M"))
    assert figures.came_of(dataset(real, area), latest) is None


def test_drug_offences_too(opened: Open, real_store: Path) -> None:
    at = opened(real_store, as_at="2024-07", category="drugs")
    assert "drug offences expected" in finding(at)
    assert frame.spelled(frame.ASB_NOTE) not in tab_pages.text(at)


# --- no forecast -----------------------------------------------------------------------------------------------------
def test_out_of_reach_past_windows_are_shown_with_what_to_load(
    opened: Open, real_store: Path, real: Incidents, area: Area
) -> None:
    at = opened(real_store)
    assert "a rough range: 8 months ahead" in finding(at)
    last = date(2027, 8, 31)
    at.date_input(key="plan_widget_last").set_value(last).run()
    first = last - timedelta(days=LONGEST_DAYS - 1)
    with pytest.raises(Refusal) as refusal:
        forecast_window(real.of(ASB), area, first, last, ASB)
    assert str(refusal.value) in tab_pages.refusals(at)
    assert "Load January 2025 to August 2025 first" in str(refusal.value)
    assert finding(at) == "1 June to 31 August 2027: no forecast of ASB incidents"
    past = past_windows(real.of(ASB), first, last)
    newest = past["incidents"].iloc[-1]
    assert tab_pages.titles(at)[0].startswith(f"The same days brought {newest:,.0f} ASB incidents in 2024")
    assert "came" not in table(at, "in_2024")
    assert len(table(at, "in_2024")) == 15


def test_under_twelve_months_it_refuses_and_stays_up(opened: Open, shared: Path, area: Area, tmp_path: Path) -> None:
    at = opened(tab_pages.short_store(shared, area, tmp_path))
    assert tab_pages.refusals(at)
    assert "no forecast" in finding(at)


def test_a_feed_alone_shows_what_it_can(
    real: Incidents, area: Area, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without police files there are no months to forecast from; nights and hours are there all the same."""
    feed = make_demo(area).feed
    none = replace(real, frame=real.frame.iloc[:0], months=real.months[:0], version="none")
    alone = replace(dataset(none, area), demo=replace(make_demo(area), incidents=none), version="a feed alone")
    monkeypatch.setattr(frame, "dataset", lambda: alone)
    at = opened()
    assert "There are no months to forecast from: nothing is loaded" in tab_pages.refusals(at)[0]
    assert finding(at) == "Summer holidays 2025: no forecast of ASB incidents"
    assert night_hours(date(2025, 7, 23), date(2025, 8, 31), feed, feed.as_at_month).sentence in tab_pages.titles(at)


def test_a_short_history_is_called_unreliable(opened: Open, real_store: Path) -> None:
    at = opened(real_store, as_at="2019-06")
    assert finding(at).startswith("Summer holidays 2019: Unreliable, for want of history: about ")
    assert tab_pages.titles(at)[0].startswith("Unreliable: about ")


# --- own dates -------------------------------------------------------------------------------------------------------
def test_own_dates(opened: Open, real_store: Path, real: Incidents, area: Area) -> None:
    at = opened(real_store)
    at.date_input(key="plan_widget_first").set_value(date(2025, 1, 31)).run()
    assert at.selectbox(key="plan_widget_operation").value == ""
    # Too long for one plan: the other end came along.
    assert (at.date_input(key="plan_widget_last").value - date(2025, 1, 31)).days == LONGEST_DAYS - 1
    at.date_input(key="plan_widget_last").set_value(date(2025, 2, 9)).run()
    found = forecast_window(real.of(ASB), area, date(2025, 1, 31), date(2025, 2, 9), ASB)
    assert finding(at).startswith(f"31 January to 9 February 2025: about {found.expected:.0f} ASB incidents expected")
    at.date_input(key="plan_widget_last").set_value(date(2025, 1, 1)).run()
    assert at.date_input(key="plan_widget_first").value == date(2025, 1, 1)
    at.selectbox(key="plan_widget_operation").set_value("Summer holidays").run()
    assert at.date_input(key="plan_widget_first").value == date(2025, 7, 23)
    at.selectbox(key="plan_widget_operation").set_value("").run()
    assert at.date_input(key="plan_widget_first").value == date(2025, 7, 23)  # own dates begin with what was shown


def test_stepping_back_moves_the_window(opened: Open, real_store: Path) -> None:
    at = opened(real_store)
    at.selectbox(key="filter_as_at").set_value("2024-07").run()
    assert at.selectbox(key="plan_widget_operation").value == "Halloween and Bonfire Night"
    assert at.date_input(key="plan_widget_first").value == AUTUMN[0]
    assert dict(at.query_params) == {"as-at": ["2024-07"]} or dict(at.query_params) == {"as-at": "2024-07"}


# --- the demonstration with its feed ---------------------------------------------------------------------------------
def test_the_demonstration_by_night_and_hour(opened: Open, area: Area) -> None:
    at = opened(as_at="2024-07")
    feed = make_demo(area).feed
    hours = night_hours(*AUTUMN, feed.in_area().of(ASB), JULY)
    assert hours.sentence in tab_pages.titles(at)
    nights = table(at, "mark", "share")
    np.testing.assert_allclose(nights["share"], hours.nights["share"], atol=1e-5)
    found = forecast_window(make_demo(area).incidents.up_to(JULY).of(ASB), area, *AUTUMN, ASB)
    assert nights["expected"].sum() == pytest.approx(found.expected, abs=0.1)
    by_hour = table(at, "date", "00", "23")
    np.testing.assert_allclose(by_hour.drop(columns="date").to_numpy(), hours.shares.to_numpy(), atol=1e-6)
    pictures = [json for begins in ("Bars", "Table of the share") for json in tab_pages.figures(at, begins)]
    assert len(pictures) == 3
    assert all(tab_pages.marked(picture) for picture in pictures)
    # The feed's event ratio is applied to the feed's own counts.
    event = event_window(feed.up_to(JULY).of(ASB), date(2023, 10, 25), date(2023, 11, 8))
    said = tab_pages.text(at)
    assert f"({event.ratio:.2f} [{event.low:.2f} to {event.high:.2f}])" in said
    when = feed.frame["occurred_at"]
    held = int(((when >= "2024-10-25") & (when < "2024-11-09")).sum())
    assert f"Replay: the feed recorded {held}." in said
    assert "never added to the counts" in said
    at.selectbox(key="plan_widget_feed").set_value("").run()
    assert "all hours count alike" in tab_pages.text(at)
    assert len(tab_pages.figures(at, "Table of the share")) == 0


def test_a_feed_without_the_crime_type_weighs_nothing(opened: Open) -> None:
    at = opened(as_at="2024-07", category="drugs")
    assert at.selectbox(key="plan_widget_feed").value == ""
    assert "No dated feed is loaded" not in tab_pages.text(at)
    at.selectbox(key="plan_widget_feed").set_value("demonstration feed").run()
    assert "Demonstration feed holds 0 dated incidents" in " ".join(tab_pages.titles(at))
    assert not at.exception


def test_a_long_window_has_no_event_ratio(opened: Open) -> None:
    at = opened(as_at="2024-03")
    assert at.selectbox(key="plan_widget_operation").value == "Summer holidays"
    assert any("44 days is not held against the weeks around it" in one for one in tab_pages.refusals(at))
    assert len(tab_pages.figures(at, "Table of the share")[0]["data"][0]["y"]) == 7  # by weekday


# --- the calendar ----------------------------------------------------------------------------------------------------
def test_the_calendar_of_the_window(real: Incidents, area: Area) -> None:
    found = plan_when_panel.calendar_table(dataset(real, area), in_july()).set_index("date")
    assert len(found) == 15
    assert found.loc["2024-10-31"].to_dict() == {
        "weekday": "Thursday",
        "night": "Halloween",
        "no_school": "October half term",
        "bank_holiday": "",
        "nearest_weekend": "",
    }
    ahead = replace(in_july(), first=date(2026, 10, 25), last=date(2026, 11, 8))
    assert "October half term (assumed)" in set(plan_when_panel.calendar_table(dataset(real, area), ahead)["no_school"])


def test_the_loaded_store_and_the_page_agree(real_store: Path, area: Area, real: Incidents) -> None:
    data = dataset(load(real_store, area), area)
    found, same = (
        operation.forecast_of(data, in_july(DRUGS)),
        operation.forecast_of(dataset(real, area), in_july(DRUGS)),
    )
    assert not isinstance(found, Refusal)
    assert not isinstance(same, Refusal)
    assert found.expected == same.expected


def test_hostile_names_in_the_area_file_are_text(
    opened: Open, real_store: Path, monkeypatch: pytest.MonkeyPatch, area: Area, tmp_path: Path
) -> None:
    from data.place.area import DEFAULT_AREA

    text = DEFAULT_AREA.read_text(encoding="utf-8")
    bad = "<img src=x onerror=alert(1)> [a](b)"
    text = text.replace('name = "Halloween"\nday', f'name = "{bad}"\nday')
    text = text.replace('name = "Halloween and Bonfire Night"', f'name = "{bad} op"')
    (tmp_path / "wards.geojson").write_bytes(DEFAULT_AREA.with_name("wards.geojson").read_bytes())
    place = tmp_path / "area.toml"
    place.write_text(text, encoding="utf-8")
    monkeypatch.setenv("DASHBOARD_AREA", str(place))
    at = opened(as_at="2024-07")
    bodies = [e.proto.body for e in at.get("html")]
    assert any("&lt;img src=x" in body for body in bodies)
    assert not any("<img" in body for body in bodies)
    assert len(tab_pages.figures(at, "Bars")) == 2
    for picture in tab_pages.figures(at, "Bars"):
        assert not any("<img" in note["text"] for note in picture["layout"]["annotations"])
