"""Behind the map: how good it is, how concentrated it is, and what changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from analysis.common import seeds
from analysis.common.refusal import Refusal
from analysis.where.concentration import Concentration, cell_concentration, point_concentration
from analysis.where.moved import MovedPoints, moved_points
from analysis.where.stability import Stability, stability
from analysis.where.unseen import pooled, spell_words, unseen_months
from analysis.where.validation import NEXT_MONTH, backtest
from data.kinds.crime_types import category_words
from pages.ui.chart import charts
from pages.ui.chart.figure import FAINT, NO_DATA, SERIES, Drawing
from pages.ui.hotspots import change as hotspot_change
from pages.ui.hotspots import choice
from pages.ui.hotspots import map as hotspot_map
from pages.ui.hotspots.picture import Picture
from pages.ui.map import lattice, ranked
from pages.ui.map import season as map_season
from pages.ui.shell import downloads, frame, tables
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.filters import Filters

CURVE_SHARES = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.10, 0.15, 0.20)
TESTED = 40  # places whose stability is shown


def accuracy(data: Dataset, category: str, as_at: pd.Period) -> pd.DataFrame:
    """Backtest of the months not seen, each from the months before it alone, by share: the page's capture for each."""
    known = cached(lattice.known_cells, data, category, as_at)
    tested = known.months[list(unseen_months(known.months))]
    table = backtest(known, cached(lattice.grid, data), NEXT_MONTH, tested, CURVE_SHARES)
    if table.empty or not table["incidents"].sum():
        raise Refusal(
            "How well this map predicts cannot be said: no month with incidents can be tested.",
            "Load more months.",
        )
    return pooled(table)


def moved(data: Dataset, category: str, as_at: pd.Period, share: float) -> MovedPoints | Refusal:
    """Tell what moving points to anonymous ones costs, or why that cannot be told."""
    known = data.incidents.up_to(as_at).of(category)
    try:
        return moved_points(known, cached(lattice.grid, data), np.random.default_rng(seeds.JITTER), share)
    except Refusal as refusal:
        return refusal


def stable(data: Dataset, chosen: Filters, share: float) -> Stability:
    """Stability of the places of the whole area."""
    known = data.incidents.up_to(chosen.latest()).of(chosen.category)
    found = cached(ranked.places, data, chosen.category, chosen.latest(), chosen.season, share)
    rng = np.random.default_rng(seeds.JITTER)
    return stability(known, data.area, found[:TESTED], cached(lattice.grid, data), rng, share)


def curve(table: pd.DataFrame, what: str) -> charts.Chart:
    """Draw what share of later incidents the top cells caught, for this ranking and its rival."""
    drawing = Drawing()
    x = 100 * table["share"]
    for column, name, colour, dash in (
        ("hit_rate", "this ranking", SERIES[0], "solid"),
        ("rival_hit_rate", "counts of the last 12 months", SERIES[1], "dash"),
    ):
        y = 100 * table[column]
        drawing.trace(
            type="scatter",
            mode="lines+markers",
            x=x.tolist(),
            y=y.tolist(),
            line={"color": colour, "width": 2, "dash": dash},
            marker={"color": colour, "size": 6, "symbol": "circle" if dash == "solid" else "diamond-open"},
            hovertemplate=f"{name}: top %{{x}} % of cells caught %{{y:.0f}} %<extra></extra>",
        )
    better = table["hit_rate"].iloc[-1] >= table["rival_hit_rate"].iloc[-1]
    end = float(x.iloc[-1])
    for column, name, colour, up in (
        ("hit_rate", "this ranking", SERIES[0], better),
        ("rival_hit_rate", "last 12 months", SERIES[1], not better),
    ):
        shift = 12 if up else -12
        drawing.note(
            name,
            end,
            100 * float(table[column].iloc[-1]),
            colour=colour,
            xanchor="right",
            yanchor="middle",
            yshift=shift,
        )
    drawing.trace(
        type="scatter",
        mode="lines",
        x=[0, end],
        y=[0, end],
        line={"color": FAINT, "width": 1, "dash": "dot"},
        hoverinfo="skip",
    )
    drawing.note("cells drawn by lot", end, end, xanchor="right", yanchor="bottom", yshift=4)
    figure = drawing.figure(
        300,
        24,
        {"range": [0, end * 1.02], "ticksuffix": " %", "title": {"text": "share of the cells"}, "showgrid": True},
        {"range": [0, 100], "ticksuffix": " %"},
    )
    five = table.iloc[int((table["share"] - 0.05).abs().argmin())]
    title = (
        f"The top 5 % of cells caught {100 * five['hit_rate']:.0f} % of the next month's {what}; "
        f"the counts of the last 12 months {100 * five['rival_hit_rate']:.0f} %"
    )
    alt = f"Line chart of the share of later incidents caught by the share of cells. {title}."
    return charts.Chart(figure, title, alt, table, of="capture")


