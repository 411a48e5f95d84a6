"""The address of "Did it work": what a person chose stands in it, so that a link leads to the same view."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from pages.ui.shell import bar

SUBJECT, FIRST, LAST, WARDS, PLACES = "did_subject", "did_first", "did_last", "did_wards", "did_places"
ZONES, CELLS, WIDTH, SQUARES, ADDED, REMOVED = (
    "did_zones",
    "did_cells",
    "did_width",
    "did_squares",
    "did_added",
    "did_removed",
)
PAST = "past"  # the subject that is no plan: places and months of one's own
WIDTHS = (0, 200, 400, 600, 1000)
NONE = "none"  # a list that is empty, where it is not by default
_OPERATION = "did"
_MONTHS = {"did-from": FIRST, "did-to": LAST}
_OWN_LISTS = {"did-places": PLACES, "did-wards": WARDS, "did-zones": ZONES, "did-cells": CELLS}
_LISTS = {"did-squares": SQUARES, "did-added": ADDED, "did-removed": REMOVED}
_AROUND = "did-around"
PARAMETERS = (_OPERATION, *_MONTHS, *_OWN_LISTS, *_LISTS, _AROUND)
_MONTH, _LISTED = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])"), re.compile(r"[A-Z0-9]+(?:,[A-Z0-9]+)*")
_WRITTEN, _MOST_SHOWN = "did_written", 40


def read() -> tuple[str, ...] | None:
    """Take the choice from the address when it is opened or changed by hand; a link between pages carries none.

    Returns
    -------
    tuple of str or None
        What the address asks for and cannot be read, as a person would find it there; None where nothing was taken.
    """
    found = _in_address()
    if not found or found == st.session_state.get(_WRITTEN):
        return None
    st.session_state[_WRITTEN] = found
    values: dict[str, object] = {}
    wrong = []
    for name, text in found.items():
        key, value = _value(name, text)
        if value is None:
            wrong.append(shown(name, text))
        else:
            values[key] = value
    for key in (SUBJECT, *_MONTHS.values(), *_OWN_LISTS.values(), *_LISTS.values(), WIDTH):
        st.session_state.pop(key, None)
    for key, value in values.items():
        st.session_state[key] = value
    return tuple(wrong)


def write(subject: str) -> None:
    """Put what is shown into the address; parameters of others are left alone.

    Parameters
    ----------
    subject : str
        Number of a plan, ``PAST``, or "" where nothing is shown.
    """
    names = {**(_MONTHS | _OWN_LISTS if subject == PAST else {}), **(_LISTS | {_AROUND: WIDTH} if subject else {})}
    kept = {name: st.session_state[key] for name, key in names.items() if st.session_state.get(key) is not None}
    wanted = {_OPERATION: subject} if subject else {}
    wanted |= {name: (",".join(v) or NONE) if isinstance(v, list | tuple) else str(v) for name, v in kept.items()}
    bar.put(PARAMETERS, wanted, st.session_state, _WRITTEN)


def shown(name: str, text: str) -> str:
    """Write a parameter as a person would find it in the address, cut where it is long."""
    return cut(f"{name}={text}")


def cut(text: str) -> str:
    """Shorten what is long."""
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 3] + "..."


def _in_address() -> Mapping[str, str]:
    return {key: value for key, value in bar.given().items() if key in PARAMETERS}


def _value(name: str, text: str) -> tuple[str, object]:
    """Give the key of the session and the value; None where the text is not of its form."""
    if name == _OPERATION:
        return SUBJECT, text if text == PAST or (text.isascii() and text.isdigit()) else None
    if name in _MONTHS:
        return _MONTHS[name], text if _MONTH.fullmatch(text) else None
    if name == _AROUND:
        return WIDTH, int(text) if text in {str(width) for width in WIDTHS} else None
    key = (_OWN_LISTS | _LISTS)[name]
    return key, [] if text == NONE else text.split(",") if _LISTED.fullmatch(text) else None
