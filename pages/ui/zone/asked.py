"""What is asked before it is done to a zone: :class:`pages.ui.shell.asking.Asking`, with its session key."""

from __future__ import annotations

import streamlit as st

from pages.ui.map import lattice
from pages.ui.shell.asking import Asking
from pages.ui.shell.cache import Dataset, cached
from pages.ui.zone import state


def known(data: Dataset) -> tuple[str, ...]:
    """Names of wards and streets of the area, which are no people."""
    return (*(name for name, _, _ in cached(lattice.streets, data)), *data.area.ward_names.values())


_ASKING = Asking("zone_asked", state.act, known)
unless_named, unless_sure, leave, show = _ASKING.unless_named, _ASKING.unless_sure, _ASKING.leave, _ASKING.show


def go(mode: str) -> None:
    """Show another part, from a button: a question that stands is dropped."""
    leave()
    st.session_state[state.MODE] = mode
