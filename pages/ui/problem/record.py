"""Which problem a person sees, and how it is changed: every act is done to the revision that they see."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

import streamlit as st

from analysis.problem.said import Said
from data.access.actor import PLAN
from data.plan.kept import Kept
from data.problem.problem import (
    ANALYSIS,
    ASSESSMENT,
    DATA,
    LINE_LENGTH,
    OBJECTIVE,
    OPEN,
    PARTNER,
    RESPONSE,
    SCANNING,
    UNTOUCHED_DAYS,
    Line,
    Problem,
    Step,
)
from data.problem.problems import PROBLEMS
from pages.ui.plan.saved import state
from pages.ui.problem import form_cleared, typed
from pages.ui.shell import access, screenshot
from pages.ui.shell.cache import Dataset

CHOSEN = "problem_chosen"  # (number, revision) of the problem that is looked at
STEP = "problem_step"
FORM = "problem_form"  # what the form is about, where it is open
NEW = -1  # in place of the position of an entry: one that is not there yet
_MARK = 12  # letters of a mark
_PLACE = "problem"  # where it is said how an act went
NEXT: Mapping[str, str] = {
    OBJECTIVE: "say what is to be reached, and how that is counted",
    SCANNING: "look through what is recorded there, and sign it off",
    ANALYSIS: "look through what is known and what is not, and sign it off",
    RESPONSE: "enter what is done about it, by whom and when",
    ASSESSMENT: "look at what became of it, and close it",
}


def untouched(one: Kept[Problem], day: date) -> bool:
    """Whether nobody touched an open problem for so long that the page says so."""
    put_away = one.archived or one.content.state != OPEN
    return not put_away and (day - one.saved_at.date()).days >= UNTOUCHED_DAYS


def see(one: Kept[Problem]) -> None:
    """Look at a revision from now on."""
    st.session_state[CHOSEN] = (one.id, one.revision)


def leave() -> None:
    """Go back to the list."""
    st.session_state.pop(CHOSEN, None)
    st.session_state.pop(FORM, None)


def place(one: Kept[Problem]) -> str:
    """Name the place on the page where something is asked about a record before it is done."""
    return f"{_PLACE}_{one.id}"


def example(one: Kept[Problem]) -> bool:
    """Whether it is one of the demonstration, which is read only and lies in no store."""
    return one.id < 1


def shown(data: Dataset, one: Kept[Problem]) -> Kept[Problem]:
    """Give a problem as whoever is at the page may see it: without restricted zones who may not plan, and on slides."""
    if example(one) or (access.actor().may(PLAN) and not screenshot.on()):
        return one
    return form_cleared.cleared(one, form_cleared.zones_in(data)).kept


def own(one: Kept[Problem], name: str) -> str:
    """Name a field of a record, whatever its revision."""
    return f"{one.id}_{name}"


def mark(says: Sequence[tuple[object, ...]], at: int = NEW) -> str:
    """Tell an entry from others by what it says: where another has saved meanwhile, no text lands on theirs.

    Parameters
    ----------
    says : sequence of tuple
        What each entry says, in their order; those that say the same are told apart by it.
    at : int, optional
        Which of them; ``NEW`` for one that is not there yet.
    """
    if at == NEW:
        return "new"
    return hashlib.sha256(repr((says[at], list(says[:at]).count(says[at]))).encode()).hexdigest()[:_MARK]


def change(data: Dataset, one: Kept[Problem], new: Problem, what: str, fields: Iterable[str] = ()) -> str:
    """Save a change as the next revision, and let go of what was typed for it: of fields whose names begin so.

    Raises
    ------
    InputError
        Another has saved it meanwhile, or it cannot be kept: what was typed stays.
    """
    made = PROBLEMS.revise(data.store, one.id, one.revision, new, state.now(), actor=access.actor(), what=what)
    for field in fields:
        typed.forget(field)
    see(made)
    return f"{what}." if made.revision > one.revision else "Nothing has changed."


def act(make: Callable[..., str], *args: object) -> None:
    """Do something, from a button, and keep how it went."""
    state.act(_PLACE, make, *args)


def lines_of(found: Iterable[Said]) -> tuple[Line, ...]:
    """Make lines of what the data say."""
    return tuple(Line(one.key, one.text[:LINE_LENGTH], DATA, one.refused) for one in found)


def filled(old: Step, found: Iterable[Said]) -> tuple[Line, ...]:
    """Fill a step in from the data: what partners wrote stays, with what the data say now beside it."""
    mine = {line.key: line for line in old.lines if line.by == PARTNER and line.key}
    made = []
    for line in lines_of(found):
        kept = mine.pop(line.key, None)
        made.append(line if kept is None else Line(line.key, kept.text, PARTNER, kept.refused, line.text))
    own_lines = [line for line in old.lines if line.by == PARTNER and (not line.key or line.key in mine)]
    return (*made, *own_lines)
