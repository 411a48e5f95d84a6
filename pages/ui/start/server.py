"""What the server does when it starts: warms up beside serving, and opens the browser as Streamlit does by itself.

Imported before the server answers, so nothing that takes long is imported here.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pages.ui.shell import later

WARM = "pages.ui.start.warm"
_NAME = "warm-up"  # of its thread
# Says once for every process, in the window where the app was started, that the warm-up is no session: it is none.
_NO_SESSION = "streamlit.runtime.scriptrunner_utils.script_run_context"
# Seconds that Python lets one thread run while another waits. The usual 5 ms, with some hundred files to serve while
# this warms up, would keep the browser waiting longer than the warm-up saves.
_TURN_S = 0.0005
# glibc gives every few threads a heap of their own and hands little of one back: with fifty people that is 200 MB more.
_HEAPS, _MOST_HEAPS = -8, 2  # M_ARENA_MAX of mallopt(3)
_EVERYWHERE = (None, "", "0.0.0.0", "::")  # noqa: S104  no address that a browser could ask for


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:  # noqa: ARG001  as Streamlit calls it
    """Begin the warm-up in a thread of its own when the server starts, and open the browser unless told otherwise.

    Parameters
    ----------
    app : streamlit.App
    """
    few_heaps()
    later.painted().listening = True
    threading.Thread(target=_warm, name=_NAME, daemon=True).start()
    threading.Thread(target=open_browser, name="browser", daemon=True).start()
    try:
        yield
    finally:
        later.painted().listening = False


def routes() -> list[BaseRoute]:
    """Give what the server answers beside Streamlit's own: word of a browser that has painted its map."""
    return [Route(f"{later.address()}/{{token}}", _painted, methods=["POST"])]


async def _painted(request: Request) -> Response:
    later.painted().told(request.path_params["token"])
    return Response(status_code=204)


def few_heaps() -> bool:
    """Let all threads share few heaps, where the system's C library can be told so.

    Returns
    -------
    bool
        Whether it was told: with glibc, and with nothing else.
    """
    if sys.platform != "linux":
        return False
    tell = getattr(ctypes.CDLL(None), "mallopt", None)
    return tell is not None and tell(_HEAPS, _MOST_HEAPS) == 1


def open_browser() -> None:
    """Open the app in the browser of whoever started it, where ``server.headless`` does not say otherwise."""
    if st.get_option("server.headless"):
        return
    host = st.get_option("server.address")
    if host in _EVERYWHERE:
        host = st.get_option("browser.serverAddress")
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    webbrowser.open(f"{scheme}://{host}:{st.get_option('server.port')}/{base}")


def _of_a_session(record: logging.LogRecord) -> bool:
    return record.threadName != _NAME


def _warm() -> None:
    before = sys.getswitchinterval()
    said = logging.getLogger(_NO_SESSION)
    said.addFilter(_of_a_session)
    sys.setswitchinterval(_TURN_S)
    try:
        import_module(WARM).warm()
    except Exception:  # the page that is opened meets the same and says it where it is read
        logging.getLogger(__name__).debug("the warm-up ended early", exc_info=True)
    finally:
        said.removeFilter(_of_a_session)
        sys.setswitchinterval(before)
        # What is there now stays: a look for rubbish need not go through it, and so may come often.
        gc.collect()
        gc.freeze()
