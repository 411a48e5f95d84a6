"""The address bar: all that a run of a page writes goes there at once, as one step of the back button."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import streamlit as st

# Whether what is put waits for the end of the run, and all that the address is to hold then.
_HELD, _WRITTEN = "bar_held", "bar_written"


def given() -> dict[str, str]:
    """Parameters as this run has them: those of the address, with what was put there since."""
    pending: dict[str, str] | None = st.session_state.get(_WRITTEN)
    return st.query_params.to_dict() if pending is None else dict(pending)


def put(names: Iterable[str], wanted: Mapping[str, str]) -> None:
    """Put parameters into the address; those that go by other names are left alone.

    Parameters
    ----------
    names : iterable of str
        Parameters of the caller: what is not wanted of them is taken out.
    wanted : mapping of str to str
    """
    now, mine = given(), set(names)
    if {name: value for name, value in now.items() if name in mine and value} == dict(wanted):
        return
    whole = {name: value for name, value in now.items() if name not in mine} | dict(wanted)
    if st.session_state.get(_HELD):
        st.session_state[_WRITTEN] = whole
    else:
        st.query_params.from_dict(whole)


@contextmanager
def at_once() -> Iterator[None]:
    """Hold back what is put into the address until the run ends, however it ends."""
    st.session_state[_HELD], st.session_state[_WRITTEN] = True, None
    try:
        yield
    finally:
        wanted: dict[str, str] | None = st.session_state[_WRITTEN]
        st.session_state[_HELD], st.session_state[_WRITTEN] = False, None
        if wanted is not None and wanted != st.query_params.to_dict():
            st.query_params.from_dict(wanted)
