"""Widgets that keep their value between pages: a widget's own state is lost there, a plain session key is not."""

from __future__ import annotations

import streamlit as st


def held(widget: str, value: object) -> str:
    """Show a value, which the caller keeps under a key of its own, in a widget.

    Parameters
    ----------
    widget : str
        Key of the widget.
    value : object

    Returns
    -------
    str
        The key again, to be given to the widget.
    """
    if st.session_state.get(widget) != value:
        st.session_state[widget] = value
    return widget
