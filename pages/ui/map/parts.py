"""What every map of cells needs: classes and their colours, the legend that says what they mean, and where to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike, NDArray

from data.place.area import Area
from geo.grid import Grid
from pages.ui.chart.palette import Palette
from pages.ui.map.maps import View
from pages.ui.shell import address
from pages.ui.shell.address import Control
from pages.ui.shell.plain import plain

QUANTILES = (0.4, 0.7, 0.9)
PLACE_MARGIN_M = 250
WHOLE = "whole"


@dataclass(frozen=True)
class Legend:
    """Title, and rows of colour and words; ``outline`` explains the thick outline where one is drawn."""

    title: str
    rows: tuple[tuple[str, str], ...]
    outline: str = ""


def breaks(values: ArrayLike) -> NDArray[np.float64]:
    """Three class limits of two significant digits, ascending and distinct."""
    positive = np.asarray(values, dtype=float)
    positive = positive[np.isfinite(positive) & (positive > 0)]
    if len(positive) == 0:
        return np.empty(0)
    return np.unique([float(f"{q:.2g}") for q in np.quantile(positive, QUANTILES)])


def classes(values: ArrayLike, limits: NDArray[np.float64]) -> NDArray[np.intp]:
    """Class 0 to 3 of every value; a value on a limit is in the class below it."""
    return np.searchsorted(limits, np.asarray(values, dtype=float), side="left")


def class_rows(limits: NDArray[np.float64], ramp: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Colour and words of every class, for the legend."""
    if len(limits) == 0:
        return ()
    words = [f"up to {limits[0]:g}", *(f"to {limit:g}" for limit in limits[1:]), "more"]
    return tuple(zip(ramp, words, strict=False))


def columns_rows(cells: Grid, positions: NDArray[np.intp]) -> list[list[int]]:
    """Column and row on the lattice of cells at these positions in ``grid.cells``, as the map draws them."""
    row, column = np.divmod(cells.cells[positions], cells.columns)
    found: list[list[int]] = np.column_stack([column, row]).tolist()
    return found


def township_buttons(area: Area, key: str) -> str:
    """Draw buttons that send the map to a township or to everything; gives the chosen one, empty for none."""
    names = {WHOLE: area.kind.capitalize()} | {township.name: township.name for township in area.townships}
    if key not in st.session_state:
        st.session_state[key] = WHOLE
    shown = {name: plain(words) for name, words in names.items()}
    return (
        st.segmented_control("Go to", list(names), format_func=shown.__getitem__, key=key, label_visibility="collapsed")
        or ""
    )


def township_control(area: Area, key: str, more: Mapping[str, str | None] | None = None) -> Control:
    """Put :func:`township_buttons` in the address: the whole area goes without saying; ``more`` words mean others."""
    kind = f"the whole {area.kind}"
    names = {"all": WHOLE} | {address.slug(township.name): township.name for township in area.townships}
    return Control("go", key, {**names, **(more or {})}, "the township", {"all": kind})


def look_at(area: Area, cells: Grid, township: str, positions: NDArray[np.intp], token: str) -> View:
    """Say where the map should look: at a township, else at chosen cells, else at everything.

    Parameters
    ----------
    township : str
        Name, or ``WHOLE``; empty when what was chosen in a list decides.
    positions : ndarray of int
        Of the chosen cells in ``grid.cells``.
    token : str
        Of the choice: the map moves when it changes.
    """
    if not township and len(positions):
        east, north = cells.corners(cells.cells[positions])
        side = cells.cell_size_m + PLACE_MARGIN_M
        bounds = (east.min() - PLACE_MARGIN_M, north.min() - PLACE_MARGIN_M, east.max() + side, north.max() + side)
        return View(token, bounds)
    for found in area.townships:
        if found.name == township:
            shape = area.shape_of(found)
            return View(f"township-{found.name}", shape.bounds)
    return View(WHOLE, area.wards.outline.bounds)


def legend_html(legend: Legend, colours: Palette, note: str = "") -> str:
    """Write the legend: swatches with their values, the outline, and a note on circles."""
    box = (
        "display:inline-block;width:0.9em;height:0.9em;margin:0 0.3em 0 0.7em;vertical-align:-0.1em;"
        "box-sizing:border-box;"
    )
    swatches = "".join(
        f'<span style="white-space:nowrap"><span style="{box}background:{colour};border:1px solid {colours.line}">'
        f"</span>{escape(words)}</span> "
        for colour, words in legend.rows
    )
    outline = (
        f'<span style="white-space:nowrap"><span style="{box}border:3px solid {colours.accent}"></span>'
        f"{escape(legend.outline)}</span>"
        if legend.outline
        else ""
    )
    said = f"<br>{escape(note)}" if note else ""
    touch = '<span class="touch"><br>Two fingers move the map and zoom in it; one finger moves the page.</span>'
    parts = (f"<strong>{escape(legend.title)}</strong>", swatches, outline, said, touch)
    return f'<div style="font-size:0.85rem;line-height:1.5">{" ".join(p for p in parts if p)}</div>'
