"""The Data page's panel for a partner's dated feed: its file, what would come of it, the import, the list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import escape
from typing import Protocol

import pandas as pd
import streamlit as st

from data.access.actor import IMPORT
from data.feed.importing import import_feed
from data.feed.mapping import feed_slug
from data.feed.propose import propose
from data.feed.records import MOST_BYTES
from data.feed.remembered import remembered_mapping
from data.feed.report import FeedReport
from data.feed.table import read_table
from data.kinds.lists import join_words
from data.store.report import CHECKED, counts_words
from data.store.status import Status
from data.store.store import store_version
from geo.errors import InputError
from pages.ui.loading import feed_preview
from pages.ui.loading.feed_form import Opened, ask_days, ask_mapping
from pages.ui.loading.feed_words import on_page, sentence
from pages.ui.shell import access, downloads, frame, tables
from pages.ui.shell.cache import Dataset, today
from pages.ui.shell.folders import by_name

_READ, _TRIED, _REPORT, _ROUND, _NAME = "feed_read", "feed_tried", "feed_report", "feed_round", "feed_name"
INTRO = (
    "A partner's own incidents with date and time, as CSV, workbook or GeoJSON, under any column names: they show the "
    "nights and hours that published files hide. Only the columns that you map are kept; everything else is dropped "
    "before anything is written. A feed is never added to published files: both count some of the same incidents."
)


class Uploaded(Protocol):
    """A file that was dropped on the page."""

    name: str

    def getvalue(self) -> bytes: ...  # noqa: D102


def show_upload(data: Dataset) -> Opened | None:
    """Ask for the name of the feed and the file, and read it.

    Returns
    -------
    Opened or None
        None where there is nothing to map yet.
    """
    frame.note(INTRO)
    if access.lacks(IMPORT, "load a feed"):
        return None
    st.session_state.setdefault(f"{_NAME}_widget", st.session_state.get(_NAME, ""))
    name = st.text_input(
        "Name of the feed", key=f"{_NAME}_widget", placeholder="Who records it and what, such as Fire service fires"
    )
    st.session_state[_NAME] = name
    file = st.file_uploader(
        "CSV, workbook or GeoJSON",
        type=["csv", "txt", "tsv", "xlsx", "xlsm", "xls", "ods", "geojson", "json"],
        max_upload_size=MOST_BYTES >> 20,  # what is larger would be refused after it was sent
        key=f"feed_file_{st.session_state.get(_ROUND, 0)}",
    )
    if file is None:
        return None
    st.session_state.pop(_REPORT, None)  # of the file before
    if not name.strip():
        frame.note("Give the feed a name: the next file of the same name is read in the same way.")
        return None
    try:
        return _opened(data, file, name)
    except InputError as error:
        _wrong(error)
        return None


def _opened(data: Dataset, file: Uploaded, name: str) -> Opened:
    """Read the file once: the table stays in this session's memory and is written nowhere."""
    slug = feed_slug(name)
    raw = file.getvalue()
    digest = hashlib.sha256(raw).hexdigest()[:16]
    known = remembered_mapping(data.store, slug)
    held: Opened | None = st.session_state.get(_READ)
    proposed = held.proposed if held is not None and held.key.startswith(digest) else read_table(file.name, raw)
    sheet = known.sheet if known and known.sheet in proposed.sheets else ""
    if len(proposed.sheets) > 1:
        alike = f"As proposed: {join_words(title for _, title in proposed.parts)}"
        choices = [alike, *proposed.sheets]
        chosen = st.selectbox("Sheet", choices, index=choices.index(sheet or alike), key=f"feed_sheet_{digest}")
        sheet = "" if chosen in (None, alike) else str(chosen)
    key = f"{digest}-{slug}-{sheet}-{data.area.wards.version}-{json.dumps(known.to_json()) if known else ''}"
    if held is None or held.key != key:
        table = read_table(file.name, raw, sheet) if sheet else proposed
        held = Opened(key, raw, table, propose(table, data.area, name), known, sheet, proposed)
        st.session_state[_READ] = held
    return held


