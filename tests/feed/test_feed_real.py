"""Files that nobody here wrote: stop and search labelled +00:00, and two cities that lie elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from analysis.when.aoristic import hour_of_week
from analysis.when.event_window import daily_counts
from data.feed import times as feed_times
from data.feed.importing import import_feed
from data.feed.mapping import AS_LABELLED, LOCAL, FeedMapping
from data.feed.propose import propose
from data.feed.table import read_table
from data.feed.times import read_times
from data.place.area import Area
from data.store.store import is_empty, load
from geo.errors import InputError

STOPS = "knowsley_stop_search_2022-10_to_2024-12.csv"
MEMPHIS = "memphis_robberies_2019.csv"
YORK = "nyc_vehicle_thefts_sample.csv"
TODAY = date(2025, 1, 15)


@pytest.fixture(scope="module")
def stops(shared: Path, area: Area, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    """The stops in a store, times taken as local; and the file as pandas reads it."""
    path = shared / "partner" / STOPS
    raw = path.read_bytes()
    table = read_table(STOPS, raw)
    proposal = propose(table, area)
    mapping = replace(proposal.mapping, category="Drugs", labelled_times=LOCAL)
    with pytest.raises(InputError, match="nobody has said whether the label is right"):
        import_feed(table, raw, "Stops", proposal.mapping, tmp_path_factory.mktemp("no"), area, today=TODAY)
    store = tmp_path_factory.mktemp("stops")
    mapping = replace(mapping, columns={k: v for k, v in mapping.columns.items() if k != "category"}, words={})
    report = import_feed(table, raw, "Stops", mapping, store, area, today=TODAY)
    assert report.rows_read == report.loaded + report.rejected + report.outside == 17_115
    assert report.rejected == 0
    assert set(report.dropped) >= {"Legislation", "Outcome", "WD25CD", "Type"}
    assert report.personal == {}
    return store, pd.read_csv(path)


def test_every_stop_comes_back_on_its_day_and_in_its_ward(
    stops: tuple[Path, pd.DataFrame], area: Area, shared: Path
) -> None:
    store, raw = stops
    found = load(store, area, "stops")
    assert len(found.months) == 29
    wall = pd.to_datetime(raw["Date"].str[:19])
    inside = wall[wall.dt.to_period("M").isin(found.months)]
    days = daily_counts(found)
    ours = days[days > 0]
    theirs = inside.dt.normalize().value_counts().sort_index()
    np.testing.assert_array_equal(ours.index, theirs.index)
    np.testing.assert_array_equal(ours, theirs)
    missing = days[days.isna()].index.to_period("M").unique()
    assert {str(month) for month in missing} >= {"2019-12", "2022-09", "2023-01"}  # never a month of nothing
    wards = found.frame["ward_code"].value_counts()
    published = raw.loc[wall.dt.to_period("M").isin(found.months), "WD25CD"].value_counts()
    assert (wards - published).abs().sum() / published.sum() < 0.01  # another generalisation of the same wards


def test_labels_move_summer_by_an_hour_and_leave_winter(shared: Path) -> None:
    table = read_table(STOPS, (shared / "partner" / STOPS).read_bytes())
    columns = {"start": "Date", "longitude": "Longitude", "latitude": "Latitude"}
    zone = ZoneInfo("Europe/London")
    local, told = (
        read_times(table, FeedMapping(columns=columns, labelled_times=how), zone) for how in (LOCAL, AS_LABELLED)
    )
    moved = (told.start - local.start).astype(int)
    month = pd.DatetimeIndex(local.start).month.to_numpy()
    assert set(moved[np.isin(month, [5, 6, 7, 8, 9])]) == {3600}
    assert set(moved[np.isin(month, [11, 12, 1, 2])]) == {0}
    assert told.why.count(feed_times.SKIPPED) == 0


@pytest.mark.parametrize("name", [MEMPHIS, YORK])
def test_another_city_is_not_silently_taken(shared: Path, area: Area, tmp_path: Path, name: str) -> None:
    raw = (shared / "partner" / name).read_bytes()
    table = read_table(name, raw)
    mapping = replace(propose(table, area).mapping, category="Robbery")
    with pytest.raises(InputError, match=r"not one of its [\d,]+ rows lies in .* or within 1000 m"):
        import_feed(table, raw, "city", mapping, tmp_path, area, today=TODAY)
    assert is_empty(tmp_path)


def test_times_of_memphis(shared: Path, area: Area) -> None:
    path = shared / "partner" / MEMPHIS
    table = read_table(MEMPHIS, path.read_bytes())
    mapping = propose(table, area).mapping
    assert mapping.columns["start"] == "datetime"
    assert mapping.columns["reference"] == "uid"
    found = read_times(table, mapping, ZoneInfo("America/Chicago"))
    np.testing.assert_array_equal(found.start, pd.to_datetime(pd.read_csv(path)["datetime"]).to_numpy())
    assert not any(found.why)
    london = read_times(table, mapping, ZoneInfo("Europe/London"))
    assert london.why.count(feed_times.SKIPPED) == 1  # 01:xx on 31 March exists there, and not here


def test_intervals_of_new_york(shared: Path, area: Area) -> None:
    path = shared / "partner" / YORK
    table = read_table(YORK, path.read_bytes())
    mapping = propose(table, area).mapping
    assert (mapping.columns["start"], mapping.columns["end"]) == ("date_start", "date_end")
    found = read_times(table, mapping, ZoneInfo("America/New_York"))
    raw = pd.read_csv(path, parse_dates=["date_start", "date_end"])
    good = np.array([not why for why in found.why])
    assert good.sum() > 7_900
    np.testing.assert_array_equal(found.start[good], raw["date_start"].to_numpy()[good])
    there = good & raw["date_end"].notna().to_numpy() & (raw["date_end"] > raw["date_start"]).to_numpy()
    np.testing.assert_array_equal(found.until[there], raw["date_end"].to_numpy()[there])
    assert np.isnat(found.until[good & ~there]).all()
    wrong = (raw["date_end"] < raw["date_start"]).to_numpy()
    assert [found.why[row] for row in np.flatnonzero(wrong)] == [feed_times.END_FIRST] * wrong.sum()
    assert hour_of_week(found.start[good], found.until[good]).sum() == pytest.approx(good.sum())
