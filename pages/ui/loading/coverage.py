"""What the Data page shows: which months are there, from which files, what was put aside, and how to load more."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import pandas as pd
import streamlit as st

from analysis.common.method import period_words
from analysis.findings.age import FRESH, months_old
from data.access.actor import IMPORT
from data.place.area import Area
from data.place.calendar_words import known_words
from data.published.police_uk import import_paths
from data.store.force_counts import uncounted_lines
from data.store.report import ImportReport
from data.store.schema import months_between
from data.store.status import Status, rejected_rows, store_status
from geo.aside import is_device
from geo.errors import InputError
from pages.ui.chart import charts
from pages.ui.loading import acts, coverage_chart, feed_import, measuring
from pages.ui.loading import doubts as in_doubt_list
from pages.ui.map import base_map
from pages.ui.shell import access, address, downloads, frame, small_areas, tables
from pages.ui.shell.address import Control
from pages.ui.shell.cache import Dataset, doubts, feeds
from pages.ui.shell.folders import by_name

_REPORT, _LOAD, _DETAILS = "import_report", "data_load", "data_details"
_WAYS = {"files": "Published files", "feed": "A partner's dated feed"}
_SHOWN_ROWS = 200  # of the rejected rows; the file holds all
SNAP_POINTS = (
    "data.police.uk does not publish where an incident happened. Each is moved to the nearest of a fixed list of map "
    "points, which stand for at least eight addresses, or for a public place such as a park or a car park. Points lie "
    "some 70 m apart in built-up areas. So nothing here is exact to a house, and cells smaller than 150 m would show "
    "the points, not the incidents."
)
MONTH_DATES = (
    "Dates are months. There is no day, no hour and no weekday in these files: a single night such as 5 November, or "
    "the time of day, needs a dated feed from a partner."
)
ASB_ROWS = (
    "ASB has no identifier. Rows that are alike in every column are separate incidents and are all counted; between "
    "two releases they can be compared in number only."
)
MISSING = "A month that was not published, or not loaded, is missing. It is never counted as a month without incidents."


class Uploaded(Protocol):
    """A file that was dropped on the page."""

    name: str

    def getbuffer(self) -> memoryview: ...  # noqa: D102


def status(data: Dataset) -> Status:
    """Describe the store; not cached, for an import can change the files behind the same incidents."""
    return store_status(data.store, data.area)


def finding(data: Dataset) -> str:
    """Say what the figures rest on."""
    if data.simulated:
        return "No published files are loaded: every figure shown is simulated"
    months = data.incidents.months
    beside = feeds(data)
    dated = f"dated feed{'' if len(beside) == 1 else 's'} {', '.join(beside)}"
    if not len(months) and beside and not _published(data):
        return f"No published files are loaded, only the {dated}: most pages need published months"
    if not len(months):
        return "There is no month that every force of the area has published: load the missing force"
    doubted = pd.PeriodIndex(sorted({one.month for one in doubts(data)}), freq="M")
    gaps = len(months_between(months[0], months[-1]).difference(months).difference(doubted))
    left_out = f"; {len(doubted)} in doubt and left out" if len(doubted) else ""
    span = period_words(months[0], months[-1])
    missing = f"; {gaps} month{'' if gaps == 1 else 's'} between them missing" if gaps else ""
    if not gaps and len(months) > 1:
        missing = ", none missing between them"
    age = months_old(months[-1], data.as_at)
    old = f"; the last is {age} months ago" if age > FRESH else ""
    found = (
        f"{len(months)} month{'' if len(months) == 1 else 's'} of published incidents, {span}{missing}{left_out}{old}"
    )
    return f"{found}; beside them, never added, the {dated}" if beside else found


def _published(data: Dataset) -> bool:
    """Whether a published file is loaded at all, of whatever force."""
    return not status(data).coverage.empty


# --- coverage --------------------------------------------------------------------------------------------------------
def show_coverage(data: Dataset, state: Status) -> None:
    """Draw the coverage, and warn of forces that are not loaded."""
    if state.coverage.empty:
        what = "Nothing is" if state.feeds.empty else "No published file is"
        st.html(f'<h2 class="chart-title">{what} loaded yet</h2>')
        frame.note(
            "Press Start, or load files that you have: from data.police.uk, under Data downloads, with “Include crime "
            "data” ticked, as they are."
        )
    else:
        doubted = {(doubt.force, doubt.month) for doubt in state.in_doubt}
        drawn = coverage_chart.chart(state.coverage, doubted, state.not_published)
        lines = downloads.about(data, "months loaded by force")
        caption = coverage_chart.caption(state)
        charts.show(drawn, data, "coverage", downloads.file_name(data, "coverage"), lines, caption)
    for kind, words in (
        ("area", "Without {} no month counts: it covers the area itself."),
        (
            "buffer",
            "Not loaded: {}, covering part of the {} m around the area. Hotspots there look colder than they are.",
        ),
    ):
        forces = state.missing_forces.get(kind, ())
        if forces and not state.coverage.empty:
            frame.warn(words.format(", ".join(forces), f"{data.area.buffer_m:,.0f}"))
    for line in uncounted_lines(state.uncounted) if "comparison" in data.area.raw else ():
        frame.note(line)
    if problem := base_map.problem(data):
        frame.warn(problem)
    in_doubt_list.show(data, state)


# --- import ----------------------------------------------------------------------------------------------------------
def safe_name(name: str, taken: set[str]) -> str:
    """Name under which a dropped file is put aside: no folder, nothing a file system objects to, none twice.

    Parameters
    ----------
    name : str
        As the browser gives it; it may be anything.
    taken : set of str
        Names that are in use.
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    clean = re.sub(r"[^\w.() -]", "_", last).strip(" .")[-100:] or "file.csv"
    clean = f"_{clean}" if is_device(clean) else clean
    number, found = 2, clean
    while found.lower() in {one.lower() for one in taken}:
        found, number = f"{number}_{clean}", number + 1
    return found


