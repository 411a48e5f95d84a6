"""Whether the store is there: a network drive that goes away is no empty store, which would open the demonstration."""

from __future__ import annotations

import os

import streamlit as st

from data.store.manifest import MANIFEST
from data.store.store import default_store
from geo.errors import InputError

LOOK_AGAIN_S = 5.0
_HINT = (
    "If it lies on a network drive or another disk, connect that again: this page comes back by itself. If it was "
    "removed on purpose, start the dashboard again."
)


class AwayError(InputError):
    """The store was there, and is out of reach."""


def check() -> None:
    """See that a store which was there before is there now.

    Raises
    ------
    AwayError
    """
    store = default_store()
    try:
        os.stat(store / MANIFEST)  # noqa: PTH116  which says why it cannot be reached
    except FileNotFoundError as error:
        if str(store) in _met():
            raise AwayError("the store cannot be reached", file=str(store), hint=_HINT) from error
    except OSError as error:
        raise AwayError(
            f"the store cannot be reached: {error.strerror or error}", file=str(store), hint=_HINT
        ) from error
    else:
        _met().add(str(store))


@st.fragment(run_every=LOOK_AGAIN_S)
def look_again() -> None:
    """Draw nothing; look every few seconds whether the store is back, and draw the page then."""
    try:
        check()
    except AwayError:
        return
    st.rerun()


@st.cache_resource(show_spinner=False)
def _met() -> set[str]:
    """Give the stores that this process has seen with something in them: only ever added to."""
    return set()
