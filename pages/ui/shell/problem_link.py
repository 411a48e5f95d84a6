"""Whether the page of problems is listed, how another page starts a problem there, and how it leads to Did it work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from data.access.actor import PLAN
from data.place.area import Area
from data.plan.file import file_of
from data.problem.problem import Response
from data.problem.there import anything_kept, problems_on
from data.store.schema import POLICE_UK
from data.store.store import default_store
from geo.errors import InputError
from pages.ui.shell import access, screenshot
from pages.ui.shell.cache import Dataset, nothing_loaded, once

PROBLEMS = ("Problems", "pages/problems.py")
DID_IT_WORK = "pages/did_it_work.py"
START = "problem_start"  # session key: a problem that another page asks to start


@dataclass(frozen=True)
class Start:
    """What a form is filled in with.

    Attributes
    ----------
    title, owner : str
    source, category : str
    cells, names : tuple of str
        As in :class:`data.problem.problem.Where`.
    first, last : str
        ``YYYY-MM``: months of the response; "" where none are known.
    responses : tuple of Response
    zone : int
        Number of the zone that the cells are of; 0 for none.
    """

    title: str = ""
    owner: str = ""
    source: str = POLICE_UK
    category: str = ""
    cells: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    responses: tuple[Response, ...] = ()
    zone: int = 0


def listed(place: Area) -> bool:
    """Tell whether the page stands in the list of pages.

    It is switched on in the area file, or something is saved, or the demonstration is shown, which has examples.
    """
    try:
        return problems_on(place) or nothing_loaded() or _kept(default_store())
    except InputError:  # the page that needs the store or the plans says what is wrong with them
        return False


def _kept(store: Path) -> bool:
    stamp = once("plans", file_of(store), _stamp)
    return stamp is not None and _anything(str(store), stamp)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


@st.cache_data(max_entries=16, show_spinner=False)
def _anything(store: str, stamp: tuple[int, int]) -> bool:  # noqa: ARG001  part of the key
    return anything_kept(Path(store))


def judged_there(first: str, last: str, cells: Sequence[str]) -> dict[str, str]:
    """Give the address of Did it work that asks of some cells in months from a first to a last, ``YYYY-MM``."""
    return {"did": "past", "did-from": first, "did-to": last, "did-places": "none", "did-cells": ",".join(cells)}


def offer(data: Dataset, start: Start, key: str) -> None:
    """Offer to start a problem, where the page is listed and whoever is at the page may plan."""
    if screenshot.on() or not listed(data.area) or not access.actor().may(PLAN):
        return
    if st.button("Start a problem here", key=f"problem_start_{key}", icon=":material/flag:", type="tertiary"):
        st.session_state[START] = start
        st.switch_page(PROBLEMS[1])
