"""The store: where it is, what it refuses, what loading gives."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from data.place.area import Area
from data.published.police_uk import import_paths
from data.store import sums
from data.store.manifest import AGAIN, read_manifest
from data.store.schema import COLUMNS, conform
from data.store.store import default_store, feed_names, is_empty, load, read_unit, store_version
from geo.errors import InputError
from tests.published.police_files import NOW, contents, named, points_of, put, row, table
from tests.store.made_states import DAYS, UNIT, put_units, stored


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


@pytest.mark.parametrize("change", ["area", "buffer"])
def test_a_store_of_another_area_or_buffer_is_refused_and_both_are_named(ours: Area, store: Path, change: str) -> None:
    if change == "area":
        wards = replace(ours.wards, version="another")
        other = replace(ours, code="another", wards=wards, ward_vintage="in force since 2028")
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


def test_a_damaged_manifest_stops_readers_and_imports(ours: Area, store: Path) -> None:
    (store / "manifest.json").write_bytes(b"{")
    for use in (load, import_or_fail):
        with pytest.raises(InputError, match="cannot be read"):
            use(store, ours)


def import_or_fail(store: Path, area: Area) -> object:
    return import_paths([store.parent / named("2024-07")], store, area, now=NOW)


def test_a_missing_or_damaged_file_is_told(ours: Area, store: Path) -> None:
    manifest = read_manifest(store)
    assert manifest is not None
    unit = next(iter(manifest.units.values()))
    why = f"{store / unit.path}: a file of the store is missing or damaged: "
    for damage in (lambda path: path.write_bytes(b"PAR1"), Path.unlink):
        damage(store / unit.path)
        assert unit.month not in load(store, ours).months.astype(str)
        with pytest.raises(InputError) as refusal:
            read_unit(store, unit)
        assert str(refusal.value).startswith(why)
        assert refusal.value.hint == AGAIN
    again = put(store.parent / "again", table([row(points_of(ours).inside, Month="2024-07")]), named("2024-07"))
    (report,) = import_paths([again], store, ours, now=NOW).files
    assert (report.status, report.revision) == ("loaded", ())
    assert "was missing or damaged, and is whole again" in report.notes[-1]
    assert unit.month in load(store, ours).months.astype(str)


@pytest.mark.parametrize(("stale", "found"), [(0, True), (1, True), (4, True), (5, False)])
def test_a_reader_that_meets_an_import_starts_again(
    ours: Area, store: Path, monkeypatch: pytest.MonkeyPatch, stale: int, found: bool
) -> None:
    now = read_manifest(store)
    assert now is not None
    swept = replace(now, units={key: replace(unit, path="gone.parquet") for key, unit in now.units.items()})
    states = iter([swept] * stale + [now])
    monkeypatch.setattr(sums, "read_manifest", lambda _: next(states))
    if found:
        assert load(store, ours).version == now.version
        assert next(states, None) is None, "and not once more"
    else:  # a state that stays and lacks its files
        assert load(store, ours).frame.empty


# --- what counts


def test_rows_stand_by_month_then_force_and_say_where_they_are_from(ours: Area, tmp_path: Path) -> None:
    forces = {"2024-09": ("somewhere", "elsewhere"), "2024-08": ("somewhere", "elsewhere"), "2024-10": ("elsewhere",)}
    units = [
        (replace(UNIT, force=force, month=month), stored(month, points=k + 1, location=force))
        for month, both in forces.items()
        for k, force in enumerate(both)
    ]
    state = put_units(tmp_path, ours, units)
    incidents = load(tmp_path, ours)
    assert list(incidents.months.astype(str)) == ["2024-08", "2024-09"], "ours has not published October"
    assert incidents.frame["month"].astype(str).tolist() == ["2024-08"] * 3 + ["2024-09"] * 3
    expected = ["elsewhere", "elsewhere", "somewhere"] * 2
    assert incidents.frame["force"].tolist() == incidents.frame["location"].tolist() == expected
    assert incidents.frame["force"].cat.categories.tolist() == ["elsewhere", "somewhere"]
    assert incidents.frame["source"].tolist() == ["police.uk"] * 6
    assert (incidents.source, incidents.version, incidents.simulated) == ("police.uk", state.version, False)
    assert incidents.frame.index.equals(pd.RangeIndex(6))
    absent = ["occurred_at", "occurred_until", "asb_type", "subcategory"]
    assert incidents.frame[absent].isna().all(axis=None)
    assert incidents.frame.dtypes.equals(conform(incidents.frame).dtypes)
    assert [str(incidents.frame[name].dtype) for name in absent] == ["datetime64[s]"] * 2 + ["category"] * 2
    elsewhere = load(tmp_path, replace(ours, forces=()))
    assert list(elsewhere.months.astype(str)) == ["2024-08", "2024-09", "2024-10"]


def test_of_a_dated_feed_only_whole_months_count(ours: Area, tmp_path: Path) -> None:
    days = {"2024-08": "2024-08-31", "2024-09": "2024-09-29", "2024-10": "2024-10-31"}
    units = [
        (replace(DAYS, month=month, first=f"{month}-01", last=last), stored(month, points=2, subcategory="litter"))
        for month, last in days.items()
    ]
    police = (replace(UNIT, month="2024-08"), stored("2024-08", points=5))
    put_units(tmp_path, ours, [*units, police])
    feed = load(tmp_path, replace(ours, forces=("nobody",)), source="fire")
    assert list(feed.months.astype(str)) == ["2024-08", "2024-10"]
    assert feed.frame["month"].astype(str).tolist() == ["2024-08", "2024-08", "2024-10", "2024-10"]
    assert feed.frame["source"].tolist() == ["fire"] * 4
    assert feed.frame["force"].isna().all()
    assert feed.frame["force"].cat.categories.empty, "a feed has no force"
    assert feed.frame["subcategory"].tolist() == ["litter"] * 4
    assert feed.source == "fire"
    assert list(load(tmp_path, ours).months.astype(str)) == ["2024-08"]
    assert len(load(tmp_path, ours).frame) == 5, "sources are never added together"
    put_units(tmp_path, ours, units[1:2])
    partial = load(tmp_path, ours, source="fire")
    assert (len(partial.frame), len(partial.months), partial.source) == (0, 0, "fire")
    assert partial.version == store_version(tmp_path)


def test_names_of_feeds(ours: Area, tmp_path: Path) -> None:
    assert feed_names(tmp_path) == ()
    feeds = [(replace(DAYS, source=name, force=name), stored("2024-10")) for name in ("wardens", "fire", "noise")]
    put_units(tmp_path, ours, [*feeds, (UNIT, stored("2024-10"))])
    assert feed_names(tmp_path) == ("fire", "noise", "wardens")
    put_units(tmp_path, ours, [(UNIT, stored("2024-10"))])
    assert feed_names(tmp_path) == ()


def test_a_store_without_units_is_empty(ours: Area, tmp_path: Path) -> None:
    put_units(tmp_path, replace(ours, buffer_m=1.0), [])
    nothing = load(tmp_path, ours, source="fire")
    assert (len(nothing.frame), len(nothing.months), nothing.version, nothing.source) == (0, 0, "empty", "fire")
    assert nothing.months.freqstr == "M"


def test_rows_of_a_unit_as_stored(ours: Area, tmp_path: Path) -> None:
    rows = stored("2024-10", points=3, location="High Street")
    state = put_units(tmp_path, ours, [(UNIT, rows)])
    pd.testing.assert_frame_equal(read_unit(tmp_path, state.units[UNIT.key]), rows.to_pandas())


def test_the_manifest_says_what_was_imported(ours: Area, store: Path) -> None:
    raw = json.loads((store / "manifest.json").read_text(encoding="utf-8"))
    (file,) = (file for file in raw["files"].values() if file["name"] == named("2024-09"))
    assert (file["rows_read"], file["loaded"], file["rejected"], file["outside"]) == (2, 2, 0, 0)
    assert len(file["sha256"]) == 64
    assert file["imported_at"] == "2025-01-15T12:00:00+00:00"
    assert raw["layer"]["version"] == ours.wards.version
    assert not list(store.glob("**/*.tmp"))
