"""Charts and tables that wait, at a session's first look at a map, until the browser has painted the map.

The script that draws charts is read by a browser for a second or more, in which it paints nothing else. So the places
of charts and tables are kept free at first, in their height, and a script of the page tells the server when the map
stands there; then, in the same run, they are sent. From the second run on nothing waits.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

import streamlit as st

ADDRESS = "painted"  # below the server's own; what follows names the run that waits
BROWSER_S = 5.0  # by the browser's clock; then it asks for the charts all the same: the map may never come
LIMIT_S = 8.0  # by the server's clock: nothing was heard, as from a browser that runs no scripts
_TOKEN, _HELD, _LOOKED = "later_token", "later_held", "later_looked"  # session keys
# The map keeps what it looks at once all of it is drawn: see overlay.js. Whoever acts or prints need not wait for it.
_SCRIPT = """<script>{
  const end = Date.now() + 1000 * %s;
  const tell = () => { for (const act of acts) removeEventListener(act, tell, true); navigator.sendBeacon(%s); };
  const acts = ['pointerdown', 'keydown', 'beforeprint'];
  for (const act of acts) addEventListener(act, tell, { capture: true, once: true });
  const look = () => {
    const map = document.querySelector('iframe[title*="st_folium"]')?.contentWindow?.safety;
    if (map && map.view !== null) requestAnimationFrame(() => setTimeout(tell));
    else if (Date.now() < end) setTimeout(look, 25);
    else tell();
  };
  look();
}</script>"""


class Painted:
    """Runs that wait for word of their browser; shared by threads.

    Attributes
    ----------
    listening : bool
        Whether this server answers under :data:`ADDRESS`: where nothing does, nothing waits.
    """

    def __init__(self) -> None:
        self.listening = False
        self._waiting: dict[str, Event] = {}
        self._lock = Lock()

    def begin(self) -> str:
        """Give a new run its name, which nobody can guess."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._waiting[token] = Event()
        return token

    def told(self, token: str) -> None:
        """Note that a browser has painted; of a run that does not wait this is no news."""
        with self._lock:
            found = self._waiting.get(token)
        if found is not None:
            found.set()

    def wait(self, token: str, seconds: float) -> bool:
        """Wait for word, at most some seconds, and forget the run; tells whether it came."""
        with self._lock:
            found = self._waiting.get(token)
        came = found is not None and found.wait(seconds)
        self.forget(token)
        return came

    def forget(self, token: str) -> None:
        """Forget a run."""
        with self._lock:
            self._waiting.pop(token, None)


@st.cache_resource(show_spinner=False)
def painted() -> Painted:
    """Give the runs of this server that wait."""
    return Painted()


def address() -> str:
    """Give where the server is told, below the address that it answers under."""
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/{ADDRESS}" if base else f"/{ADDRESS}"


def start(*, wait: bool) -> str:
    """Begin a run of a page.

    Parameters
    ----------
    wait : bool
        Whether the page has a map that comes first.

    Returns
    -------
    str
        A script for the page, which tells when the map is painted; empty where nothing waits.
    """
    if before := st.session_state.pop(_TOKEN, ""):  # of a run that was broken off
        painted().forget(before)
    st.session_state[_HELD] = None
    if not wait or not painted().listening or st.session_state.get(_LOOKED):
        return ""
    st.session_state[_LOOKED] = True
    st.session_state[_HELD] = []
    token = st.session_state[_TOKEN] = painted().begin()
    return _SCRIPT % (BROWSER_S, json.dumps(f"{address()}/{token}"))


def put(height: int, draw: Callable[[], object]) -> None:
    """Draw one chart or table here, now or when the map is painted.

    Parameters
    ----------
    height : int
        Pixels that are kept free for it meanwhile.
    draw : callable
        Puts one element onto the page, and reads nothing that a later part of the page changes.
    """
    held = st.session_state.get(_HELD)
    if held is None:
        draw()
        return
    spot = st.empty()
    spot.html(f'<div class="later" style="height:{int(height)}px"></div>')
    held.append((spot, draw))


@contextmanager
def ends() -> Iterator[None]:
    """Draw what waits at the end of what is inside, once the map is painted; where that does not end well, at once."""
    seconds = 0.0
    try:
        yield
        seconds = LIMIT_S
    finally:
        _draw(seconds)


def _draw(seconds: float) -> None:
    held = st.session_state.get(_HELD)
    token = st.session_state.pop(_TOKEN, "")
    st.session_state[_HELD] = None
    if not held:
        painted().forget(token)
        return
    painted().wait(token, seconds)
    for spot, draw in held:
        with spot:
            draw()
