"""A step that is made of lines: what they say and whose they are, one line changed at a time, signed off, reopened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from analysis.common.method import month_name
from analysis.common.refusal import Refusal
from analysis.problem.said import Said
from data.plan.kept import Kept
from data.problem.problem import ASSESSMENT, DATA, LINE_LENGTH, PARTNER, STEPS, Line, Problem, Signed, Step
from geo.errors import InputError
from pages.ui.plan.saved import asked, state
from pages.ui.problem import moved, record, typed
from pages.ui.problem.record import NEW
from pages.ui.shell import access, frame
from pages.ui.shell.cache import Dataset

NOT_KEPT = "What the data say is not kept yet: it is when you fill it in, or close the problem."
_NO_LINE = Line("", "", PARTNER)  # what a new one begins as


def show(
    data: Dataset,
    one: Kept[Problem],
    key: str,
    as_at: pd.Period | None,
    *,
    may: bool,
    ahead: tuple[Said, ...] = (),
    fills: bool = True,
) -> None:
    """Draw a step of lines.

    Parameters
    ----------
    data : Dataset
        What the problem counts.
    one : Kept of Problem
    key : str
        Of the step.
    as_at : Period or None
    may : bool
        Whether whoever is at the page may change it.
    ahead : tuple of Said, optional
        What the data say and the record does not hold yet.
    fills : bool, optional
        Whether the data can be asked of this step, where a month is known.
    """
    step = one.content.step(key)
    shown = replace(step, lines=(*record.lines_of(ahead), *step.lines))
    st.html(lines_html(shown))
    if ahead:
        frame.note(NOT_KEPT)
    if step.signed is not None:
        frame.note(signed_words(step.signed, data.incidents.version, as_at))
        if may:
            st.button(
                "Reopen this step", on_click=record.act, args=(_reopen, data, one, key), key=f"problem_reopen_{key}"
            )
        return
    if any(line.key for line in step.lines) and (said := _older(one.content, data.incidents.version, as_at)):
        frame.note(said)
    if not may:
        return
    save = _change(one, key, step)
    with st.container(horizontal=True, gap="small", key=f"problem_step_{key}"):
        save(data)
        if fills and as_at is not None:
            st.button(
                f"Fill in {'again ' if any(line.key for line in step.lines) else ''}from the data",
                on_click=record.act, args=(_fill, data, one, key, as_at),
                key=f"problem_fill_{key}", type="secondary",
                help="Lines of the data are replaced; what partners wrote stays.",
            )  # fmt: skip
        st.button(
            "Sign off", on_click=record.act, args=(_sign, data, one, key, as_at), key=f"problem_sign_{key}",
            type="secondary", disabled=not step.lines,
            help="The lines then stand as they are, with the data they were made from.",
        )  # fmt: skip


def lines_html(step: Step) -> str:
    """Write lines with whose they are, in words."""
    if not step.lines:
        return '<p class="note">No line yet.</p>'
    rows = "".join(
        f"<tr><th>{n}</th><td>{escape(line.text)} <em>({escape(whose(line))})</em></td></tr>"
        for n, line in enumerate(step.lines, 1)
    )
    return f'<table class="facts lines">{rows}</table>'


def whose(line: Line) -> str:
    """Say whose a line is, and what the data said where a partner changed it."""
    if line.by == DATA:
        return "not in the data" if line.refused else "data"
    return f"partner; the data said: {line.data_text}" if line.data_text else "partner"


def signed_words(signed: Signed, version: str, as_at: pd.Period | None) -> str:
    """Say when and on which data a step was signed off, and whether there are others now."""
    known = month_name(pd.Period(signed.as_at, "M")) if signed.as_at else "no month"
    by = f" by {signed.role}" if signed.role else ""
    said = f"Signed off {state.when(signed.at)}{by}, as known at {known} (data version {signed.data_version})."
    if version == signed.data_version:  # a page that is stepped back looks at the same data
        return said
    now = month_name(as_at) if as_at is not None else "no month"
    return f"{said} Since then the data have changed: they now reach to {now}. The lines stand as they were signed."


def _older(problem: Problem, version: str, as_at: pd.Period | None) -> str:
    """Say as of when the data's lines are, where that is another month or there are other data now."""
    if as_at is None or not problem.as_at or (problem.data_version, problem.as_at) == (version, str(as_at)):
        return ""
    return f"The data's lines are as known at {month_name(pd.Period(problem.as_at, 'M'))}: fill them in again for now."


