from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.spatial import cKDTree

from analysis.common.counts import compare_years, counts, monthly_series
from analysis.when.seasonality import seasonal_index
from analysis.where.hotspots import rank_cells
from data.demo.dataset import Demo, make_demo
from data.demo.feed import EVENTS, FEED_SOURCE
from data.demo.places import PlantedPlace
from data.demo.streets import GENERIC_LABELS
from data.demo.totals import MONTHLY_RATE, MOST_INCIDENTS, year_shape
from data.kinds.crime_types import ASB, CATEGORIES, DRUGS
from data.place.area import Area, load_area
from data.store.schema import COLUMNS, Incidents, month_numbers
from geo.assign import BUFFER, assign_wards
from geo.boundaries import read_wards
from tests.conftest import ROOT

APART = 0.1  # of a year: more than chance and another way of counting come to


@pytest.fixture(scope="module")
def demo(area: Area) -> Demo:
    return make_demo(area)


def near(incidents: Incidents, place: PlantedPlace) -> np.ndarray:
    """Which incidents inside the area lie at a planted place."""
    frame = incidents.frame
    apart = np.hypot(frame["easting_m"] - place.easting_m, frame["northing_m"] - place.northing_m)
    return ((apart <= place.radius_m) & frame["ward_code"].notna()).to_numpy()


def rise(incidents: Incidents, place: PlantedPlace, months: tuple[int, ...]) -> tuple[int, float]:
    """Incidents of the place in these calendar months, and their odds against the rest of the year's odds."""
    inside = incidents.in_area()
    here, season = near(inside, place), inside.frame["month"].dt.month.isin(months).to_numpy()
    a, b = (here & season).sum(), (~here & season).sum()
    c, d = (here & ~season).sum(), (~here & ~season).sum()
    return int(a), float(a / b / (c / d))


# What it is.


def test_it_is_what_every_analysis_takes(demo: Demo) -> None:
    for incidents in (demo.incidents, demo.feed):
        frame = incidents.frame
        assert tuple(frame.columns) == COLUMNS
        assert incidents.simulated
        assert incidents.source == frame["source"].unique().tolist()[0]
        assert frame["incident_id"].is_unique
        assert frame["incident_id"].str.startswith("simulated").all()
        assert [str(incidents.months[0]), str(incidents.months[-1]), len(incidents.months)] == [
            "2022-01",
            "2024-12",
            36,
        ]
        assert incidents.frame["month"].isin(incidents.months).all()
        assert frame["category"].notna().all()
        assert frame["location"].str.startswith("On or near ").all()
        assert not frame["location"].str.contains(r"[<>&\"']").any()
    assert demo.incidents.version != demo.feed.version
    assert demo.as_at == date(2025, 1, 15)


def test_the_same_every_time(demo: Demo, area: Area) -> None:
    again = make_demo(area)
    assert demo.incidents.frame.equals(again.incidents.frame)
    assert demo.feed.frame.equals(again.feed.frame)
    assert (demo.incidents.version, demo.feed.version) == (again.incidents.version, again.feed.version)
    assert demo.planted.places == again.planted.places