def put_aside(files: Sequence[Uploaded], folder: Path) -> list[Path]:
    """Write dropped files into a folder."""
    paths: list[Path] = []
    for file in files:
        path = folder / safe_name(file.name, {one.name for one in paths})
        path.write_bytes(file.getbuffer())
        paths.append(path)
    return paths


@contextmanager
def dropped(files: Sequence[Uploaded]) -> Iterator[list[Path]]:
    """Give dropped files a folder for the time.

    Raises
    ------
    InputError
        They cannot be written, such as on a full disk.
    """
    with ExitStack() as stack:
        try:
            # what Windows still reads stays, until the machine clears its folder for such files
            made = tempfile.TemporaryDirectory(prefix="import-", ignore_cleanup_errors=True)
            paths = put_aside(files, Path(stack.enter_context(made)))
        except OSError as error:
            raise InputError(
                f"the files cannot be put aside: {error.strerror or error}",
                file=tempfile.gettempdir(),
                hint="Make room there, or import on the command line: python -m data import PATH. Nothing was changed.",
            ) from error
        yield paths


def show_import(data: Dataset) -> None:
    """Take files by drag and drop, import them and show the report."""
    st.html('<h2 class="chart-title">Load published files</h2>')
    if access.lacks(IMPORT, "load files"):
        return
    files = st.file_uploader(
        "Archives (zip) or street-level CSV files from data.police.uk",
        type=["zip", "csv"],
        accept_multiple_files=True,
        key="upload",
    )
    if st.button("Import", disabled=not files, key="import"):
        bar = st.progress(0.0, "Reading ...")
        try:
            with dropped(files) as paths:
                report = import_paths(paths, data.store, data.area, _progress(bar), actor=access.actor())
        except InputError as error:
            st.session_state.pop(_REPORT, None)
            frame.failed(error)
            return
        st.session_state[_REPORT] = report
        st.rerun()
    if done := st.session_state.get(_REPORT):
        show_report(done)
    else:
        frame.note("Files stay on this machine. Large archives: python -m data import PATH")


def _progress(bar: Any) -> Any:
    def tell(done: int, total: int, name: str) -> None:
        bar.progress(min(1.0, done / total) if total else 0.0, frame.plain(name or "Finishing ..."))

    return tell


def show_report(report: ImportReport) -> None:
    """Show what an import did: the same lines as on the command line, and every file in a table."""
    head = "Import finished" if report.ok else "Import finished; some files could not be used"
    st.html(f'<div class="{"done" if report.ok else "warning"}" role="status"><strong>{head}</strong></div>')
    st.code(by_name("\n".join(report.lines())), language=None, wrap_lines=True, height=170)
    table = pd.DataFrame(
        [
            {
                "status": file.status,
                "file": file.name.rsplit("/", 1)[-1],
                "rows read": file.rows_read,
                "loaded": file.loaded,
                "rejected": file.rejected,
                "outside": file.outside,
                "joined": file.joined,
                "notes": by_name("; ".join(file.notes)),
                "replaced": file.replaced,
                "error": by_name(file.error or ""),
            }
            for file in report.files
        ]
    )
    if len(table):
        columns = {"file": st.column_config.TextColumn(width=210)}
        tables.show(table, "Import by file", of="loading", config=columns, key="import_files", most=200)


def ways_to_load() -> Sequence[Any]:
    """Draw a tab for each way to load data."""
    address.hold([Control("load", _LOAD, _WAYS, "the way to load data", _WAYS)])
    return st.tabs(list(_WAYS.values()), key=_LOAD, on_change="rerun")


