"""Target, priorities and outcomes of an area file: what is read, and what is told when they are wrong."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from data.kinds.crime_types import CATEGORIES
from data.place.area import Area
from data.plan.targets import (
    NATIONAL,
    Outcome,
    Priority,
    Target,
    Wanted,
    outcomes_of,
    plan_problems,
    priorities_of,
    target_of,
    wanted_of,
)
from geo.errors import InputError

TARGET: dict[str, Any] = {"category": "Drugs", "change": -0.1, "by": "2026/27"}


def test_the_projects_own(area: Area) -> None:
    target = target_of(area.raw)
    assert target is not None
    assert (target.change, target.by, target.baseline_year, target.baseline) == (-0.06, "2026/27", "2022/23", 1592)
    priorities = priorities_of(area.raw)
    assert [priority.measured for priority in priorities] == [False, True, False]
    abuse, asb, organised = priorities
    assert abuse.categories == ("Violence and sexual offences",)
    assert "not published separately" in abuse.missing
    assert "no measure of it" in abuse.missing
    assert asb.categories == (target.category,)
    assert "rise with police activity" in organised.missing
    assert "County lines and exploitation are not in open data" in organised.missing
    assert {outcome.key for outcome in outcomes_of(area.raw)} == {
        "training", "legal_powers", "young_people", "confidence",
    }  # fmt: skip


def test_an_area_that_sets_none() -> None:
    assert target_of({}) is None
    assert priorities_of({}) == ()
    assert outcomes_of({}) == ()


def test_as_little_as_there_may_be() -> None:
    raw = tomllib.loads(
        """
        [target]
        category = "Burglary"
        change = 0.0
        by = "1999/00"
        [[priorities]]
        name = "Rural crime"
        missing = "No file holds it."
        [[outcomes]]
        key = "a_1"
        name = "Visits"
        """
    )
    assert target_of(raw) == Target("Burglary", 0.0, "1999/00")
    assert priorities_of(raw) == (Priority("Rural crime", (), measured=False, missing="No file holds it."),)
    assert outcomes_of(raw) == (Outcome("a_1", "Visits", ""),)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"category": "Litter"}, "'Litter' is no crime type"),
        ({"change": -6}, "change -6 is a share"),
        ({"change": "-6 %"}, "is a share"),
        ({"change": True}, "is a share"),
        ({"by": "2026/28"}, "by '2026/28' is a financial year"),
        ({"by": 2026}, "is a financial year"),
        ({"baseline": 100}, "go together"),
        ({"baseline_year": "2022/23"}, "go together"),
        ({"baseline": 0, "baseline_year": "2022/23"}, "is a count of a financial year"),
        ({"baseline": 1.5, "baseline_year": "2022/23"}, "is a count of a financial year"),
        ({"baseline": 10, "baseline_year": "2027/28"}, "comes before the target year"),
        ({"baselin": 10}, "baselin is not among baseline,"),
    ],
)
def test_a_target_that_is_wrong(change: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told) as error:
        target_of({"target": TARGET | change})
    assert error.value.column == "target"


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError) as error:
        target_of({"target": {"category": "x", "change": 5, "by": ""}})
    assert str(error.value).count(";") == 2
    with pytest.raises(InputError, match=r"\[target\]"):
        target_of({"target": 5})


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"missing": "x"}, "has no name"),
        ({"name": "A", "categories": ["Litter"], "missing": "x"}, "crime types of data.police.uk"),
        ({"name": "A", "categories": "Drugs", "missing": "x"}, "crime types of data.police.uk"),
        ({"name": "A", "measured": True, "missing": "x"}, "measured is true only where"),
        ({"name": "A", "measured": "no", "missing": "x"}, "measured is true only where"),
        ({"name": "A", "categories": ["Drugs"]}, "missing says what open data has not"),
        ({"name": "A", "missing": "x", "note": "y"}, "note is not among"),
    ],
)
def test_a_priority_that_is_wrong(entry: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        priorities_of({"priorities": [{"name": "B", "categories": list(CATEGORIES), "missing": "m"}, entry]})


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"key": "Two Words", "name": "A"}, "is a short word"),
        ({"name": "A"}, "is a short word"),
        ({"key": "b", "name": "A"}, "is there twice"),
        ({"key": "c"}, "has no name"),
        ({"key": "c", "name": "C", "target": 5}, "target is not among"),
    ],
)
def test_an_outcome_that_is_wrong(entry: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        outcomes_of({"outcomes": [{"key": "b", "name": "B"}, entry]})


def test_what_partners_fill(area: Area) -> None:
    assert wanted_of({}) == NATIONAL
    assert [one.key for one in NATIONAL] == ["domestic_abuse", "exploitation", "confidence", "fire", "health"]
    assert all(one.name and one.ask and one.note for one in (*NATIONAL, *wanted_of(area.raw)))
    assert wanted_of({"evidence": "none"}) == ()
    assert wanted_of({"evidence": [{"key": "a", "name": "A", "ask": "B"}]}) == (Wanted("a", "A", "B"),)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"key": "Two Words", "name": "A", "ask": "B"}, "evidence 2: key 'Two Words' is a short word"),
        ({"key": "b", "name": "A", "ask": "B"}, "is there twice"),
        ({"key": "c", "ask": "B"}, "evidence 2: it has no name"),
        ({"key": "c", "name": "C"}, "it has no ask: whom to ask"),
        ({"key": "c", "name": "C", "ask": "B", "unit": 5}, "unit is not among"),
    ],
)
def test_what_partners_fill_that_is_wrong(entry: dict[str, Any], told: str) -> None:
    raw = {"evidence": [{"key": "b", "name": "B", "ask": "C"}, entry]}
    with pytest.raises(InputError, match=told):
        wanted_of(raw)
    assert len(plan_problems(raw, "x")) == 1


@pytest.mark.parametrize("name", ["priorities", "outcomes", "evidence"])
@pytest.mark.parametrize("value", [{"name": "A"}, ["A"], "A"])
def test_lists_that_are_none(name: str, value: object) -> None:
    with pytest.raises(InputError, match=rf"\[\[{name}\]\]"):
        {"priorities": priorities_of, "outcomes": outcomes_of, "evidence": wanted_of}[name]({name: value})
