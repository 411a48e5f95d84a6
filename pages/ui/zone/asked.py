"""What is asked before it is done to a zone: texts that look like a person's name, and putting a zone away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from data.kinds.lists import join_words
from data.plan.names import ASK, names_in
from pages.ui.map import lattice
from pages.ui.shell.cache import Dataset, cached
from pages.ui.zone import state

_ASKED = "zone_asked"


@dataclass(frozen=True)
class _Asked:
    """A question that stands on the page until it is answered."""

    place: str
    question: str
    yes: str
    no: str
    names: tuple[str, ...]
    texts: Callable[[], Iterable[str]]
    change: Callable[..., str]
    args: tuple[Any, ...]


def known(data: Dataset) -> tuple[str, ...]:
    """Names of wards and streets of the area, which are no people."""
    return (*(name for name, _, _ in cached(lattice.streets, data)), *data.area.ward_names.values())


def unless_named(
    data: Dataset, place: str, texts: Callable[[], Iterable[str]], change: Callable[..., str], *args: Any
) -> None:
    """Do something that keeps typed texts, or first ask where one looks like a person's name.

    Parameters
    ----------
    data : Dataset
    place : str
        As in :func:`pages.ui.zone.state.act`.
    texts : callable
        Gives what would be kept, as it stands when a button is pressed.
    change, *args
        As in :func:`pages.ui.zone.state.act`.
    """
    st.session_state.pop(_ASKED, None)
    names = names_in(texts(), known(data))
    if not names:
        state.act(place, change, *args)
        return
    question = f"{ASK}: {join_words(names)}."
    found = _Asked(place, question, "Keep it anyway", "Change it", names, texts, change, args)
    st.session_state[_ASKED] = (found, data)


def unless_sure(place: str, question: str, yes: str, change: Callable[..., str], *args: Any) -> None:
    """Ask before something is done to a zone."""
    st.session_state[_ASKED] = (_Asked(place, question, yes, "Leave it", (), list, change, args), None)


def leave() -> None:
    """Drop the question: something else is looked at."""
    st.session_state.pop(_ASKED, None)


def go(mode: str) -> None:
    """Show another part, from a button: a question that stands is dropped."""
    leave()
    st.session_state[state.MODE] = mode


def show(place: str) -> None:
    """Draw the question that stands, if this is its place: the first of two buttons does what it is about."""
    found, _ = st.session_state.get(_ASKED, (None, None))
    if found is None or found.place != place:
        return
    st.html(f'<div class="warning" role="alert">{escape(found.question)}</div>')
    with st.container(horizontal=True, gap="small", key=f"zone_asked_{place}"):
        st.button(found.yes, on_click=_go_on, key=f"zone_asked_yes_{place}")
        st.button(found.no, on_click=leave, type="tertiary", key=f"zone_asked_no_{place}")


def _go_on() -> None:
    found, data = st.session_state.pop(_ASKED, (None, None))
    if found is None:
        return
    if data is not None and not set(names_in(found.texts(), known(data))) <= set(found.names):
        unless_named(data, found.place, found.texts, found.change, *found.args)  # another was typed in the meantime
        return
    state.act(found.place, found.change, *found.args)
