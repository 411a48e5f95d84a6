"""A browser, and the app on the real store, on the demonstration, and on hostile text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright

from tests.browser.server import launch, serve

SCREEN: ViewportSize = {"width": 1366, "height": 768}


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        found = launch(playwright, chromium)
        yield found
        found.close()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """Two browsers on a council laptop, one in each theme; what was loaded once need not be loaded again."""
    found = {
        theme: browser.new_context(viewport=SCREEN, color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        for theme in ("light", "dark")
    }
    yield found
    for one in found.values():
        one.close()


@pytest.fixture
def context(contexts: dict[str, BrowserContext]) -> Iterator[BrowserContext]:
    """The browser in the light theme, its tabs closed afterwards."""
    yield contexts["light"]
    for page in contexts["light"].pages:
        page.close()


@pytest.fixture(scope="session")
def real_app(real_store: Path) -> Iterator[str]:
    """Address of the app on all 73 months."""
    with serve(real_store, DASHBOARD_TODAY="2025-01-15") as address:
        yield address


@pytest.fixture(scope="session")
def demo_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app with nothing loaded."""
    with serve(tmp_path_factory.mktemp("nothing")) as address:
        yield address
