"""What was recorded in a zone, on screen: the figures of its evidence sheet, and the button that makes the sheet."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from analysis.common.refusal import Refusal
from analysis.zone.dated import Written, dated
from analysis.zone.months import zone_months
from analysis.zone.recorded import Recorded, recorded
from data.feed.times import zone_of
from data.plan.kept import Kept
from data.store.schema import POLICE_UK
from data.zone.limits import limit_note, limits_of
from data.zone.zone import Zone
from geo.errors import InputError
from pages.ui.map.base_map import base_map_of
from pages.ui.shell import cache, downloads, frame, screenshot, tables
from pages.ui.shell.cache import Dataset, cached
from pages.ui.shell.choice import age_line
from pages.ui.shell.rows import rows_html
from pages.ui.zone import sheet_words as said
from pages.ui.zone.sheet_words import Found

NO_SHEET = "No sheet is made of a restricted zone: it would tell of one building."


def show(data: Dataset, saved: Kept[Zone], as_at: pd.Period | None = None) -> None:
    """Draw what was recorded in a saved zone, and the button of its evidence sheet.

    Parameters
    ----------
    data : Dataset
    saved : Kept
        The revision that is looked at.
    as_at : Period, optional
        The last month that is known; by default the last there is.
    """
    zone = saved.content
    if screenshot.on() and zone.restricted:
        return
    st.html('<h2 class="chart-title">What was recorded in the zone</h2>')
    st.html(f'<p class="note"><strong>{escape(said.NOT_GROUNDS)} {escape(said.DECIDES)}</strong></p>')
    found = cached(found_of, data, zone, _feed(data, saved), as_at)
    if not screenshot.on():
        _button(data, saved, found)
    if isinstance(found.recorded, Refusal):
        frame.refused(found.recorded)
        _feed_counts(found)
    else:
        _published(found.recorded, data.area.kind, found)


def found_of(data: Dataset, zone: Zone, feed: str, as_at: pd.Period | None) -> Found:
    """Count what was recorded in a zone, or say why that is not known; for ``cached``.

    Parameters
    ----------
    data : Dataset
    zone : Zone
    feed : str
        Name of the dated feed; "" for none.
    as_at : Period or None
    """
    known = data.incidents if as_at is None else data.incidents.up_to(as_at)
    months = zone_months(zone.starts, zone.ends, str(zone_of(data.area)))
    published: Recorded | Refusal
    try:
        published = recorded(known, data.area, zone.shape, months)
    except Refusal as why:
        published = why
    try:
        partner = dated(cache.feed(data, feed) if feed else None, data.area, zone.shape, as_at)
    except Refusal as why:
        return Found(published, why, age_line(data, as_at))
    return Found(published, partner, age_line(data, as_at))


def note_of(data: Dataset, zone: Zone) -> str:
    """Say where a zone lasts longer than the law lets one of its kind; "" where it does not or that is not known."""
    try:
        return limit_note(zone, limits_of(data.area.raw, data.area.file), zone_of(data.area))
    except InputError:  # said beside the zone; a sheet without the note is whole
        return ""


def _feed(data: Dataset, saved: Kept[Zone]) -> str:
    names = tuple(name for name in cache.feeds(data) if name != POLICE_UK)
    if len(names) < 2 or screenshot.on():
        return names[0] if names else ""
    return str(st.selectbox("Days and hours from", names, key=f"zone_sheet_feed_{saved.id}"))


def _button(data: Dataset, saved: Kept[Zone], found: Found) -> None:
    zone = saved.content
    if zone.restricted:
        frame.note(NO_SHEET)
        return
    st.download_button(
        "Evidence sheet (PDF)",
        partial(_pdf, data, zone, found),
        file_name=downloads.file_name(data, "zone", zone.name, "evidence sheet", ending="pdf"),
        mime="application/pdf",
        key=f"zone_sheet_{saved.id}_{saved.revision}",
        on_click="ignore",
        type="tertiary",
        icon=":material/picture_as_pdf:",
    )


def _pdf(data: Dataset, zone: Zone, found: Found) -> bytes:
    from pages.ui.zone.sheet import sheet_pdf  # draws with matplotlib, whose import takes long

    clock = zone_of(data.area)
    now = datetime.now(clock).time().replace(second=0, microsecond=0)
    when = datetime.combine(data.as_at, now, clock)
    return sheet_pdf(zone, found, data.area, base_map_of(data), when=when, note=note_of(data, zone))


def _published(recorded: Recorded, kind: str, found: Found) -> None:
    counts, years, late, days = st.tabs(["Counts", "Past years", "Of late", "Days and hours"])
    with counts:
        _title(f"Recorded {said.late_months(recorded)}")
        label = f"Incidents in the zone and in the {kind}, by crime type"
        st.html(rows_html(said.count_head(kind), said.count_rows(recorded), label))
        frame.note(f"{said.land(recorded, kind)} {said.NEVER_ADDED} {said.left_out(recorded)}")
        frame.note(f"{said.points(recorded)} {said.edge(recorded)}")
    with years:
        _title("The same months of past years")
        _years(recorded, kind)
    with late:
        _title("The last 12 months against the 12 before")
        label = f"Change in the zone and in the {kind}, by crime type"
        st.html(rows_html(said.change_head(kind), said.change_rows(recorded), label))
        for line in said.change_notes(recorded, kind):
            frame.note(line)
    with days:
        _feed_counts(found)
    frame.how(recorded.method)
    frame.asb_note()


def _title(text: str) -> None:
    st.html(f'<h3 class="chart-title">{escape(text)}</h3>')


def _years(recorded: Recorded, kind: str) -> None:
    rows = said.year_rows(recorded)
    if not rows:
        frame.note("None of these months is in the data.")
        return
    names = said.year_head(recorded, kind)[:1] + said.year_head(recorded, kind)[1::2]
    joined = [[row[0], *map(_with_part, row[1::2], row[2::2])] for row in rows]
    st.html(rows_html(names, joined, "Incidents in the zone's months, by year"))
    frame.note(f"In brackets: the part of the {kind}'s. {said.year_note(recorded)}")


def _with_part(count: str, part: str) -> str:
    return count if part == said.NONE else f"{count} ({part})"


def _feed_counts(found: Found) -> None:
    if isinstance(found.dated, Refusal):
        frame.refused(found.dated)
        return
    counts = said.feed_tables(found.dated)
    for line in said.feed_notes(found.dated, counts):
        frame.note(line)
    for spot, (name, rows) in zip(st.columns(3, gap="small"), _of_feed(counts), strict=True):
        with spot:
            table = pd.DataFrame(rows, columns=[name, "count"])
            tables.show(table, f"Incidents of the feed in the zone by {name}", of="zone_feed")


def _of_feed(counts: Written) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    return ("weekday", counts.by_day), ("hours", counts.by_hours), ("month", counts.by_month)
