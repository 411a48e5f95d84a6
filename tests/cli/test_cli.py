"""The command line of the analysis: what it says when it cannot, its help, and being cut off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import __main__ as cli
from analysis.__main__ import main
from analysis.cli.names import COMMANDS
from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.schema import Incidents
from tests.conftest import ROOT
from tests.published.police_files import NOW, named, points_of, put, row, table

NAMES = (
    "counts",
    "hotspots",
    "season",
    "forecast",
    "change",
    "concentration",
    "near-repeat",
    "trend",
    "digest",
    "backtest",
)


# --- what goes wrong -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("counts", "--to", "2011-01"),
            "None of the months asked for is there; there is January 2018 to December 2024.",
        ),
        (("counts", "--from", "2025-01"), "None of the months asked for is there"),
        (("hotspots", "--from", "2025-01"), "None of the months asked for is there"),
        (("hotspots", "--category", "robbery", "--to", "2018-01"), "Too few to rank: no place has three incidents in"),
        (("forecast", "--from", "2024-03"), "it needs at least 12 months of history, and there are 10"),
        (("season", "--from", "2024-03"), "it takes at least 12 months, and there are 10"),
        (("change", "--to", "2022-12"), "a missing month is not a month without incidents"),
        (("change", "--before", "2024-01:2024-02", "--after", "2024-03:2024-05"), "at least 6"),
        (("trend", "--from", "2024-10"), "No trend can be told from 3 values"),
        (("forecast", "--window", "2027-10-25:2027-11-08"), "Load January 2025 to November 2025 first"),
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


def test_several_crimes_are_added_and_asb_never(ask, real: Incidents, capsys: pytest.CaptureFixture[str]) -> None:
    frame = real.frame[real.frame["ward_code"].notna() & (real.frame["month"] == "2024-10")]
    asked = ask("counts", "--category", "robbery, BURGLARY", "--from", "2024-10", "--to", "2024-10")
    assert asked.out.split() == ["month,count", f"2024-10,{frame['category'].isin(['Burglary', 'Robbery']).sum()}"]
    with pytest.raises(SystemExit):
        main(["counts", "--category", "asb,robbery"])
    assert "ASB incidents are never added to crimes" in capsys.readouterr().err


# --- help, and being cut off -----------------------------------------------------------------------------------------
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


def test_months_in_doubt_are_told(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, force = points_of(area).inside, area.forces[0]
    for k in range(1, 10):
        rows = [row(inside, Month=f"2024-{k:02d}")] * (12 if k == 5 else 60)
        put(tmp_path / "files", table(rows), named(f"2024-{k:02d}", force))
    import_paths([tmp_path / "files"], tmp_path / "store", area, now=NOW)
    told = (
        f"Left out, because the file may hold a part of the month only: {force} 2024-05 (12 rows of anti-social "
        "behaviour, where 60 are usual). python -m data status says what to do."
    )
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path / "store"))
    assert main(["counts", "--out", str(tmp_path / "counts.csv")]) == 0
    assert told in capsys.readouterr().err.splitlines()
    made = json.loads((tmp_path / "counts.csv.json").read_text(encoding="utf-8"))
    assert told in made["notes"]
    assert "2024-05" not in (tmp_path / "counts.csv").read_text(encoding="utf-8")
