"""Files in the forms that people have, each with its right outcome, as the command reads them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from data.__main__ import main
from data.place.area import Area
from data.store.store import is_empty, load
from tests.conftest import need

DAMAGE = "Criminal damage and arson"


class Run:
    """The command on a file, into a store of its own."""

    def __init__(self, shared: Path, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.cases, self.store, self.capsys = shared / "cases", store, capsys

    def __call__(self, case: str, *words: str) -> tuple[int, dict[str, Any], str]:
        path = self.cases / case
        need(path.is_file(), f"the case {case} in ../shared/data/cases")
        code = main(["import-feed", str(path), "--store", str(self.store), "--json", *words])
        said = self.capsys.readouterr()
        return code, json.loads(said.out), said.err


@pytest.fixture
def run(shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(shared, tmp_path / "store", capsys)


def test_a_row_for_each_engine_is_asked_about(run: Run, area: Area) -> None:
    line = ("row_per_engine/row_per_engine.csv", "--name", "Engines", "--category", DAMAGE)
    code, found, _ = run(*line)
    assert code == 1
    assert (found["proposal"]["rows_are"], found["proposal"]["columns"]["reference"]) == ("parts", "Incident number")
    assert "about 120 incidents in 297 rows" in "\n".join(found["notes"])
    assert len(found["questions"]) == 1
    assert run(*line, "--rows-are", "parts")[1]["questions"] == []
    code, _, err = run(*line, "--yes")
    assert code == 1
    assert "what a row stands for is not said" in err
    assert "about 120 incidents in 297 rows" in err
    assert is_empty(run.store)
    code, done, _ = run(*line, "--yes", "--rows-are", "parts")
    assert (code, done["rows_read"], done["loaded"], done["joined"], done["rejected"]) == (0, 297, 120, 177, 0)
    assert set(load(run.store, area, "engines").frame["subcategory"]) == {"deliberate fires"}


def test_calls_of_a_fire_service(run: Run, area: Area) -> None:
    line = ("fire_all_calls/fire_all_calls.csv", "--name", "Fire")
    _, found, _ = run(*line)
    assert found["proposal"]["columns"]["subcategory"] == "StopCodeDescription"
    words = found["proposal"]["words"]["subcategory"]
    assert words["Primary Fire"] == "primary fires"
    assert {word for word, ours in words.items() if ours == "leave out"} == {
        "AFA", "False alarm - Good intent", "False alarm - Malicious", "Special Service",
    }  # fmt: skip
    said = "\n".join(found["notes"])
    assert "63 rows have a word for what is no incident" in said
    assert "no word of the column says which fires were deliberate" in said
    code, done, _ = run(*line, "--category", DAMAGE, "--yes")
    assert (code, done["rows_read"], done["rejected"]) == (0, 120, 63)
    assert done["rejected_by_reason"] == {"left out by the mapping": 63}
    out = Counter(row["value"] for row in done["rejected_rows"])
    assert out["Special Service"] == 13
    kinds = load(run.store, area, "fire").frame["subcategory"].astype(str)
    assert set(kinds) <= {"primary fires", "secondary fires", "chimney fires"}


def test_fires_of_homes_are_not_deliberate_ones(run: Run) -> None:
    _, found, _ = run("fire_null_dwellings/fire_null_dwellings.csv", "--name", "Fire")
    assert found["proposal"]["words"]["subcategory"] == {
        "Primary Fire": "primary fires",
        "Secondary Fire": "secondary fires",
    }


@pytest.mark.parametrize(("case", "rows", "line"), [("f_total/f.csv", 10, 12), ("feed_forms/preamble.csv", 40, 45)])
def test_totals_rows_are_named(run: Run, case: str, rows: int, line: int) -> None:
    code, done, _ = run(case, "--name", "Test", "--yes")
    assert (code, done["rows_read"], done["loaded"], done["rejected"], done["passed"]) == (0, rows, rows, 0, 1)
    assert any(f"totals row passed over (row {line})" in note for note in done["notes"])
    assert not any("personal" in note for note in done["notes"])


def test_an_export_of_a_site_for_reports(run: Run, area: Area) -> None:
    code, done, _ = run("report_it_export/report_it_export.csv", "--name", "Report it", "--yes")
    assert code == 0
    assert done["unmapped"] == {}
    assert done["personal"]["User Name"] == "looks like a person (by its name)"
    assert done["rows_are"] == "incidents"
    months = load(run.store, area, "report-it").frame
    assert set(months["subcategory"]) == {"littering and drugs paraphernalia", "abandoned vehicles", "graffiti"}
    _, found, _ = run("report_it_export/report_it_export.csv", "--name", "Other")
    assert any("as a recorded crime it is Criminal damage and arson" in note for note in found["notes"])
