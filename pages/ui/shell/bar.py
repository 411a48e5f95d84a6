"""The address bar: all that a run of a page writes goes there at once, as one step of the back button.

A run that a person interrupts with another click writes nothing: their browser still has the address of before, and
what stands in the address and what was kept of it have to agree. A click that was on its way while the address was
written comes with the address of before too: it is no step back, and the run has the address that was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

import streamlit as st

_PLAIN = (str, int, float, bool, tuple, type(None))
PAGE = "page"  # session key: the page that is being drawn
# Whether what is put waits for the end of the run; all that the address is to hold then, and what is kept of it.
_HELD, _WHOLE, _KEPT = "bar_held", "bar_whole", "bar_kept"
_ENDED = "bar_ended"  # page and address with which the last run ended
# Addresses that a browser may still send since it last sent the one it should have; what stood when the last run ended.
_BEHIND, _STOOD, _CLICKED = "bar_behind", "bar_stood", "bar_clicked"


def given() -> dict[str, str]:
    """Parameters as this run has them: those of the address, with what was put there since."""
    waiting: dict[str, str] | None = st.session_state.get(_WHOLE)
    return st.query_params.to_dict() if waiting is None else dict(waiting)


def emptied(names: Iterable[str]) -> bool:
    """Whether this page stood in the address with some of these parameters, and now stands there without any.

    A person went back to where nothing had been chosen yet, or took it out by hand. A link from another page carries no
    parameters either, and leaves what was chosen.
    """
    page, before = st.session_state.get(_ENDED, ("", {}))
    now = given()
    mine = list(names)
    return page == st.session_state.get(PAGE) and any(before.get(n) for n in mine) and not any(now.get(n) for n in mine)


def put(names: Iterable[str], wanted: Mapping[str, str], kept: MutableMapping[Any, Any], key: object) -> None:
    """Put parameters into the address; those that go by other names are left alone.

    Parameters
    ----------
    names : iterable of str
        Parameters of the caller: what is not wanted of them is taken out.
    wanted : mapping of str to str
    kept : mutable mapping
        Where the caller keeps, under ``key``, what it wrote last: another address was opened or changed by hand.
    key : object
    """
    now, mine = given(), set(names)
    held = bool(st.session_state.get(_HELD))
    if held:
        st.session_state[_KEPT].append((kept, key, dict(wanted)))
    else:
        kept[key] = dict(wanted)
    if {name: value for name, value in now.items() if name in mine and value} == dict(wanted):
        return
    whole = {name: value for name, value in now.items() if name not in mine} | dict(wanted)
    if held:
        st.session_state[_WHOLE] = whole
    else:
        st.query_params.from_dict(whole)


@contextmanager
def at_once() -> Iterator[None]:
    """Hold back what is put into the address until the run ends; nothing is written where it does not reach its end."""
    began = st.query_params.to_dict()
    page, ended = st.session_state.get(_ENDED, ("", {}))
    behind = st.session_state.get(_BEHIND, [])
    late = page == st.session_state.get(PAGE) and began in behind and began != ended
    late = late and bool(st.session_state.get(_CLICKED))
    st.session_state[_HELD], st.session_state[_WHOLE] = True, dict(ended) if late else None
    st.session_state[_KEPT] = []
    whole: dict[str, str] | None = None
    try:
        yield
        whole = st.session_state[_WHOLE]
        for kept, key, wanted in st.session_state[_KEPT]:
            kept[key] = wanted
    finally:
        _forget()
    if whole is not None and whole != st.query_params.to_dict():
        st.query_params.from_dict(whole)
    st.session_state[_ENDED] = (st.session_state.get(PAGE), st.query_params.to_dict())
    st.session_state[_BEHIND] = [*behind, ended] if late else [began]


@contextmanager
def watched() -> Iterator[None]:
    """Tell, around all that a run sets, whether a click began it: nothing else sets anything between two runs."""
    before, now = st.session_state.get(_STOOD, {}), _standing()
    # a button that comes up again is no click
    changed = (key in before and value != before[key] and before[key] is not True for key, value in now.items())
    st.session_state[_CLICKED] = any(changed)
    yield
    st.session_state[_STOOD] = _standing()


def _standing() -> dict[str, Any]:
    """Plain values of the session: what widgets are set to is among them."""
    return {str(key): value for key, value in st.session_state.items() if isinstance(value, _PLAIN)}


def drawing() -> bool:
    """Whether a page is being drawn, inside :func:`at_once`."""
    return bool(st.session_state.get(_HELD))


def _forget() -> None:
    st.session_state[_HELD], st.session_state[_WHOLE], st.session_state[_KEPT] = False, None, []
