"""Columns of all tables on screen: an everyday name with its unit, and what it means on hover. Files keep their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from pages.ui.shell.column import Column
from pages.ui.shell.column_list import COLUMNS, OF_PAGES
from pages.ui.shell.column_list_work import OF_WORK
from pages.ui.shell.frame import plain

OF = OF_PAGES | OF_WORK
Columns = dict[str, Any]  # how columns are drawn, by name; Streamlit keeps the type of one to itself
ANY = "*"  # in the list of a table: columns that are named after what they hold, such as a crime type
_YEAR = re.compile(r"in_(\d{4})")


class Missing(NamedTuple):
    """A column that the list does not explain, of which table, and what it lacks."""

    of: str
    name: str
    lacks: str


def named(frame: pd.DataFrame, of: str = "", config: Mapping[str, Any] | None = None) -> Columns:
    """Give every column of a table its name, unit and hover explanation.

    Parameters
    ----------
    frame : DataFrame
    of : str
        Which table, where its columns mean something of their own: a key of ``OF``.
    config : mapping, optional
        What the page adds by column: width and kind; a label or a help of its own goes before the list's.

    Returns
    -------
    dict
        For Streamlit's ``column_config``. A label of the page has no unit: then the explanation ends with it.
    """
    found: Columns = {}
    for name, kind in zip(map(str, frame.columns), frame.dtypes, strict=True):
        own = {key: value for key, value in dict((config or {}).get(name) or {}).items() if value is not None}
        listed = look_up(name, of)
        if listed is None and not {"label", "help"} <= set(own):
            lacking(Missing(of, name, "explanation"))
            listed = Column(plain(name.replace("_", " ")), "")
        if listed is not None:
            numbers = len(frame) > 0 and is_numeric_dtype(kind) and not is_bool_dtype(kind)
            if listed.unit is None and numbers:
                lacking(Missing(of, name, "unit"))
            unit = listed.unit or ""
            label, told = listed.label, own.get("help", listed.help)
            if unit.casefold() not in label.casefold():
                label = f"{label} ({unit})"
            if unit.casefold() not in f"{own.get('label', label)} {told}".casefold():
                told = f"{told} Unit: {unit}."
            own = {"label": label} | own | {"help": told}
        found[name] = dict(st.column_config.Column()) | own
    return found


def look_up(name: str, of: str = "") -> Column | None:
    """Find what the list says of a column: first of that table, then of tables at large."""
    table = OF.get(of, {})
    if name in table:
        return table[name]
    if year := _YEAR.fullmatch(name):
        return Column(year[1], f"Incidents in the same days of {year[1]}: their share of whole months.", "incidents")
    if name in COLUMNS:
        return COLUMNS[name]
    if ANY in table:
        return table[ANY]._replace(label=plain(name), help=table[ANY].help.format(name=plain(name)))
    return None


def lacking(missing: Missing) -> None:
    """Take note of a column without an entry: the page shows its name all the same; tests make this an error."""
