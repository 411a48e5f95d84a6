"""The screenshot view: a page without its controls, and under the picture where its figures come from.

It is asked for by ``?view=slide`` in the address. Controls keep their values and are hidden; what a table, a file or a
caption would have said of its source is carried into one footer.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from analysis.findings.age import told_age

PARAMETER, VALUE = "view", "slide"
SIMULATED_LINE = "SIMULATED: made up for the demonstration, totals too."
_LINES, _CHOSEN = "slide_lines", "slide_chosen"
# The heads of lines of downloads.about, in the order of the footer; the place and what is shown have none.
_PERIOD, _SOURCE, _METHOD = "Period: ", "Source: ", "Method: "
FINDING = "Finding: "  # the page says it already
_MOST_METHODS, _MOST_CAVEATS = 2, 3


class PictureEnds(Exception):  # noqa: N818  no error: what follows is not drawn in the screenshot view
    """The picture of the page is whole."""


def on() -> bool:
    """Tell whether the screenshot view is asked for."""
    return st.query_params.get(PARAMETER) == VALUE


def picture_ends() -> None:
    """Say that what was drawn so far is the picture of the page: the screenshot view stops here.

    Raises
    ------
    PictureEnds
        In the screenshot view; :func:`pages.ui.shell.frame.page` draws the footer then.
    """
    if on():
        raise PictureEnds


def start() -> None:
    """Forget what was carried for another page or another run."""
    st.session_state[_LINES] = []
    st.session_state[_CHOSEN] = ""


def carry(lines: Iterable[str]) -> None:
    """Keep, for the footer, what a file says of its source.

    Parameters
    ----------
    lines : iterable of str
        Of :func:`pages.ui.shell.downloads.about`.
    """
    kept = st.session_state.setdefault(_LINES, [])
    kept += [line for line in lines if line not in kept]


def chosen(words: str) -> None:
    """Keep, for the footer, what the hidden filters are set to."""
    st.session_state[_CHOSEN] = words


def button() -> None:
    """Draw the button that shows the page without its controls."""
    st.button(
        "Screenshot view",
        key="slide_open",
        on_click=_switch,
        args=(VALUE,),
        icon=":material/photo_camera:",
        width="stretch",
        help="This page without its controls, with its source beneath, for a slide or a report",
    )


def back() -> None:
    """Draw the way back to the whole page."""
    st.button("Back to the whole page", key="slide_back", on_click=_switch, args=("",), type="tertiary")


def _switch(value: str) -> None:
    if value:
        st.query_params[PARAMETER] = value
    else:
        st.query_params.pop(PARAMETER, None)


def footer_html(place: str, version: str, attributions: Iterable[str], age: str = "", *, simulated: bool) -> str:
    """Write the footer: what is shown, period, place, method, caveats, source with licence and data version.

    Parameters
    ----------
    place : str
        Name of the area.
    version : str
        Of the data.
    attributions : iterable of str
        Of the area's boundaries and residents.
    age : str
        How old the data are, where no line that was carried says it.
    simulated : bool

    Returns
    -------
    str
        HTML; everything in it is escaped.
    """
    lines: list[str] = st.session_state.get(_LINES, [])
    heads = (_PERIOD, _SOURCE, _METHOD)
    told = {head: [line.removeprefix(head) for line in lines if line.startswith(head)] for head in heads}
    known = set(attributions)
    ages = list(dict.fromkeys(line for line in lines if told_age(line))) or ([age] if age else [])
    told_apart = (*heads, FINDING, "SIMULATED", "Contains ")
    rest = [line for line in lines if not line.startswith(told_apart) and not told_age(line)]
    shown = [line.removeprefix(f"{place}: ") for line in rest if line.startswith(f"{place}: ")]
    caveats = [line for line in rest if not line.startswith(f"{place}: ") and line not in known]
    said = [
        ("Shown", "; ".join(dict.fromkeys(shown))),
        ("Place", ": ".join(part for part in (place, st.session_state.get(_CHOSEN, "")) if part)),
        ("Period", "; ".join(dict.fromkeys(told[_PERIOD]))),
        ("How this was made", " ".join(told[_METHOD][:_MOST_METHODS])),
        ("Take care", " ".join(caveats[:_MOST_CAVEATS])),
        ("Source", ". ".join(["; ".join(dict.fromkeys(told[_SOURCE] or [f"data version {version}"])), *ages])),
        ("Licence", " ".join(attributions)),
    ]
    mark = f'<strong class="slide-simulated">{SIMULATED_LINE}</strong> ' if simulated else ""
    body = " ".join(f"<span><strong>{head}:</strong> {escape(_stop(words))}</span>" for head, words in said if words)
    return f'<footer class="slide{" simulated" if simulated else ""}">{mark}{body}</footer>'


def _stop(words: str) -> str:
    return words if words.endswith((".", ":")) else words + "."
