"""One saved plan: what is in it, what was done, and all that can be done to it."""

from __future__ import annotations

from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from analysis.ahead.window import window_words
from data.access.actor import PLAN
from data.plan import plans
from data.plan import stops as plan_stops
from data.plan import wards as plan_wards
from data.plan.plan import Plan
from data.plan.plans import ARCHIVED, RUN, Listed, Saved
from data.plan.told import told
from data.plan.ways import ways_words
from data.plan.words import patrol_hours
from pages.ui.plan.paper.exports import shift_words
from pages.ui.plan.saved import asked, state
from pages.ui.plan.saved import files as plan_saved_files
from pages.ui.plan.saved import run as plan_saved_run
from pages.ui.plan.saved import start as plan_saved_start
from pages.ui.plan.who import stops as plan_who_stops
from pages.ui.plan.who import ways as plan_who_ways
from pages.ui.shell import access, frame, history, tables
from pages.ui.shell.cache import Dataset
from pages.ui.shell.history import Revision


def look(data: Dataset, one: Saved, newest: Listed) -> None:
    """Draw a saved plan.

    Parameters
    ----------
    data : Dataset
    one : Saved
        The revision that the person sees.
    newest : Listed
        The newest there is.
    """
    plan = one.plan
    if newest.revision > one.revision:
        st.html(
            f'<div class="warning" role="status">Another has saved this plan since you opened it: revision '
            f"{newest.revision}, {escape(state.when(newest.saved_at))}. You see revision {one.revision}.</div>"
        )
        st.button("Show the newest", on_click=_show_newest, args=(newest,), key="plan_saved_newest")
    said = [
        f"<strong>{escape(plan.title)}</strong>",
        one.status + (" (simulated)" if plan.simulated else ""),
        escape(window_words(plan.first, plan.last)),
        f"revision {one.revision}, saved {escape(state.when(one.saved_at))}",
    ]
    st.html("<div>" + ", ".join(said) + "</div>")
    if plan.notes:
        frame.note(plan.notes)
    if wards := plan_wards.wards_words(plan, data.area):
        frame.note(f"{wards}.")
    state.tell(state.PLAN)
    may = access.actor().may(PLAN)
    with st.container(horizontal=True, gap="small", key="plan_saved_buttons"):
        if may and one.status == ARCHIVED:
            _archived(data, one)
        elif one.status != ARCHIVED:
            st.button("Open", on_click=state.act, args=(state.PLAN, _open, one), key="plan_saved_open_button")
        if may and one.status != ARCHIVED:
            _words(data, one)
            plan_saved_run.button(one)
        _history(data, one, may=may)
        if may:
            st.button("Copy", on_click=state.act, args=(state.PLAN, _copy, data, one), key="plan_saved_copy")
        if may and one.status != ARCHIVED:
            st.button("Archive", on_click=asked.unless_sure, args=_put_away(data, one), key="plan_saved_archive")
        plan_saved_files.downloads(data, one)
        plan_saved_start.offer(data, one)
    asked.show(state.PLAN, (one.id, one.revision))
    if may and plan_saved_run.wanted(one) and one.status != ARCHIVED:
        remarks = partial(plan_saved_run.remarks, one)
        plan_saved_run.form(one, partial(asked.unless_named, data, state.PLAN, remarks, _mark_run, data, one))
    elif one.records:
        tables.show(_done(one), "What was really done: shift, ran, patrol-hours, cells visited, remark", of="saved")
    elif plan.shifts:
        tables.show(_patrols(plan), "Patrols of the plan: shift, crew, base, places and visits", of="saved")
        if plan.past_range:
            frame.note(plan.past_range)
        if ways := _ways(data, plan):
            frame.note(ways)
        _stops(data, plan)
    elif plan.places:
        tables.show(_places(data, plan), "Places of the plan: number, name, ward, incidents expected", of="saved")


