"""The parts of the Hotspots page: controls, map, lists, detail, and how it was made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from analysis.common.method import month_name
from analysis.common.rates import WHO_REPORTS
from analysis.common.refusal import Refusal
from analysis.findings.age import months_over
from analysis.where.places import LEAST_INCIDENTS, LEAST_WORD
from data.kinds.crime_types import ASB, category_words, incidents_words
from data.place.area import Area
from geo.grid import grid_reference
from pages.ui.chart import charts
from pages.ui.chart.palette import palette
from pages.ui.hotspots import choice, lists, month, small_area_list, small_areas
from pages.ui.hotspots import map as hotspot_map
from pages.ui.hotspots import picture as hotspots
from pages.ui.hotspots.choice import SHOWN, selected, shown
from pages.ui.hotspots.lists import Listed
from pages.ui.hotspots.picture import LISTED, SHARES, Picture
from pages.ui.map import base_map
from pages.ui.map import parts as map_parts
from pages.ui.map.maps import Hit
from pages.ui.shell import downloads, frame, unlocated
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import as_at_date
from pages.ui.shell.filters import Filters
from pages.ui.zone import shown as zone_shown

MAP_HEIGHT = 500
SHARE_WIDTH = 102  # pixels: beside six layers in one row at 1366 of a screen
TREND_HEIGHT = 165
TREND_MONTHS = 36
LIST_LIMIT = 500


# --- finding ---------------------------------------------------------------------------------------------------------
def finding(area: Area, chosen: Filters, picture: Picture, share: float, day: date) -> str:
    """Say in one sentence what the page shows to somebody who asks on a day."""
    counted = incidents_words(chosen.category)
    if not picture.places:
        if none := hotspot_map.nothing_ranked(chosen, picture) or hotspot_map.none_in_wards(chosen, picture):
            return none
        if chosen.wards:
            return f"None of the top {100 * share:g} % of cells for {counted} lies in the chosen wards"
        return f"No {counted} are expected: none was recorded in the last 12 months"
    lead = picture.places[0]
    volume = picture.volume
    spread = f" (80 %: {volume.low80:,.0f} to {volume.high80:,.0f})" if volume.is_forecast else ""
    doubt = "" if volume.reliable or not volume.is_forecast else "Unreliable, for want of history: "
    words, where = hotspot_map.expected_words(picture, day), f"in the {area.kind}"
    said = f"{where} were {words}" if months_over(volume.months, day) else f"are {words} {where}"
    number = f"{doubt}{'about' if doubt else 'About'} {volume.monthly:,.0f} {counted} {said}{spread}"
    held = ""
    if not isinstance(picture.capture, Refusal):
        held = f"; {picture.capture.words}"
    return f"{number}{held}; {lead.title} leads{' in the chosen wards' if chosen.wards else ''}"


# --- map -------------------------------------------------------------------------------------------------------------
def show_map(data: Dataset, chosen: Filters, picture: Picture) -> None:
    """Draw township buttons, map and legend."""
    township = map_parts.township_buttons(data.area, choice.TOWNSHIP)
    colours, day = palette(), as_at_date(data, chosen)
    view = choice.view(data.area, chosen, picture, township)
    one = month.shown() is not None
    made = month.overlay if one else hotspot_map.overlay
    overlay, legend = made(data, chosen, picture, shown(), selected(), colours, view)
    overlay = zone_shown.onto(data, overlay, picture.grid, day, colours)
    base_map.show(
        data, colours, overlay, picture.grid, key="hotspots", height=MAP_HEIGHT, on_hit=partial(choice.on_map, picture)
    )
    note = month.NO_FORECAST if one else hotspot_map.note(chosen, picture, shown())
    st.html(map_parts.legend_html(legend, colours, note))
    zone_shown.below(data, day)


# --- lists -----------------------------------------------------------------------------------------------------------
def show_list(data: Dataset, chosen: Filters, picture: Picture) -> None:
    """Draw what goes with the map as a list that selects on it, with the trend of what is chosen."""
    one = month.shown()
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.segmented_control(
            "Show",
            choice.layers(data.area),
            format_func=SHOWN.__getitem__,
            key=choice.SHOW,
            label_visibility="collapsed",
            width="content",
        )
        st.selectbox(
            "Share of cells",
            SHARES,
            format_func=lambda s: f"Top {100 * s:g} %",
            key=choice.SHARE,
            label_visibility="collapsed",
            disabled=one is not None,
            help="How many of the cells are drawn and joined into places.",
            width=SHARE_WIDTH,
        )
    if one is None:
        table, what, method = _LISTS[shown()](data, chosen, picture)
    else:
        table, what, method = month.listed(data, chosen, picture, shown())
    if table is not None:
        period = chosen.period_words() if one is None else month_name(one)
        lines = downloads.about(data, what, period, method, of=chosen.category)
        if what in {"places", "cells"} and picture.few:
            lines = (*lines, hotspot_map.few_words(chosen, picture))
        season = chosen.season if one is None else ""
        name = downloads.file_name(data, what, chosen.category, season, str(chosen.as_at))
        downloads.csv_button(table, name, lines, key=f"csv_hot_{what}")
    _trend(data, chosen, picture)
    if chosen.first is not None and chosen.last is not None:
        unlocated.show(data, (chosen.category,), chosen.first, chosen.last)


def places_table(area: Area, picture: Picture) -> pd.DataFrame:
    """Places as a table, every column there is."""
    return pd.DataFrame(
        {
            "number": [p.number for p in picture.places],
            "place": [p.title for p in picture.places],
            "ward": [area.ward_names.get(p.ward_code, "") for p in picture.places],
            "grid_reference": [p.grid_reference for p in picture.places],
            "expected": [p.expected for p in picture.places],
            "count": [picture.past_of(p) for p in picture.places],
            "more_than_chance": [picture.place_is_chance(p) for p in picture.places],
            "streets": ["; ".join(p.streets) for p in picture.places],
            "cells": [len(p.cells) for p in picture.places],
        }
    )


def _places(data: Dataset, chosen: Filters, picture: Picture) -> Listed:
    table = places_table(data.area, picture)
    short = table.head(LISTED).assign(
        place=[f"{p} ◆" if more else p for p, more in zip(table["place"], table["more_than_chance"], strict=True)][
            :LISTED
        ]
    )
    lists.table(
        picture,
        short[["number", "place", "ward", "grid_reference", "expected", "count"]],
        {
            "number": st.column_config.NumberColumn(width=36),
            "place": st.column_config.TextColumn(
                "Place (◆ more than chance)" if picture.chance_shown else None, width=178
            ),
            "ward": st.column_config.TextColumn(width=126),
            "grid_reference": st.column_config.TextColumn(width=80),
            "expected": lists.bar("Expected", short["expected"]),
            "count": st.column_config.NumberColumn("Past", help=lists.past(chosen, picture), width=52),
        },
        tuple(short["number"].astype(str)),
        "place",
        "The ten places with the most expected incidents",
    )
    _left_out(hotspot_map.few_words(chosen, picture))
    return table, "places", picture.ranking.method


def _left_out(*said: str) -> None:
    if words := " ".join(filter(None, said)):
        frame.note(words)


def cells_table(area: Area, picture: Picture) -> pd.DataFrame:
    """Drawn cells as a table, best first; a cell with too few incidents by itself has no rank."""
    drawn = picture.drawn
    east, north = picture.grid.corners(picture.grid.cells[drawn])
    return pd.DataFrame(
        {
            "cell": grid_reference(east, north),
            "easting_m": east,
            "northing_m": north,
            "ward": [area.ward_names[code] for code in picture.cell_wards[drawn]],
            "rank": pd.Series(picture.ranking.rank[drawn], dtype="Int64").mask(picture.past[drawn] < LEAST_INCIDENTS),
            "expected": picture.ranking.expected[drawn],
            "count": picture.past[drawn],
            "q": picture.chance.q[drawn] if not isinstance(picture.chance, Refusal) else np.nan,
            "more_than_chance": picture.is_chance(drawn),
        }
    )


def _cells(data: Dataset, chosen: Filters, picture: Picture) -> Listed:
    table = cells_table(data.area, picture)
    short = table.assign(mark=np.where(table["more_than_chance"], "◆", "")).head(LIST_LIMIT)
    lists.table(
        picture,
        short[["rank", "cell", "mark", "ward", "expected", "count"]],
        {
            "rank": st.column_config.NumberColumn(width=40),
            "cell": st.column_config.TextColumn(width=90),
            "mark": st.column_config.TextColumn(width=36),
            "ward": st.column_config.TextColumn(width=140),
            "expected": lists.bar("Expected", short["expected"], 2),
            "count": st.column_config.NumberColumn("Past", help=lists.past(chosen, picture), width=60),
        },
        tuple(short["cell"]),
        "cell",
        "Cells by expected incidents",
        of="hot_cells",
    )
    single = int(table["rank"].isna().sum())
    alone = f"{single:,} cells without a number have fewer than {LEAST_WORD} incidents by themselves." if single else ""
    _left_out(hotspot_map.few_words(chosen, picture), alone)
    return table, "cells", picture.ranking.method


def _wards(data: Dataset, chosen: Filters, picture: Picture) -> Listed:
    rates = cached(hotspots.wards_table, data, chosen)
    if isinstance(rates, Refusal):
        frame.refused(rates)
        return None, "wards", None
    made, spread = cached(hotspots.wards_made, data, chosen)
    frame.wards_note()
    lists.table(
        picture,
        rates[["ward_name", "count", "rate_per_1000", "low", "high"]],
        {
            "ward_name": st.column_config.TextColumn(width=150),
            "count": st.column_config.NumberColumn("Incidents", width=80),
            "rate_per_1000": lists.bar("Per 1,000", rates["rate_per_1000"]),
            "low": st.column_config.NumberColumn(
                f"{spread.label}{',' if spread.chance_alone else ''} from",
                format="%.1f",
                width=150 if spread.chance_alone else 80,
                help=spread.sentence,
            ),
            "high": st.column_config.NumberColumn("to", format="%.1f", width=60),
        },
        tuple(rates["ward_code"]),
        "ward",
        "Wards by incidents per 1,000 residents",
        of="hot_wards",
    )
    frame.note(WHO_REPORTS)
    return rates, "wards", made


def _density(data: Dataset, chosen: Filters, picture: Picture) -> Listed:
    surface = cached(hotspots.density, data, chosen)
    values = surface.per_km2_year
    best = np.argsort(-values, kind="stable")
    best = best[values[best] > 0]
    east, north = picture.grid.corners(picture.grid.cells[best])
    table = pd.DataFrame(
        {
            "cell": grid_reference(east, north) if len(best) else [],
            "ward": [data.area.ward_names[code] for code in picture.cell_wards[best]],
            "per_km2_year": values[best],
            "count": picture.past[best],
        }
    )
    short = table.head(LIST_LIMIT)
    lists.table(
        picture,
        short,
        {
            "cell": st.column_config.TextColumn(width=90),
            "ward": st.column_config.TextColumn(width=150),
            "per_km2_year": lists.bar("Per km² a year", short["per_km2_year"]),
            "count": st.column_config.NumberColumn("Past", help=lists.past(chosen, picture), width=60),
        },
        tuple(short["cell"]),
        "cell",
        "Cells by density of incidents",
    )
    return table, "density", surface.method


def _points(data: Dataset, chosen: Filters, picture: Picture) -> Listed:
    table = cached(hotspots.snap_points, data, chosen)
    short = table.head(LIST_LIMIT)
    cells = picture.grid.corners(picture.grid.locate(short["easting_m"], short["northing_m"]).clip(0))
    short = short.assign(cell=grid_reference(*cells) if len(short) else [])
    lists.table(
        picture,
        short[["location", "cell", "count"]],
        {
            "location": st.column_config.TextColumn(width=240),
            "cell": st.column_config.TextColumn(width=100),
            "count": lists.bar("Incidents", short["count"], 0),
        },
        tuple(short["cell"]),
        "cell",
        "Published map points by incidents",
    )
    return table, "map-points", picture.ranking.method


_LISTS: dict[str, Callable[[Dataset, Filters, Picture], Listed]] = {
    "places": _places,
    "cells": _cells,
    "wards": _wards,
    small_areas.LAYER: small_area_list.listed,
    "density": _density,
    "points": _points,
}


# --- what is chosen, month by month ----------------------------------------------------------------------------------
def _series(data: Dataset, chosen: Filters, picture: Picture) -> tuple[str, pd.Series[float]]:
    """Title and monthly counts up to the as-at month of what is chosen; of everything in the filters otherwise."""
    here = selected()
    if here and here.kind == "ward" and here.id in data.area.ward_names:
        return data.area.ward_names[here.id], cached(hotspots.by_month, data, chosen.category, chosen.as_at, (here.id,))
    if here and here.kind == small_areas.KIND:
        return small_areas.series(data, chosen, here.id)
    positions = hotspot_map.selected_positions(picture, here)
    if here and len(positions):
        series = cached(hotspots.cells_by_month, data, chosen.category, chosen.latest(), tuple(map(int, positions)))
        if here.kind == "place":
            place = next(p for p in picture.places if str(p.number) == here.id)
            return f"{place.number}. {place.title}", series
        return f"Cell {here.id}", series
    title = "The chosen wards" if chosen.wards else data.area.name
    return title, cached(hotspots.by_month, data, chosen.category, chosen.as_at, chosen.wards)


def _trend(data: Dataset, chosen: Filters, picture: Picture) -> None:
    title, series = _series(data, chosen, picture)
    if series.empty:
        return
    now = series[(series.index >= chosen.first) & (series.index <= chosen.last)].sum()
    chart = charts.trend(
        {category_words(chosen.category).capitalize(): series},
        data.area.seasons,
        f"{title}: {now:,.0f} {hotspot_map.past_words(chosen, picture)}",
        height=TREND_HEIGHT,
        months=TREND_MONTHS,
    )
    lines = downloads.about(data, title, of=chosen.category)
    chart = replace(chart, figure=month.clickable(chart.figure))
    name = downloads.file_name(data, "trend", title, chosen.category)
    charts.show(chart, data, "hot_trend", name, lines, pick=month.clicked)
    month.select(data, chosen)


def show_detail(data: Dataset, chosen: Filters, picture: Picture) -> None:
    """Say more of the chosen place: its streets, cells and ward."""
    here = selected()
    for place in picture.places:
        if here == Hit("place", str(place.number)):
            ward = data.area.ward_names.get(place.ward_code, "")
            words = (
                f"{place.number}. {place.title}, {ward}, {place.grid_reference}: {len(place.cells)} cells; streets: "
            )
            frame.note(words + (", ".join(place.streets) or "none is named"))
    if chosen.category == ASB:
        frame.asb_note()
