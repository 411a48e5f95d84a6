"""An outline that is drawn corner by corner: clicked on the map, or typed; kept from run to run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import shapely
import streamlit as st

from analysis.findings.finding import capital
from geo.errors import InputError
from geo.grid import Grid
from geo.points import IN_METRES, read_point
from pages.ui.map.maps import Hit
from pages.ui.shell import frame

Corner = tuple[int, int]  # easting and northing, whole metres
ENOUGH, MOST = 3, 200
_CORNERS, _CLOSED, _TYPED, _WRONG = "zone_corners", "zone_closed", "zone_typed", "zone_typed_wrong"
_METRES = re.compile(r"(-?[0-9]{1,7}),(-?[0-9]{1,7})")
FORMS = "One corner a line: a grid reference such as SJ 41474 90612, or easting and northing in metres."


def corners() -> tuple[Corner, ...]:
    """Corners so far."""
    return tuple(st.session_state.get(_CORNERS, ()))


def closed() -> bool:
    """Whether the outline is finished."""
    return bool(st.session_state.get(_CLOSED)) and len(corners()) >= ENOUGH


def forget() -> None:
    """Start again."""
    st.session_state[_CORNERS], st.session_state[_CLOSED] = (), False


def on_map(found: Hit, grid: Grid) -> None:
    """Take a click on the map: another corner, or the first one again, which closes the outline."""
    if found.kind == "close":
        close()
        return
    told = _METRES.fullmatch(found.id) if found.kind == "corner" else None
    if told is None or closed() or len(corners()) >= MOST:
        return
    new = (round(grid.west_m) + int(told[1]), round(grid.south_m) + int(told[2]))
    if new not in corners():
        st.session_state[_CORNERS] = (*corners(), new)


def close() -> None:
    """Finish the outline, where it has corners enough."""
    st.session_state[_CLOSED] = len(corners()) >= ENOUGH


def undo() -> None:
    """Take back the last corner; of a finished outline, that it is finished."""
    if closed():
        st.session_state[_CLOSED] = False
    else:
        st.session_state[_CORNERS] = corners()[:-1]


def shape() -> Any:
    """Give the polygon that is finished; None before."""
    return shapely.Polygon(corners()) if closed() else None


def drawing(grid: Grid) -> list[list[int]] | None:
    """Corners as the map takes them while it draws; None where the outline is finished."""
    if closed():
        return None
    return [[east - round(grid.west_m), north - round(grid.south_m)] for east, north in corners()]


def read_typed(text: str) -> tuple[Corner, ...]:
    """Read corners, one a line.

    Raises
    ------
    InputError
        A line is none, or there are too few or too many.
    """
    found: list[Corner] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        point = read_point(line)
        if point is None or point.form not in IN_METRES:
            raise InputError("this is no corner", row=number, value=line.strip()[:40], hint=FORMS)
        found.append((round(point.x), round(point.y)))
    if len(found) > 1 and found[0] == found[-1]:
        found.pop()
    if not ENOUGH <= len(found) <= MOST:
        raise InputError(
            f"a zone has {ENOUGH} to {MOST} corners", value=f"{len(found)} {'is' if len(found) == 1 else 'are'} typed"
        )
    return tuple(found)


def _take_typed() -> None:
    try:
        st.session_state[_CORNERS] = read_typed(str(st.session_state.get(_TYPED, "")))
        st.session_state[_CLOSED] = True
        st.session_state.pop(_WRONG, None)
    except InputError as error:
        st.session_state[_WRONG] = str(error)


def controls() -> None:
    """Draw what goes with the map: how far the outline is, and buttons to take back, begin anew and finish."""
    found = corners()
    with st.container(horizontal=True, gap="small", key="zone_corners_buttons"):
        if not closed():
            st.button(
                "Close the shape",
                on_click=close,
                disabled=len(found) < ENOUGH,
                type="primary",
                key="zone_corners_close",
            )
        st.button(
            "Go on drawing" if closed() else "Undo last corner",
            on_click=undo,
            disabled=not found,
            key="zone_corners_undo",
        )
        st.button("Start again", on_click=forget, disabled=not found, type="tertiary", key="zone_corners_again")
    frame.note(_said(found))
    with st.expander("Type the corners instead", expanded=_WRONG in st.session_state):
        st.text_area("Corners", key=_TYPED, placeholder="341474 390612\n341674 390612\n341674 390412", help=FORMS)
        st.button("Take these corners", on_click=_take_typed, key="zone_corners_take")
        if wrong := st.session_state.get(_WRONG):
            st.error(frame.plain(capital(wrong)))


def _said(found: Sequence[Corner]) -> str:
    if closed():
        return f"The shape has {len(found)} corners."
    if not found:
        return "Click or tap the map where the first corner is."
    told = f"{len(found)} {'corner' if len(found) == 1 else 'corners'} so far."
    if len(found) >= MOST:
        return f"{told} No more fit: close the shape."
    return f"{told} Click or tap the next" + (", or the first one to close the shape." if len(found) >= ENOUGH else ".")