def show_mapping(data: Dataset, opened: Opened) -> None:
    """Show what each column means, let the person correct it, say what would come of it, and import."""
    slug = feed_slug(st.session_state[_NAME])
    known = opened.mapping is opened.remembered
    how = "as the last file of this feed" if known else "as proposed from names and values: look at each"
    st.html(f'<h2 class="chart-title">What the columns of {escape(opened.table.name)} mean, {how}</h2>')
    mapping = ask_mapping(opened)
    period, replace_days = ask_days(opened)
    run = partial(
        import_feed,
        opened.table,
        opened.raw,
        slug,
        mapping,
        data.store,
        data.area,
        period=period,
        today=today(),
        replace_days=replace_days,
        actor=access.actor(),
    )
    said = json.dumps([mapping.to_json(), slug, str(period), replace_days, store_version(data.store), opened.key])
    report = _try(data, run, said)
    if st.button(
        f"Import as {slug}",
        type="primary",
        disabled=not isinstance(report, FeedReport),
        key="feed_import",
        width="content",
    ):
        try:
            done = run()
        except InputError as error:
            _wrong(error)
            return
        for key in (_READ, _TRIED):
            st.session_state.pop(key, None)
        st.session_state[_REPORT] = done
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
        st.rerun()


def _try(data: Dataset, run: Callable[..., FeedReport], said: str) -> FeedReport | InputError:
    """Say what the import would do; tried once for the same choices, which ``said`` tells."""
    held = st.session_state.get(_TRIED)
    if held is None or held[0] != said:
        result: FeedReport | InputError
        try:
            result = run(dry_run=True)
        except InputError as error:
            result = error
        held = st.session_state[_TRIED] = (said, result)
    result = held[1]
    if isinstance(result, InputError):
        _wrong(result)
    else:
        if result.preview is not None:
            feed_preview.show(data, result.preview, key="tried")
        _show_report(result, key="tried")
    return result


def _wrong(error: InputError) -> None:
    lines = "<br>".join(escape(on_page(line)) for line in by_name(str(error)).splitlines())
    st.html(f'<div class="failed" role="alert"><strong>This cannot be imported yet.</strong> {lines}</div>')


def show_done() -> None:
    """Show what the last import of this session did."""
    if report := st.session_state.get(_REPORT):
        _show_report(report)


def _show_report(report: FeedReport, key: str = "done") -> None:
    done = key == "done"
    head = "Import finished" if done else "If you import it now"
    first, *lines = replace(report, preview=None).lines()
    counts = counts_words([report]) if report.status == CHECKED else first
    look = "done" if done or not report.rejected else "warning"
    st.html(f'<div class="{look}" role="status"><strong>{head}:</strong> {escape(sentence(counts))}</div>')
    items = "".join(f"<li>{escape(sentence(on_page(line.strip())))}</li>" for line in lines)
    st.html(f'<ul class="note seasons">{items}</ul>')
    if report.rejected_rows:
        rows = pd.DataFrame([row._asdict() for row in report.rejected_rows]).drop(columns=["file", "original"])
        with st.expander(f"{len(rows):,} rejected rows, with what to do"):
            tables.show(rows.head(500), "Rejected rows of the feed", key=f"feed_rejected_{key}", most=240)


def show_feeds(data: Dataset, state: Status) -> None:
    """List the feeds there are, month by month, apart from published files."""
    if state.feeds.empty:
        held = f"The demonstration has one: {data.demo.feed.source}. " if data.demo is not None else ""
        frame.note(f"{held}No dated feed is loaded.")
        return
    frame.note(
        "Dated feeds count some of the incidents of published files again: the two are never added together. A month "
        "of which a day is not covered is kept, and used once a file covers all of it."
    )
    table = state.feeds.sort_values(["feed", "month"], ascending=[True, False], ignore_index=True)
    tables.show(table, "Months of dated feeds", key="table_of_feeds", most=300)
    downloads.csv_button(
        table, downloads.file_name(data, "feeds"), downloads.about(data, "dated feeds"), key="csv_feeds"
    )
