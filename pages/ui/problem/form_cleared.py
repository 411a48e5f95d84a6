"""A problem as it may leave the dashboard: what would tell of a restricted zone is taken out, here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from data.plan.kept import Kept
from data.problem.problem import DATA, ZONE, Line, Problem, Step, Tally
from data.zone.unnamed import NOT_PRINTED, cleaner
from data.zone.zone import Zone
from data.zone.zones import ZONES
from pages.ui.shell.cache import Dataset, once

NOT_TOLD = "What the data say is not printed: it would tell which zone it is."
_TOLD = {"ending", "limits", "who", "why", "reporting"}  # lines of the data in which no place and no count stands


@dataclass(frozen=True)
class Cleared:
    """A revision of a problem that may leave.

    Attributes
    ----------
    kept : Kept of Problem
        Without names, outlines and cells of restricted zones.
    hidden : bool
        Its places were taken from a restricted zone: it has no cells, and no map is drawn.
    """

    kept: Kept[Problem]
    hidden: bool

    @property
    def problem(self) -> Problem:
        """What is left of the problem."""
        return self.kept.content


def zones_of(store: Path) -> dict[int, tuple[Zone, ...]]:
    """Read every revision of every zone, archived ones too, by number.

    Raises
    ------
    InputError
        The file of plans cannot be used: then nothing leaves.
    """
    return {one.id: tuple(each.content for each in ZONES.history(store, one.id)) for one in ZONES.listed(store)}


def zones_in(data: Dataset) -> dict[int, tuple[Zone, ...]]:
    """Give :func:`zones_of` the data's store, read once while a page is drawn."""
    return once("every revision of zones", data.store, zones_of)


def untold(number: int, zones: Mapping[int, Sequence[Zone]]) -> bool:
    """Whether nothing of a zone may leave: one of its revisions is restricted, or it is not there any more.

    The demonstration's example has a number below 0, and may.

    Parameters
    ----------
    number : int
    zones : mapping of int to sequence of Zone
        Every revision of every zone, by number: see :func:`zones_in`.
    """
    return number >= 0 and (number not in zones or any(zone.restricted for zone in zones[number]))


def cleared(one: Kept[Problem], zones: Mapping[int, Sequence[Zone]]) -> Cleared:
    """Take out of a problem what would tell of a restricted zone.

    Parameters
    ----------
    one : Kept of Problem
    zones : mapping of int to sequence of Zone
        Every revision of every zone, by number: see :func:`zones_of`. A zone is restricted where one of its revisions
        is; one that is not there any more is taken for restricted.

    Returns
    -------
    Cleared

    Notes
    -----
    Names are taken out of every text, whoever typed them: :func:`data.zone.unnamed.cleaner`. Such a zone among the
    responses goes with its dates. Where the places were taken from one all cells go, also of other places: a hole in a
    map would tell; so do counts, for published ones tell the cell, and the data's lines in which a street stands.
    """
    restricted = {number: every for number, every in zones.items() if untold(number, zones)}
    names = {zone.name for every in restricted.values() for zone in every}
    problem = one.content
    hidden = problem.where.zone != 0 and untold(problem.where.zone, zones)
    clean = cleaner(names, problem.where.cells if hidden else ())
    where = replace(problem.where, names=tuple(dict.fromkeys(map(clean, problem.where.names))))
    if hidden:
        kept_names = where.names if problem.where.zone in zones else ()
        told = tuple(name for name in kept_names if name != NOT_PRINTED)
        where = replace(where, cells=(), zone=0, names=(*told, NOT_PRINTED))
    measure = problem.measure
    if measure is not None:
        said = "" if hidden else clean(measure.said)
        measure = replace(measure, baseline=clean(measure.baseline), said=said)
    content = replace(
        problem,
        title=clean(problem.title),
        owner=clean(problem.owner),
        where=where,
        objective=clean(problem.objective),
        measure=measure,
        scanning=_step(problem.scanning, clean, hidden),
        analysis=_step(problem.analysis, clean, hidden),
        response=_step(problem.response, clean, hidden),
        assessment=_step(problem.assessment, clean, hidden),
        responses=tuple(
            replace(each, what=clean(each.what), partner=clean(each.partner))
            for each in problem.responses
            if each.kind != ZONE or not untold(each.ref, zones)
        ),
        tallies=tuple(_tally(each, clean) for each in problem.tallies),
    )
    return Cleared(replace(one, content=content, what=clean(one.what)), hidden)


def _step(step: Step, clean: Callable[[str], str], hidden: bool) -> Step:
    signed, lines = step.signed, step.lines
    if signed is not None:
        signed = replace(signed, role=clean(signed.role))
    if hidden:
        kept = tuple(replace(line, data_text="") for line in lines if line.by != DATA or line.key in _TOLD)
        lines = kept if len(kept) == len(lines) else (Line("", NOT_TOLD, DATA), *kept)
    return Step(tuple(replace(line, text=clean(line.text), data_text=clean(line.data_text)) for line in lines), signed)


def _tally(one: Tally, clean: Callable[[str], str]) -> Tally:
    rows = tuple(replace(row, label=clean(row.label)) for row in one.rows)
    return replace(one, name=clean(one.name), source=clean(one.source), rows=rows)
