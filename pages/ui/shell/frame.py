"""The frame of every page: title, links between pages, finding, banner, how it was made, attribution.

    with frame.page("Hotspots") as view:
        chosen = filters.draw(view.data)
        ...
        view.finding("About half of ...")

Whatever comes from a file or from the area file is escaped here before it reaches HTML or Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analysis.common.method import Method, month_name
from analysis.common.refusal import Refusal
from analysis.findings.finding import capital
from data.kinds.lists import join_words
from data.place.area import Area
from data.store.doubts import doubt_words, why_words
from data.store.schema import POLICE_UK
from data.store.whole import Doubt
from geo.errors import InputError
from pages.ui.shell import access, bar, boundaries, later, problem_link, reached, screenshot
from pages.ui.shell.bar import PAGE as PAGE
from pages.ui.shell.cache import Dataset, area, dataset, doubts, one_look
from pages.ui.shell.choice import age_line
from pages.ui.shell.folders import by_name
from pages.ui.shell.one_state import whole
from pages.ui.shell.origins import origin_words
from pages.ui.shell.plain import plain as plain
from pages.ui.shell.turns import turns
from pages.ui.shell.vendor import ensure_vendor

ROOT = Path(__file__).resolve().parents[3]
DATA = "Data"
PAGES = (
    ("Overview", "app.py"),
    ("Hotspots", "pages/hotspots.py"),
    ("Seasonal peaks", "pages/seasonal_peaks.py"),
    ("Plan an operation", "pages/plan_operation.py"),
    ("Did it work", "pages/did_it_work.py"),
    ("Plan targets", "pages/plan_targets.py"),
    ("Briefing", "pages/briefing.py"),
    (DATA, "pages/data.py"),
)
BEFORE_PROBLEMS = "Did it work"  # a page that is listed only where it is used follows it
STATEMENT = ("Accessibility", "pages/accessibility.py")  # linked from the foot of every page
_NAMED = 3  # months that are left out and named on every page
_KNOWS = "page_knows"  # session key: the month that the page speaks of, where it is not the last loaded
POLICE_ATTRIBUTION = "Contains data from data.police.uk, licensed under the Open Government Licence v3.0"
ASB_NOTE = "Police-recorded ASB only: reports to the council, housing and the fire service are not in it."
_SHORT = re.compile(r"(?:(?<=^)|(?<=[.:] ))(ASB)\b|\bASB\b")
_STYLE = Path(__file__).with_name("style.css")
# Screen readers announce a change inside an element that was there before it: the container stays, its text changes.
# The number makes it run again in every run: after a change of page the container is another one.
_RUNS = "runs"
_ANNOUNCE = (
    "<script>{{/* {} */const e=document.querySelector('.st-key-finding');"
    "if(e){{e.setAttribute('role','status');e.setAttribute('aria-live','polite');e.setAttribute('aria-atomic','true');}}"
    "}}</script>"
)
# On a phone the menu lies over the page. Streamlit's own list of pages closes it after a choice; ours does the same.
_MENU = """<script>
if (!window.menuCloses) {
  window.menuCloses = true;
  document.addEventListener('click', event => {
    const menu = event.target.closest('[data-testid="stSidebarContent"]');
    if (!menu || window.innerWidth > 768 || !event.target.closest('a, .stButton button')) return;
    menu.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  });
}</script>"""


def spelled(text: str) -> str:
    """Spell ASB out where a text says it first: "anti-social behaviour (ASB)".

    Parameters
    ----------
    text : str
        Plain text.
    """
    return _SHORT.sub(lambda found: f"{'A' if found[1] else 'a'}nti-social behaviour (ASB)", text, count=1)


@dataclass(frozen=True, eq=False)
class View:
    """A page that is being drawn.

    Attributes
    ----------
    name : str
    data : Dataset
    """

    name: str
    data: Dataset
    _finding: Any

    @property
    def area(self) -> Area:
        """The area of the data."""
        return self.data.area

    def finding(self, text: str) -> None:
        """Put the finding of the page under its title, ASB spelled out; screen readers announce it when it changes.

        Parameters
        ----------
        text : str
            One sentence of plain text.
        """
        self._finding.html(f'<p class="finding">{escape(spelled(text))}</p>')


@contextmanager
def page(name: str, *, map_first: bool = False) -> Iterator[View]:
    """Draw the frame of a page around what is drawn inside it.

    Parameters
    ----------
    name : str
        Stable name: the h1, and the first words of the browser's title.
    map_first : bool, optional
        Charts and tables wait at a session's first look until the map is painted: see :mod:`pages.ui.shell.later`.

    Yields
    ------
    View

    Notes
    -----
    Input that cannot be used and questions that the data cannot answer end the page with their own sentence; any other
    exception is a fault and stays one.
    """
    with bar.watched(), later.ends(), turns().one(), one_look(), _drawn(name, map_first) as view:
        yield view


@contextmanager
def _drawn(name: str, map_first: bool) -> Iterator[View]:
    st.session_state[PAGE] = name
    st.set_page_config(page_title=name, layout="wide", initial_sidebar_state="auto")  # closed on a phone
    st.html(_STYLE)
    access.admit(name)
    try:
        reached.check()
        ensure_vendor()
        place = area()
    except InputError as error:
        st.title(name, anchor=False)
        failed(error)
        if isinstance(error, reached.AwayError):
            reached.look_again()
        st.stop()
    st.set_page_config(page_title=f"{name} - {place.name} community safety")
    _links(place)
    st.title(name, anchor=False)
    finding = st.container(key="finding").empty()
    screenshot.start()
    if screenshot.on():
        screenshot.back()
    st.session_state[_RUNS] = st.session_state.get(_RUNS, 0) + 1
    tell = later.start(wait=map_first and not screenshot.on())
    st.html(_ANNOUNCE.format(st.session_state[_RUNS]) + _MENU + tell, unsafe_allow_javascript=True)
    try:
        boundaries.choose(place)
        data = dataset()
        place = data.area
    except InputError as error:
        failed(error)
        _footer(place)
        st.stop()
    if data.simulated:
        _banner()
    knows(None)
    aged = st.empty() if age(data) and not screenshot.on() else None
    if aged is not None:
        _age(aged, age(data))
    if name != DATA:  # which lists them
        carried_note(left_out_words(doubts(data)))
    with bar.at_once():
        boundaries.write(place)
        try:
            yield View(name, data, finding)
        except InputError as error:
            failed(error)
        except Refusal as refusal:
            refused(refusal)
        except screenshot.PictureEnds:
            pass
        whole(data.store, data.state)
    if aged is not None and age(data) != age_line(data):
        _age(aged, age(data))
    if screenshot.on():
        attributions = [line for line in _attributions(place, police=not data.simulated) if line]
        version = data.incidents.version
        st.html(screenshot.footer_html(place.name, version, attributions, age(data), simulated=data.simulated))
    else:
        _footer(place, police=not data.simulated)


def _links(place: Area) -> None:
    with st.sidebar:
        st.html(f'<p class="brand">{escape(place.name)}<br>community safety</p>')
        for label, path in PAGES:
            if (ROOT / path).is_file():
                st.page_link(path, label=label, width="stretch")
            if label == BEFORE_PROBLEMS and problem_link.listed(place):
                st.page_link(problem_link.PROBLEMS[1], label=problem_link.PROBLEMS[0], width="stretch")
        screenshot.button()
        access.who()


def _banner() -> None:
    st.html(
        '<div class="banner" role="note"><strong>Demonstration: simulated incidents.</strong> Simulated figures too: '
        "places, times and totals are made up. Fetch real ones on the Data page or with "
        "<code>python -m data start</code>.</div>"
    )


def knows(as_at: pd.Period | None) -> None:
    """Keep, for the line on the age of the data, which month the page speaks of; None for the last loaded."""
    st.session_state[_KNOWS] = as_at


def age(data: Dataset) -> str:
    """Say how old the data are, or which month this page has stepped back to; empty on the demonstration."""
    return age_line(data, st.session_state.get(_KNOWS))


def _age(spot: Any, words: str) -> None:
    spot.html(f'<p class="age">{escape(words)}</p>')


def left_out_words(found: Sequence[Doubt]) -> str:
    """Say which months are left out of every figure because their files are not whole, and why.

    Parameters
    ----------
    found : sequence of Doubt

    Returns
    -------
    str
        Empty where there are none.
    """
    if not found:
        return ""
    months = [f"{month_name(pd.Period(one.month, 'M'))} ({one.force}: {doubt_words(one)})" for one in found]
    files = "its file" if len(found) == 1 else "their files"
    more = [f"{len(months) - _NAMED} more"] if len(months) > _NAMED else []
    return (
        f"Left out of every figure, because {why_words(found, files)}: "
        f"{join_words([*months[:_NAMED], *more])}. The Data page says what to do."
    )


def carried_note(words: str) -> None:
    """Put a note on the page that its pictures carry too; nothing where there are no words."""
    if words and screenshot.on():
        screenshot.carry((words,))
    elif words:
        note(words)


def _attributions(place: Area, *, police: bool = True) -> list[str]:
    lines = [POLICE_ATTRIBUTION + "."] if police else []
    lines.append(place.wards.attribution)
    return lines + ([f"Residents: {place.residents_source}."] if place.residents_source else [])


def _footer(place: Area, *, police: bool = True) -> None:
    lines = _attributions(place, police=police)
    st.html('<footer class="footer">' + "<br>".join(escape(line) for line in lines if line) + "</footer>")
    _, path = STATEMENT
    if PAGES and (ROOT / path).is_file():
        with st.container(key="beside"):
            st.page_link(path, label="Accessibility statement, and the keys to use", width="content")


def how(method: Method, *more: str) -> None:
    """Say in one line how a result was made; it opens into the whole method.

    Parameters
    ----------
    method : Method
    *more : str
        Further sentences, such as how well the method would have predicted; they and the caveats are always in view.
    """
    origin, layer = origin_words(method), area().layer_words
    wards = f"{capital(layer)}." if layer else ""
    if screenshot.on():
        screenshot.carry((f"Method: {method.line()}", *method.caveats, *filter(None, (origin, wards))))
        return
    line = f"<summary><strong>How this was made:</strong> {escape(method.line())}</summary>"
    rows = [("Method", method.name), *method.parameters.items()]
    rows += [("Incidents", "" if method.n is None else f"{method.n:,}"), ("Correction", method.correction)]
    rows += [("Period", method.period), ("Data version", method.data_version)]
    rows += [("References", "; ".join(method.source_refs)), ("Wards", layer)]
    whole = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows if value)
    said = " ".join(escape(sentence) for sentence in (*more, *method.caveats, origin, wards))
    st.html(f'<div class="how"><details>{line}<dl>{whole}</dl></details>{said}</div>')


def wards_note() -> None:
    """Say beside the title of a table by ward by which boundaries it counts; nothing where there is one set alone."""
    if layer := area().layer_span:
        note(capital(layer))


def note(text: str) -> None:
    """Put a standing note on the page, in plain text."""
    st.html(f'<p class="note">{escape(text)}</p>')


def warn(text: str) -> None:
    """Say what a person should see before they use what is beside it."""
    st.html(f'<div class="warning" role="note">{escape(by_name(text))}</div>')


def asb_note() -> None:
    """Say what police-recorded ASB leaves out; on every page that shows ASB."""
    if screenshot.on():
        screenshot.carry((ASB_NOTE,))
        return
    note(spelled(ASB_NOTE))


def refused(refusal: Refusal) -> None:
    """Show, in place of a chart, why the data cannot carry it and what would have to be there."""
    st.html(f'<div class="refused" role="note">{escape(by_name(str(refusal)))}</div>')


def failed(error: InputError) -> None:
    """Show input that cannot be used as its own sentence: the place, what is wrong and what to do."""
    words = escape(by_name(str(error)))
    st.html(f'<div class="failed" role="alert"><strong>This cannot be shown.</strong> {words}</div>')


def source_words(source: str) -> str:
    """Name a source as a caption does."""
    return "data.police.uk" if source == POLICE_UK else source
