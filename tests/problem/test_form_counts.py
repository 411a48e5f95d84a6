"""What partners counted, as it is printed: no count of 1 to 4 can be worked out from any sum that stands there."""

from __future__ import annotations

from datetime import date
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from analysis.common.disclosure import HIDDEN, UNDER
from data.problem.problem import Tally, TallyRow
from pages.ui.problem.form_counts import tables, told_of
from tests.properties import examples

MOST = 14  # of what a reader tries for a row that is not shown


def rows_of(counts: list[int | None]) -> list[TallyRow]:
    return [TallyRow(f"Row {k}", count) for k, count in enumerate(counts)]


def values_of(told: tuple[str, ...], at: int, where: tuple[int, ...]) -> set[int]:
    """Values of a row that agree with what is printed, for whoever knows that ``at`` is the sum of ``where``."""
    free = {UNDER: range(1, 5), HIDDEN: range(MOST)}
    ranges = [free.get(text) or (int(text.replace(",", "")),) for text in told]
    small = next(k for k in (*where, at) if told[k] == UNDER)
    found = set()
    for tried in product(*(ranges[k] for k in where)):
        if sum(tried) in ranges[at] or (told[at] == HIDDEN):
            found.add(dict(zip(where, tried, strict=True)).get(small, sum(tried)))
    return found


@given(st.lists(st.integers(0, 9), min_size=2, max_size=4), st.sampled_from(["below", "above"]))
@examples(60)
def test_no_small_count_is_given_away_by_a_sum(parts: list[int], place: str) -> None:
    counts = [*parts, sum(parts)] if place == "below" else [sum(parts), *parts]
    told = told_of(rows_of(list(counts)))
    at = len(parts) if place == "below" else 0
    where = tuple(k for k in range(len(counts)) if k != at)
    for count, text in zip(counts, told, strict=True):
        assert text in {UNDER, HIDDEN, f"{count:,}"}
        assert (text == UNDER) == (0 < count < 5)
    if UNDER in told and counts[at] > 0:
        assert len(values_of(told, at, where)) > 1


def test_sums_of_parts_of_a_table_are_found_too() -> None:
    told = told_of(rows_of([31, 3, 34, 12, 2, 14]))
    assert told[:3].count(HIDDEN) == 1
    assert told[3:].count(HIDDEN) == 1
    assert told[1] == told[4] == UNDER


def test_what_came_as_under_5_stays_so_and_is_not_given_away() -> None:
    assert told_of(rows_of([None, 20])) == (UNDER, "20")
    told = told_of(rows_of([None, 20, 23]))
    assert told[0] == UNDER
    assert HIDDEN in told


def test_a_table_says_what_it_is() -> None:
    (table,) = tables(
        [Tally("Calls\nto us", "The  register", date(2024, 12, 31), (TallyRow("A", 1234), TallyRow("B", 3)))]
    )
    assert table.title == "Calls to us, as of 31 December 2024"
    assert table.note == "Source: The register"
    assert table.rows == (("A", "1,234"), ("B", UNDER))
