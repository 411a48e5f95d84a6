"""Months as a spreadsheet writes them: read where they can mean one thing only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.store.months import AGAIN, read_months
from geo.errors import InputError
from tests.properties import examples

LAST = "2025-01"


def read(*texts: str, named: str | None = None) -> list[str]:
    found = read_months(texts, named, LAST)
    return [found.of(text) for text in texts]


@pytest.mark.parametrize(
    "text",
    ["2024-10", " 2024-10", "2024-10 ", "2024-10-01", "2024-10-1 00:00:00", "2024/10/01", "01/10/2024", "1/10/2024",
     "01/10/24", "1.10.2024", "01-10-2024 00:00", "10/2024", "10-2024", "2024-10-01T00:00:00", "45566", "45566.0",
     "Oct 2024", "October 2024", "oct-2024", "OCT/2024"],
)  # fmt: skip
def test_forms_that_mean_one_month(text: str) -> None:
    assert read(text) == ["2024-10"]


@pytest.mark.parametrize(
    "text", ["", " ", "2024-13", "45567", "24-10", "2024", "10", "15/10/2024", "2024-10-15", "31/12/24", "Okt 2024",
             "25-Oct", "2024-10-01 12:00", "٢٠٢٤-10", "1/13/2024"]
)  # fmt: skip
def test_what_is_no_month_stands_as_it_is(text: str) -> None:
    assert read(text, "2024-10") == [text, "2024-10"]


def test_the_order_of_day_and_month_is_one_for_the_column() -> None:
    assert read("01/02/2024", "01/10/2024", "01/01/2024") == ["2024-02", "2024-10", "2024-01"]
    assert read("2/1/2024", "10/1/2024", "1/1/2024") == ["2024-02", "2024-10", "2024-01"]
    for texts in (("01/02/2024", "02/01/2024"), ("01/02/2024", "15/02/2024"), ("01/10/2024", "01/13/2024")):
        with pytest.raises(InputError, match="there are days in the column") as refusal:
            read(*texts)
        assert refusal.value.hint == AGAIN


def test_jan_25_is_read_by_the_name_of_the_file() -> None:
    assert read("Jan-25", named="2025-01") == ["2025-01"]
    assert read("Jan-25", named="2024-01") == ["2025-01"]  # which the name then contradicts
    with pytest.raises(InputError, match="a month such as this may be a month of 2025 or a day") as refusal:
        read("Jan-25")
    assert refusal.value.value == "Jan-25"
    assert "2025-01-FORCE-street.csv" in str(refusal.value)


def test_jan_25_is_read_by_a_column_that_runs_across_a_new_year() -> None:
    assert read("Nov-24", "Dec-24", "Jan-25") == ["2024-11", "2024-12", "2025-01"]
    for texts in (
        ("Dec-24", "Jan-25"),  # two
        ("Oct-24", "Nov-24", "Dec-24"),  # the 24th of each?
        ("Nov-24", "Jan-25", "Feb-25"),  # a gap
        ("Dec-24", "Jan-25", "Feb-25"),  # later than can be
        ("Nov-05", "Dec-05", "Jan-06"),  # before there were any
    ):
        with pytest.raises(InputError, match="may be a month of"):
            read(*texts)


def test_what_was_read_is_told_once_a_form() -> None:
    found = read_months(["Nov-24", "Dec-24", "Jan-25", "01/10/2024", "2024-09"], None, LAST)
    assert found.forms == ("01/10/2024 as 2024-10", "Dec-24 as 2024-12")
    assert read_months(["2024-09", "2024-10 "], None, LAST).forms == ()


@examples(60)
@given(st.lists(st.text(st.sampled_from("0123456789-/. JanFebOct"), max_size=10), max_size=6))
def test_any_text_is_read_left_or_refused(texts: list[str]) -> None:
    try:
        found = read_months(texts, None, LAST)
    except InputError:
        return
    for text in texts:
        assert found.of(text) == text or len(found.of(text)) == 7
