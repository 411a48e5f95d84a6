"""Sentences on an area among districts: true by the table, short enough to be read aloud, with their doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.common.method import Method
from analysis.course.beside import HIGHER, LOWER, NEAR, Beside, YearSpread
from analysis.findings.beside import (
    FAILS,
    HOLDS,
    NOT_SURE,
    UNKNOWN,
    beside_title,
    claim_verdict,
    left_out_words,
    rank_words,
    trend_words,
)
from analysis.findings.finding import readable
from data.kinds.crime_types import CATEGORIES
from data.place.neighbours import Claim
from tests.properties import examples

END = pd.Period("2024-12", "M")
LOWEST = Claim("the lowest levels of crime", (), "lowest", "the plan")
HIGHEST = Claim("the highest", (), "highest", "")


def made(sides: Sequence[str], own: int, left_out: tuple[tuple[str, str], ...] = (), df: int = 16) -> Beside:
    """Districts with rates 1, 2, 3 ...; the area stands at ``own``, the others stand to it as said."""
    sides = [*sides[:own], "", *sides[own:]]
    n = len(sides)
    names = ["Here" if i == own else f"D{i + 1}" for i in range(n)]
    rate = np.arange(1.0, n + 1)
    table = pd.DataFrame(
        {
            "district": names, "own": np.arange(n) == own, "count": 100, "residents": 1000, "rate": rate,
            "low": rate - 0.5, "high": rate + 0.5, "against": sides, "p": np.nan, "change": 0.9, "change_low": 0.8,
            "change_high": 0.95, "index": 80.0 + rate,
        }
    )  # fmt: skip
    index = pd.DataFrame(90.0, index=pd.period_range("2018-12", END, freq="M"), columns=names)
    return Beside(
        table, index, "Here", END, pd.period_range(END - 11, END, freq="M"), YearSpread(0.05, df, 4 if df else 0),
        own + 1, 1 + sides.count(LOWER), n - sides.count(HIGHER), left_out, 0.0, Method("m"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rank", "of", "words"),
    [
        (1, 6, "lowest"), (2, 6, "second lowest"), (3, 6, "third lowest"), (4, 6, "third highest"),
        (6, 6, "highest"), (1, 1, "lowest"), (3, 5, "third lowest"), (11, 40, "11th lowest"),
    ],
)  # fmt: skip
def test_a_place_is_told_from_the_nearer_end(rank: int, of: int, words: str) -> None:
    assert rank_words(rank, of) == words


def test_what_is_within_years_is_said_with_the_place() -> None:
    told = beside_title(made([LOWER, NEAR, NEAR, HIGHER, HIGHER], 2), "ASB")
    assert told.title == "ASB: Here is third lowest of six, not told apart from two others"
    assert told.when == "in the 12 months to December 2024"
    assert told.detail == (
        "3.0 for every 1,000 residents (2.5 to 3.5). It is lower than D5 and D6 and higher than D1 by more than years "
        "vary by. The differences to D2 and D4 are within what years vary by: its place lies between second lowest and "
        "third highest."
    )
    alone = beside_title(made([LOWER, HIGHER], 1), "ASB")
    assert alone.title == "ASB: Here is second lowest of three, clearly"
    one = beside_title(made([NEAR, HIGHER], 0), "ASB")
    assert one.title == "ASB: Here is lowest of three, not told apart from D2"
    unknown = beside_title(made(["", ""], 0, df=0), "ASB")
    assert unknown.title == "ASB: Here cannot yet be placed among the other two"
    assert beside_title(made([NEAR], 0), "ASB").title == "ASB: Here is not told apart from D2"
    every = beside_title(made([NEAR, NEAR, NEAR], 1), "ASB")
    assert every.title == "ASB: Here is not told apart from the other three"  # a place would say nothing
    assert "its place lies between lowest and highest" in every.detail
    long = replace(made([NEAR, NEAR, HIGHER], 1), own="Kingston upon Hull, City of")
    assert beside_title(long, "Violence and sexual offences").title == (
        "Violence and sexual offences: the area is second lowest of four, two others too close"
    )
    assert "Two years of months are needed" in unknown.detail


@examples(60)
@given(
    others=st.lists(st.sampled_from([LOWER, NEAR, HIGHER]), min_size=1, max_size=13),
    name=st.sampled_from([*CATEGORIES, "All recorded crime"]),
    data=st.data(),
)
def test_titles_can_be_read_aloud_and_never_hide_a_doubt(others: list[str], name: str, data: st.DataObject) -> None:
    order = sorted(others, key=[LOWER, NEAR, HIGHER].index)
    own = data.draw(st.integers(order.count(LOWER), len(order) - order.count(HIGHER)))
    found = made(order, own)
    told = beside_title(found, name)
    assert readable(told.title), told.title
    assert (NEAR in order) == ("clearly" not in told.title)
    for claim, wrong in ((LOWEST, LOWER), (HIGHEST, HIGHER)):
        said = claim_verdict(found, claim).verdict
        assert said == (FAILS if wrong in order else NOT_SURE if NEAR in order else HOLDS)
    assert found.lowest <= found.rank <= found.highest


def test_a_claim_is_held_against_the_figures() -> None:
    missing = (("Halton", "the files of Cheshire police are not loaded"),)
    fails = claim_verdict(made([LOWER, NEAR, HIGHER], 2, missing), LOWEST)
    assert (fails.verdict, fails.sentence) == (
        FAILS,
        "Here is second highest of four: D1 is lower by more than years vary by. Not compared: Halton.",
    )
    near = claim_verdict(made([NEAR, HIGHER], 0), LOWEST)
    assert (near.verdict, near.sentence) == (
        NOT_SURE,
        "Here is lowest of three: the difference to D2 is within what years vary by, so the order may be another one "
        "next year.",
    )
    holds = claim_verdict(made([HIGHER, HIGHER], 0, missing), LOWEST)
    assert (holds.verdict, holds.sentence) == (
        HOLDS,
        "Here is lowest of three: D2 and D3 are higher by more than years vary by. Not compared: Halton.",
    )
    assert claim_verdict(made(["", ""], 0, df=0), LOWEST).verdict == UNKNOWN
    assert left_out_words(made([NEAR], 0, missing)) == (
        "Halton is left out: the files of Cheshire police are not loaded."
    )


def test_the_course_is_told_beside_that_of_the_others() -> None:
    said = trend_words(made([LOWER, HIGHER], 1))
    assert said == (
        "Against the year before: Here −10\u00a0% (−20\u00a0% to −5\u00a0%); D1 −10\u00a0%, D3 −10\u00a0%. "
        "Since the 12 months to December 2018 (100): Here 82, the others 81 to 83."
    )
