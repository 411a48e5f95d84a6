"""Rates of verdicts: counted, kept by crime type, and said as the table has them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.__main__ import main
from analysis.cli import backtests as commands_backtest
from analysis.outcome.evaluation import CANNOT_TELL, FELL, ROSE
from analysis.placebo.operations import PLACEBO, REMOVED
from analysis.placebo.verdict_rates import COLUMNS, KEPT, counted, false_alarms, keep, kept, said
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from geo.errors import InputError

MONTHS = pd.period_range("2018-01", "2024-12", freq="M")


def trials() -> pd.DataFrame:
    verdicts = [CANNOT_TELL] * 37 + [FELL] * 2 + [ROSE] + [FELL] * 3 + [CANNOT_TELL]
    return pd.DataFrame({"kind": [PLACEBO] * 40 + [REMOVED] * 4, "verdict": verdicts})


def test_verdicts_are_counted_and_said(area: Area) -> None:
    table = counted(trials(), area, ASB, MONTHS, "abc")
    assert tuple(table.columns) == COLUMNS
    assert table[["trials", "cannot_tell", "fell", "rose"]].to_numpy().tolist() == [[40, 37, 2, 1], [4, 1, 3, 0]]
    assert table[["area_code", "area"]].drop_duplicates().to_numpy().tolist() == [[area.code, area.name]]
    rows = table.to_dict("records")
    text = said(rows, ASB, area.name, MONTHS[0], MONTHS[-1])
    assert "tried on 40 operations that never were: 5 to 20 cells, one to three months, real " in text
    assert f"of {area.name}, January 2018 to December 2024." in text
    assert "in 7.5 %." in text
    assert "in 75 % of 4." in text
    (alarm,) = false_alarms(rows)
    assert (alarm["rejected"], alarm["trials"], alarm["level"]) == (3, 40, 0.05)


def test_rates_of_an_area_and_crime_type_take_the_place_of_earlier_ones(tmp_path: Path, area: Area) -> None:
    path = tmp_path / "rates.csv"
    other = replace(area, code="Z1", name="Elsewhere")
    for place, category, version in (
        (area, DRUGS, "one"),
        (other, DRUGS, "else"),
        (area, ASB, "one"),
        (area, DRUGS, "two"),
    ):
        keep(counted(trials(), place, category, MONTHS, version), path)
    found = kept(path)
    assert found["category"].tolist() == [ASB, ASB, DRUGS, DRUGS, DRUGS, DRUGS]
    assert found["data_version"].tolist() == ["one", "one", "two", "two", "else", "else"]
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no table of rates"):
        keep(counted(trials(), area, ASB, MONTHS, "x"), path)
    with pytest.raises(InputError, match="cannot be read"):
        kept(tmp_path / "absent.csv")


def test_the_command_keeps_the_rates(
    real_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    part = {"first": pd.Period("2024-01", "M"), "last": pd.Period("2024-02", "M")}
    table = trials().assign(**part)
    for name, kind in (("placebo_operations", PLACEBO), ("removal_operations", REMOVED)):
        found = table[table["kind"] == kind]
        monkeypatch.setattr(commands_backtest, name, lambda *_, found=found, **__: found)
    path = tmp_path / "rates.csv"
    what = ["backtest", "operations", "--store", str(real_store), "--category", "drugs", "--rates", str(path)]
    assert main([*what, "--to", "2024-06"]) == 0
    assert "cannot tell 92.5 %" in capsys.readouterr().err
    found = kept(path)
    assert found["trials"].tolist() == [40, 4]
    assert set(found["category"]) == {DRUGS}
    assert found[["first", "last"]].drop_duplicates().to_numpy().tolist() == [["2018-01", "2024-06"]]


def test_the_rates_that_pages_show_hold_what_is_promised() -> None:
    table = kept(KEPT)
    assert set(table["category"]) == {ASB, DRUGS}
    assert (table[["cannot_tell", "fell", "rose"]].sum(axis=1) == table["trials"]).all()
    placebo = table[table["kind"] == PLACEBO]
    assert (placebo["trials"] >= 500).all()
    assert (placebo["cannot_tell"] / placebo["trials"]).min() >= 0.93
    removed = table[(table["kind"] == REMOVED) & (table["category"] == ASB)]
    assert (removed["fell"] / removed["trials"]).min() >= 0.8
    assert table["data_version"].str.len().min() > 6
