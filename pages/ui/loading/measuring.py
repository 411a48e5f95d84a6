"""The tab of false alarms: how often the tests err on this area's data, how well the methods did, and measuring it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import streamlit as st

from analysis.measure.everything import CATEGORIES, STEPS, measure
from analysis.measure.shown import alarms, skill
from analysis.measure.whose import label, measured_of, never
from data.access.actor import IMPORT
from data.measured.measurement import Measurement, keep_measured
from geo.errors import InputError
from pages.ui.shell import access, downloads, frame, tables, words
from pages.ui.shell.cache import Dataset

TRIALS: int | None = None  # of each test; as many as the command takes
BUTTON = "Measure on this area's data"
WHAT = (
    "How often each test of this dashboard cries wolf: it is run where nothing happened (cells shuffled, months split "
    "by lot, a month taken for a season, an operation that never was), and rejects as often as the table says. It "
    "holds for the area and the months that it was measured on."
)
HOW_LONG = (
    "Measuring takes some minutes. Leave this page open: what is done is kept, crime type by crime type. Without the "
    "page: python -m analysis backtest all"
)


def show(data: Dataset) -> None:
    """Draw what was measured on this area, or that nothing was, and the button that measures it."""
    frame.note(WHAT)
    try:
        found = measured_of(data.area, data.store)
    except InputError as error:
        frame.failed(error)
        found = ()
    by_category = {one.category: one for one in found}
    for category in dict.fromkeys([*CATEGORIES, *by_category]):
        frame.note(f"{words.NAMES.get(category, category)}: {_label(data, by_category.get(category))}.")
    _table(data, [alarms(one) for one in found], "false-alarms", "How often each test rejects where nothing happened")
    _table(data, [skill(one) for one in found], "skill", "How the methods did on months that they had not seen")
    left_out = [f"{words.NAMES.get(one.category, one.category)}, {what}" for one in found for what in one.left_out]
    if left_out:
        frame.note(f"Could not be measured: {' '.join(left_out)}")
    _show_button(data)


def _label(data: Dataset, one: Measurement | None) -> str:
    return never(data.area) if one is None else label(one, data.incidents)


def _table(data: Dataset, parts: list[pd.DataFrame], name: str, alt: str) -> None:
    there = [part for part in parts if len(part)]
    if not there:
        return
    table = pd.concat(there, ignore_index=True)
    tables.show(table, alt, of=name, key=f"table_of_{name}", most=300)
    downloads.csv_button(table, downloads.file_name(data, name), downloads.about(data, alt), key=f"csv_{name}")


def _show_button(data: Dataset) -> None:
    if data.simulated:
        frame.note("Simulated incidents tell nothing about the area: load published files to measure on them.")
        return
    if not len(data.incidents.months):
        frame.note("There is nothing to measure on: no month is loaded.")
        return
    if access.lacks(IMPORT, "measure"):
        return
    frame.note(HOW_LONG)
    if not st.button(BUTTON, key="measure"):
        return
    bar = st.progress(0.0, "Starting ...")
    every = STEPS * len(CATEGORIES)
    try:
        for number, category in enumerate(CATEGORIES):
            steps = iter(range(number * STEPS, every))

            def tell(what: str, category: str = category, steps: Iterator[int] = steps) -> None:
                bar.progress(next(steps, every) / every, f"{words.NAMES.get(category, category)}: {what} ...")

            actor = access.actor()
            actor.must(IMPORT)  # before the minutes that it takes
            keep_measured(data.store, measure(data.incidents, data.area, category, TRIALS, tell), actor)
    except InputError as error:
        frame.failed(error)
        return
    st.rerun()
