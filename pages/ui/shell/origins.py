"""How a result was made, of which months: those of older archives, and those by outline."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

from analysis.common.method import MONTH_NAMES, Method
from data.store.fetched import FETCHED
from data.store.origins import Origins, store_origins
from data.store.store import EMPTY, default_store
from geo.errors import InputError
from pages.ui.shell.cache import keyed, once, version_seen, whole_area
from pages.ui.shell.one_state import of_one_state, still

_NAMED = re.compile(rf"\b({'|'.join(MONTH_NAMES)}) (\d{{4}})\b")


def origin_words(method: Method) -> str:
    """Say which months of a result come from older archives or by outline; empty where none does.

    Parameters
    ----------
    method : Method
        Of this store's incidents; nothing is said of a result of other data. Where its period names no month, all
        months of the store are meant.

    Raises
    ------
    InputError
        The manifest cannot be read.
    """
    store = default_store()
    version = version_seen(store)
    if version == EMPTY or method.data_version != version:
        return ""
    try:
        found = once(f"origins of {version}", store, lambda path: _known(path, version))  # a page has many methods
    except InputError:  # the Data page says what is wrong with it
        return "Whether months come from older archives is not known: the list of what was fetched cannot be read."
    named = [f"{year}-{MONTH_NAMES.index(name) + 1:02d}" for name, year in _NAMED.findall(method.period)]
    return (found.within(min(named), max(named)) if named else found).sentence


def _known(store: Path, version: str) -> Origins:
    kept, fetched = keyed(store, version), _stamp(store / FETCHED)
    return of_one_state(lambda: _origins(*kept, fetched), lambda: store_origins(store, whole_area()))


def _stamp(path: Path) -> int:
    return path.stat().st_mtime_ns if path.is_file() else 0


@st.cache_resource(max_entries=4, show_spinner=False)
def _origins(
    store: str,
    state: str,
    area_path: str,  # noqa: ARG001  this and those below are parts of the key
    area_stamp: tuple[int, ...],  # noqa: ARG001
    fetched: int,  # noqa: ARG001
) -> Origins:
    found = store_origins(Path(store), whole_area())
    still(Path(store), state)
    return found
