"""The lists of the Hotspots page: a table whose rows choose what they name on the map."""

from __future__ import annotations

from functools import partial
from typing import TypeAlias

import pandas as pd
import streamlit as st

from analysis.common.method import Method
from pages.ui.hotspots import choice
from pages.ui.hotspots import map as hotspot_map
from pages.ui.hotspots.choice import selected
from pages.ui.hotspots.picture import LISTED, Picture
from pages.ui.map.maps import Hit
from pages.ui.shell import columns, later
from pages.ui.shell.columns import Columns
from pages.ui.shell.filters import Filters

ROW_HEIGHT = 28
HEAD_HEIGHT = 36
# The table a list was made from, what it holds, and how it was made; no table where that was refused.
Listed: TypeAlias = tuple[pd.DataFrame | None, str, Method | None]


def table(
    picture: Picture, rows: pd.DataFrame, config: Columns, ids: tuple[str, ...], kind: str, alt: str, of: str = ""
) -> None:
    """Draw a list; choosing a row chooses the thing on the map."""
    key = f"hot_list_{kind}_{choice.moved()}"
    here = selected()

    def pick() -> None:
        picked = st.session_state[key]["selection"]["rows"]
        choice.in_list(picture, Hit(kind, ids[picked[0]]) if picked else None)

    here_now = [ids.index(here.id)] if here and here.kind == kind and here.id in ids else []
    height = HEAD_HEIGHT + ROW_HEIGHT * min(max(len(rows), 1), LISTED)
    draw = partial(
        st.dataframe,
        rows,
        column_config=columns.named(rows, of, config),
        hide_index=True,
        height=height,
        row_height=ROW_HEIGHT,
        key=key,
        on_select=pick,
        selection_mode="single-row",
        selection_default={"selection": {"rows": here_now, "columns": [], "cells": []}},
        placeholder="",
        alt=alt,
    )
    later.put(height, draw)


def past(chosen: Filters, picture: Picture) -> str:
    """Say what past counts are, for the help of a column."""
    return f"Incidents recorded {hotspot_map.past_words(chosen, picture)}."


def bar(label: str, values: pd.Series[float], digits: int = 1) -> object:
    """Draw a column of figures as bars."""
    largest = float(values.max()) if values.notna().any() else 1.0  # an area may have no residents, and so no rates
    return st.column_config.ProgressColumn(label, format=f"%.{digits}f", max_value=largest or 1.0, width="small")
