"""An area file from a layer of wards: what no file says is said to be missing, and nothing national is."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.__main__ import main
from data.place.area import load_area
from data.place.area_made import Place, make_area, read_residents, select_wards
from data.place.area_text import Known, area_text
from data.place.forces import known_slugs, slugs_by_area
from geo.crs import geometry_to_wgs84
from geo.errors import InputError
from tests.geo.ward_layers import collection, wards, written

DISTRICTS = ("E07000001", "E07000001", "E07000002", "E07000002")


def layer(folder: Path, names: Sequence[str] = ("Park", "Mill", "Park", "Hill"), prefix: str = "E05") -> Path:
    """Four wards of two districts, as published."""
    codes, _, shapes = wards(4, prefix)
    columns = {
        "FID": [1, 2, 3, 4], "WD25CD": codes, "WD25NM": list(names), "LAD25CD": list(DISTRICTS),
        "LAD25NM": ["Upper", "Upper", "Nether", "Nether"],
    }  # fmt: skip
    return written(folder / "source.geojson", collection(columns, list(geometry_to_wgs84(np.asarray(shapes)))))


def test_all_wards_of_a_layer(tmp_path: Path) -> None:
    area, notes = make_area(layer(tmp_path), tmp_path / "vale.toml", Place(forces=("kent",)))
    assert (area.name, area.kind, area.code) == ("Vale", "area", "E07000001+E07000002")
    assert [one.name for one in area.townships] == ["Upper", "Nether"]
    assert area.wards.names == ("Park (Upper)", "Mill", "Park (Nether)", "Hill")
    assert area.wards.vintage == area.ward_vintage == "2025"
    assert area.forces == ("kent",)
    assert area.notes == ()
    said = " ".join(notes)
    assert "No residents are known" in said
    assert "Wards of one name are shown as Park (Nether), Park (Upper)" in said
    assert "does not say whose it is" in said
    head = (tmp_path / "vale.toml").read_text(encoding="utf-8").partition("name =")[0]
    assert "No residents are known" in head
    assert sorted(p.name for p in tmp_path.iterdir()) == ["source.geojson", "vale.toml", "vale_wards.geojson"]


def test_the_wards_of_one_district_with_residents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = layer(tmp_path)
    codes = wards(4)[0]
    people = tmp_path / "people.csv"
    people.write_text("year,code,residents\n" + "".join(f'2024,{c},"{n},000"\n' for n, c in enumerate(codes, 1)))
    out = tmp_path / "nether.toml"
    options = ["area", "--from", str(source), "--lad", "e07000002", "--residents", str(people), "--out", str(out)]
    assert main([*options, "--force", "kent", "--residents-source", "the county"]) == 0
    said = capsys.readouterr().out
    assert "nether.toml: Nether (E07000002), 2 wards of 2025; 7,000 residents (the county)." in said
    area = load_area(out)
    assert (area.kind, area.partnership) == ("district", "Nether Community Safety Partnership")
    assert dict(area.residents) == {codes[2]: 3000, codes[3]: 4000}
    assert area.residents_source == "the county"
    assert area.townships == ()
    before = out.read_bytes()
    assert main(options) == 1
    assert "there is a file of this name already" in capsys.readouterr().err
    assert main([*options, "--replace", "--force", "kant"]) == 1
    assert "no force of this name (found 'kant'). Is it kent" in capsys.readouterr().err
    assert out.read_bytes() == before
    assert main([*options, "--replace", "--name", "Another"]) == 0
    assert load_area(out).name == "Another"


def test_wales_has_its_own_bank_holidays(tmp_path: Path) -> None:
    area, _ = make_area(layer(tmp_path, prefix="W05"), tmp_path / "a.toml", Place())
    assert area.bank_holidays is not None
    assert (area.bank_holidays.country, area.bank_holidays.subdivision) == ("GB", "WLS")


def test_what_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    source = layer(tmp_path)
    with pytest.raises(InputError, match=r"no ward of this local authority.*E07000009.*It has E07000001, E07000002"):
        make_area(source, tmp_path / "a.toml", Place(), ["E07000009"])
    with pytest.raises(InputError, match="controls"):
        make_area(source, tmp_path / "a.toml", Place(name="A\x07B"))
    assert [p.name for p in tmp_path.iterdir()] == ["source.geojson"]
    same = (tmp_path / "source.geojson").rename(tmp_path / "a_wards.geojson")
    with pytest.raises(InputError, match=r"a_wards\.geojson: there is a file of this name already"):
        make_area(same, tmp_path / "a.toml", Place())
    with pytest.raises(InputError, match="written over the file that it is made from"):
        make_area(same, tmp_path / "a.toml", Place(), over=True)
    bare = collection({"WD25CD": wards(2)[0], "WD25NM": ["A", "B"]}, list(geometry_to_wgs84(np.asarray(wards(2)[2]))))
    with pytest.raises(InputError, match="does not say in which local authority"):
        select_wards(written(tmp_path / "bare.geojson", bare), ["E07000001"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "needs a column of ward codes"),
        ("code,residents\nE07000001,5\n", "needs a column of ward codes"),
        ("code,residents\nE05000001,many\n", "needs a column of ward codes and one of residents"),
        ("code,a,b\nE05000001,1,2\n", "Call the column of whole numbers residents"),
        ("code,residents\nE05000001,1\nE05000001,2\n", "row 3, column 'code': this ward is there twice"),
    ],
)
def test_residents_that_are_none(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_residents(path)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    known = Known(
        name=text, code=text, wards={"E05000001": text}, ward_file="w.geojson", ward_vintage=text,
        districts={text: ("E05000001",)}, notes=(text,), residents={"E05000001": 5}, residents_source=text,
    )  # fmt: skip
    raw = tomllib.loads(area_text(known))
    assert raw["name"] == raw["code"] == raw["wards"]["E05000001"] == raw["townships"][0]["name"] == text
    assert raw["residents"] == {"source": text, "by_ward": {"E05000001": 5}}


def test_every_force_area_has_one_force() -> None:
    table = slugs_by_area()
    assert len(table) == len(set(table.values())) == 43
    assert known_slugs() - set(table.values()) == {"btp", "northern-ireland"}
    assert table["E23000035"] == "devon-and-cornwall"
