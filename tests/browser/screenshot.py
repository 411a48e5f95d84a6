"""Makes the picture of README: ``python -m tests.browser.screenshot FILE.png`` on the demonstration data."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.server import launch, map_frame, serve, settled

SCREEN = {"width": 1366, "height": 768}
PAUSE_MS = 3000  # the map has no "finished" of its own after the last label


def take(target: Path, path: str = "/hotspots", *, store: Path | None = None, theme: str = "light") -> None:
    """Save a page as it looks on a council laptop."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("This needs Chromium (Debian: apt-get install chromium).")
    with tempfile.TemporaryDirectory() as nothing, serve(store or Path(nothing)) as address, sync_playwright() as p:
        browser = launch(p, chromium)
        page = browser.new_context(viewport=SCREEN, color_scheme=theme).new_page()  # type: ignore[arg-type]
        page.goto(address + path)
        settled(page)
        if path.startswith("/hotspots"):
            map_frame(page)
        page.wait_for_timeout(PAUSE_MS)
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