def _show_newest(newest: Listed) -> None:
    st.session_state[state.CHOSEN] = (newest.id, newest.revision)


def _open(one: Saved) -> str:
    state.seen(one, opens=True)
    return f"Opened: {one.plan.title}, revision {one.revision}."


def _copy(data: Dataset, one: Saved) -> str:
    made = plans.copy(
        data.store, one.id, one.revision, f"Copy of {one.plan.title}"[:120], state.now(), actor=access.actor()
    )
    state.seen(made)
    return f"Copied: {made.plan.title}. It is a draft; rename it under Title and notes."


def _put_away(data: Dataset, one: Saved) -> tuple[object, ...]:
    """Give the question, and what is done after it."""
    question = f"Archive {one.plan.title} for everybody? It can be taken out again."
    return state.PLAN, (one.id, one.revision), question, "Yes, archive it", _archive, data, one


def _archive(data: Dataset, one: Saved) -> str:
    plans.archive(data.store, one.id, one.revision, state.now(), actor=access.actor())
    st.session_state.pop(state.CHOSEN, None)
    if st.session_state.get(state.OPEN, (None,))[0] == one.id:
        state.close()
    return f"Archived: {one.plan.title}. Tick Archived too to find it again."


def _archived(data: Dataset, one: Saved) -> None:
    st.button(
        "Take out of the archive", on_click=state.act, args=(state.PLAN, _take_back, data, one), key="plan_saved_back"
    )
    with st.popover("Forget for good"):
        frame.note("The plan and its whole history are removed and cannot be brought back.")
        sure = st.checkbox("Yes, remove it", key=f"plan_saved_sure_{one.id}")
        st.button(
            "Forget",
            disabled=not sure,
            on_click=state.act,
            args=(state.PLAN, _forget, data, one),
            key="plan_saved_forget",
        )


def _take_back(data: Dataset, one: Saved) -> str:
    state.seen(plans.take_back(data.store, one.id, one.revision, state.now(), actor=access.actor()))
    return f"Taken out of the archive: {one.plan.title}."


def _forget(data: Dataset, one: Saved) -> str:
    plans.forget(data.store, one.id, one.revision, actor=access.actor())
    st.session_state.pop(state.CHOSEN, None)
    return f"Forgotten: {one.plan.title}."


def _words(data: Dataset, one: Saved) -> None:
    key = f"plan_saved_words_{one.id}_{one.revision}"
    with st.popover("Title and notes", icon=":material/edit:"), st.form(key, border=False):
        st.text_input("Title", value=one.plan.title, max_chars=120, key=f"{key}_title")
        st.text_area("Notes", value=one.plan.notes, max_chars=4000, key=f"{key}_notes")
        frame.note(state.NO_NAMES)
        typed = partial(_typed, key)
        args = (data, state.PLAN, typed, _edit, data, one, key)
        st.form_submit_button("Save title and notes", on_click=asked.unless_named, args=args)


def _typed(key: str) -> tuple[str, str]:
    return st.session_state[f"{key}_title"], st.session_state[f"{key}_notes"]


def _edit(data: Dataset, one: Saved, key: str) -> str:
    title, notes = _typed(key)
    new = plans.edit(data.store, one.id, one.revision, title, notes, state.now(), actor=access.actor())
    _changed(one, new)
    return f"Saved: {new.plan.title}." if new.revision > one.revision else "Nothing has changed."


def _changed(one: Saved, new: Saved) -> None:
    """See the new revision; the steps go on from it where they had the one before."""
    state.seen(new, opens=st.session_state.get(state.OPEN) == (one.id, one.revision))


def _mark_run(data: Dataset, one: Saved) -> str:
    typed = plan_saved_run.typed(data, one)
    new = plans.mark_run(data.store, one.id, one.revision, typed, state.now(), actor=access.actor())
    plan_saved_run.close(one)
    _changed(one, new)
    return f"{new.what}." if new.revision > one.revision else "Nothing has changed."


