"""The ward table of the Overview by neighbourhood of some 1,500 residents (LSOA), with deprivation as a column."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pandas as pd
import streamlit as st

from analysis.common.method import YEAR, Method
from analysis.common.neighbourhood_rates import NeighbourhoodRates
from analysis.common.refusal import Refusal
from data.kinds.crime_types import ASB, DRUGS, incidents_words
from data.kinds.lists import join_words
from pages.ui.shell import address, downloads, frame, small_areas, tables
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters
from pages.ui.shell.words import NAMES

WARDS = "Wards"
DEPRIVATION = (
    "Deprivation: tenth of England's neighbourhoods, 1 the most deprived. It ranks places, not the people in them, at "
    "the time of its data; a place is not more dangerous because it is deprived. It plays no part in any rate, mark, "
    "order or forecast here."
)
_KEY = "overview_by"
_CONTROL = Control(
    "by", _KEY, {"wards": WARDS, "neighbourhoods": small_areas.LABEL}, "the table", {"wards": "that by ward"}
)
_ONLY_WARDS = Control("by", _KEY, {"wards": WARDS}, "the table", {"wards": "that by ward"})
_KEYS = {ASB: "asb", DRUGS: "drugs"}  # of columns


def choose(data: Dataset) -> bool:
    """Draw the choice between wards and neighbourhoods where there are any; whether it is neighbourhoods."""
    if small_areas.found(data.area) is None:
        address.hold([_ONLY_WARDS])
        if problem := small_areas.problem(data.area):
            frame.warn(problem)
        return False
    address.read([_CONTROL])
    st.segmented_control("By", [WARDS, small_areas.LABEL], key=_KEY, label_visibility="collapsed")
    address.write([_CONTROL])
    return bool(st.session_state[_KEY] == small_areas.LABEL)


def show(data: Dataset, chosen: Filters, title_of: Callable[[str], object]) -> Method | None:
    """Draw the table by neighbourhood, its title in a place above; returns how its rates were made."""
    try:
        last = chosen.latest()
    except Refusal as refusal:
        frame.refused(refusal)
        return None
    every = {one: cached(small_areas.rates, data, one, last, last - YEAR + 1, last) for one in _KEYS}
    found = {one: rates for one, rates in every.items() if not isinstance(rates, Refusal)}
    refused = {one: rates for one, rates in every.items() if isinstance(rates, Refusal)}
    if not found:
        frame.refused(next(iter(refused.values())))
        return None
    table = together(data, chosen, found)
    first = next(iter(found))
    title = f"{NAMES[first]}: {found[first].sentence[:1].lower()}{found[first].sentence[1:]}".removesuffix(".")
    title_of(f'<h2 class="chart-title">{escape(title)}</h2>')
    whose = join_words([incidents_words(one) for one in found])
    what = f"{whose[:1].upper()}{whose[1:]} by neighbourhood"
    alt = f"{what} of some 1,500 residents, last 12 months. {title}."
    shown = _shown(table)
    tables.show(shown, alt, of="neighbourhoods", config=_config(found), key="neighbourhoods", most=430)
    deprived = "deprivation" in table
    lacking = tuple(f"{NAMES[one]}: {refusal.reason}" for one, refusal in refused.items())
    for said in lacking:
        frame.note(said)
    frame.note(f"{small_areas.WHAT} {_caveat(data)}" if deprived else small_areas.WHAT)
    method = found[first].method
    lines = downloads.about(data, f"{what} (LSOA), rates per 1,000 residents", method.period, method, asb=ASB in found)
    more = (
        *(f"{NAMES[one]}: {rates.spread.sentence}" for one, rates in found.items() if one != first),
        *lacking,
        small_areas.WHAT,
        *((_caveat(data),) if deprived else ()),
        small_areas.told(data.area),
    )
    name = downloads.file_name(data, "neighbourhoods", str(chosen.as_at))
    downloads.csv_button(table, name, (*lines, *more), key="csv_neighbourhoods")
    return method


def _caveat(data: Dataset) -> str:
    small = small_areas.found(data.area)
    return f"{DEPRIVATION} ({small.deprivation_source})" if small else ""


def together(data: Dataset, chosen: Filters, found: dict[str, NeighbourhoodRates]) -> pd.DataFrame:
    """Put both crime types side by side, by ward and name, every column of the file.

    Returns
    -------
    DataFrame
        ``lsoa_code``, ``neighbourhood``, ``ward``, ``residents``; of each crime type that has rates ``asb``,
        ``asb_rate``, ``asb_low``, ``asb_high``, ``asb_against``, ``asb_own_rate``; where they are known
        ``deprivation`` (tenth) and ``deprivation_rank``, which nothing is computed from.
    """
    rows = small_areas.in_order(data, chosen, next(iter(found.values())).table)
    parts = {"lsoa_code": rows["lsoa_code"], "neighbourhood": rows["lsoa_name"], "ward": rows["ward"]}
    parts["residents"] = rows["residents"].astype("Int64")
    for category, rates in found.items():
        key = _KEYS[category]
        of = rates.table.set_index("lsoa_code").loc[rows["lsoa_code"]].reset_index()
        parts[key], parts[f"{key}_rate"] = of["count"], of["rate_per_1000"]
        parts[f"{key}_low"], parts[f"{key}_high"] = of["low"], of["high"]
        parts[f"{key}_against"], parts[f"{key}_own_rate"] = of["against_area"], of["own_rate"]
    table = pd.DataFrame(parts)
    small = small_areas.found(data.area)
    if small is not None and small.deprivation:
        known = [small.deprivation.get(code) for code in table["lsoa_code"]]
        table["deprivation"] = pd.array([one.decile if one else None for one in known], dtype="Int64")
        table["deprivation_rank"] = pd.array([one.rank if one else None for one in known], dtype="Int64")
    return table


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    """Intervals as text, so that a rate is never read without its spread; whole, as none is surer than that."""
    shown = {"neighbourhood": table["neighbourhood"], "ward": table["ward"]}
    if "deprivation" in table:
        shown["deprivation"] = table["deprivation"]
    for key in _KEYS.values():
        if key not in table:
            continue
        shown[key], shown[f"{key}_rate"] = table[key], table[f"{key}_rate"]
        marks = table[f"{key}_against"].map(small_areas.MARKS)
        ends = zip(table[f"{key}_low"], table[f"{key}_high"], marks, strict=True)
        shown[f"{key}_spread"] = pd.Series([_between(*row) for row in ends], index=table.index, dtype="str")
    return pd.DataFrame(shown)


def _between(low: float, high: float, mark: str) -> str:
    return "" if pd.isna(low) else f"{low:.0f}–{high:.0f} {mark}".rstrip()


def _config(found: dict[str, NeighbourhoodRates]) -> dict[str, object]:
    column = st.column_config
    made: dict[str, object] = {
        "neighbourhood": column.TextColumn(width=95),
        "ward": column.TextColumn(width=98),
        "deprivation": column.NumberColumn("Deprived", width=60),
    }
    for category, label, width in ((ASB, "ASB", 40), (DRUGS, "Drugs", 46)):
        if category not in found:
            continue
        key, spread = _KEYS[category], found[category].spread
        made[key] = column.NumberColumn(label, width=width)
        made[f"{key}_rate"] = column.NumberColumn("per 1,000", width=58, format="%.1f")
        made[f"{key}_spread"] = column.TextColumn(
            spread.label, width=62, help=f"{spread.sentence} {small_areas.MARKED}"
        )
    return made