def show_accuracy(data: Dataset, chosen: Filters, picture: Picture, share: float) -> None:
    """Say how well the map predicts, and which places do not hang on the drawing of the map."""
    left, right = st.columns(2, gap="medium")
    if none := hotspot_map.nothing_ranked(chosen, picture):
        frame.refused(Refusal(none, "Choose a longer period or another crime type."))
        return
    with left:
        try:
            table = cached(accuracy, data, chosen.category, chosen.latest())
        except Refusal as refusal:
            frame.refused(refusal)
            return
        known = cached(lattice.known_cells, data, chosen.category, chosen.latest()).months
        spell = spell_words(known, unseen_months(known))
        note = f"All incidents of {spell} together, each month ranked from the months before it alone."
        lines = downloads.about(
            data, "how well the ranking predicts", method=picture.ranking.method, of=chosen.category
        )
        name = downloads.file_name(data, "accuracy", chosen.category, str(chosen.as_at))
        charts.show(curve(table, category_words(chosen.category)), data, "hot_curve", name, lines, note)
        shown = table[table["share"].isin([0.01, 0.02, 0.05, 0.10])]
        tables.show(
            pd.DataFrame(
                {
                    "top": [f"{100 * s:g} %" for s in shown["share"]],
                    "cells": shown["cells"],
                    "caught": [f"{100 * v:.1f} %" for v in shown["hit_rate"]],
                    "rival": [f"{100 * v:.1f} %" for v in shown["rival_hit_rate"]],
                    "pai": shown["pai"].round(1),
                    "pei": shown["pei"].round(2),
                }
            ),
            "What the top cells caught, by share of the cells",
            of="captured",
        )
    with right:
        _show_stability(data, chosen, share)


def _show_stability(data: Dataset, chosen: Filters, share: float) -> None:
    with st.spinner("Drawing the map another way, 84 times ..."):
        found = cached(stable, data, chosen, share)
    everywhere = cached(ranked.places, data, chosen.category, chosen.latest(), chosen.season, share)[:TESTED]
    table = pd.DataFrame(
        {
            "number": [place.number for place in everywhere],
            "place": [place.title for place in everywhere],
            "stays": [100 * stays for stays in found.stays],
        }
    )
    st.html(f'<h2 class="chart-title">{escape(found.sentence)}</h2>')
    tables.show(
        table,
        "Share of the maps in which each place stays",
        config={
            "number": st.column_config.NumberColumn(width=40),
            "stays": st.column_config.ProgressColumn("Stays in", format="%.0f %%", min_value=0, max_value=100),
        },
    )
    lines = downloads.about(data, "stability of places", method=found.method, of=chosen.category)
    downloads.csv_button(
        table, downloads.file_name(data, "stability", chosen.category, str(chosen.as_at)), lines, key="csv_stability"
    )
    frame.how(found.method)


def concentrated(data: Dataset, chosen: Filters, unit: str) -> Concentration:
    """Concentration of the choice on cells or map points of the whole area, zeros included."""
    rng = np.random.default_rng(seeds.THROWS)
    if unit == "cells":
        every = cached(lattice.known_cells, data, chosen.category, chosen.latest())
        return cell_concentration(every, *chosen.span(), rng)
    known = chosen.known(data.incidents)
    return point_concentration(known.of(chosen.category).within(*chosen.span()), known, rng)


