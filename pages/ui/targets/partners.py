"""What only partners can fill of a needs assessment: typed here once, with figures, source and day, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import escape

import pandas as pd
import streamlit as st

from data.access.actor import PLAN
from data.kinds.lists import join_words
from data.plan.evidence import (
    FIGURES_LENGTH,
    SOURCE_LENGTH,
    TEXT_LENGTH,
    Entry,
    entries,
    given,
    save_evidence,
    section_key,
)
from data.plan.names import ASK, names_in
from data.plan.targets import Wanted, wanted_of
from geo.errors import InputError
from pages.ui.shell import access, choice, frame, tables
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters
from pages.ui.targets.outcomes import WITHDRAWN, show_files, show_past

NOT_GIVEN = "not given"
_SAID, _SEEN, _ASKED = "partners_said", "partners_seen", "partners_asked"
_Typed = tuple[str, int, str | None, str, str, date | None]  # section, seen, text, figures, source, day
COLUMNS = ("section", "given", "figures", "as_of", "source", "ask", "what_counts")


@dataclass(frozen=True)
class _Asked:
    """A text that looks as if it named a person, until somebody says what to do with it."""

    entry: Entry
    seen: int
    names: tuple[str, ...]


def table_of(data: Dataset, wanted: Sequence[Wanted], day: date) -> pd.DataFrame:
    """Lay out the sections with the newest text of each, none of it of a later day.

    Returns
    -------
    DataFrame of text
        ``COLUMNS``; "not given" where there is no text.
    """
    rows = []
    for one in wanted:
        found = next(iter(given(data.store, one.key, day, simulated=data.simulated)), None)
        said = (NOT_GIVEN, "", "", "") if found is None else _words(found)
        rows.append((one.name, *said, one.ask, one.note))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _words(one: Entry) -> tuple[str, str, str, str]:
    return one.text or WITHDRAWN, one.figures, one.as_of.isoformat(), one.source


def history(data: Dataset, wanted: Sequence[Wanted], every: Sequence[Entry]) -> pd.DataFrame:
    """Lay out all that was ever saved for these sections, the last saved first; nothing is overwritten."""
    names = {section_key(one.key, simulated=data.simulated): one.name for one in wanted}
    rows = [
        (names[one.section], *_words(one), one.saved_at.strftime("%Y-%m-%d %H:%M UTC"), one.role)
        for one in sorted(every, key=lambda one: one.id, reverse=True)
        if one.section in names
    ]
    return pd.DataFrame(rows, columns=["section", "given", "figures", "as_of", "source", "saved", "role"])


# --- on the page -----------------------------------------------------------------------------------------------------
def show(data: Dataset, chosen: Filters) -> None:
    """Draw the sections with what was given for each, and one button behind which a text is typed."""
    try:
        wanted = wanted_of(data.area.raw, data.area.file)
        if wanted:
            st.html("<h2>What only partners can fill</h2>")
            _show(data, chosen, wanted)
    except InputError as error:  # the rest of the page does not hang on the list, nor on the file of plans
        frame.failed(error)


def _show(data: Dataset, chosen: Filters, wanted: tuple[Wanted, ...]) -> None:
    day = choice.as_at_date(data, chosen)
    note = "No open data shows these. Ask, and type here what you are given: the needs assessment takes it from here."
    frame.note(note + (" On the demonstration it is for practice, and stays apart." if data.simulated else ""))
    table = table_of(data, wanted, day)
    alt = "Sections that only partners can fill, with what was given for each and whom to ask."
    tables.show(table.drop(columns=["figures", "what_counts"]), alt, of="partners", key="partners")
    every = entries(data.store, with_history=True)
    with st.container(horizontal=True, gap="small", key="beneath_partners"):
        typed = _form(data, wanted, every)
        past = history(data, wanted, every)
        show_past(past, "All that was saved, the last first.", "partners")
        show_files(data, table, past, "partners", "what partners gave", day)
    if typed is not None:
        _take(data, *typed)
    _ask(data)
    if told := st.session_state.pop(_SAID, ""):
        st.html(f'<div class="done" role="status">{escape(told)}</div>')


def _form(data: Dataset, wanted: tuple[Wanted, ...], every: Sequence[Entry]) -> _Typed | None:
    """Draw the form behind its button; what the person had before them is what the run before showed."""
    newest = {one.section: one.id for one in sorted(every, key=lambda one: one.id)}
    before = st.session_state.get(_SEEN, newest)
    st.session_state[_SEEN] = newest
    by_key = {one.key: one for one in wanted}
    with st.popover("Type what you were given", icon=":material/edit_note:", width="content", key="partners_type"):
        if access.lacks(PLAN, "type what partners gave"):
            return None
        key = st.selectbox("Section", list(by_key), format_func=lambda one: by_key[one].name, key="partners_key")
        one = by_key[key]
        st.html(f'<p class="note">Ask {escape(one.ask)}. {escape(one.note)}</p>')
        there = next(iter(given(data.store, key, data.as_at, simulated=data.simulated)), None)
        with st.form("partners_form", clear_on_submit=False):
            text = st.text_area(
                "Text", "" if there is None else there.text or "", max_chars=TEXT_LENGTH, height=160,
                key=f"partners_text_{key}", help="What it says, in a few sentences. No person's name, no address.",
            )  # fmt: skip
            figures = st.text_area(
                "Figures", "" if there is None else there.figures, max_chars=FIGURES_LENGTH, height=68,
                key=f"partners_figures_{key}", placeholder="One a line, with its unit and year",
            )  # fmt: skip
            left, right = st.columns([2, 1], gap="small")
            source = left.text_input(
                "Source", max_chars=SOURCE_LENGTH, key="partners_source", placeholder="Record or report it is from"
            )
            as_of = right.date_input(
                "As of", data.as_at, max_value=data.as_at, key="partners_as_of", format="YYYY-MM-DD"
            )
            save, withdraw = st.columns(2, gap="small")
            saved = save.form_submit_button("Save the text", type="primary", width="stretch")
            gone = withdraw.form_submit_button("Withdraw that day's text", width="stretch")
    if not (saved or gone):
        return None
    section = section_key(key, simulated=data.simulated)
    return section, before.get(section, 0), None if gone else text, "" if gone else figures, source, as_of


def _take(
    data: Dataset, section: str, seen: int, text: str | None, figures: str, source: str, as_of: date | None
) -> None:
    """Save it, or ask first where it looks as if it named a person; what is wrong is told."""
    st.session_state.pop(_ASKED, None)
    try:
        if as_of is None:
            raise InputError("a text needs the day it speaks of", column="As of")
        source = source if text is not None else source.strip() or WITHDRAWN
        entry = Entry(0, section, as_of, text, figures, source, datetime.now(UTC))
        names = names_in([text or "", figures, source], known(data))
        if names:
            st.session_state[_ASKED] = _Asked(entry, seen, names)
        else:
            st.session_state[_SAID] = store(data, entry, seen)
    except InputError as error:
        frame.failed(error)
        return
    st.rerun()


def known(data: Dataset) -> tuple[str, ...]:
    """Names of wards and streets of the area, which are no people."""
    from pages.ui.map import lattice

    streets = (name for name, _, _ in cached(lattice.streets, data))
    return (*streets, *data.area.ward_names.values())


def _ask(data: Dataset) -> None:
    """Draw the question about a name that was typed; nothing is kept until it is answered."""
    asked = st.session_state.get(_ASKED)
    if asked is None:
        return
    question = f"{ASK}: {join_words(asked.names)}."
    st.html(f'<div class="warning" role="alert">{escape(question)}</div>')
    with st.container(horizontal=True, gap="small", key="partners_asked_about"):
        keep = st.button("Keep it anyway", key="partners_keep")
        leave = st.button("Change it", type="tertiary", key="partners_change")
    if not (keep or leave):
        return
    del st.session_state[_ASKED]
    try:
        if keep:
            st.session_state[_SAID] = store(data, asked.entry, asked.seen)
    except InputError as error:
        frame.failed(error)
    else:
        st.rerun()


def store(data: Dataset, entry: Entry, seen: int) -> str:
    """Save what was typed, or withdraw that day's; says what was done.

    Raises
    ------
    InputError
        As :func:`data.plan.evidence.save_evidence`.
    """
    saved = save_evidence(data.store, entry, seen=seen, actor=access.actor())
    wanted = wanted_of(data.area.raw, data.area.file)
    name = next(one.name for one in wanted if section_key(one.key, simulated=data.simulated) == saved.section)
    if saved.text is None:
        return f"Withdrawn: {name}, {saved.as_of}. It stays in the history."
    return f"Saved: {name}, as of {saved.as_of}."
