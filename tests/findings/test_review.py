"""The state of an aim, and what is known of an operation, follow their rule; each rule stands beside its state."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from analysis.common.refusal import Refusal
from analysis.common.years import Comparison, compare_series
from analysis.course.target_progress import ABOVE, Against, Baseline, Progress, progress
from analysis.findings import beside, review
from analysis.findings.finding import readable
from analysis.findings.review import Aim
from analysis.outcome.evaluation import CANNOT_TELL, FELL, ROSE

YEAR_END = pd.Period("2024-03", "M")


def monthly(*each: float) -> pd.Series:
    """Whole financial years to March 2024, each with so many incidents a month."""
    months = pd.period_range(YEAR_END - 12 * len(each) + 1, YEAR_END, freq="M")
    return pd.Series([n for n in each for _ in range(12)], index=months, dtype=float)


def held(series: pd.Series, by: str) -> Progress:
    """Against 12 a month of 2021/22, a tenth less by a year."""
    return progress(series, Baseline("2021/22", 1200, ""), -0.1, by, name="ASB")


@pytest.mark.parametrize(
    ("now", "by", "state"),
    [
        (50, "2025/26", review.ON_PATH), (200, "2025/26", review.OFF_PATH), (96, "2025/26", review.CANNOT_TELL),
        (89, "2023/24", review.MET), (91, "2023/24", review.NOT_MET),
    ],
)  # fmt: skip
def test_a_count_on_its_way(now: float, by: str, state: str) -> None:
    found = held(monthly(100, 100, now), by)
    aim = review.target_aim(found, "ASB: 10 % less", "data.police.uk")
    assert (review.target_state(found), aim.state, aim.as_of) == (state, state, "to March 2024")
    assert aim.aim == "ASB: 10 % less, at most 1,080"
    assert f"{12 * now:,} in" in aim.figure
    if state == review.OFF_PATH:
        assert isinstance(found.year, Against)
        assert found.year.side == ABOVE
        assert "above the path" in aim.figure


def test_a_count_that_is_not_there() -> None:
    gap = monthly(100, 100, 50)
    gap.iloc[-3] = float("nan")
    found = held(gap, "2025/26")
    assert review.target_aim(found, "x", "s") == Aim("x, at most 1,080", review.CANNOT_TELL, str(found.year), "s",
                                                     "to March 2024")  # fmt: skip
    no = Refusal("Nothing is loaded")
    assert review.target_aim(no, "x", "s") == Aim("x", review.CANNOT_TELL, str(no), "s", "")


def test_a_priority_is_measured_or_it_is_said_that_nothing_does() -> None:
    found: Comparison = compare_series(monthly(100, 100, 50), YEAR_END, "Drug offences")
    assert found.differs
    hidden = review.priority_aim("Organised crime", [found], "s", measured=False, state=review.ON_PATH)
    assert hidden.state == review.NOT_MEASURED
    assert hidden.figure == f"Near it, and no measure of it: {found.sentence}"
    assert review.priority_aim("x", [], "s", measured=False).figure == "Nothing in open data is near it."
    shown = review.priority_aim("ASB", [found], "s", measured=True, state=review.OFF_PATH)
    assert (shown.state, shown.figure, shown.as_of) == (review.OFF_PATH, found.sentence, "to March 2024")
    assert review.priority_aim("Thefts", [found], "s", measured=True).state == review.NO_FIGURE


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (beside.HOLDS, review.HOLDS), (beside.FAILS, review.FAILS), (beside.NOT_SURE, review.CANNOT_TELL),
        (beside.UNKNOWN, review.CANNOT_TELL),
    ],
)  # fmt: skip
def test_a_claim_keeps_its_verdict(verdict: str, state: str) -> None:
    assert review.claim_aim("lowest", beside.Verdict(verdict, "Why."), "s", "to March 2024").state == state
    assert review.claim_aim("lowest", Refusal("No neighbours"), "s", "").figure.startswith("No neighbours")


@pytest.mark.parametrize("state", [None, review.MET, review.NOT_MET, review.ON_PATH, review.OFF_PATH, "cannot tell"])
@pytest.mark.parametrize("subject", ["ASB", "Drug offences", "Violence and sexual offences"])
def test_the_title_can_be_read_aloud(state: str | None, subject: str) -> None:
    aims = [Aim("x", one, "", "", "") for one in (state or review.NO_FIGURE, *[review.NOT_MEASURED] * 6)]
    found = review.review_title(aims, subject, state)
    assert readable(found.title)
    assert found.title.startswith(subject if state else "6 of 7 aims are not in open data")
    assert "not measured by open data 6" in found.detail
    assert review.review_title((), "ASB", None).title == "The area file names no aims to review"


def test_only_rules_of_states_that_are_there_are_told() -> None:
    said = review.rules_words([review.OFF_PATH, review.NOT_MEASURED, review.OFF_PATH], review.RULES)
    assert said.startswith("Off the path: the last 12 months lie above")
    assert said.count("Off the path") == said.count("Not measured by open data") == 1
    assert "On the path" not in said
    assert set(review.KNOWN) == {FELL, ROSE, CANNOT_TELL, review.NO_VERDICT, review.NOT_LOOKED_AT}


RUN = {"run": True, "visited": True, "last": date(2024, 11, 8), "day": date(2025, 1, 15), "loaded": True}


@pytest.mark.parametrize(
    ("change", "word", "why"),
    [
        ({"run": False}, review.NOT_LOOKED_AT, "It was not marked as run."),
        ({"run": False, "last": date(2025, 1, 15)}, review.NOT_LOOKED_AT, "It is not over yet."),
        ({"visited": False}, review.NOT_LOOKED_AT, "It was marked as run, and no place was visited."),
        ({"found": Refusal("Too few")}, review.NO_VERDICT, "Too few."),
        ({"found": Refusal("Not there"), "loaded": False}, review.NOT_LOOKED_AT, "Not there."),
    ],
)  # fmt: skip
def test_an_operation_without_a_verdict(change: dict[str, Any], word: str, why: str) -> None:
    assert review.operation_known(**({"found": None} | RUN | change)) == (word, why)


def test_an_operation_with_a_verdict() -> None:
    found: Any = SimpleNamespace(verdict=CANNOT_TELL, recorded=45, expected=50.4, usual_counts=(31, 70))
    word, why = review.operation_known(found, **RUN)
    assert word == "cannot tell"
    assert why == "45 recorded where people went; about 50 expected, 31 to 70 with nothing planned."
