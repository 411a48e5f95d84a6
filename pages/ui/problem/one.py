"""One problem: what it is, its five steps, and all that can be done to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape

import pandas as pd
import streamlit as st

from analysis.common.refusal import Refusal
from analysis.findings.problems import step_words
from data.access.actor import PLAN
from data.kinds.crime_types import ASB, category_words
from data.plan.kept import Kept
from data.plan.saved import TITLE_LENGTH
from data.problem.problem import (
    ANALYSIS,
    ASSESSMENT,
    CLOSED,
    OBJECTIVE,
    OPEN,
    RESPONSE,
    SCANNING,
    STEPS,
    Measure,
    Problem,
    Where,
)
from data.problem.problems import PROBLEMS
from data.store.schema import POLICE_UK
from pages.ui.plan.saved import asked, state
from pages.ui.problem import (
    assessed,
    carried,
    entry,
    form_cleared,
    form_files,
    found,
    objective,
    record,
    responses,
    steps,
    timeline,
)
from pages.ui.shell import access, choice, filters, frame, history, problem_link, screenshot
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.history import Revision

_NAMED = 4  # places that are named at the head
_MOST_IN_ADDRESS = 300  # cells: a longer address does not pass everywhere


def show(data: Dataset, one: Kept[Problem], newest: Kept[Problem], as_at: pd.Period | None) -> None:
    """Draw a problem.

    Parameters
    ----------
    data : Dataset
    one : Kept of Problem
        The revision that the person sees.
    newest : Kept of Problem
        The newest there is.
    as_at : Period or None
        Last month that is known.
    """
    problem = one.content
    may = _may(one) and not one.archived and problem.state != CLOSED
    if newest.revision > one.revision:
        st.html(
            f'<div class="warning" role="status">Another has saved this problem since you opened it: '
            f"{escape(newest.what)}, {escape(state.when(newest.saved_at))}. You see revision {one.revision} with what "
            "you typed.</div>"
        )
        st.button("Show the newest", on_click=record.see, args=(newest,), key="problem_newest")
    _head(data, one)
    state.tell()
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="problem_row"):
        step = _step(problem)
        _acts(data, one, as_at)
    asked.show(record.place(one))
    if may and step == problem.at_step:
        frame.note(f"Next: {record.NEXT[step]}.")
    if why := _uncounted(data, problem, as_at):
        frame.refused(why)
        as_at = None
    try:
        _DRAWN[step](found.data_of(data, problem.source), one, as_at, may)
        if as_at is not None:
            _made(data, one, step, as_at)
    except Refusal as refusal:
        frame.refused(refusal)
    if problem.category == ASB and problem.source == POLICE_UK:
        frame.asb_note()


def _made(data: Dataset, one: Kept[Problem], step: str, as_at: pd.Period) -> None:
    """Say how the figures of a step are made, and lead to the page that judges."""
    problem = one.content
    counted, cells = found.data_of(data, problem.source), problem.where.cells
    if step == ASSESSMENT and problem.measure is not None:
        _judged_there(data, problem, problem.measure)
        first, last = (pd.Period(month, "M") for month in (problem.measure.first, problem.measure.last))
        judged = cached(found.verdict, counted, problem.category, cells, first, last, as_at)
        if not isinstance(judged, Refusal):
            frame.how(judged.method)
    elif step != OBJECTIVE:
        frame.how(cached(found.made, counted, problem.category, cells, as_at))


def _judged_there(data: Dataset, problem: Problem, measure: Measure) -> None:
    """Lead to Did it work on the same cells and months; a restricted zone's cells never stand in an address."""
    secret = problem.where.zone and form_cleared.untold(problem.where.zone, form_cleared.zones_in(data))
    if screenshot.on() or problem.source != POLICE_UK or secret or len(problem.where.cells) > _MOST_IN_ADDRESS:
        return
    asked_of = problem_link.judged_there(measure.first, measure.last, problem.where.cells)
    kind = choice.to_address(choice.Choice(category=problem.category, as_at=filters.choice().as_at))
    with st.container(key="beside_problem"):
        st.page_link(
            problem_link.DID_IT_WORK, label="The same in Did it work, month by month", width="content",
            query_params=kind | asked_of,
        )  # fmt: skip


def _uncounted(data: Dataset, problem: Problem, as_at: pd.Period | None) -> Refusal | None:
    """Say why the data cannot be asked of its places; None where they can."""
    if as_at is None:
        return Refusal("No month is loaded", "Load files on the Data page")
    if not problem.where.cells:
        return Refusal("Its places are those of a zone that is not shown here, and nothing is counted")
    was, now = problem.where.cell_size_m, data.area.cell_size_m
    if was != now:
        return Refusal(
            f"Its places were chosen on cells of {was:g} m, and cells are {now:g} m now: nothing is counted there",
            "Choose its places again under Name, owner and places",
        )
    return None


def _may(one: Kept[Problem]) -> bool:
    """Whether whoever is at the page may change it: an example of the demonstration nobody."""
    return access.actor().may(PLAN) and not record.example(one) and not screenshot.on()


def _head(data: Dataset, one: Kept[Problem]) -> None:
    problem = one.content
    closed = step_words(problem) if problem.closed_on else "open"
    said = [
        f"<strong>{escape(problem.owner)}</strong>",
        escape(category_words(problem.category)),
        escape(_where(problem.where)),
        closed + (", archived" if one.archived else "") + (", simulated" if problem.simulated else ""),
        "an example of the demonstration, to be read"
        if record.example(one)
        else f"revision {one.revision}, {escape(state.when(one.saved_at))}",
    ]
    st.html("<div>" + "; ".join(said) + "</div>")
    if record.untouched(one, data.as_at):
        frame.warn(f"Nobody touched it for {(data.as_at - one.saved_at.date()).days} days.")


