"""The first step: what is to be reached, in words and as a count, with what change could be seen at all."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from analysis.common.method import YEAR
from analysis.problem.measure import Seen, objective_words
from data.plan.kept import Kept
from data.problem.problem import TEXT_LENGTH, Measure, Problem
from geo.errors import InputError
from pages.ui.plan.saved import asked
from pages.ui.problem import found, moved, record, typed
from pages.ui.shell import frame
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import short_month

USUAL_MONTHS = 6
_AHEAD = 2 * YEAR  # months that may still come
_AREA_PX = 110


def show(data: Dataset, one: Kept[Problem], as_at: pd.Period | None, *, may: bool) -> None:
    """Draw the objective: to be read, or to be changed with what could be seen said first.

    Parameters
    ----------
    data : Dataset
        What the problem counts.
    one : Kept of Problem
    as_at : Period or None
    may : bool
    """
    problem, measure = one.content, one.content.measure
    if not may or as_at is None:
        st.html(f"<p>{escape(problem.objective or 'No objective is written yet.')}</p>")
        if measure is not None:
            frame.note(words(problem, measure))
        return
    text = record.own(one, "objective_text")
    st.text_area(
        "What is to be reached", key=typed.key(text, problem.objective), max_chars=TEXT_LENGTH, height=_AREA_PX,
        on_change=typed.take, args=(text,), placeholder="Such as: families can use the car park on summer evenings",
    )  # fmt: skip
    first, last, wanted = _months(data, one, as_at)
    try:
        seen = cached(found.could_be_seen, data, problem.category, problem.where.cells, first, last, as_at)
    except InputError as error:
        frame.failed(error)
        return
    said = f"{objective_words(problem.category, first, last, seen.baseline)} {seen.sentence}"
    frame.warn(said)
    if wanted and seen.smallest_fall is not None and wanted / 100 < seen.smallest_fall:
        frame.warn(
            f"The fall of {wanted} % that is wanted would go unseen: it is worth saying in words what else tells."
        )
    if seen.method is not None:
        frame.how(seen.method)
    if measure is not None and typed.changed(text, problem.objective):
        frame.note(f"Not saved yet. Saved is: {problem.objective}")
    read = partial(_typed, text, problem.objective)
    st.button(
        "Save the objective", type="primary", key="problem_objective_save", on_click=asked.unless_named,
        args=(data, record.place(one), read, _save, data, one, text, seen, wanted, as_at),
    )  # fmt: skip


def words(problem: Problem, measure: Measure) -> str:
    """Say the measure as it is saved."""
    first, last = pd.Period(measure.first, "M"), pd.Period(measure.last, "M")
    wanted = "" if measure.wanted is None else f" Wanted: {100 * measure.wanted:.0f} % fewer."
    return f"{objective_words(problem.category, first, last, measure.baseline)}{wanted} {measure.said}"


def _months(data: Dataset, one: Kept[Problem], as_at: pd.Period) -> tuple[pd.Period, pd.Period, int]:
    measure, months = one.content.measure, data.incidents.months
    earliest = min(months[0], as_at) if len(months) else as_at  # a feed that was taken away has none
    every = pd.period_range(earliest, as_at + _AHEAD, freq="M")
    names = {str(month): short_month(month) for month in reversed(every)}
    usual = (str(as_at + 1), str(as_at + USUAL_MONTHS))
    starts = usual if measure is None else (measure.first, measure.last)
    columns = st.columns(3, gap="small")
    chosen = []
    for column, label, end, start in zip(columns, ("From", "To"), ("first", "last"), starts, strict=False):
        name = record.own(one, f"objective_{end}")
        options = names if start in names else {start: short_month(pd.Period(start, "M")), **names}
        if typed.value(name, start) not in options:
            typed.put(name, start)
        column.selectbox(
            label, list(options), format_func=options.__getitem__, key=typed.key(name, start), on_change=typed.take,
            args=(name,),
        )  # fmt: skip
        chosen.append(pd.Period(typed.value(name, start), "M"))
    name = record.own(one, "objective_wanted")
    now = 0 if measure is None or measure.wanted is None else round(100 * measure.wanted)
    columns[2].number_input(
        "Wanted fall in % (0: no figure)", 0, 99, step=5, key=typed.key(name, now), on_change=typed.take, args=(name,)
    )
    return chosen[0], chosen[1], int(typed.value(name, now))


def _typed(text: str, before: str) -> list[str]:
    return [str(typed.value(text, before))]


def _save(data: Dataset, one: Kept[Problem], text: str, seen: Seen, wanted: int, as_at: pd.Period) -> str:
    old = one.content
    says = str(typed.value(text, old.objective)).strip()
    measure = Measure(
        str(seen.first), str(seen.last), seen.baseline, seen.smallest_fall, seen.sentence,
        wanted / 100 if wanted else None,
    )  # fmt: skip
    new, what = replace(old, objective=says, measure=measure), "Objective saved"
    before = old.measure
    if before is not None and (before.first, before.last) != (measure.first, measure.last):
        if old.assessment.signed is not None:
            what += "; Assessment stands as signed for the months before"
        elif any(line.key for line in old.assessment.lines):
            new = moved.other_months(data, new, as_at)  # a verdict on others does not stay beside these
            what += "; what is not signed off is filled in again"
    return record.change(data, one, new, what, (record.own(one, "objective"),))
