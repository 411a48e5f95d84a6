"""The month by a schedule: written where there is new data, told by the exit code, and nothing is lost half-way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from data.place.area import Area
from pages.ui.briefing import command, monthly
from tests.briefing.briefing_checks import demo_data


@pytest.fixture(scope="module")
def store(short: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("monthly") / "store"
    shutil.copytree(short, folder)
    return folder


def run(store: Path, out: Path, *more: str) -> int:
    """A run with the quickest of briefings."""
    return command.main(["--store", str(store), "--out", str(out), "--monthly", "--panels", "headlines", *more])


def names(out: Path) -> set[str]:
    return {path.suffix if path.name != monthly.STATE else path.name for path in out.iterdir()}


def test_it_writes_once_and_then_says_that_nothing_is_new(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(store, out) == monthly.NEW == 0
    assert names(out) == {".txt", ".json", ".html", ".zip", monthly.STATE}
    before = {path: path.read_bytes() for path in out.iterdir()}
    capsys.readouterr()
    assert run(store, out) == monthly.NOTHING_NEW == 10
    assert capsys.readouterr().out == "nothing new\n"
    assert {path: path.read_bytes() for path in out.iterdir()} == before
    assert run(store, out, "--force") == monthly.NEW
    assert {path: path.read_bytes() for path in out.iterdir()} == before, "the same input, the same bytes"


def test_a_run_that_was_cut_off_is_made_again(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(command, "_made", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run(store, out)
    assert monthly.STATE not in names(out)
    assert run(store, out) == monthly.NEW


def test_a_month_in_doubt_has_its_own_code(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monthly, "doubts", lambda _: ("a month",))
    assert run(store, tmp_path / "out") == monthly.IN_DOUBT == 11


def test_what_cannot_be_asked_or_read_is_an_error(store: Path, tmp_path: Path) -> None:
    assert run(store, tmp_path / "out", "--as-at", "2024-11") == 2
    assert not (tmp_path / "out").exists()
    for text in ("", "[]", '{"format": 2, "version": "x"}', '{"format": 1}', "\x00"):
        (tmp_path / monthly.STATE).write_text(text, encoding="utf-8", newline="")
        assert run(store, tmp_path) == 2, text


def test_the_three_files_say_the_same(area: Area, tmp_path: Path) -> None:
    data = demo_data(area, tmp_path / "store")
    found = monthly.digest_of(data)
    files = {Path(name).suffix: raw.decode() for name, raw in monthly.files(data, found).items()}
    told = json.loads(files[".json"])
    assert told["simulated"]
    assert "SIMULATED" in files[".txt"].upper()
    assert "SIMULATED" in files[".html"].upper()
    for one in told["findings"]:
        assert one["title"] in files[".txt"]
        assert one["title"] in files[".html"]
    assert found.title in files[".txt"]
