"""What was done from a button, or why it was not: kept until the page has said it, in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from geo.errors import InputError
from pages.ui.shell.folders import by_name

NO_NAMES = "No names or other personal data here: everybody who opens the dashboard can read it."


def act(key: str, place: str, change: Callable[..., str], *args: Any) -> None:
    """Do something, from a button, and keep how it went.

    Parameters
    ----------
    key : str
        Of the session: each part of the app has its own.
    place : str
        Where it is said.
    change : callable
        Gives what it did, as a sentence.
    *args
        Of ``change``.
    """
    try:
        st.session_state[key] = (place, "done", change(*args))
    except InputError as error:
        st.session_state[key] = (place, "failed", by_name(str(error)))


def tell(key: str, place: str = "") -> None:
    """Say how the last change went, if this is the place; without a place, if it was not yet said."""
    where, kind, text = st.session_state.get(key, ("", "", ""))
    if not kind or place not in ("", where):
        return
    del st.session_state[key]
    if kind == "done":
        st.html(f'<div class="done" role="status">{escape(text)}</div>')
    else:
        st.html(f'<div class="failed" role="alert"><strong>Not done.</strong> {escape(text)}</div>')


def now() -> datetime:
    """Give the time of a save."""
    return datetime.now(UTC)


def when(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment in local time: "23 Nov 2026, 14:05"."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"
