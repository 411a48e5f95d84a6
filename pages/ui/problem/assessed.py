"""The last step: Did it work on its places and months, what partners saw, and how it ended."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from analysis.problem.ending import NO_VERDICT
from analysis.problem.said import Said
from data.plan.kept import Kept
from data.problem.problem import ASSESSMENT, CLOSED, OPEN, Problem
from pages.ui.problem import counts, found, record, steps
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
    problem, fill = one.content, None
    if problem.measure is None:
        frame.note("The objective has no months yet: save it first, then Did it work is asked of them here.")
    elif as_at is not None:
        first, last = (pd.Period(month, "M") for month in (problem.measure.first, problem.measure.last))
        fill = partial(_ended, data, problem, first, last, as_at)
        if not any(line.key == "verdict" for line in problem.assessment.lines):
            for said in fill():
                frame.note(said.text)
    left, right = st.columns([68, 32], gap="small")
    with left:
        steps.show(data, one, ASSESSMENT, fill, as_at, may=may)
    with right:
        counts.show(data, one, may=may)
        if may:
            _end(data, one)


def _end(data: Dataset, one: Kept[Problem]) -> None:
    problem = one.content
    if problem.state == OPEN:
        st.button(
            "Close the problem", on_click=record.act, args=(_close, data, one), key="problem_close",
            help=f"It stays readable, and can be opened again. {NO_VERDICT}",
        )  # fmt: skip
    else:
        st.button("Open it again", on_click=record.act, args=(_open, data, one), key="problem_open_again")


def _ended(data: Dataset, problem: Problem, first: pd.Period, last: pd.Period, as_at: pd.Period) -> tuple[Said, ...]:
    return cached(found.ended, data, problem.category, problem.where.cells, first, last, as_at)


def _close(data: Dataset, one: Kept[Problem]) -> str:
    return record.change(data, one, replace(one.content, state=CLOSED, closed_on=data.as_at), "Closed")


def _open(data: Dataset, one: Kept[Problem]) -> str:
    return record.change(data, one, replace(one.content, state=OPEN, closed_on=None), "Opened again")
