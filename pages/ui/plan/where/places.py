"""What step 2 of a plan draws: controls, map, list, what must be visited and what is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from analysis.ahead.volume import UNRELIABLE
from data.kinds.crime_types import ASB, incidents_words
from data.plan.patrolled import patrolled_before
from data.plan.plan import Plan, PlanPlace
from data.plan.plans import saved
from data.plan.saved import clean_line
from geo.errors import InputError
from geo.reference import from_reference
from pages.ui.map import parts as map_parts
from pages.ui.map.maps import Hit
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.where import address as where_address
from pages.ui.plan.where import map as plan_map
from pages.ui.plan.where import ranking as plan_where
from pages.ui.plan.where import zone as plan_zone
from pages.ui.plan.where.address import LEFT_OUT, MOST_OWN, OWN, PINNED, SHARE, own
from pages.ui.plan.where.ranking import BY_HAND, DEFAULT_SHARE, SHARES, OwnPlace, Where
from pages.ui.shell import columns, downloads, frame, screenshot, tables
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import day_at
from pages.ui.shell.folders import by_name
from pages.ui.shell.kept_widget import held

LIST_ROWS = 11
ROW_HEIGHT = 28
HEAD_HEIGHT = 36
NAME_LENGTH = 60
_ERROR = "plan_own_error"
NOT_HARM = (
    "This shows where incidents were reported, not where harm will happen. What is recorded depends on who reports and "
    "on where patrols go."
)


# --- what is chosen: plain session keys beside the widgets -----------------------------------------------------------
def share() -> float:
    """Share of the cells that are joined into places."""
    return float(st.session_state.get(SHARE, DEFAULT_SHARE))


def where(data: Dataset, window: PlanWindow) -> Where:
    """Places of the window, with those added by hand."""
    where_address.read_places(data)
    where_address.write_places()
    return plan_zone.cut(data, plan_where.asked_on(_where(data, window), window, day_at(data, window.as_at)))


def _where(data: Dataset, window: PlanWindow) -> Where:
    try:
        return cached(plan_where.where, data, window, share(), own())
    except InputError as error:  # a place that was typed lies outside: the others stand
        frame.failed(error)
        st.button("Remove the places added by hand", on_click=_drop_own)
        return cached(plan_where.where, data, window, share())


def restore(plan: Plan) -> None:
    """Set this step to a plan that was opened."""
    st.session_state[SHARE] = plan.share if plan.share in SHARES else DEFAULT_SHARE
    st.session_state[OWN] = tuple(OwnPlace(p.name, p.grid_reference) for p in plan.places if p.label == BY_HAND)
    st.session_state[PINNED] = tuple(p.title for p in plan.places if p.pinned)
    st.session_state[LEFT_OUT] = tuple(p.title for p in plan.places if p.left_out)
    plan_zone.restore(plan)


def places(found: Where) -> tuple[PlanPlace, ...]:
    """Places as marked: visited without fail, left out, or neither."""
    where_address.read_marks(found.places)
    where_address.write_marks(found.places)
    kept = {p.title: p.number for p in found.places}
    chosen = [tuple(kept[t] for t in st.session_state.get(key, ()) if t in kept) for key in (PINNED, LEFT_OUT)]
    return plan_where.marked(found.places, *chosen)


def _take(key: str) -> None:
    value = st.session_state[f"{key}_widget"]
    st.session_state[key] = tuple(value) if isinstance(value, list) else value


def _pick(key: str, numbers: tuple[int, ...]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    st.session_state[plan_map.SELECTED] = Hit("place", str(numbers[rows[0]])) if rows else None
    st.session_state[plan_map.TOWNSHIP] = None if rows else map_parts.WHOLE


def _add_own() -> None:
    """Take a place that was typed, or say what is wrong with it."""
    name = clean_line(str(st.session_state.get("plan_own_name", "")))[:NAME_LENGTH].strip()
    reference = str(st.session_state.get("plan_own_reference", "")).strip().upper()
    try:
        from_reference(reference)
    except InputError as error:
        st.session_state[_ERROR] = str(error)
        return
    new = OwnPlace(name or f"Own place {reference}", reference)
    if new not in own() and new.name in {one.name for one in own()}:  # marks go by name: no two may share one
        new = OwnPlace(f"{new.name} {reference}", reference)
    if len(own()) < MOST_OWN and new not in own():
        st.session_state[OWN] = (*own(), new)
        st.session_state[PINNED] = (*st.session_state.get(PINNED, ()), f"{new.name} ({BY_HAND})")
    st.session_state["plan_own_name"] = st.session_state["plan_own_reference"] = ""


def _drop_own() -> None:
    st.session_state[OWN] = ()


# --- page ------------------------------------------------------------------------------------------------------------
def show(data: Dataset, window: PlanWindow, found: Where, listed: tuple[PlanPlace, ...]) -> None:
    """Draw step 2."""
    if found.volume.why_not is not None:
        frame.refused(found.volume.why_not)
    left, right = st.columns([40, 60], gap="small")
    with left:
        plan_map.show(data, found, listed, day_at(data, window.as_at))
    with right:
        plan_zone.draw(data)
        _show_list(data, window, found, listed)
        _marks(found)
    screenshot.picture_ends()
    if found.few:
        frame.note(found.few_words)
    table = cached(plan_where.past_captures, data, window, share())
    said = (found.volume.sentence, plan_where.capture_sentence(table, share()), true_addresses(data, window), NOT_HARM)
    frame.how(found.ranking.method, *said)
    if not table.empty:
        _captures(table)
    _patrolled(data, window, found, listed)
    if window.category == ASB:
        frame.asb_note()


def finding(window: PlanWindow, found: Where, of: float | None = None) -> str:
    """Say where most is to be expected; ``of`` is the share of the cells, by default the one that is chosen."""
    top = f"the top {100 * (share() if of is None else of):g} % of cells"
    if found.zone and not any(place.label != BY_HAND for place in found.places):
        return f"None of the places in {top} has a cell in the zone “{found.zone}”"
    if none := found.nothing_ranked(incidents_words(window.category)):
        return none
    if not found.places:
        return f"No {incidents_words(window.category)} are expected anywhere: none was recorded in the last 12 months"
    part = found.expected / found.volume.total if found.volume.total else 0.0
    lead, ahead = found.places[0], found.volume.forecast
    zone = f" that have a cell in the zone “{found.zone}”" if found.zone else ""
    head = f"The places in {top}{zone} hold {100 * part:.0f} %"
    leads = f"{lead.title} leads with {found.told.text(lead.expected)}"
    if ahead is None:
        return f"{head} {found.told.words}; {leads}; no forecast of these days"
    said = (
        f"{head} of about {found.volume.total:,.0f} {incidents_words(window.category)} {found.expected_words}; {leads}"
    )
    return said if ahead.reliable else f"{UNRELIABLE}{said[:1].lower()}{said[1:]}"


def true_addresses(data: Dataset, window: PlanWindow) -> str:
    """Say what the top cells catch at true addresses; it belongs wherever a plan says what is covered."""
    return cached(plan_where.true_addresses, data, window, share())


# --- list ------------------------------------------------------------------------------------------------------------
def places_table(data: Dataset, listed: tuple[PlanPlace, ...]) -> pd.DataFrame:
    """Places as a table, every column there is."""
    return pd.DataFrame(
        {
            "number": [p.number for p in listed],
            "place": [p.title for p in listed],
            "ward": [data.area.ward_names.get(p.ward_code, "") for p in listed],
            "grid_reference": [p.grid_reference for p in listed],
            "expected": [p.expected for p in listed],
            "last_12_months": [p.past for p in listed],
            "stays": [np.nan if p.stability is None else 100 * p.stability for p in listed],
            "mark": ["must be visited" if p.pinned else "left out" if p.left_out else "" for p in listed],
        }
    )


def cells_table(listed: tuple[PlanPlace, ...]) -> pd.DataFrame:
    """Cells of the places that are not left out, each with its place."""
    return pd.DataFrame(
        [
            {
                "place": p.number,
                "cell": c.reference,
                "easting_m": c.easting_m,
                "northing_m": c.northing_m,
                "expected": c.expected,
            }
            for p in listed
            if not p.left_out
            for c in p.cells
        ],
        columns=["place", "cell", "easting_m", "northing_m", "expected"],
    )


def _show_list(data: Dataset, window: PlanWindow, found: Where, listed: tuple[PlanPlace, ...]) -> None:
    table = places_table(data, listed)
    left, middle, right = st.columns([3, 3, 3], gap="small", vertical_alignment="center")
    with left:
        st.selectbox(
            "Share of cells",
            SHARES,
            format_func=lambda s: f"Top {100 * s:g} % of cells",
            key=held(f"{SHARE}_widget", share()),
            on_change=_take,
            args=(SHARE,),
            label_visibility="collapsed",
            help="How many of the cells are joined into places.",
        )
    about = downloads.about(
        data,
        f"places, {found.expected_words}",
        found.volume.label,
        found.ranking.method,
        of=window.category,
    )
    about = (*about, *filter(None, (found.few_words, found.told.why)))
    for column, what, rows in ((middle, "places", table), (right, "cells", cells_table(listed))):
        with column:
            name = downloads.file_name(data, "plan", what, window.category, str(window.first))
            rows = rows.rename(columns={"expected": found.told.column})
            downloads.csv_button(rows, name, about, key=f"plan_csv_{what}", label=f"{what.capitalize()} (CSV)")
    key = f"plan_list_{st.session_state.get(plan_map.MOVED, 0)}"
    selected: Hit | None = st.session_state.get(plan_map.SELECTED)
    numbers = tuple(int(n) for n in table["number"])
    marked = (
        [numbers.index(int(selected.id))]
        if selected and selected.kind == "place" and selected.id.isdigit() and int(selected.id) in numbers
        else []
    )
    largest = float(table["expected"].max()) if len(table) else 1.0
    shown = table if (table["mark"] != "").any() else table.drop(columns="mark")
    st.dataframe(
        shown,
        column_config=columns.named(
            shown,
            "plan_places",
            {
                "number": st.column_config.NumberColumn(width=36),
                "place": st.column_config.TextColumn(width=200),
                "ward": st.column_config.TextColumn(width=104),
                "grid_reference": st.column_config.TextColumn(width=76),
                "expected": st.column_config.ProgressColumn(
                    found.told.head,
                    format="%.1f" if found.told.forecast else "%.1f %%",
                    max_value=largest or 1.0,
                    width=84,
                ),
                "last_12_months": st.column_config.NumberColumn(
                    "Past", help=f"Incidents recorded {found.past_words}.", width=48
                ),
                "stays": st.column_config.NumberColumn(
                    "Stays",
                    format="%.0f %%",
                    width=56,
                ),
                "mark": st.column_config.TextColumn(width=84),
            },
        ),
        hide_index=True,
        height=HEAD_HEIGHT + ROW_HEIGHT * min(max(len(table), 1), LIST_ROWS),
        row_height=ROW_HEIGHT,
        key=key,
        on_select=lambda: _pick(key, numbers),
        selection_mode="single-row",
        selection_default={"selection": {"rows": marked, "columns": [], "cells": []}},
        alt=f"Places with what is {found.expected_words}" if found.told.forecast else "Places by part of the area's",
    )


def _marks(found: Where) -> None:
    """Draw what must be visited, what is left out, and places of one's own."""
    names = [p.title for p in found.places]
    left, right = st.columns(2, gap="small")
    for column, key, label, hint in (
        (left, PINNED, "Must be visited", "Such as a known bonfire site"),
        (right, LEFT_OUT, "Left out", "Such as private land"),
    ):
        kept = [title for title in st.session_state.get(key, ()) if title in names]
        with column:
            st.multiselect(
                label,
                names,
                key=held(f"{key}_widget", kept),
                on_change=_take,
                args=(key,),
                placeholder=hint,
                select_all=False,
            )
    with st.expander("Add a place that is not in the list"):
        name, reference, button = st.columns([4, 3, 2], gap="small", vertical_alignment="bottom")
        name.text_input("What it is called", key="plan_own_name", max_chars=NAME_LENGTH, placeholder="Bonfire site")
        reference.text_input("Grid reference", key="plan_own_reference", max_chars=16, placeholder="SJ414906")
        button.button("Add", on_click=_add_own, width="stretch")
        if problem := st.session_state.pop(_ERROR, ""):
            st.error(frame.plain(problem))
        if own():
            st.button("Remove the places added by hand", on_click=_drop_own, type="tertiary")


