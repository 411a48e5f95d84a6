"""What a person who walks to a cell should know of it: a name that is found there, and what was recorded in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.common.method import YEAR
from analysis.where.places import is_generic, street_name
from data.kinds.crime_types import kinds_of
from data.store.schema import Incidents, month_numbers
from geo.grid import Grid, grid_reference

RECENT = 3 * YEAR  # published months from which a cell is named
_NO_LANDMARK = frozenset({"added by police force"})
_POINTS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


@dataclass(frozen=True)
class CellNames:
    """Names found in a cell.

    Attributes
    ----------
    streets : tuple of str
        Real streets, those with most incidents of the crime type first, then with most incidents of any.
    landmark : str
        Kind of snap point, such as "parking area", where the busiest one has no street; empty otherwise.
    nearest : str
        Real street nearest to the middle of the cell, of those that are not in it; empty where none is known.
    """

    streets: tuple[str, ...]
    landmark: str
    nearest: str


def cell_names(incidents: Incidents, category: str, grid: Grid, cells: Sequence[int]) -> tuple[CellNames, ...]:
    """Find the names that were published in some cells.

    Parameters
    ----------
    incidents : Incidents
        Of all crime types, up to the month that may be known.
    category : str
        Whose incidents count first.
    grid : Grid
    cells : sequence of int
        Flat indices of the grid.

    Returns
    -------
    tuple of CellNames
        One a cell.

    Notes
    -----
    From the last 36 published months. When it misleads: a name is that of the street nearest to the snap point to which
    incidents were moved, and no address.

    References
    ----------
    Of this project.
    """
    frame = incidents.frame
    recent = np.asarray(incidents.months[-RECENT:].asi8)
    frame = frame[np.isin(month_numbers(frame), recent)]
    points = (
        frame.assign(
            own=frame["category"].isin(kinds_of(category)).to_numpy(), location=frame["location"].astype("object")
        )
        .groupby(["location", "easting_m", "northing_m"], observed=True)["own"]
        .agg(["sum", "size"])
        .reset_index()
    )
    names = {text: street_name(text) for text in points["location"].unique()}
    points["name"] = points["location"].map(names)
    points = points[points["name"] != ""]
    points["generic"] = points["name"].map(is_generic)
    points["cell"] = grid.locate(points["easting_m"].to_numpy(), points["northing_m"].to_numpy())
    real = points[~points["generic"]]
    inside = points[points["cell"].isin(list(cells))]
    ranked = inside.groupby(["cell", "name", "generic"])[["sum", "size"]].sum().reset_index()
    ranked = ranked.sort_values(["cell", "sum", "size", "name"], ascending=[True, False, False, True])
    east, north = grid.centres(np.asarray(cells, dtype=np.intp))
    found = []
    for cell, x, y in zip(cells, east, north, strict=True):
        own = ranked[ranked["cell"] == cell]
        streets = tuple(own.loc[~own["generic"], "name"])
        landmark = str(own["name"].iloc[0]).casefold() if len(own) and own["generic"].iloc[0] else ""
        away = np.hypot(real["easting_m"] - x, real["northing_m"] - y).round(3).to_numpy()
        others = min(
            ((d, name) for d, name in zip(away, real["name"], strict=True) if name not in streets), default=(0.0, "")
        )
        found.append(CellNames(streets, "" if landmark in _NO_LANDMARK else landmark, str(others[1])))
    return tuple(found)


def landmark_words(landmark: str) -> str:
    """Say that a place is near one of a kind: "near a parking area"; empty for none."""
    if not landmark:
        return ""
    article = "an" if landmark[0] in "aeiou" else "a"
    return f"near {article} {landmark.replace('/', ' or ')}"


def stop_names(
    names: Sequence[CellNames], grid: Grid, cells: Sequence[int], given: Mapping[int, str] | None = None
) -> tuple[str, ...]:
    """Call every cell by its busiest street, so that no two share a name.

    Parameters
    ----------
    names : sequence of CellNames
        One a cell.
    grid : Grid
    cells : sequence of int
        Flat indices of the grid, the more important first.
    given : mapping of int to str, optional
        What a person called some of the cells, by flat index.

    Returns
    -------
    tuple of str
        Where several cells lie on one street, each has its own other streets with it ("Hall Drive and Mill Lane"), else
        the street it lies towards, else its side of the others; at last its grid reference. Text as it was published,
        to be escaped where it is drawn.

    Notes
    -----
    When it misleads: two streets named together need not meet.

    References
    ----------
    Of this project.
    """
    given = given or {}
    east, north = grid.centres(np.asarray(cells, dtype=np.intp))
    references = grid_reference(east, north)
    first = [
        given.get(int(cell)) or _first(found, reference)
        for cell, found, reference in zip(cells, names, references, strict=True)
    ]
    keys = [text.casefold() for text in first]
    used = {frozenset([key]) for key in keys if keys.count(key) == 1}
    said = []
    for i, (lead, found) in enumerate(zip(first, names, strict=True)):
        same = [k for k, key in enumerate(keys) if key == keys[i]]
        if len(same) == 1:
            said.append(lead)
            continue
        side = _side(east[i] - east[same].mean(), north[i] - north[same].mean())
        choices = [(f"{lead} and {street}", (lead, street)) for street in found.streets if street != lead]
        choices += [(f"{lead}, towards {found.nearest}", (lead, found.nearest))] if found.nearest else []
        choices += [(f"{lead}, {side} part", (lead, side))] if side else []
        choices += [(f"{lead}, {references[i]}", (lead, references[i]))]
        text, parts = next(choice for choice in choices if frozenset(part.casefold() for part in choice[1]) not in used)
        used.add(frozenset(part.casefold() for part in parts))
        said.append(text)
    return tuple(said)


def _first(found: CellNames, reference: str) -> str:
    if found.streets:
        return found.streets[0]
    if not found.nearest:
        return reference
    text = f"{found.landmark} near {found.nearest}" if found.landmark else f"near {found.nearest}"
    return text[:1].upper() + text[1:]


def _side(east_m: float, north_m: float) -> str:
    if abs(east_m) < 1 and abs(north_m) < 1:
        return ""
    return _POINTS[round(np.degrees(np.arctan2(east_m, north_m)) / 45) % len(_POINTS)]


def recorded(incidents: Incidents, grid: Grid, cells: Sequence[int]) -> tuple[dict[str, int], ...]:
    """Count the incidents of the last 12 published months in some cells by crime type, the most frequent first.

    Parameters
    ----------
    incidents : Incidents
        Of all crime types, up to the month that may be known.
    grid : Grid
    cells : sequence of int
        Flat indices of the grid.

    Returns
    -------
    tuple of dict
        One a cell; crime types without an incident are not in it.

    Notes
    -----
    When it misleads: a cell is 200 m or so wide, and points were moved to the nearest of some chosen ones.

    References
    ----------
    Of this project.
    """
    frame = incidents.frame
    frame = frame[np.isin(month_numbers(frame), np.asarray(incidents.months[-YEAR:].asi8))]
    at = grid.locate(frame["easting_m"].to_numpy(), frame["northing_m"].to_numpy())
    kinds = frame["category"].astype("object").to_numpy()
    return tuple(_counts(kinds[at == cell]) for cell in cells)


def _counts(kinds: NDArray[np.object_]) -> dict[str, int]:
    counts = pd.Series(kinds, dtype="object").value_counts()
    order = sorted(counts.index, key=lambda kind: (-int(counts[kind]), kind))
    return {str(kind): int(counts[kind]) for kind in order}


def on_these_days(feed: Incidents, first: date, last: date, grid: Grid, cells: Sequence[int]) -> tuple[int, ...]:
    """Count a dated feed's incidents in some cells on the same days of earlier years.

    Parameters
    ----------
    feed : Incidents
        Of one crime type, up to the month that may be known.
    first, last : date
        The window, both included.
    grid : Grid
    cells : sequence of int
        Flat indices of the grid.

    Returns
    -------
    tuple of int
        One a cell.

    Notes
    -----
    A 29 February counts as the 28th. Incidents whose place is too coarse for a cell are left out
    (:func:`analysis.common.placed.for_cells`). When it misleads: few years, and a cell that was patrolled is recorded
    more.

    References
    ----------
    Of this project.
    """
    frame = feed.placed(grid.cell_size_m)[0].frame
    frame = frame[frame["occurred_at"].notna()]
    when = frame["occurred_at"].dt.normalize()
    on = np.zeros(len(frame), dtype=bool)
    earliest = int(when.dt.year.min()) - 1 if len(when) else first.year  # a window may begin the year before it ends
    for back in range(1, first.year - earliest + 1):
        begin, end = (pd.Timestamp(day) - pd.DateOffset(years=back) for day in (first, last))
        on |= ((when >= begin) & (when <= end)).to_numpy()
    at = grid.locate(frame["easting_m"].to_numpy()[on], frame["northing_m"].to_numpy()[on])
    return tuple(int((at == cell).sum()) for cell in cells)
