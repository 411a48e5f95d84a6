"""What the browser is sent of a map, made once and kept: the base by data, theme and place, the frame of the overlay.

streamlit-folium renders every map anew at every run of a page, some hundred templates of it. What it makes of the base
depends on nothing that a filter changes, and what it makes of the overlay only on one text; so both are made by its own
functions, once, and handed to its component. ``tests/map/test_sent.py`` holds them against what it sends itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st

from pages.ui.map import maps

_HELD, _HAND = "PAYLOAD", "CORNERS"  # stand where the payloads come; in no script
_ASKED = "last_active_drawing"  # what a click sends back


@dataclass(frozen=True)
class Base:
    """The part of a map that stays while filters change, as the component takes it.

    Attributes
    ----------
    script, header, html : str
    name : str
        Of the map's element in the frame.
    styles, scripts : tuple of str
        Addresses of files.
    slot : str
        Key of the session under which a click is found.
    mounted : str
        Key of the component: the same one keeps the map mounted.
    """

    script: str
    header: str
    html: str
    name: str
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    slot: str
    mounted: str


def _folium() -> Any:
    """Give streamlit-folium: Streamlit takes note of its component only where a session imports it."""
    import streamlit_folium

    return streamlit_folium


def base(payload: str, streets: str, key: str) -> Base:
    """Render a base.

    Parameters
    ----------
    payload, streets : str
        As of :func:`pages.ui.map.maps.base_map`.
    key : str
        Says everything the base depends on, and on which page it stands.
    """
    drawn = maps.base_map(payload, streets)
    drawn.get_root().render()
    drawn.render()  # type: ignore[no-untyped-call]  # folium has no types here
    # the order matters: the script is made last, since that changes the map
    html, header = _folium()._get_html(drawn), _folium()._get_header(drawn)
    script, name = _folium()._get_map_string(drawn), _folium().get_full_id(drawn)
    slot = f"map-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
    styles, scripts = (tuple(link for _, link in links) for links in (drawn.default_css, drawn.default_js))
    mounted = _folium().generate_js_hash(script, slot, return_on_hover=False)
    return Base(script, header, html, name, styles, scripts, slot, mounted)


def overlay(payload: str, drawing: str = "") -> str:
    """Write the script of the overlay.

    Parameters
    ----------
    payload : str
        Of :func:`pages.ui.map.maps.overlay_payload`.
    drawing : str
        Of :func:`pages.ui.map.maps.drawing_payload`.
    """
    before, after = _around(_HAND if drawing else "")
    if drawing:
        between, after = after.split(_HAND)
        return before + payload + between + drawing + after
    return before + payload + after


@cache
def _around(drawing: str = "") -> tuple[str, str]:
    """Give what stands before and after the payload."""
    under = maps.base_map("{}")
    under.get_root().render()
    text = _folium()._get_feature_group_string(maps.overlay_group(_HELD, drawing), map=under)
    before, after = text.split(_HELD)
    return before, after


def show(drawn: Base, script: str, *, height: int, on_hit: Callable[[maps.Hit], None]) -> None:
    """Put a map on the page.

    Parameters
    ----------
    drawn : Base
    script : str
        Of :func:`overlay`.
    height : int
        Pixels.
    on_hit : callable
        Called with what was clicked, before the page runs again.
    """

    def changed() -> None:
        st.session_state[drawn.slot] = st.session_state.get(drawn.mounted, {})
        clicked = (st.session_state[drawn.slot] or {}).get(_ASKED)
        properties = clicked.get("properties") if isinstance(clicked, dict) else None
        if isinstance(properties, dict):
            on_hit(maps.Hit(str(properties.get("kind", "")), str(properties.get("id", ""))))

    _folium()._component_func(
        script=drawn.script,
        header=drawn.header,
        html=drawn.html,
        id=drawn.name,
        key=drawn.mounted,
        height=height,
        width=None,
        returned_objects=[_ASKED],
        default={_ASKED: None},
        zoom=None,
        center=None,
        feature_group=script,
        return_on_hover=False,
        layer_control=None,
        pixelated=False,
        css_links=list(drawn.styles),
        js_links=list(drawn.scripts),
        on_change=changed,
        wrap_longitude=False,
    )
