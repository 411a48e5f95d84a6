"""Outcomes that no published file shows: the partnership types its own figures, each with its date and source."""

from __future__ import annotations

from datetime import UTC, date, datetime
from html import escape

import pandas as pd
import streamlit as st

from analysis.common.refusal import Refusal
from data.access.actor import PLAN
from data.plan.figures import PRACTICE, TEXT_LENGTH, Figure, figures, save_figure
from data.plan.targets import Outcome, outcomes_of
from geo.errors import InputError
from pages.ui.shell import access, choice, downloads, frame, tables
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import Filters

NONE = Refusal("The area file names no outcomes", "Add [[outcomes]] to the area file, each with key, name and unit")
_SAID = "targets_said"
WITHDRAWN = "withdrawn"


def key_of(data: Dataset, outcome: Outcome) -> str:
    """Name under which figures of an outcome are saved."""
    return (PRACTICE if data.simulated else "") + outcome.key


def latest(data: Dataset, day: date, by: date | None = None) -> dict[str, Figure]:
    """Give the newest figure of every outcome, none dated after a day, none saved after another."""
    found: dict[str, Figure] = {}
    for figure in figures(data.store, by=by):
        if figure.as_of <= day and (figure.name not in found or found[figure.name].as_of <= figure.as_of):
            found[figure.name] = figure
    return found


def value_words(value: float | None) -> str:
    """Write a typed figure as it was typed."""
    return WITHDRAWN if value is None else f"{value:,.10g}"


def table_of(data: Dataset, outcomes: tuple[Outcome, ...], day: date) -> pd.DataFrame:
    """Lay out the outcomes with the newest figure of each.

    Returns
    -------
    DataFrame of text
        ``outcome``, ``figure``, ``unit``, ``as_of``, ``source``, ``what_counts``; "not given" where there is no figure.
    """
    known = latest(data, day)
    rows = []
    for outcome in outcomes:
        found = known.get(key_of(data, outcome))
        figure = ("not given", "", "") if found is None else _words(found)
        rows.append((outcome.name, figure[0], outcome.unit, *figure[1:], outcome.note))
    return pd.DataFrame(rows, columns=["outcome", "figure", "unit", "as_of", "source", "what_counts"])


def _words(figure: Figure) -> tuple[str, str, str]:
    return value_words(figure.value), figure.as_of.isoformat(), figure.source


def history(data: Dataset, outcomes: tuple[Outcome, ...]) -> pd.DataFrame:
    """Lay out every figure that was ever saved for these outcomes, the last saved first; nothing is overwritten."""
    names = {key_of(data, outcome): outcome.name for outcome in outcomes}
    every = [one for one in figures(data.store, with_history=True) if one.name in names]
    rows = [
        (names[one.name], *_words(one), one.saved_at.strftime("%Y-%m-%d %H:%M UTC"))
        for one in sorted(every, key=lambda one: one.saved_at, reverse=True)
    ]
    return pd.DataFrame(rows, columns=["outcome", "figure", "as_of", "source", "saved"])


def lines_of(data: Dataset, what: str) -> tuple[str, ...]:
    """Head of a file of typed figures: they are the partnership's own, not published ones."""
    practice = "SIMULATED: typed on the demonstration, for practice."
    lines = (practice if data.simulated else "", f"{data.area.partnership}: {what}")
    return tuple(one for one in (*lines, "Typed by the partnership: not from police or other open data.") if one)


# --- on the page -----------------------------------------------------------------------------------------------------
def show(data: Dataset, chosen: Filters) -> None:
    """Draw the outcomes with their figures, the form for a new one, and the history."""
    st.html("<h2>Outcomes that no open data shows</h2>")
    try:
        outcomes = outcomes_of(data.area.raw, data.area.file)
        if not outcomes:
            frame.refused(NONE)
            return
        _show(data, chosen, outcomes)
    except InputError as error:  # the rest of the page does not hang on the list, nor on the file of plans
        frame.failed(error)


