"""The form of a new problem, and of what an old one is called and where it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from analysis.common.refusal import Refusal
from data.plan.kept import Kept
from data.plan.saved import TITLE_LENGTH
from data.problem.problem import CLOSED, OWNER_LENGTH, Problem, Where
from data.problem.problems import PROBLEMS
from data.store.schema import POLICE_UK
from geo.errors import InputError
from pages.ui.plan.saved import asked, state
from pages.ui.problem import form_cleared, found, moved, places, record, typed
from pages.ui.problem.places import Chosen
from pages.ui.shell import access, cache, filters, frame
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.problem_link import Start

TITLE, OWNER, SOURCE, KIND = "form_title", "form_owner", "form_source", "form_kind"
MONTHS = "form_months"  # those that another page knew of
_ALL, _PLACE = "form_", "problem_form"


@dataclass(frozen=True)
class Form:
    """What an open form is about: ``of`` is the number and revision of what is changed, None for a new problem."""

    of: tuple[int, int] | None
    start: Start


def open_form(start: Start, of: tuple[int, int] | None = None) -> None:
    """Open the form, filled in."""
    typed.forget(_ALL)
    st.session_state[record.FORM] = Form(of, start)
    typed.put(TITLE, start.title[:TITLE_LENGTH])
    typed.put(OWNER, start.owner)
    typed.put(SOURCE, start.source)
    typed.put(places.CELLS, start.cells)
    typed.put(places.ZONE, start.zone)
    typed.put(places.BEGAN, (start.cells, start.names))
    if start.source != POLICE_UK:
        typed.put(KIND, start.category)
    elif start.category:
        filters.choose(category=start.category)
    if of is None:
        st.session_state.pop(record.CHOSEN, None)


def of_problem(data: Dataset, one: Kept[Problem]) -> Start:
    """Give what the form of an old problem is filled in with: without its cells where they are of another size."""
    problem = one.content
    where = problem.where if problem.where.cell_size_m == data.area.cell_size_m else replace(problem.where, cells=())
    return Start(
        problem.title, problem.owner, problem.source, problem.category, where.cells, where.names, zone=where.zone
    )


def _go_on(data: Dataset, form: Form, newest: Kept[Problem]) -> None:
    """Change the newest revision: what was changed in the form stands, all else is as it is there."""
    old, new = form.start, of_problem(data, newest)
    fields = {
        TITLE: (old.title, new.title), OWNER: (old.owner, new.owner), SOURCE: (old.source, new.source),
        KIND: (old.category, new.category),
    }  # fmt: skip
    if filters.choice().category == old.category and new.source == POLICE_UK:
        filters.choose(category=new.category)
    for name, (before, now) in fields.items():
        if not typed.changed(name, before):
            typed.put(name, now)
    if not places.touched(old.cells, old.zone):
        typed.put(places.CELLS, new.cells)
        typed.put(places.ZONE, new.zone)
        typed.put(places.BEGAN, (new.cells, new.names))
    st.session_state[record.FORM] = Form((newest.id, newest.revision), new)


def close() -> None:
    """Close the form, and let go of what was typed there."""
    typed.forget(_ALL)
    st.session_state.pop(record.FORM, None)


def show(data: Dataset, form: Form, newest: Kept[Problem] | None = None) -> None:
    """Draw the form: name, owner, what is counted, and where, beside one map.

    Parameters
    ----------
    data : Dataset
    form : Form
    newest : Kept of Problem, optional
        The newest revision of what is changed.
    """
    state.tell()
    if newest is not None and form.of is not None and newest.revision > form.of[1]:
        frame.warn(f"Another has saved this problem since you opened it: {newest.what}.")
        st.button(
            "Go on from the newest, with what you changed", on_click=_go_on, args=(data, form, newest),
            key="problem_form_newest",
        )  # fmt: skip
    sources = _sources(data)
    source = str(typed.value(SOURCE, POLICE_UK))
    shown = filters.draw(data, ("category", "as_at") if source == POLICE_UK else ("as_at",))
    columns = st.columns([6, 4], gap="small")
    columns[0].text_input(
        "Name", key=typed.key(TITLE, ""), max_chars=TITLE_LENGTH, on_change=typed.take, args=(TITLE,),
        placeholder="Such as: Summer vehicle nuisance around the retail park",
    )  # fmt: skip
    columns[1].text_input(
        "Owner: a role or team", key=typed.key(OWNER, ""), max_chars=OWNER_LENGTH, on_change=typed.take,
        args=(OWNER,), help=state.NO_NAMES,
    )  # fmt: skip
    left, right = st.columns([52, 48], gap="small")
    with right:
        if len(sources) > 1:
            st.selectbox(
                "Counted from", list(sources), format_func=sources.__getitem__, key=typed.key(SOURCE, POLICE_UK),
                on_change=typed.take, args=(SOURCE,),
            )  # fmt: skip
        counted = found.data_of(data, source)
        category = shown.category if source == POLICE_UK else _kind(counted)
        chosen = places.choose(counted, category, shown.as_at)
        chosen = _named(chosen)
        number = len(chosen.cells)
        frame.note(f"{number:,} {'cell' if number == 1 else 'cells'} chosen." if number else "No place is chosen yet.")
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Save the problem" if form.of is None else "Save the changes", type="primary", key="problem_form_save",
                on_click=asked.unless_named,
                args=(data, _PLACE, _texts, _save, data, form, source, category, chosen, shown.as_at),
            )  # fmt: skip
            st.button("Leave it", type="tertiary", key="problem_form_leave", on_click=close)
        asked.show(_PLACE)
    with left:
        places.show_map(counted, category, shown.as_at, chosen)


def _sources(data: Dataset) -> dict[str, str]:
    """Name the sources there are; one that is not there any more is let go."""
    published = "simulated incidents" if data.simulated else "data.police.uk"
    options = {POLICE_UK: published, **{name: frame.plain(name) for name in cache.feeds(data)}}
    if typed.value(SOURCE, POLICE_UK) not in options:
        typed.put(SOURCE, POLICE_UK)
    return options


def _kind(data: Dataset) -> str:
    options = cached(found.kinds, data)
    if not options:
        raise Refusal("The feed has no incidents", "Choose another source.")
    if typed.value(KIND, options[0]) not in options:
        typed.put(KIND, options[0])
    st.selectbox(
        "Kind", options, key=typed.key(KIND, options[0]), format_func=frame.plain, on_change=typed.take, args=(KIND,)
    )
    return str(typed.value(KIND, options[0]))


def _named(chosen: Chosen) -> Chosen:
    """Call places as they were called before, while nothing was added or taken out."""
    cells, names = typed.value(places.BEGAN, ((), ()))
    return replace(chosen, names=tuple(names)) if names and tuple(sorted(cells)) == chosen.cells else chosen


def _texts() -> list[str]:
    return [str(typed.value(TITLE, "")), str(typed.value(OWNER, ""))]


def _zone(data: Dataset, start: Start, chosen: Chosen) -> int:
    """Give the number of the zone that the cells are of.

    Where the form began with a zone that is restricted, or not here any more, and keeps some of its cells, they stay
    that zone's, whatever is chosen now: else they would leave with the problem as anybody's.
    """
    if not start.zone or chosen.zone == start.zone or not set(chosen.cells) & set(start.cells):
        return chosen.zone
    return start.zone if form_cleared.untold(start.zone, form_cleared.zones_in(data)) else chosen.zone


def _save(data: Dataset, form: Form, source: str, category: str, chosen: Chosen, as_at: pd.Period | None) -> str:
    where = Where(
        chosen.cells, chosen.names, chosen.wards, data.area.layer_key if chosen.wards else "",
        _zone(data, form.start, chosen), data.area.cell_size_m,
    )  # fmt: skip
    title, owner = _texts()
    if form.of is not None:
        old = PROBLEMS.load(data.store, *form.of)
        before = old.content
        if before.state == CLOSED:  # meanwhile, by another
            raise InputError("this problem is closed", value=before.title, hint="Open it again first, on its page.")
        same = tuple((each.cells, each.zone, each.cell_size_m) for each in (where, before.where))
        if same[0] == same[1] and not where.wards:
            where = before.where  # wards that were chosen whole are no field of this form when it opens
        new = replace(before, title=title, owner=owner, source=source, category=category, where=where)
        new = moved.anew(data, before, new, as_at)
        said = record.change(data, old, new, moved.changed_words(before, new))
        close()
        return said
    problem = Problem(
        title, owner, source, category, where, data.as_at, responses=form.start.responses, simulated=data.simulated
    )
    problem = fill(data, problem, as_at) if chosen.cells else problem
    made = PROBLEMS.save(data.store, problem, state.now(), actor=access.actor())
    close()
    record.see(made)
    st.session_state.pop(record.STEP, None)
    for end, month in (("first", form.start.first), ("last", form.start.last)):
        if month:
            typed.put(record.own(made, f"objective_{end}"), month)
    return f"Saved: {made.content.title}."


def fill(data: Dataset, problem: Problem, as_at: pd.Period | None) -> Problem:
    """Fill scanning and analysis in from the data; as it is where there are no months, or no such place."""
    if as_at is None:
        return problem
    counted = found.data_of(data, problem.source)
    args = (problem.category, problem.where.cells, as_at)
    try:
        scanned, analysed = cached(found.scanning, counted, *args), cached(found.analysis, counted, *args)
    except Refusal:  # told on the steps
        return problem
    return replace(
        problem,
        scanning=replace(problem.scanning, lines=record.filled(problem.scanning, scanned)),
        analysis=replace(problem.analysis, lines=record.filled(problem.analysis, analysed)),
        as_at=str(as_at),
        data_version=counted.incidents.version,
    )
