"""The command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from data.__main__ import main
from data.place.area import Area, load_area
from data.store.store import load
from tests.published.police_files import contents, named, points_of, put, row, table

ROOT = Path(__file__).resolve().parents[2]


def raw(area: Area, month: str = "2024-10") -> bytes:
    at = points_of(area)
    return table([row(at.inside, Month=month), row(at.outside, Month=month), row(("", ""), Month=month)])


def test_import_prints_json_and_nothing_else(area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [str(put(tmp_path, raw(area))), str(put(tmp_path, b"<html>", "bad.csv"))]
    assert main(["import", *paths, "--store", str(tmp_path / "store"), "--json"]) == 1
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert err == ""
    good, bad = report["files"]
    assert {key: good[key] for key in ("name", "status", "rows_read", "loaded", "rejected", "outside", "replaced")} == {
        "name": named(),
        "status": "loaded",
        "rows_read": 3,
        "loaded": 1,
        "rejected": 1,
        "outside": 1,
        "replaced": 0,
    }
    assert (bad["status"], bad["rows_read"]) == ("failed", 0)
    assert "web page" in bad["error"]
    assert report["total"]["rows_read"] == 3
    assert main(["import", paths[0], "--store", str(tmp_path / "store"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["status"] == "unchanged"


def test_import_and_status_in_words(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path / "store"))
    assert main(["import", str(put(tmp_path, raw(area)))]) == 0
    out, err = capsys.readouterr()
    assert "3 rows read = 1 loaded + 1 rejected + 1 outside the area and its buffer" in out
    assert "rejected, no location: 1" in out
    assert err == ""  # no bar where there is no terminal
    assert main(["status"]) == 0
    assert "somewhere: 1 month from 2024-10 to 2024-10" in capsys.readouterr().out
    assert main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["months"][0]["loaded"] == 1


@pytest.mark.parametrize("arguments", [[], ["import"], ["nothing"], ["status", "--nothing"], ["wards", "a", "b"]])
def test_a_wrong_command_line_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_what_a_terminal_would_obey_is_not_printed(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put(tmp_path, b"a\x1b[2J,b\n1,2\n", "bell\x07.csv")
    assert main(["import", str(path), "--store", str(tmp_path / "store")]) == 1
    out = capsys.readouterr().out
    assert "bell?.csv: FAILED" in out
    assert "\x1b" not in out


def test_a_store_that_cannot_be_used_is_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "manifest.json").write_text("{")
    for command in (["import", "x.csv"], ["status"]):
        assert main([*command, "--store", str(tmp_path), "--json"]) == 1
        out, err = capsys.readouterr()
        assert "manifest" in json.loads(out)["error"]
        assert "manifest" in err
    assert main(["status", "--area", str(tmp_path / "no.toml")]) == 1
    assert "no such area file" in capsys.readouterr().err


def test_wards_are_converted_and_only_those_listed_are_kept(
    area: Area, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "area.toml"
    first, second = area.wards.codes[:2]
    listed.write_text(
        f'name = "Two wards"\ncode = "X"\nward_file = "two.geojson"\n[forces]\narea = ["somewhere"]\n'
        f'[wards]\n{first} = "One"\n{second} = "Two"\n'
    )
    source, target = ROOT / "data" / "wards.geojson", tmp_path / "two.geojson"
    words = ["--vintage", "in force since then", "--attribution", "Contains data"]
    assert main(["wards", str(source), str(target), *words, "--area", str(listed)]) == 0
    assert "2 wards, in force since then" in capsys.readouterr().out
    two = load_area(listed)
    assert two.wards.codes == (first, second)
    assert two.wards.attribution == "Contains data"
    store = tmp_path / "store"
    path = put(tmp_path, raw(area))
    assert main(["import", str(path), "--store", str(store), "--area", str(listed)]) == 0
    assert len(load(store, two).frame) == 1
    before = contents(store)
    capsys.readouterr()
    assert main(["import", str(path), "--store", str(store)]) == 1  # the project's own area
    assert "made for another area or ward layer" in capsys.readouterr().err
    assert contents(store) == before
    assert main(["wards", str(source), str(target), "--vintage", "v", "--attribution", " "]) == 1
    assert main(["wards", str(source), str(target), *words, "--area", str(tmp_path / "no.toml")]) == 1


def test_it_runs_as_a_module(area: Area, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "data", "status", "--json", "--store", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert json.loads(done.stdout)["version"] == "empty"
    assert done.stderr == ""