def _show(data: Dataset, chosen: Filters, outcomes: tuple[Outcome, ...]) -> None:
    day = choice.as_at_date(data, chosen)
    note = (
        "The partnership's own figures, each with its date and source. They are typed here, and checked by nobody else."
    )
    if data.simulated:
        note += " On the demonstration they are for practice, and stay apart from those typed once files are loaded."
    if chosen.stepped_back:
        note += f" Figures dated after {day:%Y-%m-%d} are not shown."
    frame.note(note)
    table = table_of(data, outcomes, day)
    left, right = st.columns([62, 38], gap="medium")
    with left:
        alt = "Outcomes of the plan with the figure that the partnership typed for each."
        tables.show(table, alt, of="outcomes", key="outcomes")
        with st.container(horizontal=True, gap="small", key="beneath_outcomes"):
            past = history(data, outcomes)
            show_past(past, "Every figure that was saved, the last first.", "outcomes")
            show_files(data, table, past, "outcomes", "outcomes", day)
    with right:
        _form(data, outcomes)


def show_past(past: pd.DataFrame, alt: str, part: str) -> None:
    """Draw the button that opens all that was ever saved of a part."""
    with st.popover("History", type="tertiary", icon=":material/history:", width="content", key=f"table_{part}"):
        tables.show(past, alt, of=part, key=f"{part}_history")


def show_files(data: Dataset, table: pd.DataFrame, past: pd.DataFrame, part: str, what: str, day: date) -> None:
    """Draw the buttons that save what counts of a part, and all that was ever saved."""
    name = downloads.file_name(data, part, day.isoformat())
    downloads.csv_button(table, name, lines_of(data, f"{what} as of {day}"), key=f"csv_{part}")
    if len(past):
        lines = lines_of(data, f"{what}, all that was saved")
        name = downloads.file_name(data, part, "history")
        downloads.csv_button(past, name, lines, key=f"csv_{part}_history", label="CSV of the history")


def _form(data: Dataset, outcomes: tuple[Outcome, ...]) -> None:
    if access.lacks(PLAN, "type figures"):
        return
    names = {outcome.key: f"{outcome.name} ({outcome.unit})" if outcome.unit else outcome.name for outcome in outcomes}
    with st.form("outcome_form", clear_on_submit=False):
        key = st.selectbox("Outcome", list(names), format_func=lambda one: names[one], key="outcome_key")
        left, right = st.columns(2, gap="small")
        value = left.number_input("Figure", value=None, step=1.0, format="%.1f", key="outcome_value")
        as_of = right.date_input("As of", data.as_at, max_value=data.as_at, key="outcome_as_of", format="YYYY-MM-DD")
        source = st.text_input(
            "Source", max_chars=TEXT_LENGTH, key="outcome_source", placeholder="Record or report it is from",
            help="A document or record, such as “Youth service return, 2025-04”. No person's name.",
        )  # fmt: skip
        save, withdraw = st.columns(2, gap="small")
        saved = save.form_submit_button("Save the figure", type="primary", width="stretch")
        gone = withdraw.form_submit_button("Withdraw that day's", width="stretch")
    if saved or gone:
        outcome = next(one for one in outcomes if one.key == key)
        try:
            st.session_state[_SAID] = store(data, outcome, None if gone else value, as_of, source, withdraw=gone)
        except InputError as error:
            frame.failed(error)
        else:
            st.rerun()
    if told := st.session_state.pop(_SAID, ""):
        st.html(f'<div class="done" role="status">{escape(told)}</div>')


def store(
    data: Dataset, outcome: Outcome, value: float | None, as_of: date | None, source: str, *, withdraw: bool = False
) -> str:
    """Save a typed figure, or withdraw the one of that day; says what was done.

    Raises
    ------
    InputError
        No figure, day or source, nothing to withdraw, or the file of plans cannot be written.
    """
    if as_of is None:
        raise InputError("a figure needs the day it speaks of", column="As of")
    name = key_of(data, outcome)
    if withdraw:
        if not any(one.name == name and one.as_of == as_of for one in figures(data.store)):
            raise InputError("there is no figure of that day to withdraw", value=f"{outcome.name}, {as_of}")
        save_figure(data.store, name, None, as_of, source.strip() or WITHDRAWN, datetime.now(UTC), actor=access.actor())
        return f"Withdrawn: {outcome.name}, {as_of}. It stays in the history."
    if value is None:
        raise InputError("type the figure first", column="Figure")
    saved = save_figure(data.store, name, value, as_of, source, datetime.now(UTC), actor=access.actor())
    return f"Saved: {outcome.name}, {value_words(saved.value)} as of {as_of}."
