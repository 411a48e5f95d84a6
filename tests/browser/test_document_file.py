"""The HTML file of a document in a browser: on a phone and a desk, in both themes, readable for everybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pages.ui.document.html_file import page
from tests.browser.axe import violations
from tests.document.made_document import WHEN, made_document

WAYS = [(wide, theme) for wide in (390, 1366) for theme in ("light", "dark")]


@pytest.mark.parametrize(
    ("wide", "theme"), [pytest.param(*way, marks=[] if way == (390, "dark") else pytest.mark.long) for way in WAYS]
)
def test_it_reads_for_everybody(browser: Browser, tmp_path: Path, wide: int, theme: str) -> None:
    """Opened as from an e-mail."""
    path = tmp_path / "document.html"
    path.write_bytes(page(made_document(simulated=True), WHEN))
    told: list[str] = []
    there = browser.new_page(viewport={"width": wide, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
    there.on("console", lambda message: told.append(message.text))
    there.on("request", lambda request: told.append(request.url[:60]))
    there.goto(path.as_uri())
    assert there.evaluate("document.documentElement.scrollWidth") == wide  # nothing runs off the side
    assert there.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 600)")
    assert violations(there)[0] == []
    there.close()
    assert {one for one in told if not one.startswith(("file:", "data:"))} == set()
