"""A problem that is started from "Did it work": its places, months and crime type."""

from __future__ import annotations

from data.kinds.crime_types import ASB
from pages.ui.map.judged import Did
from pages.ui.shell import frame, problem_link
from pages.ui.shell.cache import Dataset
from pages.ui.shell.problem_link import Start


def show(data: Dataset, did: Did) -> None:
    """Offer to start a problem on what is asked, where the page of problems is listed; and what ASB leaves out."""
    problem_link.offer(data, start(did), "outcome")
    if did.category == ASB:
        frame.asb_note()


def start(did: Did) -> Start:
    """Give what the form is filled in with."""
    names = (did.title,) if did.title else ()
    return Start(
        did.title, category=did.category, cells=did.treated, names=names, first=str(did.first), last=str(did.last)
    )