def _captures(table: pd.DataFrame) -> None:
    shown = pd.DataFrame(
        {
            "window": [f"{target[:4]}" for target in table["target"]],
            "incidents": table["incidents"],
            "caught": [f"{100 * v:.0f} %" for v in table["hit_rate"]],
            "rival": [f"{100 * v:.0f} %" for v in table["rival_hit_rate"]],
        }
    )
    with st.popover("How it did, year by year", type="tertiary", icon=":material/table:"):
        tables.show(shown, "Share of the incidents of past windows that the top cells caught", of="captured")


def _patrolled(data: Dataset, window: PlanWindow, found: Where, listed: tuple[PlanPlace, ...]) -> None:
    """Say what share of these cells saved plans had patrolled before: what is recorded depends on it."""
    cells = tuple(c.reference for p in listed if not p.left_out for c in p.cells)
    try:
        plans = saved(data.store)
    except InputError as error:  # the places stand all the same
        frame.note(f"Which of these cells were patrolled before cannot be said: {by_name(str(error))}")
        return
    known = patrolled_before(
        plans,
        cells,
        cell_size_m=found.grid.cell_size_m,
        before=window.first,
        simulated=data.simulated,
        without=st.session_state.get("plan_open", (None,))[0],  # the plan that is being changed is no earlier one
    )
    frame.note(known.sentence)
