"""Ward layers as publishers give them: the numbers of their points, and the forms of their files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from pyproj import Transformer

from tests.geo.ward_layers import BEFORE, collection, convert, file_of, refused, simple, wards, written, zipped


def moved(crs: str, prefix: str = "E05", shift: tuple[float, float] = (0.0, 0.0)) -> dict[str, Any]:
    """A layer whose numbers are those of a coordinate system, which it does not say."""
    codes, names, shapes = wards(3, prefix)
    change = Transformer.from_crs("EPSG:27700", crs, always_xy=True)
    shapes = [
        shapely.transform(s, lambda xy: np.column_stack(change.transform(xy[:, 0] + shift[0], xy[:, 1] + shift[1])))
        for s in shapes
    ]
    return collection({"WD24CD": codes, "WD24NM": names}, shapes)


@pytest.mark.parametrize(
    ("crs", "prefix", "shift", "named"),
    [
        ("EPSG:27700", "E05", (0, 0), "the British National Grid"),
        ("EPSG:3857", "E05", (0, 0), "Web Mercator"),
        ("EPSG:29902", "N08", (-190_000, 140_000), "the Irish Grid"),
        ("EPSG:2157", "N08", (-190_000, 140_000), "Irish Transverse Mercator"),
    ],
)
def test_metres_are_named_and_read_when_somebody_says_so(
    tmp_path: Path, target: Path, crs: str, prefix: str, shift: tuple[float, float], named: str
) -> None:
    source = written(tmp_path / "s.geojson", moved(crs, prefix, shift))
    said = refused(source, target)
    assert f"metres (by their size of {named})" in said
    assert f"--crs {crs}" in said
    made = convert(source, target, crs=crs)
    assert np.abs(np.asarray(made.outline.bounds[:2]) - [340_000 + shift[0], 390_000 + shift[1]]).max() < 8
    assert any(crs in note for note in made.notes)
    codes, names, _ = wards(3, prefix)
    for form in ("gpkg", "zip"):
        target.write_text(BEFORE, encoding="utf-8")
        shapes = [shapely.geometry.shape(f["geometry"]) for f in moved(crs, prefix, shift)["features"]]
        unsaid = file_of(tmp_path, form, {"WD24CD": codes, "WD24NM": names}, shapes, crs=None)
        said = refused(unsaid, target)
        assert "does not say its coordinate system" in said
        assert f"--crs {crs}" in said
        assert convert(unsaid, target, crs=crs).version == made.version


def swapped(document: dict[str, Any]) -> dict[str, Any]:
    for feature in document["features"]:
        feature["geometry"]["coordinates"] = [[[y, x] for x, y in r] for r in feature["geometry"]["coordinates"]]
    return document


def test_latitude_before_longitude(tmp_path: Path, target: Path) -> None:
    source = written(tmp_path / "s.geojson", swapped(simple()))
    said = refused(source, target)
    assert "latitude and longitude are swapped" in said
    assert "--swap" in said
    right = written(tmp_path / "r.geojson", simple())
    assert "Leave --swap out" in refused(right, target, swap=True)
    assert convert(source, target, swap=True).version == convert(right, target).version


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"crs": "EPSG:27700"}, r"degrees, not metres, though --crs says EPSG:27700.*--crs EPSG:4326"),
        ({"crs": "nonsense"}, "no coordinate system.*nonsense"),
        ({"crs": "EPSG:4978"}, "no coordinate system of a map"),
    ],
)
def test_a_system_that_cannot_be(tmp_path: Path, target: Path, options: dict[str, str], message: str) -> None:
    source = written(tmp_path / "s.geojson", simple())
    said = refused(source, target, **options)
    assert re.search(message, said)


def test_a_file_that_says_another_system_than_its_numbers(tmp_path: Path, target: Path) -> None:
    said = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    assert "degrees, not metres, though the file says EPSG:27700" in refused(
        written(tmp_path / "s.geojson", simple(crs=said)), target
    )
    elsewhere = simple()
    for feature in elsewhere["features"]:
        feature["geometry"]["coordinates"] = [[[-x, y] for x, y in r] for r in feature["geometry"]["coordinates"]]
    assert "4 of 4 wards lie outside the United Kingdom" in refused(written(tmp_path / "s.geojson", elsewhere), target)


def test_forms_of_files(tmp_path: Path, target: Path) -> None:
    codes, names, shapes = wards(4)
    columns = {"CODE": codes, "NAME": names}
    want = convert(file_of(tmp_path, "gpkg", columns, shapes), target)
    text = (tmp_path / "layer.gpkg").with_suffix(".geojson")
    file_of(tmp_path, "geojson", columns, shapes)
    for form in ("shp", "zip", "geojson"):
        assert convert(file_of(tmp_path, form, columns, shapes), target).version == want.version, form
    for encoding in ("utf-16", "utf-8-sig"):
        other = tmp_path / f"{encoding}.json"
        other.write_bytes(text.read_text(encoding="utf-8").encode(encoding))
        assert convert(other, target).version == want.version, encoding
    esri = {
        "geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 27700},
        "features": [
            {"attributes": {"CODE": c, "NAME": n}, "geometry": {"rings": [shapely.get_coordinates(s).tolist()]}}
            for c, n, s in zip(codes, names, shapes, strict=True)
        ],
    }  # fmt: skip
    assert convert(written(tmp_path / "e.json", esri), target).version == want.version
    inside = zipped(tmp_path / "z.zip", {"a/readme.txt": b"x", "a/Wards.GEOJSON": text.read_bytes()})
    assert convert(inside, target).version == want.version


def test_a_file_with_several_layers(tmp_path: Path, target: Path) -> None:
    path = tmp_path / "many.gpkg"
    for name, prefix in (("regions", "E12"), ("wards", "E05")):
        codes, names, shapes = wards(3, prefix)
        pyogrio.raw.write(
            path, np.asarray(shapely.to_wkb(shapes), dtype=object),
            [np.asarray(codes, dtype=object), np.asarray(names, dtype=object)], ["CODE", "NAME"],
            layer=name, crs="EPSG:27700", geometry_type="Polygon", driver="GPKG", append=path.exists(),
        )  # fmt: skip
    made = convert(path, target)
    assert list(made.codes) == wards(3)[0]
    assert any("Layer wards was taken" in note and "regions" in note for note in made.notes)
    target.write_text(BEFORE, encoding="utf-8")
    assert "layer of regions, not of wards" in refused(path, target, layer="regions")
    assert "no such layer; it has regions, wards" in refused(path, target, layer="other")
