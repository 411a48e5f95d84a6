"""Hotspots of the command line: counts by square, expected incidents, windows and seasons."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.__main__ import main
from analysis.ahead.forecast import forecast
from analysis.common.counts import monthly_series
from analysis.common.seeds import PERMUTATION
from analysis.when.seasonality import season_mask
from analysis.where.gistar import more_than_chance
from analysis.where.hotspots import cell_counts_by_month, rank_counted
from data.kinds.crime_types import ASB
from data.place.area import Area
from data.store.schema import Incidents
from geo.grid import Grid
from tests.by_hand import by_square, in_wards


@pytest.fixture(scope="module")
def grid(area: Area) -> Grid:
    return area.grid()


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
