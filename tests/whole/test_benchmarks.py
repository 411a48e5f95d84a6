"""The table of benchmarks: what it says of a row, and that a benchmark that fails is a row of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import main
from tests.benchmarks.run import found
from tests.benchmarks.table import Row, by_clocks, by_turns, table
from tests.benchmarks.write import document
from tests.conftest import ROOT

MADE = """
from tests.benchmarks.table import Row

def rows(quick):
    yield Row("made up", ours=(1.0, 2.0, 3.0), limit=4.0 if quick else 1.0, rows=1000000)

def rows_bad(quick):
    yield Row("half of it", ours=(1.0,))
    raise ValueError("the | file\\nis `gone`")
"""


def cells(row: Row) -> dict[str, str]:
    head, _, line = table([row])
    names, texts = ([text.strip() for text in one.strip("|").split("|")] for one in (head, line))
    return dict(zip(names, texts, strict=True))


def test_a_peer_is_told_as_times_as_fast_and_an_aim_as_met_or_not() -> None:
    row = Row("w", ours=(2.0, 1.0, 9.0), against="theirs", peer=(8.0, 9.0), times_as_fast=4, rows=12345, peak_mb=307.4)
    told = cells(row)
    assert (told["ours"], told["theirs"], told["ratio"]) == ("2 s", "8.5 s", "4.25 times as fast")
    assert (told["aim"], told["aim met"]) == ("at least 4 times as fast", "met")
    assert (told["spread of ours"], told["peak memory"], told["rows"]) == ("1 to 9", "307 MB", "12,345")
    assert cells(Row("w", ours=(2.0,), peer=(7.9,), times_as_fast=4))["aim met"] == "not met"


def test_a_limit_and_what_may_take_longer() -> None:
    told = cells(Row("w", ours=(5.0,), unit="s of processor", limit=10.0))
    assert (told["against"], told["theirs"], told["ratio"]) == ("limit", "", "50 % of the limit")
    assert (told["aim"], told["aim met"]) == ("at most 10 s of processor", "met")
    assert not Row("w", ours=(10.1,), limit=10.0).met
    told = cells(Row("w", ours=(3.0,), against="blank page", peer=(1.0,), times_as_long=2))
    assert (told["ratio"], told["aim"], told["aim met"]) == ("3 times as long", "at most 2 times as long", "not met")
    assert Row("w", ours=(2.0,), peer=(1.0,), times_as_long=2).met
    assert cells(Row("w", ours=(2.0,)))["aim met"] == ""
    failed = cells(Row("w", ours=(2.0,), limit=4.0, failed="the server went"))
    assert (failed["ours"], failed["aim"], failed["aim met"]) == ("failed: the server went", "at most 4 s", "not met")
    assert not Row("w").met


def test_memory_is_as_much_and_none_is_a_limit_too() -> None:
    flat = Row("w", ours=(440.0,), unit="MB", against="before", peer=(400.0,), limit=450.0, times_as_long=1.05)
    told = cells(flat)
    assert told["ratio"] == "1.1 times as much; 98 % of the limit"
    assert (told["aim"], told["aim met"]) == ("at most 450 MB; at most 1.05 times as much", "not met")
    assert cells(Row("w", ours=(0.0,), unit="errors", limit=0.0))["aim met"] == "met"
    assert cells(Row("w", ours=(1.0,), unit="errors", limit=0.0))["aim met"] == "not met"


def test_two_clocks_of_one_turn() -> None:
    wall, used = iter([0.0, 2.0, 2.0, 5.0]), iter([10.0, 11.0, 20.0, 24.0])
    found = by_clocks((lambda: None, lambda: None), (lambda: next(wall), lambda: next(used)), 1)
    assert found == (((2.0,), (1.0,)), ((3.0,), (4.0,)))


def test_turns_are_kept_apart() -> None:
    clock = iter([0.0, 1.0, 1.0, 3.0, 3.0, 4.5, 5.0, 8.0])
    assert by_turns(lambda: None, lambda: None, lambda: next(clock), 2) == ((1.0, 1.5), (2.0, 3.0))


def test_a_benchmark_that_fails_is_a_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bench_made.py").write_text(MADE)
    assert list(found(tmp_path)) == ["made", "made-bad"]
    assert main(["--quick"], tmp_path) == 1
    said = capsys.readouterr()
    out = said.out.splitlines()
    assert len(out) == 5
    assert "[2 of 2, 0 min" in said.err
    assert "made up, 2 s, 50 % of the limit, at most 4 s: met" in said.err
    assert "not met or not measured: made-bad" in said.err
    assert [line.split("|")[1].strip() for line in out[2:]] == ["made up", "half of it", "made-bad"]
    assert "50 % of the limit" in out[2]
    assert "1,000,000" in out[2]
    assert "failed: ValueError" in out[4] or "failed: is 'gone'" in out[4]
    assert len({line.count("|") for line in out}) == 1
    assert main(["--only", "none"], tmp_path) == 2


def test_the_document_names_versions_and_no_folder() -> None:
    text = document(table([Row("w", ours=(1.0,))]), date(2026, 3, 4), quick=True, took="3 min 5 s", left=["load"])
    assert "Measured on 4 March 2026 in 3 min 5 s, quickly" in text
    assert "- Not run: load" in text
    assert "numpy " in text
    assert str(ROOT) not in text
    assert found(ROOT / "tests" / "benchmarks")
