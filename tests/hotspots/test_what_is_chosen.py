"""What is chosen on the Hotspots page: where the map goes, what the head and the legend say, and the address."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.place.area import Area
from tests.hotspots.test_hotspots_page import last12, listed, opened, payload
from tests.tab_pages import finding, html, text

__all__ = ["opened"]

EVIL = "<img src=x onerror=alert(1)>"


def at_address(at: AppTest) -> dict[str, str]:
    """The address, as a person would copy it."""
    return {key: value[0] if isinstance(value, list) else value for key, value in at.query_params.items()}


def looks(at: AppTest) -> list[int]:
    """Bounds that the map was sent to, in metres from the corner of the lattice."""
    return list(payload(at, "data")["view"]["bounds"])


def bounds_of(at: AppTest, area: Area, code: str) -> list[int]:
    """Bounds of a ward, by its rings as the map has them."""
    ward = next(one for one in payload(at, "base")["wards"] if one["code"] == code)
    points = [point for polygon in ward["rings"] for ring in polygon for point in ring]
    xs, ys = zip(*points, strict=True)
    return [min(xs), min(ys), max(xs), max(ys)]


def near(a: list[int], b: list[int]) -> bool:
    """Same bounds but for the simplified outline."""
    return all(abs(x - y) < 60 for x, y in zip(a, b, strict=True))


def test_a_place_in_the_address_is_chosen_looked_at_and_spoken_of(opened: Any, real_store: Any) -> None:
    whole = opened(real_store)
    row = listed(whole).iloc[3]
    at = opened(real_store, at=f"place-{row['grid_reference']}")
    x0, y0, x1, y1 = looks(at)
    place = payload(at, "data")["places"][3]
    assert x0 < place[1] < x1
    assert y0 < place[2] < y1
    assert (x1 - x0) * (y1 - y0) < 0.1 * (lambda b: (b[2] - b[0]) * (b[3] - b[1]))(looks(whole))
    assert [p[8] for p in payload(at, "data")["places"]] == [0, 0, 0, 1] + 6 * [0]
    name = row["place"].removesuffix(" ◆")
    assert finding(at).startswith(f"4. {name}, {row['ward']}: about {row['expected']:.1f} ASB incidents expected in")
    assert f"; {row['count']} recorded in January 2024 to December 2024" in finding(at)
    assert at_address(at) == {"at": f"place-{row['grid_reference']}"}


def test_a_place_keeps_its_identity_when_numbers_change(opened: Any, real_store: Any) -> None:
    row = listed(opened(real_store)).iloc[3]
    at = opened(real_store, at=f"place-{row['grid_reference']}", share="1")
    table = listed(at)
    same = table[table["grid_reference"] == row["grid_reference"]]
    if len(same):
        assert finding(at).startswith(f"{same['number'].iloc[0]}. ")
        assert not at.info
    else:
        assert "which is not there: none is chosen" in at.info[0].value
        assert at_address(at) == {"share": "1"}


def test_the_ward_filter_fits_the_map_and_a_button_leads_back(opened: Any, real_store: Any, area: Area) -> None:
    code = area.wards.codes[5]
    at = opened(real_store, wards=code)
    assert near(looks(at), bounds_of(at, area, code))
    assert at_address(at) == {"wards": code}
    at.session_state["hot_township"] = "whole"
    at.run()
    everything = looks(at)
    assert everything[3] - everything[1] > 10_000
    assert at_address(at) == {"wards": code, "go": "all"}
    other = area.wards.codes[7]
    at.multiselect[0].set_value([code, other]).run()
    both = [f(a, b) for f, a, b in zip((min, min, max, max), bounds_of(at, area, code), bounds_of(at, area, other),
                                       strict=True)]  # fmt: skip
    assert near(looks(at), both)
    assert at_address(at) == {"wards": f"{code},{other}"}
    at.multiselect[0].set_value([]).run()
    assert looks(at) == everything
    assert at_address(at) == {}


def test_a_ward_in_the_address(opened: Any, real_store: Any, real: Any, area: Area) -> None:
    code = area.wards.codes[2]
    at = opened(real_store, at=f"ward-{code}", layer="wards")
    count = last12(real, "Anti-social behaviour").groupby("ward_code", observed=True).size()
    assert near(looks(at), bounds_of(at, area, code))
    assert payload(at, "data")["chosenWard"] == code
    said = finding(at)
    assert said.startswith(f"{area.ward_names[code]}: {count[code]:,} ASB incidents in January 2024 to December 2024, ")
    assert f"{1000 * count[code] / area.residents[code]:.1f} per 1,000 residents: " in said
    higher = sum(count[c] / area.residents[c] > count[code] / area.residents[code] for c in area.wards.codes)
    assert said.endswith(f"number {higher + 1} of 15 wards" if higher else "the highest rate of 15 wards")


@pytest.mark.parametrize("layer", ["cells", "wards", "density", "points"])
def test_head_and_legend_speak_of_the_layer_and_its_months(
    opened: Any, real_store: Any, real: Any, area: Area, layer: str
) -> None:
    at = opened(real_store, layer=layer, period="2023")
    table, said, written = listed(at), finding(at), text(at)
    assert at.session_state["hot_show"] == layer
    assert at_address(at) == {"layer": layer, "period": "2023"}
    if layer == "cells":
        assert "ASB incidents expected in January 2025, by cell of 200 m" in written
        assert "Ranked by every month up to December 2024, recent ones most." in written
        assert "The period gives the past counts in January 2023 to December 2023" in written
        return
    lead = table.iloc[0]
    assert "in January 2023 to December 2023" in said
    if layer == "wards":
        assert said.startswith(
            f"{lead['ward_name']} has the most ASB incidents for its residents of the 15 wards shown"
        )
        assert f": {lead['rate_per_1000']:.1f} per 1,000" in said
        assert "ASB incidents per 1,000 residents in January 2023 to December 2023" in written
    elif layer == "density":
        assert f"round cell {lead['cell']}, {lead['ward']}: {lead['per_km2_year']:,.0f} per km² a year" in said
        assert "ASB incidents per square kilometre and year in January 2023 to December 2023" in written
    else:
        frame = real.frame
        chosen = (frame["category"] == "Anti-social behaviour") & (frame["month"].dt.year == 2023)
        total = (chosen & frame["ward_code"].notna()).sum()
        assert said.startswith(f"{lead['count']:,} of {total:,} ASB incidents in January 2023 to December 2023")
        assert "ASB incidents at published map points in January 2023 to December 2023" in written


def test_the_tab_and_the_township_are_in_the_address(opened: Any, real_store: Any, area: Area) -> None:
    town = area.townships[0]
    at = opened(real_store, tab="concentration", go=town.name.lower())
    assert at.session_state["hot_tabs"] == "Concentration"
    assert near(looks(at), [
        round(b - o) for b, o in zip(area.shape_of(town).bounds, 2 * (area.grid().west_m, area.grid().south_m),
                                     strict=True)
    ])  # fmt: skip
    at.session_state["hot_tabs"] = "How this was made"
    at.session_state["hot_show"] = "density"
    at.run()
    assert at_address(at) == {"go": town.name.lower(), "layer": "density", "tab": "how-this-was-made"}


def test_hostile_words_in_the_address_are_told_and_left_out(opened: Any, real_store: Any) -> None:
    at = opened(real_store, at=f"ward-{EVIL}", layer=EVIL, go=EVIL, tab=EVIL, share=EVIL, theirs=EVIL)
    assert len(at.info) == 5
    assert all(re.search(r"\\<img .*is not there", one.value) for one in at.info)
    assert EVIL not in html(at) + json.dumps(payload(at, "data"))
    assert at_address(at) == {"theirs": EVIL}
    assert len(listed(at)) == 10
