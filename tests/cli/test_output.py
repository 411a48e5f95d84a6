"""Files that leave the command line, read back by the programs they are for."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.cli.output import FORMATS, as_text, cell_squares, metadata, neutral, ward_polygons, write, write_csv
from analysis.common.method import Method
from data.place.area import Area
from geo.errors import InputError
from tests.made_incidents import square_grid

METHOD = Method(
    "a method",
    {"half-life": "12 months"},
    n=7,
    correction="none",
    data_version="v1",
    period="2024",
    caveats=("Careful.",),
)


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": pd.PeriodIndex(["2024-09", "2024-10", "2024-11"], freq="M"),
            "name": ["=1+1", "Ynys Môn", "a, b"],
            "count": [3, 0, 4],
            "p": [1e-12, 0.25, np.nan],
            "significant": [True, False, False],
        }
    )


def squares() -> np.ndarray:
    return shapely.box([340_000, 340_200, 340_400], 390_000, [340_200, 340_400, 340_600], 390_200)


def made() -> dict[str, object]:
    return metadata("area: a table", METHOD, attribution=["Contains data"], gini=np.float64(0.5), low=float("nan"))


def check(found: pd.DataFrame, *, name: str = "=1+1") -> None:
    assert list(found.columns)[:5] == ["month", "name", "count", "p", "significant"]
    assert found["month"].tolist() == ["2024-09", "2024-10", "2024-11"]
    assert found["name"].tolist() == [name, "Ynys Môn", "a, b"]
    assert found["count"].tolist() == [3, 0, 4]
    assert found["p"].tolist()[:2] == [1e-12, 0.25]
    assert np.isnan(found["p"].iloc[2])
    assert found["significant"].astype(bool).tolist() == [True, False, False]


def check_made(found: dict[str, object]) -> None:
    assert found["title"] == "area: a table"
    assert found["method"] == "a method"
    assert found["parameters"] == {"half-life": "12 months"}
    assert (found["n"], found["data_version"], found["period"]) == (7, "v1", "2024")
    assert found["caveats"] == ["Careful."]
    assert found["attribution"] == ["Contains data"]
    assert (found["gini"], found["low"]) == (0.5, None)


def test_csv_with_its_metadata_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    write(table(), target, made())
    check(pd.read_csv(target), name="'=1+1")
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")  # or Excel would not read the name in the second row
    check_made(json.loads((tmp_path / "a.csv.json").read_text(encoding="utf-8")))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "a.csv.json"]
    write(table().drop(columns="name"), target, made())
    assert target.read_bytes().startswith(b"month,count")


def test_geojson_in_degrees_with_its_metadata_as_a_member(tmp_path: Path) -> None:
    target = tmp_path / "a.geojson"
    write(table(), target, made(), squares())
    raw = json.loads(target.read_text(encoding="utf-8"))
    assert raw["type"] == "FeatureCollection"
    assert raw["features"][2]["properties"]["p"] is None
    check_made(raw["metadata"])
    found = gpd.read_file(target)
    check(found)
    assert found.crs.to_epsg() == 4326
    back = found.to_crs("EPSG:27700").geometry
    assert np.asarray(back.centroid.distance(gpd.GeoSeries(squares(), crs=27700).centroid)).max() < 3


def test_geopackage_in_metres_with_its_metadata_in_the_layer(tmp_path: Path) -> None:
    target = tmp_path / "hot spots.gpkg"
    write(table(), target, made(), squares())
    found = gpd.read_file(target, layer="hot spots")
    check(found)
    assert found.crs.to_epsg() == 27700
    assert found.geometry.geom_equals(gpd.GeoSeries(squares(), crs=27700)).all()
    assert list(pyogrio.list_layers(target)[:, 0]) == ["hot spots"]
    info = pyogrio.read_info(target, layer="hot spots")
    check_made(json.loads(info["layer_metadata"]["DESCRIPTION"]))


def test_parquet_with_its_metadata_in_the_schema(tmp_path: Path) -> None:
    target = tmp_path / "a.parquet"
    write(table(), target, made())
    check(pd.read_parquet(target))
    check_made(json.loads(pq.read_schema(target).metadata[b"made"]))


def test_parquet_carries_places_where_there_are_some(tmp_path: Path) -> None:
    target = tmp_path / "a.parquet"
    write(table(), target, made(), squares())
    found = gpd.read_parquet(target)
    check(found)
    assert found.crs.to_epsg() == 27700
    assert found.geometry.geom_equals(gpd.GeoSeries(squares(), crs=27700)).all()
    check_made(json.loads(pq.read_schema(target).metadata[b"made"]))


@pytest.mark.parametrize("ending", FORMATS)
def test_a_file_is_replaced_by_a_whole_one(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"a{ending}"
    write(table(), target, made(), squares())
    before = target.read_bytes()
    with pytest.raises((ValueError, TypeError, AttributeError, AssertionError)):
        write(table(), target, made(), ["no shape"] * 3) if ending != ".csv" else write(None, target, made())  # type: ignore[arg-type]
    assert target.read_bytes() == before
    write(table().iloc[:1], target, made(), squares()[:1])
    assert not [p.name for p in tmp_path.iterdir() if p.name.startswith(".")]
    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet}.get(ending, gpd.read_file)
    assert len(read(target)) == 1


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"not written.*Use one of: \.csv, \.geojson, \.gpkg, \.parquet"):
        write(table(), tmp_path / "a.xlsx", made())
    for ending in ("geojson", "gpkg"):
        with pytest.raises(InputError, match="no places to draw"):
            write(table(), tmp_path / f"a.{ending}", made())
    with pytest.raises(InputError, match="no such folder"):
        write(table(), tmp_path / "none" / "a.csv", made())
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(InputError, match="a folder"):
        write(table(), tmp_path / "b.csv", made())
    assert [p.name for p in tmp_path.iterdir()] == ["b.csv"]


def test_a_full_disk_is_input_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "a.csv"
    target.write_text("old")
    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(InputError, match="No space left on device"):
        write(table(), target, made())
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


def test_text_for_months_and_days() -> None:
    found = as_text(
        pd.DataFrame(
            {
                "month": pd.PeriodIndex(["2024-10"], freq="M"),
                "day": pd.Series([date(2024, 10, 31)], dtype="object"),
                "kind": pd.Categorical(["x"]),
                "n": [1],
            }
        )
    )
    assert found.iloc[0].to_dict() == {"month": "2024-10", "day": "2024-10-31", "kind": "x", "n": 1}


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", " =1", "\t=1", "\ta", "\ra", "\na", "＝1", "　=1"])
def test_formulas_are_made_harmless(text: str) -> None:
    assert neutral(text) == "'" + text


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_no_cell_of_a_csv_starts_a_formula_and_no_text_is_lost(texts: list[str]) -> None:
    texts = [text.replace("\0", "").encode("utf-8", "ignore").decode() for text in texts]
    assume(not any("\r" in text for text in texts))  # a reader of text turns it into a line end
    out = io.StringIO()
    write_csv(pd.DataFrame({"a": texts, "n": range(len(texts))}), out)
    back = pd.read_csv(io.StringIO(out.getvalue()), keep_default_na=False, dtype={"a": "str"}, lineterminator="\n")
    for text, cell in zip(texts, back["a"], strict=True):
        assert cell in {text, "'" + text}
        assert cell.strip()[:1] not in set("=+-@＝＋－＠")


def test_numbers_stay_numbers() -> None:
    out = io.StringIO()
    write_csv(pd.DataFrame({"slope": [-2.5], "n": [-3], "absent": [np.nan]}), out)
    assert out.getvalue() == "slope,n,absent\n-2.5,-3,\n"


def test_squares_lie_on_their_corners() -> None:
    grid = square_grid()
    east, north = grid.corners(grid.cells[:3])
    found = cell_squares(pd.DataFrame({"easting_m": east, "northing_m": north}), grid)
    np.testing.assert_allclose(shapely.bounds(found), np.column_stack([east, north, east + 200, north + 200]))


def test_wards_in_the_order_of_the_rows(area: Area) -> None:
    codes = [area.wards.codes[i] for i in (2, 0, 2)]
    found = ward_polygons(pd.DataFrame({"ward_code": codes}), area.wards)
    assert [shape.equals(area.wards.polygons[i]) for shape, i in zip(found, (2, 0, 2), strict=True)] == [True] * 3
