"""The Briefing page: what is put together for whom, a look at every panel, and the files."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

import streamlit as st

from analysis.common.method import month_name
from data.kinds.crime_types import ASB, kinds_of
from pages.ui.briefing import problems as briefing_problems
from pages.ui.briefing.panel import AUDIENCES, NAMES, PARTNERSHIP, Ask, Panel
from pages.ui.plan.when.operation import PlanWindow
from pages.ui.shell import address, downloads, frame, screenshot, tables
from pages.ui.shell.address import PART, Control
from pages.ui.shell.cache import Dataset
from pages.ui.shell.kept_widget import held

_AUDIENCE, _PANELS, _TITLE, _MADE = "brief_audience", "brief_panels", "brief_title", "brief_made"
_WIDGET, _TABS = "_widget", "brief_tabs"
_NONE = "none"  # in the address: no panel
_CONTROLS = (
    Control("for", _AUDIENCE, {key: key for key in AUDIENCES}, "the audience", AUDIENCES),
    address.word("panels", "the panels"),
)
_TITLE_LENGTH = 120
# Which table of the list of columns the figures of a panel are.
_OF = {
    "months": "trend", "trend": "control", "target": "target", "target-path": "path", "wards": "wards",
    "season": "season",
    "problems": "problems",
    "beside": "beside", "beside-course": "beside_index", "evaluation": "verdicts", "evaluation-months": "did_months",
}  # fmt: skip


# --- what is asked for -----------------------------------------------------------------------------------------------
def choose(data: Dataset, window: PlanWindow) -> Ask:
    """Draw the controls under those of the operation and give what they mean."""
    offered = briefing_problems.offered(data)
    _read_address(offered)
    audience = st.session_state.get(_AUDIENCE, PARTNERSHIP)
    left, middle, right = st.columns([2, 5, 4], gap="small")
    left.selectbox(
        "For",
        list(AUDIENCES),
        format_func=AUDIENCES.__getitem__,
        key=held(_AUDIENCE + _WIDGET, audience),
        on_change=_take_audience,
    )
    audience = st.session_state.get(_AUDIENCE, PARTNERSHIP)
    usual = briefing_problems.usual(data, audience)
    panels = [key for key in st.session_state.get(_PANELS, usual) if key in offered]
    middle.multiselect(
        "Panels, in this order", list(offered), format_func=NAMES.__getitem__,
        key=held(_PANELS + _WIDGET, list(panels)), on_change=_take, args=(_PANELS,), placeholder="None",
        help="Take one out and choose it again to put it last.",
    )  # fmt: skip
    _write_address(usual, panels)
    right.text_input(
        "Title", key=held(_TITLE + _WIDGET, st.session_state.get(_TITLE, "")), on_change=_take, args=(_TITLE,),
        placeholder=_usual(data, window), max_chars=_TITLE_LENGTH,
    )  # fmt: skip
    return Ask(tuple(panels), audience, str(st.session_state.get(_TITLE, "")), window)


def _read_address(offered: Mapping[str, str]) -> None:
    """Take from the address for whom and with what panels; tell what is not there. A title was typed: it has none."""
    if not address.read(_CONTROLS):
        return
    st.session_state.pop(_PANELS, None)
    if asked := st.session_state[_CONTROLS[1].key]:
        words = () if asked == _NONE else tuple(dict.fromkeys(asked.split(PART)))
        for wrong in [word for word in words if word not in offered][:1]:
            address.tell(address.not_there("the panel", wrong, "the others are shown"))
        found = [word for word in words if word in offered]
        if found or asked == _NONE:
            st.session_state[_PANELS] = found


def _write_address(usual: Sequence[str], panels: list[str]) -> None:
    st.session_state[_CONTROLS[1].key] = "" if panels == list(usual) else PART.join(panels) or _NONE
    address.write(_CONTROLS)


def _usual(data: Dataset, window: PlanWindow) -> str:
    from pages.ui.briefing import make as briefing_make

    return briefing_make.title_of(data, Ask((), PARTNERSHIP, "", window))


def _take(key: str) -> None:
    st.session_state[key] = st.session_state[key + _WIDGET]


def _take_audience() -> None:
    """Take the audience; the panels become those that it usually sees."""
    _take(_AUDIENCE)
    st.session_state.pop(_PANELS, None)


def finding(data: Dataset, ask: Ask) -> str:
    """Say what is put together."""
    n = len(ask.panels)
    what = f"{n} {'panel' if n == 1 else 'panels'}" if n else "No panel is chosen"
    return f"{what} on {ask.window.title} in {data.area.name}, known to {month_name(ask.window.as_at)}"


# --- files -----------------------------------------------------------------------------------------------------------
@st.cache_resource(max_entries=4, show_spinner=False)
def _files(version: str, asked: str, _ask: Ask, _data: Dataset) -> tuple[str, bytes, bytes, tuple[str, ...]]:  # noqa: ARG001  parts of the key
    from pages.ui.briefing import make as briefing_make

    pack = briefing_make.make(_data, _ask)
    return pack.name, pack.zip, pack.files[f"{pack.name}.html"], tuple(panel.name for panel in pack.left_out)


def show_files(data: Dataset, ask: Ask) -> None:
    """Draw the button that makes the files, and the one that saves them."""
    left, right = st.columns([3, 8], gap="small", vertical_alignment="center")
    pressed = left.button(
        "Make the briefing", type="primary", icon=":material/slideshow:", disabled=not ask.panels, width="stretch"
    )
    wanted = (_version(data), repr(ask))
    if pressed:
        with st.spinner("Drawing slides, pages and pictures ..."):
            _files(*wanted, ask, data)
        st.session_state[_MADE] = wanted
    if ask.panels and st.session_state.get(_MADE) == wanted:
        name, raw, read, left_out = _files(*wanted, ask, data)
        right.download_button(
            f"Download {name}.zip ({len(raw) / 1e6:.1f} MB)", raw, file_name=f"{name}.zip", mime="application/zip",
            on_click="ignore", icon=":material/download:", key="brief_zip",
        )  # fmt: skip
        right.download_button(
            f"To read, one HTML file ({len(read) / 1e6:.1f} MB)", read, file_name=f"{name}.html", mime="text/html",
            on_click="ignore", icon=":material/article:", key="brief_html", type="tertiary",
            help="It opens from an e-mail without a connection, on a phone too, and prints on A4.",
        )  # fmt: skip
        if left_out:
            frame.note(f"Left out, since the data do not carry it: {', '.join(left_out)}. The README says why.")
    elif not screenshot.on():
        with right:
            frame.note(
                "One zip: PowerPoint with notes, PDF on A4, one HTML file, every panel as a picture, all figures."
            )
    with st.expander("Make it from a schedule, without this page"):
        st.code(command(ask), language="bash")


def command(ask: Ask) -> str:
    """Write the line that makes the same briefing without the screen."""
    window = ask.window
    days = f"{window.first}..{window.last}"
    parts = ["python", "-m", "pages.ui.briefing", "--window", downloads.slug(window.operation) or days]
    parts += ["--year", str(window.first.year)] if window.operation else []
    parts += ["--as-at", str(window.as_at), "--audience", ask.audience]
    parts += ["--category", ",".join(kinds_of(ask.category))] if ask.category != ASB else []
    parts += ["--title", ask.title] if ask.title else []
    parts += ["--panels", *ask.panels] if ask.panels else []
    return shlex.join([*parts, "--out", "briefings"])


def _version(data: Dataset) -> str:
    from pages.ui.briefing import make as briefing_make

    return briefing_make.stamp(data)


# --- panels ----------------------------------------------------------------------------------------------------------
@st.cache_resource(max_entries=48, show_spinner=False)
def _picture(version: str, audience: str, key: str, _panel: Panel) -> bytes:  # noqa: ARG001  parts of the key
    from pages.ui.briefing import sheet as briefing_sheet
    from pages.ui.paper import picture

    return picture.png(briefing_sheet.page(_panel, audience, briefing_sheet.SCREEN), briefing_sheet.SCREEN_DPI)


def show_panels(data: Dataset, ask: Ask) -> None:
    """Draw a tab per panel with its picture; only the open one is made."""
    if not ask.panels:
        frame.note("Choose at least one panel.")
        return
    from pages.ui.briefing import make as briefing_make

    titles = [NAMES[key] for key in ask.panels]
    address.hold([address.tabs(_TABS, titles)])
    tabs = st.tabs(titles, key=_TABS, on_change="rerun")
    for key, tab in zip(ask.panels, tabs, strict=True):
        if tab.open:
            with tab, st.spinner("Drawing ..."):
                for panel in briefing_make.one(data, ask, key):
                    _show(data, ask, panel)


def _show(data: Dataset, ask: Ask, panel: Panel) -> None:
    from pages.ui.briefing import files as briefing_files
    from pages.ui.briefing import slides as briefing_slides

    mark = f"{_version(data)}|{ask.window}"
    raw = _picture(mark, ask.audience, panel.key, panel)
    st.image(raw, width="stretch", alt=f"{panel.finding}. {panel.alt}")
    st.download_button(
        "Copy for slide: this panel as PNG",
        raw,
        file_name=downloads.file_name(data, "briefing", panel.key, str(ask.window.as_at), ending="png"),
        mime="image/png",
        key=f"brief_png_{panel.key}",
        on_click="ignore",
        type="tertiary",
        icon=":material/image:",
    )
    for part, table in panel.numbers:
        lines = briefing_files.about_lines(panel, part)
        file = downloads.file_name(data, "briefing", panel.key, part, str(ask.window.as_at))
        tables.beneath(
            table, f"{panel.name}: {part}", file, lines, f"brief_{panel.key}_{part}", of=_OF.get(part, "briefing")
        )
    with st.expander(f"What the speaker's notes say: {frame.plain(panel.name)}"):
        for line in frame.spelled("\n".join(briefing_slides.notes(panel))).split("\n"):
            frame.note(line)
