"""What lies under the map as the browser gets it: every step, within the budget, harmless, in a file of its own."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.place.area import Area
from data.streets.base_map import BaseMap
from data.streets.open_roads import A_ROAD, LOCAL, PATH
from geo.errors import InputError
from pages.ui.chart.palette import DARK, LIGHT
from pages.ui.map import ground as map_ground
from pages.ui.map import maps, streets
from tests.map.made_ground import CREDIT, ground
from tests.properties import examples
from tests.streets.made_roads import HOSTILE


@pytest.fixture(scope="module")
def made(area: Area, tmp_path_factory: pytest.TempPathFactory) -> BaseMap:
    return ground(area, tmp_path_factory.mktemp("ground"))


def walked(text: str) -> list[tuple[int, int]]:
    """Points of a string of steps, as the script reads it."""
    values, value, shift = [], 0, 0
    for letter in text:
        five = streets.LETTERS.index(letter)
        value |= (five & 31) << shift
        shift += 5
        if five < 32:
            values.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    assert shift == 0
    moves = np.reshape(values, (-1, 2))
    return [(int(a), int(b)) for a, b in np.cumsum(moves, axis=0)]


POINT = st.tuples(st.integers(-200_000, 200_000), st.integers(-200_000, 200_000))


@given(st.lists(st.lists(POINT, min_size=2, max_size=6), min_size=1, max_size=5))
@examples(60)
def test_every_line_is_read_as_it_was_written(lines: list[list[tuple[int, int]]]) -> None:
    shapes = np.array([shapely.LineString(line) for line in lines], dtype=object)
    found = [walked(text) for text in streets.steps(shapes, (0.0, 0.0))]
    assert found == lines


def test_all_of_it_is_sent_from_the_corner_of_the_map(area: Area, made: BaseMap) -> None:
    west, south = area.grid().west_m, area.grid().south_m
    sent = json.loads(streets.coded(made, west, south))
    roads = [(level, row[0], row[1], len(row) - 2) for level, rows in enumerate(sent["roads"]) for row in rows]
    assert (A_ROAD, "Liverpool Road", "A58", 1) in roads
    assert (LOCAL, HOSTILE, "", 1) in roads
    line = made.roads.lines[made.roads.names.index("Liverpool Road")]
    text = next(row[2] for row in sent["roads"][A_ROAD])
    assert [(x + west, y + south) for x, y in walked(text)] == [tuple(p) for p in shapely.get_coordinates(line)]
    assert [len(sent[layer]) for layer in ("water", "waterways", "green", "railways", "stations")] == [1, 3, 2, 1, 1]
    assert sorted(row[0] for row in sent["green"]) == [0, 1]  # a park, and a wood
    ring = walked(sent["water"][0][1])
    assert ring[0] == ring[-1]
    assert sent["stations"][0][0] == "Cross"


def test_it_gives_way_in_order_until_it_fits(area: Area, made: BaseMap) -> None:
    at = area.grid().west_m, area.grid().south_m
    rng = np.random.default_rng(1)
    starts = rng.uniform(0, 8_000, (900, 2)) + at
    bends = np.cumsum(rng.uniform(-40, 60, (900, 8, 2)), axis=1)
    lines = np.array([shapely.LineString(np.rint(s + b)) for s, b in zip(starts, bends, strict=True)], dtype=object)
    many = replace(
        made.roads,
        lines=lines,
        classes=rng.choice(np.arange(7), 900, p=[0.01, 0.03, 0.03, 0.13, 0.5, 0.1, 0.2]).astype(np.int8),
        names=tuple(f"Street of the saints {k}" for k in range(900)),
        numbers=("",) * 900,
    )
    dense = replace(made, roads=many)
    whole = len(streets.coded(dense, *at, most=10**9))
    before: dict[int, int] | None = None
    for most in (whole, whole - 1, whole // 2, whole // 5):
        text = streets.coded(dense, *at, most=most)
        left = {level: sum(len(row) - 2 for row in rows) for level, rows in enumerate(json.loads(text)["roads"])}
        assert len(text) <= most
        if before is not None:
            assert all(left[level] <= before[level] for level in left)
        assert [left[level] for level in range(LOCAL)] == [int((many.classes == level).sum()) for level in range(LOCAL)]
        before = left
    assert before is not None
    assert before[PATH] == before[LOCAL] == 0  # at last main roads alone
    order = streets.DEGREES
    assert all(set(a.without) <= set(b.without) and a.tolerance_m <= b.tolerance_m for a, b in pairwise(order))


def test_the_budget_grows_with_the_area_up_to_that_of_a_county(area: Area) -> None:
    assert streets.budget(area) == streets.LEAST_BYTES < 500_000
    wide = replace(area, wards=replace(area.wards, outline=shapely.transform(area.wards.outline, lambda p: p * 8)))
    assert streets.budget(wide) == streets.MOST_BYTES < 2_000_000


def test_names_that_stand_upright_wait_for_their_zoom(area: Area, made: BaseMap) -> None:
    rows = {text: (kind, first) for kind, text, _, _, _, first, _ in streets.labels(made, 0, 0, [])}
    assert rows["<i>Crossham</i>"] == ("place town", 9.5)
    assert rows["Cross"][0] == "station"
    assert rows["Mill Pool"][0] == "lake"
    assert rows["Oak Park"][0] == "park"
    later = {text: first for _, text, _, _, _, first, _ in streets.labels(made, 0, 0, ["<I>CROSSHAM</I>"])}
    assert later["<i>Crossham</i>"] > 13


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_base_carries_attribution_and_names_harmlessly(area: Area, made: BaseMap, colours: Any) -> None:
    grid = area.grid()
    spots = [("Mill Lane", 1.0, 2.0), ("Parking Area", 3.0, 4.0)]
    bare, full = (json.loads(maps.base_payload(area, grid, colours, spots, ground=g)) for g in (None, made))
    assert full["attribution"] == f"{area.wards.attribution} | {CREDIT}"
    assert bare["attribution"] == area.wards.attribution
    assert bare["look"]["land"] == colours.land
    floating = [[label[1] for label in sent["labels"] if label[0] == "street"] for sent in (bare, full)]
    assert floating == [["Mill Lane", "Parking Area"], ["Parking Area"]]  # the lane has its name along it
    assert "<" not in maps.base_payload(area, grid, colours, spots, ground=made)
    told = maps.streets_payload("a.json", dark=colours.dark)
    assert json.loads(told)["url"] == "../../app/static/streets/a.json"
    scripts = maps.base_map(maps.base_payload(area, grid, colours, spots, ground=made), told).get_root().render()
    assert HOSTILE not in scripts
    assert "a.json" in scripts
    assert "a.json" not in maps.base_map(maps.base_payload(area, grid, colours, spots)).get_root().render()


def test_what_is_put_is_found_by_its_content_and_old_files_go(tmp_path: Path) -> None:
    names = [streets.put(f'{{"roads":{k}}}', tmp_path) for k in range(streets.KEPT)]
    for k, name in enumerate(names):
        os.utime(tmp_path / name, ns=(k, k))
    assert streets.put('{"roads":0}', tmp_path) == names[0]
    last = streets.put('{"roads":99}', tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {*names[1:], last}
    assert (tmp_path / last).read_text(encoding="utf-8") == '{"roads":99}'
    for name in left:  # the clock was ahead when they were put there
        os.utime(tmp_path / name, ns=(1 << 62, 1 << 62))
    assert (tmp_path / streets.put('{"roads":100}', tmp_path)).is_file()
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="streets of the map cannot be put"):
        streets.put("{}", tmp_path / "file")


def _lab(colour: str) -> np.ndarray:
    """CIE L*a*b* of a colour, D65."""
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    c = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    m = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    f = np.cbrt(np.maximum(m @ c / np.array([0.9505, 1.0, 1.089]), 0.008856))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def _contrast(a: str, b: str) -> float:
    def light(colour: str) -> float:
        c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        c = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        return float(c @ np.array([0.2126, 0.7152, 0.0722]))

    one, two = sorted((light(a), light(b)))
    return (two + 0.05) / (one + 0.05)


@pytest.mark.parametrize(
    ("colours", "tint"), [(LIGHT, map_ground.LIGHT), (DARK, map_ground.DARK)], ids=["light", "dark"]
)
def test_cells_are_told_from_all_that_lies_under_them(colours: Any, tint: map_ground.Ground) -> None:
    faces = [tint.land, tint.outside, tint.water, tint.green, tint.wood, *tint.fills[:6]]
    for shade in colours.ramp:
        for face in faces:
            assert np.linalg.norm(_lab(shade) - _lab(face)) > 13, (shade, face)
    for words, face in (
        *((tint.name, face) for face in (tint.halo, *tint.fills[1:6])), (tint.on_plate, tint.plate),
        (tint.water_name, tint.water), (tint.green_name, tint.green), (tint.green_name, tint.wood),
        (colours.text, tint.land), (colours.muted, tint.land), (colours.muted, tint.outside),
        (colours.label, tint.land),
    ):  # fmt: skip
        assert _contrast(words, face) >= 4.5, (words, face)
