"""Beneath the course of Plan targets: priorities with what partners know, or the review of a year; one is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from pages.ui.shell import address
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import Filters
from pages.ui.targets import beside, outcomes, partners, priorities
from pages.ui.targets.review_more import More, nothing_more


def _show_aims(data: Dataset, chosen: Filters) -> None:
    for part in (beside, priorities, outcomes, partners):
        part.show(data, chosen)


def _show_review(data: Dataset, chosen: Filters, more: More = nothing_more) -> None:
    from pages.ui.targets import review_panel  # with all that judges an operation: the page opens without it

    review_panel.show(data, chosen, more)


_REVIEW = "Annual review"
TABS: Mapping[str, Callable[[Dataset, Filters], None]] = {
    "Priorities and own figures": _show_aims,
    _REVIEW: _show_review,
}
_KEY = "targets_tabs"


def show(data: Dataset, chosen: Filters, more: More) -> None:
    """Draw the tabs; only the open one is computed.

    Parameters
    ----------
    data : Dataset
    chosen : Filters
    more : callable
        Gives the part of the review that is of another room: see :mod:`pages.ui.targets.review_more`.
    """
    address.hold([address.tabs(_KEY, TABS)])
    drawn: dict[str, Callable[[Dataset, Filters], None]] = {**TABS, _REVIEW: partial(_show_review, more=more)}
    for tab, draw in zip(st.tabs(list(TABS), key=_KEY, on_change="rerun"), drawn.values(), strict=True):
        if tab.open:
            with tab:
                draw(data, chosen)
