"""Every page on every tab, read through AppTest: what it wrote, what it drew, and what it offers beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.hotspots import choice as hotspot_choice
from pages.ui.hotspots import tabs as hotspot_tabs
from pages.ui.overview import tabs as overview_tabs
from pages.ui.peaks import tabs as peaks_tabs
from pages.ui.plan import build as plan_build
from pages.ui.shell.frame import PAGES, STATEMENT
from pages.ui.shell.problem_link import PROBLEMS
from pages.ui.targets import tabs as targets_tabs
from tests.conftest import ROOT
from tests.tab_pages import TIMEOUT

# What a page shows one part of at a time: a key of the session and its values.
PARTS: dict[str, tuple[str, tuple[object, ...]]] = {
    "Overview": ("overview_tabs", tuple(overview_tabs.TABS)),
    "Hotspots": ("hot_tabs", tuple(hotspot_tabs.TABS)),
    "Seasonal peaks": ("peaks_tabs", tuple(peaks_tabs.TABS)),
    "Plan an operation": ("plan_step", plan_build.STEPS),
    "Did it work": ("did_subject", ("past", "")),
    "Plan targets": ("targets_tabs", tuple(targets_tabs.TABS)),
    "Problems": ("problem_chosen", ((0, 0), (-1, 1), (-2, 1))),  # the list, and the demonstration's examples
    "Data": ("data_load", ("Published files", "A partner's dated feed")),
}
MORE = {"Hotspots": ("hot_show", tuple(hotspot_choice.SHOWN))}
_APART = {"p", "li", "h1", "h2", "h3", "div", "footer", "dt", "dd", "tr", "details", "td"}
_LEFT_OUT = {"summary", "dl", "table", "footer", "style", "script", "code"}  # lists of settings, legal names, commands


@dataclass(frozen=True, eq=False)
class Seen:
    """A page with one of its parts open."""

    page: str
    part: str
    at: AppTest

    @property
    def prose(self) -> tuple[str, ...]:
        """What the page says in its own words, one paragraph each."""
        found: list[str] = []
        for element in self.at.get("html"):
            found += paragraphs(element.proto.body)
        for kind in ("info", "warning", "error", "caption", "success", "markdown"):
            found += [re.sub(r"\\(.)", r"\1", one.value) for one in self.at.get(kind)]
        for kind in ("selectbox", "multiselect", "button", "text_input", "number_input", "date_input"):
            found += [one.proto.help for one in self.at.get(kind) if one.proto.help]
        return tuple(text for text in dict.fromkeys(found) if " " in text)


class _Paragraphs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = [""]
        self.skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LEFT_OUT:
            self.skipped.append(tag)
        if tag in _APART:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        if self.skipped and self.skipped[-1] == tag:
            self.skipped.pop()
        if tag in _APART:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.found[-1] += data


def paragraphs(html: str) -> list[str]:
    """Text of each block of HTML, without settings, tables, legal names and commands."""
    parser = _Paragraphs()
    parser.feed(html)
    return [" ".join(text.split()) for text in parser.found if text.strip()]


def walk(patch: pytest.MonkeyPatch, store: Path, *, every: bool = True) -> Iterator[Seen]:
    """Open every page, on each of its parts or on the first alone."""
    patch.setenv("DASHBOARD_DATA", str(store))
    patch.setenv("DASHBOARD_TODAY", "2025-01-15")
    for page, path in (*PAGES, PROBLEMS, STATEMENT):
        opened = [("", {})]
        if page in PARTS:
            key, values = PARTS[page]
            opened = [(value, {key: value}) for value in values]
        if page in MORE:
            key, values = MORE[page]
            opened += [(value, {key: value}) for value in values[1:]]
        for part, state in opened if every else opened[:1]:
            at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT)
            for key, value in state.items():
                at.session_state[key] = value
            if path != "app.py":
                at.switch_page(path)
            at.run()
            assert not at.exception, (page, part)
            assert [title.value for title in at.title] == [page]
            yield Seen(page, part, at)
