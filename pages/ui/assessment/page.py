"""The needs assessment on the Briefing page: which document, of which year, and its files."""

from __future__ import annotations

import shlex
from datetime import datetime, time
from html import escape

import streamlit as st

from analysis.common.refusal import Refusal
from pages.ui.assessment.year import DocumentYear, year_of, years
from pages.ui.shell import address, frame, screenshot
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset
from pages.ui.shell.kept_widget import held

BRIEFING, ASSESSMENT = "Briefing", "Needs assessment"
_KIND, _YEAR, _MADE, _WIDGET = "document_kind", "document_year", "document_made", "_widget"
_CONTROLS = (
    Control("document", _KIND, {"briefing": BRIEFING, "needs-assessment": ASSESSMENT}, "the document", {}),
    Control("year", _YEAR, {}, "the year", {}),
)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def asked_for() -> bool:
    """Draw the choice of documents; True where it is the needs assessment."""
    address.read(_CONTROLS)
    kind = st.session_state.get(_KIND) or BRIEFING
    st.segmented_control(
        "Document", [BRIEFING, ASSESSMENT], key=held(_KIND + _WIDGET, kind), on_change=_take, args=(_KIND,),
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    chosen = bool(st.session_state.get(_KIND) == ASSESSMENT)
    address.write(_CONTROLS, () if chosen else ("year",))
    return chosen


def _take(key: str) -> None:
    st.session_state[key] = st.session_state[key + _WIDGET]


def choose(data: Dataset) -> DocumentYear | None:
    """Draw the choice of a year, and give the months that the document is of; None where nothing is loaded."""
    known = years(data)
    usual = year_of(data)
    if usual is None:
        return None
    options = list(dict.fromkeys((usual.name, *known)))
    asked = st.session_state.get(_YEAR, "")
    if asked and asked not in options:
        address.tell(address.not_there("the year", asked, f"{usual.name} is shown"))
        asked = st.session_state[_YEAR] = ""
    st.columns([1, 4], gap="medium")[0].selectbox(
        "Year, April to March", options, key=held(_YEAR + _WIDGET, asked or usual.name), on_change=_take, args=(_YEAR,)
    )
    name = st.session_state.get(_YEAR) or usual.name
    st.session_state[_YEAR] = "" if name == usual.name else name
    address.write(_CONTROLS)
    return usual if name == usual.name else year_of(data, name)


def finding(data: Dataset, year: DocumentYear | None) -> str:
    """Say what is written."""
    if year is None:
        return f"No month is loaded for a needs assessment of {data.area.name}"
    return f"The evidence for {data.area.name} in {year.words}, for partners to complete"


@st.cache_resource(max_entries=2, show_spinner=False)
def _files(version: str, year: DocumentYear, _data: Dataset) -> tuple[dict[str, bytes], tuple[str, ...]]:  # noqa: ARG001  part of the key
    from pages.ui.assessment import make

    made = make.document(_data, year)
    files = make.files(_data, year, made, datetime.combine(_data.as_at, time()))
    return files, made.summary


def show(data: Dataset, year: DocumentYear | None) -> None:
    """Draw the button that writes the document, its files once they are there, and its first page."""
    from pages.ui.assessment import make

    if year is None:
        frame.refused(make.NOTHING)
        return
    left, right = st.columns([3, 8], gap="small", vertical_alignment="center")
    pressed = left.button("Write the needs assessment", type="primary", icon=":material/description:", width="stretch")
    wanted = (make.stamp(data), year)
    try:
        if pressed:
            with st.spinner("Writing sections and drawing figures ..."):
                _files(*wanted, data)
            st.session_state[_MADE] = wanted
        if st.session_state.get(_MADE) == wanted:
            files, summary = _files(*wanted, data)
            with right, st.container(horizontal=True, gap="small"):
                _downloads(files)
            said = "".join(f"<p>{escape(one)}</p>" for one in summary)
            st.html(f"<h2>The first page</h2>{said}")
        elif not screenshot.on():
            with right:
                frame.note("A Word file that partners complete, and one HTML file that opens from an e-mail.")
    except Refusal as refusal:
        frame.refused(refusal)
    _asked_of_partners(data)
    with st.expander("Make it from a schedule, without this page"):
        st.code(command(year), language="bash")


def _downloads(files: dict[str, bytes]) -> None:
    for name, raw in files.items():
        kind = "Word" if name.endswith(".docx") else "HTML"
        st.download_button(
            f"{kind} ({len(raw) / 1e6:.1f} MB)", raw, file_name=name, mime=_WORD if kind == "Word" else "text/html",
            on_click="ignore", icon=":material/download:", key=f"document_{kind}",
        )  # fmt: skip


def _asked_of_partners(data: Dataset) -> None:
    """List what only partners can say, and what was given so far."""
    from pages.ui.assessment import parts

    rows = parts.asked(data, data.as_at)
    if rows:
        items = "".join(f"<li><strong>{escape(name)}</strong>: {escape(state)}</li>" for name, state in rows)
        st.html(f'<h2>What only partners can say</h2><ul class="seasons">{items}</ul>')
        st.page_link("pages/plan_targets.py", label="Type what a partner gave, on Plan targets")


def command(year: DocumentYear) -> str:
    """Write the line that makes the same document without the screen."""
    parts = ["python", "-m", "pages.ui.assessment", *(["--year", year.name] if year.financial else [])]
    return shlex.join([*parts, "--out", "documents"])
