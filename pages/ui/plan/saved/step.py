"""Saved plans: save the one at hand, look at one, change its words, go back, put it away, take it with you.

A person sees a revision until they ask for a newer one, and everything they do is done to the revision they see: when
another has saved in the meantime it is refused and said, never done over the other's work.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from analysis.ahead.window import window_words
from data.access.actor import PLAN
from data.plan import plans
from data.plan.plan import Plan
from data.plan.plans import ARCHIVED, Listed, Saved
from data.plan.words import difference
from geo.errors import InputError
from pages.ui.plan.saved import asked, state
from pages.ui.plan.saved import one as plan_saved_one
from pages.ui.shell import access, address, frame, tables
from pages.ui.shell.cache import Dataset

__all__ = ["OPEN", "finding", "opened", "show"]

OPEN = state.OPEN
_CONTROLS = (address.word("plan", "the plan"), address.word("archived", "the plans"))
_REVISION, _TOO = re.compile(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?"), "too"
_LIST_PX = 170  # five plans; more scroll
_TITLE, _NOTES, _ARCHIVED, _PICK = (f"plan_saved_{name}" for name in ("title", "notes", "archived", "pick"))


def opened(data: Dataset) -> Plan | None:
    """Give the plan that was opened, at the revision that was opened; None where none is.

    Notes
    -----
    It may have been made on the demonstration though real incidents are loaded by now: ``simulated`` says so.
    """
    found = _opened(data)
    return found.plan if found else None


def finding(data: Dataset) -> str:
    """Say in one sentence what is saved."""
    kept = [one for one in plans.listed(data.store) if one.status != ARCHIVED]
    if not kept:
        return "No plan is saved yet."
    run = sum(one.run for one in kept)
    if len(kept) == 1:
        return f"1 plan is saved; it is {'' if run else 'not yet '}marked as run."
    return f"{len(kept)} plans are saved, {run or 'none'} of them marked as run."


def show(data: Dataset, current: Plan | None) -> None:
    """Draw saving, the list, and the plan that is looked at.

    Parameters
    ----------
    data : Dataset
    current : Plan or None
        As the steps have it now; None where there is nothing to save.
    """
    state.tell(state.TOP)
    if current is not None and not access.lacks(PLAN, "save plans"):
        _save(data, current)
        asked.show(state.TOP)
    every = plans.listed(data.store)
    if every and (seen := _choose(data, every)) is not None:
        plan_saved_one.look(data, seen, next(one for one in every if one.id == seen.id))
    state.tell()  # nothing is looked at any more


# --- saving -----------------------------------------------------------------------------------------------------------
def _opened(data: Dataset) -> Saved | None:
    if state.OPEN not in st.session_state:
        return None
    try:
        return plans.load(data.store, *st.session_state[state.OPEN])
    except InputError:  # forgotten, or another store
        del st.session_state[state.OPEN]
        return None


def _save(data: Dataset, current: Plan) -> None:
    before = _opened(data)
    start = before.plan if before else current
    basis = repr((st.session_state.get(state.OPEN), start.title))
    title = _typed(_TITLE, basis, start.title)
    notes = _typed(_NOTES, basis, start.notes)
    columns = st.columns([5, 2, 6], gap="small", vertical_alignment="bottom")
    columns[0].text_input("Title of the plan", key=title, max_chars=120, on_change=_hold, args=(_TITLE, title, basis))
    with columns[1].popover("Notes", icon=":material/notes:", width="stretch"):
        st.text_area("Notes", key=notes, max_chars=4000, on_change=_hold, args=(_NOTES, notes, basis))
        frame.note(state.NO_NAMES)
    mine = _mine(current, title, notes)

    def typed() -> list[str]:
        return asked.texts_of(_mine(current, title, notes))

    with columns[2].container(horizontal=True, gap="small"):
        if before is not None:
            st.button(
                f"Save changes to {frame.plain(_short(before.plan.title))}",
                type="primary",
                on_click=asked.unless_named,
                args=(data, state.TOP, typed, _revise, data, current, title, notes),
                key="plan_saved_revise",
            )
        st.button(
            "Save as a new plan",
            type="secondary" if before else "primary",
            on_click=asked.unless_named,
            args=(data, state.TOP, typed, _new, data, current, title, notes),
            key="plan_saved_new",
        )
        if before is not None:
            st.button("Close", type="tertiary", on_click=state.close, key="plan_saved_close")
    said = []
    if before is not None:
        changed = difference(before.plan, mine)
        said.append(f"Opened: {before.plan.title}, revision {before.revision}.")
        said.append(f"The steps now differ from it. {changed}." if changed else "The steps have changed nothing of it.")
    if not current.shifts:
        said.append("No hours are shared out yet: the plan is saved with its places only.")
    if said:
        frame.note(" ".join(said))


def _typed(name: str, basis: str, start: str) -> str:
    """Hold what is typed beside the widget, which is lost between pages; anew for another plan."""
    held = st.session_state.get(name)
    if not held or held[0] != basis:
        held = st.session_state[name] = (basis, start)
    key = f"{name}_widget"
    if st.session_state.get(key) != held[1]:
        st.session_state[key] = held[1]
    return key


def _hold(name: str, key: str, basis: str) -> None:
    st.session_state[name] = (basis, st.session_state[key])


def _mine(current: Plan, title: str, notes: str) -> Plan:
    return replace(current, title=st.session_state[title], notes=st.session_state[notes])


def _new(data: Dataset, current: Plan, title: str, notes: str) -> str:
    one = plans.save(data.store, _mine(current, title, notes), state.now(), actor=access.actor())
    state.seen(one, opens=True)
    return f"Saved: {one.plan.title}."


def _revise(data: Dataset, current: Plan, title: str, notes: str) -> str:
    number, revision = st.session_state[state.OPEN]
    mine = _mine(current, title, notes)
    one = plans.revise(data.store, number, revision, mine, state.now(), actor=access.actor())
    state.seen(one, opens=True)
    if one.revision == revision:
        return "Nothing has changed since it was saved."
    return f"Saved: {one.plan.title}, revision {one.revision}. {one.what}."


# --- choosing ---------------------------------------------------------------------------------------------------------
def _choose(data: Dataset, every: tuple[Listed, ...]) -> Saved | None:
    _read_address(every)
    hidden = sum(one.status == ARCHIVED for one in every)
    columns = st.columns([8, 3], gap="small", vertical_alignment="bottom")
    if hidden:
        st.session_state[f"{_ARCHIVED}_widget"] = st.session_state.get(_ARCHIVED, False)
        columns[1].checkbox(f"Archived too ({hidden})", key=f"{_ARCHIVED}_widget", on_change=_take, args=(_ARCHIVED,))
    shown = {one.id: one for one in every if one.status != ARCHIVED or st.session_state.get(_ARCHIVED)}
    if not shown:
        address.say(_CONTROLS, {})
        return None
    number, revision = st.session_state.get(state.CHOSEN, (None, None))
    if number not in shown:
        number, revision = next(iter(shown.values())).id, None
    newest = shown[number]
    # An older copy of the file may have been put back: it has not the revision that was seen.
    st.session_state[state.CHOSEN] = (number, min(revision or newest.revision, newest.revision))
    st.session_state[_PICK] = number
    address.say(_CONTROLS, _words(newest.revision))
    columns[0].selectbox(
        "Saved plan",
        list(shown),
        format_func=lambda one: _label(shown[one]),
        key=_PICK,
        on_change=_take_choice,
        args=({one.id: one.revision for one in shown.values()},),
    )
    if len(shown) > 1:
        alt = "Saved plans: title, operation, days, status, revisions, when saved, whether simulated"
        tables.show(_list(shown.values()), alt, of="saved", most=_LIST_PX)
    return plans.load(data.store, *st.session_state[state.CHOSEN])


def _read_address(every: tuple[Listed, ...]) -> None:
    """Look at the plan that the address asks for anew, at the revision it names; tell what is not there."""
    words = address.asked(_CONTROLS)
    if words is None:
        return
    st.session_state[_ARCHIVED] = words["archived"] == _TOO
    if words["archived"] not in {"", _TOO}:
        address.tell(address.not_there("the plans", words["archived"], "those that are not archived are shown"))
    if not words["plan"]:
        return
    found = _REVISION.fullmatch(words["plan"])
    one = next((one for one in every if found and str(one.id) == found[1]), None)
    if one is None or not found or not 1 <= (revision := int(found[2] or one.revision)) <= one.revision:
        address.tell(address.not_there("the plan", words["plan"], "the last that was saved is shown"))
        return
    st.session_state[state.CHOSEN] = (one.id, revision)
    st.session_state[_ARCHIVED] |= one.status == ARCHIVED


def _words(newest: int) -> dict[str, str]:
    number, revision = st.session_state[state.CHOSEN]
    return {
        "plan": str(number) if revision == newest else f"{number}-{revision}",
        "archived": _TOO if st.session_state.get(_ARCHIVED) else "",
    }


def _take(name: str) -> None:
    st.session_state[name] = st.session_state[f"{name}_widget"]


def _take_choice(newest: dict[int, int]) -> None:
    number = st.session_state[_PICK]
    st.session_state[state.CHOSEN] = (number, newest[number])


def _label(one: Listed) -> str:
    said = [one.status, window_words(one.first, one.last), "simulated" if one.simulated else ""]
    return f"{one.title} ({', '.join(word for word in said if word)})"


def _list(every: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Title": one.title,
            "Operation": one.operation or "own dates",
            "Days": window_words(one.first, one.last),
            "Status": one.status,
            "Revisions": one.revision,
            "Saved": state.when(one.saved_at),
            "Simulated": "yes" if one.simulated else "no",
        }
        for one in every
    )


def _short(title: str) -> str:
    return title if len(title) <= 32 else title[:30].rstrip() + " ..."
