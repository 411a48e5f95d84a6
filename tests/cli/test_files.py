"""Files that the command line writes: the same in every format, and a map where there are places."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from data.kinds.crime_types import ASB


def test_files_of_all_formats_hold_the_same(ask, tmp_path: Path) -> None:
    arguments = ("counts", "--by", "month,ward", "--from", "2024-10", "--to", "2024-10")
    shown = ask(*arguments).table
    for ending in ("csv", "geojson", "gpkg", "parquet"):
        asked = ask(*arguments, "--out", str(tmp_path / f"a.{ending}"))
        assert (asked.code, asked.out) == (0, "")
        assert f"a.{ending}: 15 rows" in asked.err
    read = {
        "csv": pd.read_csv(tmp_path / "a.csv"),
        "geojson": gpd.read_file(tmp_path / "a.geojson"),
        "gpkg": gpd.read_file(tmp_path / "a.gpkg"),
        "parquet": gpd.read_parquet(tmp_path / "a.parquet"),
    }
    for table in read.values():
        assert table["month"].tolist() == ["2024-10"] * 15
        assert table["count"].sum() == 270
        assert table[["ward_code", "count"]].to_numpy().tolist() == shown[["ward_code", "count"]].to_numpy().tolist()
    description = pyogrio.read_info(tmp_path / "a.gpkg")["layer_metadata"]["DESCRIPTION"]
    member = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))["metadata"]
    beside = json.loads((tmp_path / "a.csv.json").read_text(encoding="utf-8"))
    assert json.loads(description) == member == beside
    assert beside["category"] == ASB
    assert beside["notes"]


def test_hotspots_open_in_a_map(ask, tmp_path: Path) -> None:
    target = tmp_path / "hotspots.gpkg"
    assert ask("hotspots", "--to", "2024-09", "--out", str(target)).code == 0
    table = gpd.read_file(target)
    assert (table.geometry.area == 200 * 200).all()
    np.testing.assert_allclose(table.geometry.bounds[["minx", "miny"]], table[["easting_m", "northing_m"]])
    assert table.crs.to_epsg() == 27700


def test_what_has_no_places_is_no_map(ask, tmp_path: Path) -> None:
    asked = ask("season", "--out", str(tmp_path / "a.gpkg"))
    assert asked.code == 1
    assert "no places to draw" in asked.err
    asked = ask("counts", "--out", str(tmp_path / "a.xlsx"))
    assert asked.code == 1
    assert ".csv, .geojson, .gpkg, .parquet" in asked.err
