"""How old the data are in words, for any last month and day, and what that makes of a forecast."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.method import month_name
from analysis.findings.age import (
    FRESH,
    PUBLISHED_AFTER,
    age_words,
    expected_in_months,
    expected_words,
    known_words,
    load_words,
    months_old,
    months_over,
    months_to_load,
    stepped_words,
    told_age,
)
from tests.properties import examples

DECEMBER = pd.Period("2025-12", "M")
MONTHS = st.integers(0, 80 * 12).map(lambda n: pd.Period("1990-01", "M") + n)


def on(month: pd.Period, day: int = 1) -> date:
    return date(month.year, month.month, day)


def test_the_line_that_every_page_carries() -> None:
    assert age_words(DECEMBER, date(2026, 11, 28)) == (
        "Data to December 2025, 11 months old; published usually two months behind"
    )
    assert age_words(DECEMBER, date(2026, 3, 31)) == "Data to December 2025"
    assert age_words(DECEMBER, date(2026, 4, 1)).startswith("Data to December 2025, 4 months old;")
    assert age_words(DECEMBER, date(2026, 11, 28), published=False) == "Data to December 2025, 11 months old"
    assert age_words(DECEMBER, date(2025, 9, 15)) == "Data to December 2025"
    assert stepped_words(DECEMBER) == "As at December 2025: nothing later is used"


@given(MONTHS, st.integers(0, 200), st.integers(1, 28), st.booleans())
@examples(100)
def test_any_age_can_be_read_back(last: pd.Period, age: int, day: int, published: bool) -> None:
    asked = on(last + age, day)
    said = age_words(last, asked, published=published)
    assert months_old(last, asked) == age
    assert said.startswith(f"Data to {month_name(last)}")
    assert told_age(said)
    assert told_age(stepped_words(last))
    assert not said.endswith(".")
    found = re.search(r", (?:(\d+) years?)?(?: and )?(?:(\d+) months?)? old", said)
    assert (found is None) == (age <= FRESH)
    if found is None:
        assert said == f"Data to {month_name(last)}"
        return
    years, months = (int(part or 0) for part in found.groups())
    assert 12 * years + months == age
    assert years != 1
    assert months < 24
    assert not re.search(r"\b1 months|\b1 years|\b0 ", said)
    assert said.endswith("two months behind") == published


@given(MONTHS, st.integers(-20, 200), st.integers(1, 28))
@examples(100)
def test_what_would_help_is_published_and_not_there(last: pd.Period, age: int, day: int) -> None:
    asked = on(last + age, day)
    months, said = months_to_load(last, asked), load_words(last, asked)
    assert bool(months) == bool(said) == (age > FRESH)
    if months:
        assert months[0] == last + 1
        assert months_old(months[-1], asked) == PUBLISHED_AFTER
        assert month_name(months[0]) in said
        assert month_name(months[-1]) in said
        assert f"data to {month_name(last)}" in said


@given(MONTHS, st.integers(1, 12), st.integers(-14, 14), st.integers(1, 28))
@examples(100)
def test_a_month_that_has_passed_is_not_expected(first: pd.Period, n: int, away: int, day: int) -> None:
    months, asked = tuple(first + i for i in range(n)), on(first + away, day)
    said = expected_in_months(months, asked)
    over = months_over(months, asked)
    assert over == all(month.end_time.date() < asked for month in months)
    assert said.startswith("to be expected " if over else "expected ")
    assert ("not yet loaded" in said) == any(month.end_time.date() < asked for month in months)
    assert ("a month " in said) == (n > 1)


def test_the_words_of_a_forecast() -> None:
    january = (pd.Period("2026-01", "M"),)
    assert expected_in_months(january, date(2026, 1, 31)) == "expected in January 2026"
    assert expected_in_months(january, date(2026, 2, 1)) == "to be expected in January 2026, not yet loaded"
    summer = (pd.Period("2026-07", "M"), pd.Period("2026-08", "M"))
    assert expected_in_months(summer, date(2026, 8, 1)) == (
        "expected a month in July 2026 to August 2026 (July 2026 not yet loaded)"
    )
    assert (
        expected_words("25 to 31 October 2026", over=True) == "to be expected in 25 to 31 October 2026, not yet loaded"
    )
    assert not months_over((), date(2026, 1, 1))
    assert "On 15 September 2025 the months to July 2025" in known_words(pd.Period("2025-07", "M"), date(2025, 9, 15))
