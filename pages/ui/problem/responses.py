"""The fourth step: what is done about it, by whom and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analysis.ahead.window import window_words
from data.feed.times import zone_of
from data.kinds.lists import told_apart
from data.plan import plans
from data.plan.kept import Kept
from data.plan.saved import ARCHIVED, RUN
from data.problem.problem import DONE, LINE_LENGTH, OWN, PLAN, PLANNED, STATES, ZONE, Problem, Response
from geo.errors import InputError
from pages.ui.plan.saved import asked
from pages.ui.problem import record, typed
from pages.ui.problem.record import NEW
from pages.ui.shell import frame
from pages.ui.shell.cache import Dataset
from pages.ui.shell.rows import rows_html
from pages.ui.zone import offered

_PARTNER = 120
_KINDS = {OWN: "", PLAN: " (saved plan)", ZONE: " (zone)"}
_FIELDS = ("what", "partner", "first", "last", "state")


def show(one: Kept[Problem]) -> None:
    """Draw what is done as a table."""
    problem = one.content
    if problem.responses:
        rows = table(problem)
        st.html(rows_html(list(rows.columns), rows.to_numpy().tolist(), "Responses"))
    for line in problem.response.lines:
        frame.note(line.text)


def table(problem: Problem) -> pd.DataFrame:
    """Responses as a table, in the order in which they begin."""
    return pd.DataFrame(
        {
            "What": one.what + _KINDS[one.kind],
            "Partner": one.partner,
            "When": f"from {one.first.day} {one.first:%b %Y}"
            if one.last is None
            else window_words(one.first, one.last),
            "State": one.state,
        }
        for one in problem.responses
    )


def form(data: Dataset, one: Kept[Problem]) -> None:
    """Draw the form of one entry."""
    every = one.content.responses
    pick = _picked(one)
    if typed.value(pick, NEW) not in range(NEW, len(every)):
        typed.put(pick, NEW)
    labels = {NEW: "A new entry", **{n: f"{n + 1}. {frame.plain(r.what[:60])}" for n, r in enumerate(every)}}
    st.selectbox(
        "Change",
        list(labels),
        format_func=labels.__getitem__,
        key=typed.key(pick, NEW),
        on_change=typed.take,
        args=(pick,),
    )
    at = int(typed.value(pick, NEW))
    old = every[at] if at != NEW else Response(OWN, 0, "", "", data.as_at, None)
    begins = _begins(one, at)
    picked, start = f"{begins}of", _word(old)
    options = {_word(Response(OWN, 0, "", "", data.as_at, None)): "None: an entry of its own", **_offered(data)}
    options.setdefault(start, frame.plain(old.what))  # archived, or gone
    if len(options) > 1:
        if typed.value(picked, start) not in options:
            typed.put(picked, start)
        st.selectbox(
            "Plan or zone", list(options), format_func=options.__getitem__, key=typed.key(picked, start),
            on_change=_take, args=(data, begins, old),
        )  # fmt: skip
    _fields(begins, old)
    read = partial(_texts, begins, old)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Save the entry", type="primary", key="problem_response_save", on_click=asked.unless_named,
            args=(data, record.place(one), read, _save, data, one, at, old),
        )  # fmt: skip
        if at != NEW:
            st.button(
                "Remove", type="tertiary", key="problem_response_remove", on_click=record.act,
                args=(_remove, data, one, at),
            )  # fmt: skip


def _word(response: Response) -> str:
    return f"{response.kind}-{response.ref}"


def _offered(data: Dataset) -> dict[str, str]:
    """Plans and zones that an entry may be, in words, by kind and number."""
    titles = {
        one.id: f"{one.title} ({window_words(one.first, one.last)})"
        for one in plans.listed(data.store)
        if one.status != ARCHIVED and one.simulated == data.simulated
    }
    found = {f"{PLAN}-{number}": frame.plain(f"Plan: {name}") for number, name in told_apart(titles, "plan").items()}
    names = offered.names_of(offered.zones_for(data))
    return found | {f"{ZONE}-{number}": frame.plain(f"Zone: {name}") for number, name in names.items()}


def _starts(old: Response) -> dict[str, Any]:
    return {"what": old.what, "partner": old.partner, "first": old.first, "last": old.last, "state": old.state}


def _begins(one: Kept[Problem], at: int) -> str:
    """Begin the names of the fields of an entry."""
    says = [(each.what, each.partner, each.ref) for each in one.content.responses]
    return record.own(one, f"responses_{record.mark(says, at)}_")


def _fields(begins: str, old: Response) -> None:
    names = {field: begins + field for field in _FIELDS}
    starts = _starts(old)

    def more(field: str) -> dict[str, Any]:
        return {"key": typed.key(names[field], starts[field]), "on_change": typed.take, "args": (names[field],)}

    st.text_input("What is done", max_chars=LINE_LENGTH // 2, **more("what"))
    st.text_input("Partner: a team or body", max_chars=_PARTNER, **more("partner"))
    columns = st.columns(3, gap="small")
    columns[0].date_input("From", format="DD/MM/YYYY", **more("first"))
    columns[1].date_input("To, if known", format="DD/MM/YYYY", **more("last"))
    columns[2].selectbox("State", STATES, **more("state"))


def _take(data: Dataset, begins: str, old: Response) -> None:
    """Take a plan or zone, and fill the other fields in from it."""
    name = f"{begins}of"
    typed.take(name)
    kind, _, number = str(typed.value(name, "")).partition("-")
    if kind == PLAN:
        try:
            saved = plans.load(data.store, int(number))
        except InputError as error:  # forgotten since the list was drawn
            typed.put(name, _word(old))
            record.act(_told, error)
            return
        plan = saved.plan
        got: tuple[object, ...] = (plan.title, "", plan.first, plan.last, DONE if saved.status == RUN else PLANNED)
    elif kind == ZONE and int(number) in (zones := offered.zones_for(data)):
        zone, local = zones[int(number)].content, zone_of(data.area)
        last = None if zone.ends is None else zone.ends.astimezone(local).date()
        got = (zone.name, zone.role, zone.starts.astimezone(local).date(), last, PLANNED)
    else:
        return
    for field, value in zip(_FIELDS, got, strict=True):
        typed.key(begins + field, _starts(old)[field])
        typed.put(begins + field, value)


def _told(error: InputError) -> str:
    raise error


def _texts(begins: str, old: Response) -> list[str]:
    return [str(typed.value(begins + field, _starts(old)[field])) for field in ("what", "partner")]


def _save(data: Dataset, one: Kept[Problem], at: int, old: Response) -> str:
    begins = _begins(one, at)
    got = {field: typed.value(begins + field, start) for field, start in _starts(old).items()}
    kind, _, number = str(typed.value(f"{begins}of", _word(old))).partition("-")
    last = got["last"]
    new = Response(
        kind, int(number), str(got["what"]).strip(), str(got["partner"]).strip(), _day(got["first"]),
        None if last is None else _day(last), str(got["state"]),
    )  # fmt: skip
    every = list(one.content.responses)
    every[at : at + 1] = [new] if at != NEW else []
    if at == NEW:
        every.append(new)
    every.sort(key=lambda response: (response.first, response.what))
    what = f"Response: an entry {'added' if at == NEW else 'changed'}"
    return record.change(data, one, replace(one.content, responses=tuple(every)), what, (begins, _picked(one)))


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.today()


def _remove(data: Dataset, one: Kept[Problem], at: int) -> str:
    every = one.content.responses
    new = replace(one.content, responses=every[:at] + every[at + 1 :])
    return record.change(data, one, new, "Response: an entry removed", (_begins(one, at), _picked(one)))


def _picked(one: Kept[Problem]) -> str:
    return record.own(one, "responses_pick")
