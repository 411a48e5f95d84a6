"""A problem as one file: taken away without what may not leave, and brought in from another computer."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from data.feed.times import zone_of
from data.kinds.crime_types import CATEGORIES, kinds_of
from data.plan.kept import Kept
from data.problem.file import MOST_BYTES, Read, read, written
from data.problem.problem import Problem
from data.problem.problems import PROBLEMS
from data.store.schema import POLICE_UK
from data.zone.exported import zones_geojson
from data.zone.zones import ZONES
from geo.errors import InputError
from pages.ui.map import lattice
from pages.ui.plan.saved import asked, state
from pages.ui.problem import form_cleared, form_counts, form_files, record
from pages.ui.shell import access, cache, frame
from pages.ui.shell.cache import Dataset, cached

_PLACE, _FILE = "problem_import", "problem_file"
_ROUND = "problem_file_round"  # another number is another field, without the file that was taken


def give(data: Dataset, one: Kept[Problem]) -> None:
    """Draw the button that gives a problem as a file, or say why it is not given."""
    cleared = form_cleared.cleared(one, form_cleared.zones_in(data))
    if cleared.hidden:
        frame.note("It is not exported: its places are a zone that is not exported.")
        return
    st.download_button(
        "To take to another computer (JSON)", partial(file_of, data, one), mime="application/json", type="tertiary",
        file_name=form_files.file_name(data, cleared, "json"), key=f"problem_json_{one.id}_{one.revision}",
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def file_of(data: Dataset, one: Kept[Problem]) -> bytes:
    """Give a problem as a file: nothing of restricted zones, partners' counts of 1 to 4 as "under 5"."""
    cleared = form_cleared.cleared(one, form_cleared.zones_in(data)).problem
    return written(cleared, form_counts.told(cleared.tallies), _zone(data, cleared))


def _zone(data: Dataset, problem: Problem) -> dict[str, Any] | None:
    """Outline of the zone that the places are of; a restricted one was taken out before."""
    if problem.where.zone < 1:
        return None
    zone = ZONES.load(data.store, problem.where.zone).content
    found: dict[str, Any] = json.loads(zones_geojson([zone], zone_of(data.area)))
    return None if zone.restricted else found


def take(data: Dataset) -> None:
    """Draw what brings a problem in."""
    with st.popover("Import a problem", icon=":material/upload:"):
        file = st.file_uploader(
            "A file that was taken from the page of a problem", type=["json"],
            key=f"{_FILE}_{st.session_state.get(_ROUND, 0)}", max_upload_size=max(1, MOST_BYTES >> 20),
        )  # fmt: skip
        if file is not None:
            try:
                found = checked(data, read(file.getvalue(), file.name))
            except InputError as error:
                frame.failed(error)
            else:
                frame.note(f"{found.problem.title}. {' '.join(found.notes)}".strip())
                st.button(
                    "Save it here", type="primary", key="problem_import_save", on_click=asked.unless_named,
                    args=(data, _PLACE, partial(texts_of, found.problem), _save, data, found.problem),
                )  # fmt: skip


def ask() -> None:
    """Draw what is asked before a problem is brought in."""
    asked.show(_PLACE)


def checked(data: Dataset, found: Read) -> Read:
    """Give what was read where it belongs to this area and these data.

    Raises
    ------
    InputError
        All that does not fit is told at once.
    """
    problem, size = found.problem, data.area.grid().cell_size_m
    there = set(problem.where.cells) & set(cached(lattice.references, data))
    wrong = []
    if problem.simulated != data.simulated:
        wrong.append("a problem of the demonstration and one of real incidents do not go together")
    if problem.where.cell_size_m != size:
        wrong.append(f"its cells are {problem.where.cell_size_m:g} m wide, those of this area {size:g} m")
    if not there:
        wrong.append("none of its places lies in this area")
    if problem.source == POLICE_UK and not set(kinds_of(problem.category)) <= set(CATEGORIES):
        wrong.append(f"it counts a crime type that is not known: {problem.category[:60]}")
    if problem.source not in {POLICE_UK, *cache.feeds(data)}:
        wrong.append(f"it counts a feed that is not loaded here: {problem.source[:60]}")
    if wrong:
        raise InputError(f"the problem cannot be worked on here: {'; '.join(wrong)}")
    cells = tuple(sorted(set(problem.where.cells)))
    outside, notes = len(cells) - len(there), []
    if outside:
        notes.append(f"{outside} of its cells lie outside this area.")
    twins = [one.id for one in PROBLEMS.listed(data.store) if _same(one.content, problem)]
    if twins:
        notes.append(f"A problem of this name and owner is here already: number {twins[0]}.")
    return Read(replace(problem, where=replace(problem.where, cells=cells)), (*found.notes, *notes))


def _same(one: Problem, other: Problem) -> bool:
    return (one.title, one.owner, one.simulated) == (other.title, other.owner, other.simulated)


def texts_of(problem: Problem) -> list[str]:
    """Give what people typed into a problem."""
    steps = (problem.scanning, problem.analysis, problem.response, problem.assessment)
    return [
        problem.title, problem.owner, problem.objective, *(line.text for step in steps for line in step.lines),
        *(text for one in problem.responses for text in (one.what, one.partner)),
        *(text for one in problem.tallies for text in (one.name, one.source, *(row.label for row in one.rows))),
    ]  # fmt: skip


def _save(data: Dataset, problem: Problem) -> str:
    made = PROBLEMS.save(data.store, problem, state.now(), actor=access.actor(), what="Imported from a file")
    record.see(made)
    st.session_state.pop(record.STEP, None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    return f"Imported: {made.content.title}."