def _where(where: Where) -> str:
    names, n = where.names, len(where.cells)
    named = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    cells = f"{n:,} {'cell' if n == 1 else 'cells'} of {where.cell_size_m:g} m" if n else ""
    return f"{named} ({cells})" if named and cells else named or cells


def _step(problem: Problem) -> str:
    """Draw the choice of step; by itself the one that is next."""
    if st.session_state.get(record.STEP) not in STEPS:
        st.session_state[record.STEP] = ASSESSMENT if problem.state == CLOSED else problem.at_step
    widget = f"{record.STEP}_widget"
    if st.session_state.get(widget) != st.session_state[record.STEP]:
        st.session_state[widget] = st.session_state[record.STEP]
    st.segmented_control(
        "Step", list(STEPS), format_func=STEPS.__getitem__, key=widget, on_change=_take_step,
        label_visibility="collapsed",
    )  # fmt: skip
    return str(st.session_state[record.STEP])


def _take_step() -> None:
    """Take the step; a press on the one that is open leaves it open."""
    st.session_state[record.STEP] = st.session_state[f"{record.STEP}_widget"] or st.session_state[record.STEP]


def _responses(data: Dataset, one: Kept[Problem], as_at: pd.Period | None, may: bool) -> None:
    left, right = st.columns([62, 38], gap="small")
    with left:
        if as_at is not None:
            timeline.show(data, one, as_at)
    with left if may else right:
        responses.show(one)
    if may:
        with right:
            responses.form(data, one)


def _lines(key: str) -> Callable[[Dataset, Kept[Problem], pd.Period | None, bool], None]:
    return lambda data, one, as_at, may: steps.show(data, one, key, as_at, may=may)


_DRAWN: Mapping[str, Callable[[Dataset, Kept[Problem], pd.Period | None, bool], None]] = {
    OBJECTIVE: lambda data, one, as_at, may: objective.show(data, one, as_at, may=may),
    SCANNING: _lines(SCANNING),
    ANALYSIS: _lines(ANALYSIS),
    RESPONSE: _responses,
    ASSESSMENT: lambda data, one, as_at, may: assessed.show(data, one, as_at, may=may),
}


# --- what can be done to it -------------------------------------------------------------------------------------------
def _acts(data: Dataset, one: Kept[Problem], as_at: pd.Period | None) -> None:
    may = _may(one)
    with st.container(horizontal=True, gap="xsmall", width="content", key="problem_acts"):
        st.button("All problems", on_click=record.leave, key="problem_back", type="tertiary")
        if may and one.archived:
            st.button(
                "Take out of the archive", on_click=record.act, args=(_take_back, data, one), key="problem_take_back"
            )
            with st.popover("Forget for good"):
                frame.note("The problem and its whole history are removed and cannot be brought back.")
                sure = st.checkbox("Yes, remove it", key=f"problem_sure_{one.id}")
                st.button(
                    "Forget", disabled=not sure, on_click=record.act, args=(_forget, data, one), key="problem_forget"
                )
        elif may and one.content.state == CLOSED:
            st.button("Open it again", on_click=record.act, args=(_open, data, one), key="problem_open_again")
        elif may:
            st.button(
                "Name, owner and places", type="tertiary", on_click=entry.open_form,
                args=(entry.of_problem(data, one), (one.id, one.revision)), key="problem_edit",
            )  # fmt: skip
        if not record.example(one):
            _history(data, one)
        if may or (record.example(one) and access.actor().may(PLAN)):
            st.button("Make a copy", type="tertiary", on_click=record.act, args=(_copy, data, one), key="problem_copy")
            if may and not one.archived:
                question = f"Archive {one.content.title} for everybody? It can be taken out again."
                st.button(
                    "Archive", type="tertiary", on_click=asked.unless_sure,
                    key="problem_archive",
                    args=(record.place(one), None, question, "Yes, archive it", _archive, data, one),
                )  # fmt: skip
        if one.content.where.cells:  # else it is shown without the zone it is of, to somebody who may not see that
            with st.popover("Download", type="tertiary"):
                form_files.show(data, one, as_at)
                carried.give(data, one)


def _history(data: Dataset, one: Kept[Problem]) -> None:
    with st.popover("History", type="tertiary"):
        every = PROBLEMS.history(data.store, one.id)
        history.show(Revision(r.revision, state.when(r.saved_at), r.role, r.what) for r in every)


def _copy(data: Dataset, one: Kept[Problem]) -> str:
    title = f"Copy of {one.content.title}"
    title = title if len(title) <= TITLE_LENGTH else one.content.title  # cut, half of a name would stand in it
    made = PROBLEMS.save(
        data.store, replace(one.content, title=title, state=OPEN, closed_on=None), state.now(), actor=access.actor(),
        what=f"Copied from problem {one.id}, revision {one.revision}",
    )  # fmt: skip
    record.see(made)
    return f"Copied: {made.content.title}."


def _open(data: Dataset, one: Kept[Problem]) -> str:
    return record.change(data, one, replace(one.content, state=OPEN, closed_on=None), "Opened again")


def _archive(data: Dataset, one: Kept[Problem]) -> str:
    record.see(PROBLEMS.archive(data.store, one.id, one.revision, state.now(), actor=access.actor()))
    return f"Archived: {one.content.title}."


def _take_back(data: Dataset, one: Kept[Problem]) -> str:
    record.see(PROBLEMS.take_back(data.store, one.id, one.revision, state.now(), actor=access.actor()))
    return f"Taken out of the archive: {one.content.title}."


def _forget(data: Dataset, one: Kept[Problem]) -> str:
    PROBLEMS.forget(data.store, one.id, one.revision, actor=access.actor())
    record.leave()
    return f"Forgotten: {one.content.title}."
