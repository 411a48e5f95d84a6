"""The page of problems: the list, one problem by its address, or the form of a new one."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import streamlit as st

from analysis.findings.problems import ending_words
from data.access.actor import PLAN
from data.kinds.lists import told_apart
from data.plan.kept import Kept
from data.problem.problem import CLOSED, STEPS, Problem
from data.problem.problems import PROBLEMS
from pages.ui.plan.saved import state
from pages.ui.problem import carried, entry, one, record
from pages.ui.problem.examples import examples
from pages.ui.shell import access, address, bar, filters, frame, problem_link, screenshot
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset
from pages.ui.shell.problem_link import Start
from pages.ui.shell.rows import rows_html
from pages.ui.zone import page as zone_page

PARTS = {"problems": "Problems", "zones": "Zones"}
_PART = Control("show", "problem_part", {word: word for word in PARTS}, "the part", PARTS)
_CONTROLS = (address.word("problem", "the problem"), address.word("problem-step", "the step"))
_NUMBER = re.compile(r"(-?[1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?")
_ARCHIVED, _PICK = "problem_archived", "problem_pick"
SWITCH_ON = (
    "This page is not among the links on the left: write problems = true at the top of the area file, or save a "
    "problem here, and it is."
)


def show(view: frame.View) -> None:
    """Draw the page: problems, or zones."""
    data = view.data
    address.read([_PART])
    if bar.given().get("zone") and not bar.given().get("problem"):
        st.session_state[_PART.key] = "zones"
    if problem_link.START in st.session_state:
        st.session_state[_PART.key] = "problems"
    spot = st.container()
    if st.session_state[_PART.key] == "zones":
        _parts(spot)
        filters.draw(data, ("as_at",))
        view.finding(zone_page.finding(data))
        zone_page.show(data)
        address.say(_CONTROLS, {})
    else:
        _problems(view, spot)
    address.write([_PART])


def _parts(spot: Any) -> None:
    """Draw the choice between problems and zones."""
    widget = f"{_PART.key}_widget"
    if st.session_state.get(widget) != st.session_state[_PART.key]:
        st.session_state[widget] = st.session_state[_PART.key]
    spot.segmented_control(
        "Show", list(PARTS), format_func=PARTS.__getitem__, key=widget, on_change=_take_part,
        label_visibility="collapsed",
    )  # fmt: skip


def _take_part() -> None:
    st.session_state[_PART.key] = st.session_state[f"{_PART.key}_widget"] or st.session_state[_PART.key]


def _problems(view: frame.View, spot: Any) -> None:
    data = view.data
    every = _every(data)
    _read_address(every)
    if (start := st.session_state.pop(problem_link.START, None)) is not None:
        entry.open_form(start)
    form = st.session_state.get(record.FORM)
    if form is not None and access.actor().may(PLAN) and not screenshot.on():
        address.say(_CONTROLS, {})
        view.finding("A new problem: name it, say who owns it, and where it is." if form.of is None else
                     "What the problem is called, who owns it, and where it is.")  # fmt: skip
        entry.show(data, form, next((kept for kept in every if form.of is not None and kept.id == form.of[0]), None))
        return
    newest = next((kept for kept in every if kept.id == st.session_state.get(record.CHOSEN, (0, 0))[0]), None)
    if newest is None:
        st.session_state.pop(record.CHOSEN, None)
        st.session_state.pop(record.STEP, None)
        address.say(_CONTROLS, {})
        _parts(spot)
        view.finding(finding(data, every))
        _list(data, every)
        return
    number, revision = st.session_state[record.CHOSEN]
    # an older copy of the file may have been put back: it has not the revision that was seen
    seen = newest if revision >= newest.revision else PROBLEMS.load(data.store, number, revision)
    record.see(seen)
    as_at = filters.draw(data, ()).as_at
    seen = record.shown(data, seen)
    title = seen.content.title
    view.finding(f"{title}: {_stands(seen)}.")
    one.show(data, seen, newest, as_at)
    word = str(number) if seen.revision == newest.revision else f"{number}-{seen.revision}"
    address.say(_CONTROLS, {"problem": word, "problem-step": str(st.session_state.get(record.STEP, ""))})


def _every(data: Dataset) -> tuple[Kept[Problem], ...]:
    """Problems of the store, as whoever is at the page may see them, and the demonstration's examples."""
    kept = (one for one in PROBLEMS.listed(data.store) if one.content.simulated == data.simulated)
    return (*(record.shown(data, one) for one in kept), *examples(data))


def _stands(kept: Kept[Problem]) -> str:
    """Say in which step it is; of one that has ended, how."""
    if kept.content.state == CLOSED:
        return f"closed. {ending_words(kept.content)}"
    keys, now = list(STEPS), kept.content.at_step
    return f"step {keys.index(now) + 1} of {len(keys)}"


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
    names = told_apart({number: frame.plain(kept.content.title) for number, kept in shown.items()}, "problem")
    st.session_state[_PICK] = None
    st.selectbox(
        "Open a problem", list(shown), index=None, key=_PICK, placeholder="Choose one", on_change=_pick, args=(shown,),
        format_func=names.__getitem__,
    )  # fmt: skip
    rows = _table(data, list(shown.values()))
    st.html(rows_html(list(rows.columns), rows.to_numpy().tolist(), "Problems"))


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
    made_up = "example" if record.example(kept) else "simulated" if kept.content.simulated else ""
    said = ["archived" if kept.archived else "", made_up]
    said.append("nobody touched it for 90 days" if record.untouched(kept, data.as_at) else "")
    return ", ".join(filter(None, said))


def _read_address(every: tuple[Kept[Problem], ...]) -> None:
    """Look at the problem that the address asks for anew; tell what is not there."""
    words = address.asked(_CONTROLS)
    if words is None:
        return
    if words["problem-step"] in STEPS:
        st.session_state[record.STEP] = words["problem-step"]
    elif words["problem-step"]:
        address.tell(address.not_there("the step", words["problem-step"], "the next one is shown"))
    st.session_state.pop(record.FORM, None)
    st.session_state.pop(record.CHOSEN, None)
    if not words["problem"]:
        return
    got = _NUMBER.fullmatch(words["problem"])
    kept = next((kept for kept in every if got and str(kept.id) == got[1]), None)
    if kept is None or not got or not 1 <= (revision := int(got[2] or kept.revision)) <= kept.revision:
        address.tell(address.not_there("the problem", words["problem"], "all of them are listed"))
        return
    st.session_state[record.CHOSEN] = (kept.id, revision)
