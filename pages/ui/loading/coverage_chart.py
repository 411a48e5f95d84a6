"""The picture of what is loaded: years by months for every force."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

import pandas as pd

from pages.ui.chart.charts import SHORT, Chart
from pages.ui.chart.figure import SERIES, TEXT, Drawing, Settings

_LOADED, _IN_DOUBT, _NOT_LOADED = "loaded", "in doubt", "not loaded"
_SIZE, _HATCH = 15, 13


def chart(coverage: pd.DataFrame, in_doubt: Collection[tuple[str, str]] = ()) -> Chart:
    """Draw years by months for every force: full where a month is loaded, hatched in doubt, empty where it is missing.

    Parameters
    ----------
    coverage : DataFrame
        Of :class:`data.store.status.Status`, at least one row.
    in_doubt : collection of (force, month)
        Months that are loaded and left out.
    """
    forces = list(dict.fromkeys(zip(coverage["source"], coverage["force"], strict=True)))
    years = range(int(coverage["month"].min()[:4]), int(coverage["month"].max()[:4]) + 1)
    drawing = Drawing(rows=len(forces), gap=0.16 / len(forces))
    for row, (source, force) in enumerate(forces, start=1):
        part = coverage[(coverage["source"] == source) & (coverage["force"] == force)].set_index("month")["in_area"]
        cells: dict[str, list[tuple[int, int]]] = {_LOADED: [], _NOT_LOADED: [], _IN_DOUBT: []}
        for year in years:
            for month in range(1, 13):
                there = f"{year}-{month:02d}"
                doubted = (force, there) in in_doubt
                cells[_NOT_LOADED if there not in part.index else _IN_DOUBT if doubted else _LOADED].append(
                    (year, month)
                )
        _squares(drawing, row, cells[_LOADED], _LOADED, part)
        _squares(drawing, row, cells[_NOT_LOADED], _NOT_LOADED, part)
        if cells[_IN_DOUBT]:
            _squares(drawing, row, cells[_IN_DOUBT], _IN_DOUBT, part)
            _squares(drawing, row, cells[_IN_DOUBT], _IN_DOUBT, part, hatch=True)
        doubts = f", {len(cells[_IN_DOUBT])} of them in doubt" if cells[_IN_DOUBT] else ""
        words = f"<b>{escape(str(force))}</b>, {escape(str(source))}: {len(part)} months{doubts}"
        at: Settings = {"xanchor": "left", "yanchor": "bottom", "yshift": 6, "xdomain": True, "ydomain": True}
        drawing.note(words, 0, 1, row=row, **at)
    along = {"tickvals": list(range(1, 13)), "ticktext": list(SHORT), "range": [0.4, 12.6]}
    up = {"type": "category", "autorange": "reversed", "showgrid": False}
    height = 60 + len(forces) * (30 + 26 * len(years))
    table = coverage[
        ["source", "force", "month", "rows_read", "in_area", "buffer", "rejected", "outside", "joined"]
    ].assign(
        used=[
            "no, in doubt" if unit in in_doubt else "yes"
            for unit in zip(coverage["force"], coverage["month"], strict=True)
        ]
    )
    alt = f"Grid of years by months for {len(forces)} force(s): {len(coverage)} months are loaded."
    if in_doubt:
        alt += f" In doubt, and left out: {', '.join(f'{force} {month}' for force, month in sorted(in_doubt))}."
    return Chart(drawing.figure(height, 34, along, up), "Months that are loaded, by force", alt, table)


def _squares(
    drawing: Drawing, row: int, cells: list[tuple[int, int]], what: str, in_area: pd.Series, *, hatch: bool = False
) -> None:
    words = []
    for year, month in cells:
        n = f"{in_area.get(f'{year}-{month:02d}', 0):,} incidents in the area"
        told = {_LOADED: n, _IN_DOUBT: f"{n}; in doubt, left out", _NOT_LOADED: "not loaded"}[what]
        words.append(f"{SHORT[month - 1]} {year}: {told}")
    marker = {
        "symbol": "hash-open" if hatch else "square" if what == _LOADED else "square-open",
        "size": _HATCH if hatch else _SIZE,
        "color": TEXT if what == _NOT_LOADED else SERIES[0],
        "line": {"width": 1},
    }
    drawing.trace(
        row,
        type="scatter",
        x=[month for _, month in cells],
        y=[str(year) for year, _ in cells],
        mode="markers",
        marker=marker | ({"angle": 45} if hatch else {}),
        hovertext=words,
        hoverinfo="text",
    )
