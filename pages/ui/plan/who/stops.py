"""The stops of a plan: cells that crews visit, with a name that is found there and what was recorded in them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import streamlit as st

from analysis.common.placed import for_cells
from analysis.where import stops as where_stops
from data.kinds.crime_types import incidents_words, kinds_of
from data.plan.plan import PlanPlace, Shift, Stop
from data.plan.stops import PART_NOT_KNOWN, by_part, part_words, title
from pages.ui.map import lattice
from pages.ui.plan.when import operation
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.where import ranking as plan_where
from pages.ui.plan.where.ranking import BY_HAND
from pages.ui.shell import tables
from pages.ui.shell.cache import Dataset, cached

PARTS_PX = 300  # ten stops; more scroll
PART_HELP = "Of what these days bring in the whole area"


def stops(
    data: Dataset, window: PlanWindow, references: tuple[str, ...], given: tuple[tuple[str, str], ...]
) -> tuple[Stop, ...]:
    """Name the stops, those with most to expect first; for :func:`pages.ui.shell.cache.cached`.

    Parameters
    ----------
    references : tuple of str
        Of the cells.
    given : tuple of (str, str)
        Of cells that a person added: reference and name.
    """
    if not references:
        return ()
    grid = cached(lattice.grid, data)
    at = lattice.cell_references(grid)
    ranked = cached(plan_where.ranking, data, window)
    positions = np.array([at[reference] for reference in references if reference in at], dtype=np.intp)
    positions = positions[np.lexsort((positions, -ranked.expected[positions]))]
    cells = [int(cell) for cell in grid.cells[positions]]
    known = data.incidents.up_to(window.as_at)
    own = {int(grid.cells[at[reference]]): name for reference, name in given if reference in at}
    found = where_stops.cell_names(known, window.category, grid, cells)
    names = where_stops.stop_names(found, grid, cells, own)
    counts = where_stops.recorded(known, grid, cells)
    feed = operation.feed_of(data, window)
    past: tuple[int | None, ...] = (None,) * len(cells)
    if feed is not None and not feed.all_coarse(grid.cell_size_m):
        past = where_stops.on_these_days(feed.up_to(window.as_at), window.first, window.last, grid, cells)
    ahead = cached(operation.volume, data, window).forecast is not None
    whole = float(ranked.expected.sum())
    parts = ranked.expected[positions] / whole if ahead and whole > 0 else np.full(len(positions), PART_NOT_KNOWN)
    by_position = {position: reference for reference, position in at.items()}
    return tuple(
        Stop(
            reference=by_position[int(position)],
            name=name,
            near=where_stops.landmark_words(one.landmark) if one.streets else "",
            part=float(part),
            recorded={**dict.fromkeys(kinds_of(window.category), 0), **count},
            past_days=days,
        )
        for position, name, one, part, count, days in zip(positions, names, found, parts, counts, past, strict=True)
    )


def coarse_words(data: Dataset, window: PlanWindow) -> str:
    """Say how many incidents of the window's feed have a place too coarse for a stop; empty where there are none."""
    feed = operation.feed_of(data, window)
    words = for_cells(feed, data.area.cell_size_m)[1] if feed is not None else ""
    return f"{window.feed}: {words}" if words else ""


def of_shifts(
    data: Dataset, window: PlanWindow, places: Iterable[PlanPlace], shifts: Iterable[Shift]
) -> tuple[Stop, ...]:
    """Name the cells that shifts visit: the one place where the page, paper and files get them from."""
    visited = sorted({v.reference for s in shifts for p in s.patrols for v in p.visits})
    given = tuple((p.cells[0].reference, p.name) for p in places if p.label == BY_HAND and p.cells)
    return cached(stops, data, window, tuple(visited), given)


def parts_table(stops: Iterable[Stop], category: str) -> pd.DataFrame:
    """List distinct stops by their part of what the days bring, the largest first; none where that is not known."""
    ordered = [stop for _, stop in by_part(stops)]
    return pd.DataFrame(
        {
            "Stop": pd.Series([title(stop) for stop in ordered], dtype="object"),
            "Part of these days": pd.Series([part_words(stop.part) for stop in ordered], dtype="object"),
            "Last 12 months": pd.array([_recorded(stop, category) for stop in ordered], dtype="Int64"),
        }
    )


def _recorded(stop: Stop, category: str) -> int | None:
    """Add what was recorded of the crime types of a choice; None where one of them is not known."""
    found = [stop.recorded.get(kind) for kind in kinds_of(category)]
    return None if None in found else sum(count for count in found if count is not None)


def show(stops: Iterable[Stop], category: str) -> None:
    """Draw that list; nothing where parts are not known."""
    table = parts_table(stops, category)
    if len(table):
        alt = "Stops by their part of what these days bring, the largest first, with incidents of the last 12 months"
        config = {
            "Part of these days": st.column_config.TextColumn(help=PART_HELP),
            "Last 12 months": st.column_config.NumberColumn(help=f"{incidents_words(category)} recorded there"),
        }
        tables.show(table, alt, config=config, most=PARTS_PX)
