"""The file of what was measured: read back as it was kept, one of each, and told when it is damaged."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from data.kinds.crime_types import ASB, DRUGS
from data.measured.measurement import FILE, Measurement, keep_measured, read_measured
from geo.errors import InputError

ONE = Measurement(
    "Z1", "Elsewhere", ASB, "2018-01", "2024-12", 84, data_version="abc", made_at="2025-01-15T12:00:00+00:00",
    parts={"tests": ({"test": "a", "unit": "b", "level": 0.05, "rejected": 1, "trials": 20},), "spread": ()},
    left_out=("did it work: nothing",),
)  # fmt: skip


def test_what_is_kept_is_read(tmp_path: Path) -> None:
    assert read_measured(tmp_path) == ()
    keep_measured(tmp_path, ONE)
    assert read_measured(tmp_path) == (ONE,)
    others = [replace(ONE, category=DRUGS), replace(ONE, area_code="Z2"), replace(ONE, source="Council")]
    for other in others:
        keep_measured(tmp_path, other)
    anew = replace(ONE, data_version="def", left_out=())
    keep_measured(tmp_path, anew)
    assert read_measured(tmp_path) == (*others, anew)
    assert read_measured(tmp_path)[0].of("tests") == ONE.of("tests")
    assert ONE.of("hotspots") == ()
    left = {path.name for path in tmp_path.iterdir()} - {"acts.jsonl", "acts.lock"}
    assert left == {FILE}  # nothing is left beside it but who did it


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda raw: raw.update(format=2), "no file of what was measured"),
        (lambda raw: raw.update(measured={}), "no file of what was measured"),
        (lambda raw: raw["measured"][0].pop("area"), "damaged"),
        (lambda raw: raw["measured"][0].update(area=3), "damaged"),
        (lambda raw: raw["measured"][0].update(months="many"), "damaged"),
        (lambda raw: raw["measured"][0].update(parts=[]), "damaged"),
        (lambda raw: raw["measured"][0]["parts"].update(tests=[1]), "damaged"),
        (lambda raw: raw["measured"].append(None), "damaged"),
    ],
)
def test_a_damaged_file_is_told(tmp_path: Path, change, words: str) -> None:
    keep_measured(tmp_path, ONE)
    raw = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    change(raw)
    (tmp_path / FILE).write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(InputError, match=words) as told:
        read_measured(tmp_path)
    assert "backtest all" in str(told.value)
    assert FILE in str(told.value)
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        keep_measured(tmp_path, ONE)
