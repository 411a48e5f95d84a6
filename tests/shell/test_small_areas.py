"""Hotspots and Overview by neighbourhood: equal to counts by hand where their file is there, and not offered else."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st

from analysis.common.neighbourhood_rates import neighbourhood_rates
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import AREA_VARIABLE, Area
from data.place.small_areas import Deprivation, SmallAreas, kept_beside
from data.place.small_areas_made import Known, keep_small_areas, read_boundaries
from data.store.schema import Incidents
from data.store.store import load
from pages.ui.hotspots.choice import layers
from pages.ui.overview.small_areas import DEPRIVATION
from pages.ui.shell import small_areas
from pages.ui.shell.small_areas import WHAT
from tests.hotspots.test_hotspots_page import payload
from tests.made_small_areas import kept, own_area
from tests.tab_pages import Open, finding, html, in_address, text, titles

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return own_area(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def published(place: Area, shared: Path) -> SmallAreas:
    """The published neighbourhoods, one of them called like an attack, kept beside an area file."""
    layer = json.loads((shared / "boundaries" / "knowsley_lsoa_2021.geojson").read_text(encoding="utf-8"))
    for one in layer["features"]:
        if one["properties"]["LSOA21CD"] == "E01006437":
            one["properties"]["LSOA21NM"] = EVIL
    source = Path(place.file).with_name("layer.txt")
    source.write_text(json.dumps(layer), encoding="utf-8")
    found = read_boundaries(source, place)
    people = dict.fromkeys(found.codes, 1500)
    index = {code: Deprivation(n + 1, 1 + n // 10) for n, code in enumerate(found.codes)}
    other = {"E01006441": ("E01034832", "E01034833"), "E01006463": ("E01034834", "E01034835")}
    return keep_small_areas(found, Known(people, "round", other, "lookup", index, "an index"), place)[0]


@pytest.fixture
def small(published: SmallAreas, place: Area, monkeypatch: pytest.MonkeyPatch) -> SmallAreas:
    """The same, and the pages open with that area file."""
    monkeypatch.setenv(AREA_VARIABLE, place.file)
    return published


def by_code(real: Incidents, category: str) -> pd.Series:
    """Incidents of 2024 by published code, from the frame alone; no code was split by then."""
    frame = real.frame
    return frame[(frame["category"] == category) & (frame["month"] >= "2024-01")]["lsoa_code"].value_counts()


def test_the_overview_by_neighbourhood(opened: Open, real_store: Path, real: Incidents, small: SmallAreas) -> None:
    at = opened(real_store, by="neighbourhoods")
    (shown,) = [one.value for one in at.dataframe if "neighbourhood" in one.value]
    assert list(shown["neighbourhood"]) == list(shown.sort_values(["ward", "neighbourhood"])["neighbourhood"])
    assert len(shown) == 100
    for key, category in (("asb", ASB), ("drugs", DRUGS)):
        counts, table = by_code(real, category), dict(zip(shown["neighbourhood"], shown[key], strict=True))
        assert table == {name: counts.get(code, 0) for code, name in zip(small.codes, small.names, strict=True)}
    deciles = dict(zip(shown["neighbourhood"], shown["deprivation"], strict=True))
    assert deciles == {
        name: small.deprivation[code].decile for code, name in zip(small.codes, small.names, strict=True)
    }
    rates = neighbourhood_rates(real.of(ASB), small)
    assert f"ASB: {rates.sentence[:1].lower()}{rates.sentence[1:]}".removesuffix(".") in titles(at)
    marked = shown["asb_spread"].str.contains("[▲▼]").sum()
    assert marked == (rates.table["against_area"] != "").sum() > 0
    assert WHAT in text(at)
    assert DEPRIVATION in text(at)
    assert EVIL not in html(at)
    assert in_address(at) == {"by": "neighbourhoods"}
    assert not at.info


@pytest.mark.usefixtures("small")
def test_the_overview_shows_asb_where_drug_offences_are_too_few(
    opened: Open, real_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.common.neighbourhood_rates.LEAST_EACH", 15)  # 1,744 of ASB, 1,305 of drugs
    st.cache_resource.clear()
    try:
        at = opened(real_store, by="neighbourhoods")
    finally:
        st.cache_resource.clear()
    (shown,) = [one.value for one in at.dataframe if "neighbourhood" in one.value]
    assert {"asb", "asb_rate", "asb_spread"} <= set(shown)
    assert "drugs" not in shown
    assert "Drug offences: Too few for rates by neighbourhood" in text(at)


def test_the_map_and_list_of_hotspots(opened: Open, short: Path, place: Area, small: SmallAreas) -> None:
    real, ward = load(short, place), place.wards.codes[0]
    at = opened(short, "Hotspots", layer="neighbourhoods", at="lsoa-E01006437", period="all")
    rates = neighbourhood_rates(real.of(ASB), small, real.months)
    row = rates.table.set_index("lsoa_code").loc["E01006437"]
    assert row["against_area"] == "higher"
    assert finding(at).endswith(
        f"{row['count']} ASB incidents in July 2024 to October 2024, about {row['rate_per_1000']:.1f} per 1,000 "
        f"residents: higher than the {place.kind}&#x27;s {rates.area_rate:.1f} by more than chance"
    )
    drawn = {one[0]: one for one in payload(at, "data")["areas"]}
    assert set(drawn) == set(small.codes)
    assert drawn["E01006437"][2][0].startswith(f"{EVIL}, "), "written as text by the map"
    assert drawn["E01006437"][2][1] == f"{row['count']} incidents"
    assert {code for code, one in drawn.items() if one[4]} == set(
        rates.table.loc[rates.table["against_area"] == "higher", "lsoa_code"]
    )
    assert [code for code, one in drawn.items() if one[5]] == ["E01006437"]
    levels = pd.Series({code: one[1] for code, one in drawn.items()})
    leaning = rates.table.set_index("lsoa_code")["rate_per_1000"]
    assert (leaning.groupby(levels).max().diff().dropna() > 0).all(), "higher classes hold higher rates"
    listed = at.dataframe[0].value
    assert dict(zip(listed["lsoa_name"], listed["count"], strict=True)) == dict(
        zip(small.names, rates.table["count"], strict=True)
    )
    assert EVIL not in html(at)
    assert in_address(at) == {"layer": "neighbourhoods", "at": "lsoa-E01006437", "period": "all"}
    chosen = opened(short, "Hotspots", layer="neighbourhoods", wards=ward)
    assert payload(chosen, "data")["areas"] == []
    assert "There is no rate for" in finding(chosen), "12 months are not there"


def test_without_them_nothing_is_offered(opened: Open, short: Path) -> None:
    over = opened(short, by="neighbourhoods")
    assert "which is not there\\: that by ward is shown" in over.info[0].value
    assert not [group for group in over.get("button_group") if group.key == "overview_by"]


def test_which_layers_there_are_and_what_is_said_of_them(
    short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = own_area(tmp_path / "place")
    monkeypatch.setenv("DASHBOARD_DATA", str(short))
    five = ("places", "cells", "wards", "density", "points")
    assert (layers(area), small_areas.told(area), small_areas.problem(area)) == (five, small_areas.HOW_TO, "")
    made = kept(area)
    assert layers(area) == ("places", "cells", "wards", "neighbourhoods", "density", "points")
    assert small_areas.told(area).startswith(f"45 of 2021, version {made.version}; residents: made; Contains OS data")
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path / "empty"))
    assert (layers(area), small_areas.problem(area)) == (five, "")
    assert small_areas.told(area) == "kept, and not shown on the demonstration"
    monkeypatch.setenv("DASHBOARD_DATA", str(short))
    kept_beside(Path(area.file)).write_text("{}", encoding="utf-8")
    assert layers(area) == five
    assert small_areas.told(area).startswith("Neighbourhoods are not shown: ")
    assert "in form 1" in small_areas.problem(area)
