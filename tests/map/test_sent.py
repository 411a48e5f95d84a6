"""What is sent of a map is what streamlit-folium sends, and is not rendered twice."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import pytest
import streamlit
import streamlit_folium
from streamlit.testing.v1 import AppTest

from data.place.area import Area
from geo.grid import Grid
from pages.ui.chart.palette import DARK, LIGHT
from pages.ui.map import maps, sent
from pages.ui.map.maps import Hit, Overlay, View
from tests.tab_pages import open_page

HOSTILE = "<script>alert(1)</script> {{ this }} {{'name'}} feature_group_0 map_div PAYLOAD"


@pytest.fixture
def grid(area: Area) -> Grid:
    return area.grid()


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the component is called with."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(streamlit_folium, "_component_func", lambda **args: found.append(args))
    return found


def overlay(area: Area) -> Overlay:
    code = area.wards.codes[0]
    return Overlay(
        ward_text={code: [escape("O'Ward & <Sons>")]},
        wards_on=[code],
        cells=[[3, 4, 5, 1.5, 2]],
        chosen_ward=code,
        view=View("token", area.wards.outline.bounds),
    )


@pytest.mark.parametrize("streets", ["", "streets.json"])
@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_it_is_what_streamlit_folium_sends(
    area: Area, grid: Grid, given: list[dict[str, Any]], streets: str, colours: Any
) -> None:
    payload = maps.base_payload(area, grid, colours, [("High Street", grid.west_m + 50, grid.south_m + 70)])
    under = maps.streets_payload(streets, dark=colours.dark) if streets else ""
    told = maps.overlay_payload(overlay(area), grid)
    drawn = sent.base(payload, under, "key")
    sent.show(drawn, sent.overlay(told), height=300, on_hit=lambda _: None)
    streamlit_folium.st_folium(
        maps.base_map(payload, under),
        key=drawn.slot,
        height=300,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=maps.overlay_group(told),
    )
    ours, theirs = given
    assert ours.pop("on_change")
    del theirs["on_change"]
    assert ours == theirs
    assert list(ours) == list(theirs)


def test_text_of_a_payload_stays_what_it_is(area: Area, grid: Grid) -> None:
    told = maps.overlay_payload(Overlay(expected_words=HOSTILE), grid)
    read = re.search(r"var data = (\{.*\});\n", sent.overlay(told))
    assert read is not None
    assert json.loads(read[1])["expectedWords"] == HOSTILE
    assert "<" not in read[1]


def test_a_click_reaches_the_page_and_the_session(area: Area, grid: Grid, given: list[dict[str, Any]]) -> None:
    hits: list[Hit] = []
    drawn = sent.base(maps.base_payload(area, grid, LIGHT, []), "", "key")
    sent.show(drawn, "", height=300, on_hit=hits.append)
    state: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streamlit, "session_state", state)
        for value in (
            None,
            {"last_active_drawing": None},
            {"last_active_drawing": {"properties": {"kind": "cell", "id": 7}}},
        ):
            state[drawn.mounted] = value
            given[0]["on_change"]()
            assert state[drawn.slot] == value
    assert hits == [Hit("cell", "7")]


def test_another_theme_place_or_page_is_another_base(area: Area, grid: Grid) -> None:
    light, dark = (maps.base_payload(area, grid, colours, []) for colours in (LIGHT, DARK))
    bases = [
        sent.base(light, "", "hotspots|1"),
        sent.base(light, "", "hotspots|2"),
        sent.base(dark, "", "hotspots|1"),
        sent.base(light, maps.streets_payload("a.json", dark=False), "hotspots|1"),
    ]
    assert len({one.mounted for one in bases}) == len(bases)
    assert sent.base(light, "", "hotspots|1").mounted == bases[0].mounted


def test_a_second_run_renders_no_map(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at: AppTest = open_page(monkeypatch, short, "pages/hotspots.py")
    first = at.get("component_instance")[0].proto
    told = json.loads(first.json_args)
    monkeypatch.setattr(maps, "base_map", lambda *_: pytest.fail("rendered again"))
    again = at.run().get("component_instance")[0].proto
    assert not at.exception
    assert json.loads(again.json_args) == told
    assert again.id == first.id


def test_a_drawing_comes_behind_the_overlay_and_changes_nothing_of_it(area: Area) -> None:
    grid = area.grid()
    plain = overlay(area)
    drawn = replace(plain, drawing=[[10, 20], [500, 20]])
    assert maps.drawing_payload(plain) == ""
    assert maps.overlay_payload(drawn, grid) == maps.overlay_payload(plain, grid)
    one, two = (sent.overlay(maps.overlay_payload(o, grid), maps.drawing_payload(o)) for o in (plain, drawn))
    assert "map-drawing" not in one
    assert one == sent.overlay(maps.overlay_payload(plain, grid))
    begins = one.rindex("feature_group_feature_group_0.addTo(map_div)")
    assert two.startswith(one[:begins].rstrip())
    assert re.search(r'var data = \{"corners":\[\[10,20\],\[500,20\]\]\};\n', two)
    assert sent.overlay(maps.overlay_payload(drawn, grid), maps.drawing_payload(replace(plain, drawing=[]))).count(
        '{"corners":[]}'
    )
