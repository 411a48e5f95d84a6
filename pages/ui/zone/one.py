"""One saved zone: what it is, where it lies, its history, and all that can be done to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from analysis.findings.finding import capital
from data.access.actor import PLAN
from data.feed.times import zone_of
from data.plan.kept import Kept
from data.zone import times
from data.zone.zone import KINDS, ORIGINS, Zone
from data.zone.zones import ZONES
from geo.errors import InputError
from pages.ui.chart.palette import palette
from pages.ui.map import base_map, lattice
from pages.ui.map.maps import Hit, Overlay
from pages.ui.shell import access, done, frame, history
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.history import Revision
from pages.ui.zone import asked, editor, example, forgotten, form, shown, state

MAP_HEIGHT = 330
RESTRICTED = (
    "Restricted: a closure of premises, or under 50 m across. Shown only to those who may plan; never exported, never "
    "on slides."
)
IN_FORCE, TO_COME, OVER = "in force", "to come", "over"


def standing(zone: Zone, day: date, time_zone: str) -> str:
    """Say whether a zone is in force on a day, is to come, or is over."""
    if zone.in_force(day, time_zone):
        return IN_FORCE
    return TO_COME if zone.starts.astimezone(ZoneInfo(time_zone)).date() > day else OVER


def look(data: Dataset, one: Kept[Zone], newest: Kept[Zone], day: date) -> None:
    """Draw a saved zone.

    Parameters
    ----------
    data : Dataset
    one : Kept
        The revision that the person sees.
    newest : Kept
        The newest there is.
    day : date
        The as-at date.
    """
    if newest.revision > one.revision:
        st.html(
            f'<div class="warning" role="status">Another has saved this zone since you opened it: revision '
            f"{newest.revision}, {escape(_when(data, newest))}. You see revision {one.revision}.</div>"
        )
        st.button("Show the newest", on_click=state.seen, args=(newest,), key="zone_newest")
    state.tell(state.ONE)
    left, right = st.columns([52, 48], gap="medium")
    with right:
        _map(data, one)
    with left:
        _tell(data, one, day)


def _tell(data: Dataset, one: Kept[Zone], day: date) -> None:
    zone = one.content
    facts = "".join(f"<tr><th>{escape(name)}</th><td>{escape(said)}</td></tr>" for name, said in _facts(data, one, day))
    st.html(f'<table class="facts">{facts}</table>')
    if zone.restricted:
        frame.note(RESTRICTED)
    if zone.notes:
        frame.note(zone.notes)
    if said := _limit(data, zone):
        frame.note(said)
    _buttons(data, one)
    asked.show(state.ONE)


def _limit(data: Dataset, zone: Zone) -> str:
    try:
        return form.limit_words(data, zone)
    except InputError as error:  # the zone stands all the same
        return str(error)


def times_words(data: Dataset, zone: Zone) -> str:
    """Say from when to when, in local time."""
    said = times.words(zone.starts, zone.ends, zone_of(data.area))
    return capital(said)


def _facts(data: Dataset, one: Kept[Zone], day: date) -> list[tuple[str, str]]:
    zone = one.content
    now = standing(zone, day, str(zone_of(data.area)))
    archived = "; archived" if one.archived else ""
    return [
        ("Zone", zone.name + (" (simulated)" if zone.simulated else "")),
        ("Legal kind", KINDS[zone.kind]),
        ("Times", times_words(data, zone)),
        (f"On {day.day} {day:%b %Y}", f"{now}{archived}"),
        ("Authorised by", zone.role),
        ("Outline", f"{ORIGINS[zone.origin]}; {editor.size_words(data, zone.wkt)}"),
        ("Saved", example.WHAT if one.id < 0 else f"{_when(data, one)}, revision {one.revision}"),
    ]


def _when(data: Dataset, one: Kept[Zone]) -> str:
    return done.when(one.saved_at, zone_of(data.area))


def _map(data: Dataset, one: Kept[Zone]) -> None:
    grid, colours = cached(lattice.grid, data), palette()
    view = editor.around(one.content, f"zone-one-{one.id}-{one.revision}")
    drawn = Overlay(
        wards_on=data.area.wards.codes, outlines=[shown.outline(one.content, grid, colours, named=False)], view=view,
    )  # fmt: skip
    base_map.show(data, colours, drawn, grid, key="zone_one", height=MAP_HEIGHT, on_hit=_no_hit)


def _no_hit(_: Hit) -> None:
    """Take a click: here it chooses nothing."""


# --- what can be done -------------------------------------------------------------------------------------------------
def _buttons(data: Dataset, one: Kept[Zone]) -> None:
    if one.id < 0:
        frame.note(example.READ_ONLY)
        return
    may = access.actor().may(PLAN)
    with st.container(horizontal=True, gap="small", key="zone_one_buttons"):
        if may and not one.archived:
            st.button("Change", icon=":material/edit:", on_click=_change, key="zone_change")
        _history(data, one, may=may)
        if may and not one.archived:
            question = f"Archive {one.content.name} for everybody? It can be taken out again."
            st.button(
                "Archive", key="zone_archive", on_click=asked.unless_sure,
                args=(state.ONE, None, question, "Yes, archive it", _archive, data, one),
            )  # fmt: skip
        elif may:
            st.button(
                "Take out of the archive", on_click=state.act, args=(state.ONE, _take_back, data, one), key="zone_back"
            )
            with st.popover("Forget for good"):
                frame.note("The zone and its whole history are removed and cannot be brought back.")
                sure = st.checkbox("Yes, remove it", key=f"zone_sure_{one.id}")
                st.button(
                    "Forget", disabled=not sure, on_click=state.act, args=(state.TOP, _forget, data, one),
                    key="zone_forget",
                )  # fmt: skip


def _change() -> None:
    editor.begin()
    asked.go(state.CHANGE)


def _archive(data: Dataset, one: Kept[Zone]) -> str:
    state.seen(ZONES.archive(data.store, one.id, one.revision, done.now(), actor=access.actor()))
    return f"Archived: {one.content.name}. No map shows it, and no page offers it."


def _take_back(data: Dataset, one: Kept[Zone]) -> str:
    state.seen(ZONES.take_back(data.store, one.id, one.revision, done.now(), actor=access.actor()))
    return f"Taken out of the archive: {one.content.name}."


def _forget(data: Dataset, one: Kept[Zone]) -> str:
    forgotten.free_of(data.store, one)
    ZONES.forget(data.store, one.id, one.revision, actor=access.actor())
    st.session_state.pop(state.CHOSEN, None)
    return f"Forgotten: {one.content.name}."


def _history(data: Dataset, one: Kept[Zone], *, may: bool) -> None:
    with st.popover("History", icon=":material/history:"):
        every = ZONES.history(data.store, one.id)
        history.show(Revision(r.revision, _when(data, r), r.role, r.what) for r in every)
        older = {r.revision: r for r in every if r.revision < one.revision}
        if not older or not may or one.archived:
            return
        key = f"zone_old_{one.id}_{one.revision}"
        st.selectbox("Revision", list(older), key=key)
        st.button(
            "Go back to it", on_click=state.act, args=(state.ONE, _go_back, data, one, older, key), key=f"{key}_back"
        )


def _go_back(data: Dataset, one: Kept[Zone], older: Mapping[int, Kept[Zone]], key: str) -> str:
    wanted = older[st.session_state[key]]
    what = f"As in revision {wanted.revision} again"
    new = ZONES.revise(data.store, one.id, one.revision, wanted.content, done.now(), actor=access.actor(), what=what)
    state.seen(new)
    return f"{what}." if new.revision > one.revision else "Nothing has changed."
