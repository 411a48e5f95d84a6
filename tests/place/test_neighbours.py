"""Neighbours and claims of an area file: what is read, and what is wrong with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from data.place.area import Area
from data.place.neighbours import CRIME, claims_of, neighbours_of, plain_name
from geo.errors import InputError

HERE = {"name": "Here", "code": "E08000011"}
THERE = {"name": "There", "code": "E08000012", "force": "merseyside", "residents": 5}


def with_districts(area: Area, *districts: dict[str, Any], **more: Any) -> Area:
    return replace(area, raw={**area.raw, "comparison": {"name": "region", "districts": list(districts)} | more})


def test_the_projects_own_neighbours(area: Area) -> None:
    found = neighbours_of(area)
    assert found is not None
    assert (found.name, found.own, found.forces) == (
        "Liverpool City Region", ("E08000011",), ("cheshire", "merseyside"),
    )  # fmt: skip
    people = {one.name: one.residents for one in found.districts}
    assert people["Knowsley"] == sum(area.residents.values())
    assert people["St Helens"] == 183_200
    (claim,) = claims_of(area.raw, area.file)
    assert (claim.direction, claim.counted) == ("lowest", CRIME)
    assert "Anti-social behaviour" not in CRIME


def test_an_area_without_neighbours_has_none(area: Area) -> None:
    raw = {key: value for key, value in area.raw.items() if key not in {"comparison", "claims"}}
    assert neighbours_of(replace(area, raw=raw)) is None
    assert claims_of(raw) == ()


def test_the_area_may_be_several_districts_and_the_force_goes_without_saying(area: Area) -> None:
    both = replace(with_districts(area, HERE, THERE), code="E08000011+E08000012")
    found = neighbours_of(both)
    assert found is not None
    assert found.own == ("E08000011", "E08000012")
    assert [one.residents for one in found.districts] == [0, 5], "the wards are those of both"
    assert {one.force for one in found.districts} == {"merseyside"}


def test_a_part_of_the_area_does_not_stand_for_all_of_it(area: Area) -> None:
    both = replace(with_districts(area, HERE, THERE), code="E08000011+E08000099")
    with pytest.raises(InputError, match="districts of the area are not among them: E08000099"):
        neighbours_of(both)


@pytest.mark.parametrize(
    ("districts", "message"),
    [
        ([THERE], "none of the districts is that of the area"),
        ([HERE, HERE | {"name": "Other"}], "a district is there twice"),
        ([HERE, THERE | {"name": "H.E.R.E"}], "a district is there twice"),
        ([HERE, THERE | {"formerly": ["here"]}], "a district is there twice"),
        ([HERE, THERE | {"force": "gotham"}], "no force of this name"),
        ([HERE, THERE | {"residents": -1}], "a whole number, 0 or more"),
        ([HERE, THERE | {"residents": True}], "a whole number, 0 or more"),
        ([HERE, {"name": "There"}], "lacks a key"),
        ([HERE, THERE | {"name": "a\x00b"}], "a character that controls"),
    ],
)
def test_what_is_wrong_is_told(area: Area, districts: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        neighbours_of(with_districts(area, *districts))


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ({"text": "x", "direction": "best"}, "does not exist"),
        ({"text": "x", "categories": ["Sorcery"]}, "does not exist"),
        ({"text": "x", "categories": ["Anti-social behaviour", "Drugs"]}, "never added"),
        ({"direction": "lowest"}, "lacks a key"),
    ],
)
def test_what_is_wrong_with_a_claim_is_told(claim: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        claims_of({"claims": [claim]})


def test_spellings_of_one_name_are_one() -> None:
    assert plain_name("St. Helens") == plain_name("st helens") != plain_name("Saint Helens")
    assert plain_name("Bath & North East-Somerset") == plain_name("Bath and North East Somerset")