# --- one line at a time -----------------------------------------------------------------------------------------------
def _change(one: Kept[Problem], key: str, step: Step) -> Callable[[Dataset], None]:
    """Draw the field of one line; gives what draws its buttons."""
    pick = record.own(one, f"{key}_line")
    options = [NEW, *range(len(step.lines))]
    if typed.value(pick, NEW) not in options:
        typed.put(pick, NEW)
    left, right = st.columns([25, 75], gap="small")
    with left:
        st.selectbox(
            "Change", options, format_func=lambda n: "A new line" if n == NEW else f"Line {n + 1}",
            key=typed.key(pick, NEW), on_change=typed.take, args=(pick,),
        )  # fmt: skip
    at = int(typed.value(pick, NEW))
    line = step.lines[at] if at != NEW else _NO_LINE
    text = _field(one, key, at)
    before = line.text
    with right:
        st.text_area(
            "What it says", key=typed.key(text, before), max_chars=LINE_LENGTH, height=68, on_change=typed.take,
            args=(text,),
        )  # fmt: skip
    if typed.changed(text, before) and at != NEW:
        frame.note("Not saved yet.")
    return partial(_buttons, one=one, key=key, at=at, text=text, before=before)


def _buttons(data: Dataset, *, one: Kept[Problem], key: str, at: int, text: str, before: str) -> None:
    read = partial(_typed, text, before)
    args = (data, record.place(one), read, _put, data, one, key, at, text, before)
    st.button("Save the line", on_click=asked.unless_named, args=args, key=f"problem_put_{key}", type="primary")
    if at != NEW:
        gone = (_remove, data, one, key, at)
        st.button("Remove it", on_click=record.act, args=gone, key=f"problem_remove_{key}", type="tertiary")


def _field(one: Kept[Problem], key: str, at: int) -> str:
    """Name the field of a line."""
    says = [(line.key or line.text,) for line in one.content.step(key).lines]
    return record.own(one, f"{key}_text_{record.mark(says, at)}")


def _typed(text: str, before: str) -> list[str]:
    return [str(typed.value(text, before))]


def _with(one: Kept[Problem], key: str, step: Step) -> Problem:
    return replace(one.content, **{key: step})  # type: ignore[arg-type]  # a step of the problem by its name


def _put(data: Dataset, one: Kept[Problem], key: str, at: int, text: str, before: str) -> str:
    says, step = str(typed.value(text, before)).strip(), one.content.step(key)
    if not says:
        return "Nothing was typed."
    lines = list(step.lines)
    if at == NEW:
        lines.append(Line("", says, PARTNER))
    elif says != before:
        old = lines[at]
        data_text = old.data_text or (old.text if old.by == DATA else "")
        lines[at] = replace(old, text=says, by=PARTNER, data_text=data_text, refused=False)
    what = f"{STEPS[key]}: {'a line added' if at == NEW else f'line {at + 1} changed'}"
    gone = _gone(one, key, at)
    return record.change(data, one, _with(one, key, replace(step, lines=tuple(lines))), what, gone)


def _gone(one: Kept[Problem], key: str, at: int) -> tuple[str, str]:
    """Name what is let go of when a line is saved: its own text and the choice of a line; what else was typed stays."""
    return _field(one, key, at), record.own(one, f"{key}_line")


def _remove(data: Dataset, one: Kept[Problem], key: str, at: int) -> str:
    step = one.content.step(key)
    lines = step.lines[:at] + step.lines[at + 1 :]
    return record.change(data, one, _with(one, key, replace(step, lines=lines)), f"{STEPS[key]}: a line removed",
                         _gone(one, key, at))  # fmt: skip


def _fill(data: Dataset, one: Kept[Problem], key: str, as_at: pd.Period) -> str:
    """Fill a step in from the data, and with it the others that are not signed off."""
    try:
        new = moved.again(data, one.content, as_at, judge=key == ASSESSMENT)
    except Refusal as refusal:
        return f"Not filled in: {refusal}"
    return record.change(data, one, new, f"{STEPS[key]}: filled in from the data")


def nothing_unsaved(one: Kept[Problem], key: str, then: str) -> None:
    """Check that no line of a step is typed and not saved, before it can be changed no more.

    Raises
    ------
    InputError
        One is; ``then`` is what can be done after it.
    """
    for at, line in ((NEW, _NO_LINE), *enumerate(one.content.step(key).lines)):
        if typed.changed(text := _field(one, key, at), line.text):
            raise InputError(
                "a line is typed and not saved",
                value=str(typed.value(text, line.text)),
                hint=f"Save it, or put back what stood there, then {then}.",
            )


def _sign(data: Dataset, one: Kept[Problem], key: str, as_at: pd.Period | None) -> str:
    step, problem = one.content.step(key), one.content
    nothing_unsaved(one, key, "sign off")
    # signed on the data that the lines were filled in from
    version, month = problem.data_version or data.incidents.version, problem.as_at or str(as_at or "")
    signed = Signed(state.now().replace(microsecond=0), access.actor().role, version, month)
    return record.change(data, one, _with(one, key, replace(step, signed=signed)), f"{STEPS[key]}: signed off")


def _reopen(data: Dataset, one: Kept[Problem], key: str) -> str:
    step = one.content.step(key)
    return record.change(data, one, _with(one, key, replace(step, signed=None)), f"{STEPS[key]}: reopened")
