"""The accessibility statement, in the order of the public sector's model: what works, what does not, how to report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from data.place.area import Area
from geo.errors import InputError

CHECKED_ON = date(2026, 11, 23)
CONTACT = "contact"  # table of the area file: ``name``, and any of ``email``, ``phone``
FINDING = "This dashboard partly meets the Web Content Accessibility Guidelines 2.2 at level AA: some parts do not"
KEYS = (
    ("Tab, and Shift with Tab", "to the next control, and back to the one before"),
    ("Skip to main content", "is the first stop of every page"),
    ("Arrow keys in a table", "from cell to cell"),
    ("Shift with Space in a list", "choose this row: the map and the chart go there"),
    ("Escape in a list", "drop the choice; then leave the list and come back to choose another row"),
    ("Arrow keys, + and −, on a map", "move it, and zoom"),
    ("Enter on a numbered circle", "choose this place"),
    ("Enter or Space", "press a button, or open a list; Escape closes it"),
)
WORKS = (
    "Change colours, contrast and fonts with your browser or device: it follows a light or a dark setting.",
    "Zoom text up to 200 % without loss.",
    "Use every function with a keyboard alone.",
    "Hear the finding of a page again when it changes, with a screen reader.",
    "Read the figures of every chart and map in a table beside it, or save them as a file.",
    "Tell the classes of a map or chart apart without seeing red or green: each one has its value in words.",
)
# What does not work, with the criterion of WCAG 2.2 and the reason.
KNOWN = (
    (
        "Tables are drawn as pictures by the library we use. Screen readers get a hidden copy of the rows on "
        "screen. Save the CSV file if your screen reader does not read it (1.3.1).",
        "we cannot change the library",
    ),
    (
        "Numbered circles on a map can lie on each other. The list beside the map has the same places (2.5.8).",
        "where a place lies is what the map shows",
    ),
    (
        "Below 320 pixels of width, or at 400 % zoom, tables and maps still need to be scrolled both ways (1.4.10).",
        "tables and maps are exempt, since they need two dimensions",
    ),
    (
        "In charts and tables, extra spacing of letters and lines has no effect (1.4.12).",
        "they are drawn as pictures by the libraries we use",
    ),
)
TESTED = (
    "Every page was tested with axe-core in Chromium, in the light and the dark theme, with real and with simulated "
    "incidents. One test walks through the dashboard with a keyboard alone. Others compute the contrast of every "
    "colour, see colours as people with two forms of colour blindness do, and measure the reading grade of the text. "
    "The tests run with every change. No disabled person has tested it yet."
)


@dataclass(frozen=True)
class Contact:
    """Whom to tell about a problem."""

    name: str
    email: str = ""
    phone: str = ""

    @property
    def words(self) -> str:
        """In one sentence."""
        ways = [way for way in (self.email and f"write to {self.email}", self.phone and f"call {self.phone}") if way]
        if ways:
            return f"Tell {self.name}: {' or '.join(ways)}."
        return f"Tell {self.name}, or whoever gave you the address of this dashboard."


def contact_of(area: Area) -> Contact:
    """Read the contact of the area file; the partnership where there is none.

    Raises
    ------
    InputError
        ``contact`` is no table of texts.
    """
    found: Any = area.raw.get(CONTACT, {})
    if not isinstance(found, Mapping) or not all(isinstance(value, str) for value in found.values()):
        raise InputError("the contact is a table of texts", column=CONTACT, hint="Give name, email and phone.")
    return Contact(found.get("name") or area.partnership, found.get("email", ""), found.get("phone", ""))


def show(area: Area) -> None:
    """Draw the statement."""
    contact = contact_of(area)
    parts = [
        f"<p>{escape(contact.name)} runs this dashboard. As many people as possible should be able to use it.</p>",
        "<h2>What works</h2><p>You should be able to:</p>",
        _list(WORKS),
        "<h2>Keys</h2>",
        '<table class="facts"><tbody>',
        *(f'<tr><th scope="row">{escape(key)}</th><td>{escape(what)}</td></tr>' for key, what in KEYS),
        "</tbody></table>",
        "<h2>What does not work yet</h2>",
        _list(f"{what} The reason: {reason}." for what, reason in KNOWN),
        "<h2>Report a problem, or ask for another format</h2>",
        f"<p>{escape(contact.words)} Say which page and what you need: larger print, a file, or someone to read it "
        "to you.</p>",
        "<h2>If you are not happy with the answer</h2>",
        "<p>The Equality and Human Rights Commission enforces the accessibility regulations for public bodies of 2018. "
        "Ask the Equality Advisory and Support Service for advice.</p>",
        "<h2>How far it meets the guidelines</h2>",
        f"<p>{escape(FINDING)}, listed above.</p>",
        "<h2>How it was tested</h2>",
        f"<p>{escape(TESTED)} Last tested on {CHECKED_ON.day} {CHECKED_ON:%B %Y}, when this statement was written.</p>",
    ]
    st.html(f'<div class="statement">{"".join(parts)}</div>')


def _list(rows: Any) -> str:
    return "<ul>" + "".join(f"<li>{escape(row)}</li>" for row in rows) + "</ul>"
