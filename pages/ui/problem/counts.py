"""Counts that a partner gave, typed by hand: a name, a source, a day and a few rows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import partial
from html import escape

import streamlit as st

from analysis.findings.problems import day_words
from data.plan.kept import Kept
from data.problem.file import OR_MORE, UNDER
from data.problem.problem import MOST_ROWS, Problem, Tally, TallyRow
from geo.errors import InputError
from pages.ui.plan.saved import asked
from pages.ui.problem import record, typed
from pages.ui.problem.record import NEW
from pages.ui.shell import frame
from pages.ui.shell.cache import Dataset

_FIELDS = ("name", "source", "as_of", "rows")
_NUMBER = re.compile(r"[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3}")


def show(data: Dataset, one: Kept[Problem], *, may: bool) -> None:
    """Draw the tables of counts, and the form of one."""
    for tally in one.content.tallies:
        st.html(tally_html(tally))
    if may:
        with st.popover("Counts of a partner", icon=":material/table:"):
            _form(data, one)


def tally_html(tally: Tally) -> str:
    """Write a table of counts."""
    rows = "".join(f"<tr><th>{escape(row.label)}</th><td>{escape(count_words(row))}</td></tr>" for row in tally.rows)
    head = f"{tally.name} ({tally.source}, {day_words(tally.as_of)})"
    return f'<p>{escape(head)}</p><table class="facts" aria-label="{escape(tally.name)}">{rows}</table>'


def count_words(row: TallyRow) -> str:
    """Write a count; one that came from another machine as "under 5" or "25 or more" says no more."""
    if row.count is None:
        return UNDER
    return f"{row.count:,}{OR_MORE if row.or_more else ''}"


def read_rows(text: str) -> tuple[TallyRow, ...]:
    """Read typed rows, each a label and behind its last colon a whole number, "25 or more" or "under 5".

    Raises
    ------
    InputError
        Names every row that cannot be read.
    """
    rows, wrong = [], []
    for n, line in enumerate(filter(None, (line.strip() for line in text.splitlines())), 1):
        label, colon, count = (part.strip() for part in line.rpartition(":"))
        number = count.removesuffix(OR_MORE)
        if not colon or not label or (count != UNDER and not _NUMBER.fullmatch(number)):
            wrong.append(f"row {n} ({line[:40]})")
            continue
        rows.append(
            TallyRow(label, None) if count == UNDER else TallyRow(label, int(number.replace(",", "")), number != count)
        )
    if wrong or not rows:
        said = f"not a label, a colon and a whole number: {', '.join(wrong)}" if wrong else "no row is typed"
        raise InputError(said, hint="Write one row a line, such as: Calls about noise: 12")
    return tuple(rows)


def _form(data: Dataset, one: Kept[Problem]) -> None:
    every = one.content.tallies
    pick = _picked(one)
    if typed.value(pick, NEW) not in range(NEW, len(every)):
        typed.put(pick, NEW)
    labels = {NEW: "A new table", **{n: f"{n + 1}. {frame.plain(tally.name)}" for n, tally in enumerate(every)}}
    st.selectbox(
        "Change", list(labels), format_func=labels.__getitem__, key=typed.key(pick, NEW), on_change=typed.take,
        args=(pick,),
    )  # fmt: skip
    at = int(typed.value(pick, NEW))
    old = every[at] if at != NEW else None
    starts = _starts(data, old)
    begins = _begins(one, at)
    names = {field: begins + field for field in _FIELDS}
    keys = {field: typed.key(names[field], starts[field]) for field in _FIELDS}
    st.text_input("What is counted", key=keys["name"], max_chars=200, on_change=typed.take, args=(names["name"],))
    st.text_input("From whom", key=keys["source"], max_chars=200, on_change=typed.take, args=(names["source"],))
    st.date_input("As of", key=keys["as_of"], format="DD/MM/YYYY", on_change=typed.take, args=(names["as_of"],))
    st.text_area(
        f"Rows, at most {MOST_ROWS}: a label, a colon, a count", key=keys["rows"], on_change=typed.take,
        args=(names["rows"],), placeholder="Calls about noise: 12",
    )  # fmt: skip
    read = partial(_texts, names, starts)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Save the counts", type="primary", key="problem_tally_save", on_click=asked.unless_named,
            args=(data, record.place(one), read, _save, data, one, at, names, starts),
        )  # fmt: skip
        if at != NEW:
            st.button(
                "Remove", type="tertiary", key="problem_tally_remove", on_click=record.act,
                args=(_remove, data, one, at),
            )  # fmt: skip


def _begins(one: Kept[Problem], at: int) -> str:
    """Begin the names of the fields of a table."""
    says = [(each.name, each.source) for each in one.content.tallies]
    return record.own(one, f"tallies_{record.mark(says, at)}_")


def _picked(one: Kept[Problem]) -> str:
    return record.own(one, "tallies_pick")


def _starts(data: Dataset, tally: Tally | None) -> dict[str, str | date]:
    if tally is None:
        return {"name": "", "source": "", "as_of": data.as_at, "rows": ""}
    rows = "\n".join(f"{row.label}: {count_words(row)}" for row in tally.rows)
    return {"name": tally.name, "source": tally.source, "as_of": tally.as_of, "rows": rows}


def _texts(names: dict[str, str], starts: dict[str, str | date]) -> list[str]:
    return [str(typed.value(names[field], starts[field])) for field in ("name", "source", "rows")]


def _save(data: Dataset, one: Kept[Problem], at: int, names: dict[str, str], starts: dict[str, str | date]) -> str:
    name, source, rows = _texts(names, starts)
    tally = Tally(name.strip(), source.strip(), typed.value(names["as_of"], starts["as_of"]), read_rows(rows))
    every = list(one.content.tallies)
    if at == NEW:
        every.append(tally)
    else:
        every[at] = tally
    what = f"Assessment: counts of a partner {'added' if at == NEW else 'changed'}"
    return record.change(data, one, replace(one.content, tallies=tuple(every)), what,
                         (_begins(one, at), _picked(one)))  # fmt: skip


def _remove(data: Dataset, one: Kept[Problem], at: int) -> str:
    every = one.content.tallies
    new = replace(one.content, tallies=every[:at] + every[at + 1 :])
    return record.change(data, one, new, "Assessment: counts of a partner removed",
                         (_begins(one, at), _picked(one)))  # fmt: skip
