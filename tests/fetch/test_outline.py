"""An outline that loses nothing of the buffer, and pieces that neither lose nor double what lies on their edges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.fetch.outline import MOST_POINTS, Cell, gather, outline_of, poly_text
from data.place.area import Area
from geo.assign import OUTSIDE, assign_wards
from geo.crs import to_bng, to_wgs84
from geo.errors import InputError
from tests.properties import examples


@dataclass(frozen=True)
class Point:
    """A row; ``name`` is empty where the publisher gives no ID."""

    longitude: float
    latitude: float
    name: str = ""


def test_nothing_of_the_buffer_is_outside_of_the_outline(area: Area) -> None:
    for wide in (0.0, 300.0, area.buffer_m, 5_000.0):
        ours = replace(area, buffer_m=wide)
        outline = outline_of(ours)
        assert shapely.get_num_coordinates(outline) <= MOST_POINTS
        west, south, east, north = outline.buffer(0.05).bounds
        rng = np.random.default_rng(1)
        at = np.column_stack([rng.uniform(west, east, 20_000), rng.uniform(south, north, 20_000)])
        inside = assign_wards(*to_bng(at[:, 0], at[:, 1]), ours.wards, wide) != OUTSIDE
        assert inside.any()
        assert shapely.contains_xy(outline, at[inside, 0], at[inside, 1]).all()
        wasted = shapely.contains_xy(outline, at[~inside, 0], at[~inside, 1]).sum()
        assert wasted < 0.5 * inside.sum()


def test_the_edge_of_the_buffer_is_inside(area: Area) -> None:
    """Points at the very width of the buffer, where an outline that was simplified inwards would lose them."""
    outline = outline_of(area)
    ring = shapely.segmentize(area.wards.outline.buffer(area.buffer_m, quad_segs=32), 20.0)
    lon, lat = to_wgs84(*shapely.get_coordinates(ring).T)
    assert shapely.contains_xy(outline, lon, lat).all()


def test_an_area_in_two_parts_and_with_a_hole_is_outlined(area: Area) -> None:
    parts = shapely.MultiPolygon(
        [
            shapely.box(340_000, 390_000, 345_000, 395_000).difference(shapely.box(342_000, 392_000, 343_000, 393_000)),
            shapely.box(380_000, 390_000, 381_000, 391_000),
        ]
    )
    ours = replace(area, wards=replace(area.wards, outline=parts), buffer_m=200.0)
    outline = outline_of(ours)
    assert len(shapely.get_parts(outline)) == 2
    assert all(not part.interiors for part in shapely.get_parts(outline))


def test_the_text_of_a_polygon_is_latitude_first_and_does_not_close() -> None:
    assert poly_text(shapely.Polygon([(-3.0, 53.0), (-2.5, 53.0), (-2.5, 53.25)])) == (
        "53.000000,-3.000000:53.000000,-2.500000:53.250000,-2.500000"
    )


SQUARE = shapely.box(-3.0, 53.0, -2.0, 54.0)
# On the edges of every cell down to a sixteenth, between them, and within the overlap beside an edge.
GRID = [k / 16 for k in range(1, 16)]
PLACES = (
    st.sampled_from(GRID)
    | st.floats(0.001, 0.999)
    | st.builds(
        lambda edge, by: edge + by, st.sampled_from(GRID), st.sampled_from([-0.0001, 0.0001, -0.0002, 0.0002, 1e-9])
    )
)
LEANING = shapely.Polygon(
    [(-3.0, 53.0), (-2.2, 53.1), (-2.0, 54.0), (-2.5, 53.4), (-2.9, 53.9)]
)  # comes apart when cut


@given(
    st.lists(st.tuples(PLACES, PLACES, st.integers(1, 3), st.booleans()), max_size=40),
    st.integers(1, 12),
    st.booleans(),
    st.sampled_from([SQUARE, LEANING]),
)
@examples(120)
def test_everything_in_an_outline_comes_once(
    placed: list[tuple[float, float, int, bool]], most: int, edges: bool, outline: Any
) -> None:
    """Alike rows without an ID are as many as they were, wherever they lie and whatever a service does at edges."""
    rows: list[Point] = []
    for k, (x, y, times, has_id) in enumerate(placed):
        point = (-3.0 + x, 53.0 + y)
        if shapely.contains_xy(outline, *point):
            rows += [Point(*point, f"{k}")] if has_id else [Point(*point)] * times
    most = (
        max(
            most,
            *(rows.count(row) for row in rows),
            *(sum((r.longitude, r.latitude) == (o.longitude, o.latitude) for r in rows) for o in rows),
        )
        if rows
        else most
    )

    def ask(piece: Any) -> list[Point] | None:
        here = [
            row
            for row in rows
            if (piece.covers if edges else piece.contains)(shapely.Point(row.longitude, row.latitude))
        ]
        return None if len(here) > most else here

    try:
        found = gather(outline, ask)
    except InputError:  # rows nearer to each other than the overlap of the smallest pieces
        assert len({(row.longitude, row.latitude) for row in rows}) > 1
        return
    assert sorted(map(repr, found)) == sorted(map(repr, rows))


def test_cells_share_no_edge() -> None:
    halves = Cell().cut(SQUARE.bounds)
    assert halves is not None
    assert halves[0].north == halves[1].south == 53.5  # a square of degrees is higher than wide
    assert [cell.holds(Point(-2.5, 53.5)) for cell in halves] == [False, True]


def test_a_service_that_refuses_everything_is_asked_a_few_times_only() -> None:
    asked: list[Any] = []

    def ask(piece: Any) -> None:
        asked.append(piece)

    with pytest.raises(InputError, match="smallest piece"):
        gather(SQUARE, ask)
    assert len(asked) < 25
