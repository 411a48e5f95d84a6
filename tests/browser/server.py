"""The app as a person starts it, on a free port, and a browser that talks to nothing but this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Frame, Page, Playwright, Request

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
PAINT_MS = 60_000
SLOW_MS = 2 * PAINT_MS
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# Streamlit's client asks below the page's own path first, and is answered 404, before it asks at the root.
PROBES = ("/_stcore/health", "/_stcore/host-config")
LOCAL = ("http://localhost", "ws://localhost", "data:", "blob:", "about:")


@contextmanager
def serve(store: Path, *options: str, **environment: str) -> Iterator[str]:
    """Start the app on a store, with options of Streamlit; gives its address."""
    with started(ROOT / "app.py", *options, **{"DASHBOARD_DATA": str(store), **environment}) as (address, _):
        yield address


@contextmanager
def started(script: Path, *options: str, **environment: str) -> Iterator[tuple[str, int]]:
    """Start a script of Streamlit from the folder it lies in; gives its address and the number of its process."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script.name, f"--server.port={port}", "--server.headless=true"]
    command += options
    settings = {**os.environ, **environment}
    with subprocess.Popen(
        command, cwd=script.parent, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            address = f"http://localhost:{port}"
            end = time.monotonic() + START_SECONDS
            while True:
                try:
                    with urlopen(f"{address}/_stcore/health", timeout=5):
                        break
                except (URLError, OSError):
                    if time.monotonic() > end or process.poll() is not None:
                        raise
                    time.sleep(0.02)
            yield address, process.pid
        finally:
            process.terminate()


def launch(playwright: Playwright, chromium: str) -> Browser:
    """Start Chromium, headless and quiet."""
    return playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))


class Watch:
    """What a page said and asked for: errors of the console, and requests that would leave this machine."""

    def __init__(self, context: BrowserContext) -> None:
        self.errors: list[str] = []
        self.foreign: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.location.get("url", "").endswith(PROBES):
            self.errors.append(f"{message.text} {message.location}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith(LOCAL):
            self.foreign.append(request.url)

    def assert_quiet(self) -> None:
        """Fail when anything was wrong."""
        assert self.foreign == []
        assert self.errors == []


def map_frame(page: Page) -> Frame:
    """Frame of the painted map."""
    element = page.wait_for_selector('iframe[title*="st_folium"]', timeout=PAINT_MS)
    assert element is not None
    frame = element.content_frame()
    assert frame is not None
    frame.wait_for_selector(".leaflet-wards-pane path", state="attached", timeout=PAINT_MS)
    return frame


def settled(page: Page) -> None:
    """Wait until the page has drawn, the server has nothing more to do, and no part is still of the run before."""
    page.wait_for_selector("h1", timeout=PAINT_MS)
    page.wait_for_selector(".footer", timeout=PAINT_MS)
    page.wait_for_function("!document.querySelector('.later')", timeout=PAINT_MS)
    page.wait_for_selector('[data-testid="stStatusWidget"]', state="detached", timeout=PAINT_MS)
    page.wait_for_function("!document.querySelector('[data-stale=true]')", timeout=SLOW_MS)
