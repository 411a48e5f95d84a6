"""What a store is based on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.status import COVERAGE, REJECTED_COLUMNS, rejected_rows, store_status
from data.store.store import store_version
from tests.published.police_files import NOW, archive, crime, named, points_of, row, table


@pytest.fixture
def ours(area: Area) -> Area:
    return replace(area, forces=("somewhere",), buffer_forces=("elsewhere",))


@pytest.fixture
def store(ours: Area, tmp_path: Path) -> Path:
    at = points_of(ours)

    def month(name: str, outcome: str = "") -> bytes:
        rows = [crime(at.inside, 1, outcome, Month=name), row(at.buffer, Month=name), row(at.outside, Month=name)]
        return table([*rows, row(("", ""), Month=name), row(at.inside, Month=name, Crime_type="Sorcery")])

    path = archive(tmp_path / "2024-09.zip", {named(name): month(name) for name in ("2024-06", "2024-09")})
    later = archive(tmp_path / "2024-10.zip", {named("2024-09"): month("2024-09", "Offender charged")})
    import_paths([path, later], tmp_path / "store", ours, now=NOW)
    return tmp_path / "store"


def test_coverage_gaps_and_what_is_missing(ours: Area, store: Path) -> None:
    status = store_status(store, ours)
    assert list(status.coverage.columns) == list(COVERAGE)
    assert status.coverage.to_dict("records")[1] == {
        "source": "police.uk",
        "force": "somewhere",
        "month": "2024-09",
        "rows_read": 5,
        "loaded": 2,
        "in_area": 1,
        "buffer": 1,
        "rejected": 2,
        "outside": 1,
        "release": "2024-10",
        "file": "2024-10.zip/2024-09-somewhere-street.csv",
        "imported_at": "2025-01-15T12:00:00+00:00",
    }
    assert status.gaps == (("somewhere", "2024-07"), ("somewhere", "2024-08"))
    assert status.missing_forces == {"area": (), "buffer": ("elsewhere",)}
    assert status.version == store_version(store)
    assert status.ward_layer.matches
    assert status.ward_layer.vintage == ours.ward_vintage


def test_rejected_rows_are_those_of_the_files_that_count(ours: Area, store: Path) -> None:
    status = store_status(store, ours)
    assert status.rejected.to_dict("list") == {"reason": ["no location", "unknown crime type"], "rows": [2, 2]}
    rows = rejected_rows(store)
    assert list(rows.columns) == list(REJECTED_COLUMNS)
    assert rows["reason"].value_counts().to_dict() == {"no location": 2, "unknown crime type": 2}
    assert set(rows["file"]) == {"2024-09.zip/2024-06-somewhere-street.csv", "2024-10.zip/2024-09-somewhere-street.csv"}


def test_revisions_stay_in_the_history(ours: Area, store: Path) -> None:
    (revision,) = store_status(store, ours).revisions.to_dict("records")
    assert (revision["force"], revision["month"]) == ("somewhere", "2024-09")
    assert (revision["old_name"], revision["new_name"]) == (
        "2024-09.zip/2024-09-somewhere-street.csv",
        "2024-10.zip/2024-09-somewhere-street.csv",
    )
    assert (revision["outcome_changed"], revision["added"], revision["gone"]) == (1, 0, 0)


def test_status_of_a_store_of_another_layer_says_so(ours: Area, store: Path) -> None:
    status = store_status(store, replace(ours, buffer_m=10.0))
    assert not status.ward_layer.matches
    assert status.ward_layer.buffer_m == ours.buffer_m
    assert any("NOT the layer" in line for line in status.lines())


def test_an_empty_store(ours: Area, tmp_path: Path) -> None:
    status = store_status(tmp_path / "nothing", ours)
    assert status.version == "empty"
    assert status.coverage.empty
    assert list(status.coverage.columns) == list(COVERAGE)
    assert status.missing_forces == {"area": ("somewhere",), "buffer": ("elsewhere",)}
    assert status.ward_layer.matches
    assert "The store is empty." in status.lines()
    assert rejected_rows(tmp_path / "nothing").empty
    assert list(rejected_rows(tmp_path / "nothing").columns) == list(REJECTED_COLUMNS)


def test_json_is_plain(ours: Area, store: Path) -> None:
    plain = json.loads(json.dumps(store_status(store, ours).to_json(), default=int))
    assert [month["month"] for month in plain["months"]] == ["2024-06", "2024-09"]
    assert plain["gaps"] == [{"force": "somewhere", "month": m} for m in ("2024-07", "2024-08")]
    assert plain["rejected"] == {"no location": 2, "unknown crime type": 2}
    assert plain["revisions"][0]["outcome_changed"] == 1
    assert plain["ward_layer"]["matches"] is True


def test_it_is_told_in_words(ours: Area, store: Path) -> None:
    words = "\n".join(store_status(store, ours).lines())
    assert (
        "2 months from 2024-06 to 2024-09; 10 rows read, 2 in the area, 2 in the buffer, 2 outside, 4 rejected" in words
    )
    assert "missing between them: 2024-07, 2024-08" in words
    assert "Not loaded (buffer): elsewhere." in words
    assert "1 with another outcome" in words
