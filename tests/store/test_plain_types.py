"""Values read from a file are of the types that their dataclass names, however deep they lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from data.store.plain_types import check_types


@dataclass(frozen=True)
class Leaf:
    """Something inside something."""

    share: float


@dataclass(frozen=True)
class Tree:
    """One field of each kind."""

    name: str = "oak"
    age: int = 80
    height_m: float = 20.5
    old: bool = True
    leaf: Leaf = Leaf(0.5)
    leaves: tuple[Leaf, ...] = (Leaf(1.0), Leaf(2))
    by_name: Mapping[str, int] | None = None
    nests: tuple[str, ...] | None = None
    felled: str | None = None
    rings: dict[str, tuple[float, ...]] | None = None


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"height_m": 20},
        {"leaves": ()},
        {"by_name": {"owl": 1}},
        {"by_name": {}},
        {"nests": ("a", "b")},
        {"felled": "2024-10"},
        {"rings": {"a": (1.0, 2), "b": ()}},
    ],
)
def test_what_is_as_it_should_be_passes(change: dict[str, Any]) -> None:
    check_types(replace(Tree(), **change))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": 1}, "name is of the wrong type: int"),
        ({"name": None}, "name is of the wrong type: NoneType"),
        ({"age": 80.0}, "age is of the wrong type: float"),
        ({"age": True}, "age is of the wrong type: bool"),
        ({"age": "80"}, "age is of the wrong type: str"),
        ({"height_m": True}, "height_m is of the wrong type: bool"),
        ({"height_m": "20"}, "height_m is of the wrong type: str"),
        ({"height_m": None}, "height_m is of the wrong type: NoneType"),
        ({"old": 1}, "old is of the wrong type: int"),
        ({"leaf": {"share": 0.5}}, "leaf is of the wrong type: dict"),
        ({"leaf": Leaf("x")}, "share is of the wrong type: str"),  # type: ignore[arg-type]
        ({"leaves": [Leaf(1.0)]}, "leaves is of the wrong type: list"),
        ({"leaves": (Leaf(1.0), 2.0)}, "leaves is of the wrong type: float"),
        ({"leaves": (Leaf(1.0), Leaf("x"))}, "share is of the wrong type: str"),  # type: ignore[arg-type]
        ({"by_name": []}, "by_name is of the wrong type: list"),
        ({"by_name": {1: 1}}, "by_name is of the wrong type: int"),
        ({"by_name": {"owl": "1"}}, "by_name is of the wrong type: str"),
        ({"nests": "ab"}, "nests is of the wrong type: str"),
        ({"nests": ("a", 1)}, "nests is of the wrong type: int"),
        ({"felled": 2024}, "felled is of the wrong type: int"),
        ({"rings": {"a": (1.0, "x")}}, "rings is of the wrong type: str"),
        ({"rings": {"a": [1.0]}}, "rings is of the wrong type: list"),
    ],
)
def test_another_type_is_refused_and_the_field_named(change: dict[str, Any], words: str) -> None:
    with pytest.raises(TypeError) as refusal:
        check_types(replace(Tree(), **change))
    assert str(refusal.value) == words


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused(number: float) -> None:
    for change in ({"height_m": number}, {"leaf": Leaf(number)}, {"rings": {"a": (number,)}}):
        with pytest.raises(ValueError, match=r"^(height_m|share|rings) is not a finite number$"):
            check_types(replace(Tree(), **change))
