"""Small counts of a partner: no printed table lets one be worked out, by counting all that could be."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.disclosure import HIDDEN, UNDER, Sum, printed, protected
from tests.properties import examples


def values(counts: dict[str, int], sums: list[Sum], said: dict[str, str]) -> dict[str, set[int]]:
    """All values that each small count could have, by trying every one; hidden parts up to what the totals allow."""
    free = [key for key in counts if said[key] in {UNDER, HIDDEN}]
    totals = {one.total for one in sums}
    parts = [key for key in free if key not in totals]
    most = max(counts.values(), default=0) + 5
    found: dict[str, set[int]] = {key: set() for key in free if said[key] == UNDER}
    for tried in product(*(range(1, 5) if said[key] == UNDER else range(most + 1) for key in parts)):
        world = {key: count for key, count in counts.items() if key not in free} | dict(zip(parts, tried, strict=True))
        agrees = True
        for one in sums:
            total = sum(world[key] for key in one.parts)
            if one.total in world and world[one.total] != total:
                agrees = False
                break
            world[one.total] = total
        agrees = agrees and all(said[key] != UNDER or 1 <= world[key] <= 4 for key in world)
        if agrees:
            for key in found:
                found[key].add(world[key])
    return found


@st.composite
def systems(draw: st.DrawFn) -> tuple[dict[str, int], list[Sum]]:
    """One total, parted in one or two ways."""
    first = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4))
    total, counts, sums = sum(first), {}, []
    counts |= {f"a{i}": n for i, n in enumerate(first)} | {"total": total}
    sums.append(Sum(tuple(f"a{i}" for i in range(len(first))), "total"))
    if draw(st.booleans()):
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
        assert (said[key] == UNDER) == (0 < count < 5)
        assert said[key] in {UNDER, HIDDEN, f"{count:,}"}
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


def test_one_alone_is_written_by_the_same_rule() -> None:
    assert [printed(n) for n in (0, 1, 4, 5, 1200)] == ["0", UNDER, UNDER, "5", "1,200"]


def test_sums_that_do_not_add_up_are_told() -> None:
    with pytest.raises(ValueError, match="total is not the sum"):
        protected({"a": 1, "total": 2}, [Sum(("a",), "total")])
