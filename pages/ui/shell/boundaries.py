"""Which ward boundaries are looked at, where the area has more than one layer: a control, the address, and words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from data.kinds.lists import join_words
from data.place.area import Area
from data.place.ward_layers import control_words, counterparts
from pages.ui.shell import address, bar
from pages.ui.shell.cache import as_at_day, look_at
from pages.ui.shell.choice import CHOICE, CHOICE_WRITTEN, PARAMETERS
from pages.ui.shell.kept_widget import held

LABEL = "Ward boundaries"
_CHOSEN, _WIDGET = "boundaries", "boundaries_widget"
_IN_FORCE = "in-force"
_MONTH = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])")


def choose(area: Area) -> None:
    """Draw the control in the sidebar and look at what it is set to; nothing where the area has one layer.

    Parameters
    ----------
    area : Area

    Notes
    -----
    By itself the layer is looked at that is in force on the day on which the person asks: the last of the as-at month
    when they have stepped back.
    """
    if not area.layers:
        return
    controls = _controls(area)
    address.read(controls, everywhere=True)
    usual = area.on(_day(area)).layer_key
    keys = [one.key for one in area.layers]
    chosen = st.session_state[_CHOSEN] if st.session_state[_CHOSEN] in keys else usual
    if chosen == usual:
        st.session_state[_CHOSEN] = ""
    words = control_words(area.layers, as_at_day(area))
    with st.sidebar:
        st.selectbox(
            LABEL,
            keys,
            format_func=words.__getitem__,
            key=held(_WIDGET, chosen),
            on_change=_take,
            help="Wards are drawn anew from time to time. Every figure by ward uses one set of boundaries throughout: "
            "incidents of all years are given the wards of the set chosen here, by where they happened.",
        )
    look_at(chosen)


def write(area: Area) -> None:
    """Put the choice into the address, where there is one."""
    if area.layers:
        address.write(_controls(area), everywhere=True)


def open_with(key: str) -> None:
    """Choose a layer from the next run on, as for a plan that was made with it."""
    st.session_state[_CHOSEN] = key


def mapped(codes: Sequence[str], area: Area) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the wards of the layer that is looked at for those that were chosen in another.

    Parameters
    ----------
    codes : sequence of str
        Of any layer of the area.
    area : Area

    Returns
    -------
    codes : tuple of str
        Of the layer, each once.
    notes : tuple of str
        What was put in place of what, each a sentence in plain text; nothing of codes that no layer has.
    """
    here = next((one for one in area.layers if one.key == area.layer_key), None)
    found: dict[str, None] = {}
    notes = []
    for code in codes:
        names = area.ward_names
        if code in names:
            found[code] = None
            continue
        other = next((one for one in area.layers if code in one.names), None)
        if here is None or other is None:
            continue
        instead = counterparts(code, area.layers, here)
        found |= dict.fromkeys(instead)
        said = join_words([names[one] for one in instead])
        notes.append(
            f"{other.names[code]} is not a ward of the boundaries that are shown: "
            + (f"{said} {'is' if len(instead) == 1 else 'are'} chosen, where it lies." if said else "it is left out.")
        )
    return tuple(found), tuple(notes)


def _controls(area: Area) -> list[address.Control]:
    keys = [one.key for one in area.layers]
    values = {_IN_FORCE: "", **{key: key for key in keys}}
    return [address.Control("boundaries", _CHOSEN, values, "the ward boundaries", {_IN_FORCE: "the set in force"})]


def _take() -> None:
    st.session_state[_CHOSEN] = st.session_state[_WIDGET]


def _day(area: Area) -> date:
    """Give the day whose layer is shown by itself; the filters, which are drawn later, know the as-at month."""
    given = {key: value for key, value in bar.given().items() if key in PARAMETERS}
    choice = st.session_state.get(CHOICE)
    fresh = choice is None or (given and given != st.session_state.get(CHOICE_WRITTEN))
    month, day = given.get("as-at", "") if choice is None or fresh else choice.as_at, as_at_day(area)
    return min(pd.Period(month, "M").end_time.date(), day) if _MONTH.fullmatch(month) else day
