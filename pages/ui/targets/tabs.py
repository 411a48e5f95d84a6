"""Beneath the course of Plan targets: priorities with what partners know, or the review of a year; one is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from pages.ui.shell import address
from pages.ui.shell.cache import Dataset
from pages.ui.shell.choice import Filters
from pages.ui.targets import beside, outcomes, partners, priorities


def _show_aims(data: Dataset, chosen: Filters) -> None:
    for part in (beside, priorities, outcomes, partners):
        part.show(data, chosen)


def _show_review(data: Dataset, chosen: Filters) -> None:
    from pages.ui.targets import review_panel  # with all that judges an operation: the page opens without it

    review_panel.show(data, chosen)


TABS: Mapping[str, Callable[[Dataset, Filters], None]] = {
    "Priorities and own figures": _show_aims,
    "Annual review": _show_review,
}
_KEY = "targets_tabs"


def show(data: Dataset, chosen: Filters) -> None:
    """Draw the tabs; only the open one is computed."""
    address.hold([address.tabs(_KEY, TABS)])
    for tab, draw in zip(st.tabs(list(TABS), key=_KEY, on_change="rerun"), TABS.values(), strict=True):
        if tab.open:
            with tab:
                draw(data, chosen)
