"""Neighbourhoods with an area by its name: boundaries by code in batches, codes of 2011, residents, faults told."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.fetch.small_areas import fetch_small_areas
from data.place.area import Area
from data.place.small_areas import SmallAreas, kept_beside, read_small_areas
from tests.fetch import open_geography as played
from tests.fetch.test_area import Services, services
from tests.fetch.test_start import Services as Starting
from tests.fetch.test_start import services as starting

__all__ = ["services", "starting"]
SPLIT = {"E01006441": ("E01034832", "E01034833"), "E01006463": ("E01034834", "E01034835")}


def of(area: Area) -> SmallAreas:
    found = read_small_areas(area)
    assert found is not None
    return found


def test_they_come_with_the_area(services: Services) -> None:
    for table in services.ons.tables.values():
        table.page = 30
    made, notes = services.fetch("Knowsley", census=True)
    small = of(made)
    assert (len(small.codes), sum(small.residents.values())) == (100, 154_505)
    assert small.residents_source == "Census 2021, Office for National Statistics"
    assert small.other == SPLIT
    assert small.lookup == played.LSOAS_BEFORE
    assert small.deprivation == {}
    assert "database right 2021; source: Office for National Statistics" in small.attribution
    assert "100 neighbourhoods (LSOA) of December 2021." in notes
    asked = [one.form["where"] for one in services.standin.asked if played.SHAPES_OF_LSOAS in one.path and one.form]
    assert max(where.count("'") / 2 for where in asked) <= 60
    assert kept_beside(Path(made.file)).name == "made_small_areas.geojson"


def test_a_code_that_became_neighbourhoods_of_another_district_too(services: Services) -> None:
    rows = services.ons.tables[played.LSOAS_BEFORE].rows
    rows.append({"LSOA11CD": "E01006441", "LSOA21CD": "E01888888", "CHGIND": "S"})
    made, _ = services.fetch("Knowsley", census=True)
    assert of(made).other["E01006441"] == ("E01034832", "E01034833", "E01888888")


@pytest.mark.parametrize(
    ("lacks", "said", "there"),
    [
        (played.SHAPES_OF_LSOAS, "Neighbourhoods (LSOA) are not known: the service says that it failed", False),
        (played.LSOAS, "Neighbourhoods (LSOA) are not known: the lookup to wards could not be had", False),
        (played.LSOAS_BEFORE, "What codes of 2011 became is not known", True),
    ],
)
def test_an_area_is_made_without_them(services: Services, lacks: str, said: str, there: bool) -> None:
    services.ons.tables.pop(lacks)
    made, notes = services.fetch("Knowsley", census=True)
    assert said in notes
    assert kept_beside(Path(made.file)).is_file() == there
    assert not there or of(made).lookup == ""


def test_shapes_of_another_place_are_told(services: Services) -> None:
    table = services.ons.tables[played.SHAPES_OF_LSOAS]
    table.rows, table.shapes = table.rows[:50], table.shapes[:50]
    made, notes = services.fetch("Knowsley", census=True)
    assert "Neighbourhoods (LSOA) are not known: the neighbourhoods and the wards of Knowsley differ by" in notes
    assert not kept_beside(Path(made.file)).is_file()


def test_a_store_that_was_started_before_gets_them(starting: Starting) -> None:
    first = starting.start("Knowsley")
    kept = kept_beside(Path(first.area.file))
    assert kept.parent == starting.store
    before = kept.read_bytes()
    kept.unlink()
    again = starting.start("Knowsley")
    assert "Its neighbourhoods (LSOA) were added." in again.notes
    assert kept.read_bytes() == before
    assert "Its neighbourhoods (LSOA) were added." not in starting.start("Knowsley").notes


def test_nothing_is_asked_without_codes(area: Area) -> None:
    assert fetch_small_areas(None, area, (), {}, "") == (  # type: ignore[arg-type]
        "Neighbourhoods (LSOA) are not known: the lookup to wards could not be had.",
    )
