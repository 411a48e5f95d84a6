"""The small map of the Overview: wards by rate, a click on one chooses it for the whole page, and back."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from analysis.common.method import YEAR, Method
from analysis.common.rates import rates_spread, ward_rates, ward_rates_method
from analysis.common.refusal import Refusal
from analysis.course.funnel import BANDS, ward_funnel
from data.kinds.crime_types import incidents_words
from pages.ui.chart.palette import Palette, palette
from pages.ui.map import base_map, lattice, maps
from pages.ui.map import parts as map_parts
from pages.ui.map.maps import Hit, Overlay, View
from pages.ui.map.parts import Legend
from pages.ui.shell import choice, downloads, filters, frame, screenshot, tables
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters, short_period
from pages.ui.shell.words import name_of

MAP_HEIGHT = 330
_CREDIT = 0.16  # of the height: room under the outline for the credits, which take three lines on a small map
HOTSPOTS = "pages/hotspots.py"
MORE = "more than chance"


def by_ward(data: Dataset, chosen: Filters) -> pd.DataFrame | Refusal:
    """Count the chosen crime type of the last 12 months by ward, highest rate first, or say why not.

    Returns
    -------
    DataFrame or Refusal
        ``ward_code``, ``ward``, ``count``, ``rate_per_1000``, ``low``, ``high``, ``more_than_chance``: every ward of
        the area. More than chance is above the 99.8 % limits of the wards against the whole area.
    """
    found = chosen.known(data.incidents).of(chosen.category)
    try:
        rates = ward_rates(found, data.area)
    except Refusal as refusal:
        return refusal
    try:
        wards = ward_funnel(found, data.area).table
        high = set(wards.loc[wards["band"] == BANDS[-1], "ward_code"])
    except Refusal:  # no residents, or no incident: then no ward stands out
        high = set()
    table = rates[["ward_code", "ward_name", "count", "rate_per_1000", "low", "high"]].assign(
        more_than_chance=rates["ward_code"].isin(high)
    )
    by = "rate_per_1000" if table["rate_per_1000"].notna().any() else "count"
    return table.rename(columns={"ward_name": "ward"}).sort_values(
        [by, "ward"], ascending=[False, True], ignore_index=True
    )


def made(data: Dataset, chosen: Filters) -> tuple[Method, str]:
    """Say how :func:`by_ward` was made, where there is one, and what its intervals hold."""
    found = chosen.known(data.incidents).of(chosen.category)
    return ward_rates_method(found, data.area), rates_spread(found, data.area).sentence


def finding(table: pd.DataFrame, category: str) -> str:
    """Say which ward has the most for its residents."""
    lead = table.iloc[0]
    if not table["count"].sum():
        return f"No {incidents_words(category)} in any ward"
    for_whom = " for its residents" if np.isfinite(lead["rate_per_1000"]) else ""
    return f"{lead['ward']} has the most {incidents_words(category)}{for_whom}"


def overlay(data: Dataset, chosen: Filters, table: pd.DataFrame, colours: Palette) -> tuple[Overlay, Legend]:
    """Make what the map draws, and its legend."""
    rated = bool(table["rate_per_1000"].notna().any())  # a later set of wards may have no residents yet
    values = table["rate_per_1000"] if rated else table["count"]
    limits = map_parts.breaks(values)
    cells = cached(lattice.grid, data)
    shapes = dict(zip(data.area.wards.codes, data.area.wards.polygons, strict=True))
    high = list(table.loc[table["more_than_chance"], "ward_code"])
    lines = [(code, colours.accent, "") for code in high] + [(code, colours.text, "6 5") for code in chosen.wards]
    west, south, east, north = data.area.wards.outline.bounds
    end = chosen.latest()
    months = short_period(end - YEAR + 1, end)
    legend = Legend(
        f"{name_of(chosen.category)} {'per 1,000 residents' if rated else 'by ward'}, {months}",
        map_parts.class_rows(limits, colours.ramp),
        MORE if high else "",
    )
    return (
        Overlay(
            ward_text={str(row["ward_code"]): _said(row) for _, row in table.iterrows()},
            ward_fill={
                code: colours.ramp[level]
                for code, value, level in zip(
                    table["ward_code"], values, map_parts.classes(values, limits), strict=True
                )
                if np.isfinite(value)
            },
            wards_on=chosen.wards or data.area.wards.codes,
            outlines=[
                ["", colour, dashes, maps.outline_rings(shapes[code], cells), []] for code, colour, dashes in lines
            ],
            view=View(map_parts.WHOLE, (west, south - _CREDIT * (north - south), east, north)),
        ),
        legend,
    )


def _said(row: pd.Series) -> list[str]:
    """Say, at the pointer, what a ward has."""
    rate = f"{row['rate_per_1000']:.1f} per 1,000" if np.isfinite(row["rate_per_1000"]) else ""
    words = (f"{row['count']:,} incidents", rate, MORE.capitalize() if row["more_than_chance"] else "")
    return [text for text in words if text]


def clicked(found: Hit) -> None:
    """Take a click on a ward: it alone is chosen, or none where it was."""
    if found.kind == "ward":
        filters.choose(wards=() if filters.choice().wards == (found.id,) else (found.id,))


def show(data: Dataset, chosen: Filters) -> None:
    """Draw which crime type the map shows, the map with its legend and figures, and the way to Hotspots."""
    table = cached(by_ward, data, replace(chosen, wards=(), first=None, last=None))
    if isinstance(table, Refusal):
        filters.draw_what()
        st.html(f'<p class="note">{escape(f"No map of the wards. {table}")}</p>')
        return
    colours = palette()
    title = finding(table, chosen.category)
    st.html(f'<h2 class="chart-title">{escape(title)}</h2>')
    drawn, legend = overlay(data, chosen, table, colours)
    base_map.show(data, colours, drawn, cached(lattice.grid, data), key="overview", height=MAP_HEIGHT, on_hit=clicked)
    note = "" if screenshot.on() else "Click a ward to choose it for the page, and again for all."
    st.html(map_parts.legend_html(legend, colours, note))
    filters.draw_what()
    method, spread = cached(made, data, replace(chosen, wards=(), first=None, last=None))
    what = f"{name_of(chosen.category)} by ward, rates per 1,000 residents"
    lines = downloads.about(data, what, method.period, method, of=chosen.category)
    name = downloads.file_name(data, "ward-map", chosen.category, str(chosen.as_at))
    tables.beneath(
        table.drop(columns="ward_code").round(2), f"Map as a table: {what}. {title}.", name, (*lines, spread),
        "ward_map", of="hot_wards",
    )  # fmt: skip
    if not screenshot.on():  # nobody clicks in a picture
        _link(data, chosen)


def _link(data: Dataset, chosen: Filters) -> None:
    names = choice.where(data, chosen) if chosen.wards else f"the whole {data.area.kind}"
    with st.container(key="beside_map"):
        st.page_link(
            HOTSPOTS,
            label=f"Hotspots of {frame.plain(names)}",
            width="content",
            query_params=choice.to_address(filters.choice()),
        )
