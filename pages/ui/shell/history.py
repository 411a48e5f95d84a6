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
    with st.container(height=_HEIGHT_PX if len(rows) > _ROWS else "content", border=False):
        st.html(f'<table class="facts">{"".join(rows)}</table>')
