"""What a person sees of the saved plans and how their last change went, kept from run to run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import Any

import streamlit as st

from data.plan.plans import Saved
from geo.errors import InputError
from pages.ui.plan.paper.carried import LOCAL
from pages.ui.shell.folders import by_name

OPEN = "plan_open"  # (number, revision) of the plan that the steps change
CHOSEN = "plan_saved_chosen"  # (number, revision) of the plan that is looked at
NO_NAMES = "No names or other personal data here: everybody who opens the dashboard can read it."
TOP, PLAN = "top", "plan"
_TOLD = "plan_saved_told"


def act(place: str, change: Callable[..., str], *args: Any) -> None:
    """Do something to saved plans, from a button, and keep how it went.

    Parameters
    ----------
    place : str
        Where it is said: ``TOP``, or ``PLAN`` beside the plan that is looked at.
    change : callable
        Gives what it did, as a sentence.
    *args
        Of ``change``.
    """
    try:
        st.session_state[_TOLD] = (place, "done", change(*args))
    except InputError as error:
        st.session_state[_TOLD] = (place, "failed", by_name(str(error)))


def tell(place: str = "") -> None:
    """Say how the last change went, if this is the place; without a place, if it was not yet said."""
    where, kind, text = st.session_state.get(_TOLD, ("", "", ""))
    if not kind or place not in ("", where):
        return
    del st.session_state[_TOLD]
    if kind == "done":
        st.html(f'<div class="done" role="status">{escape(text)}</div>')
    else:
        st.html(f'<div class="failed" role="alert"><strong>Not done.</strong> {escape(text)}</div>')


def now() -> datetime:
    """Give the time of a save."""
    return datetime.now(UTC)


def when(moment: datetime) -> str:
    """Write a moment in local time: "23 Nov 2026, 14:05"."""
    local = moment.astimezone(LOCAL)
    return f"{local.day} {local:%b %Y, %H:%M}"


def seen(one: Saved, *, opens: bool = False) -> None:
    """Look at a revision from now on; with ``opens`` the steps change it too."""
    st.session_state[CHOSEN] = (one.id, one.revision)
    if opens:
        st.session_state[OPEN] = (one.id, one.revision)


def close() -> None:
    """Let go of the plan that was opened."""
    st.session_state.pop(OPEN, None)
