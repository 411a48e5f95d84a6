"""National Grid references, there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.grid import grid_reference
from geo.reference import from_reference


@given(st.integers(0, 6999), st.integers(0, 12999))
def test_back_to_the_square_it_names(column: int, row: int) -> None:
    east, north = column * 100.0, row * 100.0
    (text,) = grid_reference(east, north)
    assert from_reference(text) == (east + 50, north + 50)


@pytest.mark.parametrize(
    ("text", "east", "north"),
    [("TQ 30163 80418", 530163.5, 180418.5), ("sj4190", 341500, 390500), ("NT 2558 7352", 325585, 673525)],
)
def test_known_points(text: str, east: float, north: float) -> None:
    assert np.allclose(from_reference(text), (east, north))


@pytest.mark.parametrize(
    "text", ["", "SJ", "SJ41490", "SI414906", "41490", "SJ 414 906 <b>", "AA414906", "SJ4149061234567"]
)
def test_anything_else_is_refused_and_says_what_to_write(text: str) -> None:
    with pytest.raises(InputError, match=r"Write two letters|National Grid"):
        from_reference(text)


@pytest.mark.parametrize("text", ["SJ-414-906", "SJ 414-906", "sj/414/906", "SJ 414, 906"])
def test_halves_may_be_parted(text: str) -> None:
    assert from_reference(text) == from_reference("SJ414906")


@pytest.mark.parametrize("text", ["SJ-41-4906", "SJ-414906", "SJ414--906", "SJ/414", "SJ-4-9"])
def test_other_marks_are_no_halves(text: str) -> None:
    with pytest.raises(InputError):
        from_reference(text)
