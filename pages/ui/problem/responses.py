"""The fourth step: what is done about it, by whom and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analysis.ahead.window import window_words
from data.plan import plans
from data.plan.kept import Kept
from data.plan.saved import ARCHIVED, RUN
from data.problem.problem import DONE, LINE_LENGTH, OWN, PLAN, PLANNED, STATES, ZONE, Problem, Response
from pages.ui.plan.saved import asked
from pages.ui.problem import record, typed
from pages.ui.shell import frame, tables
from pages.ui.shell.cache import Dataset

NEW, _PARTNER = -1, 120
KINDS = {OWN: "something else", PLAN: "a saved plan", ZONE: "a zone"}
_FIELDS = ("what", "partner", "first", "last", "state")


def show(one: Kept[Problem]) -> None:
    """Draw what is done as a table."""
    problem = one.content
    if problem.responses:
        alt = "Responses: what, which partner, from, to, state, kind"
        tables.show(table(problem), alt, of="responses", most=190)
    else:
        frame.note("Nothing is entered yet.")
    for line in problem.response.lines:
        frame.note(line.text)


def table(problem: Problem) -> pd.DataFrame:
    """Responses as a table, in the order in which they begin."""
    return pd.DataFrame(
        {
            "What": one.what,
            "Partner": one.partner,
            "From": f"{one.first:%Y-%m-%d}",
            "To": "" if one.last is None else f"{one.last:%Y-%m-%d}",
            "State": one.state,
            "Kind": KINDS[one.kind],
        }
        for one in problem.responses
    )


def form(data: Dataset, one: Kept[Problem]) -> None:
    """Draw the form of one entry."""
    every = one.content.responses
    pick = record.own(one, "responses_pick")
    options = [NEW, *range(len(every))]
    if typed.value(pick, NEW) not in options:
        typed.put(pick, NEW)
    labels = {NEW: "A new entry", **{n: f"{n + 1}. {frame.plain(r.what[:60])}" for n, r in enumerate(every)}}
    st.selectbox(
        "Change", options, format_func=labels.__getitem__, key=typed.key(pick, NEW), on_change=typed.take, args=(pick,)
    )
    at = int(typed.value(pick, NEW))
    old = every[at] if at != NEW else Response(OWN, 0, "", "", data.as_at, None)
    saved = _plans(data)
    ref = old.ref if old.kind == PLAN else 0
    plan = _name(one, old, "plan")
    if saved and old.kind != ZONE:
        shown = {0: "None: an entry of its own", **saved}
        if typed.value(plan, ref) not in shown:
            typed.put(plan, 0)
        st.selectbox(
            "Saved plan", list(shown), format_func=shown.__getitem__, key=typed.key(plan, ref),
            on_change=_take_plan, args=(data, one, plan, old),
        )  # fmt: skip
    _fields(one, old)
    read = partial(_texts, one, old)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Save the entry", type="primary", key="problem_response_save", on_click=asked.unless_named,
            args=(data, record.place(one), read, _save, data, one, at, old, plan),
        )  # fmt: skip
        if at != NEW:
            st.button(
                "Remove", type="tertiary", key="problem_response_remove", on_click=record.act,
                args=(_remove, data, one, at),
            )  # fmt: skip


def _plans(data: Dataset) -> dict[int, str]:
    return {
        one.id: frame.plain(f"{one.title} ({window_words(one.first, one.last)})")
        for one in plans.listed(data.store)
        if one.status != ARCHIVED and one.simulated == data.simulated
    }


def _starts(old: Response) -> dict[str, Any]:
    return {"what": old.what, "partner": old.partner, "first": old.first, "last": old.last, "state": old.state}


def _name(one: Kept[Problem], old: Response, field: str) -> str:
    return record.own(one, f"responses_{record.mark(old.what, old.partner, old.ref)}_{field}")


def _fields(one: Kept[Problem], old: Response) -> None:
    names = {field: _name(one, old, field) for field in _FIELDS}
    starts = _starts(old)

    def more(field: str) -> dict[str, Any]:
        return {"key": typed.key(names[field], starts[field]), "on_change": typed.take, "args": (names[field],)}

    st.text_input("What is done", max_chars=LINE_LENGTH // 2, **more("what"))
    st.text_input("Partner: a team or body", max_chars=_PARTNER, **more("partner"))
    columns = st.columns(3, gap="small")
    columns[0].date_input("From", format="DD/MM/YYYY", **more("first"))
    columns[1].date_input("To, if known", format="DD/MM/YYYY", **more("last"))
    columns[2].selectbox("State", STATES, **more("state"))


def _take_plan(data: Dataset, one: Kept[Problem], name: str, old: Response) -> None:
    typed.take(name)
    number = int(typed.value(name, 0))
    if not number:
        return
    plan = plans.load(data.store, number)
    starts = _starts(old)
    state = DONE if plan.status == RUN else PLANNED
    for field, value in (
        ("what", plan.plan.title), ("first", plan.plan.first), ("last", plan.plan.last), ("state", state)
    ):  # fmt: skip
        typed.key(_name(one, old, field), starts[field])
        typed.put(_name(one, old, field), value)


def _texts(one: Kept[Problem], old: Response) -> list[str]:
    return [str(typed.value(_name(one, old, field), _starts(old)[field])) for field in ("what", "partner")]


def _save(data: Dataset, one: Kept[Problem], at: int, old: Response, plan: str) -> str:
    got = {field: typed.value(_name(one, old, field), start) for field, start in _starts(old).items()}
    number = int(typed.value(plan, old.ref if old.kind == PLAN else 0))
    kind, ref = (old.kind, old.ref) if old.kind == ZONE else (PLAN, number) if number else (OWN, 0)
    last = got["last"]
    new = Response(
        kind, ref, str(got["what"]).strip(), str(got["partner"]).strip(), _day(got["first"]),
        None if last is None else _day(last), str(got["state"]),
    )  # fmt: skip
    every = list(one.content.responses)
    every[at : at + 1] = [new] if at != NEW else []
    if at == NEW:
        every.append(new)
    every.sort(key=lambda response: (response.first, response.what))
    what = f"Response: an entry {'added' if at == NEW else 'changed'}"
    return record.change(data, one, replace(one.content, responses=tuple(every)), what, "responses")


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.today()


def _remove(data: Dataset, one: Kept[Problem], at: int) -> str:
    every = one.content.responses
    new = replace(one.content, responses=every[:at] + every[at + 1 :])
    return record.change(data, one, new, "Response: an entry removed", "responses")
