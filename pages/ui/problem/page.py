"""The page of problems: the list, one problem by its address, or the form of a new one."""

from __future__ import annotations

import re

import pandas as pd
import streamlit as st

from data.access.actor import PLAN
from data.plan.kept import Kept
from data.problem.problem import CLOSED, STEPS, Problem
from data.problem.problems import PROBLEMS
from pages.ui.plan.saved import state
from pages.ui.problem import carried, entry, one, record
from pages.ui.shell import access, address, filters, frame, problem_link, tables
from pages.ui.shell.cache import Dataset
from pages.ui.shell.problem_link import Start

_CONTROLS = (address.word("problem", "the problem"), address.word("step", "the step"))
_NUMBER = re.compile(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?")
_ARCHIVED, _PICK = "problem_archived", "problem_pick"
SWITCH_ON = (
    "This page is not among the links on the left: write problems = true at the top of the area file, or save a "
    "problem here, and it is."
)


def show(view: frame.View) -> None:
    """Draw the page."""
    data = view.data
    every = tuple(kept for kept in PROBLEMS.listed(data.store) if kept.content.simulated == data.simulated)
    _read_address(data, every)
    if (start := st.session_state.pop(problem_link.START, None)) is not None:
        entry.open_form(start)
    form = st.session_state.get(record.FORM)
    if form is not None and access.actor().may(PLAN):
        address.say(_CONTROLS, {})
        view.finding("A new problem: name it, say who owns it, and where it is." if form.of is None else
                     "What the problem is called, who owns it, and where it is.")  # fmt: skip
        entry.show(data, form)
        return
    newest = next((kept for kept in every if kept.id == st.session_state.get(record.CHOSEN, (0, 0))[0]), None)
    if newest is None:
        st.session_state.pop(record.CHOSEN, None)
        st.session_state.pop(record.STEP, None)
        address.say(_CONTROLS, {})
        view.finding(finding(data, every))
        _list(data, every)
        return
    number, revision = st.session_state[record.CHOSEN]
    # an older copy of the file may have been put back: it has not the revision that was seen
    seen = newest if revision >= newest.revision else PROBLEMS.load(data.store, number, revision)
    record.see(seen)
    as_at = filters.draw(data, ()).as_at
    title = seen.content.title
    view.finding(f"{title}: {_stands(seen)}.")
    one.show(data, seen, newest, as_at)
    word = str(number) if seen.revision == newest.revision else f"{number}-{seen.revision}"
    address.say(_CONTROLS, {"problem": word, "step": str(st.session_state.get(record.STEP, ""))})


def _stands(kept: Kept[Problem]) -> str:
    """Say in which step it is, and what is next."""
    if kept.content.state == CLOSED:
        return "closed"
    keys, now = list(STEPS), kept.content.at_step
    return f"step {keys.index(now) + 1} of {len(keys)}. Next: {record.NEXT[now]}"


def finding(data: Dataset, every: tuple[Kept[Problem], ...]) -> str:
    """Say in one sentence which problems there are."""
    shown = [kept for kept in every if not kept.archived]
    if not shown:
        return "No problem is saved yet: one page holds what is known of it, what is done and what became of it."
    still = [kept for kept in shown if kept.content.state != CLOSED]
    left = sum(record.untouched(kept, data.as_at) for kept in still)
    number = f"{len(still)} {'problem is' if len(still) == 1 else 'problems are'} open"
    closed = f", {len(shown) - len(still)} closed" if len(shown) > len(still) else ""
    waits = f"; nobody touched {left if left < len(still) or left > 1 else 'it'} for 90 days" if left else ""
    return f"{number if still else 'No problem is open'}{closed}{waits}."


def _list(data: Dataset, every: tuple[Kept[Problem], ...]) -> None:
    state.tell()
    if not problem_link.listed(data.area):
        frame.note(SWITCH_ON)
    filters.draw(data, ())
    if not access.lacks(PLAN, "start problems"):
        with st.container(horizontal=True, gap="small", key="problem_begin"):
            st.button(
                "New problem", type="primary", icon=":material/add:", on_click=entry.open_form, args=(Start(),),
                key="problem_new",
            )  # fmt: skip
            carried.take(data)
        carried.ask()
    hidden = sum(kept.archived for kept in every)
    too = bool(hidden) and st.checkbox(f"Archived too ({hidden})", key=_ARCHIVED)
    shown = {kept.id: kept for kept in every if too or not kept.archived}
    if not shown:
        return
    st.session_state[_PICK] = None
    st.selectbox(
        "Open a problem", list(shown), index=None, key=_PICK, placeholder="Choose one", on_change=_pick, args=(shown,),
        format_func=lambda number: frame.plain(shown[number].content.title),
    )  # fmt: skip
    alt = "Problems: name, owner, step, last change, note"
    tables.show(_table(data, list(shown.values())), alt, of="problem_list")


def _pick(shown: dict[int, Kept[Problem]]) -> None:
    if st.session_state[_PICK] is not None:
        st.session_state.pop(record.STEP, None)
        record.see(shown[st.session_state[_PICK]])


def _table(data: Dataset, shown: list[Kept[Problem]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Name": kept.content.title,
            "Owner": kept.content.owner,
            "Step": "closed" if kept.content.state == CLOSED else STEPS[kept.content.at_step],
            "Last change": state.when(kept.saved_at),
            "Note": _note(data, kept),
        }
        for kept in shown
    )


def _note(data: Dataset, kept: Kept[Problem]) -> str:
    said = ["archived" if kept.archived else "", "simulated" if kept.content.simulated else ""]
    said.append("nobody touched it for 90 days" if record.untouched(kept, data.as_at) else "")
    return ", ".join(filter(None, said))


def _read_address(data: Dataset, every: tuple[Kept[Problem], ...]) -> None:
    """Look at the problem that the address asks for anew; tell what is not there."""
    words = address.asked(_CONTROLS)
    if words is None:
        return
    if words["step"] in STEPS:
        st.session_state[record.STEP] = words["step"]
    elif words["step"]:
        address.tell(address.not_there("the step", words["step"], "the next one is shown"))
    st.session_state.pop(record.FORM, None)
    st.session_state.pop(record.CHOSEN, None)
    if not words["problem"]:
        return
    got = _NUMBER.fullmatch(words["problem"])
    kept = next((kept for kept in every if got and str(kept.id) == got[1]), None)
    if kept is None or not got or not 1 <= (revision := int(got[2] or kept.revision)) <= kept.revision:
        address.tell(address.not_there("the problem", words["problem"], "all of them are listed"))
        return
    record.see(PROBLEMS.load(data.store, kept.id, revision))
