"""Ward layers as publishers give them: which columns, which numbers, how much of it, and when the target is written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from data.__main__ import main
from data.place.area import DEFAULT_AREA, Area
from geo import boundaries
from geo.boundaries import read_wards
from geo.errors import InputError
from geo.layer_kinds import kind_of
from tests.conftest import ROOT
from tests.geo.ward_layers import BEFORE, convert, layer, refused, simple, wards, written

# The cases.


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main(["wards", *map(str, arguments), "--vintage", "v", "--attribution", "a"])
    shown = capsys.readouterr()
    return code, shown.out + shown.err


def test_metres_that_say_nothing_are_refused_with_the_way_out(
    shared: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = shared / "cases" / "ward_layer_in_metres" / "metres.geojson"
    code, said = run(capsys, source, target)
    assert code == 1
    for part in ("numbers are metres", "the British National Grid", "--crs EPSG:27700"):
        assert part in said
    assert target.read_text(encoding="utf-8") == BEFORE
    code, said = run(capsys, source, target, "--crs", "EPSG:27700")
    assert (code, "15 wards" in said) == (0, True)
    corners = shapely.get_coordinates(read_wards(target).outline)
    assert np.abs(corners.min(axis=0) - [340_000, 388_000]).max() < 0.2


def test_a_layer_cut_short_is_refused_and_names_what_lacks(
    shared: Path, target: Path, area: Area, capsys: pytest.CaptureFixture[str]
) -> None:
    source = shared / "cases" / "ward_layer_cut_short" / "ten_of_fifteen.geojson"
    code, said = run(capsys, source, target, "--area", DEFAULT_AREA)
    assert code == 1
    assert "cut short" in said
    assert "exceededTransferLimit" in said
    there = {f["properties"]["WD22CD"] for f in json.loads(source.read_text(encoding="utf-8"))["features"]}
    for ward, name in area.ward_names.items():
        assert (f"{ward} ({name})" in said) == (ward not in there)
    assert target.read_text(encoding="utf-8") == BEFORE


def test_names_of_other_publishers(shared: Path, target: Path, area: Area, capsys: pytest.CaptureFixture[str]) -> None:
    for source in sorted((shared / "cases" / "ward_names_of_other_publishers").glob("*.geojson")):
        code, said = run(capsys, source, target, "--area", DEFAULT_AREA)
        assert code == 0, said
        assert read_wards(target).codes == area.wards.codes


def test_the_layers_beside_the_project_go_through_or_are_what_they_are(shared: Path, target: Path, area: Area) -> None:
    folder = shared / "boundaries"
    said = refused(folder / "knowsley_lsoa_2021.geojson", target)
    assert "a layer of lower layer super output areas (LSOA), not of wards" in said
    said = refused(folder / "knowsley_wards_2013_superseded.json", target, keep=area.ward_names)
    assert "lacks 15 of the area's wards" in said
    assert "21 wards of 2013" in said
    assert len(convert(folder / "lancashire_wards.gpkg", target).codes) == 271
    other = convert(folder / "knowsley_wards_wd25_alt.geojson", target, keep=area.ward_names)
    assert other.codes == area.wards.codes
    assert other.names == tuple(
        name for _, name in sorted(
            (f["properties"]["WD25CD"], f["properties"]["WD25NM"])
            for f in json.loads((folder / "knowsley_wards_wd25_alt.geojson").read_text(encoding="utf-8"))["features"]
        )
    )  # fmt: skip


# Columns.


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("GSS_CODE", "NAME"), ("area_code", "area_name"), ("reference", "name"), ("WARDCODE", "WARDNAME"),
        ("CODE", "NAME"), ("WD24CD", "WD24NM"), ("wd22cd", "wd22nm"), ("Ward_Code", "Ward_Name"), ("id", "Ward"),
        ("GEO_CODE", "LABEL"), ("geography code", "geography"), ("kod", "jméno"),
    ],
)  # fmt: skip
def test_any_names_of_columns(tmp_path: Path, target: Path, code: str, name: str) -> None:
    made = convert(written(tmp_path / "s.geojson", simple(5, code, name)), target)
    codes, names, _ = wards(5)
    assert (list(made.codes), list(made.names)) == (codes, names)


def test_two_columns_of_codes(tmp_path: Path, target: Path) -> None:
    codes, names, _ = wards(3)
    old = [code.replace("E05000", "E05111") for code in codes]
    two = layer(tmp_path, OLD=old, NEW=codes, NAME=names)
    assert "not the same ones: OLD and NEW" in refused(two, target)
    assert "--code" in refused(two, target)
    by_area = convert(two, target, keep=dict(zip(codes, names, strict=True)))
    assert list(by_area.codes) == codes
    assert any("taken from NEW" in note and "OLD" in note for note in by_area.notes)
    assert list(convert(two, target, code="old").codes) == sorted(old)
    same = convert(layer(tmp_path, CODE=codes, WD22CD=codes, NAME=names), target)
    assert any("taken from WD22CD" in note and "CODE" in note for note in same.notes)
    parent = convert(layer(tmp_path, PART_OF=[codes[0]] * 3, CODE=codes, NAME=names), target)
    assert any("taken from CODE" in note and "stands once" in note for note in parent.notes)


def test_two_columns_of_names(tmp_path: Path, target: Path) -> None:
    codes, names, _ = wards(3)
    other = ["Alpha", "Beta", "Gamma"]
    both = layer(tmp_path, CODE=codes, FIRST=names, SECOND=other)
    assert "may be the names of wards: FIRST and SECOND" in refused(both, target)
    assert "no such column; the layer has CODE, FIRST, SECOND" in refused(both, target, code="x")
    assert list(convert(both, target, name="second").names) == other
    by_area = convert(both, target, keep=dict(zip(codes, other, strict=True)))
    assert list(by_area.names) == other
    ranked = convert(layer(tmp_path, CODE=codes, LABEL=other, NAME=names), target)
    assert list(ranked.names) == names
    assert any("taken from NAME" in note and "LABEL" in note for note in ranked.notes)


def test_wales_has_two_languages(tmp_path: Path, target: Path) -> None:
    codes, names, _ = wards(3, "W05")
    welsh = ["Y Fro", "Bryn Coch", "Castell Coch"]
    for columns in ({"WD22NM": names, "WD22NMW": welsh}, {"WD22NMW": welsh, "WD22NM": names}):
        made = convert(layer(tmp_path, WD22CD=codes, **columns), target)
        assert list(made.names) == names
        assert any("English" in note and "--name WD22NMW" in note for note in made.notes)
    assert (
        list(convert(layer(tmp_path, WD22CD=codes, WD22NM=names, WD22NMW=welsh), target, name="WD22NMW").names) == welsh
    )
    named = convert(layer(tmp_path, code=codes, name_cy=welsh, name_en=names), target)
    assert list(named.names) == names


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("E01", "LSOA"), ("S01", "data zones"), ("E02", "MSOA"), ("E06", "local authorities"),
        ("E09", "local authorities"), ("W06", "local authorities"), ("E14", "parliamentary constituencies"),
        ("E04", "parishes"), ("E58", "county electoral divisions"), ("E99", "codes begin with E99"),
    ],
)  # fmt: skip
def test_another_kind_of_place_is_named(tmp_path: Path, target: Path, prefix: str, kind: str) -> None:
    codes, names, _ = wards(4, prefix)
    source = layer(tmp_path, CODE=codes, NAME=names, LAD24CD=["E08000011"] * 4)
    assert f"{kind}" in (said := refused(source, target))
    assert "not of wards" in said
    assert "not of wards" in refused(source, target, code="CODE")
    # each lies in a ward of its own or not: what a feature is, is the finest
    within = layer(tmp_path, CODE=codes, NAME=names, WD24CD=["E05000001"] * 2 + ["E05000002"] * 2)
    assert kind in refused(within, target)


def test_wards_that_say_what_they_lie_in(tmp_path: Path, target: Path) -> None:
    codes, names, _ = wards(3)
    districts = [f"E0700000{n}" for n in range(3)]
    made = convert(layer(tmp_path, LAD24CD=districts, LAD24NM=["P", "Q", "R"], WD24CD=codes, WD24NM=names), target)
    assert (list(made.codes), list(made.names)) == (codes, names)
    assert kind_of(codes) == ""


# How much of it.


@pytest.mark.parametrize(
    "head",
    [
        {"exceededTransferLimit": True},
        {"properties": {"exceededTransferLimit": True}},
        {"numberMatched": 9, "numberReturned": 4},
        {"totalFeatures": 9},
        {"links": [{"rel": "self", "href": "x"}, {"rel": "next", "href": "x"}]},
        {"links": {"next": "https://example.org/2"}},
        {"next": "https://example.org/2"},
    ],
)
def test_a_layer_that_says_that_it_is_cut_short(tmp_path: Path, target: Path, head: dict[str, Any]) -> None:
    source = written(tmp_path / "s.geojson", simple(4, **head))
    said = refused(source, target)
    assert "says itself that it is cut short" in said
    assert "resultOffset" in said
    with pytest.raises(InputError, match="cut short"):
        read_wards(source)


@pytest.mark.parametrize(
    "head",
    [
        {"exceededTransferLimit": False},
        {"numberMatched": 4, "numberReturned": 4, "links": [{"rel": "next", "href": "x"}]},
        {"totalFeatures": "unknown", "links": [{"rel": "self", "href": "x"}], "next": None},
    ],
)
def test_a_layer_that_says_that_it_is_whole(tmp_path: Path, target: Path, head: dict[str, Any]) -> None:
    assert len(convert(written(tmp_path / "s.geojson", simple(4, **head)), target).codes) == 4


def test_a_layer_that_shows_that_it_is_cut_short(tmp_path: Path, target: Path) -> None:
    source = written(tmp_path / "s.geojson", simple(1000))
    codes, names, _ = wards(1001)
    said = refused(source, target, keep={codes[3]: names[3], codes[-1]: "The Last"})
    assert f"lacks 1 of the area's wards: {codes[-1]} (The Last)" in said
    assert "exactly 1,000 features" in said
    assert "resultOffset" in said
    kept = convert(source, target, keep={codes[3]: names[3]})
    assert kept.codes == (codes[3],)
    assert any("Left out" in note and "999 of 1,000 features" in note for note in kept.notes)


def test_wards_that_lack_are_named_and_the_others_left_out(
    tmp_path: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes, names, _ = wards(4)
    source = written(tmp_path / "s.geojson", simple())
    area = tmp_path / "area.toml"
    listed = "\n".join(f'{c} = "{n}"' for c, n in list(zip(codes, names, strict=True))[:3])
    area.write_text(f"[wards]\n{listed}\n", encoding="utf-8")
    code, said = run(capsys, source, target, "--area", area)
    assert (code, "3 wards" in said, "does not list them: 1 of 4 features" in said) == (0, True, True)
    area.write_text(f'[wards]\n{listed}\nE05777777 = "Gone"\n', encoding="utf-8")
    target.write_text(BEFORE, encoding="utf-8")
    code, said = run(capsys, source, target, "--area", area)
    assert (code, "E05777777 (Gone)" in said) == (1, True)
    assert target.read_text(encoding="utf-8") == BEFORE


def test_what_is_left_out_may_be_damaged(tmp_path: Path, target: Path) -> None:
    document = simple()
    document["features"][3]["geometry"] = None
    source = written(tmp_path / "s.geojson", document)
    codes, names, _ = wards(3)
    assert "feature 4" in refused(source, target)
    assert list(convert(source, target, keep=dict(zip(codes, names, strict=True))).codes) == codes


# The target.


def test_the_target_is_replaced_as_a_whole(tmp_path: Path, target: Path) -> None:
    source = written(tmp_path / "s.geojson", simple())
    target.chmod(0o644)
    made = convert(source, target)
    assert read_wards(target).version == made.version
    assert {p.name for p in tmp_path.iterdir()} == {"s.geojson", "target.geojson"}
    assert convert(target, target).codes == made.codes, "a layer may be converted in its place"


@pytest.mark.parametrize("step", ["fsync", "_read", "replace"])
def test_the_target_stays_when_something_stops_the_writing(
    tmp_path: Path, target: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = written(tmp_path / "s.geojson", simple())

    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr({"fsync": os, "_read": boundaries, "replace": os}[step], step, stop)
    with pytest.raises(KeyboardInterrupt):
        convert(source, target)
    assert target.read_text(encoding="utf-8") == BEFORE
    assert {p.name for p in tmp_path.iterdir()} == {"s.geojson", "target.geojson"}


def test_the_target_stays_when_the_process_is_killed(tmp_path: Path, target: Path) -> None:
    source = written(tmp_path / "s.geojson", simple())
    script = (
        "import os, signal, sys\nfrom geo import boundaries\n"
        "boundaries._read = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)\n"
        "boundaries.convert_wards(sys.argv[1], sys.argv[2], vintage='v', attribution='a')\n"
    )
    done = subprocess.run([sys.executable, "-c", script, source, target], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert target.read_text(encoding="utf-8") == BEFORE


def test_a_target_that_cannot_be_written(tmp_path: Path) -> None:
    source = written(tmp_path / "s.geojson", simple())
    for target in (tmp_path / "nowhere" / "t.geojson", tmp_path, source / "t.geojson"):
        with pytest.raises(InputError, match="cannot be written"):
            convert(source, target)
