"""Step 3 of a plan, who: crews and shifts, the hours shared out, and what that covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from analysis.common.refusal import Refusal
from analysis.patrol.allocation import Allocation, AreaCells, allocate
from data.plan.plan import Plan, PlanPlace, Shift
from data.plan.told import Told
from data.plan.ways import Ways
from geo.errors import InputError
from pages.ui.map import lattice
from pages.ui.plan.when import operation
from pages.ui.plan.when import window as plan_when
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.where import places as plan_places
from pages.ui.plan.where import ranking as plan_where
from pages.ui.plan.who import address as who_address
from pages.ui.plan.who import form as plan_who_form
from pages.ui.plan.who import result as plan_who_result
from pages.ui.plan.who import stops as plan_who_stops
from pages.ui.plan.who import ways as plan_who_ways
from pages.ui.plan.who.form import Asked
from pages.ui.shell import frame
from pages.ui.shell.cache import Dataset, cached

Made = tuple[tuple[Shift, ...], Mapping[str, str], tuple[str, ...], Ways | None]
NOTHING: Made = ((), {}, (), None)
_AGAIN = "plan_share_again"  # a plan was opened: its hours are to be shared out again
_MADE = "plan_shared_out"  # what was shared out last: for which places and window, what was asked, and the result
CHANGED = "Crews, shifts or minutes have changed since these hours were shared out. Share them out again."
MOVED = "The window, the places or the data have changed since the hours were shared out. Share them out again."


def area_cells(data: Dataset, window: PlanWindow) -> AreaCells:
    """All cells of the area with what is expected in the window, for :func:`pages.ui.shell.cache.cached`."""
    ranked = cached(plan_where.ranking, data, window)
    east, north = ranked.grid.centres(ranked.grid.cells)
    return AreaCells(east, north, ranked.expected, ranked.count_last12.astype(np.float64))


def shared_out(data: Dataset, window: PlanWindow, places: tuple[PlanPlace, ...], asked: Asked) -> Allocation:
    """Share the hours out, for :func:`pages.ui.shell.cache.cached`.

    Raises
    ------
    InputError
        What was typed cannot be planned with.
    Refusal
        Nothing can be reached, or what is pinned does not fit.
    """
    return allocate(
        places,
        cached(lattice.grid, data).cell_size_m,
        cached(area_cells, data, window),
        plan_who_form.crews_of(data, asked.crews),
        plan_who_form.shifts_of(asked.shifts),
        cached(operation.hours_of, data, window).share,
        float(asked.stay),
        router=plan_who_ways.router_of(data),
    )


def draw(data: Dataset, window: PlanWindow, places: tuple[PlanPlace, ...]) -> Made:
    """Draw step 3.

    Parameters
    ----------
    data : Dataset
    window : PlanWindow
    places : tuple of PlanPlace
        As marked in step 2.

    Returns
    -------
    tuple
        Shifts, how they were made, caveats, and ways; empty before the hours of this window and these places were
        shared out.
    """
    _from_address(data, window, places)
    _share_out_again(data, window, places)
    hours = cached(operation.hours_of, data, window)
    asked, pressed = plan_who_form.draw(data, window, places, hours)
    if pressed:
        _share_out(data, window, places, asked)
    if problem := plan_who_ways.problem(data):
        frame.warn(problem)
    _to_address(data, window, places)
    found = cached(operation.volume, data, window)
    frame.note(f"{found.sentence} {hours.sentence}")
    key, done, result = st.session_state.get(_MADE, ("", None, None))
    if result is None:
        frame.note("Fill in crews and shifts, then share out the hours.")
        return NOTHING
    if key != _key(data, window, places):
        frame.warn(MOVED)
        return NOTHING
    if isinstance(result, InputError):
        frame.failed(result)
        return NOTHING
    if isinstance(result, Refusal):
        frame.refused(result)
        return NOTHING
    if done != asked:
        frame.warn(CHANGED)
    lead = cached(plan_where.lead, data, window, plan_places.share())
    plan_who_result.show(data, window, places, result, hours, told(data, window), lead)
    return _made(result, hours.sentence, hours.method.line(), hours.method.caveats)


def restore(plan: Plan) -> None:
    """Set this step to a plan that was opened; its hours are shared out again, which gives the same."""
    plan_who_form.restore(plan)
    st.session_state[_AGAIN] = bool(plan.shifts)


def _share_out_again(data: Dataset, window: PlanWindow, places: tuple[PlanPlace, ...]) -> None:
    if st.session_state.pop(_AGAIN, False):
        hours = cached(operation.hours_of, data, window)
        _share_out(data, window, places, plan_who_form.asked(data, window, places, hours))


def finding(data: Dataset, window: PlanWindow, places: tuple[PlanPlace, ...]) -> str:
    """Say what the hours that were shared out cover; before that, what the window brings."""
    key, _, result = st.session_state.get(_MADE, ("", None, None))
    if key != _key(data, window, places) or not isinstance(result, Allocation):
        return plan_when.finding(data, window)
    stops = plan_who_stops.of_shifts(data, window, places, result.shifts)
    return plan_who_result.headline(window, result, told(data, window), stops, data.area.kind)


def told(data: Dataset, window: PlanWindow) -> Told:
    """Say how the figures of shifts and stops may be told, as the plan that is built of them will."""
    figures = cached(operation.volume, data, window).told(window.category)
    return replace(figures, hours=cached(operation.hours_of, data, window).hours_known)


def made(data: Dataset, window: PlanWindow, places: tuple[PlanPlace, ...]) -> Made:
    """Give what :func:`draw` gave last, where it is of this window and these places; nothing else."""
    _from_address(data, window, places)
    _share_out_again(data, window, places)
    _to_address(data, window, places)
    key, _, result = st.session_state.get(_MADE, ("", None, None))
    if key != _key(data, window, places) or not isinstance(result, Allocation):
        return NOTHING
    hours = cached(operation.hours_of, data, window)
    return _made(result, hours.sentence, hours.method.line(), hours.method.caveats)


def _from_address(data: Dataset, window: PlanWindow, places: tuple[PlanPlace, ...]) -> None:
    """Set crews and shifts to those of the address where it asks for others; share their hours out if it says so."""
    hours = cached(operation.hours_of, data, window)
    plain = plan_who_form.usual(data, places, hours)
    found = who_address.read(data, window, plain, plan_who_form.asked(data, window, places, hours))
    if found is None:
        return
    asked, st.session_state[_AGAIN], st.session_state[plan_who_result.SHIFT] = found
    plan_who_form.keep(asked, plain)
    st.session_state.pop(_MADE, None)


def _to_address(data: Dataset, window: PlanWindow, places: tuple[PlanPlace, ...]) -> None:
    hours = cached(operation.hours_of, data, window)
    now = plan_who_form.asked(data, window, places, hours)
    key, done, _ = st.session_state.get(_MADE, ("", None, None))
    shift = st.session_state.get(plan_who_result.SHIFT, 0) if (key, done) == (_key(data, window, places), now) else None
    who_address.write(data, now, plan_who_form.usual(data, places, hours), shift)


def _made(result: Allocation, sentence: str, line: str, caveats: tuple[str, ...]) -> Made:
    parameters = dict(result.method.parameters) | {"hours": sentence, "hours weighed": line}
    said = (plan_who_result.ALIKE,) if result.alike else ()
    return result.shifts, parameters, (*result.method.caveats, *said, *caveats), result.ways


def _share_out(data: Dataset, window: PlanWindow, places: tuple[PlanPlace, ...], asked: Asked) -> None:
    result: Allocation | InputError | Refusal
    with st.spinner("Sharing out the hours ..."):
        try:
            result = cached(shared_out, data, window, places, asked)
        except (InputError, Refusal) as said:
            result = said
    st.session_state[_MADE] = (_key(data, window, places), asked, result)


def _key(data: Dataset, window: PlanWindow, places: tuple[PlanPlace, ...]) -> str:
    """Say what a sharing out is of: other places or another window make another one of it."""
    return repr((data.version, window, places))
