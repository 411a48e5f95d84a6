"""What a person sees of the zones and how their last change went, kept from run to run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from data.plan.kept import Kept
from data.zone.zone import Zone
from geo.errors import InputError
from pages.ui.shell.folders import by_name

CHOSEN = "zone_chosen"  # (number, revision) of the zone that is looked at
MODE = "zone_mode"  # what the zone part shows: "" for the list, or one of the next three
NEW, BRING, CHANGE = "new", "import", "change"
TOP, ONE = "top", "one"
NO_NAMES = "No names or other personal data here: everybody who opens the dashboard can read it."
_TOLD = "zone_told"


def act(place: str, change: Callable[..., str], *args: Any) -> None:
    """Do something to zones, from a button, and keep how it went.

    Parameters
    ----------
    place : str
        Where it is said: ``TOP``, or ``ONE`` beside the zone that is looked at.
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


def seen(one: Kept[Zone]) -> None:
    """Look at a revision from now on."""
    st.session_state[CHOSEN] = (one.id, one.revision)
    st.session_state[MODE] = ""


def now() -> datetime:
    """Give the time of a save."""
    return datetime.now(UTC)


def when(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment in local time: "23 Nov 2026, 14:05"."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"
