"""Neighbourhoods of some 1,500 residents (LSOA): whether the area has them, their rates, and words on them.

On the demonstration there are none: what is made up is not hung on real neighbourhoods and their deprivation.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from analysis.common.neighbourhood_rates import ALIKE, HIGHER, LOWER, NeighbourhoodRates, neighbourhood_rates
from analysis.common.neighbourhoods import main_wards, monthly_by_neighbourhood
from analysis.common.refusal import Refusal
from data.place.area import Area
from data.place.small_areas import SmallAreas, kept_beside, read_small_areas
from geo.errors import InputError
from pages.ui.shell.cache import Dataset, cached, nothing_loaded
from pages.ui.shell.choice import Filters

LABEL = "Neighbourhoods"
MARKED = "▲ and ▼: above or below the area's rate by more than chance and year-to-year change."
WHAT = (
    "A neighbourhood here is one of some 1,500 residents, the smallest for which residents are published (LSOA, Lower "
    f"layer Super Output Area). Its rate leans on the area's where its own count is small. {MARKED}"
)
HOW_TO = "none: python -m data small-areas --boundaries FILE takes them, or python -m data area NAME fetches them"
MARKS = {HIGHER: "▲", LOWER: "▼", ALIKE: ""}


def found(area: Area) -> SmallAreas | None:
    """Give the neighbourhoods of an area; None where there are none to show."""
    read = _read_now(area)
    return None if isinstance(read, InputError) else read


def problem(area: Area) -> str:
    """Say why neighbourhoods that are kept cannot be shown; empty where nothing is wrong."""
    read = _read_now(area)
    return f"Neighbourhoods are not shown: {read}" if isinstance(read, InputError) else ""


def told(area: Area) -> str:
    """Say on the page of the data which neighbourhoods there are, or how to get them."""
    small = found(area)
    if small is None:
        kept = kept_beside(Path(area.file)).is_file()
        return problem(area) or ("kept, and not shown on the demonstration" if kept else HOW_TO)
    parts = [f"{len(small.codes):,} of {small.vintage}, version {small.version}"]
    parts += [f"residents: {small.residents_source}"] if small.residents else []
    parts += [f"codes of another census by {small.lookup}"] if small.lookup else []
    parts += [small.deprivation_source] if small.deprivation else []
    return "; ".join((*parts, small.attribution))


def _read_now(area: Area) -> SmallAreas | InputError | None:
    path = kept_beside(Path(area.file))
    if nothing_loaded() or not path.is_file():
        return None
    return _read(area.file, path.stat().st_mtime_ns, area.code, area.name, area.wards.version, area)


@st.cache_resource(max_entries=4, show_spinner=False)
def _read(
    file: str,  # noqa: ARG001  this and those below are parts of the key
    changed: int,  # noqa: ARG001
    code: str,  # noqa: ARG001
    name: str,  # noqa: ARG001
    wards: str,  # noqa: ARG001
    _area: Area,
) -> SmallAreas | InputError | None:
    try:
        return read_small_areas(_area)
    except InputError as error:
        return error


def rates(
    data: Dataset, category: str, as_at: pd.Period, first: pd.Period, last: pd.Period
) -> NeighbourhoodRates | Refusal:
    """Rate the neighbourhoods over some months, knowing nothing later than the as-at month; for ``cached``."""
    small = found(data.area)
    if small is None:
        return Refusal("There are no neighbourhoods to show", HOW_TO.partition(": ")[2])
    try:
        return neighbourhood_rates(
            data.incidents.up_to(as_at).of(category), small, pd.period_range(first, last, freq="M")
        )
    except Refusal as refusal:
        return refusal


def monthly(data: Dataset, category: str, as_at: pd.Period) -> pd.DataFrame:
    """Count by month and neighbourhood up to the as-at month; for ``cached``. There are neighbourhoods."""
    small = found(data.area)
    if small is None:
        return pd.DataFrame()
    return monthly_by_neighbourhood(data.incidents.up_to(as_at).of(category), small)


def wards(data: Dataset) -> dict[str, str]:
    """Ward that most of each neighbourhood lies in, by the neighbourhood's code; for ``cached``."""
    small, layer = found(data.area), data.area.wards
    return dict(zip(small.codes, main_wards(small, layer.codes, layer.polygons), strict=True)) if small else {}


def in_order(data: Dataset, chosen: Filters, table: pd.DataFrame) -> pd.DataFrame:
    """Keep the neighbourhoods of the chosen wards, by ward and name: in no order of merit."""
    of = cached(wards, data)
    ward = table["lsoa_code"].map(of)
    named = table.assign(ward=ward.map(data.area.ward_names).fillna(""))
    if chosen.wards:
        named = named[ward.isin(chosen.wards)]
    return named.sort_values(["ward", "lsoa_name"], kind="stable", ignore_index=True)
