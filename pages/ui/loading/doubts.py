"""Months in doubt on the Data page: which, why, what to do, and a person's word that one is whole all the same."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from analysis.common.method import month_name
from data.access.actor import ACCEPT
from data.store.accept import MOST_NAME, accept
from data.store.accepted import Acceptance
from data.store.doubts import limits_lines, rows_words, rule_words
from data.store.status import Status, accepted_lines, large_words
from data.store.whole import Doubt
from geo.errors import InputError
from pages.ui.shell import access, frame, screenshot
from pages.ui.shell.cache import Dataset

WHY = (
    "A month is in doubt when its file has far fewer rows, in all or of one crime type, than the months around it, or "
    "when what is stored of it is damaged. It is left out of every figure until it is loaded whole, or until somebody "
    "accepts it."
)
TO_DO = "Load the month again from data.police.uk. If the force published it so, accept it; damage cannot be accepted."
_BY = "accepted_by"


def doubt_sentence(doubt: Doubt) -> str:
    """Say which month is in doubt and why: force, month, rows, and what is usual."""
    month = month_name(pd.Period(doubt.month, "M"))
    return f"{doubt.force}, {month}: {rows_words(doubt)}. Judged by {rule_words(doubt)}. It is left out."


def show(data: Dataset, state: Status) -> None:
    """List months in doubt with a button to accept each, accepted ones, large revisions, and what was not judged."""
    if state.in_doubt:
        st.html('<h2 class="chart-title">Months in doubt</h2>')
        frame.note(f"{WHY} {TO_DO}")
        offered = not (
            all(doubt.damaged for doubt in state.in_doubt) or screenshot.on() or access.lacks(ACCEPT, "accept a month")
        )
        by = _by() if offered else ""
        for doubt in state.in_doubt:
            frame.warn(doubt_sentence(doubt))
            if (
                offered
                and not doubt.damaged
                and st.button(f"Accept {doubt.force} {doubt.month} as whole", key=f"accept_{doubt.force}_{doubt.month}")
            ):
                _said(data, doubt.force, doubt.month, by, whole=True)
    for one, line in zip(state.accepted, accepted_lines(state.accepted), strict=True):
        _show_accepted(data, one, line)
    lines = [large_words(one) for one in state.large_revisions]
    lines += [f"{force}: {line.strip()}" for force, judged in state.judged.items() for line in limits_lines(judged)]
    if lines:
        st.html('<p class="note">' + "<br>".join(escape(line) for line in lines) + "</p>")


def _by() -> str:
    """Give the role of whoever accepts: that of the login, or as typed where nobody logs in."""
    return access.actor().role if access.login() else st.text_input("Your role", key=_BY, max_chars=MOST_NAME)


def _show_accepted(data: Dataset, one: Acceptance, line: str) -> None:
    frame.note(line)
    if screenshot.on() or not access.actor().may(ACCEPT):
        return
    if st.button(f"Take back {one.force} {one.month}", key=f"take_back_{one.force}_{one.month}", type="tertiary"):
        by = access.actor().role if access.login() else one.by
        _said(data, one.force, one.month, by, whole=False)


def _said(data: Dataset, force: str, month: str, by: str, *, whole: bool) -> None:
    try:
        accept(data.store, data.area, force, month, by, whole=whole, actor=access.actor())
    except InputError as error:
        frame.failed(error)
    else:
        st.rerun()
