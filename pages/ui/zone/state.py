"""What a person sees of the zones and how their last change went, kept from run to run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from data.plan.kept import Kept
from data.zone.zone import Zone
from pages.ui.shell import done

CHOSEN = "zone_chosen"  # (number, revision) of the zone that is looked at
MODE = "zone_mode"  # what the zone part shows: "" for the list, or one of the next three
NEW, BRING, CHANGE = "new", "import", "change"
TOP, ONE = "top", "one"
_TOLD = "zone_told"


def act(place: str, change: Callable[..., str], *args: Any) -> None:
    """Do something to zones: :func:`pages.ui.shell.done.act`, told at ``TOP`` or, beside the zone, at ``ONE``."""
    done.act(_TOLD, place, change, *args)


def tell(place: str = "") -> None:
    """Say how the last change went: :func:`pages.ui.shell.done.tell`."""
    done.tell(_TOLD, place)


def seen(one: Kept[Zone]) -> None:
    """Look at a revision from now on."""
    st.session_state[CHOSEN] = (one.id, one.revision)
    st.session_state[MODE] = ""
