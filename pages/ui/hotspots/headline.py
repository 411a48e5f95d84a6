"""The head of the Hotspots page: what is said of the place, cell or ward that is chosen, else of the layer shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.common.refusal import Refusal
from data.kinds.crime_types import incidents_words
from geo.grid import grid_reference
from pages.ui.hotspots import map as hotspot_map
from pages.ui.hotspots import month, small_areas
from pages.ui.hotspots import picture as hotspots
from pages.ui.hotspots.panel import finding
from pages.ui.hotspots.picture import Picture
from pages.ui.map.maps import Hit
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import as_at_date
from pages.ui.shell.filters import Filters


def headline(data: Dataset, chosen: Filters, picture: Picture, share: float, layer: str, selected: Hit | None) -> str:
    """Say in one sentence what the page shows.

    Parameters
    ----------
    data : Dataset
    chosen : Filters
    picture : Picture
    share : float
        Of the cells that is drawn.
    layer : str
        What is shown: ``places``, ``cells``, ``wards``, ``density`` or ``points``.
    selected : Hit or None
        The place, cell or ward that is chosen; it goes before the layer.

    Returns
    -------
    str
        Plain text without a full stop.
    """
    if (one := month.shown()) is not None:
        return month.headline(data, chosen, picture, one, selected)
    if selected and (said := _of_chosen(data, chosen, picture, selected)):
        return said
    if layer == small_areas.LAYER:
        return small_areas.sentence(data, chosen)
    if layer == "wards":
        return _of_wards(data, chosen, picture)
    if layer == "density":
        return _of_density(data, chosen, picture)
    if layer == "points":
        return _of_points(data, chosen, picture)
    return finding(data.area, chosen, picture, share, as_at_date(data, chosen))


def _of_chosen(data: Dataset, chosen: Filters, picture: Picture, selected: Hit) -> str:
    if selected.kind == "ward":
        return _of_ward(data, chosen, picture, selected.id)
    if selected.kind == small_areas.KIND:
        return small_areas.one(data, chosen, selected.id)
    at = hotspot_map.selected_positions(picture, selected)
    if not len(at):
        return ""
    place = next((p for p in picture.places if selected == Hit("place", str(p.number))), None)
    code = picture.cell_wards[at[0]] if place is None else place.ward_code
    name = f"Cell {selected.id}" if place is None else f"{place.number}. {place.title}"
    ward = data.area.ward_names.get(code, "")
    expected = float(picture.ranking.expected[at].sum())
    more = "; more than chance" if picture.is_chance(at).any() else ""
    recorded = f"{picture.past[at].sum():,} recorded {hotspot_map.past_words(chosen, picture)}"
    ahead = hotspot_map.expected_words(picture, as_at_date(data, chosen))
    return (
        f"{name}{f', {ward}' if ward else ''}: about {expected:.{2 if expected < 1 else 1}f} "
        f"{incidents_words(chosen.category)} {ahead}; {recorded}{more}"
    )


def _of_ward(data: Dataset, chosen: Filters, picture: Picture, code: str) -> str:
    rates = cached(hotspots.wards_table, data, replace(chosen, wards=()))
    name = data.area.ward_names[code]
    if isinstance(rates, Refusal):
        return f"{name}: {rates}".rstrip(".")
    at = int(np.flatnonzero(rates["ward_code"] == code)[0])
    row = rates.iloc[at]
    said = f"{name}: {row['count']:,} {incidents_words(chosen.category)} {hotspot_map.past_words(chosen, picture)}"
    if not np.isfinite(row["rate_per_1000"]):
        return said
    higher = int((rates["rate_per_1000"] > row["rate_per_1000"]).sum())
    rank = "the highest rate" if higher == 0 else f"number {higher + 1}"
    return f"{said}, {row['rate_per_1000']:.1f} per 1,000 residents: {rank} of {len(rates)} wards"


def _of_wards(data: Dataset, chosen: Filters, picture: Picture) -> str:
    rates = cached(hotspots.wards_table, data, chosen)
    if isinstance(rates, Refusal):
        return str(rates).rstrip(".")
    counted, past = incidents_words(chosen.category), hotspot_map.past_words(chosen, picture)
    lead = rates.iloc[0]
    among = f"of the {len(rates)} wards shown"
    if not rates["count"].sum():
        return f"No {counted} were recorded {past} in any {among}"
    if not np.isfinite(lead["rate_per_1000"]):
        return f"{lead['ward_name']} has the most {counted} {among}: {lead['count']:,} {past}"
    return (
        f"{lead['ward_name']} has the most {counted} for its residents {among}: {lead['rate_per_1000']:.1f} per 1,000 "
        f"{past}"
    )


def _of_density(data: Dataset, chosen: Filters, picture: Picture) -> str:
    values = cached(hotspots.density, data, chosen).per_km2_year
    counted, past = incidents_words(chosen.category), hotspot_map.past_words(chosen, picture)
    top = int(np.argmax(values))
    if values[top] <= 0:
        return f"No {counted} were recorded {past}"
    (reference,) = grid_reference(*picture.grid.corners(picture.grid.cells[[top]]))
    ward = data.area.ward_names.get(picture.cell_wards[top], "")
    return f"Most {counted} for the ground lie round cell {reference}, {ward}: {values[top]:,.0f} per km² a year {past}"


def _of_points(data: Dataset, chosen: Filters, picture: Picture) -> str:
    table = cached(hotspots.snap_points, data, chosen)
    counted, past = incidents_words(chosen.category), hotspot_map.past_words(chosen, picture)
    if table.empty:
        return f"No {counted} were recorded {past}"
    lead, total = table.iloc[0], int(table["count"].sum())
    place = f"on or near {lead['location']}" if lead["location"] else "at a map point without a street"
    return f"{lead['count']:,} of {total:,} {counted} {past} are published {place}, the most of any map point"
