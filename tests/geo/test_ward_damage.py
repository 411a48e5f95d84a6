"""Damaged ward layers are told with file, feature, column and value, and never by another library's error."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.boundaries import convert_wards, read_wards
from geo.errors import InputError
from geo.layer_file import read_layer
from tests.geo.ward_layers import PREFIXES, file_of, parts, simple, wards, written, zipped
from tests.properties import examples

BEFORE = "the layer of before"
Change = Callable[[dict[str, Any]], Any]


def both_refuse(source: Path) -> str:
    """What the conversion says; reading refuses it as well, and the target stays."""
    target = written(source.parent / "target.geojson", BEFORE)
    with pytest.raises(InputError) as error:
        convert_wards(source, target, vintage="v", attribution="a")
    assert target.read_text(encoding="utf-8") == BEFORE
    with pytest.raises(InputError):
        read_wards(source)
    assert error.value.file is not None
    assert str(source) in error.value.file
    return str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b" \r\n\x00", "the file is empty"),
        (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "it is a web page"),
        (b"code,name\nE05000001,North\n", "not a boundary file"),
        (b"version https://git-lfs.github.com/spec/v1\n", "pointer to a file"),
        (b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "not a boundary file"),
        (b'{"error": {"code": 400, "message": "Invalid query"}}', "a server's error.*Invalid query"),
        (b'{"type": "FeatureCollection", "features": null}', "holds no features"),
        (b'{"type": "FeatureCollection", "features": []}', "has no features"),
        (b'{"type": "FeatureCollection", "features": [null]}', "feature 1 is not a feature"),
        (b'{"type": "Polygon", "coordinates": []}', "holds no features.*Polygon"),
        (b"[1, 2]", "no layer"),
        (b'{"a": ' + b"[" * 50_000, "cannot be read|can be read|stops in the middle"),
        (b'{"type": "Topology", "objects": {}, "arcs": []}', "layer|boundary file"),
        (b"SQLite format 3\x00" + b"\x00" * 200, "not a boundary file|no layer of shapes"),
        (b"fgb\x03fgb\x00" + b"\xff" * 200, "not a boundary file|no layer of shapes"),
        (b"\x00\x00\x27\x0a" + b"\x00" * 200, "lacks its .shp, .shx and .dbf"),
        (b"PK\x03\x04" + b"\xff" * 200, "cannot be unpacked"),
    ],
)
def test_what_is_no_layer(tmp_path: Path, content: bytes, message: str) -> None:
    source = tmp_path / "layer.geojson"
    source.write_bytes(content)
    assert re.search(message, both_refuse(source))


def feature(document: dict[str, Any], place: int = 2) -> dict[str, Any]:
    found: dict[str, Any] = document["features"][place]
    return found


def ring(document: dict[str, Any]) -> list[Any]:
    found: list[Any] = feature(document)["geometry"]["coordinates"][0]
    return found


def put(document: dict[str, Any], **values: Any) -> None:
    feature(document)["properties"].update(values)


def bow(document: dict[str, Any]) -> None:
    one = ring(document)
    one[1], one[2] = one[2], one[1]


DAMAGE: dict[str, tuple[Change, str]] = {
    "no shape": (lambda d: feature(d).pop("geometry"), r"feature 3 \(E05000902\) has no geometry"),
    "null shape": (lambda d: feature(d).update(geometry=None), r"feature 3 \(E05000902\) has no geometry"),
    "empty shape": (lambda d: feature(d)["geometry"].update(coordinates=[]), "feature 3.*has no geometry"),
    "unclosed": (lambda d: ring(d).pop(), "feature 3.*ring that is not closed: it begins at"),
    "two points": (lambda d: ring(d).__delitem__(slice(2, None)), "feature 3.*ring of 2 points"),
    "words": (lambda d: ring(d).__setitem__(1, ["x", "y"]), "feature 3.*not two numbers"),
    "one number": (lambda d: ring(d).__setitem__(1, [1]), "feature 3.*not two numbers"),
    "no number": (lambda d: ring(d).__setitem__(1, [float("nan"), 53.4]), "feature 3.*not a number"),
    "huge": (lambda d: ring(d).__setitem__(1, [10**400, 53.4]), "feature 3.*not two numbers"),
    "no lists": (lambda d: feature(d)["geometry"].update(coordinates=5), "feature 3.*no lists"),
    "a point": (lambda d: feature(d).update(geometry={"type": "Point", "coordinates": [-2.9, 53.4]}), "is a Point"),
    "far away": (lambda d: ring(d).__setitem__(1, [0.0, 0.0]), "outside the United Kingdom|not valid"),
    "crossing": (bow, r"feature 3: a ward polygon is not valid \(found 'E05000902: Self-intersection"),
    "no code": (lambda d: put(d, WD24CD=None), "features have no code: feature 3"),
    "half a code": (lambda d: put(d, WD24CD="E0500"), "no ward's code: feature 3.*'E0500'"),
    "other code": (lambda d: put(d, WD24CD="E06000001"), "local authorities, not wards: feature 3"),
    "code that controls": (lambda d: put(d, WD24CD="E0500\u00079"), "no ward's code: feature 3"),
    "no name": (lambda d: put(d, WD24NM=" "), r"feature 3 \(E05000902\) has no name"),
    "name that controls": (lambda d: put(d, WD24NM="Ro\u0007by"), r"feature 3.*controls \(U\+0007\)"),
    "name that turns": (lambda d: put(d, WD24NM="Ro\u202eby"), r"feature 3.*controls \(U\+202E\)"),
    "name that is lost": (lambda d: put(d, WD24NM="R\ufffdby"), "feature 3.*lost.*UTF-8"),
    "properties": (lambda d: feature(d).update(properties=[1]), "feature 3 is not a feature with properties"),
    "twice": (
        lambda d: d["features"].append(feature(d)),
        "there twice: E05000902 with the same shape, in features 3, 7",
    ),
    "parts": (lambda d: put(d, **feature(d, 1)["properties"]), "there twice: E05000901 in parts, in features 2, 3"),
    "two names": (lambda d: put(d, WD24CD="E05000901"), "E05000901 in parts with different names"),
    "overlap": (
        lambda d: feature(d).update(geometry=feature(d, 1)["geometry"]),
        "overlap: E05000901 and E05000902 by 100% of the smaller",
    ),
    "unknown system": (lambda d: d.update(crs={"properties": {"name": "EPSG:1"}}), "no coordinate system.*EPSG:1"),
}


def damaged(name: str) -> dict[str, Any]:
    document = json.loads(json.dumps(simple(6)))
    DAMAGE[name][0](document)
    return document  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_told_where_it_is(tmp_path: Path, name: str) -> None:
    assert re.search(DAMAGE[name][1], both_refuse(written(tmp_path / "s.geojson", damaged(name))))


def test_a_ward_twice_with_two_shapes(tmp_path: Path) -> None:
    document = json.loads(json.dumps(simple(6)))
    twice = json.loads(json.dumps(feature(document)))
    for corner in twice["geometry"]["coordinates"][0]:
        corner[0] += 0.005
    document["features"].append(twice)
    assert "E05000902 with different shapes" in both_refuse(written(tmp_path / "s.geojson", document))


def test_sides_that_touch_themselves_are_repaired(tmp_path: Path) -> None:
    document = json.loads(json.dumps(simple(6)))
    one = ring(document)
    # out to a point of the opposite side's middle and back: a ring that touches itself
    (x, y), (_, top) = one[0], one[2]
    one[1:1] = [[x, y], [x, (y + top) / 2], [x, y]]
    source = written(tmp_path / "s.geojson", document)
    with pytest.raises(InputError, match="not valid"):
        read_wards(source)
    made = convert_wards(source, tmp_path / "t.geojson", vintage="v", attribution="a")
    assert any("repaired: E05000902" in note for note in made.notes)
    want = convert_wards(written(source, simple(6)), tmp_path / "w.geojson", vintage="v", attribution="a")
    for repaired, whole in zip(made.polygons, want.polygons, strict=True):
        assert shapely.symmetric_difference(repaired, whole).area < 1


@pytest.mark.parametrize("word", ["vintage", "attribution"])
def test_words_that_control(tmp_path: Path, word: str) -> None:
    source = written(tmp_path / "s.geojson", simple(**{word: "a\u0007b"}))
    with pytest.raises(InputError, match=rf"column '{word}'.*U\+0007"):
        read_wards(source)
    words = {"vintage": "v", "attribution": "a", word: "b\udcff"}
    with pytest.raises(InputError, match=rf"column '--{word}'.*U\+DCFF"):
        convert_wards(source, tmp_path / "t.geojson", **words)


def test_raw_controls_in_text_are_told_by_their_line(tmp_path: Path) -> None:
    text = json.dumps(simple(), indent=1).replace("Castell", "Cas\x07tell")
    source = written(tmp_path / "s.geojson", text)
    assert "Invalid control character" in both_refuse(source)
    with pytest.raises(InputError) as error:
        read_layer(source)
    assert error.value.row == text[: text.index("\x07")].count("\n") + 1


@given(share=st.floats(0.0, 0.999))
@examples(10)
def test_a_file_that_stops_in_the_middle(tmp_path_factory: pytest.TempPathFactory, share: float) -> None:
    folder = tmp_path_factory.mktemp("cut")
    text = json.dumps(simple())
    source = written(folder / "s.geojson", text[: int(share * len(text))])
    assert any(words in both_refuse(source) for words in ("stops in the middle", "is empty"))


@given(form=st.sampled_from(("gpkg", ".shp", ".shx", ".dbf", "zip")), share=st.floats(0.0, 0.98))
@examples(15)
def test_files_of_other_kinds_that_are_cut(tmp_path_factory: pytest.TempPathFactory, form: str, share: float) -> None:
    folder = tmp_path_factory.mktemp("cut")
    codes, names, shapes = wards(4)
    columns = {"WD24CD": codes, "WD24NM": names}
    if form.startswith("."):
        members = parts(file_of(folder, "shp", columns, shapes))
        whole = members[f"layer{form}"]
        members[f"layer{form}"] = whole[: int(share * len(whole))]
        source = zipped(folder / "cut.zip", members)
    else:
        source = file_of(folder, form, columns, shapes)
        source.write_bytes(source.read_bytes()[: int(share * source.stat().st_size)])
    try:
        made = convert_wards(source, folder / "t.geojson", vintage="v", attribution="a")
    except InputError:
        assert not (folder / "t.geojson").exists()
    else:  # a database may end in a page that holds nothing
        assert (list(made.codes), list(made.names)) == (codes, names)


@pytest.mark.parametrize("lost", [".shx", ".dbf", ".shp", ".prj"])
def test_a_shapefile_that_lacks_a_part(tmp_path: Path, lost: str) -> None:
    codes, names, shapes = wards(4)
    whole = file_of(tmp_path, "shp", {"WD24CD": codes, "WD24NM": names}, shapes)
    members = {name: content for name, content in parts(whole).items() if not name.endswith(lost)}
    said = both_refuse(zipped(tmp_path / "z.zip", members))
    assert ("coordinate system" if lost == ".prj" else f"lacks its {lost}") in said
    whole.with_suffix(lost).unlink()
    both_refuse(whole)


@pytest.mark.parametrize("part", [".prj", ".cpg"])
def test_a_shapefile_whose_words_do_not_end(tmp_path: Path, part: str) -> None:
    """30 MB of empty lines behind a coordinate system took GDAL a quarter of a minute and 1.4 GB."""
    codes, names, shapes = wards(4)
    whole = file_of(tmp_path, "shp", {"WD24CD": codes, "WD24NM": names}, shapes)
    with whole.with_suffix(part).open("ab") as handle:
        handle.write(b"\n" * 100_000)
    for file in (whole, zipped(tmp_path / "z.zip", parts(whole))):
        said = both_refuse(file)
        assert f"the {part} of the shapefile" in said
        assert "(found '100," in said


def test_archives_without_a_layer(tmp_path: Path) -> None:
    assert "no layer in this archive" in both_refuse(zipped(tmp_path / "z.zip", {"readme.txt": b"x"}))
    assert "no layer in this archive" in both_refuse(zipped(tmp_path / "e.zip", {}))
    both_refuse(zipped(tmp_path / "i.zip", {"wards.geojson": b"<html></html>"}))
    assert "i.zip/wards.geojson" in both_refuse(tmp_path / "i.zip")


# Any good layer comes back, and a damaged one is refused.

PUBLISHERS = (
    ("WD24CD", "WD24NM"), ("GSS_CODE", "NAME"), ("area_code", "area_name"), ("reference", "name"),
    ("WARDCODE", "WARDNAME"), ("CODE", "NAME"), ("ward_code", "ward_name"), ("wd_code", "wd_name"),
)  # fmt: skip
EXTRA: dict[str, Callable[[int], list[Any]]] = {
    "FID": lambda n: list(range(1, n + 1)),
    "LAD24CD": lambda n: ["E07000001"] * n,
    "LAD24NM": lambda n: ["Exampleton"] * n,
    "GlobalID": lambda n: [f"00000000-0000-4000-8000-{i:012d}" for i in range(n)],
    "url": lambda n: [f"https://example.org/{i}" for i in range(n)],
    "POLY_TYPE": lambda n: ["Electoral ward"] * n,
    "WD24NMW": lambda n: [""] * n,
    "hectares": lambda n: [225] * n,
}


@given(
    count=st.integers(1, 8),
    prefix=st.sampled_from(PREFIXES),
    names_of=st.sampled_from(PUBLISHERS),
    extra=st.lists(st.sampled_from(sorted(EXTRA)), unique=True, max_size=4),
    form=st.sampled_from(("geojson", "gpkg", "zip")),
    damage=st.sampled_from((None, None, *DAMAGE)),
    data=st.data(),
)
@examples(40)
def test_a_layer_comes_back_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
    count: int,
    prefix: str,
    names_of: tuple[str, str],
    extra: list[str],
    form: str,
    damage: str | None,
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("layer")
    target = written(folder / "target.geojson", BEFORE)
    if damage is not None:
        document = damaged(damage)
        for one in document["features"]:  # under the publisher's names
            if isinstance(values := one["properties"], dict):
                one["properties"] = dict(zip(names_of, values.values(), strict=True))
        with pytest.raises(InputError):
            convert_wards(written(folder / "s.geojson", document), target, vintage="v", attribution="a")
        assert target.read_text(encoding="utf-8") == BEFORE
        return
    codes, names, shapes = wards(count, prefix)
    order = data.draw(st.permutations(range(count)))
    columns = {names_of[0]: codes, names_of[1]: names, **{name: EXTRA[name](count) for name in extra}}
    mixed = {name: [columns[name][i] for i in order] for name in data.draw(st.permutations(sorted(columns)))}
    source = file_of(folder, form, mixed, [shapes[i] for i in order])
    made = convert_wards(source, target, vintage="v", attribution="a")
    assert (list(made.codes), list(made.names)) == (codes, names)
    for one, other in zip(made.polygons, shapes, strict=True):
        assert shapely.hausdorff_distance(one, other) < 0.3
    assert read_wards(target, dict(zip(codes, names, strict=True))).version == made.version
