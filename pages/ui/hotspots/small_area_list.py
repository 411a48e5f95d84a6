"""Hotspots by neighbourhood: the list beside the map."""

from __future__ import annotations

import streamlit as st

from analysis.common.refusal import Refusal
from pages.ui.hotspots import lists
from pages.ui.hotspots.picture import Picture
from pages.ui.hotspots.small_areas import KIND, LAYER, rates_of
from pages.ui.shell import frame, small_areas
from pages.ui.shell.cache import Dataset
from pages.ui.shell.filters import Filters


def listed(data: Dataset, chosen: Filters, picture: Picture) -> lists.Listed:
    """Draw the list beside the map, by ward and name; gives the table of the file and how it was made."""
    found = rates_of(data, chosen)
    if isinstance(found, Refusal):
        frame.refused(found)
        return None, LAYER, None
    table = small_areas.in_order(data, chosen, found.table)
    short = table.assign(mark=table["against_area"].map(small_areas.MARKS))
    lists.table(
        picture,
        short[["lsoa_name", "ward", "count", "rate_per_1000", "mark", "low", "high"]],
        {
            "lsoa_name": st.column_config.TextColumn(width=112),
            "ward": st.column_config.TextColumn(width=112),
            "count": st.column_config.NumberColumn("Incidents", width=66),
            "rate_per_1000": st.column_config.ProgressColumn(
                "Per 1,000", format="%.1f", max_value=float(short["rate_per_1000"].max(skipna=True)) or 1.0, width=86
            ),
            "mark": st.column_config.TextColumn(width=30),
            "low": st.column_config.NumberColumn(
                f"{found.spread.label} from", format="%.1f", width=72, help=found.spread.sentence
            ),
            "high": st.column_config.NumberColumn("to", format="%.1f", width=52),
        },
        tuple(short["lsoa_code"]),
        KIND,
        "Neighbourhoods of some 1,500 residents by ward, with incidents per 1,000 residents",
        of="hot_neighbourhoods",
    )
    frame.note(small_areas.WHAT)
    return table, LAYER, found.method
