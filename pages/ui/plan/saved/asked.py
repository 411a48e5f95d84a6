"""What is asked before it is done to a saved plan: :class:`pages.ui.shell.asking.Asking`, with its session key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st

from data.plan.plan import Plan
from pages.ui.plan.saved import state
from pages.ui.plan.who.form import WARD, bases
from pages.ui.shell.asking import Asking
from pages.ui.shell.cache import Dataset, cached


def known(data: Dataset) -> tuple[str, ...]:
    """Names of wards and streets of the area, which are no people."""
    return tuple(name.removeprefix(WARD) for name in cached(bases, data)) + tuple(data.area.ward_names.values())


_ASKING = Asking("plan_saved_asked", state.act, known)
unless_sure, show = _ASKING.unless_sure, _ASKING.show


def texts_of(plan: Plan) -> list[str]:
    """Give what people typed into a plan: title, notes, crews, places that were added by hand."""
    crews = {patrol.crew.rpartition(" (")[0] or patrol.crew for shift in plan.shifts for patrol in shift.patrols}
    return [plan.title, plan.notes, *sorted(crews), *(place.title for place in plan.places)]


def unless_named(
    data: Dataset, place: str, texts: Callable[[], Iterable[str]], change: Callable[..., str], *args: Any
) -> None:
    """Ask as :meth:`pages.ui.shell.asking.Asking.unless_named` does; beside a plan, of the one that is looked at."""
    of = st.session_state.get(state.CHOSEN) if place == state.PLAN else None
    _ASKING.unless_named(data, place, texts, change, *args, of=of)
