"""What was really done: a row a shift, filled in as planned, for a person to correct."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from data.plan.plan import Plan, Shift
from data.plan.plans import Record, Saved
from data.plan.words import patrol_hours
from geo.errors import InputError
from geo.grid import grid_reference
from geo.reference import from_reference
from pages.ui.plan.paper.exports import shift_words
from pages.ui.shell import frame
from pages.ui.shell.cache import Dataset

_WANTED = "plan_saved_run"
_TALL = 4  # shifts from which the form scrolls
_TALL_PX = 380
ASK = (
    "Correct what was not as planned. Cells visited that were not in the plan: type their grid reference. "
    "No names or other personal data in a remark."
)


def button(one: Saved) -> None:
    """Draw the button that shows or hides the form."""
    if one.plan.shifts:
        label = "Correct what was done" if one.records else "Mark as run"
        st.button(label, icon=":material/task_alt:", on_click=_toggle, args=(one,), key="plan_saved_run_button")


def wanted(one: Saved) -> bool:
    """Whether the form of this plan is to be shown."""
    return st.session_state.get(_WANTED) == one.id


def close(one: Saved) -> None:
    """Hide the form."""
    if wanted(one):
        del st.session_state[_WANTED]


def _toggle(one: Saved) -> None:
    if wanted(one):
        close(one)
    else:
        st.session_state[_WANTED] = one.id


def form(one: Saved, save: Callable[[], None]) -> None:
    """Draw the form.

    Parameters
    ----------
    one : Saved
    save : callable
        Called when the form is sent; :func:`typed` then gives what was typed.
    """
    shifts = one.plan.shifts
    names = _cell_names(one.plan)
    others = sorted({cell for record in one.records for cell in record.cells} - names.keys())
    with st.form(_key(one), border=True):
        frame.note(ASK)
        with st.container(height=_TALL_PX if len(shifts) >= _TALL else "content", border=False):
            for number, shift in enumerate(shifts):
                _row(one, number, shift, names, others)
        st.form_submit_button("Save what was done", type="primary", on_click=save)


def _row(one: Saved, number: int, shift: Shift, names: dict[str, str], others: list[str]) -> None:
    key, record = f"{_key(one)}_{number}", one.records[number] if one.records else None
    planned = sorted({visit.reference for patrol in shift.patrols for visit in patrol.visits})
    st.html(f"<strong>{escape(shift_words(shift))}</strong>")
    ran, hours, cells, remark = st.columns([1, 2, 6, 4], gap="small")
    ran.checkbox("Ran", value=record.ran if record else True, key=f"{key}_ran")
    hours.number_input(
        "Patrol-hours",
        min_value=0.0,
        max_value=1000.0,
        step=0.5,
        format="%.1f",
        value=record.hours if record else round(patrol_hours([shift]), 1),
        key=f"{key}_hours",
        help="Hours of one crew, added up over crews.",
    )
    cells.multiselect(
        "Cells visited",
        [*names, *others],
        default=list(record.cells) if record else planned,
        format_func=lambda cell: names.get(cell, cell),
        wrap=True,
        accept_new_options=True,
        key=f"{key}_cells",
    )
    remark.text_input("Remark", value=record.remark if record else "", max_chars=500, key=f"{key}_remark")


def remarks(one: Saved) -> list[str]:
    """Give the remarks that were typed."""
    return [str(st.session_state[f"{_key(one)}_{number}_remark"]) for number in range(len(one.plan.shifts))]


def typed(data: Dataset, one: Saved) -> tuple[Record, ...]:
    """Give what was typed, one record a shift.

    Raises
    ------
    InputError
        A cell that was typed is no grid reference, or lies outside the area.
    """
    names = _cell_names(one.plan)
    records = []
    for number, shift in enumerate(one.plan.shifts):
        key = f"{_key(one)}_{number}"
        ran = bool(st.session_state[f"{key}_ran"])
        said = st.session_state[f"{key}_cells"] if ran else []
        cells = tuple(cell if cell in names else _cell(data, one.plan, cell) for cell in said)
        hours = float(st.session_state[f"{key}_hours"]) if ran else 0.0
        records.append(Record(shift.starts, ran, hours, cells, st.session_state[f"{key}_remark"]))
    return tuple(records)


def _cell(data: Dataset, plan: Plan, text: str) -> str:
    """Give the reference of the cell in which the middle of a typed reference lies."""
    east, north = from_reference(text)
    grid = data.area.grid(plan.cell_size_m)
    found = grid.locate([east], [north])
    if found[0] not in set(grid.cells.tolist()):
        raise InputError("this cell is outside the area", value=text, hint="Look at the grid reference again.")
    corner_east, corner_north = grid.corners(found)
    return grid_reference(corner_east, corner_north)[0]


def _cell_names(plan: Plan) -> dict[str, str]:
    """Name the cells of the plan with the place they belong to, by place."""
    names = {cell.reference: place.number for place in plan.places for cell in place.cells}
    for shift in plan.shifts:
        for patrol in shift.patrols:
            for visit in patrol.visits:
                names.setdefault(visit.reference, visit.place)
    return {reference: f"{reference} (place {number})" for reference, number in names.items()}


def _key(one: Saved) -> str:
    return f"plan_saved_run_{one.id}_{one.revision}"
