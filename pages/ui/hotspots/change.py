"""The Change tab of Hotspots: the chosen period against an earlier one, ward by ward or cell by cell."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.common.method import YEAR
from analysis.common.refusal import Refusal
from analysis.where.change import Change, change_between
from pages.ui.chart import charts
from pages.ui.chart.figure import FAINT, SERIES, Drawing, as_text
from pages.ui.map import lattice
from pages.ui.shell import address, downloads, frame, tables
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import short_period
from pages.ui.shell.filters import Filters

SHOWN = 30
WARDS, CELLS = "Wards", "Cells"
A_YEAR, THE_SPAN = "The same months a year before", "The months just before"
_UNIT, _AGAINST = "hot_change_unit", "hot_change_against"
_CONTROLS = (
    Control("by", _UNIT, {"wards": WARDS, "cells": CELLS}, "the change by", {"wards": "that by ward"}),
    Control(
        "against", _AGAINST, {"year-before": A_YEAR, "just-before": THE_SPAN}, "the months", {"year-before": A_YEAR}
    ),
)


def earlier(chosen: Filters, against: str) -> tuple[pd.Period, pd.Period]:
    """First and last month of the period to compare with."""
    first, last = chosen.span()
    span = (last - first).n + 1
    back = max(YEAR * -(-span // YEAR), YEAR) if against == A_YEAR else span
    return first - back, last - back


def changed(data: Dataset, chosen: Filters, against: str, unit: str) -> Change:
    """Compare the chosen period with the earlier one, over the whole area."""
    return change_between(
        chosen.known(data.incidents).of(chosen.category),
        data.area,
        earlier(chosen, against),
        chosen.span(),
        grid=cached(lattice.grid, data) if unit == CELLS else None,
    )


def forest(units: pd.DataFrame, title: str, whole: str) -> charts.Chart:
    """Draw each unit's change relative to the area, with its interval; full points are significant."""
    rows = units[units["ratio"].notna()].sort_values("ratio")
    drawing = Drawing()
    y, names = list(range(len(rows))), [as_text(name) for name in rows["name"]]
    drawing.trace(
        type="scatter",
        mode="markers",
        x=rows["ratio"].tolist(),
        y=y,
        error_x={
            "type": "data",
            "symmetric": False,
            "array": (rows["high"] - rows["ratio"]).tolist(),
            "arrayminus": (rows["ratio"] - rows["low"]).tolist(),
            "color": SERIES[0],
            "thickness": 1.5,
        },
        marker={
            "color": SERIES[0],
            "size": 9,
            "symbol": ["circle" if found else "circle-open" for found in rows["significant"]],
        },
        text=names,
        hovertemplate="%{text}: %{x:.2f} times<extra></extra>",
    )
    drawing.shapes.append(
        {
            "type": "line",
            "xref": "x",
            "yref": "y domain",
            "x0": 1,
            "x1": 1,
            "y0": 0,
            "y1": 1,
            "line": {"width": 1, "color": FAINT, "dash": "dot"},
        }
    )
    drawing.note(f"as {as_text(whole)}", 0.0, 1, ydomain=True, yanchor="bottom", xref="x")
    figure = drawing.figure(
        90 + 22 * len(rows),
        24,
        {"type": "log", "tickvals": [0.25, 0.5, 1, 2, 4], "ticktext": ["a quarter", "half", "1", "2 times", "4 times"]},
        {"tickvals": y, "ticktext": names, "range": [-0.7, len(rows) - 0.3], "showgrid": False},
    )
    return charts.Chart(
        figure, title, f"Change of each ward relative to {whole}, with intervals. {title}.", units, of="change"
    )


def show(data: Dataset, chosen: Filters, *_: object) -> None:
    """Draw the tab."""
    address.hold(_CONTROLS)
    left, right = st.columns([1, 2], gap="small")
    unit = left.segmented_control("Compare", [WARDS, CELLS], key=_UNIT) or WARDS
    against = right.radio("Against", [A_YEAR, THE_SPAN], key=_AGAINST, horizontal=True)
    try:
        found = cached(changed, data, chosen, against, unit)
    except Refusal as refusal:
        frame.refused(refusal)
        return
    first, last = earlier(chosen, against)
    periods = f"{short_period(*chosen.span())} against {short_period(first, last)}"
    lines = downloads.about(data, f"change, {periods}", periods, found.method, of=chosen.category)
    name = downloads.file_name(data, "change", unit, chosen.category, str(chosen.last))
    title = f"{periods}: {found.sentence.removesuffix('.')}"
    low, high = found.visible
    note = (
        f"Each relative to the whole {data.area.kind}. A typical one would have to fall below {low:.2f} times or rise "
        f"above {high:.2f} times to be seen in four of five cases. Full points: more than months vary by themselves; "
        f"up to {100 * found.level:g} % of such marks are chance."
    )
    if unit == WARDS:
        charts.show(forest(found.units, title, f"the {data.area.kind}"), data, "hot_change", name, lines, note)
    else:
        frame.note(title)
        frame.note(note)
        best = found.units[found.units["p"].notna()].sort_values("p").head(SHOWN)
        columns = ["name", "before", "after", "ratio", "low", "high", "q", "significant"]
        tables.show(best[columns].round(3), "Cells by evidence of change", of="change")
        downloads.csv_button(found.units, name, lines, key="csv_hot_change")
    frame.how(found.method)
