"""A name from a file is text to the map: folium reads what our scripts say as a template, on the server."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import folium
import pytest

from data.place.area import Area
from pages.ui.chart.palette import LIGHT
from pages.ui.map import maps, sent
from pages.ui.map.maps import Overlay
from tests.hostile import TEXTS, WORKED_OUT

ESCAPES = (
    "{{ cycler.__init__.__globals__ }}",
    "{{{7*191}}}",
    "{{{{7*191",
    "{%if 1%}{#",
    "{% raw %}",
    "{%raw%}x{{7*191}}",
)
NAMES = (*TEXTS.values(), *ESCAPES)


def scripts(drawn: folium.Map) -> str:
    """What the page gets."""
    return str(drawn.get_root().render())


def told(script: str, variable: str) -> dict[str, object]:
    """Data that a script of ours holds."""
    found = re.search(rf"var {variable} = (.*);\n", script)
    assert found is not None
    value: dict[str, object] = json.loads(found[1])
    return value


def test_names_of_places_reach_the_browser_as_they_are(area: Area) -> None:
    grid = area.grid()
    drawn = Overlay(points=[[0, 0, 1, name] for name in NAMES], ward_text={"E05010935": list(NAMES)})
    script = sent.overlay(maps.overlay_payload(drawn, grid))
    found = told(script, "data")
    assert [row[3] for row in found["points"]] == list(NAMES)  # type: ignore[attr-defined]
    assert found["wardText"] == {"E05010935": list(NAMES)}
    assert WORKED_OUT not in script
    assert not [name for name in NAMES if "<" in name and name in script]


@pytest.mark.parametrize("turn", [0, 15, 30])
def test_names_of_wards_streets_and_credits_reach_the_browser_as_they_are(area: Area, turn: int) -> None:
    names = tuple(NAMES[(turn + n) % len(NAMES)] for n in range(len(area.wards.names)))
    hostile = replace(area, wards=replace(area.wards, names=names, attribution=NAMES[turn]), name=NAMES[turn])
    streets = [(name, 344_000.0, 393_000.0) for name in NAMES]
    script = scripts(maps.base_map(maps.base_payload(hostile, area.grid(), LIGHT, streets, mark=NAMES[turn])))
    found = told(script, "base")
    assert [ward["name"] for ward in found["wards"]] == list(names)  # type: ignore[attr-defined]
    assert [row[1] for row in found["labels"] if row[0] == "street"] == list(NAMES)  # type: ignore[attr-defined]
    assert (found["attribution"], found["mark"]) == (NAMES[turn], NAMES[turn])
    assert WORKED_OUT not in script
