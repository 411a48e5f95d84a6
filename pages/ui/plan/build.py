"""From the three steps to a plan that can be saved, and the order in which the page shows them."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from analysis.where.lead import NO_BETTER
from data.kinds.crime_types import category_words
from data.plan import wards as plan_wards
from data.plan.plan import Plan, PlanPlace, Shift
from data.plan.told import BESIDE
from data.plan.ways import Ways
from pages.ui.plan.saved import step as plan_saved
from pages.ui.plan.when import operation
from pages.ui.plan.when import panel as when_panel
from pages.ui.plan.when import window as plan_when
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.plan.where import places as plan_places
from pages.ui.plan.where import ranking as plan_where
from pages.ui.plan.where import zone as plan_zone
from pages.ui.plan.where.ranking import Where
from pages.ui.plan.who import step as plan_who
from pages.ui.plan.who import stops as plan_who_stops
from pages.ui.shell import address, frame
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.kept_widget import held

WHEN, WHERE, WHO, SAVED = "1 When", "2 Where", "3 Who", "Saved plans"
STEPS = (WHEN, WHERE, WHO, SAVED)
_STEP = "plan_step"


def build(
    data: Dataset,
    window: PlanWindow,
    found: Where,
    places: tuple[PlanPlace, ...],
    share: float,
    shifts: tuple[Shift, ...] = (),
    parameters: Mapping[str, str] | None = None,
    caveats: tuple[str, ...] = (),
    ways: Ways | None = None,
) -> Plan:
    """Put the steps together.

    Parameters
    ----------
    window : PlanWindow
    found : Where
    places : tuple of PlanPlace
        As marked.
    share : float
        Of the cells that were joined into places.
    shifts, parameters, caveats, ways
        Of step 3; empty before the hours are shared out.

    Returns
    -------
    Plan
        Named after the operation and its first day; the person can rename it.
    """
    ahead, lead = found.volume.forecast, cached(plan_where.lead, data, window, share)
    what = window.operation or category_words(window.category).capitalize()
    return Plan(
        title=f"{what} {window.first.year}",
        operation=window.operation,
        category=window.category,
        source=data.incidents.source,
        first=window.first,
        last=window.last,
        as_at=str(window.as_at),
        expected=ahead.expected if ahead else None,
        low80=ahead.low80 if ahead else None,
        high80=ahead.high80 if ahead else None,
        low95=ahead.low95 if ahead else None,
        high95=ahead.high95 if ahead else None,
        share=share,
        cell_size_m=found.grid.cell_size_m,
        places=places,
        shifts=shifts,
        feed=window.feed,
        parameters={
            "places": found.ranking.method.line(),
            "volume": found.volume.label,
            **({} if lead.proven else {BESIDE: NO_BETTER}),
            **({plan_zone.PARAMETER: found.zone_kept} if found.zone_kept else {}),
            **(parameters or {}),
        },
        caveats=(
            plan_places.NOT_HARM,
            cached(plan_where.true_addresses, data, window, share),
            lead.sentence,
            *filter(None, (cached(plan_who_stops.coarse_words, data, window) if shifts else "",)),
            *found.ranking.method.caveats,
            *caveats,
        ),
        data_version=data.incidents.version,
        simulated=data.simulated,
        stops=plan_who_stops.of_shifts(data, window, places, shifts),
        hours_known=cached(operation.hours_of, data, window).hours_known,
        refused=found.volume.refused,
        past_range=cached(plan_where.calibration_words, data, window) if shifts else "",
        ways=ways,
        **plan_wards.fields_of(data.area, places),
    )


def step() -> str:
    """Draw the steps and give the one that is shown."""
    address.hold([address.tabs(_STEP, STEPS, "step", "the step")])
    names = st.session_state.get(_STEP, WHEN)

    def take() -> None:  # a second press on the same step would leave none chosen
        st.session_state[_STEP] = st.session_state[f"{_STEP}_widget"] or st.session_state.get(_STEP, WHEN)

    st.segmented_control(
        "Step", STEPS, key=held(f"{_STEP}_widget", names), on_change=take, label_visibility="collapsed"
    )
    return str(names)


def show(view: frame.View, window: PlanWindow) -> None:
    """Draw the step that is chosen, with its finding."""
    data, chosen = view.data, step()
    if chosen == WHEN:
        view.finding(plan_when.finding(data, window))
        when_panel.show(data, window)
        return
    found = plan_places.where(data, window)
    places = plan_places.places(found)
    if chosen == WHERE:
        view.finding(plan_places.finding(window, found))
        plan_places.show(data, window, found, places)
    elif chosen == WHO:
        plan_who.draw(data, window, places)
        view.finding(plan_who.finding(data, window, places))
    else:
        view.finding(plan_saved.finding(data))
        made = plan_who.made(data, window, places)
        plan_saved.show(data, build(data, window, found, places, plan_places.share(), *made))
