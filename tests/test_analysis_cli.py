"""The command line of the analysis: its tables against counts made another way, and what it says when it cannot."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from analysis import __main__ as cli
from analysis.__main__ import main
from analysis.commands import COMMANDS
from analysis.counts import monthly_series
from analysis.forecast import forecast
from analysis.forecast_backtest import COLUMNS as FORECAST_COLUMNS
from analysis.gistar import more_than_chance
from analysis.hotspots import cell_counts_by_month, rank_counted
from analysis.season_effect import area_season_effects
from analysis.seasonality import season_mask, seasonal_index
from analysis.seeds import BOOTSTRAP, PERMUTATION
from analysis.validation import COLUMNS as HOTSPOT_COLUMNS
from data.area import Area
from data.demo import make_demo
from data.schema import ASB, DRUGS, Incidents, incidents_words
from geo.grid import Grid
from tests.conftest import ROOT

NAMES = ("counts", "hotspots", "season", "forecast", "change", "concentration", "near-repeat", "trend", "backtest")
BOUNDS = ["expected", "low80", "high80", "low95", "high95"]


class Asked:
    """What a command wrote to standard output and standard error, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def table(self) -> pd.DataFrame:
        assert self.code == 0, self.err
        return pd.read_csv(io.StringIO(self.out), dtype={"month": "str", "target": "str", "origin": "str"})


