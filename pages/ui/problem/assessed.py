"""The last step: Did it work on its places and months, what partners saw, and how it ended."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from analysis.common.refusal import Refusal
from analysis.problem.ending import NO_VERDICT
from analysis.problem.said import Said
from data.plan.kept import Kept
from data.problem.problem import ASSESSMENT, CLOSED, Problem
from pages.ui.problem import counts, found, moved, record, steps
from pages.ui.shell import frame
from pages.ui.shell.cache import Dataset, cached


def show(data: Dataset, one: Kept[Problem], as_at: pd.Period | None, *, may: bool) -> None:
    """Draw the assessment.

    Parameters
    ----------
    data : Dataset
        What the problem counts.
    one : Kept of Problem
    as_at : Period or None
    may : bool
    """
    problem = one.content
    ahead: tuple[Said, ...] = ()
    if problem.measure is None:
        frame.note("The objective has no months yet: save it first, then Did it work is asked of them here.")
    elif as_at is not None and not _judged(problem):
        first, last = (pd.Period(month, "M") for month in (problem.measure.first, problem.measure.last))
        ahead = cached(found.ended, data, problem.category, problem.where.cells, first, last, as_at)
    left, right = st.columns([68, 32], gap="small")
    with left:
        steps.show(data, one, ASSESSMENT, as_at, may=may, ahead=ahead, fills=problem.measure is not None)
    with right:
        counts.show(data, one, may=may)
        if may:
            st.button(
                "Close the problem", on_click=record.act, args=(_close, data, one, ahead, as_at),
                key="problem_close", help=f"It stays readable, and can be opened again. {NO_VERDICT}",
            )  # fmt: skip


def _judged(problem: Problem) -> bool:
    """Whether a verdict stands in the assessment, or it was signed off without one."""
    return problem.assessment.signed is not None or any(line.key == "verdict" for line in problem.assessment.lines)


def _close(data: Dataset, one: Kept[Problem], ahead: tuple[Said, ...], as_at: pd.Period | None) -> str:
    """Close it with what the data said on the page, so that it does not read as if nobody had looked."""
    problem, step = one.content, one.content.assessment
    if step.signed is None:
        steps.nothing_unsaved(one, ASSESSMENT, "close it")
    if ahead and as_at is not None:
        try:
            problem = moved.again(data, problem, as_at, judge=True)
        except Refusal:  # none of its cells lies in the area: that is what stands there
            problem = replace(problem, assessment=replace(step, lines=record.filled(step, ahead)))
    return record.change(data, one, replace(problem, state=CLOSED, closed_on=data.as_at), "Closed")
