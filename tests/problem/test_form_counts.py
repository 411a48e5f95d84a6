"""What partners counted, as it is printed: no count of 1 to 4 can be worked out from any sum that stands there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.common.disclosure import UNDER, at_least
from data.problem.problem import Tally, TallyRow
from pages.ui.problem.counts import OR_MORE, read_rows
from pages.ui.problem.form_counts import tables, told
from tests.properties import examples


def tally(counts: Sequence[int | None], name: str = "Calls") -> Tally:
    rows = tuple(TallyRow(f"Row {k}", count) for k, count in enumerate(counts))
    return Tally(name, "Register", date(2024, 12, 31), rows)


def bounds_of(text: str) -> tuple[float, float]:
    """What a reader takes a printed count for: nobody says that a count beside small ones is not 0."""
    if text == UNDER:
        return 0, 4
    least = int(text.removesuffix(OR_MORE).replace(",", ""))
    return least, np.inf if text.endswith(OR_MORE) else least


def values_of(texts: Sequence[str], sums: Sequence[Sequence[int]], at: int) -> tuple[int, int]:
    """The least and most a count can be for whoever knows the sums: in each, -1 at the total and 1 at its parts."""
    low, high = zip(*map(bounds_of, texts), strict=True)
    ends = []
    for sign in (1, -1):
        aim = np.zeros(len(texts))
        aim[at] = sign
        solved = milp(aim, constraints=LinearConstraint(np.array(sums, dtype=float), 0, 0), bounds=Bounds(low, high),
                      integrality=np.ones(len(texts)))  # fmt: skip
        assert solved.success, solved.message
        ends.append(sign * round(solved.fun))
    return ends[0], ends[1]


COUNTS = st.lists(st.one_of(st.integers(0, 6), st.integers(0, 400)), min_size=1, max_size=3)


@given(groups=st.lists(COUNTS, min_size=1, max_size=3), others=st.lists(st.integers(0, 100), max_size=3))
@examples(60)
def test_no_small_count_is_given_away_by_any_sum(groups: list[list[int]], others: list[int]) -> None:
    """Groups with their totals, the total of all, and another table that counts the same calls in another way."""
    counts: list[int] = []
    sums: list[dict[int, int]] = []
    heads = []
    for group in groups:
        heads.append(len(counts))
        counts += [sum(group), *group]
        sums.append({heads[-1]: -1, **{heads[-1] + 1 + k: 1 for k in range(len(group))}})
    total = sum(sum(group) for group in groups)
    sums.append({len(counts): -1, **dict.fromkeys(heads, 1)})
    counts.append(total)
    first = len(counts)
    left = total
    other = [min(left, each) for each in others]
    other = [*(each for each in other if (left := left - each) >= 0), left] if total else [0]
    if sum(other) == total:
        sums.append({first - 1: -1, **{first + k: 1 for k in range(len(other))}})
    texts = [text for table in told([tally(counts), tally(other)]) for text in table]
    every = [*counts, *other]
    matrix = [[one.get(k, 0) for k in range(len(every))] for one in sums]
    if not any(0 < count < 5 for count in every):
        assert texts == [f"{count:,}" for count in every]
        return
    assert texts == [UNDER if count < 5 else at_least(count) for count in every]
    for at in (k for k, count in enumerate(every) if 0 < count < 5):
        low, high = values_of(texts, matrix, at)
        assert low < high, (every, texts, at)


def test_four_ones_whose_sum_is_four_are_not_told() -> None:
    texts = told([tally([1, 1, 1, 1, 4])])[0]
    ranges = [range(5) for _ in texts]
    assert {tried[0] for tried in product(*ranges) if sum(tried[:4]) == tried[4]} == {0, 1, 2, 3, 4}
    assert texts == (UNDER,) * 5


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (1, UNDER),
        (4, UNDER),
        (5, "5 or more"),
        (13, "5 or more"),
        (14, "10 or more"),
        (1234, "1,230 or more"),
    ],
)
def test_a_count_beside_small_ones(count: int, text: str) -> None:
    assert at_least(count) == text


def test_what_came_from_elsewhere_stays_so() -> None:
    rows = read_rows("Park: 25 or more\nElsewhere: under 5\nAll: 1,234")
    assert rows == (TallyRow("Park", 25, or_more=True), TallyRow("Elsewhere", None), TallyRow("All", 1234))
    assert told([Tally("Calls", "Register", date(2024, 12, 31), rows)]) == (("25 or more", UNDER, "1,230 or more"),)


def test_a_table_says_what_it_is() -> None:
    rows = (TallyRow("A", 1234), TallyRow("B", 30))
    (table,) = tables([Tally("Calls\nto us", "The  register", date(2024, 12, 31), rows)])
    assert table.title == "Calls to us, as of 31 December 2024"
    assert table.note == "Source: The register"
    assert table.rows == (("A", "1,234"), ("B", "30"))


def test_what_is_at_least_a_small_number_is_not_told_as_a_small_one() -> None:
    rows = read_rows("Park: 3 or more\nElsewhere: 0 or more\nNone: 0\nAll: 9")
    assert told([Tally("Calls", "Register", date(2024, 12, 31), rows)]) == (
        ("0 or more", "0 or more", UNDER, "5 or more"),
    )