def busiest(found: Concentration) -> charts.Chart:
    """Draw the share of incidents in the busiest places, beside what chance alone would give."""
    lorenz = found.lorenz.iloc[::-1]
    x = 100 * (1 - lorenz["x"])
    drawing = Drawing()
    drawing.trace(
        type="scatter",
        mode="lines",
        x=[*x, *x[::-1]],
        y=[*(100 * (1 - lorenz["low"])), *(100 * (1 - lorenz["high"]))[::-1]],
        fill="toself",
        fillcolor=NO_DATA,
        line={"width": 0},
        hoverinfo="skip",
    )
    for column, colour, dash in (("random", FAINT, "dot"), ("observed", SERIES[0], "solid")):
        drawing.trace(
            type="scatter",
            mode="lines",
            x=x.tolist(),
            y=(100 * (1 - lorenz[column])).tolist(),
            line={"color": colour, "width": 2, "dash": dash},
            hovertemplate="busiest %{x:.0f} %: %{y:.0f} % of incidents<extra></extra>",
        )
    at = found.lorenz.iloc[int((found.lorenz["x"] - 0.75).abs().argmin())]
    drawing.note(
        "observed", 25, 100 * (1 - float(at["observed"])), colour=SERIES[0], xanchor="left", yshift=-14, xshift=8
    )
    drawing.note("at random, with 95 % band", 25, 100 * (1 - float(at["random"])), xanchor="left", yshift=-14, xshift=8)
    figure = drawing.figure(
        280,
        24,
        {"range": [0, 100], "ticksuffix": " %", "title": {"text": f"busiest {found.unit}"}},
        {"range": [0, 102], "ticksuffix": " %"},
    )
    title = found.sentence.removesuffix(".")
    return charts.Chart(
        figure, title, f"Curve of concentration on {found.unit}. {title}.", found.shares, of="concentration"
    )


def show_concentration(data: Dataset, chosen: Filters, picture: Picture, share: float) -> None:  # noqa: ARG001
    """Say how concentrated incidents are, against chance."""
    for unit, column in zip(("cells", "points"), st.columns(2, gap="medium"), strict=True):
        with column:
            try:
                with st.spinner("Throwing as many incidents at random, 999 times ..."):
                    found = cached(concentrated, data, chosen, unit)
            except Refusal as refusal:
                frame.refused(refusal)
                continue
            lines = downloads.about(
                data,
                f"concentration on {found.unit}",
                method=found.method,
                of=chosen.category,
            )
            name = downloads.file_name(data, "concentration", unit, chosen.category, str(chosen.as_at))
            chance = f"drawn by lot {found.gini_random:.2f} ({found.gini_low:.2f} to {found.gini_high:.2f})"
            one = (
                f"As one figure, 0 where all {found.unit} have as many and 1 where one has all (Gini): {found.gini:.2f}"
            )
            note = "The band holds 95 % of the maps drawn by lot."
            charts.show(busiest(found), data, f"hot_concentration_{unit}", name, lines, note)
            frame.how(found.method, f"{one}; {chance}.")


def show_method(data: Dataset, chosen: Filters, picture: Picture, share: float) -> None:
    """Say how the map was made and how well the same method did."""
    cost = cached(moved, data, chosen.category, chosen.latest(), share)
    told = [str(picture.capture) if isinstance(picture.capture, Refusal) else picture.capture.sentence]
    told += [few] if (few := hotspot_map.few_words(chosen, picture)) else []
    season = picture.volume.season
    if season:
        places = cached(map_season.places_of, data, chosen.category, chosen.latest(), season)
        told += [places.sentence] if places.sentence else []
    frame.how(picture.ranking.method, *told)
    if not isinstance(cost, Refusal):
        frame.how(cost.method, cost.sentence, *cost.details)
    frame.how(picture.volume.method, picture.volume.sentence, *([season.caveat] if season and season.caveat else []))
    if not isinstance(picture.chance, Refusal):
        n = int(picture.chance.significant.sum())
        cells = "No cell is" if n == 0 else "1 cell is" if n == 1 else f"{n} cells are"
        frame.how(picture.chance.method, f"{cells} more than chance. It marks; it never ranks.")


TABS: Mapping[str, Callable[[Dataset, Filters, Picture, float], None]] = {
    "Concentration": show_concentration,
    "Change": hotspot_change.show,
    "How good is it": show_accuracy,
    "How this was made": show_method,
}


def show(data: Dataset, chosen: Filters, picture: Picture, share: float) -> None:
    """Draw the tabs; only the open one is computed."""
    if isinstance(picture.chance, Refusal):  # the map has no outlines: said in view, whatever tab is open
        frame.refused(picture.chance)
    tabs = st.tabs(list(TABS), key=choice.TABS, on_change="rerun")
    for tab, draw in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                draw(data, chosen, picture, share)
