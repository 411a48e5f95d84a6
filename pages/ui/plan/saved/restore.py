"""A plan that was opened, put back into the three steps, so that it can be changed where it was left."""

from __future__ import annotations

import streamlit as st

from data.plan.wards import layer_of
from pages.ui.plan.saved import step as plan_saved
from pages.ui.plan.when import window as plan_when
from pages.ui.plan.where import places as plan_places
from pages.ui.plan.who import step as plan_who
from pages.ui.shell import boundaries
from pages.ui.shell.cache import Dataset

_RESTORED = "plan_restored"  # (number, revision) of the plan that the steps were last set to


def restore(data: Dataset) -> None:
    """Set the steps to the plan that was opened, once; before anything of the page is drawn."""
    key = st.session_state.get(plan_saved.OPEN)
    if key == st.session_state.get(_RESTORED):
        return
    st.session_state[_RESTORED] = key
    plan = plan_saved.opened(data) if key else None
    if plan is None:
        return
    if (place := layer_of(plan, data.area)) is not None and place.layer_key != data.area.layer_key:
        st.session_state.pop(_RESTORED, None)  # with the plan's own wards, in another run
        boundaries.open_with(place.layer_key)
        st.rerun()
    plan_when.restore(data, plan)
    plan_places.restore(plan)
    plan_who.restore(plan)
