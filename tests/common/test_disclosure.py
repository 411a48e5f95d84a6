"""Small counts of a partner: no printed table lets one be worked out, by counting all that could be."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.disclosure import HIDDEN, UNDER, Sum, printed, protected
from tests.properties import examples


def values(counts: dict[str, int], sums: list[Sum], said: dict[str, str]) -> dict[str, set[int]]:
    """All values that each count could have that is not printed, by trying every one, up to what a total allows.

    Who reads "not shown" knows that it is no count of 1 to 4; where it is one all the same, that is not taken as known.
    """
    free = [key for key in counts if said[key] in {UNDER, HIDDEN}]
    totals = {one.total for one in sums}
    parts = [key for key in free if key not in totals]
    most = max(counts.values(), default=0) + 6
    large = [0, *range(5, most + 1)]

    def could_be(key: str) -> list[int]:
        if said[key] == UNDER:
            return [1, 2, 3, 4]
        return list(range(most + 1)) if 0 < counts[key] < 5 else large

    found: dict[str, set[int]] = {key: set() for key in free}
    for tried in product(*(could_be(key) for key in parts)):
        world = {key: count for key, count in counts.items() if key not in free} | dict(zip(parts, tried, strict=True))
        for one in sums:
            total = sum(world[key] for key in one.parts)
            if world.setdefault(one.total, total) != total:
                break
        else:
            if all(said[key] != HIDDEN or world[key] > most or world[key] in could_be(key) for key in free) and all(
                said[key] != UNDER or 1 <= world[key] <= 4 for key in free
            ):
                for key in found:
                    found[key].add(world[key])
    return found


@st.composite
def systems(draw: st.DrawFn) -> tuple[dict[str, int], list[Sum]]:
    """One total, parted in two ways, or part of another."""
    first = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4))
    total = sum(first)
    counts: dict[str, int] = {}
    sums: list[Sum] = []
    counts |= {f"a{i}": n for i, n in enumerate(first)} | {"total": total}
    sums.append(Sum(tuple(f"a{i}" for i in range(len(first))), "total"))
    if draw(st.booleans()):
        counts |= {"rest": (rest := draw(st.integers(0, 9))), "all": total + rest}
        sums.append(Sum(("total", "rest"), "all"))
    else:
        cuts = sorted(draw(st.lists(st.integers(0, total), max_size=2)))
        second = [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]
        counts |= {f"b{i}": n for i, n in enumerate(second)}
        sums.append(Sum(tuple(f"b{i}" for i in range(len(second))), "total"))
    return counts, sums


@given(systems())
@examples(60)
def test_no_small_count_has_one_value(system: tuple[dict[str, int], list[Sum]]) -> None:
    counts, sums = system
    said = protected(counts, sums)
    for key, count in counts.items():
        assert said[key] in {UNDER, HIDDEN} if 0 < count < 5 else said[key] in {HIDDEN, f"{count:,}"}
    for key, found in values(counts, sums, said).items():
        assert counts[key] in found
        assert len(found) > 1, (key, counts, said)


def test_what_gives_nothing_away_is_printed() -> None:
    said = protected({"a": 12, "b": 0, "total": 12}, [Sum(("a", "b"), "total")])
    assert said == {"a": "12", "b": "0", "total": "12"}
    said = protected({"a": 3, "b": 2, "c": 30, "total": 35}, [Sum(("a", "b", "c"), "total")])
    assert said == {"a": UNDER, "b": UNDER, "c": "30", "total": "35"}  # 1 + 4 to 4 + 1


def test_a_small_count_that_its_sum_gives_away_takes_another_with_it() -> None:
    said = protected({"a": 3, "b": 7, "c": 30, "total": 40}, [Sum(("a", "b", "c"), "total")])
    assert said == {"a": UNDER, "b": HIDDEN, "c": "30", "total": "40"}
    said = protected({"a": 1, "b": 1, "c": 30, "total": 32}, [Sum(("a", "b", "c"), "total")])
    assert said["c"] == HIDDEN  # two that come to 2 are 1 each
    said = protected({"a": 2, "total": 2}, [Sum(("a",), "total")])
    assert said == {"a": UNDER, "total": UNDER}


def test_words_that_pin_by_themselves_are_not_said() -> None:
    ones = dict.fromkeys("abcd", 1)
    sums = [Sum(tuple(ones), "total")]
    said = protected({**ones, "total": 4}, sums)
    assert said == {**dict.fromkeys("abcd", UNDER), "total": HIDDEN}  # four that come to under 5 are 1 each
    assert all(len(found) > 1 for found in values({**ones, "total": 4}, sums, said).values())


def test_who_knows_what_not_shown_means_learns_nothing() -> None:
    counts = {"a": 3, "b": 3, "c": 0, "total": 6}
    said = protected(counts, [Sum(("a", "b", "c"), "total")])
    assert said == {"a": UNDER, "b": UNDER, "c": "0", "total": "6"}  # 2 + 4 to 4 + 2
    said = protected({"a": 3, "b": 0, "c": 5, "d": 8, "total": 8, "all": 16},
                     [Sum(("a", "b", "c"), "total"), Sum(("total", "d"), "all")])  # fmt: skip
    assert said["a"] == UNDER
    assert said["b"] == "0"
    assert HIDDEN in {said["c"], said["total"]}


def test_nothing_is_hidden_for_nothing() -> None:
    rng = np.random.default_rng(5)
    for n in (12, 30, 90):
        parts = {k: rng.multinomial(n, [1 / m] * m).tolist() for k, m in (("day", 7), ("hours", 6), ("month", 12))}
        counts = {f"{k}{i}": count for k, many in parts.items() for i, count in enumerate(many)} | {"total": n}
        sums = [Sum(tuple(f"{k}{i}" for i in range(len(many))), "total") for k, many in parts.items()]
        said = protected(counts, sums)
        assert said["total"] == str(n)
        assert sum(text == HIDDEN for text in said.values()) <= len(sums)


def test_one_alone_is_written_by_the_same_rule() -> None:
    assert [printed(n) for n in (0, 1, 4, 5, 1200)] == ["0", UNDER, UNDER, "5", "1,200"]


def test_sums_that_do_not_add_up_are_told() -> None:
    with pytest.raises(ValueError, match="total is not the sum"):
        protected({"a": 1, "total": 2}, [Sum(("a",), "total")])
    with pytest.raises(ValueError, match="has no count"):
        protected({"total": 1}, [Sum(("a",), "total")])
    with pytest.raises(ValueError, match="negative"):
        protected({"a": -1}, [])