# --- tabs ------------------------------------------------------------------------------------------------------------
def show_details(data: Dataset, state: Status) -> None:
    """Draw the tabs: what the data mean, files, revisions, rejected rows, false alarms, wards and licence."""
    names = [
        "What the data mean",
        "Files and releases",
        "Dated feeds",
        "Revisions",
        "Rejected rows",
        "False alarms",
        "Wards and licence",
        *([acts.TAB] if acts.offered() else []),
    ]
    address.hold([address.tabs(_DETAILS, names)])
    meaning, files, dated, revisions, rejected, alarms, wards, *log = st.tabs(names, key=_DETAILS, on_change="rerun")
    for tab in log:
        with tab:
            acts.show(data)
    with meaning:
        st.html(
            '<ul class="seasons">'
            + "".join(
                f"<li><strong>{head}</strong> {escape(text)}</li>"
                for head, text in (
                    ("Map points.", SNAP_POINTS),
                    ("Months.", MONTH_DATES),
                    ("ASB.", frame.spelled(f"{ASB_ROWS} {frame.ASB_NOTE}")),
                    ("Missing months.", MISSING),
                )
            )
            + "</ul>"
        )
    with files:
        _show_table(data, _files(state.coverage), "files", "No file is loaded.")
    with dated:
        feed_import.show_feeds(data, state)
    with revisions:
        frame.note("A month that is imported again replaces what was there. This is what changed each time.")
        _show_table(data, state.revisions, "revisions", "No month was ever imported twice with a change.")
    with rejected:
        _show_rejected(data, state)
    with alarms:
        measuring.show(data)
    with wards:
        _show_wards(data, state)


def _files(coverage: pd.DataFrame) -> pd.DataFrame:
    columns = [
        "month",
        "force",
        "file",
        "release",
        "imported_at",
        "rows_read",
        "in_area",
        "buffer",
        "rejected",
        "outside",
        "joined",
    ]
    return coverage[columns].sort_values(["month", "force"], ascending=[False, True], ignore_index=True)


def _show_table(data: Dataset, table: pd.DataFrame, name: str, nothing: str) -> None:
    if table.empty:
        frame.note(nothing)
        return
    tables.show(table, name, of=name, key=f"table_of_{name}", most=300)
    downloads.csv_button(table, downloads.file_name(data, name), downloads.about(data, name), key=f"csv_{name}")


def _show_rejected(data: Dataset, state: Status) -> None:
    if state.rejected.empty:
        frame.note("No row was rejected.")
        return
    left, right = st.columns([1, 2])
    with left:
        tables.show(state.rejected, "Rejected rows by reason", key="reasons", most=300)
    with right:
        try:
            rows = rejected_rows(data.store)
        except InputError as error:  # the rest of the page does without
            frame.failed(error)
            return
        tables.show(rows.head(_SHOWN_ROWS), "Rejected rows with place, value and advice", key="rejected", most=300)
        if len(rows) > _SHOWN_ROWS:
            frame.note(f"The first {_SHOWN_ROWS} of {len(rows):,} are shown; the file holds them all.")
        downloads.csv_button(
            rows, downloads.file_name(data, "rejected"), downloads.about(data, "rejected rows"), key="csv_rejected"
        )


def _show_wards(data: Dataset, state: Status) -> None:
    area = data.area
    rows = [
        ("Area", f"{area.name} ({area.code}), {len(area.wards.codes)} wards"),
        ("Ward layer", f"{area.wards.vintage}; version {area.wards.version}"),
        *(
            (("Ward layers", "; ".join(area.with_layer(one.key).layer_words for one in area.layers)),)
            if area.layers
            else ()
        ),
        (
            "Ward of an incident",
            "by point in polygon; incidents up to "
            f"{area.buffer_m:,.0f} m outside are kept for the edges of hotspot maps and counted in no total",
        ),
        ("Residents", area.residents_source or "none in the area file"),
        (f"{small_areas.LABEL} (LSOA)", small_areas.told(area)),
        ("School terms", _terms(area)),
        ("Incidents", downloads.SIMULATED_LINE if data.simulated else frame.POLICE_ATTRIBUTION),
        ("Boundaries", area.wards.attribution),
        ("Streets under the map", _streets(data)),
        ("Data version", data.incidents.version),
    ]
    body = "".join(f"<tr><th scope='row'>{escape(head)}</th><td>{escape(text)}</td></tr>" for head, text in rows)
    st.html(f'<table class="facts">{body}</table>')
    for note in area.notes:
        frame.note(by_name(note))
    if not state.ward_layer.matches:
        frame.warn("The store was made with another ward layer: import everything anew with --rebuild.")


def _terms(area: Area) -> str:
    known = known_words(area)
    if area.school.known_to is None:
        return f"{known}; python -m data terms FILE.csv takes them"
    source = f" ({area.school.source})" if area.school.source else ""
    return f"{known}{source}; later holidays are assumed"


def _streets(data: Dataset) -> str:
    found = base_map.base_map_of(data)
    if found is not None:
        return f"{found.source}. {found.attribution}"
    return base_map.problem(data) or (
        "none loaded: python -m data basemap --fetch gets streets, water and green from open data; or give a FILE"
    )
