"""The log of who did what, for administrators."""

from __future__ import annotations

import pandas as pd

from data.access.actor import ADMINISTER
from data.access.log import read_log
from pages.ui.shell import access, downloads, frame, tables
from pages.ui.shell.cache import Dataset

TAB = "Who did what"
WHAT = (
    "Role and account of whoever changed what is kept, for 24 months. A line is written before anything is done: one "
    "that came to nothing says so. Older lines are taken out by python -m data log --purge."
)


def offered() -> bool:
    """Whether whoever is at the page may read the log."""
    return access.actor().may(ADMINISTER)


def show(data: Dataset) -> None:
    """Draw the log, newest first.

    Raises
    ------
    InputError
        It cannot be read, or whoever is at the page may not.
    """
    found = read_log(data.store, access.actor())
    frame.note(WHAT)
    if found.damaged:
        frame.warn(f"{found.damaged:,} lines of the log cannot be read, and are left out.")
    if not found.entries:
        frame.note("Nothing was done yet.")
        return
    table = pd.DataFrame(
        {
            "at": f"{entry.at:%Y-%m-%d %H:%M:%S}",
            "role": entry.role,
            "account": entry.account,
            "act": entry.act,
            "what": entry.what,
            "came_to": "done" if entry.done else "nothing",
        }
        for entry in found.entries
    )
    tables.show(table, "Who did what, the last first", of="acts", key="table_of_acts", most=300)
    about = downloads.about(data, "who did what")
    downloads.csv_button(table, downloads.file_name(data, "acts"), about, key="csv_acts")