@pytest.fixture
def ask(real_store: Path, capsys: pytest.CaptureFixture[str]):
    def run(*arguments: str) -> Asked:
        name, *more = arguments
        code = main([name, "--store", str(real_store), *more])
        return Asked(code, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def grid(area: Area) -> Grid:
    return area.grid()


def in_wards(real: Incidents, category: str, month: str) -> pd.DataFrame:
    frame = real.frame
    return frame[(frame["category"] == category) & frame["ward_code"].notna() & (frame["month"] == month)]


def by_square(real: Incidents, category: str, first: str, last: str) -> pd.Series[int]:
    """Incidents by the south-west corner of their 200 m square, by floor division, ward or no ward."""
    frame = real.frame
    frame = frame[(frame["category"] == category) & (frame["month"] >= first) & (frame["month"] <= last)]
    corner = [(frame[axis] // 200 * 200).astype(int) for axis in ("easting_m", "northing_m")]
    return frame.groupby(corner).size()


# Counts.


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


# Hotspots.


@pytest.fixture(scope="module")
def hotspots(real_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("hotspots") / "hotspots.csv"
    assert main(["hotspots", "--store", str(real_store), "--category", "asb", "--out", str(target)]) == 0
    return target


def test_hotspots_have_their_columns_and_counts(hotspots: Path, real: Incidents, grid: Grid) -> None:
    table = pd.read_csv(hotspots)
    assert list(table.columns) == ["cell", "easting_m", "northing_m", "count", "expected", "rank", "q"]
    assert len(table) == len(grid.cells) == 2165
    assert table["rank"].tolist() == list(range(1, 2166))
    assert table["expected"].is_monotonic_decreasing
    assert table["cell"].str.fullmatch(r"[A-Z]{2}\d{6}").all()
    assert table["cell"].is_unique
    first = table.iloc[0]
    assert (
        first["cell"][2:]
        == f"{int(first['easting_m']) % 100_000 // 100:03d}{int(first['northing_m']) % 100_000 // 100:03d}"
    )
    assert (table["easting_m"] % 200 == 0).all()
    squares = by_square(real, ASB, "2024-01", "2024-12")
    corners = pd.MultiIndex.from_frame(table[["easting_m", "northing_m"]].astype(int))
    assert table["count"].tolist() == squares.reindex(corners, fill_value=0).tolist()
    assert table["count"].sum() > 1500


def test_a_cell_is_named_by_its_corner(hotspots: Path) -> None:
    table = pd.read_csv(hotspots).set_index("cell")
    assert (table.loc["SJ414906", "easting_m"], table.loc["SJ414906", "northing_m"]) == (341_400, 390_600)


def test_expected_incidents_sum_to_the_forecast(hotspots: Path, real: Incidents, area: Area) -> None:
    table = pd.read_csv(hotspots)
    series = monthly_series(real.of(ASB))
    ahead = forecast(series, 1, season_mask(pd.PeriodIndex(series.index), area, ASB)).iloc[0]
    assert table["expected"].sum() == pytest.approx(ahead["expected"])
    made = json.loads(hotspots.with_name("hotspots.csv.json").read_text(encoding="utf-8"))
    assert made["expected"]["label"] == "forecast for January 2025"
    assert made["expected"]["low80"] == ahead["low80"]
    assert any("ward" in caveat for caveat in made["expected"]["caveats"])
    assert made["data_version"] == real.version
    assert any("data.police.uk" in line for line in made["attribution"])


def test_hotspots_are_those_of_the_page(hotspots: Path, real: Incidents, grid: Grid) -> None:
    table = pd.read_csv(hotspots)
    counted = cell_counts_by_month(real.of(ASB), grid)
    chance = more_than_chance(counted, grid, np.random.default_rng(PERMUTATION))
    ranking = rank_counted(counted, expected_total=table["expected"].sum())
    np.testing.assert_allclose(table["expected"], ranking.expected[ranking.order])
    np.testing.assert_allclose(table["q"], chance.q[ranking.order])


def test_a_window_is_for_count_and_q_alone(ask, real: Incidents, grid: Grid) -> None:
    table = ask("hotspots", "--from", "2023-01", "--to", "2024-06").table
    corners = pd.MultiIndex.from_frame(table[["easting_m", "northing_m"]].astype(int))
    squares = by_square(real, ASB, "2023-01", "2024-06")
    assert table["count"].tolist() == squares.reindex(corners, fill_value=0).tolist()
    counted = cell_counts_by_month(real.of(ASB).up_to(pd.Period("2024-06", "M")), grid)
    ranking = rank_counted(counted)
    chance = more_than_chance(
        counted, grid, np.random.default_rng(PERMUTATION), pd.Period("2023-01", "M"), pd.Period("2024-06", "M")
    )
    np.testing.assert_allclose(table["q"], chance.q[ranking.order])
    np.testing.assert_allclose(
        table["expected"] / table["expected"].sum(), ranking.expected[ranking.order] / ranking.expected.sum()
    )


def test_without_a_forecast_the_mean_month_stands_in_and_says_so(ask, real: Incidents) -> None:
    asked = ask("hotspots", "--to", "2018-06")
    mean = np.mean([len(in_wards(real, ASB, f"2018-0{month}")) for month in range(1, 7)])
    assert asked.table["expected"].sum() == pytest.approx(mean)
    assert asked.table["q"].isna().all()
    assert "mean month of the last 6" in asked.err
    assert "not a forecast" in asked.err


def test_hotspots_of_a_season(ask, real: Incidents, area: Area) -> None:
    asked = ask("hotspots", "--to", "2024-07", "--season", "halloween")
    series = monthly_series(real.of(ASB).up_to(pd.Period("2024-07", "M")))
    ahead = forecast(series, 3, season_mask(pd.PeriodIndex(series.index), area, ASB))["expected"].iloc[2]
    assert asked.table["expected"].sum() == pytest.approx(ahead)
    assert "October 2024" in asked.err
    asked = ask("hotspots", "--season", "advent")
    assert asked.code == 1
    assert "Choose one of: summer, halloween, bonfire" in asked.err


# Other tables.


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
    assert "Season changes the volume, not the places" in asked.err


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


# Near repeats.


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


# Backtests.


def test_the_backtest_of_hotspots_is_what_the_ranking_would_have_caught(ask, real: Incidents) -> None:
    asked = ask("backtest", "hotspots", "--from", "2023-07", "--to", "2024-12")
    table = asked.table
    assert list(table.columns) == list(HOTSPOT_COLUMNS)
    assert set(table["kind"]) == {"next_month", "october", "summer", "november"}
    assert table["target"].between("2023-07", "2024-12").all()
    assert table.groupby("kind")["target"].nunique().to_dict() == {
        "next_month": 18,
        "october": 2,
        "summer": 2,
        "november": 2,
    }
    assert sorted(set(table["share"])) == [0.01, 0.02, 0.03, 0.05, 0.1]
    october = table[(table["kind"] == "october") & (table["target"] == "2024-10") & (table["share"] == 0.05)].iloc[0]
    ranked = ask("hotspots", "--to", "2024-07").table
    corners = pd.MultiIndex.from_frame(ranked[["easting_m", "northing_m"]].astype(int))
    later = by_square(real, ASB, "2024-10", "2024-10").reindex(corners, fill_value=0)
    assert (october["cells"], october["incidents"]) == (109, later.sum())
    assert october["hit_rate"] == pytest.approx(later.iloc[:109].sum() / later.sum(), abs=0.5 / later.sum())
    assert "next month" in asked.err


@pytest.mark.parametrize(
    ("category", "kind", "years", "at2", "at5"),
    [
        ("asb", "october", "2019 2020 2023 2024", 0.320, 0.502),
        ("asb", "next_month", "2019 2020 2021 2023 2024", 0.294, 0.474),
        ("drugs", "october", "2019 2020 2023 2024", 0.308, 0.492),
        ("drugs", "next_month", "2019 2020 2021 2023 2024", 0.257, 0.458),
    ],
)
def test_the_backtest_of_hotspots_reaches_its_table(
    ask, category: str, kind: str, years: str, at2: float, at5: float
) -> None:
    table = ask("backtest", "hotspots", "--category", category, "--from", "2019-01", "--to", "2024-12").table
    table = table[(table["kind"] == kind) & table["target"].str[:4].isin(years.split())]
    mean = table.groupby("share")["hit_rate"].mean()
    assert mean[0.02] == pytest.approx(at2, abs=0.015)
    assert mean[0.05] == pytest.approx(at5, abs=0.015)


def test_the_backtest_of_the_forecast(ask, real: Incidents) -> None:
    asked = ask("backtest", "forecast", "--from", "2024-01", "--to", "2024-12")
    table = asked.table
    assert list(table.columns) == [name for name in FORECAST_COLUMNS if name != "alpha"]
    whole = table[table["level"] == "borough"]
    assert whole["ward_code"].isna().all()
    assert len(whole) == 12 * 6
    assert len(table) == 12 * 6 * 16
    assert whole.groupby("target")["actual"].first().to_dict() == {
        f"2024-{month:02d}": len(in_wards(real, ASB, f"2024-{month:02d}")) for month in range(1, 13)
    }
    error = (whole["actual"] - whole["expected"]).abs().mean()
    assert error <= 28  # half of the targets behind the published table
    assert error < 0.8 * (whole["actual"] - whole["seasonal_naive"]).abs().mean()
    assert whole["actual"].between(whole["low95"], whole["high95"]).mean() >= 0.9
    assert f"MAE {error:.1f}" in asked.err
    one = whole[(whole["origin"] == "2023-12") & (whole["horizon"] == 1)].iloc[0]
    ahead = ask("forecast", "--to", "2023-12", "--horizon", "1").table.iloc[0]
    assert ahead["month"] == one["target"] == "2024-01"
    np.testing.assert_allclose(one[BOUNDS].astype(float), ahead[BOUNDS].astype(float))


def test_the_backtest_on_placebos(ask) -> None:
    asked = ask("backtest", "placebo", "--trials", "4")
    table = asked.table
    assert list(table.columns) == ["test", "unit", "level", "rejected", "trials"]
    assert (table["level"] == 0.05).all()
    assert table["rejected"].between(0, table["trials"]).all()
    assert {"hotspot", "change", "season"} <= {test.split(",")[0].split(" ")[0] for test in table["test"]}
    units = table[table["test"].str.startswith("change")].set_index("unit")["trials"]
    assert units["any ward"] == 4
    assert "Rejected where nothing happened" in asked.err
    assert ask("backtest", "placebo", "--trials", "4").out == asked.out


def test_no_target_no_backtest(ask) -> None:
    for what in ("hotspots", "forecast", "placebo"):
        asked = ask("backtest", what, "--to", "2018-03")
        assert (asked.code, asked.out) == (3, "")
        assert "There is nothing to test on" in asked.err


# The as-at month.


def test_nothing_after_the_as_at_month_is_seen(ask, real_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {name: ask(name, "--to", "2023-12").out for name in ("hotspots", "season", "forecast", "change", "trend")}
    load = cli.load

    def cut(store: Path, area: Area, source: str) -> Incidents:
        return load(store, area, source).up_to(pd.Period("2023-12", "M"))

    monkeypatch.setattr(cli, "load", cut)
    for name, text in whole.items():
        assert ask(name, "--to", "2023-12").out == text, name


# Files.


def test_files_of_all_formats_hold_the_same(ask, tmp_path: Path) -> None:
    arguments = ("counts", "--by", "month,ward", "--from", "2024-10", "--to", "2024-10")
    shown = ask(*arguments).table
    for ending in ("csv", "geojson", "gpkg", "parquet"):
        asked = ask(*arguments, "--out", str(tmp_path / f"a.{ending}"))
        assert (asked.code, asked.out) == (0, "")
        assert f"a.{ending}: 15 rows" in asked.err
    read = {
        "csv": pd.read_csv(tmp_path / "a.csv"),
        "geojson": gpd.read_file(tmp_path / "a.geojson"),
        "gpkg": gpd.read_file(tmp_path / "a.gpkg"),
        "parquet": gpd.read_parquet(tmp_path / "a.parquet"),
    }
    for table in read.values():
        assert table["month"].tolist() == ["2024-10"] * 15
        assert table["count"].sum() == 270
        assert table[["ward_code", "count"]].to_numpy().tolist() == shown[["ward_code", "count"]].to_numpy().tolist()
    description = pyogrio.read_info(tmp_path / "a.gpkg")["layer_metadata"]["DESCRIPTION"]
    member = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))["metadata"]
    beside = json.loads((tmp_path / "a.csv.json").read_text(encoding="utf-8"))
    assert json.loads(description) == member == beside
    assert beside["category"] == ASB
    assert beside["notes"]


def test_hotspots_open_in_a_map(ask, tmp_path: Path) -> None:
    target = tmp_path / "hotspots.gpkg"
    assert ask("hotspots", "--to", "2024-09", "--out", str(target)).code == 0
    table = gpd.read_file(target)
    assert (table.geometry.area == 200 * 200).all()
    np.testing.assert_allclose(table.geometry.bounds[["minx", "miny"]], table[["easting_m", "northing_m"]])
    assert table.crs.to_epsg() == 27700


def test_what_has_no_places_is_no_map(ask, tmp_path: Path) -> None:
    asked = ask("season", "--out", str(tmp_path / "a.gpkg"))
    assert asked.code == 1
    assert "no places to draw" in asked.err
    asked = ask("counts", "--out", str(tmp_path / "a.xlsx"))
    assert asked.code == 1
    assert ".csv, .geojson, .gpkg, .parquet" in asked.err


# What goes wrong.


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("counts", "--to", "2011-01"),
            "None of the months asked for is there; there is January 2018 to December 2024.",
        ),
        (("counts", "--from", "2025-01"), "None of the months asked for is there"),
        (("hotspots", "--from", "2025-01"), "None of the months asked for is there"),
        (("forecast", "--from", "2024-03"), "it needs at least 12 months of history, and there are 10"),
        (("season", "--from", "2024-03"), "it needs at least 12 months, and there are 10"),
        (("change", "--to", "2022-12"), "a missing month is not a month without incidents"),
        (("change", "--before", "2024-01:2024-02", "--after", "2024-03:2024-05"), "at least 6"),
        (("trend", "--from", "2024-10"), "No trend can be told from 3 values"),
        (("forecast", "--window", "2025-10-25:2025-11-08"), "Load January 2025 to May 2025 first"),
        (("forecast", "--window", "2024-10-25:2024-11-08"), "There is nothing to forecast"),
    ],
)
def test_what_the_data_cannot_carry_is_refused(ask, arguments: tuple[str, ...], words: str) -> None:
    asked = ask(*arguments)
    assert (asked.code, asked.out) == (3, "")
    assert words in asked.err
    assert "Traceback" not in asked.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "COMMAND"),
        (("count",), "invalid choice"),
        (("counts", "--category", "litter"), "there is no crime type 'litter'; one of: asb, Anti-social behaviour"),
        (("counts", "--from", "2024-13"), "a month is written YYYY-MM"),
        (("counts", "--from", "2024"), "a month is written YYYY-MM"),
        (("counts", "--to", "2024-1"), "a month is written YYYY-MM"),
        (("counts", "--from", "2024-05", "--to", "2024-01"), "the window ends before it begins: 2024-05 to 2024-01"),
        (("counts", "--by", "ward"), "invalid choice"),
        (("forecast", "--horizon", "7"), "invalid choice"),
        (("forecast", "--window", "2025-01"), "a window is written"),
        (("forecast", "--window", "2025-02-01:2025-01-01"), "ends before it begins"),
        (("change", "--before", "2024-01"), "a month is written"),
        (("change", "--before", "2024-05:2024-01"), "ends before it begins"),
        (("near-repeat", "--days", "a,b"), "bands are written as edges"),
        (("backtest",), "what"),
        (("backtest", "weather"), "invalid choice"),
        (("backtest", "placebo", "--trials", "0"), "not a number from 1"),
        (("season", "--of", "moon"), "invalid choice"),
        (("counts", "--stor", "x"), "unrecognized"),
    ],
)
def test_a_wrong_command_line(arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err


def test_input_that_cannot_be_used(ask, real_store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["counts", "--store", str(tmp_path)]) == 1
    assert "python -m data import PATH" in capsys.readouterr().err
    assert main(["counts", "--store", str(real_store), "--area", str(tmp_path / "none.toml")]) == 1
    assert "no such area file" in capsys.readouterr().err
    asked = ask("counts", "--source", "a feed")
    assert asked.code == 1
    assert "there is no such source" in asked.err
    assert "police.uk" in asked.err
    asked = ask("change", "--to", "2024-06", "--after", "2024-01:2024-12")
    assert asked.code == 1
    assert "outside the months that are looked at" in asked.err
    asked = ask("near-repeat", "--days", "7,0")
    assert asked.code in {1, 3}


# Help, and being cut off.


def test_help_says_what_to_type(capsys: pytest.CaptureFixture[str]) -> None:
    assert tuple(COMMANDS) == NAMES
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    for name in NAMES:
        assert f"python -m analysis {name}" in text
        with pytest.raises(SystemExit):
            main([name, "--help"])
        own = capsys.readouterr().out
        for option in ("--store DIR", "--category NAME", "--from YYYY-MM", "--to YYYY-MM", "--area FILE", "--out FILE"):
            assert option in own
        assert "Examples:" in own
        assert "Exit codes:" in own
        assert "%%" not in own


@pytest.mark.parametrize("name", NAMES)
def test_every_example_can_be_parsed(name: str) -> None:
    for line in COMMANDS[name].examples:
        assert cli._parser().parse_args(line.split()).command == name


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe that is closed fails another way")
def test_a_reader_that_stops_early_is_no_error(real_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        assert main(["counts", "--store", str(real_store)]) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there is no head")
def test_head_is_quiet(real_store: Path) -> None:
    command = f'"{sys.executable}" -m analysis counts --by month,ward --store "{real_store}" | head -n 1'
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "month,ward_code,count\n", "")
