"""Which crime types were published when, and that no series holds two meanings of one name."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.kinds.changes import (
    EVERY,
    OLDER,
    STRETCHES,
    absent_words,
    change_words,
    published,
    same_meaning,
    since_words,
    stretch_at,
)
from data.kinds.crime_types import ASB, CATEGORIES, DRUGS
from data.store.schema import Incidents, conform
from tests.properties import examples

MONTHS = [str(month) for month in pd.period_range("2010-12", "2014-06", freq="M")]


def test_the_list_of_types_grew_twice() -> None:
    six = {ASB, "Burglary", "Robbery", "Vehicle crime", "Violent crime", "Other crime"}
    more = {"Criminal damage and arson", DRUGS, "Other theft", "Public disorder and weapons", "Shoplifting"}
    assert {*published("2010-12")} == {*published("2011-08")} == six
    assert {*published("2011-09")} == {*published("2013-04")} == six | more
    assert published("2013-05") == published("2031-01") == CATEGORIES
    assert published("2010-11") == ()
    assert not {*OLDER} & {*CATEGORIES}


def test_stretches_of_a_type_follow_each_other_without_a_gap() -> None:
    for name in EVERY:
        mine = [one for one in STRETCHES if one.category == name]
        for one, following in pairwise(mine):
            assert pd.Period(one.last, "M") + 1 == pd.Period(following.first, "M")
            assert following.before
        assert (mine[-1].last == "") == (name in CATEGORIES)
        assert mine[0].before or mine[0].first == "2010-12"
        assert mine[-1].after or not mine[-1].last


def test_what_is_said() -> None:
    assert change_words("Other theft", "2012-01", "2014-06") == (
        "Comparable counts of other theft begin in May 2013: before, it also held bicycle theft and theft from the "
        "person. Earlier months are left out."
    )
    assert change_words("Other theft", "2013-05", "2014-06") == change_words(ASB, "2010-12", "2014-06") == ""
    assert change_words("Other theft", "2011-09", "2012-06") == ""
    assert change_words("Violent crime", "2010-12", "2014-06") == absent_words("Violent crime", "2014-06")
    assert absent_words("Violent crime", "2014-06") == (
        "'Violent crime' was published until April 2013: since then, it is published as 'Violence and sexual "
        "offences'. Step back to April 2013 to look at it."
    )
    assert absent_words("Bicycle theft", "2012-06") == (
        "There are no counts of bicycle theft before May 2013: until then, these incidents were part of 'Other theft'."
    )
    assert since_words("Public disorder and weapons").endswith("'Public order' and 'Possession of weapons'.")


def of_each(months: list[str], source: str = "police.uk") -> Incidents:
    """One incident of each published type a month."""
    rows = [(month, name) for month in months for name in published(month)]
    frame = conform(pd.DataFrame(rows, columns=["month", "category"]).assign(ward_code="W1"))
    return Incidents(frame, pd.PeriodIndex(months, freq="M"), "v", source=source)


@examples(30)
@given(name=st.sampled_from(EVERY), first=st.integers(0, len(MONTHS) - 1), n=st.integers(1, len(MONTHS)))
def test_a_series_is_of_one_meaning_and_whole(name: str, first: int, n: int) -> None:
    months = MONTHS[first : first + n]
    found = of_each(months).of(name)
    now = stretch_at(name, months[-1])
    wanted = [month for month in months if now and stretch_at(name, month) == now]
    assert [str(month) for month in found.months] == wanted
    assert sorted(found.frame["month"].astype(str)) == wanted
    assert (same_meaning(name, months[-1]) is None) == (now is None)
    assert len(of_each(months).of(None).months) == len(months), "all crime types together did not change"


def test_a_feed_has_kinds_of_its_own() -> None:
    assert len(of_each(MONTHS, "council").of("Burglary").months) == len(MONTHS)
    feed = of_each(MONTHS, "council").of("Other theft")
    assert len(feed.months) == len(MONTHS) > len(of_each(MONTHS).of("Other theft").months)


@pytest.mark.parametrize("name", ["", "Sorcery"])
def test_a_name_that_is_in_no_table_is_left_as_it_is(name: str) -> None:
    assert same_meaning(name, "2014-01") == ("0001-01", "2014-01")
    assert change_words(name, "2010-12", "2014-01") == ""
