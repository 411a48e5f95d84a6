"""Ward layers on the command line: which one is used, and what is said of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.__main__ import main
from data.__main__ import main as data_main
from data.place.area import Area
from tests.conftest import ROOT
from tests.two_layers import DAY, FIRST, JOINED, MERGED, recut, two_layers

COUNTS = ("counts", "--by", "month,ward", "--category", "asb")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return two_layers(tmp_path_factory.mktemp("both"))


def test_the_analysis_counts_by_the_layer_that_is_asked_for(
    both: Area, short: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {}
    for layer in ("", FIRST, DAY):
        out = tmp_path / f"of{layer}.csv"
        asked = [*COUNTS, "--store", str(short), "--area", both.file, "--out", str(out)]
        assert main([*asked, "--layer", layer] if layer else asked) == 0
        rows = [line.split(",") for line in out.read_text(encoding="utf-8-sig").splitlines()[1:]]
        found[layer] = {code: sum(int(n) for _, c, n in rows if c == code) for _, code, _ in rows}
        (beside,) = tmp_path.glob(f"of{layer}.*json")
        assert json.loads(beside.read_text(encoding="utf-8"))["wards"].startswith("ward boundaries in force from")
        beside.unlink()
    assert found[""] == found[FIRST]  # in force in October 2024
    assert found[DAY][JOINED] == sum(found[FIRST][code] for code in MERGED)
    assert sum(found[DAY].values()) == sum(found[FIRST].values())
    capsys.readouterr()
    assert main([*COUNTS, "--store", str(short), "--area", both.file, "--layer", "2031-01-01"]) == 1
    assert f"It has: {FIRST}, {DAY}" in capsys.readouterr().err


def test_a_layer_is_added_by_one_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("area.toml", "wards.geojson"):
        (tmp_path / name).write_bytes((ROOT / "data" / name).read_bytes())
    source = recut(tmp_path / "wards.geojson", tmp_path / "source.json")
    command = ["area", "--add-layer", str(source), "--area", str(tmp_path / "area.toml")]
    assert data_main([*command, "--valid-from", DAY, "--vintage", "of 2028"]) == 0
    said = capsys.readouterr().out
    assert "Ward layer: ward boundaries in force from 4 May 2028 (of 2028)." in said
    assert "No residents are known of this layer" in said
    assert data_main(["status", "--area", str(tmp_path / "area.toml"), "--store", str(tmp_path / "none")]) == 0
    assert "  In the area file: ward boundaries in force from 4 May 2028 (of 2028)." in capsys.readouterr().out
    assert data_main(command) == 1
    assert "YYYY-MM-DD" in capsys.readouterr().err
    assert data_main([*command, "Knowsley", "--valid-from", "2032-05-06"]) == 1
