"""The Data page's button that fetches: an area by its name, and all that the newest archive holds of it."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from data.access.actor import IMPORT
from data.fetch.hosts import Hosts, read_hosts
from data.fetch.report import Step
from data.fetch.start import start
from data.fetch.streets import lacks_streets
from data.fetch.web import Web
from data.kinds.lists import join_words
from data.store.store import is_empty
from geo.errors import InputError
from pages.ui.shell import access, frame
from pages.ui.shell.cache import Dataset
from pages.ui.shell.folders import by_name

_DONE, _WHOLE, _NAME = "fetch_done", "fetch_whole", "fetch_name"


def show(data: Dataset) -> None:
    """Offer to fetch; say whom that asks, do it on a press, and show what came of it."""
    new = is_empty(data.store)
    head = "Start: fetch your area from its publishers" if new else "Fetch what is new"
    st.html(f'<h2 class="chart-title">{head}</h2>')
    if access.lacks(IMPORT, "fetch"):
        return
    name = st.text_input("Local authority or partnership", data.area.name, key=_NAME) if new else data.area.name
    names = [] if name.strip().casefold() in (data.area.name.casefold(), data.area.code.casefold(), "") else [name]
    try:
        hosts = read_hosts()
    except InputError as error:
        frame.failed(error)
        return
    st.html(f'<p class="note">{escape(_words(data, hosts, other=bool(names)))}</p>')
    if st.button("Start" if new else "Fetch", type="primary" if new else "secondary", key="fetch"):
        _fetch(data, hosts, names)
    if lines := st.session_state.get(_DONE):
        done = "Fetched" if st.session_state.get(_WHOLE) else "Fetched, but not everything: read why"
        st.html(f'<div class="done" role="status"><strong>{done}</strong></div>')
        st.code(by_name("\n".join(lines)), language=None, wrap_lines=True, height=170)


def _words(data: Dataset, hosts: Hosts, *, other: bool) -> str:
    """Say whom a press asks."""
    machines = join_words(hosts.machines(area=other, streets=other or lacks_streets(data.store, data.area)))
    return f"A press asks {machines}; nothing of yours is sent. It takes some minutes, and may be cut off at any time."


def _fetch(data: Dataset, hosts: Hosts, names: list[str]) -> None:
    st.session_state.pop(_DONE, None)
    bar = st.progress(0.0, "Asking ...")
    web = Web(lambda host: _say(bar, host))
    try:
        actor = access.actor()
        started = start(web, hosts, data.store, names, progress=lambda step: _tell(bar, step), actor=actor)
    except InputError as error:
        frame.failed(error)
        return
    finally:
        web.close()
    st.session_state[_WHOLE] = started.ok
    st.session_state[_DONE] = started.lines()[:-2]  # without the commands of a terminal
    st.rerun()


def _say(bar: Any, host: str) -> None:
    bar.progress(0.0, frame.plain(f"Asking {host} ..."))


def _tell(bar: Any, step: Step) -> None:
    share = step.bytes_done / step.bytes_total if step.bytes_total else 1.0
    done = f"{step.done} of {step.total} files, {step.bytes_done / 1e6:.1f} of {step.bytes_total / 1e6:.1f} MB"
    bar.progress(min(1.0, share), frame.plain(f"{done} {step.month}" if step.month else "Finishing ..."))