def test_the_same_in_every_process(demo: Demo) -> None:
    code = "from data.demo.dataset import make_demo; from data.place.area import load_area; d = make_demo(load_area())"
    run = subprocess.run(
        [sys.executable, "-c", f"{code}; print(d.incidents.version, d.feed.version)"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == [demo.incidents.version, demo.feed.version]


# A year of the demonstration is nowhere near a published one.


def test_the_year_of_the_plan_is_another_one(demo: Demo, area: Area) -> None:
    stated = area.raw["target"]
    assert (stated["category"], stated["baseline_year"]) == (ASB, "2022/23")
    simulated = demo.planted.totals[ASB]["2022-04":"2023-03"].sum()  # type: ignore[misc]
    assert abs(simulated / stated["baseline"] - 1) > APART


def test_no_12_months_come_near_those_that_were_published(demo: Demo, shared: Path) -> None:
    """Calendar, financial and all other years: of the table by LSOA name, and as the plan counts its own."""
    rows = re.findall(r"^\|(\d{4})\|(.*)\|$", (shared / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    known = {f"{year}-{month}": cell for year, row in rows for month, cell in enumerate(row.split("|"), start=1)}
    for place, (category, plan) in enumerate(((ASB, 1592), (DRUGS, 1328))):
        months = {month: float(re.findall(r"\d+", cell)[place]) for month, cell in known.items() if cell.strip()}
        published = pd.Series(months.values(), index=pd.PeriodIndex(months, freq="M")).asfreq("M")
        published = published.reindex(pd.period_range(published.index[0], published.index[-1], freq="M"))
        years = published.rolling(12, min_periods=12).sum()
        years["2023-03"] = plan
        apart = (demo.planted.totals[category].rolling(12).sum() / years - 1).dropna().abs()
        assert {"2023-03", "2023-12", "2024-03", "2024-12"} <= set(apart.index.astype(str))
        assert len(apart) == 17
        assert apart.min() > APART
        single = demo.planted.totals[category] / published - 1
        assert (single.dropna() != 0).mean() > 0.9, "nor are months copied"


def test_published_totals_in_an_area_file_reach_nothing(demo: Demo, area: Area) -> None:
    table = area.raw["demonstration"] | {"monthly_totals": {ASB: [229] * 36, DRUGS: [100] * 36}}
    assert (
        make_demo(replace(area, raw={**area.raw, "demonstration": table})).incidents.version == demo.incidents.version
    )


def test_totals_have_the_planted_year_and_level(demo: Demo, area: Area) -> None:
    totals = demo.planted.totals
    for category, level in ((ASB, MONTHLY_RATE[ASB]), (DRUGS, MONTHLY_RATE[DRUGS])):
        yearly = totals[category].groupby(pd.PeriodIndex(totals.index).year).sum()
        planted = [1.0, 1.0, demo.planted.last_year.get(category, 1.0)]
        assert yearly.to_numpy() == pytest.approx(
            np.multiply(planted, 12 * level * sum(area.residents.values()) / 1000), rel=0.08
        )
    for year in (2022, 2023, 2024):
        assert totals.loc[str(year), ASB].idxmax() == pd.Period(f"{year}-10", "M"), "the peak of every year"
    days = pd.Series(np.asarray(pd.PeriodIndex(totals.index).days_in_month), index=totals.index)
    by_month = totals[ASB].groupby(totals.index.month).sum() / days.groupby(totals.index.month).sum()
    np.testing.assert_allclose(by_month / by_month.mean(), year_shape(ASB), atol=0.15)


def test_counts_equal_what_was_planted_and_the_buffer_is_no_part_of_them(demo: Demo, area: Area) -> None:
    for category in CATEGORIES:
        found = counts(demo.incidents.of(category))["count"]
        assert found.tolist() == demo.planted.totals[category].tolist()
    assert demo.incidents.frame["ward_code"].isna().sum() > 5000
    assert demo.feed.frame["ward_code"].notna().all()
    yearly = demo.planted.totals.loc["2024"].sum()
    assert 1150 < yearly.sum() / 12 < 1550
    assert 0.33 < yearly["Violence and sexual offences"] / yearly.sum() < 0.42


def test_wards_are_those_in_which_the_points_lie(demo: Demo, area: Area) -> None:
    frame = demo.incidents.frame
    ward = assign_wards(frame["easting_m"], frame["northing_m"], area.wards, area.buffer_m)
    assert set(np.unique(ward)) == {BUFFER, *range(15)}
    codes = np.array([*area.wards.codes, None], dtype=object)[ward]
    assert (frame["ward_code"].astype(object).where(frame["ward_code"].notna(), None) == codes)[ward >= 0].all()
    assert frame["ward_code"].isna().to_numpy()[ward == BUFFER].all()


def test_points_lie_as_published_ones_do(demo: Demo) -> None:
    points = demo.planted.points
    inside = points.inside
    assert 3700 <= inside.sum() <= 4000
    xy = np.column_stack([points.easting_m, points.northing_m])[inside]
    apart = cKDTree(xy).query(xy, k=2)[0][:, 1]
    assert np.median(apart) == pytest.approx(71, abs=5)
    assert np.quantile(apart, 0.9) < 125
    streets = pd.Series(points.names)[points.generic < 0]
    assert streets.value_counts().median() >= 2, "several points share a street"
    assert pd.Series(points.names).nunique() > 900
    assert set(np.array(points.names)[points.generic >= 0]) == set(GENERIC_LABELS)


def test_concentration_is_like_the_real_one(demo: Demo, area: Area) -> None:
    grid = area.grid()
    for category, low, high in ((ASB, 0.45, 0.62), (DRUGS, 0.42, 0.60)):
        frame = demo.incidents.of(category).frame
        cells = np.sort(grid.count(frame["easting_m"], frame["northing_m"])[grid.cells])[::-1]
        assert low < cells[: int(np.ceil(0.05 * len(cells)))].sum() / cells.sum() < high


# What was planted has to be found, and nothing else.


def test_persistent_places_are_ranked_at_the_top(demo: Demo, area: Area) -> None:
    grid = area.grid()
    for category in (ASB, DRUGS):
        ranking = rank_cells(demo.incidents.of(category), grid)
        top = set(grid.cells[ranking.top(0.05)].tolist())
        places = [p for p in demo.planted.places if p.category == category and not p.months]
        assert len(places) >= 6
        for place in places:
            around = grid.locate(
                place.easting_m + np.array([0, -100, 100, 0, 0]), place.northing_m + np.array([0, 0, 0, -100, 100])
            )
            assert top & set(around.tolist()), place
            share = near(demo.incidents.of(category).in_area(), place).mean()
            assert share == pytest.approx(place.share, rel=0.35)


def test_places_rise_when_they_were_planted_to_and_only_then(demo: Demo) -> None:
    asb = demo.incidents.of(ASB)
    places = [p for p in demo.planted.places if p.category == ASB]
    for months, multiplier, number in (((10,), 3.0, 4), ((7, 8), 2.5, 3)):
        rising = [p for p in places if p.months == months]
        assert [p.multiplier for p in rising] == [multiplier] * number
        odds = [rise(asb, p, months)[1] for p in rising]
        # each place has some 20 incidents in its season: a standard error of a quarter, an eighth for four places
        assert abs(np.mean(np.log(odds)) - np.log(multiplier)) < 3 * 0.25 / number**0.5
        others = [rise(asb, p, months) for p in places if p.months != months]
        assert np.average([o for _, o in others], weights=[n for n, _ in others]) < 1.35
    for place in (p for p in demo.planted.places if p.category == DRUGS):
        assert place.months == ()
        assert place.multiplier == 1.0


def test_the_feed_rises_in_october_where_the_recorded_incidents_do(demo: Demo) -> None:
    rising = [p for p in demo.planted.places if p.months == (10,)]
    odds = [rise(demo.feed, p, (10,))[1] for p in rising]
    assert abs(np.mean(np.log(odds)) - np.log(3)) < 3 * 0.25 / 4**0.5


def test_the_change_of_level_is_found_and_no_other(demo: Demo) -> None:
    assert demo.planted.last_year == {DRUGS: 0.75}
    for category in (ASB, DRUGS):
        found = compare_years(demo.incidents.of(category))
        assert found.differs == (category in demo.planted.last_year)
        assert found.low <= demo.planted.last_year.get(category, 1.0) <= found.high


def test_drugs_have_no_season_that_anyone_could_prove(demo: Demo) -> None:
    found = seasonal_index(monthly_series(demo.incidents.of(DRUGS)), None, np.random.default_rng(0), 300)
    assert found.sentence.startswith("No month differs")


# The dated feed.


def test_every_time_belongs_to_its_month(demo: Demo) -> None:
    at = demo.feed.frame["occurred_at"]
    assert str(at.dtype) == "datetime64[s]"
    assert at.notna().all()
    assert (month_numbers(demo.feed.frame) == at.to_numpy().astype("datetime64[M]").astype(int)).all()
    assert at.is_monotonic_increasing
    assert demo.incidents.frame["occurred_at"].isna().all(), "published files have no days"
    # 01:00 to 01:59 does not exist on the night the clocks go forward
    spring = pd.DatetimeIndex(["2022-03-27", "2023-03-26", "2024-03-31"])
    assert not (at.dt.normalize().isin(spring) & (at.dt.hour == 1)).any()
    at.dt.tz_localize("Europe/London", ambiguous=True)  # raises for a time that does not exist
    assert len(at) > monthly_series(demo.incidents.of(ASB)).sum()


def test_events_have_the_planted_ratio(demo: Demo) -> None:
    """Days of the event against the same weekdays of the four weeks on both sides of the window."""
    at = demo.feed.frame["occurred_at"]
    daily = at.dt.normalize().value_counts().reindex(pd.date_range("2022-01-01", "2024-12-31", freq="D"), fill_value=0)
    expected = {
        "Halloween and Bonfire Night window": demo.planted.window_ratio,
        "Mischief Night and Halloween": 1.3 * 2.0,
        "Bonfire Night": 1.3 * 2.2,
    }
    for event in EVENTS:
        seen = usual = 0.0
        for year in (2022, 2023, 2024):
            around = daily[f"{year}-09-27" : f"{year}-12-06"]  # type: ignore[misc]
            key = around.index.month * 100 + around.index.day
            calm = around[(key < 1025) | (key > 1108)]
            days = around[(key >= 100 * event.first[0] + event.first[1]) & (key <= 100 * event.last[0] + event.last[1])]
            seen += days.sum()
            usual += calm.groupby(calm.index.day_of_week).mean().reindex(days.index.day_of_week).sum()
        # about four standard errors, with the overdispersion of the days
        assert seen / usual == pytest.approx(expected[event.name], abs=4 * 1.3 * seen**0.5 / usual), event.name
    assert 1.5 < demo.planted.window_ratio < 1.65


def test_no_other_days_stand_out(demo: Demo) -> None:
    days = demo.feed.frame["occurred_at"].dt.normalize()
    key = days.dt.month * 100 + days.dt.day
    calm = days[(key < 1025) | (key > 1108)]
    by_month = calm.dt.month.value_counts().sort_index()
    length = pd.Series(pd.date_range("2022-01-01", "2024-12-31", freq="D"))
    length = length[(length.dt.month * 100 + length.dt.day < 1025) | (length.dt.month * 100 + length.dt.day > 1108)]
    per_day = by_month / length.dt.month.value_counts().sort_index()
    assert per_day.min() / per_day.mean() > 0.8
    assert per_day.max() / per_day.mean() < 1.2
    assert per_day.loc[[6, 7]].mean() > per_day.loc[[1, 12]].mean(), "the smooth wave"


def test_the_clock_is_the_planted_one(demo: Demo) -> None:
    clock = demo.planted.hour_by_weekday
    assert clock.shape == (7, 24)
    np.testing.assert_allclose(clock.sum(axis=1), 1.0)
    at = demo.feed.frame["occurred_at"]
    key = at.dt.month * 100 + at.dt.day
    calm = at[(key < 1025) | (key > 1108)]
    table = pd.crosstab(calm.dt.day_of_week, calm.dt.hour).to_numpy()
    expected = clock * table.sum(axis=1, keepdims=True)
    chi2 = float(((table - expected) ** 2 / expected).sum())
    assert 100 < chi2 < 220, "161 degrees of freedom"
    assert clock[4, 23] > clock[1, 23]


def test_kinds_are_those_of_the_plan(demo: Demo) -> None:
    frame = demo.feed.frame
    assert set(frame["asb_type"].unique()) == {"personal", "nuisance", "environmental"}
    assert frame.groupby("subcategory", observed=True)["asb_type"].nunique().max() == 1
    assert {"fireworks", "nuisance vehicle", "street drinking", "deliberate fire"} <= set(frame["subcategory"].unique())
    bonfire = frame["occurred_at"].dt.strftime("%m-%d") == "11-05"
    fireworks = frame["subcategory"] == "fireworks"
    assert fireworks[bonfire].mean() > 5 * fireworks[~bonfire].mean()
    assert frame["force"].isna().all()
    assert frame["source"].unique().tolist() == [FEED_SOURCE]


# Other areas.


def test_months_and_the_day_are_those_of_the_area_file(demo: Demo, area: Area) -> None:
    bare = make_demo(replace(area, raw={k: v for k, v in area.raw.items() if k != "demonstration"}))
    assert (bare.as_at, bare.incidents.version) == (demo.as_at, demo.incidents.version), "the same without a table"
    table = {"first": "2020-01", "last": "2020-12", "as_at": "2021-02-01"}
    other = make_demo(replace(area, raw={"demonstration": table}))
    assert other.as_at == date(2021, 2, 1)
    assert list(other.planted.totals.index) == list(pd.period_range("2020-01", "2020-12", freq="M"))


def test_a_tiny_area_without_residents_or_buffer(tmp_path: Path) -> None:
    squares = [shapely.box(west, 52, west + 0.02, 52.02) for west in (0.0, 0.02)]
    layer = gpd.GeoDataFrame({"WD24CD": ["X0", "X1"], "WD24NM": ["West", "East"]}, geometry=squares, crs=4326)
    layer.to_file(tmp_path / "two.geojson")
    (tmp_path / "area.toml").write_text(
        'name = "Elsewhere"\ncode = "X"\nward_file = "two.geojson"\nbuffer_m = 0\n[forces]\narea = ["norfolk"]\n'
        '[wards]\nX0 = "West Ward"\nX1 = "East Ward"\n'
    )
    demo = make_demo(load_area(tmp_path / "area.toml"))
    assert set(demo.incidents.frame["ward_code"].unique()) == {"X0", "X1"}
    assert demo.incidents.frame["force"].unique().tolist() == ["norfolk"]
    assert counts(demo.incidents)["count"].sum() == demo.planted.totals.to_numpy().sum() == len(demo.incidents.frame)
    assert demo.as_at == date(2025, 1, 15)


def test_a_county_is_no_larger(area: Area, shared: Path) -> None:
    wards = read_wards(shared / "boundaries" / "lancashire_wards.gpkg")
    county = replace(area, wards=wards, residents={}, raw={}, forces=("lancashire",))
    demo = make_demo(county)
    inside = demo.incidents.in_area()
    assert inside.frame["ward_code"].nunique() == len(wards.codes) == 271
    assert len(inside.frame) == pytest.approx(MOST_INCIDENTS, rel=0.1)
    assert counts(demo.incidents, ("month", "ward"), wards=wards.codes)["count"].sum() == len(inside.frame)
    fall = demo.planted.fall
    assert fall is not None
    place = next(p for p in demo.planted.places if p.easting_m == fall.easting_m)
    here = inside.frame[near(inside, place) & (inside.frame["category"] == ASB).to_numpy()]["month"]
    before, now = (here.isin(pd.period_range(fall.first - k, fall.last - k, freq="M")).sum() for k in (12, 0))
    assert now < 0.5 * before
