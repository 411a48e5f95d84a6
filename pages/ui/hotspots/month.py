"""One month of the past on the map of Hotspots: what was recorded then, which is no ranking of what is expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import ArrayLike, NDArray

from analysis.common.counts import monthly_by_ward
from analysis.common.method import month_name
from analysis.findings.finding import capital
from data.kinds.crime_types import incidents_words
from geo.grid import grid_reference
from pages.ui.chart.figure import TEXT, Settings
from pages.ui.chart.palette import Palette
from pages.ui.hotspots import choice, lists, small_areas
from pages.ui.hotspots import map as hotspot_map
from pages.ui.hotspots import picture as hotspots
from pages.ui.hotspots.lists import Listed
from pages.ui.hotspots.picture import Picture
from pages.ui.map import lattice, maps
from pages.ui.map.maps import Hit, Overlay, View
from pages.ui.map.parts import Legend, breaks, class_rows, classes
from pages.ui.shell import address, frame
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import short_month
from pages.ui.shell.filters import Filters
from pages.ui.shell.kept_widget import held

KEY = choice.MONTH
NO_FORECAST = "Recorded in that month: a look back, no ranking of what is expected. One month alone says little."
_LIST, _BACK = "hot_month_list", "hot_month_back"
_MOST = 500  # rows of a list


def there(data: Dataset, chosen: Filters) -> pd.PeriodIndex:
    """Months that can be shown: published, not after the as-at month, and counting the crime type as it does."""
    return cached(_months, data, chosen.category, chosen.as_at)


def _months(data: Dataset, category: str, as_at: pd.Period | None) -> pd.PeriodIndex:
    known = data.incidents if as_at is None else data.incidents.up_to(as_at)
    return known.of(category).months


def settle(data: Dataset, chosen: Filters) -> None:
    """Drop a month that is not there, and say so; before the address is written."""
    word = st.session_state.get(KEY) or ""
    if word and word not in {str(month) for month in there(data, chosen)}:
        address.tell(address.not_there("the month", word, "all months are shown"))
        st.session_state[KEY] = ""


def shown() -> pd.Period | None:
    """Month that map and list show alone; None for all months."""
    word = st.session_state.get(KEY) or ""
    return pd.Period(word, "M") if word else None


def choose(word: str) -> None:
    """Show one month (YYYY-MM), or all where it is the one that is shown."""
    st.session_state[KEY] = "" if word == st.session_state.get(KEY) else word


# --- figures ---------------------------------------------------------------------------------------------------------
def in_cells(data: Dataset, category: str, as_at: pd.Period, month: pd.Period) -> NDArray[np.int64]:
    """Incidents of a month by cell, in the order of ``grid.cells``."""
    every = cached(lattice.known_cells, data, category, as_at)
    return every.of(slice(every.trained_on(month - 1), every.trained_on(month))).astype(np.int64)


def in_wards(data: Dataset, category: str, as_at: pd.Period, month: pd.Period) -> pd.DataFrame:
    """Incidents of a month by ward, most first: ``ward_code``, ``ward_name``, ``count``."""
    names = data.area.ward_names
    known = data.incidents.up_to(as_at).of(category).within(month, month)
    counts = monthly_by_ward(known, data.area.wards.codes).iloc[0].astype(int)
    table = pd.DataFrame({"ward_code": counts.index, "ward_name": [names[c] for c in counts.index], "count": counts})
    return table.sort_values(["count", "ward_name"], ascending=[False, True], ignore_index=True)


def total(data: Dataset, chosen: Filters, month: pd.Period) -> int:
    """Incidents of a month in the chosen wards."""
    return len(chosen.history(data.incidents).in_area().within(month, month).frame)


def _drawn(data: Dataset, chosen: Filters, picture: Picture, month: pd.Period) -> tuple[NDArray[np.int64], np.ndarray]:
    """Give the counts of all cells, and the positions of those with any in the chosen wards, most first."""
    counts = cached(in_cells, data, chosen.category, chosen.latest(), month)
    on = counts > 0
    if chosen.wards:
        on &= np.isin(picture.cell_wards, list(chosen.wards))
    at = np.flatnonzero(on)
    return counts, at[np.argsort(-counts[at], kind="stable")]


# --- words -----------------------------------------------------------------------------------------------------------
def headline(data: Dataset, chosen: Filters, picture: Picture, month: pd.Period, selected: Hit | None) -> str:
    """Say how many were recorded in the month, in what is chosen; and that it is the past."""
    counts = cached(in_cells, data, chosen.category, chosen.latest(), month)
    at = hotspot_map.selected_positions(picture, selected)
    if selected and selected.kind == "ward":
        wards = cached(in_wards, data, chosen.category, chosen.latest(), month)
        n, where = int(wards.loc[wards["ward_code"] == selected.id, "count"].sum()), data.area.ward_names[selected.id]
    elif selected and selected.kind == small_areas.KIND:
        n, where = small_areas.recorded(data, chosen, selected.id, month)
    elif selected and len(at):
        title = next((p.title for p in picture.places if str(p.number) == selected.id), "")
        n, where = int(counts[at].sum()), title if selected.kind == "place" else f"cell {selected.id}"
    else:
        n, where = cached(total, data, chosen, month), "the chosen wards" if chosen.wards else data.area.name
    counted = f"{n:,} {incidents_words(chosen.category)} {'was' if n == 1 else 'were'}" if n else _none(chosen)
    return f"{counted} recorded in {where} in {month_name(month)}: a look back, not what is expected"


def _none(chosen: Filters) -> str:
    return f"No {incidents_words(chosen.category)} were"


# --- on the page -----------------------------------------------------------------------------------------------------
def banner() -> None:
    """Say above map and list that they show one month only, with the way back; nothing where they show all."""
    month = shown()
    if month is None:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="beside_month"):
        st.html(f'<p class="note"><strong>Showing {escape(month_name(month))} only.</strong></p>', width="content")
        st.button(
            "Back to all months", key=_BACK, icon=":material/close:", type="tertiary", on_click=choose, args=("",)
        )


def select(data: Dataset, chosen: Filters) -> None:
    """Draw the list of months, for the keyboard and for months that the chart does not reach."""
    words = {"": "All months"} | {str(month): short_month(month) for month in reversed(there(data, chosen))}

    def take() -> None:
        st.session_state[KEY] = st.session_state[_LIST]

    st.selectbox(
        "Map of one month",
        list(words),
        format_func=words.__getitem__,
        key=held(_LIST, st.session_state.get(KEY) or ""),
        on_change=take,
        help="What was recorded in one month. A click on the month in the chart does the same, another takes it back.",
    )


def clickable(figure: Settings) -> Settings:
    """Let every month of a chart of one row be clicked over its whole height, and frame the month that is shown."""
    line, layout = figure["data"][0], figure["layout"]
    top = float(layout["yaxis"]["range"][1])
    known = [(x, words) for x, y, words in zip(line["x"], line["y"], line["customdata"], strict=True) if np.isfinite(y)]
    over = {
        "type": "bar",
        "x": [x for x, _ in known],
        "y": [top] * len(known),
        "width": 1,
        "marker": {"color": TEXT, "opacity": 0},
        "customdata": [words for _, words in known],
        "hoverinfo": "none",
    }
    month, frame = shown(), list[Settings]()
    if month is not None and line["x"][0] <= month.ordinal <= line["x"][-1]:
        frame.append(
            {
                "type": "rect", "xref": "x", "yref": "y domain", "x0": month.ordinal - 0.5, "x1": month.ordinal + 0.5,
                "y0": 0, "y1": 1, "line": {"width": 2, "color": TEXT}, "fillcolor": "rgba(0,0,0,0)",
            }
        )  # fmt: skip
    return {
        "data": [*figure["data"], over],
        "layout": {**layout, "shapes": [*layout["shapes"], *frame]},
    }


def clicked(points: Sequence[Any]) -> None:
    """Take a click on a month of the chart."""
    if points:
        choose(str(pd.Period(ordinal=round(points[0]["x"]), freq="M")))


def overlay(
    data: Dataset, chosen: Filters, picture: Picture, layer: str, selected: Hit | None, colours: Palette, view: View
) -> tuple[Overlay, Legend]:
    """Make what the map draws of the month that is shown, and its legend; arguments as those of all months."""
    month = shown()
    assert month is not None  # noqa: S101  the caller asks
    cells = picture.grid
    when = f"recorded in {month_name(month)}"
    counted = capital(incidents_words(chosen.category))
    wards = cached(in_wards, data, chosen.category, chosen.latest(), month)
    squares: list[list[Any]] = []
    points: list[list[Any]] = []
    fills: dict[str, str] = {}
    legend = Legend(f"{counted} {when}, area of a point by their number", ())
    if layer == "wards":
        limits = _whole(wards["count"])
        on = zip(wards["ward_code"], wards["count"], classes(wards["count"], limits), strict=True)
        fills = {code: colours.ramp[level] for code, n, level in on if n}
        legend = Legend(f"{counted} {when}, by ward", class_rows(limits, colours.ramp))
    elif layer == "points":
        table = _points_of(data, chosen, month)
        for e, n, text, count in table[["easting_m", "northing_m", "location", "count"]].itertuples(index=False):
            points.append([*maps.spot(cells, e, n), int(count), text])
    else:
        counts, at = _drawn(data, chosen, picture, month)
        limits = _whole(counts[at])
        references = grid_reference(*cells.corners(cells.cells[at])) if len(at) else []
        row, column = np.divmod(cells.cells[at], cells.columns)
        for c, r, n, level, name in zip(column, row, counts[at], classes(counts[at], limits), references, strict=True):
            squares.append([int(c), int(r), int(level), None, int(n), 0, str(name)])
        legend = Legend(f"{counted} {when}, by cell of {cells.cell_size_m:g} m", class_rows(limits, colours.ramp))
    chosen_at = hotspot_map.selected_positions(picture, selected)
    row, column = np.divmod(cells.cells[chosen_at], cells.columns)
    return (
        Overlay(
            ward_text={code: [f"{n:,} {when}"] for code, n in zip(wards["ward_code"], wards["count"], strict=True)},
            ward_fill=fills,
            wards_on=chosen.wards or data.area.wards.codes,
            cells=squares,
            points=points,
            chosen_cells=np.column_stack([column, row]).tolist(),
            chosen_ward=selected.id if selected and selected.kind == "ward" else None,
            past_words=when,
            view=view,
        ),
        legend,
    )


def _whole(counts: ArrayLike) -> NDArray[np.float64]:
    """Class limits that are whole incidents: one month has few in a place."""
    return np.unique(np.floor(breaks(counts)))


def _points_of(data: Dataset, chosen: Filters, month: pd.Period) -> pd.DataFrame:
    return cached(hotspots.snap_points, data, replace(chosen, first=month, last=month))


def listed(data: Dataset, chosen: Filters, picture: Picture, layer: str) -> Listed:
    """Draw the list of what the map shows of the month."""
    month = shown()
    assert month is not None  # noqa: S101  the caller asks
    by_cell = "Places are joined for a ranking alone: cells are shown." if layer in {"places", "density"} else ""
    if layer == small_areas.LAYER:
        by_cell = "A month has too few for neighbourhoods: cells are shown."
    if by_cell:
        frame.note(by_cell)
    if layer == "wards":
        table = cached(in_wards, data, chosen.category, chosen.latest(), month)
        table = table[table["ward_code"].isin(chosen.wards)] if chosen.wards else table
        ids, kind, named = tuple(table["ward_code"]), "ward", "wards"
        short = table[["ward_name", "count"]]
    elif layer == "points":
        table = _points_of(data, chosen, month)
        short = table.head(_MOST)
        corners = picture.grid.corners(picture.grid.locate(short["easting_m"], short["northing_m"]).clip(0))
        short = short.assign(cell=grid_reference(*corners) if len(short) else [])[["location", "cell", "count"]]
        ids, kind, named = tuple(short["cell"]), "cell", "map-points"
    else:
        counts, at = _drawn(data, chosen, picture, month)
        names = grid_reference(*picture.grid.corners(picture.grid.cells[at])) if len(at) else []
        wards = [data.area.ward_names[code] for code in picture.cell_wards[at]]
        table = pd.DataFrame({"cell": names, "ward": wards, "count": counts[at]})
        short = table.head(_MOST)
        ids, kind, named = tuple(short["cell"]), "cell", "cells"
    config = {"count": lists.bar("Recorded", table["count"], 0)}
    lists.table(
        picture, short, config, ids, kind, f"{named.replace('-', ' ').capitalize()} by incidents of the month",
        of="hot_month",
    )  # fmt: skip
    return table, f"{named}-in-{month}", None
