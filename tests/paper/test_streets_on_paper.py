"""Streets, water and green on paper: where they belong, told apart in grey, with names along the roads."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from data.place.area import Area
from data.streets.base_map import BaseMap
from pages.ui.paper import ground as print_ground
from pages.ui.paper.map import SHADES, Squares, print_map
from pages.ui.paper.page import Sheet
from tests.map.made_ground import ON, ground
from tests.paper.print_checks import collisions, outside, pdf_pages, texts
from tests.streets.made_roads import HOSTILE, cross

PT, SCALE = 400.0, 3
HALF_M = 600.0


@pytest.fixture(scope="module")
def made(area: Area, tmp_path_factory: pytest.TempPathFactory) -> BaseMap:
    return ground(area, tmp_path_factory.mktemp("ground"))


def drawn(area: Area, made: BaseMap | None, half_m: float = HALF_M, squares: Squares | None = None) -> Sheet:
    """A map about the middle, without edges round it."""
    x, y = cross(area)
    sheet = Sheet((PT, PT))
    bounds = (x - half_m, y - half_m, x + half_m, y + half_m)
    print_map(sheet.axes(0, 0, PT, PT), area, bounds, ground=made, squares=squares, names="")
    return sheet


def printed(sheet: Sheet, *, grey: bool = False) -> Any:
    """Pixels of the page as a reader shows it."""
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    raw = io.BytesIO()
    FigureCanvasPdf(sheet.figure)
    sheet.figure.savefig(raw, format="pdf")
    ((_, picture),) = pdf_pages(raw.getvalue(), scale=SCALE, grey=grey)
    return picture.astype(float)


def spot(east_m: float, north_m: float, half_m: float = HALF_M) -> tuple[int, int]:
    """Row and column of a point, in metres from the middle."""
    side = PT * SCALE
    return int(side * (0.5 - north_m / (2 * half_m))), int(side * (0.5 + east_m / (2 * half_m)))


def shade(colour: str) -> Any:
    return 255 * np.array(to_rgb(colour))


def test_roads_have_faces_between_edges_and_cells_lie_under_them(area: Area, made: BaseMap) -> None:
    x, y = cross(area)
    squares = Squares([x + 100], [y - 100], [3], [True], 200.0)
    picture = printed(drawn(area, made, squares=squares))
    row, column = spot(*ON["A road"])
    across = picture[row - 14 : row + 15, column]
    assert np.abs(across - shade(print_ground.FACES[1])).max(axis=1).min() <= 3
    assert np.abs(across - shade(print_ground.EDGE)).max(axis=1).min() <= 40  # an edge is thin
    for north in (60, -60):
        row, column = spot(200, north)
        assert np.abs(picture[row, column] - shade(SHADES[3])).max() <= 3
    row, column = spot(*ON["land"])[0] - 40, spot(-560, -150)[1]
    assert (picture[row, column] == 255).all()


def test_water_green_and_cells_differ_in_grey_by_pattern_or_shade(area: Area, made: BaseMap) -> None:
    picture = printed(drawn(area, made), grey=True)

    def patch(east_m: float, north_m: float) -> Any:
        row, column = spot(east_m, north_m)
        return picture[row - 25 : row + 25, column - 25 : column + 25]

    water, green = patch(-340, 240), patch(440, 240)
    assert np.median(water.std(axis=1)) < 1 < np.median(water.std(axis=0))  # lines from left to right
    assert green.std() > 3  # dots
    assert abs(green.std(axis=1).mean() - green.std(axis=0).mean()) < 0.5 * green.std()
    for face in (water, green):
        assert face.max() > 225  # lighter ground than any cell but the faintest, which has no pattern
        assert face.mean() > 200


def test_names_stand_along_the_roads_and_never_upside_down(area: Area, made: BaseMap) -> None:
    sheet = drawn(area, made)
    (axes,) = sheet.figure.axes
    turns = {text.get_text(): text.get_rotation() for text in axes.texts}
    assert {"Liverpool Road", "Mill Lane", "A58", "B5192", "Cross"} <= set(turns)
    assert any(HOSTILE.startswith(said[:8]) for said in turns if said)
    for text in axes.texts:
        assert min(text.get_rotation(), 360 - text.get_rotation()) <= 90
    assert abs((turns["Mill Lane"] + 90) % 180 - 90) < 1  # its line runs from right to left
    assert collisions(sheet.figure) == []
    assert outside(sheet.figure) == []
    far = drawn(area, made, 6_000)
    said = {text for text, _, _ in texts(far.figure)}
    assert "Mill Lane" not in said
    assert {"M57", "<i>Crossham</i>"} <= said


def test_a_road_is_never_narrower_closer_by() -> None:
    for level in range(len(print_ground.FACES)):
        wide = [print_ground.road_pt(level, scale) for scale in np.geomspace(0.005, 1, 30)]
        assert wide == sorted(wide)
    at = [print_ground.road_pt(level, 0.15) for level in range(len(print_ground.FACES))]
    assert at == sorted(at, reverse=True)


def test_without_streets_a_map_is_as_before(area: Area, tmp_path: Path) -> None:
    picture = printed(drawn(area, None))
    row, column = spot(*ON["A road"])
    assert (picture[row - 3 : row + 4, column - 3 : column + 4] == 255).all()
