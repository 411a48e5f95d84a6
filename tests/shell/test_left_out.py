"""What every page says of months that are left out."""

from __future__ import annotations

from dataclasses import replace

from data.kinds.crime_types import ASB
from data.store.whole import BY_TYPE, IN_ALL, TYPE_GONE, Doubt, Shortfall
from pages.ui.shell.frame import left_out_words

SHORT = Shortfall(IN_ALL, "", 3_812, 12_530, 11_000)
MAY = Doubt("somewhere", "2024-05", 3_812, 12_530, (SHORT, Shortfall(BY_TYPE, ASB, 400, 1_300, 1_100)))


def test_nothing_is_said_of_nothing() -> None:
    assert left_out_words(()) == ""


def test_a_month_that_is_short_in_all_is_not_told_by_type() -> None:
    assert left_out_words((MAY,)) == (
        "Left out of every figure, because its file may hold a part of the month only: May 2024 (somewhere: 3,812 rows "
        "in all, where 12,530 are usual). The Data page says what to do."
    )


def test_a_type_that_is_gone_is_told_and_months_beyond_three_are_counted() -> None:
    gone = replace(MAY, month="2024-06", shortfalls=(Shortfall(TYPE_GONE, ASB, 0, 1_300, 1_100),))
    one = replace(gone, month="2024-07", shortfalls=(Shortfall(BY_TYPE, ASB, 1, 1_300, 1_100),))
    told = left_out_words((MAY, gone, one, one, one))
    assert "because their files may hold" in told
    assert "June 2024 (somewhere: no rows of anti-social behaviour, where 1,300 are usual), July 2024" in told
    assert "1 row of anti-social behaviour" in told
    assert "and 2 more. The Data page" in told
