"""What is asked before it is done to a saved plan: texts that look like a person's name, and putting a plan away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from data.kinds.lists import join_words
from data.plan.names import ASK, names_in
from data.plan.plan import Plan
from pages.ui.plan.saved import state
from pages.ui.plan.who.form import WARD, bases
from pages.ui.shell.cache import Dataset, cached

_ASKED = "plan_saved_asked"


@dataclass(frozen=True)
class _Asked:
    """A question that stands on the page until it is answered."""

    place: str
    of: tuple[int, int] | None
    question: str
    yes: str
    no: str
    names: tuple[str, ...]
    texts: Callable[[], Iterable[str]]
    change: Callable[..., str]
    args: tuple[Any, ...]


def known(data: Dataset) -> tuple[str, ...]:
    """Names of wards and streets of the area, which are no people."""
    return tuple(name.removeprefix(WARD) for name in cached(bases, data)) + tuple(data.area.ward_names.values())


def texts_of(plan: Plan) -> list[str]:
    """Give what people typed into a plan: title, notes, crews, places that were added by hand."""
    crews = {patrol.crew.rpartition(" (")[0] or patrol.crew for shift in plan.shifts for patrol in shift.patrols}
    return [plan.title, plan.notes, *sorted(crews), *(place.title for place in plan.places)]


def unless_named(
    data: Dataset, place: str, texts: Callable[[], Iterable[str]], change: Callable[..., str], *args: Any
) -> None:
    """Do something that keeps typed texts, or first ask where one looks like a person's name.

    Parameters
    ----------
    data : Dataset
    place : str
        As in :func:`pages.ui.plan.saved.state.act`.
    texts : callable
        Gives what would be kept, as it stands when a button is pressed.
    change, *args
        As in :func:`pages.ui.plan.saved.state.act`.
    """
    st.session_state.pop(_ASKED, None)
    names = names_in(texts(), known(data))
    if not names:
        state.act(place, change, *args)
        return
    question = f"{ASK}: {join_words(names)}."
    of = st.session_state.get(state.CHOSEN) if place == state.PLAN else None
    asked = _Asked(place, of, question, "Keep it anyway", "Change it", names, texts, change, args)
    st.session_state[_ASKED] = (asked, data)


def unless_sure(
    place: str, of: tuple[int, int], question: str, yes: str, change: Callable[..., str], *args: Any
) -> None:
    """Ask before something is done to a plan; ``of`` is its number and revision."""
    st.session_state[_ASKED] = (_Asked(place, of, question, yes, "Leave it", (), list, change, args), None)


def show(place: str, of: tuple[int, int] | None = None) -> None:
    """Draw the question that stands, if this is its place and plan: the first of two buttons does what it is about."""
    asked, _ = st.session_state.get(_ASKED, (None, None))
    if asked is None or asked.place != place:
        return
    if asked.of != of:  # another plan is looked at by now
        _leave()
        return
    st.html(f'<div class="warning" role="alert">{escape(asked.question)}</div>')
    with st.container(horizontal=True, gap="small", key=f"asked_{place}"):
        st.button(asked.yes, on_click=_go_on, key=f"plan_saved_asked_yes_{place}")
        st.button(asked.no, on_click=_leave, type="tertiary", key=f"plan_saved_asked_no_{place}")


def _go_on() -> None:
    asked, data = st.session_state.pop(_ASKED, (None, None))
    if asked is None:
        return
    if data is not None and not set(names_in(asked.texts(), known(data))) <= set(asked.names):
        unless_named(data, asked.place, asked.texts, asked.change, *asked.args)  # another was typed in the meantime
        return
    state.act(asked.place, asked.change, *asked.args)


def _leave() -> None:
    st.session_state.pop(_ASKED, None)
