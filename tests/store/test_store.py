"""The store: where it is, what it refuses, what loading gives."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.manifest import read_manifest
from data.store.schema import COLUMNS, conform
from data.store.store import default_store, is_empty, load, store_version, sweep
from geo.errors import InputError
from tests.published.police_files import NOW, contents, named, points_of, put, row, table


@pytest.fixture
def ours(area: Area) -> Area:
    return replace(area, forces=("somewhere",))


@pytest.fixture
def store(ours: Area, tmp_path: Path) -> Path:
    at = points_of(ours)
    paths = [
        put(tmp_path, table([row(at.inside, Month=month), row(at.buffer, Month=month)]), named(month))
        for month in ("2024-07", "2024-09")
    ]
    import_paths(paths, tmp_path / "store", ours, now=NOW)
    return tmp_path / "store"


def test_where_the_store_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DASHBOARD_DATA", raising=False)
    assert default_store() == Path(__file__).resolve().parents[2] / "data" / "local"
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))
    assert default_store() == tmp_path


def test_an_empty_store(ours: Area, tmp_path: Path) -> None:
    assert is_empty(tmp_path)
    assert store_version(tmp_path / "nothing") == "empty"
    nothing = load(tmp_path / "nothing", ours)
    assert (len(nothing.frame), len(nothing.months), nothing.version) == (0, 0, "empty")
    assert list(nothing.frame.columns) == list(COLUMNS)
    assert not (tmp_path / "nothing").exists()


def test_loading_gives_what_every_analysis_takes(ours: Area, store: Path) -> None:
    incidents = load(store, ours)
    assert incidents.version == store_version(store)
    assert not is_empty(store)
    pd.testing.assert_frame_equal(incidents.frame, conform(incidents.frame))
    assert incidents.frame.index.equals(pd.RangeIndex(4))
    assert list(incidents.frame["month"].astype(str)) == ["2024-07", "2024-07", "2024-09", "2024-09"]
    assert list(incidents.months.astype(str)) == ["2024-07", "2024-09"]
    assert incidents.frame["occurred_at"].isna().all()
    assert incidents.frame["occurred_at"].dtype == "datetime64[s]"


def test_another_source_has_nothing(ours: Area, store: Path) -> None:
    other = load(store, ours, source="fire service")
    assert (len(other.frame), len(other.months), other.source) == (0, 0, "fire service")


def test_a_month_that_not_every_force_has_published_is_left_out(ours: Area, store: Path) -> None:
    both = replace(ours, forces=("somewhere", "elsewhere"))
    assert len(load(store, both).months) == 0
    at = points_of(ours).inside
    raw = table([row(at, Month="2024-09", Falls_within="Elsewhere Police")])
    import_paths([put(store.parent, raw, named("2024-09", "elsewhere"))], store, ours, now=NOW)
    loaded = load(store, both)
    assert list(loaded.months.astype(str)) == ["2024-09"]
    assert list(loaded.frame["force"]) == ["elsewhere", "somewhere", "somewhere"]


@pytest.mark.parametrize("change", ["layer", "buffer"])
def test_a_store_of_another_ward_layer_is_refused_and_both_are_named(ours: Area, store: Path, change: str) -> None:
    if change == "layer":
        other = replace(ours, wards=replace(ours.wards, version="another"), ward_vintage="in force since 2028")
    else:
        other = replace(ours, buffer_m=500.0)
    before = contents(store)
    for use in (lambda: load(store, other), lambda: import_paths([store.parent / named("2024-07")], store, other)):
        with pytest.raises(InputError) as refusal:
            use()
        for part in (
            ours.ward_vintage,
            other.ward_vintage,
            f"{ours.buffer_m:g} m",
            f"{other.buffer_m:g} m",
            "--rebuild",
        ):
            assert part in str(refusal.value)
    assert contents(store) == before
    paths = [store.parent / named(month) for month in ("2024-07", "2024-09")]
    assert import_paths(paths, store, other, rebuild=True, now=NOW).ok
    assert len(load(store, other).months) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "cannot be read"),
        (b"\xff", "cannot be read"),
        (b'{"format": 99}', "another version of this program"),
        (b'{"format": 1, "layer": {}}', "damaged"),
        (b"[]", "damaged"),
    ],
)
def test_a_damaged_manifest_is_told(ours: Area, store: Path, content: bytes, words: str) -> None:
    (store / "manifest.json").write_bytes(content)
    for use in (load, import_or_fail):
        with pytest.raises(InputError, match=words):
            use(store, ours)


def import_or_fail(store: Path, area: Area) -> object:
    return import_paths([store.parent / named("2024-07")], store, area, now=NOW)


def test_a_missing_or_damaged_file_is_told(ours: Area, store: Path) -> None:
    manifest = read_manifest(store)
    assert manifest is not None
    unit = next(iter(manifest.units.values()))
    (store / unit.path).write_bytes(b"PAR1")
    with pytest.raises(InputError, match="missing or damaged"):
        load(store, ours)
    (store / unit.path).unlink()
    with pytest.raises(InputError, match="missing or damaged"):
        load(store, ours)
    again = put(store.parent / "again", table([row(points_of(ours).inside, Month="2024-07")]), named("2024-07"))
    assert "missing or damaged" in (import_paths([again], store, ours, now=NOW).files[0].error or "")


def test_only_our_own_files_are_swept(ours: Area, store: Path) -> None:
    manifest = read_manifest(store)
    assert manifest is not None
    folder = store / "incidents" / "police.uk" / "somewhere"
    strangers = [folder / "notes.txt", folder / "mine.parquet", store / "README", store / "x.tmp"]
    orphans = [folder / "2024-07.0123456789abcdef.parquet", folder / ".2024-07.0123456789abcdef.parquet.7.tmp"]
    orphans.append(store / ".manifest.json.7.tmp")
    for path in strangers + orphans:
        path.write_bytes(b"x")
    assert sweep(store, manifest.paths) == len(orphans)
    assert all(path.exists() for path in strangers)
    assert len(load(store, ours).frame) == 4


def test_the_manifest_says_what_was_imported(ours: Area, store: Path) -> None:
    raw = json.loads((store / "manifest.json").read_text(encoding="utf-8"))
    (file,) = (file for file in raw["files"].values() if file["name"] == named("2024-09"))
    assert (file["rows_read"], file["loaded"], file["rejected"], file["outside"]) == (2, 2, 0, 0)
    assert len(file["sha256"]) == 64
    assert file["imported_at"] == "2025-01-15T12:00:00+00:00"
    assert raw["layer"]["version"] == ours.wards.version
    assert not list(store.glob("**/*.tmp"))
