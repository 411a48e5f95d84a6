"""Tables: beside every chart the same figures in rows, and the ward table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui.shell import columns, downloads, screenshot

Columns = columns.Columns
ROW_PX = 26
MOST_PX = 400


def height_px(rows: int, row_px: int = ROW_PX, most: int = MOST_PX) -> int:
    """Height of a table that shows all its rows, up to a limit from which it scrolls."""
    return min(most, 36 + max(rows, 1) * row_px)


def show(
    frame: pd.DataFrame,
    alt: str,
    *,
    of: str = "",
    config: Mapping[str, Any] | None = None,
    key: str | None = None,
    most: int = MOST_PX,
    pick: Callable[[], None] | None = None,
    picked: Sequence[int] = (),
) -> None:
    """Show a table whose text may come from a file: cells are drawn as text, nothing in them is read as markup.

    Parameters
    ----------
    frame : DataFrame
    alt : str
        What it holds, for those who do not see it.
    of : str
        Which table, in the list of columns (:func:`pages.ui.shell.columns.named`).
    config : mapping, optional
        Of columns: what the page adds to the list.
    key : str, optional
    most : int
        Height in pixels from which it scrolls.
    pick : callable, optional
        Called when a person ticks rows, or unticks them; they stand in the session under ``key``.
    picked : sequence of int
        Rows that are ticked when a table of this key is drawn first.
    """
    select: dict[str, Any] = {}
    if pick is not None:
        ticked = {"selection": {"rows": list(picked), "columns": [], "cells": []}}
        select = {"on_select": pick, "selection_mode": "multi-row", "selection_default": ticked}
    st.dataframe(
        frame,
        hide_index=True,
        column_config=columns.named(frame, of, config),
        height=height_px(len(frame), most=most),
        row_height=ROW_PX,
        placeholder="",
        alt=alt,
        key=key,
        **select,
    )


def beneath(
    frame: pd.DataFrame,
    alt: str,
    name: str,
    lines: Sequence[str],
    key: str,
    *,
    of: str = "",
    config: Columns | None = None,
) -> None:
    """Put under a chart the same figures as a table and as a file.

    Parameters
    ----------
    frame : DataFrame
    alt : str
    name : str
        File name, of :func:`pages.ui.shell.downloads.file_name`.
    lines : sequence of str
        Of :func:`pages.ui.shell.downloads.about`.
    key : str
        Unlike any other on the page.
    of : str
    config : mapping, optional
        As for :func:`show`. The file keeps the names of the frame.
    """
    if screenshot.on():
        screenshot.carry(lines)
        return
    with st.container(horizontal=True, gap="small", key=f"beneath_{key}"):
        with st.popover("Table", type="tertiary", icon=":material/table:", width="content", key=f"table_{key}"):
            show(frame, alt, of=of, config=config)
        downloads.csv_button(frame, name, lines, key=f"csv_{key}")