def _history(data: Dataset, one: Saved, *, may: bool) -> None:
    with st.popover("History", icon=":material/history:"):
        every = plans.history(data.store, one.id)
        history.show(Revision(r.revision, f"{state.when(r.saved_at)} ({r.status})", r.role, r.what) for r in every)
        older = [r.revision for r in every if r.revision < one.revision]
        if not older or not may or one.status == ARCHIVED:
            return
        key = f"plan_saved_old_{one.id}_{one.revision}"
        st.selectbox("Revision", older, key=key)
        with st.container(horizontal=True):
            if one.status != RUN:
                st.button(
                    "Go back to it", on_click=state.act, args=(state.PLAN, _go_back, data, one, key), key=f"{key}_back"
                )
            st.button(
                "Copy it to a new plan",
                on_click=state.act,
                args=(state.PLAN, _copy_older, data, one, key),
                key=f"{key}_copy",
            )


def _go_back(data: Dataset, one: Saved, key: str) -> str:
    older = plans.load(data.store, one.id, st.session_state[key])
    new = plans.revise(data.store, one.id, one.revision, older.plan, state.now(), actor=access.actor())
    _changed(one, new)
    return f"As in revision {older.revision} again. {new.what}."


def _copy_older(data: Dataset, one: Saved, key: str) -> str:
    return _copy(data, plans.load(data.store, one.id, st.session_state[key]))


def _patrols(plan: Plan) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Shift": shift_words(shift),
            "Crew": patrol.crew,
            "Who": f"{patrol.officers}, {patrol.travel}",
            "Base": patrol.base.name,
            "Places": " ".join(str(number) for number in dict.fromkeys(visit.place for visit in patrol.visits)),
            "Visits": len(patrol.visits),
            **({"Expected there": round(patrol.expected, 2)} if told(plan).in_shifts else {}),
        }
        for shift in plan.shifts
        for patrol in shift.patrols
    )


def _ways(data: Dataset, plan: Plan) -> str:
    """Say what the ways of a plan are, and whether they are still those that would be found now."""
    now = plan_who_ways.version(data)
    if plan.ways is None:
        straight = "Ways of this plan are straight lines times 1.3: it was made without streets."
        return f"{straight} Opened, its hours are shared out along the streets that are loaded now." if now else ""
    said = f"Ways are {ways_words(plan.ways.source, (leg.why for leg in plan.ways.legs))}."
    if now == plan.ways.version:
        return said
    loaded = "Other streets are loaded here now" if now else "Those streets are not loaded here"
    return f"{said} {loaded}: files of the plan keep its ways, but opened, its hours are shared out anew."


def _stops(data: Dataset, plan: Plan) -> None:
    """Tell stops by their part of what the days bring, where nothing tells hours."""
    if told(plan).hours:
        return
    stops = plan_stops.stops_of(plan).values()
    if together := plan_stops.together_words(plan.category, stops, data.area.kind):
        frame.note(f"{together}.")
        plan_who_stops.show(stops, plan.category)


def _places(data: Dataset, plan: Plan) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Place": place.number,
            "Name": place.title,
            "Ward": plan_wards.ward_of(plan, place, data.area),
            "Grid reference": place.grid_reference,
            told(plan).head: round(place.expected, 1) if told(plan).forecast else told(plan).text(place.expected),
            "Marked": "left out" if place.left_out else "pinned" if place.pinned else "",
        }
        for place in plan.places
    )


def _done(one: Saved) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Shift": shift_words(shift),
            "Ran": "yes" if record.ran else "no",
            "Patrol-hours": round(record.hours, 1),
            "Planned": round(patrol_hours([shift]), 1),
            "Cells visited": len(record.cells),
            "Cells": " ".join(record.cells),
            "Remark": record.remark,
        }
        for shift, record in zip(one.plan.shifts, one.records, strict=True)
    )
