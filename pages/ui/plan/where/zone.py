"""A zone in step 2 of a plan: the ranked places are cut to those with a cell in it."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import streamlit as st

from data.plan.kept import Kept
from data.plan.plan import Plan
from data.zone.zone import Zone
from pages.ui.map import lattice
from pages.ui.plan.where.ranking import BY_HAND, Where
from pages.ui.shell import address, frame
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.kept_widget import held
from pages.ui.zone import offered

PARAMETER = "zone"  # of a plan
_NUMBER, _WANTED = "plan_zone", "plan_zone_wanted"  # the zone's number, 0 for none; what a plan that was opened says
_WIDGET = f"{_NUMBER}_widget"
_CONTROL = Control("zone", "plan_zone_word", {}, "the zone", {})
_KEPT = re.compile(r"zone ([a-z0-9]{1,9}), outline ([0-9a-f]+): .*", re.DOTALL)
WHOLE_AREA = "The zone that the places were cut to is not here as it was: places of the whole area are shown."


def cut(data: Dataset, found: Where) -> Where:
    """Cut the places to the zone that is chosen; those that were added by hand stay."""
    one = _chosen(data)
    if one is None:
        return found
    at_reference = cached(lattice.references, data)
    inside = [at_reference[name] for name in offered.cells_in(data, one.content.wkt)]
    kept = [
        (place, at)
        for place, at in zip(found.places, found.positions, strict=True)
        if place.label == BY_HAND or np.isin(at, inside).any()
    ]
    return replace(
        found, places=tuple(place for place, _ in kept), positions=tuple(at for _, at in kept),
        zone=one.content.name, zone_kept=kept_words(one),
    )  # fmt: skip


def kept_words(one: Kept[Zone]) -> str:
    """Say, for the parameters of a plan, to which zone its places were cut."""
    return f"zone {offered.word_of(one.id)}, outline {offered.outline_id(one.content)}: {one.content.name}"


def restore(plan: Plan) -> None:
    """Set the choice to that of a plan that was opened."""
    st.session_state[_WANTED] = plan.parameters.get(PARAMETER, "")


def draw(data: Dataset) -> None:
    """Draw the choice of a zone, where there is one to choose."""
    zones = offered.areas_for(data)
    if not zones:
        return
    names = {0: f"The whole {data.area.kind}", **offered.names_of(zones)}
    number = st.session_state.get(_NUMBER, 0)
    st.selectbox(
        "Zone", list(names), format_func=names.__getitem__, key=held(_WIDGET, number if number in names else 0),
        on_change=_take, help="Only places with a cell in the zone.",
    )  # fmt: skip


def _take() -> None:
    st.session_state[_NUMBER] = st.session_state[_WIDGET]


def _chosen(data: Dataset) -> Kept[Zone] | None:
    """Take the zone from the plan that was opened or from the address, and give it; tell where it is not there."""
    zones = offered.areas_for(data)
    words = address.asked([_CONTROL])
    wanted = st.session_state.pop(_WANTED, None)
    if wanted is not None:
        st.session_state[_NUMBER] = _restored(wanted, zones)
    elif words is not None:
        st.session_state[_NUMBER] = _asked(words["zone"], zones)
    number = st.session_state.get(_NUMBER, 0)
    if number and number not in zones:
        frame.note(WHOLE_AREA)
        number = st.session_state[_NUMBER] = 0
    address.say([_CONTROL], {"zone": offered.word_of(number) if number else ""})
    return zones.get(number)


def _restored(wanted: str, zones: dict[int, Kept[Zone]]) -> int:
    """Find the zone of a plan: the same number may be another zone in another store, or have another outline now."""
    found = _KEPT.fullmatch(wanted)
    one = zones.get(offered.number_of(found[1])) if found else None
    if one is not None and found and offered.outline_id(one.content) == found[2]:
        return one.id
    if wanted:
        frame.note(WHOLE_AREA)
    return 0


def _asked(word: str, zones: dict[int, Kept[Zone]]) -> int:
    if word and offered.number_of(word) not in zones:
        address.tell(address.not_there("the zone", word, "places of the whole area are shown"))
        return 0
    return offered.number_of(word)
