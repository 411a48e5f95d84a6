"""A feed in the store: it comes back as it was sent, and stands beside published files without touching them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.demo.dataset import Demo, make_demo
from data.feed.importing import import_feed
from data.feed.propose import propose
from data.feed.remembered import remembered_mapping
from data.feed.table import read_table
from data.place.area import Area
from data.published.police_uk import import_paths
from data.store.manifest import read_manifest
from data.store.schema import POLICE_UK
from data.store.status import store_status
from data.store.store import feed_names, is_empty, load, store_version
from geo.crs import to_wgs84
from geo.errors import InputError
from tests.feed.feed_files import SECRET, everything_in, partner_csv, workbook
from tests.feed.feed_rows import MAPPING, TODAY, import_rows, rows
from tests.published import police_files


@pytest.fixture(scope="module")
def demo(area: Area) -> Demo:
    return make_demo(area)


# --- the whole way ---------------------------------------------------------------------------------------------------
def test_the_demonstrations_feed_comes_back_as_it_was(area: Area, demo: Demo, tmp_path: Path) -> None:
    raw = partner_csv(demo.feed)
    table = read_table("council.csv", raw)
    report = import_feed(table, raw, "Council ASB", propose(table, area).mapping, tmp_path, area, today=demo.as_at)
    assert report.rows_read == report.loaded == report.in_area == len(demo.feed.frame)
    found = load(tmp_path, area, "council-asb")
    assert found.source == "council-asb"
    assert not found.simulated
    assert found.months.equals(demo.feed.months)
    ours, theirs = found.frame, demo.feed.frame
    assert list(ours.columns) == list(theirs.columns)
    np.testing.assert_array_equal(ours["occurred_at"], theirs["occurred_at"])
    for name in ("ward_code", "asb_type", "category"):
        assert ours[name].astype(str).tolist() == theirs[name].astype(str).tolist(), name
    assert ours["occurred_until"].isna().all()
    assert ours["force"].isna().all()
    assert ours["location"].isna().all()
    np.testing.assert_allclose(ours["easting_m"], theirs["easting_m"], atol=0.5)
    assert (ours["subcategory"].dropna() == "misuse of fireworks").sum() == (theirs["subcategory"] == "fireworks").sum()
    assert report.unmapped == {
        "subcategory": {
            "Threats": int((theirs["subcategory"] == "threats or abuse").sum()),
            "Other": int((theirs["subcategory"] == "graffiti").sum()),
        }
    }
    assert not [word for word in SECRET if word.encode() in everything_in(tmp_path)]


def test_an_excel_file_gives_what_its_csv_gives(area: Area, tmp_path: Path) -> None:
    made = rows(area, ["2024-10-31T19:05:00", "2024-11-01T00:00:00", "2024-10-30T08:00:00"])
    cells = [[pd.Timestamp(v).to_pydatetime() if k == "When" else v for k, v in row.items()] for row in made]
    raw = workbook({"Data": [list(made[0]), *cells]})
    import_feed(read_table("f.xlsx", raw), raw, "a", MAPPING, tmp_path / "a", area, today=TODAY)
    import_rows(tmp_path / "b", area, made, feed="a")
    ours, theirs = (load(tmp_path / store, area, "a").frame for store in "ab")
    pd.testing.assert_frame_equal(ours, theirs)


def test_degrees_and_metres_give_the_same_place(area: Area, tmp_path: Path) -> None:
    made = rows(area, [f"{day:02d}/10/2024 19:05" for day in range(1, 32)])
    lon, lat = to_wgs84([float(row["X"]) for row in made], [float(row["Y"]) for row in made])
    degrees = [row | {"X": f"{x:.8f}", "Y": f"{y:.8f}"} for row, x, y in zip(made, lon, lat, strict=True)]
    by_degrees = replace(MAPPING, columns={"start": "When", "longitude": "X", "latitude": "Y", "reference": "Ref"})
    import_rows(tmp_path / "a", area, made)
    import_rows(tmp_path / "b", area, degrees, by_degrees)
    metres, found = (load(tmp_path / store, area, "fire-service").frame for store in "ab")
    assert metres["ward_code"].tolist() == found["ward_code"].tolist()
    np.testing.assert_allclose(metres["easting_m"], found["easting_m"], atol=0.05)


def test_a_trial_writes_nothing(area: Area, tmp_path: Path) -> None:
    made = rows(area, [f"{day:02d}/10/2024 19:00" for day in range(1, 32)])
    tried = import_rows(tmp_path / "s", area, made, dry_run=True)
    assert not (tmp_path / "s").exists()
    done = import_rows(tmp_path / "s", area, made)
    assert replace(tried, status="loaded") == done


def test_the_mapping_is_remembered_with_the_order_that_was_found(area: Area, tmp_path: Path) -> None:
    assert remembered_mapping(tmp_path, "Fire service") is None
    import_rows(tmp_path, area, rows(area, ["31/10/2024 19:00"]), replace(MAPPING, day_first=None))
    assert remembered_mapping(tmp_path, "fire SERVICE") == MAPPING
    both_ways = import_rows(tmp_path, area, rows(area, ["05/10/2024 19:00"]), MAPPING, replace_days=True)
    assert both_ways.first == "2024-10-05"
    (tmp_path / "feeds" / "fire-service.json").write_text("{")
    with pytest.raises(InputError, match="mapping of the feed cannot be read"):
        remembered_mapping(tmp_path, "fire-service")


# --- beside police files ---------------------------------------------------------------------------------------------
def test_feeds_and_published_files_do_not_touch_each_other(area: Area, tmp_path: Path) -> None:
    ours = replace(area, forces=("somewhere",), buffer_forces=())
    at = police_files.points_of(ours)
    path = police_files.put(tmp_path, police_files.table([police_files.row(at.inside)] * 3))
    import_paths([path], tmp_path / "s", ours, now=police_files.NOW)
    alone = load(tmp_path / "s", ours)
    import_rows(
        tmp_path / "s", ours, rows(area, [f"{day:02d}/09/2024 19:00" for day in range(1, 31)]), feed="somewhere"
    )
    beside = load(tmp_path / "s", ours)
    pd.testing.assert_frame_equal(alone.frame, beside.frame)
    assert beside.months.equals(alone.months)
    assert beside.source == POLICE_UK
    assert len(load(tmp_path / "s", ours, "somewhere").frame) == 30
    assert feed_names(tmp_path / "s") == ("somewhere",)
    status = store_status(tmp_path / "s", ours)
    assert status.coverage["source"].unique().tolist() == [POLICE_UK]
    assert status.gaps == ()
    assert status.missing_forces["area"] == ()
    assert status.feeds["feed"].unique().tolist() == ["somewhere"]
    assert "Dated feed somewhere: 2024-09-01 to 2024-09-30, 1 whole months" in "\n".join(status.lines())
    json.dumps(status.to_json(), default=int)
    report = import_paths([path], tmp_path / "s", ours, now=police_files.NOW)
    assert [file.status for file in report.files] == ["unchanged"]
    assert len(load(tmp_path / "s", ours, "somewhere").frame) == 30


def test_a_feed_of_a_forces_name_is_no_force(area: Area, tmp_path: Path) -> None:
    ours = replace(area, forces=("somewhere",))
    import_rows(tmp_path, ours, rows(area, ["31/10/2024 19:00"]), feed="somewhere")
    assert store_status(tmp_path, ours).missing_forces["area"] == ("somewhere",)
    police = load(tmp_path, ours)
    assert len(police.months) == len(police.frame) == 0
    assert not is_empty(tmp_path)


def test_a_store_of_another_layer_is_refused(area: Area, tmp_path: Path) -> None:
    import_rows(tmp_path, area, rows(area, ["31/10/2024 19:00"]))
    with pytest.raises(InputError, match="another area or ward layer"):
        import_rows(tmp_path, replace(area, buffer_m=500.0), rows(area, ["31/10/2024 19:00"]))


def test_a_store_from_before_feeds_keeps_its_version(real_store: Path) -> None:
    manifest = read_manifest(real_store)
    assert manifest is not None
    units = [unit for unit in manifest.units.values() if unit.first or unit.last]
    assert units == []
    assert all(unit.whole for unit in manifest.units.values())
    assert manifest.version == store_version(real_store)
