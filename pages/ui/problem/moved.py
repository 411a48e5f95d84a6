"""A problem whose places or counts were changed: what the data said of those before is said anew."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.common.refusal import Refusal
from analysis.problem.said import Said
from data.kinds.lists import join_words
from data.problem.problem import ANALYSIS, ASSESSMENT, SCANNING, STEPS, Problem
from pages.ui.problem import found, record
from pages.ui.shell.cache import Dataset, cached

CHANGED = "Name, owner, counts or places changed"


def moved(old: Problem, new: Problem) -> bool:
    """Whether something else is counted now, or elsewhere."""
    before, now = ((one.source, one.category, one.where.cells, one.where.cell_size_m) for one in (old, new))
    return before != now


def anew(data: Dataset, old: Problem, new: Problem, as_at: pd.Period | None) -> Problem:
    """Give a problem with what the data say of its new places: lines that are not signed off, and the measure.

    Parameters
    ----------
    data : Dataset
    old, new : Problem
        Before the change, and with the new places or counts.
    as_at : Period or None
        Last month that is known; without one the data's lines, and the measure, are taken out.
    """
    if not moved(old, new):
        return new
    if as_at is None:
        return _without(new)
    counted, of = found.data_of(data, new.source), (new.category, new.where.cells)
    try:
        new = again(counted, new, as_at)
        if new.measure is not None:
            first, last = (pd.Period(month, "M") for month in (new.measure.first, new.measure.last))
            seen = cached(found.could_be_seen, counted, *of, first, last, as_at)
            measure = replace(
                new.measure, baseline=seen.baseline, smallest_fall=seen.smallest_fall, said=seen.sentence
            )  # fmt: skip
            new = replace(new, measure=measure)
    except Refusal:  # none of the cells lies in the area
        return _without(new)
    return new


def again(counted: Dataset, problem: Problem, as_at: pd.Period, *, judge: bool = False) -> Problem:
    """Fill in the steps that are not signed from one state of the data: the record names one.

    The assessment is filled in where lines of the data stand there, and with ``judge`` where none does.

    Parameters
    ----------
    counted : Dataset
        Of the problem's source: :func:`pages.ui.problem.found.data_of`.
    problem : Problem
    as_at : Period
        Last month that is known.

    Raises
    ------
    Refusal
        None of the cells lies in the area.
    """
    of = (problem.category, problem.where.cells)
    problem = _filled(problem, SCANNING, cached(found.scanning, counted, *of, as_at))
    problem = _filled(problem, ANALYSIS, cached(found.analysis, counted, *of, as_at))
    if problem.measure is not None and (judge or any(line.key for line in problem.assessment.lines)):
        first, last = (pd.Period(month, "M") for month in (problem.measure.first, problem.measure.last))
        problem = _filled(problem, ASSESSMENT, cached(found.ended, counted, *of, first, last, as_at))
    return replace(problem, as_at=str(as_at), data_version=counted.incidents.version)


def other_months(counted: Dataset, problem: Problem, as_at: pd.Period) -> Problem:
    """Give a problem whose objective has other months with the verdict on these; arguments as :func:`again`."""
    try:
        return again(counted, problem, as_at)
    except Refusal:  # none of the cells lies in the area
        return _filled(problem, ASSESSMENT, ())


def changed_words(old: Problem, new: Problem) -> str:
    """Say for the history what was changed, and which steps stand as they were signed for the places before."""
    signed = [STEPS[key] for key in (SCANNING, ANALYSIS, ASSESSMENT) if new.step(key).signed is not None]
    if not moved(old, new) or not signed:
        return CHANGED
    return f"{CHANGED}; {join_words(signed)} {'stands' if len(signed) == 1 else 'stand'} as signed for those before"


def _filled(problem: Problem, key: str, said: tuple[Said, ...]) -> Problem:
    step = problem.step(key)
    if step.signed is not None:
        return problem
    return replace(problem, **{key: replace(step, lines=record.filled(step, said))})  # type: ignore[arg-type]


def _without(problem: Problem) -> Problem:
    for key in (SCANNING, ANALYSIS, ASSESSMENT):
        problem = _filled(problem, key, ())
    return replace(problem, measure=None)
