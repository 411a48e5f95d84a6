"""The priorities of the plan: the crime types that open data has near them, and what it has not."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import pandas as pd
import streamlit as st

from analysis.common.counts import compare_years
from analysis.common.method import Method
from analysis.common.refusal import Refusal
from analysis.common.years import Comparison
from data.kinds.crime_types import ASB
from data.plan.targets import Priority, priorities_of
from geo.errors import InputError
from pages.ui.shell import downloads, frame, tables
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import Filters, short_month
from pages.ui.targets.page import name_of

NONE = Refusal("The area file names no priorities", "Add [[priorities]] to the area file, each with name and missing")
NOT_MEASURED = "No figure here measures this priority."


def comparison(data: Dataset, chosen: Filters, category: str) -> Comparison | Refusal:
    """Compare the last 12 months of a crime type with the 12 before, or the months that are there in both."""
    incidents = chosen.known(data.incidents).of(category)
    try:
        return compare_years(incidents, chosen.as_at, name=name_of(category))
    except Refusal as refusal:
        return refusal


def verdict(priority: Priority, found: list[Comparison | Refusal]) -> str:
    """Say how a priority is doing where its crime types measure it; otherwise that nothing here does."""
    if not priority.measured:
        return NOT_MEASURED
    said = []
    for category, one in zip(priority.categories, found, strict=True):
        if isinstance(one, Refusal):
            return "Too many months are missing to say how it is doing."
        change = "did not clearly change" if not one.differs else "rose" if one.change_ratio > 1 else "fell"
        said.append(f"{name_of(category)} {change}")
    text = ", ".join(said)
    return f"{text[:1].upper()}{text[1:]} against the year before."


def table_of(priority: Priority, found: list[Comparison | Refusal]) -> pd.DataFrame:
    """Lay the comparisons of a priority out as rows.

    Returns
    -------
    DataFrame
        ``crime_type``, ``months`` (compared in each year), ``last`` and ``before`` (incidents), ``change_percent``,
        ``low_percent``, ``high_percent`` (95 % interval); a row without figures where there is no comparison.
    """
    rows = [
        (name, one.months, one.current, one.previous, *(_change(r) for r in (one.change_ratio, one.low, one.high)))
        if isinstance(one, Comparison)
        else (name, *(pd.NA,) * 3, *(float("nan"),) * 3)
        for name, one in zip(map(name_of, priority.categories), found, strict=True)
    ]
    columns = ("crime_type", "months", "last", "before", "change_percent", "low_percent", "high_percent")
    table = pd.DataFrame(rows, columns=columns)
    return table.astype(dict.fromkeys(("months", "last", "before"), "Int64"))


def _change(ratio: float) -> float:
    change = 100 * (ratio - 1)
    return round(change, 1) if change not in {float("inf"), float("-inf")} else float("nan")


def show(data: Dataset, chosen: Filters) -> None:
    """Draw a panel for each priority, three in a row."""
    st.html("<h2>Priorities of the plan</h2>")
    try:
        found = priorities_of(data.area.raw, data.area.file)
    except InputError as error:  # the rest of the page does not hang on them
        frame.failed(error)
        return
    if not found:
        frame.refused(NONE)
        return
    methods: list[Method] = []
    for start in range(0, len(found), 3):
        row = found[start : start + 3]
        for number, (priority, column) in enumerate(zip(row, st.columns(len(row), gap="small"), strict=True), start):
            with column, st.container(border=True, height="stretch", gap="small", key=f"priority_{number}"):
                methods += _panel(data, chosen, priority, number)
    for method in methods:
        frame.how(method)


def _panel(data: Dataset, chosen: Filters, priority: Priority, number: int) -> list[Method]:
    """Draw one panel; returns how its comparisons were made."""
    found = [cached(comparison, data, chosen, category) for category in priority.categories]
    st.html(f'<h3 class="chart-title">{escape(priority.name)}</h3>')
    st.html(f"<p><strong>{escape(verdict(priority, found))}</strong> {escape(priority.missing)}</p>")
    if not priority.categories:
        return []
    head = "Police-recorded, all of the area:"
    said = "".join(f"<li>{escape(str(one) if isinstance(one, Refusal) else one.sentence)}</li>" for one in found)
    st.html(f'<p class="note">{head}</p><ul class="seasons">{said}</ul>')
    table = table_of(priority, found)
    methods = [
        replace(one.method, parameters={"crime type": category, **one.method.parameters})
        for category, one in zip(priority.categories, found, strict=True)
        if isinstance(one, Comparison)
    ]
    what = f"{priority.name}: the last 12 months against the 12 before"
    lines = downloads.about(
        data,
        what,
        methods[0].period if methods else "",
        methods[0] if methods else None,
        asb=ASB in priority.categories,
    )
    lines = (*lines[:2], verdict(priority, found), priority.missing, *lines[2:])
    when = short_month(chosen.as_at) if chosen.as_at is not None else ""
    file = downloads.file_name(data, "priority", priority.name, str(chosen.as_at))
    tables.beneath(
        table, f"{what}, to {when}.", file, tuple(one for one in lines if one), f"priority_{number}", of="priority"
    )
    return methods
