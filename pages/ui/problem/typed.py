"""What is typed on the page of problems, kept between pages and over a save that was refused."""

from __future__ import annotations

from typing import Any

import streamlit as st

_TYPED, _WIDGET = "problem_typed", "problem_typed_"
_SET = object()  # in place of what is saved: the field was set before it was drawn


def key(name: str, start: Any) -> str:
    """Give the key of a widget that shows what was typed, or else what is saved.

    Parameters
    ----------
    name : str
        Of the field; the same for one record whatever its revision, so that a refused save loses nothing.
    start : plain value
        As it is saved. Where another has saved something else meanwhile, what a person typed stands, and what nobody
        touched follows.
    """
    held = st.session_state.setdefault(_TYPED, {})
    before, value = held.get(name, (start, start))
    if before is not _SET and before != start and value == before:
        value = start
    held[name] = (start, value)
    widget = _WIDGET + name
    if widget not in st.session_state or st.session_state[widget] != value:
        st.session_state[widget] = list(value) if isinstance(value, tuple) else value
    return widget


def take(name: str) -> None:
    """Take what a widget was changed to."""
    put(name, st.session_state[_WIDGET + name])


def put(name: str, value: Any) -> None:
    """Set a field, as if it had been typed."""
    held = st.session_state.setdefault(_TYPED, {})
    value = tuple(value) if isinstance(value, list) else value
    held[name] = (held.get(name, (_SET, value))[0], value)


def value(name: str, start: Any) -> Any:
    """Give what stands in a field."""
    held = st.session_state.get(_TYPED, {})
    before, found = held.get(name, (start, start))
    return start if before is not _SET and before != start and found == before else found


def changed(name: str, start: Any) -> bool:
    """Whether a field holds something else than what is saved."""
    return bool(value(name, start) != start)


def forget(begins: str) -> None:
    """Let go of every field whose name begins so."""
    held = st.session_state.get(_TYPED, {})
    for name in [one for one in held if one.startswith(begins)]:
        del held[name]
        st.session_state.pop(_WIDGET + name, None)
