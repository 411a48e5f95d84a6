"""Problems of a partnership in words: at which step, what change could be seen, what is known of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from analysis.common.percents import percent
from analysis.findings.finding import Finding
from data.problem.problem import CLOSED, DATA, OBJECTIVE, STEPS, Measure, Problem

NOT_LOOKED_AT = "not looked at yet"
NO_MEASURE = "not set yet"
CANNOT = "cannot be told"


def day_words(day: date) -> str:
    """Write a day: "3 March 2025"."""
    return f"{day.day} {day:%B %Y}"


def step_words(problem: Problem) -> str:
    """Say where a problem stands: "closed on 3 March 2025", or its step with its number of five."""
    if problem.state == CLOSED and problem.closed_on is not None:
        return f"closed on {day_words(problem.closed_on)}"
    return f"{STEPS[problem.at_step]}, step {list(STEPS).index(problem.at_step) + 1} of {len(STEPS)}"


def seen_words(measure: Measure | None) -> str:
    """Say in a few words what change could be seen: "a fall of about 40 % or more"."""
    if measure is None:
        return NO_MEASURE
    if measure.smallest_fall is None:
        return CANNOT
    return f"a fall of about {percent(measure.smallest_fall)} or more"


def verdict_words(problem: Problem) -> str:
    """Give the first sentence that stands under the assessment, the data's before a partner's."""
    lines = problem.assessment.lines
    first = next((line for line in lines if line.by == DATA), next(iter(lines), None))
    return NOT_LOOKED_AT if first is None else " ".join(first.text.split())


def ending_words(problem: Problem) -> str:
    """Say how a problem ended, for a title: the verdict without its figures."""
    lines = problem.assessment.lines
    if not lines or any(line.refused for line in lines):
        return "It was not judged"
    return re.split(r"; |: (?=\d)", verdict_words(problem), maxsplit=1)[0].rstrip(".")


def objective_words(problem: Problem, most: int = 200) -> str:
    """Give the objective on one line, its end cut where it is long."""
    said = " ".join(problem.objective.split())
    if not said:
        return NO_MEASURE
    return said if len(said) <= most else said[:most].rsplit(" ", 1)[0] + " ..."


def problems_finding(every: Sequence[Problem]) -> Finding:
    """Say how many problems are open and how many have ended.

    Parameters
    ----------
    every : sequence of Problem
        At least one.
    """
    ended = sum(one.state == CLOSED for one in every)
    n = len(every) - ended
    closed = f", {ended} {'has' if ended == 1 else 'have'} ended" if ended else ""
    if not n:
        title = f"No problem is open{closed}"
    else:
        title = f"{n} {'problem is' if n == 1 else 'problems are'} being worked on{closed}"
    waiting = [one.title for one in every if one.state != CLOSED and one.at_step == OBJECTIVE]
    detail = f"No objective that can be measured yet: {'; '.join(waiting)}." if waiting else ""
    return Finding(title, detail=detail)
