"""``python -m data import-feed``: a mapping is proposed, confirmed, remembered; nothing happens behind one's back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from data.__main__ import main
from data.demo.dataset import make_demo
from data.feed.remembered import remembered_mapping
from data.feed.table import read_table
from data.place.area import Area
from data.store.store import is_empty, load
from tests.feed.feed_files import SECRET, csv_bytes, everything_in, partner_csv, points_in


@pytest.fixture(scope="module")
def council(area: Area, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "council.csv"
    path.write_bytes(partner_csv(make_demo(area).feed, 500))
    return path


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    code = main(["import-feed", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_without_a_mapping_one_is_proposed_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], council: Path, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    code, out, _ = run(capsys, council, "--name", "Council ASB", "--store", store)
    assert code == 1
    assert not store.exists()
    assert "start        'Date Occurred', such as 01/01/2022" in out
    assert "can never be mapped: 'Caller Name' looks like a person" in out
    assert "If this is right, run the command again with --yes" in out
    assert not [word for word in SECRET if word in out]
    written = tmp_path / "mapping.json"
    written.write_text(out[out.index("{") :])
    code, out, _ = run(capsys, council, "--name", "Council ASB", "--store", store, "--mapping", written)
    assert code == 0
    assert "500 rows read = 500 loaded + 0 rejected + 0 outside" in out


def test_what_is_open_is_asked_once_and_first(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lines = ["Incident number,Date and time,Type,Easting,Northing"]
    lines += [f"R{n // 2},{1 + n // 2:02d}/03/2024 19:{n // 2:02d},Deliberate fire,344453,{385531 + n // 2}"
              for n in range(50)]  # fmt: skip
    file = tmp_path / "engines.csv"
    file.write_text("\n".join(lines))
    code, out, _ = run(capsys, file, "--name", "Fire", "--store", tmp_path / "store")
    assert code == 1
    assert out.count("about 25 incidents in 50 rows") == 1
    assert "Answer what is open, and run the command again with --yes" in out


def test_the_mapping_that_was_accepted_serves_the_next_file(
    capsys: pytest.CaptureFixture[str], council: Path, area: Area, tmp_path: Path
) -> None:
    assert run(capsys, council, "--name", "Council ASB", "--store", tmp_path, "--yes")[0] == 0
    code, out, _ = run(capsys, council, "--name", "council-asb", "--store", tmp_path)
    assert code == 0
    assert "unchanged: this file is in the store already, with this mapping" in out
    assert not [word for word in SECRET if word.encode() in everything_in(tmp_path)]
    other = tmp_path / "other.csv"
    other.write_bytes(council.read_bytes().replace(b"Date Occurred", b"Datum"))
    code, _, err = run(capsys, other, "--name", "council-asb", "--store", tmp_path)
    assert code == 1
    assert "there is no such column for start" in err
    assert "'Date Occurred'" in err


def test_json(capsys: pytest.CaptureFixture[str], council: Path, tmp_path: Path) -> None:
    code, out, _ = run(capsys, council, "--name", "x", "--store", tmp_path, "--json")
    proposed = json.loads(out)
    assert (code, proposed["ok"]) == (1, False)
    assert proposed["proposal"]["columns"]["reference"] == "Case Ref"
    assert "Caller Phone" in proposed["personal"]
    code, out, _ = run(capsys, council, "--name", "x", "--store", tmp_path, "--json", "--yes")
    done = json.loads(out)
    assert (code, done["ok"], done["rows_read"], done["loaded"]) == (0, True, 500, 500)
    assert done["personal"].keys() == proposed["personal"].keys()
    code, out, err = run(capsys, tmp_path / "none.csv", "--name", "x", "--store", tmp_path, "--json")
    assert code == 1
    assert json.loads(out)["ok"] is False
    assert "cannot be read" in err


def test_what_is_said_on_the_line_goes_before_the_mapping(
    capsys: pytest.CaptureFixture[str], area: Area, tmp_path: Path
) -> None:
    x, y = points_in(area, 1)[0]
    path = tmp_path / "fires.csv"
    rows = [{"Date": f"{day:02d}/11/2024 19:00", "E": x, "N": y} for day in range(1, 13)]
    path.write_bytes(csv_bytes(["Date", "E", "N"], rows))
    store = tmp_path / "store"
    line = [path, "--name", "Fire service", "--store", store, "--yes"]
    code, _, err = run(capsys, *line)
    assert code == 1
    assert "what kind of incident the rows are is not said" in err
    line += ["--category", "criminal damage and arson"]
    code, _, err = run(capsys, *line)
    assert "every date can be read both ways" in err
    line += ["--day-first", "--from", "2024-11-01", "--to", "2024-11-30"]
    code, out, _ = run(capsys, *line, "--dry-run")
    assert code == 0
    assert "tried, nothing written" in out
    assert is_empty(store)
    assert run(capsys, *line)[0] == 0
    found = load(store, area, "fire-service")
    assert found.frame["subcategory"].isna().all()  # a fire service's name says no kind of fire
    assert found.frame["category"].unique().tolist() == ["Criminal damage and arson"]
    assert [str(month) for month in found.months] == ["2024-11"]
    kept = remembered_mapping(store, "fire-service")
    assert kept is not None
    assert kept.day_first is True


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--name", "police.uk"], "name of something else"),
        (["--name", "x", "--from", "2024-01-01"], "two ends"),
        (["--name", "x", "--sheet", "Data"], "has no sheets"),
        (["--name", "x", "--yes", "--category", "sorcery"], "'sorcery'"),
        (["--name", "x", "--mapping", "/nowhere/m.json"], "mapping cannot be read"),
    ],
)
def test_wrong_lines(
    capsys: pytest.CaptureFixture[str], council: Path, tmp_path: Path, words: list[str], message: str
) -> None:
    code, _, err = run(capsys, council, "--store", tmp_path / "s", *words)
    assert code == 1
    assert message in err
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    "words", [[], ["--name"], ["--name", "x", "--from", "31/10/2024"], ["--name", "x", "--day-first", "--month-first"]]
)
def test_lines_that_make_no_sense(capsys: pytest.CaptureFixture[str], council: Path, words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["import-feed", str(council), *words])
    assert caught.value.code == 2


def test_text_of_a_file_cannot_command_the_terminal(
    capsys: pytest.CaptureFixture[str], council: Path, tmp_path: Path
) -> None:
    path = tmp_path / "evil.csv"
    path.write_bytes(council.read_bytes().replace(b"Noise", b"No\x1b[31mise"))
    assert read_table("evil.csv", path.read_bytes()).columns["Incident Type"].count("No\x1b[31mise") > 0
    code, out, _ = run(capsys, path, "--name", "x", "--store", tmp_path / "s")
    assert code == 1
    assert "\x1b" not in out


def test_whoever_reads_only_the_first_lines_sees_no_traceback(council: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "data", "import-feed", str(council), "--name", "F", "--store", str(tmp_path / "s")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read().decode()
    assert (process.returncode, said) == (1, "")
