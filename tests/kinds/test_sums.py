"""Several crime types together: one text whatever the order, never with ASB, and the same in address and command."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.kinds.changes import EVERY, absent_words, change_words, same_meaning
from data.kinds.crime_types import (
    ASB,
    CATEGORIES,
    DRUGS,
    GROUPS,
    PLUS,
    addable,
    category_title,
    category_words,
    group_of,
    incidents_words,
    is_sum,
    kinds_of,
    sum_words,
    together,
)
from data.kinds.typed import typed_category
from data.store.schema import Incidents, conform
from pages.ui.shell.crimes import category_word, read_category
from pages.ui.shell.downloads import slug
from pages.ui.shell.words import name_of
from tests.properties import examples

CRIMES = [name for name in EVERY if addable(name)]
SEVERAL = st.lists(st.sampled_from(CRIMES), min_size=2, max_size=len(CRIMES), unique=True)
MONTHS = [str(month) for month in pd.period_range("2010-12", "2014-06", freq="M")]


def test_no_name_of_a_crime_type_is_taken_apart() -> None:
    assert not any(PLUS in name or "," in name for name in EVERY)
    assert all(kinds_of(name) == (name,) and not is_sum(name) for name in EVERY)


@examples(60)
@given(SEVERAL, st.randoms())
def test_a_sum_is_one_text_whatever_the_order(kinds: list[str], rng: object) -> None:
    found = together(kinds)
    mixed = list(kinds)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    assert together([*mixed, found]) == found == together([found])
    assert set(kinds_of(found)) == set(kinds)
    assert is_sum(found)
    with pytest.raises(ValueError, match="never added"):
        together([found, ASB])


@examples(60)
@given(st.one_of(st.sampled_from(EVERY), SEVERAL.map(together), st.sampled_from([one.category for one in GROUPS])))
def test_a_choice_comes_back_from_address_and_command(category: str) -> None:
    word = category_word(category)
    assert read_category(word) == (category, (), False)
    assert typed_category(", ".join(reversed(kinds_of(category))).upper()) == category
    assert len(name_of(category).split()) <= 4
    assert len(category_words(category).split()) <= 4
    assert 0 < len(slug(category)) <= 75
    assert sum_words(category) == "" or all(category_words(kind) in sum_words(category) for kind in kinds_of(category))


@examples(60)
@given(st.text(alphabet="abu,-+<>'\x00 ", max_size=60) | st.lists(st.sampled_from([*EVERY, "x"])).map(",".join))
def test_hostile_words_of_an_address_are_dropped_never_raised(word: str) -> None:
    category, unknown, asb_left_out = read_category(word)
    assert set(kinds_of(category)) <= set(EVERY)
    assert not (is_sum(category) and ASB in kinds_of(category))
    assert unknown or asb_left_out or read_category(category_word(category))[0] == category


def test_what_is_dropped_from_an_address() -> None:
    assert read_category("burglary,anti-social-behaviour,robbery") == ("Burglary + Robbery", (), True)
    assert read_category("anti-social-behaviour,nonsense") == (ASB, ("nonsense",), False)
    assert read_category("robbery,robbery") == ("Robbery", (), False)
    assert read_category("drugs") == (DRUGS, (), False), "addresses of before"


def test_groups_are_what_their_names_say() -> None:
    every = next(one for one in GROUPS if one.name == "All recorded crime")
    assert set(kinds_of(every.category)) == set(CATEGORIES) - {ASB}
    for one in GROUPS:
        assert typed_category(one.name) == one.category == together(kinds_of(one.category))
        assert group_of(one.category) is one
        assert (category_title(one.category), name_of(one.category)) == (one.name, one.name)
        assert "ASB incidents are never added" in sum_words(one.category)
    assert incidents_words("Burglary + Robbery") == "incidents of burglary plus robbery"
    assert incidents_words("Burglary + Drugs + Robbery + Shoplifting") == "incidents of four chosen crimes"
    with pytest.raises(ValueError, match="'nonsense'"):
        typed_category("burglary,nonsense")
    with pytest.raises(ValueError, match="never added"):
        typed_category("asb,robbery")


@examples(60)
@given(SEVERAL, st.sampled_from(MONTHS))
def test_a_sum_has_the_months_that_all_its_types_have(kinds: list[str], as_at: str) -> None:
    each = [same_meaning(kind, as_at) for kind in kinds]
    found = same_meaning(together(kinds), as_at)
    if None in each:
        assert found is None
        assert absent_words(together(kinds), as_at)
    else:
        assert found == (max(one[0] for one in each if one), as_at)
        assert bool(change_words(together(kinds), MONTHS[0], as_at)) == (found[0] > MONTHS[0])


def test_a_sum_counts_each_row_once_and_drops_months_of_another_meaning() -> None:
    rng = np.random.default_rng(3)
    months = pd.period_range("2013-01", "2014-06", freq="M")
    frame = conform(
        pd.DataFrame(
            {"month": rng.choice(np.asarray(months.asi8), 900), "category": rng.choice(["Burglary", DRUGS, ASB], 900)}
        ).assign(source="police.uk")
    )
    incidents = Incidents(frame, months, "v")
    found = incidents.of(together(["Burglary", DRUGS]))
    assert len(found.frame) == (frame["category"] != ASB).sum()
    assert len(found.frame) == sum(len(incidents.of(kind).frame) for kind in ("Burglary", DRUGS))
    later = incidents.of(together(["Burglary", "Public order"]))
    assert str(later.months[0]) == "2013-05"
    assert len(later.frame) == ((frame["category"] == "Burglary") & (frame["month"] >= "2013-05")).sum()
