"""Tables of the command line: against counts made another way, the analysis called directly, and what was known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from analysis import __main__ as cli
from analysis.ahead.forecast import forecast
from analysis.cli.names import COMMANDS
from analysis.common.counts import monthly_series
from analysis.common.seeds import BOOTSTRAP
from analysis.when.season_effect import area_season_effects
from analysis.when.seasonality import season_mask, seasonal_index
from data.demo.dataset import make_demo
from data.kinds.crime_types import ASB, DRUGS, incidents_words
from data.place.area import Area
from data.store.schema import Incidents
from tests.by_hand import by_square, in_wards
from tests.cli.analysis_command import BOUNDS


# --- counts ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("asked", "category", "october"), [("asb", ASB, 270), ("DRUGS", DRUGS, 161)])
def test_counts_by_month(ask, real: Incidents, asked: str, category: str, october: int) -> None:
    table = ask("counts", "--category", asked).table
    assert list(table.columns) == ["month", "count"]
    assert table["month"].tolist() == [str(m) for m in real.months]
    found = table.set_index("month")["count"]
    assert found["2024-10"] == october
    frame = real.frame[(real.frame["category"] == category) & real.frame["ward_code"].notna()]
    assert found.to_dict() == frame.groupby(frame["month"].astype("str")).size().reindex(found.index).to_dict()


def test_counts_by_month_and_ward(ask, real: Incidents, area: Area) -> None:
    table = ask("counts", "--by", "month,ward", "--from", "2024-09", "--to", "2024-10").table
    assert list(table.columns) == ["month", "ward_code", "count"]
    assert len(table) == 2 * len(area.wards.codes)
    assert table.groupby("month")["count"].sum().to_dict() == {
        month: len(in_wards(real, ASB, month)) for month in ("2024-09", "2024-10")
    }
    rare = ask("counts", "--by", "month,ward", "--category", "Bicycle theft", "--from", "2024-09").table
    assert len(rare) == 4 * len(area.wards.codes)
    assert (rare["count"] == 0).any()


def test_months_that_are_missing_have_no_row(ask) -> None:
    months = ask("counts", "--from", "2021-08", "--to", "2022-11").table["month"].tolist()
    assert months == ["2021-08", "2021-09", "2021-12", "2022-10", "2022-11"]


# --- other tables ----------------------------------------------------------------------------------------------------
def test_the_seasonal_index_is_that_of_the_page(ask, real: Incidents, area: Area) -> None:
    asked = ask("season")
    assert list(asked.table.columns) == ["month", "index", "low", "high", "years"]
    series = monthly_series(real.of(ASB))
    index = seasonal_index(
        series, season_mask(pd.PeriodIndex(series.index), area, ASB), np.random.default_rng(BOOTSTRAP)
    )
    np.testing.assert_allclose(asked.table[["index", "low", "high"]], index.index[["index", "low", "high"]])
    assert index.sentence in asked.err


def test_effects_of_seasons_and_seasons_by_ward(ask, real: Incidents, area: Area, tmp_path: Path) -> None:
    asked = ask("season", "--of", "effects")
    table = asked.table.set_index("season")
    found = area_season_effects(real.of(ASB), area, ASB)
    assert list(table.index) == [effect.season.key for effect in found.effects]
    np.testing.assert_allclose(table["ratio"], [effect.ratio for effect in found.effects])
    assert table.loc["october", "ratio"] == pytest.approx(1.6, abs=0.1)
    assert table.loc["october", "years_above"] == table.loc["october", "years"]
    assert table.loc["december", "high"] < 1
    assert found.effects[0].sentence in asked.err
    target = tmp_path / "wards.gpkg"
    asked = ask("season", "--of", "wards", "--out", str(target))
    wards = gpd.read_file(target)
    assert len(wards) == wards["season"].nunique() * len(area.wards.codes)
    october = wards[wards["season"] == "october"]
    assert october["ward_code"].tolist() == list(area.wards.codes)
    counted = real.frame[(real.frame["category"] == ASB) & (real.frame["month"].dt.month == 10)]
    assert october["count"].sum() <= counted["ward_code"].notna().sum()
    assert "The same places lead in October as in the year (measured on 4 Octobers)." in asked.err


def test_forecast_by_month_and_ward(ask, real: Incidents, area: Area) -> None:
    asked = ask("forecast", "--horizon", "2")
    whole = asked.table
    assert list(whole.columns) == ["month", *BOUNDS, "reliable"]
    assert whole["month"].tolist() == ["2025-01", "2025-02"]
    series = monthly_series(real.of(ASB))
    found = forecast(series, 2, season_mask(pd.PeriodIndex(series.index), area, ASB))
    np.testing.assert_allclose(whole[BOUNDS], found[BOUNDS])
    assert f"About {whole['expected'].iloc[0]:,.0f} {incidents_words(ASB)} are forecast for January 2025" in asked.err
    wards = ask("forecast", "--horizon", "2", "--by", "month,ward").table
    assert list(wards.columns) == ["month", "ward_code", *BOUNDS, "reliable"]
    assert len(wards) == 2 * len(area.wards.codes)
    np.testing.assert_allclose(wards.groupby("month")["expected"].sum(), whole["expected"])
    assert len(ask("forecast").table) == 6


def test_forecast_of_a_window_of_days(ask) -> None:
    asked = ask("forecast", "--to", "2024-08", "--window", "2024-10-25:2024-11-08")
    months = ask("forecast", "--to", "2024-08").table.set_index("month")["expected"]
    row = asked.table.iloc[0]
    assert row["expected"] == pytest.approx(months["2024-10"] * 7 / 31 + months["2024-11"] * 8 / 30)
    assert row["label"] == "a share of the month, not an event forecast"
    assert row["label"] in asked.err
    wards = ask("forecast", "--to", "2024-08", "--window", "2024-10-25:2024-11-08", "--by", "month,ward").table
    assert wards["expected"].sum() == pytest.approx(row["expected"])
    assert (wards["label"] == row["label"]).all()


def test_change_counts_both_periods(ask, real: Incidents, area: Area) -> None:
    table = ask("change").table.set_index("ward_code")
    assert list(table.columns) == ["name", "before", "after", "ratio", "low", "high", "phi", "p", "q", "significant"]
    frame = real.frame[(real.frame["category"] == ASB) & real.frame["ward_code"].notna()]
    for column, year in (("before", 2023), ("after", 2024)):
        own = frame[(frame["month"] >= f"{year}-01") & (frame["month"] <= f"{year}-12")]
        assert table[column].to_dict() == own["ward_code"].astype("str").value_counts().reindex(table.index).to_dict()
    total = table["after"].sum() / table["before"].sum()
    np.testing.assert_allclose(table["ratio"], table["after"] / table["before"] / total)


def test_change_of_cells_between_periods_of_ones_own(ask, real: Incidents) -> None:
    table = ask("change", "--unit", "cell", "--before", "2023-01:2023-06", "--after", "2024-01:2024-06").table
    assert list(table.columns)[:5] == ["cell", "easting_m", "northing_m", "before", "after"]
    corners = pd.MultiIndex.from_frame(table[["easting_m", "northing_m"]].astype(int))
    squares = by_square(real, ASB, "2024-01", "2024-06")
    assert table["after"].tolist() == squares.reindex(corners, fill_value=0).tolist()
    assert table.loc[table["before"] + table["after"] < 10, "p"].isna().all()
    assert table.loc[table["before"] + table["after"] >= 10, "p"].notna().all()


def test_concentration_on_cells_and_points(ask, real: Incidents) -> None:
    cells = ask("concentration", "--from", "2024-01").table
    assert list(cells.columns) == ["share", "units", "observed", "random", "low", "high"]
    points = ask("concentration", "--unit", "points", "--from", "2024-01").table
    inside = real.frame[real.frame["ward_code"].notna()]
    every = inside.groupby(["easting_m", "northing_m"]).ngroups
    counts = inside[(inside["category"] == ASB) & (inside["month"] >= "2024-01")]
    busiest = counts.groupby(["easting_m", "northing_m"]).size().sort_values(ascending=False)
    for row in points.itertuples():
        assert row.units == int(np.ceil(round(row.share * every, 9)))
        assert row.observed == pytest.approx(busiest.iloc[: row.units].sum() / len(counts))
        assert row.observed > row.high


def test_trend_reaches_its_check_values(ask) -> None:
    asked = ask("trend")
    table = asked.table.set_index("test")
    seasonal = table.loc["seasonal Mann-Kendall"]
    assert (seasonal["s"], seasonal["variance"], seasonal["n"]) == (-98, 356, 73)  # the same by polygon as by LSOA name
    assert seasonal["z"] == pytest.approx(-5.140989718)
    assert seasonal["slope_per"] == "year"
    assert "fell" in asked.err


# --- near repeats ----------------------------------------------------------------------------------------------------
def test_near_repeats_of_month_data_are_refused(ask) -> None:
    asked = ask("near-repeat")
    assert (asked.code, asked.out) == (3, "")
    assert asked.err.startswith(
        "Near repeats cannot be found in month data: only the month of an incident is published"
    )
    assert "feed that gives the day" in asked.err


def test_near_repeats_of_a_dated_feed(ask, area: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = make_demo(area).feed
    monkeypatch.setattr(cli, "_incidents", lambda store, area, source: feed)
    asked = ask(
        "near-repeat", "--source", feed.source, "--permutations", "99", "--distances", "0,0.1,200", "--days", "0,7,inf"
    )
    table = asked.table
    edges = ["distance_from_m", "distance_to_m", "days_from", "days_to"]
    assert list(table.columns) == [*edges, "observed", "expected", "ratio", "p", "q", "monte_carlo_error"]
    assert table[edges].to_numpy().tolist() == [
        [0, 0.1, 0, 7], [0, 0.1, 7, np.inf], [0.1, 200, 0, 7], [0.1, 200, 7, np.inf],
    ]  # fmt: skip
    frame = feed.in_area().frame
    frame = frame[(frame["category"] == ASB) & frame["occurred_at"].notna()]
    at_one_place = frame.groupby(["easting_m", "northing_m"]).size()
    assert table["observed"].iloc[:2].sum() == (at_one_place * (at_one_place - 1) // 2).sum()
    assert (table["p"] >= 1 / 100).all()


def test_places_too_coarse_for_cells_are_left_out_of_what_counts_cells_and_told(
    ask, area: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = make_demo(area).feed
    feed = feed.within(feed.months[-6], feed.months[-1])
    frame = feed.frame.assign(precision_m=np.where(np.arange(len(feed.frame)) % 3 == 0, 100.0, np.nan))
    coarse = replace(feed, frame=frame)
    fine = replace(feed, frame=frame[frame["precision_m"].isna()])
    many = len(frame) - len(fine.frame)
    said = f"{many:,} of {len(frame):,} incidents have a place that is too coarse for cells of 200 m"
    cells = (("concentration", "--unit", "points"),)
    for arguments in (*cells, ("counts", "--by", "month,ward")):
        answers = []
        for source in (coarse, fine if arguments in cells else feed):
            monkeypatch.setattr(cli, "_incidents", lambda store, area, name, source=source: source)
            answers.append(ask(*arguments, "--source", feed.source))
        told = arguments in cells
        assert (said in answers[0].err) == told
        assert answers[0].out == answers[1].out
        assert "too coarse" not in answers[1].err


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("hotspots", True),
        ("concentration", True),
        ("near-repeat", True),
        ("change --unit cell", True),
        ("change", False),
        ("backtest hotspots", True),
        ("backtest operations", True),
        ("backtest forecast", False),
        ("counts", False),
        ("trend", False),
    ],
)
def test_which_commands_ask_about_places_finer_than_wards(line: str, cells: bool) -> None:
    options = cli._parser().parse_args(line.split())
    assert COMMANDS[options.command].in_cells(options) == cells


# --- the as-at month -------------------------------------------------------------------------------------------------
def test_nothing_after_the_as_at_month_is_seen(ask, real_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {name: ask(name, "--to", "2023-12").out for name in ("hotspots", "season", "forecast", "change", "trend")}
    load = cli.load

    def cut(store: Path, area: Area, source: str) -> Incidents:
        return load(store, area, source).up_to(pd.Period("2023-12", "M"))

    monkeypatch.setattr(cli, "load", cut)
    for name, text in whole.items():
        assert ask(name, "--to", "2023-12").out == text, name
