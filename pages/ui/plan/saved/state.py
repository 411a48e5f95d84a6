"""What a person sees of the saved plans and how their last change went, kept from run to run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import streamlit as st

from data.plan.plans import Saved
from pages.ui.plan.paper.carried import LOCAL
from pages.ui.shell import done
from pages.ui.shell.done import NO_NAMES as NO_NAMES
from pages.ui.shell.done import now as now

OPEN = "plan_open"  # (number, revision) of the plan that the steps change
CHOSEN = "plan_saved_chosen"  # (number, revision) of the plan that is looked at
TOP, PLAN = "top", "plan"
_TOLD = "plan_saved_told"


def act(place: str, change: Callable[..., str], *args: Any) -> None:
    """Do something to saved plans: :func:`pages.ui.shell.done.act`, told at ``TOP`` or, beside the plan, ``PLAN``."""
    done.act(_TOLD, place, change, *args)


def tell(place: str = "") -> None:
    """Say how the last change went: :func:`pages.ui.shell.done.tell`."""
    done.tell(_TOLD, place)


def when(moment: datetime) -> str:
    """Write a moment in local time: "23 Nov 2026, 14:05"."""
    return done.when(moment, LOCAL)


def seen(one: Saved, *, opens: bool = False) -> None:
    """Look at a revision from now on; with ``opens`` the steps change it too."""
    st.session_state[CHOSEN] = (one.id, one.revision)
    if opens:
        st.session_state[OPEN] = (one.id, one.revision)


def close() -> None:
    """Let go of the plan that was opened."""
    st.session_state.pop(OPEN, None)
