"""What the long run found, each as the smallest input that showed it: an error that says where, what and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from data.feed.geojson import read_geojson
from data.feed.mapping import read_mapping
from data.feed.postcodes import import_postcodes
from data.feed.preview import _far
from data.feed.remembered import remembered_mapping
from data.feed.table import read_table
from data.fetch.area import _shape
from data.fetch.geography import Service
from data.fetch.record import read_record
from data.measured.measurement import read_measured
from data.place.area import Area, load_area
from data.plan import plans
from data.store.accepted import read_accepted
from data.store.force_counts import force_counts
from data.store.manifest import read_manifest
from data.store.manifest_values import wrong_values
from data.store.plain_types import finite
from data.store.store import commit, load, write_table
from data.streets.kept import kept_version
from geo.boundaries import read_wards
from geo.errors import InputError
from tests.conftest import ROOT
from tests.geo.ward_layers import simple
from tests.plan.made_plans import NOW, made_plan, path
from tests.store.made_states import STATE, UNIT, put_units, stored

DEEP = "[" * 100_000


def refused(read: Callable[[], Any]) -> InputError:
    """An error that names the file and says what to do."""
    with pytest.raises(InputError) as found:
        read()
    assert found.value.file
    assert found.value.hint
    return found.value


@pytest.mark.parametrize("kind", [{"a": 1}, ["Polygon"], None, 5], ids=str)
def test_a_layer_whose_types_are_lists_or_tables(tmp_path: Path, kind: Any) -> None:
    file = tmp_path / "w.geojson"
    file.write_text(json.dumps(simple() | {"type": kind}), encoding="utf-8")
    if kind != 5:
        refused(lambda: read_wards(file))
    layer = simple()
    layer["features"][0]["geometry"]["type"] = kind
    file.write_text(json.dumps(layer), encoding="utf-8")
    assert "not a polygon" in str(refused(lambda: read_wards(file)))
    layer["features"][0]["geometry"] = {"type": "GeometryCollection", "geometries": [{"type": kind}, 5]}
    file.write_text(json.dumps(layer), encoding="utf-8")
    assert "not a polygon" in str(refused(lambda: read_wards(file)))


@pytest.mark.parametrize(
    ("old", "new"),
    [('key = "halloween"', "key = []"), ("easter = [", "easter = [inf, "), ("forces]", "forces]\narea = 5\n[x]")],
)
def test_an_area_file_with_values_of_another_kind(tmp_path: Path, old: str, new: str) -> None:
    raw = (ROOT / "data" / "area.toml").read_text(encoding="utf-8")
    (tmp_path / "wards.geojson").write_bytes((ROOT / "data" / "wards.geojson").read_bytes())
    file = tmp_path / "area.toml"
    changed = raw.replace(old, new, 1)
    if changed == raw:
        changed = 'seasons = [{key = ["x"]}]\n' + raw.replace("[[seasons]]", "[[others]]")
    file.write_text(changed, encoding="utf-8")
    with pytest.raises(InputError):
        load_area(file)


def test_lists_of_a_store_that_are_nested_without_end(tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    for name in ("accepted.json", "measured.json", "fetched.json", "manifest.json", "m.json", "feeds/fire.json"):
        (tmp_path / name).write_text(DEEP, encoding="utf-8")
    for read in (read_accepted, read_measured, read_record, read_manifest):
        refused(lambda read=read: read(tmp_path))
    refused(lambda: read_mapping(tmp_path / "m.json"))
    refused(lambda: remembered_mapping(tmp_path, "fire"))


@pytest.mark.parametrize(("key", "value"), [("rows", "40"), ("file", ["x"]), ("whole", 1), ("accepted_at", None)])
def test_an_accepted_month_with_values_of_another_kind(tmp_path: Path, key: str, value: Any) -> None:
    one = {"force": "a", "month": "2024-01", "file": "f", "rows": 1, "by": "", "accepted_at": "", "whole": True}
    file = tmp_path / "accepted.json"
    file.write_text(json.dumps({"format": 1, "accepted": [one | {key: value}]}), encoding="utf-8")
    assert key in str(refused(lambda: read_accepted(tmp_path)))


def test_counts_beyond_all_that_a_machine_counts() -> None:
    assert finite(2**53 - 1)
    assert not finite(10**400)
    raw = json.loads(json.dumps(STATE.to_json()))
    raw["units"][UNIT.key]["rows"] = 2**63
    raw["layer"]["buffer_m"] = 10**400
    assert [key for key, _, _ in wrong_values(raw)] == ["layer/buffer_m", f"units/{UNIT.key}/rows"]


@pytest.mark.parametrize("spoil", ["fewer", "more", "no east", "text", "twice", "whole"])
def test_a_month_that_is_not_what_the_manifest_speaks_of(tmp_path: Path, area: Area, spoil: str) -> None:
    from dataclasses import replace

    months = ("2024-10",)
    good = stored(*months, points=4, category="Drugs")
    unit = replace(UNIT, force=area.forces[0], counts="", in_area=0)
    manifest = put_units(tmp_path, area, [(unit, good)])
    key = next(iter(manifest.units))
    bad = {
        "fewer": good.slice(1),
        "more": pa.concat_tables([good, good]),
        "no east": good.drop_columns("easting_m"),
        "text": good.set_column(2, "easting_m", pa.array(["x"] * 4)),
        "twice": good.append_column("northing_m", good["northing_m"]),
        "whole": good,
    }[spoil]
    inside = write_table(tmp_path, "incidents/x", "2024-10", bad)
    commit(tmp_path, replace(manifest, units={key: replace(manifest.units[key], path=inside)}))
    if spoil == "whole":
        load(tmp_path, area)
        return
    told = refused(lambda: load(tmp_path, area))
    assert str(told.file).endswith(inside)


def test_counts_of_a_force_without_their_columns(tmp_path: Path, area: Area) -> None:
    from dataclasses import replace

    good = stored("2024-10", points=4, category="Drugs")
    unit = replace(UNIT, force=area.forces[0], in_area=0)
    counts = write_table(tmp_path, "counts/x", "2024-10", good)
    put_units(tmp_path, area, [(replace(unit, counts=counts), good)])
    assert "no column" in str(refused(lambda: force_counts(tmp_path, area, area.forces)))


@pytest.mark.parametrize(
    ("column", "value"), [("title", b"\xff"), ("saved_at", "2024-10-31T18:00:00"), ("saved_at", 5), ("operation", b"x")]
)
def test_a_row_of_plans_with_values_of_another_kind(store: Path, column: str, value: Any) -> None:
    import sqlite3
    from contextlib import closing

    plans.save(store, made_plan(), NOW)
    with closing(sqlite3.connect(path(store))) as db, db:
        db.execute(f"UPDATE revisions SET {column} = ?", (value,))  # noqa: S608  a test's own names
    told = refused(lambda: plans.listed(store))
    assert "damaged" in str(told)


def test_a_plan_with_a_key_of_another_name_names_the_file(store: Path) -> None:
    import sqlite3
    from contextlib import closing

    one = plans.save(store, made_plan(), NOW)
    with closing(sqlite3.connect(path(store))) as db, db:
        db.execute("UPDATE revisions SET content = replace(content, '\"easting_m\"', '\"eazting_m\"')")
    assert refused(lambda: plans.load(store, one.id)).file == str(path(store))
    with closing(sqlite3.connect(path(store))) as db, db:
        db.execute("UPDATE revisions SET content = ?", (DEEP,))
    refused(lambda: plans.load(store, one.id))


def test_the_version_of_a_base_map_whose_head_is_no_text(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    file = tmp_path / "basemap.parquet"
    pq.write_table(pa.table({"a": [1]}).replace_schema_metadata({b"k": b"\xff\xfe"}), file)
    assert kept_version(file, b"k").startswith("damaged-")


def test_a_list_of_postcodes_that_begins_with_an_empty_line(tmp_path: Path, area: Area) -> None:
    file = tmp_path / "p.csv"
    file.write_text("\n\npcds,oseast1m,osnrth1m,doterm\nL34 1AA,0345000,0392000,\n", encoding="utf-8")
    import_postcodes(file, tmp_path / "store", area)
    file.write_text("pcds,oseast1m,osnrth1m,doterm\nL34 1AA,x,0392000,\n", encoding="utf-8")
    assert refused(lambda: import_postcodes(file, tmp_path / "store", area)).row == 2


def test_a_column_whose_name_is_a_file_of_its_own() -> None:
    told = refused(lambda: read_table("f.csv", b"Ref," + b"a" * 100_000 + b"\nR1,x\n"))
    assert "1,000 characters" in str(told)


def test_points_that_lie_nowhere_are_not_the_farthest(area: Area) -> None:
    there = area.wards.outline.centroid
    nowhere = np.array([np.nan, np.inf, there.x + 9000])
    assert _far(nowhere, np.array([0.0, 0.0, there.y]), area) == "the farthest 9 km to the east"
    assert _far(nowhere[:2], np.zeros(2), area) == ""


def test_half_a_character_in_a_feature_is_a_question_mark() -> None:
    raw = {
        "type": "FeatureCollection",
        "features": [{
            "type": "Feature", "properties": {"a\ud800": "b\ud800"},
            "geometry": {"type": "Point", "coordinates": [0, 50]},
        }],
    }  # fmt: skip
    found = read_geojson("f.geojson", json.dumps(raw))
    assert [row[-1] for row in found.records] == ["a?", "b?"]


def test_a_shape_that_a_service_spoiled_names_the_service_and_the_place() -> None:
    service = Service("wards", "https://example.org/wards", ("WD25CD",), 100, "May 2025")
    feature = {"properties": {"WD25CD": "E05000001"}, "geometry": {"type": "Polygon", "coordinates": [[1]]}}
    error = refused(lambda: _shape(feature, service))
    assert (error.file, error.value) == (service.url, "E05000001")
    assert refused(lambda: _shape({}, service)).file == service.url
