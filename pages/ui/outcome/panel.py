"""The parts of "Did it work": verdicts, places like it, expected against recorded, month by month, how it was made."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from analysis.common.refusal import Refusal
from analysis.measure.shown import verdict_words
from analysis.measure.whose import measured_of
from analysis.outcome.evaluation import CANNOT_TELL
from analysis.outcome.operation import Verdict
from data.place.area import Season
from geo.errors import InputError
from pages.ui.chart import charts, ratio_charts
from pages.ui.chart.figure import as_text
from pages.ui.map import judged, lattice
from pages.ui.map import offered as map_offered
from pages.ui.map.judged import AREA, COMPARISON, RING, Areas, Changes, Did
from pages.ui.outcome import choice as outcome_choice
from pages.ui.outcome.address import ADDED, REMOVED, SQUARES, WIDTH, WIDTHS
from pages.ui.shell import downloads, frame, tables
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import short_period
from pages.ui.shell.folders import by_name
from pages.ui.shell.kept_widget import held

_FOR = "did_changes_for"
TRIED = "Tried on past months, with no operation"


# --- what a person changed of the comparison area ---------------------------------------------------------------------
def changes(did: Did) -> Changes:
    """Give what was changed for this question; another area or other months start from the proposal.

    What an address brought is of the question that it asks.
    """
    asked = (did.category, did.treated, str(did.first), did.ring_m)
    if st.session_state.get(_FOR, asked) != asked:
        reset()
    st.session_state[_FOR] = asked
    squares = st.session_state.get(SQUARES)
    return Changes(
        None if squares is None else tuple(sorted(squares)),
        tuple(sorted(st.session_state.get(ADDED, ()))),
        tuple(sorted(st.session_state.get(REMOVED, ()))),
    )


def reset() -> None:
    """Go back to the proposed places like it."""
    for key in (SQUARES, ADDED, REMOVED):
        st.session_state.pop(key, None)


def finding(data: Dataset, did: Did, changed: Changes) -> str:
    """Say the verdict in one sentence behind the name of the operation, or why there is none."""
    name, plain = did.title if did.days else TRIED, judged.without(did)
    try:
        cached(judged.areas, data, plain, changed)
    except Refusal:  # which stands in place of the map
        return f"{name}: no verdict."
    found = cached(judged.verdict, data, plain, changed, AREA)
    return f"{name}. {found if isinstance(found, Refusal) else found.sentence}"


def show_comparison(data: Dataset, did: Did, laid: Areas, changed: Changes) -> None:
    """Draw the controls that change the areas without the map."""
    with st.expander("Change the places like it, or how far around it reaches"):
        st.html(f'<p class="note">{escape(laid.proposal.sentence)}</p>')
        every = laid.proposal.squares
        chosen = list(every.loc[every["chosen"], "square"]) if changed.squares is None else list(changed.squares)
        chosen = [one for one in chosen if one in set(every["square"])]
        _list("Squares of 1 km like it", SQUARES, list(every["square"]), chosen)
        there = cached(map_offered.names, data, did.category, did.as_at)
        known = cached(lattice.references, data)
        references = list(dict.fromkeys([*there, *(one for one in (*changed.added, *changed.removed) if one in known)]))
        left, right = st.columns(2)
        with left:
            _list("Cells added", ADDED, references, list(changed.added))
        with right:
            _list("Cells taken out", REMOVED, references, list(changed.removed))
        left, right = st.columns(2, vertical_alignment="bottom")
        with left:
            st.selectbox(
                "How far around it", WIDTHS, format_func=lambda m: f"{m} m" if m else "Nothing around it",
                key=held(outcome_choice.WIDGET + WIDTH, int(did.ring_m)), on_change=outcome_choice.take,
                args=(WIDTH,),
            )  # fmt: skip
        with right:
            st.button("Back to the proposed places", on_click=reset, disabled=changed == Changes())
        table = every.drop(columns="number").round({"level": 3, "trend": 2, "distance": 2})
        name, lines = _file(data, did, "squares")
        tables.beneath(
            table, "Squares of 1 km by how like they were before these months", name, lines, "did_squares",
            of="squares",
        )  # fmt: skip


def _list(label: str, key: str, options: list[str], chosen: list[str]) -> None:
    known = set(options)
    there = [one for one in chosen if one in known]
    st.multiselect(
        label, options, key=held(outcome_choice.WIDGET + key, there), on_change=outcome_choice.take, args=(key,),
        placeholder="None",
    )  # fmt: skip


# --- verdicts ---------------------------------------------------------------------------------------------------------
def show_verdicts(data: Dataset, did: Did, changed: Changes) -> None:
    """Draw expected against recorded where somebody went and around it."""
    if whole := judged.whole_months(did):
        frame.note(whole)
    found = {of: cached(judged.verdict, data, judged.without(did), changed, of) for of in (AREA, RING)}
    there = {of: one for of, one in found.items() if isinstance(one, Verdict)}
    if isinstance(found[RING], Refusal) and AREA in there:
        frame.note(f"{RING}: {found[RING]}")
    if not there:
        return
    rows = [
        ratio_charts.Row(
            f"{as_text(judged.named(did, of))} ", one.ratio or np.nan, *one.interval,
            one.verdict != CANNOT_TELL, f"<b>{one.recorded:,}</b> recorded, {one.expected:,.1f} expected",
        )
        for of, one in there.items()
    ]  # fmt: skip
    table = verdict_table({judged.named(did, of): one for of, one in there.items()})
    name, lines = _file(data, did, "verdict", next(iter(there.values())))
    title = "What was recorded, as times what was to be expected"
    alt = "Recorded incidents as times the expected ones, with ranges. " + " ".join(
        one.sentence for one in there.values()
    )
    chart = ratio_charts.ratios(rows, title, alt, table, "as expected", row_px=44, of="verdicts")
    note = "The line shows where the true one lies in 95 of 100 cases; a full point: changed more than elsewhere."
    charts.show(chart, data, "did_verdict", name, lines, note)
    if RING in there:
        frame.note(there[RING].sentence)
    if AREA in there:
        show_before(there[AREA], judged.named(did, AREA))


def verdict_table(found: dict[str, Verdict]) -> pd.DataFrame:
    """Verdicts as a table, one row an area."""
    return pd.DataFrame(
        [
            {
                "area": of,
                "verdict": one.verdict,
                "recorded": one.recorded,
                "expected": round(one.expected, 1),
                "usual_from": round(one.usual[0], 1),
                "usual_to": round(one.usual[1], 1),
                "ratio": round(one.ratio, 3),
                "ratio_low": round(one.interval[0], 3),
                "ratio_high": round(one.interval[1], 3),
                "smallest_fall_percent": round(100 * one.smallest_fall),
                "smallest_rise_percent": round(100 * one.smallest_rise),
                "p": round(one.p, 4),
            }
            for of, one in found.items()
        ]
    )


def _own(own: str) -> object:
    return st.column_config.NumberColumn(f"{own} (incidents)")


def show_before(found: Verdict, own: str) -> None:
    """Show the counts that the verdict stands on; ``own`` names the cells that are judged."""
    alt = "These months and the same months of earlier years"
    tables.show(found.before, alt, of="did_before", config={"treated": _own(own)}, key="did_before")
    for one in found.left_out:
        frame.note(f"Not used: {one}.")


def published_words(found: Verdict) -> tuple[str, ...]:
    """Say the published difference, for how it was made; nothing where the year before is not there."""
    if found.published is None:
        return ()
    return (
        f"As published, against the year before: {found.published.sentence} It counts incidents, not per cent, and no "
        "drift: with areas of different size it often finds what is not there. The verdict above decides.",
    )


def show_months(data: Dataset, did: Did, changed: Changes) -> None:
    """Draw the months of the cells judged and of places like them, and say how all this was made."""
    found = cached(judged.verdict, data, judged.without(did), changed, AREA)
    if isinstance(found, Refusal):
        return
    months = tuple(sorted({month.month for month in pd.period_range(did.first, did.last, freq="M")}))
    season = Season("did", "Same months of the year", months)
    own = judged.named(did, AREA)
    series = {own: found.series["treated"], COMPARISON: found.series["comparison"]}
    title = f"Month by month: {found.recorded:,} recorded in {short_period(did.first, did.last)}"
    name, lines = _file(data, did, "months", found)
    chart = charts.trend(series, [season], title, height=300, months=60)
    chart = replace(
        chart, table=chart.table.rename(columns={own: "Operation", COMPARISON: "Comparison"}), of="did_months"
    )
    note = "Shaded: the same months of every year."
    charts.show(chart, data, "did_months", name, lines, note, config={"Operation": _own(own)})
    frame.how(found.method, *published_words(found), rates_words(data, did.category))


def rates_words(data: Dataset, category: str) -> str:
    """Say how often the verdict errs on this area; a damaged file of measurements is told and hides no verdict."""
    try:
        return verdict_words(data.area, category, data.incidents, measured_of(data.area, data.store))
    except InputError as error:
        return by_name(str(error))


def _file(data: Dataset, did: Did, what: str, found: Verdict | None = None) -> tuple[str, tuple[str, ...]]:
    period = short_period(did.first, did.last)
    lines = downloads.about(data, what, period, found.method if found else None, of=did.category)
    return downloads.file_name(data, "did-it-work", what, did.category, str(did.first)), lines
