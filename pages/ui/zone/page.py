"""The part of the page Problems that is about zones: the list, one zone, a new one, and files that are brought.

The page draws the shared filters before it: the as-at date is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import pandas as pd
import streamlit as st

from data.access.actor import PLAN
from data.feed.times import zone_of
from data.plan.kept import Kept
from data.zone.exported import zones_geojson
from data.zone.zone import KINDS, Zone
from data.zone.zones import ZONES
from pages.ui.map import base_map
from pages.ui.shell import access, address, done, downloads, filters, frame, screenshot
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import day_at, resolve
from pages.ui.shell.rows import rows_html
from pages.ui.zone import asked, brought, editor, example, offered, sheet_panel, state
from pages.ui.zone import one as zone_one

CONTROLS = (address.word("zone", "the zone"), address.word("old-zones", "the zones"))
_TOO, _REVISION = "too", re.compile(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?")
_ARCHIVED, _PICK = "zone_archived", "zone_pick"
_LIST_ROWS = 5  # more are folded away
NO_ZONE = "No zone is saved yet."
NONE = (
    "A zone is where a power is in force: a dispersal authorisation, a public spaces protection order, an alcohol "
    "zone. Drawn here, it can be put on every map and taken as an area."
)


def as_at(data: Dataset) -> date:
    """Give the day that the page speaks of: of a month that was stepped back to its last."""
    chosen = resolve(filters.choice(), data.incidents.months)
    return day_at(data, chosen.as_at if chosen.stepped_back else None)


def finding(data: Dataset) -> str:
    """Say in one sentence which zones there are."""
    every = offered.every(data)
    day, found = as_at(data), [one.content for one in every if not one.archived]
    if not found:
        return f"{'The only zone is' if len(every) == 1 else 'All zones are'} archived." if every else NO_ZONE
    states = [zone_one.standing(zone, day, str(zone_of(data.area))) for zone in found]
    counts = {name: states.count(name) for name in (zone_one.IN_FORCE, zone_one.TO_COME, zone_one.OVER)}
    (name, n), *more = [(name, n) for name, n in counts.items() if n]
    rest = "".join(f", {number} {standing}" for standing, number in more)
    return f"{n} {'zone is' if n == 1 else 'zones are'} {name}{rest} on {day.day} {day:%B %Y}."


def show(data: Dataset) -> None:
    """Draw the list and what is looked at, or what makes a zone."""
    every = {one.id: one for one in offered.every(data)}
    _read_address(every)
    mode = st.session_state.get(state.MODE, "")
    chosen = _chosen(data, every)
    may = access.actor().may(PLAN) and not screenshot.on()
    if mode and (not may or (mode == state.CHANGE and (chosen is None or chosen[1].archived or chosen[1].id < 0))):
        mode = st.session_state[state.MODE] = ""
    if mode == state.NEW:
        editor.show(data)
    elif mode == state.BRING:
        brought.show(data)
    elif mode == state.CHANGE and chosen is not None:
        editor.show(data, chosen[0])
    else:
        state.tell(state.TOP)
        _list(data, every, may=may)
        if (chosen := _chosen(data, every)) is not None:
            zone_one.look(data, *chosen, as_at(data))
            sheet_panel.show(data, chosen[0], resolve(filters.choice(), data.incidents.months).as_at)
    address.say(CONTROLS, _words(every))
    state.tell()  # nothing is looked at any more


def _list(data: Dataset, every: dict[int, Kept[Zone]], *, may: bool) -> None:
    hidden = sum(one.archived for one in every.values())
    if may:
        with st.container(horizontal=True, gap="small", key="zone_new_buttons"):
            st.button("New zone", type="primary", on_click=_new, key="zone_new")
            st.button("Import", on_click=asked.go, args=(state.BRING,), key="zone_import")
            _export(data, every)
    elif not screenshot.on():
        access.lacks(PLAN, "make zones")
    there = {number: one for number, one in every.items() if not one.archived or st.session_state.get(_ARCHIVED)}
    if not every:
        frame.note(NONE)
    if not there and not hidden:
        return
    columns = st.columns([8, 3], gap="small", vertical_alignment="bottom")
    if hidden:
        st.session_state[f"{_ARCHIVED}_widget"] = st.session_state.get(_ARCHIVED, False)
        columns[1].checkbox(f"Archived too ({hidden})", key=f"{_ARCHIVED}_widget", on_change=_take_archived)
    if not there:
        return
    if st.session_state.get(state.CHOSEN, (None,))[0] not in there:
        first = next(iter(there.values()))
        st.session_state[state.CHOSEN] = (first.id, first.revision)
    st.session_state[_PICK] = st.session_state[state.CHOSEN][0]
    names = offered.names_of(there)
    columns[0].selectbox(
        "Zone", list(there), format_func=names.__getitem__, key=_PICK, on_change=_pick,
        args=({one.id: one.revision for one in there.values()},),
    )  # fmt: skip
    open_ = [one for one in there.values() if not one.content.restricted]  # a list is soon copied
    if len(there) > 1 and open_:
        rows = table(data, open_)
        label = "Zones: name, legal kind, from, to, and whether it is in force"
        with st.expander(f"List of zones ({len(open_)})") if len(open_) > _LIST_ROWS else st.container():
            st.html(rows_html(list(rows.columns), rows.to_numpy().tolist(), label))


def _export(data: Dataset, every: dict[int, Kept[Zone]]) -> None:
    """Draw the button that saves the zones for others; restricted ones are never in it."""
    zones = [one.content for one in every.values() if not one.archived]
    if not any(not zone.restricted for zone in zones):
        return
    ground = base_map.base_map_of(data)
    sources = (data.area.wards.attribution, ground.attribution if ground else "")
    about = (f"{data.area.name}: zones", *filter(None, sources))
    st.download_button(
        "Export (GeoJSON)", zones_geojson(zones, zone_of(data.area), about), key="zone_export",
        file_name=downloads.file_name(data, "zones", ending="geojson"), mime="application/geo+json", on_click="ignore",
    )  # fmt: skip


def table(data: Dataset, found: Iterable[Kept[Zone]]) -> pd.DataFrame:
    """Zones as a table."""
    local, day = zone_of(data.area), as_at(data)
    return pd.DataFrame(
        {
            "Name": one.content.name,
            "Legal kind": KINDS[one.content.kind],
            "From": done.when(one.content.starts, local),
            "To": done.when(one.content.ends, local) if one.content.ends else "no end set",
            "State": "archived" if one.archived else zone_one.standing(one.content, day, str(local)),
        }
        for one in found
    )


def _chosen(data: Dataset, every: dict[int, Kept[Zone]]) -> tuple[Kept[Zone], Kept[Zone]] | None:
    """Give the revision that is looked at, and the newest of it; None where nothing is."""
    number, revision = st.session_state.get(state.CHOSEN, (None, None))
    newest = every.get(number)
    if newest is None:
        st.session_state.pop(state.CHOSEN, None)
        return None
    if revision >= newest.revision:
        st.session_state[state.CHOSEN] = (newest.id, newest.revision)
        return newest, newest
    older = ZONES.load(data.store, number, revision)
    return (older if offered.may_see(older.content) else newest), newest


def _new() -> None:
    editor.begin()
    asked.go(state.NEW)


def _pick(newest: dict[int, int]) -> None:
    number = st.session_state[_PICK]
    st.session_state[state.CHOSEN] = (number, newest[number])
    asked.leave()


def _take_archived() -> None:
    st.session_state[_ARCHIVED] = st.session_state[f"{_ARCHIVED}_widget"]


# --- address ----------------------------------------------------------------------------------------------------------
def _read_address(every: dict[int, Kept[Zone]]) -> None:
    """Look at what the address asks for anew; tell what is not there, or may not be seen."""
    words = address.asked(CONTROLS)
    if words is None:
        return
    asked.leave()
    st.session_state[_ARCHIVED] = words["old-zones"] == _TOO
    if words["old-zones"] not in {"", _TOO}:
        address.tell(address.not_there("the zones", words["old-zones"], "those that are not archived are shown"))
    word = words["zone"]
    if word in {state.NEW, state.BRING}:
        if word == state.NEW and st.session_state.get(state.MODE) != state.NEW:
            editor.begin()
        st.session_state[state.MODE] = word
        return
    st.session_state[state.MODE] = ""
    if not word:
        return
    found = _REVISION.fullmatch(word)
    if word == example.WORD and example.NUMBER in every:
        st.session_state[state.CHOSEN] = (example.NUMBER, 1)
        return
    one = every.get(int(found[1])) if found else None
    if one is None or not found or not 1 <= (revision := int(found[2] or one.revision)) <= one.revision:
        address.tell(address.not_there("the zone", word, "the last that was saved is shown"))
        return
    st.session_state[state.CHOSEN] = (one.id, revision)
    st.session_state[_ARCHIVED] |= one.archived


def _words(every: dict[int, Kept[Zone]]) -> dict[str, str]:
    mode = st.session_state.get(state.MODE, "")
    number, revision = st.session_state.get(state.CHOSEN, (None, None))
    word = mode if mode in {state.NEW, state.BRING} else ""
    if not word and number == example.NUMBER and number in every:
        word = example.WORD
    elif not word and number in every:
        word = str(number) if revision == every[number].revision else f"{number}-{revision}"
    return {"zone": word, "old-zones": _TOO if st.session_state.get(_ARCHIVED) else ""}
