"""What a store is based on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.manifest import AGAIN, read_manifest
from data.store.status import COVERAGE, FEED_COVERAGE, REJECTED_COLUMNS, rejected_rows, store_status
from data.store.store import commit, store_version
from geo.errors import InputError
from tests.published.police_files import NOW, archive, crime, named, points_of, row, table
from tests.store.made_states import DAYS, FILE, REVISION, UNIT, put_units, stored


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
        "joined": 0,
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
    assert list(status.feeds.columns) == list(FEED_COVERAGE)
    assert list(status.rejected.columns) == ["reason", "rows"]
    assert list(status.revisions.columns) == list(vars(REVISION))
    assert (status.gaps, status.to_json()["revisions"]) == ((), [])
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
    status = store_status(store, ours)
    assert status.lines() == [
        f"Ward layer: {ours.name}, {ours.ward_vintage} (version {ours.wards.version}), buffer 1000 m.",
        "police.uk, somewhere: 2 months from 2024-06 to 2024-09; "
        "10 rows read, 2 in the area, 2 in the buffer, 2 outside, 4 rejected.",
        "  missing between them: 2024-07, 2024-08",
        "  cannot be judged whether whole (fewer than 6 other months, or than 50 rows a month): 2024-06, 2024-09",
        "Not loaded (buffer): elsewhere.",
        "Rejected, no location: 2",
        "Rejected, unknown crime type: 2",
        "revision of somewhere 2024-09: 2 rows gave way to 2; crimes 0 added, 0 gone, 1 with another outcome; "
        "incidents without an ID 0 added, 0 gone",
    ]


@pytest.fixture
def many(ours: Area, tmp_path: Path) -> Path:
    """A store of two forces and two feeds, with counts that are all different; nothing stands in order."""
    store = tmp_path / "many"
    counts = {"in_area": 1_200, "rejected": 1_300, "outside": 1_400}
    rows = {"elsewhere": ("2024-10", "2024-07"), "somewhere": ("2024-12", "2024-09", "2024-10")}
    units = [
        (replace(UNIT, force=force, month=month, **counts), stored(month, points=1_700))
        for force, months in rows.items()
        for month in months
    ]
    days = [("wardens", "2024-09", "10", "30"), ("fire", "2024-10", "01", "31"), ("fire", "2024-11", "01", "12")]
    units += [
        (
            replace(
                DAYS,
                source=feed,
                force=feed,
                month=month,
                first=f"{month}-{first}",
                last=f"{month}-{last}",
                in_area=20 + k,
                rejected=30 + k,
                outside=40 + k,
            ),
            stored(month, points=1_000 + k),
        )
        for k, (feed, month, first, last) in enumerate(days)
    ]
    state = put_units(store, ours, units)
    reasons = {"b": 2, "a": 2, "c": 1_003}
    files = {
        "f1": replace(state.files["f1"], rejected_by_reason=reasons),
        "f2": replace(FILE, rejected_by_reason={"a": 1, "d": 2}),
    }
    commit(store, replace(state, files=files, revisions=(REVISION, replace(REVISION, month="2024-01"))))
    return store


def test_sources_forces_and_feeds_are_told_apart(ours: Area, many: Path) -> None:
    status = store_status(many, ours)
    assert list(zip(status.coverage["force"], status.coverage["month"], strict=True)) == [
        ("elsewhere", "2024-07"),
        ("elsewhere", "2024-10"),
        ("somewhere", "2024-09"),
        ("somewhere", "2024-10"),
        ("somewhere", "2024-12"),
    ]
    assert list(status.feeds.columns) == list(FEED_COVERAGE)
    assert status.feeds.to_dict("records")[1] == {
        "feed": "fire",
        "month": "2024-11",
        "first": "2024-11-01",
        "last": "2024-11-12",
        "whole": False,
        "rows_read": 1_002 + 32 + 42,
        "loaded": 1_002,
        "in_area": 22,
        "buffer": 980,
        "rejected": 32,
        "outside": 42,
        "joined": 0,
        "extra": 0,
        "file": FILE.name,
        "imported_at": FILE.imported_at,
    }
    assert status.gaps == (("elsewhere", "2024-08"), ("elsewhere", "2024-09"), ("somewhere", "2024-11"))
    assert status.missing_forces == {"area": (), "buffer": ()}
    assert status.rejected.to_dict("records") == [
        {"reason": "c", "rows": 1_003},
        {"reason": "a", "rows": 3},
        {"reason": "b", "rows": 2},
        {"reason": "d", "rows": 2},
    ]
    layer = f"Ward layer: {ours.name}, {ours.ward_vintage} (version {ours.wards.version}), buffer 1000 m."
    assert status.lines() == [
        layer,
        "police.uk, elsewhere: 2 months from 2024-07 to 2024-10; "
        "8,800 rows read, 2,400 in the area, 1,000 in the buffer, 2,800 outside, 2,600 rejected.",
        "  missing between them: 2024-08, 2024-09",
        "  cannot be judged whether whole (fewer than 6 other months, or than 50 rows a month): 2024-07, 2024-10",
        "police.uk, somewhere: 3 months from 2024-09 to 2024-12; "
        "13,200 rows read, 3,600 in the area, 1,500 in the buffer, 4,200 outside, 3,900 rejected.",
        "  missing between them: 2024-11",
        "  cannot be judged whether whole (fewer than 6 other months, or than 50 rows a month): 2024-09, "
        "2024-10, 2024-12",
        "Dated feed fire: 2024-10-01 to 2024-11-12, 1 whole months; "
        "2,149 rows read, 43 in the area, 1,960 in the buffer, 83 outside, 63 rejected. "
        "Never added to published files.",
        "  not used until every day is covered: 2024-11",
        "Dated feed wardens: 2024-09-10 to 2024-09-30, 0 whole months; "
        "1,070 rows read, 20 in the area, 980 in the buffer, 40 outside, 30 rejected. "
        "Never added to published files.",
        "  not used until every day is covered: 2024-09",
        "Counts of other districts: import these months of elsewhere again: 2024-07, 2024-10",
        "Counts of other districts: import these months of somewhere again: 2024-09, 2024-10, 2024-12",
        "Rejected, c: 1,003",
        "Rejected, a: 3",
        "Rejected, b: 2",
        "Rejected, d: 2",
        REVISION.sentence,
        REVISION.sentence.replace("2024-10", "2024-01"),
    ]
    plain = json.loads(json.dumps(status.to_json(), default=int))
    assert [feed["month"] for feed in plain["feeds"]] == ["2024-10", "2024-11", "2024-09"]
    assert plain["feeds"][0]["whole"] is True
    assert plain["version"] == status.version == store_version(many)
    assert plain["missing_forces"] == {"area": [], "buffer": []}
    assert plain["ward_layer"] == {
        "area": ours.name,
        "vintage": ours.ward_vintage,
        "version": ours.wards.version,
        "buffer_m": ours.buffer_m,
        "matches": True,
        "current": True,
        "others": [],
    }


def test_a_store_of_feeds_alone(ours: Area, tmp_path: Path) -> None:
    put_units(tmp_path, ours, [(DAYS, stored("2024-10"))])
    status = store_status(tmp_path, ours)
    assert "No published file is loaded." in status.lines()
    assert "The store is empty." not in status.lines()
    assert not any("not used" in line for line in status.lines())
    assert "Not loaded (area): somewhere." in status.lines()
    assert status.gaps == ()
    assert status.version == store_version(tmp_path)


def test_a_status_shows_no_tables(ours: Area, store: Path) -> None:
    shown = repr(store_status(store, ours))
    assert "gaps=(('somewhere', '2024-07'), ('somewhere', '2024-08'))" in shown
    for name in ("coverage=", "rejected=", "revisions=", "feeds="):
        assert name not in shown


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"PAR1"), Path.unlink], ids=["damaged", "missing"])
def test_rejected_rows_that_cannot_be_read_are_told(ours: Area, store: Path, damage: Callable[[Path], object]) -> None:
    manifest = read_manifest(store)
    assert manifest is not None
    path = store / (next(iter(manifest.files.values())).rejected_path or "")
    damage(path)
    with pytest.raises(InputError) as refusal:
        rejected_rows(store)
    assert str(refusal.value).startswith(f"{path}: a file of the store is missing or damaged: ")
    assert refusal.value.hint == AGAIN


def test_rejected_rows_stand_by_file_and_line(ours: Area, store: Path) -> None:
    rows = rejected_rows(store)
    assert rows.index.equals(pd.RangeIndex(4))
    assert rows[["file", "row"]].to_numpy().tolist() == [
        [f"2024-{part}-somewhere-street.csv", line] for part in ("09.zip/2024-06", "10.zip/2024-09") for line in (5, 6)
    ]
    none = rejected_rows(store.parent / "nothing")
    assert {str(kind) for kind in none.dtypes.drop("row")} == {"str"}
    assert none["row"].dtype == rows["row"].dtype == "int64"
    assert list(none.columns) == ["file", "row", "column", "value", "reason", "advice", "original"]
