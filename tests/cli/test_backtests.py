"""Backtests of the command line: hotspots and forecasts on months that came, and months where nothing happened."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.ahead.forecast_backtest import COLUMNS as FORECAST_COLUMNS
from analysis.cli import backtests
from analysis.measure.everything import Tell
from analysis.measure.whose import measured_of
from analysis.outcome import drift
from analysis.placebo import operations
from analysis.where.validation import COLUMNS as HOTSPOT_COLUMNS
from data.kinds.crime_types import ASB, DRUGS
from data.measured.measurement import Measurement
from data.place.area import Area
from data.store.schema import Incidents
from tests.by_hand import by_square, in_wards
from tests.cli.analysis_command import BOUNDS


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


def test_the_backtest_of_the_forecast_by_distance(ask) -> None:
    asked = ask("backtest", "forecast", "--from", "2024-06", "--to", "2024-07", "--by-distance")
    assert asked.table["distance"].tolist() == ["7 to 12 months ahead", "13 to 24 months ahead"]
    assert (asked.table["year"] == 2024).all()
    assert (asked.table["targets"] == 2).all()


def test_the_backtest_of_the_forecast(ask, real: Incidents, area: Area) -> None:
    asked = ask("backtest", "forecast", "--from", "2024-01", "--to", "2024-12")
    table = asked.table
    assert list(table.columns) == [name for name in FORECAST_COLUMNS if name != "alpha"]
    assert area.kind != "ward"
    whole = table[table["level"] == area.kind]
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


def test_the_window_of_a_backtest_is_that_of_its_targets(ask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ask("backtest", "placebo", "--trials", "3", "--from", "2024-01", "--to", "2024-12")
    assert asked.table["test"].tolist() == ["hotspot on a shuffled map"]
    assert asked.err.count("Left out:") == 3
    assert "Months split at random need 24 published months, and there are 12." in asked.err
    monkeypatch.setattr(operations, "POOL", 300)
    monkeypatch.setattr(drift, "GROUPS", 60)
    asked = ask("backtest", "operations", "--trials", "12", "--from", "2024-03", "--to", "2024-08")
    table = asked.table
    placebo = table[table["kind"] == "placebo"]
    assert len(placebo) == 12
    assert table["first"].min() >= "2024-03"
    assert table["last"].max() <= "2024-08"
    assert (placebo["before"] >= 40).all()  # of earlier years, which are no targets
    asked = ask("backtest", "operations", "--from", "2018-01", "--to", "2018-12")
    assert asked.code == 3
    assert "no window has the same months of an earlier year" in asked.err


MEASURED = Measurement("", "", "", "2018-01", "2024-12", 73, parts={"spread": ({"months_left": 1, "sigma": 0.2},)})


def test_all_measures_and_keeps_what_pages_show(
    ask, real_store: Path, area: Area, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[tuple[str, int | None]] = []

    def measure(incidents: Incidents, where: Area, category: str, trials: int | None, tell: Tell) -> Measurement:
        asked_for.append((category, trials))
        tell("ranking of cells")
        return replace(
            MEASURED, area_code=where.code, area=where.name, category=category, data_version=incidents.version
        )

    monkeypatch.setattr(backtests, "measure", measure)
    store = tmp_path / "store"
    shutil.copytree(real_store, store)
    asked = ask("backtest", "all", "--store", str(store))
    assert asked_for == [(ASB, None), (DRUGS, None)]
    assert asked.table.columns.tolist() == ["category", "part", "what", "measure", "value"]
    assert asked.table["category"].tolist() == [ASB, DRUGS]
    assert "drug offences: ranking of cells ..." in asked.err
    assert [one.category for one in measured_of(area, store)] == [ASB, DRUGS]
    assert all(one.of("spread")[0]["sigma"] == 0.2 for one in measured_of(area, store))
    asked = ask("backtest", "all", "--store", str(store), "--category", "burglary", "--trials", "7")
    assert asked_for[2:] == [("Burglary", 7)]
    assert len(measured_of(area, store)) == 3
    for window in (("--from", "2024-01"), ("--to", "2024-06")):
        asked = ask("backtest", "all", "--store", str(store), *window)
        assert (asked.code, asked.out) == (1, "")
        assert "measures every month that is loaded" in asked.err
    assert len(asked_for) == 3


def test_no_target_no_backtest(ask) -> None:
    for what in ("hotspots", "forecast", "placebo"):
        asked = ask("backtest", what, "--to", "2018-03")
        assert (asked.code, asked.out) == (3, "")
        assert "There is nothing to test on" in asked.err
