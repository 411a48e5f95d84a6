"""The picture of what is loaded: years by months for every force."""

from __future__ import annotations

from collections.abc import Collection, Container

import pandas as pd

from data.store.fetched import NOT_PUBLISHED, WHY
from data.store.schema import BY_OUTLINE, POLICE_UK
from data.store.status import Status
from pages.ui.chart.charts import SHORT, Chart
from pages.ui.chart.figure import SERIES, TEXT, Drawing, Settings, as_text

_LOADED, _IN_DOUBT, _NOT_LOADED = "loaded", "in doubt", "not loaded"
_OUTLINE, _SILENT = "by outline", NOT_PUBLISHED
_SIZE, _HATCH = 15, 13
_SYMBOLS = {_LOADED: "square", _OUTLINE: "diamond", _SILENT: "square-x-open"}
_CAPTIONS = {
    _NOT_LOADED: "Framed squares: not loaded.",
    _IN_DOUBT: "Hatched: in doubt, left out.",
    _OUTLINE: "Diamonds: by outline, with every force in one, until the archive has the month.",
    _SILENT: f"Crossed: {NOT_PUBLISHED}, so missing ({WHY}).",
}


def caption(state: Status) -> str:
    """Say what the marks of the chart stand for, those that are on it."""
    there = {_NOT_LOADED: True, _IN_DOUBT: state.in_doubt, _OUTLINE: state.by_outline, _SILENT: state.not_published}
    return " ".join(_CAPTIONS[what] for what, shown in there.items() if shown)


def chart(
    coverage: pd.DataFrame,
    in_doubt: Collection[tuple[str, str]] = (),
    not_published: Collection[tuple[str, str]] = (),
) -> Chart:
    """Draw years by months for every force: full where a month is loaded, hatched in doubt, empty where it is missing.

    Parameters
    ----------
    coverage : DataFrame
        Of :class:`data.store.status.Status`, at least one row. Months by outline are drawn with every force that lacks
        them, or alone where there is no other month.
    in_doubt : collection of (force, month)
        Months that are loaded and left out.
    not_published : collection of (force, month)
        Months that a force never published.
    """
    outline = coverage[coverage["force"] == BY_OUTLINE].set_index("month")["in_area"]
    by_force = coverage[coverage["force"] != BY_OUTLINE]
    forces = list(dict.fromkeys(zip(by_force["source"], by_force["force"], strict=True))) or [(POLICE_UK, _OUTLINE)]
    years = range(int(coverage["month"].min()[:4]), int(coverage["month"].max()[:4]) + 1)
    drawing = Drawing(rows=len(forces), gap=0.16 / len(forces))
    for row, (source, force) in enumerate(forces, start=1):
        part = by_force[(by_force["source"] == source) & (by_force["force"] == force)].set_index("month")["in_area"]
        cells: dict[str, list[tuple[int, int]]] = {
            what: [] for what in (_LOADED, _NOT_LOADED, _IN_DOUBT, _OUTLINE, _SILENT)
        }
        for year in years:
            for month in range(1, 13):
                unit = (force, f"{year}-{month:02d}")
                cells[_what(unit, part.index, outline.index, in_doubt, not_published)].append((year, month))
        _squares(drawing, row, cells[_LOADED], _LOADED, part)
        _squares(drawing, row, cells[_NOT_LOADED], _NOT_LOADED, part)
        if cells[_IN_DOUBT]:
            _squares(drawing, row, cells[_IN_DOUBT], _IN_DOUBT, part)
            _squares(drawing, row, cells[_IN_DOUBT], _IN_DOUBT, part, hatch=True)
        for what, counts in ((_OUTLINE, outline), (_SILENT, part)):
            if cells[what]:
                _squares(drawing, row, cells[what], what, counts)
        more = [
            f", {len(cells[what])} {words}"
            for what, words in ((_IN_DOUBT, "of them in doubt"), (_OUTLINE, _OUTLINE), (_SILENT, _SILENT))
            if cells[what]
        ]
        words = f"<b>{as_text(str(force))}</b>, {as_text(str(source))}: {len(part)} months{''.join(more)}"
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
    if len(outline):
        alt += f" By outline, until the archive has them: {', '.join(map(str, outline.index))}."
    if not_published:
        alt += f" {NOT_PUBLISHED.capitalize()}: {', '.join(f'{force} {month}' for force, month in not_published)}."
    if in_doubt:
        alt += f" In doubt, and left out: {', '.join(f'{force} {month}' for force, month in sorted(in_doubt))}."
    return Chart(drawing.figure(height, 34, along, up), "Months that are loaded, by force", alt, table)


def _what(
    unit: tuple[str, str],
    loaded: Container[object],
    outline: Container[object],
    in_doubt: Container[object],
    not_published: Container[object],
) -> str:
    if unit[1] in loaded:
        return _IN_DOUBT if unit in in_doubt else _LOADED
    if unit[1] in outline:
        return _OUTLINE
    return _SILENT if unit in not_published else _NOT_LOADED


def _squares(
    drawing: Drawing, row: int, cells: list[tuple[int, int]], what: str, in_area: pd.Series, *, hatch: bool = False
) -> None:
    words = []
    for year, month in cells:
        n = f"{in_area.get(f'{year}-{month:02d}', 0):,} incidents in the area"
        told = {_LOADED: n, _IN_DOUBT: f"{n}; in doubt, left out", _OUTLINE: f"{n}, of every force; by outline"}.get(
            what, what
        )
        words.append(f"{SHORT[month - 1]} {year}: {told}")
    marker = {
        "symbol": "hash-open" if hatch else _SYMBOLS.get(what, "square-open"),
        "size": _HATCH if hatch else _SIZE,
        "color": TEXT if what in (_NOT_LOADED, _SILENT) else SERIES[0],
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
