"""An area beside other districts, as every page and slide shows it: what is counted, the figures and two charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.common.refusal import Refusal
from analysis.course.beside import Beside, beside
from analysis.course.districts import district_series
from analysis.findings.finding import capital
from data.kinds.crime_types import ASB, CATEGORIES, GROUPS, category_title, category_words, group_of, kinds_of
from data.place.neighbours import CRIME, Claim, Neighbours, claims_of, neighbours_of
from data.store.force_counts import ForceCounts, force_counts
from pages.ui.chart import charts
from pages.ui.chart.control import _along, _gaps
from pages.ui.chart.figure import FAINT, SERIES, TEXT, Drawing, as_text
from pages.ui.shell import address, words
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters, short_month

NO_NEIGHBOURS = Refusal(
    "The area file names no districts beside which the area could be shown",
    "Add [comparison] to the area file, with name, code, force and residents of each district",
)
SIMULATED = Refusal(
    "The demonstration has no neighbours: its incidents are made up for this area alone",
    "Load published files on the Data page",
)
_ROW_PX, _APART_PX = 34, 15


@dataclass(frozen=True)
class Counted:
    """What is counted, as pages call it: ``name`` begins a sentence."""

    name: str
    categories: tuple[str, ...]


def counted_of(category: str) -> Counted:
    """Give what a choice of crime types counts: one, or a sum; ASB is never added to crimes."""
    kinds = kinds_of(category)
    name = words.NAMES.get(category) or (category_title(category) if group_of(category) else category_words(category))
    return Counted(capital(name), CRIME if set(CATEGORIES) - {ASB} <= set(kinds) else kinds)


# By the word in the address; the first is shown where nothing was chosen.
CHOICES: Mapping[str, Counted] = {
    "asb": counted_of(ASB),
    **{address.slug(group.name): counted_of(group.category) for group in GROUPS},
    **{address.slug(one): counted_of(one) for one in CATEGORIES if one != ASB},
}


# --- computing -------------------------------------------------------------------------------------------------------
def neighbours(data: Dataset) -> Neighbours:
    """Read the neighbours that the area file names.

    Raises
    ------
    Refusal
        It names none, or the incidents are made up.
    InputError
        What it says of them is wrong.
    """
    if data.simulated:
        raise SIMULATED
    found = neighbours_of(data.area)
    if found is None:
        raise NO_NEIGHBOURS
    return found


def claims(data: Dataset) -> tuple[Claim, ...]:
    """Read what the plan says of the area among its neighbours."""
    return claims_of(data.area.raw, data.area.file)


def counts(data: Dataset) -> ForceCounts:
    """Read the counts of the whole files of all forces that the neighbours have."""
    return force_counts(data.store, data.area, neighbours(data).forces)


def compared(data: Dataset, chosen: Filters, name: str, categories: tuple[str, ...]) -> Beside | Refusal:
    """Compare the area with its neighbours at the as-at month, or say why that cannot be.

    Parameters
    ----------
    data : Dataset
    chosen : Filters
        Its as-at month counts, not its wards or period: districts are compared whole.
    name : str
        What is counted, for sentences.
    categories : tuple of str
        Crime types that are added up.
    """
    try:
        beside_whom = neighbours(data)
        months = chosen.known(data.incidents).months
        found = district_series(cached(counts, data), beside_whom, data.area, months, categories, chosen.latest())
        return beside(found, name, data.incidents.version)
    except Refusal as refusal:
        return refusal


def table_of(found: Beside) -> pd.DataFrame:
    """Lay the comparison out as it is shown and saved, lowest rate first."""
    table = found.table
    return pd.DataFrame(
        {
            "district": table["district"],
            "count": table["count"],
            "residents": table["residents"],
            "rate_per_1000": table["rate"].round(2),
            "low": table["low"].round(2),
            "high": table["high"].round(2),
            "against": table["against"],
            "change_percent": (100 * (table["change"] - 1)).round(1),
            "low_percent": (100 * (table["change_low"] - 1)).round(1),
            "high_percent": (100 * (table["change_high"] - 1)).round(1),
            "index": table["index"].round(1),
        }
    ).replace([np.inf, -np.inf], np.nan)


def index_table(found: Beside) -> pd.DataFrame:
    """Lay the course of all districts out, one row a month."""
    shown = found.index.loc[found.index.first_valid_index() :] if found.index.notna().any().any() else found.index
    return pd.DataFrame(
        {"month": [str(month) for month in shown.index]} | {c: shown[c].round(1).to_numpy() for c in shown}
    )


# --- charts ----------------------------------------------------------------------------------------------------------
def rate_chart(found: Beside, title: str) -> charts.Chart:
    """Draw a point and its interval for every district, the lowest rate at the top; the area stands out."""
    table = found.table
    y = list(range(len(table) - 1, -1, -1))
    own = table["own"].to_numpy(dtype=bool)
    drawing = Drawing()
    for mine in (False, True):
        rows = np.flatnonzero(own == mine)
        colour = SERIES[1] if mine else SERIES[0]
        drawing.trace(
            type="scatter", mode="lines", hoverinfo="skip", line={"width": 4 if mine else 2.5, "color": colour},
            x=[value for i in rows for value in (float(table["low"][i]), float(table["high"][i]), None)],
            y=[value for i in rows for value in (y[i], y[i], None)],
        )  # fmt: skip
        drawing.trace(
            type="scatter", mode="markers", x=table["rate"][rows].tolist(), y=[y[i] for i in rows],
            marker={"size": 14 if mine else 10, "opacity": 1, "color": colour,
                    "symbol": "diamond" if mine else "circle"},
            text=[_pointed(row) for row in table.iloc[rows].to_dict("records")],
            hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
    for i, row in enumerate(table.to_dict("records")):
        text = f"{row['rate']:.1f}"
        drawing.beside(f"<b>{text}</b>" if own[i] else text, 1, y[i], xdomain=True)
    names = [
        f"<b>{as_text(name)}</b> " if mine else f"{as_text(name)} "
        for name, mine in zip(table["district"], own, strict=True)
    ]
    up = {"tickvals": y, "ticktext": names, "range": [-0.6, len(table) - 0.4], "showgrid": False}
    top = float(table["high"].max())
    figure = drawing.figure(56 + _ROW_PX * len(table), 8, {"range": [0, 1.04 * top], "nticks": 6, "showgrid": True}, up)
    said = ", ".join(f"{row['district']} {row['rate']:.1f}" for row in table.to_dict("records"))
    alt = f"Points with intervals, incidents for every 1,000 residents in 12 months, lowest first: {said}. {title}."
    return charts.Chart(figure, title, alt, table_of(found), of="beside")


def _pointed(row: Mapping[Any, Any]) -> str:
    return (
        f"{as_text(str(row['district']))}: {row['rate']:.1f} ({row['low']:.1f} to {row['high']:.1f})"
        f"<br>{row['count']:,} among {row['residents']:,} residents"
    )


def index_chart(found: Beside, title: str) -> charts.Chart:
    """Draw 12 months' counts of every district, the first that all have being 100; gaps are gaps."""
    table = index_table(found)
    index = pd.PeriodIndex(table["month"], freq="M")
    at = [month.ordinal for month in index]
    drawing = Drawing()
    lines = {str(name): found.index[name].to_numpy(dtype=float)[-len(table) :] for name in found.index}
    _gaps(drawing, at, lines[found.own])
    order = [name for name in lines if name != found.own] + [found.own]
    for name in order:
        mine = name == found.own
        drawing.trace(
            type="scatter", mode="lines", x=at, y=[None if np.isnan(v) else float(v) for v in lines[name]],
            connectgaps=False, line={"color": SERIES[1] if mine else FAINT, "width": 3 if mine else 1.5},
            customdata=[short_month(month) for month in index],
            hovertemplate=f"{as_text(name)}, 12 months to %{{customdata}}: %{{y:.0f}}<extra></extra>",
        )  # fmt: skip
    drawing.level(100.0)
    values = np.concatenate(list(lines.values()))
    low, high = float(np.nanmin([*values, 100.0])), float(np.nanmax([*values, 100.0]))
    pad = 0.08 * max(high - low, 10.0)
    height = max(280, 120 + _APART_PX * len(lines))
    room = height - 70
    ends = {name: float(line[~np.isnan(line)][-1]) for name, line in lines.items() if not np.isnan(line[-1])}
    scale = room / (high - low + 2 * pad)
    for name, shift in _apart({name: value * scale for name, value in ends.items()}).items():
        text = f"{as_text(name)} {ends[name]:.0f}"
        drawing.beside(
            f"<b>{text}</b>" if name == found.own else text, at[-1], ends[name], yshift=shift,
            colour=SERIES[1] if name == found.own else TEXT,
        )  # fmt: skip
    up = {"range": [low - pad, high + pad], "nticks": 6, "showgrid": False}
    figure = drawing.figure(height, 14, _along(index), up)
    said = ", ".join(f"{name} {value:.0f}" for name, value in ends.items())
    alt = f"Lines of 12 months' counts, the first 12 months being 100. At the end: {said}. {title}."
    return charts.Chart(figure, title, alt, table, of="beside_index")


def _apart(spots: Mapping[str, float]) -> dict[str, float]:
    """Shift labels up and down, in pixels, so that none stands on another."""
    names = sorted(spots, key=lambda name: spots[name])
    if not names:
        return {}
    wanted = np.array([spots[name] for name in names])
    placed = wanted.copy()
    for _ in range(60):
        gaps = np.diff(placed) - _APART_PX
        if (gaps >= -0.01).all():
            break
        for i in np.flatnonzero(gaps < 0):
            push = (_APART_PX - (placed[i + 1] - placed[i])) / 2
            if push > 0:
                placed[i], placed[i + 1] = placed[i] - push, placed[i + 1] + push
    return {name: float(placed[i] - wanted[i]) for i, name in enumerate(names)}
