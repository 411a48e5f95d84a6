"""The revisions of what is kept, in a table that scrolls where it is long."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

import streamlit as st

_ROWS, _HEIGHT_PX = 5, 300  # more scroll


class Revision(NamedTuple):
    """One revision: its number, when it was saved, by which role ("" where that is not known), and what was changed."""

    number: int
    when: str
    role: str
    what: str


def show(every: Iterable[Revision]) -> None:
    """Draw them in the order given."""
    rows = [
        f"<tr><th>{one.number}</th><td>{escape(one.when)}{escape(f', by {one.role}') if one.role else ''}"
        f"<br>{escape(one.what)}</td></tr>"
        for one in every
    ]
    # a box that scrolls is reached with the keyboard too
    scrolls = f' tabindex="0" style="max-height: {_HEIGHT_PX}px; overflow-y: auto"' if len(rows) > _ROWS else ""
    table = f'<table class="facts">{"".join(rows)}</table>'
    st.html(f'<div role="group" aria-label="History"{scrolls}>{table}</div>')
