"""The form in which a person confirms what the columns of a partner's file mean."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape

import pandas as pd
import streamlit as st

from data.feed.fit import PAIRS
from data.feed.mapping import (
    AS_LABELLED,
    COUNTS,
    INCIDENTS,
    LEAVES_OUT,
    LEFT_OUT,
    LOCAL,
    NOT_SAID,
    PARTS,
    TARGETS,
    VALUED,
    FeedMapping,
)
from data.feed.postcode_text import why_no_postcodes
from data.feed.propose import Proposal
from data.feed.propose_what import propose_words
from data.feed.propose_when import not_when
from data.feed.table import Table
from pages.ui.loading.feed_words import on_page, sentence
from pages.ui.shell import columns, frame, tables
from pages.ui.shell.cache import today

NONE = "(no column)"
BY_COLUMN = "(by its column)"
_SHORT = {
    "start": "Date and time (or date)",
    "start_time": "Time, if apart",
    "end": "End: date and time",
    "end_time": "End: time, if apart",
    "reference": "Reference number",
    "count": "Number of incidents, by column",
    "location": "Street name (no address)",
    "category": "Crime type, by column",
    "asb_type": "National ASB type, by column",
    "subcategory": "Kind of ASB or fire, by column",
}
_FIXED = {"category": "Crime type of every row", "subcategory": "Kind of every row"}
_SELDOM = ("end", "end_time", "location", "asb_type")
_MORE = "More: when it ended, street, national ASB type, times that stand for one that is not known"
_ORDERS = {"Let the dates decide": None, "Day first (31/10/2024)": True, "Month first (10/31/2024)": False}
_LABELS = {"Not said": "", "They are local time all the same": LOCAL, "They are as labelled": AS_LABELLED}
_MIDNIGHT = "00:00"
_STAND_INS = (_MIDNIGHT, "00:01", "12:00", "23:59", "24:00")
_PLACES: dict[str, tuple[str, ...]] = {
    "Easting and northing": PAIRS[0],
    "Longitude and latitude": PAIRS[1],
    "Points in one column": ("point",),
    "Postcodes (centre of the unit)": ("postcode",),
}
_ROWS = {
    "One incident": INCIDENTS,
    "One of several rows of an incident": PARTS,
    "A number of incidents": COUNTS,
    "Not said yet": NOT_SAID,
}


@dataclass(frozen=True, eq=False)
class Opened:
    """A file that was dropped, its table, and what is proposed for it.

    ``proposed`` is the table of the sheets that read alike, whatever was chosen.
    """

    key: str
    raw: bytes
    table: Table
    proposal: Proposal
    remembered: FeedMapping | None
    sheet: str
    proposed: Table

    @property
    def mapping(self) -> FeedMapping:
        """What the form starts from: the mapping of the last time where it fits the file, else the proposal."""
        known = self.remembered
        if known is None:
            return self.proposal.mapping
        usable = set(self.table.columns) - set(self.proposal.personal)
        fits = all(
            column in (self.table.columns if target == "postcode" else usable)
            for target, column in known.columns.items()
        )
        return known if fits else self.proposal.mapping


def ask_mapping(opened: Opened) -> FeedMapping:
    """Draw the form, filled in with what is remembered or proposed, and give what the person made of it."""
    mapping = _form(opened)
    _show_columns(opened, mapping)
    return _words(opened, mapping)


def _key(opened: Opened, what: str) -> str:
    return f"feed_{what}_{hashlib.sha256(opened.key.encode()).hexdigest()[:12]}"


def _form(opened: Opened) -> FeedMapping:
    """Draw a choice for everything that a column can be."""
    start = _ask_rows(opened)
    free = [NONE, *(column for column in opened.table.columns if column not in opened.proposal.personal)]
    columns: dict[str, str] = {}

    def pick(target: str, label: str) -> None:
        options = [NONE, *_postcode_columns(opened)] if target == "postcode" else free
        index = options.index(start.columns[target]) if start.columns.get(target) in options else 0
        key = _key(opened, target + (start.rows_are if target in ("reference", "count") else ""))
        found = st.selectbox(label, options, index=index, key=key, help=TARGETS[target])
        if found and found != NONE:
            columns[target] = found

    def row(*targets: str) -> None:
        for cell, target in zip(st.columns(4, gap="small"), targets, strict=False):
            with cell:
                pick(target, _SHORT[target])

    if start.rows_are == COUNTS:
        row("count")
    cells = st.columns(4, gap="small")
    for cell, target in zip(cells[:2], ("start", "start_time"), strict=True):
        with cell:
            pick(target, _SHORT[target])
    with cells[2]:
        orders = list(_ORDERS)
        index = list(_ORDERS.values()).index(start.day_first)
        order = st.selectbox("Order of dates", orders, index=index, key=_key(opened, "order"))
    with cells[3]:
        index = list(_LABELS.values()).index(start.labelled_times)
        label = st.selectbox(
            "Times labelled +00:00, or counted",
            list(_LABELS),
            index=index,
            key=_key(opened, "labels"),
            help="Only where times end in Z or +00:00, or count seconds from 1970: such labels are often wrong.",
        )
    cells = st.columns(4, gap="small")
    with cells[0]:
        at = next((n for n, place in enumerate(_PLACES.values()) if start.columns.get(place[0])), 0)
        kind = st.selectbox("Place given as", list(_PLACES), index=at, key=_key(opened, "place"))
    for cell, target in zip(cells[1:3], _PLACES[kind or next(iter(_PLACES))], strict=False):
        with cell:
            pick(target, target.capitalize())
    with cells[3]:
        pick("reference", _SHORT["reference"])
    cells = st.columns(4, gap="small")
    fixed: dict[str, str] = {}
    for ours, theirs, target in zip(cells[::2], cells[1::2], ("category", "subcategory"), strict=True):
        with ours:
            options = [BY_COLUMN, *VALUED[target]]
            index = options.index(getattr(start, target)) if getattr(start, target) else 0
            every = st.selectbox(_FIXED[target], options, index=index, key=_key(opened, f"fixed_{target}"))
            fixed[target] = "" if every in (None, BY_COLUMN) else str(every)
        with theirs:
            pick(target, _SHORT[target])
    known = start.midnight_unknown or start.unknown_times or any(start.columns.get(target) for target in _SELDOM)
    with st.expander(_MORE, expanded=bool(known)):
        row(*_SELDOM)
        unknown = _unknown_times(opened)
    return FeedMapping(
        columns=columns,
        words=start.words,
        day_first=_ORDERS[order or next(iter(_ORDERS))],
        labelled_times=_LABELS[label or next(iter(_LABELS))],
        midnight_unknown=_MIDNIGHT in unknown,
        unknown_times=tuple(text for text in unknown if text != _MIDNIGHT),
        sheet=opened.sheet,
        category=fixed["category"],
        subcategory=fixed["subcategory"],
        rows_are=start.rows_are,
    )


def _unknown_times(opened: Opened) -> list[str]:
    """Ask which times of day stand for one that is not known."""
    start = opened.mapping
    known = ([_MIDNIGHT] if start.midnight_unknown else []) + list(start.unknown_times)
    return st.multiselect(
        "Times that stand for one that is not known",
        list(dict.fromkeys([*_STAND_INS, *known])),
        known,
        key=_key(opened, "unknown_times"),
        help="Such rows count in their day and in no hour. Another time can be typed, like 09:00.",
        accept_new_options=True,
        placeholder="None",
    )


def _postcode_columns(opened: Opened) -> list[str]:
    """Columns of whole postcodes: personal as text, and usable as a place only."""
    return [column for column in opened.table.columns if not why_no_postcodes(opened.table.filled(column))]


def _ask_rows(opened: Opened) -> FeedMapping:
    """Ask what a row stands for; what the form starts from then."""
    start = opened.mapping
    proposed = start is opened.proposal.mapping
    if proposed and opened.proposal.rows.question:
        frame.warn(on_page(opened.proposal.rows.question))
    before = start.rows_are or INCIDENTS
    labels = [label for label, rows_are in _ROWS.items() if rows_are != NOT_SAID or before == NOT_SAID]
    index = [_ROWS[label] for label in labels].index(before)
    label = st.selectbox("A row stands for", labels, index=index, key=_key(opened, "rows_are"), width=340)
    said = _ROWS[label or labels[index]]
    if said == before:
        return start
    return opened.proposal.said(said) if proposed else replace(start, rows_are=said)


def _show_columns(opened: Opened, mapping: FeedMapping) -> None:
    """List every column with what becomes of it; nothing of a personal one is shown."""
    target_of = {column: target for target, column in mapping.columns.items()}
    rows = []
    for column in opened.table.columns:
        why = opened.proposal.personal.get(column)
        target = target_of.get(column)
        rows.append(
            {
                "column": column,
                "becomes": TARGETS[target] if target else ("dropped: it " + why if why else "dropped"),
                "some values": "not shown" if why else ", ".join(opened.proposal.samples.get(column, ())),
            }
        )
    rows.sort(key=lambda each: str(each["becomes"]).startswith("dropped"))
    if personal := [column for column in opened.proposal.personal if column not in target_of]:
        names = ", ".join(f"“{column}”" for column in personal) + (" looks" if len(personal) == 1 else " look")
        words = f"{names} personal and can never be mapped. Ask for a file without."
        frame.warn(words)
    chosen = mapping.columns.get("start", "")
    if chosen != opened.proposal.mapping.columns.get("start") and (doubt := not_when(chosen)):
        frame.warn(doubt)
    _show_notes(opened, mapping)
    tables.show(
        pd.DataFrame(rows),
        "Columns of the file with what becomes of them",
        of="feed_columns",
        key=_key(opened, "columns"),
        most=240,
    )


def _show_notes(opened: Opened, mapping: FeedMapping) -> None:
    """List what the file shows of itself; said to be of the proposed columns where others were chosen."""
    proposal = opened.proposal
    notes = proposal.beside([proposal.rows.question] if opened.mapping is proposal.mapping else [])
    if not notes:
        return
    answers = ("reference", "count")  # which follow from what a row stands for
    as_proposed = {target: column for target, column in mapping.columns.items() if target not in answers} == {
        target: column for target, column in proposal.mapping.columns.items() if target not in answers
    }
    head = "What the file shows" if as_proposed else "What the file shows, with the columns as they were proposed"
    items = "".join(f"<li>{escape(sentence(on_page(note)))}</li>" for note in notes)
    st.html(f'<p class="note"><strong>{head}</strong></p><ul class="note seasons">{items}</ul>')


def _words(opened: Opened, mapping: FeedMapping) -> FeedMapping:
    """Let the words of the columns that tell a kind be mapped to ours."""
    found: dict[str, Mapping[str, str]] = {}
    mapped = [target for target in VALUED if mapping.columns.get(target)]
    for cell, target in zip(st.columns(len(mapped), gap="small") if mapped else (), mapped, strict=True):
        with cell:
            column = mapping.columns[target]
            found[target] = _word_table(opened, target, column, mapping.words.get(target, {}))
    return replace(mapping, words={target: words for target, words in found.items() if words})


def _word_table(opened: Opened, target: str, column: str, known: Mapping[str, str]) -> Mapping[str, str]:
    counts = pd.Series(opened.table.filled(column)).value_counts()
    start = propose_words(target, counts.index.tolist())
    if opened.mapping is opened.remembered:  # a word that counted the last time is not left out unasked
        start = {word: ours for word, ours in start.items() if ours != LEFT_OUT}
    start |= dict(known)
    rows = pd.DataFrame(
        {
            "word": counts.index.astype(str),
            "rows": counts.to_numpy(),
            "is": [start.get(str(word), "") for word in counts.index],
        }
    )
    options: Sequence[str] = ["", *VALUED[target], *([LEFT_OUT] if target in LEAVES_OUT else [])]
    edited = st.data_editor(
        rows,
        hide_index=True,
        disabled=["word", "rows"],
        height=tables.height_px(len(rows), most=240),
        row_height=tables.ROW_PX,
        column_config=columns.named(
            rows,
            "feed_words",
            {
                "word": st.column_config.TextColumn(f"Word in “{frame.plain(column)}”"),
                "is": st.column_config.SelectboxColumn(_SHORT[target].removesuffix(", by column"), options=options),
            },
        ),
        key=_key(opened, f"words_{target}_{hashlib.sha256(column.encode()).hexdigest()[:6]}"),
    )
    return {str(word): str(ours) for word, ours in zip(edited["word"], edited["is"], strict=True) if ours}


def ask_days(opened: Opened) -> tuple[tuple[date, date] | None, bool]:
    """Ask which days the file covers, where it covers more than its incidents show."""
    first, last, more = st.columns([1, 1, 2], gap="small", vertical_alignment="bottom")
    words = "Empty: from the first incident to the last. A month of which a day is not covered is kept but not used."
    with first:
        start = st.date_input(
            "Covers from", None, date(2000, 1, 1), today(), _key(opened, "from"), words, format="DD/MM/YYYY"
        )
    with last:
        end = st.date_input("to", None, date(2000, 1, 1), today(), _key(opened, "to"), format="DD/MM/YYYY")
    with more:
        replace_days = st.checkbox(
            "Replace a month even if days of it that are stored are lost", key=_key(opened, "replace")
        )
    return ((start, end) if start and end else None), replace_days
