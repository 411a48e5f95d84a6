"""The ward table of the Overview by neighbourhood of some 1,500 residents (LSOA), with deprivation as a column."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analysis.common.method import YEAR, Method
from analysis.common.neighbourhood_rates import NeighbourhoodRates
from analysis.common.refusal import Refusal
from data.kinds.crime_types import ASB, DRUGS
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


def show(data: Dataset, chosen: Filters, head: DeltaGenerator) -> Method | None:
    """Draw the table by neighbourhood, its title in a place above; returns how its rates were made."""
    try:
        last = chosen.latest()
    except Refusal as refusal:
        frame.refused(refusal)
        return None
    found: dict[str, NeighbourhoodRates] = {}
    for category in (ASB, DRUGS):
        rates = cached(small_areas.rates, data, category, last, last - YEAR + 1, last)
        if isinstance(rates, Refusal):
            frame.refused(rates)
            return None
        found[category] = rates
    table = together(data, chosen, found)
    title = f"{NAMES[ASB]}: {found[ASB].sentence[:1].lower()}{found[ASB].sentence[1:]}".removesuffix(".")
    head.html(f'<h2 class="chart-title">{escape(title)}</h2>')
    alt = f"ASB and drug offences of the last 12 months by neighbourhood of some 1,500 residents. {title}."
    shown = _shown(table)
    tables.show(shown, alt, of="neighbourhoods", config=_config(found), key="neighbourhoods", most=430)
    deprived = "deprivation" in table
    frame.note(f"{small_areas.WHAT} {_caveat(data)}" if deprived else small_areas.WHAT)
    method = found[ASB].method
    what = "ASB and drug offences by neighbourhood (LSOA), rates per 1,000 residents"
    lines = downloads.about(data, what, method.period, method, asb=True)
    more = (
        f"{NAMES[DRUGS]}: {found[DRUGS].spread.sentence}",
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
        ``lsoa_code``, ``neighbourhood``, ``ward``, ``residents``; of each crime type ``asb``, ``asb_rate``,
        ``asb_low``, ``asb_high``, ``asb_against``, ``asb_own_rate``; where they are known ``deprivation`` (tenth) and
        ``deprivation_rank``, which nothing is computed from.
    """
    asb = small_areas.in_order(data, chosen, found[ASB].table)
    parts = {"lsoa_code": asb["lsoa_code"], "neighbourhood": asb["lsoa_name"], "ward": asb["ward"]}
    parts["residents"] = asb["residents"].astype("Int64")
    for key, category in (("asb", ASB), ("drugs", DRUGS)):
        of = found[category].table.set_index("lsoa_code").loc[asb["lsoa_code"]].reset_index()
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
    for key in ("asb", "drugs"):
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
    for key, category, label, width in (("asb", ASB, "ASB", 40), ("drugs", DRUGS, "Drugs", 46)):
        spread = found[category].spread
        made[key] = column.NumberColumn(label, width=width)
        made[f"{key}_rate"] = column.NumberColumn("per 1,000", width=58, format="%.1f")
        made[f"{key}_spread"] = column.TextColumn(
            spread.label, width=62, help=f"{spread.sentence} {small_areas.MARKED}"
        )
    return made
