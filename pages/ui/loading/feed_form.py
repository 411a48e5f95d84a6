"""The form in which a person confirms what the columns of a partner's file mean."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd
import streamlit as st

from data.feed.fit import PAIRS
from data.feed.mapping import AS_LABELLED, LEFT_OUT, LOCAL, TARGETS, VALUED, FeedMapping
from data.feed.propose import Proposal, propose_words
from data.feed.table import Table
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
    "location": "Street name (no address)",
    "category": "Crime type, by column",
    "asb_type": "National ASB type, by column",
    "subcategory": "Kind of ASB or fire, by column",
}
_FIXED = {"category": "Crime type of every row", "subcategory": "Kind of every row"}
_ORDERS = {"Let the dates decide": None, "Day first (31/10/2024)": True, "Month first (10/31/2024)": False}
_LABELS = {"Not said": "", "They are local time all the same": LOCAL, "They are as labelled": AS_LABELLED}
_PLACES = {"Easting and northing": PAIRS[0], "Longitude and latitude": PAIRS[1]}


@dataclass(frozen=True, eq=False)
class Opened:
    """A file that was dropped, its table, and what is proposed for it."""

    key: str
    raw: bytes
    table: Table
    proposal: Proposal
    remembered: FeedMapping | None
    sheet: str = ""

    @property
    def mapping(self) -> FeedMapping:
        """What the form starts from: the mapping of the last time where it fits the file, else the proposal."""
        known = self.remembered
        fits = known is not None and set(known.columns.values()) <= set(self.table.columns) - set(
            self.proposal.personal
        )
        return known if known is not None and fits else self.proposal.mapping


def ask_mapping(opened: Opened) -> FeedMapping:
    """Draw the form, filled in with what is remembered or proposed, and give what the person made of it."""
    mapping = _form(opened)
    _show_columns(opened, mapping)
    return _words(opened, mapping)


def _key(opened: Opened, what: str) -> str:
    return f"feed_{what}_{hashlib.sha256(opened.key.encode()).hexdigest()[:12]}"


def _form(opened: Opened) -> FeedMapping:
    """Draw a choice for everything that a column can be."""
    start = opened.mapping
    free = [NONE, *(column for column in opened.table.columns if column not in opened.proposal.personal)]
    columns: dict[str, str] = {}

    def pick(target: str, label: str) -> None:
        index = free.index(start.columns[target]) if start.columns.get(target) in free else 0
        found = st.selectbox(label, free, index=index, key=_key(opened, target), help=TARGETS[target])
        if found and found != NONE:
            columns[target] = found

    def row(*targets: str) -> None:
        for cell, target in zip(st.columns(4, gap="small"), targets, strict=False):
            with cell:
                pick(target, _SHORT[target])

    row("start", "start_time", "end", "end_time")
    cells = st.columns(4, gap="small")
    with cells[0]:
        at = 1 if start.columns.get("longitude") else 0
        kind = st.selectbox("Place given as", list(_PLACES), index=at, key=_key(opened, "place"))
    for cell, target in zip(cells[1:3], _PLACES[kind or next(iter(_PLACES))], strict=True):
        with cell:
            pick(target, target.capitalize())
    with cells[3]:
        pick("location", _SHORT["location"])
    cells = st.columns(4, gap="small")
    fixed: dict[str, str] = {}
    for cell, target in zip(cells[:2], ("category", "subcategory"), strict=True):
        with cell:
            options = [BY_COLUMN, *VALUED[target]]
            index = options.index(getattr(start, target)) if getattr(start, target) else 0
            ours = st.selectbox(_FIXED[target], options, index=index, key=_key(opened, f"fixed_{target}"))
            fixed[target] = "" if ours in (None, BY_COLUMN) else str(ours)
    with cells[2]:
        pick("reference", _SHORT["reference"])
    with cells[3]:
        orders = list(_ORDERS)
        index = list(_ORDERS.values()).index(start.day_first)
        order = st.selectbox("Order of dates", orders, index=index, key=_key(opened, "order"))
    cells = st.columns(4, gap="small")
    for cell, target in zip(cells[:3], ("category", "asb_type", "subcategory"), strict=True):
        with cell:
            pick(target, _SHORT[target])
    with cells[3]:
        index = list(_LABELS.values()).index(start.labelled_times)
        label = st.selectbox("Times labelled +00:00", list(_LABELS), index=index, key=_key(opened, "labels"))
    midnight = st.checkbox(
        "00:00 stands for a time that is not known", value=start.midnight_unknown, key=_key(opened, "midnight")
    )
    return FeedMapping(
        columns=columns,
        words=start.words,
        day_first=_ORDERS[order or next(iter(_ORDERS))],
        labelled_times=_LABELS[label or next(iter(_LABELS))],
        midnight_unknown=midnight,
        sheet=opened.sheet,
        **fixed,
    )


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
    if personal := opened.proposal.personal:
        names = ", ".join(f"“{column}”" for column in personal) + (" looks" if len(personal) == 1 else " look")
        words = f"{names} personal and can never be mapped. Ask for a file without."
        frame.warn(words)
    tables.show(
        pd.DataFrame(rows),
        "Columns of the file with what becomes of them",
        of="feed_columns",
        key=_key(opened, "columns"),
        most=240,
    )


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
    start = propose_words(target, counts.index.tolist()) | dict(known)
    rows = pd.DataFrame(
        {
            "word": counts.index.astype(str),
            "rows": counts.to_numpy(),
            "is": [start.get(str(word), "") for word in counts.index],
        }
    )
    options: Sequence[str] = ["", *VALUED[target], *([LEFT_OUT] if target == "category" else [])]
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
