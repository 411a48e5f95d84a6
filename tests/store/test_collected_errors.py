"""Several problems in one error."""

from __future__ import annotations

import pytest

from data.store.collected_errors import CollectedError, collect, raise_all, unmatched_quotes
from geo.errors import InputError


def problem(number: int) -> InputError:
    return InputError(f"problem {number}", file="a.csv", hint="Mend it.")


def test_no_problem_raises_nothing() -> None:
    with collect() as problems:
        problems.check(lambda: None)
    raise_all([])


def test_one_problem_is_raised_itself() -> None:
    only = problem(1)
    with pytest.raises(InputError) as refusal, collect() as problems:
        problems.add(only)
    assert refusal.value is only


def test_several_are_told_one_a_line_and_nested_ones_are_not_nested() -> None:
    def two() -> None:
        with collect() as inner:
            inner.add(problem(2))
            inner.add(problem(3))

    def one() -> None:
        raise problem(4)

    def all_four() -> None:
        with collect() as problems:
            problems.add(problem(1))
            problems.check(two)
            problems.check(one)

    with pytest.raises(CollectedError) as refusal:
        all_four()
    assert str(refusal.value).splitlines() == [f"a.csv: problem {n}. Mend it." for n in (1, 2, 3, 4)]
    assert refusal.value.message == "problem 1; problem 2; problem 3; problem 4"
    assert [one.message for one in refusal.value.problems] == [f"problem {n}" for n in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("number", "last"), [(20, "a.csv: problem 19. Mend it."), (1_021, "and 1,001 more problems like these")]
)
def test_the_first_twenty_are_told_in_full(number: int, last: str) -> None:
    lines = str(CollectedError(tuple(problem(k) for k in range(number)))).splitlines()
    assert lines[:20] == [f"a.csv: problem {k}. Mend it." for k in range(20)]
    assert lines[-1] == last
    assert len(lines) == min(number, 21)


def test_what_is_no_fault_of_the_input_is_not_collected() -> None:
    def broken() -> None:
        raise KeyError("a fault of the program")

    with pytest.raises(KeyError), collect() as problems:
        problems.check(broken)


def test_quotation_marks_that_do_not_match() -> None:
    assert str(unmatched_quotes("a.csv", 7, ValueError("here"), "save it")) == (
        "a.csv, row 7: quotation marks do not match from here on (found 'here'). "
        "Put the field in quotation marks, doubling those inside it, or save it again."
    )
