"""Stops in words: a part as a person says it, what is said of some together, and nothing where it is not known."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.plan import stops as plan_stops
from data.plan.plan import Stop
from data.plan.stops import part_words
from tests.plan.made_plans import made_plan
from tests.properties import examples

BY_HAND = {
    1.0: "nearly all", 0.95: "nearly all", 0.94: "about 9 in 10", 0.55: "about 6 in 10", 0.5: "about half",
    0.36: "about 4 in 10", 0.35: "about 1 in 3", 0.3: "about 1 in 3", 0.25: "about 1 in 4", 1 / 6: "about 1 in 6",
    0.0513: "about 1 in 19", 0.05: "about 1 in 20", 0.026: "about 1 in 40", 0.025: "about 1 in 40",
    0.0101: "about 1 in 100", 0.004: "about 1 in 250", 0.00101: "about 1 in 1,000", 0.001: "under 1 in 1,000",
    0.0: "under 1 in 1,000",
}  # fmt: skip


def said(words: str) -> float:
    """The part that the words name; for "under" the largest."""
    if words == "nearly all":
        return 1.0
    if words == "about half":
        return 0.5
    found = re.fullmatch(r"(?:about|under) (\d) in ([\d,]+)", words)
    assert found is not None, words
    return int(found[1]) / int(found[2].replace(",", ""))


@pytest.mark.parametrize(("part", "words"), BY_HAND.items())
def test_a_part_is_said_as_by_hand(part: float, words: str) -> None:
    assert part_words(part) == words


def test_a_part_that_is_not_known_is_said_to_be() -> None:
    assert part_words(None) == "part not known"


@given(st.floats(0, 1))
@examples(100)
def test_a_part_is_said_within_a_sixth_and_never_as_nothing(part: float) -> None:
    words = part_words(part)
    assert said(words) > 0
    if words.startswith("under"):
        assert part <= said(words)
    else:
        assert said(words) == pytest.approx(part, rel=0.17, abs=0.005)


def test_a_larger_part_is_never_said_as_a_smaller_one() -> None:
    parts = [said(part_words(n / 5000)) for n in range(5001)]
    assert parts == sorted(parts)


def stop(reference: str, part: float) -> Stop:
    return Stop(reference, f"Street {reference}", "", part, {})


def test_stops_together_count_each_place_once() -> None:
    visits = [stop("a", 0.02), stop("b", 0.1), stop("a", 0.02), stop("c", 0.05)]
    words = plan_stops.together_words("Drugs", visits, "county")
    assert words == "All 3 stops together: about 1 in 6 of the county's drug offences on these days"
    assert plan_stops.together_words("Drugs", visits[:1], "county").startswith("This stop: about 1 in 50")
    assert plan_stops.together_words("Drugs", [*visits, stop("d", -1)], "county") == ""
    assert plan_stops.together_words("Drugs", [], "county") == ""
    assert [(n, one.reference) for n, one in plan_stops.by_part(visits)] == [(2, "b"), (4, "c"), (1, "a")]
    assert plan_stops.by_part([*visits, stop("d", -1)]) == []


def test_without_a_forecast_no_part_of_the_days_is_known() -> None:
    plan = replace(made_plan(), stops=(stop("SJ420988", 0.02),))
    assert plan_stops.stops_of(plan)["SJ420988"].part == 0.02
    assert plan_stops.part_of(plan, 2.0) == pytest.approx(2 * 0.02 / 1.689)
    refused = replace(plan, expected=None, refused="It lies too far ahead.")
    assert [one.part for one in plan_stops.stops_of(refused).values()] == [-1.0] * 7
    assert plan_stops.part_of(refused, 2.0) is None
    assert plan_stops.why_words(refused, plan_stops.stops_of(refused)["SJ420988"], "county") == ""
