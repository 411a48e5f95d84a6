"""Hotspots by neighbourhood of some 1,500 residents (LSOA): what map, list and headline show."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from analysis.common.neighbourhood_rates import ALIKE, HIGHER, LOWER, NeighbourhoodRates
from analysis.common.refusal import Refusal
from analysis.findings.finding import capital
from data.kinds.crime_types import incidents_words
from data.place.area import Area
from pages.ui.chart.palette import Palette
from pages.ui.map import maps
from pages.ui.map.maps import View
from pages.ui.map.parts import Legend, breaks, class_rows, classes
from pages.ui.shell import small_areas
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.filters import Filters

LAYER, KIND = "neighbourhoods", "lsoa"  # of the address, and of what is clicked
_MARGIN_M = 300.0
_EXTENT = 2000.0  # parts of the map's width: what is finer is not drawn
_AGAINST = {
    HIGHER: "Above the {kind}'s rate by more than chance",
    LOWER: "Below the {kind}'s rate by more than chance",
}
_OUTLINE = "above the area's rate by more than chance"


def rates_of(data: Dataset, chosen: Filters) -> NeighbourhoodRates | Refusal:
    """Rates of the chosen months, or why there are none."""
    try:
        first, last = chosen.span()
        return cached(small_areas.rates, data, chosen.category, chosen.latest(), first, last)
    except Refusal as refusal:
        return refusal


def drawn(data: Dataset, chosen: Filters, selected: str, colours: Palette) -> tuple[list[list[object]], Legend]:
    """Make the neighbourhoods that the map draws, and its legend.

    Parameters
    ----------
    selected : str
        Code of the one that is chosen; empty for none.

    Returns
    -------
    list
        As overlay.js takes them; those with a thick outline last.
    Legend
    """
    found, small = rates_of(data, chosen), small_areas.found(data.area)
    if isinstance(found, Refusal) or small is None:
        return [], Legend(str(found) if isinstance(found, Refusal) else "", ())
    table = small_areas.in_order(data, chosen, found.table)
    limits = breaks(table["rate_per_1000"])
    shapes = cached(rings, data)
    areas: list[list[object]] = []
    level = classes(table["rate_per_1000"].fillna(0.0), limits)
    for (_, row), fill in zip(table.iterrows(), level, strict=True):
        code, rate, against = str(row["lsoa_code"]), float(row["rate_per_1000"]), str(row["against_area"])
        known = bool(np.isfinite(rate))
        text = [
            ", ".join(part for part in (row["lsoa_name"], row["ward"]) if part),
            f"{row['count']:,} incidents",
            f"about {rate:.1f} per 1,000 residents" if known else "residents are not known",
            _AGAINST.get(against, "").format(kind=data.area.kind),
        ]
        lines = [line for line in text if line]
        fills = int(fill) if known else None
        areas.append([code, fills, lines, shapes[code], int(against == HIGHER), int(code == selected)])
    areas.sort(key=lambda one: int(str(one[4])))
    title = (
        f"{capital(incidents_words(chosen.category))} per 1,000 residents in {chosen.period_words()}, by neighbourhood "
        "of some 1,500 residents"
    )
    outlined = _OUTLINE if (table["against_area"] == HIGHER).any() else ""
    return areas, Legend(title, class_rows(limits, colours.ramp), outlined)


def rings(data: Dataset) -> dict[str, list[list[list[list[int]]]]]:
    """Shapes by code, as coarse as the map shows them, in metres from the lattice's corner; for ``cached``."""
    small, grid = small_areas.found(data.area), data.area.grid()
    if small is None:
        return {}
    west, south, east, north = shapely.total_bounds(small.polygons)
    coarse = shapely.coverage_simplify(small.polygons, max(east - west, north - south) / _EXTENT)
    return {code: maps.outline_rings(shape, grid) for code, shape in zip(small.codes, coarse, strict=True)}


def view(area: Area, code: str, token: str) -> View | None:
    """Say where the map looks for a neighbourhood; None where there is none of that code."""
    small = small_areas.found(area)
    if small is None or code not in small.codes:
        return None
    west, south, east, north = small.polygons[small.codes.index(code)].bounds
    return View(token, (west - _MARGIN_M, south - _MARGIN_M, east + _MARGIN_M, north + _MARGIN_M))


def knows(area: Area, code: str) -> bool:
    """Whether there is a neighbourhood of that code."""
    small = small_areas.found(area)
    return small is not None and code in small.codes


def sentence(data: Dataset, chosen: Filters) -> str:
    """Say in one sentence what the layer shows."""
    found = rates_of(data, chosen)
    if isinstance(found, Refusal):
        return str(found).rstrip(".")
    return f"{capital(incidents_words(chosen.category))} in {chosen.period_words()}: {_small(found.sentence)}"


def _small(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}".removesuffix(".")


def one(data: Dataset, chosen: Filters, code: str) -> str:
    """Say in one sentence what a neighbourhood had."""
    found, small = rates_of(data, chosen), small_areas.found(data.area)
    if small is None or code not in small.codes:
        return ""
    name = _name(data, code)
    if isinstance(found, Refusal):
        return f"{name}: {found}".rstrip(".")
    row = found.table.set_index("lsoa_code").loc[code]
    said = f"{name}: {row['count']:,} {incidents_words(chosen.category)} in {chosen.period_words()}"
    if not np.isfinite(row["rate_per_1000"]):
        return said
    against = (
        f"not to be told apart from the {data.area.kind}'s {found.area_rate:.1f}"
        if row["against_area"] == ALIKE
        else f"{row['against_area']} than the {data.area.kind}'s {found.area_rate:.1f} by more than chance"
    )
    return f"{said}, about {row['rate_per_1000']:.1f} per 1,000 residents: {against}"


def series(data: Dataset, chosen: Filters, code: str) -> tuple[str, pd.Series[float]]:
    """Title and monthly counts of a neighbourhood up to the as-at month."""
    return _name(data, code), cached(small_areas.monthly, data, chosen.category, chosen.latest())[code]


def recorded(data: Dataset, chosen: Filters, code: str, month: pd.Period) -> tuple[int, str]:
    """Incidents of a month in a neighbourhood, and what it is called."""
    name, counts = series(data, chosen, code)
    return int(counts.get(month, 0)), name


def _name(data: Dataset, code: str) -> str:
    small = small_areas.found(data.area)
    ward = data.area.ward_names.get(cached(small_areas.wards, data).get(code, ""), "")
    return ", ".join(part for part in (small.name_of(code) if small else code, ward) if part)
