"""A page is of one state of the store: where an import ends while it is being drawn, it begins again.

So a person sees the state before whole, then the state after whole, and nothing that was made of the one is ever kept
as a figure of the other.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import streamlit as st

from data.store.store import store_version
from pages.ui.shell import bar

TRIES = 5
_AGAIN = "drawn_again"  # session key: how often in a row a page began again
_T = TypeVar("_T")


class Changed(Exception):  # noqa: N818  nothing is wrong: it is to be read again
    """The store became another one while something was made of it, which may hold parts of both."""


def still(store: Path, state: str) -> None:
    """Raise where a store is no longer what it was.

    Parameters
    ----------
    store : Path
    state : str
        Of :func:`data.store.store.store_version`; empty where nothing was read of it, which never raises.

    Raises
    ------
    Changed
    """
    if state and store_version(store) != state:  # asked anew: a file may have been damaged since, or be whole again
        raise Changed(str(store))


def of_one_state(kept: Callable[[], _T], anew: Callable[[], _T]) -> _T:
    """Give what is kept; where it would be made of another state than the page, begin the page again.

    Parameters
    ----------
    kept : callable
        Raises :class:`Changed` rather than keep what may be of two states.
    anew : callable
        The same without keeping it, for where no page is being drawn, as in what a button does.
    """
    try:
        return kept()
    except Changed:
        _again()
        return anew()


def whole(store: Path, state: str) -> None:
    """Begin the page again where an import has ended since its data were read; at the end of every page.

    Parameters
    ----------
    store : Path
    state : str
        From which the page was drawn.
    """
    try:
        still(store, state)
    except Changed:
        _again()
    st.session_state[_AGAIN] = 0


def _again() -> None:
    many = st.session_state.get(_AGAIN, 0)
    if bar.drawing() and many < TRIES:  # a folder that changes at every look is drawn as it is in the end
        st.session_state[_AGAIN] = many + 1
        st.rerun()
